"""What a hostile client, a full disk, a broken page or a broken build can do: not much, and each answer says what happened."""

from __future__ import annotations

import asyncio
import errno
import gzip
import json
import os
import shutil
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import httpx
import pytest

from kg.build import Build
from kg.portal import negotiate, worker
from kg.portal.desk import Desk
from kg.portal.page import Reply, Request
from kg.portal.render import BusyError
from kg.portal.settings import PortalSettings
from kg.portal.workers import RETRIES, Pool
from tests.portal.conftest import Served, oxigraph, serving
from tests.portal.test_server import raw

CLOSE = b"Host: x\r\nConnection: close\r\n\r\n"
RUNAWAY = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def place(portal: Served) -> tuple[str, int]:
    host, port = portal.address.removeprefix("http://").split(":")
    return host, int(port)


@contextmanager
def connections(portal: Served, number: int) -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        yield [stack.enter_context(socket.create_connection(place(portal), timeout=20)) for _ in range(number)]


# --- HTTP itself -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "request_",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET /search?q=\xff HTTP/1.1\r\n" + CLOSE,
        b"BREW / HTTP/1.1\r\n" + CLOSE,
        b"CONNECT example.org:443 HTTP/1.1\r\n" + CLOSE,
        b"GET / HTTP/1.1\r\nAccept: text/html\x00\r\n" + CLOSE,
        b"POST /sparql HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n" + CLOSE + b"0\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n" + CLOSE + b"abcdef",
        b"POST /sparql HTTP/1.1\r\nContent-Type: application/sparql-query\r\nTransfer-Encoding: chunked\r\n" + CLOSE + b"ZZ\r\nabc\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
        b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n",
    ],
)
def test_what_is_no_http_is_refused_with_the_headers_of_every_answer(portal: Served, request_: bytes) -> None:
    head, _, body = raw(portal, request_).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"default-src 'none'" in head
    assert b"nosniff" in head
    assert "Anfrage" in body.decode() or b"host" in body


def test_a_head_that_is_too_long_is_told_so(portal: Served) -> None:
    answer = raw(portal, b"GET / HTTP/1.1\r\nX: " + b"y" * 140_000 + b"\r\n" + CLOSE)
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert b"default-src 'none'" in answer
    assert "Der Kopf der Anfrage ist zu lang." in answer.decode()


def test_a_host_that_is_none_reaches_no_link(portal: Served) -> None:
    for name in ("evil.example/?", "a@evil.example", "evil.example#", "["):
        answer = raw(portal, f"GET /robots.txt HTTP/1.1\r\nHost: {name}\r\nX-Forwarded-Host: evil.example\r\nConnection: close\r\n\r\n".encode())
        assert b" 200 " in answer.split(b"\r\n")[0]
        assert b"evil" not in answer
    answer = raw(portal, b"GET /robots.txt HTTP/1.1\r\nX-Forwarded-Proto: wss\r\n" + CLOSE)
    assert b"Sitemap: https://x/" in answer


def test_gzip_is_sent_to_who_takes_it(portal: Served) -> None:
    for accepted, sent in (("gzip", True), ("br, gzip;q=0.1", True), ("*", True), ("gzip;q=0", False), ("gzip;q=0, *", False), ("identity", False)):
        headers = {"Accept-Encoding": accepted}
        for path in ("/about", "/sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D%20LIMIT%20300"):
            assert (portal.get(path, headers=headers).headers.get("content-encoding") == "gzip") is sent, (accepted, path)


def test_long_headers_are_not_kept_whole() -> None:
    for number in range(3):
        header = f"text/html;x={number}," + "a" * 100_000
        assert negotiate.choose(header, ("text/html", "text/turtle")) == "text/html"
        assert negotiate.language(f"de;x={number}," + "a" * 100_000) == "de"
        assert negotiate.gzip_accepted(f"gzip;x={number}," + "a" * 100_000)
    before = negotiate._chosen.cache_info().currsize
    # What differs behind the part that is read is the same to the cache.
    for tail in ("b", "c"):
        negotiate.choose("text/turtle;" + "x" * negotiate.MAX_HEADER + tail, ("text/html", "text/turtle"))
    assert negotiate._chosen.cache_info().currsize <= before + 1


def test_answers_of_chance_have_no_etag(portal: Served) -> None:
    for call in ("NOW()", "rand ()", "UUID()", "STRUUID()"):
        assert "etag" not in portal.get("/sparql", params={"query": f"SELECT ({call} AS ?x) WHERE {{}}"}).headers
    assert "etag" in portal.get("/sparql", params={"query": "SELECT (1 AS ?now) WHERE {}"}).headers


# --- many at once ----------------------------------------------------------------------------------------------------------


def test_of_a_thousand_connections_as_many_are_served_as_are_allowed(portal: Served) -> None:
    answers: Counter[bytes] = Counter()
    with connections(portal, 1000) as many:
        for one in many:
            one.sendall(b"GET /health/live HTTP/1.1\r\n" + CLOSE)
        for one in many:
            answer = one.recv(4096)
            answers[answer[9:12]] += 1
            if answer[9:12] == b"503":
                assert b"Retry-After" in answer
                assert b"default-src 'none'" in answer
    assert answers[b"200"] >= 400
    assert answers[b"200"] + answers[b"503"] == 1000


def test_idle_connections_make_room_for_new_ones(portal: Served) -> None:
    with connections(portal, 512) as _:
        time.sleep(1.3)
        assert [portal.get("/health/live").status_code for _ in range(20)] == [200] * 20


def test_runaway_queries_leave_workers_and_queue_to_pages(portal: Served) -> None:
    with connections(portal, 80) as many:
        for number, one in enumerate(many):
            one.sendall(f"GET /sparql?query={quote(RUNAWAY)}%23{number} HTTP/1.1\r\n".encode() + CLOSE)
        assert [portal.get(f"/search?q=dortmund&page={number}").status_code for number in range(5)] == [200] * 5
        assert portal.get("/health/ready").json()["pools"]["desk"]["waiting"] <= 32
    # Their clients have gone: so do they.
    portal.wait_for("/sparql?query=ASK%7B%7D")


def test_a_query_that_ends_its_worker_is_answered_like_every_wrong_query(portal: Served) -> None:
    query = "SELECT * WHERE { ?s ?p ?o " + "; ?p ?o " * 30_000 + "}"
    headers = {"Content-Type": "application/sparql-query", "Accept-Language": "de", "Accept": "application/json"}
    answer = httpx.post(portal.address + "/sparql", content=query, headers=headers, timeout=60)
    assert answer.status_code in (400, 504)
    assert answer.json()["error"]["status"] == answer.status_code
    assert "Grenzen Sie die Frage ein" in answer.json()["error"]["fix"]
    text = httpx.post(portal.address + "/sparql", content=query, headers={**headers, "Accept": "text/plain"}, timeout=60)
    assert text.headers["content-type"].startswith("text/plain")


def test_a_compressed_body_is_not_unpacked(portal: Served) -> None:
    headers = {"Content-Type": "application/sparql-query", "Content-Encoding": "gzip", "Accept-Language": "de"}
    answer = httpx.post(portal.address + "/sparql", content=gzip.compress(b"ASK{}" + b" " * 10_000_000), headers=headers)
    assert answer.status_code == 415
    assert answer.headers["accept-encoding"] == "identity"
    assert "ohne Content-Encoding" in answer.text


# --- what breaks inside ----------------------------------------------------------------------------------------------------


def test_a_page_that_fails_beforehand_takes_no_worker_down(graph: Build) -> None:
    async def job() -> str:
        pool = Pool(PortalSettings(workers=1), graph.path, 1, 10, 512, prepare=("tests.portal.handlers:bug",))
        await pool.open()
        try:
            return (await pool.ask(Request("tests.portal.handlers:echo", values={"say": ["here"]}))).body.decode()
        finally:
            await pool.close()

    assert asyncio.run(job()).startswith("here ")


def test_a_pool_that_cannot_start_refuses_at_once(graph: Build) -> None:
    async def job() -> None:
        pool = Pool(PortalSettings(), graph.path, 1, 60, 512, _failures=RETRIES)
        await pool.ask(Request("tests.portal.handlers:echo"))

    started = time.monotonic()
    with pytest.raises(BusyError):
        asyncio.run(job())
    assert time.monotonic() - started < 30


def test_pages_overtake_queries_and_all_are_served(graph: Build) -> None:
    """Whatever order they come in: nobody waits while a worker that could answer is idle."""

    class Idle:
        query = slow = False
        busy = None

        def kill(self) -> None:
            pass

    async def job() -> None:
        pool = Pool(PortalSettings(queue=8), graph.path, 2, 60, 512, _failures=RETRIES)
        made: Any = [Idle() for _ in range(4)]
        pool._all = set(made)
        queries = [asyncio.create_task(pool._queue(True)) for _ in range(4)]
        await asyncio.sleep(0)
        page = asyncio.create_task(pool._queue(False))
        await asyncio.sleep(0)
        with pytest.raises(BusyError):
            await pool._queue(True)  # half of the queue, and no more
        pool._free(made[0])
        assert await page is made[0]
        for one in made[1:]:
            pool._free(one)
        assert [one.done() for one in queries] == [False] * 4
        await asyncio.sleep(0.05)
        assert [one.done() for one in queries] == [True, True, True, False]
        # One of them ends with its worker killed: the idle one is for the pages as long as three others ask.
        pool._free(made[0])
        assert len(pool._idle) == 1
        pool._drop(made[1])
        await asyncio.sleep(0.05)
        assert queries[3].done()
        assert not pool._idle
        pool._closed = True

    asyncio.run(job())


def test_a_full_disk_is_no_bug(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def full(_: Desk, __: Request) -> Reply:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(worker, "handler", lambda _: full)
    reply = worker.answer(cast(Desk, None), Request("", lang="de", form="json"))
    assert reply.status == 503
    assert reply.headers["Retry-After"] == "60"
    assert "keinen Platz" in json.loads(reply.body)["error"]
    assert "Traceback" not in capsys.readouterr().err


def test_a_build_that_is_half_written_or_gone(graph: Build, tmp_path: Path) -> None:
    folder = tmp_path / "build"
    shutil.copytree(graph.path, folder / "graphs" / graph.path.name)
    (folder / "current").symlink_to(f"graphs/{graph.path.name}")
    with serving(folder, tmp_path / "log", "--workers", "1") as served:
        half = folder / "graphs" / "half"
        half.mkdir()
        shutil.copy(graph.path / "build.json", half)
        (folder / "next").symlink_to("graphs/half")
        (folder / "next").replace(folder / "current")
        time.sleep(4)
        assert served.get("/health/ready").json()["release"] == graph.path.name
        assert served.get("/search?q=a").status_code == 200
        # It is not tried again every second.
        assert served.log.read_text().count("cannot be served") == 1
        shutil.rmtree(folder)
        assert served.get("/search?q=b").status_code == 200
        assert served.get("/sparql?query=ASK%7B%3Fs%20%3Fp%20%3Fo%7D").json()["boolean"] is True
        assert "Traceback" not in served.log.read_text()


def test_the_mirror_of_an_endpoint_goes_with_its_portal(graph: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(graph.store, tmp_path / "store")
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    with oxigraph(tmp_path / "store") as address, serving(tmp_path / "none", tmp_path / "log", "--store", address, "--workers", "1") as served:
        end = time.monotonic() + 30
        while not served.get("/health/ready").json().get("mirror") and time.monotonic() < end:
            time.sleep(0.2)
        assert list((tmp_path / "temporary").glob("kg-mirror-*"))
    assert not list((tmp_path / "temporary").glob("kg-mirror-*"))
