"""Joining two registrations that turned out to be one person. It cannot be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from helpline.cases import references
from helpline.service import consents
from helpline.service.desk import access, audit, closing
from helpline.service.desk.acting import Stale
from helpline.service.desk.cases import Blocked
from helpline.service.messages import cancelled
from helpline.store import contact_words, shredding
from helpline.store.desk import case_rows, files, households, merging, people_rows
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Row

    from helpline.service.desk.acting import Acting

MOVED: Final = (
    "plan_step.goal",
    "referral.words",
    "wage_claim.amount",
    "wage_claim.employer",
    "wage_claim.agency",
)
"""What is sealed in the rows that go from one case to another."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two registrations side by side: the one that stays, and the one that lives on in it."""

    case: Row[Any]
    kept: Row[Any]
    other_case: Row[Any]
    gone: Row[Any]


def compare(deed: Acting, case_id: str, typed: str) -> Pair:
    """The person of a case beside the one that another reference number leads to.

    Raises:
        Blocked: `not_registered`, `no_such_reference`, `same_person` or `kept_withdrew`.
    """
    case = access.find_case(deed, case_id)
    kept = people_rows.by_id(deed.connection, case.person_id)
    if kept is None or people_rows.kept_as(deed.connection, kept.id) != kept.id:
        raise Blocked("not_registered")
    if kept.withdrawn_at:
        raise Blocked("kept_withdrew")
    reference = references.understood(typed)
    found = files.with_reference(deed.connection, reference) if reference else []
    other = next((each for each in found if each.person_id and access.is_theirs(deed, each)), None)
    gone = people_rows.by_id(deed.connection, other.person_id) if other else None
    if other is None or gone is None:
        raise Blocked("no_such_reference")
    if gone.id == kept.id:
        raise Blocked("same_person")
    audit.note(deed, "compare", "person", gone.id, case_id=other.id)
    return Pair(case, kept, other, gone)


def merge(deed: Acting, case_id: str, typed: str) -> str:
    """Let the other person live on in the one of this case; gives the id of the case that stays.

    Cases, requests, phones and messages become the kept person's. Reminders that both have are sent
    once. The stricter restriction counts.

    Raises:
        Blocked: as `compare`, or `under_way` while somebody talks with the client.
        Stale: somebody else changed one of them meanwhile.
    """
    pair = compare(deed, case_id, typed)
    if any(not access.is_theirs(deed, each) for each in _cases(deed, pair)):
        raise Blocked("no_such_reference")
    kept, gone = pair.kept.id, pair.gone.id
    ident = new_ident()
    if not merging.add(
        deed.connection,
        id=ident,
        kept_id=kept,
        gone_id=gone,
        staff_id=deed.who.id,
        at=deed.now,
    ):
        raise Stale(gone)
    merging.move_phones(deed.connection, kept=kept, gone=gone, now=deed.now)
    merging.move_reminders(deed.connection, kept=kept, gone=gone, now=deed.now)
    doubled = merging.cancel_doubled(deed.connection, kept=kept, gone=gone, now=deed.now)
    cancelled(deed.connection, doubled, why="merged", now=deed.now, actor=deed.who.id)
    merging.move_rows(deed.connection, kept=kept, gone=gone)
    contact_words.hand_on(deed.connection, was=gone, becomes=kept)
    households.move_person(deed.connection, kept=kept, gone=gone, now=deed.now)
    consents.let_the_last_word_count(
        consents.Spoken(
            deed.parts,
            deed.connection,
            "desk",
            deed.now,
            deed.who.language,
            deed.who.id,
            deed.posted,
        ),
        kept,
    )
    stays = _one_open_case(deed, kept)
    deed.record("person", kept, became="merged", why=gone)
    deed.record("person", gone, became="merged", why=kept)
    audit.note(deed, "merge", "person", kept, case_id=stays, detail=gone)
    return stays


def _cases(deed: Acting, pair: Pair) -> list[Row[Any]]:
    return files.of_person(deed.connection, [pair.kept.id, pair.gone.id])


def _one_open_case(deed: Acting, person_id: str) -> str:
    """Of a person's open cases the furthest one stays; the others' work and dates move into it."""
    cases = files.of_person(deed.connection, [person_id])
    still_open = [each for each in cases if each.stage != "closed"]
    if not still_open:
        return str(cases[0].id)
    order = ("new", "assigned", "assessment", "support_ongoing", "support_completed")
    first, *others = sorted(still_open, key=lambda each: (-order.index(each.stage), each.opened_at))
    version = first.version
    for other in others:
        if closing.under_way(deed.connection, other.id):
            raise Blocked("under_way")
        for name in MOVED:
            shredding.loosen(deed.connection, deed.parts.ring, name, other.id)
        merging.move_case(deed.connection, becomes=first.id, was=other.id)
        if other.restricted and not first.restricted:
            version = _restrict(deed, first, other, version)
        closed = files.change(
            deed.connection,
            other.id,
            other.version,
            now=deed.now,
            stage="closed",
            closed_why="cancelled",
            closed_at=deed.now,
        )
        if not closed:
            raise Stale(other.id)
        deed.record("case", other.id, was=other.stage, became="closed", why="cancelled")
    secret = first.restricted or next((each.restricted for each in others if each.restricted), "")
    case_rows.change_items(deed.connection, first.id, restricted=secret)
    return str(first.id)


def _restrict(deed: Acting, case: Row[Any], stricter: Row[Any], version: int) -> int:
    changed = files.change(
        deed.connection,
        case.id,
        version,
        now=deed.now,
        restricted=stricter.restricted,
        owner_id=stricter.owner_id,
        supervisor_id=stricter.supervisor_id,
    )
    if not changed:
        raise Stale(case.id)
    deed.record("restricted", case.id, was="", became=stricter.restricted, why="merged")
    return version + 1
