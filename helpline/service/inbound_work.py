"""The piece of work that a call belongs to: taken up with an inbound call, found for a dial-back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from helpline.cases.roles import may_open
from helpline.cases.work import Kind
from helpline.service import work
from helpline.service.desk.access import confided
from helpline.service.desk.callable import item_safety
from helpline.service.desk.sessions import member
from helpline.service.files import File, file_of, open_file
from helpline.store import events, people
from helpline.store.desk import accounts, calls, files, glass, work_of_calls
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from helpline.service.parts import Parts
    from helpline.service.talk import Talk

CALLABLE: Final = (Kind.CALLBACK, Kind.MISSED_CALL, Kind.COUNSELLING)
"""The work for which a client is called."""


def take_up(now: Talk, staff_id: str | None) -> None:
    """A caller and somebody of ours talk: that is a piece of work with a case, and theirs."""
    if now.call.item_id or not now.call.phone_id or staff_id is None:
        if now.call.item_id and staff_id:
            work_of_calls.give_to(now.connection, now.call.item_id, staff_id, now.now)
        return
    phone_id = now.call.phone_id
    language = calls.phone_language(now.connection, phone_id)
    case = _file(now, staff_id, phone_id, "en" if language == "en" else "bn")
    item_id = work.open_item(
        now.connection,
        kind=Kind.OTHER,
        subject_id=now.call.id,
        case_id=case.id,
        phone_id=phone_id,
        district=case.district,
        language=language,
        counsellor=now.wish(),
        now=now.now,
        actor=now.actor,
    )
    work_of_calls.give_to(now.connection, item_id, staff_id, now.now)
    events.record(
        now.connection,
        subject="work_item",
        subject_id=item_id,
        was="open",
        became="claimed",
        why="hotline",
        now=now.now,
        actor=staff_id,
    )
    now.change(item_id=item_id, case_id=case.id)
    calls.add_contact(
        now.connection,
        id=new_ident(),
        case_id=case.id,
        item_id=item_id,
        phone_id=phone_id,
        staff_id=staff_id,
        channel="call",
        direction="in",
        disposition="answered",
        seconds=0,
        at=now.now,
    )


def _file(now: Talk, staff_id: str, phone_id: str, language: str) -> File:
    """The case of the phone's person, or of the phone; never a restricted one of somebody else.

    Whoever holds a phone is not surely its owner, and whoever picks up is not whom she confided in:
    the call gets a case that hides nothing, and those whose the restricted one is are told.
    """
    case = file_of(
        now.connection,
        person_id=people.only_person(now.connection, phone_id),
        phone_id=phone_id,
        language=language,
        now=now.now,
        actor=now.actor,
    )
    row = files.by_id(now.connection, case.id)
    account = accounts.by_id(now.connection, staff_id)
    if row is None or not row.restricted or account is None:
        return case
    held = glass.holds_work(now.connection, case_id=row.id, staff_id=staff_id)
    if may_open(member(now.parts.ring, account), confided(row, held=held)):
        return case
    work.open_item(
        now.connection,
        kind=Kind.OTHER,
        subject_id=f"{now.call.id[:16]}{row.id[:16]}",
        case_id=row.id,
        phone_id=phone_id,
        district=row.district,
        language=language,
        counsellor=row.counsellor,
        restricted=row.restricted,
        now=now.now,
        actor=now.actor,
    )
    plain = files.open_to_all(now.connection, phone_id) or open_file(
        now.connection,
        person_id=None,
        phone_id=phone_id,
        place=("", ""),
        language=language,
        counsellor=row.counsellor,
        now=now.now,
        actor=now.actor,
    )
    return File(plain, "")


def work_of_staff(
    parts: Parts, connection: Connection, staff_id: str
) -> tuple[Row[Any] | None, str]:
    """What somebody holds for which a client may be called now, and its callback; the most urgent."""
    now = parts.clock()
    for item in work_of_calls.held(connection, staff_id, [kind.value for kind in CALLABLE]):
        if item_safety(parts, connection, item, now).now:
            counselling = item.kind == Kind.COUNSELLING
            return item, "" if counselling else item.subject_id
    return None, ""
