"""Results of finished stages, kept so that a long benchmark resumes where it was left.

A result counts as long as its key does: a hash of the inputs' checksums, of the code that makes it, and of the machine.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from benchmarks.measure import ROOT, machine

Value = dict[str, Any]


def fingerprint(paths: Iterable[Path]) -> str:
    """Return a hash over files, and over all files in folders, by name and content."""
    digest = hashlib.sha256()
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(f"{file.relative_to(path.parent)}\0".encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def code(*names: str) -> str:
    """Return a hash over files and folders of the project."""
    return fingerprint(ROOT / name for name in names)


class Kept:
    """Results in a folder, one JSON file each.

    Args:
        folder: Where they lie.
        measure: Names of the groups to be measured now where they are not there; all others are only looked up.
        again: Measure anew even where a result is there.
    """

    def __init__(self, folder: Path, measure: Iterable[str], *, again: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.measure = set(measure)
        self.again = again

    def get(self, group: str, name: str, key: Iterable[str], make: Callable[[], Value]) -> Value | None:
        """Return a result: the one kept under this key, else a new one, else none.

        A result with an `error` is returned but measured again the next time.
        """
        path = self.folder / f"{group}-{re.sub('[^0-9a-z-]+', '-', name)}.json"
        mark = hashlib.sha256("\n".join([machine(), *key]).encode()).hexdigest()[:16]
        known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        fresh = known.get("key") == mark
        if group in self.measure and (self.again or not fresh or "error" in known["value"]):
            print(f"{group} {name} ...", flush=True)
            known, fresh = {"key": mark, "value": make()}, True
            path.write_text(json.dumps(known, indent=1, ensure_ascii=False), encoding="utf-8")
            print(f"    {summary(known['value'])}", flush=True)
        return dict(known["value"]) if fresh else None


def summary(value: Value) -> str:
    """Return the numbers of a result in a line."""
    return ", ".join(
        f"{name} {item:.2f}" if isinstance(item, float) else f"{name} {item}" for name, item in value.items() if not isinstance(item, list | dict)
    )
