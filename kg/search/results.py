"""What a search gives back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Hit:
    """One thing found.

    Attributes:
        iri: Its IRI.
        label: Its name: in the language asked for, else German or English, else untagged, else any, else the IRI's last step.
        lang: Language of the name; empty where the source gives none.
        class_iri: Most specific class, `inno:` before others; empty where it has none.
        class_label: Name of that class.
        other: The alternative name, acronym or identifier that was met where the label does not show it; else empty.
        other_kind: `identifier`, `acronym` or `name`; empty without `other`.
        acronym: First acronym, or empty.
        place: Name of its place, or empty.
        country: Name of the outermost place around it, or empty.
        since, until: First and last year, or `None`.
        weight: Number of statements that lead to it (participations, places, parts, topics).
    """

    iri: str
    label: str
    lang: str
    class_iri: str
    class_label: str
    other: str = ""
    other_kind: str = ""
    acronym: str = ""
    place: str = ""
    country: str = ""
    since: int | None = None
    until: int | None = None
    weight: int = 0


@dataclass(frozen=True)
class FacetValue:
    """One value of a facet: what to filter by, its name, how many things have it, and whether it is filtered by now."""

    value: str
    label: str
    count: int
    chosen: bool = False


@dataclass(frozen=True)
class Facet:
    """A way to narrow the result down.

    Attributes:
        name: `class`, `place`, `period` or `graph`.
        values: The most frequent ones.
        more: How many further values there are.
    """

    name: str
    values: tuple[FacetValue, ...]
    more: int = 0


@dataclass(frozen=True)
class Found:
    """A page of results.

    Attributes:
        hits: The things of this page, best first.
        total: How many were found.
        total_is_exact: False where the time or the number of things that may be looked at was used up: `total` and all counts mean "at least".
        facets: With counts; empty unless asked for. The counts of a facet disregard the filter by that facet.
        corrected: The words that were looked for instead where nothing has the words as typed; else empty.
        partial: Whether nothing has all the words, so that the hits have some of them.
        words: Folded words that were looked for, for marking (:func:`kg.search.fold.marks`).
    """

    hits: tuple[Hit, ...]
    total: int
    total_is_exact: bool = True
    facets: tuple[Facet, ...] = ()
    corrected: str = ""
    partial: bool = False
    words: tuple[str, ...] = ()
