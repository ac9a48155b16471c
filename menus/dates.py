"""My dates: shown only after the secret number, moved, cancelled or stopped there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from helpline.cases.calendar import spoken_day, spoken_window
from helpline.cases.dates import DateKind, Dates, Upcoming
from helpline.cases.effects import (
    AnswerReferral,
    CancelDate,
    MarkAttended,
    MoveDate,
    StopReminders,
)
from helpline.flow.words import (
    End,
    Flow,
    Fork,
    Item,
    Label,
    Pick,
    Scene,
    Text,
    _,
)
from menus.secret import secret_questions
from menus.served import said_of, service_questions
from menus.slots import chosen_slot, slot_questions

NEEDS = "dates"


def known(scene: Scene) -> Dates:
    """What the secret number opened."""
    found = scene.facts.loaded[NEEDS]
    return found if isinstance(found, Dates) else Dates()


def opened(scene: Scene) -> str:
    """Where the right secret number leads."""
    return "list" if known(scene).upcoming else "none"


def upcoming(scene: Scene) -> tuple[Item, ...]:
    """The dates ahead, the next one first, without saying what they are for."""
    return tuple(Item(each.subject_id, in_words(each.at)) for each in known(scene).upcoming)


def in_words(moment: datetime) -> Label:
    """A day and its part: `শুক্র 4 ডিসেম্বর, সকাল`."""
    day, window = spoken_day(moment), spoken_window(moment)
    return Label(
        f"{day.bn}, {window.bn}", f"{day.bn_Latn}, {window.bn_Latn}", f"{day.en}, {window.en}"
    )


def chosen(scene: Scene) -> Upcoming | None:
    """The date that was picked, unless it has gone meanwhile."""
    said = scene.answers.get("date", "")
    return next((each for each in known(scene).upcoming if each.subject_id == said), None)


def ways(scene: Scene) -> tuple[Item, ...]:
    """What can be done with the chosen date."""
    date = chosen(scene)
    if date is None:
        return ()
    items = [Item("day", _("Move it"))]
    if date.kind is DateKind.COUNSELLING:
        items.append(Item("cancelled", _("Cancel it")))
    if date.kind is DateKind.CENTRE:
        items.append(Item("attended", _("I have been there")))
    items.append(Item("stopped", _("Stop all reminders")))
    return tuple(items)


def date_in_words(scene: Scene) -> Mapping[str, Text]:
    """The chosen date."""
    date = chosen(scene)
    return {"date": in_words(date.at) if date else ""}


def new_date(scene: Scene) -> Mapping[str, Text]:
    """The new time."""
    return {"date": in_words(chosen_slot(scene).begins)}


def move(scene: Scene) -> tuple[MoveDate, ...]:
    """Move the chosen date to the chosen slot."""
    date, slot = chosen(scene), chosen_slot(scene)
    if date is None:
        return ()
    return (MoveDate(known(scene).person_id, date.subject_id, slot.begins, slot.ends),)


def cancel(scene: Scene) -> tuple[CancelDate, ...]:
    """Cancel the chosen date."""
    date = chosen(scene)
    return (CancelDate(known(scene).person_id, date.subject_id),) if date else ()


def attended(scene: Scene) -> tuple[MarkAttended, ...]:
    """The caller has been to the centre."""
    return (MarkAttended(known(scene).person_id),)


def stop(scene: Scene) -> tuple[StopReminders, ...]:
    """No more reminders for this person."""
    return (StopReminders(known(scene).person_id),)


def of_what_kind(scene: Scene) -> str:
    """An office one was sent to is asked about; other dates can be moved."""
    date = chosen(scene)
    return "service" if date and date.kind is DateKind.SERVICE else "date"


def service_said(scene: Scene) -> tuple[AnswerReferral, ...]:
    """Whether the service was given, and if not, why."""
    date = chosen(scene)
    return said_of(scene, known(scene).person_id, date.subject_id) if date else ()


WAYS = ("day", "cancelled", "attended", "stopped")

DATES = Flow(
    "dates",
    *secret_questions(NEEDS, opened, ("list", "none")),
    Pick(
        "list",
        _("Your dates:"),
        items=upcoming,
        saves="date",
        goto=Fork(of_what_kind, ("date", "service")),
        empty="none",
        needs=NEEDS,
    ),
    Pick(
        "date",
        "{date}",
        items=ways,
        saves="way",
        goto=Fork(lambda scene: scene.answers["way"], WAYS),
        empty="none",
        fill=date_in_words,
        needs=NEEDS,
    ),
    *slot_questions(goto="moved"),
    End("moved", _("Moved to {date}."), do=move, fill=new_date, needs=NEEDS),
    End("cancelled", _("It is cancelled."), do=cancel, needs=NEEDS),
    End("attended", _("Good. We will not remind you of it again."), do=attended, needs=NEEDS),
    End("stopped", _("No more reminders will come."), do=stop, needs=NEEDS),
    *service_questions(NEEDS, fill=date_in_words, do=service_said),
    End("none", _("No date is set now.")),
)
