"""Proposals for people: the review table and what comes back in it, the list on the screen, the numbers before and after, and JSON.

The review table is CSV with a byte order mark, made for a spreadsheet: no cell of it is a formula (OWASP, CSV injection). A person fills `decision`
with `accept`, `reject` or `later`, and `who`; empty rows stay open. What is decided is looked up by `id`; the other cells are for reading only.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.analyse.sheets import sheet
from kg.cells import defused, restored
from kg.enrich.model import COLUMNS as SLOTS
from kg.enrich.model import Coverage, Enrichment, Proposal
from kg.errors import InputError, Problem, Text
from kg.sources.tables import MAX_CELL, delimiter_of

ACCEPT, REJECT, LATER = "accept", "reject", "later"
WORDS = (ACCEPT, REJECT, LATER)
COLUMNS = (
    *("decision", "who", "note", "id", "score", "sure", "entity", "label_de", "label_en", "type", "column", "value", "value_label"),
    *("rivals", "reasons_de", "reasons_en", "sources"),
)
MAX_REVIEW = 64 * 1024 * 1024
"""Bytes of a review table."""

SHOWN = 20
"""Proposals, contradictions and problems listed on the screen; how many more there are is said."""

WHAT = {
    "ror": ("ROR", "ROR"),
    "wikidata": ("Wikidata", "Wikidata"),
    "gnd": ("GND", "GND"),
    "pic": ("PIC", "PIC"),
    "place": ("place", "Ort"),
    "city": ("city or nearer", "Stadt oder genauer"),
    "point": ("coordinates", "Koordinaten"),
    "country": ("country", "Land"),
}
TYPES = {"Institution": Text("institutions", "Einrichtungen"), "Place": Text("places", "Orten")}


@dataclass(frozen=True)
class Decision:
    """What a person decided about a proposal.

    Attributes:
        proposal: The proposal.
        decision: `accept`, `reject` or `later`.
        who: Who decided.
        note: What they add, or empty.
    """

    proposal: Proposal
    decision: str
    who: str
    note: str = ""


def reasons(proposal: Proposal, lang: str) -> str:
    """Return the reasons of a proposal as one line, with the strength of each."""
    return "; ".join(f"{reason.text.in_(lang)} ({reason.evidence:+.2f})" if reason.evidence else reason.text.in_(lang) for reason in proposal.reasons)


def value_label(proposal: Proposal) -> str:
    """Return the name of a new place with its country; empty for what the folder holds already."""
    if proposal.place is None:
        return ""
    country = f", {proposal.place.country.de}" if proposal.place.country else ""
    return f"{proposal.place.de}{country} (neu / new)"


def review_text(proposals: Sequence[Proposal]) -> str:
    """Return the review table as CSV."""
    rows = [
        {
            "id": proposal.id,
            "score": f"{proposal.score:.3f}",
            "sure": "x" if proposal.sure else "",
            "entity": proposal.entity,
            "label_de": proposal.label.de,
            "label_en": proposal.label.en,
            "type": proposal.type,
            "column": proposal.column,
            "value": proposal.value,
            "value_label": value_label(proposal),
            "rivals": "; ".join(proposal.rivals),
            "reasons_de": reasons(proposal, "de"),
            "reasons_en": reasons(proposal, "en"),
            "sources": ";".join(proposal.sources),
        }
        for proposal in proposals
    ]
    return sheet(COLUMNS, rows)


def read_review(path: Path, proposals: Sequence[Proposal]) -> list[Decision]:
    """Read the decisions of a review table.

    Args:
        path: The table.
        proposals: What is proposed now; a decision about anything else is refused, so that no edited cell gets into the tables.

    Raises:
        InputError: The file cannot be read, a column is missing, or rows are wrong; all of them are in `problems`.
    """
    try:
        if path.stat().st_size > MAX_REVIEW:
            what = Text("The review table is larger than 64 MB.", "Die Prüftabelle ist größer als 64 MB.")
            raise InputError(what, where=str(path), fix=Text("Keep the rows that are decided.", "Behalten Sie die entschiedenen Zeilen."))
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        what = Text(f"The review table cannot be read: {error}.", f"Die Prüftabelle lässt sich nicht lesen: {error}.")
        raise InputError(what, where=str(path), fix=Text("Name a CSV file in UTF-8.", "Nennen Sie eine CSV-Datei in UTF-8.")) from error
    csv.field_size_limit(MAX_CELL)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter_of(text))
    try:
        rows = list(enumerate(reader, 2))
    except csv.Error as error:
        what = Text(f"The review table is no valid CSV: {error}.", f"Die Prüftabelle ist kein gültiges CSV: {error}.")
        raise InputError(what, where=str(path), fix=Text("Save it as CSV again.", "Speichern Sie sie neu als CSV.")) from error
    if missing := {"decision", "who", "id", "value"} - set(reader.fieldnames or ()):
        columns = ", ".join(sorted(missing))
        fix = Text("Keep the columns that `kg enrich --review` writes.", "Behalten Sie die Spalten, die `kg enrich --review` schreibt.")
        raise InputError(Text(f"The columns {columns} are missing.", f"Es fehlen die Spalten {columns}."), where=str(path), fix=fix)
    return _decisions(path.name, rows, {proposal.id: proposal for proposal in proposals})


def _decisions(name: str, rows: Sequence[tuple[int, dict[str, Any]]], known: dict[str, Proposal]) -> list[Decision]:
    found: list[Decision] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}

    def wrong(row: int, column: str, code: str, what: Text, fix: Text, value: str = "") -> None:
        problems.append(Problem(name, row, column, code, what._asdict(), fix._asdict(), value[:200]))

    for number, row in rows:
        cells = {
            key: restored((value or "").strip()) for key, value in row.items() if isinstance(key, str) and (value is None or isinstance(value, str))
        }
        decision, identity = cells["decision"].casefold(), cells["id"]
        if not decision:
            continue
        proposal = known.get(identity)
        if decision not in WORDS:
            known_words = ", ".join(WORDS)
            fix = Text(f"Write {known_words}, or nothing.", f"Schreiben Sie {known_words} oder nichts.")
            wrong(
                number,
                "decision",
                "unknown-decision",
                Text(f"{decision[:60]!r} is no decision.", f"{decision[:60]!r} ist keine Entscheidung."),
                fix,
                decision,
            )
        elif not cells["who"]:
            wrong(
                number,
                "who",
                "nobody",
                Text("Nobody decided.", "Niemand hat entschieden."),
                Text("Write who decides.", "Schreiben Sie, wer entscheidet."),
            )
        elif proposal is None or cells["value"] != proposal.value:
            what = Text(
                "The tables at hand do not propose this (any more), or its value was edited.",
                "Die Tabellen schlagen dies nicht (mehr) vor, oder der Wert wurde geändert.",
            )
            fix = Text(
                "Give the same tables as before, or write the review table anew; other values go into entities.csv by hand.",
                "Geben Sie dieselben Tabellen an oder schreiben Sie die Prüftabelle neu; andere Werte tragen Sie selbst in entities.csv ein.",
            )
            wrong(number, "id", "unknown-proposal", what, fix, identity)
        elif identity in seen:
            first = seen[identity]
            wrong(
                number,
                "id",
                "twice",
                Text(f"Row {first} decides the same.", f"Zeile {first} entscheidet dasselbe."),
                Text("Keep one.", "Behalten Sie eine."),
                identity,
            )
        else:
            seen[identity] = number
            found.append(Decision(proposal, decision, cells["who"], cells.get("note", "")))
    problems += _double(name, found, seen)
    if problems:
        what = Text(
            f"{len(problems)} problems in the review table; nothing was written.",
            f"{len(problems)} Probleme in der Prüftabelle; geschrieben wurde nichts.",
        )
        first_problem = min(problems)
        fix = Text(f"{first_problem.text('en')}", f"{first_problem.text('de')}")
        raise InputError(what, where=name, fix=fix, problems=tuple(sorted(problems)))
    return found


def _double(name: str, found: Sequence[Decision], seen: dict[str, int]) -> list[Problem]:
    """Return a problem for each two accepted values of one slot."""
    taken: dict[tuple[str, str, str], Decision] = {}
    problems = []
    for decision in found:
        if decision.decision != ACCEPT:
            continue
        other = taken.setdefault(decision.proposal.slot, decision)
        if other is not decision and not decision.proposal.value.startswith("pic:"):
            row = seen[decision.proposal.id]
            what = Text(
                f"Row {seen[other.proposal.id]} accepts another value for the same entity.",
                f"Zeile {seen[other.proposal.id]} nimmt einen anderen Wert für dasselbe an.",
            )
            fix = Text("Accept one, reject the other.", "Nehmen Sie einen an und weisen Sie den anderen zurück.")
            problems.append(Problem(name, row, "decision", "rival", what._asdict(), fix._asdict(), decision.proposal.value))
    return problems


def coverage_text(rows: Sequence[Coverage], lang: str) -> str:
    """Return before and after, one line per type of entity and thing."""
    german = lang == "de"
    lines = []
    for row in rows:
        if not row.total:
            continue
        what = WHAT[row.what][german]
        if german:
            lines.append(
                f"{what}: bei {row.before} von {row.total} {TYPES[row.type].de} → {row.sure} nach den sicheren Vorschlägen, {row.all} mit allen"
            )
        else:
            lines.append(f"{what}: {row.before} of {row.total} {TYPES[row.type].en} → {row.sure} after the sure proposals, {row.all} with all")
    return "\n".join(lines) + "\n" if lines else ""


def human_text(found: Enrichment, lang: str, *, limit: int = SHOWN) -> str:
    """Return proposals, contradictions, what is held back and faulty cells, each list cut at `limit` with the number of the others."""
    german = lang == "de"
    sure = sum(proposal.sure for proposal in found.proposals)
    head = (
        f"{len(found.proposals)} Vorschläge, {sure} davon sicher; {found.put_off} früher entschieden."
        if german
        else f"{len(found.proposals)} proposals, {sure} of them sure; {found.put_off} decided before."
    )
    lines = [head]

    def listed(title: str, texts: Sequence[str]) -> None:
        if texts:
            lines.append(f"\n{title}: {len(texts)}")
            lines.extend(f"  {text}" for text in texts[:limit])
            if len(texts) > limit:
                more = len(texts) - limit
                lines.append(f"  … {more} weitere (--format json, --review)" if german else f"  … {more} more (--format json, --review)")

    for column in SLOTS:
        mine = [proposal for proposal in found.proposals if proposal.column == column]
        shown = [f"{proposal.id}  {proposal.score:.2f} {proposal.entity}: {proposal.value}  – {reasons(proposal, lang)}" for proposal in mine]
        listed(column, shown)
    listed(
        "Widersprüche, nichts vorgeschlagen" if german else "Contradictions, nothing proposed",
        [f"{item.entity} {item.column}: {item.value} ≠ {item.other} – {item.why.in_(lang)}" for item in found.contradictions],
    )
    listed("Zurückgehalten" if german else "Held back", [f"{item.entity}: {item.value} – {item.why.in_(lang)}" for item in found.held])
    listed("Fehlerhafte Zellen der Tabellen" if german else "Faulty cells of the tables", [problem.text(lang) for problem in found.problems])
    lines.extend(("", *(note.in_(lang) for note in found.notes)) if found.notes else ())
    return "\n".join(lines) + "\n"


def as_json(found: Enrichment) -> dict[str, Any]:
    """Return everything found, for machines."""
    return {
        "proposals": [
            {
                **{"id": p.id, "entity": p.entity, "label": p.label._asdict(), "type": p.type, "kind": p.kind, "column": p.column, "value": p.value},
                **{"score": p.score, "sure": p.sure, "rivals": list(p.rivals), "sources": list(p.sources)},
                "reasons": [{"code": reason.code, "evidence": reason.evidence, **reason.text._asdict()} for reason in p.reasons],
                "new_place": p.place
                and {"id": p.place.place_id, "de": p.place.de, "en": p.place.en, "country": p.place.country and p.place.country.place_id},
            }
            for p in found.proposals
        ],
        "contradictions": [
            {"entity": c.entity, "column": c.column, "value": c.value, "other": c.other, "why": c.why._asdict()} for c in found.contradictions
        ],
        "held": [{"entity": h.entity, "value": h.value, "why": h.why._asdict()} for h in found.held],
        "problems": [
            {"file": p.file, "row": p.row, "column": p.column, "code": p.code, "what": p.what, "fix": p.fix, "value": p.value} for p in found.problems
        ],
        "coverage": [{"type": c.type, "what": c.what, "total": c.total, "before": c.before, "sure": c.sure, "all": c.all} for c in found.coverage],
        "notes": [note._asdict() for note in found.notes],
        "decided_before": found.put_off,
    }


def safe(text: str) -> str:
    """Return a text that a person typed as it may stand in a table: one line, no formula, at most 1,000 characters."""
    return defused(" ".join(text.split())[:1000])
