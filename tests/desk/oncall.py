"""What the tests of clocks and alarms share: work in the queue, people on the rota, time that passes."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Row, insert, select, update

from helpline.cases.roles import Member, Role
from helpline.cases.work import Kind
from helpline.service import work
from helpline.service.desk import alarms, clock_answers, clocks, queue
from helpline.service.desk.acting import acting
from helpline.service.files import file_of
from helpline.store import people
from helpline.store.desk import accounts
from helpline.store.idents import new_ident
from helpline.store.tables import (
    Alarm,
    CareCase,
    Duty,
    Event,
    OpenHours,
    Shift,
    SlaClock,
    WorkItem,
)
from tests.desk.office import Office
from tests.house import SHIRIN

SUPERVISOR_PHONES = [f"+88013000009{place:02d}" for place in range(40)]
"""Fictional numbers, of nobody."""


class Desk:
    """An office with a case, in which work arrives and people are on call."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.parts = office.parts
        self._numbers = iter(SUPERVISOR_PHONES)
        self._subjects = 0

    def case(self, number: str = SHIRIN, **columns: Any) -> str:
        """A case of an unknown phone."""
        ring, now = self.parts.ring, self.office.clock()
        with self.parts.database.transaction() as connection:
            phone = new_ident()
            phone_id = people.phone(
                connection,
                ident=phone,
                fingerprint=ring.fingerprint("phone", number),
                number=ring.seal(number, "phone.number", phone),
                language="bn",
                now=now,
            )
            case_id = file_of(connection, person_id=None, phone_id=phone_id, now=now).id
            if columns:
                connection.execute(update(CareCase).where(CareCase.id == case_id).values(**columns))
        return case_id

    def item(self, kind: Kind = Kind.TEXT, **named: Any) -> str:
        """A piece of work, offered now."""
        self._subjects += 1
        with self.parts.database.transaction() as connection:
            return work.open_item(
                connection,
                kind=kind,
                subject_id=named.pop("subject_id", f"{self._subjects:032x}"),
                now=self.office.clock(),
                **named,
            )

    def supervisor(self, name: str, *, rank: int | None = None, **named: Any) -> Member:
        """A supervisor with a phone; with a rank, on call all day at that place of the ladder."""
        named.setdefault("number", next(self._numbers))
        member = self.office.hire(named.pop("role", Role.SUPERVISOR), name=name, **named)
        if rank is not None:
            self.on_call(member, rank)
        return member

    def on_call(self, member: Member, rank: int) -> None:
        """Let somebody be on call every day from midnight to midnight."""
        with self.parts.database.transaction() as connection:
            for weekday in range(7):
                connection.execute(
                    insert(Shift).values(
                        id=new_ident(),
                        staff_id=member.id,
                        weekday=weekday,
                        begins=time(0),
                        ends=time(0),
                        on_call=True,
                        rank=rank,
                        from_day=date(2026, 1, 1),
                        until_day=None,
                    )
                )

    def here(self, member: Member) -> None:
        """Let somebody be at the desk for nine hours."""
        now = self.office.clock()
        with self.parts.database.transaction() as connection:
            connection.execute(
                insert(Duty).values(
                    id=new_ident(),
                    staff_id=member.id,
                    began_at=now,
                    until_at=now + timedelta(hours=9),
                    ended_at=None,
                )
            )

    def open_from(self, begins: str, ends: str) -> None:
        """The helpline is open every day in these hours."""
        with self.parts.database.transaction() as connection:
            for weekday in range(7):
                connection.execute(
                    insert(OpenHours).values(
                        id=new_ident(),
                        weekday=weekday,
                        begins=time.fromisoformat(begins),
                        ends=time.fromisoformat(ends),
                    )
                )

    def sweep(self) -> int:
        """Let the timers run once."""
        return (
            clocks.sweep(self.parts) + clock_answers.follow(self.parts) + alarms.sweep(self.parts)
        )

    def after(self, **passed: float) -> None:
        """Let time pass, and the timers run as they do every few seconds."""
        ends = self.office.clock() + timedelta(**passed)
        while (left := ends - self.office.clock()) > timedelta():
            self.office.clock.now += min(left, timedelta(seconds=30))
            self.sweep()

    def page(self, item_id: str) -> int:
        """Call somebody about an item."""
        with self.parts.database.transaction() as connection:
            return alarms.page(self.parts, connection, item_id, self.office.clock())

    def row(self, item_id: str) -> Row[Any]:
        """An item as it is."""
        return self._rows(select(WorkItem.__table__).where(WorkItem.id == item_id))[0]

    def clocks(self, subject_id: str) -> dict[str, Row[Any]]:
        """The clocks of a subject by kind."""
        found = self._rows(select(SlaClock.__table__).where(SlaClock.subject_id == subject_id))
        return {row.kind: row for row in found}

    def alarms(self, item_id: str) -> list[tuple[str, int, str]]:
        """Who was called, in which round, and how it stands, in order."""
        found = self._rows(
            select(Alarm.__table__).where(Alarm.item_id == item_id).order_by(Alarm.id)
        )
        return [(row.staff_id, row.round, row.state) for row in found]

    def alarm(self, item_id: str, member: Member) -> str:
        """The id of the last alarm that called somebody about an item."""
        return str(
            self._rows(
                select(Alarm.id)
                .where(Alarm.item_id == item_id, Alarm.staff_id == member.id)
                .order_by(Alarm.id.desc())
            )[0].id
        )

    def steps(self, item_id: str, subject: str) -> list[tuple[str, str]]:
        """What happened to an item, of one kind of step: what became of it, and why."""
        found = self._rows(
            select(Event.became, Event.why)
            .where(Event.subject == subject, Event.subject_id == item_id)
            .order_by(Event.id)
        )
        return [(row.became, row.why) for row in found]

    def code(self, member: Member, number: str) -> str:
        """The code in the last text that somebody got."""
        self.office.house.tick()
        [*_, text] = self.office.house.texts(number)
        found = re.search(r"\d{6}", text)
        assert found, text
        return found[0]

    def number(self, member: Member) -> str:
        """The number of a member of staff."""
        with self.parts.database.reading() as connection:
            row = accounts.by_id(connection, member.id)
        assert row is not None
        return self.parts.ring.unseal_text(row.number, "staff.number", row.id)

    def change(self, table: Any, ident: str, **values: Any) -> None:
        """Write into a row what another room would have written."""
        with self.parts.database.transaction() as connection:
            connection.execute(update(table).where(table.id == ident).values(**values))

    def claim(self, item_id: str, member: Member) -> None:
        """Let somebody take an item."""
        with acting(self.parts, member) as deed:
            queue.claim(deed, item_id)

    def now(self) -> datetime:
        return self.office.clock()

    def _rows(self, query: Any) -> list[Row[Any]]:
        with self.parts.database.reading() as connection:
            return list(connection.execute(query))
