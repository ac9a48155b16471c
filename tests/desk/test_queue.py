"""The page of the queue: what is shown to whom, in which order, and how it is taken."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event, insert

from helpline.cases.roles import Role
from helpline.cases.work import Kind, Priority
from helpline.store.desk import waiting
from helpline.store.desk.waiting import Wanted
from helpline.store.idents import new_ident
from helpline.store.tables import WorkItem
from tests.desk.office import Office
from tests.desk.work import ask, case, item, put

HOSTILE = ["<script>alert(1)</script>", "{{7*7}}", "%s%n", "=cmd()", "x" * 400]


def shown(office: Office, who, **wanted) -> list[str]:
    with office.parts.database.reading() as connection:
        rows = waiting.page(connection, who, Wanted(**wanted), office.clock())
    return [row.id for row in rows]


def test_what_is_urgent_stands_first_then_what_was_promised_first(office: Office) -> None:
    now = office.clock()
    late = put(office, promised_at=now + timedelta(hours=5))
    soon = put(office, promised_at=now + timedelta(hours=1))
    low = put(office, Kind.UNDECIDED, promised_at=now + timedelta(minutes=1))
    danger = put(office, priority=Priority.IMMINENT, promised_at=now + timedelta(hours=9))
    assert shown(office, office.hire()) == [danger, soon, late, low]


def test_what_is_to_be_done_later_stands_in_a_list_of_its_own(office: Office) -> None:
    nasrin, tomorrow = office.hire(), office.clock() + timedelta(days=1)
    ident = put(office, offered_at=tomorrow)
    assert shown(office, nasrin) == []
    assert shown(office, nasrin, later=True) == [ident]
    office.skip(days=1)
    assert shown(office, nasrin) == [ident]


def test_the_list_is_narrowed_by_district_language_wish_kind_and_owner(office: Office) -> None:
    nasrin = office.hire()
    dhaka = put(office, district="BD-13")
    english = put(office, language="en")
    woman = put(office, counsellor="woman")
    text = put(office, Kind.TEXT)
    browser = office.browser(nasrin)
    browser.open("/desk/queue")
    browser.submit(f"/desk/queue/{dhaka}/claim")
    assert shown(office, nasrin, district="BD-13") == [dhaka]
    assert shown(office, nasrin, language="en") == [english]
    assert shown(office, nasrin, counsellor="woman") == [woman]
    assert shown(office, nasrin, kind="text") == [text]
    assert shown(office, nasrin, whose="mine") == [dhaka]
    assert set(shown(office, nasrin, whose="unassigned")) == {english, woman, text}


def test_a_man_does_not_see_who_asked_for_a_woman(office: Office) -> None:
    _request, ident = ask(office, counsellor="woman")
    kamal = office.hire(sex="man")
    assert shown(office, kamal) == []
    browser = office.browser(kamal)
    assert "Wants a woman" not in browser.open("/desk/queue").split("Show")[1]
    browser.open(f"/desk/item/{ident}")
    assert browser.status == 404


def test_a_restricted_item_is_only_shown_to_whose_case_it_is(office: Office) -> None:
    nasrin, rokeya = office.hire(), office.hire()
    secret = case(office, restricted="gbv", owner_id=nasrin.id)
    ident = put(office, case_id=secret, restricted="gbv")
    assert shown(office, nasrin) == [ident]
    assert shown(office, rokeya) == []
    with office.parts.database.reading() as connection:
        counts = waiting.counts(connection, rokeya, office.clock())
    assert (counts.now, counts.unassigned, counts.urgent) == (0, 0, 0)


def test_the_page_says_what_waits_how_long_and_what_was_promised(office: Office) -> None:
    _request, _ident = ask(office, topic="money", district="BD-13")
    office.skip(hours=3, minutes=5)
    put(office, promised_at=office.clock() + timedelta(minutes=12), offered_at=office.clock())
    text = office.browser(office.hire()).open("/desk/queue")
    for words in (
        "Counselling request",
        "Money or debt",
        "by phone",
        "Dhaka",
        "3 h",
        "12 min left",
    ):
        assert words in text
    office.skip(days=1)
    text = office.browser(office.hire()).open("/desk/queue")
    assert "late by" in text


def test_claiming_leads_to_the_work_and_starts_the_duty(office: Office) -> None:
    nasrin, ident = office.hire(), put(office)
    browser = office.browser(nasrin)
    browser.open("/desk/queue")
    text = browser.submit(f"/desk/queue/{ident}/claim")
    assert browser.status == 200
    assert "What came of it?" in text
    assert item(office, ident).owner_id == nasrin.id
    assert "On duty until" in browser.open("/desk/queue")


def test_a_claimed_case_opens_on_its_page(office: Office) -> None:
    nasrin, file = office.hire(), case(office)
    _request, ident = ask(office, case_id=file, topic="money")
    browser = office.browser(nasrin)
    browser.open("/desk/queue")
    text = browser.submit(f"/desk/queue/{ident}/claim")
    assert browser.status == 200
    assert "We are talking now" in text
    assert "Money or debt" in text


def test_in_two_browsers_the_second_is_told_who_was_first(office: Office) -> None:
    nasrin, kamal, ident = office.hire(name="Nasrin"), office.hire(sex="man"), put(office)
    first, second = office.browser(nasrin), office.browser(kamal)
    first.open("/desk/queue")
    second.open("/desk/queue")
    first.submit(f"/desk/queue/{ident}/claim")
    assert "Nasrin has it already." in second.submit(f"/desk/queue/{ident}/claim")
    assert second.status == 409


def test_take_the_next_one_takes_it_or_says_that_there_is_none(office: Office) -> None:
    nasrin = office.hire()
    browser = office.browser(nasrin)
    browser.open("/desk/queue")
    assert "Nothing waits for you just now." in browser.submit("/desk/queue/next")
    ident = put(office)
    browser.submit("/desk/queue/next")
    assert item(office, ident).owner_id == nasrin.id


def test_a_supervisor_assigns_to_somebody_who_may_have_it(office: Office) -> None:
    boss, nasrin = office.hire(Role.SUPERVISOR), office.hire(name="Nasrin")
    office.hire(name="Kamal", sex="man")
    ident = put(office, counsellor="woman")
    browser = office.browser(boss)
    text = browser.open(f"/desk/item/{ident}/assign")
    assert "Nasrin" in text
    assert "Kamal" not in text
    browser.submit(f"/desk/item/{ident}/assign", staff=nasrin.id)
    assert item(office, ident).owner_id == nasrin.id


def test_a_counsellor_cannot_open_the_page_for_assigning(office: Office) -> None:
    browser = office.browser(office.hire())
    browser.open(f"/desk/item/{put(office)}/assign")
    assert browser.status == 403


def test_the_number_of_statements_does_not_grow_with_the_rows(office: Office) -> None:
    nasrin = office.hire()
    browser = office.browser(nasrin)
    counted: list[int] = []
    for rows in (5, 195):
        for number in range(rows):
            put(office, Kind.COUNSELLING, district="BD-13")
            if number % 10 == 0:
                ask(office)
        statements: list[str] = []
        listener = lambda *given: statements.append(given[2])  # noqa: E731, B023
        event.listen(office.parts.database.engine, "before_cursor_execute", listener)
        browser.open("/desk/queue")
        event.remove(office.parts.database.engine, "before_cursor_execute", listener)
        counted.append(len(statements))
        assert browser.status == 200
    assert counted[0] == counted[1]


def test_a_long_queue_is_read_page_by_page_and_nothing_is_shown_twice(office: Office) -> None:
    now = office.clock()
    with office.parts.database.transaction() as connection:
        connection.execute(
            insert(WorkItem),
            [
                {
                    "id": new_ident(),
                    "kind": "other",
                    "subject_id": new_ident(),
                    "priority": number % 4,
                    "offered_at": now,
                    "promised_at": now + timedelta(minutes=number % 7),
                    "state": "open",
                    "opened_at": now,
                }
                for number in range(130)
            ],
        )
    browser = office.browser(office.hire())
    seen: list[str] = []
    address = "/desk/queue"
    for _page in range(3):
        browser.open(address)
        rows = browser.page.split("<tbody>")[1].split("</tbody>")[0]
        seen += [part.split('"')[0] for part in rows.split('href="/desk/item/')[1:]]
        more = browser.page.split("Next page")[0].rsplit('href="', 1)[1].split('"')[0]
        address = more.replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 130
    assert "Next page" not in browser.page


def test_the_rows_are_sent_again_only_when_they_changed(office: Office) -> None:
    browser = office.browser(office.hire())
    first = browser.client.get("/desk/queue/rows")
    tag = {"If-None-Match": first.headers["ETag"]}
    assert browser.client.get("/desk/queue/rows", headers=tag).status_code == 304
    put(office)
    assert browser.client.get("/desk/queue/rows", headers=tag).status_code == 200


def test_something_urgent_is_counted_in_the_title_and_said_politely(office: Office) -> None:
    browser = office.browser(office.hire())
    assert "Urgent" not in browser.open("/desk/queue")
    ident = put(office, priority=Priority.IMMINENT)
    assert "Urgent and not taken yet: 1" in browser.open("/desk/queue")
    assert "<title>(1) Queue" in browser.page
    assert 'aria-live="polite"' in browser.page
    assert 'data-urgent="1"' in browser.client.get("/desk/queue/badge").text
    browser.submit(f"/desk/queue/{ident}/claim")
    assert 'data-urgent="0"' in browser.client.get("/desk/queue/badge").text


@pytest.mark.parametrize("words", HOSTILE)
def test_nothing_that_comes_in_an_address_is_shown_or_believed(office: Office, words: str) -> None:
    browser = office.browser(office.hire())
    for name in ("tab", "whose", "kind", "district", "language", "counsellor", "behind"):
        browser.open(f"/desk/queue?{name}={words}")
        assert browser.status == 200
        assert "<script>alert" not in browser.page
    browser.open("/desk/item/%00")
    assert browser.status == 404


def test_hostile_names_and_codes_are_shown_as_they_are(office: Office) -> None:
    nasrin = office.hire(name="<script>alert(1)</script>{{7*7}}")
    ident = put(office, language="<b>", district="{{7*7}}")
    browser = office.browser(nasrin)
    browser.open("/desk/queue")
    browser.submit(f"/desk/queue/{ident}/claim")
    browser.open("/desk/queue")
    assert "<script>alert" not in browser.page
    assert "49" not in browser.text.split("Who has it")[1].split("Back")[0]


def test_the_page_is_all_in_bangla(office: Office) -> None:
    ask(office, counsellor="woman")
    put(office, Kind.REFERRAL, district="BD-13")
    text = office.browser(office.hire(name="নাসরিন", language="bn")).open("/desk/queue")
    for english in ("Queue", "Claim", "High", "left", "Wants"):
        assert english not in text
