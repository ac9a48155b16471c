"""The forms of a case as somebody fills them in, with hostile words, and two people at once."""

from __future__ import annotations

from datetime import timedelta
from html import escape
from typing import Any

import pytest
from markupsafe import escape as markup_escape

from helpline.cases.calendar import local
from helpline.cases.roles import Role
from helpline.service.desk import follow_ups, transfers
from helpline.store.tables import (
    Appointment,
    Approval,
    Assessment,
    Audit,
    Contact,
    FollowUp,
    Note,
    PersonPhone,
    Phone,
    PlanStep,
    WorkItem,
)
from tests.desk.casebook import (
    HOSTILE,
    Deeds,
    Registered,
    case_row,
    register_by_phone,
    row,
    rows,
)
from tests.desk.office import Browser, Office
from tests.house import SHIRIN


def opened(office: Office, **hired: Any) -> tuple[Browser, Registered]:
    """Somebody who looks at a case."""
    here = register_by_phone(office)
    browser = office.browser(office.hire(**hired))
    browser.open(f"/desk/case/{here.case_id}")
    return browser, here


def submit(office: Office, browser: Browser, here: Registered, form: str, /, **fields: Any) -> str:
    """Send one of the forms of the case's page, made from the case as it is now."""
    version = case_row(office, here.case_id).version
    return browser.submit(f"/desk/case/{here.case_id}/{form}", **{"version": version, **fields})


def test_a_case_is_taken_weighed_and_described(office: Office) -> None:
    browser, here = opened(office)
    submit(office, browser, here, "take")
    submit(office, browser, here, "weigh", risk="high", waiting_on="client")
    seen = submit(office, browser, here, "details", name="Shirin", language="bn", wish="woman")
    for word in ("High risk", "Waiting for the client", "Shirin", "Wants a woman", "Assigned"):
        assert word in seen


@pytest.mark.parametrize("words", HOSTILE)
def test_whatever_is_stored_is_shown_as_it_was_written(office: Office, words: str) -> None:
    browser, here = opened(office)
    submit(office, browser, here, "note", words=words)
    submit(office, browser, here, "details", name=words[:100], language="bn", wish="any")
    submit(office, browser, here, "plan", service="training", goal=words)
    submit(office, browser, here, "ask", what="plan", words=words)
    other = office.hire()
    submit(office, browser, here, "transfer", staff_id=other.id, words=words)
    card = f"phone/{here.phone_id}/words"
    submit(office, browser, here, card, version=0, others=words[:300], cover=words[:300])
    assert browser.status == 200
    office.house.phone().text(words)
    browser.open(f"/desk/case/{here.case_id}")
    assert browser.status == 200
    assert browser.page.count(str(markup_escape(words))) >= 5
    assert "<script>alert" not in browser.page
    asked = office.browser(other).open("/desk/transfers")
    assert " ".join(words.split()) in asked


def test_what_two_people_change_at_once_is_changed_once_and_nobodys_words_are_lost(
    office: Office,
) -> None:
    first, here = opened(office)
    second = office.browser(office.hire(name="Rokeya"))
    second.open(f"/desk/case/{here.case_id}")
    words = f"/desk/case/{here.case_id}/phone/{here.phone_id}/words"
    first.submit(words, version=0, cover="A course")
    seen = second.submit(words, version=0, cover="The mother is ill")
    assert second.status == 409
    assert "Somebody else changed this" in seen
    assert "The mother is ill" in seen
    assert "The safe-contact card was changed" in seen
    assert "A course" in first.open(f"/desk/case/{here.case_id}")


def test_what_hinders_a_case_is_said_in_words(office: Office) -> None:
    browser, here = opened(office)
    submit(office, browser, here, "take")
    submit(office, browser, here, "stage", becomes="assessment")
    seen = submit(office, browser, here, "stage", becomes="support_ongoing")
    assert browser.status == 422
    assert "There is no step in the plan." in seen


def test_a_plan_is_made_asked_for_and_approved_by_somebody_else(office: Office) -> None:
    browser, here = opened(office)
    submit(office, browser, here, "take")
    submit(office, browser, here, "stage", becomes="assessment")
    submit(office, browser, here, "plan", service="training", goal="Sewing", due_on="2027-01-31")
    submit(office, browser, here, "ask", what="plan", words="Please look")
    approval = row(office, Approval, case_id=here.case_id)
    item = row(office, WorkItem, subject_id=approval.id)
    boss = office.browser(office.hire(Role.SUPERVISOR, name="Salma"))
    assert "Please look" in boss.open(f"/desk/case/{here.case_id}?item={item.id}")
    boss.submit(f"/desk/case/{here.case_id}/approval/{approval.id}", becomes="approved")
    seen = submit(office, browser, here, "stage", becomes="support_ongoing")
    assert "Support ongoing" in seen
    assert "31 Jan 2027" in seen
    step = row(office, PlanStep, case_id=here.case_id)
    submit(office, browser, here, f"plan/{step.id}", was="planned", becomes="waived", why="refused")
    assert row(office, PlanStep, id=step.id).why == "refused"


def test_a_day_that_is_none_is_said_and_the_words_are_there_to_copy(office: Office) -> None:
    browser, here = opened(office)
    seen = submit(office, browser, here, "plan", service="training", goal="Sewing", due_on="soon")
    assert "The day or the time cannot be read." in seen
    assert "Sewing" in seen
    assert rows(office, PlanStep) == []


def test_appointments_and_follow_ups_are_agreed_and_come_true(office: Office) -> None:
    browser, here = opened(office)
    at = (office.clock() + timedelta(days=2)).strftime("%Y-%m-%dT10:00")
    seen = submit(office, browser, here, "appointment", what="counselling", place="", at=at)
    assert "3 Dec 2026, 10:00" in seen
    seen = submit(office, browser, here, "follow-up", kind="check_in", at=at)
    assert "Ask how things are" in seen
    visit = row(office, Appointment, case_id=here.case_id)
    submit(office, browser, here, f"appointment/{visit.id}", was="planned", becomes="kept")
    assert row(office, Appointment, id=visit.id).state == "kept"
    office.skip(days=3)
    browser = office.browser(office.hire())
    browser.open(f"/desk/case/{here.case_id}")
    follow_ups.sweep(office.parts)
    duty = row(office, FollowUp, case_id=here.case_id, kind="check_in")
    item = row(office, WorkItem, subject_id=duty.id)
    assert "What came of it?" in browser.open(f"/desk/case/{here.case_id}?item={item.id}")
    submit(office, browser, here, f"follow-up/{duty.id}", was="due", becomes="done", outcome="well")
    assert row(office, WorkItem, id=item.id).outcome == "well"


def test_an_appointment_in_the_past_is_refused(office: Office) -> None:
    browser, here = opened(office)
    seen = submit(office, browser, here, "appointment", what="service", at="2020-01-01T10:00")
    assert "The time has passed already." in seen


def test_a_note_is_never_changed_only_corrected_by_another(office: Office) -> None:
    browser, here = opened(office)
    submit(office, browser, here, "note", words="She has two children")
    first = row(office, Note, case_id=here.case_id)
    seen = submit(office, browser, here, "note", words="Three children", corrects=first.id)
    assert "She has two children" in seen
    assert "Correction of a note" in seen
    assert len(rows(office, Note, case_id=here.case_id)) == 2
    submit(office, browser, here, "note", words="x", corrects="0" * 32)
    assert browser.status == 404


def test_a_call_by_hand_is_written_down_with_what_came_of_it(office: Office) -> None:
    browser, here = opened(office)
    seen = submit(
        office,
        browser,
        here,
        "contact",
        channel="call",
        direction="out",
        disposition="no_answer",
        minutes="2",
        phone_id=here.phone_id,
        words="Try again in the evening",
    )
    assert "Call, from us, No answer, 2 min" in seen
    assert "Try again in the evening" in seen
    assert row(office, Contact, case_id=here.case_id).seconds == 120
    submit(office, browser, here, "contact", channel="call", direction="out", disposition="magic")
    assert browser.status == 422


def test_needs_are_asked_in_two_parts_and_distress_leaves_the_money_out(office: Office) -> None:
    browser, here = opened(office)
    first = browser.open(f"/desk/case/{here.case_id}/assess")
    assert "How have you felt" in first
    assert "How much do you owe?" not in first
    well = submit(office, browser, here, "assess/next", mood="well")
    assert "How much do you owe?" in well
    ill = submit(office, browser, here, "assess/next", mood="no_hope")
    assert "How much do you owe?" not in ill
    assert "the questions about money are left for another day" in ill
    seen = submit(office, browser, here, "assess", mood="no_hope", intention="job", debt="over_5l")
    assert "Without hope" in seen
    assert "Go through the risk form" in seen
    assert "More than 5 lakh" not in seen
    assert row(office, Assessment, case_id=here.case_id).instrument == "needs-1"
    submit(office, browser, here, "assess", mood="purple")
    assert browser.status == 422
    assert len(rows(office, Assessment)) == 1


def test_the_safe_contact_card_is_on_top_and_the_number_is_masked(office: Office) -> None:
    browser, here = opened(office)
    headings = browser.page.index("Safe contact"), browser.page.index("Where the case stands")
    assert headings[0] < headings[1]
    assert "+880•••••001" in browser.text
    assert SHIRIN not in browser.page
    assert "SMS: yes" in browser.text
    assert "Leave no message." in browser.text
    assert "holds until 5 Jan 2028" in browser.text
    shown = submit(office, browser, here, f"phone/{here.phone_id}/number")
    assert SHIRIN in shown
    (entry,) = rows(office, Audit, action="unmask")
    assert (entry.subject_id, entry.case_id) == (here.phone_id, here.case_id)


def test_the_number_of_somebody_elses_case_is_not_shown(office: Office) -> None:
    browser, here = opened(office)
    other = register_by_phone(office, "+8801300000002")
    submit(office, browser, here, f"phone/{other.phone_id}/number")
    assert browser.status == 404


def test_what_is_allowed_on_a_phone_is_changed_once(office: Office) -> None:
    browser, here = opened(office)
    second = office.browser(office.hire())
    second.open(f"/desk/case/{here.case_id}")
    link = row(office, PersonPhone, person_id=here.person_id)
    said = {
        "confirmed": link.confirmed_at.isoformat(),
        "relation": "family",
        "window": "evening",
        "day": ["5", "6"],
        "signal": "yes",
        "until": "2027-01-31",
    }
    office.skip(minutes=1)
    submit(office, browser, here, f"phone/{here.phone_id}", **said)
    changed = row(office, PersonPhone, person_id=here.person_id)
    assert (changed.sms, changed.call, changed.sole) == (False, False, False)
    assert (changed.relation, changed.window, changed.weekdays) == ("family", "evening", "56")
    assert (changed.signal, changed.message, changed.detailed) == (True, False, False)
    assert local(changed.expires_at).strftime("%Y-%m-%d %H:%M") == "2027-02-01 00:00"
    submit(office, second, here, f"phone/{here.phone_id}", **said, sms="yes")
    assert second.status == 409
    assert not row(office, PersonPhone, person_id=here.person_id).sms


def test_a_phone_that_is_not_safe_gets_nothing_more(office: Office) -> None:
    browser, here = opened(office)
    seen = submit(office, browser, here, f"phone/{here.phone_id}/unsafe")
    assert "Not safe: send nothing" in seen
    assert row(office, Phone, id=here.phone_id).unsafe_at == office.clock()
    office.house.tick()
    assert office.house.texts() == []


def test_the_timeline_is_paged_and_each_page_is_written_down(office: Office) -> None:
    browser, here = opened(office)
    for number in range(35):
        office.skip(seconds=1)
        submit(office, browser, here, "note", words=f"Note number {number:02}")
    page = browser.open(f"/desk/case/{here.case_id}")
    assert "Note number 34" in page
    assert "Note number 02" not in page
    older = browser.open(f"/desk/case/{here.case_id}/timeline?page=2")
    assert "Note number 02" in older
    assert "Registered" in older
    assert browser.open(f"/desk/case/{here.case_id}/timeline?page=²") != ""
    assert browser.status == 200
    assert len(rows(office, Audit, action="read", case_id=here.case_id)) > 2


def test_a_transfer_is_answered_on_its_own_page(office: Office) -> None:
    browser, here = opened(office)
    submit(office, browser, here, "take")
    other = office.hire(name="Rokeya")
    submit(office, browser, here, "transfer", staff_id=other.id, words="I am on leave")
    theirs = office.browser(other)
    assert "I am on leave" in theirs.open("/desk/transfers")
    (asked,) = Deeds(office, other).do(transfers.waiting)
    seen = theirs.submit(f"/desk/transfers/{asked.id}", becomes="accepted")
    assert "Owner Rokeya" in seen


def test_no_form_without_its_token_changes_a_case(office: Office) -> None:
    browser, here = opened(office)
    answer = browser.client.post(f"/desk/case/{here.case_id}/note", data={"words": escape("hello")})
    assert answer.status_code == 403
    assert rows(office, Note) == []
