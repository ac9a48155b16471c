"""Keeping no longer than needed: the rules of `helpline.cases.keeping`, carried out again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from helpline.cases.keeping import RULES, Rule, Then
from helpline.store import retention, shredding

if TYPE_CHECKING:
    from helpline.service.parts import Parts
    from helpline.store.retention import Place

BATCH: Final = 500
"""Rows of one transaction."""
MOST: Final = 200
"""Transactions for one rule in one run; what is left then is done in the next."""


def retain(parts: Parts) -> dict[str, int]:
    """Carry out every rule, in short transactions, for as many rows as one run may take.

    Gives how many rows were changed, by table. It may run twice, be ended at any moment and run
    beside itself: what is done is not done again.
    """
    done: dict[str, int] = {}
    for rule in RULES:
        if rule.then is not Then.KEEP:
            done[rule.table] = done.get(rule.table, 0) + _carry_out(parts, rule)
    return done


def bind(parts: Parts) -> int:
    """Bind what was written lately to whom it is about, so that it can be destroyed with one row.

    Gives how many values were bound. It may run twice, be ended at any moment and run beside itself.
    """
    return shredding.bind(parts.database, parts.ring)


def _carry_out(parts: Parts, rule: Rule) -> int:
    now, changed = parts.clock(), 0
    after: Place = ()
    for _batch in range(MOST):
        with parts.database.transaction() as connection:
            number, after = retention.forget(
                connection, parts.ring, rule, now=now, after=after, most=BATCH
            )
        changed += number
        if not after:
            break
    return changed
