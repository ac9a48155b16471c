"""Who may open what: every route of the desk, for every role, however it is asked for.

Routes are found, not listed: one that is added tomorrow is tried tomorrow.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from werkzeug.routing import Rule

from handlers.desk.desk import FIELD, Desk, form_token
from handlers.desk.rooms import create_desk
from helpline.cases.roles import RIGHTS, Right, Role
from helpline.settings import Settings
from helpline.store.database import Database
from tests.desk.office import Browser, Office
from tests.desk.test_roles_scope import write_case, write_item

NOBODYS: dict[str, object] = {"string": "0" * 32, "int": 0, "path": "x", "uuid": "0" * 32}
"""Parameters that name nothing."""
UNUSUAL = ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE")
REDIRECTED, REFUSED, NOT_ALLOWED = 303, 403, 405


@cache
def settings_of(folder: Path) -> Settings:
    return replace(Settings.demo(folder, 8000), simulator=False)


@pytest.fixture
def desk(office: Office, tmp_path: Path) -> Desk:
    """What the desk declares, beside what the application of `office` serves."""
    return create_desk(office.parts, settings_of(tmp_path / "var"))


def routes(office: Office) -> Iterator[tuple[Rule, str, str]]:
    """Every route of the desk with its method and a path that names nothing."""
    adapter = office.app.url_map.bind("localhost")
    for rule in office.app.url_map.iter_rules():
        if not rule.endpoint.startswith("desk.") or rule.endpoint == "desk.static":
            continue
        values = {
            name: NOBODYS.get(type(converter).__name__.removesuffix("Converter").lower(), "x")
            for name, converter in rule._converters.items()
        }
        values = {name: "0" * 32 if value == "x" else value for name, value in values.items()}
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method, adapter.build(rule.endpoint, values, method=method)


def ask(browser: Browser, method: str, path: str, **headers: str) -> int:
    return browser.client.open(path, method=method, headers=headers).status_code


def test_every_route_is_declared_and_nothing_else_is(office: Office, desk: Desk) -> None:
    served = {rule.endpoint for rule, _method, _path in routes(office)} | {"desk.static"}
    assert served == desk.rights.keys()
    assert len(served) > 20


def test_every_right_is_asked_for_somewhere_and_had_by_somebody(desk: Desk) -> None:
    had = {right for rights in RIGHTS.values() for right in rights}
    assert had == set(Right)
    assert {right for right in desk.rights.values() if right} <= had


def test_a_route_answers_to_the_one_method_it_declares(office: Office) -> None:
    browser = office.browser(office.hire(Role.SUPERVISOR))
    declared: dict[str, set[str]] = {}
    for _rule, method, path in routes(office):
        declared.setdefault(path, set()).add(method)
    for path, methods in declared.items():
        for method in {*UNUSUAL, "GET", "POST"} - methods:
            assert ask(browser, method, path) == NOT_ALLOWED, f"{method} {path}"


def test_a_stranger_comes_to_the_log_in_and_no_further(office: Office, desk: Desk) -> None:
    stranger = office.stranger()
    for rule, method, path in routes(office):
        if desk.rights[rule.endpoint] is None:
            continue
        answer = stranger.client.open(path, method=method)
        assert (answer.status_code, answer.location) == (REDIRECTED, "/desk/log-in"), path


def test_pages_before_the_log_in_take_no_form_from_another_site(office: Office, desk: Desk) -> None:
    stranger = office.stranger()
    for rule, method, path in routes(office):
        if desk.rights[rule.endpoint] is None and method == "POST":
            for site in ("cross-site", "same-site"):
                assert ask(stranger, method, path, **{"Sec-Fetch-Site": site}) == REFUSED, path


@pytest.mark.parametrize("role", list(Role))
def test_a_role_opens_what_it_has_the_right_to_and_nothing_else(
    office: Office, desk: Desk, role: Role
) -> None:
    member = office.hire(role)
    for rule, method, path in routes(office):
        right = desk.rights[rule.endpoint]
        if right is None:
            continue
        browser = office.browser(member)
        token = form_token(browser.client._cookies[("localhost", "/desk", "helpline_desk")].value)
        form = {FIELD: token} if method == "POST" else None
        answer = browser.client.open(path, method=method, data=form)
        seen = f"{role} {method} {path}: {answer.status_code}"
        if member.may(right):
            assert answer.status_code not in {REFUSED, NOT_ALLOWED}, seen
            assert answer.status_code < 500, seen
        else:
            assert answer.status_code == REFUSED, seen
            assert "There is nothing here that you may see." in answer.text


@pytest.mark.parametrize("role", list(Role))
def test_no_form_counts_that_is_not_from_a_page_of_this_log_in(
    office: Office, desk: Desk, role: Role
) -> None:
    member = office.hire(role)
    browser = office.browser(member)
    other = office.browser(member)
    token = form_token(other.client._cookies[("localhost", "/desk", "helpline_desk")].value)
    own = form_token(browser.client._cookies[("localhost", "/desk", "helpline_desk")].value)
    for rule, method, path in routes(office):
        if method != "POST" or desk.rights[rule.endpoint] is None:
            continue
        for form, site in (({}, ""), ({FIELD: token}, ""), ({FIELD: own}, "cross-site")):
            headers = {"Sec-Fetch-Site": site} if site else {}
            answer = browser.client.post(path, data=form, headers=headers)
            assert answer.status_code == REFUSED, f"{path} {form}"


def test_every_page_carries_the_headers(office: Office, desk: Desk) -> None:
    browser = office.browser(office.hire(Role.SUPERVISOR))
    for _rule, method, path in routes(office):
        if method == "GET":
            headers = browser.client.get(path).headers
            assert headers["Cache-Control"].startswith("no-store"), path
            policy = headers["Content-Security-Policy"]
            assert policy.startswith("default-src 'none'"), path
            assert "unsafe" not in policy
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["X-Frame-Options"] == "DENY"
            assert headers["Referrer-Policy"] == "no-referrer"


def test_a_letter_that_no_database_holds_is_refused_before_it_gets_there(office: Office) -> None:
    browser = office.browser(office.hire(Role.SUPERVISOR))
    assert ask(browser, "GET", "/desk/log?actor=%00") == 400
    assert ask(browser, "GET", "/desk/log/glass/%00") == 404
    stranger = office.stranger()
    sent = stranger.client.post("/desk/log-in", data={"username": "a\0b", "password": "x"})
    assert sent.status_code == 400


@pytest.mark.parametrize("public_url", ["https://desk.example.org", "http://127.0.0.1:8000"])
def test_over_https_the_cookie_travels_over_https_only(
    database: Database, tmp_path: Path, public_url: str
) -> None:
    settings = replace(
        Settings.demo(tmp_path / "var", 8000), simulator=False, public_url=public_url
    )
    office = Office(database, settings)
    keys = office.give_keys(office.hire())
    answer = office.stranger().client.post(
        "/desk/log-in", data={"username": keys.username, "password": keys.password}
    )
    flags = answer.headers["Set-Cookie"].split("; ")
    assert ("Secure" in flags) == public_url.startswith("https")
    assert {"HttpOnly", "SameSite=Strict"} <= set(flags)


def test_a_restricted_case_is_on_no_page_of_anybody_else(office: Office, desk: Desk) -> None:
    owner = office.hire(name="Nasrin")
    reference, spoken = "123456786", "123 456 786"
    with office.parts.database.transaction() as connection:
        case_id = write_case(
            connection, office, reference=reference, restricted="gbv", owner_id=owner.id
        )
        open_case = write_case(connection, office, reference="000000000")
        for each, restricted in ((case_id, "gbv"), (open_case, "")):
            write_item(connection, office, case_id=each, restricted=restricted)
    asked = f"?q={reference}&case={open_case}"
    pages = {path for _rule, method, path in routes(office) if method == "GET"}
    for role in Role:
        browser = office.browser(office.hire(role))
        for path in sorted(pages):
            for address in (path, path.replace("0" * 32, case_id)):
                answer = browser.client.get(address + asked)
                said = answer.text.replace(f"{reference}&", "")
                typed_in = said.count(f'value="{reference}"')
                assert said.count(reference) == typed_in, f"{role} {address}"
                assert spoken not in said, f"{role} {address}"
    assert spoken in office.browser(owner).client.get(f"/desk/case/{case_id}").text
