"""What the sweep of the queue reads: what is under way, never what is over, however much that is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, event

from helpline.store.database import connect
from helpline.store.desk import lost
from helpline.store.migrate import upgrade

NOW = datetime(2026, 12, 1, tzinfo=UTC)


def _undecided(connection: Connection) -> Any:
    return lost.undecided(connection, before=NOW, answering=["one"])


@pytest.mark.parametrize(
    ("read", "indexes"),
    [
        (lost.requests, {"ix_counselling_request_open"}),
        (lost.callbacks, {"ix_callback_waiting", "ix_callback_open"}),
        (lost.texts, {"ix_incoming_text_open"}),
        (_undecided, {"ix_message_undecided"}),
    ],
)
def test_what_is_missing_is_looked_for_in_a_small_index(
    empty_database_url: str, read: Callable[[Connection], Any], indexes: set[str]
) -> None:
    """Asked of a database of its own: one that was used remembers what filled it, and plans for that."""
    upgrade(empty_database_url)
    asked: list[tuple[str, Any]] = []

    def keep(_c: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        asked.append((statement, values))

    with closing(connect(empty_database_url)) as database, database.reading() as connection:
        event.listen(connection, "before_cursor_execute", keep)
        read(connection)
        event.remove(connection, "before_cursor_execute", keep)
        [(statement, values)] = asked
        how = "EXPLAIN QUERY PLAN"
        if database.dialect == "postgresql":
            how = "EXPLAIN"
            connection.exec_driver_sql("SET enable_seqscan = off")  # few rows: it would be cheaper
        plan = connection.exec_driver_sql(f"{how} {statement}", values).all()
        if database.dialect == "postgresql":
            connection.exec_driver_sql("RESET enable_seqscan")
    assert any(index in str(plan) for index in indexes), plan
