"""The tables of states: closed, without traps, and the only way to move."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpline.cases import states
from helpline.cases.states import IllegalMove, Table, may_move, move

TABLES = {
    name.lower(): table
    for name, table in vars(states).items()
    if name.isupper() and name != "REMINDER_FOLLOWS"
}
BEGINS = {
    "message": "queued",
    "reminder": "scheduled",
    "counselling": "requested",
    "callback": "requested",
    "incoming_text": "open",
    "case": "new",
    "referral": "draft",
    "provider": "proposed",
    "follow_up": "planned",
    "appointment": "planned",
    "transfer": "requested",
    "approval": "pending",
    "plan_step": "planned",
    "work_item": "open",
    "sla": "active",
    "alarm": "paging",
    "call": "placed",
    "campaign": "draft",
    "staff": "invited",
    "feedback": "asked",
    "household_member": "joined",
    "dependant": "named",
}
ENDS = {
    "message": {"delivered", "opted_out", "refused", "skipped", "cancelled"},
    "reminder": {"sent", "skipped", "cancelled"},
    "counselling": {"completed", "no_contact", "withdrawn", "declined", "duplicate"},
    "callback": {"completed", "cancelled"},
    "incoming_text": {"read"},
    "case": set(),
    "referral": {"completed", "declined", "revoked", "cancelled"},
    "provider": set(),
    "follow_up": {"done", "waived", "cancelled"},
    "appointment": {"kept", "cancelled"},
    "transfer": {"accepted", "rejected"},
    "approval": {"approved", "rejected"},
    "plan_step": set(),
    "work_item": set(),
    "sla": set(),
    "alarm": {"acknowledged", "ended"},
    "call": {"failed", "ended"},
    "campaign": {"done", "cancelled"},
    "staff": set(),
    "feedback": {"answered", "skipped"},
    "household_member": {"left"},
    "dependant": {"removed"},
}
RESTING = {
    "case": {"closed"},
    "plan_step": {"done"},
    "work_item": {"done"},
    "sla": {"hit"},
    "provider": {"suspended"},
    "staff": {"suspended"},
}
"""Where a thing rests that may be taken up again: a closed case is opened anew."""

every_table = pytest.mark.parametrize("name", TABLES)


def reached(table: Table, start: str) -> set[str]:
    """Every state that can come after `start`, and itself."""
    seen, ahead = {start}, [start]
    while ahead:
        new = table[ahead.pop()] - seen
        seen |= new
        ahead += new
    return seen


@every_table
def test_a_table_leads_only_to_its_own_states(name: str) -> None:
    table = TABLES[name]
    assert {to for ways in table.values() for to in ways} <= set(table)


@every_table
def test_every_state_can_be_reached_from_the_first(name: str) -> None:
    assert reached(TABLES[name], BEGINS[name]) == set(TABLES[name])


@every_table
def test_the_ends_are_those_we_know(name: str) -> None:
    assert {state for state, ways in TABLES[name].items() if not ways} == ENDS[name]


@every_table
def test_no_state_is_a_trap_without_an_end(name: str) -> None:
    table = TABLES[name]
    assert all(reached(table, state) & (ENDS[name] or RESTING[name]) for state in table)


def test_an_ambiguous_message_never_leads_back_to_sending_by_itself() -> None:
    assert "sending" not in states.MESSAGE["ambiguous"]
    assert {was for was, ways in states.MESSAGE.items() if "sending" in ways} == {"queued"}


def test_what_was_delivered_stays_delivered() -> None:
    assert reached(states.MESSAGE, "delivered") == {"delivered"}


def test_what_was_sent_is_never_queued_again() -> None:
    assert not {"queued", "sending"} & reached(states.MESSAGE, "sent")


@settings(deadline=None)
@given(
    name=st.sampled_from(list(TABLES)),
    was=st.sampled_from(sorted({state for table in TABLES.values() for state in table} | {"?"})),
    becomes=st.sampled_from(sorted({state for table in TABLES.values() for state in table} | {""})),
)
def test_a_thing_moves_where_its_table_leads_and_nowhere_else(
    name: str, was: str, becomes: str
) -> None:
    table = TABLES[name]
    allowed = becomes in table.get(was, ())
    assert may_move(table, was, becomes) is allowed
    if allowed:
        assert move(table, was, becomes) == becomes
    else:
        with pytest.raises(IllegalMove, match="does not lead to"):
            move(table, was, becomes)
