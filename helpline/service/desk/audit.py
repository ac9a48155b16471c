"""Writing down what staff read and do, where nobody can take it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from helpline.service.desk.acting import Note

if TYPE_CHECKING:
    from helpline.service.desk.acting import Acting

THROUGH_GLASS: Final = "_break_glass"
"""Ends the name of an action on a case that was reached by breaking glass."""


def note(
    deed: Acting,
    action: str,
    subject: str,
    subject_id: str,
    *,
    case_id: str | None = None,
    detail: str = "",
) -> None:
    """Note one action of this member. All of it are codes and ids, never words of a person.

    It is written at the end of the transaction, and only if that commits.
    """
    if case_id in deed.through_glass:
        action = f"{action}{THROUGH_GLASS}"
    deed.noted.append(Note(action, subject, subject_id, case_id, detail))
