"""The demo's own way in: who works there, how to log in, and a button that does it. It is nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, request, url_for

from handlers.desk import demo_callers, demo_office
from handlers.desk.desk import COOKIE, set_cookie
from handlers.desk.language import _
from handlers.desk.staff import ROLES, SEXES
from helpline.service.desk import audit, own_account, sessions
from helpline.service.desk.acting import acting
from helpline.settings import Mode

if TYPE_CHECKING:
    from handlers.desk.desk import Answer, Desk
    from helpline.service.parts import Parts
    from helpline.settings import Settings

WHAT_FOR = {
    "farzana": _("Supervises, and is called first when something is urgent"),
    "selim": _("Supervises, and is called second"),
    "nasrin": _("Talks with clients; some ask for a woman"),
    "kamal": _("Talks with clients; has a referral under way"),
    "sultana": _("Takes what counsellors hand on to a specialist"),
    "rokeya": _("Reads the reports, and opens no case"),
    "anwar": _("Keeps the accounts, and opens no case"),
    "hasan": _("Answers the referrals to the legal aid office"),
}


def is_on(settings: Settings) -> bool:
    """Whether this is a demo with its simulator: nowhere else may anybody in without their own proof."""
    return settings.mode is Mode.DEMO and settings.simulator


def furnish(desk: Desk) -> None:
    """The page, in a demo; otherwise nothing."""
    if not is_on(desk.settings):
        return
    parts = desk.parts

    @desk.open("/demo", name="demo")
    def people() -> Answer:
        staff = [each for each in demo_office.STAFF if demo_office.member_of(parts, each.username)]
        return desk.greet(
            "demo/people.html",
            staff=staff,
            roles=ROLES,
            sexes=SEXES,
            what_for=WHAT_FOR,
            password=demo_office.PASSWORD,
            codes={each.username: demo_office.code_now(parts, each.username) for each in staff},
        )

    @desk.open("/demo/<username>", methods=("POST",), name="demo_enter")
    def enter(username: str) -> Answer:
        if username not in WHAT_FOR or (who := demo_office.member_of(parts, username)) is None:
            return redirect(url_for("desk.demo"), 303)
        language = request.form.get("language", "")
        with acting(parts, who) as deed:
            sessions.end(
                parts, deed.connection, request.cookies.get(COOKIE, ""), deed.now, why="logged_out"
            )
            if language in ("bn", "en"):
                own_account.read_in(deed, language)
            token = sessions.begin(parts, deed.connection, who.id, deed.now, proved=True)
            audit.note(deed, "log_in", "staff", who.id, detail="demo")
        return set_cookie(redirect(url_for("desk.home"), 303), token, secure=desk.secure)


def live(parts: Parts) -> None:
    """Fill an empty demo with staff, offices, callers and work. Run again it adds nothing."""
    demo_office.furnish(parts)
    demo_callers.arrive(parts)
