"""The benchmark of the desk can fill every table that it measures, and opens every page."""

from pathlib import Path

from helpline.cases.roles import Role
from tests.bench.desk import Size, filled, measured, opened


def test_what_the_benchmark_measures_opens(postgres_url: str, tmp_path: Path) -> None:
    size = Size(people=150, messages=150, open_items=60, done_items=60, tries=1)
    with opened(postgres_url, tmp_path) as office:
        staff = [office.hire(Role.COUNSELLOR, sex="woman") for _ in range(2)]
        _seconds, cases = filled(office, postgres_url, size, staff)
        pages = list(measured(office, size, staff[0], cases))
    assert len({page.page for page in pages}) == len(pages) > 10
    assert all(page.kilobytes > 1 for page in pages)
