"""The offices that take referrals."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from helpline.store.tables import Provider, Referral

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row

OPEN: tuple[str, ...] = ("sent", "accepted", "attended", "not_attended")
"""States in which an office still has something to do with a referral, or may."""


def add(connection: Connection, **columns: Any) -> None:
    """Write a provider."""
    connection.execute(insert(Provider).values(**columns))


def by_id(connection: Connection, provider_id: str) -> Row[Any] | None:
    """One provider."""
    return connection.execute(
        select(Provider.__table__).where(Provider.id == provider_id)
    ).one_or_none()


def change(
    connection: Connection, provider_id: str, *, seen: datetime, now: datetime, **columns: Any
) -> bool:
    """Write columns of a provider unless it changed after `seen`; False when it did."""
    done = connection.execute(
        update(Provider)
        .where(Provider.id == provider_id, Provider.updated_at == seen)
        .values(updated_at=now, **columns)
    )
    return done.rowcount == 1


def listed(connection: Connection, *, status: str = "") -> Sequence[Row[Any]]:
    """All providers, or those of one status, by their English name."""
    asked = select(Provider.__table__).order_by(func.lower(Provider.name_en), Provider.id)
    if status:
        asked = asked.where(Provider.status == status)
    return connection.execute(asked).all()


def with_focal(connection: Connection, focal_key: bytes) -> Sequence[Row[Any]]:
    """The enlisted providers whose focal person has the number with this fingerprint."""
    return connection.execute(
        select(Provider.__table__).where(
            Provider.focal_key == focal_key, Provider.status == "enlisted"
        )
    ).all()


def of_organisation(connection: Connection, name: str) -> Sequence[Row[Any]]:
    """The enlisted providers with this name, in either language."""
    return [
        row
        for row in listed(connection, status="enlisted")
        if name.strip() and name.strip().casefold() in (row.name_en.casefold(), row.name_bn)
    ]


def open_referrals(connection: Connection, provider_id: str) -> Sequence[Row[Any]]:
    """The referrals to a provider that are not over."""
    return connection.execute(
        select(Referral.__table__).where(
            Referral.provider_id == provider_id, Referral.state.in_(OPEN)
        )
    ).all()


def counts(connection: Connection) -> dict[str, dict[str, int]]:
    """How many referrals each provider got, by state."""
    found: dict[str, dict[str, int]] = {}
    rows = connection.execute(
        select(Referral.provider_id, Referral.state, func.count())
        .where(Referral.state.not_in(("draft", "cancelled")))
        .group_by(Referral.provider_id, Referral.state)
    )
    for provider_id, state, number in rows:
        found.setdefault(provider_id, {})[state] = number
    return found
