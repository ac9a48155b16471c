"""Telling that something went wrong: pay, work, an agency, ill-treatment, papers, our own service.

No details are asked here: a person calls. Where there may be danger the lines that answer at once
come first, and the conversation can be ended with words that tell nobody anything.
"""

from __future__ import annotations

from collections.abc import Mapping

from helpline.cases.effects import Complain
from helpline.flow.words import End, Flow, Fork, Menu, Option, Pick, Scene, Text, _
from menus.callback import slot_of, times, when

AT_ONCE = ("emergency", "women_and_children")
"""The keys of the lines that answer day and night."""
NO_CALL = "none"
WAYS = ("safety", "call", "by_phone")


def lines(scene: Scene) -> Mapping[str, Text]:
    """The numbers of the lines that answer at once, as far as they are current."""
    known = {line.key: line.number for line in scene.facts.hotlines}
    return {"numbers": ", ".join(known[key] for key in AT_ONCE if key in known)}


def safest(scene: Scene) -> str:
    """First the lines that answer at once, if any is certain today; by SMS, nothing that stays to be read."""
    if scene.facts.channel == "sms":
        return "by_phone"
    return "safety" if lines(scene)["numbers"] else "call"


def complain(scene: Scene) -> tuple[Complain]:
    """The complaint, to be called about at the chosen time."""
    slot = slot_of(scene)
    return (
        Complain(scene.answers["about"], call=True, slot_at=slot.begins, slot_ends_at=slot.ends),
    )


def complain_without_call(scene: Scene) -> tuple[Complain]:
    """The complaint; the caller will come back."""
    now = scene.facts.now
    return (Complain(scene.answers["about"], call=False, slot_at=now, slot_ends_at=now),)


COMPLAINT = Flow(
    "complaint",
    Menu(
        "start",
        _("What is it about?"),
        Option(1, _("Pay"), value="pay", goto="call"),
        Option(2, _("Contract or work"), value="contract", goto="call"),
        Option(3, _("Agency or broker"), value="agency", goto="call"),
        Option(4, _("How I am treated"), value="treatment", goto=Fork(safest, WAYS)),
        Option(5, _("My papers"), value="documents", goto="call"),
        Option(6, _("This service"), value="service", goto="call"),
        saves="about",
    ),
    # NOTE: somebody may be hurt: the lines that answer at once, then the rest
    Menu(
        "safety",
        _("In danger? Call any time, free: {numbers}"),
        Option(1, _("Go on here"), goto="call"),
        Option(2, _("Find a centre near you"), goto="centres.place"),
        Option(3, _("A hospital that helps"), goto="crisis_centre.division"),
        Option(9, _("Finish safely"), goto="safe_end"),
        fill=lines,
    ),
    Menu(
        "by_phone",
        _("For this please dial {code}."),
        Option(1, _("Talk to a person"), goto="callback.safe"),
        fill=lambda scene: {"code": scene.facts.short_code},
    ),
    Menu(
        "call",
        _("Is it safe if we call this phone?"),
        Option(1, _("Yes"), goto="window"),
        Option(2, _("No"), goto="kept"),
        Option(9, _("Finish safely"), goto="safe_end"),
    ),
    Pick("window", _("When shall we call?"), items=times, saves="window", goto="done"),
    End(
        "done",
        _("Noted: {reference}. We will call: {day}, {window}."),
        do=complain,
        fill=when,
        promises=("reference",),
    ),
    End(
        "kept",
        _("Noted: {reference}. We will not call. Dial us when you can."),
        do=complain_without_call,
        promises=("reference",),
    ),
    # NOTE: the last words on the screen when somebody else may look at it
    End("safe_end", _("Thank you. For the address of a centre dial again.")),
)
