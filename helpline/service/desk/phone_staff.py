"""Staff without the internet: work is taken, called for and finished by SMS from a registered number.

    NEXT / নিন                  take the next piece of work
    CALL <code> <PIN> / কল      the helpline rings me, then the client
    DONE <code> 1|2|3 / শেষ     1 reached, 2 nobody answered, 3 somebody else answered

No text holds a client's number or a word of what it is about. Without the PIN nobody is called.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec

from helpline.cases.calendar import local
from helpline.cases.permits import Purpose
from helpline.cases.roles import Right
from helpline.cases.states import IllegalMove
from helpline.cases.texts import SCREEN
from helpline.cases.work import Kind
from helpline.service.desk import calling, outcomes, queue
from helpline.service.desk.acting import Acting, NotAllowed, Stale, write_down
from helpline.service.desk.phone_pins import proved
from helpline.service.desk.sessions import member
from helpline.store import outbox, people
from helpline.store.desk import calls, work_of_calls
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from sqlalchemy import Row

    from helpline.service.visit import Visit

NEXT: Final = frozenset({"next", "নিন"})
CALL: Final = frozenset({"call", "কল"})
DONE: Final = frozenset({"done", "শেষ"})
OUTCOMES: Final = {
    "1": outcomes.REACHED,
    "2": "no_answer",
    "3": outcomes.WRONG,
}
TEXT_LIVES: Final = timedelta(minutes=30)
WRONG_CODES_A_DAY: Final = 10
"""After so many, work is finished at the desk until tomorrow."""
BY_PHONE: Final = (Kind.CALLBACK, Kind.MISSED_CALL, Kind.COUNSELLING)
"""The kinds of work that can be done with a phone alone."""
_DIGITS: Final = str.maketrans("০১২৩৪৫৬৭৮৯", "0123456789")
_COMMAND: Final = re.compile(r"\s*(\S+)(?:\s+([0-9]{4}))?(?:\s+([0-9]{1,12}))?\s*")

_SAID: Final = {
    "item": (
        "{code}: {kind}, {window} পর্যন্ত। ফোন করতে: কল {code} ও পিন। পরে: শেষ {code} 1 কথা হয়েছে, 2 ধরেননি, 3 অন্য কেউ।",
        "{code}: {kind}, until {window}. To call: CALL {code} and PIN. Then: DONE {code} 1 talked, 2 no answer, 3 somebody else.",
    ),
    "nothing": ("এখন আপনার জন্য কোনো কাজ নেই।", "There is no work for you now."),
    "rings": ("আপনার ফোন বাজবে। ধরে 1 চাপুন।", "Your phone will ring. Answer and press 1."),
    "refused": ("হয়নি। কোড ও পিন দেখে আবার লিখুন।", "Not done. Check code and PIN and write again."),
    "not_safe": ("এখন ফোন করা যাবে না।", "This client may not be called now."),
    "no_voice": (
        "এখন হেল্পলাইনের মাধ্যমে ফোন করা যাচ্ছে না। সুপারভাইজারকে বলুন।",
        "The helpline cannot place calls now. Tell your supervisor.",
    ),
    "done": ("{code} লেখা হয়েছে। ধন্যবাদ।", "{code} is written down. Thank you."),
    "over": ("{code} এর মধ্যে বদলে গেছে।", "{code} was changed meanwhile."),
}
_KINDS: Final = {
    Kind.CALLBACK: ("ফিরতি কল", "call-back"),
    Kind.MISSED_CALL: ("মিসড কল", "missed call"),
    Kind.COUNSELLING: ("ফোনে কথা", "talk by phone"),
}


def by_sms(visit: Visit, number_key: bytes, words: str, event: str) -> bool:
    """Whether a text was a command from a registered number; if so it is done and answered.

    Anything else, and the same words from any other number, is left to the conversation. `event`
    names the delivery.
    """
    said = _COMMAND.fullmatch(words.translate(_DIGITS).lower())
    if said is None or said[1] not in NEXT | CALL | DONE:
        return False
    row = calls.staff_by_number(visit.connection, number_key)
    if row is None:
        return False
    who = member(visit.parts.ring, row)
    if not who.may(Right.WORK):
        return False
    visit.begin()
    deed = Acting(visit.parts, visit.connection, who, visit.now)
    word, code, more = said[1], said[2] or "", said[3] or ""
    if word in NEXT:
        answer = _next(deed)
    elif word in CALL:
        answer = _call(deed, row, code, more)
    else:
        answer = _done(deed, code, more)
    _text(visit, row, answer, event)
    write_down(deed)
    return True


def _next(deed: Acting) -> tuple[str, dict[str, str]]:
    """The work they hold already, or the next that can be done by phone."""
    held = work_of_calls.held(deed.connection, deed.who.id, list(BY_PHONE))
    item: Row[Any] | None = held[0] if held else _claimed(deed)
    if item is None:
        return "nothing", {}
    until = local(item.promised_at)
    kind = _KINDS[Kind(item.kind)][deed.who.language == "en"]
    return "item", {"code": code_of(deed, item.id), "kind": kind, "window": f"{until:%H:%M}"}


def _claimed(deed: Acting) -> Row[Any] | None:
    for item_id in work_of_calls.offered(deed.connection, deed.who, list(BY_PHONE), deed.now):
        with suppress(NotAllowed, Stale, queue.Taken):
            return queue.claim(deed, item_id)
    return None


def _call(deed: Acting, row: Row[Any], code: str, pin: str) -> tuple[str, dict[str, str]]:
    item = _held(deed, code)
    right = proved(deed.parts, deed.connection, row, pin, deed.now)
    if item is None or not right:
        return "refused", {}
    try:
        with deed.connection.begin_nested():
            calling.ring(deed, item.id)
    except calling.NotSafe:
        return "not_safe", {}
    except (calling.NoVoice, calling.NoNumber):
        return "no_voice", {}
    except (NotAllowed, Stale, queue.Taken):
        return "over", {"code": code}
    return "rings", {}


def _done(deed: Acting, code: str, key: str) -> tuple[str, dict[str, str]]:
    """Anybody can write a text that seems to come from this number, but not read our answers."""
    who = deed.parts.ring.fingerprint("staff_code", deed.who.id)
    today = local(deed.now).date()
    if people.pin_tries(deed.connection, caller=who, day=today) >= WRONG_CODES_A_DAY:
        return "refused", {}
    item = _held(deed, code)
    if item is None:
        people.count_pin_try(deed.connection, caller=who, day=today)
    if item is None or key not in OUTCOMES:
        return "refused", {}
    with suppress(NotAllowed, Stale, IllegalMove, queue.Taken):
        with deed.connection.begin_nested():
            outcomes.record(deed, item.id, OUTCOMES[key])
        return "done", {"code": code}
    return "over", {"code": code}


def code_of(deed: Acting, item_id: str) -> str:
    """The four digits by which this member names an item; for others it has other digits."""
    made = deed.parts.ring.fingerprint("item_code", f"{deed.who.id}:{item_id}")
    return f"{int.from_bytes(made[:4], 'big') % 10_000:04d}"


def _held(deed: Acting, code: str) -> Row[Any] | None:
    mine = work_of_calls.held(deed.connection, deed.who.id, list(BY_PHONE))
    found = [item for item in mine if code_of(deed, item.id) == code]
    return found[0] if len(found) == 1 else None


def _text(visit: Visit, row: Row[Any], answer: tuple[str, dict[str, str]], event: str) -> None:
    name, values = answer
    english = row.language == "en"
    words = {"text": _SAID[name][english].format(**values)}
    ident = new_ident()
    posted = outbox.post(
        visit.connection,
        id=ident,
        phone_id=visit.phone_id(),
        person_id=None,
        subject_id=None,
        purpose=Purpose.STAFF,
        template=SCREEN,
        language="en" if english else "bn",
        values=visit.parts.ring.seal(msgspec.json.encode(words), "message.values", ident),
        due_at=visit.now,
        expires_at=visit.now + TEXT_LIVES,
        dedupe_key=f"staff:{event}"[:96],
        created_at=visit.now,
        updated_at=visit.now,
    )
    if posted:
        visit.posted.append(ident)
