"""`kg export-sheet` and `kg import-sheet` as a user runs them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from kg.cli import main
from tests.sheet.books import contents, edited, exported, folder, put


@dataclass
class Ended:
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def kg(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """Run the command in this process: its error handling is part of it, and a process of its own takes seconds on a busy machine."""

    def run(*arguments: object, lang: str = "en") -> Ended:
        monkeypatch.setattr(sys, "argv", ["kg", *map(str, arguments), "--lang", lang])
        monkeypatch.setenv("KG_LANG", lang)
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return Ended(int(ended.value.code or 0), out, err)

    return run


def process(*arguments: object, lang: str = "en", where: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kg", *map(str, arguments), "--lang", lang], capture_output=True, text=True, timeout=60, cwd=where, check=False
    )


def test_the_whole_round(tmp_path: Path, kg: Callable[..., Ended]) -> None:
    path = folder(tmp_path / "data")
    made = process("export-sheet", where=path)
    assert (made.returncode, made.stderr) == (0, "")
    assert "relations       4 rows" in made.stdout
    book = path / "data.xlsx"
    edited(book, put("relations", 2, "role", "Partnerin"))
    before = contents(path)
    out = kg("import-sheet", book, path, "--preview")
    assert out.returncode == 0
    assert "-werk,hasParticipant,amt,Partner,2021-11,,s1,Eins\n+werk,hasParticipant,amt,Partnerin,2021-11,,s1,Eins\n" in out.stdout
    assert "relations.csv: 1 cell changed" in out.stdout
    assert out.stdout.endswith("nothing was written.\n")
    assert contents(path) == before
    out = kg("import-sheet", book, path, lang="de")
    assert "relations.csv: 1 Zelle geändert" in out.stdout
    assert f"kg validate {path}" in out.stdout
    assert contents(path) != before


@pytest.mark.parametrize(("lang", "words"), [("en", "Changed in the sheet and in the file: 1"), ("de", "Im Blatt und in der Datei geändert: 1")])
def test_a_conflict_ends_with_1_and_is_told(tmp_path: Path, kg: Callable[..., Ended], lang: str, words: str) -> None:
    path = folder(tmp_path / "data")
    book = edited(exported(path), put("relations", 2, "role", "Blatt\u202e"))
    file = path / "relations.csv"
    file.write_text(file.read_text().replace("amt,Partner,", "amt,Datei,"))
    out = kg("import-sheet", book, path, lang=lang)
    assert out.returncode == 1
    assert words in out.stdout
    assert "relations.csv:2 [role]" in out.stdout
    # What a terminal would obey is written out.
    assert "'Partner'" in out.stdout
    assert "\u202e" not in out.stdout
    found = json.loads(kg("import-sheet", book, path, "--format", "json", lang=lang).stdout)
    assert found["conflicts"][0]["sheet"] == "Blatt\u202e"
    assert not found["written"]
    assert kg("import-sheet", book, path, "--conflicts", "file", lang=lang).returncode == 0


def test_mistakes_end_with_2_in_one_line(tmp_path: Path, kg: Callable[..., Ended]) -> None:
    path = folder(tmp_path / "data")
    for arguments in (
        ("import-sheet", path / "relations.csv", path),
        ("import-sheet", tmp_path / "none.xlsx", path),
        ("import-sheet", exported(path), path, "--conflicts", "both"),
        ("export-sheet", tmp_path / "nothing"),
        ("export-sheet", path, "-o", tmp_path / "x.ods"),
    ):
        out = kg(*arguments)
        assert out.returncode == 2, arguments
        assert out.stderr.startswith("kg: ")
        assert out.stderr.count("\n") == 1
