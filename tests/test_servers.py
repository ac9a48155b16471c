from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from redis import Redis

from tests.servers import Postgres, Valkey

STARTS_BOTH = """
import sys
from tests.servers import Postgres, Valkey
postgres, valkey = Postgres(), Valkey()
print(postgres.folder, postgres.pid, valkey.folder, valkey.pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_servers_end_with_the_process_that_started_them_however_it_ends(how: signal.Signals):
    with subprocess.Popen(
        [sys.executable, "-c", STARTS_BOTH],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=Path(__file__).parents[1],
    ) as starter:
        assert starter.stdout
        folder, pid, other_folder, other_pid = starter.stdout.readline().split()
        starter.send_signal(how)
        starter.wait()
    deadline = time.monotonic() + 15
    while any(map(_runs, (int(pid), int(other_pid)))) or Path(folder).exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    while Path(other_folder).exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT, signal.SIGKILL])
def test_postgresql_keeps_what_was_committed_over_a_crash(how: signal.Signals):
    with closing(Postgres()) as server:
        with psycopg.connect(server.url) as connection:
            connection.execute("CREATE TABLE t AS SELECT 1 AS x")
        server.stop(how)
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(server.url)
        server.start()
        with psycopg.connect(server.url) as connection:
            assert connection.execute("SELECT x FROM t").fetchall() == [(1,)]
    assert not server.folder.exists()


def test_valkey_keeps_what_was_written_over_a_restart(redis_url: str):
    with closing(Valkey()) as server:
        assert server.url != redis_url
        with Redis.from_url(server.url) as client:
            client.set("a", "b")
        server.stop()
        server.start()
        with Redis.from_url(server.url) as client:
            assert client.get("a") == b"b"


def test_each_test_gets_an_empty_redis(redis_url: str):
    with Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("appendonly") == {"appendonly": "yes"}
