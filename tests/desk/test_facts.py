"""Whoever looks after the directory checks the facts that callers are shown, with or without the queue."""

from __future__ import annotations

import pytest

from helpline.cases.hotlines import Check
from helpline.cases.roles import Role
from helpline.service.desk import desk_sweeps, stale_facts
from helpline.service.desk.acting import NotAllowed, Stale, acting
from helpline.store.facts import all_checks
from helpline.store.tables import Audit, WorkItem
from tests.desk.casebook import row, rows
from tests.desk.office import Office


def _never(office: Office) -> list[stale_facts.Known]:
    with office.parts.database.reading() as connection:
        return stale_facts.never_checked(connection)


def test_an_administrator_who_has_no_queue_checks_a_fact(office: Office) -> None:
    desk_sweeps.sweep(office.parts)
    who = office.hire(Role.ADMINISTRATOR)
    browser = office.browser(who)
    count = len(_never(office))
    assert f"To be checked now: {count}" in browser.open("/desk/facts")
    assert 'href="/desk/facts"' in browser.page
    fact = next(each for each in _never(office) if each.text)
    browser.submit(f"/desk/facts/{fact.digest}", outcome="works", seen="")
    assert (browser.status, "Done. It is written down." in browser.text) == (200, True)
    assert "<details open>" in browser.page
    assert len(_never(office)) == count - 1
    with office.parts.database.reading() as connection:
        (check,) = all_checks(connection)
    assert (check.fact, check.verified_by) == (fact.fact, f"staff:{who.id}")
    assert row(office, Audit, action="check").subject_id == fact.digest


def test_two_who_check_one_fact_at_once_are_told(office: Office) -> None:
    fact = _never(office)[0]
    browser = office.browser(office.hire(Role.ADMINISTRATOR))
    browser.open("/desk/facts")
    browser.submit(f"/desk/facts/{fact.digest}", outcome="failed", seen="")
    browser.submit(f"/desk/facts/{fact.digest}", outcome="works", seen="")
    assert browser.status == 409
    browser.submit(f"/desk/facts/{fact.digest}", outcome="works", seen="yesterday")
    assert browser.status == 409
    assert {each.outcome for each in _checks(office)} == {"failed"}


def _checks(office: Office) -> list[Check]:
    with office.parts.database.reading() as connection:
        return list(all_checks(connection))


def test_with_the_last_fact_the_work_about_it_is_done(office: Office) -> None:
    desk_sweeps.sweep(office.parts)
    who = office.hire(Role.ADMINISTRATOR)
    for fact in _never(office):
        with acting(office.parts, who) as deed:
            stale_facts.looked_after(deed, fact.digest, "works", seen=None)
    assert [each.state for each in rows(office, WorkItem)] == ["done"]
    assert "Nothing has to be checked now." in office.browser(who).open("/desk/facts")


def test_what_is_no_fact_and_no_outcome_is_refused(office: Office) -> None:
    who, fact = office.hire(Role.ADMINISTRATOR), _never(office)[0]
    for digest, outcome, wrong in (
        ("0" * 32, "works", NotAllowed),
        (fact.digest, "perhaps", NotAllowed),
    ):
        with pytest.raises(wrong), acting(office.parts, who) as deed:
            stale_facts.looked_after(deed, digest, outcome, seen=None)
    with pytest.raises(Stale), acting(office.parts, who) as deed:
        stale_facts.looked_after(deed, fact.digest, "works", seen=office.clock().date())


@pytest.mark.parametrize("role", [Role.COUNSELLOR, Role.PROGRAMME, Role.PARTNER])
def test_who_does_not_look_after_the_directory_sees_no_facts(office: Office, role: Role) -> None:
    browser = office.browser(office.hire(role))
    browser.open("/desk/facts")
    assert browser.status == 403
    assert 'href="/desk/facts"' not in browser.page
