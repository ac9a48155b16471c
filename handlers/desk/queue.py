"""The queue: what is to be done and in which order, who has it, and taking it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from flask import make_response, request, url_for

from handlers.desk import queue_words as words
from handlers.desk.language import _
from helpline.cases.roles import Right
from helpline.cases.work import Kind
from helpline.service.desk import stale_facts
from helpline.store.desk import hours, waiting
from helpline.store.desk.waiting import PAGE, Place, Wanted

if TYPE_CHECKING:
    from collections.abc import Container

    from werkzeug.wrappers import Response

    from handlers.desk.desk import Answer, Desk, Here
    from helpline.service.desk.queue import Taken
    from helpline.service.desk.stale_facts import Known

_WHOSE: Final = ("mine", "unassigned")
DONE: Final[Mapping[str, str]] = {
    "written": _("Done. It is written down."),
    "released": _("It is back in the queue for others."),
    "assigned": _("It was given to your colleague."),
}
"""What is said on top of the queue after a form led back to it."""
_BEHIND: Final = re.compile(r"([0-3])_(.{1,40})_([0-9a-f]{32})")


def furnish(desk: Desk) -> None:
    """The pages of this room."""
    desk.link("queue", _("Queue"), "queue", Right.WORK)

    @desk.page("/queue", Right.WORK, name="queue")
    def show(here: Here) -> Answer:
        return show_queue(here, done=DONE.get(request.args.get("done", ""), ""))

    @desk.page("/queue/rows", Right.WORK, name="queue_rows")
    def rows(here: Here) -> Answer:
        return _fresh(here.show("queue/rows.html", **_rows(here)))

    @desk.page("/queue/badge", Right.WORK, name="queue_badge")
    def badge(here: Here) -> Answer:
        with here.parts.database.reading() as connection:
            urgent = waiting.urgent(connection, here.who, here.parts.clock())
        return _fresh(here.show("queue/badge.html", urgent=urgent))


def show_queue(here: Here, *, said: str = "", done: str = "", status: int = 200) -> Answer:
    """The page of the queue, with what is to be said on top of it."""
    values = _rows(here)
    with here.parts.database.reading() as connection:
        duty = hours.duty_of(connection, here.who.id)
    return here.show(
        "queue/queue.html",
        status,
        said=said,
        done=done,
        duty=duty,
        districts=_districts(here),
        **values,
    )


def _rows(here: Here) -> dict[str, Any]:
    wanted, now = _wanted(here), here.parts.clock()
    with here.parts.database.reading() as connection:
        rows = waiting.page(connection, here.who, wanted, now)
        counts = waiting.counts(connection, here.who, now)
        stale = any(row.kind == Kind.STALE_FACT for row in rows)
        facts = list(stale_facts.known(connection)) if stale else []
    return {
        "rows": rows[:PAGE],
        "names": _names(here, rows),
        "facts": _facts(here, facts),
        "more": _address(_place(rows[PAGE - 1])) if len(rows) > PAGE else "",
        "first": _address(None),
        "live": f"{url_for('desk.queue_rows')}?{urlencode(_asked())}",
        "counts": counts,
        "urgent": counts.urgent,
        "wanted": wanted,
        "now": now,
        "words": words,
    }


def _facts(here: Here, facts: list[Known]) -> dict[str, str]:
    """What each item about facts is about; one of them is about all that nobody ever checked."""
    never = sum(each.never_checked for each in facts)
    together = here.say(_("Never checked: {count} facts")).format(count=never)
    return {stale_facts.NEVER: together} | {
        each.digest: each.what.in_language(here.language) for each in facts
    }


def _names(here: Here, rows: Any) -> dict[str, str]:
    """Of those who have something: each name is opened once."""
    sealed = {row.owner_id: row.owner_name for row in rows if row.owner_id}
    ring = here.parts.ring
    return {ident: ring.unseal_text(name, "staff.name", ident) for ident, name in sealed.items()}


def _wanted(here: Here) -> Wanted:
    """What the address asks for; what makes no sense is left out."""

    def one_of(name: str, known: Container[str]) -> str:
        asked = request.args.get(name, "")
        return asked if asked in known else ""

    return Wanted(
        later=request.args.get("tab") == "later",
        whose=one_of("whose", _WHOSE),
        kind=one_of("kind", words.KINDS),
        district=one_of("district", {iso for iso, _name in _districts(here)}),
        language=one_of("language", words.LANGUAGES),
        counsellor=one_of("counsellor", words.WISHES),
        behind=_behind(request.args.get("behind", "")),
    )


def _behind(asked: str) -> Place | None:
    found = _BEHIND.fullmatch(asked)
    if not found:
        return None
    try:
        moment = datetime.fromisoformat(found[2])
    except ValueError:
        return None
    return Place(int(found[1]), moment, found[3]) if moment.tzinfo else None


def _asked() -> dict[str, str]:
    """What the address asks for, without what was just done."""
    return {name: value for name, value in request.args.items() if name != "done"}


def _place(row: Any) -> Place:
    return Place(row.priority, row.promised_at, row.id)


def _address(behind: Place | None) -> str:
    """This page of the queue, further down."""
    asked = {name: value for name, value in _asked().items() if name != "behind"}
    if behind:
        asked["behind"] = f"{behind.priority}_{behind.promised_at.isoformat()}_{behind.id}"
    return f"{url_for('desk.queue')}?{urlencode(asked)}"


def _districts(here: Here) -> list[tuple[str, str]]:
    """Those a member works in, by name."""
    named = [
        (each.iso, each.name.in_language(here.language))
        for each in here.parts.places.districts
        if here.who.works_in(each.iso)
    ]
    return sorted(named, key=lambda each: each[1])


def has_it(here: Here, taken: Taken) -> Answer:
    """Say who was faster."""
    said = here.say(_("{name} has it already.")).format(name=taken.name)
    return show_queue(here, said=said, status=409)


def _fresh(answer: Answer) -> Response:
    """A part of a page that a browser fetches again and again: sent only when it changed."""
    response = make_response(answer)
    response.headers["Cache-Control"] = "no-cache, private"
    response.add_etag()
    return response.make_conditional(request)
