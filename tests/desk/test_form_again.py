"""A form that could not be done comes again as it was sent, below what hindered it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from handlers.desk.form_again import filled
from helpline.cases.roles import Role
from tests.desk.casebook import HOSTILE, Registered, case_row, register_by_phone
from tests.desk.office import Browser, Office

SAID = Markup("<p>no</p>")
PAGE = """<main id="main">
<form method="post" action="/other"><textarea name="words">kept</textarea></form>
<details class="a"><summary>x</summary><section>
<form method="post" action="/note"><input type="hidden" name="was" value="planned"><input name="words"></form>
<form method="post" action="/note"><input type="hidden" name="was" value="missed">
<input type="hidden" name="version" value="8"><input type="password" name="secret">
<input name="words" value="old"><input type="checkbox" name="day" value="1" checked><input type="checkbox" name="day" value="2">
<select name="kind"><option value="a" selected>A</option><option value="b">B</option></select>
<textarea name="long">old
</textarea></form></section></details>
</main>"""


def _sent(**fields: list[str]) -> dict[str, list[str]]:
    return {"was": ["missed"], "version": ["7"], **fields}


def test_only_the_form_that_was_sent_is_filled_and_what_is_folded_around_it_is_open() -> None:
    page = filled(
        PAGE,
        "/note",
        _sent(words=['a "b"'], day=["2"], kind=["b"], long=["one\ntwo"], secret=["s"]),
        SAID,
    )
    assert '<details class="a" open>' in page
    assert '<textarea name="words">kept</textarea>' in page
    assert '<input name="words"></form>' in page
    assert '<input name="words" value="a &#34;b&#34;">' in page
    assert '<input type="hidden" name="version" value="8">' in page
    assert '<input type="password" name="secret">' in page
    assert 'value="1">' in page
    assert 'value="2" checked>' in page
    assert '<option value="a">A</option><option value="b" selected>' in page
    assert '<textarea name="long">\none\ntwo</textarea>' in page
    assert page.index("<p>no</p>") > page.index('action="/note"><p>no') - 1
    assert page.count("<p>no</p>") == 1


def test_on_a_page_without_that_form_it_is_said_at_the_head() -> None:
    assert filled(PAGE, "/elsewhere", _sent(), SAID).startswith('<main id="main"><p>no</p>')


@given(st.text(st.characters(blacklist_characters="\0\r", blacklist_categories=("Cs",))))
def test_whatever_was_written_stands_in_its_field_and_nowhere_else(words: str) -> None:
    page = filled(PAGE, "/note", _sent(words=[words], long=[words]), SAID)
    assert f'<textarea name="long">\n{escape(words)}</textarea>' in page
    assert f'<input name="words" value="{escape(words)}">' in page
    without = page.replace(str(escape(words)), "") if words else page
    assert without.count("<") <= PAGE.count("<") + 2


@pytest.fixture
def here(office: Office) -> Registered:
    return register_by_phone(office)


@pytest.fixture
def browser(office: Office, here: Registered) -> Browser:
    made = office.browser(office.hire(Role.SUPERVISOR))
    made.open(f"/desk/case/{here.case_id}")
    return made


def _form(page: str, action: str) -> str:
    found = re.search(rf'<form [^>]*action="{action}".*?</form>', page, re.DOTALL)
    assert found, action
    return found[0]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_words_of_a_form_of_the_case_are_not_lost(
    browser: Browser, here: Registered, hostile: str
) -> None:
    path = f"/desk/case/{here.case_id}/plan"
    browser.submit(path, service="training", goal=hostile, due_on="the day after")
    assert browser.status == 422
    form = _form(browser.page, path)
    assert f'maxlength="2000">\n{escape(hostile)}</textarea>' in form
    assert "Nothing was written, because:" in form
    assert re.search(r'<option value="training" selected>', form)
    assert "<script>alert" not in browser.page


def test_a_choice_that_two_people_made_at_once_is_shown_with_what_happened(
    browser: Browser, here: Registered, office: Office
) -> None:
    path = f"/desk/case/{here.case_id}/details"
    browser.submit(path, version=99, name="Shirin", language="bn", wish="any")
    assert browser.status == 409
    assert "What happened last" in browser.text
    assert case_row(office, here.case_id).name is None


def test_from_the_second_step_of_the_risk_form_one_comes_back_to_the_first(
    browser: Browser, here: Registered
) -> None:
    path = f"/desk/case/{here.case_id}/risk"
    browser.open(path)
    code, value = re.findall(r'type="radio" name="(\w+)" value="(\w+)"', browser.page)[0]
    browser.submit(f"{path}/next", **{code: value})
    assert f'formaction="{path}/back"' in browser.page
    browser.submit(f"{path}/back", **{code: value, "agreed_words": "Calls <her> sister"})
    assert f'name="{code}" value="{value}" checked' in browser.page
    browser.submit(
        f"{path}/next", **{code: value, "agreed_words": "Calls <her> sister", "why": "Heard it"}
    )
    assert ">Calls &lt;her&gt; sister</textarea>" in browser.page


def test_from_the_second_step_of_the_assessment_one_comes_back_to_the_first(
    browser: Browser, here: Registered
) -> None:
    path = f"/desk/case/{here.case_id}/assess"
    browser.submit(f"{path}/next", mood="well")
    assert f'formaction="{path}/back"' in browser.page
    browser.submit(f"{path}/back", mood="well", debt="over_5l")
    assert 'name="mood" value="well" checked' in browser.page
    assert '<input type="hidden" name="debt" value="over_5l">' in browser.page
    browser.submit(f"{path}/next", mood="well", debt="over_5l")
    assert 'name="debt" value="over_5l" checked' in browser.page
    assert '<input type="hidden" name="mood" value="well">' in browser.page


def test_a_wrong_number_of_whom_we_may_call_keeps_the_whole_second_step(
    browser: Browser, here: Registered
) -> None:
    path = f"/desk/case/{here.case_id}/risk"
    browser.submit(
        path,
        may_call="yes",
        level="low",
        why="Because",
        agreed_words="Comes on Sunday",
        trusted_name="Mina",
        trusted_number="12",
        cover="Sewing",
    )
    assert browser.status == 422
    form = _form(browser.page, path)
    assert "Nothing was written, because:" in form
    for kept in ("Because", "Comes on Sunday", 'value="Mina"', 'value="12"', "Sewing"):
        assert kept in form, kept
