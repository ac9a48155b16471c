"""Ringing somebody who is called about work that cannot wait: who presses 1 has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from helpline.cases.voice import Role
from helpline.service.talk import begin
from helpline.store.desk import calls

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from helpline.service.parts import Parts

PAGE: Final = "page"
"""The purpose of such a call. It is about no client: none is rung, and nothing is said of any."""


def ring(parts: Parts, connection: Connection, staff_id: str) -> bool:
    """Let the phone of a member of staff ring, if there is a voice gateway and they are not on the phone.

    The sweep of calls asks the gateway a few seconds after the commit; the text goes out at once.
    """
    if parts.voice is None or staff_id in calls.busy_staff(connection):
        return False
    now = begin(
        parts,
        connection,
        parts.voice,
        direction="out",
        purpose=PAGE,
        actor="system",
        staff_id=staff_id,
    )
    now.turn("ringing_staff")
    now.want(Role.STAFF, staff_id)
    return True
