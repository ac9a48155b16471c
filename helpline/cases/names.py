"""Which of many spelt names a typed one may mean: exactly, or by sound."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz, process

from helpline.cases.spelling import forms, plain, sound

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

OFFERED: Final = 4
"""How many are offered at most when a name was not understood exactly."""
_PLAUSIBLE: Final = 76.0
_BEHIND: Final = 14.0
_SHORTEST: Final = 3


@dataclass(frozen=True, slots=True)
class Found:
    """What a typed name may mean. Only when `exact` is there a single value that may be taken unasked."""

    values: tuple[str, ...]
    exact: bool


NOTHING: Final = Found((), exact=False)


def offered(values: Iterable[str]) -> Found:
    """The first `OFFERED` of `values`, to be chosen from."""
    return Found(tuple(dict.fromkeys(values))[:OFFERED], exact=False)


def named(values: tuple[str, ...]) -> Found:
    """What bears the very name that was typed: taken when it is one, offered when several do."""
    return Found(values, exact=True) if len(values) == 1 else offered(values)


def best(scored: Mapping[str, float]) -> list[str]:
    """The values with the best score, and those not far behind it, best first."""
    floor = max(scored.values(), default=0.0) - _BEHIND
    near = [value for value, score in scored.items() if score >= floor]
    return sorted(near, key=lambda value: -scored[value])


class Names:
    """The spellings of some values, ready to be compared."""

    def __init__(self, spellings: Iterable[tuple[str, frozenset[str]]]) -> None:
        exact: defaultdict[str, list[str]] = defaultdict(list)
        sounds: defaultdict[str, list[str]] = defaultdict(list)
        for value, names in spellings:
            for form in sorted({plain(name) for name in names}):
                exact[form].append(value)
            for key in sorted({sound(name) for name in names}):
                sounds[key].append(value)
        self._exact = {form: tuple(values) for form, values in exact.items()}
        self._sounds = dict(sounds)
        self._keys = tuple(sounds)

    def exactly(self, form: str) -> tuple[str, ...]:
        """The values that bear this name, given as one of its `forms`."""
        return self._exact.get(form, ())

    def find(self, typed: str) -> Found:
        """What was typed: a name, else what sounds like one, else `NOTHING`."""
        for form in forms(typed):
            if values := self.exactly(form):
                return named(values)
        return offered(best(self.scores(typed)))

    def scores(self, typed: str) -> dict[str, float]:
        """How alike each place sounds, 0 to 100, where that is plausible at all."""
        heard = sound(typed)
        if len(heard) < _SHORTEST:
            return {}
        scored: dict[str, float] = {}
        matches = process.extract(
            heard, self._keys, scorer=fuzz.WRatio, limit=None, score_cutoff=_PLAUSIBLE
        )
        for key, score, _ in matches:
            if min(len(key), len(heard)) < _SHORTEST:
                continue
            for value in self._sounds[key]:
                scored[value] = max(score, scored.get(value, 0.0))
        return scored
