"""A server's graphs, one at a time: the SPARQL 1.1 Graph Store HTTP Protocol (W3C Recommendation, 21 March 2013, sections 4 and 5).

Every request may come twice. PUT replaces a graph. POST adds statements to a graph, which is a set (RDF 1.1 Concepts, section 3), so that adding those
that are there already changes nothing, as long as they hold no blank nodes (section 3.4): those of another document are always others. DELETE of a
graph that is gone changes nothing.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from kg.errors import StoreError, Text
from kg.store.credentials import Credentials, from_environment, parse, shown
from kg.store.transport import BUSY, FIRST_PAUSE, LONGEST_PAUSE, Answer, Exchange

TYPE = "application/n-triples"
SECONDS = 300
"""For one chunk as a whole: a slow server has to take 8 MB in this time."""
REPLACING = 6
"""So many times longer may the chunk take that replaces a graph: Virtuoso removed 70,000 statements in half a minute."""
CONTACT_SECONDS = 30
"""For the first question: an address that keeps silent is found out soon."""
TRIES = 8
"""Attempts for one chunk: with pauses that double, a server has about half a minute to come back."""
AGAIN = 2
"""How often a chunk is sent again after 500: Virtuoso says so of a deadlock, too."""
_NOWHERE = "urn:x-innokg:no-such-graph"
_ENDINGS = {"/sparql-graph-crud-auth": "/sparql", "/sparql-graph-crud": "/sparql", "/store": "/query"}
_FULL = ("no space left", "disk full", "disk is full", "not enough space", "insufficient storage", "out of disk")
_GO_ON = Text(
    "Run the same command again when that is mended; what the server has confirmed is not sent again.",
    "Starten Sie denselben Befehl noch einmal, wenn das behoben ist; was der Server bestätigt hat, wird nicht noch einmal gesendet.",
)
_ADDRESS = Text(
    "Name the address of the graph store; it often ends with /store (Oxigraph), /sparql-graph-crud-auth (Virtuoso) or /data.",
    "Nennen Sie die Adresse des Graph Store; oft endet sie auf /store (Oxigraph), /sparql-graph-crud-auth (Virtuoso) oder /data.",
)


class TooLargeError(StoreError):
    """The server does not take a request of this size (413)."""


@dataclass
class GraphStore:
    """The graph store of a server.

    Attributes:
        address: Of the graph store.
        exchange: How requests are made.
    """

    address: str
    exchange: Exchange
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)

    @property
    def where(self) -> str:
        """The address as messages show it."""
        return shown(self.address)

    def contact(self) -> None:
        """See whether there is a server that lets us in, by asking for a graph that there is not.

        Raises:
            StoreError: Nobody answers, or a web page does, or not to us.
        """
        # The same exchange: its answer to a challenge of digest is used again for what follows.
        patience = self.exchange.timeout, self.exchange.tries
        self.exchange.timeout, self.exchange.tries = min(CONTACT_SECONDS, patience[0]), min(2, patience[1])
        try:
            answer = self.exchange.send(self._of(_NOWHERE), headers={"Accept": TYPE})
        finally:
            self.exchange.timeout, self.exchange.tries = patience
        if answer.status in (401, 403, 407):
            raise self._refused(answer)
        if answer.status == 200 and answer.media_type in ("text/html", "application/xhtml+xml") and answer.body.strip():
            raise self._page()

    def put(self, graph: str, body: bytes) -> None:
        """Replace a graph by statements in N-Triples (section 5.3).

        Raises:
            TooLargeError: Not in one piece of this size.
            StoreError: The server does not take it.
        """
        patience = self.exchange.timeout
        self.exchange.timeout = patience * REPLACING
        try:
            self._change("PUT", graph, body)
        finally:
            self.exchange.timeout = patience

    def post(self, graph: str, body: bytes) -> None:
        """Add statements in N-Triples to a graph (section 5.5; see :meth:`put`)."""
        self._change("POST", graph, body)

    def delete(self, graph: str) -> None:
        """Remove a graph; one that is not there is fine (section 5.4).

        Raises:
            StoreError: The server does not do it.
        """
        self._change("DELETE", graph, None)

    def get(self, graph: str) -> bytes | None:
        """Return a graph in N-Triples (section 5.2), or `None` where there is none.

        Raises:
            StoreError: It cannot be had, or is larger than `KG_STORE_MAX_MB`.
        """
        try:
            answer = self.exchange.send(self._of(graph), headers={"Accept": TYPE, "Accept-Encoding": "gzip"})
        except StoreError as error:
            fix = Text("Name the server's query address with --query.", "Nennen Sie die Abfrageadresse des Servers mit --query.")
            raise StoreError(error.what, where=error.where, fix=fix) from error
        if answer.status == 404:
            return None
        if answer.status != 200:
            raise self._refused(answer)
        if answer.media_type not in (TYPE, "text/plain"):
            raise self._page()
        return answer.body

    def _change(self, method: str, graph: str, body: bytes | None) -> None:
        headers = {"Content-Type": TYPE} if body is not None else {}
        for number in range(AGAIN + 1):
            try:
                answer = self._sent(method, graph, body, headers)
            except StoreError as error:
                # What the transport advises is meant for questions.
                raise StoreError(error.what, where=error.where, fix=_GO_ON) from error
            if answer.status != 500 or number == AGAIN or _is_full(answer):
                break
            self.sleep(0.5 * 4**number)
        if method == "DELETE" and answer.status in (404, 410):
            return
        if answer.status in (200, 201, 202, 204):
            if answer.media_type in ("text/html", "application/xhtml+xml") and b"<html" in answer.body[:4096].lower():
                raise self._page()
            return
        raise self._refused(answer)

    def _sent(self, method: str, graph: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        """Send a change; under digest with a nonce that is still good.

        Virtuoso refuses a body of megabytes before it has read it, and closes: the refusal is lost, so that a nonce that has run out looks like a
        broken connection. A small question in between gets a new one.
        """
        address, tries = self._of(graph), self.exchange.tries
        if self.exchange.credentials.kind != "digest" or body is None:
            return self.exchange.send(address, method=method, body=body, headers=headers)
        until = time.monotonic() + self.exchange.timeout
        self.exchange.tries = 1
        try:
            for number in range(tries):
                pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2**number)
                last = number == tries - 1 or time.monotonic() + pause >= until
                try:
                    answer = self.exchange.send(address, method=method, body=body, headers=headers)
                except StoreError:
                    if last or time.monotonic() + pause >= until:
                        raise
                else:
                    if answer.status not in BUSY or last:
                        break
                self.sleep(pause)
                with contextlib.suppress(StoreError):
                    self.contact()
        finally:
            self.exchange.tries = tries
        return answer

    def _of(self, graph: str) -> str:
        """Return the address of a graph: indirect identification (section 4.2)."""
        return f"{self.address}?graph={quote(graph, safe='')}"

    def _page(self) -> StoreError:
        what = Text("The address answers with a web page, not as a graph store.", "Die Adresse antwortet mit einer Webseite, nicht als Graph Store.")
        return StoreError(what, where=self.where, fix=_ADDRESS)

    def _refused(self, answer: Answer) -> StoreError:
        """Return what a status means."""
        status, who = answer.status, self.exchange.credentials
        told = f"{status} {_said(answer, who)}".strip()
        names = "KG_STORE_AUTH, KG_STORE_USER, KG_STORE_PASSWORD (KG_STORE_TOKEN)"
        offered = ", ".join(sorted({one.split()[0].lower() for one in answer.challenges if one.split()} & {"basic", "digest", "bearer"}))
        if status == 401 and who.kind:
            what = Text("The server does not accept the credentials (401).", "Der Server nimmt die Zugangsdaten nicht an (401).")
            fix = Text(f"Check {names}.", f"Prüfen Sie {names}.")
        elif status == 401 and who.elsewhere:
            what = Text("The server asks who you are (401).", "Der Server fragt, wer Sie sind (401).")
            fix = Text("KG_STORE_HOST binds the credentials to another host.", "KG_STORE_HOST bindet die Zugangsdaten an einen anderen Rechner.")
        elif status in (401, 407):
            what = Text("The server asks who you are (401).", "Der Server fragt, wer Sie sind (401).")
            asks = Text(f" It asks for {offered}.", f" Er verlangt {offered}.") if offered else Text("", "")
            fix = Text(f"Set {names}.{asks.en}", f"Setzen Sie {names}.{asks.de}")
        elif status == 403:
            what = Text(
                "The server does not allow writing (403): it is read-only, or you may not.",
                "Der Server lässt kein Schreiben zu (403): Er ist nur lesbar, oder Sie dürfen nicht.",
            )
            fix = Text(
                "Use a server that may be written to, or another user.",
                "Nehmen Sie einen Server, auf den geschrieben werden darf, oder einen anderen Benutzer.",
            )
        elif status in (404, 405, 410, 501):
            what = Text(f"There is no graph store at this address ({status}).", f"Unter dieser Adresse gibt es keinen Graph Store ({status}).")
            fix = _ADDRESS
        elif status == 413:
            what = Text("The server does not take a request of this size (413).", "Der Server nimmt eine Anfrage dieser Größe nicht an (413).")
            return TooLargeError(what, where=self.where, fix=Text("Raise its bound.", "Erhöhen Sie dort die Grenze."))
        elif status == 507 or _is_full(answer):
            what = Text(f"The server's disk is full ({told}).", f"Der Datenträger des Servers ist voll ({told}).")
            fix = _GO_ON
        elif status == 400:
            what = Text(f"The server does not take the statements: {told}.", f"Der Server nimmt die Aussagen nicht an: {told}.")
            fix = Text(
                "What it names is in one of the graphs; look there with kg query.",
                "Was er nennt, steht in einem der Graphen; suchen Sie es mit kg query.",
            )
        else:
            what = Text(f"The server answers with an error: {told}.", f"Der Server antwortet mit einem Fehler: {told}.")
            fix = _GO_ON
        return StoreError(what, where=self.where, fix=fix)


def open_graphs(address: str, *, tries: int = TRIES, seconds: float = SECONDS, sleep: Callable[[float], None] = time.sleep) -> GraphStore:
    """Return the graph store at an address, with the credentials of the environment.

    Raises:
        StoreError: The address is none, or the credentials do not fit it.
    """
    parts = parse(address)
    if parts.query or parts.fragment:
        what = Text("The address of a graph store has no ? and no #.", "Die Adresse eines Graph Store hat kein ? und kein #.")
        raise StoreError(what, where=shown(address), fix=Text("Leave off what follows them.", "Lassen Sie weg, was darauf folgt."))
    exchange = Exchange(timeout=seconds, credentials=from_environment(address), tries=tries, sleep=sleep)
    return GraphStore(address, exchange, sleep)


def query_address(address: str) -> str | None:
    """Return where the server of a graph store answers queries, for the servers that we have run; else `None`.

    >>> query_address("http://127.0.0.1:7878/store"), query_address("https://example.org/rdf/data")
    ('http://127.0.0.1:7878/query', None)
    """
    parts = urlsplit(address)
    for ending, instead in _ENDINGS.items():
        if parts.path.endswith(ending):
            return parts._replace(path=parts.path.removesuffix(ending) + instead).geturl()
    return None


def _is_full(answer: Answer) -> bool:
    text = answer.body[:4096].decode("utf-8", "replace").casefold()
    return answer.status >= 500 and any(words in text for words in _FULL)


def _said(answer: Answer, who: Credentials) -> str:
    """Return the beginning of what a server says of an error, fit for a terminal, without tags and without secrets."""
    import re

    text = answer.body[:4096].decode("utf-8", "replace")
    if "<html" in text.casefold():
        text = re.sub(r"<(style|script|title)\b.*?</\1>|<[^>]{0,1000}>", " ", text, flags=re.DOTALL | re.IGNORECASE)
    text = "".join(character if character.isprintable() else " " for character in who.redact(text))
    return " ".join(text.split())[:300]
