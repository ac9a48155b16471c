"""Whatever belongs to a person, a phone, a case or a piece of work is found without reading a whole table."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Column, Table, UniqueConstraint

from helpline.store.tables import Base

GROWING = {"person", "phone", "care_case", "work_item", "referral"}


def leading(table: Table) -> Iterator[str]:
    """The columns with which an index of a table begins."""
    yield next(iter(table.primary_key.columns)).name
    for index in table.indexes:
        yield next(iter(index.columns)).name
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield next(iter(constraint.columns)).name


def owned() -> Iterator[Column[object]]:
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if any(key.column.table.name in GROWING for key in column.foreign_keys):
                yield column


@pytest.mark.parametrize("column", list(owned()), ids=str)
def test_what_belongs_to_something_that_grows_is_found_by_an_index(column: Column[object]) -> None:
    assert column.name in set(leading(column.table))
