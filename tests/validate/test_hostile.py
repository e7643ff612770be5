"""Hostile input: no traceback, no hang, every problem counted."""

from __future__ import annotations

import csv
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import InputError, KgError
from kg.namespaces import RDF
from kg.sources.folder import RELATION_COLUMNS
from kg.sources.tables import Table, parse_table
from kg.validate import FORMATS, from_json, render, to_json, validate
from kg.validate.inputs import COLUMNS
from tests.sources.folders import csv_text, relation
from tests.validate.base import rule, small_folder, spoil, violations
from tests.validate.test_inputs import write

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_folder(tmp_path / "small")


@pytest.mark.parametrize(
    "cell",
    [
        '=HYPERLINK("http://e")',
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        "'; DROP TABLE x --",
        "<script>alert(1)</script>",
        '"""',
        "{0} {x!r} %s {{",
        "\\u0000",
        "𝕏" * 50,
    ],
)
def test_cells_are_data(folder: Path, cell: str) -> None:
    spoil(folder, "entities", 2, label_de=cell, description_de=cell, alt_labels=cell)
    assert violations(validate([folder])) == []
    spoil(folder, "entities", 2, start=cell, lat=cell, type=cell, url=cell)
    spoil(folder, "relations", 2, predicate=cell, subject_id=cell)
    report = validate([folder])
    assert {result.value for result in violations(report) if rule(result) == "Table-wrong-date"} == {cell.strip()}
    for name in FORMATS:
        assert render(report, name, lang="de")
    assert from_json(to_json(report)) == report


def test_a_very_long_cell(folder: Path) -> None:
    spoil(folder, "entities", 2, start="9" * 1_000_000, description_de="lang " * 100_000)
    report = validate([folder])
    (result,) = violations(report)
    assert len(result.value) == 1_000_000
    assert len(result.found) < 300
    assert all(len(line) < 2_000 for line in render(report).splitlines())


def test_a_cell_longer_than_allowed_is_an_error(folder: Path) -> None:
    spoil(folder, "entities", 2, description_de="x" * 2_000_000)
    with pytest.raises(InputError, match=r"entities\.csv:2"):
        validate([folder])


def test_control_characters(folder: Path) -> None:
    spoil(folder, "entities", 2, description_de="a\x00b\x1b[2J")
    found = [result for result in validate([folder]).results if result.component == "table"]
    assert [rule(result) for result in found] == ["Table-control-character"]
    assert "\x1b" not in render(validate([folder]))


def test_ten_thousand_problems_are_all_counted(folder: Path) -> None:
    rows = [relation("alpha", "coordinatedBy", "uni", start="gestern", note=str(n)) for n in range(5_000)]
    rows += [relation("alpha", "hasSite", f"none-{n}") for n in range(5_000)]
    (folder / "relations.csv").write_text(csv_text(RELATION_COLUMNS, rows), encoding="utf-8")
    report = validate([folder])
    counts = {name.rsplit("#", 1)[1]: count for name, count in report.rules.items()}
    assert counts["Table-wrong-date"] == 5_000
    assert counts["Table-duplicate-row"] == 4_999
    assert counts["Table-unknown-id"] == 5_000
    assert len({result.id for result in report.results}) == len(report.results)
    text = render(report)
    assert "5000 results" in text
    assert "… and 4990 more" in text
    assert len(text) < 100_000


def test_rows_of_any_width(folder: Path) -> None:
    with (folder / "relations.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["x"] * width for width in (1, 3, 40)])
    rows = [place.row for result in violations(validate([folder])) if rule(result) == "Table-cell-count" for place in result.origin]
    assert rows == [7, 8, 9]


def in_a_process(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Validate in a process of its own: a stack overflow would end it."""
    code = (
        "import sys; from pathlib import Path; from kg.errors import KgError; from kg.validate import validate\n"
        "try: print(len(validate([Path(p) for p in sys.argv[1:]]).results))\n"
        "except KgError as error: print('error', error); sys.exit(2)\n"
    )
    return subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False, cwd=ROOT, timeout=120)


DEEP = {
    "list.ttl": "p:x skos:member " + "(" * 5_000 + ")" * 5_000 + " .\n",
    "nested.ttl": "p:x skos:member " + "[ skos:member " * 5_000 + "1" + " ]" * 5_000 + " .\n",
    "subclasses.ttl": "".join(f"p:c{n} rdfs:subClassOf p:c{n + 1} .\n" for n in range(5_000)) + "p:c5000 rdfs:subClassOf inno:Place . p:x a p:c0 .\n",
    "places.ttl": "".join(f"p:x{n} a inno:Place ; inno:withinPlace p:x{n + 1} .\n" for n in range(300)),
    "nested.jsonld": '{"http://e/p": ' * 20_000 + "1" + "}" * 20_000,
    "nested.rdf": f"<rdf:RDF xmlns:rdf='{RDF['']}' xmlns:e='http://e/'>" + "<e:A><e:p>" * 20_000 + "</e:p></e:A>" * 20_000 + "</rdf:RDF>",
    "wide.ttl": "p:x skos:altLabel " + ", ".join(f'"{n}"' for n in range(50_000)) + " .\n",
}


@pytest.mark.parametrize("name", DEEP)
def test_huge_nesting(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    if name.endswith(".ttl"):
        write(file, DEEP[name])
    else:
        file.write_text(DEEP[name])
    done = in_a_process(str(file))
    assert done.returncode in (0, 2), done.stderr[-2_000:]
    assert "Traceback" not in done.stderr


def test_nothing_is_logged(tmp_path: Path) -> None:
    """Literals that are not of their datatype make rdflib log a traceback each."""
    file = write(
        tmp_path / "a.ttl",
        'p:x a inno:Place ; schema:startDate "x"^^<http://www.w3.org/2001/XMLSchema#date> ; inno:order "yes"^^<http://www.w3.org/2001/XMLSchema#boolean> .\n',
    )
    done = in_a_process(str(file))
    assert done.returncode == 0
    assert done.stderr == ""


@given(st.binary(max_size=400), st.sampled_from(sorted(COLUMNS)))
def test_any_bytes_are_a_table_or_problems(data: bytes, kind: str) -> None:
    table = Table("a.csv")
    parse_table(data, table, COLUMNS[kind])
    assert table.problems or table.columns


CELLS = st.text(st.sampled_from('a1,;"\n\r\t\x00~/.-:äß={}%'), max_size=8)


@given(st.lists(st.lists(CELLS, max_size=6), max_size=6), st.sampled_from([",", ";", "\t"]), st.booleans())
def test_any_text_is_a_table_or_problems(rows: list[list[str]], delimiter: str, bom: bool) -> None:
    text = "a,b,c".replace(",", delimiter) + "\n" + "\n".join(delimiter.join(row) for row in rows)
    table = Table("a.csv")
    parse_table(text.encode("utf-8-sig" if bom else "utf-8"), table, ("a", "b"))
    assert all(row.number >= 2 for row in table.rows)
    assert all(problem.row <= len(text) + 1 for problem in table.problems)


WORDS = [
    "",
    " ",
    "alpha",
    "uni",
    "stadt",
    "²",
    "tag",
    "s1",
    "s2",
    "s1;s2;",
    "2020",
    "2020-13",
    "95",
    "51.5",
    "Project",
    "Award",
    "Institution",
    "Document",
]
WORDS += [
    "partOf",
    "hasParticipant",
    "awardedTo",
    "fundedBy",
    "addresses",
    "startDate",
    "declaredSize",
    "amount",
    "merge",
    "Topic",
    "=1",
    "ror:05591te55",
]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32))
def test_any_cells_give_a_report_or_an_error(tmp_path: Path, seed: int) -> None:
    """Tables with words in the wrong cells: the mapping meets rows that nobody foresaw."""
    folder = small_folder(tmp_path / f"small-{seed}")
    chance = random.Random(seed)
    for name, columns, rows in (("entities", 16, 4), ("relations", 13, 5), ("sources", 8, 2)):
        for _ in range(chance.randrange(6)):
            with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
                header = next(csv.reader(file))
            spoil(folder, name, 2 + chance.randrange(rows), **{header[chance.randrange(min(columns, len(header)))]: chance.choice(WORDS)})
    (folder / "decisions.csv").write_text(f"target,decision,value,who,when,why\n{chance.choice(WORDS)},merge,{chance.choice(WORDS)},x,2020,y\n")
    try:
        report = validate([folder])
    except KgError:
        return
    assert from_json(to_json(report)) == report
