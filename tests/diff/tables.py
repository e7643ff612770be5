"""Small quad tables and copies of source tables for the tests of differences."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from hypothesis import strategies as st

from kg.namespaces import XSD
from kg.quads import Quad, write_parquet
from kg.sources.lossless import LosslessTable

ROOT = Path(__file__).resolve().parents[2]
DORTMUND = ROOT / "data" / "dortmund"
EX = "https://example.org/"


def table(path: Path, quads: Iterable[Quad]) -> Path:
    """Write a quad table."""
    write_parquet(quads, path)
    return path


def quad(subject: str, predicate: str, value: str, *, literal: bool = False, graph: str = "", origin: str = "x#1") -> Quad:
    """Return a quad of example.org; blank nodes begin with `_:`."""

    def node(name: str) -> str:
        return name if name.startswith(("_:", "http")) else EX + name

    if literal:
        return Quad(node(subject), node(predicate), value, "literal", XSD.string, "", graph and EX + graph, origin)
    kind = "bnode" if value.startswith("_:") else "iri"
    return Quad(node(subject), node(predicate), node(value), kind, "", "", graph and EX + graph, origin)


_NAMES = st.sampled_from(["a", "b", "c", "d"])
_TEXTS = st.text(st.characters(codec="utf-8"), max_size=6)
quads = st.builds(
    lambda s, p, o, text, graph, origin: quad(s, p, text if o is None else o, literal=o is None, graph=graph, origin=f"t#{origin}"),
    _NAMES,
    st.sampled_from(["p", "q"]),
    st.one_of(st.none(), _NAMES),
    _TEXTS,
    st.sampled_from(["", "g", "h"]),
    st.integers(1, 3),
)
"""Any quads without blank nodes, the same one from several rows among them."""


def changed_copy(source: Path, target: Path, change: Callable[[dict[str, LosslessTable]], None]) -> Path:
    """Copy a folder of tables and change cells of the copy."""
    shutil.copytree(source, target)
    tables = {path.stem: LosslessTable.read(path) for path in sorted(target.glob("*.csv"))}
    change(tables)
    for name, one in tables.items():
        one.write(target / f"{name}.csv")
    return target


def row_of(one: LosslessTable, column: str, value: str) -> int:
    """Return the number of the first row with a value in a column."""
    return next(number for number in range(2, 10_000) if one.cell(number, column) == value)


def new_row(one: LosslessTable, **cells: str) -> None:
    """Append a row."""
    one.append({column: cells.get(column, "") for column in one.columns})
