"""Calls: what the gateway asks is answered, what it reports is written down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog

from helpline.gateways.port import HookReply, Kind, Malformed
from helpline.gateways.voice import CallHop
from helpline.service import voice
from helpline.store.database import Unavailable

if TYPE_CHECKING:
    from helpline.gateways.port import Gateway, HookRequest
    from helpline.gateways.voice import VoiceLine
    from helpline.service.parts import Parts

KINDS: Final = frozenset({Kind.VOICE, Kind.VOICE_EVENTS})

_log = structlog.get_logger(__name__)


def kinds_of(parts: Parts, gateway: str) -> frozenset[Kind]:
    """What the gateway of this name delivers about calls: nothing, unless `[voice]` names it."""
    return KINDS if parts.voice and parts.voice.gateway.name == gateway else frozenset()


def receive(parts: Parts, gateway: Gateway, request: HookRequest) -> HookReply:
    """Answer an admitted request about a call. A caller always hears something.

    Raises:
        Malformed: it is not what the gateway's contract says.
    """
    line = parts.voice
    if line is None or line.gateway.name != gateway.name:
        raise Malformed("no voice is configured here")
    heard = line.gateway.hear(request)
    if isinstance(heard, CallHop):
        return _answer(parts, line, heard)
    try:
        voice.note(parts, line, heard)
    except Unavailable:
        return HookReply("try again later", 503)
    return gateway.acknowledge(request.kind)


def _answer(parts: Parts, line: VoiceLine, hop: CallHop) -> HookReply:
    try:
        return voice.answer(parts, line, hop)
    except Unavailable:
        _log.warning("busy", gateway=line.gateway.name)
    except Exception:  # noqa: BLE001  our fault; the caller still hears that it does not work
        _log.exception("a call could not be answered", gateway=line.gateway.name)
    return voice.sorry(line)
