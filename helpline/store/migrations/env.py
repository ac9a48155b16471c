"""What Alembic runs for every command; `helpline.store.migrate` hands over the open transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from alembic import context

from helpline.store.tables import Base, Moment

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext


def _written(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write our own types as what the database sees: migrations must not change with the code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Moment) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_item=_written,
    render_as_batch=context.config.attributes["batch"],
    transactional_ddl=True,
)
context.run_migrations()
