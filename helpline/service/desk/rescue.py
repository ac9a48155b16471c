"""The last steps of the ladder: whom she named, a hospital, and the police when two people agree.

The house calls none of them: a person does, and what is written here is that they did, or may. An
attempt to die is punishable, so the police are told only when two different members of staff have
agreed on grounds that are written down, after a person (never a word in a message) found imminent
danger.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from helpline.cases.roles import Right
from helpline.cases.work import Kind, Level, Priority
from helpline.service import work
from helpline.service.desk import access, alarms, audit, risk_forms
from helpline.service.desk.acting import NotAllowed
from helpline.service.desk.cases import Blocked
from helpline.service.desk.note_rows import beside
from helpline.service.desk.questions import answer, ask_approval
from helpline.service.desk.risk_reviews import held_review
from helpline.store.desk import alarms as rows
from helpline.store.desk import case_rows, risk_flags
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Row

    from helpline.service.desk.acting import Acting
    from helpline.service.desk.risk_forms import Trusted

POLICE: Final = "police"
"""What this question is, among the approvals."""
GOOD_FOR: Final = timedelta(hours=6)
"""How long a second person's yes counts."""
HOSPITAL: Final = ("client_agrees", "life_in_danger")
"""Why a hospital or an ambulance is called: she agrees, or she cannot be asked any more."""


def call_trusted(deed: Acting, item_id: str) -> Trusted:
    """Somebody calls the person she named; gives whom, and her words of cover. It is written down.

    Raises:
        Blocked: `no_trusted`: she named nobody, or took it back.
        NotAllowed, Stale: the review is not theirs, or done.
    """
    item = held_review(deed, item_id)
    person = risk_forms.trusted(deed, item.case_id)
    if person is None:
        raise Blocked("no_trusted")
    _step(deed, item, "trusted", "client_agrees")
    audit.note(deed, "call_trusted", "work_item", item.id, case_id=item.case_id)
    return person


def call_hospital(deed: Acting, item_id: str, why: str, words: str) -> None:
    """Somebody calls a hospital or an ambulance, with her consent where it can be had.

    Raises:
        Blocked: `no_such_value`; `no_reason` without her consent and without words.
        NotAllowed, Stale: the review is not theirs, or done.
    """
    item = held_review(deed, item_id)
    if why not in HOSPITAL:
        raise Blocked("no_such_value")
    if why != "client_agrees" and not words.strip():
        raise Blocked("no_reason")
    _step(deed, item, "hospital", why)
    _note(deed, item.case_id, words)
    audit.note(deed, "call_hospital", "work_item", item.id, case_id=item.case_id, detail=why)


def ask_police(deed: Acting, item_id: str, grounds: str) -> str:
    """Ask a second person whether the police may be told; the id of the question.

    Raises:
        Blocked: `no_reason` without grounds; `no_form` before a person found imminent danger with
            the risk form in this review; `asked_already`.
        NotAllowed, Stale: the review is not theirs, or done.
    """
    item = held_review(deed, item_id)
    if not grounds.strip():
        raise Blocked("no_reason")
    if len(grounds) > risk_forms.LONGEST:
        raise Blocked("too_long")
    forms = risk_forms.history(deed, item.case_id)
    if not forms or forms[0].taken_at < item.opened_at or forms[0].form.level != "imminent":
        raise Blocked("no_form")
    asked = [each for each in _questions(deed, item) if each.state == "pending"]
    if asked:
        raise Blocked("asked_already")
    ident = ask_approval(deed, what=POLICE, words=grounds.strip(), case_id=item.case_id)
    question = work.open_item(
        deed.connection,
        kind=Kind.APPROVAL,
        subject_id=ident,
        case_id=item.case_id,
        district=item.district,
        language=item.language,
        restricted=item.restricted,
        priority=Priority.IMMINENT,
        level=Level.SUPERVISOR,
        now=deed.now,
        actor=deed.who.id,
    )
    alarms.page(deed.parts, deed.connection, question, deed.now)
    audit.note(deed, "ask_police", "approval", ident, case_id=item.case_id)
    return ident


def may_decide(deed: Acting, question: Row[Any]) -> bool:
    """Whether this member may be the second person: not who asked; a supervisor or a psychologist."""
    counts = deed.who.may(Right.SUPERVISE) or "psychologist" in deed.who.skills
    return counts and question.asked_by != deed.who.id


def decide_police(deed: Acting, approval_id: str, becomes: str) -> Row[Any]:
    """A second person agrees, or does not; gives the question as it was.

    Raises:
        Blocked: `own_question` for whoever asked.
        NotAllowed: there is none, or they may not decide it.
        Stale: somebody was faster.
        helpline.cases.states.IllegalMove: neither approved nor rejected.
    """
    question = case_rows.one(deed.connection, "approval", approval_id)
    if question is None or question.what != POLICE:
        raise NotAllowed(approval_id)
    access.find_case(deed, question.case_id)
    if question.asked_by == deed.who.id:
        raise Blocked("own_question")
    if not may_decide(deed, question):
        raise NotAllowed(approval_id)
    answer(
        deed,
        Kind.APPROVAL,
        question.id,
        was=question.state,
        becomes=becomes,
        why=POLICE,
        decided_by=deed.who.id,
        decided_at=deed.now,
    )
    audit.note(deed, becomes, "approval", question.id, case_id=question.case_id, detail=POLICE)
    return question


def tell_police(deed: Acting, item_id: str) -> None:
    """Somebody calls the police, as two people agreed; it is written down that they did.

    Raises:
        Blocked: `not_approved`: no second person agreed since the review began, or it was long ago,
            or it was done already.
        NotAllowed, Stale: the review is not theirs, or done.
    """
    item = held_review(deed, item_id)
    question = agreed(deed, item)
    if question is None or not risk_flags.tell_police(
        deed.connection, question.id, **_columns(deed, item, "two_agreed")
    ):
        raise Blocked("not_approved")
    _told(deed, item, POLICE, "two_agreed")
    audit.note(deed, "tell_police", "approval", question.id, case_id=item.case_id)


def agreed(deed: Acting, item: Row[Any]) -> Row[Any] | None:
    """The question that a second person agreed to and that was not used; none when there is none."""
    told = [
        step.at for step in rows.escalations_of(deed.connection, [item.id]) if step.to == POLICE
    ]
    good = (
        each
        for each in reversed(_questions(deed, item))
        if each.state == "approved"
        and each.decided_by != each.asked_by
        and deed.now - each.decided_at <= GOOD_FOR
        and not any(at >= each.decided_at for at in told)
    )
    return next(good, None)


def questions(deed: Acting, item: Row[Any]) -> list[Row[Any]]:
    """What was asked about the police since this review began, in order."""
    return _questions(deed, item)


def _questions(deed: Acting, item: Row[Any]) -> list[Row[Any]]:
    return [
        each
        for each in case_rows.of_case(deed.connection, "approval", item.case_id)
        if each.what == POLICE and each.asked_at >= item.opened_at
    ]


def _step(deed: Acting, item: Row[Any], to: str, why: str) -> None:
    rows.add_escalation(deed.connection, to=to, **_columns(deed, item, why))
    _told(deed, item, to, why)


def _columns(deed: Acting, item: Row[Any], why: str) -> dict[str, Any]:
    return {
        "id": new_ident(),
        "item_id": item.id,
        "case_id": item.case_id,
        "why": why,
        "by": deed.who.id,
        "priority_was": item.priority,
        "level_was": item.level,
        "owner_was": item.owner_id,
        "at": deed.now,
    }


def _told(deed: Acting, item: Row[Any], to: str, why: str) -> None:
    deed.record("escalation", item.id, was=str(item.level), became=to, why=why)


def _note(deed: Acting, case_id: str, words: str) -> None:
    if not words.strip():
        return
    if len(words) > risk_forms.LONGEST:
        raise Blocked("too_long")
    beside(deed, case_id, words.strip())
