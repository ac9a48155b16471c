"""The one-stop crisis centre of a division: asked for by whoever is hurt, shown only when it was confirmed.

Until somebody of ours has called it, no address is shown; the lines that answer at once know where it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from helpline.cases.calendar import local
from helpline.flow.words import Flow, Fork, Menu, Option, Pick, Scene, Text, _
from menus.complaint import lines
from menus.places import divisions

if TYPE_CHECKING:
    from helpline.cases.directory import Centre

KIND = "occ"


def centre_of(scene: Scene) -> Centre | None:
    """The confirmed centre of the chosen division; none when there is none, or nobody confirmed it."""
    facts, today = scene.facts, local(scene.facts.now).date()
    inside = [each.iso for each in facts.places.districts_of(scene.answers.get("division", ""))]
    for district in inside:
        for answer in facts.directory.near(district, None, today, 1, (KIND,)):
            if answer.centre.district in inside and not answer.confirm:
                return answer.centre
    return None


def known(scene: Scene) -> str:
    """Whether an address can be told."""
    return "found" if centre_of(scene) else "unsure"


def address(scene: Scene) -> Mapping[str, Text]:
    """The centre and where it is."""
    centre = centre_of(scene)
    return {
        "centre": centre.name if centre else "",
        "address": (centre.address if centre else None) or "",
    }


WAYS = (
    Option(1, _("Go on here"), goto="complaint.call"),
    Option(9, _("Finish safely"), goto="complaint.safe_end"),
)

CRISIS_CENTRE = Flow(
    "crisis_centre",
    Pick(
        "division",
        _("Which division?"),
        items=divisions,
        saves="division",
        goto=Fork(known, ("found", "unsure")),
    ),
    Menu("found", _("You can go here: {centre}. {address}"), *WAYS, fill=address),
    Menu("unsure", _("The address is not confirmed. Ask, free: {numbers}"), *WAYS, fill=lines),
)
