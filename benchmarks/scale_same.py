"""Two runs of the batch compared stage by stage: all rows both ways, texts and integers exactly, floats within a tolerance."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

TOLERANCE = 1e-9
"""Largest difference of two floats: sums in another order differ in the last digits."""
ROUND = ".round-"


def compare(one: Path, two: Path) -> list[dict[str, Any]]:
    """Return what differs between the stages of two folders.

    Args:
        one: Folder of a finished run.
        two: Another one.

    Returns:
        Per stage: `stage`, `rows` (of both), `only` (rows that only one of them has, of both; for floats those beyond :data:`TOLERANCE`), `float` (the
        largest difference of a float) and `same`. A stage that only one of them has is not the same. Rounds of a loop are not compared: what they
        lead to is.
    """
    names = {path.parent.name for work in (one, two) for path in work.glob("*/stage.json")}
    return [_stage(one / name, two / name) for name in sorted(names) if ROUND not in name]


def _stage(one: Path, two: Path) -> dict[str, Any]:
    records = [json.loads((path / "stage.json").read_text(encoding="utf-8")) if (path / "stage.json").exists() else {} for path in (one, two)]
    rows = [int(record.get("rows", -1)) for record in records]
    found: dict[str, Any] = {"stage": one.name, "rows": rows, "only": [0, 0], "float": 0.0, "same": False}
    if -1 in rows or records[0]["schema"] != records[1]["schema"]:
        return found
    if records[0]["schema"]:
        found["only"], found["float"] = _tables(one / "data", two / "data", dict(records[0]["schema"]))
    else:
        counts = [_lines(path / "data") for path in (one, two)]
        found["only"] = [0, 0] if counts[0] == counts[1] else [1, 1]
    found["same"] = rows[0] == rows[1] and found["only"] == [0, 0]
    return found


def _tables(one: Path, two: Path, schema: dict[str, str]) -> tuple[list[int], float]:
    """Return how many rows only one side has, and the largest difference of floats in rows that are alike elsewhere."""
    import duckdb

    floats = [name for name, kind in schema.items() if kind.removeprefix("!").startswith("float")]
    exact = ", ".join(f'"{name}"' for name in schema if name not in floats)
    with duckdb.connect(config={"memory_limit": "1GB", "preserve_insertion_order": False}) as connection:
        for name, folder in (("one", one), ("two", two)):
            files = sorted(str(path) for path in folder.rglob("*.parquet"))
            connection.read_parquet(files).create_view(name)
        only = [
            int(connection.execute(f"SELECT count(*) FROM (SELECT {exact} FROM {a} EXCEPT ALL SELECT {exact} FROM {b})").fetchone()[0])  # type: ignore[index]
            for a, b in (("one", "two"), ("two", "one"))
        ]
        if not floats or only != [0, 0]:
            return only, 0.0
        values = ", ".join(f'"{name}"' for name in floats)
        numbered = f"SELECT *, row_number() OVER (PARTITION BY {exact} ORDER BY {values}) AS nth FROM"
        same = " AND ".join(f'a."{name}" IS NOT DISTINCT FROM b."{name}"' for name in [*(n for n in schema if n not in floats), "nth"])
        apart = ", ".join(f'max(abs(a."{name}" - b."{name}"))' for name in floats)
        beyond = " OR ".join(f'coalesce(abs(a."{n}" - b."{n}") > {TOLERANCE}, (a."{n}" IS NULL) != (b."{n}" IS NULL))' for n in floats)
        found = connection.execute(
            f"SELECT count(*) FILTER (WHERE {beyond}), {apart} FROM ({numbered} one) a JOIN ({numbered} two) b ON {same}"
        ).fetchone()
    assert found is not None
    return [int(found[0])] * 2, max(float(value or 0.0) for value in found[1:])


def _lines(folder: Path) -> tuple[int, int]:
    """Return number and sum of hashes of all lines, the same in whatever order they stand."""
    count = total = 0
    for path in sorted(folder.rglob("*.gz")):
        with gzip.open(path, "rb") as lines:
            for line in lines:
                count += 1
                total += int.from_bytes(hashlib.blake2b(line.rstrip(b"\r\n"), digest_size=8).digest(), "big")
    return count, total % 2**64
