"""A phone that is not safe any more: what was under way on it ends in the same transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpline.service import check_in_duties
from helpline.service.messages import cancelled
from helpline.store import outbox, requests, safe_contact
from helpline.store.conversations import close_drafts

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


def hush(connection: Connection, *, phone_id: str, now: datetime, actor: str) -> None:
    """What was under way on a phone that is not safe ends: nothing begun is offered, nothing goes out.

    Also what was asked for before: should the phone be safe again one day, it is asked for anew.
    """
    close_drafts(connection, caller=safe_contact.caller_of(connection, phone_id))
    check_in_duties.end_of_phone(connection, phone_id=phone_id, why="unsafe", now=now, actor=actor)
    requests.stop_sms_on(connection, phone_id=phone_id, now=now)
    waiting = outbox.cancel_phone(connection, phone_id=phone_id, why="unsafe", now=now)
    cancelled(connection, waiting, why="unsafe", now=now, actor=actor)
