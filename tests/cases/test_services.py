"""The service taxonomy: every service has a code, two names and an urgency, and invents no agency."""

from __future__ import annotations

import re

import pytest

from helpline.cases.services import (
    AGENCIES,
    AREAS,
    SERVICES,
    Area,
    Urgency,
    lead_names,
    service_name,
)

BANGLA = re.compile("[\u0980-\u09ff]")


@pytest.mark.parametrize("code", SERVICES)
def test_every_service_is_named_in_both_languages(code: str) -> None:
    assert re.fullmatch("[a-z_]{3,40}", code)
    assert BANGLA.search(service_name(code, "bn"))
    assert not re.search("[A-Za-z]", service_name(code, "bn"))
    assert not BANGLA.search(service_name(code, "en"))


def test_the_taxonomy_of_the_policy_is_there() -> None:
    """Health, education, housing, documents, legal, social security, jobs; and what is urgent."""
    named = {"health", "education", "shelter", "documents", "legal_aid", "social_protection"}
    assert named | {"job_placement", "bmet_arbitration", "mediation", "debt"} <= SERVICES.keys()
    urgent = {code for code, each in SERVICES.items() if each.urgency is not Urgency.NORMAL}
    assert {"shelter", "arrival", "crisis_centre", "hospital", "child_protection"} <= urgent


def test_no_two_services_share_a_name() -> None:
    for language in ("bn", "en"):
        assert len({service_name(code, language) for code in SERVICES}) == len(SERVICES)


def test_every_lead_agency_is_one_we_know_by_name() -> None:
    assert {key for each in SERVICES.values() for key in each.lead} <= AGENCIES.keys()
    assert lead_names("remigration", "en")[0] == "District employment and manpower office (DEMO)"
    assert lead_names("shelter", "bn") == ()
    assert lead_names("unheard_of", "bn") == ()


def test_every_area_has_services_and_a_name() -> None:
    assert {each.area for each in SERVICES.values()} == set(Area) == set(AREAS)


def test_an_unknown_code_is_shown_as_it_stands() -> None:
    assert service_name("old_code", "bn") == "old_code"
