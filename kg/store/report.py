"""What a probe found, for readers: `kg store info`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from kg.errors import Text
from kg.store.probe import FEATURES, Probe

_VERDICTS = {"yes": Text("yes", "ja"), "no": Text("no", "nein"), "not-asked": Text("not asked", "nicht gefragt"), "error": Text("no", "nein")}
_CONVERTED = {
    "numbers": Text("numbers (007 → 7)", "Zahlen (007 → 7)"),
    "booleans": Text("booleans (1 → true)", "Wahrheitswerte (1 → true)"),
    "times": Text("times (+00:00 → Z)", "Zeiten (+00:00 → Z)"),
    "languages": Text("language tags (de-AT → de-at)", "Sprachangaben (de-AT → de-at)"),
    "large-numbers": Text("integers beyond 64 bit", "ganze Zahlen über 64 Bit"),
    "terms": Text("equal values of different types become one term (1, 1.0)", "gleiche Werte verschiedener Typen werden ein Term (1, 1.0)"),
    "unknown": Text("could not be told", "nicht festzustellen"),
}
_CONSTRUCT = Text("CONSTRUCT", "CONSTRUCT")


def as_json(found: Probe) -> dict[str, Any]:
    """Return a probe as JSON; errors in both languages."""
    return {**asdict(found), "errors": {name: error._asdict() for name, error in found.errors.items()}, "canonicalises": list(found.canonicalises)}


def text(found: Probe, lang: str) -> str:
    """Return a probe as lines of a name and a value."""
    german = lang == "de"

    def say(en: str, de: str) -> str:
        return de if german else en

    def number(value: int) -> str:
        return f"{value:,}".replace(",", ".") if german else f"{value:,}"

    def many(verdicts: Mapping[str, str]) -> str:
        return ", ".join(name if one == "yes" else f"{name} ({_VERDICTS[one].in_(lang)})" for name, one in verdicts.items())

    embedded = found.kind == "embedded"
    known = (
        say(" (its quirks are known)", " (seine Eigenheiten sind bekannt)")
        if found.known
        else say(" (nothing is known of it)", " (nichts darüber bekannt)")
    )
    rows = [
        (say("store", "Speicher") if embedded else say("endpoint", "Endpunkt"), found.location),
        (say("server", "Server"), (found.server or say("does not say", "sagt es nicht")) + ("" if embedded else known)),
        (
            say("statements", "Aussagen"),
            say(f"{number(found.quads)} in {len(found.graphs)} named graphs", f"{number(found.quads)} in {len(found.graphs)} benannten Graphen"),
        ),
        *((f"  {number(count)}", graph) for graph, count in found.graphs.items()),
        (say("ASK {} takes", "ASK {} dauert"), f"{found.seconds * 1000:.2f} ms"),
    ]
    if not embedded:
        union = say("the union of the named graphs", "die Vereinigung der benannten Graphen")
        apart = say("not their union: every query names the graphs", "nicht deren Vereinigung: Jede Abfrage nennt die Graphen")
        cut = (
            say("could not be told", "nicht festzustellen")
            if not found.rows_tried
            else say(f"none seen up to {number(found.rows_tried)} rows", f"bis {number(found.rows_tried)} Zeilen keine")
            if found.row_limit is None
            else say(
                f"{number(found.row_limit)} rows; longer answers are refused, not cut",
                f"{number(found.row_limit)} Zeilen; längere Antworten werden abgelehnt, nicht gekürzt",
            )
        )
        rows += [
            (say("default graph", "Standardgraph"), union if found.union else apart),
            (say("row limit", "Zeilengrenze"), cut),
            (say("methods", "Methoden"), many(found.methods)),
            (say("formats", "Formate"), many(found.formats)),
            (say("graph store", "Graph Store"), found.graph_store or say("none found beside it", "daneben keiner gefunden")),
        ]
    kept = say("nothing", "nichts")
    rows.append((say("changes", "verändert"), "; ".join(_CONVERTED.get(one, Text(one, one)).in_(lang) for one in found.canonicalises) or kept))
    for name, verdict in found.features.items():
        label = FEATURES[name][0].in_(lang) if name in FEATURES else _CONSTRUCT.in_(lang)
        said = f": {found.errors[name].in_(lang)}" if name in found.errors else ""
        rows.append((_VERDICTS[verdict].in_(lang), label + said))
    rows.append((say("never sent", "nie gesendet"), say("SERVICE (federated queries), updates", "SERVICE (föderierte Abfragen), Änderungen")))
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in rows)
