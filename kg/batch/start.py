"""From what a user names to a finished batch: engine, folder, lock, steps, report."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.batch.folder import REPORT, SPILL, claim, locked
from kg.batch.stages import Stages
from kg.errors import ParameterError, Text

if TYPE_CHECKING:
    from kg.engine.base import Engine

_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*(KB|MB|GB|TB|K|M|G|T|KiB|MiB|GiB|TiB)\Z", re.IGNORECASE)
_UNITS = {"K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
LEAST_MEMORY = 256e6
SHARE = 0.5
"""Of the memory that the process may take, the part that DuckDB may hold; the rest is Python, Arrow, and what DuckDB does not count."""
_SECRET = re.compile(r"secret|passw|token|credential|access\.?key|account\.?key", re.IGNORECASE)


@dataclass(frozen=True)
class Machine:
    """Where a batch runs.

    Attributes:
        engine: `duckdb` or `spark`.
        master: Address of a Spark master.
        memory: What the process may take, such as `2GB`; on Spark each executor.
        threads: Threads or cores.
        conf: Further settings of Spark.
    """

    engine: str = "duckdb"
    master: str | None = None
    memory: str = "2GB"
    threads: int | None = None
    conf: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse sizes that are none, and secrets.

        Raises:
            ParameterError: The memory is no size, is too small, or a setting holds a secret.
        """
        megabytes(self.memory)
        for name in self.conf:
            if _SECRET.search(name):
                what = Text(
                    f"{name} is a secret, and a command line can be read by others.",
                    f"{name} ist ein Geheimnis, und eine Befehlszeile können andere lesen.",
                )
                fix = Text(
                    "Set KG_SPARK_SECRET, or put it into your Hadoop settings (core-site.xml below HADOOP_CONF_DIR).",
                    "Setzen Sie KG_SPARK_SECRET, oder schreiben Sie es in Ihre Hadoop-Einstellungen (core-site.xml unter HADOOP_CONF_DIR).",
                )
                raise ParameterError(what, where="--conf", fix=fix)


def megabytes(text: str) -> int:
    """Return a size in millions of bytes.

    >>> megabytes("2GB"), megabytes("512 MB")
    (2000, 512)

    Raises:
        ParameterError: It is no size, or less than can be worked with.
    """
    match = _SIZE.match(text.strip())
    size = float(match[1]) * _UNITS[match[2][0].upper()] if match else 0.0
    if size < LEAST_MEMORY:
        what = Text(
            f"{text!r} is no size of memory from {LEAST_MEMORY / 1e6:.0f} MB.", f"{text!r} ist keine Speichergröße ab {LEAST_MEMORY / 1e6:.0f} MB."
        )
        raise ParameterError(what, where="--memory", fix=Text("Write it as 2GB or 1500MB.", "Schreiben Sie 2GB oder 1500MB."))
    return int(size / 1e6)


def settings(pairs: Sequence[str]) -> dict[str, str]:
    """Return settings from `KEY=VALUE` texts.

    Raises:
        ParameterError: One has no key or no equals sign.
    """
    found = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not re.fullmatch(r"[A-Za-z][A-Za-z0-9._-]*", key):
            what = Text("A setting is not of the form KEY=VALUE.", "Eine Einstellung hat nicht die Form SCHLÜSSEL=WERT.")
            raise ParameterError(
                what, where="--conf", fix=Text("Write spark.executor.cores=2.", "Schreiben Sie zum Beispiel spark.executor.cores=2.")
            )
        found[key] = value
    return found


def batch(
    sources: Sequence[Path],
    work: str,
    *,
    build: Path,
    machine: Machine | None = None,
    options: Any = None,
    mapping: Path | None = None,
    max_rejects: int = 100,
    restart: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Run a batch, or the rest of one, and return its report; it also stands in `WORK/report.json`.

    Args:
        sources: Folders of tables, CORDIS deliveries, lists; without any the current build is read.
        work: Folder, or on Spark any address its Hadoop settings can reach, for the stages. One of this machine is locked while it is worked in; on
            object storage there is no lock.
        build: Folder of builds.
        machine: Where it runs.
        options: A :class:`kg.batch.run.Options`.
        mapping: How a list among the sources becomes statements.
        max_rejects: How many rows and cells of deliveries may be left out.
        restart: Throw away what is in the folder of stages.
        progress: Called with the name of each step.

    Raises:
        InputError: A source cannot be read.
        BuildError: There is no build, the folder belongs to another run or another batch is at work in it, or it cannot be written.
        EngineError: The engine cannot be started.
    """
    from kg.batch import given
    from kg.batch.options import Options
    from kg.batch.report import report
    from kg.batch.run import run
    from kg.build import current

    work, chosen = work.rstrip("/") or "/", options or Options()
    built = None if sources else current(build)
    known = given.run_of_sources(sources, mapping, max_rejects) if built is None else given.run_of_build(built)
    with contextlib.ExitStack() as stack:
        folder = _folder(stack, work)
        stages: Stages | None = None
        engine = _open(machine or Machine(), work)
        stack.callback(lambda: (stages.engine if stages else engine).close())
        claim(engine, work, known, restart=restart)
        stages = Stages(engine, work, known, progress, lambda old: _reopen(old, machine or Machine(), work))

        def start() -> given.Given:
            if built is not None:
                return given.of_build(stages, built)
            return given.of_sources(stages, sources, folder, mapping=mapping, max_rejects=max_rejects, progress=progress)

        done = run(stages, start, chosen)
        found = report(done, known)
        stages.engine.files.write_text(f"{work}/{REPORT}", json.dumps(found, indent=2, ensure_ascii=False, sort_keys=True) + "\n")
    return found


def _folder(stack: contextlib.ExitStack, work: str) -> Path:
    """Lock a folder of this machine, and return a folder of this machine for what is unpacked."""
    from kg.engine.files import is_local, local_path

    if not is_local(work):
        return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kg-")))
    path = local_path(work)
    stack.enter_context(locked(path))
    spill = path / SPILL
    # What an earlier run that was killed has left.
    shutil.rmtree(spill, ignore_errors=True)
    stack.callback(shutil.rmtree, spill, ignore_errors=True)
    return spill / "unpacked"


def _open(machine: Machine, work: str) -> Engine:
    from kg.engine import open_engine

    memory = machine.memory if machine.engine == "spark" else f"{int(megabytes(machine.memory) * SHARE)}MB"
    return open_engine(
        machine.engine, master=machine.master, memory=memory, threads=machine.threads, spill=f"{work}/{SPILL}", conf=machine.conf or None
    )


def _reopen(engine: Engine, machine: Machine, work: str) -> Engine:
    """Return a new session in this process; a cluster's stays: it takes a minute to begin, and keeps nothing here."""
    if engine.name == "spark":
        return engine
    engine.close()
    return _open(machine, work)
