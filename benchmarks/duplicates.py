"""`python -m benchmarks.duplicates --build FOLDER`: how long `kg duplicates` takes on a built graph, and how much memory."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import KG, ROOT, machine, watch, write_fragment


def main() -> None:
    """Measure, print and write the fragment."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, required=True, help="folder of builds")
    parser.add_argument("--name", default="Horizon Europe", help="what is built there")
    arguments = parser.parse_args()
    print(write_fragment("duplicates", fragment(arguments.build.resolve(), arguments.name)))


def fragment(build: Path, name: str) -> str:
    """Return the fragment in Markdown.

    Raises:
        SystemExit: The command failed.
    """
    with tempfile.TemporaryDirectory() as work:
        file = Path(work) / "pairs.json"
        found = watch([*KG, "duplicates", "--build", str(build), "--format", "json", "--output", str(file)], Path(work), {"PYTHONPATH": str(ROOT)})
        if found.code:
            sys.exit(found.errors)
        answer = json.loads(file.read_text(encoding="utf-8"))
    entities, pairs = (sum(entry[key] for entry in answer["compared"].values()) for key in ("entities", "pairs"))
    groups = len(answer["groups"])
    return (
        f"## Duplicates\n\n`python -m benchmarks.duplicates --build FOLDER` – {machine()}\n\n"
        "| graph | entities | pairs compared | pairs found | groups | wall s | processor s | peak MB |\n|---|---:|---:|---:|---:|---:|---:|---:|\n"
        f"| {name} | {entities:,} | {pairs:,} | {answer['found']:,} | {groups} | {found.seconds:.1f} | {found.cpu:.1f} | {found.megabytes:.0f} |\n"
    )


if __name__ == "__main__":
    main()
