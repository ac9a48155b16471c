"""Raising work: to whom it goes, what rises, who may, and what is left behind in the case."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert

from helpline.cases.roles import Role
from helpline.cases.work import Kind, Level, Priority
from helpline.service.desk import escalation, queue
from helpline.service.desk.acting import NotAllowed, Stale, acting
from helpline.store.idents import new_ident
from helpline.store.tables import CareCase, CounsellingRequest, Escalation, Note, WorkItem
from tests.desk.casebook import HOSTILE, register_by_phone, row, rows
from tests.desk.office import Office
from tests.desk.oncall import Desk


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk(office)


@pytest.mark.parametrize("to", escalation.LEVELS)
@pytest.mark.parametrize("priority", Priority)
def test_every_raise_raises_the_level_and_the_priority_but_never_to_imminent(
    desk: Desk, to: str, priority: Priority
) -> None:
    nasrin = desk.office.hire(Role.COUNSELLOR)
    item = desk.item(priority=priority)
    with acting(desk.parts, nasrin) as deed:
        escalation.escalate(deed, deed.connection, item, to, "beyond_me")
    after = desk.row(item)
    assert after.level == escalation.LEVELS[to]
    assert after.priority == (priority if priority <= Priority.HIGH else priority - 1)
    assert desk.steps(item, "escalation") == [(to, "beyond_me")]
    [written] = rows(desk.office, Escalation, item_id=item)
    assert (written.by, written.priority_was, written.level_was) == (nasrin.id, priority, 0)


def test_a_raise_never_lowers_the_level(desk: Desk) -> None:
    item = desk.item(level=Level.SPECIALIST)
    with acting(desk.parts, desk.supervisor("Rina")) as deed:
        escalation.escalate(deed, deed.connection, item, "supervisor", "other")
    assert desk.row(item).level == Level.SPECIALIST


def test_the_supervisor_of_whoever_raises_it_gets_it_if_she_is_there(desk: Desk) -> None:
    other, mine = desk.supervisor("Other"), desk.supervisor("Mine")
    desk.here(other)
    desk.here(mine)
    nasrin = desk.office.hire(Role.COUNSELLOR, supervisor_id=mine.id)
    item = desk.item(Kind.TEXT, case_id=desk.case())
    desk.claim(item, nasrin)
    with acting(desk.parts, nasrin) as deed:
        escalation.escalate(deed, deed.connection, item, "supervisor", "beyond_me")
    assert (desk.row(item).state, desk.row(item).owner_id) == ("claimed", mine.id)
    assert desk.steps(item, "work_item")[-1] == ("claimed", "escalated")


def test_with_no_supervisor_there_it_waits_for_one_and_its_claim_is_counted_anew(
    desk: Desk,
) -> None:
    nasrin = desk.office.hire(Role.COUNSELLOR)
    item = desk.item(Kind.TEXT, case_id=desk.case())
    desk.claim(item, nasrin)
    desk.sweep()
    with acting(desk.parts, nasrin) as deed:
        escalation.escalate(deed, deed.connection, item, "supervisor", "beyond_me")
    assert (desk.row(item).state, desk.row(item).owner_id) == ("open", None)
    desk.sweep()
    claim = desk.clocks(item)["claim"]
    assert (claim.state, claim.limit) == ("active", 3600)
    with acting(desk.parts, desk.office.hire(Role.COUNSELLOR)) as deed, pytest.raises(NotAllowed):
        queue.claim(deed, item)
    desk.claim(item, desk.supervisor("Rina"))


def test_a_specialist_with_the_skill_gets_it_and_another_does_not(desk: Desk) -> None:
    lawyer = desk.office.hire(Role.SPECIALIST, skills="legal")
    psychologist = desk.office.hire(Role.SPECIALIST, skills="psychologist")
    desk.here(lawyer)
    desk.here(psychologist)
    item = desk.item(Kind.TEXT, case_id=desk.case())
    with acting(desk.parts, desk.office.hire(Role.COUNSELLOR)) as deed:
        escalation.escalate(deed, deed.connection, item, "psychologist", "needs_specialist")
    after = desk.row(item)
    assert (after.owner_id, after.level, after.specialty) == (psychologist.id, 2, "psychologist")


def test_a_client_who_asked_for_a_woman_is_not_given_to_the_man_who_is_there(desk: Desk) -> None:
    desk.here(desk.supervisor("Karim", sex="man"))
    item = desk.item(Kind.TEXT, case_id=desk.case(), counsellor="woman")
    with acting(desk.parts, desk.office.hire(Role.COUNSELLOR)) as deed:
        escalation.escalate(deed, deed.connection, item, "supervisor", "client_asks")
    assert desk.row(item).owner_id is None


def test_for_another_office_the_work_stays_with_whoever_writes_the_referral(desk: Desk) -> None:
    nasrin = desk.office.hire(Role.COUNSELLOR)
    item = desk.item(Kind.TEXT, case_id=desk.case())
    desk.claim(item, nasrin)
    with acting(desk.parts, nasrin) as deed:
        escalation.escalate(deed, deed.connection, item, "agency", "no_service")
    after = desk.row(item)
    assert (after.owner_id, after.level, after.state) == (nasrin.id, Level.AGENCY, "claimed")


def test_the_supervisor_who_gets_a_restricted_case_without_one_is_named_for_it(desk: Desk) -> None:
    nasrin = desk.office.hire(Role.COUNSELLOR)
    rina = desk.supervisor("Rina")
    desk.here(rina)
    case = desk.case(restricted="gbv", owner_id=nasrin.id)
    item = desk.item(Kind.TEXT, case_id=case, restricted="gbv")
    with acting(desk.parts, nasrin) as deed:
        escalation.escalate(deed, deed.connection, item, "supervisor", "beyond_me")
    assert row(desk.office, CareCase, id=case).supervisor_id == rina.id
    assert desk.row(item).owner_id == rina.id


def test_a_restricted_case_with_a_named_supervisor_goes_to_no_other(desk: Desk) -> None:
    nasrin = desk.office.hire(Role.COUNSELLOR)
    named, other = desk.supervisor("Named"), desk.supervisor("Other")
    desk.here(other)
    case = desk.case(restricted="gbv", owner_id=nasrin.id, supervisor_id=named.id)
    item = desk.item(Kind.TEXT, case_id=case, restricted="gbv")
    with acting(desk.parts, nasrin) as deed:
        escalation.escalate(deed, deed.connection, item, "supervisor", "beyond_me")
    assert desk.row(item).owner_id is None


def test_a_counselling_request_goes_with_its_item(desk: Desk) -> None:
    nasrin = desk.office.hire(Role.COUNSELLOR)
    registered = register_by_phone(desk.office)
    request = _request(desk, registered.phone_id)
    item = desk.item(Kind.COUNSELLING, subject_id=request, case_id=registered.case_id)
    desk.claim(item, nasrin)
    with acting(desk.parts, nasrin) as deed:
        escalation.escalate(deed, deed.connection, item, "supervisor", "beyond_me")
    assert row(desk.office, CounsellingRequest, id=request).state == "queued"


def _request(desk: Desk, phone_id: str) -> str:
    ident, now = new_ident(), desk.now()
    with desk.parts.database.transaction() as connection:
        connection.execute(
            insert(CounsellingRequest).values(
                id=ident,
                reference="12345674",
                phone_id=phone_id,
                topic="money",
                counsellor="any",
                channel="call",
                sms=False,
                slot_at=now,
                slot_ends_at=now + timedelta(hours=3),
                state="requested",
                dedupe_key=f"counselling:{ident}",
                created_at=now,
                updated_at=now,
            )
        )
    return ident


def test_what_is_done_cannot_be_raised_nor_what_is_not_theirs(desk: Desk) -> None:
    nasrin = desk.office.hire(Role.COUNSELLOR, districts="BD-13")
    done = desk.item(Kind.TEXT)
    desk.change(WorkItem, done, state="done", done_at=desk.now())
    with acting(desk.parts, nasrin) as deed, pytest.raises(Stale):
        escalation.escalate(deed, deed.connection, done, "supervisor", "other")
    elsewhere = desk.item(Kind.TEXT, district="BD-01")
    with acting(desk.parts, nasrin) as deed, pytest.raises(NotAllowed):
        escalation.escalate(deed, deed.connection, elsewhere, "supervisor", "other")


def test_the_desk_itself_takes_work_from_nobody(desk: Desk) -> None:
    nasrin = desk.office.hire(Role.COUNSELLOR)
    desk.here(desk.supervisor("Rina"))
    item = desk.item(Kind.TEXT, case_id=desk.case())
    desk.claim(item, nasrin)
    with desk.parts.database.transaction() as connection:
        escalation.escalate(None, connection, item, "supervisor", "not_reached", now=desk.now())
    after = desk.row(item)
    assert (after.owner_id, after.state, after.level) == (nasrin.id, "claimed", 1)


# -- the pages -------------------------------------------------------------------------------


def test_words_become_a_note_in_the_case_and_nothing_stored_is_interpreted(desk: Desk) -> None:
    nasrin = desk.office.hire(Role.COUNSELLOR, name="Nasrin <b>x</b> {{7*7}}")
    case = desk.case()
    item = desk.item(Kind.TEXT, case_id=case)
    desk.claim(item, nasrin)
    browser = desk.office.browser(nasrin)
    for words in HOSTILE:
        browser.open(f"/desk/item/{item}/escalate")
        browser.submit(f"/desk/item/{item}/escalate", to="supervisor", why="beyond_me", words=words)
        assert browser.status == 200
        desk.change(WorkItem, item, state="claimed", owner_id=nasrin.id, claimed_at=desk.now())
    kept = [
        desk.parts.ring.unseal_text(note.words, "note.words", note.id)
        for note in rows(desk.office, Note, case_id=case)
    ]
    assert kept == HOSTILE
    said = browser.open(f"/desk/item/{item}/escalate")
    assert "To a supervisor, It is more than I can decide" in said
    assert "<b>x</b>" not in browser.page
    assert "49" not in said.replace(str(desk.now()), "")


def test_a_form_without_a_reason_is_asked_again_and_keeps_what_was_written(desk: Desk) -> None:
    nasrin = desk.office.hire(Role.COUNSELLOR)
    item = desk.item(Kind.TEXT, case_id=desk.case())
    desk.claim(item, nasrin)
    browser = desk.office.browser(nasrin)
    browser.open(f"/desk/item/{item}/escalate")
    said = browser.submit(
        f"/desk/item/{item}/escalate", to="police", why="", words="She is afraid."
    )
    assert browser.status == 422
    assert "Please say to whom and why" in said
    assert "She is afraid." in said
    assert desk.steps(item, "escalation") == []


def test_the_story_of_an_item_shows_every_step_with_names(desk: Desk) -> None:
    rina = desk.supervisor("Rina", rank=1)
    salma = desk.supervisor("Salma", rank=2)
    item = desk.item(Kind.UNDECIDED, priority=Priority.IMMINENT)
    desk.after(minutes=4)
    browser = desk.office.browser(salma)
    browser.open("/desk/alarms")
    browser.submit(f"/desk/alarms/{desk.alarm(item, salma)}/acknowledge")
    said = browser.open(f"/desk/item/{item}/escalate")
    for step in (
        "Somebody takes it: Running",
        "Somebody takes it: Little time left",
        "Somebody takes it: Too late",
        "Escalated : To a supervisor, A promise was not kept",
        "Called: Rina",
        "Did not answer in time: Rina",
        "Called: Salma",
        "Answered: Salma",
        "Taken Salma",
    ):
        assert step in said, step
    assert rina.id not in browser.page.replace(desk.alarm(item, rina), "")


def test_the_page_of_a_case_shows_what_was_raised_and_the_button_for_danger(desk: Desk) -> None:
    rina = desk.supervisor("Rina", rank=1)
    nasrin = desk.office.hire(Role.COUNSELLOR)
    case = desk.case()
    browser = desk.office.browser(nasrin)
    said = browser.open(f"/desk/case/{case}")
    assert "There is no open work to escalate." in said
    browser.submit(f"/desk/case/{case}/danger", why="voice")
    assert browser.status == 200
    review = row(desk.office, WorkItem, kind="risk_review", subject_id=case)
    assert desk.alarms(review.id) == [(rina.id, 1, "paging")]
    said = browser.open(f"/desk/case/{case}?item={review.id}")
    assert "A risk review is open" in said
    assert "A sign is not a judgement" in said


def test_nobody_says_danger_about_a_case_that_is_not_theirs(desk: Desk) -> None:
    case = desk.case(restricted="gbv", owner_id=desk.supervisor("Owner").id)
    browser = desk.office.browser(desk.office.hire(Role.COUNSELLOR))
    browser.open("/desk/alarms")
    browser.submit(f"/desk/case/{case}/danger", why="voice")
    assert browser.status == 404
    assert rows(desk.office, WorkItem) == []


def test_two_browsers_raise_one_item_and_the_second_is_told(desk: Desk) -> None:
    nasrin, salma = desk.office.hire(Role.COUNSELLOR), desk.supervisor("Salma")
    item = desk.item(Kind.TEXT, case_id=desk.case())
    first, second = desk.office.browser(nasrin), desk.office.browser(salma)
    for browser in (first, second):
        browser.open(f"/desk/item/{item}/escalate")
    second.submit(f"/desk/item/{item}/escalate", to="legal", why="needs_specialist")
    first.submit(f"/desk/item/{item}/escalate", to="supervisor", why="other")
    assert first.status == 404, "it is no longer theirs to see"
    assert desk.row(item).level == Level.SPECIALIST
