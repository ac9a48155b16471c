"""Clients: finding one, opening a case for one who came in person, registering her."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request

from handlers.desk import case_words as words
from handlers.desk import people_rights, people_words
from handlers.desk.case_forms import refused, said, too_late, version
from handlers.desk.language import _
from helpline.cases.needs import TRADES
from helpline.cases.references import spoken
from helpline.cases.roles import Right
from helpline.cases.told import ANSWERS, PLACES
from helpline.service.desk import access, people, registering
from helpline.service.desk.acting import Stale
from helpline.service.desk.cases import Blocked
from helpline.service.desk.registering import Told
from menus.registration import CONSENT_VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Row

    from handlers.desk.desk import Answer, Desk, Here


def furnish(desk: Desk) -> None:
    """The pages of this room."""
    desk.link("people", _("Clients"), "people", Right.CASES)

    @desk.page("/people", Right.CASES, name="people")
    def start(here: Here) -> Answer:
        return _show(here)

    @desk.action("/people/search", Right.CASES, name="people_search")
    def search(here: Here) -> Answer:
        with here.acting() as deed:
            found = people.search(deed, said("number"))
        return _show(here, found=found)

    @desk.action("/people/walk-in", Right.CASES, name="walk_in")
    def walk_in(here: Here) -> Answer:
        try:
            with here.acting() as deed:
                case_id = people.walk_in(
                    deed,
                    name=said("name"),
                    typed=said("number"),
                    district=said("district"),
                    upazila="",
                    language=said("language"),
                    wish=said("wish"),
                )
        except Blocked as blocked:
            return _show(here, obstacles=blocked.obstacles, typed=request.form)
        return here.go("case", case_id=case_id)

    @desk.page("/case/<case_id>/register", Right.CASES, name="case_register")
    def form(here: Here, case_id: str) -> Answer:
        return _show_form(here, case_id)

    @desk.action("/case/<case_id>/register", Right.CASES, name="case_registered")
    def register(here: Here, case_id: str) -> Answer:
        told = Told(
            answers={name: said(name) for name in (*ANSWERS, *PLACES)},
            consent=said("consent"),
            consent_version=CONSENT_VERSION,
            sole=said("sole") == "yes",
            sms=said("sms") == "yes",
            call=said("call") == "yes",
            window=said("window") or "any",
            child=said("child") == "yes",
        )
        try:
            with here.acting() as deed:
                registering.register(deed, case_id, version(), told)
        except Blocked as blocked:
            return refused(here, case_id, blocked.obstacles, lambda: _show_form(here, case_id))
        except Stale:
            return too_late(here, case_id, {})
        return here.go("case", case_id=case_id)

    _by_trade(desk)
    people_rights.furnish(desk)


def _by_trade(desk: Desk) -> None:
    @desk.action("/people/trade", Right.CASES, name="people_trade")
    def trade(here: Here) -> Answer:
        asked = said("trade")
        try:
            with here.acting() as deed:
                found = people.by_trade(
                    deed, asked, certified=said("certified") == "yes", district=said("district")
                )
        except Blocked as blocked:
            return _show(here, obstacles=blocked.obstacles)
        return _show(here, trade=asked, workers=found)


def _show(
    here: Here,
    *,
    found: people.Wanted | None = None,
    obstacles: tuple[str, ...] = (),
    trade: str = "",
    workers: list[Row[Any]] | None = None,
    typed: Mapping[str, str] | None = None,
) -> Answer:
    return here.show(
        "people/search.html",
        422 if obstacles else 200,
        found=found,
        typed=typed or {},
        trade=trade,
        trades={code: choice.name(here.language) for code, choice in TRADES.items()},
        workers=workers,
        most=people.MOST,
        certificates=people_words.CERTIFICATES,
        obstacles=[words.named(here, words.OBSTACLES, code) for code in obstacles],
        districts=people_words.answers(here, "district"),
        spoken=spoken,
        words=words,
    )


def _show_form(here: Here, case_id: str) -> Answer:
    with here.acting() as deed:
        case = access.open_case(deed, case_id)
    return here.show(
        "people/register.html",
        case=case,
        reference=spoken(case.reference),
        columns={name: people_words.COLUMNS[name] for name in (*ANSWERS, "country")},
        answers={name: people_words.answers(here, name) for name in (*ANSWERS, *PLACES)},
        upazilas=people_words.upazilas(here, case.district),
        consented=people_words.CONSENTED,
        words=words,
    )
