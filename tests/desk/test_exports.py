"""Files that are taken away: nothing in them runs, every one is written down, restricted ones need a second person."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from openpyxl import load_workbook
from sqlalchemy import select

from handlers.desk.desk import FIELD
from helpline.cases.roles import Role
from helpline.cases.states import APPROVAL, IllegalMove
from helpline.service.desk import counting, exports
from helpline.service.desk.acting import NotAllowed, acting
from helpline.service.desk.exports import Grid, csv_of, xlsx_of
from helpline.store.tables import Audit, Event
from tests.desk import reported
from tests.desk.office import Browser, Office

DANGEROUS = (
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "=HYPERLINK()",
)
BANGLA = 'ঢাকা, চট্টগ্রাম "উদ্ধৃতি"'


def grid(*cells: exports.Cell) -> Grid:
    return Grid("one", "A title", ("Head",) * max(1, len(cells)), (cells,))


def read_csv(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def read_xlsx(content: bytes) -> dict[str, list[tuple[object, ...]]]:
    book = load_workbook(io.BytesIO(content))
    for sheet in book:
        assert not [cell for line in sheet for cell in line if cell.data_type == "f"]
        assert not [cell for line in sheet for cell in line if cell.hyperlink]
    return {sheet.title: [tuple(_value(cell) for cell in line) for line in sheet] for sheet in book}


def _value(cell: Any) -> object:
    """A share stays one, also where it is a whole number."""
    return float(cell.value) if cell.number_format == "0 %" else cell.value


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_that_looks_like_a_formula_begins_with_an_apostrophe_in_csv(text: str) -> None:
    [_head, cells] = read_csv(b"".join(csv_of(grid(text, 5))))
    assert cells == [f"'{text}", "5"]


@given(
    cells=some.lists(
        some.one_of(some.text(max_size=20), some.integers(0, 9999), some.none()),
        min_size=1,
        max_size=5,
    )
)
def test_every_csv_reads_back_as_it_was_and_no_cell_begins_a_formula(
    cells: list[exports.Cell],
) -> None:
    [_head, read] = read_csv(b"".join(csv_of(grid(*cells))))
    for cell, found in zip(cells, read, strict=True):
        assert not found.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
        assert found in ("–" if cell is None else str(cell), f"'{cell}")


@pytest.mark.parametrize("text", [*DANGEROUS[:4], "http://example.com", "007", BANGLA])
def test_text_stays_text_in_a_workbook(text: str) -> None:
    read = read_xlsx(b"".join(xlsx_of([grid(text, 5, 0.25, None)])))
    assert read["A title"][1] == (text, 5, 0.25, "–")


def test_sheets_have_names_that_excel_takes_and_no_two_alike() -> None:
    titles = ["a/b:c*[d]?" + "x" * 40, "a/b:c*[d]?" + "x" * 40, "", "'quoted'", "বাংলা নাম"]
    made = [Grid(str(number), title, ("h",), ()) for number, title in enumerate(titles)]
    read = read_xlsx(b"".join(xlsx_of(made)))
    assert len(read) == len(titles)
    assert all(len(name) <= 31 for name in read)


def filled(office: Office, role: Role = Role.PROGRAMME, **member: str) -> Browser:
    """A browser of somebody with a counted quarter behind it, on the page of reach."""
    reported.people(office, 12)
    reported.people(office, 3, district="BD-10")
    reported.people(office, 9, district="BD-08")
    counting.sweep(office.parts)
    browser = office.browser(office.hire(role, **member))
    browser.open("/desk/reach")
    return browser


def take(browser: Browser, name: str, **fields: str) -> bytes:
    form = {FIELD: browser._token, "purpose": "meeting", **fields}
    answer = browser.client.post(f"/desk/reports/{name}/file", data=form)
    assert answer.status_code == 200
    return answer.data


def audited(office: Office) -> list[tuple[str, str, str, str]]:
    with office.parts.database.reading() as connection:
        rows = connection.execute(
            select(Audit.actor, Audit.action, Audit.subject_id, Audit.detail).order_by(Audit.number)
        )
        return [tuple(row) for row in rows]


def test_a_table_is_taken_away_as_it_is_shown(office: Office) -> None:
    read = read_csv(take(filled(office), "reach", what="by_district"))
    assert ["Dhaka", "12"] in read
    assert ["Chattogram", "–"] in read
    assert ["Cumilla", "–"] in read
    assert ["Total", "24"] in read


def test_a_workbook_has_a_sheet_for_every_table_in_bangla(office: Office) -> None:
    read = read_xlsx(take(filled(office, language="bn"), "reach"))
    assert read["জেলা অনুযায়ী"][0] == ("জেলা", "নিবন্ধন")
    assert ("ঢাকা", 12) in read["জেলা অনুযায়ী"]
    assert len(read) == 13


@pytest.mark.parametrize("name", ["reach", "quality", "outcome", "pack"])
def test_no_file_holds_a_figure_below_five(office: Office, name: str) -> None:
    rafiq = office.hire(sex="man")
    for _ in range(3):
        case = reported.case(office)
        reported.talk(office, reached=5, by=rafiq.id, counsellor="woman")
        reported.referral(office, case, reported.office_of(office), rafiq.id)
        reported.gap(office, case)
        reported.counselling(office)
    browser = filled(office)
    for sheet, lines in read_xlsx(take(browser, name)).items():
        if sheet != "Offices by district":
            figures = [cell for line in lines for cell in line[1:] if isinstance(cell, int)]
            assert not [figure for figure in figures if 0 < figure < 5], sheet


def test_every_file_is_written_down_with_what_it_was_for(office: Office) -> None:
    browser = filled(office)
    browser.submit("/desk/reports/outcome/file", what="stage", purpose="donor", district="BD-13")
    [(_who, action, what, detail)] = audited(office)
    assert (action, what) == ("export", "outcome")
    assert detail == "stage quarter=2026-Q4 district=BD-13 agency= purpose=donor"


def test_without_a_purpose_there_is_no_file(office: Office) -> None:
    browser = filled(office)
    for purpose in ("", "curiosity", "<script>"):
        browser.submit("/desk/reports/reach/file", what="xlsx", purpose=purpose)
        assert browser.status == 404
    assert audited(office) == []


def test_files_are_for_those_who_may_export(office: Office) -> None:
    for role in Role:
        browser = office.browser(office.hire(role))
        browser.open("/desk/account")
        browser.submit("/desk/reports/reach/file", what="by_sex", purpose="planning")
        allowed = role in (Role.SUPERVISOR, Role.PROGRAMME)
        assert browser.status == (200 if allowed else 403), role
        browser.open("/desk/exports")
        assert browser.status == (200 if allowed else 403), role


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("nothing", {}),
        ("reach", {"what": "../../etc/passwd"}),
        ("reach", {"quarter": "2026-Q7"}),
        ("reach", {"district": "BD-99"}),
        ("pack", {"agency": "nobody"}),
    ],
)
def test_a_file_that_is_none_is_not_found(
    office: Office, name: str, fields: dict[str, str]
) -> None:
    browser = office.browser(office.hire(Role.PROGRAMME))
    browser.open("/desk/reach")
    browser.submit(f"/desk/reports/{name}/file", **({"purpose": "meeting"} | fields))
    assert browser.status == 404


def test_a_file_is_not_kept_by_the_browser_and_has_a_plain_name(office: Office) -> None:
    browser = filled(office)
    answer = browser.client.post(
        "/desk/reports/pack/file",
        data={FIELD: browser._token, "purpose": "meeting", "agency": "demo"},
    )
    assert answer.headers["Cache-Control"] == "no-store"
    assert 'filename="pack-2026-Q4-all-demo.xlsx"' in answer.headers["Content-Disposition"]
    assert zipfile.is_zipfile(io.BytesIO(answer.data))


def test_a_district_of_somebody_else_is_in_no_file(office: Office) -> None:
    browser = filled(office, districts="BD-13")
    content = take(browser, "reach", what="by_district")
    assert read_csv(content)[1:] == [["Dhaka", "12"], ["Total", "12"]]
    browser.submit("/desk/reports/reach/file", district="BD-08", purpose="meeting")
    assert browser.status == 404


HOSTILE = ("=1+1", "+880", "-5", "@me")


def test_names_of_places_and_offices_cannot_be_formulas(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff, case = office.hire(), reported.case(office)
    for words in HOSTILE:
        provider = reported.office_of(office, name_en=words)
        for _ in range(6):
            reported.referral(office, case, provider, staff.id)
            reported.gap(office, case, upazila="", district=words)
    browser = filled(office)
    read = read_csv(take(browser, "outcome", what="offices"))
    assert {line[0] for line in read[1:-1]} == {f"'{words}" for words in HOSTILE}
    sheets = read_xlsx(take(browser, "outcome"))
    assert {line[0] for line in sheets["Referrals by office"][1:-1]} == set(HOSTILE)
    places = office.parts.places
    dhaka = places.district("BD-13")
    assert dhaka is not None
    hostile = replace(dhaka, name=replace(dhaka.name, en="=Dhaka"))
    monkeypatch.setitem(places._district, "BD-13", hostile)
    assert ["'=Dhaka", "12"] in read_csv(take(browser, "reach", what="by_district"))


def ask(office: Office) -> tuple[Browser, Browser, str]:
    """Somebody asks for a file about restricted cases, and somebody else looks at it."""
    for _ in range(6):
        reported.case(office, restricted="gbv")
    for _ in range(3):
        reported.case(office, restricted="minor", district="BD-10")
    counting.sweep(office.parts)
    first = office.browser(office.hire(Role.PROGRAMME, name="Asha"))
    second = office.browser(office.hire(Role.SUPERVISOR, name="Bina"))
    first.open("/desk/exports")
    first.submit(
        "/desk/exports/ask", quarter="2026-Q4", purpose="ministry", words="<b>=why</b> {{7*191}}"
    )
    second.open("/desk/exports")
    [ident] = set(re.findall(r"/desk/exports/([0-9a-f]{32})/decide", second.page))
    return first, second, ident


def test_a_file_about_restricted_cases_needs_a_second_person(office: Office) -> None:
    first, second, ident = ask(office)
    assert "Waiting for a second person" in first.text
    assert "&lt;b&gt;=why&lt;/b&gt; {{7*191}}" in second.page
    assert (
        first.client.post(f"/desk/exports/{ident}/file", data={FIELD: first._token}).status_code
        == 404
    )
    second.submit(f"/desk/exports/{ident}/decide", answer="yes")
    first.open("/desk/exports")
    answer = first.client.post(f"/desk/exports/{ident}/file", data={FIELD: first._token})
    sheet = read_xlsx(answer.data)["Restricted cases by reason"]
    assert sheet[0] == ("District", "Violence against women", "Under 18", "Total")
    assert all(cell in ("–", 0, 9) for line in sheet[1:] for cell in line[1:])
    said = [(action, what) for _who, action, what, _detail in audited(office)]
    assert said == [
        ("ask_export", ident),
        ("approved", ident),
        ("export", "restricted"),
    ]
    assert "why" not in repr(audited(office))


def test_the_second_persons_word_is_good_for_a_day_and_for_who_asked(office: Office) -> None:
    first, second, ident = ask(office)
    second.submit(f"/desk/exports/{ident}/decide", answer="yes")
    second.submit(f"/desk/exports/{ident}/file")
    assert second.status == 404
    office.skip(hours=24, minutes=1)
    asha = office.browser(office.hire(Role.PROGRAMME))
    asha.open("/desk/exports")
    asha.submit(f"/desk/exports/{ident}/file")
    assert asha.status == 404
    assert first.client.get("/desk/exports").status_code == 303  # the log-in is over, too


def test_nobody_agrees_to_their_own_file_and_nobody_answers_twice(office: Office) -> None:
    salma, bina = office.hire(Role.SUPERVISOR), office.hire(Role.SUPERVISOR)
    with acting(office.parts, salma) as deed:
        ident = exports.ask(deed, "2026-Q4", "research", "fictional")
    with pytest.raises(NotAllowed), acting(office.parts, salma) as deed:
        exports.decide(deed, ident, agreed=True)
    with acting(office.parts, bina) as deed:
        exports.decide(deed, ident, agreed=False)
    with pytest.raises(IllegalMove), acting(office.parts, bina) as deed:
        exports.decide(deed, ident, agreed=True)
    with pytest.raises(NotAllowed), acting(office.parts, salma) as deed:
        exports.agreed(deed, ident)


@pytest.mark.parametrize("became", sorted(APPROVAL["pending"]))
def test_every_answer_leaves_an_event(office: Office, became: str) -> None:
    salma, bina = office.hire(Role.SUPERVISOR), office.hire(Role.SUPERVISOR)
    with acting(office.parts, salma) as deed:
        ident = exports.ask(deed, "2026-Q4", "research", "fictional")
    with acting(office.parts, bina) as deed:
        exports.decide(deed, ident, agreed=became == "approved")
    with office.parts.database.reading() as connection:
        moves = connection.execute(
            select(Event.was, Event.became, Event.actor)
            .where(Event.subject == "approval", Event.subject_id == ident)
            .order_by(Event.id)
        )
        assert [tuple(move) for move in moves] == [
            ("", "pending", salma.id),
            ("pending", became, bina.id),
        ]
