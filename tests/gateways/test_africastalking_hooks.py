"""Africa's Talking's webhooks, payload by payload (gateways.md sections 1.1 to 1.3)."""

import json
from pathlib import Path

import pytest

from helpline.gateways.port import (
    Charset,
    Delivery,
    HookReply,
    HookRequest,
    Kind,
    Malformed,
    OptedOut,
    ReceiptHeard,
    SessionEnded,
    SmsHeard,
    UssdHeard,
)

PAYLOADS = json.loads((Path(__file__).parent / "payloads/africastalking.json").read_text("utf-8"))
TYPES = {
    "ussd": UssdHeard,
    "session-end": SessionEnded,
    "sms": SmsHeard,
    "receipt": ReceiptHeard,
    "opt-out": OptedOut,
}


def request(kind: str, body: str, content_type: str | None = None) -> HookRequest:
    form = "application/x-www-form-urlencoded" if content_type is None else content_type
    return HookRequest(Kind(kind), form, body.encode(), "https://helpline.example/hooks", {})


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda payload: payload["label"])
def test_payload(payload, make_africastalking):
    body = payload["body"]
    if "repeat" in payload:
        part, times = payload["repeat"]
        body = body.replace("@", part * times)
    asked = request(payload["kind"], body, payload.get("content_type"))
    gateway = make_africastalking()
    if "malformed" in payload:
        with pytest.raises(Malformed, match=f"^{payload['malformed']}$"):
            gateway.read(asked)
        return
    heard = gateway.read(asked)
    assert type(heard) is TYPES[payload["kind"]]
    assert {name: getattr(heard, name) for name in payload["heard"]} == payload["heard"]


def test_the_same_key_press_has_the_same_event_and_another_has_another(make_africastalking):
    gateway = make_africastalking()

    def event(session: str, text: str) -> str:
        form = f"sessionId={session}&phoneNumber=%2B8801700000001&text={text}"
        return gateway.read(request("ussd", form)).event_id

    assert event("a", "1*2") == event("a", "1*2")
    assert len({event("a", "1"), event("a", "1*1"), event("b", "1"), event("a", "")}) == 4


def test_the_longest_event_fits_its_column(make_africastalking):
    gateway = make_africastalking()
    longest = "x" * 96
    ussd = request("ussd", f"sessionId={longest}&phoneNumber=%2B8801700000001&text=1")
    receipt = request("receipt", f"id={longest}&status={'y' * 500}")
    assert len(gateway.read(ussd).event_id) <= 160
    assert len(gateway.read(receipt).event_id) <= 160


def test_what_a_session_end_repeats_of_the_conversation_is_dropped(make_africastalking):
    body = "sessionId=a&status=Success&phoneNumber=%2B8801700000001&input=1*Rahima&lastAppResponse=PIN+4711"
    heard = make_africastalking().read(request("session-end", body))
    assert "Rahima" not in repr(heard)
    assert "4711" not in repr(heard)
    assert "88017" not in repr(heard)


def test_an_opt_out_is_never_taken_for_a_duplicate_and_holds_no_number_in_its_id(
    make_africastalking,
):
    asked = request("opt-out", "senderId=HELPLINE&phoneNumber=%2B8801700000001")
    gateway = make_africastalking()
    first, second = gateway.read(asked), gateway.read(asked)
    assert first.event_id != second.event_id
    assert "1700000001" not in first.event_id


def test_a_screen_goes_on_or_ends(make_africastalking):
    gateway = make_africastalking()
    plain = "text/plain; charset=utf-8"
    assert gateway.screen("1 হ্যাঁ", final=False) == HookReply("CON 1 হ্যাঁ", 200, plain)
    assert gateway.screen("Thank you", final=True) == HookReply("END Thank you", 200, plain)


@pytest.mark.parametrize("kind", list(Kind))
def test_every_delivery_is_acknowledged_with_200(kind, make_africastalking):
    assert make_africastalking().acknowledge(kind).status == 200


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        ("Sent", Delivery.SENT),
        ("Submitted", Delivery.SENT),
        ("Buffered", Delivery.SENT),
        ("Success", Delivery.DELIVERED),
        ("success", Delivery.DELIVERED),
        ("Rejected", Delivery.FAILED),
        ("Failed", Delivery.FAILED),
        ("Expired", Delivery.FAILED),
        ("AbsentSubscriber", Delivery.UNKNOWN),
        ("", Delivery.UNKNOWN),
    ],
)
def test_receipt_statuses_have_a_meaning_and_unknown_ones_are_said_to_be(
    status, meaning, make_africastalking
):
    assert make_africastalking().delivery(status) is meaning


def test_its_screens_are_ascii_unless_the_configuration_knows_better(make_africastalking):
    assert make_africastalking().capabilities.charset is Charset.ASCII
    assert make_africastalking(charset=Charset.UCS2).capabilities.charset is Charset.UCS2
    assert make_africastalking().capabilities.bulk == 100
