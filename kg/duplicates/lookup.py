"""Which entities a person means, and what is known of them: by IRI, by `kind/key`, or by the key alone where it is the only one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from kg.duplicates.facts import CLASSES, Facts, read_world
from kg.duplicates.find import open_engine
from kg.duplicates.model import Decision
from kg.errors import InputError, ParameterError, Problem, Text
from kg.namespaces import RDF, SKOS

if TYPE_CHECKING:
    from kg.build import Build


class Directory:
    """The entities of a build that can stand twice, with their classes.

    Raises:
        BuildError: The quad table cannot be read.
    """

    def __init__(self, build: Build) -> None:
        self.build = build
        self._sources = [str(entry["graph"]) for entry in build.record["sources"]]
        self._names = {iri: name for name, iri in CLASSES.items()}
        with open_engine() as engine:
            quads = engine.quads(build.parquet)
            typed = quads.filter(quads.graph.isin(self._sources) & (quads.predicate == RDF.type) & quads.object.isin(list(self._names)))
            rows = engine.to_pylist(typed.select("subject", "object").distinct().order_by(["subject", "object"]))
        self.kinds: dict[str, str] = {str(row["subject"]): self._names[str(row["object"])] for row in rows}
        self._keys: dict[str, list[str]] = {}
        for entity in self.kinds:
            parts = entity.rsplit("/", 2)
            for key in ("/".join(parts[1:]), ":".join(parts[1:]), parts[-1]):
                self._keys.setdefault(key, []).append(entity)

    def entity(self, text: str) -> str:
        """Return the IRI a person means.

        Raises:
            ParameterError: There is none, or several.
        """
        text = text.strip()
        if text in self.kinds:
            return text
        found = self._keys.get(text, [])
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join("/".join(entity.rsplit("/", 2)[1:]) for entity in found[:5])
            what = Text(f"{text!r} may be several.", f"{text!r} kann mehreres sein.")
            raise ParameterError(what, fix=Text(f"Say which: {names}.", f"Sagen Sie, welches: {names}."))
        near = get_close_matches(text.rsplit("/", 1)[-1][:200], list(self._keys)[:200_000], n=3, cutoff=0.7)
        what = Text(
            f"There is no entity {text[:200]!r} that could stand twice.", f"Es gibt keinen Eintrag {text[:200]!r}, der doppelt stehen könnte."
        )
        listed = " / ".join(near)
        fix = Text("Copy the id from the list of `kg duplicates`.", "Kopieren Sie die Kennung aus der Liste von `kg duplicates`.")
        raise ParameterError(what, fix=Text(f"Did you mean {listed}?", f"Gemeint vielleicht {listed}?") if near else fix)

    def pair(self, one: str, other: str) -> tuple[str, str, str]:
        """Return the IRIs of a pair and its class.

        Raises:
            ParameterError: They are one, or of two classes.
        """
        first, second = self.entity(one), self.entity(other)
        if first == second:
            what = Text(f"{one!r} and {other!r} are the same entry.", f"{one!r} und {other!r} sind derselbe Eintrag.")
            raise ParameterError(what, fix=Text("Name two.", "Nennen Sie zwei."))
        if self.kinds[first] != self.kinds[second]:
            kinds = f"{self.kinds[first]}, {self.kinds[second]}"
            what = Text(f"They are of two classes: {kinds}.", f"Sie gehören zu zwei Klassen: {kinds}.")
            fix = Text("Only things of one class can be one.", "Nur Dinge einer Klasse können eins sein.")
            raise ParameterError(what, where=f"{one}, {other}", fix=fix)
        return first, second, self.kinds[first]

    def resolved(self, decision: Decision) -> Decision:
        """Return a decision with full IRIs.

        Raises:
            ParameterError: It names no pair.
        """
        one, other, _ = self.pair(decision.one, decision.other)
        return replace(decision, one=one, other=other)

    def check(self, decisions: Sequence[Decision]) -> list[Decision]:
        """Return decisions with full IRIs.

        Raises:
            InputError: Some name what is not there, or pairs of two classes; all of them are in `problems`.
        """
        found, problems = [], []
        for item in decisions:
            try:
                found.append(self.resolved(item))
            except ParameterError as error:
                fix = error.fix or Text("Put the ids back.", "Stellen Sie die Kennungen wieder her.")
                problems.append(Problem(item.file, item.row, "a_id", "unknown-pair", error.what._asdict(), fix._asdict(), item.one[:200]))
        if problems:
            number = len(problems)
            what = Text(f"{number} rows name no pair of the graph.", f"{number} Zeilen nennen kein Paar des Graphen.")
            fix = Text("Nothing was written.", "Geschrieben wurde nichts.")
            raise InputError(what, where=decisions[0].file, fix=fix, problems=tuple(problems))
        return found

    def facts(self, entities: Iterable[str]) -> Mapping[str, Facts]:
        """Return what is known of some entities."""
        wanted = set(entities)
        found: dict[str, Facts] = {}
        for name in sorted({self.kinds[entity] for entity in wanted}):
            with open_engine() as engine:
                world = read_world(engine, engine.quads(self.build.parquet), self._sources, name)
            found |= {entity: world.facts[entity] for entity in wanted & world.facts.keys()}
        return found

    def labels(self, entities: Iterable[str]) -> dict[str, str]:
        """Return the label of each entity that has one, English first."""
        with open_engine() as engine:
            quads = engine.quads(self.build.parquet)
            chosen = quads.filter(quads.subject.isin(sorted(set(entities))) & (quads.predicate == SKOS.prefLabel))
            rows: list[dict[str, Any]] = engine.to_pylist(chosen.select("subject", "object", "language").distinct())
        found: dict[str, str] = {}
        for row in sorted(rows, key=lambda row: (row["language"] != "en", row["object"])):
            found.setdefault(str(row["subject"]), str(row["object"]))
        return found
