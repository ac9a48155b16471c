"""The table of service points: written in bulk by key, read as a whole at start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from helpline.cases import directory
from helpline.flow.words import Label
from helpline.store.idents import new_ident
from helpline.store.tables import Centre

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection, Row

_KEPT = frozenset({"id", "key"})
"""Columns that a second import of the same key leaves alone."""


def upsert_centres(
    connection: Connection, centres: Iterable[directory.Centre], now: datetime
) -> None:
    """Write service points, replacing those with the same key, in the caller's transaction."""
    values = [_columns(centre, now) for centre in centres]
    if not values:
        return
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(Centre)
    replaced = {name: statement.excluded[name] for name in values[0] if name not in _KEPT}
    connection.execute(
        statement.on_conflict_do_update(index_elements=[Centre.key], set_=replaced), values
    )


def all_centres(connection: Connection) -> tuple[directory.Centre, ...]:
    """Every service point on record, also expired ones, by key."""
    return tuple(map(_centre, connection.execute(select(Centre.__table__).order_by(Centre.key))))


def _columns(centre: directory.Centre, now: datetime) -> dict[str, Any]:
    address = centre.address
    return {
        "id": new_ident(),
        "key": centre.key,
        "kind": centre.kind,
        "name_bn": centre.name.bn,
        "name_latn": centre.name.bn_Latn,
        "name_en": centre.name.en,
        "district": centre.district,
        "upazila": centre.upazila or None,
        "catchment": "|".join(centre.catchment),
        "address_bn": address.bn if address else "",
        "address_en": address.en if address else "",
        "phone": centre.phone,
        "latitude": centre.latitude,
        "longitude": centre.longitude,
        "source": centre.source,
        "source_date": centre.source_date,
        "verified_at": centre.verified_at,
        "verified_by": centre.verified_by,
        "expires_at": centre.expires_at,
        "updated_at": now,
    }


def _centre(row: Row[Any]) -> directory.Centre:
    address = Label(row.address_bn, row.address_en, row.address_en)
    return directory.Centre(
        key=row.key,
        kind=row.kind,
        name=Label(row.name_bn, row.name_latn, row.name_en),
        district=row.district,
        upazila=row.upazila or "",
        catchment=tuple(place for place in row.catchment.split("|") if place),
        address=address if row.address_bn else None,
        phone=row.phone,
        latitude=row.latitude,
        longitude=row.longitude,
        source=row.source,
        source_date=row.source_date,
        verified_at=row.verified_at,
        verified_by=row.verified_by,
        expires_at=row.expires_at,
    )
