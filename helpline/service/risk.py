"""Somebody may be in danger: a human looks at once. It only raises; it never judges and never ends a talk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from helpline.cases.states import WORK_ITEM, move
from helpline.cases.work import PROMISES, Kind
from helpline.service import work
from helpline.service.desk import alarms, clocks
from helpline.store import events
from helpline.store.desk import alarms as rows
from helpline.store.desk import files, items, risk_flags
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from helpline.service.parts import Parts

SIGNS: Final = ("said_so", "somebody_else_says", "voice", "answers", "text", "other")
"""What made somebody, or a text, raise it. Codes: her words stay where she said them."""


class NoSuchCase(LookupError):
    """There is no case with this id."""


def raise_risk(
    parts: Parts,
    connection: Connection,
    *,
    case_id: str,
    why: str,
    now: datetime,
    actor: str = "system",
    topics: Sequence[str] = (),
    about_another: bool = False,
) -> str:
    """Put the review of a possible danger at the top of the queue, and call somebody; the item's id.

    Its clocks count every minute, day and night. A review that waits already is raised no second
    time, only written down again; one that was done begins anew. The police are nobody's first step
    and never this one's; what the case says about the person is not touched. Every sign is kept with
    what a text may speak of (`topics`), for the report of false alarms.

    Raises:
        NoSuchCase: there is none.
    """
    case = files.by_id(connection, case_id)
    if case is None:
        raise NoSuchCase(case_id)
    item_id = work.open_item(
        connection,
        kind=Kind.RISK_REVIEW,
        subject_id=case_id,
        case_id=case_id,
        phone_id=case.phone_id,
        district=case.district,
        language=case.language,
        counsellor=case.counsellor,
        restricted=case.restricted,
        now=now,
        actor=actor,
    )
    if not item_id:
        item_id = _again(connection, case_id, now, actor)
    events.record(
        connection,
        subject="case",
        subject_id=case_id,
        was=case.stage,
        became=case.stage,
        why=f"risk_{why}"[:40],
        now=now,
        actor=actor,
    )
    risk_flags.add(
        connection,
        id=new_ident(),
        item_id=item_id,
        case_id=case_id,
        sign=why[:40],
        topics=" ".join(sorted(set(topics))),
        about_another=about_another,
        raised_by=actor[:40],
        raised_at=now,
        outcome="",
        level="",
        settled_at=None,
        settled_by=None,
    )
    item = rows.item(connection, item_id)
    if item is not None:
        clocks.begin(connection, item, now)
        if item.state == "open":
            alarms.page(parts, connection, item_id, now)
    return item_id


def _again(connection: Connection, case_id: str, now: datetime, actor: str) -> str:
    """The review there is already: open and waiting, or reopened when it was done."""
    known = items.about(connection, kind=Kind.RISK_REVIEW, subject_id=case_id)
    item = rows.item(connection, known.id) if known else None
    if item is None:
        raise NoSuchCase(case_id)
    if item.state == "done":
        _reopen(connection, item, now, actor)
    return str(item.id)


def _reopen(connection: Connection, item: Row[Any], now: datetime, actor: str) -> None:
    promise = PROMISES[Kind.RISK_REVIEW]
    rows.change_item(
        connection,
        item,
        state=move(WORK_ITEM, item.state, "open"),
        priority=int(promise.priority),
        level=int(promise.level),
        owner_id=None,
        claimed_at=None,
        outcome="",
        opened_at=now,
        offered_at=now,
        promised_at=now + promise.within,
        done_at=None,
    )
    events.record(
        connection,
        subject="work_item",
        subject_id=item.id,
        was=item.state,
        became="open",
        why="danger_again",
        now=now,
        actor=actor,
    )
