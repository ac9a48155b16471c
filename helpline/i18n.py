"""The catalogues in `locale/`, read once into memory: no compiled files, nothing that can drift."""

from __future__ import annotations

import gettext
import io
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

DOMAIN: Final = "messages"


def folder() -> Path:
    """Where the catalogues are: inside the installed package, or beside it in a checkout.

    Raises:
        FileNotFoundError: when neither is there.
    """
    here = Path(__file__).parent
    for candidate in (here / "locale", here.parent / "locale"):
        if (candidate / "bn").is_dir():
            return candidate
    raise FileNotFoundError("no locale folder: the Bangla texts are missing from this installation")


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The catalogue of `language` (`bn`, `bn_Latn`); for `en`, the source strings themselves."""
    if language == "en":
        return gettext.NullTranslations()
    path = folder() / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    with path.open("rb") as file:
        # bn_Latn is no CLDR locale; both have Bangla's plural rule
        messages = read_po(file, locale="bn")
    compiled = io.BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@cache
def translator(language: str) -> Callable[[str], str]:
    """The look-up of one language: the English source string -> the text."""
    found = catalogue(language)
    # gettext answers an empty string with the catalogue's header
    return lambda text: found.gettext(text) if text else ""
