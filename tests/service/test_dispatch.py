"""The clock: what is due becomes a message once, and every waiting message gets a worker again."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from helpline.cases.calendar import FOLLOW_UPS, LATEST, MONTH, local
from helpline.cases.effects import (
    MarkAttended,
    MoveDate,
    StartMessages,
    StopMessages,
    StopReminders,
    WithdrawConsent,
)
from helpline.cases.permits import Purpose
from helpline.service import outgoing, schedule
from helpline.service.dispatch import BATCH, FORGOTTEN, MOST_JOBS, dispatch
from helpline.store.tables import CounsellingRequest, Message, Person, Phone, Reminder
from tests.house import RAHIMA, Bell, House
from tests.service.steps import (
    COUNSELLING,
    Script,
    crowd,
    moves,
    number,
    perform,
    person,
    post,
    register,
    reminders,
    rows,
    state,
    states,
)

if TYPE_CHECKING:
    from datetime import datetime

    from helpline.store.database import Database
    from helpline.store.sealing import KeyRing


def registered(house: House, **wishes: object) -> str:
    """A person whose confirmation has gone out; gives the id."""
    register(house, **wishes)
    house.tick()
    house.gateway.sent.clear()
    return str(person(house)["id"])


def centre_dates(house: House) -> list[tuple[datetime, str]]:
    return [(row["due_at"], row["state"]) for row in reminders(house, kind="centre")]


def live_until(house: House, end: datetime) -> None:
    """Let time pass until `end`, tick by tick of whatever comes next."""
    while True:
        waiting = [r["due_at"] for r in rows(house, Reminder, state="scheduled")]
        waiting += [r["due_at"] for r in rows(house, Message, state="queued")]
        ahead = [each for each in waiting if house.clock.now < each <= end]
        if not ahead:
            house.clock.now = end
            house.tick()
            return
        house.clock.now = min(ahead)
        house.tick()


def test_a_year_of_reminders_comes_at_its_times_and_in_the_safe_window(
    database: Database,
) -> None:
    house = House(database)
    began = house.clock.now
    registered(house, window="afternoon")
    live_until(house, began + timedelta(days=200))
    done = [row for row in reminders(house) if row["state"] == "sent"]
    assert Counter(row["kind"] for row in done) == {"follow_up": len(FOLLOW_UPS), "centre": 6}
    assert {local(row["due_at"]).hour for row in done} == {12}
    days = [
        (local(row["due_at"]).date() - local(began).date()).days
        for row in done
        if row["kind"] == "follow_up"
    ]
    assert days == list(FOLLOW_UPS)
    assert len(house.texts()) == len(done) + 1  # and the confirmation


def test_a_due_reminder_becomes_one_message_however_often_the_clock_ticks(
    database: Database,
) -> None:
    house = House(database)
    registered(house)
    first = reminders(house)[0]
    house.clock.now = first["due_at"] - timedelta(seconds=1)
    house.tick()
    assert house.texts() == []
    house.clock.skip(seconds=1)
    for _tick in range(3):
        house.tick()
    assert len(house.texts()) == 1
    assert moves(house, first["id"])[0] == ("scheduled", "queued", "due")


def test_a_reminder_that_nobody_could_send_in_time_is_skipped_not_sent_late(
    database: Database,
) -> None:
    house = House(database)
    registered(house)
    first = reminders(house)[0]
    house.clock.now = first["due_at"] + LATEST["follow_up"]
    house.tick()
    assert house.texts() == []
    assert [row["state"] for row in rows(house, Reminder, id=first["id"])] == ["skipped"]
    assert moves(house, first["id"]) == [("scheduled", "skipped", "stale")]


def test_the_last_second_of_a_reminder_still_counts(database: Database) -> None:
    house = House(database)
    registered(house)
    first = reminders(house)[0]
    house.clock.now = first["due_at"] + LATEST["follow_up"] - timedelta(seconds=1)
    house.tick()
    assert len(house.texts()) == 1


def test_the_monthly_reminder_comes_every_month_until_she_has_been_there(
    database: Database,
) -> None:
    house = House(database)
    ident = registered(house)
    first = centre_dates(house)[0][0]
    live_until(house, first + 2 * MONTH)
    assert centre_dates(house) == [
        (first, "sent"),
        (first + MONTH, "sent"),
        (first + 2 * MONTH, "sent"),
        (first + 3 * MONTH, "scheduled"),
    ]
    perform(house, MarkAttended(ident))
    live_until(house, first + 9 * MONTH)
    assert centre_dates(house)[3:] == [(first + 3 * MONTH, "cancelled")]
    assert {row["state"] for row in reminders(house, kind="follow_up")} == {"sent"}


def test_the_monthly_reminder_goes_on_after_a_month_in_which_nothing_ran(
    database: Database,
) -> None:
    house = House(database)
    registered(house)
    first = centre_dates(house)[0][0]
    house.clock.now = first + 2 * MONTH + timedelta(hours=1)
    house.tick()
    assert centre_dates(house) == [
        (first, "skipped"),
        (first + MONTH, "skipped"),
        (first + 2 * MONTH, "sent"),
        (first + 3 * MONTH, "scheduled"),
    ]


def test_nothing_more_comes_after_she_stopped_the_reminders(database: Database) -> None:
    house = House(database)
    ident = registered(house)
    perform(house, StopReminders(ident))
    live_until(house, house.clock.now + timedelta(days=200))
    assert {row["state"] for row in reminders(house)} == {"cancelled"}
    assert house.texts() == []


def test_a_reminder_that_is_already_a_message_is_cancelled_with_the_others(
    database: Database,
) -> None:
    house = House(database)
    ident = registered(house)
    house.clock.now = centre_dates(house)[0][0]
    dispatch(house.parts)
    perform(house, MarkAttended(ident))
    house.work()
    assert [state for _at, state in centre_dates(house)] == ["cancelled", "cancelled"]
    assert house.texts() == ["How are you? When you are free, dial *0000#."]


def test_a_stopped_phone_gets_no_reminder_and_the_months_go_on_until_it_asks_again(
    database: Database,
) -> None:
    house = House(database)
    registered(house)
    perform(house, StopMessages())
    first = centre_dates(house)[0][0]
    live_until(house, first)
    assert house.texts() == []
    assert [state for _at, state in centre_dates(house)] == ["skipped", "scheduled"]
    perform(house, StartMessages())
    live_until(house, first + MONTH)
    assert [state for _at, state in centre_dates(house)] == ["skipped", "sent", "scheduled"]
    assert len(house.texts()) == 1


def test_a_person_who_withdrew_is_reminded_of_nothing(database: Database) -> None:
    house = House(database)
    ident = registered(house)
    perform(house, WithdrawConsent(ident))
    assert {row["state"] for row in reminders(house)} == {"cancelled"}
    live_until(house, house.clock.now + timedelta(days=200))
    assert house.texts() == []


def test_a_reminder_left_behind_by_a_withdrawal_is_skipped_when_due(database: Database) -> None:
    house = House(database)
    registered(house)
    with house.database.transaction() as connection:
        connection.execute(update(Person).values(withdrawn_at=house.clock.now))
    live_until(house, house.clock.now + timedelta(days=200))
    assert {row["state"] for row in reminders(house)} == {"skipped"}
    assert len(centre_dates(house)) == 1
    assert house.texts() == []


@pytest.mark.parametrize(("language", "word"), [("en", "tomorrow"), ("bn_Latn", "আগামীকাল")])
def test_a_slot_is_reminded_of_twice_in_a_language_sms_may_have(
    database: Database, language: str, word: str
) -> None:
    house = House(database)
    perform(house, COUNSELLING)
    with house.database.transaction() as connection:
        connection.execute(update(Phone).values(language=language))
    live_until(house, COUNSELLING.slot_at)
    texts = house.texts()
    assert len(texts) == 2
    assert word in texts[0]
    assert [local(row["due_at"]).hour for row in reminders(house)] == [10, 8]
    assert {row["state"] for row in reminders(house)} == {"sent"}


def test_a_slot_that_was_moved_is_reminded_of_at_its_new_time_only(database: Database) -> None:
    house = House(database)
    ident = registered(house)
    perform(house, COUNSELLING)
    [request] = rows(house, CounsellingRequest)
    later = COUNSELLING.slot_at + timedelta(days=2)
    move = MoveDate(ident, request["id"], later, later + timedelta(hours=2))
    perform(house, move)
    perform(house, move)
    live_until(house, later)
    sent = [row for row in reminders(house, subject_id=request["id"]) if row["state"] == "sent"]
    assert [row["kind"] for row in sent] == ["slot_day_before", "slot_two_hours"]
    assert sent[1]["due_at"] == later - timedelta(hours=2)
    assert len(house.texts()) == 2


def test_a_slot_moved_away_and_back_is_still_reminded_of(database: Database) -> None:
    house = House(database)
    ident = registered(house)
    perform(house, COUNSELLING)
    [request] = rows(house, CounsellingRequest)
    away = COUNSELLING.slot_at + timedelta(days=2)
    for at in (away, COUNSELLING.slot_at):
        perform(house, MoveDate(ident, request["id"], at, at + timedelta(hours=2)))
    live_until(house, away)
    assert len(house.texts()) == 2


# --- waking ---


def test_a_waiting_message_is_woken_once_and_again_when_its_job_was_lost(
    database: Database,
) -> None:
    house = House(database)
    ident = post(house)
    assert dispatch(house.parts) == 1
    assert house.bell.woken == [("send", (ident,))]
    house.bell.woken.clear()
    house.clock.skip(seconds=FORGOTTEN.total_seconds())
    assert dispatch(house.parts) == 0
    house.clock.skip(seconds=1)
    assert dispatch(house.parts) == 1
    house.work()
    assert state(house, ident) == "sent"


def test_a_queue_that_nobody_can_reach_costs_time_and_no_message(database: Database) -> None:
    house = House(database)
    house.bell.alive = False
    idents = [post(house, number(place)) for place in range(5)]
    house.tick()
    assert states(house) == ["queued"] * 5
    house.bell.alive = True
    house.clock.skip(seconds=FORGOTTEN.total_seconds() + 1)
    house.tick()
    assert [state(house, each) for each in idents] == ["sent"] * 5


def test_bulk_and_answers_wait_in_queues_of_their_own_in_small_jobs(database: Database) -> None:
    house = House(database)
    register(house, RAHIMA)
    for place in range(BATCH + 1):
        post(house, number(place))
    dispatch(house.parts)
    assert sorted((queue, len(ids)) for queue, ids in house.bell.woken) == [
        ("remind", 1),
        ("send", 1),
        ("send", BATCH),
    ]


class Deep(Bell):
    """A bell with a long queue in front of it."""

    waiting: int | None = MOST_JOBS

    def depth(self, queue: str) -> int | None:
        return self.waiting if queue == "remind" else 0


def deep(house: House, waiting: int | None) -> Deep:
    bell = Deep()
    bell.waiting = waiting
    house.bell = bell
    object.__setattr__(house.parts, "wake", bell)
    return bell


def test_while_one_queue_is_deep_the_other_is_still_woken_and_nothing_is_lost(
    database: Database,
) -> None:
    house = House(database)
    register(house)
    bell = deep(house, MOST_JOBS)
    answer = post(house, RAHIMA)
    assert dispatch(house.parts) == 1
    assert bell.woken == [("send", (answer,))]
    bell.woken.clear()
    bell.waiting = MOST_JOBS - 1
    assert dispatch(house.parts) == 1
    assert [queue for queue, _ids in bell.woken] == ["remind"]


def test_a_deep_queue_does_not_keep_reminders_from_becoming_messages(database: Database) -> None:
    house = House(database)
    registered(house)
    deep(house, MOST_JOBS)
    first = reminders(house)[0]
    house.clock.now = first["due_at"]
    assert dispatch(house.parts) == 1
    assert state(house, first["id"]) == "queued"


def test_an_unknown_depth_counts_as_none(database: Database) -> None:
    house = House(database)
    deep(house, None)
    ident = post(house)
    house.tick()
    assert state(house, ident) == "sent"


@pytest.mark.parametrize("people", [1, 5])
def test_a_tick_takes_no_more_than_it_is_told_and_the_oldest_first(
    database: Database, people: int
) -> None:
    """With one person PostgreSQL plans the claim so that a limit in a subquery would not hold."""
    house = House(database)
    for place in range(people):
        register(house, number(place))
        house.clock.skip(days=1)
    house.tick()
    house.clock.now = reminders(house)[people * 3 - 1]["due_at"]
    ready = len([row for row in reminders(house) if row["due_at"] <= house.clock.now])
    assert ready >= people * 3
    for taken in range(1, ready + 1):
        house.bell.woken.clear()
        dispatch(house.parts, most=1)
        due = reminders(house)[:ready]
        gone = [row["due_at"] for row in due if row["state"] != "scheduled"]
        waiting = [row["due_at"] for row in due if row["state"] == "scheduled"]
        assert len(gone) == taken
        assert not waiting or max(gone) <= min(waiting)  # two may be due in one moment
        assert sum(len(ids) for _queue, ids in house.bell.woken) <= 1


def test_a_tick_wakes_no_more_messages_than_it_is_told_the_oldest_first(
    database: Database,
) -> None:
    house = House(database)
    idents = []
    for place in range(4):
        idents.append(post(house, number(place)))
        house.clock.skip(seconds=1)
    for _tick in idents:
        assert dispatch(house.parts, most=1) == 1
    assert house.bell.woken == [("send", (ident,)) for ident in idents]


# --- races ---


def test_eight_dispatchers_and_their_workers_send_each_reminder_exactly_once(
    database_url: str, keys: KeyRing
) -> None:
    people = 40

    def prepare(house: House, place: int) -> None:
        if place == 0:
            for each in range(people):
                register(house, number(each))
            house.tick()

    gateway = Script(calls=[])

    def work(house: House, _place: int) -> None:
        house.gateway = gateway
        object.__setattr__(house.parts, "gateways", {"recorder": gateway})
        house.clock.now = schedule.slot(
            local(house.clock.now + MONTH).date(), "any"
        ).begins + timedelta(hours=2)
        while dispatch(house.parts, most=7):
            house.work()

    crowd(database_url, keys, prepare)
    crowd(database_url, keys, work)
    handed = Counter(each.message_id for call in gateway.calls for each in call)
    assert set(handed.values()) == {1}
    assert len(handed) == people * 2  # the follow-up of day 30 and the first month

    def look(house: House, place: int) -> Counter[tuple[str, str]] | None:
        return (
            Counter((row["kind"], row["state"]) for row in reminders(house)) if place == 0 else None
        )

    [counted] = filter(None, crowd(database_url, keys, look))
    assert counted == {
        ("follow_up", "skipped"): people,  # day 7, three weeks too late
        ("follow_up", "sent"): people,
        ("centre", "sent"): people,
        ("centre", "scheduled"): people,
    }


def test_a_dispatcher_that_dies_before_its_commit_has_taken_nothing(database: Database) -> None:
    house = House(database)
    registered(house)
    first = reminders(house)[0]
    house.clock.now = first["due_at"]
    object.__setattr__(house.parts, "short_code", object())  # cannot be written into a message
    with pytest.raises(TypeError):
        dispatch(house.parts)
    assert {row["state"] for row in reminders(house)} == {"scheduled"}
    object.__setattr__(house.parts, "short_code", "*0000#")
    house.tick()
    assert len(house.texts()) == 1


def test_a_reminder_in_the_quiet_hours_is_held_by_the_worker_until_the_morning(
    database: Database,
) -> None:
    house = House(database)
    perform(house, COUNSELLING)
    [request] = rows(house, CounsellingRequest)
    night = COUNSELLING.slot_at.replace(hour=17)
    ident = post(house, purpose=Purpose.SLOT, subject_id=request["id"], template="slot_two_hours")
    house.clock.now = night
    with house.database.transaction() as connection:
        connection.execute(update(Message).values(expires_at=night + timedelta(hours=12)))
    outgoing.send(house.parts, [ident])
    [row] = rows(house, Message)
    assert (row["trouble"], local(row["due_at"]).hour) == ("quiet", 8)
