"""Secret numbers: five wrong ones a day, and never a word about why nothing is shown."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpline.cases.calendar import local
from helpline.cases.dates import DateKind, Dates
from helpline.cases.effects import CancelDate, StopReminders
from helpline.service.own import load
from helpline.service.pins import SHOWN, TRIES_A_DAY, opened
from helpline.store.database import connect
from helpline.store.tables import CounsellingRequest, Person, PersonPhone, Phone, PinTry
from tests.house import RAHIMA, SHIRIN, House
from tests.service.steps import (
    COUNSELLING,
    crowd,
    perform,
    person,
    register,
    rows,
    visiting,
)

if TYPE_CHECKING:
    from helpline.store.database import Database
    from helpline.store.sealing import KeyRing

NOTHING = Dates()


def ask(house: House, pin: str, phone: str = SHIRIN) -> Dates:
    """What a secret number shows on a phone."""
    with visiting(house, phone) as visit:
        found = load(visit, "dates", opened(visit, pin))
        assert isinstance(found, Dates)
        return found


def lock(house: House, phone: str = SHIRIN) -> None:
    """Use up the tries of a day."""
    for place in range(TRIES_A_DAY):
        assert ask(house, f"900{place}", phone) == NOTHING


def tries(house: House) -> list[int]:
    return [row["tries"] for row in rows(house, PinTry)]


def test_the_right_number_opens_the_dates_of_its_person_the_next_one_first(
    database: Database,
) -> None:
    house = House(database)
    register(house)
    perform(house, COUNSELLING)
    for weeks in (6, 7):
        later = timedelta(weeks=weeks)
        slot = {
            "slot_at": COUNSELLING.slot_at + later,
            "slot_ends_at": COUNSELLING.slot_ends_at + later,
        }
        perform(house, replace(COUNSELLING, **slot))
    found = ask(house, "2580")
    assert found.person_id == person(house)["id"]
    assert [each.kind for each in found.upcoming[:2]] == [
        DateKind.COUNSELLING,
        DateKind.FOLLOW_UP,
    ]
    assert [each.at for each in found.upcoming] == sorted(each.at for each in found.upcoming)
    assert len(found.upcoming) == SHOWN


def test_the_right_number_costs_no_try(database: Database) -> None:
    house = House(database)
    register(house)
    for _time in range(TRIES_A_DAY * 2):
        assert ask(house, "2580") != NOTHING
    assert not any(tries(house))


def test_wrong_unknown_and_too_often_look_exactly_the_same(database: Database) -> None:
    house = House(database)
    register(house)
    wrong = ask(house, "1111")
    unknown = ask(house, "1111", RAHIMA)
    lock(house)
    locked = ask(house, "2580")
    assert wrong == unknown == locked == NOTHING


def test_five_wrong_numbers_close_the_door_for_the_day_and_four_do_not(
    database: Database,
) -> None:
    house = House(database)
    register(house)
    for place in range(TRIES_A_DAY - 1):
        ask(house, f"900{place}")
    assert ask(house, "2580") != NOTHING
    ask(house, "9009")
    assert ask(house, "2580") == NOTHING
    assert tries(house) == [TRIES_A_DAY]


def test_the_right_number_does_not_give_the_wrong_ones_back(database: Database) -> None:
    house = House(database)
    register(house)
    for place in range(TRIES_A_DAY):
        ask(house, f"900{place}")
        ask(house, "2580")
    assert ask(house, "2580") == NOTHING


def test_the_door_opens_again_at_midnight_in_dhaka_not_in_greenwich(database: Database) -> None:
    house = House(database)
    register(house)
    house.clock.now = datetime(2026, 12, 1, 17, 59, 59, tzinfo=UTC)
    lock(house)
    assert ask(house, "2580") == NOTHING
    house.clock.skip(seconds=1)
    assert local(house.clock.now).isoformat() == "2026-12-02T00:00:00+06:00"
    assert ask(house, "2580") != NOTHING
    lock(house)
    house.clock.now = datetime(2026, 12, 2, 0, 0, 1, tzinfo=UTC)  # midnight of somebody else
    assert ask(house, "2580") == NOTHING
    assert tries(house) == [TRIES_A_DAY, TRIES_A_DAY]


def test_one_phone_locked_leaves_every_other_open(database: Database) -> None:
    house = House(database)
    register(house)
    register(house, RAHIMA)
    lock(house)
    assert ask(house, "2580") == NOTHING
    assert ask(house, "2580", RAHIMA) != NOTHING


def test_two_persons_with_the_same_number_on_one_phone_open_nothing_of_either(
    database: Database,
) -> None:
    house = House(database)
    register(house, pin="2580")
    register(house, for_whom="family", sex="man", pin="2580")
    assert ask(house, "2580") == NOTHING
    assert tries(house) == [1]


def test_two_persons_with_their_own_numbers_see_their_own_dates_only(database: Database) -> None:
    house = House(database)
    register(house, pin="2580")
    register(house, for_whom="family", sex="man", pin="1111")
    his, hers = ask(house, "1111"), ask(house, "2580")
    assert his.person_id != hers.person_id
    assert not {each.subject_id for each in his.upcoming} & {
        each.subject_id for each in hers.upcoming
    }


def test_a_number_opens_nothing_on_another_phone(database: Database) -> None:
    house = House(database)
    register(house, pin="2580")
    assert ask(house, "2580", RAHIMA) == NOTHING


@pytest.mark.parametrize("typed", ["", "none", "0", " 2580", "2580 ", "১২৩৪"])
def test_a_registration_without_a_number_is_opened_by_nothing(
    database: Database, typed: str
) -> None:
    house = House(database)
    register(house, pin="")
    assert ask(house, typed) == NOTHING


def test_the_same_digits_have_another_fingerprint_on_each_phone(database: Database) -> None:
    house = House(database)
    register(house)
    register(house, RAHIMA)
    assert len({row["pin_key"] for row in rows(house, PersonPhone)}) == 2


def test_asking_leaves_no_trace_of_a_phone_that_is_unknown(database: Database) -> None:
    house = House(database)
    ask(house, "2580", RAHIMA)
    assert rows(house, Phone) == rows(house, Person) == []
    assert tries(house) == [1]


def test_what_is_over_or_stopped_is_not_shown(database: Database) -> None:
    house = House(database)
    register(house)
    perform(house, COUNSELLING)
    ident = person(house)["id"]
    [request] = rows(house, CounsellingRequest)
    perform(house, CancelDate(ident, request["id"]))
    assert DateKind.COUNSELLING not in {each.kind for each in ask(house, "2580").upcoming}
    perform(house, StopReminders(ident))
    assert ask(house, "2580") == Dates(ident, ())


def test_a_request_made_on_a_shared_phone_belongs_to_nobodys_dates(database: Database) -> None:
    house = House(database)
    register(house, sole_phone=False)
    perform(house, COUNSELLING)
    kinds = {each.kind for each in ask(house, "2580").upcoming}
    assert DateKind.COUNSELLING not in kinds


def test_a_slot_of_yesterday_is_not_shown(database: Database) -> None:
    house = House(database)
    register(house)
    soon = house.clock.now + timedelta(hours=3)
    perform(house, replace(COUNSELLING, slot_at=soon, slot_ends_at=soon + timedelta(hours=2)))
    assert ask(house, "2580").upcoming[0].kind is DateKind.COUNSELLING
    house.clock.skip(days=1)
    assert ask(house, "2580").upcoming[0].kind is DateKind.FOLLOW_UP


@pytest.fixture(scope="module")
def busy_house(tmp_path_factory: pytest.TempPathFactory, _sqlite_template):
    """Give one house on SQLite; each example has a phone of its own."""
    path = tmp_path_factory.mktemp("pins") / "helpline.db"
    path.write_bytes(_sqlite_template.read_bytes())
    with closing(connect(f"sqlite:///{path}")) as database:
        yield House(database)


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.one_of(st.just("2580"), st.from_regex(r"[0-9]{4}", fullmatch=True)), max_size=12)
)
def test_never_more_than_five_wrong_guesses_are_ever_answered_in_a_day(
    busy_house: House, typed: list[str]
) -> None:
    phone = f"+88013001{len(rows(busy_house, Phone)):05d}"
    register(busy_house, phone)
    wrong = 0
    for pin in typed:
        opened = ask(busy_house, pin, phone) != NOTHING
        assert opened is (pin == "2580" and wrong < TRIES_A_DAY)
        wrong += pin != "2580"


def test_eight_wrong_numbers_at_once_are_all_counted(database_url: str, keys: KeyRing) -> None:
    crowd(database_url, keys, lambda house, place: register(house) if not place else "")
    crowd(database_url, keys, lambda house, place: ask(house, f"900{place}"))
    answers = crowd(database_url, keys, lambda house, _place: ask(house, "2580"))
    assert answers == [NOTHING] * 8
