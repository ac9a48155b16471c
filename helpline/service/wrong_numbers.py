"""Numbers that staff may give to nobody, with those that are right today. A dead one in a crisis is worse than none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpline.cases.phone_lines import retired_in
from helpline.data.load import load_retired

if TYPE_CHECKING:
    from collections.abc import Mapping

    from helpline.service.parts import Parts


def retired(parts: Parts) -> Mapping[str, str]:
    """Superseded and contradictory numbers, each with the line to give instead while that is current."""
    shown = {line.number for line in parts.hotlines()}
    return {old: new if new in shown else "" for old, new in load_retired().items()}


def named_in(parts: Parts, *texts: str) -> str:
    """The first such number in words that are typed for others to read: `old → new`; or nothing."""
    known = retired(parts)
    return next((told for text in texts for told in retired_in(text, known)), "")
