"""What was agreed for a later day: appointments, follow-ups; and a case that is to change hands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.desk import case_words as words
from handlers.desk import danger_words
from handlers.desk.case_forms import attempt, moment, said, soonest, whole
from handlers.desk.language import _
from helpline.cases.calendar import local
from helpline.cases.roles import Right
from helpline.cases.work import Kind
from helpline.service.desk import appointments, cases, follow_ups, transfers
from helpline.store.desk import case_rows

if TYPE_CHECKING:
    from sqlalchemy import Row

    from handlers.desk.desk import Answer, Desk, Here
    from helpline.service.desk.acting import Acting


def furnish(desk: Desk) -> None:
    """The panels and their forms."""
    desk.case_panel(40, "case/dates.html", _dates)
    desk.case_panel(70, "case/transfer.html", _transfer)
    desk.item_panel(Kind.FOLLOW_UP, "case/follow_up.html", _follow_up)
    desk.item_panel(Kind.TRANSFER, "case/handed.html", _handed)
    _appointing(desk)
    _following(desk)
    _transferring(desk)


def _appointing(desk: Desk) -> None:
    @desk.action("/case/<case_id>/appointment", Right.CASES, name="appointment_plan")
    def plan(here: Here, case_id: str) -> Answer:
        def act(deed: Acting) -> None:
            appointments.plan(
                deed,
                case_id,
                what=said("what"),
                place=said("place"),
                begins_at=moment(),
                session=said("session") or "alone",
            )

        return attempt(here, case_id, act, at="dates")

    @desk.action("/case/<case_id>/appointment/<ident>", Right.CASES, name="appointment_turn")
    def turn(here: Here, case_id: str, ident: str) -> Answer:
        def act(deed: Acting) -> None:
            becomes = said("becomes")
            at = moment() if becomes == "planned" else None
            appointments.turn(
                deed,
                ident,
                was=said("was"),
                becomes=becomes,
                begins_at=at,
                came=whole(said("came")),
            )

        return attempt(here, case_id, act, at="dates")


def _following(desk: Desk) -> None:
    @desk.action("/case/<case_id>/follow-up", Right.CASES, name="follow_up_plan")
    def plan(here: Here, case_id: str) -> Answer:
        def act(deed: Acting) -> None:
            follow_ups.plan(deed, case_id, kind=said("kind"), due_at=moment())

        return attempt(here, case_id, act, at="dates")

    @desk.action("/case/<case_id>/follow-up/<ident>", Right.CASES, name="follow_up_turn")
    def turn(here: Here, case_id: str, ident: str) -> Answer:
        def act(deed: Acting) -> None:
            follow_ups.turn(
                deed, ident, was=said("was"), becomes=said("becomes"), outcome=said("outcome")
            )

        return attempt(here, case_id, act, at="dates")


def _transferring(desk: Desk) -> None:
    @desk.action("/case/<case_id>/transfer", Right.CASES, name="transfer_ask")
    def ask(here: Here, case_id: str) -> Answer:
        def act(deed: Acting) -> None:
            transfers.request(deed, case_id, to_id=said("staff_id"), words=said("words"))

        return attempt(
            here,
            case_id,
            act,
            typed={here.say(_("Words to your colleague")): said("words")},
            at="transfer",
        )

    @desk.page("/transfers", Right.CASES, name="transfers")
    def waiting(here: Here) -> Answer:
        with here.acting() as deed:
            asked = transfers.waiting(deed)
        return here.show("case/transfers.html", asked=asked, words=words)

    @desk.action("/transfers/<transfer_id>", Right.CASES, name="transfer_answer")
    def answer(here: Here, transfer_id: str) -> Answer:
        becomes = "accepted" if said("becomes") == "accepted" else "rejected"
        with here.acting() as deed:
            case_id = transfers.answer(deed, transfer_id, becomes)
        if becomes == "accepted":
            return here.go("case", case_id=case_id)
        return here.go("transfers")


def _dates(here: Here, deed: Acting, case: Row[Any]) -> dict[str, Any]:
    centres = deed.parts.directory()
    today = local(deed.now).date()
    planned = case_rows.of_case(deed.connection, "appointment", case.id)
    places = {}
    for each in planned:
        found = centres.answer(each.place, today) if each.place else None
        places[each.id] = found.centre.name.in_language(here.language) if found else ""
    near = centres.near(case.district, case.upazila or None, today, 12) if case.district else ()
    return {
        "appointments": planned,
        "places": places,
        "soonest": soonest(deed.now),
        "near": [(each.centre.key, each.centre.name.in_language(here.language)) for each in near],
        "follow_ups": [
            each
            for each in case_rows.of_case(deed.connection, "follow_up", case.id)
            if each.staff_id is None  # a debriefing is about a colleague
        ],
    }


def _transfer(here: Here, deed: Acting, case: Row[Any]) -> dict[str, Any] | None:
    if case.stage == "closed":
        return None
    ring = deed.parts.ring
    asked = case_rows.of_case(deed.connection, "transfer", case.id)
    names = cases.staff_names(
        ring, deed.connection, [i for t in asked for i in (t.from_id, t.to_id)]
    )
    return {
        "asked": asked,
        "names": names,
        "said": {t.id: ring.unseal_text(t.words, "transfer.words", t.id) for t in asked},
        "candidates": [
            each
            for each in cases.candidates(deed, case)
            if each.id not in (case.owner_id, here.who.id)
        ],
    }


def _follow_up(here: Here, deed: Acting, item: Row[Any]) -> dict[str, Any] | None:
    found = case_rows.one(deed.connection, "follow_up", item.subject_id)
    if found is None:
        return None
    names = cases.staff_names(deed.parts.ring, deed.connection, [found.staff_id])
    return {
        "follow_up": found,
        "colleague": names.get(found.staff_id, ""),
        "may_hold": here.who.may(Right.SUPERVISE) and found.staff_id != here.who.id,
        "words": words,
        "danger_words": danger_words,
    }


def _handed(here: Here, deed: Acting, item: Row[Any]) -> dict[str, Any] | None:
    found = case_rows.one(deed.connection, "transfer", item.subject_id)
    if found is None:
        return None
    names = cases.staff_names(deed.parts.ring, deed.connection, [found.from_id, found.to_id])
    return {
        "transfer": found,
        "from_name": names.get(found.from_id, ""),
        "to_name": names.get(found.to_id, ""),
        "said": deed.parts.ring.unseal_text(found.words, "transfer.words", found.id),
        "mine": found.to_id == here.who.id,
        "words": words,
    }
