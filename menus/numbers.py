"""Important numbers: only dated facts that are still current."""

from __future__ import annotations

from collections.abc import Mapping

from helpline.flow.words import End, Flow, Item, Label, Pick, Scene, Text, _


def lines(scene: Scene) -> tuple[Item, ...]:
    """The current lines, the most urgent first."""
    return tuple(
        Item(
            each.key,
            Label(
                *(f"{name} {each.number}" for name in (each.who.bn, each.who.bn_Latn, each.who.en))
            ),
        )
        for each in scene.facts.hotlines
    )


def about(scene: Scene) -> Mapping[str, Text]:
    """What is known of the chosen line."""
    line = next(each for each in scene.facts.hotlines if each.key == scene.answers["line"])
    return {"number": line.number, "who": line.who, "about": line.about}


NUMBERS = Flow(
    "numbers",
    Pick("start", _("Important numbers:"), items=lines, saves="line", goto="line", empty="none"),
    End("line", _("{number} {who}. {about}"), fill=about),
    End("none", _("No number is certain today. For a call dial, then 4.")),
)
