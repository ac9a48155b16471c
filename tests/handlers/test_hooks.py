"""Webhooks: who is let in, what is answered, and what never happens."""

from __future__ import annotations

import io
import os
import signal
import socket
import sqlite3
import time
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select, text
from twilio.request_validator import RequestValidator

from handlers.app import HEADERS, create_app
from handlers.hooks.requests import LARGEST_BODY
from helpline import logs
from helpline.store.migrate import upgrade
from helpline.store.tables import Inbox
from tests.servers import Postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from helpline.service.parts import Parts
    from helpline.settings import Settings
    from helpline.store.database import Database
    from tests.handlers.conftest import Build, MakeClient

SHIRIN = "+8801300000001"
FORM = "application/x-www-form-urlencoded"
USSD = "/hooks/africastalking/demo/ussd"
BUSY_END = "END দুঃখিত"


def dial(**changed: str) -> dict[str, str]:
    return {"sessionId": "s-1", "phoneNumber": SHIRIN, "text": "", **changed}


DELIVERIES = {
    "ussd": dial(),
    "sms": {"id": "m-1", "from": SHIRIN, "to": "0000", "text": "help"},
    "receipt": {"id": "x-1", "status": "Success", "phoneNumber": SHIRIN},
    "opt-out": {"senderId": "DEMO", "phoneNumber": SHIRIN},
    "session-end": {"sessionId": "s-1", "status": "Success", "input": "1*2"},
}


def test_a_dialled_code_gets_the_first_screen(client: FlaskClient) -> None:
    answer = client.post(USSD, data=dial())
    assert answer.status_code == 200
    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.text.startswith("CON প্রবাসফেরতদের সেবা")


@pytest.mark.parametrize("kind", DELIVERIES)
def test_every_kind_of_delivery_is_acknowledged(client: FlaskClient, kind: str) -> None:
    answer = client.post(f"/hooks/africastalking/demo/{kind}", data=DELIVERIES[kind])
    assert answer.status_code == 200


def test_a_delivery_that_comes_twice_gets_the_same_answer(
    client: FlaskClient, database: Database
) -> None:
    first, second = (client.post(USSD, data=dial()) for _ in range(2))
    assert first.text == second.text
    with database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(Inbox)) == 1


def test_a_signed_sms_is_taken_whatever_host_the_request_names(client: FlaskClient) -> None:
    form = {
        "AccountSid": "AC" + "0" * 32,
        "MessageSid": "SM" + "1" * 32,
        "From": SHIRIN,
        "To": "+15005550006",
        "Body": "hello",
    }
    told = "http://127.0.0.1:8000/hooks/twilio/sms"
    answer = client.post(
        "/hooks/twilio/sms",
        data=form,
        headers={
            "Host": "evil.example",
            "X-Forwarded-Host": "evil.example",
            "X-Forwarded-Proto": "https",
            "X-Twilio-Signature": RequestValidator("demo").compute_signature(told, form),
        },
    )
    assert (answer.status_code, answer.mimetype) == (200, "text/xml")


@pytest.mark.parametrize(
    "path",
    [
        "/hooks/africastalking/wrong/ussd",
        "/hooks/africastalking/dem/ussd",
        "/hooks/africastalking/demo2/ussd",
        "/hooks/africastalking/DEMO/ussd",
        "/hooks/africastalking/%00/ussd",
        "/hooks/africastalking/%ff/ussd",
        "/hooks/africastalking/ussd",
        "/hooks/twilio/sms",
        "/hooks/twilio/demo/sms",
    ],
)
def test_without_its_proof_nothing_is_believed_and_no_database_is_asked(
    lost_client: FlaskClient, path: str
) -> None:
    answer = lost_client.post(path, data=dial())
    assert answer.status_code == 403
    assert answer.text.count("\n") == 1


def test_a_stranger_is_refused_before_a_body_is_read(lost_client: FlaskClient) -> None:
    class Unread:
        def read(self, _size: int = -1) -> bytes:
            raise AssertionError("nobody should wait for this")

    answer = lost_client.post(
        "/hooks/africastalking/wrong/ussd",
        content_type=FORM,
        environ_overrides={"wsgi.input": Unread(), "CONTENT_LENGTH": "100"},
    )
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/hooks/nobody/demo/ussd",
        "/hooks/africastalking/demo/voice",
        "/hooks/africastalking/demo/USSD",
        "/hooks/twilio/ussd",
        "/hooks/africastalking/demo/ussd/",
        "//hooks/africastalking/demo/ussd",
        "/hooks/africastalking//ussd",
        "/hooks/africastalking/demo/x/ussd",
    ],
)
def test_an_unknown_gateway_or_kind_is_not_there(lost_client: FlaskClient, path: str) -> None:
    assert lost_client.post(path, data=dial()).status_code == 404


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("path", [USSD, "/hooks/twilio/sms"])
def test_only_post_delivers(lost_client: FlaskClient, path: str, method: str) -> None:
    answer = lost_client.open(
        path, method=method, headers={"X-HTTP-Method-Override": "POST"}, data=dial()
    )
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"


@pytest.mark.parametrize("secret", ["demo", "wrong"])
def test_a_body_that_is_declared_too_large_is_refused_at_once(
    lost_client: FlaskClient, secret: str
) -> None:
    path = f"/hooks/africastalking/{secret}/ussd"
    answer = lost_client.post(path, data=b"x" * (LARGEST_BODY + 1), content_type=FORM)
    assert answer.status_code == 413


def test_a_body_without_a_length_is_refused_where_it_becomes_too_large(
    lost_client: FlaskClient,
) -> None:
    answer = lost_client.post(
        USSD,
        input_stream=io.BytesIO(b"x" * (LARGEST_BODY + 1)),
        content_type=FORM,
        headers={"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    )
    assert answer.status_code == 413


@pytest.mark.parametrize("length", ["-1", "1e3", "৫", "99999999999999999999"])
def test_a_length_that_is_none_is_refused(lost_client: FlaskClient, length: str) -> None:
    answer = lost_client.post(USSD, environ_overrides={"CONTENT_LENGTH": length})
    assert answer.status_code == 413


MALFORMED = [
    b"",
    b"sessionId=s-1",
    b"sessionId=s-1&phoneNumber=rahima&text=",
    b"sessionId=s-1&phoneNumber=%2B8801300000001&text=%ff",
    b"sessionId=s-1&phoneNumber=%2B8801300000001&text=%00",
    b"sessionId=s-1&sessionId=s-2&phoneNumber=%2B8801300000001&text=",
    b"&".join(b"f%d=rahima" % number for number in range(65)),
    b"x" * LARGEST_BODY,
]


@pytest.mark.parametrize("body", MALFORMED)
def test_what_cannot_be_understood_is_refused_in_one_line_that_repeats_nothing(
    lost_client: FlaskClient, body: bytes
) -> None:
    answer = lost_client.post(USSD, data=body, content_type=FORM)
    assert answer.status_code == 400
    assert answer.text.count("\n") == 1
    assert "rahima" not in answer.text
    assert "880" not in answer.text


def test_without_its_database_a_caller_gets_a_number_to_call(lost_client: FlaskClient) -> None:
    answer = lost_client.post(USSD, data=dial())
    assert answer.status_code == 200
    assert answer.text.startswith(BUSY_END)
    assert "16135" in answer.text


def test_a_number_that_is_no_longer_current_is_not_shown(
    make_client: MakeClient, lost_parts: Parts
) -> None:
    without = make_client(replace(lost_parts, hotlines=tuple))
    answer = without.post(USSD, data=dial())
    assert answer.text.startswith(BUSY_END)
    assert "16135" not in answer.text


@pytest.mark.parametrize("kind", ["sms", "receipt", "opt-out", "session-end"])
def test_what_cannot_be_written_down_is_asked_for_again(
    lost_client: FlaskClient, kind: str
) -> None:
    answer = lost_client.post(f"/hooks/africastalking/demo/{kind}", data=DELIVERIES[kind])
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0


def test_a_fault_of_ours_still_gives_the_caller_a_number(
    make_client: MakeClient, parts: Parts
) -> None:
    broken: Any = replace(parts, book=None)
    answer = make_client(broken).post(USSD, data=dial())
    assert answer.status_code == 200
    assert answer.text.startswith(BUSY_END)


def test_a_fault_of_ours_is_one_line_that_tells_nothing(
    make_client: MakeClient, parts: Parts
) -> None:
    broken: Any = replace(parts, book=None)
    answer = make_client(broken).post("/hooks/africastalking/demo/sms", data=DELIVERIES["sms"])
    assert answer.status_code == 500
    assert answer.text == "internal server error\n"


@contextmanager
def silent_server() -> Iterator[int]:
    """A port where connections are taken in and nothing is ever said."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def test_a_database_that_takes_connections_and_says_nothing_holds_no_caller_up(
    make_client: MakeClient, build: Build
) -> None:
    with silent_server() as port:
        url = f"postgresql://nobody@127.0.0.1:{port}/nothing"
        assert_busy_in_time(make_client(build(url)))


def test_a_database_that_stops_in_mid_conversation_holds_no_caller_up(
    make_client: MakeClient, build: Build
) -> None:
    with closing(Postgres()) as server:
        upgrade(server.url)
        parts = build(server.url)
        client = make_client(parts)
        assert client.post(USSD, data=dial()).text.startswith("CON")
        with parts.database.reading() as connection:
            backend = connection.scalar(text("SELECT pg_backend_pid()"))
        for process in (server.pid, backend):
            os.kill(process, signal.SIGSTOP)
        try:
            assert_busy_in_time(client)
        finally:
            for process in (backend, server.pid):
                os.kill(process, signal.SIGCONT)
        time.sleep(4)  # as long as a silent server is left alone
        assert client.post(USSD, data=dial(sessionId="s-2")).text.startswith("CON")


def test_a_writer_who_does_not_finish_holds_no_caller_up(
    make_client: MakeClient, build: Build, sqlite_url: str
) -> None:
    path = sqlite_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert_busy_in_time(make_client(build(sqlite_url)))


def assert_busy_in_time(client: FlaskClient) -> None:
    began = time.monotonic()
    answer = client.post(USSD, data=dial(sessionId="s-9"))
    assert time.monotonic() - began < 4
    assert answer.text.startswith(BUSY_END)


def every_kind_of_answer(client: FlaskClient) -> dict[int, TestResponse]:
    answers = (
        client.post(USSD, data=dial()),
        client.post(USSD, data=b"", content_type=FORM),
        client.post("/hooks/africastalking/wrong/ussd"),
        client.post("/hooks/nobody/demo/ussd"),
        client.get(USSD),
        client.post(USSD, data=b"x" * (LARGEST_BODY + 1)),
        client.get("/nowhere"),
    )
    return {answer.status_code: answer for answer in answers}


def test_every_answer_carries_the_security_headers(client: FlaskClient) -> None:
    answers = every_kind_of_answer(client)
    assert set(answers) == {200, 400, 403, 404, 405, 413}
    for answer in answers.values():
        assert {name: answer.headers.get(name) for name in HEADERS} == dict(HEADERS)
        assert "Strict-Transport-Security" not in answer.headers


def test_over_https_browsers_are_told_to_stay_there(settings: Settings, lost_parts: Parts) -> None:
    secure = replace(settings, public_url="https://helpline.example")
    answer = create_app(lost_parts, secure).test_client().get("/healthz")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def test_a_log_line_holds_the_route_and_nothing_of_the_request(
    client: FlaskClient, capfd: pytest.CaptureFixture[str]
) -> None:
    logs.configure("INFO", role="web")
    try:
        client.post(f"{USSD}?{urlencode({'key': 'demo-query'})}", data=dial(text="rahima"))
        client.post("/hooks/africastalking/not-the-secret/ussd", data=dial())
        client.get("/hooks/africastalking/demo/ussd")
    finally:
        logs.reset()
    lines = capfd.readouterr().out
    assert lines.count('"event": "served"') == 3
    assert '"route": "/hooks/<gateway>/<secret>/<kind>", "gateway": "africastalking"' in lines
    for private in ("demo", "not-the-secret", "rahima", SHIRIN, "1300000001"):
        assert private not in lines
