"""Jobs of the queue `bulk`: texts of campaigns, as fast as each gateway's share allows."""

from __future__ import annotations

from helpline.service import outgoing
from workers.context import parts
from workers.job import job


@job
def bulk(ids: list[str]) -> None:
    """Send those of these texts that wait and may go now."""
    outgoing.send(parts(), ids)
