"""A case on one page, and the rooms whose panels and forms stand on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from handlers.desk import (
    case_assess,
    case_consents,
    case_dates,
    case_notes,
    case_safety,
    case_texts,
    case_work,
)
from handlers.desk.case_page import show_case
from helpline.cases.roles import Right
from helpline.service.desk import access

if TYPE_CHECKING:
    from handlers.desk.desk import Answer, Desk, Here


def furnish(desk: Desk) -> None:
    """The pages of this room."""

    @desk.page("/case/<case_id>", Right.CASES)
    def case(here: Here, case_id: str) -> Answer:
        with here.acting() as deed:
            row = access.open_case(deed, case_id)
            return show_case(here, deed, row, request.args.get("item", ""))

    rooms = (
        *(case_safety, case_consents, case_texts, case_work, case_assess, case_dates),
        case_notes,
    )
    for room in rooms:
        room.furnish(desk)
