"""`helpline demo`: everything on this machine, one story played through the real webhook, then a phone and a desk to try.

A registration and a counselling request are dialled as Africa's Talking would deliver them. The
texts go out through RQ and the official SDK to a stand-in for the provider. Nothing leaves this
machine, and nothing of it is kept.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from os import environ
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from handlers.desk import demo as desk
from handlers.desk import demo_office
from handlers.phone.dialling import FICTIONAL_NUMBER, AfricasTalkingCaller
from helpline import wiring
from helpline.cases.calendar import DHAKA, local
from helpline.clock import SkippableClock
from helpline.flow.lettering import segments
from helpline.gateways.rehearsal import Rehearsal
from helpline.processes import at_birth
from helpline.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from handlers.phone.dialling import Seen

REGISTRATION: Final = (
    ("1", "register"),
    ("1", "agree"),
    ("1", "for me"),
    ("1", "a woman"),
    ("tangail", "the district, typed in Latin letters"),
    ("1", "the upazila"),
    ("1", "back from Saudi Arabia"),
    ("২", "within a year, typed in Bangla digits"),
    ("4", "trouble at work"),
    ("1", "needs somebody to talk to"),
    ("1", "the phone is only hers"),
    ("1", "may be texted"),
    ("1", "may be called"),
    ("4", "any time is safe"),
    ("4", "no papers"),
    ("4721", "four secret digits"),
    ("1", "yes, register"),
)
COUNSELLING: Final = (
    ("2", "counselling"),
    ("1", "about the family"),
    ("1", "with a woman"),
    ("1", "by a call to this phone"),
    ("3", "the day after tomorrow"),
    ("1", "in the morning"),
    ("1", "a reminder by SMS, please"),
)
READY_SECONDS: Final = 60.0
TEXT_SECONDS: Final = 30.0
POLL_SECONDS: Final = 0.1
ENDING_SECONDS: Final = 15.0
MORNING: Final = clock_time(10)


class DemoFailed(click.ClickException):
    """The story could not be played to its end; says which part in one line."""


@click.command()
@click.option("--once", is_flag=True, help="Play the story and leave.")
@click.option("--port", default=8000, envvar="PORT", show_default=True)
def demo(port: int, *, once: bool) -> None:
    """Start everything embedded, play one story, then serve the phone at /phone."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = Path(tempfile.mkdtemp(prefix="helpline-demo-"))
    try:
        settings = Settings.demo(folder, port)
        with _everything(settings), _provider(settings) as provider:
            began = time.monotonic()
            _wait_ready(settings)
            click.echo(f"Everything is up after {time.monotonic() - began:.1f} s.\n")
            _play(settings, provider)
            _open_the_desk(settings)
            _say_where(settings)
            if not once:
                click.echo("Ctrl-C ends it.")
                signal.pause()
    except KeyboardInterrupt:
        click.echo("\nEnded; nothing was kept.")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _provider(settings: Settings) -> Iterator[Rehearsal]:
    """The stand-in for both providers, one port above ours."""
    receipts = f"{settings.public_url}/hooks/africastalking/demo/receipt"
    clock = SkippableClock(settings.folder.clock)
    try:
        stand_in = Rehearsal(
            port=settings.port + 1,
            receipts_url=receipts,
            auth_token="demo",  # noqa: S106 (the demo's published one)
            clock=lambda: clock().timestamp(),
        )
    except OSError:
        raise DemoFailed(f"port {settings.port + 1} is taken; choose another with --port") from None
    with stand_in:
        yield stand_in


@contextmanager
def _everything(settings: Settings) -> Iterator[None]:
    """`helpline run` as a process of its own, ended with us."""
    log = settings.folder.path / "demo.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "helpline", "run"],
            env={**environ, **settings.exports},
            stdout=out,
            stderr=out,
            preexec_fn=at_birth(),  # noqa: PLW1509  no thread has been started yet
        )
    try:
        yield
    except DemoFailed:
        click.echo(log.read_text(errors="replace")[-4000:], err=True)
        raise
    finally:
        process.terminate()
        try:
            process.wait(ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_ready(settings: Settings) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{settings.public_url}/readyz", timeout=2) as answer:  # noqa: S310 (our own address)
                if answer.status == 200:  # noqa: PLR2004
                    return
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(POLL_SECONDS)
    raise DemoFailed(f"nothing answered at {settings.public_url} within {READY_SECONDS:.0f} s")


def _play(settings: Settings, provider: Rehearsal) -> None:
    clock = SkippableClock(settings.folder.clock)
    # the story begins at ten in the morning, so that quiet hours do not hold its texts
    tomorrow = local(datetime.now(UTC)).date() + timedelta(days=1)
    _skip_to(clock, datetime.combine(tomorrow, MORNING, tzinfo=DHAKA))
    phone = AfricasTalkingCaller(settings.public_url, secret="demo")  # noqa: S106
    click.echo(f"A woman dials {phone.short_code} from {phone.number} (both fictional).\n")
    _dial(phone, "She registers", REGISTRATION)
    _show_text(provider, 1, "The confirmation comes by SMS, through RQ and the provider's SDK")
    _dial(phone, "She asks for a counsellor", COUNSELLING)
    slot_day = tomorrow + timedelta(days=2)
    _skip_to(clock, datetime.combine(slot_day - timedelta(days=1), MORNING, tzinfo=DHAKA))
    _show_text(
        provider, 2, "The clock is moved to the day before; the dispatcher finds the reminder"
    )
    _skip_to(clock, datetime.combine(slot_day, clock_time(8), tzinfo=DHAKA))
    _show_text(provider, 3, "And to the morning itself: quiet hours are over at eight")


def _open_the_desk(settings: Settings) -> None:
    """Two hours later, in the middle of a morning: staff are there and people call."""
    click.secho("== The desk opens: staff, callers, work", bold=True)
    clock = SkippableClock(settings.folder.clock)
    _skip_to(clock, datetime.combine(local(clock()).date(), MORNING, tzinfo=DHAKA))
    parts = wiring.build(settings)
    try:
        desk.live(parts)
        click.echo(f"   everybody's password there: {demo_office.PASSWORD}")
        click.echo(f"   {'username':<12}{'role':<18}code of this half minute")
        for each in demo_office.STAFF:
            code = demo_office.code_now(parts, each.username)
            click.echo(f"   {each.username:<12}{each.role.value:<18}{code}")
    finally:
        wiring.close(parts)
    click.echo("   newer codes, and a button that logs you in, are at /desk/demo\n")


def _dial(phone: AfricasTalkingCaller, title: str, keys: Sequence[tuple[str, str]]) -> None:
    click.secho(f"== {title}", bold=True)
    _show(phone.dial())
    for key, meaning in keys:
        click.secho(f"   she types {key}  ({meaning})", dim=True)
        _show(phone.press(key))
    phone.end()


def _show(seen: Seen) -> None:
    ending = ", the last screen" if seen.final else ""
    click.echo(f"   [{seen.units}/{seen.budget} units{ending}]")
    for line in seen.text.split("\n"):
        click.echo(f"   | {line}")
    click.echo()


def _show_text(provider: Rehearsal, number: int, title: str) -> None:
    click.secho(f"== {title}", bold=True)
    until = time.monotonic() + TEXT_SECONDS
    while time.monotonic() < until:
        if len(provider.log) >= number:
            text = provider.log[number - 1]
            size = segments(text.text)
            click.echo(f"   SMS to {text.number} [{size.units} units, {size.parts} part]")
            click.echo(f"   > {text.text}\n")
            return
        time.sleep(POLL_SECONDS)
    raise DemoFailed(f"no SMS came within {TEXT_SECONDS:.0f} s: {title}")


def _skip_to(clock: SkippableClock, moment: datetime) -> None:
    clock.skip((moment - clock()).total_seconds())


def _say_where(settings: Settings) -> None:
    here = settings.public_url
    click.secho("== Try it yourself", bold=True)
    for what, where in (
        ("a phone in the browser", f"{here}/phone"),
        ("the staff desk: log in here", f"{here}/desk/demo"),
        ("USSD webhook (Africa's Talking)", f"{here}/hooks/africastalking/demo/ussd"),
        ("SMS webhook (Africa's Talking)", f"{here}/hooks/africastalking/demo/sms"),
        ("SMS webhook (Twilio, signed)", f"{here}/hooks/twilio/sms"),
        ("is it alive", f"{here}/healthz"),
        ("is it ready", f"{here}/readyz"),
        ("metrics", f"{here}/metrics"),
    ):
        click.echo(f"   {what:<34}{where}")
    click.echo(f"   {'a phone in the terminal':<34}helpline dial --url {here} --secret demo")
    click.echo(f"   {'number of the story (fictional)':<34}{FICTIONAL_NUMBER}\n")
