"""The rows of calls and of their sides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, union, update

from helpline.store.tables import Call, CallLeg, CareCase, Contact, PersonPhone, Phone, Staff

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

OVER = ("failed", "ended")


def add(connection: Connection, **columns: Any) -> None:
    """Write a call."""
    connection.execute(insert(Call).values(**columns))


def add_leg(connection: Connection, **columns: Any) -> None:
    """Write one side of a call."""
    connection.execute(insert(CallLeg).values(**columns))


def add_contact(connection: Connection, **columns: Any) -> None:
    """Write how an interaction with a client ended."""
    connection.execute(insert(Contact).values(**columns))


def locked(connection: Connection, call_id: str) -> Row[Any] | None:
    """One call, ours until the transaction ends: what happens to a call happens in turn."""
    return connection.execute(
        select(Call.__table__).where(Call.id == call_id).with_for_update()
    ).one_or_none()


def legs(connection: Connection, call_id: str) -> Sequence[Row[Any]]:
    """Every side of a call, in the order in which they came."""
    return connection.execute(
        select(CallLeg.__table__).where(CallLeg.call_id == call_id).order_by(CallLeg.id)
    ).all()


def leg(connection: Connection, leg_id: str) -> Row[Any] | None:
    """One side, by our id."""
    return connection.execute(select(CallLeg.__table__).where(CallLeg.id == leg_id)).one_or_none()


def leg_of(connection: Connection, *, gateway: str, external_id: str) -> Row[Any] | None:
    """One side, by the gateway's id."""
    return connection.execute(
        select(CallLeg.__table__).where(
            CallLeg.gateway == gateway, CallLeg.external_id == external_id
        )
    ).one_or_none()


def expected(connection: Connection, *, gateway: str, staff_id: str) -> Row[Any] | None:
    """The side that is being rung for somebody, where a gateway names it only by its number."""
    return connection.execute(
        select(CallLeg.__table__)
        .where(
            CallLeg.gateway == gateway,
            CallLeg.staff_id == staff_id,
            CallLeg.state.in_(("placing", "ringing")),
        )
        .order_by(CallLeg.id.desc())
        .limit(1)
    ).one_or_none()


def change(connection: Connection, call: Row[Any], **values: Any) -> Row[Any] | None:
    """Change a call, unless somebody changed it since it was read."""
    return connection.execute(
        update(Call)
        .where(Call.id == call.id, Call.version == call.version)
        .values(version=Call.version + 1, **values)
        .returning(Call.__table__)
    ).one_or_none()


def change_leg(connection: Connection, leg_id: str, *, was: str, **values: Any) -> bool:
    """Change a side that is still in the state `was`."""
    return (
        connection.execute(
            update(CallLeg).where(CallLeg.id == leg_id, CallLeg.state == was).values(**values)
        ).rowcount
        == 1
    )


def name_leg(connection: Connection, leg_id: str, external_id: str) -> None:
    """Write the gateway's id of a side."""
    connection.execute(update(CallLeg).where(CallLeg.id == leg_id).values(external_id=external_id))


def wanted(connection: Connection, *, before: datetime, most: int) -> list[str]:
    """Sides that should be rung and are not, since before a moment."""
    found = select(CallLeg.id).where(CallLeg.state == "wanted", CallLeg.updated_at <= before)
    return list(connection.execute(found.order_by(CallLeg.id).limit(most)).scalars())


def stuck(connection: Connection, *, before: datetime, most: int) -> list[str]:
    """Calls about which nothing was heard since a moment although somebody should have answered."""
    found = select(Call.id).where(
        Call.state.in_(("placed", "ringing_staff", "ringing_client")), Call.updated_at <= before
    )
    return list(connection.execute(found.order_by(Call.id).limit(most)).scalars())


def ringing_unsafe(connection: Connection, *, most: int) -> list[str]:
    """Calls for which a client's phone rings of which somebody said meanwhile that it is not safe."""
    found = (
        select(Call.id)
        .join(Phone, Phone.id == Call.phone_id)
        .where(Call.state == "ringing_client", Phone.unsafe_at.is_not(None))
    )
    return list(connection.execute(found.order_by(Call.id).limit(most)).scalars())


def unsettled(connection: Connection, *, before: datetime, most: int) -> list[str]:
    """Wishes that were not heard: callers who should be in a room, or out of one, and are not.

    `turn:<leg>:join` for a client whose counsellor is there, `turn:<leg>:lost` for one who is
    alone, `turn:<leg>:sorry` for staff whose client was not reached.
    """
    found = select(CallLeg.id, Call.state).where(
        Call.id == CallLeg.call_id, CallLeg.updated_at <= before, Call.updated_at <= before
    )
    join = found.where(
        Call.state == "connected", CallLeg.role == "client", CallLeg.state == "answered"
    )
    lost = found.where(Call.state == "waiting", CallLeg.role == "client", CallLeg.state == "joined")
    sorry = found.where(Call.state == "failed", CallLeg.role != "client", CallLeg.state == "joined")
    return [
        f"turn:{row.id}:{step}"
        for step, query in (("join", join), ("lost", lost), ("sorry", sorry))
        for row in connection.execute(query.limit(most))
    ]


def running(connection: Connection) -> Sequence[Row[Any]]:
    """The calls of this moment, with the phone of the client and the member who has it."""
    return connection.execute(
        _listed().where(Call.state.not_in(OVER)).order_by(Call.began_at).limit(200)
    ).all()


def recent(connection: Connection, *, most: int) -> Sequence[Row[Any]]:
    """The last calls that are over."""
    return connection.execute(
        _listed().where(Call.state.in_(OVER)).order_by(Call.began_at.desc()).limit(most)
    ).all()


def _listed() -> Any:
    return (
        select(
            Call.__table__,
            Phone.number,
            Staff.name.label("staff_name"),
            CareCase.district,
            CareCase.restricted,
            CareCase.owner_id.label("case_owner_id"),
            CareCase.supervisor_id.label("case_supervisor_id"),
        )
        .outerjoin(Phone, Phone.id == Call.phone_id)
        .outerjoin(CareCase, CareCase.id == Call.case_id)
        .outerjoin(Staff, Staff.id == Call.staff_id)
    )


def busy_staff(connection: Connection) -> set[str]:
    """Those who are on the phone, or being rung."""
    found = select(CallLeg.staff_id).where(
        CallLeg.staff_id.is_not(None),
        CallLeg.state.in_(("wanted", "placing", "ringing", "answered", "joined")),
    )
    return {str(each) for each in connection.execute(found).scalars()}


def waiting(connection: Connection) -> int:
    """How many callers wait for somebody."""
    return int(connection.execute(select(func.count()).where(Call.state == "waiting")).scalar_one())


def of_item(connection: Connection, item_id: str) -> Row[Any] | None:
    """The last call about a work item."""
    return connection.execute(
        select(Call.__table__).where(Call.item_id == item_id).order_by(Call.id.desc()).limit(1)
    ).one_or_none()


def number_of(connection: Connection, phone_id: str) -> bytes | None:
    """The sealed number of a phone."""
    return connection.execute(select(Phone.number).where(Phone.id == phone_id)).scalar()


def staff_by_number(connection: Connection, number_key: bytes) -> Row[Any] | None:
    """The active account with this registered number."""
    return connection.execute(
        select(Staff.__table__).where(Staff.number_key == number_key, Staff.state == "active")
    ).one_or_none()


def phone_language(connection: Connection, phone_id: str) -> str:
    """The language spoken with a phone."""
    return str(
        connection.execute(select(Phone.language).where(Phone.id == phone_id)).scalar() or "bn"
    )


def wish_of(connection: Connection, phone_id: str) -> str:
    """Whom the owners of a phone wish to talk to: woman, man or any.

    Nobody knows yet which of them is calling: if one of them asked for a woman, a woman answers.
    """
    whose = select(PersonPhone.person_id).where(
        PersonPhone.phone_id == phone_id, PersonPhone.ended_at.is_(None)
    )
    wishes = select(CareCase.counsellor).where(
        CareCase.stage != "closed", CareCase.counsellor.in_(("woman", "man"))
    )
    found = union(  # each by its index; with OR every case would be read
        wishes.where(CareCase.phone_id == phone_id), wishes.where(CareCase.person_id.in_(whose))
    )
    return max(connection.execute(found).scalars(), default="any")


def calls_of(connection: Connection, staff_id: str) -> set[str]:
    """The calls in which somebody is now."""
    found = select(CallLeg.call_id).where(
        CallLeg.staff_id == staff_id, CallLeg.state.in_(("answered", "joined"))
    )
    return {str(each) for each in connection.execute(found).scalars()}
