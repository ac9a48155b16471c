"""Another person needs help: where they are, and perhaps a number, which we never call by ourselves.

No name is asked. What helps them most is the number to dial, to be told when they are alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from helpline.cases.effects import TellOfAnother
from helpline.flow.answers import mobile
from helpline.flow.words import Ask, End, Flow, Fork, Menu, Option, Pick, Scene, Text, _
from menus.places import district_of, districts, districts_meant, divisions, typed_district

AFTER_PLACE = ("district", "agreed")


def code(scene: Scene) -> Mapping[str, Text]:
    """The number to dial."""
    return {"code": scene.facts.short_code}


def after_place(scene: Scene) -> str:
    """The district is enough: who is looked for is not to be found by it."""
    return "agreed" if district_of(scene) else "district"


def how(scene: Scene) -> str:
    """A number is not asked for by SMS."""
    return "by_phone" if scene.facts.channel == "sms" else "number"


def tell(scene: Scene) -> tuple[TellOfAnother]:
    """What was said, with the number if one was left."""
    return (TellOfAnother(district_of(scene), scene.answers.get("number", "")),)


def tell_without(scene: Scene) -> tuple[TellOfAnother]:
    """What was said, without a number, even if one was typed before."""
    return (TellOfAnother(district_of(scene), ""),)


ON_BEHALF = Flow(
    "on_behalf",
    Menu(
        "start",
        _("Best: that person dials {code}, when alone. Also tell us where?"),
        Option(1, _("Yes"), goto="place"),
        Option(2, _("No"), goto="dial"),
        Option(9, _("Finish safely"), goto="safe_end"),
        fill=code,
    ),
    Pick(
        "place",
        _("Which division? Or write the name of your district."),
        items=divisions,
        saves="place",
        goto=Fork(after_place, AFTER_PLACE),
        also=typed_district,
        several="place_meant",
    ),
    Pick(
        "place_meant",
        _("Which one do you mean?"),
        items=districts_meant,
        saves="place",
        goto="agreed",
    ),
    Pick(
        "district",
        _("Which district?"),
        items=districts,
        saves="place",
        goto=Fork(after_place, AFTER_PLACE),
        also=typed_district,
        several="place_meant",
    ),
    Menu(
        "agreed",
        _("A number only if they agreed and nobody else reads it. We do not call it."),
        Option(1, _("Leave a number"), goto=Fork(how, ("number", "by_phone"))),
        Option(2, _("No number"), goto="without"),
        Option(9, _("Finish safely"), goto="safe_end"),
    ),
    # NOTE: an SMS would keep the number in the phone of whoever asks
    Menu(
        "by_phone",
        _("For this please dial {code}."),
        Option(1, _("No number"), goto="without"),
        fill=code,
    ),
    Ask("number", _("Write the mobile number."), parse=mobile, saves="number", goto="told"),
    End(
        "told",
        _("Noted. We will not call. Please say: dial {code} when alone."),
        do=tell,
        fill=code,
    ),
    End(
        "without",
        _("Noted. Please say: dial {code} when alone."),
        do=tell_without,
        fill=code,
    ),
    End("dial", _("Please say: dial {code} when alone."), fill=code),
    End("safe_end", _("Thank you. For the address of a centre dial again.")),
)
