"""`kg release` of a small and of a large build: time, memory, size.

Usage: python -m benchmarks.release --small FOLDER --large FOLDER [--settings FILE] [--runs N]

Both are folders of builds. A report that `kg validate` has kept there is used, as it is when a steward releases what was checked; without one the validation is
part of the time. Each release is written into a folder of its own, which is removed afterwards.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measure import KG, ROOT, Watched, machine, watch, write_fragment

SMALL_SECONDS = 20.0
LARGE_SECONDS, LARGE_MEGABYTES = 180.0, 1500.0
"""Aims: issue 7, "Numbers"."""
LIMIT_SECONDS = 1800.0


@dataclass(frozen=True)
class Measured:
    """One build released.

    Attributes:
        name: Name of the graph.
        quads: Its statements.
        files: Files of the release.
        plain: Bytes of the files as they are.
        packed: Bytes of the packed ones.
        kept: Whether a kept report was used.
        runs: The runs.
    """

    name: str
    quads: int
    files: int
    plain: int
    packed: int
    kept: bool
    runs: tuple[Watched, ...]

    @property
    def middle(self) -> Watched:
        """The run of median time."""
        return sorted(self.runs, key=lambda run: run.seconds)[len(self.runs) // 2]


def main() -> None:
    """Measure, print and write the fragment."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--small", type=Path, required=True, help="folder of builds")
    parser.add_argument("--large", type=Path, required=True, help="folder of builds")
    parser.add_argument("--settings", type=Path, help="settings with publisher and contact, for builds without")
    parser.add_argument("--runs", type=int, default=3, help="runs of each")
    arguments = parser.parse_args()
    found = [measure(root.resolve(), arguments.settings, arguments.runs) for root in (arguments.small, arguments.large)]
    text = fragment(found[0], found[1])
    print(text)
    print(write_fragment("release", text))


def measure(root: Path, settings: Path | None, runs: int) -> Measured:
    """Release a build some times.

    Raises:
        RuntimeError: A run failed.
    """
    record = json.loads((root / "current" / "build.json").read_text(encoding="utf-8"))
    more = ["--settings", str(settings.resolve())] if settings else []
    done: list[Watched] = []
    manifest: dict[str, Any] = {"files": []}
    with tempfile.TemporaryDirectory() as work:
        for number in range(runs):
            arguments = ["--build", str(root), "--output", work, "--previous", "none", "--with-violations", "--lang", "en", *more]
            found = watch([*KG, "release", f"{number}", *arguments], ROOT, seconds=LIMIT_SECONDS)
            if found.code:
                raise RuntimeError(found.errors)
            done.append(found)
            folder = Path(work) / str(number)
            manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            for path in folder.iterdir():
                path.unlink()
            folder.rmdir()
    files = manifest["files"]
    packed = sum(int(entry["compressed"]["bytes"]) for entry in files if "compressed" in entry)
    kept = (root / "report" / f"{record['id']}.sqlite").is_file()
    return Measured(record["name"], record["quads"], len(files), sum(int(entry["bytes"]) for entry in files), packed, kept, tuple(done))


def fragment(small: Measured, large: Measured) -> str:
    """Return the fragment in Markdown."""
    rows = "".join(
        f"| {one.name} | {one.quads:,} | {one.files} | {one.plain / 1e6:,.0f} | {one.packed / 1e6:,.0f} | {'kept report' if one.kept else 'in the time'} "
        f"| {one.middle.seconds:.1f} | {one.middle.cpu:.1f} | {max(run.megabytes for run in one.runs):,.0f} |\n"
        for one in (small, large)
    )
    peak = max(run.megabytes for run in large.runs)
    return (
        "## Release\n\n"
        f"`python -m benchmarks.release --small FOLDER --large FOLDER` on {machine()}; median of {len(small.runs)} runs, largest memory of the process tree. "
        "*CPU* is processor time, which other work on the machine disturbs less than wall time.\n\n"
        "| graph | statements | files | MB | MB packed besides | validation | s | CPU s | memory MB |\n|---|---:|---:|---:|---:|---|---:|---:|---:|\n"
        f"{rows}\n"
        f"- {small.name}: {small.middle.seconds:.1f} s (aim {SMALL_SECONDS:.0f}: {_held(small.middle.seconds <= SMALL_SECONDS)}).\n"
        f"- {large.name}: {large.middle.seconds:.0f} s (aim {LARGE_SECONDS:.0f}: {_held(large.middle.seconds <= LARGE_SECONDS)}), {peak:,.0f} MB "
        f"(aim {LARGE_MEGABYTES:,.0f}: {_held(peak <= LARGE_MEGABYTES)}).\n"
    )


def _held(holds: bool) -> str:
    return "held" if holds else "**missed**"


if __name__ == "__main__":
    started = time.perf_counter()
    main()
    print(f"{time.perf_counter() - started:.0f} s", file=sys.stderr)
