"""The page of a case: who, then the panels of all rooms, and the piece of work it was opened for.

On a wide screen panels with a place from 2 to 9, 20 to 29 and 70 to 79 stand beside the others, and
those from 90 on below both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import request
from markupsafe import Markup

from handlers.desk import (
    case_assess,
    case_consents,
    case_dates,
    case_notes,
    case_safety,
    case_texts,
    case_work,
    queue_words,
)
from handlers.desk import case_words as words
from helpline.cases.references import spoken
from helpline.cases.roles import Right
from helpline.service.desk import access, cases
from helpline.service.desk.acting import NotAllowed
from helpline.store.desk import items

if TYPE_CHECKING:
    from sqlalchemy import Row

    from handlers.desk.desk import Answer, Desk, Here, Panel
    from helpline.service.desk.acting import Acting


BESIDE: Final = (range(2, 10), range(20, 30), range(70, 80))
BELOW: Final = 90


def furnish(desk: Desk) -> None:
    """The pages of this room."""

    @desk.page("/case/<case_id>", Right.CASES)
    def case(here: Here, case_id: str) -> Answer:
        with here.acting() as deed:
            row = access.open_case(deed, case_id)
            return _page(here, deed, row, request.args.get("item", ""))

    rooms = (
        *(case_safety, case_consents, case_texts, case_work, case_assess, case_dates),
        case_notes,
    )
    for room in rooms:
        room.furnish(desk)


def _page(here: Here, deed: Acting, row: Row[Any], item_id: str) -> Answer:
    item = _item(deed, row, item_id) if item_id else None
    return here.show(
        "case/case.html",
        case=row,
        reference=spoken(row.reference),
        head=cases.head(deed, row),
        item=item,
        item_panel=_item_panel(here, deed, item),
        **_panels(here, deed, row),
        endpoints=here.desk.rights,
        words=words,
        queue_words=queue_words,
    )


def _panels(here: Here, deed: Acting, case: Row[Any]) -> dict[str, Any]:
    placed: dict[str, list[Markup]] = {"panels": [], "beside": [], "below": []}
    for panel in here.desk.case_panels:
        where = "below" if panel.place >= BELOW else "beside" if _beside(panel) else "panels"
        placed[where].append(_shown(here, panel, panel.load(here, deed, case), case=case))
    return placed


def _beside(panel: Panel) -> bool:
    return any(panel.place in places for places in BESIDE)


def _item(deed: Acting, case: Row[Any], item_id: str) -> Row[Any]:
    item = items.by_id(deed.connection, item_id)
    if item is None or item.case_id != case.id:
        raise NotAllowed(item_id)
    return item


def _item_panel(here: Here, deed: Acting, item: Row[Any] | None) -> Markup:
    panel = here.desk.item_panels.get(item.kind) if item else None
    return _shown(here, panel, panel.load(here, deed, item), item=item) if panel else Markup("")


def _shown(here: Here, panel: Panel, loaded: dict[str, Any] | None, **known: Any) -> Markup:
    """A panel as part of a page; nothing when it has nothing to show."""
    if loaded is None:
        return Markup("")
    template = panel.template.removeprefix("desk/")
    page = here.show(template, **{"words": words, **known, **loaded})
    # what a template made is escaped already: stored text went through it
    return Markup(page[0])  # type: ignore[index]  # noqa: S704
