"""Figures for Prometheus, read from the database and the queues at the moment they are asked for."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from helpline.cases.work import Priority
from helpline.jobs import QUEUES, state_of
from helpline.store.database import Unavailable
from helpline.store.desk.alarms import figures
from helpline.store.vitals import Undecided, look, undecided

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helpline.service.parts import Parts

COUNT_AGAIN: Final = 60.0
"""Seconds between two counts that read a whole table."""


class Installation(Collector):
    """One installation. No label holds anything but our own words."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._undecided = Undecided(0, 0)
        self._until = float("-inf")

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """What is known now; figures that cannot be had are left out."""
        try:
            yield from self._record()
            up = 1
        except Unavailable:
            up = 0
        yield _gauge("helpline_database_up", "Whether the database answers.", up)
        state = state_of(self._parts.wake)
        yield _gauge(
            "helpline_redis_up", "Whether the queue's Redis answers.", state in {"up", "evicts"}
        )
        yield _gauge(
            "helpline_redis_may_evict", "Whether it may throw jobs away.", state == "evicts"
        )
        depths = GaugeMetricFamily("helpline_queue_jobs", "Jobs that wait.", labels=["queue"])
        for queue in QUEUES:
            depth = self._parts.wake.depth(queue)
            if depth is not None:
                depths.add_metric([queue], depth)
        yield depths

    def _record(self) -> Iterator[GaugeMetricFamily]:
        vitals = look(self._parts.database, self._parts.clock())
        yield _gauge("helpline_migrated", "Whether the tables are the newest.", vitals.migrated)
        if not vitals.migrated:
            return
        yield _gauge("helpline_lag_seconds", "How long the oldest message is overdue.", vitals.lag)
        yield _gauge("helpline_reminders_due", "Reminders nobody took yet.", vitals.due_reminders)
        if time.monotonic() >= self._until:
            self._undecided = undecided(self._parts.database)
            self._until = time.monotonic() + COUNT_AGAIN
        messages = GaugeMetricFamily("helpline_messages", "Unfinished messages.", labels=["state"])
        messages.add_metric(["waiting"], vitals.waiting)
        messages.add_metric(["sending"], vitals.sending)
        messages.add_metric(["ambiguous"], self._undecided.ambiguous)
        messages.add_metric(["parked"], self._undecided.parked)
        yield messages
        yield from self._desk()

    def _desk(self) -> Iterator[GaugeMetricFamily]:
        with self._parts.database.reading() as connection:
            seen = figures(connection, self._parts.clock())
        items = GaugeMetricFamily("helpline_items", "Work that is not done.", labels=["priority"])
        for priority in Priority:
            items.add_metric([priority.name.lower()], seen.open.get(priority, 0))
        yield items
        yield _gauge("helpline_oldest_item_seconds", "How long work has waited.", seen.oldest)
        yield _gauge("helpline_promises_missed", "Missed and not kept since.", seen.missed)
        yield _gauge("helpline_alarms_unanswered", "People being called.", seen.unanswered)


def _gauge(name: str, what: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, what, value=float(value))
