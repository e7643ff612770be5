"""What the benchmarks measure with: limits that hold, memory of the whole tree, results that are kept, parts that nest, a fragment from results."""

from __future__ import annotations

import csv
import doctest
import gzip
import io
import sys
import time
from fractions import Fraction
from pathlib import Path

import pytest

from benchmarks import cut, growth, horizon, horizon_text
from benchmarks.kept import Kept, Value, fingerprint
from benchmarks.measure import run, watch
from tests.benchmarks import odd_delivery

CHILD = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'x = bytearray(300_000_000); import time; time.sleep(1)'])"


def test_memory_of_the_whole_tree(tmp_path: Path) -> None:
    """What a child of the command holds counts."""
    found = watch([sys.executable, "-c", CHILD], tmp_path)
    assert found.code == 0
    assert not found.ended
    assert 300 < found.megabytes < 600
    assert found.seconds >= 1


def test_limits_end_the_whole_tree(tmp_path: Path) -> None:
    late = watch([sys.executable, "-c", "import time; time.sleep(60)"], tmp_path, seconds=0.5)
    assert (late.ended, late.code < 0, late.seconds < 10) == ("time", True, True)
    mark = tmp_path / "mark"
    child = f"x = bytearray(300_000_000); import time; time.sleep(4); open({str(mark)!r}, 'w')"
    script = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    large = watch([sys.executable, "-c", script], tmp_path, megabytes=200)
    assert large.ended == "memory"
    time.sleep(5)
    assert not mark.exists(), "the child went on"


def test_failure_is_told(tmp_path: Path) -> None:
    found = watch([sys.executable, "-c", "raise SystemExit('no such thing')"], tmp_path)
    assert (found.code, found.errors) == (1, "no such thing")
    with pytest.raises(Exception, match="exit status 1"):
        run([sys.executable, "-c", "raise SystemExit('no such thing')"], tmp_path)


def test_kept_until_the_key_changes(tmp_path: Path) -> None:
    made: list[int] = []

    def make() -> Value:
        made.append(1)
        return {"seconds": float(len(made))}

    kept = Kept(tmp_path, ["plain"])
    assert kept.get("plain", "1/4", ["a"], make) == {"seconds": 1.0}
    assert kept.get("plain", "1/4", ["a"], make) == {"seconds": 1.0}
    assert Kept(tmp_path, []).get("plain", "1/4", ["a"], make) == {"seconds": 1.0}
    assert Kept(tmp_path, []).get("plain", "1/4", ["b"], make) is None
    assert kept.get("plain", "1/4", ["b"], make) == {"seconds": 2.0}
    assert Kept(tmp_path, ["plain"], again=True).get("plain", "1/4", ["b"], make) == {"seconds": 3.0}


def test_errors_are_measured_again(tmp_path: Path) -> None:
    answers: list[Value] = [{"error": "none"}, {"seconds": 1.0}]
    kept = Kept(tmp_path, ["peers"])
    assert kept.get("peers", "x", ["a"], lambda: answers[0]) == {"error": "none"}
    assert kept.get("peers", "x", ["a"], lambda: answers[1]) == {"seconds": 1.0}


def test_fingerprint_sees_names_and_content(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    first = fingerprint([tmp_path])
    (tmp_path / "a").write_text("2")
    second = fingerprint([tmp_path])
    (tmp_path / "a").rename(tmp_path / "b")
    assert len({first, second, fingerprint([tmp_path])}) == 3


def test_parts_nest_and_hold_whole_projects(tmp_path: Path) -> None:
    delivery = tmp_path / "delivery"
    delivery.mkdir()
    ids = [str(101000000 + number) for number in range(400)]
    for table, column in (("project", "id"), ("organization", "projectID"), ("nuts", "nutsCode")):
        with gzip.open(delivery / f"{table}.csv.gz", "wt", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL)
            writer.writerow([column, "text"])
            writer.writerows([name, 'line\nbreak; "quote"'] for name in ids for _ in range(2))
    chosen = {}
    for part in (Fraction(1, 4), Fraction(1, 2)):
        folder = cut.cut(delivery, tmp_path / str(part).replace("/", "-"), part)
        rows = {name: read(folder / f"{name}.csv.gz") for name in ("project", "organization", "nuts")}
        chosen[part] = {row[0] for row in rows["project"][1:]}
        assert rows["project"][1:] == rows["organization"][1:]
        assert {row[1] for row in rows["project"][1:]} == {'line\nbreak; "quote"'}
        assert len(rows["nuts"]) == 801
        assert abs(len(chosen[part]) / 400 - part) < 0.08
    assert chosen[Fraction(1, 4)] < chosen[Fraction(1, 2)]
    assert cut.cut(delivery, tmp_path / "all", Fraction(1)) == delivery


def read(path: Path) -> list[list[str]]:
    with io.TextIOWrapper(gzip.open(path), encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter=";"))


def test_doctests() -> None:
    for module in (cut, growth, horizon):
        found = doctest.testmod(module)
        assert found.attempted
        assert not found.failed


def results() -> Value:
    """Results as a finished run leaves them."""
    step = {"seconds": 2.0, "cpu": 2.0, "megabytes": 400.0}
    ours = {
        part: {"steps": {name: {**step, "seconds": 2.0 * factor} for name in horizon.STEPS}, "quads": 10} for part, factor in (("1/2", 1), ("1", 2))
    }
    stages = [{"stage": name, "seconds": 130.0, "cpu": 120.0, "megabytes": 2000.0} for name in ("map", "validate")]
    plain = {"stages": stages, "seconds": 260.0, "cpu": 240.0, "megabytes": 2000.0, "ended": ""}
    same = {"ours": 3, "plain": 3, "equal": True, "only_ours": [], "only_plain": []}
    peers = {"morph-kgc 1": {"version": "2", "statements": 5, **step, "ended": ""}, "rudof 1/16": {"error": "a\nlast line"}}
    found: Value = {"parts": ["1/2", "1"], "largest": "1", "runs": 3, "projects": {"1/2": 50, "1": 100}, "ours": ours, "plain": plain}
    return {
        **found,
        "alone": {"part": "1/64", "ours": ours["1"], "plain": {**plain, "stages": stages[:1], "seconds": 1630.0, "ended": "time"}},
        "rows": {**step, "seconds": 1.0},
        "targets": {"1/64 rdflib": {**plain, "stages": [], "ended": "time"}},
        "same": same,
        "peers": peers,
    }


def test_fragment_says_what_was_found() -> None:
    text = horizon_text.fragment(results())
    for line in (
        "- Whole job: 16.2 times faster than the plain script with Oxigraph's help (CPU: 30.0), aim 10 (held).",
        "- Validation: 32.5 times faster than pySHACL with Oxigraph's help (CPU: 60.0), aim 30 (held).",
        "- Validation at 1/64: at least 375 times faster than pySHACL alone, as it is installed (4.0 s against at least 1500 s), aim 30 (held).",
        "- Peak memory: 400 MB, aim below 1000 (held).",
        "- Results of both validations: equal (3 and 3).",
        "- Growth in all: exponent 1.00, aim at most 1.1 (held).",
        "1.00 s (2.00 s CPU), aim below 1.5 s (held).",
        "| 1/64 | rdflib | ended by its limit on time after 260 s | |",
        "| rudof | 1/16 | not run: last line | | |",
    ):
        assert line in text, line


def test_fragment_says_what_was_missed() -> None:
    found = results()
    found["alone"]["plain"] = {**found["plain"], "ended": ""}
    found["plain"]["seconds"] = 100.0
    found["same"] = {"ours": 2, "plain": 3, "equal": False, "only_ours": [], "only_plain": [["f", "p", "v", "c", "s"]]}
    found["ours"]["1"]["steps"]["build"]["megabytes"] = 1200.0
    text = horizon_text.fragment(found)
    assert "- Whole job: 6.2 times faster than the plain script with Oxigraph's help (CPU: 30.0), aim 10 (missed)" in text
    assert "- Validation at 1/64: 32 times faster than pySHACL alone" in text
    assert "1200 MB, aim below 1000 (missed)" in text
    assert "not equal (2 and 3)" in text
    assert "only pySHACL: `f p v c s`" in text


def test_fragment_without_results() -> None:
    """What is not measured is said, not left out."""
    empty: Value = {"ours": {}, "plain": None, "alone": None, "rows": None, "targets": {}, "same": None, "peers": {}}
    text = horizon_text.fragment({"parts": ["1"], "largest": "1", "runs": 1, "projects": {"1": 3}, **empty})
    assert text.count("not measured yet") == 3


def test_comparison_counts_duplicates(tmp_path: Path) -> None:
    """Two equal results on one side and one on the other are not the same."""
    import json

    from benchmarks.plain_shacl import write_results

    settings = horizon.Settings(odd_delivery.write(tmp_path / "d"), (Fraction(1),), 1, "", tmp_path)
    assert horizon.compare(settings, Fraction(1)) is None
    row = ("f", "p", "v", "c", "s")
    (tmp_path / "plain-1-1-oxigraph").mkdir()
    write_results([row, row], tmp_path / "plain-1-1-oxigraph" / "results.jsonl")
    (tmp_path / "ours-1-1" / "report").mkdir(parents=True)
    report = {"results": [dict(zip(("focus", "path", "value", "component", "shape"), row, strict=True))]}
    (tmp_path / "ours-1-1" / "report" / "report.json").write_text(json.dumps(report))
    found = horizon.compare(settings, Fraction(1))
    assert found is not None
    assert not found["equal"]
    report["results"] *= 2
    (tmp_path / "ours-1-1" / "report" / "report.json").write_text(json.dumps(report))
    found = horizon.compare(settings, Fraction(1))
    assert found is not None
    assert found["equal"]
