"""The two webhook routes: who is it, is it proved, what does it say, what is the answer.

In this order, and nothing is kept before the proof: gateway and kind, declared size, proof,
contents, use case. What cannot be written down is not acknowledged, except that a caller on USSD is always shown
something.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import structlog
from flask import Blueprint, Response, request

from handlers.hooks import voice
from handlers.hooks.busy import busy
from handlers.hooks.requests import Arriving, TooLarge
from helpline.gateways.port import (
    Forbidden,
    Heard,
    HookReply,
    Kind,
    Malformed,
    OptedOut,
    ReceiptHeard,
    SessionEnded,
    SmsHeard,
    UssdHeard,
)
from helpline.service import contact, converse, receipts
from helpline.store.database import Unavailable
from helpline.store.deadline import Deadline

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from helpline.cases.hotlines import Hotline
    from helpline.gateways.port import Capabilities, Gateway
    from helpline.service.parts import Parts
    from helpline.settings import Settings

CALLERS_WAIT: Final = 3.0
"""Seconds the record may take before a caller is shown the busy screen; with the rest, under 4."""

_TEXT: Final = "text/plain; charset=utf-8"
_LATER: Final = {"Retry-After": "30"}

_log = structlog.get_logger(__name__)


def create_blueprint(parts: Parts, settings: Settings) -> Blueprint:
    """The routes `/hooks/<gateway>/<secret>/<kind>` and, for gateways that sign, without the secret."""
    blueprint = Blueprint("hooks", __name__, url_prefix="/hooks")
    door = _Door(parts, settings)
    for endpoint, rule in (
        ("secret", "/<gateway>/<secret>/<kind>"),
        ("signed", "/<gateway>/<kind>"),
    ):
        blueprint.add_url_rule(
            rule,
            endpoint,
            door.receive,
            methods=["POST"],
            provide_automatic_options=False,
        )
    return blueprint


def kinds_of(capabilities: Capabilities) -> frozenset[Kind]:
    """What a gateway of these capabilities delivers."""
    kinds: set[Kind] = set()
    if capabilities.ussd:
        kinds |= {Kind.USSD, Kind.SESSION_END}
    if capabilities.sms:
        kinds |= {Kind.SMS, Kind.OPT_OUT}
        if capabilities.receipts == "push":
            kinds.add(Kind.RECEIPT)
    return frozenset(kinds)


class _Door:
    def __init__(self, parts: Parts, settings: Settings) -> None:
        self._parts = parts
        self._language = settings.language
        self._deadline = Deadline(parts.database, CALLERS_WAIT)
        # Built once: the public address is configured, a request's own Host is never believed.
        self._known = {
            (name, kind.value): (gateway, kind, f"{settings.public_url}/hooks/{name}")
            for name, gateway in parts.gateways.items()
            for kind in (*kinds_of(gateway.capabilities), *voice.kinds_of(parts, name))
        }

    def receive(self, gateway: str, kind: str, secret: str | None = None) -> Response:
        environ = request.environ
        found = self._known.get((gateway, kind))
        if found is None:
            return _plain("there is no such webhook", 404)
        known, what, url = found
        environ["helpline.heard"] = (known.name, what.value)
        query = environ.get("QUERY_STRING")
        url = f"{url}{f'/{secret}' if secret else ''}/{kind}{f'?{query}' if query else ''}"
        try:
            heard = Arriving(what, url, environ)
            known.admit(heard, secret)
            if what in voice.KINDS:
                with self._deadline():
                    return _as_told(voice.receive(self._parts, known, heard))
            said = known.read(heard)
            return _as_told(self._do(known, what, said))
        except TooLarge:
            return _plain("the body is too large", 413)
        except Forbidden as refusal:
            return _plain(str(refusal), 403)
        except Malformed as fault:
            return _plain(str(fault), 400)

    def _do(self, gateway: Gateway, kind: Kind, said: Heard) -> HookReply:
        with self._deadline():
            if isinstance(said, UssdHeard):
                return self._screen(gateway, said)
            try:
                self._take(gateway, said)
            except Unavailable:
                return HookReply("try again later", 503)
            return gateway.acknowledge(kind)

    def _screen(self, gateway: Gateway, said: UssdHeard) -> HookReply:
        try:
            shown = converse.ussd(self._parts, gateway, said)
        except Malformed:
            raise
        except Unavailable:
            _log.warning("busy", gateway=gateway.name)
        except Exception:  # noqa: BLE001  our fault; the caller still gets a number to call
            _log.exception("a key press failed", gateway=gateway.name)
        else:
            return gateway.screen(shown.text, final=shown.final)
        return gateway.screen(busy(gateway, self._lines(), self._language), final=True)

    def _lines(self) -> tuple[Hotline, ...]:
        try:
            return self._parts.hotlines()
        except Exception:  # noqa: BLE001  this screen must not fail
            return ()

    def _take(self, gateway: Gateway, said: Heard) -> None:
        match said:
            case SmsHeard():
                converse.sms(self._parts, gateway, said)
            case SessionEnded():
                converse.ended(self._parts, gateway, said)
            case ReceiptHeard():
                receipts.receive(self._parts, gateway, said)
            case OptedOut():
                contact.opted_out(self._parts, gateway, said)
            case UssdHeard():
                raise AssertionError("a key press is answered, not taken")


class _Whole(Response):
    """A short text: nothing about it has to be found out when it is sent."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        del environ
        start_response(self.status, self.headers.to_wsgi_list())
        return cast("list[bytes]", self.response)


def _as_told(reply: HookReply) -> Response:
    response = _Whole(reply.body.encode(), reply.status, content_type=reply.content_type)
    if reply.status == 503:  # noqa: PLR2004
        response.headers.update(_LATER)
    return response


def _plain(line: str, status: int) -> Response:
    return Response(f"{line}\n", status, content_type=_TEXT)
