"""The dated facts and the first service points: complete, short, and without a number nobody may see."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from importlib import resources
from pathlib import Path
from unicodedata import normalize

import pytest

from helpline.cases.hotlines import current
from helpline.cases.phone_lines import dialled, is_mobile
from helpline.data.load import (
    load_directory_seed,
    load_hotlines,
    load_kinds,
    load_places,
    load_retired,
)
from helpline.flow.answers import fold_digits
from helpline.flow.lettering import Unit, units

ROOT = Path(__file__).parents[2]
SHOWN = ("helpline/data", "menus", "locale")
DATA = resources.files("helpline.data")
REVIEW = {"A": date(2027, 6, 30), "B": date(2027, 3, 31)}


def numbers_in(text: str) -> set[str]:
    """Every number in a text in the form in which it is dialled, spaced out or not."""
    folded = fold_digits(text)
    runs = re.findall(r"\+?\d+", folded) + re.findall(r"\+?\d(?:[ -]?\d)+", folded)
    return {dialled(run) or run for run in runs}


def test_no_retired_number_is_anywhere_that_callers_could_see() -> None:
    retired = {dialled(number) or number for number in load_retired()}
    assert len(retired) == len(load_retired()) == 12
    looked_at = 0
    for folder in SHOWN:
        for path in (ROOT / folder).rglob("*"):
            if path.suffix not in {".tsv", ".toml", ".py", ".po", ".pot"}:
                continue
            text = path.read_text("utf-8")
            if path.name == "hotlines.toml":
                text = re.sub(r"(?s)^retired = \[.*?^\]", "", text, flags=re.MULTILINE)
                text = re.sub("(?m)^#.*", "", text)
            assert not numbers_in(text) & retired, path
            looked_at += 1
    assert looked_at > 10


def test_the_search_for_retired_numbers_would_find_them() -> None:
    for written in ("16430", "১৬৪৩০", "call 09654-333333 now", "+880 9654 333333", "০৯৬৫৪৩৩৩৩৩৩"):
        assert numbers_in(written) & {"16430", "+8809654333333"}, written


def test_exactly_the_lines_that_research_found_certain_are_there() -> None:
    assert [line.number for line in load_hotlines()] == [
        "999", "16135", "+8809610102030", "109", "1098", "16699", "16263", "333"
    ]  # fmt: skip
    assert {line.number: line.rating for line in load_hotlines()} == {
        "999": "A", "16135": "A", "+8809610102030": "A", "109": "A",
        "1098": "B", "16699": "B", "16263": "B", "333": "B",
    }  # fmt: skip


def test_lines_have_distinct_keys_numbers_and_orders_and_can_be_dialled() -> None:
    lines = load_hotlines()
    for attribute in ("key", "number", "order", "fact"):
        assert len({getattr(line, attribute) for line in lines}) == len(lines)
    assert all(dialled(line.number) for line in lines)


def test_a_line_nobody_has_dialled_expires_when_its_rating_says() -> None:
    for line in load_hotlines():
        assert (line.verified_at is None) == (line.verified_by == "")
        if line.verified_at is None:
            assert line.expires_at == REVIEW[line.rating]
        assert line.source
        assert line.source_date is not None
        assert line.source_date < date(2026, 11, 21)


def test_today_every_line_is_shown_and_in_2028_none() -> None:
    assert current(load_hotlines(), [], date(2026, 11, 21)) == load_hotlines()
    assert current(load_hotlines(), [], date(2028, 1, 1)) == ()


def test_who_answers_is_short_and_what_about_fits_a_screen() -> None:
    for line in load_hotlines():
        assert units(line.who.bn, Unit.UCS2) <= 22
        assert max(len(line.who.bn_Latn), len(line.who.en)) <= 24
        whole = f"{line.number} {line.who.bn}. {line.about.bn}"
        assert units(whole, Unit.UCS2) <= 80
        for text in (line.who.bn_Latn, line.who.en, line.about.bn_Latn, line.about.en):
            assert text.isascii()


@pytest.mark.parametrize(
    "name",
    [
        "facts/hotlines.toml",
        "facts/content.toml",
        "centres/kinds.toml",
        "centres/service_points.tsv",
    ],
)
def test_files_are_in_nfc_and_dated(name: str) -> None:
    text = DATA.joinpath(name).read_text("utf-8")
    assert text == normalize("NFC", text)
    assert "2026-11-21" in "".join(line for line in text.splitlines() if line.startswith("#"))


def test_content_facts_are_dated_and_none_claims_to_be_checked() -> None:
    facts = tomllib.loads(DATA.joinpath("facts/content.toml").read_text("utf-8"))["fact"]
    assert len({fact["key"] for fact in facts}) == len(facts) >= 13
    for fact in facts:
        assert set(fact) == {
            "key",
            "values",
            "source",
            "source_date",
            "expires_at",
            "status",
            "doubt",
        }
        assert fact["status"] in {"sourced", "unclear"}
        assert fact["status"] == "sourced" or fact["doubt"]
        assert date.fromisoformat(fact["expires_at"]) == date(2027, 3, 31)
        assert not fact["source_date"] or date.fromisoformat(fact["source_date"]) < date(
            2026, 11, 21
        )


def test_the_kinds_that_are_safe_to_name_for_every_district_are_two() -> None:
    kinds = load_kinds()
    assert [kind.key for kind in kinds if kind.every_district] == ["ttc", "legal_aid"]
    assert [kind.key for kind in kinds if kind.every_division] == ["occ"]
    assert {kind.key for kind in kinds} == {
        "welfare", "demo", "ttc", "legal_aid", "occ", "pkb", "airport", "ngo", "hq"
    }  # fmt: skip


def test_a_kind_with_the_longest_district_still_fits_a_name() -> None:
    longest = max(PLACE_NAMES, key=lambda name: units(name, Unit.UCS2))
    for kind in load_kinds():
        assert units(f"{kind.name.bn}, {longest}", Unit.UCS2) <= 40


PLACE_NAMES = [district.name.bn for district in load_places().districts]


def test_service_points_are_as_many_as_sources_name() -> None:
    kinds = [centre.kind for centre in load_directory_seed()]
    assert {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)} == {
        "welfare": 10, "demo": 2, "occ": 9, "ttc": 24, "hq": 2, "airport": 3
    }  # fmt: skip


def test_service_points_are_unverified_sourced_expiring_and_short() -> None:
    for centre in load_directory_seed():
        assert centre.verified_at is None
        assert centre.verified_by == ""
        assert centre.source
        assert centre.expires_at == date(2027, 3, 31)
        assert units(centre.name.bn, Unit.UCS2) <= 30


def test_no_service_point_shows_a_personal_number() -> None:
    phones = [centre.phone for centre in load_directory_seed() if centre.phone]
    assert phones == ["0821717534"]
    assert not any(is_mobile(dialled(phone)) for phone in phones)
