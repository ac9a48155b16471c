"""When nobody says anything: the office is reminded, a supervisor told, another office suggested."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

import pytest

from helpline.service.desk import referral_drafts, referrals
from helpline.service.desk.acting import acting
from helpline.store.desk import referrals as rows
from tests.conversations.screens import screen
from tests.desk.office import Office
from tests.desk.referring import Town, enlisted, town


@pytest.fixture
def jashore(office: Office) -> Town:
    return town(office)


def sweep(jashore: Town) -> int:
    done = referrals.sweep(jashore.parts)
    jashore.office.house.work()
    return done


def test_an_office_that_does_not_answer_is_reminded_and_then_passed_over(jashore: Town) -> None:
    another = enlisted(jashore.office, jashore.head, name_en="Second Office (fictional)")
    ident = jashore.sent(priority="urgent")
    first, code = jashore.link(), jashore.code()
    assert sweep(jashore) == 0
    jashore.office.skip(hours=72)
    assert sweep(jashore) == 1
    assert screen("এখনো আপনার উত্তরের অপেক্ষায়") in jashore.told()
    assert (jashore.link(), jashore.code()) != (first, code)
    assert jashore.events(ident)[-1] == ("sent", "sent", "no_response")
    assert jashore.item(ident) is None
    assert sweep(jashore) == 0
    jashore.office.skip(hours=24)
    assert sweep(jashore) == 1
    assert jashore.item(ident).level == 1
    jashore.office.skip(hours=24)
    assert sweep(jashore) == 1
    assert jashore.events(ident)[-1] == ("sent", "sent", "try_another")
    browser = jashore.office.browser(jashore.nasrin)
    assert "Second Office (fictional)" in browser.open(f"/desk/referrals/{ident}")
    assert "Overdue" in browser.open("/desk/referrals?overdue=yes")
    jashore.office.skip(days=30)
    assert sweep(jashore) == 0
    assert another != jashore.provider_id


def test_an_answer_after_the_reminder_ends_the_waiting(jashore: Town) -> None:
    ident = jashore.sent(priority="emergency")
    jashore.office.skip(hours=28)
    sweep(jashore)
    sweep(jashore)
    assert jashore.item(ident) is not None
    code = next(
        text.split("SMS")[0]
        for text in reversed(jashore.office.house.texts("+8801300000901"))
        if "/desk/partner/" in text
    )
    assert code
    jashore.sms(f"{jashore.code()} 1")
    assert jashore.row(ident).state == "accepted"
    assert jashore.item(ident) is None


def test_after_the_appointment_both_sides_are_asked(jashore: Town) -> None:
    ident = jashore.sent()
    day = (jashore.office.clock() + timedelta(days=1)).date().isoformat()
    partner = jashore.office.stranger()
    partner.client.post(jashore.link(), data={"answer": "accept", "day": day, "hour": "11:00"})
    jashore.office.house.work()
    clients = len(jashore.office.house.texts())
    jashore.office.skip(days=1, hours=1)
    assert sweep(jashore) == 0
    jashore.office.skip(hours=4)
    assert sweep(jashore) == 1
    assert screen("সাক্ষাৎ হয়েছে?") in jashore.told()
    assert len(jashore.office.house.texts()) == clients + 1
    jashore.office.skip(days=3)
    assert sweep(jashore) == 1
    assert jashore.events(ident)[-1] == ("accepted", "accepted", "no_outcome")
    assert jashore.item(ident).level == 0


def test_a_walk_in_is_asked_about_after_a_week(jashore: Town) -> None:
    jashore.sent()
    jashore.sms(f"{jashore.code()} 1")
    jashore.office.skip(days=6)
    assert sweep(jashore) == 0
    jashore.office.skip(days=1)
    assert sweep(jashore) == 1


def test_a_service_that_never_ends_is_asked_about_after_a_month(jashore: Town) -> None:
    ident = jashore.sent()
    code = jashore.code()
    jashore.sms(f"{code} 1")
    jashore.sms(f"{code} 3")
    jashore.office.skip(days=29)
    assert sweep(jashore) == 0
    jashore.office.skip(days=1)
    assert sweep(jashore) == 1
    assert jashore.events(ident)[-1] == ("attended", "attended", "no_outcome")


def test_somebody_who_wants_no_reminders_gets_none(jashore: Town) -> None:
    jashore.shirin.dial()
    jashore.shirin.press("6", "2580", "1", "2")
    jashore.sent()
    before = len(jashore.office.house.texts())
    jashore.sms(f"{jashore.code()} 1")
    jashore.office.skip(days=8)
    sweep(jashore)
    assert len(jashore.office.house.texts()) == before


def test_two_processes_take_each_step_once(jashore: Town) -> None:
    idents = [jashore.sent(priority="emergency") for _n in range(4)]
    jashore.office.skip(hours=25)
    done: list[int] = []
    threads = [
        Thread(target=lambda: done.append(referrals.sweep(jashore.parts))) for _n in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done) == 4
    for ident in idents:
        assert jashore.row(ident).reminded == 1
        assert [why for *_moves, why in jashore.events(ident)].count("no_response") == 1


def test_an_office_without_a_number_is_called_by_staff(jashore: Town) -> None:
    provider = enlisted(jashore.office, jashore.head, focal_number="", name_en="Silent (fictional)")
    ident = jashore.sent(provider_id=provider)
    assert jashore.row(ident).state == "sent"
    jashore.office.skip(days=14)
    assert sweep(jashore) == 1
    jashore.office.skip(days=3)
    assert sweep(jashore) == 1
    assert jashore.item(ident) is not None


def test_an_emergency_goes_out_at_night_and_the_rest_in_the_morning(jashore: Town) -> None:
    jashore.office.skip(hours=13)
    jashore.sent(priority="emergency")
    assert len(jashore.office.house.texts("+8801300000901")) == 1
    jashore.sent(priority="urgent")
    assert len(jashore.office.house.texts("+8801300000901")) == 1
    jashore.office.skip(hours=9)
    jashore.office.house.tick()
    assert len(jashore.office.house.texts("+8801300000901")) == 2


# -- reports ------------------------------------------------------------------------------------


def test_reports_count_gaps_and_what_became_of_referrals(jashore: Town) -> None:
    begin = jashore.office.clock()
    confirmed, declined = jashore.sent(), jashore.sent()
    with acting(jashore.parts, jashore.nasrin) as deed:
        for ident, *said in ((confirmed, "accept", "completed"), (declined, "decline")):
            for what in said:
                version = jashore_version(deed, ident)
                referrals.office_told(deed, ident, version, referrals.Answer(what))
        referrals.client_told(deed, confirmed, jashore_version(deed, confirmed), "attended")
        for why in ("no_provider", "no_provider"):
            referral_drafts.record_gap(deed, jashore.case_id, "debt", why)
    jashore.office.skip(days=1)
    end = jashore.office.clock()
    with jashore.parts.database.reading() as connection:
        [gap] = rows.gaps(connection, begin, end)
        [row] = rows.outcomes(connection, begin, end)
        assert rows.gaps(connection, end, end + timedelta(days=1)) == []
        assert rows.outcomes(connection, end, end + timedelta(days=1)) == []
    assert tuple(gap) == ("BD-22", "bd-22.sadar", "debt", "no_provider", 1)
    assert (row.service, row.district, row.sent, row.accepted) == ("legal_aid", "BD-22", 2, 1)
    assert (row.completed, row.confirmed, row.declined, row.conflicts) == (1, 1, 1, 0)


def jashore_version(deed: object, ident: str) -> int:
    row = rows.by_id(deed.connection, ident)  # type: ignore[attr-defined]
    assert row is not None
    return int(row.version)
