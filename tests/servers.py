"""Real SPARQL servers on loopback, each with its own folder and port, stopped when the block ends."""

from __future__ import annotations

import atexit
import contextlib
import functools
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

INSTALL_OXIGRAPH = "needs the oxigraph server: pip install oxigraph"
INSTALL_VIRTUOSO = "needs Virtuoso: apt-get install --no-install-recommends virtuoso-opensource-7-bin"


@dataclass(frozen=True)
class Server:
    """A running server.

    Attributes:
        name: `oxigraph` or `virtuoso`.
        query: Address of its SPARQL endpoint.
        graphs: Address of its graph store.
        process: Its process.
        folder: Where its files lie.
        user, password: Who may write; empty where anybody may.
        port: Of HTTP.
        sql_port: Of Virtuoso's isql, else 0.
    """

    name: str
    query: str
    graphs: str
    process: subprocess.Popen[bytes]
    folder: Path
    port: int
    user: str = ""
    password: str = ""
    sql_port: int = 0


def oxigraph_command() -> str | None:
    beside = Path(sys.executable).parent / "oxigraph"
    return str(beside) if beside.is_file() else shutil.which("oxigraph")


def virtuoso_command() -> str | None:
    return shutil.which("virtuoso-t")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def oxigraph(folder: Path, *, writable: bool = False, port: int = 0) -> Iterator[Server]:
    """Run `oxigraph serve` on a store; one that is only read may be a build's own."""
    command = oxigraph_command()
    if command is None:
        pytest.skip(INSTALL_OXIGRAPH)
    port = port or free_port()
    verb = "serve" if writable else "serve-read-only"
    call = [command, verb, "-l", str(folder), "-b", f"127.0.0.1:{port}", "--union-default-graph"]
    with _running(call, port, folder) as process:
        yield Server("oxigraph", f"http://127.0.0.1:{port}/query", f"http://127.0.0.1:{port}/store", process, folder, port)


@contextlib.contextmanager
def virtuoso(folder: Path, *, port: int = 0, max_rows: int = 10_000) -> Iterator[Server]:
    """Run Virtuoso with files of its own; `max_rows` is where it cuts an answer, as its shipped settings do."""
    command = virtuoso_command()
    if command is None:
        pytest.skip(INSTALL_VIRTUOSO)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(_database(command), folder)
    port, sql = port or free_port(), free_port()
    with _running(_virtuoso_call(command, folder, port, sql, max_rows), port, folder) as process:
        address = f"http://127.0.0.1:{port}"
        yield Server("virtuoso", f"{address}/sparql", f"{address}/sparql-graph-crud-auth", process, folder, port, "dba", "dba", sql)


def _virtuoso_call(command: str, folder: Path, port: int, sql: int, max_rows: int = 10_000) -> list[str]:
    settings = folder / "virtuoso.ini"
    settings.write_text(_VIRTUOSO.format(folder=folder, port=port, sql=sql, max_rows=max_rows), encoding="utf-8")
    return [command, "+foreground", "+configfile", str(settings)]


@functools.cache
def _database(command: str) -> Path:
    """Return an empty database of Virtuoso, made once: it takes 5 to 25 seconds, and every server begins with a copy."""
    folder = Path(tempfile.mkdtemp(prefix="virtuoso-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    port = free_port()
    with _running(_virtuoso_call(command, folder, port, free_port()), port, folder) as process:
        process.terminate()
        process.wait(60)
    return folder / "virtuoso.db"


@contextlib.contextmanager
def _running(call: list[str], port: int, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder if folder.is_dir() else None)
    try:
        for _ in range(1200):
            if _answers(port):
                break
            if process.poll() is not None:
                raise AssertionError(f"{call[0]} ended with {process.returncode}")
            time.sleep(0.1)
        else:
            raise AssertionError(f"{call[0]} does not answer on port {port}")
        yield process
    finally:
        process.kill()
        process.wait()


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


_VIRTUOSO = """
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
ErrorLogLevel = 7
FileExtend = 200
Striping = 0
TempStorage = TempDatabase

[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx
Striping = 0

[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
ServerThreads = 10
CheckpointInterval = 60
NumberOfBuffers = 20000
MaxDirtyBuffers = 15000
CaseMode = 2
SchedulerInterval = 10
DirsAllowed = {folder}

[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerRoot = {folder}
ServerThreads = 10
MaxClientConnections = 10

[SPARQL]
ResultSetMaxRows = {max_rows}
MaxQueryExecutionTime = 60
"""
