"""The way in and out: log in, log out, where to go first, one's own account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, url_for

from handlers.desk.desk import set_cookie
from helpline.cases.roles import Right

if TYPE_CHECKING:
    from handlers.desk.desk import Answer, Desk, Here


def furnish(desk: Desk) -> None:
    """The pages of this room."""

    @desk.page("", Right.SELF)
    def home(here: Here) -> Answer:
        first = next((link for link in desk.links if here.who.may(link.right)), None)
        return here.go(first.endpoint if first else "account")

    @desk.open("/log-in")
    def log_in() -> Answer:
        return redirect(url_for("desk.log_in"))

    @desk.action("/log-out", Right.SELF)
    def log_out(here: Here) -> Answer:
        return set_cookie(here.go("log_in"), "", secure=False)

    @desk.page("/account", Right.SELF)
    def account(here: Here) -> Answer:
        return here.show("account.html")
