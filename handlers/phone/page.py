"""The phone in the browser, at `/phone`: for demonstrations and development, never for the public.

It dials through the real webhooks. Whoever can open the page can therefore speak for any number.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC
from functools import cache
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, abort, jsonify, render_template, request, url_for

from handlers.phone.dialling import FICTIONAL_NUMBER
from handlers.phone.lines import Line
from handlers.phone.received import Inbox
from handlers.phone.words import PAGE
from helpline.clock import SkippableClock
from helpline.flow.layout import USSD
from helpline.flow.lettering import Unit, carries, units
from helpline.gateways.numbers import e164

if TYPE_CHECKING:
    from helpline.service.parts import Parts
    from helpline.settings import Settings

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_OWN: Final = frozenset({None, "none", "same-origin"})
"""What `Sec-Fetch-Site` says where the page itself asks, or a program that is no browser."""
_MOST_HOURS: Final = 24 * 400
_LONGEST_SMS: Final = 1600
_KEYPAD: Final = tuple(
    zip(
        "123456789*0#",
        ("১", "২", "৩", "৪", "৫", "৬", "৭", "৮", "৯", "", "০", ""),
        (".,?", "abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz", "+", "␣", "abc"),
        strict=True,
    )
)


def create_blueprint(parts: Parts, settings: Settings) -> Blueprint:
    """The simulator for this installation; register it only where `settings.simulator` says so."""
    phone = Blueprint(
        "phone",
        __name__,
        url_prefix="/phone",
        static_folder="static",
        template_folder="templates",
    )
    simulator = _Simulator(parts, settings)
    phone.add_url_rule("", "page", simulator.page)
    phone.add_url_rule("/messages", "messages", simulator.messages)
    phone.add_url_rule("/skip", "skip", simulator.skip, methods=["POST"])
    phone.add_url_rule("/text", "text", simulator.text, methods=["POST"])
    phone.before_request(_from_this_page)
    phone.after_request(_guarded)
    return phone


class _Simulator:
    def __init__(self, parts: Parts, settings: Settings) -> None:
        self._short_code = parts.short_code
        self._clock = parts.clock
        lines = (
            Line(config, parts.gateways[config.name], settings.public_url)
            for config in settings.gateways
        )
        self._lines = {line.config.name: line for line in lines if line.sms}
        self._inbox = Inbox(settings.gateways, settings.public_url)

    def page(self) -> str:
        language = request.accept_languages.best_match(["en", "bn"], "en")
        column = 0 if language == "bn" else 1
        setup = {
            "lines": [line.shown for line in self._lines.values()],
            "alphabet": _alphabet(),
            "budgets": {budget.unit.value: budget.size for budget in USSD.values()},
            "words": PAGE,
            "language": language,
            "number": FICTIONAL_NUMBER,
            "shortCode": self._short_code,
            "skips": isinstance(self._clock, SkippableClock),
            "urls": {name: url_for(f".{name}") for name in ("messages", "skip", "text")},
        }
        return render_template(
            "phone.html",
            setup=setup,
            language=language,
            keypad=_KEYPAD,
            say=lambda word: PAGE[word][column],
        )

    def messages(self) -> Response:
        found = self._inbox.of(request.args.get("number", ""))
        return jsonify(now=self._now(), messages=found)

    def skip(self) -> Response:
        if not isinstance(self._clock, SkippableClock):
            abort(404, "only the demo's clock can be skipped")
        hours = request.form.get("hours", 0.0, type=float)
        if not 0 < hours <= _MOST_HOURS:
            abort(400, "hours must be a number above 0")
        self._clock.skip(hours * 3600)
        return jsonify(now=self._now())

    def text(self) -> Response:
        line = self._lines.get(request.form.get("gateway", ""))
        number = e164(request.form.get("number", ""))
        words = request.form.get("text", "")
        if line is None or number is None or not 0 < len(words) <= _LONGEST_SMS:
            abort(400, "an SMS needs a gateway, a phone number and a text")
        # The browser delivers it: a web process that called itself could wait for ever.
        return jsonify(asdict(line.text(number, request.form.get("to", ""), words)))

    def _now(self) -> str:
        return self._clock().astimezone(UTC).isoformat(timespec="seconds")


def _from_this_page() -> None:
    if request.method == "POST" and request.headers.get("Sec-Fetch-Site") not in _OWN:
        abort(403, "the phone is used from its own page only")


def _guarded(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", _POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    return response


@cache
def _alphabet() -> dict[str, str]:
    """The GSM-7 characters by what they cost, so that the page counts as the server does."""
    carried = [each for each in map(chr, range(0x2100)) if carries(each, Unit.SEPTETS)]
    return {
        "basic": "".join(each for each in carried if units(each, Unit.SEPTETS) == 1),
        "extension": "".join(each for each in carried if units(each, Unit.SEPTETS) > 1),
    }
