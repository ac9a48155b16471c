"""The main menu, and the question asked of somebody whose call broke off."""

from __future__ import annotations

from helpline.flow.book import RESTART, RESUME
from helpline.flow.words import End, Flow, Menu, Option, _

HOME = Flow(
    "home",
    Menu(
        "start",
        _("For those back from abroad"),
        Option(1, _("Register"), goto="registration.start"),
        Option(2, _("Counselling"), goto="counselling.start"),
        Option(3, _("Find a centre"), goto="centres.place"),
        Option(4, _("Call me"), goto="callback.safe"),
        Option(5, _("Important numbers"), goto="numbers.start"),
        Option(6, _("My dates"), goto="dates.start"),
        Option(7, _("Language"), goto="language.start"),
        Option(8, _("Stop"), goto="stop.start"),
        Option(9, _("More help"), goto="more.start"),
    ),
    # NOTE: must not tell somebody else who holds the phone what was begun
    Menu(
        "resume",
        _("Go on from where you stopped?"),
        Option(1, _("Yes"), goto=RESUME),
        Option(2, _("No, start anew"), goto=RESTART),
    ),
    # NOTE: the answer to free words by SMS; it names nothing
    End("noted", _("Thank you. Your message has come.")),
)
