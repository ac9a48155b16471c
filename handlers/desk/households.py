"""The family of a client: members who registered themselves, dependants without a name; and what they ask of us."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.desk import households_words as words
from handlers.desk.case_forms import attempt, said
from helpline.cases.references import spoken
from helpline.cases.roles import Right
from helpline.cases.work import Kind
from helpline.service.desk import access, households
from helpline.store import own

if TYPE_CHECKING:
    from sqlalchemy import Row

    from handlers.desk.desk import Answer, Desk, Here
    from helpline.service.desk.acting import Acting


def furnish(desk: Desk) -> None:
    """The panel of a case, and those of work that somebody asked for behind their secret number."""
    desk.case_panel(45, "households/panel.html", _panel)
    desk.item_panel(Kind.DEPENDANT, "households/dependant.html", _dependant)
    desk.item_panel(Kind.ERASURE, "households/erasure.html", _erasure)
    desk.item_panel(Kind.FEEDBACK, "households/feedback.html", _feedback)

    @desk.action("/case/<case_id>/household", Right.CASES, name="household_join")
    def join(here: Here, case_id: str) -> Answer:
        return attempt(
            here,
            case_id,
            lambda deed: households.join(deed, case_id, said("reference")),
            at="family",
        )

    @desk.action("/case/<case_id>/household/leave", Right.CASES, name="household_leave")
    def leave(here: Here, case_id: str) -> Answer:
        return attempt(
            here, case_id, lambda deed: households.leave(deed, case_id, said("other")), at="family"
        )

    @desk.action("/case/<case_id>/dependant", Right.CASES, name="dependant_add")
    def add(here: Here, case_id: str) -> Answer:
        def act(deed: Acting) -> None:
            households.add_dependant(
                deed, case_id, relation=said("relation"), age=said("age"), need=said("need")
            )

        return attempt(here, case_id, act, at="family")

    @desk.action("/case/<case_id>/dependant/remove", Right.CASES, name="dependant_remove")
    def remove(here: Here, case_id: str) -> Answer:
        return attempt(
            here,
            case_id,
            lambda deed: households.remove_dependant(deed, case_id, said("one")),
            at="family",
        )


def _panel(_here: Here, deed: Acting, case: Row[Any]) -> dict[str, Any] | None:
    if not case.person_id:
        return None
    return {"kin": households.kin(deed, case), "spoken": spoken, "family": words}


def _dependant(_here: Here, deed: Acting, row: Row[Any]) -> dict[str, Any] | None:
    case = access.find_case(deed, row.case_id)
    told = own.dependants(deed.connection, [case.person_id]) if case.person_id else ()
    found = next((each for each in told if each.id == row.subject_id), None)
    return {"one": found, "family": words}


def _erasure(here: Here, _deed: Acting, _row: Row[Any]) -> dict[str, Any]:
    return {"may_erase": here.who.may(Right.ERASE)}


def _feedback(_here: Here, _deed: Acting, _row: Row[Any]) -> dict[str, Any]:
    return {}
