"""How the pages of referrals are filled: one referral, and the form in which it is drafted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import url_for

from handlers.desk import referral_words as names
from handlers.desk.case_words import district, when
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
from helpline.cases.services import AREAS, SERVICES, lead_names, service_name
from helpline.data.guidelines import load_guideline
from helpline.service.desk import offices, referral_drafts, referrals
from helpline.service.desk.access import open_case
from helpline.service.desk.referral_drafts import Wish
from helpline.store.desk import items
from helpline.store.desk import referrals as rows

if TYPE_CHECKING:
    from sqlalchemy import Row

    from handlers.desk.desk import Answer as Page
    from handlers.desk.desk import Here
    from helpline.service.desk.acting import Acting

_CHOICES: Final = tuple(field for field in FIELDS if field != Field.REFERENCE)


def show_one(here: Here, referral_id: str) -> Page:
    """The page of one referral, with everything that can be done about it now."""
    with here.acting() as deed:
        found = referrals.opened(deed, referral_id)
        row, case = found.row, found.case
        others = (
            [
                each
                for each in referral_drafts.offered(deed, row.service, case.district)
                if each.id != row.provider_id
            ]
            if row.state == "declined" or (row.state == "sent" and row.reminded > 1)
            else []
        )
        open_item = _open_item(deed, row.id)
        return here.show(
            "referrals/one.html",
            found=found,
            row=row,
            case=case,
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
            may_check=referral_drafts.may_check(deed, row, case),
            may=OFFICE_MAY.get(row.state, ()),
            conflict=conflict(row.office_says, row.client_says),
            confirmed=confirmed(row.office_says, row.client_says),
            others=others,
            guideline=load_guideline(),
            open_item=open_item,
            events=rows.events_of(deed.connection, row.id),
            texts=rows.messages_about(deed.connection, row.id),
            now=deed.now,
            today=local(deed.now).date(),
            masked=names.masked,
            **words_of(here),
        )


AT_FIELD: Final = frozenset(
    {
        *("service", "priority", "words_too_long", "words_missing", "funding", "guide"),
        *("not_enlisted", "does_not_serve"),
    }
)
"""What can be wrong with one field of the form; it is said there."""


def show_form(
    here: Here,
    case_id: str,
    *,
    service: str,
    after: str = "",
    item: str = "",
    wish: Wish | None = None,
    problem: str = "",
) -> Page:
    """Choosing a service for a case, then an office and what it may know; `item` is what it is for."""
    with here.acting() as deed:
        case = open_case(deed, case_id)
        return here.show(
            "referrals/form.html",
            422 if problem else 200,
            case=case,
            row=None,
            case_reference=spoken(case.reference),
            after=after,
            item=item or None,
            action=url_for("desk.refer_draft", case_id=case_id),
            **_choices(here, deed, case, service, wish, problem),
        )


def show_edit(here: Here, referral_id: str, *, wish: Wish | None = None, problem: str = "") -> Page:
    """A draft to be changed."""
    with here.acting() as deed:
        found = referrals.opened(deed, referral_id)
        row = found.row
        said = wish or Wish(
            row.service,
            row.provider_id,
            row.priority,
            tuple(row.shared.split()),
            found.words,
            row.funding,
            tuple(row.asked.split()),
            row.left_out,
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
        "providers": referral_drafts.offered(deed, service, case.district) if service else [],
        "wish": wish or Wish(service, "", chosen.urgency if chosen else "normal", (), ""),
        "guideline": load_guideline(),
        "choices": [
            (field, FIELDS[field].name(here.language), values.get(field, "")) for field in _CHOICES
        ],
        "problem": problem,
        "at_field": AT_FIELD,
        "leads": lead_names(service, here.language),
        "areas": [
            (area.name(here.language), [each for each in SERVICES.values() if each.area == key])
            for key, area in AREAS.items()
        ],
        "checked": needs_check(service, case.restricted),
        **words_of(here),
    }


def _consents(found: referrals.Opened) -> dict[str, str]:
    """What the client is asked, in Bangla and English."""
    return {
        language: consent_text(
            found.row.consent_version or CONSENT,
            language,
            provider=found.provider.name_en if language == "en" else found.provider.name_bn,
            service=service_name(found.row.service, language),
            fields=referral_drafts.fields_of(found.row),
        )
        for language in (("en", "bn") if found.case.language == "en" else ("bn", "en"))
    }


def _open_item(deed: Acting, referral_id: str) -> bool:
    item = items.about(deed.connection, kind="referral", subject_id=referral_id)
    return item is not None and item.state != "done"


def words_of(here: Here) -> dict[str, Any]:
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
