"""Gateways at a fake that speaks the real protocol on this machine."""

import socket
from collections.abc import Callable, Iterator

import pytest

from helpline.gateways.africastalking import AfricasTalking
from helpline.gateways.africastalking import Options as AfricasTalkingOptions
from helpline.gateways.port import Secrets
from helpline.gateways.twilio import Options as TwilioOptions
from helpline.gateways.twilio import Twilio
from tests.fakes.africastalking_fake import AfricasTalkingFake
from tests.fakes.twilio_fake import ACCOUNT, TOKEN, TwilioFake

PUBLIC_URL = "https://helpline.example"


@pytest.fixture
def africastalking_fake() -> Iterator[AfricasTalkingFake]:
    with AfricasTalkingFake() as fake:
        yield fake


@pytest.fixture
def twilio_fake() -> Iterator[TwilioFake]:
    with TwilioFake() as fake:
        yield fake


@pytest.fixture
def deaf_address() -> Iterator[str]:
    """A port whose connections are never taken: its queue is full."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        yield f"http://127.0.0.1:{full.getsockname()[1]}"
        for filler in fillers:
            filler.close()


@pytest.fixture
def make_africastalking() -> Iterator[Callable[..., AfricasTalking]]:
    made = []

    def make(base_url: str = "", api_key: str = "key", **options) -> AfricasTalking:
        gateway = AfricasTalking(
            "africastalking",
            Secrets({"path": "the-path-secret", "api_key": api_key}),
            AfricasTalkingOptions(username="sandbox", base_url=base_url, **options),
        )
        made.append(gateway)
        return gateway

    yield make
    for gateway in made:
        gateway.close()


@pytest.fixture
def make_twilio() -> Iterator[Callable[..., Twilio]]:
    made = []

    def make(base_url: str = "", public_url: str = PUBLIC_URL, **options) -> Twilio:
        token = options.pop("token", TOKEN)
        extra = options.pop("secrets", {})
        gateway = Twilio(
            "twilio",
            Secrets({"auth_token": token, **extra}),
            TwilioOptions(
                **({"account_sid": ACCOUNT, "base_url": base_url, "sender": "HELPLINE"} | options)
            ),
            public_url=public_url,
        )
        made.append(gateway)
        return gateway

    yield make
    for gateway in made:
        gateway.close()
