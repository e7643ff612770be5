"""What a load did, for a reader and for a machine."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from kg.errors import Text
from kg.load.bulk import Bulk
from kg.load.checking import Check
from kg.load.loading import GraphLoaded, Loaded

_STATES = {
    "sent": Text("sent", "gesendet"),
    "continued": Text("continued", "fortgesetzt"),
    "there": Text("there already", "schon da"),
    "planned": Text("would be sent", "würde gesendet"),
    "compared": Text("compared", "verglichen"),
}
MAX_LINE = 300
"""Characters of a statement that are shown."""


def text(loaded: Loaded, lang: str) -> str:
    """Return a load as text: a line per graph, then what it comes to, and every difference."""
    head = [Text("graph", "Graph"), Text("statements", "Aussagen"), Text("state", "Zustand"), Text("chunks", "Stücke")]
    if loaded.compared:
        head += [Text("on the server", "auf dem Server"), Text("compared", "verglichen")]
    rows = [[one.in_(lang) for one in head], *(_row(one, lang, compared=loaded.compared) for one in loaded.graphs)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = [f"{loaded.address} · build {loaded.build}"]
    for row in rows:
        cells = (cell.ljust(width) if column in (0, 2) else cell.rjust(width) for column, (cell, width) in enumerate(zip(row, widths, strict=True)))
        lines.append("  ".join(cells).rstrip())
    lines += ["", *(one.in_(lang) for one in _sums(loaded))]
    for graph in loaded.graphs:
        lines += [one.in_(lang) for one in _differences(graph)]
    for iri in loaded.pruned:
        lines.append(Text(f"Removed from the server: {iri}", f"Vom Server entfernt: {iri}").in_(lang))
    for iri in loaded.gone:
        left = Text(
            f"Loaded earlier, no longer in the build: {iri} (remove it with --prune)",
            f"Früher geladen, nicht mehr im Build: {iri} (entfernen mit --prune)",
        )
        lines.append(left.in_(lang))
    return "\n".join(lines) + "\n"


def to_json(loaded: Loaded) -> dict[str, Any]:
    """Return a load as data; `verified` is `null` where nothing was compared."""
    graphs = []
    for one in loaded.graphs:
        data = asdict(one)
        if one.check:
            data["check"] |= {"same": one.check.same}
            data["check"]["by_predicate"] = {name: {"expected": ours, "counted": theirs} for name, (ours, theirs) in one.check.by_predicate.items()}
        graphs.append(data)
    data = asdict(loaded) | {"graphs": graphs, "gone": list(loaded.gone), "pruned": list(loaded.pruned)}
    return data | {"verified": loaded.same if loaded.compared else None}


def bulk_text(bulk: Bulk, lang: str) -> str:
    """Return which files were written for Virtuoso's loader, and the commands to run."""
    lines = [f"{statements:>12,}  {size:>12,} B  {bulk.folder / file}  <{iri}>" for file, iri, statements, size in bulk.files]
    steps = Text(
        f"Name {bulk.folder} under DirsAllowed in virtuoso.ini, restart the server, and run there:",
        f"Nennen Sie {bulk.folder} unter DirsAllowed in virtuoso.ini, starten Sie den Server neu, und führen Sie dort aus:",
    )
    after = Text("Then compare: kg load --to URL --check", "Danach vergleichen: kg load --to URL --check")
    return "\n".join([*lines, "", steps.in_(lang), "  isql-vt HOST:1111 dba", f"  SQL> LOAD {bulk.script};", after.in_(lang)]) + "\n"


def bulk_json(bulk: Bulk) -> dict[str, Any]:
    """Return the same as data."""
    files = [{"file": file, "graph": iri, "statements": statements, "bytes": size} for file, iri, statements, size in bulk.files]
    return {"folder": str(bulk.folder), "script": str(bulk.script), "files": files}


def _row(one: GraphLoaded, lang: str, *, compared: bool) -> list[str]:
    state = _STATES[one.state].in_(lang)
    if one.again:
        state += Text(" (begun again)", " (neu begonnen)").in_(lang)
    cells = [one.name, _n(one.statements, lang), state, _n(one.chunks, lang)]
    if compared:
        cells += [_n(one.check.counted, lang), _n(one.check.sampled, lang)] if one.check else ["", ""]
    return cells


def _sums(loaded: Loaded) -> list[Text]:
    graphs, statements, sent = len(loaded.graphs), sum(one.statements for one in loaded.graphs), sum(one.sent for one in loaded.graphs)
    plan = any(one.state == "planned" for one in loaded.graphs)
    lines = [
        Text(
            f"{statements:,} statements in {graphs} graphs; {sent:,} {'would be sent' if plan else 'sent'}; {loaded.seconds:.1f} s.",
            f"{_n(statements, 'de')} Aussagen in {graphs} Graphen; {_n(sent, 'de')} {'würden gesendet' if plan else 'gesendet'}; "
            f"{loaded.seconds:.1f}".replace(".", ",")
            + " s.",
        )
    ]
    if not loaded.compared:
        lines.append(Text("Not compared with the server.", "Nicht mit dem Server verglichen."))
        return lines
    checks = [one.check for one in loaded.graphs if one.check]
    sampled, changed = sum(one.sampled for one in checks), sum(one.changed for one in checks)
    blank = sum(one.blank for one in loaded.graphs)
    if loaded.same and not changed:
        lines.append(
            Text(
                f"The server holds the same: the counts of all these graphs, and {sampled:,} statements compared by value.",
                f"Der Server hat dasselbe: die Zahlen aller dieser Graphen und {_n(sampled, 'de')} nach Wert verglichene Aussagen.",
            )
        )
    elif loaded.same:
        lines.append(
            Text(
                f"The counts of all these graphs are the same, and so are {sampled - changed:,} of {sampled:,} statements compared by value.",
                f"Die Zahlen aller dieser Graphen sind gleich, ebenso {_n(sampled - changed, 'de')} von {_n(sampled, 'de')} nach Wert verglichenen Aussagen.",
            )
        )
    if blank:
        lines.append(
            Text(
                f"{blank:,} statements with blank nodes were counted, not compared one by one.",
                f"{_n(blank, 'de')} Aussagen mit leeren Knoten wurden gezählt, nicht einzeln verglichen.",
            )
        )
    if changed:
        lines.append(
            Text(
                f"{changed:,} came back with another datatype, or with coordinates rounded to single precision, among them:",
                f"{_n(changed, 'de')} kamen mit anderem Datentyp oder mit auf einfache Genauigkeit gerundeten Koordinaten zurück, darunter:",
            )
        )
    return lines


def _differences(one: GraphLoaded) -> list[Text]:
    found = one.check
    if not found:
        return []
    lines = [
        Text(f"  {one.name}: {_cut(ours)}  →  {_cut(theirs)}", f"  {one.name}: {_cut(ours)}  →  {_cut(theirs)}") for ours, theirs in found.changes
    ]
    if found.same:
        return lines
    lines.append(
        Text(
            f"{one.name}: the build has {found.expected:,} statements, the server {found.counted:,}.",
            f"{one.name}: Der Build hat {_n(found.expected, 'de')} Aussagen, der Server {_n(found.counted, 'de')}.",
        )
    )
    if found.merged:
        lines.append(
            Text(
                f"  The server merges terms: {found.merged:,} literals have the value of another one of the same subject and predicate, and it keeps one of them.",
                f"  Der Server verschmilzt Terme: {_n(found.merged, 'de')} Literale haben den Wert eines anderen mit demselben Subjekt und Prädikat; er behält eines.",
            )
        )
    if found.missing:
        shown = min(found.missing, len(found.examples))
        lines.append(Text(f"  Missing: {found.missing:,}; the first {shown}:", f"  Es fehlen {_n(found.missing, 'de')}; die ersten {shown}:"))
        for missing in found.examples:
            there = " | ".join(_cut(term) for term in missing.instead)
            has = Text(f"  (has: {there})", f"  (hat: {there})") if there else Text("", "")
            lines.append(Text(f"    {_cut(missing.statement)}{has.en}", f"    {_cut(missing.statement)}{has.de}"))
    lines += _by_predicate(found)
    return lines


def _by_predicate(found: Check) -> list[Text]:
    lines = []
    for name, (ours, theirs) in list(found.by_predicate.items())[:20]:
        lines.append(
            Text(
                f"  {name}: {ours:,} in the build, {theirs:,} on the server",
                f"  {name}: {_n(ours, 'de')} im Build, {_n(theirs, 'de')} auf dem Server",
            )
        )
    if len(found.by_predicate) > 20:
        rest = len(found.by_predicate) - 20
        lines.append(Text(f"  … and {rest} more predicates", f"  … und {rest} weitere Prädikate"))
    if found.uncompared:
        lines.append(
            Text(
                f"  {found.uncompared:,} statements of these predicates were too many to be looked for one by one.",
                f"  {_n(found.uncompared, 'de')} Aussagen dieser Prädikate waren zu viele, um sie einzeln zu suchen.",
            )
        )
    if found.counted > found.expected:
        lines.append(
            Text("  Somebody else writes into this graph; --restart replaces it.", "  In diesen Graphen schreibt noch jemand; --restart ersetzt ihn.")
        )
    return lines


def _n(number: int, lang: str) -> str:
    return f"{number:,}".replace(",", ".") if lang == "de" else f"{number:,}"


def _cut(statement: str) -> str:
    plain = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in statement)
    return plain if len(plain) <= MAX_LINE else f"{plain[:MAX_LINE]}…"
