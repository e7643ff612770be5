"""What a store is: its results, its interface, and what is known of servers that depart from the standard."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

from kg.errors import StoreError, Text

if TYPE_CHECKING:
    import pyoxigraph as ox

    Node: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal


@dataclass(frozen=True)
class Table:
    """The rows of a SELECT.

    Attributes:
        variables: Names without `?`, in the order of the query.
        rows: One tuple per solution; `None` where a variable is unbound.
    """

    variables: tuple[str, ...]
    rows: list[tuple[Node | None, ...]] = field(default_factory=list)


@dataclass(frozen=True)
class Triples:
    """The triples of a CONSTRUCT or DESCRIBE."""

    triples: list[ox.Triple] = field(default_factory=list)


Result: TypeAlias = Table | Triples | bool


class CutError(StoreError):
    """A server left out a part of an answer, and did not say so.

    Attributes:
        result: What came.
        total: Rows there are, as the server itself counts them.
    """

    def __init__(self, what: Text, result: Result, total: int, *, where: str, fix: Text) -> None:
        super().__init__(what, where=where, fix=fix)
        self.result = result
        self.total = total


class Store(Protocol):
    """A graph that answers SPARQL queries."""

    location: str

    def query(self, sparql: str, bindings: Mapping[str, Node] | None = None) -> Result:
        """Answer a SELECT, ASK, CONSTRUCT or DESCRIBE over the union of the named graphs.

        Args:
            sparql: SPARQL 1.1 query; SERVICE is refused.
            bindings: Terms for variables of the outermost WHERE, bound as a `VALUES` block, never pasted as text.

        Raises:
            QueryError: The query is wrong or refused.
            StoreError: The store does not answer.
        """

    def count(self) -> int:
        """Return the number of quads."""

    def graphs(self) -> list[str]:
        """Return the IRIs of the named graphs, sorted."""

    def close(self) -> None:
        """Let go of the store."""


def collect(answer: object) -> Result:
    """Turn a pyoxigraph answer into a result that outlives the store."""
    import pyoxigraph as ox

    if isinstance(answer, ox.QuerySolutions):
        names = tuple(variable.value for variable in answer.variables)
        return Table(names, [tuple(solution) for solution in answer])
    if isinstance(answer, ox.QueryBoolean):
        return bool(answer)
    return Triples(list(answer))  # type: ignore[call-overload]


def _unchanged(sparql: str) -> str:
    return sparql


def _answerable(_: str) -> Text | None:
    return None


@dataclass(frozen=True)
class Quirks:
    """Where a server departs from the standard, and what is done about it.

    Attributes:
        name: `oxigraph`, `virtuoso`, or empty for a server of which nothing is known.
        system_graphs: IRIs of graphs that the server keeps for itself; counts and lists leave them out.
        union: As it is shipped, the default graph is the union of the named graphs; what holds is asked (:mod:`kg.store.endpoint`).
        rewrite: Gives a query that means the same in words that the server takes.
        refuses: Gives the reason why the server cannot answer a query rightly, or `None`.
        prefer: `get` or `post` for every query, whatever its length; empty: chosen by length.
        max_rows: Rows after which the server is known to cut an answer as it is shipped; `None` where it does not.
        canonicalises: What comes back in another form than it was sent: `numbers`, `booleans`, `languages`, `terms` (different terms of one value are merged).
        source: Version in which it was seen.
    """

    name: str = ""
    system_graphs: tuple[str, ...] = ()
    union: bool = True
    rewrite: Callable[[str], str] = _unchanged
    refuses: Callable[[str], Text | None] = _answerable
    prefer: str = ""
    max_rows: int | None = None
    canonicalises: tuple[str, ...] = ()
    source: str = ""


NONE = Quirks()
"""Of a server that follows the standard, or of which nothing is known."""
