"""The judged pairs: which they are, the copies with spelling variants added to a build, and precision and recall of what is proposed.

`judged.csv`: pairs of the curated tables and of the slice of CORDIS, judged from their rows before anything was scored. Drawn at random from pairs whose
names share rare words (three ranges of that likeness), and chosen because they are tricky; the stratum says which.
`corrupted.csv`: copies of real rows under another spelling, as people make them (`same`), and other things that look alike (`different`); made up, so
counted apart.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.build import Build
from kg.duplicates.find import Found, find
from kg.namespaces import FOAF, INNO, ORG, RDF, SCHEMA, SKOS
from kg.quads import Quad, write_parquet

HERE = Path(__file__).parent
ACROSS = "Between the two sources"
MADE_UP = "Made-up copies"
KEPT = {
    "place": (INNO.location,),
    "kind": (ORG.classification,),
    "page": (FOAF.page,),
    "dates": (SCHEMA.startDate, SCHEMA.endDate),
    "within": (INNO.withinPlace,),
}


@dataclass(frozen=True)
class Judged:
    stratum: str
    ends: tuple[str, str]
    same: bool
    reason: str


@dataclass
class Score:
    pairs: int = 0
    same: int = 0
    proposed: int = 0
    right: int = 0

    def add(self, same: bool, proposed: bool) -> None:
        self.pairs += 1
        self.same += same
        self.proposed += proposed
        self.right += same and proposed

    @property
    def precision(self) -> float:
        return self.right / self.proposed if self.proposed else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.same if self.same else 1.0


def rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def judged(base: str) -> list[Judged]:
    """Return all judged pairs, with IRIs."""
    found = [(row["stratum"], row["a"], row["b"], row["verdict"], row["reason"]) for row in rows("judged.csv")]
    found += [(MADE_UP, row["of"], row["copy"], row["verdict"], row["corruption"]) for row in rows("corrupted.csv")]
    made = []
    for stratum, one, other, verdict, reason in found:
        ends = sorted((f"{base}id/{one}", f"{base}id/{other}"))
        made.append(Judged(stratum, (ends[0], ends[1]), verdict == "same", reason))
    return made


def with_copies(build: Build, folder: Path) -> Build:
    """Return the build with the made-up copies and without the links between the two sources."""
    quads = folder / "quads"
    quads.mkdir(parents=True)
    for path in build.parquet:
        if path.stem != "links":
            (quads / path.name).symlink_to(path)
    write_parquet(_copies(build), quads / "zz-copies.parquet")
    return Build(folder, build.record)


def _copies(build: Build) -> list[Quad]:
    import pyarrow.parquet as pq

    wanted = {f"{build.base}id/{row['of']}": [other for other in rows("corrupted.csv") if other["of"] == row["of"]] for row in rows("corrupted.csv")}
    names = [str(entry["name"]) for entry in build.record["sources"]]
    graphs = {str(entry["graph"]) for entry in build.record["sources"]}
    every = [quad for path in build.parquet if path.stem in names for quad in pq.read_table(path).to_pylist() if quad["graph"] in graphs]
    nodes = [quad for quad in every if quad["predicate"] == INNO.inInitiative and quad["object"] in wanted]
    about = {quad["subject"]: [] for quad in nodes}  # type: dict[str, list[dict[str, str]]]
    for quad in every:
        if quad["subject"] in about:
            about[quad["subject"]].append(quad)
    made: list[Quad] = []
    for quad in every:
        for copy in wanted.get(quad["subject"], ()):
            kept = {predicate for word in copy["keeps"].split() for predicate in KEPT.get(word, ())} | {RDF.type}
            if quad["predicate"] in kept:
                made.append(_moved(quad, f"{build.base}id/{copy['copy']}"))
    graph_of = {quad["subject"]: quad["graph"] for quad in every if quad["subject"] in wanted and quad["predicate"] == RDF.type}
    for original, copies in wanted.items():
        for copy in copies:
            entity = f"{build.base}id/{copy['copy']}"
            made.append(Quad(entity, SKOS.prefLabel, copy["label"], "literal", "", "de", graph_of[original], "made-up#1"))
            if "members" in copy["keeps"].split():
                half = sorted(quad["subject"] for quad in nodes if quad["object"] == original)[::2]
                for node in half:
                    for quad in about[node]:
                        target = entity if quad["predicate"] == INNO.inInitiative else quad["object"]
                        made.append(_moved({**quad, "object": target}, f"{node}-{copy['copy'].rsplit('/', 1)[1]}"))
    return made


def _moved(quad: Mapping[str, str], subject: str) -> Quad:
    return Quad(subject, quad["predicate"], quad["object"], quad["kind"], quad["datatype"], quad["language"], quad["graph"], quad["origin"])


def proposed(build: Build, least: float) -> dict[bool, Found]:
    """Return what is proposed within the sources (False) and between them, too (True)."""
    return {across: find(build, across=across, least=least) for across in (False, True)}


def measure(pairs: list[Judged], found: Mapping[bool, Found], least: float) -> dict[str, Score]:
    """Return the score of each stratum, and of real and made-up pairs as wholes."""
    there = {across: {pair.ends for pair in result.pairs if pair.score >= least} for across, result in found.items()}
    scores: dict[str, Score] = {}
    for pair in pairs:
        hit = pair.ends in there[pair.stratum == ACROSS]
        for name in (pair.stratum, "All made-up pairs" if pair.stratum == MADE_UP else "All real pairs"):
            scores.setdefault(name, Score()).add(pair.same, hit)
    return scores


def table(scores: Mapping[str, Score]) -> str:
    """Return the scores as a Markdown table."""
    lines = ["| stratum | pairs | one thing | proposed | right | precision | recall |", "|---|---:|---:|---:|---:|---:|---:|"]
    for name, score in sorted(scores.items(), key=lambda item: (item[0].startswith("All"), item[0])):
        rates = [f"{score.precision:.2f}" if score.proposed else "–", f"{score.recall:.2f}" if score.same else "–"]
        lines.append(f"| {name} | {score.pairs} | {score.same} | {score.proposed} | {score.right} | {' | '.join(rates)} |")
    return "\n".join(lines)
