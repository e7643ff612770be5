"""A real `kg serve` on the graph of Dortmund with its slice of CORDIS, in a process of its own."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from kg.build import Build
from tests.servers import free_port, oxigraph_command

pytest.importorskip("uvicorn", reason="the portal needs pip install 'innovation-kg[web]'")
ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Served:
    """A running portal.

    Attributes:
        address: Without a slash at the end.
        process: Its front process.
        log: File with its log.
    """

    address: str
    process: subprocess.Popen[str]
    log: Path

    def get(self, path: str, **options: Any) -> httpx.Response:
        """Ask for a path; redirects are not followed."""
        return httpx.get(self.address + path, timeout=60, **options)

    def wait_for(self, path: str, status: int = 200, seconds: float = 60) -> None:
        """Wait until a path answers so."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with contextlib.suppress(httpx.HTTPError):
                if self.get(path).status_code == status:
                    return
            time.sleep(0.1)
        raise AssertionError(f"{path} does not answer {status}; log: {self.log.read_text()[-3000:]}")


@contextlib.contextmanager
def serving(folder: Path, log: Path, *options: str, cwd: Path = ROOT) -> Iterator[Served]:
    """Run `kg serve` until the block ends."""
    with log.open("w") as file:
        command = [sys.executable, "-m", "kg", "serve", "--port", "0", "--build", str(folder), *options]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=file, text=True, cwd=cwd)
        assert process.stdout is not None
        address = process.stdout.readline().strip().rstrip("/")
        assert address, log.read_text()
        try:
            yield Served(address, process, log)
        finally:
            process.terminate()
            try:
                process.wait(20)
            finally:
                process.kill()
                process.stdout.close()


@contextlib.contextmanager
def oxigraph(store: Path) -> Iterator[str]:
    """Run a real SPARQL server on a store; gives the address for queries."""
    command = oxigraph_command()
    if command is None:
        pytest.skip("needs the oxigraph server: pip install oxigraph")
    port = free_port()
    server = subprocess.Popen(
        [command, "serve-read-only", "-l", str(store), "-b", f"127.0.0.1:{port}", "--union-default-graph"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/query"
    finally:
        server.kill()
        server.wait()


@pytest.fixture(scope="session")
def remote_portal(both: Build, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The portal on a SPARQL server elsewhere that holds the default graph; what it fetches for search and networks is there."""
    folder = tmp_path_factory.mktemp("remote")
    shutil.copytree(both.store, folder / "store")
    with oxigraph(folder / "store") as address, serving(folder / "none", folder / "log", "--store", address, "--seconds", "20") as served:
        end = time.monotonic() + 120
        while not served.get("/health/ready").json().get("mirror") and time.monotonic() < end:
            time.sleep(0.2)
        yield served


@pytest.fixture(scope="session", params=["embedded", "remote"])
def any_portal(request: pytest.FixtureRequest) -> Served:
    """The portal on the embedded store, and on a SPARQL server elsewhere."""
    found: Served = request.getfixturevalue("portal" if request.param == "embedded" else "remote_portal")
    return found


@pytest.fixture(scope="session")
def portal(both: Build, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The portal on the default graph."""
    log = tmp_path_factory.mktemp("portal") / "log"
    with serving(both.path.parents[1], log, "--seconds", "20") as served:
        yield served
