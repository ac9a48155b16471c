"""The directory of offices: listed, proposed, changed, enlisted, suspended."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from flask import request, url_for

from handlers.desk import referral_words as names
from handlers.desk.districts import by_division
from handlers.desk.language import _
from helpline.cases.calendar import local
from helpline.cases.referral_rules import CENTRE_SERVICES, CRITERIA, PROVIDER_KINDS, may_enlist
from helpline.cases.roles import Right
from helpline.cases.services import AREAS, SERVICES, service_name
from helpline.cases.states import IllegalMove
from helpline.service.desk import audit, providers
from helpline.service.desk.acting import NotAllowed, Stale
from helpline.service.desk.providers import Office
from helpline.service.desk.referrals import Refused
from helpline.store.desk import providers as rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from handlers.desk.desk import Answer, Desk, Here
    from helpline.service.desk.acting import Acting


def furnish(desk: Desk) -> None:
    """The pages of this room."""
    desk.link("providers", _("Offices"), "providers", Right.DIRECTORY)

    @desk.page("/providers", Right.DIRECTORY, name="providers")
    def listed(here: Here) -> Answer:
        asked = request.args
        status = asked.get("status", "") if asked.get("status", "") in names.STATUSES else ""
        service = asked.get("service", "") if asked.get("service", "") in SERVICES else ""
        place = asked.get("district", "")[:10]
        with here.acting() as deed:
            counts = rows.counts(deed.connection)
            found = [
                providers.shown(here.parts, row, counts.get(row.id))
                for row in rows.listed(deed.connection, status=status)
                if (not service or service in row.services.split())
                and (not place or not row.districts or place in row.districts.split())
            ]
        return here.show(
            "providers/list.html",
            found=found,
            only=status,
            service=service,
            place=place,
            proposable=_proposable(here, place),
            **_words(here),
        )

    @desk.page("/providers/new", Right.DIRECTORY, name="provider_new")
    def new(here: Here) -> Answer:
        key = request.args.get("centre", "")[:80]
        return _form(here, providers.from_centre(here.parts, key) if key else Office())

    @desk.action("/providers/new", Right.DIRECTORY, name="provider_propose")
    def propose(here: Here) -> Answer:
        office = _office()
        try:
            with here.acting() as deed:
                ident = providers.propose(deed, office)
        except Refused as problem:
            return _form(here, office, problem=str(problem))
        return here.go("provider", provider_id=ident)

    @desk.page("/providers/<provider_id>", Right.DIRECTORY, name="provider")
    def one(here: Here, provider_id: str) -> Answer:
        return _show(here, provider_id)

    _furnish_changes(desk)


def _furnish_changes(desk: Desk) -> None:
    @desk.action("/providers/<provider_id>", Right.DIRECTORY, name="provider_change")
    def change(here: Here, provider_id: str) -> Answer:
        office = _office()
        try:
            with here.acting() as deed:
                known = rows.by_id(deed.connection, provider_id)
                if known is not None and not office.focal_number:
                    office = _with_known_number(deed, known, office)
                providers.rewrite(deed, provider_id, _seen(), office)
        except Refused as problem:
            return _show(here, provider_id, office=office, problem=str(problem))
        return here.go("provider", provider_id=provider_id)

    for name, do in _STEPS.items():
        desk.action(f"/providers/<provider_id>/{name}", Right.DIRECTORY, name=f"provider_{name}")(
            _step(do)
        )

    @desk.action("/providers/<provider_id>/number", Right.UNMASK, name="provider_number")
    def number(here: Here, provider_id: str) -> Answer:
        if not here.who.may(Right.DIRECTORY):
            raise NotAllowed(provider_id)
        with here.acting() as deed:
            shown = providers.unmask(deed, provider_id)
        return _show(here, provider_id, number=shown)


def _step(do: Callable[[Acting, str, datetime], None]) -> Callable[..., Answer]:
    def view(here: Here, provider_id: str) -> Answer:
        try:
            with here.acting() as deed:
                do(deed, provider_id, _seen())
        except Refused as problem:
            return _show(here, provider_id, problem=str(problem))
        except IllegalMove:
            raise Stale(provider_id) from None
        return here.go("provider", provider_id=provider_id)

    return view


_STEPS: Final = {
    "enlist": providers.enlist,
    "verify": providers.verify,
    "suspend": providers.suspend,
}


def _with_known_number(deed: Acting, row: Any, office: Office) -> Office:
    """An empty field keeps the number it stands for: it is not shown, so it was not deleted."""
    if request.form.get("no_number") == "yes":
        return office
    return replace(office, focal_number=providers.shown(deed.parts, row).office.focal_number)


def _show(
    here: Here,
    provider_id: str,
    *,
    office: Office | None = None,
    problem: str = "",
    number: str = "",
) -> Answer:
    with here.acting() as deed:
        row = rows.by_id(deed.connection, provider_id)
        if row is None:
            raise NotAllowed(provider_id)
        shown = providers.shown(here.parts, row, rows.counts(deed.connection).get(provider_id))
        audit.note(deed, "provider_read", "provider", provider_id)
    return here.show(
        "providers/one.html",
        422 if problem else 200,
        shown=shown,
        row=row,
        office=office or shown.office,
        number=number or names.masked(shown.office.focal_number),
        unmasked=bool(number),
        may_enlist=may_enlist(shown.office.criteria),
        problem=problem,
        action=url_for("desk.provider_change", provider_id=provider_id),
        **_words(here),
    )


def _form(here: Here, office: Office, *, problem: str = "") -> Answer:
    return here.show(
        "providers/new.html",
        422 if problem else 200,
        row=None,
        office=office,
        number="",
        problem=problem,
        action=url_for("desk.provider_propose"),
        **_words(here),
    )


def _office() -> Office:
    said = request.form
    return Office(
        name_bn=said.get("name_bn", ""),
        name_en=said.get("name_en", ""),
        kind=said.get("kind", ""),
        services=tuple(said.getlist("services")),
        districts=tuple(said.getlist("districts")),
        criteria=tuple(each for each in said.getlist("criteria") if each in CRITERIA),
        focal_name=said.get("focal_name", ""),
        focal_number=said.get("focal_number", "").strip(),
        centre_key=said.get("centre_key", ""),
        source=said.get("source", ""),
    )


def _seen() -> datetime:
    """When the directory's entry had been changed last, as the form's author saw it."""
    try:
        return datetime.fromisoformat(request.form.get("seen", "")).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Stale("no time") from None


def _proposable(here: Here, place: str) -> list[tuple[str, str]]:
    """Service points of a district from the directory of centres: key and name."""
    if not place:
        return []
    today = local(here.parts.clock()).date()
    answers = here.parts.directory().near(place, None, today, 20, tuple(CENTRE_SERVICES))
    return [(each.centre.key, each.centre.name.in_language(here.language)) for each in answers]


def _words(here: Here) -> dict[str, Any]:
    language, places = here.language, here.parts.places
    return {
        "names": names,
        "called": lambda known, code: names.named(language, known, code),
        "service_name": lambda code: service_name(code, language),
        "areas": [
            (area.name(language), [each for each in SERVICES.values() if each.area == key])
            for key, area in AREAS.items()
        ],
        "criteria": CRITERIA,
        "kinds": PROVIDER_KINDS,
        "services": tuple(SERVICES),
        "districts": [(each.iso, each.name.in_language(language)) for each in places.districts],
        "divisions": by_division(here),
        "day": lambda on: names.day(language, on),
        "masked": names.masked,
    }
