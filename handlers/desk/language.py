"""The words of the desk, in Bangla and English: one catalogue for each room, read once."""

from __future__ import annotations

import gettext
import io
from functools import cache
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from helpline.i18n import folder

LANGUAGES: Final = ("bn", "en")


def _(text: str) -> str:
    """Mark `text` for translation; it is looked up when a page is made."""
    return text


def translated(language: str, text: str) -> str:
    """A text in the language of a page; in English as it stands."""
    if language == "en" or not text:
        return text
    for room in _rooms(language):
        found = room.gettext(text)
        if found != text:
            return found
    return text


@cache
def _rooms(language: str) -> tuple[gettext.GNUTranslations, ...]:
    return tuple(
        _catalogue(str(path)) for path in sorted((folder() / language / "desk").glob("*.po"))
    )


@cache
def _catalogue(path: str) -> gettext.GNUTranslations:
    with open(path, "rb") as file:  # noqa: PTH123
        messages = read_po(file, locale="bn")
    compiled = io.BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
