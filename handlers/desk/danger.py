"""A review of danger: what was noticed, the risk form, the steps of the ladder, and how it ends."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from flask import request

from handlers.desk import alarm_words, case_words
from handlers.desk import danger_words as words
from handlers.desk.case_forms import attempt, said
from handlers.desk.language import _
from handlers.desk.queue import has_it
from handlers.desk.violence import at_once
from helpline.cases.references import spoken
from helpline.cases.risk_form import CURRENT, RISK_FORMS, speaks_of_suicide, suggested
from helpline.cases.roles import Right
from helpline.cases.work import Kind
from helpline.service.desk import (
    access,
    cases,
    debriefs,
    queue,
    rescue,
    risk_forms,
    risk_reviews,
)
from helpline.service.desk.queue import Taken
from helpline.service.desk.risk_forms import Trusted
from helpline.service.desk.safe_contact import masked
from helpline.store.desk import risk_flags

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Row

    from handlers.desk.desk import Answer, Desk, Here
    from helpline.service.desk.acting import Acting


_KEPT: Final = ("why", "agreed_words", "trusted_name", "trusted_number", "cover")
"""What was written in the second step, for whoever goes back to the first and on again."""


def furnish(desk: Desk) -> None:
    """The pages of this room."""
    desk.item_panel(Kind.RISK_REVIEW, "danger/review.html", _review)
    desk.case_panel(26, "danger/forms.html", _forms)
    _asking(desk)
    _ending(desk)
    _calling(desk)
    _police(desk)
    _debriefing(desk)


def _asking(desk: Desk) -> None:
    @desk.page("/case/<case_id>/risk", Right.CASES, name="risk_form")
    def first(here: Here, case_id: str) -> Answer:
        return _ask(here, case_id, {}, last=False)

    @desk.action("/case/<case_id>/risk/next", Right.CASES, name="risk_form_next")
    def second(here: Here, case_id: str) -> Answer:
        return _ask(here, case_id, _answers(), last=True)

    @desk.action("/case/<case_id>/risk/back", Right.CASES, name="risk_form_back")
    def before(here: Here, case_id: str) -> Answer:
        return _ask(here, case_id, _answers(), last=False)

    @desk.action("/case/<case_id>/risk", Right.CASES, name="risk_form_keep")
    def keep(here: Here, case_id: str) -> Answer:
        def act(deed: Acting) -> None:
            risk_reviews.keep_form(
                deed,
                case_id,
                _answers(),
                level=said("level"),
                why=said("why"),
                agreed=said("agreed_words"),
                trusted=Trusted(said("trusted_name"), said("trusted_number"), said("cover")),
                restrict=said("restrict") == "yes",
                supervisor_id=said("supervisor_id"),
                ends=said("ends") == "yes",
            )

        typed = {
            here.say(_("What was agreed")): said("agreed_words"),
            here.say(_("Why another level")): said("why"),
            here.say(_("Words to say when we ask for this person")): said("cover"),
        }
        try:
            return attempt(
                here,
                case_id,
                act,
                typed=typed,
                at="risk-forms",
                page=lambda: _ask(here, case_id, _answers(), last=True),
            )
        except Taken as taken:
            return has_it(here, taken)


def _ending(desk: Desk) -> None:
    @desk.action("/item/<item_id>/danger/end", Right.WORK, name="danger_end")
    def end(here: Here, item_id: str) -> Answer:
        return _do(here, item_id, lambda deed: risk_reviews.end(deed, item_id))

    @desk.action("/item/<item_id>/danger/no-form", Right.WORK, name="danger_no_form")
    def no_form(here: Here, item_id: str) -> Answer:
        return _do(
            here,
            item_id,
            lambda deed: risk_reviews.without_form(
                deed, item_id, why=said("why"), words=said("words")
            ),
        )


def _calling(desk: Desk) -> None:
    @desk.action("/item/<item_id>/danger/trusted", Right.UNMASK, name="danger_trusted")
    def trusted(here: Here, item_id: str) -> Answer:
        found: list[Trusted] = []

        def act(deed: Acting) -> None:
            found.append(rescue.call_trusted(deed, item_id))

        answer = _do(here, item_id, act)
        if not found:
            return answer
        return here.show("danger/trusted.html", person=found[0], item_id=item_id)

    @desk.action("/item/<item_id>/danger/hospital", Right.WORK, name="danger_hospital")
    def hospital(here: Here, item_id: str) -> Answer:
        return _do(
            here,
            item_id,
            lambda deed: rescue.call_hospital(deed, item_id, said("why"), said("words")),
        )


def _police(desk: Desk) -> None:
    @desk.action("/item/<item_id>/danger/police/ask", Right.WORK, name="police_ask")
    def ask(here: Here, item_id: str) -> Answer:
        return _do(here, item_id, lambda deed: rescue.ask_police(deed, item_id, said("words")))

    @desk.action("/case/<case_id>/police/<approval_id>", Right.WORK, name="police_decide")
    def decide(here: Here, case_id: str, approval_id: str) -> Answer:
        return attempt(
            here,
            case_id,
            lambda deed: rescue.decide_police(deed, approval_id, said("becomes")),
            at="police",
        )

    @desk.action("/item/<item_id>/danger/police", Right.WORK, name="police_tell")
    def tell(here: Here, item_id: str) -> Answer:
        return _do(here, item_id, lambda deed: rescue.tell_police(deed, item_id))


def _debriefing(desk: Desk) -> None:
    @desk.action("/debrief/<ident>/<item_id>", Right.SUPERVISE, name="debrief")
    def debrief(here: Here, ident: str, item_id: str) -> Answer:
        with here.acting() as deed, suppress(cases.Blocked):
            if said("becomes") == "waived":
                debriefs.waive(deed, ident, said("why"))
            else:
                debriefs.hold(deed, ident, said("outcome"))
        return here.go("item", item_id=item_id)


def _do(here: Here, item_id: str, act: Callable[[Acting], object]) -> Answer:
    """Do something to a review and go back to its case; or say what hindered it."""
    with here.acting() as deed:
        case_id = queue.seen(deed, item_id).case_id
    try:
        return attempt(
            here,
            case_id,
            act,
            typed={here.say(_("What you wrote")): said("words")},
            to={"item": item_id},
        )
    except Taken as taken:
        return has_it(here, taken)


def _answers() -> dict[str, list[str]]:
    return risk_forms.answers_of({code: request.form.getlist(code) for code in request.form})


def _ask(here: Here, case_id: str, answers: dict[str, list[str]], *, last: bool) -> Answer:
    with here.acting() as deed:
        case = access.open_case(deed, case_id, action="assess")
        review = risk_reviews.review_of(deed, case_id)
        known = RISK_FORMS[CURRENT]
        return here.show(
            "danger/form.html",
            case=case,
            reference=spoken(case.reference),
            families=known.families,
            answers=answers,
            last=last,
            suggested=suggested(answers) if last else "",
            hide=last and speaks_of_suicide(answers) and not case.restricted,
            may_call=answers.get("may_call") == ["yes"],
            kept={name: said(name) for name in _KEPT},
            supervisors=cases.supervisors(deed),
            review=review,
            longest=risk_forms.LONGEST,
            words=words,
        )


def _review(here: Here, deed: Acting, item: Row[Any]) -> dict[str, Any]:
    case = access.find_case(deed, item.case_id)
    forms = [each for each in risk_forms.history(deed, case.id) if each.taken_at >= item.opened_at]
    asked = rescue.questions(deed, item)
    ring = deed.parts.ring
    names = cases.staff_names(
        ring, deed.connection, [who for each in asked for who in (each.asked_by, each.decided_by)]
    )
    trusted = risk_forms.trusted(deed, case.id)
    return {
        "signs": risk_flags.waiting(deed.connection, item.id),
        **at_once(here, case),
        "level": forms[0].form.level if forms else "",
        "acts": item.state == "claimed"
        and (item.owner_id == here.who.id or here.who.may(Right.SUPERVISE)),
        "trusted": trusted,
        "trusted_number": masked(trusted.number) if trusted else "",
        "asked": [
            (each, ring.unseal_text(each.words, "approval.words", each.id)) for each in asked
        ],
        "names": names,
        "decides": {each.id for each in asked if rescue.may_decide(deed, each)},
        "agreed": rescue.agreed(deed, item) if item.state != "done" else None,
        "longest": risk_forms.LONGEST,
        "danger_words": words,
        "alarm_words": alarm_words,
    }


def _forms(here: Here, deed: Acting, case: Row[Any]) -> dict[str, Any]:
    gone = risk_forms.history(deed, case.id)
    names = cases.staff_names(deed.parts.ring, deed.connection, [each.staff_id for each in gone])
    return {
        "gone": [
            {"row": each, "by": names.get(each.staff_id or "", ""), "said": _said(here, each)}
            for each in gone
        ],
        "danger_words": words,
        "words": case_words,
    }


def _said(here: Here, gone: risk_forms.Gone) -> list[tuple[str, str]]:
    """Questions and answers in words."""
    return [
        (
            question.name(here.language),
            ", ".join(
                choice.name(here.language)
                for choice in question.choices
                if choice.code in gone.form.answers[question.code]
            ),
        )
        for family in RISK_FORMS[gone.instrument].families
        for question in family.questions
        if question.code in gone.form.answers
    ]
