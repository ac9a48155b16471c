"""The desk on a real port, for tests that look at it with a browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pyotp
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from handlers.desk import demo_office
from helpline.store.desk import accounts
from tests.desk.office import Office
from workers.timers import TIMERS, run

expect.set_options(timeout=20_000)  # a busy machine is slow, not wrong


@dataclass
class Served:
    """An office, its address, and the timers of its workers."""

    office: Office
    url: str

    def tick(self, **passed: float) -> None:
        """Let time pass, then the workers do what is due."""
        self.office.skip(**passed)
        for queue, tasks in TIMERS.items():
            run(self.office.parts, queue, tasks)
        self.office.house.tick()

    def log_in(self, browser: Browser, username: str, language: str = "en") -> Page:
        """By the front door: name, password, and the code that an app with the secret shows."""
        self._read_in(username, language)
        page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        page.goto(f"{self.url}/desk/log-in?language={language}")
        page.locator("#username").fill(username)
        page.locator("#password").fill(demo_office.PASSWORD)
        page.locator("main button").click()
        page.locator("#code").fill(self._code(username))
        page.locator("main button").click()
        expect(page.locator("header nav")).to_be_visible()
        return page

    def _read_in(self, username: str, language: str) -> None:
        """Let somebody read the desk in a language."""
        with self.office.parts.database.transaction() as connection:
            row = accounts.by_username(connection, username)
            assert row is not None
            accounts.set_language(connection, row.id, language)

    def _code(self, username: str) -> str:
        """A code counts once: half a minute later there is another."""
        self.office.skip(seconds=31)
        ring = self.office.parts.ring
        with self.office.parts.database.reading() as connection:
            row = accounts.by_username(connection, username)
        assert row is not None
        assert row.totp is not None
        secret = ring.unseal_text(row.totp, "staff.totp", row.id)
        return pyotp.TOTP(secret).at(self.office.clock())


@contextmanager
def served(office: Office) -> Iterator[Served]:
    """Serve an office on a free port of this machine."""
    server = make_server("127.0.0.1", 0, office.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield Served(office, f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
