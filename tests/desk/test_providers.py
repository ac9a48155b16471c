"""The directory of offices: proposed, enlisted when every criterion is met, suspended, never invented."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from helpline.cases.referral_rules import CRITERIA
from helpline.cases.roles import Role
from helpline.cases.states import IllegalMove
from helpline.service.desk import providers
from helpline.service.desk.acting import NotAllowed, Stale, acting
from helpline.service.desk.referrals import Refused
from helpline.store.tables import Audit, Provider
from tests.desk.office import Browser, Office
from tests.desk.referring import FOCAL, enlisted, entry

FORM = {
    "name_bn": "উদাহরণ অফিস",
    "name_en": "Example Office (fictional)",
    "kind": "ngo",
    "services": ["legal_aid", "debt"],
    "districts": ["BD-22"],
    "criteria": list(CRITERIA),
    "focal_name": "Mr. Example",
    "focal_number": FOCAL,
    "source": "made up for a test",
}


def head(office: Office) -> Browser:
    return office.browser(office.hire(Role.SUPERVISOR))


def the_one(office: Office) -> dict[str, object]:
    with office.parts.database.reading() as connection:
        return dict(connection.execute(select(Provider.__table__)).mappings().one())


def seen(browser: Browser) -> str:
    return browser.page.split('name="seen" value="')[1].split('"')[0]


def test_an_office_is_proposed_enlisted_verified_and_suspended(office: Office) -> None:
    browser = head(office)
    assert "No office fits." in browser.open("/desk/providers")
    browser.open("/desk/providers/new")
    assert "Proposed" in browser.submit("/desk/providers/new", **FORM)
    row = the_one(office)
    assert (row["status"], row["verified_at"], row["services"]) == (
        "proposed",
        None,
        "legal_aid debt",
    )
    path = f"/desk/providers/{row['id']}"
    for step, status in (
        ("enlist", "enlisted"),
        ("verify", "enlisted"),
        ("suspend", "suspended"),
        ("enlist", "enlisted"),
    ):
        office.skip(minutes=1)
        browser.open(path)
        browser.submit(f"{path}/{step}", seen=seen(browser))
        assert the_one(office)["status"] == status
    assert str(the_one(office)["verified_at"]) == "2026-12-01"


def test_an_office_that_misses_a_criterion_is_not_enlisted(office: Office) -> None:
    member = office.hire(Role.SUPERVISOR)
    for missing in CRITERIA:
        with acting(office.parts, member) as deed:
            others = tuple(each for each in CRITERIA if each != missing)
            ident = providers.propose(deed, entry(criteria=others))
        with pytest.raises(Refused, match="criteria"), acting(office.parts, member) as deed:
            providers.enlist(deed, ident, office.clock())


def test_an_enlisted_office_that_loses_a_criterion_is_suspended(office: Office) -> None:
    member = office.hire(Role.SUPERVISOR)
    ident = enlisted(office, member)
    row = the_one(office)
    with acting(office.parts, member) as deed:
        providers.rewrite(deed, ident, row["updated_at"], entry(criteria=CRITERIA[1:]))  # type: ignore[arg-type]
    assert the_one(office)["status"] == "suspended"


def test_of_two_who_change_one_office_the_second_is_told(office: Office) -> None:
    member = office.hire(Role.SUPERVISOR)
    ident = enlisted(office, member)
    first, second = head(office), head(office)
    for browser in (first, second):
        browser.open(f"/desk/providers/{ident}")
    as_seen = seen(second)
    office.skip(minutes=1)
    first.submit(f"/desk/providers/{ident}", **{**FORM, "name_en": "First"}, seen=as_seen)
    second.submit(f"/desk/providers/{ident}", **{**FORM, "name_en": "Second"}, seen=as_seen)
    assert second.status == 409
    assert the_one(office)["name_en"] == "First"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"name_bn": " "}, "name"),
        ({"name_en": "x" * 121}, "name"),
        ({"kind": "spaceship"}, "kind"),
        ({"services": ()}, "services"),
        ({"services": ("legal_aid", "astrology")}, "services"),
        ({"districts": ("BD-99",)}, "districts"),
        ({"focal_number": "12"}, "focal_number"),
        ({"focal_number": "999"}, "focal_number"),
        ({"focal_name": "x" * 81}, "focal_name"),
    ],
)
def test_an_office_that_cannot_be_is_refused(
    office: Office, wrong: dict[str, object], code: str
) -> None:
    member = office.hire(Role.SUPERVISOR)
    with pytest.raises(Refused, match=code), acting(office.parts, member) as deed:
        providers.propose(deed, entry(**wrong))


def test_the_number_is_sealed_masked_and_shown_only_when_asked_for(office: Office) -> None:
    member = office.hire(Role.SUPERVISOR)
    ident = enlisted(office, member)
    row = the_one(office)
    assert FOCAL.encode() not in bytes(row["focal_number"])  # type: ignore[call-overload]
    browser = office.browser(member)
    browser.open(f"/desk/providers/{ident}")
    assert FOCAL not in browser.page
    assert "+880•••••901" in browser.text
    browser.submit(f"/desk/providers/{ident}/number", seen=seen(browser))
    assert FOCAL in browser.text
    with office.parts.database.reading() as connection:
        noted = connection.execute(select(Audit.action).where(Audit.actor == member.id)).scalars()
        assert "provider_unmask" in list(noted)
    administrator = office.browser(office.hire(Role.ADMINISTRATOR))
    administrator.open(f"/desk/providers/{ident}")
    administrator.submit(f"/desk/providers/{ident}/number")
    assert administrator.status == 403


def test_an_empty_field_keeps_the_number_and_a_tick_deletes_it(office: Office) -> None:
    ident = enlisted(office, office.hire(Role.SUPERVISOR))
    browser = head(office)
    without = {**FORM, "focal_number": ""}
    for extra, kept in (({}, True), ({"no_number": "yes"}, False)):
        office.skip(minutes=1)
        browser.open(f"/desk/providers/{ident}")
        browser.submit(f"/desk/providers/{ident}", **without, **extra, seen=seen(browser))
        assert bool(the_one(office)["focal_number"]) == kept
        assert bool(the_one(office)["focal_key"]) == kept


def test_no_office_is_there_before_somebody_wrote_it_down(office: Office) -> None:
    """Numbers and names of offices are never made up: the directory begins empty."""
    assert "No office fits." in head(office).open("/desk/providers")


def test_a_service_point_with_a_source_can_be_proposed(office: Office) -> None:
    browser = head(office)
    shown = browser.open("/desk/providers?district=BD-22")
    assert "Legal Aid Office, Jashore" in shown
    browser.open("/desk/providers/new?centre=legal_aid.bd-22")
    assert 'value="Legal Aid Office, Jashore"' in browser.page
    assert 'value="legal_aid" checked' in browser.page
    assert providers.from_centre(office.parts, "no.such") == providers.Office()
    point = providers.from_centre(office.parts, "ttc.bd-22")
    assert (point.kind, point.services) == ("government", ("skills", "training"))
    assert point.focal_number == ""


@pytest.mark.parametrize("role", [Role.COUNSELLOR, Role.SPECIALIST, Role.PARTNER, Role.PROGRAMME])
def test_the_directory_is_not_everybodys(office: Office, role: Role) -> None:
    ident = enlisted(office, office.hire(Role.SUPERVISOR))
    client = office.browser(office.hire(role)).client
    for path in ("/desk/providers", "/desk/providers/new", f"/desk/providers/{ident}"):
        assert client.get(path).status_code == 403


def test_what_is_not_there_and_what_is_done_already(office: Office) -> None:
    member = office.hire(Role.SUPERVISOR)
    ident = enlisted(office, member)
    now = the_one(office)["updated_at"]
    with pytest.raises(NotAllowed), acting(office.parts, member) as deed:
        providers.verify(deed, "nobody", office.clock())
    with pytest.raises(IllegalMove), acting(office.parts, member) as deed:
        providers.enlist(deed, ident, now)  # type: ignore[arg-type]
    office.skip(days=1)
    with pytest.raises(Stale), acting(office.parts, member) as deed:
        providers.suspend(deed, ident, office.clock())
    browser = office.browser(member)
    assert browser.open("/desk/providers/nobody")
    assert browser.status == 404


def test_an_office_is_shown_as_unverified_after_half_a_year(office: Office) -> None:
    enlisted(office, office.hire(Role.SUPERVISOR))
    assert "not verified" not in head(office).open("/desk/providers")
    office.skip(days=181)
    assert "not verified" in head(office).open("/desk/providers")
