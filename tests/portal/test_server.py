"""The server on the wire: headers, hostile requests, slow clients, new builds, stops."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from kg.build import Build
from tests.portal.conftest import Served, serving


def raw(served: Served, *parts: bytes, pause: float = 0.0, half_close: bool = False, seconds: float = 30) -> bytes:
    """Send bytes as they are, return what comes back."""
    host, port = served.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=seconds) as connection:
        received = b""
        try:
            for part in parts:
                connection.sendall(part)
                time.sleep(pause)
            if half_close:
                connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the server has ended the connection already
        while True:
            try:
                part = connection.recv(65536)
            except ConnectionResetError:
                return received
            if not part:
                return received
            received += part


def test_every_answer_carries_the_security_headers(portal: Served) -> None:
    for path in ("/health/live", "/nothing", "/static/x/../../page.py", "/sparql", "/sparql?query=ASK%7B%7D", "/graphs", "/metrics"):
        headers = portal.get(path).headers
        policy = headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["access-control-allow-origin"] == "*"
        assert "set-cookie" not in headers
        assert "server" not in headers


@pytest.mark.parametrize(
    "path",
    [
        "/static/x/../page.py",
        "/static/x/%2e%2e/page.py",
        "/static/x/..%2f..%2f..%2fetc/passwd",
        "/static/x//etc/passwd",
        "/doc/../../etc/passwd",
        "/doc/%2e%2e%2f%2e%2e%2fetc%2fpasswd.ttl",
        "/data/x%00.ttl",
        "/id/" + "a" * 5000,
        "/doc/x?" + "&".join(f"a{n}=1" for n in range(500)),
        "/search?q=%ff%fe",
        "/search?q=" + "a" * 3000,
        "/questions/..%2f..%2fsecret",
        "/about/..%2f..%2fbase",
        "/institutions/%3Cscript%3E",
    ],
)
def test_odd_addresses_are_refused_kindly(portal: Served, path: str) -> None:
    answer = raw(portal, f"GET {path} HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nConnection: close\r\n\r\n".encode())
    status = int(answer.split()[1])
    assert status in (200, 303, 400, 404, 503), answer[:300]
    assert b"root:" not in answer
    assert b"Traceback" not in answer


@pytest.mark.parametrize(
    "header",
    [
        "Accept: text/html\x00",
        "Accept: " + ",".join(f"a/{n};q=0.{n}" for n in range(3000)),
        "Accept: text/html;q=9999999999999999999999, */*;q=-1;q=x",
        "Accept: ☃",
        "Accept-Language: " + "de," * 5000,
        "Host: evil.example/\x01",
        "If-None-Match: " + '"x",' * 5000,
        "X-Long: " + "x" * 200_000,
    ],
)
def test_odd_headers_are_survived(portal: Served, header: str) -> None:
    for path in ("/sparql?query=ASK%7B%7D", "/health/live"):
        lines = [f"GET {path} HTTP/1.1", *([] if header.startswith("Host") else ["Host: x"]), header, "Connection: close", "", ""]
        answer = raw(portal, "\r\n".join(lines).encode())
        status = int(answer.split()[1]) if answer else 400
        assert status in (200, 400, 406, 431), answer[:300]
    assert portal.get("/health/live").status_code == 200


def test_a_value_cannot_begin_another_header(portal: Served) -> None:
    for path in ("/id/x%0d%0aX-Injected:%20yes", "/search?q=%0d%0aX-Injected:yes", "/questions/x?institution=%0d%0aX-Injected:yes"):
        answer = raw(portal, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        head = answer.split(b"\r\n\r\n")[0].lower()
        assert b"\nx-injected" not in head


def test_a_body_that_is_too_long_or_never_comes(portal: Served) -> None:
    answer = httpx.post(
        portal.address + "/sparql", content=b"query=" + b"a" * 10_000_000, headers={"Content-Type": "application/x-www-form-urlencoded"}, timeout=60
    )
    assert answer.status_code == 413
    half = raw(
        portal, b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 100\r\n\r\nASK", half_close=True
    )
    assert half == b"" or b" 4" in half.split(b"\r\n")[0]
    assert portal.get("/health/live").status_code == 200


def test_a_slow_head_is_ended_and_does_not_hold_up_others(portal: Served) -> None:
    host, port = portal.address.removeprefix("http://").split(":")
    slow = [socket.create_connection((host, int(port))) for _ in range(50)]
    for connection in slow:
        connection.sendall(b"GET /health/live HTTP/1.1\r\nX-A: ")
    assert portal.get("/health/live").status_code == 200
    slow[0].settimeout(30)
    assert slow[0].recv(100).startswith(b"HTTP/1.1 408")
    for connection in slow:
        connection.close()


def test_a_thousand_connections(portal: Served) -> None:
    host, port = portal.address.removeprefix("http://").split(":")
    many = []
    try:
        for _ in range(1000):
            many.append(socket.create_connection((host, int(port)), timeout=10))
    finally:
        statuses = set()
        for connection in many[::50]:
            connection.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
            statuses.add(connection.recv(20)[9:12])
        for connection in many:
            connection.close()
    assert statuses <= {b"200", b"503"}
    portal.wait_for("/health/live")


def test_requests_that_are_no_http(portal: Served) -> None:
    for data in (b"\x16\x03\x01\x02\x00", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\r\n" * 50, os.urandom(2000), b"GET " + b"/" * 200_000):
        answer = raw(portal, data, half_close=True)
        assert b"Traceback" not in answer
    assert portal.get("/health/live").status_code == 200


def test_metrics_and_log_lines(portal: Served) -> None:
    portal.get("/sparql", params={"query": "SELECT * WHERE { ?s ?p ?o } LIMIT 7"})
    text = portal.get("/metrics").text
    assert 'kg_requests_total{route="/sparql",status="200"}' in text
    assert 'kg_workers{pool="desk",state="idle"}' in text
    lines = [json.loads(line) for line in portal.log.read_text().splitlines() if line.startswith("{")]
    query = [line for line in lines if line.get("route") == "/sparql" and line.get("rows") == 7]
    assert query
    assert set(query[0]) >= {"query", "ms", "rows", "status", "timestamp"}
    assert "SELECT" not in portal.log.read_text()


def test_a_new_build_is_picked_up_without_a_gap(both: Build, graph: Build, tmp_path: Path) -> None:
    root = tmp_path / "build"
    (root / "graphs").mkdir(parents=True)
    for build in (graph, both):
        shutil.copytree(build.path, root / "graphs" / build.id)
    (root / "current").symlink_to(f"graphs/{graph.id}")
    with serving(root, tmp_path / "log", "--workers", "1") as served:
        first = served.get("/sparql?query=ASK%7B%7D").headers["etag"]
        stop, failures = threading.Event(), []

        def ask() -> None:
            while not stop.is_set():
                status = served.get("/sparql?query=ASK%7B%7D").status_code
                if status != 200:
                    failures.append(status)

        asking = threading.Thread(target=ask)
        asking.start()
        (root / "next").symlink_to(f"graphs/{both.id}")
        os.replace(root / "next", root / "current")
        end = time.monotonic() + 30
        while served.get("/health/ready").json()["release"] != both.id and time.monotonic() < end:
            time.sleep(0.1)
        stop.set()
        asking.join()
        assert not failures
        assert served.get("/health/ready").json()["release"] == both.id
        assert served.get("/sparql?query=ASK%7B%7D").headers["etag"] != first


def test_a_stop_ends_all_processes_and_running_requests_are_answered(graph: Build, tmp_path: Path) -> None:
    with serving(graph.path.parents[1], tmp_path / "log", "--workers", "2") as served:
        children = _children(served.process.pid)
        assert children
        answers: list[int] = []
        slow = "SELECT (COUNT(*) AS ?n) WHERE { ?a a inno:Participation . ?b a inno:Participation . ?c a inno:Event }"
        asking = threading.Thread(target=lambda: answers.append(served.get("/sparql", params={"query": slow}).status_code))
        asking.start()
        time.sleep(0.3)
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(30) == 0
        asking.join()
        assert answers == [200]
        assert not any(Path(f"/proc/{pid}").exists() for pid in children)


def test_a_kill_leaves_no_worker_behind(graph: Build, tmp_path: Path) -> None:
    with serving(graph.path.parents[1], tmp_path / "log", "--workers", "2") as served:
        children = _children(served.process.pid)
        served.process.kill()
        served.process.wait()
        end = time.monotonic() + 10
        while any(Path(f"/proc/{pid}").exists() and _state(pid) != "Z" for pid in children) and time.monotonic() < end:
            time.sleep(0.05)
        assert not any(Path(f"/proc/{pid}").exists() and _state(pid) != "Z" for pid in children)


def _children(pid: int) -> list[int]:
    return [int(text) for text in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return "Z"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--build", "nowhere"), "There is no graph yet"),
        (("--host", "256.1.1.1"), "cannot be used"),
        (("--settings", "bad.toml"), "There is no setting 'colour'"),
        (("--root-path", "kg"), "no root path"),
        (("--workers", "0"), "workers"),
    ],
)
def test_a_wrong_start_is_said_in_one_line(graph: Build, tmp_path: Path, options: tuple[str, ...], said: str) -> None:
    (tmp_path / "bad.toml").write_text('colour = "red"\n')
    given = options if "--build" in options else (*options, "--build", str(graph.path.parents[1]))
    done = subprocess.run([sys.executable, "-m", "kg", "serve", "--port", "0", *given], capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_in_use_is_said(portal: Served, graph: Build) -> None:
    port = portal.address.rsplit(":", 1)[1]
    command = [sys.executable, "-m", "kg", "serve", "--port", port, "--build", str(graph.path.parents[1])]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "in use" in done.stderr


def test_behind_a_proxy_links_carry_the_root_path(graph: Build, tmp_path: Path) -> None:
    with serving(graph.path.parents[1], tmp_path / "log", "--workers", "1", "--root-path", "/kg") as served:
        assert served.address.endswith("/kg")
        page = served.get("/nothing", headers={"Accept": "text/html"})
        assert page.status_code == 404
        assert 'href="/kg/static/' in page.text
        assert 'action="/kg/search"' in page.text
        assert served.get("/health/live").status_code == 200
        stripped = served.address.removesuffix("/kg") + "/health/live"
        assert httpx.get(stripped).status_code == 200
