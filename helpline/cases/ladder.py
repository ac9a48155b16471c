"""Who is called when work that cannot wait is waiting: one after the other, round after round.

The ladder never ends by itself. It ends when a human says that they have it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from helpline.cases.work import Priority

ANSWERED_WITHIN: Final[Mapping[Priority, timedelta]] = {
    Priority.IMMINENT: timedelta(minutes=2),
    Priority.HIGH: timedelta(minutes=15),
    Priority.NORMAL: timedelta(minutes=15),
    Priority.LOW: timedelta(minutes=15),
}
"""How long each person has before the next is called."""


@dataclass(frozen=True, slots=True)
class Rung:
    """Somebody who was called, in which round; `waits` until they answer or their time is over."""

    staff_id: str
    round: int
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Next:
    """Whom to call now, and the number of the round. Several at once when nobody is on the rota."""

    staff_ids: tuple[str, ...]
    round: int


@dataclass(frozen=True, slots=True)
class Rota:
    """Who can be called at this moment: `order` from the first to the last of the ladder.

    `everybody` is who is called, all at once, when the ladder is empty.
    """

    order: tuple[str, ...]
    everybody: tuple[str, ...] = ()


def answer_by(priority: int, paged_at: datetime) -> datetime:
    """Until when somebody who is called now is waited for."""
    return paged_at + ANSWERED_WITHIN[Priority(priority)]


def next_after(rota: Rota, called: Sequence[Rung], *, first: int = 1) -> Next | None:
    """Whom to call after those who were called already.

    The first of the ladder who was not called in this round; when it is through, the first again
    in the next round. Rounds are counted from `first`. None while somebody who was called still has time, or when there is nobody
    in the house at all.
    """
    if any(rung.waits for rung in called):
        return None
    turn = max((rung.round for rung in called), default=first)
    had = {rung.staff_id for rung in called if rung.round == turn}
    if not rota.order:
        left = tuple(each for each in rota.everybody if each not in had)
        if left and not had:
            return Next(left, turn)
        return Next(rota.everybody, turn + 1) if rota.everybody else None
    for staff_id in rota.order:
        if staff_id not in had:
            return Next((staff_id,), turn)
    return Next((rota.order[0],), turn + 1)
