"""Ending a risk review: with a form and a level that a person confirms, or with why there could be none.

Nothing ends by itself. Where nobody was reached the next of the ladder has it; at its top it may end
only after everybody the client named was tried, and she is looked after again the next day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helpline.cases.risk_form import GOES_ON, GRAVE, NO_FORM
from helpline.cases.work import Kind, Level
from helpline.service.desk import (
    access,
    alarms,
    audit,
    debriefs,
    escalation,
    follow_ups,
    queue,
    risk_forms,
)
from helpline.service.desk.acting import NotAllowed, Stale
from helpline.service.desk.cases import Blocked, supervisors
from helpline.service.desk.note_rows import beside
from helpline.store.desk import alarms as rows
from helpline.store.desk import case_rows, files, risk_flags

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Row

    from helpline.cases.questions import Answers
    from helpline.service.desk.acting import Acting
    from helpline.service.desk.risk_forms import Trusted

_NEXT = {Level.WORKER: "supervisor", Level.SUPERVISOR: "psychologist"}


def review_of(deed: Acting, case_id: str) -> Row[Any] | None:
    """The review of a case that waits for somebody to end it; none when there is none."""
    # by its case, not by its subject: a merge gives a case the work of another
    waiting = case_rows.open_items(deed.connection, case_id)
    return next((item for item in waiting if item.kind == Kind.RISK_REVIEW), None)


def keep_form(
    deed: Acting,
    case_id: str,
    answers: Answers,
    *,
    level: str,
    why: str,
    agreed: str,
    trusted: Trusted,
    restrict: bool,
    supervisor_id: str,
    ends: bool,
) -> str:
    """Keep a form and give the case the level the worker confirms; its id.

    With `ends` the review that waits is over; without, it goes on: while danger lasts a form may be
    gone through again. With `restrict` only the owner and the supervisor who is named see the case
    from now on. Without a review the form is kept all the same: somebody may ask at any time.

    Raises:
        Blocked: as `risk_forms.take`; `no_supervisor` for a restriction without one.
        helpline.service.desk.queue.Taken: the review is somebody else's.
        Stale: the case was changed meanwhile.
    """
    case = access.find_case(deed, case_id)
    gone = risk_forms.take(
        deed, case, answers, level=level, why=why, agreed=agreed, trusted=trusted
    )
    _weigh(deed, case, level, _hiding(deed, case, supervisor_id) if restrict else {})
    review = review_of(deed, case_id)
    if level in GRAVE:
        look_again(deed, case.id)
        if review is None:
            debriefs.owe(deed, case.id, deed.who.id)
    audit.note(deed, "risk_form", "assessment", gone.id, case_id=case.id, detail=level)
    if review is not None and ends:
        end(deed, review.id)
    return gone.id


def end(deed: Acting, item_id: str) -> Row[Any]:
    """End a review with what its last form found. Who carried a grave one has a debriefing.

    Raises:
        Blocked: `no_form`: none was gone through since the review began.
        NotAllowed, Stale, helpline.service.desk.queue.Taken: as for `queue.finish`.
    """
    item = held_review(deed, item_id)
    forms = [
        each for each in risk_forms.history(deed, item.case_id) if each.taken_at >= item.opened_at
    ]
    if not forms:
        raise Blocked("no_form")
    level = forms[0].form.level
    ended = queue.finish(deed, item.id, level, looked_into=True)
    risk_flags.settle(
        deed.connection,
        item.id,
        outcome="form",
        level=level,
        now=deed.now,
        staff_id=deed.who.id,
    )
    if level in GRAVE:
        look_again(deed, item.case_id)
        carried = {each.staff_id for each in forms if each.staff_id and each.form.level in GRAVE}
        for staff_id in sorted(carried | {deed.who.id}):
            debriefs.owe(deed, item.case_id, staff_id)
    audit.note(deed, "end_review", "work_item", item.id, case_id=item.case_id, detail=level)
    return ended


def without_form(deed: Acting, item_id: str, *, why: str, words: str) -> Row[Any]:
    """Say why no form could be gone through: the next of the ladder has it, or the review ends.

    Who could not be reached, does not want to talk, or cannot safely, is not left alone: the review
    goes to a supervisor, then to a psychologist, and only then may end. The words become a note.

    Raises:
        Blocked: `no_such_value`, `no_reason` without words, `too_long`, `trusted_first` when there
            is somebody the client named who was not called yet.
        NotAllowed, Stale, helpline.service.desk.queue.Taken: as for `queue.finish`.
    """
    item = held_review(deed, item_id)
    if why not in NO_FORM:
        raise Blocked("no_such_value")
    if not words.strip():
        raise Blocked("no_reason")
    if len(words) > risk_forms.LONGEST:
        raise Blocked("too_long")
    if why in GOES_ON and item.level < Level.SPECIALIST:
        return _to_the_next(deed, item, words)
    if why in GOES_ON and _trusted_left(deed, item):
        raise Blocked("trusted_first")
    beside(deed, item.case_id, words.strip())
    ended = queue.finish(deed, item.id, why, looked_into=True)
    level = "none" if why == "not_in_danger" else ""
    risk_flags.settle(
        deed.connection, item.id, outcome=why, level=level, now=deed.now, staff_id=deed.who.id
    )
    if why != "not_in_danger":
        look_again(deed, item.case_id)
    audit.note(deed, "no_risk_form", "work_item", item.id, case_id=item.case_id, detail=why)
    return ended


def held_review(deed: Acting, item_id: str) -> Row[Any]:
    """A review that waits and that this member has, or supervises, with a case they may open.

    Raises:
        NotAllowed: it is none, or not theirs.
        Stale, helpline.service.desk.queue.Taken: as for `queue.held`.
    """
    item = queue.held(deed, item_id)
    if item.kind != Kind.RISK_REVIEW or not item.case_id:
        raise NotAllowed(item_id)
    access.find_case(deed, item.case_id)
    return item


def look_again(deed: Acting, case_id: str) -> None:
    """Promise to look after somebody again, unless that is promised already."""
    due_at = deed.now + deed.parts.after_danger
    planned = case_rows.of_case(deed.connection, "follow_up", case_id)
    if not any(
        each.kind == "after_risk"
        and each.state in ("planned", "due", "missed")
        and each.due_at <= due_at
        for each in planned
    ):
        follow_ups.promise(
            deed.connection,
            case_id=case_id,
            kind="after_risk",
            due_at=due_at,
            now=deed.now,
            actor=deed.who.id,
        )


def _to_the_next(deed: Acting, item: Row[Any], words: str) -> Row[Any]:
    to = _NEXT[Level(item.level)]
    after = escalation.escalate(deed, deed.connection, item.id, to, "not_reached", words=words)
    if after.state == "open":
        alarms.page(deed.parts, deed.connection, item.id, deed.now)
    return after


def _trusted_left(deed: Acting, item: Row[Any]) -> bool:
    if risk_forms.trusted(deed, item.case_id) is None:
        return False
    steps = rows.escalations_of(deed.connection, [item.id])
    return not any(step.to == "trusted" and step.at >= item.opened_at for step in steps)


def _hiding(deed: Acting, case: Row[Any], supervisor_id: str) -> Mapping[str, Any]:
    """The columns of a case that few may see from now on; one that few see already stays as it is."""
    if case.restricted:
        return {}
    if supervisor_id not in {each.id for each in supervisors(deed)}:
        raise Blocked("no_supervisor")
    return {
        "restricted": "suicide",
        "supervisor_id": supervisor_id,
        "owner_id": case.owner_id or deed.who.id,
        "stage": "assigned" if case.stage == "new" else case.stage,
    }


def _weigh(deed: Acting, case: Row[Any], level: str, hiding: Mapping[str, Any]) -> None:
    columns = {"risk_level": level, **hiding}
    if not files.change(deed.connection, case.id, case.version, now=deed.now, **columns):
        raise Stale(case.id)
    if level != case.risk_level:
        deed.record("risk", case.id, was=case.risk_level, became=level)
    if not hiding:
        return
    case_rows.change_items(deed.connection, case.id, restricted="suicide")
    deed.record("restricted", case.id, was=case.restricted, became="suicide")
    if columns["stage"] != case.stage:
        deed.record("case", case.id, was=case.stage, became="assigned", why="owner")
