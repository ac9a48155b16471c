"""Accounts of those who work here: invite, change, suspend."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from flask import request

from handlers.desk.case_words import district, when
from handlers.desk.districts import by_division
from handlers.desk.language import _
from helpline.cases.roles import Right, Role
from helpline.service.desk import accounts, audit
from helpline.service.desk.accounts import Details, Unfit
from helpline.service.desk.acting import NotAllowed, Stale
from helpline.store.desk import accounts as rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Row

    from handlers.desk.desk import Answer, Desk, Here
    from helpline.service.desk.acting import Acting

ROLES: Final = {
    "counsellor": _("Counsellor"),
    "specialist": _("Specialist"),
    "supervisor": _("Supervisor"),
    "partner": _("Partner office"),
    "programme": _("Programme"),
    "administrator": _("Administrator"),
}
STATES: Final = {
    "invited": _("invited"),
    "active": _("active"),
    "suspended": _("suspended"),
}
SEXES: Final = {"woman": _("Woman"), "man": _("Man")}
LANGUAGES: Final = {"bn": _("Bangla"), "en": _("English")}
SKILLS: Final = {
    "psychologist": _("Psychologist"),
    "legal": _("Legal"),
    "health": _("Health"),
    "debt": _("Debt"),
    "skills": _("Work and skills"),
    "protection": _("Protection"),
}
FAULTS: Final = {
    "username wrong": _("A username has 3 to 40 small letters, digits, dots or dashes."),
    "username taken": _("Somebody has this username already."),
    "name wrong": _("Please give a name of at most 80 characters."),
    "role own": _("Nobody changes their own role. Ask another administrator."),
    "state own": _("You cannot do this to your own account."),
    "state suspended": _("Re-activate the account first."),
    "languages wrong": _("Please choose at least one language."),
    "organisation wrong": _("A partner office needs its name, of at most 80 characters."),
    "supervisor wrong": _("Please choose a supervisor from the list."),
    "number wrong": _("This is not a telephone number."),
    "number missing": _("Write down their telephone number first."),
    "number taken": _("Somebody else has this telephone number."),
}
OTHERWISE: Final = _("Something in this form cannot be. Please look at it again.")


def furnish(desk: Desk) -> None:
    """The pages of this room."""
    desk.link("staff", _("Staff"), "staff", Right.STAFF)

    @desk.page("/staff", Right.STAFF)
    def staff(here: Here) -> Answer:
        with here.parts.database.reading() as connection:
            everybody = rows.everybody(connection)
        return here.show("staff/list.html", everybody=everybody, **_words(here))

    @desk.page("/staff/new", Right.STAFF)
    def new_member(here: Here) -> Answer:
        return _blank(here)

    @desk.action("/staff/new", Right.STAFF)
    def invite_member(here: Here) -> Answer:
        try:
            with here.acting() as deed:
                secret = accounts.invite(deed, request.form.get("username", ""), _filled_in())
        except Unfit as unfit:
            return _blank(here, 422, wrong=_fault(unfit))
        return _link(here, secret)

    @desk.page("/staff/<staff_id>", Right.STAFF)
    def member(here: Here, staff_id: str) -> Answer:
        return _member(here, staff_id)

    _changes(desk)


def _changes(desk: Desk) -> None:
    @desk.action("/staff/<staff_id>", Right.STAFF)
    def change_member(here: Here, staff_id: str) -> Answer:
        def change(deed: Acting, ident: str) -> None:
            accounts.change(deed, ident, _filled_in(), was=_shown_at())

        return _done(here, staff_id, change)

    @desk.action("/staff/<staff_id>/suspend", Right.STAFF)
    def suspend_member(here: Here, staff_id: str) -> Answer:
        return _done(here, staff_id, accounts.suspend)

    @desk.action("/staff/<staff_id>/reactivate", Right.STAFF)
    def reactivate_member(here: Here, staff_id: str) -> Answer:
        return _done(here, staff_id, accounts.reactivate)

    @desk.action("/staff/<staff_id>/invitation", Right.STAFF)
    def invite_member_again(here: Here, staff_id: str) -> Answer:
        try:
            with here.acting() as deed:
                secret = accounts.invite_again(deed, staff_id)
        except Unfit as unfit:
            return _member(here, staff_id, 422, wrong=_fault(unfit))
        return _link(here, secret)

    @desk.action("/staff/<staff_id>/pin", Right.STAFF)
    def issue_pin(here: Here, staff_id: str) -> Answer:
        try:
            with here.acting() as deed:
                pin = accounts.issue_pin(deed, staff_id)
        except Unfit as unfit:
            return _member(here, staff_id, 422, wrong=_fault(unfit))
        return here.show("staff/pin.html", pin=pin, **_words(here))


def _done(here: Here, staff_id: str, use_case: Callable[[Acting, str], None]) -> Answer:
    try:
        with here.acting() as deed:
            use_case(deed, staff_id)
    except Unfit as unfit:
        return _member(here, staff_id, 422, wrong=_fault(unfit))
    return here.go("member", staff_id=staff_id)


def _blank(here: Here, status: int = 200, wrong: str = "") -> Answer:
    filled = _filled_in() if request.method == "POST" else Details("", "", "")
    return here.show(
        "staff/new.html",
        status,
        details=filled,
        typed_number=filled.number,
        username=request.form.get("username", ""),
        wrong=wrong,
        **_choices(here),
    )


def _member(here: Here, staff_id: str, status: int = 200, wrong: str = "") -> Answer:
    with here.acting() as deed:
        row = rows.by_id(deed.connection, staff_id)
        if row is None:
            raise NotAllowed(staff_id)
        audit.note(deed, "account_read", "staff", staff_id)
    return here.show(
        "staff/member.html",
        status,
        row=row,
        details=_details(here, row),
        number=_masked(here, row),
        typed_number="",
        own=staff_id == here.who.id,
        wrong=wrong,
        **_choices(here),
    )


def _link(here: Here, secret: str) -> Answer:
    """The link of an invitation, shown here and kept nowhere."""
    address = f"{here.desk.settings.public_url}{accounts.link_path(secret)}"
    return here.show(
        "staff/invitation.html", address=address, days=accounts.INVITED_FOR.days, **_words(here)
    )


def _filled_in() -> Details:
    form = request.form
    number: str | None = form.get("number", "")
    if form.get("keep_number"):
        number = number or None
    return Details(
        name=form.get("name", ""),
        role=form.get("role", ""),
        sex=form.get("sex", ""),
        languages=frozenset(form.getlist("languages")),
        skills=frozenset(form.getlist("skills")),
        districts=frozenset(form.getlist("districts")),
        organisation=form.get("organisation", ""),
        supervisor_id=form.get("supervisor", ""),
        number=number,
        language=form.get("language", "bn"),
    )


def _shown_at() -> datetime:
    with suppress(ValueError):
        return datetime.fromisoformat(request.form.get("was", ""))
    raise Stale("was")


def _details(here: Here, row: Row[Any]) -> Details:
    return Details(
        name=_name(here, row),
        role=row.role,
        sex=row.sex,
        languages=frozenset(row.languages.split()),
        skills=frozenset(row.skills.split()),
        districts=frozenset(row.districts.split()),
        organisation=row.organisation,
        supervisor_id=row.supervisor_id or "",
        language=row.language,
    )


def _name(here: Here, row: Row[Any]) -> str:
    return here.parts.ring.unseal_text(row.name, "staff.name", row.id)


def _masked(here: Here, row: Row[Any]) -> str:
    if row.number is None:
        return ""
    number = here.parts.ring.unseal_text(row.number, "staff.number", row.id)
    return f"{number[:4]}•••••{number[-3:]}"


def _words(here: Here) -> dict[str, Any]:
    return {
        "roles": ROLES,
        "states": STATES,
        "name_of": partial(_name, here),
        "when": partial(when, here),
        "district": partial(district, here),
    }


def _choices(here: Here) -> dict[str, Any]:
    with here.parts.database.reading() as connection:
        everybody = rows.everybody(connection)
    return {
        "sexes": SEXES,
        "spoken": LANGUAGES,
        "skills": SKILLS,
        "divisions": by_division(here),
        "supervisors": {
            row.id: _name(here, row)
            for row in everybody
            if row.role == Role.SUPERVISOR and row.state != "suspended"
        },
        **_words(here),
    }


def _fault(unfit: Unfit) -> str:
    return FAULTS.get(f"{unfit.field} {unfit.why}", OTHERWISE)
