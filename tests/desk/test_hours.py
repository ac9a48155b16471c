"""The calendar and the rota as staff keep them, and what they change for everybody."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from helpline.cases.calendar import DHAKA
from helpline.cases.roles import Role
from helpline.data.load import load_fixed_holidays
from helpline.service.desk import hours
from helpline.service.desk.hours import Wrong
from tests.desk.office import Browser, Office
from tests.desk.work import do

TUESDAY = date(2026, 12, 1)
"""The day of the tests' clock; it is ten in the morning."""
HOSTILE = "<script>alert(1)</script>{{7*7}}%s=cmd()" + "x" * 400


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=DHAKA)


def boss(office: Office) -> Browser:
    browser = office.browser(office.hire(Role.SUPERVISOR))
    browser.open("/desk/hours")
    return browser


def opening(office: Office) -> hours.Opening:
    with office.parts.database.reading() as connection:
        return hours.opening(connection, office.clock())


def test_without_hours_the_helpline_is_open_from_eight_to_nine_in_the_evening(
    office: Office,
) -> None:
    assert opening(office).open
    office.skip(hours=11)
    assert opening(office).next_open_at == at(TUESDAY + timedelta(days=1), 8)


def test_a_day_may_have_several_hours_and_one_past_midnight(office: Office) -> None:
    browser = boss(office)
    browser.submit("/desk/hours/interval", weekday=["1"], begins="09:00", ends="09:45")
    text = browser.submit("/desk/hours/interval", weekday=["1", "2"], begins="22:00", ends="02:00")
    assert browser.status == 200
    assert "09:00–09:45" in text
    assert "22:00–02:00 past midnight" in text
    found = opening(office)
    assert (found.open, found.next_open_at) == (False, at(TUESDAY, 22))
    office.skip(hours=15)
    assert opening(office).open


def test_hours_that_overlap_are_refused_and_nothing_of_the_form_is_kept(office: Office) -> None:
    browser = boss(office)
    browser.submit("/desk/hours/interval", weekday=["1"], begins="22:00", ends="02:00")
    text = browser.submit("/desk/hours/interval", weekday=["0", "2"], begins="01:00", ends="05:00")
    assert browser.status == 422
    assert "overlap" in text
    assert "01:00–05:00" not in browser.open("/desk/hours")


def test_hours_that_were_taken_away_by_somebody_else_are_stale(office: Office) -> None:
    first, second = boss(office), boss(office)
    first.submit("/desk/hours/interval", weekday=["1"], begins="09:00", ends="17:00")
    ident = first.page.split('name="id" value="')[1].split('"')[0]
    first.submit("/desk/hours/interval/drop", id=ident)
    second.submit("/desk/hours/interval/drop", id=ident)
    assert second.status == 409


def test_closed_now_is_said_with_its_reason_and_when_it_ends(office: Office) -> None:
    browser = boss(office)
    text = browser.submit("/desk/hours/close", why="staff_shortage", until="2026-12-01T14:30")
    assert "Too few of us are here" in text
    found = opening(office)
    assert (found.open, found.why, found.next_open_at) == (
        False,
        "staff_shortage",
        at(TUESDAY, 14, 30),
    )
    browser.submit("/desk/hours/open")
    assert opening(office).open


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        ("close", {"why": "tired", "until": "2026-12-01T14:30"}),
        ("close", {"why": "other", "until": "2026-12-01T09:30"}),
        ("close", {"why": "other", "until": "2027-12-01T09:30"}),
        ("close", {"why": "other", "until": HOSTILE}),
        ("interval", {"begins": "09:00", "ends": "17:00"}),
        ("interval", {"weekday": "1", "begins": HOSTILE, "ends": "17:00"}),
        ("interval", {"weekday": "9", "begins": "09:00", "ends": "17:00"}),
        ("holiday", {"day": "2026-12-16", "name_bn": " ", "name_en": "Victory Day"}),
        ("holiday", {"day": HOSTILE, "name_bn": "ক", "name_en": "K"}),
        ("holiday/fixed", {"year": "1999"}),
        (
            "shift",
            {"staff": HOSTILE, "weekday": "1", "begins": "09:00", "ends": "17:00", "from_day": "x"},
        ),
    ],
)
def test_what_makes_no_sense_is_said_and_changes_nothing(
    office: Office, form: str, fields: dict[str, str]
) -> None:
    browser = boss(office)
    browser.submit(f"/desk/hours/{form}", **fields)
    assert browser.status == 422
    assert "<script>alert" not in browser.page
    assert 'role="alert"' in browser.page
    assert opening(office).open


def test_a_holiday_closes_the_day_and_names_are_shown_as_they_are(office: Office) -> None:
    browser = boss(office)
    browser.submit(
        "/desk/hours/holiday",
        day="2026-12-01",
        name_bn=HOSTILE,
        name_en=HOSTILE,
        source=HOSTILE,
    )
    assert browser.status == 200
    assert "<script>alert" not in browser.page
    assert "{{7*7}}" in browser.text
    assert opening(office).why == "holiday"
    browser.submit("/desk/hours/holiday/drop", day="2026-12-01")
    assert opening(office).open


def test_the_fixed_holidays_of_a_year_are_entered_once(office: Office) -> None:
    browser = boss(office)
    text = browser.submit("/desk/hours/holiday/fixed", year="2027")
    assert "Victory Day" in text
    assert browser.submit("/desk/hours/holiday/fixed", year="2027").count("Victory Day") == 1


def test_the_file_of_fixed_holidays_holds_only_days_that_never_move() -> None:
    days = [(each.month, each.day) for each in load_fixed_holidays()]
    assert days == [(2, 21), (3, 26), (4, 14), (5, 1), (12, 16), (12, 25)]
    assert {each.source for each in load_fixed_holidays()} == {"fixed by date"}


def test_somebody_is_put_on_the_rota_and_taken_off_it(office: Office) -> None:
    nasrin = office.hire(name="Nasrin")
    browser = boss(office)
    fields = {"staff": nasrin.id, "begins": "09:00", "ends": "17:00", "from_day": "2026-11-01"}
    text = browser.submit("/desk/hours/shift", weekday=["1", "2"], **fields)
    assert text.count("Nasrin 09:00–17:00") == 2
    browser.submit("/desk/hours/shift", weekday=["1"], **fields)
    assert browser.status == 422
    ident = (
        browser.open("/desk/hours")
        and browser.page.split("shift/end")[1].split('"id" value="')[1].split('"')[0]
    )
    assert browser.submit("/desk/hours/shift/end", id=ident).count("Nasrin 09:00–17:00") == 1


def test_those_on_call_are_shown_in_their_order(office: Office) -> None:
    browser = boss(office)
    for name, rank in (("Rokeya", "2"), ("Nasrin", "1")):
        browser.submit(
            "/desk/hours/shift",
            staff=office.hire(name=name).id,
            weekday=["1"],
            begins="00:00",
            ends="00:00",
            from_day="2026-11-01",
            on_call="yes",
            rank=rank,
        )
    row = browser.text.split("On call now")[1].split("Holidays")[0]
    assert row.index("Nasrin") < row.index("Rokeya")


def test_a_counsellor_does_not_keep_the_hours(office: Office) -> None:
    browser = office.browser(office.hire())
    browser.open("/desk/hours")
    assert browser.status == 403


def test_somebody_who_was_suspended_is_on_no_rota(office: Office) -> None:
    supervisor = office.hire(Role.SUPERVISOR)
    with pytest.raises(hours.NotAllowed):
        do(
            office,
            supervisor,
            hours.add_shift,
            "0" * 32,
            1,
            time(9),
            time(17),
            from_day=TUESDAY,
            until_day=None,
        )


def test_a_shift_that_ends_before_it_begins_is_refused(office: Office) -> None:
    supervisor = office.hire(Role.SUPERVISOR)
    with pytest.raises(Wrong, match="ends_before"):
        do(
            office,
            supervisor,
            hours.add_shift,
            supervisor.id,
            1,
            time(9),
            time(17),
            from_day=TUESDAY,
            until_day=TUESDAY - timedelta(days=1),
        )


def test_every_change_is_in_the_log_of_what_staff_did(office: Office) -> None:
    from sqlalchemy import select  # noqa: PLC0415

    from helpline.store.tables import Audit  # noqa: PLC0415

    browser = boss(office)
    browser.submit("/desk/hours/interval", weekday=["1"], begins="09:00", ends="17:00")
    browser.submit("/desk/hours/close", why="emergency", until="2026-12-01T12:00")
    browser.submit("/desk/hours/open")
    with office.parts.database.reading() as connection:
        actions = connection.execute(select(Audit.action).order_by(Audit.number)).scalars().all()
    assert [each for each in actions if each != "log_in"] == [
        "hours_added",
        "closed_now",
        "opened_again",
    ]


def test_the_page_is_all_in_bangla(office: Office) -> None:
    browser = office.browser(office.hire(Role.SUPERVISOR, name="রোকেয়া", language="bn"))
    browser.open("/desk/hours")
    browser.submit("/desk/hours/holiday/fixed", year="2027")
    assert not [
        word for word in ("Hours", "Closed", "Monday", "fixed", "duty") if word in browser.text
    ]


def test_whoever_forgets_the_day_of_a_shift_types_nothing_twice(office: Office) -> None:
    boss, nasrin = office.hire(Role.SUPERVISOR), office.hire(name="Nasrin")
    browser = office.browser(boss)
    browser.open("/desk/hours")
    fields = {"staff": nasrin.id, "begins": "21:00", "ends": "05:00", "from_day": "2026-12-05"}
    browser.submit("/desk/hours/shift", **fields, until_day="", on_call="yes", rank="3")
    assert browser.status == 422
    form = browser.page.partition('id="rota"')[2].partition("</section>")[0]
    assert 'role="alert"' in form, "it is said in the form it is about"
    assert browser.page.count('role="alert"') == 1
    for typed in (f'{nasrin.id}" selected', "21:00", "05:00", "2026-12-05", 'value="3"'):
        assert typed in form, typed
