"""What tests of the use cases are written in: one visit, one wish, one row, and many threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import select

from helpline.cases.effects import Effect, Register, RequestCounselling
from helpline.cases.permits import Purpose
from helpline.cases.texts import SCREEN
from helpline.gateways.port import Capabilities, Outcome, Outgoing, Verdict
from helpline.service import effects, messages
from helpline.service.visit import Visit
from helpline.store.database import connect
from helpline.store.sealing import KeyRing
from helpline.store.tables import Base, Event, Message, Person, Reminder
from tests.house import MORNING, SHIRIN, House, Recorder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import RowMapping

THREADS = 8

REGISTER = Register(
    for_whom="self",
    sex="woman",
    district="BD-22",
    upazila="bd-22.jashore-sadar",
    country="SA",
    returned="1_year",
    reason="work",
    need="counselling",
    sole_phone=True,
    sms=True,
    call=True,
    window="any",
    identity_kind="",
    identity="",
    pin="2580",
    consent_version="registration-2026-11",
)
COUNSELLING = RequestCounselling(
    topic="family",
    counsellor="woman",
    channel="call",
    sms=True,
    slot_at=MORNING + timedelta(days=3),
    slot_ends_at=MORNING + timedelta(days=3, hours=2),
)

T = TypeVar("T")


@contextmanager
def visiting(
    house: House, number: str = SHIRIN, *, channel: str = "ussd", language: str = "en"
) -> Iterator[Visit]:
    """One transaction of one phone."""
    caller = house.parts.ring.fingerprint("phone", number)
    with house.database.transaction() as connection:
        yield Visit(house.parts, connection, channel, number, caller, house.clock(), language)


def perform(house: House, effect: Effect, number: str = SHIRIN, **how: Any) -> dict[str, str]:
    """What a conversation asked for, done; nobody is woken for what it posted."""
    with visiting(house, number, **how) as visit:
        return effects.perform(visit, effect)


def register(house: House, number: str = SHIRIN, **wishes: Any) -> str:
    """Register; gives the reference as it is shown."""
    return perform(house, replace(REGISTER, **wishes), number)["reference"]


def post(
    house: House,
    number: str = SHIRIN,
    *,
    text: str = "Hello.",
    purpose: Purpose = Purpose.ASKED,
    lives: timedelta = timedelta(days=2),
    **columns: Any,
) -> str:
    """Put a message due now into the outbox; gives its id."""
    with visiting(house, number) as visit:
        messages.post(
            visit,
            purpose=purpose,
            template=columns.pop("template", SCREEN),
            values={"text": text},
            dedupe_key=columns.pop("dedupe_key", house.event()),
            lives=lives,
            **columns,
        )
        [ident] = visit.posted
    return ident


def rows(house: House, table: type[Base], **where: Any) -> list[RowMapping]:
    """The rows of a table, by their keys: for most tables that is the oldest first."""
    columns: Any = table.__table__.c
    asked = select(table.__table__).order_by(*table.__table__.primary_key)  # type: ignore[attr-defined]
    for name, value in where.items():
        asked = asked.where(columns[name] == value)
    with house.database.reading() as connection:
        return list(connection.execute(asked).mappings())


def message(house: House, ident: str) -> RowMapping:
    """One message as it is stored."""
    [row] = rows(house, Message, id=ident)
    return row


def state(house: House, ident: str) -> str:
    """The state of one message."""
    return str(message(house, ident)["state"])


def states(house: House) -> list[str]:
    """The states of all messages, the oldest message first."""
    return [row["state"] for row in rows(house, Message)]


def reminders(house: House, **where: Any) -> list[RowMapping]:
    """Reminders, the next one first."""
    return sorted(rows(house, Reminder, **where), key=lambda row: row["due_at"])


def moves(house: House, ident: str) -> list[tuple[str, str, str]]:
    """The audit trail of one thing: (was, became, why)."""
    return [(row["was"], row["became"], row["why"]) for row in rows(house, Event, subject_id=ident)]


def person(house: House) -> RowMapping:
    """The only person there is."""
    [row] = rows(house, Person)
    return row


@dataclass
class Script(Recorder):
    """A gateway that answers as written down for each number, and remembers every call.

    A number without a verdict is accepted; `None` means that the gateway says nothing about it.
    """

    answers: dict[str, Verdict | None] = field(default_factory=dict)
    calls: list[tuple[Outgoing, ...]] = field(default_factory=list)
    before_answer: Callable[[Sequence[Outgoing]], None] = lambda _messages: None

    def send(self, messages: Sequence[Outgoing]) -> list[Verdict]:
        self.calls.append(tuple(messages))
        self.before_answer(messages)
        verdicts = []
        for each in messages:
            said = Verdict("", Outcome.ACCEPTED, external_id=f"x-{each.message_id}")
            answer = self.answers.get(each.number, said)
            if answer is not None:
                verdicts.append(replace(answer, message_id=each.message_id))
                if answer.outcome is Outcome.ACCEPTED:
                    self.sent.append(each)
        return verdicts


def scripted(
    house: House, answers: Mapping[str, Verdict | None] | None = None, *, bulk: int = 1
) -> Script:
    """Put a scripted gateway in the place of the house's own."""
    gateway = Script(
        capabilities=Capabilities(ussd=True, sms=True, bulk=bulk),
        answers=dict(answers or {}),
    )
    house.gateway = gateway
    house.parts = replace(house.parts, gateways={gateway.name: gateway})
    return gateway


def number(place: int) -> str:
    """A fictional number, of nobody: neither of the two in the house."""
    return f"+8801300{place + 1000:06d}"


def crowd(database_url: str, ring: KeyRing, work: Callable[[House, int], T]) -> list[T]:
    """Let eight houses on one database, each with connections of its own, work at the same moment."""
    start = threading.Barrier(THREADS)
    results: list[T] = []
    failures: list[BaseException] = []

    def one(place: int) -> None:
        try:
            with closing(connect(database_url)) as database:
                house = House(database, ring=ring)
                with database.transaction():  # the connection is there before the race
                    pass
                start.wait(30)
                results.append(work(house, place))
        except BaseException as failure:  # noqa: BLE001  told by the main thread
            failures.append(failure)

    threads = [threading.Thread(target=one, args=(place,)) for place in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return results
