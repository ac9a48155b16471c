"""What work clients did abroad, and the cases that are found by it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from helpline.store.desk.scope import cases_of
from helpline.store.tables import CareCase, CaseTrade

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection, Row

    from helpline.cases.roles import Member


def replace(
    connection: Connection,
    case_id: str,
    trades: Iterable[str],
    *,
    certificate: str,
    now: datetime,
) -> None:
    """Write the trades of a case in place of those that were said before; the last word counts."""
    connection.execute(select(CareCase.id).where(CareCase.id == case_id).with_for_update())
    connection.execute(delete(CaseTrade).where(CaseTrade.case_id == case_id))
    for trade in trades:
        connection.execute(
            insert(CaseTrade).values(
                case_id=case_id, trade=trade, certificate=certificate, told_at=now
            )
        )


def found(
    connection: Connection,
    member: Member,
    *,
    trade: str,
    certified: bool,
    district: str,
    most: int,
) -> list[Row[Any]]:
    """The open cases of somebody with a trade that a member may open, those told of last first."""
    asked = (
        select(
            CareCase.id,
            CareCase.reference,
            CareCase.stage,
            CareCase.district,
            CaseTrade.certificate,
            CaseTrade.told_at,
        )
        .join(CaseTrade, CaseTrade.case_id == CareCase.id)
        .where(CaseTrade.trade == trade, CareCase.stage != "closed", cases_of(member))
        .order_by(CaseTrade.told_at.desc(), CareCase.id)
        .limit(most)
    )
    if certified:
        asked = asked.where(CaseTrade.certificate == "yes")
    if district:
        asked = asked.where(CareCase.district == district)
    return list(connection.execute(asked))


def move(connection: Connection, *, becomes: str, was: str) -> None:
    """The trades of one case go to another that is kept in its place, but for those it has."""
    known = select(CaseTrade.trade).where(CaseTrade.case_id == becomes)
    connection.execute(
        update(CaseTrade)
        .where(CaseTrade.case_id == was, CaseTrade.trade.not_in(known))
        .values(case_id=becomes)
        .execution_options(synchronize_session=False)
    )
