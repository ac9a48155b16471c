"""Secrets in the address: nothing but the current or the previous one opens the door."""

import ast
from pathlib import Path

import pytest

import helpline.gateways
from helpline.gateways.africastalking import AfricasTalking
from helpline.gateways.africastalking import Options as AfricasTalkingOptions
from helpline.gateways.console import Console
from helpline.gateways.console import Options as ConsoleOptions
from helpline.gateways.port import Forbidden, HookRequest, Kind, Secrets

SECRET = "vE7rYs4kQ2nT9wLx3ZpB6uHd"
PREVIOUS = "aB8cD2eF5gH7jK9mN3pQ6rS4"


def request(body: bytes = b"", **headers: str) -> HookRequest:
    form = "application/x-www-form-urlencoded"
    return HookRequest(Kind.USSD, form, body, "https://helpline.example/hooks/x", headers)


def gateways(**secrets: str):
    yield AfricasTalking("africastalking", Secrets(secrets), AfricasTalkingOptions())
    yield Console("console", Secrets(secrets), ConsoleOptions())


WRONG = [
    None,
    "",
    " ",
    SECRET[:-1],
    SECRET[1:],
    SECRET + "x",
    SECRET + " ",
    SECRET + "\n",
    SECRET + "\0",
    SECRET.lower(),
    SECRET.upper(),
    SECRET[::-1],
    SECRET + SECRET,
    SECRET + PREVIOUS,
    "x" * len(SECRET),
    "other-gateway-path-secret",
    SECRET.replace("E", "Е"),
    SECRET.encode().decode("utf-16-le", "replace"),
    "\ud800",
    SECRET[:-1] + "\udc00",
    "সিক্রেট",
    "../" + SECRET,
    "%" + SECRET,
    "x" * 100_000,
]


@pytest.mark.parametrize("given", WRONG, ids=range(len(WRONG)))
def test_a_wrong_secret_is_forbidden(given):
    for gateway in gateways(path=SECRET, path_previous=PREVIOUS):
        with pytest.raises(Forbidden):
            gateway.admit(request(), given)


def test_the_current_and_the_previous_secret_open_the_door():
    for gateway in gateways(path=SECRET, path_previous=PREVIOUS):
        gateway.admit(request(), SECRET)
        gateway.admit(request(), PREVIOUS)


def test_the_previous_secret_is_wrong_once_the_rotation_is_over():
    for gateway in gateways(path=SECRET):
        with pytest.raises(Forbidden):
            gateway.admit(request(), PREVIOUS)


@pytest.mark.parametrize("secrets", [{}, {"path": ""}, {"path": "", "path_previous": ""}])
@pytest.mark.parametrize("given", [None, "", "x"])
def test_without_a_configured_secret_nothing_passes(secrets, given):
    for gateway in gateways(**secrets):
        with pytest.raises(Forbidden):
            gateway.admit(request(), given)


def test_the_secret_counts_in_the_address_only():
    elsewhere = request(f"secret={SECRET}".encode(), Authorization=SECRET, secret=SECRET)
    for gateway in gateways(path=SECRET):
        with pytest.raises(Forbidden):
            gateway.admit(elsewhere, None)


def test_the_refusal_and_the_gateway_do_not_show_a_secret():
    for gateway in gateways(path=SECRET, api_key=SECRET):
        with pytest.raises(Forbidden) as caught:
            gateway.admit(request(), "wrong-guess")
        assert "wrong-guess" not in str(caught.value)
        assert SECRET not in repr(gateway) + repr(vars(gateway))


def test_no_gateway_compares_a_secret_with_an_equals_sign():
    """A static check: `==` on anything named after a secret, a token, a key or a signature."""
    telling = ("secret", "token", "api_key", "signature", "password")
    for file in Path(helpline.gateways.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Compare) and any(
                isinstance(each, (ast.Eq, ast.NotEq, ast.In, ast.NotIn)) for each in node.ops
            ):
                assert not any(word in ast.unparse(node).lower() for word in telling), file
