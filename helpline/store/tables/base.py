"""What every table is made of. The personal-data register is read off the `personal` mark of a column.

`personal` is one of: `sealed` (encrypted, see `helpline.store.sealing`), `fingerprint` (a keyed
hash, for look-up only) and `coded` (one of a short list of codes, kept in clear for counting).
A column without the mark says nothing about a person.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from sqlalchemy import DateTime, Dialect, LargeBinary, MetaData, String, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, mapped_column


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, aware on both databases (SQLite keeps no zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


Ident = Annotated[str, mapped_column(String(32))]
"""A time-ordered identifier made by `helpline.store.idents.new_ident`, 32 hexadecimal digits."""

Code = Annotated[str, mapped_column(String(40))]
Coded = Annotated[str, mapped_column(String(40), info={"personal": "coded"})]
Sealed = Annotated[bytes, mapped_column(LargeBinary, info={"personal": "sealed"})]
Fingerprint = Annotated[bytes, mapped_column(LargeBinary(32), info={"personal": "fingerprint"})]


class Base(DeclarativeBase):
    """Common names for constraints, so that migrations can name them on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        },
    )
    type_annotation_map: dict[Any, Any] = {datetime: Moment}  # noqa: RUF012 (SQLAlchemy's own name)
