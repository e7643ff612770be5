"""Other tools on the same data, as far as they go: morph-kgc maps the tables, rudof validates.

They run in an environment of their own (`--peers PYTHON`), because their pins and the project's do not agree.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.kept import Value
from benchmarks.measure import ROOT, Watched, watch

if TYPE_CHECKING:
    from benchmarks.horizon import Settings

FOLDER = ROOT / "benchmarks" / "peers"
LIMIT_SECONDS, LIMIT_MEGABYTES = 1800.0, 12000.0
RUDOF_PARTS = (Fraction(1, 16), Fraction(1, 4), Fraction(1))


def peers(settings: Settings, largest: Fraction) -> Iterator[tuple[str, Callable[[], Value]]]:
    """Yield name, made of tool and part, and function of each measurement."""
    yield f"morph-kgc {largest}", partial(run_morph, settings, largest)
    for part in RUDOF_PARTS:
        if part <= largest:
            yield f"rudof {part}", partial(run_rudof, settings, part)


def version(settings: Settings, package: str) -> str:
    """Return the version of a package in the peers' environment, empty where it is not there."""
    if not settings.peers:
        return ""
    script = f"import importlib.metadata as m; print(m.version({package!r}))"
    found = subprocess.run([settings.peers, "-c", script], capture_output=True, text=True, check=False)
    return found.stdout.strip()


def absent(package: str) -> Value:
    """Return the result of a peer that is not there."""
    return {"error": f"no environment with {package} was named (--peers)"}


def outcome(run: Watched) -> Value:
    """Return the numbers of a run; an ended one says which limit ended it."""
    value: Value = {"seconds": run.seconds, "cpu": run.cpu, "megabytes": run.megabytes, "ended": run.ended}
    if run.code and not run.ended:
        value["error"] = run.errors or f"exit code {run.code}"
    return value


def run_morph(settings: Settings, part: Fraction) -> Value:
    """Map projects and participations by RML: what needs no function (`benchmarks/peers/horizon.rml.ttl`)."""
    found = version(settings, "morph-kgc")
    if not found:
        return absent("morph-kgc")
    work = settings.work / "morph-kgc"
    work.mkdir(exist_ok=True)
    csv.field_size_limit(sys.maxsize)
    for table in ("project", "organization"):
        # It reads commas by the fast parser, other separators by guessing; the copy is not timed.
        source = settings.part(part) / f"{table}.csv.gz"
        with (
            io.TextIOWrapper(gzip.open(source), encoding="utf-8-sig", newline="") as file,
            (work / f"{table}.csv").open("w", encoding="utf-8", newline="") as to,
        ):
            csv.writer(to).writerows(csv.reader(file, delimiter=";"))
    shutil.copyfile(FOLDER / "horizon.rml.ttl", work / "horizon.rml.ttl")
    lines = (
        "[CONFIGURATION]",
        "output_file = out.nt",
        "output_format = N-TRIPLES",
        "number_of_processes = 1",
        "[CORDIS]",
        "mappings = horizon.rml.ttl",
    )
    (work / "morph.ini").write_text("\n".join(lines) + "\n", encoding="utf-8")
    value = outcome(watch([settings.peers, "-m", "morph_kgc", "morph.ini"], work, seconds=LIMIT_SECONDS, megabytes=LIMIT_MEGABYTES))
    if "error" not in value and not value["ended"]:
        with (work / "out.nt").open("rb") as file:
            value["statements"] = sum(1 for _ in file)
    return {"version": found, **value}


def run_rudof(settings: Settings, part: Fraction) -> Value:
    """Validate with rudof: all shapes, of which it leaves out those with SPARQL targets."""
    found = version(settings, "pyrudof")
    if not found:
        return absent("pyrudof")
    work = settings.work / f"rudof-{part.numerator}-{part.denominator}"
    work.mkdir(exist_ok=True)
    prepare(settings, part, work)
    command = [settings.peers, str(FOLDER / "run_rudof.py"), "data.nt", "shapes.ttl", "out.json"]
    (work / "out.json").unlink(missing_ok=True)
    value = outcome(watch(command, work, seconds=LIMIT_SECONDS, megabytes=LIMIT_MEGABYTES))
    if (work / "out.json").exists():
        value |= json.loads((work / "out.json").read_text(encoding="utf-8"))
    return {"version": found, "triples": sum(1 for _ in (work / "data.nt").open("rb")), **value}


def prepare(settings: Settings, part: Fraction, work: Path) -> None:
    """Write the union of the plain script's graphs as N-Triples and all shapes as one file; not timed."""
    import pyoxigraph as ox
    from rdflib import Dataset

    from benchmarks.plain_horizon import load_vocabulary
    from benchmarks.plain_mapping import map_delivery, read_reference
    from benchmarks.plain_rules import derive
    from benchmarks.plain_shacl import load_shapes

    load_shapes(ROOT / "ontology" / "shapes").serialize(work / "shapes.ttl", format="turtle")
    written = settings.work / f"plain-{part.numerator}-{part.denominator}-oxigraph" / "graph.nq"
    if not written.exists():
        dataset = Dataset(default_union=True)
        map_delivery(dataset, settings.part(part), read_reference(ROOT / "data" / "reference"))
        load_vocabulary(dataset)
        derive(dataset)
        written = work / "graph.nq"
        dataset.serialize(written, format="nquads", encoding="utf-8")
    with (work / "data.nt").open("w", encoding="utf-8") as file:
        for quad in ox.parse(path=str(written), format=ox.RdfFormat.N_QUADS):
            file.write(f"{quad.subject} {quad.predicate} {quad.object} .\n")
