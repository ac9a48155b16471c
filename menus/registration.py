"""Registering: consent first, then a few one-digit questions, an identity number only if wanted."""

from __future__ import annotations

from collections.abc import Mapping

from helpline.cases.effects import Register
from helpline.flow.answers import bmet_card, nid, passport, pin
from helpline.flow.words import (
    Ask,
    End,
    Flow,
    Fork,
    Item,
    Menu,
    Option,
    Pick,
    Scene,
    Several,
    Text,
    _,
)
from menus.places import district_of, place_questions, upazila_of
from menus.slots import in_hours

CONSENT_VERSION = "registration-2026-11"
"""Names the consent text below; a change of its meaning needs a new version."""

NO_PIN = "none"


def countries(scene: Scene) -> tuple[Item, ...]:
    """The countries people come back from, the most usual first."""
    return tuple(Item(each.iso, each.name) for each in scene.facts.places.countries)


def chosen_pin(typed: str, scene: Scene) -> str | Several | None:
    """A secret number, or 1 to go without."""
    return NO_PIN if typed == "1" else pin()(typed, scene)


def after_contact(scene: Scene) -> str:
    """The safe time matters only to somebody we may contact."""
    return "window" if "yes" in (scene.answers.get("sms"), scene.answers.get("call")) else "papers"


def after_papers(scene: Scene) -> str:
    """A secret number sent by SMS would stay in the phone, so by SMS it is not asked."""
    return "check" if scene.facts.channel == "sms" else "pin"


def summary(scene: Scene) -> Mapping[str, Text]:
    """What is read back before it is kept: only what was said in this conversation."""
    places = scene.facts.places
    district = places.district(district_of(scene))
    country = places.country(scene.answers["country"])
    return {
        "district": district.name if district else "",
        "country": country.name if country else "",
    }


def after_check(scene: Scene) -> str:
    """Somebody under 18 is told of the children's line, as long as it is a current fact."""
    if scene.answers["for_whom"] != "child":
        return "done"
    return "done_child" if _line(scene) else "done_minor"


def childrens_line(scene: Scene) -> Mapping[str, Text]:
    """The children's line as it stands among the dated facts."""
    return {"line": _line(scene)}


def _line(scene: Scene) -> str:
    return next((each.number for each in scene.facts.hotlines if each.key == "child"), "")


def register(scene: Scene) -> tuple[Register]:
    """The registration as it was said."""
    said = scene.answers
    kind, child = said.get("papers", "none"), said["for_whom"] == "child"
    return (
        Register(
            for_whom=said["child"] if child else said["for_whom"],
            sex=said["sex"],
            district=district_of(scene),
            upazila=upazila_of(scene),
            country=said["country"],
            returned=said["returned"],
            reason=said["reason"],
            need=said["need"],
            sole_phone=said["sole"] == "yes",
            sms=said["sms"] == "yes",
            call=said["call"] == "yes",
            window=said.get("window", "any"),
            identity_kind="" if kind == "none" else kind,
            identity="" if kind == "none" else said.get(kind, ""),
            pin="" if said.get("pin", NO_PIN) == NO_PIN else said["pin"],
            consent_version=CONSENT_VERSION,
            age="minor" if child else "adult",
        ),
    )


RETURNED = (
    Option(1, _("Within 3 months"), value="3_months"),
    Option(2, _("Within a year"), value="1_year"),
    Option(3, _("Within 3 years"), value="3_years"),
    Option(4, _("Longer ago"), value="longer"),
)
NEED = (
    Option(1, _("To talk to someone"), value="counselling"),
    Option(2, _("Treatment"), value="health"),
    Option(3, _("Work or training"), value="work"),
    Option(4, _("Loan or debt"), value="debt"),
    Option(5, _("Papers"), value="papers"),
    Option(6, _("Legal help"), value="legal"),
    Option(7, _("Food or shelter"), value="shelter"),
    Option(8, _("I do not know yet"), value="unknown"),
)
PAPERS = (
    Option(1, _("NID card"), value="nid", goto="nid"),
    Option(2, _("Passport"), value="passport", goto="passport"),
    Option(3, _("BMET card"), value="bmet", goto="bmet"),
)

REGISTRATION = Flow(
    "registration",
    Menu(
        "start",
        _("Your words stay private and are used only to help you. Agree?"),
        Option(1, _("I agree"), value="yes", goto="for_whom"),
        Option(2, _("No"), goto="refused"),
        Option(3, _("Tell me more"), goto="more"),
        saves="consent",
    ),
    Menu(
        "more",
        _(
            "We keep your district, country and need, locked. Only our staff see them. "
            "You may stop or take it back any time from the main menu."
        ),
        Option(1, _("I agree"), value="yes", goto="for_whom"),
        Option(2, _("No"), goto="refused"),
        saves="consent",
    ),
    End("refused", _("All right. Nothing was kept. All other services stay open to you.")),
    Menu(
        "for_whom",
        _("Who is this for?"),
        Option(1, _("For me"), value="self"),
        Option(2, _("For one of my family"), value="family"),
        Option(3, _("Somebody under 18"), value="child", goto="child"),
        saves="for_whom",
        goto="sex",
    ),
    Menu(
        "child",
        _("Is it you yourself?"),
        Option(1, _("Yes"), value="self"),
        Option(2, _("No, one of my family"), value="family"),
        saves="child",
        goto="sex",
    ),
    Menu(
        "sex",
        _("Woman or man?"),
        Option(1, _("Woman"), value="woman"),
        Option(2, _("Man"), value="man"),
        Option(3, _("Other"), value="other"),
        Option(4, _("I would rather not say"), value="unsaid"),
        saves="sex",
        goto="place",
    ),
    *place_questions(goto="country"),
    Pick(
        "country",
        _("Back from which country?"),
        items=countries,
        saves="country",
        goto="returned",
    ),
    Menu(
        "returned",
        _("When did you come back?"),
        *RETURNED,
        saves="returned",
        goto="reason",
    ),
    Menu(
        "reason",
        _("Why did you come back?"),
        Option(1, _("Contract over"), value="contract"),
        Option(2, _("Own wish"), value="wish"),
        Option(3, _("Illness or injury"), value="health"),
        Option(4, _("Trouble at work"), value="work"),
        Option(5, _("I was sent back"), value="sent_back"),
        Option(6, _("Other, or I would not say"), value="other"),
        saves="reason",
        goto="need",
    ),
    Menu(
        "need",
        _("What do you need most?"),
        *NEED,
        saves="need",
        goto="sole",
    ),
    Menu(
        "sole",
        _("Is this phone only yours?"),
        Option(1, _("Yes"), value="yes"),
        Option(2, _("No, others use it too"), value="no"),
        saves="sole",
        goto="sms",
    ),
    Menu(
        "sms",
        _("May we send SMS to this phone?"),
        Option(1, _("Yes"), value="yes"),
        Option(2, _("No"), value="no"),
        saves="sms",
        goto="call",
    ),
    Menu(
        "call",
        _("May we call this phone?"),
        Option(1, _("Yes"), value="yes"),
        Option(2, _("No"), value="no"),
        saves="call",
        goto=Fork(after_contact, ("window", "papers")),
    ),
    Menu(
        "window",
        _("Which time is safe for you?"),
        Option(1, in_hours("morning"), value="morning"),
        Option(2, in_hours("afternoon"), value="afternoon"),
        Option(3, in_hours("evening"), value="evening"),
        Option(4, _("Any time"), value="any"),
        saves="window",
        goto="papers",
    ),
    Menu(
        "papers",
        _("Give a number from your papers? Only if you like."),
        *PAPERS,
        Option(4, _("No"), value="none", goto=Fork(after_papers, ("pin", "check"))),
        saves="papers",
    ),
    Ask(
        "nid",
        _("Write the NID number: 10, 13 or 17 digits."),
        parse=nid,
        saves="nid",
        goto=Fork(after_papers, ("pin", "check")),
    ),
    Ask(
        "passport",
        _("Write the passport number, such as AB1234567."),
        parse=passport,
        saves="passport",
        goto=Fork(after_papers, ("pin", "check")),
    ),
    Ask(
        "bmet",
        _("Write the number of the BMET card."),
        parse=bmet_card,
        saves="bmet",
        goto=Fork(after_papers, ("pin", "check")),
    ),
    Ask(
        "pin",
        _("Choose 4 secret digits, to see your dates later. Press 1 to go without."),
        parse=chosen_pin,
        saves="pin",
        goto="check",
    ),
    Menu(
        "check",
        _("{district}, {country}. Is it right?"),
        Option(1, _("Yes, register"), goto=Fork(after_check, ("done", "done_child", "done_minor"))),
        Option(2, _("No, change it"), goto="for_whom"),
        fill=summary,
    ),
    End(
        "done",
        # NOTE: 9, then 6, is the screening of needs: offered here, it costs nobody a screen
        _(
            "You are registered. Your number: {reference}. Please keep it. "
            "To tell us more: dial, 9, 6."
        ),
        do=register,
        promises=("reference",),
    ),
    End(
        "done_child",
        _(
            "You are registered. Your number: {reference}. Somebody who helps children will see to "
            "it. Children's line: {line}, free."
        ),
        fill=childrens_line,
        do=register,
        promises=("reference",),
    ),
    End(
        "done_minor",
        _(
            "You are registered. Your number: {reference}. Somebody who helps children will see to it."
        ),
        do=register,
        promises=("reference",),
    ),
    resumes=True,
)
