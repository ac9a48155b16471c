"""The file that `HELPLINE_CONFIG` names: gateways, routes, hours and language, in TOML.

    short_code = "*0000#"             # what callers dial; this one is fictional
    language = "bn"                   # of somebody we know nothing about yet: bn or en
    quiet = "21:00-08:00"             # nothing goes out by itself, Asia/Dhaka
    simulator = false                 # the phone at /phone
    after_danger_hours = 24           # when somebody who was in grave danger is contacted again

    [gateways.africastalking]         # the name in webhook addresses
    kind = "africastalking"
    username = "..."                  # the options of that kind
    api_key_env = "AT_API_KEY"        # secrets: the name of an environment variable
    path_env = "HELPLINE_AT_PATH"     # (or of <name>_FILE, which names a file)

    [[routes]]                        # the first that fits sends; without any, the first that sends SMS
    gateway = "africastalking"
    prefix = "+880"                   # also: language, purpose

    [voice]                           # calls through the helpline; without it staff dial by hand
    gateway = "twilio"                # a gateway of the kind twilio or africastalking
    number = "+8809600000001"         # the caller ID, and the hotline; this one is fictional
    missed = ["+8809600000002"]       # not taken: who rings them is called back
    prompts = {menu = "https://..."}  # recordings, as docs/voice-prompts.md lists them
    say = false                       # a tone, rather than the gateway's own voice, where one is missing
    [bulk]                            # campaigns: texts to everybody who wants news
    per_second = 10                   # texts a second through one gateway
    rates = {africastalking = 25}     # or through this one
    second_person_above = 500         # phones: from there on a second person must agree
    price = "0.35"                    # of one part of an SMS, by your contract; without it none is shown
    currency = "BDT"

A secret itself never stands in the file.
"""

from __future__ import annotations

import tomllib
from datetime import time
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from helpline.cases.calendar import QUIET, Span
from helpline.cases.campaigns import Bulk
from helpline.gateways.book import GatewayConfig
from helpline.gateways.port import Secrets
from helpline.gateways.voice import Options as VoiceOptions
from helpline.gateways.voice import problems as voice_problems

if TYPE_CHECKING:
    from pathlib import Path

    from helpline.environment import Environment

_REFERENCE = "_env"
_Clock = r"([01][0-9]|2[0-3]):[0-5][0-9]"


class RouteConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One `[[routes]]`: as `helpline.service.parts.Route`."""

    gateway: str
    prefix: Annotated[str, msgspec.Meta(pattern=r"^(\+[0-9]{1,15})?$")] = ""
    language: Literal["", "bn", "en"] = ""
    purpose: str = ""


_Rate = Annotated[float, msgspec.Meta(gt=0, le=10_000)]


class _Bulk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    per_second: _Rate = Bulk().per_second
    rates: dict[str, _Rate] = {}
    second_person_above: Annotated[int, msgspec.Meta(ge=0)] = Bulk().second_person_above
    price: Annotated[str, msgspec.Meta(pattern=r"^([0-9]{1,4}(\.[0-9]{1,4})?)?$")] = ""
    currency: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}$")] = Bulk().currency


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    gateways: dict[str, dict[str, Any]]
    short_code: Annotated[str, msgspec.Meta(pattern=r"^\*?[0-9][0-9*]{1,18}#?$")]
    routes: list[RouteConfig] = []
    language: Literal["bn", "en"] = "bn"
    quiet: Annotated[str, msgspec.Meta(pattern=f"^{_Clock}-{_Clock}$")] = ""
    simulator: bool = False
    after_danger_hours: Annotated[int, msgspec.Meta(ge=1, le=72)] = 24
    voice: VoiceOptions = VoiceOptions()
    bulk: _Bulk = _Bulk()


class Config(msgspec.Struct, frozen=True):
    """What the file says, ready for use."""

    short_code: str
    gateways: tuple[GatewayConfig, ...]
    routes: tuple[RouteConfig, ...] = ()
    language: str = "bn"
    quiet: Span = QUIET
    simulator: bool = False
    after_danger_hours: int = 24
    voice: VoiceOptions = VoiceOptions()
    bulk: Bulk = Bulk()


NOTHING = Config(short_code="", gateways=())


def read(path: Path, environment: Environment) -> Config:
    """Read the file, looking up its secrets; `NOTHING`, and a problem noted, when it cannot be used."""
    try:
        file = msgspec.convert(tomllib.loads(path.read_text("utf-8")), _File)
    except OSError:
        environment.problems.append("HELPLINE_CONFIG names a file that cannot be read")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        environment.problems.append(f"HELPLINE_CONFIG: {error}")
    else:
        return _config(file, environment)
    return NOTHING


def _config(file: _File, environment: Environment) -> Config:
    if not file.gateways:
        environment.problems.append("HELPLINE_CONFIG: there is no gateway")
    environment.problems.extend(
        f"HELPLINE_CONFIG: a route leads to {route.gateway}, which is no gateway"
        for route in file.routes
        if route.gateway not in file.gateways
    )
    environment.problems.extend(
        f"HELPLINE_CONFIG: bulk: there is no gateway {name}"
        for name in file.bulk.rates
        if name not in file.gateways
    )
    if file.voice != VoiceOptions():
        kinds = {name: str(table.get("kind", "")) for name, table in file.gateways.items()}
        environment.problems.extend(voice_problems(file.voice, kinds))
    return Config(
        short_code=file.short_code,
        gateways=tuple(_gateway(*item, environment) for item in file.gateways.items()),
        routes=tuple(file.routes),
        language=file.language,
        quiet=_span(file.quiet) if file.quiet else QUIET,
        simulator=file.simulator,
        after_danger_hours=file.after_danger_hours,
        voice=file.voice,
        bulk=_bulk(file.bulk),
    )


def _bulk(said: _Bulk) -> Bulk:
    return Bulk(
        per_second=said.per_second,
        rates=said.rates,
        second_person_above=said.second_person_above,
        price=Decimal(said.price) if said.price else None,
        currency=said.currency,
    )


def _gateway(name: str, table: dict[str, Any], environment: Environment) -> GatewayConfig:
    secrets, options = {}, {}
    for key, value in table.items():
        if key.endswith(_REFERENCE) and isinstance(value, str):
            secrets[key.removesuffix(_REFERENCE)] = environment.text(value)
        elif key != "kind":
            options[key] = value
    return GatewayConfig(name, str(table.get("kind", "")), Secrets(secrets), options)


def _span(text: str) -> Span:
    begins, _, ends = text.partition("-")
    return Span(time.fromisoformat(begins), time.fromisoformat(ends))
