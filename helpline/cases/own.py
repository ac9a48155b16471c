"""What may be shown of a person's own matters once the secret number was right.

Each of these has an empty `person_id` when the number did not match, was tried too often today, or
nobody registered from this phone: the caller cannot tell which.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final, Protocol

from helpline.cases.safe_times import EVERY_DAY

if TYPE_CHECKING:
    from helpline.cases.stages import Stage


MARKS: Final = ("very_good", "good", "fair", "bad")
"""How a service was: the digits 1 to 4."""
LOWEST: Final = MARKS[-1]
"""Opens a task for a supervisor."""


class Opened(Protocol):
    """What a secret number opened, whatever it is."""

    @property
    def person_id(self) -> str:
        """Whose it is."""


@dataclass(frozen=True, slots=True)
class Renewal:
    """Who may choose a new secret number, and with which code; empty for everybody without one."""

    person_id: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class SentTo:
    """An office the person was sent to. Neither its name nor its service is shown."""

    referral_id: str
    kind: str
    """government, ngo or private."""
    state: str
    at: datetime
    """The appointment, or when it was sent."""
    answered: bool
    """Whether the person has said already what came of it, or it is too early to say."""


@dataclass(frozen=True, slots=True)
class Ended:
    """Something that was done for a person: the id of the question about it, and what it was."""

    id: str
    subject_id: str


@dataclass(frozen=True, slots=True)
class Matters:
    """How a person's case stands."""

    person_id: str = ""
    stage: Stage | None = None
    offices: tuple[SentTo, ...] = ()
    ended: tuple[Ended, ...] = ()
    """What the person has not said yet how it was, the oldest first."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept about a person, as far as a small screen may say it: codes by column."""

    person_id: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    """`district`, `upazila`, `country`, `returned`, `need` and `papers` (the kind of document)."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a person allows on the phone they call from; nothing, where it has run out."""

    person_id: str = ""
    sms: bool = False
    call: bool = False
    window: str = "any"
    weekdays: str = EVERY_DAY
    sole: bool = False
    news: bool = False
    opinion: bool = False
    """Whether they may be asked what they think: they want news, and have not said it yet."""


@dataclass(frozen=True, slots=True)
class Dependant:
    """Somebody of the person's family, as the person told it: codes, no name."""

    id: str
    relation: str
    age: str
    need: str


@dataclass(frozen=True, slots=True)
class Family:
    """The dependants a person has told us of; never who else belongs to the household."""

    person_id: str = ""
    dependants: tuple[Dependant, ...] = ()
