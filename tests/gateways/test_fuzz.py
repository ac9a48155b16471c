"""Whatever arrives: `read` gives a value or raises `Malformed`, and the line repeats nothing of it."""

from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpline.gateways.console import Console, Options
from helpline.gateways.port import HookRequest, Kind, Malformed, Secrets

FORM = "application/x-www-form-urlencoded"
NAMES = (
    *("sessionId", "phoneNumber", "text", "id", "from", "to", "status", "failureReason", "new"),
    *("MessageSid", "AccountSid", "From", "To", "Body", "MessageStatus", "ErrorCode"),
)
ANY = st.text(max_size=60)
LIKELY = st.sampled_from(
    [
        "",
        "1",
        "1*2",
        "+8801700000001",
        "০১৭০০০০০০০১",
        "SM" + "0" * 32,
        "*" * 500,
        "\u202e‍১\x1b\u2028",
    ]
)


@pytest.fixture(scope="module")
def console():
    return Console("console", Secrets({"path": "x"}), Options())


def check(gateway, request: HookRequest, canary: str) -> None:
    heard, line, cause = None, "", None
    try:
        heard = gateway.read(request)
    except Malformed as refused:
        line, cause = str(refused), refused.__cause__
    assert canary not in line
    assert line.isascii()
    assert line.isprintable()
    assert len(line) < 80
    assert cause is None
    if heard is not None:
        assert len(heard.event_id) <= 160
        assert heard.event_id.isascii()
        assert heard.event_id.isprintable()


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(Kind),
    form=st.dictionaries(
        st.one_of(st.sampled_from(NAMES), ANY), st.one_of(LIKELY, ANY), max_size=12
    ),
)
def test_any_form(kind, form, make_africastalking, make_twilio, console):
    canary = "Zq7CanaryZq7"
    sent = {name: value + canary for name, value in form.items()}
    for fields in (form, sent):
        body = urlencode(fields, errors="surrogatepass").encode()
        request = HookRequest(kind, FORM, body, "https://helpline.example/x?m=1", {})
        for gateway in (make_africastalking(), make_twilio(), console):
            check(gateway, request, canary)


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=st.sampled_from(Kind), body=st.binary(max_size=300), url=ANY)
def test_any_bytes(kind, body, url, make_africastalking, make_twilio, console):
    request = HookRequest(kind, FORM, body, url, {})
    for gateway in (make_africastalking(), make_twilio(), console):
        check(gateway, request, "Zq7CanaryZq7")


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content_type=st.text(max_size=80), kind=st.sampled_from(Kind))
def test_any_content_type(content_type, kind, make_africastalking, make_twilio, console):
    request = HookRequest(kind, content_type, b"a=1", "", {})
    for gateway in (make_africastalking(), make_twilio(), console):
        with pytest.raises(Malformed):
            gateway.read(request)
