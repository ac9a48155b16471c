"""Finding a centre: jurisdiction first, then distance; by SMS only if the caller says so."""

from __future__ import annotations

from collections.abc import Mapping

from helpline.cases.calendar import local
from helpline.cases.effects import SendCentre
from helpline.flow.words import End, Flow, Fork, Item, Menu, Option, Pass, Pick, Scene, Text, _
from menus.places import district_of, place_questions, upazila_of

MOST = 6
"""Centres offered at a time."""

KINDS = ("welfare", "demo", "ttc", "legal_aid", "pkb", "ngo", "hq")
"""What this list shows. One-stop crisis centres are not in it: their name would tell too much."""


def near(scene: Scene) -> tuple[Item, ...]:
    """The centres for the chosen place, the responsible ones first."""
    today = local(scene.facts.now).date()
    answers = scene.facts.directory.near(district_of(scene), upazila_of(scene), today, MOST, KINDS)
    return tuple(Item(each.centre.key, each.centre.name) for each in answers)


def details(scene: Scene) -> Mapping[str, Text]:
    """What is known of the chosen centre, and whether to confirm it by phone first."""
    today = local(scene.facts.now).date()
    answer = scene.facts.directory.answer(scene.answers["centre"], today)
    if answer is None:
        return {"centre": "", "address": "", "phone": "", "line": ""}
    return {
        "centre": answer.centre.name,
        "address": answer.centre.address or "",
        "phone": answer.centre.phone,
        "line": advice_line(scene),
    }


def advice_line(scene: Scene) -> str:
    """The number to confirm with: the first current line that is about migrants."""
    line = next((each for each in scene.facts.hotlines if each.key == "probash_bondhu"), None)
    return line.number if line else ""


def shown(scene: Scene) -> str:
    """An unverified centre says that it should be confirmed first, and where."""
    answer = scene.facts.directory.answer(scene.answers["centre"], local(scene.facts.now).date())
    if answer and not answer.confirm:
        return "centre"
    return "confirm" if advice_line(scene) else "unsure"


def send(scene: Scene) -> tuple[SendCentre]:
    """The chosen centre, by SMS."""
    return (SendCentre(centre=scene.answers["centre"]),)


WAYS = (
    Option(1, _("Send it by SMS"), goto="sms"),
    Option(2, _("That is all"), goto="read"),
)

CENTRES = Flow(
    "centres",
    *place_questions(goto="near"),
    Pick("near", _("Centres for you:"), items=near, saves="centre", goto="show", empty="none"),
    Pass("show", goto=Fork(shown, ("centre", "confirm", "unsure"))),
    Menu("centre", _("{centre}. {address} {phone}"), *WAYS, fill=details),
    Menu(
        "confirm",
        _("{centre}. {address} {phone} Call {line} (free) first to be sure."),
        *WAYS,
        fill=details,
    ),
    Menu(
        "unsure", _("{centre}. {address} {phone} This is not confirmed yet."), *WAYS, fill=details
    ),
    Menu(
        "sms",
        _("Others may read an SMS on this phone. Send it?"),
        Option(1, _("Yes, send it"), goto="sent"),
        Option(2, _("No"), goto="read"),
    ),
    End("sent", _("All right. The SMS is on its way."), do=send),
    End("read", _("All right. Dial again whenever you like.")),
    End("none", _("We know no centre there yet. For a call dial, then 4.")),
)
