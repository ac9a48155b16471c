"""The data folder of an installation that is given nothing: its database, its Redis, its keys."""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from helpline.store.sealing import new_keys

_LONGEST_SOCKET: Final = 100
"""`sun_path` holds 108 bytes on Linux and 104 on macOS."""


class Keys(msgspec.Struct, frozen=True):
    """Keys that were made for this folder; they open nothing elsewhere."""

    secret_key: str
    data_keys: str
    path: str


class DataFolder:
    """A folder that only this user may enter."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.database_url = f"sqlite:///{self.path / 'helpline.db'}"
        self.redis = self.path / "redis"
        self.clock = self.path / "clock"
        self.outbox = self.path / "outbox.jsonl"
        self.socket = _socket(self.redis)
        self.redis_url = f"unix://{self.socket}?db=0"

    def prepare(self) -> str:
        """Make the folder if it is not there; what keeps it from being used, or an empty string."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            state = self.path.stat()
        except OSError:
            return "cannot be made"
        if not stat.S_ISDIR(state.st_mode) or state.st_uid != os.geteuid():
            return "is not a folder of this user"
        if state.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            return "can be written by others"
        return ""

    def keys(self) -> Keys:
        """The keys of this folder, made on first use; for the demo and for development only.

        Raises:
            OSError, ValueError: when the file cannot be written or read.
        """
        path = self.path / "keys.json"
        if not path.exists():
            _write_once(path, msgspec.json.encode(_fresh()))
        return msgspec.json.decode(path.read_bytes(), type=Keys)


def _fresh() -> Keys:
    return Keys(secrets.token_urlsafe(32), new_keys("made-here"), secrets.token_urlsafe(32))


def _write_once(path: Path, content: bytes) -> None:
    """Several processes may try at once: the first one's file counts, and is never half written."""
    descriptor, name = tempfile.mkstemp(dir=path.parent)  # 0600
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    with suppress(FileExistsError):
        os.link(name, path)
    Path(name).unlink()


def _socket(folder: Path) -> Path:
    """Where the embedded server listens: beside its data, unless that path is too long for a socket."""
    inside = folder / "socket"
    if len(os.fsencode(inside)) <= _LONGEST_SOCKET:
        return inside
    mark = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"helpline-{os.geteuid()}-{mark}" / "socket"
