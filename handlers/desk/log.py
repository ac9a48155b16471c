"""The log of what staff did and read, and the review of broken glass."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from flask import request

from handlers.desk.case_words import when
from handlers.desk.days import day_of
from handlers.desk.language import _
from handlers.desk.log_words import ACTIONS, SUBJECTS, of_action
from helpline.cases import references
from helpline.cases.roles import Right
from helpline.service.desk import audit, break_glass
from helpline.service.desk.accounts import COMMAND_LINE, Unfit
from helpline.service.desk.audit import Wanted
from helpline.store.desk import glass

if TYPE_CHECKING:
    from handlers.desk.desk import Answer, Desk, Here

MOST: Final = 100
"""Lines on a page."""
VERDICTS: Final = {
    "justified": _("It was justified"),
    "not_justified": _("It was not justified"),
}


def furnish(desk: Desk) -> None:
    """The pages of this room."""
    desk.link("log", _("Log"), "log", Right.AUDIT, count=_unreviewed)

    @desk.page("/log", Right.AUDIT)
    def log(here: Here) -> Answer:
        wanted = _wanted()
        with here.acting() as deed:
            found = audit.lines(deed, wanted, MOST + 1)
            names = {**audit.names(deed), COMMAND_LINE.id: here.say(_("command line"))}
        return here.show(
            "log/lines.html",
            lines=found[:MOST],
            wanted=wanted,
            older=found[MOST - 1].number if len(found) > MOST else 0,
            names=names,
            actions=ACTIONS,
            subjects=SUBJECTS,
            of_action=of_action,
            **_common(here),
        )

    @desk.page("/log/glass", Right.AUDIT)
    def broken_glass(here: Here) -> Answer:
        with here.acting() as deed:
            found, names = break_glass.latest(deed), audit.names(deed)
        return here.show("log/glass.html", rows=found, names=names, **_common(here))

    @desk.page("/log/glass/<glass_id>", Right.AUDIT)
    def one_glass(here: Here, glass_id: str) -> Answer:
        return _one(here, glass_id)

    @desk.action("/log/glass/<glass_id>/review", Right.AUDIT)
    def review_glass(here: Here, glass_id: str) -> Answer:
        try:
            with here.acting() as deed:
                break_glass.review(deed, glass_id, request.form.get("verdict", ""))
        except Unfit as unfit:
            return _one(here, glass_id, 422, wrong=unfit.why)
        return here.go("broken_glass")

    def _one(here: Here, glass_id: str, status: int = 200, wrong: str = "") -> Answer:
        with here.acting() as deed:
            (row, reason), names = break_glass.read(deed, glass_id), audit.names(deed)
        return here.show(
            "log/one_glass.html",
            status,
            row=row,
            reason=reason,
            names=names,
            wrong=wrong,
            **_common(here),
        )


def _common(here: Here) -> dict[str, Any]:
    return {
        "when": partial(when, here),
        "spoken": references.spoken,
        "verdicts": VERDICTS,
        "now": here.parts.clock(),
        "unreviewed": _unreviewed(here),
    }


def _unreviewed(here: Here) -> int:
    with here.parts.database.reading() as connection:
        return glass.unreviewed(connection, but_of=here.who.id)


def _wanted() -> Wanted:
    """What the form of the page asks for; what cannot be is left out."""
    given, day = request.args, None
    with suppress(ValueError):
        day = day_of(given.get("day", ""))
    typed = given.get("case", "").strip()
    return Wanted(
        actor=given.get("actor", ""),
        action=given.get("action", ""),
        reference=references.understood(typed) or typed[:20],
        day=day,
        before=given.get("before", 0, type=int),
    )
