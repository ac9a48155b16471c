"""What returnees are entitled to and where to ask: to read without registering."""

from __future__ import annotations

from collections.abc import Mapping

from helpline.cases.effects import SendTopic
from helpline.cases.topics import GROUPS, Topic
from helpline.flow.words import End, Flow, Fork, Item, Menu, Option, Pick, Scene, Text, _

TITLES = {
    "loan": _("Loans"),
    "help": _("Help from the government"),
    "skill": _("Skills and training"),
    "work": _("Work and business"),
    "money": _("Money and debt"),
    "abroad": _("Going abroad again"),
    "rights": _("Pay and cheating"),
    "support": _("Other support"),
}


def groups(scene: Scene) -> tuple[Item, ...]:
    """The groups in which something is still current."""
    there = {topic.group for topic in scene.facts.topics}
    return tuple(Item(group, TITLES[group]) for group in GROUPS if group in there)


def topics(scene: Scene) -> tuple[Item, ...]:
    """The texts of the chosen group."""
    return tuple(
        Item(topic.key, topic.title)
        for topic in scene.facts.topics
        if topic.group == scene.answers.get("group")
    )


def chosen(scene: Scene) -> Topic | None:
    """The chosen text, unless it went stale meanwhile."""
    said = scene.answers.get("topic")
    return next((topic for topic in scene.facts.topics if topic.key == said), None)


def text(scene: Scene) -> Mapping[str, Text]:
    """The chosen text."""
    topic = chosen(scene)
    return {"text": topic.text if topic else ""}


def send(scene: Scene) -> tuple[SendTopic, ...]:
    """The chosen text by SMS."""
    topic = chosen(scene)
    return (SendTopic(topic.key),) if topic else ()


INFORMATION = Flow(
    "information",
    Pick(
        "start",
        _("What would you like to know?"),
        items=groups,
        saves="group",
        goto="topics",
        empty="none",
    ),
    Pick(
        "topics",
        _("Choose one:"),
        items=topics,
        saves="topic",
        goto=Fork(lambda scene: "text" if chosen(scene) else "none", ("text", "none")),
        empty="none",
    ),
    Menu(
        "text",
        "{text}",
        Option(1, _("Send it by SMS"), goto="sms"),
        Option(2, _("Something else"), goto="start"),
        Option(3, _("That is all"), goto="read"),
        fill=text,
    ),
    Menu(
        "sms",
        _("Others may read an SMS on this phone. Send it?"),
        Option(1, _("Yes, send it"), goto="sent"),
        Option(2, _("No"), goto="read"),
    ),
    End("sent", _("All right. The SMS is on its way."), do=send),
    End("read", _("All right. Dial again whenever you like.")),
    End("none", _("Nothing certain is known about it today. For a call dial, then 4.")),
)
