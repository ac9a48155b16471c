"""A promise to call: kept, tried again, given to a supervisor, but never forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from helpline.cases.calendar import Slot, local
from helpline.cases.states import CALLBACK, IllegalMove, may_move
from helpline.cases.work import Kind
from helpline.gateways.port import SmsHeard
from helpline.service import converse
from helpline.service.desk import callbacks
from helpline.service.desk.acting import Stale
from helpline.store.database import Database
from helpline.store.desk import callbacks as rows
from helpline.store.idents import new_ident
from helpline.store.tables import (
    Callback,
    Duty,
    Event,
    Message,
    Phone,
    WorkItem,
)
from tests.desk.office import Office
from tests.house import SHIRIN, House

STATES = sorted(CALLBACK)


class Promise:
    """A house in which one phone was promised a call."""

    def __init__(self, database: Database) -> None:
        self.house = House(database)
        self.parts = self.house.parts
        self.phone = self.house.phone()
        self.phone.text("hello there, this is free text")
        now = self.now
        with self.parts.database.transaction() as connection:
            phone_id = connection.execute(select(Phone.id)).scalar_one()
            self.id = callbacks.ask(
                self.parts,
                connection,
                phone_id=phone_id,
                kind=Kind.CALLBACK,
                about="menu",
                slot=Slot(now, now + timedelta(hours=11)),
                dedupe_key="one",
                language="bn",
            )

    @property
    def now(self) -> datetime:
        return self.house.clock.now

    @property
    def state(self) -> str:
        return str(self.row.state)

    @property
    def row(self):
        with self.parts.database.reading() as connection:
            return connection.execute(
                select(Callback.__table__).where(Callback.id == self.id)
            ).one()

    def item(self, kind: str = "callback"):
        with self.parts.database.reading() as connection:
            return connection.execute(
                select(WorkItem.__table__).where(
                    WorkItem.subject_id == self.id, WorkItem.kind == kind
                )
            ).one_or_none()

    def promises(self) -> list[tuple[str, str]]:
        with self.parts.database.reading() as connection:
            found = select(Event.became, Event.why).where(Event.subject == "promise")
            return [(row[0], row[1]) for row in connection.execute(found)]

    def moves(self) -> list[str]:
        with self.parts.database.reading() as connection:
            found = select(Event.became).where(Event.subject == "callback").order_by(Event.id)
            return list(connection.execute(found).scalars())

    def do(self, what, *args, **more):
        with self.parts.database.transaction() as connection:
            return what(connection, self.id, *args, now=self.now, actor="nasrin", **more)

    def fail(self, why: str = "no_answer") -> str:
        self.do(callbacks.begin)
        self.do(callbacks.dial)
        with self.parts.database.transaction() as connection:
            return callbacks.failed(
                self.parts, connection, self.id, why, now=self.now, actor="nasrin"
            )

    def put(self, state: str) -> None:
        with self.parts.database.transaction() as connection:
            connection.execute(
                Callback.__table__.update().where(Callback.id == self.id).values(state=state)
            )

    def somebody_is_there(self) -> None:
        member = Office.hire(self)  # type: ignore[arg-type]
        with self.parts.database.transaction() as connection:
            connection.execute(
                Duty.__table__.insert().values(
                    id=new_ident(),
                    staff_id=member.id,
                    began_at=self.now,
                    until_at=self.now + timedelta(days=30),
                )
            )

    @property
    def clock(self):
        return self.house.clock


@pytest.fixture
def promise(database: Database) -> Promise:
    return Promise(database)


@pytest.mark.parametrize("was", STATES)
def test_every_move_is_in_the_table_or_refused_and_leaves_an_event(
    promise: Promise, was: str
) -> None:
    for becomes in STATES:
        promise.put(was)
        before = promise.moves()
        with promise.parts.database.transaction() as connection:
            row = rows.by_id(connection, promise.id)
            if may_move(CALLBACK, was, becomes):
                callbacks.turn(connection, row, becomes, now=promise.now, actor="nasrin")
            else:
                with pytest.raises(IllegalMove):
                    callbacks.turn(connection, row, becomes, now=promise.now, actor="nasrin")
        moved = promise.moves()[len(before) :]
        assert moved == ([becomes] if may_move(CALLBACK, was, becomes) else [])


def test_a_move_of_what_somebody_moved_meanwhile_is_stale(promise: Promise) -> None:
    with promise.parts.database.transaction() as connection:
        row = rows.by_id(connection, promise.id)
        callbacks.turn(connection, row, "scheduled", now=promise.now, actor="a")
        with pytest.raises(Stale):
            callbacks.turn(connection, row, "scheduled", now=promise.now, actor="b")


def test_a_promise_is_due_at_its_time_and_waits_while_nobody_is_there(promise: Promise) -> None:
    assert callbacks.sweep(promise.parts) == 3
    assert promise.state == "held"
    promise.somebody_is_there()
    callbacks.sweep(promise.parts)
    assert promise.state == "due"
    assert callbacks.sweep(promise.parts) == 0


def test_at_night_it_is_held_and_offered_when_the_phone_may_ring(promise: Promise) -> None:
    promise.somebody_is_there()
    promise.clock.skip(hours=13)
    callbacks.sweep(promise.parts)
    assert promise.state == "held"
    assert local(promise.item().offered_at).hour == 8
    promise.clock.skip(hours=10)
    callbacks.sweep(promise.parts)
    assert promise.state == "due"


def test_a_call_in_time_keeps_the_promise(promise: Promise) -> None:
    promise.clock.skip(hours=2)
    promise.do(callbacks.begin)
    promise.do(callbacks.dial)
    promise.do(callbacks.connected)
    promise.clock.skip(hours=12)
    promise.do(callbacks.completed, "counselled")
    assert promise.promises() == [("kept", "counselled")]
    assert promise.moves()[-3:] == ["dialling_client", "connected", "completed"]


def test_a_promise_whose_time_passes_is_broken_once(promise: Promise) -> None:
    promise.clock.skip(hours=12)
    callbacks.sweep(promise.parts)
    callbacks.sweep(promise.parts)
    assert promise.promises() == [("broken", "late")]


def test_three_attempts_in_vain_end_at_a_supervisor(promise: Promise) -> None:
    parts_of_day = [local(promise.now).hour]
    assert promise.fail("busy") == "scheduled"
    first = promise.item()
    assert (first.state, first.owner_id) == ("open", None)
    assert first.offered_at == promise.row.slot_at
    for why in ("no_answer", "rejected"):
        promise.clock.now = promise.row.slot_at
        parts_of_day.append(local(promise.now).hour)
        state = promise.fail(why)
    assert state == promise.state == "unreachable"
    assert parts_of_day[0] < 12 <= parts_of_day[1] < 16 <= parts_of_day[2]
    assert (promise.item().state, promise.item().outcome) == ("done", "unreachable")
    notice = promise.item("unreachable")
    assert (notice.state, notice.level) == ("open", 1)
    assert promise.promises() == [("broken", "unreachable")]


def test_a_supervisor_may_have_it_tried_again_and_is_told_again(promise: Promise) -> None:
    for _ in range(3):
        promise.clock.now = max(promise.now, promise.row.slot_at)
        promise.fail()
    slot = Slot(promise.now + timedelta(hours=20), promise.now + timedelta(hours=22))
    promise.do(callbacks.call_again, slot)
    assert promise.state == "scheduled"
    assert promise.item().state == "open"
    assert promise.item("unreachable").state == "done"
    promise.clock.now = slot.begins
    assert promise.fail() == "unreachable"
    assert promise.item("unreachable").state == "open"


def test_a_wrong_person_ends_everything_to_that_phone(promise: Promise) -> None:
    with promise.parts.database.transaction() as connection:
        phone_id = connection.execute(select(Phone.id)).scalar_one()
        connection.execute(
            Message.__table__.insert().values(
                id=new_ident(),
                phone_id=phone_id,
                purpose="asked",
                template="screen",
                language="bn",
                values=b"x",
                state="queued",
                due_at=promise.now,
                expires_at=promise.now + timedelta(hours=1),
                dedupe_key="m",
                created_at=promise.now,
                updated_at=promise.now,
            )
        )
    promise.do(callbacks.begin)
    promise.do(callbacks.dial)
    with promise.parts.database.transaction() as connection:
        callbacks.wrong_person(
            promise.parts, connection, promise.id, now=promise.now, actor="nasrin"
        )
    assert promise.state == "paused"
    with promise.parts.database.reading() as connection:
        assert connection.execute(select(Phone.unsafe_at)).scalar_one() is not None
        states = set(connection.execute(select(Message.state)).scalars())
    assert "queued" not in states
    assert promise.item("unreachable").state == "open"
    assert promise.promises() == [("broken", "wrong_person")]


def test_asked_for_later_gives_a_new_time_and_counts_as_kept(promise: Promise) -> None:
    promise.do(callbacks.begin)
    promise.do(callbacks.dial)
    promise.do(callbacks.connected)
    slot = Slot(promise.now + timedelta(days=1), promise.now + timedelta(days=1, hours=2))
    promise.do(callbacks.postponed, slot)
    assert (promise.state, promise.row.slot_at) == ("scheduled", slot.begins)
    assert promise.promises() == [("kept", "asked_later")]


def test_after_a_week_it_expires_with_a_notice(promise: Promise) -> None:
    promise.clock.skip(days=7, hours=1)
    callbacks.sweep(promise.parts)
    assert promise.state == "expired"
    assert promise.item("unreachable").state == "open"
    slot = Slot(promise.now + timedelta(hours=1), promise.now + timedelta(hours=3))
    promise.do(callbacks.call_again, slot)
    assert promise.state == "scheduled"


def test_who_said_stop_after_asking_is_not_called(promise: Promise) -> None:
    promise.somebody_is_there()
    promise.clock.skip(minutes=1)
    heard = SmsHeard(SHIRIN, "0000", "STOP", "stop-1")
    converse.sms(promise.parts, promise.house.gateway, heard)
    with promise.parts.database.transaction() as connection:
        connection.execute(Phone.__table__.update().values(stopped_at=promise.now))
    callbacks.sweep(promise.parts)
    assert promise.state == "held"


def test_cancelled_work_leaves_the_queue(promise: Promise) -> None:
    promise.do(callbacks.cancel, "client_said_no")
    assert (promise.state, promise.item().state) == ("cancelled", "done")


def test_nobody_cancels_a_call_that_runs(promise: Promise) -> None:
    promise.do(callbacks.begin)
    with pytest.raises(Stale):
        promise.do(callbacks.cancel, "mistake")


def test_a_counsellor_who_was_not_reached_leaves_it_due(promise: Promise) -> None:
    promise.do(callbacks.begin)
    promise.do(callbacks.give_up, "no_answer")
    assert promise.state == "due"
    assert promise.row.attempts == 0


def test_asked_twice_with_one_key_it_is_one_promise(promise: Promise) -> None:
    with promise.parts.database.transaction() as connection:
        again = callbacks.ask(
            promise.parts,
            connection,
            phone_id=promise.row.phone_id,
            kind=Kind.CALLBACK,
            about="menu",
            slot=Slot(promise.now, promise.now + timedelta(hours=1)),
            dedupe_key="one",
            language="bn",
        )
    assert again == ""
