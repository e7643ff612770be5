"""The sheets of a codebook as files: written so that no spreadsheet runs them, read back, and checked row by row.

Cells that a spreadsheet would take for a formula carry an apostrophe (OWASP, CSV injection), which reading takes away again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from kg.cells import defused, restored
from kg.errors import AnalysisError, Problem, Text
from kg.namespaces import SKOS, local_name
from kg.resources import folder as resource
from kg.sources.tables import Row, Table, problem, read_table

CODEBOOK, SECOND, CODES = "codebook.csv", "second-coder.csv", "codes.csv"
COLUMNS = ("id", "wording", "language", "participations", "sources", "example", "example_kind", "example_url", "code", "label_de", "label_en")
SECOND_COLUMNS = ("id", "wording", "language", "example", "example_kind", "example_url", "code")
CODE_COLUMNS = ("code", "label_de", "label_en", "definition_de", "definition_en")

PROBLEMS: dict[str, tuple[str, str, str, str]] = {
    # code: what de, what en, fix de, fix en; filled with str.format
    "unknown-code": (
        "Den Code {value!r} gibt es nicht.",
        "There is no code {value!r}.",
        "{near_de}",
        "{near_en}",
    ),
    "no-code": ("Im Codebuch fehlt der Code.", "The codebook lacks the code.", "Schreiben Sie das Codebuch neu.", "Write the codebook anew."),
    "double-row": (
        "Die Zeile {value} steht zweimal.",
        "The row {value} stands twice.",
        "Löschen Sie eine davon.",
        "Delete one of them.",
    ),
    "missing-row": (
        "Die Zeile {value} ({wording}) fehlt.",
        "The row {value} ({wording}) is missing.",
        "Stellen Sie sie wieder her; ohne Code lassen Sie nur die Zelle leer.",
        "Put it back; to give no code leave its cell empty.",
    ),
    "unknown-row": (
        "Die Zeile {value} steht nicht im Codebuch.",
        "The row {value} is not in the codebook.",
        "Nehmen Sie Bogen und Codebuch aus demselben Lauf.",
        "Take sheet and codebook of the same run.",
    ),
    "other-wording": (
        "Der Wortlaut {value!r} ist ein anderer als im Codebuch ({wording!r}).",
        "The wording {value!r} is not that of the codebook ({wording!r}).",
        "Ändern Sie nur die Spalte code.",
        "Change the column code only.",
    ),
}


@dataclass(frozen=True)
class Code:
    """A code with its label and definition per language."""

    code: str
    label_de: str
    label_en: str
    definition_de: str
    definition_en: str


def role_codes() -> tuple[Code, ...]:
    """Return the codes of participation roles in the order of their list (`ontology/codes/participation-role.ttl`)."""
    import pyoxigraph as ox

    path = resource("ontology", "codes") / "participation-role.ttl"
    texts: dict[str, dict[str, str]] = {}
    tops: list[str] = []
    for triple in ox.parse(path=path, format=ox.RdfFormat.TURTLE):
        subject, predicate, value = triple.subject.value, triple.predicate.value, triple.object
        if predicate == SKOS.hasTopConcept:
            tops.append(value.value)
        elif isinstance(value, ox.Literal) and predicate in (SKOS.prefLabel, SKOS.definition):
            texts.setdefault(subject, {})[f"{local_name(predicate)}-{value.language}"] = value.value
    keys = ("prefLabel-de", "prefLabel-en", "definition-de", "definition-en")
    return tuple(Code(local_name(iri), *(texts.get(iri, {}).get(key, "") for key in keys)) for iri in tops)


def sheet(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Return a table as text: RFC 4180, byte order mark first, cells :func:`~kg.cells.defused`."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({key: defused(value) if isinstance(value, str) else value for key, value in row.items()} for row in rows)
    return "\ufeff" + text.getvalue()


def refuse_filled(path: Path) -> None:
    """Refuse to write over the sheet of a second coder that has been filled in.

    Raises:
        AnalysisError: It holds codes already, or cannot be read.
    """
    if not path.exists():
        return
    there = read_table(path, str(path), ["id", "code"])
    filled = sum(bool(row["code"]) for row in there.rows)
    if filled or there.problems:
        what = Text(
            f"The sheet of the second coder holds {filled} codes already." if filled else "There is a sheet of the second coder that cannot be read.",
            f"Der Bogen der zweiten Person enthält schon {filled} Codes."
            if filled
            else "Dort liegt ein Bogen der zweiten Person, der nicht lesbar ist.",
        )
        fix = Text("Choose another folder, or move the sheet away.", "Wählen Sie einen anderen Ordner, oder legen Sie den Bogen woanders ab.")
        raise AnalysisError(what, where=str(path), fix=fix, problems=tuple(there.problems))


@dataclass(frozen=True)
class Unit:
    """One row of the codebook with both codes; `second` is empty where the second person gave none."""

    id: str
    wording: str
    language: str
    participations: int
    first: str
    second: str
    example: str
    example_url: str


def read(path: Path, required: Sequence[str]) -> Table:
    """Read a sheet; cells are :func:`~kg.cells.restored`.

    Raises:
        AnalysisError: The file is missing, lacks a column, or holds rows that cannot be read.
    """
    found = read_table(path, str(path), required)
    for row in found.rows:
        row.cells.update({column: restored(cell) for column, cell in row.cells.items()})
    if found.problems:
        _refuse(path, found.problems)
    return found


def _refuse(path: Path, problems: Sequence[Problem]) -> None:
    """Raise all problems of a file at once, the first ones in words."""
    told = {lang: " ".join(f"{one.file}:{one.row}: {one.what[lang]} {one.fix[lang]}" for one in problems[:3]) for lang in ("en", "de")}
    more = len(problems) - 3
    rest = Text(f" And {more} more." if more > 0 else "", f" Und {more} weitere." if more > 0 else "")
    raise AnalysisError(Text(told["en"] + rest.en, told["de"] + rest.de), where=path.name, problems=tuple(problems))


def units_of(ours: Table, theirs: Table, codes: Sequence[Code]) -> tuple[Unit, ...]:
    """Return the rows of the codebook with both codes.

    Raises:
        AnalysisError: Rows or codes do not fit; all of them are listed.
    """
    problems: list[Problem] = []
    known = {code.code for code in codes}
    first = _by_id(ours, problems)
    second = _by_id(theirs, problems)
    own = {row["code"] for row in ours.rows if row["code"]}
    for name, row in first.items():
        if not row["code"]:
            problems.append(problem(PROBLEMS, "no-code", ours.file, row.number, "code"))
        if name not in second:
            problems.append(problem(PROBLEMS, "missing-row", theirs.file, 0, "id", value=name, words={"wording": row["wording"]}))
    chosen = {}
    for name, row in second.items():
        if name not in first:
            problems.append(problem(PROBLEMS, "unknown-row", theirs.file, row.number, "id", value=name))
        elif row["wording"] != first[name]["wording"]:
            words = {"wording": first[name]["wording"]}
            problems.append(problem(PROBLEMS, "other-wording", theirs.file, row.number, "wording", value=row["wording"], words=words))
        code = row["code"].casefold()
        if code and code not in known | own:
            problems.append(problem(PROBLEMS, "unknown-code", theirs.file, row.number, "code", value=row["code"], words=_near(code, codes)))
        chosen[name] = code
    if problems:
        _refuse(Path(theirs.file), problems)
    return tuple(
        Unit(name, row["wording"], row["language"], _count(row["participations"]), row["code"], chosen[name], row["example"], row["example_url"])
        for name, row in first.items()
    )


def _by_id(found: Table, problems: list[Problem]) -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for row in found.rows:
        if row["id"] in rows:
            problems.append(problem(PROBLEMS, "double-row", found.file, row.number, "id", value=row["id"]))
        rows.setdefault(row["id"], row)
    return rows


def _count(text: str) -> int:
    """Return a number of participations; one that a spreadsheet has spoilt counts as none, and its row then weighs nothing."""
    return int(text) if text.isascii() and text.isdigit() else 0


def _near(value: str, codes: Sequence[Code]) -> dict[str, str]:
    """Return the codes nearest to one that is unknown, by name or label, as a remedy in both languages."""
    names = {spelling.casefold(): code.code for code in codes for spelling in (code.label_en, code.label_de, code.code)}
    near = list(dict.fromkeys(names[name] for name in get_close_matches(value, sorted(names), n=3, cutoff=0.6)))
    if near:
        return {"near_en": f"Did you mean {' / '.join(near)}?", "near_de": f"Gemeint vielleicht {' / '.join(near)}?"}
    return {"near_en": "codes.csv lists the codes.", "near_de": "codes.csv zählt die Codes auf."}
