"""Check-ins at the desk: what was low and what it asks for, one filled in by staff, trends that never mix."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from sqlalchemy import insert

from handlers.desk import check_ins as room
from handlers.desk import check_ins_words as words
from handlers.desk.case_words import FOLLOW_UPS, SUGGESTIONS
from helpline.cases.calendar import CHECK_INS
from helpline.cases.instruments import TASKS, score
from helpline.cases.measures import Measure
from helpline.cases.needs import SERVES, services_for
from helpline.cases.needs_short import NEEDS_SHORT_1, SUGGESTS
from helpline.cases.roles import Role
from helpline.cases.services import SERVICES
from helpline.cases.work import Kind
from helpline.data.load import load_instrument
from helpline.flow.words import Menu
from helpline.service import check_in_ladder
from helpline.service.desk import check_ins, closing, counting
from helpline.service.desk.cases import Blocked
from helpline.store.idents import new_ident
from helpline.store.tables import Assessment, Audit, FollowUp, WorkItem
from menus.check_in import CHECK_IN, QUESTIONS
from menus.needs import NEEDS
from menus.needs import QUESTIONS as NEEDED
from tests.desk.casebook import Deeds, Registered, case_row, register_by_phone, row, rows
from tests.desk.office import Office
from tests.desk.test_report_counting import counted

SHORT = "wellbeing-short-1"
WELL = dict.fromkeys(QUESTIONS, "1")
POOR = WELL | {"food": "4", "work": "4", "debt": "4"}


def by_phone(office: Office, *keys: str) -> None:
    phone = office.house.phone()
    phone.dial()
    phone.press(*keys)


def checked_in(office: Office, here: Registered, **answers: str) -> None:
    """Somebody answers on her own phone, in the order in which it asks."""
    said = WELL | answers
    by_phone(office, "9", "3", "1", *(said[code] for code in QUESTIONS))


def item_page(office: Office, here: Registered, kind: Kind, who: Any) -> str:
    item = row(office, WorkItem, kind=kind)
    browser = office.browser(who)
    shown = browser.open(f"/desk/case/{here.case_id}?item={item.id}")
    assert browser.status == 200
    return shown


def test_a_low_check_in_says_which_scores_are_low_and_what_could_be_done(office: Office) -> None:
    here = register_by_phone(office)
    checked_in(office, here, food="4", work="3", debt="4")
    shown = item_page(office, here, Kind.CHECK_IN, office.hire())
    for word in (
        "Low check-in",
        SHORT,
        "answered on the phone",
        "Money and work 11 / 100 Low",
        "Home and services 100 / 100",
        "Look at the plan again together",
        "Refer for help with the debt",
    ):
        assert word in shown, word
    assert "Offer counselling" not in shown
    assert case_row(office, here.case_id).stage == "new"


def test_the_suggestions_lead_to_a_referral_of_that_service(office: Office) -> None:
    here = register_by_phone(office)
    checked_in(office, here, people="4", respect="4", debt="4")
    browser = office.browser(office.hire())
    item = row(office, WorkItem, kind=Kind.CHECK_IN)
    browser.open(f"/desk/case/{here.case_id}?item={item.id}")
    links = re.findall(rf"/desk/case/{here.case_id}/refer\?service=(\w+)", browser.page)
    assert {"counselling", "debt"} <= set(links)
    browser.open(f"/desk/case/{here.case_id}/refer?service=debt")
    assert browser.status == 200


def test_a_well_check_in_is_no_work(office: Office) -> None:
    here = register_by_phone(office)
    checked_in(office, here)
    assert rows(office, WorkItem, kind=Kind.CHECK_IN) == []


def test_distress_told_on_the_phone_is_a_review_and_said_on_the_item(office: Office) -> None:
    here = register_by_phone(office)
    by_phone(office, "9", "3", "1", "4", "4", "4", "1", "1", "1")
    assert len(rows(office, WorkItem, kind=Kind.RISK_REVIEW)) == 1
    shown = item_page(office, here, Kind.CHECK_IN, office.hire())
    assert "An answer may mean danger" in shown
    assert "Money and work Too few answers" in shown


def test_staff_fill_in_a_check_in_during_a_call(office: Office) -> None:
    here = register_by_phone(office)
    who = office.hire(name="Nasrin")
    browser = office.browser(who)
    shown = browser.open(f"/desk/case/{here.case_id}/check-in")
    assert "Is your mind at peace?" in shown
    browser.submit(f"/desk/case/{here.case_id}/check-in", **(POOR | {"mind": "5"}))
    assert browser.status == 200
    assert "Low" in browser.text
    assert "Nasrin" in browser.text
    taken = row(office, Assessment)
    assert (taken.instrument, taken.staff_id) == (SHORT, who.id)
    assert b"mind" not in taken.answers
    assert row(office, WorkItem, kind=Kind.CHECK_IN).subject_id == taken.id
    noted = rows(office, Audit, action="assess", subject="assessment")
    assert [(each.subject_id, each.detail) for each in noted] == [(taken.id, SHORT)]


def test_the_form_speaks_bangla_with_the_words_callers_hear(office: Office) -> None:
    here = register_by_phone(office)
    browser = office.browser(office.hire(language="bn"))
    shown = browser.open(f"/desk/case/{here.case_id}/check-in")
    assert "মনে শান্তি পান?" in shown
    assert "সব সময়" in shown


def test_the_work_of_calling_somebody_leads_to_the_form(office: Office) -> None:
    here = register_by_phone(office, sms=False)
    office.skip(days=91)
    check_in_ladder.sweep(office.parts)
    who = office.hire()
    shown = item_page(office, here, Kind.FOLLOW_UP, who)
    assert "Check in with the client now" in shown
    assert "By phone" in shown
    browser = office.browser(who)
    timeline = browser.open(f"/desk/case/{here.case_id}")
    assert "Follow-up: Due (staff are to call)" in timeline
    browser.open(f"/desk/case/{here.case_id}/check-in")
    browser.submit(f"/desk/case/{here.case_id}/check-in", **WELL)
    assert row(office, WorkItem, kind=Kind.FOLLOW_UP).outcome == "answered"
    assert "Follow-up: Done (the client answered)" in browser.open(f"/desk/case/{here.case_id}")


def test_what_staff_filled_in_settles_the_promise(office: Office) -> None:
    here = register_by_phone(office)
    office.skip(days=85)
    Deeds(office, office.hire()).do(check_ins.take, here.case_id, SHORT, WELL)
    states = {each.kind: each.state for each in rows(office, FollowUp)}
    assert states == {"month_3": "done", "month_6": "planned", "month_12": "planned"}


@pytest.mark.parametrize(
    ("said", "obstacle"),
    [
        ({}, "empty"),
        (dict.fromkeys(QUESTIONS, ""), "empty"),
        ({"mind": "9"}, "no_such_value"),
        ({"mind": "<script>"}, "no_such_value"),
        ({"luck": "1"}, "no_such_value"),
        ({"mind": "ক" * 400}, "no_such_value"),
    ],
)
def test_answers_that_are_none_are_refused(
    office: Office, said: dict[str, str], obstacle: str
) -> None:
    here = register_by_phone(office)
    deeds = Deeds(office, office.hire())
    with pytest.raises(Blocked) as refused:
        deeds.do(check_ins.take, here.case_id, SHORT, said)
    assert refused.value.obstacles == (obstacle,)
    with pytest.raises(Blocked):
        deeds.do(check_ins.take, here.case_id, "rss-1", WELL)
    assert rows(office, Assessment) == []


def test_hostile_words_in_the_form_change_nothing(office: Office) -> None:
    here = register_by_phone(office)
    browser = office.browser(office.hire())
    browser.open(f"/desk/case/{here.case_id}/check-in")
    for hostile in ("<script>alert(1)</script>", "{{7*7}}", "%s", "{x}", "=cmd()"):
        browser.submit(f"/desk/case/{here.case_id}/check-in", mind=hostile)
        assert browser.status == 422
        assert hostile not in browser.page
        browser.open(f"/desk/case/{here.case_id}/check-in")
    assert rows(office, Assessment) == []


def test_the_trend_is_drawn_with_its_table(office: Office) -> None:
    here = register_by_phone(office)
    deeds = Deeds(office, office.hire())
    for answers in (POOR, WELL | {"food": "3"}, WELL):
        deeds.do(check_ins.take, here.case_id, SHORT, answers)
        office.skip(days=90)
    browser = office.browser(office.hire())
    shown = browser.open(f"/desk/case/{here.case_id}")
    assert browser.page.count("<polyline") == 3
    assert "style=" not in browser.page.partition('id="check-ins"')[2].partition("</section>")[0]
    assert "1 Dec 2026 0 Low 100 100 67" in shown
    assert "78 100 100 93" in shown


def test_one_check_in_is_no_trend(office: Office) -> None:
    here = register_by_phone(office)
    checked_in(office, here)
    browser = office.browser(office.hire())
    browser.open(f"/desk/case/{here.case_id}")
    assert "<polyline" not in browser.page
    assert SHORT in browser.page


def put(office: Office, here: Registered, instrument: str, answers: dict[str, str]) -> None:
    """Answers as an older or newer version of the program kept them."""
    ident = new_ident()
    with office.parts.database.transaction() as connection:
        connection.execute(
            insert(Assessment).values(
                id=ident,
                case_id=here.case_id,
                instrument=instrument,
                answers=office.parts.ring.seal(
                    msgspec.json.encode(answers), "assessment.answers", ident
                ),
                staff_id=None,
                taken_at=office.clock(),
            )
        )


@pytest.fixture
def second_version(monkeypatch: pytest.MonkeyPatch) -> str:
    """A second version of our check-in beside the first."""
    first = load_instrument(SHORT)
    second = replace(first, version=2)
    both = {first.key: first, second.key: second}
    for module in (check_ins, counting, room):
        for name, made in (
            ("load_instruments", lambda: tuple(both.values())),
            ("load_instrument", both.__getitem__),
        ):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, made)
    return second.key


def test_two_versions_are_two_trends(office: Office, second_version: str) -> None:
    here = register_by_phone(office)
    for _time in range(2):
        put(office, here, SHORT, WELL)
        put(office, here, second_version, POOR)
        office.skip(days=30)
    browser = office.browser(office.hire())
    browser.open(f"/desk/case/{here.case_id}")
    assert browser.page.count('<svg viewBox="0 0 320 140"') == 2
    tables = browser.page.partition('id="check-ins"')[2].partition("</section>")[0]
    first, second = tables.split(f'id="trend-{second_version}"')
    assert first.count("<tbody>") == second.count("<tbody>") == 1
    assert 'class="badge warn">Low' not in first
    assert second.count('class="badge warn">Low') == 2


def test_reports_count_each_version_and_dimension_by_itself(
    office: Office, second_version: str
) -> None:
    here = register_by_phone(office)
    put(office, here, SHORT, POOR)
    put(office, here, second_version, WELL | {"mind": "5", "people": "5"})
    put(office, here, "risk-1", {"plan": "yes"})
    put(office, here, SHORT, {})
    assert counted(office, Measure.CHECKED_IN) == {
        f"{SHORT}:economic:low": 1,
        f"{SHORT}:social:ok": 1,
        f"{SHORT}:psychosocial:ok": 1,
        f"{second_version}:economic:ok": 1,
        f"{second_version}:social:ok": 1,
        f"{second_version}:psychosocial:none": 1,
    }


def outcome_row(page: str, name: str) -> list[str]:
    found = re.search(rf'<th scope="row">{re.escape(name)}</th>(.*?)</tr>', page, re.DOTALL)
    assert found, name
    return [cell.replace("&nbsp;", " ") for cell in re.findall(r"<td[^>]*>(.*?)</td>", found[1])]


def test_the_outcome_page_shows_each_dimension_and_hides_small_figures(office: Office) -> None:
    here = register_by_phone(office)
    for number in range(12):
        put(office, here, SHORT, POOR if number < 6 else WELL)
    put(office, here, SHORT, WELL | {"mind": "4", "people": "4"})
    counting.sweep(office.parts)
    browser = office.browser(office.hire(Role.PROGRAMME))
    browser.open("/desk/outcome?quarter=2026-Q4")
    assert outcome_row(browser.page, f"Money and work ({SHORT})") == ["6", "7", "0", "46 %"]
    shown = outcome_row(browser.page, f"People and peace of mind ({SHORT})")
    assert shown[0] == "–"
    assert shown[3] == "–"


def test_who_may_not_open_the_case_may_not_check_in_for_it(office: Office) -> None:
    here = register_by_phone(office)
    browser = office.browser(office.hire(districts="BD-64"))
    browser.open(f"/desk/case/{here.case_id}/check-in")
    assert browser.status == 404
    programme = office.browser(office.hire(Role.PROGRAMME))
    programme.open(f"/desk/case/{here.case_id}/check-in")
    assert programme.status == 403


def test_needs_told_by_phone_are_shown_with_the_services_they_point_to(office: Office) -> None:
    here = register_by_phone(office)
    by_phone(office, "9", "6", "1", "3", "1", "2", "1", "2", "3", "2", "2")
    item = row(office, WorkItem, kind=Kind.NEEDS)
    shown = item_page(office, here, Kind.NEEDS, office.hire())
    for word in (
        "Needs told by phone",
        "needs-short-1",
        "Ill, and not treated",
        "This should not wait",
        "Pay is owed",
        "Health care",
        "BMET arbitration",
        "Job placement",
        "Enterprise",
        "promised no money",
    ):
        assert word in shown, word
    assert item.priority == 1
    assert "Needs assessment" in shown


def test_unsafe_needs_say_that_safety_comes_first(office: Office) -> None:
    here = register_by_phone(office)
    by_phone(office, "9", "6", "1", "1", "3")
    shown = item_page(office, here, Kind.NEEDS, office.hire())
    assert "Talk about safety first" in shown
    assert "money and plans were not asked about" in shown
    assert row(office, WorkItem, kind=Kind.NEEDS).priority == 1


def test_erased_answers_leave_a_page_that_says_so(office: Office) -> None:
    here = register_by_phone(office)
    checked_in(office, here, food="4", work="4", debt="4")
    with office.parts.database.transaction() as connection:
        connection.execute(Assessment.__table__.update().values(answers=b""))
    shown = item_page(office, here, Kind.CHECK_IN, office.hire())
    assert "no longer kept" in shown
    counting.sweep(office.parts)


def test_a_broken_off_case_cancels_its_check_ins_and_a_reopened_one_plans_them_again(
    office: Office,
) -> None:
    here = register_by_phone(office)
    who = office.hire()
    browser = office.browser(who)
    browser.open(f"/desk/case/{here.case_id}")

    def stage(becomes: str, why: str) -> None:
        version = case_row(office, here.case_id).version
        browser.submit(
            f"/desk/case/{here.case_id}/stage", version=version, becomes=becomes, why=why
        )

    stage("closed", "deceased")
    assert case_row(office, here.case_id).stage == "closed"
    assert {each.state for each in rows(office, FollowUp)} == {"cancelled"}
    office.skip(days=100)
    boss = office.browser(office.hire(Role.SUPERVISOR))
    boss.open(f"/desk/case/{here.case_id}")
    boss.submit(
        f"/desk/case/{here.case_id}/stage",
        version=case_row(office, here.case_id).version,
        becomes="assessment",
        why="closed_by_mistake",
    )
    assert case_row(office, here.case_id).stage == "assessment"
    planned = {each.kind for each in rows(office, FollowUp, state="planned")}
    assert planned == {"month_6", "month_12"}


@pytest.mark.parametrize(
    "keys", [("9", "6", "1", *"11111111"), ("9", "3", "1", *("1" * 6), "4", "4", "4")]
)
def test_what_somebody_told_is_looked_at_before_a_case_graduates(
    office: Office, keys: tuple[str, ...]
) -> None:
    here = register_by_phone(office)
    with office.parts.database.reading() as connection:
        assert not closing.work_open(connection, here.case_id)
    by_phone(office, *keys)
    with office.parts.database.reading() as connection:
        assert closing.work_open(connection, here.case_id)


def test_every_question_of_a_phone_is_one_of_its_instrument_with_the_same_answers() -> None:
    instrument = load_instrument(SHORT)
    assert {item.code for item in instrument.items} == set(QUESTIONS)
    asked = {screen.name: screen for screen in CHECK_IN.screens if isinstance(screen, Menu)}
    for item in instrument.items:
        values = {option.value for option in asked[item.code].options}
        assert values == {*item.scores, instrument.unsaid}
    needed = {screen.name: screen for screen in NEEDS.screens if isinstance(screen, Menu)}
    questions = {
        question.code: {choice.code for choice in question.choices}
        for family in NEEDS_SHORT_1.families
        for question in family.questions
    }
    assert set(NEEDED) == set(questions)
    assert len(NEEDED) <= 8
    for code, choices in questions.items():
        assert {option.value for option in needed[code].options if option.value} == choices


def test_every_code_has_a_name_and_every_suggestion_a_service_that_exists() -> None:
    assert set(words.TASKS) == set(TASKS)
    assert set(words.SERVICES.values()) <= set(SERVICES)
    assert set(SERVES.values()) <= set(SERVICES)
    assert set(words.DIMENSIONS) == set(load_instrument(SHORT).weights)
    suggested = {code for codes in SUGGESTS.values() for code in codes}
    assert suggested - {"safety_first"} <= set(SERVES)
    assert services_for(["food", "social_protection", "safety_first"]) == ("social_protection",)
    assert set(CHECK_INS) <= set(FOLLOW_UPS)
    assert suggested | {"high_priority"} <= set(SUGGESTIONS)


def test_a_number_is_never_the_reason_to_close(office: Office) -> None:
    here = register_by_phone(office)
    checked_in(office, here)
    office.skip(days=200)
    counting.sweep(office.parts)
    assert case_row(office, here.case_id).stage == "new"
    assert score(load_instrument(SHORT), WELL).tasks == ()
