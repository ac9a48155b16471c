"""Crypto-shredding: what is sealed about somebody is bound to a small row that can be destroyed.

What callers and staff write is sealed with the ring's own key, so that nobody waits for anything.
`bind` goes over it afterwards and seals it again under a key that also needs the secret of its
owner: a person, a case or a phone. Without the owner's row of `shred_key`, which lies in no backup
of the other tables, no copy of such a value opens, wherever it is.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import LargeBinary, and_, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from helpline.store.blanks import empty_length
from helpline.store.current import CURRENT
from helpline.store.prepared import Prepared
from helpline.store.sealing import LOOSE, Unsealable, owner_of
from helpline.store.tables import Base, ShredKey

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from helpline.store.database import Database
    from helpline.store.sealing import KeyRing

OWNERS: Final = {
    "phone.number": "id",
    "incoming_text.words": "phone_id",
    "person.identity": "id",
    "correction.was": "person_id",
    "correction.became": "person_id",
    "care_case.name": "id",
    "contact_words.words": "owner_id",
    "note.words": "case_id",
    "assessment.answers": "case_id",
    "plan_step.goal": "case_id",
    "wage_claim.amount": "case_id",
    "wage_claim.employer": "case_id",
    "wage_claim.agency": "case_id",
    "approval.words": "case_id",
    "transfer.words": "case_id",
    "referral.words": "case_id",
    "staff_text.reason": "case_id",
}
"""Sealed column -> the column of the same row with the id of its owner."""
ON_THE_RING: Final = {
    "message.values": "emptied after 30 days",
    "session.state": "deleted after 14 days",
    "inbox.reply": "emptied after 2 days",
    "break_glass.reason": "kept for accountability, longer than the case",
    "campaign.reason": "about a text to many, of no person",
    "provider.focal_name": "an office",
    "provider.focal_number": "an office",
    "staff.name": "staff",
    "staff.number": "staff",
    "staff.totp": "staff",
}
"""Sealed columns that stay on the ring's key, and why."""

_SECRET_BYTES: Final = 32
_READ = Prepared(select(ShredKey.secret).where(ShredKey.owner == bindparam("wanted")))
_ADD = Prepared(upsert(ShredKey).on_conflict_do_nothing())


def secret_of(owner: str) -> bytes | None:
    """The secret of an owner, in the transaction that is open; none when it was destroyed.

    Raises:
        RuntimeError: no transaction is open.
    """
    current = CURRENT.get()
    if current is None:
        raise RuntimeError("a value that is bound to its owner is opened outside of a transaction")
    if owner not in current.secrets:
        row = _READ.row(current.connection, wanted=owner)
        current.secrets[owner] = bytes.fromhex(row[0]) if row else None
    return current.secrets[owner]


def know(blobs: Iterable[bytes | None]) -> None:
    """Read the secrets of many values at once, for whoever opens them in this transaction."""
    current = CURRENT.get()
    owners = {owner for blob in blobs if blob and (owner := owner_of(blob))}
    if current is None or not (unknown := owners - current.secrets.keys()):
        return
    rows = current.connection.execute(
        select(ShredKey.owner, ShredKey.secret).where(ShredKey.owner.in_(unknown))
    )
    current.secrets |= dict.fromkeys(unknown) | {
        row.owner: bytes.fromhex(row.secret) for row in rows
    }


def bind(database: Database, ring: KeyRing, batch: int = 500, most: int = 100) -> int:
    """Bind what is not bound yet, in short transactions, while everything runs; how many values.

    A value that a writer changed in the meantime is left as the writer wants it, for the next time.
    """
    return sum(_Column(name, ring).bind(database, batch, most) for name in OWNERS)


def loosen(connection: Connection, ring: KeyRing, name: str, owner: str) -> None:
    """Take what an owner has in a column off that owner: it goes over to another, and is bound anew.

    Else it would be lost with the secret of an owner whose it is no longer.
    """
    _Column(name, ring).loosen(connection, owner)


class _Column:
    """One sealed column whose values have an owner."""

    def __init__(self, name: str, ring: KeyRing) -> None:
        table, column = name.split(".")
        self._ring, self._name = ring, name
        self._table = Base.metadata.tables[table]
        self._column = self._table.c[column]
        self._owner = self._table.c[OWNERS[name]]
        [self._key] = self._table.primary_key

    def bind(self, database: Database, batch: int, most: int) -> int:
        bound, after = 0, ""
        for _batch in range(most):
            with database.transaction() as connection:
                rows = self._loose(connection, after, batch)
                bound += sum(self._bind(connection, *row) for row in rows)
            if len(rows) < batch:
                break
            after = rows[-1][0]
        return bound

    def loosen(self, connection: Connection, owner: str) -> None:
        rows = connection.execute(
            select(self._key, self._column)
            .where(self._owner == owner, self._column.is_not(None))
            .with_for_update()
        ).all()
        for key, blob in rows:
            if not owner_of(blob):
                continue
            value = self._ring.seal(self._ring.unseal(blob, self._name, key), self._name, key)
            same = update(self._table).where(self._key == key)
            connection.execute(same.values({self._column: value}))

    def _loose(self, connection: Connection, after: str, most: int) -> list[tuple[Any, ...]]:
        beginning = func.substr(self._column, 1, len(LOOSE), type_=LargeBinary)
        loose = and_(
            beginning == LOOSE,
            func.length(self._column) != empty_length(self._ring, self._table, self._column),
            self._owner.is_not(None),
            self._key > after,
        )
        query = select(self._key, self._owner, self._column).where(loose)
        return [tuple(row) for row in connection.execute(query.order_by(self._key).limit(most))]

    def _bind(self, connection: Connection, key: str, owner: str, before: bytes) -> int:
        try:
            value = self._ring.unseal(before, self._name, key)
        except Unsealable:
            return 0
        _make(connection, owner)
        after = self._ring.seal(value, self._name, key, owner=owner)
        changed = connection.execute(
            update(self._table)
            .where(self._key == key, self._column == before)
            .values({self._column: after})
        )
        return changed.rowcount


def _make(connection: Connection, owner: str) -> None:
    """Give an owner a secret who has none."""
    current = CURRENT.get()
    if current is not None and secret_of(owner) is None:
        _ADD.run(connection, owner=owner, secret=secrets.token_hex(_SECRET_BYTES))
        current.secrets.pop(owner)
