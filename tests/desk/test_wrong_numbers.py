"""Numbers that were replaced, or that nobody confirmed, leave the desk in nothing that staff type."""

from __future__ import annotations

from pathlib import Path

import pytest

from handlers.desk.campaigns_words import PROBLEMS
from helpline.cases.calendar import local
from helpline.cases.hotlines import Check, current
from helpline.cases.roles import Role
from helpline.data.load import load_hotlines, load_retired
from helpline.service.desk import referral_drafts
from helpline.service.desk.acting import acting
from helpline.service.desk.referrals import Refused
from helpline.service.desk.writing import NotNeutral, send_text
from helpline.service.wrong_numbers import retired
from helpline.store.tables import Message, Provider, StaffText
from tests.desk.casebook import Deeds, register_by_phone, rows
from tests.desk.office import Office
from tests.desk.referring import town
from tests.desk.test_campaigns import Room
from tests.desk.test_providers import FORM

RETIRED = load_retired()
REPLACED = next(number for number, new in RETIRED.items() if new and len(number) == 5)
RIGHT = RETIRED[REPLACED]
CONTRADICTED = next(number for number, new in RETIRED.items() if not new and len(number) > 5)
OF_A_MOBILE = next(number for number, new in RETIRED.items() if number.startswith("017") and new)
BANGLA = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")
LINE = "A number that is wrong: please give the right one, or none"


@pytest.mark.parametrize("number", RETIRED)
def test_no_text_to_a_client_names_one_and_no_reason_helps(office: Office, number: str) -> None:
    here, deeds = register_by_phone(office), Deeds(office, office.hire())
    waiting = len(rows(office, Message))
    for words, language in (
        (f"Please dial {number}.", "en"),
        (f"{number.translate(BANGLA)} নম্বরে ফোন করুন", "bn"),
    ):
        with pytest.raises(NotNeutral) as told:
            deeds.do(send_text, here.case_id, words, language, "They asked for exactly this")
        assert told.value.refused
        named = f"{number} → {RETIRED[number]}" if RETIRED[number] else number
        assert f"retired:{named}" in told.value.warnings
    assert rows(office, StaffText) == []
    assert len(rows(office, Message)) == waiting


def test_the_form_names_the_right_number_in_one_line_and_offers_no_reason(office: Office) -> None:
    here = register_by_phone(office)
    browser = office.browser(office.hire())
    browser.open(f"/desk/case/{here.case_id}")
    path = f"/desk/case/{here.case_id}/text"
    seen = browser.submit(path, words=f"Please dial {REPLACED}", language="en", reason="She asked")
    assert browser.status == 422
    assert f"{LINE}: {REPLACED} → {RIGHT}" in seen
    assert "It cannot go like this, whatever the reason." in seen
    assert f"Please dial {REPLACED}" in seen
    seen = browser.submit(path, words=f"Please dial {CONTRADICTED}", language="en")
    assert f"{LINE}: {CONTRADICTED} " in seen
    assert "→" not in seen
    counted = browser.submit(path, words=f"Please dial {REPLACED}", language="en", count="1")
    assert f"{LINE}: {REPLACED} → {RIGHT}" in counted
    browser.submit(path, words=f"Please dial {RIGHT}", language="en")
    assert browser.status == 200
    assert len(rows(office, StaffText)) == 1


def test_a_line_that_was_found_dead_is_not_named_as_the_right_one(office: Office) -> None:
    today = local(office.clock()).date()
    dead = Check(f"hotline.{RIGHT}", "failed", today, "staff", today)
    parts = office.parts
    assert retired(parts)[REPLACED] == RIGHT
    object.__setattr__(parts, "hotlines", lambda: current(load_hotlines(), (dead,), today))
    assert retired(parts)[REPLACED] == ""


def test_a_campaign_that_names_one_is_not_even_kept(office: Office, tmp_path: Path) -> None:
    room = Room(office, tmp_path)
    text = room.write(text_bn=f"মেলা। {REPLACED.translate(BANGLA)} নম্বরে ফোন করুন।", reason="Known")
    assert room.writer.status == 422
    assert PROBLEMS["retired"] in text
    assert f"{LINE}: {REPLACED} → {RIGHT}" in text
    assert room.id == ""


def test_a_campaign_that_was_kept_before_is_not_handed_in(office: Office, tmp_path: Path) -> None:
    room = Room(office, tmp_path)
    room.write()
    room.put(text_bn=f"মেলা। {CONTRADICTED} নম্বরে ফোন করুন।")
    assert PROBLEMS["retired"] in room.step("submit")
    assert room.state == "draft"


def test_an_office_is_not_written_down_with_one(office: Office) -> None:
    browser = office.browser(office.hire(Role.SUPERVISOR))
    browser.open("/desk/providers/new")
    for wrong in (
        {"name_en": f"Example Office {REPLACED}"},
        {"name_bn": f"উদাহরণ অফিস {REPLACED.translate(BANGLA)}"},
        {"focal_number": OF_A_MOBILE},
    ):
        seen = browser.submit("/desk/providers/new", **{**FORM, **wrong})
        assert browser.status == 422
        assert f"{LINE}: " in seen
        assert "→" in seen
    assert rows(office, Provider) == []


def test_what_is_needed_is_not_written_to_an_office_with_one(office: Office) -> None:
    here = town(office)
    with pytest.raises(Refused, match=f"retired:{REPLACED} → {RIGHT}"):
        here.draft(words=f"She was told to dial {REPLACED}")
    ident = here.draft()
    with (
        pytest.raises(Refused, match="retired:"),
        acting(here.parts, here.nasrin) as deed,
    ):
        referral_drafts.redraft(
            deed, ident, here.row(ident).version, here.wish(words=f"Dial {CONTRADICTED}")
        )
