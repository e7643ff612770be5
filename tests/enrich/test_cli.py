"""`kg enrich` as people call it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from kg.enrich.apply import snapshot
from tests.cli.test_cli import kg
from tests.enrich.world import ZSI_ROR, small

TABLE = "name,ror,url\nZentrum für Soziale Innovation,044xeax47,https://zsi.at\nFalsch,044xeax48,\n"


@pytest.fixture
def work(tmp_path: Path) -> Path:
    small(tmp_path / "tables")
    (tmp_path / "list.csv").write_text(TABLE, encoding="utf-8")
    return tmp_path


def test_proposals_review_and_apply_from_one_end_to_the_other(work: Path) -> None:
    before = snapshot(work / "tables")
    done = kg("enrich", "tables", "--with", "list.csv", "--review", "review.csv", cwd=work, lang="de")
    assert done.returncode == 0, done.stderr
    assert ZSI_ROR in done.stdout
    assert "list.csv:3 [ror]" in done.stdout
    assert "ROR: bei 0 von 4 Einrichtungen → 1 nach den sicheren Vorschlägen" in done.stdout
    assert snapshot(work / "tables") == before
    table = work / "review.csv"
    rows = list(csv.DictReader(io.StringIO(table.read_text(encoding="utf-8-sig"), newline="")))
    assert list(rows[0])[:3] == ["decision", "who", "note"]
    for row in rows:
        row.update({"decision": "accept" if row["value"] == ZSI_ROR else "reject", "who": "Redaktion"})
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    table.write_text(out.getvalue(), encoding="utf-8", newline="")
    done = kg("enrich", "tables", "--with", "list.csv", "--apply", "review.csv", cwd=work)
    assert done.returncode == 0, done.stderr
    assert "1 accepted" in done.stdout
    assert "ROR: 1 of 4 institutions" in done.stdout
    assert ZSI_ROR in (work / "tables" / "entities.csv").read_text(encoding="utf-8")
    again = kg("enrich", "tables", "--with", "list.csv", "--format", "json", cwd=work)
    assert json.loads(again.stdout)["proposals"] == []


def test_accept_sure_and_by_id(work: Path) -> None:
    listed = json.loads(kg("enrich", "tables", "--with", "list.csv", "--format", "json", cwd=work).stdout)
    chosen = next(item for item in listed["proposals"] if item["value"] == ZSI_ROR)
    assert chosen["sure"]
    done = kg("enrich", "tables", "--with", "list.csv", "--accept", "sure", "--accept", chosen["id"], "--who", "Redaktion", cwd=work)
    assert (done.returncode, "1 accepted" in done.stdout) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("enrich", "nowhere"), "no folder of tables"),
        (("enrich", "tables", "--with", "none.csv"), "none.csv"),
        (("enrich", "tables", "--with", "list.csv", "--columns", "name=Nam"), "Did you mean name"),
        (("enrich", "tables", "--columns", "name"), "name=Title"),
        (("enrich", "tables", "--with", "list.csv", "--cite", "s2"), "Did you mean s1"),
        (("enrich", "tables", "--accept", "sure"), "--who"),
        (("enrich", "tables", "--accept", "abc", "--who", "x"), "no proposal"),
        (("enrich", "tables", "--accept", "abc", "--apply", "x.csv"), "do not go together"),
        (("enrich", "tables", "--apply", "x.csv"), "x.csv"),
        (("enrich", "tables", "--kind", "name"), "identifier"),
        (("enrich", "tables", "--build", "nothing"), "nothing"),
    ],
)
def test_a_mistake_is_one_line_with_exit_code_2_and_changes_nothing(work: Path, arguments: tuple[str, ...], words: str) -> None:
    before = snapshot(work / "tables")
    done = kg(*arguments, cwd=work)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert snapshot(work / "tables") == before


def test_the_report_alone_and_the_cited_source(work: Path) -> None:
    done = kg("enrich", "tables", "--with", "list.csv", "--cite", "s1", "--report", cwd=work)
    assert done.stdout.startswith("ROR: 0 of 4 institutions → 1 after the sure proposals, 1 with all\n")
    listed = json.loads(kg("enrich", "tables", "--with", "list.csv", "--cite", "s1", "--format", "json", cwd=work).stdout)
    assert {source for item in listed["proposals"] for source in item["sources"]} == {"s1"}
