"""Callers who press keys at random, and deliveries that arrive twice, late, at once, or unanswered.

A `Caller` draws keys from a seeded generator and compares every answer with the worlds of
`tests.faults.model` that are still possible. A `Crew` is what one thread uses to deliver: its own
connections to every web process, and its own look into the database.
"""

import json
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count

from sqlalchemy import select

from helpline.store.database import Database, connect
from helpline.store.tables import Inbox, Message
from tests.faults.live import Installation, Said, Wire
from tests.faults.model import BOOK, Hop, Talk, World, answers, closed_draft, expectation

COPIES = 4
LONGEST = 1200
"""Characters typed in one session; gateways that repeat everything give up before that."""
BANGLA = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
HOME_KEYS = {1: 45, 2: 20, 3: 8, 4: 12, 5: 3, 6: 8, 7: 3, 8: 3, 9: 6}
"""How often each line of the main menu is chosen."""

HOSTILE = (
    "",
    "   ",
    "<script>alert(1)</script>",
    "'; DROP TABLE person; --",
    "{{7*7}} {reference} %(x)s ${x} {0.__class__}",
    "=cmd|' /C calc'!A0",
    "\u202e123\u202c",
    "আমি\u200dবাড়ি\u200cফিরেছি",
    "ক্ষ্ম" * 40,
    "👩‍👩‍👧‍👦" * 9,
    "é" * 90,
    "1" * 200,
    "a b\r\nSet-Cookie: x=1\r\n\r\n",
    "99999999999999999999",
    "-1",
    "1.0",
    "²①½",
    "*",
    "**1*",
    "#",
    "1*2*3",
    "\ufeff\u200e\u2066",
    "ঢাকা",
    "jessore",
    "সাভার",
    "Nowhere at all",
)
TEXTS = (
    "help",
    "STOP",
    "start",
    "exit",
    "REG",
    "reg",
    "নিবন্ধন",
    "পরামর্শ",
    "counsellor",
    "centre ঢাকা",
    "CENTRE jessore",
    "kendro xyz",
    "call",
    "dates",
    "language",
    "নম্বর",
    "আমার স্বামী টাকা নিয়ে গেছে",
    "please help me, I do not know what to do!!",
    "?!",
    " ",
)


@dataclass
class Tally:
    """What a whole run came to."""

    steps: int = 0
    deliveries: int = 0
    unanswered: int = 0
    never_taken: int = 0
    slowest: float = 0.0
    acts: dict[str, int] = field(default_factory=dict)

    def add(self, act: str) -> None:
        self.steps += 1
        self.acts[act] = self.acts.get(act, 0) + 1

    def merge(self, other: "Tally") -> None:
        self.steps += other.steps
        self.deliveries += other.deliveries
        self.unanswered += other.unanswered
        self.never_taken += other.never_taken
        self.slowest = max(self.slowest, other.slowest)
        for act, often in other.acts.items():
            self.acts[act] = self.acts.get(act, 0) + often


class Crew:
    """The connections of one thread."""

    def __init__(self, installation: Installation, database_url: str) -> None:
        self.tally = Tally()
        self._wires = [installation.wires() for _copy in range(COPIES)]
        self._ring = installation.ring
        self._ussd, self._sms = installation.hook("ussd"), installation.hook("sms")
        self._end = installation.hook("session-end")
        self._database: Database = connect(database_url)

    def close(self) -> None:
        for wires in self._wires:
            for wire in wires:
                wire.hang_up()
        self._database.close()

    def at_once(self, number: str, hops: Iterable[Hop], rng: random.Random) -> list[str | None]:
        """Deliver all these before reading the first answer; what was shown, in their order."""
        wires = [rng.choice(wires) for wires in self._wires]
        sent: list[tuple[Wire, Hop]] = list(zip(wires, hops, strict=False))
        for wire, hop in sent:
            self._send(wire, number, hop)
        return [self._heard(hop, wire.hear()) for wire, hop in sent]

    def unanswered(
        self, number: str, hop: Hop, rng: random.Random, then: Hop | None = None
    ) -> tuple[str | None, str | None]:
        """Deliver without reading the answer, and perhaps something else in the same moment.

        What was answered to it as the record has it, and the other's answer. A delivery that left
        no trace within a second is made again, as a gateway would: now it is taken, or was before.
        """
        wires = [rng.choice(wires) for wires in self._wires]
        self._send(wires[0], number, hop)
        if rng.random() < 0.7:
            time.sleep(rng.random() * 0.02)
        wires[0].hang_up()
        self.tally.unanswered += 1
        other = None
        if then:
            self._send(wires[1], number, then)
            other = self._heard(then, wires[1].hear())
        ends = time.monotonic() + 1
        while time.monotonic() < ends:
            taken, reply = self.recorded(hop)
            if taken:
                return reply, other
            time.sleep(0.01)
        self.tally.never_taken += 1
        self._send(wires[0], number, hop)
        return self._heard(hop, wires[0].hear()), other

    def say_ended(self, session: str, rng: random.Random) -> None:
        """The gateway tells that a session is over."""
        form = {"sessionId": session, "status": "Failed", "hopsCount": "3", "input": "1*2"}
        said = rng.choice(self._wires[0]).ask(self._end, form)
        assert said.status == 200, said

    def recorded(self, hop: Hop) -> tuple[bool, str | None]:
        """Whether a delivery is in the record, and what it was answered, in the words of the model."""
        kind = "sms" if hop.is_sms else "ussd"
        # Made from what was typed, so the record keeps it under a key.
        event = hop.event if hop.is_sms else self._ring.fingerprint("event", hop.event).hex()
        with self._database.reading() as connection:
            row = connection.execute(
                select(Inbox.id, Inbox.reply).where(Inbox.kind == kind, Inbox.external_id == event)
            ).one_or_none()
        if row is None:
            return False, None
        if hop.is_sms:
            return True, self._text_in_answer_to(hop)
        reply = self._ring.unseal_text(row[1], "inbox.reply", row[0])
        return True, f"{'END' if reply[0] == 'E' else 'CON'} {reply[1:]}"

    def _send(self, wire: Wire, number: str, hop: Hop) -> None:
        self.tally.deliveries += 1
        if hop.is_sms:
            form = {"from": number, "to": "0000", "text": hop.text, "id": hop.event}
            wire.send(self._sms, form | {"linkId": "", "date": "2026-11-21 10:00:00"})
        else:
            form = {"sessionId": hop.session, "phoneNumber": number, "text": hop.text}
            wire.send(self._ussd, form | {"serviceCode": "*0000#", "networkCode": "47001"})

    def _heard(self, hop: Hop, said: Said) -> str | None:
        assert said.status == 200, (hop, said)
        self.tally.slowest = max(self.tally.slowest, said.seconds)
        if not hop.is_sms:
            return said.text
        assert said.text == ""
        return self._text_in_answer_to(hop)

    def _text_in_answer_to(self, hop: Hop) -> str | None:
        """The text that will go out as the answer to an SMS, as it waits in the outbox."""
        key = f"reply:africastalking:{hop.event}"
        with self._database.reading() as connection:
            row = connection.execute(
                select(Message.id, Message.values).where(Message.dedupe_key == key)
            ).one_or_none()
        if row is None:
            return None
        values = self._ring.unseal_text(row[1], "message.values", row[0])
        text: str = json.loads(values)["text"]
        return text


class Caller:
    """One phone. `worlds` are all that may be the case after everything it heard."""

    def __init__(self, place: int, seed: int) -> None:
        self.number = f"+88013{place:08d}"
        self.rng = random.Random(f"{seed}/{place}")
        self.worlds = [World()]
        self.noise = self.rng.choice((0.0, 0.02, 0.02, 0.3))
        """How often this caller presses anything but a line of the menu."""
        self._place = place
        self._session = ""
        self._typed = ""
        self._over = True
        self._hops: list[Hop] = []
        self._told: list[str] = []
        self._serial = count(1)
        self._identities = [self._identity() for _ in range(2)]
        self._pin = self.rng.choice(("2739", "8052", "1999", "4471"))

    def step(self, crew: Crew) -> None:
        """Do one thing, and compare what comes back."""
        rng = self.rng
        acts: list[tuple[int, str, Callable[[Crew], None]]] = [
            (64, "once", self._go_on),
            (9, "several at once", self._go_on_many_times),
            (8, "late", self._late),
            (5, "unanswered", self._unanswered),
            (3, "redialled", self._redial),
            (2, "unanswered and redialled", self._impatient),
            (2, "two keys at once", self._race),
            (2, "overtaken", self._overtaken),
            (6, "sms", self._sms),
            (1, "ended", self._ended),
        ]
        _weight, name, act = rng.choices(acts, [weight for weight, _, _ in acts])[0]
        act(crew)
        crew.tally.add(name)

    # -- acts ---------------------------------------------------------------------------

    def _go_on(self, crew: Crew) -> None:
        self._deliver(crew, self._next(), copies=1)

    def _go_on_many_times(self, crew: Crew) -> None:
        self._deliver(crew, self._next(), copies=self.rng.randint(2, COPIES))

    def _late(self, crew: Crew) -> None:
        if self._hops:
            hop = self.rng.choice(self._hops)
            self._compare(crew, [hop], learn=True)
        else:
            self._go_on(crew)

    def _unanswered(self, crew: Crew) -> None:
        """The answer is lost; the caller dials again, or the gateway delivers again."""
        hop = self._next()
        began = datetime.now(UTC)
        said, _ = crew.unanswered(self.number, hop, self.rng)
        self._learn(hop, said, (began, datetime.now(UTC)))
        self._hops.append(hop)
        if self.rng.random() < 0.5:
            self._over = True
        else:
            self._deliver(crew, hop, copies=1)

    def _redial(self, crew: Crew) -> None:
        self._over = True
        self._go_on(crew)

    def _impatient(self, crew: Crew) -> None:
        """The caller dials again while the last key press is still on its way."""
        hop = self._next()
        self._over = True
        redial = self._next()
        began = datetime.now(UTC)
        said, shown = crew.unanswered(self.number, hop, self.rng, then=redial)
        self._hops += [hop, redial]
        self._learn_in_any_order([(hop, said), (redial, shown)], (began, datetime.now(UTC)))
        # A draft may also be offered as it was before the key press, and closed after it.
        self.worlds += [
            closed
            for world in self.worlds
            if world.talks[redial.session].session.at == BOOK.resume
            and (closed := closed_draft(world, hop.session)) not in self.worlds
        ]
        self._see(redial, shown)

    def _overtaken(self, crew: Crew) -> None:
        """A key press arrives only after the caller has dialled again."""
        hop = self._next()
        self._over = True
        self._deliver(crew, self._next(), copies=1)
        self._deliver(crew, hop, copies=1)

    def _race(self, crew: Crew) -> None:
        """Two different keys in the same moment: one legal order of the two must explain both."""
        if self._over:
            self._go_on(crew)
            return
        one, other = self._next(), self._next()
        if one == other or not other.text:
            self._deliver(crew, one, copies=2)
            return
        began = datetime.now(UTC)
        shown = crew.at_once(self.number, [one, other], self.rng)
        heard = [*zip([one, other], shown, strict=True)]
        self._learn_in_any_order(heard, (began, datetime.now(UTC)))
        self._hops += [one, other]
        self._over = True

    def _sms(self, crew: Crew) -> None:
        keys = [str(self.rng.randint(0, 9)) for _ in range(2)]
        text = self.rng.choice((*TEXTS, *keys))
        if self.rng.random() < 0.5:
            text = self._key(self.worlds[0].talks.get(""))
        hop = Hop("", text, f"sms-{self._place}-{next(self._serial)}")
        self._deliver(crew, hop, copies=self.rng.choice((1, 1, 1, 2, 3)))

    def _ended(self, crew: Crew) -> None:
        if self._session:
            crew.say_ended(self._session, self.rng)
        self._over = True

    # -- what to press ------------------------------------------------------------------

    def _next(self) -> Hop:
        """The next hop: dialling, or a key on the screen that was shown last."""
        rng = self.rng
        if self._over or len(self._typed) > LONGEST:
            self._session = f"ATUid_{self._place}_{next(self._serial)}"
            self._over, self._typed = False, ""
            # Some dial *0000*1# at once.
            typed = "" if rng.random() > 0.05 else rng.choice(("1", "2", "1*1", "4*1", "৪"))
            return hop_of(self._session, typed)
        key = self._key(self.worlds[0].talks.get(self._session))
        return hop_of(self._session, f"{self._typed}*{key}" if self._typed else key)

    def _key(self, talk: Talk | None) -> str:
        rng = self.rng
        if talk is None or rng.random() < self.noise:
            wrong = (*HOSTILE, "0", "00", "98", "98", "99", "9", "7", "44", "abc")
            return rng.choice(wrong)
        if rng.random() < 0.03:
            return rng.choice(("98", "98", "99", "99", "00", "0"))
        key = self._meant(talk)
        way = rng.random()
        if way < 0.1:
            return key.translate(BANGLA)
        if way < 0.13:
            return key.translate(ARABIC)
        return f" {key}. " if way < 0.16 else key

    def _meant(self, talk: Talk) -> str:
        rng, address = self.rng, talk.session.at
        if address == BOOK.home:
            return str(rng.choices([*HOME_KEYS], [*HOME_KEYS.values()])[0])
        if address == "more.start":  # what stands behind the secret number the model does not keep
            return rng.choice("123")
        if address == "registration.start":
            return rng.choice("111113")
        if address == "registration.papers":
            return rng.choice("12344")
        if address in {"callback.safe", "registration.check", "home.resume"}:
            return rng.choice("11112")
        if address == "registration.pin":
            return rng.choice((self._pin, self._pin, "1", "1234"))
        if address in {"dates.pin", "stop.pin"}:
            return rng.choice((self._pin, self._pin, self._pin, "6060"))
        if address in {"registration.nid", "registration.passport", "registration.bmet"}:
            return rng.choice(self._identities)[address.partition(".")[2]]
        if talk.keys:
            return str(rng.choice(talk.keys))
        return "1"

    def _identity(self) -> dict[str, str]:
        """Numbers of papers that nobody else has."""
        some = f"{self._place:04d}{self.rng.randrange(10**4):04d}"
        return {"nid": f"42{some}", "passport": f"B{some}", "bmet": f"BM{some}"}

    # -- what came back -----------------------------------------------------------------

    def _deliver(self, crew: Crew, hop: Hop, *, copies: int) -> None:
        self._compare(crew, [hop] * copies, learn=True)
        self._hops.append(hop)

    def _compare(self, crew: Crew, hops: list[Hop], *, learn: bool) -> None:
        began = datetime.now(UTC)
        shown = crew.at_once(self.number, hops, self.rng)
        assert len(set(shown)) == 1, ("one delivery, two answers", hops[0], shown)
        if learn:
            self._learn(hops[0], shown[0], (began, datetime.now(UTC)))
        self._see(hops[0], shown[0])

    def _see(self, hop: Hop, shown: str | None) -> None:
        """What the handset now shows; an answer to something older changes nothing."""
        if not hop.is_sms and hop.session == self._session and len(hop.text) >= len(self._typed):
            self._typed = hop.text
            self._over = bool(shown and shown.startswith("END"))

    def _learn(self, hop: Hop, said: str | None, when: tuple[datetime, datetime]) -> None:
        self._learn_in_any_order([(hop, said)], when)

    def _learn_in_any_order(
        self, heard: list[tuple[Hop, str | None]], when: tuple[datetime, datetime]
    ) -> None:
        began, ended = when
        same_minute = f"{began:%H%M}" == f"{ended:%H%M}"
        moments = (ended,) if same_minute else (began, ended)
        orders = [heard, heard[::-1]] if len(heard) > 1 else [heard]
        possible: list[World] = []
        for order in orders:
            for now in moments:
                worlds = self.worlds
                for hop, said in order:
                    worlds = [after for each in worlds for after in answers(each, hop, now, said)]
                possible += [world for world in worlds if world not in possible]
        assert possible, self._difference(heard, ended)
        self._told.append(f"{[(h.session, h.text, s) for h, s in heard]} {len(possible)}")
        self.worlds = possible

    def _difference(self, heard: list[tuple[Hop, str | None]], now: datetime) -> str:
        hop, said = heard[0]
        expected = [expectation(world, hop, now, said) for world in self.worlds]
        told = "\n".join(self._told)
        return f"{self.number} {heard}\nexpected one of {expected}\nafter\n{told}"


def hop_of(session: str, text: str) -> Hop:
    """A hop as Africa's Talking names it: the text is everything typed so far."""
    return Hop(session, text, f"{session}:{sha256(text.encode()).hexdigest()[:16]}")
