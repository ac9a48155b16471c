"""Who calls the helpline of the demo: everything comes in as a phone brings it. Nobody of them exists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from handlers.desk.demo_office import LEGAL_AID, known
from helpline.cases.work import Kind
from helpline.data.guidelines import load_guideline
from helpline.gateways.port import SmsHeard, UssdHeard
from helpline.service import converse
from helpline.service.desk import cases, contact_words, outcomes, plans, queue, referral_drafts
from helpline.service.desk.access import find_case
from helpline.service.desk.acting import acting
from helpline.service.desk.contact_words import Card
from helpline.service.desk.referral_drafts import Wish
from helpline.service.files import file_of
from helpline.service.visit import Visit
from helpline.store import people
from helpline.store.desk import case_rows
from helpline.store.desk import providers as provider_rows
from helpline.store.desk import referrals as referral_rows

if TYPE_CHECKING:
    from helpline.gateways.port import Gateway
    from helpline.service.parts import Parts

COUNSELLING_BY_A_WOMAN: Final = "2*1*1*1*1*1*2"
COUNSELLING_ABOUT_MONEY: Final = "2*3*3*1*1*1*2"
CALL_BACK: Final = "4*1*1"
COMPLAINT: Final = "9*2*3*1*1"

PIN: Final = "4721"

REHANA: Final = "+8801300000101"
SHAHIDA: Final = "+8801300000102"
JAMAL: Final = "+8801300000103"
MOMTAZ: Final = "+8801300000104"
ABDUL: Final = "+8801300000105"
RASHIDA: Final = "+8801300000106"
LIPI: Final = "+8801300000107"
CALLED_BACK: Final = tuple(f"+88013000001{place}" for place in range(10, 16))
OTHERS: Final = (("tangail", 7), ("jessore", 6), ("comilla", 6), ("sylhet", 2))
"""Those who only registered: districts with more people than a report may not name, and one with fewer."""


def arrive(parts: Parts) -> None:
    """Let everybody call, and staff take up the first of it; once."""
    helpline = Phones(parts)
    if helpline.knows(REHANA):
        return
    _they_call(helpline)
    _staff_begin(helpline)


class Phones:
    """The phones of the demo's callers, on the first gateway that carries what they dial."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._gateway: Gateway = next(
            each for each in parts.gateways.values() if each.capabilities.ussd
        )

    def dial(self, number: str, keys: str) -> str:
        """Dial, with all keys at once; the screen that comes."""
        session = f"demo-{number}-{keys[:40]}"
        heard = UssdHeard(
            session_id=session,
            address=number,
            text=keys,
            begins=True,
            cumulative=True,
            event_id=f"{session}:{len(keys)}",
        )
        return converse.ussd(self.parts, self._gateway, heard).text

    def text(self, number: str, words: str) -> None:
        """Write an SMS to the helpline."""
        heard = SmsHeard(number, "0000", words, f"demo-sms-{number}")
        converse.sms(self.parts, self._gateway, heard)

    def register(
        self, number: str, place: str, *, sex: str = "1", sms: str = "2", pin: str = "1"
    ) -> None:
        """Register for oneself, without papers; nobody else uses the phone. A `pin` of 1 is none."""
        self.dial(number, f"1*1*1*{sex}*{place}*1*1*2*4*1*1*{sms}*1*4*4*{pin}*1")

    def knows(self, number: str) -> bool:
        """Whether this phone called before."""
        caller = self.parts.ring.fingerprint("phone", number)
        with self.parts.database.reading() as connection:
            return bool(people.language_of(connection, caller))

    def case(self, number: str) -> str:
        """The id of the open case of a phone."""
        parts = self.parts
        caller = parts.ring.fingerprint("phone", number)
        with parts.database.transaction() as connection:
            visit = Visit(parts, connection, "ussd", number, caller, parts.clock(), "bn")
            phone_id = visit.phone_id()
            person_id = people.only_person(connection, phone_id)
            return file_of(connection, person_id=person_id, phone_id=phone_id, now=visit.now).id


def _they_call(phones: Phones) -> None:
    for number, place in ((REHANA, "tangail"), (SHAHIDA, "jessore"), (MOMTAZ, "tangail")):
        phones.register(number, place, pin=PIN)
    phones.register(JAMAL, "comilla", sex="2", sms="1")
    place_in_list = 200
    for place, count in OTHERS:
        for one in range(count):
            phones.register(f"+8801300000{place_in_list}", place, sex="12"[one % 2])
            place_in_list += 1
    phones.dial(REHANA, COUNSELLING_BY_A_WOMAN)
    phones.dial(SHAHIDA, COUNSELLING_BY_A_WOMAN)
    phones.dial(JAMAL, CALL_BACK)
    phones.dial(JAMAL, COUNSELLING_ABOUT_MONEY)
    phones.dial(RASHIDA, COMPLAINT)
    for number in CALLED_BACK:
        phones.dial(number, CALL_BACK)
    phones.text(ABDUL, "তিন মাসের বেতন বাকি। কোথায় গেলে টাকা পাব?")
    phones.text(LIPI, "আমি আর বাঁচতে চাই না")


def _staff_begin(phones: Phones) -> None:
    _call_back(phones)
    _restrict(phones, phones.case(SHAHIDA))
    _refer(phones, phones.case(MOMTAZ))
    for number, name in ((REHANA, "রেহানা"), (JAMAL, "জামাল")):
        _name(phones.parts, "kamal", phones.case(number), name)
    card = Card(
        others="শাশুড়ি, বিকেলে",
        cover="সেলাই প্রশিক্ষণের খবর",
        safe_word="মেলা",
        danger="ভুল নম্বর",
    )
    case_id = phones.case(REHANA)
    with acting(phones.parts, known(phones.parts, "kamal")) as deed:
        case = find_case(deed, case_id)
        contact_words.write(deed, case.id, case.phone_id, 0, card)


def _call_back(phones: Phones) -> None:
    """Promises that were kept: without some the supervisor's figures would all be hidden."""
    kamal = known(phones.parts, "kamal")
    for number in CALLED_BACK:
        case_id = phones.case(number)
        with acting(phones.parts, kamal) as deed:
            for item in case_rows.open_items(deed.connection, case_id):
                if item.kind == Kind.CALLBACK:
                    queue.claim(deed, item.id)
                    outcomes.record(deed, item.id, "reached")


def _restrict(phones: Phones, case_id: str) -> None:
    parts = phones.parts
    with acting(parts, known(parts, "nasrin")) as deed:
        for item in case_rows.open_items(deed.connection, case_id):
            queue.claim(deed, item.id)
        case = find_case(deed, case_id)
        head = known(parts, "farzana").id
        cases.restrict(deed, case_id, case.version, why="gbv", supervisor_id=head)
    _name(parts, "nasrin", case_id, "শাহিদা")


def _refer(phones: Phones, case_id: str) -> None:
    """A referral that has gone out and waits for the office; a plan that it belongs to."""
    parts = phones.parts
    kamal = known(parts, "kamal")
    with acting(parts, kamal) as deed:
        cases.assign(deed, case_id, find_case(deed, case_id).version, kamal.id)
        plans.add_step(deed, case_id, service="legal_aid", goal="বকেয়া বেতন ফেরত পাওয়া", due_on=None)
    _name(parts, "kamal", case_id, "মমতাজ")
    with acting(parts, kamal) as deed:
        office = next(
            row for row in provider_rows.listed(deed.connection) if row.name_en == LEGAL_AID
        )
        wish = Wish(
            "legal_aid",
            office.id,
            "normal",
            ("name", "district", "need"),
            "বকেয়া বেতনের দাবি",
            funding="government",
            asked=tuple(each.code for each in load_guideline().to_do("legal_aid")),
        )
        ident = referral_drafts.draft(deed, case_id, wish)
    with acting(parts, kamal) as deed:
        row: Any = referral_rows.by_id(deed.connection, ident)
        referral_drafts.agree(deed, ident, row.version, "voice")


def _name(parts: Parts, username: str, case_id: str, name: str) -> None:
    with acting(parts, known(parts, username)) as deed:
        case = find_case(deed, case_id)
        cases.rename(
            deed,
            case_id,
            case.version,
            name=f"{name} (কাল্পনিক)",
            language="bn",
            wish=case.counsellor,
        )
