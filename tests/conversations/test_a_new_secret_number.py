"""A new secret number: with a code that staff say aloud, typed where the old one is asked; without it, nothing."""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

import menus
from helpline.cases.roles import Member, Role
from helpline.flow.words import Fork
from helpline.service.desk import new_pins
from helpline.service.desk.acting import NotAllowed, acting
from helpline.service.desk.cases import Blocked
from helpline.service.renewing import code_key
from helpline.settings import Settings
from helpline.store import pin_codes
from helpline.store.database import connect
from helpline.store.tables import (
    Audit,
    CareCase,
    Event,
    Message,
    Person,
    PersonPhone,
    Phone,
    PinTry,
)
from tests.conversations.screens import REGISTER_IN_JASHORE, rows, screen
from tests.desk.office import Office
from tests.house import RAHIMA, House
from tests.house import Phone as Handset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helpline.flow.words import AnyScreen
    from helpline.store.database import Database

PROOF = "by_voice"
ASKED = """
    আপনার 4টি গোপন সংখ্যা লিখুন।
    99 পেছনে 0 কথা 00 মেনু
"""
CLOSED = """
    এ সংখ্যায় কিছু পাইনি।
    1 আবার চেষ্টা করি
    2 কারও সাথে কথা বলি
    99 পেছনে 0 কথা
"""
CHOOSE = """
    নতুন 4টি গোপন সংখ্যা দিন, আগেরটি নয়।
    99 পেছনে 0 কথা 00 মেনু
"""
KEPT = "নতুন গোপন সংখ্যা রাখা হলো। আগেরটি আর চলবে না।"
DATES = "আমার তারিখ:"
OLD, NEW, CODE = "2580", "7391", "8046"
DOORS = (("6",), ("9", "4"), ("9", "5"), ("8", "2"))
"""Some of the places where the secret number is asked."""


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    return Office(database, replace(Settings.demo(tmp_path / "var", 8000), simulator=False))


@pytest.fixture
def shirin(office: Office) -> Handset:
    """Shirin, registered on a phone of her own, with a secret number that she will forget."""
    return registered(office.house)


def registered(house: House, number: str = "") -> Handset:
    handset = house.phone(number) if number else house.phone()
    handset.dial()
    handset.press(*REGISTER_IN_JASHORE)
    house.work()
    return handset


def code_of(office: Office, who: Member, *, reason: str = PROOF, phone: str = "") -> str:
    """What a member of staff is told to say, for the only case and phone there is."""
    (case,) = rows(office.parts.database, CareCase)[:1]
    phone = phone or rows(office.parts.database, PersonPhone, "phone_id")[0]["phone_id"]
    with acting(office.parts, who) as deed:
        return new_pins.allow(deed, case["id"], phone, reason).digits


def other_than(*digits: str) -> str:
    """Four digits that are none of these."""
    return next(each for each in ("9051", "9052", "9053", "9054") if each not in digits)


def put(office: Office, table: Any, **columns: Any) -> None:
    with office.parts.database.transaction() as connection:
        connection.execute(table.__table__.update().values(**columns))


def type_digits(handset: Handset, digits: str) -> str:
    """Dial, go to the dates and type digits where the secret ones are asked."""
    handset.dial()
    assert handset.press("6") == screen(ASKED)
    return handset.press(digits)


@pytest.mark.parametrize("door", DOORS)
def test_the_code_is_typed_where_the_secret_number_is_asked_and_a_new_one_is_chosen(
    office: Office, shirin: Handset, door: tuple[str, ...]
) -> None:
    code = code_of(office, office.hire())
    shirin.dial()
    assert shirin.press(*door, code) == screen(CHOOSE)
    assert shirin.press(NEW) == screen(KEPT)
    assert shirin.over
    assert type_digits(shirin, NEW).startswith(screen(DATES))
    assert type_digits(shirin, OLD) == screen(CLOSED)
    assert type_digits(shirin, code) == screen(CLOSED)


def test_the_old_number_opens_until_the_new_one_is_chosen(office: Office, shirin: Handset) -> None:
    code = code_of(office, office.hire())
    assert type_digits(shirin, OLD).startswith(screen(DATES))
    assert type_digits(shirin, code) == screen(CHOOSE)
    assert type_digits(shirin, OLD).startswith(screen(DATES))
    assert type_digits(shirin, code) == screen(CHOOSE)  # she hung up: it is not used yet


def test_the_new_number_is_chosen_by_the_same_rules_and_is_not_the_code(
    office: Office, shirin: Handset
) -> None:
    code = code_of(office, office.hire())
    type_digits(shirin, code)
    for poor in ("1234", "0000"):
        assert shirin.press(poor).startswith(screen("বুঝতে পারিনি, আবার দিন।"))
        shirin.press("99")
        assert type_digits(shirin, code) == screen(CHOOSE)
    assert shirin.press(code).startswith(screen("বুঝতে পারিনি, আবার দিন।"))
    assert shirin.press(NEW) == screen(KEPT)


def test_who_never_had_a_number_gets_one_this_way(office: Office) -> None:
    handset = office.house.phone()
    handset.dial()
    handset.press(*REGISTER_IN_JASHORE[:-2], "1", "1")
    (link,) = rows(office.parts.database, PersonPhone, "phone_id")
    assert link["pin_key"] is None
    code = code_of(office, office.hire())
    assert type_digits(handset, code) == screen(CHOOSE)
    handset.press(NEW)
    assert type_digits(handset, NEW).startswith(screen(DATES))


def test_after_half_an_hour_it_is_a_wrong_number_like_any_other(
    office: Office, shirin: Handset
) -> None:
    code = code_of(office, office.hire())
    office.skip(minutes=29)
    assert type_digits(shirin, code) == screen(CHOOSE)
    office.skip(minutes=1)
    assert shirin.press(NEW) == screen(CLOSED)
    assert type_digits(shirin, code) == screen(CLOSED)
    assert type_digits(shirin, OLD).startswith(screen(DATES))


def test_five_wrong_tries_end_it_and_count_as_wrong_secret_numbers(
    office: Office, shirin: Handset
) -> None:
    code = code_of(office, office.hire())
    wrong = other_than(code)
    for _time in range(4):
        assert type_digits(shirin, wrong) == screen(CLOSED)
    assert type_digits(shirin, code) == screen(CHOOSE)
    assert type_digits(shirin, wrong) == screen(CLOSED)
    assert type_digits(shirin, code) == screen(CLOSED)
    assert type_digits(shirin, OLD) == screen(CLOSED)
    assert [each["tries"] for each in rows(office.parts.database, PinTry, "caller")] == [5]


def test_who_used_up_the_tries_of_a_day_before_she_asked_is_let_in_by_the_code(
    office: Office, shirin: Handset
) -> None:
    for _time in range(5):
        type_digits(shirin, "9059")
    code = code_of(office, office.hire())
    for _time in range(4):
        assert type_digits(shirin, other_than(code)) == screen(CLOSED)
    assert type_digits(shirin, code) == screen(CHOOSE)
    assert shirin.press(NEW) == screen(KEPT)
    assert type_digits(shirin, NEW) == screen(CLOSED)  # the day is over for secret numbers
    office.skip(hours=24)
    assert type_digits(shirin, NEW).startswith(screen(DATES))


def test_a_second_code_ends_the_first(office: Office, shirin: Handset) -> None:
    who = office.hire()
    first = code_of(office, who)
    second = code_of(office, who)
    assert first != second
    assert type_digits(shirin, first) == screen(CLOSED)
    assert type_digits(shirin, second) == screen(CHOOSE)


def test_on_another_phone_it_is_nothing(office: Office, shirin: Handset) -> None:
    code = code_of(office, office.hire())
    assert type_digits(office.house.phone(RAHIMA), code) == screen(CLOSED)
    assert type_digits(shirin, code) == screen(CHOOSE)


def test_before_during_and_after_a_code_everybody_else_sees_the_same(
    office: Office, shirin: Handset
) -> None:
    def seen() -> list[str]:
        handset = office.house.phone()
        shown = [handset.dial(), handset.press("6"), handset.press("9057")]
        shown += [handset.press("2"), handset.press("99"), handset.press("1"), handset.press("12")]
        return shown

    before = seen()
    code = code_of(office, office.hire())
    assert seen() == before
    type_digits(shirin, code)
    shirin.press(NEW)
    assert seen() == before


def test_nothing_is_sent_and_no_other_phone_of_hers_is_touched(
    office: Office, shirin: Handset
) -> None:
    who, key = office.hire(), office.parts.ring.fingerprint("phone", RAHIMA)
    (own,) = rows(office.parts.database, PersonPhone, "phone_id")
    code = code_of(office, who, phone=own["phone_id"])
    registered(office.house, RAHIMA)
    (theirs,) = (each for each in rows(office.parts.database, Phone) if each["fingerprint"] == key)

    def others() -> list[Any]:
        links = rows(office.parts.database, PersonPhone, "phone_id")
        return [each for each in links if each["phone_id"] == theirs["id"]]

    before, texts = others(), len(rows(office.parts.database, Message))
    type_digits(shirin, code)
    assert shirin.press(NEW) == screen(KEPT)
    assert len(rows(office.parts.database, Message)) == texts
    assert others() == before


def test_it_stands_in_the_log_and_on_the_timeline_and_nowhere_as_digits(
    office: Office, shirin: Handset
) -> None:
    who = office.hire()
    browser = office.browser(who)
    (case,) = rows(office.parts.database, CareCase)
    (link,) = rows(office.parts.database, PersonPhone, "phone_id")
    assert "The client forgot it, or has none" in browser.open(f"/desk/case/{case['id']}")
    shown = browser.submit(
        f"/desk/case/{case['id']}/phone/{link['phone_id']}/secret", reason="by_papers"
    )
    assert "Say it to the client and nobody else" in shown
    code = re.findall(r'id="code" type="text" value="(\d{4})"', browser.page)[0]
    type_digits(shirin, code)
    shirin.press(NEW)
    timeline = browser.open(f"/desk/case/{case['id']}")
    assert "Staff gave a code for a new secret number (Is here in person" in timeline
    assert "Chose a new secret number" in timeline
    noted = [
        each for each in rows(office.parts.database, Audit, "number") if each["action"] == "new_pin"
    ]
    assert [(each["actor"], each["detail"]) for each in noted] == [(who.id, "by_papers")]
    told = [*rows(office.parts.database, Audit, "number"), *rows(office.parts.database, Event)]
    assert not any(code in (each.get("detail", ""), each.get("why", "")) for each in told)
    (link,) = rows(office.parts.database, PersonPhone, "phone_id")
    assert (link["code_key"], link["code_until"], link["code_tries"]) == (None, None, 0)


@pytest.mark.parametrize(
    ("table", "columns", "obstacle"),
    [
        (CareCase, {"stage": "closed"}, "closed"),
        (CareCase, {"restricted": "gbv"}, "owner_only"),
        (PersonPhone, {"ended_at": "now"}, "ended"),
        (Phone, {"unsafe_at": "now"}, "unsafe"),
        (Person, {"withdrawn_at": "now"}, "no_consent"),
    ],
)
def test_no_code_is_given_where_it_would_not_be_hers(
    office: Office, shirin: Handset, table: Any, columns: dict[str, Any], obstacle: str
) -> None:
    now = {name: office.clock() if said == "now" else said for name, said in columns.items()}
    put(office, table, **now)
    with pytest.raises(Blocked) as refused:
        code_of(office, office.hire(Role.SUPERVISOR))
    assert refused.value.obstacles == (obstacle,)
    assert type_digits(shirin, "9057") == screen(CLOSED)
    assert [each["code_key"] for each in rows(office.parts.database, PersonPhone, "phone_id")] == [
        None
    ]


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        (PersonPhone, {"ended_at": "now"}),
        (Phone, {"unsafe_at": "now"}),
        (Person, {"withdrawn_at": "now"}),
    ],
)
def test_a_code_ends_with_the_phone_and_the_consent(
    office: Office, shirin: Handset, table: Any, columns: dict[str, Any]
) -> None:
    code = code_of(office, office.hire())
    put(office, table, **dict.fromkeys(columns, office.clock()))
    assert type_digits(shirin, code) == screen(CLOSED)


def test_a_reason_is_one_of_the_list_and_a_safe_word_must_be_written_down(
    office: Office, shirin: Handset
) -> None:
    assert shirin.over
    who = office.hire()
    for reason, obstacle in (("", "no_reason"), ("she said so", "no_reason")):
        with pytest.raises(Blocked) as refused:
            code_of(office, who, reason=reason)
        assert refused.value.obstacles == (obstacle,)
    with pytest.raises(Blocked) as refused:
        code_of(office, who, reason="by_safe_word")
    assert refused.value.obstacles == ("no_safe_word",)


def test_of_a_restricted_case_only_its_owner_and_its_named_supervisor_give_one(
    office: Office, shirin: Handset
) -> None:
    owner, supervisor, other = (
        office.hire(),
        office.hire(Role.SUPERVISOR),
        office.hire(Role.SUPERVISOR),
    )
    put(office, CareCase, restricted="gbv", owner_id=owner.id, supervisor_id=supervisor.id)
    with pytest.raises(NotAllowed):
        code_of(office, other)
    for who in (owner, supervisor):
        assert type_digits(shirin, code_of(office, who)) == screen(CHOOSE)


def test_whoever_may_not_open_the_case_learns_nothing_and_changes_nothing(
    office: Office, shirin: Handset
) -> None:
    assert shirin.over
    with pytest.raises(NotAllowed):
        code_of(office, office.hire(districts="BD-26"))
    (link,) = rows(office.parts.database, PersonPhone, "phone_id")
    assert link["code_key"] is None


def test_a_phone_that_is_not_of_the_case_gets_none(office: Office, shirin: Handset) -> None:
    assert shirin.over
    with pytest.raises(NotAllowed):
        code_of(office, office.hire(), phone="0" * 32)


def test_who_says_the_same_again_with_the_old_number_is_nobody_known(
    office: Office, shirin: Handset
) -> None:
    code = code_of(office, office.hire())
    type_digits(shirin, code)
    shirin.press(NEW)
    shirin.dial()
    shirin.press(*REGISTER_IN_JASHORE)
    assert len(rows(office.parts.database, Person)) == 2


KEYS = st.one_of(
    st.sampled_from(["0", "00", "1", "2", "3", "4", "5", "6", "7", "8", "9", "98", "99"]),
    st.sampled_from(["6", OLD, "12", "123456", "80 47", "৮০৪৭", "দাও", "<script>", "%s", "{x}"]),
    st.from_regex(r"[0-9]{4}", fullmatch=True).filter(lambda typed: typed != CODE),
)


@pytest.fixture(scope="module")
def busy_house(tmp_path_factory: pytest.TempPathFactory, _sqlite_template: Path) -> Iterator[House]:
    """Give one house on SQLite; each example has a phone of its own."""
    path = tmp_path_factory.mktemp("codes") / "helpline.db"
    path.write_bytes(_sqlite_template.read_bytes())
    with closing(connect(f"sqlite:///{path}")) as database:
        yield House(database)


@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(KEYS, min_size=1, max_size=12))
def test_no_keys_but_the_code_lead_to_a_new_number(busy_house: House, keys: list[str]) -> None:
    number = f"+88013002{len(rows(busy_house.database, Phone)):05d}"
    shirin = registered(busy_house, number)
    caller = busy_house.parts.ring.fingerprint("phone", number)
    (phone,) = (each for each in rows(busy_house.database, Phone) if each["fingerprint"] == caller)
    with busy_house.database.transaction() as connection:
        (link,) = connection.execute(
            select(PersonPhone.person_id).where(PersonPhone.phone_id == phone["id"])
        )
        pin_codes.give(
            connection,
            person_id=link.person_id,
            phone_id=phone["id"],
            code_key=code_key(busy_house.parts.ring, caller, CODE),
            until=busy_house.clock() + new_pins.LIVES,
        )
    shirin.dial()
    for key in keys:
        shown = shirin.dial() if shirin.over else shirin.press(key)
        assert "নতুন 4টি গোপন সংখ্যা" not in shown


def test_only_the_doors_of_the_secret_number_lead_to_the_new_one() -> None:
    leading = {
        address
        for address, page in menus.BOOK.pages.items()
        if "renewal.start" in ways(page.screen)
    }
    assert leading == {f"{flow}.unopened" for flow in DOORED}
    assert all(menus.BOOK.pages[each].screen.needs == "renewal" for each in leading)


DOORED = ("dates", "matters", "kept", "family", "safe_contact", "stop")


def ways(one: AnyScreen) -> set[str]:
    """Where a screen may lead."""
    gotos = [getattr(one, "goto", None), *(each.goto for each in getattr(one, "options", ()))]
    found: set[str] = set()
    for goto in gotos:
        found |= set(goto.to) if isinstance(goto, Fork) else {goto or ""}
    return found
