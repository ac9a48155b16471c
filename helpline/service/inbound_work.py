"""The piece of work that a call belongs to: taken up with an inbound call, found for a dial-back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from helpline.cases.work import Kind
from helpline.service import work
from helpline.service.desk.callable import item_safety
from helpline.service.files import file_of
from helpline.store import events, people
from helpline.store.desk import calls, work_of_calls
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
    case = file_of(
        now.connection,
        person_id=people.only_person(now.connection, phone_id),
        phone_id=phone_id,
        language="en" if language == "en" else "bn",
        now=now.now,
        actor=now.actor,
    )
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
