"""The log: only ever added to, and whoever changes it all the same is found out."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DatabaseError

from helpline.cases.roles import Role
from helpline.service.desk import audit, queue
from helpline.service.desk.acting import NotAllowed, acting
from helpline.service.desk.audit import Wanted
from helpline.store.database import Database
from helpline.store.desk import log
from helpline.store.migrate import upgrade
from helpline.store.sealing import KeyRing, new_keys
from helpline.store.tables import Audit, WorkItem
from tests.desk.office import Office
from tests.desk.test_roles_scope import write_case
from tests.desk.work import ask

LINES = 8
RING = KeyRing.parse(new_keys("here"))


@pytest.fixture
def written(database: Database) -> Database:
    """A log of eight lines."""
    with database.transaction() as connection:
        for number in range(1, LINES + 1):
            log.append(
                connection,
                RING,
                at=datetime(2026, 12, 1, 4, number, tzinfo=UTC),
                actor=f"{number:032x}",
                action="read",
                subject="case",
                subject_id=f"{number:032x}",
                case_id=f"{number:032x}",
                detail="a" * number,
            )
    return database


@pytest.fixture
def unguarded(written: Database) -> Database:
    """The same for somebody who owns the database."""
    with written.transaction() as connection:
        names = ["audit_keeps"]
        if written.dialect == "sqlite":
            names = ["audit_keeps_update", "audit_keeps_delete", "audit_keeps_replace"]
        for name in names:
            place = " ON audit" if written.dialect == "postgresql" else ""
            connection.execute(text(f"DROP TRIGGER {name}{place}"))
    return written


def found(database: Database) -> list[tuple[int, int, str]]:
    with database.reading() as connection:
        return [tuple(fault) for fault in log.faults(connection, RING)]


def test_what_was_written_is_intact(written: Database) -> None:
    assert found(written) == []
    with written.reading() as connection:
        number, digest = log.tail(connection)
        assert (number, log.digest_of(connection, LINES)) == (LINES, digest)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", datetime(2026, 12, 1, 4, 5, 0, 1, tzinfo=UTC)),
        ("actor", "somebody"),
        ("action", "note"),
        ("subject", "note"),
        ("subject_id", ""),
        ("case_id", None),
        ("detail", "aaaa"),
    ],
)
def test_a_changed_line_is_named(unguarded: Database, column: str, value: Any) -> None:
    with unguarded.transaction() as connection:
        connection.execute(update(Audit).where(Audit.number == 5).values({column: value}))
    assert found(unguarded) == [(5, 5, "changed")]


def test_whoever_has_the_database_alone_cannot_make_a_digest(unguarded: Database) -> None:
    elsewhere = KeyRing.parse(new_keys("elsewhere"))
    with unguarded.transaction() as connection:
        before = log.digest_of(connection, LINES - 1)
        row = connection.execute(select(Audit.__table__).where(Audit.number == LINES)).one()
        entry = log.Entry(*row[: len(log.Entry._fields)])._replace(action="note")
        digest = log._digest(elsewhere, before, entry)
        connection.execute(
            update(Audit).where(Audit.number == LINES).values(action="note", digest=digest)
        )
    assert found(unguarded) == [(LINES, LINES, "changed")]


def test_a_changed_line_with_its_digest_made_anew_shows_at_the_next(unguarded: Database) -> None:
    with unguarded.transaction() as connection:
        before = log.digest_of(connection, 4)
        row = connection.execute(select(Audit.__table__).where(Audit.number == 5)).one()
        entry = log.Entry(*row[: len(log.Entry._fields)])._replace(action="note")
        connection.execute(
            update(Audit)
            .where(Audit.number == 5)
            .values(action="note", digest=log._digest(RING, before, entry))
        )
    assert found(unguarded) == [(6, 6, "changed")]


def test_lines_taken_out_are_named(unguarded: Database) -> None:
    with unguarded.transaction() as connection:
        connection.execute(delete(Audit).where(Audit.number.in_([1, 4, 5])))
    assert found(unguarded) == [(1, 1, "missing"), (4, 5, "missing")]


def test_a_line_put_in_is_named(unguarded: Database) -> None:
    with unguarded.transaction() as connection:
        for number in range(LINES, 4, -1):
            connection.execute(
                update(Audit).where(Audit.number == number).values(number=number + 1)
            )
        row = connection.execute(select(Audit.__table__).where(Audit.number == 4)).one()
        connection.execute(insert(Audit).values(**{**row._mapping, "number": 5}))
    assert (5, 5, "changed") in found(unguarded)


def test_lines_that_changed_places_are_named(unguarded: Database) -> None:
    with unguarded.transaction() as connection:
        for was, becomes in ((3, 99), (4, 3), (99, 4)):
            connection.execute(update(Audit).where(Audit.number == was).values(number=becomes))
    assert {fault[0] for fault in found(unguarded)} >= {3, 4}


def test_a_line_before_the_first_is_named(unguarded: Database) -> None:
    with unguarded.transaction() as connection:
        row = connection.execute(select(Audit.__table__).where(Audit.number == 4)).one()
        connection.execute(insert(Audit).values(**{**row._mapping, "number": 0}))
    assert found(unguarded)[0] == (0, 0, "changed")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET detail = ''",
        "UPDATE audit SET number = number + 100",
        "DELETE FROM audit WHERE number = 3",
        "DELETE FROM audit",
    ],
)
def test_the_database_refuses_to_change_the_log(written: Database, statement: str) -> None:
    with pytest.raises(DatabaseError, match="only ever added to"), written.transaction() as c:
        c.execute(text(statement))
    assert found(written) == []


def test_a_line_cannot_be_written_over(written: Database) -> None:
    columns = "number, at, actor, action, subject, subject_id, detail, digest"
    said = {
        "sqlite": "only ever added to",
        "postgresql": "duplicate key",
    }[written.dialect]
    verb = "INSERT OR REPLACE" if written.dialect == "sqlite" else "INSERT"
    statement = (
        f"{verb} INTO audit ({columns}) VALUES "
        "(3, '2026-12-01 04:00:00+00', '', '', '', '', '', '')"
    )
    with pytest.raises(DatabaseError, match=said), written.transaction() as connection:
        connection.execute(text(statement))
    assert found(written) == []


def test_the_log_cannot_be_emptied_at_a_stroke(written: Database) -> None:
    if written.dialect == "sqlite":
        return
    with pytest.raises(DatabaseError, match="only ever added to"), written.transaction() as c:
        c.execute(text("TRUNCATE audit"))


def test_a_second_migration_guards_the_log_again(unguarded: Database) -> None:
    upgrade(unguarded.engine.url.render_as_string(hide_password=False))
    with pytest.raises(DatabaseError), unguarded.transaction() as connection:
        connection.execute(text("DELETE FROM audit"))


def test_many_who_write_at_once_write_one_chain(database: Database) -> None:
    def write(actor: str) -> None:
        for _ in range(10):
            with database.transaction() as connection:
                log.append(
                    connection,
                    RING,
                    at=datetime(2026, 12, 1, tzinfo=UTC),
                    actor=actor,
                    action="read",
                    subject="case",
                    subject_id="x",
                )

    threads = [threading.Thread(target=write, args=(f"{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as connection:
        assert log.tail(connection)[0] == 40
    assert found(database) == []


def test_what_is_not_done_is_not_noted(office: Office) -> None:
    member = office.hire()

    def fail() -> None:
        with acting(office.parts, member) as deed:
            audit.note(deed, "read", "case", "x")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with office.parts.database.reading() as connection:
        assert log.tail(connection) == (0, "")


def test_who_asks_for_a_case_that_is_not_theirs_is_noted_and_told_nothing(office: Office) -> None:
    elsewhere = office.hire(districts="BD-13")
    with office.parts.database.transaction() as connection:
        case = write_case(connection, office, district="BD-22", restricted="gbv")
    browser = office.browser(elsewhere)
    there = browser.client.get(f"/desk/case/{case}")
    nothing = browser.client.get(f"/desk/case/{'0' * 32}")
    assert (there.status_code, there.text) == (nothing.status_code, nothing.text)
    with office.parts.database.reading() as connection:
        found = connection.execute(select(Audit.actor, Audit.action, Audit.case_id)).all()
    assert found == [(elsewhere.id, "refused", case)]


@pytest.mark.parametrize("how", ["open", "claim", "release", "finish", "begin", "assign"])
def test_who_asks_for_work_that_is_not_theirs_is_noted_and_told_nothing(
    office: Office, how: str
) -> None:
    with office.parts.database.transaction() as connection:
        case = write_case(connection, office, district="BD-22", restricted="gbv")
    _request, theirs = ask(office, district="BD-22", restricted="gbv", case_id=case)
    elsewhere = office.hire(Role.SUPERVISOR, districts="BD-13")
    acts: dict[str, Any] = {
        "open": queue.seen,
        "claim": queue.claim,
        "release": lambda deed, item: queue.release(deed, item, "tired"),
        "finish": lambda deed, item: queue.finish(deed, item, "completed"),
        "begin": queue.begin_session,
        "assign": lambda deed, item: queue.assign(deed, item, elsewhere.id),
    }
    for item in (theirs, "0" * 32, "<script>"):
        with pytest.raises(NotAllowed), acting(office.parts, elsewhere) as deed:
            acts[how](deed, item)
    with office.parts.database.reading() as connection:
        found = connection.execute(
            select(Audit.actor, Audit.action, Audit.subject, Audit.subject_id, Audit.case_id)
        ).all()
        state = connection.scalar(select(WorkItem.state).where(WorkItem.id == theirs))
    assert found == [(elsewhere.id, "refused", "work_item", theirs, case)]
    assert state == "open"


def test_a_man_who_takes_what_is_for_a_woman_is_noted_and_one_who_takes_anothers_is_told_whose(
    office: Office,
) -> None:
    man, nasrin = office.hire(sex="man"), office.hire(name="Nasrin")
    _request, for_a_woman = ask(office, counsellor="woman")
    with pytest.raises(NotAllowed), acting(office.parts, man) as deed:
        queue.claim(deed, for_a_woman)
    with acting(office.parts, nasrin) as deed:
        queue.claim(deed, for_a_woman)
    with pytest.raises((queue.Taken, NotAllowed)), acting(office.parts, man) as deed:
        queue.claim(deed, for_a_woman)
    with office.parts.database.reading() as connection:
        found = connection.execute(
            select(Audit.subject_id).where(Audit.action == "refused", Audit.actor == man.id)
        ).scalars()
        assert set(found) == {for_a_woman}


def test_the_page_of_work_that_is_not_theirs_is_the_page_of_what_is_not_there(
    office: Office,
) -> None:
    _request, theirs = ask(office, district="BD-22", restricted="gbv")
    browser = office.browser(office.hire(districts="BD-13"))
    there = browser.client.get(f"/desk/item/{theirs}")
    nothing = browser.client.get(f"/desk/item/{'0' * 32}")
    assert (there.status_code, there.text) == (nothing.status_code, nothing.text)


def fill(office: Office, lines: int) -> dict[str, Any]:
    """A log of many lines about two cases by two people, and what they are called."""
    one, other = office.hire(name="Nasrin"), office.hire(name="Karim")
    with office.parts.database.transaction() as connection:
        cases = [
            write_case(connection, office, reference=ref) for ref in ("123456786", "000000000")
        ]
    for number in range(lines):
        with acting(office.parts, (one, other)[number % 2]) as deed:
            action = "unmask" if number % 3 == 0 else "read"
            case = cases[number % 2]
            audit.note(deed, action, "case", case, case_id=case)
        office.skip(hours=1)
    return {"one": one, "other": other, "cases": cases}


def test_lines_are_found_by_who_what_which_case_and_day(office: Office) -> None:
    told = fill(office, 30)
    reviewer = office.hire(Role.SUPERVISOR)

    def numbers(**wanted: Any) -> list[int]:
        with acting(office.parts, reviewer) as deed:
            return [row.number for row in audit.lines(deed, Wanted(**wanted), 100)][::-1]

    assert numbers(actor=told["one"].id) == list(range(1, 31, 2))
    assert numbers(action="unmask") == list(range(1, 31, 3))
    assert numbers(reference="000000000") == list(range(2, 31, 2))
    assert numbers(reference="nothing") == []
    first_day = datetime(2026, 12, 1, tzinfo=UTC).date()
    assert numbers(day=first_day) == list(range(1, 15))
    assert numbers(before=3) == [1, 2]


def test_the_page_shows_a_hundred_and_leads_to_the_older_ones(office: Office) -> None:
    fill(office, 110)
    browser = office.browser(office.hire(Role.ADMINISTRATOR))
    browser.open("/desk/log")
    assert browser.page.count("<tr>") == 101
    assert "Older lines" in browser.text
    browser.open("/desk/log?before=11")
    assert browser.page.count("<tr>") == 11
    assert "Older lines" not in browser.text


@pytest.mark.parametrize(
    "query",
    [
        "before=x",
        "before=-1",
        "day=yesterday",
        "actor=%27%3B--",
        "case=%3Cscript%3E{{7*7}}",
        "case=" + "9" * 4000,
    ],
)
def test_whatever_is_asked_for_the_page_stands(office: Office, query: str) -> None:
    browser = office.browser(office.hire(Role.SUPERVISOR))
    browser.open(f"/desk/log?{query}")
    assert browser.status == 200
    assert "<script>" not in browser.page


def test_reading_the_log_is_in_the_log(office: Office) -> None:
    reader = office.hire(Role.SUPERVISOR)
    with acting(office.parts, reader) as deed:
        audit.lines(deed, Wanted(), 10)
    with office.parts.database.reading() as connection:
        assert connection.execute(select(Audit.actor, Audit.action)).all() == [
            (reader.id, "log_read")
        ]


@pytest.mark.parametrize("role", [Role.COUNSELLOR, Role.SPECIALIST, Role.PARTNER, Role.PROGRAMME])
def test_the_log_is_for_those_who_review(office: Office, role: Role) -> None:
    with pytest.raises(NotAllowed), acting(office.parts, office.hire(role)) as deed:
        audit.lines(deed, Wanted(), 10)


def test_numbers_run_without_a_gap(office: Office) -> None:
    fill(office, 5)
    with office.parts.database.reading() as connection:
        numbers = connection.scalars(select(Audit.number).order_by(Audit.number)).all()
        assert connection.scalar(select(func.count()).select_from(Audit)) == 5
    assert all(b - a == 1 for a, b in pairwise(numbers))
