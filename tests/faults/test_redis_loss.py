"""Proves: losing all of Redis costs time, never a caller's answer and never a message.

While five hundred callers use USSD and five hundred write SMS, Redis is killed, and what it had on
disk is thrown away. Callers must notice nothing. Once an empty Redis is there again, everything
that is due goes out within a minute, each text once; the phone network's own log is the oracle.
The processes are those that `helpline run` starts and looks after.
"""

import os
import queue
import shutil
import signal
import threading
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from redis import Redis

from helpline.store.database import connect
from helpline.store.tables import Callback, Message, Reminder
from tests.faults.live import Installation, PhoneNetwork, Said, Wire, eventually, sized
from tests.faults.planted import plant_reminders
from tests.faults.record import Record
from tests.servers import Valkey

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

CALLERS = sized(500, 5_000)
REMINDERS = sized(100, 1_000)
THREADS = 6
PROMISED = 60.0
"""Seconds after which everything that waited for Redis is out."""
PATIENCE = 4.0
"""Seconds a caller may wait, with or without Redis."""

CALL_ME = ("", "4", "4*1", "4*1*1")


def test_a_redis_that_is_killed_and_comes_back_empty_loses_no_message_and_disturbs_no_caller(
    postgres_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    with (
        closing(Valkey()) as valkey,
        closing(connect(postgres_url)) as database,
        PhoneNetwork() as network,
        Installation(tmp_path, postgres_url, valkey.url, network.url) as installation,
    ):
        installation.run_all()
        reminded = [f"+88019{place:08d}" for place in range(REMINDERS)]
        plant_reminders(database, installation.ring, reminded[::2], datetime.now(UTC))
        began = time.monotonic()
        load = Load(installation)
        load.until(CALLERS // 3)
        with Redis.from_url(valkey.url) as redis:
            redis.set("mark", "here before")
        os.kill(valkey.pid, signal.SIGKILL)
        plant_reminders(database, installation.ring, reminded[1::2], datetime.now(UTC))
        load.finish()
        took = time.monotonic() - began
        before = len(network.log)

        valkey.stop()
        shutil.rmtree(valkey.folder / "data")
        valkey.start()
        with Redis.from_url(valkey.url) as redis:
            assert redis.get("mark") is None
        expected = [*load.texted, *reminded]
        late = eventually(lambda: len(network.texts_by_number()) >= len(expected), within=PROMISED)
        time.sleep(3)  # for whatever should not come
        got = network.texts_by_number()
        record = Record.read(postgres_url, installation.ring)

    with capsys.disabled():
        print(
            f"\nload {took:.0f} s, slowest answer {load.slowest:.2f} s; {before} texts out before "
            f"Redis was back, all {len(expected)} after {late:.1f} s"
        )
    assert before < len(expected)  # else it was killed too late to show anything
    assert sorted(got) == sorted(expected)
    assert {number: texts for number, texts in got.items() if len(texts) != 1} == {}
    assert load.slowest < PATIENCE
    assert record.count(Callback) == CALLERS
    assert record.count(Message) == len(expected)
    assert {row.state for row in record.rows[Message]} == {"sent"}
    assert {row.state for row in record.rows[Reminder]} == {"sent"}


class Load:
    """Callers of both kinds, one after the other from several threads; any error ends the test."""

    def __init__(self, installation: Installation) -> None:
        self.texted = [f"+88017{place:08d}" for place in range(CALLERS)]
        self.slowest = 0.0
        self._done = 0
        self._waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
        for place in range(CALLERS):
            self._waiting.put(place)
        self._failures: list[BaseException] = []
        self._threads = [
            threading.Thread(target=self._work, args=(installation,)) for _ in range(THREADS)
        ]
        for thread in self._threads:
            thread.start()

    def until(self, callers: int) -> None:
        """Wait until so many have had their say."""
        eventually(lambda: self._done >= callers or bool(self._failures), within=300, every=0.01)

    def finish(self) -> None:
        """Wait until all have, and fail if one of them was answered wrongly."""
        for thread in self._threads:
            thread.join()
        if self._failures:
            raise self._failures[0]

    def _work(self, installation: Installation) -> None:
        wire = Wire(installation.first_port)
        try:
            while not self._failures:
                place = self._waiting.get_nowait()
                self._call(wire, installation, place)
                self._text(wire, installation, place)
                self._done += 1
        except queue.Empty:
            pass
        except BaseException as failure:  # noqa: BLE001  told by the main thread
            self._failures.append(failure)
        finally:
            wire.hang_up()

    def _call(self, wire: Wire, installation: Installation, place: int) -> None:
        """Ask for a call, on USSD."""
        form = {"sessionId": f"ATUid_{place}", "phoneNumber": f"+88015{place:08d}"}
        for text in CALL_ME:
            said = wire.ask(installation.hook("ussd"), form | {"text": text})
            self._taken(said)
            assert said.text.startswith("END " if text == CALL_ME[-1] else "CON "), said
        assert "ফোন করব" in said.text, said

    def _text(self, wire: Wire, installation: Installation, place: int) -> None:
        """Write an SMS that is answered by one."""
        form = {"from": self.texted[place], "to": "0000", "text": "help", "id": f"sms-{place}"}
        self._taken(wire.ask(installation.hook("sms"), form))

    def _taken(self, said: Said) -> None:
        assert said.status == 200, said
        self.slowest = max(self.slowest, said.seconds)
