"""What is refused before evaluation: SERVICE in every disguise, and texts that would overflow the parser's stack."""

from __future__ import annotations

import http.server
import subprocess
import sys
from collections.abc import Iterator
from threading import Thread

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.grammar import position
from kg.portal.guard import MAX_DEPTH, MAX_PARTS, is_public, refuse_complex, refuse_service
from kg.portal.protocol import ProtocolError

DISGUISES = [
    "SELECT * { SERVICE <U> { ?s ?p ?o } }",
    "SELECT*{sErViCe<U>{?s?p?o}}",
    "SELECT * { SERVICE SILENT <U> {} }",
    "ASK { SERVICE <U> {} }",
    "SELECT * { ?a ?b ?c # '\rSERVICE <U> {}\n}",
    "PREFIX : <U> SELECT * { SERVICE: {} }",
    "PREFIX SERVICE: <U> SELECT * { SERVICE SERVICE: {} }",
    "SELECT * { OPTIONAL { ?s ?p trueSERVICE<U>{} } }",
    "SELECT * { OPTIONAL { ?s ?p 1e1SERVICE<U>{} } }",
    "SELECT * { ?s ?p ?o FILTER(?s<?p||?o='>') SERVICE <U> {} FILTER('a'='a') }",
    "SELECT * { ?s ?p ?o FILTER(?s<?p||?o='>') SERVICE <U> {} FILTER('a'='>') }",
    "BASE <U> SELECT * { SERVICE <> {} }",
    "SELECT * { SERVICE # no\n <U> {} }",
    "SELECT * { FILTER EXISTS { SERVICE <U> {} } }",
    "SELECT * { { SELECT * { SERVICE <U> {} } } }",
    "CONSTRUCT { ?s ?p ?o } WHERE { SERVICE <U> { ?s ?p ?o } }",
    "DESCRIBE ?s { SERVICE <U> { ?s ?p ?o } }",
]
HARMLESS = [
    'SELECT ?service { ?service a <http://www.w3.org/ns/dcat#DataService> ; ?p "service", <http://x/service> } # SERVICE <http://x/>',
    "PREFIX service: <http://x/> SELECT * { service:SERVICE ?p ?o }",
    "SELECT * { ?SERVICES ?p ?o }",
    "SELECT * { ?s schema:serviceType '''a service\n''' }",
    "ASK {}",
]


def refused(query: str, *hosts: str, addresses: tuple[str, ...] = ("192.0.66.2",)) -> str:
    with pytest.raises(ProtocolError) as caught:
        refuse_service(query, hosts, resolve=lambda host, port: addresses)
    assert caught.value.status == 403
    return caught.value.what.en


@pytest.fixture(scope="module")
def listener() -> Iterator[tuple[str, list[str]]]:
    """A server that notes who calls."""
    calls: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            calls.append(self.path)
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(307 if self.path == "/away" else 200)
            self.send_header("Location", "/target")
            self.send_header("Content-Type", "application/sparql-results+json")
            answer = b'{"head":{"vars":[]},"results":{"bindings":[{}]}}'
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is printed."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", calls
    server.shutdown()


def _store() -> ox.Store:
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), ox.Literal(True)))
    store.add(
        ox.Quad(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), ox.Literal("1e1", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#double")))
    )
    return store


@pytest.mark.parametrize("text", DISGUISES)
def test_every_disguise_would_call_and_is_refused(text: str, listener: tuple[str, list[str]]) -> None:
    address, calls = listener
    query = text.replace("<U>", f"<{address}>")
    calls.clear()
    refused(query)
    refused(query, "example.org")
    assert not calls, "looking at the query called the address"
    # The engine itself would have called: otherwise the case would test nothing.
    result = _store().query(query)
    if not isinstance(result, ox.QueryBoolean):
        list(result)
    assert calls


def test_a_variable_for_the_address_is_refused() -> None:
    refused("SELECT * { VALUES ?e { <http://x/> } SERVICE ?e {} }")
    refused("SELECT * { VALUES ?e { <https://example.org/> } SERVICE ?e {} }", "example.org")


def test_the_engine_follows_no_redirect(listener: tuple[str, list[str]]) -> None:
    address, calls = listener
    calls.clear()
    with pytest.raises(OSError, match="307"):
        list(_store().query(f"SELECT * {{ SERVICE <{address}away> {{}} }}"))  # type: ignore[arg-type]
    assert calls == ["/away"]


def test_escapes_do_not_hide_the_word() -> None:
    assert "escapes" in refused("SELECT * { \\u0053ERVICE <http://x/> {} }")
    assert "escapes" in refused("SELECT * { S\\U00000045RVICE <http://x/> {} }", "x")


@pytest.mark.parametrize("query", HARMLESS)
def test_the_word_in_names_strings_and_comments_is_harmless(query: str) -> None:
    refuse_service(query)
    refuse_service(query, ["example.org"])


def test_what_is_no_sparql_is_told_as_such() -> None:
    with pytest.raises(SyntaxError):
        refuse_service('SELECT * { ?s ?p "service" ')
    with pytest.raises(SyntaxError):
        refuse_service('SELECT * { ?s ?p "service" ', ["example.org"])


def test_allowed_hosts() -> None:
    for query in (
        "SELECT * { SERVICE <https://example.org/sparql> { ?s ?p ?o } }",
        "SELECT * { service silent <http://EXAMPLE.org:80/sparql> { ?s ?p ?o } FILTER(?s<?p) }",
        "SELECT * { SERVICE<https://example.org/a>{} SERVICE <https://example.org/b> {} }",
    ):
        refuse_service(query, ["example.org"], resolve=lambda host, port: ["192.0.66.2"])
    refuse_service("SELECT * { SERVICE <https://example.org:8443/> {} }", ["example.org:8443"], resolve=lambda host, port: ["192.0.66.2"])


@pytest.mark.parametrize(
    "iri",
    [
        "https://example.com/",
        "https://example.org.evil.net/",
        "https://example.org@evil.net/",
        "https://evil.net#@example.org/",
        "https://evil.net/?example.org",
        "https://example.org:22/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "//example.org/",
        "https://[::1]/",
        "https://exam%70le.org/",
        "https://example.org:99999/",
    ],
)
def test_other_addresses_are_refused(iri: str) -> None:
    refused(f"SELECT * {{ SERVICE <{iri}> {{}} }}", "example.org")
    refused(f"SELECT * {{ SERVICE <https://example.org/> {{}} SERVICE <{iri}> {{}} }}", "example.org")


@pytest.mark.parametrize("addresses", [("127.0.0.1",), ("192.0.66.2", "10.0.0.1"), ("::1",), ("fe80::1%eth0",), (), ("nonsense",)])
def test_an_allowed_host_that_leads_inside_is_refused(addresses: tuple[str, ...]) -> None:
    assert "inside" in refused("SELECT * { SERVICE <https://example.org/> {} }", "example.org", addresses=addresses)


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "017700000001", "localhost", "[::ffff:127.0.0.1]", "0", "127.1"])
def test_notations_of_loopback_are_seen_through(host: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        refuse_service(f"SELECT * {{ SERVICE <http://{host}/> {{}} }}", [host.strip("[]")])
    assert caught.value.status == 403


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "224.0.0.1", "255.255.255.255", "100.64.0.1"),
        *("::", "::1", "fe80::1", "fc00::1", "ff02::1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "2001:0:0:0:0:0:80ff:fffe", "x", ""),
    ],
)
def test_inside_addresses(address: str) -> None:
    assert not is_public(address)


def test_public_addresses() -> None:
    assert is_public("192.0.66.2")
    assert is_public("2a00:1450:4001::1")


@given(
    st.lists(
        st.sampled_from([*"{}()<>'\"#\\\r\n ?:.", "SERVICE", "service:x", "<http://x/>", "a", "1e1", "true", "?s ?p ?o", "SELECT *", "SILENT"]),
        max_size=14,
    )
)
def test_nothing_passes_that_the_engine_would_read_as_service(parts: list[str]) -> None:
    query = "SELECT * {" + "".join(parts) + "}"
    try:
        refuse_service(query)
    except (ProtocolError, SyntaxError):
        return
    # It passed, so no SERVICE may be in it: replaced by a word of no meaning it is the same to the parser.
    try:
        ox.Store().query(query.replace("SERVICE", "SERVIXE"))
        parsed = True
    except SyntaxError:
        parsed = False
    if not parsed:
        with pytest.raises(SyntaxError):
            ox.Store().query(query)


def bad(query: str) -> str:
    with pytest.raises(ProtocolError) as caught:
        refuse_complex(query)
    assert caught.value.status == 400
    return caught.value.what.en


NESTED = {
    "brace": "SELECT * WHERE §{§¶}¶",
    "paren": "SELECT * { FILTER(§(§1¶)¶) }",
    "function": "SELECT * { FILTER(§STR(§1¶)¶) }",
    "exists": "SELECT * { §FILTER EXISTS {§¶}¶ }",
    "collection": "SELECT * { ?s ?p §(§1¶)¶ }",
    "blank": "SELECT * { ?s ?p §[ <urn:p> §1¶]¶ }",
    "triple": "SELECT * { §<< §?s ?p ?o¶>>¶ ?p ?o }",
}
CHAINED = {
    "plus": "SELECT * { FILTER(1§+1§) }",
    "minus": "SELECT * { FILTER(?a§-?a§) }",
    "or": "SELECT * { FILTER(?a§||?a§) }",
    "not": "SELECT * { FILTER(§!§?a) }",
    "union": "SELECT * { {} §UNION {}§ }",
    "optional": "SELECT * { §OPTIONAL {}§ }",
    "filter": "SELECT * { §FILTER(?a)§ }",
    "bind": "SELECT * { §BIND(1 AS ?a)§ }",
    "path": "SELECT * { ?s <urn:p>§/<urn:p>§ ?o }",
    "projection": "SELECT §(1 AS ?a)§ {}",
    "groups": "SELECT * { §{}§ }",
}


def spell(shape: str, times: int) -> str:
    for mark in "§¶":
        pieces = shape.split(mark)
        if len(pieces) == 3:
            shape = pieces[0] + pieces[1] * times + pieces[2]
    return shape


@pytest.mark.parametrize("name", NESTED)
def test_deep_nesting_is_refused(name: str) -> None:
    assert str(MAX_DEPTH) in bad(spell(NESTED[name], 100_000))
    refuse_complex(spell(NESTED[name], MAX_DEPTH - 20))


@pytest.mark.parametrize("name", CHAINED)
def test_long_chains_are_refused(name: str) -> None:
    assert "more than" in bad(spell(CHAINED[name], 10_000))
    refuse_complex(spell(CHAINED[name], MAX_PARTS // 3))


def test_long_lists_are_no_chains() -> None:
    refuse_complex("SELECT * { VALUES (?x ?y) {" + " ".join(f"(-{number}.5 +{number}e-3)" for number in range(20_000)) + "} }")
    refuse_complex(
        "SELECT * { VALUES ?x {" + " ".join(f'<https://x/a-b/{number}> "a-b||c{{(({number}"@en ex:a-{number}' for number in range(5_000)) + "} }"
    )


@pytest.mark.parametrize("text", ['"\\' * 400_000, "'''" + "'" * 400_000, '"""\\' * 200_000, "<" + "a" * 900_000, "#" * 900_000, "\\u" * 400_000])
def test_hostile_texts_are_read_in_linear_time(text: str) -> None:
    # Quadratic reading would take hours here.
    refuse_complex(text)
    with pytest.raises((SyntaxError, ProtocolError)):
        refuse_service(text + "service")


def test_what_passes_does_not_end_the_process_and_what_is_refused_would() -> None:
    script = "import sys, pyoxigraph as ox\ntry: list(ox.Store().query(sys.stdin.read()))\nexcept SyntaxError: pass"

    def code(query: str) -> int:
        return subprocess.run([sys.executable, "-c", script], input=query, text=True, timeout=60, check=False).returncode

    for name in ("brace", "paren", "function", "exists", "blank"):
        assert code(spell(NESTED[name], MAX_DEPTH - 20)) == 0, name
    for name in CHAINED:
        if name not in ("path", "optional"):  # They take long, which the worker's clock ends; they overflow nothing.
            assert code(spell(CHAINED[name], MAX_PARTS // 3)) == 0, name
    assert code(spell(NESTED["paren"], 100_000)) < 0
    assert code(spell(CHAINED["union"], 10_000)) < 0


def test_positions() -> None:
    assert position("a\nbcd", "error at 2:3: expected x") == 4
    assert position("a", "nothing said") is None
    assert position("a", "error at 9:1: expected x") == 0
