"""Jobs of the queue `call`: phones that are to ring, callers who are to hear something else."""

from __future__ import annotations

from helpline.service.desk import calling
from workers.context import parts
from workers.job import job


@job
def call(wishes: list[str]) -> None:
    """Ask the gateway for each of these, unless that was done."""
    calling.carry_out(parts(), wishes)
