"""What a server can answer instead of taking a graph: one clear error each, or another try."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.errors import StoreError
from kg.load import Options, load
from kg.load.graphstore import open_graphs, query_address
from kg.load.record import read
from tests.load.builds import Fault, Request, fake, graph, lines_of, numbered, write_build
from tests.servers import free_port

HTML = b"<!DOCTYPE html><html><head><title>Welcome</title></head><body><h1>It works</h1></body></html>"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_build(tmp_path / "build", numbered(300))


def changes(answer: Callable[[Request, int], tuple[int, dict[str, str], bytes] | None]) -> Fault:
    """Answer changes with their number, 0 for the first; reading is as always."""
    seen = [0]

    def fault(request: Request) -> tuple[int, dict[str, str], bytes] | None:
        if request.method == "GET":
            return None
        seen[0] += 1
        return answer(request, seen[0] - 1)

    return fault


def fails(root: Path, fault: Fault, *, seconds: float = 60, restart: bool = False) -> StoreError:
    with fake(fault) as server, pytest.raises(StoreError) as caught:
        load(root, server.address, Options(tries=1, seconds=seconds, restart=restart))
    for lang in ("en", "de"):
        text = caught.value.text(lang)
        assert "127.0.0.1" in text
        assert "<" not in text
    return caught.value


def test_the_fake_takes_a_graph(root: Path) -> None:
    with fake() as server:
        done = load(root, server.address, Options(chunk=100))
        assert done.same
        assert done.query == ""
        assert server.graphs[graph("one")] == set(lines_of(numbered(300)))
        assert [one.method for one in server.changes()] == ["PUT", "POST", "POST"]
        assert all(one.headers["Content-Type"] == "application/n-triples" for one in server.changes())


@pytest.mark.parametrize(
    ("status", "headers", "body", "words"),
    [
        (401, {"WWW-Authenticate": 'Basic realm="x"'}, b"", "KG_STORE_AUTH.*basic"),
        (403, {}, b"", "read-only"),
        (404, {}, HTML, "no graph store at this address"),
        (405, {}, b"", "no graph store at this address"),
        (501, {}, b"", "no graph store at this address"),
        (400, {"Content-Type": "text/plain"}, b"Parse error on line 7", "does not take the statements.*line 7"),
        (507, {}, b"", "disk is full"),
        (500, {"Content-Type": "text/plain"}, b"IO error: No space left on device", "disk is full"),
        (503, {}, b"closed", "503 closed"),
        (418, {"Content-Type": "text/html"}, HTML, "418 It works"),
        (200, {"Content-Type": "text/html; charset=utf-8"}, HTML, "web page"),
    ],
)
def test_a_refusal_says_what_it_is(root: Path, status: int, headers: dict[str, str], body: bytes, words: str) -> None:
    error = fails(root, changes(lambda _, __: (status, headers, body)))
    assert re.search(words, error.text()), error.text()
    assert error.fix is not None


def test_the_same_refusals_on_the_first_question(root: Path) -> None:
    assert "KG_STORE_AUTH" in fails(root, lambda _: (401, {}, b"")).text()
    assert "web page" in fails(root, lambda _: (200, {"Content-Type": "text/html"}, HTML)).text()


def test_nobody_there(root: Path) -> None:
    with pytest.raises(StoreError, match="connection refused"):
        load(root, f"http://127.0.0.1:{free_port()}/store")


def test_wrong_credentials(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"AUTH": "bearer", "TOKEN": "very-secret"}.items():
        monkeypatch.setenv(f"KG_STORE_{name}", value)
    error = fails(root, lambda request: (401, {}, request.headers["Authorization"].encode()))
    assert "does not accept the credentials" in error.text()
    assert "very-secret" not in error.text()
    error = fails(root, lambda request: (500, {}, f"who is {request.headers['Authorization']}".encode()) if request.method == "PUT" else None)
    assert "very-secret" not in error.text()


def test_a_chunk_that_is_too_large_is_halved_until_it_fits(tmp_path: Path) -> None:
    quads = [one._replace(object=f"{one.object} {'x' * 400}") for one in numbered(300)]
    root = write_build(tmp_path, quads)
    with fake(changes(lambda request, _: (413, {}, b"") if len(request.body) > 50_000 else None)) as server:
        done = load(root, server.address)
        assert done.same
        assert done.graphs[0].chunks == 5
        assert server.graphs[graph("one")] == set(lines_of(quads))
    error = fails(root, changes(lambda _, __: (413, {}, b"")), restart=True)
    assert "it cannot be smaller" in error.text()


def test_a_busy_server_is_asked_again(root: Path) -> None:
    faults = {0: (503, {"Retry-After": "0"}, b""), 1: (500, {}, b"Transaction deadlocked"), 3: (0, {}, b""), 4: (502, {}, b"")}
    with fake(changes(lambda _, number: faults.get(number))) as server:
        assert load(root, server.address, Options(chunk=100)).same
        assert [one.method for one in server.changes()] == ["PUT", "PUT", "PUT", "POST", "POST", "POST", "POST"]
        assert server.graphs[graph("one")] == set(lines_of(numbered(300)))


def test_an_answer_that_never_came_is_sent_again_and_doubles_nothing(root: Path) -> None:
    """The server has taken the chunk, the connection broke before its answer."""
    with fake() as server:

        def fault(request: Request) -> tuple[int, dict[str, str], bytes] | None:
            if request.method == "POST" and sum(one.method == "POST" for one in server.requests) == 1:
                server.graphs[request.graph] |= {line for line in request.body.decode().split("\n") if line}
                return 0, {}, b""
            return None

        server.fault = fault
        done = load(root, server.address, Options(chunk=100))
        assert done.same
        assert len(server.graphs[graph("one")]) == 300
        assert len(server.changes()) == 4


def test_what_was_confirmed_is_not_sent_again(root: Path) -> None:
    with fake(changes(lambda _, number: (507, {}, b"") if number == 2 else None)) as server:
        with pytest.raises(StoreError, match="disk is full"):
            load(root, server.address, Options(chunk=100))
        assert read(root, server.address).graphs[graph("one")].done_statements == 200
        done = load(root, server.address, Options(chunk=60))
        assert (done.graphs[0].state, done.graphs[0].sent, done.graphs[0].chunks) == ("continued", 100, 2)
        assert done.same


def test_a_slow_server(root: Path) -> None:
    def slow(_: Request, __: int) -> None:
        time.sleep(4)

    assert "within 3 seconds" in fails(root, changes(slow), seconds=0.5).text()


def test_a_redirect_to_another_host_is_refused(root: Path) -> None:
    error = fails(root, changes(lambda _, __: (307, {"Location": "http://example.org/data"}, b"")))
    assert "example.org" in error.text()


def test_a_redirect_on_the_same_host_is_followed(root: Path) -> None:
    def once(request: Request, number: int) -> tuple[int, dict[str, str], bytes] | None:
        return None if number else (308, {"Location": f"/data?graph={request.graph}"}, b"")

    with fake(changes(once)) as server:
        assert load(root, server.address).same


def test_a_server_that_lies(root: Path) -> None:
    """It says yes and keeps nothing: no false success."""
    with fake(changes(lambda _, __: (204, {}, b""))) as server:
        done = load(root, server.address)
        assert not done.same
        found = done.graphs[0].check
        assert found is not None
        assert (found.expected, found.counted, found.missing) == (300, 0, 300)
        assert not load(root, server.address).same
        assert [one.method for one in server.changes()] == ["PUT", "PUT"]


def test_what_does_not_speak_http(root: Path) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()

        def answer() -> None:
            for _ in range(4):
                connection, _ = server.accept()
                connection.recv(4096)
                connection.sendall(b"\x00\x01\x02 hello\r\n")
                connection.close()

        threading.Thread(target=answer, daemon=True).start()
        with pytest.raises(StoreError):
            load(root, f"http://127.0.0.1:{server.getsockname()[1]}/store", Options(tries=1))


@pytest.mark.parametrize(
    "address",
    ["ftp://example.org/store", "store", "http://", "http://me:very-secret@127.0.0.1/store", "http://127.0.0.1/store?graph=x", "http://127.0.0.1/#x"],
)
def test_no_address(root: Path, address: str) -> None:
    with pytest.raises(StoreError) as caught:
        load(root, address)
    assert "very-secret" not in caught.value.text()
    assert not (root / "loads").exists()


def test_where_queries_are_answered() -> None:
    assert query_address("https://example.org/sparql-graph-crud-auth") == "https://example.org/sparql"
    assert query_address("http://127.0.0.1:7878/store") == "http://127.0.0.1:7878/query"
    assert query_address("http://127.0.0.1:3030/ds/data") is None


def test_deleting_what_is_gone_is_fine() -> None:
    with fake() as server:
        open_graphs(server.address).delete("urn:nothing")


def test_a_nonce_that_runs_out_under_a_large_body(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Virtuoso closes before it has read the body, so that its 401 is lost."""
    for name, value in {"AUTH": "digest", "USER": "dba", "PASSWORD": "very-secret"}.items():
        monkeypatch.setenv(f"KG_STORE_{name}", value)
    nonces = ["n1"]
    busy: list[tuple[int, dict[str, str], bytes]] = [(503, {}, b""), (502, {}, b"")]

    def fault(request: Request) -> tuple[int, dict[str, str], bytes] | None:
        good = f'nonce="{nonces[-1]}"' in request.headers.get("Authorization", "")
        if good:
            if request.method == "POST" and len(nonces) == 1:
                nonces.append("n2")
                return 0, {}, b""
            return busy.pop() if request.method == "POST" and busy else None
        return (0, {}, b"") if request.body else (401, {"WWW-Authenticate": f'Digest realm="x", nonce="{nonces[-1]}", qop="auth"'}, b"")

    with fake(fault) as server:
        assert load(root, server.address, Options(chunk=100)).same
        assert server.graphs[graph("one")] == set(lines_of(numbered(300)))
        assert "very-secret" not in str(server.requests)


def test_a_graph_too_large_to_be_fetched_names_the_way_out(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_STORE_MAX_MB", "1")
    with fake(
        lambda request: (
            (200, {"Content-Type": "application/n-triples"}, b"#" * 2_000_000) if request.graph == graph("one") and request.method == "GET" else None
        )
    ) as server:
        with pytest.raises(StoreError, match=r"larger than 1 MB.*--query"):
            load(root, server.address)
        assert load(root, server.address, Options(compare=False)).compared is False
