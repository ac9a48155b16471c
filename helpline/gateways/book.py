"""The configured gateways by name, and what is wrong with a configuration in one line each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import msgspec

from helpline.gateways import africastalking, console, twilio, voice
from helpline.gateways.port import Gateway, Secrets
from helpline.gateways.sending import LOOPBACK

SHORTEST_SECRET = 24
_FEWEST_CHARACTERS = 8
_PLACEHOLDER = re.compile(r"(?i)change.?me|example|secret|password|your.|demo|test|x{4,}|0{8,}")

_NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")
_ACCOUNT_SID = re.compile(r"AC[0-9a-f]{32}")
_SENDER = re.compile(r"\+?[0-9]{3,15}|[A-Za-z0-9 ]{1,11}")


@dataclass(frozen=True, slots=True)
class GatewayConfig:
    """One `[gateways.<name>]` of the configuration, its secrets already looked up.

    `kind` is one of `KINDS`; `options` are the fields of that kind's `Options`.
    """

    name: str
    kind: str
    secrets: Secrets = field(default_factory=Secrets)
    options: Mapping[str, Any] = field(default_factory=dict)


Check = Callable[[Any, str], Iterable[str]]


@dataclass(frozen=True, slots=True)
class _Kind:
    options: type[Any]
    build: Callable[[str, Secrets, Any, str], Gateway]
    check: Check
    ours: tuple[str, ...] = ()
    """Secrets we choose: they must be long and random. The first is required."""
    theirs: tuple[str, ...] = ()
    """Secrets the provider gave us. The first is required."""


def build_gateways(
    configs: Iterable[GatewayConfig], *, public_url: str = ""
) -> Mapping[str, Gateway]:
    """A gateway for each of `configs`, by name.

    `public_url` is `HELPLINE_PUBLIC_URL`: what Twilio signs and where it sends receipts.

    Raises:
        ValueError: an unknown kind, options that cannot be read, or a name twice; with one line.
    """
    gateways: dict[str, Gateway] = {}
    for config in configs:
        if config.kind not in KINDS:
            raise ValueError(f"gateway {config.name}: {_unknown_kind()}")
        if config.name in gateways:
            raise ValueError(f"gateway {config.name}: the name is used twice")
        kind = KINDS[config.kind]
        try:
            options = msgspec.convert(dict(config.options), kind.options)
        except msgspec.ValidationError as error:
            raise ValueError(f"gateway {config.name}: {error}") from None
        gateways[config.name] = kind.build(config.name, config.secrets, options, public_url)
    return gateways


def build_voice(
    options: voice.Options, gateways: Mapping[str, Gateway], *, public_url: str = ""
) -> voice.VoiceLine | None:
    """The helpline's telephone, or none while `[voice]` names no gateway.

    Raises:
        ValueError: the gateway is not there, or carries no voice.
    """
    if not options.gateway:
        return None
    gateway = gateways.get(options.gateway)
    sounds = voice.Sounds(options.prompts, options.say, public_url)
    side: voice.VoiceGateway
    if isinstance(gateway, twilio.Twilio):
        side = gateway.voice(options.number, sounds)
    elif isinstance(gateway, africastalking.AfricasTalking):
        side = gateway.voice(options.number, sounds, public_url=public_url)
    else:
        raise ValueError(f"voice: {options.gateway} carries no voice")  # noqa: TRY004  a setting
    return voice.VoiceLine(side, options.number, frozenset(options.missed), options.ring_seconds)


def problems(config: GatewayConfig, *, public_url: str = "", demo: bool = False) -> list[str]:
    """What keeps `config` from being used, one line each; no line holds a secret.

    `demo` lets short and well-known secrets pass, and nothing else.
    """
    found = []
    if not _NAME.fullmatch(config.name):
        found.append("the name must be lower-case letters, digits and hyphens, at most 32")
    kind = KINDS.get(config.kind)
    if kind is None:
        found.append(_unknown_kind())
    else:
        found += _secret_problems(config.secrets, kind, demo=demo)
        try:
            options = msgspec.convert(dict(config.options), kind.options)
        except msgspec.ValidationError as error:
            found.append(f"options: {error}")
        else:
            found += kind.check(options, public_url)
    return [f"gateway {config.name}: {problem}" for problem in found]


def weak(secret: str) -> bool:
    """Whether a secret is short, of few different characters, or looks like a placeholder."""
    return (
        len(secret) < SHORTEST_SECRET
        or len(set(secret)) < _FEWEST_CHARACTERS
        or _PLACEHOLDER.search(secret) is not None
    )


def _secret_problems(secrets: Secrets, kind: _Kind, *, demo: bool) -> Iterable[str]:
    for group, what in ((kind.ours, "is weak"), (kind.theirs, "is not one")):
        for place, name in enumerate(group):
            secret = secrets.get(name)
            if not secret and place == 0:
                yield f"secret {name} is missing"
            elif secret and weak(secret) and not demo:
                yield f"secret {name} {what}"


def _africastalking(options: africastalking.Options, public_url: str) -> Iterable[str]:
    del public_url
    if not options.username:
        yield "username is missing"
    if options.sender and not _SENDER.fullmatch(options.sender):
        yield "sender is neither a number, a short code nor up to 11 letters"
    yield from _address(options.base_url, "base_url")
    yield from _times(options.connect_seconds, options.read_seconds)


def _twilio(options: twilio.Options, public_url: str) -> Iterable[str]:
    if not _ACCOUNT_SID.fullmatch(options.account_sid):
        yield "account_sid is not AC and 32 hexadecimal digits"
    if bool(options.sender) == bool(options.messaging_service_sid):
        yield "set either sender or messaging_service_sid"
    if options.sender and not _SENDER.fullmatch(options.sender):
        yield "sender is neither a number, a short code nor up to 11 letters"
    if options.content_retention not in {"", "discard", "retain"}:
        yield "content_retention is neither discard nor retain"
    if not public_url:
        yield "HELPLINE_PUBLIC_URL is missing: signatures cannot be checked without it"
    yield from _address(public_url, "HELPLINE_PUBLIC_URL")
    yield from _address(options.base_url, "base_url")
    yield from _times(options.connect_seconds, options.read_seconds)


def _console(options: console.Options, public_url: str) -> Iterable[str]:
    del public_url
    if not options.outbox_path:
        yield "outbox_path is missing"


def _address(url: str, name: str) -> Iterable[str]:
    """An address is https, or on this machine; user, query and fragment have no place in it."""
    if not url:
        return
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        yield f"{name} is not an address"
        return
    if not host or parts.scheme not in {"http", "https"}:
        yield f"{name} is not an http address"
    elif parts.scheme == "http" and host not in LOOPBACK:
        yield f"{name} must be https"
    if parts.username or parts.password or parts.query or parts.fragment:
        yield f"{name} must not hold a user, a query or a fragment"


def _times(connect_seconds: float, read_seconds: float) -> Iterable[str]:
    if not (0 < connect_seconds <= 10 and 0 < read_seconds <= 60):  # noqa: PLR2004
        yield "connect_seconds must be within 10 and read_seconds within 60"


def _unknown_kind() -> str:
    return f"the kind must be one of {', '.join(KINDS)}"


KINDS: Mapping[str, _Kind] = {
    "africastalking": _Kind(
        africastalking.Options,
        lambda name, secrets, options, _: africastalking.AfricasTalking(name, secrets, options),
        _africastalking,
        ours=("path", "path_previous"),
        theirs=("api_key",),
    ),
    "twilio": _Kind(
        twilio.Options,
        lambda name, secrets, options, url: twilio.Twilio(name, secrets, options, public_url=url),
        _twilio,
        theirs=("auth_token", "auth_token_previous", "signing_key"),
    ),
    "console": _Kind(
        console.Options,
        lambda name, secrets, options, _: console.Console(name, secrets, options),
        _console,
        ours=("path", "path_previous"),
    ),
}
