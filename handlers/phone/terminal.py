"""A phone in the terminal: `helpline dial`. Every key goes through the real webhook over HTTP."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from handlers.phone.deliveries import NoAnswer
from handlers.phone.dialling import FICTIONAL_NUMBER
from handlers.phone.handset import Handset
from handlers.phone.lines import CALLERS
from helpline.folder import DataFolder
from helpline.gateways.port import Charset
from helpline.settings import FICTIONAL_CODE

if TYPE_CHECKING:
    from handlers.phone.words import Language


@click.command
@click.option(
    "--url",
    default=lambda: f"http://127.0.0.1:{os.environ.get('PORT', '8000')}",
    show_default="http://127.0.0.1:$PORT, or 8000",
    help="The running server.",
)
@click.option(
    "--gateway",
    type=click.Choice([*CALLERS]),
    default="africastalking",
    show_default=True,
    help="Whose way of delivering key presses is played.",
)
@click.option("--name", default="", help="The gateway's configured name, if it is another one.")
@click.option(
    "--number", default=FICTIONAL_NUMBER, show_default=True, help="The caller; fictional."
)
@click.option("--short-code", default=FICTIONAL_CODE, show_default=True, help="Fictional as well.")
@click.option(
    "--secret",
    envvar="HELPLINE_DIAL_SECRET",
    help="The webhook's secret; if not given, the demo's or that of the data folder.",
)
@click.option(
    "--charset",
    type=click.Choice([each.value for each in Charset]),
    default=Charset.UCS2.value,
    show_default=True,
    help="What the network carries: it decides the budget shown.",
)
@click.option(
    "--language",
    type=click.Choice(["bn", "en"]),
    default="en",
    show_default=True,
    help="Of this program's own words.",
)
@click.option("--script", help="Lines to play and then stop, such as: 1 1 'sms HELP' redial 2")
def dial(
    *,
    url: str,
    gateway: str,
    name: str,
    number: str,
    short_code: str,
    secret: str | None,
    charset: str,
    language: Language,
    script: str | None,
) -> None:
    """Dial the helpline from a phone in this terminal."""
    caller = CALLERS[gateway](
        url,
        secret=secret or _known_secret(gateway),
        gateway=name,
        number=number,
        short_code=short_code,
        charset=Charset(charset),
    )
    handset = Handset(caller, url, language)
    try:
        handset.welcome()
        handset.dial()
        if script is None:
            _converse(handset)
        else:
            _play(handset, script)
    except NoAnswer as why:
        raise click.ClickException(str(why)) from None
    except (EOFError, KeyboardInterrupt):
        click.echo()
    finally:
        handset.leave()


def _known_secret(gateway: str) -> str:
    """The console's secret is made into the data folder; the demo's is well known."""
    folder = DataFolder(Path(os.environ.get("HELPLINE_DATA_DIR") or "var"))
    if gateway == "console" and (folder.path / "keys.json").exists():
        try:
            return folder.keys().path
        except (OSError, ValueError):
            raise click.ClickException("the keys of the data folder cannot be read") from None
    return "demo"


def _play(handset: Handset, script: str) -> None:
    try:
        lines = shlex.split(script)
    except ValueError:
        raise click.BadParameter("a quotation mark is left open", param_hint="--script") from None
    for line in lines:
        click.echo(f"> {line}")
        handset.do(line)


def _converse(handset: Handset) -> None:
    prompt = "> " if sys.stdin.isatty() else ""
    while True:
        try:
            line = input(prompt).strip()
            if line in {"quit", "exit"}:
                return
            if line:
                handset.do(line)
        except NoAnswer as why:
            click.echo(str(why))
