"""Accounts: invited, enrolled, changed, suspended; what each step ends and what it leaves in the log."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product
from typing import Any

import pyotp
import pytest
from sqlalchemy import insert, select

from helpline.cases.roles import Member, Role
from helpline.cases.states import STAFF, IllegalMove, may_move
from helpline.cases.work import Kind
from helpline.service import work
from helpline.service.desk import accounts, own_account
from helpline.service.desk.accounts import Details, Unfit
from helpline.service.desk.acting import NotAllowed, Stale, acting
from helpline.service.desk.passwords import matches
from helpline.store.desk import accounts as rows
from helpline.store.idents import new_ident
from helpline.store.tables import Audit, Event, Staff, StaffSession, WorkItem
from tests.desk.office import PASSWORD, Browser, Office

NASRIN: dict[str, Any] = {
    "username": "Nasrin.B",
    "name": "Nasrin Begum",
    "role": "counsellor",
    "sex": "woman",
    "languages": ["bn", "en"],
    "skills": ["legal"],
    "districts": ["BD-13", "BD-60"],
    "number": "01300-000007",
    "language": "en",
}
HOSTILE = ['<script>alert("x")</script>', "{{7*7}}", "%s%n", "=cmd()", "প" * 80]


@pytest.fixture
def boss(office: Office) -> Member:
    return office.hire(Role.ADMINISTRATOR, name="Rokeya")


@pytest.fixture
def desk(office: Office, boss: Member) -> Browser:
    browser = office.browser(boss)
    browser.open("/desk/staff/new")
    return browser


def link_in(browser: Browser) -> str:
    found = re.search(r'value="http://[^/]+(/desk/invitation/[^"]+)"', browser.page)
    assert found, browser.text
    return found[1]


def account(office: Office, username: str = "nasrin.b") -> Any:
    with office.parts.database.reading() as connection:
        row = rows.by_username(connection, username)
    assert row is not None
    return row


def noted(office: Office) -> list[str]:
    with office.parts.database.reading() as connection:
        found = connection.scalars(select(Audit.action).order_by(Audit.number)).all()
    return [action for action in found if action != "account_read"]


def accept(office: Office, link: str, **fields: str) -> Browser:
    """Open an invitation and fill in its form."""
    browser = office.stranger()
    browser.open(f"{link}?language=en")
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", browser.page)
    assert found, browser.text
    code = pyotp.TOTP(found[1].replace(" ", "")).at(office.clock())
    form = {"password": PASSWORD, "again": PASSWORD, "code": code, "language": "en"}
    browser.submit(link, **{**form, **fields})
    return browser


def test_from_the_invitation_to_the_desk(office: Office, desk: Browser) -> None:
    desk.submit("/desk/staff/new", **NASRIN)
    link = link_in(desk)
    browser = accept(office, link)
    assert browser.status == 200
    assert "Nasrin Begum" in browser.open("/desk/account")
    row = account(office)
    assert (row.state, row.role, row.districts) == ("active", "counsellor", "BD-13 BD-60")
    assert noted(office) == ["staff_invited", "enrolled"]
    office.skip(minutes=1)
    again = office.stranger()
    assert "not valid" in again.open(f"{link}?language=en")
    assert again.status == 404


def test_the_secret_of_an_invitation_is_the_same_each_time_it_is_shown(
    office: Office, desk: Browser
) -> None:
    desk.submit("/desk/staff/new", **NASRIN)
    link = link_in(desk)
    pages = [office.stranger().client.get(link).text for _ in range(2)]
    assert pages[0] == pages[1]
    assert "otpauth://totp/" in pages[0]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"password": "short"}, "at least 10 characters"),
        ({"password": "Nasrin.B"}, "at least 10 characters"),
        ({"password": "1234567890"}, "Too many people"),
        ({"password": "Password123!"}, "Too many people"),
        ({"password": "aaaaaaaaaaaaa"}, "Too many people"),
        ({"password": "x" * 201}, "too long"),
        ({"again": "seven green goats"}, "not the same"),
        ({"code": "12345"}, "This code is not right"),
        ({"code": ""}, "This code is not right"),
    ],
)
def test_what_will_not_do_is_said_and_the_invitation_stays(
    office: Office, desk: Browser, fields: dict[str, str], said: str
) -> None:
    desk.submit("/desk/staff/new", **NASRIN)
    link = link_in(desk)
    browser = accept(office, link, **fields)
    assert said in browser.text
    assert fields.get("password", PASSWORD) not in browser.page
    assert accept(office, link).status == 200


def test_a_username_is_no_password(office: Office, desk: Browser) -> None:
    desk.submit("/desk/staff/new", **{**NASRIN, "username": "nasrin.begum"})
    refused = accept(office, link_in(desk), password="Nasrin.Begum1", again="Nasrin.Begum1")
    assert "must not be your username" in refused.text


def test_an_invitation_ends_after_a_week(office: Office, desk: Browser) -> None:
    desk.submit("/desk/staff/new", **NASRIN)
    link = link_in(desk)
    office.skip(days=6, hours=23)
    assert office.stranger().client.get(link).status_code == 200
    office.skip(hours=1)
    assert office.stranger().client.get(link).status_code == 404
    later = link.rpartition(".")[0] + ".7fffffff"
    assert office.stranger().client.get(later).status_code == 404


@pytest.mark.parametrize("token", ["x", ".", "a.ffffffff", "৭" * 50, "%00", "a.-1", "x" * 3000])
def test_made_up_invitations_open_nothing(office: Office, token: str) -> None:
    browser = office.stranger()
    assert browser.client.get(f"/desk/invitation/{token}").status_code == 404
    assert browser.client.post(f"/desk/invitation/{token}").status_code == 404


def test_the_secret_of_an_invitation_is_not_kept(office: Office, desk: Browser) -> None:
    desk.submit("/desk/staff/new", **NASRIN)
    secret = link_in(desk).rpartition("/")[2]
    row = account(office)
    assert secret.encode() not in b"".join(v for v in row if isinstance(v, bytes))
    assert row.totp is None
    assert b"Nasrin" not in row.name


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"username": "n b"}, "3 to 40 small letters"),
        ({"username": "<script>"}, "3 to 40 small letters"),
        ({"name": " "}, "a name of at most 80"),
        ({"name": "n" * 81}, "a name of at most 80"),
        ({"role": "king"}, "Something in this form"),
        ({"sex": "any"}, "Something in this form"),
        ({"languages": []}, "at least one language"),
        ({"languages": ["fr"]}, "at least one language"),
        ({"skills": ["magic"]}, "Something in this form"),
        ({"districts": ["BD-99"]}, "Something in this form"),
        ({"role": "partner"}, "A partner office needs its name"),
        ({"supervisor": "nobody"}, "choose a supervisor"),
        ({"number": "12"}, "not a telephone number"),
    ],
)
def test_an_account_that_cannot_be_is_refused_and_the_form_keeps_what_was_typed(
    office: Office, desk: Browser, fields: dict[str, Any], said: str
) -> None:
    desk.submit("/desk/staff/new", **{**NASRIN, **fields})
    assert (desk.status, said in desk.text) == (422, True)
    assert noted(office) == []
    if "number" not in fields:
        assert "01300-000007" in desk.page


def test_a_username_and_a_number_are_one_persons(office: Office, desk: Browser) -> None:
    desk.submit("/desk/staff/new", **NASRIN)
    desk.submit("/desk/staff/new", **{**NASRIN, "username": "NASRIN.B", "number": ""})
    desk.open("/desk/staff/new")
    desk.submit("/desk/staff/new", **{**NASRIN, "username": "NASRIN.B", "number": ""})
    assert "Somebody has this username" in desk.text
    desk.submit("/desk/staff/new", **{**NASRIN, "username": "other"})
    assert "Somebody else has this telephone" in desk.text


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_shown_as_it_was_written_and_does_nothing(
    office: Office, desk: Browser, name: str
) -> None:
    desk.submit("/desk/staff/new", **{**NASRIN, "name": name, "organisation": name})
    browser = accept(office, link_in(desk))
    staff_id = account(office).id
    supervisor = office.browser(office.hire(Role.SUPERVISOR))
    pages = [
        browser.open("/desk/account") and browser.page,
        desk.open("/desk/staff") and desk.page,
        desk.open(f"/desk/staff/{staff_id}") and desk.page,
        supervisor.open("/desk/log") and supervisor.page,
    ]
    for page in pages:
        assert "<script>alert" not in page
    assert all(name in text for text in (browser.text, desk.open("/desk/staff"), supervisor.text))


def test_a_number_is_shown_masked(office: Office, desk: Browser) -> None:
    desk.submit("/desk/staff/new", **NASRIN)
    text = desk.open(f"/desk/staff/{account(office).id}")
    assert "+880•••••007" in text
    assert "1300000007" not in desk.page


def details_of(office: Office, staff_id: str, **changes: Any) -> tuple[Details, Any]:
    with office.parts.database.reading() as connection:
        row = rows.by_id(connection, staff_id)
    assert row is not None
    known = Details(
        name="Nasrin",
        role=row.role,
        sex=row.sex,
        number=None,
        languages=frozenset({"bn"}),
        language="en",
    )
    return replace(known, **changes), row.updated_at


def change(office: Office, who: Member, staff_id: str, **changes: Any) -> None:
    details, was = details_of(office, staff_id, **changes)
    office.skip(seconds=1)
    with acting(office.parts, who) as deed:
        accounts.change(deed, staff_id, details, was=was)


def test_a_new_role_counts_at_once_and_ends_every_log_in(office: Office, boss: Member) -> None:
    worker = office.hire()
    browser = office.browser(worker)
    change(office, boss, worker.id, role="supervisor")
    assert browser.client.get("/desk/account").location == "/desk/log-in"
    assert "role_changed" in noted(office)


def test_a_change_without_a_new_role_ends_no_log_in(office: Office, boss: Member) -> None:
    worker = office.hire()
    browser = office.browser(worker)
    change(office, boss, worker.id, districts=frozenset({"BD-13"}))
    assert browser.client.get("/desk/account").status_code == 200
    with office.parts.database.reading() as connection:
        assert "districts" in str(connection.scalar(select(Audit.detail)))


def test_nobody_changes_their_own_role(office: Office, boss: Member) -> None:
    with pytest.raises(Unfit, match="role: own"):
        change(office, boss, boss.id, role="supervisor")
    change(office, boss, boss.id, name="Rokeya Begum")
    browser = office.browser(boss)
    browser.open(f"/desk/staff/{boss.id}")
    browser.submit(
        f"/desk/staff/{boss.id}",
        name="R",
        role="supervisor",
        sex="woman",
        languages="bn",
        was=account_by_id(office, boss.id).updated_at.isoformat(),
    )
    assert (browser.status, "Nobody changes their own role" in browser.text) == (422, True)


def account_by_id(office: Office, staff_id: str) -> Any:
    with office.parts.database.reading() as connection:
        return rows.by_id(connection, staff_id)


def test_of_two_who_change_one_account_the_second_is_told(office: Office, boss: Member) -> None:
    worker = office.hire()
    one, other = office.browser(boss), office.browser(office.hire(Role.ADMINISTRATOR))
    fields = {"name": "Nasrin", "role": "counsellor", "sex": "woman", "languages": "bn"}
    for browser in (one, other):
        browser.open(f"/desk/staff/{worker.id}")
    was = account_by_id(office, worker.id).updated_at.isoformat()
    office.skip(seconds=5)
    one.submit(f"/desk/staff/{worker.id}", **fields, was=was)
    assert one.status == 200
    other.submit(f"/desk/staff/{worker.id}", **{**fields, "name": "Other"}, was=was)
    assert (other.status, "Somebody else changed this" in other.text) == (409, True)
    assert "Nasrin" in one.open("/desk/staff")
    other.submit(f"/desk/staff/{worker.id}", **fields, was="yesterday")
    assert other.status == 409


def test_who_is_suspended_is_out_at_once_and_their_work_is_everybodys(
    office: Office, boss: Member
) -> None:
    worker = office.hire()
    office.give_keys(worker)
    browser = office.browser(worker)
    with office.parts.database.transaction() as connection:
        item = work.open_item(
            connection, kind=Kind.OTHER, subject_id=new_ident(), now=office.clock()
        )
        connection.execute(
            WorkItem.__table__.update().values(
                state="claimed", owner_id=worker.id, claimed_at=office.clock()
            )
        )
    with acting(office.parts, boss) as deed:
        accounts.suspend(deed, worker.id)
    assert browser.client.get("/desk/account").status_code == 303
    with office.parts.database.reading() as connection:
        row = connection.execute(select(WorkItem.state, WorkItem.owner_id)).one()
        assert tuple(row) == ("open", None)
        became = connection.scalars(select(Event.became).where(Event.subject_id == item)).all()
    assert became == ["open", "open"]
    with acting(office.parts, boss) as deed:
        accounts.reactivate(deed, worker.id)
    assert browser.client.get("/desk/account").status_code == 303
    assert noted(office)[-2:] == ["staff_suspended", "staff_reactivated"]


@pytest.mark.parametrize(("was", "becomes"), list(product(STAFF, STAFF)))
def test_an_account_moves_as_its_table_says_and_every_move_leaves_an_event(
    office: Office, boss: Member, was: str, becomes: str
) -> None:
    worker = office.hire()
    with office.parts.database.transaction() as connection:
        connection.execute(Staff.__table__.update().where(Staff.id == worker.id).values(state=was))
    moves = {"suspended": accounts.suspend, "active": accounts.reactivate}
    if becomes not in moves:
        assert not may_move(STAFF, was, becomes)
        return
    try:
        with acting(office.parts, boss) as deed:
            moves[becomes](deed, worker.id)
        moved = True
    except IllegalMove:
        moved = False
    assert moved == may_move(STAFF, was, becomes)
    assert account_by_id(office, worker.id).state == (becomes if moved else was)
    with office.parts.database.reading() as connection:
        events = connection.execute(select(Event.was, Event.became)).all()
    assert [tuple(event) for event in events] == ([(was, becomes)] if moved else [])


def test_nobody_suspends_themselves_or_takes_their_own_second_factor_away(
    office: Office, boss: Member
) -> None:
    for use_case in (accounts.suspend, accounts.invite_again):
        with pytest.raises(Unfit, match="state: own"), acting(office.parts, boss) as deed:
            use_case(deed, boss.id)


def test_a_new_invitation_ends_the_old_ways_in(office: Office, desk: Browser) -> None:
    worker = office.hire()
    keys = office.give_keys(worker)
    browser = office.browser(worker)
    desk.open(f"/desk/staff/{worker.id}")
    desk.submit(f"/desk/staff/{worker.id}/invitation")
    first = link_in(desk)
    assert browser.client.get("/desk/account").status_code == 303
    entered = office.stranger().client.post(
        "/desk/log-in", data={"username": keys.username, "password": keys.password}
    )
    assert entered.status_code == 401
    desk.submit(f"/desk/staff/{worker.id}/invitation")
    desk.open(f"/desk/staff/{worker.id}")
    desk.submit(f"/desk/staff/{worker.id}/invitation")
    assert office.stranger().client.get(first).status_code == 404
    assert accept(office, link_in(desk)).status == 200


def test_the_invitation_of_somebody_suspended_opens_nothing(
    office: Office, desk: Browser, boss: Member
) -> None:
    desk.submit("/desk/staff/new", **NASRIN)
    link = link_in(desk)
    with acting(office.parts, boss) as deed:
        accounts.suspend(deed, account(office).id)
    assert office.stranger().client.get(link).status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_touch_accounts(office: Office, role: Role) -> None:
    member, worker = office.hire(role), office.hire()
    details, was = details_of(office, worker.id)
    tries: list[Any] = [
        lambda deed: accounts.invite(deed, "somebody", details),
        lambda deed: accounts.change(deed, worker.id, details, was=was),
        lambda deed: accounts.suspend(deed, worker.id),
        lambda deed: accounts.reactivate(deed, worker.id),
        lambda deed: accounts.invite_again(deed, worker.id),
    ]
    for each in tries:
        with pytest.raises(NotAllowed), acting(office.parts, member) as deed:
            each(deed)


def test_a_new_password_ends_every_other_log_in(office: Office) -> None:
    worker = office.hire()
    office.give_keys(worker)
    here, there = office.browser(worker), office.browser(worker)
    here.open("/desk/account")
    text = here.submit(
        "/desk/account/password",
        current=PASSWORD,
        password="eight blue boats",
        again="eight blue boats",
    )
    assert "Your password was changed" in text
    assert there.client.get("/desk/account").status_code == 303
    assert noted(office) == ["password_changed"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"current": "wrong"}, "Your present password is not right"),
        ({"password": "short"}, "at least 10 characters"),
        ({"again": "different boats"}, "not the same"),
    ],
)
def test_a_password_that_will_not_do_changes_nothing(
    office: Office, fields: dict[str, str], said: str
) -> None:
    worker = office.hire()
    office.give_keys(worker)
    before = account_by_id(office, worker.id).password
    browser = office.browser(worker)
    browser.open("/desk/account")
    form = {"current": PASSWORD, "password": "eight blue boats", "again": "eight blue boats"}
    assert said in browser.submit("/desk/account/password", **{**form, **fields})
    assert account_by_id(office, worker.id).password == before


def test_the_present_password_cannot_be_guessed_from_an_open_browser(office: Office) -> None:
    worker = office.hire()
    office.give_keys(worker)
    browser = office.browser(worker)
    browser.open("/desk/account")
    form = {"password": "eight blue boats", "again": "eight blue boats"}
    for _ in range(5):
        browser.submit("/desk/account/password", current="wrong", **form)
    text = browser.submit("/desk/account/password", current=PASSWORD, **form)
    assert "Too many wrong passwords" in text


def test_everybody_sees_and_ends_their_own_log_ins_and_no_others(office: Office) -> None:
    worker, colleague = office.hire(), office.hire()
    here, there = office.browser(worker), office.browser(worker)
    elsewhere = office.browser(colleague)
    assert "this browser" in here.open("/desk/account")
    assert here.page.count("End this log-in") == 1
    with office.parts.database.reading() as connection:
        others = connection.scalar(
            select(StaffSession.id).where(StaffSession.staff_id == colleague.id)
        )
    here.submit(f"/desk/account/log-in/{others}/end")
    assert elsewhere.client.get("/desk/account").status_code == 200
    here.open("/desk/account")
    found = re.search(r'action="(/desk/account/log-in/\w+/end)"', here.page)
    assert found
    here.submit(found[1])
    assert there.client.get("/desk/account").status_code == 303
    assert here.client.get("/desk/account").status_code == 200


def test_out_everywhere_is_out_here_too(office: Office) -> None:
    worker = office.hire()
    here, there = office.browser(worker), office.browser(worker)
    here.open("/desk/account")
    here.submit("/desk/log-out-everywhere")
    assert [b.client.get("/desk/account").status_code for b in (here, there)] == [303, 303]
    with office.parts.database.reading() as connection:
        assert connection.scalar(select(Audit.detail)) == "log-ins=2"


def test_the_pages_are_read_in_the_language_one_chooses(office: Office) -> None:
    browser = office.browser(office.hire(language="en"))
    assert "Another password" in browser.open("/desk/account")
    assert "পাসওয়ার্ড বদলান" in browser.submit("/desk/account/language", language="bn")
    with pytest.raises(Unfit), acting(office.parts, office.hire()) as deed:
        own_account.read_in(deed, "fr")


def test_a_stale_write_is_refused_below_the_pages_too(office: Office, boss: Member) -> None:
    worker = office.hire()
    details, was = details_of(office, worker.id)
    office.skip(seconds=1)
    with acting(office.parts, boss) as deed:
        accounts.change(deed, worker.id, details, was=was)
    with pytest.raises(Stale), acting(office.parts, boss) as deed:
        accounts.change(deed, worker.id, details, was=was)


def test_the_list_shows_everybody_and_nobodys_secret(office: Office, desk: Browser) -> None:
    with office.parts.database.transaction() as connection:
        ident = new_ident()
        connection.execute(
            insert(Staff).values(
                id=ident,
                username="karim",
                name=office.parts.ring.seal("Karim", "staff.name", ident),
                sex="man",
                role="programme",
                state="suspended",
                password="$argon2id$secret",
                created_at=office.clock(),
                updated_at=office.clock(),
            )
        )
    text = desk.open("/desk/staff")
    assert "Karim karim Programme all suspended" in text
    assert "argon2" not in desk.page


def test_a_pin_is_chosen_with_the_present_password(office: Office) -> None:
    worker = office.hire()
    office.give_keys(worker)
    browser = office.browser(worker)
    browser.open("/desk/account")
    for pin in ("12345", "123456", "111111", "abcdef", "1" * 13, ""):
        assert "A PIN has 6 to 12 digits" in browser.submit(
            "/desk/account/pin", current=PASSWORD, pin=pin
        )
        office.skip(hours=2)
        browser = office.browser(worker)
        browser.open("/desk/account")
    assert "present password" in browser.submit("/desk/account/pin", current="no", pin="482913")
    assert "Your PIN was changed" in browser.submit(
        "/desk/account/pin", current=PASSWORD, pin="৪৮২৯১৩"
    )
    assert matches(account_by_id(office, worker.id).pin, "482913")
    assert noted(office) == ["pin_changed"]


def test_an_administrator_gives_a_pin_to_who_has_a_telephone(office: Office, desk: Browser) -> None:
    worker, other = office.hire(number="+8801300000007"), office.hire()
    text = desk.submit(f"/desk/staff/{worker.id}/pin")
    found = re.search(r'id="pin" type="text" value="(\d{6})"', desk.page)
    assert found, text
    assert matches(account_by_id(office, worker.id).pin, found[1])
    desk.open("/desk/staff")
    desk.open("/desk/staff/new")
    assert "telephone number first" in desk.submit(f"/desk/staff/{other.id}/pin")
    assert noted(office) == ["pin_issued"]
