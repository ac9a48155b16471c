"""Writing down what staff read and do, where nobody can take it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpline.store.desk import log

if TYPE_CHECKING:
    from helpline.service.desk.acting import Acting


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

    Call it last in a transaction: it holds a lock that all staff share.
    """
    log.append(
        deed.connection,
        at=deed.now,
        actor=deed.who.id,
        action=action,
        subject=subject,
        subject_id=subject_id,
        case_id=case_id,
        detail=detail,
    )
