"""Measuring whole commands: wall time and peak memory of the process tree, medians over runs, one Markdown fragment per benchmark.

A long command may be watched with limits on time and memory and, where it says when its stages begin and end, measured stage by stage.
"""

from __future__ import annotations

import contextlib
import os
import platform
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
FRAGMENTS = ROOT / "docs" / "benchmarks"


@dataclass(frozen=True)
class Run:
    """One run of a command: wall seconds and peak memory of the whole process tree in MB."""

    seconds: float
    megabytes: float


@dataclass(frozen=True)
class Watched:
    """A run that was watched from outside.

    Attributes:
        seconds: Wall time.
        cpu: Processor time of the process and all it waited for; on a busy machine the steadier number.
        megabytes: Peak memory of the process tree.
        code: Exit code; negative where it was ended.
        ended: `time` or `memory` where a limit ended it, else empty.
        samples: (time since the epoch, bytes) pairs.
        errors: Last lines of its standard error.
        spent: (time since the epoch, processor seconds of the process tree until then) pairs.
    """

    seconds: float
    cpu: float
    megabytes: float
    code: int
    ended: str
    samples: Sequence[tuple[float, int]]
    errors: str
    spent: Sequence[tuple[float, float]] = ()

    def cpu_between(self, start: float, end: float) -> float:
        """Return the processor seconds between two times, from the samples nearest to them."""
        if not self.spent:
            return 0.0
        first, last = (min(self.spent, key=lambda one: abs(one[0] - at))[1] for at in (start, end))
        return max(last - first, 0.0)

    def peak(self, start: float, end: float) -> float:
        """Return the peak memory in MB between two times; of the samples around them where none lies between."""
        inside = [size for at, size in self.samples if start <= at <= end]
        around = [size for at, size in self.samples if start - PAUSE <= at <= end + PAUSE]
        return max(inside or around or [0]) / 1e6


PAUSE = 0.25
"""Seconds between two samples of memory; sampling more often disturbs more."""


def watch(
    command: list[str],
    cwd: Path,
    env: dict[str, str] | None = None,
    *,
    output: Path | None = None,
    seconds: float | None = None,
    megabytes: float | None = None,
    cores: Sequence[int] = (),
) -> Watched:
    """Run a command once under limits; a command that fails or meets a limit is a result, not an error.

    Args:
        command: Program and arguments.
        cwd: Folder to run it in.
        env: Variables on top of the present ones.
        output: File for its standard output; dropped without one.
        seconds: Wall time after which it is ended.
        megabytes: Memory of the process tree at which it is ended.
        cores: Numbers of the cores it may use; all without them.
    """
    samples: list[tuple[float, int]] = []
    spent: list[tuple[float, float]] = []
    ended: list[str] = []
    done = threading.Event()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryFile() as errors, (output or Path(os.devnull)).open("wb") as out:
        started = time.perf_counter()
        process = psutil.Popen(command, cwd=cwd, stdout=out, stderr=errors, env={**os.environ, **(env or {})}, start_new_session=True)
        if cores:
            process.cpu_affinity(list(cores))

        def look() -> None:
            while not done.is_set():
                samples.append((time.time(), tree_bytes(process)))
                # What ends takes its processor time with it.
                spent.append((time.time(), max(tree_seconds(process), spent[-1][1] if spent else 0.0)))
                late = seconds is not None and time.perf_counter() - started > seconds
                large = megabytes is not None and samples[-1][1] > megabytes * 1e6
                if late or large:
                    ended.append("time" if late else "memory")
                    with contextlib.suppress(ProcessLookupError):  # it may just have ended by itself
                        os.killpg(process.pid, signal.SIGKILL)
                    return
                done.wait(PAUSE)

        watcher = threading.Thread(target=look)
        watcher.start()
        code = process.wait()
        total = time.perf_counter() - started
        done.set()
        watcher.join()
        errors.seek(0)
        lines = errors.read().decode(errors="replace").splitlines()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Watched(total, cpu, max(size for _, size in samples) / 1e6, int(code or 0), "".join(ended[:1]), samples, "\n".join(lines[-5:]), spent)


def tree_bytes(process: psutil.Process) -> int:
    """Return the resident memory of a process and all below it."""
    return int(_of_tree(process, lambda member: member.memory_info().rss))


def tree_seconds(process: psutil.Process) -> float:
    """Return the processor time of a process, of all below it, and of those below it that have ended."""

    def spent(member: psutil.Process) -> float:
        times = member.cpu_times()
        return float(times.user + times.system + times.children_user + times.children_system)

    return _of_tree(process, spent)


def _of_tree(process: psutil.Process, value: Callable[[psutil.Process], float]) -> float:
    """Add up a value of a process and all below it; whoever ends meanwhile does not count."""
    total = 0.0
    try:
        members = [process, *process.children(recursive=True)]
    except psutil.Error:
        return total
    for member in members:
        with contextlib.suppress(psutil.Error):
            total += value(member)
    return total


def run(command: list[str], cwd: Path, env: dict[str, str] | None = None) -> Run:
    """Run a command once and measure it.

    Raises:
        subprocess.CalledProcessError: The command failed.
    """
    found = watch(command, cwd, env)
    if found.code:
        raise subprocess.CalledProcessError(found.code, command, stderr=found.errors)
    return Run(found.seconds, found.megabytes)


def median(runs: list[Run]) -> Run:
    """Return the median time and the largest memory of several runs."""
    return Run(statistics.median(r.seconds for r in runs), max(r.megabytes for r in runs))


def machine() -> str:
    """Describe the machine in a phrase, without its name."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{cores} cores, {psutil.virtual_memory().total / 2**30:.0f} GiB, Python {platform.python_version()}, {platform.system()}"


def write_fragment(name: str, text: str) -> Path:
    """Write the fragment of one benchmark and join all of them into `docs/benchmarks.md`."""
    FRAGMENTS.mkdir(parents=True, exist_ok=True)
    path = FRAGMENTS / f"{name}.md"
    path.write_text(text, encoding="utf-8")
    parts = [p.read_text(encoding="utf-8") for p in sorted(FRAGMENTS.glob("*.md"))]
    head = "# Benchmarks\n\nGenerated by `benchmarks/`; each part names its command. Numbers compare within one run; machines differ.\n\n"
    (ROOT / "docs" / "benchmarks.md").write_text(head + "\n".join(parts), encoding="utf-8")
    return path


KG = [sys.executable, "-m", "kg"]
