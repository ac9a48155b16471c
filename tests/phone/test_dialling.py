"""The phone as a program: what is delivered, and what is made of the answers."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from handlers.phone.deliveries import FORM, Envelope, NoAnswer, fetch, post, twilio_sms
from handlers.phone.dialling import AfricasTalkingCaller, Caller, ConsoleCaller, Seen
from helpline.gateways.port import (
    Charset,
    Forbidden,
    Gateway,
    HookRequest,
    Kind,
    SessionEnded,
    SmsHeard,
    UssdHeard,
)
from tests.phone.conftest import ACCOUNT
from tests.phone.stub import BYE, CONSENT, ENGLISH, HOME, Stub

CALLERS: tuple[type[Caller], ...] = (AfricasTalkingCaller, ConsoleCaller)


@pytest.fixture
def caller(stub: Stub) -> AfricasTalkingCaller:
    return AfricasTalkingCaller(stub.url, secret="demo")


@pytest.fixture(params=CALLERS, ids=lambda kind: kind.kind)
def any_caller(stub: Stub, request: pytest.FixtureRequest) -> Caller:
    made: Caller = request.param(stub.url, secret="demo")
    return made


def test_dialling_shows_the_first_screen_and_keeps_the_session_open(any_caller: Caller) -> None:
    seen = any_caller.dial()

    assert seen == Seen(HOME, final=False, units=len(HOME), budget=80)
    assert any_caller.talking


def test_africas_talking_hears_everything_typed_so_far_joined_by_stars(
    caller: AfricasTalkingCaller, stub: Stub
) -> None:
    caller.dial()
    caller.press("1")
    caller.press("2*2")

    forms = stub.forms("africastalking/demo/ussd")
    assert [form["text"] for form in forms] == ["", "1", "1*2*2"]
    assert {form["sessionId"] for form in forms} == {forms[0]["sessionId"]}
    assert forms[0].keys() == {"sessionId", "phoneNumber", "networkCode", "serviceCode", "text"}


def test_the_console_hears_the_last_key_only_and_each_under_a_name_of_its_own(stub: Stub) -> None:
    caller = ConsoleCaller(stub.url, secret="demo")
    caller.dial()
    caller.press("1")
    caller.press("1")

    forms = stub.forms("console/demo/ussd")
    assert [form["text"] for form in forms] == ["", "1", "1"]
    assert [form.get("new") for form in forms] == ["1", None, None]
    assert len({form["id"] for form in forms}) == 3


@pytest.mark.parametrize(
    ("charset", "key", "size", "budget"),
    [
        (Charset.UCS2, "1", len(CONSENT), 80),
        (Charset.UCS2, "4", len(ENGLISH) + 2, 182),  # both brackets take two septets
        (Charset.ASCII, "4", len(ENGLISH), 160),
    ],
)
def test_a_screen_is_counted_as_the_network_carries_it(
    stub: Stub, charset: Charset, key: str, size: int, budget: int
) -> None:
    caller = AfricasTalkingCaller(stub.url, secret="demo", charset=charset)
    caller.dial()

    seen = caller.press(key)

    assert (seen.units, seen.budget) == (size, budget)


def test_the_last_screen_ends_the_session(any_caller: Caller) -> None:
    any_caller.dial()

    assert any_caller.press("2") == Seen(BYE, final=True, units=len(BYE), budget=80)
    assert not any_caller.talking


def test_a_key_without_a_session_is_delivered_nowhere(any_caller: Caller, stub: Stub) -> None:
    with pytest.raises(NoAnswer, match="dial first"):
        any_caller.press("1")

    assert stub.heard == []


def test_a_key_delivered_twice_at_once_is_the_same_request_twice(
    any_caller: Caller, stub: Stub
) -> None:
    any_caller.dial()

    first, second = any_caller.press_twice("5")

    assert first == second
    assert stub.heard[1] == stub.heard[2]


def test_the_last_key_can_be_delivered_again_without_going_on(
    any_caller: Caller, stub: Stub
) -> None:
    any_caller.dial()
    shown = any_caller.press("5")

    assert any_caller.again() == shown
    assert stub.heard[1] == stub.heard[2]
    assert any_caller.talking
    assert any_caller.press("1").text == CONSENT


def test_a_lost_screen_was_heard_by_the_server_and_the_phone_can_only_redial(
    any_caller: Caller, stub: Stub
) -> None:
    any_caller.dial()
    any_caller.press_and_lose("1")

    assert stub.heard[-1][1]["text"] == "1"
    assert not any_caller.talking
    assert any_caller.redial().text == HOME
    assert stub.heard[-1][1]["sessionId"] != stub.heard[0][1]["sessionId"]


def test_africas_talking_tells_of_the_end_of_a_session_once(
    caller: AfricasTalkingCaller, stub: Stub
) -> None:
    caller.dial()
    caller.press("1")
    caller.end("Failed")
    caller.end("Failed")

    (notice,) = stub.forms("africastalking/demo/session-end")
    assert notice["status"] == "Failed"
    assert notice["input"] == "1"
    assert notice["hopsCount"] == "2"
    assert notice["lastAppResponse"] == CONSENT


def test_the_console_tells_nobody_that_a_session_is_over(stub: Stub) -> None:
    caller = ConsoleCaller(stub.url, secret="demo")
    caller.dial()
    caller.end()

    assert len(stub.heard) == 1


@pytest.mark.parametrize(("key", "why"), [("500", "answered 500"), ("html", "neither CON nor END")])
def test_an_answer_outside_the_contract_ends_the_session_with_one_line(
    any_caller: Caller, key: str, why: str
) -> None:
    any_caller.dial()

    with pytest.raises(NoAnswer, match=why) as caught:
        any_caller.press(key)

    assert "\n" not in str(caught.value)
    assert not any_caller.talking


def test_a_server_that_is_not_there_is_told_in_one_line(closed_port: str) -> None:
    with pytest.raises(
        NoAnswer, match=r"nothing answers at http://127\.0\.0\.1:[0-9]+: is `helpline"
    ):
        AfricasTalkingCaller(closed_port, secret="demo").dial()


@pytest.mark.parametrize("server", ["ftp://127.0.0.1", "nonsense", "http://127.0.0.1:x"])
def test_what_is_no_address_is_told_in_one_line(server: str) -> None:
    with pytest.raises(NoAnswer, match=f"^{server} is not an address"):
        AfricasTalkingCaller(server, secret="demo").dial()


def test_the_real_africas_talking_adapter_reads_every_delivery(
    stub: Stub, caller: AfricasTalkingCaller, gateways: dict[str, Gateway]
) -> None:
    caller.dial()
    caller.press("1")
    caller.end()
    caller.text("পরামর্শ")

    heard = [_read(gateways["africastalking"], path, form) for path, form in stub.heard]
    first, second, over, sms = heard
    assert isinstance(first, UssdHeard)
    assert (first.begins, first.address) == (True, caller.number)
    assert isinstance(second, UssdHeard)
    assert (second.text, second.begins, second.cumulative) == ("1", False, True)
    assert isinstance(over, SessionEnded)
    assert over.session_id == first.session_id == second.session_id
    assert isinstance(sms, SmsHeard)
    assert (sms.address, sms.to, sms.text) == (caller.number, "0000", "পরামর্শ")


def test_the_real_console_adapter_reads_every_delivery(
    stub: Stub, gateways: dict[str, Gateway]
) -> None:
    caller = ConsoleCaller(stub.url, secret="demo")
    caller.dial()
    caller.press("1")
    caller.press("1")
    caller.text("HELP")

    first, second, third, sms = [
        _read(gateways["console"], path, form) for path, form in stub.heard
    ]
    assert isinstance(first, UssdHeard)
    assert first.begins
    assert isinstance(second, UssdHeard)
    assert isinstance(third, UssdHeard)
    assert (second.text, third.text) == ("1", "1")
    assert second.event_id != third.event_id
    assert isinstance(sms, SmsHeard)
    assert sms.text == "HELP"


def test_the_real_twilio_adapter_admits_the_signed_sms_and_no_changed_one(
    gateways: dict[str, Gateway],
) -> None:
    envelope = _twilio("সাহায্য")
    request = _request(Kind.SMS, envelope)
    gateways["twilio"].admit(request, None)
    heard = gateways["twilio"].read(request)
    assert isinstance(heard, SmsHeard)
    assert (heard.address, heard.text) == ("+8801300000001", "সাহায্য")

    changed = Envelope(envelope.path, {**envelope.form, "Body": "other"}, envelope.headers)
    with pytest.raises(Forbidden):
        gateways["twilio"].admit(_request(Kind.SMS, changed), None)


def test_headers_that_prove_a_delivery_are_sent_with_it(stub: Stub) -> None:
    envelope = _twilio("help")
    post(stub.url, envelope)

    assert stub.heard == [("twilio/sms", dict(envelope.form))]
    assert stub.headers[0]["X-Twilio-Signature"] == envelope.headers["X-Twilio-Signature"]


def test_a_server_behind_a_path_is_found(stub: Stub) -> None:
    post(f"{stub.url}/hooks/africastalking/", Envelope("/demo/sms", {"text": "x"}))

    assert stub.heard == [("africastalking/demo/sms", {"text": "x"})]


def test_a_server_that_says_nothing_is_given_up(silent_port: str) -> None:
    with pytest.raises(NoAnswer, match=r"no answer from .* in 0\.1 seconds"):
        fetch(silent_port, "/phone/messages", seconds=0.1)


def _twilio(text: str) -> Envelope:
    return twilio_sms(
        "/hooks/twilio",
        ACCOUNT,
        "demo",
        public_url="http://127.0.0.1:8000/",
        number="+8801300000001",
        to="0000",
        text=text,
    )


def _request(kind: Kind, envelope: Envelope) -> HookRequest:
    return HookRequest(
        kind=kind,
        content_type=FORM,
        body=urlencode(envelope.form).encode(),
        url=f"http://127.0.0.1:8000{envelope.path}",
        headers=envelope.headers,
    )


def _read(gateway: Gateway, path: str, form: dict[str, str]) -> object:
    kind = Kind(path.rpartition("/")[2])
    request = _request(kind, Envelope(f"/hooks/{path}", form))
    gateway.admit(request, "demo")
    return gateway.read(request)
