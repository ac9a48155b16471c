"""What is said on a phone so that only one person understands it: kept for that person, on that phone."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from helpline.store.tables import ContactWords

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row


def on_phone(connection: Connection, *, owner_id: str, phone_id: str) -> Row[Any] | None:
    """The words of a person (or of a case of which nobody registered) for one phone."""
    return connection.execute(
        select(ContactWords.__table__).where(
            ContactWords.owner_id == owner_id, ContactWords.phone_id == phone_id
        )
    ).one_or_none()


def of_owner(connection: Connection, owner_id: str) -> dict[str, Row[Any]]:
    """The words of a person, or of a case, by phone."""
    found = connection.execute(
        select(ContactWords.__table__).where(ContactWords.owner_id == owner_id)
    )
    return {row.phone_id: row for row in found}


def add(connection: Connection, **columns: Any) -> bool:
    """Write the first words for a phone; False when somebody else has written some meanwhile."""
    row = connection.execute(
        upsert(ContactWords)
        .values(**columns, version=1)
        .on_conflict_do_nothing(index_elements=[ContactWords.owner_id, ContactWords.phone_id])
        .returning(ContactWords.id)
    ).one_or_none()
    return row is not None


def change(connection: Connection, ident: str, seen: int, *, words: bytes, now: datetime) -> bool:
    """Write words anew; False when they are not the ones that were `seen` any more."""
    done = connection.execute(
        update(ContactWords)
        .where(ContactWords.id == ident, ContactWords.version == seen)
        .values(words=words, written_at=now, version=ContactWords.version + 1)
    )
    return done.rowcount == 1


def hand_on(connection: Connection, *, was: str, becomes: str) -> None:
    """What one owner had another one has now; of two for one phone the words written last stay."""
    mine = of_owner(connection, becomes)
    for phone_id, theirs in of_owner(connection, was).items():
        known = mine.get(phone_id)
        if known is not None:
            older = known if known.written_at <= theirs.written_at else theirs
            connection.execute(delete(ContactWords).where(ContactWords.id == older.id))
    connection.execute(
        update(ContactWords).where(ContactWords.owner_id == was).values(owner_id=becomes)
    )


def forget(connection: Connection, phone_id: str, *, owner_id: str = "") -> None:
    """A phone is nobody's any more, or not this owner's: what was to be said on it is not said again."""
    words = delete(ContactWords).where(ContactWords.phone_id == phone_id)
    connection.execute(words.where(ContactWords.owner_id == owner_id) if owner_id else words)
