"""Everything about a person, handed out complete; and erased so that nothing of hers is left."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from helpline.cases.roles import Role
from helpline.service import recycled, retain
from helpline.service.desk import (
    cases,
    contact_words,
    merging,
    notes,
    people_rights,
    plans,
    registering,
    wages,
)
from helpline.service.desk.acting import NotAllowed
from helpline.service.desk.assessments import take
from helpline.service.desk.cases import Blocked
from helpline.service.desk.contact_words import Card
from helpline.service.desk.writing import send_text
from helpline.store.blanks import key_of
from helpline.store.desk import person_data
from helpline.store.idents import new_ident
from helpline.store.sealing import Unsealable
from helpline.store.shredding import OWNERS
from helpline.store.tables import (
    Audit,
    Base,
    BreakGlass,
    CareCase,
    ContactWords,
    Inbox,
    Message,
    Person,
    PersonPhone,
    Phone,
    Referral,
    Reminder,
    Session,
    ShredKey,
    WageClaim,
)
from tests.desk.casebook import (
    Deeds,
    Registered,
    case_row,
    moves,
    refer,
    register_by_phone,
    row,
    rows,
)
from tests.desk.office import Office
from tests.desk.referring import FOCAL, town
from tests.house import RAHIMA, SHIRIN

CANARY = "Kanarinaam"
"""A name that is nobody's, looked for everywhere."""
OWED = 87_354_219
"""Taka, an amount that is nobody's."""
PLANTED = (CANARY, SHIRIN, str(OWED))
SEALED = [
    (table, column)
    for table in Base.metadata.sorted_tables
    for column in table.columns
    if column.info.get("personal") == "sealed"
]
STAFF = {"staff", "provider", "campaign"}


def lived(office: Office) -> tuple[Deeds, Registered]:
    """A person about whom everything that can be written was written, the canary in all of it."""
    here = register_by_phone(
        office, SHIRIN, identity_kind="nid", identity=CANARY, pin="4711", sole_phone=True
    )
    phone = office.house.phone()
    phone.dial()
    phone.text(f"{CANARY} needs help")
    worker = Deeds(office, office.hire())
    worker.do(cases.rename, here.case_id, 1, name=CANARY, language="bn", wish="any")
    worker.do(cases.assign, here.case_id, 2, worker.who.id)
    card = Card(CANARY, CANARY, CANARY, CANARY)
    worker.do(contact_words.write, here.case_id, here.phone_id, 0, card)
    worker.do(notes.write, here.case_id, CANARY)
    worker.do(take, here.case_id, "needs-1", {"mood": ["well"]})
    worker.do(plans.add_step, here.case_id, service="training", goal=CANARY, due_on=None)
    worker.do(plans.ask, here.case_id, what="plan", words=CANARY)
    worker.do(wages.write, here.case_id, wages.Told("SA", 3, OWED, CANARY, CANARY))
    worker.do(registering.correct, here.case_id, "need", was="counselling", becomes="debt")
    worker.do(send_text, here.case_id, f"{CANARY}, call us please", "en", f"{CANARY} wants it")
    plant(office, here, worker.who.id)
    office.house.tick()
    return worker, here


def plant(office: Office, here: Registered, staff_id: str) -> None:
    """What other rooms write: a referral, a glass that was broken."""
    refer(office, here.case_id, staff_id, words=CANARY)
    ring, now, glass = office.parts.ring, office.clock(), new_ident()
    with office.parts.database.transaction() as connection:
        connection.execute(
            insert(BreakGlass).values(
                id=glass,
                case_id=here.case_id,
                staff_id=staff_id,
                reason=ring.seal(CANARY, "break_glass.reason", glass),
                granted_at=now,
                ends_at=now,
            )
        )


def everything_sealed(office: Office, *, without: frozenset[str] = frozenset()) -> str:
    """All sealed words of the database that can be opened, and all bytes, as one text."""
    ring, found = office.parts.ring, []
    with office.parts.database.reading() as connection:
        for table, column in SEALED:
            if table.name in without:
                continue
            for each in connection.execute(select(table)):
                key = "/".join(str(getattr(each, part.name)) for part in table.primary_key)
                value = getattr(each, column.name)
                if value:
                    place = f"{table.name}.{column.name}"
                    found.append(ring.unseal(value, place, key).decode())
    return "\n".join(found)


def counted(office: Office) -> dict[str, Any]:
    """What statistics are made of: how many rows there are, and the coded answers."""
    counts: dict[str, Any] = {}
    with office.parts.database.reading() as connection:
        for table in Base.metadata.sorted_tables:
            coded = [c for c in table.columns if c.info.get("personal") == "coded"]
            if table.name in {"event", "audit", "pin_try", "staff_session"}:
                continue
            found = connection.execute(select(*(coded or table.primary_key)))
            counts[table.name] = (
                sorted(str(tuple(each)) for each in found) if coded else len(found.all())
            )
    return counts


def test_every_table_says_whether_it_is_about_a_person() -> None:
    tables = set(Base.metadata.tables)
    assert person_data.RULES.keys() | person_data.NOBODYS == tables
    assert not person_data.RULES.keys() & person_data.NOBODYS
    for name in person_data.NOBODYS - STAFF:
        columns = Base.metadata.tables[name].columns
        assert not {"person_id", "phone_id", "case_id"} & set(columns.keys()), name


def test_everything_about_a_person_is_handed_out_as_one_file(office: Office) -> None:
    worker, here = lived(office)
    browser = office.browser(worker.who)
    browser.open(f"/desk/case/{here.case_id}/data")
    browser.submit(f"/desk/case/{here.case_id}/export", why="asked_for")
    found = json.loads(browser.page)["tables"]
    assert found["person"][0]["identity"] == CANARY
    assert found["phone"][0]["number"] == SHIRIN
    assert found["note"][0]["words"] == CANARY
    assert found["care_case"][0]["name"] == CANARY
    assert CANARY in found["incoming_text"][0]["words"]
    assert any(CANARY in each["values"] for each in found["message"])
    assert {
        "reminder",
        "consent",
        "assessment",
        "plan_step",
        "approval",
        "referral",
    } <= found.keys()
    assert "fingerprint" not in json.dumps(found)
    assert [each.detail for each in rows(office, Audit, action="export")] == ["asked_for"]
    assert moves(office, "person", here.person_id)[-1] == ("", "exported", "asked_for")


def test_nothing_of_anybody_else_is_handed_out(office: Office) -> None:
    worker, here = lived(office)
    other = register_by_phone(office, RAHIMA, identity_kind="nid", identity="1234567890")
    Deeds(office, office.hire()).do(notes.write, other.case_id, "Of somebody else")
    found = json.dumps(worker.do(people_rights.export, here.case_id, "asked_for"))
    for theirs in (RAHIMA, "1234567890", "Of somebody else", other.person_id, other.case_id):
        assert theirs not in found


def test_an_export_needs_a_reason_and_the_case(office: Office) -> None:
    worker, here = lived(office)
    with pytest.raises(Blocked, match="no_reason"):
        worker.do(people_rights.export, here.case_id, "")
    stranger = Deeds(office, office.hire(districts="BD-10"))
    with pytest.raises(NotAllowed):
        stranger.do(people_rights.export, here.case_id, "asked_for")


def test_after_erasing_nothing_personal_is_left_and_the_counts_are_the_same(
    office: Office,
) -> None:
    worker, here = lived(office)
    assert CANARY in everything_sealed(office)
    office.skip(hours=1)
    worker.do(
        cases.move_on,
        here.case_id,
        case_row(office, here.case_id).version,
        "closed",
        "declined",
    )
    before = counted(office)
    reference = case_row(office, here.case_id).reference
    boss = Deeds(office, office.hire(Role.SUPERVISOR))
    before["staff"] = sorted([*before["staff"], str((boss.who.sex,))])
    boss.do(people_rights.erase, here.case_id, reference)
    left = everything_sealed(office, without=frozenset({"inbox", *STAFF}))
    assert CANARY not in left
    assert SHIRIN not in left
    assert rows(office, Session)[0].external_id.startswith("erased:")
    assert row(office, Person, id=here.person_id).identity_key is None
    assert row(office, Phone).fingerprint != office.parts.ring.fingerprint("phone", SHIRIN)
    assert row(office, PersonPhone).pin_key is None
    assert row(office, Referral).link is None
    assert counted(office) == before
    assert moves(office, "person", here.person_id)[-1][1] == "erased"
    assert rows(office, Audit, action="erase")[0].actor == boss.who.id


def test_a_backup_without_the_secrets_opens_nothing_of_who_was_erased(office: Office) -> None:
    _worker, here = lived(office)
    other = register_by_phone(office, RAHIMA)
    assert retain.bind(office.parts) > 10
    assert retain.bind(office.parts) == 0
    with office.parts.database.reading() as connection:
        backup = {
            name: connection.execute(select(Base.metadata.tables[name.partition(".")[0]])).all()
            for name in OWNERS
        }
    office.skip(hours=1)
    boss = Deeds(office, office.hire(Role.SUPERVISOR))
    boss.do(people_rights.erase, here.case_id, case_row(office, here.case_id).reference)
    opened: list[str] = []
    with office.parts.database.reading():
        for name, copies in backup.items():
            table = Base.metadata.tables[name.partition(".")[0]]
            for each in copies:
                if blob := getattr(each, name.partition(".")[2]):
                    try:
                        opened.append(
                            office.parts.ring.unseal_text(blob, name, key_of(table, each))
                        )
                    except Unsealable:
                        continue
    assert opened == [RAHIMA]
    left = {each.owner for each in rows(office, ShredKey)}
    assert other.phone_id in left
    assert not left & {here.person_id, here.case_id, here.phone_id}


def test_every_sealed_column_of_a_person_was_planted(office: Office) -> None:
    lived(office)
    with office.parts.database.reading() as connection:
        empty = {
            f"{table.name}.{column.name}"
            for table, column in SEALED
            if not connection.execute(select(column).where(column.is_not(None))).first()
        }
    planted_elsewhere = {
        *("transfer.words", "provider.focal_name", "provider.focal_number", "campaign.reason"),
    }
    assert empty <= planted_elsewhere | {"staff.number", "staff.totp"}


def opened(office: Office, name: str) -> list[str]:
    """What a sealed column holds, row by row, where there is something."""
    table = Base.metadata.tables[name.partition(".")[0]]
    with office.parts.database.reading() as connection:
        return [
            office.parts.ring.unseal_text(blob, name, key_of(table, each))
            for each in connection.execute(select(table))
            if (blob := getattr(each, name.partition(".")[2]))
        ]


@pytest.mark.parametrize(
    "name", ["contact_words.words", "wage_claim.amount", "wage_claim.employer", "wage_claim.agency"]
)
def test_a_column_of_which_she_is_the_owner_holds_nothing_of_hers_afterwards(
    office: Office, name: str
) -> None:
    _worker, here = lived(office)
    retain.bind(office.parts)
    assert any(said in each for each in opened(office, name) for said in PLANTED)
    boss = Deeds(office, office.hire(Role.SUPERVISOR))
    boss.do(people_rights.erase, here.case_id, case_row(office, here.case_id).reference)
    assert set(opened(office, name)) <= {""}


def test_of_two_registrations_that_were_joined_nothing_is_left_in_either_nor_in_a_copy(
    office: Office,
) -> None:
    worker, here = lived(office)
    twin = register_by_phone(office, RAHIMA, sole_phone=True)
    boss = Deeds(office, office.hire(Role.SUPERVISOR))
    worker.do(contact_words.write, twin.case_id, twin.phone_id, 0, Card(CANARY, CANARY))
    for country in ("SA", "OM"):
        worker.do(wages.write, twin.case_id, wages.Told(country, 2, OWED, CANARY, CANARY))
    retain.bind(office.parts)
    boss.do(merging.merge, here.case_id, row(office, Person, id=twin.person_id).reference)
    retain.bind(office.parts)
    table = Base.metadata.tables["wage_claim"]
    copies = rows(office, WageClaim)
    office.skip(hours=1)
    boss.do(people_rights.erase, here.case_id, case_row(office, here.case_id).reference)
    left = everything_sealed(office, without=frozenset({"inbox", *STAFF}))
    assert [said for said in (*PLANTED, RAHIMA) if said in left] == []
    with office.parts.database.reading():
        for each in copies:
            with pytest.raises(Unsealable):
                office.parts.ring.unseal(each.amount, "wage_claim.amount", key_of(table, each))


def test_a_phone_that_is_somebody_elses_now_takes_its_words_along(office: Office) -> None:
    worker, here = lived(office)
    with office.parts.database.transaction() as connection:
        recycled.unlink(
            office.parts,
            connection,
            here.phone_id,
            why="silent",
            now=office.clock(),
            actor="system",
        )
    assert rows(office, ContactWords) == []
    assert opened(office, "wage_claim.amount") == [str(OWED)]  # hers, whatever the phone
    assert worker.do(people_rights.export, here.case_id, "asked_for")["tables"]["wage_claim"]


def replies(office: Office, number: str) -> set[bool]:
    """Whether what was answered to a number is still kept."""
    sender = office.parts.ring.fingerprint("phone", number)
    return {bool(each.reply) for each in rows(office, Inbox) if each.sender == sender}


def test_of_replies_kept_for_a_gateway_hers_go_at_once_and_everybodys_after_a_while(
    office: Office,
) -> None:
    _worker, here = lived(office)
    office.house.phone(SHIRIN).dial()
    boss = Deeds(office, office.hire(Role.SUPERVISOR))
    office.house.phone(RAHIMA).dial()
    office.skip(hours=1)
    office.house.phone(SHIRIN).dial()
    others = office.house.phone(RAHIMA)
    shown = others.dial()
    boss.do(people_rights.erase, here.case_id, case_row(office, here.case_id).reference)
    assert replies(office, SHIRIN) == set()
    assert replies(office, RAHIMA) == {False, True}
    assert len([each for each in rows(office, Inbox) if each.reply]) == 1
    assert others.again() == shown  # the gateway of somebody else asks once more


USED = ("living", "withdrawn", "with an open case", "no longer theirs")


@pytest.mark.parametrize("other", USED)
def test_what_lies_on_a_phone_goes_with_her_unless_somebody_living_uses_it(
    office: Office, other: str
) -> None:
    here = register_by_phone(office, SHIRIN, sole_phone=False)
    theirs = register_by_phone(office, SHIRIN, sole_phone=False, sex="man")
    phone = office.house.phone(SHIRIN)
    phone.dial()
    phone.press("1", "1")
    office.house.tick()
    worker = Deeds(office, office.hire())
    worker.do(send_text, here.case_id, f"{CANARY}, call us please", "en", f"{CANARY} wants it")
    office.skip(minutes=1)
    with office.parts.database.transaction() as connection:
        if other in ("withdrawn", "with an open case"):
            connection.execute(
                update(Person)
                .where(Person.id == theirs.person_id)
                .values(withdrawn_at=office.clock())
            )
        if other == "withdrawn":
            connection.execute(
                update(CareCase).where(CareCase.id == theirs.case_id).values(stage="closed")
            )
        if other == "no longer theirs":
            connection.execute(
                update(PersonPhone)
                .where(PersonPhone.person_id == theirs.person_id)
                .values(ended_at=office.clock())
            )
    boss = Deeds(office, office.hire(Role.SUPERVISOR))
    boss.do(people_rights.erase, here.case_id, case_row(office, here.case_id).reference)
    messages = rows(office, Message, person_id=here.person_id)
    assert messages
    assert not any(each.values for each in messages)  # hers, whatever the phone
    shared = other in ("living", "with an open case")
    assert (replies(office, SHIRIN) == {True}) is shared
    assert (
        any(each.external_id.startswith("erased:") for each in rows(office, Session)) is not shared
    )
    assert (SHIRIN in everything_sealed(office, without=frozenset({"staff"}))) is shared
    assert all(each.values for each in rows(office, Message, person_id=theirs.person_id))


def test_what_an_office_was_written_about_her_goes_with_her(office: Office) -> None:
    here = town(office)
    here.sent()
    focal = office.parts.ring.fingerprint("phone", FOCAL)
    [desk] = [each for each in rows(office, Phone) if each.fingerprint == focal]
    written = {each.id for each in rows(office, Message, phone_id=desk.id) if each.values}
    assert written
    boss = Deeds(office, here.head)
    boss.do(people_rights.erase, here.case_id, case_row(office, here.case_id).reference)
    left = {each.id for each in rows(office, Message, phone_id=desk.id) if each.values}
    assert not left & written
    assert len(left) == 1  # what calls the referral off is still to go out
    kept = row(office, Phone, id=desk.id)
    assert office.parts.ring.unseal_text(kept.number, "phone.number", kept.id) == FOCAL


def test_after_erasing_nothing_more_is_sent_and_the_phone_is_a_stranger(office: Office) -> None:
    _worker, here = lived(office)
    boss = Deeds(office, office.hire(Role.SUPERVISOR))
    boss.do(people_rights.erase, here.case_id, case_row(office, here.case_id).reference)
    before = len(office.house.gateway.sent)
    for _day in range(40):
        office.skip(days=1)
        office.house.tick()
    assert len(office.house.gateway.sent) == before
    assert {each.state for each in rows(office, Reminder)} == {"cancelled"}
    assert "queued" not in {each.state for each in rows(office, Message)}
    again = register_by_phone(office, SHIRIN)
    assert again.person_id != here.person_id
    browser = office.browser(boss.who)
    page = browser.open(f"/desk/case/{here.case_id}")
    assert browser.status == 200
    assert CANARY not in page
    assert "(the words were deleted)" in page


def test_what_hangs_on_a_shared_phone_stays_with_the_other(office: Office) -> None:
    here = register_by_phone(office, SHIRIN, sole_phone=False)
    other = register_by_phone(office, SHIRIN, sole_phone=False, sex="man")
    Deeds(office, office.hire()).do(notes.write, other.case_id, "Of the brother")
    boss = Deeds(office, office.hire(Role.SUPERVISOR))
    boss.do(people_rights.erase, here.case_id, case_row(office, here.case_id).reference)
    phone = row(office, Phone)
    assert office.parts.ring.unseal_text(phone.number, "phone.number", phone.id) == SHIRIN
    assert row(office, PersonPhone, person_id=other.person_id).sms
    assert row(office, PersonPhone, person_id=here.person_id).ended_at
    assert "Of the brother" in everything_sealed(office)


def test_who_never_registered_is_erased_with_the_phone(office: Office) -> None:
    office.house.phone(RAHIMA).text(f"{CANARY} asks")
    case = row(office, CareCase)
    boss = Deeds(office, office.hire(Role.SUPERVISOR))
    office.skip(hours=1)
    boss.do(people_rights.erase, case.id, case.reference)
    left = everything_sealed(office, without=frozenset({"inbox", *STAFF}))
    assert CANARY not in left
    assert RAHIMA not in left


def test_erasing_asks_twice_and_only_who_may(office: Office) -> None:
    worker, here = lived(office)
    reference = case_row(office, here.case_id).reference
    with pytest.raises(NotAllowed):
        worker.do(people_rights.erase, here.case_id, reference)
    boss = office.browser(office.hire(Role.SUPERVISOR))
    assert "gone for ever" in boss.open(f"/desk/case/{here.case_id}/erase")
    refused = boss.submit(f"/desk/case/{here.case_id}/erase", reference="123456789")
    assert "The case number was not typed as it is." in refused
    assert CANARY in everything_sealed(office)
    boss.submit(f"/desk/case/{here.case_id}/erase", reference=reference)
    assert row(office, Person).withdrawn_at is not None
