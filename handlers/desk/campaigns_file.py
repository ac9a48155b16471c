"""The results of a campaign as tables to take away: counts, never who."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, request

from handlers.desk import campaigns_words as words
from handlers.desk.language import _
from handlers.desk.reports_export import CSV, XLSX
from helpline.cases.campaigns import GROUP_OF, LANGUAGES, PROGRESS
from helpline.cases.roles import Right
from helpline.cases.suppression import table
from helpline.service.desk import campaigns, exports
from helpline.service.desk.acting import NotAllowed
from helpline.service.desk.exports import Grid

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from handlers.desk.desk import Answer, Desk, Here
    from helpline.service.desk.campaigns import Shown


def furnish(desk: Desk) -> None:
    """The form that makes files."""

    @desk.action("/campaigns/<campaign_id>/file", Right.EXPORT, name="campaign_file")
    def take(here: Here, campaign_id: str) -> Answer:
        what = request.form.get("what", "xlsx")
        with here.acting() as deed:
            shown = campaigns.shown(deed, campaign_id)
            found = campaigns.by_district(deed, campaign_id)
            grids = [_front(here, shown), _languages(here, shown), _districts(here, found)]
            wanted = next((grid for grid in grids if grid.key == what), None)
            if wanted is None and what != "xlsx":
                raise NotAllowed(what)
            purpose = request.form.get("purpose", "")
            exports.taken(deed, "campaign", purpose, f"{what} campaign={campaign_id}")
        name = f"campaign-{campaign_id[:8]}"
        if wanted is not None:
            return _sent(exports.csv_of(wanted), f"{name}-{what}.csv", CSV)
        return _sent(exports.xlsx_of(grids), f"{name}.xlsx", XLSX)


def _front(here: Here, shown: Shown) -> Grid:
    row = shown.row
    facts = [
        (here.say(_("Name")), row.title),
        (here.say(_("State")), words.named(here, words.STATES, row.state)),
        (here.say(_("Text in Bangla")), row.text_bn),
        (here.say(_("Text in English")), row.text_en),
        *words.segment(here, shown.draft),
        (here.say(_("Started")), words.when(here, row.started_at)),
        (here.say(_("Ended")), words.when(here, row.ended_at)),
        (here.say(_("Phones")), row.enrolled),
    ]
    title = here.say(_("Campaign"))
    return Grid("campaign", title, (title, ""), tuple(facts), here.say(words.NOTE))


def _languages(here: Here, shown: Shown) -> Grid:
    counts = campaigns.outcomes_by(shown.outcomes, 2)
    cells = _grouped((code, state, count) for (state, code), count in counts.items())
    return _grid(here, "languages", here.say(_("By language")), cells, LANGUAGES, words.LANGUAGES)


def _districts(here: Here, found: Iterable[tuple[str, str, int]]) -> Grid:
    cells = _grouped(found)
    codes = tuple(sorted({code for code, _group in cells}))
    names = {code: words.district(here, code) for code in codes}
    return _grid(here, "districts", here.say(_("By district")), cells, codes, names)


def _grouped(found: Iterable[tuple[str, str, int]]) -> dict[tuple[str, str], int]:
    cells: dict[tuple[str, str], int] = {}
    for code, state, count in found:
        key = (code, GROUP_OF[state])
        cells[key] = cells.get(key, 0) + count
    return cells


def _grid(
    here: Here,
    key: str,
    title: str,
    cells: dict[tuple[str, str], int],
    codes: tuple[str, ...],
    names: Mapping[str, str],
) -> Grid:
    """Counts by something and by what became of the texts; small ones are not shown."""
    whole = {(code, group): cells.get((code, group), 0) for code in codes for group in PROGRESS}
    safe = table(whole, codes, PROGRESS)
    head = (
        title,
        *(words.named(here, words.PROGRESS, group) for group in PROGRESS),
        here.say(_("Total")),
    )
    rows = [
        (
            words.named(here, names, code),
            *(safe.cells.get((code, group), 0) for group in PROGRESS),
            safe.by_row[code],
        )
        for code in codes
    ]
    return Grid(key, title, head, exports.as_rows(rows), here.say(words.NOTE))


def _sent(pieces: Iterable[bytes], name: str, kind: str) -> Answer:
    answer = Response(pieces, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
