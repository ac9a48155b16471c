"""Statements of the hot path: written as SQLAlchemy Core, compiled once, run on the bare driver."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from sqlalchemy import LargeBinary
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Update
    from sqlalchemy.engine.interfaces import DBAPICursor

    Statement: TypeAlias = Select[*tuple[Any, ...]] | Insert | Update | Delete
    Rows: TypeAlias = list[tuple[Any, ...]]


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

    def rows(self, connection: Connection, **values: Any) -> Rows:
        """Run the statement and give all the rows it returns."""
        return self._run(connection, values)[0]

    def row(self, connection: Connection, **values: Any) -> tuple[Any, ...] | None:
        """Run the statement and give the first row it returns, or none."""
        rows = self._run(connection, values)[0]
        return rows[0] if rows else None

    def run(self, connection: Connection, **values: Any) -> int:
        """Run a statement that returns no rows and give how many it wrote."""
        return self._run(connection, values)[1]

    def _run(self, connection: Connection, values: dict[str, Any]) -> tuple[Rows, int]:
        dialect = connection.dialect
        form = self._forms.get(dialect.name)
        if form is None:
            kind = _ByName if dialect.name == "postgresql" else _ByCursor
            form = self._forms[dialect.name] = kind(self._statement, dialect)
        parameters = form.parameters(values)
        driver = dialect.loaded_dbapi
        try:
            return form.run(connection, parameters)
        except driver.Error as error:
            lost = dialect.is_disconnect(error, connection.connection, None)
            if lost:
                connection.invalidate(error)
            raise DBAPIError.instance(
                form.sql, None, error, driver.Error, connection_invalidated=lost, dialect=dialect
            ) from error


class _Form:
    """A statement as one dialect wants it."""

    def __init__(self, statement: Statement, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        binds = {name: bind for bind, name in compiled.bind_names.items()}
        if compiled.insert_prefetch or compiled.update_prefetch:
            raise ValueError("a prepared statement needs every value: defaults are not filled in")
        if any(bind.expanding for bind in binds.values()):
            raise ValueError("a prepared statement cannot take a list")
        self._fixed = {name: bind.value for name, bind in binds.items() if not bind.required}
        self._asked = binds.keys() - self._fixed.keys()
        self._order: list[str] = compiled.positiontup
        self._types = [binds[name].type.dialect_impl(dialect) for name in self._order]
        writers = {name: bind.type.dialect_impl(dialect) for name, bind in binds.items()}
        processors = {name: kind.bind_processor(dialect) for name, kind in writers.items()}
        self._writers = [(name, write) for name, write in processors.items() if write]
        self._columns = list(statement.exported_columns)
        self._readers: list[Callable[[Any], Any] | None] | None = None
        self._dialect = dialect
        self.sql = str(compiled)

    def parameters(self, values: dict[str, Any]) -> list[Any]:
        """The values in the order in which the statement has them."""
        if values.keys() != self._asked:
            raise TypeError(f"this statement takes {', '.join(sorted(self._asked)) or 'nothing'}")
        values |= self._fixed
        for name, write in self._writers:
            values[name] = write(values[name])
        return [values[name] for name in self._order]

    def run(self, connection: Connection, parameters: list[Any]) -> tuple[Rows, int]:
        """Give the rows that came back, and how many were found or written."""
        raise NotImplementedError

    def _read(self, rows: Rows, kinds: Callable[[], Sequence[Any]]) -> Rows:
        if self._readers is None:
            self._readers = [
                column.type.dialect_impl(self._dialect).result_processor(self._dialect, kind)
                for column, kind in zip(self._columns, kinds(), strict=True)
            ]
        readers = self._readers
        return [
            tuple([r(value) if r else value for r, value in zip(readers, row, strict=True)])
            for row in rows
        ]


class _ByCursor(_Form):
    """For a driver that keeps what it has parsed by itself."""

    def run(self, connection: Connection, parameters: list[Any]) -> tuple[Rows, int]:
        # One cursor for each connection of the driver: making one costs half as much as a look-up.
        cursor: DBAPICursor | None = connection.info.get("helpline_cursor")
        if cursor is None:
            cursor = connection.info["helpline_cursor"] = connection.connection.cursor()
        cursor.execute(self.sql, parameters)
        rows: Any = cursor.fetchall()
        described = cursor.description or ()
        return self._read(rows, lambda: [each[1] for each in described]), cursor.rowcount


_BYTEA: Final = 17
_OFTEN: Final = 3
"""To prepare a statement takes a round trip of its own."""


class _ByName(_Form):
    """For PostgreSQL: prepared there when it is used often, then sent by its name.

    What a cursor of psycopg does for each statement (look it up, find out how each value is to be
    written, remember it) takes as many instructions again as sending it.
    """

    def __init__(self, statement: Statement, dialect: Dialect) -> None:
        numbered: Any = type(dialect)
        super().__init__(statement, numbered(paramstyle="numeric_dollar"))
        binary = [isinstance(kind, LargeBinary) for kind in self._types]
        adapt = dialect.loaded_dbapi.adapt
        self.formats = [adapt.PyFormat.BINARY if b else adapt.PyFormat.TEXT for b in binary]
        # The others say their types in the statement itself.
        self.oids = [_BYTEA if each else 0 for each in binary]
        self.text = self.sql.encode()

    def run(self, connection: Connection, parameters: list[Any]) -> tuple[Rows, int]:
        wire: _Wire | None = connection.info.get("helpline_wire")
        if wire is None:
            wire = connection.info["helpline_wire"] = _Wire(connection)
        rows, result = wire.run(self, parameters)
        if rows:
            rows = self._read(rows, lambda: [result.ftype(i) for i in range(result.nfields)])
        return rows, result.command_tuples or 0


class _Wire:
    """A connection of psycopg without its cursors: for statements that it may have prepared."""

    def __init__(self, connection: Connection) -> None:
        self._driver: Any = connection.dialect.loaded_dbapi
        self._connection: Any = connection.connection.driver_connection
        self._adapter = self._driver.adapt.Transformer(self._connection)
        self._names: dict[_ByName, bytes] = {}
        self._runs: Counter[_ByName] = Counter()

    def run(self, form: _ByName, parameters: list[Any]) -> tuple[Rows, Any]:
        low, adapter = self._connection.pgconn, self._adapter
        values = adapter.dump_sequence(parameters, form.formats)
        formats, binary = adapter.formats, self._driver.pq.Format.BINARY
        if name := self._names.get(form) or self._prepared(form):
            low.send_query_prepared(name, values, formats, binary)
        else:
            low.send_query_params(form.text, values, form.oids, formats, binary)
        result = self._answer()
        if not result.ntuples:
            return [], result
        adapter.set_pgresult(result)
        return adapter.load_rows(0, result.ntuples, tuple), result

    def _prepared(self, form: _ByName) -> bytes:
        """Prepare a statement that is used often; empty until it is."""
        self._runs[form] += 1
        if self._runs[form] < _OFTEN:
            return b""
        name = b"helpline_%d" % len(self._names)
        self._connection.pgconn.send_prepare(name, form.text, form.oids)
        self._answer()
        self._names[form] = name
        return name

    def _answer(self) -> Any:
        # Not libpq's own waiting: a process that is told to stop would wait on.
        [result] = self._connection.wait(self._driver.generators.execute(self._connection.pgconn))
        if result.status == self._driver.pq.ExecStatus.FATAL_ERROR:
            raise self._driver.errors.error_from_result(result)
        return result
