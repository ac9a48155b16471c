"""Campaigns, without anything that reads or writes: segments, second persons, costs, pace."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpline.cases import campaigns
from helpline.cases.campaigns import (
    AHEAD,
    GROUP_OF,
    NEEDS,
    SEXES,
    Bulk,
    Segment,
    cost,
    needs_second_person,
    parts,
    progress,
    readable,
    slots,
    telling,
    too_few,
)
from helpline.cases.states import MESSAGE
from helpline.cases.suppression import line
from menus.registration import REGISTRATION

NEUTRAL_BN = "আগামী সপ্তাহে মেলা হবে। সময় পেলে আসবেন।"
NEUTRAL_EN = "There is a fair next week. You are welcome."


def offered(screen: str) -> tuple[str, ...]:
    """What callers may choose on a screen of the registration."""
    menu = next(each for each in REGISTRATION.screens if each.name == screen)
    return tuple(option.value for option in menu.options)


def test_a_segment_is_chosen_by_what_callers_say_when_they_register() -> None:
    assert offered("need") == NEEDS
    assert offered("sex") == SEXES


@pytest.mark.parametrize(
    ("segment", "restricted"),
    [
        (Segment(), False),
        (Segment(needs=frozenset({"work", "papers"})), False),
        (Segment(needs=frozenset({"work", "counselling"})), True),
        (Segment(needs=frozenset({"health"})), True),
        (Segment(sexes=frozenset({"woman"})), False),
        (Segment(sexes=frozenset({"other"})), True),
        (Segment(sexes=frozenset({"other", "unsaid"})), True),
        (Segment(sexes=frozenset({"other", "woman"})), False),
    ],
)
def test_a_segment_is_restricted_when_being_in_it_tells_something(
    segment: Segment, restricted: bool
) -> None:
    assert segment.restricted is restricted


def test_a_second_person_looks_at_what_is_restricted_not_neutral_or_large() -> None:
    bulk = Bulk(second_person_above=100)
    assert not needs_second_person(Segment(), 100, neutral=True, bulk=bulk)
    assert needs_second_person(Segment(), 101, neutral=True, bulk=bulk)
    assert needs_second_person(Segment(), 10, neutral=False, bulk=bulk)
    assert needs_second_person(Segment(needs=frozenset({"legal"})), 10, neutral=True, bulk=bulk)


def test_texts_are_looked_at_in_the_languages_that_will_go() -> None:
    texts = {"bn": NEUTRAL_BN, "en": "Legal help for victims."}
    assert list(telling(texts, Segment(), {})) == ["en"]
    assert telling(texts, Segment(languages=frozenset({"bn"})), {}) == {}
    assert telling({"bn": NEUTRAL_BN, "en": NEUTRAL_EN}, Segment(), {}) == {}


def test_a_number_that_was_replaced_is_told_of_before_it_goes_to_thousands() -> None:
    texts = {"bn": "", "en": "Call 146 any time."}
    assert list(telling(texts, Segment(), {"146": "999"})) == ["en"]
    assert telling(texts, Segment(), {}) == {}


@pytest.mark.parametrize("hostile", ["{x}", "%s", "<script>", "=cmd()", "{{7*7}}"])
def test_a_hostile_text_stays_as_it_was_typed(hostile: str) -> None:
    assert readable(f" {hostile}\u200b ") == hostile


def test_a_text_costs_the_parts_it_is_sent_in() -> None:
    assert parts("") == 0
    assert parts("a" * 160) == 1
    assert parts("a" * 161) == 2
    assert parts("ক" * 70) == 1
    assert parts("ক" * 71) == 2
    assert parts("\u09a1\u09bc" * 70) == 1  # ড় goes out as one letter


def test_the_cost_is_counted_by_language_and_priced_only_when_there_is_a_price() -> None:
    phones = line({"bn": 100, "en": 50})
    texts = {"bn": "ক" * 71, "en": NEUTRAL_EN}
    free = cost(phones, texts, Bulk())
    assert (free.parts, free.money, free.exact) == (250, None, True)
    priced = cost(phones, texts, Bulk(price=Decimal("0.35")))
    assert priced.money == Decimal("87.50")


def test_a_cost_does_not_tell_a_count_that_is_hidden() -> None:
    phones = line({"bn": 100, "en": 3})
    assert phones["en"] is None
    texts = {"bn": NEUTRAL_BN * 3, "en": NEUTRAL_EN}
    found = cost(phones, texts, Bulk())
    assert not found.exact
    assert found.parts == 103 * parts(texts["bn"])
    assert cost(line({"bn": 3, "en": 0}), texts, Bulk(price=Decimal(1))).parts is None


def test_fewer_than_five_are_no_campaign() -> None:
    assert too_few(0)
    assert too_few(4)
    assert not too_few(5)


def test_every_state_of_a_message_is_in_one_group_and_none_is_lost() -> None:
    assert GROUP_OF.keys() == MESSAGE.keys()
    assert sum(len(states) for states in campaigns.PROGRESS.values()) == len(MESSAGE)
    counts = progress((state, 2) for state in MESSAGE)
    assert sum(counts.values()) == 2 * len(MESSAGE)


def test_a_gateway_has_the_rate_it_was_given() -> None:
    bulk = Bulk(per_second=10, rates={"slow": 1.0, "fast": 50.0})
    assert (bulk.rate("slow"), bulk.rate("another"), bulk.fastest) == (1.0, 10, 50.0)


def test_a_slow_gateway_still_gets_one_at_a_time() -> None:
    assert slots(0.0, 1000.0, 0.1, 5) == (1, 1010.0)
    assert slots(1010.0, 1005.0, 0.1, 5)[0] == 0
    assert slots(1010.0, 1010.0, 0.1, 5) == (1, 1020.0)


@given(
    rate=st.floats(min_value=0.05, max_value=5000),
    asks=st.lists(st.tuples(st.floats(min_value=0, max_value=5), st.integers(1, 400)), max_size=60),
)
def test_whoever_asks_and_how_often_no_more_goes_than_the_rate_allows(
    rate: float, asks: list[tuple[float, int]]
) -> None:
    now, free_at, gone = 1_000_000.0, 0.0, []
    for waited, wanted in asks:
        now += waited
        taken, after = slots(free_at, now, rate, wanted)
        assert 0 <= taken <= wanted
        if taken:
            assert after >= free_at
            free_at = after
            gone.append((now, taken))
    for place, (begins, _taken) in enumerate(gone):
        for ends in range(place, len(gone)):
            sent = sum(taken for _at, taken in gone[place : ends + 1])
            assert sent <= (gone[ends][0] - begins + AHEAD) * rate + 1 + 1e-3


@given(rate=st.floats(min_value=0.5, max_value=5000), wanted=st.integers(1, 10_000))
def test_what_waits_gets_its_turn_as_fast_as_the_rate_allows(rate: float, wanted: int) -> None:
    now, free_at, left, rounds = 0.0, 0.0, wanted, 0
    while left:
        taken, after = slots(free_at, now, rate, left)
        free_at = after if taken else free_at
        left -= taken
        now += 1.0
        rounds += 1
    assert rounds <= wanted / rate + 4
