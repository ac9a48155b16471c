"""How to reach me safely: said behind the secret number, one thing at a time, as often as one likes.

What is shown there is what stands now; whoever looks on reads only about a phone. "Stop" stays open
to everybody who holds the phone, for it only ever takes away.
"""

from __future__ import annotations

from helpline.cases.calendar import WINDOWS, window_name
from helpline.cases.effects import ChangeContact
from helpline.cases.own import Rules
from helpline.cases.safe_times import EVERY_DAY, WEEKEND, WORKING_DAYS
from helpline.flow.words import (
    End,
    Flow,
    Fork,
    Item,
    Label,
    Menu,
    Option,
    Pass,
    Phrase,
    Pick,
    Scene,
    _,
)
from menus.secret import secret_questions
from menus.slots import TIMES, in_hours

NEEDS = "rules"
SCREENS = ("sms", "call", "time", "days", "sole", "news")
_DAYS = {EVERY_DAY: _("every day"), WEEKEND: _("Friday, Saturday"), WORKING_DAYS: _("Sun to Thu")}


def rules(scene: Scene) -> Rules:
    """What stands now, as far as the secret number was right."""
    found = scene.facts.loaded[NEEDS]
    return found if isinstance(found, Rules) else Rules()


def lines(scene: Scene) -> tuple[Item, ...]:
    """Each rule with what stands now."""
    known = rules(scene)
    said: dict[str, tuple[str, str | Label]] = {
        "sms": (_("SMS: {said}"), _yes(known.sms)),
        "call": (_("Calls: {said}"), _yes(known.call)),
        "time": (_("Time: {said}"), _time(known.window)),
        "days": (_("Days: {said}"), _DAYS.get(known.weekdays, _("some days"))),
        "sole": (_("Only my phone: {said}"), _yes(known.sole)),
        "news": (_("News: {said}"), _yes(known.news)),
    }
    listed = [Item(name, Phrase(text, (("said", value),))) for name, (text, value) in said.items()]
    if known.opinion:
        listed.append(Item("opinion", _("What you think")))
    return tuple(listed)


def chosen(scene: Scene) -> str:
    """The screen of the rule that was chosen; to those who want news there is one line that is no rule."""
    rule = scene.answers["rule"]
    return "opinion.begin" if rule == "opinion" else rule


def change(scene: Scene) -> tuple[ChangeContact]:
    """What was just said."""
    return (ChangeContact(rules(scene).person_id, scene.answers["rule"], scene.answers["said"]),)


def yes_or_no(name: str, text: str) -> Menu:
    """One rule that is allowed or not."""
    return Menu(
        name,
        text,
        Option(1, _("Yes"), value="yes"),
        Option(2, _("No"), value="no"),
        Option(9, _("Finish safely"), goto="safe_end"),
        saves="said",
        goto="keep",
    )


def _yes(said: bool) -> str:  # noqa: FBT001
    return _("yes") if said else _("no")


def _time(window: str) -> Label:
    if window in TIMES:
        return in_hours(window)
    return window_name(window) if window in WINDOWS else Label(window, window, window)


SAFE_CONTACT = Flow(
    "safe_contact",
    *secret_questions(NEEDS, lambda _scene: "list", ("list",)),
    Pick(
        "list",
        _("Rules for this phone:"),
        items=lines,
        saves="rule",
        goto=Fork(chosen, (*SCREENS, "opinion.begin")),
        needs=NEEDS,
    ),
    yes_or_no("sms", _("May we send SMS to this phone?")),
    yes_or_no("call", _("May we call this phone?")),
    Menu(
        "time",
        _("When is it good?"),
        Option(1, in_hours("morning"), value="morning"),
        Option(2, in_hours("afternoon"), value="afternoon"),
        Option(3, in_hours("evening"), value="evening"),
        Option(4, _("Any time"), value="any"),
        saves="said",
        goto="keep",
    ),
    Menu(
        "days",
        _("Which days are good?"),
        Option(1, _("Every day"), value="every"),
        Option(2, _("Friday and Saturday"), value="weekend"),
        Option(3, _("Sunday to Thursday"), value="working"),
        saves="said",
        goto="keep",
    ),
    yes_or_no("sole", _("Is this phone only yours?")),
    yes_or_no("news", _("May news of training and help come by SMS?")),
    Pass("keep", goto="kept", do=change, needs=NEEDS),
    Menu(
        "kept",
        _("It is kept. Something else?"),
        Option(1, _("Yes"), goto="list"),
        Option(2, _("No"), goto="safe_end"),
    ),
    End("safe_end", _("Thank you. For the address of a centre dial again.")),
)
