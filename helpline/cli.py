"""The command `helpline`."""

from __future__ import annotations

import sys
from typing import Final

import click

from helpline import check as checking
from helpline import logs
from helpline.cli_data import centres, data, facts, keys
from helpline.cli_menus import menus
from helpline.cli_staff import audit, staff
from helpline.commands import Commands, load, settings
from helpline.jobs import QUEUES

ELSEWHERE: Final = {
    "demo": ("handlers.phone.demo:demo", "Start everything, play one registration, keep serving."),
    "dial": ("handlers.phone.terminal:dial", "A phone in the terminal."),
}
"""Commands of the folders that the library does not import."""


@click.group(
    cls=Commands, elsewhere=ELSEWHERE, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(package_name="returnee-helpline")
def main() -> None:
    """USSD, SMS and hotline backend for migrant workers who have come home.

    Without any HELPLINE_ variable everything runs on this machine alone, in the folder `var`.
    """


@main.command
def run() -> None:
    """Run the whole installation: Redis if none is given, web, workers, dispatcher."""
    given = settings()
    logs.configure(given.log_level, role="supervisor")
    load("workers.supervisor:run")(given)


@main.command
def web() -> None:
    """Serve webhooks and pages on HELPLINE_HOST and PORT."""
    load("handlers.serve:serve")(settings())


@main.command
@click.argument("queue", type=click.Choice(QUEUES))
def worker(queue: str) -> None:
    """Work on one queue; run as many of these as you like."""
    given = settings()
    logs.configure(given.log_level, role="worker")
    sys.exit(load("workers.worker:run")(given, queue))


@main.command
def dispatch() -> None:
    """Once a second, give a worker to what has become due; run as many of these as you like."""
    logs.configure(settings().log_level, role="dispatcher")
    load("workers.dispatcher:run")()


@main.command
def migrate() -> None:
    """Bring the database to the newest form of its tables. Safe to start twice at once."""
    load("helpline.store.migrate:upgrade")(settings().database_url)


@main.command
def check() -> None:
    """Say what is misconfigured, one line each; status 1 if anything is."""
    given = settings()
    for line in checking.summary(given):
        click.echo(line)
    problems = checking.problems(given)
    for line in problems:
        click.echo(f"helpline: {line}", err=True)
    sys.exit(1 if problems else 0)


for command in (audit, centres, data, facts, keys, menus, staff):
    main.add_command(command)
