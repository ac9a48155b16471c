"""Writing an SMS to a client: where it may go, what it costs, whether it is neutral."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from handlers.desk import case_words as words
from handlers.desk.case_forms import back, refused, said
from helpline.cases.references import spoken
from helpline.cases.roles import Right
from helpline.cases.wording import CANNED, REFUSED, codes
from helpline.flow.lettering import Unit, carries, units
from helpline.service.desk import access, writing
from helpline.service.desk.cases import Blocked
from helpline.service.desk.safe_contact import masked
from helpline.service.desk.writing import NotNeutral

if TYPE_CHECKING:
    from sqlalchemy import Row

    from handlers.desk.desk import Answer, Desk, Here
    from helpline.service.desk.acting import Acting

_BEYOND = 0x2100
"""All letters of GSM-7 are below this code point."""


def furnish(desk: Desk) -> None:
    """The panel and its form."""
    desk.case_panel(12, "case/text.html", _panel)

    @desk.action("/case/<case_id>/text", Right.CASES, name="case_text")
    def write(here: Here, case_id: str) -> Answer:
        text, language = said("words"), said("language")
        if said("count"):
            return _checked(here, case_id, text, language)
        try:
            with here.acting() as deed:
                writing.send_text(
                    deed, case_id, text, language, said("reason"), phone_id=said("phone_id")
                )
        except NotNeutral as telling:
            return _again(here, case_id, telling.warnings, refused=telling.refused)
        except Blocked as blocked:
            return refused(here, case_id, blocked.obstacles)
        return back(here, case_id, "write")


def _checked(here: Here, case_id: str, text: str, language: str) -> Answer:
    """What a text costs and tells, before anything is sent."""
    with here.acting() as deed:
        found = writing.told(
            deed, access.find_case(deed, case_id), text, language, said("phone_id")
        )
    return _again(here, case_id, found, refused=bool(REFUSED & set(codes(found))))


def _panel(here: Here, deed: Acting, case: Row[Any]) -> dict[str, Any] | None:
    if case.stage == "closed":
        return None
    return {"form": _form(here, deed, case), "words": words}


def _form(here: Here, deed: Acting, case: Row[Any]) -> dict[str, Any]:
    ways = writing.ways(deed, case)
    open_ways = [way for way in ways if not way.why_not]
    basic, extended = gsm7()
    return {
        "ways": [(way.phone_id, masked(way.number)) for way in open_ways],
        "closed": [
            (masked(way.number), words.named(here, words.OBSTACLES, way.why_not))
            for way in ways
            if way.why_not
        ],
        "language": "en" if case.language == "en" else "bn",
        "canned": {language: [each.name(language) for each in CANNED] for language in ("bn", "en")},
        "longest": writing.LONGEST,
        "basic": basic,
        "extended": extended,
    }


def _again(here: Here, case_id: str, found: list[str], *, refused: bool) -> Answer:
    """The form once more, with what was typed, what it costs and what in it is not neutral."""
    with here.acting() as deed:
        case = access.find_case(deed, case_id)
        form = _form(here, deed, case) | {
            "words": said("words"),
            "language": said("language"),
            "phone_id": said("phone_id"),
            "reason": said("reason"),
        }
        return here.show(
            "case/text_again.html",
            422 if found and not said("count") else 200,
            case=case,
            reference=spoken(case.reference),
            form=form,
            cost=writing.cost(said("words")),
            warnings=[_told(here, each) for each in found],
            neutral=not found and bool(said("words").strip()),
            refused=refused,
            asks_reason=bool(found) and not refused,
            words=words,
        )


def _told(here: Here, warning: str) -> tuple[str, str]:
    code, _colon, word = warning.partition(":")
    return words.named(here, words.WARNINGS, code), word


@cache
def gsm7() -> tuple[str, str]:
    """The letters that an SMS of 160 may have, and those of them that count twice: for the live count."""
    letters = [letter for letter in map(chr, range(_BEYOND)) if carries(letter, Unit.SEPTETS)]
    extended = "".join(letter for letter in letters if units(letter, Unit.SEPTETS) > 1)
    return "".join(letter for letter in letters if letter not in extended), extended
