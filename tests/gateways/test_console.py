"""The gateway of a developer's machine."""

import json
from urllib.parse import urlencode

import pytest

from helpline.gateways.console import Console, Options
from helpline.gateways.port import (
    Delivery,
    HookRequest,
    Kind,
    Malformed,
    Outcome,
    Outgoing,
    Secrets,
    SmsHeard,
)

CALLER = "+8801700000001"


@pytest.fixture
def console(tmp_path):
    outbox = str(tmp_path / "outbox.jsonl")
    return Console("console", Secrets({"path": "demo"}), Options(outbox_path=outbox))


def request(kind: Kind, **form: str) -> HookRequest:
    body = urlencode(form).encode()
    return HookRequest(kind, "application/x-www-form-urlencoded", body, "http://127.0.0.1", {})


def test_the_first_key_press_begins_a_session_and_the_text_is_the_last_input(console):
    first = console.read(
        request(Kind.USSD, sessionId="s", phoneNumber="01700000001", text="", new="1")
    )
    assert (first.begins, first.cumulative, first.text, first.address) == (True, False, "", CALLER)
    later = console.read(request(Kind.USSD, sessionId="s", phoneNumber=CALLER, text="2"))
    assert (later.begins, later.text) == (False, "2")


def test_two_equal_key_presses_are_two_unless_they_are_named(console):
    def event(**more: str) -> str:
        form = {"sessionId": "s" * 96, "phoneNumber": CALLER, "text": "1"} | more
        return console.read(request(Kind.USSD, **form)).event_id

    assert event() != event()
    assert event(id="7") == event(id="7")
    assert event(id="7") != event(id="8")
    assert len(event(id="x" * 96)) <= 160


def test_an_sms_is_heard(console):
    form = {"id": "1", "from": "01700000001", "to": "00000", "text": "হ্যালো"}
    heard = console.read(request(Kind.SMS, **form))
    assert heard == SmsHeard(CALLER, "00000", "হ্যালো", "1")


@pytest.mark.parametrize("kind", [Kind.RECEIPT, Kind.OPT_OUT, Kind.SESSION_END])
def test_other_kinds_are_malformed(kind, console):
    with pytest.raises(Malformed):
        console.read(request(kind, id="1"))


def test_texts_are_appended_to_the_outbox_as_lines(console, tmp_path):
    messages = [Outgoing("a", CALLER, "এক\nদুই"), Outgoing("b", "+8801700000002", "এক\nদুই")]
    verdicts = console.send(messages) + console.send([Outgoing("c", CALLER, "three")])
    lines = [json.loads(line) for line in (tmp_path / "outbox.jsonl").read_text().splitlines()]
    assert [(line["id"], line["to"], line["text"]) for line in lines] == [
        ("a", CALLER, "এক\nদুই"),
        ("b", "+8801700000002", "এক\nদুই"),
        ("c", CALLER, "three"),
    ]
    assert [verdict.external_id for verdict in verdicts] == [line["external_id"] for line in lines]
    assert {verdict.outcome for verdict in verdicts} == {Outcome.ACCEPTED}
    assert (tmp_path / "outbox.jsonl").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("outbox", ["", "/nonexistent/outbox.jsonl"])
def test_an_outbox_that_cannot_be_written_is_ours_to_fix(outbox):
    console = Console("console", Secrets(), Options(outbox_path=outbox))
    (verdict,) = console.send([Outgoing("a", CALLER, "x")])
    assert verdict.outcome is Outcome.MISCONFIGURED


def test_screens_and_capabilities(console):
    assert console.screen("Hello", final=False).body == "CON Hello"
    assert console.screen("Bye", final=True).body == "END Bye"
    assert console.acknowledge(Kind.SMS).status == 200
    assert console.delivery("anything") is Delivery.UNKNOWN
    assert console.capabilities.receipts == "none"
