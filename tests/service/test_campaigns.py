"""A campaign on its way: everybody it is for once, nobody else, whoever dies or comes too late."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from helpline.cases.calendar import local
from helpline.cases.campaigns import Bulk, Segment
from helpline.cases.roles import Member, Role
from helpline.flow.lettering import compose
from helpline.gateways.port import Outcome
from helpline.service import campaigns as service
from helpline.service import outgoing
from helpline.service.desk import campaigns
from helpline.service.desk.acting import Acting, Stale, acting
from helpline.service.desk.campaigns import Draft
from helpline.service.dispatch import dispatch
from helpline.settings import Settings
from helpline.store.database import Database, Unavailable
from helpline.store.desk import lost
from helpline.store.tables import Campaign, Consent, Event, Message, Person, PersonPhone, Phone
from tests.desk.office import Office
from tests.readers import DISTRICT, GETS, KINDS, number, plant
from tests.service.outbox_rows import put

TEXT = "আগামী সপ্তাহে মেলা হবে। সময় পেলে আসবেন। {x} %s <b> =1"
ENGLISH = "There is a fair next week. You are welcome."
SEGMENT = Segment(
    districts=frozenset({DISTRICT}), needs=frozenset({"work"}), sexes=frozenset({"woman"})
)

EVEN = ("0", "2", "4", "6", "8")


class Stand:
    """An office with people who want news, and one campaign for them."""

    def __init__(self, database: Database, folder: Path, **bulk: Any) -> None:
        settings = replace(Settings.demo(folder / "var", 8000), simulator=False)
        self.office = Office(database, settings)
        self.house = self.office.house
        self.house.parts = replace(self.house.parts, bulk=Bulk(**({"per_second": 5000.0} | bulk)))
        self.writer: Member = self.office.hire(Role.PROGRAMME)
        self.second: Member = self.office.hire(Role.SUPERVISOR)
        self.id = ""

    @property
    def parts(self) -> Any:
        return self.house.parts

    def plant(self, kinds: Sequence[str], **more: Any) -> dict[str, str]:
        return plant(self.house.database, self.parts.ring, self.house.clock(), kinds, **more)

    def write(self, **said: Any) -> None:
        until = local(self.house.clock()).date() + timedelta(days=2)
        draft = Draft("A fair", TEXT, ENGLISH, SEGMENT, until)
        with acting(self.parts, self.writer) as deed:
            self.id = campaigns.write(deed, replace(draft, **said))

    def do(self, step: Callable[[Acting, str, int], None], who: Member | None = None) -> None:
        with acting(self.parts, who or self.writer) as deed:
            step(deed, self.id, self.row.version)

    def start(self, **said: Any) -> None:
        self.write(**said)
        self.do(campaigns.submit)
        if self.row.state == "submitted":
            self.do(campaigns.approve, self.second)
        self.do(campaigns.start)

    def enrol(self) -> None:
        """Let the clock's task run until there is nothing left to enrol or to settle."""
        before: tuple[Any, ...] | None = None
        while (now := tuple(self.row)) != before:
            before = now
            service.sweep(self.parts)

    def run(self, seconds: int = 3) -> None:
        """Enrol everybody and let some seconds pass, with a tick in each."""
        self.enrol()
        for _second in range(seconds):
            self.house.tick()
            self.house.clock.skip(seconds=1)
        service.sweep(self.parts)

    @property
    def row(self) -> Any:
        with self.house.database.reading() as connection:
            return connection.execute(
                select(Campaign.__table__).where(Campaign.id == self.id)
            ).one()

    @property
    def states(self) -> Counter[str]:
        """How many messages of the campaign are in which state."""
        with self.house.database.reading() as connection:
            rows = connection.execute(
                select(Message.state, func.count())
                .where(Message.subject_id == self.id)
                .group_by(Message.state)
            )
            return Counter({row[0]: row[1] for row in rows})

    @property
    def why(self) -> Counter[str]:
        with self.house.database.reading() as connection:
            return Counter(
                connection.scalars(select(Message.trouble).where(Message.subject_id == self.id))
            )

    @property
    def got(self) -> Counter[str]:
        """How many texts each number got."""
        return Counter(each.number for each in self.house.gateway.sent)

    def change(self, table: type, *where: Any, **values: Any) -> None:
        with self.house.database.transaction() as connection:
            connection.execute(update(table).where(*where).values(**values))


@pytest.fixture
def stand(database: Database, tmp_path: Path) -> Stand:
    return Stand(database, tmp_path)


def test_everybody_it_is_for_gets_it_once_and_nobody_else_at_all(stand: Stand) -> None:
    people = stand.plant(KINDS * 12)
    stand.start()
    stand.run()
    expected = {each for each, kind in people.items() if kind in GETS}
    assert stand.got == Counter([*expected])
    assert {each.text for each in stand.house.gateway.sent} == {compose(TEXT)}
    evening = sum(kind == "evening" for kind in people.values())
    assert stand.states == {"sent": len(expected), "queued": evening}
    assert stand.row.enrolled == sum(stand.states.values())
    assert stand.row.state == "running"


def test_nobody_under_18_is_written_to_even_who_wants_news(stand: Stand) -> None:
    people = stand.plant(KINDS * 6)
    children = {each for each, kind in people.items() if kind in GETS and each.endswith(EVEN)}
    marks = [stand.parts.ring.fingerprint("phone", number) for number in children]
    of_children = select(PersonPhone.person_id).join(Phone, Phone.id == PersonPhone.phone_id)
    stand.change(
        Person, Person.id.in_(of_children.where(Phone.fingerprint.in_(marks))), age="minor"
    )
    stand.start()
    stand.run()
    assert children
    assert set(stand.got) == {each for each, kind in people.items() if kind in GETS} - children


def test_who_may_be_written_to_in_the_evening_gets_it_in_the_evening_and_then_it_is_done(
    stand: Stand,
) -> None:
    people = stand.plant(["reader"] * 5 + ["evening"] * 3)
    stand.start()
    stand.run()
    assert len(stand.got) == 5
    while local(stand.house.clock()).hour < 16:
        stand.house.clock.skip(minutes=30)
        stand.run(1)
        assert (len(stand.got) == 8) is (local(stand.house.clock()).hour >= 16)
    assert stand.got == Counter([*people])
    assert stand.row.state == "done"


def test_what_has_not_gone_by_its_last_day_never_goes(stand: Stand) -> None:
    stand.plant(["reader"] * 5 + ["evening"] * 3)
    stand.start()
    stand.run()
    stand.change(Campaign, Campaign.id == stand.id, valid_until=stand.house.clock())
    stand.run()
    assert stand.states == {"sent": 5, "skipped": 3}
    assert stand.why["stale"] == 3
    assert stand.row.state == "done"
    stand.house.clock.skip(hours=8)
    stand.run()
    assert len(stand.got) == 5


def test_at_night_nothing_goes_and_in_the_morning_everything(stand: Stand) -> None:
    people = stand.plant(["reader"] * 6)
    stand.house.clock.skip(hours=12)  # ten at night
    stand.start()
    stand.run()
    assert stand.got == {}
    assert stand.why == {"quiet": 6}
    stand.house.clock.skip(hours=10, minutes=1)
    stand.run()
    assert stand.got == Counter([*people])


CHANGES: dict[str, Callable[[Stand], None]] = {
    "news was taken back": lambda stand: stand.change(
        Consent, Consent.purpose == "news", withdrawn_at=stand.house.clock()
    ),
    "the permit was taken back": lambda stand: stand.change(PersonPhone, sms=False),
    "the permit expired": lambda stand: stand.change(PersonPhone, expires_at=stand.house.clock()),
    "the phone was stopped": lambda stand: stand.change(Phone, stopped_at=stand.house.clock()),
    "the phone is not safe": lambda stand: stand.change(Phone, unsafe_at=stand.house.clock()),
    "the phone is no longer theirs": lambda stand: stand.change(
        PersonPhone, ended_at=stand.house.clock()
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_changes_between_enrolling_and_sending_counts(stand: Stand, what: str) -> None:
    stand.plant(["reader"] * 6)
    stand.start()
    stand.enrol()
    assert stand.states == {"queued": 6}
    CHANGES[what](stand)
    stand.run()
    assert stand.got == {}
    assert stand.states == {"refused": 6}
    assert stand.row.state == "done"


def test_a_text_that_is_not_neutral_goes_only_to_who_allows_it_on_a_phone_of_their_own(
    stand: Stand,
) -> None:
    people = stand.plant(["reader"] * 6 + ["shared"] * 2 + ["detailed"] * 6)
    stand.start(text_bn="বিনা খরচে আইনি পরামর্শ।", reason="They asked for it.")
    stand.enrol()
    wanted = [each for each, kind in people.items() if kind == "detailed"]
    assert stand.states == {"queued": len(wanted)}
    with stand.house.database.transaction() as connection:  # somebody else registers there, too
        link = connection.execute(
            select(PersonPhone.__table__).where(PersonPhone.detailed.is_(True)).limit(1)
        ).one()
        other = connection.scalar(
            select(PersonPhone.person_id).where(PersonPhone.detailed.is_(False)).limit(1)
        )
        columns = link._asdict() | {"person_id": other, "sole": False, "detailed": False}
        connection.execute(PersonPhone.__table__.insert().values(**columns))  # type: ignore[attr-defined]
    stand.run()
    assert stand.states == {"sent": len(wanted) - 1, "refused": 1}
    assert stand.why["shared"] == 1


def test_a_phone_in_english_gets_the_english_text(stand: Stand) -> None:
    stand.plant(["reader"] * 5)
    stand.plant(["reader"] * 5, first=100, language="en")
    stand.plant(["reader"] * 5, first=200, language="bn_Latn")
    stand.start()
    stand.run()
    texts = Counter(each.text for each in stand.house.gateway.sent)
    assert texts == {compose(TEXT): 10, ENGLISH: 5}


def test_a_pause_holds_what_a_worker_has_in_hand_and_what_waits_and_then_it_goes_on(
    stand: Stand,
) -> None:
    people = stand.plant(["reader"] * 30)
    stand.start()
    stand.enrol()
    dispatch(stand.parts)
    woken = [ids for queue, ids in stand.house.bell.woken if queue == "bulk"]
    assert sum(map(len, woken)) == 30
    ready = outgoing._ready(stand.parts, woken[0])
    stand.do(campaigns.pause)
    for gateway, batches in outgoing._rounds(stand.parts, ready):  # ruled on before, claimed after
        with outgoing.ThreadPoolExecutor(1) as calls:
            outgoing._round(stand.parts, gateway, batches, calls, stand.parts.clock())
    stand.run(60)
    assert stand.got == {}
    assert stand.states == {"queued": 30}
    stand.do(campaigns.resume)
    stand.run()
    assert stand.got == Counter([*people])
    assert stand.row.state == "done"


def test_a_campaign_that_is_ended_leaves_nothing_behind_that_could_still_go(stand: Stand) -> None:
    stand.plant(["reader"] * 30)
    stand.start()
    stand.enrol()
    ids = next_ids(stand)
    outgoing.send(stand.parts, ids[:10])
    stand.do(campaigns.cancel)
    stand.run(60)
    assert stand.states == {"sent": 10, "cancelled": 20}
    assert len(stand.got) == 10
    with stand.house.database.reading() as connection:
        told = connection.scalar(
            select(func.count()).select_from(Event).where(Event.became == "cancelled")
        )
    assert told == 21  # each text, and the campaign


def next_ids(stand: Stand) -> list[str]:
    with stand.house.database.reading() as connection:
        return list(connection.scalars(select(Message.id).where(Message.subject_id == stand.id)))


def test_it_goes_no_faster_than_its_share_and_delays_nobody_else(
    database: Database, tmp_path: Path
) -> None:
    stand = Stand(database, tmp_path, per_second=4.0)
    stand.plant(["reader"] * 40)
    stand.start()
    stand.enrol()
    so_far = []
    for _second in range(12):
        put(stand.house, number(9000))
        stand.house.tick()
        so_far.append(len(stand.got) - (number(9000) in stand.got))
        assert stand.got[number(9000)] == _second + 1  # an answer passes at once
        stand.house.clock.skip(seconds=1)
    assert all(gone <= 4 * (second + 2) for second, gone in enumerate(so_far))
    assert so_far[-1] >= 38
    for _second in range(3):
        stand.house.tick()
        stand.house.clock.skip(seconds=1)
    assert sum(stand.got.values()) == 40 + 12


def test_two_campaigns_share_what_may_go(database: Database, tmp_path: Path) -> None:
    stand = Stand(database, tmp_path, per_second=10.0)
    stand.plant(["reader"] * 60)
    stand.start()
    first = stand.id
    stand.start(title="Another")
    for _second in range(3):
        stand.run(1)
    with database.reading() as connection:
        rows = connection.execute(
            select(Message.subject_id, func.count())
            .where(Message.state == "sent")
            .group_by(Message.subject_id)
        )
        gone = {row[0]: row[1] for row in rows}
    assert gone.keys() == {first, stand.id}
    assert min(gone.values()) >= 10


def test_many_may_enrol_at_once_and_die_in_the_middle_and_everybody_is_enrolled_once(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "PAGE", 20)
    monkeypatch.setattr(service, "BITS", 3)
    stand.plant(["reader"] * 205)
    stand.start()
    whole, deaths = service.campaigns.advance, iter(range(1000))

    def dies_now_and_then(*arguments: Any, **more: Any) -> None:
        whole(*arguments, **more)
        if next(deaths) % 3 == 0:
            raise SystemExit

    monkeypatch.setattr(service.campaigns, "advance", dies_now_and_then)

    def work() -> None:
        for _time in range(12):
            try:
                service.sweep(stand.parts)
            except (SystemExit, Unavailable):  # a job that fails is done again
                continue

    workers = [threading.Thread(target=work) for _worker in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    monkeypatch.setattr(service.campaigns, "advance", whole)
    stand.enrol()
    assert stand.states == {"queued": 205}
    assert stand.row.enrolled == 205


def test_what_nobody_can_know_is_counted_and_never_sent_again(stand: Stand) -> None:
    stand.plant(["reader"] * 6)
    stand.start()
    stand.house.gateway.next_outcomes = [Outcome.AMBIGUOUS, Outcome.REFUSED]
    stand.run(60)
    assert stand.states == {"ambiguous": 1, "failed": 1, "sent": 4}
    assert stand.row.state == "done"
    with stand.house.database.reading() as connection:
        later = stand.house.clock() + timedelta(days=1)
        assert lost.undecided(connection, before=later, answering=()) == []


def test_what_comes_into_the_segment_later_is_not_enrolled_twice_by_a_second_campaign_page(
    stand: Stand,
) -> None:
    stand.plant(["reader"] * 6)
    stand.start()
    stand.enrol()
    stand.plant(["reader"] * 3, first=500)
    stand.run()
    assert stand.row.state == "done"
    assert len(stand.got) == 6


def test_nobody_starts_what_somebody_else_has_just_changed(stand: Stand) -> None:
    stand.plant(["reader"] * 6)
    stand.write()
    seen = stand.row.version
    stand.do(campaigns.submit)
    with pytest.raises(Stale), acting(stand.parts, stand.writer) as deed:
        campaigns.start(deed, stand.id, seen)
    assert stand.row.state == "approved"
