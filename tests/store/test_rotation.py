from __future__ import annotations

import base64
import hashlib
import os
import signal
import threading
import time
from contextlib import closing
from datetime import UTC, datetime
from multiprocessing import get_context
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from helpline.store.database import Database, connect
from helpline.store.register import register
from helpline.store.rotation import Rotation, rotate
from helpline.store.sealing import KeyRing
from helpline.store.tables import Base, Inbox, Person, Phone

if TYPE_CHECKING:
    from helpline.store.register import Entry

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _key(seed: str) -> str:
    return base64.b64encode(hashlib.sha256(seed.encode()).digest()).decode()


OLD = f"one:{_key('1')},index:{_key('i')}"
NEW = f"two:{_key('2')},{OLD}"
ONLY_NEW = f"two:{_key('2')},index:{_key('i')}"


def _phones(ring: KeyRing, numbers: range) -> list[dict[str, object]]:
    return [
        {
            "id": f"{number:032x}",
            "fingerprint": ring.fingerprint("phone", str(number)),
            "number": ring.seal(str(number), "phone.number", f"{number:032x}"),
            "language": "bn",
            "heard_at": NOON,
            "created_at": NOON,
        }
        for number in numbers
    ]


def fill(database: Database, ring: KeyRing, numbers: range) -> None:
    with database.transaction() as connection:
        connection.execute(insert(Phone), _phones(ring, numbers))


def opened(database: Database, ring: KeyRing) -> list[str]:
    with database.reading() as connection:
        rows = connection.execute(select(Phone.id, Phone.number).order_by(Phone.id)).all()
    return [ring.unseal_text(number, "phone.number", ident) for ident, number in rows]


def test_after_a_rotation_the_old_key_may_go(database: Database):
    fill(database, KeyRing.parse(OLD), range(25))
    assert rotate(database, KeyRing.parse(NEW), batch=10) == Rotation(25, 0, [])
    assert opened(database, KeyRing.parse(ONLY_NEW)) == [str(number) for number in range(25)]


def test_a_second_rotation_finds_nothing_to_do(database: Database):
    fill(database, KeyRing.parse(OLD), range(5))
    rotate(database, KeyRing.parse(NEW))
    assert rotate(database, KeyRing.parse(NEW)) == Rotation(0, 0, [])


def test_progress_is_told_after_every_batch(database: Database):
    fill(database, KeyRing.parse(OLD), range(25))
    heard: list[tuple[str, str, int]] = []

    def hear(entry: Entry, resealed: int) -> None:
        heard.append((entry.table, entry.column, resealed))

    rotate(database, KeyRing.parse(NEW), batch=10, progress=hear)
    assert heard == [("phone", "number", 10), ("phone", "number", 10), ("phone", "number", 5)]


def test_every_sealed_column_is_rotated_and_empty_ones_stay_empty(database: Database):
    old, new = KeyRing.parse(OLD), KeyRing.parse(NEW)
    sealed = [entry for entry in register() if entry.kind == "sealed"]
    assert {"phone", "person", "message", "session", "inbox"} <= {entry.table for entry in sealed}
    fill(database, old, range(1))
    person = {
        **dict.fromkeys(["for_whom", "sex", "district", "country", "returned", "reason"], "x"),
        "need": "x",
        "created_at": NOON,
    }
    with database.transaction() as connection:
        inbox = {"id": "i", "gateway": "g", "kind": "k", "external_id": "e", "received_at": NOON}
        connection.execute(insert(Inbox).values(reply=old.seal("r", "inbox.reply", "i"), **inbox))
        for ident, identity in (("a", old.seal("nid", "person.identity", "a")), ("b", None)):
            connection.execute(
                insert(Person).values(
                    id=ident,
                    reference=ident,
                    registration_key=ident.encode(),
                    identity=identity,
                    **person,
                )
            )
    assert rotate(database, new) == Rotation(3, 0, [])
    with database.reading() as connection:
        identities = connection.execute(select(Person.identity).order_by(Person.id)).scalars().all()
        reply = connection.execute(select(Inbox.reply)).scalar_one()
    assert identities[1] is None
    only_new = KeyRing.parse(ONLY_NEW)
    assert only_new.unseal_text(identities[0] or b"", "person.identity", "a") == "nid"
    assert only_new.unseal_text(reply, "inbox.reply", "i") == "r"


def test_a_value_that_does_not_open_is_named_left_alone_and_stops_nobody(database: Database):
    ring = KeyRing.parse(OLD)
    fill(database, ring, range(5))
    moved = ring.seal("2", "phone.number", "another row")
    with database.transaction() as connection:
        connection.execute(update(Phone).where(Phone.id == f"{2:032x}").values(number=moved))
    outcome = rotate(database, KeyRing.parse(NEW), batch=2)
    assert outcome == Rotation(4, 1, [f"phone.number:{2:032x}"])
    with database.reading() as connection:
        query = select(Phone.number).where(Phone.id == f"{2:032x}")
        assert connection.execute(query).scalar_one() == moved


def test_what_a_writer_changes_in_the_meantime_is_kept(database: Database):
    """The writer changes the second batch when the first is done, with the old keys."""
    old = KeyRing.parse(OLD)
    fill(database, old, range(4))
    changed = f"{3:032x}"

    def write(_entry: Entry, _resealed: int) -> None:
        with database.transaction() as connection:
            connection.execute(
                update(Phone)
                .where(Phone.id == changed)
                .values(number=old.seal("new", "phone.number", changed))
            )

    outcome = rotate(database, KeyRing.parse(NEW), batch=2, progress=write)
    assert outcome == Rotation(4, 1, [])
    assert opened(database, KeyRing.parse(NEW)) == ["0", "1", "2", "new"]
    assert rotate(database, KeyRing.parse(NEW)) == Rotation(1, 0, [])


def test_nothing_is_lost_between_a_rotation_and_busy_writers(database: Database, database_url: str):
    rings = [KeyRing.parse(OLD), KeyRing.parse(NEW)]
    fill(database, rings[0], range(60))
    stop = threading.Event()
    written: dict[int, str] = {}
    failures: list[Exception] = []

    def write(writer: int) -> None:
        turn = 0
        with closing(connect(database_url)) as own:
            while not stop.is_set():
                turn += 1
                number = turn * 7 % 30 * 2 + writer
                ident, value = f"{number:032x}", f"{writer} {turn}"
                sealed = rings[writer].seal(value, "phone.number", ident)
                try:
                    with own.transaction() as connection:
                        connection.execute(
                            update(Phone).where(Phone.id == ident).values(number=sealed)
                        )
                except Exception as error:  # noqa: BLE001 (told by the test)
                    failures.append(error)
                    return
                written[number] = value

    writers = [threading.Thread(target=write, args=(writer,)) for writer in (0, 1)]
    for writer in writers:
        writer.start()
    for _ in range(10):
        rotate(database, rings[1], batch=7)
    stop.set()
    for writer in writers:
        writer.join()
    assert failures == []
    assert len(written) > 10
    rotate(database, rings[1], batch=7)
    expected = [written.get(number, str(number)) for number in range(60)]
    assert opened(database, KeyRing.parse(ONLY_NEW)) == expected


def _rotate_slowly(url: str) -> None:
    def wait(_entry: Entry, _resealed: int) -> None:
        time.sleep(0.01)

    with closing(connect(url)) as database:
        rotate(database, KeyRing.parse(NEW), batch=3, progress=wait)


def test_a_rotation_killed_again_and_again_is_finished_by_the_next(database_url: str):
    with closing(connect(database_url)) as database:
        fill(database, KeyRing.parse(OLD), range(300))
        for _ in range(2):
            left = _old_ones(database)
            child = get_context("spawn").Process(target=_rotate_slowly, args=(database_url,))
            child.start()
            while _old_ones(database) > left - 20:
                time.sleep(0.01)
            assert child.pid
            os.kill(child.pid, signal.SIGKILL)
            child.join()
        left = _old_ones(database)
        assert 0 < left < 280
        assert rotate(database, KeyRing.parse(NEW)) == Rotation(left, 0, [])
        assert opened(database, KeyRing.parse(ONLY_NEW)) == [str(number) for number in range(300)]


def _old_ones(database: Database) -> int:
    ring = KeyRing.parse(NEW)
    with database.reading() as connection:
        return sum(map(ring.needs_rotation, connection.execute(select(Phone.number)).scalars()))


def test_every_sealed_column_lies_in_a_table_with_a_primary_key():
    for entry in register():
        assert list(Base.metadata.tables[entry.table].primary_key)
