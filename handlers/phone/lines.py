"""The configured gateways as the phone on the page sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from handlers.phone.deliveries import Envelope, twilio_sms
from handlers.phone.dialling import AfricasTalkingCaller, Caller, ConsoleCaller

if TYPE_CHECKING:
    from collections.abc import Mapping

    from helpline.gateways.book import GatewayConfig
    from helpline.gateways.port import Gateway

CALLERS: Final[Mapping[str, type[Caller]]] = {
    each.kind: each for each in (AfricasTalkingCaller, ConsoleCaller)
}
"""The kinds of gateway that a phone can be dialled through."""


@dataclass(frozen=True, slots=True)
class Line:
    """One gateway, and the address it was told to deliver at."""

    config: GatewayConfig
    gateway: Gateway
    public_url: str

    @property
    def ussd(self) -> bool:
        """Whether the phone can dial through it."""
        return self.config.kind in CALLERS and self.gateway.capabilities.ussd

    @property
    def sms(self) -> bool:
        """Whether the phone can write through it."""
        return self.config.kind in {*CALLERS, "twilio"} and self.gateway.capabilities.sms

    @property
    def shown(self) -> dict[str, object]:
        """What the page must know to play this gateway."""
        return {
            "name": self.config.name,
            "kind": self.config.kind,
            "hooks": self._hooks,
            "charset": self.gateway.capabilities.charset.value,
            "ussd": self.ussd,
            "sms": self.sms,
        }

    def text(self, number: str, to: str, text: str) -> Envelope:
        """An SMS to the helpline as this gateway delivers it, signed where it signs."""
        if self.config.kind == "twilio":
            return twilio_sms(
                self._hooks,
                str(self.config.options["account_sid"]),
                self.config.secrets["auth_token"],
                public_url=self.public_url,
                number=number,
                to=_digits(to),
                text=text,
            )
        caller = CALLERS[self.config.kind](
            "",
            secret=self.config.secrets["path"],
            gateway=self.config.name,
            number=number,
            short_code=to,
        )
        return caller.sms(text)

    @property
    def _hooks(self) -> str:
        secret = self.config.secrets.get("path")
        return f"/hooks/{self.config.name}/{secret}" if secret else f"/hooks/{self.config.name}"


def _digits(code: str) -> str:
    return "".join(each for each in code if each.isdigit())
