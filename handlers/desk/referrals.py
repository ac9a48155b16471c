"""Referrals: on the page of a case, in a list, and each on a page of its own with what both sides say."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from flask import request, url_for

from handlers.desk import referral_words as names
from handlers.desk.case_words import district, when
from handlers.desk.language import _
from handlers.desk.referral_forms import appointment, version
from helpline.cases.calendar import local
from helpline.cases.references import spoken
from helpline.cases.referral_rules import (
    CONSENT,
    FIELDS,
    OFFICE_MAY,
    Field,
    confirmed,
    conflict,
    consent_text,
    needs_check,
)
from helpline.cases.roles import Right
from helpline.cases.services import AREAS, SERVICES, lead_names, service_name
from helpline.cases.states import IllegalMove
from helpline.service.desk import offices, referrals
from helpline.service.desk.access import open_case
from helpline.service.desk.referrals import Refused, Wish
from helpline.service.referral_answers import Answer, NotNow
from helpline.store.desk import items
from helpline.store.desk import referrals as rows

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row

    from handlers.desk.desk import Answer as Page
    from handlers.desk.desk import Desk, Here
    from helpline.service.desk.acting import Acting

MOST: Final = 200
_CHOICES: Final = tuple(field for field in FIELDS if field != Field.REFERENCE)


def furnish(desk: Desk) -> None:
    """The pages of this room."""
    desk.link("referrals", _("Referrals"), "referrals", Right.CASES)
    desk.case_panel(60, "referrals/panel.html", _panel)
    desk.item_panel("referral", "referrals/item.html", _item)

    @desk.page("/referrals", Right.CASES, name="referrals")
    def listed(here: Here) -> Page:
        asked = request.args
        wanted = rows.Filter(
            state=_known(asked.get("state", ""), names.STATES),
            service=_known(asked.get("service", ""), SERVICES),
            district=asked.get("district", "")[:10],
            overdue=asked.get("overdue") == "yes",
            conflict=asked.get("conflict") == "yes",
        )
        with here.acting() as deed:
            found = rows.listed(deed.connection, here.who, wanted, now=deed.now, most=MOST)
            now = deed.now
        return here.show(
            "referrals/list.html",
            rows=found,
            wanted=wanted,
            now=now,
            most=MOST,
            districts=_districts(here),
            services=tuple(SERVICES),
            **_words(here),
        )

    @desk.page("/referrals/<referral_id>", Right.CASES, name="referral")
    def one(here: Here, referral_id: str) -> Page:
        return show_one(here, referral_id)

    for step, do in _STEPS.items():
        desk.action(f"/referrals/<referral_id>/{step}", Right.CASES, name=f"referral_{step}")(
            _action(do)
        )
    _furnish_drafts(desk)


def _furnish_drafts(desk: Desk) -> None:
    @desk.page("/case/<case_id>/refer", Right.CASES, name="refer")
    def refer(here: Here, case_id: str) -> Page:
        asked = request.args
        return show_form(
            here,
            case_id,
            service=_known(asked.get("service", ""), SERVICES),
            after=asked.get("after", "")[:32],
        )

    @desk.action("/case/<case_id>/refer", Right.CASES, name="refer_draft")
    def draft(here: Here, case_id: str) -> Page:
        wish, after = _wish(), request.form.get("after", "")[:32]
        try:
            with here.acting() as deed:
                ident = referrals.draft(deed, case_id, wish, after=after)
        except Refused as problem:
            return show_form(
                here, case_id, service=wish.service, after=after, wish=wish, problem=str(problem)
            )
        return here.go("referral", referral_id=ident)

    @desk.action("/case/<case_id>/gap", Right.CASES, name="refer_gap")
    def gap(here: Here, case_id: str) -> Page:
        said, after = request.form, request.form.get("after", "")[:32]
        service = said.get("service", "")
        try:
            with here.acting() as deed:
                referrals.record_gap(deed, case_id, service, said.get("why", ""), after=after)
        except Refused as problem:
            return show_form(here, case_id, service=service, after=after, problem=str(problem))
        return here.go("case", case_id=case_id)

    @desk.page("/referrals/<referral_id>/edit", Right.CASES, name="referral_edit")
    def edit(here: Here, referral_id: str) -> Page:
        return show_edit(here, referral_id)

    @desk.action("/referrals/<referral_id>/edit", Right.CASES, name="referral_redraft")
    def redraft(here: Here, referral_id: str) -> Page:
        wish = _wish()
        try:
            with here.acting() as deed:
                referrals.redraft(deed, referral_id, version(), wish)
        except Refused as problem:
            return show_edit(here, referral_id, wish=wish, problem=str(problem))
        return here.go("referral", referral_id=referral_id)


def _action(do: Callable[[Acting, str], None]) -> Callable[..., Page]:
    """One step of a referral: done, or shown with what is wrong."""

    def view(here: Here, referral_id: str) -> Page:
        try:
            with here.acting() as deed:
                do(deed, referral_id)
        except Refused as problem:
            return show_one(here, referral_id, problem=str(problem))
        except (NotNow, IllegalMove):
            return show_one(here, referral_id, problem="not_now")
        return here.go("referral", referral_id=referral_id)

    return view


def _consent(deed: Acting, referral_id: str) -> None:
    said = request.form
    answer = referrals.agree if said.get("agreed") == "yes" else referrals.refuse
    if said.get("agreed") not in ("yes", "no"):
        raise Refused("how")
    answer(deed, referral_id, version(), said.get("how", ""))


def _check(deed: Acting, referral_id: str) -> None:
    agreed = request.form.get("agreed") == "yes"
    referrals.check(deed, referral_id, version(), agreed=agreed)


def _call_off(deed: Acting, referral_id: str) -> None:
    why = request.form.get("why", "")
    if why not in names.CALLED_OFF:
        raise Refused("why")
    referrals.call_off(deed, referral_id, version(), why)


def _again(deed: Acting, referral_id: str) -> None:
    referrals.send_again(deed, referral_id, version())


def _link(deed: Acting, referral_id: str) -> None:
    referrals.new_link(deed, referral_id, version())


def _office(deed: Acting, referral_id: str) -> None:
    referrals.office_told(deed, referral_id, version(), read_answer(deed.now))


def _client(deed: Acting, referral_id: str) -> None:
    said, score = request.form, request.form.get("score", "")
    if said.get("said") not in ("attended", "not_attended"):
        raise Refused("not_now")
    referrals.client_told(
        deed,
        referral_id,
        version(),
        said["said"],
        why=_known(said.get("why", ""), names.WHY_NOT),
        score=int(score) if score in ("1", "2", "3", "4", "5") else None,
    )


def _decide(deed: Acting, referral_id: str) -> None:
    said = request.form
    outcome = _known(said.get("outcome", ""), names.OUTCOMES)
    referrals.decide(deed, referral_id, version(), said.get("becomes", ""), outcome)


_STEPS: Final = {
    "consent": _consent,
    "check": _check,
    "call_off": _call_off,
    "again": _again,
    "link": _link,
    "office": _office,
    "client": _client,
    "decide": _decide,
}


def read_answer(now: datetime) -> Answer:
    """What an office answers, from a form.

    Raises:
        Refused: a day that cannot be, or no answer at all.
    """
    said = request.form
    what = said.get("answer", "")
    if what not in {each for may in OFFICE_MAY.values() for each in may}:
        raise Refused("not_now")
    at = appointment(now) if what == "accept" else None
    return Answer(
        what,
        appointment_at=at,
        why=_known(said.get("why", ""), {**names.DECLINED, **names.WHY_NOT}),
        outcome=_known(said.get("outcome", ""), names.OUTCOMES),
    )


# -- pages --------------------------------------------------------------------------------------


def show_one(here: Here, referral_id: str, *, problem: str = "") -> Page:
    """The page of one referral, with everything that can be done about it now."""
    with here.acting() as deed:
        found = referrals.opened(deed, referral_id)
        row, case = found.row, found.case
        others = (
            [
                each
                for each in referrals.offered(deed, row.service, case.district)
                if each.id != row.provider_id
            ]
            if row.state == "declined" or (row.state == "sent" and row.reminded > 1)
            else []
        )
        open_item = _open_item(deed, row.id)
        return here.show(
            "referrals/one.html",
            422 if problem else 200,
            found=found,
            row=row,
            case=case,
            problem=problem,
            fields=names.told(
                here.language,
                here.parts.places,
                offices.shared(here.parts, deed.connection, row),
                hide_phone=True,
            ),
            consents=_consents(found) if row.state == "draft" else {},
            waits=row.state == "draft"
            and bool(row.consent_at)
            and needs_check(row.service, case.restricted),
            may_check=referrals.may_check(deed, row, case),
            may=OFFICE_MAY.get(row.state, ()),
            conflict=conflict(row.office_says, row.client_says),
            confirmed=confirmed(row.office_says, row.client_says),
            others=others,
            open_item=open_item,
            events=rows.events_of(deed.connection, row.id),
            texts=rows.messages_about(deed.connection, row.id),
            now=deed.now,
            today=local(deed.now).date(),
            masked=names.masked,
            **_words(here),
        )


def show_form(
    here: Here,
    case_id: str,
    *,
    service: str,
    after: str = "",
    wish: Wish | None = None,
    problem: str = "",
) -> Page:
    """Choosing a service for a case, then an office and what it may know."""
    with here.acting() as deed:
        case = open_case(deed, case_id)
        return here.show(
            "referrals/form.html",
            422 if problem else 200,
            case=case,
            row=None,
            case_reference=spoken(case.reference),
            after=after,
            action=url_for("desk.refer_draft", case_id=case_id),
            **_choices(here, deed, case, service, wish, problem),
        )


def show_edit(here: Here, referral_id: str, *, wish: Wish | None = None, problem: str = "") -> Page:
    """A draft to be changed."""
    with here.acting() as deed:
        found = referrals.opened(deed, referral_id)
        row = found.row
        said = wish or Wish(
            row.service, row.provider_id, row.priority, tuple(row.shared.split()), found.words
        )
        return here.show(
            "referrals/form.html",
            422 if problem else 200,
            case=found.case,
            row=row,
            case_reference=spoken(found.case.reference),
            after="",
            action=url_for("desk.referral_redraft", referral_id=referral_id),
            **_choices(here, deed, found.case, said.service, said, problem),
        )


def _choices(
    here: Here, deed: Acting, case: Row[Any], service: str, wish: Wish | None, problem: str
) -> dict[str, Any]:
    known = offices.known(here.parts, deed.connection, case.id, _CHOICES)
    told = names.told(here.language, here.parts.places, known, hide_phone=True)
    values = dict(zip(known, (text for _name, text in told), strict=True))
    chosen = SERVICES.get(service)
    return {
        "service": service,
        "providers": referrals.offered(deed, service, case.district) if service else [],
        "wish": wish or Wish(service, "", chosen.urgency if chosen else "normal", (), ""),
        "choices": [
            (field, FIELDS[field].name(here.language), values.get(field, "")) for field in _CHOICES
        ],
        "problem": problem,
        "leads": lead_names(service, here.language),
        "areas": [
            (area.name(here.language), [each for each in SERVICES.values() if each.area == key])
            for key, area in AREAS.items()
        ],
        "checked": needs_check(service, case.restricted),
        **_words(here),
    }


def _consents(found: referrals.Opened) -> dict[str, str]:
    """What the client is asked, in Bangla and English."""
    return {
        language: consent_text(
            found.row.consent_version or CONSENT,
            language,
            provider=found.provider.name_en if language == "en" else found.provider.name_bn,
            service=service_name(found.row.service, language),
            fields=referrals.fields_of(found.row),
        )
        for language in (("en", "bn") if found.case.language == "en" else ("bn", "en"))
    }


def _panel(here: Here, deed: Acting, case: Row[Any]) -> dict[str, Any] | None:
    return {
        "referrals": rows.of_case(deed.connection, case.id),
        "gaps": rows.gaps_of(deed.connection, case.id),
        "now": deed.now,
        **_words(here),
    }


def _item(here: Here, deed: Acting, item: Row[Any]) -> dict[str, Any] | None:
    row = rows.by_id(deed.connection, item.subject_id)
    if row is None:
        return None
    events = rows.events_of(deed.connection, row.id)
    return {
        "referral": row,
        "why": next((each.why for each in reversed(events) if each.why in names.EVENTS), ""),
        **_words(here),
    }


def _open_item(deed: Acting, referral_id: str) -> bool:
    item = items.about(deed.connection, kind="referral", subject_id=referral_id)
    return item is not None and item.state != "done"


def _words(here: Here) -> dict[str, Any]:
    """What every template of this room says codes, days and places with."""
    language = here.language
    return {
        "names": names,
        "called": lambda known, code: names.named(language, known, code),
        "service_name": lambda code: service_name(code, language),
        "provider_name": lambda row: _provider_name(language, row),
        "spoken": spoken,
        "when": lambda moment: when(here, moment),
        "district": lambda code: district(here, code),
        "conflicting": lambda row: conflict(row.office_says, row.client_says),
    }


def _provider_name(language: str, row: Any) -> str:
    """The name of an office, from its own row or one it was joined to."""
    keys = row._mapping  # noqa: SLF001  (the documented way to a row's names)
    prefix = "provider" if "provider_bn" in keys else "name"
    return str(keys[f"{prefix}_{'en' if language == 'en' else 'bn'}"])


def _wish() -> Wish:
    said = request.form
    return Wish(
        service=said.get("service", ""),
        provider_id=said.get("provider", "")[:32],
        priority=said.get("priority", ""),
        fields=tuple(each for each in said.getlist("fields") if each in FIELDS),
        words=said.get("words", "").strip(),
    )


def _districts(here: Here) -> list[tuple[str, str]]:
    return [
        (each.iso, each.name.in_language(here.language)) for each in here.parts.places.districts
    ]


def _known(code: str, codes: Any) -> str:
    return code if code in codes else ""
