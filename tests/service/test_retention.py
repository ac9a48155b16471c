"""What is kept no longer than its purpose needs: every rule, at its day, a few rows at a time, once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert, update

from helpline.cases.keeping import AIMS, CASE, PERSON, RULES, UNHEARD, Aim, Then, rules_of
from helpline.service import personal_data, retain
from helpline.store.blanks import personal
from helpline.store.desk import person_data
from helpline.store.idents import new_ident
from helpline.store.register import register as register_of_columns
from helpline.store.tables import (
    Base,
    CareCase,
    IncomingText,
    Message,
    Note,
    Person,
    PersonPhone,
    Phone,
    Staff,
    WorkItem,
)
from tests.house import SHIRIN, House
from tests.service.steps import number, person, post, register, rows

if TYPE_CHECKING:
    from helpline.store.database import Database

CANARY = "Kanarinaam"
SECOND = timedelta(seconds=1)
TABLES = Base.metadata.tables


@pytest.fixture
def house(database: Database) -> House:
    return House(database)


def days(table: str, since: str) -> timedelta:
    [rule] = [each for each in rules_of(table) if each.since == since]
    return timedelta(days=rule.days)


def write(house: House, table: Any, **columns: Any) -> None:
    with house.database.transaction() as connection:
        connection.execute(insert(table).values(**columns))


def change(house: House, table: Any, **columns: Any) -> None:
    with house.database.transaction() as connection:
        connection.execute(update(table).values(**columns))


def close(house: House) -> None:
    change(house, CareCase, stage="closed", closed_at=house.clock.now)


def note(house: House, words: str = CANARY) -> str:
    """A note in the only case there is, by somebody; gives its id."""
    [case] = rows(house, CareCase)
    staff, ident, seal = new_ident(), new_ident(), house.parts.ring.seal
    write(
        house,
        Staff,
        id=staff,
        username=staff,
        name=seal("Nasrin", "staff.name", staff),
        sex="woman",
        role="counsellor",
        languages="bn",
        skills="",
        districts="",
        state="active",
        created_at=house.clock.now,
        updated_at=house.clock.now,
    )
    write(
        house,
        Note,
        id=ident,
        case_id=case["id"],
        author_id=staff,
        words=seal(words, "note.words", ident),
        written_at=house.clock.now,
    )
    return ident


def opened(house: House, table: Any, column: str) -> list[str]:
    """What a sealed column holds, row by row."""
    ring, name = house.parts.ring, table.__tablename__
    return [
        ring.unseal_text(row[column], f"{name}.{column}", row["id"]) if row[column] else ""
        for row in rows(house, table)
    ]


# -- the rules ------------------------------------------------------------------------------------


def test_every_table_with_something_personal_has_a_rule_and_every_rule_a_table() -> None:
    about_people = set(person_data.RULES) | {
        table.name
        for table in TABLES.values()
        if any("personal" in column.info for column in table.columns)
    }
    assert about_people <= {rule.table for rule in RULES}
    assert {rule.table for rule in RULES} <= TABLES.keys()


def test_what_is_kept_for_ever_says_why_and_holds_no_words_of_a_person() -> None:
    for rule in RULES:
        if rule.then is Then.KEEP:
            assert rule.why
            assert not personal(TABLES[rule.table]) or rule.aim in (Aim.STAFF, Aim.REFERRAL)
        else:
            assert rule.days > 0
            assert rule.since in (CASE, PERSON, UNHEARD) or rule.since in TABLES[rule.table].c
            assert not rule.states or "state" in TABLES[rule.table].c
            assert rule.then is Then.DELETE or personal(TABLES[rule.table])
    assert set(AIMS) == set(Aim)


def test_the_words_of_messages_go_before_the_case() -> None:
    case = days("care_case", CASE)
    for table, since in (
        ("message", "updated_at"),
        ("incoming_text", "received_at"),
        ("staff_text", CASE),
    ):
        assert days(table, since) < case


# -- what happens on the day ----------------------------------------------------------------------


def test_words_of_a_case_go_when_it_was_closed_long_enough_and_their_row_stays(
    house: House,
) -> None:
    register(house)
    note(house)
    house.clock.skip(days=4000)
    retain.retain(house.parts)
    assert opened(house, Note, "words") == [CANARY]  # the case is open: nothing is due
    close(house)
    house.clock.now += days("note", CASE)
    retain.retain(house.parts)
    assert opened(house, Note, "words") == [CANARY]
    house.clock.now += SECOND
    retain.retain(house.parts)
    assert opened(house, Note, "words") == [""]
    assert len(rows(house, Note)) == len(rows(house, CareCase)) == 1


def test_a_case_that_is_open_again_keeps_its_words(house: House) -> None:
    register(house)
    note(house)
    close(house)
    house.clock.now += days("note", CASE) + SECOND
    change(house, CareCase, stage="assessment", closed_at=None)
    retain.retain(house.parts)
    assert opened(house, Note, "words") == [CANARY]


def test_a_text_that_was_read_goes_before_the_case_and_one_nobody_read_stays(house: House) -> None:
    house.phone().text(CANARY)
    house.phone().text(f"{CANARY} again")
    [first, _second] = rows(house, IncomingText)
    with house.database.transaction() as connection:
        connection.execute(
            update(IncomingText).where(IncomingText.id == first["id"]).values(state="read")
        )
    house.clock.now += days("incoming_text", "received_at") + SECOND
    retain.retain(house.parts)
    assert opened(house, IncomingText, "words") == ["", f"{CANARY} again"]


def test_who_took_everything_back_cannot_be_found_by_a_paper_a_month_later(house: House) -> None:
    register(house, identity_kind="nid", identity="1990123456789")
    assert person(house)["identity"]
    change(house, Person, withdrawn_at=house.clock.now)
    change(house, PersonPhone, ended_at=house.clock.now)
    house.clock.now += days("person", "withdrawn_at") + SECOND
    was = person(house)
    retain.retain(house.parts)
    now = person(house)
    assert (now["identity"], now["identity_key"]) == (None, None)
    assert now["registration_key"] != was["registration_key"]
    assert {name: now[name] for name in ("sex", "district", "country", "need")} == {
        name: was[name] for name in ("sex", "district", "country", "need")
    }
    assert [row["pin_key"] for row in rows(house, PersonPhone)] == [None]


def test_a_number_that_was_silent_for_years_is_nobodys_and_one_with_something_open_is_not(
    house: House,
) -> None:
    register(house)
    house.tick()
    house.clock.now += days("phone", UNHEARD) + SECOND
    retain.retain(house.parts)
    assert opened(house, Phone, "number") == [SHIRIN]
    close(house)
    change(house, WorkItem, state="done")
    house.clock.now += days("phone", UNHEARD) + SECOND
    retain.retain(house.parts)
    assert opened(house, Phone, "number") == [""]
    house.phone().text("hello")
    assert opened(house, Phone, "number") == ["", SHIRIN]


def test_the_second_time_nothing_is_left_to_do(house: House) -> None:
    register(house, identity_kind="nid", identity="1990123456789")
    note(house)
    house.phone().text(CANARY)
    house.tick()
    change(house, IncomingText, state="read")
    close(house)
    change(house, WorkItem, state="done")
    house.clock.skip(days=4000)
    done = retain.retain(house.parts)
    assert {table for table, number_ in done.items() if number_} >= {
        *("inbox", "message", "incoming_text", "note", "person", "person_phone", "phone"),
    }
    held = {table: rows(house, model) for table, model in MODELS.items()}
    assert not any(retain.retain(house.parts).values())
    assert {table: rows(house, model) for table, model in MODELS.items()} == held


MODELS = {model.__tablename__: model for model in Base.__subclasses__()}


def test_a_crowd_is_emptied_a_few_at_a_time_and_a_run_that_dies_is_gone_on_with(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retain, "BATCH", 7)
    monkeypatch.setattr(retain, "MOST", 2)
    for place in range(30):
        post(house, number(place))
    change(house, Message, state="delivered")
    house.clock.now += days("message", "updated_at") + SECOND
    left = []
    for _run in range(4):
        retain.retain(house.parts)
        left.append(sum(bool(row["values"]) for row in rows(house, Message)))
    assert left == [16, 2, 0, 0]


def test_when_a_batch_fails_what_went_before_it_is_done(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(house)
    for _text in range(3):
        note(house)
    close(house)
    house.clock.now += days("note", CASE) + SECOND
    monkeypatch.setattr(retain, "BATCH", 1)
    real, asked = retain.retention.forget, []

    def breaks(*args: Any, **named: Any) -> Any:
        if args[2].table == "note":
            asked.append(args)
            if len(asked) == 3:
                raise ConnectionError
        return real(*args, **named)

    monkeypatch.setattr(retain.retention, "forget", breaks)
    with pytest.raises(ConnectionError):
        retain.retain(house.parts)
    assert opened(house, Note, "words") == ["", "", CANARY]
    monkeypatch.undo()
    retain.retain(house.parts)
    assert opened(house, Note, "words") == ["", "", ""]


# -- the register ---------------------------------------------------------------------------------


def test_the_page_of_the_register_is_what_the_command_prints() -> None:
    written = Path(__file__).parents[2] / "docs" / "personal-data.md"
    assert written.read_text() == personal_data.page(), "run `helpline data register`"


def test_the_register_names_every_personal_column_its_purpose_and_its_time() -> None:
    shown = personal_data.page()
    for entry in register_of_columns():
        line = next(line for line in shown.splitlines() if line.startswith(f"| `{entry.table}` "))
        assert f"{entry.column} (" in line
        assert entry.purpose in line
        assert line.rstrip(" |").endswith((".", "deleted", "on"))
