"""One delivery being answered: its transaction, who it came from, and what it posted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from helpline.store import people
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from helpline.service.parts import Parts


@dataclass(slots=True)
class Visit:
    """What every use case inside one delivery shares. Lives as long as its transaction."""

    parts: Parts
    connection: Connection
    channel: str
    address: str
    """The number in E.164, or the gateway's opaque name for it."""
    caller: bytes
    """The fingerprint of `address`."""
    now: datetime
    language: str
    actor: str = "caller"
    posted: list[str] = field(default_factory=list)
    """Messages of this transaction that are due at once: a worker is woken after the commit."""
    _phone_id: str = ""

    def begin(self) -> None:
        """From here on everything this delivery leads to is written, or nothing."""
        if not self.connection.in_transaction():
            self.connection.begin()

    def phone_id(self) -> str:
        """The row of this phone, made when something first has to be remembered about it."""
        if not self._phone_id:
            ident = new_ident()
            self._phone_id = people.phone(
                self.connection,
                ident=ident,
                fingerprint=self.caller,
                number=self.parts.ring.seal(self.address, "phone.number", ident),
                language=self.language,
                now=self.now,
            )
        return self._phone_id

    def sms_language(self) -> str:
        """The language of an SMS: Bangla script or English, never Bangla in Latin letters (BTRC)."""
        return "en" if self.language == "en" else "bn"
