"""What a conversation may know besides the caller's own words, as of one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from helpline.cases.crisis import Lexicon
from helpline.cases.rota import Openings

if TYPE_CHECKING:
    from helpline.cases.directory import Directory
    from helpline.cases.hotlines import Hotline
    from helpline.cases.own import Opened
    from helpline.cases.places import Places
    from helpline.cases.topics import Topic

NO_PHRASES: Final = Lexicon(())


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a menu function may look at. Nothing here says whether the caller is known.

    `loaded` holds what a screen's `needs` asked for; the engine asks again with it filled.
    """

    now: datetime
    channel: str
    short_code: str
    places: Places
    hotlines: tuple[Hotline, ...]
    directory: Directory
    loaded: Mapping[str, Opened] = field(default_factory=dict)
    openings: Openings = field(default_factory=Openings)
    """When the helpline is open, and who is to be there."""
    topics: tuple[Topic, ...] = ()
    phrases: Lexicon = NO_PHRASES
    """What words may speak of danger."""
