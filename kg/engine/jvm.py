"""Spark's Java process: found, started without a secret on its command line, and ended with the session."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kg.engine import workers
from kg.errors import EngineError, MissingExtraError, Text

JAVA = 17
"""The oldest Java that Spark 4 runs on."""

SECRET = "KG_SPARK_SECRET"  # noqa: S105  (the name of a variable)
"""Environment variable with what a cluster wants to hear (`spark.authenticate.secret`)."""

CONNECT_SECONDS = 5.0
"""How long a master may take to answer at all."""

START_SECONDS = 90.0
"""How long opening a session may take; Spark itself tries a master three times, 20 seconds each."""

PURPOSE = Text("Batches on Apache Spark", "Stapelläufe mit Apache Spark")

_INSTALL = Text(
    "Install it (apt-get install --no-install-recommends openjdk-17-jre-headless), or set JAVA_HOME.",
    "Installieren Sie es (apt-get install --no-install-recommends openjdk-17-jre-headless), oder setzen Sie JAVA_HOME.",
)
_MASTER = re.compile(r"local(\[(\*|[1-9][0-9]{0,3})(,[0-9]+)?\])?|spark://[^/\s]+|yarn|k8s://\S+")
_LOOPBACK = ("127.", "localhost", "[::1]", "::1")


def check_packages() -> None:
    """Raise an error where PySpark is not installed."""
    try:
        import pyspark  # noqa: F401
    except ImportError:
        raise MissingExtraError("pyspark", "spark", PURPOSE) from None


def check_java() -> None:
    """Raise an error where there is no Java, or one that is too old."""
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if java is None or not Path(java).is_file():
        what = Text("Apache Spark needs Java, and there is none.", "Apache Spark braucht Java, und hier ist keines.")
        raise EngineError(what, where=f"JAVA_HOME={home}" if home else None, fix=_INSTALL)
    try:
        said = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=30, check=False).stderr
    except (OSError, subprocess.TimeoutExpired):
        said = ""
    found = re.search(r'version "(?:1\.)?([0-9]+)', said)
    if found is None or int(found[1]) < JAVA:
        version = found[1] if found else "?"
        what = Text(
            f"Apache Spark needs Java {JAVA} or newer; this is {version}.", f"Apache Spark braucht Java {JAVA} oder neuer; hier ist {version}."
        )
        raise EngineError(what, where=java, fix=_INSTALL)


def check_master(master: str) -> None:
    """Raise an error where an address is none of a master, or no master of a standalone cluster answers there."""
    if not _MASTER.fullmatch(master):
        what = Text("This is no address of a Spark master.", "Das ist keine Adresse eines Spark-Masters.")
        fix = Text("Use local[2], spark://HOST:PORT, yarn or k8s://…", "Geben Sie local[2], spark://HOST:PORT, yarn oder k8s://… an.")
        raise EngineError(what, where=_shown(master), fix=fix)
    if not master.startswith("spark://"):
        return
    for address in master.removeprefix("spark://").split(","):
        host, _, port = address.rpartition(":")
        if not port.isdigit() or not host or "@" in host or int(port) > 65535:
            what = Text("This is no address of a Spark master.", "Das ist keine Adresse eines Spark-Masters.")
            raise EngineError(what, where=_shown(master), fix=Text("Use spark://HOST:PORT.", "Geben Sie spark://HOST:PORT an."))
        with contextlib.suppress(OSError), socket.create_connection((host.strip("[]"), int(port)), CONNECT_SECONDS):
            return
    what = Text("No Spark master answers there.", "Dort antwortet kein Spark-Master.")
    fix = Text("Start the cluster, or check the address (--master).", "Starten Sie den Cluster, oder prüfen Sie die Adresse (--master).")
    raise EngineError(what, where=master, fix=fix)


def is_loopback(master: str) -> bool:
    """Tell whether master and session are on this machine and need no address that others reach."""
    return master.startswith("local") or (master.startswith("spark://") and master.removeprefix("spark://").startswith(_LOOPBACK))


def _shown(master: str) -> str:
    """Return an address without what could be a password."""
    return re.sub(r"//[^/@]*@", "//…@", master)[:200]


class Machine:
    """The Java process of one session.

    Args:
        memory: Its heap, as Spark writes sizes (`1g`).
        folder: Where its log goes.
    """

    def __init__(self, memory: str, folder: Path) -> None:
        from pyspark import SparkConf, SparkContext
        from pyspark.errors import PySparkRuntimeError
        from pyspark.java_gateway import launch_gateway

        if SparkContext._active_spark_context is not None or SparkContext._gateway is not None:
            what = Text("A Spark session is open in this process already.", "In diesem Prozess ist schon eine Spark-Sitzung offen.")
            raise EngineError(what, fix=Text("Close it first.", "Schließen Sie zuerst diese."))
        launch: Any = launch_gateway
        self.log = folder / "java.log"
        logging = folder / "log4j2.properties"
        logging.write_text(_LOGGING, encoding="utf-8")
        # Only what is no secret: PySpark hands this on as arguments, and everybody sees those.
        start = SparkConf(loadDefaults=False).set("spark.driver.memory", memory)
        start.set("spark.driver.extraJavaOptions", f"-Dlog4j2.configurationFile={logging.as_uri()}")
        try:
            with self.log.open("wb") as log, _without_submit_arguments():
                self._gateway = launch(conf=start, popen_kwargs={"stdout": log, "stderr": log})
        except (PySparkRuntimeError, OSError) as error:
            what = Text("Java could not be started for Apache Spark.", "Java ließ sich für Apache Spark nicht starten.")
            fix = Text(f"Java says: {self.last_words()}", f"Java sagt: {self.last_words()}")
            raise EngineError(what, fix=fix) from error
        SparkContext._ensure_initialized(gateway=self._gateway)

    def last_words(self) -> str:
        """Return the last line of the log that says something, shortened."""
        with contextlib.suppress(OSError):
            lines = [line.strip() for line in self.log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
            named = [line for line in lines if "Exception" in line or "Error" in line or "error" in line] or lines
            return named[-1][:300] if named else ""
        return ""

    def wants_another_secret(self) -> bool:
        """Tell whether the log says that a master did not know this session's secret."""
        with contextlib.suppress(OSError):
            said = self.log.read_text(encoding="utf-8", errors="replace")
            return any(sign in said for sign in _STRANGER)
        return False

    def end(self) -> None:
        """End the process and forget it, so that another can be started."""
        from pyspark import SparkContext
        from pyspark.sql import SparkSession

        process = self._gateway.proc
        with contextlib.suppress(Exception):
            self._gateway.shutdown()
        if process.stdin:
            with contextlib.suppress(OSError):
                process.stdin.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
        SparkContext._active_spark_context = None
        SparkContext._gateway = None
        SparkContext._jvm = None
        SparkSession._instantiatedSession = None


@contextlib.contextmanager
def _without_submit_arguments() -> Any:
    """Start as a shell for Python whatever stands in the environment; give no hints on stderr."""
    kept = os.environ.get("PYSPARK_SUBMIT_ARGS")
    os.environ["PYSPARK_SUBMIT_ARGS"] = "pyspark-shell"
    try:
        yield
    finally:
        if kept is None:
            os.environ.pop("PYSPARK_SUBMIT_ARGS", None)
        else:
            os.environ["PYSPARK_SUBMIT_ARGS"] = kept


_STRANGER = ("SaslException", "SASL", "Authentication failed", "unexpected type of message")
"""What Spark's log says when secrets differ."""

_LOGGING = """\
rootLogger.level = error
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %d{HH:mm:ss} %p %c{1}: %m%n%rEx{4}
# Why a master does not take this session is a warning to Spark.
logger.client.name = org.apache.spark.deploy.client
logger.client.level = warn
"""


def environment(master: str) -> None:
    """Set what Spark reads from the environment: Python of the workers here, and loopback only where all is on this machine."""
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("PYSPARK_DRIVER_PYTHON", sys.executable)
    if is_loopback(master):
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")


def settings(master: str, memory: str, threads: int | None, scratch: str, conf: Mapping[str, str]) -> dict[str, str]:
    """Return the settings of a session; the user's come last, but for what keeps two engines equal."""
    cores = threads or 2
    chosen = {
        "spark.master": master,
        "spark.app.name": "innovation-kg",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.memory": memory,
        "spark.executor.memory": memory,
        "spark.sql.shuffle.partitions": str(max(2 * cores, 4)),
        "spark.sql.parquet.compression.codec": "zstd",
        "spark.sql.warehouse.dir": f"{scratch}/warehouse",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.network.timeout": "120s",
        "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
    }
    if is_loopback(master):
        chosen |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    if threads and not master.startswith("local"):
        chosen["spark.cores.max"] = str(threads)
    if secret := os.environ.get(SECRET):
        chosen |= {"spark.authenticate": "true", "spark.authenticate.secret": secret, "spark.network.crypto.enabled": "true"}
    fixed = {
        "spark.sql.ansi.enabled": "true",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.adaptive.enabled": "true",
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.caseSensitive": "true",
        # `${env:…}` in a text is that text.
        "spark.sql.variable.substitute": "false",
        "spark.sql.timestampType": "TIMESTAMP_NTZ",
        "spark.sql.parquet.int96RebaseModeInWrite": "CORRECTED",
    }
    return chosen | dict(conf) | fixed


def session(machine: Machine, chosen: Mapping[str, str]) -> Any:
    """Open a session on a Java process that runs.

    Raises:
        EngineError: The cluster refuses it, or gives no worker in :data:`kg.engine.workers.WORKERS_SECONDS`.
    """
    from pyspark import SparkConf
    from pyspark.sql import SparkSession

    master = chosen["spark.master"]
    conf = SparkConf(loadDefaults=True)
    for name, value in chosen.items():
        conf.set(name, value)
    context = _context(conf, master, machine)
    try:
        if not master.startswith("local"):
            _wait_for_worker(context, master, machine)
        return SparkSession(context)
    except BaseException:
        with contextlib.suppress(Exception):
            context.stop()
        raise


def _context(conf: Any, master: str, machine: Machine) -> Any:
    """Return the context of a session; Spark itself tries a wrong secret for a minute before it says so."""
    from concurrent.futures import ThreadPoolExecutor
    from concurrent.futures import wait as wait_for

    from pyspark import SparkContext

    with ThreadPoolExecutor(1) as pool:
        made = pool.submit(SparkContext, conf=conf)
        end = time.monotonic() + START_SECONDS
        while not wait_for([made], timeout=0.2).done:
            if machine.wants_another_secret() or time.monotonic() > end:
                machine.end()
                break
        try:
            return made.result()
        except Exception as error:
            raise (wrong_secret(master) if machine.wants_another_secret() else refused(master, machine)) from error


def refused(master: str, machine: Machine) -> EngineError:
    """Return the error for a session that could not be opened."""
    words = machine.last_words()
    return EngineError(
        Text("No Spark session could be opened.", "Es ließ sich keine Spark-Sitzung öffnen."),
        where=_shown(master),
        fix=Text(f"Spark says: {words}", f"Spark sagt: {words}"),
    )


def wrong_secret(master: str) -> EngineError:
    """Return the error for a cluster that knows another secret."""
    return EngineError(
        Text("The cluster does not know this secret.", "Der Cluster kennt dieses Geheimnis nicht."),
        where=_shown(master),
        fix=Text(f"Put its spark.authenticate.secret into {SECRET}.", f"Setzen Sie {SECRET} auf sein spark.authenticate.secret."),
    )


def _wait_for_worker(context: Any, master: str, machine: Machine) -> None:
    end = time.monotonic() + workers.WORKERS_SECONDS
    while not (context._jsc.sc().isStopped() or workers.has_worker(context)):
        if machine.wants_another_secret():
            raise wrong_secret(master)
        if time.monotonic() > end:
            seconds = int(workers.WORKERS_SECONDS)
            what = Text(f"The cluster gave no worker within {seconds} s.", f"Der Cluster stellte in {seconds} s keinen Worker.")
            fix = Text(
                "Start workers, free their memory, or ask for less (--memory, --threads).",
                "Starten Sie Worker, machen Sie dort Speicher frei, oder fordern Sie weniger an (--memory, --threads).",
            )
            raise EngineError(what, where=_shown(master), fix=fix)
        time.sleep(0.2)
    if context._jsc.sc().isStopped():
        raise refused(master, machine)
