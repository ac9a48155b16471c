"""Items without a case, and what can be done about them: texts, undecided messages, facts."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from helpline.cases.roles import Role
from helpline.cases.states import MESSAGE, may_move
from helpline.cases.work import Kind
from helpline.data.load import load_directory_seed
from helpline.service.desk import desk_sweeps, queue, stale_facts, undecided
from helpline.service.desk.acting import NotAllowed, Stale
from helpline.store.centres import all_centres
from helpline.store.facts import all_checks
from helpline.store.idents import new_ident
from helpline.store.tables import Audit, IncomingText, Message, Phone, WorkItem
from tests.desk.office import Office
from tests.desk.work import ask, do, item, moves, put, request_state
from tests.house import SHIRIN

HOSTILE = ["<script>alert(1)</script>", "{{7*7}}", "%s%n", "=cmd()", "x" * 400, "আমি বাড়ি যেতে চাই"]


def write(office: Office, words: str) -> str:
    """Somebody writes an SMS that is no command; the id of its item."""
    office.house.phone(SHIRIN).text(words)
    with office.parts.database.reading() as connection:
        return str(
            connection.execute(select(WorkItem.id).where(WorkItem.kind == "text")).scalar_one()
        )


def message(office: Office, state: str, **columns: Any) -> str:
    """A message somewhere in the outbox."""
    ident, phone, now = new_ident(), new_ident(), office.clock()
    with office.parts.database.transaction() as connection:
        connection.execute(
            insert(Phone).values(
                id=phone,
                fingerprint=phone.encode(),
                number=office.parts.ring.seal("+8801300000017", "phone.number", phone),
                language="bn",
                heard_at=now,
                created_at=now,
            )
        )
        values = {
            "id": ident,
            "phone_id": phone,
            "purpose": "asked",
            "template": "screen",
            "language": "bn",
            "values": office.parts.ring.seal('{"text": "একটি গোপন কথা"}', "message.values", ident),
            "state": state,
            "due_at": now,
            "expires_at": now + timedelta(hours=6),
            "dedupe_key": ident,
            "gateway": "recorder",
            "external_id": "x-17",
            "created_at": now,
            "updated_at": now,
        }
        connection.execute(insert(Message).values(**values | columns))
    return ident


def state_of(office: Office, ident: str) -> str:
    with office.parts.database.reading() as connection:
        return str(
            connection.execute(select(Message.state).where(Message.id == ident)).scalar_one()
        )


def the_item(office: Office, kind: str, subject: str) -> Any:
    with office.parts.database.reading() as connection:
        return connection.execute(
            select(WorkItem.__table__).where(WorkItem.kind == kind, WorkItem.subject_id == subject)
        ).one_or_none()


@pytest.mark.parametrize("words", HOSTILE)
def test_a_text_is_shown_as_it_was_written_and_each_reading_is_noted(
    office: Office, words: str
) -> None:
    ident, browser = write(office, words), office.browser(office.hire())
    assert words in browser.open(f"/desk/item/{ident}")
    assert "<script>alert" not in browser.page
    with office.parts.database.reading() as connection:
        read = connection.execute(select(Audit.action, Audit.subject)).all()
    assert ("read", "incoming_text") in [tuple(row) for row in read]


def test_a_text_that_was_read_is_done_and_says_so(office: Office) -> None:
    nasrin = office.hire()
    ident, browser = write(office, "ami kichu bolte chai"), office.browser(nasrin)
    browser.open("/desk/queue")
    browser.submit(f"/desk/queue/{ident}/claim")
    browser.submit(f"/desk/queue/{ident}/finish", outcome="answered")
    row = item(office, ident)
    assert (row.state, row.outcome) == ("done", "answered")
    assert moves(office, "incoming_text", row.subject_id)[-1] == ("open", "read", nasrin.id)
    with office.parts.database.reading() as connection:
        assert connection.execute(select(IncomingText.state)).scalar_one() == "read"


def test_an_undecided_message_shows_its_facts_and_not_its_words(office: Office) -> None:
    ident = message(office, "ambiguous", trouble="worker_lost")
    work = put(office, Kind.UNDECIDED, subject_id=ident)
    browser = office.browser(office.hire())
    text = browser.open(f"/desk/item/{work}")
    assert "x-17" in text
    assert "worker_lost" in text
    assert "গোপন" not in browser.page
    assert "+8801300000017" not in browser.page


@pytest.mark.parametrize(
    ("state", "answer"),
    [*product(("ambiguous", "unconfirmed", "parked", "sent"), sorted(undecided._EVER))],
)
def test_an_answer_moves_a_message_only_where_its_table_leads(
    office: Office, state: str, answer: str
) -> None:
    ident, nasrin = message(office, state), office.hire()
    work = put(office, Kind.UNDECIDED, subject_id=ident)
    becomes = undecided.BECOMES.get(state, {}).get(answer)
    if becomes is None:
        with pytest.raises(Stale):
            do(office, nasrin, undecided.decide, work, answer)
        assert (state_of(office, ident), item(office, work).state) == (state, "open")
        return
    assert may_move(MESSAGE, state, becomes)
    do(office, nasrin, undecided.decide, work, answer)
    assert (state_of(office, ident), item(office, work).state) == (becomes, "done")
    assert moves(office, "message", ident) == [(state, becomes, nasrin.id)]
    assert bool(office.house.bell.woken) == (answer == "send_again")


def test_a_message_that_is_sent_again_goes_out_once(office: Office) -> None:
    ident = message(office, "ambiguous")
    work = put(office, Kind.UNDECIDED, subject_id=ident)
    browser = office.browser(office.hire())
    browser.open(f"/desk/item/{work}")
    browser.submit(f"/desk/item/{work}/message", answer="send_again")
    office.house.work()
    assert office.house.texts("+8801300000017") == ["একটি গোপন কথা"]
    browser.submit(f"/desk/item/{work}/message", answer="send_again")
    assert browser.status == 409
    office.house.work()
    assert len(office.house.texts("+8801300000017")) == 1


def test_a_message_whose_time_is_over_is_not_sent_again(office: Office) -> None:
    ident = message(office, "ambiguous")
    work = put(office, Kind.UNDECIDED, subject_id=ident)
    office.skip(hours=7)
    browser = office.browser(office.hire())
    assert "It is too late to send it again." in browser.open(f"/desk/item/{work}")
    with pytest.raises(Stale):
        do(office, office.hire(), undecided.decide, work, "send_again")


def test_a_receipt_that_was_faster_than_staff_stands(office: Office) -> None:
    ident = message(office, "ambiguous")
    work = put(office, Kind.UNDECIDED, subject_id=ident)
    with office.parts.database.transaction() as connection:
        connection.execute(update(Message).where(Message.id == ident).values(state="delivered"))
    with pytest.raises(Stale):
        do(office, office.hire(), undecided.decide, work, "was_not_sent")
    assert state_of(office, ident) == "delivered"
    assert desk_sweeps.sweep(office.parts) >= 1
    assert item(office, work).state == "done"


def never(office: Office) -> list[stale_facts.Known]:
    with office.parts.database.reading() as connection:
        return stale_facts.never_checked(connection)


def test_all_facts_that_nobody_checked_are_one_item(office: Office) -> None:
    desk_sweeps.sweep(office.parts)
    desk_sweeps.sweep(office.parts)
    with office.parts.database.reading() as connection:
        [row] = connection.execute(select(WorkItem.subject_id, WorkItem.level)).all()
    assert tuple(row) == (stale_facts.NEVER, 1)
    kinds = {each.fact.partition(".")[0] for each in never(office)}
    assert "topic" in kinds
    browser = office.browser(office.hire(Role.SUPERVISOR))
    assert f"Never checked: {len(never(office))} facts" in browser.open("/desk/queue")


def test_a_fact_that_was_checked_leaves_the_list_and_comes_by_itself_before_it_expires(
    office: Office,
) -> None:
    desk_sweeps.sweep(office.parts)
    fact = next(each for each in never(office) if each.text)
    boss = office.hire(Role.SUPERVISOR)
    work = the_item(office, "stale_fact", stale_facts.NEVER)
    browser = office.browser(boss)
    assert fact.text is not None
    assert fact.text.en in browser.open(f"/desk/item/{work.id}")
    browser.submit(f"/desk/item/{work.id}/fact", outcome="works", fact=fact.digest)
    assert fact.text.en not in browser.open(f"/desk/item/{work.id}")
    assert item(office, work.id).state == "open"
    with office.parts.database.reading() as connection:
        (check,) = all_checks(connection)
    assert (check.fact, check.outcome, check.verified_by) == (
        fact.fact,
        "works",
        f"staff:{boss.id}",
    )
    desk_sweeps.sweep(office.parts)
    assert the_item(office, "stale_fact", fact.digest) is None
    office.skip(days=400)
    desk_sweeps.sweep(office.parts)
    again = the_item(office, "stale_fact", fact.digest)
    assert again.state == "open"
    browser = office.browser(boss)
    browser.open(f"/desk/item/{again.id}")
    browser.submit(f"/desk/item/{again.id}/fact", outcome="works")
    assert item(office, again.id).state == "done"


def test_the_list_is_done_with_the_last_fact(office: Office) -> None:
    desk_sweeps.sweep(office.parts)
    work = the_item(office, "stale_fact", stale_facts.NEVER)
    boss = office.hire(Role.SUPERVISOR)
    for fact in never(office):
        do(office, boss, stale_facts.checked, work.id, "works", fact.digest)
    assert item(office, work.id).state == "done"
    desk_sweeps.sweep(office.parts)
    assert item(office, work.id).state == "done"


def test_a_centre_that_is_not_there_is_shown_no_more(office: Office) -> None:
    desk_sweeps.sweep(office.parts)
    centre = load_directory_seed()[0]
    with office.parts.database.reading() as connection:
        fact = next(
            each
            for each in stale_facts.known(connection)
            if each.centre and each.centre.key == centre.key
        )
    work = the_item(office, "stale_fact", stale_facts.NEVER)
    browser = office.browser(office.hire(Role.SUPERVISOR))
    assert centre.name.en in browser.open(f"/desk/item/{work.id}")
    browser.submit(f"/desk/item/{work.id}/fact", outcome="failed", fact=fact.digest)
    with office.parts.database.reading() as connection:
        (entered,) = [each for each in all_centres(connection) if each.key == centre.key]
    assert entered.expired(office.clock().date())
    desk_sweeps.sweep(office.parts)
    assert fact.fact not in {each.fact for each in never(office)}
    assert the_item(office, "stale_fact", fact.digest) is None


def test_a_counsellor_neither_sees_nor_checks_facts(office: Office) -> None:
    desk_sweeps.sweep(office.parts)
    with office.parts.database.reading() as connection:
        ident = connection.execute(select(WorkItem.id).limit(1)).scalar_one()
    browser = office.browser(office.hire())
    browser.open(f"/desk/item/{ident}")
    assert browser.status == 404
    browser.open("/desk/queue")
    browser.submit(f"/desk/item/{ident}/fact", outcome="works")
    assert browser.status == 403


def test_what_lost_its_item_is_back_in_the_queue(office: Office) -> None:
    shirin = office.house.phone(SHIRIN)
    shirin.dial()
    shirin.press("2", "1", "1", "1", "1", "1", "2")
    shirin.dial()
    shirin.press("0", "1", "1", "1")
    shirin.text("ami kichu bolte chai")
    with office.parts.database.transaction() as connection:
        gone = connection.execute(select(WorkItem.__table__)).all()
        connection.execute(WorkItem.__table__.delete())  # type: ignore[attr-defined]
    assert {row.kind for row in gone} == {"counselling", "callback", "text"}
    desk_sweeps.sweep(office.parts)
    for row in gone:
        again = the_item(office, row.kind, row.subject_id)
        assert (again.state, again.case_id, again.phone_id) == ("open", row.case_id, row.phone_id)
        assert again.counsellor == row.counsellor
        assert again.promised_at == row.promised_at


def test_a_request_whose_item_was_ended_too_early_is_back(office: Office) -> None:
    request, ident = ask(office)
    with office.parts.database.transaction() as connection:
        connection.execute(update(WorkItem).where(WorkItem.id == ident).values(state="done"))
    desk_sweeps.sweep(office.parts)
    assert item(office, ident).state == "open"
    assert request_state(office, request) == "requested"


def test_what_is_over_is_settled_whoever_has_it(office: Office) -> None:
    nasrin, (request, ident) = office.hire(), ask(office)
    do(office, nasrin, queue.claim, ident)
    with office.parts.database.transaction() as connection:
        from helpline.store import requests  # noqa: PLC0415

        requests.turn_counselling(
            connection,
            request_id=request,
            was="claimed",
            becomes="withdrawn",
            now=office.clock(),
        )
    desk_sweeps.sweep(office.parts)
    row = item(office, ident)
    assert (row.state, row.outcome) == ("done", "withdrawn")


def test_messages_nobody_knows_the_fate_of_come_into_the_queue_after_a_while(
    office: Office,
) -> None:
    lost = [message(office, state) for state in ("ambiguous", "parked", "unconfirmed")]
    sent = message(office, "sent")
    desk_sweeps.sweep(office.parts)
    assert [the_item(office, "undecided", ident) for ident in lost] == [None] * 3
    office.skip(minutes=16)
    desk_sweeps.sweep(office.parts)
    assert all(the_item(office, "undecided", ident) for ident in lost)
    assert the_item(office, "undecided", sent) is None


def test_what_makes_no_sense_as_an_answer_is_refused(office: Office) -> None:
    ident = message(office, "ambiguous")
    work = put(office, Kind.UNDECIDED, subject_id=ident)
    with pytest.raises(NotAllowed):
        do(office, office.hire(), undecided.decide, work, "<script>")
    with pytest.raises(NotAllowed):
        do(office, office.hire(), undecided.decide, put(office), "leave")
