"""The form again: what was sent stands in it, and what is wrong is said right above its fields.

A page is made as ever, from what is known now; then the one form that was sent is found in it by its
address and its hidden fields, and filled. So no template has to know what was typed into it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final

from flask import request
from markupsafe import Markup, escape

if TYPE_CHECKING:
    from handlers.desk.desk import Answer, Here

Attributes = dict[str, str | None]

NEW_EACH_TIME: Final = frozenset({"form_token", "version", "seen", "confirmed"})
"""Hidden fields that say when a form was made, not which form it is."""
_TYPED: Final = frozenset(
    {"text", "search", "tel", "number", "date", "time", "datetime-local", "email", "url"}
)
_TICKED: Final = frozenset({"checkbox", "radio"})


@dataclass(slots=True)
class _Form:
    """A form of a page: where its fields begin, what it bears, and what would fill it."""

    inside: int
    action: str
    around: list[tuple[int, int, Attributes]]
    """The closed parts of the page that it stands in."""
    hidden: dict[str, str] = field(default_factory=dict)
    edits: list[tuple[int, int, str]] = field(default_factory=list)


def again(here: Here, page: Answer, *why: str) -> Answer:
    """The answer to a form that could not be done: its page, with the form as it was sent below `why`."""
    told = Markup(_html(here.show("hindered.html", why=why)))  # noqa: S704  (a template escaped it)
    return filled(_html(page), request.path, dict(request.form.lists()), told), 422


def _html(page: Answer) -> str:
    return str(page[0]) if isinstance(page, tuple) else str(page)


def filled(page: str, action: str, sent: Mapping[str, Sequence[str]], said: Markup) -> str:
    """A page in which the form for `action` bears what was `sent`, below `said`.

    Parts of the page that can be folded are open around it. Passwords and hidden fields stay as they
    are. A page without such a form has `said` at the head of its content.
    """
    found = _Reader(page, sent)
    form = next((each for each in found.forms if _is_it(each, action, sent)), None)
    if form is None:
        return _at(page, found.main, str(said))
    edits = [(form.inside, form.inside, str(said)), *form.edits]
    edits += [
        (begins, ends, _tag("details", known | {"open": None}))
        for begins, ends, known in form.around
    ]
    for begins, ends, text in sorted(edits, reverse=True):
        page = page[:begins] + text + page[ends:]
    return page


def _is_it(form: _Form, action: str, sent: Mapping[str, Sequence[str]]) -> bool:
    return form.action == action and all(
        value in sent.get(name, ())
        for name, value in form.hidden.items()
        if name not in NEW_EACH_TIME
    )


def _at(page: str, place: int, text: str) -> str:
    return page[:place] + text + page[place:]


def _tag(name: str, attributes: Attributes) -> str:
    said = "".join(
        f" {key}" if value is None else f' {key}="{escape(value)}"'
        for key, value in attributes.items()
    )
    return f"<{name}{said}>"


class _Reader(HTMLParser):
    """Finds the forms of a page, and what has to change in each of them to bear what was sent."""

    def __init__(self, page: str, sent: Mapping[str, Sequence[str]]) -> None:
        super().__init__(convert_charrefs=False)
        self.forms: list[_Form] = []
        self.main = 0
        self._sent = sent
        self._given: dict[tuple[int, str], int] = {}
        self._lines = [0]
        self._lines = [0, *(at + 1 for at, letter in enumerate(page) if letter == "\n")]
        self._folded: list[tuple[int, int, Attributes]] = []
        self._form: _Form | None = None
        self._select: str | None = None
        self._text: tuple[str, int] | None = None
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known, begins = dict(attrs), self._place()
        ends = begins + len(self.get_starttag_text() or "")
        if tag == "main":
            self.main = ends
        elif tag == "details":
            self._folded.append((begins, ends, known))
        elif tag == "form" and (known.get("method") or "").lower() == "post":
            self._form = _Form(ends, known.get("action") or "", list(self._folded))
            self.forms.append(self._form)
        elif self._form is not None:
            self._field(self._form, tag, known, (begins, ends))

    def handle_endtag(self, tag: str) -> None:
        if tag == "details" and self._folded:
            self._folded.pop()
        elif tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._form and self._text:
            name, begins = self._text
            self._text = None
            self._form.edits.append((begins, self._place(), f"\n{escape(self._next(name))}"))

    def _field(self, form: _Form, tag: str, known: Attributes, where: tuple[int, int]) -> None:
        name, kind = known.get("name") or "", known.get("type") or "text"
        if tag == "input" and kind == "hidden":
            form.hidden[name] = known.get("value") or ""
        elif tag == "input" and kind in _TICKED:
            ticked = (known.get("value") or "on") in self._sent.get(name, ())
            form.edits.append((*where, _tag(tag, _marked(known, "checked", on=ticked))))
        elif tag == "input" and kind in _TYPED and name in self._sent:
            form.edits.append((*where, _tag(tag, known | {"value": self._next(name)})))
        elif tag == "textarea" and name in self._sent:
            self._text = (name, where[1])
        elif tag == "select":
            self._select = name if name in self._sent else None
        elif tag == "option" and self._select is not None:
            chosen = (known.get("value") or "") in self._sent[self._select]
            form.edits.append((*where, _tag(tag, _marked(known, "selected", on=chosen))))

    def _next(self, name: str) -> str:
        """The next value of a field that a form may have several times."""
        place = (len(self.forms), name)
        at = self._given.get(place, 0)
        self._given[place] = at + 1
        return self._sent[name][min(at, len(self._sent[name]) - 1)]

    def _place(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column


def _marked(known: Attributes, mark: str, *, on: bool) -> Attributes:
    without = {key: value for key, value in known.items() if key != mark}
    return without | {mark: None} if on else without
