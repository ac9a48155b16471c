"""One's own account: log out, here or everywhere, another password, the language of the pages."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final

from flask import request

from handlers.desk.case_words import when
from handlers.desk.desk import set_cookie
from handlers.desk.entrance import say_of
from handlers.desk.language import _
from helpline.cases.passwords import SHORTEST
from helpline.cases.roles import Right
from helpline.service.desk import own_account, sessions
from helpline.service.desk.accounts import Unfit

if TYPE_CHECKING:
    from handlers.desk.desk import Answer, Desk, Here


DONE: Final = {
    "password": _("Your password was changed. You were logged out everywhere else."),
    "pin": _("Your PIN was changed."),
}


def furnish(desk: Desk) -> None:
    """The pages of this room."""
    _ways_out(desk)
    _own_account(desk)


def _ways_out(desk: Desk) -> None:
    @desk.action("/log-out", Right.SELF)
    def log_out(here: Here) -> Answer:
        with here.acting() as deed:
            own_account.log_out(deed, session_id=here.session_id)
        return set_cookie(here.go("log_in"), "", secure=desk.secure)

    @desk.action("/log-out-everywhere", Right.SELF)
    def log_out_everywhere(here: Here) -> Answer:
        with here.acting() as deed:
            own_account.log_out(deed)
        return set_cookie(here.go("log_in"), "", secure=desk.secure)

    @desk.action("/account/log-in/<session_id>/end", Right.SELF)
    def end_log_in(here: Here, session_id: str) -> Answer:
        with here.acting() as deed:
            own_account.log_out(deed, session_id=session_id)
        return here.go("account")


def _own_account(desk: Desk) -> None:
    @desk.page("/account", Right.SELF)
    def account(here: Here) -> Answer:
        return _account(here, done=DONE.get(request.args.get("done", ""), ""))

    @desk.action("/account/password", Right.SELF)
    def change_password(here: Here) -> Answer:
        fields = (request.form.get(name, "") for name in ("current", "password", "again"))
        try:
            own_account.change_password(here.parts, (here.who.id, here.session_id), *fields)
        except Unfit as unfit:
            return _account(here, status=422, wrong=say_of(unfit))
        return here.go("account", done="password")

    @desk.action("/account/pin", Right.SELF)
    def choose_pin(here: Here) -> Answer:
        current, pin = (request.form.get(name, "") for name in ("current", "pin"))
        try:
            own_account.choose_pin(here.parts, here.who.id, current, pin)
        except Unfit as unfit:
            return _account(here, status=422, wrong=say_of(unfit))
        return here.go("account", done="pin")

    @desk.action("/account/language", Right.SELF)
    def read_in(here: Here) -> Answer:
        with suppress(Unfit), here.acting() as deed:
            own_account.read_in(deed, request.form.get("language", ""))
        return here.go("account")

    def _account(here: Here, *, status: int = 200, wrong: str = "", done: str = "") -> Answer:
        with here.acting() as deed:
            found = own_account.log_ins(deed)
        return here.show(
            "account.html",
            status,
            log_ins=found,
            when=partial(when, here),
            wrong=wrong,
            done=done,
            shortest=SHORTEST,
            hours=sessions.LONGEST.seconds // 3600,
            minutes=sessions.IDLE.seconds // 60,
        )
