"""What a phone wants: its language, being called, being left alone, being forgotten."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from helpline.cases.calendar import DHAKA, LATEST, local
from helpline.cases.crisis import Level
from helpline.cases.dates import DateKind
from helpline.cases.permits import Purpose
from helpline.cases.texts import SCREEN
from helpline.cases.work import Kind, Priority
from helpline.gateways.port import Kind as HookKind
from helpline.service import check_in_duties, unsafe, work
from helpline.service.files import File, file_of
from helpline.service.messages import cancelled, post
from helpline.service.permits import ask_again
from helpline.service.risk import raise_risk
from helpline.service.visit import Visit
from helpline.store import events, outbox, people, reminders, requests, safe_contact
from helpline.store.conversations import TakenMeanwhile, remember
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from helpline.cases.effects import KeepText, RequestCallback, SendCentre, SendTopic
    from helpline.gateways.port import Gateway, OptedOut
    from helpline.service.parts import Parts

CENTRE_LIVES = timedelta(hours=12)


def set_language(visit: Visit, language: str) -> dict[str, str]:
    """Remember the language of this phone."""
    visit.language = language
    people.speak(visit.connection, phone_id=visit.phone_id(), language=language)
    return {}


def request_callback(visit: Visit, wish: RequestCallback) -> dict[str, str]:
    """Write down a call that was asked for; asked twice for one slot it is one call.

    Whoever asks to be called at once, again and again, waits for one call: two counsellors would
    find each other's line busy.
    """
    phone_id, ident = visit.phone_id(), new_ident()
    if wish.slot_at == visit.now and requests.is_awaited(
        visit.connection, phone_id=phone_id, about=wish.about, now=visit.now
    ):
        return {}
    added = requests.add_callback(
        visit.connection,
        id=ident,
        phone_id=phone_id,
        about=wish.about,
        attempts=0,
        slot_at=wish.slot_at,
        slot_ends_at=wish.slot_ends_at,
        state="requested",
        dedupe_key=f"callback:{phone_id}:{wish.slot_at.timestamp():.0f}",
        created_at=visit.now,
        updated_at=visit.now,
    )
    if added:
        _record(visit, "callback", ident, became="requested")
        case = file_here(visit)
        work.open_item(
            visit.connection,
            kind=Kind.CALLBACK,
            subject_id=ident,
            case_id=case.id,
            phone_id=phone_id,
            district=case.district,
            language=visit.language,
            offered_at=max(visit.now, wish.slot_at),
            promised_at=wish.slot_ends_at,
            now=visit.now,
            actor=visit.actor,
        )
    return {}


def send_centre(visit: Visit, wish: SendCentre) -> dict[str, str]:
    """Send one service point by SMS, as the caller has just allowed."""
    today = local(visit.now).date()
    answer = visit.parts.directory().answer(wish.centre, today)
    if answer is None:
        return {}
    centre = answer.centre
    line = next(
        (each.number for each in visit.parts.hotlines() if each.key == "probash_bondhu"), ""
    )
    language = visit.sms_language()
    template = "service_point"
    if answer.confirm:
        template = "service_point_confirm" if line else "service_point_unsure"
    post(
        visit,
        purpose=Purpose.ASKED,
        template=template,
        values={
            "centre": centre.name.in_language(language),
            "address": centre.address.in_language(language) if centre.address else "",
            "phone": centre.phone,
            "line": line,
        },
        dedupe_key=f"centre:{visit.phone_id()}:{visit.now:%Y%m%d%H%M}:{wish.centre}"[:96],
        lives=CENTRE_LIVES,
    )
    return {}


def send_topic(visit: Visit, wish: SendTopic) -> dict[str, str]:
    """Send a text to read by SMS, as the caller has just allowed; never after it went stale."""
    topic = next((each for each in visit.parts.topics() if each.key == wish.topic), None)
    if topic is None:
        return {}
    stale = datetime.combine(topic.expires_at, time(), tzinfo=DHAKA)
    post(
        visit,
        purpose=Purpose.ASKED,
        template=SCREEN,
        values={"text": topic.text.in_language(visit.sms_language())},
        dedupe_key=f"topic:{visit.phone_id()}:{visit.now:%Y%m%d%H%M}:{wish.topic}"[:96],
        lives=min(CENTRE_LIVES, stale - visit.now),
    )
    return {}


def keep_text(visit: Visit, kept: KeepText) -> dict[str, str]:
    """Keep free words for a human to read: soon if somebody suffers, at once if there may be danger."""
    ident, words = new_ident(), kept.words
    requests.add_text(
        visit.connection,
        id=ident,
        phone_id=visit.phone_id(),
        words=visit.parts.ring.seal(words, "incoming_text.words", ident),
        state="open",
        received_at=visit.now,
    )
    _record(visit, "incoming_text", ident, became="open")
    case = file_here(visit)
    work.open_item(
        visit.connection,
        kind=Kind.TEXT,
        subject_id=ident,
        case_id=case.id,
        phone_id=visit.phone_id(),
        district=case.district,
        language=visit.language,
        priority=None if kept.level is Level.NONE else Priority.HIGH,
        now=visit.now,
        actor=visit.actor,
    )
    if kept.level is Level.DANGER:
        sign = visit.parts.phrases.read(words)
        raise_risk(
            visit.parts,
            visit.connection,
            case_id=case.id,
            why="text",
            topics=sign.topics,
            about_another=sign.about_another,
            now=visit.now,
        )
    return {}


def file_here(visit: Visit) -> File:
    """The case of whoever registered from this phone alone, or of the phone."""
    phone_id = visit.phone_id()
    return file_of(
        visit.connection,
        person_id=people.only_person(visit.connection, phone_id),
        phone_id=phone_id,
        language=visit.sms_language(),
        now=visit.now,
        actor=visit.actor,
    )


def stop_messages(visit: Visit) -> dict[str, str]:
    """Send nothing more to this phone; what waits is cancelled in this transaction."""
    leave_alone(visit.connection, phone_id=visit.phone_id(), now=visit.now, actor=visit.actor)
    return {}


def leave_alone(connection: Connection, *, phone_id: str, now: datetime, actor: str) -> None:
    """Stop a phone. One that was stopped before, or is unsafe, stays so from that time on."""
    stopped, marked = people.marks(connection, phone_id)
    people.mark(connection, phone_id=phone_id, stopped=stopped or now, unsafe=marked)
    check_in_duties.end_of_phone(connection, phone_id=phone_id, why="stopped", now=now, actor=actor)
    waiting = outbox.cancel_phone(connection, phone_id=phone_id, why="stopped", now=now)
    cancelled(connection, waiting, why="stopped", now=now, actor=actor)
    events.record(
        connection, subject="phone", subject_id=phone_id, became="stopped", now=now, actor=actor
    )


def start_messages(visit: Visit) -> dict[str, str]:
    """Messages are welcome again. Only a dialled call makes an unsafe phone safe again.

    Whoever dials may be the one because of whom it was not: what had been allowed on it before is
    over, and is said anew behind the secret number, or to staff.
    """
    phone_id = visit.phone_id()
    _stopped, marked = people.marks(visit.connection, phone_id)
    if marked and visit.channel == "ussd":
        safe_contact.let_run_out(visit.connection, phone_id=phone_id, now=visit.now)
    people.mark(
        visit.connection,
        phone_id=phone_id,
        stopped=None,
        unsafe=None if visit.channel == "ussd" else marked,
    )
    _record(visit, "phone", phone_id, became="started")
    return {}


def mark_unsafe(visit: Visit) -> dict[str, str]:
    """Somebody else may hold the phone: nothing more goes there, nothing begun is offered again.

    Whoever has a case of somebody who uses this phone is told.
    """
    phone_id = visit.phone_id()
    people.mark(visit.connection, phone_id=phone_id, stopped=visit.now, unsafe=visit.now)
    unsafe.hush(visit.connection, phone_id=phone_id, now=visit.now, actor=visit.actor)
    persons = [link.person_id for link in safe_contact.links_of(visit.connection, phone_id)]
    ask_again(
        visit.connection,
        persons,
        phone_id,
        now=visit.now,
        actor=visit.actor,
        priority=Priority.HIGH,
    )
    _record(visit, "phone", phone_id, became="unsafe")
    return {}


def stop_reminders(visit: Visit, person_id: str) -> dict[str, str]:
    """No more reminders for a person, of whatever kind; counselling slots stay as they are."""
    for kind in LATEST:
        _end_reminders(visit, person_id, kind, "reminders_stopped")
    requests.stop_sms(visit.connection, person_id=person_id, now=visit.now)
    check_in_duties.end_of_person(
        visit.connection,
        person_id=person_id,
        why="reminders_stopped",
        now=visit.now,
        actor=visit.actor,
    )
    _record(visit, "person", person_id, became="reminders_stopped")
    return {}


def mark_attended(visit: Visit, person_id: str) -> dict[str, str]:
    """The person has been to the centre: the monthly reminder ends."""
    _end_reminders(visit, person_id, DateKind.CENTRE, "attended_centre")
    _record(visit, "person", person_id, became="attended_centre")
    return {}


def _end_reminders(visit: Visit, person_id: str, kind: str, why: str) -> None:
    """Cancel the reminders of one kind, and those that have already become a waiting message."""
    reminders.cancel_kind(visit.connection, person_id=person_id, kind=kind, now=visit.now)
    waiting = outbox.cancel_template(
        visit.connection, person_id=person_id, template=kind, why=why, now=visit.now
    )
    _drop(visit, waiting, why)


def opted_out(parts: Parts, gateway: Gateway, heard: OptedOut) -> None:
    """The gateway says that a number wants nothing more: the same as STOP, once."""
    caller = parts.ring.fingerprint("phone", heard.address)
    now = parts.clock()
    try:
        with parts.database.transaction() as connection:
            remember(
                connection,
                {
                    "id": new_ident(),
                    "gateway": gateway.name,
                    "kind": HookKind.OPT_OUT,
                    "external_id": heard.event_id,
                    "sender": caller,
                    "reply": b"",
                    "received_at": now,
                },
            )
            stop_messages(
                Visit(parts, connection, "sms", heard.address, caller, now, "bn", actor="gateway")
            )
    except TakenMeanwhile:
        return


def _drop(visit: Visit, ids: list[str], why: str) -> None:
    cancelled(visit.connection, ids, why=why, now=visit.now, actor=visit.actor)


def _record(visit: Visit, subject: str, subject_id: str, *, became: str) -> None:
    events.record(
        visit.connection,
        subject=subject,
        subject_id=subject_id,
        became=became,
        now=visit.now,
        actor=visit.actor,
    )
