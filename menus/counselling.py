"""Asking for a counsellor: about what, with whom, how, and when."""

from __future__ import annotations

from collections.abc import Mapping

from helpline.cases.calendar import spoken_day, spoken_window
from helpline.cases.effects import RequestCounselling
from helpline.flow.words import End, Flow, Fork, Menu, Option, Scene, Text, _
from menus.slots import chosen_slot, slot_questions

PROMISED = ("done", "closed", "longer")
"""The screens that end a request, by what can honestly be said."""


def after_slot(scene: Scene) -> str:
    """Somebody who wants to talk by SMS has already allowed it."""
    return promised(scene) if scene.answers.get("channel") == "sms" else "sms"


def promised(scene: Scene) -> str:
    """What can be promised: a woman only when one is to be there; an answer only when we are open."""
    openings, slot = scene.facts.openings, chosen_slot(scene)
    if not openings.rota.expects(scene.answers["counsellor"], slot.begins, slot.ends):
        return "longer"
    return "closed" if openings.hours.says_closed(scene.facts.now) else "done"


def when(scene: Scene) -> Mapping[str, Text]:
    """The chosen time in words."""
    begins = chosen_slot(scene).begins
    return {"day": spoken_day(begins), "window": spoken_window(begins)}


def request(scene: Scene) -> tuple[RequestCounselling]:
    """The request as it was said."""
    said, chosen = scene.answers, chosen_slot(scene)
    return (
        RequestCounselling(
            topic=said["topic"],
            counsellor=said["counsellor"],
            channel=said["channel"],
            sms=said["channel"] == "sms" or said.get("sms") == "yes",
            slot_at=chosen.begins,
            slot_ends_at=chosen.ends,
        ),
    )


COUNSELLING = Flow(
    "counselling",
    Menu(
        "start",
        _("What would you like to talk about?"),
        Option(1, _("Family"), value="family"),
        Option(2, _("Worries"), value="worries"),
        Option(3, _("Money or debt"), value="money"),
        Option(4, _("Health"), value="health"),
        Option(5, _("Law or papers"), value="law"),
        Option(6, _("Something else"), value="other"),
        saves="topic",
        goto="counsellor",
    ),
    Menu(
        "counsellor",
        _("With whom would you like to talk?"),
        Option(1, _("A woman"), value="woman"),
        Option(2, _("A man"), value="man"),
        Option(3, _("Either"), value="any"),
        saves="counsellor",
        goto="channel",
    ),
    # NOTE: chosen by callers whose phone may be watched; 1 says that a call is safe
    Menu(
        "channel",
        _("How shall we talk?"),
        Option(1, _("Call this phone, it is safe"), value="call"),
        Option(2, _("I will come to a centre"), value="visit"),
        Option(3, _("By SMS"), value="sms"),
        saves="channel",
        goto="day",
    ),
    *slot_questions(goto=Fork(after_slot, ("sms", *PROMISED))),
    Menu(
        "sms",
        _("Remind you by SMS? It will not say what it is about."),
        Option(1, _("Yes"), value="yes"),
        Option(2, _("No"), value="no"),
        saves="sms",
        goto=Fork(promised, PROMISED),
    ),
    End(
        "done",
        _("Noted: {day}, {window}. Your number: {reference}."),
        do=request,
        fill=when,
        promises=("reference",),
    ),
    End(
        "closed",
        _("We are closed now. We will answer: {day}, {window}. Your number: {reference}."),
        do=request,
        fill=when,
        promises=("reference",),
    ),
    End(
        "longer",
        _("Noted: {day}, {window}. But it may take longer. Your number: {reference}."),
        do=request,
        fill=when,
        promises=("reference",),
    ),
)
