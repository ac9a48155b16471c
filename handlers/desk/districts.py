"""Districts to choose several of, under the divisions they lie in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from handlers.desk.desk import Here


def by_division(here: Here, only: Collection[str] = ()) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each division's name with the codes and names of its districts; with `only`, no others."""
    places, language = here.parts.places, here.language
    named = [
        (
            division.name.in_language(language),
            [
                (each.iso, each.name.in_language(language))
                for each in places.districts_of(division.iso)
                if not only or each.iso in only
            ],
        )
        for division in places.divisions
    ]
    return [(name, districts) for name, districts in named if districts]
