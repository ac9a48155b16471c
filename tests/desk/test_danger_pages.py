"""The pages of a review of danger, as those who work with them see them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from handlers.app import create_app
from helpline.cases.directory import Directory
from helpline.cases.roles import Role
from helpline.data.load import load_directory_seed, load_kinds
from helpline.service.desk import follow_ups
from helpline.settings import Settings
from helpline.store.tables import (
    Approval,
    Assessment,
    CareCase,
    Escalation,
    FollowUp,
    RiskFlag,
    WorkItem,
)
from tests.desk.casebook import register_by_phone, row, rows
from tests.desk.dangers import IMMINENT, gone_through, raised, taken
from tests.desk.office import Office
from tests.desk.oncall import Desk

ASKED = {"thoughts": "often", "plan": "clear", "means": "at_hand", "when": "now", "alone": "alone"}


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk(office)


def test_a_review_is_gone_through_page_by_page(desk: Desk, office: Office) -> None:
    mina, salma = office.hire(name="Mina"), desk.supervisor("Salma")
    case = desk.case()
    item = raised(desk, case, topics=("self_harm",), about_another=True)
    browser = office.browser(mina)
    browser.open("/desk/queue")
    page = browser.submit(f"/desk/queue/{item}/claim")
    assert "Words of a message" in page
    assert "Harming oneself" in page
    assert "perhaps about somebody else" in page
    assert "109" in page
    assert "999" in page

    first = browser.open(f"/desk/case/{case}/risk")
    assert "Are there thoughts of dying?" in first
    second = browser.submit(f"/desk/case/{case}/risk/next", **ASKED, may_call="yes")
    assert "The answers suggest: Imminent danger" in second
    assert "Whom we may call, as the client said" in second
    kept = browser.submit(
        f"/desk/case/{case}/risk",
        **ASKED,
        may_call="yes",
        level="imminent",
        agreed_words="Her sister comes at once.",
        trusted_name="Karim",
        trusted_number="01300-000077",
        cover="About the training",
        restrict="yes",
        supervisor_id=salma.id,
    )
    assert browser.status == 200
    assert "Imminent danger" in kept
    assert "Her sister comes at once." in kept
    assert "Danger of suicide" in kept
    assert (row(office, CareCase, id=case).risk_level, desk.row(item).state) == (
        "imminent",
        "claimed",
    )
    browser.open(f"/desk/case/{case}?item={item}")
    ended = browser.submit(f"/desk/item/{item}/danger/end")
    assert "Done" in ended
    assert desk.row(item).outcome == "imminent"


def test_another_level_without_a_reason_gives_back_what_was_written(
    desk: Desk, office: Office
) -> None:
    mina = office.hire()
    case = desk.case()
    taken(desk, mina, case)
    browser = office.browser(mina)
    browser.open(f"/desk/case/{case}/risk")
    page = browser.submit(
        f"/desk/case/{case}/risk", **ASKED, level="low", agreed_words="We talk again at six."
    )
    assert browser.status == 422
    assert "A reason is needed." in page
    assert "We talk again at six." in page
    assert rows(office, Assessment) == []


def test_the_usual_way_to_finish_leads_back_to_the_review(desk: Desk, office: Office) -> None:
    mina = office.hire()
    item = taken(desk, mina, desk.case())
    browser = office.browser(mina)
    browser.open("/desk/queue")
    page = browser.submit(f"/desk/queue/{item}/finish", outcome="done")
    assert "Go through the risk form" in page
    assert desk.row(item).state == "claimed"


def test_who_cannot_be_reached_is_passed_on_from_the_page(desk: Desk, office: Office) -> None:
    mina = office.hire()
    salma = desk.supervisor("Salma", rank=1)
    case = desk.case()
    item = taken(desk, mina, case)
    desk.sweep()
    browser = office.browser(mina)
    browser.open(f"/desk/case/{case}?item={item}")
    browser.submit(f"/desk/item/{item}/danger/no-form", why="no_contact", words="Rang three times.")
    assert browser.status == 200
    assert desk.row(item).state == "open"
    assert desk.alarms(item)[-1] == (salma.id, 2, "paging")
    story = browser.open(f"/desk/case/{case}")
    assert "The client cannot be reached" in story
    assert "Rang three times." in story


def test_two_people_about_the_police_page_by_page(desk: Desk, office: Office) -> None:
    mina, salma = office.hire(name="Mina"), desk.supervisor("Salma", rank=1)
    case = desk.case()
    item = taken(desk, mina, case)
    desk.sweep()
    gone_through(desk, mina, case, IMMINENT, level="imminent")
    hers = office.browser(mina)
    page = hers.open(f"/desk/case/{case}?item={item}")
    assert "An attempt to die can be punished." in page
    page = hers.submit(f"/desk/item/{item}/danger/police/ask", words="No ambulance can reach her.")
    assert "A second person has to answer: not whoever asked." in page
    question = row(office, Approval)
    hers.submit(f"/desk/case/{case}/police/{question.id}", becomes="approved")
    assert hers.status == 422
    assert "Whoever asked cannot answer." in hers.text
    hers.submit(f"/desk/item/{item}/danger/police")
    assert hers.status == 422
    assert rows(office, Escalation, to="police") == []

    asked = row(office, WorkItem, kind="approval")
    theirs = office.browser(salma)
    theirs.open("/desk/alarms")
    page = theirs.submit(f"/desk/alarms/{desk.alarm(asked.id, salma)}/acknowledge")
    assert "No ambulance can reach her." in page
    assert "Telling the police" in page
    theirs.submit(f"/desk/case/{case}/police/{question.id}", becomes="approved")
    assert row(office, Approval).decided_by == salma.id

    page = hers.open(f"/desk/case/{case}?item={item}")
    assert "Whoever calls the police says only what is needed to protect life." in page
    page = hers.submit(f"/desk/item/{item}/danger/police")
    assert rows(office, Escalation, to="police")[0].by == mina.id
    assert "The police are told, as two people agreed" in page
    assert "The police are told, as two people agreed" in hers.open(f"/desk/item/{item}/escalate")


def test_a_plan_is_approved_elsewhere_and_never_the_police_with_it(
    desk: Desk, office: Office
) -> None:
    mina, salma = office.hire(), desk.supervisor("Salma")
    case = desk.case()
    item = taken(desk, mina, case)
    gone_through(desk, mina, case, IMMINENT, level="imminent")
    hers = office.browser(mina)
    hers.open(f"/desk/case/{case}?item={item}")
    hers.submit(f"/desk/item/{item}/danger/police/ask", words="Grounds.")
    question = row(office, Approval)
    theirs = office.browser(salma)
    page = theirs.open(f"/desk/case/{case}")
    assert "Asked of a supervisor" not in page
    theirs.submit(f"/desk/case/{case}/approval/{question.id}", becomes="approved")
    assert theirs.status == 404
    assert row(office, Approval).state == "pending"


def test_a_debriefing_is_offered_to_supervisors_and_shows_no_client(
    desk: Desk, office: Office
) -> None:
    mina, salma = office.hire(name="Mina"), desk.supervisor("Salma")
    case = desk.case()
    taken(desk, mina, case)
    gone_through(desk, mina, case, IMMINENT, level="imminent", ends=True)
    talk = row(office, FollowUp, kind="debrief")
    item = row(office, WorkItem, subject_id=talk.id)
    theirs = office.browser(salma)
    page = theirs.open(f"/desk/item/{item.id}")
    assert "Mina" in page
    reference = row(office, CareCase, id=case).reference
    assert reference not in page.replace(" ", "")
    theirs.submit(f"/desk/debrief/{talk.id}/{item.id}", becomes="done", outcome="well")
    assert row(office, FollowUp, kind="debrief").outcome == "well"
    own = office.browser(mina)
    own.open(f"/desk/case/{case}")
    assert talk.id not in own.page


def test_the_next_day_the_follow_up_is_on_the_desk(desk: Desk, office: Office) -> None:
    mina = office.hire(name="Mina")
    case = desk.case()
    taken(desk, mina, case)
    gone_through(desk, mina, case, IMMINENT, level="imminent", ends=True)
    office.skip(hours=25)
    follow_ups.sweep(desk.parts)
    assert "Follow-up" in office.browser(mina).open("/desk/queue")


def test_the_crisis_centre_of_the_division_is_shown_once_it_was_confirmed(
    office: Office, tmp_path: Path
) -> None:
    person = register_by_phone(office, district="BD-13")
    desk = Desk(office)
    mina = office.hire()
    item = taken(desk, mina, person.case_id)
    path = f"/desk/case/{person.case_id}?item={item}"
    assert "Crisis centre" not in office.browser(mina).open(path)
    today = office.clock().date()
    checked = [
        replace(each, verified_at=today, expires_at=today + timedelta(days=90))
        for each in load_directory_seed()
    ]
    directory = Directory(checked, load_kinds(), office.parts.places)
    settings = replace(Settings.demo(tmp_path / "confirmed", 8000), simulator=False)
    office.app = create_app(replace(office.parts, directory=lambda: directory), settings)
    page = office.browser(mina).open(path)
    assert "Crisis centre of the division" in page
    assert "Dhaka medical college hospital" in page


def test_an_assessment_that_tells_of_violence_names_the_lines_that_answer_at_once(
    desk: Desk, office: Office
) -> None:
    mina = office.hire()
    case = desk.case()
    browser = office.browser(mina)
    browser.open(f"/desk/case/{case}/assess")
    calm = browser.submit(f"/desk/case/{case}/assess/next", threat="no")
    assert "109" not in calm
    hurt = browser.submit(f"/desk/case/{case}/assess/next", threat="yes")
    assert hurt.index("109") < hurt.index("999")


def test_grave_danger_is_not_made_less_of_beside_its_review(desk: Desk, office: Office) -> None:
    mina = office.hire()
    case = desk.case()
    taken(desk, mina, case)
    gone_through(desk, mina, case, IMMINENT, level="imminent")
    version = row(office, CareCase, id=case).version
    browser = office.browser(mina)
    browser.open(f"/desk/case/{case}")
    page = browser.submit(f"/desk/case/{case}/weigh", version=version, risk="none", waiting_on="us")
    assert "A risk review is not done." in page
    assert row(office, CareCase, id=case).risk_level == "imminent"


def test_somebody_elses_review_is_neither_passed_on_nor_acted_on(
    desk: Desk, office: Office
) -> None:
    mina, another = office.hire(name="Mina"), office.hire()
    case = desk.case()
    item = taken(desk, mina, case)
    browser = office.browser(another)
    browser.open(f"/desk/case/{case}")
    for step, said in (
        ("no-form", {"why": "no_contact", "words": "x"}),
        ("hospital", {"why": "client_agrees"}),
        ("police/ask", {"words": "x"}),
        ("police", {}),
        ("end", {}),
        ("trusted", {}),
    ):
        page = browser.submit(f"/desk/item/{item}/danger/{step}", **said)
        assert browser.status == 409, step
        assert "Mina" in page
    assert rows(office, Escalation) == rows(office, Approval) == []


# -- the report --------------------------------------------------------------------------------


def reported(desk: Desk, office: Office) -> str:
    mina = office.hire(name="Mina")
    case = desk.case()
    raised(desk, case, topics=("self_harm",))
    office.skip(minutes=3)
    taken(desk, mina, case, topics=("violence",))
    office.skip(minutes=7)
    gone_through(desk, mina, case, IMMINENT, level="imminent", ends=True)
    other = desk.case("+8801300000044")
    taken(desk, mina, other, why="voice")
    gone_through(desk, mina, other, {"thoughts": ["no"], "alone": ["together"]}, ends=True)
    return case


def test_every_sign_stands_in_the_report_with_how_soon_somebody_was_there(
    desk: Desk, office: Office
) -> None:
    case = reported(desk, office)
    salma = desk.supervisor("Salma")
    browser = office.browser(salma)
    page = browser.open("/desk/flags")
    assert "1 Dec 2026: 3" in page
    reference = row(office, CareCase, id=case).reference
    assert f"{reference[:3]} {reference[3:6]} {reference[6:]}" in page
    assert "Words of a message" in page
    assert "How the voice sounded" in page
    assert "10 min" in page  # from the first sign until a person had spoken with her
    assert "3 min" in page  # until somebody had it
    assert "100 %" in page.replace("\u00a0", " ")  # the voice was a false alarm


def test_the_programme_sees_counts_and_no_small_ones(desk: Desk, office: Office) -> None:
    case = reported(desk, office)
    page = office.browser(office.hire(Role.PROGRAMME)).open("/desk/flags")
    assert "Every sign, by day" not in page
    assert "Counts below five are hidden" in page
    reference = row(office, CareCase, id=case).reference
    assert reference[:3] + " " + reference[3:6] not in page
    body = page[page.index("By sign") :]
    assert " 1 " not in body
    assert " 2 " not in body
    assert " 3 " not in body


def test_the_tables_are_taken_away_like_every_report(desk: Desk, office: Office) -> None:
    case = reported(desk, office)
    salma = desk.supervisor("Salma")
    browser = office.browser(salma)
    browser.open("/desk/flags")
    browser.submit("/desk/reports/flags/file", what="days", purpose="planning", quarter="2026-Q4")
    assert "2026-12-01,Words of a message,Harming oneself" in browser.page
    assert row(office, CareCase, id=case).reference not in browser.page
    theirs = office.browser(office.hire(Role.PROGRAMME))
    theirs.open("/desk/flags")
    theirs.submit("/desk/reports/flags/file", what="days", purpose="donor", quarter="2026-Q4")
    assert theirs.status == 404
    theirs.open("/desk/flags")
    theirs.submit("/desk/reports/flags/file", what="by_sign", purpose="donor", quarter="2026-Q4")
    assert theirs.status == 200


def test_whose_restricted_case_it_is_only_those_see_who_may_open_it(
    desk: Desk, office: Office
) -> None:
    salma, rina = desk.supervisor("Salma"), desk.supervisor("Rina")
    mina = office.hire()
    case = desk.case()
    taken(desk, mina, case)
    gone_through(
        desk, mina, case, IMMINENT, level="imminent", restrict=True, supervisor_id=salma.id
    )
    assert f"/desk/case/{case}" in open_flags(office, salma)
    assert f"/desk/case/{case}" not in open_flags(office, rina)
    assert row(office, RiskFlag).case_id == case


def open_flags(office: Office, who: object) -> str:
    browser = office.browser(who)  # type: ignore[arg-type]
    browser.open("/desk/flags")
    return browser.page
