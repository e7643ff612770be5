"""The Dortmund graph in memory, so that a test can leave out a row and ask again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from kg.build import vocabulary_quads
from kg.infer import infer
from kg.namespaces import local_name
from kg.quads import Quad, to_oxigraph
from kg.questions import Answer, KnowledgeGraph
from kg.sources.folder import Folder, read_folder
from kg.sources.statements import map_folder
from kg.sources.tables import Row
from kg.store import EmbeddedStore

ROOT = Path(__file__).resolve().parents[2]
DORTMUND = ROOT / "data" / "dortmund"


class MemoryStore(EmbeddedStore):
    """The embedded store over quads that were never written."""

    def __init__(self, quads: Iterable[Quad], graph: str) -> None:
        self.location = "memory"
        self._store = ox.Store()
        self._store.bulk_extend(to_oxigraph(quad) for quad in quads)
        for _ in infer(self._store, graph):
            pass


@cache
def tables() -> Folder:
    """The tables, read once."""
    return read_folder(DORTMUND)


@cache
def vocabulary() -> list[Quad]:
    """Ontology and code lists, read once."""
    return vocabulary_quads(tables().settings)


def graph_of(keep: Callable[[Row], bool] = lambda _: True) -> KnowledgeGraph:
    """Return the Dortmund graph without the relations that are not kept."""
    whole = tables()
    folder = replace(whole, relations=replace(whole.relations, rows=[row for row in whole.relations.rows if keep(row)]))
    quads, _ = map_folder(folder)
    return KnowledgeGraph(MemoryStore([*quads, *vocabulary()], folder.settings.graph("inferred")), "en")


def rows_of(answer: Answer, *columns: str) -> set[tuple[str, ...]]:
    """Return columns of an answer as texts, IRIs by their last step."""
    places = [answer.table.variables.index(column) for column in columns]
    return {tuple("" if (term := row[place]) is None else local_name(term.value) for place in places) for row in answer.table.rows}
