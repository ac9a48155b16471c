"""A referral says who pays, and how the guideline was followed; the office learns what was agreed to."""

from __future__ import annotations

import pytest

from handlers.desk import referral_words as names
from helpline.cases.guidelines import LEFT_OUT
from helpline.cases.measures import Measure
from helpline.cases.referral_rules import FUNDINGS
from helpline.cases.roles import Role
from helpline.data.guidelines import load_guideline
from helpline.service.desk import counting, referral_drafts
from helpline.service.desk.acting import acting
from helpline.service.desk.referrals import Refused
from helpline.store.tables import ServiceGap
from tests.desk import reported
from tests.desk.office import Office
from tests.desk.referring import Town, town
from tests.desk.test_report_counting import counted
from tests.desk.test_reports import THE_DASH, row

GUIDE = load_guideline()
EVERY = tuple(each.code for each in GUIDE.to_do("legal_aid"))


@pytest.fixture
def jashore(office: Office) -> Town:
    return town(office)


def test_a_draft_shows_what_to_ask_which_papers_and_what_is_never_sent(jashore: Town) -> None:
    browser = jashore.office.browser(jashore.nasrin)
    shown = browser.open(f"/desk/case/{jashore.case_id}/refer?service=legal_aid")
    for point in (*GUIDE.to_do("legal_aid"), *GUIDE.never("legal_aid")):
        assert point.en in shown
    assert "The plan of the project" not in shown
    assert "Never sent:" in shown


def test_the_guideline_stands_in_bangla_on_a_bangla_page(office: Office) -> None:
    jashore = town(office)
    shown = office.browser(office.hire(language="bn")).open(
        f"/desk/case/{jashore.case_id}/refer?service=legal_aid"
    )
    for point in GUIDE.to_do("legal_aid"):
        assert point.bn in shown
        assert point.en not in shown


def test_what_is_left_out_needs_a_reason_and_the_reason_is_shown(jashore: Town) -> None:
    for why in ("", "because", "<script>"):
        with pytest.raises(Refused, match="guide"):
            jashore.draft(asked=EVERY[1:], left_out=why)
    ident = jashore.draft(asked=EVERY[1:], left_out="unsafe")
    assert jashore.row(ident).left_out == "unsafe"
    shown = jashore.office.browser(jashore.nasrin).open(f"/desk/referrals/{ident}")
    assert f"{GUIDE.to_do('legal_aid')[0].en}: left out" in shown
    assert "Why something was left out: It was not safe to ask" in shown


def test_with_everything_ticked_no_reason_is_kept(jashore: Town) -> None:
    row = jashore.row(jashore.draft(asked=(*EVERY, "passport", "<script>"), left_out="later"))
    assert (row.guide, row.asked, row.left_out) == ("guide-1", " ".join(EVERY), "")


def test_the_form_says_what_is_missing_and_keeps_what_was_ticked(jashore: Town) -> None:
    browser = jashore.office.browser(jashore.nasrin)
    path = f"/desk/case/{jashore.case_id}/refer"
    browser.open(f"{path}?service=legal_aid")
    said = {
        "service": "legal_aid",
        "provider": jashore.provider_id,
        "priority": "normal",
        "fields": ["need"],
        "words": "Help with a wage claim",
        "funding": "government",
        "asked": [*EVERY[:2]],
    }
    shown = browser.submit(path, **said)
    assert browser.status == 422
    assert "Please tick what was seen to, or say why something was left out." in shown
    at_field = browser.page.index('id="wrong"'), browser.page.index("Before it is sent")
    assert browser.page.index('id="funding"') < at_field[0] < at_field[1]
    assert f'value="{EVERY[0]}" checked' in browser.page
    assert f'value="{EVERY[2]}" checked' not in browser.page
    shown = browser.submit(path, **{**said, "left_out": "no_papers"})
    assert browser.status == 200
    assert "Who pays The government or a public fund" in shown


def test_the_office_is_told_who_pays_only_if_the_client_agreed_to_that(jashore: Town) -> None:
    jashore.sent(fields=("need",), funding="partner")
    assert "ওই অফিস নিজেই" not in jashore.office.stranger().open(jashore.link())
    jashore.sent(fields=("need", "funding"), funding="partner")
    shown = jashore.office.stranger().open(jashore.link())
    assert "খরচ কে দেবে ওই অফিস নিজেই" in shown


def test_the_consent_names_it(jashore: Town) -> None:
    ident = jashore.draft(fields=("need", "funding"))
    shown = jashore.office.browser(jashore.nasrin).open(f"/desk/referrals/{ident}")
    assert "what is needed, who pays." in shown


@pytest.mark.parametrize("funding", FUNDINGS)
def test_who_pays_may_become_clear_later(jashore: Town, funding: str) -> None:
    ident = jashore.sent()
    browser = jashore.office.browser(jashore.nasrin)
    browser.open(f"/desk/referrals/{ident}")
    browser.submit(
        f"/desk/referrals/{ident}/fund", version=str(jashore.row(ident).version), funding=funding
    )
    assert browser.status == 200
    assert jashore.row(ident).funding == funding
    assert ("sent", "sent", "funding") in jashore.events(ident)


def test_an_unknown_source_is_refused_everywhere(jashore: Town) -> None:
    with pytest.raises(Refused, match="funding"):
        jashore.draft(funding="a_friend")
    ident = jashore.sent()
    with (
        pytest.raises(Refused, match="funding"),
        acting(jashore.parts, jashore.nasrin) as deed,
    ):
        referral_drafts.fund(deed, ident, jashore.row(ident).version, "")
    with (
        pytest.raises(Refused, match="funding"),
        acting(jashore.parts, jashore.nasrin) as deed,
    ):
        referral_drafts.record_gap(deed, jashore.case_id, "health", "too_expensive", funding="x")
    assert jashore.all(ServiceGap) == []


def test_what_is_over_is_paid_for_by_whom_it_was(jashore: Town) -> None:
    ident = jashore.sent(funding="project")
    jashore.put(ident, state="declined")
    with (
        pytest.raises(Refused, match="not_now"),
        acting(jashore.parts, jashore.nasrin) as deed,
    ):
        referral_drafts.fund(deed, ident, jashore.row(ident).version, "own")


def test_a_gap_says_who_would_have_paid(jashore: Town) -> None:
    browser = jashore.office.browser(jashore.nasrin)
    browser.open(f"/desk/case/{jashore.case_id}/refer?service=health")
    browser.submit(
        f"/desk/case/{jashore.case_id}/gap", service="health", why="too_expensive", funding="own"
    )
    (gap,) = jashore.all(ServiceGap)
    assert (gap["why"], gap["funding"]) == ("too_expensive", "own")
    assert counted(jashore.office, Measure.GAP)["funding:own"] == 1


def test_the_reports_count_who_pays_and_hide_a_few(office: Office) -> None:
    staff, provider, case = office.hire(), reported.office_of(office), reported.case(office)
    for funding, number in (("government", 9), ("own", 8), ("project", 2)):
        for _ in range(number):
            reported.referral(office, case, provider, staff.id, funding=funding)
            reported.gap(office, case, funding=funding)
    counting.sweep(office.parts)
    browser = office.browser(office.hire(Role.PROGRAMME))
    browser.open("/desk/outcome")
    for key in ("funding", "gap_funding"):
        table = browser.page.split(f'id="table-{key}"')[1].split("</table>")[0]
        assert row(table, "The government or a public fund") == ["9"]
        assert row(table, "Our project") == [THE_DASH]


def test_every_reason_and_source_has_a_name() -> None:
    assert tuple(names.LEFT_OUT) == LEFT_OUT
    assert tuple(names.FUNDINGS) == FUNDINGS
