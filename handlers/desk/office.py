"""What offices see: one referral through its link, without an account; or theirs, logged in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import redirect, render_template, request, url_for

from handlers.desk import referral_words as names
from handlers.desk.language import LANGUAGES, _, translated
from handlers.desk.referrals import read_answer
from helpline.cases.calendar import local
from helpline.cases.references import spoken
from helpline.cases.roles import Right
from helpline.cases.services import service_name
from helpline.cases.states import IllegalMove
from helpline.service.desk import offices
from helpline.service.desk.offices import NoSuchLink, TooMany
from helpline.service.desk.referrals import Refused
from helpline.service.referral_answers import NotNow

if TYPE_CHECKING:
    from handlers.desk.desk import Answer, Desk, Here
    from helpline.service.desk.offices import Seen
    from helpline.service.parts import Parts


def furnish(desk: Desk) -> None:
    """The pages of this room."""
    desk.link("office", _("Referrals to us"), "office", Right.OFFICE)
    _furnish_link(desk)

    @desk.page("/office", Right.OFFICE)
    def office(here: Here) -> Answer:
        with here.acting() as deed:
            rows = offices.listed(deed)
        return here.show(
            "office/list.html",
            rows=rows,
            names=names,
            called=lambda known, code: names.named(here.language, known, code),
            service_name=lambda code: service_name(code, here.language),
            spoken=spoken,
            when=lambda moment: names.moment(here.language, moment),
        )

    @desk.page("/office/<referral_id>", Right.OFFICE, name="office_referral")
    def one(here: Here, referral_id: str) -> Answer:
        return _show(here, referral_id)

    @desk.action("/office/<referral_id>", Right.OFFICE, name="office_answer")
    def answer(here: Here, referral_id: str) -> Answer:
        try:
            with here.acting() as deed:
                offices.answer(deed, referral_id, read_answer(deed.now))
        except Refused as problem:
            return _show(here, referral_id, problem=str(problem))
        except (NotNow, IllegalMove):
            return _show(here, referral_id, problem="not_now")
        return here.go("office_referral", referral_id=referral_id)


def _furnish_link(desk: Desk) -> None:
    @desk.open("/partner/<token>", methods=("GET", "POST"))
    def partner(token: str) -> Answer:
        language = request.args.get("language", "bn")
        language = language if language in LANGUAGES else "bn"
        problem = ""
        try:
            if request.method == "POST":
                problem = _answer_link(desk.parts, token)
                if not problem:
                    return redirect(url_for("desk.partner", token=token, language=language), 303)
            found = offices.by_link(desk.parts, token, request.remote_addr or "")
        except NoSuchLink:
            return _stranger("office/no_link.html", language), 404
        except TooMany:
            return _stranger("office/too_many.html", language), 429
        return render_template(
            "desk/office/link.html",
            action=url_for("desk.partner", token=token, language=language),
            other=url_for("desk.partner", token=token, language=_other(language)),
            other_language=_other(language),
            token=lambda: "",
            **_values(desk.parts, language, found, problem),
        ), 422 if problem else 200


def _answer_link(parts: Parts, token: str) -> str:
    """Do what the form says; a code for what is wrong with it."""
    try:
        said = read_answer(parts.clock())
        offices.answer_link(parts, token, request.remote_addr or "", said)
    except Refused as problem:
        return str(problem)
    except (NotNow, IllegalMove):
        return "not_now"
    return ""


def _show(here: Here, referral_id: str, *, problem: str = "") -> Answer:
    with here.acting() as deed:
        found = offices.seen(deed, referral_id)
        values = _values(here.parts, here.language, found, problem)
    del values["_"], values["language"], values["who"]
    return here.show(
        "office/own.html",
        422 if problem else 200,
        action=url_for("desk.office_answer", referral_id=referral_id),
        **values,
    )


def _values(parts: Parts, language: str, found: Seen, problem: str) -> dict[str, Any]:
    row = found.row
    return {
        "_": lambda text: translated(language, text),
        "language": language,
        "who": None,
        "row": row,
        "provider": found.provider.name_en if language == "en" else found.provider.name_bn,
        "service": service_name(row.service, language),
        "fields": names.told(language, parts.places, found.fields, hide_phone=False),
        "may": found.may,
        "problem": problem,
        "names": names,
        "called": lambda known, code: names.named(language, known, code),
        "when": lambda moment: names.moment(language, moment),
        "today": local(parts.clock()).date(),
    }


def _stranger(template: str, language: str) -> str:
    return render_template(
        f"desk/{template}",
        who=None,
        language=language,
        _=lambda text: translated(language, text),
    )


def _other(language: str) -> str:
    return "bn" if language == "en" else "en"
