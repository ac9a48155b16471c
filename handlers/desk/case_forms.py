"""How the forms of a case are read, and what is shown when what they asked for could not be done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from flask import request

from handlers.desk import case_events as events
from handlers.desk import case_words as words
from handlers.desk.case_page import show_case
from handlers.desk.days import day_of, moment_of
from handlers.desk.form_again import again
from helpline.cases.calendar import DHAKA, local
from helpline.cases.references import spoken
from helpline.cases.states import IllegalMove
from helpline.service.desk import access, timeline
from helpline.service.desk.acting import Stale
from helpline.service.desk.cases import Blocked

if TYPE_CHECKING:
    from handlers.desk.desk import Answer, Here
    from helpline.service.desk.acting import Acting

LAST: Final = 8
"""Entries of the timeline that are shown to whoever came too late."""


def attempt(
    here: Here,
    case_id: str,
    act: Callable[[Acting], object],
    *,
    typed: Mapping[str, str] | None = None,
    to: Mapping[str, str] | None = None,
    at: str = "",
    page: Callable[[], Answer] | None = None,
) -> Answer:
    """Do something to a case and go back to it; or show the form again, with what hindered it.

    `typed` are words of the form by the label of their field: whoever came too late gets them back
    beside what happened meanwhile. `to` says what of the case is opened: an item. `at` is the panel
    to go back to. `page` makes the page that the form stands on, where that is not the case's.
    """
    try:
        with here.acting() as deed:
            act(deed)
    except Blocked as blocked:
        return refused(here, case_id, blocked.obstacles, page, **(to or {}))
    except (Stale, IllegalMove):
        return too_late(here, case_id, typed or {})
    return back(here, case_id, at, **(to or {}))


def back(here: Here, case_id: str, done: str, **to: str) -> Answer:
    """Back to a case after something was done, to the place where that is said; see `case_page.DONE`."""
    if not done:
        return here.go("case", case_id=case_id, **to)
    return here.go("case", case_id=case_id, done=done, _anchor="done", **to)


def refused(
    here: Here,
    case_id: str,
    obstacles: tuple[str, ...],
    page: Callable[[], Answer] | None = None,
    *,
    item: str = "",
) -> Answer:
    """The form again, as it was sent, below why nothing was written.

    `page` makes the page that it stands on; without it that is the case, opened for `item`.
    """
    if page is None:
        with here.acting() as deed:
            shown = show_case(here, deed, access.find_case(deed, case_id), item)
    else:
        shown = page()
    return again(here, shown, *(words.named(here, words.OBSTACLES, code) for code in obstacles))


def too_late(here: Here, case_id: str, typed: Mapping[str, str]) -> Answer:
    """To whoever came too late: what happened meanwhile, and what they wrote."""
    with here.acting() as deed:
        case = access.find_case(deed, case_id)
        entries, _more = timeline.page(deed, case)
        return here.show(
            "case/too_late.html",
            409,
            case=case,
            reference=spoken(case.reference),
            typed={label: said for label, said in typed.items() if said.strip()},
            entries=entries[:LAST],
            words=words,
            events=events,
        )


def said(name: str) -> str:
    """What a form says in one field."""
    return request.form.get(name, "")


def version() -> int:
    """The version of the case that the form was made from."""
    return whole(said("version"))


def whole(typed: str) -> int:
    """A typed number that is not negative, in any digits; what is none is 0.

    An answer that matters is checked by the use case.
    """
    return int(typed) if typed.isdecimal() and len(typed) < 10 else 0  # noqa: PLR2004


def moment() -> datetime:
    """The time a form names, as people in Dhaka read their clocks.

    Raises:
        Blocked: it is none.
    """
    try:
        return moment_of(said("at")).replace(tzinfo=DHAKA).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Blocked("no_such_time") from None


def soonest(now: datetime) -> str:
    """The first minute that a field for a time to come may name, as browsers write it, in Dhaka."""
    return f"{local(now):%Y-%m-%dT%H:%M}"


def a_day(name: str) -> date | None:
    """The day a form names; none when the field is empty.

    Raises:
        Blocked: it is none.
    """
    if not said(name):
        return None
    try:
        return day_of(said(name))
    except ValueError:
        raise Blocked("no_such_time") from None
