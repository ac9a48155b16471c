"""After 3, 6 and 12 months: an invitation that says nothing, a second one, a person; or an honest end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from helpline.cases.calendar import local
from helpline.cases.work import Kind
from helpline.service import check_in_ladder, consents
from helpline.service.desk import follow_ups
from helpline.store.tables import (
    Assessment,
    CareCase,
    Consent,
    Event,
    FollowUp,
    Message,
    Person,
    PersonPhone,
    WorkItem,
)
from tests.conversations.screens import REGISTER_IN_JASHORE, rows, screen
from tests.house import MORNING, SHIRIN, House, Phone

if TYPE_CHECKING:
    from sqlalchemy import RowMapping

    from helpline.store.database import Database

INVITATION = screen("কেমন আছেন? সময় হলে *0000# ডায়াল করুন।")
THREE_MONTHS = datetime(2027, 3, 1, 4, 0, tzinfo=UTC)
"""Ten in the morning in Dhaka, three months after the registration."""
ALL_WELL = "1" * 9
SHARED_PHONE = (*REGISTER_IN_JASHORE[:10], "2", *REGISTER_IN_JASHORE[11:])


def registered(house: House, keys: tuple[str, ...] = REGISTER_IN_JASHORE) -> Phone:
    phone = house.phone()
    phone.dial()
    phone.press(*keys)
    assert phone.over, phone.screen
    house.tick()
    house.gateway.sent.clear()
    return phone


def pass_time(house: House, until: datetime) -> None:
    """Let the days go by; the sweeps and the dispatcher work at least daily, and whenever something is due."""
    while house.clock.now < until:
        due = [row["next_at"] for row in rows(house.database, FollowUp)]
        due += [row["due_at"] for row in rows(house.database, Message) if row["state"] == "queued"]
        ahead = [at for at in due if at and at > house.clock.now]
        house.clock.now = min(*ahead, house.clock.now + timedelta(days=1), until, until)
        work(house)


def work(house: House) -> None:
    check_in_ladder.sweep(house.parts)
    follow_ups.sweep(house.parts)
    house.tick()


def invitations(house: House) -> list[datetime]:
    """When invitations went out."""
    sent = [row for row in rows(house.database, Message) if row["template"] == "check_in"]
    return sorted(row["sent_at"] for row in sent if row["state"] == "sent")


def duties(database: Database) -> list[RowMapping]:
    found = [row for row in rows(database, FollowUp, "due_at") if row["kind"] != "check_in"]
    assert [row["kind"] for row in found] == ["month_3", "month_6", "month_12"]
    return found


def states(database: Database) -> list[str]:
    return [f"{row['state']} {row['outcome']}".strip() for row in duties(database)]


def calls(database: Database) -> list[RowMapping]:
    return [row for row in rows(database, WorkItem) if row["kind"] == Kind.FOLLOW_UP]


def test_registering_promises_three_check_ins(database: Database) -> None:
    registered(House(database))
    assert [local(row["due_at"]).strftime("%Y-%m-%d %H:%M") for row in duties(database)] == [
        "2027-03-01 10:00",
        "2027-06-01 10:00",
        "2027-12-01 10:00",
    ]
    assert states(database) == ["planned"] * 3


def test_invited_after_three_months_broken_off_gone_on_and_done(database: Database) -> None:
    house = House(database)
    shirin = registered(house)
    house.clock.now = THREE_MONTHS
    work(house)
    assert INVITATION in house.texts()
    assert states(database) == ["due", "planned", "planned"]

    shirin.dial()
    shirin.press("9", "3", "1", "1", "2", "1")
    house.clock.skip(hours=5)
    assert shirin.dial().startswith("আগের কাজটা")
    assert shirin.press("1").startswith("যেখানে থাকেন, নিরাপদ")
    shirin.press(*"111111"[:6])
    assert shirin.screen == screen("ধন্যবাদ। যখন ইচ্ছা আবার ডায়াল করুন।")
    assert states(database) == ["done answered", "planned", "planned"]
    (kept,) = rows(database, Assessment)
    assert kept["staff_id"] is None

    pass_time(house, THREE_MONTHS + timedelta(days=30))
    assert house.texts().count(INVITATION) == 1
    assert calls(database) == []


def test_nobody_answers_a_second_time_of_day_then_a_person(database: Database) -> None:
    house = House(database)
    registered(house)
    house.clock.now = THREE_MONTHS
    work(house)
    pass_time(house, THREE_MONTHS + timedelta(days=13, hours=20))
    first, second = invitations(house)
    assert local(first).hour == 10
    assert local(second) - local(first) >= timedelta(days=7)
    assert local(second).hour >= 16
    assert calls(database) == []

    pass_time(house, THREE_MONTHS + timedelta(days=14, hours=1))
    (item,) = calls(database)
    duty = duties(database)[0]
    assert (item["subject_id"], item["state"]) == (duty["id"], "open")
    assert (duty["state"], duty["step"]) == ("due", "call")

    pass_time(house, THREE_MONTHS + timedelta(days=20))
    assert states(database)[0] == "missed no_answer"
    (item,) = calls(database)
    assert (item["state"], item["level"]) == ("open", 1)
    assert len(invitations(house)) == 2


def test_an_answer_settles_the_call_that_staff_were_to_make(database: Database) -> None:
    house = House(database)
    shirin = registered(house)
    house.clock.now = THREE_MONTHS
    work(house)
    pass_time(house, THREE_MONTHS + timedelta(days=15))
    shirin.dial()
    shirin.press("9", "3", "1", *ALL_WELL)
    (item,) = calls(database)
    assert (item["state"], item["outcome"]) == ("done", "answered")
    assert states(database)[0] == "done answered"


def test_who_may_not_be_called_is_not_called_and_it_is_written_down(database: Database) -> None:
    house = House(database)
    # SMS yes, call no: then the safe time is asked all the same
    registered(house, (*REGISTER_IN_JASHORE[:12], "2", *REGISTER_IN_JASHORE[13:]))
    house.clock.now = THREE_MONTHS
    work(house)
    pass_time(house, THREE_MONTHS + timedelta(days=20))
    assert len(invitations(house)) == 2
    assert calls(database) == []
    assert states(database)[0] == "missed she_contacts_us"


def test_who_may_only_be_called_gets_no_sms(database: Database) -> None:
    house = House(database)
    registered(house, (*REGISTER_IN_JASHORE[:11], "2", *REGISTER_IN_JASHORE[12:]))
    house.clock.now = THREE_MONTHS
    work(house)
    assert invitations(house) == []
    assert len(calls(database)) == 1


def test_who_allows_nothing_is_left_alone(database: Database) -> None:
    house = House(database)
    registered(house, (*REGISTER_IN_JASHORE[:11], "2", "2", *REGISTER_IN_JASHORE[14:]))
    pass_time(house, THREE_MONTHS + timedelta(days=1))
    assert house.texts() == []
    assert calls(database) == []
    assert states(database)[0] == "cancelled"


def test_the_invitation_keeps_the_safe_time(database: Database) -> None:
    house = House(database)
    registered(house, (*REGISTER_IN_JASHORE[:13], "3", *REGISTER_IN_JASHORE[14:]))
    assert local(duties(database)[0]["due_at"]).hour == 16
    pass_time(house, THREE_MONTHS + timedelta(days=9))
    times = [local(each).hour for each in invitations(house)]
    assert all(16 <= hour < 20 for hour in times), times
    assert len(times) == 2


def test_whoever_is_safe_on_some_days_only_is_invited_on_those(database: Database) -> None:
    house = House(database)
    registered(house)
    with database.transaction() as connection:
        connection.execute(update(PersonPhone).values(weekdays="5"))
    pass_time(house, THREE_MONTHS + timedelta(days=12))
    days = [local(each).isoweekday() for each in invitations(house)]
    assert days == [5, 5]


def test_a_permit_that_has_run_out_allows_nothing(database: Database) -> None:
    house = House(database)
    registered(house)
    with database.transaction() as connection:
        connection.execute(update(PersonPhone).values(expires_at=THREE_MONTHS - timedelta(days=1)))
    pass_time(house, THREE_MONTHS + timedelta(days=1))
    assert invitations(house) == []
    assert states(database)[0] == "missed she_contacts_us"
    assert calls(database) == []


def test_sweeping_again_changes_nothing(database: Database) -> None:
    house = House(database)
    registered(house)
    house.clock.now = THREE_MONTHS
    for _again in range(5):
        work(house)
    assert house.texts().count(INVITATION) == 1
    became = [row["became"] for row in rows(database, Event) if row["subject"] == "follow_up"]
    assert became.count("due") == 1


def test_a_check_in_of_her_own_some_days_before_is_the_one_that_was_due(
    database: Database,
) -> None:
    house = House(database)
    shirin = registered(house)
    house.clock.now = THREE_MONTHS - timedelta(days=10)
    shirin.dial()
    shirin.press("9", "3", "1", *ALL_WELL)
    assert states(database) == ["done answered", "planned", "planned"]
    pass_time(house, THREE_MONTHS + timedelta(days=3))
    assert invitations(house) == []


def test_a_check_in_long_before_leaves_the_promise(database: Database) -> None:
    house = House(database)
    shirin = registered(house)
    house.clock.skip(days=20)
    shirin.dial()
    shirin.press("9", "3", "1", *ALL_WELL)
    assert states(database) == ["planned"] * 3


def test_stopping_messages_ends_what_is_under_way(database: Database) -> None:
    house = House(database)
    shirin = registered(house)
    house.clock.now = THREE_MONTHS
    work(house)
    shirin.text("stop")
    assert states(database) == ["cancelled", "planned", "planned"]
    house.gateway.sent.clear()
    pass_time(house, THREE_MONTHS + timedelta(days=100))
    assert house.texts() == []
    assert calls(database) == []
    assert states(database) == ["cancelled", "missed she_contacts_us", "planned"]


@pytest.mark.parametrize("moment", ["before", "while invited", "while staff are to call"])
def test_withdrawing_ends_every_check_in(database: Database, moment: str) -> None:
    house = House(database)
    registered(house)
    if moment != "before":
        house.clock.now = THREE_MONTHS
        work(house)
    if moment == "while staff are to call":
        pass_time(house, THREE_MONTHS + timedelta(days=15))
        assert len(calls(database)) == 1
    withdraw(house)
    assert states(database) == ["cancelled"] * 3
    assert {row["state"] for row in calls(database)} <= {"done"}
    house.gateway.sent.clear()
    pass_time(house, THREE_MONTHS + timedelta(days=60))
    assert house.texts() == []


def withdraw(house: House) -> None:
    (person,) = rows(house.database, Person)
    with house.database.transaction() as connection:
        said = consents.Spoken(
            house.parts, connection, "voice", house.clock.now, "bn", "caller", []
        )
        consents.take_back(said, person["id"], "registration")


def test_consent_that_went_missing_is_asked_for_on_the_day(database: Database) -> None:
    house = House(database)
    registered(house)
    with database.transaction() as connection:
        connection.execute(
            update(Consent)
            .where(Consent.purpose == "follow_up")
            .values(withdrawn_at=house.clock.now)
        )
    house.clock.now = THREE_MONTHS
    work(house)
    assert house.texts() == []
    assert states(database)[0] == "cancelled"


def test_on_a_shared_phone_only_the_secret_number_says_whose_answers_they_are(
    database: Database,
) -> None:
    house = House(database)
    shirin = registered(house, SHARED_PHONE)
    house.clock.now = THREE_MONTHS
    work(house)
    shirin.dial()
    shirin.press("9", "3", "1", *ALL_WELL)
    assert states(database)[0] == "due"
    shirin.dial()
    shirin.press("9", "3", "3", "2580", *"222222222")
    assert shirin.screen == screen("ধন্যবাদ। যখন ইচ্ছা আবার ডায়াল করুন।")
    assert states(database)[0] == "done answered"
    whose = {row["case_id"] for row in rows(database, Assessment)}
    persons = {row["id"]: row["person_id"] for row in rows(database, CareCase)}
    assert sorted(bool(persons[case]) for case in whose) == [False, True]


def test_a_wrong_secret_number_looks_the_same_and_belongs_to_nobody(database: Database) -> None:
    house = House(database)
    shirin = registered(house, SHARED_PHONE)
    shirin.dial()
    right = [shirin.press("9", "3", "3", "2580"), *(shirin.press(key) for key in ALL_WELL)]
    shirin.dial()
    wrong = [shirin.press("9", "3", "3", "1357"), *(shirin.press(key) for key in ALL_WELL)]
    assert wrong == right
    cases = {row["id"]: row["person_id"] for row in rows(database, CareCase)}
    of_persons = [row for row in rows(database, Assessment) if cases[row["case_id"]]]
    assert len(of_persons) == 1


def test_broken_off_after_the_secret_number_it_is_asked_again_and_nothing_is_lost(
    database: Database,
) -> None:
    house = House(database)
    shirin = registered(house, SHARED_PHONE)
    shirin.dial()
    shirin.press("9", "3", "3", "2580", "1", "2")
    shirin.dial()
    assert shirin.press("1").startswith("9টি ছোট প্রশ্ন, বাদ")
    assert shirin.press("3", "2580").startswith("মনে শান্তি পান?")


def test_by_sms_nothing_is_asked(database: Database) -> None:
    house = House(database)
    rahima = house.phone()
    rahima.text("কেমন আছি")
    assert house.texts() == [screen("এর জন্য সময় পেলে *0000# ডায়াল করুন।")]
    assert rows(database, Assessment) == []


def test_the_end_of_the_month_is_a_day_of_the_month(database: Database) -> None:
    house = House(database)
    house.clock.now = datetime(2026, 11, 30, 4, 0, tzinfo=UTC)
    registered(house)
    assert local(duties(database)[0]["due_at"]).strftime("%m-%d") == "02-28"


def test_a_person_registered_on_two_phones_is_invited_on_one(database: Database) -> None:
    house = House(database)
    registered(house)
    other = house.phone("+8801300000009")
    other.dial()
    with database.transaction() as connection:
        (person,) = rows(database, Person)
        link = dict(rows(database, PersonPhone, "phone_id")[0])
    other.press("4", "1", "1")
    phones = {row["phone_id"] for row in rows(database, WorkItem)}
    with database.transaction() as connection:
        connection.execute(
            PersonPhone.__table__.insert().values(
                **{**link, "phone_id": phones.pop(), "confirmed_at": MORNING}
            )
        )
    assert person["id"] == link["person_id"]
    house.gateway.sent.clear()
    house.clock.now = THREE_MONTHS
    work(house)
    sent = house.texts(SHIRIN) + house.texts("+8801300000009")
    assert sent.count(INVITATION) == 1
