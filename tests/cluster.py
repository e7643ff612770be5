"""A real Spark cluster on loopback: a master and two workers from the installed package, with a secret, stopped when the block ends."""

from __future__ import annotations

import contextlib
import importlib.util
import ipaddress
import json
import os
import secrets
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from tests.servers import free_port

INSTALL_JAVA = "needs Java 17: apt-get install --no-install-recommends openjdk-17-jre-headless"
INSTALL_SPARK = "needs PySpark: pip install 'innovation-kg[spark]'"
MEMORY = "600MB"
"""What a session on the cluster should ask for: a worker has room for one executor of this size."""
_START = 120.0


def need_spark() -> None:
    """Skip the test where Spark cannot run, and say what is missing."""
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip(INSTALL_SPARK)
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip(INSTALL_JAVA)


@dataclass
class Cluster:
    """A running cluster.

    Attributes:
        address: What `--master` takes.
        secret: What `KG_SPARK_SECRET` must be.
        folder: Where its files and logs lie.
        web: Address of the master's page.
        master, workers: Its processes.
    """

    address: str
    secret: str
    folder: Path
    web: str
    master: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def alive(self) -> int:
        """Return how many workers the master has."""
        try:
            with urllib.request.urlopen(f"{self.web}/json/", timeout=5) as answer:
                return int(json.load(answer)["aliveworkers"])
        except (OSError, ValueError):
            return 0

    def executors(self, number: int) -> list[psutil.Process]:
        """Return the processes that run tasks for a worker."""
        try:
            return psutil.Process(self.workers[number].pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def kill_worker(self, number: int) -> list[int]:
        """End a worker and its executors as a machine ends that loses power; return their ids."""
        gone = [psutil.Process(self.workers[number].pid), *self.executors(number)]
        for process in gone:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self.workers[number].wait(20)
        return [process.pid for process in gone]

    def processes(self) -> list[psutil.Process]:
        """Return all processes of the cluster, and those that this process has started (a session's Java among them)."""
        found: dict[int, psutil.Process] = {}
        for pid in (os.getpid(), self.master.pid, *(worker.pid for worker in self.workers)):
            with contextlib.suppress(psutil.NoSuchProcess):
                root = psutil.Process(pid)
                found |= {process.pid: process for process in (root, *root.children(recursive=True))}
        return [process for process in found.values() if process.status() != psutil.STATUS_ZOMBIE]

    def command_lines(self) -> list[str]:
        """Return what everybody on the machine sees of these processes."""
        found = []
        for process in self.processes():
            with contextlib.suppress(psutil.Error):
                found.append(" ".join(process.cmdline()))
        return found

    def listening(self) -> list[tuple[int, str, int]]:
        """Return process, address and port of everything that listens."""
        found = []
        for process in self.processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                found += [
                    (process.pid, port.laddr.ip, port.laddr.port) for port in process.net_connections("inet") if port.status == psutil.CONN_LISTEN
                ]
        return sorted(found)

    def listening_elsewhere(self) -> list[tuple[int, str, int]]:
        """Return what listens on an address that other machines reach."""
        return [one for one in self.listening() if not _is_loopback(one[1])]

    def log(self) -> str:
        """Return what master and workers said last."""
        return "\n".join(path.read_text(encoding="utf-8", errors="replace")[-2000:] for path in sorted(self.folder.glob("*.log")))


def _is_loopback(address: str) -> bool:
    found = ipaddress.ip_address(address)
    return (found.ipv4_mapped or found).is_loopback if isinstance(found, ipaddress.IPv6Address) else found.is_loopback


@contextlib.contextmanager
def cluster(folder: Path, *, workers: int = 2) -> Iterator[Cluster]:
    """Start a cluster; `KG_SPARK_SECRET` is set while it runs."""
    need_spark()
    import pyspark

    home = Path(pyspark.__file__).parent
    folder.mkdir(parents=True, exist_ok=True)
    secret = secrets.token_hex(16)
    settings = folder / "spark.properties"
    settings.touch(0o600)
    settings.write_text(f"spark.authenticate=true\nspark.authenticate.secret={secret}\nspark.worker.cleanup.enabled=false\n")
    port, page = free_port(), free_port()
    environment = {
        **os.environ,
        "SPARK_HOME": str(home),
        "SPARK_CONF_DIR": str(folder),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_NO_DAEMONIZE": "1",
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_LOCAL_DIRS": str(folder / "local"),
        "PYSPARK_PYTHON": sys.executable,
    }
    environment.pop("KG_SPARK_SECRET", None)

    def start(name: str, kind: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (folder / f"{name}.log").open("wb") as log:
            command = [
                str(home / "bin" / "spark-class"),
                f"org.apache.spark.deploy.{kind}",
                "--properties-file",
                str(settings),
                "--host",
                "127.0.0.1",
            ]
            return subprocess.Popen([*command, *arguments], env=environment, stdout=log, stderr=log, cwd=folder)

    address = f"spark://127.0.0.1:{port}"
    master = start("master", "master.Master", "--port", str(port), "--webui-port", str(page))
    made = Cluster(address, secret, folder, f"http://127.0.0.1:{page}", master)
    kept = os.environ.get("KG_SPARK_SECRET")
    os.environ["KG_SPARK_SECRET"] = secret
    try:
        for number in range(workers):
            size = ["--cores", "1", "--memory", "700m", "--webui-port", str(free_port()), "--work-dir", str(folder / f"worker-{number}")]
            made.workers.append(start(f"worker-{number}", "worker.Worker", *size, address))
        _wait(made, workers)
        yield made
    finally:
        if kept is None:
            os.environ.pop("KG_SPARK_SECRET", None)
        else:
            os.environ["KG_SPARK_SECRET"] = kept
        _stop(made)


def _wait(made: Cluster, workers: int) -> None:
    end = time.monotonic() + _START
    while made.alive() < workers:
        if time.monotonic() > end or made.master.poll() is not None:
            raise RuntimeError(f"the cluster did not start:\n{made.log()}")
        time.sleep(0.3)


def _stop(made: Cluster) -> None:
    """End everything that was started, executors included."""
    roots = [*made.workers, made.master]
    left = []
    for root in roots:
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(root.pid)
            left += [*process.children(recursive=True), process]
    for process in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
    _, slow = psutil.wait_procs(left, timeout=10)
    for process in slow:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    for root in roots:
        root.wait(20)
