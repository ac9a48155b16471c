"""The desk of a test: a house with staff in it, and browsers that are logged in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from itertools import count
from typing import Any, Final

import pyotp
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.test import TestResponse

from handlers.app import create_app
from handlers.desk.desk import COOKIE, FIELD
from helpline.cases.roles import Member, Role
from helpline.service.desk import sessions
from helpline.service.desk.passwords import hashed
from helpline.settings import Settings
from helpline.store.database import Database
from helpline.store.desk import accounts
from helpline.store.idents import new_ident
from tests.house import Clock, House

_numbers = count(1)
PASSWORD = "seven green boats"


@dataclass(frozen=True)
class Keys:
    """What a member types to log in."""

    username: str
    password: str
    secret: str
    clock: Clock

    @property
    def code(self) -> str:
        """What the app on their telephone shows now."""
        return pyotp.TOTP(self.secret).at(self.clock())


class _Compiled(BytecodeCache):
    """Templates, compiled once for all offices of this process."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


_COMPILED: Final = _Compiled()


class Office:
    """A house, and the web application of its desk."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.house = House(database)
        self.parts = self.house.parts
        self.clock = self.house.clock
        self.app: Flask = create_app(self.parts, settings)
        self.app.jinja_env.bytecode_cache = _COMPILED

    def hire(
        self,
        role: Role = Role.COUNSELLOR,
        *,
        name: str = "",
        sex: str = "woman",
        districts: str = "",
        skills: str = "",
        number: str = "",
        supervisor_id: str | None = None,
        organisation: str = "",
        language: str = "en",
    ) -> Member:
        """A member of staff, active and with a second factor."""
        ident, place = new_ident(), next(_numbers)
        ring, now = self.parts.ring, self.clock()
        columns: dict[str, Any] = {
            "id": ident,
            "username": f"{role.value}{place}",
            "name": ring.seal(name or f"{role.value.title()} {place}", "staff.name", ident),
            "number": ring.seal(number, "staff.number", ident) if number else None,
            "number_key": ring.fingerprint("staff_number", number) if number else None,
            "sex": sex,
            "role": role.value,
            "languages": "bn en",
            "skills": skills,
            "districts": districts,
            "organisation": organisation,
            "supervisor_id": supervisor_id,
            "language": language,
            "state": "active",
            "created_at": now,
            "updated_at": now,
        }
        with self.parts.database.transaction() as connection:
            accounts.add_staff(connection, **columns)
            row = accounts.by_id(connection, ident)
        assert row is not None
        return sessions.member(ring, row)

    def give_keys(self, who: Member, password: str = PASSWORD) -> Keys:
        """Let a member log in by the front door, with a password and a second factor."""
        secret = pyotp.random_base32()
        totp = self.parts.ring.seal(secret, "staff.totp", who.id)
        with self.parts.database.transaction() as connection:
            row = accounts.by_id(connection, who.id)
            assert row is not None
            accounts.change(
                connection, who.id, row.updated_at, password=hashed(password), totp=totp
            )
        return Keys(row.username, password, secret, self.clock)

    def browser(self, who: Member) -> Browser:
        """A browser in which `who` is logged in."""
        with self.parts.database.transaction() as connection:
            token = sessions.begin(self.parts, connection, who.id, self.clock(), proved=True)
        client = self.app.test_client()
        client.set_cookie(COOKIE, token, path="/desk")
        return Browser(client)

    def stranger(self) -> Browser:
        """A browser in which nobody is logged in."""
        return Browser(self.app.test_client())

    def skip(self, **passed: float) -> None:
        """Let time pass."""
        self.clock.skip(**passed)


@dataclass
class Browser:
    """Opens pages and submits forms, with the token that the last page's forms had."""

    client: FlaskClient
    page: str = ""
    status: int = 0
    _token: str = ""

    def open(self, path: str) -> str:
        """Load a page, following redirects; gives its text without tags."""
        return self._take(self.client.get(path, follow_redirects=True))

    def submit(self, path: str, **fields: Any) -> str:
        """Send a form; a page with a form must have been opened before."""
        form = {FIELD: self._token, **fields}
        return self._take(self.client.post(path, data=form, follow_redirects=True))

    def _take(self, answer: TestResponse) -> str:
        self.page, self.status = answer.text, answer.status_code
        if found := re.search(rf'name="{FIELD}" value="([0-9a-f]+)"', self.page):
            self._token = found[1]
        return self.text

    @property
    def text(self) -> str:
        """What can be read on the page."""
        without = re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", self.page, flags=re.DOTALL)
        return re.sub(r"\s+", " ", unescape(without)).strip()


HOUR = timedelta(hours=1)
