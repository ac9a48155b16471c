"""Every sign of danger of a quarter: day by day for those who supervise, as counts for the others."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from handlers.desk import danger_words as words
from handlers.desk.case_words import day
from handlers.desk.flags_grids import found_in, soon
from handlers.desk.reports_asked import REPORTS, page_values
from helpline.cases.calendar import local
from helpline.cases.references import spoken
from helpline.cases.roles import Right
from helpline.service.desk import reports
from helpline.store.desk import risk_flags

if TYPE_CHECKING:
    from handlers.desk.desk import Answer, Desk, Here


def furnish(desk: Desk) -> None:
    """The page of this room; its tables are taken away like those of every report."""

    @desk.page("/flags", Right.REPORTS)
    def flags(here: Here) -> Answer:
        title, build = REPORTS["flags"]
        asked, values = page_values(here)
        with here.parts.database.reading() as connection:
            report = reports.Report(connection, asked)
            grids = [grid for grid in build(here, report) if grid.key != "days"]
            found = found_in(report) if here.who.may(Right.SUPERVISE) else []
            theirs = risk_flags.theirs(connection, here.who, {each.case_id for each in found})
        days = [
            (day(here, on), list(those))
            for on, those in groupby(reversed(found), key=lambda each: each.day)
        ]
        # counted at this moment, not every few minutes as the other reports are
        values["until"] = day(here, local(here.parts.clock()).date())
        return here.show(
            "danger/flags.html",
            name="flags",
            title=title,
            grids=grids,
            days=days,
            theirs=theirs,
            soon=soon,
            spoken=spoken,
            words=words,
            **values,
        )
