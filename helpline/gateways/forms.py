"""Webhook bodies: urlencoded forms read strictly, with errors that repeat nothing of what was sent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from helpline.gateways.numbers import e164
from helpline.gateways.port import Malformed

if TYPE_CHECKING:
    from collections.abc import Mapping

FORM = "application/x-www-form-urlencoded"
LARGEST_BODY = 16 * 1024
MOST_FIELDS = 64
LONGEST_ID = 96
"""An id, a colon and a status must fit the 160 characters of an inbox row."""
LONGEST_WORD = 60

_ID = re.compile(rf"[\x21-\x7e]{{1,{LONGEST_ID}}}")
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]+")


def fields(content_type: str, body: bytes) -> dict[str, str]:
    """The fields of a form, each exactly once; blank values are kept.

    Raises:
        Malformed: not a form, over 16 KiB or 64 fields, a name twice, a part without `=`, a NUL,
            or anything that is not UTF-8 (lone surrogates are not).
    """
    if content_type.partition(";")[0].strip().lower() != FORM:
        raise Malformed("the body must be a form")
    if len(body) > LARGEST_BODY:
        raise Malformed("the body is too large")
    if not body:
        return {}
    if b"%00" in body or b"\0" in body:
        raise Malformed("the form holds a character that no text holds")
    if body.count(b"&") >= MOST_FIELDS:
        raise Malformed("the form has too many fields")
    try:
        pairs = [part.partition(b"=") for part in body.split(b"&")]
        found = {_unquoted(name): _unquoted(value) for name, _, value in pairs}
    except UnicodeDecodeError:
        # `from None`: its message quotes the content.
        raise Malformed("the form is not UTF-8") from None
    if b"" in [equals for _, equals, _ in pairs]:
        raise Malformed("a field has no value")
    if len(found) != len(pairs):
        raise Malformed("a field comes twice")
    return found


def required(form: Mapping[str, str], name: str) -> str:
    """The field `name`, which may be blank but must be there."""
    try:
        return form[name]
    except KeyError:
        raise Malformed(f"{name} is missing") from None


def ident(form: Mapping[str, str], name: str) -> str:
    """The field `name` as an id: 1 to 96 printable ASCII characters without a space."""
    value = required(form, name)
    if not _ID.fullmatch(value):
        raise Malformed(f"{name} is not an id")
    return value


def phone(form: Mapping[str, str], name: str) -> str:
    """The field `name` as an E.164 number."""
    number = e164(required(form, name))
    if number is None:
        raise Malformed(f"{name} is not a phone number")
    return number


def word(form: Mapping[str, str], name: str) -> str:
    """The field `name` as a gateway's own word: printable ASCII, cut at 60; empty if absent."""
    return _UNPRINTABLE.sub(" ", form.get(name, "")[:LONGEST_WORD]).strip()


def _unquoted(text: bytes) -> str:
    if not text.isalnum():  # most of them are letters and digits
        text = text.replace(b"+", b" ")
        text = unquote_to_bytes(text) if b"%" in text else text
    return text.decode()
