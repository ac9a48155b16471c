"""Referrals: on the page of a case, in a list, and each on a page of its own with what both sides say."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from flask import request

from handlers.desk import referral_words as names
from handlers.desk.form_again import again
from handlers.desk.language import _
from handlers.desk.referral_forms import appointment, version
from handlers.desk.referral_pages import show_edit, show_form, show_one, words_of
from helpline.cases.referral_rules import (
    FIELDS,
    OFFICE_MAY,
    UNCLEAR,
)
from helpline.cases.roles import Right
from helpline.cases.services import SERVICES
from helpline.cases.states import IllegalMove
from helpline.service.desk import referral_drafts, referrals
from helpline.service.desk.referral_drafts import Wish
from helpline.service.desk.referrals import Refused
from helpline.service.referral_answers import Answer, NotNow
from helpline.store.desk import referrals as rows

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row

    from handlers.desk.desk import Answer as Page
    from handlers.desk.desk import Desk, Here
    from helpline.service.desk.acting import Acting

MOST: Final = 200


def furnish(desk: Desk) -> None:
    """The pages of this room."""
    desk.link("referrals", _("Referrals"), "referrals", Right.CASES)
    desk.case_panel(60, "referrals/panel.html", _panel)
    desk.item_panel("referral", "referrals/item.html", _item)

    @desk.page("/referrals", Right.CASES, name="referrals")
    def listed(here: Here) -> Page:
        asked = request.args
        wanted = rows.Filter(
            state=_known(asked.get("state", ""), names.STATES),
            service=_known(asked.get("service", ""), SERVICES),
            district=asked.get("district", "")[:10],
            overdue=asked.get("overdue") == "yes",
            conflict=asked.get("conflict") == "yes",
        )
        with here.acting() as deed:
            found = rows.listed(deed.connection, here.who, wanted, now=deed.now, most=MOST)
            now = deed.now
        return here.show(
            "referrals/list.html",
            rows=found,
            wanted=wanted,
            now=now,
            most=MOST,
            districts=_districts(here),
            services=tuple(SERVICES),
            **words_of(here),
        )

    @desk.page("/referrals/<referral_id>", Right.CASES, name="referral")
    def one(here: Here, referral_id: str) -> Page:
        return show_one(here, referral_id)

    for step, do in _STEPS.items():
        desk.action(f"/referrals/<referral_id>/{step}", Right.CASES, name=f"referral_{step}")(
            _action(do)
        )
    _furnish_drafts(desk)


def _furnish_drafts(desk: Desk) -> None:
    @desk.page("/case/<case_id>/refer", Right.CASES, name="refer")
    def refer(here: Here, case_id: str) -> Page:
        asked = request.args
        return show_form(
            here,
            case_id,
            service=_known(asked.get("service", ""), SERVICES),
            after=asked.get("after", "")[:32],
            item=asked.get("item", "")[:32],
        )

    @desk.action("/case/<case_id>/refer", Right.CASES, name="refer_draft")
    def draft(here: Here, case_id: str) -> Page:
        wish, after = _wish(), request.form.get("after", "")[:32]
        try:
            with here.acting() as deed:
                ident = referral_drafts.draft(deed, case_id, wish, after=after)
        except Refused as problem:
            return show_form(
                here, case_id, service=wish.service, after=after, wish=wish, problem=str(problem)
            )
        return here.go("referral", referral_id=ident)

    @desk.action("/case/<case_id>/gap", Right.CASES, name="refer_gap")
    def gap(here: Here, case_id: str) -> Page:
        said, after = request.form, request.form.get("after", "")[:32]
        service = said.get("service", "")
        try:
            with here.acting() as deed:
                referral_drafts.record_gap(
                    deed,
                    case_id,
                    service,
                    said.get("why", ""),
                    funding=said.get("funding", UNCLEAR),
                    after=after,
                )
        except Refused as problem:
            page = show_form(here, case_id, service=service, after=after)
            return _again(here, page, str(problem))
        return here.go("case", case_id=case_id)

    @desk.page("/referrals/<referral_id>/edit", Right.CASES, name="referral_edit")
    def edit(here: Here, referral_id: str) -> Page:
        return show_edit(here, referral_id)

    @desk.action("/referrals/<referral_id>/edit", Right.CASES, name="referral_redraft")
    def redraft(here: Here, referral_id: str) -> Page:
        wish = _wish()
        try:
            with here.acting() as deed:
                referral_drafts.redraft(deed, referral_id, version(), wish)
        except Refused as problem:
            return show_edit(here, referral_id, wish=wish, problem=str(problem))
        return here.go("referral", referral_id=referral_id)


def _action(do: Callable[[Acting, str], None]) -> Callable[..., Page]:
    """One step of a referral: done, or shown with what is wrong."""

    def view(here: Here, referral_id: str) -> Page:
        try:
            with here.acting() as deed:
                do(deed, referral_id)
        except Refused as problem:
            return _again(here, show_one(here, referral_id), str(problem))
        except (NotNow, IllegalMove):
            return _again(here, show_one(here, referral_id), "not_now")
        return here.go("referral", referral_id=referral_id)

    return view


def _again(here: Here, page: Page, problem: str) -> Page:
    """The form that was sent, with what was chosen, and what is wrong with it."""
    return again(here, page, names.named(here.language, names.PROBLEMS, problem))


def _consent(deed: Acting, referral_id: str) -> None:
    said = request.form
    answer = referral_drafts.agree if said.get("agreed") == "yes" else referral_drafts.refuse
    if said.get("agreed") not in ("yes", "no"):
        raise Refused("how")
    answer(deed, referral_id, version(), said.get("how", ""))


def _check(deed: Acting, referral_id: str) -> None:
    agreed = request.form.get("agreed") == "yes"
    referral_drafts.check(deed, referral_id, version(), agreed=agreed)


def _call_off(deed: Acting, referral_id: str) -> None:
    why = request.form.get("why", "")
    if why not in names.CALLED_OFF:
        raise Refused("why")
    referrals.call_off(deed, referral_id, version(), why)


def _once_more(deed: Acting, referral_id: str) -> None:
    referrals.send_again(deed, referral_id, version())


def _link(deed: Acting, referral_id: str) -> None:
    referrals.new_link(deed, referral_id, version())


def _fund(deed: Acting, referral_id: str) -> None:
    referral_drafts.fund(deed, referral_id, version(), request.form.get("funding", ""))


def _office(deed: Acting, referral_id: str) -> None:
    referrals.office_told(deed, referral_id, version(), read_answer(deed.now))


def _client(deed: Acting, referral_id: str) -> None:
    said, score = request.form, request.form.get("score", "")
    if said.get("said") not in ("attended", "not_attended"):
        raise Refused("not_now")
    referrals.client_told(
        deed,
        referral_id,
        version(),
        said["said"],
        why=_known(said.get("why", ""), names.WHY_NOT),
        score=int(score) if score in ("1", "2", "3", "4", "5") else None,
    )


def _decide(deed: Acting, referral_id: str) -> None:
    said = request.form
    outcome = _known(said.get("outcome", ""), names.OUTCOMES)
    referrals.decide(deed, referral_id, version(), said.get("becomes", ""), outcome)


_STEPS: Final = {
    "consent": _consent,
    "check": _check,
    "call_off": _call_off,
    "again": _once_more,
    "link": _link,
    "fund": _fund,
    "office": _office,
    "client": _client,
    "decide": _decide,
}


def read_answer(now: datetime) -> Answer:
    """What an office answers, from a form.

    Raises:
        Refused: a day that cannot be, or no answer at all.
    """
    said = request.form
    what = said.get("answer", "")
    if what not in {each for may in OFFICE_MAY.values() for each in may}:
        raise Refused("not_now")
    at = appointment(now) if what == "accept" else None
    return Answer(
        what,
        appointment_at=at,
        why=_known(said.get("why", ""), {**names.DECLINED, **names.WHY_NOT}),
        outcome=_known(said.get("outcome", ""), names.OUTCOMES),
    )


def _panel(here: Here, deed: Acting, case: Row[Any]) -> dict[str, Any] | None:
    return {
        "referrals": rows.of_case(deed.connection, case.id),
        "gaps": rows.gaps_of(deed.connection, case.id),
        "now": deed.now,
        **words_of(here),
    }


def _item(here: Here, deed: Acting, item: Row[Any]) -> dict[str, Any] | None:
    row = rows.by_id(deed.connection, item.subject_id)
    if row is None:
        return None
    events = rows.events_of(deed.connection, row.id)
    return {
        "referral": row,
        "why": next((each.why for each in reversed(events) if each.why in names.EVENTS), ""),
        **words_of(here),
    }


def _wish() -> Wish:
    said = request.form
    return Wish(
        service=said.get("service", ""),
        provider_id=said.get("provider", "")[:32],
        priority=said.get("priority", ""),
        fields=tuple(each for each in said.getlist("fields") if each in FIELDS),
        words=said.get("words", "").strip(),
        funding=said.get("funding", UNCLEAR),
        asked=tuple(said.getlist("asked")),
        left_out=said.get("left_out", ""),
    )


def _districts(here: Here) -> list[tuple[str, str]]:
    return [
        (each.iso, each.name.in_language(here.language)) for each in here.parts.places.districts
    ]


def _known(code: str, codes: Any) -> str:
    return code if code in codes else ""
