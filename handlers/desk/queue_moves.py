"""Work changes hands at the desk: claim, take the next, give back, finish; and coming and going."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request

from handlers.desk import queue_words as words
from handlers.desk.language import _
from handlers.desk.queue import has_it, show_queue
from helpline.cases.roles import Right
from helpline.service.desk import presence, queue
from helpline.service.desk.queue import Taken, Unreviewed

if TYPE_CHECKING:
    from handlers.desk.desk import Answer, Desk, Here


def furnish(desk: Desk) -> None:
    """The forms of this room."""
    _taking(desk)
    _ending(desk)
    _presence(desk)


def _taking(desk: Desk) -> None:
    @desk.action("/queue/<item>/claim", Right.WORK)
    def claim(here: Here, item: str) -> Answer:
        try:
            with here.acting() as deed:
                presence.arrive(deed)
                row = queue.claim(deed, item)
        except Taken as taken:
            return has_it(here, taken)
        return _to(here, row)

    @desk.action("/queue/next", Right.WORK)
    def claim_next(here: Here) -> Answer:
        with here.acting() as deed:
            presence.arrive(deed)
            row = queue.claim_next(deed)
        if row is None:
            return show_queue(here, said=here.say(_("Nothing waits for you just now.")))
        return _to(here, row)


def _ending(desk: Desk) -> None:
    @desk.action("/queue/<item>/release", Right.WORK)
    def release(here: Here, item: str) -> Answer:
        why = request.form.get("why", "")
        try:
            with here.acting() as deed:
                queue.release(deed, item, why if why in words.RELEASES else "other")
        except Taken as taken:
            return has_it(here, taken)
        return here.go("queue", done="released")

    @desk.action("/queue/<item>/finish", Right.WORK)
    def finish(here: Here, item: str) -> Answer:
        outcome = request.form.get("outcome", "")
        try:
            with here.acting() as deed:
                kind = queue.seen(deed, item).kind
                ends = words.ENDS.get(kind, words.ENDS_OF_OTHERS)
                queue.finish(deed, item, outcome if outcome in ends else next(iter(ends)))
        except Taken as taken:
            return has_it(here, taken)
        except Unreviewed:
            return here.go("item", item_id=item)
        return here.go("queue", done="written")

    @desk.action("/queue/<item>/begin", Right.WORK)
    def begin(here: Here, item: str) -> Answer:
        try:
            with here.acting() as deed:
                row = queue.begin_session(deed, item)
        except Taken as taken:
            return has_it(here, taken)
        return _to(here, row)


def _presence(desk: Desk) -> None:
    @desk.action("/here", Right.WORK)
    def arrive(here: Here) -> Answer:
        with here.acting() as deed:
            presence.arrive(deed)
        return here.go("queue")

    @desk.action("/away", Right.WORK)
    def leave(here: Here) -> Answer:
        with here.acting() as deed:
            left = presence.leave(deed)
        said = here.say(_("You are off duty. Given back: {count}.")).format(count=left)
        return show_queue(here, said=said)


def _to(here: Here, item: Any) -> Answer:
    """To the case an item is about, or to its own page."""
    if item.case_id:
        return here.go("case", case_id=item.case_id, item=item.id)
    return here.go("item", item_id=item.id)
