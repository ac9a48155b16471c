from __future__ import annotations

import uuid
from datetime import UTC, datetime

import time_machine

from helpline.store.idents import new_ident


def test_an_ident_is_32_lower_case_hexadecimal_digits():
    ident = new_ident()
    assert len(ident) == 32
    assert set(ident) <= set("0123456789abcdef")


def test_an_ident_is_a_uuid_of_version_7_made_now():
    moment = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    with time_machine.travel(moment, tick=False):
        ident = new_ident()
    assert uuid.UUID(ident).variant == uuid.RFC_4122
    assert ident[12] == "7"
    assert int(ident[:12], 16) == moment.timestamp() * 1000


def test_idents_sort_by_the_moment_they_were_made():
    begin = datetime(2026, 3, 1, tzinfo=UTC).timestamp()
    idents = []
    for microseconds in range(0, 5_000, 7):
        with time_machine.travel(begin + microseconds / 1_000_000, tick=False):
            idents.append(new_ident())
    assert idents == sorted(idents)


def test_idents_of_one_moment_differ():
    with time_machine.travel(0, tick=False):
        assert len({new_ident() for _ in range(10_000)}) == 10_000
