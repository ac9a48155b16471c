"""The words of the desk: every one is in Bangla, keeps its placeholders, and is said in one way."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
DESK = ROOT / "handlers" / "desk"
CATALOGUES = sorted((ROOT / "locale" / "bn" / "desk").glob("*.po"))
PLACEHOLDER = re.compile(r"\{\w*\}")


def said() -> set[str]:
    """Every text that a page marks."""
    found = extract_from_dir(
        DESK,
        method_map=[("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")],
        keywords={"_": None},
    )
    return {text for _file, _line, text, _notes, _context in found if isinstance(text, str)}


def translated() -> dict[str, set[str]]:
    """What each text is called in Bangla, in all catalogues."""
    texts: dict[str, set[str]] = {}
    for path in CATALOGUES:
        with path.open("rb") as file:
            for message in read_po(file, locale="bn"):
                if message.id and message.string:
                    texts.setdefault(str(message.id), set()).add(str(message.string))
    return texts


def test_every_text_of_the_desk_is_there_in_bangla() -> None:
    assert sorted(said() - translated().keys()) == []


def test_a_text_is_called_the_same_in_every_room() -> None:
    assert {text: names for text, names in translated().items() if len(names) > 1} == {}


def test_a_translation_has_the_placeholders_of_its_text() -> None:
    for text, names in translated().items():
        for name in names:
            assert sorted(PLACEHOLDER.findall(name)) == sorted(PLACEHOLDER.findall(text)), text
