"""One request: time, size and place are bounded, TLS is verified, what may go well later is tried again."""

from __future__ import annotations

import gzip
import socket
import time
import zlib
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import StoreError
from kg.store.client import Client
from kg.store.credentials import Credentials, origin_of
from kg.store.reading import TooMuch, Truncated, body_of
from kg.store.transport import BUSY, TRIES, Exchange
from tests.servers import free_port
from tests.store.bad_server import TRUE, Authority, Reply, Seen, authority, serving


class Pauses:
    """Waits not at all, and remembers how long it should have."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KG_STORE_CA", "KG_STORE_MAX_MB", "KG_STORE_AUTH", "http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)


def refused(address: str, exchange: Exchange | None = None) -> str:
    with pytest.raises(StoreError) as caught:
        (exchange or Exchange(timeout=5, sleep=Pauses())).send(address)
    assert caught.value.fix is not None
    assert caught.value.fix.de != caught.value.fix.en
    assert caught.value.what.de != caught.value.what.en
    return caught.value.what.en


@pytest.mark.parametrize("status", BUSY)
def test_a_busy_server_is_asked_again(status: int) -> None:
    pauses = Pauses()
    with serving(lambda _: Reply(status) if len(server.seen) < 3 else Reply()) as server:
        assert Exchange(sleep=pauses).send(server.address).body == TRUE
    assert len(server.seen) == 3
    first, second = pauses.seconds
    assert 0.1 < first < 0.3 < second < 0.6


def test_a_server_that_stays_busy_has_the_last_word() -> None:
    with serving(Reply(503, b"down for repair")) as server:
        answer = Exchange(sleep=Pauses()).send(server.address)
    assert (answer.status, answer.body, len(server.seen)) == (503, b"down for repair", TRIES)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 500])
def test_a_refusal_is_not_asked_again(status: int) -> None:
    with serving(Reply(status)) as server:
        assert Exchange(sleep=Pauses()).send(server.address).status == status
    assert len(server.seen) == 1


def test_the_server_says_how_long_to_wait() -> None:
    import datetime

    pauses = Pauses()
    soon = format_datetime(datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=20), usegmt=True)
    with serving(
        lambda _: Reply(429, headers={"Retry-After": ["7", soon, "nonsense"][len(server.seen) - 1]}) if len(server.seen) < 4 else Reply()
    ) as server:
        assert Exchange(timeout=1000, sleep=pauses).send(server.address).status == 200
    assert pauses.seconds[0] == 7
    assert 15 < pauses.seconds[1] <= 20
    assert pauses.seconds[2] < 1.1


@pytest.mark.parametrize("wait", ["31", "999999999999999999"])
def test_nobody_waits_longer_than_half_a_minute(wait: str) -> None:
    pauses = Pauses()
    with serving(Reply(503, headers={"Retry-After": wait})) as server:
        assert Exchange(timeout=1000, sleep=pauses).send(server.address).status == 503
    assert pauses.seconds == []


def test_a_broken_connection_is_tried_again() -> None:
    with serving(lambda _: Reply(reset=True) if len(server.seen) < 3 else Reply()) as server:
        assert Exchange(sleep=Pauses()).send(server.address).body == TRUE
    with serving(Reply(reset=True)) as server:
        assert "closed the connection" in refused(server.address)
    assert len(server.seen) == TRIES


def test_nobody_listens() -> None:
    pauses = Pauses()
    assert refused(f"http://127.0.0.1:{free_port()}/sparql", Exchange(sleep=pauses)) == "The server does not answer: connection refused."
    assert len(pauses.seconds) == TRIES - 1


def test_no_such_host() -> None:
    assert refused("http://no-such-host.invalid/sparql") == "There is no server of this name."


def test_what_answers_is_no_web_server() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        import threading

        def greet() -> None:
            for _ in range(2):
                connection, _peer = listening.accept()
                with connection:
                    connection.sendall(b"220 mail.example.org ESMTP\r\n")
                    connection.recv(1000)

        threading.Thread(target=greet, daemon=True).start()
        port = listening.getsockname()[1]
        assert refused(f"http://127.0.0.1:{port}/sparql") == "What answers there does not speak HTTP."
        assert "speaks no TLS here" in refused(f"https://127.0.0.1:{port}/sparql")


@pytest.mark.parametrize(
    "reply",
    [Reply(wait=5), Reply(body=b" " * 1000, drip=0.1), Reply(status=500, body=b" " * 1000, drip=0.1)],
    ids=["silent", "dripping", "dripping error"],
)
def test_time_is_bounded_for_the_whole_answer(reply: Reply) -> None:
    """A time-out of the socket alone would start again with every byte."""
    with serving(reply) as server:
        start = time.monotonic()
        said = refused(server.address, Exchange(timeout=0.6))
        assert time.monotonic() - start < 3
    assert "within 0.6 seconds" in said


def test_headers_that_drip_are_bounded_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        import threading

        def drip() -> None:
            connection, _ = listening.accept()
            with connection:
                for byte in b"HTTP/1.1 200 OK\r\n" + b"X-A: 1\r\n" * 1000:
                    try:
                        connection.sendall(bytes([byte]))
                    except OSError:
                        return
                    time.sleep(0.05)

        threading.Thread(target=drip, daemon=True).start()
        start = time.monotonic()
        assert "within 0.5 seconds" in refused(f"http://127.0.0.1:{listening.getsockname()[1]}/", Exchange(timeout=0.5))
        assert time.monotonic() - start < 3


@pytest.mark.parametrize(
    "reply",
    [
        Reply(endless=True),
        Reply(body=b"x" * 200_001),
        Reply(body=gzip.compress(b" " * 50_000_000), headers={"Content-Encoding": "gzip"}),
    ],
    ids=["endless", "large", "gzip bomb"],
)
def test_size_is_bounded_after_unpacking(reply: Reply) -> None:
    with serving(reply) as server:
        assert refused(server.address, Exchange(max_bytes=200_000)) == "The answer is larger than 0.2 MB."


def test_the_bound_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_STORE_MAX_MB", "1")
    with serving(Reply(body=b"x" * 1_000_001)) as server:
        assert refused(server.address) == "The answer is larger than 1 MB."
        monkeypatch.setenv("KG_STORE_MAX_MB", "2")
        assert len(Exchange().send(server.address).body) == 1_000_001
        for wrong in ("0", "-1", "many", "1e9", "²"):
            monkeypatch.setenv("KG_STORE_MAX_MB", wrong)
            assert "no number of megabytes" in refused(server.address)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(length=1000),
        Reply(body=gzip.compress(TRUE)[:-5], headers={"Content-Encoding": "gzip"}),
        Reply(body=b"no gzip", headers={"Content-Encoding": "gzip"}),
        Reply(headers={"Content-Encoding": "br"}),
    ],
    ids=["length", "gzip without its end", "no gzip", "another coding"],
)
def test_a_cut_answer_is_no_answer(reply: Reply) -> None:
    with serving(reply) as server:
        assert "was cut short" in refused(server.address)
    assert len(server.seen) == TRIES


def test_a_cut_answer_is_asked_for_again() -> None:
    with serving(lambda _: Reply(length=1000) if len(server.seen) == 1 else Reply()) as server:
        assert Exchange(sleep=Pauses()).send(server.address).body == TRUE


@given(st.binary(max_size=5000), st.integers(1, 6000), st.integers(1, 700), st.booleans())
def test_a_packed_body_is_the_body_or_an_error(body: bytes, bound: int, piece: int, halves: bool) -> None:
    """Whatever the pieces in which it comes, and in one or two members."""
    packed = gzip.compress(body[:100]) + gzip.compress(body[100:]) if halves else gzip.compress(body)

    class Response:
        def __init__(self) -> None:
            self.rest = packed

        def read(self, _: int) -> bytes:
            found, self.rest = self.rest[:piece], self.rest[piece:]
            return found

    headers = {"content-encoding": "gzip"}
    if len(body) > bound or len(packed) > bound:
        with pytest.raises(TooMuch):
            body_of(Response(), headers, bound, whole=True)
        assert body.startswith(body_of(Response(), headers, bound, whole=False))
    else:
        assert body_of(Response(), headers, bound, whole=True) == body


@given(st.binary(min_size=1, max_size=3000), st.data())
def test_a_damaged_packed_body_never_passes(body: bytes, data: st.DataObject) -> None:
    packed = gzip.compress(body)
    end = data.draw(st.integers(1, len(packed) - 1))

    class Response:
        def __init__(self) -> None:
            self.parts = [packed[:end], b""]

        def read(self, _: int) -> bytes:
            return self.parts.pop(0)

    with pytest.raises((Truncated, zlib.error)):
        body_of(Response(), {"content-encoding": "gzip"}, 10_000, whole=True)


def test_redirects_within_the_host_are_followed_with_the_body() -> None:
    def answer(seen: Seen) -> Reply:
        places = {"/sparql": "/two", "/two": f"http://{server.host}/three?x=1"}
        target = places.get(seen.target)
        return Reply(308 if seen.target == "/sparql" else 302, headers={"Location": target}) if target else Reply()

    with serving(answer) as server:
        found = Exchange().send(server.address, method="POST", body=b"a=b", headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert found.address.endswith("/three?x=1")
    assert [(seen.method, seen.body) for seen in server.seen] == [("POST", b"a=b")] * 3


def test_redirects_do_not_go_round_for_ever() -> None:
    with serving(Reply(302, headers={"Location": "/sparql"})) as server:
        assert "more than 5 times" in refused(server.address)
    assert len(server.seen) == 6


def test_a_redirect_to_another_host_is_refused_and_named() -> None:
    with serving(Reply()) as other:
        for target in (
            other.address,
            f"http://localhost:{other.port}/",
            "//elsewhere.example/sparql",
            "file:///etc/passwd",
            "http://[",
            "ftp://127.0.0.1/",
        ):
            with serving(Reply(307, headers={"Location": target})) as server:
                said = refused(server.address)
            assert "redirects to another one" in said
        assert not other.seen
    assert other.host in refused_redirect(other.address)


def refused_redirect(target: str) -> str:
    with serving(Reply(307, headers={"Location": target})) as server:
        return refused(server.address)


def test_credentials_go_to_their_origin_only() -> None:
    with serving(lambda seen: Reply(302, headers={"Location": "/two"}) if seen.target == "/sparql" else Reply()) as server:
        mine = Credentials("bearer", origin_of(server.address), token="secret-token")
        Exchange(credentials=mine).send(server.address)
        assert [seen.headers.get("authorization") for seen in server.seen] == ["Bearer secret-token"] * 2
        Exchange(credentials=Credentials("bearer", ("https", "127.0.0.1", server.port), token="secret-token")).send(server.address)
        assert [seen.headers.get("authorization") for seen in server.seen[2:]] == [None, None]


def test_loopback_needs_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would get what is sent to this machine, in the clear."""
    with serving(Reply(200, b"from the proxy")) as proxy, serving(Reply()) as server:
        monkeypatch.setenv("http_proxy", proxy.address)
        assert Exchange().send(server.address).body == TRUE
        assert Exchange().send("http://endpoint.example/sparql").body == b"from the proxy"


def test_tls_is_verified(tls: Authority, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with serving(Reply(), tls.good) as server:
        assert "not known here" in refused(server.address)
        monkeypatch.setenv("KG_STORE_CA", str(tls.file))
        assert Exchange().send(server.address).body == TRUE
    with serving(Reply(), tls.expired) as server:
        assert refused(server.address) == "The server's certificate has expired."
    with serving(Reply(), tls.other_host) as server:
        assert refused(server.address) == "The server's certificate is made out to another host."
    (tmp_path / "no.pem").write_text("no certificate")
    for file in ("no.pem", "missing.pem"):
        monkeypatch.setenv("KG_STORE_CA", str(tmp_path / file))
        assert "KG_STORE_CA" in refused("https://127.0.0.1:1/")


def test_https_does_not_fall_back_to_http(tls: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_STORE_CA", str(tls.file))
    with serving(lambda _: Reply(302, headers={"Location": f"http://{server.host}/sparql"}), tls.good) as server:
        assert refused(server.address) == "The server redirects from https to http."


def test_time_is_bounded_under_tls(tls: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_STORE_CA", str(tls.file))
    with serving(Reply(body=b" " * 1000, drip=0.1), tls.good) as server:
        assert "within 0.6 seconds" in refused(server.address, Exchange(timeout=0.6))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert "within 0.5 seconds" in refused(f"https://127.0.0.1:{silent.getsockname()[1]}/", Exchange(timeout=0.5))


def test_an_answer_before_the_end_of_the_request_is_read() -> None:
    """A server that finds a body too large says so and hangs up; a broken pipe would hide it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        import threading

        def refuse() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                connection.shutdown(socket.SHUT_WR)
                time.sleep(0.3)
                while connection.recv(1_000_000):
                    pass

        threading.Thread(target=refuse, daemon=True).start()
        found = Exchange(timeout=20, sleep=Pauses()).send(f"http://127.0.0.1:{listening.getsockname()[1]}/", method="PUT", body=b"x" * 5_000_000)
    assert found.status == 413


def test_short_queries_go_by_get_and_long_ones_as_a_form(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KG_STORE_USER", raising=False)
    long = "ASK { FILTER('%s' != 'INSERT DATA ÄÖ\U0001f600 + & = %%41') }" % ("é" * 1200)
    with serving(Reply()) as server:
        client = Client(server.address + "?key=1", timeout=5)
        client.send("# INSERT\nASK {}", (["http://a/b c"], ["http://d/?e&f"]))
        client.send(long)
        client.send("ASK {}", prefer="post")
    short, posted, forced = server.seen
    assert (short.method, posted.method, forced.method) == ("GET", "POST", "POST")
    assert short.parameters == [
        ("key", "1"),
        ("default-graph-uri", "http://a/b c"),
        ("named-graph-uri", "http://d/?e&f"),
        ("query", "# INSERT\nASK {}"),
    ]
    assert posted.parameters == [("key", "1"), ("query", long)]
    assert posted.headers["content-type"] == "application/x-www-form-urlencoded"
    assert short.headers["accept"] == "application/sparql-results+json"


def test_an_address_too_long_for_the_server_goes_as_a_form() -> None:
    with serving(lambda seen: Reply(414) if seen.method == "GET" else Reply()) as server:
        assert Client(server.address, timeout=5).send("ASK {}").body == TRUE
    assert [seen.method for seen in server.seen] == ["GET", "POST"]
