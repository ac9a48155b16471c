# ruff: noqa: INP001  (a program, not a module of a package)
"""Learns how far words lean towards danger: `python scripts/weigh_crisis_words.py` writes the data file.

The lines come from `tests/data/crisis_corpus.tsv`, without the parts `kept` and `blind`; the sets of words from
`helpline/data/crisis/sets.tsv`. What a phrase calls harmless or a saying is left out of a line
before it is weighed, here and in use. The weights are those of a logistic regression (each trait
of a line counts once; AdaGrad with a little shrinking). The bars are set on lines a trained model
had not seen (five folds, by the digest of the text). The same input gives the same file.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from helpline.cases.crisis import Force, Level, Lexicon, phrase
from helpline.cases.crisis_leaning import Bars, Leaning
from helpline.data.crisis_leaning import WEIGHTS, load_sets
from helpline.data.files import table_of

ROOT: Final = Path(__file__).parents[1]
CORPUS: Final = ROOT / "tests" / "data" / "crisis_corpus.tsv"
FILE: Final = ROOT / "helpline" / "data" / WEIGHTS
NEVER_LEARNT: Final = frozenset({"kept", "blind"})
FOLDS: Final = 5
ROUNDS: Final = 12
STEP: Final = 0.15
SCALE: Final = 0.3
SHRINK: Final = 3e-3
SEEN_AT_LEAST: Final = 2
TOO_LIGHT: Final = 0.04
DANGER_REACHED: Final = 0.92
"""Of the lines of danger that a model had not seen, how many must lean far enough by themselves."""
WORRY_REACHED: Final = 0.95
HINT: Final = 0.75

NOTE: Final = """\
# How much each trait of a text leans it towards danger. Written by scripts/weigh_crisis_words.py from {lines} lines of
# tests/data/crisis_corpus.tsv; never edited by hand. `word`, `piece` (of a word, < and > are its ends), `near` (the
# beginnings of two words at most three apart), `set` and `sets` (crisis/sets.tsv; two of them at most six words apart).
# Words are written as they sound (helpline/cases/crisis_words.py). `bar` is how far a text must lean.
"""


class Line(NamedTuple):
    """A line of the corpus, its traits, and what it asks of us."""

    text: str
    expected: Level
    traits: tuple[str, ...]


class Model(NamedTuple):
    """What was learnt."""

    weights: dict[str, float]

    def of(self, line: Line) -> float:
        """How far a line leans."""
        return sum(self.weights.get(each, 0.0) for each in line.traits)


def main() -> None:
    """Write the file."""
    lines = read_lines()
    leanings = out_of_fold(lines)
    danger = sorted(
        (leanings[place] for place, line in enumerate(lines) if line.expected is Level.DANGER),
        reverse=True,
    )
    bars = Bars(
        round(danger[int(DANGER_REACHED * len(danger))], 2),
        round(danger[int(WORRY_REACHED * len(danger))], 2),
        HINT,
    )
    for level in Level:
        those = [leanings[place] for place, line in enumerate(lines) if line.expected is level]
        found = [sum(each >= bar for each in those) / len(those) for bar in bars[:2]]
        print(  # noqa: T201
            f"{level:7}{len(those):5} lines: as danger {found[0]:.1%}, as worry or danger {found[1]:.1%}"
        )
    write(learn(lines).weights, bars, len(lines))


def read_lines() -> list[Line]:
    """The lines to learn from."""
    lexicon = Lexicon(
        phrase(Force(row["force"]), row["topic"], row["words"])
        for row in table_of("crisis/phrases.tsv")
    )
    leaning = Leaning(load_sets(), {}, Bars(0, 0, 0))
    _, *rows = (row.split("\t") for row in CORPUS.read_text("utf-8").splitlines())
    return [
        Line(text, Level(expected), tuple(sorted(next(leaning.parts(lexicon.heard(text))))))
        for expected, _script, text, part in rows
        if part not in NEVER_LEARNT
    ]


def out_of_fold(lines: Sequence[Line]) -> list[float]:
    """How far each line leans by a model that did not learn from it."""
    folds = [int(sha256(line.text.encode()).hexdigest(), 16) // 7 % FOLDS for line in lines]
    leanings = [0.0] * len(lines)
    for fold in range(FOLDS):
        model = learn(line for line, other in zip(lines, folds, strict=True) if other != fold)
        for place, line in enumerate(lines):
            if folds[place] == fold:
                leanings[place] = model.of(line)
    return leanings


def learn(lines: Iterable[Line]) -> Model:
    """A logistic regression: danger or not."""
    chosen = [*lines]
    seen = Counter(trait for line in chosen for trait in line.traits)
    place_of = {
        trait: place
        for place, trait in enumerate(
            sorted(trait for trait, times in seen.items() if times >= SEEN_AT_LEAST)
        )
    }
    rows = [
        (
            [place_of[trait] for trait in line.traits if trait in place_of],
            line.expected is Level.DANGER,
        )
        for line in chosen
    ]
    weights = [0.0] * len(place_of)
    squares = [0.01] * len(place_of)
    dice = random.Random(1)  # noqa: S311  (an order, not a secret)
    for _round in range(ROUNDS):
        dice.shuffle(rows)
        for places, danger in rows:
            leaning = SCALE * sum(weights[place] for place in places)
            miss = 1 / (1 + math.exp(-max(-30.0, min(30.0, leaning)))) - danger
            for place in places:
                slope = miss * SCALE + SHRINK * weights[place]
                squares[place] += slope * slope
                weights[place] -= STEP * slope / math.sqrt(squares[place])
    return Model({trait: SCALE * weights[place] for trait, place in place_of.items()})


def write(weights: dict[str, float], bars: Bars, lines: int) -> None:
    """Write what was learnt, without what weighs next to nothing."""
    rows = [f"bar {name}\t{bar:.2f}" for name, bar in bars._asdict().items()]
    rows += [
        f"{trait}\t{weight:.2f}"
        for trait, weight in sorted(weights.items())
        if abs(weight) >= TOO_LIGHT
    ]
    FILE.write_text(NOTE.format(lines=lines) + "\n".join(["trait\tweight", *rows]) + "\n", "utf-8")


if __name__ == "__main__":
    main()
