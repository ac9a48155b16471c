"""A human: offered on every screen (0), after three wrong tries, and in the main menu."""

from __future__ import annotations

from collections.abc import Mapping

from helpline.cases.calendar import Slot, spoken_day, spoken_window
from helpline.cases.effects import RequestCallback
from helpline.cases.slots import answered_at, next_slot
from helpline.flow.book import BACK
from helpline.flow.words import End, Flow, Fork, Item, Menu, Option, Pick, Scene, Text, _
from menus.slots import TIMES, in_hours

ANY = "any"


def times(_scene: Scene) -> tuple[Item, ...]:
    """The times of day for a call."""
    return (Item(ANY, _("As soon as you can")), *(Item(name, in_hours(name)) for name in TIMES))


def slot_of(scene: Scene) -> Slot:
    """The next time of the kind that was chosen, on a day on which somebody is there."""
    return next_slot(scene.facts.openings.hours, scene.facts.now, scene.answers["window"])


def open_or_closed(scene: Scene) -> str:
    """Who calls while nobody is there is told so."""
    return "closed" if scene.facts.openings.hours.says_closed(scene.facts.now) else "done"


def when(scene: Scene) -> Mapping[str, Text]:
    """The time of the call in words: not before somebody is there."""
    begins = answered_at(scene.facts.openings.hours, slot_of(scene), scene.facts.now)
    return {"day": spoken_day(begins), "window": spoken_window(begins)}


def request(scene: Scene) -> tuple[RequestCallback]:
    """The call as it was asked for."""
    slot = slot_of(scene)
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
    Pick(
        "when",
        _("When shall we call?"),
        items=times,
        saves="window",
        goto=Fork(open_or_closed, ("done", "closed")),
    ),
    End("done", _("All right. We will call: {day}, {window}."), do=request, fill=when),
    End(
        "closed",
        _("We are closed now. We will call: {day}, {window}."),
        do=request,
        fill=when,
    ),
)
