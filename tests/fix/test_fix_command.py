"""`kg fix` at the terminal: exit codes, forms, choices, both languages."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kg.cli import app
from kg.errors import KgError
from tests.fix.cut import contents, cut_of_dortmund, put


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cut_of_dortmund(tmp_path_factory.mktemp("cut") / "tables")


@pytest.fixture
def tables(cut: Path, tmp_path: Path) -> Path:
    folder = Path(shutil.copytree(cut, tmp_path / "tables"))
    put(folder, "entities", "tu-dortmund", {"start": "16.12.1968"})
    put(folder, "entities", "tzdo", {"type": "Institutoin"})
    put(folder, "entities", "helpathon", {"start": "02/05/2020"})
    put(folder, "entities", "fh-dortmund", {"identifiers": "ror:03dv91854"})
    return folder


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["fix", *words], catch_exceptions=False)


def test_nothing_to_repair(cut: Path) -> None:
    assert run(str(cut), "--lang", "en").stdout == "Nothing to repair.\n"
    assert run(str(cut), "--lang", "de").stdout == "Nichts zu reparieren.\n"
    assert run(str(cut), "--lang", "en", "--apply", "--all-sure").stdout == "Nothing to repair.\n"
    for form in ("diff", "sparql", "patch"):
        done = run(str(cut), "--format", form)
        assert (done.exit_code, done.stdout) == (0, "")


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", ("removes", "adds 0", "excludes: ", "Not chosen: others for this cell", "1 finding left to you", "wrong check digits", "sure · ")),
        (
            "de",
            (
                "entfernt",
                "ergänzt 0",
                "schließt aus: ",
                "Nicht gewählt: andere für diese Zelle",
                "1 Befund für Sie",
                "falsche Prüfziffern",
                "sicher · ",
            ),
        ),
    ],
)
def test_the_preview_says_everything_and_changes_nothing(tables: Path, lang: str, said: tuple[str, ...]) -> None:
    before = contents(tables)
    done = run(str(tables), "--lang", lang)
    assert done.exit_code == 0
    for text in (*said, "@@ entities.csv:16 tu-dortmund @@ start", ",16.12.1968,", ",1968-12-16,"):
        assert text in done.stdout
    assert contents(tables) == before


def test_each_kind_and_the_limit(tables: Path) -> None:
    done = run(str(tables), "--lang", "en", "--each", "--limit", "1")
    assert "… and 3 repairs more: --limit 0 lists all." in done.stdout
    assert "  date  1 repair  (Form of a date): removes " in done.stdout


def test_json_holds_all(tables: Path) -> None:
    data = json.loads(run(str(tables), "--format", "json").stdout)
    assert data["kinds"] == {"date": 3, "code": 1}
    assert [len(data[key]) for key in ("proposals", "chosen", "undecided", "left", "harmful")] == [4, 2, 2, 1, 0]
    assert data["effect"]["adds"] == []
    assert len(data["effect"]["removes"]) >= 2
    first = data["proposals"][0]
    assert set(first["reason"]) == {"de", "en"}
    assert set(first) >= {"id", "kind", "file", "row", "column", "before", "after", "score", "sure", "alternatives", "edits"}


def test_sure_ones_then_one_by_id(cut: Path, tables: Path) -> None:
    done = run(str(tables), "--apply", "--all-sure", "--lang", "en")
    assert done.exit_code == 0
    assert "1 repair made: removes " in done.stdout
    data = json.loads(run(str(tables), "--format", "json").stdout)
    ids = [item["id"] for item in data["proposals"] if item["after"] in ("2020-05-02", "Institution")]
    done = run(str(tables), "--apply", "--only", ids[0], "--only", ids[1], "--format", "json")
    assert json.loads(done.stdout)["written"] == [str(tables / "entities.csv")]
    put(tables, "entities", "fh-dortmund", {"identifiers": "ror:03dv91853;grid:grid.449119.0;wikidata:Q1324675"})
    assert contents(tables) == contents(cut)


@pytest.mark.parametrize(
    "words",
    [
        ("--apply",),
        ("--only", "nothing-such"),
        ("--format", "xlsx"),
        ("--apply", "--only", "date", "--output", "."),
    ],
)
def test_mistakes_are_one_error_and_change_nothing(tables: Path, words: tuple[str, ...]) -> None:
    before = contents(tables)
    words = tuple(str(tables) if word == "." else word for word in words)
    with pytest.raises(KgError) as caught:
        run(str(tables), *words)
    assert caught.value.fix
    assert contents(tables) == before


def test_output_goes_to_a_file_or_a_new_folder(tables: Path, tmp_path: Path) -> None:
    before = contents(tables)
    assert run(str(tables), "--format", "diff", "--output", str(tmp_path / "x" / "fix.diff")).exit_code == 0
    assert "+++ b/entities.csv" in (tmp_path / "x" / "fix.diff").read_text(encoding="utf-8")
    assert run(str(tables), "--apply", "--all-sure", "--output", str(tmp_path / "mended")).exit_code == 0
    assert contents(tables) == before
    assert b",1968-12-16," in (tmp_path / "mended" / "entities.csv").read_bytes()


def test_what_cannot_be_read_is_explained(tables: Path) -> None:
    (tables / "relations.csv").write_text("subject_id,predicate\n")
    before = contents(tables)
    for words in ((), ("--apply", "--all-sure"), ("--format", "json")):
        with pytest.raises(KgError) as caught:
            run(str(tables), *words)
        assert {item.code for item in caught.value.problems} >= {"missing-column"}
        assert contents(tables) == before


def test_what_a_terminal_would_obey_is_shown(tables: Path) -> None:
    put(tables, "entities", "t-factor", {"label_de": "T-Factor\x1b[31m"})
    done = run(str(tables), "--lang", "en")
    assert "\x1b" not in done.stdout
    assert "⟨U+001B⟩" in done.stdout
