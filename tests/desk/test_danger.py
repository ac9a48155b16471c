"""A review of danger: it ends with a form or a reason, never with silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from helpline.cases.roles import Member, Role
from helpline.cases.work import Kind, Level
from helpline.service.desk import (
    cases,
    debriefs,
    follow_ups,
    people_rights,
    queue,
    rescue,
    risk_forms,
    risk_reviews,
)
from helpline.service.desk.acting import NotAllowed, acting
from helpline.service.desk.cases import Blocked
from helpline.service.desk.queue import Unreviewed
from helpline.store.desk import merging
from helpline.store.tables import Assessment, Audit, CareCase, FollowUp, Note, RiskFlag, WorkItem
from tests.desk.casebook import HOSTILE, register_by_phone, row, rows
from tests.desk.dangers import BROTHER, CALM, IMMINENT, gone_through, raised, taken
from tests.desk.office import Office
from tests.desk.oncall import Desk


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk(office)


@pytest.fixture
def worker(office: Office) -> Member:
    return office.hire(name="Mina")


def blocked(desk: Desk, member: Member, act: Any, *args: Any, **named: Any) -> tuple[str, ...]:
    with pytest.raises(Blocked) as caught, acting(desk.parts, member) as deed:
        act(deed, *args, **named)
    return caught.value.obstacles


def done(desk: Desk, member: Member, act: Any, *args: Any, **named: Any) -> Any:
    with acting(desk.parts, member) as deed:
        return act(deed, *args, **named)


# -- the form ---------------------------------------------------------------------------------


def test_a_review_is_not_finished_like_other_work(desk: Desk, worker: Member) -> None:
    item = taken(desk, worker, desk.case())
    with pytest.raises(Unreviewed), acting(desk.parts, worker) as deed:
        queue.finish(deed, item, "done")
    assert desk.row(item).state == "claimed"


def test_a_review_does_not_end_before_a_form_was_gone_through(desk: Desk, worker: Member) -> None:
    item = taken(desk, worker, desk.case())
    assert blocked(desk, worker, risk_reviews.end, item) == ("no_form",)


def test_a_form_of_an_earlier_review_ends_no_later_one(desk: Desk, worker: Member) -> None:
    case = desk.case()
    item = taken(desk, worker, case)
    gone_through(desk, worker, case, CALM, ends=True)
    assert desk.row(item).outcome == "none"
    desk.office.skip(hours=1)
    assert taken(desk, worker, case) == item
    assert blocked(desk, worker, risk_reviews.end, item) == ("no_form",)


def test_a_form_gives_the_case_its_level_and_ends_the_review(
    desk: Desk, worker: Member, office: Office
) -> None:
    case = desk.case()
    item = taken(desk, worker, case, topics=("self_harm",))
    gone_through(desk, worker, case, {**CALM, "thoughts": ["sometimes"]}, level="low", ends=True)
    assert row(office, CareCase, id=case).risk_level == "low"
    assert (desk.row(item).state, desk.row(item).outcome) == ("done", "low")
    flag = row(office, RiskFlag)
    assert (flag.sign, flag.topics, flag.outcome, flag.level) == (
        "text",
        "self_harm",
        "form",
        "low",
    )
    assert flag.settled_by == worker.id
    assert rows(office, FollowUp) == []


def test_another_level_than_suggested_needs_a_reason(desk: Desk, worker: Member) -> None:
    case = desk.case()
    taken(desk, worker, case)
    with pytest.raises(Blocked) as caught:
        gone_through(desk, worker, case, IMMINENT, level="low")
    assert caught.value.obstacles == ("no_reason",)
    gone_through(desk, worker, case, IMMINENT, level="high", why="Her sister is with her.")
    with acting(desk.parts, worker) as deed:
        [gone] = risk_forms.history(deed, case)
    assert (gone.form.suggested, gone.form.level) == ("imminent", "high")
    assert gone.form.why == "Her sister is with her."


def test_the_answers_are_sealed(desk: Desk, worker: Member, office: Office) -> None:
    case = desk.case()
    taken(desk, worker, case)
    said = {**CALM, "may_call": ["yes"]}
    gone_through(desk, worker, case, said, agreed="কাল সকালে আবার কথা", trusted=BROTHER)
    kept = bytes(row(office, Assessment, instrument="risk-1").answers)
    for secret in ("thoughts", "Karim", "1300000077", "সকালে"):
        assert secret.encode() not in kept


def test_what_staff_write_is_shown_as_they_wrote_it(
    desk: Desk, worker: Member, office: Office
) -> None:
    case = desk.case()
    taken(desk, worker, case)
    for words in HOSTILE:
        gone_through(desk, worker, case, IMMINENT, level="high", why=words, agreed=words)
    browser = office.browser(worker)
    browser.open(f"/desk/case/{case}")
    assert "<script>alert(1)</script>" not in browser.page
    assert "{{7*7}}" in browser.text
    assert browser.status == 200


def test_somebody_the_client_names_needs_a_number_and_words_to_say(
    desk: Desk, worker: Member
) -> None:
    case = desk.case()
    taken(desk, worker, case)
    said = {**CALM, "may_call": ["yes"]}
    for person, why in (
        (risk_forms.Trusted("Karim", "", "training"), "no_trusted"),
        (risk_forms.Trusted("Karim", "+8801300000077", " "), "no_trusted"),
        (risk_forms.Trusted("Karim", "12", "training"), "no_such_number"),
    ):
        with pytest.raises(Blocked) as caught:
            gone_through(desk, worker, case, said, trusted=person)
        assert caught.value.obstacles == (why,)


def test_without_her_yes_nobody_is_kept_to_be_called(desk: Desk, worker: Member) -> None:
    case = desk.case()
    taken(desk, worker, case)
    gone_through(desk, worker, case, {**CALM, "may_call": ["yes"]}, trusted=BROTHER)
    with acting(desk.parts, worker) as deed:
        assert risk_forms.trusted(deed, case) == BROTHER
    desk.office.skip(minutes=1)
    gone_through(desk, worker, case, {**CALM, "may_call": ["not_asked"]})
    with acting(desk.parts, worker) as deed:
        assert risk_forms.trusted(deed, case) == BROTHER  # she did not take it back
    desk.office.skip(minutes=1)
    gone_through(desk, worker, case, {**CALM, "may_call": ["no"]}, trusted=BROTHER)
    with acting(desk.parts, worker) as deed:
        assert risk_forms.trusted(deed, case) is None
        assert risk_forms.history(deed, case)[0].form.trusted == risk_forms.Trusted()


def test_a_case_about_suicide_is_seen_by_few_once_the_worker_says_so(
    desk: Desk, worker: Member, office: Office
) -> None:
    salma = desk.supervisor("Salma")
    another = office.hire()
    case = desk.case()
    item = taken(desk, worker, case)
    with pytest.raises(Blocked) as caught:
        gone_through(desk, worker, case, IMMINENT, level="imminent", restrict=True)
    assert caught.value.obstacles == ("no_supervisor",)
    gone_through(
        desk, worker, case, IMMINENT, level="imminent", restrict=True, supervisor_id=salma.id
    )
    kept = row(office, CareCase, id=case)
    assert (kept.restricted, kept.owner_id, kept.supervisor_id) == ("suicide", worker.id, salma.id)
    assert kept.risk_level == "imminent"
    assert desk.row(item).restricted == "suicide"
    assert office.browser(another).client.get(f"/desk/case/{case}").status_code == 404
    assert office.browser(salma).client.get(f"/desk/case/{case}").status_code == 200


def test_imminent_danger_ends_no_review_by_itself(desk: Desk, worker: Member) -> None:
    case = desk.case()
    item = taken(desk, worker, case)
    gone_through(desk, worker, case, IMMINENT, level="imminent")
    assert desk.row(item).state == "claimed"


# -- why there is no form ----------------------------------------------------------------------


def test_who_is_not_reached_goes_up_the_ladder_and_never_into_silence(
    desk: Desk, worker: Member, office: Office
) -> None:
    salma = desk.supervisor("Salma", rank=1)
    ruma = desk.supervisor("Ruma", rank=2, role=Role.SPECIALIST, skills="psychologist")
    case = desk.case()
    item = taken(desk, worker, case)
    leave = {"why": "no_contact", "words": "Three calls, no answer."}
    desk.sweep()  # the worker has it: nobody is called any more

    done(desk, worker, risk_reviews.without_form, item, **leave)
    assert (desk.row(item).state, desk.row(item).level) == ("open", Level.SUPERVISOR)
    assert desk.alarms(item)[-1] == (salma.id, 2, "paging")

    done(desk, salma, queue.claim, item)
    desk.sweep()
    done(desk, salma, risk_reviews.without_form, item, **leave)
    assert (desk.row(item).state, desk.row(item).level) == ("open", Level.SPECIALIST)
    assert desk.row(item).specialty == "psychologist"
    assert desk.alarms(item)[-1][0] == ruma.id

    done(desk, ruma, queue.claim, item)
    done(desk, ruma, risk_reviews.without_form, item, **leave)
    assert (desk.row(item).state, desk.row(item).outcome) == ("done", "no_contact")
    [again] = rows(office, FollowUp, kind="after_risk")
    assert again.due_at == desk.now() + timedelta(hours=24)
    assert [each.outcome for each in rows(office, RiskFlag)] == ["no_contact"]
    assert len(rows(office, Note)) == 3


def test_whom_she_named_is_called_before_a_review_ends_without_her(
    desk: Desk, worker: Member
) -> None:
    case = desk.case()
    salma = desk.supervisor("Salma")
    ruma = desk.supervisor("Ruma", role=Role.SPECIALIST, skills="psychologist")
    item = taken(desk, worker, case)
    gone_through(desk, worker, case, {**CALM, "may_call": ["yes"]}, trusted=BROTHER)
    leave = {"why": "refused", "words": "She hung up."}
    done(desk, worker, risk_reviews.without_form, item, **leave)
    done(desk, salma, queue.claim, item)
    done(desk, salma, risk_reviews.without_form, item, **leave)
    done(desk, ruma, queue.claim, item)
    assert blocked(desk, ruma, risk_reviews.without_form, item, **leave) == ("trusted_first",)
    assert done(desk, ruma, rescue.call_trusted, item) == BROTHER
    done(desk, ruma, risk_reviews.without_form, item, **leave)
    assert desk.row(item).outcome == "refused"


def test_a_wrong_alarm_ends_with_a_reason_and_is_counted_as_one(
    desk: Desk, worker: Member, office: Office
) -> None:
    item = taken(desk, worker, desk.case(), topics=("violence",))
    assert blocked(
        desk, worker, risk_reviews.without_form, item, why="not_in_danger", words=" "
    ) == ("no_reason",)
    done(
        desk,
        worker,
        risk_reviews.without_form,
        item,
        why="not_in_danger",
        words="A blood test report.",
    )
    flag = row(office, RiskFlag)
    assert (flag.level, flag.outcome) == ("none", "not_in_danger")
    assert rows(office, FollowUp) == []


def test_a_reason_that_there_is_not_is_none(desk: Desk, worker: Member) -> None:
    item = taken(desk, worker, desk.case())
    assert blocked(desk, worker, risk_reviews.without_form, item, why="boring", words="x") == (
        "no_such_value",
    )


def test_somebody_elses_review_is_not_ended(desk: Desk, worker: Member, office: Office) -> None:
    item = taken(desk, worker, desk.case())
    another = office.hire()
    with pytest.raises(queue.Taken), acting(desk.parts, another) as deed:
        risk_reviews.without_form(deed, item, why="in_care", words="At the hospital.")


def test_a_case_is_not_closed_over_a_review_that_waits(desk: Desk, worker: Member) -> None:
    case = desk.case()
    taken(desk, worker, case)
    for why in ("dropped_out", "cancelled", "declined", "transferred_out"):
        assert blocked(desk, worker, cases.move_on, case, 1, "closed", why) == ("danger_open",)


def test_with_a_death_the_signs_are_settled(desk: Desk, worker: Member, office: Office) -> None:
    case = desk.case()
    item = taken(desk, worker, case)
    done(desk, worker, cases.move_on, case, 1, "closed", "deceased")
    assert desk.row(item).state == "done"
    assert row(office, RiskFlag).outcome == "case_closed"


# -- afterwards --------------------------------------------------------------------------------


@pytest.mark.parametrize("level", ["high", "imminent"])
def test_after_grave_danger_she_is_called_again_and_the_worker_has_a_debriefing(
    desk: Desk, worker: Member, office: Office, level: str
) -> None:
    case = desk.case()
    taken(desk, worker, case)
    gone_through(desk, worker, case, IMMINENT, level=level, why="as I see it", ends=True)
    again = row(office, FollowUp, kind="after_risk")
    assert (again.state, again.due_at) == ("planned", desk.now() + timedelta(hours=24))
    talk = row(office, FollowUp, kind="debrief")
    assert (talk.state, talk.staff_id) == ("due", worker.id)


def test_the_hours_until_she_is_called_again_are_a_setting(office: Office, worker: Member) -> None:
    office.parts = replace(office.parts, after_danger=timedelta(hours=12))
    desk = Desk(office)
    case = desk.case()
    taken(desk, worker, case)
    gone_through(desk, worker, case, IMMINENT, level="imminent", ends=True)
    assert row(office, FollowUp, kind="after_risk").due_at == desk.now() + timedelta(hours=12)


def test_the_next_day_the_owner_has_the_follow_up_and_not_reaching_her_is_a_new_sign(
    desk: Desk, worker: Member, office: Office
) -> None:
    case = desk.case()
    item = taken(desk, worker, case)
    gone_through(desk, worker, case, IMMINENT, level="imminent", ends=True)
    desk.office.skip(hours=25)
    follow_ups.sweep(desk.parts)
    again = row(office, FollowUp, kind="after_risk")
    assert again.state == "due"
    assert blocked(desk, worker, follow_ups.turn, again.id, was="due", becomes="waived") == (
        "supervisor_only",
    )
    done(desk, worker, follow_ups.turn, again.id, was="due", becomes="done", outcome="not_reached")
    assert desk.row(item).state == "open"
    assert [flag.sign for flag in rows(office, RiskFlag)] == ["text", "not_reached"]


def test_a_debriefing_is_held_by_somebody_else_who_supervises_and_names_no_case(
    desk: Desk, office: Office
) -> None:
    mina = desk.supervisor("Mina")
    salma = desk.supervisor("Salma")
    colleague = office.hire()
    case = desk.case()
    taken(desk, mina, case)
    gone_through(desk, mina, case, IMMINENT, level="imminent", ends=True)
    talk = row(office, FollowUp, kind="debrief")
    item = row(office, WorkItem, subject_id=talk.id)
    assert (item.case_id, item.level) == (None, Level.SUPERVISOR)
    for member in (mina, colleague):
        with pytest.raises(NotAllowed), acting(desk.parts, member) as deed:
            debriefs.hold(deed, talk.id, "well")
        with pytest.raises(NotAllowed), acting(desk.parts, member) as deed:
            debriefs.waive(deed, talk.id, "not_wanted")
    with pytest.raises(NotAllowed), acting(desk.parts, mina) as deed:
        follow_ups.turn(deed, talk.id, was="due", becomes="waived")
    done(desk, salma, debriefs.hold, talk.id, "needs_more")
    assert row(office, FollowUp, kind="debrief").outcome == "needs_more"
    assert desk.row(item.id).state == "done"


def test_who_has_a_debriefing_before_them_is_offered_no_other_danger_while_somebody_is_there(
    desk: Desk, worker: Member, office: Office
) -> None:
    case = desk.case()
    taken(desk, worker, case)
    gone_through(desk, worker, case, IMMINENT, level="imminent", ends=True)
    desk.here(worker)
    nupur = office.hire(name="Nupur")
    other = desk.case("+8801300000044")
    review = raised(desk, other)
    text = desk.item(Kind.TEXT)

    desk.here(nupur)
    assert done(desk, worker, queue.claim_next).id == text
    assert done(desk, worker, queue.claim_next) is None
    assert done(desk, nupur, queue.claim_next).id == review


def test_alone_on_shift_she_is_offered_it_all_the_same(
    desk: Desk, worker: Member, office: Office
) -> None:
    case = desk.case()
    taken(desk, worker, case)
    gone_through(desk, worker, case, IMMINENT, level="imminent", ends=True)
    desk.here(worker)
    review = raised(desk, desk.case("+8801300000044"))
    assert done(desk, worker, queue.claim_next).id == review


def test_after_the_debriefing_or_its_waiver_danger_is_offered_again(
    desk: Desk, worker: Member, office: Office
) -> None:
    case = desk.case()
    salma = desk.supervisor("Salma")
    desk.here(worker)
    desk.here(salma)
    for number, (act, word) in enumerate(
        [(debriefs.hold, "well"), (debriefs.waive, "held_elsewhere")]
    ):
        taken(desk, worker, case)
        gone_through(desk, worker, case, IMMINENT, level="imminent", ends=True)
        raised(desk, desk.case(f"+880130000005{number}"))
        assert done(desk, worker, queue.claim_next) is None
        [talk] = rows(office, FollowUp, kind="debrief", state="due")
        done(desk, salma, act, talk.id, word)
        assert done(desk, worker, queue.claim_next).kind == Kind.RISK_REVIEW


def test_who_has_a_debriefing_before_them_is_called_last(desk: Desk) -> None:
    mina = desk.supervisor("Mina", rank=1)
    salma = desk.supervisor("Salma", rank=2)
    case = desk.case()
    taken(desk, mina, case)
    gone_through(desk, mina, case, IMMINENT, level="imminent", ends=True)
    review = raised(desk, desk.case("+8801300000044"))
    assert desk.alarms(review) == [(salma.id, 1, "paging")]
    desk.after(minutes=2.5)
    assert desk.alarms(review)[-1] == (mina.id, 1, "paging")


def test_danger_is_passed_on_to_a_supervisor_who_is_rested_if_one_is_there(
    desk: Desk, worker: Member
) -> None:
    mina, salma = desk.supervisor("Mina"), desk.supervisor("Salma")
    case = desk.case()
    taken(desk, mina, case)
    gone_through(desk, mina, case, IMMINENT, level="imminent", ends=True)
    desk.here(mina)
    desk.here(salma)
    item = taken(desk, worker, desk.case("+8801300000044"))
    done(desk, worker, risk_reviews.without_form, item, why="no_contact", words="Nobody answers.")
    assert desk.row(item).owner_id == salma.id


def test_a_debriefing_outlives_the_case(desk: Desk, worker: Member, office: Office) -> None:
    case = desk.case()
    taken(desk, worker, case)
    gone_through(desk, worker, case, IMMINENT, level="imminent", ends=True)
    version = row(office, CareCase, id=case).version
    done(desk, worker, cases.move_on, case, version, "closed", "transferred_out")
    assert row(office, FollowUp, kind="debrief").state == "due"


def test_every_step_is_in_the_log(desk: Desk, worker: Member, office: Office) -> None:
    case = desk.case()
    taken(desk, worker, case)
    gone_through(desk, worker, case, IMMINENT, level="imminent", ends=True)
    actions = [each.action for each in rows(office, Audit) if each.actor == worker.id]
    assert actions[-2:] == ["risk_form", "end_review"]


# -- forgetting --------------------------------------------------------------------------------


def test_with_the_person_the_form_and_whom_she_named_are_erased_and_the_counts_stay(
    desk: Desk, office: Office
) -> None:
    salma = desk.supervisor("Salma")
    person = register_by_phone(office)
    item = taken(desk, salma, person.case_id, topics=("self_harm",))
    said = {**IMMINENT, "may_call": ["yes"]}
    gone_through(
        desk, salma, person.case_id, said, level="imminent", agreed="a canary", trusted=BROTHER
    )
    done(desk, salma, risk_reviews.end, item)
    reference = row(office, CareCase, id=person.case_id).reference
    done(desk, salma, people_rights.erase, person.case_id, reference)
    with acting(desk.parts, salma) as deed:
        assert risk_forms.history(deed, person.case_id) == []
        assert risk_forms.trusted(deed, person.case_id) is None
        kept = row(office, Assessment, instrument="risk-1")
        opened = desk.parts.ring.unseal(kept.answers, "assessment.answers", kept.id)
    assert b"canary" not in opened
    assert b"Karim" not in opened
    flag = row(office, RiskFlag)
    assert (flag.sign, flag.level) == ("text", "imminent")


def test_with_two_registrations_that_are_joined_the_review_goes_over_and_ends_there(
    desk: Desk, worker: Member, office: Office
) -> None:
    kept, gone = desk.case(), desk.case("+8801300000044")
    item = taken(desk, worker, gone)
    with desk.parts.database.transaction() as connection:
        merging.move_case(connection, becomes=kept, was=gone)
    gone_through(desk, worker, kept, CALM, ends=True)
    assert (desk.row(item).state, desk.row(item).outcome) == ("done", "none")
    assert row(office, RiskFlag).case_id == kept
