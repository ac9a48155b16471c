"""The last steps of the ladder. Above all: the police are told only when two different members agree."""

from __future__ import annotations

import ast
from contextlib import suppress
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from helpline.cases.roles import Member, Role
from helpline.cases.states import IllegalMove
from helpline.cases.work import Kind, Priority
from helpline.service.desk import escalation, exports, plans, queue, rescue, risk_reviews
from helpline.service.desk.acting import NotAllowed, Stale, acting
from helpline.service.desk.cases import Blocked
from helpline.service.desk.queue import Taken, Unreviewed
from helpline.store.desk import alarms as alarm_rows
from helpline.store.desk import risk_flags
from helpline.store.idents import new_ident
from helpline.store.tables import Approval, Audit, Escalation, Note, WorkItem
from tests.desk.casebook import row, rows
from tests.desk.dangers import BROTHER, CALM, IMMINENT, gone_through, raised, taken
from tests.desk.office import Office
from tests.desk.oncall import Desk

ROOT = Path(__file__).parents[2]
GROUNDS = "He said he will do it at five; nobody is near; no ambulance reaches the char in time."


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk(office)


@pytest.fixture
def worker(office: Office) -> Member:
    return office.hire(name="Mina")


def done(desk: Desk, member: Member, act: Any, *args: Any, **named: Any) -> Any:
    with acting(desk.parts, member) as deed:
        return act(deed, *args, **named)


def refused(desk: Desk, member: Member, act: Any, *args: Any, **named: Any) -> tuple[str, ...]:
    with pytest.raises(Blocked) as caught:
        done(desk, member, act, *args, **named)
    return caught.value.obstacles


def imminent(desk: Desk, member: Member, case: str) -> str:
    item = taken(desk, member, case)
    gone_through(desk, member, case, IMMINENT, level="imminent")
    return item


def told(office: Office) -> list[Any]:
    return rows(office, Escalation, to="police")


# -- before the police -------------------------------------------------------------------------


def test_the_person_she_named_is_called_with_her_words_and_it_is_written_down(
    desk: Desk, worker: Member, office: Office
) -> None:
    case = desk.case()
    item = taken(desk, worker, case)
    assert refused(desk, worker, rescue.call_trusted, item) == ("no_trusted",)
    gone_through(desk, worker, case, {**CALM, "may_call": ["yes"]}, trusted=BROTHER)
    browser = office.browser(worker)
    browser.open(f"/desk/case/{case}?item={item}")
    assert "1300000077" not in browser.page
    assert "+880•••••077" in browser.text
    shown = browser.submit(f"/desk/item/{item}/danger/trusted")
    assert "+8801300000077" in shown
    assert "ট্রেনিংয়ের খবর" in shown
    assert [step.to for step in rows(office, Escalation)] == ["trusted"]
    assert rows(office, Audit)[-1].action == "call_trusted"
    assert ("trusted", "client_agrees") in desk.steps(item, "escalation")


def test_a_hospital_is_called_with_her_consent_or_on_written_grounds(
    desk: Desk, worker: Member, office: Office
) -> None:
    item = taken(desk, worker, desk.case())
    assert refused(desk, worker, rescue.call_hospital, item, "life_in_danger", " ") == (
        "no_reason",
    )
    assert refused(desk, worker, rescue.call_hospital, item, "curious", "x") == ("no_such_value",)
    done(desk, worker, rescue.call_hospital, item, "client_agrees", "")
    done(desk, worker, rescue.call_hospital, item, "life_in_danger", "She does not wake up.")
    assert [step.why for step in rows(office, Escalation)] == ["client_agrees", "life_in_danger"]
    assert len(rows(office, Note)) == 1


# -- the police --------------------------------------------------------------------------------


def test_two_people_and_written_grounds_and_only_then(
    desk: Desk, worker: Member, office: Office
) -> None:
    salma = desk.supervisor("Salma", rank=1)
    case = desk.case()
    item = taken(desk, worker, case)
    desk.sweep()
    assert refused(desk, worker, rescue.ask_police, item, GROUNDS) == ("no_form",)
    gone_through(desk, worker, case, {**CALM, "thoughts": ["often"]}, level="low")
    assert refused(desk, worker, rescue.ask_police, item, GROUNDS) == ("no_form",)
    desk.office.skip(minutes=1)
    gone_through(desk, worker, case, IMMINENT, level="imminent")
    assert refused(desk, worker, rescue.ask_police, item, "  ") == ("no_reason",)
    assert refused(desk, worker, rescue.tell_police, item) == ("not_approved",)

    question = done(desk, worker, rescue.ask_police, item, GROUNDS)
    assert refused(desk, worker, rescue.ask_police, item, GROUNDS) == ("asked_already",)
    asked = row(office, WorkItem, kind=Kind.APPROVAL)
    assert asked.priority == Priority.IMMINENT
    assert desk.alarms(asked.id) == [(salma.id, 1, "paging")]
    assert refused(desk, worker, rescue.tell_police, item) == ("not_approved",)

    done(desk, salma, rescue.decide_police, question, "approved")
    assert told(office) == []  # agreeing calls nobody
    done(desk, worker, rescue.tell_police, item)
    [step] = told(office)
    assert (step.by, step.why, step.case_id) == (worker.id, "two_agreed", case)
    assert ("police", "two_agreed") in desk.steps(item, "escalation")
    actions = [each.action for each in rows(office, Audit)]
    assert [each for each in actions if "police" in each] == ["ask_police", "tell_police"]
    assert refused(desk, worker, rescue.tell_police, item) == ("not_approved",)  # once


def test_the_grounds_are_sealed(desk: Desk, worker: Member, office: Office) -> None:
    item = imminent(desk, worker, desk.case())
    done(desk, worker, rescue.ask_police, item, GROUNDS)
    assert b"ambulance" not in bytes(row(office, Approval).words)


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.SPECIALIST])
def test_whoever_asked_never_answers(desk: Desk, office: Office, role: Role) -> None:
    asker = office.hire(role, skills="psychologist")
    item = imminent(desk, asker, desk.case())
    question = done(desk, asker, rescue.ask_police, item, GROUNDS)
    for becomes in ("approved", "rejected"):
        assert refused(desk, asker, rescue.decide_police, question, becomes) == ("own_question",)
    with pytest.raises(NotAllowed):
        done(desk, asker, plans.decide, question, "approved")
    with pytest.raises(NotAllowed):
        done(desk, asker, exports.decide, question, agreed=True)
    assert row(office, Approval).state == "pending"


def test_who_asked_is_not_called_to_answer_even_as_the_only_one_on_the_rota(
    desk: Desk, office: Office
) -> None:
    rina = desk.supervisor("Rina", rank=1)
    desk.supervisor("Salma")
    item = imminent(desk, rina, desk.case())
    done(desk, rina, rescue.ask_police, item, GROUNDS)
    asked = row(office, WorkItem, kind=Kind.APPROVAL)
    assert {who for who, _round, _state in desk.alarms(asked.id)} != {rina.id}


def test_another_counsellor_is_no_second_person(desk: Desk, worker: Member, office: Office) -> None:
    item = imminent(desk, worker, desk.case())
    question = done(desk, worker, rescue.ask_police, item, GROUNDS)
    with pytest.raises(NotAllowed):
        done(desk, office.hire(), rescue.decide_police, question, "approved")


def test_a_no_is_a_no_and_an_old_yes_is_none(desk: Desk, worker: Member, office: Office) -> None:
    salma = desk.supervisor("Salma")
    item = imminent(desk, worker, desk.case())
    question = done(desk, worker, rescue.ask_police, item, GROUNDS)
    done(desk, salma, rescue.decide_police, question, "rejected")
    assert refused(desk, worker, rescue.tell_police, item) == ("not_approved",)
    with pytest.raises(IllegalMove):
        done(desk, salma, rescue.decide_police, question, "approved")

    again = done(desk, worker, rescue.ask_police, item, GROUNDS)
    done(desk, salma, rescue.decide_police, again, "approved")
    desk.office.skip(hours=7)
    assert refused(desk, worker, rescue.tell_police, item) == ("not_approved",)
    assert told(office) == []


def test_a_yes_of_an_earlier_review_opens_nothing_later(
    desk: Desk, worker: Member, office: Office
) -> None:
    salma = desk.supervisor("Salma")
    case = desk.case()
    item = imminent(desk, worker, case)
    question = done(desk, worker, rescue.ask_police, item, GROUNDS)
    done(desk, salma, rescue.decide_police, question, "approved")
    done(desk, worker, risk_reviews.end, item)
    with pytest.raises(Stale):
        done(desk, worker, rescue.tell_police, item)
    desk.office.skip(minutes=5)
    assert taken(desk, worker, case) == item
    assert refused(desk, worker, rescue.tell_police, item) == ("not_approved",)


def test_no_sign_and_no_escalation_leads_to_the_police(desk: Desk, office: Office) -> None:
    case = desk.case()
    for sign in ("text", "answers", "voice", "said_so", "other", "risk_level"):
        raised(desk, case, sign, topics=("self_harm", "violence", "captive", "child"))
    item = row(office, WorkItem, kind=Kind.RISK_REVIEW).id
    desk.after(minutes=30)
    assert told(office) == []
    assert rows(office, Approval) == []
    rina = desk.supervisor("Rina")
    with pytest.raises(KeyError), acting(desk.parts, rina) as deed:
        escalation.escalate(deed, deed.connection, item, "police", "danger")
    browser = office.browser(rina)
    browser.open(f"/desk/item/{item}/escalate")
    browser.submit(f"/desk/item/{item}/escalate", to="police", why="danger")
    assert browser.status == 422
    assert told(office) == []


def test_the_database_statement_itself_asks_for_two(
    desk: Desk, worker: Member, office: Office
) -> None:
    """Whatever the code above it does: no approval, a pending one, one person twice, another case."""
    salma = desk.supervisor("Salma")
    case, other = desk.case(), desk.case("+8801300000044")
    item = taken(desk, worker, case)
    for asked_by, decided_by, state, of in (
        (worker.id, worker.id, "approved", case),
        (worker.id, None, "approved", case),
        (worker.id, salma.id, "pending", case),
        (worker.id, salma.id, "rejected", case),
        (worker.id, salma.id, "approved", other),
    ):
        question = new_ident()
        with desk.parts.database.transaction() as connection:
            connection.execute(
                insert(Approval).values(
                    id=question,
                    case_id=of,
                    what="police",
                    detail="",
                    state=state,
                    words=b"",
                    asked_by=asked_by,
                    asked_at=desk.now(),
                    decided_by=decided_by,
                    decided_at=desk.now(),
                )
            )
            assert not risk_flags.tell_police(
                connection, question, **step(desk, worker, item, case)
            )
            assert not risk_flags.tell_police(
                connection, new_ident(), **step(desk, worker, item, case)
            )
            with pytest.raises(ValueError, match="two people"):
                alarm_rows.add_escalation(connection, to="police", **step(desk, worker, item, case))
    assert told(office) == []


def step(desk: Desk, who: Member, item: str, case: str) -> dict[str, Any]:
    return {
        "id": new_ident(),
        "item_id": item,
        "case_id": case,
        "why": "two_agreed",
        "by": who.id,
        "priority_was": 0,
        "level_was": 0,
        "owner_was": None,
        "at": desk.now(),
    }


def test_one_statement_of_the_whole_house_writes_the_step_to_the_police() -> None:
    """`to="police"` stands in one place; nothing else inserts escalations but what refuses it."""
    writes: list[str] = []
    inserts: list[str] = []
    for folder in ("helpline", "handlers", "workers", "menus"):
        for path in (ROOT / folder).rglob("*.py"):
            tree = ast.parse(path.read_text("utf-8"))
            for node in ast.walk(tree):
                if not isinstance(node, ast.Call):
                    continue
                name = path.relative_to(ROOT).as_posix()
                writes += [
                    name
                    for word in node.keywords
                    if word.arg == "to" and "police" in ast.dump(word.value).lower()
                ]
                if ast.unparse(node.func) == "insert" and ast.unparse(node.args[0]) == "Escalation":
                    inserts.append(name)
    assert writes == ["helpline/store/desk/risk_flags.py"]
    assert sorted(inserts) == ["helpline/store/desk/alarms.py", "helpline/store/desk/risk_flags.py"]


def test_of_everybody_who_may_ask_answer_and_tell_only_two_different_ones_reach_the_step(
    desk: Desk, office: Office
) -> None:
    """Every asker with every second person: whoever tells, two members stand behind it."""
    people = {
        "counsellor": office.hire(Role.COUNSELLOR),
        "supervisor": office.hire(Role.SUPERVISOR),
        "another supervisor": office.hire(Role.SUPERVISOR),
        "psychologist": office.hire(Role.SPECIALIST, skills="psychologist"),
        "lawyer": office.hire(Role.SPECIALIST, skills="legal"),
    }
    reached = set()
    for number, (asks, answers) in enumerate(product(people, people)):
        case = desk.case(f"+88013000002{number:02}")
        item = imminent(desk, people[asks], case)
        question = done(desk, people[asks], rescue.ask_police, item, GROUNDS)
        with suppress(Blocked, NotAllowed):
            done(desk, people[answers], rescue.decide_police, question, "approved")
        with suppress(Blocked):
            done(desk, people[asks], rescue.tell_police, item)
        if rows(office, Escalation, to="police", case_id=case):
            reached.add((asks, answers))
    second = {"supervisor", "another supervisor", "psychologist"}
    assert reached == {
        (asks, answers) for asks, answers in product(people, second) if asks != answers
    }


MOVES = ("ask", "yes", "no", "tell", "form", "end", "again", "take", "plan_yes", "escalate", "wait")


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    moves=st.lists(st.tuples(st.sampled_from(MOVES), st.integers(0, 3)), min_size=4, max_size=14)
)
def test_in_any_order_of_anybodys_deeds_two_members_stand_behind_it(
    office: Office, moves: list[tuple[str, int]]
) -> None:
    desk = Desk(office)
    people = [
        office.hire(Role.COUNSELLOR),
        office.hire(Role.SUPERVISOR),
        office.hire(Role.SUPERVISOR),
        office.hire(Role.SPECIALIST, skills="psychologist"),
    ]
    before = {each.id for each in told(office)}
    case = desk.case(f"+88013{int(new_ident()[-7:], 16) % 10**8:08d}")
    item = imminent(desk, people[0], case)
    start = desk.now()
    for move, place in moves:
        with suppress(Blocked, NotAllowed, Stale, IllegalMove, Taken, Unreviewed, IndexError):
            _play(desk, people[place], move, item, case)
    for each in told(office):
        if each.id in before:
            continue
        behind = [
            one
            for one in rows(office, Approval, what="police", case_id=case, state="approved")
            if one.decided_at <= each.at
        ]
        assert behind
        staff = {each.id for each in people}
        assert all(
            one.asked_by != one.decided_by and {one.asked_by, one.decided_by} <= staff
            for one in behind
        )
        assert all(one.asked_at >= start - timedelta(seconds=1) for one in behind)


def _play(desk: Desk, who: Member, move: str, item: str, case: str) -> None:
    asked = [each.id for each in rows(desk.office, Approval, what="police", case_id=case)]
    with acting(desk.parts, who) as deed:
        match move:
            case "ask":
                rescue.ask_police(deed, item, GROUNDS)
            case "yes" | "no":
                rescue.decide_police(deed, asked[-1], "approved" if move == "yes" else "rejected")
            case "plan_yes":
                plans.decide(deed, asked[-1], "approved")
            case "tell":
                rescue.tell_police(deed, item)
            case "end":
                risk_reviews.end(deed, item)
            case "take":
                queue.claim(deed, item)
            case "escalate":
                escalation.escalate(deed, deed.connection, item, "supervisor", "danger")
    if move == "form":
        gone_through(desk, who, case, IMMINENT, level="imminent")
    elif move == "again":
        raised(desk, case)
    elif move == "wait":
        desk.office.skip(hours=2)
