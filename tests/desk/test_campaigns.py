"""The room of campaigns: written, looked at, agreed to by somebody else, started, held, ended."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from html import escape
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, update

from handlers.app import create_app
from handlers.desk.campaigns_words import PROBLEMS, PROGRESS, STATES, WHY
from handlers.desk.desk import FIELD
from helpline.cases.calendar import local
from helpline.cases.campaigns import PROGRESS as GROUPS
from helpline.cases.campaigns import Bulk
from helpline.cases.roles import Role
from helpline.cases.states import CAMPAIGN, may_move
from helpline.flow.lettering import compose
from helpline.service import campaigns as service
from helpline.settings import Settings
from helpline.store.tables import Audit, Campaign, Event
from tests.desk.office import Browser, Office
from tests.readers import plant

NEUTRAL = "আগামী সপ্তাহে মেলা হবে। সময় পেলে আসবেন।"
TELLING = "বিনা খরচে আইনি পরামর্শ পাবেন।"
HOSTILE = ("{x}", "%s", "<script>alert(1)</script>", "=cmd()", "{{7*7}}", "ক" * 400)
STEPS = {
    "submit": ("draft", "submitted"),
    "approve": ("submitted", "approved"),
    "send-back": ("submitted", "draft"),
    "start": ("approved", "running"),
    "pause": ("running", "paused"),
    "resume": ("paused", "running"),
}
"""What each step leads from and to; `cancel` and `change` lead from more than one."""


class Room:
    """The room as two members of staff see it: one who writes, and a second person."""

    def __init__(self, office: Office, folder: Path, people: int = 8) -> None:
        self.office = office
        self._settings = replace(Settings.demo(folder / "var", 8000), simulator=False)
        self.plant(["reader"] * people)
        self.author = office.hire(Role.PROGRAMME)
        self.writer = office.browser(self.author)
        self.second = office.browser(office.hire(Role.SUPERVISOR))
        self.id = ""

    def plant(self, kinds: list[str], **more: Any) -> None:
        parts = self.office.parts
        plant(parts.database, parts.ring, self.office.clock(), kinds, **more)

    def bulk(self, **said: Any) -> None:
        """Configure campaigns in another way, for the pages and for the workers."""
        office = self.office
        parts = replace(office.parts, bulk=Bulk(**({"per_second": 5000.0} | said)))
        office.parts = office.house.parts = parts
        office.app = create_app(parts, self._settings)
        self.writer = office.browser(self.author)

    def fields(self, **said: Any) -> dict[str, Any]:
        until = local(self.office.clock()).date() + timedelta(days=3)
        fields = {
            "title": "A fair",
            "text_bn": NEUTRAL,
            "languages": ["bn"],
            "valid_until": until.isoformat(),
        }
        return fields | said

    def write(self, **said: Any) -> str:
        """Write a campaign; what its page says."""
        self.writer.open("/desk/campaigns/new")
        text = self.writer.submit("/desk/campaigns/new", **self.fields(**said))
        if self.writer.status == 200:
            query = select(Campaign.id).order_by(Campaign.id.desc()).limit(1)
            with self.office.parts.database.reading() as connection:
                self.id = connection.scalar(query) or ""
        return text

    @property
    def page(self) -> str:
        return f"/desk/campaigns/{self.id}"

    def step(self, name: str, who: Browser | None = None, **more: Any) -> str:
        """One step, as it is done on the page; what the next page says."""
        browser = who or self.writer
        browser.open(self.page)
        return browser.submit(f"{self.page}/{name}", **({"seen": self.row.version} | more))

    def run(self, seconds: int = 2) -> None:
        """Let the workers do what is due."""
        for _second in range(seconds):
            service.sweep(self.office.parts)
            self.office.house.tick()
            self.office.skip(seconds=1)
        service.sweep(self.office.parts)

    @property
    def row(self) -> Any:
        query = select(Campaign.__table__).where(Campaign.id == self.id)
        with self.office.parts.database.reading() as connection:
            return connection.execute(query).one()

    @property
    def state(self) -> str:
        return str(self.row.state)

    def put(self, **columns: Any) -> None:
        with self.office.parts.database.transaction() as connection:
            connection.execute(update(Campaign).where(Campaign.id == self.id).values(**columns))


@pytest.fixture
def room(office: Office, tmp_path: Path) -> Room:
    return Room(office, tmp_path)


def test_a_campaign_goes_from_the_draft_to_the_results(room: Room) -> None:
    room.bulk()
    assert "Draft" in room.write()
    assert "May be started" in room.step("submit")
    assert "Being sent" in room.step("start")
    room.run()
    page = room.writer.open(room.page)
    assert "Finished" in page
    assert "8 phones in all 8 Sent" in page
    assert len(room.office.house.gateway.sent) == 8
    moves = select(Event.was, Event.became).where(Event.subject_id == room.id).order_by(Event.id)
    with room.office.parts.database.reading() as connection:
        assert [tuple(row) for row in connection.execute(moves)] == [
            ("", "draft"),
            ("draft", "submitted"),
            ("submitted", "approved"),
            ("approved", "running"),
            ("", "enrolled"),
            ("running", "done"),
        ]
        actions = connection.scalars(select(Audit.action).where(Audit.subject == "campaign")).all()
    assert actions == ["campaign_write", "campaign_submit", "campaign_start"]


def test_the_preview_tells_how_many_and_never_who(room: Room) -> None:
    room.plant(["elsewhere"] * 3, first=50)
    text = room.write()
    assert "≤ 15 phones" in text
    assert not re.search(r"880\s?13|0130\d", room.writer.text)
    section = re.search(r"By district(.*?)– stands for", text)
    assert section
    assert "Dhaka" in section[1]
    assert not re.search(r"\d", section[1])  # the eight would tell the three
    assert "Bangla ≤ 15" in text


def test_two_segments_that_differ_in_one_person_look_the_same(room: Room) -> None:
    """Whoever may write campaigns asks for any segment, as often as they like, and subtracts."""
    room.writer.open("/desk/campaigns/new")
    shown = set()
    for more in range(3):
        if more:
            room.plant(["reader"], first=60 + more)
        shown.add(room.writer.submit("/desk/campaigns/new", **room.fields(look="1")))
    assert len(shown) == 1
    assert "≤ 10 phones" in shown.pop()


def test_a_segment_of_fewer_than_five_is_not_shown_and_cannot_be_handed_in(
    office: Office, tmp_path: Path
) -> None:
    room = Room(office, tmp_path, people=4)
    assert "Fewer than five phones" in room.write()
    assert "that is no campaign" in room.step("submit")
    assert (room.writer.status, room.state) == (422, "draft")


def test_who_and_what_it_costs_can_be_looked_at_before_anything_is_kept(room: Room) -> None:
    room.writer.open("/desk/campaigns/new")
    text = room.writer.submit("/desk/campaigns/new", **room.fields(look="1", title=""))
    assert "≤ 10 phones ≤ 10 parts of SMS" in text
    assert NEUTRAL in room.writer.page
    assert "There is no campaign yet." in room.writer.open("/desk/campaigns")


def test_money_is_named_only_where_there_is_a_price(room: Room) -> None:
    text = room.write(text_bn=f"{NEUTRAL} {NEUTRAL}")
    assert "≤ 20 parts of SMS" in text
    assert "BDT" not in text
    room.bulk(price=Decimal("0.35"))
    assert "≤ 7 BDT cost" in room.writer.open(room.page)


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 81}, "title"),
        ({"title": "one\ntwo"}, "title"),
        ({"text_bn": "ক" * 481}, "too_long"),
        ({"valid_until": "yesterday"}, "valid_until"),
        ({"valid_until": "2020-01-01"}, "valid_until"),
        ({"valid_until": "9999-12-31"}, "valid_until"),
        ({"districts": ["BD-99"]}, "districts"),
        ({"needs": ["gossip"]}, "segment"),
        ({"languages": ["fr"]}, "segment"),
        ({"sexes": ["'; DROP TABLE"]}, "segment"),
        ({"reason": "x" * 301}, "reason"),
    ],
)
def test_what_cannot_be_right_is_not_kept_and_what_was_typed_stays(
    room: Room, wrong: dict[str, Any], problem: str
) -> None:
    text = room.write(**({"text_en": "Typed before."} | wrong))
    assert room.writer.status == 422
    assert PROBLEMS[problem] in text
    assert "Typed before." in text
    assert room.id == ""


def test_a_text_must_be_there_for_every_language_of_the_segment(room: Room) -> None:
    room.write(languages=["bn", "en"])
    assert PROBLEMS["no_text"] in room.step("submit")
    room.write(languages=[])
    assert PROBLEMS["no_text"] in room.step("submit")
    assert room.state == "draft"


def test_a_text_with_a_listed_word_is_refused_until_a_reason_is_given_and_then_needs_two(
    room: Room,
) -> None:
    text = room.write(text_bn=TELLING)
    assert "আইনি" in text
    assert "A word that tells what this is about" in text
    assert PROBLEMS["listed_words"] in room.step("submit")
    assert room.state == "draft"
    room.plant(["detailed"] * 6, first=100)
    room.write(text_bn=TELLING, reason="They asked for exactly this.")
    room.step("submit")
    assert room.state == "submitted"
    # only who allowed such words
    assert "≤ 10 phones" in room.writer.open(room.page)


def test_no_reason_helps_a_listed_word_to_a_restricted_segment(room: Room) -> None:
    room.plant(["detailed"] * 6, first=100, need="legal")
    text = room.write(text_bn=TELLING, needs=["legal"], reason="They asked for it.")
    assert "Restricted segment" in text
    assert PROBLEMS["restricted_words"] in room.step("submit")
    assert room.state == "draft"


def test_nothing_helps_a_text_in_the_wrong_script(room: Room) -> None:
    room.write(text_bn="Agami shoptahe mela hobe", reason="Everybody reads it.")
    assert PROBLEMS["script"] in room.step("submit")
    assert room.state == "draft"


@pytest.mark.parametrize("why", ["restricted", "large"])
def test_a_second_person_agrees_and_it_is_not_the_writer(room: Room, why: str) -> None:
    if why == "large":
        room.bulk(second_person_above=7)
    room.plant(["reader"] * 6, first=100, need="legal")
    needs = ["legal"] if why == "restricted" else []
    room.writer = room.office.browser(room.office.hire(Role.SUPERVISOR))  # who else might agree
    assert "A second person must agree" in room.write(needs=needs)
    text = room.step("submit")
    assert "Somebody else must agree" in text
    assert "I agree" not in text
    assert PROBLEMS["own_words"] in room.step("approve")
    assert room.state == "submitted"
    room.step("start", room.second)
    assert room.state == "submitted"
    assert "I agree" in room.second.open(room.page)
    room.step("approve", room.second)
    assert room.state == "approved"


def test_who_wrote_an_earlier_version_is_no_second_person_either(room: Room) -> None:
    room.plant(["reader"] * 6, first=100, need="legal")
    earlier = room.office.browser(room.office.hire(Role.SUPERVISOR))
    room.writer, by_programme = earlier, room.writer
    room.write(needs=["legal"])
    room.writer = by_programme
    room.step("change", **room.fields(needs=["legal"], title="Another"))
    room.step("submit")
    assert PROBLEMS["own_words"] in room.step("approve", earlier)
    room.step("send-back", earlier)
    assert room.state == "draft"
    room.step("submit")
    room.step("approve", room.second)
    assert room.state == "approved"


@pytest.mark.parametrize("state", ["submitted", "approved"])
def test_whoever_changes_a_campaign_takes_the_agreement_away(room: Room, state: str) -> None:
    room.plant(["reader"] * 6, first=100, need="legal")
    room.write(needs=["legal"])
    room.step("submit")
    if state == "approved":
        room.step("approve", room.second)
    assert room.state == state
    assert "has to agree anew" in room.writer.open(f"{room.page}/change")
    room.step("change", **room.fields(needs=["legal"], text_bn=NEUTRAL + " ধন্যবাদ।"))
    row = room.row
    assert row.state == "draft"
    assert (row.approved_by, row.approved_at, row.submitted_by) == (None, None, None)
    room.step("start")
    assert room.state == "draft"


def test_a_campaign_that_has_grown_since_needs_a_second_person_after_all(room: Room) -> None:
    room.bulk(second_person_above=8)
    room.write()
    room.step("submit")
    assert room.state == "approved"
    room.plant(["reader"], first=300)
    assert PROBLEMS["second_person"] in room.step("start")
    assert room.state == "approved"


def test_what_was_agreed_to_too_long_ago_does_not_start(room: Room) -> None:
    room.write()
    room.step("submit")
    room.office.skip(days=5)
    room.writer = room.office.browser(room.author)
    assert PROBLEMS["valid_until"] in room.step("start")
    assert room.state == "approved"


@pytest.mark.parametrize("state", CAMPAIGN)
def test_every_step_leads_where_the_table_says_and_nowhere_else(room: Room, state: str) -> None:
    room.plant(["reader"] * 6, first=100, need="legal")
    leads = {name: {was: to} for name, (was, to) in STEPS.items()}
    leads["cancel"] = {was: "cancelled" for was in CAMPAIGN if "cancelled" in CAMPAIGN[was]}
    leads["change"] = dict.fromkeys(("draft", "submitted", "approved"), "draft")
    for name, moves in leads.items():
        assert all(
            may_move(CAMPAIGN, *move) or move == ("draft", "draft") for move in moves.items()
        )
        room.write(needs=["legal"])
        room.put(state=state, approved_by=room.author.id)
        room.step(name, room.second, **room.fields(needs=["legal"]))
        assert room.state == moves.get(state, state), name
        assert room.second.status == (200 if state in moves else 409), name


def test_two_people_at_once_do_not_both_have_their_way(room: Room) -> None:
    room.write()
    room.writer.open(room.page)
    seen = room.row.version
    room.step("cancel", room.second)
    text = room.writer.submit(f"{room.page}/submit", seen=seen)
    assert (room.writer.status, room.state) == (409, "cancelled")
    assert "Changed meanwhile" in text
    for forged in ("", "x", "1" * 30, "-1", "১"):
        room.writer.submit(f"{room.page}/submit", seen=forged)
        assert room.writer.status == 409


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_are_shown_sent_and_filed_as_they_were_typed(
    room: Room, hostile: str
) -> None:
    room.bulk()
    text = f"{NEUTRAL} {hostile}"
    title = hostile[:80]
    room.write(title=title, text_bn=text)
    for path in (room.page, f"{room.page}/change", "/desk/campaigns"):
        room.writer.open(path)
        assert escape(title) in room.writer.page.replace("&#34;", "&quot;")
        assert "<script>alert" not in room.writer.page
    room.step("submit")
    room.step("start")
    room.run()
    assert {each.text for each in room.office.house.gateway.sent} == {compose(text)}
    content = _file(room, "xlsx")
    book = load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book for line in sheet for cell in line]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert title in [cell.value for cell in cells]


def _file(room: Room, what: str, purpose: str = "planning") -> bytes:
    room.writer.open(room.page)
    token = room.writer._token
    answer = room.writer.client.post(
        f"{room.page}/file", data={FIELD: token, "what": what, "purpose": purpose}
    )
    return answer.data if answer.status_code == 200 else b""


def test_the_results_go_out_as_files_with_small_figures_hidden_and_a_line_in_the_log(
    room: Room,
) -> None:
    room.bulk()
    room.plant(["reader"] * 2, first=50, district="BD-10")
    room.plant(["reader"] * 6, first=60, district="BD-15")
    room.write(districts=["BD-13", "BD-10", "BD-15"])
    room.step("submit")
    room.step("start")
    room.run()
    assert "16 phones in all" in room.writer.open(room.page)
    rows = list(csv.reader(io.StringIO(_file(room, "districts").decode("utf-8-sig"))))
    assert rows[0] == ["By district", *PROGRESS.values(), "Total"]
    hidden = {row[0]: row[-1] for row in rows[1:]}
    assert len(hidden) == 3
    assert sorted(hidden.values())[:1] == ["6"] or sorted(hidden.values())[:1] == ["8"]
    assert list(hidden.values()).count("–") == 2
    assert _file(room, "nothing") == b""
    assert _file(room, "xlsx", purpose="curiosity") == b""
    with room.office.parts.database.reading() as connection:
        [detail] = connection.scalars(select(Audit.detail).where(Audit.action == "export")).all()
    assert detail == f"districts campaign={room.id} purpose=planning"


def test_whoever_is_bound_to_districts_writes_to_these_only(room: Room) -> None:
    room.author = room.office.hire(Role.SUPERVISOR, districts="BD-13")
    room.writer = room.office.browser(room.author)
    assert PROBLEMS["not_your_districts"] in room.write(districts=[])
    assert PROBLEMS["not_your_districts"] in room.write(districts=["BD-13", "BD-10"])
    room.write(districts=["BD-13"])
    assert room.state == "draft"
    assert room.writer.open("/desk/campaigns/new").count("Chattogram") == 0


def test_those_without_the_right_do_not_see_the_room(room: Room) -> None:
    room.write()
    for role in (Role.COUNSELLOR, Role.SPECIALIST, Role.PARTNER, Role.ADMINISTRATOR):
        browser = room.office.browser(room.office.hire(role))
        browser.open(room.page)
        assert browser.status == 403
    room.step("approve")  # the programme writes, and agrees to nothing
    assert room.writer.status == 403


def test_every_problem_state_and_group_has_words() -> None:
    source = (Path(service.__file__).parent / "desk" / "campaigns.py").read_text()
    assert set(re.findall(r'Refused\("(\w+)"\)', source)) == PROBLEMS.keys()
    assert STATES.keys() == CAMPAIGN.keys()
    assert PROGRESS.keys() == GROUPS.keys()
    assert all(WHY.values())


def test_the_room_speaks_bangla(room: Room) -> None:
    member = room.office.hire(Role.SUPERVISOR, language="bn")
    browser = room.office.browser(member)
    room.write()
    text = browser.open(room.page)
    assert "গণবার্তা" in text
    assert "খসড়া" in text
    assert not re.search(r"\b(?:phones|Draft|Hand it in)\b", text)
