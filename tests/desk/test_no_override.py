"""Imminent danger opens no door beside the gate: whatever is found and agreed to, only her word lets a phone ring."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from helpline.cases.effects import ChangeContact
from helpline.cases.roles import Role
from helpline.cases.work import Level, Priority
from helpline.service.desk import rescue
from helpline.service.desk.acting import acting
from helpline.service.desk.callable import Safety, item_safety
from helpline.service.desk.cases import Blocked
from helpline.service.desk.writing import send_text
from helpline.service.effects import perform
from helpline.store.desk import items
from helpline.store.tables import Approval, Call, Message
from tests.desk.casebook import Registered, register_by_phone, rows
from tests.desk.dangers import IMMINENT, gone_through, taken
from tests.desk.office import Office
from tests.desk.oncall import Desk
from tests.service.steps import visiting

if TYPE_CHECKING:
    from helpline.cases.roles import Member

Step = Callable[[Office, "Member", "Member", str], Any]


def safety(office: Office, item_id: str) -> Safety:
    with office.parts.database.reading() as connection:
        item = items.by_id(connection, item_id)
        assert item is not None
        return item_safety(office.parts, connection, item, office.clock())


def in_danger(office: Office, **said: Any) -> tuple[Registered, Member, Member, str]:
    """Somebody with a grave review that a counsellor has, and a supervisor."""
    here = register_by_phone(office, sms=False, call=False, **said)
    desk = Desk(office)
    mina, head = office.hire(name="Mina"), office.hire(Role.SUPERVISOR, name="Rina")
    item = taken(desk, mina, here.case_id)
    gone_through(desk, mina, here.case_id, IMMINENT, level="imminent")
    return here, mina, head, item


def _agreed(office: Office, mina: Member, head: Member, item: str) -> None:
    with acting(office.parts, mina) as deed:
        asked = rescue.ask_police(deed, item, "Nobody else can reach her.")
    with acting(office.parts, head) as deed:
        rescue.decide_police(deed, asked, "approved")


def _told(office: Office, mina: Member, head: Member, item: str) -> None:
    _agreed(office, mina, head, item)
    with acting(office.parts, mina) as deed:
        rescue.tell_police(deed, item)


def _hospital(office: Office, mina: Member, _head: Member, item: str) -> None:
    with acting(office.parts, mina) as deed:
        rescue.call_hospital(deed, item, "life_in_danger", "She does not answer.")


STEPS: dict[str, Step] = {
    "found to be imminent": lambda *_all: None,
    "agreed to by two": _agreed,
    "the police were told": _told,
    "a hospital was called": _hospital,
}


@pytest.mark.parametrize("step", STEPS)
def test_whatever_two_people_agree_to_her_phone_does_not_ring_and_gets_no_sms(
    office: Office, step: str
) -> None:
    here, mina, head, item = in_danger(office)
    STEPS[step](office, mina, head, item)
    found = safety(office, item)
    assert (found.now, found.why, found.message, found.signal) == (
        False,
        "no_permit",
        False,
        False,
    )
    for who in (mina, head):
        with pytest.raises(Blocked, match="no_permit"), acting(office.parts, who) as deed:
            send_text(deed, here.case_id, "কাল সকালে ফোন করব।", "bn", "Her life is in danger")
    page = office.browser(mina).open(f"/desk/case/{here.case_id}?item={item}")
    assert "Call through the helpline" not in page
    assert "Call by hand" not in page
    assert rows(office, Call) == []
    assert rows(office, Message, phone_id=here.phone_id) == []


def test_her_own_word_opens_it_at_once(office: Office) -> None:
    here, _mina, _head, item = in_danger(office, pin="4711")
    assert not safety(office, item).now
    with visiting(office.house) as visit:
        perform(visit, ChangeContact(here.person_id, "call", "yes"))
    assert safety(office, item).now


def test_there_is_no_such_question_to_ask(office: Office) -> None:
    """An approval is of a plan, an ending, the police or a file: none of a call."""
    _here, mina, head, item = in_danger(office)
    _told(office, mina, head, item)
    with office.parts.database.reading() as connection:
        asked = set(connection.execute(select(Approval.what)).scalars())
        kept = items.by_id(connection, item)
    assert asked == {"police"}
    assert kept is not None
    assert (kept.priority, kept.level >= Level.WORKER) == (Priority.IMMINENT, True)
