"""Choosing a day and a time of day, shared by every task that needs one."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Final

from helpline.cases.calendar import WINDOWS, Slot, local, slot, spoken_day, window_name
from helpline.cases.slots import open_days, open_windows
from helpline.flow.words import Goto, Item, Label, Pick, Scene, Text, _

TIMES: Final = ("morning", "afternoon", "evening")
"""The times of day a caller chooses from."""

TODAY = Label("আজ", "Aj", "Today")
TOMORROW = Label("আগামীকাল", "Agamikal", "Tomorrow")


def in_hours(window: str) -> Label:
    """A time of day with its hours, for whoever has to know until when: `বিকাল 4-8`."""
    name, span = window_name(window), WINDOWS[window]
    hours = f"{_on_a_clock(span.begins)}-{_on_a_clock(span.ends)}"
    return Label(f"{name.bn} {hours}", f"{name.bn_Latn} {hours}", f"{name.en} {hours}")


def _on_a_clock(hour: time) -> int:
    return (hour.hour - 1) % 12 + 1


def days(scene: Scene) -> tuple[Item, ...]:
    """The next days on which somebody is there."""
    now = scene.facts.now
    today = local(now).date()
    names: dict[date, Text] = {today: TODAY, today + timedelta(days=1): TOMORROW}
    return tuple(
        Item(day.isoformat(), names.get(day, spoken_day(day)))
        for day in open_days(scene.facts.openings.hours, now)
    )


def windows(scene: Scene) -> tuple[Item, ...]:
    """The times still open on the chosen day; none when that day has passed meanwhile."""
    day, facts = date.fromisoformat(scene.answers["day"]), scene.facts
    names = open_windows(facts.openings.hours, day, facts.now)
    return tuple(Item(name, in_hours(name)) for name in names)


def chosen_slot(scene: Scene) -> Slot:
    """The slot that `day` and `window` name."""
    return slot(date.fromisoformat(scene.answers["day"]), scene.answers["window"])


def slot_questions(goto: Goto) -> tuple[Pick, Pick]:
    """The screens that ask for a day and a time, then lead to `goto`. The first is called `day`."""
    return (
        Pick("day", _("Which day?"), items=days, saves="day", goto="window"),
        Pick("window", _("What time?"), items=windows, saves="window", goto=goto, empty="day"),
    )
