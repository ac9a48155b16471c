from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Boolean, Column, Date, LargeBinary, String

from helpline.store.register import Entry, register
from helpline.store.tables import Base, Moment

# Columns in clear that could hold words or numbers, each looked at: none says anything of a person.
CLEAR = {
    "alarm": {"round", "state"},
    "appointment": {"place", "came", "state"},
    "approval": {"what", "detail", "state"},
    "assessment": {"instrument", "office"},
    "audit": {"number", "actor", "action", "subject", "subject_id", "detail", "digest"},
    "break_glass": {"verdict"},
    "call": {"gateway", "direction", "purpose", "room", "state", "ended_why", "version"},
    "call_leg": {"gateway", "external_id", "role", "state"},
    "callback": {"attempts", "state", "dedupe_key"},
    "campaign": {
        "title",
        "text_bn",
        "text_en",
        "districts",
        "needs",
        "languages",
        "sexes",
        "state",
        "expected",
        "enrolled",
        "version",
    },
    "care_case": {"reference", "stage", "waiting_on", "language", "closed_why", "version"},
    "case_trade": set(),
    "centre": {
        "key",
        "kind",
        "name_bn",
        "name_latn",
        "name_en",
        "district",
        "upazila",
        "catchment",
        "address_bn",
        "address_en",
        "phone",
        "latitude",
        "longitude",
        "source",
        "verified_by",
    },
    "closed_now": {"why"},
    "consent": {
        "purpose",
        "text_version",
        "language",
        "channel",
        "recorded_by",
        "withdrawn_by",
    },
    "contact_words": {"version"},
    "contact": {"channel", "direction", "seconds"},
    "correction": {"column"},
    "counselling_request": {"reference", "channel", "state", "dedupe_key"},
    "day_count": {"measure", "district", "by", "count"},
    "dependant": {"state"},
    "duty": set(),
    "escalation": {"to", "why", "by", "priority_was", "level_was"},
    "event": {"subject", "was", "became", "why", "actor"},
    "fact_check": {"fact", "outcome", "verified_by"},
    "feedback": {"about", "state"},
    "follow_up": {"kind", "state", "outcome", "step"},
    "holiday": {"name_bn", "name_en", "source"},
    "household": set(),
    "household_member": {"state"},
    "inbox": {"gateway", "kind", "external_id"},
    "incoming_text": {"state"},
    "login_try": set(),
    "merge": set(),
    "message": {
        "purpose",
        "template",
        "language",
        "state",
        "trouble",
        "dedupe_key",
        "gateway",
        "external_id",
        "attempts",
    },
    "note": set(),
    "open_hours": {"weekday", "begins", "ends"},
    "opinion": {"instrument", "question"},
    "pace": {"gateway", "free_at"},
    "person": {"reference", "office"},
    "person_phone": {"code_tries"},
    "phone": {"language"},
    "pin_try": {"tries"},
    "plan_step": {"state", "why"},
    "provider": {
        "name_bn",
        "name_en",
        "kind",
        "services",
        "districts",
        "status",
        "criteria",
        "centre_key",
        "source",
    },
    "receipt": {"gateway", "external_id", "status", "reason"},
    "referral": {
        "reference",
        "priority",
        "shared",
        "guide",
        "asked",
        "left_out",
        "consent_version",
        "consent_by",
        "state",
        "reminded",
        "office_says",
        "score",
        "version",
    },
    "reminder": {"kind", "state", "dedupe_key"},
    "risk_flag": {"raised_by", "outcome"},
    "service_gap": {"why"},
    "session": {"gateway", "external_id", "step"},
    "shift": {"weekday", "begins", "ends", "rank"},
    "sla_clock": {"kind", "state", "limit", "left", "misses"},
    "shred_key": {"secret"},
    "staff": {
        "username",
        "role",
        "languages",
        "skills",
        "districts",
        "organisation",
        "password",
        "totp_used",
        "pin",
        "language",
        "state",
    },
    "staff_session": {"ended_why"},
    "staff_text": {"warnings"},
    "transfer": {"state"},
    "wage_claim": set(),
    "work_item": {
        "kind",
        "language",
        "specialty",
        "priority",
        "level",
        "state",
        "outcome",
        "version",
    },
}

TABLES = pytest.mark.parametrize("table", Base.metadata.sorted_tables, ids=lambda table: table.name)


def _could_hold_words(column: Column[Any]) -> bool:
    an_ident = isinstance(column.type, String) and column.type.length == 32
    return not an_ident and not isinstance(column.type, (Moment, Date, Boolean))


@TABLES
def test_every_column_is_marked_personal_or_listed_as_clear(table: Any):
    clear = {c.name for c in table.c if "personal" not in c.info and _could_hold_words(c)}
    assert clear == CLEAR[table.name]


def test_the_list_names_no_table_that_is_gone():
    assert CLEAR.keys() == Base.metadata.tables.keys()


@TABLES
def test_what_is_personal_has_a_type_that_fits_its_kind(table: Any):
    for column in table.c:
        kind = column.info.get("personal")
        if kind in ("sealed", "fingerprint"):
            assert isinstance(column.type, LargeBinary)
            assert column.type.length == (32 if kind == "fingerprint" else None)
        elif kind == "coded":
            assert isinstance(column.type, String)
            assert column.type.length == 40
        else:
            assert kind is None
            assert not isinstance(column.type, LargeBinary), "bytes hide what they are"


@TABLES
def test_no_index_and_no_key_lies_on_a_sealed_column(table: Any):
    used = [column for index in table.indexes for column in index.columns]
    used += [column for rule in table.constraints for column in rule.columns]
    assert not [column for column in used if column.info.get("personal") == "sealed"]


def test_the_register_lists_every_marked_column_once_with_its_purpose():
    entries = list(register())
    marked = {
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.c
        if column.info
    }
    assert {entry[:2] for entry in entries} == marked
    assert len(entries) == len(marked)
    assert all(entry.purpose.endswith(".") for entry in entries)


def test_the_register_follows_the_order_of_the_tables():
    tables = list(dict.fromkeys(entry.table for entry in register()))
    assert tables[:2] == ["phone", "person"]
    assert Entry(
        table="phone",
        column="number",
        kind="sealed",
        purpose="A phone number that something was asked from: a contact point, never an identity.",
    ) in set(register())
