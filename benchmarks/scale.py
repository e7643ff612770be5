"""The whole batch on a delivery many times over: seconds, memory and spill per stage, how they grow, and whether two engines agree.

Usage: python -m benchmarks.scale --delivery FOLDER [--sizes 1,3,10] [--engine duckdb] [--memory 2GB] [--only GROUP,...] [--again]

Groups: `batch` (`kg batch` of each size on DuckDB), `store` (the N-Quads of each size into an embedded store), `spark` (`kg batch` of the smallest size
on Spark and the comparison of every stage; `--master` takes a running cluster, its secret comes from KG_SPARK_SECRET). What is finished is kept in
`build/benchmarks/` and used again until inputs or code change; the fragment is written from what there is. `--only none` writes it anew.

Deliveries are replicated (:mod:`benchmarks.scale_data`): the structure stays the same, so this measures how the work grows with the data, not how a
network gets denser.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import sys
import threading
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import scale_data, scale_text
from benchmarks.kept import Kept, Value, code, fingerprint
from benchmarks.measure import KG, ROOT, Watched, watch, write_fragment
from benchmarks.scale_same import compare

GROUPS = ("batch", "store", "spark")
CODE = ("kg/engine", "kg/sources", "kg/batch", "kg/validate", "kg/analyse", "kg/cli/batch.py", "ontology", "data/reference")
LIMIT_SECONDS, LIMIT_MEGABYTES = 3600.0, 8000.0
"""What one run may take before it is ended."""
PAUSE = 0.5
"""Seconds between two looks at the folder of what did not fit in memory."""
LOAD = """
import gzip, sys
from pathlib import Path
import pyoxigraph as ox
store = ox.Store(sys.argv[2])
for part in sorted(Path(sys.argv[1]).rglob("*.gz")):
    with gzip.open(part) as lines:
        store.bulk_load(lines, format=ox.RdfFormat.N_QUADS)
store.flush()
print(len(store))
"""


@dataclass(frozen=True)
class Settings:
    """What is measured.

    Attributes:
        delivery: Folder of the delivery as published.
        sizes: How many times it is taken.
        memory: What `kg batch` is told to hold at most.
        threads: Threads of the engine.
        master: Master of Spark.
        work: Folder for deliveries, stages and results.
        extra: Further options of `kg batch`.
    """

    delivery: Path
    sizes: tuple[int, ...]
    memory: str
    threads: int
    master: str
    work: Path
    extra: tuple[str, ...] = ()

    def data(self, size: int) -> Path:
        """Return the folder of a size, made where it is not there yet."""
        folder = self.work / f"scale-{size}x"
        if not folder.exists():
            scale_data.replicate(self.delivery, folder, size)
        return folder

    def stages(self, size: int, engine: str) -> Path:
        """Return the folder of the stages of a run."""
        return self.work / f"stages-{engine}-{size}x"


def main() -> None:
    """Measure what is asked for, print and write the fragment."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--delivery", type=Path, default=os.environ.get("KG_HORIZON"), help="folder of the delivery [default: KG_HORIZON]")
    parser.add_argument("--sizes", default="1,3,10")
    parser.add_argument("--engine", choices=("duckdb", "spark"), default="duckdb", help="spark: also the smallest size on Spark")
    parser.add_argument("--master", default="local[2]", help="master of Spark")
    parser.add_argument("--memory", default="2GB")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", default="", help=f"some of {', '.join(GROUPS)}, or none")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "benchmarks")
    parser.add_argument("--again", action="store_true")
    parser.add_argument("extra", nargs="*", help="further options of kg batch, after --")
    arguments = parser.parse_args()
    if not arguments.delivery:
        parser.error("name the delivery: --delivery FOLDER")
    sizes = tuple(sorted({int(text) for text in arguments.sizes.split(",")}))
    settings = Settings(
        Path(arguments.delivery).resolve(),
        sizes,
        arguments.memory,
        arguments.threads,
        arguments.master,
        arguments.work.resolve(),
        tuple(arguments.extra),
    )
    chosen = arguments.only or ("batch,store,spark" if arguments.engine == "spark" else "batch,store")
    text = scale_text.fragment(measure(settings, Kept(settings.work, chosen.split(","), again=arguments.again)))
    print(text)
    print(write_fragment("scale", text))


def measure(settings: Settings, kept: Kept) -> Value:
    """Return all results that are there, after measuring what is asked for."""
    found: Value = {"sizes": list(settings.sizes), "memory": settings.memory, "threads": settings.threads, "master": settings.master}
    found |= {"batch": {}, "store": {}, "spark": None}
    key = [fingerprint([settings.delivery]), code(*CODE), code("benchmarks/scale_data.py"), settings.memory, str(settings.threads), *settings.extra]
    for size in settings.sizes:
        found["batch"][str(size)] = kept.get("batch", f"scale-{size}", key, partial(run_batch, settings, size, "duckdb"))
        found["store"][str(size)] = kept.get("store", f"scale-{size}", key, partial(run_store, settings, size))
    smallest = settings.sizes[0]
    found["spark"] = kept.get("spark", f"scale-{smallest}", [*key, settings.master], partial(run_spark, settings, smallest))
    return found


def run_batch(settings: Settings, size: int, engine: str) -> Value:
    """Run the whole batch from nothing, and return its stages with their seconds, rows and memory."""
    work, delivery = settings.stages(size, engine), settings.data(size)
    shutil.rmtree(work, ignore_errors=True)
    command = [*KG, "batch", str(delivery), "--work", str(work), "--engine", engine, "--memory", settings.memory, "--format", "json", *settings.extra]
    command += ["--threads", str(settings.threads)] if engine == "duckdb" else ["--master", settings.master]
    with Largest(work / "spill") as spilt:
        run = watch(command, settings.work, {"PYTHONPATH": str(ROOT), "KG_LANG": "en"}, seconds=LIMIT_SECONDS, megabytes=LIMIT_MEGABYTES)
    value: Value = {"seconds": run.seconds, "cpu": run.cpu, "megabytes": run.megabytes, "spill": spilt.bytes / 1e6, "stages": read_stages(work, run)}
    # Exit code 1 means findings, which a real delivery has.
    if run.code not in (0, 1) or run.ended:
        value["error"] = f"kg batch: {run.ended or f'exit code {run.code}'}: {run.errors}"
    return value


class Largest:
    """The largest size that a folder had while a block ran.

    Attributes:
        bytes: That size, in bytes.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bytes = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Largest:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        while True:
            self.bytes = max(self.bytes, folder_bytes(self.folder))
            if self._done.wait(PAUSE):
                return


def folder_bytes(folder: Path) -> int:
    """Return the size of all files below a folder; what vanishes while it is counted does not count."""
    total = 0
    for inside, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += (Path(inside) / name).stat().st_size
    return total


def read_stages(work: Path, run: Watched | None = None) -> list[Value]:
    """Return the finished stages of a folder in the order they were finished: name, rows, seconds, bytes; processor time and memory meanwhile."""
    found = []
    for path in work.glob("*/stage.json"):
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        end = path.stat().st_mtime
        stage = {"stage": path.parent.name, "rows": record["rows"], "seconds": record["seconds"], "end": end, "about": record.get("about", {})}
        stage["bytes"] = folder_bytes(path.parent / "data")
        stage["cpu"] = run.cpu_between(end - record["seconds"], end) if run else 0.0
        stage["megabytes"] = run.peak(end - record["seconds"], end) if run else 0.0
        found.append(stage)
    return sorted(found, key=lambda stage: float(stage["end"]))


def run_store(settings: Settings, size: int) -> Value:
    """Load the N-Quads of a finished batch into a new embedded store."""
    lines, store = settings.stages(size, "duckdb") / "nquads", settings.work / f"scale-store-{size}x"
    if not (lines / "stage.json").exists():
        return {"error": "needs the group batch first"}
    shutil.rmtree(store, ignore_errors=True)
    run = watch([sys.executable, "-c", LOAD, str(lines), str(store)], settings.work, seconds=LIMIT_SECONDS, megabytes=LIMIT_MEGABYTES)
    value: Value = {"seconds": run.seconds, "cpu": run.cpu, "megabytes": run.megabytes, "bytes": folder_bytes(store)}
    value["quads"] = json.loads((lines / "stage.json").read_text(encoding="utf-8"))["rows"]
    if run.code or run.ended:
        value["error"] = f"{run.ended or f'exit code {run.code}'}: {run.errors}"
    shutil.rmtree(store, ignore_errors=True)
    return value


def run_spark(settings: Settings, size: int) -> Value:
    """Run the batch on Spark and compare every stage with DuckDB's."""
    value = run_batch(settings, size, "spark")
    ours = settings.stages(size, "duckdb")
    if "error" not in value and (ours / "run.json").exists():
        value["same"] = compare(ours, settings.stages(size, "spark"))
    return value


if __name__ == "__main__":
    main()
