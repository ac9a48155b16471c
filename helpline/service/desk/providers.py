"""The directory of offices: proposed, looked at, enlisted when every criterion is met, suspended."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from helpline.cases.calendar import local
from helpline.cases.referral_rules import (
    CENTRE_SERVICES,
    CRITERIA,
    PROVIDER_KINDS,
    STALE_AFTER,
    may_enlist,
)
from helpline.cases.services import SERVICES
from helpline.cases.states import PROVIDER, move
from helpline.cases.work import Level
from helpline.gateways.numbers import e164, textable
from helpline.service.desk import audit
from helpline.service.desk.acting import NotAllowed, Stale
from helpline.service.desk.referrals import Refused
from helpline.service.referral_moves import silence, to_staff, write
from helpline.service.wrong_numbers import named_in
from helpline.store.desk import providers
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Row

    from helpline.service.desk.acting import Acting
    from helpline.service.parts import Parts

LONGEST_NAME = 120
LONGEST_FOCAL = 80


@dataclass(frozen=True, slots=True)
class Office:
    """What the directory says of an office. `focal_number` as it was typed."""

    name_bn: str = ""
    name_en: str = ""
    kind: str = ""
    services: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    criteria: tuple[str, ...] = ()
    focal_name: str = ""
    focal_number: str = ""
    centre_key: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A row of the directory with what is sealed in it."""

    row: Row[Any]
    office: Office
    stale: bool
    """Nobody has verified it for half a year, or ever."""
    referrals: dict[str, int] = field(default_factory=dict)


def shown(parts: Parts, row: Row[Any], counts: dict[str, int] | None = None) -> Shown:
    """A provider, opened; for pages only, and there masked."""
    unseal = parts.ring.unseal_text
    office = Office(
        name_bn=row.name_bn,
        name_en=row.name_en,
        kind=row.kind,
        services=tuple(row.services.split()),
        districts=tuple(row.districts.split()),
        criteria=tuple(row.criteria.split()),
        focal_name=unseal(row.focal_name, "provider.focal_name", row.id) if row.focal_name else "",
        focal_number=unseal(row.focal_number, "provider.focal_number", row.id)
        if row.focal_number
        else "",
        centre_key=row.centre_key,
        source=row.source,
    )
    return Shown(row, office, is_stale(row, local(parts.clock()).date()), counts or {})


def is_stale(row: Row[Any], today: date) -> bool:
    """Whether nobody has verified a provider for half a year, or ever."""
    return row.verified_at is None or row.verified_at + STALE_AFTER < today


def from_centre(parts: Parts, key: str) -> Office:
    """What can be proposed from a service point of the directory; empty when there is none."""
    answer = parts.directory().answer(key, local(parts.clock()).date())
    if answer is None or answer.centre.kind not in CENTRE_SERVICES:
        return Office()
    centre = answer.centre
    kind, services = CENTRE_SERVICES[centre.kind]
    places = [centre.district, *(place for place in centre.catchment if place.startswith("BD-"))]
    return Office(
        name_bn=centre.name.bn,
        name_en=centre.name.en,
        kind=kind,
        services=services,
        districts=tuple(places),
        centre_key=centre.key,
        source=centre.source,
    )


def propose(deed: Acting, office: Office) -> str:
    """Write an office into the directory; nobody is sent there before it is enlisted. Its id.

    Raises:
        Refused: something is missing or cannot be right.
    """
    columns, ident = _columns(deed.parts, office), new_ident()
    providers.add(
        deed.connection,
        id=ident,
        status="proposed",
        updated_at=deed.now,
        verified_at=None,
        **columns,
        **_sealed(deed.parts, office, ident),
    )
    deed.record("provider", ident, became="proposed")
    audit.note(deed, "provider_propose", "provider", ident)
    return ident


def rewrite(deed: Acting, provider_id: str, seen: datetime, office: Office) -> None:
    """Change what the directory says; an enlisted office that no longer meets a criterion is suspended.

    Raises:
        NotAllowed, Stale, Refused: there is none; somebody was faster; it cannot be right.
    """
    row = _found(deed, provider_id)
    columns = {**_columns(deed.parts, office), **_sealed(deed.parts, office, provider_id)}
    _change(deed, row, seen, **columns)
    deed.record("provider", provider_id, was=row.status, became=row.status, why="changed")
    audit.note(deed, "provider_change", "provider", provider_id)
    if row.status == "enlisted" and not may_enlist(office.criteria):
        _suspend(deed, provider_id, "criteria")


def enlist(deed: Acting, provider_id: str, seen: datetime) -> None:
    """From now on clients may be sent there; today it was verified.

    Raises:
        NotAllowed, Stale, IllegalMove: there is none; somebody was faster; it is enlisted already.
        Refused: it does not meet every criterion.
    """
    row = _found(deed, provider_id)
    if not may_enlist(row.criteria.split()):
        raise Refused("criteria")
    becomes = move(PROVIDER, row.status, "enlisted")
    _change(deed, row, seen, status=becomes, verified_at=local(deed.now).date())
    deed.record("provider", provider_id, was=row.status, became=becomes)
    audit.note(deed, "provider_enlist", "provider", provider_id)


def verify(deed: Acting, provider_id: str, seen: datetime) -> None:
    """Somebody called: everything is as the directory says.

    Raises:
        NotAllowed, Stale: there is none; somebody was faster.
    """
    row = _found(deed, provider_id)
    _change(deed, row, seen, verified_at=local(deed.now).date())
    deed.record("provider", provider_id, was=row.status, became=row.status, why="verified")
    audit.note(deed, "provider_verify", "provider", provider_id)


def suspend(deed: Acting, provider_id: str, seen: datetime) -> None:
    """Send nobody there any more; its links open nothing, and staff look after those already sent.

    Raises:
        NotAllowed, Stale, IllegalMove: there is none; somebody was faster; it is suspended already.
    """
    row = _found(deed, provider_id)
    _change(deed, row, seen)
    _suspend(deed, provider_id, "by_hand")


def unmask(deed: Acting, provider_id: str) -> str:
    """The focal person's number in full; that it was looked at is written down.

    Raises:
        NotAllowed: there is no such office.
    """
    row = _found(deed, provider_id)
    audit.note(deed, "provider_unmask", "provider", provider_id)
    return shown(deed.parts, row).office.focal_number


def _suspend(deed: Acting, provider_id: str, why: str) -> None:
    row = _found(deed, provider_id)
    becomes = move(PROVIDER, row.status, "suspended")
    _change(deed, row, row.updated_at, status=becomes)
    deed.record("provider", provider_id, was=row.status, became=becomes, why=why)
    audit.note(deed, "provider_suspend", "provider", provider_id, detail=why)
    for referral in providers.open_referrals(deed.connection, provider_id):
        silence(deed.connection, referral, "suspended", now=deed.now, actor=deed.who.id)
        after = write(
            deed.connection, referral, now=deed.now, link=None, code=None, link_ends_at=None
        )
        to_staff(
            deed.connection,
            after,
            "office_suspended",
            now=deed.now,
            actor=deed.who.id,
            level=Level.SUPERVISOR,
        )


def _found(deed: Acting, provider_id: str) -> Row[Any]:
    row = providers.by_id(deed.connection, provider_id)
    if row is None:
        raise NotAllowed(provider_id)
    return row


def _change(deed: Acting, row: Row[Any], seen: datetime, **columns: Any) -> None:
    if not providers.change(deed.connection, row.id, seen=seen, now=deed.now, **columns):
        raise Stale(row.id)


def _columns(parts: Parts, office: Office) -> dict[str, Any]:
    for name in (office.name_bn, office.name_en):
        if not name.strip() or len(name) > LONGEST_NAME:
            raise Refused("name")
    if wrong := named_in(parts, office.name_bn, office.name_en, office.focal_number):
        raise Refused(f"retired:{wrong}")
    if office.kind not in PROVIDER_KINDS:
        raise Refused("kind")
    if not office.services or not set(office.services) <= SERVICES.keys():
        raise Refused("services")
    if any(parts.places.district(each) is None for each in office.districts):
        raise Refused("districts")
    return {
        "name_bn": office.name_bn.strip(),
        "name_en": office.name_en.strip(),
        "kind": office.kind,
        "services": " ".join(each for each in SERVICES if each in office.services),
        "districts": " ".join(dict.fromkeys(office.districts)),
        "criteria": " ".join(each for each in CRITERIA if each in office.criteria),
        "centre_key": office.centre_key[:80],
        "source": office.source.strip()[:200],
    }


def _sealed(parts: Parts, office: Office, ident: str) -> dict[str, Any]:
    if len(office.focal_name) > LONGEST_FOCAL:
        raise Refused("focal_name")
    seal, name = parts.ring.seal, office.focal_name.strip()
    sealed: dict[str, Any] = {
        "focal_name": seal(name, "provider.focal_name", ident) if name else None,
        "focal_number": None,
        "focal_key": None,
    }
    if office.focal_number.strip():
        number = e164(office.focal_number)
        if number is None or not textable(number):
            raise Refused("focal_number")
        sealed["focal_number"] = seal(number, "provider.focal_number", ident)
        sealed["focal_key"] = parts.ring.fingerprint("phone", number)
    return sealed
