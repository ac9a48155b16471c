"""Every code that is written into the log has words, in both languages, on its page."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from handlers.desk.language import translated
from handlers.desk.log_words import ACTIONS, SUBJECTS, of_action
from helpline.cases import states

ROOT = Path(__file__).parents[2]
MOVED = ("CASE", "APPOINTMENT", "PLAN_STEP", "APPROVAL", "TRANSFER", "FOLLOW_UP")
"""Tables whose states are noted as actions."""


def noted() -> Iterator[tuple[str, str]]:
    """Every action and subject that stands as text in a call that notes something."""
    for path in (ROOT / "helpline" / "service").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            if called == "audit.note":
                yield from ((kind, _text(node.args[at])) for kind, at in (("a", 1), ("s", 2)))
            elif called == "_note":
                yield "a", _text(node.args[1])
            elif called in {"access.open_case", "open_case"}:
                yield from (("a", _text(k.value)) for k in node.keywords if k.arg == "action")


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def test_every_action_has_words() -> None:
    written = {code for kind, code in noted() if kind == "a" and code}
    assert len(written) > 50
    assert sorted(written - ACTIONS.keys()) == []


def test_every_subject_has_words() -> None:
    written = {code for kind, code in noted() if kind == "s" and code}
    assert sorted(written - SUBJECTS.keys()) == []


def test_every_state_that_is_noted_has_words() -> None:
    moved = {state for name in MOVED for state in getattr(states, name)}
    assert sorted(moved - ACTIONS.keys()) == []


def test_every_word_is_there_in_bangla() -> None:
    words = {*ACTIONS.values(), *SUBJECTS.values()}
    assert [word for word in words if translated("bn", word) == word] == []


def test_what_was_done_through_broken_glass_says_so() -> None:
    assert of_action("read_break_glass") == (ACTIONS["read"], True)
    assert of_action("read") == (ACTIONS["read"], False)
    assert of_action("unheard_of") == ("unheard_of", False)
