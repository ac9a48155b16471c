"""A key press or an SMS comes in; what it leads to is done and answered in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from helpline.cases.effects import StartMessages, StopMessages
from helpline.cases.permits import PROMPT, Purpose
from helpline.cases.texts import SCREEN
from helpline.flow.answers import tidy, words
from helpline.flow.engine import Dialled, Heard, Overtaken, Turn, Typed, opening, unfinished
from helpline.gateways.port import Kind, Malformed, SessionEnded, SmsHeard, UssdHeard
from helpline.service import referral_answers
from helpline.service.desk import alarms, phone_staff
from helpline.service.effects import perform
from helpline.service.messages import post
from helpline.service.turns import Shown, is_draft, on_sms, on_ussd, seal, take, unseal
from helpline.service.visit import Visit
from helpline.store import conversations, people
from helpline.store.conversations import Answered, Stored, TakenMeanwhile
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from helpline.flow.session import Session
    from helpline.gateways.port import Gateway
    from helpline.service.parts import Parts

DRAFT_LIVES: Final = timedelta(days=7)
"""How long a broken-off registration is offered again."""

ASLEEP: Final = timedelta(hours=6)
"""After this an SMS answers no question that was asked in one: who writes now may be somebody else."""

TRIES: Final = 5
"""How often a step is taken anew because another delivery of the same session was faster."""

STOP_WORDS: Final = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit"})
START_WORDS: Final = frozenset({"start", "unstop", "yes"})
"""Words some gateways answer themselves; there we only note them and keep quiet."""

T = TypeVar("T")


def ussd(parts: Parts, gateway: Gateway, heard: UssdHeard) -> Shown:
    """Answer one key press of a USSD session.

    Raises:
        Malformed: the session belongs to another number.
        helpline.store.database.Unavailable: nothing was written; the gateway may try again.
    """
    shown, woken = _until_taken(
        parts, lambda connection, again: _ussd_once(parts, gateway, heard, connection, again=again)
    )
    if woken:
        parts.wake.wake("send", woken)
    return shown


def sms(parts: Parts, gateway: Gateway, heard: SmsHeard) -> None:
    """Take one incoming SMS; the answer, if there is one, goes through the outbox.

    Raises:
        helpline.store.database.Unavailable: nothing was written; the gateway may try again.
    """
    woken = _until_taken(
        parts, lambda connection, _again: _sms_once(parts, gateway, heard, connection)
    )
    if woken:
        parts.wake.wake("send", woken)


def ended(parts: Parts, gateway: Gateway, heard: SessionEnded) -> None:
    """Note that a USSD session is over."""
    with parts.database.transaction(late=True) as connection:
        conversations.end(
            connection, gateway=gateway.name, session=heard.session_id, now=parts.clock()
        )


def _until_taken(parts: Parts, once: Callable[[Connection, bool], T]) -> T:
    """One transaction; taken anew (and told so) while another delivery of the session is faster."""
    for number in range(TRIES):
        try:
            with parts.database.transaction(late=True) as connection:
                return once(connection, number > 0)
        except TakenMeanwhile:
            continue
    raise RuntimeError("a session kept moving while its step was taken")


def _ussd_once(
    parts: Parts, gateway: Gateway, heard: UssdHeard, connection: Connection, *, again: bool
) -> tuple[Shown, list[str]]:
    visit = _visit(parts, connection, "ussd", heard.address)
    event = _event_key(visit, heard)
    if heard.begins and not again:
        return _first(visit, gateway, heard, event)
    found = conversations.standing(
        connection,
        gateway=gateway.name,
        kind=Kind.USSD,
        event=event,
        session=heard.session_id,
    )
    if found.reply:
        return _replayed(visit, found.reply), []
    if not found.id:
        return _first(visit, gateway, heard, event)
    if found.caller != visit.caller:
        raise Malformed("this session belongs to another number")
    kept = unseal(visit, found.id, found.state)
    visit.language = kept.session.language
    if heard.cumulative and _overtaken(kept.heard, heard.text):
        turn = take(visit, kept.session, [Overtaken()])
        shown = on_ussd(turn.screen, turn.session.language, gateway.capabilities.charset)
        conversations.remember(connection, _answered(visit, gateway, Kind.USSD, event, shown))
        return shown, []
    turn = take(visit, kept.session, [_typed(kept.heard, heard, kept.session.over)])
    shown = on_ussd(turn.screen, turn.session.language, gateway.capabilities.charset)
    conversations.advance(
        connection,
        ident=found.id,
        was=found.step,
        state=seal(visit, found.id, turn.session, _kept_text(heard, shown)),
        unfinished=is_draft(visit, turn.session),
        ended=shown.final,
        answered=_answered(visit, gateway, Kind.USSD, event, shown),
    )
    return shown, visit.posted


def _first(visit: Visit, gateway: Gateway, heard: UssdHeard, event: str) -> tuple[Shown, list[str]]:
    """The first hop of a session, or any hop of one we know nothing of: that is played again."""
    found = conversations.opening(
        visit.connection,
        gateway=gateway.name,
        kind=Kind.USSD,
        event=event,
        caller=visit.caller,
        since=visit.now - DRAFT_LIVES,
    )
    if found.reply:
        return _replayed(visit, found.reply), []
    draft = unseal(visit, found.draft.id, found.draft.sealed).session if found.draft else None
    answers = unfinished(visit.parts.book, draft) if draft else {}
    visit.language = found.language or (draft.language if draft else visit.language)
    typed = heard.text.split("*") if heard.text and heard.cumulative else []
    # keys dialled at once were not meant as the answer to a question nobody has seen
    offered = bool(answers) and not typed
    inputs: list[Heard] = [Dialled(answers if offered else None), *map(Typed, typed)]
    turn = take(visit, opening(visit.parts.book, visit.language), inputs)
    shown = on_ussd(turn.screen, turn.session.language, gateway.capabilities.charset)
    ident = new_ident()
    if offered:
        visit.begin()
        conversations.close_drafts(visit.connection, caller=visit.caller)
    conversations.open_session(
        visit.connection,
        ident=ident,
        session=heard.session_id,
        caller=visit.caller,
        state=seal(visit, ident, turn.session, _kept_text(heard, shown)),
        unfinished=is_draft(visit, turn.session),
        ended=shown.final,
        answered=_answered(visit, gateway, Kind.USSD, event, shown),
    )
    return shown, visit.posted


def _event_key(visit: Visit, heard: UssdHeard) -> str:
    """The delivery's name for this caller, under a key.

    It is made from what was typed, which a plain hash would tell; and what one caller was answered
    is nobody else's, even if a gateway mixes up their sessions.
    """
    return visit.parts.ring.fingerprint("event", f"{heard.event_id} {heard.address}").hex()


def _overtaken(before: str, text: str) -> bool:
    """Whether a later hop of the session was answered before this one came."""
    return before.startswith(f"{text}*") if text else bool(before)


def _kept_text(heard: UssdHeard, shown: Shown) -> str:
    """What was typed so far, for as long as more may follow it."""
    return heard.text if heard.cumulative and not shown.final else ""


def _typed(before: str, heard: UssdHeard, over: bool) -> Heard:  # noqa: FBT001
    """What is new in this hop. A caller may type the separator, so the text is never split."""
    if over or not heard.cumulative:
        return Dialled() if over else Typed(heard.text)
    if not before:
        return Typed(heard.text)
    if heard.text.startswith(f"{before}*"):
        return Typed(heard.text[len(before) + 1 :])
    # the gateway's idea of the session is not ours: begin again, politely
    return Dialled()


def _sms_once(parts: Parts, gateway: Gateway, heard: SmsHeard, connection: Connection) -> list[str]:
    visit = _visit(parts, connection, "sms", heard.address)
    thread = f"sms:{visit.caller.hex()[:32]}"
    found = conversations.standing(
        connection, gateway=gateway.name, kind=Kind.SMS, event=heard.event_id, session=thread
    )
    if found.reply:
        return []
    if _to_the_desk(visit, gateway, heard):
        conversations.remember(connection, _answered(visit, gateway, Kind.SMS, heard.event_id))
        return visit.posted
    said = words(heard.text)
    reserved = len(said) == 1 and said[0] in gateway.capabilities.reserved_words
    if tidy(heard.text) and not reserved:
        _talk(visit, gateway, heard, found, thread)
        return visit.posted
    if reserved:
        _note_reserved_word(visit, said[0])
    conversations.remember(connection, _answered(visit, gateway, Kind.SMS, heard.event_id))
    return visit.posted


def _to_the_desk(visit: Visit, gateway: Gateway, heard: SmsHeard) -> bool:
    """Whether it was no caller: an office that answers a referral, staff who work by phone, somebody on call an alarm."""
    if referral_answers.by_sms(visit, heard.text, f"{gateway.name}:{heard.event_id}"):
        return True
    staff = visit.parts.ring.fingerprint("staff_number", heard.address)
    if phone_staff.by_sms(visit, staff, heard.text, f"{gateway.name}:{heard.event_id}"):
        return True
    return alarms.answered_by_sms(visit.parts, visit.connection, staff, heard.text, visit.now)


def _talk(
    visit: Visit, gateway: Gateway, heard: SmsHeard, found: conversations.Standing, thread: str
) -> None:
    if found.id:
        session = unseal(visit, found.id, found.state).session
        if _sleeps(visit, found, session):
            visit.begin()
            conversations.set_aside(visit.connection, ident=found.id, was=found.step)
            session, found = _fresh_thread(visit, session.language), conversations.Standing(None)
        elif is_draft(visit, session) and not found.unfinished:  # it went on elsewhere
            session = _fresh_thread(visit, session.language)
    else:
        language = people.language_of(visit.connection, visit.caller) or visit.language
        session = _fresh_thread(visit, language)
    visit.language = session.language
    visit.begin()
    turn = take(visit, session, [Typed(heard.text)])
    _answer_by_sms(visit, gateway, heard, turn)
    ident = found.id or new_ident()
    state = seal(visit, ident, turn.session, "")
    draft = is_draft(visit, turn.session)
    answered = _answered(visit, gateway, Kind.SMS, heard.event_id)
    if found.id:
        conversations.advance(
            visit.connection,
            ident=ident,
            was=found.step,
            state=state,
            unfinished=draft,
            ended=False,
            answered=answered,
        )
    else:
        conversations.open_session(
            visit.connection,
            ident=ident,
            session=thread,
            caller=visit.caller,
            state=state,
            unfinished=draft,
            ended=False,
            answered=answered,
        )


def _sleeps(visit: Visit, found: conversations.Standing, session: Session) -> bool:
    """Whether the question that stands in a thread must not be repeated: its words tell what was asked for.

    "Can you talk now?" tells nothing, and a late yes counts.
    """
    quiet = found.touched_at is not None and visit.now - found.touched_at > ASLEEP
    return quiet and not session.over and session.at.partition(".")[0] != "talk"


def _fresh_thread(visit: Visit, language: str) -> Session:
    """An SMS may come at any time: before the first one, the conversation counts as over."""
    return msgspec.structs.replace(opening(visit.parts.book, language), over=True)


def _answer_by_sms(visit: Visit, gateway: Gateway, heard: SmsHeard, turn: Turn) -> None:
    text = on_sms(turn.screen, visit.sms_language())
    if not text:
        return
    stopping = any(isinstance(effect, StopMessages) for effect in turn.effects)
    key = f"reply:{gateway.name}:{heard.event_id}"[:96]
    if stopping:  # one answer to "stop", however often it is said
        phone_id = visit.phone_id()
        since, _unsafe = people.marks(visit.connection, phone_id)
        key = f"last:{phone_id}:{since:%Y%m%d%H%M%S%f}"
    post(
        visit,
        purpose=Purpose.LAST if stopping else Purpose.REPLY,
        template=SCREEN,
        values={"text": text},
        dedupe_key=key,
        lives=PROMPT,
    )


def _note_reserved_word(visit: Visit, word: str) -> None:
    if word in STOP_WORDS:
        perform(visit, StopMessages())
    elif word in START_WORDS:
        perform(visit, StartMessages())


def _visit(parts: Parts, connection: Connection, channel: str, address: str) -> Visit:
    caller = parts.ring.fingerprint("phone", address)
    return Visit(parts, connection, channel, address, caller, parts.clock(), "bn")


def _answered(
    visit: Visit, gateway: Gateway, kind: Kind, event: str, shown: Shown | None = None
) -> Answered:
    """The reply, kept with the delivery, so that a second delivery gets the same."""
    ident = new_ident()
    reply = "" if shown is None else ("E" if shown.final else "C") + shown.text
    return {
        "id": ident,
        "gateway": gateway.name,
        "kind": kind,
        "external_id": event,
        "sender": visit.caller,
        "reply": visit.parts.ring.seal(reply, "inbox.reply", ident),
        "received_at": visit.now,
    }


def _replayed(visit: Visit, stored: Stored) -> Shown:
    """The reply this delivery got before; one so old that its reply was emptied gets none."""
    if not stored.sealed:
        return Shown("", final=True)
    reply = visit.parts.ring.unseal(stored.sealed, "inbox.reply", stored.id).decode()
    return Shown(reply[1:], reply.startswith("E"))
