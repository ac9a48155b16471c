"""How a conversation test is written down: screens as the caller sees them, rows as they are kept."""

from __future__ import annotations

import re
from textwrap import dedent
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import select

from helpline.flow.lettering import compose

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import RowMapping

    from helpline.store.database import Database
    from helpline.store.tables import Base
    from tests.house import House, Phone

T = TypeVar("T")

HOME = """
    প্রবাসফেরতদের সেবা
    1 নিবন্ধন
    2 পরামর্শ
    3 কাছের কেন্দ্র
    98 আরও 0 কথা
"""

REGISTER_IN_JASHORE = (
    "1",  # নিবন্ধন
    "1",  # রাজি
    "1",  # আমার জন্য
    "1",  # নারী
    "jessore",
    "1",  # যশোর সদর
    "1",  # সৌদি আরব
    "2",  # গত 1 বছরে
    "4",  # কাজে সমস্যা
    "1",  # কথা বলার মানুষ
    "1",  # ফোন শুধু আমার
    "1",  # এসএমএস হ্যাঁ
    "1",  # কল হ্যাঁ
    "4",  # যেকোনো সময়
    "4",  # পরিচয়পত্র না
    "2580",  # গোপন সংখ্যা
    "1",  # হ্যাঁ, নিবন্ধন করুন
)
"""What Shirin presses to register herself, with a secret number and every permission."""


def screen(text: str) -> str:
    """A screen written in a test, as the network carries it."""
    return compose(dedent(text).strip("\n"))


def reference_on(shown: str) -> str:
    """The number a screen or an SMS tells, as it is spoken."""
    found = re.search(r"\d{3} \d{3} \d{3}", shown)
    assert found, shown
    return found[0]


def rows(database: Database, table: type[Base], *order: str) -> list[RowMapping]:
    """Every row of a table, by the columns named, else by id."""
    columns: Any = table.__table__.c
    asked = select(table.__table__).order_by(*(columns[name] for name in order or ("id",)))
    with database.reading() as connection:
        return list(connection.execute(asked).mappings())


def each_on_a_phone(house: House, cases: Iterable[T]) -> Iterator[tuple[Phone, T]]:
    """Every case with a phone of its own."""
    for number, case in enumerate(cases, 1):
        yield house.phone(f"+88013100000{number:02}"), case
