"""Typed names of places: what is understood, what is only offered, what is nothing."""

from __future__ import annotations

import time
import unicodedata

import pytest

from helpline.cases.names import OFFERED, Found
from helpline.cases.spelling import forms, plain, sound
from helpline.data.load import load_places

PLACES = load_places()
NOTHING = Found((), exact=False)

UNDERSTOOD = {
    "BD-01": "Bandarban, bandorban, বান্দরবান, বান্দরবন",
    "BD-03": "Bogura, BOGRA, bogora, বগুড়া, বগুড়া",
    "BD-04": "b baria, B.Baria, B-Baria, brahmanbaria, Brahmonbaria, ব্রাহ্মণবাড়িয়া, বি-বাড়িয়া, ব্রাহ্মনবাড়িয়া",
    "BD-06": "Barisal, barishal, borisal, বরিশাল",
    "BD-07": "bhola, Vola",
    "BD-08": "Comilla, cumilla, kumilla, komilla, কুমিল্লা, comilla district",
    "BD-09": "chandpur, chadpur, চাঁদপুর, চাদপুর",
    "BD-10": "chittagong, Chattogram, chottogram, citagong, Ctg, চট্টগ্রাম, চট্রগ্রাম, chatgaon",
    "BD-11": "Cox's Bazar, coxs bazar, coxbazar, COX’S BAZAR, cox bazar, কক্সবাজার",
    "BD-12": "chuadanga, চুয়াডাঙ্গা",
    "BD-13": "dhaka, Dacca, ঢাকা, ঢাকা জেলা, dhaka sadar",
    "BD-15": "faridpur, foridpur",
    "BD-16": "feni, pheni, ফেনী, ফেনি",
    "BD-17": "gopalgonj, gopalganj",
    "BD-18": "gazipur, gajipur, গাজীপুর",
    "BD-20": "hobigonj, habiganj, হবিগন্জ",
    "BD-22": "jessore, jashore, joshor, যশোর, যশোহর",
    "BD-23": "jhenaidah, jhenaida, ঝিনাইদহ",
    "BD-25": "jhalokati, jhalakathi, ঝালকাঠি",
    "BD-29": "khagrachari, khagrachhari, খাগড়াছড়ি",
    "BD-31": "laxmipur, lokkhipur, lakshmipur, লক্ষীপুর, লক্ষ্মীপুর",
    "BD-34": "mymensingh, mymensing, Maimansingh, ময়মনসিংহ, ময়মনসিংহ জেলা",
    "BD-35": "munshigonj, munshiganj, bikrampur, মুন্সীগঞ্জ, মুন্সিগঞ্জ",
    "BD-38": "moulvibazar, Maulvi Bazar, মৌলভীবাজার",
    "BD-40": "narayanganj, narayangonj, N.Ganj, নারায়ণগঞ্জ, নারায়নগঞ্জ",
    "BD-41": "netrokona, netrakona, নেত্রকোনা, নেত্রকোণা",
    "BD-42": "narsingdi, norshingdi, narsinghdi",
    "BD-45": "chapai, chapainawabganj, Chapai Nawabganj, চাঁপাইনবাবগঞ্জ, চাপাই",
    "BD-47": "noakhali, Noyakhali, নোয়াখালী, নোয়াখালি",
    "BD-48": "naogaon, nowgaon, নওগাঁ, নওগা",
    "BD-52": "panchagarh, ponchogor, পঞ্চগড়",
    "BD-53": "rajbari, রাজবাড়ী, রাজবাড়ি",
    "BD-56": "rangamati, রাঙামাটি, রাঙ্গামাটি, রাংগামাটি",
    "BD-59": "sirajganj, serajgonj",
    "BD-60": "sylhet, silet, Silhet, সিলেট",
    "BD-62": "shariatpur, shoriatpur, শরিয়তপুর, শরীয়তপুর",
    "BD-63": "tangail, Tangail Sadar, টাঙ্গাইল, টাংগাইল, tangail zila, টাঙ্গাইল সদর উপজেলা",
    "BD-64": "thakurgaon, thakurgao, ঠাকুরগাঁও, ঠাকুরগাও",
}
EXACT = [(typed.strip(), iso) for iso, row in UNDERSTOOD.items() for typed in row.split(",")]

MISTYPED = {
    "khulan": "BD-27",
    "noakhli": "BD-47",
    "jesor": "BD-22",
    "syleht": "BD-60",
    "chitagung": "BD-10",
    "chattagrom": "BD-10",
    "coxes bazar": "BD-11",
    "jhinaidoho": "BD-23",
    "panchogaar": "BD-52",
    "narayangnj": "BD-40",
    "Mymensinggh": "BD-34",
    "brahmnbaria": "BD-04",
    "lalmonirht": "BD-32",
    "kurigrem": "BD-28",
    "চট্টগ্রামে": "BD-10",
    "কুড়িগ্রম": "BD-28",
    "ঢাকায়": "BD-13",
    "ময়মনসিং জিলা": "BD-34",
}


@pytest.mark.parametrize(("typed", "iso"), EXACT)
def test_a_name_an_old_name_or_an_alias_is_understood_at_once(typed: str, iso: str) -> None:
    assert PLACES.find_district(typed) == Found((iso,), exact=True)


def test_the_table_of_spellings_is_worth_its_name() -> None:
    assert len(EXACT) > 130


@pytest.mark.parametrize("district", PLACES.districts, ids=lambda one: one.iso)
def test_every_spelling_on_record_finds_its_own_district(district) -> None:
    name = district.name
    for typed in (name.bn, name.bn_Latn, name.en, *district.old_names, *district.aliases):
        assert PLACES.find_district(typed) == Found((district.iso,), exact=True), typed


@pytest.mark.parametrize("upazila", PLACES.upazilas, ids=lambda one: one.key)
def test_every_spelling_on_record_finds_its_upazila_within_its_district(upazila) -> None:
    name = upazila.name
    for typed in (name.bn, name.bn_Latn, name.en, *upazila.old_names, *upazila.aliases):
        assert PLACES.find_upazila(typed, upazila.district) == Found((upazila.key,), exact=True), (
            typed
        )


@pytest.mark.parametrize(("typed", "iso"), MISTYPED.items())
def test_a_mistyped_name_is_offered_first_and_never_taken(typed: str, iso: str) -> None:
    found = PLACES.find_district(typed)
    assert not found.exact
    assert found.values[0] == iso
    assert len(found.values) <= OFFERED


def test_chittagong_is_never_tangail() -> None:
    assert PLACES.find_district("Chittagong") == Found(("BD-10",), exact=True)
    assert "BD-63" not in PLACES.find_district("Chitagong city").values


@pytest.mark.parametrize(
    "typed", ["", " ", "?", "1", "x", "dhk", "stop", "help", "police", "america", "সদর", "জেলা"]
)
def test_what_is_no_place_offers_nothing(typed: str) -> None:
    assert PLACES.find_district(typed) == NOTHING


def test_an_upazila_typed_as_a_district_offers_the_district_it_is_in() -> None:
    assert PLACES.find_district("savar") == Found(("BD-13",), exact=False)
    assert PLACES.find_district("কালীগঞ্জ").values == ("BD-18", "BD-23", "BD-32", "BD-58")
    assert PLACES.find_district("nawabganj").values == ("BD-13", "BD-14", "BD-45")


def test_invisible_letters_and_two_ways_to_write_a_letter_change_nothing() -> None:
    composed = "ব্রাহ্মণবা\u09dcি\u09dfা"
    assert composed != unicodedata.normalize("NFC", composed)
    for typed in (composed, f"\ufeff{composed}\u200b", "ব্রাহ্\u200dমণবাড়ি\u200cয়া"):
        assert PLACES.find_district(typed) == Found(("BD-04",), exact=True)


def test_sadar_and_the_name_of_the_district_are_the_central_upazila() -> None:
    for typed in ("sadar", "সদর", "Tangail", "tangail sadar", "টাঙ্গাইল সদর উপজেলা", "Sadar Upazila"):
        assert PLACES.find_upazila(typed, "BD-63") == Found(("bd-63.sadar",), exact=True), typed
    assert PLACES.find_upazila("comilla sadar", "BD-08").values == ("bd-08.sadar",)
    assert PLACES.find_upazila("সদর দক্ষিণ", "BD-08").values == ("bd-08.cumilla-sadar-dakshin",)


def test_a_district_without_a_sadar_upazila_takes_none_for_it() -> None:
    assert not PLACES.find_upazila("sadar", "BD-13").exact


def test_old_names_of_upazilas_are_understood() -> None:
    assert PLACES.find_upazila("Zianagar", "BD-50").values == ("bd-50.indurkani",)
    assert PLACES.find_upazila("জিয়ানগর", "BD-50") == Found(("bd-50.indurkani",), exact=True)
    assert PLACES.find_upazila("South Sunamganj", "BD-61") == Found(
        ("bd-61.shantiganj",), exact=True
    )


def test_an_upazila_is_looked_for_only_in_its_district() -> None:
    assert PLACES.find_upazila("savar", "BD-13") == Found(("bd-13.savar",), exact=True)
    assert "bd-13.savar" not in PLACES.find_upazila("savar", "BD-63").values
    assert PLACES.find_upazila("savar", "nowhere") == NOTHING


def test_a_mistyped_upazila_is_offered() -> None:
    found = PLACES.find_upazila("keraniganz", "BD-13")
    assert (found.values[0], found.exact) == ("bd-13.keraniganj", False)


def test_a_place_that_only_one_district_or_upazila_bears_is_found_anywhere() -> None:
    assert PLACES.find_place("Jessore") == Found(("BD-22",), exact=True)
    assert PLACES.find_place("সাভার") == Found(("bd-13.savar",), exact=True)
    assert PLACES.find_place("tangail sadar") == Found(("bd-63.sadar",), exact=True)


def test_a_name_that_several_places_bear_offers_all_of_them() -> None:
    assert PLACES.find_place("kaliganj").values == tuple(
        f"bd-{district}.kaliganj" for district in (18, 23, 32, 58)
    )
    assert PLACES.find_place("Faridpur") == Found(("BD-15", "bd-49.faridpur"), exact=False)
    assert PLACES.find_place("Kishoreganj") == Found(("BD-26", "bd-46.kishoreganj"), exact=False)


def test_sadar_alone_is_no_place() -> None:
    assert PLACES.find_place("sadar") == NOTHING
    assert PLACES.find_place("সদর") == NOTHING


def test_a_mistyped_district_is_not_offered_again_as_its_own_sadar() -> None:
    assert PLACES.find_place("noakhli").values[0] == "BD-47"
    assert "bd-47.sadar" not in PLACES.find_place("noakhli").values


def test_places_are_found_by_their_code_and_unknown_codes_are_none() -> None:
    assert PLACES.division("BD-H").name.en == "Mymensingh"
    assert PLACES.district("BD-10").division == "BD-B"
    assert PLACES.upazila("bd-13.savar").name.bn == "সাভার"
    assert PLACES.country("SA").name.bn == "সৌদি আরব"
    for look_up in (PLACES.division, PLACES.district, PLACES.upazila, PLACES.country):
        assert look_up("nowhere") is None
    assert PLACES.districts_of("nowhere") == PLACES.upazilas_of("nowhere") == ()


def test_the_largest_district_has_seventeen_upazilas_sadar_first() -> None:
    upazilas = PLACES.upazilas_of("BD-08")
    assert len(upazilas) == 17
    assert upazilas[0].sadar


def test_forms_of_a_name_lose_the_words_of_offices() -> None:
    assert forms("Tangail Sadar Upazila") == ("tangailsadarupazila", "tangailsadar", "tangail")
    assert forms("Sadar") == ("sadar",)
    assert forms("...") == ()


def test_plain_forgets_spaces_case_and_marks() -> None:
    assert plain("Cox’s  BAZAR.") == plain("coxs-bazar") == "coxsbazar"


def test_the_two_scripts_sound_alike() -> None:
    assert sound("চট্টগ্রাম") == sound("Chattogram") == sound("chottogram") == "catagram"
    assert sound("নোয়াখালী") == sound("Noakhali")
    assert sound("") == ""


def test_a_search_takes_a_few_milliseconds_at_most() -> None:
    began = time.perf_counter()
    for _ in range(20):
        PLACES.find_place("brahmanbaira")
    assert (time.perf_counter() - began) / 20 < 0.05
