"""Proves: what callers say is written down sealed, and stands nowhere else.

A number, an identity number, words and a secret number that exist nowhere else in the world go
through every flow, also where our own code, a gateway's adapter, a job or a hook fails while it
holds them. Then everything that is left behind is searched for them, in every form they could have
taken: what the processes printed, every answer they gave, every key and file of Redis, every file
of the database, its tables as text, `/metrics`. The keys and secrets of the installation are
searched for too.
"""

import base64
import json
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from redis import Redis
from sqlalchemy import text

from helpline.store.database import connect
from helpline.store.tables import Base, IncomingText, Message, Phone
from tests.faults.live import Installation, PhoneNetwork, Said, ask, eventually, free_port, get
from tests.faults.record import Record
from tests.servers import Valkey

pytestmark = pytest.mark.timeout(240)

NUMBER = "+8801399555731"
OTHER_NUMBER = "+8801799555742"
ANOTHER_NUMBER = "+8801399555750"
THIRD_NUMBER = "+8801399555761"
WORDS = "kumkumzebra নীলপদ্মকাঁটা"
BANGLA_NID = "৭৩৯১০৪৬২৮৫"
NID = "7391046285"
BANGLA_PIN = "২৭৩৯"
PIN = "2739"
NONSENSE = "qwertzuicanaryxyz"

CANARIES = {
    "number": NUMBER[4:],
    "other number": OTHER_NUMBER[4:],
    "another number": ANOTHER_NUMBER[4:],
    "third number": THIRD_NUMBER[4:],
    "words": "kumkumzebra",
    "bangla words": "নীলপদ্মকাঁটা",
    "identity": NID,
    "identity as typed": BANGLA_NID,
    "secret number as typed": BANGLA_PIN,
    "nonsense in a hook": NONSENSE,
}
PIN_ALONE = re.compile(rb"(?<![\w.:-])2739(?![\w.:-])")

REGISTRATION = ("1", "1", "1", "1", "ঢাকা", "1", "1", "2", "3", "1", "1", "1", "1", "4", "1")
REGISTRATION += (BANGLA_NID, BANGLA_PIN, "1")
COUNSELLING = ("2", "1", "1", "1", "1", "1", "1")
CENTRE = ("3", "ঢাকা", "1", "1", "1", "1")
CALL_ME = ("4", "1", "1")
DATES = ("6", PIN, "1", "1", "1", "1")
WRONG_PIN = ("6", "8052", "1", BANGLA_PIN, "1", "2")
STUCK = ("1", WORDS, WORDS, WORDS)
TYPED_PLACE = ("3", WORDS, NUMBER, NID)
SMS_AGAIN = ("8", "3")
WITHDRAWAL = ("8", "2", PIN, "1")
BY_SMS = (
    "help",
    WORDS,
    f"I am {NUMBER} {NID}",
    "REG",
    "1",
    WORDS,
    f"centre {WORDS}",
    "STOP",
    "exit",
)


@dataclass
class Caller:
    """Delivers hops and keeps every answer, which is searched in the end too."""

    installation: Installation
    port: int
    answers: list[Said] = field(default_factory=list)
    serial: Iterator[int] = field(default_factory=count)

    def dials(self, keys: tuple[str, ...], number: str = NUMBER) -> str:
        """Dial and press; the last screen."""
        session = f"ATUid_{self.port}_{next(self.serial)}"
        shown = ""
        for pressed in range(len(keys) + 1):
            form = {"sessionId": session, "phoneNumber": number, "text": "*".join(keys[:pressed])}
            shown = self.delivers("ussd", form).text
            if shown.startswith("END"):
                break
        return shown

    def writes(self, words: str, number: str = NUMBER) -> None:
        event = f"sms-{self.port}-{next(self.serial)}"
        said = self.delivers("sms", {"from": number, "to": "0000", "text": words, "id": event})
        assert said.status == 200, said

    def delivers(self, kind: str, form: Mapping[str, str]) -> Said:
        said = ask(self.port, self.installation.hook(kind), form)
        self.answers.append(said)
        return said

    def asks(self, path: str, form: Mapping[str, str]) -> int:
        said = ask(self.port, path, form)
        self.answers.append(said)
        return said.status


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.faults)])
def test_nothing_that_a_caller_said_is_left_anywhere_but_sealed(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
):
    database_url: str = request.getfixturevalue(f"{kind}_url")
    with (
        closing(Valkey()) as valkey,
        PhoneNetwork() as network,
        Installation(tmp_path, database_url, valkey.url, network.url, webs=1) as installation,
        Redis.from_url(valkey.url) as redis,
    ):
        port = free_port()
        command = ("-m", "granian", "--interface", "wsgi", "--port", str(port), "--no-ws")
        options = ("--workers", "1", "--blocking-threads", "1", "--log-level", "warning")
        installation.start_program(
            "broken-web", sys.executable, *command, *options, "tests.faults.broken:app"
        )
        caller = Caller(installation, installation.first_port)
        unlucky = Caller(installation, port)
        left: dict[str, bytes] = {}

        _say_everything(caller)
        left["redis, while jobs wait"] = _dump(redis)
        installation.wait_for_web(port)
        _fail_at_the_door(unlucky)
        assert caller.dials(SMS_AGAIN).startswith("END")
        caller.writes(WORDS)
        _fail_in_a_job(installation, redis)
        left["redis, after a job has failed"] = _dump(redis)
        if kind == "postgres":
            installation.start("dispatch")
        _send_the_rest(installation, network)
        left["redis, in the end"] = _dump(redis)
        left["files of redis"] = _files(valkey.folder)
        left["pages"] = _pages(installation)
        left["files of the database, while it is open"] = _database_files(database_url)
        answers = [*caller.answers, *unlucky.answers]
        left["answers"] = "\n".join(f"{a.status} {a.headers} {a.text}" for a in answers).encode()
    left["printed"] = installation.printed().encode()
    left["files of the database"] = _database_files(database_url)
    left["tables"] = _tables(database_url)
    left["other files"] = _files(installation.folder / "data")

    _it_is_all_there(Record.read(database_url, installation.ring))
    assert left["printed"].count(b"a request failed")
    assert left["printed"].count(b"a key press failed")
    assert left["printed"].count(b"a job failed")
    assert b"rq:queue:send" in left["files of redis"]
    if "sqlite" in database_url or "%2F" in database_url:
        assert len(left["files of the database"]) > 100_000
    wanted = _wanted(installation)
    found = [
        (where, what)
        for where, content in left.items()
        for what, canary in wanted.items()
        if any(form in content for form in _forms(canary, everywhere="files" not in where))
    ]
    assert found == []
    texts = {"printed", "answers", "pages", *(name for name in left if name.startswith("redis"))}
    assert [where for where in texts if PIN_ALONE.search(left[where])] == []


def test_the_search_finds_each_form_of_a_canary():
    for form in _forms("নীলপদ্ম kumkumzebra"):
        assert len(form) > 8
    hidden = "x কথা kumkumzebra y"
    for blob in (
        *(hidden.encode(), hidden.encode("utf-16-le"), json.dumps(hidden).encode()),
        *(quote(hidden).encode(), hidden.encode().hex().encode()),
        *(base64.b64encode(b"-" * lead + hidden.encode()) for lead in range(3)),
    ):
        assert any(form in blob for form in _forms("kumkumzebra"))
    assert PIN_ALONE.search(b'{"pin": "2739"}')
    assert not PIN_ALONE.search(b'{"pid": 12739, "at": 1.2739}')


def _say_everything(caller: Caller) -> None:
    """Every flow on both channels, from a phone with the canaries; no worker runs yet."""
    assert "লিখে রাখুন" in caller.dials(REGISTRATION)
    assert caller.dials(COUNSELLING).startswith("END")
    assert caller.dials(CENTRE).startswith("END")
    assert caller.dials(CALL_ME).startswith("END")
    caller.dials(DATES)
    caller.dials(WRONG_PIN)
    caller.dials(STUCK)
    caller.dials(TYPED_PLACE)
    for words in BY_SMS:
        caller.writes(words, OTHER_NUMBER)
    caller.dials(WITHDRAWAL)
    caller.delivers(
        "session-end",
        {"sessionId": "s", "status": "Failed", "phoneNumber": NUMBER, "input": f"1*{WORDS}*{PIN}"},
    )
    caller.delivers("opt-out", {"phoneNumber": OTHER_NUMBER, "senderId": WORDS})
    caller.delivers("receipt", {"id": "ATXid_1", "status": "Failed", "phoneNumber": NUMBER})
    for form in (
        {"sessionId": "s", "phoneNumber": NUMBER},
        {"sessionId": NONSENSE, "phoneNumber": WORDS, "text": WORDS},
        {"from": NUMBER, "text": WORDS + "\0", "id": "x"},
        {NONSENSE: WORDS},
    ):
        for kind in ("ussd", "sms", "receipt", "session-end", "opt-out"):
            caller.delivers(kind, form)
    form = {"from": NUMBER, "text": WORDS, "id": "x"}
    assert caller.asks(f"/hooks/africastalking/{NONSENSE}/sms", form) == 403
    assert caller.asks(f"/hooks/{NONSENSE}/{NONSENSE}/{NONSENSE}?{urlencode(form)}", form) == 404
    assert caller.asks("/hooks/twilio/sms", form) == 403
    assert caller.asks(f"/{NONSENSE}/{quote(WORDS)}", form) == 404
    assert caller.asks(caller.installation.hook("sms"), {"text": WORDS * 900}) == 413


def _fail_at_the_door(unlucky: Caller) -> None:
    """The same things said where our own code fails."""
    apology = "16135"
    assert apology in unlucky.dials(REGISTRATION, ANOTHER_NUMBER)
    unlucky.dials(COUNSELLING, THIRD_NUMBER)
    for kind in ("ussd", "sms", "receipt"):
        form = {"from": NUMBER, "text": f"RAISES {WORDS} {PIN} {NID}", "sessionId": NONSENSE}
        said = unlucky.delivers(kind, form)
        assert said.status in {200, 500}, said


def _fail_in_a_job(installation: Installation, redis: Redis) -> None:
    """A worker whose gateway raises: RQ keeps the failed job, with what is left of the reason."""
    failing = installation.start_program(
        "broken-worker",
        sys.executable,
        "-P",
        "-c",
        "import sys; from tests.faults.broken import work; sys.exit(work())",
        PYTHONPATH=str(Path(__file__).parents[1]),
    )
    eventually(lambda: bool(redis.zcard("rq:failed:send")), within=60)
    failing.kill()


def _send_the_rest(installation: Installation, network: PhoneNetwork) -> None:
    """What still waits goes out, with the words of whoever wrote."""
    installation.start("worker", "send")
    caller = Caller(installation, installation.first_port)
    caller.serial = count(100)
    caller.writes("help", ANOTHER_NUMBER)
    eventually(lambda: ANOTHER_NUMBER in network.texts_by_number(), within=60)


def _it_is_all_there(record: Record) -> None:
    """The canaries have really been through: each is in the record, sealed."""
    ring = record.ring
    held = record.of(NUMBER)
    (person,) = held["people"].elements()
    assert NID in person
    assert held["requests"]
    assert held["callbacks"]
    assert held["pin_tries"]
    words = [
        ring.unseal_text(row.words, "incoming_text.words", row.id)
        for row in record.rows[IncomingText]
    ]
    assert WORDS in words
    assert any(NID in each for each in words)
    assert record.count(Phone) >= 2
    assert record.count(Message) >= 4


def _wanted(installation: Installation) -> dict[str, str]:
    """What must not be found, by name."""
    secrets = {
        name: installation.environment[name]
        for name in ("AT_API_KEY", "AT_PATH", "HELPLINE_SECRET_KEY", "TWILIO_TOKEN")
    }
    keys = {f"key {n}": key.partition(":")[2] for n, key in enumerate(installation.keys.split(","))}
    return CANARIES | secrets | keys


def _forms(canary: str, *, everywhere: bool = True) -> set[bytes]:
    """How it would look: as it is or in UTF-16 and, where somebody prints it, escaped or encoded."""
    raw = canary.encode()
    if not everywhere:
        return {raw, canary.encode("utf-16-le")}
    in_base64 = {base64.b64encode(b"-" * lead + raw)[4:-4] for lead in range(3)}
    return {
        *(raw, canary.encode("utf-16-le"), json.dumps(canary)[1:-1].encode()),
        *(quote(canary).encode(), raw.hex().encode(), raw.hex().upper().encode()),
        *in_base64,
    }


def _dump(redis: Redis) -> bytes:
    """Every key with its value, whatever its type."""
    found = []
    for key in redis.scan_iter():
        found.append(key)
        match redis.type(key):
            case b"string":
                found.append(redis.get(key) or b"")
            case b"hash":
                found += [part for item in redis.hgetall(key).items() for part in item]
            case b"list":
                found += redis.lrange(key, 0, -1)
            case b"set":
                found += redis.smembers(key)
            case b"zset":
                found += redis.zrange(key, 0, -1)
            case b"stream":
                found.append(repr(redis.xrange(key)).encode())
    return b"\n".join(found)


def _pages(installation: Installation) -> bytes:
    pages = ("/metrics", "/healthz", "/readyz", "/version", "/nowhere", "/phone", "/desk")
    said = [get(installation.first_port, path) for path in pages]
    assert said[0].status == 200
    return "\n".join(f"{each.headers} {each.text}" for each in said).encode()


def _database_files(url: str) -> bytes:
    """The file of SQLite with its log; the files of this database and the log of a PostgreSQL of ours."""
    if url.startswith("sqlite:"):
        return _files(Path(urlsplit(url).path).parent, "helpline.db*")
    (folder,) = parse_qs(urlsplit(url).query).get("host", [""])
    if not folder.startswith("/"):  # somebody else's
        return b""
    with closing(connect(url)) as database, database.reading() as connection:
        path = connection.scalar(
            text("SELECT 'base/' || oid FROM pg_database WHERE datname = current_database()")
        )
    data = Path(folder) / "data"
    log = (Path(folder) / "log").read_bytes()
    return b"\n".join((log, _files(data / str(path)), _files(data / "pg_wal")))


def _files(folder: Path, pattern: str = "*") -> bytes:
    return b"\n".join(path.read_bytes() for path in folder.rglob(pattern) if path.is_file())


def _tables(url: str) -> bytes:
    """Every table as text."""
    with closing(connect(url)) as database, database.reading() as connection:
        rows = [
            repr(tuple(row))
            for table in Base.metadata.sorted_tables
            for row in connection.execute(text(f'SELECT * FROM "{table.name}"'))  # noqa: S608
        ]
    assert len(rows) > 30
    return "\n".join(rows).encode()
