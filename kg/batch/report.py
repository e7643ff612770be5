"""What a batch says at its end: as a record for machines, as text in both languages, and its stages as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg import __version__
from kg.cells import defused
from kg.errors import Text
from kg.namespaces import SKOS

if TYPE_CHECKING:
    from kg.analyse.frames import Frame
    from kg.analyse.labels import Named
    from kg.batch.run import Batch

TOP = 10
SEVERITIES = ("Violation", "Warning", "Info")

NO_RULES = Text(
    "From sources, without a SPARQL store, no statements are derived: institutions count as named (level unit), not for their larger bodies. "
    "Start from a build (no source) for that.",
    "Aus Quellen, ohne SPARQL-Speicher, wird nichts abgeleitet: Einrichtungen zählen, wie sie genannt sind (Ebene unit), nicht für ihre größeren "
    "Einheiten. Dafür von einem Build ausgehen (ohne Quelle).",
)
APPROXIMATE = Text(
    "{what} approximate: {edges} pairs are more than {limit} (--one-node-edges). Method: {method}.",
    "{what} angenähert: {edges} Paare sind mehr als {limit} (--one-node-edges). Verfahren: {method}.",
)
NOT_CONVERGED = Text(
    "PageRank ended after {rounds} rounds (--rounds) with changes of {change} in all; it is not settled.",
    "PageRank endete nach {rounds} Runden (--rounds) mit Änderungen von zusammen {change}; es hat sich nicht eingependelt.",
)
WHAT = {"communities": Text("Groups are", "Gruppen sind"), "betweenness": Text("Betweenness is", "Betweenness ist")}


def report(batch: Batch, run: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record of a batch.

    Args:
        batch: What was done.
        run: What its folder belongs to.
    """
    from kg.analyse.projection import COUNTING_RULE

    record, frame = batch.given.record, _frame(batch)
    found = dict(batch.found)
    if "pagerank" in found:
        found["pagerank"] = {**found["pagerank"], **_top(batch, frame)}
    return {
        "software": f"innovation-kg {__version__}",
        "run": str(run["id"]),
        "graph": str(record["id"]),
        "title": record.get("title", {}),
        "engine": batch.engine.name,
        "seconds": batch.seconds,
        "stages": [stage.to_json() for stage in batch.stages.records.values()],
        "sources": [
            {"name": source["name"], "frame": source["frame"], "rejected": source["rejected"]["count"]} for source in record.get("sources", ())
        ],
        "frame": frame.to_json(),
        "counting_rule": COUNTING_RULE,
        **found,
        "notes": [{"en": note.en, "de": note.de} for note in _notes(batch, found)],
    }


def _frame(batch: Batch) -> Frame:
    from dataclasses import replace

    from kg.analyse.frames import frame_of
    from kg.build import Build

    frame = frame_of(Build(Path(), batch.given.record))
    known = labels(batch, [named.iri for named in frame.around])
    return replace(frame, around=tuple(known[named.iri] for named in frame.around))


def labels(batch: Batch, iris: list[str]) -> dict[str, Named]:
    """Return some things with their labels; of several in one language the smallest."""
    from kg.analyse.labels import Named

    found: dict[str, dict[str, str]] = {iri: {} for iri in iris}
    if iris:
        statements = batch.stages.table("statements")
        wanted = statements.filter((statements.predicate == SKOS.prefLabel) & statements.subject.isin(iris))
        for row in batch.engine.to_pylist(wanted.select("subject", "object", "language")):
            known = found[row["subject"]]
            known[row["language"]] = min(row["object"], known.get(row["language"], row["object"]))
    return {iri: Named(iri, names) for iri, names in found.items()}


def _top(batch: Batch, frame: Frame) -> dict[str, Any]:
    """Return the institutions of highest PageRank where the frame allows an order, else why there is none."""
    import ibis

    from kg.analyse.frames import may, refusal

    if not may(frame, "order"):
        refused = refusal(frame)
        return {"top": None, "withheld": refused.to_json() if refused else None}
    ranks = batch.stages.table("pagerank")
    # To twelve digits: what differs only in the last ones is equal, and the order of IRIs decides.
    best = ranks.mutate(shown=ranks.pagerank.round(12)).order_by([ibis.desc("shown"), "node"]).limit(TOP)
    rows = batch.engine.to_pylist(best.select("node", "pagerank"))
    nodes = batch.stages.table("nodes")
    iris = {row["id"]: row["iri"] for row in batch.engine.to_pylist(nodes.filter(nodes.id.isin([row["node"] for row in rows])))} if rows else {}
    known = labels(batch, sorted(iris.values()))
    return {"top": [{**known[iris[row["node"]]].to_json(), "pagerank": row["pagerank"]} for row in rows]}


def _notes(batch: Batch, found: Mapping[str, Any]) -> list[Text]:
    notes = [Text(**note) for source in batch.given.record.get("sources", ()) for note in source.get("notes", ())]
    if batch.given.stages and found.get("level") == "unit" and batch.options.level != "unit":
        notes.append(NO_RULES)
    for name, about in found.get("groups", {}).items():
        if about["approximate"] and (why := about.get("because")):
            values = {"edges": f"{why['edges']:,}", "limit": f"{why['one_node_edges']:,}", "method": about["method"]}
            notes.append(Text(APPROXIMATE.en.format(what=WHAT[name].en, **values), APPROXIMATE.de.format(what=WHAT[name].de, **_german(values))))
        elif about["approximate"]:
            notes.append(
                Text(
                    f"{WHAT[name].en} estimated from {about['sources']} origins.",
                    f"{WHAT[name].de} aus {about['sources']} Ausgangspunkten geschätzt.",
                )
            )
    if found.get("groups", {}).get("communities", {}).get("settled") is False:
        about = found["groups"]["communities"]
        moved, rounds = about["moved_last"], about["rounds"]
        notes.append(
            Text(
                f"Label propagation ended after {rounds} rounds while {moved:,} institutions still changed.",
                f"Die Weitergabe der Kennungen endete nach {rounds} Runden, als noch {_points(f'{moved:,}')} Einrichtungen wechselten.",
            )
        )
    ranks = found.get("pagerank")
    if ranks and not ranks["converged"]:
        values = {"rounds": str(ranks["rounds"]), "change": f"{ranks['change']:.2g}"}
        notes.append(Text(NOT_CONVERGED.en.format(**values), NOT_CONVERGED.de.format(**{**values, "change": values["change"].replace(".", ",")})))
    return notes


def _german(values: Mapping[str, str]) -> dict[str, str]:
    return {key: _points(value) if key != "method" else value for key, value in values.items()}


def _points(value: str) -> str:
    return value.replace(",", ".")


def csv_text(record: Mapping[str, Any]) -> str:
    """Return the stages as CSV (RFC 4180)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("stage", "rows", "seconds", "engine", "reused", "key"))
    for stage in record["stages"]:
        writer.writerow([defused(str(stage[name])) for name in ("name", "rows", "seconds", "engine", "reused", "key")])
    return out.getvalue()


def text(record: Mapping[str, Any], lang: str) -> str:
    """Return the report as text for a reader."""
    german = lang == "de"

    def number(value: float, digits: int = 0) -> str:
        written = f"{value:,.{digits}f}"
        return written.translate(str.maketrans(",.", ".,")) if german else written

    def say(en: str, de: str) -> str:
        return de if german else en

    lines = [
        f"{say('Batch', 'Stapellauf')}: {_line(str(record['title'].get(lang) or record['graph']))} – {say('engine', 'Rechenmaschine')} {record['engine']}, {number(record['seconds'], 1)} s",
        "",
    ]
    head = (say("Stage", "Stufe"), say("Rows", "Zeilen"), say("Seconds", "Sekunden"), say("Engine", "Maschine"), "")
    rows = [
        (
            stage["name"],
            number(stage["rows"]),
            number(stage["seconds"], 2),
            stage["engine"],
            say("kept", "vorhanden") if stage["reused"] else say("new", "neu"),
        )
        for stage in record["stages"]
    ]
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(5)]
    for row in (head, *rows):
        cells = [cell.rjust(width) if column in (1, 2) else cell.ljust(width) for column, (cell, width) in enumerate(zip(row, widths, strict=True))]
        lines.append("  " + "  ".join(cells).rstrip())
    lines += ["", *_numbers(record, number, say, lang)]
    frame = record["frame"]
    around = ", ".join(one["label"][lang] for one in frame["around"])
    lines.append(f"{say('Sampling frame', 'Stichprobe')}: {frame['kind']}{f' ({_line(around)})' if around else ''}")
    lines += [f"{say('Note', 'Hinweis')}: {_line(note[lang])}" for note in record["notes"]]
    return "\n".join(lines) + "\n"


def _numbers(record: Mapping[str, Any], number: Any, say: Any, lang: str) -> list[str]:
    """Return one line per number worth reading."""
    lines = []
    if counts := record.get("counts"):
        lines.append(
            f"{say('Statements', 'Aussagen')}: {number(counts['quads'])} {say('quads', 'Quads')}, {number(counts['triples'])} "
            f"{say('triples', 'Tripel')}, {number(counts['subjects'])} {say('subjects', 'Subjekte')}"
        )
    if "results" in record:
        found = record["results"]
        names = {"Violation": say("violations", "Verstöße"), "Warning": say("warnings", "Warnungen"), "Info": say("infos", "Hinweise")}
        others = [name for name in found if name not in SEVERITIES]
        listed = ", ".join(f"{number(found.get(name, 0))} {names.get(name, name)}" for name in (*SEVERITIES, *others))
        lines.append(f"{say('Validation', 'Prüfung')}: {listed}")
    if components := record.get("components"):
        lines.append(
            f"{say('Components', 'Komponenten')}: {number(components['components'])}, {say('largest', 'größte')} {number(components['largest'])}"
        )
    if groups := record.get("groups"):
        near = say(" (approximate)", " (angenähert)") if groups["communities"]["approximate"] else ""
        lines.append(
            f"{say('Groups', 'Gruppen')}: {number(groups['communities']['groups'])}{near}, {say('largest', 'größte')} {number(groups['communities']['largest'])}"
        )
    if difference := record.get("difference"):
        lines.append(
            f"{say('Difference', 'Unterschied')}: {number(difference['added'])} {say('added', 'hinzugekommen')}, "
            f"{number(difference['removed'])} {say('removed', 'weggefallen')}"
        )
    if ranks := record.get("pagerank"):
        lines.append(f"PageRank: {ranks['rounds']} {say('rounds', 'Runden')}, {say('damping', 'Dämpfung')} {number(ranks['damping'], 2)}")
        if ranks["top"] is None:
            lines.append(f"  {_line(ranks['withheld']['reason'][lang])}")
        lines += [f"  {place:>2}. {number(one['pagerank'], 6)}  {_line(one['label'][lang])}" for place, one in enumerate(ranks["top"] or (), start=1)]
    if level := record.get("level"):
        lines.append(f"{say('Level', 'Ebene')}: {level}. {_line(record['counting_rule'][lang])}")
    return lines


def _line(value: str) -> str:
    """Return a text from data without what could move the cursor of a terminal."""
    return "".join(character if character.isprintable() else " " for character in value)
