"""The durable step against its yardsticks: same server, same PostgreSQL, in turns."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import event

from helpline.store.database import connect
from tests.bench.callers import Order, Tally, call
from tests.bench.stand import Process, Stand, cpu_seconds
from tests.house import House

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

HOPS: Final = ["", "2", "2*1", "2*1*1"]
"""Home, what about, with whom, how: four Bangla screens and no effect."""
HOOK: Final = "/hooks/africastalking/demo/ussd"
_KEYS: Final = ("2", "1", "1", "1", "1", "1")
"""From the first screen to the one where 2 asks for a counsellor."""
STEP: Final = "durable Bangla step"
OTHERS: Final = {
    "commit": "empty Flask view and one commit",
    "empty": "empty Flask view",
    "limit": "bare WSGI and one commit",
}


@dataclass(frozen=True, slots=True)
class Round:
    """One turn of one server: its tally, and the processor time its processes used."""

    tally: Tally
    cpu: float

    @property
    def microseconds(self) -> float:
        """Processor time for one request."""
        return self.cpu / max(self.tally.answers, 1) * 1e6


def measured(
    stand: Stand,
    callers: int,
    pairs: int,
    seconds: float,
    *,
    others: Iterable[str] = OTHERS,
    think: float = 0.0,
) -> dict[str, list[Round]]:
    """Every server in turn, `pairs` times, with so many callers at once; the first turn warms up."""
    servers = {STEP: (stand.helpline("web", database=stand.database(f"step{callers}")), HOOK)}
    for name in others:
        title = OTHERS[name]
        database = stand.database(f"{name}{callers}")
        servers[title] = (stand.yardstick(name, database=database), "/")
    for process, _path in servers.values():
        process.ready()
    rounds: dict[str, list[Round]] = {title: [] for title in servers}
    for number in range(pairs + 1):
        for title, (process, path) in servers.items():
            made = _round(
                process, Order(process.port, path, HOPS, callers, seconds if number else 1.0, think)
            )
            if number:
                rounds[title].append(made)
    for process, _path in servers.values():
        process.end()
    return rounds


def _round(process: Process, order: Order) -> Round:
    before = cpu_seconds(process.pid) or 0.0
    tally = call(order)
    if tally.wrong:
        raise RuntimeError(
            f"{tally.wrong} answers at {order.path} were another caller's:\n{process.said()}"
        )
    return Round(tally, (cpu_seconds(process.pid) or 0.0) - before)


def lines(callers: int, rounds: dict[str, list[Round]]) -> Iterator[str]:
    """The table of one number of callers, in Markdown."""
    yield f"| {callers} at once | requests/s | p50 ms | p99 ms | CPU µs | step / this |"
    yield "|---|---|---|---|---|---|"
    for title, those in rounds.items():
        ratios = [s.tally.rate / o.tally.rate for s, o in zip(rounds[STEP], those, strict=True)]
        yield (
            f"| {title} | {_median(r.tally.rate for r in those):,.0f} "
            f"| {_median(r.tally.percentile(0.5) for r in those):.1f} "
            f"| {_median(r.tally.percentile(0.99) for r in those):.1f} "
            f"| {_median(r.microseconds for r in those):.0f} | {_median(ratios):.2f} |"
        )


def thinking(stand: Stand, callers: int, pairs: int, seconds: float) -> Iterator[str]:
    """Callers who think up to a second before each key: what they wait, against an empty view."""
    rounds = measured(stand, callers, pairs, seconds, others=["empty"], think=1.0)
    tail = {
        title: _median(r.tally.percentile(0.99) for r in those) for title, those in rounds.items()
    }
    for title, those in rounds.items():
        half = _median(r.tally.percentile(0.5) for r in those)
        longest = max(r.tally.percentile(1.0) for r in those)
        yield f"- {title}: p50 {half:.1f} ms, p99 {tail[title]:.1f} ms, longest {longest:.0f} ms"
    times = tail[STEP] / tail[OTHERS["empty"]]
    longest = max(r.tally.percentile(1.0) for r in rounds[STEP])
    met = "met" if times <= 4 and longest <= 1000 else "NOT met"
    yield f"- p99 of the step / p99 of the empty view: **{times:.1f}**, aim 4, none over 1 s: {met}"


def ratio(rounds: dict[str, list[Round]], other: str) -> float:
    """The median ratio of the step's speed to another's, pair by pair."""
    pairs = zip(rounds[STEP], rounds[OTHERS[other]], strict=True)
    return _median(step.tally.rate / yard.tally.rate for step, yard in pairs)


def round_trips(stand: Stand) -> dict[str, float]:
    """How often the driver waits for PostgreSQL during one key press."""
    sent = 0

    def counted(wait: Callable[..., Any]) -> Callable[..., Any]:
        def waited(*arguments: Any, **named: Any) -> Any:
            nonlocal sent
            sent += 1
            return wait(*arguments, **named)

        return waited

    database = connect(stand.database("trips"))
    event.listen(
        database.engine, "connect", lambda made, _: setattr(made, "wait", counted(made.wait))
    )
    house = House(database)
    # A connection prepares a statement when it has been used a few times.
    for number in range(4):
        other = house.phone(f"+88013000000{number + 10}")
        other.dial()
        other.press(*_KEYS, "2")
    phone = house.phone()
    counts = {}
    before = sent
    phone.dial()
    counts["dialling"] = float(sent - before)
    before = sent
    phone.press(*_KEYS)
    counts["a key without an effect"] = (sent - before) / len(_KEYS)
    before = sent
    phone.press("2")
    counts["the key that asks for a counsellor"] = float(sent - before)
    database.close()
    return counts


def _median(values: Any) -> float:
    return statistics.median(list(values))
