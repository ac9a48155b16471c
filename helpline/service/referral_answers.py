"""What an office and a client say of a referral: from a link, by SMS, behind the secret number, by phone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from helpline.cases import references
from helpline.cases.permits import PROMPT, Purpose
from helpline.cases.referral_rules import (
    AFTER_THE_APPOINTMENT,
    OFFICE_MAY,
    OFFICE_TEXTS,
    SAY_WITHIN,
    SERVE_WITHIN,
    WALK_IN,
    Said,
    conflict,
    leads_to,
    link_ends,
    read_sms,
)
from helpline.cases.texts import SCREEN
from helpline.cases.work import Level
from helpline.flow.layout import fill_in
from helpline.i18n import translator
from helpline.service import feedback
from helpline.service.messages import post
from helpline.service.referral_moves import CLOSED, note, settle, silence, to_staff, turn, write
from helpline.service.referral_posting import OFFICE_LANGUAGE, code_key, to_client
from helpline.store.desk import files, log, providers, referral_sides, referrals
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from helpline.cases.effects import AnswerReferral
    from helpline.service.parts import Parts
    from helpline.service.visit import Visit

WRONG_CODES: Final = 10
"""Codes that fit nothing, from one phone in an hour; after that they are not answered."""


class NotNow(Exception):
    """An answer does not fit what the referral has come to meanwhile."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an office answers. `what` is one of `accept`, `decline`, or what it says of the service."""

    what: str
    appointment_at: datetime | None = None
    why: str = ""
    outcome: str = ""


def office_answers(
    parts: Parts,
    connection: Connection,
    row: Row[Any],
    answer: Answer,
    *,
    now: datetime,
    actor: str,
) -> tuple[Row[Any], list[str]]:
    """Do what an office said; the new row, and the messages that are due at once.

    Raises:
        NotNow: its state does not allow this answer.
    """
    if answer.what not in OFFICE_MAY.get(row.state, ()):
        raise NotNow(answer.what)
    if answer.what == "decline":
        return _decline(connection, row, answer.why or "other", now=now, actor=actor), []
    if answer.what == "accept":
        return _accept(parts, connection, row, answer.appointment_at, now=now, actor=actor)
    columns: dict[str, Any] = {"office_says": answer.what}
    if answer.outcome:
        columns["outcome"] = answer.outcome
    if answer.why and answer.what == Said.NOT_ATTENDED:
        columns["why"] = answer.why
    return _said(connection, row, columns, now=now, actor=actor), []


def client_answers(
    connection: Connection,
    row: Row[Any],
    said: str,
    *,
    why: str = "",
    score: int | None = None,
    now: datetime,
    actor: str,
) -> Row[Any]:
    """Write what a client said of the service; the new row.

    Raises:
        NotNow: the office has not accepted it, or it was called off.
    """
    if row.state not in ("accepted", "attended", "not_attended", "completed"):
        raise NotNow(said)
    columns: dict[str, Any] = {"client_says": said, "score": score or row.score}
    if said == Said.NOT_ATTENDED:
        columns["why"] = why or "other"
    return _said(connection, row, columns, now=now, actor=actor)


def _accept(
    parts: Parts,
    connection: Connection,
    row: Row[Any],
    appointment: datetime | None,
    *,
    now: datetime,
    actor: str,
) -> tuple[Row[Any], list[str]]:
    ask_at = appointment + AFTER_THE_APPOINTMENT if appointment else now + WALK_IN
    columns: dict[str, Any] = {
        "appointment_at": appointment,
        "answer_by": ask_at,
        "reminded": 0,
        "link_ends_at": link_ends(now, ask_at, appointment),
    }
    if row.state == "accepted":
        return write(connection, row, now=now, **columns), []
    after = turn(connection, row, "accepted", now=now, actor=actor, **columns)
    settle(connection, row, "accepted", now=now, actor=actor)
    case = files.by_id(connection, row.case_id)
    posted = to_client(parts, connection, after, case, "accepted", now=now) if case else []
    return after, posted


def _decline(
    connection: Connection, row: Row[Any], why: str, *, now: datetime, actor: str
) -> Row[Any]:
    """The client still has no service: it stays in the queue until staff try another or note the gap."""
    silence(connection, row, "declined", now=now, actor=actor)
    after = turn(
        connection,
        row,
        "declined",
        now=now,
        actor=actor,
        because=why,
        why=why,
        **CLOSED,
    )
    to_staff(connection, after, "declined", now=now, actor=actor)
    return after


def _said(
    connection: Connection,
    row: Row[Any],
    columns: dict[str, Any],
    *,
    now: datetime,
    actor: str,
) -> Row[Any]:
    """Write what a side says, go where that leads, and tell staff what does not fit together."""
    after = write(connection, row, now=now, **columns)
    who, said = next((name, value) for name, value in columns.items() if name.endswith("_says"))
    note(connection, after, was=row.state, why=f"{who}_{said}", now=now, actor=actor)
    for state in leads_to(after.state, after.office_says, after.client_says):
        after = turn(connection, after, state, now=now, actor=actor, **_waits(state, now))
    if conflict(after.office_says, after.client_says):
        to_staff(connection, after, "conflict", now=now, actor=actor, level=Level.SUPERVISOR)
    elif after.state == "not_attended" and row.state != "not_attended":
        to_staff(connection, after, "not_attended", now=now, actor=actor)
    elif conflict(row.office_says, row.client_says):
        settle(connection, after, "agreed", now=now, actor=actor)
    elif after.state in ("attended", "completed") and after.state != row.state:
        settle(connection, after, after.state, now=now, actor=actor)
    if after.state in ("attended", "completed") and not conflict(
        after.office_says, after.client_says
    ):
        feedback.after(
            connection, about="referral", subject_id=after.id, case_id=after.case_id, now=now
        )
    return after


def _waits(state: str, now: datetime) -> dict[str, Any]:
    """Until when the next word about a referral is expected."""
    within = {"accepted": SAY_WITHIN, "attended": SERVE_WITHIN}.get(state)
    if within is None:
        return {**CLOSED, "reminded": 0}
    return {
        "answer_by": now + within,
        "reminded": 0,
        "link_ends_at": link_ends(now, now + within),
    }


# -- by SMS and in the menus --------------------------------------------------------------------


def by_sms(visit: Visit, typed: str, delivery: str) -> bool:
    """Take an SMS of an office with a code and a digit; False when it is none, or from somebody else.

    `delivery` names the incoming SMS: it is answered once.
    """
    said = read_sms(typed)
    if said is None:
        return False
    visit.begin()
    offices = providers.with_focal(visit.connection, visit.caller)
    if not offices:
        return False
    who = visit.parts.ring.fingerprint("referral_code_from", visit.caller.hex())
    if referral_sides.tries(visit.connection, who, visit.now - timedelta(hours=1)) >= WRONG_CODES:
        return True
    code, what = said
    keys = [code_key(visit.parts, office.id, code) for office in offices]
    row = referrals.by_code(visit.connection, keys)
    if row is None or row.link_ends_at is None or row.link_ends_at <= visit.now:
        referral_sides.count_try(visit.connection, new_ident(), who, visit.now)
        _reply(visit, "unknown", "", delivery)
        return True
    actor = f"partner:{row.provider_id}"
    try:
        after, posted = office_answers(
            visit.parts, visit.connection, row, Answer(what), now=visit.now, actor=actor
        )
    except NotNow:
        _reply(visit, "not_now", row.reference, delivery)
        return True
    visit.posted.extend(posted)
    _reply(visit, "noted", row.reference, delivery)
    log_office(
        visit.parts, visit.connection, after, f"office_{what}", "sms", now=visit.now, actor=actor
    )
    return True


def by_client(visit: Visit, wish: AnswerReferral) -> dict[str, str]:
    """Write what a client says behind the secret number. Said once: after that she tells staff."""
    visit.begin()
    if not referral_sides.belongs_to(visit.connection, wish.referral_id, wish.person_id):
        return {}
    row = referrals.by_id(visit.connection, wish.referral_id, lock=True)
    if row is None or row.client_says:
        return {}
    try:
        client_answers(
            visit.connection,
            row,
            wish.said,
            why=wish.why,
            now=visit.now,
            actor=visit.actor,
        )
    except NotNow:
        return {}
    return {}


def log_office(
    parts: Parts,
    connection: Connection,
    row: Row[Any],
    action: str,
    way: str,
    *,
    now: datetime,
    actor: str,
) -> None:
    """Write into the log what an office read or answered. Call it last: it holds a lock."""
    log.append(
        connection,
        parts.ring,
        at=now,
        actor=actor,
        action=action,
        subject="referral",
        subject_id=row.id,
        case_id=row.case_id,
        detail=way,
    )


def _reply(visit: Visit, text: str, reference: str, delivery: str) -> None:
    values = {"reference": references.spoken(reference)}
    words = fill_in(translator(OFFICE_LANGUAGE)(OFFICE_TEXTS[text]), values, OFFICE_LANGUAGE)
    post(
        visit,
        purpose=Purpose.REPLY,
        template=SCREEN,
        values={"text": words},
        dedupe_key=f"reply:{delivery}"[:96],
        lives=PROMPT,
    )
