"""Proves: a database that is gone or stands still costs callers a word of apology, and nothing else.

While people register, PostgreSQL is stopped in the middle of its work (`immediate`, as if it had
crashed), and later frozen, so that it neither answers nor hangs up. Whoever is on USSD then reads
one last screen with a number to call, in less than four seconds; an SMS gateway is told to come
again. Afterwards everything goes on by itself, and nobody is half registered or registered twice.
"""

import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count

import pytest

from helpline.cases.calendar import FOLLOW_UPS
from helpline.flow.lettering import Unit, fits
from helpline.store.migrate import upgrade
from helpline.store.tables import Inbox, Message, Person, PersonPhone, Reminder
from tests.faults.live import Installation, Said, Wire, ask, children, eventually, frozen, sized
from tests.faults.model import REFERENCE
from tests.faults.record import Record
from tests.servers import Postgres

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

PEOPLE = sized(60, 600)
REMINDERS = len(FOLLOW_UPS) + 1
"""What is planned with a registration: asking how things are, and once about the centre."""
THREADS = 4
AWAY_SECONDS = 3.0
PATIENCE = 4.0
"""Seconds a caller may wait for an answer, whatever the database does."""

HOME = "1 নিবন্ধন"
RESUME = "আগের কাজটা"
KEYS = ("1", "1", "1", "1", "ঢাকা", "1", "1", "2", "3", "1", "1", "1", "1", "1", "4", "2739", "1")

_serial = count(1)


@dataclass
class House:
    """An installation of two web processes, and the PostgreSQL under it."""

    server: Postgres
    installation: Installation

    @property
    def processes(self) -> list[int]:
        """Every process of PostgreSQL: the first one only lets new connections in."""
        return [self.server.pid, *children(self.server.pid)]

    def read(self) -> Record:
        return Record.read(self.server.url, self.installation.ring)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, valkey_server: str) -> Iterator[House]:
    with closing(Postgres()) as server:
        upgrade(server.url)
        folder = tmp_path_factory.mktemp("house")
        with Installation(folder, server.url, valkey_server, webs=2) as installation:
            yield House(server, installation)


@dataclass
class Registrar:
    """Registers people one after the other, who dial again when they are told that it does not work."""

    installation: Installation
    numbers: list[str]
    rng: random.Random
    told: dict[str, str] = field(default_factory=dict)
    apologies: int = 0
    slowest: float = 0.0
    failure: BaseException | None = None

    def work(self) -> None:
        wires = self.installation.wires()
        try:
            for number in self.numbers:
                self.told[number] = self._register(wires, number)
        except BaseException as failure:  # noqa: BLE001  told by the main thread
            self.failure = failure
        finally:
            for wire in wires:
                wire.hang_up()

    def _register(self, wires: list[Wire], number: str) -> str:
        for _call in range(200):
            typed: list[str] = []
            session = f"ATUid_{next(_serial)}"
            shown = self._press(wires, number, session, typed)
            if RESUME in shown:
                typed.append("2")
                shown = self._press(wires, number, session, typed)
            for key in KEYS:
                if shown.startswith("END"):
                    break
                typed.append(key)
                shown = self._press(wires, number, session, typed)
            if found := REFERENCE.search(shown):
                return found[0]
            self._apologised(shown)
            time.sleep(0.2)
        raise AssertionError(f"{number} never got through")

    def _press(self, wires: list[Wire], number: str, session: str, typed: list[str]) -> str:
        form = {"sessionId": session, "phoneNumber": number, "text": "*".join(typed)}
        said = self.rng.choice(wires).ask(self.installation.hook("ussd"), form)
        self.slowest = max(self.slowest, said.seconds)
        assert said.status == 200, said
        return said.text

    def _apologised(self, shown: str) -> None:
        self.apologies += 1
        assert is_apology(shown), shown


def is_apology(shown: str) -> bool:
    """One last screen of Bangla, that fits, with the number of the free line."""
    kind, _, text = shown.partition(" ")
    return kind == "END" and "16135" in text and "দুঃখিত" in text and fits(text, 80, Unit.UCS2)


def test_people_who_register_while_the_database_crashes_are_registered_once_and_wholly(
    house: House, capsys: pytest.CaptureFixture[str]
):
    installation = house.installation
    numbers = [f"+88015{place:08d}" for place in range(PEOPLE)]
    registrars = [
        Registrar(installation, numbers[place::THREADS], random.Random(place))
        for place in range(THREADS)
    ]
    threads = [threading.Thread(target=registrar.work) for registrar in registrars]
    for thread in threads:
        thread.start()
    eventually(lambda: sum(len(r.told) for r in registrars) >= PEOPLE // 3, within=120)

    house.server.stop(signal.SIGQUIT)
    gone = time.monotonic()
    on_ussd: list[Said] = []
    by_sms: list[Said] = []
    while time.monotonic() - gone < AWAY_SECONDS:
        on_ussd += [_dial(port, installation) for port in installation.ports]
        by_sms += [_text(port, installation, "sms-lost") for port in installation.ports]
        time.sleep(0.3)
    house.server.start()
    back = time.monotonic()
    eventually(
        lambda: all(HOME in _dial(p, installation).text for p in installation.ports), within=30
    )
    recovered = time.monotonic() - back
    repeated = [_text(port, installation, "sms-lost") for port in installation.ports]
    for thread in threads:
        thread.join()

    for registrar in registrars:
        if registrar.failure:
            raise registrar.failure
    record = house.read()
    slowest = max(*(r.slowest for r in registrars), *(s.seconds for s in (*on_ussd, *by_sms)))
    with capsys.disabled():
        print(
            f"\n{PEOPLE} people, {sum(r.apologies for r in registrars)} calls ended with an "
            f"apology, the slowest answer {slowest:.2f} s, served again {recovered:.1f} s after "
            "the database"
        )
    assert all(said.status == 200 and is_apology(said.text) for said in on_ussd)
    assert all(said.status == 503 and int(said.headers["retry-after"]) for said in by_sms)
    assert slowest < PATIENCE
    assert [said.status for said in repeated] == [200, 200]
    assert sum(row.external_id == "sms-lost" for row in record.rows[Inbox]) == 1
    told = {number: told for r in registrars for number, told in r.told.items()}
    assert sorted(told) == sorted(numbers)
    for number in numbers:
        held = record.of(number)
        (person,) = held["people"].elements()
        assert person[0] == told[number]
        assert len(held["reminders"]) == REMINDERS
        assert len(held["consents"]) == 2
        assert len(held["messages"]) == 1
    assert record.count(Person) == record.count(PersonPhone) == PEOPLE
    assert record.count(Reminder) == REMINDERS * PEOPLE
    assert record.count(Message) == PEOPLE + 1  # and the answer to the one SMS


@pytest.mark.parametrize("at_once", [1, 6])
def test_callers_of_a_database_that_stands_still_get_an_answer_in_four_seconds(
    house: House, at_once: int, capsys: pytest.CaptureFixture[str]
):
    installation = house.installation
    ports = installation.ports
    eventually(lambda: all(HOME in _dial(p, installation).text for p in ports), within=30)
    with frozen(house.processes):
        rounds = [_all_at_once(installation, at_once) for _round in range(3)]
        by_sms = [_text(port, installation, f"sms-{at_once}") for port in installation.ports]
    back = time.monotonic()
    eventually(lambda: all(HOME in _dial(p, installation).text for p in ports), within=30)

    slowest = [max(said.seconds for said in each) for each in rounds]
    with capsys.disabled():
        print(
            f"\n{at_once} at once on each of two processes: slowest answers {slowest} s; served "
            f"again after {time.monotonic() - back:.1f} s"
        )
    assert all(said.status == 200 and is_apology(said.text) for each in rounds for said in each)
    assert max(slowest) < PATIENCE
    assert all(said.status == 503 and said.seconds < PATIENCE for said in by_sms)


def test_a_database_that_lets_nobody_new_in_still_serves_whoever_is_inside(house: House):
    installation = house.installation
    for port in installation.ports:
        _dial(port, installation)
    with frozen([house.server.pid]):
        said = [_dial(port, installation) for port in installation.ports]
    assert all(HOME in each.text and each.seconds < PATIENCE for each in said)


@pytest.mark.skipif(sized(1, 0) > 0, reason="takes a minute: HELPLINE_LOAD=full")
def test_facts_that_are_to_be_read_again_do_not_keep_a_caller_waiting_twice(house: House):
    installation = house.installation
    for port in installation.ports:
        assert HOME in _dial(port, installation).text
    time.sleep(61)
    with frozen(house.processes):
        said = _all_at_once(installation, 1)
    assert all(is_apology(each.text) and each.seconds < PATIENCE for each in said)


def _all_at_once(installation: Installation, callers: int) -> list[Said]:
    """So many calls to each web process, each on a line of its own."""
    said: list[Said] = []

    def call(port: int) -> None:
        said.append(_dial(port, installation))

    ports = installation.ports * callers
    threads = [threading.Thread(target=call, args=(port,)) for port in ports]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(said) == len(ports)
    return said


def _dial(port: int, installation: Installation) -> Said:
    serial = next(_serial)
    form = {"sessionId": f"ATUid_{serial}", "phoneNumber": f"+88013{serial:08d}", "text": ""}
    return ask(port, installation.hook("ussd"), form)


def _text(port: int, installation: Installation, event: str) -> Said:
    form = {"from": "+8801900000001", "to": "0000", "text": "help", "id": event}
    return ask(port, installation.hook("sms"), form)
