"""Alarms: who is being called, what was raised, which promises run out; and answering."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.desk import alarm_words as words
from handlers.desk.language import _
from helpline.cases.references import spoken
from helpline.cases.roles import Right
from helpline.service.desk import alarms, watching
from helpline.service.desk.alarms import Answered

if TYPE_CHECKING:
    from handlers.desk.desk import Answer, Desk, Here


def furnish(desk: Desk) -> None:
    """The pages of this room."""
    desk.link("alarms", _("Alarms"), "alarms", Right.WORK)

    @desk.page("/alarms", Right.WORK, name="alarms")
    def show(here: Here) -> Answer:
        return _show(here)

    @desk.page("/alarms/now", Right.WORK, name="alarms_now")
    def now(here: Here) -> Answer:
        return here.show("alarms/now.html", **_watched(here))

    @desk.action("/alarms/<alarm>/acknowledge", Right.WORK)
    def acknowledge(here: Here, alarm: str) -> Answer:
        try:
            with here.acting() as deed:
                item = alarms.acknowledge(deed, alarm)
        except Answered as answered:
            said = here.say(_("{name} has answered already.")).format(name=answered.name)
            return _show(here, said=said, status=409)
        if item.case_id and item.owner_id == here.who.id:
            return here.go("case", case_id=item.case_id, item=item.id)
        return here.go("escalate", item=item.id)


def _show(here: Here, *, said: str = "", status: int = 200) -> Answer:
    return here.show("alarms/list.html", status, said=said, **_watched(here))


def _watched(here: Here) -> dict[str, Any]:
    seen = watching.watch(here.parts, here.who)
    return {"seen": seen, "now": seen.now, "words": words, "spoken": spoken}
