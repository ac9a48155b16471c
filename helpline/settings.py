"""What an installation is told from outside: typed, checked as a whole, refused with one line a fault.

Three modes. With nothing set (`PORT`, `LOG_LEVEL`, `WEB_CONCURRENCY` and `HELPLINE_DATA_DIR` count
as nothing) it is DEVELOPMENT: this machine only, an SQLite file, our own Redis, keys made into the
data folder, texts into a file. `HELPLINE_DEMO=1` is the DEMO: the same with the well-known secrets
of the documentation. Anything else is PRODUCTION, where a missing or weak secret stops the start.
"""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

from msgspec import Meta

from helpline import config_file
from helpline.cases.calendar import QUIET, Span
from helpline.cases.campaigns import Bulk
from helpline.environment import Environment, address_problem
from helpline.folder import DataFolder
from helpline.gateways.book import GatewayConfig, problems, weak
from helpline.gateways.port import Secrets
from helpline.gateways.voice import Options as VoiceOptions
from helpline.store.sealing import BadKeys, KeyRing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from helpline.config_file import RouteConfig

DEFAULT_PORT: Final = 8000
FICTIONAL_CODE: Final = "*0000#"
"""Nobody's short code: shown wherever none is configured."""

_REAL: Final = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY")
_NOT_REAL: Final = frozenset({"HELPLINE_DATA_DIR", "HELPLINE_DEMO", "HELPLINE_DIAL_SECRET"})
_NEVER_IN_A_DEMO: Final = ("HELPLINE_CONFIG", "HELPLINE_DATA_KEYS", "HELPLINE_SECRET_KEY")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_Port = Annotated[int, Meta(ge=1, le=65535)]
_Processes = Annotated[int, Meta(ge=1, le=256)]
_Level = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
_DATABASES: Final = ("postgresql:", "postgres:", "postgresql+psycopg:", "sqlite:")
_REDISES: Final = ("redis:", "rediss:", "unix:")


class BadSettings(ValueError):
    """The environment cannot be used: one line for each reason, none of which shows a value."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = tuple(lines)


class Mode(StrEnum):
    """How much may be made up."""

    DEMO = "demo"
    DEVELOPMENT = "development"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that is decided outside the program."""

    mode: Mode
    folder: DataFolder
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    own_redis: bool
    """Whether we start the server behind `redis_url` ourselves."""
    public_url: str
    """Without a slash at the end: gateways were told addresses that begin with it."""
    secret_key: str = field(repr=False)
    data_keys: str = field(repr=False)
    gateways: tuple[GatewayConfig, ...]
    routes: tuple[RouteConfig, ...] = ()
    short_code: str = FICTIONAL_CODE
    quiet: Span = QUIET
    language: str = "bn"
    simulator: bool = False
    after_danger_hours: int = 24
    """After how many hours somebody who was in grave danger is contacted again."""
    voice: VoiceOptions = VoiceOptions()  # noqa: RUF009  frozen
    bulk: Bulk = Bulk()  # noqa: RUF009  frozen
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    web_processes: int = 1
    log_level: str = "INFO"
    metrics_token: str = field(default="", repr=False)
    proxies: tuple[Network, ...] = ()
    """From whom `X-Forwarded-For` is believed: our own proxies; of none unless they are named."""
    book: str = "menus:BOOK"
    """The menus, as `module:name`: the library may not import them."""

    @classmethod
    def load(cls, environ: Mapping[str, str]) -> Settings:
        """Read the environment; in development this makes the data folder and its keys.

        Raises:
            BadSettings: with every fault found.
        """
        environment = Environment(environ)
        mode = _mode(environ)
        folder = DataFolder(Path(environ.get("HELPLINE_DATA_DIR") or "var"))
        if problem := folder.prepare():
            raise BadSettings([f"HELPLINE_DATA_DIR {problem}"])
        make = _production if mode is Mode.PRODUCTION else _made_up
        settings = make(mode, folder, environment)
        if environment.problems:
            raise BadSettings(environment.problems)
        return settings

    @classmethod
    def demo(cls, folder: Path, port: int) -> Settings:
        """What `HELPLINE_DEMO=1` gives for this data folder and port: fictional all through.

        Raises:
            BadSettings: when the folder cannot be used.
        """
        return cls.load({"HELPLINE_DEMO": "1", "HELPLINE_DATA_DIR": str(folder), "PORT": str(port)})

    @property
    def exports(self) -> dict[str, str]:
        """What to add to the environment of a process that shall have these very settings."""
        shared = {"HELPLINE_DATA_DIR": str(self.folder.path), "PORT": str(self.port)}
        return shared | ({"HELPLINE_DEMO": "1"} if self.mode is Mode.DEMO else {})


def _mode(environ: Mapping[str, str]) -> Mode:
    names = {name.removesuffix("_FILE") for name, value in environ.items() if value}
    if environ.get("HELPLINE_DEMO"):
        return Mode.DEMO
    ours = {name for name in names if name.startswith("HELPLINE_")} - _NOT_REAL
    return Mode.PRODUCTION if ours or names & {*_REAL} else Mode.DEVELOPMENT


def _made_up(mode: Mode, folder: DataFolder, environment: Environment) -> Settings:
    try:
        keys = folder.keys()
    except (OSError, ValueError):
        raise BadSettings(["HELPLINE_DATA_DIR: its keys cannot be written or read"]) from None
    port = environment.typed("PORT", _Port, DEFAULT_PORT)
    public_url = f"http://127.0.0.1:{port}"
    gateways: tuple[GatewayConfig, ...] = (
        GatewayConfig(
            "console", "console", Secrets({"path": keys.path}), {"outbox_path": str(folder.outbox)}
        ),
    )
    database_url = redis_url = ""
    if mode is Mode.DEMO:
        gateways = _demo_gateways(f"http://127.0.0.1:{port + 1}")
        database_url, redis_url = _where_a_demo_plays(environment)
    return Settings(
        mode=mode,
        folder=folder,
        database_url=database_url or folder.database_url,
        redis_url=redis_url or folder.redis_url,
        own_redis=not redis_url,
        public_url=public_url,
        secret_key=keys.secret_key,
        data_keys=keys.data_keys,
        gateways=gateways,
        simulator=True,
        port=port,
        web_processes=environment.typed("WEB_CONCURRENCY", _Processes, _cores()),
        log_level=environment.typed("LOG_LEVEL", _Level, "INFO"),
    )


def _where_a_demo_plays(environment: Environment) -> tuple[str, str]:
    environment.problems.extend(
        f"HELPLINE_DEMO and {name} are both set: a demo stays away from a real installation"
        for name in _NEVER_IN_A_DEMO
        if environment.text(name)
    )
    return _url(environment, _DATABASES, "HELPLINE_DATABASE_URL"), _url(
        environment, _REDISES, "HELPLINE_REDIS_URL"
    )


def _demo_gateways(provider: str) -> tuple[GatewayConfig, ...]:
    """Both gateways send to the stand-in that `helpline demo` starts one port above ours."""
    return (
        GatewayConfig(
            "africastalking",
            "africastalking",
            Secrets({"api_key": "demo", "path": "demo"}),
            {"username": "demo", "sender": "DEMO", "charset": "ucs2", "base_url": provider},
        ),
        GatewayConfig(
            "twilio",
            "twilio",
            Secrets({"auth_token": "demo"}),
            {"account_sid": "AC" + "0" * 32, "sender": "DEMO", "base_url": provider},
        ),
    )


def _production(mode: Mode, folder: DataFolder, environment: Environment) -> Settings:
    public_url = environment.text("HELPLINE_PUBLIC_URL").rstrip("/")
    _demand(environment, "HELPLINE_PUBLIC_URL", public_url, address_problem)
    secret_key = environment.text("HELPLINE_SECRET_KEY", "SECRET_KEY")
    _demand(environment, "HELPLINE_SECRET_KEY", secret_key, _secret_problem)
    data_keys = environment.text("HELPLINE_DATA_KEYS")
    _demand(environment, "HELPLINE_DATA_KEYS", data_keys, _keys_problem)
    metrics_token = environment.text("HELPLINE_METRICS_TOKEN")
    if metrics_token and (problem := _secret_problem(metrics_token)):
        environment.problems.append(f"HELPLINE_METRICS_TOKEN {problem}")
    # A gateway checks the address too: a fault that has been told is not told again.
    sound = public_url if not address_problem(public_url) else "https://helpline.invalid"
    config = _config(environment, sound)
    database_url = _url(environment, _DATABASES, "HELPLINE_DATABASE_URL", "DATABASE_URL")
    redis_url = _url(environment, _REDISES, "HELPLINE_REDIS_URL", "REDIS_URL")
    return Settings(
        mode=mode,
        folder=folder,
        database_url=database_url or folder.database_url,
        redis_url=redis_url or folder.redis_url,
        own_redis=not redis_url,
        public_url=public_url,
        secret_key=secret_key,
        data_keys=data_keys,
        gateways=config.gateways,
        routes=config.routes,
        short_code=config.short_code,
        quiet=config.quiet,
        language=config.language,
        simulator=config.simulator,
        after_danger_hours=config.after_danger_hours,
        voice=config.voice,
        bulk=config.bulk,
        host=environment.text("HELPLINE_HOST") or "127.0.0.1",
        port=environment.typed("PORT", _Port, DEFAULT_PORT),
        web_processes=environment.typed("WEB_CONCURRENCY", _Processes, _cores()),
        log_level=environment.typed("LOG_LEVEL", _Level, "INFO"),
        metrics_token=metrics_token,
        proxies=_proxies(environment),
    )


def _proxies(environment: Environment) -> tuple[Network, ...]:
    """Addresses and networks with commas between them: `10.0.0.7,192.0.2.0/28`."""
    try:
        return tuple(
            ipaddress.ip_network(each.strip())
            for each in environment.text("HELPLINE_PROXIES").split(",")
            if each.strip()
        )
    except ValueError:
        environment.problems.append(
            "HELPLINE_PROXIES must be addresses or networks with commas between them"
        )
        return ()


def _config(environment: Environment, public_url: str) -> config_file.Config:
    path = environment.text("HELPLINE_CONFIG")
    if not path:
        environment.problems.append("HELPLINE_CONFIG is missing: it names the gateways' file")
        return config_file.NOTHING
    config = config_file.read(Path(path), environment)
    for gateway in config.gateways:
        environment.problems.extend(problems(gateway, public_url=public_url))
    return config


def _demand(
    environment: Environment, name: str, value: str, problem_of: Callable[[str], str]
) -> None:
    if not value:
        environment.problems.append(f"{name} is missing")
    elif problem := problem_of(value):
        environment.problems.append(f"{name} {problem}")


def _secret_problem(value: str) -> str:
    return "is weak: `helpline keys new` makes a good one" if weak(value) else ""


def _keys_problem(value: str) -> str:
    try:
        KeyRing.parse(value)
    except BadKeys as error:
        return str(error).removeprefix("HELPLINE_DATA_KEYS").lstrip(": ")
    return ""


def _url(environment: Environment, schemes: tuple[str, ...], *names: str) -> str:
    value = environment.text(*names)
    if value and not value.startswith(schemes):
        environment.problems.append(f"{names[0]} must begin with {' or '.join(schemes)}")
    return value


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
