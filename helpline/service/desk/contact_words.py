"""What staff say on a phone before they know who listens: cover topic, safe word, danger phrase.

They belong to the permit: to one person on one phone. What is safe on her own phone gives her away
on her mother-in-law's. Where nobody has registered they belong to the case and its phone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import msgspec

from helpline.service.desk import access, audit
from helpline.service.desk.acting import NotAllowed, Stale
from helpline.service.desk.cases import Blocked
from helpline.store import contact_words as rows
from helpline.store import shredding
from helpline.store.desk import people_rows
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Row

    from helpline.service.desk.acting import Acting

LONGEST: Final = 300
_COLUMN: Final = "contact_words.words"


class Card(msgspec.Struct, frozen=True, omit_defaults=True):
    """What staff learned about contacting somebody safely on one phone; sealed as one."""

    others: str = ""
    """Who else may answer the phone."""
    cover: str = ""
    """What the call is about when somebody else answers."""
    safe_word: str = ""
    """What the client says when she can talk."""
    danger: str = ""
    """What she says when we must hang up at once."""


@dataclass(frozen=True, slots=True)
class Written:
    """A card as it stands; `version` is 0 where nobody wrote one."""

    card: Card = field(default_factory=Card)
    version: int = 0


def on_phone(deed: Acting, case: Row[Any] | None, phone_id: str | None) -> Card:
    """The card for the phone that is dialled, or written to; an empty one where staff wrote none."""
    if case is None or not phone_id:
        return Card()
    row = rows.on_phone(deed.connection, owner_id=_owner(case), phone_id=phone_id)
    return _opened(deed, row) if row else Card()


def of_case(deed: Acting, case: Row[Any]) -> dict[str, Written]:
    """The cards of a case by phone."""
    found = rows.of_owner(deed.connection, _owner(case))
    return {phone: Written(_opened(deed, row), row.version) for phone, row in found.items()}


def write(deed: Acting, case_id: str, phone_id: str, seen: int, card: Card) -> None:
    """Write the card of one phone anew; `seen` is the version that was on the page.

    Raises:
        Blocked: `too_long`.
        NotAllowed: the phone is not of this case, or no longer the client's.
        Stale: the card was changed meanwhile.
    """
    case = access.find_case(deed, case_id)
    said = (card.others, card.cover, card.safe_word, card.danger)
    if any(len(words) > LONGEST for words in said):
        raise Blocked("too_long")
    phones = people_rows.phones(deed.connection, case)
    if phone_id not in {each.id for each in phones if each.ended_at is None}:
        raise NotAllowed(phone_id)
    owner = _owner(case)
    known = rows.on_phone(deed.connection, owner_id=owner, phone_id=phone_id)
    ident = known.id if known else new_ident()
    sealed = deed.parts.ring.seal(msgspec.json.encode(card), _COLUMN, ident)
    if seen == 0:
        done = rows.add(
            deed.connection,
            id=ident,
            owner_id=owner,
            phone_id=phone_id,
            words=sealed,
            written_at=deed.now,
        )
    else:
        done = rows.change(deed.connection, ident, seen, words=sealed, now=deed.now)
    if not done:
        raise Stale(phone_id)
    deed.record("case", case.id, was=case.stage, became=case.stage, why="safety")
    audit.note(deed, "safety", "phone", phone_id, case_id=case.id)


def adopt(deed: Acting, case_id: str, person_id: str) -> None:
    """Somebody registered at the desk: what was written for the phone of the case is theirs now."""
    shredding.loosen(deed.connection, deed.parts.ring, _COLUMN, case_id)
    rows.hand_on(deed.connection, was=case_id, becomes=person_id)


def _owner(case: Row[Any]) -> str:
    return str(case.person_id or case.id)


def _opened(deed: Acting, row: Row[Any]) -> Card:
    sealed = deed.parts.ring.unseal(row.words, _COLUMN, row.id)
    return msgspec.json.decode(sealed, type=Card) if sealed else Card()
