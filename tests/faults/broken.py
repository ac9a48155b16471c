"""A web process and a worker in which our own parts fail, and say what was typed while they do.

`granian --interface wsgi tests.faults.broken:app` serves it, `python -m tests.faults.broken` works
on the queue `send`. Every exception here carries personal data in its message, as the ones of
careless code and of drivers do.
"""

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any, NoReturn

import workers.context
from handlers.app import create_app
from helpline import logs, wiring
from helpline.cases.effects import KeepText, SetLanguage
from helpline.flow.book import Book
from helpline.flow.words import End, Scene
from helpline.gateways.port import Gateway, HookRequest, Outgoing
from helpline.processes import end_with_parent
from helpline.service.parts import Parts
from helpline.settings import Settings
from helpline.store.engines import Limits

RAISES = b"RAISES"
"""An adapter cannot read a form that holds this."""


class FailingGateway:
    """A gateway whose adapter raises what its port does not know."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gateway, name)

    def read(self, request: HookRequest) -> Any:
        if RAISES in request.body:
            raise RuntimeError(f"cannot read {request.body.decode()} at {request.url}")
        return self._gateway.read(request)

    def send(self, messages: Sequence[Outgoing]) -> NoReturn:
        raise RuntimeError(f"cannot send {messages}")


def broken(parts: Parts) -> Parts:
    """The same parts, with adapters that fail, a screen that fails, and effects that fail."""
    gateways: dict[str, Any] = {n: FailingGateway(each) for n, each in parts.gateways.items()}
    return replace(parts, book=_broken_book(parts.book), gateways=gateways)


def _broken_book(book: Book) -> Book:
    def raises(scene: Scene) -> NoReturn:
        raise RuntimeError(f"cannot register {dict(scene.answers)}")

    def keeps_too_much(scene: Scene) -> tuple[KeepText, SetLanguage]:
        # The language is longer than its column: on PostgreSQL the database refuses it.
        return KeepText(str(scene.answers)), SetLanguage(str(scene.answers) * 40)

    pages = dict(book.pages)
    for address, do in (("registration.done", raises), ("counselling.done", keeps_too_much)):
        page = pages[address]
        assert isinstance(page.screen, End)
        pages[address] = replace(page, screen=replace(page.screen, do=do))
    return replace(book, pages=pages)


def __getattr__(name: str) -> Any:
    """Make the application when granian asks for it, not when a test imports this module."""
    if name != "app":
        raise AttributeError(name)
    end_with_parent()
    settings = Settings.load(os.environ)
    logs.configure(settings.log_level, role="web")
    return create_app(broken(wiring.build(settings, Limits())), settings)


def work() -> int:
    """Work on the queue `send` with gateways that cannot send."""
    settings = Settings.load(os.environ)
    logs.configure(settings.log_level, role="worker")
    whole = workers.context.parts
    workers.context.parts = cache(lambda: broken(whole()))
    from workers.worker import run  # noqa: PLC0415  it takes the parts by name

    return run(settings, "send")


if __name__ == "__main__":
    sys.exit(work())
