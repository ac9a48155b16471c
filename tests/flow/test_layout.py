"""A screen becomes pages: numbered, cut where a reader can bear it, always with the ways on at the foot."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpline.flow.engine import Screen
from helpline.flow.layout import SMS, USSD, Budget, DoesNotFit, fill_in, page, pages
from helpline.flow.lettering import Unit, carries, clusters, compose, units
from helpline.flow.words import LANGUAGES, Label, Phrase

BANGLA = {
    "More": "আরও",
    "Back": "পেছনে",
    "Talk": "কথা",
    "Menu": "মেনু",
    "Not clear.": "বুঝতে পারিনি।",
    "Which day?": "কোন দিন?",
    "Stay or go?": "থাকবেন না যাবেন?",
}


def bangla(text: str) -> str:
    return BANGLA.get(text, text)


def english(text: str) -> str:
    return text


def screen(text: str, *lines: str | Label, **more: object) -> Screen:
    return Screen("test.it", text, lines=tuple(enumerate(lines, 1)), **more)  # type: ignore[arg-type]


def shown(one: Screen, language: str = "en", budget: Budget | None = None) -> tuple[str, ...]:
    return pages(one, language, budget or USSD[language], bangla if language == "bn" else english)


DAYS = [Label("সোম", "Shom", "Monday"), Label("মঙ্গল", "Mongol", "Tuesday")]


def test_a_screen_is_its_text_its_numbered_lines_and_the_ways_on() -> None:
    assert shown(screen("Which day?", *DAYS, back=True)) == (
        "Which day?\n1 Monday\n2 Tuesday\n99 Back 0 Talk 00 Menu",
    )


def test_in_bangla_the_text_is_looked_up_and_the_names_are_their_own() -> None:
    assert shown(screen("Which day?", *DAYS, back=True), "bn") == (
        "কোন দিন?\n1 সোম\n2 মঙ্গল\n99 পেছনে 0 কথা 00 মেনু",
    )


def test_what_was_not_understood_stands_first() -> None:
    assert shown(screen("Which day?", preface="Not clear."), "bn") == (
        "বুঝতে পারিনি।\nকোন দিন?\n0 কথা 00 মেনু",
    )


def test_beside_what_was_not_understood_the_question_begins_on_the_same_page() -> None:
    question = "Choose four secret digits, to see your dates later."
    one = screen(question, preface="That was not clear. Please try again.")
    assert shown(one, budget=Budget(Unit.ASCII, 70)) == (
        "That was not clear. Please try again.\nChoose four\n98 More 0 Talk",
        "secret digits, to see your dates later.\n99 Back 0 Talk 00 Menu",
    )


@pytest.mark.parametrize(
    ("back", "person", "foot"),
    [
        (False, True, "0 Talk 00 Menu"),
        (True, True, "99 Back 0 Talk 00 Menu"),
        (True, False, "99 Back 00 Menu"),
        (False, False, "00 Menu"),
    ],
)
def test_the_foot_offers_only_what_leads_somewhere(back: bool, person: bool, foot: str) -> None:
    assert shown(screen("Well?", back=back, person=person)) == (f"Well?\n{foot}",)


def test_a_last_screen_has_no_foot() -> None:
    assert shown(screen("Goodbye.", final=True)) == ("Goodbye.",)


def test_a_last_screen_that_takes_two_pages_is_refused() -> None:
    assert shown(screen("ক" * 80, final=True), "bn") == ("ক" * 80,)
    with pytest.raises(DoesNotFit, match=r"test\.it in bn: 81 of 80"):
        shown(screen("ক" * 81, final=True), "bn")


def test_lines_that_do_not_fit_go_to_the_next_page_whole() -> None:
    six = [f"Choice number {number}" for number in range(1, 7)]
    assert shown(screen("Which?", *six), budget=Budget(Unit.ASCII, 70)) == (
        "Which?\n1 Choice number 1\n2 Choice number 2\n98 More 0 Talk",
        "3 Choice number 3\n4 Choice number 4\n98 More 99 Back 0 Talk",
        "5 Choice number 5\n6 Choice number 6\n99 Back 0 Talk 00 Menu",
    )


def test_the_last_line_may_use_the_room_of_the_way_on_that_is_not_needed() -> None:
    exact = screen("Shall we call you tomorrow?", "Yes")
    assert shown(exact, budget=Budget(Unit.ASCII, 40)) == (
        "Shall we call you tomorrow?\n1 Yes\n0 Talk",
    )
    assert len(shown(exact, budget=Budget(Unit.ASCII, 39))) == 2


def test_a_text_longer_than_a_page_is_cut_between_words() -> None:
    text = "We keep your district and your need, and nobody else sees them."
    made = shown(screen(text, "I agree"), budget=Budget(Unit.ASCII, 50))
    assert made == (
        "We keep your district and your\n98 More 0 Talk",
        "need, and nobody else sees\n98 More 99 Back 0 Talk",
        "them.\n1 I agree\n99 Back 0 Talk 00 Menu",
    )


def test_a_word_longer_than_a_page_is_cut_between_letters() -> None:
    made = shown(screen("ক্ষি" * 40), "bn")
    kept = "".join(each.splitlines()[0] for each in made)
    assert kept == "ক্ষি" * 40
    assert all(
        len(clusters(each.splitlines()[0])) * 4 == len(each.splitlines()[0]) for each in made
    )


def test_a_page_without_room_for_a_letter_is_refused() -> None:
    with pytest.raises(DoesNotFit, match="no room for a letter"):
        shown(screen("Well?"), budget=Budget(Unit.ASCII, 7))


def test_turning_past_the_last_page_begins_again() -> None:
    six = [f"Choice number {number}" for number in range(1, 7)]
    one = screen("Which?", *six)
    small = Budget(Unit.ASCII, 70)
    whole = pages(one, "en", small, english)
    turned = [
        page(Screen("test.it", "Which?", lines=one.lines, page=number), "en", small, english)
        for number in range(7)
    ]
    assert turned == [*whole, *whole, whole[0]]


def test_what_is_sent_has_its_letters_put_together() -> None:
    apart = "য\u09bc ড\u09bc"
    assert shown(screen(apart, apart), "bn") == ("\u09df \u09dc\n1 \u09df \u09dc\n0 কথা 00 মেনু",)


# -- placeholders --------------------------------------------------------------------------

HOSTILE = [
    "{x}", "{day}", "{0}", "{0.__class__}", "{day!r}", "{day:>999}", "{{day}}", "%s", "%(day)s", "%",
    "$day", "<b>", "&lt;", "\\1", r"\g<1>", "{", "}", "`id`", "'; --",
]  # fmt: skip


@pytest.mark.parametrize("typed", HOSTILE)
def test_a_value_stands_as_it_is_whatever_it_looks_like(typed: str) -> None:
    assert fill_in("On {day}, {day}.", {"day": typed}, "en") == f"On {typed}, {typed}."


@pytest.mark.parametrize("text", HOSTILE[2:])
def test_nothing_in_a_text_is_interpreted_but_the_name_of_a_value(text: str) -> None:
    expected = text.replace("{day}", "Monday")
    assert fill_in(text, {"day": "Monday"}, "en") == expected


def test_a_placeholder_without_a_value_stays_to_be_seen() -> None:
    assert fill_in("{day} {night}", {"day": "Mon"}, "en") == "Mon {night}"


def test_an_empty_value_leaves_no_double_space() -> None:
    values = {"centre": "TTC", "address": "", "phone": ""}
    assert fill_in("{centre}. {address} {phone} Dial.", values, "en") == "TTC. Dial."
    assert fill_in("{centre}. {address} {phone}", values, "en") == "TTC."


def test_a_name_is_filled_in_in_the_language_of_the_screen() -> None:
    values = {"day": DAYS[0]}
    assert [fill_in("{day}", values, language) for language in LANGUAGES] == [
        "সোম",
        "Shom",
        "Monday",
    ]


def test_a_value_is_filled_into_the_lines_too_but_never_into_a_name() -> None:
    label = Label("{day}", "{day}", "{day}")
    assert shown(screen("{day}", "{day}", label, fill=(("day", "Monday"),))) == (
        "Monday\n1 Monday\n2 {day}\n0 Talk 00 Menu",
    )


def test_a_phrase_is_translated_with_its_values_and_names_stay_names() -> None:
    words = {"{kind}, {place}": "{place}: {kind}", "House": "ঘর"}
    phrase = Phrase(
        "{kind}, {place}", (("kind", "House"), ("place", Label("ঢাকা", "Dhaka", "Dhaka")))
    )
    of_it = Screen(address="x.y", text="{what}", fill=(("what", phrase),), lines=((1, phrase),))
    made = pages(of_it, "bn", USSD["bn"], lambda text: words.get(text, text))[0]
    assert made.splitlines()[:2] == [compose("ঢাকা: ঘর"), compose("1 ঢাকা: ঘর")]


@pytest.mark.parametrize("value", ["{kind}", "%s", "<b>", "{x}", ""])
def test_what_stands_in_a_phrase_is_not_interpreted(value: str) -> None:
    phrase = Phrase("[{kind}]", (("kind", Label(value, value, value)),))
    of_it = Screen(address="x.y", text="{what}", fill=(("what", phrase),))
    assert pages(of_it, "en", USSD["en"], str)[0].splitlines()[0] == f"[{value}]"


def test_a_value_that_looks_like_a_placeholder_is_not_filled_again() -> None:
    assert fill_in("{one} {two}", {"one": "{two}", "two": "{one}"}, "en") == "{two} {one}"


# -- whatever the words are ------------------------------------------------------------------

bangla_words = st.text(
    st.sampled_from("কখগঙজঞডণতমযরলশষসহড়ঢ়য়অআইািীুূেৈোৌ্ংঁ 1"), min_size=1, max_size=120
)
latin_words = st.text(st.characters(codec="ascii", categories=["L", "N", "P", "Zs"]), max_size=200)


@given(
    text=bangla_words,
    lines=st.lists(bangla_words, max_size=9),
    back=st.booleans(),
    person=st.booleans(),
    preface=st.sampled_from(["", "Not clear."]),
    channel=st.sampled_from([USSD, SMS]),
)
@settings(max_examples=120, deadline=None)
def test_bangla_pages_always_fit_keep_every_letter_and_end_in_the_ways_on(
    text, lines, back, person, preface, channel
) -> None:
    one = screen(text, *lines, back=back, person=person, preface=preface)
    budget = channel["bn"]
    made = pages(one, "bn", budget, bangla)
    for number, each in enumerate(made, 1):
        *_rows, foot = each.split("\n")
        assert units(each, budget.unit) <= budget.size
        assert ("98 আরও" in foot) == (number < len(made))
        assert ("99 পেছনে" in foot) == (back or number > 1)
        assert ("0 কথা" in foot) == person
    content = [row for each in made for row in each.split("\n")[:-1]]
    wanted = [
        BANGLA.get(preface, preface),
        text,
        *(f"{k} {line}" for k, line in enumerate(lines, 1)),
    ]
    letters = compose("".join(wanted)).replace(" ", "")
    assert "".join(content).replace(" ", "") == letters


@given(
    text=latin_words,
    lines=st.lists(latin_words, max_size=9),
    budget=st.sampled_from([USSD["bn_Latn"], USSD["en"], SMS["en"]]),
)
@settings(max_examples=80, deadline=None)
def test_latin_pages_always_fit_and_carry_every_character(text, lines, budget) -> None:
    for each in pages(screen(text, *lines), "en", budget, english):
        assert units(each, budget.unit) <= budget.size
        assert carries(each, budget.unit)


@given(text=bangla_words)
@settings(max_examples=80, deadline=None)
def test_no_letter_is_ever_split_between_two_pages(text: str) -> None:
    rows = [each.split("\n")[0] for each in pages(screen(text), "bn", USSD["bn"], bangla)]
    whole = clusters(compose(text).replace(" ", ""))
    parts = [letter for row in rows for letter in clusters(row.replace(" ", ""))]
    assert parts == whole
