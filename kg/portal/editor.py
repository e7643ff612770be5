"""`/query`: an editor that knows this graph (product guide, pattern R2); without JavaScript a form whose query runs on the server."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kg.errors import ParameterError, Text
from kg.namespaces import XSD, curie, local_name
from kg.portal.asking import frame
from kg.portal.examples import examples_of, query_of
from kg.portal.page import Reply, Request, json_reply
from kg.portal.render import NotFoundError
from kg.portal.vocabulary import as_json, samples_of, vocabulary_of

if TYPE_CHECKING:
    from kg.portal.desk import Desk

SHOWN = 1000
"""Rows that the page itself shows; downloads hold as many as the endpoint gives."""
MAX_LABELS = 200
MAX_IRI = 2000
MAX_SHOWN_TEXT = 2_000_000
"""Characters of a graph that the page shows."""
FORMATS = {"table": ("csv", "tsv", "json", "xml"), "boolean": ("json", "xml"), "graph": ("ttl", "nt", "jsonld", "rdf")}
_NUMBERS = frozenset(XSD[name] for name in ("integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger", "positiveInteger"))


@dataclass(frozen=True)
class Cell:
    """A cell of the table.

    Attributes:
        text: What a person reads.
        short: CURIE or last step of an IRI, where it says more than the text; empty otherwise.
        href: Address of the thing, or empty.
        lang: Language of a literal, or empty.
        number: Whether it is a number.
    """

    text: str
    short: str = ""
    href: str = ""
    lang: str = ""
    number: bool = False


@dataclass
class Shown:
    """What the page shows of an answer.

    Attributes:
        kind: `table`, `boolean`, `graph` or `error`.
        variables, rows: Of a table.
        value: Of yes or no.
        turtle: Of a graph.
        count: Rows or triples in the answer shown.
        cut: What ended the answer early (`rows`, `bytes`, `seconds`), or empty.
        error: `message`, `fix`, `line`, `column`, `excerpt`, `caret` as the endpoint says them.
        downloads: Formats by name with their addresses.
    """

    kind: str
    variables: list[str] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)
    value: bool = False
    turtle: str = ""
    count: int = 0
    cut: str = ""
    error: dict[str, Any] = field(default_factory=dict)
    downloads: list[tuple[str, str]] = field(default_factory=list)


def page(desk: Desk, request: Request) -> Reply:
    """Show the editor: empty, with `query=`, or with an example (`example=`); with `run=1` the answer below it.

    Raises:
        NotFoundError: There is no such example.
    """
    name = request.value("example")
    query = (request.values.get("query") or [""])[0]
    if name:
        query = query_of(desk, name)
        if not query:
            fix = Text("Choose one of the list.", "Wählen Sie eines aus der Liste.")
            raise NotFoundError(Text("There is no such example.", "Ein solches Beispiel gibt es nicht."), where=name[:100], fix=fix)
    shown = run(desk, request, query) if query.strip() and request.value("run") else None
    examples = examples_of(desk)
    reply = desk.render(
        "editor.html",
        request,
        query=query or examples[0].query,
        shown=shown,
        own=[one for one in examples if one.query],
        ready=[one for one in examples if not one.query],
        chosen=name,
        most=SHOWN,
        settings=desk.settings,
        frame=frame(desk, request.lang),
    )
    if shown is not None:
        reply.rows, reply.truncated = shown.count, bool(shown.cut)
    return reply


def vocabulary(desk: Desk, request: Request) -> Reply:
    """Return classes and properties for completion; with `term=` (an IRI) two sample values of one of them."""
    term = request.value("term")[:MAX_IRI]
    if term:
        return json_reply({"iri": term, "samples": samples_of(desk, term, request.lang)})
    return json_reply(desk.cached(("vocabulary", request.lang), lambda: as_json(vocabulary_of(desk), request.lang)))


def labels(desk: Desk, request: Request) -> Reply:
    """Return names and addresses of things: `iri=` up to 200 times.

    Raises:
        ParameterError: More than 200, or one is no absolute IRI.
    """
    import pyoxigraph as ox

    wanted = list(dict.fromkeys(request.values.get("iri", ())))
    if len(wanted) > MAX_LABELS:
        what = Text(f"More than {MAX_LABELS} IRIs at once.", f"Mehr als {MAX_LABELS} IRIs auf einmal.")
        raise ParameterError(what, fix=Text("Ask in several requests.", "Fragen Sie in mehreren Anfragen."))
    for iri in wanted:
        try:
            if len(iri) > MAX_IRI:
                raise ValueError(iri)
            ox.NamedNode(iri)
        except ValueError as error:
            what = Text("That is no absolute IRI.", "Das ist keine absolute IRI.")
            fix = Text("Write it in full, with https://.", "Schreiben Sie sie ganz aus, mit https://.")
            raise ParameterError(what, where=iri[:100], fix=fix) from error
    names = desk.labels(wanted, request.lang)
    return json_reply({"labels": {iri: {"label": names[iri], "short": short_of(iri, names[iri]), "href": desk.href(iri, request)} for iri in wanted}})


def run(desk: Desk, request: Request, query: str) -> Shown:
    """Answer a query for the page, with at most :data:`SHOWN` rows; a mistake in it becomes part of the page."""
    from kg.portal.answering import answer
    from kg.portal.protocol import Operation
    from kg.portal.streams import Limits

    settings = desk.settings
    limits = Limits(rows=min(SHOWN, settings.rows), size=settings.answer_bytes, seconds=settings.seconds * 0.8)
    operation = Operation("query", query, accept="application/json", lang=request.lang)
    reply = answer(desk.store, operation, limits, service_hosts=settings.service_hosts)
    if reply.status != 200:
        return Shown("error", error=json.loads(reply.body)["error"])
    if reply.media_type.startswith("text/turtle"):
        shown = Shown("graph", turtle=reply.body.decode(), count=reply.rows or 0)
        if len(shown.turtle) > MAX_SHOWN_TEXT:
            shown.turtle, reply.truncated = shown.turtle[:MAX_SHOWN_TEXT], True
    else:
        data = json.loads(reply.body)
        shown = Shown("boolean", value=bool(data["boolean"]), count=1) if "boolean" in data else _table(desk, request, data)
    shown.cut = reply.headers.get("X-Truncated-By", "bytes" if reply.truncated else "")
    shown.downloads = [(form.upper(), request.root + "/sparql?" + _query_string(query, form)) for form in FORMATS[shown.kind]]
    return shown


def _query_string(query: str, form: str) -> str:
    from urllib.parse import urlencode

    return urlencode({"query": query, "format": form})


def _table(desk: Desk, request: Request, data: dict[str, Any]) -> Shown:
    variables: list[str] = data["head"]["vars"]
    bindings: list[dict[str, Any]] = data["results"]["bindings"]
    names = desk.labels({term["value"] for row in bindings for term in row.values() if term["type"] == "uri"}, request.lang)
    rows = [[_cell(desk, request, row.get(name), names) for name in variables] for row in bindings]
    return Shown("table", variables=variables, rows=rows, count=len(rows))


def _cell(desk: Desk, request: Request, term: dict[str, Any] | None, names: dict[str, str]) -> Cell:
    if term is None:
        return Cell("")
    value = term["value"]
    if term["type"] == "uri":
        return Cell(names[value], short_of(value, names[value]), desk.href(value, request) if _is_link(value) else "")
    if term["type"] == "literal":
        return Cell(value, lang=term.get("xml:lang", ""), number=term.get("datatype", "") in _NUMBERS)
    return Cell(f"_:{value}" if term["type"] == "bnode" else json.dumps(value, ensure_ascii=False))


def _is_link(iri: str) -> bool:
    """Tell whether an IRI may become the target of a link: `javascript:` is an IRI, too."""
    return iri.startswith(("http://", "https://", "urn:", "mailto:"))


def short_of(iri: str, label: str) -> str:
    """Return the CURIE of an IRI, else its last step; empty where it repeats the label.

    >>> short_of("https://w3id.org/innokg/ontology#Project", "Vorhaben")
    'inno:Project'
    """
    short = curie(iri)
    short = local_name(iri) if short == iri else short
    return "" if short.casefold() == label.casefold() else short


__all__ = ("Cell", "Shown", "labels", "page", "run", "short_of", "vocabulary")
