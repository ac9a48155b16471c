"""Somebody says that another person needs help. We contact nobody for it: she dials us herself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpline.cases.work import Kind
from helpline.service import work
from helpline.store import events, requests
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from helpline.cases.effects import TellOfAnother
    from helpline.service.visit import Visit


def tell(visit: Visit, told: TellOfAnother) -> dict[str, str]:
    """Keep what was told, sealed, for staff to read. No case is opened, no number becomes a phone.

    The item names no phone, so that neither who told nor whom it is about can be called from it.
    """
    ident = new_ident()
    requests.add_text(
        visit.connection,
        id=ident,
        phone_id=visit.phone_id(),
        words=visit.parts.ring.seal(told.number, "incoming_text.words", ident),
        state="open",
        received_at=visit.now,
    )
    events.record(
        visit.connection,
        subject="incoming_text",
        subject_id=ident,
        became="open",
        why="on_behalf",
        now=visit.now,
        actor=visit.actor,
    )
    work.open_item(
        visit.connection,
        kind=Kind.ON_BEHALF,
        subject_id=ident,
        district=told.district,
        language=visit.language,
        now=visit.now,
        actor=visit.actor,
    )
    return {}
