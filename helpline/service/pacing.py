"""How fast the texts of campaigns go: each gateway has a share, whoever and how many are sending."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from helpline.cases.campaigns import slots
from helpline.cases.permits import Purpose
from helpline.store import campaigns, outbox

if TYPE_CHECKING:
    from collections.abc import Sequence

    from helpline.service.outgoing import Ready
    from helpline.service.parts import Parts

WHY = "pace"


def in_turn(parts: Parts, ready: Sequence[Ready]) -> list[Ready]:
    """Those of `ready` that may go now; texts of campaigns above a gateway's share wait for their turn.

    What is taken of a share is taken for good, also when the worker dies before it sends.
    """
    waiting: dict[str, list[Ready]] = {}
    for each in ready:
        if each.waiting.purpose == Purpose.NEWS:
            waiting.setdefault(each.gateway, []).append(each)
    if not waiting:
        return list(ready)
    going = [each for each in ready if each.waiting.purpose != Purpose.NEWS]
    now = parts.clock()
    # in one order, so that two workers never wait for each other
    for gateway, texts in sorted(waiting.items()):
        rate = parts.bulk.rate(gateway)
        with parts.database.transaction() as connection:
            known = campaigns.pace(connection, gateway)
            taken, free_at = slots(known, now.timestamp(), rate, len(texts))
            if taken:
                campaigns.set_pace(connection, gateway, free_at)
            outbox.hold(
                connection,
                [
                    (each.waiting.id, datetime.fromtimestamp(free_at + place / rate, UTC), WHY)
                    for place, each in enumerate(texts[taken:])
                ],
                now,
            )
        going += texts[:taken]
    return going
