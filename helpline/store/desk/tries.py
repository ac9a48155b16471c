"""Failed log-ins, by fingerprints of where they came from; kept for a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, func, insert, select

from helpline.cases.passwords import COUNTED, Tries
from helpline.store.idents import new_ident
from helpline.store.tables import LoginTry

if TYPE_CHECKING:
    from sqlalchemy import Connection

_KEPT: Final = timedelta(days=1)


def lately(connection: Connection, who: Iterable[bytes], now: datetime) -> dict[bytes, Tries]:
    """How often each failed within the last `COUNTED`, and when last; those that never did are absent."""
    counted = (
        select(LoginTry.who, func.count(), func.max(LoginTry.at, type_=LoginTry.at.type))
        .where(LoginTry.who.in_(list(who)), LoginTry.at > now - COUNTED)
        .group_by(LoginTry.who)
    )
    return {row[0]: Tries(row[1], row[2]) for row in connection.execute(counted)}


def add(connection: Connection, who: Iterable[bytes], now: datetime) -> None:
    """Count one failure for each, and forget those of the day before."""
    connection.execute(delete(LoginTry).where(LoginTry.at < now - _KEPT))
    connection.execute(
        insert(LoginTry), [{"id": new_ident(), "who": each, "at": now} for each in who]
    )


def forget(connection: Connection, who: bytes) -> None:
    """Somebody got in: what they mistyped before does not count."""
    connection.execute(delete(LoginTry).where(LoginTry.who == who))


def take_back(connection: Connection, who: Iterable[bytes], at: datetime) -> None:
    """One try that was counted beforehand did not fail."""
    for each in who:
        newest = (
            select(LoginTry.id).where(LoginTry.who == each, LoginTry.at == at).limit(1)
        ).scalar_subquery()
        connection.execute(delete(LoginTry).where(LoginTry.id == newest))
