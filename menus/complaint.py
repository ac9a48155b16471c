"""Telling that something went wrong: pay, work, an agency, ill-treatment, papers, our own service.

No details are asked here: a person calls. Where there may be danger the lines that answer at once
come first, and the conversation can be ended with words that tell nobody anything.
"""

from __future__ import annotations

from collections.abc import Mapping

from helpline.cases.effects import Complain, SendTopic
from helpline.cases.hotlines import at_once
from helpline.flow.words import End, Flow, Fork, Menu, Option, Pass, Pick, Scene, Text, _
from menus.callback import slot_of, times, when

NO_CALL = "none"
WAYS = ("safety", "call", "by_phone")


def lines(scene: Scene) -> Mapping[str, Text]:
    """The numbers of the lines that answer at once, as far as they are current."""
    return {"numbers": ", ".join(line.number for line in at_once(scene.facts.hotlines))}


def safest(scene: Scene) -> str:
    """First the lines that answer at once, if any is certain today; by SMS, nothing that stays to be read."""
    if scene.facts.channel == "sms":
        return "by_phone"
    return "safety" if lines(scene)["numbers"] else "call"


def complain(scene: Scene) -> tuple[Complain]:
    """The complaint, to be called about at the chosen time."""
    slot = slot_of(scene)
    return (
        Complain(scene.answers["about"], call=True, slot_at=slot.begins, slot_ends_at=slot.ends),
    )


def complain_without_call(scene: Scene) -> tuple[Complain]:
    """The complaint; the caller will come back."""
    now = scene.facts.now
    return (Complain(scene.answers["about"], call=False, slot_at=now, slot_ends_at=now),)


def _text(scene: Scene, key: str) -> Text:
    """One of the texts to read, unless it went stale."""
    return next((topic.text for topic in scene.facts.topics if topic.key == key), "")


def _proof(scene: Scene) -> str:
    return f"proof_{scene.answers.get('about', '')}"


def proof(scene: Scene) -> str:
    """What to keep as proof, if that is certain today."""
    return "proof" if _text(scene, _proof(scene)) else "unknown"


def path_bmet(scene: Scene) -> str:
    """Where to go with it, if that is certain today."""
    return "bmet" if _text(scene, "path_bmet") else "unknown"


def path_law(scene: Scene) -> str:
    """What is left when it is not settled, if that is certain today."""
    return "law" if _text(scene, "path_law") else "unknown"


def proof_text(scene: Scene) -> Mapping[str, Text]:
    """What to keep, for what it is about."""
    return {"text": _text(scene, _proof(scene))}


def bmet_text(scene: Scene) -> Mapping[str, Text]:
    """How it goes at BMET and DEMO."""
    return {"text": _text(scene, "path_bmet")}


def law_text(scene: Scene) -> Mapping[str, Text]:
    """The way to a court, with the line of legal aid as long as its number is certain."""
    number = next((line.number for line in scene.facts.hotlines if line.key == "legal_aid"), "")
    return {"text": _text(scene, "path_law"), "number": number}


def send_proof(scene: Scene) -> tuple[SendTopic, ...]:
    """What to keep, by SMS: neutral words, and only after a yes."""
    return (SendTopic(_proof(scene)),) if proof(scene) == "proof" else ()


COMPLAINT = Flow(
    "complaint",
    Menu(
        "start",
        _("What is it about?"),
        Option(1, _("Pay"), value="pay", goto="tell"),
        Option(2, _("Contract or work"), value="contract", goto="tell"),
        Option(3, _("Agency or broker"), value="agency", goto="tell"),
        Option(4, _("How I am treated"), value="treatment", goto=Fork(safest, WAYS)),
        Option(5, _("My papers"), value="documents", goto="tell"),
        Option(6, _("This service"), value="service", goto="call"),
        saves="about",
    ),
    # NOTE: somebody may be hurt: the lines that answer at once, then the rest
    Menu(
        "safety",
        _("In danger? Call any time, free: {numbers}"),
        Option(1, _("Go on here"), goto="call"),
        Option(2, _("Find a centre near you"), goto="centres.place"),
        Option(3, _("A hospital that helps"), goto="crisis_centre.division"),
        Option(9, _("Finish safely"), goto="safe_end"),
        fill=lines,
    ),
    Menu(
        "by_phone",
        _("For this please dial {code}."),
        Option(1, _("Talk to a person"), goto="callback.safe"),
        fill=lambda scene: {"code": scene.facts.short_code},
    ),
    # NOTE: where proof decides: what to keep can be read before it is told
    Menu(
        "tell",
        _("Is it safe if we call this phone?"),
        Option(1, _("Yes"), goto="window"),
        Option(2, _("No"), goto="kept"),
        Option(3, _("What to keep"), goto=Fork(proof, ("proof", "unknown"))),
        Option(9, _("Finish safely"), goto="safe_end"),
    ),
    Menu(
        "proof",
        "{text}",
        Option(1, _("Go on"), goto="tell"),
        Option(2, _("Send it by SMS"), goto="proof_sms"),
        Option(3, _("Where to go"), goto=Fork(path_bmet, ("bmet", "unknown"))),
        Option(9, _("Finish safely"), goto="safe_end"),
        fill=proof_text,
    ),
    Menu(
        "proof_sms",
        _("Others may read an SMS on this phone. Send it?"),
        Option(1, _("Yes, send it"), goto="proof_send"),
        Option(2, _("No"), goto="tell"),
    ),
    Pass("proof_send", goto="proof_sent", do=send_proof),
    Menu(
        "proof_sent",
        _("All right. The SMS is on its way."),
        Option(1, _("Go on"), goto="tell"),
        Option(9, _("Finish safely"), goto="safe_end"),
    ),
    Menu(
        "bmet",
        "{text}",
        Option(1, _("Go on"), goto="tell"),
        Option(2, _("By law"), goto=Fork(path_law, ("law", "unknown"))),
        Option(9, _("Finish safely"), goto="safe_end"),
        fill=bmet_text,
    ),
    Menu(
        "law",
        _("{text} {number}"),
        Option(1, _("Go on"), goto="tell"),
        Option(9, _("Finish safely"), goto="safe_end"),
        fill=law_text,
    ),
    Menu(
        "unknown",
        _("Nothing certain is known about it today."),
        Option(1, _("Go on"), goto="tell"),
        Option(9, _("Finish safely"), goto="safe_end"),
    ),
    Menu(
        "call",
        _("Is it safe if we call this phone?"),
        Option(1, _("Yes"), goto="window"),
        Option(2, _("No"), goto="kept"),
        Option(9, _("Finish safely"), goto="safe_end"),
    ),
    Pick("window", _("When shall we call?"), items=times, saves="window", goto="done"),
    End(
        "done",
        _("Noted: {reference}. We will call: {day}, {window}."),
        do=complain,
        fill=when,
        promises=("reference",),
    ),
    End(
        "kept",
        _("Noted: {reference}. We will not call. Dial us when you can."),
        do=complain_without_call,
        promises=("reference",),
    ),
    # NOTE: the last words on the screen when somebody else may look at it
    End("safe_end", _("Thank you. For the address of a centre dial again.")),
)
