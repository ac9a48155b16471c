"""Whatever anybody says, in whatever order, however much time passes: nothing goes out without a live permit.

Two people share a phone, one of them has another; they register, allow, forbid, withdraw, stop, come
back, are merged, lose the phone. The gateway looks at every message at the moment it is handed over,
with rules written here anew, and at what each person said last.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from helpline.cases.calendar import WINDOWS, local
from helpline.cases.consents import BY_PHONE, PURPOSES, ConsentTo
from helpline.cases.effects import ChangeContact
from helpline.cases.permits import PERMIT_LIVES, PROMPT, Purpose
from helpline.cases.roles import Role
from helpline.gateways.port import Outgoing, Verdict
from helpline.service import consents, effects, messages, permits, recycled
from helpline.service.desk import merging, safe_contact
from helpline.service.desk.acting import acting
from helpline.service.desk.cases import Blocked
from helpline.service.registration import register
from helpline.settings import Settings
from helpline.store.database import connect
from helpline.store.tables import CareCase, Consent, Message, Person, PersonPhone, Phone
from tests.desk.office import Office
from tests.house import RAHIMA, SHIRIN, House, Recorder
from tests.service.steps import REGISTER, visiting

PHONES = (SHIRIN, RAHIMA)
PEOPLE = ("BD-22", "BD-13")
"""Who they are told apart by."""
FULL = os.environ.get("HELPLINE_LOAD") == "full"
AROUND = ("morning", "afternoon", "evening", "any")
BY_THEMSELVES = (Purpose.PERSON, Purpose.NEWS)


@dataclass
class Watcher(Recorder):
    """A gateway that reads the record itself before it takes a message."""

    house: House | None = None
    said: dict[tuple[str, str], bool] = field(default_factory=dict)
    """Whether a person (by id) last said yes to SMS on a phone (by number)."""
    since: dict[tuple[str, str], datetime] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def send(self, messages: Sequence[Outgoing]) -> list[Verdict]:
        for each in messages:
            self.faults += self._wrong(each)
        return super().send(messages)

    def _wrong(self, outgoing: Outgoing) -> list[str]:
        assert self.house is not None
        now = self.house.clock()
        with self.house.database.reading() as connection:
            message = connection.execute(
                select(Message.__table__).where(Message.id == outgoing.message_id)
            ).one()
            phone = connection.execute(
                select(Phone.__table__).where(Phone.id == message.phone_id)
            ).one()
            link = connection.execute(
                select(PersonPhone.__table__).where(
                    PersonPhone.person_id == message.person_id,
                    PersonPhone.phone_id == message.phone_id,
                )
            ).one_or_none()
            person = connection.execute(
                select(Person.__table__).where(Person.id == message.person_id)
            ).one_or_none()
            purpose_of = {"person": "follow_up", "news": "news"}.get(message.purpose)
            agreed = connection.execute(
                select(Consent.id).where(
                    Consent.person_id == message.person_id,
                    Consent.purpose == purpose_of,
                    Consent.given.is_(True),
                    Consent.withdrawn_at.is_(None),
                )
            ).first()
        found = []
        if phone.unsafe_at is not None:
            found.append("unsafe")
        if message.purpose in (Purpose.REPLY, Purpose.LAST):
            if now - message.created_at > PROMPT:
                found.append("a late answer")
            if phone.stopped_at is not None and message.purpose == Purpose.REPLY:
                found.append("stopped")
            return found
        if phone.stopped_at is not None:
            found.append("stopped")
        if link is None or person is None:
            return [*found, "nobody's"]
        here = local(now)
        key = (message.person_id, outgoing.number)
        checks = {
            "no sms": link.sms,
            "unlinked": link.ended_at is None,
            "withdrawn": person.withdrawn_at is None,
            "no consent": agreed is not None,
            "expired": now < link.expires_at,
            "too old": now < self.since.get(key, now) + PERMIT_LIVES,
            "wrong day": str(here.isoweekday()) in link.weekdays,
            "wrong hour": any(_within(part, here) for part in link.window.split()),
            "at night": 8 <= here.hour < 21,
            "never said": self.said.get(key, False),
        }
        return [*found, *(why for why, good in checks.items() if not good)]


def _within(part: str, here: datetime) -> bool:
    if part in WINDOWS:
        return WINDOWS[part].holds(here.time())
    begins, ends = part.split("-")
    return begins <= f"{here:%H:%M}" < ends


class AnyOrder(RuleBasedStateMachine):
    """Everything that may happen to two people and two phones."""

    template: Path
    demo: Settings

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        path = Path(self.folder.name) / "helpline.db"
        shutil.copy(self.template, path)
        self.database = connect(f"sqlite:///{path}")
        self.office = Office(self.database, self.demo)
        self.house = self.office.house
        self.gateway = Watcher(house=self.house)
        self.house.gateway = self.gateway
        self.house.parts = replace(self.house.parts, gateways={self.gateway.name: self.gateway})
        self.office.parts = self.house.parts
        self.people: dict[str, str] = {}
        """Ids of persons by district, as far as they registered."""
        self.count = 0

    def teardown(self) -> None:
        try:
            self._tick()
        finally:
            self.database.engine.dispose()
            self.folder.cleanup()

    @initialize()
    def everybody_is_there(self) -> None:
        self.worker = self.office.hire(Role.SUPERVISOR)
        for who in PEOPLE:
            self._registers(who, SHIRIN, True, "any")

    # -- what people say ----------------------------------------------------------------

    @rule(
        who=st.sampled_from(PEOPLE),
        phone=st.sampled_from(PHONES),
        sms=st.booleans(),
        window=st.sampled_from(AROUND),
    )
    def registers(self, who: str, phone: str, sms: bool, window: str) -> None:
        self._registers(who, phone, sms, window)

    def _registers(self, who: str, phone: str, sms: bool, window: str) -> None:
        known = self.people.get(who)
        with visiting(self.house, phone) as visit:
            before = set(visit.connection.execute(select(Person.id)).scalars())
            register(
                visit,
                replace(REGISTER, district=who, upazila="", sms=sms, window=window),
            )
            now = set(visit.connection.execute(select(Person.id)).scalars())
        for ident in now - before:
            self.people[who] = ident
            self.gateway.said[ident, phone] = sms
            self.gateway.since[ident, phone] = self.house.clock()
        if now == before and known and not sms and self._linked(known, phone):
            self.gateway.said[known, phone] = False

    @rule(
        who=st.sampled_from(PEOPLE),
        phone=st.sampled_from((SHIRIN, SHIRIN, RAHIMA)),
        what=st.sampled_from(
            [
                ("sms", "yes"),
                ("sms", "no"),
                ("call", "no"),
                ("time", "morning"),
                ("time", "evening"),
                ("time", "any"),
                ("days", "weekend"),
                ("days", "working"),
                ("days", "every"),
                ("sole", "no"),
                ("news", "yes"),
                ("news", "no"),
            ]
        ),
    )
    def says_anew(self, who: str, phone: str, what: tuple[str, str]) -> None:
        person_id = self.people.get(who, "")
        link = self._linked(person_id, phone)
        if link is None:
            return
        with visiting(self.house, phone) as visit:
            effects.perform(visit, ChangeContact(person_id, *what))
        if what[0] == "news":
            self.something_is_to_be_said_to_everybody()
            return
        if self.house.clock() >= link.expires_at:
            self.gateway.said[person_id, phone] = False
        if what[0] == "sms":
            self.gateway.said[person_id, phone] = what[1] == "yes"
        self.gateway.since[person_id, phone] = self.house.clock()
        self.something_is_to_be_said_to_everybody()

    @rule(
        who=st.sampled_from(PEOPLE),
        purpose=st.sampled_from([ConsentTo.FOLLOW_UP, ConsentTo.NEWS, ConsentTo.REGISTRATION]),
        gives=st.booleans(),
    )
    def consents(self, who: str, purpose: str, gives: bool) -> None:
        person_id = self.people.get(who)
        if person_id is None:
            return
        text = BY_PHONE if purpose == ConsentTo.FOLLOW_UP else PURPOSES[purpose].current
        with visiting(self.house) as visit:
            if gives:
                consents.give(visit, person_id, purpose, text)
            else:
                consents.take_back(visit, person_id, purpose)
        if purpose == ConsentTo.REGISTRATION and not gives:
            self._never_again(person_id)

    @rule(
        phone=st.sampled_from(PHONES),
        words=st.sampled_from(["STOP", "START", "EXIT", "help", "ভুল নম্বর", "rules"]),
    )
    def writes(self, phone: str, words: str) -> None:
        self.house.phone(phone).text(words)
        if words == "ভুল নম্বর":
            self._nobodys(phone)

    # -- what staff and time do ---------------------------------------------------------

    @rule(phone=st.sampled_from(PHONES))
    def staff_call_it_unsafe(self, phone: str) -> None:
        with self.office.parts.database.transaction() as connection:
            row = connection.execute(
                select(Phone.id).where(
                    Phone.fingerprint == self.house.parts.ring.fingerprint("phone", phone)
                )
            ).scalar_one_or_none()
            case = connection.execute(
                select(CareCase.id)
                .join(PersonPhone, PersonPhone.person_id == CareCase.person_id)
                .where(PersonPhone.phone_id == row)
            ).first()
        if case is not None:
            with acting(self.office.parts, self.worker) as deed:
                safe_contact.mark_unsafe(deed, case.id, row)

    @precondition(lambda self: len(self.people) == len(PEOPLE))
    @rule(kept=st.sampled_from(PEOPLE))
    def staff_join_both(self, kept: str) -> None:
        stays, goes = self.people[kept], next(self.people[who] for who in PEOPLE if who != kept)
        with self.house.database.reading() as connection:
            case = connection.execute(
                select(CareCase.id).where(CareCase.person_id == stays)
            ).first()
            other = connection.execute(
                select(CareCase.reference).where(CareCase.person_id == goes)
            ).first()
        if case is None or other is None:
            return
        both = {phone: self._linked(stays, phone) is not None for phone in PHONES}
        moved = {phone: self._linked(goes, phone) is not None for phone in PHONES}
        try:
            with acting(self.office.parts, self.worker) as deed:
                merging.merge(deed, case.id, other.reference)
        except Blocked:
            return
        said, since = self.gateway.said, self.gateway.since
        for phone in PHONES:
            theirs = said.get((goes, phone), False)
            if moved[phone] and both[phone]:
                said[stays, phone] = said.get((stays, phone), False) and theirs
            elif moved[phone]:
                said[stays, phone] = theirs
                since[stays, phone] = since[goes, phone]
        self._never_again(goes)

    @rule()
    def sweeps(self) -> None:
        permits.sweep(self.house.parts)
        recycled.sweep(self.house.parts)

    @rule(
        passed=st.sampled_from(
            [
                timedelta(minutes=20),
                timedelta(hours=5),
                timedelta(hours=11),
                timedelta(days=1),
                timedelta(days=95),
                timedelta(days=401),
            ]
        )
    )
    def time_passes(self, passed: timedelta) -> None:
        self.house.clock.now += passed
        self.something_is_to_be_said_to_everybody()

    @rule()
    def everybody_is_written_to(self) -> None:
        self.something_is_to_be_said_to_everybody()

    def something_is_to_be_said_to_everybody(self) -> None:
        for person_id, phone, purpose in product(self.people.values(), PHONES, BY_THEMSELVES):
            self.count += 1
            with visiting(self.house, phone) as visit:
                messages.post(
                    visit,
                    purpose=purpose,
                    template="follow_up",
                    values={"code": "*0000#"},
                    dedupe_key=f"said-{self.count}",
                    lives=timedelta(days=2),
                    person_id=person_id,
                )
        self._tick()

    def _tick(self) -> None:
        self.house.tick()
        assert self.gateway.faults == []

    # -- what is known ------------------------------------------------------------------

    def _linked(self, person_id: str, phone: str) -> Any:
        caller = self.house.parts.ring.fingerprint("phone", phone)
        with self.house.database.reading() as connection:
            return connection.execute(
                select(PersonPhone.__table__)
                .join(Phone, Phone.id == PersonPhone.phone_id)
                .where(
                    PersonPhone.person_id == person_id,
                    Phone.fingerprint == caller,
                    PersonPhone.ended_at.is_(None),
                )
            ).one_or_none()

    def _never_again(self, person_id: str) -> None:
        for key in self.gateway.said:
            if key[0] == person_id:
                self.gateway.said[key] = False

    def _nobodys(self, phone: str) -> None:
        for key in self.gateway.said:
            if key[1] == phone:
                self.gateway.said[key] = False


def test_in_any_order_nothing_is_handed_over_without_a_live_permit(
    _sqlite_template: Path,  # noqa: PT019  (its path is used)
    tmp_path: Path,
) -> None:
    class Here(AnyOrder):
        template = _sqlite_template
        demo = replace(Settings.demo(tmp_path / "var", 8000), simulator=False)

    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Here,
        settings=settings(
            max_examples=200 if FULL else 12,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
