"""Opening hours, holidays, closed for now, the weekly rota, and who is there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import TYPE_CHECKING, Any

from flask import request

from handlers.desk import hours_words as words
from handlers.desk.days import day_of, hour_of, moment_of
from handlers.desk.language import _
from helpline.cases.calendar import DHAKA, local
from helpline.cases.roles import Right
from helpline.data.load import load_fixed_holidays
from helpline.service.desk import calendar_view, hours
from helpline.service.desk.acting import NotAllowed
from helpline.service.desk.hours import Wrong

if TYPE_CHECKING:
    from handlers.desk.desk import Answer, Desk, Here
    from helpline.service.desk.acting import Acting


def furnish(desk: Desk) -> None:
    """The pages of this room."""
    desk.link("hours", _("Hours and rota"), "hours", Right.ROTA)

    @desk.page("/hours", Right.ROTA, name="hours")
    def show(here: Here) -> Answer:
        return _show(here)

    forms: dict[str, Callable[[Acting], None]] = {
        "close": _close,
        "open": hours.open_again,
        "interval": _add_intervals,
        "interval/drop": lambda deed: hours.drop_interval(deed, request.form.get("id", "")),
        "holiday": _add_holiday,
        "holiday/drop": lambda deed: hours.drop_holiday(deed, _day("day")),
        "holiday/fixed": _add_fixed,
        "shift": _add_shifts,
        "shift/end": lambda deed: hours.end_shift(deed, request.form.get("id", "")),
    }
    for address, form in forms.items():
        _declare(desk, address, form)


def _declare(desk: Desk, address: str, form: Callable[[Acting], Any]) -> None:
    name = f"hours_{address.replace('/', '_')}"

    @desk.action(f"/hours/{address}", Right.ROTA, name=name)
    def change(here: Here) -> Answer:
        try:
            with here.acting() as deed:
                form(deed)
        except Wrong as wrong:
            return _show(here, wrong=str(wrong), at=address, status=422)
        return here.go("hours")


def _show(here: Here, *, wrong: str = "", at: str = "", status: int = 200) -> Answer:
    """The page; what is wrong is said in the form `at`, with everything that was typed into it."""
    with here.acting() as deed:
        view = calendar_view.view(deed)
    return here.show(
        "hours/hours.html",
        status,
        view=view,
        wrong=words.named(here, words.WRONG, wrong) if wrong else "",
        at=at,
        typed=request.form if at else None,
        words=words,
        today=local(here.parts.clock()).date(),
    )


def _close(deed: Acting) -> None:
    try:
        until = moment_of(request.form.get("until", "")).replace(tzinfo=DHAKA)
    except ValueError:
        raise Wrong("not_then") from None
    hours.close_now(deed, request.form.get("why", ""), until)


def _add_intervals(deed: Acting) -> None:
    begins, ends = _time("begins"), _time("ends")
    for weekday in _weekdays():
        hours.add_interval(deed, weekday, begins, ends)


def _add_holiday(deed: Acting) -> None:
    said = request.form
    hours.add_holiday(
        deed,
        _day("day"),
        said.get("name_bn", ""),
        said.get("name_en", ""),
        said.get("source", ""),
    )


def _add_fixed(deed: Acting) -> None:
    this_year = local(deed.now).year
    year = request.form.get("year", "")
    if year not in (str(this_year), str(this_year + 1)):
        raise Wrong("no_day")
    hours.add_fixed_holidays(deed, int(year), load_fixed_holidays())


def _add_shifts(deed: Acting) -> None:
    said = request.form
    rank = said.get("rank", "")
    for weekday in _weekdays():
        try:
            hours.add_shift(
                deed,
                said.get("staff", ""),
                weekday,
                _time("begins"),
                _time("ends"),
                from_day=_day("from_day"),
                until_day=_day("until_day") if said.get("until_day") else None,
                on_call="on_call" in said,
                rank=int(rank) if rank.isascii() and rank.isdigit() and len(rank) < 3 else 0,  # noqa: PLR2004
            )
        except NotAllowed:
            raise Wrong("nobody") from None


def _weekdays() -> list[int]:
    chosen = [int(each) for each in request.form.getlist("weekday") if each in set("0123456")]
    if not chosen:
        raise Wrong("no_weekday")
    return chosen


def _time(name: str) -> time:
    try:
        return hour_of(request.form.get(name, ""))
    except ValueError:
        raise Wrong("no_time") from None


def _day(name: str) -> date:
    try:
        return day_of(request.form.get(name, ""))
    except ValueError:
        raise Wrong("no_day") from None
