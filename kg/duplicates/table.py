"""Pairs as a table that a person fills in, as text, and as plain data; and the decisions that come back in the table.

The table is CSV with a byte order mark, as spreadsheets like it; no cell is a formula (:func:`kg.cells.defused`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from kg.analyse.sheets import sheet
from kg.cells import restored
from kg.duplicates.decisions import NOTE
from kg.duplicates.find import Found, Group, Pair
from kg.duplicates.model import DECISIONS, DIFFERENT, LATER, SAME, Decision, Known
from kg.errors import InputError, Problem, Text
from kg.namespaces import local_name
from kg.sources.lossless import LosslessTable

SIDE = ("id", "name", "other_names", "identifiers", "places", "kind", "dates", "page")
COLUMNS = (
    *("decision", "who", "note", "score", "class", "group", "for_de", "against_de", "for_en", "against_en"),
    *(f"{side}_{column}" for column in SIDE for side in ("a", "b")),
)
"""Columns of the review table; those a person fills in stand first."""

WORDS: Mapping[str, str] = {
    **{word: word for word in DECISIONS},
    **{"gleich": SAME, "dasselbe": SAME, "verschieden": DIFFERENT, "anders": DIFFERENT, "später": LATER, "spaeter": LATER},
}
"""What may stand in the column `decision`."""

SHOWN = 8
"""Values of a cell that are shown; the number of others is named."""


def short(iri: str) -> str:
    """Return the end of an entity's IRI by which commands accept it.

    >>> short("https://w3id.org/innokg/id/organisation/tu-dortmund")
    'organisation/tu-dortmund'
    """
    return iri.partition("/id/")[2] or iri


def csv_text(found: Found, pairs: Iterable[Pair]) -> str:
    """Return pairs as the review table."""
    return sheet(COLUMNS, (_row(found, pair) for pair in pairs))


def _row(found: Found, pair: Pair) -> dict[str, str]:
    row = dict.fromkeys(COLUMNS, "") | {"score": f"{pair.score:.3f}", "class": pair.kind, "group": str(found.group_of.get(pair.one.entity, ""))}
    for lang in ("de", "en"):
        for name, sign in (("for", 1), ("against", -1)):
            row[f"{name}_{lang}"] = "; ".join(reason.text.in_(lang) for reason in pair.reasons if reason.evidence * sign > 0)
    for side, facts in (("a", pair.one), ("b", pair.other)):
        row |= {
            f"{side}_id": facts.entity,
            f"{side}_name": facts.label,
            f"{side}_other_names": _cell([name for name in facts.names if name != facts.label]),
            f"{side}_identifiers": _cell([f"{scheme}:{value}" for scheme, value in sorted(facts.identifiers)]),
            f"{side}_places": _cell(facts.places or sorted(map(local_name, facts.parents | facts.countries))),
            f"{side}_kind": _cell(sorted(facts.kinds)),
            f"{side}_dates": f"{facts.start}/{facts.end}" if facts.start or facts.end else "",
            f"{side}_page": _cell(facts.pages),
        }
    return row


def _cell(values: Sequence[str]) -> str:
    more = f" (+{len(values) - SHOWN})" if len(values) > SHOWN else ""
    return "; ".join(values[:SHOWN]) + more


def to_json(found: Found, pairs: Sequence[Pair]) -> dict[str, Any]:
    """Return pairs and groups as plain data."""
    return {
        "sources": [{"name": name, "frame": kind} for name, kind in found.frames],
        "between_sources": found.across,
        "least_score": found.least,
        "compared": {name: {"entities": entities, "pairs": number} for name, (entities, number) in found.compared.items()},
        "found": len(found.pairs),
        "shown": len(pairs),
        "left_out": dict(sorted(found.held.items())),
        "pairs": [_pair_json(found, pair) for pair in pairs],
        "groups": [_group_json(group) for group in found.groups],
    }


def _pair_json(found: Found, pair: Pair) -> dict[str, Any]:
    reasons = [{"code": reason.code, "evidence": round(reason.evidence, 3), "de": reason.text.de, "en": reason.text.en} for reason in pair.reasons]
    return {
        "class": pair.kind,
        "a": pair.one.entity,
        "a_label": pair.one.label,
        "b": pair.other.entity,
        "b_label": pair.other.label,
        "score": pair.score,
        "group": found.group_of.get(pair.one.entity),
        "reasons": reasons,
    }


def _group_json(group: Group) -> dict[str, Any]:
    unsupported = None
    if group.unsupported is not None:
        unsupported = [
            {"a": pair.one.entity, "b": pair.other.entity, "score": pair.score, "against": [r.code for r in pair.reasons if r.evidence < 0]}
            for pair in group.unsupported
        ]
    members = [{"id": facts.entity, "label": facts.label} for facts in group.members]
    return {"number": group.number, "class": group.kind, "members": members, "merged_without_support": unsupported}


def human(found: Found, pairs: Sequence[Pair], lang: str) -> str:
    """Return pairs and groups as text in `de` or `en`."""
    german = lang == "de"
    entities, compared = (sum(sizes) for sizes in zip(*found.compared.values(), strict=True))
    frames = ", ".join(f"{name} ({kind})" for name, kind in found.frames)
    lines = [
        f"Wahrscheinlich eins: {len(pairs)} von {len(found.pairs)} Paaren ab Wert {f'{found.least:g}'.replace('.', ',')}; verglichen {compared} Paare von {entities} Einträgen."
        if german
        else f"Probably one: {len(pairs)} of {len(found.pairs)} pairs from score {found.least:g}; compared {compared} pairs of {entities} entities.",
        ("Quellen: " if german else "Sources: ") + frames,
    ]
    if found.held:
        words = {"same": ("als gleich entschieden", "decided as the same"), "different": ("als verschieden entschieden", "decided as different")}
        words |= {"later": ("zurückgestellt", "put off"), "linked": ("schon verknüpft", "linked already")}
        held = ", ".join(f"{number} {words[state][0 if german else 1]}" for state, number in sorted(found.held.items()))
        lines.append(("Nicht gezeigt: " if german else "Not shown: ") + held + ".")
    for number, pair in enumerate(pairs, 1):
        lines += ["", *pair_lines(pair, lang, f"{number}. ", found.group_of.get(pair.one.entity))]
    shown = {pair.one.entity for pair in pairs} | {pair.other.entity for pair in pairs}
    for group in found.groups:
        if shown.intersection(facts.entity for facts in group.members):
            lines += ["", *_group_lines(group, lang)]
    return "\n".join(lines) + "\n"


def pair_lines(pair: Pair, lang: str, number: str = "", group: int | None = None) -> list[str]:
    """Return a pair with its reasons as lines."""
    german = lang == "de"
    at = f", {'Gruppe' if german else 'group'} {group}" if group else ""
    lines = [f"{number}{pair.score:.2f}  {pair.kind}{at}"]
    lines += [f"   {facts.label}  [{short(facts.entity)}]" for facts in (pair.one, pair.other)]
    lines += [f"   {'+' if reason.evidence > 0 else '−'} {reason.text.in_(lang)}" for reason in pair.reasons]
    return lines


def _group_lines(group: Group, lang: str) -> list[str]:
    german = lang == "de"
    size = len(group.members)
    lines = [f"Gruppe {group.number}: {size} × {group.kind}" if german else f"Group {group.number}: {size} × {group.kind}"]
    lines += [f"   {facts.label}  [{short(facts.entity)}]" for facts in group.members[:SHOWN]]
    if size > SHOWN:
        lines.append(f"   … {size - SHOWN} weitere" if german else f"   … {size - SHOWN} more")
    if group.unsupported is None:
        text = "Zu groß, um jedes Paar darin anzusehen." if german else "Too large to look at every pair in it."
        return [*lines, f"   ! {text}"]
    for pair in group.unsupported[:SHOWN]:
        against = "; ".join(reason.text.in_(lang) for reason in pair.reasons if reason.evidence < 0)
        names = f"{pair.one.label} [{short(pair.one.entity)}] = {pair.other.label} [{short(pair.other.entity)}]"
        said = "Ohne Beleg mitverschmolzen" if german else "Would be merged without support"
        lines.append(f"   ! {said}: {names} ({pair.score:.2f}{f'; {against}' if against else ''})")
    if len(group.unsupported) > SHOWN:
        more = len(group.unsupported) - SHOWN
        lines.append(f"   ! … {more} weitere Paare ohne Beleg" if german else f"   ! … {more} more pairs without support")
    return lines


def decided_text(known: Known, labels: Mapping[str, str], lang: str) -> str:
    """Return what is decided as text: same, different, later."""
    words = {SAME: ("gleich", "same"), DIFFERENT: ("verschieden", "different"), LATER: ("später", "later")}
    rows = [(item.decision, item.ends, item.who, item.note, item.where) for item in known.decided.values()]
    rows += [(LATER, ends, item.who, item.note, item.date) for ends, item in known.later.items()]
    lines = []
    for decision, ends, who, note, where in sorted(rows, key=lambda row: (DECISIONS.index(row[0]), row[1])):
        names = {SAME: " = ", DIFFERENT: " ≠ ", LATER: " ? "}[decision].join(f"{labels.get(end) or local_name(end)} [{short(end)}]" for end in ends)
        about = ", ".join(filter(None, (restored(who), restored(note), where)))
        lines.append(f"{words[decision][0 if lang == 'de' else 1]}: {names}" + (f" ({about})" if about else ""))
    return "\n".join(lines or ["Nichts ist entschieden." if lang == "de" else "Nothing is decided."]) + "\n"


def read_decisions(path: Path, who: str) -> list[Decision]:
    """Return the rows of a review table in which a person decided.

    Args:
        path: CSV with comma, semicolon or tab, with or without a byte order mark.
        who: Stands for who decided where the row names nobody.

    Raises:
        InputError: The file cannot be read, a column is missing, or a row has an unknown decision or names no pair; all of them are in `problems`.
    """
    table = LosslessTable.read(path)
    if missing := [column for column in ("decision", "a_id", "b_id") if column not in table.columns]:
        columns = ", ".join(missing)
        fix = Text(
            "Keep the columns that `kg duplicates --format csv` writes.", "Behalten Sie die Spalten, die `kg duplicates --format csv` schreibt."
        )
        raise InputError(Text(f"The columns {columns} are missing.", f"Es fehlen die Spalten {columns}."), where=str(path), fix=fix)
    found, problems = [], []
    for number in table.rows:
        row = {column: restored(value.strip()) for column, value in table.row(number).items()}
        if not (word := row["decision"].casefold()):
            continue
        if word not in WORDS:
            known = ", ".join(DECISIONS)
            what = Text(f"{row['decision']!r} is no decision.", f"{row['decision']!r} ist keine Entscheidung.")
            fix = Text(f"Write {known}, or leave the cell empty.", f"Schreiben Sie {known}, oder lassen Sie die Zelle leer.")
            problems.append(Problem(str(path), number, "decision", "unknown-decision", what._asdict(), fix._asdict(), row["decision"][:NOTE]))
        elif not row["a_id"] or not row["b_id"] or row["a_id"] == row["b_id"]:
            what = Text("The row names no pair.", "Die Zeile nennt kein Paar.")
            fix = Text("Put both ids back.", "Stellen Sie beide Kennungen wieder her.")
            problems.append(Problem(str(path), number, "a_id", "no-pair", what._asdict(), fix._asdict(), row["a_id"][:NOTE]))
        else:
            found.append(Decision(row["a_id"], row["b_id"], WORDS[word], row.get("who") or who, row.get("note", ""), str(path), number))
    if problems:
        what = Text(f"{len(problems)} rows of the review table need correction.", f"{len(problems)} Zeilen der Prüftabelle sind zu berichtigen.")
        raise InputError(what, where=str(path), fix=Text("Nothing was written.", "Geschrieben wurde nichts."), problems=tuple(problems))
    return found
