"""The difference that repairs make to the graph, as SPARQL 1.1 Update and as RDF Patch (lines A and D in a transaction, as Apache Jena reads it).

The statements are those of the tables, claims and evidence among them; what is derived follows from them at the next build.
"""

from __future__ import annotations

import re
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.errors import InputError, Text
from kg.fix.apply import copy_tables, edited
from kg.fix.model import Proposal
from kg.quads import Quad, quad_text, term_text
from kg.validate.inputs import read_inputs


@dataclass(frozen=True)
class Change:
    """Statements that go and come, sorted, each once."""

    removed: tuple[Quad, ...]
    added: tuple[Quad, ...]


def change(path: Path, chosen: Sequence[Proposal]) -> Change:
    """Return the statements that repairs take away and add.

    Args:
        path: The folder of tables, or one of them.
        chosen: Repairs, no two of the same cell.

    Raises:
        InputError: The tables cannot be read, or have changed since the repairs were proposed.
    """
    with tempfile.TemporaryDirectory(prefix="kg-fix-") as work:
        copied = copy_tables(path, Path(work))
        folder = copied if copied.is_dir() else copied.parent
        before = _quads(folder)
        for name, data in edited(folder, chosen).items():
            (folder / name).write_bytes(data)
        after = _quads(folder)
    return Change(tuple(sorted(before - after)), tuple(sorted(after - before)))


def _quads(folder: Path) -> set[Quad]:
    """Return the statements of a folder without their origin; one with an IRI that no store takes was in none, and is left out."""
    inputs = read_inputs([folder])
    if inputs.fatal:
        what = Text(
            "A table cannot be read; there are no statements to compare.", "Eine Tabelle ist nicht lesbar; es gibt keine Aussagen zum Vergleichen."
        )
        fix = Text("Correct it first.", "Berichtigen Sie sie zuerst.")
        raise InputError(what, where=inputs.fatal[0].file, fix=fix, problems=inputs.fatal)
    return {quad._replace(origin="") for quad in inputs.quads if not any(map(_NOT_IN_IRI.search, _iris(quad)))}


_NOT_IN_IRI = re.compile(r"[\x00-\x20<>\"{}|\\^`]")


def _iris(quad: Quad) -> tuple[str, ...]:
    return (quad.subject, quad.predicate, quad.graph, quad.datatype, *([quad.object] if quad.kind == "iri" else []))


def sparql(made: Change) -> str:
    """Return a change as SPARQL Update (SPARQL 1.1 Update, section 3.1: DELETE DATA, INSERT DATA)."""
    parts = [f"{word} DATA {{\n{''.join(_blocks(quads))}}}" for word, quads in (("DELETE", made.removed), ("INSERT", made.added)) if quads]
    return " ;\n".join(parts) + ("\n" if parts else "")


def _blocks(quads: Iterable[Quad]) -> list[str]:
    graphs: dict[str, list[Quad]] = defaultdict(list)
    for quad in quads:
        graphs[quad.graph].append(quad)
    return [
        f"  GRAPH <{graph}> {{\n" + "".join(f"    <{quad.subject}> <{quad.predicate}> {term_text(quad.term)} .\n" for quad in group) + "  }\n"
        for graph, group in sorted(graphs.items())
    ]


def patch(made: Change) -> str:
    """Return a change as RDF Patch: one transaction of lines D and A, each a quad."""
    if not made.removed and not made.added:
        return ""
    lines = ["TX .", *(f"D {quad_text(quad)}" for quad in made.removed), *(f"A {quad_text(quad)}" for quad in made.added), "TC ."]
    return "\n".join(lines) + "\n"
