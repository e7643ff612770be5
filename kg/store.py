"""Asking a graph: one small interface, an embedded store and any SPARQL 1.1 endpoint behind it (contracts, section 11).

Every question runs on the union of the named graphs. Results hold pyoxigraph terms, whatever the store.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice, pairwise
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, TypeAlias

from kg.errors import QueryError, StoreError, Text
from kg.grammar import calls, names_dataset

if TYPE_CHECKING:
    import pyoxigraph as ox

    Node: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal

MAX_QUERY = 1024 * 1024
TIMEOUT = 60
_SHORT = 8192
"""Queries up to this length are read once and remembered."""


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


# A string that nobody closes ends with the text, so that the time stays linear; a comment ends at CR, too.
_TOKEN = re.compile(
    r'(?P<skip>"""(?:[^"\\]|\\.|"(?!""))*(?:""")?|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*(?:\'\'\')?|"(?:[^"\\\n]|\\.)*"?|\'(?:[^\'\\\n]|\\.)*\'?'
    r"|<[^\s<>\"{}|^`\\]*>|\#[^\n\r]*)|(?P<word>[?$]?[A-Za-z_][\w:.-]*)|(?P<brace>[{}])|.",
    re.DOTALL,
)


def keywords(sparql: str) -> Sequence[tuple[str, int]]:
    """Return the words and braces of a query outside strings, IRIs and comments, upper case, with their position."""
    return _kept_words(sparql) if len(sparql) <= _SHORT else _words(sparql)


def _words(sparql: str) -> tuple[tuple[str, int], ...]:
    return tuple((match.group().upper(), match.start()) for match in _TOKEN.finditer(sparql) if match.lastgroup in ("word", "brace"))


# A page asks the same texts with other terms, and one question looks at its text three times.
_kept_words = lru_cache(maxsize=256)(_words)


def refuse_unsafe(sparql: str) -> None:
    """Refuse what is no question: an update, or a query that would make the store call another address.

    Raises:
        QueryError: The text is no read query, holds SERVICE, or is longer than the limit.
    """
    if len(sparql) > MAX_QUERY:
        what = Text(f"The query is longer than {MAX_QUERY} characters.", f"Die Abfrage ist länger als {MAX_QUERY} Zeichen.")
        raise QueryError(what, fix=Text("Ask for less at a time.", "Fragen Sie weniger auf einmal."))
    words = {word for word, _ in keywords(sparql)}
    if not words & {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}:
        what = Text("The text is no SPARQL question.", "Der Text ist keine SPARQL-Frage.")
        fix = Text(
            "Begin with SELECT, ASK, CONSTRUCT or DESCRIBE; a graph is never changed by a query.",
            "Beginnen Sie mit SELECT, ASK, CONSTRUCT oder DESCRIBE; eine Abfrage ändert den Graphen nie.",
        )
        raise QueryError(what, fix=fix)
    try:
        federated = calls(sparql)
    except SyntaxError:
        federated = False  # whoever answers says where it is wrong
    if federated:
        what = Text(
            "SERVICE is refused: the store would call another address.", "SERVICE wird abgelehnt: Der Speicher würde eine andere Adresse aufrufen."
        )
        fix = Text(
            "Ask that endpoint by itself with --store, and join the results.",
            "Fragen Sie jenen Endpunkt für sich mit --store, und verbinden Sie die Ergebnisse.",
        )
        raise QueryError(what, fix=fix)


def _prefixes(sparql: str) -> dict[str, str]:
    """Return the known prefixes that a text may use: those it declares itself win, and one too many does no harm."""
    from kg.namespaces import PREFIXES

    return {prefix: iri for prefix, iri in PREFIXES.items() if f"{prefix}:" in sparql}


def with_prefixes(sparql: str) -> str:
    """Declare the known prefixes that a query uses and does not declare, on a line of their own in front."""
    from kg.namespaces import PREFIXES

    words = [match.group() for match in _TOKEN.finditer(sparql) if match.lastgroup == "word"]
    declared = {words[number + 1].split(":")[0] for number, word in enumerate(words[:-1]) if word.upper() == "PREFIX"}
    used = {word.split(":", 1)[0] for word in words if ":" in word}
    missing = sorted(prefix for prefix in used - declared if prefix in PREFIXES)
    return "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}> " for prefix in missing) + ("\n" if missing else "") + sparql


def bind(sparql: str, bindings: Mapping[str, Node] | None) -> str:
    """Put terms into the outermost WHERE as a `VALUES` block; terms are serialised by pyoxigraph, never by string formatting of user text.

    A block `VALUES (?a ?b) { (UNDEF UNDEF) }` further inside takes them too: it is how a query says that a subquery has the parameter as well, so
    that an aggregate over everything becomes one over what was asked for.

    Raises:
        QueryError: The query has no WHERE to bind in.
    """
    if not bindings:
        return sparql
    sparql = _ANY_VALUE.sub(lambda block: _values(block, bindings), sparql)
    names = " ".join(f"?{name}" for name in bindings)
    block = f"VALUES ({names}) {{ ({' '.join(str(term) for term in bindings.values())}) }}"
    words = keywords(sparql)
    if any(one == "CONSTRUCT" and other == "WHERE" for (one, _), (other, _) in pairwise(words)):
        # The short form allows triples alone between its braces (SPARQL 1.1, section 16.2.4).
        return f"{sparql}\n{block}"
    depth, before, template = 0, "", False
    for word, position in words:
        if word == "{":
            template = template or (depth == 0 and before == "CONSTRUCT")
            if depth == 0 and not template:
                return f"{sparql[: position + 1]} {block} {sparql[position + 1 :]}"
            depth += 1
        elif word == "}":
            depth -= 1
            template = template and depth > 0
        before = word
    what = Text("The query has no WHERE block to bind parameters in.", "Die Abfrage hat keinen WHERE-Block für die Parameter.")
    raise QueryError(what, fix=Text("Write WHERE { … }.", "Schreiben Sie WHERE { … }."))


_ANY_VALUE = re.compile(r"VALUES\s*\((?P<names>(?:\s*\?\w+)+)\s*\)\s*\{\s*\((?:\s*UNDEF)+\s*\)\s*\}")


def _values(block: re.Match[str], bindings: Mapping[str, Node]) -> str:
    names = block["names"].split()
    terms = (str(bindings[name[1:]]) if name[1:] in bindings else "UNDEF" for name in names)
    return f"VALUES ({' '.join(names)}) {{ ({' '.join(terms)}) }}"


class EmbeddedStore:
    """An Oxigraph store on disk, opened read-only: many readers at once, no writer (product guide, section g, fact 1)."""

    def __init__(self, path: Path) -> None:
        import pyoxigraph as ox

        self.location = str(path)
        try:
            self._store = ox.Store.read_only(str(path))
        except OSError as error:
            what = Text(f"The store cannot be opened: {error}.", f"Der Speicher lässt sich nicht öffnen: {error}.")
            fix = Text("Build the graph again with `kg build`.", "Bauen Sie den Graphen mit `kg build` neu.")
            raise StoreError(what, where=str(path), fix=fix) from error

    def query(self, sparql: str, bindings: Mapping[str, Node] | None = None) -> Result:
        """Answer a query (see :class:`Store`)."""
        refuse_unsafe(sparql)
        text = bind(sparql, bindings)
        try:
            # FROM gives the query a dataset of its own; the union of all graphs would hide it.
            return collect(self._store.query(text, prefixes=_prefixes(text), use_default_graph_as_union=not names_dataset(text)))
        except SyntaxError as error:
            raise syntax_error(sparql, text, str(error)) from error
        except (ValueError, RuntimeError, OSError) as error:
            what = Text(f"The query cannot be answered: {error}.", f"Die Abfrage ist nicht zu beantworten: {error}.")
            raise QueryError(what, fix=Text("Simplify it, or narrow it down.", "Vereinfachen Sie sie, oder grenzen Sie sie ein.")) from error

    def statements(
        self,
        subject: ox.NamedNode | ox.BlankNode | None = None,
        predicate: ox.NamedNode | None = None,
        value: Node | None = None,
        *,
        graph: ox.NamedNode | None = None,
        limit: int,
    ) -> list[ox.Quad]:
        """Return the first quads of a pattern in any graph, in the order of the index.

        It costs a few microseconds a quad, where a SPARQL query costs a hundred before its first row. A triple that two graphs hold comes twice.

        Args:
            subject, predicate, value, graph: Terms; `None` matches everything.
            limit: Quads that are read at most.

        Raises:
            StoreError: The store cannot be read.
        """
        try:
            return list(islice(self._store.quads_for_pattern(subject, predicate, value, graph), limit))
        except OSError as error:
            what = Text(f"The store cannot be read: {error}.", f"Der Speicher lässt sich nicht lesen: {error}.")
            fix = Text("Build the graph again with `kg build`.", "Bauen Sie den Graphen mit `kg build` neu.")
            raise StoreError(what, where=self.location, fix=fix) from error

    def count(self) -> int:
        """Return the number of quads."""
        return len(self._store)

    def graphs(self) -> list[str]:
        """Return the IRIs of the named graphs, sorted."""
        import pyoxigraph as ox

        return sorted(name.value for name in self._store.named_graphs() if isinstance(name, ox.NamedNode))

    def close(self) -> None:
        """Let go of the store."""

    def __enter__(self) -> EmbeddedStore:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def collect(answer: object) -> Result:
    """Turn a pyoxigraph answer into a result that outlives the store."""
    import pyoxigraph as ox

    if isinstance(answer, ox.QuerySolutions):
        names = tuple(variable.value for variable in answer.variables)
        return Table(names, [tuple(solution) for solution in answer])
    if isinstance(answer, ox.QueryBoolean):
        return bool(answer)
    return Triples(list(answer))  # type: ignore[call-overload]


_POSITION = re.compile(r"(?:error at |at )?(\d+):(\d+)")


def syntax_error(sparql: str, sent: str, message: str) -> QueryError:
    """Say where a query is wrong: line, column, excerpt with a caret, and one sentence of help."""
    match = _POSITION.search(message)
    if not match or not sent.endswith(sparql):
        what = Text(f"The query is no valid SPARQL: {message}.", f"Die Abfrage ist kein gültiges SPARQL: {message}.")
        return QueryError(what, fix=Text("Check it near the place named.", "Prüfen Sie sie bei der genannten Stelle."))
    line, column = int(match.group(1)) - sent[: len(sent) - len(sparql)].count("\n"), int(match.group(2))
    lines = sparql.splitlines() or [""]
    excerpt = lines[min(line, len(lines)) - 1]
    start = max(0, column - 60)
    shown = excerpt[start : start + 120]
    caret = " " * max(0, column - 1 - start) + "^"
    undeclared = re.search(r"[Pp]refix not found", message)
    fix = Text("Check brackets, dots and keywords there.", "Prüfen Sie dort Klammern, Punkte und Schlüsselwörter.")
    if undeclared:
        fix = Text("A prefix is not declared; add a PREFIX line.", "Ein Präfix ist nicht erklärt; ergänzen Sie eine PREFIX-Zeile.")
    what = Text(f"The query is no valid SPARQL.\n  {shown}\n  {caret}\n ", f"Die Abfrage ist kein gültiges SPARQL.\n  {shown}\n  {caret}\n ")
    return QueryError(what, where=f"line {line}, column {column}", fix=fix)


class EndpointStore:
    """Any SPARQL 1.1 endpoint, asked through SPARQLWrapper. Short queries go by GET, long ones by form POST."""

    def __init__(self, address: str, *, timeout: int = TIMEOUT) -> None:
        self.location = address
        self.timeout = timeout

    def query(
        self, sparql: str, bindings: Mapping[str, Node] | None = None, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()
    ) -> Result:
        """Answer a query (see :class:`Store`); graphs given are the dataset, as the protocol's parameters (SPARQL 1.1 Protocol, section 2.1.4)."""
        import pyoxigraph as ox

        refuse_unsafe(sparql)
        form, text, dataset = _form(sparql), with_prefixes(bind(sparql, bindings)), (default_graphs, named_graphs)
        if form in ("CONSTRUCT", "DESCRIBE"):
            body = self._send(text, "turtle", "text/turtle", dataset)
            return Triples([quad.triple for quad in ox.parse(body, format=ox.RdfFormat.TURTLE)])
        body = self._send(text, "json", "application/sparql-results+json", dataset)
        try:
            return collect(ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON))
        except SyntaxError as error:
            what = Text(f"The endpoint's answer is no SPARQL result: {error}.", f"Die Antwort des Endpunkts ist kein SPARQL-Ergebnis: {error}.")
            raise StoreError(what, where=self.location, fix=Text("Is this the query address?", "Ist das die Adresse für Abfragen?")) from error

    def _send(self, sparql: str, kind: str, media_type: str, dataset: tuple[Sequence[str], Sequence[str]]) -> bytes:
        from urllib.error import URLError

        from SPARQLWrapper import GET, POST, SPARQLWrapper
        from SPARQLWrapper.SPARQLExceptions import EndPointInternalError, QueryBadFormed, SPARQLWrapperException

        wrapper = SPARQLWrapper(self.location)
        wrapper.setTimeout(self.timeout)
        for name, graphs in zip(("default-graph-uri", "named-graph-uri"), dataset, strict=True):
            for graph in graphs:
                wrapper.addParameter(name, graph)
        wrapper.setQuery(sparql)
        wrapper.setReturnFormat(kind)
        wrapper.addCustomHttpHeader("Accept", media_type)
        wrapper.setMethod(GET if len(sparql) < 1500 else POST)
        try:
            body = wrapper.query().response.read()
        except QueryBadFormed as error:
            what = Text(f"The endpoint refuses the query: {_first_line(error)}", f"Der Endpunkt lehnt die Abfrage ab: {_first_line(error)}")
            raise QueryError(what, where=self.location, fix=Text("Check it for SPARQL 1.1.", "Prüfen Sie sie auf SPARQL 1.1.")) from error
        except (EndPointInternalError, SPARQLWrapperException) as error:
            what = Text(f"The endpoint answers with an error: {_first_line(error)}", f"Der Endpunkt antwortet mit einem Fehler: {_first_line(error)}")
            raise StoreError(what, where=self.location, fix=Text("Try again later.", "Versuchen Sie es später.")) from error
        except (URLError, OSError, ValueError) as error:
            what = Text(f"The endpoint does not answer: {error}.", f"Der Endpunkt antwortet nicht: {error}.")
            fix = Text("Check the address and that the server runs.", "Prüfen Sie die Adresse und ob der Server läuft.")
            raise StoreError(what, where=self.location, fix=fix) from error
        return bytes(body)

    def count(self) -> int:
        """Return the number of quads."""
        result = self.query("SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }")
        assert isinstance(result, Table)
        return int(result.rows[0][0].value) if result.rows and result.rows[0][0] is not None else 0

    def graphs(self) -> list[str]:
        """Return the IRIs of the named graphs, sorted."""
        result = self.query("SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }")
        assert isinstance(result, Table)
        return sorted(row[0].value for row in result.rows if row[0] is not None)

    def close(self) -> None:
        """Nothing is held open."""


def _first_line(error: Exception) -> str:
    text = str(error).replace("\\n", "\n").strip()
    return " ".join(text.splitlines()[:3])[:300]


def _form(sparql: str) -> str:
    return next((word for word, _ in keywords(sparql) if word in ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")), "")


def open_store(location: str | Path | None = None) -> Store:
    """Open a store: an `http(s)` address, a store folder, a `build` folder, or the graph built last.

    Raises:
        StoreError: There is none.
    """
    if isinstance(location, str) and location.startswith(("http://", "https://")):
        return EndpointStore(location)
    path = Path(location) if location is not None else Path(os.environ.get("KG_BUILD") or "build")
    for candidate in (path / "current" / "store", path / "store", path):
        if (candidate / "CURRENT").is_file():
            return EmbeddedStore(candidate.resolve())
    fix = Text(
        "Build it with `kg build`, or name one with --store or --build.",
        "Bauen Sie ihn mit `kg build`, oder nennen Sie einen mit --store oder --build.",
    )
    raise StoreError(Text("There is no graph yet.", "Es gibt noch keinen Graphen."), where=str(path), fix=fix)
