"""The whole job on Horizon Europe: the project, a plain script and peers, stage by stage, and how time grows with size.

Usage: python -m benchmarks.horizon --delivery FOLDER [--parts 1/4,1/2,1/1] [--only GROUP,...] [--peers PYTHON] [--again]

Groups: `ours` (`kg build`, `validate`, `analyse`, `publish`), `rows` (`kg validate` of one changed table of 100 rows), `plain` (the script that is
written today, with one help: Oxigraph answers its SPARQL targets), `alone` (its validation without that help, as pySHACL is installed, and the
project's, on a small part), `targets` (both ways on small parts), `peers` (other tools). What is finished is kept in `build/benchmarks/` and
used again until inputs or code change; the fragment is written from what there is. `--only none` measures nothing and writes it anew.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import horizon_peers, horizon_text
from benchmarks.cut import cut
from benchmarks.kept import Kept, Value, code, fingerprint
from benchmarks.measure import KG, ROOT, Watched, watch, write_fragment
from benchmarks.plain_horizon import STAGES
from benchmarks.plain_shacl import Row, read_results

GROUPS = ("ours", "rows", "plain", "alone", "targets", "peers")
STEPS = {
    "build": ["build", "--source", "{delivery}", "--build", "{build}"],
    "validate": ["validate", "--build", "{build}", "--engine", "setwise"],
    "analyse": ["analyse", "--build", "{build}"],
    "publish": ["publish", "--build", "{build}"],
}
OURS = ("kg", "ontology", "queries", "data/reference", "data/mappings")
PLAIN = (*(f"benchmarks/plain_{name}.py" for name in ("horizon", "mapping", "rules", "shacl")), "ontology", "data/reference")
TARGET_PARTS = (Fraction(1, 64), Fraction(1, 16))
"""Parts on which both ways of answering SPARQL targets are tried; the slower one does not finish on much more."""
VALIDATION = ("map", "derive", "validate", "report")
"""Stages of the plain script that a validation needs."""
LIMIT_SECONDS, LIMIT_MEGABYTES = 2 * 3600.0, 6000.0
"""What a plain script or a peer may take before it is ended."""
TARGETS_SECONDS = 1800.0
"""What the plain script may take where only the ways of answering SPARQL targets are compared."""
ALONE_PART, ALONE_SECONDS = Fraction(1, 16), 1500.0
"""Part on which pySHACL alone validates, and what it may take: its time grows much faster than the data."""
ROWS = 100


@dataclass(frozen=True)
class Settings:
    """What is measured.

    Attributes:
        delivery: Folder of the whole delivery.
        parts: Shares of it.
        runs: How often each step of the project runs.
        peers: Python of an environment with peers, or nothing.
        work: Folder for builds and outputs.
    """

    delivery: Path
    parts: tuple[Fraction, ...]
    runs: int
    peers: str
    work: Path

    def part(self, share: Fraction) -> Path:
        """Return the folder of a part, cut where it is not there yet."""
        return cut(self.delivery, self.work / f"part-{name_of(share)}", share)


def name_of(share: Fraction) -> str:
    """Return a share as part of a file name.

    >>> name_of(Fraction(1, 4))
    '1-4'
    """
    return f"{share.numerator}-{share.denominator}"


def main() -> None:
    """Measure what is asked for, print and write the fragment."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--delivery", type=Path, default=os.environ.get("KG_HORIZON"), help="folder of the delivery [default: KG_HORIZON]")
    parser.add_argument("--parts", default="1/4,1/2,1/1")
    parser.add_argument("--only", default=",".join(GROUPS), help=f"some of {', '.join(GROUPS)}, or none")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--peers", default=os.environ.get("KG_PEERS", ""), help="Python of an environment with morph-kgc and pyrudof")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "benchmarks")
    parser.add_argument("--again", action="store_true")
    arguments = parser.parse_args()
    if not arguments.delivery:
        parser.error("name the delivery: --delivery FOLDER")
    parts = tuple(sorted(Fraction(text) for text in arguments.parts.split(",")))
    settings = Settings(Path(arguments.delivery).resolve(), parts, arguments.runs, arguments.peers, arguments.work.resolve())
    kept = Kept(settings.work, arguments.only.split(","), again=arguments.again)
    text = horizon_text.fragment(measure(settings, kept))
    print(text)
    if parts[-1] == 1:
        print(write_fragment("horizon", text))
    else:
        print("Not written: the fragment is about the whole delivery (--parts with 1/1).")


def measure(settings: Settings, kept: Kept) -> Value:
    """Return all results that are there, after measuring what is asked for."""
    inputs = fingerprint([settings.delivery])
    largest = settings.parts[-1]
    found: Value = {"parts": [str(part) for part in settings.parts], "largest": str(largest), "runs": settings.runs, "projects": {}, "ours": {}}
    for part in settings.parts:
        folder = settings.part(part)
        found["projects"][str(part)] = count_rows(folder / "project.csv.gz")
        steps = kept.get("ours", name_of(part), [inputs, code(*OURS), str(settings.runs)], partial(run_ours, settings, folder, part))
        if steps:
            found["ours"][str(part)] = steps
    found["rows"] = kept.get("rows", str(ROWS), [code(*OURS, "data/dortmund"), str(settings.runs)], partial(run_rows, settings))
    plain = [inputs, code(*PLAIN)]
    found["plain"] = kept.get("plain", name_of(largest), plain, partial(run_plain, settings, largest, "oxigraph"))
    found["alone"] = kept.get("alone", name_of(ALONE_PART), [*plain, code(*OURS)], partial(run_alone, settings))
    found["targets"] = {
        f"{part} {engine}": kept.get("targets", f"{name_of(part)}-{engine}", plain, partial(run_plain, settings, part, engine, TARGETS_SECONDS))
        for part in TARGET_PARTS
        if part <= largest
        for engine in ("oxigraph", "rdflib")
    }
    found["peers"] = {
        name: kept.get("peers", name, [inputs, code("benchmarks/peers", "ontology/shapes"), settings.peers], make)
        for name, make in horizon_peers.peers(settings, largest)
    }
    # Outputs of runs whose results no longer count are not compared.
    finished = found["plain"] is not None and "error" not in found["ours"].get(str(largest), {"error": ""})
    found["same"] = compare(settings, largest) if finished else None
    return found


def count_rows(path: Path) -> int:
    """Return the number of records of a packed table, without its header."""
    import gzip
    import io

    csv.field_size_limit(sys.maxsize)
    with io.TextIOWrapper(gzip.open(path), encoding="utf-8-sig", newline="") as file:
        return sum(1 for _ in csv.reader(file, delimiter=";")) - 1


# --- the project ---------------------------------------------------------------------------------------------------------


def run_ours(settings: Settings, delivery: Path, part: Fraction) -> Value:
    """Run the four steps, each a process of its own, from nothing; median of the runs."""
    build = settings.work / f"ours-{name_of(part)}"
    runs: dict[str, list[Watched]] = {step: [] for step in STEPS}
    for _ in range(settings.runs):
        shutil.rmtree(build, ignore_errors=True)
        build.mkdir(parents=True)
        for step, words in STEPS.items():
            command = [*KG, *(word.format(delivery=delivery, build=build) for word in words)]
            run = watch(command, settings.work, {"PYTHONPATH": str(ROOT), "KG_LANG": "en"}, seconds=LIMIT_SECONDS, megabytes=LIMIT_MEGABYTES)
            # Exit code 1 of a validation means findings, which a real delivery has.
            if run.code not in (0, 1) or run.ended:
                return {"error": f"kg {step}: {run.ended or f'exit code {run.code}'}: {run.errors}"}
            runs[step].append(run)
    record = json.loads((build / "current" / "build.json").read_text(encoding="utf-8"))
    return {"steps": {step: middle(found) for step, found in runs.items()}, "quads": record["quads"]}


def middle(runs: Sequence[Watched]) -> Value:
    """Return the run of median time, with the largest memory of all."""
    chosen = sorted(runs, key=lambda run: run.seconds)[len(runs) // 2]
    return {"seconds": chosen.seconds, "cpu": chosen.cpu, "megabytes": max(run.megabytes for run in runs)}


def run_rows(settings: Settings) -> Value:
    """Validate one table of 100 rows beside its neighbours, as a steward does after a change."""
    folder = settings.work / "rows"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "data" / "dortmund", folder)
    # Decisions and retired names speak of rows that are cut off here.
    for name in ("decisions.csv", "retired.csv"):
        (folder / name).unlink(missing_ok=True)
    with (ROOT / "data" / "dortmund" / "relations.csv").open(encoding="utf-8", newline="") as file:
        records = [record for record, _ in zip(csv.reader(file), range(ROWS + 1), strict=False)]
    with (folder / "relations.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(records)
    runs = []
    for _ in range(settings.runs + 1):
        run = watch([*KG, "validate", str(folder / "relations.csv")], settings.work, {"PYTHONPATH": str(ROOT), "KG_LANG": "en"}, seconds=600)
        if run.code not in (0, 1) or run.ended:
            return {"error": f"kg validate: exit code {run.code}: {run.errors}"}
        runs.append(run)
    return middle(runs[1:])


# --- the plain script ----------------------------------------------------------------------------------------------------


def run_plain(settings: Settings, part: Fraction, targets: str, limit: float = LIMIT_SECONDS, chosen: Sequence[str] = STAGES) -> Value:
    """Run the plain script, or some of its stages, on one core; it uses no more."""
    out = settings.work / f"plain-{name_of(part)}-{targets}"
    command = [sys.executable, "-m", "benchmarks.plain_horizon", str(settings.part(part)), "--out", str(out), "--targets", targets]
    command += ["--stages", ",".join(chosen)]
    cores = sorted(os.sched_getaffinity(0))[-1:] if hasattr(os, "sched_getaffinity") else []
    run = watch(command, ROOT, seconds=limit, megabytes=LIMIT_MEGABYTES, cores=cores)
    lines = (out / "stages.jsonl").read_text(encoding="utf-8").splitlines() if (out / "stages.jsonl").exists() else []
    stages = [json.loads(line) for line in lines]
    for stage in stages:
        start, end = stage.pop("start"), stage.pop("end")
        stage |= {"seconds": end - start, "megabytes": run.peak(start, end)}
    value: Value = {"stages": stages, "seconds": run.seconds, "cpu": run.cpu, "megabytes": run.megabytes, "ended": run.ended}
    if run.code and not run.ended:
        value["error"] = run.errors
    return value


def run_alone(settings: Settings) -> Value:
    """Validate a small part by the project and by pySHACL without any help, both wholly on their own."""
    ours = run_ours(settings, settings.part(ALONE_PART), ALONE_PART)
    plain = run_plain(settings, ALONE_PART, "rdflib", ALONE_SECONDS, VALIDATION)
    return {"part": str(ALONE_PART), "ours": ours, "plain": plain}


# --- the same results ----------------------------------------------------------------------------------------------------


def compare(settings: Settings, part: Fraction) -> Value | None:
    """Compare the results of both validations as sorted tuples; nothing where one is missing."""
    ours, plain = (
        settings.work / f"ours-{name_of(part)}" / "report" / "report.json",
        settings.work / f"plain-{name_of(part)}-oxigraph" / "results.jsonl",
    )
    if not ours.exists() or not plain.exists():
        return None
    mine, theirs = results_of(json.loads(ours.read_text(encoding="utf-8"))), read_results(plain)
    one, two = set(mine), set(theirs)
    return {
        "ours": len(mine),
        "plain": len(theirs),
        "equal": sorted(mine) == sorted(theirs),
        "only_ours": [list(row) for row in sorted(one - two)[:5]],
        "only_plain": [list(row) for row in sorted(two - one)[:5]],
    }


def results_of(report: dict[str, Any]) -> list[Row]:
    """Return the results of a report of `kg validate` as tuples: focus, path, value, component, shape."""
    return [(item["focus"], item["path"], item["value"], item["component"], item["shape"]) for item in report["results"]]


if __name__ == "__main__":
    main()
