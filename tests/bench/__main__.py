"""`python -m tests.bench`: measure, print, and with `--write` keep the figures for the reader.

Both sides of every ratio run in turns in one run on one machine; absolute figures are that
machine's and drift, ratios hold.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench import campaigns, desk, in_process, reminders, steps
from tests.bench.stand import Stand, descendants, memory, standing

if TYPE_CHECKING:
    from collections.abc import Iterator


def main() -> None:
    """Measure what the arguments ask for."""
    asked = argparse.ArgumentParser(prog="python -m tests.bench")
    asked.add_argument("--quick", action="store_true", help="smaller and less sure")
    asked.add_argument("--write", type=Path, help="also write the figures to this file")
    asked.add_argument("--desk", action="store_true", help="the pages of the desk instead")
    given = asked.parse_args()
    said: list[str] = []
    with standing() as stand:
        measured = desk.lines if given.desk else report
        for line in measured(stand, quick=given.quick):
            print(line, flush=True)
            said.append(line)
    if given.write:
        given.write.write_text("\n".join(said) + "\n")


def report(stand: Stand, *, quick: bool) -> Iterator[str]:
    """The figures, in Markdown."""
    pairs, seconds = (3, 2.0) if quick else (5, 4.0)
    yield "# Performance"
    yield ""
    yield (
        f"Printed by `make bench` on {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, PostgreSQL with"
        " durable commits, two web processes, callers on the same machine. Only the ratios mean"
        f" anything elsewhere: both sides took turns, medians of {pairs} pairs."
    )
    yield ""
    yield "## One step of a USSD session"
    yield ""
    for callers in (1, 32, 128):
        rounds = steps.measured(stand, callers, pairs, seconds)
        yield from steps.lines(callers, rounds)
        yield ""
        if callers == 32:
            yield from _aims(rounds)
    yield "Statements sent to PostgreSQL, BEGIN and COMMIT counted where they are sent:"
    yield ""
    for what, count in steps.round_trips(stand).items():
        yield f"- {what}: {count:g}"
    yield ""
    thousands = in_process.counted(stand, "step")
    yield (
        "Instructions per step, counted by valgrind in one process without the HTTP server: "
        + (f"{thousands:,.0f} thousand" if thousands else "not measured, there is no valgrind here")
    )
    yield ""
    yield "300 callers who think up to a second before each key:"
    yield ""
    yield from steps.thinking(stand, 300, pairs, seconds * 2)
    yield ""
    yield "## Start and memory"
    yield ""
    yield from _start(stand)
    yield ""
    yield "## Reminders"
    yield ""
    count = 10_000 if quick else 100_000
    took = reminders.claimed(stand, count)
    yield f"- {count:,} due in the same second became messages in {took:.1f} s (aim: 100,000 in 30 s), none early"
    count = 2_000 if quick else 10_000
    rate = reminders.sent(stand, count)
    yield (
        f"- one worker, through RQ and the official SDK, {count:,} of one text, provider answering in 50 ms:"
        f" {rate:,.0f} a second, {rate * 60:,.0f} a minute (aim: 1,000 a second); nobody twice"
    )
    count = 5_000 if quick else 100_000
    took_to = campaigns.measured(stand, count)
    yield (
        f"- a campaign to {count:,} phones: counted for its preview in {took_to.counted:.1f} s, all"
        f" enrolled by one process in {took_to.enrolled:.0f} s"
    )


def _aims(rounds: dict[str, list[steps.Round]]) -> Iterator[str]:
    for other, aim in (("commit", 0.6), ("limit", 0.5)):
        got = steps.ratio(rounds, other)
        verdict = "met" if got >= aim else "NOT met"
        yield f"- step / {steps.OTHERS[other]} at 32: **{got:.2f}**, aim {aim}: {verdict}"
    yield ""


def _start(stand: Stand) -> Iterator[str]:
    web = stand.helpline("web", database=stand.database("start"))
    yield f"- `helpline web` start to ready: {web.ready():.1f} s"
    sizes = [memory(pid).get("Pss", 0.0) for pid in descendants(web.pid)]
    if any(sizes):
        yield f"- web, parent and {len(sizes) - 1} children, each one's share (PSS): " + ", ".join(
            f"{size:.0f} MiB" for size in sizes
        )
    web.end()
    code = (
        "import flask, sqlalchemy, psycopg, structlog, granian, msgspec, cryptography;"
        "print(open('/proc/self/smaps_rollup').read())"
    )
    bare = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    for line in bare.stdout.splitlines():
        if line.startswith("Pss:"):
            yield f"- the bare imports alone: {int(line.split()[1]) / 1024:.0f} MiB"


if __name__ == "__main__":
    main()
