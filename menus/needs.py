"""What I need: eight short questions, any of which may be skipped; broken off, they go on later.

They ask for no secret number and read nothing back. Where somebody may not be safe the lines that
answer at once come first, and what was said so far is kept at that moment. After distress the
questions about money and plans are left for another day, and a person is offered. By SMS only those
are asked that anybody may read in the phone: papers, work, wishes.
"""

from __future__ import annotations

from collections.abc import Mapping

from helpline.cases.effects import ScreenNeeds
from helpline.flow.words import End, Flow, Fork, Goto, Menu, Option, Pass, Scene, Text, _
from menus.complaint import lines

INSTRUMENT = "needs-short-1"
"""`helpline/cases/needs_short.py`: it knows these questions by the names of their screens."""

QUESTIONS = ("body", "safe", "basics", "papers", "law", "owed", "job", "intention")
UNSAFE = (("safe", "no"), ("safe", "not_always"), ("owed", "threatened"))
DISTRESS = (*UNSAFE, ("body", "mind"))


def said(scene: Scene, answers: tuple[tuple[str, str], ...]) -> bool:
    """Whether one of these answers was given."""
    return any(scene.answers.get(question) == answer for question, answer in answers)


def by_sms(scene: Scene) -> bool:
    """Whether the questions would stay in the phone."""
    return scene.facts.channel == "sms"


def screened(scene: Scene) -> tuple[ScreenNeeds]:
    """What was answered so far."""
    given = tuple((code, scene.answers[code]) for code in QUESTIONS if code in scene.answers)
    return (ScreenNeeds(INSTRUMENT, given),)


def onward(scene: Scene) -> str:
    """After the lines that answer at once: on with the questions, or to a person."""
    return "talk" if "owed" in scene.answers else "basics"


def safest(scene: Scene) -> str:
    """First the lines that answer at once, if any is certain today."""
    return "safety" if lines(scene)["numbers"] else onward(scene)


def ending(scene: Scene) -> str:
    """A person for whoever is not well; the number to dial for whoever was asked little by SMS."""
    if by_sms(scene):
        return "noted"
    return "talk" if said(scene, DISTRESS) else "done"


def code(scene: Scene) -> Mapping[str, Text]:
    """The number to dial."""
    return {"code": scene.facts.short_code}


def question(name: str, text: str, *options: Option, goto: Goto) -> Menu:
    """One question that may be skipped."""
    skip = Option(len(options) + 1, _("I would not say"), value="unsaid")
    return Menu(name, text, *options, skip, saves=name, goto=goto)


NEEDS = Flow(
    "needs",
    Pass(
        "start",
        goto=Fork(lambda scene: "papers" if by_sms(scene) else "begin", ("papers", "begin")),
    ),
    Menu(
        "begin",
        _("8 short questions on what you need. Skip what you like. Begin?"),
        Option(1, _("Yes"), value="yes", goto="body"),
        Option(2, _("Not now"), goto="later"),
        saves="begun",
    ),
    question(
        "body",
        _("How are body and mind?"),
        Option(1, _("Well"), value="well"),
        Option(2, _("Ill, and treated"), value="treated"),
        Option(3, _("Ill, not treated"), value="untreated"),
        Option(4, _("My mind suffers"), value="mind"),
        goto="safe",
    ),
    Menu(
        "safe",
        _("Are you safe at home?"),
        Option(1, _("Yes"), value="yes", goto="basics"),
        Option(2, _("Not always"), value="not_always", goto="told"),
        Option(3, _("No"), value="no", goto="told"),
        Option(4, _("I would not say"), value="unsaid", goto="basics"),
        Option(9, _("Finish safely"), goto="safe_end"),
        saves="safe",
    ),
    # NOTE: somebody may be hurt: it is kept at once, and the lines that answer at once come first
    Pass("told", do=screened, goto=Fork(safest, ("safety", "basics", "talk"))),
    Menu(
        "safety",
        _("In danger? Call any time, free: {numbers}"),
        Option(1, _("Go on here"), goto=Fork(onward, ("basics", "talk"))),
        Option(2, _("Find a centre near you"), goto="centres.place"),
        Option(9, _("Finish safely"), goto="safe_end"),
        fill=lines,
    ),
    question(
        "basics",
        _("Do you have food and a place to stay?"),
        Option(1, _("Both"), value="both"),
        Option(2, _("Food is short"), value="no_food"),
        Option(3, _("No place to stay"), value="no_place"),
        Option(4, _("Neither"), value="neither"),
        goto="papers",
    ),
    question(
        "papers",
        _("Do you have your papers?"),
        Option(1, _("Yes"), value="yes"),
        Option(2, _("Some are missing"), value="missing"),
        Option(3, _("Somebody keeps them"), value="kept"),
        goto=Fork(lambda scene: "job" if by_sms(scene) else "law", ("job", "law")),
    ),
    question(
        "law",
        _("Is pay owed to you, or do you need legal help?"),
        Option(1, _("No"), value="no"),
        Option(2, _("Pay is owed"), value="wages"),
        Option(3, _("Legal help"), value="help"),
        Option(4, _("Both"), value="both"),
        goto=Fork(lambda scene: "keep" if said(scene, DISTRESS) else "owed", ("keep", "owed")),
    ),
    Menu(
        "owed",
        _("Can you pay what you owe?"),
        Option(1, _("I owe nothing"), value="nothing", goto="job"),
        Option(2, _("Yes"), value="can_pay", goto="job"),
        Option(3, _("It is hard"), value="hard", goto="job"),
        Option(4, _("They threaten me"), value="threatened", goto="told"),
        Option(5, _("I would not say"), value="unsaid", goto="job"),
        Option(9, _("Finish safely"), goto="safe_end"),
        saves="owed",
    ),
    question(
        "job",
        _("Do you have work?"),
        Option(1, _("Yes"), value="yes"),
        Option(2, _("I need work"), value="needs_work"),
        Option(3, _("I want to learn a skill"), value="training"),
        Option(4, _("I have a skill, no certificate"), value="no_certificate"),
        goto="intention",
    ),
    question(
        "intention",
        _("What would you like to do?"),
        Option(1, _("A job"), value="job"),
        Option(2, _("My own business"), value="enterprise"),
        Option(3, _("Go abroad again"), value="remigrate"),
        Option(4, _("I do not know yet"), value="undecided"),
        goto="keep",
    ),
    Pass("keep", do=screened, goto=Fork(ending, ("talk", "done", "noted"))),
    Menu(
        "talk",
        _("Thank you. Would you like to talk to someone?"),
        Option(1, _("Yes, call me"), goto="callback.safe"),
        Option(2, _("Show numbers"), goto="numbers.start"),
        Option(3, _("Not now"), goto="later"),
        Option(9, _("Finish safely"), goto="safe_end"),
    ),
    End(
        "done",
        _("Thank you. Our staff will read this. We cannot promise money. For a call dial, then 4."),
    ),
    End("noted", _("Thank you, noted. To tell us more dial {code}."), fill=code),
    End("later", _("All right. Dial again whenever you like.")),
    # NOTE: the last words on the screen when somebody else may look at it
    End("safe_end", _("Thank you. For the address of a centre dial again.")),
    resumes=True,
)
