"""Calls: what can be done about a promise to call, who is on the phone now, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import make_response, request
from markupsafe import Markup

from handlers.desk import calls_words as words
from handlers.desk import queue_words
from handlers.desk.case_forms import soonest
from handlers.desk.language import _
from helpline.cases.roles import Right
from helpline.cases.work import Kind
from helpline.service.desk import call_cards, calling
from helpline.store.desk import callbacks as rows

if TYPE_CHECKING:
    from sqlalchemy import Row

    from handlers.desk.desk import Answer, Desk, Here, Panel
    from helpline.service.desk.acting import Acting

LATEST: Final = 30
"""Calls that are over, shown on the page."""


def furnish(desk: Desk) -> None:
    """The pages of this room."""
    desk.link("calls", _("Calls"), "calls", Right.WORK)
    for kind in (Kind.CALLBACK, Kind.MISSED_CALL):
        desk.item_panel(kind, "calls/panel.html", _panel)
    desk.item_panel(Kind.UNREACHABLE, "calls/unreachable.html", _unreachable)
    for kind in (Kind.COUNSELLING, Kind.OTHER, Kind.CHECK_IN, Kind.NEEDS, Kind.FOLLOW_UP):
        if kind in desk.item_panels:
            desk.item_panel(kind, "calls/beside.html", _beside(desk.item_panels[kind]))

    @desk.page("/calls", Right.WORK, name="calls")
    def show(here: Here) -> Answer:
        return here.show("calls/calls.html", said="", words=words, **_calls(here))

    @desk.page("/calls/now", Right.WORK, name="calls_now")
    def now(here: Here) -> Answer:
        response = make_response(here.show("calls/now.html", words=words, **_calls(here)))
        response.add_etag()
        return response.make_conditional(request.environ)

    @desk.action("/calls/<call_id>/ask-in", Right.WORK, name="call_ask_in")
    def ask_in(here: Here, call_id: str) -> Answer:
        try:
            with here.acting() as deed:
                calling.ask_in(deed, call_id, request.form.get("staff", ""))
        except calling.NoNumber:
            return refused(here, here.say(_OTHER_HAS_NO_NUMBER))
        except calling.NoVoice:
            return refused(here, here.say(_NO_ROOMS))
        calling.wake(here.parts, call_id=call_id)
        return here.go("calls")

    @desk.action("/calls/<call_id>/leave", Right.WORK, name="call_leave")
    def leave(here: Here, call_id: str) -> Answer:
        with here.acting() as deed:
            wishes = calling.leave(deed, call_id)
        calling.wake(here.parts, wishes)
        return here.go("calls")


_OTHER_HAS_NO_NUMBER: Final = _("That person has no registered number, so nobody can be rung.")
_NO_ROOMS: Final = _("The telephone provider cannot join a third person to a call.")


def _panel(here: Here, deed: Acting, item: Row[Any]) -> dict[str, Any] | None:
    """What can be done about a promise to call."""
    return {
        "card": call_cards.of_item(deed, item),
        "item": item,
        "words": words,
        "mine": item.owner_id == here.who.id and item.state == "claimed",
        "by_hand": False,
        "soonest": soonest(deed.now),
        "queue_words": queue_words,
    }


def _beside(panel: Panel) -> Any:
    """The panel of another room, with what can be done by phone below it."""

    def load(here: Here, deed: Acting, item: Row[Any]) -> dict[str, Any] | None:
        own = panel.load(here, deed, item)
        if own is None:
            return None
        page = here.show(panel.template.removeprefix("desk/"), **{"item": item, **own})
        # what a template made is escaped already
        made = Markup(page[0])  # type: ignore[index]  # noqa: S704
        card = call_cards.of_item(deed, item)
        return {**(_panel(here, deed, item) or {}), "own": made, "card": card}

    return load


def _unreachable(here: Here, deed: Acting, item: Row[Any]) -> dict[str, Any] | None:
    callback = rows.by_id(deed.connection, item.subject_id)
    if callback is None:
        return None
    return {
        "callback": callback,
        "queue_words": queue_words,
        "item": item,
        "words": words,
        "card": call_cards.of_item(deed, item),
        "mine": item.owner_id == here.who.id and item.state == "claimed",
        "soonest": soonest(deed.now),
    }


def _calls(here: Here) -> dict[str, Any]:
    with here.acting() as deed:
        running, over = call_cards.running(deed), call_cards.recent(deed, LATEST)
        voice = here.parts.voice
        return {
            "running": [each for each in running if each.state != "waiting"],
            "waiting": [each for each in running if each.state == "waiting"],
            "recent": over,
            "voice": voice,
            "transfers": bool(voice and voice.gateway.meets),
            "colleagues": calling.colleagues(deed) if voice else [],
        }


def refused(here: Here, said: str, status: int = 409) -> Answer:
    """The page of calls, with why something was not done."""
    return here.show("calls/calls.html", status, said=said, words=words, **_calls(here))
