"""What is done about a promise to call: ring, show the number, write what came of it, try again, give up."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from flask import request

from handlers.desk import calls_words as words
from handlers.desk.calls import refused
from handlers.desk.case_forms import back, soonest
from handlers.desk.days import moment_of
from handlers.desk.language import _
from handlers.desk.queue import has_it
from helpline.cases.calendar import DHAKA, Slot
from helpline.cases.roles import Right
from helpline.service.desk import call_cards, calling, outcomes, queue
from helpline.service.desk.queue import Taken

if TYPE_CHECKING:
    from handlers.desk.desk import Answer, Desk, Here

_NO_NUMBER: Final = _("Your own number is not registered, so your phone cannot be rung.")


_TALKED: Final = (outcomes.REACHED, outcomes.LATER)
"""The client was on the line: what was said is to be written down next."""


def furnish(desk: Desk) -> None:
    """The actions of this room."""
    _calling(desk)
    _ending(desk)
    _otherwise(desk)


def _calling(desk: Desk) -> None:
    @desk.action("/calls/item/<item_id>/ring", Right.WORK, name="call_ring")
    def ring(here: Here, item_id: str) -> Answer:
        try:
            with here.acting() as deed:
                call_id = calling.ring(deed, item_id)
        except Taken as taken:
            return has_it(here, taken)
        except calling.NotSafe as refusal:
            return refused(here, words.not_safe(here, refusal))
        except calling.NoNumber:
            return refused(here, here.say(_NO_NUMBER))
        except calling.NoVoice:
            return refused(here, here.say(words.NO_VOICE))
        calling.wake(here.parts, call_id=call_id)
        return here.go("item", item_id=item_id)

    @desk.action("/calls/item/<item_id>/number", Right.UNMASK, name="call_number")
    def number(here: Here, item_id: str) -> Answer:
        try:
            with here.acting() as deed:
                shown = outcomes.reveal(deed, item_id)
                item = queue.seen(deed, item_id)
                card = call_cards.of_item(deed, item)
        except Taken as taken:
            return has_it(here, taken)
        except calling.NotSafe as refusal:
            return refused(here, words.not_safe(here, refusal))
        return here.show(
            "calls/number.html",
            number=shown,
            item=item,
            card=card,
            words=words,
            by_hand=True,
            soonest=soonest(here.parts.clock()),
        )


def _ending(desk: Desk) -> None:
    @desk.action("/calls/item/<item_id>/outcome", Right.WORK, name="call_outcome")
    def outcome(here: Here, item_id: str) -> Answer:
        came = request.form.get("outcome", "")
        try:
            with here.acting() as deed:
                case_id = queue.seen(deed, item_id).case_id if here.who.may(Right.CASES) else None
                outcomes.record(deed, item_id, came, _moment("later"))
        except Taken as taken:
            return has_it(here, taken)
        except outcomes.Wrong as fault:
            return _once_more(here, item_id, came, str(fault))
        if case_id and came in _TALKED:
            return back(here, case_id, "call")
        return here.go("queue", done="written")


def _otherwise(desk: Desk) -> None:
    @desk.action("/calls/item/<item_id>/again", Right.WORK, name="call_again")
    def again(here: Here, item_id: str) -> Answer:
        later = _moment("later")
        if later is None or later <= here.parts.clock():
            return refused(here, here.say(words.FAULTS["time"]), 400)
        try:
            with here.acting() as deed:
                outcomes.call_again(deed, item_id, Slot(later, later + outcomes.SLOT))
        except Taken as taken:
            return has_it(here, taken)
        except outcomes.Wrong as fault:
            return refused(here, here.say(words.FAULTS[str(fault)]), 400)
        return here.go("queue", done="written")

    @desk.action("/calls/item/<item_id>/cancel", Right.WORK, name="call_cancel")
    def cancel(here: Here, item_id: str) -> Answer:
        why = request.form.get("why", "")
        if why not in words.CANCELS:
            return refused(here, here.say(words.FAULTS["outcome"]), 400)
        try:
            with here.acting() as deed:
                outcomes.cancel(deed, item_id, why)
        except Taken as taken:
            return has_it(here, taken)
        return here.go("queue", done="written")


def _once_more(here: Here, item_id: str, came: str, fault: str) -> Answer:
    """The same form again, with what was chosen and what is missing."""
    with here.acting() as deed:
        item = queue.seen(deed, item_id)
    return here.show(
        "calls/once_more.html",
        400,
        item=item,
        came=came,
        fault=words.FAULTS[fault],
        soonest=soonest(here.parts.clock()),
        words=words,
    )


def _moment(name: str) -> datetime | None:
    """A field of a form as a moment: the browser writes Dhaka's time without a zone."""
    try:
        return moment_of(request.form.get(name, "")).replace(tzinfo=DHAKA)
    except ValueError:
        return None
