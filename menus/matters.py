"""My matters, behind the secret number: how far it has come, dates, offices, how a service was.

Nothing here says what the trouble is or what an office is for: somebody may read the screen with her.
"""

from __future__ import annotations

from collections.abc import Mapping

from helpline.cases.effects import AnswerReferral, RateService
from helpline.cases.own import Matters, SentTo
from helpline.flow.words import (
    End,
    Flow,
    Fork,
    Item,
    Label,
    Menu,
    Option,
    Phrase,
    Pick,
    Scene,
    Text,
    _,
)
from menus.dates import in_words
from menus.secret import secret_questions
from menus.served import said_of, service_questions

NEEDS = "matters"

OFFICES = {
    "government": _("Government office"),
    "ngo": _("NGO office"),
    "private": _("Another office"),
}
STATES = {
    "sent": _("They have not answered yet."),
    "accepted": _("They ask you to come."),
    "attended": _("You have been there."),
    "not_attended": _("You have not been there."),
    "completed": _("This is done."),
}


def known(scene: Scene) -> Matters:
    """What the secret number opened."""
    found = scene.facts.loaded[NEEDS]
    return found if isinstance(found, Matters) else Matters()


def now(scene: Scene) -> Mapping[str, Text]:
    """What happens at this stage."""
    stage = known(scene).stage
    return {"now": stage.now if stage else ""}


def then(scene: Scene) -> Mapping[str, Text]:
    """What she can do next, and who sees to it."""
    stage = known(scene).stage
    if stage is None:
        return {"then": "", "lead": ""}
    return {"then": stage.then, "lead": stage.lead.agencies[0]}


def offices(scene: Scene) -> tuple[Item, ...]:
    """Where she was sent: what kind of office, and when."""
    return tuple(
        Item(each.referral_id, Phrase(_("{office}, {date}"), _values(each)))
        for each in known(scene).offices
    )


def _values(office: SentTo) -> tuple[tuple[str, str | Label], ...]:
    return (("office", OFFICES.get(office.kind, OFFICES["private"])), ("date", in_words(office.at)))


def chosen(scene: Scene) -> SentTo | None:
    """The office that was picked, unless it was called off meanwhile."""
    said = scene.answers.get("office", "")
    return next((each for each in known(scene).offices if each.referral_id == said), None)


def to_be_said(scene: Scene) -> str:
    """After the day of a visit she is asked about it once; else she is told how it stands."""
    office = chosen(scene)
    if office is None:
        return "nothing"
    return "office" if office.answered or office.at > scene.facts.now else "service"


def about_office(scene: Scene) -> Mapping[str, Text]:
    """The chosen office."""
    office = chosen(scene)
    if office is None:
        return {"state": "", "date": ""}
    return {"state": Phrase(STATES[office.state], ()), "date": in_words(office.at)}


def service_said(scene: Scene) -> tuple[AnswerReferral, ...]:
    """Whether the service was received."""
    office = chosen(scene)
    return said_of(scene, known(scene).person_id, office.referral_id) if office else ()


def rate(scene: Scene) -> tuple[RateService, ...]:
    """How it was: the office just spoken of, else what ended first."""
    asked = known(scene).ended
    if not asked:
        return ()
    office = scene.answers.get("office", "")
    which = next((each for each in asked if each.subject_id == office), asked[0])
    return (RateService(known(scene).person_id, which.id, scene.answers["how"]),)


MATTERS = Flow(
    "matters",
    *secret_questions(NEEDS, lambda _scene: "menu", ("menu",)),
    Menu(
        "menu",
        _("My matters"),
        Option(
            1,
            _("How far it is"),
            goto=Fork(
                lambda scene: "stage" if known(scene).stage else "nothing", ("stage", "nothing")
            ),
        ),
        Option(2, _("My dates"), goto="dates.open"),
        Option(3, _("Where I was sent"), goto="offices"),
        Option(
            4,
            _("How it was"),
            goto=Fork(lambda scene: "how" if known(scene).ended else "nothing", ("how", "nothing")),
        ),
        Option(5, _("What is kept"), goto="kept.open"),
        Option(6, _("My family"), goto="family.open"),
        Option(9, _("Finish safely"), goto="safe_end"),
        needs=NEEDS,
    ),
    Menu(
        "stage",
        "{now}",
        Option(1, _("What comes next"), goto="next"),
        Option(2, _("My dates"), goto="dates.open"),
        Option(9, _("Finish safely"), goto="safe_end"),
        fill=now,
        needs=NEEDS,
    ),
    Menu(
        "next",
        _("{then} Also ask: {lead}."),
        Option(1, _("Something else"), goto="menu"),
        Option(9, _("Finish safely"), goto="safe_end"),
        fill=then,
        needs=NEEDS,
    ),
    Pick(
        "offices",
        _("Choose one:"),
        items=offices,
        saves="office",
        goto=Fork(to_be_said, ("office", "service", "nothing")),
        empty="nothing",
        needs=NEEDS,
    ),
    Menu(
        "office",
        "{date}: {state}",
        Option(1, _("Something else"), goto="menu"),
        Option(9, _("Finish safely"), goto="safe_end"),
        fill=about_office,
        needs=NEEDS,
    ),
    *service_questions(NEEDS, fill=about_office, do=service_said, came="how"),
    Menu(
        "how",
        _("How was it for you?"),
        Option(1, _("Very good"), value="very_good"),
        Option(2, _("Good"), value="good"),
        Option(3, _("So-so"), value="fair"),
        Option(4, _("Not good"), value="bad"),
        Option(5, _("I would not say"), value="skipped"),
        saves="how",
        goto="how_noted",
        needs=NEEDS,
    ),
    End("how_noted", _("Thank you for telling us."), do=rate, needs=NEEDS),
    Menu(
        "nothing",
        _("Nothing new here today."),
        Option(1, _("Something else"), goto="menu"),
        Option(9, _("Finish safely"), goto="safe_end"),
    ),
    # NOTE: the last words on the screen when somebody else may look at it
    End("safe_end", _("Thank you. For the address of a centre dial again.")),
)
