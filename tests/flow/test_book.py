"""A book is refused when it is bound, with every fault in it, and its revision is what its digits mean."""

from __future__ import annotations

import pytest

from helpline.flow.book import BACK, RESTART, RESUME, Book, WrongBook
from helpline.flow.words import End, Flow, Fork, Keyword, Menu, Option, Pass, Pick, Scene

YES = Option(1, "Yes", goto="end")
HELP = Flow("help", End("person", "Somebody will call."))


def book(*screens: object, keywords: tuple[Keyword, ...] = (), **doors: str) -> Book:
    """Bind a book of one flow `main` and a flow to fall back on."""
    kept = {"person": "help.person", "stuck": "help.person", "resume": "help.person"} | doors
    return Book.of(
        Flow("main", *screens),  # type: ignore[arg-type]
        HELP,
        home=kept.pop("home", "main.start"),
        noted=kept.pop("noted", "help.person"),
        keywords=keywords,
        **kept,
    )


def faults(*screens: object, keywords: tuple[Keyword, ...] = (), **doors: str) -> list[str]:
    with pytest.raises(WrongBook) as refused:
        book(*screens, keywords=keywords, **doors)
    return str(refused.value).splitlines()


def nothing(_scene: Scene) -> tuple[()]:
    return ()


END = End("end", "Goodbye.")


def test_a_book_without_a_fault_is_bound_with_every_screen_by_its_address() -> None:
    bound = book(Menu("start", "Well?", YES), END)
    assert list(bound.pages) == ["main.start", "main.end", "help.person"]
    assert bound.flow("main").screens[1] is bound.pages["main.end"].screen


def test_a_way_to_a_screen_that_does_not_exist_is_refused() -> None:
    assert faults(Menu("start", "Well?", YES, Option(2, "No", goto="nowhere")), END) == [
        "main.start leads to main.nowhere, which does not exist"
    ]


def test_a_way_to_another_flow_that_does_not_exist_is_refused() -> None:
    assert faults(Menu("start", "Well?", YES, Option(2, "No", goto="money.start")), END) == [
        "main.start leads to money.start, which does not exist"
    ]


def test_every_branch_of_a_fork_must_exist() -> None:
    fork = Fork(lambda _scene: "end", ("end", "lost"))
    assert faults(Menu("start", "Well?", Option(1, "Yes", goto=fork)), END) == [
        "main.start leads to main.lost, which does not exist"
    ]


@pytest.mark.parametrize("way", ["empty", "several"])
def test_where_a_list_leads_without_items_or_with_too_many_must_exist(way: str) -> None:
    listed = Pick("start", "Which?", items=nothing, saves="it", goto="end", **{way: "lost"})
    assert faults(listed, END) == ["main.start leads to main.lost, which does not exist"]


@pytest.mark.parametrize("door", ["home", "person", "stuck", "resume", "noted"])
def test_a_book_that_opens_at_no_screen_is_refused(door: str) -> None:
    said = faults(Menu("start", "Well?", YES), END, **{door: "main.lost"})
    assert "the book opens at main.lost, which does not exist" in said


def test_a_keyword_that_leads_nowhere_is_refused() -> None:
    said = faults(Menu("start", "Well?", YES), END, keywords=(Keyword(("hi",), "main.hello"),))
    assert said == ["the book opens at main.hello, which does not exist"]


def test_a_screen_that_nothing_leads_to_is_refused() -> None:
    assert faults(Menu("start", "Well?", YES), END, End("forgotten", "Boo.")) == [
        "nothing leads to main.forgotten"
    ]


def test_a_screen_that_only_a_keyword_leads_to_is_reached() -> None:
    bound = book(
        Menu("start", "Well?", YES),
        END,
        End("hello", "Hello."),
        keywords=(Keyword(("hi",), "main.hello"),),
    )
    assert "main.hello" in bound.pages


def test_screens_that_only_lead_to_each_other_are_a_dead_end() -> None:
    start = Menu("start", "Well?", YES, Option(2, "Round", goto="round"))
    round_ = Menu("round", "And?", Option(1, "About", goto="about"))
    about = Pass("about", goto="round")
    assert faults(start, END, round_, about) == [
        "main.round never comes to an end",
        "main.about never comes to an end",
    ]


@pytest.mark.parametrize("way", [BACK, RESUME, RESTART])
def test_the_way_back_the_draft_and_a_clean_start_are_ways_out(way: str) -> None:
    start = Menu("start", "Well?", YES, Option(2, "Look", goto="look"))
    bound = book(start, END, Menu("look", "Seen?", Option(1, "Yes", goto=way)))
    assert bound.pages["main.look"].targets() == (way,)


def test_ten_options_are_more_than_a_keypad_has() -> None:
    ten = [Option(key, str(key), goto="end") for key in range(1, 11)]
    said = faults(Menu("start", "Well?", *ten), END)
    assert said[0] == "main.start has 10 options; a menu has one to nine"


def test_nine_options_are_not_too_many() -> None:
    nine = [Option(key, str(key), goto="end") for key in range(1, 10)]
    assert len(book(Menu("start", "Well?", *nine), END).pages) == 3


def test_a_menu_without_options_is_refused() -> None:
    assert "main.start has 0 options; a menu has one to nine" in faults(Menu("start", "Well?"), END)


@pytest.mark.parametrize("key", [1, 0, 10, -1])
def test_a_digit_used_twice_or_not_on_the_keypad_is_refused(key: int) -> None:
    said = faults(Menu("start", "Well?", YES, Option(key, "Also", goto="end")), END)
    assert said == ["main.start uses a digit twice, or one that is not 1 to 9"]


def test_an_option_that_leads_nowhere_is_refused() -> None:
    assert faults(Menu("start", "Well?", YES, Option(2, "No", value="no")), END) == [
        "main.start option 2 leads nowhere"
    ]


def test_an_option_without_a_value_is_refused_where_the_answer_is_kept() -> None:
    unsaid = Menu("start", "Well?", Option(1, "Yes"), saves="well", goto="end")
    assert faults(unsaid, END) == ["main.start option 1 says nothing to keep"]


def test_two_screens_with_one_address_are_refused() -> None:
    assert "two screens have the same address" in faults(
        Menu("start", "Well?", YES), END, End("end", "Goodbye again.")
    )


def test_two_flows_with_one_name_are_refused_when_their_screens_meet() -> None:
    with pytest.raises(WrongBook, match="two screens have the same address"):
        Book.of(
            HELP,
            Flow("help", End("person", "Somebody else will call.")),
            home="help.person",
            person="help.person",
            stuck="help.person",
            resume="help.person",
            noted="help.person",
        )


def test_all_faults_are_told_at_once() -> None:
    start = Menu("start", "Well?", Option(1, "Yes", goto="lost"), Option(1, "No"))
    assert faults(start, End("end", "Goodbye.")) == [
        "main.start leads to main.lost, which does not exist",
        "main.start uses a digit twice, or one that is not 1 to 9",
        "main.start option 1 leads nowhere",
        "nothing leads to main.end",
        "main.start never comes to an end",
    ]


def revision(*options: Option, text: str = "Well?", saves: str = "") -> str:
    return book(Menu("start", text, *options, saves=saves), END, End("other", "Other.")).revision


TWO = (YES, Option(2, "No", goto="other"))


def test_other_words_keep_the_revision() -> None:
    reworded = (Option(1, "Of course", goto="end"), Option(2, "Never", goto="other"))
    assert revision(*reworded, text="Is it well?") == revision(*TWO)


@pytest.mark.parametrize(
    "options",
    [
        pytest.param((Option(3, "Yes", goto="end"), TWO[1]), id="another digit"),
        pytest.param((YES, Option(2, "No", goto="other"), Option(3, "?", goto="end")), id="more"),
        pytest.param((Option(1, "Yes", goto="other"), Option(2, "No", goto="end")), id="targets"),
        pytest.param((Option(1, "Yes", value="y", goto="end"), TWO[1]), id="another value"),
    ],
)
def test_a_digit_that_means_something_else_is_another_revision(options: tuple[Option, ...]) -> None:
    assert revision(*options) != revision(*TWO)


def test_another_name_for_the_answer_is_another_revision() -> None:
    said = (Option(1, "Yes", value="y", goto="end"), Option(2, "No", value="n", goto="other"))
    assert revision(*said, saves="well") != revision(*said, saves="health")


def test_the_order_in_which_flows_are_named_keeps_the_revision() -> None:
    main = Flow("main", Menu("start", "Well?", YES), END)
    doors = {"home": "main.start", **dict.fromkeys(("person", "stuck", "resume"), "help.person")}
    one = Book.of(main, HELP, noted="help.person", **doors)  # type: ignore[arg-type]
    other = Book.of(HELP, main, noted="help.person", **doors)  # type: ignore[arg-type]
    assert one.revision == other.revision
