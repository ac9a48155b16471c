"""What the lexicon of danger finds, what it leaves alone, and how often it is wrong."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpline.cases.crisis import Force, Level, Lexicon, phrase
from helpline.cases.crisis_leaning import Bars, Leaning, WordSet
from helpline.cases.crisis_words import fold, sound, tokens
from helpline.data.files import table_of
from helpline.data.load import load_crisis_phrases, load_retired

CORPUS = Path(__file__).parent.parent / "data" / "crisis_corpus.tsv"
ENOUGH_RECALL = 0.95
"""Of the lines the phrases and the weights were made with."""
KEPT_RECALL = 0.90
"""Of the lines of part `kept`, from which nothing was learnt (but which the same hand wrote)."""
BLIND_RECALL = 0.95
"""Of the lines of part `blind`: written by somebody who had not read the lexicon, read by nobody who changed it."""
MOST_ALARMS_FOR_NOTHING = 0.05
"""Of the everyday lines in use, how many may call somebody at once."""
MOST_KEPT_ALARMS = 0.13
"""Of the kept everyday lines, most of them hard ones."""
MOST_BLIND_ALARMS = 0.22
"""Of the blind everyday lines, nearly all of them hard on purpose: what is true today."""
MOST_WORRIES_FOR_NOTHING = 0.15
MOST_ALARMS_FOR_WORRY = 0.10
MOST_KEPT_ALARMS_FOR_WORRY = 0.25
RANK = {Level.NONE: 0, Level.WORRY: 1, Level.DANGER: 2}
AT_LEAST = {
    Force.DANGER: Level.DANGER,
    Force.LIKELY: Level.DANGER,
    Force.HINT: Level.NONE,
    Force.WORRY: Level.WORRY,
    Force.SAYING: Level.WORRY,
    Force.HARMLESS: Level.NONE,
}


class Line(NamedTuple):
    """A short text and what it asks of us."""

    expected: Level
    script: str
    text: str
    part: str


def corpus() -> list[Line]:
    _, *lines = CORPUS.read_text("utf-8").splitlines()
    return [
        Line(Level(expected), script, text, part)
        for expected, script, text, part in (line.split("\t") for line in lines)
    ]


LINES = corpus()
KEPT = [line for line in LINES if line.part == "kept"]
BLIND = [line for line in LINES if line.part == "blind"]
KNOWN = [line for line in LINES if line.part not in ("kept", "blind")]
LEXICON = load_crisis_phrases()
PHRASES = table_of("crisis/phrases.tsv")


def share(lines: Iterable[Line], expected: Level, *found: Level) -> float:
    """How many of the lines with this expectation are read as one of these levels."""
    levels = [level(line.text) for line in lines if line.expected is expected]
    return sum(level in found for level in levels) / max(len(levels), 1)


@cache
def level(text: str) -> Level:
    return LEXICON.read(text).level


def small(*lines: tuple[Force, str]) -> Lexicon:
    return Lexicon(phrase(force, "self_harm", words) for force, words in lines)


# how often it is right


def test_the_corpus_is_large_and_of_all_kinds() -> None:
    counted = Counter(line.expected for line in LINES)
    assert counted[Level.DANGER] >= 170
    assert counted[Level.WORRY] >= 70
    assert counted[Level.NONE] >= 120
    assert {line.script for line in LINES} == {"bn", "latin", "en"}
    assert len({line.text for line in LINES}) == len(LINES)
    parts = Counter(line.part for line in LINES)
    assert set(parts) == {"open", "held", "second", "third", "fourth", "kept", "blind"}
    assert parts["kept"] >= 400
    assert parts["blind"] >= 300
    assert 0.3 < parts["held"] / (parts["held"] + parts["open"]) < 0.36


def test_what_was_measured_is_printed() -> None:
    print()
    for part in ("open", "held", "second", "third", "fourth", "kept", "blind", "all"):
        for script in ("bn", "latin", "en", "all"):
            lines = [
                line
                for line in LINES
                if part in (line.part, "all") and script in (line.script, "all")
            ]
            print(
                f"{part:7}{script:6}"
                f" danger found {share(lines, Level.DANGER, Level.DANGER):6.1%}"
                f"  everyday to danger {share(lines, Level.NONE, Level.DANGER):5.1%}"
                f"  everyday to anything {share(lines, Level.NONE, Level.DANGER, Level.WORRY):5.1%}"
                f"  worry to danger {share(lines, Level.WORRY, Level.DANGER):5.1%}"
            )


def test_danger_is_found() -> None:
    missed = [
        line.text
        for line in KNOWN
        if line.expected is Level.DANGER and level(line.text) is not Level.DANGER
    ]
    assert share(KNOWN, Level.DANGER, Level.DANGER) >= ENOUGH_RECALL, missed


@pytest.mark.parametrize("script", ["bn", "latin", "en"])
def test_danger_is_found_in_every_script(script: str) -> None:
    lines = [line for line in KNOWN if line.script == script]
    assert share(lines, Level.DANGER, Level.DANGER) >= ENOUGH_RECALL


def test_danger_is_found_in_lines_from_which_nothing_was_learnt() -> None:
    assert share(KEPT, Level.DANGER, Level.DANGER) >= KEPT_RECALL


def test_danger_is_found_in_lines_that_nobody_who_changed_the_lexicon_has_read() -> None:
    assert share(BLIND, Level.DANGER, Level.DANGER) >= BLIND_RECALL
    assert share(BLIND, Level.NONE, Level.DANGER) <= MOST_BLIND_ALARMS


def test_everyday_lines_seldom_call_somebody() -> None:
    assert share(KNOWN, Level.NONE, Level.DANGER) <= MOST_ALARMS_FOR_NOTHING
    assert share(KNOWN, Level.NONE, Level.DANGER, Level.WORRY) <= MOST_WORRIES_FOR_NOTHING
    assert share(KEPT, Level.NONE, Level.DANGER) <= MOST_KEPT_ALARMS


def test_worry_seldom_becomes_danger() -> None:
    assert share(KNOWN, Level.WORRY, Level.DANGER) <= MOST_ALARMS_FOR_WORRY
    assert share(KEPT, Level.WORRY, Level.DANGER) <= MOST_KEPT_ALARMS_FOR_WORRY


def test_no_place_and_no_country_is_a_sign_by_itself() -> None:
    named = [
        row[script]
        for table in ("divisions", "districts", "upazilas", "countries")
        for row in table_of(f"places/{table}.tsv")
        for script in ("bn", "latin", "en")
    ]
    assert not [name for name in named if level(name) is not Level.NONE]


# how words are compared


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("বাঁচতে", "বাচতে"),
        ("দুঃখ", "দুখ"),
        ("জীবন", "জিবন"),
        ("বিষ", "বিশ"),
        ("মরণ", "মরন"),
        ("মরবো", "মরব"),
        ("মরতেই", "মরতে"),
        ("আমাকেও", "আমাকে"),
        ("যেতে", "জেতে"),
        ("১৪", "14"),
        ("মেয়ে", "মেয\u09bcে"),
        ("বাড়ি", "বাড\u09bcি"),
        ("মরতে\u200d", "মর\u200cতে"),
        ("ko\u0301", "k\u00f3"),
        ("bhalo", "valo"),
        ("bachte", "bacchte"),
        ("shesh", "ses"),
        ("khabo", "kabo"),
        ("phashi", "fasi"),
        ("don't", "dont"),
        ("DON’T", "dont"),
    ],
)
def test_spellings_that_sound_alike_are_one_word(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("11", "1"), ("মার", "মারা"), ("চাই", "চায়"), ("নেই", "নে"), ("mare", "more")]
)
def test_words_that_differ_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_signs_between_words_do_not_count() -> None:
    assert fold(" আমি...আর!! (বাঁচব) 😢 না।") == fold("আমি আর বাঁচব না")


def test_a_gap_stands_for_none_to_three_words() -> None:
    lexicon = small((Force.DANGER, "want _ die"))
    for between in ("", "to", "now to", "so much to"):
        assert lexicon.read(f"i want {between} die").level is Level.DANGER
    assert lexicon.read("i want so very much to die").level is Level.NONE


def test_a_beginning_finds_every_ending_and_a_word_only_itself() -> None:
    lexicon = small((Force.DANGER, "attohot*"), (Force.WORRY, "mon"))
    assert lexicon.read("attohottar").level is Level.DANGER
    assert lexicon.read("money").level is Level.NONE


@pytest.mark.parametrize("wrong", ["", "_", "_ die", "want _", "*", "want */die", "!"])
def test_a_line_without_words_at_both_ends_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"must begin and end|without letters"):
        phrase(Force.DANGER, "self_harm", wrong)


# what is said so that it is not danger


@pytest.mark.parametrize(
    "text",
    [
        "আমি মরতে চাই না",
        "আমি মরতে চাইনা, কাজ চাই",
        "স্বামী আমাকে মারে না",
        "ami morte chai na",
        "sami amake mare na",
        "I do not want to die",
        "he does not hit me",
    ],
)
def test_what_is_denied_is_no_danger(text: str) -> None:
    assert level(text) is Level.NONE


@pytest.mark.parametrize(
    "text",
    [
        "আমি মরতে চাই। না করবেন না",
        "স্বামী আমাকে মারে, না খাওয়ায়",
        "ami morte chai, na hole ki korbo",
        "আমি বাঁচতে চাই না",
        "মরতে চাই না কিন্তু ওরা মেরে ফেলবে",
    ],
)
def test_a_denial_reaches_no_further_than_a_breath(text: str) -> None:
    assert level(text) is Level.DANGER


@pytest.mark.parametrize(
    "text",
    [
        "ঋণের জ্বালায় মরি",
        "না খেয়ে মরে যাব",
        "gorome more jacchi",
        "na kheye more jabo",
        "I am dying of hunger",
    ],
)
def test_an_everyday_saying_is_worry_and_not_danger(text: str) -> None:
    assert level(text) is Level.WORRY


@pytest.mark.parametrize(
    "text",
    [
        "ঋণের জ্বালায় আত্মহত্যা করব",
        "লজ্জায় মরে যেতে ইচ্ছা করে",
        "na kheye achi, ami morte chai",
        "dying of shame, I want to die",
        "না খেয়ে আছি। আমি মরব",
    ],
)
def test_an_explicit_wish_inside_a_saying_stays_danger(text: str) -> None:
    assert level(text) is Level.DANGER


def test_a_saying_takes_no_more_words_than_it_needs() -> None:
    lexicon = small((Force.SAYING, "না খেয়ে _ মরি"), (Force.LIKELY, "মরি"))
    assert lexicon.read("না খেয়ে মরি").level is Level.WORRY
    assert lexicon.read("না খেয়ে মরি আজ মরি").level is Level.DANGER


def test_harmless_beats_danger_beats_saying_beats_likely() -> None:
    lexicon = small(
        (Force.HARMLESS, "one two"),
        (Force.DANGER, "two three"),
        (Force.SAYING, "four five"),
        (Force.LIKELY, "five"),
        (Force.DANGER, "five six"),
    )
    assert lexicon.read("one two three").level is Level.NONE
    assert lexicon.read("two three").level is Level.DANGER
    assert lexicon.read("four five").level is Level.WORRY
    assert lexicon.read("five").level is Level.DANGER
    assert lexicon.read("four five six").level is Level.DANGER


@pytest.mark.parametrize(
    ("text", "about_another"),
    [
        ("আমার ভাই বিষ খেয়েছে", True),
        ("amar bon suicide korte chay", True),
        ("my brother wants to die", True),
        ("আমি আত্মহত্যা করব", False),
        ("i want to die", False),
    ],
)
def test_danger_of_somebody_else_is_danger_and_said_to_be(text: str, about_another: bool) -> None:
    sign = LEXICON.read(text)
    assert sign.level is Level.DANGER
    assert sign.about_another is about_another


# what the whole text leans to

WEIGHTS = {"start": -1.0, "word alpa": 0.5, "set rope": 0.5, "sets me rope": 1.0, "set aside": -2.0}
SETS = (WordSet("rope", "self_harm", ("দড়ি*",)), WordSet("me", "", ("আমি", "ami")))


def leaning(*phrases: tuple[Force, str]) -> Lexicon:
    return Lexicon(
        (phrase(force, "violence", words) for force, words in phrases),
        Leaning(SETS, WEIGHTS, Bars(danger=0.6, worry=0.2, hint=0.5)),
    )


def test_a_text_without_a_phrase_is_danger_when_it_leans_far_enough() -> None:
    sign = leaning().read("alpa ami dorita ami")
    assert sign.level is Level.DANGER
    assert sign.topics == ("self_harm",)
    assert sign.phrases == ()


def test_one_set_is_found_in_both_scripts() -> None:
    assert leaning().read("আলপা আমি দড়িটা আমি") == leaning().read("alpa ami dorita ami")


def test_a_text_that_leans_less_is_worry_and_then_nothing() -> None:
    assert leaning().read("ami dorita ami ami").level is Level.WORRY
    assert leaning().read("ami alpa ami ami").level is Level.NONE


def test_a_hint_is_nothing_by_itself_and_pushes_a_text_that_leans() -> None:
    lexicon = leaning((Force.HINT, "mone"))
    assert lexicon.read("mone").level is Level.NONE
    assert lexicon.read("ami dorita ami ami mone").level is Level.DANGER
    assert leaning().read("ami dorita ami ami mone").level is Level.WORRY


def test_few_known_words_lean_less_and_one_or_two_nowhere() -> None:
    assert leaning().read("alpa ami dorita").level is Level.NONE
    strong = Leaning(SETS, {**WEIGHTS, "set rope": 5.0}, Bars(danger=0.6, worry=0.2, hint=0.5))
    assert Lexicon((), strong).read("ami dorita").level is Level.NONE
    assert Lexicon((), strong).read("alpa ami dorita").level is Level.DANGER
    assert Lexicon((), strong).read("ami dorita kumkum kumkum kumkum").level is Level.NONE


def test_what_is_set_aside_is_not_weighed() -> None:
    lexicon = leaning((Force.HARMLESS, "dorita"))
    assert lexicon.read("alpa ami dorita ami ami ami").level is Level.NONE


def test_a_phrase_is_danger_however_the_text_leans() -> None:
    assert leaning((Force.DANGER, "mon")).read("mon kumkum").level is Level.DANGER


def test_a_long_text_leans_as_far_as_its_worst_part() -> None:
    far = "kumkum " * 300
    assert leaning().read(f"{far} alpa ami dorita ami {far}").level is Level.DANGER


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("মরতে", "morte"),
        ("mrte", "morte"),
        ("ভালো", "valo"),
        ("ছেলে", "sele"),
        ("জন্য", "jonno"),
        ("স্বামী", "shami"),
        ("আটকায়া", "atkaya"),
        ("১৪", "14"),
        ("দড়ি", "dhori"),
    ],
)
def test_words_that_sound_alike_are_one_in_both_scripts(one: str, other: str) -> None:
    assert [sound(word) for word in tokens(one)] == [sound(word) for word in tokens(other)]


@pytest.mark.parametrize(("one", "other"), [("মারে", "মরে"), ("mare", "more"), ("11", "1")])
def test_words_that_sound_different_stay_different(one: str, other: str) -> None:
    assert [sound(word) for word in tokens(one)] != [sound(word) for word in tokens(other)]


def test_every_weight_belongs_to_a_trait_that_can_be_found() -> None:
    kinds = {row["trait"].split(" ")[0] for row in table_of("crisis/weights.tsv")}
    assert kinds == {"bar", "near", "piece", "set", "sets", "start", "word"}


def test_a_sign_names_topics_and_the_lines_that_were_found() -> None:
    sign = small((Force.DANGER, "want _ die"), (Force.WORRY, "sad")).read("sad, want to die")
    assert sign.topics == ("self_harm",)
    assert sign.phrases == ("want _ die",)
    assert LEXICON.read("ধন্যবাদ").phrases == ()


# any text

LETTERS = st.sampled_from(
    "আমিমরতেচাইনাঁ়্ািৌয়ড়ঢ়ৎ৯amorchtekill n'’,.।!?\n\t\u200d\u200c😢ªßſΣİمرحبا死\ud800"
)
ANY_TEXT = st.one_of(st.text(), st.text(LETTERS, max_size=400))


@given(ANY_TEXT)
def test_any_text_is_read(text: str) -> None:
    assert LEXICON.read(text).level in Level


@given(ANY_TEXT)
def test_folding_twice_changes_nothing_but_what_words_end_in(text: str) -> None:
    assert all(fold(word) for word in fold(text))


@given(ANY_TEXT)
def test_a_text_has_as_many_words_by_sound_as_by_spelling(text: str) -> None:
    assert len(fold(text)) == len(tokens(text))
    assert all(sound(word) for word in tokens(text))


@pytest.mark.parametrize(
    "again",
    [
        "আমি ",
        "না খেয়ে ",
        "বাঁচতে মরতে আমাকে ",
        "amake mare na ",
        "want want ",
        "a",
        "মার, ",
        "taka na dile ",
    ],
)
def test_the_longest_text_takes_no_time(again: str) -> None:
    text = (again * 1600)[:1600]
    started = perf_counter()
    LEXICON.read(text)
    assert perf_counter() - started < 2


# the lines themselves


def spoken(words: str) -> str:
    """A line as somebody would say it: no gaps, the first of several words, no marks."""
    return " ".join(place.split("/")[0].rstrip("*") for place in words.split() if place != "_")


def test_every_line_finds_itself_with_its_own_force() -> None:
    weak = [
        row["words"]
        for row in PHRASES
        if RANK[level(spoken(row["words"]))] < RANK[AT_LEAST[Force(row["force"])]]
    ]
    assert not weak


def test_every_line_that_calms_is_left_alone_by_itself() -> None:
    alarming = [
        row["words"]
        for row in PHRASES
        if row["force"] == Force.HARMLESS and level(spoken(row["words"])) is not Level.NONE
    ]
    assert not alarming


def test_no_line_stands_twice_and_every_topic_is_known() -> None:
    lines = [(row["force"], row["words"]) for row in PHRASES]
    assert len(set(lines)) == len(lines)
    assert {row["topic"] for row in PHRASES} == {"self_harm", "violence", "captive", "child"}


def test_no_line_holds_a_number_that_is_no_longer_anybodys() -> None:
    digits = [re.sub(r"\D", "", row["words"]) for row in PHRASES]
    assert not [each for each in digits if any(number in each for number in load_retired())]
