"""The day before an appointment: one SMS that tells nobody anything, if it may be sent at all."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import update

from helpline.service.desk import appointments
from helpline.store.tables import PersonPhone, Reminder
from tests.conversations.screens import screen
from tests.desk.casebook import Deeds, Registered, register_by_phone, rows
from tests.desk.office import Office
from tests.house import SHIRIN


def agreed(office: Office) -> tuple[Deeds, Registered, str, datetime]:
    """Somebody who may get SMS, and an appointment with her in three days."""
    here, deeds = register_by_phone(office), Deeds(office, office.hire())
    begins = office.clock() + timedelta(days=3)
    ident = deeds.do(
        appointments.plan, here.case_id, what="counselling", place="", begins_at=begins
    )
    return deeds, here, ident, begins


def heard(office: Office, since: int) -> list[str]:
    office.house.tick()
    return [text for text in office.house.texts(SHIRIN)[since:] if "আগামীকাল" in text]


def test_the_day_before_she_gets_one_neutral_text(office: Office) -> None:
    agreed(office)
    before = len(office.house.texts(SHIRIN))
    office.skip(days=1, hours=12)
    assert heard(office, before) == []
    office.skip(hours=12)
    code = office.parts.short_code
    assert heard(office, before) == [screen(f"আগামীকালের কথা মনে রাখবেন। কিছু জানাতে {code} ডায়াল করুন।")]
    office.skip(hours=2)
    assert len(heard(office, before)) == 1


def test_without_a_permit_at_that_moment_nothing_goes_out(office: Office) -> None:
    _deeds, here, ident, _begins = agreed(office)
    before = len(office.house.texts(SHIRIN))
    with office.parts.database.transaction() as connection:
        connection.execute(
            update(PersonPhone)
            .where(PersonPhone.person_id == here.person_id)
            .values(ended_at=office.clock())
        )
    office.skip(days=2)
    assert heard(office, before) == []
    assert len(rows(office, Reminder, subject_id=ident)) == 1


def test_a_time_that_no_longer_holds_is_not_reminded_of(office: Office) -> None:
    deeds, _here, ident, begins = agreed(office)
    deeds.do(appointments.turn, ident, was="planned", becomes="missed")
    later = begins + timedelta(days=4)
    deeds.do(appointments.turn, ident, was="missed", becomes="planned", begins_at=later)
    kept = {each.state: each.due_at for each in rows(office, Reminder, subject_id=ident)}
    assert kept.keys() == {"cancelled", "scheduled"}
    assert kept["scheduled"] - kept["cancelled"] == timedelta(days=4)
