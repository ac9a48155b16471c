"""Unpaid pay: what a client is owed, on the page of the case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.desk.case_forms import attempt, said, whole
from helpline.cases.roles import Right
from helpline.service.desk import wages

if TYPE_CHECKING:
    from sqlalchemy import Row

    from handlers.desk.desk import Answer, Desk, Here
    from helpline.service.desk.acting import Acting


def furnish(desk: Desk) -> None:
    """The panel and its forms."""
    desk.case_panel(55, "wages/panel.html", _panel)

    @desk.action("/case/<case_id>/wages", Right.CASES, name="wages_write")
    def write(here: Here, case_id: str) -> Answer:
        told = wages.Told(
            country=said("country"),
            months=whole(said("months").strip()),
            taka=whole(said("taka").strip().replace(",", "")),
            employer=said("employer"),
            agency=said("agency"),
        )
        return attempt(here, case_id, lambda deed: wages.write(deed, case_id, told), at="wages")

    @desk.action("/case/<case_id>/wages/remove", Right.CASES, name="wages_remove")
    def remove(here: Here, case_id: str) -> Answer:
        return attempt(
            here, case_id, lambda deed: wages.take_out(deed, case_id, said("one")), at="wages"
        )


def _panel(here: Here, deed: Acting, case: Row[Any]) -> dict[str, Any] | None:
    claims = wages.of_case(deed, case)
    if case.stage == "closed" and not claims:
        return None
    names = {each.iso: each.name.in_language(here.language) for each in here.parts.places.countries}
    return {
        "claims": claims,
        "countries": names,
        "worked_in": wages.worked_in(deed, case),
        "longest": wages.LONGEST,
    }
