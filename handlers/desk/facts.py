"""The dated facts that callers are shown: what is to be checked now, and until when the others hold."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from flask import request

from handlers.desk import queue_words as words
from handlers.desk.language import _
from helpline.cases.calendar import local
from helpline.cases.roles import Right
from helpline.service.desk import stale_facts
from helpline.service.desk.acting import Stale

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handlers.desk.desk import Answer, Desk, Here

KINDS: Final[Mapping[str, str]] = {
    "hotline": _("Helpline numbers"),
    "centre": _("Service points"),
    "topic": _("Texts that callers read"),
}


def furnish(desk: Desk) -> None:
    """The page and its form."""
    desk.link("facts", _("Facts"), "facts", Right.DIRECTORY)

    @desk.page("/facts", Right.DIRECTORY, name="facts")
    def listed(here: Here) -> Answer:
        with here.acting() as deed:
            found = sorted(
                stale_facts.known(deed.connection),
                key=lambda each: (each.expires_at or date.max, each.fact),
            )
            today = local(deed.now).date()
        done = request.args.get("done", "")
        due = [each for each in found if each.never_checked or each.must_be_checked(today)]
        return here.show(
            "facts/list.html",
            due=[
                (kind, text, [each for each in due if _kind(each) == kind])
                for kind, text in KINDS.items()
            ],
            count=len(due),
            others=[each for each in found if each not in due],
            done=done if done in KINDS else "",
            words=words,
        )

    @desk.action("/facts/<digest>", Right.DIRECTORY, name="fact_checked")
    def checked(here: Here, digest: str) -> Answer:
        with here.acting() as deed:
            fact = stale_facts.looked_after(
                deed, digest, request.form.get("outcome", ""), seen=_seen()
            )
        return here.go("facts", done=_kind(fact))


def _kind(fact: stale_facts.Known) -> str:
    return fact.fact.partition(".")[0]


def _seen() -> date | None:
    """The day of the last check that the form's author saw; none where nobody had checked it."""
    said = request.form.get("seen", "")
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        raise Stale("no day") from None
