"""Proves: nothing of one caller reaches another, and nothing is lost or done twice.

Two hundred callers at once register, ask for counselling and calls, move dates, write SMS, press
wrong keys and hostile words, on several web processes over real HTTP. Deliveries come twice, in
the same moment, late, overtaken, or with their answers unread; callers dial again meanwhile. Every
answer is compared with the pure model in `tests.faults.model`, and in the end every row of the
database with what that model says must be there.
"""

import itertools
import os
import queue
import random
import threading
import time
from pathlib import Path

import pytest

from helpline.cases import references
from helpline.store.tables import (
    Callback,
    CounsellingRequest,
    Event,
    Inbox,
    Message,
    Person,
    Session,
)
from tests.faults.callers import Caller, Crew, Tally
from tests.faults.live import Installation, sized
from tests.faults.record import Record, difference, predicted

pytestmark = [pytest.mark.load, pytest.mark.timeout(1800)]

THREADS = 6


@pytest.mark.parametrize(
    ("kind", "callers", "steps"),
    [
        ("postgres", 200, sized(10_000, 100_000)),
        ("sqlite", 30, sized(1_500, 20_000)),
    ],
)
def test_every_transcript_and_every_row_is_what_the_model_says(
    kind: str,
    callers: int,
    steps: int,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    redis_url: str,
    capsys: pytest.CaptureFixture[str],
):
    database_url: str = request.getfixturevalue(f"{kind}_url")
    seed = int(os.environ.get("HELPLINE_SEED") or random.SystemRandom().randrange(10**6))
    everybody = [Caller(place, seed) for place in range(callers)]
    with Installation(
        tmp_path, database_url, redis_url, in_the_morning=False, webs=2
    ) as installation:
        began = time.monotonic()
        tally = _play(everybody, steps, installation, database_url)
        took = time.monotonic() - began
        record = Record.read(database_url, installation.ring)
        assert "failed" not in installation.printed()

    worlds = []
    for caller in everybody:
        held = record.of(caller.number)
        possible = [predicted(w, caller.number, installation.ring) for w in caller.worlds]
        assert held in possible, f"seed {seed} {caller.number}\n{difference(held, possible[0])}"
        worlds.append(caller.worlds[possible.index(held)])

    with capsys.disabled():
        print(
            f"\n{kind}: seed {seed}, {tally.steps} steps of {callers} callers in {took:.0f} s: "
            f"{tally.deliveries} deliveries, {tally.deliveries / took:.0f}/s, the slowest "
            f"{tally.slowest:.2f} s, {tally.unanswered} answers unread ({tally.never_taken} first "
            f"taken when repeated); {record.count(Person)} people, {record.count(CounsellingRequest)} requests, "
            f"{record.count(Callback)} callbacks, {record.count(Message)} messages; {tally.acts}"
        )
    assert tally.steps >= steps
    assert record.count(Person) == sum(len(world.people) for world in worlds) > callers / 10
    assert record.count(CounsellingRequest) == sum(len(world.requests) for world in worlds) > 0
    assert record.count(Callback) == sum(len(world.callbacks) for world in worlds) > 0
    assert record.count(Message) == sum(len(world.messages) for world in worlds) > 0
    assert record.count(Session) == sum(len(world.talks) for world in worlds)
    assert record.count(Inbox) == sum(len(world.answered) for world in worlds)
    registered = [row for row in record.rows[Event] if row.became == "registered"]
    assert len(registered) == record.count(Person)
    told = [each.reference for world in worlds for each in (*world.people, *world.requests)]
    assert all(references.understood(reference) for reference in told)
    assert len({each.reference for world in worlds for each in world.people}) == len(
        record.rows[Person]
    )


def _play(
    everybody: list[Caller], steps: int, installation: Installation, database_url: str
) -> Tally:
    """Let several threads take turns with whichever caller is next."""
    waiting: queue.SimpleQueue[Caller] = queue.SimpleQueue()
    for caller in everybody:
        waiting.put(caller)
    left = itertools.count(1)
    crews = [Crew(installation, database_url) for _thread in range(THREADS)]
    failures: list[BaseException] = []

    def work(crew: Crew) -> None:
        try:
            while next(left) <= steps and not failures:
                caller = waiting.get()
                caller.step(crew)
                waiting.put(caller)
        except BaseException as failure:  # noqa: BLE001  told by the main thread
            failures.append(failure)
        finally:
            crew.close()

    threads = [threading.Thread(target=work, args=(crew,)) for crew in crews]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        faults = [line for line in installation.printed().splitlines() if '"error"' in line]
        failures[0].add_note("\n".join(["the processes said:", *faults[:5]]))
        raise failures[0]
    total = Tally()
    for crew in crews:
        total.merge(crew.tally)
    return total
