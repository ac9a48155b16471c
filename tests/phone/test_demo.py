"""The demo as a newcomer runs it: real processes, the real webhook, RQ, the SDK, a stand-in provider."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import unicodedata
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from handlers.phone.dialling import AfricasTalkingCaller

HELPLINE = [sys.executable, "-m", "helpline"]


def free_port() -> int:
    """A port that is free, and whose neighbour above is free too."""
    while True:
        with socket.socket() as one, socket.socket() as two:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
            try:
                two.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


def nfc(text: str) -> str:
    """For comparing: on the wire য় is one code point, which NFC takes apart."""
    return unicodedata.normalize("NFC", text)


def clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("HELPLINE_")}


def test_the_demo_plays_its_story_and_leaves() -> None:
    played = subprocess.run(
        [*HELPLINE, "demo", "--once", "--port", str(free_port())],
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert played.returncode == 0, played.stderr
    shown = nfc(played.stdout)
    reference = re.search(nfc(r"নিবন্ধন হয়েছে। নম্বর (\d{3} \d{3} \d{3}), লিখে রাখুন।"), shown)
    assert reference, shown
    assert f"> ধন্যবাদ। আপনার নম্বর {reference[1]}। রেখে দিন।" in shown
    assert "> আগামীকাল সকাল, মনে রাখবেন। বদলাতে *0000# ডায়াল করুন।" in shown
    assert "> আজ সকাল, মনে রাখবেন। বদলাতে *0000# ডায়াল করুন।" in shown
    sizes = [int(size) for size in re.findall(r"\[(\d+)/80 units", shown)]
    assert len(sizes) > 20
    assert max(sizes) <= 80


@contextmanager
def demo(log: Path) -> Iterator[str]:
    """A demo that keeps serving; gives its address."""
    port = free_port()
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*HELPLINE, "demo", "--port", str(port)],
            env=clean_environment(),
            stdout=out,
            stderr=out,
        )
        try:
            until = time.monotonic() + 90
            while b"Ctrl-C" not in log.read_bytes():
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < until, log.read_text()
                time.sleep(0.2)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=2):
            return True
    except (urllib.error.URLError, OSError):
        return False


def test_one_request_registers_somebody_as_the_readme_says(tmp_path: Path) -> None:
    with demo(tmp_path / "log") as url:
        phone = AfricasTalkingCaller(url, secret="demo", number="+8801300000009")
        assert phone.dial().text.startswith("প্রবাসফেরতদের সেবা")
        body = (
            "sessionId=readme-1&phoneNumber=%2B8801300000009&networkCode=99999&serviceCode=*0000%23"
            "&text=1*1*1*1*tangail*1*1*2*4*1*1*1*1*1*4*4721*1"
        )
        with urllib.request.urlopen(
            f"{url}/hooks/africastalking/demo/ussd", data=body.encode(), timeout=10
        ) as reply:
            assert nfc(reply.read().decode()).startswith(nfc("END নিবন্ধন হয়েছে।"))
    assert not answers(url)


@pytest.mark.browser
def test_a_caller_dials_the_demo_in_the_browser(tmp_path: Path, browser: Browser) -> None:
    with demo(tmp_path / "log") as url:
        page = browser.new_page()
        page.goto(f"{url}/phone")
        for keys, seen in (("", "1 নিবন্ধন"), ("1", "1 রাজি"), ("1", "কার জন্য?"), ("1", "নারী না পুরুষ?")):
            page.keyboard.type(keys)
            page.keyboard.press("Enter")
            expect(page.locator("#view")).to_contain_text(seen)
        page.close()
