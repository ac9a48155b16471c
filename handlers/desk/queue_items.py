"""One item of the queue: what it says and what can be done about it; and giving it to somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request
from markupsafe import Markup

from handlers.desk import queue_words as words
from handlers.desk.case_events import complaint
from handlers.desk.language import _
from handlers.desk.queue import has_it
from handlers.desk.violence import at_once
from helpline.cases.roles import Right
from helpline.cases.work import Kind
from helpline.service.complaints import URGENT
from helpline.service.desk import loads, queue, stale_facts, texts, undecided
from helpline.service.desk.queue import Taken, Unsuitable
from helpline.store.desk import files, items

if TYPE_CHECKING:
    from sqlalchemy import Row

    from handlers.desk.desk import Answer, Desk, Here
    from helpline.service.desk.acting import Acting


def furnish(desk: Desk) -> None:
    """The pages of this room."""
    desk.item_panel(Kind.COUNSELLING, "queue/counselling.html", _counselling)
    desk.item_panel(Kind.TEXT, "queue/text.html", _text)
    desk.item_panel(Kind.COMPLAINT, "queue/complaint.html", _complaint)
    desk.item_panel(Kind.UNDECIDED, "queue/undecided.html", _undecided)
    desk.item_panel(Kind.STALE_FACT, "queue/fact.html", _fact)
    desk.item_panel(Kind.OTHER, "queue/other.html", _other)

    @desk.page("/item/<item_id>", Right.WORK)
    def item(here: Here, item_id: str) -> Answer:
        with here.acting() as deed:
            row = queue.seen(deed, item_id)
            if row.case_id:
                return here.go("case", case_id=row.case_id, item=row.id)
            owner = loads.name_of(deed, row.owner_id)
            panel = _panel(here, deed, row)
        return here.show("queue/item.html", item=row, owner=owner, panel=panel, words=words)

    @desk.page("/item/<item_id>/assign", Right.SUPERVISE)
    def hand_over(here: Here, item_id: str) -> Answer:
        return _show_hand_over(here, item_id)

    @desk.action("/item/<item_id>/assign", Right.SUPERVISE, name="assign_item")
    def assign(here: Here, item_id: str) -> Answer:
        try:
            with here.acting() as deed:
                queue.assign(deed, item_id, request.form.get("staff", ""))
        except Unsuitable:
            said = here.say(_("This may not be given to that person."))
            return _show_hand_over(here, item_id, said=said, status=409)
        return here.go("queue", done="assigned")

    @desk.action("/item/<item_id>/message", Right.WORK, name="decide_message")
    def decide(here: Here, item_id: str) -> Answer:
        try:
            with here.acting() as deed:
                undecided.decide(deed, item_id, request.form.get("answer", ""))
        except Taken as taken:
            return has_it(here, taken)
        return here.go("queue", done="written")

    @desk.action("/item/<item_id>/fact", Right.DIRECTORY, name="check_fact")
    def check(here: Here, item_id: str) -> Answer:
        try:
            with here.acting() as deed:
                said, fact = request.form.get("outcome", ""), request.form.get("fact", "")
                stale_facts.checked(deed, item_id, said, fact)
        except Taken as taken:
            return has_it(here, taken)
        return here.go("item", item_id=item_id) if fact else here.go("queue", done="written")


def _panel(here: Here, deed: Acting, row: Row[Any]) -> Markup:
    """What the room of this kind of item adds."""
    panel = here.desk.item_panels.get(row.kind)
    loaded = panel.load(here, deed, row) if panel else None
    if panel is None or loaded is None:
        return Markup("")
    values = {"item": row, "words": words, "alone": True, **loaded}
    made = here.show(panel.template.removeprefix("desk/"), **values)
    # what a template made is escaped already
    return Markup(made[0])  # type: ignore[index]  # noqa: S704


def _show_hand_over(here: Here, item_id: str, *, said: str = "", status: int = 200) -> Answer:
    with here.acting() as deed:
        row = queue.seen(deed, item_id)
        people = loads.candidates(deed, row)
    return here.show("queue/assign.html", status, item=row, people=people, said=said, words=words)


def _counselling(_here: Here, deed: Acting, row: Row[Any]) -> dict[str, Any] | None:
    wish = items.counselling(deed.connection, row.subject_id)
    if wish is None:
        return None
    return {"wish": wish, "words": words, "mine": row.owner_id == deed.who.id}


def _text(_here: Here, deed: Acting, row: Row[Any]) -> dict[str, Any]:
    text = items.text(deed.connection, row.subject_id)
    return {
        "text": text,
        "said": texts.words_of(deed, row),
        "words": words,
        "mine": row.owner_id == deed.who.id,
    }


def _complaint(here: Here, deed: Acting, row: Row[Any]) -> dict[str, Any]:
    """Made by the menu of a phone: what about. Else somebody wrote a text, and that is shown."""
    why = items.complaint(deed.connection, row.subject_id)
    if not why:
        return {"about": "", **_text(here, deed, row)}
    about, call = complaint(why)
    case = files.by_id(deed.connection, row.case_id) if about in URGENT else None
    return {
        "about": about,
        "call": call,
        "words": words,
        "mine": row.owner_id == deed.who.id,
        **(at_once(here, case) if case else {}),
    }


def _undecided(_here: Here, deed: Acting, row: Row[Any]) -> dict[str, Any]:
    return {"message": undecided.facts(deed, row), "words": words}


def _fact(_here: Here, deed: Acting, row: Row[Any]) -> dict[str, Any]:
    if row.subject_id == stale_facts.NEVER:
        return {"facts": stale_facts.never_checked(deed.connection), "words": words}
    fact = stale_facts.of_item(deed.connection, row)
    return {"facts": [fact] if fact else [], "words": words}


def _other(_here: Here, _deed: Acting, _row: Row[Any]) -> dict[str, Any]:
    return {"words": words}
