"""The clocks: the system's, and the demo's that all its processes share."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from helpline.clock import SkippableClock, system_clock

if TYPE_CHECKING:
    from pathlib import Path

SECOND = timedelta(seconds=1)


def test_the_systems_clock_is_in_utc() -> None:
    assert abs(system_clock() - datetime.now(UTC)) < SECOND
    assert system_clock().tzinfo is UTC


def test_without_a_skip_the_demos_clock_is_the_systems(tmp_path: Path) -> None:
    assert abs(SkippableClock(tmp_path / "clock")() - system_clock()) < SECOND


def test_a_skip_is_seen_by_every_clock_on_the_file(tmp_path: Path) -> None:
    mine, other = SkippableClock(tmp_path / "clock"), SkippableClock(tmp_path / "clock")
    other()
    mine.skip(3600)
    assert abs(mine() - system_clock() - timedelta(hours=1)) < SECOND
    time.sleep(0.25)
    assert abs(other() - system_clock() - timedelta(hours=1)) < SECOND


def test_skips_add_up(tmp_path: Path) -> None:
    mine, other = SkippableClock(tmp_path / "clock"), SkippableClock(tmp_path / "clock")
    mine.skip(3600)
    other.skip(86400.5)
    assert abs(mine() - system_clock() - timedelta(hours=25, seconds=0.5)) < SECOND


@pytest.mark.parametrize("seconds", [-1, float("inf"), float("nan")])
def test_the_clock_only_goes_forward(tmp_path: Path, seconds: float) -> None:
    with pytest.raises(ValueError, match="forward"):
        SkippableClock(tmp_path / "clock").skip(seconds)


def test_a_file_that_holds_no_number_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / "clock").write_text("tomorrow")
    assert abs(SkippableClock(tmp_path / "clock")() - system_clock()) < SECOND
