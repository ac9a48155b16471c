"""A stand-in helpline on a free port, with the real page, the real adapters and a rehearsal's SMS log."""

from __future__ import annotations

import socket
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from handlers.phone import create_blueprint
from helpline.clock import SkippableClock
from helpline.gateways.book import GatewayConfig, build_gateways
from helpline.gateways.port import Secrets
from helpline.gateways.rehearsal import Rehearsal
from tests.phone.stub import Stub, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helpline.gateways.port import Gateway

ACCOUNT = "AC" + "0" * 32

CHROMIUM = Path("/usr/bin/chromium")
expect.set_options(timeout=20_000)  # a busy machine is slow, not wrong
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give a headless Chromium; where none is installed the test is skipped."""
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def rehearsal() -> Iterator[Rehearsal]:
    """Give the stand-in for both providers: it knows who got which SMS."""
    with Rehearsal() as running:
        yield running


@pytest.fixture
def configs(rehearsal: Rehearsal, tmp_path: Path) -> tuple[GatewayConfig, ...]:
    """Give one gateway of each kind."""
    return (
        GatewayConfig(
            "africastalking",
            "africastalking",
            Secrets({"path": "demo", "api_key": "demo"}),
            {"username": "demo", "charset": "ucs2", "base_url": rehearsal.url},
        ),
        GatewayConfig(
            "console",
            "console",
            Secrets({"path": "demo"}),
            {"outbox_path": str(tmp_path / "outbox.jsonl")},
        ),
        GatewayConfig(
            "twilio",
            "twilio",
            Secrets({"auth_token": "demo"}),
            {"account_sid": ACCOUNT, "sender": "DEMO", "base_url": rehearsal.url},
        ),
    )


@pytest.fixture
def gateways(configs: tuple[GatewayConfig, ...]) -> dict[str, Gateway]:
    """Give the real adapters, which decide whether a delivery is one of theirs."""
    return dict(build_gateways(configs, public_url="http://127.0.0.1:8000"))


@pytest.fixture
def clock(tmp_path: Path) -> SkippableClock:
    """Give a clock that the page may move."""
    return SkippableClock(tmp_path / "clock")


@pytest.fixture
def stub(
    configs: tuple[GatewayConfig, ...], gateways: dict[str, Gateway], clock: SkippableClock
) -> Iterator[Stub]:
    """Give the helpline, served."""
    stub = Stub()
    parts: Any = SimpleNamespace(gateways=gateways, clock=clock, short_code="*0000#")
    settings: Any = SimpleNamespace(gateways=configs, public_url="http://127.0.0.1:8000")
    stub.app.register_blueprint(create_blueprint(parts, settings))
    with serving(stub):
        yield stub


@pytest.fixture
def silent_port() -> Iterator[str]:
    """Give the address of somebody who takes calls and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@pytest.fixture
def closed_port() -> str:
    """Give the address of nobody."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return f"http://127.0.0.1:{listening.getsockname()[1]}"
