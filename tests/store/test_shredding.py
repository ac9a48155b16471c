"""Crypto-shredding: one small row destroyed, and every copy of what was sealed for somebody is noise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, event, insert, select, update

from helpline.store.register import register
from helpline.store.rotation import rotate
from helpline.store.sealing import KeyRing, Unsealable, new_keys, owner_of
from helpline.store.shredding import ON_THE_RING, OWNERS, bind, know
from helpline.store.tables import Base, Phone, ShredKey
from tests.store.test_rotation import NEW, OLD, ONLY_NEW, fill

if TYPE_CHECKING:
    from helpline.store.database import Database


def numbers(database: Database) -> list[bytes]:
    with database.reading() as connection:
        return list(connection.execute(select(Phone.number).order_by(Phone.id)).scalars())


def opened(database: Database, ring: KeyRing) -> list[str]:
    with database.reading() as connection:
        rows = connection.execute(select(Phone.id, Phone.number).order_by(Phone.id)).all()
        return [ring.unseal_text(number, "phone.number", ident) for ident, number in rows]


def secrets_kept(database: Database) -> int:
    with database.reading() as connection:
        return len(connection.execute(select(ShredKey.owner)).all())


def shred(database: Database, owner: str) -> None:
    with database.transaction() as connection:
        connection.execute(delete(ShredKey).where(ShredKey.owner == owner))


def test_every_sealed_column_has_an_owner_or_a_reason_to_have_none() -> None:
    sealed = {f"{each.table}.{each.column}" for each in register() if each.kind == "sealed"}
    assert OWNERS.keys() | ON_THE_RING.keys() == sealed
    assert not OWNERS.keys() & ON_THE_RING.keys()
    for name, owner in OWNERS.items():
        assert owner in Base.metadata.tables[name.partition(".")[0]].c


def test_bound_values_open_as_before_and_each_owner_has_one_secret(database: Database) -> None:
    ring = KeyRing.parse(OLD)
    fill(database, ring, range(7))
    assert bind(database, ring, batch=3) == 7
    assert opened(database, ring) == [str(number) for number in range(7)]
    assert [owner_of(number) for number in numbers(database)] == [
        f"{number:032x}" for number in range(7)
    ]
    assert secrets_kept(database) == 7
    before = numbers(database)
    assert bind(database, ring) == 0
    assert numbers(database) == before


def test_a_copy_does_not_open_any_more_when_the_secret_is_destroyed(database: Database) -> None:
    ring = KeyRing.parse(OLD)
    fill(database, ring, range(2))
    bind(database, ring)
    copy, _other = numbers(database)
    shred(database, f"{0:032x}")
    with database.reading():
        with pytest.raises(Unsealable, match="destroyed"):
            ring.unseal(copy, "phone.number", f"{0:032x}")
        assert ring.unseal_text(numbers(database)[1], "phone.number", f"{1:032x}") == "1"


def test_a_secret_that_is_made_again_opens_nothing_old(database: Database) -> None:
    ring = KeyRing.parse(OLD)
    fill(database, ring, range(1))
    bind(database, ring)
    [copy] = numbers(database)
    shred(database, f"{0:032x}")
    with database.transaction() as connection:
        connection.execute(insert(ShredKey).values(owner=f"{0:032x}", secret="5" * 64))
    with database.reading(), pytest.raises(Unsealable):
        ring.unseal(copy, "phone.number", f"{0:032x}")


def test_the_secret_alone_opens_nothing(database: Database) -> None:
    ring = KeyRing.parse(OLD)
    fill(database, ring, range(1))
    bind(database, ring)
    [copy] = numbers(database)
    with database.reading(), pytest.raises(Unsealable):
        KeyRing.parse(new_keys("one")).unseal(copy, "phone.number", f"{0:032x}")


@pytest.mark.parametrize("place", [("phone.number", "x"), ("note.words", f"{0:032x}")])
def test_a_bound_value_that_was_moved_does_not_open(
    database: Database, place: tuple[str, str]
) -> None:
    ring = KeyRing.parse(OLD)
    fill(database, ring, range(1))
    bind(database, ring)
    with database.reading(), pytest.raises(Unsealable):
        ring.unseal(numbers(database)[0], *place)


def test_every_cut_and_every_changed_byte_of_a_bound_value_is_refused(database: Database) -> None:
    ring = KeyRing.parse(OLD)
    fill(database, ring, range(1))
    bind(database, ring)
    [blob] = numbers(database)
    with database.reading():
        for length in range(len(blob)):
            with pytest.raises(Unsealable):
                ring.unseal(blob[:length], "phone.number", f"{0:032x}")
        for place in range(len(blob)):
            changed = blob[:place] + bytes((blob[place] ^ 1,)) + blob[place + 1 :]
            with pytest.raises(Unsealable):
                ring.unseal(changed, "phone.number", f"{0:032x}")


def test_keys_rotate_under_bound_and_loose_values_alike(database: Database) -> None:
    ring = KeyRing.parse(OLD)
    fill(database, ring, range(4))
    bind(database, ring)
    fill(database, ring, range(4, 6))
    assert rotate(database, KeyRing.parse(NEW), batch=4).resealed == 6
    only_new = KeyRing.parse(ONLY_NEW)
    assert opened(database, only_new) == [str(number) for number in range(6)]
    assert [bool(owner_of(number)) for number in numbers(database)] == [True] * 4 + [False] * 2
    assert rotate(database, KeyRing.parse(NEW)).resealed == 0
    assert bind(database, only_new) == 2
    shred(database, f"{0:032x}")
    with database.reading(), pytest.raises(Unsealable):
        only_new.unseal(numbers(database)[0], "phone.number", f"{0:032x}")


def test_what_was_written_anew_is_bound_the_next_time(database: Database) -> None:
    ring = KeyRing.parse(OLD)
    fill(database, ring, range(1))
    bind(database, ring)
    ident = f"{0:032x}"
    with database.transaction() as connection:
        connection.execute(update(Phone).values(number=ring.seal("x", "phone.number", ident)))
    assert bind(database, ring) == 1
    assert opened(database, ring) == ["x"]
    assert secrets_kept(database) == 1


def test_a_sealed_nothing_is_bound_to_nobody(database: Database) -> None:
    ring = KeyRing.parse(OLD)
    fill(database, ring, range(1))
    with database.transaction() as connection:
        empty = ring.seal("", "phone.number", f"{0:032x}")
        connection.execute(update(Phone).values(number=empty))
    assert bind(database, ring) == 0
    assert secrets_kept(database) == 0


def test_a_value_that_does_not_open_stops_nobody(database: Database) -> None:
    ring = KeyRing.parse(OLD)
    fill(database, ring, range(3))
    strange = KeyRing.parse(new_keys("one")).seal("1", "phone.number", f"{1:032x}")
    with database.transaction() as connection:
        connection.execute(update(Phone).where(Phone.id == f"{1:032x}").values(number=strange))
    assert bind(database, ring, batch=1) == 2
    assert numbers(database)[1] == strange


def test_many_secrets_are_read_in_one_statement(database: Database) -> None:
    ring = KeyRing.parse(OLD)
    fill(database, ring, range(20))
    bind(database, ring)
    statements: list[Any] = []
    with database.reading() as connection:
        blobs = list(connection.execute(select(Phone.number).order_by(Phone.id)).scalars())
        event.listen(
            database.engine, "before_cursor_execute", lambda *args: statements.append(args[2])
        )
        know(blobs)
        for number, blob in enumerate(blobs):
            ring.unseal(blob, "phone.number", f"{number:032x}")
    assert len(statements) == 1


def test_outside_of_a_transaction_nothing_bound_is_opened(database: Database) -> None:
    ring = KeyRing.parse(OLD)
    fill(database, ring, range(1))
    bind(database, ring)
    with pytest.raises(RuntimeError, match="transaction"):
        ring.unseal(numbers(database)[0], "phone.number", f"{0:032x}")
