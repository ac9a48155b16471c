"""Dated facts that callers are shown: which must be checked again, and what a check found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from helpline.cases.calendar import local
from helpline.cases.hotlines import WORKS, Check
from helpline.cases.work import Kind
from helpline.data.load import load_directory_seed, load_hotlines
from helpline.service.desk import audit, queue
from helpline.service.desk.acting import NotAllowed
from helpline.store.centres import all_centres, upsert_centres
from helpline.store.facts import all_checks, record_check

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from helpline.cases.directory import Centre
    from helpline.flow.words import Label
    from helpline.service.desk.acting import Acting

SOON: Final = timedelta(days=14)
"""A fact that expires within this time is to be checked now."""
COUNTS_FOR: Final = timedelta(days=182)
"""How long a check that found a fact to be true counts."""
TRIED_AGAIN: Final = timedelta(days=30)
"""A number at which nobody answered is tried once more after this."""
FAILED: Final = "failed"


@dataclass(frozen=True, slots=True)
class Known:
    """One fact as staff have to check it."""

    fact: str
    """Its name: `hotline.<number>` or `centre.<key>`."""
    what: Label
    number: str
    address: Label | None
    source: str
    verified_at: date | None
    expires_at: date | None
    failed: bool
    centre: Centre | None = None

    @property
    def digest(self) -> str:
        """The subject of its item: 32 hexadecimal digits."""
        return sha256(self.fact.encode()).hexdigest()[:32]

    def must_be_checked(self, today: date) -> bool:
        """Whether it was never checked, is about to expire, or did not hold a while ago."""
        if self.verified_at is None:
            return True
        if self.failed:
            return self.verified_at + TRIED_AGAIN <= today
        return self.expires_at is not None and self.expires_at <= today + SOON


def known(connection: Connection) -> Iterator[Known]:
    """Every hotline and every service point, with its last check."""
    checks = {check.fact: check for check in all_checks(connection)}
    for line in load_hotlines():
        check = checks.get(line.fact)
        yield Known(
            fact=line.fact,
            what=line.who,
            number=line.number,
            address=None,
            source=line.source,
            verified_at=check.verified_at if check else line.verified_at,
            expires_at=max(line.expires_at, check.expires_at) if check else line.expires_at,
            failed=check is not None and check.outcome != WORKS,
        )
    entered = {centre.key: centre for centre in all_centres(connection)}
    for centre in ({each.key: each for each in load_directory_seed()} | entered).values():
        fact = f"centre.{centre.key}"[:80]
        check = checks.get(fact)
        yield Known(
            fact=fact,
            what=centre.name,
            number=centre.phone,
            address=centre.address,
            source=centre.source,
            verified_at=check.verified_at if check else centre.verified_at,
            expires_at=centre.expires_at,
            failed=check is not None and check.outcome != WORKS,
            centre=centre,
        )


def of_item(connection: Connection, item: Row[Any]) -> Known | None:
    """The fact an item is about; none when it is no longer among those that are shown."""
    return next((each for each in known(connection) if each.digest == item.subject_id), None)


def checked(deed: Acting, item_id: str, outcome: str) -> None:
    """Write down what a check found: `works`, or `failed`: then callers see the fact no more.

    Raises:
        NotAllowed: there is no such item, fact or outcome.
        queue.Taken, Stale: as for `queue.finish`.
    """
    item = queue.seen(deed, item_id)
    fact = of_item(deed.connection, item) if item.kind == Kind.STALE_FACT else None
    if fact is None or outcome not in (WORKS, FAILED):
        raise NotAllowed(item_id)
    queue.finish(deed, item_id, outcome)
    today, by = local(deed.now).date(), f"staff:{deed.who.id}"
    until = today + COUNTS_FOR if outcome == WORKS else today
    record_check(deed.connection, Check(fact.fact, outcome, today, by, until))
    if fact.centre:
        seen = replace(fact.centre, expires_at=until)
        if outcome == WORKS:
            seen = replace(seen, verified_at=today, verified_by=by)
        upsert_centres(deed.connection, [seen], deed.now)
    audit.note(deed, "check", "fact", item.subject_id, detail=f"{fact.fact} {outcome}"[:300])
