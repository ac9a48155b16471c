"""Where a case stands, as its owner is told: every state has a stage, and no stage tells too much."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpline.cases.services import AGENCIES, SERVICES, Area
from helpline.cases.stages import stage_of
from helpline.cases.states import CASE
from helpline.cases.wording import warnings
from helpline.data.files import entries
from helpline.data.stages import load_stages
from helpline.flow.lettering import Unit, compose, units

STAGES = load_stages()
ORDER = ["identified", "registered", "assessment", "support", "counselling", "economic", "skills", "job", "enterprise", "remigration", "social", "follow_up", "closed"]  # fmt: skip
"""Figure 4.1 of the framework."""
TASKS = {"identify", "register", "counselling", "skills", "placement", "enterprise", "monitoring", "remigration", "family"}  # fmt: skip
"""Table 4.1 of the framework."""
services = st.frozensets(st.sampled_from(sorted(SERVICES)))


def test_the_stages_stand_in_the_order_of_the_framework() -> None:
    assert [each.key for each in STAGES] == ORDER
    assert [each.order for each in STAGES] == sorted(each.order for each in STAGES)


def test_every_task_of_the_table_has_its_lead_and_a_source() -> None:
    leads = entries("stages.toml", "lead")
    assert {entry.text("task") for entry in leads} == TASKS
    assert all("table 4.1" in entry.text("source") for entry in leads)
    assert all(each.lead.agencies for each in STAGES)


def test_agencies_that_services_name_too_have_the_same_keys() -> None:
    small = {entry.text("key") for entry in entries("stages.toml", "agency")}
    assert small - AGENCIES.keys() == {"special_branch", "udc", "nid", "welfare_desk"}


def test_a_service_belongs_to_one_stage_and_those_that_protect_to_none() -> None:
    named = [code for each in STAGES for code in each.services]
    assert len(named) == len(set(named))
    secret = {code for code, each in SERVICES.items() if each.area in (Area.PROTECTION, Area.LEGAL)}
    assert set(named) == SERVICES.keys() - secret


@given(case=st.sampled_from(sorted(CASE)), codes=services, restricted=st.booleans())
def test_every_case_has_a_stage(case: str, codes: frozenset[str], restricted: bool) -> None:
    stage = stage_of(STAGES, case, codes, restricted=restricted)
    assert stage is not None
    assert case in stage.cases


@given(case=st.sampled_from(sorted(CASE)), codes=services, other=services)
@settings(max_examples=200)
def test_a_restricted_case_looks_the_same_whatever_is_planned(
    case: str, codes: frozenset[str], other: frozenset[str]
) -> None:
    shown = [stage_of(STAGES, case, each, restricted=True) for each in (codes, other)]
    assert shown[0] == shown[1]


@pytest.mark.parametrize("stage", STAGES, ids=lambda each: each.key)
def test_the_words_of_a_stage_are_neutral_and_short(stage) -> None:  # type: ignore[no-untyped-def]
    for label in (stage.now, stage.then):
        assert warnings(label.bn, "bn") == []
        assert warnings(label.en, "en") == []
        assert units(compose(label.bn), Unit.UCS2) <= 50
        assert label.bn_Latn.isascii()
        assert label.en.isascii()
