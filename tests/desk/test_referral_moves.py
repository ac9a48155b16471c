"""Referrals by their table: every legal move works and leaves an event, every other is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from markupsafe import escape

from helpline.cases.referral_rules import ANSWER_WITHIN
from helpline.cases.roles import Role
from helpline.cases.states import REFERRAL, IllegalMove, may_move
from helpline.service import referral_moves
from helpline.service.desk import providers, referral_drafts, referrals
from helpline.service.desk.acting import NotAllowed, Stale, acting
from helpline.service.desk.referrals import Refused
from helpline.service.referral_answers import Answer, NotNow
from helpline.store.tables import Audit, Consent, ServiceGap
from tests.conversations.screens import screen
from tests.desk.office import Office
from tests.desk.referring import Town, enlisted, town


@pytest.fixture
def jashore(office: Office) -> Town:
    return town(office)


def test_every_legal_move_leaves_an_event_and_every_other_is_refused(jashore: Town) -> None:
    ident = jashore.draft()
    for was in REFERRAL:
        for becomes in REFERRAL:
            row = jashore.put(ident, state=was)
            before = jashore.events(ident)
            if may_move(REFERRAL, was, becomes):
                with acting(jashore.parts, jashore.nasrin) as deed:
                    after = referral_moves.turn(
                        deed.connection, row, becomes, now=deed.now, actor=deed.who.id
                    )
                assert after.version == row.version + 1
                assert jashore.events(ident) == [*before, (was, becomes, "")]
            else:
                with (
                    pytest.raises(IllegalMove),
                    acting(jashore.parts, jashore.nasrin) as deed,
                ):
                    referral_moves.turn(
                        deed.connection, row, becomes, now=deed.now, actor=deed.who.id
                    )
                assert jashore.row(ident).state == was
                assert jashore.events(ident) == before


def test_a_move_of_what_somebody_else_changed_is_refused(jashore: Town) -> None:
    row = jashore.row(jashore.draft())
    jashore.put(row.id, version=7)
    with pytest.raises(Stale), acting(jashore.parts, jashore.nasrin) as deed:
        referral_moves.turn(deed.connection, row, "cancelled", now=deed.now, actor="x")


# -- consent ------------------------------------------------------------------------------------


def test_without_consent_nothing_is_sent(jashore: Town) -> None:
    ident = jashore.draft()
    jashore.office.house.tick()
    assert jashore.office.house.texts("+8801300000901") == []
    with acting(jashore.parts, jashore.nasrin) as deed:
        referral_drafts.refuse(deed, ident, 1, "voice")
    jashore.office.house.tick()
    assert jashore.row(ident).state == "cancelled"
    assert jashore.events(ident)[-1] == ("draft", "cancelled", "consent_refused")
    assert jashore.office.house.texts("+8801300000901") == []
    for again in (referral_drafts.agree, referral_drafts.refuse):
        with (
            pytest.raises(Refused, match="not_a_draft"),
            acting(jashore.parts, jashore.nasrin) as deed,
        ):
            again(deed, ident, 2, "voice")


@pytest.mark.parametrize("how", ["voice", "sms", "ussd", "paper"])
def test_consent_is_kept_with_its_version_its_way_and_its_fields(jashore: Town, how: str) -> None:
    ident = jashore.draft(fields=("name", "phone"), priority="urgent")
    with acting(jashore.parts, jashore.nasrin) as deed:
        assert referral_drafts.agree(deed, ident, 1, how) == "sent"
    row = jashore.row(ident)
    assert (row.consent_version, row.consent_by, row.shared) == (
        "referral-1",
        how,
        "reference name phone",
    )
    assert row.answer_by - row.sent_at == ANSWER_WITHIN["urgent"]
    kept = [each for each in jashore.all(Consent) if each["purpose"].startswith("referral:")]
    assert [(each["text_version"], each["channel"]) for each in kept] == [("referral-1", how)]
    sends = [each for each in jashore.all(Audit) if each["action"] == "referral_send"]
    assert [each["detail"] for each in sends] == ["shared reference name phone"]


def test_consent_in_no_known_way_is_none(jashore: Town) -> None:
    ident = jashore.draft()
    with pytest.raises(Refused, match="how"), acting(jashore.parts, jashore.nasrin) as deed:
        referral_drafts.agree(deed, ident, 1, "telepathy")
    assert jashore.row(ident).consent_at is None


def test_a_draft_that_is_changed_must_be_agreed_to_again(jashore: Town) -> None:
    jashore.restrict("gbv")
    ident = jashore.draft()
    with acting(jashore.parts, jashore.nasrin) as deed:
        assert referral_drafts.agree(deed, ident, 1, "voice") == "draft"
    assert jashore.row(ident).consent_at is not None
    with acting(jashore.parts, jashore.nasrin) as deed:
        version = jashore.row(ident).version
        referral_drafts.redraft(deed, ident, version, jashore.wish(fields=("phone",), words=""))
    row = jashore.row(ident)
    assert (row.consent_at, row.consent_version, row.shared) == (None, "", "reference phone")
    with pytest.raises(Refused, match="not_agreed"), acting(jashore.parts, jashore.head) as deed:
        referral_drafts.check(deed, ident, row.version, agreed=True)


def test_of_two_who_change_one_draft_the_second_is_told(jashore: Town) -> None:
    ident = jashore.draft()
    first, second = (jashore.office.browser(who) for who in (jashore.nasrin, jashore.head))
    for browser in (first, second):
        assert "Change the draft" in browser.open(f"/desk/referrals/{ident}/edit")
    fields = {
        "service": "legal_aid",
        "provider": jashore.provider_id,
        "priority": "urgent",
        "fields": ["need"],
        "left_out": "later",
        "version": "1",
    }
    first.submit(f"/desk/referrals/{ident}/edit", **fields, words="from Nasrin")
    assert first.status == 200
    assert "Changed meanwhile" in second.submit(
        f"/desk/referrals/{ident}/edit", **fields, words="from the head"
    )
    assert second.status == 409
    assert "from Nasrin" in first.open(f"/desk/referrals/{ident}")
    assert "Changed meanwhile" in second.submit(
        f"/desk/referrals/{ident}/consent", version="1", agreed="yes", how="voice"
    )
    assert jashore.row(ident).state == "draft"


# -- the second pair of eyes --------------------------------------------------------------------


def test_a_restricted_case_waits_for_its_supervisor(jashore: Town) -> None:
    jashore.restrict("trafficking")
    ident = jashore.draft()
    with acting(jashore.parts, jashore.nasrin) as deed:
        assert referral_drafts.agree(deed, ident, 1, "voice") == "draft"
    jashore.office.house.tick()
    assert jashore.office.house.texts("+8801300000901") == []
    item = jashore.item(ident)
    assert (item.level, item.restricted) == (1, "trafficking")
    version = jashore.row(ident).version
    with pytest.raises(NotAllowed), acting(jashore.parts, jashore.nasrin) as deed:
        referral_drafts.check(deed, ident, version, agreed=True)
    stranger = jashore.office.hire(Role.SUPERVISOR)
    with pytest.raises(NotAllowed), acting(jashore.parts, stranger) as deed:
        referral_drafts.check(deed, ident, version, agreed=True)
    head = jashore.office.browser(jashore.head)
    assert "Let it go out" in head.open(f"/desk/referrals/{ident}")
    assert "Let it go out" not in jashore.office.browser(jashore.nasrin).open(
        f"/desk/referrals/{ident}"
    )
    head.submit(f"/desk/referrals/{ident}/check", version=str(version), agreed="yes")
    assert jashore.row(ident).state == "sent"
    assert jashore.item(ident) is None


def test_a_supervisor_may_say_not_like_this(jashore: Town) -> None:
    jashore.restrict("gbv")
    ident = jashore.draft()
    with acting(jashore.parts, jashore.nasrin) as deed:
        referral_drafts.agree(deed, ident, 1, "voice")
    with acting(jashore.parts, jashore.head) as deed:
        version = jashore.row(ident).version
        assert referral_drafts.check(deed, ident, version, agreed=False) == "draft"
    assert jashore.row(ident).consent_at is None


def test_nobody_alone_tells_the_police(jashore: Town) -> None:
    with acting(jashore.parts, jashore.head) as deed:
        ident = referral_drafts.draft(deed, jashore.case_id, jashore.wish(service="police"))
        assert referral_drafts.agree(deed, ident, 1, "voice") == "draft"
    version = jashore.row(ident).version
    with pytest.raises(NotAllowed), acting(jashore.parts, jashore.head) as deed:
        referral_drafts.check(deed, ident, version, agreed=True)
    other = jashore.office.hire(Role.SUPERVISOR)
    with acting(jashore.parts, other) as deed:
        assert referral_drafts.check(deed, ident, version, agreed=True) == "sent"


# -- whom it may go to --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"service": "astrology"}, "service"),
        ({"service": "debt"}, "does_not_serve"),
        ({"priority": "soon"}, "priority"),
        ({"provider_id": "nobody"}, "not_enlisted"),
        ({"words": "x" * 301}, "words_too_long"),
        ({"words": " "}, "words_missing"),
    ],
)
def test_a_wish_that_cannot_be_is_refused(jashore: Town, wrong: dict[str, str], code: str) -> None:
    with pytest.raises(Refused, match=code):
        jashore.draft(**wrong)


def test_a_suspended_office_is_sent_nobody(jashore: Town) -> None:
    ident = jashore.draft()
    with acting(jashore.parts, jashore.head) as deed:
        providers.suspend(deed, jashore.provider_id, jashore.provider().updated_at)
    with (
        pytest.raises(Refused, match="not_enlisted"),
        acting(jashore.parts, jashore.nasrin) as deed,
    ):
        referral_drafts.agree(deed, ident, 1, "voice")
    row = jashore.row(ident)
    assert (row.state, row.consent_at) == ("draft", None)


def test_the_clients_own_district_comes_first(jashore: Town) -> None:
    everywhere = enlisted(jashore.office, jashore.head, name_en="A everywhere", districts=())
    enlisted(jashore.office, jashore.head, name_en="Dhaka only", districts=("BD-13",))
    with acting(jashore.parts, jashore.nasrin) as deed:
        found = [each.id for each in referral_drafts.offered(deed, "legal_aid", "BD-22")]
    assert found == [jashore.provider_id, everywhere]


def test_a_case_of_somebody_else_is_not_referred(jashore: Town) -> None:
    elsewhere = jashore.office.hire(Role.COUNSELLOR, districts="BD-13")
    with pytest.raises(NotAllowed):
        jashore.draft(elsewhere)
    ident = jashore.sent()
    browser = jashore.office.browser(elsewhere)
    browser.open(f"/desk/referrals/{ident}")
    assert browser.status == 404
    assert jashore.row(ident).reference not in browser.page
    assert "No referral fits." in browser.open("/desk/referrals")


# -- after a no ---------------------------------------------------------------------------------


@pytest.mark.parametrize("then", ["draft", "gap"])
def test_a_declined_referral_leads_to_another_or_to_a_gap(jashore: Town, then: str) -> None:
    ident = jashore.sent()
    with acting(jashore.parts, jashore.nasrin) as deed:
        referrals.office_told(deed, ident, 2 + 1, Answer("decline", why="no_capacity"))
    row = jashore.row(ident)
    assert (row.state, row.why, row.code) == ("declined", "no_capacity", None)
    assert jashore.item(ident) is not None
    if then == "draft":
        jashore.draft(after=ident)
    else:
        browser = jashore.office.browser(jashore.nasrin)
        browser.open(f"/desk/case/{jashore.case_id}/refer?service=legal_aid&after={ident}")
        browser.submit(
            f"/desk/case/{jashore.case_id}/gap", service="legal_aid", why="declined", after=ident
        )
        [gap] = jashore.all(ServiceGap)
        assert (gap["service"], gap["why"], gap["district"]) == ("legal_aid", "declined", "BD-22")
        assert gap["upazila"] == "bd-22.sadar"
    assert jashore.item(ident) is None


def test_somebody_who_did_not_go_may_try_again(jashore: Town) -> None:
    ident = jashore.sent()
    first = jashore.link()
    jashore.sms(f"{jashore.code()} 1")
    with acting(jashore.parts, jashore.nasrin) as deed:
        version = jashore.row(ident).version
        referrals.client_told(deed, ident, version, "not_attended", why="distance")
    row = jashore.row(ident)
    assert (row.state, row.why) == ("not_attended", "distance")
    assert jashore.item(ident) is not None
    with acting(jashore.parts, jashore.nasrin) as deed:
        referrals.send_again(deed, ident, row.version)
    jashore.office.house.work()
    row = jashore.row(ident)
    assert (row.state, row.office_says, row.client_says, row.why) == ("sent", "", "", "")
    assert jashore.link() != first
    stranger = jashore.office.stranger()
    assert stranger.client.get(first).status_code == 404
    assert stranger.client.get(jashore.link()).status_code == 200


@pytest.mark.parametrize("why", ["client_wish", "unsafe", "no_answer", "mistake"])
def test_a_referral_is_called_off_and_the_office_told(jashore: Town, why: str) -> None:
    ident = jashore.sent()
    link = jashore.link()
    with acting(jashore.parts, jashore.nasrin) as deed:
        referrals.call_off(deed, ident, jashore.row(ident).version, why)
    jashore.office.house.work()
    assert jashore.row(ident).state == "revoked"
    assert screen("তুলে নেওয়া হয়েছে") in jashore.told()
    assert jashore.office.stranger().client.get(link).status_code == 404


def test_an_answer_that_does_not_fit_changes_nothing(jashore: Town) -> None:
    ident = jashore.sent()
    with pytest.raises(NotNow), acting(jashore.parts, jashore.nasrin) as deed:
        referrals.office_told(deed, ident, jashore.row(ident).version, Answer("completed"))
    with pytest.raises(NotNow), acting(jashore.parts, jashore.nasrin) as deed:
        referrals.client_told(deed, ident, jashore.row(ident).version, "attended")
    assert jashore.row(ident).state == "sent"


# -- two sides ----------------------------------------------------------------------------------


def conflicting(jashore: Town, first: str) -> str:
    """The office says it served her, she says no; either may speak first."""
    ident = jashore.sent()
    jashore.sms(f"{jashore.code()} 1")
    steps = {
        "office": lambda deed, version: referrals.office_told(
            deed, ident, version, Answer("completed", outcome="served")
        ),
        "client": lambda deed, version: referrals.client_told(
            deed, ident, version, "not_attended", why="fear"
        ),
    }
    for side in sorted(steps, key=lambda each: each != first):
        with acting(jashore.parts, jashore.nasrin) as deed:
            steps[side](deed, jashore.row(ident).version)
    return ident


@pytest.mark.parametrize(("first", "state"), [("office", "completed"), ("client", "not_attended")])
def test_what_does_not_fit_together_is_shown_and_given_to_a_supervisor(
    jashore: Town, first: str, state: str
) -> None:
    ident = conflicting(jashore, first)
    row = jashore.row(ident)
    assert (row.state, row.office_says, row.client_says) == (state, "completed", "not_attended")
    assert jashore.item(ident).level == 1
    browser = jashore.office.browser(jashore.nasrin)
    shown = browser.open(f"/desk/referrals/{ident}")
    assert "The two sides do not say the same" in shown
    assert "the service was given" in shown
    assert "the client did not get the service" in shown
    assert row.reference[:3] in browser.open("/desk/referrals?conflict=yes")
    assert "The two sides do not say the same" in browser.open(f"/desk/case/{jashore.case_id}")


def test_a_client_who_speaks_again_settles_it(jashore: Town) -> None:
    ident = conflicting(jashore, "client")
    with acting(jashore.parts, jashore.nasrin) as deed:
        referrals.client_told(deed, ident, jashore.row(ident).version, "attended", score=4)
    row = jashore.row(ident)
    assert (row.state, row.client_says, row.score) == ("completed", "attended", 4)
    assert jashore.item(ident) is None


@pytest.mark.parametrize("ends", ["completed", "declined"])
def test_staff_decide_what_both_sides_do_not_agree_on(jashore: Town, ends: str) -> None:
    ident = jashore.sent()
    code = jashore.code()
    jashore.sms(f"{code} 1")
    jashore.sms(f"{code} 3")
    with acting(jashore.parts, jashore.nasrin) as deed:
        version = jashore.row(ident).version
        referrals.client_told(deed, ident, version, "not_attended", why="other")
    assert jashore.row(ident).state == "attended"
    with acting(jashore.parts, jashore.nasrin) as deed:
        referrals.decide(deed, ident, jashore.row(ident).version, ends)
    assert jashore.row(ident).state == ends
    assert jashore.events(ident)[-1] == ("attended", ends, "conflict")


@pytest.mark.parametrize(
    "words", ["<script>alert(1)</script>", "{{7*7}}", "%s %(x)s {0}", '=cmd("x")', "ক" * 300]
)
def test_a_hostile_word_is_shown_as_it_stands(jashore: Town, words: str) -> None:
    ident = jashore.sent(words=words)
    browser = jashore.office.browser(jashore.nasrin)
    browser.open(f"/desk/referrals/{ident}")
    partner = jashore.office.stranger()
    partner.open(jashore.link())
    for page in (browser.page, partner.page):
        assert f"<dd>{escape(words)}</dd>" in page
        assert "<script>alert" not in page


def test_time_passes_for_an_emergency_in_hours(jashore: Town) -> None:
    ident = jashore.sent(priority="emergency")
    assert jashore.row(ident).answer_by == jashore.row(ident).sent_at + timedelta(hours=24)
