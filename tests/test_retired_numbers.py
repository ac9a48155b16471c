"""Numbers that were replaced, or that no source confirms, stand nowhere: no screen, SMS, page, file or document.

A dead number in a crisis is worse than none. They are named in one place, in order to be refused, and
in the tests that try them.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import menus
from helpline.cases.phone_lines import dialled
from helpline.cases.texts import TEXTS
from helpline.data.load import load_directory_seed, load_hotlines, load_retired, load_topics
from helpline.flow.layout import USSD
from helpline.flow.printing import tree
from helpline.flow.words import LANGUAGES
from helpline.i18n import translator
from tests.data.test_facts_data import numbers_in
from tests.house import MORNING
from tests.menus.facts import dates_after, facts_at

ROOT = Path(__file__).parents[1]
NAMED_TO_BE_REFUSED = {
    "helpline/data/facts/hotlines.toml",
    "tests/cases/test_centre_rows.py",
    "tests/data/test_facts_data.py",
    "tests/service/test_centre_import.py",
    "tests/test_cli.py",
    "tests/test_retired_numbers.py",
}
DOMAIN = (
    "16430",
    "10921",
    "09654333333",
    "08000102030",
    "01794333333",
    "01784333333",
    "16789",
    "09612119911",
    "01779-554391",
    "09678676777",
    "+880250865486",
    "09613427800",
)
"""The superseded and contradictory numbers of the project's research, written as it found them."""
BINARY = {".png", ".jpg", ".ico", ".mo", ".woff2", ".gz", ".zip", ".mp3", ".wav", ".lock"}


@cache
def refused() -> frozenset[str]:
    return frozenset(dialled(number) or number for number in load_retired())


def files() -> Iterator[Path]:
    """Every file of the repository, and those that are about to become one."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    for name in listed:
        path = ROOT / name
        if path.suffix not in BINARY and path.is_file():
            yield path


def found_in(text: str) -> set[str]:
    return numbers_in(text) & refused()


def test_the_list_of_refused_numbers_holds_all_that_research_found() -> None:
    assert {dialled(number) or number for number in DOMAIN} == refused()


def test_no_file_of_the_repository_holds_one() -> None:
    looked_at = set()
    for path in files():
        name = path.relative_to(ROOT).as_posix()
        looked_at.add(name.split("/")[0])
        if name in NAMED_TO_BE_REFUSED or name.startswith("requirements"):
            continue  # the lock holds digests, in which any digits may stand
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        assert not found_in(text), name
    assert looked_at >= {"docs", "handlers", "helpline", "locale", "menus", "tests", "README.md"}


def test_what_is_named_to_be_refused_is_named_there_and_nothing_else() -> None:
    assert all((ROOT / name).is_file() for name in NAMED_TO_BE_REFUSED)
    text = (ROOT / "helpline/data/facts/hotlines.toml").read_text("utf-8")
    shown = re.sub(r"(?ms)^retired = \[.*?^\]", "", text)
    assert not found_in(re.sub("(?m)^#.*", "", shown))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_that_goes_out_holds_one(language: str) -> None:
    say = translator(language)
    for text in TEXTS.values():
        assert not found_in(say(text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_screen_holds_one_and_the_current_lines_are_on_some(language: str) -> None:
    facts = facts_at(dates=dates_after(MORNING))
    shown = "\n".join(
        tree(menus.BOOK, facts, menus.EXAMPLES, language, USSD[language], translator(language))
    )
    assert not found_in(shown)
    assert {"999", "109"} <= numbers_in(shown)


def test_no_fact_that_is_loaded_holds_one() -> None:
    for line in load_hotlines():
        assert not found_in(line.number)
        assert not found_in(f"{line.about.bn} {line.about.en} {line.who.bn}")
    for centre in load_directory_seed():
        assert not found_in(f"{centre.phone} {centre.name.bn} {centre.source}")
    for topic in load_topics():
        assert not found_in(f"{topic.text.bn} {topic.text.en}")
