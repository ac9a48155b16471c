"""The phone on the terminal's table: one line in, boxes of text out."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import click

from handlers.phone.deliveries import NoAnswer, fetch
from handlers.phone.words import TERMINAL, Language

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from handlers.phone.dialling import Caller, Seen

_WIDTH = 34


class Handset:
    """Understands one line at a time and shows what happens."""

    def __init__(self, caller: Caller, server: str, language: Language) -> None:
        self._caller = caller
        self._server = server
        self._words = TERMINAL[language]
        self._deeds: Mapping[str, Callable[[str], None]] = {
            "redial": lambda _: self.dial(),
            "hang up": lambda _: self.hang_up(),
            "sms": self._sms,
            "inbox": lambda _: self._inbox(),
            "dup": self._twice,
            "drop": self._drop,
            "help": lambda _: self._say("help"),
        }

    def do(self, line: str) -> None:
        """Take one line: a command, or an answer to the screen."""
        for word, deed in self._deeds.items():
            if line == word or line.startswith(f"{word} "):
                deed(line[len(word) :].strip())
                return
        if not self._caller.talking:
            raise NoAnswer(self._words["over"])
        self._show(self._caller.press(line))

    def dial(self) -> None:
        """Dial the short code and show the first screen."""
        self._show(self._caller.dial())

    def hang_up(self) -> None:
        """End the session as the caller would."""
        self._caller.end()
        self._say("ended")

    def leave(self) -> None:
        """Put the phone away: an open session ends, and nobody minds if the server is gone."""
        with suppress(NoAnswer):
            if self._caller.talking:
                self._caller.end()

    def welcome(self) -> None:
        """Say who dials what, and that both are made up."""
        self._say("welcome", number=self._caller.number, code=self._caller.short_code)

    def _sms(self, text: str) -> None:
        self._caller.text(self._needed("sms", text))
        self._say("sent")

    def _inbox(self) -> None:
        query = urlencode({"number": self._caller.number})
        messages = json.loads(fetch(self._server, f"/phone/messages?{query}"))["messages"]
        for message in messages:
            self._box("SMS", message["text"])
        if not messages:
            self._say("empty")

    def _twice(self, key: str) -> None:
        if key:
            first, second = self._caller.press_twice(key)
            self._show(first)
            same = first == second
        else:
            same = self._caller.again() == self._caller.seen
        self._say("same" if same else "other")

    def _drop(self, key: str) -> None:
        self._caller.press_and_lose(self._needed("drop", key))
        self._say("lost")

    def _needed(self, word: str, text: str) -> str:
        if not text:
            raise NoAnswer(self._words["missing"].format(word=word))
        return text

    def _show(self, seen: Seen) -> None:
        over = " !" if seen.units > seen.budget else ""
        self._box(f"{self._caller.short_code} · {seen.units}/{seen.budget}{over}", seen.text)
        if seen.final:
            self._caller.end()
            self._say("over")

    def _box(self, title: str, text: str) -> None:
        # Open on the right: terminals disagree about how wide Bangla letters are.
        click.echo(f"┌─ {title} {'─' * max(_WIDTH - len(title), 2)}")
        for row in text.split("\n"):
            click.echo(f"│ {row}")
        click.echo("└" + "─" * (_WIDTH + 4))

    def _say(self, word: str, **values: str) -> None:
        click.echo(self._words[word].format(**values))
