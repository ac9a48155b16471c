"""The tables of the reports, in the words of the page: what is shown and what is taken away are the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from handlers.desk.language import _
from handlers.desk.reports_words import CRITERIA, NAMES, UNKNOWN, month_name, name, place, within
from helpline.cases.indicators import How
from helpline.cases.measures import Measure, quantile
from helpline.cases.services import SERVICES
from helpline.cases.suppression import Line, share
from helpline.data.load import load_instrument
from helpline.data.reports import load_indicators
from helpline.flow.words import Menu
from helpline.i18n import translator
from helpline.service.desk import reports
from helpline.service.desk.exports import Cell, Grid, as_rows
from menus.opinion import INSTRUMENT, OPINION, QUESTIONS

if TYPE_CHECKING:
    from handlers.desk.desk import Here
    from helpline.service.desk.reports import Asked, Counts, Report

WHAT: Final = _("What was counted")
"""Over the names of what the rows count."""


def reach(here: Here, report: Report) -> list[Grid]:
    """Who came: by district, month, sex, channel, language, need, country, return."""
    people = report.counts(Measure.REGISTERED)
    return [
        by_district(here, people.by_district(), report.asked),
        _months(here, reports.by_month(report)),
        *(
            _split(here, f"by_{dimension}", title, dimension, people.line(dimension))
            for dimension, title in (
                ("sex", _("By sex")),
                ("channel", _("By channel")),
                ("language", _("By language")),
                ("need", _("By need")),
                ("country", _("By country returned from")),
                ("returned", _("By time of return")),
                ("reason", _("By reason of return")),
                ("office", _("By who registered them")),
            )
        ),
        _trades(here, report.counts(Measure.TRADE).flat()),
        _split(
            here,
            "assessed",
            _("Needs assessments by who asked"),
            "office",
            report.counts(Measure.ASSESSED).line("office"),
        ),
    ]


def by_district(here: Here, counted: Line, asked: Asked) -> Grid:
    """Registrations by district; of one district only that."""
    shown = [each for each in asked.districts if asked.district in (None, each)]
    rows: list[tuple[Cell, ...]] = [
        (place(here, each), counted[each]) for each in shown if each or counted[each] != 0
    ]
    if asked.district is None:
        rows.append((here.say(_("Total")), counted.total))
    head = (here.say(_("District")), here.say(_("Registrations")))
    return Grid("by_district", here.say(_("By district")), head, as_rows(rows))


def quality(here: Here, report: Report) -> list[Grid]:
    """How well: promises, waiting, women for women, clocks, escalations, pages, reviews, complaints."""
    counts = report.counts
    paged = counts(Measure.PAGED)
    return [
        _shares(here, "promise", _("Promises kept"), "came", counts(Measure.PROMISE).line("came")),
        _waiting(here, counts(Measure.WAITED)),
        _shares(
            here,
            "woman",
            _("Asked for a woman"),
            "given",
            counts(Measure.WOMAN).line("given"),
        ),
        _clocks(here, counts(Measure.CLOCK).flat()),
        _split(here, "escalated", _("Escalations"), "to", counts(Measure.ESCALATED).line("to")),
        _pages(here, paged),
        _split(
            here, "reviewed", _("Reviews of risk"), "risk", counts(Measure.REVIEWED).line("outcome")
        ),
        _split(
            here,
            "complaint",
            _("Complaints about our service"),
            "complaint",
            counts(Measure.COMPLAINT).line("state"),
        ),
        _split(
            here,
            "feedback",
            _("How clients found the service, said by phone"),
            "feedback",
            counts(Measure.FEEDBACK).line("said"),
        ),
    ]


def outcome(here: Here, report: Report) -> list[Grid]:
    """What came of it: cases, counselling, referrals, gaps, follow-ups."""
    counts = report.counts
    requests = counts(Measure.COUNSELLING)
    return [
        _split(here, "stage", _("Cases by stage"), "stage", counts(Measure.STAGE).flat()),
        _stages(here, counts(Measure.STAGED)),
        _split(
            here,
            "closed",
            _("Closed cases by reason"),
            "closed",
            counts(Measure.CLOSED).line("why"),
        ),
        _counselled(here, requests.line("state")),
        _split(
            here,
            "counsellor",
            _("Counselling by counsellor asked for"),
            "counsellor",
            requests.line("counsellor"),
        ),
        _split(here, "topic", _("Counselling by topic"), "topic", requests.line("topic")),
        *sessions(here, counts(Measure.SESSION)),
        wages(here, report),
        voice(here, report),
        *referrals(here, report),
        _checked(here, counts(Measure.CHECKED_IN)),
        _shares(
            here,
            "follow_up",
            _("Follow-ups that were due"),
            "follow_up",
            counts(Measure.FOLLOW_UP).line("state"),
        ),
    ]


def sessions(here: Here, counted: Counts) -> list[Grid]:
    """How often clients were seen, and with whom; a group is one, whatever the number of its cases."""
    came = counted.line("came")
    return [
        _split(here, "session", _("Sessions"), "session", counted.line("session")),
        _split(
            here,
            "came",
            _("People who came to groups"),
            "session",
            came,
            only=frozenset(came.cells),
        ),
    ]


def voice(here: Here, report: Report) -> Grid:
    """What callers think of the help there is, by question; nobody's name stands anywhere with it."""
    found = reports.opinions(report, load_instrument(INSTRUMENT))
    say = translator(here.language)
    asked = {each.name: each for each in OPINION.screens if isinstance(each, Menu)}
    answers = [(option.value, say(str(option.text))) for option in asked[QUESTIONS[0]].options]
    rows: list[tuple[Cell, ...]] = [
        (say(asked[code].text), *(found.cells[code, value] for value, _text in answers))
        for code in QUESTIONS
        if found is not None and found.by_row[code] != 0
    ]
    note = "" if found is not None else here.say(_("Shown for all districts together only."))
    head = (here.say(_("Question")), *(text for _value, text in answers))
    return Grid("voice", here.say(_("What callers think")), head, as_rows(rows), note)


def wages(here: Here, report: Report) -> Grid:
    """Unpaid pay by the country where it was earned."""
    found = reports.owed(report)
    rows: list[tuple[Cell, ...]] = [
        (name(here, "country", code), found.claims[code], found.taka[code])
        for code in sorted(found.claims.cells)
        if found.claims[code] != 0
    ]
    if rows:
        rows.append((here.say(_("Total")), found.claims.total, found.total))
    head = (here.say(_("Country")), here.say(_("Claims")), here.say(_("Owed, in thousand taka")))
    return Grid("wages", here.say(_("Unpaid pay by country")), head, as_rows(rows))


def referrals(here: Here, report: Report, services: Iterable[str] | None = None) -> list[Grid]:
    """Referrals and what was missing; `services` narrows the tables by service to some of them."""
    sent = report.counts(Measure.REFERRED)
    by_service = sent.line("service")
    wanted = None if services is None else frozenset(services)
    grids = [
        _split(here, "service", _("Referrals by service"), "service", by_service, only=wanted),
    ]
    if wanted is None:
        grids += [
            _split(here, "referral", _("Referrals by state"), "referral", sent.line("state")),
            _split(here, "outcome", _("Referrals by outcome"), "outcome", sent.line("outcome")),
            _shares(
                here,
                "confirmed",
                _("Referrals by who confirmed"),
                "confirmed",
                sent.line("confirmed"),
            ),
            _split(here, "why_not", _("Why no service was received"), "why_not", sent.line("why")),
            _split(here, "score", _("Clients' marks, 1 to 5"), "score", sent.line("score")),
            _split(here, "funding", _("Referrals by who pays"), "funding", sent.line("funding")),
            _split(
                here,
                "gap_funding",
                _("Missing services by who would have paid"),
                "funding",
                report.counts(Measure.GAP).line("funding"),
            ),
            _offices(here, report, sent.line("office")),
        ]
    return [
        *grids,
        *gaps(here, report, wanted),
        coverage(here, report, wanted),
    ]


def gaps(here: Here, report: Report, services: frozenset[str] | None = None) -> list[Grid]:
    """Services that were not there: of one district places by services, of all each by itself."""
    found = reports.gaps(report)
    heads = [
        service
        for service, figure in sorted(found.by_service.cells.items())
        if figure != 0 and (services is None or service in services)
    ]
    places = sorted(found.by_place.cells, key=lambda key: place(here, key))
    where, total = here.say(_("Place")), here.say(_("Total"))
    title = here.say(_("Services that were not there"))
    if report.asked.district is not None:
        crossed: list[tuple[Cell, ...]] = [
            (
                place(here, key),
                *(found.cells[key, service] for service in heads),
                *(() if services else (found.by_place[key],)),
            )
            for key in places
        ]
        head = (where, *(name(here, "service", each) for each in heads))
        if not services:
            head = (*head, total)
        return [Grid("gaps", title, head, as_rows(crossed if heads else ()))]
    by_service: list[tuple[Cell, ...]] = [
        (name(here, "service", each), found.by_service[each]) for each in heads
    ]
    if services is not None or not heads:
        rows = as_rows(by_service)
        return [Grid("gaps", title, (here.say(WHAT), here.say(_("Count"))), rows)]
    by_service.append((total, found.by_service.total))
    by_place: list[tuple[Cell, ...]] = [(place(here, key), found.by_place[key]) for key in places]
    by_place.append((total, found.by_place.total))
    return [
        Grid("gaps", title, (here.say(WHAT), here.say(_("Count"))), as_rows(by_service)),
        Grid(
            "gaps_by_place",
            here.say(_("Where services were not there")),
            (where, here.say(_("Count"))),
            as_rows(by_place),
        ),
    ]


def coverage(here: Here, report: Report, services: frozenset[str] | None = None) -> Grid:
    """For how many services each district has an enlisted office. Says nothing of any client."""
    wanted = frozenset(SERVICES) if services is None else services
    offered = reports.coverage(report)
    rows: list[tuple[Cell, ...]] = [
        (place(here, each), len(offered[each] & wanted), len(wanted - offered[each]))
        for each in offered
    ]
    head = (
        here.say(_("District")),
        here.say(_("Services with an office")),
        here.say(_("Services without an office")),
    )
    return Grid("coverage", here.say(_("Offices by district")), head, as_rows(rows))


def indicators(here: Here, report: Report) -> Grid:
    """The indicators under the six criteria."""
    rows: list[tuple[Cell, ...]] = []
    for each, found in reports.indicators(report, load_indicators()):
        shown: Cell = within(here, str(found)) if found and each.how is How.MIDDLE else found
        rows.append(
            (here.say(CRITERIA[each.criterion]), each.name(here.language), each.requirement, shown)
        )
    order = list(CRITERIA.values())
    rows.sort(key=lambda row: [here.say(each) for each in order].index(str(row[0])))
    head = tuple(
        here.say(text) for text in (_("Criterion"), _("Indicator"), _("Requirement"), _("Figure"))
    )
    return Grid("indicators", here.say(_("Indicators")), head, as_rows(rows))


def restricted(here: Here, report: Report) -> Grid:
    """Open restricted cases by district and reason: only for a file that a second person agreed to."""
    made = report.counts(Measure.RESTRICTED).by_value()
    heads = sorted(made.by_column.cells)
    rows: list[tuple[Cell, ...]] = [
        (place(here, each), *(made.cells[each, head] for head in heads), made.by_row[each])
        for each in report.asked.districts
        if made.by_row[each] != 0
    ]
    total = here.say(_("Total"))
    rows.append((total, *(made.by_column[head] for head in heads), made.by_row.total))
    names = (name(here, "restricted", head) for head in heads)
    return Grid(
        "restricted",
        here.say(_("Restricted cases by reason")),
        (here.say(_("District")), *names, total),
        as_rows(rows),
    )


def _split(
    here: Here,
    key: str,
    title: str,
    what: str,
    counted: Line,
    *,
    only: frozenset[str] | None = None,
) -> Grid:
    """A line of counts in the order in which its codes are listed, with the total."""
    order = list(NAMES.get(what, SERVICES if what == "service" else {}))
    codes = sorted(
        counted.cells, key=lambda code: (order.index(code) if code in order else 99, code)
    )
    rows: list[tuple[Cell, ...]] = [
        (name(here, what, code), counted[code]) for code in codes if only is None or code in only
    ]
    if counted.total == 0:
        rows = []
    elif only is None:
        rows.append((here.say(_("Total")), counted.total))
    return Grid(key, here.say(title), (here.say(WHAT), here.say(_("Count"))), as_rows(rows))


def _trades(here: Here, counted: Line) -> Grid:
    """What clients worked as abroad. One may have several trades, so nothing is added up."""
    title = _("Work done abroad, in open cases (one client may have several)")
    return _split(here, "trade", title, "trade", counted, only=frozenset(counted.cells))


def _shares(here: Here, key: str, title: str, what: str, counted: Line) -> Grid:
    plain = _split(here, key, title, what, counted)
    rows = [(*row, share(_figure(row[1]), counted.total)) for row in plain.rows]
    return Grid(key, plain.title, (*plain.head, here.say(_("Share"))), as_rows(rows))


def _figure(cell: Any) -> int | None:
    return cell if isinstance(cell, int) else None


def _months(here: Here, counted: Line) -> Grid:
    rows: list[tuple[Cell, ...]] = [
        (month_name(here, date.fromisoformat(month)), figure)
        for month, figure in sorted(counted.cells.items())
    ]
    rows.append((here.say(_("Total")), counted.total))
    head = (here.say(_("Month")), here.say(_("Registrations")))
    return Grid("by_month", here.say(_("By month")), head, as_rows(rows))


def _waiting(here: Here, counted: Counts) -> Grid:
    return _times(here, "waited", _("Time to a human"), "priority", counted)


def _stages(here: Here, counted: Counts) -> Grid:
    return _times(here, "staged", _("Time in a stage"), "stage", counted)


def _times(here: Here, key: str, title: str, what: str, counted: Counts) -> Grid:
    """How many, and within which time half and nine of ten of them; nothing where the count is hidden."""
    lines, steps = counted.first_parts(), counted.pairs()
    rows: list[tuple[Cell, ...]] = [
        (name(here, what, code), lines[code], *_quantiles(here, lines[code], steps.get(code, {})))
        for code in sorted(lines.cells)
    ]
    if rows:
        rows.append((here.say(_("Total")), lines.total, "", ""))
    return Grid(key, here.say(title), _times_head(here), as_rows(rows))


def _times_head(here: Here) -> tuple[str, ...]:
    return (
        here.say(WHAT),
        *(here.say(text) for text in (_("Count"), _("Half of them"), _("Nine of ten"))),
    )


def _quantiles(here: Here, shown: int | None, steps: Mapping[str, int]) -> tuple[Cell, Cell]:
    if shown is None:
        return None, None
    return within(here, quantile(steps, 0.5)), within(here, quantile(steps, 0.9))


def _clocks(here: Here, counted: Line) -> Grid:
    """Clocks by kind, with the share that was in time where both figures are shown."""
    kinds = sorted({code.partition(":")[0] for code in counted.cells})
    rows: list[tuple[Cell, ...]] = []
    for kind in kinds:
        figures = [counted[f"{kind}:{came}"] for came in NAMES["clock_came"]]
        hit, missed = figures[0], figures[1]
        over = None if hit is None or missed is None else hit + missed
        rows.append((name(here, "clock", kind), *figures, share(hit, over)))
    head = (
        here.say(WHAT),
        *(name(here, "clock_came", came) for came in NAMES["clock_came"]),
        here.say(_("Share in time")),
    )
    return Grid("clocks", here.say(_("Clocks")), head, as_rows(rows))


def _checked(here: Here, counted: Counts) -> Grid:
    """Check-ins by version and dimension: two versions never stand in one line."""
    kinds = sorted({code.rpartition(":")[0] for code in counted.flat().cells})
    rows: list[tuple[Cell, ...]] = []
    for kind in kinds:
        version, _colon, dimension = kind.partition(":")
        figures = counted.line(kind)
        low, fine, unsaid = (figures[f"{dimension}:{came}"] for came in NAMES["score"])
        scored = None if low is None or fine is None else low + fine
        line = f"{name(here, 'dimension', dimension)} ({version})"
        rows.append((line, low, fine, unsaid, share(low, scored)))
    head = (
        here.say(WHAT),
        *(name(here, "score", came) for came in NAMES["score"]),
        here.say(_("Share of low ones")),
    )
    return Grid("check_ins", here.say(_("Check-ins by dimension")), head, as_rows(rows))


def _pages(here: Here, counted: Counts) -> Grid:
    lines, steps = counted.first_parts(), counted.pairs()
    answered = lines["answered"]
    rows: list[tuple[Cell, ...]] = [
        (
            here.say(_("Answered")),
            answered,
            *_quantiles(here, answered, steps.get("answered", {})),
        ),
        (here.say(_("Not answered")), lines["unanswered"], "", ""),
        (here.say(_("Total")), lines.total, "", ""),
    ]
    return Grid(
        "paged", here.say(_("People on call who were paged")), _times_head(here), as_rows(rows)
    )


def _counselled(here: Here, counted: Line) -> Grid:
    """Counselling from asked for to completed, and every state."""
    plain = _split(here, "counselling", _("Counselling"), "request", counted)
    offered = ("claimed", "callback_scheduled", "in_session", "completed", "no_contact")
    ways: tuple[tuple[str, tuple[str, ...]], ...] = (
        (_("Of these offered"), offered),
        (_("Of these taken up"), ("in_session", "completed")),
        (_("Of these completed"), ("completed",)),
    )
    rows: list[tuple[Cell, ...]] = [(*row, "") for row in plain.rows]
    for title, states in ways if rows else ():
        figure = counted.sum(states)
        rows.append((here.say(title), figure, share(figure, counted.total)))
    return Grid("counselling", plain.title, (*plain.head, here.say(_("Share"))), as_rows(rows))


def _offices(here: Here, report: Report, counted: Line) -> Grid:
    names = reports.office_names(report.connection, here.language)
    rows: list[tuple[Cell, ...]] = [
        (names.get(code, here.say(UNKNOWN)), figure)
        for code, figure in sorted(counted.cells.items(), key=lambda each: names.get(each[0], ""))
    ]
    if rows:
        rows.append((here.say(_("Total")), counted.total))
    return Grid(
        "offices",
        here.say(_("Referrals by office")),
        (here.say(_("Office")), here.say(_("Count"))),
        as_rows(rows),
    )
