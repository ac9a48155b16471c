"""SMS that staff write: where they may go, what is said against them, and that the gate has the last word."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from helpline.service.desk import cases
from helpline.service.desk.acting import NotAllowed
from helpline.service.desk.cases import Blocked
from helpline.service.desk.writing import NotNeutral, send_text
from helpline.store.tables import CareCase, Message, PersonPhone, Phone, StaffText
from tests.desk.casebook import Deeds, case_row, register_by_phone, row, rows
from tests.desk.office import Office
from tests.house import RAHIMA, SHIRIN

NEUTRAL = "কাল সকালে ফোন করব।"


def texts_by_hand(office: Office) -> list[Any]:
    written = {each.message_id for each in rows(office, StaffText)}
    return [each for each in rows(office, Message) if each.id in written]


def test_a_text_goes_out_through_the_outbox(office: Office) -> None:
    here, deeds = register_by_phone(office), Deeds(office, office.hire())
    deeds.do(send_text, here.case_id, NEUTRAL, "bn")
    office.house.tick()
    assert NEUTRAL in office.house.texts()
    (message,) = texts_by_hand(office)
    assert (message.state, message.purpose, message.person_id) == (
        "sent",
        "person",
        here.person_id,
    )


def test_a_text_with_braces_and_signs_goes_out_as_it_was_written(office: Office) -> None:
    here, deeds = register_by_phone(office), Deeds(office, office.hire())
    words = "Please call {text} %s {{7*7}} <b>"
    deeds.do(send_text, here.case_id, words, "en")
    office.house.tick()
    assert words in office.house.texts()


def test_what_is_not_neutral_needs_a_reason_that_is_kept_sealed(office: Office) -> None:
    here, deeds = register_by_phone(office), Deeds(office, office.hire())
    with pytest.raises(NotNeutral) as telling:
        deeds.do(send_text, here.case_id, "আদালতে আসবেন", "bn")
    assert telling.value.warnings == ["service:আদালতে"]
    assert texts_by_hand(office) == []
    deeds.do(send_text, here.case_id, "আদালতে আসবেন", "bn", "She asked for exactly this")
    (kept,) = rows(office, StaffText)
    assert kept.warnings == "service"
    reason = office.parts.ring.unseal_text(kept.reason, "staff_text.reason", kept.message_id)
    assert reason == "She asked for exactly this"


def test_no_reason_lets_bangla_in_latin_letters_go(office: Office) -> None:
    here, deeds = register_by_phone(office), Deeds(office, office.hire())
    with pytest.raises(NotNeutral) as telling:
        deeds.do(send_text, here.case_id, "Apni kal phone korun", "bn", "She reads only this")
    assert telling.value.refused
    assert texts_by_hand(office) == []


def test_the_name_of_the_client_is_found(office: Office) -> None:
    here, deeds = register_by_phone(office), Deeds(office, office.hire())
    deeds.do(cases.rename, here.case_id, 1, name="শিরিন আক্তার", language="bn", wish="any")
    with pytest.raises(NotNeutral) as telling:
        deeds.do(send_text, here.case_id, "Shirin, please call.", "en")
    assert telling.value.warnings == ["name:shirin"]


@pytest.mark.parametrize(
    ("table", "columns", "why"),
    [
        (PersonPhone, {"sms": False}, "no_permit"),
        (Phone, {"stopped_at": True}, "stopped"),
        (Phone, {"unsafe_at": True}, "unsafe"),
        (PersonPhone, {"ended_at": True}, "ended"),
    ],
)
def test_where_nothing_may_go_nothing_is_written(
    office: Office, table: Any, columns: dict[str, Any], why: str
) -> None:
    here, deeds = register_by_phone(office), Deeds(office, office.hire())
    values = {name: office.clock() if value is True else value for name, value in columns.items()}
    with office.parts.database.transaction() as connection:
        connection.execute(update(table).values(**values))
    with pytest.raises(Blocked, match=why):
        deeds.do(send_text, here.case_id, NEUTRAL, "bn")
    browser = office.browser(deeds.who)
    page = browser.open(f"/desk/case/{here.case_id}")
    assert "Send" not in page.split("Write an SMS")[1].split("Where the case stands")[0]


def test_the_gate_decides_once_more_when_the_text_is_sent(office: Office) -> None:
    here, deeds = register_by_phone(office), Deeds(office, office.hire())
    deeds.do(send_text, here.case_id, NEUTRAL, "bn")
    with office.parts.database.transaction() as connection:
        connection.execute(update(PersonPhone).values(sms=False))
    office.house.tick()
    assert NEUTRAL not in office.house.texts()
    assert texts_by_hand(office)[0].state == "refused"


def test_at_night_a_text_waits_for_the_morning(office: Office) -> None:
    here, deeds = register_by_phone(office, window="morning"), Deeds(office, office.hire())
    office.skip(hours=12)
    deeds.do(send_text, here.case_id, NEUTRAL, "bn")
    office.house.tick()
    assert NEUTRAL not in office.house.texts()
    office.skip(hours=12)
    office.house.tick()
    assert office.house.texts().count(NEUTRAL) == 1


def test_who_never_registered_is_answered_for_a_day_and_then_no_more(office: Office) -> None:
    office.house.phone(RAHIMA).text("কেউ কি আছেন")
    case = row(office, CareCase)
    deeds = Deeds(office, office.hire())
    deeds.do(send_text, case.id, NEUTRAL, "bn")
    office.house.tick()
    assert NEUTRAL in office.house.texts(RAHIMA)
    office.skip(hours=25)
    with pytest.raises(Blocked, match="nothing_known"):
        deeds.do(send_text, case.id, NEUTRAL, "bn")


def test_a_late_answer_to_somebody_unknown_does_not_go_at_night(office: Office) -> None:
    office.house.phone(RAHIMA).text("কেউ কি আছেন")
    case = row(office, CareCase)
    office.skip(hours=13)
    Deeds(office, office.hire()).do(send_text, case.id, NEUTRAL, "bn")
    office.house.tick()
    assert NEUTRAL not in office.house.texts(RAHIMA)
    office.skip(hours=10)
    office.house.tick()
    assert NEUTRAL in office.house.texts(RAHIMA)


def test_a_text_to_a_phone_of_another_case_is_not_allowed(office: Office) -> None:
    here = register_by_phone(office, SHIRIN)
    other = register_by_phone(office, RAHIMA)
    deeds = Deeds(office, office.hire())
    with pytest.raises(NotAllowed):
        deeds.do(send_text, here.case_id, NEUTRAL, "bn", phone_id=other.phone_id)


def test_the_form_counts_warns_and_asks_for_a_reason(office: Office) -> None:
    here, nasrin = register_by_phone(office), office.hire()
    browser = office.browser(nasrin)
    browser.open(f"/desk/case/{here.case_id}")
    path = f"/desk/case/{here.case_id}/text"
    counted = browser.submit(path, words="ক" * 71, language="bn", count="1")
    assert "71 letters, 2 SMS" in counted
    assert "Nothing in it tells what it is about. It was not sent yet." in counted
    looked = browser.submit(path, words="Your case is open", language="en", count="1")
    assert browser.status == 200
    assert "A word that tells what this is about: case" in looked
    warned = browser.submit(path, words="Your case is open", language="en")
    assert browser.status == 422
    assert "A word that tells what this is about: case" in warned
    assert "Your case is open" in warned
    sent = browser.submit(path, words="Your case is open", language="en", reason="She asked for it")
    assert "SMS from staff" in sent
    assert "sent although: A word that tells what this is about" in sent


def test_a_closed_case_offers_no_text(office: Office) -> None:
    here, nasrin = register_by_phone(office), office.hire()
    deeds = Deeds(office, nasrin)
    deeds.do(
        cases.move_on, here.case_id, case_row(office, here.case_id).version, "closed", "declined"
    )
    assert "Write an SMS" not in office.browser(nasrin).open(f"/desk/case/{here.case_id}")
