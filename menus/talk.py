"""Somebody wrote words that may speak of danger: can you talk now? The words name nothing.

Whoever reads this on the phone learns only that somebody may call. A person was told meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from helpline.cases.effects import RequestCallback
from helpline.flow.words import End, Flow, Fork, Menu, Option, Scene, Text, _
from menus.complaint import lines

SOON = timedelta(hours=1)


def call_now(scene: Scene) -> tuple[RequestCallback]:
    """A call as soon as somebody can."""
    now = scene.facts.now
    return (RequestCallback(about="talk", slot_at=now, slot_ends_at=now + SOON),)


def how_soon(scene: Scene) -> str:
    """With the lines that answer at once, if any is certain today."""
    return "now" if lines(scene)["numbers"] else "soon"


def numbers(scene: Scene) -> Mapping[str, Text]:
    """The lines that answer day and night."""
    return lines(scene)


TALK = Flow(
    "talk",
    Menu(
        "start",
        _("Thank you for writing. Can you talk now?"),
        Option(1, _("Yes"), goto=Fork(how_soon, ("now", "soon"))),
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
    End("not_now", _("All right. Write or dial any time.")),
)
