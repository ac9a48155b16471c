"""Read the stages of a case, and who leads each task."""

from __future__ import annotations

from functools import cache
from typing import Final

from helpline.cases.stages import Lead, Stage
from helpline.data.files import BadData, entries

_STAGES: Final = "stages.toml"


@cache
def load_stages() -> tuple[Stage, ...]:
    """The stages of a case as a client is told them, each with who leads it.

    Raises:
        BadData: an entry is incomplete, or names a task or an agency that is not in the file.
    """
    names = {entry.text("key"): entry.label("name") for entry in entries(_STAGES, "agency")}
    try:
        leads = {
            entry.text("task"): Lead(
                entry.text("task"),
                tuple(names[key] for key in entry.several("agencies")),
                tuple(names[key] for key in entry.several("under")),
                entry.text("source"),
            )
            for entry in entries(_STAGES, "lead")
        }
        return tuple(
            Stage(
                key=entry.text("key"),
                order=entry.whole("order"),
                now=entry.label("now"),
                then=entry.label("then"),
                cases=entry.several("cases"),
                services=entry.several("services"),
                lead=leads[entry.text("lead")],
            )
            for entry in entries(_STAGES, "stage")
        )
    except KeyError as missing:
        raise BadData(f"{_STAGES}: {missing} is not in it") from None
