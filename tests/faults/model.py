"""What one caller's key presses must lead to: the pure engine, and the rules of the record by hand.

A `World` is everything that the database must hold about one caller. `answers` takes one delivery
with what was answered, and gives the world after it, unless that answer is wrong. Nothing here touches a database, a process or
the use cases in `helpline.service`: screens come from `helpline.flow`, what effects lead to is
written down a second time, in plain dictionaries.

Some things a caller cannot know: which of two dates of one moment stands first, which of two hops
sent at once was faster, on which side of a minute one was taken. Then there is more than one
possible world; `Caller` keeps them all and drops those that an answer refutes.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import groupby, permutations, product
from typing import Any

import menus
from helpline.cases import effects as fx
from helpline.cases import topics
from helpline.cases.calendar import DHAKA, FOLLOW_UPS, local
from helpline.cases.dates import DateKind, Dates, Upcoming
from helpline.cases.directory import Directory
from helpline.cases.facts import Facts
from helpline.cases.hotlines import current
from helpline.cases.own import Renewal
from helpline.data.load import (
    load_crisis_phrases,
    load_directory_seed,
    load_hotlines,
    load_kinds,
    load_places,
    load_topics,
)
from helpline.flow.answers import tidy
from helpline.flow.engine import (
    Dialled,
    Heard,
    Overtaken,
    Session,
    Turn,
    Typed,
    opening,
    step,
    unfinished,
)
from helpline.flow.layout import SMS, USSD, page
from helpline.i18n import translator
from menus.secret import RENEWAL

BOOK = menus.BOOK
REFERENCE = re.compile(r"(?<!\d)\d{3} \d{3} \d{3}(?!\d)")
REPLIES_AN_HOUR = 30
PIN_TRIES_A_DAY = 5
DATES_SHOWN = 5
OVER = ("withdrawn", "completed", "declined", "duplicate", "no_contact")
_FIRST_HOUR = {"any": 10, "morning": 10, "afternoon": 12, "evening": 16}


@dataclass(frozen=True)
class Hop:
    """One thing a gateway delivers. `session` is empty for an SMS; `event` names the delivery."""

    session: str
    text: str
    event: str

    @property
    def is_sms(self) -> bool:
        return not self.session


@dataclass(frozen=True)
class Talk:
    """One conversation as it is stored."""

    session: Session
    heard: str
    draft: bool
    touched: int
    keys: tuple[int, ...] = ()
    """The numbered lines of the screen that was shown last, on all its pages."""


@dataclass(frozen=True)
class Person:
    reference: str
    wish: fx.Register
    sms: bool
    call: bool
    withdrawn: bool = False

    @property
    def key(self) -> tuple[str, ...]:
        """What tells two registrations of one phone apart."""
        child = ("minor",) if self.is_child else ()
        return (*self.said, *child, self.wish.pin)

    @property
    def said(self) -> tuple[str, ...]:
        wish = self.wish
        return (wish.for_whom, wish.sex, wish.district, wish.upazila, wish.country)

    @property
    def is_child(self) -> bool:
        return self.wish.age == "minor"

    @property
    def identity(self) -> tuple[str, str]:
        return (self.wish.identity_kind, self.wish.identity)


@dataclass(frozen=True)
class Request:
    reference: str
    wish: fx.RequestCounselling
    person: str
    """The reference of the person it belongs to, or empty."""
    slot_at: datetime
    sms: bool
    state: str = "requested"


Call = tuple[str, datetime | None, datetime | None]


def call(about: str, slot_at: datetime, slot_ends_at: datetime) -> Call:
    """A call that was asked for: what about, and when.

    One "as soon as you can" begins at the moment of the helpline, which no caller knows; while it
    waits there is no second.
    """
    return (about, None, None) if about == "talk" else (about, slot_at, slot_ends_at)


@dataclass(frozen=True)
class Reminder:
    """`subject` is a reference. `planned` is when it was first planned for: its name for ever."""

    subject: str
    person: str
    kind: str
    planned: datetime
    due_at: datetime
    state: str = "scheduled"
    replanned: bool = False
    """Its subject was moved or withdrawn: the same time may be planned once more."""

    @property
    def ident(self) -> str:
        return f"reminder {self.subject} {self.kind} {self.planned.isoformat()}"


@dataclass(frozen=True)
class Message:
    purpose: str
    template: str
    language: str
    values: tuple[tuple[str, str], ...]
    key: str
    person: str = ""
    state: str = "queued"


@dataclass
class World:
    """Everything that is known of one caller."""

    language: str | None = None
    """Of the phone's row; None while there is none."""
    stopped: str = ""
    """The delivery that stopped it, for as long as it is stopped."""
    unsafe: bool = False
    touches: int = 0
    talks: dict[str, Talk] = field(default_factory=dict)
    """By session; the SMS thread is the one without a name."""
    answered: dict[str, str | None] = field(default_factory=dict)
    """What was answered to each delivery: `CON ...`, `END ...`, the text of an SMS, or nothing."""
    people: tuple[Person, ...] = ()
    requests: tuple[Request, ...] = ()
    callbacks: frozenset["Call"] = frozenset()
    reminders: tuple[Reminder, ...] = ()
    messages: tuple[Message, ...] = ()
    texts: tuple[str, ...] = ()
    pin_tries: dict[date, int] = field(default_factory=dict)

    def copy(self) -> "World":
        return replace(
            self,
            talks=dict(self.talks),
            answered=dict(self.answered),
            pin_tries=dict(self.pin_tries),
        )


def answers(world: World, hop: Hop, now: datetime, said: str | None) -> Iterator[World]:
    """The worlds after `hop`, if `said` may be what was answered; references are read off `said`."""
    if hop.event in world.answered:
        if world.answered[hop.event] == said:
            yield world
        return
    number = 0
    while True:
        after = world.copy()
        taken = _Step(after, hop, now, said, number)
        if taken.take() == said:
            after.answered[hop.event] = said
            yield after
        number += 1
        if number >= taken.orders:
            return


def expectation(world: World, hop: Hop, now: datetime, said: str | None) -> str | None:
    """What should be answered: for the message of a test that fails."""
    if hop.event in world.answered:
        return world.answered[hop.event]
    return _Step(world.copy(), hop, now, said, 0).take()


def closed_draft(world: World, session: str) -> World:
    """The world in which the draft of one conversation is not offered any more."""
    after = world.copy()
    after.talks[session] = replace(after.talks[session], draft=False)
    return after


class _Step:
    """One delivery being answered in one possible world, which it changes."""

    def __init__(
        self, world: World, hop: Hop, now: datetime, said: str | None, number: int
    ) -> None:
        self.world, self.hop, self.now, self.said = world, hop, now, said
        self.channel = "sms" if hop.is_sms else "ussd"
        self.language = "bn"
        self.number = number
        self.orders = 1
        """In how many orders the database may give the dates that were looked up."""

    def take(self) -> str | None:
        return self._sms() if self.hop.is_sms else self._ussd()

    def _ussd(self) -> str | None:
        world, hop = self.world, self.hop
        talk = world.talks.get(hop.session)
        if talk is None:
            draft = max(
                (each for each in world.talks.values() if each.draft),
                key=lambda each: each.touched,
                default=None,
            )
            typed = hop.text.split("*") if hop.text else []
            # What is dialled at once is no answer to a question that nobody has seen.
            begun = unfinished(BOOK, draft.session) if draft and not typed else {}
            language = world.language or (draft.session.language if draft else "bn")
            turn = self._steps(
                opening(BOOK, language), [Dialled(begun or None), *map(Typed, typed)]
            )
            if begun:
                self._close_drafts()
        else:
            heard = _new_in(talk, hop.text)
            turn = self._steps(talk.session, [heard])
            if isinstance(heard, Overtaken):
                return self._on_ussd(turn)
        self._store(hop.session, turn, "" if turn.screen and turn.screen.final else hop.text)
        return self._on_ussd(turn)

    def _on_ussd(self, turn: Turn) -> str:
        screen, language = turn.screen, turn.session.language
        assert screen
        text = page(screen, language, USSD[language], translator(language))
        return f"{'END' if screen.final else 'CON'} {text}"

    def _sms(self) -> str | None:
        world = self.world
        if not tidy(self.hop.text):
            return None
        talk = world.talks.get("")
        if talk is None:
            session = _nothing_asked(world.language or self.language)
        elif unfinished(BOOK, talk.session) and not talk.draft:  # it went on elsewhere
            session = _nothing_asked(talk.session.language)
        else:
            session = talk.session
        turn = self._steps(session, [Typed(self.hop.text)])
        self._store("", turn, "")
        return self._reply(turn)

    def _reply(self, turn: Turn) -> str | None:
        if turn.screen is None or not turn.screen.text:
            return None
        language = self._sms_language()
        text = page(turn.screen, language, SMS[language], translator(language))
        if any(isinstance(effect, fx.StopMessages) for effect in turn.effects):
            # Once, however often "stop" is said; that it waits is seen in the record.
            self._post("last", "screen", {"text": text}, f"last {self.world.stopped}")
            return None
        posted = self._post("reply", "screen", {"text": text}, f"reply {self.hop.event}")
        return text if posted else None

    def _steps(self, session: Session, inputs: Iterable[Heard]) -> Turn:
        turn = Turn(session, None)
        for heard in inputs:
            turn = self._step(turn.session, heard)
            self.language = turn.session.language
            promised: dict[str, str] = {}
            for effect in turn.effects:
                promised |= self._perform(effect)
            if promised and turn.screen:
                turn = replace(turn, screen=turn.screen.filled(promised))
        return turn

    def _step(self, session: Session, heard: Heard) -> Turn:
        turn = step(BOOK, session, heard, facts(self.channel, self.now))
        loaded: dict[str, Dates | Renewal] = {}
        while turn.needs:
            # No member of staff gives anybody a code for a new secret number here.
            loaded[turn.needs] = (
                Renewal()
                if turn.needs == RENEWAL
                else self._dates(turn.session.answers.get("secret.pin", ""))
            )
            turn = step(BOOK, session, heard, facts(self.channel, self.now, loaded))
        return turn

    def _store(self, name: str, turn: Turn, heard: str) -> None:
        self.world.touches += 1
        lines = turn.screen.lines if turn.screen else ()
        self.world.talks[name] = Talk(
            turn.session,
            heard,
            bool(unfinished(BOOK, turn.session)),
            self.world.touches,
            tuple(key for key, _text in lines),
        )

    # -- what effects lead to -----------------------------------------------------------

    def _perform(self, effect: fx.Effect) -> dict[str, str]:
        world = self.world
        match effect:
            case fx.SetLanguage(language):
                self._phone()
                world.language = language
            case fx.Register():
                return {"reference": self._register(effect)}
            case fx.RequestCounselling():
                return {"reference": self._request(effect)}
            case fx.RequestCallback():
                self._phone()
                world.callbacks |= {call(effect.about, effect.slot_at, effect.slot_ends_at)}
            case fx.SendCentre(key):
                self._send_centre(key)
            case fx.StopMessages():
                self._phone()
                world.stopped = world.stopped or self.hop.event
                self._cancel_messages()
            case fx.StartMessages():
                self._phone()
                world.stopped = ""
                world.unsafe = world.unsafe and self.channel == "sms"
            case fx.MarkUnsafe():
                self._phone()
                world.stopped, world.unsafe = self.hop.event, True
                self._close_drafts()
                self._cancel_messages()
                world.requests = tuple(replace(each, sms=False) for each in world.requests)
            case fx.SendTopic(key):
                self._send_topic(key)
            case fx.Complain():
                self._phone()
                found = REFERENCE.search(self.said or "")
                return {"reference": found[0] if found else "unknown"}
            case fx.CheckIn() | fx.ScreenNeeds():
                self._phone()
            case fx.KeepText(kept):
                self._phone()
                world.texts = (*world.texts, kept)
            case _:
                self._change_dates(effect)
        return {}

    def _change_dates(self, effect: fx.Effect) -> None:
        match effect:
            case fx.MoveDate(person, subject, slot_at, _):
                self._move(person, subject, slot_at)
            case fx.CancelDate(person, subject):
                self._withdraw_request(person, subject)
            case fx.StopReminders(person):
                self._cancel_reminders(lambda each: each.person == person)
                self.world.requests = tuple(
                    replace(each, sms=each.sms and each.person != person)
                    for each in self.world.requests
                )
            case fx.MarkAttended(person):
                self._cancel_reminders(lambda each: each.person == person and each.kind == "centre")
            case fx.WithdrawConsent(reference):
                self._withdraw(reference)
            case _:
                raise AssertionError(effect)

    def _close_drafts(self) -> None:
        for name, each in self.world.talks.items():
            self.world.talks[name] = replace(each, draft=False)

    def _phone(self) -> None:
        if self.world.language is None:
            self.world.language = self.language

    def _sms_language(self) -> str:
        return "en" if self.language == "en" else "bn"

    def _register(self, wish: fx.Register) -> str:
        world = self.world
        new = Person(self._fresh_reference(), wish, sms=wish.sms, call=wish.call)
        known = [each for each in world.people if not each.withdrawn]
        same = next((each for each in known if each.key == new.key), None)
        if same:
            self._phone()
            narrowed = replace(same, sms=same.sms and wish.sms, call=same.call and wish.call)
            world.people = tuple(narrowed if each is same else each for each in world.people)
            return same.reference
        self._phone()
        world.people = tuple(_narrowed(each, new) for each in world.people)
        world.people = (*world.people, new)
        if new.is_child:  # nothing is sent to a child, or about one, by itself
            return new.reference
        self._plan_follow_ups(new)
        if wish.sms:
            self._post(
                "person",
                "confirmation",
                {"reference": new.reference},
                f"confirmation {new.reference}",
                person=new.reference,
            )
        return new.reference

    def _plan_follow_ups(self, person: Person) -> None:
        hour = _FIRST_HOUR[person.wish.window]
        for kind, days in (*(("follow_up", n) for n in FOLLOW_UPS), ("centre", 30)):
            day = local(self.now + timedelta(days=days)).date()
            due_at = datetime.combine(day, time(hour), tzinfo=DHAKA)
            self._plan(Reminder(person.reference, person.reference, kind, due_at, due_at))

    def _request(self, wish: fx.RequestCounselling) -> str:
        world = self.world
        self._phone()
        same = [
            each.reference
            for each in world.requests
            if (each.wish.topic, each.slot_at) == (wish.topic, wish.slot_at)
            and each.state not in OVER
        ]
        if same:  # two may have been moved to one time
            return next((each for each in same if each in (self.said or "")), same[0])
        mine = [each for each in world.people if not each.withdrawn]
        person = mine[0].reference if len(mine) == 1 and mine[0].wish.sole_phone else ""
        new = Request(self._fresh_reference(), wish, person, wish.slot_at, wish.sms)
        world.requests = (*world.requests, new)
        self._plan_slot(new)
        return new.reference

    def _plan_slot(self, request: Request) -> None:
        if not request.sms:
            return
        begins = request.slot_at
        day_before = datetime.combine(local(begins).date() - timedelta(1), time(10), tzinfo=DHAKA)
        for kind, due_at in (
            ("slot_day_before", day_before),
            ("slot_two_hours", begins - timedelta(hours=2)),
        ):
            if due_at > self.now:
                self._plan(Reminder(request.reference, request.person, kind, begins, due_at))

    def _plan(self, new: Reminder) -> None:
        if all(each.ident != new.ident or each.replanned for each in self.world.reminders):
            self.world.reminders = (*self.world.reminders, new)

    def _move(self, person: str, subject: str, slot_at: datetime) -> None:
        world = self.world
        request = next((each for each in world.requests if each.reference == subject), None)
        if request is None:
            world.reminders = tuple(
                replace(each, due_at=slot_at)
                if (each.ident, each.person, each.state) == (subject, person, "scheduled")
                else each
                for each in world.reminders
            )
        elif request.person == person:
            moved = replace(request, slot_at=slot_at)
            world.requests = tuple(moved if each is request else each for each in world.requests)
            self._cancel_slot(subject)
            self._plan_slot(moved)

    def _withdraw_request(self, person: str, subject: str) -> None:
        world = self.world
        for request in world.requests:
            if (request.reference, request.person, request.state) == (subject, person, "requested"):
                over = replace(request, state="withdrawn")
                world.requests = tuple(over if each is request else each for each in world.requests)
                self._cancel_slot(subject)

    def _cancel_slot(self, subject: str) -> None:
        self.world.reminders = tuple(
            replace(each, state="cancelled", replanned=True)
            if (each.subject, each.state) == (subject, "scheduled")
            else each
            for each in self.world.reminders
        )

    def _withdraw(self, reference: str) -> None:
        world = self.world
        for person in world.people:
            if person.reference == reference and not person.withdrawn:
                over = replace(person, withdrawn=True, sms=False, call=False)
                world.people = tuple(over if each is person else each for each in world.people)
                self._cancel_reminders(lambda each: each.person == reference)
                self._cancel_messages(person=reference)

    def _cancel_reminders(self, of: Any) -> None:
        self.world.reminders = tuple(
            replace(each, state="cancelled") if each.state == "scheduled" and of(each) else each
            for each in self.world.reminders
        )

    def _cancel_messages(self, person: str = "") -> None:
        self.world.messages = tuple(
            replace(each, state="cancelled")
            if each.state == "queued" and person in {"", each.person}
            else each
            for each in self.world.messages
        )

    def _send_centre(self, key: str) -> None:
        found = _directory().answer(key, local(self.now).date())
        if found is None:
            return
        self._phone()
        lines = {each.key: each.number for each in _hotlines(local(self.now).date())}
        line, language = lines.get("probash_bondhu", ""), self._sms_language()
        template = "service_point"
        if found.confirm:
            template = "service_point_confirm" if line else "service_point_unsure"
        address = found.centre.address
        self._post(
            "asked",
            template,
            {
                "centre": found.centre.name.in_language(language),
                "address": address.in_language(language) if address else "",
                "phone": found.centre.phone,
                "line": line,
            },
            f"centre {key} {self.now:%Y%m%d%H%M}",
        )

    def _send_topic(self, key: str) -> None:
        topic = next((each for each in _topics(local(self.now).date()) if each.key == key), None)
        if topic:
            text = topic.text.in_language(self._sms_language())
            self._post("asked", "screen", {"text": text}, f"topic {key} {self.now:%Y%m%d%H%M}")

    def _post(
        self, purpose: str, template: str, values: dict[str, str], key: str, person: str = ""
    ) -> bool:
        world = self.world
        self._phone()
        replies = sum(each.purpose == "reply" for each in world.messages)
        if purpose == "reply" and replies >= REPLIES_AN_HOUR:
            return False
        new = Message(
            purpose, template, self._sms_language(), tuple(sorted(values.items())), key, person
        )
        if all(each.key != key for each in world.messages):
            world.messages = (*world.messages, new)
        return True

    def _fresh_reference(self) -> str:
        """Only the record makes these up, so a new one is whatever was said, unless it is an old one."""
        found = REFERENCE.search(self.said or "")
        known = {each.reference for each in (*self.world.people, *self.world.requests)}
        return found[0] if found and found[0] not in known else "unknown"

    # -- secret numbers -----------------------------------------------------------------

    def _dates(self, pin: str) -> Dates:
        world, today = self.world, local(self.now).date()
        if world.pin_tries.get(today, 0) >= PIN_TRIES_A_DAY:
            return Dates()
        mine = [each for each in world.people if each.wish.pin == pin and not each.withdrawn]
        if len(mine) != 1:
            world.pin_tries[today] = world.pin_tries.get(today, 0) + 1
            return Dates()
        person = mine[0].reference
        slots = [
            Upcoming(each.reference, DateKind.COUNSELLING, each.slot_at)
            for each in world.requests
            if each.person == person and each.slot_at > self.now and each.state not in OVER
        ]
        own = [
            Upcoming(each.ident, DateKind(each.kind), each.due_at)
            for each in world.reminders
            if each.person == person
            and each.state == "scheduled"
            and each.kind in {"follow_up", "centre"}
            and each.due_at > self.now
        ]
        orders = [
            (*one, *other[:DATES_SHOWN]) for one, other in product(_orders(slots), _orders(own))
        ]
        self.orders = max(self.orders, len(orders))
        dates = sorted(orders[self.number % len(orders)], key=lambda each: each.at)
        return Dates(person, tuple(dates[:DATES_SHOWN]))


def _narrowed(each: Person, new: Person) -> Person:
    """Who may have forgotten the secret number takes back by registering anew what she does not allow now."""
    if each.said != new.said or each.is_child != new.is_child:
        return each
    return replace(each, sms=each.sms and new.sms, call=each.call and new.call)


def _orders(dates: Iterable[Upcoming]) -> list[tuple[Upcoming, ...]]:
    """The orders in which the database may give them: what has one moment comes in any order."""

    def moment(date: Upcoming) -> datetime:
        return date.at

    groups = [
        permutations(list(group)) for _at, group in groupby(sorted(dates, key=moment), moment)
    ]
    return [tuple(each for group in order for each in group) for order in product(*groups)]


def _nothing_asked(language: str) -> Session:
    """The session of somebody who writes without having dialled."""
    new = opening(BOOK, language)
    return Session(new.revision, new.at, new.language, over=True)


def _new_in(talk: Talk, text: str) -> Heard:
    if talk.session.over:
        return Dialled()
    if not talk.heard:
        return Typed(text)
    if not text or talk.heard.startswith(f"{text}*"):
        return Overtaken()
    begins = f"{talk.heard}*"
    return Typed(text[len(begins) :]) if text.startswith(begins) else Dialled()


def facts(channel: str, now: datetime, loaded: dict[str, Dates | Renewal] | None = None) -> Facts:
    """The facts that every process must have at this moment."""
    return Facts(
        now=now,
        channel=channel,
        short_code="*0000#",
        places=load_places(),
        hotlines=_hotlines(local(now).date()),
        directory=_directory(),
        loaded=loaded or {},
        topics=_topics(local(now).date()),
        phrases=load_crisis_phrases(),
    )


@cache
def _hotlines(day: date) -> Any:
    return current(load_hotlines(), (), day)


@cache
def _topics(day: date) -> Any:
    return topics.current(load_topics(), (), day)


@cache
def _directory() -> Directory:
    return Directory(load_directory_seed(), load_kinds(), load_places())
