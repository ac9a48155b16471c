"""Danger at two at night with nobody on shift: what she reads, who is called, what the desk sees next day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from helpline.cases.directory import Directory
from helpline.cases.roles import Member, Role
from helpline.cases.work import Kind, Priority
from helpline.data.load import load_directory_seed, load_kinds
from helpline.service.desk import follow_ups, hours
from helpline.settings import Settings
from helpline.store.database import Database
from helpline.store.idents import new_ident
from helpline.store.tables import Alarm, CareCase, Event, FollowUp, RiskFlag, Shift, WorkItem
from tests.conversations.screens import rows, screen
from tests.desk.dangers import IMMINENT, gone_through
from tests.desk.office import Office
from tests.desk.oncall import Desk
from tests.house import House

QUESTION = screen("""
    লেখার জন্য ধন্যবাদ। এখন কথা বলতে পারবেন?
    1 হ্যাঁ
    2 না
    3 পরে
    0 কথা 00 মেনু
""")


class Night:
    """Two at night on a Wednesday. Rina, then Ruma are on call; Mina comes at nine."""

    def __init__(self, database: Database, folder: Path) -> None:
        settings = replace(Settings.demo(folder / "var", 8000), simulator=False)
        self.office = Office(database, settings)
        self.house = self.office.house
        self.desk = Desk(self.office)
        self.rina = self.desk.supervisor("Rina", rank=1)
        self.ruma = self.desk.supervisor(
            "Ruma", rank=2, role=Role.SPECIALIST, skills="psychologist"
        )
        self.mina = self.office.hire(name="Mina")
        self.house.clock.skip(hours=16)
        with database.transaction() as connection:
            connection.execute(
                insert(Shift).values(
                    id=new_ident(),
                    staff_id=self.mina.id,
                    weekday=2,
                    begins=time(9),
                    ends=time(17),
                    on_call=False,
                    rank=0,
                    from_day=date(2026, 1, 1),
                    until_day=None,
                )
            )
            known = hours.openings(connection, self.house.clock())
        self.house.parts = replace(self.house.parts, openings=lambda: known)

    def called(self) -> list[tuple[str, int, str]]:
        """Who was called about the review, in which round, and how that stands."""
        names = {each.id: each.name for each in (self.rina, self.ruma)}
        return [
            (names[row["staff_id"]], row["round"], row["state"])
            for row in rows(self.house.database, Alarm)
            if row["item_id"] == self.review()["id"]
        ]

    def review(self) -> Any:
        found = [
            each for each in rows(self.house.database, WorkItem) if each["kind"] == Kind.RISK_REVIEW
        ]
        assert len(found) == 1
        return found[0]

    def answers(self, who: Member) -> None:
        """Somebody who was called writes back what their text asks for."""
        code = self.desk.code(who, self.desk.number(who))
        self.house.phone(self.desk.number(who)).text(f"OK {code}")


@pytest.fixture
def night(database: Database, tmp_path: Path) -> Night:
    return Night(database, tmp_path)


def test_by_sms_from_a_phone_we_know_nothing_about(night: Night) -> None:
    house, database = night.house, night.house.database
    shirin = house.phone()
    shirin.text("আমি মরে যেতে চাই")

    # the one neutral line: whoever reads it learns nothing
    assert house.texts() == [QUESTION]
    shirin.text("1")
    assert house.texts()[-1] == "এখন কেউ নেই। ফোন করব আজ, 09:00 থেকে। এখনই ফ্রি: 109, 999"

    # Rina is called at once, then Ruma, then Rina again, until a human answers
    assert night.review()["priority"] == Priority.IMMINENT
    assert night.called() == [("Rina", 1, "paging")]
    night.desk.after(minutes=2)
    assert night.called() == [("Rina", 1, "passed_on"), ("Ruma", 1, "paging")]
    house.tick()
    night.desk.after(minutes=2)
    assert night.called()[-1] == ("Rina", 2, "paging")
    house.tick()
    night.desk.after(minutes=2)
    assert night.called()[-1] == ("Ruma", 2, "paging")
    [*_, text] = [house.tick(), *house.texts(night.desk.number(night.ruma))]
    assert "Shirin" not in text
    assert "risk" not in text.lower()
    night.answers(night.ruma)
    assert night.called()[-1] == ("Ruma", 2, "acknowledged")
    assert (night.review()["state"], night.review()["owner_id"]) == ("claimed", night.ruma.id)
    night.desk.after(minutes=3)
    assert len(night.called()) == 4  # and it is quiet

    # nobody was labelled, nobody else told
    (case,) = rows(database, CareCase)
    assert (case["risk_level"], case["restricted"]) == ("none", "")
    assert not [event for event in rows(database, Event) if "police" in event["became"]]

    # Ruma talks with her and goes through the form
    gone_through(
        night.desk,
        night.ruma,
        case["id"],
        IMMINENT,
        level="imminent",
        restrict=True,
        supervisor_id=night.rina.id,
        ends=True,
    )

    # in the morning: the desk sees the sign, how long it took, and nothing of it who may not
    house.clock.skip(hours=7)
    page = night.office.browser(night.rina).open("/desk/flags")
    assert "2 Dec 2026: 1" in page
    assert "Words of a message Harming oneself" in page
    assert "6 min" in page
    assert "Imminent danger" in page
    hers = night.office.browser(night.mina)
    hers.open("/desk/queue")
    assert night.review()["id"] not in hers.page
    assert case["id"] not in hers.page
    assert hers.client.get(f"/desk/case/{case['id']}").status_code == 404

    # the day after she is called again, and Ruma's debriefing waits for a supervisor
    house.clock.skip(hours=18)
    follow_ups.sweep(night.office.parts)
    states = {row["kind"]: row["state"] for row in rows(database, FollowUp)}
    assert states == {"after_risk": "due", "debrief": "due"}
    again = next(
        row for row in rows(database, WorkItem) if row["kind"] == Kind.FOLLOW_UP and row["case_id"]
    )
    assert (again["owner_id"], again["priority"]) == (night.ruma.id, Priority.HIGH)


def test_by_sms_with_no_number_that_is_certain_none_is_named(night: Night) -> None:
    house = night.house
    house.parts = replace(house.parts, hotlines=tuple)
    shirin = house.phone()
    shirin.text("আমি মরে যেতে চাই")
    shirin.text("1")
    assert house.texts()[-1] == "এখন কেউ নেই। ফোন করব আজ, 09:00 থেকে।"


def test_in_the_day_with_somebody_there_it_is_said_otherwise(night: Night) -> None:
    house = night.house
    house.clock.skip(hours=8)
    shirin = house.phone()
    shirin.text("আমি মরে যেতে চাই")
    shirin.text("1")
    assert house.texts()[-1] == "শিগগির ফোন করার চেষ্টা করব। এখনই লাগলে, খরচ নেই: 109, 999"


def test_she_cannot_talk_and_is_not_called_but_somebody_looks(night: Night) -> None:
    house = night.house
    shirin = house.phone()
    shirin.text("আমি মরে যেতে চাই")
    shirin.text("2")
    assert house.texts()[-1] == screen("ঠিক আছে। যখন ইচ্ছা লিখুন বা ডায়াল করুন।")
    assert night.called() == [("Rina", 1, "paging")]
    assert {row["kind"] for row in rows(house.database, WorkItem)} == {Kind.TEXT, Kind.RISK_REVIEW}


def test_by_dialling_an_answer_without_peace_calls_the_same_people(night: Night) -> None:
    shirin = night.house.phone()
    shirin.dial()
    shirin.press("9", "3", "1", "2", "2")
    assert shirin.screen == screen("""
        মনে শান্তি পান?
        1 সব সময়
        2 বেশির ভাগ সময়
        3 মাঝে মাঝে
        98 আরও 99 পেছনে 0 কথা
    """)
    shirin.press("4", "2", "2", "2")
    assert shirin.screen.startswith(screen("ধন্যবাদ। কারও সাথে কথা বলবেন?"))
    assert night.called() == [("Rina", 1, "paging")]
    shirin.press("1", "1", "1")
    # not a call this minute: the day on which somebody is there
    assert shirin.screen == screen("ঠিক আছে। ফোন করব: বুধ 2 ডিসেম্বর, যেকোনো সময়।")
    night.desk.after(minutes=2.5)
    night.answers(night.ruma)
    assert night.called() == [("Rina", 1, "passed_on"), ("Ruma", 1, "acknowledged")]
    (flag,) = rows(night.house.database, RiskFlag)
    assert (flag["sign"], flag["topics"], flag["about_another"]) == ("answers", "", False)


def test_somebody_writes_about_a_brother(night: Night) -> None:
    house = night.house
    shirin = house.phone()
    shirin.text("আমার ভাই আত্মহত্যা করতে চায়")
    assert house.texts() == [QUESTION]
    (flag,) = rows(house.database, RiskFlag)
    assert (flag["sign"], flag["about_another"]) == ("text", True)
    assert "self_harm" in flag["topics"]
    night.desk.after(minutes=1)
    night.answers(night.rina)
    page = night.office.browser(night.rina).open(
        f"/desk/case/{flag['case_id']}?item={flag['item_id']}"
    )
    assert "perhaps about somebody else" in page
    (case,) = rows(house.database, CareCase)
    assert case["risk_level"] == "none"  # she who wrote is not the one in danger


# -- violence, in the menu ---------------------------------------------------------------------


def hurt(house: House) -> Any:
    shirin = house.phone()
    shirin.dial()
    shirin.press("9", "2", "4")
    return shirin


def test_first_the_lines_that_answer_then_the_hospital_and_a_safe_way_out(
    database: Database,
) -> None:
    shirin = hurt(House(database))
    assert shirin.screen == screen("""
        বিপদে ফোন করুন, খরচ নেই: 109, 999
        1 এখানেই এগিয়ে যাই
        98 আরও 99 পেছনে 0 কথা
    """)
    assert shirin.press("98") == screen("""
        2 কাছের কেন্দ্র
        3 হাসপাতালে সাহায্য
        9 নিরাপদে শেষ
        99 পেছনে 0 কথা 00 মেনু
    """)
    shirin.press("3")
    assert shirin.screen.startswith("কোন বিভাগ?")
    shirin.press("1")
    assert shirin.screen.startswith(screen("ঠিকানা নিশ্চিত নয়। ফোনে জেনে নিন, খরচ নেই: 109, 999"))
    assert shirin.press("9") == screen("ধন্যবাদ। কেন্দ্রের ঠিকানা জানতে আবার ডায়াল করুন।")
    assert shirin.over
    assert rows(database, WorkItem) == rows(database, Event) == []


def test_a_crisis_centre_that_somebody_confirmed_is_told(database: Database) -> None:
    house = House(database)
    today = house.clock().date()
    checked = [
        replace(each, verified_at=today, expires_at=today + timedelta(days=30))
        for each in load_directory_seed()
    ]
    directory = Directory(checked, load_kinds(), house.parts.places)
    house.parts = replace(house.parts, directory=lambda: directory)
    shirin = hurt(house)
    shirin.press("3")
    divisions = [each.iso for each in house.parts.places.divisions]
    place = next(
        number
        for number, iso in enumerate(divisions, 1)
        if "BD-13" in {each.iso for each in house.parts.places.districts_of(iso)}
    )
    shirin.press(str(place))
    assert shirin.screen.startswith(screen("এখানে যেতে পারেন: ওসিসি, ঢাকা মেডিকেল"))
    house.clock.skip(days=40)
    stale = hurt(house)
    stale.press("3", str(place))
    assert stale.screen.startswith(screen("ঠিকানা নিশ্চিত নয়।"))
