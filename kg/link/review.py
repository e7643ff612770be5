"""The review table: pairs a person has to look at, both rows side by side, and the decisions that come back in it.

The table is CSV (RFC 4180). A person fills `decision` with `same`, `part` (the left one is a part of the right one), `related` or `different`, and
`who`; the rows decided go into the mapping set with the justification `semapv:MappingReview`, the others stay open.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import InputError, Problem, Text
from kg.files import write_file
from kg.link.candidates import attributes
from kg.link.entities import Side, read_side
from kg.link.propose import Candidate
from kg.link.sssom import BROAD, EXACT, SEMAPV, EntityMapping, MappingSet
from kg.namespaces import PREFIXES, local_name

if TYPE_CHECKING:
    from kg.engine.base import Engine

DECISIONS: Mapping[str, tuple[str, str]] = {
    "same": (EXACT[0], ""),
    "part": (BROAD, ""),
    "related": (PREFIXES["skos"] + "relatedMatch", ""),
    "different": (EXACT[0], "Not"),
}
"""What a decision says: predicate and modifier."""

SIDE_COLUMNS = ("id", "names", "identifiers", "places", "dates_and_pages", "consortia")
COLUMNS = (
    *("decision", "who", "note", "score", "reasons_de", "reasons_en"),
    *(f"{side}_{column}" for column in SIDE_COLUMNS for side in ("left", "right")),
)
"""Columns of the review table; those a person fills in stand first."""

SHOWN = 12
"""Values of a cell that are shown; the number of others is named."""


def review_rows(
    engine: Engine, quads: Any, left_graph: str | Sequence[str], right_graph: str | Sequence[str], found: Iterable[Candidate]
) -> list[dict[str, str]]:
    """Return the rows of the review table.

    Args:
        engine: Where the expressions run.
        quads: The quad table (Ibis).
        left_graph, right_graph: As for :func:`kg.link.propose.propose`.
        found: Its `review`.
    """
    found = list(found)
    columns = []
    for place, names in enumerate((left_graph, right_graph)):
        side = read_side(engine, quads, names)
        columns.append(_described(engine, side, {candidate.pair[place] for candidate in found}))
    rows = []
    for candidate in found:
        row = dict.fromkeys(COLUMNS, "") | {"score": f"{candidate.score:.3f}"}
        for lang in ("de", "en"):
            row[f"reasons_{lang}"] = "; ".join(f"{reason.text.in_(lang)} ({reason.evidence:+.2f})" for reason in candidate.reasons)
        for name, entity, known in zip(("left", "right"), candidate.pair, columns, strict=True):
            row |= {f"{name}_{column}": _cell(known[column].get(entity, ())) for column in SIDE_COLUMNS[1:]}
            row[f"{name}_id"] = entity
        rows.append(row)
    return rows


def _cell(values: tuple[str, ...]) -> str:
    more = f" (+{len(values) - SHOWN})" if len(values) > SHOWN else ""
    return "; ".join(values[:SHOWN]) + more


def _described(engine: Engine, side: Side, entities: set[str]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return, per column, the texts of some entities of one side."""
    own = side.identifiers
    initiatives = side.names.select(initiative="entity", value="text")
    tables = {
        "names": side.names.select("entity", value="text"),
        "identifiers": own.select("entity", value=own.parent.ifelse("parent ", "") + own.scheme + ":" + own.value),
        "places": side.places.select("entity", value=side.places.text.coalesce(side.places.place)),
        "dates_and_pages": side.details.select("entity", "value"),
        "consortia": side.members.join(initiatives, "initiative").select(entity="organisation", value="value"),
    }
    return attributes(engine, tables, entities)


def review_text(rows: Iterable[Mapping[str, str]]) -> str:
    """Return the review table as CSV."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def write_review(rows: Iterable[Mapping[str, str]], path: Path) -> None:
    """Write the review table, whole or not at all.

    Raises:
        BuildError: The file cannot be written.
    """
    write_file(path, review_text(rows))


def read_decisions(text: str, name: str) -> list[dict[str, str]]:
    """Return the rows of a review table in which a person decided.

    Args:
        text: The table.
        name: File name, for messages.

    Raises:
        InputError: A column is missing, or a row has an unknown decision or nobody's name; all of them are in `problems`.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    if missing := {"decision", "who", "left_id", "right_id"} - set(reader.fieldnames or ()):
        columns = ", ".join(sorted(missing))
        fix = Text("Keep the columns that `kg link` writes.", "Behalten Sie die Spalten, die `kg link` schreibt.")
        raise InputError(Text(f"The columns {columns} are missing.", f"Es fehlen die Spalten {columns}."), where=name, fix=fix)
    found, problems = [], []
    for number, row in enumerate(reader, 2):
        decision = (row["decision"] or "").strip()
        if decision and decision not in DECISIONS:
            known = ", ".join(DECISIONS)
            what, fix = (
                Text(f"{decision!r} is no decision.", f"{decision!r} ist keine Entscheidung."),
                Text(f"Write {known}.", f"Schreiben Sie {known}."),
            )
            problems.append(Problem(name, number, "decision", "unknown-decision", what._asdict(), fix._asdict(), decision))
        elif decision and not (row["who"] or "").strip():
            what, fix = Text("Nobody decided.", "Niemand hat entschieden."), Text("Write your name.", "Schreiben Sie Ihren Namen.")
            problems.append(Problem(name, number, "who", "nobody", what._asdict(), fix._asdict()))
        elif decision:
            found.append({key: value or "" for key, value in row.items() if key} | {"decision": decision})
    if problems:
        what = Text(f"{len(problems)} problems in the review table.", f"{len(problems)} Probleme in der Prüftabelle.")
        fix = Text("Correct the rows listed.", "Berichtigen Sie die genannten Zeilen.")
        raise InputError(what, where=name, fix=fix, problems=tuple(problems))
    return found


def decide(mapping_set: MappingSet, decisions: Iterable[Mapping[str, str]], labels: Mapping[str, tuple[str, str]], *, date: str = "") -> MappingSet:
    """Return a mapping set with the decisions of a review table; a later decision on a pair takes the place of an earlier one.

    Args:
        mapping_set: The set so far.
        decisions: As :func:`read_decisions` returns them.
        labels: For each entity its label and the graph it stands in.
        date: `mapping_date`, `YYYY-MM-DD`, or empty.
    """
    kept = {mapping.pair: mapping for mapping in mapping_set.mappings}
    for row in decisions:
        predicate, modifier = DECISIONS[row["decision"]]
        (left, source), (right, target) = (labels.get(row[side], (local_name(row[side]), "")) for side in ("left_id", "right_id"))
        mapping = EntityMapping(row["left_id"], left, predicate, modifier, row["right_id"], right, SEMAPV + "MappingReview", row["who"].strip())
        mapping = replace(mapping, subject_source=source, object_source=target, mapping_date=date, comment=row.get("note", "").strip())
        kept[mapping.pair] = mapping
    return replace(mapping_set, mappings=tuple(sorted(kept.values())))
