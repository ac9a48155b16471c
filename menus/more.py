"""The second page of the main menu: what is asked for less often."""

from __future__ import annotations

from helpline.flow.words import Flow, Menu, Option, _

MORE = Flow(
    "more",
    Menu(
        "start",
        _("What else?"),
        Option(1, _("Information"), goto="information.start"),
        Option(2, _("Something went wrong"), goto="complaint.start"),
        Option(3, _("How I am doing"), goto="check_in.start"),
    ),
)
