"""Notes, contacts written down by hand, and the timeline they become part of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request

from handlers.desk import case_events as events
from handlers.desk import case_words as words
from handlers.desk.case_forms import attempt, said, whole
from handlers.desk.language import _
from helpline.cases.references import spoken
from helpline.cases.roles import Right
from helpline.service.desk import access, notes, safe_contact, timeline

if TYPE_CHECKING:
    from sqlalchemy import Row

    from handlers.desk.desk import Answer, Desk, Here
    from helpline.service.desk.acting import Acting


def furnish(desk: Desk) -> None:
    """The panels and their forms."""
    desk.case_panel(10, "case/notes.html", _notes)
    desk.case_panel(90, "case/timeline.html", _timeline)

    @desk.action("/case/<case_id>/note", Right.CASES, name="case_note")
    def note(here: Here, case_id: str) -> Answer:
        return attempt(
            here,
            case_id,
            lambda deed: notes.write(deed, case_id, said("words"), corrects=said("corrects")),
            typed={here.say(_("Note")): said("words")},
            at="notes",
        )

    @desk.action("/case/<case_id>/contact", Right.CASES, name="case_contact")
    def contact(here: Here, case_id: str) -> Answer:
        def act(deed: Acting) -> None:
            notes.contact(
                deed,
                case_id,
                channel=said("channel"),
                direction=said("direction"),
                disposition=said("disposition"),
                minutes=whole(said("minutes")),
                phone_id=said("phone_id"),
                words=said("words"),
            )

        return attempt(here, case_id, act, typed={here.say(_("Note")): said("words")}, at="notes")

    @desk.page("/case/<case_id>/timeline", Right.CASES, name="case_timeline")
    def older(here: Here, case_id: str) -> Answer:
        number = max(1, whole(request.args.get("page", "1")))
        with here.acting() as deed:
            case = access.open_case(deed, case_id)
            entries, more = timeline.page(deed, case, number)
        return here.show(
            "case/timeline_page.html",
            case=case,
            reference=spoken(case.reference),
            entries=entries,
            more=more,
            number=number,
            words=words,
            events=events,
        )


def _notes(here: Here, deed: Acting, case: Row[Any]) -> dict[str, Any]:  # noqa: ARG001
    return {
        "phones": safe_contact.phones(deed, case),
        "longest": notes.LONGEST,
    }


def _timeline(here: Here, deed: Acting, case: Row[Any]) -> dict[str, Any]:  # noqa: ARG001
    entries, more = timeline.page(deed, case)
    return {"entries": entries, "more": more, "number": 1, "events": events}
