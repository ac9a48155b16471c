"""A desk with a telephone: the fake network, its parties, and the workers that ask it to ring."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from sqlalchemy import select

from handlers.app import create_app
from helpline.cases.calendar import Slot
from helpline.cases.effects import RequestCounselling
from helpline.cases.roles import Member
from helpline.cases.voice import Prompt
from helpline.cases.work import Kind
from helpline.gateways.port import Secrets
from helpline.gateways.twilio import Options, Twilio
from helpline.gateways.voice import Sounds, VoiceLine
from helpline.service import outgoing
from helpline.service.counselling import request
from helpline.service.desk import callbacks, calling
from helpline.service.desk.acting import acting
from helpline.service.visit import Visit
from helpline.store.idents import new_ident
from helpline.store.tables import Call, Callback, CallLeg, Duty, Event, Staff, WorkItem
from tests.desk.office import Office
from tests.fakes.twilio_fake import ACCOUNT, TOKEN
from tests.fakes.voice_fake import Party, VoiceFake
from tests.house import SHIRIN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helpline.settings import Settings
    from helpline.store.database import Database

HOTLINE = "+8809600000001"
MISSED = "+8809600000002"
NASRIN = "+8801300000101"
TAHMINA = "+8801300000102"
RECORDED = {prompt.value: f"{prompt.value}.mp3" for prompt in Prompt}


class PhoneOffice(Office):
    """An office whose line is Twilio's, as far as anybody can tell."""

    def __init__(self, database: Database, settings: Settings) -> None:
        super().__init__(database, settings)
        self.settings = settings
        self.hooks = f"{settings.public_url}/hooks/twilio"
        self.network = VoiceFake(self._deliver, self.hooks)
        self.network.start()
        twilio = Twilio(
            "twilio",
            Secrets({"auth_token": TOKEN}),
            Options(account_sid=ACCOUNT, sender=HOTLINE, base_url=self.network.url),
            public_url=settings.public_url,
        )
        self.side = twilio.voice(HOTLINE, Sounds(RECORDED, public_url="https://helpline.example"))
        self.line = VoiceLine(self.side, HOTLINE, frozenset({MISSED}), 25)
        self.parts = replace(
            self.parts, gateways={**self.parts.gateways, "twilio": twilio}, voice=self.line
        )
        self.app = create_app(self.parts, settings)

    def close(self) -> None:
        self.side.close()
        self.network.close()

    def work(self) -> None:
        """Let workers and network do what there is to do."""
        while self.house.bell.woken or self.network._jobs:
            while self.house.bell.woken:
                queue, ids = self.house.bell.woken.pop(0)
                if queue == "call":
                    calling.carry_out(self.parts, ids)
                else:
                    outgoing.send(self.parts, ids)
            if self.network._jobs:
                self.network._jobs.popleft()()

    def on_duty(self, name: str, number: str, **more: Any) -> Member:
        """Somebody with a phone who is there."""
        member = self.hire(name=name, number=number, **more)
        with self.parts.database.transaction() as connection:
            connection.execute(
                Duty.__table__.insert().values(
                    id=new_ident(),
                    staff_id=member.id,
                    began_at=self.clock(),
                    until_at=self.clock() + timedelta(hours=9),
                )
            )
        return member

    def promise(self, number: str = SHIRIN, kind: Kind = Kind.CALLBACK) -> str:
        """Somebody was promised a call; the id of the item."""
        now = self.clock()
        with self.parts.database.transaction() as connection:
            caller = self.parts.ring.fingerprint("phone", number)
            phone = Visit(self.parts, connection, "ussd", number, caller, now, "bn").phone_id()
            callbacks.ask(
                self.parts,
                connection,
                phone_id=phone,
                kind=kind,
                about="menu",
                slot=Slot(now, now + timedelta(hours=11)),
                dedupe_key=new_ident(),
                language="bn",
            )
        return str(self.one(WorkItem, kind=kind.value).id)

    def counselling(self, number: str = SHIRIN, counsellor: str = "any") -> str:
        """Somebody asked for a counsellor by phone; the id of the item."""
        now = self.clock()
        wish = RequestCounselling("money", counsellor, "call", False, now, now + timedelta(hours=2))
        with self.parts.database.transaction() as connection:
            caller = self.parts.ring.fingerprint("phone", number)
            request(Visit(self.parts, connection, "ussd", number, caller, now, "bn"), wish)
        return str(self.one(WorkItem, kind="counselling").id)

    def ring(self, who: Member, item_id: str) -> str:
        """`who` presses the button, and everything that follows happens."""
        with acting(self.parts, who) as deed:
            call_id = calling.ring(deed, item_id)
        calling.wake(self.parts, call_id=call_id)
        self.work()
        return call_id

    def party(self, number: str, answers: str = "answer", *keys: str) -> None:
        self.network.parties[number] = Party(answers, list(keys))

    def one(self, table: Any, **values: Any) -> Any:
        """The last row with these values."""
        [newest] = table.__table__.primary_key
        found = select(table.__table__).filter_by(**values).order_by(newest.desc()).limit(1)
        with self.parts.database.reading() as connection:
            return connection.execute(found).one_or_none()

    @property
    def callback(self) -> Any:
        return self.one(Callback)

    @property
    def call(self) -> Any:
        return self.one(Call)

    def moves(self, subject: str) -> list[str]:
        found = select(Event.became).where(Event.subject == subject).order_by(Event.id)
        with self.parts.database.reading() as connection:
            return list(connection.execute(found).scalars())

    def legs(self) -> list[Any]:
        with self.parts.database.reading() as connection:
            return list(connection.execute(select(CallLeg.__table__).order_by(CallLeg.id)))

    def set_pin(self, who: Member, hashed: str) -> None:
        with self.parts.database.transaction() as connection:
            connection.execute(
                Staff.__table__.update().where(Staff.id == who.id).values(pin=hashed)
            )

    def _deliver(self, url: str, form: dict[str, str], headers: dict[str, str]) -> tuple[int, str]:
        parts = urlsplit(url)
        answer = self.app.test_client().post(
            parts.path + (f"?{parts.query}" if parts.query else ""),
            data=urlencode(form),
            content_type="application/x-www-form-urlencoded",
            headers=headers,
        )
        return answer.status_code, answer.text


@contextmanager
def phone_office(database: Database, settings: Settings) -> Iterator[PhoneOffice]:
    office = PhoneOffice(database, settings)
    try:
        yield office
    finally:
        office.close()
