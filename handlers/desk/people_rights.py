"""What can be done with somebody's data: correct them, join two registrations, give them out, erase them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from flask import Response

from handlers.desk import case_words as words
from handlers.desk import people_words
from handlers.desk.case_forms import attempt, refused, said, too_late
from helpline.cases.references import spoken
from helpline.cases.roles import Right
from helpline.service.desk import access, merging, people_rights, registering
from helpline.service.desk.acting import Stale
from helpline.service.desk.cases import Blocked, staff_names
from helpline.store.desk import files, people_rows

if TYPE_CHECKING:
    from sqlalchemy import Row

    from handlers.desk.desk import Answer, Desk, Here
    from helpline.service.desk.acting import Acting


def furnish(desk: Desk) -> None:
    """The pages of this room."""

    @desk.page("/case/<case_id>/data", Right.CASES, name="case_rights")
    def show(here: Here, case_id: str) -> Answer:
        return _show_data(here, case_id)

    @desk.action("/case/<case_id>/correct", Right.CASES, name="case_correct")
    def correct(here: Here, case_id: str) -> Answer:
        return attempt(
            here,
            case_id,
            lambda deed: registering.correct(
                deed, case_id, said("column"), was=said("was"), becomes=said("becomes")
            ),
            page=lambda: _show_data(here, case_id),
        )

    @desk.action("/case/<case_id>/export", Right.CASES, name="case_export")
    def export(here: Here, case_id: str) -> Answer:
        try:
            with here.acting() as deed:
                found = people_rights.export(deed, case_id, said("why"))
        except Blocked as blocked:
            return refused(here, case_id, blocked.obstacles, lambda: _show_data(here, case_id))
        return _file(found)

    _joining(desk)
    _erasing(desk)


def _show_data(here: Here, case_id: str) -> Answer:
    with here.acting() as deed:
        case = access.open_case(deed, case_id, action="read_data")
        person = people_rows.by_id(deed.connection, case.person_id)
        corrections = _corrections(here, deed, person) if person else []
        others = _others(deed, case)
    return here.show(
        "people/data.html",
        case=case,
        person=person,
        reference=spoken(case.reference),
        facts=_facts(here, person) if person else [],
        corrections=corrections,
        others=others,
        spoken=spoken,
        exports=people_words.EXPORTS,
        may_erase=here.who.may(Right.ERASE),
        words=words,
    )


def _joining(desk: Desk) -> None:
    @desk.action("/case/<case_id>/compare", Right.CASES, name="case_compare")
    def compare(here: Here, case_id: str) -> Answer:
        typed = said("reference")
        try:
            with here.acting() as deed:
                pair = merging.compare(deed, case_id, typed)
        except Blocked as blocked:
            return refused(here, case_id, blocked.obstacles, lambda: _show_data(here, case_id))
        return here.show(
            "people/compare.html",
            pair=pair,
            typed=typed,
            sides=[
                (pair.case, _facts(here, pair.kept)),
                (pair.other_case, _facts(here, pair.gone)),
            ],
            spoken=spoken,
            words=words,
        )

    @desk.action("/case/<case_id>/merge", Right.CASES, name="case_merge")
    def merge(here: Here, case_id: str) -> Answer:
        try:
            with here.acting() as deed:
                stays = merging.merge(deed, case_id, said("reference"))
        except Blocked as blocked:
            return refused(here, case_id, blocked.obstacles, lambda: _show_data(here, case_id))
        except Stale:
            return too_late(here, case_id, {})
        return here.go("case", case_id=stays)


def _erasing(desk: Desk) -> None:
    @desk.page("/case/<case_id>/erase", Right.ERASE, name="case_erase")
    def ask(here: Here, case_id: str) -> Answer:
        return _show_erasing(here, case_id)

    @desk.action("/case/<case_id>/erase", Right.ERASE, name="case_erased")
    def erase(here: Here, case_id: str) -> Answer:
        return attempt(
            here,
            case_id,
            lambda deed: people_rights.erase(deed, case_id, said("reference")),
            page=lambda: _show_erasing(here, case_id),
        )


def _show_erasing(here: Here, case_id: str) -> Answer:
    with here.acting() as deed:
        case = access.open_case(deed, case_id, action="ask_erase")
        counts = people_rights.summary(deed, case_id)
    return here.show(
        "people/erase.html",
        case=case,
        reference=spoken(case.reference),
        count=sum(counts.values()),
        words=words,
    )


def _facts(here: Here, person: Row[Any]) -> list[dict[str, Any]]:
    """The coded answers of a person, each with what it may be corrected to."""
    facts = []
    for column, name in people_words.COLUMNS.items():
        value = getattr(person, column) or ""
        offered = (
            [("", "–"), *people_words.upazilas(here, person.district)]
            if column == "upazila"
            else people_words.answers(here, column)
        )
        facts.append(
            {
                "column": column,
                "name": here.say(name),
                "value": value,
                "says": people_words.answer(here, column, value),
                "offered": offered,
            }
        )
    return facts


def _corrections(here: Here, deed: Acting, person: Row[Any]) -> list[dict[str, Any]]:
    rows = people_rows.corrections(deed.connection, person.id)
    ring = deed.parts.ring
    names = staff_names(ring, deed.connection, [row.staff_id for row in rows])
    return [
        {
            "at": row.at,
            "by": names.get(row.staff_id, "") if row.staff_id else here.say(people_words.BY_PHONE),
            "name": here.say(people_words.column_name(row.column)),
            "was": people_words.answer(
                here, row.column, ring.unseal_text(row.was, "correction.was", row.id)
            ),
            "became": people_words.answer(
                here, row.column, ring.unseal_text(row.became, "correction.became", row.id)
            ),
        }
        for row in rows
    ]


def _others(deed: Acting, case: Row[Any]) -> list[Row[Any]]:
    """The person's other cases, as far as this member may see them."""
    if not case.person_id:
        return []
    return [
        each
        for each in files.of_person(deed.connection, [case.person_id])
        if each.id != case.id and access.is_theirs(deed, each)
    ]


def _file(found: dict[str, Any]) -> Response:
    body = json.dumps(found, ensure_ascii=False, indent=2)
    answer = Response(body, content_type="application/json; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="case-{found["case"]}.json"'
    return answer
