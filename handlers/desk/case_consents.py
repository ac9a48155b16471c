"""What the client agreed to, refused and took back: the ledger on the page of a case, and its forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from handlers.desk.case_forms import attempt, said
from handlers.desk.language import _
from helpline.cases.consents import PURPOSES, ConsentTo
from helpline.cases.references import spoken
from helpline.cases.roles import Right
from helpline.service.desk import consenting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Row

    from handlers.desk.desk import Answer, Desk, Here
    from helpline.service.desk.acting import Acting

WAYS: Final[Mapping[str, str]] = {
    "voice": _("aloud"),
    "paper": _("on paper"),
    "ussd": _("by dialling"),
    "sms": _("by SMS"),
}


def furnish(desk: Desk) -> None:
    """The panel and its forms."""
    desk.case_panel(65, "case/consents.html", _panel)

    @desk.action("/case/<case_id>/consent", Right.CASES, name="case_consent")
    def say(here: Here, case_id: str) -> Answer:
        def act(deed: Acting) -> None:
            consenting.say(
                deed, case_id, said("purpose"), agreed=said("agreed") == "yes", how=said("how")
            )

        return attempt(here, case_id, act, at="consents")

    @desk.action("/case/<case_id>/consent/end", Right.CASES, name="case_consent_end")
    def take_back(here: Here, case_id: str) -> Answer:
        return attempt(
            here,
            case_id,
            lambda deed: consenting.take_back(deed, case_id, said("purpose"), how=said("how")),
            at="consents",
        )


def _panel(here: Here, deed: Acting, case: Row[Any]) -> dict[str, Any]:
    lines = consenting.ledger(deed, case)
    standing = {each.purpose for each in lines if each.given and not each.ended_at}
    return {
        "lines": lines,
        "questions": consenting.questions(deed, case),
        "ends": [purpose for purpose in PURPOSES if purpose in standing],
        "everything": ConsentTo.REGISTRATION,
        "names": {key: asked.name.name(here.language) for key, asked in PURPOSES.items()},
        "ways": WAYS,
        "by_staff": {code: WAYS[code] for code in consenting.WAYS},
        "spoken": spoken,
    }
