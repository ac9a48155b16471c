"""The served application over real sockets: what strangers and broken links can do to it."""

from __future__ import annotations

import socket
import time
from contextlib import ExitStack, closing, suppress
from typing import TYPE_CHECKING

import pytest

from handlers.app import HEADERS
from handlers.bridge import BODY_SECONDS
from handlers.hooks.requests import LARGEST_BODY
from tests.workers.conftest import Process, answers, free_port, until

if TYPE_CHECKING:
    from collections.abc import Iterator

FORM = "application/x-www-form-urlencoded"
PATH = "/hooks/africastalking/demo/ussd"
BODY = b"sessionId=s-1&phoneNumber=%2B8801300000001&text="


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A web process of the demo, alone, on this port."""
    folder, chosen = tmp_path_factory.mktemp("served"), free_port()
    with ExitStack() as started:

        def start(*arguments: str) -> Process:
            process = Process(
                *arguments,
                folder=folder / "data",
                log=folder / f"{arguments[0]}.log",
                environment={"PORT": str(chosen), "WEB_CONCURRENCY": "1"},
            )
            started.callback(process.end)
            return process

        assert start("migrate").status() == 0
        start("web")
        until(lambda: answers(chosen), "it to be ready")
        yield chosen


def talk(port: int, head: str, body: bytes = b"", *, ended: bool = False) -> bytes:
    """Send a request as it is and give all that comes back."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=10)) as connection:
        connection.sendall(f"{head}\r\nHost: x\r\nConnection: close\r\n\r\n".encode() + body)
        if ended:
            connection.shutdown(socket.SHUT_WR)
        heard = b""
        with suppress(ConnectionResetError):
            while part := connection.recv(65536):
                heard += part
        return heard


def post(length: int, path: str = PATH) -> str:
    return f"POST {path} HTTP/1.1\r\nContent-Type: {FORM}\r\nContent-Length: {length}"


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def test_a_key_press_is_answered(port: int) -> None:
    answer = talk(port, post(len(BODY)), BODY)
    assert status(answer) == 200
    assert "CON প্রবাসফেরতদের সেবা" in answer.decode()


def test_many_bodies_that_never_come_hold_nobody_up(port: int) -> None:
    with ExitStack() as opened:
        for _ in range(50):
            waiting = socket.create_connection(("127.0.0.1", port))
            opened.callback(waiting.close)
            waiting.sendall(f"{post(100)}\r\nHost: x\r\n\r\nsess".encode())
        time.sleep(0.2)
        began = time.monotonic()
        assert status(talk(port, post(len(BODY)), BODY)) == 200
        assert time.monotonic() - began < 1


def test_a_body_that_does_not_come_is_waited_for_in_vain_and_not_for_long(port: int) -> None:
    began = time.monotonic()
    answer = talk(port, post(100), b"sessionId=")
    assert status(answer) == 408
    assert BODY_SECONDS - 0.5 < time.monotonic() - began < BODY_SECONDS + 2
    for name in HEADERS:
        assert f"{name.lower()}:" in answer.decode().lower()


@pytest.mark.parametrize("missing", [1, 12])
def test_a_body_that_breaks_off_is_not_taken_for_a_shorter_one(port: int, missing: int) -> None:
    answer = talk(port, post(len(BODY) + missing), BODY, ended=True)
    assert not answer or status(answer) >= 400


def test_a_body_without_a_length_is_refused(port: int) -> None:
    head = f"POST {PATH} HTTP/1.1\r\nContent-Type: {FORM}\r\nTransfer-Encoding: chunked"
    chunk = f"{len(BODY):x}\r\n".encode() + BODY + b"\r\n0\r\n\r\n"
    assert status(talk(port, head, chunk)) == 411


def test_a_body_that_is_too_long_is_refused_unread(port: int) -> None:
    assert status(talk(port, post(LARGEST_BODY + 1), b"x")) == 413
    assert status(talk(port, post(10**12), b"x")) == 413


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/hooks/africastalking/%E0%A6%95/ussd", 403),
        ("/hooks/africastalking/%ff%fe/ussd", 403),
        ("/hooks/africastalking/demo%2fussd", 200),
        ("/hooks/africastalking/%64emo/ussd", 200),
        ("/hooks/../hooks/africastalking/demo/ussd", 404),
        (f"{PATH}?x=%ff", 200),
        (f"/{'a' * 4000}", 404),
    ],
)
def test_whatever_the_path_there_is_an_answer(port: int, path: str, expected: int) -> None:
    assert status(talk(port, post(len(BODY), path), BODY)) == expected


def test_a_header_with_an_underscore_does_not_pass_for_another(port: int) -> None:
    head = "GET /metrics HTTP/1.1\r\nX_Forwarded_For: 203.0.113.7"
    assert status(talk(port, head)) == 200
    assert status(talk(port, head.replace("_", "-"))) == 403


def test_a_head_request_gets_the_headers_only(port: int) -> None:
    answer = talk(port, "HEAD /healthz HTTP/1.1")
    assert status(answer) == 200
    assert answer.endswith(b"\r\n\r\n")
