"""The ledger on the page of a case: what was said, by which way, to whom; and what staff write into it."""

from __future__ import annotations

import pytest

from helpline.cases.consents import PURPOSES, ConsentTo
from helpline.cases.roles import Role
from helpline.service.desk import consenting, merging, registering
from helpline.service.desk.acting import NotAllowed
from helpline.service.desk.cases import Blocked
from helpline.service.desk.registering import Told
from helpline.store.tables import Audit, Consent, Message, Person, Reminder, WorkItem
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
from tests.desk.test_people import SAID, walk_in
from tests.house import RAHIMA


def opened(office: Office) -> tuple[Browser, Registered]:
    here = register_by_phone(office)
    browser = office.browser(office.hire(name="Nasrin"))
    browser.open(f"/desk/case/{here.case_id}")
    return browser, here


def standing(office: Office, person_id: str) -> set[str]:
    return {
        each.purpose
        for each in rows(office, Consent, person_id=person_id, given=True)
        if each.withdrawn_at is None
    }


def test_the_ledger_says_for_what_in_which_words_and_language_how_when_and_who_wrote_it(
    office: Office,
) -> None:
    browser, _here = opened(office)
    for word in (
        "Consents",
        "Registration",
        "Agreed",
        "by dialling",
        "registration-2026-11",
        "Do you agree?",
        "Bangla",
        "the client, on the phone",
        "10:00",
    ):
        assert word in browser.page, word


def test_what_the_client_says_at_the_desk_is_written_down_with_who_wrote_it_and_noted(
    office: Office,
) -> None:
    browser, here = opened(office)
    seen = browser.submit(
        f"/desk/case/{here.case_id}/consent", purpose="statistics", agreed="no", how="voice"
    )
    assert "Said no" in seen
    assert "aloud" in seen
    assert "Nasrin" in seen
    browser.submit(f"/desk/case/{here.case_id}/consent", purpose="news", agreed="yes", how="paper")
    news = row(office, Consent, purpose="news")
    assert (news.given, news.channel, news.text_version, news.language) == (
        True,
        "paper",
        PURPOSES["news"].current,
        "bn",
    )
    seen = browser.submit(f"/desk/case/{here.case_id}/consent/end", purpose="news", how="voice")
    assert "Taken back on" in seen
    noted = [(each.action, each.detail) for each in rows(office, Audit, subject="person")]
    assert noted == [
        ("consent_refused", "statistics"),
        ("consent_given", "news"),
        ("consent_ended", "news"),
    ]


def test_ending_follow_up_at_the_desk_ends_the_reminders_at_once(office: Office) -> None:
    browser, here = opened(office)
    browser.submit(f"/desk/case/{here.case_id}/consent/end", purpose="follow_up", how="voice")
    assert {each.state for each in rows(office, Reminder, person_id=here.person_id)} == {
        "cancelled"
    }
    assert standing(office, here.person_id) == {"registration"}
    browser.submit(
        f"/desk/case/{here.case_id}/consent", purpose="follow_up", agreed="yes", how="voice"
    )
    assert standing(office, here.person_id) == {"registration", "follow_up"}


def test_ending_the_registration_at_the_desk_ends_everything_and_asks_nothing_more(
    office: Office,
) -> None:
    browser, here = opened(office)
    seen = browser.submit(
        f"/desk/case/{here.case_id}/consent/end", purpose="registration", how="paper"
    )
    assert standing(office, here.person_id) == set()
    assert row(office, Person, id=here.person_id).withdrawn_at is not None
    assert "Ask the client" not in seen
    deeds = Deeds(office, office.hire())
    with pytest.raises(Blocked, match="not_registered"):
        deeds.do(consenting.say, here.case_id, "news", agreed=True, how="voice")


@pytest.mark.parametrize("typed", [*HOSTILE, "", "registration", "referral:1:1", "guardian"])
def test_only_what_is_offered_can_be_written(office: Office, typed: str) -> None:
    browser, here = opened(office)
    was = len(rows(office, Consent))
    for fields in (
        {"purpose": typed, "agreed": "yes", "how": "voice"},
        {"purpose": "news", "agreed": "yes", "how": typed},
    ):
        browser.submit(f"/desk/case/{here.case_id}/consent", **fields)
        assert browser.status == 422
    assert len(rows(office, Consent)) == was


def test_who_may_not_open_the_case_neither_reads_nor_writes_its_ledger(office: Office) -> None:
    here = register_by_phone(office)
    stranger = Deeds(office, office.hire(districts="BD-01"))
    with pytest.raises(NotAllowed):
        stranger.do(consenting.say, here.case_id, "news", agreed=True, how="voice")
    with pytest.raises(NotAllowed):
        stranger.do(consenting.take_back, here.case_id, "registration", how="voice")
    programme = office.browser(office.hire(Role.PROGRAMME))
    programme.submit(f"/desk/case/{here.case_id}/consent/end", purpose="registration", how="voice")
    assert standing(office, here.person_id) == {"registration", "follow_up"}


@pytest.mark.parametrize("last", ["refused", "ended", "agreed"])
def test_of_two_registrations_that_are_one_person_what_was_said_last_holds(
    office: Office, last: str
) -> None:
    kept = register_by_phone(office)
    office.skip(minutes=5)
    gone = register_by_phone(office, RAHIMA, for_whom="self", district="BD-13")
    deeds = Deeds(office, office.hire(Role.SUPERVISOR))
    office.skip(minutes=5)
    deeds.do(consenting.say, kept.case_id, ConsentTo.NEWS, agreed=True, how="voice")
    office.skip(minutes=5)
    if last == "refused":
        deeds.do(consenting.say, gone.case_id, ConsentTo.NEWS, agreed=False, how="voice")
    elif last == "ended":
        deeds.do(consenting.take_back, gone.case_id, ConsentTo.FOLLOW_UP, how="voice")
    else:
        deeds.do(consenting.say, gone.case_id, ConsentTo.STATISTICS, agreed=True, how="voice")
    reference = row(office, Person, id=gone.person_id).reference
    deeds.do(merging.merge, kept.case_id, reference)
    wanted = {"registration", "follow_up", "news"}
    wanted -= {"news"} if last == "refused" else {"follow_up"} if last == "ended" else set()
    wanted |= {"statistics"} if last == "agreed" else set()
    assert standing(office, kept.person_id) == wanted
    assert not rows(office, Consent, person_id=gone.person_id)


# -- somebody under 18 --------------------------------------------------------------------------


def test_a_child_who_comes_to_the_counter_is_a_restricted_case_and_a_supervisors_work(
    office: Office,
) -> None:
    worker = Deeds(office, office.hire())
    case_id = walk_in(worker, typed=RAHIMA)
    told = Told(SAID, "voice", "registration-2026-11", sms=True, call=True, child=True)
    person_id = worker.do(registering.register, case_id, 2, told)
    assert row(office, Person, id=person_id).age == "minor"
    assert case_row(office, case_id).restricted == "minor"
    assert rows(office, Reminder) == []
    assert standing(office, person_id) == {"registration"}
    item = row(office, WorkItem, kind="child")
    assert (item.priority, item.level, item.restricted) == (1, 1, "minor")
    assert worker.do(consenting.questions, case_row(office, case_id))[-1].purpose == "guardian"


def test_what_a_guardian_says_is_a_line_of_the_ledger_and_nobody_is_contacted_for_it(
    office: Office,
) -> None:
    worker = Deeds(office, office.hire())
    case_id = walk_in(worker, typed=RAHIMA)
    told = Told(SAID, "voice", "registration-2026-11", child=True)
    person_id = worker.do(registering.register, case_id, 2, told)
    browser = office.browser(worker.who)
    page = browser.open(f"/desk/case/{case_id}")
    assert "শিশুর জন্য নিরাপদ" in page
    browser.submit(f"/desk/case/{case_id}/consent", purpose="guardian", agreed="no", how="voice")
    assert row(office, Consent, person_id=person_id, purpose="guardian").given is False
    assert rows(office, Message) == []
    assert case_row(office, case_id).stage != "closed"
