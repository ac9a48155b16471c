"""One step of a conversation, on a small invented book: what is heard, what it means, what it changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import msgspec
import pytest

from helpline.cases.dates import DateKind, Dates, Upcoming
from helpline.cases.directory import Directory
from helpline.cases.effects import KeepText, MarkUnsafe, RequestCallback, SetLanguage
from helpline.cases.facts import Facts
from helpline.cases.places import Places
from helpline.flow.answers import whole_number
from helpline.flow.book import BACK, RESTART, RESUME, Book
from helpline.flow.engine import (
    LONGEST_TRAIL,
    NOT_UNDERSTOOD,
    STARTING_AGAIN,
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
from helpline.flow.words import (
    Ask,
    End,
    Flow,
    Fork,
    Item,
    Keyword,
    Menu,
    Option,
    Pass,
    Pick,
    Scene,
    Several,
)

NOW = datetime(2026, 12, 1, 4, 0, tzinfo=UTC)
NOWHERE = Places((), (), (), ())
BISCUITS = (
    "rusk", "ring", "cream", "salt", "plain", "nut", "milk", "rice", "oat", "date", "lime", "corn",
)  # fmt: skip


def biscuits(_scene: Scene) -> tuple[Item, ...]:
    return tuple(Item(name, name.title()) for name in BISCUITS)


def typed_biscuit(typed: str, _scene: Scene) -> str | Several | None:
    near = tuple(name for name in BISCUITS if name.startswith(typed[:1].lower()))
    if typed.lower() in BISCUITS:
        return typed.lower()
    return Several(near) if near else None


def meant(scene: Scene) -> tuple[Item, ...]:
    return tuple(Item(name, name.title()) for name in scene.answers["meant"].split())


def order(scene: Scene) -> dict[str, str]:
    return {"drink": scene.answers["drink"], "spoons": scene.answers.get("spoons", "0")}


def serve(scene: Scene) -> tuple[RequestCallback]:
    return (RequestCallback(about=scene.answers["biscuit"], slot_at=NOW, slot_ends_at=NOW),)


TEA = Flow(
    "tea",
    Menu(
        "start",
        "Tea or coffee?",
        Option(1, "Tea", value="tea"),
        Option(2, "Coffee", value="coffee"),
        Option(3, "Nothing", goto="left"),
        saves="drink",
        goto="sugar",
    ),
    Ask("sugar", "How many spoons?", parse=whole_number(0, 20), saves="spoons", goto="biscuit"),
    Pick(
        "biscuit",
        "Which biscuit?",
        items=biscuits,
        saves="biscuit",
        goto="sure",
        also=typed_biscuit,
        several="meant",
    ),
    Pick("meant", "Which one?", items=meant, saves="biscuit", goto="sure"),
    Menu(
        "sure",
        "{drink} with {spoons}. Right?",
        Option(1, "Yes", goto="served"),
        Option(2, "No", goto="start"),
        fill=order,
    ),
    End("served", "Here you are: {ticket}.", do=serve, promises=("ticket",)),
    End("left", "Another day."),
    resumes=True,
)

HOME = Flow(
    "home",
    Menu(
        "start",
        "Welcome",
        Option(1, "Drinks", goto="tea.start"),
        Option(2, "The safe", goto="safe.code"),
        Option(3, "English", goto="english"),
        Option(4, "A list of nothing", goto="empty"),
    ),
    Menu("resume", "Go on?", Option(1, "Yes", goto=RESUME), Option(2, "No", goto=RESTART)),
    Pick("empty", "Nothing:", items=lambda _: (), saves="none", goto="noted", empty="noted"),
    End("english", "English it is.", do=lambda _: (SetLanguage("en"),)),
    End("noted", "Noted."),
    End("hidden", "", do=lambda _: (MarkUnsafe(),)),
)

HELP = Flow(
    "help",
    Menu("offer", "Shall we call?", Option(1, "Yes", goto="called"), Option(2, "No", goto=BACK)),
    Menu("stuck", "Together?", Option(1, "Yes", goto="called"), Option(2, "No", goto=BACK)),
    End("called", "We will call."),
)


def opened(scene: Scene) -> str:
    return "list" if scene.facts.loaded["gold"].person_id else "closed"


def gold(scene: Scene) -> tuple[Item, ...]:
    ahead = scene.facts.loaded["gold"].upcoming
    return tuple(Item(each.subject_id, each.subject_id) for each in ahead)


SAFE = Flow(
    "safe",
    Ask("code", "The code?", parse=whole_number(0, 99), saves="code", goto="open", secret=True),
    Pass("open", goto=Fork(opened, ("list", "closed")), needs="gold"),
    Pick("list", "In it:", items=gold, saves="thing", goto="taken", needs="gold"),
    End("taken", "Taken.", needs="gold"),
    End("closed", "It stays shut."),
)

KEYWORDS = (
    Keyword(("hide me", "লুকাও"), "home.hidden"),
    Keyword(("hide",), "help.offer"),
    Keyword(("drink",), "tea.start", then_answer=True),
)


def bind(*flows: Flow) -> Book:
    return Book.of(
        *flows,
        home="home.start",
        person="help.offer",
        stuck="help.stuck",
        resume="home.resume",
        noted="home.noted",
        keywords=KEYWORDS,
    )


BOOK = bind(HOME, TEA, HELP, SAFE)
START = opening(BOOK, "bn")
FACTS = Facts(NOW, "ussd", "*0000#", NOWHERE, (), Directory((), (), NOWHERE))
SMS = replace(FACTS, channel="sms")
THINGS = Dates(
    "p", (Upcoming("ring", DateKind.CENTRE, NOW), Upcoming("coin", DateKind.CENTRE, NOW))
)


@dataclass
class Caller:
    """Somebody in a conversation; remembers the session and the last turn."""

    facts: Facts = FACTS
    book: Book = BOOK
    session: Session = START
    turn: Turn | None = None

    def hear(self, heard: Heard) -> Turn:
        self.turn = step(self.book, self.session, heard, self.facts)
        assert msgspec.json.decode(msgspec.json.encode(self.turn.session), type=Session) == (
            self.turn.session
        )
        if not self.turn.needs:
            self.session = self.turn.session
        return self.turn

    def dial(self, draft: dict[str, str] | None = None) -> Turn:
        return self.hear(Dialled(draft))

    def press(self, *keys: str) -> Turn:
        for key in keys:
            turn = self.hear(Typed(key))
        return turn

    @property
    def at(self) -> str:
        return self.session.at


def caller(*keys: str, facts: Facts = FACTS) -> Caller:
    """A caller who has dialled and pressed `keys`."""
    made = Caller(facts)
    made.dial()
    if keys:
        made.press(*keys)
    return made


def said(one: Caller) -> dict[str, str]:
    return dict(one.session.answers)


def test_dialling_shows_the_main_menu() -> None:
    shown = Caller().dial().screen
    assert shown is not None
    assert (shown.address, shown.text, shown.back, shown.final) == (
        "home.start",
        "Welcome",
        False,
        False,
    )
    assert shown.lines == ((1, "Drinks"), (2, "The safe"), (3, "English"), (4, "A list of nothing"))


@pytest.mark.parametrize(
    "one", ["1", "১", "١", "۱", "１", " 1 ", "1.", "1#", "#1", "১।", "1)", "1\n"]
)
def test_a_digit_counts_in_every_script_and_with_stray_marks(one: str) -> None:
    assert caller(one).at == "tea.start"


@pytest.mark.parametrize(
    "wrong", ["²", "①", "½", "१", "one", "11", "01", "1 1", "-1", "", " ", "*"]
)
def test_what_is_not_an_offered_digit_is_not_understood(wrong: str) -> None:
    one = caller()
    turn = one.press(wrong)
    assert not turn.understood
    assert turn.screen is not None
    assert turn.screen.preface == NOT_UNDERSTOOD
    assert one.at == "home.start"


def test_a_digit_keeps_the_answer_and_goes_on() -> None:
    one = caller("1", "2")
    assert said(one) == {"tea.drink": "coffee"}
    assert one.at == "tea.sugar"


def test_an_option_without_a_value_keeps_nothing() -> None:
    assert said(caller("1", "3")) == {}


def test_a_typed_answer_is_kept_as_it_was_understood() -> None:
    one = caller("1", "1", "০০৭")
    assert said(one) == {"tea.drink": "tea", "tea.spoons": "7"}
    assert one.at == "tea.biscuit"


def test_a_list_is_numbered_across_its_pages() -> None:
    one = caller("1", "1", "7")
    assert one.turn is not None
    assert one.turn.screen is not None
    assert [key for key, _ in one.turn.screen.lines] == list(range(1, 13))
    assert said(caller("1", "1", "7", "12"))["tea.biscuit"] == "corn"


@pytest.mark.parametrize("beyond", ["13", "000", "999", "97"])
def test_a_number_that_is_not_in_the_list_is_not_understood(beyond: str) -> None:
    one = caller("1", "1", "7")
    assert not one.press(beyond).understood
    assert "tea.biscuit" not in said(one)


def test_a_name_typed_into_a_list_is_taken_when_it_is_exact() -> None:
    one = caller("1", "1", "7", "Cream")
    assert (one.at, said(one)["tea.biscuit"]) == ("tea.sure", "cream")


def test_a_name_that_may_mean_several_is_offered_and_never_taken() -> None:
    one = caller("1", "1", "7", "ri")
    assert one.at == "tea.meant"
    assert "tea.biscuit" not in said(one)
    assert one.turn is not None
    assert one.turn.screen is not None
    assert one.turn.screen.lines == ((1, "Rusk"), (2, "Ring"), (3, "Rice"))
    one.press("3")
    assert (one.at, said(one)["tea.biscuit"]) == ("tea.sure", "rice")


def test_a_digit_typed_into_a_list_is_never_read_as_a_name() -> None:
    asked: list[str] = []

    def remember(typed: str, _scene: Scene) -> None:
        asked.append(typed)

    listed = Pick("start", "?", items=biscuits, saves="b", goto="end", also=remember)
    book = Book.of(
        Flow("main", listed, End("end", "!")),
        HELP,
        home="main.start",
        person="help.offer",
        stuck="help.stuck",
        resume="main.start",
        noted="main.end",
    )
    step(book, step(book, opening(book, "bn"), Dialled(), FACTS).session, Typed("99 1"), FACTS)
    step(book, step(book, opening(book, "bn"), Dialled(), FACTS).session, Typed("44"), FACTS)
    assert asked == ["99 1"]


def test_a_list_without_items_leads_on_at_once() -> None:
    assert caller("4").at == "home.noted"


def test_the_answers_of_the_flow_fill_the_text() -> None:
    one = caller("1", "1", "7", "1")
    assert one.turn is not None
    assert one.turn.screen is not None
    assert dict(one.turn.screen.fill) == {"drink": "tea", "spoons": "7"}


def test_an_end_asks_for_its_effects_once_and_forgets_the_answers() -> None:
    one = caller("1", "1", "7", "1")
    turn = one.press("1")
    assert turn.effects == (RequestCallback(about="rusk", slot_at=NOW, slot_ends_at=NOW),)
    assert turn.screen is not None
    assert turn.screen.final
    assert one.session.over
    assert said(one) == {}
    assert one.session.trail == ()


def test_what_only_the_effects_know_is_filled_in_afterwards() -> None:
    turn = caller("1", "1", "7", "1").press("1")
    assert turn.screen is not None
    assert turn.screen.filled({"ticket": "12"}).fill == (("ticket", "12"),)


def test_a_chosen_language_is_spoken_from_its_own_screen_on() -> None:
    one = caller("3")
    assert one.session.language == "en"


# -- the four ways that are always there --------------------------------------------------


@pytest.mark.parametrize("keys", [(), ("1",), ("1", "1"), ("1", "1", "7"), ("2",)])
def test_0_leads_to_a_person_from_everywhere_and_back_again(keys: tuple[str, ...]) -> None:
    one = caller(*keys)
    there, answers = one.at, said(one)
    one.press("0")
    assert one.at == "help.offer"
    one.press("2")
    assert (one.at, said(one)) == (there, answers)


def test_0_at_the_offer_of_a_person_stays_there() -> None:
    one = caller("1", "0", "0", "0")
    assert one.at == "help.offer"
    one.press("2")
    assert one.at == "tea.start"


def test_00_leads_to_the_main_menu_and_keeps_what_was_said() -> None:
    one = caller("1", "2", "00")
    assert (one.at, one.session.trail, said(one)) == ("home.start", (), {"tea.drink": "coffee"})


@pytest.mark.parametrize("typed", ["99", "৯৯", "٩٩", " 99#"])
def test_99_leads_back_one_screen_at_a_time(typed: str) -> None:
    one = caller("1", "1", "7")
    assert [one.press(typed).session.at for _ in range(4)] == [
        "tea.sugar",
        "tea.start",
        "home.start",
        "home.start",
    ]


def test_going_back_keeps_the_answers_and_a_new_one_replaces_the_old() -> None:
    one = caller("1", "1", "7", "99", "99")
    assert said(one) == {"tea.drink": "tea", "tea.spoons": "7"}
    one.press("2")
    assert said(one) == {"tea.drink": "coffee", "tea.spoons": "7"}


def test_98_turns_the_page_and_99_turns_it_back_before_it_leaves_the_screen() -> None:
    one = caller("1", "1", "7")
    pages = [one.press(key).session.page for key in ("98", "98", "99", "99")]
    assert (pages, one.at) == ([1, 2, 1, 0], "tea.biscuit")
    one.press("99")
    assert one.at == "tea.sugar"


def test_a_number_of_the_list_counts_on_whatever_page_it_is_typed() -> None:
    assert said(caller("1", "1", "7", "98", "98", "1"))["tea.biscuit"] == "rusk"


def test_the_next_screen_begins_at_its_first_page() -> None:
    assert caller("1", "1", "7", "98", "98", "1").session.page == 0


def test_the_way_back_is_remembered_for_so_many_screens_and_no_more() -> None:
    one = caller("1")
    for _ in range(30):
        one.press("1", "7", "1", "2")
    assert len(one.session.trail) == LONGEST_TRAIL


def test_the_offer_of_a_person_is_not_shown_where_it_is_made() -> None:
    turn = caller("0").turn
    assert turn is not None
    assert turn.screen is not None
    assert not turn.screen.person


# -- wrong keys ----------------------------------------------------------------------------


@pytest.mark.parametrize("keys", [(), ("1",), ("1", "1"), ("1", "1", "7"), ("1", "1", "7", "ri")])
def test_a_wrong_key_asks_again_and_changes_nothing(keys: tuple[str, ...]) -> None:
    one = caller(*keys)
    before, shown = one.session, one.turn and one.turn.screen
    turn = one.press("97")
    assert shown is not None
    assert turn.screen == replace(shown, preface=NOT_UNDERSTOOD)
    assert one.session == msgspec.structs.replace(before, misses=1, preface=NOT_UNDERSTOOD)
    assert (turn.effects, turn.understood) == ((), False)


def test_three_wrong_tries_lead_to_the_offer_and_no_brings_the_question_back() -> None:
    one = caller("1", "1")
    assert [one.press("x").session.at for _ in range(3)] == ["tea.sugar", "tea.sugar", "help.stuck"]
    one.press("2")
    assert (one.at, one.session.misses, said(one)) == ("tea.sugar", 0, {"tea.drink": "tea"})


def test_the_pages_of_a_screen_stay_as_they_were_cut_while_they_are_turned() -> None:
    one = caller("1", "1", "7", "x")
    assert [one.press(key).session.preface for key in ("98", "98", "99")] == [NOT_UNDERSTOOD] * 3
    assert one.turn is not None
    assert one.turn.screen is not None
    assert one.turn.screen.preface == NOT_UNDERSTOOD
    assert one.press("1").session.preface == ""


def test_a_right_key_forgets_the_wrong_ones() -> None:
    one = caller("x", "x", "1", "x", "x")
    assert one.at == "tea.start"


def test_wrong_tries_at_the_offer_itself_ask_again_and_lead_nowhere_else() -> None:
    one = caller("x", "x", "x", "x", "x", "x", "x", "x")
    assert one.at == "help.stuck"
    one.press("2")
    assert one.at == "home.start"


def test_the_words_of_a_wrong_try_are_kept_by_sms_only() -> None:
    assert caller("1", "1").press("a lot").effects == ()
    by_sms = caller("1", "1", facts=SMS)
    assert by_sms.press("a lot").effects == (KeepText("a lot"),)


# -- coming, leaving and coming back -------------------------------------------------------


def test_a_caller_who_hangs_up_changes_nothing() -> None:
    one = caller("1", "1")
    turn = step(BOOK, one.session, HungUp(), FACTS)
    assert (turn.session, turn.screen, turn.effects) == (one.session, None, ())


def test_only_flows_that_resume_leave_a_draft() -> None:
    assert unfinished(BOOK, caller("2", "5", facts=loaded()).session) == {}
    assert unfinished(BOOK, caller("1", "2", "0").session) == {"tea.drink": "coffee"}


def test_a_secret_is_never_part_of_a_draft_and_whose_it_is_is_none_by_itself() -> None:
    session = msgspec.structs.replace(
        caller("2").session,
        answers={"secret.code": "42", "tea.whose": "p", "safe.thing": "ring"},
    )
    assert unfinished(BOOK, session) == {}
    begun = msgspec.structs.replace(session, answers={**session.answers, "tea.drink": "tea"})
    assert unfinished(BOOK, begun) == {"tea.whose": "p", "tea.drink": "tea"}


def test_a_secret_is_forgotten_at_the_end_of_whatever_conversation() -> None:
    one = caller("2", "42", facts=loaded())
    assert one.session.answers["secret.code"] == "42"
    one.press("1")
    assert (one.at, one.session.answers) == ("safe.taken", {})
    other = caller("2", "42", "00", "3", facts=loaded())
    assert (other.at, other.session.answers) == ("home.english", {})


def test_a_finished_conversation_leaves_no_draft() -> None:
    assert unfinished(BOOK, caller("1", "1", "7", "1", "1").session) == {}


def test_a_draft_is_offered_and_taken_up_at_the_first_open_question() -> None:
    one = Caller()
    one.dial({"tea.drink": "tea", "tea.spoons": "7"})
    assert one.at == "home.resume"
    one.press("1")
    assert (one.at, said(one)) == ("tea.biscuit", {"tea.drink": "tea", "tea.spoons": "7"})


def test_a_draft_whose_answers_are_all_there_goes_on_at_the_question_that_keeps_none() -> None:
    one = Caller()
    one.dial({"tea.drink": "tea", "tea.spoons": "7", "tea.biscuit": "oat"})
    one.press("1")
    assert one.at == "tea.sure"


def test_a_draft_with_an_answer_nobody_offers_any_more_asks_that_question_again() -> None:
    one = Caller()
    one.dial({"tea.drink": "cocoa", "tea.spoons": "7"})
    one.press("1")
    assert one.at == "tea.start"


def test_a_draft_that_is_refused_is_forgotten() -> None:
    one = Caller()
    one.dial({"tea.drink": "tea"})
    one.press("2")
    assert (one.at, said(one)) == ("home.start", {})
    assert unfinished(BOOK, one.session) == {}


def test_after_taking_up_a_draft_there_is_no_way_back_into_the_question_whether_to() -> None:
    one = Caller()
    one.dial({"tea.drink": "tea"})
    one.press("1", "99")
    assert one.at == "home.start"


OTHER = bind(
    HOME, Flow("tea", *TEA.screens[:-1], End("left", "Bye.", do=serve), resumes=True), HELP, SAFE
)
SHORTER = bind(
    Flow("home", *HOME.screens),
    Flow(
        "tea",
        Menu("start", "Tea?", Option(1, "Yes", value="tea", goto="left"), saves="drink"),
        End("left", "Bye."),
        resumes=True,
    ),
    HELP,
    SAFE,
)


def test_a_change_of_the_menus_in_mid_conversation_offers_the_answers_again() -> None:
    one = caller("1", "1", "7")
    one.book = SHORTER
    turn = one.press("12")
    assert one.at == "home.resume"
    assert turn.screen is not None
    assert turn.screen.preface == STARTING_AGAIN
    assert said(one) == {"tea.drink": "tea", "tea.spoons": "7"}
    assert one.session.revision == SHORTER.revision


def test_a_change_of_the_menus_before_anything_was_said_shows_the_main_menu() -> None:
    one = caller()
    one.book = SHORTER
    one.press("1")
    assert (one.at, said(one)) == ("home.start", {})


def test_other_words_on_the_screens_do_not_interrupt_anybody() -> None:
    one = caller("1", "1")
    one.book = OTHER
    assert one.press("7").session.at == "tea.biscuit"


def test_an_sms_keyword_counts_also_after_a_change_of_the_menus() -> None:
    one = caller("1", "1", facts=SMS)
    one.book = SHORTER
    assert one.press("HIDE ME").effects == (MarkUnsafe(),)
    assert one.turn is not None
    assert one.turn.screen is not None
    assert one.turn.screen.text == ""


@pytest.mark.parametrize("over", [True, False])
def test_free_words_by_sms_are_kept_also_after_a_change_of_the_menus(over: bool) -> None:
    one = caller("1", "3" if over else "1", facts=SMS)
    one.book = SHORTER
    turn = one.press("my brother is ill")
    assert turn.effects == (KeepText("my brother is ill"),)
    assert one.at == ("home.noted" if over else "home.resume")


# -- facts that have to be loaded first ----------------------------------------------------


def loaded(person: str = "p") -> Facts:
    return replace(FACTS, loaded={"gold": replace(THINGS, person_id=person)})


def test_a_screen_says_what_it_needs_and_nothing_is_shown_or_done_before_it_is_there() -> None:
    one = caller("2")
    turn = one.press("42")
    assert (turn.needs, turn.screen, turn.effects) == ("gold", None, ())
    assert turn.session.at == "safe.open"
    assert turn.session.answers == {"secret.code": "42"}
    assert one.at == "safe.code"


def test_with_what_was_needed_the_same_step_goes_on() -> None:
    one = caller("2")
    one.facts = loaded()
    one.press("42")
    assert one.at == "safe.list"
    one.facts = loaded(person="")
    assert caller("2", "42", facts=loaded(person="")).at == "safe.closed"


@pytest.mark.parametrize("key", ["1", "98", "99", "97", "x"])
def test_a_screen_needs_its_facts_again_for_the_next_key(key: str) -> None:
    one = caller("2", "42", facts=loaded())
    one.facts = FACTS
    turn = one.press(key)
    assert (turn.needs, turn.session.at) == ("gold", "safe.list")
    assert turn.session.answers == {"secret.code": "42"}
    one.facts = loaded()
    assert one.press("2").screen is not None
    assert one.at == "safe.taken"


# -- by SMS --------------------------------------------------------------------------------


def test_a_keyword_leads_there_from_anywhere() -> None:
    assert caller("1", "1", facts=SMS).press("Hide!").session.at == "help.offer"


def test_a_keyword_is_no_keyword_on_ussd() -> None:
    assert caller("1", "1").press("hide").session.at == "tea.sugar"


def test_a_longer_keyword_is_not_taken_for_the_shorter_one() -> None:
    assert caller(facts=SMS).press("hide me").session.at == "home.hidden"
    assert caller(facts=SMS).press("লুকাও").session.at == "home.hidden"


@pytest.mark.parametrize("typed", ["hide 12345", "please hide", "hidden"])
def test_a_keyword_must_be_the_whole_message(typed: str) -> None:
    one = caller(facts=SMS)
    assert one.press(typed).effects == (KeepText(typed),)
    assert one.at == "home.start"


@pytest.mark.parametrize(
    ("typed", "at", "drink"),
    [
        ("drink", "tea.start", None),
        ("drink 2", "tea.sugar", "coffee"),
        ("drink ২", "tea.sugar", "coffee"),
    ],
)
def test_words_after_some_keywords_are_the_answer_to_the_screen(
    typed: str, at: str, drink: str | None
) -> None:
    one = caller(facts=SMS)
    one.press(typed)
    assert (one.at, said(one).get("tea.drink")) == (at, drink)


def test_an_answer_after_a_keyword_that_is_not_understood_asks_the_question() -> None:
    one = caller(facts=SMS)
    turn = one.press("drink water")
    assert one.at == "tea.start"
    assert turn.screen is not None
    assert turn.screen.preface == NOT_UNDERSTOOD
    assert turn.effects == (KeepText("water"),)


def test_free_words_after_the_end_are_kept_and_acknowledged() -> None:
    one = caller("3", facts=SMS)
    turn = one.press("I have no money left")
    assert turn.effects == (KeepText("I have no money left"),)
    assert one.at == "home.noted"


@pytest.mark.parametrize("typed", ["1", "0", "99", ""])
def test_a_digit_after_the_end_is_a_fresh_start(typed: str) -> None:
    one = caller("3", facts=SMS)
    turn = one.press(typed)
    assert (one.at, turn.effects) == ("home.start", ())


def test_hiding_forgets_everything_that_was_said() -> None:
    one = caller("1", "1", "7", facts=SMS)
    one.press("hide me")
    assert said(one) == {}
    assert one.session.over


def test_screens_that_only_pass_on_to_each_other_are_an_error_and_no_endless_loop() -> None:
    turns = Flow(
        "main",
        Menu("start", "?", Option(1, "Go", goto="one")),
        Pass("one", goto=Fork(lambda _: "two", ("two", "end"))),
        Pass("two", goto=Fork(lambda _: "one", ("one", "end"))),
        End("end", "!"),
    )
    book = Book.of(
        turns,
        HELP,
        home="main.start",
        person="help.offer",
        stuck="help.stuck",
        resume="main.start",
        noted="main.end",
    )
    begun = step(book, opening(book, "bn"), Dialled(), FACTS).session
    with pytest.raises(RuntimeError, match="circle"):
        step(book, begun, Typed("1"), FACTS)
