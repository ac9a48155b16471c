"""How am I doing: nine short questions, any of which may be skipped; broken off, they go on later.

The questions about people and peace of mind come first. Whoever has hardly any is not asked about
money any more but offered a person to talk to.
"""

from __future__ import annotations

from helpline.cases.effects import CheckIn
from helpline.flow.words import End, Flow, Fork, Menu, Option, Pass, Scene, _

INSTRUMENT = "wellbeing-short-1"
"""`helpline/data/instruments/`: it knows these questions by the names of their screens."""

QUESTIONS = ("people", "respect", "mind", "home", "health", "services", "food", "work", "debt")
HARDLY = "4"


def distressed(scene: Scene) -> bool:
    """Whether the caller said that there is hardly any peace of mind."""
    return scene.answers.get("mind") == HARDLY


def answers(scene: Scene) -> tuple[CheckIn]:
    """What was answered."""
    said = tuple((code, scene.answers[code]) for code in QUESTIONS if code in scene.answers)
    return (CheckIn(INSTRUMENT, said),)


def question(name: str, text: str, goto: str | Fork) -> Menu:
    """One question; all of them have the same answers."""
    return Menu(
        name,
        text,
        Option(1, _("Always"), value="1"),
        Option(2, _("Mostly"), value="2"),
        Option(3, _("Sometimes"), value="3"),
        Option(4, _("Hardly ever"), value=HARDLY),
        Option(5, _("I would not say"), value="5"),
        saves=name,
        goto=goto,
    )


CHECK_IN = Flow(
    "check_in",
    Menu(
        "start",
        _("9 short questions on how you are. Skip what you like. Begin?"),
        Option(1, _("Yes"), value="yes", goto="people"),
        Option(2, _("Not now"), goto="later"),
        saves="begun",
    ),
    question("people", _("When you need someone, is somebody there?"), "respect"),
    question("respect", _("Do people speak to you with respect?"), "mind"),
    question("mind", _("Is your mind at peace?"), "home"),
    question("home", _("Do you feel safe where you live?"), "health"),
    question("health", _("When ill, can you get treatment?"), "services"),
    question(
        "services",
        _("Can you get the papers and services you need?"),
        Fork(lambda scene: "keep" if distressed(scene) else "food", ("keep", "food")),
    ),
    question("food", _("Is there enough to eat?"), "work"),
    question("work", _("Do you have work or income?"), "debt"),
    question("debt", _("Can you pay back what you owe?"), "keep"),
    Pass(
        "keep",
        goto=Fork(lambda scene: "talk" if distressed(scene) else "done", ("talk", "done")),
        do=answers,
    ),
    Menu(
        "talk",
        _("Thank you. Would you like to talk to someone?"),
        Option(1, _("Yes, call me"), goto="callback.safe"),
        Option(2, _("Show numbers"), goto="numbers.start"),
        Option(3, _("Not now"), goto="later"),
    ),
    End("done", _("Thank you. Dial again whenever you like.")),
    End("later", _("All right. Dial again whenever you like.")),
    resumes=True,
)
