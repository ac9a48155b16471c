"""One step of a conversation: where the caller stands and what was heard -> what is shown and asked for.

Everything here is a function of its arguments. The caller's words never leave this room except in
the session, which is sealed before it is stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from helpline.flow.drafts import unfinished
from helpline.flow.session import Dialled, Heard, HungUp, Overtaken, Screen, Session, Turn, Typed
from helpline.flow.walk import LONGEST_TRAIL, NOT_UNDERSTOOD, STARTING_AGAIN, Lacking, Walk

if TYPE_CHECKING:
    from helpline.cases.facts import Facts
    from helpline.flow.book import Book

__all__ = [
    "LONGEST_TRAIL",
    "NOT_UNDERSTOOD",
    "STARTING_AGAIN",
    "Dialled",
    "Heard",
    "HungUp",
    "Overtaken",
    "Screen",
    "Session",
    "Turn",
    "Typed",
    "opening",
    "step",
    "unfinished",
]


def opening(book: Book, language: str) -> Session:
    """The session of a caller who has not said anything yet."""
    return Session(revision=book.revision, at=book.home, language=language)


def step(book: Book, session: Session, heard: Heard, facts: Facts) -> Turn:
    """Take one step.

    Args:
        book: the menus.
        session: where the caller stood; `opening` makes the first one.
        heard: what came in.
        facts: this moment's facts; a turn with `needs` asks for more of them.
    """
    if isinstance(heard, HungUp):
        return Turn(session, None)
    walk = Walk(book, session, facts)
    try:
        if isinstance(heard, Dialled):
            walk.dial(heard.draft)
        elif session.revision != book.revision:
            walk.hear_anew(
                "" if isinstance(heard, Overtaken) else heard.text, unfinished(book, session)
            )
        elif isinstance(heard, Overtaken):
            walk.require(book.pages[session.at])
        else:
            walk.hear(heard.text)
    except Lacking as lacking:
        said = msgspec.structs.replace(session, at=lacking.address, answers=walk.answers)
        return Turn(said, None, needs=lacking.what)
    return walk.turn()
