"""Breaking glass: an hour with a restricted case that is somebody else's."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flask import request

from handlers.desk.case_words import when
from helpline.cases import references
from helpline.cases.roles import Right
from helpline.service.desk import break_glass
from helpline.service.desk.accounts import Unfit
from helpline.service.desk.acting import NotAllowed
from helpline.store.desk import glass

if TYPE_CHECKING:
    from handlers.desk.desk import Answer, Desk, Here


def furnish(desk: Desk) -> None:
    """The pages of this room."""

    @desk.page("/break-glass", Right.BREAK_GLASS)
    def ask_for_case(here: Here) -> Answer:
        return _form(here)

    @desk.action("/break-glass", Right.BREAK_GLASS)
    def break_the_glass(here: Here) -> Answer:
        named, reason = request.form.get("case", ""), request.form.get("reason", "")
        try:
            with here.acting() as deed:
                case_id = break_glass.ask(deed, named, reason)
        except Unfit:
            return _form(here, 422, wrong="reason", named=named, reason=reason)
        except NotAllowed:
            return _form(here, 404, wrong="case", named=named, reason=reason)
        return here.go("case", case_id=case_id)

    @desk.action("/break-glass/<glass_id>/end", Right.BREAK_GLASS)
    def end_hour(here: Here, glass_id: str) -> Answer:
        with here.acting() as deed:
            break_glass.give_back(deed, glass_id)
        return here.go("ask_for_case")

    def _form(
        here: Here, status: int = 200, *, wrong: str = "", named: str = "", reason: str = ""
    ) -> Answer:
        with here.parts.database.reading() as connection:
            standing = glass.of_member(connection, here.who.id, now=here.parts.clock())
        return here.show(
            "log/break_glass.html",
            status,
            standing=standing,
            wrong=wrong,
            named=named or request.args.get("case", ""),
            reason=reason,
            least=break_glass.SHORTEST_REASON,
            most=break_glass.LONGEST_REASON,
            minutes=break_glass.HOUR.seconds // 60,
            when=partial(when, here),
            spoken=references.spoken,
        )
