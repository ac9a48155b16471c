"""Every page that a member of staff can come to: found by following links from what they may open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from tests.desk.office import Browser, Office

NUMBERED = re.compile(r"[0-9a-f]{32}|page=\d+|after=[^&]+|\d{4}-\d\d-\d\d")
_LINK = re.compile(r'(?:href|data-live)="(/desk[^"#]*)')
_SKIPPED = ("/desk/static/", "/desk/log-out", "/desk/partner/")


def walked(office: Office, browser: Browser, most_of_a_kind: int = 3) -> Iterator[tuple[str, str]]:
    """The address and the HTML of every page one can come to; of pages that differ in an id, a few."""
    starts = {
        rule.rule
        for rule in office.app.url_map.iter_rules()
        if rule.endpoint.startswith("desk.")
        and not rule.arguments
        and "GET" in (rule.methods or ())
    }
    yield from _follow(sorted(starts), browser, most_of_a_kind)


def _follow(starts: list[str], browser: Browser, most_of_a_kind: int) -> Iterator[tuple[str, str]]:
    waiting, known, kinds = list(starts), set(starts), dict[str, int]()
    while waiting:
        path = waiting.pop(0)
        answer = browser.client.get(path, follow_redirects=True)
        if answer.status_code != 200 or "html" not in answer.content_type:
            continue
        yield path, answer.text
        for found in _LINK.findall(answer.text):
            link = unescape(found)
            kind = NUMBERED.sub("*", link)
            if link in known or link.startswith(_SKIPPED) or kinds.get(kind, 0) >= most_of_a_kind:
                continue
            known.add(link)
            kinds[kind] = kinds.get(kind, 0) + 1
            waiting.append(link)


def read(html: str) -> str:
    """What can be read or heard on a page: its text and the words in its attributes."""
    without = re.sub(r"<(script|style)\b.*?</\1>|<!doctype[^>]*>", " ", html, flags=re.DOTALL)
    without = re.sub(r"<(\w+)[^>]*\blang=\"en\"[^>]*>.*?</\1>", " ", without, flags=re.DOTALL)
    heard = re.findall(r'\b(?:aria-label|title|alt|placeholder)="([^"]*)"', without)
    text = re.sub(r"<[^>]+>", " ", without)
    return re.sub(r"\s+", " ", unescape(" ".join((text, *heard)))).strip()
