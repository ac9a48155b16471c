"""Taking the tables of the reports away as files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Response, request

from handlers.desk import reports_grids
from handlers.desk.language import _
from handlers.desk.reports_asked import (
    REPORTS,
    agency_asked,
    asked_for,
    pack_grids,
    page_values,
)
from handlers.desk.reports_words import ANSWERS, NOTE, quarter_name
from helpline.cases.measures import read_quarter
from helpline.cases.roles import Right
from helpline.cases.services import AGENCIES
from helpline.service.desk import exports
from helpline.service.desk.acting import NotAllowed
from helpline.service.desk.exports import Grid
from helpline.service.desk.reports import Report
from helpline.service.desk.reports import asked as asked_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from handlers.desk.desk import Answer, Desk, Here

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV: Final = "text/csv; charset=utf-8"
LONGEST: Final = 300
"""Letters in which somebody says what a file about restricted cases is for."""


def furnish(desk: Desk) -> None:
    """The forms that make files."""

    @desk.action("/reports/<name>/file", Right.EXPORT, name="report_file")
    def report_file(here: Here, name: str) -> Answer:
        return _file(here, name)

    @desk.page("/exports", Right.EXPORT, name="exports")
    def asked_files(here: Here) -> Answer:
        _asked, values = page_values(here)
        with here.acting() as deed:
            questions = exports.questions(deed)
        return here.show(
            "reports/exports.html", name="exports", questions=questions, answers=ANSWERS, **values
        )

    @desk.action("/exports/ask", Right.EXPORT, name="ask_export")
    def ask(here: Here) -> Answer:
        quarter = read_quarter(request.form.get("quarter", ""))
        words = request.form.get("words", "").strip()
        if quarter is None or not words:
            return here.go("exports")
        with here.acting() as deed:
            exports.ask(deed, str(quarter), request.form.get("purpose", ""), words[:LONGEST])
        return here.go("exports")

    @desk.action("/exports/<approval>/decide", Right.SUPERVISE, name="decide_export")
    def decide(here: Here, approval: str) -> Answer:
        with here.acting() as deed:
            exports.decide(deed, approval, agreed=request.form.get("answer") == "yes")
        return here.go("exports")

    @desk.action("/exports/<approval>/file", Right.EXPORT, name="restricted_file")
    def restricted_file(here: Here, approval: str) -> Answer:
        with here.acting() as deed:
            said, _purpose = exports.agreed(deed, approval)
            quarter = read_quarter(said)
            if quarter is None:
                raise NotAllowed(said)
            asked = asked_of(here.who, here.parts.places, quarter)
            grid = reports_grids.restricted(here, Report(deed.connection, asked))
        front = _front(here, here.say(_("Restricted cases by reason")), quarter_name(here, quarter))
        return _sent(exports.xlsx_of([front, grid]), f"restricted-{quarter}.xlsx", XLSX)


def _file(here: Here, name: str) -> Answer:
    """`what` of the form is `xlsx`, or the key of the one table that is wanted as CSV."""
    asked = asked_for(here)
    agency = agency_asked()
    if name != "pack" and name not in REPORTS:
        raise NotAllowed(name)
    what = request.form.get("what", "xlsx")
    where = asked.district if asked.district is not None else "all"
    with here.acting() as deed:
        if name == "pack":
            grids = pack_grids(here, Report(deed.connection, asked), agency)
        else:
            grids = REPORTS[name][1](here, Report(deed.connection, asked))
        wanted = next((grid for grid in grids if grid.key == what), None)
        if wanted is None and what != "xlsx":
            raise NotAllowed(what)
        detail = f"{what} quarter={asked.quarter} district={where or 'unknown'} agency={agency}"
        exports.taken(deed, name, request.form.get("purpose", ""), detail)
    stem = "-".join(each for each in (name, str(asked.quarter), where, agency) if each)
    if wanted is not None:
        return _sent(exports.csv_of(wanted), f"{stem}-{what}.csv", CSV)
    _same, values = page_values(here)
    title = _("Quarter pack") if name == "pack" else REPORTS[name][0]
    lines = [values["quarter_name"], values["district_name"]]
    if agency:
        lines.append(AGENCIES[agency].name(here.language))
    return _sent(
        exports.xlsx_of([_front(here, here.say(title), *lines), *grids]), f"{stem}.xlsx", XLSX
    )


def _front(here: Here, title: str, *lines: str) -> Grid:
    """The first sheet: what the file is about, and what a dash stands for."""
    rows = tuple((line,) for line in (*lines, here.say(NOTE)))
    return Grid("front", here.say(_("About this file")), (title,), rows)


def _sent(pieces: Iterator[bytes], name: str, kind: str) -> Answer:
    answer = Response(pieces, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
