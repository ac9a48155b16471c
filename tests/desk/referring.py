"""A client, an office and a counsellor, for tests of referrals. All of it is made up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from helpline.cases.referral_rules import CRITERIA
from helpline.cases.roles import Member, Role
from helpline.service.desk import providers, referral_drafts
from helpline.service.desk.acting import acting
from helpline.service.desk.providers import Office as Entry
from helpline.service.desk.referral_drafts import Wish
from helpline.store.desk import providers as provider_rows
from helpline.store.desk import referrals as referral_rows
from helpline.store.tables import Base, CareCase, Event, Referral, WorkItem
from tests.conversations.screens import REGISTER_IN_JASHORE

if TYPE_CHECKING:
    from tests.desk.office import Office
    from tests.house import Phone

FOCAL = "+8801300000901"
"""The focal person of the office: fictional, of nobody."""
JASHORE, DHAKA = "BD-22", "BD-13"
EVERYTHING = ("reference", "name", "sex", "district", "need", "funding", "contact", "phone")


@dataclass
class Town:
    """An office in Jashore that gives legal aid, Shirin who needs it, and Nasrin who has her case."""

    office: Office
    nasrin: Member
    head: Member
    shirin: Phone
    case_id: str
    provider_id: str

    @property
    def parts(self) -> Any:
        return self.office.parts

    def row(self, referral_id: str) -> Any:
        with self.parts.database.reading() as connection:
            return referral_rows.by_id(connection, referral_id)

    def provider(self, provider_id: str = "") -> Any:
        with self.parts.database.reading() as connection:
            return provider_rows.by_id(connection, provider_id or self.provider_id)

    def wish(self, **other: Any) -> Wish:
        return Wish(
            **{
                "service": "legal_aid",
                "provider_id": self.provider_id,
                "priority": "normal",
                "fields": ("district", "need"),
                "words": "Help with a wage claim",
                "left_out": "later",
                **other,
            }
        )

    def draft(self, who: Member | None = None, after: str = "", **other: Any) -> str:
        with acting(self.parts, who or self.nasrin) as deed:
            return referral_drafts.draft(deed, self.case_id, self.wish(**other), after=after)

    def sent(self, **other: Any) -> str:
        """A referral that has been agreed to and sent."""
        ident = self.draft(**other)
        with acting(self.parts, self.nasrin) as deed:
            assert referral_drafts.agree(deed, ident, self.row(ident).version, "voice") == "sent"
        self.office.house.work()
        return ident

    def told(self) -> str:
        """The last SMS the office got."""
        return self.office.house.texts(FOCAL)[-1]

    def link(self) -> str:
        """Where the link in the last SMS to the office leads."""
        found = re.search(r"(/desk/partner/\S+)", self.told())
        assert found, self.told()
        return found[1]

    def code(self) -> str:
        """The code in the last SMS to the office."""
        found = re.search(r"\b(\d{5}) [1-4] ", self.told())
        assert found, self.told()
        return found[1]

    def sms(self, words: str, number: str = FOCAL) -> list[str]:
        """The office writes; what it gets back."""
        before = len(self.office.house.texts(number))
        self.office.house.phone(number).text(words)
        return self.office.house.texts(number)[before:]

    def events(self, referral_id: str) -> list[tuple[str, str, str]]:
        """Each step of a referral: was, became, why."""
        with self.parts.database.reading() as connection:
            rows = connection.execute(
                select(Event.was, Event.became, Event.why)
                .where(Event.subject == "referral", Event.subject_id == referral_id)
                .order_by(Event.id)
            )
            return [tuple(row) for row in rows]

    def item(self, referral_id: str) -> Any:
        """The work about a referral that is not done, or None."""
        with self.parts.database.reading() as connection:
            return connection.execute(
                select(WorkItem.__table__).where(
                    WorkItem.kind == "referral",
                    WorkItem.subject_id == referral_id,
                    WorkItem.state != "done",
                )
            ).one_or_none()

    def all(self, table: type[Base]) -> list[Any]:
        with self.parts.database.reading() as connection:
            return list(connection.execute(select(table.__table__)).mappings())

    def restrict(self, why: str) -> None:
        with self.parts.database.transaction() as connection:
            connection.execute(
                CareCase.__table__.update()
                .where(CareCase.id == self.case_id)
                .values(restricted=why)
            )

    def put(self, referral_id: str, **columns: Any) -> Any:
        """Write columns straight into a referral."""
        with self.parts.database.transaction() as connection:
            connection.execute(
                Referral.__table__.update().where(Referral.id == referral_id).values(**columns)
            )
        return self.row(referral_id)


def entry(**other: Any) -> Entry:
    """An office as it is typed into the directory."""
    return Entry(
        **{
            "name_bn": "উদাহরণ আইনি সহায়তা",
            "name_en": "Example Legal Aid (fictional)",
            "kind": "ngo",
            "services": ("legal_aid", "mediation", "police"),
            "districts": (JASHORE,),
            "criteria": CRITERIA,
            "focal_name": "Mr. Example",
            "focal_number": FOCAL,
            "source": "made up for a test",
            **other,
        }
    )


def enlisted(office: Office, head: Member, **other: Any) -> str:
    """An office that clients may be sent to."""
    with acting(office.parts, head) as deed:
        ident = providers.propose(deed, entry(**other))
        row = provider_rows.by_id(deed.connection, ident)
        assert row is not None
    with acting(office.parts, head) as deed:
        providers.enlist(deed, ident, row.updated_at)
    return ident


def town(office: Office) -> Town:
    """Everybody in place, and Shirin registered."""
    shirin = office.house.phone()
    shirin.dial()
    shirin.press(*REGISTER_IN_JASHORE)
    office.house.work()
    head = office.hire(Role.SUPERVISOR, name="Head")
    nasrin = office.hire(Role.COUNSELLOR, name="Nasrin", supervisor_id=head.id)
    with office.parts.database.transaction() as connection:
        case_id = connection.scalar(select(CareCase.id)) or ""
        connection.execute(
            CareCase.__table__.update()
            .where(CareCase.id == case_id)
            .values(
                owner_id=nasrin.id,
                supervisor_id=head.id,
                name=office.parts.ring.seal("Shirin Example", "care_case.name", case_id),
            )
        )
    return Town(office, nasrin, head, shirin, case_id, enlisted(office, head))
