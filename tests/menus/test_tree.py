"""The whole tree, walked key by key: every screen is reached, and from everywhere there is a way to an end."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from functools import cache

import pytest

import menus
from helpline.cases.dates import Dates
from helpline.cases.directory import Directory
from helpline.cases.effects import (
    AddDependant,
    AnswerReferral,
    AskErasure,
    CancelDate,
    ChangeContact,
    CheckIn,
    Complain,
    CorrectData,
    GiveOpinion,
    MarkAttended,
    MarkUnsafe,
    MoveDate,
    RateService,
    Register,
    RemoveDependant,
    RequestCallback,
    RequestCounselling,
    ScreenNeeds,
    SendCentre,
    SendTopic,
    SetLanguage,
    StartMessages,
    StopMessages,
    StopReminders,
    TellOfAnother,
    WithdrawConsent,
    WrongNumber,
)
from helpline.cases.facts import Facts
from helpline.cases.families import MOST
from helpline.cases.hours import Closed, Span, WorkingHours
from helpline.cases.own import Dependant, Family, Kept, Matters, Opened, Renewal
from helpline.cases.rota import Openings, Rota, Shift
from helpline.data.load import load_directory_seed, load_kinds
from helpline.flow.engine import Dialled, Heard, Session, Turn, Typed, opening, step
from helpline.flow.layout import PLACEHOLDER, USSD, pages
from helpline.flow.words import Ask, End, Label, Menu, Pass, Pick
from helpline.i18n import translator
from menus.secret import RENEWAL
from tests.house import MORNING
from tests.menus.facts import PLACES, dates_after, facts_at, opened

BOOK = menus.BOOK
ANSWERS = {
    "nid": "1234567890",
    "passport": "AB1234567",
    "bmet": "BM123456",
    "pin": "2580",
    "number": "01300-000009",
}
FORKS = (
    "place",
    "division",
    "upazila",
    "sms",
    "call",
    "channel",
    "counsellor",
    "centre",
    "date",
    "mind",
    "body",
    "safe",
    "owed",
    "whose",
    "column",
    "office",
    "one",
    "relation",
    "rule",
    "for_whom",
)
"""The answers on which the way depends."""


def world(**different: object) -> Facts:
    return replace(facts_at(dates=dates_after(MORNING)), **different)  # type: ignore[arg-type]


def verified() -> Directory:
    seed = load_directory_seed()
    checked = [
        replace(each, verified_at=MORNING.date(), verified_by="a test", expires_at=None)
        for each in seed
    ]
    return Directory(checked, load_kinds(), PLACES)


CLOSED = WorkingHours(closed=(Closed("emergency", Span(MORNING, MORNING + timedelta(hours=3))),))
MEN_ONLY = Rota(
    tuple(
        Shift("kamal", "man", weekday, time(9), time(17), False, 0, date(2026, 1, 1), None)
        for weekday in range(7)
    )
)
ENDED = Rota(tuple(replace(each, until_day=date(2026, 2, 1)) for each in MEN_ONLY.shifts))
NOTHING_YET: dict[str, Opened] = opened(MORNING, dates_after(MORNING)) | {
    "matters": Matters("person"),
    "kept": Kept("person"),
    "family": Family("person"),
}
MANY = Family("person", (Dependant("one", "child", "6_17", "none"),) * MOST)
WORLDS = {
    "usual": world(),
    "by sms": world(channel="sms"),
    "late in the evening": world(now=MORNING.replace(hour=17)),
    "every centre was visited": world(directory=verified()),
    "a wrong secret number": world(loaded=opened(MORNING, Dates())),
    "a code for a new secret number": world(
        loaded=opened(MORNING, Dates()) | {RENEWAL: Renewal("person", "7391")}
    ),
    "no dates": world(loaded=opened(MORNING, Dates("person"))),
    "nothing of one's own": world(loaded=NOTHING_YET),
    "a large family": world(loaded=NOTHING_YET | {"family": MANY}),
    "no current number": world(hotlines=()),
    "no current number, by sms": world(hotlines=(), channel="sms"),
    "nothing certain to read": world(topics=()),
    "closed for now": world(openings=Openings(CLOSED)),
    "late in the evening, by sms": world(now=MORNING.replace(hour=17), channel="sms"),
    "late in the evening, no current number, by sms": world(
        now=MORNING.replace(hour=17), hotlines=(), channel="sms"
    ),
    "the rota has ended, by sms": world(openings=Openings(rota=ENDED), channel="sms"),
    "the rota has ended, no current number, by sms": world(
        openings=Openings(rota=ENDED), hotlines=(), channel="sms"
    ),
    "no woman on the rota": world(openings=Openings(rota=MEN_ONLY)),
    "no centre at all": world(directory=Directory((), (), PLACES)),
}


@dataclass(frozen=True)
class State:
    """Where a caller stands, as far as the way on depends on it."""

    at: str
    over: bool
    said: tuple[str, ...]


def state(session: Session) -> State:
    flow = session.at.partition(".")[0]
    said = tuple(session.answers.get(f"{flow}.{name}", "") for name in FORKS)
    return State(session.at, session.over, said)


@dataclass
class Tree:
    """Everything that can happen in one world."""

    turns: dict[State, Turn]
    ways: dict[State, set[State]]
    misunderstood: set[str]


def beginnings(facts: Facts) -> Iterator[Turn]:
    new = opening(BOOK, "bn")
    home = step(BOOK, new, Dialled(), facts)
    yield home
    yield step(BOOK, new, Dialled({"registration.consent": "yes"}), facts)
    for draft in ("kept.column", "family.relation"):
        broken_off = step(BOOK, new, Dialled({draft: "yes"}), facts)
        yield step(BOOK, broken_off.session, Typed("1"), facts)
    yield from (step(BOOK, home.session, Typed(key), facts) for key in ("0", "00"))
    stuck = home
    for _try in range(3):
        stuck = step(BOOK, stuck.session, Typed("wrong"), facts)
    yield stuck
    if facts.channel == "sms":
        for keyword in BOOK.keywords:
            for word in keyword.words:
                yield step(BOOK, home.session, Typed(word), facts)
        ended = step(BOOK, home.session, Typed("stop"), facts)
        yield step(BOOK, ended.session, Typed("free words"), facts)
        yield step(BOOK, ended.session, Typed("ami more jete chai"), facts)


def heard_next(turn: Turn) -> Iterator[Heard]:
    """Every option of a menu, the ends of a list, a right answer to a question."""
    screen = BOOK.pages[turn.session.at].screen
    assert turn.screen is not None
    if isinstance(screen, Menu):
        yield from (Typed(str(option.key)) for option in screen.options)
    elif isinstance(screen, Ask):
        yield Typed(ANSWERS[screen.saves])
    elif isinstance(screen, Pick):
        keys = [key for key, _label in turn.screen.lines]
        some = keys if screen.name in ("date", "list", "near") else keys[:1] + keys[-1:]
        yield from (Typed(str(key)) for key in some)
        if screen.also:
            first = turn.screen.lines[0][1]
            assert isinstance(first, Label)
            by_name = screen.several == "upazila_meant"
            yield from map(Typed, [first.en] if by_name else ["jessore", "chittgong"])


@cache
def tree(name: str) -> Tree:
    facts = WORLDS[name]
    found = Tree({}, defaultdict(set), set())
    waiting = deque(beginnings(facts))
    while waiting:
        turn = waiting.popleft()
        here = state(turn.session)
        if here in found.turns:
            continue
        found.turns[here] = turn
        if turn.session.over:
            continue
        for heard in heard_next(turn):
            after = step(BOOK, turn.session, heard, facts)
            found.ways[here].add(state(after.session))
            waiting.append(after)
            if not after.understood:
                found.misunderstood.add(here.at)
    return found


every_world = pytest.mark.parametrize("name", WORLDS)


def test_every_screen_is_reached_by_pressing_keys() -> None:
    reached = {each.at for name in WORLDS for each in tree(name).turns}
    shown = {address for address, page in BOOK.pages.items() if not isinstance(page.screen, Pass)}
    # an upazila is only asked for when its district is known, where no two sound alike
    assert shown - reached <= {
        f"{flow}.upazila_meant" for flow in ("registration", "centres", "kept")
    }


def test_every_way_of_a_silent_step_is_taken() -> None:
    reached = {each.at for name in WORLDS for each in tree(name).turns}
    silent = {address for address, page in BOOK.pages.items() if isinstance(page.screen, Pass)}
    for address in silent:  # where one leads to another, that one's own ways are looked at
        assert set(BOOK.pages[address].targets()) - silent <= reached, address


@pytest.mark.parametrize("flow", ["registration", "centres"])
def test_upazilas_that_sound_alike_are_offered(flow: str) -> None:
    facts = WORLDS["usual"]
    session = opening(BOOK, "bn")
    keys = {"registration": ["1", "1", "1", "1"], "centres": ["3"]}[flow]
    for heard in (Dialled(), *map(Typed, [*keys, "rangpur", "pirgach"])):
        session = step(BOOK, session, heard, facts).session
    assert session.at == f"{flow}.upazila_meant"
    assert step(BOOK, session, Typed("1"), facts).understood


@every_world
def test_from_everywhere_there_is_a_way_to_an_end(name: str) -> None:
    found = tree(name)
    ending = {each for each in found.turns if each.over}
    assert ending
    grew = True
    while grew:
        more = {each for each, ways in found.ways.items() if each not in ending and ways & ending}
        ending |= more
        grew = bool(more)
    assert found.turns.keys() - ending == set()


@every_world
def test_every_key_a_screen_offers_and_every_right_answer_is_understood(name: str) -> None:
    assert tree(name).misunderstood == set()


@every_world
def test_every_screen_that_is_reached_has_all_its_values(name: str) -> None:
    for here, turn in tree(name).turns.items():
        assert turn.screen is not None
        screen = BOOK.pages[here.at].screen
        promised = dict.fromkeys(getattr(screen, "promises", ()), "000 000 000")
        for language, budget in USSD.items():
            shown = turn.screen.filled(promised)
            for page in pages(shown, language, budget, translator(language)):
                assert not PLACEHOLDER.search(page), page


@every_world
def test_a_person_and_the_main_menu_are_one_key_away_everywhere(name: str) -> None:
    facts = WORLDS[name]
    one_of_each = {here.at: turn for here, turn in tree(name).turns.items() if not here.over}
    for turn in one_of_each.values():
        assert step(BOOK, turn.session, Typed("0"), facts).session.at == BOOK.person
        assert step(BOOK, turn.session, Typed("00"), facts).session.at == BOOK.home


def effects_of(name: str) -> dict[type, set[str]]:
    found: dict[type, set[str]] = defaultdict(set)
    for here, turn in tree(name).turns.items():
        for effect in turn.effects:
            found[type(effect)].add(here.at)
    return dict(found)


def test_each_effect_is_asked_for_where_the_caller_reads_of_it() -> None:
    assert effects_of("usual") == {
        Register: {"registration.done", "registration.done_child"},
        RequestCounselling: {"counselling.done"},
        SendCentre: {"centres.sent"},
        RequestCallback: {"callback.done"},
        MoveDate: {"dates.moved"},
        CancelDate: {"dates.cancelled"},
        MarkAttended: {"dates.attended"},
        StopReminders: {"dates.stopped"},
        AnswerReferral: {"dates.service_noted", "matters.service_noted", "matters.how"},
        RateService: {"matters.how_noted"},
        GiveOpinion: {"opinion.done"},
        CorrectData: {"kept.corrected"},
        AskErasure: {"kept.erased"},
        AddDependant: {"family.added"},
        RemoveDependant: {"family.removed"},
        SendTopic: {"information.sent", "complaint.proof_sent"},
        Complain: {"complaint.done", "complaint.kept"},
        CheckIn: {"check_in.done", "check_in.talk"},
        ScreenNeeds: {"needs.safety", "needs.done", "needs.talk"},
        SetLanguage: {"language.done"},
        StopMessages: {"stop.stopped"},
        StartMessages: {"stop.started"},
        WithdrawConsent: {"stop.withdrawn"},
        ChangeContact: {"safe_contact.kept"},
        TellOfAnother: {"on_behalf.told", "on_behalf.without"},
    }
    assert effects_of("by sms")[WrongNumber] == {"stop.wrong"}
    assert "on_behalf.told" not in effects_of("by sms")[TellOfAnother]
    assert effects_of("by sms")[MarkUnsafe] == {"stop.silent", "stop.wrong"}


def test_nothing_of_a_person_is_reached_with_a_wrong_secret_number() -> None:
    behind = {"dates.list", "dates.date", "dates.moved", "dates.cancelled", "dates.attended"}
    behind |= {"dates.service", "dates.why_not", "dates.service_noted"}
    reached = {each.at for each in tree("a wrong secret number").turns}
    assert not reached & {*behind, "dates.stopped", "stop.sure", "stop.withdrawn"}
    needy = {address for address, page in BOOK.pages.items() if page.screen.needs}
    assert len(needy) > 30
    assert not reached & needy


def test_every_keyword_leads_to_its_screen_and_belongs_to_one_only() -> None:
    words = [word for keyword in BOOK.keywords for word in keyword.words]
    assert len(words) == len(set(words))
    facts = WORLDS["by sms"]
    begun = step(BOOK, opening(BOOK, "bn"), Dialled(), facts).session
    for keyword in BOOK.keywords:
        for word in keyword.words:
            for typed in (word, word.upper(), f" {word}. "):
                led = step(BOOK, begun, Typed(typed), facts).session.at
                page = BOOK.pages[keyword.goto]
                assert led in (
                    page.targets() if isinstance(page.screen, Pass) else [keyword.goto]
                ), typed


def test_every_end_that_can_be_read_is_an_end_in_the_book() -> None:
    over = {each.at for name in WORLDS for each in tree(name).turns if each.over}
    ends = {address for address, page in BOOK.pages.items() if isinstance(page.screen, End)}
    assert over == ends
