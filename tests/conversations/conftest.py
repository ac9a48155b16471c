"""The phone of a recorded conversation: what "Copy as pytest" on the page gives runs in this folder."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from werkzeug.serving import make_server

from handlers.app import create_app
from handlers.phone.dialling import AfricasTalkingCaller, Caller
from helpline import wiring
from helpline.jobs import NoWaker
from helpline.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def caller(tmp_path: Path, database_url: str) -> Iterator[Caller]:
    """Give a phone that dials the whole demo, over HTTP, on an empty database."""
    settings = replace(Settings.demo(tmp_path / "data", 8000), database_url=database_url)
    parts = wiring.build(settings, wiring.AT_THE_DOOR)
    app = create_app(replace(parts, wake=NoWaker()), settings)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield AfricasTalkingCaller(f"http://127.0.0.1:{server.server_port}", secret="demo")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        wiring.close(parts)
