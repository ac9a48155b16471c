"""The way in: log in, enrol, where to go first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import segno
from flask import redirect, request, url_for
from markupsafe import Markup

from handlers.desk.desk import COOKIE, form_token, is_ours, set_cookie
from handlers.desk.language import _
from helpline.cases.passwords import SHORTEST
from helpline.cases.roles import Right
from helpline.service.desk import login, own_account
from helpline.service.desk.accounts import Unfit
from helpline.service.desk.acting import NotAllowed

if TYPE_CHECKING:
    from handlers.desk.desk import Answer, Desk, Here

FAULTS: Final = {
    "short": _("A password needs at least {count} characters."),
    "long": _("This password is too long."),
    "username": _("The password must not be your username."),
    "common": _("Too many people use this password. Please choose another one."),
    "different": _("The two passwords are not the same."),
    "code": _("This code is not right. Wait for the next one in the app, then type it."),
    "pin": _("A PIN has 6 to 12 digits, not all alike and not in a row."),
    "current": _("Your present password is not right."),
    "wait": _("Too many wrong passwords. Please wait a quarter of an hour."),
}
"""What is said to somebody who chose or typed something that will not do."""


def furnish(desk: Desk) -> None:
    """The pages of this room."""
    _log_in(desk)
    _enrolment(desk)

    @desk.page("", Right.SELF)
    def home(here: Here) -> Answer:
        first = next((link for link in desk.links if here.who.may(link.right)), None)
        return here.go(first.endpoint if first else "account")


def _log_in(desk: Desk) -> None:
    @desk.open("/log-in")
    def log_in() -> Answer:
        return desk.greet("entrance/log_in.html")

    @desk.open("/log-in", methods=("POST",))
    def log_in_with_password() -> Answer:
        username = request.form.get("username", "")
        entry = login.enter(
            desk.parts,
            username,
            request.form.get("password", ""),
            request.remote_addr or "",
            before=request.cookies.get(COOKIE, ""),
        )
        if not entry.token:
            return _refused("entrance/log_in.html", entry.wait, username=username)
        onward = redirect(url_for("desk.ask_code"), 303)
        return set_cookie(onward, entry.token, secure=desk.secure)

    @desk.open("/log-in/code")
    def ask_code() -> Answer:
        who = login.waiting(desk.parts, request.cookies.get(COOKIE, ""))
        if who is None:
            return redirect(url_for("desk.log_in"), 303)
        return desk.greet("entrance/code.html", language=who.member.language)

    @desk.open("/log-in/code", methods=("POST",))
    def log_in_with_code() -> Answer:
        token = request.cookies.get(COOKIE, "")
        who = login.waiting(desk.parts, token)
        if who is None or not is_ours(form_token(token)):
            return redirect(url_for("desk.log_in"), 303)
        entry = login.prove(desk.parts, token, request.form.get("code", ""))
        if not entry.token:
            return _refused("entrance/code.html", entry.wait, language=who.member.language)
        return set_cookie(redirect(url_for("desk.home"), 303), entry.token, secure=desk.secure)

    def _refused(template: str, wait: int, *, language: str = "", username: str = "") -> Answer:
        return desk.greet(
            template,
            429 if wait else 401,
            language=language,
            refused=True,
            wait=wait,
            username=username,
        )


def _enrolment(desk: Desk) -> None:
    @desk.open("/invitation/<token>")
    def invitation(token: str) -> Answer:
        return _invitation(token)

    @desk.open("/invitation/<token>", methods=("POST",))
    def enrol(token: str) -> Answer:
        fields = (request.form.get(name, "") for name in ("password", "again", "code"))
        try:
            entered = own_account.enrol(desk.parts, token, *fields)
        except Unfit as unfit:
            return _invitation(token, say_of(unfit))
        except NotAllowed:
            return _invitation(token)
        return set_cookie(redirect(url_for("desk.home"), 303), entered, secure=desk.secure)

    def _invitation(token: str, wrong: str = "") -> Answer:
        found = own_account.invitation(desk.parts, token)
        if found is None:
            return desk.greet("entrance/no_invitation.html", 404)
        language = request.values.get("language") or found.language
        return desk.greet(
            "entrance/invitation.html",
            422 if wrong else 200,
            language=language if language in ("bn", "en") else "bn",
            invitation=found,
            token_of_link=token,
            groups=[found.secret[at : at + 4] for at in range(0, len(found.secret), 4)],
            picture=_picture(found.link),
            shortest=SHORTEST,
            wrong=wrong,
        )


def _picture(link: str) -> Markup:
    """What a telephone scans, in the page itself: no other address ever hears the secret."""
    drawn = segno.make(link, micro=False).svg_inline(scale=5, omitsize=True, svgclass=None)
    return Markup(drawn)  # noqa: S704  made of numbers only


def say_of(unfit: Unfit) -> str:
    """The text for what will not do, not yet in the language of the page."""
    by_field = {"code": "code", "current": "current"}
    key = unfit.why if unfit.why in FAULTS else by_field.get(unfit.field, unfit.why)
    return FAULTS[key]
