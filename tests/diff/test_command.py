"""`kg diff` as a process: what it takes, what it answers, how it ends; bad input is one clear sentence."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pyoxigraph as ox
import pytest
from typer.testing import CliRunner, Result

from kg.cli import app
from kg.diff import diff
from kg.errors import KgError
from kg.quads import read_parquet, to_oxigraph, write_parquet
from tests.diff.conftest import City
from tests.diff.tables import DORTMUND, ROOT, changed_copy, quad, row_of, table


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["diff", *map(str, arguments)])


def answer(*arguments: object) -> str:
    done = run(*arguments)
    assert done.exit_code == 0, done.output
    return done.stdout


def refused(*arguments: object) -> KgError:
    done = run(*arguments)
    assert isinstance(done.exception, KgError)
    # Both languages say it, and what to do.
    assert done.exception.what.de != done.exception.what.en
    assert done.exception.fix is not None
    return done.exception


def test_previous_and_current_are_the_default(city: City) -> None:
    default = answer("--build", city.root, "--no-measures", "--lang", "en")
    assert default.startswith(f"Changes from {city.old.id} to {city.new.id}")
    for old, new in ((city.old.id[:6], city.new.id[:6]), (city.old.path, city.root), ("previous", "current"), (city.old.path, city.root / "current")):
        assert answer(old, new, "--build", city.root, "--no-measures", "--lang", "en") == default


def test_the_patch_of_two_builds_makes_the_new_one(city: City, tmp_path: Path) -> None:
    target = tmp_path / "deep" / "change.rdfp"
    answer("--build", city.root, "--format", "patch", "--output", target)
    data = ox.Dataset(to_oxigraph(one) for one in read_parquet(city.old.parquet))
    for line in target.read_text(encoding="utf-8").splitlines():
        if line[0] in "AD":
            (parsed,) = ox.parse(line[2:].encode(), format=ox.RdfFormat.N_QUADS)
            (data.add if line[0] == "A" else data.remove)(parsed)
    assert set(data) == {to_oxigraph(one) for one in read_parquet(city.new.parquet)}


def test_json_holds_what_the_docstring_promises(city: City) -> None:
    data = json.loads(answer("--build", city.root, "--format", "json"))
    keys = {"old", "new", "equal", "exact", "graphs", "statements", "bookkeeping", "threshold", "alarms", "classes", "counts", "measures", "notes"}
    assert set(data) == keys
    assert set(data["measures"]) == {"reason", "frame", "sizes", "central", "method"}
    (entity,) = next(entry for entry in data["classes"] if entry["label"]["en"] == "Places")["entities"]
    assert set(entity) == {"iri", "class", "kind", "label", "added", "removed", "successor", "changes"}
    assert set(entity["changes"][0]) == {"code", "property", "others", "old", "new", "text"}
    total = sum(sum(entry["counts"].values()) for entry in data["classes"])
    assert total == sum(len(entry["entities"]) + entry["hidden"] for entry in data["classes"])


def test_exit_code_tells_of_a_loss_only_when_asked(city: City) -> None:
    assert run("--build", city.root, "--no-measures").exit_code == 0
    assert run("--build", city.root, "--no-measures", "--fail-on-drop", 5).exit_code == 1
    assert run("--build", city.root, "--no-measures", "--fail-on-drop", 100).exit_code == 0
    assert run(DORTMUND, DORTMUND, "--fail-on-drop", 0).exit_code == 0


def test_a_graph_can_be_chosen(city: City) -> None:
    data = json.loads(answer("--build", city.root, "--graph", "inferred", "--format", "json", "--no-measures"))
    assert data["graphs"] == ["https://example.org/city/graph/inferred"]
    assert {entity["kind"] for entry in data["classes"] for entity in entry["entities"]} <= {"derived", "added", "withdrawn"}
    with_evidence = json.loads(answer("--build", city.root, "--graph", "city", "--format", "json", "--no-measures"))
    assert len(with_evidence["graphs"]) == 2
    assert "city-evidence" in refused("--build", city.root, "--graph", "nope").text("en")


def test_tables_are_compared_with_the_build_made_of_them(city: City) -> None:
    out = answer(city.tables, "current", "--build", city.root, "--no-measures", "--lang", "en")
    assert "No difference" in out
    assert "Only the graphs of the part are compared (city, city-evidence)" in out


def test_rdf_files_in_two_notations_are_the_same(tmp_path: Path) -> None:
    one, other = tmp_path / "a.ttl", tmp_path / "b.nt"
    one.write_text('@prefix e: <https://example.org/> . e:a e:p [ e:q "1" ; e:r [ e:q "2" ] ] .', encoding="utf-8")
    parsed = ox.Dataset(ox.parse(one.read_bytes(), format=ox.RdfFormat.TURTLE))
    other.write_bytes(ox.serialize((q.triple for q in parsed), format=ox.RdfFormat.N_TRIPLES) or b"")
    assert "No difference: 4 statements" in answer(one, other, "--lang", "en")
    assert answer(one, other, "--format", "patch") == ""


def test_bad_input_is_one_sentence(tmp_path: Path, city: City) -> None:
    damaged, other, middle, null = (tmp_path / f"{name}.parquet" for name in ("damaged", "other", "middle", "null"))
    damaged.write_bytes(b"PAR1 nothing")
    pq.write_table(pa.table({"subject": ["a"]}), other)
    (tmp_path / "empty.nt").touch()
    (tmp_path / "wrong.ttl").write_text("<a> <b", encoding="utf-8")
    (tmp_path / "list.csv").write_text("a,b\n", encoding="utf-8")
    (tmp_path / "nothing").mkdir()
    write_parquet([quad("a", "p", f"text {number}", literal=True) for number in range(2000)], middle)
    data = bytearray(middle.read_bytes())
    data[200:4000] = bytes(3800)
    middle.write_bytes(bytes(data))
    held = pq.read_table(table(tmp_path / "good.parquet", [quad("a", "p", "b")])).to_pydict()
    pq.write_table(pa.table({**held, "object": pa.array([None], pa.string())}), null)
    said = {
        "damaged.parquet": "cannot be read",
        "other.parquet": "no quad table",
        "middle.parquet": "damaged",
        "null.parquet": "null",
        "empty.nt": "empty",
        "wrong.ttl": "Syntax error",
        "list.csv": "nothing that can be compared",
        "nothing": "nothing that can be compared",
        "not-there": "nothing of this name",
    }
    for name, words in said.items():
        error = refused(tmp_path / name, DORTMUND, "--build", city.root)
        assert words in error.text("en"), error.text("en")
    assert "Save its data first" in refused("https://example.org/sparql", DORTMUND).text("en")
    assert "one of human" in refused(DORTMUND, DORTMUND, "--format", "xml").text("en")
    assert "no graph yet" in refused("--build", tmp_path / "nowhere").text("en")


def test_ids_are_told_apart(city: City, tmp_path: Path) -> None:
    assert city.old.id in refused("ffffffff", "current", "--build", city.root).text("en")
    root = tmp_path / "build"
    shutil.copytree(city.root, root, symlinks=True)
    # A copy that somebody made by hand.
    shutil.copytree(city.old.path, root / "graphs" / f"{city.old.id}x")
    (root / "graphs" / "broken").mkdir()
    (root / "graphs" / "broken" / "build.json").write_text("{", encoding="utf-8")
    assert "No difference" in answer(city.old.id, city.old.id, "--build", root, "--lang", "en")
    assert "Several builds" in refused(city.old.id[:8], "current", "--build", root).text("en")
    shutil.rmtree(root / "graphs" / f"{city.old.id}x")
    shutil.rmtree(root / "graphs" / city.old.id)
    assert "only one build" in refused("--build", root).text("en")


def test_faulty_tables_give_their_problems(tmp_path: Path) -> None:
    wrong = changed_copy(DORTMUND, tmp_path / "dortmund", lambda t: t["entities"].set(row_of(t["entities"], "entity_id", "cet"), "start", "gestern"))
    error = refused(DORTMUND, wrong)
    assert [(problem.code, problem.subject) for problem in error.problems] == [("wrong-date", "cet")]


def test_nothing_at_all_is_compared(tmp_path: Path) -> None:
    a, b = table(tmp_path / "a.parquet", []), table(tmp_path / "b.parquet", [])
    out = answer(a, b, "--lang", "de")
    assert "Kein Unterschied: 0 Aussagen" in out
    assert "enthält keine Aussage" in out
    assert "Beides ist dasselbe" in answer(a, a, "--lang", "de")


def test_no_working_folder_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with diff(DORTMUND, DORTMUND) as found:
        assert found.empty
        assert list(tmp_path.iterdir())
    with pytest.raises(KgError):
        diff(DORTMUND, tmp_path / "nowhere")
    assert list(tmp_path.iterdir()) == []


def test_the_command_in_a_process_ends_with_its_code_and_leaves_the_tables(city: City, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in city.tables.iterdir()}
    command = [sys.executable, "-m", "kg", "diff", "--build", str(city.root), "--no-measures", "--fail-on-drop", "5", "--lang", "en"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert "Alarms" in done.stdout
    assert "\x1b" not in done.stdout
    wrong = subprocess.run(
        [*command[:4], "nope"], capture_output=True, text=True, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False
    )
    assert wrong.returncode == 2
    assert wrong.stderr.startswith("kg: nope: ")
    assert "Traceback" not in wrong.stderr
    assert {path: path.read_bytes() for path in city.tables.iterdir()} == before
