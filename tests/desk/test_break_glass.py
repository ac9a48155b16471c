"""Breaking glass: a restricted case for an hour, written down line by line, reviewed by somebody else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import func, select

from helpline.cases.roles import Member, Role
from helpline.service.desk import access, break_glass
from helpline.service.desk.accounts import Unfit
from helpline.service.desk.acting import NotAllowed, Stale, acting
from helpline.store.desk import scope
from helpline.store.tables import Audit, BreakGlass, CareCase, Event
from tests.desk.office import Browser, Office
from tests.desk.test_roles_scope import write_case

WHY = "She is on the line now, and Nasrin is ill."
REFERENCE = "123456786"


@pytest.fixture
def outsider(office: Office) -> Member:
    return office.hire(name="Karim")


@pytest.fixture
def case_id(office: Office) -> str:
    owner = office.hire(name="Nasrin")
    with office.parts.database.transaction() as connection:
        return write_case(
            connection, office, reference=REFERENCE, restricted="gbv", owner_id=owner.id
        )


def ask(office: Office, who: Member, named: str = REFERENCE, why: str = WHY) -> str:
    with acting(office.parts, who) as deed:
        return break_glass.ask(deed, named, why)


def read(office: Office, who: Member, case_id: str, action: str = "read") -> bool:
    try:
        with acting(office.parts, who) as deed:
            access.open_case(deed, case_id, action=action)
    except NotAllowed:
        return False
    return True


def noted(office: Office) -> list[str]:
    with office.parts.database.reading() as connection:
        return list(connection.scalars(select(Audit.action).order_by(Audit.number)))


def grants(office: Office) -> list[Any]:
    with office.parts.database.reading() as connection:
        return list(connection.execute(select(BreakGlass.__table__)))


def test_it_opens_the_case_for_an_hour_and_every_reading_says_so(
    office: Office, outsider: Member, case_id: str
) -> None:
    assert not read(office, outsider, case_id)
    assert ask(office, outsider) == case_id
    assert read(office, outsider, case_id)
    assert read(office, outsider, case_id, "unmask")
    office.skip(minutes=59, seconds=59)
    assert read(office, outsider, case_id)
    office.skip(seconds=1)
    assert not read(office, outsider, case_id)
    through = ["read_break_glass", "unmask_break_glass", "read_break_glass"]
    assert noted(office) == ["refused", "glass_broken", *through, "refused"]


def test_it_stays_absent_from_lists_and_counts(
    office: Office, outsider: Member, case_id: str
) -> None:
    ask(office, outsider)
    with office.parts.database.reading() as connection:
        counted = select(func.count()).select_from(CareCase).where(scope.cases_of(outsider))
        assert connection.scalar(counted) == 0


def test_it_opens_for_nobody_else(office: Office, outsider: Member, case_id: str) -> None:
    ask(office, outsider)
    assert not read(office, office.hire(), case_id)
    assert not read(office, office.hire(Role.SUPERVISOR), case_id)


def test_asking_twice_is_asking_once(office: Office, outsider: Member, case_id: str) -> None:
    assert ask(office, outsider) == ask(office, outsider, case_id) == case_id
    assert len(grants(office)) == 1
    office.skip(minutes=61)
    ask(office, outsider, why="She called a second time just now.")
    assert len(grants(office)) == 2


def test_what_is_ones_own_needs_no_broken_glass(office: Office, case_id: str) -> None:
    with office.parts.database.reading() as connection:
        case = connection.execute(select(CareCase.owner_id)).one()
    owner = next(m for m in [office.hire()] if m)
    with office.parts.database.transaction() as connection:
        connection.execute(CareCase.__table__.update().values(supervisor_id=owner.id))
    assert case.owner_id
    assert ask(office, owner) == case_id
    assert grants(office) == []


@pytest.mark.parametrize("why", ["", " " * 40, "because", "x" * 1001])
def test_a_reason_is_needed(office: Office, outsider: Member, case_id: str, why: str) -> None:
    with pytest.raises(Unfit):
        ask(office, outsider, why=why)
    assert grants(office) == []


@pytest.mark.parametrize("named", ["", "000000000", "123 456 787", "' OR 1=1 --", "x" * 500])
def test_there_has_to_be_such_a_case(
    office: Office, outsider: Member, case_id: str, named: str
) -> None:
    with pytest.raises(NotAllowed):
        ask(office, outsider, named)


@pytest.mark.parametrize("named", ["123 456 786", "১২৩-৪৫৬-৭৮৬", " 123456786 "])
def test_a_number_is_understood_however_it_is_written(
    office: Office, outsider: Member, case_id: str, named: str
) -> None:
    assert ask(office, outsider, named) == case_id


@pytest.mark.parametrize("role", [Role.PARTNER, Role.PROGRAMME, Role.ADMINISTRATOR])
def test_who_opens_no_cases_breaks_no_glass(office: Office, case_id: str, role: Role) -> None:
    with pytest.raises(NotAllowed):
        ask(office, office.hire(role))


def test_the_reason_is_sealed(office: Office, outsider: Member, case_id: str) -> None:
    ask(office, outsider)
    with office.parts.database.reading() as connection:
        written = repr(
            [
                connection.execute(select(table.__table__)).all()
                for table in (BreakGlass, Audit, Event)
            ]
        )
    assert "Nasrin" not in written


def test_the_hour_can_be_given_back(office: Office, outsider: Member, case_id: str) -> None:
    ask(office, outsider)
    [grant] = grants(office)
    with pytest.raises(NotAllowed), acting(office.parts, office.hire()) as deed:
        break_glass.give_back(deed, grant.id)
    with acting(office.parts, outsider) as deed:
        break_glass.give_back(deed, grant.id)
    assert not read(office, outsider, case_id)
    with pytest.raises(Stale), acting(office.parts, outsider) as deed:
        break_glass.give_back(deed, grant.id)


def test_it_is_reviewed_by_somebody_else_and_once(office: Office, case_id: str) -> None:
    breaker, reviewer = office.hire(Role.SUPERVISOR), office.hire(Role.SUPERVISOR)
    ask(office, breaker)
    [grant] = grants(office)
    with pytest.raises(Unfit, match="own"), acting(office.parts, breaker) as deed:
        break_glass.review(deed, grant.id, "justified")
    with pytest.raises(Unfit, match="wrong"), acting(office.parts, reviewer) as deed:
        break_glass.review(deed, grant.id, "perhaps")
    with acting(office.parts, reviewer) as deed:
        break_glass.review(deed, grant.id, "justified")
    assert read(office, breaker, case_id)
    with (
        pytest.raises(Stale),
        acting(office.parts, office.hire(Role.ADMINISTRATOR)) as deed,
    ):
        break_glass.review(deed, grant.id, "not_justified")
    [grant] = grants(office)
    assert (grant.verdict, grant.reviewed_by) == ("justified", reviewer.id)


def test_what_was_not_justified_ends_at_once(
    office: Office, outsider: Member, case_id: str
) -> None:
    ask(office, outsider)
    [grant] = grants(office)
    with acting(office.parts, office.hire(Role.SUPERVISOR)) as deed:
        break_glass.review(deed, grant.id, "not_justified")
    assert not read(office, outsider, case_id)
    with office.parts.database.reading() as connection:
        became = connection.scalars(select(Event.became).order_by(Event.id)).all()
    assert became == ["granted", "closed", "not_justified"]


@pytest.mark.parametrize("role", [Role.COUNSELLOR, Role.SPECIALIST, Role.PROGRAMME, Role.PARTNER])
def test_reasons_are_for_those_who_review(
    office: Office, outsider: Member, case_id: str, role: Role
) -> None:
    ask(office, outsider)
    [grant] = grants(office)
    for use_case in (
        break_glass.latest,
        lambda deed: break_glass.read(deed, grant.id),
        lambda deed: break_glass.review(deed, grant.id, "justified"),
    ):
        with pytest.raises(NotAllowed), acting(office.parts, office.hire(role)) as deed:
            use_case(deed)


def badge(browser: Browser) -> str:
    """What stands beside the log in the menu."""
    found = re.search(r">Log <span[^>]*>(\d+)<", browser.page)
    return found[1] if found else ""


def test_from_the_page_of_nothing_to_the_review(
    office: Office, outsider: Member, case_id: str
) -> None:
    karim, supervisor = office.browser(outsider), office.browser(office.hire(Role.SUPERVISOR))
    supervisor.open("/desk/account")
    assert badge(supervisor) == ""
    missing = karim.open(f"/desk/case/{case_id}")
    assert (karim.status, "Open a case that is not yours" in missing) == (404, True)
    nothing = karim.open("/desk/case/" + "0" * 32)
    assert nothing == missing
    karim.open("/desk/break-glass")
    refused = karim.submit("/desk/break-glass", case=REFERENCE, reason="short")
    assert "a reason of 10 to 1000" in refused
    assert "no case with this number" in karim.submit(
        "/desk/break-glass", case="999", reason="<script>alert(1)</script>{{7*7}}"
    )
    assert "<script>alert" not in karim.page
    karim.submit("/desk/break-glass", case="123 456 786", reason=f"<b>{WHY}</b> {{{{7*7}}}}")
    assert karim.status == 200
    supervisor.open("/desk/account")
    assert badge(supervisor) == "1"
    assert "Karim" in supervisor.open("/desk/log/glass")
    found = re.search(r'href="(/desk/log/glass/\w+)"', supervisor.page)
    assert found
    assert f"<b>{WHY}</b> {{{{7*7}}}}" in supervisor.open(found[1])
    supervisor.submit(f"{found[1]}/review")
    assert supervisor.status == 422
    supervisor.submit(f"{found[1]}/review", verdict="justified")
    assert "It was justified" in supervisor.text
    assert badge(supervisor) == ""
    log = supervisor.open("/desk/log")
    assert "through broken glass" in log
    assert "read the reason of a broken glass" in log
    assert "123 456 786" in karim.open("/desk/break-glass")
    ending = re.search(r'action="(/desk/break-glass/\w+/end)"', karim.page)
    assert ending
    karim.submit(ending[1])
    assert karim.client.get(f"/desk/case/{case_id}").status_code == 404


def test_ones_own_is_not_counted_for_review(office: Office, case_id: str) -> None:
    breaker = office.hire(Role.SUPERVISOR)
    ask(office, breaker)
    browser = office.browser(breaker)
    browser.open("/desk/account")
    assert badge(browser) == ""
    [grant] = grants(office)
    assert "Somebody else has to review" in browser.open(f"/desk/log/glass/{grant.id}")


def test_the_page_of_the_case_says_until_when_it_is_open_and_gives_it_back(
    office: Office, outsider: Member, case_id: str
) -> None:
    ask(office, outsider)
    browser = office.browser(outsider)
    assert "You have opened a case that is not yours." in browser.open(f"/desk/case/{case_id}")
    found = re.search(r'action="(/desk/break-glass/\w+/end)"', browser.page)
    assert found is not None
    browser.submit(found[1])
    assert not read(office, outsider, case_id)


def test_the_page_of_ones_own_case_says_nothing_of_that(office: Office) -> None:
    own = office.hire(name="Nasrin")
    with office.parts.database.transaction() as connection:
        case_id = write_case(connection, office, reference=REFERENCE, owner_id=own.id)
    assert "not yours" not in office.browser(own).open(f"/desk/case/{case_id}")
