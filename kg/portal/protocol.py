"""The SPARQL 1.1 Protocol and the reading half of the Graph Store HTTP Protocol, as pure functions: bytes of a request in, an operation out.

Sources: SPARQL 1.1 Protocol (W3C Recommendation, 2013), sections 2.1 and 2.2; SPARQL 1.1 Graph Store HTTP Protocol (2013), sections 4 and 5.2.
Nothing here touches a store or a network; what a request may not do is refused with a status, a sentence and a remedy.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_to_bytes

from kg.errors import KgError, Text
from kg.portal import negotiate
from kg.portal.page import Reply

MAX_REQUEST = 1024 * 1024
MAX_VALUES = 200
MAX_GRAPHS = 100
ALLOW_QUERY = "GET, HEAD, POST, OPTIONS"
ALLOW_GRAPHS = "GET, HEAD, OPTIONS"
FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"


class ProtocolError(KgError):
    """A request that is refused.

    Attributes:
        status: HTTP status, 4xx or 5xx.
        headers: Headers that belong to the status, such as Allow.
        line, column, excerpt, caret: Place in a query, counted from 1, and its line with a caret below; 0 and empty where there is none.
        offers: Media types there are, for 406.
    """

    def __init__(self, status: int, what: Text, fix: Text | None = None, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(what, fix=fix)
        self.status = status
        self.headers = dict(headers or {})
        self.line = self.column = 0
        self.excerpt = self.caret = ""
        self.offers: tuple[str, ...] = ()

    def reply(self, accept: str | None = None, lang: str = "en") -> Reply:
        """Return the error as JSON, or as plain text for a client that likes text better or whom JSON does not suit."""
        message = self.what.in_(lang)
        remedy = self.fix.in_(lang) if self.fix else ""
        headers = {"Cache-Control": "no-store", **self.headers}
        if _error_media(accept) == "text/plain":
            place = (
                ([f"Zeile {self.line}, Spalte {self.column}:"] if lang == "de" else [f"line {self.line}, column {self.column}:"]) if self.line else []
            )
            quoted = [f"  {self.excerpt}", f"  {self.caret}"] if self.line else []
            lines = [message, *place, *quoted, *([remedy] if remedy else []), *self.offers]
            return Reply(("\n".join(lines) + "\n").encode(), "text/plain; charset=utf-8", self.status, headers)
        error: dict[str, Any] = {"status": self.status, "message": message}
        if remedy:
            error["fix"] = remedy
        if self.line:
            error |= {"line": self.line, "column": self.column, "excerpt": self.excerpt, "caret": self.caret}
        if self.offers:
            error["offers"] = list(self.offers)
        return Reply(json.dumps({"error": error}, ensure_ascii=False).encode(), "application/json", self.status, headers)


_JSON = re.compile(r"[/+]json\b|\*/\*|application/\*", re.IGNORECASE)


def _error_media(accept: str | None) -> str:
    chosen = negotiate.choose(accept, ("application/json", "text/plain"))
    return chosen or ("application/json" if _JSON.search((accept or "")[: negotiate.MAX_HEADER]) else "text/plain")


@dataclass(frozen=True)
class Operation:
    """A request to the endpoint that has been read and negotiated; JSON can hold it (:meth:`head`, :meth:`of`).

    Attributes:
        kind: `query` or `describe-service`.
        query: Text of the query.
        default_graphs, named_graphs: IRIs of the protocol's dataset, absolute, in the order given. Where any is given they are the whole dataset, whatever
            FROM and FROM NAMED say (section 2.1.4).
        table, graph: Media types for rows and yes/no, and for triples; empty where the client accepts none.
        accept: Accept header, for errors.
        lang: Language of errors.
    """

    kind: str
    query: str = ""
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    table: str = "application/sparql-results+json"
    graph: str = "text/turtle"
    accept: str = ""
    lang: str = "en"

    def head(self) -> dict[str, Any]:
        """Return the operation as JSON can hold it."""
        return dict(vars(self))

    @classmethod
    def of(cls, head: Mapping[str, Any]) -> Operation:
        """Return the operation that :meth:`head` describes."""
        return cls(**{**head, "default_graphs": tuple(head["default_graphs"]), "named_graphs": tuple(head["named_graphs"])})

    def key(self) -> str:
        """Return a text that is the same for requests with the same answer on the same build, for an ETag."""
        # No part but the query can hold a line end, and it comes last.
        return "\n".join((self.kind, " ".join(self.default_graphs), " ".join(self.named_graphs), self.table, self.graph, self.query))


@dataclass(frozen=True)
class GraphOperation:
    """A request for a graph.

    Attributes:
        kind: `graph`, `default` (the union of all graphs) or `list` (a description of what graphs there are).
        iri: IRI of the graph; empty but for `graph`.
        graph: Media type of the answer.
        accept, lang: As in :class:`Operation`.
    """

    kind: str
    iri: str = ""
    graph: str = "text/turtle"
    accept: str = ""
    lang: str = "en"

    def head(self) -> dict[str, Any]:
        """Return the operation as JSON can hold it."""
        return dict(vars(self))

    @classmethod
    def of(cls, head: Mapping[str, Any]) -> GraphOperation:
        """Return the operation that :meth:`head` describes."""
        return cls(**head)

    def key(self) -> str:
        """Return a text that is the same for requests with the same answer on the same build, for an ETag."""
        return json.dumps([self.kind, self.iri, self.graph])


@dataclass
class _Values:
    by_name: dict[str, list[str]] = field(default_factory=dict)

    def all(self, name: str) -> list[str]:
        return self.by_name.get(name, [])

    def first(self, name: str) -> str:
        return self.by_name.get(name, [""])[0]


def _read_values(data: bytes) -> dict[str, list[str]]:
    """Read `name=value` pairs (application/x-www-form-urlencoded, as in the URL standard); only UTF-8 without NUL."""
    found: dict[str, list[str]] = {}
    parts = data.split(b"&", MAX_VALUES)
    if len(parts) > MAX_VALUES:
        raise ProtocolError(400, Text(f"There are more than {MAX_VALUES} parameters.", f"Es sind mehr als {MAX_VALUES} Parameter."))
    for part in parts:
        if part:
            name, _, value = part.partition(b"=")
            found.setdefault(_decoded(name), []).append(_decoded(value))
    return found


def _decoded(data: bytes) -> str:
    return _text(unquote_to_bytes(data.replace(b"+", b" ")))


def _text(data: bytes) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        what = Text("The request is not in UTF-8.", "Die Anfrage ist nicht in UTF-8.")
        raise ProtocolError(400, what, fix=Text("Send the query in UTF-8.", "Senden Sie die Abfrage in UTF-8.")) from error
    if "\0" in text:
        what = Text("The request holds the character NUL.", "Die Anfrage enthält das Zeichen NUL.")
        raise ProtocolError(400, what, fix=Text("Send the query in UTF-8, not in UTF-16.", "Senden Sie die Abfrage in UTF-8, nicht in UTF-16."))
    return text


_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]*")
_TYPE = re.compile(r"\s*([^\s;,]+)\s*(?:;(.*))?", re.DOTALL)
_CHARSET = re.compile(r"(?:^|;)\s*charset\s*=\s*\"?([^\s\";]+)", re.IGNORECASE)
_CHARSETS = ("utf-8", "utf8", "us-ascii")


def _media_type(content_type: str | None) -> str:
    match = _TYPE.fullmatch(content_type or "")
    if not match:
        return ""
    charset = _CHARSET.search(match[2] or "")
    if charset and charset[1].lower() not in _CHARSETS:
        what = Text(f"The charset {charset[1][:40]} is not read.", f"Die Kodierung {charset[1][:40]} wird nicht gelesen.")
        raise ProtocolError(400, what, fix=Text("Send the query in UTF-8.", "Senden Sie die Abfrage in UTF-8."))
    return match[1].lower()


def absolute(iri: str, name: str) -> str:
    """Return an IRI that is absolute.

    Raises:
        ProtocolError: 400, it is relative or no IRI.
    """
    if not _ABSOLUTE.fullmatch(iri):
        what = Text(f"{name}: {iri[:200]!r} is no absolute IRI.", f"{name}: {iri[:200]!r} ist keine absolute IRI.")
        raise ProtocolError(400, what, fix=Text("Give it in full, with its scheme.", "Geben Sie sie ganz an, mit dem Schema."))
    return iri


def _bounded(query_string: bytes, body: bytes, limit: int) -> None:
    for data, status, en, de in ((query_string, 414, "query string", "Die Adresse"), (body, 413, "body", "Der Inhalt der Anfrage")):
        if len(data) > limit:
            what = Text(f"The {en} is longer than {limit} bytes.", f"{de} ist länger als {limit} Bytes.")
            raise ProtocolError(status, what, fix=Text("Ask for less at a time.", "Fragen Sie weniger auf einmal."))


def _method_refused(method: str, allow: str) -> ProtocolError:
    what = Text(f"The method {method[:20]} is not served here.", f"Die Methode {method[:20]} gibt es hier nicht.")
    return ProtocolError(405, what, fix=Text(f"Use {allow}.", f"Möglich sind {allow}."), headers={"Allow": allow})


_READ_ONLY = Text("The graph is read-only: updates are refused.", "Der Graph ist nur zum Lesen da: Änderungen werden abgelehnt.")
_READ_ONLY_FIX = Text(
    "It is made anew from its sources by `kg build`; report a mistake with the link on each page.",
    "Er wird mit `kg build` aus seinen Quellen neu gemacht; Fehler melden Sie über den Link auf jeder Seite.",
)


def read(
    method: str,
    query_string: bytes = b"",
    content_type: str | None = None,
    body: bytes = b"",
    *,
    accept: str | None = None,
    lang: str = "en",
    limit: int = MAX_REQUEST,
) -> Operation:
    """Read a request to the endpoint (SPARQL 1.1 Protocol, section 2.1).

    A query comes by GET, by POST of a form, or by POST of the text itself, whose dataset stands in the query string. GET without a query asks for the
    service description. Parameters that are not of the protocol are passed over, but for `format`.

    Args:
        method: GET, HEAD or POST.
        query_string: As it was sent, percent-encoded.
        content_type: Header of a POST.
        body: Body of a POST.
        accept: Accept header.
        lang: Language of errors.
        limit: Bytes of query string and body.

    Raises:
        ProtocolError: 400 not exactly one query, not UTF-8, a relative graph IRI; 403 an update; 405, 413, 414, 415; 406 an unknown `format`.
    """
    if method not in ("GET", "HEAD", "POST"):
        raise _method_refused(method, ALLOW_QUERY)
    post = method == "POST"
    _bounded(query_string, body if post else b"", limit)
    in_address = _read_values(query_string)
    media = _media_type(content_type) if post else ""
    values = _Values(in_address)
    if media == UPDATE:
        raise ProtocolError(403, _READ_ONLY, fix=_READ_ONLY_FIX)
    if post and media == FORM:
        sent = _read_values(body)
        values = _Values({name: in_address.get(name, []) + sent.get(name, []) for name in (*in_address, *sent)})
        if "query" not in sent and "query" in in_address:
            what = Text("The query of a form POST belongs into the body.", "Die Abfrage eines Formulars gehört in den Inhalt der Anfrage.")
            raise ProtocolError(400, what, fix=Text("Send query=… in the body, or use GET.", "Senden Sie query=… im Inhalt, oder nehmen Sie GET."))
    elif post and media == QUERY:
        values = _Values({**in_address, "query": [*in_address.get("query", []), _text(body).removeprefix("\ufeff")]})
    elif post:
        seen = f"{media[:80]!r}" if media else "(none)"
        what = Text(f"The content type {seen} is not read.", f"Der Inhaltstyp {seen} wird nicht gelesen.")
        raise ProtocolError(
            415, what, fix=Text(f"Use {QUERY} or {FORM}.", f"Möglich sind {QUERY} und {FORM}."), headers={"Accept": f"{QUERY}, {FORM}"}
        )
    return _operation(values, post, accept, lang)


def _operation(values: _Values, post: bool, accept: str | None, lang: str) -> Operation:
    queries, updates = values.all("query"), values.all("update")
    if queries and updates:
        what = Text("The request holds a query and an update.", "Die Anfrage enthält eine Abfrage und eine Änderung.")
        raise ProtocolError(400, what, fix=Text("Send one query.", "Senden Sie eine Abfrage."))
    if updates:
        raise ProtocolError(403, _READ_ONLY, fix=_READ_ONLY_FIX)
    if len(queries) > 1:
        what = Text(f"The request holds {len(queries)} queries.", f"Die Anfrage enthält {len(queries)} Abfragen.")
        raise ProtocolError(400, what, fix=Text("Send one query at a time.", "Senden Sie eine Abfrage auf einmal."))
    for name in ("using-graph-uri", "using-named-graph-uri"):
        if values.all(name):
            what = Text(f"{name} belongs to updates.", f"{name} gehört zu Änderungen.")
            fix = Text("Use default-graph-uri and named-graph-uri.", "Nehmen Sie default-graph-uri und named-graph-uri.")
            raise ProtocolError(400, what, fix=fix)
    if (queries and not queries[0].strip()) or (post and not queries):
        what = Text("The request holds no query.", "Die Anfrage enthält keine Abfrage.")
        raise ProtocolError(400, what, fix=Text("Send it as the parameter query.", "Senden Sie sie als Parameter query."))
    given = values.first("format")
    if not negotiate.known(given):
        what = Text(f"There is no format {given[:40]!r}.", f"Das Format {given[:40]!r} gibt es nicht.")
        raise not_acceptable(("table", "graph"), what)
    table, graph = negotiate.media_for("table", accept, given), negotiate.media_for("graph", accept, given)
    if not queries:
        return Operation("describe-service", table=table, graph=graph, accept=accept or "", lang=lang)
    graphs = {}
    for name in ("default-graph-uri", "named-graph-uri"):
        graphs[name] = tuple(dict.fromkeys(absolute(iri, name) for iri in values.all(name)))
        if len(graphs[name]) > MAX_GRAPHS:
            what = Text(f"{name}: more than {MAX_GRAPHS} graphs.", f"{name}: mehr als {MAX_GRAPHS} Graphen.")
            raise ProtocolError(400, what, fix=Text("Name fewer.", "Nennen Sie weniger."))
    return Operation("query", queries[0], graphs["default-graph-uri"], graphs["named-graph-uri"], table, graph, accept or "", lang)


def not_acceptable(kinds: Sequence[str], what: Text | None = None) -> ProtocolError:
    """Return the error 406, which lists what there is (RFC 9110, section 15.5.7)."""
    offers = tuple(form.media for form in negotiate.FORMATS if form.kind in kinds)
    names = ", ".join(form.name for form in negotiate.FORMATS if form.kind in kinds)
    there = Text("The answer is not to be had in a format that you accept.", "Die Antwort gibt es in keinem Format, das Sie annehmen.")
    error = ProtocolError(406, what or there, fix=Text(f"There are (format=…): {names}.", f"Es gibt (format=…): {names}."))
    error.offers = offers
    return error


def read_graph_store(
    method: str, path_iri: str = "", query_string: bytes = b"", *, accept: str | None = None, lang: str = "en", limit: int = MAX_REQUEST
) -> GraphOperation:
    """Read a request for a graph (SPARQL 1.1 Graph Store HTTP Protocol, sections 4.1, 4.2 and 5.2).

    Args:
        method: GET or HEAD.
        path_iri: IRI that the address itself stands for (direct identification); empty at the address of the graph store.
        query_string: `graph=IRI`, `default`, or neither: then the graphs are listed.
        accept: Accept header.
        lang: Language of errors.
        limit: Bytes of the query string.

    Raises:
        ProtocolError: 400 both or two graphs, or a relative IRI; 405 with the reason for every method that writes; 406; 414.
    """
    if method not in ("GET", "HEAD"):
        if method in ("PUT", "POST", "DELETE", "PATCH"):
            raise ProtocolError(405, _READ_ONLY, fix=_READ_ONLY_FIX, headers={"Allow": ALLOW_GRAPHS})
        raise _method_refused(method, ALLOW_GRAPHS)
    _bounded(query_string, b"", limit)
    values = _Values(_read_values(query_string))
    named, default = values.all("graph"), values.all("default")
    if len(named) + bool(default) + bool(path_iri) > 1:
        what = Text("The request names more than one graph.", "Die Anfrage nennt mehr als einen Graphen.")
        raise ProtocolError(400, what, fix=Text("Give either graph=IRI or default.", "Geben Sie entweder graph=IRI oder default an."))
    media = negotiate.media_for("graph", accept, values.first("format"))
    if not media:
        raise not_acceptable(("graph",))
    if default:
        return GraphOperation("default", "", media, accept or "", lang)
    if named or path_iri:
        return GraphOperation("graph", absolute(path_iri or named[0], "graph"), media, accept or "", lang)
    return GraphOperation("list", "", media, accept or "", lang)
