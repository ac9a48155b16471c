"""What a caller sees when the record cannot be reached: one last screen, ready without it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from helpline.cases.texts import BUSY, BUSY_WITHOUT_NUMBER
from helpline.flow.layout import fill_in
from helpline.flow.lettering import compose
from helpline.gateways.port import Charset
from helpline.i18n import translator

if TYPE_CHECKING:
    from collections.abc import Iterable

    from helpline.cases.hotlines import Hotline
    from helpline.gateways.port import Gateway

FREE_LINE: Final = "probash_bondhu"
"""The line to call instead: for returnees, free, at all hours."""


def busy(gateway: Gateway, hotlines: Iterable[Hotline], language: str) -> str:
    """The screen in the rendering this gateway carries; with the number while it is current."""
    if language != "en":
        language = "bn" if gateway.capabilities.charset is Charset.UCS2 else "bn_Latn"
    line = next((line.number for line in hotlines if line.key == FREE_LINE), "")
    text = translator(language)(BUSY if line else BUSY_WITHOUT_NUMBER)
    return compose(fill_in(text, {"line": line}, language))
