"""The default engine: what it promises of memory, disk and time; the rest is `test_contract.py`."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.engine.duckdb import DuckDB
from kg.errors import BuildError


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="")
    return path


BIG = "SELECT md5(range::VARCHAR) || md5((range + 1)::VARCHAR) AS text, range AS row FROM range(3000000)"


def test_memory_that_is_too_small_is_an_error_that_says_so() -> None:
    with DuckDB(threads=1, memory="20MB") as small, pytest.raises(BuildError, match="memory is used up"):
        small.cache(small._connection.sql(BIG).order_by("text"))


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: mounts a small file system")
def test_a_full_disk_is_a_full_disk(tmp_path: Path) -> None:
    """Whether what does not fit in memory or what is written finds no room."""
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(tmp_path)], check=False, capture_output=True).returncode:
        pytest.skip("mounting is not allowed on this machine")
    try:
        with DuckDB(threads=1, memory="50MB", spill=tmp_path / "spill") as small:
            with pytest.raises(OSError, match="No space left") as caught:
                small.cache(small._connection.sql(BIG).order_by("text"))
            assert caught.value.errno == errno.ENOSPC
            with pytest.raises(OSError, match="No space left"):
                small.to_parquet(small._connection.sql(BIG), tmp_path / "a.parquet")
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    """A portal opens a graph that somebody removes at this moment."""
    file = tmp_path / "a.parquet"
    with DuckDB() as engine:
        engine.to_parquet(engine._connection.sql("SELECT 1 AS a"), file)
        table = engine.quads([file])
        file.unlink()
        uses: list[Callable[[], object]] = [lambda: engine.to_arrow(table), lambda: engine.quads([file])]
        for use in uses:
            with pytest.raises(BuildError, match="no longer there") as caught:
                use()
            assert str(file) in str(caught.value)


def test_nothing_heavy_is_imported_for_rows(tmp_path: Path) -> None:
    """pandas takes 0.4 s to import, and no way to rows needs it."""
    write(tmp_path / "a.csv", "a\n1\n")
    code = (
        "import sys\nfrom pathlib import Path\nfrom kg.engine.duckdb import DuckDB\nwith DuckDB() as engine:\n"
        f"    table = engine.csv(Path({str(tmp_path / 'a.csv')!r}), ('a',), delimiter=';')\n"
        "    engine.to_pylist(table), engine.scalar(table.count()), engine.to_arrow(table), list(engine.batches(table, 10))\n"
        f"    engine.to_parquet(table, Path({str(tmp_path / 'a.parquet')!r}))\nprint('pandas' in sys.modules)\n"
    )
    import sys

    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert done.stdout.strip() == "False"
