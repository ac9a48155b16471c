"""Cover topic, safe word and danger phrase belong to one person on one phone: each phone shows its own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert

from helpline.cases.calendar import Slot
from helpline.cases.roles import Role
from helpline.cases.work import Kind
from helpline.service.desk import (
    call_cards,
    callbacks,
    contact_words,
    merging,
    people_rights,
    registering,
    safe_contact,
)
from helpline.service.desk.acting import NotAllowed, Stale, acting
from helpline.service.desk.cases import Blocked
from helpline.service.desk.contact_words import LONGEST, Card
from helpline.service.desk.registering import Told
from helpline.service.desk.writing import NotNeutral, send_text
from helpline.service.desk.wrong_phone import wrong_phone
from helpline.service.recycled import unlink
from helpline.store.desk import items
from helpline.store.idents import new_ident
from helpline.store.shredding import bind
from helpline.store.tables import CareCase, ContactWords, Person, PersonPhone, WorkItem
from tests.desk.casebook import HOSTILE, Deeds, Registered, case_row, register_by_phone, row, rows
from tests.desk.office import Office
from tests.desk.test_people import SAID, two_registrations, walk_in
from tests.house import RAHIMA, SHIRIN
from tests.service.steps import visiting

OWN = Card(others="nobody", cover="A sewing course", safe_word="Fair", danger="Wrong number")
HERS = Card(others="The mother", cover="News of the school", safe_word="Mango", danger="No milk")
WORDS = ("A sewing course", "Fair", "Wrong number"), ("News of the school", "Mango", "No milk")


def second_phone(office: Office, here: Registered, number: str = RAHIMA) -> str:
    """The same person uses another phone, too; gives its id."""
    with visiting(office.house, number) as visit:
        phone_id = visit.phone_id()
        visit.connection.execute(
            insert(PersonPhone).values(
                person_id=here.person_id,
                phone_id=phone_id,
                relation="own",
                sole=True,
                sms=True,
                call=True,
                window="any",
                confirmed_at=visit.now - timedelta(hours=1),
                expires_at=visit.now + timedelta(days=400),
            )
        )
    return phone_id


def two_phones(office: Office) -> tuple[Deeds, Registered, str]:
    here, deeds = register_by_phone(office), Deeds(office, office.hire())
    other = second_phone(office, here)
    deeds.do(contact_words.write, here.case_id, here.phone_id, 0, OWN)
    deeds.do(contact_words.write, here.case_id, other, 0, HERS)
    return deeds, here, other


def on_phone(deeds: Deeds, case_id: str, phone_id: str) -> Card:
    with acting(deeds.office.parts, deeds.who) as deed:
        return contact_words.on_phone(deed, case_row(deeds.office, case_id), phone_id)


def promise(office: Office, phone_id: str) -> str:
    """A call is promised to one phone of a person; the id of the item."""
    now = office.clock()
    with office.parts.database.transaction() as connection:
        ident = callbacks.ask(
            office.parts,
            connection,
            phone_id=phone_id,
            kind=Kind.CALLBACK,
            about="menu",
            slot=Slot(now, now + timedelta(hours=5)),
            dedupe_key=new_ident(),
            language="bn",
        )
        item = items.about(connection, kind=Kind.CALLBACK, subject_id=ident)
    assert item is not None
    return str(item.id)


def test_the_case_shows_each_phone_with_its_own_words(office: Office) -> None:
    deeds, here, other = two_phones(office)
    page = office.browser(deeds.who).open(f"/desk/case/{here.case_id}")
    card = page[page.index("Safe contact") :]
    own, hers = card.index("A sewing course"), card.index("News of the school")
    assert own < hers  # the one that was confirmed last comes first
    assert card.index("+880") < own < card.index("+880", own) < hers
    with acting(deeds.office.parts, deeds.who) as deed:
        shown = safe_contact.phones(deed, case_row(office, here.case_id))
    assert {each.id: each.words.card for each in shown} == {here.phone_id: OWN, other: HERS}


@pytest.mark.parametrize("which", [0, 1])
def test_the_call_page_shows_the_words_of_the_phone_that_is_dialled_and_no_others(
    office: Office, which: int
) -> None:
    deeds, here, other = two_phones(office)
    item = promise(office, (here.phone_id, other)[which])
    with acting(deeds.office.parts, deeds.who) as deed:
        found = items.by_id(deed.connection, item)
        assert found is not None
        card = call_cards.of_item(deed, found)
    assert card.cover == (OWN, HERS)[which]
    browser = office.browser(deeds.who)
    browser.open(f"/desk/case/{here.case_id}?item={item}")
    how = browser.page[browser.page.index("Begin with the cover topic:") :][:900]
    assert all(said in how for said in WORDS[which])
    assert not any(said in how for said in WORDS[1 - which])


def test_a_text_that_holds_a_sign_of_its_phone_is_warned_of(office: Office) -> None:
    deeds, here, other = two_phones(office)
    for phone_id, words, sign in (
        (here.phone_id, "Shall we go to the fair?", "sign:Fair"),
        (other, "There is no milk today.", "sign:No milk"),
    ):
        with pytest.raises(NotNeutral) as told:
            deeds.do(send_text, here.case_id, words, "en", phone_id=phone_id)
        assert told.value.warnings == [sign]
        assert not told.value.refused
    deeds.do(send_text, here.case_id, "Shall we go to the fair?", "en", phone_id=other)
    browser = office.browser(deeds.who)
    browser.open(f"/desk/case/{here.case_id}")
    seen = browser.submit(
        f"/desk/case/{here.case_id}/text",
        words="Shall we go to the fair?",
        language="en",
        phone_id=here.phone_id,
    )
    assert "once others have read them they are none: Fair" in seen


def test_of_two_who_write_the_second_is_told_and_the_other_phone_stays_as_it_is(
    office: Office,
) -> None:
    deeds, here, other = two_phones(office)
    with pytest.raises(Stale):
        deeds.do(contact_words.write, here.case_id, here.phone_id, 0, HERS)
    deeds.do(contact_words.write, here.case_id, here.phone_id, 1, HERS)
    with pytest.raises(Stale):
        deeds.do(contact_words.write, here.case_id, here.phone_id, 1, OWN)
    deeds.do(contact_words.write, here.case_id, other, 1, OWN)
    assert on_phone(deeds, here.case_id, here.phone_id) == HERS
    assert on_phone(deeds, here.case_id, other) == OWN


def test_two_persons_on_one_phone_have_words_of_their_own(office: Office) -> None:
    mine = register_by_phone(office)
    theirs = register_by_phone(office, for_whom="family", district="BD-22")
    assert mine.phone_id == theirs.phone_id
    deeds = Deeds(office, office.hire())
    deeds.do(contact_words.write, mine.case_id, mine.phone_id, 0, OWN)
    assert on_phone(deeds, theirs.case_id, theirs.phone_id) == Card()
    deeds.do(contact_words.write, theirs.case_id, theirs.phone_id, 0, HERS)
    assert on_phone(deeds, mine.case_id, mine.phone_id) == OWN
    assert "Mango" not in office.browser(deeds.who).open(f"/desk/case/{mine.case_id}")


def test_of_two_on_a_phone_the_one_who_is_not_there_any_more_loses_her_words_alone(
    office: Office,
) -> None:
    mine = register_by_phone(office)
    item = row(office, WorkItem, id=promise(office, mine.phone_id))
    theirs = register_by_phone(office, for_whom="family", district="BD-22")
    deeds = Deeds(office, office.hire())
    deeds.do(contact_words.write, mine.case_id, mine.phone_id, 0, OWN)
    deeds.do(contact_words.write, theirs.case_id, theirs.phone_id, 0, HERS)
    with office.parts.database.transaction() as connection:
        wrong_phone(
            office.parts,
            connection,
            item.subject_id,
            mine.phone_id,
            now=office.clock(),
            actor=deeds.who.id,
        )
    assert [each.owner_id for each in rows(office, ContactWords)] == [theirs.person_id]


@pytest.mark.parametrize("words", HOSTILE)
def test_whatever_is_written_is_shown_as_it_was_typed_and_kept_sealed(
    office: Office, words: str
) -> None:
    here = register_by_phone(office)
    browser = office.browser(office.hire())
    browser.open(f"/desk/case/{here.case_id}")
    path = f"/desk/case/{here.case_id}/phone/{here.phone_id}/words"
    seen = browser.submit(path, version=0, cover=words, safe_word=words, danger="", others="")
    if len(words) > LONGEST:
        assert browser.status == 422
        assert rows(office, ContactWords) == []
        return
    assert " ".join(words.split()) in seen
    assert "<script>alert" not in browser.page
    kept = row(office, ContactWords)
    assert words.encode() not in kept.words


def test_a_phone_of_somebody_else_or_one_that_is_hers_no_more_takes_no_words(
    office: Office,
) -> None:
    here, stranger = register_by_phone(office), register_by_phone(office, RAHIMA)
    deeds = Deeds(office, office.hire())
    with pytest.raises(NotAllowed):
        deeds.do(contact_words.write, here.case_id, stranger.phone_id, 0, OWN)
    deeds.do(contact_words.write, here.case_id, here.phone_id, 0, OWN)
    with office.parts.database.transaction() as connection:
        unlink(
            office.parts, connection, here.phone_id, why="silence", now=office.clock(), actor="x"
        )
    assert rows(office, ContactWords) == []
    with pytest.raises(NotAllowed):
        deeds.do(contact_words.write, here.case_id, here.phone_id, 0, OWN)
    with pytest.raises(Blocked, match="too_long"):
        deeds.do(contact_words.write, stranger.case_id, stranger.phone_id, 0, Card(cover="x" * 301))


def test_what_was_written_before_she_registered_is_hers_afterwards(office: Office) -> None:
    deeds = Deeds(office, office.hire())
    case_id = walk_in(deeds, typed=SHIRIN)
    phone_id = str(row(office, CareCase, id=case_id).phone_id)
    deeds.do(contact_words.write, case_id, phone_id, 0, OWN)
    bind(office.parts.database, office.parts.ring)
    told = Told(SAID, "voice", "registration-2026-11", sms=True, call=True)
    version = case_row(office, case_id).version
    person_id = deeds.do(registering.register, case_id, version, told)
    assert row(office, ContactWords).owner_id == person_id
    assert on_phone(deeds, case_id, phone_id) == OWN


def test_of_two_registrations_that_are_one_person_the_words_written_last_stay(
    office: Office,
) -> None:
    deeds, kept, gone = two_registrations(office)
    other = second_phone(office, gone, "+8801300000088")
    deeds.do(contact_words.write, gone.case_id, other, 0, HERS)
    deeds.do(contact_words.write, kept.case_id, kept.phone_id, 0, OWN)
    reference = row(office, Person, id=gone.person_id).reference
    case_id = deeds.do(merging.merge, kept.case_id, reference)
    assert on_phone(deeds, case_id, kept.phone_id) == OWN
    assert on_phone(deeds, case_id, other) == HERS
    assert {each.owner_id for each in rows(office, ContactWords)} == {kept.person_id}


def test_who_is_erased_leaves_no_words_on_any_phone_and_takes_nobody_elses(office: Office) -> None:
    deeds, here, _other = two_phones(office)
    shared = register_by_phone(office, RAHIMA, for_whom="family", district="BD-22")
    deeds.do(contact_words.write, shared.case_id, shared.phone_id, 0, OWN)
    bind(office.parts.database, office.parts.ring)
    boss = Deeds(office, office.hire(Role.SUPERVISOR))
    boss.do(people_rights.erase, here.case_id, case_row(office, here.case_id).reference)
    with acting(deeds.office.parts, deeds.who) as deed:
        left = contact_words.of_case(deed, case_row(office, here.case_id))
    assert {each.card for each in left.values()} == {Card()}
    assert on_phone(deeds, shared.case_id, shared.phone_id) == OWN
