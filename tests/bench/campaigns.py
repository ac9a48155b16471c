"""A campaign to many: how fast it is counted for the preview, and how fast its phones are enrolled."""

from __future__ import annotations

import time
from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

from helpline.cases.calendar import local
from helpline.cases.campaigns import Segment
from helpline.cases.roles import Role
from helpline.service.campaigns import sweep
from helpline.service.desk import campaigns
from helpline.service.desk.acting import acting
from helpline.settings import Settings
from helpline.wiring import build, close
from tests.desk.office import Office
from tests.readers import DISTRICT, plant

if TYPE_CHECKING:
    from tests.bench.stand import Stand


class Measured(NamedTuple):
    """Seconds."""

    counted: float
    enrolled: float


def measured(stand: Stand, count: int) -> Measured:
    """Count and enrol so many phones, all of them in the segment."""
    parts = build(
        Settings.load(
            {
                "HELPLINE_DEMO": "1",
                "HELPLINE_DATA_DIR": str(stand.folder / "campaign"),
                "HELPLINE_DATABASE_URL": stand.database("campaign"),
            }
        )
    )
    plant(parts.database, parts.ring, parts.clock(), ["reader"] * count)
    desk: Any = SimpleNamespace(parts=parts, clock=parts.clock)
    writer, second = Office.hire(desk, Role.PROGRAMME), Office.hire(desk, Role.SUPERVISOR)
    segment = Segment(districts=frozenset({DISTRICT}), languages=frozenset({"bn"}))
    until = local(parts.clock()).date() + timedelta(days=3)
    draft = campaigns.Draft("A fair", "সময় পেলে আসবেন।", segment=segment, valid_until=until)
    with acting(parts, writer) as deed:
        began = time.perf_counter()
        campaigns.preview(deed, draft)
        counted = time.perf_counter() - began
        ident = campaigns.write(deed, draft)
    steps = ((campaigns.submit, writer), (campaigns.approve, second), (campaigns.start, writer))
    for version, (step, who) in enumerate(steps, 1):
        with acting(parts, who) as deed:
            step(deed, ident, version)
    began = time.perf_counter()
    enrolled_at = None
    while enrolled_at is None:
        sweep(parts)
        with acting(parts, writer) as deed:
            [row] = campaigns.listed(deed)
        enrolled_at = row.enrolled_at
    took = time.perf_counter() - began
    close(parts)
    if row.enrolled != count:
        raise RuntimeError(f"{row.enrolled} of {count} enrolled")
    return Measured(counted, took)
