"""Somebody wrote words that may speak of danger: can you talk now? The words name nothing.

Whoever reads this on the phone learns only that somebody may call. A person was told meanwhile, day
and night; but where nobody is on shift that is said, with when somebody is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from helpline.cases.calendar import local, spoken_day
from helpline.cases.effects import RequestCallback
from helpline.flow.words import End, Flow, Fork, Menu, Option, Scene, Text, _
from menus.complaint import lines
from menus.slots import TODAY, TOMORROW

SOON = timedelta(hours=1)
WAYS = ("now", "soon", "later", "later_only", "away", "left")


def call_now(scene: Scene) -> tuple[RequestCallback]:
    """A call as soon as somebody can: offered now, also to whoever is on call, promised not before somebody is there."""
    now = scene.facts.now
    there = scene.facts.openings.next_there(now) or now
    return (RequestCallback(about="talk", slot_at=now, slot_ends_at=there + SOON),)


def how_soon(scene: Scene) -> str:
    """What can honestly be said: somebody is there, or when somebody is; and who answers at once."""
    lines_there = bool(lines(scene)["numbers"])
    there = scene.facts.openings.next_there(scene.facts.now)
    if there == scene.facts.now:
        return "now" if lines_there else "soon"
    if there is None:
        return "away" if lines_there else "left"
    return "later" if lines_there else "later_only"


def later(scene: Scene) -> Mapping[str, Text]:
    """When somebody is there, and the lines that answer until then."""
    now = scene.facts.now
    there = scene.facts.openings.next_there(now) or now
    today, day = local(now).date(), local(there).date()
    near = {today: TODAY, today + timedelta(days=1): TOMORROW}
    return {
        "day": near.get(day, spoken_day(day)),
        "time": f"{local(there):%H:%M}",
        **lines(scene),
    }


def numbers(scene: Scene) -> Mapping[str, Text]:
    """The lines that answer day and night."""
    return lines(scene)


TALK = Flow(
    "talk",
    Menu(
        "start",
        _("Thank you for writing. Can you talk now?"),
        Option(1, _("Yes"), goto=Fork(how_soon, WAYS)),
        Option(2, _("No"), goto="not_now"),
        Option(3, _("Later"), goto="callback.when"),
    ),
    End(
        "now",
        _("We will try to call you soon. At once, free: {numbers}"),
        do=call_now,
        fill=numbers,
    ),
    End("soon", _("We will try to call you soon."), do=call_now),
    End(
        "later",
        _("Nobody is here now. We call from {day}, {time}. At once, free: {numbers}"),
        do=call_now,
        fill=later,
    ),
    End(
        "later_only", _("Nobody is here now. We call from {day}, {time}."), do=call_now, fill=later
    ),
    End(
        "away",
        _("Nobody is here now. We call when somebody is. At once, free: {numbers}"),
        do=call_now,
        fill=numbers,
    ),
    End("left", _("Nobody is here now. We call when somebody is."), do=call_now),
    End("not_now", _("All right. Write or dial any time.")),
)
