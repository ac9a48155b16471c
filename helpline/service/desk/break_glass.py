"""Breaking glass: an hour with a case that is not one's own, with a reason, and somebody looks at it afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from helpline.cases import references
from helpline.cases.roles import Right
from helpline.service.desk import access, audit
from helpline.service.desk.accounts import Unfit
from helpline.service.desk.acting import NotAllowed, Stale
from helpline.store.desk import glass
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row

    from helpline.service.desk.acting import Acting

HOUR: Final = timedelta(minutes=60)
SHORTEST_REASON: Final = 10
LONGEST_REASON: Final = 1000
VERDICTS: Final = ("justified", "not_justified")


def ask(deed: Acting, named: str, reason: str) -> str:
    """Open a case, by its id or reference number, to this member for an hour; gives its id.

    One that is theirs anyway, or stands open to them, is only given back: asking twice is asking
    once. The reason is sealed; who may read the log is shown that glass was broken, at once.

    Raises:
        Unfit: the reason is too short or too long.
        NotAllowed: there is no such case.
    """
    _demand(deed, Right.BREAK_GLASS)
    words = reason.strip()
    if not SHORTEST_REASON <= len(words) <= LONGEST_REASON:
        raise Unfit("reason", "wrong")
    case = glass.named(deed.connection, references.understood(named) or named.strip())
    if case is None:
        raise NotAllowed(named)
    case_id: str = case.id
    if access.is_theirs(deed, case) or glass.is_open(
        deed.connection, case_id=case_id, staff_id=deed.who.id, now=deed.now
    ):
        return case_id
    ident = new_ident()
    glass.add(
        deed.connection,
        id=ident,
        case_id=case_id,
        staff_id=deed.who.id,
        reason=deed.parts.ring.seal(words, "break_glass.reason", ident),
        granted_at=deed.now,
        ends_at=deed.now + HOUR,
        reviewed_by=None,
        reviewed_at=None,
        verdict="",
    )
    deed.record("break_glass", ident, became="granted")
    audit.note(deed, "glass_broken", "break_glass", ident, case_id=case_id)
    return case_id


def give_back(deed: Acting, glass_id: str) -> None:
    """End the hour before it is over.

    Raises:
        NotAllowed: it is not this member's.
        Stale: it is over already.
    """
    row = glass.by_id(deed.connection, glass_id)
    if row is None or row.staff_id != deed.who.id:
        raise NotAllowed(glass_id)
    _close(deed, row)


def read(deed: Acting, glass_id: str) -> tuple[Row[Any], str]:
    """One time that glass was broken, with its reason; the reading is noted.

    Raises:
        NotAllowed: it does not exist, or the log is not for this member.
    """
    row = _for_review(deed, glass_id)
    audit.note(deed, "reason_read", "break_glass", glass_id, case_id=row.case_id)
    return row, deed.parts.ring.unseal_text(row.reason, "break_glass.reason", glass_id)


def review(deed: Acting, glass_id: str, verdict: str) -> None:
    """Say whether it was justified: once, and never of oneself. If it was not, the hour ends now.

    Raises:
        Unfit: there is no such verdict, or it is this member's own.
        NotAllowed: as for `read`.
        Stale: somebody reviewed it before.
    """
    row = _for_review(deed, glass_id)
    if row.staff_id == deed.who.id:
        raise Unfit("verdict", "own")
    if verdict not in VERDICTS:
        raise Unfit("verdict", "wrong")
    if not glass.review(deed.connection, glass_id, by=deed.who.id, verdict=verdict, now=deed.now):
        raise Stale(glass_id)
    if verdict == "not_justified" and row.ends_at > deed.now:
        _close(deed, row)
    deed.record("break_glass", glass_id, was="granted", became=verdict)
    detail = f"of={row.staff_id} verdict={verdict}"
    audit.note(deed, "glass_reviewed", "break_glass", glass_id, case_id=row.case_id, detail=detail)


def latest(deed: Acting, most: int = 50) -> Sequence[Row[Any]]:
    """The last times that glass was broken, those without a review first; no reasons.

    Raises:
        NotAllowed: the log is not for this member.
    """
    _demand(deed, Right.AUDIT)
    return glass.latest(deed.connection, most=most)


def _for_review(deed: Acting, glass_id: str) -> Row[Any]:
    _demand(deed, Right.AUDIT)
    row = glass.by_id(deed.connection, glass_id)
    if row is None:
        raise NotAllowed(glass_id)
    return row


def _close(deed: Acting, row: Row[Any]) -> None:
    if not glass.close(deed.connection, row.id, deed.now):
        raise Stale(row.id)
    deed.record("break_glass", row.id, was="granted", became="closed")
    audit.note(deed, "glass_closed", "break_glass", row.id, case_id=row.case_id)


def _demand(deed: Acting, right: Right) -> None:
    if not deed.who.may(right):
        raise NotAllowed(right)
