"""Proves: however often a gateway delivers a key press, a caller is registered once.

Two hundred people register at the same time. Every key press arrives one to four times at once,
spread over two web processes by eight threads. Each copy must get the same answer, nobody an error,
and in the end there are two hundred people with one permit, one confirmation and five duties each.
"""

import queue
import random
import threading
import time
from pathlib import Path

import pytest

from helpline.cases.calendar import FOLLOW_UPS
from helpline.store.tables import Message, Person, PersonPhone, Phone, Reminder
from tests.faults.callers import Crew, hop_of
from tests.faults.live import Installation, sized
from tests.faults.model import REFERENCE
from tests.faults.record import Record

pytestmark = [pytest.mark.load, pytest.mark.timeout(900)]

PEOPLE = sized(200, 2_000)
REMINDERS = len(FOLLOW_UPS) + 1
"""What is planned with a registration: asking how things are, and once about the centre."""
THREADS = 8
SEED = 20261121

# register, agree, for me, woman, Dhaka, the first upazila and country, why and when, own phone,
# SMS yes, calls yes, mornings, no papers, a secret number, yes
KEYS = ("1", "1", "1", "1", "ঢাকা", "1", "1", "2", "3", "1", "1", "1", "1", "1", "4", "2739", "1")


def test_registrations_delivered_up_to_four_times_make_one_person_each(
    database_url: str, redis_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    numbers = [f"+88015{place:08d}" for place in range(PEOPLE)]
    with Installation(
        tmp_path, database_url, redis_url, in_the_morning=False, webs=2
    ) as installation:
        began = time.monotonic()
        told, deliveries = _register_all(numbers, installation, database_url)
        took = time.monotonic() - began
        record = Record.read(database_url, installation.ring)
        assert "failed" not in installation.printed()

    with capsys.disabled():
        print(f"\n{PEOPLE} registrations in {took:.0f} s, {deliveries / took:.0f} deliveries/s")
    assert len(set(told.values())) == PEOPLE
    for number in numbers:
        held = record.of(number)
        (person,) = held["people"].elements()
        assert person[0] == told[number]
        assert len(held["reminders"]) == REMINDERS
        (confirmation,) = held["messages"].elements()
        assert confirmation[-1] == (("reference", told[number]),)
    for model, expected in (
        *((Phone, PEOPLE), (Person, PEOPLE), (PersonPhone, PEOPLE), (Message, PEOPLE)),
        (Reminder, REMINDERS * PEOPLE),
    ):
        assert record.count(model) == expected


def _register_all(
    numbers: list[str], installation: Installation, database_url: str
) -> tuple[dict[str, str], int]:
    """The reference each number was told, and how many deliveries it took."""
    waiting: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()
    for number in numbers:
        waiting.put((number, ""))
    told: dict[str, str] = {}
    crews = [Crew(installation, database_url) for _thread in range(THREADS)]
    failures: list[BaseException] = []

    def work(crew: Crew, rng: random.Random) -> None:
        try:
            while len(told) < len(numbers) and not failures:
                try:
                    number, typed = waiting.get(timeout=0.2)
                except queue.Empty:
                    continue
                shown = _deliver(crew, rng, number, typed)
                done = 1 + typed.count("*") if typed else 0
                if done < len(KEYS):
                    assert shown.startswith("CON "), (number, typed, shown)
                    waiting.put((number, f"{typed}*{KEYS[done]}" if typed else KEYS[0]))
                else:
                    assert shown.startswith("END "), (number, typed, shown)
                    told[number] = _reference(shown)
                    assert _deliver(crew, rng, number, typed) == shown
        except BaseException as failure:  # noqa: BLE001  told by the main thread
            failures.append(failure)
        finally:
            crew.close()

    threads = [
        threading.Thread(target=work, args=(crew, random.Random(f"{SEED}/{place}")))
        for place, crew in enumerate(crews)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return told, sum(crew.tally.deliveries for crew in crews)


def _deliver(crew: Crew, rng: random.Random, number: str, typed: str) -> str:
    """Deliver a key press up to four times at once; the one answer that every copy got."""
    hop = hop_of(f"ATUid_{number[1:]}", typed)
    answers = crew.at_once(number, [hop] * rng.randint(1, 4), rng)
    assert len(set(answers)) == 1, (number, typed, answers)
    assert answers[0]
    return answers[0]


def _reference(shown: str) -> str:
    found = REFERENCE.search(shown)
    assert found, shown
    return found[0]
