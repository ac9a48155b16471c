"""A new secret number for a client who forgot hers: the panel on the page of a case, and the code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.desk import case_words as words
from handlers.desk.case_forms import attempt, said
from handlers.desk.people_words import PROOFS
from helpline.cases.calendar import local
from helpline.cases.roles import Right
from helpline.service.desk import new_pins, safe_contact

if TYPE_CHECKING:
    from sqlalchemy import Row

    from handlers.desk.desk import Answer, Desk, Here
    from helpline.service.desk.acting import Acting


def furnish(desk: Desk) -> None:
    """The panel and its form."""
    desk.case_panel(66, "secret_number/panel.html", _panel)

    @desk.action("/case/<case_id>/phone/<phone_id>/secret", Right.NEW_PIN, name="case_new_pin")
    def allow(here: Here, case_id: str, phone_id: str) -> Answer:
        given: list[new_pins.Code] = []

        def act(deed: Acting) -> None:
            given.append(new_pins.allow(deed, case_id, phone_id, said("reason")))

        answer = attempt(here, case_id, act)
        if not given:
            return answer
        return here.show(
            "secret_number/code.html",
            code=given[0],
            until=f"{local(given[0].until):%H:%M}",
            dial=here.parts.short_code,
            case_id=case_id,
        )


def _panel(here: Here, deed: Acting, case: Row[Any]) -> dict[str, Any] | None:
    """Shown to those who may, while there is a phone of the client that may have a secret number."""
    if case.stage == "closed" or not case.person_id or not here.who.may(Right.NEW_PIN):
        return None
    if not new_pins.may_allow(deed, case):
        return None
    phones = [each for each in safe_contact.phones(deed, case) if each.known and not each.ended]
    return {"phones": phones, "reasons": PROOFS, "words": words} if phones else None
