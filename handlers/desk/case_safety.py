"""The safe-contact card on top of a case: what is safe on which phone, and the number when it is needed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import request

from handlers.desk import case_words as words
from handlers.desk import safe_words
from handlers.desk.case_forms import a_day, attempt, said, version
from handlers.desk.language import _
from helpline.cases.references import spoken
from helpline.cases.roles import Right
from helpline.service.desk import contact_words, safe_contact
from helpline.service.desk.cases import Blocked
from helpline.service.desk.contact_words import Card
from helpline.service.desk.safe_contact import Allowed

if TYPE_CHECKING:
    from sqlalchemy import Row

    from handlers.desk.desk import Answer, Desk, Here
    from helpline.service.desk.acting import Acting


def furnish(desk: Desk) -> None:
    """The panel and its forms."""
    desk.case_panel(1, "case/safety.html", _panel)

    @desk.action("/case/<case_id>/phone/<phone_id>/words", Right.CASES, name="case_words")
    def write(here: Here, case_id: str, phone_id: str) -> Answer:
        def act(deed: Acting) -> None:
            contact_words.write(deed, case_id, phone_id, version(), _card())

        return attempt(here, case_id, act, typed=_typed(here), at="safety")

    @desk.action("/case/<case_id>/phone/<phone_id>", Right.CASES, name="case_permit")
    def permit(here: Here, case_id: str, phone_id: str) -> Answer:
        def act(deed: Acting) -> None:
            safe_contact.permit(
                deed,
                case_id,
                phone_id,
                confirmed=_confirmed(),
                said=_allowed(),
            )

        return attempt(here, case_id, act, at="safety")

    @desk.action("/case/<case_id>/phone/<phone_id>/unsafe", Right.CASES, name="case_unsafe")
    def unsafe(here: Here, case_id: str, phone_id: str) -> Answer:
        return attempt(
            here,
            case_id,
            lambda deed: safe_contact.mark_unsafe(deed, case_id, phone_id),
            at="safety",
        )

    @desk.action("/case/<case_id>/phone/<phone_id>/number", Right.UNMASK, name="case_number")
    def number(here: Here, case_id: str, phone_id: str) -> Answer:
        with here.acting() as deed:
            shown = safe_contact.show_number(deed, case_id, phone_id)
        return here.show("case/number.html", number=shown, case_id=case_id)


def _panel(here: Here, deed: Acting, case: Row[Any]) -> dict[str, Any]:
    return {
        "longest": contact_words.LONGEST,
        "phones": safe_contact.phones(deed, case),
        "may_unmask": here.who.may(Right.UNMASK),
        "relations": words.RELATIONS,
        "windows": words.WINDOWS,
        "safe": safe_words,
        "reference": spoken(case.reference),
    }


def _card() -> Card:
    return Card(
        others=said("others").strip(),
        cover=said("cover").strip(),
        safe_word=said("safe_word").strip(),
        danger=said("danger").strip(),
    )


def _allowed() -> Allowed:
    return Allowed(
        relation=said("relation"),
        sole=said("sole") == "yes",
        sms=said("sms") == "yes",
        call=said("call") == "yes",
        signal=said("signal") == "yes",
        message=said("message") == "yes",
        detailed=said("detailed") == "yes",
        window=said("hours").strip() or said("window"),
        weekdays="".join(request.form.getlist("day")),
        caller=said("caller") or "any",
        language=said("language"),
        recheck_on=a_day("recheck_on"),
        until=a_day("until"),
    )


def _confirmed() -> datetime:
    try:
        return datetime.fromisoformat(said("confirmed"))
    except ValueError:
        raise Blocked("no_such_time") from None


def _typed(here: Here) -> dict[str, str]:
    return {
        here.say(_("Who else answers")): said("others"),
        here.say(_("What we say it is about")): said("cover"),
        here.say(_("Safe word")): said("safe_word"),
        here.say(_("When the client says this, hang up")): said("danger"),
    }
