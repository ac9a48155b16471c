"""Accounts of staff: invited, changed, suspended; every step is in the log, with who took it."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from helpline.cases.passwords import good_pin
from helpline.cases.roles import Member, Right, Role
from helpline.cases.states import STAFF, move
from helpline.gateways.numbers import e164
from helpline.service.desk import audit, passwords
from helpline.service.desk.acting import NotAllowed, Stale
from helpline.service.desk.login import folded
from helpline.service.desk.queue import give_back
from helpline.store.desk import accounts
from helpline.store.desk.queue import held_by
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Row

    from helpline.service.desk.acting import Acting

COMMAND_LINE: Final = Member(
    id="command line",
    role=Role.ADMINISTRATOR,
    name="command line",
    sex="",
    languages=frozenset(),
    skills=frozenset(),
    districts=frozenset(),
    organisation="",
    supervisor_id="",
    language="en",
)
"""Whoever may run commands on the machine: the first administrator has to come from somewhere."""

INVITED_FOR: Final = timedelta(days=7)
LANGUAGES: Final = ("bn", "en")
SEXES: Final = ("woman", "man")
SKILLS: Final = ("psychologist", "legal", "health", "debt", "skills", "protection")
_USERNAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")
_LONGEST: Final = 80


class Unfit(ValueError):
    """What was filled in cannot be: `field` names it, `why` is a code."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field
        self.why = why


@dataclass(frozen=True, slots=True)
class Details:
    """What somebody with Right.STAFF fills in about a member."""

    name: str
    role: str
    sex: str
    languages: frozenset[str] = frozenset({"bn"})
    skills: frozenset[str] = frozenset()
    districts: frozenset[str] = frozenset()
    """ISO 3166-2 codes; empty: all of them."""
    organisation: str = ""
    supervisor_id: str = ""
    number: str | None = ""
    """As typed; none leaves the number that is kept."""
    language: str = "bn"


def invite(deed: Acting, username: str, details: Details) -> str:
    """Open an account; gives the secret of its invitation, which is shown once and kept nowhere.

    Raises:
        Unfit: what was filled in cannot be, or the username or number is somebody else's.
    """
    _for_staff(deed)
    name = folded(username)
    if not _USERNAME.fullmatch(name):
        raise Unfit("username", "wrong")
    if accounts.by_username(deed.connection, name) is not None:
        raise Unfit("username", "taken")
    ident = new_ident()
    columns = _columns(deed, ident, details)
    columns.setdefault("number", None)
    secret = _invitation(deed)
    accounts.add_staff(
        deed.connection,
        id=ident,
        username=name,
        state="invited",
        invitation=_key(deed, secret),
        created_at=deed.now,
        updated_at=deed.now,
        **columns,
    )
    deed.record("staff", ident, became="invited")
    audit.note(deed, "staff_invited", "staff", ident, detail=f"role={details.role}")
    return secret


def link_path(secret: str) -> str:
    """Where an invitation is opened, on the address of the installation."""
    return f"/desk/invitation/{secret}"


def change(deed: Acting, staff_id: str, details: Details, *, was: datetime) -> None:
    """Change what somebody is and may see; a new role ends their log-ins. Nobody changes their own role.

    `was` is `updated_at` as it was shown.

    Raises:
        Unfit: what was filled in cannot be.
        NotAllowed, Stale: as for every page.
    """
    row = _account(deed, staff_id)
    if staff_id == deed.who.id and details.role != row.role:
        raise Unfit("role", "own")
    columns = _columns(deed, staff_id, details)
    _write(deed, row, was, **columns)
    changes = [
        name
        for name in ("role", "sex", "languages", "skills", "districts", "organisation")
        if columns[name] != getattr(row, name)
    ]
    if details.role != row.role:
        accounts.end_sessions(deed.connection, staff_id, why="role_changed", now=deed.now)
        role = f"role={row.role}>{details.role}"
        audit.note(deed, "role_changed", "staff", staff_id, detail=role)
    audit.note(deed, "staff_changed", "staff", staff_id, detail=" ".join(changes))


def suspend(deed: Acting, staff_id: str) -> None:
    """Let somebody in no more, at once and everywhere; what they hold is everybody's again.

    Raises:
        Unfit: oneself: an office must not lose its last administrator.
        IllegalMove: they are suspended already.
        NotAllowed, Stale: as for every page.
    """
    row = _account(deed, staff_id)
    if staff_id == deed.who.id:
        raise Unfit("state", "own")
    became = move(STAFF, row.state, "suspended")
    _write(deed, row, row.updated_at, state=became, invitation=None)
    accounts.end_sessions(deed.connection, staff_id, why="suspended", now=deed.now)
    for item in held_by(deed.connection, staff_id):
        give_back(deed.connection, item, "suspended", now=deed.now, actor=deed.who.id)
    deed.record("staff", staff_id, was=row.state, became=became)
    audit.note(deed, "staff_suspended", "staff", staff_id)


def reactivate(deed: Acting, staff_id: str) -> None:
    """Let somebody in again, with the password and the second factor they had.

    Raises:
        IllegalMove: they are not suspended.
        NotAllowed, Stale: as for every page.
    """
    row = _account(deed, staff_id)
    became = move(STAFF, row.state, "active")
    _write(deed, row, row.updated_at, state=became)
    deed.record("staff", staff_id, was=row.state, became=became)
    audit.note(deed, "staff_reactivated", "staff", staff_id)


def invite_again(deed: Acting, staff_id: str) -> str:
    """A new invitation: for a new telephone, a forgotten password, a lost link. The old ways in end.

    Raises:
        Unfit: oneself, or somebody who is suspended.
        NotAllowed, Stale: as for every page.
    """
    row = _account(deed, staff_id)
    if row.state == "suspended":
        raise Unfit("state", "suspended")
    if staff_id == deed.who.id:
        raise Unfit("state", "own")
    secret = _invitation(deed)
    _write(deed, row, row.updated_at, invitation=_key(deed, secret), password="", totp=None)
    accounts.end_sessions(deed.connection, staff_id, why="invited_again", now=deed.now)
    audit.note(deed, "staff_invited_again", "staff", staff_id)
    return secret


def issue_pin(deed: Acting, staff_id: str) -> str:
    """A new PIN for somebody who works by telephone and has no browser; it is shown once.

    Raises:
        Unfit: there is no telephone number to use it from, or the account is suspended.
        NotAllowed: there is no such account.
    """
    row = _account(deed, staff_id)
    if row.state == "suspended":
        raise Unfit("state", "suspended")
    if row.number is None:
        raise Unfit("number", "missing")
    pin = ""
    while not good_pin(pin):
        pin = f"{secrets.randbelow(10**6):06d}"
    accounts.set_pin(deed.connection, staff_id, passwords.hashed(pin))
    audit.note(deed, "pin_issued", "staff", staff_id)
    return pin


def _for_staff(deed: Acting) -> None:
    if not deed.who.may(Right.STAFF):
        raise NotAllowed("staff")


def _account(deed: Acting, staff_id: str) -> Row[Any]:
    _for_staff(deed)
    row = accounts.by_id(deed.connection, staff_id)
    if row is None:
        raise NotAllowed(staff_id)
    return row


def _write(deed: Acting, row: Row[Any], was: datetime, **columns: Any) -> None:
    if not accounts.change(deed.connection, row.id, was, updated_at=deed.now, **columns):
        raise Stale(row.id)


def _invitation(deed: Acting) -> str:
    """A secret that says when it ends; whoever changes that has another secret."""
    ends = int((deed.now + INVITED_FOR).timestamp())
    return f"{secrets.token_urlsafe(32)}.{ends:x}"


def _key(deed: Acting, secret: str) -> bytes:
    return deed.parts.ring.fingerprint("invitation", secret)


def _columns(deed: Acting, ident: str, details: Details) -> dict[str, Any]:
    """What was filled in, checked, as columns of `staff`."""
    name = " ".join(details.name.split())
    known = {place.iso for place in deed.parts.places.districts}
    _demand("name", 0 < len(name) <= _LONGEST)
    _demand("role", details.role in set(Role))
    _demand("sex", details.sex in SEXES)
    _demand("languages", bool(details.languages) and details.languages <= set(LANGUAGES))
    _demand("skills", details.skills <= set(SKILLS))
    _demand("districts", details.districts <= known)
    _demand("organisation", len(details.organisation.strip()) <= _LONGEST)
    if details.role == Role.PARTNER:
        _demand("organisation", bool(details.organisation.strip()))
    _demand("language", details.language in LANGUAGES)
    columns: dict[str, Any] = {
        "name": deed.parts.ring.seal(name, "staff.name", ident),
        "role": details.role,
        "sex": details.sex,
        "languages": " ".join(sorted(details.languages)),
        "skills": " ".join(sorted(details.skills)),
        "districts": " ".join(sorted(details.districts)),
        "organisation": details.organisation.strip(),
        "supervisor_id": _supervisor(deed, ident, details.supervisor_id),
        "language": details.language,
    }
    return columns | _number(deed, ident, details.number)


def _demand(field: str, holds: bool) -> None:  # noqa: FBT001
    if not holds:
        raise Unfit(field, "wrong")


def _supervisor(deed: Acting, ident: str, chosen: str) -> str | None:
    if not chosen:
        return None
    row = accounts.by_id(deed.connection, chosen)
    _demand("supervisor", row is not None and row.role == Role.SUPERVISOR and row.id != ident)
    return chosen


def _number(deed: Acting, ident: str, typed: str | None) -> dict[str, Any]:
    """The telephone number for those who work by phone, which nobody else may have."""
    if typed is None:
        return {}
    if not typed.strip():
        return {"number": None, "number_key": None}
    number = e164(typed)
    if number is None:
        raise Unfit("number", "wrong")
    ring = deed.parts.ring
    key = ring.fingerprint("staff_number", number)
    if accounts.number_taken(deed.connection, key, but_by=ident):
        raise Unfit("number", "taken")
    return {"number": ring.seal(number, "staff.number", ident), "number_key": key}
