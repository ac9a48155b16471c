"""Which report somebody asks for, and what its tables are."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from flask import request

from handlers.desk import flags_grids, reports_grids
from handlers.desk.case_words import day
from handlers.desk.language import _
from handlers.desk.reports_words import NOTE, PURPOSES, place, quarter_name
from helpline.cases.calendar import local
from helpline.cases.measures import quarter_of, read_quarter
from helpline.cases.roles import Right
from helpline.cases.services import AGENCIES, SERVICES
from helpline.service.desk import reports
from helpline.service.desk.acting import NotAllowed
from helpline.service.desk.exports import Grid

if TYPE_CHECKING:
    from handlers.desk.desk import Here
    from helpline.service.desk.reports import Asked, Report

Build = Callable[["Here", "Report"], list[Grid]]

ALL: Final = "all"
"""All districts together, in the address of a page; `unknown` is where the district is not known."""
UNKNOWN: Final = "unknown"

REPORTS: Final[dict[str, tuple[str, Build]]] = {
    "reach": (_("Reach"), reports_grids.reach),
    "quality": (_("Quality"), reports_grids.quality),
    "outcome": (_("Outcome"), reports_grids.outcome),
    "flags": (_("Signs of danger"), flags_grids.flags),
}
"""By the name in the address: the title of a report and how its tables are made."""


def asked_for(here: Here) -> Asked:
    """Which quarter and district the address or the form names; this quarter when none.

    Raises:
        NotAllowed: a quarter that is none, or a district that is not theirs.
    """
    said = request.values.get("quarter", "")
    today = local(here.parts.clock()).date()
    quarter = read_quarter(said) if said else quarter_of(today)
    if quarter is None:
        raise NotAllowed(said)
    wanted = request.values.get("district", ALL) or ALL
    one = {ALL: None, UNKNOWN: reports.UNKNOWN_PLACE}.get(wanted, wanted)
    return reports.asked(here.who, here.parts.places, quarter, one)


def pack_grids(here: Here, report: Report, agency: str = "") -> list[Grid]:
    """The tables of the quarter pack: everything, or what one agency leads."""
    if agency:
        services = [code for code, each in SERVICES.items() if agency in each.lead]
        return [
            reports_grids.indicators(here, report),
            *reports_grids.referrals(here, report, services),
        ]
    return [
        reports_grids.indicators(here, report),
        *reports_grids.reach(here, report),
        *reports_grids.quality(here, report),
        *reports_grids.outcome(here, report),
    ]


def page_values(here: Here) -> tuple[Asked, dict[str, Any]]:
    """What was asked for, and what the form at the top of every report needs."""
    asked = asked_for(here)
    with here.parts.database.reading() as connection:
        quarters = reports.quarters(connection, here.parts.clock())
        until = reports.counted_until(connection, asked.quarter)
    if asked.quarter not in quarters:
        quarters.append(asked.quarter)
    districts = [(ALL, here.say(_("All districts")))]
    districts += [(each or UNKNOWN, place(here, each)) for each in asked.districts]
    chosen = ALL if asked.district is None else asked.district or UNKNOWN
    return asked, {
        "quarters": [(str(each), quarter_name(here, each)) for each in quarters],
        "quarter": str(asked.quarter),
        "quarter_name": quarter_name(here, asked.quarter),
        "districts": districts,
        "district": chosen,
        "district_name": dict(districts)[chosen],
        "until": day(here, until),
        "note": here.say(NOTE),
        "purposes": PURPOSES,
        "may_export": here.who.may(Right.EXPORT),
        "may_supervise": here.who.may(Right.SUPERVISE),
    }


def agency_asked() -> str:
    """The agency whose services the pack is about; empty for all.

    Raises:
        NotAllowed: there is no such agency.
    """
    agency = request.values.get("agency", "")
    if agency and agency not in AGENCIES:
        raise NotAllowed(agency)
    return agency
