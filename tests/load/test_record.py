"""The record of a load, and one load at a time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kg.errors import BuildError
from kg.load import Options, load
from kg.load.record import Entry, Record, locked, path_of, read
from tests.load.builds import fake, numbered, write_build

ADDRESS = "http://127.0.0.1:1/store"


def test_it_comes_back_as_it_was(tmp_path: Path) -> None:
    record = read(tmp_path, ADDRESS)
    record.path.parent.mkdir()
    record.build, record.graphs = "b1", {"urn:b": Entry("ab", 3, 90, 60, 2, 1), "urn:a": Entry("cd", 1, 9, 9, 1, 1, counted=1)}
    record.save()
    assert read(tmp_path, ADDRESS) == record
    assert [one.whole for one in record.graphs.values()] == [False, True]
    assert path_of(tmp_path, "http://127.0.0.1:2/store") != record.path


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"format": 2}',
        '{"format": 1, "build": "x", "graphs": {"a": {"sha256": "x"}}}',
        '{"format": 1, "build": "x", "graphs": {"a": {"sha256": "x", "statements": 1, "bytes": 1, "done_bytes": 5}}}',
        '{"format": 1, "build": "x", "graphs": {"a": {"sha256": "x", "statements": -1, "bytes": 1}}}',
        "[" * 100_000,
    ],
)
def test_a_broken_record_is_one_clear_error_and_restart_forgets_it(tmp_path: Path, text: str) -> None:
    write_build(tmp_path, numbered(5))
    with fake() as server:
        path = path_of(tmp_path, server.address)
        path.parent.mkdir()
        path.write_text(text)
        with pytest.raises(BuildError, match="--restart"):
            load(tmp_path, server.address)
        assert path.read_text() == text
        assert load(tmp_path, server.address, Options(restart=True)).same


def test_a_second_load_is_refused_while_the_first_runs(tmp_path: Path) -> None:
    with locked(tmp_path, ADDRESS), pytest.raises(BuildError, match="running"), locked(tmp_path, ADDRESS):
        pass
    with locked(tmp_path, ADDRESS):
        code = (
            "import sys, pathlib; from kg.load.record import locked; from kg.errors import BuildError\n"
            "try:\n  with locked(pathlib.Path(sys.argv[1]), sys.argv[2]): print('in')\nexcept BuildError: print('refused')"
        )
        done = subprocess.run([sys.executable, "-c", code, str(tmp_path), ADDRESS], check=True, capture_output=True, text=True)
        assert done.stdout.strip() == "refused"
    with locked(tmp_path, ADDRESS):
        pass


def test_no_credentials_in_the_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"AUTH": "basic", "USER": "someone", "PASSWORD": "very-secret"}.items():
        monkeypatch.setenv(f"KG_STORE_{name}", value)
    write_build(tmp_path, numbered(5))
    with fake() as server:
        assert load(tmp_path, server.address).same
        assert server.changes()[0].headers["Authorization"].startswith("Basic ")
    for path in (tmp_path / "loads").iterdir():
        assert "secret" not in path.read_text()
        assert "someone" not in path.read_text()


def test_the_record_is_written_by_address(tmp_path: Path) -> None:
    assert Record(tmp_path / "x", "a").graphs == {}
    assert path_of(tmp_path, ADDRESS).parent == tmp_path / "loads"
