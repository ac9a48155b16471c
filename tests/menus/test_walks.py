"""Anything may be typed anywhere: random walks through the real menus, with what must hold at every step."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import menus
from helpline.cases.dates import Dates
from helpline.cases.effects import KeepText
from helpline.flow.engine import (
    LONGEST_TRAIL,
    Dialled,
    Heard,
    HungUp,
    Session,
    Turn,
    Typed,
    opening,
    step,
    unfinished,
)
from helpline.flow.layout import SMS, USSD, page, pages
from helpline.flow.lettering import carries, units
from helpline.flow.words import LANGUAGES, Ask, Menu, Pass, Pick, Scene
from helpline.i18n import translator
from menus.places import UNKNOWN
from tests.house import MORNING
from tests.menus.facts import DIRECTORY, HOTLINES, PLACES, dates_after, facts_at

if TYPE_CHECKING:
    from helpline.cases.facts import Facts

BOOK = menus.BOOK
PROMISED = {"reference": "000 000 000"}
LAID_OUT = [*USSD.items(), *SMS.items()]

WAYS = ["0", "00", "98", "99"]
ANSWERS = [
    "2580", "1234567890", "AB1234567", "bm 1234 5678", "jessore", "dhaka", "যশোর", "কুমিল্লা", "savar", "sadar",
    "chittgong", "b baria", "০", "১", "৯৯", "٣", "10", "17", "22",
]  # fmt: skip
KEYWORDS = [word for keyword in BOOK.keywords for word in keyword.words]
HOSTILE = [
    "", " ", "*", "#", "²", "½", "{district}", "{0.__class__}", "%s", "%(day)s", "<b>", "'; DROP TABLE person; --",
    "\x00", "\x1b", "\u200d", "\ud800", "\u202e", "🙂🙂", "👩‍👩‍👧‍👦", "ক্ষ্ম" * 60, "9" * 40, "000", "-1", "1*2*3", "1\n2", "stop 12345",
]  # fmt: skip

single = st.sampled_from([str(key) for key in range(1, 10)])
typed = st.one_of(
    single,
    single,
    single,
    st.sampled_from(WAYS),
    st.sampled_from(ANSWERS),
    st.sampled_from(KEYWORDS),
    st.sampled_from(HOSTILE),
    st.text(max_size=12),
)


class Walk(RuleBasedStateMachine):
    """One caller who types what she likes, hangs up and comes back, while time goes on."""

    @initialize(
        channel=st.sampled_from(["ussd", "ussd", "sms"]),
        language=st.sampled_from(LANGUAGES),
        begins=st.integers(0, 23),
        known=st.booleans(),
    )
    def dial(self, channel: str, language: str, begins: int, known: bool) -> None:
        self.channel = channel
        self.now = MORNING + timedelta(hours=begins)
        self.dates = dates_after(self.now) if known else Dates()
        self.session = opening(BOOK, language)
        self.turn: Turn | None = None
        self.hear(Dialled())

    def hear(self, heard: Heard) -> Turn:
        """Take a step as the service does: at the end of a USSD session a key is a new call."""
        if self.session.over and self.channel == "ussd" and isinstance(heard, Typed):
            heard = Dialled()
        before = self.session
        turn = step(BOOK, before, heard, facts_at(self.now, self.channel))
        if turn.needs:
            turn = step(BOOK, before, heard, self.facts())
        assert not turn.needs
        assert turn.screen is not None
        self.turn, self.session = turn, turn.session
        self.check_answers(before)
        return turn

    def facts(self) -> Facts:
        return facts_at(self.now, self.channel, self.dates)

    @rule(text=typed)
    def type(self, text: str) -> None:
        before = self.session
        turn = self.hear(Typed(text))
        if not turn.understood:
            assert turn.session.answers == before.answers
            assert all(isinstance(effect, KeepText) for effect in turn.effects)
            assert turn.session.at in {before.at, BOOK.stuck}

    @rule(task=st.integers(1, 8), choices=st.lists(st.integers(0, 35), min_size=4, max_size=20))
    def go_on(self, task: int, choices: list[int]) -> None:
        """Begin a task and answer sensibly, as most callers do."""
        self.hear(Typed("00"))
        self.hear(Typed(str(task)))
        for choice in choices:
            if self.session.over:
                break
            turn = self.hear(Typed(self.sensible(choice)))
            assert turn.understood, self.session.at

    def sensible(self, choice: int) -> str:
        """An answer to the screen that is shown."""
        assert self.turn is not None
        assert self.turn.screen is not None
        screen = BOOK.pages[self.session.at].screen
        if choice > 30 and getattr(screen, "several", "").startswith("place"):
            return "barisl"
        if lines := self.turn.screen.lines:
            return str(lines[choice % len(lines)][0])
        if isinstance(screen, Ask):
            return {"nid": "1234567890", "passport": "AB1234567", "bmet": "BM123456"}.get(
                screen.saves, "2580"
            )
        return "99"

    @rule()
    @precondition(lambda self: not self.session.over and self.session.revision == BOOK.revision)
    def go_back(self) -> None:
        before = self.session
        assert self.hear(Typed("99")).effects == ()
        if not self.session.over:
            assert self.session.answers == before.answers

    @rule(redials=st.booleans())
    def hang_up(self, redials: bool) -> None:
        left = step(BOOK, self.session, HungUp(), self.facts())
        assert (left.session, left.screen, left.effects) == (self.session, None, ())
        if redials:
            draft = unfinished(BOOK, self.session)
            self.session = opening(BOOK, self.session.language)
            self.hear(Dialled(draft or None))
            assert self.session.at == (BOOK.resume if draft else BOOK.home)

    @rule(hours=st.sampled_from([1, 5, 30, 200]))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule()
    def deploy(self) -> None:
        """The menus change between two keys."""
        self.session = msgspec.structs.replace(self.session, revision="before")

    @invariant()
    def the_caller_stands_at_a_screen_that_is_shown(self) -> None:
        here = BOOK.pages[self.session.at].screen
        assert not isinstance(here, Pass)
        assert self.turn is not None
        assert self.turn.screen is not None
        assert self.turn.screen.address == self.session.at
        assert self.session.language in LANGUAGES

    @invariant()
    def the_way_back_is_short_and_known(self) -> None:
        assert len(self.session.trail) <= LONGEST_TRAIL
        assert set(self.session.trail) <= set(BOOK.pages)

    @invariant()
    def the_session_survives_being_stored(self) -> None:
        stored = msgspec.json.encode(self.session)
        assert msgspec.json.decode(stored, type=Session) == self.session

    @invariant()
    def the_screen_fits_in_every_rendering_and_every_channel(self) -> None:
        assert self.turn is not None
        assert self.turn.screen is not None
        shown = self.turn.screen.filled(PROMISED)
        for language, budget in LAID_OUT:
            laid_out = pages(shown, language, budget, translator(language))
            for each in laid_out:
                assert units(each, budget.unit) <= budget.size
                assert carries(each, budget.unit)
            assert page(shown, language, budget, translator(language)) in laid_out

    def check_answers(self, before: Session) -> None:
        """What is newly kept is something that was offered, or what its parser gives back unchanged."""
        for name, value in self.session.answers.items():
            if name == "secret.pin":
                assert value == "2580"
            elif before.answers.get(name) != value:
                flow = name.partition(".")[0]
                kept = {
                    each.removeprefix(f"{flow}."): said
                    for each, said in self.session.answers.items()
                    if each.startswith(f"{flow}.")
                }
                assert valid(flow, name.partition(".")[2], value, Scene(kept, self.facts())), name


def valid(flow: str, name: str, value: str, scene: Scene) -> bool:
    """Whether a screen of `flow` can keep `value` under `name`."""
    if name.endswith("_meant"):
        return all(PLACES.district(part) or PLACES.upazila(part) for part in value.split())
    known = {
        "place": lambda: PLACES.division(value) or PLACES.district(value),
        "upazila": lambda: value == UNKNOWN or PLACES.upazila(value),
        "country": lambda: PLACES.country(value),
        "centre": lambda: DIRECTORY.answer(value, scene.facts.now.date()),
        "line": lambda: value in {line.key for line in HOTLINES},
    }
    if name in known:
        return bool(known[name]())
    for each in BOOK.flow(flow).screens:
        if getattr(each, "saves", "") != name:
            continue
        if isinstance(each, Menu) and value in {option.value for option in each.options}:
            return True
        if isinstance(each, Pick) and value in {item.value for item in each.items(scene)}:
            return True
        if isinstance(each, Ask) and value in {"none", each.parse(value, scene)}:
            return True
    return False


Walk.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestWhateverIsTypedTheConversationHolds = Walk.TestCase


def test_every_answer_a_menu_offers_is_valid_and_nothing_else() -> None:
    scene = Scene({"place": "BD-13", "day": "2026-12-03", "date": "x"}, facts_at())
    assert valid("registration", "sex", "woman", scene)
    assert not valid("registration", "sex", "1", scene)
    assert not valid("registration", "age", "woman", scene)
    assert [valid(flow, "pin", "2580", scene) for flow in ("registration", "dates", "stop")] == [
        True,
        True,
        True,
    ]
    assert not any(valid(flow, "pin", "1234", scene) for flow in ("registration", "dates", "stop"))


def test_a_walk_of_the_same_keys_is_the_same_walk() -> None:
    keys = ["1", "1", "1", "2", "jessore", "1", "1", "99", "3", "0", "1", "1", "2"]
    sessions = []
    for _time, language in product(range(2), ["bn"]):
        session = step(BOOK, opening(BOOK, language), Dialled(), facts_at()).session
        for key in keys:
            session = step(BOOK, session, Typed(key), facts_at()).session
        sessions.append(session)
    assert sessions[0] == sessions[1]
