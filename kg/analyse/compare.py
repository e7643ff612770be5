"""Two institutions side by side (`kg compare`): what both have, what only one has, and whether they meet more often than by chance.

Nothing here puts one above the other: on every frame these are counts of what is recorded of each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from kg.analyse import facts
from kg.analyse.data import Data, Selection, load
from kg.analyse.frames import Refusal, refusal
from kg.analyse.labels import Named, sort_key
from kg.analyse.method import Method
from kg.analyse.model import CLASSES, Profile, role_key
from kg.analyse.result import Result
from kg.errors import AnalysisError, Text
from kg.namespaces import OWL, code

if TYPE_CHECKING:
    from kg.analyse.incidence import Incidence
    from kg.build import Build
    from kg.engine.base import Engine
    from kg.store import Store

OVERLAPS = ("project", "partner", "programme", "topic")
"""Aspects of which a share is given: sets of things."""
ASPECTS = (*OVERLAPS, "role", "attestation", "year")


@dataclass(frozen=True)
class Overlap:
    """How much two sets have in common.

    Attributes:
        aspect: One of :data:`OVERLAPS`.
        both: Number of things both have.
        only_one: Number of things only the first has.
        only_other: Number of things only the second has.
    """

    aspect: str
    both: int
    only_one: int
    only_other: int

    @property
    def jaccard(self) -> float | None:
        """Things both have, divided by things at least one has, 0 to 1; `None` where neither has any.

        Source: P. Jaccard (1912), doi:10.1111/j.1469-8137.1912.tb05611.x.
        """
        either = self.both + self.only_one + self.only_other
        return self.both / either if either else None

    def to_json(self) -> dict[str, Any]:
        """Return the three numbers and the share."""
        share = self.jaccard
        found = {"aspect": self.aspect, "both": self.both, "only_one": self.only_one, "only_other": self.only_other}
        return {**found, "jaccard": None if share is None else round(share, 6)}


@dataclass(frozen=True)
class Chance:
    """The number of shared projects against chance, for one pair.

    Attributes:
        count: Number of shared projects.
        expected: What chance gives on average.
        p_value: Probability that chance gives at least as many, 0 to 1; for this pair alone, not corrected for many comparisons.
        within: Sources the comparison stays within, where there are others; else empty.
    """

    count: int
    expected: float
    p_value: float
    within: tuple[Named, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the numbers with model and source."""
        return {
            "count": self.count,
            "expected": round(self.expected, 6),
            "p_value": self.p_value,
            "corrected": False,
            "model": "bipartite configuration model, both margins kept on average; Poisson-binomial upper tail",
            "source": "Saracco et al. 2017, doi:10.1088/1367-2630/aa6b38",
            "within": [source.to_json() for source in self.within],
        }


@dataclass(frozen=True)
class Comparison(Result):
    """Two institutions side by side.

    Attributes:
        one: Profile of the first.
        other: Profile of the second.
        chance: Shared projects against chance; `None` where one of the two is in no project.
        same: Whether an exact link says that both are the same institution.
        refusal: What may not be said on this frame and why; `None` on a census.
        method: How the numbers were made.
    """

    name: ClassVar[str] = "comparison"
    columns: ClassVar[tuple[str, ...]] = ("aspect", "key", "label_de", "label_en", "one", "other", "shared")

    one: Profile
    other: Profile
    chance: Chance | None
    same: bool
    refusal: Refusal | None
    method: Method

    @property
    def sides(self) -> tuple[Profile, Profile]:
        """Both profiles."""
        return self.one, self.other

    def things(self, aspect: str) -> tuple[dict[str, int], dict[str, int]]:
        """Return for both institutions the number of projects by key of an aspect: IRIs, or codes of roles and of :data:`CLASSES`, or years.

        Partners are counted without the two institutions themselves.
        """
        first, second = (_things(profile, aspect) for profile in self.sides)
        if aspect == "partner":
            for found in (first, second):
                for profile in self.sides:
                    found.pop(profile.institution.iri, None)
        return first, second

    def shared(self, aspect: str) -> list[str]:
        """Return the keys that both have, sorted by label."""
        first, second = self.things(aspect)
        return sorted(set(first) & set(second), key=lambda key: (sort_key(self._label(aspect, key).label("de")), key))

    def overlaps(self) -> tuple[Overlap, ...]:
        """Return the overlap of each of :data:`OVERLAPS`."""
        found = []
        for aspect in OVERLAPS:
            first, second = self.things(aspect)
            found.append(Overlap(aspect, len(first.keys() & second.keys()), len(first.keys() - second.keys()), len(second.keys() - first.keys())))
        return tuple(found)

    def rows(self) -> list[dict[str, Any]]:
        """Return one row per aspect and thing with the number of projects of each institution; `shared` where both have it.

        Projects have 1 or 0; years count the projects that certainly ran.
        """
        found = []
        for aspect in ASPECTS:
            first, second = self.things(aspect)
            for key in self._ordered(aspect, {*first, *second}):
                named = self._label(aspect, key)
                numbers = {"one": first.get(key, 0), "other": second.get(key, 0)}
                labels = {"label_de": named.label("de"), "label_en": named.label("en")}
                found.append({"aspect": aspect, "key": key, **labels, **numbers, "shared": key in first and key in second})
        return found

    def _ordered(self, aspect: str, keys: set[str]) -> list[str]:
        if aspect == "role":
            return sorted(keys, key=role_key)
        if aspect == "attestation":
            return sorted(keys, key=CLASSES.index)
        if aspect == "year":
            return sorted(keys)
        return sorted(keys, key=lambda key: (sort_key(self._label(aspect, key).label("de")), key))

    def _label(self, aspect: str, key: str) -> Named:
        from kg.analyse.wording import say as say_profile

        if aspect == "role":
            iri = code("participation-role", key)
            return self.one.things.get(iri) or Named(iri)
        if aspect == "attestation":
            return Named(key, {lang: say_profile(f"class-{key}", lang) for lang in ("de", "en")})
        if aspect == "year":
            return Named(key, {"": key})
        for profile in self.sides:
            if key in profile.things:
                return profile.things[key]
        return Named(key)

    def text(self, lang: str) -> str:
        """Return the comparison for a reader, the method last."""
        from kg.analyse.compare_view import render

        return render(self, lang)

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain data."""
        return {
            "one": self._side(self.one),
            "other": self._side(self.other),
            "overlap": [overlap.to_json() for overlap in self.overlaps()],
            "shared_projects": self.shared("project"),
            "shared_partners": self.shared("partner"),
            "chance": self.chance.to_json() if self.chance else None,
            "linked_as_same": self.same,
            "refusal": self.refusal.to_json() if self.refusal else None,
            "rows": self.rows(),
            "method": self.method.to_json(),
        }

    @staticmethod
    def _side(profile: Profile) -> dict[str, Any]:
        numbers = {"projects": len(profile.projects), "partners": len(profile.partners), "repeat_partners": len(profile.repeat_partners)}
        dated = [int(text[:4]) for entry in profile.projects for text in (entry.span.start, entry.span.end) if text]
        years = {"first_year": min(dated), "last_year": max(dated)} if dated else {"first_year": None, "last_year": None}
        return {"institution": profile.institution.to_json(), "asked": profile.asked.to_json(), "numbers": {**numbers, **years}}


def _things(profile: Profile, aspect: str) -> dict[str, int]:
    if aspect == "project":
        return {entry.project.iri: 1 for entry in profile.projects}
    if aspect == "partner":
        return {partner.partner.iri: partner.count for partner in profile.partners}
    if aspect in ("programme", "topic"):
        return {tally.thing.iri: len(tally.projects) for tally in profile.tally(f"{aspect}s")}
    if aspect == "role":
        return {row["role"]: row["projects"] for row in profile.by_role()}
    if aspect == "attestation":
        return profile.attestation_counts()
    return {str(year.year): year.certain for year in profile.years if year.certain}


def compare(
    build: Build,
    one: str,
    other: str,
    *,
    selection: Selection | None = None,
    lang: str = "en",
    engine: Engine | None = None,
    store: Store | None = None,
) -> Comparison:
    """Return two institutions side by side.

    Args:
        build: A finished build.
        one: IRI, slug or name of an institution.
        other: The same of another.
        selection: What counts; the defaults of :class:`kg.analyse.data.Selection` without it.
        lang: Language of the names that an error suggests.
        engine: Batch engine; one is opened and closed without it.
        store: Store of the build; it is opened and closed without it.

    Raises:
        AnalysisError: An institution is unknown or its name means several; both count as the same one; or an option makes no sense for institutions.

    Cost: that of two profiles without draws; on a programme of 100,000 participations some three seconds.
    """
    from contextlib import ExitStack

    from kg.analyse.profile import for_institutions, profile_of
    from kg.engine.duckdb import DuckDB
    from kg.store import open_store

    chosen = for_institutions(selection or Selection())
    with ExitStack() as stack:
        if store is None:
            store = open_store(build.store)
            stack.callback(store.close)
        iris = [facts.institution(store, build.base, text, lang) for text in (one, other)]
        if engine is None:
            engine = stack.enter_context(DuckDB())
        data = load(build, chosen, engine=engine)
        first, second = (profile_of(data, iri, store, alone=False) for iri in iris)
        if first.institution.iri == second.institution.iri:
            raise _same(first, second, chosen.level)
        same = _linked(store, first.institution.iri, second.institution.iri)
        return Comparison(first, second, _chance(store, data, first, second), same, refusal(data.frame), data.method)


def _same(one: Profile, other: Profile, level: str) -> AnalysisError:
    name = {lang: one.institution.label(lang) for lang in ("de", "en")}
    if one.asked.iri == other.asked.iri:
        what = Text(f"Both are “{name['en']}”.", f"Beides ist „{name['de']}“.")
        return AnalysisError(what, where=one.institution.iri, fix=Text("Name two institutions.", "Nennen Sie zwei Einrichtungen."))
    what = Text(f"Both count as “{name['en']}” at level {level}.", f"Beide zählen auf der Ebene {level} als „{name['de']}“.")
    fix = Text("With --level unit each counts as named.", "Mit --level unit zählt jede, wie sie genannt ist.")
    return AnalysisError(what, where=one.institution.iri, fix=fix)


def _linked(store: Store, one: str, other: str) -> bool:
    """Tell whether an exact link, in either direction, says that two institutions are the same."""
    found = facts.statements(store, [one, other], [OWL.sameAs])
    return any(value.value in (one, other) and value.value != subject for subject, values in found.items() for value in values[OWL.sameAs])


def _chance(store: Store, data: Data, one: Profile, other: Profile) -> Chance | None:
    from kg.analyse.profile import comparable

    own = [{entry.project.iri for entry in profile.projects} for profile in (one, other)]
    if not all(own):
        return None
    within, incidence = comparable(store, data, sorted(own[0] | own[1]))
    expected, p_value = pair_chance(incidence, one.institution.iri, other.institution.iri)
    return Chance(len(own[0] & own[1]), expected, p_value, within)


def pair_chance(incidence: Incidence, one: str, other: str) -> tuple[float, float]:
    """Return how many shared projects chance gives a pair on average, and the probability of at least as many as there are (see :mod:`kg.analyse.pairs`)."""
    import numpy as np

    from kg.analyse.configuration import solve
    from kg.analyse.poisson_binomial import upper_tails

    model = solve(incidence)
    rows = [incidence.position[name] for name in (one, other)]
    first, second = (model.chance[int(np.searchsorted(model.degrees, incidence.degrees[row]))] for row in rows)
    both = first * second
    count = len(incidence.shared(one, other))
    tail = upper_tails(model.projects, both[np.newaxis, :], np.array([count]))[0][count]
    return float(both @ model.projects), float(tail)
