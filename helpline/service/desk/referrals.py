"""Directing a client to an office: drafted, agreed to, checked, sent, called off, tried elsewhere."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from helpline.cases import references
from helpline.cases.referral_rules import (
    ANSWER_WITHIN,
    CHANNELS,
    CONSENT,
    GAPS,
    LONGEST_WORDS,
    Field,
    chosen_fields,
    conflict,
    link_ends,
    needs_check,
    serves,
)
from helpline.cases.roles import Right
from helpline.cases.services import SERVICES
from helpline.cases.work import Level
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
    to_staff,
    turn,
    write,
)
from helpline.service.referral_posting import code_key, fresh_keys, link_key, to_office
from helpline.service.referral_timers import sweep
from helpline.store import people
from helpline.store.desk import files, providers, referrals
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Row

    from helpline.service.desk.acting import Acting

__all__ = ["revoke_all", "sweep"]

WORDS: Final = "referral.words"


class Refused(Exception):
    """Something is wrong with what was asked for; the text is a code that the page has words for."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a referral shall be: which service from whom, how soon, and what they may know."""

    service: str
    provider_id: str
    priority: str
    fields: tuple[str, ...]
    words: str = ""


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


def offered(deed: Acting, service: str, district: str) -> list[Row[Any]]:
    """The enlisted providers of a service for a district, its own before those that serve all."""
    near = [
        (serves(row.services, row.districts, service, district), row)
        for row in providers.listed(deed.connection, status="enlisted")
    ]
    fitting = [(rank, row) for rank, row in near if rank is not None]
    return [row for _rank, row in sorted(fitting, key=lambda each: each[0])]


def draft(deed: Acting, case_id: str, wish: Wish, *, after: str = "") -> str:
    """Write a draft; its id. `after` is the declined referral in whose place it comes.

    Raises:
        NotAllowed: the case is not theirs.
        Refused: the wish does not fit the directory.
    """
    case = find_case(deed, case_id)
    _check(deed, wish, case)
    ident = new_ident()
    referrals.add(
        deed.connection,
        id=ident,
        reference=_fresh_reference(deed),
        case_id=case_id,
        provider_id=wish.provider_id,
        service=wish.service,
        priority=wish.priority,
        shared=" ".join(chosen_fields(wish.fields)),
        words=deed.parts.ring.seal(wish.words, WORDS, ident),
        state="draft",
        staff_id=deed.who.id,
        created_at=deed.now,
        updated_at=deed.now,
    )
    deed.record("referral", ident, became="draft", why=wish.service)
    _something_came_of(deed, case_id, after, "new_draft")
    audit.note(deed, "referral_draft", "referral", ident, case_id=case_id)
    return ident


def redraft(deed: Acting, referral_id: str, version: int, wish: Wish) -> None:
    """Change a draft. What was agreed to before was something else: it must be agreed to again.

    Raises:
        NotAllowed, Stale, Refused: as `draft` and `opened`.
    """
    found = opened(deed, referral_id, version=version, action="referral_change")
    _demand(found.row.state == "draft", "not_a_draft")
    _check(deed, wish, found.case)
    after = write(
        deed.connection,
        found.row,
        now=deed.now,
        provider_id=wish.provider_id,
        service=wish.service,
        priority=wish.priority,
        shared=" ".join(chosen_fields(wish.fields)),
        words=deed.parts.ring.seal(wish.words, WORDS, referral_id),
        consent_version="",
        consent_by="",
        consent_at=None,
    )
    note(deed.connection, after, was="draft", why="changed", now=deed.now, actor=deed.who.id)


def agree(deed: Acting, referral_id: str, version: int, how: str) -> str:
    """The client said yes to exactly this draft; it is sent, or waits for a supervisor. Its state.

    Raises:
        NotAllowed, Stale, Refused: as `opened`; the office cannot be sent anybody now.
    """
    found = opened(deed, referral_id, version=version, action="referral_consent")
    _demand(found.row.state == "draft", "not_a_draft")
    _demand(how in CHANNELS, "how")
    row = write(
        deed.connection,
        found.row,
        now=deed.now,
        consent_version=CONSENT,
        consent_by=how,
        consent_at=deed.now,
    )
    note(deed.connection, row, was="draft", why=f"agreed_{how}", now=deed.now, actor=deed.who.id)
    _keep_consent(deed, found.case, row, how)
    if needs_check(row.service, found.case.restricted) and not _checks(deed, row, found.case):
        to_staff(
            deed.connection,
            row,
            "waits_for_check",
            now=deed.now,
            actor=deed.who.id,
            level=Level.SUPERVISOR,
        )
        return "draft"
    return _send(deed, row, found.case, found.provider)


def refuse(deed: Acting, referral_id: str, version: int, how: str) -> None:
    """The client said no: it is never sent, and nothing else changes for her.

    Raises:
        NotAllowed, Stale, Refused: as `opened`.
    """
    found = opened(deed, referral_id, version=version, action="referral_consent")
    _demand(found.row.state == "draft", "not_a_draft")
    _demand(how in CHANNELS, "how")
    turn(
        deed.connection,
        found.row,
        "cancelled",
        now=deed.now,
        actor=deed.who.id,
        because="consent_refused",
        consent_by=how,
        **CLOSED,
    )
    settle(deed.connection, found.row, "consent_refused", now=deed.now, actor=deed.who.id)


def may_check(deed: Acting, row: Row[Any], case: Row[Any]) -> bool:
    """Whether this member may let a referral go out that has to be looked at first."""
    return deed.who.may(Right.SUPERVISE) and _checks(deed, row, case)


def check(deed: Acting, referral_id: str, version: int, *, agreed: bool) -> str:
    """A supervisor looked at it: it goes out, or back to be drafted anew. Its state.

    Raises:
        NotAllowed, Stale, Refused: as `opened`; they may not check this one.
    """
    found = opened(deed, referral_id, version=version, action="referral_check")
    _demand(found.row.state == "draft" and bool(found.row.consent_at), "not_agreed")
    if not may_check(deed, found.row, found.case):
        raise NotAllowed(referral_id)
    settle(
        deed.connection,
        found.row,
        "approved" if agreed else "rejected",
        now=deed.now,
        actor=deed.who.id,
    )
    if agreed:
        return _send(deed, found.row, found.case, found.provider)
    row = write(
        deed.connection, found.row, now=deed.now, consent_version="", consent_by="", consent_at=None
    )
    note(deed.connection, row, was="draft", why="rejected", now=deed.now, actor=deed.who.id)
    return "draft"


def send_again(deed: Acting, referral_id: str, version: int) -> None:
    """The client did not go, and wants to try once more: the office gets a new link.

    Raises:
        NotAllowed, Stale, Refused, IllegalMove: as `opened`; it is not waiting for that.
    """
    found = opened(deed, referral_id, version=version, action="referral_send_again")
    _demand(found.row.state == "not_attended", "not_now")
    _send(deed, found.row, found.case, found.provider)


def new_link(deed: Acting, referral_id: str, version: int) -> None:
    """Send the office another link and code; the old ones open nothing any more.

    Raises:
        NotAllowed, Stale, Refused: as `opened`.
    """
    found = opened(deed, referral_id, version=version, action="referral_new_link")
    _demand(found.row.state in ("sent", "accepted", "attended"), "not_now")
    _demand(bool(found.provider.focal_number), "no_number")
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
    _demand(found.row.state in ("draft", "sent", "accepted", "not_attended"), "not_now")
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
    _demand(becomes in ("completed", "declined"), "not_now")
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


def record_gap(deed: Acting, case_id: str, service: str, why: str, *, after: str = "") -> None:
    """Write that a service is missing where the client lives. `after` is the referral that was declined.

    Raises:
        NotAllowed: the case is not theirs.
        Refused: there is no such service or reason.
    """
    case = find_case(deed, case_id)
    _demand(service in SERVICES, "service")
    _demand(why in GAPS, "why")
    ident = new_ident()
    referrals.add_gap(
        deed.connection,
        id=ident,
        case_id=case_id,
        service=service,
        district=case.district,
        upazila=case.upazila,
        why=why,
        staff_id=deed.who.id,
        at=deed.now,
    )
    deed.record("service_gap", ident, became="noted", why=why)
    _something_came_of(deed, case_id, after, "gap")
    audit.note(deed, "service_gap", "service_gap", ident, case_id=case_id, detail=service)


# -- inside -------------------------------------------------------------------------------------


def _send(deed: Acting, row: Row[Any], case: Row[Any], provider: Row[Any]) -> str:
    """Move a draft, or one that is tried again, to the office."""
    _demand(provider.status == "enlisted", "not_enlisted")
    _demand(bool(row.consent_at), "not_agreed")
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


def _checks(deed: Acting, row: Row[Any], case: Row[Any]) -> bool:
    """Whether this member is the second pair of eyes: the named supervisor, or for the police another."""
    if not deed.who.may(Right.SUPERVISE):
        return False
    another = bool(deed.who.id != row.staff_id)
    return another or (row.service != "police" and deed.who.id == str(case.supervisor_id))


def _keep_consent(deed: Acting, case: Row[Any], row: Row[Any], how: str) -> None:
    """Beside the person's other consents, so that withdrawing all of them withdraws this one."""
    if case.person_id:
        people.consent(
            deed.connection,
            id=new_ident(),
            person_id=case.person_id,
            purpose=f"referral:{row.reference}:{row.version}",
            text_version=CONSENT,
            language=case.language,
            channel=how,
            given_at=deed.now,
            withdrawn_at=None,
        )


def _something_came_of(deed: Acting, case_id: str, declined_id: str, outcome: str) -> None:
    """A declined referral is off the queue once there is another, or the gap is written down."""
    if not declined_id:
        return
    row = referrals.by_id(deed.connection, declined_id)
    if row is not None and row.case_id == case_id and row.state == "declined":
        settle(deed.connection, row, outcome, now=deed.now, actor=deed.who.id)


def _check(deed: Acting, wish: Wish, case: Row[Any]) -> None:
    _demand(wish.service in SERVICES, "service")
    _demand(wish.priority in ANSWER_WITHIN, "priority")
    _demand(len(wish.words) <= LONGEST_WORDS, "words_too_long")
    _demand(Field.NEED not in wish.fields or bool(wish.words.strip()), "words_missing")
    provider = providers.by_id(deed.connection, wish.provider_id)
    _demand(provider is not None and provider.status == "enlisted", "not_enlisted")
    fits = provider is not None and serves(
        provider.services, provider.districts, wish.service, case.district
    )
    _demand(fits is not None, "does_not_serve")


def _demand(holds: bool, code: str) -> None:  # noqa: FBT001 (a sentence)
    if not holds:
        raise Refused(code)


def fields_of(row: Row[Any]) -> Iterable[str]:
    """The fields that a referral shares."""
    return chosen_fields(row.shared.split())


def _fresh_reference(deed: Acting) -> str:
    while True:
        reference = references.make(secrets.randbelow(10**8))
        taken = referrals.reference_taken(deed.connection, reference)
        if not taken and not files.reference_taken(deed.connection, reference):
            return reference
