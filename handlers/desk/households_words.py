"""What the codes of a family are called at the desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from handlers.desk.case_words import named, when
from handlers.desk.language import _

__all__ = ["AGES", "CARED_FOR", "NEEDS", "RELATIONS", "named", "when"]

RELATIONS: Final[Mapping[str, str]] = {
    "spouse": _("Wife or husband"),
    "child": _("Son or daughter"),
    "parent": _("Mother or father"),
    "sibling": _("Brother or sister"),
    "other": _("Somebody else of the family"),
}
AGES: Final[Mapping[str, str]] = {
    "0_5": _("up to 5 years"),
    "6_17": _("6 to 17 years"),
    "18_59": _("18 to 59 years"),
    "60_up": _("60 years or more"),
}
CARED_FOR: Final[Mapping[str, str]] = {
    "child": _("Children"),
    "elder": _("Old people"),
    "disabled": _("People with a disability"),
    "kin": _("Others of the household"),
}
NEEDS: Final[Mapping[str, str]] = {
    "school": _("School, or money for it"),
    "health": _("Treatment"),
    "disability": _("Help with a disability"),
    "allowance": _("An allowance"),
    "work": _("Work or training"),
    "none": _("Nothing now"),
}
