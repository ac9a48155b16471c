"""Whom somebody who is hurt can turn to at once: the lines that answer day and night, then the crisis centre."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from helpline.cases import hotlines
from helpline.cases.calendar import local

if TYPE_CHECKING:
    from sqlalchemy import Row

    from handlers.desk.desk import Here

KIND: Final = "occ"


def at_once(here: Here, case: Row[Any]) -> dict[str, Any]:
    """What `danger/lines.html` shows: lines, and the centre of the client's division if somebody confirmed it."""
    return {"lines": hotlines.at_once(here.parts.hotlines()), "crisis_centre": _centre(here, case)}


def _centre(here: Here, case: Row[Any]) -> Any:
    places = here.parts.places
    home = places.district(case.district) if case.district else None
    if home is None:
        return None
    today = local(here.parts.clock()).date()
    inside = {each.iso for each in places.districts_of(home.division)}
    near = here.parts.directory().near(case.district, case.upazila or None, today, 1, (KIND,))
    return next(
        (each.centre for each in near if not each.confirm and each.centre.district in inside), None
    )
