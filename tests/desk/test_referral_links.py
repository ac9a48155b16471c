"""What an office sees through its link, and what a stranger sees: nothing."""

from __future__ import annotations

import re

import pytest
from markupsafe import escape
from sqlalchemy import select

from helpline.cases.references import spoken
from helpline.cases.roles import Role
from helpline.service.desk import cases, providers, referral_drafts
from helpline.service.desk.acting import acting
from helpline.store.desk import files
from helpline.store.tables import Audit, CareCase, Message, Phone
from tests.conversations.screens import screen
from tests.desk.office import Office
from tests.desk.referring import EVERYTHING, FOCAL, Town, enlisted, town
from tests.house import SHIRIN

HOSTILE = ["<script>alert(1)</script>", "{{7*7}}", "%s{0}", "=cmd()|' /C calc'!A0", "ক" * 120]


@pytest.fixture
def jashore(office: Office) -> Town:
    return town(office)


def facts(page: str) -> dict[str, str]:
    """The fields on the office's page."""
    pairs = re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>", page)
    return dict(pairs)


def test_an_office_sees_the_number_of_the_referral_and_nothing_else(jashore: Town) -> None:
    ident = jashore.sent(fields=())
    page = jashore.office.stranger().client.get(f"{jashore.link()}?language=en").text
    assert set(facts(page)) == {"Service", "The referral number", "Please answer by"}
    for secret in ("Shirin", SHIRIN, "wage", "Jashore", jashore.case_id, ident):
        assert secret not in page
    with jashore.parts.database.reading() as connection:
        case_number = connection.scalar(select(CareCase.reference)) or "none"
    assert case_number not in page.replace(" ", "")


def test_an_office_sees_just_the_fields_that_were_agreed_to(jashore: Town) -> None:
    jashore.sent(fields=EVERYTHING)
    seen = facts(jashore.office.stranger().client.get(f"{jashore.link()}?language=en").text)
    assert seen["First name"] == "Shirin"
    assert seen["Woman or man"] == "Woman"
    assert seen["District"] == "Jashore"
    assert seen["What is needed"] == "Help with a wage claim"
    assert seen["Phone number"] == SHIRIN
    assert seen["When and how contact is safe"].startswith("Calls are fine, SMS is fine, only")
    jashore.sent(fields=("sex",))
    seen = facts(jashore.office.stranger().client.get(f"{jashore.link()}?language=en").text)
    assert {"Woman or man"} == seen.keys() & {
        "First name",
        "Woman or man",
        "District",
        "Phone number",
    }


def test_the_sms_names_no_client_and_no_service(jashore: Town) -> None:
    jashore.sent(fields=EVERYTHING)
    told = jashore.told()
    for secret in ("Shirin", SHIRIN[4:], screen("আইনি"), "Legal", screen("যশোর"), "wage"):
        assert secret not in told
    assert f"{jashore.parts.public_url}/desk/partner/" in told


def test_the_link_is_kept_as_a_fingerprint_only(jashore: Town) -> None:
    ident = jashore.sent()
    token, code = jashore.link().rpartition("/")[2], jashore.code()
    row = jashore.row(ident)
    assert len(row.link) == len(row.code) == 32
    for table in (Audit, Message):
        assert token not in str(jashore.all(table))
        assert code not in {str(value) for row in jashore.all(table) for value in row.values()}


def test_a_wrong_link_and_an_old_one_look_the_same(jashore: Town) -> None:
    ident = jashore.sent()
    link = jashore.link()
    stranger = jashore.office.stranger()
    wrong = stranger.client.get("/desk/partner/AAAAAAAAAAAAAAAAAAAAAA")
    jashore.office.skip(days=22)
    old = stranger.client.get(link)
    posted = stranger.client.post(link, data={"answer": "accept"})
    assert (wrong.status_code, old.status_code, posted.status_code) == (404, 404, 404)
    assert wrong.text == old.text == posted.text
    assert jashore.row(ident).state == "sent"


def test_a_link_opens_one_referral_and_no_page_of_the_desk(jashore: Town) -> None:
    one, other = jashore.sent(), ""
    link = jashore.link()
    other = jashore.sent(words="something else")
    stranger = jashore.office.stranger()
    assert "something else" not in stranger.client.get(link).text
    stranger.client.post(link, data={"answer": "accept", "referral_id": other})
    assert (jashore.row(one).state, jashore.row(other).state) == ("accepted", "sent")
    for path in ("/desk/referrals", f"/desk/referrals/{one}", "/desk/office", "/desk/providers"):
        assert stranger.client.get(path).status_code == 303


def test_wrong_links_are_counted_and_a_right_one_opens_all_the_same(jashore: Town) -> None:
    jashore.sent()
    stranger = jashore.office.stranger()
    answers = [stranger.client.get(f"/desk/partner/wrong{n}").status_code for n in range(32)]
    assert answers == [404] * 30 + [429] * 2
    assert stranger.client.get(jashore.link()).status_code == 200
    jashore.office.skip(minutes=11)
    assert stranger.client.get("/desk/partner/wrong").status_code == 404


def test_an_office_that_answers_without_end_is_stopped(jashore: Town) -> None:
    jashore.sent()
    link = jashore.link()
    client = jashore.office.stranger().client
    client.post(link, data={"answer": "accept"})
    answers = {
        client.post(link, data={"answer": "accept", "day": ""}).status_code for _ in range(40)
    }
    assert answers <= {303, 429}


def test_looks_and_answers_are_in_the_log_in_the_offices_name(jashore: Town) -> None:
    ident = jashore.sent()
    client = jashore.office.stranger().client
    for _look in range(3):
        client.get(jashore.link())
    client.post(jashore.link(), data={"answer": "decline", "why": "outside_area"})
    name = f"partner:{jashore.provider_id}"
    noted = [
        (each["action"], each["subject_id"]) for each in jashore.all(Audit) if each["actor"] == name
    ]
    assert noted == [("office_view", ident), ("office_decline", ident)]
    assert jashore.events(ident)[-2:] == [
        ("sent", "declined", "outside_area"),
        ("declined", "declined", "declined"),
    ]


def test_every_answer_can_be_given_without_javascript(jashore: Town) -> None:
    ident = jashore.sent()
    link = jashore.link()
    partner = jashore.office.stranger()
    for answer, state in (
        ("accept", "accepted"),
        ("attended", "attended"),
        ("completed", "completed"),
    ):
        page = partner.client.get(link).text
        assert f'value="{answer}"' in page
        assert "<form" in page
        partner.client.post(link, data={"answer": answer, "outcome": "goes_on"})
        assert jashore.row(ident).state == state
    page = partner.client.get(link).text
    assert "<form" not in page
    assert "Help with a wage claim" not in page


def test_an_office_may_say_that_nobody_came(jashore: Town) -> None:
    ident = jashore.sent()
    client = jashore.office.stranger().client
    link = jashore.link()
    client.post(link, data={"answer": "accept"})
    client.post(link, data={"answer": "not_attended"})
    assert jashore.row(ident).state == "not_attended"
    assert jashore.item(ident) is not None


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"answer": "erase"},
        {"answer": "accept", "day": "2020-01-01"},
        {"answer": "accept", "day": "2099-01-01"},
        {"answer": "accept", "day": "soon"},
        {"answer": "accept", "day": "2026-12-05", "hour": "25:99"},
        {"answer": "completed"},
    ],
)
def test_an_answer_that_cannot_be_is_said_and_changes_nothing(
    jashore: Town, form: dict[str, str]
) -> None:
    ident = jashore.sent()
    answer = jashore.office.stranger().client.post(jashore.link(), data=form)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert jashore.row(ident).state == "sent"


def test_a_form_from_another_site_is_refused(jashore: Town) -> None:
    ident = jashore.sent()
    answer = jashore.office.stranger().client.post(
        jashore.link(), data={"answer": "accept"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403
    assert jashore.row(ident).state == "sent"


def test_a_suspended_office_sees_nothing_any_more(jashore: Town) -> None:
    ident = jashore.sent()
    link, code = jashore.link(), jashore.code()
    with acting(jashore.parts, jashore.head) as deed:
        providers.suspend(deed, jashore.provider_id, jashore.provider().updated_at)
    assert jashore.office.stranger().client.get(link).status_code == 404
    jashore.sms(f"{code} 1")
    assert jashore.row(ident).state == "sent"
    assert jashore.item(ident).level == 1


# -- consent is taken back ----------------------------------------------------------------------


def test_withdrawing_consent_revokes_what_is_open_in_the_same_moment(jashore: Town) -> None:
    draft, sent, accepted = jashore.draft(), jashore.sent(), jashore.sent()
    jashore.sms(f"{jashore.code()} 1")
    links = [text for text in jashore.office.house.texts(FOCAL) if "/desk/partner/" in text]
    phone = jashore.shirin
    phone.dial()
    phone.press("8", "2", "2580", "1")
    jashore.office.house.work()
    states = [jashore.row(each).state for each in (draft, sent, accepted)]
    assert states == ["cancelled", "revoked", "revoked"]
    assert screen("তুলে নেওয়া হয়েছে") in jashore.told()
    for each in (draft, sent, accepted):
        assert jashore.events(each)[-1][2] == "withdrawn"
    client = jashore.office.stranger().client
    for text in links:
        found = re.search(r"(/desk/partner/\S+)", text)
        assert found
        assert client.get(found[1]).status_code == 404


def test_closing_a_case_tells_every_office_that_it_is_over(jashore: Town) -> None:
    draft, sent, accepted = jashore.draft(), jashore.sent(), jashore.sent()
    jashore.sms(f"{jashore.code()} 1")
    before = len(jashore.office.house.texts(FOCAL))
    with acting(jashore.parts, jashore.nasrin) as deed:
        version = files.by_id(deed.connection, jashore.case_id).version
        cases.move_on(deed, jashore.case_id, version, "closed", "declined")
    jashore.office.house.work()
    assert [jashore.row(each).state for each in (draft, sent, accepted)] == [
        "cancelled",
        "revoked",
        "revoked",
    ]
    told = jashore.office.house.texts(FOCAL)[before:]
    assert len(told) == 2
    assert all(screen("তুলে নেওয়া হয়েছে") in each for each in told)


# -- those who work for an office and log in ----------------------------------------------------


def test_a_partner_sees_the_referrals_of_their_own_organisation(jashore: Town) -> None:
    ident = jashore.sent(fields=("name",))
    other = enlisted(
        jashore.office, jashore.head, name_en="Other Office (fictional)", focal_number=""
    )
    elsewhere = jashore.sent(provider_id=other)
    partner = jashore.office.hire(
        Role.PARTNER, organisation="example legal aid (FICTIONAL)", name="Partner"
    )
    browser = jashore.office.browser(partner)
    listed = browser.open("/desk/office")
    assert spoken(jashore.row(ident).reference) in listed
    assert spoken(jashore.row(elsewhere).reference) not in listed
    assert "Shirin" in browser.open(f"/desk/office/{ident}")
    assert "Help with" not in browser.page
    browser.submit(f"/desk/office/{ident}", answer="accept", day="")
    assert jashore.row(ident).state == "accepted"
    assert jashore.events(ident)[-1][:2] == ("sent", "accepted")
    browser.open(f"/desk/office/{elsewhere}")
    assert browser.status == 404
    for path in ("/desk/referrals", f"/desk/case/{jashore.case_id}", "/desk/providers"):
        assert browser.client.get(path).status_code in (403, 404)


def test_an_organisation_without_a_name_sees_nothing(jashore: Town) -> None:
    jashore.sent()
    nobody = jashore.office.hire(Role.PARTNER, organisation="")
    assert "No referral has come" in jashore.office.browser(nobody).open("/desk/office")


# -- hostile names ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_of_an_office_is_only_a_name(jashore: Town, name: str) -> None:
    provider = enlisted(jashore.office, jashore.head, name_en=name, name_bn=name)
    ident = jashore.draft(provider_id=provider)
    nasrin, head = (jashore.office.browser(who) for who in (jashore.nasrin, jashore.head))
    for browser, path in (
        (nasrin, f"/desk/case/{jashore.case_id}/refer?service=legal_aid"),
        (nasrin, f"/desk/referrals/{ident}"),
        (nasrin, "/desk/referrals"),
        (head, "/desk/providers"),
        (head, f"/desk/providers/{provider}"),
    ):
        browser.open(path)
        assert browser.status == 200
        assert str(escape(name)) in browser.page, path
        assert "<script>alert" not in browser.page
    with acting(jashore.parts, jashore.nasrin) as deed:
        referral_drafts.agree(deed, ident, 1, "voice")
    jashore.office.house.work()
    page = jashore.office.stranger().client.get(jashore.link()).text
    assert str(escape(name)) in page


def test_the_phone_of_an_office_is_a_phone_like_any_other(jashore: Town) -> None:
    before = len(jashore.all(Phone))
    jashore.sent()
    jashore.sent()
    assert len(jashore.all(Phone)) == before + 1
