"""What the coded answers of a registration are called: as the callers' menu says it, and by place."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from handlers.desk.language import _
from helpline.cases.told import ANSWERS
from helpline.flow.words import Menu
from helpline.i18n import translator
from menus.registration import REGISTRATION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handlers.desk.desk import Here

COLUMNS: Final[Mapping[str, str]] = {
    "for_whom": _("For whom"),
    "sex": _("Sex"),
    "district": _("District"),
    "upazila": _("Upazila"),
    "country": _("Country"),
    "returned": _("Came back"),
    "reason": _("Why the client came back"),
    "need": _("What is needed most"),
}
PAPERS: Final = _("Number from papers")
BY_PHONE: Final = _("by phone, the client")
"""Who corrected an answer behind the secret number."""
CONSENTED: Final[Mapping[str, str]] = {
    "voice": _("Said yes aloud"),
    "paper": _("Signed a paper"),
}
CERTIFICATES: Final[Mapping[str, str]] = {
    "yes": _("with a certificate"),
    "no": _("without a certificate"),
    "": _("not asked about a certificate"),
}
PROOFS: Final[Mapping[str, str]] = {
    "by_safe_word": _("Said the safe word of this phone"),
    "by_papers": _("Is here in person, with papers that have a photograph"),
    "by_voice": _("I have met or talked with the client before and know them again"),
    "by_answers": _("Told me what only the client can know"),
}
"""How staff know whom they speak with before a secret number is renewed."""
EXPORTS: Final[Mapping[str, str]] = {
    "asked_for": _("The person asked for it"),
    "court": _("A court asks for it"),
    "moved_service": _("Another service goes on with the client"),
}


@cache
def menu(column: str) -> dict[str, str]:
    """The answers of one question of the callers' menu: code to source text."""
    for screen in REGISTRATION.screens:
        if isinstance(screen, Menu) and screen.saves == column:
            return {option.value: str(option.text) for option in screen.options if option.value}
    return {}


def answers(here: Here, column: str) -> list[tuple[str, str]]:
    """The answers a coded column may have, with what they are called."""
    places, language = here.parts.places, here.language
    if column == "district":
        return [(each.iso, each.name.in_language(language)) for each in places.districts]
    if column == "country":
        return [(each.iso, each.name.in_language(language)) for each in places.countries]
    say = translator(language)
    return [(code, say(menu(column)[code])) for code in ANSWERS.get(column, ())]


def upazilas(here: Here, district: str) -> list[tuple[str, str]]:
    """The upazilas of a district, or of all of them for a form that does not know it yet."""
    places, language = here.parts.places, here.language
    chosen = places.upazilas_of(district) if district else places.upazilas
    return [(each.key, each.name.in_language(language)) for each in chosen]


def column_name(column: str) -> str:
    """What a column that can be corrected is called."""
    return PAPERS if column == "papers" else COLUMNS.get(column, column)


def answer(here: Here, column: str, value: str | None) -> str:
    """What one answer is called; empty for none. Of a document which one it is, never its number."""
    if not value:
        return ""
    if column == "papers":
        kind = value.partition(" ")[0]
        return translator(here.language)(menu("papers").get(kind, kind))
    if column == "upazila":
        found = here.parts.places.upazila(value)
        return found.name.in_language(here.language) if found else value
    return dict(answers(here, column)).get(value, value)
