"""The commands for those who work at the desk, and for the log of what they did."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from helpline import wiring
from helpline.cases.roles import Role
from helpline.cases.states import IllegalMove
from helpline.check import NOT_MIGRATED
from helpline.commands import fail, settings
from helpline.processes import CannotRun
from helpline.service.desk.accounts import (
    COMMAND_LINE,
    LANGUAGES,
    SEXES,
    SKILLS,
    Details,
    Unfit,
    invite,
    invite_again,
    link_path,
    reactivate,
    suspend,
)
from helpline.service.desk.acting import acting
from helpline.service.desk.login import folded
from helpline.store.desk import accounts, log
from helpline.store.vitals import look

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from helpline.service.desk.acting import Acting
    from helpline.service.parts import Parts


@click.group
def staff() -> None:
    """Those who work at the desk: accounts, invitations."""


@staff.command
@click.option("--username", required=True)
@click.option("--name", required=True, help="As colleagues know them.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--sex", type=click.Choice(SEXES), default="woman", show_default=True)
@click.option("--languages", default="bn en", show_default=True, help="That they speak.")
@click.option("--skills", default="", help=f"Of {', '.join(SKILLS)}.")
@click.option("--districts", default="", help="ISO 3166-2 codes, BD-13; empty for all.")
@click.option("--organisation", default="", help="Needed for a partner.")
@click.option("--number", default="", help="Their telephone, for those who work without internet.")
@click.option("--language", type=click.Choice(LANGUAGES), default="bn", show_default=True)
def add(
    username: str,
    name: str,
    role: str,
    sex: str,
    languages: str,
    skills: str,
    districts: str,
    organisation: str,
    number: str,
    language: str,
) -> None:
    """Open an account and print the link of its invitation, once: it is kept nowhere."""
    details = Details(
        name=name,
        role=role,
        sex=sex,
        languages=frozenset(languages.split()),
        skills=frozenset(skills.split()),
        districts=frozenset(districts.split()),
        organisation=organisation,
        number=number,
        language=language,
    )
    with _acting() as deed:
        secret = invite(deed, username, details)
    _print_link(secret)


@staff.command("invite")
@click.argument("username")
def invite_(username: str) -> None:
    """Print a new link for USERNAME: the old password and the old telephone let nobody in any more."""
    with _acting() as deed:
        secret = invite_again(deed, _id_of(deed, username))
    _print_link(secret)


@staff.command("list")
def list_() -> None:
    """Every account: its state, its role, where it works."""
    with _parts() as parts, parts.database.reading() as connection:
        for row in accounts.everybody(connection):
            name = parts.ring.unseal_text(row.name, "staff.name", row.id)
            where = row.districts or "all districts"
            click.echo(f"{row.username:20}{row.state:12}{row.role:16}{name}, {where}")


@staff.command("suspend")
@click.argument("username")
def suspend_(username: str) -> None:
    """Let USERNAME in no more, at once and everywhere."""
    _change(username, suspend)


@staff.command("reactivate")
@click.argument("username")
def reactivate_(username: str) -> None:
    """Let USERNAME in again."""
    _change(username, reactivate)


@click.group
def audit() -> None:
    """The log of what staff did and read."""


@audit.command
@click.option("--kept", help="NUMBER:DIGEST as printed before: the log must still hold that row.")
def verify(kept: str | None) -> None:
    """Say which rows were changed or taken out; status 1 if any. Keep the last line somewhere else."""
    with _parts() as parts, parts.database.reading() as connection:
        faults = list(log.faults(connection, parts.ring))
        number, digest = log.tail(connection)
        if kept:
            wanted, _, expected = kept.partition(":")
            found = log.digest_of(connection, int(wanted)) if wanted.isdigit() else ""
            if not expected or not found.startswith(expected):
                fail(f"row {wanted} is not the one that was kept: the log was cut or written anew")
    for fault in faults:
        rows = f"{fault.first}" if fault.first == fault.last else f"{fault.first} to {fault.last}"
        click.echo(f"{rows}: {fault.why}")
    if faults:
        fail("the log is not as it was written")
    click.echo(f"intact: {number} rows" + (f", {number}:{digest[:16]}" if number else ""))


def _change(username: str, use_case: Callable[[Acting, str], None]) -> None:
    with _acting() as deed:
        use_case(deed, _id_of(deed, username))
    click.echo(f"{folded(username)}: done")


def _id_of(deed: Acting, username: str) -> str:
    row = accounts.by_username(deed.connection, folded(username))
    if row is None:
        raise click.BadParameter(f"nobody has the username {username}")
    return str(row.id)


def _print_link(secret: str) -> None:
    click.echo(f"{settings().public_url}{link_path(secret)}")
    click.echo("Give it to nobody else. It works once, for seven days.", err=True)


@contextmanager
def _acting() -> Iterator[Acting]:
    try:
        with _parts() as parts, acting(parts, COMMAND_LINE) as deed:
            yield deed
    except Unfit as unfit:
        raise click.BadParameter(f"{unfit.field} is {unfit.why}") from None
    except IllegalMove as error:
        raise click.ClickException(str(error)) from None


@contextmanager
def _parts() -> Iterator[Parts]:
    parts = wiring.build(settings())
    try:
        if not look(parts.database, parts.clock()).migrated:
            raise CannotRun(NOT_MIGRATED)
        yield parts
    finally:
        wiring.close(parts)
