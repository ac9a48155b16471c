"""My family, behind the secret number: whom I look after, in three one-digit answers and without a name."""

from __future__ import annotations

from collections.abc import Mapping

from helpline.cases.effects import AddDependant, RemoveDependant
from helpline.cases.families import MOST
from helpline.cases.own import Dependant, Family
from helpline.flow.words import (
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
from menus.secret import secret_questions

NEEDS = "family"

RELATIONS = (
    Option(1, _("Wife or husband"), value="spouse"),
    Option(2, _("Son or daughter"), value="child"),
    Option(3, _("Mother or father"), value="parent"),
    Option(4, _("Brother or sister"), value="sibling"),
    Option(5, _("Somebody else"), value="other"),
)
AGES = (
    Option(1, _("aged up to 5"), value="0_5"),
    Option(2, _("aged 6 to 17"), value="6_17"),
    Option(3, _("aged 18 to 59"), value="18_59"),
    Option(4, _("aged 60 or more"), value="60_up"),
)


def known(scene: Scene) -> Family:
    """What the secret number opened."""
    found = scene.facts.loaded[NEEDS]
    return found if isinstance(found, Family) else Family()


def going_on(scene: Scene) -> str:
    """Where the right digits lead: to what was begun, or to the beginning."""
    said = scene.answers
    if "relation" not in said or len(known(scene).dependants) >= MOST:
        return "menu"
    return next((name for name in ("age", "need") if name not in said), "check")


def in_words(relation: str, age: str) -> Phrase:
    """Somebody of the family: `Son or daughter, aged 6 to 17`."""
    values = (("relation", _named(RELATIONS, relation)), ("age", _named(AGES, age)))
    return Phrase(_("{relation}, {age}"), values)


def _named(options: tuple[Option, ...], code: str) -> str:
    return next((str(each.text) for each in options if each.value == code), "")


def told(scene: Scene) -> Mapping[str, Text]:
    """Whom she tells of now."""
    return {"who": in_words(scene.answers.get("relation", ""), scene.answers.get("age", ""))}


def dependants(scene: Scene) -> tuple[Item, ...]:
    """Whom she told us of."""
    return tuple(
        Item(each.id, in_words(each.relation, each.age)) for each in known(scene).dependants
    )


def chosen(scene: Scene) -> Dependant | None:
    """The one that was picked, unless taken out meanwhile."""
    said = scene.answers.get("one", "")
    return next((each for each in known(scene).dependants if each.id == said), None)


def picked(scene: Scene) -> Mapping[str, Text]:
    """The one that was picked."""
    one = chosen(scene)
    return {"who": in_words(one.relation, one.age) if one else ""}


def add(scene: Scene) -> tuple[AddDependant]:
    """Write down whom she told of."""
    said = scene.answers
    return (AddDependant(known(scene).person_id, said["relation"], said["age"], said["need"]),)


def remove(scene: Scene) -> tuple[RemoveDependant, ...]:
    """Take the picked one out."""
    one = chosen(scene)
    return (RemoveDependant(known(scene).person_id, one.id),) if one else ()


FAMILY = Flow(
    "family",
    *secret_questions(NEEDS, going_on, ("menu", "age", "need", "check")),
    Menu(
        "menu",
        _("Whom do you look after?"),
        Option(
            1,
            _("Add somebody"),
            goto=Fork(
                lambda scene: "relation" if len(known(scene).dependants) < MOST else "full",
                ("relation", "full"),
            ),
        ),
        Option(2, _("See the list"), goto="list"),
        Option(9, _("Finish safely"), goto="matters.safe_end"),
        needs=NEEDS,
    ),
    Menu("relation", _("Who is it to you?"), *RELATIONS, saves="relation", goto="age"),
    Menu("age", _("How old?"), *AGES, saves="age", goto="need"),
    Menu(
        "need",
        _("What is needed most?"),
        Option(1, _("School or money for it"), value="school"),
        Option(2, _("Treatment"), value="health"),
        Option(3, _("Help with a disability"), value="disability"),
        Option(4, _("An allowance"), value="allowance"),
        Option(5, _("Work or training"), value="work"),
        Option(6, _("Nothing now"), value="none"),
        saves="need",
        goto="check",
    ),
    Menu(
        "check",
        _("{who}. Add to your family?"),
        Option(1, _("Yes"), goto="added"),
        Option(2, _("No"), goto="unchanged"),
        fill=told,
        needs=NEEDS,
    ),
    End("added", _("Noted. You may dial again to add others."), do=add, needs=NEEDS),
    Pick(
        "list",
        _("Choose one:"),
        items=dependants,
        saves="one",
        goto=Fork(lambda scene: "one" if chosen(scene) else "nobody", ("one", "nobody")),
        empty="nobody",
        needs=NEEDS,
    ),
    Menu(
        "one",
        "{who}",
        Option(1, _("Take out of the list"), goto="removed"),
        Option(2, _("Leave it so"), goto="menu"),
        Option(9, _("Finish safely"), goto="matters.safe_end"),
        fill=picked,
        needs=NEEDS,
    ),
    End("removed", _("All right. It is taken out."), do=remove, needs=NEEDS),
    Menu(
        "nobody",
        _("Nobody is in the list."),
        Option(1, _("Add somebody"), goto="relation"),
        Option(9, _("Finish safely"), goto="matters.safe_end"),
    ),
    Menu(
        "full",
        _("The list is full. Take somebody out first."),
        Option(1, _("See the list"), goto="list"),
        Option(9, _("Finish safely"), goto="matters.safe_end"),
    ),
    End("unchanged", _("All right. Nothing has changed.")),
    resumes=True,
)
