"""What a member sees of cases and of the queue: the conditions of lists say what `may_open` says."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from sqlalchemy import Connection, func, insert, select, update

from helpline.cases.roles import Member, Role
from helpline.cases.work import Kind, Level
from helpline.service import work
from helpline.service.desk import access
from helpline.service.desk.acting import Acting, NotAllowed, acting
from helpline.store.desk import scope
from helpline.store.idents import new_ident
from helpline.store.tables import Alarm, CareCase, WorkItem
from tests.desk.office import Office

DHAKA, SYLHET = "BD-13", "BD-60"


def write_case(connection: Connection, office: Office, **columns: Any) -> str:
    """A case as `columns` say."""
    ident, now = new_ident(), office.clock()
    given: dict[str, Any] = {"stage": "assigned", "risk_level": "none"}
    given.update(reference=ident[-9:], opened_at=now, updated_at=now)
    connection.execute(insert(CareCase).values(**{**given, "id": ident, **columns}))
    return ident


def write_item(connection: Connection, office: Office, **columns: Any) -> str:
    """An item in the queue as `columns` say."""
    kind = columns.pop("kind", Kind.OTHER)
    return work.open_item(
        connection, kind=kind, subject_id=new_ident(), now=office.clock(), **columns
    )


def seen(connection: Connection, member: Member) -> set[str]:
    return set(connection.scalars(select(CareCase.id).where(scope.cases_of(member))))


def queue(connection: Connection, member: Member) -> set[str]:
    return set(connection.scalars(select(WorkItem.id).where(scope.items_of(member))))


def offered(connection: Connection, member: Member) -> set[str]:
    return set(connection.scalars(select(WorkItem.id).where(scope.offered_to(member))))


def opens(deed: Acting, case_id: str) -> bool:
    try:
        access.open_case(deed, case_id)
    except NotAllowed:
        return False
    return True


def test_a_list_holds_exactly_the_cases_that_would_open(office: Office) -> None:
    owner, other = office.hire(), office.hire()
    named = office.hire(Role.SUPERVISOR)
    everybody = [owner, other, named, office.hire(districts=DHAKA), office.hire(districts=SYLHET)]
    everybody += [office.hire(role) for role in Role]
    everybody += [office.hire(Role.SUPERVISOR, districts=DHAKA)]
    kinds = product(("", "gbv"), ("", DHAKA), (None, owner.id), (None, named.id), (False, True))
    with office.parts.database.transaction() as connection:
        for restricted, district, owner_id, supervisor_id, claimed in kinds:
            case_id = write_case(
                connection,
                office,
                restricted=restricted,
                district=district,
                owner_id=owner_id,
                supervisor_id=supervisor_id,
            )
            item = write_item(connection, office, case_id=case_id)
            if claimed:
                held = update(WorkItem).where(WorkItem.id == item)
                connection.execute(held.values(state="claimed", owner_id=other.id))
        cases = set(connection.scalars(select(CareCase.id)))
    for member in everybody:
        with acting(office.parts, member) as deed:
            listed = seen(deed.connection, member)
            assert listed == {case for case in cases if opens(deed, case)}, member.role


def test_a_restricted_case_is_counted_for_its_worker_and_the_named_supervisor_alone(
    office: Office,
) -> None:
    owner, named = office.hire(), office.hire(Role.SUPERVISOR)
    others = [office.hire(), office.hire(Role.SUPERVISOR), office.hire(Role.ADMINISTRATOR)]
    with office.parts.database.transaction() as connection:
        write_case(connection, office, restricted="gbv", owner_id=owner.id, supervisor_id=named.id)

        def count(member: Member) -> int:
            counted = select(func.count()).select_from(CareCase).where(scope.cases_of(member))
            return connection.execute(counted).scalar_one()

        assert [count(member) for member in (owner, named, *others)] == [1, 1, 0, 0, 0]


@pytest.mark.parametrize("says", ["item", "case"])
def test_work_of_a_restricted_case_is_in_nobody_elses_queue(office: Office, says: str) -> None:
    owner, named = office.hire(), office.hire(Role.SUPERVISOR)
    other, another = office.hire(), office.hire(Role.SUPERVISOR)
    with office.parts.database.transaction() as connection:
        case_id = write_case(
            connection,
            office,
            restricted="gbv" if says == "case" else "",
            owner_id=owner.id,
            supervisor_id=named.id,
        )
        restricted = "gbv" if says == "item" else ""
        item = write_item(connection, office, case_id=case_id, restricted=restricted)
        assert queue(connection, owner) == queue(connection, named) == {item}
        assert queue(connection, other) == queue(connection, another) == set()


def test_restricted_work_that_is_nobodys_waits_with_those_who_supervise(office: Office) -> None:
    worker, supervisor = office.hire(), office.hire(Role.SUPERVISOR)
    with office.parts.database.transaction() as connection:
        items = {
            write_item(connection, office, restricted="suicide"),
            write_item(
                connection, office, case_id=write_case(connection, office, restricted="suicide")
            ),
        }
        assert queue(connection, worker) == set()
        assert queue(connection, supervisor) == items


def test_somebody_who_is_paged_about_an_item_sees_it(office: Office) -> None:
    paged, now = office.hire(), office.clock()
    with office.parts.database.transaction() as connection:
        item = write_item(connection, office, restricted="suicide", level=Level.SUPERVISOR)
        assert queue(connection, paged) == set()
        connection.execute(
            insert(Alarm).values(
                id=new_ident(),
                item_id=item,
                round=1,
                staff_id=paged.id,
                state="paging",
                paged_at=now,
                answer_by=now,
            )
        )
        assert queue(connection, paged) == {item}


def test_who_asked_for_a_woman_is_never_offered_to_a_man(office: Office) -> None:
    woman, man = office.hire(sex="woman"), office.hire(sex="man")
    overseer = office.hire(Role.SUPERVISOR, sex="man")
    with office.parts.database.transaction() as connection:
        item = write_item(connection, office, counsellor="woman")
        anybodys = write_item(connection, office, counsellor="any")
        assert queue(connection, woman) == offered(connection, woman) == {item, anybodys}
        assert queue(connection, man) == offered(connection, man) == {anybodys}
        assert queue(connection, overseer) == {item, anybodys}
        assert offered(connection, overseer) == {anybodys}


def test_work_of_another_district_is_not_in_the_queue(office: Office) -> None:
    here, there = office.hire(districts=DHAKA), office.hire(districts=f"{SYLHET} BD-13x")
    with office.parts.database.transaction() as connection:
        item = write_item(connection, office, district=DHAKA)
        nowhere = write_item(connection, office)
        assert queue(connection, here) == {item, nowhere}
        assert queue(connection, there) == {nowhere}


def test_raised_work_goes_up(office: Office) -> None:
    worker, supervisor = office.hire(), office.hire(Role.SUPERVISOR)
    lawyer = office.hire(Role.SPECIALIST, skills="legal")
    psychologist = office.hire(Role.SPECIALIST, skills="psychologist")
    with office.parts.database.transaction() as connection:
        raised = write_item(connection, office, level=Level.SUPERVISOR)
        legal = write_item(connection, office, level=Level.SPECIALIST, specialty="legal")
        assert queue(connection, worker) == set()
        assert queue(connection, supervisor) == {raised, legal}
        assert queue(connection, lawyer) == {legal}
        assert queue(connection, psychologist) == set()


@pytest.mark.parametrize("role", [Role.PARTNER, Role.PROGRAMME, Role.ADMINISTRATOR])
def test_who_has_no_work_here_sees_no_queue_and_no_case(office: Office, role: Role) -> None:
    member = office.hire(role)
    with office.parts.database.transaction() as connection:
        write_case(connection, office)
        write_item(connection, office)
        assert seen(connection, member) == queue(connection, member) == set()
