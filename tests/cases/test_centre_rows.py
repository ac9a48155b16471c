"""A table of service points is checked row by row, and every problem says where and what."""

from __future__ import annotations

from datetime import date

import pytest

from helpline.cases.centre_rows import CheckedRows, Row, check_rows
from helpline.data.load import load_places, load_retired
from helpline.flow.words import Label

PLACES = load_places()
KINDS = ("welfare", "ttc")
GOOD = {
    "key": "welfare-tangail",
    "kind": "welfare",
    "name_bn": "ওয়েলফেয়ার সেন্টার",
    "name_latn": "Welfare Centre",
    "name_en": "Welfare Centre",
    "district": "BD-63",
    "source": "a test",
}


def check(*rows: dict[str, str]) -> CheckedRows:
    """Check rows that are right except for what is given."""
    columns = tuple(dict.fromkeys([*GOOD, *(column for row in rows for column in row)]))
    full = [GOOD | row for row in rows]
    cells = [
        Row(line, tuple(row.get(column, "") for column in columns))
        for line, row in enumerate(full, 2)
    ]
    return check_rows(columns, cells, PLACES, KINDS, retired=load_retired())


def problems(**cells: str) -> list[str]:
    return [str(problem) for problem in check(cells).problems]


def test_a_row_that_is_right_becomes_a_service_point() -> None:
    [centre] = check(
        {
            "upazila": "bd-63.sadar",
            "catchment": "BD-57|Jamalpur; নেত্রকোণা",
            "address_bn": "একটি রাস্তা",
            "address_en": "A street",
            "phone": "0821-717534",
            "latitude": "24.26",
            "longitude": "89.92",
            "source_date": "2026-01-31",
            "verified_at": "2026-11-01",
            "verified_by": "someone",
            "expires_at": "2027-11-01",
        }
    ).centres
    assert centre.upazila == "bd-63.sadar"
    assert centre.catchment == ("BD-57", "BD-21", "BD-41")
    assert centre.address == Label("একটি রাস্তা", "A street", "A street")
    assert centre.phone == "0821717534"
    assert (centre.latitude, centre.longitude) == (24.26, 89.92)
    assert centre.verified_at == date(2026, 11, 1)
    assert centre.expires_at == date(2027, 11, 1)


def test_empty_cells_are_nothing() -> None:
    [centre] = check(
        {"address_bn": "", "address_en": "", "phone": "", "latitude": "", "verified_at": ""}
    ).centres
    assert (centre.address, centre.phone, centre.latitude, centre.verified_at) == (
        None,
        "",
        None,
        None,
    )
    assert (centre.upazila, centre.catchment) == ("", ())


@pytest.mark.parametrize("district", ["BD-63", "bd-63", "Tangail", "টাঙ্গাইল", "tangail district"])
def test_a_district_may_be_given_by_code_or_by_name(district: str) -> None:
    assert check({"district": district}).centres[0].district == "BD-63"


@pytest.mark.parametrize("upazila", ["bd-63.sakhipur", "Sakhipur", "সখীপুর"])
def test_an_upazila_may_be_given_by_key_or_by_name(upazila: str) -> None:
    assert check({"upazila": upazila}).centres[0].upazila == "bd-63.sakhipur"


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"key": ""}, "line 2, column key: empty"),
        ({"key": "Not good"}, "line 2, column key: 'Not good': small letters a-z, digits, dot and hyphen only, 2 to 80"),
        ({"kind": "bank"}, "line 2, column kind: 'bank' is none of ttc, welfare"),
        ({"source": " "}, "line 2, column source: empty"),
        ({"name_bn": "ক" * 41}, "line 2, column name_bn: 41 letters, at most 40 fit on a small screen"),
        ({"name_en": "Café"}, "line 2, column name_en: only plain Latin letters can be shown here"),
        ({"district": "Noakhli"}, "line 2, column district: no district is called 'Noakhli'; did you mean Noakhali?"),
        ({"district": "qqq"}, "line 2, column district: no district is called 'qqq'"),
        ({"upazila": "bd-13.savar"}, "line 2, column upazila: 'bd-13.savar' is not in Tangail"),
        ({"upazila": "Savar"}, "line 2, column upazila: no upazila of Tangail is called 'Savar'"),
        ({"catchment": "BD-57,zzz"}, "line 2, column catchment: no district is called 'zzz'"),
        ({"phone": "12"}, "line 2, column phone: '12' is no phone number of Bangladesh"),
        ({"phone": "call me"}, "line 2, column phone: 'call me' is no phone number of Bangladesh"),
        ({"phone": "+44 20 7946 0000"}, "line 2, column phone: '+44 20 7946 0000' is no phone number of Bangladesh"),
        ({"phone": "01711-000000"}, "line 2, column phone: '01711-000000' is a mobile number: personal mobiles are not shown"),
        ({"phone": "+8801711000000"}, "line 2, column phone: '+8801711000000' is a mobile number: personal mobiles are not shown"),
        ({"name_en": "Office 16430"}, "line 2, column name_en: a retired or unconfirmed number that is never shown: 16430 → 16699"),
        ({"phone": "16430"}, "line 2, column phone: a retired or unconfirmed number that is never shown: 16430 → 16699"),
        ({"phone": "১৬৪৩০"}, "line 2, column phone: a retired or unconfirmed number that is never shown: 16430 → 16699"),
        ({"phone": "+880 9654-333333"}, "line 2, column phone: a retired or unconfirmed number that is never shown: 09654333333 → 16135"),
        ({"source_date": "31/01/2026"}, "line 2, column source_date: '31/01/2026' is no date, write 2026-11-21"),
        ({"latitude": "north", "longitude": "90"}, "line 2, column latitude: 'north' is no number of degrees, write 23.7104"),
        ({"latitude": "nan", "longitude": "90"}, "line 2, column latitude: nan is outside Bangladesh (20.5 to 26.7)"),
        ({"latitude": "90", "longitude": "90"}, "line 2, column latitude: 90 is outside Bangladesh (20.5 to 26.7)"),
        ({"latitude": "23.7"}, "line 2, column longitude: latitude and longitude belong together"),
        ({"verified_at": "2026-01-01"}, "line 2, column verified_by: a check needs both verified_at and verified_by"),
        ({"address_en": "A street"}, "line 2, column address_en: address_bn and address_en belong together"),
        ({"address_bn": "ক" * 201, "address_en": "a"}, "line 2, column address_bn: longer than 200 letters"),
    ],
)  # fmt: skip
def test_each_problem_is_said_in_one_line(cells: dict[str, str], problem: str) -> None:
    assert problems(**cells) == [problem]


def test_a_row_with_a_problem_is_not_kept_but_the_others_are() -> None:
    checked = check({"key": "good"}, {"key": "bad", "kind": "bank"}, {"key": "fine"})
    assert [centre.key for centre in checked.centres] == ["good", "fine"]
    assert [problem.line for problem in checked.problems] == [3]


def test_all_problems_of_a_row_are_told() -> None:
    assert len(problems(kind="bank", phone="12", source="")) == 3


def test_a_key_may_come_once() -> None:
    checked = check({}, {"key": "other"}, {})
    assert [str(one) for one in checked.problems] == [
        "line 4, column key: 'welfare-tangail' is already on line 2"
    ]


def test_short_codes_and_landlines_are_phone_numbers() -> None:
    for typed, kept in (
        ("16135", "16135"),
        ("৯৯৯", "999"),
        ("02-9355555", "029355555"),
        ("+8809610102030", "09610102030"),
    ):
        assert check({"phone": typed}).centres[0].phone == kept


def test_texts_are_kept_in_nfc_without_stray_spaces() -> None:
    composed = "ও\u09dfেলফে\u09dfার  সেন্টার\u200b "
    [centre] = check({"name_bn": composed, "name_en": " Welfare\nCentre "}).centres
    assert centre.name.bn == GOOD["name_bn"]
    assert centre.name.en == "Welfare Centre"


def test_a_missing_column_is_told_before_any_row_is_read() -> None:
    checked = check_rows(("key", "kind"), [Row(2, ("a", "b"))], PLACES, KINDS)
    assert checked.centres == ()
    assert [str(one) for one in checked.problems] == [
        f"line 1, column {column}: this column is missing"
        for column in ("name_bn", "name_latn", "name_en", "district", "source")
    ]


def test_columns_nobody_knows_or_that_come_twice_are_told() -> None:
    checked = check_rows((*GOOD, "lattitude", "kind", "note", ""), [], PLACES, KINDS)
    assert [str(one) for one in checked.problems] == [
        "line 1, column lattitude: nobody knows this column",
        "line 1, column kind: this column is there twice",
        "line 1, column number 11: nobody knows this column",
    ]


def test_names_of_columns_may_be_written_in_capitals() -> None:
    header = tuple(column.upper() for column in GOOD)
    assert check_rows(header, [Row(2, tuple(GOOD.values()))], PLACES, KINDS).problems == ()


def test_short_rows_and_empty_rows_are_fine_but_a_row_too_long_is_not() -> None:
    header = (*GOOD, "phone")
    rows = [Row(2, tuple(GOOD.values())), Row(3, ("", " ")), Row(4, (*GOOD.values(), "", "more"))]
    checked = check_rows(header, rows, PLACES, KINDS)
    assert len(checked.centres) == 1
    assert str(checked.problems[0]) == "line 4: 9 cells, but the table has 8 columns"
