"""Pages for those who supervise and for the programme: now, quality, outcome, reach, the quarter pack."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from handlers.desk import reports_export
from handlers.desk.language import _
from handlers.desk.queue_words import PRIORITIES, lasting
from handlers.desk.reports_asked import REPORTS, agency_asked, pack_grids, page_values
from handlers.desk.reports_map import drawn
from helpline.cases.measures import Measure
from helpline.cases.roles import Right
from helpline.cases.services import AGENCIES
from helpline.service.desk import reports

if TYPE_CHECKING:
    from handlers.desk.desk import Answer, Desk, Here
    from helpline.service.desk.exports import Cell, Grid


def furnish(desk: Desk) -> None:
    """The pages of this room."""
    desk.link("now", _("Right now"), "now", Right.SUPERVISE)
    desk.link("reports", _("Reports"), "reach", Right.REPORTS)

    @desk.page("/now", Right.SUPERVISE)
    def now(here: Here) -> Answer:
        return _now(here, "reports/now.html")

    @desk.page("/now/live", Right.SUPERVISE)
    def now_live(here: Here) -> Answer:
        return _now(here, "reports/now_live.html")

    @desk.page("/reach", Right.REPORTS)
    def reach(here: Here) -> Answer:
        return _report(here, "reach")

    @desk.page("/quality", Right.REPORTS)
    def quality(here: Here) -> Answer:
        return _report(here, "quality")

    @desk.page("/outcome", Right.REPORTS)
    def outcome(here: Here) -> Answer:
        return _report(here, "outcome")

    @desk.page("/pack", Right.REPORTS)
    def pack(here: Here) -> Answer:
        asked, values = page_values(here)
        agency = agency_asked()
        with here.parts.database.reading() as connection:
            grids = pack_grids(here, reports.Report(connection, asked), agency)
        return here.show(
            "reports/pack.html",
            name="pack",
            title=_("Quarter pack"),
            grids=grids,
            agency=agency,
            agencies=AGENCIES,
            **values,
        )

    reports_export.furnish(desk)


def _report(here: Here, name: str) -> Answer:
    title, build = REPORTS[name]
    asked, values = page_values(here)
    with here.parts.database.reading() as connection:
        report = reports.Report(connection, asked)
        grids = build(here, report)
        if name == "reach":
            counted = report.counts(Measure.REGISTERED).by_district()
            values["map"] = drawn(here, counted, asked.districts)
            grids[0] = _most_first(grids[0])
    return here.show(f"reports/{name}.html", name=name, title=title, grids=grids, **values)


def _most_first(grid: Grid) -> Grid:
    """Districts with a figure, the highest first, then hidden ones, then those with none; the total last.

    A hidden figure stands where its name puts it among the hidden ones: its place tells nothing.
    """

    def rank(row: tuple[Cell, ...]) -> tuple[int, int]:
        figure = row[1]
        if isinstance(figure, int):
            return (0, -figure) if figure else (2, 0)
        return 1, 0

    return replace(grid, rows=(*sorted(grid.rows[:-1], key=rank), *grid.rows[-1:]))


def _now(here: Here, template: str) -> Answer:
    moment = here.parts.clock()
    with here.parts.database.reading() as connection:
        found = reports.now(here.parts, connection, here.who, moment)
    waited = {priority: lasting(here, moment - since) for priority, since in found.oldest.items()}
    return here.show(
        template, now=found, waited=waited, priorities=PRIORITIES, title=_("Right now")
    )
