"""Statements of the hot path: written as SQLAlchemy Core, compiled once, run on the bare driver."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Update
    from sqlalchemy.engine.interfaces import DBAPICursor

    Statement: TypeAlias = Select[*tuple[Any, ...]] | Insert | Update | Delete


class Prepared:
    """A statement with named parameters (`bindparam`), for use inside `Database.transaction`.

    Rows come back as plain tuples; values pass through the types of their columns, both ways. An
    `insert` takes every column of its table, or of its `values`; write `ON CONFLICT` with the
    `insert` of `sqlalchemy.dialects.postgresql`, which SQLite understands too. What it cannot do:
    `IN` with a list, defaults made in Python, events and `echo`. Errors are SQLAlchemy's own.
    """

    def __init__(self, statement: Statement) -> None:
        self._statement = statement
        self._forms: dict[str, _Form] = {}

    def rows(self, connection: Connection, **values: Any) -> list[tuple[Any, ...]]:
        """Run the statement and give all the rows it returns."""
        form, cursor = self._run(connection, values)
        rows = cursor.fetchall()
        return form.read(rows, cursor) if rows else []  # type: ignore[arg-type]

    def row(self, connection: Connection, **values: Any) -> tuple[Any, ...] | None:
        """Run the statement and give the first row it returns, or none."""
        rows = self.rows(connection, **values)
        return rows[0] if rows else None

    def run(self, connection: Connection, **values: Any) -> int:
        """Run a statement that returns no rows and give how many it wrote."""
        return self._run(connection, values)[1].rowcount

    def _run(self, connection: Connection, values: dict[str, Any]) -> tuple[_Form, DBAPICursor]:
        dialect = connection.dialect
        form = self._forms.get(dialect.name)
        if form is None:
            form = self._forms[dialect.name] = _Form(self._statement, dialect)
        parameters = form.parameters(values)
        # One cursor for each connection of the driver: making one costs half as much as a look-up.
        cursor: DBAPICursor | None = connection.info.get("helpline_cursor")
        if cursor is None:
            cursor = connection.info["helpline_cursor"] = connection.connection.cursor()
        driver = dialect.loaded_dbapi
        try:
            cursor.execute(form.sql, parameters)
        except driver.Error as error:
            lost = dialect.is_disconnect(error, connection.connection, cursor)
            if lost:
                connection.invalidate(error)
            raise DBAPIError.instance(
                form.sql, None, error, driver.Error, connection_invalidated=lost, dialect=dialect
            ) from error
        return form, cursor


class _Form:
    """A statement as one dialect wants it."""

    def __init__(self, statement: Statement, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        binds = {name: bind for bind, name in compiled.bind_names.items()}
        if compiled.insert_prefetch or compiled.update_prefetch:
            raise ValueError("a prepared statement needs every value: defaults are not filled in")
        if any(bind.expanding for bind in binds.values()):
            raise ValueError("a prepared statement cannot take a list")
        writers = {
            n: b.type.dialect_impl(dialect).bind_processor(dialect) for n, b in binds.items()
        }
        self._writers = [(name, write) for name, write in writers.items() if write]
        self._fixed = {name: bind.value for name, bind in binds.items() if not bind.required}
        self._asked = binds.keys() - self._fixed.keys()
        self._order: list[str] | None = compiled.positiontup
        self._columns = list(statement.exported_columns)
        self._readers: list[Callable[[Any], Any] | None] | None = None
        self._dialect = dialect
        self.sql = str(compiled)

    def parameters(self, values: dict[str, Any]) -> Any:
        if values.keys() != self._asked:
            raise TypeError(f"this statement takes {', '.join(sorted(self._asked)) or 'nothing'}")
        values |= self._fixed
        for name, write in self._writers:
            values[name] = write(values[name])
        return values if self._order is None else [values[name] for name in self._order]

    def read(self, rows: list[tuple[Any, ...]], cursor: DBAPICursor) -> list[tuple[Any, ...]]:
        if self._readers is None:
            kinds = [described[1] for described in cursor.description or ()]
            self._readers = [
                column.type.dialect_impl(self._dialect).result_processor(self._dialect, kind)
                for column, kind in zip(self._columns, kinds, strict=True)
            ]
        readers = self._readers
        return [
            tuple([r(value) if r else value for r, value in zip(readers, row, strict=True)])
            for row in rows
        ]
