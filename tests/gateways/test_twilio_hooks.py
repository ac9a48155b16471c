"""Twilio's webhooks, payload by payload (gateways.md section 2.3), each rightly signed."""

import json
from pathlib import Path
from urllib.parse import urlencode

import pytest

from helpline.gateways.port import (
    Delivery,
    HookRequest,
    Kind,
    Malformed,
    ReceiptHeard,
    SmsHeard,
)
from tests.fakes.twilio_fake import receipt_form, sid, signed, sms_form

PAYLOADS = json.loads((Path(__file__).parent / "payloads/twilio.json").read_text("utf-8"))
CALLER = "+8801700000001"
FORM = "application/x-www-form-urlencoded"


def request(kind: str, form: dict[str, str], query: str = "") -> HookRequest:
    url = f"https://helpline.example/hooks/twilio/{kind}{query}"
    return HookRequest(Kind(kind), FORM, urlencode(form).encode(), url, signed(url, form))


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda payload: payload["label"])
def test_payload(payload, make_twilio):
    form = (
        sms_form(1, CALLER, "HELP")
        if payload["kind"] == "sms"
        else receipt_form(sid(1), "delivered", CALLER)
    )
    asked = request(payload["kind"], form | payload["fields"], payload.get("query", ""))
    gateway = make_twilio()
    gateway.admit(asked, None)
    heard = gateway.read(asked)
    assert type(heard) is (SmsHeard if payload["kind"] == "sms" else ReceiptHeard)
    assert {name: getattr(heard, name) for name in payload["heard"]} == payload["heard"]


def test_a_sender_that_looks_like_a_number_but_is_none_is_malformed(make_twilio):
    asked = request("sms", sms_form(1, "+8801100000001", "HELP"))
    gateway = make_twilio()
    gateway.admit(asked, None)
    with pytest.raises(Malformed, match=r"^From is not a phone number$"):
        gateway.read(asked)


@pytest.mark.parametrize("kind", [Kind.USSD, Kind.SESSION_END, Kind.OPT_OUT])
def test_what_twilio_does_not_deliver_is_malformed(kind, make_twilio):
    asked = HookRequest(kind, FORM, urlencode(sms_form(1, CALLER, "1")).encode(), "", {})
    with pytest.raises(Malformed):
        make_twilio().read(asked)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("QUFB" * 20, "QUFB" * 20),  # one word
        ("not base64 at all, just a long sentence with spaces and a number 12345", None),
        ("AAAA" * 20, "AAAA" * 20),  # NULs
        ("/////w==" * 10, None),
        ("SGVsbG8gd29ybGQ=", None),  # short: a code somebody was told to send
    ],
)
def test_only_what_is_surely_base64_of_a_text_is_decoded(body, text, make_twilio):
    heard = make_twilio().read(request("sms", sms_form(1, CALLER, body)))
    assert heard.text == (text or body)


def test_the_answer_is_empty_twiml(make_twilio):
    for kind in Kind:
        reply = make_twilio().acknowledge(kind)
        assert reply.status == 200
        assert reply.body == '<?xml version="1.0" encoding="UTF-8"?><Response/>'
        assert reply.content_type == "text/xml; charset=utf-8"


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        ("queued", Delivery.PENDING),
        ("accepted", Delivery.PENDING),
        ("scheduled", Delivery.PENDING),
        ("sending", Delivery.PENDING),
        ("sent", Delivery.SENT),
        ("partially_delivered", Delivery.SENT),
        ("delivered", Delivery.DELIVERED),
        ("read", Delivery.DELIVERED),
        ("failed", Delivery.FAILED),
        ("undelivered", Delivery.FAILED),
        ("canceled", Delivery.FAILED),
        ("Delivered ", Delivery.DELIVERED),
        ("receiving", Delivery.UNKNOWN),
        ("received", Delivery.UNKNOWN),
        ("teleported", Delivery.UNKNOWN),
    ],
)
def test_statuses_have_a_meaning(status, meaning, make_twilio):
    assert make_twilio().delivery(status) is meaning


def test_it_says_what_it_can_do(make_twilio):
    capabilities = make_twilio().capabilities
    assert (capabilities.ussd, capabilities.sms, capabilities.bulk) == (False, True, 1)
    assert {"stop", "end", "cancel", "yes", "start", "help"} <= capabilities.reserved_words
    with pytest.raises(NotImplementedError):
        make_twilio().screen("x", final=True)
