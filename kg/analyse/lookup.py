"""Looking statements up in the quad table: some properties of some things, sorted, each once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.quads import strings

if TYPE_CHECKING:
    from kg.engine.base import Engine


def statements_of(
    engine: Engine, parquet: Iterable[Path], subjects: Iterable[str], *predicates: str, language: bool = False
) -> Iterator[tuple[str, ...]]:
    """Yield subject, predicate, object (and language) of the statements about some things, sorted."""
    import pyarrow as pa

    asked = engine.table(pa.table({"subject": strings(list(subjects))}))
    quads = engine.quads(parquet)
    yield from _rows(engine, quads.filter(quads.predicate.isin(list(predicates))).semi_join(asked, "subject"), language)


def all_statements(engine: Engine, parquet: Iterable[Path], *predicates: str) -> Iterator[tuple[str, ...]]:
    """Yield subject, predicate and object of all statements with some properties, sorted."""
    quads = engine.quads(parquet)
    yield from _rows(engine, quads.filter(quads.predicate.isin(list(predicates))), language=False)


def _rows(engine: Engine, rows: Any, language: bool) -> Iterator[tuple[str, ...]]:
    names = ["subject", "predicate", "object", *(["language"] if language else [])]
    found = engine.to_arrow(rows.select(*names).distinct().order_by(names))
    yield from zip(*(column.to_pylist() for column in found.columns), strict=True)
