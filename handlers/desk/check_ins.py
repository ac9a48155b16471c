"""Check-ins at the desk: how the scores went, what a low one asks for, one filled in during a call.

And the short screening of needs that somebody answered on the phone, as a piece of work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import request

from handlers.desk import case_words, queue_words
from handlers.desk import check_ins_words as words
from handlers.desk.case_forms import attempt
from handlers.desk.check_ins_trend import drawn
from helpline.cases.needs import services_for, suggestions
from helpline.cases.needs_short import NEEDS_SHORT_1
from helpline.cases.references import spoken
from helpline.cases.roles import Right
from helpline.cases.services import service_name
from helpline.cases.work import Kind
from helpline.data.load import load_instrument
from helpline.flow.words import Menu
from helpline.i18n import translator
from helpline.service.desk import access, assessments, cases, check_ins
from menus.check_in import CHECK_IN, INSTRUMENT, QUESTIONS

if TYPE_CHECKING:
    from sqlalchemy import Row

    from handlers.desk.desk import Answer, Desk, Here
    from helpline.service.desk.acting import Acting

_ASKED: Final = {
    screen.name: screen
    for screen in CHECK_IN.screens
    if isinstance(screen, Menu) and screen.name in QUESTIONS
}
"""The questions as callers hear them, by their codes."""


def furnish(desk: Desk) -> None:
    """The pages of this room."""
    desk.case_panel(26, "check_ins/panel.html", _panel)
    desk.item_panel(Kind.CHECK_IN, "check_ins/item.html", _low)
    desk.item_panel(Kind.NEEDS, "check_ins/needs.html", _needs)

    @desk.page("/case/<case_id>/check-in", Right.CASES, name="check_in")
    def ask(here: Here, case_id: str) -> Answer:
        return _ask(here, case_id)

    @desk.action("/case/<case_id>/check-in", Right.CASES, name="check_in_keep")
    def keep(here: Here, case_id: str) -> Answer:
        said = {code: request.form.get(code, "") for code in QUESTIONS}

        def act(deed: Acting) -> None:
            check_ins.take(deed, case_id, INSTRUMENT, said)

        return attempt(here, case_id, act, at="check-ins", page=lambda: _ask(here, case_id))


def _ask(here: Here, case_id: str) -> Answer:
    with here.acting() as deed:
        case = access.open_case(deed, case_id, action="assess")
        return here.show(
            "check_ins/form.html",
            case=case,
            reference=spoken(case.reference),
            questions=_questions(here),
        )


def _questions(here: Here) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Each question with its answers, in the words callers hear."""
    say = translator(here.language)
    return [(code, say(_ASKED[code].text), _choices(here, _ASKED[code])) for code in QUESTIONS]


def _choices(here: Here, asked: Menu) -> list[tuple[str, str]]:
    say = translator(here.language)
    return [(option.value, say(str(option.text))) for option in asked.options]


def _panel(here: Here, deed: Acting, case: Row[Any]) -> dict[str, Any]:
    by_version = check_ins.history(deed, case.id)
    staff = [each.staff_id for several in by_version.values() for each in several]
    names = cases.staff_names(deed.parts.ring, deed.connection, staff)
    trends = [
        drawn(here, load_instrument(key), several, names) for key, several in by_version.items()
    ]
    return {"trends": trends, "names": words}


def _low(here: Here, deed: Acting, item: Row[Any]) -> dict[str, Any]:
    """Somebody checked in with low scores: which, by which version, and what could be done."""
    checked = check_ins.of_item(deed, item)
    shown: dict[str, Any] = {"words": queue_words, "names": words, "checked": checked, "steps": ()}
    if checked is None:
        return shown
    result = checked.result
    return {
        **shown,
        "taken": case_words.when(here, checked.taken_at),
        "by_phone": checked.staff_id is None,
        "scores": [
            (case_words.named(here, words.DIMENSIONS, each), value, each in result.low)
            for each, value in result.scores.items()
        ],
        "steps": [
            (code, case_words.named(here, words.TASKS, code), words.SERVICES.get(code, ""))
            for code in result.tasks
        ],
        "distress": bool(result.distress),
    }


def _needs(here: Here, deed: Acting, item: Row[Any]) -> dict[str, Any]:
    """What somebody said on the phone, and which services that points to.

    They stay in the case in which they were said, also when the work has moved to another.
    """
    taken = next(
        (
            each
            for each in assessments.history(deed, item.subject_id)
            if each.instrument == NEEDS_SHORT_1.key
        ),
        None,
    )
    shown: dict[str, Any] = {"words": queue_words, "names": words, "taken": taken, "said": ()}
    if taken is None:
        return shown
    suggested = suggestions(taken.answers)
    return {
        **shown,
        "when": case_words.when(here, taken.taken_at),
        "said": [
            (question.name(here.language), choice.name(here.language), choice.distress)
            for family in NEEDS_SHORT_1.families
            for question in family.questions
            for choice in question.choices
            if choice.code in taken.answers.get(question.code, ())
        ],
        "suggested": [case_words.named(here, case_words.SUGGESTIONS, code) for code in suggested],
        "services": [(code, service_name(code, here.language)) for code in services_for(suggested)],
        "distressed": NEEDS_SHORT_1.distressed(taken.answers),
    }
