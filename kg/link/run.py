"""`kg link` as one step: read the mapping set, propose, add what is sure, write the rest for review."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import InputError, Text
from kg.link.propose import propose
from kg.link.review import decide, read_decisions, review_rows, write_review
from kg.link.sssom import MappingSet, read_sssom, write_sssom
from kg.namespaces import RDF, SKOS

if TYPE_CHECKING:
    from kg.engine.base import Engine


@dataclass(frozen=True)
class Linked:
    """What a run did.

    Attributes:
        mapping_set: The set as it was written.
        added: New mappings.
        decided: Decisions taken over from a review table.
        review: Pairs left for review.
    """

    mapping_set: MappingSet
    added: int
    decided: int
    review: int

    def text(self, lang: str) -> str:
        """Return one line in `de` or `en`."""
        if lang == "de":
            return f"{self.added} neue Zuordnungen, {self.decided} Entscheidungen übernommen, {self.review} Paare zu prüfen."
        return f"{self.added} new mappings, {self.decided} decisions taken over, {self.review} pairs to review."


def link(
    engine: Engine,
    quads: Any,
    left_graph: str | Sequence[str],
    right_graph: str | Sequence[str],
    mapping_file: Path,
    review_file: Path,
    *,
    empty: MappingSet,
    decisions: Path | None = None,
    date: str = "",
) -> Linked:
    """Link two sources and write both files.

    Args:
        engine: Where the expressions run.
        quads: The quad table (Ibis).
        left_graph: IRI of the named graph whose entities are subjects; several count as one source.
        right_graph: The same for objects.
        mapping_file: SSSOM/TSV; read if it exists, and written anew with the additions.
        review_file: CSV of the pairs to look at.
        empty: The set to start from where `mapping_file` does not exist (:func:`kg.link.sssom.new_set`).
        decisions: A review table with decisions to take over first.
        date: `mapping_date` of what is new.

    Raises:
        InputError: A file has problems; nothing is written.
        BuildError: A file cannot be written.
    """
    known = read_sssom(mapping_file) if mapping_file.exists() else empty
    taken: list[dict[str, str]] = []
    if decisions:
        taken = read_decisions(_read(decisions), str(decisions))
        known = decide(known, taken, _described(engine, quads, taken, (left_graph, right_graph)), date=date)
    found = propose(engine, quads, left_graph, right_graph, known.mappings, date=date)
    result = replace(known, mappings=tuple(sorted((*known.mappings, *found.accepted))))
    write_sssom(result, mapping_file)
    write_review(review_rows(engine, quads, left_graph, right_graph, found.review), review_file)
    return Linked(result, len(found.accepted), len(taken), len(found.review))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        what = Text(f"The review table cannot be read: {error}.", f"Die Prüftabelle lässt sich nicht lesen: {error}.")
        raise InputError(what, where=str(path), fix=Text("Name a CSV file in UTF-8.", "Nennen Sie eine CSV-Datei in UTF-8.")) from error


def _described(engine: Engine, quads: Any, rows: Iterable[dict[str, str]], graphs: Iterable[str | Sequence[str]]) -> dict[str, tuple[str, str]]:
    """Return label and graph of the entities in some rows, of the first graph that has them."""
    order = [graph for names in graphs for graph in ((names,) if isinstance(names, str) else names)]
    entities = sorted({row[side] for row in rows for side in ("left_id", "right_id")})
    chosen = quads.filter(quads.subject.isin(entities) & quads.graph.isin(order) & quads.predicate.isin([SKOS.prefLabel, RDF.type]))
    found: dict[str, tuple[str, str]] = {}
    facts = engine.to_pylist(chosen.select("subject", "predicate", "object", "language", "graph").distinct())
    for fact in sorted(facts, key=lambda fact: (order.index(fact["graph"]), fact["language"] != "en", fact["object"])):
        label, graph = found.get(str(fact["subject"]), ("", str(fact["graph"])))
        found[str(fact["subject"])] = (label or (str(fact["object"]) if fact["predicate"] == SKOS.prefLabel else ""), graph)
    return found


def exists_in(engine: Engine, quads: Any, entities: Iterable[str]) -> Callable[[str], bool]:
    """Return a function that tells whether one of these entities is a subject in the quad table."""
    chosen = quads.filter(quads.subject.isin(sorted(set(entities)))).select("subject").distinct()
    return {str(row["subject"]) for row in engine.to_pylist(chosen)}.__contains__
