"""One process, no HTTP server: what a step asks of the processor, counted in instructions.

Instructions do not drift with the machine's load as time does. `python -m tests.bench.in_process
NAME COUNT` plays so many dialogues on the step or on a yardstick, with the settings of the
environment; two such runs under valgrind, of a few and of many dialogues, differ by the steps alone.
"""

from __future__ import annotations

import importlib
import shutil
import sys
import tempfile
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tests.bench.steps import HOOK, HOPS
from tests.bench.yardsticks import YARDSTICKS

if TYPE_CHECKING:
    from tests.bench.stand import Stand

_FEW: Final = 10
_MANY: Final = 60
_BODY: Final = (
    "sessionId=ATUid_{serial:024x}&phoneNumber=%2B88013{serial:08d}"
    "&networkCode=99999&serviceCode=%2A0000%23&text={text}"
)


def counted(stand: Stand, name: str) -> float | None:
    """Thousand instructions for one request; None where valgrind is not there to count them."""
    if shutil.which("valgrind") is None:
        return None
    # Without valgrind first: what Python has yet to compile would be counted.
    _run(stand, name, 1)
    more = _counted(stand, name, _MANY) - _counted(stand, name, _FEW)
    return more / ((_MANY - _FEW) * len(HOPS) * 1000)


def _counted(stand: Stand, name: str, count: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "counted"
        tool = ("--tool=callgrind", f"--callgrind-out-file={output}")
        _run(stand, name, count, "valgrind", *tool)
        [total] = [line for line in output.read_text().splitlines() if line.startswith("summary:")]
        return int(total.split()[1])


def _run(stand: Stand, name: str, count: int, *under: str) -> None:
    program = (sys.executable, "-m", "tests.bench.in_process", name, str(count))
    stand.run((*under, *program), database=stand.database(f"{name}{count}in_process"))


def play(name: str, count: int) -> None:
    """So many dialogues of so many callers, one after another."""
    # The application of a web process, log lines and all; the others of the yardsticks.
    app: Any = (
        YARDSTICKS[name]() if name in YARDSTICKS else importlib.import_module("handlers.wsgi").app
    )
    path = "/" if name in YARDSTICKS else HOOK
    for serial in range(count):
        for text in HOPS:
            body = _BODY.format(serial=serial, text=text.replace("*", "%2A")).encode()
            told: list[str] = []
            answer = app(_environ(path, body), partial(_start, told))
            content = b"".join(answer)
            if callable(close := getattr(answer, "close", None)):
                close()
            if told != ["200 OK"] or not content:
                raise RuntimeError(f"{told}: {content!r}")


def _start(told: list[str], status: str, _headers: object) -> None:
    told.append(status)


def _environ(path: str, body: bytes) -> dict[str, Any]:
    return {
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "HTTP_ACCEPT": "*/*",
        "HTTP_HOST": "127.0.0.1:8000",
        "HTTP_USER_AGENT": "bench",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "REMOTE_ADDR": "127.0.0.1",
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.errors": sys.stderr,
        "wsgi.input": BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.multiprocess": True,
        "wsgi.multithread": False,
        "wsgi.run_once": False,
        "wsgi.url_scheme": "http",
        "wsgi.version": (1, 0),
    }


if __name__ == "__main__":
    play(sys.argv[1], int(sys.argv[2]))
