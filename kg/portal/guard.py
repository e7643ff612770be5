"""What is looked at before a query reaches the engine: how complex it is, and whether it would call another address (SPARQL 1.1 Federated Query).

The parser of the engine is recursive: some ten thousand open brackets or chained operators overflow its stack and end the process. The engine also
calls any address that SERVICE names, without asking.

Whether a query holds SERVICE is decided by the grammar of the engine (:mod:`kg.grammar`). Where hosts are allowed, `SERVICE <https://host/path>` becomes `GRAPH <…>`, which fits wherever SERVICE does; what parses then
calls no other address than those that were looked at.

What remains where an operator allows hosts: the engine resolves the name again, so a name server of the allowed host that lies can name an inside
address at the second time; the answer of that host counts against the time and memory of the worker only. Redirects are not followed by the engine.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable, Sequence
from urllib.parse import urlsplit

from kg import grammar
from kg.errors import Text
from kg.portal.protocol import ProtocolError

MAX_DEPTH = 200
MAX_PARTS = 1000

Resolve = Callable[[str, int], Sequence[str]]

# Strings, IRIs and comments are passed over; what is left of the text counts. A string that nobody closes ends with the text, so that the time is linear.
_PART = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*(?:""")?|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*(?:\'\'\')?|"(?:[^"\\\n\r]|\\.)*"?|\'(?:[^\'\\\n\r]|\\.)*\'?'
    r"|<[^\s<>\"{}|^`\\]*>|\#[^\n\r]*|\s+"
    r"|(?P<open><<|[({\[])|(?P<close>>>|[)}\]])"
    r"|(?<=[\s({,])[-+]?[0-9][0-9.]*(?:[eE][-+]?[0-9]+)?"
    r"|(?P<part>\|\||&&|[!|+*/^-]|(?:filter|bind|as|union|minus|optional)\b)"
    r"|[?$]?\w[\w.]*(?::[\w.:%-]*)?|.",
    re.IGNORECASE | re.DOTALL,
)


def refuse_complex(query: str) -> None:
    """Refuse a query that is nested deeper than :data:`MAX_DEPTH`, or has more operators and groups than :data:`MAX_PARTS`.

    Raises:
        ProtocolError: 400, with what was counted and the bound.
    """
    if len(query) < MAX_DEPTH:
        return
    depth = deepest = parts = 0
    for match in _PART.finditer(query):
        kind = match.lastgroup
        if kind == "open":
            depth += 1
            deepest = max(deepest, depth)
            parts += match.group() == "{"
        elif kind == "close":
            depth = max(0, depth - 1)
        elif kind == "part":
            parts += 1
        if deepest > MAX_DEPTH:
            what = Text(
                f"The query is nested more than {MAX_DEPTH} brackets deep.", f"Die Abfrage ist mehr als {MAX_DEPTH} Klammern tief verschachtelt."
            )
            raise ProtocolError(400, what, fix=Text("Take brackets away that change nothing.", "Lassen Sie Klammern weg, die nichts ändern."))
        if parts > MAX_PARTS:
            what = Text(f"The query has more than {MAX_PARTS} groups and operators.", f"Die Abfrage hat mehr als {MAX_PARTS} Gruppen und Operatoren.")
            raise ProtocolError(400, what, fix=Text("Give long lists with VALUES or IN.", "Geben Sie lange Listen mit VALUES oder IN an."))


_PLAIN = re.compile(r"service\s*(?:\bsilent\s*)?<(?P<iri>[^\s<>\"{}|^`\\]*)>", re.IGNORECASE)


def refuse_service(query: str, hosts: Iterable[str] = (), *, resolve: Resolve | None = None) -> None:
    """Refuse a query that would make the engine call an address which the operator has not allowed.

    Args:
        query: The text.
        hosts: Allowed hosts, `example.org` (ports 80 and 443) or `example.org:8443`.
        resolve: All addresses of a name and port; the system's resolver by default.

    Raises:
        ProtocolError: 403, with the address.
        SyntaxError: The text is no SPARQL whatever is read as SERVICE; the message is the engine's.
    """
    if not grammar.calls(query):
        return
    if grammar.hides_service(query):
        raise _refused("", Text("the word is hidden in escapes", "das Wort steckt in Escape-Folgen"))
    permitted = {host.lower() for host in hosts}
    if permitted and grammar.engine_error(grammar.misspelt_service(_PLAIN.sub(lambda found: f"GRAPH <{found['iri']}>", query))) is None:
        for found in _PLAIN.finditer(query):
            _check_address(found["iri"], permitted, resolve or _addresses)
        return
    raise _refused("", Text("its address is not written out", "seine Adresse ist nicht ausgeschrieben") if permitted else _NONE)


_NONE = Text("none is allowed", "keine ist erlaubt")


def _refused(iri: str, why: Text) -> ProtocolError:
    place = f" <{iri[:200]}>" if iri else ""
    what = Text(f"SERVICE{place} is refused: {why.en}.", f"SERVICE{place} wird abgelehnt: {why.de}.")
    fix = Text(
        "Ask that endpoint by itself and join the results; the operator may allow hosts with service_hosts, for SERVICE <https://host/path>.",
        "Fragen Sie jenen Endpunkt für sich und verbinden Sie die Ergebnisse; der Betreiber kann Hosts mit service_hosts erlauben, für SERVICE <https://host/pfad>.",
    )
    return ProtocolError(403, what, fix=fix)


def _check_address(iri: str, permitted: set[str], resolve: Resolve) -> None:
    try:
        parts = urlsplit(iri)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError as error:
        raise _refused(iri, Text("the address cannot be read", "die Adresse ist nicht lesbar")) from error
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc or "%" in parts.netloc:
        raise _refused(iri, Text("it is no plain http(s) address", "sie ist keine einfache http(s)-Adresse"))
    listed = f"{host}:{port}" in permitted or (host in permitted and port in (None, 80, 443))
    if not listed:
        raise _refused(iri, Text("its host is not allowed", "ihr Host ist nicht erlaubt"))
    try:
        addresses = resolve(host, port or (443 if parts.scheme == "https" else 80))
    except (OSError, UnicodeError) as error:
        raise _refused(iri, Text("its name cannot be resolved", "ihr Name lässt sich nicht auflösen")) from error
    if not addresses or not all(is_public(address) for address in addresses):
        raise _refused(iri, Text("it leads to an address inside a network", "sie führt zu einer Adresse innerhalb eines Netzes"))


def _addresses(host: str, port: int) -> list[str]:
    # The resolver reads decimal, octal and hexadecimal notations of IPv4 as the engine's does, so they come out as what they are.
    return sorted({str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)})


_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Return whether an IP address is reachable from everywhere: not loopback, link-local, private, multicast, reserved or unspecified.

    An IPv4 address inside an IPv6 one (mapped, 6to4, Teredo, NAT64) is judged by itself. What is no address is not public.

    >>> is_public("::ffff:127.0.0.1"), is_public("169.254.169.254"), is_public("192.0.66.2")
    (False, False, True)
    """
    try:
        ip = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _TRANSLATED:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved
