"""A proposed mapping fits headers as ministries and agencies write them, is valid, and is the same for the same file."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import InputError
from kg.sources.listing import parse_mapping, preview, read_mapping, suggest

EXAMPLE = Path(__file__).resolve().parents[2] / "data" / "examples" / "foundation-projects"

HEADERS: dict[str, tuple[str, dict[str, str]]] = {
    "example": (
        "Project title,Lead organisation,Partners,Role of partners,Start,End,City of lead,Funder,Programme,Grant number,URL",
        {"title": "Project title", "start": "Start", "end": "End", "funder": "Funder", "programme": "Programme", "lead": "Lead organisation",
         "partners": "Partners", "role": "Role of partners", "place": "City of lead", "eu-grant": "Grant number"},
    ),
    "german": (
        "FKZ;Zuwendungsempfänger;Stadt/Gemeinde;Staat;Thema;Laufzeit von;Laufzeit bis;Fördersumme in EUR;Förderprofil",
        {"id": "FKZ", "lead": "Zuwendungsempfänger", "place": "Stadt/Gemeinde", "country": "Staat", "title": "Thema", "start": "Laufzeit von",
         "end": "Laufzeit bis", "amount": "Fördersumme in EUR", "programme": "Förderprofil"},
    ),
    "erasmus": (
        "Key Action;Project Identifier;Project Title;Project Summary;EU Grant award in euros;Start date;End date;Coordinating organisation name;"
        "Coordinating organisation type;Coordinator's country;Project Website",
        {"programme": "Key Action", "id": "Project Identifier", "title": "Project Title", "description": "Project Summary",
         "amount": "EU Grant award in euros", "start": "Start date", "end": "End date", "lead": "Coordinating organisation name",
         "kind": "Coordinating organisation type", "country": "Coordinator's country"},
    ),
    "participations": (
        "projectID\tprojectAcronym\torganisation name\trole\tcity\tcountry\tROR\tcontribution",
        {"id": "projectID", "acronym": "projectAcronym", "organisation": "organisation name", "role": "role", "place": "city", "country": "country",
         "ror": "ROR", "contribution": "contribution"},
    ),
    "misspelled": (
        "Projekttittel;Projektbegin;Projektend;Einrichtug;Rolle im Projekt",
        {"title": "Projekttittel", "start": "Projektbegin", "end": "Projektend", "organisation": "Einrichtug", "role": "Rolle im Projekt"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(HEADERS))
def test_headers_are_understood(tmp_path: Path, name: str) -> None:
    header, expected = HEADERS[name]
    file = tmp_path / "list.csv"
    file.write_text(header + "\n", encoding="utf-8")
    data = tomllib.loads(suggest(file))
    found = {key: value for key, value in data["project"].items() if isinstance(value, str)} | data["project"].get("identifiers", {})
    for block in data["participants"]:
        kind = {expected.get(role): role for role in ("lead", "partners", "organisation")}[block["name"]]
        found[kind] = block["name"]
        found |= {key: value for key, value in block.items() if isinstance(value, str) and key not in ("name", "separator")}
        found |= block.get("identifiers", {})
    found.pop("page", None)
    # The amount of a list without programme or funder waits for the user, as a comment.
    assert {**found, **({"amount": expected["amount"]} if "amount" in expected else {})} == expected
    mapping = parse_mapping(suggest(file))
    assert mapping.columns().keys() <= set(next(csv.reader([header], delimiter=mapping.table.delimiter)))


def test_forms_of_the_cells(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(
        "Titel;Beginn;Ende;Partner;Rolle;Betrag;Programm;Homepage;Sonst\n"
        "Wärme;1.3.2020;2022;A; Partner;1.234,50;P;keine;x\nKälte;13.12.2020;2022;B; Quatsch;k. A.;P;keine;y\n".encode("cp1252")
    )
    text = suggest(file)
    data = tomllib.loads(text)
    assert data["table"] | {"organisation_key": None} == {
        "delimiter": ";", "encoding": "cp1252", "language": "de", "date": ["DD.MM.YYYY", "YYYY"], "decimal": ",", "missing": ["k. A."],
        "organisation_key": None,
    }  # fmt: skip
    assert data["roles"] == {"Partner": "partner"}
    assert '# "Quatsch" = ""  # 1 in the first rows' in text
    assert '#   "Sonst", for example "x"' in text
    assert "page" not in data["project"]
    assert "Homepage" in text.split("# Columns that are not mapped:")[1]


def test_american_dates(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("title,start,organisation\nA,01/31/2020,X\nB,02/03/2020,X\n", encoding="utf-8")
    assert tomllib.loads(suggest(file))["table"]["date"] == ["MM/DD/YYYY"]


def test_the_example_starts_from_what_is_proposed() -> None:
    """The proposal for the example maps what the finished mapping maps."""
    proposed, finished = parse_mapping(suggest(EXAMPLE / "projects.csv")), read_mapping(EXAMPLE / "mapping.toml")
    assert (proposed.project, proposed.identifiers, proposed.participants) == (finished.project, finished.identifiers, finished.participants)
    assert (proposed.table.dates, proposed.roles) == (finished.table.dates, finished.roles)


def test_what_no_mapping_can_be_made_of(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    for data, words in ((b"", "empty"), (b",,\n1,2,3\n", "no column names")):
        file.write_bytes(data)
        with pytest.raises(InputError, match=words):
            suggest(file)
    with pytest.raises(InputError, match="missing"):
        suggest(tmp_path / "no.csv")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    header=st.lists(
        st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(["title", "Rolle", "organisation", "Betrag"]), min_size=1, max_size=8
    ),
    rows=st.lists(st.lists(st.text(st.characters(codec="utf-8"), max_size=12), min_size=8, max_size=8), max_size=4),
)
def test_any_header_gives_valid_toml(tmp_path: Path, header: list[str], rows: list[list[str]]) -> None:
    file = tmp_path / "list.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, quoting=csv.QUOTE_ALL).writerows([header, *(row[: len(header)] for row in rows)])
    try:
        text = suggest(file)
    except InputError:
        return
    assert suggest(file) == text
    data = tomllib.loads(text)
    if ("title" in data["project"] or "id" in data["project"]) and data.get("participants"):
        parse_mapping(text)


def test_a_preview_shows_rows_and_what_is_left_out(tmp_path: Path) -> None:
    mapping = parse_mapping(
        '[graph]\nname = "l"\nbase = "https://example.org/t/"\n[project]\ntitle = "t"\nstart = "s"\n[[participants]]\nname = "o"\nrole = "r"\nplace = "p"\n'
    )
    file = tmp_path / "list.csv"
    file.write_text("t,s,o,r,p\nA,2020,X,Chef,Unna\nA,2020,Y,,\nB,bald,X,,\n,,Z,,\nC,2021,X,,\n", encoding="utf-8")
    shown = preview(file, mapping, rows=3)
    assert [(record.row, record.project, record.facts) for record in shown.records] == [
        (2, "A", {"time": "2020 – …"}),
        (3, "A", {"time": "2020 – …"}),
        (4, "B", {}),
    ]
    assert [(p.role, p.name, p.place) for p in shown.records[0].participants] == [("unspecified", "X", "Unna")]
    assert shown.records[0].iri == "https://example.org/t/id/project/l-a-2020"
    assert shown.totals == {"records": 4, "projects": 3, "organisations": 2, "participations": 4}
    assert shown.counts == {"no-project": 1, "wrong-date": 1}
    german, english = shown.text("de"), shown.text("en")
    assert "list.csv: 4 Zeilen → 3 Projekte, 2 Organisationen, 4 Beteiligungen." in german
    assert "list.csv:4 [s] 'bald' is no date" in english
    assert "list.csv:5 [t] Die Zeile nennt kein Projekt" in german
    assert "'Chef' (1 row, first 2) has no code" in english
