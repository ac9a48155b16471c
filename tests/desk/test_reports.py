"""The reports: who sees them, what they show, and that they give nobody away."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from markupsafe import escape

from handlers.desk import reports_grids
from handlers.desk.desk import Desk, Here
from helpline.cases.measures import Quarter
from helpline.cases.roles import Member, Role
from helpline.service.desk import counting, reports
from helpline.service.desk.exports import Grid
from helpline.settings import Settings
from tests.desk import reported
from tests.desk.office import Office

READ = ("/desk/reach", "/desk/quality", "/desk/outcome", "/desk/pack")
NOW = ("/desk/now", "/desk/now/live")
HOSTILE = ("<script>alert(1)</script>", "{{7*191}}", "%s%n", "=cmd()", "x" * 120)
QUARTER = Quarter(2026, 4)
THE_DASH = "–"


def row(page: str, name: str) -> list[str]:
    """The cells of the table row that begins with `name`."""
    found = re.search(rf'<th scope="row">{re.escape(name)}</th>(.*?)</tr>', page, re.DOTALL)
    assert found, name
    return [
        cell.replace("&nbsp;", " ").strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", found[1])
    ]


def test_reports_are_for_supervisors_programme_and_administrators(office: Office) -> None:
    reads = {Role.SUPERVISOR, Role.PROGRAMME, Role.ADMINISTRATOR}
    for role in Role:
        browser = office.browser(office.hire(role))
        for page in READ:
            browser.open(page)
            assert browser.status == (200 if role in reads else 403), (role, page)


def test_what_goes_on_now_is_for_supervisors(office: Office) -> None:
    for role in Role:
        browser = office.browser(office.hire(role))
        for page in NOW:
            browser.open(page)
            assert browser.status == (200 if role is Role.SUPERVISOR else 403), (role, page)


def test_the_programme_opens_no_case(office: Office) -> None:
    browser = office.browser(office.hire(Role.PROGRAMME))
    browser.open(f"/desk/case/{reported.case(office)}")
    assert browser.status == 403


def test_the_registrations_of_a_quarter_are_shown_by_district(office: Office) -> None:
    reported.people(office, 7, district="BD-13")
    reported.people(office, 12, district="BD-10")
    reported.people(office, 30, district="BD-10", days_ago=120)
    counting.sweep(office.parts)
    browser = office.browser(office.hire(Role.PROGRAMME))
    browser.open("/desk/reach")
    assert row(browser.page, "Dhaka") == ["7"]
    assert row(browser.page, "Chattogram") == ["12"]
    assert row(browser.page, "Total") == ["19"]
    table = browser.page.partition('id="table-by_district"')[2]
    places = [table.index(f">{each}</th>") for each in ("Chattogram", "Dhaka", "Bogura", "Total")]
    assert places == sorted(places), "where somebody registered, the most first"
    browser.open("/desk/reach?quarter=2026-Q3")
    assert row(browser.page, "Chattogram") == ["30"]


def test_one_district_is_shown_as_it_stands_in_the_table_of_all(office: Office) -> None:
    for district in ("BD-13", "BD-10", "BD-08"):
        reported.people(office, 20, district=district)
        reported.people(office, 15, district=district, sex="man")
    reported.people(office, 3, district="BD-13", sex="other")
    counting.sweep(office.parts)
    browser = office.browser(office.hire(Role.PROGRAMME))
    browser.open("/desk/reach?district=BD-13")
    assert row(browser.page, "Other") == [THE_DASH]
    assert THE_DASH in (row(browser.page, "Woman") + row(browser.page, "Man"))[0:2]
    browser.open("/desk/reach")
    assert row(browser.page, "Other") == [THE_DASH]


def test_few_people_are_not_shown_on_the_map_and_nobody_else_tells_how_many(
    office: Office,
) -> None:
    reported.people(office, 3, district="BD-13")
    reported.people(office, 6, district="BD-10")
    reported.people(office, 40, district="BD-08")
    counting.sweep(office.parts)
    browser = office.browser(office.hire(Role.PROGRAMME))
    browser.open("/desk/reach")
    assert row(browser.page, "Dhaka") == [THE_DASH]
    assert row(browser.page, "Chattogram") == [THE_DASH]
    assert row(browser.page, "Cumilla") == ["40"]
    assert "<title>Dhaka: not shown</title>" in browser.page
    assert "<title>Cumilla: 40</title>" in browser.page


def test_the_map_says_in_words_what_it_shows(office: Office) -> None:
    reported.people(office, 9, district="BD-60")
    counting.sweep(office.parts)
    browser = office.browser(office.hire(Role.PROGRAMME, language="bn"))
    browser.open("/desk/reach")
    assert browser.page.count('<path class="area') == 64
    assert re.search(r'<desc id="map-desc">[^<]*সিলেট', browser.page)


def test_a_member_with_districts_sees_only_those(office: Office) -> None:
    reported.people(office, 8, district="BD-13")
    reported.people(office, 50, district="BD-10")
    counting.sweep(office.parts)
    browser = office.browser(office.hire(Role.PROGRAMME, name="Rokeya", districts="BD-13"))
    browser.open("/desk/reach")
    assert row(browser.page, "Dhaka") == ["8"]
    assert row(browser.page, "Total") == ["8"]
    assert "50" not in browser.text
    browser.open("/desk/reach?district=BD-10")
    assert browser.status == 404


def test_what_is_no_report_is_not_found_and_not_repeated(office: Office) -> None:
    browser = office.browser(office.hire(Role.SUPERVISOR))
    for path in (
        "/desk/reach?quarter=2026-Q9",
        "/desk/reach?quarter=%27",
        "/desk/quality?district=BD-99",
        "/desk/outcome?district=%3Cscript%3E",
        "/desk/pack?agency=nobody",
    ):
        browser.open(path)
        assert browser.status == 404
        assert "<script>" not in browser.page


def test_quality_says_how_many_promises_were_kept(office: Office) -> None:
    for _ in range(15):
        reported.talk(office, reached=10)
    for _ in range(5):
        reported.talk(office, outcome="no_contact")
    counting.sweep(office.parts)
    browser = office.browser(office.hire(Role.PROGRAMME))
    browser.open("/desk/quality")
    assert row(browser.page, "Kept: talked in time") == ["15", "75 %"]
    assert row(browser.page, "Not kept") == ["5", "25 %"]
    assert row(browser.page, "Normal") == ["15", "within 10 min", "within 10 min"]


def test_outcome_shows_cases_referrals_and_counselling(office: Office) -> None:
    staff, provider = office.hire(), reported.office_of(office, name_en="Fictional legal aid")
    cases = [reported.case(office) for _ in range(9)]
    for case in cases:
        reported.referral(
            office,
            case,
            provider,
            staff.id,
            state="completed",
            office_says="completed",
            client_says="attended",
        )
        reported.counselling(office)
        reported.follow_up(office, case)
    counting.sweep(office.parts)
    browser = office.browser(office.hire(Role.PROGRAMME))
    browser.open("/desk/outcome")
    assert row(browser.page, "New") == ["9"]
    assert row(browser.page, "Legal aid") == ["9"]
    assert row(browser.page, "Both sides: service received") == ["9", "100 %"]
    assert row(browser.page, "Of these completed") == ["9", "100 %"]
    assert row(browser.page, "The client answered") == ["9", "100 %"]
    assert row(browser.page, "Fictional legal aid") == ["9"]
    assert row(browser.page, "Dhaka")[0] == "2"


def test_gaps_are_shown_by_upazila_and_service(office: Office) -> None:
    case = reported.case(office)
    for _ in range(6):
        reported.gap(office, case)
    for _ in range(2):
        reported.gap(office, case, upazila="bd-13.dhamrai")
    counting.sweep(office.parts)
    browser = office.browser(office.hire(Role.PROGRAMME))
    browser.open("/desk/outcome?district=BD-13")
    assert "Savar, Dhaka" in browser.text
    assert row(browser.page, "Dhamrai, Dhaka") == [THE_DASH, THE_DASH]
    assert row(browser.page, "Savar, Dhaka") == [THE_DASH, THE_DASH]
    browser.open("/desk/outcome?district=BD-10")
    assert "Savar, Dhaka" not in browser.text


def test_restricted_cases_are_counted_in_totals_and_shown_nowhere_by_reason(
    office: Office,
) -> None:
    for _ in range(6):
        reported.case(office, restricted="gbv")
    counting.sweep(office.parts)
    browser = office.browser(office.hire(Role.SUPERVISOR))
    for page in READ:
        browser.open(page)
        assert "Violence" not in browser.text
    browser.open("/desk/outcome")
    assert row(browser.page, "New") == ["6"]


def test_now_shows_what_waits_who_is_here_and_how_promises_are_kept(office: Office) -> None:
    shila = office.hire(name="Shila")
    now = office.clock()
    for _ in range(3):
        reported.item(office, priority=0, offered_at=now - timedelta(hours=5), promised_at=now)
    reported.item(office, state="claimed", owner_id=shila.id, claimed_at=now)
    for _ in range(9):
        reported.talk(office, reached=10)
    reported.talk(office, outcome="no_contact")
    reported.alarm(office, reported.item(office, priority=1), shila.id)
    office.skip(minutes=1)
    counting.sweep(office.parts)
    browser = office.browser(office.hire(Role.SUPERVISOR))
    browser.open("/desk/now")
    assert "69 %" in browser.page.replace(
        "&nbsp;", " "
    )  # 9 of the 10 talks and the 3 that are late
    assert "of 13 promised calls" in browser.text
    assert row(browser.page, "At once") == ["3", "5 h"]
    assert row(browser.page, "Shila")[1:] == ["1", "0"]
    assert "1 urgent calls without an answer" in browser.text
    assert "3 promises past their time" in browser.text
    assert 'data-live="/desk/now/live"' in browser.page
    live = browser.client.get("/desk/now/live").text
    assert "<html" not in live
    assert "of 13 promised calls" in live


def test_now_says_nothing_of_four_promises(office: Office) -> None:
    for _ in range(4):
        reported.talk(office, reached=10)
    counting.sweep(office.parts)
    browser = office.browser(office.hire(Role.SUPERVISOR))
    assert "too few promised calls" in browser.open("/desk/now")


def test_now_counts_no_work_about_somebody_elses_restricted_case(office: Office) -> None:
    owner, named, other = (office.hire(Role.SUPERVISOR) for _ in range(3))
    secret = reported.case(office, restricted="gbv", owner_id=owner.id, supervisor_id=named.id)
    late = office.clock() - timedelta(hours=1)
    reported.item(office, case_id=secret, restricted="gbv", priority=0, promised_at=late)
    for who, shown in ((named, "1"), (other, "0")):
        browser = office.browser(who)
        browser.open("/desk/now")
        assert row(browser.page, "At once")[0] == shown
        assert f"{shown} promises past their time" in browser.text
    browser.open("/desk/now")
    assert owner.name not in browser.text  # nor in the list of who has how many cases


def test_now_shows_every_exception_to_a_woman_for_who_asked_for_one(office: Office) -> None:
    reported.talk(office, counsellor="woman", reached=5, by=office.hire(sex="man").id)
    counting.sweep(office.parts)
    browser = office.browser(office.hire(Role.SUPERVISOR))
    assert "1 asked for a woman and did not get one" in browser.open("/desk/now")


def test_names_of_staff_and_offices_are_shown_as_they_are(office: Office) -> None:
    case = reported.case(office)
    for words in HOSTILE:
        staff = office.hire(name=words)
        reported.item(office, state="claimed", owner_id=staff.id, claimed_at=office.clock())
        provider = reported.office_of(office, name_en=words, name_bn=words)
        code = words[:40]
        for _ in range(6):
            reported.referral(office, case, provider, staff.id, why=code, outcome=code)
    counting.sweep(office.parts)
    browser = office.browser(office.hire(Role.SUPERVISOR))
    for page in ("/desk/now", "/desk/outcome", "/desk/pack"):
        browser.open(page)
        for words in HOSTILE:
            assert str(escape(words)) in browser.page
        assert "<script>alert" not in browser.page
        assert "1337" not in browser.text


def test_the_pack_has_the_indicators_under_six_criteria_for_district_and_agency(
    office: Office,
) -> None:
    reported.people(office, 8)
    counting.sweep(office.parts)
    browser = office.browser(office.hire(Role.PROGRAMME))
    browser.open("/desk/pack?district=BD-13&agency=demo")
    for criterion in (
        "Effectiveness",
        "Efficiency",
        "Relevance",
        "Impact",
        "Sustainability",
        "Coherence",
    ):
        assert criterion in browser.text
    assert "Job placement" not in browser.text
    assert "District employment and manpower office (DEMO)" in browser.text
    assert row(browser.page, "Relevance")[2] == "8"


def grids(office: Office, who: Member, settings: Settings, district: str | None) -> list[Grid]:
    """Every table of every report, as they are built for pages and files."""
    here = Here(Desk(office.parts, settings), who, "", "")
    asked = reports.asked(who, office.parts.places, QUARTER, district)
    with Flask("test").app_context(), office.parts.database.reading() as connection:
        return [
            grid
            for build in (
                reports_grids.reach,
                reports_grids.quality,
                reports_grids.outcome,
            )
            for grid in build(here, reports.Report(connection, asked))
        ]


@pytest.mark.parametrize("district", [None, "BD-13"])
def test_no_table_of_any_report_shows_a_figure_below_five(
    office: Office, settings: Settings, district: str | None
) -> None:
    rafiq = office.hire(sex="man")
    provider = reported.office_of(office)
    for at, place in enumerate(("BD-13", "BD-10", "BD-08", "")):
        reported.people(office, 3 + at, district=place or "BD-60", sex="man")
        reported.people(office, 2, district=place or "BD-60", need="debt", channel="sms")
        for number in range(3):
            case = reported.case(office, district=place)
            reported.talk(office, reached=5 * number, by=rafiq.id, counsellor="woman")
            reported.talk(office, "counselling", district=place, outcome="no_contact")
            reported.talk(office, "risk_review", district=place, outcome="false_alarm")
            reported.item(office, kind="complaint", district=place)
            ident = reported.item(office, district=place)
            reported.clock(office, ident, state="missed")
            reported.escalation(office, ident)
            reported.alarm(office, ident, rafiq.id)
            reported.referral(office, case, provider, rafiq.id, score=number + 1)
            reported.gap(office, case, district=place or "BD-60", upazila="")
            reported.follow_up(office, case, state="missed")
            reported.counselling(office, state="withdrawn")
    counting.sweep(office.parts)
    made = grids(office, office.hire(Role.SUPERVISOR), settings, district)
    assert len(made) > 20
    for grid in made:
        if grid.key == "coverage":  # offices, not people
            continue
        figures = [cell for line in grid.rows for cell in line[1:] if isinstance(cell, int)]
        assert not [figure for figure in figures if 0 < figure < 5], grid
    assert any(None in line for grid in made for line in grid.rows)


@pytest.fixture
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return replace(Settings.demo(tmp_path_factory.mktemp("var"), 8000), simulator=False)
