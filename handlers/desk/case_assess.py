"""Assessing somebody's needs, in two steps: how she is; then, if she can, what she needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request

from handlers.desk import case_words as words
from handlers.desk.case_forms import attempt
from handlers.desk.violence import at_once
from helpline.cases.needs import CURRENT, INSTRUMENTS, suggestions
from helpline.cases.questions import NotAnAnswer
from helpline.cases.references import spoken
from helpline.cases.roles import Right
from helpline.service.desk import access, assessments, cases
from helpline.service.desk.cases import Blocked

if TYPE_CHECKING:
    from sqlalchemy import Row

    from handlers.desk.desk import Answer, Desk, Here
    from helpline.service.desk.acting import Acting

_ASKED = INSTRUMENTS[CURRENT]


def furnish(desk: Desk) -> None:
    """The panel and its pages."""
    desk.case_panel(25, "case/assessments.html", _panel)

    @desk.page("/case/<case_id>/assess", Right.CASES, name="assess")
    def first(here: Here, case_id: str) -> Answer:
        return _ask(here, case_id, _ASKED.first, {}, last=False)

    @desk.action("/case/<case_id>/assess/next", Right.CASES, name="assess_next")
    def second(here: Here, case_id: str) -> Answer:
        answers = _answers()
        return _ask(here, case_id, _ASKED.after(answers), answers, last=True)

    @desk.action("/case/<case_id>/assess/back", Right.CASES, name="assess_back")
    def before(here: Here, case_id: str) -> Answer:
        return _ask(here, case_id, _ASKED.first, _answers(), last=False)

    @desk.action("/case/<case_id>/assess", Right.CASES, name="assess_keep")
    def keep(here: Here, case_id: str) -> Answer:
        def act(deed: Acting) -> None:
            try:
                assessments.take(deed, case_id, CURRENT, _answers())
            except NotAnAnswer:
                raise Blocked("no_such_value") from None

        return attempt(here, case_id, act, at="assessments")


def _ask(
    here: Here, case_id: str, families: Any, answers: dict[str, list[str]], *, last: bool
) -> Answer:
    shown = {question.code for family in families for question in family.questions}
    to_think = suggestions(answers) if last else ()
    with here.acting() as deed:
        case = access.open_case(deed, case_id, action="assess")
        return here.show(
            "case/assess.html",
            case=case,
            reference=spoken(case.reference),
            families=families,
            answers=answers,
            elsewhere={code: said for code, said in answers.items() if code not in shown},
            distressed=last and _ASKED.distressed(answers),
            suggested=[words.named(here, words.SUGGESTIONS, code) for code in to_think],
            last=last,
            **(at_once(here, case) if "safety_first" in to_think else {}),
        )


def _answers() -> dict[str, list[str]]:
    known = {question.code for family in _ASKED.families for question in family.questions}
    return {code: request.form.getlist(code) for code in known if request.form.getlist(code)}


def _panel(here: Here, deed: Acting, case: Row[Any]) -> dict[str, Any]:
    taken, first = assessments.history(deed, case.id), assessments.identified(deed, case)
    staff = [each.staff_id for each in taken] + ([first.staff_id] if first else [])
    names = cases.staff_names(deed.parts.ring, deed.connection, staff)
    now = suggestions(taken[0].answers) if taken else ()
    return {
        **(at_once(here, case) if "safety_first" in now else {}),
        "first": first,
        "registered_by": names.get(first.staff_id, "") if first else "",
        "taken": [
            {
                "row": each,
                "by": names.get(each.staff_id or "", ""),
                "said": _said(here, each),
                "suggested": [
                    words.named(here, words.SUGGESTIONS, code) for code in suggestions(each.answers)
                ],
            }
            for each in taken
        ],
    }


def _said(here: Here, taken: assessments.Assessed) -> list[tuple[str, list[tuple[str, str]]]]:
    """Questions and answers in words, under the names of their families."""
    families = []
    for family in INSTRUMENTS[taken.instrument].families:
        lines = [
            (
                question.name(here.language),
                ", ".join(
                    choice.name(here.language)
                    for choice in question.choices
                    if choice.code in taken.answers[question.code]
                ),
            )
            for question in family.questions
            if question.code in taken.answers
        ]
        if lines:
            families.append((family.name(here.language), lines))
    return families
