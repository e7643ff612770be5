"""Any SPARQL 1.1 endpoint as a store: the union of its named graphs, complete answers or an error."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING

from kg.errors import KgError, QueryError, StoreError, Text
from kg.grammar import names_dataset
from kg.store.base import NONE, CutError, Quirks, Result, Table, Triples
from kg.store.cuts import ROUND, counting, own_limit
from kg.store.texts import bind, form, refuse_unsafe, with_prefixes

if TYPE_CHECKING:
    import pyoxigraph as ox

    from kg.store.base import Node
    from kg.store.client import Dataset
    from kg.store.transport import Answer, Exchange

TIMEOUT = 60
MAX_GRAPHS = 2000
"""Named graphs that one request names."""
KEPT_SECONDS = 300
"""How long the list of named graphs is trusted."""
MAX_COUNTED = 200_000
"""Rows that are asked for at most to see where a server cuts."""


class EndpointStore:
    """Any SPARQL 1.1 endpoint, asked through SPARQLWrapper. Short queries go by GET, long ones by form POST.

    Where the server's default graph is not the union of its named graphs, or holds what the server keeps for itself, every query names the graphs. An
    answer that may be cut is counted, and :class:`CutError` says how much is missing. Of a graph (CONSTRUCT) this can be told only where the server is
    known or seen to cut, of DESCRIBE never.

    Attributes:
        location: The address as messages show it.
        address: The address itself.
        timeout: Seconds for one question as a whole.
    """

    def __init__(self, address: str, *, timeout: float | None = None, default_graphs: Sequence[str] = (), check: bool = True) -> None:
        """Name an endpoint; nothing is sent yet.

        Args:
            address: `http` or `https`, without user and password (:mod:`kg.store.credentials`).
            timeout: Seconds for one question as a whole; by default what `KG_STORE_TIMEOUT` says, else 60.
            default_graphs: Graphs to ask instead of all.
            check: Whether answers that may be cut are counted; who counts on his own needs it not.

        Raises:
            StoreError: The address is none, or the credentials of the environment do not fit it.
        """
        # Imported here: who asks a store on disk needs nothing of it.
        from kg.store.client import Client

        timeout = _seconds() if timeout is None else timeout
        self._client = Client(address, timeout=timeout)
        self.address = address
        self.location = self._client.where
        self.timeout = timeout
        self._graphs = tuple(default_graphs)
        self._check = check
        self._server: str | None = None
        self._quirks = NONE
        self._union: bool | None = None
        self._cut_at: int | None = None
        self._dataset: Dataset = ((), ())
        self._known_until = 0.0

    def query(
        self, sparql: str, bindings: Mapping[str, Node] | None = None, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()
    ) -> Result:
        """Answer a query (see :class:`Store`); graphs given are the dataset, as the protocol's parameters (SPARQL 1.1 Protocol, section 2.1.4).

        Raises:
            QueryError: The query is wrong or refused.
            CutError: The server left out a part of the answer.
            StoreError: The server does not answer.
        """
        refuse_unsafe(sparql)
        text = with_prefixes(bind(sparql, bindings))
        self._ask_union()
        dataset: Dataset = (default_graphs, named_graphs)
        if not (default_graphs or named_graphs):
            dataset = ((), ()) if names_dataset(text) else self._whole()
        self._refuse(text)
        return self._answer(text, dataset)

    def ask(self, sparql: str, *, accept: str = "", prefer: str = "") -> Answer:
        """Send a query as it is, and return the answer as it came, of status 2xx: for those who look at the server itself.

        Args:
            sparql: SPARQL 1.1 query; SERVICE is refused.
            accept: Media types wanted; by the form of the query by default.
            prefer: `get` or `post`; empty: by length.

        Raises:
            QueryError: The query is wrong or refused.
            StoreError: The server does not answer.
        """
        refuse_unsafe(sparql)
        return self._client.send(sparql, accept=accept, prefer=prefer)

    @property
    def exchange(self) -> Exchange:
        """How requests to the server are made, with its credentials."""
        return self._client.exchange

    def _answer(self, text: str, dataset: Dataset) -> Result:
        answer = self._send(text, dataset)
        if form(text) in ("CONSTRUCT", "DESCRIBE"):
            triples = Triples(self._triples(answer))
            if self._check:
                self._refuse_cut_graph(text, dataset, triples)
            return triples
        result = self._result(answer)
        if self._check and isinstance(result, Table):
            self._refuse_cut_table(text, dataset, result, answer)
        return result

    def _send(self, text: str, dataset: Dataset = ((), ())) -> Answer:
        answer = self._client.send(self._quirks.rewrite(text), dataset, prefer=self._quirks.prefer)
        if self._server is None:
            self._learn(answer)
        said = answer.headers.get("x-sparql-maxrows", "")
        if said.isascii() and said.isdigit():
            self._cut_at = int(said[:12])
        return answer

    def _result(self, answer: Answer) -> Result:
        from kg.store.parsing import result_of

        return result_of(answer, self.location)

    def _triples(self, answer: Answer) -> list[ox.Triple]:
        from kg.store.parsing import triples_of

        return triples_of(answer, self.location)

    def _refuse(self, text: str) -> None:
        """Refuse what the server is known to answer wrongly.

        Raises:
            QueryError: It is; with the reason.
        """
        reason = self._quirks.refuses(text)
        if reason is not None:
            fix = Text("Ask it in other words, or of a build.", "Fragen Sie es anders, oder fragen Sie einen Build.")
            raise QueryError(reason, where=self.location, fix=fix)

    # Which server, and which graphs

    @property
    def quirks(self) -> Quirks:
        """What is known of the server; asks it when nothing was asked yet."""
        self._ask_union()
        return self._quirks

    @property
    def server(self) -> str:
        """The server as it names itself, or empty."""
        self._ask_union()
        return self._server or ""

    @property
    def union(self) -> bool:
        """Whether the server's own default graph is the union of its named graphs, as far as one statement tells."""
        return self._ask_union()

    def _learn(self, answer: Answer) -> None:
        from kg.store.quirks import quirks_of

        self._server = " ".join("".join(one for one in answer.headers.get("server", "") if one.isprintable()).split())[:100]
        name = self._server.replace("/", " ").split(" ")[0].lower()
        if name not in ("virtuoso", "oxigraph") and ("x-sparql-maxrows" in answer.headers or b'"head": { "link": []' in answer.body[:200]):
            # A proxy in front put its own name there; nobody else writes like this.
            name = "virtuoso"
        self._quirks = quirks_of(name)

    def _ask_union(self) -> bool:
        if self._union is None:
            try:
                found = self._result(self._send("ASK { { SELECT ?s ?p ?o { GRAPH ?g { ?s ?p ?o } } LIMIT 1 } ?s ?p ?o }"))
                self._union = found is True
            except QueryError:
                # What the server cannot say is not held against it; the query itself will show.
                self._union = True
        return self._union

    def _whole(self) -> Dataset:
        """Return the dataset to ask: nothing where the server's default graph is the union of the named graphs and nothing else."""
        if self._graphs:
            return (self._graphs, self._graphs)
        union = self._ask_union()
        if union and not self._quirks.system_graphs:
            return ((), ())
        if time.monotonic() >= self._known_until:
            names = self.graphs()
            if len(names) > MAX_GRAPHS:
                if not union:
                    what = Text(
                        f"The server has {len(names):,} named graphs, and its default graph is not their union.",
                        f"Der Server hat {len(names)} benannte Graphen, und sein Standardgraph ist nicht deren Vereinigung.",
                    )
                    fix = Text("Set it so on the server.", "Stellen Sie das auf dem Server so ein.")
                    raise StoreError(what, where=self.location, fix=fix)
                names = []
            self._dataset, self._known_until = (names, names), time.monotonic() + KEPT_SECONDS
        return self._dataset

    def count(self) -> int:
        """Return the number of quads, without those in graphs that the server keeps for itself."""
        self._ask_union()
        keep = self._without_system("?g")
        result = self._answer(f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH ?g {{ ?s ?p ?o }} {keep}}}", self._chosen())
        return self._number(result)

    def graphs(self) -> list[str]:
        """Return the IRIs of the named graphs, sorted, without those that the server keeps for itself."""
        import pyoxigraph as ox

        self._ask_union()
        own = set(self._quirks.system_graphs)
        result = self._answer("SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }", self._chosen())
        rows = result.rows if isinstance(result, Table) else []
        return sorted(row[0].value for row in rows if isinstance(row[0], ox.NamedNode) and row[0].value not in own)

    def _chosen(self) -> Dataset:
        return (self._graphs, self._graphs)

    def _without_system(self, variable: str) -> str:
        import pyoxigraph as ox

        names = ", ".join(str(ox.NamedNode(one)) for one in self._quirks.system_graphs)
        return f"FILTER({variable} NOT IN ({names})) " if names else ""

    # Whether an answer is whole

    def _refuse_cut_table(self, text: str, dataset: Dataset, result: Table, answer: Answer) -> None:
        rows, said = len(result.rows), "x-sparql-maxrows" in answer.headers
        limit = own_limit(text)
        if limit is not None and rows >= limit:
            return
        if said or rows in ROUND or (rows and rows == self._quirks.max_rows):
            total = self._total(text, dataset, result)
            if total > rows:
                raise self._cut(rows, total, result)

    def _refuse_cut_graph(self, text: str, dataset: Dataset, result: Triples) -> None:
        """A graph says nothing of the solutions it was made of: they are counted where the server cuts, and more than it gives are too many."""
        known = self._quirks.max_rows is not None or self._cut_at is not None
        if form(text) != "CONSTRUCT" or not result.triples or not (known or len(result.triples) in ROUND):
            return
        limit = own_limit(text)
        if limit is not None and limit <= len(result.triples):
            return
        total = self._total(text, dataset, result)
        if total <= len(result.triples):
            return
        given = self.row_limit(min(total, MAX_COUNTED))
        if given is not None and total > given:
            raise self._cut(given, total, result)

    def _total(self, text: str, dataset: Dataset, result: Result) -> int:
        count = counting(text)
        try:
            if count is not None:
                return self._number(self._result(self._send(count, dataset)))
            reason = Text("", "")
        except KgError as error:
            reason = Text(f" ({error.what.en})", f" ({error.what.de})")
        rows = len(result.rows) if isinstance(result, Table) else len(result.triples) if isinstance(result, Triples) else 0
        what = Text(
            f"The answer has {rows:,} rows, where the server may have cut it, and they could not be counted{reason.en}.",
            f"Die Antwort hat {rows} Zeilen; dort kann der Server sie gekürzt haben, und sie waren nicht zu zählen{reason.de}.",
        )
        raise CutError(what, result, -1, where=self.location, fix=_LESS)

    def _number(self, result: Result) -> int:
        value = result.rows[0][0].value if isinstance(result, Table) and result.rows and result.rows[0] and result.rows[0][0] is not None else ""
        if not (value.isascii() and value.isdigit() and len(value) < 19):
            what = Text("The endpoint does not count.", "Der Endpunkt zählt nicht.")
            raise StoreError(what, where=self.location, fix=Text("Is it a SPARQL 1.1 endpoint?", "Ist es ein SPARQL-1.1-Endpunkt?"))
        return int(value)

    def _cut(self, rows: int, total: int, result: Result) -> CutError:
        what = Text(f"The server cut the answer: {rows:,} of {total:,} rows.", f"Der Server hat die Antwort gekürzt: {rows} von {total} Zeilen.")
        return CutError(what, result, total, where=self.location, fix=_LESS)

    def row_limit(self, rows: int) -> int | None:
        """Return the number of rows at which the server cuts an answer, or `None` where it gives this many.

        Args:
            rows: At most 200,000.
        """
        rows = min(rows, MAX_COUNTED)
        if self._cut_at is not None:
            return self._cut_at if self._cut_at < rows else None
        digits = " ".join(str(number) for number in range(10))
        blocks = " ".join(f"VALUES ?v{number} {{ {digits} }}" for number in range(len(str(rows - 1))))
        result = self._result(self._send(f"SELECT ?v0 WHERE {{ {blocks} }} LIMIT {rows}"))
        given = len(result.rows) if isinstance(result, Table) else rows
        return given if given < rows else None

    def close(self) -> None:
        """Nothing is held open."""

    def __enter__(self) -> EndpointStore:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


_LESS = Text(
    "Ask a narrower question or set LIMIT; or raise the server's row limit (Virtuoso: ResultSetMaxRows).",
    "Fragen Sie enger, oder setzen Sie LIMIT; oder heben Sie die Zeilengrenze des Servers an (Virtuoso: ResultSetMaxRows).",
)


def _seconds() -> float:
    value = os.environ.get("KG_STORE_TIMEOUT", "")
    if value and not (value.isascii() and value.isdigit() and len(value) <= 5 and int(value)):
        what = Text("KG_STORE_TIMEOUT is no number of seconds.", "KG_STORE_TIMEOUT ist keine Zahl von Sekunden.")
        raise StoreError(what, where="KG_STORE_TIMEOUT", fix=Text("Use 1 to 99999.", "Möglich ist 1 bis 99999."))
    return float(value or TIMEOUT)
