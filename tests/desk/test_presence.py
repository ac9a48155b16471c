"""Coming and going: who is there, until when, and who is called when nobody is."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import update

from helpline.cases.calendar import DHAKA
from helpline.cases.roles import Member, Role
from helpline.service.desk import hours, presence, queue
from helpline.store.tables import Staff
from tests.desk.office import Office
from tests.desk.work import do, item, put

TUESDAY = date(2026, 12, 1)


def names(office: Office, of) -> list[str]:
    with office.parts.database.reading() as connection:
        return [each.name for each in of(connection, office.parts.ring, office.clock())]


def shift(office: Office, who: Member, begins: int, ends: int, **more) -> None:
    values = {"from_day": date(2026, 11, 1), "until_day": None} | more
    times = (time(begins), time(ends))
    do(office, office.hire(Role.SUPERVISOR), hours.add_shift, who.id, 1, *times, **values)


def test_who_says_i_am_here_is_there_until_the_end_of_the_shift(office: Office) -> None:
    nasrin = office.hire(name="Nasrin")
    shift(office, nasrin, 9, 17)
    until = do(office, nasrin, presence.arrive)
    assert until == datetime.combine(TUESDAY, time(17, 15), tzinfo=DHAKA)
    assert names(office, presence.on_duty) == ["Nasrin"]
    assert do(office, nasrin, presence.arrive) == until


def test_who_has_no_shift_is_there_for_nine_hours(office: Office) -> None:
    nasrin = office.hire(name="Nasrin")
    assert do(office, nasrin, presence.arrive) == office.clock() + timedelta(hours=9)
    office.skip(hours=9, minutes=1)
    assert names(office, presence.on_duty) == []


def test_who_stays_longer_says_so_and_keeps_what_they_have(office: Office) -> None:
    nasrin, ident = office.hire(name="Nasrin"), put(office)
    do(office, nasrin, presence.arrive)
    do(office, nasrin, queue.claim, ident)
    office.skip(hours=9, minutes=1)
    do(office, nasrin, presence.arrive)
    assert names(office, presence.on_duty) == ["Nasrin"]
    assert presence.end_shifts(office.parts) == 0
    assert item(office, ident).owner_id == nasrin.id


def test_who_leaves_is_not_there(office: Office) -> None:
    nasrin = office.hire()
    do(office, nasrin, presence.arrive)
    do(office, nasrin, presence.leave)
    assert names(office, presence.on_duty) == []


def test_a_suspended_account_is_neither_there_nor_called(office: Office) -> None:
    nasrin = office.hire()
    shift(office, nasrin, 9, 17, on_call=True)
    do(office, nasrin, presence.arrive)
    with office.parts.database.transaction() as connection:
        connection.execute(update(Staff).where(Staff.id == nasrin.id).values(state="suspended"))
    assert names(office, presence.on_duty) == []
    assert names(office, presence.on_call) == []
    assert presence.end_shifts(office.parts) == 0


def test_those_on_call_stand_in_the_order_of_the_ladder(office: Office) -> None:
    for name, rank in (("Third", 3), ("First", 1), ("Second", 2)):
        shift(office, office.hire(name=name), 0, 0, on_call=True, rank=rank)
    assert names(office, presence.on_call) == ["First", "Second", "Third"]
    office.skip(days=1)
    assert names(office, presence.on_call) == []


def test_the_buttons_say_here_and_away(office: Office) -> None:
    nasrin = office.hire(name="Nasrin")
    browser, ident = office.browser(nasrin), put(office)
    browser.open("/desk/queue")
    assert "On duty until" in browser.submit("/desk/here")
    browser.submit(f"/desk/queue/{ident}/claim")
    browser.open("/desk/queue")
    assert "Given back: 1." in browser.submit("/desk/away")
    assert names(office, presence.on_duty) == []
