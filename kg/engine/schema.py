"""Columns as they are and as they should be: what an engine computed is written only under the types that were declared."""

from __future__ import annotations

from typing import Any

from kg.errors import SchemaError, Text


def cast_query(sql: str, actual: Any, declared: Any, compiler: Any, where: str) -> str:
    """Return a query whose columns have the declared types, or refuse.

    Whole numbers are cast to the declared width (an engine refuses one that does not fit); anything else must be what it should be.

    Args:
        sql: The query.
        actual: Its Ibis schema, as the engine says.
        declared: Its Ibis schema, as it should be (what `ibis.schema` takes).
        compiler: The engine's compiler of Ibis: its dialect, and what it calls types.
        where: Where the rows go, for the error.

    Raises:
        SchemaError: Names, their order, or types differ.
    """
    import ibis
    import sqlglot as sg
    import sqlglot.expressions as sge

    wanted = ibis.schema(declared)
    if tuple(actual.names) != tuple(wanted.names):
        raise _differs(where, ", ".join(wanted.names), ", ".join(actual.names))
    columns: list[Any] = []
    changed = False
    for name, should in wanted.items():
        found = actual[name]
        column: Any = sg.column(name, quoted=True)
        if found.copy(nullable=True) != should.copy(nullable=True):
            if not (_whole(found) and should.is_integer()):
                raise _differs(where, f"{name} {should.copy(nullable=True)}", f"{name} {found.copy(nullable=True)}")
            column, changed = sge.Cast(this=column, to=compiler.type_mapper.from_ibis(should)), True
        columns.append(sge.alias_(column, name, quoted=True))
    if not changed:
        return sql
    return f"SELECT {', '.join(column.sql(compiler.dialect) for column in columns)} FROM ({sql}) AS computed"  # noqa: S608


def _whole(kind: Any) -> bool:
    """Tell whether a type holds whole numbers; DuckDB's HUGEINT is a decimal without places to Ibis."""
    return bool(kind.is_integer() or (kind.is_decimal() and kind.scale == 0))


def _differs(where: str, should: str, found: str) -> SchemaError:
    return SchemaError(
        Text(f"The table should have {should}, and has {found}.", f"Die Tabelle soll {should} haben und hat {found}."),
        where=where,
        fix=Text("This is a fault of the program; please report it.", "Das ist ein Fehler des Programms; bitte melden Sie ihn."),
    )


def does_not_fit(where: str) -> SchemaError:
    """Return the error for a whole number beyond its declared type."""
    return SchemaError(
        Text("A number does not fit its declared type.", "Eine Zahl passt nicht in ihren erklärten Typ."),
        where=where,
        fix=Text("Check the source for impossible amounts.", "Prüfen Sie die Quelle auf unmögliche Beträge."),
    )
