"""What answers are made of: claims with file, row and decisions, what each graph is, and what cannot be looked at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from kg.errors import Text
from kg.namespaces import BASE, DCAT, DCTERMS, local_name
from kg.results import labels
from kg.store import Store
from kg.why import reading
from kg.why.model import CLAIM, DELIVERY, DERIVED, LINK, RECORD, ROW, VOCABULARY, Claim, Decision, Delivery, Origin
from kg.why.standing import Standing, stand
from kg.why.tables import Tables

if TYPE_CHECKING:
    from pathlib import Path

    from kg.build import Build


class Evidence:
    """What answers are made of, kept for several questions on one graph.

    Args:
        store: The graph.
        build: The build behind it, or `None`.
        lang: Language of names: titles, publishers, things.
        roots: Where its tables may lie (:class:`kg.why.tables.Tables`).
        words: Names of properties that the graph does not name.
    """

    def __init__(
        self, store: Store, build: Build | None = None, *, lang: str = "en", roots: Iterable[Path] = (), words: Mapping[str, Text] | None = None
    ) -> None:
        self.store = store
        self.build = build
        self.tables = Tables(build, roots)
        self.lang = lang
        self.words = words or {}
        self.base = build.base if build is not None else BASE

    @cached_property
    def deliveries(self) -> dict[str, Delivery]:
        """The graphs that say of themselves what they are, by IRI."""
        query = "SELECT DISTINCT ?g WHERE { { ?g inno:samplingFrame ?f } UNION { ?g a dcat:Dataset ; prov:wasGeneratedBy ?a } } LIMIT 1000"
        found = reading.described(self.store, [row[0].value for row in reading.rows(self.store, query) if row[0] is not None])
        titles = labels(
            self.store, {value.value for said in found.values() for name, value in said if name == DCTERMS.publisher} | set(found), self.lang
        )
        made = {}
        for graph, said in found.items():
            publisher = reading.first(said, DCTERMS.publisher)
            made[graph] = Delivery(graph, titles[graph], reading.first(said, DCTERMS.modified), titles[publisher] if publisher else "")
        return made

    @cached_property
    def curated(self) -> frozenset[str]:
        """The graphs that are kept as tables with claims."""
        query = f"SELECT DISTINCT ?g WHERE {{ ?g a <{DCAT.Dataset}> FILTER NOT EXISTS {{ ?g prov:wasGeneratedBy ?a }} }} LIMIT 1000"
        return frozenset(row[0].value for row in reading.rows(self.store, query) if row[0] is not None)

    def notes(self) -> list[Text]:
        """Return what cannot be looked at here."""
        made = []
        if not self.tables.has_origins:
            text = Text(
                "Files and rows are not shown: they stand in the quad tables of a build, and this store has none.",
                "Dateien und Zeilen fehlen: Sie stehen in den Quad-Tabellen eines Builds, und dieser Speicher hat keine.",
            )
            made.append(text)
        made += [
            Text(
                f"{file} is not at hand as it was built: of decisions only their effect is seen.",
                f"{file} liegt hier nicht so vor, wie gebaut wurde: Von Entscheidungen ist nur die Wirkung zu sehen.",
            )
            for file in self.tables.missing
        ]
        if self.build is None:
            text = Text(
                "Decisions are not shown: they stand in the tables of a build; only their effect is seen.",
                "Entscheidungen fehlen: Sie stehen in den Tabellen eines Builds; nur ihre Wirkung ist zu sehen.",
            )
            made.append(text)
        return made

    def claims(self, subjects: Iterable[str], *, concerning: str = "") -> tuple[list[Claim], bool]:
        """Return claims with file, row and decisions (see :func:`kg.why.reading.claims`)."""
        found, cut = reading.claims(self.store, subjects, concerning=concerning, lang=self.lang)
        origins: dict[str, set[str]] = defaultdict(set)
        for (subject, _, _), some in self.tables.origins(claim.iri for claim in found).items():
            origins[subject].update(some)
        made = []
        for claim in found:
            places = tuple(sorted(map(Origin.of, origins[claim.iri])))
            references = tuple(dict.fromkeys(filter(None, map(self.tables.reference, places))))
            made.append(replace(claim, origins=places, references=references, decisions=self._decisions(claim, references)))
        return made, cut

    def standing(self, subjects: Iterable[str]) -> dict[str, Standing]:
        """Return why each claim about some things stands as it does, by the IRI of the claim."""
        wanted = set(subjects)
        # Files and rows are not asked for: a page needs the reason only, and decisions are few.
        read, _ = reading.claims(self.store, wanted, lang=self.lang)
        found = [
            replace(claim, references=references, decisions=self._decisions(claim, references))
            for claim in read
            for references in [self.tables.decided.get(claim.iri, ())]
        ]
        known = {claim.iri: claim for claim in found}
        made = {}
        for claim in found:
            if claim.subject in wanted:
                group = [one for one in found if (one.subject, one.predicate) == (claim.subject, claim.predicate)]
                mine = [one for one in group if one.object == claim.object]
                made[claim.iri] = stand(mine, group, [known[iri] for one in mine for iri in one.contradicts if iri in known])
        return made

    def _decisions(self, claim: Claim, references: Sequence[str]) -> tuple[Decision, ...]:
        """Return the decisions about a claim; one about another property of the same row is none about it."""
        if claim.attestation == "entity-row":
            return ()
        name = local_name(claim.predicate)
        about = self.tables.about(references)
        return tuple(one for one in about if one.decision in ("contradicts", "map-as") or (one.target in references and one.value in ("", name)))

    def basis(self, graphs: Sequence[str], claims: Sequence[Claim]) -> str:
        """Return what a statement rests on: its claims, else the best of the graphs that hold it."""
        if claims:
            return CLAIM
        steps = [(graph, graph.removeprefix(f"{self.base}graph/")) for graph in graphs]
        if any(graph in self.curated or step.endswith("-evidence") for graph, step in steps):
            return ROW
        kinds = {"inferred": DERIVED, "ontology": VOCABULARY, "codes": VOCABULARY, "links": LINK, "build": RECORD}
        made = [kinds.get(step, DELIVERY) for _, step in steps]
        return min(made, default=DELIVERY, key=[DELIVERY, LINK, DERIVED, VOCABULARY, RECORD].index)
