"""The risk form as it was gone through: sealed, each beside the earlier ones; and whom we may call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec

from helpline.cases.questions import NotAnAnswer
from helpline.cases.risk_form import CURRENT, LEVELS, RISK_FORMS, suggested
from helpline.gateways.numbers import e164
from helpline.service.desk.cases import Blocked
from helpline.store.desk import case_rows
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Row

    from helpline.cases.questions import Answers
    from helpline.service.desk.acting import Acting

LONGEST: Final = 1500
"""Letters of what was agreed, or why a level was chosen."""
LONGEST_NAME: Final = 120


class Trusted(msgspec.Struct, frozen=True, omit_defaults=True):
    """Somebody the client named, whom we may call about her, and what to say then."""

    name: str = ""
    number: str = ""
    """As E.164."""
    cover: str = ""
    """Her own words: what the call is about when we ask for this person."""


class Form(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is sealed of a risk form."""

    answers: dict[str, list[str]] = {}
    level: str = ""
    suggested: str = ""
    why: str = ""
    """Why the worker chose another level than the answers suggest."""
    agreed: str = ""
    """What was agreed until the next talk, in words."""
    trusted: Trusted = Trusted()


@dataclass(frozen=True, slots=True)
class Gone:
    """One form, opened."""

    id: str
    instrument: str
    form: Form
    staff_id: str | None
    taken_at: datetime


_DECODE = msgspec.json.Decoder(Form).decode


def take(
    deed: Acting,
    case: Row[Any],
    answers: Answers,
    *,
    level: str,
    why: str,
    agreed: str,
    trusted: Trusted,
) -> Gone:
    """Keep a form with the level that the worker confirms.

    Raises:
        Blocked: `no_such_value` for an answer or a level that there is not, `no_reason` for another
            level than suggested without one, `no_such_number`, `no_trusted` for consent to call
            somebody of whom neither number nor words of cover are known, `too_long`.
    """
    try:
        kept = RISK_FORMS[CURRENT].understood(answers)
    except NotAnAnswer:
        raise Blocked("no_such_value") from None
    if level not in LEVELS:
        raise Blocked("no_such_value")
    advised = suggested(kept)
    if level != advised and not why.strip():
        raise Blocked("no_reason")
    may_call = kept.get("may_call") == ("yes",)
    form = Form(
        {code: list(said) for code, said in kept.items()},
        level,
        advised,
        _short(why, LONGEST),
        _short(agreed, LONGEST),
        _named(trusted) if may_call else Trusted(),
    )
    ident = new_ident()
    case_rows.add(
        deed.connection,
        "assessment",
        id=ident,
        case_id=case.id,
        instrument=CURRENT,
        answers=deed.parts.ring.seal(msgspec.json.encode(form), "assessment.answers", ident),
        staff_id=deed.who.id,
        office=deed.who.organisation,
        taken_at=deed.now,
    )
    deed.record("assessment", ident, became="taken", why=CURRENT)
    return Gone(ident, CURRENT, form, deed.who.id, deed.now)


def history(deed: Acting, case_id: str) -> list[Gone]:
    """The risk forms of a case, the newest first; emptied ones are left out."""
    rows = case_rows.of_case(deed.connection, "assessment", case_id)
    opened = (_opened(deed, row) for row in reversed(rows) if row.instrument in RISK_FORMS)
    return [each for each in opened if each]


def trusted(deed: Acting, case_id: str) -> Trusted | None:
    """Whom we may call: as she last said it. None when she never said, or said no."""
    for each in history(deed, case_id):
        said = each.form.answers.get("may_call", [])
        if said in (["yes"], ["no"]):
            return each.form.trusted if said == ["yes"] else None
    return None


def answers_of(said: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Of what a browser sent, the answers to questions of the form."""
    known = [q.code for family in RISK_FORMS[CURRENT].families for q in family.questions]
    return {code: said[code] for code in known if said.get(code)}


def _named(person: Trusted) -> Trusted:
    number = e164(person.number)
    if person.number.strip() and number is None:
        raise Blocked("no_such_number")
    if number is None or not person.cover.strip():
        raise Blocked("no_trusted")
    return Trusted(_short(person.name, LONGEST_NAME), number, _short(person.cover, LONGEST))


def _short(words: str, most: int) -> str:
    if len(words) > most:
        raise Blocked("too_long")
    return words.strip()


def _opened(deed: Acting, row: Row[Any]) -> Gone | None:
    sealed = deed.parts.ring.unseal(row.answers, "assessment.answers", row.id)
    form = _DECODE(sealed) if sealed else Form()
    return Gone(row.id, row.instrument, form, row.staff_id, row.taken_at) if form.level else None
