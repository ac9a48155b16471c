"""The second page of the main menu: what is asked for less often."""

from __future__ import annotations

from helpline.flow.words import Flow, Menu, Option, _

MORE = Flow(
    "more",
    Menu(
        "start",
        _("More help:"),
        Option(1, _("Information"), goto="information.start"),
        Option(2, _("Something went wrong"), goto="complaint.start"),
        Option(3, _("How I am doing"), goto="check_in.start"),
        Option(4, _("My matters"), goto="matters.start"),
        Option(5, _("Rules for this phone"), goto="safe_contact.start"),
        Option(6, _("What I need"), goto="needs.start"),
        Option(7, _("For another person"), goto="on_behalf.start"),
    ),
)
