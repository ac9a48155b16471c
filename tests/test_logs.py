"""Log lines: one JSON object each, and nothing in them about a person."""

from __future__ import annotations

import json
import logging
import re
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpline import logs

if TYPE_CHECKING:
    from collections.abc import Iterator

NUMBERS = [
    "+8801712345678",
    "8801712345678",
    "01712-345678",
    "+880 1712 345 678",
    "(0171) 2345678",
    "০১৭১২৩৪৫৬৭৮",
    "+966 50 123 4567",
]


@pytest.fixture(autouse=True)
def _configured() -> Iterator[None]:
    logs.configure("INFO", role="web")
    yield
    logs.reset()


def lines(capfd: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capfd.readouterr().out.splitlines()]


def test_a_line_says_when_who_and_what(capfd: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger().warning("busy", gateway="africastalking", count=3)
    [line] = lines(capfd)
    assert line.pop("at").endswith("+00:00")
    assert line == {
        "role": "web",
        "level": "warning",
        "event": "busy",
        "gateway": "africastalking",
        "count": 3,
    }


@pytest.mark.parametrize("number", NUMBERS)
def test_what_looks_like_a_phone_number_is_masked(
    capfd: pytest.CaptureFixture[str], number: str
) -> None:
    structlog.get_logger().info(f"call {number} now", why=f"from {number}.")
    logging.getLogger("some.library").error("%s did not answer", number)
    structlog.get_logger().info("called", count=8801712345678)
    text = capfd.readouterr().out
    assert text.count("***") == 4
    assert not re.search(r"\d{6}", re.sub(r'"at": "[^"]*"', "", text))


def test_identifiers_are_kept(capfd: pytest.CaptureFixture[str]) -> None:
    ident = "0199c1d2e3f4a5b6c7d8e9f0a1b2c3d4"
    structlog.get_logger().info("sent", id=ident)
    assert lines(capfd)[0]["id"] == ident


def test_a_field_that_is_not_listed_is_masked(capfd: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger().info("registered", caller="Rahima", pin="4721")
    [line] = lines(capfd)
    assert (line["caller"], line["pin"]) == ("***", "***")


def test_a_library_may_add_listed_fields_only(capfd: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("a.library").error("failed", extra={"arguments": ["Rahima"], "queue": "send"})
    [line] = lines(capfd)
    assert line["queue"] == "send"
    assert "Rahima" not in str(line)


@pytest.mark.parametrize("standard", [True, False])
def test_of_an_exception_the_kind_and_the_places_are_kept(
    capfd: pytest.CaptureFixture[str], *, standard: bool
) -> None:
    logger: Any = logging.getLogger("ours") if standard else structlog.get_logger()
    try:
        int("Rahima, +8801712345678")
    except ValueError:
        logger.exception("it failed")
    [line] = lines(capfd)
    assert line["error"] == "ValueError"
    assert line["where"].startswith("test_logs.py:")
    assert "Rahima" not in str(line)


def test_the_last_line_of_a_process_that_dies_holds_no_message(
    capfd: pytest.CaptureFixture[str],
) -> None:
    import sys  # noqa: PLC0415  its hook is looked at, not the module

    error = ValueError("Rahima")
    sys.excepthook(ValueError, error, None)
    [line] = lines(capfd)
    assert (line["event"], line["error"]) == ("died", "ValueError")
    assert "Rahima" not in str(line)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(st.text())
def test_whatever_is_logged_stays_on_one_line_of_ascii(
    capfd: pytest.CaptureFixture[str], text: str
) -> None:
    structlog.get_logger().info(text, why=text)
    logging.getLogger("a.library").warning(text.replace("%", ""))
    written = capfd.readouterr().out
    assert written.isascii()
    assert written.count("\n") == 2
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", written)
    for line in written.splitlines():
        json.loads(line)


def test_arguments_that_do_not_fit_stop_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    alone = logging.getLogger("a.library.alone")  # pytest's own handlers would raise
    alone.propagate = False
    alone.handlers[:] = logging.getLogger().handlers[:1]
    alone.error("%d", "Rahima")
    assert "Rahima" not in capfd.readouterr().out


def test_a_served_request_is_a_line_like_any_other(capfd: pytest.CaptureFixture[str]) -> None:
    logs.served("/hooks/<gateway>/<kind>", "twilio", "sms", 200, 3.14159, "abcdef012345")
    [line] = lines(capfd)
    assert line.pop("at")
    assert line == {
        "role": "web",
        "event": "served",
        "level": "info",
        "route": "/hooks/<gateway>/<kind>",
        "gateway": "twilio",
        "kind": "sms",
        "status": 200,
        "ms": 3.1,
        "request": "abcdef012345",
    }
    assert set(line) <= logs.FIELDS | {"role"}


def test_below_the_level_nothing_is_written(capfd: pytest.CaptureFixture[str]) -> None:
    logs.configure("ERROR", role="web")
    structlog.get_logger().info("quiet")
    logging.getLogger("a.library").warning("quiet")
    logs.served("/healthz", "", "", 200, 0.1, "abcdef012345")
    assert capfd.readouterr().out == ""
