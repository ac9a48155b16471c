"""The page of a case: who, then the panels of all rooms, and the piece of work it was opened for.

On a wide screen panels with a place from 2 to 9, 20 to 29 and 70 to 79 stand beside the others, and
those from 90 on below both. What was just done is said where it was done (`done` in the address).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from flask import request
from markupsafe import Markup

from handlers.desk import case_words as words
from handlers.desk import queue_words
from handlers.desk.language import _
from helpline.cases.references import spoken
from helpline.service.desk import cases
from helpline.service.desk.acting import NotAllowed
from helpline.store.desk import glass, items

if TYPE_CHECKING:
    from sqlalchemy import Row

    from handlers.desk.desk import Answer, Here, Panel
    from helpline.service.desk.acting import Acting


BESIDE: Final = (range(2, 10), range(20, 30), range(70, 80))
BELOW: Final = 90
FIRST: Final[Mapping[str, str]] = {
    "safety": _("Safe contact"),
    "notes": _("Write it down"),
    "write": _("Write an SMS"),
    "escalate": _("This may be danger"),
}
"""Panels by the id of their heading: what is needed while a client is on the line."""
OTHERS: Final[Mapping[str, str]] = {
    "plan": _("Plan"),
    "dates": _("Appointments and follow-ups"),
    "referrals-of-case": _("Referrals"),
    "assessments": _("Needs assessment"),
    "risk-forms": _("Risk form"),
    "check-ins": _("How the client is doing"),
    "stage": _("Where the case stands"),
    "consents": _("Consents"),
    "secret-number": _("Secret number"),
    "family": _("Household and family"),
    "wages": _("Unpaid pay"),
    "transfer": _("Hand the case over"),
    "timeline": _("What happened so far"),
}
DONE: Final[Mapping[str, tuple[str, str]]] = {
    **dict.fromkeys((*FIRST, *OTHERS), ("", _("Done. It is written down."))),
    "write": (
        "",
        _(
            "The SMS goes out as soon as it may. What became of it stands under “What happened so far”."
        ),
    ),
    "call": ("notes", _("What came of the call is written down. Now write what was said.")),
    "police": ("top", _("Done. It is written down.")),
    "danger": (
        "top",
        _("A supervisor is being called now. Stay with the client: what helps stands here."),
    ),
}
"""What is said after a form was sent, and above which panel, if not the one it is named after."""


_FOLDED: Final = Markup('<details class="fold"{}><summary>{}</summary>{}</details>')
_SAID: Final = Markup('<p class="say good done" id="done" role="status" tabindex="-1">{}</p>')


def show_case(here: Here, deed: Acting, row: Row[Any], item_id: str = "") -> Answer:
    """The page of a case that this member may see; `item_id` is the work it was opened for."""
    item = _item(deed, row, item_id) if item_id else None
    where, told = _told(here, request.args.get("done", ""))
    panels = _panels(here, deed, row, where, told)
    shown = Markup("").join(each for those in panels.values() for each in those)
    return here.show(
        "case/case.html",
        case=row,
        reference=spoken(row.reference),
        head=cases.head(deed, row),
        hour=_hour(deed, row),
        item=item,
        item_panel=_item_panel(here, deed, item),
        **panels,
        first=_on_page(FIRST, shown),
        others=_on_page(OTHERS, shown),
        done="" if told in shown else told,
        endpoints=here.desk.rights,
        words=words,
        queue_words=queue_words,
    )


def _hour(deed: Acting, case: Row[Any]) -> Row[Any] | None:
    """The hour for which this member has the case open with broken glass."""
    standing = glass.of_member(deed.connection, deed.who.id, now=deed.now)
    return next((each for each in standing if each.case_id == case.id), None)


def _told(here: Here, done: str) -> tuple[str, Markup]:
    """Above which panel something is said, and what; two empty words for nothing."""
    if done not in DONE:
        return "", Markup("")
    where, text = DONE[done]
    return where or done, _SAID.format(here.say(text))


def _on_page(known: Mapping[str, str], shown: str) -> list[tuple[str, str]]:
    """The ids and names of those panels that this case has."""
    return [(ident, text) for ident, text in known.items() if f'id="{ident}"' in shown]


def _panels(here: Here, deed: Acting, case: Row[Any], where: str, told: Markup) -> dict[str, Any]:
    """All panels by the column they stand in; `told` is said above the panel `where`."""
    placed: dict[str, list[Markup]] = {"panels": [], "beside": [], "below": []}
    for panel in here.desk.case_panels:
        column = "below" if panel.place >= BELOW else "beside" if _beside(panel) else "panels"
        made = _shown(here, panel, panel.load(here, deed, case), case=case)
        here_told = f'id="{where}"' in made
        placed[column].append(_folded(here, told + made if here_told else made, is_open=here_told))
    return placed


def _folded(here: Here, made: Markup, *, is_open: bool) -> Markup:
    """A panel that nobody needs with a client on the line, folded; a wide screen opens it (`fold.js`)."""
    name = next((text for ident, text in OTHERS.items() if f'<h2 id="{ident}"' in made), "")
    if not name:
        return made
    return _FOLDED.format(Markup(" open") if is_open else "", here.say(name), made)


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
