"""Jobs of the queue `remind`: the same work in bulk, where it delays no answer."""

from __future__ import annotations

from helpline.service import outgoing
from workers.context import parts
from workers.job import job


@job
def remind(ids: list[str]) -> None:
    """Send those of these reminders that wait and may go now."""
    outgoing.send(parts(), ids)
