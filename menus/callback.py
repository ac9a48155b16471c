"""A human: offered on every screen (0), after three wrong tries, and in the main menu."""

from __future__ import annotations

from collections.abc import Mapping

from helpline.cases.calendar import next_slot, spoken_day, spoken_window, window_name
from helpline.cases.effects import RequestCallback
from helpline.flow.book import BACK
from helpline.flow.words import End, Flow, Item, Menu, Option, Pick, Scene, Text, _

ANY = "any"


def times(_scene: Scene) -> tuple[Item, ...]:
    """The times of day for a call."""
    named = ("morning", "afternoon", "evening")
    return (Item(ANY, _("As soon as you can")), *(Item(name, window_name(name)) for name in named))


def when(scene: Scene) -> Mapping[str, Text]:
    """The time of the call in words."""
    slot = next_slot(scene.facts.now, scene.answers["window"])
    begins = max(slot.begins, scene.facts.now)
    return {"day": spoken_day(begins), "window": spoken_window(begins)}


def request(scene: Scene) -> tuple[RequestCallback]:
    """The call as it was asked for."""
    slot = next_slot(scene.facts.now, scene.answers["window"])
    return (RequestCallback(about="menu", slot_at=slot.begins, slot_ends_at=slot.ends),)


CALLBACK = Flow(
    "callback",
    Menu(
        "offer",
        _("Would you like to talk to a person?"),
        Option(1, _("Call me"), goto="safe"),
        Option(2, _("I will call: show numbers"), goto="numbers.start"),
    ),
    Menu(
        "stuck",
        _("Shall we call you and do it together?"),
        Option(1, _("Yes, call me"), goto="safe"),
        Option(2, _("No, I will try again"), goto=BACK),
    ),
    Menu(
        "safe",
        _("Is it safe if we call this phone?"),
        Option(1, _("Yes"), goto="when"),
        Option(2, _("No"), goto="unsafe"),
    ),
    End("unsafe", _("All right, we will not call. Dial us when you can.")),
    Pick("when", _("When shall we call?"), items=times, saves="window", goto="done"),
    End("done", _("All right. We will call: {day}, {window}."), do=request, fill=when),
)
