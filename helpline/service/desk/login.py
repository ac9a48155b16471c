"""Getting in: a password, then a code; the same answer, after the same time, for whoever is refused.

A try counts as failed before the password is looked at and is taken back when it was right, so that
a hundred tries at once are not a hundred free ones. While somebody waits nothing is computed.
"""

from __future__ import annotations

import base64
import hmac
import ipaddress
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pyotp

from helpline.cases.passwords import (
    Failures,
    Tries,
    code_waits_until,
    waits_until,
)
from helpline.flow.answers import fold_digits
from helpline.service.desk import audit, passwords, sessions
from helpline.service.desk.acting import acting
from helpline.store.desk import accounts, tries

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from helpline.service.parts import Parts

ISSUER: Final = "Helpline desk"
CODE_WITHIN: Final = timedelta(minutes=10)
"""A password that was right counts so long without its code."""
_STEP: Final = 30
_WINDOW: Final = (0, -1, 1)
"""Codes of the time step before and after count too: clocks differ."""
_LONGEST_NAME: Final = 80


@dataclass(frozen=True, slots=True)
class Entry:
    """How a step of the log-in ended: a token for the browser, or none and how long to wait."""

    token: str = ""
    wait: int = 0
    """Seconds; 0 when another try may be made at once."""


def enter(parts: Parts, username: str, password: str, address: str, *, before: str = "") -> Entry:
    """The first step: name and password. Its token opens the page of the second step only.

    `before` is the token the browser had: that log-in ends, whoever's it was.
    """
    now, name = parts.clock(), folded(username)
    where = _places(parts, name, address)
    with parts.database.transaction() as connection:
        wait = _wait(_until(connection, where, now), now)
        if wait:
            return Entry(wait=wait)
        tries.add(connection, where, now)
        row = accounts.by_username(connection, name)
    right = passwords.matches(row.password if row else "", password)
    if row is None or not right or row.state != "active":
        return Entry()
    with parts.database.transaction() as connection:
        tries.forget(connection, where[0])
        tries.take_back(connection, where[1:], now)
        if passwords.outdated(row.password):
            accounts.set_password(connection, row.id, passwords.hashed(password))
        _end(parts, connection, before, now)
        return Entry(sessions.begin(parts, connection, row.id, now, proved=False))


def prove(parts: Parts, token: str, code: str) -> Entry:
    """The second step: the code of the app, or of the minute. The token changes with it.

    Every code counts once. Failures count per account: whoever comes so far has the password.
    """
    log_in = waiting(parts, token)
    if log_in is None:
        return Entry()
    with acting(parts, log_in.member) as deed:
        connection, now, who = deed.connection, deed.now, log_in.member.id
        place = parts.ring.fingerprint("login_try", f"code|{who}")
        tried = tries.lately(connection, [place], now).get(place, Tries())
        wait = _wait(code_waits_until(tried), now)
        if wait:
            return Entry(wait=wait)
        row = accounts.by_id(connection, who)
        step = _step_of(_secret(parts, row), code, now)
        if not step or not accounts.use_code(connection, who, step):
            tries.add(connection, [place], now)
            audit.note(deed, "code_refused", "staff", who)
            return Entry()
        tries.forget(connection, place)
        _end(parts, connection, token, now)
        audit.note(deed, "log_in", "staff", who)
        return Entry(sessions.begin(parts, connection, who, now, proved=True))


def waiting(parts: Parts, token: str) -> sessions.LogIn | None:
    """The log-in with this token that has shown its password and not yet its code."""
    log_in = sessions.find(parts, token)
    if log_in is None or log_in.proved or parts.clock() - log_in.opened_at > CODE_WITHIN:
        return None
    return log_in


def secret_of(parts: Parts, invitation: str) -> str:
    """The secret of the second factor that comes with an invitation: the same each time it is shown.

    Made from the invitation with a key of the installation, so nothing has to be kept meanwhile.
    """
    made = parts.ring.fingerprint("totp_of_invitation", invitation)
    return base64.b32encode(made[:20]).decode()


def link_of(secret: str, username: str) -> str:
    """What an authenticator app opens: `otpauth://totp/...`."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)


def step_now(secret: str, code: str, now: datetime) -> int:
    """The time step (30 seconds) that a code is of; 0 when it is of none near now."""
    return _step_of(secret, code, now)


def folded(username: str) -> str:
    """A username however it was typed."""
    return username.strip().casefold()[:_LONGEST_NAME]


def _step_of(secret: str, code: str, now: datetime) -> int:
    typed = fold_digits("".join(code.split()))
    totp, current = pyotp.TOTP(secret), int(now.timestamp()) // _STEP
    for each in _WINDOW:
        expected = totp.generate_otp(current + each)
        if hmac.compare_digest(expected.encode(), typed.encode()):
            return current + each
    return 0


def _secret(parts: Parts, row: Row[Any] | None) -> str:
    """Of an account without one: a secret that nobody knows."""
    if row is None or row.totp is None:
        return pyotp.random_base32()
    return parts.ring.unseal_text(row.totp, "staff.totp", row.id)


def _places(parts: Parts, name: str, address: str) -> list[bytes]:
    """What a failure counts for: this account from this address, this address, everywhere."""
    network = _network(address)
    told = (f"{name}|{network}", f"|{network}", "|")
    return [parts.ring.fingerprint("login_try", each) for each in told]


def _network(address: str) -> str:
    """An address; of IPv6 the network that one customer is given."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def _until(connection: Connection, where: list[bytes], now: datetime) -> datetime | None:
    found = tries.lately(connection, where, now)
    here, address, everywhere = (found.get(each, Tries()) for each in where)
    return waits_until(Failures(here, address, everywhere))


def _wait(until: datetime | None, now: datetime) -> int:
    """Whole seconds, rounded up."""
    left = (until - now).total_seconds() if until else 0
    return max(0, math.ceil(left))


def _end(parts: Parts, connection: Connection, token: str, now: datetime) -> None:
    if token:
        sessions.end(parts, connection, token, now, why="replaced")
