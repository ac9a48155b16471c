"""Everything that is kept about one person, table by table: for handing it out and for erasing it.

`RULES` has a rule for every table that can hold something of a person; a test compares it with the
table definitions, so that a new table cannot be forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, delete, exists, or_, select, update

from helpline.store import tables as t
from helpline.store.tables import Base

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Row, Table


@dataclass(slots=True)
class Scope:
    """The ids of what belongs to one person; `own` are the phones that nobody else's data hang on."""

    persons: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    own: list[str] = field(default_factory=list)
    callers: list[bytes] = field(default_factory=list)
    """The fingerprints of `own`."""
    cases: list[str] = field(default_factory=list)
    items: list[str] = field(default_factory=list)
    subjects: list[str] = field(default_factory=list)
    """What the items are about."""
    requests: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    referrals: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)


Rule = Callable[[Scope], "ColumnElement[bool]"]

RULES: Final[Mapping[str, Rule]] = {
    "person": lambda of: t.Person.id.in_(of.persons),
    "person_phone": lambda of: t.PersonPhone.person_id.in_(of.persons),
    "phone": lambda of: t.Phone.id.in_(of.own),
    "consent": lambda of: t.Consent.person_id.in_(of.persons),
    "correction": lambda of: t.Correction.person_id.in_(of.persons),
    "merge": lambda of: t.Merge.kept_id.in_(of.persons),
    "care_case": lambda of: t.CareCase.id.in_(of.cases),
    "contact_words": lambda of: or_(
        t.ContactWords.owner_id.in_([*of.persons, *of.cases]), t.ContactWords.phone_id.in_(of.own)
    ),
    "note": lambda of: t.Note.case_id.in_(of.cases),
    "contact": lambda of: or_(t.Contact.case_id.in_(of.cases), t.Contact.phone_id.in_(of.own)),
    "assessment": lambda of: t.Assessment.case_id.in_(of.cases),
    "case_trade": lambda of: t.CaseTrade.case_id.in_(of.cases),
    "wage_claim": lambda of: t.WageClaim.case_id.in_(of.cases),
    "plan_step": lambda of: t.PlanStep.case_id.in_(of.cases),
    "approval": lambda of: t.Approval.case_id.in_(of.cases),
    "appointment": lambda of: t.Appointment.case_id.in_(of.cases),
    "follow_up": lambda of: t.FollowUp.case_id.in_(of.cases),
    "transfer": lambda of: t.Transfer.case_id.in_(of.cases),
    "referral": lambda of: t.Referral.case_id.in_(of.cases),
    "feedback": lambda of: or_(
        t.Feedback.person_id.in_(of.persons), t.Feedback.case_id.in_(of.cases)
    ),
    "household_member": lambda of: t.HouseholdMember.person_id.in_(of.persons),
    "household": lambda of: t.Household.id.in_(
        select(t.HouseholdMember.household_id).where(t.HouseholdMember.person_id.in_(of.persons))
    ),
    "dependant": lambda of: t.Dependant.person_id.in_(of.persons),
    "service_gap": lambda of: t.ServiceGap.case_id.in_(of.cases),
    "break_glass": lambda of: t.BreakGlass.case_id.in_(of.cases),
    "counselling_request": lambda of: t.CounsellingRequest.id.in_(of.requests),
    "callback": lambda of: or_(t.Callback.phone_id.in_(of.own), t.Callback.id.in_(of.subjects)),
    "incoming_text": lambda of: or_(
        t.IncomingText.phone_id.in_(of.own), t.IncomingText.id.in_(of.subjects)
    ),
    "reminder": lambda of: or_(
        t.Reminder.person_id.in_(of.persons),
        t.Reminder.phone_id.in_(of.own),
        t.Reminder.subject_id.in_(of.requests),
    ),
    "message": lambda of: t.Message.id.in_(of.messages),
    "staff_text": lambda of: or_(
        t.StaffText.case_id.in_(of.cases), t.StaffText.message_id.in_(of.messages)
    ),
    "session": lambda of: t.Session.caller.in_(of.callers),
    "inbox": lambda of: t.Inbox.sender.in_(of.callers),
    "pin_try": lambda of: t.PinTry.caller.in_(of.callers),
    "work_item": lambda of: t.WorkItem.id.in_(of.items),
    "sla_clock": lambda of: or_(t.SlaClock.case_id.in_(of.cases), t.SlaClock.item_id.in_(of.items)),
    "escalation": lambda of: or_(
        t.Escalation.case_id.in_(of.cases), t.Escalation.item_id.in_(of.items)
    ),
    "alarm": lambda of: t.Alarm.item_id.in_(of.items),
    "risk_flag": lambda of: t.RiskFlag.case_id.in_(of.cases),
    "call": lambda of: t.Call.id.in_(of.calls),
    "call_leg": lambda of: t.CallLeg.call_id.in_(of.calls),
    "event": lambda of: t.Event.subject_id.in_(
        [*of.persons, *of.cases, *of.items, *of.subjects, *of.own]
    ),
    "audit": lambda of: t.Audit.case_id.in_(of.cases),
}
"""By table: which of its rows belong to a person."""

NOBODYS: Final = frozenset(
    {
        # about staff, offices, places, hours, counts and gateways
        "staff",
        "staff_session",
        "login_try",
        "provider",
        "centre",
        "fact_check",
        "receipt",
        "open_hours",
        "holiday",
        "shift",
        "duty",
        "closed_now",
        "day_count",
        "campaign",
        "pace",
        "opinion",
        # deleted when a person is erased, never handed out
        "shred_key",
    }
)
"""Tables in which nothing is found by a person."""

UNTOUCHED: Final = frozenset({"audit", "alarm"})
"""What happened stays written down: codes and ids, never words or numbers of the person."""


def scope_of(connection: Connection, case: Row[Any], persons: list[str]) -> Scope:
    """Everything that belongs to the person of a case, or to its phone when nobody registered."""
    of = Scope(persons=persons)
    of.cases = [case.id, *_ids(connection, t.CareCase.id, t.CareCase.person_id.in_(persons))]
    if persons:
        linked = t.PersonPhone.person_id.in_(persons)
        of.phones = _ids(connection, t.PersonPhone.phone_id, linked)
    elif case.phone_id:
        of.phones = [case.phone_id]
    of.own = [phone for phone in of.phones if _is_own(connection, phone, of)]
    of.callers = _ids(connection, t.Phone.fingerprint, t.Phone.id.in_(of.own))
    of.cases += _ids(
        connection,
        t.CareCase.id,
        and_(t.CareCase.phone_id.in_(of.own), t.CareCase.person_id.is_(None)),
    )
    of.items = _ids(
        connection,
        t.WorkItem.id,
        or_(t.WorkItem.case_id.in_(of.cases), t.WorkItem.phone_id.in_(of.own)),
    )
    of.subjects = _ids(connection, t.WorkItem.subject_id, t.WorkItem.id.in_(of.items))
    of.requests = _ids(
        connection,
        t.CounsellingRequest.id,
        or_(
            t.CounsellingRequest.person_id.in_(persons),
            t.CounsellingRequest.phone_id.in_(of.own),
            t.CounsellingRequest.id.in_(of.subjects),
        ),
    )
    of.calls = _ids(
        connection, t.Call.id, or_(t.Call.case_id.in_(of.cases), t.Call.phone_id.in_(of.own))
    )
    of.referrals = _ids(connection, t.Referral.id, t.Referral.case_id.in_(of.cases))
    nobody_elses = or_(t.Message.person_id.is_(None), t.Message.person_id.in_(persons))
    of.messages = _ids(
        connection,
        t.Message.id,
        or_(
            t.Message.person_id.in_(persons),
            and_(t.Message.phone_id.in_(of.own), nobody_elses),
            # to any phone, about what is hers: an office's, or one that others use, too
            t.Message.subject_id.in_([*of.cases, *of.requests, *of.referrals, *of.subjects]),
        ),
    )
    return of


def rows(connection: Connection, of: Scope) -> Iterator[tuple[Table, list[Row[Any]]]]:
    """Every table with what it holds of a person, in the order of `RULES`."""
    for name, rule in RULES.items():
        table = Base.metadata.tables[name]
        found = connection.execute(select(table).where(rule(of))).all()
        if found:
            yield table, list(found)


def change(connection: Connection, table: Table, row: Row[Any], values: Mapping[str, Any]) -> None:
    """Write columns of one row, found by its primary key; nothing where there is nothing to write."""
    if not values:
        return
    key = [column == getattr(row, column.name) for column in table.primary_key]
    connection.execute(update(table).where(*key).values(**values))


def forget_tries(connection: Connection, of: Scope) -> None:
    """Delete how often a secret number was tried from the phones of a person."""
    connection.execute(delete(t.PinTry).where(t.PinTry.caller.in_(of.callers)))


def destroy_keys(connection: Connection, of: Scope) -> None:
    """Delete half of every key to what is sealed about a person: copies of it open nowhere any more."""
    owners = [*of.persons, *of.cases, *of.own]
    connection.execute(delete(t.ShredKey).where(t.ShredKey.owner.in_(owners)))


def empty_replies(connection: Connection, before: datetime) -> None:
    """Empty the replies that no gateway asks for again, whoever got them."""
    connection.execute(
        update(t.Inbox).where(t.Inbox.received_at < before, t.Inbox.reply != b"").values(reply=b"")
    )


def _is_own(connection: Connection, phone_id: str, of: Scope) -> bool:
    """Whether nobody else who is still with us uses a phone, or asked for anything from it.

    Whoever took their registration back and has no open case, and whose phone it is no longer, does
    not stand in the way.
    """
    links = connection.execute(
        select(t.PersonPhone.person_id, t.PersonPhone.sole)
        .join(t.Person, t.Person.id == t.PersonPhone.person_id)
        .where(
            t.PersonPhone.phone_id == phone_id,
            or_(
                t.PersonPhone.person_id.in_(of.persons),
                and_(
                    t.PersonPhone.ended_at.is_(None),
                    or_(
                        t.Person.withdrawn_at.is_(None),
                        exists().where(
                            t.CareCase.person_id == t.Person.id, t.CareCase.stage != "closed"
                        ),
                    ),
                ),
            ),
        )
    ).all()
    if any(link.person_id not in of.persons for link in links):
        return False
    others = _ids(
        connection,
        t.CareCase.id,
        and_(
            t.CareCase.phone_id == phone_id,
            t.CareCase.person_id.is_(None),
            t.CareCase.id.not_in(of.cases),
        ),
    )
    return not others or all(link.sole for link in links)


def _ids(connection: Connection, column: Any, where: ColumnElement[bool]) -> list[Any]:
    return list(connection.execute(select(column).where(where)).scalars())
