"""What is written to an office about a referral, and to the client. Neither SMS says who or what for."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec

from helpline.cases import references
from helpline.cases.calendar import spoken_day
from helpline.cases.permits import Purpose
from helpline.cases.referral_rules import CODE_DIGITS, OFFICE_TEXTS
from helpline.cases.services import Urgency
from helpline.cases.texts import SCREEN
from helpline.flow.layout import fill_in
from helpline.i18n import translator
from helpline.store import outbox, people
from helpline.store.desk import referral_sides, referrals
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from helpline.flow.words import Text
    from helpline.service.parts import Parts

OFFICE_LANGUAGE: Final = "bn"
LIVES: Final = timedelta(days=2)
"""How long a message to an office or a client is worth sending."""


def fresh_keys(parts: Parts, connection: Connection, provider_id: str) -> tuple[str, str]:
    """A token for a link and a code for SMS that open one referral; only fingerprints are kept."""
    token = secrets.token_urlsafe(16)
    while True:
        code = f"{secrets.randbelow(9 * 10 ** (CODE_DIGITS - 1)) + 10 ** (CODE_DIGITS - 1)}"
        if not referrals.code_taken(connection, code_key(parts, provider_id, code)):
            return token, code


def link_key(parts: Parts, token: str) -> bytes:
    """The fingerprint by which a link is found."""
    return parts.ring.fingerprint("referral_link", token)


def code_key(parts: Parts, provider_id: str, code: str) -> bytes:
    """The fingerprint of a code; the same digits of another office differ."""
    return parts.ring.fingerprint("referral_code", f"{provider_id}:{code}")


def to_office(
    parts: Parts,
    connection: Connection,
    row: Row[Any],
    provider: Row[Any],
    text: str,
    *,
    now: datetime,
    token: str = "",
    code: str = "",
) -> list[str]:
    """Write to the focal person of an office; the message's id, or nothing when they have no number.

    `text` is a key of `OFFICE_TEXTS`. An emergency goes out at any hour: what an office was enlisted
    for includes that.
    """
    if not provider.focal_number:
        return []
    number = parts.ring.unseal_text(provider.focal_number, "provider.focal_number", provider.id)
    values: dict[str, Text] = {
        "reference": references.spoken(row.reference),
        "link": f"{parts.public_url}/desk/partner/{token}",
        "code": code,
        "day": spoken_day(row.answer_by) if row.answer_by else "",
    }
    words = fill_in(translator(OFFICE_LANGUAGE)(OFFICE_TEXTS[text]), values, OFFICE_LANGUAGE)
    phone_id = people.phone(
        connection,
        ident=(ident := new_ident()),
        fingerprint=parts.ring.fingerprint("phone", number),
        number=parts.ring.seal(number, "phone.number", ident),
        language=OFFICE_LANGUAGE,
        now=now,
    )
    at_once = row.priority == Urgency.EMERGENCY and text != "ask"
    return _post(
        parts,
        connection,
        row,
        phone_id=phone_id,
        person_id=None,
        purpose=Purpose.ASKED if at_once else Purpose.OFFICE,
        template=SCREEN,
        language=OFFICE_LANGUAGE,
        values={"text": words},
        key=f"referral:{row.id}:{text}:{row.version}",
        now=now,
    )


def to_client(
    parts: Parts,
    connection: Connection,
    row: Row[Any],
    case: Row[Any],
    about: str,
    *,
    now: datetime,
) -> list[str]:
    """Ask a client to dial when free, if a phone of hers allows it; what for stands behind her digits."""
    if not case.person_id or referral_sides.wants_no_reminders(connection, case.person_id):
        return []
    links = [each for each in referral_sides.phone_links(connection, case.person_id) if each.sms]
    if not links or not any(each.pin_key for each in links):
        return []
    return _post(
        parts,
        connection,
        row,
        phone_id=links[0].phone_id,
        person_id=case.person_id,
        purpose=Purpose.PERSON,
        template="follow_up",
        language="en" if case.language == "en" else "bn",
        values={"code": parts.short_code},
        key=f"referral:{row.id}:{about}",
        now=now,
    )


def _post(
    parts: Parts,
    connection: Connection,
    row: Row[Any],
    *,
    phone_id: str,
    person_id: str | None,
    purpose: Purpose,
    template: str,
    language: str,
    values: dict[str, str],
    key: str,
    now: datetime,
) -> list[str]:
    ident = new_ident()
    posted = outbox.post(
        connection,
        id=ident,
        phone_id=phone_id,
        person_id=person_id,
        subject_id=row.id,
        purpose=purpose,
        template=template,
        language=language,
        values=parts.ring.seal(msgspec.json.encode(values), "message.values", ident),
        due_at=now,
        expires_at=now + LIVES,
        dedupe_key=key,
        created_at=now,
        updated_at=now,
    )
    return [ident] if posted else []
