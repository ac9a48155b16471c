"""Who is called next: in order, round after round, until somebody answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from helpline.cases.ladder import Next, Rota, Rung, answer_by, next_after

ROTA = Rota(("Rina", "Salma", "Tania"))
NOON = datetime(2026, 12, 1, 6, tzinfo=UTC)


def rungs(*names: str, number: int = 1) -> list[Rung]:
    """Those who were called in a round and did not answer."""
    return [Rung(name, number) for name in names]


def test_the_first_of_the_ladder_is_called_first() -> None:
    assert next_after(ROTA, []) == Next(("Rina",), 1)


def test_who_does_not_answer_is_followed_by_the_next() -> None:
    assert next_after(ROTA, rungs("Rina")) == Next(("Salma",), 1)


def test_nobody_is_called_while_somebody_still_has_time() -> None:
    assert next_after(ROTA, [Rung("Rina", 1, waits=True)]) is None


def test_after_the_last_comes_the_first_again_in_the_next_round() -> None:
    assert next_after(ROTA, rungs("Rina", "Salma", "Tania")) == Next(("Rina",), 2)
    both = [*rungs("Rina", "Salma", "Tania"), *rungs("Rina", number=2)]
    assert next_after(ROTA, both) == Next(("Salma",), 2)


def test_somebody_who_came_on_duty_meanwhile_is_called_in_this_round() -> None:
    assert next_after(Rota(("Uma", "Rina")), rungs("Rina")) == Next(("Uma",), 1)


def test_with_nobody_on_the_rota_everybody_is_called_at_once_and_again() -> None:
    empty = Rota((), ("Mina", "Nila"))
    assert next_after(empty, []) == Next(("Mina", "Nila"), 1)
    assert next_after(empty, rungs("Mina", "Nila")) == Next(("Mina", "Nila"), 2)
    assert next_after(empty, rungs("Rina")) == Next(("Mina", "Nila"), 2)


def test_where_there_is_nobody_at_all_nobody_is_called() -> None:
    assert next_after(Rota(()), []) is None


def test_danger_waits_two_minutes_for_an_answer_and_urgent_work_fifteen() -> None:
    assert answer_by(0, NOON) - NOON == timedelta(minutes=2)
    assert answer_by(1, NOON) - NOON == timedelta(minutes=15)


names = st.lists(st.sampled_from("abcdef"), unique=True).map(tuple)


@given(names, names, st.integers(1, 40), st.integers(1, 5))
def test_the_ladder_never_stops_and_calls_nobody_twice_in_a_round(
    order: tuple[str, ...], everybody: tuple[str, ...], steps: int, first: int
) -> None:
    rota = Rota(order, everybody)
    called: list[Rung] = []
    for _ in range(steps):
        following = next_after(rota, called, first=first)
        if not order and not everybody:
            assert following is None
            return
        assert following is not None
        called += [Rung(each, following.round) for each in following.staff_ids]
    seen = [(rung.round, rung.staff_id) for rung in called]
    assert len(seen) == len(set(seen))
    assert [rung.round for rung in called] == sorted(rung.round for rung in called)
    for number in {rung.round for rung in called} - {called[-1].round}:
        assert {r.staff_id for r in called if r.round == number} == set(order or everybody)
