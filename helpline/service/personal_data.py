"""The register of personal data as a page: every table, what it holds, what for, how long, and what then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from helpline.cases.keeping import AIMS, CASE, PERSON, UNHEARD, YEAR, Aim, Rule, Then, rules_of
from helpline.store.register import Entry, register

_KINDS: Final = {
    "sealed": "sealed",
    "fingerprint": "fingerprint",
    "coded": "code",
}
_SINCE: Final = {
    CASE: "the case was closed",
    PERSON: "the last case of the person was closed",
    UNHEARD: "the phone was last heard of",
}
_THEN: Final = {
    Then.EMPTY: "emptied; the row is counted on",
    Then.DELETE: "deleted",
}
HEAD: Final = """\
# The personal data that is kept

Made by `helpline data register` from the table definitions and `helpline/cases/keeping.py`; a test
fails when this page is not what the command prints. Decision 0023 says why.

*Sealed* is encrypted, readable by staff who may open the case; a *fingerprint* is a keyed hash, for
finding and never for reading; a *code* is one answer of a short list, in clear, and counted. Who
erases a person wipes what is sealed and every fingerprint at once, whatever the days below say.
"""


def page() -> str:
    """The whole register in Markdown."""
    held: dict[str, list[Entry]] = defaultdict(list)
    for entry in register():
        held[entry.table].append(entry)
    parts = [HEAD]
    for aim in Aim:
        tables = [table for table in held if rules_of(table)[0].aim is aim]
        if tables:
            parts.append(f"## {AIMS[aim].en}\n")
            parts.append("| table | what it is | what it holds | kept |\n|---|---|---|---|")
            parts[-1] += "".join(f"\n{_row(table, held[table])}" for table in tables) + "\n"
    return "\n".join(parts)


def _row(table: str, entries: Iterable[Entry]) -> str:
    columns = list(entries)
    holds = ", ".join(f"{entry.column} ({_KINDS[entry.kind]})" for entry in columns)
    kept = "; ".join(_kept(rule) for rule in rules_of(table))
    return f"| `{table}` | {columns[0].purpose} | {holds} | {kept} |"


def _kept(rule: Rule) -> str:
    if rule.then is Then.KEEP:
        return rule.why
    since = _SINCE.get(rule.since) or f"`{rule.since}`"
    state = f" when {' or '.join(rule.states)}" if rule.states else ""
    return f"{_time(rule.days)} after {since}{state}, then {_THEN[rule.then]}"


def _time(days: int) -> str:
    if days % YEAR == 0:
        return f"{days // YEAR} years" if days > YEAR else "1 year"
    return f"{days} days"
