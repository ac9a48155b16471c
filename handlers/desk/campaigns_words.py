"""What the codes of campaigns are called, and how costs and lasting are said."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from babel.numbers import format_decimal

from handlers.desk.case_words import LANGUAGES, WARNINGS, day, district, named, when
from handlers.desk.language import _
from handlers.desk.queue_words import lasting
from handlers.desk.reports_words import NAMES, NOTE, PURPOSES

if TYPE_CHECKING:
    from handlers.desk.desk import Here
    from helpline.service.desk.campaigns import Draft

__all__ = [
    "LANGUAGES",
    "NOTE",
    "PURPOSES",
    "WARNINGS",
    "day",
    "district",
    "lasting",
    "named",
    "when",
]

SEXES: Final = NAMES["sex"]
NEEDS: Final = NAMES["need"]
STATES: Final[Mapping[str, str]] = {
    "draft": _("Draft"),
    "submitted": _("Waits for a second person"),
    "approved": _("May be started"),
    "running": _("Being sent"),
    "paused": _("Paused"),
    "done": _("Finished"),
    "cancelled": _("Cancelled"),
}
LOOKS: Final[Mapping[str, str]] = {
    "submitted": "warn",
    "running": "good",
    "paused": "warn",
    "cancelled": "urgent",
}
"""The colour of a state."""
PROGRESS: Final[Mapping[str, str]] = {
    "queued": _("Waiting"),
    "sent": _("Sent"),
    "delivered": _("Delivered"),
    "failed": _("Failed"),
    "undecided": _("Not known whether it went"),
    "refused": _("Not allowed any more"),
    "skipped": _("Too late"),
    "cancelled": _("Cancelled"),
}
WHY: Final[Mapping[str, str]] = {
    "stopped": _("The phone wants no more texts"),
    "unsafe": _("The phone is not safe"),
    "withdrawn": _("The person withdrew"),
    "no_permit": _("No permission, or no wish for news"),
    "news_ended": _("The person wants no more news"),
    "wrong_person": _("The phone is somebody else's by now"),
    "long_silence": _("The phone is somebody else's by now"),
    "erased": _("The person was erased"),
    "expired": _("The permission is too old"),
    "not_detailed": _("Only neutral texts are allowed there"),
    "shared": _("Somebody else uses the phone, too"),
    "stale": _("The campaign was over"),
    "no_safe_time": _("No safe time before the campaign was over"),
    "campaign": _("The campaign was cancelled"),
    "not_neutral": _("The text is not neutral any more"),
    "no_gateway": _("The gateway does not answer"),
    "worker_lost": _("Our program was interrupted"),
    "quiet": _("Waits for the day"),
    "window": _("Waits for the safe time"),
    "pace": _("Waits for its turn"),
}
PROBLEMS: Final[Mapping[str, str]] = {
    "title": _("Please give it a short name of one line."),
    "too_long": _("A text may have 480 letters at most."),
    "reason": _("The reason may have 300 letters at most."),
    "districts": _("Please choose districts from the list."),
    "not_your_districts": _("Please choose among your own districts."),
    "segment": _("Please choose from the lists."),
    "valid_until": _("The last day must lie within the next 30 days."),
    "no_text": _("A text is missing for one of the languages."),
    "too_few": _("Fewer than five phones: that is no campaign."),
    "script": _("A text is in the wrong script: it cannot go."),
    "retired": _("A text names a number that is wrong: please give the right one, or none."),
    "listed_words": _("A text says too much. Please change it, or say why it must go as it is."),
    "restricted_words": _("To these people only a neutral text may go. Please change it."),
    "own_words": _("You wrote some of it, or handed it in: somebody else must agree."),
    "second_person": _(
        "It now reaches so many that a second person must agree: please change it and hand it in again."
    ),
}


def money(here: Here, amount: Decimal, currency: str) -> str:
    """An amount: `1,250.5 BDT`."""
    return f"{format_decimal(amount, locale=here.language)} {currency}"


def number(here: Here, count: int) -> str:
    """A count with its thousands parted."""
    return format_decimal(count, locale=here.language)


def segment(here: Here, draft: Draft) -> list[tuple[str, str]]:
    """Whom a campaign is for, in words: what is chosen of, and what was chosen."""
    chosen = draft.segment
    everybody = here.say(_("All"))
    rows = (
        (_("Districts"), [district(here, code) for code in sorted(chosen.districts)]),
        (_("What they need"), [named(here, NEEDS, code) for code in NEEDS if code in chosen.needs]),
        (
            _("Languages"),
            [named(here, LANGUAGES, code) for code in LANGUAGES if code in chosen.languages],
        ),
        (_("Sex"), [named(here, SEXES, code) for code in SEXES if code in chosen.sexes]),
    )
    return [(here.say(title), ", ".join(names) or everybody) for title, names in rows]
