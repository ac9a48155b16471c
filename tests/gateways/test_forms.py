"""Webhook bodies: what is refused, and that nothing sent comes back in the refusal."""

from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpline.gateways import forms
from helpline.gateways.port import Malformed

FORM = "application/x-www-form-urlencoded"


def test_a_form_is_read_field_by_field():
    assert forms.fields(FORM, b"a=1&b=%E0%A6%86+x&c=") == {"a": "1", "b": "আ x", "c": ""}


@pytest.mark.parametrize(
    "content_type",
    [
        FORM,
        f"{FORM}; charset=utf-8",
        f"{FORM};charset=UTF-8",
        FORM.upper(),
        f"  {FORM}  ; x=y",
    ],
)
def test_a_content_type_may_have_parameters_and_capitals(content_type):
    assert forms.fields(content_type, b"a=1") == {"a": "1"}


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "application/json",
        "text/plain",
        "multipart/form-data; boundary=x",
        f"{FORM}x",
        f"x{FORM}",
        f"text/plain; {FORM}",
        f"{FORM}, application/json",
    ],
)
def test_any_other_content_type_is_refused(content_type):
    with pytest.raises(Malformed, match=r"^the body must be a form$"):
        forms.fields(content_type, b"a=1")


@pytest.mark.parametrize(
    "body",
    [
        b"a=" + b"1" * (forms.LARGEST_BODY - 1),
        b"&".join(b"a%d=1" % n for n in range(65)),
        b"a=1&a=1",
        b"a=1&%61=2",
        b"a=%00",
        b"a=\0",
        b"%00=a",
        b"a=%FF",
        b"a=\xff",
        b"a=%ED%A0%80",
        b"a=\xed\xa0\x80",
        b"a=%C0%80",
        b"a",
        b"a=1&",
        b"&a=1",
        b"a=1&&b=2",
        b"\x1f\x8b\x08\x00",
        '{"a": 1}'.encode("utf-16"),
    ],
)
def test_a_body_that_breaks_a_rule_is_refused(body):
    with pytest.raises(Malformed):
        forms.fields(FORM, body)


def test_the_limits_themselves_are_allowed():
    assert len(forms.fields(FORM, b"&".join(b"a%d=1" % n for n in range(64)))) == 64
    assert forms.fields(FORM, b"a=" + b"1" * (forms.LARGEST_BODY - 2))
    assert forms.fields(FORM, b"a=%2500") == {"a": "%00"}
    assert forms.fields(FORM, b"") == {}


def test_the_refusal_does_not_repeat_what_was_sent_nor_keep_it_as_its_cause():
    with pytest.raises(Malformed) as caught:
        forms.fields(FORM, b"a=%FFsecret-number-017")
    assert "017" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@settings(max_examples=300)
@given(st.binary(max_size=400))
def test_any_bytes_are_a_form_or_malformed(body):
    line, read = "", {}
    try:
        read = forms.fields(FORM, body)
    except Malformed as refused:
        line = str(refused)
    assert len(line) < 80
    assert "\n" not in line
    assert "\0" not in "".join([*read, *read.values()])
    assert "".join([*read, *read.values()]).encode().decode() == "".join([*read, *read.values()])


@given(
    st.dictionaries(
        st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=9),
        st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40),
        min_size=1,
        max_size=20,
    )
)
def test_what_a_client_encodes_is_read_back(sent):
    assert forms.fields(FORM, urlencode(sent).encode()) == sent
