"""The demo's desk: alive at once, the same when it is filled again, and absent wherever it is not a demo."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from handlers.desk import demo, demo_office
from helpline.settings import Mode, Settings
from helpline.store.database import Database
from helpline.store.tables import CareCase, Provider, Referral, Staff, WorkItem
from tests.desk.office import Office


@pytest.fixture
def lively(database: Database, tmp_path: Path) -> Office:
    """The demo's desk after its start, on SQLite and on PostgreSQL."""
    office = Office(database, replace(Settings.demo(tmp_path / "var", 8000), gateways=()))
    demo.live(office.parts)
    office.house.work()
    return office


def counts(office: Office) -> list[int]:
    with office.parts.database.reading() as connection:
        return [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (Staff, Provider, CareCase, WorkItem, Referral)
        ]


def test_a_demo_opens_with_staff_callers_and_work(lively: Office) -> None:
    with lively.parts.database.reading() as connection:
        kinds = set(connection.execute(select(WorkItem.kind)).scalars())
        restricted = connection.execute(select(CareCase.restricted)).scalars().all()
        sent = connection.execute(select(Referral.state)).scalars().all()
    assert kinds >= {"counselling", "callback", "text", "complaint", "risk_review"}
    assert restricted.count("gbv") == 1
    assert sent == ["sent"]


def test_a_demo_that_starts_again_stays_as_it_was(lively: Office) -> None:
    before = counts(lively)
    demo.live(lively.parts)
    assert counts(lively) == before


def test_every_name_and_number_of_the_demo_says_that_it_is_made_up(lively: Office) -> None:
    parts = lively.parts
    with parts.database.reading() as connection:
        numbers = [
            parts.ring.unseal_text(row.number, "staff.number", row.id)
            for row in connection.execute(select(Staff.__table__))
            if row.number
        ]
        offices = connection.execute(select(Provider.name_en, Provider.name_bn)).all()
    assert all(number.startswith("+8801300000") for number in numbers)
    assert all("fictional" in row.name_en and "কাল্পনিক" in row.name_bn for row in offices)


def test_one_click_lets_a_newcomer_in(lively: Office) -> None:
    for colleague in demo_office.STAFF:
        browser = lively.stranger()
        page = browser.open("/desk/demo?language=en")
        assert "made up" in page
        browser.submit(f"/desk/demo/{colleague.username}", language="en")
        assert browser.status == 200
        assert colleague.name in browser.text
        assert "Log out" in browser.text


def test_the_code_on_the_page_opens_the_front_door(lively: Office) -> None:
    browser = lively.stranger()
    browser.open("/desk/log-in?language=en")
    browser.submit("/desk/log-in", username="nasrin", password=demo_office.PASSWORD)
    browser.submit("/desk/log-in/code", code=demo_office.code_now(lively.parts, "nasrin"))
    assert browser.status == 200
    assert "নাসরিন" in browser.text


def test_nobody_is_let_in_who_is_not_of_the_demo(lively: Office) -> None:
    stranger = lively.hire()
    with lively.parts.database.reading() as connection:
        username = connection.execute(
            select(Staff.username).where(Staff.id == stranger.id)
        ).scalar_one()
    browser = lively.stranger()
    browser.submit(f"/desk/demo/{username}")
    assert "Log out" not in browser.text
    assert browser.client.get("/desk/queue").status_code == 303


@pytest.mark.parametrize(
    ("mode", "simulator"),
    [
        (Mode.DEMO, False),
        (Mode.DEVELOPMENT, True),
        (Mode.PRODUCTION, True),
        (Mode.PRODUCTION, False),
    ],
)
def test_outside_the_demo_there_is_no_such_door(
    database: Database, tmp_path: Path, mode: Mode, simulator: bool
) -> None:
    settings = replace(
        Settings.demo(tmp_path / "var", 8000), gateways=(), mode=mode, simulator=simulator
    )
    office = Office(database, settings)
    assert not any("demo" in rule.endpoint for rule in office.app.url_map.iter_rules())
    client = office.app.test_client()
    assert client.get("/desk/demo").status_code == 404
    assert client.post("/desk/demo/nasrin").status_code == 404


def test_who_asked_for_a_woman_still_does_after_staff_wrote_down_her_name(lively: Office) -> None:
    with lively.parts.database.reading() as connection:
        found = select(WorkItem.counsellor).where(
            WorkItem.kind == "counselling", WorkItem.district == "BD-63"
        )
        assert connection.execute(found).scalars().all() == ["woman"]
