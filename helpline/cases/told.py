"""What a person tells of themselves when they register: the codes there are, and which go together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from helpline.cases.places import Places

ANSWERS: Final[Mapping[str, tuple[str, ...]]] = {
    "for_whom": ("self", "family"),
    "sex": ("woman", "man", "other", "unsaid"),
    "returned": ("3_months", "1_year", "3_years", "longer"),
    "reason": ("contract", "wish", "health", "work", "sent_back", "other"),
    "need": ("counselling", "health", "work", "debt", "papers", "legal", "shelter", "unknown"),
}
"""The coded answers of a registration, as the callers' menu gives them."""
PLACES: Final = ("district", "upazila", "country")
PAPERS: Final = ("nid", "passport", "bmet")
"""The kinds of identity document whose number somebody may give."""
BY_PHONE: Final = ("district", "upazila", "country", "returned", "need")
"""What a person may put right by themselves, behind the secret number; and the papers."""


def is_answer(places: Places, column: str, value: str, district: str) -> bool:
    """Whether a column may hold a value, for somebody who lives in `district`."""
    if column == "district":
        return places.district(value) is not None
    if column == "upazila":
        return not value or value in {each.key for each in places.upazilas_of(district)}
    if column == "country":
        return places.country(value) is not None
    return value in ANSWERS.get(column, ())
