"""How am I doing: nine short questions, any of which may be skipped; broken off, they go on later.

The questions about people and peace of mind come first. Whoever has hardly any is not asked about
money any more but offered a person to talk to. By SMS nothing is asked: the questions would stay in
a phone that others read.
"""

from __future__ import annotations

from collections.abc import Mapping

from helpline.cases.effects import CheckIn
from helpline.flow.answers import pin
from helpline.flow.words import WHOSE, Ask, End, Flow, Fork, Menu, Option, Pass, Scene, Text, _

INSTRUMENT = "wellbeing-short-1"
"""`helpline/data/instruments/`: it knows these questions by the names of their screens."""

QUESTIONS = ("people", "respect", "mind", "home", "health", "services", "food", "work", "debt")
HARDLY = "4"
KNOWN = "dates"
"""What a secret number opens; here only whose answers they are."""


def distressed(scene: Scene) -> bool:
    """Whether the caller said that there is hardly any peace of mind."""
    return scene.answers.get("mind") == HARDLY


def answers(scene: Scene) -> tuple[CheckIn]:
    """What was answered."""
    said = tuple((code, scene.answers[code]) for code in QUESTIONS if code in scene.answers)
    return (CheckIn(INSTRUMENT, said),)


def own_answers(scene: Scene) -> tuple[CheckIn]:
    """What was answered, by whom the secret number names; a wrong one names nobody, and is not told."""
    return (CheckIn(INSTRUMENT, answers(scene)[0].answers, scene.facts.loaded[KNOWN].person_id),)


def keeping(scene: Scene) -> str:
    """After the right secret number the answers are hers, on whatever phone."""
    return "keep_own" if WHOSE in scene.answers else "keep"


def next_open(scene: Scene) -> str:
    """The first question without an answer: who comes back gives the secret number again, not the rest."""
    return next((code for code in QUESTIONS if code not in scene.answers), QUESTIONS[-1])


def end_or_money(scene: Scene) -> str:
    """Whoever is not well is not asked about money."""
    return keeping(scene) if distressed(scene) else "food"


def code(scene: Scene) -> Mapping[str, Text]:
    """The number to dial."""
    return {"code": scene.facts.short_code}


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


AFTER_KEEPING = Fork(lambda scene: "talk" if distressed(scene) else "done", ("talk", "done"))

CHECK_IN = Flow(
    "check_in",
    Pass(
        "start",
        goto=Fork(
            lambda scene: "by_phone" if scene.facts.channel == "sms" else "begin",
            ("by_phone", "begin"),
        ),
    ),
    End("by_phone", _("For this please dial {code} when you have time."), fill=code),
    Menu(
        "begin",
        _("9 short questions on how you are. Skip what you like. Begin?"),
        Option(1, _("Yes"), value="yes", goto="people"),
        Option(2, _("Not now"), goto="later"),
        Option(3, _("Yes, with my secret digits"), value="pin", goto="pin"),
        saves="begun",
    ),
    # NOTE: the right digits and wrong ones lead on alike; nobody can tell them apart
    Ask(
        "pin",
        _("Write your 4 secret digits."),
        parse=pin(),
        saves="pin",
        goto="whose",
        secret=True,
    ),
    Pass("whose", goto=Fork(next_open, QUESTIONS), needs=KNOWN),
    question("people", _("When you need someone, is somebody there?"), "respect"),
    question("respect", _("Do people speak to you with respect?"), "mind"),
    question("mind", _("Is your mind at peace?"), "home"),
    question("home", _("Do you feel safe where you live?"), "health"),
    question("health", _("When ill, can you get treatment?"), "services"),
    question(
        "services",
        _("Can you get the papers and services you need?"),
        Fork(end_or_money, ("keep", "keep_own", "food")),
    ),
    question("food", _("Is there enough to eat?"), "work"),
    question("work", _("Do you have work or income?"), "debt"),
    question("debt", _("Can you pay back what you owe?"), Fork(keeping, ("keep", "keep_own"))),
    Pass("keep", goto=AFTER_KEEPING, do=answers),
    Pass("keep_own", goto=AFTER_KEEPING, do=own_answers, needs=KNOWN),
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
