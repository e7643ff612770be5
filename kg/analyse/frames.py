"""What may be said on which sampling frame: the only place where this is decided.

In data collected around one institution that institution meets everyone by construction: its position in the network shows how the data
were collected. A census of a population (all projects of a programme) has no such centre. So counts may always be given, with their frame;
anything that compares positions needs a census.

Sources: Crossley et al. (2015), Social Network Analysis for Ego-Nets, chapter 2; Borgatti, Carley, Krackhardt (2006),
doi:10.1016/j.socnet.2005.05.001, on measures of position under missing data.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.analyse.labels import Named
from kg.errors import AnalysisError, Text
from kg.namespaces import INNO, RDFS, SKOS

if TYPE_CHECKING:
    from kg.build import Build
    from kg.engine.base import Engine

ALWAYS = frozenset({"counts", "repeats", "machine-measures"})
CENSUS_ONLY = frozenset({"order", "position", "removal"})
"""`order`: institutions put in an order against each other; `position`: measures of position as a finding; `removal`: what if one were missing."""


@dataclass(frozen=True)
class Frame:
    """How the data of a build were collected; with several sources the weakest frame holds for all.

    Attributes:
        kind: `census`, `partial` or `ego-sampled`.
        around: The institutions an ego-sampled source was collected around.
        date: State of the population, the oldest of all sources, or empty.
        population: What was collected and how, per language, one text per source.
    """

    kind: str
    around: tuple[Named, ...] = ()
    date: str = ""
    population: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def centre(self, lang: str) -> str:
        """Return the labels of the institutions the data were collected around."""
        return ", ".join(named.label(lang) for named in self.around)

    def to_json(self) -> dict[str, Any]:
        """Return kind, centre, date and population."""
        return {
            "kind": self.kind,
            "around": [named.to_json() for named in self.around],
            "date": self.date or None,
            "population": {lang: list(texts) for lang, texts in self.population.items()},
        }


_WEAKEST = ("ego-sampled", "partial", "census")


def frame_of(build: Build, engine: Engine | None = None) -> Frame:
    """Return the frame of a build: the weakest of its sources; a build without sources is `partial`.

    Args:
        build: A finished build.
        engine: Batch engine to look up the label of the centre with; without one its slug serves.
    """
    records = [source["frame"] for source in build.record.get("sources", [])]
    kinds = {str(record.get("kind") or "partial") for record in records} or {"partial"}
    kind = next((name for name in _WEAKEST if name in kinds), "partial")
    around = _around(engine, build.parquet) if engine is not None else ()
    if not around:
        slugs = sorted({str(record["around"]) for record in records if record.get("around")})
        around = tuple(Named(f"{build.base}id/organisation/{slug}") for slug in slugs)
    dates = sorted(str(record["date"]) for record in records if record.get("date"))
    texts = [record.get("population") or {} for record in records]
    population = {lang: tuple(str(text[lang]) for text in texts if text.get(lang)) for lang in ("de", "en")}
    return Frame(kind, around if kind == "ego-sampled" else (), dates[0] if dates else "", population)


def _around(engine: Engine, parquet: Iterable[Path]) -> tuple[Named, ...]:
    quads = engine.quads(parquet)
    centres = quads.filter(quads.predicate == INNO.sampledAround).select(subject=quads.object).distinct()
    labels = quads.filter(quads.predicate.isin([SKOS.prefLabel, RDFS.label])).semi_join(centres, "subject")
    found: dict[str, dict[str, str]] = {row["subject"]: {} for row in engine.to_pylist(centres)}
    for row in engine.to_pylist(labels.select("subject", "object", "language").distinct()):
        found[row["subject"]][row["language"]] = row["object"]
    return tuple(Named(iri, found[iri]) for iri in sorted(found))


CAUSES = {
    "ego-sampled": {
        "de": "Die Daten wurden um „{around}“ herum gesammelt (ego-sampled). Wie eine Einrichtung im Vergleich zu anderen dasteht, ob"
        " sie andere verbindet und was ohne sie wäre, würde zeigen, wie gesammelt wurde, nicht, wie zusammengearbeitet wird.",
        "en": "The data were collected around “{around}” (ego-sampled). How an institution compares with others, whether it connects "
        "others, and what would be without it would show how the data were collected, not how institutions work together.",
    },
    "partial": {
        "de": "Die Daten sind ein Ausschnitt, dessen Auswahl nicht bekannt ist (partial). Wie eine Einrichtung im Vergleich zu "
        "anderen dasteht, ob sie andere verbindet und was ohne sie wäre, hinge von den fehlenden Projekten ab.",
        "en": "The data are a part whose selection is not known (partial). How an institution compares with others, whether it "
        "connects others, and what would be without it would depend on the projects that are missing.",
    },
}
WITHHELD = {
    "de": "Darum steht es hier nicht. Eine Vollerhebung (census), etwa alle Projekte eines Förderprogramms, würde es erlauben.",
    "en": "It is therefore not given. Data on a whole population (a census), such as all projects of a funding programme, would allow it.",
}
MACHINE = {
    "de": "Der Wert beschreibt nur das erfasste Netz, zum Nachrechnen; er ist kein Befund über die Einrichtungen.",
    "en": "The value describes the recorded network only, for recomputation; it is no finding about the institutions.",
}
OTHERS = {
    "de": "Gesammelt wurde um „{around}“ herum: Über „{institution}“ ist nur erfasst, was dabei vorkam. Alle Zahlen sind Untergrenzen.",
    "en": "The data were collected around “{around}”: of “{institution}” they hold only what was met on the way. All numbers are lower bounds.",
}


@dataclass(frozen=True)
class Refusal:
    """Why something is not said, and what would allow it.

    Attributes:
        statements: What is not said (members of :data:`CENSUS_ONLY`).
        frame: Kind of the frame.
        reason: The reason per language.
    """

    statements: tuple[str, ...]
    frame: str
    reason: dict[str, str]

    def to_json(self) -> dict[str, Any]:
        """Return statements, frame and reason."""
        return {"withheld": list(self.statements), "frame": self.frame, "reason": self.reason}


def refusal(frame: Frame) -> Refusal | None:
    """Return what may not be said on this frame and why, or nothing on a census."""
    if frame.kind == "census":
        return None
    reason = {lang: f"{cause} {WITHHELD[lang]}" for lang, cause in _causes(frame).items()}
    return Refusal(tuple(sorted(CENSUS_ONLY)), frame.kind, reason)


def _causes(frame: Frame) -> dict[str, str]:
    return {lang: text.format(around=frame.centre(lang) or "?") for lang, text in CAUSES[frame.kind].items()}


def may(frame: Frame, statement: str) -> bool:
    """Tell whether something may be said on this frame.

    Raises:
        AnalysisError: The statement is in neither list.
    """
    if statement not in ALWAYS | CENSUS_ONLY:
        what = Text(f"Whether {statement!r} may be said is not decided.", f"Ob {statement!r} gesagt werden darf, ist nicht entschieden.")
        raise AnalysisError(what, fix=Text("Add it to kg/analyse/frames.py.", "Ergänzen Sie es in kg/analyse/frames.py."))
    return statement in ALWAYS or frame.kind == "census"


def require(frame: Frame, statement: str) -> None:
    """Refuse what may not be said on this frame.

    Raises:
        AnalysisError: It may not be said; the message gives the reason and what would allow it.
    """
    if not may(frame, statement):
        found = refusal(frame)
        assert found is not None
        raise AnalysisError(Text(found.reason["en"], found.reason["de"]), where=f"frame {frame.kind}")


def caveats(frame: Frame, institution: Named) -> list[dict[str, str]]:
    """Return what must be known to read the numbers of an institution on this frame, per language."""
    if frame.kind != "ego-sampled" or institution.iri in {named.iri for named in frame.around}:
        return []
    return [{lang: text.format(around=frame.centre(lang), institution=institution.label(lang)) for lang, text in OTHERS.items()}]


def machine_caveat(frame: Frame) -> dict[str, str] | None:
    """Return the sentence that goes with measures of position in machine formats, or nothing on a census."""
    return None if frame.kind == "census" else {lang: f"{MACHINE[lang]} {cause}" for lang, cause in _causes(frame).items()}
