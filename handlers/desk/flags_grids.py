"""The tables about signs of danger: what came of them, by sign and by topic, and how soon somebody was there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from handlers.desk.danger_words import FOUND, NOTICED, TOPICS
from handlers.desk.language import _
from handlers.desk.queue_words import lasting
from helpline.cases.roles import Right
from helpline.cases.suppression import share, table
from helpline.service.desk import risk_report
from helpline.service.desk.exports import Cell, Grid, as_rows
from helpline.service.desk.risk_report import LEVELS, Flag

if TYPE_CHECKING:
    from datetime import timedelta

    from handlers.desk.desk import Here
    from helpline.service.desk.reports import Report

HIDES = _("Counts below five are hidden, and all districts are shown together.")


def flags(here: Here, report: Report) -> list[Grid]:
    """All tables. Who does not supervise sees no small counts, and no single district."""
    found = found_in(report)
    if here.who.may(Right.SUPERVISE):
        return [
            _outcomes(here, "by_sign", _("By sign"), NOTICED, risk_report.by_sign(found)),
            _outcomes(
                here,
                "by_topic",
                _("By what a message may speak of"),
                TOPICS,
                risk_report.by_topic(found),
            ),
            _times(here, found),
            _days(here, found),
        ]
    if report.asked.district is not None:
        return []
    return [
        _hidden(here, "by_sign", _("By sign"), NOTICED, risk_report.by_sign(found)),
        _hidden(
            here,
            "by_topic",
            _("By what a message may speak of"),
            TOPICS,
            risk_report.by_topic(found),
        ),
    ]


def found_in(report: Report) -> list[Flag]:
    """The signs of the quarter and the districts that were asked for."""
    asked = report.asked
    districts = asked.districts if asked.district is None else (asked.district,)
    return risk_report.flags(
        report.connection, asked.quarter.first, asked.quarter.after, frozenset(districts)
    )


def soon(here: Here, time: timedelta | None) -> str:
    """How soon somebody was there."""
    return here.say(_("nobody yet")) if time is None else lasting(here, time)


def _head(here: Here, what: str) -> tuple[str, ...]:
    return (
        here.say(what),
        *(here.say(FOUND[level]) for level in LEVELS),
        here.say(_("False alarms")),
    )


def _outcomes(
    here: Here,
    key: str,
    title: str,
    names: Mapping[str, str],
    counts: Mapping[tuple[str, str], int],
) -> Grid:
    rows: list[tuple[Cell, ...]] = []
    for code in _codes(names, counts):
        false, looked = risk_report.false_alarms(counts, code)
        rate = false / looked if looked else None
        rows.append(
            (_named(here, names, code), *(counts.get((code, level), 0) for level in LEVELS), rate)
        )
    return Grid(key, here.say(title), _head(here, title), as_rows(rows))


def _hidden(
    here: Here,
    key: str,
    title: str,
    names: Mapping[str, str],
    counts: Mapping[tuple[str, str], int],
) -> Grid:
    codes = _codes(names, counts)
    shown = table(counts, codes, LEVELS)
    rows: list[tuple[Cell, ...]] = []
    for code in codes:
        line = shown.row(code)
        looked = line.sum(("none", "low", "high", "imminent"))
        rows.append(
            (
                _named(here, names, code),
                *(line[level] for level in LEVELS),
                share(line["none"], looked),
            )
        )
    return Grid(key, here.say(title), _head(here, title), as_rows(rows), here.say(HIDES))


def _times(here: Here, found: list[Flag]) -> Grid:
    """Half of them were answered, and reached, within so much time."""
    rows: list[tuple[Cell, ...]] = []
    for code in _codes(NOTICED, {(flag.sign, flag.level): 1 for flag in found}):
        those = [flag for flag in found if flag.sign == code]
        rows.append(
            (
                _named(here, NOTICED, code),
                len(those),
                _half(here, [flag.acknowledged_after for flag in those]),
                _half(here, [flag.human_after for flag in those]),
                sum(flag.human_after is None for flag in those),
            )
        )
    head = (
        _("By sign"),
        _("Signs"),
        _("Half were answered within"),
        _("Half spoke with a person within"),
        _("Spoke with nobody"),
    )
    return Grid(
        "times",
        here.say(_("How soon somebody was there")),
        tuple(here.say(each) for each in head),
        as_rows(rows),
    )


def _half(here: Here, waits: list[timedelta | None]) -> str:
    """In what time half of them had somebody; of no sign at all there is nothing to say."""
    return soon(here, risk_report.middle(waits)) if waits else ""


def _days(here: Here, found: list[Flag]) -> Grid:
    """Every sign by day, without whose it is."""
    head = (
        _("Day"),
        _("By sign"),
        _("By what a message may speak of"),
        _("Answered after"),
        _("Spoke with a person after"),
        _("What came of it"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            flag.day.isoformat(),
            _named(here, NOTICED, flag.sign),
            ", ".join(_named(here, TOPICS, topic) for topic in flag.topics),
            soon(here, flag.acknowledged_after),
            soon(here, flag.human_after),
            _named(here, FOUND, flag.level),
        )
        for flag in found
    ]
    return Grid(
        "days",
        here.say(_("Every sign, by day")),
        tuple(here.say(each) for each in head),
        as_rows(rows),
    )


def _codes(names: Mapping[str, str], counts: Mapping[tuple[str, str], int]) -> tuple[str, ...]:
    """The rows: everything that has a name, and whatever else was counted."""
    return tuple(dict.fromkeys([*names, *sorted({code for code, _level in counts})]))


def _named(here: Here, names: Mapping[str, str], code: str) -> str:
    return here.say(names[code]) if code in names else code
