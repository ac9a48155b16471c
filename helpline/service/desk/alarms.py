"""Calling people: whoever is there, then whoever is on call, one after the other until a human answers.

Each call is an alarm with a time to answer, a text to the person's own phone that says nothing about
anybody, and, where there is a gateway for voice, that phone ringing. Who is next is decided by `helpline.cases.ladder`; it is written in the transaction
that gives up on the one before, so that a process may die anywhere and the ladder goes on.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec

from helpline.cases import ladder
from helpline.cases.ladder import Rota, Rung
from helpline.cases.permits import Purpose
from helpline.cases.roles import Member, Right, Role, may_open
from helpline.cases.states import ALARM, move
from helpline.cases.work import Kind
from helpline.flow.answers import words as words_of
from helpline.service.desk import audit, paging_calls, presence, queue
from helpline.service.desk.access import confided
from helpline.service.desk.acting import Acting, NotAllowed, Stale, write_down
from helpline.service.desk.sessions import member
from helpline.service.messages import cancelled
from helpline.store import events, outbox, people
from helpline.store.database import Unavailable
from helpline.store.desk import alarms as rows
from helpline.store.desk import case_rows, files, risk_flags
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from helpline.service.parts import Parts

TEXT_LIVES: Final = timedelta(minutes=15)
"""How long the text about an alarm may still be sent; a late answer counts as long as nobody else gave one."""

YES: Final = frozenset({"ok", "okay", "ঠিক", "thik"})
_CODE: Final = re.compile(r"\d{6}")


class Answered(Exception):
    """Somebody else has answered already: `name` is who."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def page(parts: Parts, connection: Connection, item_id: str, now: datetime) -> int:
    """Call the next person about an item, unless somebody who was called still has time; how many were called.

    When nobody is on the rota every supervisor is called at once, and it is written down.
    """
    item = rows.item(connection, item_id)
    if item is None or item.state == "done":
        return 0
    alarms = rows.of_item(connection, item_id)
    over = max((a.round for a in alarms if a.state in ("acknowledged", "ended")), default=0)
    called = [
        Rung(a.staff_id, a.round, waits=a.state == "paging") for a in alarms if a.round > over
    ]
    if any(rung.waits for rung in called):
        return 0
    rota = rota_of(parts, connection, item, now)
    if not rota.order:
        _record(connection, item_id, was="", became="nobody_to_page", now=now)
    following = ladder.next_after(rota, called, first=over + 1)
    if following is None:
        return 0
    accounts = rows.staff(connection, following.staff_ids)
    return sum(
        _call(parts, connection, item, accounts[staff_id], following.round, now)
        for staff_id in following.staff_ids
    )


def rota_of(parts: Parts, connection: Connection, item: Row[Any] | None, now: datetime) -> Rota:
    """The ladder of this moment: supervisors who are there, then who is on call by rank.

    Whom the client asked for, who has the skill and who may open the case come first; that nobody
    else answers is worse than that somebody does who has to fetch a colleague. Last come who still
    has a debriefing before them, and who raised it to others; who asked a question is not called to
    answer it.
    """
    ring = parts.ring
    here = presence.on_duty(connection, ring, now)
    there = {each.id for each in here}
    wanted = [each for each in here if each.role is Role.SUPERVISOR]
    wanted += presence.on_call(connection, ring, now)
    accounts = rows.staff(connection, {each.id for each in wanted})
    reached = [
        each
        for each in dict.fromkeys(wanted)
        if each.may(Right.WORK)
        and (account := accounts.get(each.id)) is not None
        and account.state == "active"
        and (account.number is not None or each.id in there)
    ]
    case = files.by_id(connection, item.case_id) if item is not None and item.case_id else None
    tired = risk_flags.owed(connection, accounts) if item is not None else frozenset()
    gave = rows.gave_on(connection, item.id) if item is not None else frozenset()
    is_question = item is not None and item.kind == Kind.APPROVAL
    asked = case_rows.asked_by(connection, item.subject_id) if item and is_question else ""

    def second_best(each: Member) -> tuple[bool, bool, bool, bool]:
        suits = item is None or each.may_be_offered(item.counsellor)
        skilled = item is None or not item.specialty or item.specialty in each.skills
        opens = case is None or not case.restricted or may_open(each, confided(case))
        return not suits, each.id in tired | gave, not skilled, not opens

    order = tuple(each.id for each in sorted(reached, key=second_best) if each.id != asked)
    everybody = () if order else tuple(row.id for row in rows.supervisors(connection))
    return Rota(order, everybody)


def nobody_to_call(parts: Parts, connection: Connection, now: datetime) -> bool:
    """Whether an alarm at this moment would find nobody on the rota: said loudly at the desk."""
    return not rota_of(parts, connection, None, now).order


def sweep(parts: Parts) -> int:
    """Pass on what was not answered in time, and end what somebody took; how many ladders moved.

    One ladder is one transaction, and its item is locked: two processes never call two people for
    one step, and a ladder that cannot be read stops no other.
    """
    now = parts.clock()
    with parts.database.reading() as connection:
        waiting = rows.to_move_on(connection, now)
    moved = 0
    failures: list[Exception] = []
    for item_id in waiting:
        try:
            with parts.database.transaction() as connection:
                item = rows.item(connection, item_id, wait=False)
                if item is not None:
                    moved += _step(parts, connection, item, now)
        except Unavailable:
            raise
        except Exception as failure:  # noqa: BLE001  told when the other ladders have moved
            failures.append(failure)
    if failures:
        raise failures[0]
    return moved


def acknowledge(deed: Acting, alarm_id: str) -> Row[Any]:
    """Answer an alarm at the desk: one's own, or, as a supervisor, anybody's. Gives the item.

    Who answers becomes the owner if the item is free and may be theirs.

    Raises:
        Answered: somebody else was faster.
        NotAllowed: there is no such alarm, or it is not theirs.
        Stale: it is over.
    """
    alarm = rows.by_id(deed.connection, alarm_id)
    if alarm is None:
        raise NotAllowed(alarm_id)
    if alarm.staff_id != deed.who.id:
        if not deed.who.may(Right.SUPERVISE):
            raise queue.refused(deed, alarm.item_id)
        queue.seen(deed, alarm.item_id)
    item = _answer(deed, alarm)
    audit.note(deed, "acknowledge", "alarm", alarm_id, case_id=item.case_id)
    return item


def answered_by_sms(
    parts: Parts, connection: Connection, number_fingerprint: bytes, words: str, now: datetime
) -> bool:
    """Whether a text is the answer to an alarm (`OK 123456`, `ঠিক 123456`) from the phone that was called.

    If so it is taken, and answered in one line. The fingerprint is that of `staff_number`. What is
    no such answer, or has a code that nobody was given, is left to the conversation.
    """
    said = words_of(words)
    if not said or said[0] not in YES or not _CODE.fullmatch(said[-1]):
        return False
    code = parts.ring.fingerprint("alarm_code", said[-1])
    alarm = rows.by_code(connection, number_fingerprint, code)
    if alarm is None:
        return False
    if not connection.in_transaction():
        connection.begin()
    account = rows.staff(connection, [alarm.staff_id])[alarm.staff_id]
    deed = Acting(parts, connection, member(parts.ring, account), now)
    template = "staff_answered"
    try:
        item = _answer(deed, alarm)
        audit.note(deed, "acknowledge", "alarm", alarm.id, case_id=item.case_id, detail="by=sms")
    except (Answered, Stale):
        template = "staff_too_late"
    _text(
        parts,
        connection,
        account,
        template,
        {},
        subject_id=alarm.id,
        dedupe_key=f"alarm_answer:{alarm.id}:{now:%Y%m%d%H%M%S}",
        now=now,
    )
    write_down(deed)
    return True


def answered_by_call(parts: Parts, connection: Connection, staff_id: str, now: datetime) -> bool:
    """Somebody whose phone rang pressed 1: the most urgent alarm that calls them is answered.

    False when none calls them any more, or somebody else was faster.
    """
    alarm = rows.most_urgent_of(connection, staff_id)
    account = rows.staff(connection, [staff_id]).get(staff_id)
    if alarm is None or account is None:
        return False
    deed = Acting(parts, connection, member(parts.ring, account), now)
    try:
        item = _answer(deed, alarm)
    except (Answered, Stale):
        return False
    audit.note(deed, "acknowledge", "alarm", alarm.id, case_id=item.case_id, detail="by=call")
    write_down(deed)
    return True


def _answer(deed: Acting, alarm: Row[Any]) -> Row[Any]:
    """The alarm is answered: the ladder ends, and the item gets an owner if it can."""
    item = rows.item(deed.connection, alarm.item_id)
    if item is None:
        raise NotAllowed(alarm.id)
    alarms = rows.of_item(deed.connection, item.id)
    alarm = next(each for each in alarms if each.id == alarm.id)
    _must_be_free(deed, alarm, alarms, item)
    became = move(ALARM, alarm.state, "acknowledged")
    if not rows.turn(deed.connection, alarm.id, alarm.state, became, deed.now):
        raise Stale(alarm.id)
    deed.record("alarm", item.id, was=alarm.state, became=became, why=alarm.staff_id)
    _end(deed.connection, [each for each in alarms if each.id != alarm.id], deed.now, deed.who.id)
    _silence(deed.connection, alarms, deed.now, deed.who.id)
    if item.state == "open":
        with suppress(queue.Taken, NotAllowed, Stale):
            return queue.claim(deed, item.id)
    return item


def _must_be_free(
    deed: Acting, alarm: Row[Any], alarms: Sequence[Row[Any]], item: Row[Any]
) -> None:
    later = [a for a in alarms if a.round >= alarm.round and a.state == "acknowledged"]
    if later:
        account = rows.staff(deed.connection, [later[-1].staff_id])[later[-1].staff_id]
        raise Answered(member(deed.parts.ring, account).name)
    if alarm.state == "ended" or item.state == "done":
        raise Stale(alarm.id)


def _step(parts: Parts, connection: Connection, item: Row[Any], now: datetime) -> int:
    paging = [each for each in rows.of_item(connection, item.id) if each.state == "paging"]
    taken = item.state == "claimed" and any(item.claimed_at >= each.paged_at for each in paging)
    if item.state == "done" or taken:
        for each in paging:
            if taken and each.staff_id == item.owner_id:
                _turn(connection, each, "acknowledged", now, each.staff_id, answered=True)
        left = [each for each in paging if not taken or each.staff_id != item.owner_id]
        _end(connection, left, now, "system")
        _silence(connection, paging, now, "system")
        return int(bool(paging))
    late = [each for each in paging if each.answer_by <= now]
    for each in late:
        _turn(connection, each, "passed_on", now, "system")
    if late:
        page(parts, connection, item.id, now)
    return int(bool(late))


def _call(
    parts: Parts,
    connection: Connection,
    item: Row[Any],
    account: Row[Any],
    number_of_round: int,
    now: datetime,
) -> int:
    ident, code = new_ident(), f"{secrets.randbelow(900_000) + 100_000}"
    added = rows.add(
        connection,
        id=ident,
        item_id=item.id,
        round=number_of_round,
        staff_id=account.id,
        code=parts.ring.fingerprint("alarm_code", code),
        state="paging",
        paged_at=now,
        answer_by=ladder.answer_by(item.priority, now),
        answered_at=None,
    )
    if not added:
        return 0
    _record(connection, item.id, was="", became="paging", why=account.id, now=now)
    _text(
        parts,
        connection,
        account,
        "staff_page",
        {"code": code},
        subject_id=ident,
        dedupe_key=f"alarm:{ident}",
        now=now,
    )
    if account.number is not None:
        paging_calls.ring(parts, connection, account.id)
    return 1


def _text(
    parts: Parts,
    connection: Connection,
    account: Row[Any],
    template: str,
    values: dict[str, str],
    *,
    subject_id: str,
    dedupe_key: str,
    now: datetime,
) -> None:
    """A text to somebody who works here, on their own phone; who has no number gets none."""
    if account.number is None:
        return
    ring = parts.ring
    number = ring.unseal_text(account.number, "staff.number", account.id)
    phone, ident = new_ident(), new_ident()
    phone_id = people.phone(
        connection,
        ident=phone,
        fingerprint=ring.fingerprint("phone", number),
        number=ring.seal(number, "phone.number", phone),
        language=account.language,
        now=now,
    )
    outbox.post(
        connection,
        id=ident,
        phone_id=phone_id,
        person_id=None,
        subject_id=subject_id,
        purpose=Purpose.STAFF,
        template=template,
        language="en" if account.language == "en" else "bn",
        values=ring.seal(msgspec.json.encode(values), "message.values", ident),
        due_at=now,
        expires_at=now + TEXT_LIVES,
        dedupe_key=dedupe_key,
        created_at=now,
        updated_at=now,
    )


def _end(connection: Connection, alarms: Sequence[Row[Any]], now: datetime, actor: str) -> None:
    for each in alarms:
        if each.state == "paging":
            _turn(connection, each, "ended", now, actor)


def _turn(
    connection: Connection,
    alarm: Row[Any],
    becomes: str,
    now: datetime,
    actor: str,
    *,
    answered: bool = False,
) -> None:
    state = move(ALARM, alarm.state, becomes)
    if rows.turn(connection, alarm.id, alarm.state, state, now if answered else None):
        _record(
            connection,
            alarm.item_id,
            was=alarm.state,
            became=state,
            why=alarm.staff_id,
            now=now,
            actor=actor,
        )


def _silence(connection: Connection, alarms: Sequence[Row[Any]], now: datetime, actor: str) -> None:
    """Texts about these alarms that have not gone need not go any more."""
    for each in alarms:
        if each.state in ("paging", "passed_on"):
            waiting = outbox.cancel_subject(connection, subject_id=each.id, why="answered", now=now)
            cancelled(connection, waiting, why="answered", now=now, actor=actor)


def _record(
    connection: Connection,
    item_id: str,
    *,
    was: str,
    became: str,
    now: datetime,
    why: str = "",
    actor: str = "system",
) -> None:
    """A step of the ladder, among the events of its item: the why says who was called."""
    events.record(
        connection,
        subject="alarm",
        subject_id=item_id,
        was=was,
        became=became,
        why=why,
        now=now,
        actor=actor,
    )
