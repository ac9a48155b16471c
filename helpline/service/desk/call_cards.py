"""What a page shows of calls: the promise and the phone of one item, and the calls of now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from helpline.cases.roles import Confided, may_open
from helpline.service.desk.callable import Safety, item_safety
from helpline.service.desk.contact_words import Card, on_phone
from helpline.service.desk.safe_contact import masked
from helpline.store.desk import accounts, calls, files
from helpline.store.desk import callbacks as rows

if TYPE_CHECKING:
    from sqlalchemy import Row

    from helpline.service.desk.acting import Acting


@dataclass(frozen=True, slots=True)
class CallCard:
    """Everything about calling the client of one item."""

    masked: str
    safe: Safety
    callback: Row[Any] | None
    tried: list[datetime]
    call: Row[Any] | None
    """The last call about it; `running` says whether it still goes on."""
    running: bool
    voice: bool
    own_number: bool
    cover: Card


@dataclass(frozen=True, slots=True)
class ShownCall:
    """One call as a list shows it; of a case that is not this member's nothing that tells whose it is."""

    id: str
    purpose: str
    state: str
    began_at: datetime
    connected_at: datetime | None
    ended_at: datetime | None
    ended_why: str
    staff: str
    number: str
    case_id: str
    mine: bool


def of_item(deed: Acting, item: Row[Any]) -> CallCard:
    """What is known about calling the client of an item that this member may see."""
    safe = item_safety(deed.parts, deed.connection, item, deed.now)
    call = calls.of_item(deed.connection, item.id)
    me = accounts.by_id(deed.connection, deed.who.id)
    callback = None
    if item.kind in (*rows.KINDS, "unreachable"):
        callback = rows.by_id(deed.connection, item.subject_id)
    case = files.by_id(deed.connection, item.case_id) if item.case_id else None
    return CallCard(
        masked=_masked(deed, item.phone_id),
        safe=safe,
        callback=callback,
        tried=rows.tried(deed.connection, item.subject_id) if callback is not None else [],
        call=call,
        running=call is not None and call.state not in calls.OVER,
        voice=deed.parts.voice is not None,
        own_number=me is not None and me.number is not None,
        cover=on_phone(deed, case, item.phone_id),
    )


def running(deed: Acting) -> list[ShownCall]:
    """The calls of this moment."""
    mine = calls.calls_of(deed.connection, deed.who.id)
    return [_shown(deed, row, row.id in mine) for row in calls.running(deed.connection)]


def recent(deed: Acting, most: int) -> list[ShownCall]:
    """The last calls that are over."""
    return [
        _shown(deed, row, row.staff_id == deed.who.id)
        for row in calls.recent(deed.connection, most=most)
    ]


def _shown(deed: Acting, row: Row[Any], mine: bool) -> ShownCall:  # noqa: FBT001
    ring = deed.parts.ring
    theirs = mine or row.case_id is None or may_open(deed.who, _confided(row))
    number = ring.unseal_text(row.number, "phone.number", row.phone_id) if row.number else ""
    return ShownCall(
        id=row.id,
        purpose=row.purpose,
        state=row.state,
        began_at=row.began_at,
        connected_at=row.connected_at,
        ended_at=row.ended_at,
        ended_why=row.ended_why,
        staff=ring.unseal_text(row.staff_name, "staff.name", row.staff_id)
        if row.staff_name
        else "",
        number=masked(number) if theirs else "",
        case_id=row.case_id or "" if theirs else "",
        mine=mine,
    )


def _confided(row: Row[Any]) -> Confided:
    return Confided(
        row.district, row.restricted, row.case_owner_id or "", row.case_supervisor_id or ""
    )


def _masked(deed: Acting, phone_id: str | None) -> str:
    sealed = calls.number_of(deed.connection, phone_id) if phone_id else None
    if phone_id is None or sealed is None:
        return ""
    return masked(deed.parts.ring.unseal_text(sealed, "phone.number", phone_id))
