"""Raising work to others, with everything that happened to it; and saying that somebody may be in danger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import request

from handlers.desk import alarm_words as words
from handlers.desk.language import _
from helpline.cases.roles import Right
from helpline.cases.work import Kind
from helpline.service import risk
from helpline.service.desk import access, audit, escalation, queue, watching
from helpline.store.desk import alarms as rows
from helpline.store.desk import queue as queue_rows

if TYPE_CHECKING:
    from sqlalchemy import Row

    from handlers.desk.desk import Answer, Desk, Here
    from helpline.service.desk.acting import Acting

LONGEST: Final = 1500
"""Letters of what staff write to whoever gets the work: in Bangla nine bytes of a form each."""


def furnish(desk: Desk) -> None:
    """The pages of this room."""
    desk.case_panel(3, "alarms/case.html", _of_case)

    @desk.page("/item/<item>/escalate", Right.WORK)
    def escalate(here: Here, item: str) -> Answer:
        return _show_item(here, item)

    @desk.action("/item/<item>/escalate", Right.WORK, name="escalate_item")
    def raise_item(here: Here, item: str) -> Answer:
        to, why = request.form.get("to", ""), request.form.get("why", "")
        said = request.form.get("words", "")
        if to not in escalation.LEVELS or why not in escalation.REASONS or len(said) > LONGEST:
            asked = here.say(_("Please say to whom and why, in at most 1500 letters."))
            return _show_item(here, item, asked=asked, written=said[:LONGEST], status=422)
        with here.acting() as deed:
            row = escalation.escalate(deed, deed.connection, item, to, why, words=said)
        if to == "agency" and row.case_id:
            to_office = "refer" if here.who.may(Right.CASES) else "case"
            return here.go(to_office, case_id=row.case_id, item=row.id)
        return here.go("alarms")

    @desk.action("/case/<case_id>/danger", Right.CASES)
    def danger(here: Here, case_id: str) -> Answer:
        why = request.form.get("why", "")
        with here.acting() as deed:
            access.find_case(deed, case_id)
            item_id = risk.raise_risk(
                here.parts,
                deed.connection,
                case_id=case_id,
                why=why if why in risk.SIGNS else "other",
                now=deed.now,
                actor=here.who.id,
            )
            audit.note(deed, "raise_risk", "case", case_id, case_id=case_id)
        return here.go("case", case_id=case_id, item=item_id, done="danger")


def _show_item(
    here: Here, item_id: str, *, asked: str = "", written: str = "", status: int = 200
) -> Answer:
    with here.acting() as deed:
        item = queue.seen(deed, item_id)
        story = watching.story(deed, item_id)
    return here.show(
        "alarms/item.html",
        status,
        item=item,
        story=story,
        now=here.parts.clock(),
        words=words,
        asked=asked,
        written=written,
        longest=LONGEST,
    )


def _of_case(_here: Here, deed: Acting, case: Row[Any]) -> dict[str, Any] | None:
    """What may be raised about a case, what was, and the button for danger."""
    if case.stage == "closed":
        return None
    work = rows.open_items_of(deed.connection, case.id)
    reviews = [each for each in work if each.kind == Kind.RISK_REVIEW]
    stories = [watching.story(deed, each.id) for each in reviews]
    escalated = rows.escalations_of(deed.connection, [each.id for each in work])
    return {
        "work": work,
        "escalated": escalated,
        "alarm_words": words,
        "theirs": {each.id for each in work if queue_rows.seen(deed.connection, deed.who, each.id)},
        "waits": any(each.state == "open" for each in reviews),
        "ladder": [step for each in stories for step in each.steps if step.subject == "alarm"],
        "called": {ident: name for each in stories for ident, name in each.names.items()},
    }
