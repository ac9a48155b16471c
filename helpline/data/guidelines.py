"""Read the guideline for referrals."""

from __future__ import annotations

from functools import cache
from typing import Final

from helpline.cases.guidelines import Guideline, Kind, Point
from helpline.data.files import BadData, entries, toml

_GUIDELINES: Final = "guidelines.toml"


@cache
def load_guideline() -> Guideline:
    """The guideline that is followed now.

    Raises:
        BadData: a point is incomplete, or names a service that there is not.
    """
    try:
        return Guideline(
            int(toml(_GUIDELINES)["version"]),
            tuple(
                Point(
                    bn=entry.text("bn"),
                    en=entry.text("en"),
                    code=entry.text("key"),
                    kind=Kind(entry.text("kind")),
                    services=entry.several("services"),
                )
                for entry in entries(_GUIDELINES, "point")
            ),
        )
    except (KeyError, ValueError) as fault:
        raise BadData(f"{_GUIDELINES}: {' '.join(str(fault).split())}") from None
