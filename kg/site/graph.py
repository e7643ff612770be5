"""The whole graph in memory by numbers: what is said about a thing, and what links to it, without a query.

Each term is kept once, as text; a statement is four numbers. Two million quads take about 200 MB, and reading them about 10 s.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.quads import Term

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

_BATCH = 200_000
_SEPARATOR = "\x01"
"""Between language, datatype and text of a literal; no language tag and no IRI holds a control character."""


class Graph:
    """A graph by numbers.

    Attributes:
        terms: Each term once: an IRI or blank node as it is, a literal as `"`, language, datatype and text.
    """

    def __init__(self, terms: list[str], columns: NDArray[np.int32]) -> None:
        """Take terms and statements (one row each for subject, predicate, object and graph, sorted by subject, each statement once)."""
        import numpy as np

        self.terms = terms
        self._numbers = {term: number for number, term in enumerate(terms)}
        self._subject, self._predicate, self._object, self._graph = columns
        places = np.arange(len(terms) + 1)
        self._first = np.searchsorted(self._subject, places).astype(np.int64)
        links = np.lexsort((self._subject, self._predicate, self._object))
        self._links = links.astype(np.int32)
        self._first_link = np.searchsorted(self._object[links], places).astype(np.int64)

    def __len__(self) -> int:
        """Return the number of statements, those in two graphs twice."""
        return len(self._subject)

    def number(self, iri: str) -> int:
        """Return the number of an IRI; -1 for one that the graph does not hold."""
        return self._numbers.get(iri, -1)

    def is_iri(self, number: int) -> bool:
        """Tell whether a term is an IRI."""
        return not self.terms[number].startswith(('"', "_:"))

    def is_literal(self, number: int) -> bool:
        """Tell whether a term is a literal."""
        return self.terms[number].startswith('"')

    def term(self, number: int) -> Term:
        """Return a term in its parts."""
        text = self.terms[number]
        if text.startswith('"'):
            language, datatype, value = text[1:].split(_SEPARATOR, 2)
            return Term(value, "literal", datatype, language)
        return Term(text, "bnode" if text.startswith("_:") else "iri")

    def text(self, number: int) -> str:
        """Return the IRI or the text of a literal."""
        text = self.terms[number]
        return text.split(_SEPARATOR, 2)[2] if text.startswith('"') else text

    def said(self, number: int) -> list[tuple[int, int, int]]:
        """Return what is said about a thing: predicate, object, graph."""
        if number < 0:
            return []
        part = slice(int(self._first[number]), int(self._first[number + 1]))
        return list(zip(self._predicate[part].tolist(), self._object[part].tolist(), self._graph[part].tolist(), strict=True))

    def values(self, number: int, predicate: int) -> list[int]:
        """Return the objects of a property, each once."""
        return list(dict.fromkeys(value for name, value, _ in self.said(number) if name == predicate))

    def first(self, number: int, predicate: int) -> str:
        """Return the first value of a property as text, or empty."""
        return next((self.text(value) for name, value, _ in self.said(number) if name == predicate), "")

    def links(self, number: int) -> dict[int, list[int]]:
        """Return what links to a thing: predicate to subjects, each once."""
        if number < 0:
            return {}
        chosen = self._links[int(self._first_link[number]) : int(self._first_link[number + 1])]
        made: dict[int, dict[int, None]] = {}
        for predicate, subject in zip(self._predicate[chosen].tolist(), self._subject[chosen].tolist(), strict=True):
            made.setdefault(predicate, {})[subject] = None
        return {predicate: list(subjects) for predicate, subjects in made.items()}

    def linked(self, number: int) -> int:
        """Return how many statements lead to a thing."""
        return int(self._first_link[number + 1] - self._first_link[number])

    def linking(self, number: int, predicate: int) -> list[int]:
        """Return what links to a thing by one property, each once."""
        return self.links(number).get(predicate, [])

    def subjects(self) -> Iterator[int]:
        """Yield everything that something is said about."""
        import numpy as np

        yield from np.unique(self._subject).tolist()


def read_graph(paths: Iterable[Path]) -> Graph:
    """Read quad tables; a quad that stands in several rows counts once."""
    import numpy as np
    import pyarrow.parquet as pq

    numbers: dict[str, int] = {}
    parts: list[NDArray[np.int32]] = []
    for path in paths:
        for batch in pq.ParquetFile(path).iter_batches(batch_size=_BATCH):
            columns = [batch["subject"], batch["predicate"], _objects(batch), batch["graph"]]
            parts.append(np.stack([_numbered(column, numbers) for column in columns]))
    table = np.concatenate(parts, axis=1) if parts else np.zeros((4, 0), dtype=np.int32)
    table = table[:, np.lexsort((table[3], table[2], table[1], table[0]))]
    new = np.ones(table.shape[1], dtype=bool)
    new[1:] = (table[:, 1:] != table[:, :-1]).any(axis=0)
    return Graph(list(numbers), np.ascontiguousarray(table[:, new]))


def _objects(batch: pa.RecordBatch) -> Any:
    import pyarrow.compute as pc

    literal = pc.binary_join_element_wise(pc.binary_join_element_wise('"', batch["language"], ""), batch["datatype"], batch["object"], _SEPARATOR)
    return pc.if_else(pc.equal(batch["kind"], "literal"), literal, batch["object"])


def _numbered(column: Any, numbers: dict[str, int]) -> NDArray[np.int32]:
    """Return the numbers of terms, giving new ones to those that are met for the first time."""
    import numpy as np

    encoded = column.dictionary_encode()
    own: NDArray[np.int32] = np.fromiter((numbers.setdefault(term, len(numbers)) for term in encoded.dictionary.to_pylist()), dtype=np.int32)
    rows: NDArray[np.int64] = encoded.indices.to_numpy(zero_copy_only=False)
    return own[rows]
