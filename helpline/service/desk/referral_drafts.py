"""Before a referral goes out: drafted, agreed to by the client, checked; or the service is missing."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from helpline.cases import references
from helpline.cases.consents import ConsentTo
from helpline.cases.guidelines import LEFT_OUT
from helpline.cases.referral_rules import (
    ANSWER_WITHIN,
    CHANNELS,
    CONSENT,
    FUNDINGS,
    GAPS,
    LONGEST_WORDS,
    UNCLEAR,
    Field,
    chosen_fields,
    needs_check,
    serves,
)
from helpline.cases.roles import Right
from helpline.cases.services import SERVICES
from helpline.cases.work import Level
from helpline.data.guidelines import load_guideline
from helpline.service import consents
from helpline.service.desk import audit
from helpline.service.desk.access import find_case
from helpline.service.desk.acting import NotAllowed
from helpline.service.desk.referrals import WORDS, demand, opened, send
from helpline.service.referral_moves import CLOSED, note, settle, to_staff, turn, write
from helpline.service.wrong_numbers import named_in
from helpline.store.desk import files, providers, referrals
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Row

    from helpline.service.desk.acting import Acting


@dataclass(frozen=True, slots=True)
class Wish:
    """What a referral shall be: which service from whom, how soon, what they may know, who pays."""

    service: str
    provider_id: str
    priority: str
    fields: tuple[str, ...]
    words: str = ""
    funding: str = UNCLEAR
    asked: tuple[str, ...] = ()
    """Codes of the points of the guideline that were seen to."""
    left_out: str = ""
    """Why some of them were not: one of `helpline.cases.guidelines.LEFT_OUT`."""


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
        funding=wish.funding,
        **_followed(wish),
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
    demand(found.row.state == "draft", "not_a_draft")
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
        funding=wish.funding,
        **_followed(wish),
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
    demand(found.row.state == "draft", "not_a_draft")
    demand(how in CHANNELS, "how")
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
    return send(deed, row, found.case, found.provider)


def refuse(deed: Acting, referral_id: str, version: int, how: str) -> None:
    """The client said no: it is never sent, and nothing else changes for her.

    Raises:
        NotAllowed, Stale, Refused: as `opened`.
    """
    found = opened(deed, referral_id, version=version, action="referral_consent")
    demand(found.row.state == "draft", "not_a_draft")
    demand(how in CHANNELS, "how")
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
    demand(found.row.state == "draft" and bool(found.row.consent_at), "not_agreed")
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
        return send(deed, found.row, found.case, found.provider)
    row = write(
        deed.connection, found.row, now=deed.now, consent_version="", consent_by="", consent_at=None
    )
    note(deed.connection, row, was="draft", why="rejected", now=deed.now, actor=deed.who.id)
    return "draft"


def fund(deed: Acting, referral_id: str, version: int, funding: str) -> None:
    """It has become clear, or has changed, who pays. That was agreed to as a field, not as an answer.

    Raises:
        NotAllowed, Stale, Refused: as `opened`; it is over.
    """
    found = opened(deed, referral_id, version=version, action="referral_fund")
    demand(found.row.state not in ("declined", "revoked", "cancelled"), "not_now")
    demand(funding in FUNDINGS, "funding")
    row = write(deed.connection, found.row, now=deed.now, funding=funding)
    note(deed.connection, row, was=row.state, why="funding", now=deed.now, actor=deed.who.id)


def record_gap(
    deed: Acting,
    case_id: str,
    service: str,
    why: str,
    *,
    funding: str = UNCLEAR,
    after: str = "",
) -> None:
    """Write that a service is missing where the client lives, and who would have paid for it.

    `after` is the referral that was declined.

    Raises:
        NotAllowed: the case is not theirs.
        Refused: there is no such service, reason or source of funds.
    """
    case = find_case(deed, case_id)
    demand(service in SERVICES, "service")
    demand(why in GAPS, "why")
    demand(funding in FUNDINGS, "funding")
    ident = new_ident()
    referrals.add_gap(
        deed.connection,
        id=ident,
        case_id=case_id,
        service=service,
        district=case.district,
        upazila=case.upazila,
        why=why,
        funding=funding,
        staff_id=deed.who.id,
        at=deed.now,
    )
    deed.record("service_gap", ident, became="noted", why=why)
    _something_came_of(deed, case_id, after, "gap")
    audit.note(deed, "service_gap", "service_gap", ident, case_id=case_id, detail=service)


def fields_of(row: Row[Any]) -> Iterable[str]:
    """The fields that a referral shares."""
    return chosen_fields(row.shared.split())


def _checks(deed: Acting, row: Row[Any], case: Row[Any]) -> bool:
    """Whether this member is the second pair of eyes: the named supervisor, or for the police another."""
    if not deed.who.may(Right.SUPERVISE):
        return False
    another = bool(deed.who.id != row.staff_id)
    return another or (row.service != "police" and deed.who.id == str(case.supervisor_id))


def _keep_consent(deed: Acting, case: Row[Any], row: Row[Any], how: str) -> None:
    """Beside the person's other consents, so that withdrawing all of them withdraws this one."""
    if case.person_id:
        spoken = consents.Spoken(
            deed.parts,
            deed.connection,
            how,
            deed.now,
            case.language,
            deed.who.id,
            deed.posted,
        )
        purpose = f"{ConsentTo.REFERRAL}:{row.reference}:{row.version}"
        consents.give(spoken, case.person_id, purpose, CONSENT)


def _something_came_of(deed: Acting, case_id: str, declined_id: str, outcome: str) -> None:
    """A declined referral is off the queue once there is another, or the gap is written down."""
    if not declined_id:
        return
    row = referrals.by_id(deed.connection, declined_id)
    if row is not None and row.case_id == case_id and row.state == "declined":
        settle(deed.connection, row, outcome, now=deed.now, actor=deed.who.id)


def _followed(wish: Wish) -> dict[str, str]:
    """What is kept of how the guideline was followed."""
    guideline = load_guideline()
    asked = guideline.seen_to(wish.service, wish.asked)
    missing = guideline.missing(wish.service, asked)
    return {
        "guide": guideline.key,
        "asked": " ".join(asked),
        "left_out": wish.left_out if missing else "",
    }


def _check(deed: Acting, wish: Wish, case: Row[Any]) -> None:
    demand(wish.service in SERVICES, "service")
    demand(wish.funding in FUNDINGS, "funding")
    missing = load_guideline().missing(wish.service, wish.asked)
    demand(not missing or wish.left_out in LEFT_OUT, "guide")
    demand(wish.priority in ANSWER_WITHIN, "priority")
    demand(len(wish.words) <= LONGEST_WORDS, "words_too_long")
    wrong = named_in(deed.parts, wish.words)
    demand(not wrong, f"retired:{wrong}")
    demand(Field.NEED not in wish.fields or bool(wish.words.strip()), "words_missing")
    provider = providers.by_id(deed.connection, wish.provider_id)
    demand(provider is not None and provider.status == "enlisted", "not_enlisted")
    fits = provider is not None and serves(
        provider.services, provider.districts, wish.service, case.district
    )
    demand(fits is not None, "does_not_serve")


def _fresh_reference(deed: Acting) -> str:
    while True:
        reference = references.make(secrets.randbelow(10**8))
        taken = referrals.reference_taken(deed.connection, reference)
        if not taken and not files.reference_taken(deed.connection, reference):
            return reference
