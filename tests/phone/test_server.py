"""What the simulator serves, and to whom."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask

from handlers.phone import create_blueprint
from handlers.phone.words import PAGE, TERMINAL
from helpline.clock import system_clock
from helpline.gateways.port import Outgoing

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from helpline.clock import SkippableClock
    from helpline.gateways.book import GatewayConfig
    from helpline.gateways.port import Gateway
    from helpline.gateways.rehearsal import Rehearsal
    from tests.phone.stub import Stub

PLACEHOLDER = re.compile(r"\{\w+\}")


@pytest.fixture
def client(stub: Stub) -> FlaskClient:
    return stub.app.test_client()


def test_the_page_allows_nothing_but_its_own_files(client: FlaskClient) -> None:
    answer = client.get("/phone")

    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<style|<script(?![^>]*src=)|\sstyle=|\son\w+=|https?://", answer.text)


def test_every_file_the_page_names_is_there(client: FlaskClient) -> None:
    files = re.findall(r'(?:src|href)="([^"]+)"', client.get("/phone").text)

    assert len(files) == 4
    for file in files:
        with client.get(file) as answer:
            assert answer.status_code == 200, file


@pytest.mark.parametrize(
    ("accepted", "language"), [("bn-BD,bn;q=0.9", "bn"), ("en-GB", "en"), ("fr", "en")]
)
def test_the_page_speaks_what_the_browser_asks_for(
    client: FlaskClient, accepted: str, language: str
) -> None:
    page = client.get("/phone", headers={"Accept-Language": accepted}).text

    assert f'<html lang="{language}">' in page
    assert PAGE["title"][0 if language == "bn" else 1] in page


def test_every_label_is_in_both_languages_with_the_same_placeholders() -> None:
    english, bangla = TERMINAL["en"], TERMINAL["bn"]
    assert english.keys() == bangla.keys()
    pairs = [*PAGE.values(), *((bangla[word], english[word]) for word in english)]
    for bn, en in pairs:
        assert bn
        assert en
        assert sorted(PLACEHOLDER.findall(bn)) == sorted(PLACEHOLDER.findall(en))


def test_a_number_sees_its_own_sms_from_every_gateway_in_order(
    client: FlaskClient, rehearsal: Rehearsal, gateways: dict[str, Gateway]
) -> None:
    rehearsal.take("twilio", "+8801300000001", "first")
    rehearsal.take("africastalking", "+8801300000002", "not hers")
    gateways["console"].send(
        [Outgoing("m1", "+8801300000001", "second"), Outgoing("m2", "+8801300000003", "not hers")]
    )

    answer = client.get("/phone/messages", query_string={"number": "+8801300000001"}).get_json()

    assert [(each["text"], each["gateway"]) for each in answer["messages"]] == [
        ("first", "twilio"),
        ("second", "console"),
    ]
    assert len({each["id"] for each in answer["messages"]}) == 2


def test_a_stand_in_that_is_away_means_no_sms_and_no_error(
    client: FlaskClient, rehearsal: Rehearsal
) -> None:
    rehearsal.close()

    answer = client.get("/phone/messages", query_string={"number": "+8801300000001"})

    assert answer.status_code == 200
    assert answer.get_json()["messages"] == []


@pytest.mark.parametrize("hours", ["0", "-1", "nan", "inf", "soon", "1e9", ""])
def test_the_clock_goes_forward_by_a_sensible_step_only(
    client: FlaskClient, clock: SkippableClock, hours: str
) -> None:
    before = clock()

    assert client.post("/phone/skip", data={"hours": hours}).status_code == 400
    assert (clock() - before).total_seconds() < 60


def test_the_clock_of_a_real_installation_is_not_touched(
    configs: tuple[GatewayConfig, ...], gateways: dict[str, Gateway]
) -> None:
    parts: Any = SimpleNamespace(gateways=gateways, clock=system_clock, short_code="*0000#")
    settings: Any = SimpleNamespace(gateways=configs, public_url="http://127.0.0.1:8000")
    app = Flask("plain")
    app.register_blueprint(create_blueprint(parts, settings))
    client = app.test_client()

    assert client.post("/phone/skip", data={"hours": "1"}).status_code == 404
    assert "data-hours" not in client.get("/phone").text


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("path", ["/phone/skip", "/phone/text"])
def test_another_site_cannot_use_the_phone(
    client: FlaskClient, clock: SkippableClock, path: str, site: str
) -> None:
    before = clock()
    answer = client.post(path, data={"hours": "1"}, headers={"Sec-Fetch-Site": site})

    assert answer.status_code == 403
    assert (clock() - before).total_seconds() < 60


@pytest.mark.parametrize(
    "change",
    [{"gateway": "nobody"}, {"number": "12"}, {"text": ""}, {"text": "x" * 1601}],
    ids=["gateway", "number", "no text", "too long"],
)
def test_an_sms_without_a_gateway_a_number_or_a_text_is_refused(
    client: FlaskClient, change: dict[str, str]
) -> None:
    form = {"gateway": "console", "number": "+8801300000001", "to": "*0000#", "text": "hi"}

    assert client.post("/phone/text", data=form).status_code == 200
    assert client.post("/phone/text", data={**form, **change}).status_code == 400
