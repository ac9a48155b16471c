"""Taking a step inside a transaction: load what its screen needs, do what it asks for, lay it out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import msgspec

from helpline.flow.engine import Heard, Screen, Session, Turn, step, unfinished
from helpline.flow.layout import SMS, USSD, Budget, page
from helpline.flow.words import SECRET, WHOSE
from helpline.gateways.port import Charset
from helpline.i18n import translator
from helpline.service import renewing
from helpline.service.effects import perform
from helpline.service.own import load
from helpline.service.pins import opened

if TYPE_CHECKING:
    from helpline.cases.own import Opened
    from helpline.service.visit import Visit

PIN: Final = f"{SECRET}.pin"
"""The answer that opens a person's own matters, whatever flow asked for it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A laid-out screen; `final` ends the session. An empty text is shown to nobody."""

    text: str
    final: bool


class Kept(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is sealed into a session row: where the caller stands, and all that was typed so far."""

    session: Session
    heard: str = ""


_ENCODE: Final = msgspec.json.Encoder().encode
_DECODE: Final = msgspec.json.Decoder(Kept).decode


def take(visit: Visit, session: Session, inputs: Iterable[Heard]) -> Turn:
    """Take one step for each input (several only when a session is played again)."""
    turn = Turn(session, None)
    for heard in inputs:
        turn = _step(visit, turn.session, heard)
        visit.language = turn.session.language
        outcome: dict[str, str] = {}
        for effect in turn.effects:
            outcome |= perform(visit, effect)
        if outcome and turn.screen:
            turn = replace(turn, screen=turn.screen.filled(outcome))
    return turn


def _step(visit: Visit, session: Session, heard: Heard) -> Turn:
    book, parts = visit.parts.book, visit.parts
    turn = step(book, session, heard, parts.facts(visit.channel, visit.now))
    loaded: dict[str, Opened] = {}
    person_id: str | None = None
    while turn.needs:
        flow = turn.session.at.partition(".")[0]
        if person_id is None:  # one try, however much one step shows
            person_id = opened(visit, turn.session.answers.get(PIN, ""))
        session = _theirs(session, flow, person_id)
        if turn.needs == renewing.RENEWAL:
            loaded[turn.needs] = renewing.renewal(visit, turn.session.answers.get(PIN, ""))
        else:
            loaded[turn.needs] = load(visit, turn.needs, person_id)
        turn = step(book, session, heard, parts.facts(visit.channel, visit.now, loaded))
    return turn


def _theirs(session: Session, flow: str, person_id: str) -> Session:
    """The session without what another person had answered in this flow on the same phone."""
    mine = f"{flow}.{WHOSE}"
    if not person_id or session.answers.get(mine) == person_id:
        return session
    others = {
        name: said for name, said in session.answers.items() if not name.startswith(f"{flow}.")
    }
    return msgspec.structs.replace(session, answers=others | {mine: person_id})


def on_ussd(screen: Screen | None, language: str, charset: Charset) -> Shown:
    """A screen for USSD, in the rendering that the gateway's characters allow."""
    if screen is None:
        return Shown("", final=True)
    if language == "bn" and charset is not Charset.UCS2:
        language = "bn_Latn"
    budget = USSD["bn_Latn"] if charset is Charset.ASCII else USSD[language]
    return Shown(_ussd_page(screen, language, budget), screen.final)


def on_sms(screen: Screen | None, language: str) -> str:
    """A screen as the text of an SMS; empty when there is nothing to say."""
    if screen is None or not screen.text:
        return ""
    return page(screen, language, SMS[language], translator(language))


@lru_cache(maxsize=4096)
def _ussd_page(screen: Screen, language: str, budget: Budget) -> str:
    return page(screen, language, budget, translator(language))


def seal(visit: Visit, ident: str, session: Session, heard: str) -> bytes:
    """A session as it is stored."""
    return visit.parts.ring.seal(_ENCODE(Kept(session, heard)), "session.state", ident)


def unseal(visit: Visit, ident: str, sealed: bytes) -> Kept:
    """A session as it was stored."""
    return _DECODE(visit.parts.ring.unseal(sealed, "session.state", ident))


def is_draft(visit: Visit, session: Session) -> bool:
    """Whether something worth going on with is left in a session."""
    return bool(unfinished(visit.parts.book, session))
