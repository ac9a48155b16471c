"""What a referral may share, how long an office has, what two sides say and where that leads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpline.cases.referral_rules import (
    ANSWER_WITHIN,
    CENTRE_SERVICES,
    CONSENT,
    CRITERIA,
    FIELDS,
    GRACE,
    OFFICE_MAY,
    STEPS,
    Field,
    Said,
    chosen_fields,
    confirmed,
    conflict,
    consent_text,
    due_step,
    leads_to,
    link_ends,
    may_enlist,
    needs_check,
    read_sms,
    serves,
)
from helpline.cases.services import SERVICES
from helpline.cases.states import REFERRAL, may_move

NOW = datetime(2026, 12, 1, 4, tzinfo=UTC)
SAYS = ("", *Said)
CLIENT_SAYS = ("", Said.ATTENDED, Said.NOT_ATTENDED)


def test_an_office_has_24_hours_72_hours_or_two_weeks() -> None:
    assert {
        "emergency": timedelta(hours=24),
        "urgent": timedelta(hours=72),
        "normal": timedelta(weeks=2),
    } == ANSWER_WITHIN


# -- consent ------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from([*FIELDS, "notes", "transcript", "", "{fields}"])))
def test_only_known_fields_are_ever_shared_and_the_reference_always(codes: list[str]) -> None:
    chosen = chosen_fields(codes)
    assert chosen[0] == Field.REFERENCE
    assert set(chosen) == (set(codes) & FIELDS.keys()) | {Field.REFERENCE}


@pytest.mark.parametrize("language", ["bn", "en"])
@given(chosen=st.sets(st.sampled_from(list(FIELDS))))
def test_the_consent_text_names_exactly_the_fields_that_are_shared(
    language: str, chosen: set[str]
) -> None:
    fields = chosen_fields(chosen)
    text = consent_text(CONSENT, language, provider="{fields} <b>", service="%s {0}", fields=fields)
    assert ", ".join(FIELDS[each].name(language) for each in fields) in text
    for other in FIELDS.keys() - set(fields):
        assert FIELDS[other].name(language) not in text
    assert "{fields} <b>" in text
    assert "%s {0}" in text


def test_restricted_cases_and_the_police_are_looked_at_by_a_second_person() -> None:
    assert needs_check("legal_aid", "gbv")
    assert needs_check("police", "")
    assert not needs_check("legal_aid", "")


# -- waiting ------------------------------------------------------------------------------------


@pytest.mark.parametrize("priority", ANSWER_WITHIN)
def test_an_office_is_reminded_then_a_supervisor_told_then_another_suggested(
    priority: str,
) -> None:
    due, pause = NOW, GRACE[priority]
    second = timedelta(seconds=1)
    assert due_step("sent", priority, 0, due, NOW - second) is None
    assert due_step("sent", priority, 0, due, NOW) == "remind"
    assert due_step("sent", priority, 1, due, NOW + pause - second) is None
    assert due_step("sent", priority, 1, due, NOW + pause) == "supervisor"
    assert due_step("sent", priority, 2, due, NOW + pause) is None
    assert due_step("sent", priority, 2, due, NOW + 2 * pause) == "alternative"
    assert due_step("sent", priority, 3, due, NOW + 99 * pause) is None


@pytest.mark.parametrize("state", REFERRAL)
def test_a_referral_waits_for_nothing_outside_three_states(state: str) -> None:
    steps = [due_step(state, "normal", n, NOW, NOW + timedelta(days=99)) for n in range(5)]
    assert len([each for each in steps if each]) == STEPS.get(state, 0)
    assert due_step(state, "normal", 0, None, NOW) is None


def test_a_link_lives_two_weeks_and_a_week_past_what_it_has_to_answer() -> None:
    assert link_ends(NOW, NOW + timedelta(hours=24)) == NOW + timedelta(days=14)
    assert link_ends(NOW, NOW + timedelta(days=14)) == NOW + timedelta(days=21)
    late = NOW + timedelta(days=60)
    assert link_ends(NOW, NOW, late) == late + timedelta(days=14)


# -- two sides ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("office", "client"), list(product(SAYS, CLIENT_SAYS)))
def test_both_sides_agree_or_do_not_or_have_not_both_spoken(office: str, client: str) -> None:
    came = {Said.ATTENDED, Said.COMPLETED}
    assert confirmed(office, client) == (office in came and client in came)
    assert conflict(office, client) == bool(
        office and client and (office in came) != (client in came)
    )
    assert not (confirmed(office, client) and conflict(office, client))


@pytest.mark.parametrize(("state", "office", "client"), list(product(REFERRAL, SAYS, CLIENT_SAYS)))
def test_what_is_said_leads_along_the_table_only(state: str, office: str, client: str) -> None:
    here = state
    for after in leads_to(state, office, client):
        assert may_move(REFERRAL, here, after), (here, after)
        here = after
    if conflict(office, client):
        assert here != "completed" or state == "completed"


@pytest.mark.parametrize(
    ("state", "office", "client", "ends"),
    [
        ("accepted", "attended", "", "attended"),
        ("accepted", "", "attended", "attended"),
        ("accepted", "completed", "", "completed"),
        ("accepted", "completed", "attended", "completed"),
        ("accepted", "completed", "not_attended", "attended"),
        ("accepted", "not_attended", "", "not_attended"),
        ("accepted", "", "not_attended", "not_attended"),
        ("accepted", "not_attended", "attended", "attended"),
        ("attended", "completed", "attended", "completed"),
        ("attended", "completed", "not_attended", "attended"),
        ("sent", "attended", "", "attended"),
        ("not_attended", "attended", "", "attended"),
        ("not_attended", "completed", "attended", "completed"),
        ("not_attended", "completed", "not_attended", "not_attended"),
        ("completed", "completed", "not_attended", "completed"),
    ],
)
def test_where_it_leads(state: str, office: str, client: str, ends: str) -> None:
    assert ([state, *leads_to(state, office, client)])[-1] == ends


def test_an_office_answers_only_what_its_state_leads_to() -> None:
    for state, may in OFFICE_MAY.items():
        assert state in REFERRAL
        for what in set(may) - {"accept", "decline"}:
            assert leads_to(state, what, "") or state == "not_attended" or what == "attended"


# -- SMS ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("12345 1", ("12345", "accept")),
        (" ১২৩৪৫  ২ ", ("12345", "decline")),
        ("12345-3", ("12345", "attended")),
        ("12345: 4", ("12345", "not_attended")),
        ("12345", None),
        ("123451", None),
        ("12345 5", None),
        ("12345 1 1", None),
        ("hello", None),
        ("", None),
        ("1", None),
        ("12345 1; DROP TABLE referral", None),
    ],
)
def test_only_a_code_and_a_digit_are_an_answer(typed: str, read: tuple[str, str] | None) -> None:
    assert read_sms(typed) == read


# -- the directory ------------------------------------------------------------------------------


def test_an_office_must_meet_every_criterion() -> None:
    assert may_enlist(CRITERIA)
    for missing in CRITERIA:
        assert not may_enlist([each for each in CRITERIA if each != missing])


def test_an_office_of_the_district_is_nearer_than_one_for_all() -> None:
    assert serves("legal_aid debt", "BD-13 BD-22", "legal_aid", "BD-22") == 0
    assert serves("legal_aid debt", "", "legal_aid", "BD-22") == 1
    assert serves("legal_aid debt", "BD-13", "legal_aid", "BD-22") is None
    assert serves("legal_aid debt", "BD-22", "legal", "BD-22") is None
    assert serves("legal_aid", "BD-22", "legal_aid", "") is None


def test_what_is_proposed_for_a_centre_are_services_of_the_taxonomy() -> None:
    for _kind, services in CENTRE_SERVICES.values():
        assert set(services) <= SERVICES.keys()
