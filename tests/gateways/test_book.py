"""Gateways from a configuration, and one line for each thing that is wrong with it."""

import subprocess
import sys

import pytest

from helpline.gateways.africastalking import AfricasTalking
from helpline.gateways.book import GatewayConfig, build_gateways, problems, weak
from helpline.gateways.console import Console
from helpline.gateways.port import Charset, Secrets
from helpline.gateways.twilio import Twilio

GOOD = "vE7rYs4kQ2nT9wLx3ZpB6uHd"
ACCOUNT = "AC" + "0" * 32


def africastalking(secrets: dict[str, str] | None = None, **options) -> GatewayConfig:
    chosen = {"api_key": GOOD, "path": GOOD[::-1]} | (secrets or {})
    return GatewayConfig(
        "africastalking", "africastalking", Secrets(chosen), {"username": "us"} | options
    )


def twilio(secrets: dict[str, str] | None = None, **options) -> GatewayConfig:
    chosen = {"auth_token": "4d5a1f0c9b8e7d6c5b4a39281706f5e4"} | (secrets or {})
    settings = {"account_sid": ACCOUNT, "sender": "HELPLINE"} | options
    return GatewayConfig("twilio", "twilio", Secrets(chosen), settings)


def console(secrets: dict[str, str] | None = None, **options) -> GatewayConfig:
    chosen = {"path": GOOD} | (secrets or {})
    return GatewayConfig(
        "console", "console", Secrets(chosen), {"outbox_path": "/tmp/outbox"} | options
    )


def found(config: GatewayConfig, public_url: str = "https://helpline.example", **more) -> list[str]:
    return problems(config, public_url=public_url, **more)


def test_each_kind_is_built_under_its_name():
    configs = [africastalking(charset="ucs2", connect_seconds=2), twilio(), console()]
    gateways = build_gateways(configs, public_url="https://helpline.example")
    assert list(gateways) == ["africastalking", "twilio", "console"]
    assert [type(gateway) for gateway in gateways.values()] == [AfricasTalking, Twilio, Console]
    assert [gateway.name for gateway in gateways.values()] == list(gateways)
    assert gateways["africastalking"].capabilities.charset is Charset.UCS2


def test_a_good_configuration_has_no_problems():
    assert not found(africastalking()) + found(twilio()) + found(console())
    assert not found(twilio(sender="", messaging_service_sid="MG1", content_retention=""))
    assert not found(africastalking(base_url="http://127.0.0.1:9", sender="12345"))


def test_the_demo_may_have_short_secrets_but_must_have_them():
    demo = twilio({"auth_token": "demo"})
    assert found(demo) == ["gateway twilio: secret auth_token is not one"]
    assert not found(demo, public_url="http://127.0.0.1:8000", demo=True)
    assert not found(africastalking({"path": "demo", "api_key": "demo"}), demo=True)
    assert found(africastalking({"path": ""}), demo=True)


@pytest.mark.parametrize(
    ("config", "line"),
    [
        (GatewayConfig("x", "fax"), "the kind must be one of africastalking, twilio, console"),
        (GatewayConfig("A b", "console"), "the name must be lower-case letters"),
        (africastalking({"path": ""}), "secret path is missing"),
        (africastalking({"path": "demo"}), "secret path is weak"),
        (africastalking({"path": "a" * 40}), "secret path is weak"),
        (africastalking({"path": "change-me-please-change-me"}), "secret path is weak"),
        (africastalking({"path_previous": "short"}), "secret path_previous is weak"),
        (africastalking({"api_key": ""}), "secret api_key is missing"),
        (africastalking({"api_key": "your-api-key-comes-here"}), "secret api_key is not one"),
        (africastalking(username=""), "username is missing"),
        (africastalking(sender="A sender that is too long"), "sender is neither"),
        (africastalking(base_url="http://gateway.example"), "base_url must be https"),
        (africastalking(base_url="ftp://gateway.example"), "base_url is not an http address"),
        (africastalking(base_url="https://[::1"), "base_url is not an address"),
        (africastalking(base_url="https://u:p@gateway.example"), "base_url must not hold a user"),
        (africastalking(read_seconds=0), "connect_seconds must be within 10"),
        (africastalking(usrname="x"), "options: Object contains unknown field `usrname`"),
        (africastalking(enqueue="yes"), "options: Expected `bool`, got `str` - at `$.enqueue`"),
        (africastalking(charset="bangla"), "options: Invalid enum value 'bangla'"),
        (twilio({"auth_token": ""}), "secret auth_token is missing"),
        (twilio({"signing_key": "x" * 30}), "secret signing_key is not one"),
        (twilio(account_sid="AC1"), "account_sid is not AC and 32 hexadecimal digits"),
        (twilio(sender=""), "set either sender or messaging_service_sid"),
        (twilio(messaging_service_sid="MG1"), "set either sender or messaging_service_sid"),
        (twilio(content_retention="keep"), "content_retention is neither discard nor retain"),
        (console(outbox_path=""), "outbox_path is missing"),
        (console({"path": ""}), "secret path is missing"),
    ],
)
def test_each_mistake_has_its_line(config, line):
    lines = found(config)
    assert any(each.startswith(f"gateway {config.name}: {line}") for each in lines), lines
    assert all("\n" not in each for each in lines)


@pytest.mark.parametrize(
    ("public_url", "line"),
    [
        ("", "HELPLINE_PUBLIC_URL is missing"),
        ("http://helpline.example", "HELPLINE_PUBLIC_URL must be https"),
        ("https://u:p@helpline.example", "HELPLINE_PUBLIC_URL must not hold a user"),
        ("https://helpline.example?x=1", "HELPLINE_PUBLIC_URL must not hold a user, a query"),
    ],
)
def test_twilio_needs_a_public_address(public_url, line):
    (problem,) = found(twilio(), public_url)
    assert problem.startswith(f"gateway twilio: {line}")


def test_no_line_shows_a_secret():
    secrets = {"path": "short-canary", "api_key": "canary"}
    lines = found(africastalking(secrets, username="", base_url="https://canary:canary@x"))
    assert lines
    assert "canary" not in " ".join(lines)
    assert "canary" not in repr(africastalking(secrets))


@pytest.mark.parametrize(
    "configs",
    [
        [GatewayConfig("x", "fax")],
        [africastalking(nonsense=1)],
        [console(), console()],
    ],
)
def test_what_cannot_be_built_is_refused_with_one_line(configs):
    with pytest.raises(ValueError, match=r"^gateway \w+: [^\n]+$"):
        build_gateways(configs)


def test_weak_secrets():
    assert not weak(GOOD)
    assert weak("")
    assert weak(GOOD[:23])
    assert weak("abababababababababababababab")
    assert weak("Secret" + GOOD)


def test_a_web_process_does_not_load_the_sdks():
    """They take 0.1 to 0.6 s and tens of megabytes, and only a worker sends."""
    code = (
        "import sys; import helpline.gateways.book, helpline.gateways.rehearsal;"
        "print([m for m in ('requests', 'urllib3', 'africastalking', 'twilio.rest', 'aiohttp')"
        " if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
