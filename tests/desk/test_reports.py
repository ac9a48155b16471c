"""The reports: who sees them, what they count, and that they give nobody away."""

from __future__ import annotations

import pytest

from helpline.cases.roles import Role
from helpline.service.desk import counting
from tests.desk.office import Office
from tests.desk.reported import people

PAGES = ("/desk/now", "/desk/reach", "/desk/quality", "/desk/outcome", "/desk/pack")


def test_the_registrations_of_a_quarter_are_counted_by_district(office: Office) -> None:
    people(office, 7, district="BD-13")
    people(office, 12, district="BD-10")
    counting.sweep(office.parts)
    page = office.browser(office.hire(Role.PROGRAMME)).open("/desk/reach")
    assert "Dhaka 7" in page
    assert "Chattogram 12" in page
    assert "Total 19" in page


@pytest.mark.parametrize("page", PAGES)
def test_somebody_who_supervises_opens_every_page(office: Office, page: str) -> None:
    browser = office.browser(office.hire(Role.SUPERVISOR))
    browser.open(page)
    assert browser.status == 200
