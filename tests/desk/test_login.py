"""The way in: a password, a code, and what a stranger can do about it, which is nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from argon2 import Parameters, extract_parameters
from sqlalchemy import func, select

from handlers.desk.desk import COOKIE, FIELD
from helpline.cases import passwords as rules
from helpline.cases.roles import Member, Role
from helpline.service.desk import login, passwords
from helpline.service.desk.acting import acting
from helpline.settings import Settings
from helpline.store.database import Database
from helpline.store.tables import Audit, LoginTry, Staff, StaffSession
from tests.desk.office import PASSWORD, Browser, Keys, Office

HERE, ELSEWHERE = "127.0.0.1", "203.0.113.9"
REFUSED = "That did not match. Please try again."


@pytest.fixture
def nasrin(office: Office) -> Member:
    return office.hire(name="Nasrin")


@pytest.fixture
def keys(office: Office, nasrin: Member) -> Keys:
    return office.give_keys(nasrin)


def offer(browser: Browser, username: str, password: str, *, address: str = HERE) -> Any:
    """Send the first form from an address."""
    return browser.client.post(
        "/desk/log-in",
        data={"username": username, "password": password, "language": "en"},
        environ_overrides={"REMOTE_ADDR": address},
    )


def cookie(browser: Browser) -> str:
    found = browser.client.get_cookie(COOKIE, path="/desk")
    return found.value if found else ""


def walk_in(office: Office, keys: Keys) -> Browser:
    """Log in by the front door."""
    browser = office.stranger()
    browser.open("/desk/log-in")
    browser.submit("/desk/log-in", username=keys.username, password=keys.password)
    browser.submit("/desk/log-in/code", code=keys.code)
    return browser


def test_a_password_and_a_code_open_the_desk(office: Office, keys: Keys) -> None:
    browser = office.stranger()
    assert "Log in to the helpline desk" in browser.open("/desk/log-in?language=en")
    assert "The code from your app" in browser.submit(
        "/desk/log-in", username=f" {keys.username.upper()} ", password=keys.password
    )
    browser.submit("/desk/log-in/code", code=f"{keys.code[:3]} {keys.code[3:]}")
    assert "Nasrin" in browser.open("/desk/account")


def test_the_page_is_in_bangla_unless_the_browser_asks_for_english(office: Office) -> None:
    browser = office.stranger()
    assert "পাসওয়ার্ড" in browser.open("/desk/log-in")
    english = browser.client.get("/desk/log-in", headers={"Accept-Language": "en-GB,en;q=0.8"})
    assert "Password" in english.text


def test_a_code_in_bangla_digits_is_a_code(office: Office, keys: Keys) -> None:
    browser = office.stranger()
    offer(browser, keys.username, keys.password)
    browser.open("/desk/log-in/code")
    bangla = keys.code.translate({48 + digit: chr(0x9E6 + digit) for digit in range(10)})
    browser.submit("/desk/log-in/code", code=bangla)
    assert "Nasrin" in browser.open("/desk/account")


def test_a_password_without_its_code_opens_nothing(office: Office, keys: Keys) -> None:
    browser = office.stranger()
    offer(browser, keys.username, keys.password)
    assert browser.client.get("/desk/account").location == "/desk/log-in"


def test_a_password_waits_ten_minutes_for_its_code(office: Office, keys: Keys) -> None:
    browser = office.stranger()
    offer(browser, keys.username, keys.password)
    office.skip(minutes=11)
    assert browser.client.get("/desk/log-in/code").location == "/desk/log-in"
    assert browser.client.post("/desk/log-in/code").location == "/desk/log-in"


def test_nobody_can_tell_an_unknown_name_from_a_wrong_password(office: Office, keys: Keys) -> None:
    office.hire(Role.SUPERVISOR)  # without a password
    suspended = office.hire()
    gone = office.give_keys(suspended)
    with office.parts.database.transaction() as connection:
        connection.execute(
            Staff.__table__.update().where(Staff.id == suspended.id).values(state="suspended")
        )
    answers = [
        offer(office.stranger(), username, password)
        for username, password in (
            (keys.username, "not the password"),
            ("nobody", "not the password"),
            (gone.username, gone.password),
            ("", ""),
            ("x" * 4000, "y" * 4000),
        )
    ]
    assert {answer.status_code for answer in answers} == {401}
    without_name = [answer.text.replace(keys.username, "nobody") for answer in answers]
    assert all(REFUSED in page for page in without_name)
    assert len({page.replace(gone.username, "nobody") for page in without_name[:3]}) == 1


def test_the_password_of_nobody_takes_as_long_as_everybodys(monkeypatch: Any) -> None:
    own = extract_parameters(passwords.hashed("seven green boats"))
    assert own == extract_parameters(passwords.NOBODYS)
    assert own == Parameters(own.type, own.version, own.salt_len, 32, 2, 19_456, 1)
    assert not passwords.outdated(passwords.NOBODYS)
    assert not passwords.matches("", "anything")


@pytest.mark.parametrize("username", ["known", "unknown"])
def test_one_hash_is_computed_for_each_try_and_none_while_somebody_waits(
    office: Office, keys: Keys, monkeypatch: pytest.MonkeyPatch, username: str
) -> None:
    computed: list[str] = []
    matches = passwords.matches
    monkeypatch.setattr(
        passwords, "matches", lambda kept, given: (computed.append(kept), matches(kept, given))[1]
    )
    name = keys.username if username == "known" else "nobody"
    browser = office.stranger()
    statuses = [offer(browser, name, "wrong").status_code for _ in range(9)]
    assert statuses == [401] * 5 + [429] * 4
    assert len(computed) == 5


def test_each_failure_makes_wait_longer_and_never_for_ever(office: Office, keys: Keys) -> None:
    browser = office.stranger()
    waits = []
    for _ in range(5):
        offer(browser, keys.username, "wrong")
    for _ in range(7):
        entry = login.enter(office.parts, keys.username, "wrong", HERE)
        waits.append(entry.wait)
        office.skip(seconds=entry.wait)
        assert not login.enter(office.parts, keys.username, "wrong", HERE).wait
    assert waits == [30, 60, 120, 240, 480, 900, 900]


def test_the_right_password_does_not_help_while_somebody_waits(office: Office, keys: Keys) -> None:
    browser = office.stranger()
    for _ in range(5):
        offer(browser, keys.username, "wrong")
    answer = offer(browser, keys.username, keys.password)
    assert answer.status_code == 429
    assert "Please wait 30 seconds" in answer.text
    office.skip(seconds=30)
    assert offer(browser, keys.username, keys.password).status_code == 303


def test_a_stranger_cannot_lock_an_account_whose_name_they_know(office: Office, keys: Keys) -> None:
    stranger = office.stranger()
    for _ in range(40):
        offer(stranger, keys.username, "wrong", address=ELSEWHERE)
    assert offer(stranger, keys.username, "wrong", address=ELSEWHERE).status_code == 429
    assert offer(office.stranger(), keys.username, keys.password).status_code == 303


def test_one_address_cannot_try_one_password_on_many_names(office: Office) -> None:
    browser = office.stranger()
    answers = [offer(browser, f"name{n}", "Password12").status_code for n in range(32)]
    assert answers == [401] * 30 + [429] * 2


def test_a_forwarded_header_is_not_believed(office: Office, keys: Keys) -> None:
    browser = office.stranger()
    for n in range(5):
        browser.client.post(
            "/desk/log-in",
            data={"username": keys.username, "password": "wrong"},
            headers={"X-Forwarded-For": f"198.51.100.{n}", "Forwarded": f"for=198.51.100.{n}"},
        )
    assert offer(browser, keys.username, keys.password).status_code == 429


def test_a_forwarded_header_is_believed_from_our_own_proxy_alone(
    database: Database, tmp_path: Path
) -> None:
    settings = Settings.demo(tmp_path / "var", 8000)
    proxies = (ip_network("127.0.0.0/30"), ip_network("10.0.0.7"))
    office = Office(database, replace(settings, simulator=False, proxies=proxies))
    nasrin = office.hire()
    keys = office.give_keys(nasrin)

    def fail(forwarded: str, address: str = "127.0.0.1") -> int:
        return (
            office.stranger()
            .client.post(
                "/desk/log-in",
                data={"username": keys.username, "password": "wrong"},
                headers={"X-Forwarded-For": forwarded},
                environ_base={"REMOTE_ADDR": address},
            )
            .status_code
        )

    statuses = [fail(f"198.51.100.{n}, 203.0.113.5, 10.0.0.7") for n in range(6)]
    assert statuses == [401] * 5 + [429]
    assert fail("203.0.113.6") == 401
    assert fail("203.0.113.5, rubbish") == 401
    others = [fail(f"198.51.100.{n}", "192.0.2.1") for n in range(6)]
    assert others == [401] * 5 + [429]


def test_all_addresses_of_one_network_of_ipv6_are_one(office: Office, keys: Keys) -> None:
    browser = office.stranger()
    for n in range(5):
        offer(browser, keys.username, "wrong", address=f"2001:db8:1:2:{n}::1")
    assert offer(browser, keys.username, "x", address="2001:db8:1:2:ffff::").status_code == 429
    assert offer(browser, keys.username, "x", address="2001:db8:1:3::1").status_code == 401


def test_while_many_guess_everybody_has_fewer_tries_and_nobody_is_shut_out(
    office: Office, keys: Keys
) -> None:
    for n in range(rules.BRAKE_AT):
        login_try(office, f"198.51.{n // 250}.{n % 250}")
    assert offer(office.stranger(), keys.username, "a slip", address=HERE).status_code == 401
    assert offer(office.stranger(), keys.username, keys.password).status_code == 303
    attacker = office.stranger()
    answers = [offer(attacker, keys.username, "x", address=ELSEWHERE) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [401, 401, 429]


def login_try(office: Office, address: str) -> None:
    """A failure from an address, without the time that its hash takes."""
    with office.parts.database.transaction() as connection:
        login.tries.add(
            connection, login._places(office.parts, "somebody", address), office.clock()
        )


def test_getting_in_forgets_what_was_mistyped_before(office: Office, keys: Keys) -> None:
    browser = office.stranger()
    for _ in range(4):
        offer(browser, keys.username, "wrong")
    assert offer(browser, keys.username, keys.password).status_code == 303
    answers = [offer(browser, keys.username, "wrong").status_code for _ in range(5)]
    assert answers == [401] * 5


def test_tries_are_kept_for_a_day(office: Office) -> None:
    offer(office.stranger(), "nobody", "wrong")
    office.skip(hours=25)
    offer(office.stranger(), "nobody", "wrong")
    with office.parts.database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(LoginTry)) == 3


def test_no_address_and_no_name_is_written_down_as_it_is(office: Office) -> None:
    offer(office.stranger(), "nobody", "wrong", address=ELSEWHERE)
    with office.parts.database.reading() as connection:
        kept = repr(connection.execute(select(LoginTry.__table__)).all())
    assert ELSEWHERE not in kept
    assert "nobody" not in kept


def test_a_code_counts_once(office: Office, keys: Keys) -> None:
    walk_in(office, keys)
    browser = office.stranger()
    offer(browser, keys.username, keys.password)
    browser.open("/desk/log-in/code")
    browser.submit("/desk/log-in/code", code=keys.code)
    assert browser.status == 401
    office.skip(seconds=30)
    browser.submit("/desk/log-in/code", code=keys.code)
    assert "Nasrin" in browser.open("/desk/account")


@pytest.mark.parametrize(("seconds", "status"), [(-60, 401), (-30, 200), (30, 200), (60, 401)])
def test_clocks_may_differ_by_half_a_minute(
    office: Office, keys: Keys, seconds: int, status: int
) -> None:
    browser = office.stranger()
    offer(browser, keys.username, keys.password)
    browser.open("/desk/log-in/code")
    office.clock.now += timedelta(seconds=seconds)
    code = keys.code
    office.clock.now -= timedelta(seconds=seconds)
    browser.submit("/desk/log-in/code", code=code)
    assert browser.status == status


def test_guessing_codes_makes_wait_and_is_in_the_log(office: Office, keys: Keys) -> None:
    browser = office.stranger()
    offer(browser, keys.username, keys.password)
    browser.open("/desk/log-in/code")
    statuses = []
    for _ in range(7):
        browser.submit("/desk/log-in/code", code="000000")
        statuses.append(browser.status)
    assert statuses == [401] * 5 + [429] * 2
    with office.parts.database.reading() as connection:
        noted = connection.scalars(select(Audit.action).order_by(Audit.number)).all()
    assert noted == ["code_refused"] * 5


def test_a_code_is_taken_from_our_own_form_only(office: Office, keys: Keys) -> None:
    browser = office.stranger()
    offer(browser, keys.username, keys.password)
    browser.client.post("/desk/log-in/code", data={"code": keys.code})
    assert browser.client.get("/desk/account").status_code == 303


def test_another_site_cannot_send_the_first_form(office: Office, keys: Keys) -> None:
    answer = office.stranger().client.post(
        "/desk/log-in",
        data={"username": keys.username, "password": keys.password},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403


def test_the_token_changes_with_every_step(office: Office, keys: Keys) -> None:
    browser = office.stranger()
    browser.client.set_cookie(COOKIE, "chosen-by-somebody-else", path="/desk")
    seen = [cookie(browser)]
    offer(browser, keys.username, keys.password)
    seen.append(cookie(browser))
    browser.open("/desk/log-in/code")
    browser.submit("/desk/log-in/code", code=keys.code)
    seen.append(cookie(browser))
    assert len(set(seen)) == 3
    for old in seen[:2]:
        thief = office.stranger()
        thief.client.set_cookie(COOKIE, old, path="/desk")
        assert thief.client.get("/desk/account").status_code == 303
        assert thief.client.get("/desk/log-in/code").status_code == 303


def test_logging_in_again_in_the_same_browser_ends_the_log_in_before(
    office: Office, keys: Keys
) -> None:
    browser = walk_in(office, keys)
    before = cookie(browser)
    office.skip(seconds=30)
    offer(browser, keys.username, keys.password)
    thief = office.stranger()
    thief.client.set_cookie(COOKIE, before, path="/desk")
    assert thief.client.get("/desk/account").status_code == 303


def test_the_cookie_is_for_our_pages_and_no_script(office: Office, keys: Keys) -> None:
    answer = offer(office.stranger(), keys.username, keys.password)
    header = answer.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/desk"} <= set(header.split("; "))
    assert "Secure" not in header


def test_logging_out_ends_the_row_and_takes_the_cookie(office: Office, keys: Keys) -> None:
    browser = walk_in(office, keys)
    kept = cookie(browser)
    browser.open("/desk/account")
    browser.submit("/desk/log-out")
    assert not cookie(browser)
    browser.client.set_cookie(COOKIE, kept, path="/desk")
    assert browser.client.get("/desk/account").status_code == 303
    with office.parts.database.reading() as connection:
        assert connection.scalars(
            select(StaffSession.ended_why).where(StaffSession.proved_at.is_not(None))
        ).all() == ["logged_out"]


def test_a_log_in_lasts_twelve_hours_at_the_longest(office: Office, keys: Keys) -> None:
    browser = walk_in(office, keys)
    for _ in range(36):
        assert browser.client.get("/desk/account").status_code == 200
        office.skip(minutes=20)
    office.skip(minutes=1)
    assert browser.client.get("/desk/account").status_code == 303


def test_every_log_in_is_in_the_log(office: Office, keys: Keys, nasrin: Member) -> None:
    walk_in(office, keys)
    with office.parts.database.reading() as connection:
        noted = connection.execute(select(Audit.actor, Audit.action)).all()
    assert noted == [(nasrin.id, "log_in")]


def test_a_password_hashed_with_older_parameters_is_hashed_again(
    office: Office, keys: Keys, nasrin: Member
) -> None:
    old = "$argon2id$v=19$m=8192,t=1,p=1$c29tZXNhbHQ$"
    assert old
    from argon2 import PasswordHasher  # noqa: PLC0415

    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    with acting(office.parts, nasrin) as deed:
        deed.connection.execute(
            Staff.__table__.update().where(Staff.id == nasrin.id).values(password=weak)
        )
    walk_in(office, keys)
    with office.parts.database.reading() as connection:
        kept = connection.scalar(select(Staff.password).where(Staff.id == nasrin.id))
    assert kept != weak
    assert not passwords.outdated(str(kept))


def test_the_pages_before_the_log_in_carry_the_headers_of_all_pages(office: Office) -> None:
    headers = office.stranger().client.get("/desk/log-in").headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_a_username_comes_back_as_text(office: Office) -> None:
    answer = offer(office.stranger(), '"><script>alert(1)</script>{{7*7}}', "x")
    assert "<script>alert" not in answer.text
    assert "{{7*7}}" in answer.text


def test_a_form_token_is_of_one_log_in(office: Office, nasrin: Member) -> None:
    one, other = office.browser(nasrin), office.browser(nasrin)
    one.open("/desk/account")
    taken = one.client.post("/desk/log-out", data={FIELD: "0" * 64})
    assert taken.status_code == 403
    assert other.client.post("/desk/log-out", data={FIELD: one._token}).status_code == 403
