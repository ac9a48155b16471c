"""Our SMS count beside the one of Twilio's own calculator (npm `sms-segments-calculator`).

Theirs takes letters apart after a hasant (ক্ + ষ), as Unicode did before version 15.1, overfills a
part with a letter larger than it, and lets a CR and its LF part. Ours keeps ক্ষ and the line end
whole and cuts the giant, so it may count more, never less.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from helpline.flow.lettering import Unit, clusters, segments, units

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PACKAGE = "sms-segments-calculator@1.3.0"
FOLDER = Path(__file__).parents[2] / "build" / "oracle" / PACKAGE
ASK = """
const {SegmentedMessage} = require("sms-segments-calculator");
require("readline").createInterface({input: process.stdin}).on("line", (line) => {
  const sms = new SegmentedMessage(JSON.parse(line));
  console.log(JSON.stringify([sms.encodingName, sms.segmentsCount, sms.messageSize, sms.graphemes]));
});
"""


class Theirs(NamedTuple):
    encoding: str
    parts: int
    units: int
    letters: list[str]


def _reason(complaint: str) -> str:
    lines = [line for line in complaint.splitlines() if line.startswith("npm error")]
    return " / ".join(lines[:2]) or complaint[-200:]


@pytest.fixture(scope="session")
def node_folder() -> Path:
    """Give a folder where Node finds the calculator; fetched once, kept in `build/`."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("needs node and npm on the PATH")
    if (FOLDER / "node_modules").is_dir():
        return FOLDER
    FOLDER.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER.parent) as fresh:
        (Path(fresh) / "package.json").write_text("{}")
        install = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", PACKAGE]
        try:
            got = subprocess.run(
                install, cwd=fresh, capture_output=True, text=True, timeout=90, check=False
            )
        except subprocess.TimeoutExpired:
            pytest.skip(f"npm did not fetch {PACKAGE} within 90 s")
        if got.returncode:
            pytest.skip(f"npm cannot fetch {PACKAGE}: {_reason(got.stderr)}")
        FOLDER.mkdir(exist_ok=True)
        if not (FOLDER / "node_modules").exists():
            (Path(fresh) / "node_modules").rename(FOLDER / "node_modules")
    return FOLDER


@pytest.fixture(scope="session")
def twilio(node_folder: Path) -> Iterator[Callable[[str], Theirs]]:
    with subprocess.Popen(
        ["node", "-e", ASK],
        cwd=node_folder,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as node:
        assert node.stdin
        assert node.stdout
        questions, answers = node.stdin, node.stdout

        def ask(text: str) -> Theirs:
            questions.write(json.dumps(text) + "\n")
            questions.flush()
            encoding, parts, bits, letters = json.loads(answers.readline())
            encoding = {"GSM-7": "gsm7", "UCS-2": "ucs2"}[encoding]
            return Theirs(encoding, parts, bits // (7 if encoding == "gsm7" else 16), letters)

        yield ask
        questions.close()


pytestmark = pytest.mark.oracle
unhurried = settings(deadline=None, max_examples=600)
latin = st.sampled_from([*"abcXYZ019 .,?'\"@£$ñÜß§¿\n^{}\\[~]|€\f"])
simple = st.sampled_from([*"কখগঙজতনপমরসহঅআ১২।, aZ9", "কি", "কা", "যে", "সং", "\U0001f600", "\u09df"])
bangla = st.sampled_from(
    [*"কষরযতসহ০। ািীুেৈৌ্ংঁ়", "ক্ষ", "স্ত্রী", "\u09b0\u200d\u09cd\u09af", "\u200c", "`", "😀"]
)


def long(letters: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Texts around the lengths where one part becomes two, three and four."""
    pattern = st.lists(letters, min_size=1, max_size=40)
    return st.tuples(pattern, st.integers(1, 320)).map(
        lambda made: "".join(made[0] * 320)[: made[1]]
    )


@unhurried
@given(text=long(latin))
@example(text="a" * 152 + "€" + "b" * 153)
def test_a_gsm7_text_costs_what_twilio_says(twilio: Callable[[str], Theirs], text: str) -> None:
    ours, theirs = segments(text), twilio(text)
    assert (ours.encoding, ours.units, ours.parts) == ("gsm7", theirs.units, theirs.parts)
    assert theirs.encoding == "gsm7"


@unhurried
@given(text=long(simple))
@example(text="কি" * 67)
@example(text="ক" * 66 + "\U0001f600" + "ক" * 66)
def test_bangla_without_conjuncts_costs_what_twilio_says(
    twilio: Callable[[str], Theirs], text: str
) -> None:
    ours, theirs = segments(text), twilio(text)
    assert clusters(text) == theirs.letters
    assert (ours.encoding, ours.units, ours.parts) == (theirs.encoding, theirs.units, theirs.parts)


@unhurried
@given(text=long(bangla))
@example(text="ক" * 66 + "ক্ষ" + "ক" * 65)
@example(text="ক" * 65 + "ক্ষ" + "ক" * 66)
@example(text="a`b")
def test_any_bangla_costs_at_least_what_twilio_says(
    twilio: Callable[[str], Theirs], text: str
) -> None:
    ours, theirs = segments(text), twilio(text)
    assert (ours.encoding, ours.units) == (theirs.encoding, theirs.units)
    whole = clusters(text)
    assert set(accumulate(map(len, whole))) <= set(accumulate(map(len, theirs.letters)))
    if max(units(letter, Unit.UCS2) for letter in whole) <= 67:
        assert ours.parts >= theirs.parts
    if whole == theirs.letters and max(map(len, whole)) <= 67:
        assert ours.parts == theirs.parts


@pytest.mark.parametrize(
    ("text", "ours", "theirs"),
    [
        pytest.param("ক" * 65 + "ক্ষ" + "ক" * 66, 3, 2, id="a conjunct across unit 67"),
        pytest.param("ক" + "\u0981" * 139, 3, 2, id="a letter larger than two parts"),
        pytest.param("a" * 152 + "\r\n" + "b" * 152, 3, 2, id="a line end across septet 153"),
    ],
)
def test_where_the_two_differ_on_purpose(
    twilio: Callable[[str], Theirs], text: str, ours: int, theirs: int
) -> None:
    assert (segments(text).parts, twilio(text).parts) == (ours, theirs)
