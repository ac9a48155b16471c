"""Two persons on one phone: whatever one of them presses, she meets no trace of the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpline.store.tables import Correction, Dependant, Feedback, Person
from tests.conversations.screens import rows, screen
from tests.conversations.test_my_data import with_a_sister

if TYPE_CHECKING:
    from helpline.store.database import Database
    from tests.house import Phone

OPEN = ("00", "9", "4", "7413")
"""The sister's own way in."""
PRESSES: dict[str, tuple[str, ...]] = {
    **{key: (key,) for key in ("0", "00", "1", "2", "3", "4", "6", "8", "9", "98", "99", "savar")},
    "matters": OPEN,
    "kept": (*OPEN, "5"),
    "see": (*OPEN, "5", "1"),
    "family": (*OPEN, "6"),
    "list": (*OPEN, "6", "2"),
    "dates": ("00", "6", "7413"),
    "wrong": ("00", "9", "4", "7777"),
}
"""What she may do next. The key 5 is left out: it alone would write what the other one wrote."""
TRACES = [screen(words) for words in ("যশোর, যশোর সদর", "অন্য কেউ, বয়স 18-59")]
"""What only the first one's own screens show: her places, and whom she looks after."""


def first_one(phone: Phone) -> None:
    """Shirin tells of somebody, begins to put something right, and is cut off."""
    phone.dial()
    phone.press("9", "4", "2580", "6", "1", "5", "3", "6", "1")
    phone.dial()
    phone.press("9", "4", "2580", "5", "1", "1", "dhaka")


@given(pressed=st.lists(st.sampled_from([*PRESSES, "redial", "sms"]), min_size=3, max_size=14))
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_one_never_meets_a_trace_of_the_other(database: Database, pressed: list[str]) -> None:
    with database.transaction() as connection:
        for table in reversed(Person.metadata.sorted_tables):
            if table.name == "audit":  # empty, and only ever added to
                continue
            connection.execute(table.delete())
    house, phone = with_a_sister(database)
    first_one(phone)
    shirin = next(row for row in rows(database, Person) if row["district"] == "BD-22")
    before = len(house.texts())
    seen = [phone.dial(), *(phone.press(key) for key in ("1", "7413"))]
    for name in pressed:
        if phone.over or name == "redial":
            seen.append(phone.dial())
        if name == "sms":
            phone.text("আমার তথ্য")
        elif name != "redial":
            seen += [phone.press(key) for key in PRESSES[name] if not phone.over]
    seen += house.texts()[before:]
    assert not [page for page in seen for trace in TRACES if trace in page]
    assert next(row for row in rows(database, Person) if row["id"] == shirin["id"]) == shirin
    assert {row["person_id"] for row in rows(database, Correction)} <= {
        row["id"] for row in rows(database, Person)
    } - {shirin["id"]}
    (hers,) = [row for row in rows(database, Dependant) if row["person_id"] == shirin["id"]]
    assert hers["state"] == "named"
    assert rows(database, Feedback) == []
