"""What do you think: four short questions to those who want news, once; nobody's name stands with it.

They are asked behind the secret number, from the rules for this phone, and are about offices, never
about the caller. What is broken off is not kept.
"""

from __future__ import annotations

from helpline.cases.effects import GiveOpinion
from helpline.cases.own import Rules
from helpline.flow.words import End, Flow, Menu, Option, Scene, _

INSTRUMENT = "voice-1"
"""`helpline/data/instruments/`: it knows these questions by the names of their screens."""
QUESTIONS = ("near", "known", "heard", "alike")
NEEDS = "rules"
"""What the secret number opened: whether news is wanted, and whether this was answered before."""


def opinion(scene: Scene) -> tuple[GiveOpinion, ...]:
    """What was answered; of nobody, nothing."""
    found = scene.facts.loaded[NEEDS]
    if not isinstance(found, Rules) or not found.person_id:
        return ()
    said = tuple((code, scene.answers[code]) for code in QUESTIONS if code in scene.answers)
    return (GiveOpinion(found.person_id, INSTRUMENT, said),)


def question(name: str, text: str, goto: str) -> Menu:
    """One question; all of them have the same answers."""
    return Menu(
        name,
        text,
        Option(1, _("Yes"), value="1"),
        Option(2, _("In part"), value="2"),
        Option(3, _("No"), value="3"),
        Option(4, _("I would not say"), value="4"),
        saves=name,
        goto=goto,
    )


OPINION = Flow(
    "opinion",
    # NOTE: it needs the secret number already: whose answers follow is known from the first one on
    Menu(
        "begin",
        _("4 questions, without your name. Begin?"),
        Option(1, _("Yes"), goto="near"),
        Option(2, _("Not now"), goto="safe_contact.safe_end"),
        needs=NEEDS,
    ),
    question("near", _("Is help near enough?"), "known"),
    question("known", _("Is it easy to learn what help there is?"), "heard"),
    question("heard", _("Do offices listen to you?"), "alike"),
    question("alike", _("Is everybody treated alike there?"), "done"),
    End("done", _("Thank you for telling us."), do=opinion, needs=NEEDS),
)
