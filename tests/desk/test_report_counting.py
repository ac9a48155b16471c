"""What is counted on which day, and that counting twice changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, insert, select

from helpline.cases.calendar import local
from helpline.cases.measures import Measure, Quarter
from helpline.service.desk import counting
from helpline.service.desk.counted import COUNTS, Counted
from helpline.store.idents import new_ident
from helpline.store.tables import Consent, DayCount, Person
from tests.desk import reported
from tests.desk.office import Office


def counted(office: Office, measure: Measure) -> dict[str, int]:
    """All counts of a measure, by what was counted."""
    counting.sweep(office.parts)
    with office.parts.database.reading() as connection:
        rows = connection.execute(
            select(DayCount.by, DayCount.count).where(DayCount.measure == measure)
        )
        found: dict[str, int] = {}
        for by, count in rows:
            found[by] = found.get(by, 0) + count
    return found


def everything(office: Office) -> set[tuple[object, ...]]:
    with office.parts.database.reading() as connection:
        return {tuple(row) for row in connection.execute(select(DayCount.__table__))}


def test_a_registration_is_counted_by_what_was_said(office: Office) -> None:
    reported.people(office, 2, sex="man", country="MY", channel="sms", language="en")
    found = counted(office, Measure.REGISTERED)
    assert found[""] == 2
    assert found["sex:man"] == found["country:MY"] == found["channel:sms"] == 2
    assert found["language:en"] == 2


def test_a_person_who_agreed_twice_is_one_registration(office: Office) -> None:
    [person] = reported.people(office, 1)
    with office.parts.database.transaction() as connection:
        connection.execute(
            insert(Consent).values(
                id=new_ident(),
                person_id=person,
                purpose="registration",
                text_version="registration-2027-01",
                language="en",
                channel="sms",
                given=True,
                recorded_by="caller",
                given_at=office.clock() + timedelta(minutes=5),
            )
        )
    found = counted(office, Measure.REGISTERED)
    assert found[""] == 1
    assert found["channel:ussd"] == 1
    assert "channel:sms" not in found


@pytest.mark.parametrize("answer", ["refused", "ended", "agreed", "never asked"])
def test_of_who_does_not_want_to_be_counted_only_that_they_are_is_counted(
    office: Office, answer: str
) -> None:
    person, _other = reported.people(office, 2)
    if answer != "never asked":
        with office.parts.database.transaction() as connection:
            connection.execute(
                insert(Consent).values(
                    id=new_ident(),
                    person_id=person,
                    purpose="statistics",
                    text_version="statistics-1",
                    language="bn",
                    channel="voice",
                    given=answer != "refused",
                    recorded_by="caller",
                    given_at=office.clock(),
                    withdrawn_at=office.clock() if answer == "ended" else None,
                )
            )
    found = counted(office, Measure.REGISTERED)
    counted_fully = 1 if answer in ("refused", "ended") else 2
    assert found[""] == 2
    assert found["sex:woman"] == found["need:work"] == counted_fully
    assert found.get("sex:unknown", 0) == found.get("country:unknown", 0) == 2 - counted_fully
    with office.parts.database.reading() as connection:
        asked = select(DayCount.district).where(DayCount.measure == Measure.REGISTERED)
        districts = set(connection.execute(asked).scalars())
    assert districts == ({"BD-13", ""} if counted_fully == 1 else {"BD-13"})


def test_who_was_registered_twice_is_counted_once_and_as_found(office: Office) -> None:
    kept, gone = reported.people(office, 2)
    reported.merge(office, kept, gone, office.hire().id)
    assert counted(office, Measure.REGISTERED)[""] == 1
    assert counted(office, Measure.MERGED) == {"": 1}


def test_a_day_is_a_day_in_dhaka(office: Office) -> None:
    office.clock.now = office.clock.now.replace(hour=19)  # one in the morning of the next day there
    reported.people(office, 1)
    counting.sweep(office.parts)
    [day] = {row[1] for row in everything(office) if row[0] == Measure.REGISTERED}
    assert day == local(office.clock()).date()
    assert day != office.clock().date()


def test_counting_twice_counts_nothing_twice(office: Office) -> None:
    reported.people(office, 3)
    reported.talk(office, reached=5)
    reported.case(office)
    counting.sweep(office.parts)
    before = everything(office)
    counting.sweep(office.parts)
    assert everything(office) == before


def test_what_is_gone_is_no_longer_counted(office: Office) -> None:
    [person] = reported.people(office, 1)
    assert counted(office, Measure.REGISTERED)[""] == 1
    with office.parts.database.transaction() as connection:
        connection.execute(delete(Consent).where(Consent.person_id == person))
        connection.execute(delete(Person).where(Person.id == person))
    assert counted(office, Measure.REGISTERED) == {}


def test_a_measure_without_anything_to_count_is_not_counted_from_the_beginning_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported.people(office, 1, days_ago=90)
    counting.sweep(office.parts)
    asked: list[timedelta] = []

    def none(_connection: object, begins: datetime, ends: datetime) -> Iterator[Counted]:
        asked.append(ends - begins)
        return iter(())

    monkeypatch.setitem(COUNTS, Measure.MERGED, none)
    counting.sweep(office.parts)
    assert asked == [timedelta(days=2)]


def test_days_on_which_nobody_counted_are_made_up_for(office: Office) -> None:
    reported.people(office, 1)
    counting.sweep(office.parts)
    for _day in range(12):
        office.skip(days=1)
        reported.people(office, 1)
    assert counted(office, Measure.REGISTERED)[""] == 13


def test_a_promise_is_kept_when_they_talked_before_its_time(office: Office) -> None:
    reported.talk(office, reached=59)
    reported.talk(office, "counselling", reached=60)
    assert counted(office, Measure.PROMISE) == {"came:kept": 2}


def test_a_promise_is_not_kept_by_talking_late_or_not_at_all(office: Office) -> None:
    reported.talk(office, reached=61)
    reported.talk(office, outcome="no_contact")
    assert counted(office, Measure.PROMISE) == {"came:broken": 2}


def test_an_attempt_in_time_is_told_from_no_attempt(office: Office) -> None:
    reported.talk(office, tried=10, outcome="no_contact")
    assert counted(office, Measure.PROMISE) == {"came:tried": 1}


def test_a_promise_that_the_client_took_back_before_its_time_is_none(office: Office) -> None:
    before = office.clock() - timedelta(hours=2, minutes=30)
    reported.talk(office, outcome="withdrawn", done_at=before)
    assert counted(office, Measure.PROMISE) == {}


def test_a_promise_counts_when_its_time_has_come(office: Office) -> None:
    reported.item(office)
    assert counted(office, Measure.PROMISE) == {}
    office.skip(hours=2)
    assert counted(office, Measure.PROMISE) == {"came:broken": 1}


def test_waiting_is_counted_in_steps_from_when_it_could_be_done(office: Office) -> None:
    reported.talk(office, reached=4, priority=1)
    assert counted(office, Measure.WAITED) == {"1:300": 1}


def test_a_text_is_answered_when_its_item_is_done(office: Office) -> None:
    reported.talk(office, "text", outcome="answered")
    assert counted(office, Measure.WAITED) == {"2:7200": 1}


def test_work_that_no_client_waits_for_is_no_waiting(office: Office) -> None:
    reported.talk(office, "stale_fact", outcome="done")
    assert counted(office, Measure.WAITED) == {}


def test_who_asked_for_a_woman_and_talked_with_one_is_told_from_who_did_not(
    office: Office,
) -> None:
    nasrin, rafiq = office.hire(sex="woman"), office.hire(sex="man")
    reported.talk(office, counsellor="woman", reached=5, by=nasrin.id)
    reported.talk(office, counsellor="woman", reached=5, owner_id=nasrin.id)
    reported.talk(office, counsellor="woman", reached=5, by=rafiq.id, owner_id=nasrin.id)
    reported.talk(office, counsellor="any", reached=5, by=rafiq.id)
    assert counted(office, Measure.WOMAN) == {"given:yes": 2, "given:no": 1}


def test_a_clock_that_was_ever_missed_is_a_miss(office: Office) -> None:
    for state, misses in (("hit", 0), ("hit", 1), ("active_with_misses", 1), ("warned", 0)):
        reported.clock(office, reported.item(office), state=state, misses=misses)
    assert counted(office, Measure.CLOCK) == {
        "claim:hit": 1,
        "claim:missed": 2,
        "claim:running": 1,
    }


def test_pages_are_counted_by_how_long_they_took(office: Office) -> None:
    nasrin, ident = office.hire(), reported.item(office)
    answered = office.clock() + timedelta(seconds=90)
    reported.alarm(office, ident, nasrin.id, state="acknowledged", answered_at=answered)
    reported.alarm(office, ident, nasrin.id, state="passed_on")
    assert counted(office, Measure.PAGED) == {"answered:120": 1, "unanswered:passed_on": 1}


def test_escalations_are_counted_by_whom_they_went_to(office: Office) -> None:
    reported.escalation(office, reported.item(office), to="legal")
    assert counted(office, Measure.ESCALATED) == {"": 1, "to:legal": 1}


def test_a_review_of_risk_is_counted_by_its_outcome(office: Office) -> None:
    reported.talk(office, "risk_review", outcome="false_alarm")
    assert counted(office, Measure.REVIEWED) == {"outcome:false_alarm": 1}


def test_time_in_a_stage_is_from_entering_to_leaving_it(office: Office) -> None:
    ident, now = reported.case(office, stage="assessment"), office.clock()
    reported.event(office, "case", ident, "new", at=now - timedelta(days=40))
    reported.event(office, "case", ident, "assigned", was="new", at=now - timedelta(days=10))
    reported.event(office, "case", ident, "assigned", was="assigned", at=now - timedelta(days=9))
    reported.event(office, "case", ident, "assessment", was="assigned", at=now)
    found = counted(office, Measure.STAGED)
    assert found["assigned:1209600"] == 1


def test_cases_are_counted_as_they_stand_at_the_end_of_the_day(office: Office) -> None:
    for stage in ("new", "new", "closed"):
        reported.case(office, stage=stage)
    reported.case(office, restricted="gbv")
    assert counted(office, Measure.STAGE) == {"new": 3, "closed": 1}
    assert counted(office, Measure.RESTRICTED) == {"gbv": 1}


def test_a_referral_is_counted_on_the_day_it_was_sent_with_what_came_of_it_later(
    office: Office,
) -> None:
    staff, provider = office.hire(), reported.office_of(office)
    case = reported.case(office)
    sent = office.clock()
    reported.referral(
        office, case, provider, staff.id, state="completed", office_says="completed",
        client_says="attended", outcome="served", score=4,
    )  # fmt: skip
    reported.referral(
        office, case, provider, staff.id, office_says="completed", client_says="not_attended"
    )
    reported.referral(office, case, provider, staff.id, state="draft", sent_at=None)
    office.skip(days=60)
    found = counted(office, Measure.REFERRED)
    assert found[""] == 2
    assert found["state:completed"] == found["outcome:served"] == found["score:4"] == 1
    assert found["confirmed:both"] == found["confirmed:conflict"] == 1
    assert found[f"office:{provider}"] == 2
    assert {row[1] for row in everything(office) if row[0] == "referred"} == {local(sent).date()}


def test_gaps_follow_ups_counselling_and_closed_cases_are_counted(office: Office) -> None:
    case = reported.case(office, stage="closed", closed_why="graduated", closed_at=office.clock())
    reported.gap(office, case)
    reported.follow_up(office, case)
    reported.follow_up(office, case, kind="debrief")
    reported.counselling(office, counsellor="woman")
    assert counted(office, Measure.GAP) == {
        "shelter@bd-13.savar": 1,
        "why:no_provider": 1,
        "funding:unclear": 1,
    }
    assert counted(office, Measure.FOLLOW_UP) == {"": 1, "state:done": 1}
    assert counted(office, Measure.CLOSED) == {"why:graduated": 1}
    found = counted(office, Measure.COUNSELLING)
    assert found["state:completed"] == found["counsellor:woman"] == found["topic:family"] == 1


def test_an_empty_house_has_nothing_to_count(office: Office) -> None:
    assert counting.sweep(office.parts) == 0
    assert Quarter(2026, 4).first <= local(office.clock()).date() < Quarter(2026, 4).after
