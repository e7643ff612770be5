"""SPARQL queries to one address: how they are sent, and what the server's refusals mean (SPARQL 1.1 Protocol, section 2.1).

SPARQLWrapper writes the requests; :mod:`kg.store.transport` carries them. Short queries go by GET, long ones as a form by POST. The body
`application/sparql-query` is never sent: Virtuoso does not answer it, and keeps the connection open.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit

from kg.errors import KgError, QueryError, StoreError, Text
from kg.store.credentials import from_environment, shown
from kg.store.texts import form
from kg.store.transport import BUSY, Answer, Exchange

if TYPE_CHECKING:
    from urllib.request import Request

Dataset: TypeAlias = tuple[Sequence[str], Sequence[str]]
"""Default graphs and named graphs, as the protocol's parameters (section 2.1.4)."""

TABLE = "application/sparql-results+json"
GRAPH = "application/n-triples, text/turtle;q=0.9, application/rdf+xml;q=0.5"
LONG = 4000
"""Characters of an address up to which a query goes by GET: servers and what stands before them take 8,000, Virtuoso silently cuts at about 16,000."""
_PAGES = ("text/html", "application/xhtml+xml")


class Client:
    """Sends queries to one address.

    Attributes:
        address: Of the endpoint.
        where: The address as messages show it.
        exchange: How requests are made.
    """

    def __init__(self, address: str, *, timeout: float) -> None:
        """Take the credentials of the environment for an address.

        Raises:
            StoreError: The address is none, or the credentials do not fit it.
        """
        self.where = shown(address)
        self.address = address.split("#")[0]
        self.exchange = Exchange(timeout=timeout, credentials=from_environment(address))

    def send(self, sparql: str, dataset: Dataset = ((), ()), *, accept: str = "", prefer: str = "") -> Answer:
        """Send a query and return its answer, of status 2xx.

        Args:
            sparql: The text; prefixes declared.
            dataset: Graphs to ask; the server's own choice by default.
            accept: Media types wanted; by the form of the query by default.
            prefer: `get` or `post`; empty: by length.

        Raises:
            QueryError: The server refuses the query.
            StoreError: It does not answer, or not with what was asked for.
        """
        kind = form(sparql)
        wanted = accept or (GRAPH if kind in ("CONSTRUCT", "DESCRIBE") else TABLE)
        request = _request(self.address, sparql, kind, dataset, post=prefer == "post")
        if not prefer and len(request.full_url) > LONG:
            request = _request(self.address, sparql, kind, dataset, post=True)
        answer = self._carry(request, wanted)
        if answer.status == 414 and request.data is None:
            answer = self._carry(_request(self.address, sparql, kind, dataset, post=True), wanted)
        if not 200 <= answer.status < 300:
            raise self._refusal(answer)
        if answer.media_type in _PAGES:
            raise self._web_page(answer)
        if answer.headers.get("x-sql-state") == "S1TAT":
            # Virtuoso's "anytime" queries: what was found until the time was over, with status 200.
            what = Text(
                "The server stopped early: its answer is not complete.", "Der Server hat vorzeitig aufgehört: Seine Antwort ist nicht vollständig."
            )
            raise StoreError(what, where=self.where, fix=_NARROWER)
        return answer

    def _carry(self, request: Request, accept: str) -> Answer:
        headers = {"Accept": accept, "Accept-Encoding": "gzip", "User-Agent": _agent()}
        body = request.data
        if isinstance(body, bytes):
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            return self.exchange.send(request.full_url, method="POST", body=body, headers=headers)
        return self.exchange.send(request.full_url, headers=headers)

    def said(self, answer: Answer) -> str:
        """Return the beginning of an error's text, fit for a terminal and without secrets."""
        if answer.media_type in _PAGES:
            return ""
        text = self.exchange.credentials.redact(answer.body[:4096].decode("utf-8", "replace"))
        lines = [" ".join("".join(one if one.isprintable() else " " for one in line).split()) for line in text.splitlines()]
        return " ".join([line for line in lines if line][:3])[:300]

    def _refusal(self, answer: Answer) -> KgError:
        status, said = answer.status, self.said(answer)
        told = f"{status} {said}".strip()
        if status == 400:
            what = Text(f"The endpoint refuses the query: {said or status}", f"Der Endpunkt lehnt die Abfrage ab: {said or status}")
            return QueryError(what, where=self.where, fix=Text("Check it for SPARQL 1.1.", "Prüfen Sie sie auf SPARQL 1.1."))
        if status in (401, 403, 407):
            return self._who(answer)
        if status in (404, 410):
            what = Text(f"There is nothing at this address ({status}).", f"Unter dieser Adresse gibt es nichts ({status}).")
            return StoreError(what, where=self.where, fix=_QUERY_ADDRESS)
        if status in BUSY:
            what = Text(f"The endpoint is busy or down: {told}.", f"Der Endpunkt ist überlastet oder außer Betrieb: {told}.")
            return StoreError(what, where=self.where, fix=Text("Try again later.", "Versuchen Sie es später."))
        if status in (405, 406, 415, 501):
            what = Text(f"What answers there is no SPARQL 1.1 endpoint: {told}.", f"Was dort antwortet, ist kein SPARQL-1.1-Endpunkt: {told}.")
            return StoreError(what, where=self.where, fix=_QUERY_ADDRESS)
        if status == 413:
            what = Text("The query is too long for the endpoint.", "Die Abfrage ist dem Endpunkt zu lang.")
            return QueryError(what, where=self.where, fix=_NARROWER)
        what = Text(f"The endpoint answers with an error: {told}", f"Der Endpunkt antwortet mit einem Fehler: {told}")
        return StoreError(
            what, where=self.where, fix=Text("Simplify the query, or try again later.", "Vereinfachen Sie die Abfrage, oder versuchen Sie es später.")
        )

    def _who(self, answer: Answer) -> StoreError:
        who = self.exchange.credentials
        names = "KG_STORE_AUTH, KG_STORE_USER, KG_STORE_PASSWORD (KG_STORE_TOKEN)"
        offered = sorted({one.split()[0].lower() for one in answer.challenges if one.split()} & {"basic", "digest", "bearer"})
        asks = Text(f" It asks for {', '.join(offered)}.", f" Er verlangt {', '.join(offered)}.") if offered else Text("", "")
        fix = Text(f"Check {names}.{asks.en}", f"Prüfen Sie {names}.{asks.de}")
        if answer.status == 403:
            what = Text("The endpoint does not allow this (403).", "Der Endpunkt erlaubt das nicht (403).")
        elif who.elsewhere:
            what = Text("The endpoint asks who you are (401).", "Der Endpunkt fragt, wer Sie sind (401).")
            fix = Text(
                "KG_STORE_HOST binds the credentials to another host; change it.",
                "KG_STORE_HOST bindet die Zugangsdaten an einen anderen Rechner; ändern Sie es.",
            )
        elif not who.kind:
            what = Text("The endpoint asks who you are (401).", "Der Endpunkt fragt, wer Sie sind (401).")
            fix = Text(f"Set {names}.{asks.en}", f"Setzen Sie {names}.{asks.de}")
        elif shown(answer.address) != self.where and urlsplit(answer.address).scheme == "https":
            what = Text(
                "The endpoint redirects to https, where the credentials were not sent.",
                "Der Endpunkt leitet auf https um; dorthin gingen die Zugangsdaten nicht.",
            )
            fix = Text(f"Name {shown(answer.address)} itself.", f"Nennen Sie {shown(answer.address)} selbst.")
        else:
            what = Text("The endpoint does not accept the credentials (401).", "Der Endpunkt nimmt die Zugangsdaten nicht an (401).")
        return StoreError(what, where=self.where, fix=fix)

    def _web_page(self, answer: Answer) -> StoreError:
        what = Text(
            "The address answers with a web page, not with a SPARQL result.",
            "Die Adresse antwortet mit einer Webseite, nicht mit einem SPARQL-Ergebnis.",
        )
        return StoreError(what, where=shown(answer.address), fix=_QUERY_ADDRESS)


_NARROWER = Text("Ask a narrower question.", "Fragen Sie enger.")
_QUERY_ADDRESS = Text(
    "Name the address for queries; it often ends with /sparql or /query.",
    "Nennen Sie die Adresse für Abfragen; oft endet sie auf /sparql oder /query.",
)


def _request(address: str, sparql: str, kind: str, dataset: Dataset, *, post: bool) -> Request:
    """Let SPARQLWrapper write a request."""
    from SPARQLWrapper import GET, POST, SPARQLWrapper

    base, mark, own = address.partition("?")
    wrapper = SPARQLWrapper(base)
    wrapper.setOnlyConneg(True)
    for name, graphs in zip(("default-graph-uri", "named-graph-uri"), dataset, strict=True):
        for graph in graphs:
            wrapper.addParameter(name, graph)
    wrapper.setQuery(sparql)
    # Its own reading of the text takes a word of a comment for the form, and would send an update.
    wrapper.queryType = kind
    wrapper.setMethod(POST if post else GET)
    request: Request = wrapper._createRequest()
    if mark and own:
        request.full_url = f"{address}&{request.full_url.partition('?')[2]}".rstrip("&") if not post else address
    return request


def _agent() -> str:
    from kg import __version__

    return f"innovation-kg/{__version__}"
