"""What somebody does with their own account: enrols, changes the password, ends log-ins."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from helpline.cases.passwords import code_waits_until, fault, good_pin
from helpline.flow.answers import fold_digits
from helpline.service.desk import audit, login, passwords, sessions
from helpline.service.desk.accounts import LANGUAGES, Unfit
from helpline.service.desk.acting import NotAllowed, acting
from helpline.store.desk import accounts, tries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row

    from helpline.service.desk.acting import Acting
    from helpline.service.parts import Parts


@dataclass(frozen=True, slots=True)
class Invitation:
    """What the page of an invitation shows."""

    username: str
    name: str
    language: str
    secret: str
    """Of the second factor, in base32."""
    link: str
    """The same for an app: otpauth://..."""


def invitation(parts: Parts, token: str) -> Invitation | None:
    """Whom an invitation is for; none when it is unknown, used or too old: nobody can tell which."""
    row = _invited(parts, token)
    if row is None:
        return None
    secret = login.secret_of(parts, token)
    name = parts.ring.unseal_text(row.name, "staff.name", row.id)
    return Invitation(row.username, name, row.language, secret, login.link_of(secret, row.username))


def enrol(parts: Parts, token: str, password: str, again: str, code: str) -> str:
    """Use an invitation: choose a password and prove the second factor. Gives the token of a log-in.

    Raises:
        Unfit: the password or the code will not do.
        NotAllowed: the invitation is not valid (any more).
    """
    row = _invited(parts, token)
    if row is None:
        raise NotAllowed("invitation")
    _check(password, again, row.username)
    secret = login.secret_of(parts, token)
    step = login.step_now(secret, code, parts.clock())
    if not step:
        raise Unfit("code", "wrong")
    kept = passwords.hashed(password)
    ring = parts.ring
    with acting(parts, sessions.member(ring, row)) as deed:
        used = accounts.enrol(
            deed.connection,
            ring.fingerprint("invitation", token),
            password=kept,
            totp=ring.seal(secret, "staff.totp", row.id),
            totp_used=step,
            state="active",
            updated_at=deed.now,
        )
        if not used:
            raise NotAllowed("invitation")
        deed.record("staff", row.id, was=row.state, became="active", why="enrolled")
        audit.note(deed, "enrolled", "staff", row.id)
        return sessions.begin(parts, deed.connection, row.id, deed.now, proved=True)


def change_password(
    parts: Parts, log_in: tuple[str, str], current: str, password: str, again: str
) -> None:
    """Choose another password; every other log-in of this person ends.

    `log_in` is the id of the account and of the log-in that stays. The current password is asked
    for, so that an open browser is not enough; wrong ones make wait as wrong codes do.

    Raises:
        Unfit: `current` is not the password (or must wait), or the new one will not do.
    """
    staff_id, session_id = log_in
    row, place = _present(parts, staff_id, current)
    _check(password, again, row.username)
    kept = passwords.hashed(password)
    with acting(parts, sessions.member(parts.ring, row)) as deed:
        tries.forget(deed.connection, place)
        accounts.set_password(deed.connection, staff_id, kept)
        accounts.end_sessions(
            deed.connection, staff_id, why="password_changed", now=deed.now, but=session_id
        )
        audit.note(deed, "password_changed", "staff", staff_id)


def choose_pin(parts: Parts, staff_id: str, current: str, pin: str) -> None:
    """Choose the PIN that lets this person work by telephone.

    Raises:
        Unfit: `current` is not the password (or must wait), or the PIN will not do.
    """
    row, place = _present(parts, staff_id, current)
    digits = fold_digits("".join(pin.split()))
    if not good_pin(digits):
        raise Unfit("pin", "pin")
    kept = passwords.hashed(digits)
    with acting(parts, sessions.member(parts.ring, row)) as deed:
        tries.forget(deed.connection, place)
        accounts.set_pin(deed.connection, staff_id, kept)
        audit.note(deed, "pin_changed", "staff", staff_id)


def log_ins(deed: Acting) -> Sequence[Row[Any]]:
    """Where this member is logged in, the newest first."""
    since = deed.now - sessions.LONGEST
    found = accounts.open_sessions(deed.connection, deed.who.id, since)
    return [row for row in found if deed.now - row.seen_at <= sessions.IDLE]


def log_out(deed: Acting, *, session_id: str = "") -> None:
    """End one log-in of this member, or all of them."""
    ended = accounts.end_sessions(
        deed.connection, deed.who.id, why="logged_out", now=deed.now, only=session_id
    )
    if ended:
        audit.note(deed, "log_out", "staff", deed.who.id, detail=f"log-ins={ended}")


def read_in(deed: Acting, language: str) -> None:
    """The language of the pages this member reads.

    Raises:
        Unfit: there is no such language.
    """
    if language not in LANGUAGES:
        raise Unfit("language", "wrong")
    accounts.set_language(deed.connection, deed.who.id, language)


def _present(parts: Parts, staff_id: str, current: str) -> tuple[Row[Any], bytes]:
    """The account whose password this is, and where wrong ones are counted."""
    now = parts.clock()
    place = parts.ring.fingerprint("login_try", f"own|{staff_id}")
    with parts.database.transaction() as connection:
        tried = tries.lately(connection, [place], now).get(place)
        row = accounts.by_id(connection, staff_id)
        if row is None:
            raise NotAllowed(staff_id)
        if tried and (until := code_waits_until(tried)) and until > now:
            raise Unfit("current", "wait")
        tries.add(connection, [place], now)
    if not passwords.matches(row.password, current):
        raise Unfit("current", "wrong")
    return row, place


def _check(password: str, again: str, username: str) -> None:
    if why := fault(password, username):
        raise Unfit("password", why)
    if password != again:
        raise Unfit("again", "different")


def _invited(parts: Parts, token: str) -> Row[Any] | None:
    ends = 0
    with suppress(ValueError):
        ends = int(token.rpartition(".")[2], 16)
    if ends <= parts.clock().timestamp():
        return None
    with parts.database.reading() as connection:
        row = accounts.by_invitation(connection, parts.ring.fingerprint("invitation", token))
    return row if row is not None and row.state != "suspended" else None
