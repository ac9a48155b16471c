"""Proves: what a test starts ends with it, also when the test process itself is killed."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.live import Installation, children, eventually

pytestmark = [pytest.mark.faults, pytest.mark.timeout(120)]

STARTS_AN_INSTALLATION = """
import sys
from pathlib import Path
from tests.faults.live import Installation
installation = Installation(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
running = installation.run_all()
print(running.pid, flush=True)
sys.stdin.read()
"""


def test_an_installation_ends_with_the_process_that_started_it_even_if_that_is_killed(
    sqlite_url: str, redis_url: str, tmp_path: Path
):
    with subprocess.Popen(
        [sys.executable, "-c", STARTS_AN_INSTALLATION, str(tmp_path), sqlite_url, redis_url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as starter:
        assert starter.stdout
        supervisor = int(starter.stdout.readline())
        started = [supervisor, *_descendants(supervisor)]
        assert len(started) >= 6
        starter.send_signal(signal.SIGKILL)
        starter.wait()
    eventually(lambda: not any(map(_runs, started)), within=20)


def test_closing_an_installation_leaves_no_process(sqlite_url: str, redis_url: str, tmp_path: Path):
    with Installation(tmp_path, sqlite_url, redis_url, webs=1, workers=["send"]) as installation:
        installation.processes[1].kill()
        installation.again(installation.processes[1])
        assert len(installation.left()) >= 3
    assert installation.left() == []


def _descendants(pid: int) -> list[int]:
    found = children(pid)
    return found + [each for child in found for each in _descendants(child)]


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
