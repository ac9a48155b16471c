"""Jobs of the queue `send`: answers, confirmations, whatever somebody is waiting for."""

from __future__ import annotations

from helpline.service import outgoing
from workers.context import parts
from workers.job import job


@job
def send(ids: list[str]) -> None:
    """Send those of these messages that wait and may go now."""
    outgoing.send(parts(), ids)
