"""Directing a client to an office: drafted, agreed to, checked, sent, called off, tried elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from helpline.cases.referral_rules import (
    ANSWER_WITHIN,
    conflict,
    link_ends,
)
from helpline.service.desk import audit
from helpline.service.desk.access import find_case
from helpline.service.desk.acting import NotAllowed, Stale
from helpline.service.referral_answers import Answer, client_answers, office_answers
from helpline.service.referral_moves import (
    CLOSED,
    end,
    note,
    revoke_all,
    settle,
    turn,
    write,
)
from helpline.service.referral_posting import code_key, fresh_keys, link_key, to_office
from helpline.service.referral_timers import sweep
from helpline.store.desk import providers, referrals

if TYPE_CHECKING:
    from sqlalchemy import Row

    from helpline.service.desk.acting import Acting

__all__ = ["revoke_all", "sweep"]

WORDS: Final = "referral.words"


class Refused(Exception):
    """Something is wrong with what was asked for; the text is a code that the page has words for."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A referral with its case and its office, as this member may see it."""

    row: Row[Any]
    case: Row[Any]
    provider: Row[Any]
    words: str


def opened(
    deed: Acting, referral_id: str, *, version: int | None = None, action: str = "referral_read"
) -> Opened:
    """A referral that this member may see; with `version`, locked, as it was when they saw it.

    Raises:
        NotAllowed: it does not exist, or its case is not theirs.
        Stale: it has another version by now.
    """
    row = referrals.by_id(deed.connection, referral_id, lock=version is not None)
    if row is None:
        raise NotAllowed(referral_id)
    case = find_case(deed, row.case_id)
    audit.note(deed, action, "referral", row.id, case_id=case.id)
    if version is not None and row.version != version:
        raise Stale(referral_id)
    provider = providers.by_id(deed.connection, row.provider_id)
    if provider is None:
        raise LookupError(row.provider_id)
    words = deed.parts.ring.unseal_text(row.words, WORDS, row.id)
    return Opened(row, case, provider, words)


def send_again(deed: Acting, referral_id: str, version: int) -> None:
    """The client did not go, and wants to try once more: the office gets a new link.

    Raises:
        NotAllowed, Stale, Refused, IllegalMove: as `opened`; it is not waiting for that.
    """
    found = opened(deed, referral_id, version=version, action="referral_send_again")
    demand(found.row.state == "not_attended", "not_now")
    send(deed, found.row, found.case, found.provider)


def new_link(deed: Acting, referral_id: str, version: int) -> None:
    """Send the office another link and code; the old ones open nothing any more.

    Raises:
        NotAllowed, Stale, Refused: as `opened`.
    """
    found = opened(deed, referral_id, version=version, action="referral_new_link")
    demand(found.row.state in ("sent", "accepted", "attended"), "not_now")
    demand(bool(found.provider.focal_number), "no_number")
    token, code = fresh_keys(deed.parts, deed.connection, found.provider.id)
    row = write(
        deed.connection,
        found.row,
        now=deed.now,
        link=link_key(deed.parts, token),
        code=code_key(deed.parts, found.provider.id, code),
        link_ends_at=link_ends(deed.now, found.row.answer_by or deed.now),
    )
    note(deed.connection, row, was=row.state, why="new_link", now=deed.now, actor=deed.who.id)
    text = "reminded" if row.state == "sent" else "ask"
    deed.posted += to_office(
        deed.parts,
        deed.connection,
        row,
        found.provider,
        text,
        now=deed.now,
        token=token,
        code=code,
    )


def call_off(deed: Acting, referral_id: str, version: int, why: str) -> None:
    """Cancel a draft, or take back what was sent: the client no longer wants it, or nobody can go on.

    Raises:
        NotAllowed, Stale, Refused: as `opened`.
    """
    found = opened(deed, referral_id, version=version, action="referral_call_off")
    demand(found.row.state in ("draft", "sent", "accepted", "not_attended"), "not_now")
    deed.posted += end(deed.parts, deed.connection, found.row, why, now=deed.now, actor=deed.who.id)


def office_told(deed: Acting, referral_id: str, version: int, answer: Answer) -> None:
    """Write down what an office told staff by phone.

    Raises:
        NotAllowed, Stale: as `opened`.
        NotNow: its state does not allow this answer.
    """
    found = opened(deed, referral_id, version=version, action="referral_office_told")
    _row, posted = office_answers(
        deed.parts, deed.connection, found.row, answer, now=deed.now, actor=deed.who.id
    )
    deed.posted += posted


def client_told(
    deed: Acting,
    referral_id: str,
    version: int,
    said: str,
    *,
    why: str = "",
    score: int | None = None,
) -> None:
    """Write down what a client told staff; it stands above what she pressed before.

    Raises:
        NotAllowed, Stale: as `opened`.
        NotNow: its state does not allow this answer.
    """
    found = opened(deed, referral_id, version=version, action="referral_client_told")
    client_answers(
        deed.connection,
        found.row,
        said,
        why=why,
        score=score,
        now=deed.now,
        actor=deed.who.id,
    )


def decide(deed: Acting, referral_id: str, version: int, becomes: str, outcome: str = "") -> None:
    """Staff asked both sides and end it: the service was given (`completed`), or not (`declined`).

    Raises:
        NotAllowed, Stale, Refused, IllegalMove: as `opened`; its state does not lead there.
    """
    found = opened(deed, referral_id, version=version, action="referral_decide")
    demand(becomes in ("completed", "declined"), "not_now")
    row = turn(
        deed.connection,
        found.row,
        becomes,
        now=deed.now,
        actor=deed.who.id,
        because="conflict"
        if conflict(found.row.office_says, found.row.client_says)
        else "by_staff",
        outcome=outcome or found.row.outcome,
        **CLOSED,
    )
    settle(deed.connection, row, becomes, now=deed.now, actor=deed.who.id)


# -- inside -------------------------------------------------------------------------------------


def send(deed: Acting, row: Row[Any], case: Row[Any], provider: Row[Any]) -> str:
    """Move a draft, or one that is tried again, to the office."""
    demand(provider.status == "enlisted", "not_enlisted")
    demand(bool(row.consent_at), "not_agreed")
    token, code = fresh_keys(deed.parts, deed.connection, provider.id)
    answer_by = deed.now + ANSWER_WITHIN[row.priority]
    after = turn(
        deed.connection,
        row,
        "sent",
        now=deed.now,
        actor=deed.who.id,
        because=row.priority,
        link=link_key(deed.parts, token),
        code=code_key(deed.parts, provider.id, code),
        link_ends_at=link_ends(deed.now, answer_by),
        sent_at=deed.now,
        answer_by=answer_by,
        reminded=0,
        appointment_at=None,
        office_says="",
        client_says="",
        why="",
    )
    settle(deed.connection, after, "sent", now=deed.now, actor=deed.who.id)
    deed.posted += to_office(
        deed.parts, deed.connection, after, provider, "asked", now=deed.now, token=token, code=code
    )
    audit.note(
        deed, "referral_send", "referral", row.id, case_id=case.id, detail=f"shared {row.shared}"
    )
    return "sent"


def demand(holds: bool, code: str) -> None:  # noqa: FBT001 (a sentence)
    if not holds:
        raise Refused(code)
