"""The local stand-in for both providers, as the demo and the simulator use it."""

import json
import threading
from http.client import HTTPConnection
from urllib.parse import quote, urlsplit

from helpline.gateways.port import Delivery, HookRequest, Kind, Outcome, Outgoing
from helpline.gateways.rehearsal import Answer, Asked, Rehearsal, post
from tests.fakes.africastalking_fake import AfricasTalkingFake
from tests.fakes.twilio_fake import TOKEN, TwilioFake, sid

CALLER = "+8801700000001"


def get(url: str, path: str) -> tuple[int, object]:
    connection = HTTPConnection(urlsplit(url).netloc, timeout=5)
    connection.request("GET", path)
    answer = connection.getresponse()
    found = answer.status, json.loads(answer.read())
    connection.close()
    return found


class Hooks(Rehearsal):
    """Our side of the webhooks: keeps what arrives."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Asked] = []
        self.arrived = threading.Semaphore(0)

    def answer(self, asked: Asked) -> Answer:
        self.heard.append(asked)
        self.arrived.release()
        return Answer(200, b"")


def test_texts_of_both_gateways_are_in_one_log(make_africastalking, make_twilio):
    with Rehearsal(clock=lambda: 1_770_000_000.0) as rehearsal:
        make_africastalking(rehearsal.url).send([Outgoing("a", CALLER, "এক")])
        make_twilio(rehearsal.url).send([Outgoing("b", CALLER, "দুই")])
        make_twilio(rehearsal.url).send([Outgoing("c", "+8801700000002", "three")])
        status, texts = get(rehearsal.url, f"/log?number={quote(CALLER)}")
        assert status == 200
        assert texts == [
            {
                "number": CALLER,
                "text": "এক",
                "message_id": f"ATXid_{1:032x}",
                "gateway": "africastalking",
                "at": 1_770_000_000.0,
            },
            {
                "number": CALLER,
                "text": "দুই",
                "message_id": f"SM{2:032x}",
                "gateway": "twilio",
                "at": 1_770_000_000.0,
            },
        ]
        assert len(get(rehearsal.url, "/log")[1]) == 3
        assert get(rehearsal.url, "/elsewhere")[0] == 404
        assert get(rehearsal.url, f"/log?number={quote('+8801700000009')}") == (200, [])


def test_it_is_gone_after_closing(make_africastalking):
    with Rehearsal() as rehearsal:
        gateway = make_africastalking(rehearsal.url)
    (verdict,) = gateway.send([Outgoing("a", CALLER, "x")])
    assert verdict.outcome is Outcome.RETRY
    assert rehearsal.log == ()


def test_an_incomplete_request_is_refused_as_the_provider_would():
    with Rehearsal() as rehearsal:
        assert post(f"{rehearsal.url}/version1/messaging", {"to": CALLER}) == 400
        account = "AC" + "0" * 32
        messages = f"{rehearsal.url}/2010-04-01/Accounts/{account}/Messages.json"
        assert post(messages, {"To": CALLER}) == 400


def test_receipts_reach_our_webhooks_and_are_admitted(make_africastalking, make_twilio):
    with (
        Hooks() as hooks,
        Rehearsal(
            receipts_url=f"{hooks.url}/hooks/africastalking/the-path-secret/receipt",
            auth_token=TOKEN,
            receipt_seconds=0.01,
        ) as rehearsal,
    ):
        africastalking = make_africastalking(rehearsal.url)
        twilio = make_twilio(rehearsal.url, public_url=hooks.url)
        sent = africastalking.send([Outgoing("a", CALLER, "x")])
        sent += twilio.send([Outgoing("b", CALLER, "x")])
        assert hooks.arrived.acquire(timeout=5)
        assert hooks.arrived.acquire(timeout=5)
    first, second = hooks.heard
    assert first.path == "/hooks/africastalking/the-path-secret/receipt"
    assert first.form == {"id": sent[0].external_id, "status": "Success", "phoneNumber": CALLER}
    assert africastalking.delivery(first.form["status"]) is Delivery.DELIVERED
    body = "&".join(f"{name}={quote(value, safe='')}" for name, value in second.form.items())
    request = HookRequest(
        Kind.RECEIPT,
        second.headers["Content-Type"],
        body.encode(),
        f"{hooks.url}{second.path}?m=b",
        second.headers,
    )
    twilio.admit(request, None)
    heard = twilio.read(request)
    assert (heard.external_id, heard.message_id) == (sent[1].external_id, "b")
    assert twilio.delivery(heard.status) is Delivery.DELIVERED


def test_a_receipt_nobody_takes_is_no_trouble(make_twilio):
    with Rehearsal(auth_token=TOKEN, receipt_seconds=0) as rehearsal:
        gateway = make_twilio(rehearsal.url, public_url="http://127.0.0.1:1")
        assert gateway.send([Outgoing("a", CALLER, "x")])[0].outcome is Outcome.ACCEPTED


def test_the_fakes_deliver_what_our_gateways_admit_and_read(make_africastalking, make_twilio):
    """Incoming SMS and receipts of both fakes, over real HTTP, through admit and read."""
    with Hooks() as hooks, TwilioFake() as twilio_fake, AfricasTalkingFake() as fake:
        twilio = make_twilio(public_url=hooks.url)
        at, tw = f"{hooks.url}/hooks/africastalking/the-path-secret", f"{hooks.url}/hooks/twilio"
        assert fake.deliver_sms(f"{at}/sms", "1", CALLER, "হ্যালো") == 200
        assert fake.deliver_receipt(f"{at}/receipt", "ATXid_1", "Failed", "UserInBlackList") == 200
        assert twilio_fake.deliver_sms(f"{tw}/sms", 1, CALLER, "হ্যালো") == 200
        assert twilio_fake.deliver_receipt(f"{tw}/receipt", sid(1), "sent", CALLER) == 200
    gateways = [make_africastalking(), make_africastalking(), twilio, twilio]
    heard = []
    for gateway, asked in zip(gateways, hooks.heard, strict=True):
        body = "&".join(f"{name}={quote(value, safe='')}" for name, value in asked.form.items())
        kind = Kind(asked.path.rpartition("/")[2])
        content_type = asked.headers["Content-Type"]
        url = f"{hooks.url}{asked.path}"
        request = HookRequest(kind, content_type, body.encode(), url, asked.headers)
        gateway.admit(request, "the-path-secret")
        heard.append(gateway.read(request))
    assert [type(each).__name__ for each in heard] == ["SmsHeard", "ReceiptHeard"] * 2
    assert (heard[0].text, heard[1].opted_out, heard[2].text) == ("হ্যালো", True, "হ্যালো")
