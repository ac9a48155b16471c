"""Dated facts that callers are shown: which must be checked again, and what a check found.

A fact that somebody once confirmed has an item of its own when that runs out. Those that nobody has
ever confirmed are one item together, a list to be worked off: so a new installation begins with one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from helpline.cases.calendar import local
from helpline.cases.hotlines import WORKS, Check
from helpline.cases.work import Kind
from helpline.data.load import load_directory_seed, load_hotlines, load_topics
from helpline.service import work
from helpline.service.desk import audit, queue
from helpline.service.desk.acting import NotAllowed, Stale
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
NEVER: Final = sha256(b"facts.never_checked").hexdigest()[:32]
"""The subject of the one item about all facts that were never checked."""


@dataclass(frozen=True, slots=True)
class Known:
    """One fact as staff have to check it."""

    fact: str
    """Its name: `hotline.<number>`, `centre.<key>` or `topic.<key>`."""
    what: Label
    number: str
    address: Label | None
    source: str
    verified_at: date | None
    expires_at: date | None
    failed: bool
    centre: Centre | None = None
    text: Label | None = None
    """What callers read, where it is a text."""

    @property
    def never_checked(self) -> bool:
        """Whether nobody has ever confirmed it, or found it wrong."""
        return self.verified_at is None

    @property
    def digest(self) -> str:
        """The subject of its item: 32 hexadecimal digits."""
        return sha256(self.fact.encode()).hexdigest()[:32]

    def must_be_checked(self, today: date) -> bool:
        """Whether a check that was made runs out soon or has, or found it wrong a while ago."""
        if self.verified_at is None:
            return False
        if self.failed:
            return self.verified_at + TRIED_AGAIN <= today
        return self.expires_at is not None and self.expires_at <= today + SOON


def known(connection: Connection) -> Iterator[Known]:
    """Every hotline, every service point and every text to read, with its last check."""
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
    for topic in load_topics():
        check = checks.get(topic.fact)
        yield Known(
            fact=topic.fact,
            what=topic.title,
            number="",
            address=None,
            source=topic.source,
            verified_at=check.verified_at if check else None,
            expires_at=max(topic.expires_at, check.expires_at) if check else topic.expires_at,
            failed=check is not None and check.outcome != WORKS,
            text=topic.text,
        )


def never_checked(connection: Connection) -> list[Known]:
    """The facts that nobody has ever checked: those first that leave the menus first."""
    found = [each for each in known(connection) if each.never_checked]
    return sorted(found, key=lambda each: (each.expires_at or date.max, each.fact))


def of_item(connection: Connection, item: Row[Any]) -> Known | None:
    """The fact an item is about; none when it is no longer among those that are shown."""
    return next((each for each in known(connection) if each.digest == item.subject_id), None)


def checked(deed: Acting, item_id: str, outcome: str, digest: str = "") -> None:
    """Write down what a check found: `works`, or `failed`: then callers see the fact no more.

    `digest` says which fact, where the item is about all that were never checked; that item is done
    with the last of them.

    Raises:
        NotAllowed: there is no such item, fact or outcome.
        queue.Taken, Stale: as for `queue.finish`.
    """
    item = queue.seen(deed, item_id)
    if item.kind != Kind.STALE_FACT or outcome not in (WORKS, FAILED):
        raise NotAllowed(item_id)
    left = never_checked(deed.connection) if item.subject_id == NEVER else []
    wanted = digest if item.subject_id == NEVER else item.subject_id
    fact = next((each for each in left or known(deed.connection) if each.digest == wanted), None)
    if fact is None:
        raise NotAllowed(item_id)
    if len(left) > 1:
        queue.held(deed, item_id)
    else:
        queue.finish(deed, item_id, outcome)
    _found(deed, fact, outcome)
    _note(deed, fact, outcome)


def looked_after(deed: Acting, digest: str, outcome: str, *, seen: date | None) -> Known:
    """Write down what a check found, without an item: for whoever looks after the directory.

    Gives the fact as they saw it. An item about this fact, or the one about all that were never checked when this is the last of
    them, is done with it. `seen` is the day of the last check that they saw.

    Raises:
        NotAllowed: there is no such fact or outcome.
        Stale: somebody else has checked it meanwhile.
    """
    fact = next((each for each in known(deed.connection) if each.digest == digest), None)
    if fact is None or outcome not in (WORKS, FAILED):
        raise NotAllowed(digest)
    if fact.verified_at != seen:
        raise Stale(digest)
    _found(deed, fact, outcome)
    for subject in (digest, *(() if never_checked(deed.connection) else (NEVER,))):
        work.settle(
            deed.connection,
            kind=Kind.STALE_FACT,
            subject_id=subject,
            outcome=outcome,
            now=deed.now,
            actor=deed.who.id,
        )
    _note(deed, fact, outcome)
    return fact


def _found(deed: Acting, fact: Known, outcome: str) -> None:
    today, by = local(deed.now).date(), f"staff:{deed.who.id}"
    until = today + COUNTS_FOR if outcome == WORKS else today
    record_check(deed.connection, Check(fact.fact, outcome, today, by, until))
    if fact.centre:
        seen = replace(fact.centre, expires_at=until)
        if outcome == WORKS:
            seen = replace(seen, verified_at=today, verified_by=by)
        upsert_centres(deed.connection, [seen], deed.now)


def _note(deed: Acting, fact: Known, outcome: str) -> None:
    audit.note(deed, "check", "fact", fact.digest, detail=f"{fact.fact} {outcome}"[:300])
