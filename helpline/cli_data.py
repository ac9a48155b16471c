"""The commands for what an installation knows: service points, dated facts, people, keys."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from helpline import wiring
from helpline.cases.calendar import local
from helpline.cases.hotlines import WORKS, Check, current
from helpline.check import NOT_MIGRATED
from helpline.commands import fail, load, settings
from helpline.data.load import load_hotlines, load_kinds, load_places, load_retired
from helpline.processes import CannotRun
from helpline.service import personal_data
from helpline.service.centre_import import Report, import_centres
from helpline.service.retain import bind, retain
from helpline.store.facts import all_checks, record_check
from helpline.store.sealing import KeyRing, new_keys
from helpline.store.vitals import look

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from helpline.cases.hotlines import Hotline
    from helpline.service.parts import Parts

HALF_A_YEAR = 182


@click.group
def centres() -> None:
    """Service points: welfare centres, training centres, legal aid."""


@centres.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
def import_(file: Path, *, dry_run: bool) -> None:
    """Read a CSV or XLSX file of service points: all rows are kept, or none."""
    kinds = [kind.key for kind in load_kinds()]
    with _parts() as parts, parts.database.transaction() as connection, _progress() as told:
        report = import_centres(
            connection,
            file,
            load_places(),
            kinds,
            parts.clock(),
            retired=load_retired(),
            dry_run=dry_run,
            progress=told,
        )
    _tell(report)


@click.group
def facts() -> None:
    """Numbers that are shown to callers: where they are from, and who checked them when."""


@facts.command("list")
def list_() -> None:
    """Every hotline, whether callers see it, and until when."""
    with _parts() as parts:
        with parts.database.reading() as connection:
            checks = {check.fact: check for check in all_checks(connection)}
        shown = current(load_hotlines(), checks.values(), local(parts.clock()).date())
    for line in load_hotlines():
        check = checks.get(line.fact)
        until = max(line.expires_at, check.expires_at) if check else line.expires_at
        state = f"shown until {until}" if line in shown else "NOT SHOWN"
        checked = (
            f"{check.outcome} {check.verified_at}, {check.verified_by}" if check else "never called"
        )
        click.echo(f"{line.key:24}{line.number:18}{state:26}{checked:40}{line.source}")


@facts.command
@click.argument("key")
@click.option("--by", required=True, help="Who called, for whoever asks later.")
@click.option("--failed", is_flag=True, help="Nobody answered, or somebody else: hide the number.")
@click.option("--days", default=HALF_A_YEAR, show_default=True, help="How long the check counts.")
def verify(key: str, *, by: str, failed: bool, days: int) -> None:
    """Write down a test call of the hotline KEY; callers see the difference within a minute."""
    line = _hotline(key)
    with _parts() as parts, parts.database.transaction() as connection:
        today = local(parts.clock()).date()
        outcome = "failed" if failed else WORKS
        record_check(connection, Check(line.fact, outcome, today, by, today + timedelta(days=days)))
    click.echo(f"{line.number}: {outcome}")


@click.group
def data() -> None:
    """The personal data an installation keeps: what, what for, how long."""


@data.command("register")
def register_() -> None:
    """Print the register of personal data as a page in Markdown (docs/personal-data.md)."""
    click.echo(personal_data.page(), nl=False)


@data.command("forget")
def forget() -> None:
    """Wipe now whatever has been kept long enough; the workers do it every hour by themselves."""
    with _parts() as parts:
        done = retain(parts)
    for table, number in done.items():
        if number:
            click.echo(f"{table}: {number}")
    click.echo(f"{sum(done.values())} rows")


@data.command("bind")
def bind_() -> None:
    """Bind what was written lately to whom it is about; run it before a backup.

    The workers do it every five minutes by themselves.
    """
    with _parts() as parts:
        click.echo(f"{bind(parts)} values")


@click.group
def keys() -> None:
    """The keys that personal data is sealed with."""


@keys.command
def new() -> None:
    """Print fresh secrets for a new installation. Keep them apart from its backups."""
    click.echo(f"HELPLINE_SECRET_KEY={secrets.token_urlsafe(32)}")
    click.echo(f"HELPLINE_DATA_KEYS={new_keys('one')}")
    click.echo(f"# and for each gateway that does not sign: {secrets.token_urlsafe(32)}")


@keys.command
@click.argument("name")
def add(name: str) -> None:
    """Print HELPLINE_DATA_KEYS with a fresh key NAME in front: the first step of a rotation."""
    known = settings().data_keys
    fresh = new_keys(name).split(",")[0]
    longer = f"{fresh},{known}"
    KeyRing.parse(longer)
    click.echo(f"HELPLINE_DATA_KEYS={longer}")


@keys.command
def rotate() -> None:
    """Seal everything again under the first key of HELPLINE_DATA_KEYS, while everything runs."""
    run: Callable[..., Any] = load("helpline.store.rotation:rotate")
    with _parts() as parts:
        result = run(
            parts.database,
            parts.ring,
            progress=lambda entry, number: click.echo(f"{entry.table}.{entry.column}: {number}"),
        )
    click.echo(f"{result.resealed} values sealed again, {result.left} left")
    if result.unreadable:
        fail(*(f"no key opens {place}" for place in result.unreadable))
    if result.left:
        fail("run it again: processes with the old keys were still writing")
    click.echo("the old key may be removed")


@contextmanager
def _parts() -> Iterator[Parts]:
    parts = wiring.build(settings())
    try:
        if not look(parts.database, parts.clock()).migrated:
            raise CannotRun(NOT_MIGRATED)
        yield parts
    finally:
        wiring.close(parts)


def _hotline(key: str) -> Hotline:
    found = next((line for line in load_hotlines() if key in {line.key, line.number}), None)
    if found is None:
        known = ", ".join(line.key for line in load_hotlines())
        raise click.BadParameter(f"{key} is none of {known}")
    return found


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    # Loaded here: only an import on a terminal draws anything.
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(transient=True) as drawn:
        task = drawn.add_task("service points", total=None)
        yield lambda done, total: drawn.update(task, completed=done, total=total)


def _tell(report: Report) -> None:
    if report.problems:
        fail(*(str(problem) for problem in report.problems))
    would = "would be " if report.dry_run else ""
    click.echo(
        f"{would}added {report.added}, {would}changed {report.changed}, unchanged {report.unchanged}"
    )
