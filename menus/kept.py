"""What is kept about me, behind the secret number: see it, put it right, have it deleted."""

from __future__ import annotations

from helpline.cases.effects import AskErasure, CorrectData
from helpline.cases.own import Kept
from helpline.flow.answers import bmet_card, nid, passport
from helpline.flow.words import (
    Ask,
    End,
    Flow,
    Fork,
    Item,
    Menu,
    Option,
    Phrase,
    Pick,
    Scene,
    Text,
    _,
)
from menus.places import district_of, place_questions, upazila_of
from menus.registration import NEED, PAPERS, RETURNED, countries
from menus.secret import secret_questions

NEEDS = "kept"
COLUMNS = ("district", "country", "returned", "need", "papers")
QUESTIONS = {"district": "place"}
"""Where a column is asked for, if the screen has another name."""
NO_PAPERS = "none"


def known(scene: Scene) -> Kept:
    """What the secret number opened."""
    found = scene.facts.loaded[NEEDS]
    return found if isinstance(found, Kept) else Kept()


def values(scene: Scene) -> tuple[Item, ...]:
    """Everything she told us, each as a line of its own. A number is never shown, only of which paper."""
    return tuple(Item(column, _in_words(scene, column)) for column in COLUMNS)


def _in_words(scene: Scene, column: str) -> Text:
    told, places = known(scene).values, scene.facts.places
    value = told.get(column, "")
    if column == "district":
        district, upazila = places.district(value), places.upazila(told.get("upazila", ""))
        if district and upazila:
            return Phrase(
                _("{district}, {upazila}"), (("district", district.name), ("upazila", upazila.name))
            )
        return district.name if district else _("Not known")
    if column == "country":
        country = places.country(value)
        return country.name if country else _("Not known")
    if column == "papers":
        return _text(PAPERS, value) or _("No number from papers")
    return _text({"returned": RETURNED, "need": NEED}[column], value) or _("Not known")


def _text(options: tuple[Option, ...], value: str) -> Text:
    return next((each.text for each in options if value and each.value == value), "")


def question(scene: Scene) -> str:
    """The question about what is to be put right."""
    column = scene.answers.get("column", "")
    return QUESTIONS.get(column, column)


def going_on(scene: Scene) -> str:
    """Where the right digits lead: to what was begun, or to the beginning."""
    said = scene.answers
    column = said.get("column", "")
    if column not in COLUMNS:
        return "data"
    if column == "district":
        if not district_of(scene):
            return "place"
        return "sure" if "upazila" in said else "upazila"
    if column == "papers":
        kind = said.get("papers", "")
        if not kind:
            return "papers"
        return "sure" if kind == NO_PAPERS or kind in said else kind
    return "sure" if column in said else column


def correct(scene: Scene) -> tuple[CorrectData, ...]:
    """The new answer."""
    said, person_id = scene.answers, known(scene).person_id
    column = said["column"]
    if column == "district":
        place = (("district", district_of(scene)), ("upazila", upazila_of(scene)))
        return (CorrectData(person_id, place),)
    if column == "papers":
        kind = "" if said["papers"] == NO_PAPERS else said["papers"]
        return (CorrectData(person_id, (("papers", kind),), said.get(kind, "") if kind else ""),)
    return (CorrectData(person_id, ((column, said[column]),)),)


def erase(scene: Scene) -> tuple[AskErasure]:
    """Everything is to be erased."""
    return (AskErasure(known(scene).person_id),)


KEPT = Flow(
    "kept",
    *secret_questions(
        NEEDS,
        going_on,
        (
            "data",
            "place",
            "upazila",
            "country",
            "returned",
            "need",
            "papers",
            "nid",
            "passport",
            "bmet",
            "sure",
        ),
    ),
    Menu(
        "data",
        _("What is kept"),
        Option(1, _("See, put right"), goto="list"),
        Option(2, _("Ask for all of it"), goto="callback.safe"),
        Option(3, _("Delete all"), goto="erase"),
        Option(9, _("Finish safely"), goto="matters.safe_end"),
        needs=NEEDS,
    ),
    Pick(
        "list",
        _("Choose what is wrong:"),
        items=values,
        saves="column",
        goto=Fork(question, ("place", "country", "returned", "need", "papers")),
        needs=NEEDS,
    ),
    *place_questions(goto="sure"),
    Pick(
        "country",
        _("Back from which country?"),
        items=countries,
        saves="country",
        goto="sure",
    ),
    Menu("returned", _("When did you come back?"), *RETURNED, saves="returned", goto="sure"),
    Menu("need", _("What do you need most?"), *NEED, saves="need", goto="sure"),
    Menu(
        "papers",
        _("Which paper?"),
        *PAPERS,
        Option(4, _("Delete the number"), value=NO_PAPERS, goto="sure"),
        saves="papers",
    ),
    Ask(
        "nid", _("Write the NID number: 10, 13 or 17 digits."), parse=nid, saves="nid", goto="sure"
    ),
    Ask(
        "passport",
        _("Write the passport number, such as AB1234567."),
        parse=passport,
        saves="passport",
        goto="sure",
    ),
    Ask(
        "bmet",
        _("Write the number of the BMET card."),
        parse=bmet_card,
        saves="bmet",
        goto="sure",
    ),
    Menu(
        "sure",
        _("Keep the new answer?"),
        Option(1, _("Yes"), goto="corrected"),
        Option(2, _("No"), goto="unchanged"),
        needs=NEEDS,
    ),
    End("corrected", _("All right. The new answer is noted."), do=correct, needs=NEEDS),
    Menu(
        "erase",
        _("Delete all that is kept about you?"),
        Option(1, _("Yes"), goto="erase_sure"),
        Option(2, _("No"), goto="unchanged"),
        needs=NEEDS,
    ),
    Menu(
        "erase_sure",
        _("It cannot be brought back. Delete it?"),
        Option(1, _("Yes, delete it"), goto="erased"),
        Option(2, _("No"), goto="unchanged"),
        needs=NEEDS,
    ),
    End("erased", _("It ends today. A person deletes the rest."), do=erase, needs=NEEDS),
    End("unchanged", _("All right. Nothing has changed.")),
    resumes=True,
)
