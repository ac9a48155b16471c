"""Proves: whatever is sent to a webhook, it answers in its gateway's words and never breaks.

Hypothesis makes up bodies, headers, paths and whole conversations; a table adds what is known to
hurt programs like this one. An answer of 5xx fails, and so does an apology to a caller: on USSD our
own faults are hidden behind one, so that only its absence shows that nothing was raised.
"""

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from io import BytesIO
from itertools import count
from pathlib import Path
from urllib.parse import quote_from_bytes, urlencode

import pytest
import structlog
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from handlers.app import create_app
from handlers.hooks.requests import LARGEST_BODY
from helpline import wiring
from helpline.flow.lettering import Unit, fits
from helpline.jobs import NoWaker
from helpline.settings import Settings
from helpline.store.migrate import upgrade

FORM = "application/x-www-form-urlencoded"
KINDS = ("ussd", "session-end", "sms", "receipt", "opt-out")
FIELDS = (
    *("sessionId", "phoneNumber", "text", "serviceCode", "networkCode", "from", "to", "id", "date"),
    *("linkId", "status", "failureReason", "input", "lastAppResponse", "durationInMillis", "cost"),
)
APOLOGY = "দুঃখিত"
FULL = os.environ.get("HELPLINE_LOAD") == "full"
MANY = settings(max_examples=3000 if FULL else 250, deadline=None)

NASTY = (
    *(
        "",
        "*",
        "#",
        "**",
        "1*",
        "*1",
        "1*2*3",
        "0" * 300,
        "-1",
        "1.5",
        "²",
        "①",
        "½",
        "999999999999",
    ),
    *("১", "৯৯", "০০", "٣", "۴", "３", "1\n", " 1 ", "\r\n", "\t", "\x1b[2J", "\u0085", "\u2028"),
    *("{reference}", "{0.__class__}", "{{7*7}}", "%(day)s", "%s%n", "${jndi:ldap://x}", "`id`"),
    *("'; DROP TABLE person; --", '" OR 1=1', "<script>alert(1)</script>", "=1+1", "@SUM(A1)"),
    *("\u202e৩২১\u202c", "র\u200d্যাব", "আমি\u200cতুমি", "ক্ষ্ম" * 60, "é" * 200, "\ufeff1", "ﷺ" * 40),
    *(
        "👩‍👩‍👧‍👦" * 20,
        "🇧🇩" * 30,
        "\U0010ffff",
        "\ufffe",
        "a" + "\u0301" * 500,
        "*" * 5000,
        "1*" * 2000,
    ),
    *("ঢাকা", "comilla", "stop", "exit", "reg", "যশোর", "centre " + "ক" * 300, "2580", "AB1234567"),
)
nasty = st.one_of(st.sampled_from(NASTY), st.text(max_size=200), st.text("0123456789*#১২৩ "))
numbers = st.one_of(
    st.sampled_from(["+8801300000001", "01300000002", "8801300000003", "+447700900123", "16135"]),
    nasty,
)
idents = st.one_of(st.sampled_from(["ATUid_1", "s" * 96, "s" * 97, "a b", "ü"]), nasty)

_serial = count(1)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    given = Settings.demo(Path(tmp_path_factory.mktemp("hostile")), 8000)
    upgrade(given.database_url)
    parts = replace(wiring.build(given, wiring.AT_THE_DOOR), wake=NoWaker())
    with closing(parts.database):
        # Unconfigured, structlog would draw every exception with its variables, a second for each.
        structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
        yield create_app(parts, given).test_client()
        structlog.reset_defaults()


@MANY
@given(st.sampled_from(KINDS), idents, numbers, nasty, st.data())
def test_fields_of_any_content_are_taken_or_refused(
    client: FlaskClient, kind: str, ident: str, number: str, words: str, data: st.DataObject
):
    session = f"{ident}{next(_serial)}"
    form = {"sessionId": session, "id": ident, "phoneNumber": number, "from": number, "text": words}
    form |= data.draw(st.dictionaries(st.sampled_from(FIELDS), nasty, max_size=3))
    for name in data.draw(st.lists(st.sampled_from(FIELDS), max_size=2)):
        form.pop(name, None)
    answered(client, kind, _encoded(form))


@MANY
@given(
    st.sampled_from(KINDS),
    st.one_of(st.binary(max_size=400), st.text("&=%+;*", max_size=60).map(str.encode)),
    st.one_of(st.just(FORM), st.text(st.characters(codec="ascii", min_codepoint=32), max_size=60)),
    st.dictionaries(
        st.sampled_from(
            [
                *("X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "Host", "Referer", "Cookie"),
                *("Content-Encoding", "X-Twilio-Signature", "Authorization", "Accept-Language"),
                *("Expect", "X-Http-Method-Override", "Range", "If-None-Match"),
            ]
        ),
        st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=80),
        max_size=4,
    ),
)
def test_bodies_that_are_no_forms_are_refused(
    client: FlaskClient, kind: str, body: bytes, content_type: str, headers: dict[str, str]
):
    answered(client, kind, body, content_type, headers)


@MANY
@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from([*KINDS, "", "voice", "ussd/"]))
def test_any_path_is_answered_and_nothing_is_believed(
    client: FlaskClient, gateway: str, secret: str, kind: str
):
    path = "/hooks/" + "/".join(
        quote_from_bytes(part.encode("utf-8", "surrogatepass"), safe="")
        for part in (gateway, secret)
    )
    said = client.post(f"{path}/{kind}", data=b"text=", content_type=FORM)
    assert said.status_code in {400, 403, 404, 405, 413}, said.status


@settings(max_examples=600 if FULL else 100, deadline=None)
@given(
    st.lists(nasty, min_size=1, max_size=8), st.sampled_from(["+8801300000007", "+8801700000008"])
)
def test_any_conversation_shows_one_screen_after_another(
    client: FlaskClient, typed: list[str], number: str
):
    session, heard = f"ATUid_{next(_serial)}", ""
    for key in ("", *typed):
        heard = f"{heard}*{key}" if heard else key
        body = _encoded({"sessionId": session, "phoneNumber": number, "text": heard})
        if len(body) > LARGEST_BODY or "%00" in body.decode():
            continue
        said = answered(client, "ussd", body)
        assert said.status_code == 200, said.text
        again = answered(client, "ussd", body)
        assert again.text == said.text


@settings(max_examples=1000 if FULL else 150, deadline=None)
@given(st.one_of(st.sampled_from(NASTY), st.text(st.characters(codec="utf-8"), max_size=300)))
def test_a_signed_sms_of_any_words_is_taken_or_refused(client: FlaskClient, words: str):
    form = {
        "AccountSid": "AC" + "0" * 32,
        "From": "+8801900000003",
        "To": "+15005550006",
        "Body": words,
        "MessageSid": f"SM{next(_serial):032x}",
    }
    url = "http://127.0.0.1:8000/hooks/twilio/sms"
    signature = RequestValidator("demo").compute_signature(url, form)
    headers = {"X-Twilio-Signature": signature}
    said = client.post("/hooks/twilio/sms", data=form, headers=headers)
    # A form that cannot be read proves nothing either.
    assert said.status_code == (403 if "\0" in words else 200), (said.status, said.text)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(b"x=" + b"a" * (LARGEST_BODY - 2), 400, id="16-KiB"),
        pytest.param(b"x=" + b"a" * (LARGEST_BODY - 1), 413, id="16-KiB-and-one"),
        pytest.param(b"&".join(b"f%d=" % n for n in range(65)), 400, id="65-fields"),
        pytest.param(b"text=%00&sessionId=a&phoneNumber=%2B8801300000001", 400, id="NUL"),
        pytest.param(
            b"text=%ED%A0%80&sessionId=a&phoneNumber=%2B8801300000001", 400, id="surrogate"
        ),
        pytest.param(b"text=%FF%FE&sessionId=a&phoneNumber=%2B8801300000001", 400, id="no-utf-8"),
        pytest.param(b"text=%C0%AF&sessionId=a&phoneNumber=%2B8801300000001", 400, id="overlong"),
        pytest.param(b"text=\xff&sessionId=a&phoneNumber=%2B8801300000001", 400, id="raw-bytes"),
        pytest.param(b"text=1&text=2&sessionId=a&phoneNumber=%2B8801300000001", 400, id="twice"),
        pytest.param(b"text=%zz&sessionId=a&phoneNumber=%2B8801300000001", 200, id="bad-escape"),
        pytest.param(b"text&sessionId=a&phoneNumber=%2B8801300000001", 400, id="no-equals"),
        pytest.param(b"", 400, id="empty"),
        pytest.param(
            b"text=" + b"*" * 5000 + b"&sessionId=st&phoneNumber=01300000009", 200, id="stars"
        ),
    ],
)
def test_what_is_known_to_hurt_does_not(client: FlaskClient, body: bytes, expected: int):
    assert answered(client, "ussd", body).status_code == expected


def test_a_first_hop_that_comes_after_the_second_is_answered_and_moves_nothing(client: FlaskClient):
    form = {"sessionId": f"ATUid_{next(_serial)}", "phoneNumber": "+8801300000010"}
    second = answered(client, "ussd", _encoded(form | {"text": "4"}))
    first = answered(client, "ussd", _encoded(form | {"text": ""}))
    third = answered(client, "ussd", _encoded(form | {"text": "4*1"}))
    assert [each.text[:4] for each in (first, second, third)] == ["CON "] * 3
    assert answered(client, "ussd", _encoded(form | {"text": "4*1*1"})).text.startswith("END ")


@pytest.mark.parametrize("pressed", ["", "4", "4*1*1"])
def test_a_session_id_that_comes_from_another_number_shows_nothing_of_the_first_caller(
    client: FlaskClient, pressed: str
):
    form = {"sessionId": f"ATUid_{next(_serial)}"}
    hers = {"phoneNumber": "+8801300000011"}
    for text in ("", "4", "4*1", "4*1*1"):
        answered(client, "ussd", _encoded(form | hers | {"text": text}))
    strange = _encoded(form | {"phoneNumber": "+8801300000012", "text": pressed})
    assert answered(client, "ussd", strange).status_code == 400


def test_a_body_in_pieces_without_a_length_is_never_read_to_its_end(client: FlaskClient):
    endless = Endless()
    said = client.post(
        "/hooks/africastalking/demo/ussd",
        input_stream=endless,
        content_type=FORM,
        environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
    )
    assert 400 <= said.status_code < 500
    assert endless.given <= 2 * LARGEST_BODY


class Endless(BytesIO):
    """A body that goes on for ever."""

    given = 0

    def read(self, size: int | None = -1) -> bytes:
        assert size is not None
        assert size >= 0, "somebody wants all of it"
        self.given += size
        return b"a" * size


def answered(
    client: FlaskClient,
    kind: str,
    body: bytes,
    content_type: str = FORM,
    headers: dict[str, str] | None = None,
) -> TestResponse:
    """Deliver something with the right secret; what every answer has in common is checked here."""
    path = f"/hooks/africastalking/demo/{kind}"
    said = client.post(path, data=body, content_type=content_type, headers=headers)
    assert said.status_code in {200, 400, 413}, (said.status, body)
    assert APOLOGY not in said.text, body
    assert len(said.data) < 1000
    if said.status_code == 200 and kind == "ussd":
        way, _, text = said.text.partition(" ")
        assert way in {"CON", "END"}
        assert fits(text, 80, Unit.UCS2) or fits(text, 182, Unit.SEPTETS)
    return said


def _encoded(form: dict[str, str]) -> bytes:
    """A form with whatever is in it, lone surrogates too."""
    return urlencode(form, errors="surrogatepass").encode()
