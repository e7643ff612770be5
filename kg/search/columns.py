"""What a reader of the index holds in memory about each thing, to narrow a result down and to count: a few bytes per thing."""

from __future__ import annotations

import json
import sys
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from kg.namespaces import local_name
from kg.search.results import Facet, FacetValue

FACET_VALUES = 12
FACETS = ("class", "place", "period", "graph")


@dataclass(frozen=True)
class Filters:
    """What a result is narrowed down to; empty fields narrow nothing.

    Attributes:
        classes: IRIs or CURIEs of classes, subclasses included; one of them.
        places: IRIs of outermost places.
        periods: Decades in which things begin, as `2020-2029`, or single years.
        graphs: IRIs of graphs that say something about the thing.
    """

    classes: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    graphs: tuple[str, ...] = ()


class Columns:
    """Columns by the number of a thing less one, and what their numbers mean.

    Attributes:
        things: How many there are.
        classes, graphs: Numbers of sets in `class_sets`, `graph_sets` (lists of IRIs).
        countries: Number of the outermost place around a thing, or 0; `places` names it.
        starts, ends: Years, or 0.
        weights: Number of statements that lead to it.
        above: Class to the classes above it, itself included.
        names: Names of classes and graphs by language.
        words, counts: Folded words of all names, one a line, and how many things have each.

    Raises:
        KeyError, ValueError: A part is missing or damaged.
    """

    def __init__(self, parts: Mapping[str, bytes]) -> None:
        self.classes, self.graphs = _numbers("H", parts["classes"]), _numbers("H", parts["graphs"])
        self.countries, self.weights = _numbers("I", parts["countries"]), _numbers("I", parts["weights"])
        self.starts, self.ends = _numbers("H", parts["starts"]), _numbers("H", parts["ends"])
        self.class_sets: list[list[str]] = json.loads(parts["class_sets"])
        self.graph_sets: list[list[str]] = json.loads(parts["graph_sets"])
        self.above: dict[str, list[str]] = json.loads(parts["above"])
        self.names: dict[str, dict[str, str]] = json.loads(parts["names"])
        self.places: dict[str, dict[str, str]] = json.loads(parts["places"])
        self.words, self.counts = parts["words"].decode(), _numbers("I", parts["counts"])
        self.things = int(json.loads(parts["things"]))

    def filtered(self, rows: list[int], filters: Filters, without: str = "") -> list[int]:
        """Return the rows that pass the filters, but for the one named `without`, in their order."""
        if filters.classes and without != "class":
            wanted = {index for index, names in enumerate(self.class_sets) if any(set(filters.classes) & set(self.above[name]) for name in names)}
            rows = [row for row in rows if self.classes[row - 1] in wanted]
        if filters.places and without != "place":
            numbers = {int(number) for number, place in self.places.items() if place["iri"] in filters.places}
            rows = [row for row in rows if self.countries[row - 1] in numbers]
        if filters.graphs and without != "graph":
            wanted = {index for index, names in enumerate(self.graph_sets) if set(filters.graphs) & set(names)}
            rows = [row for row in rows if self.graphs[row - 1] in wanted]
        if filters.periods and without != "period":
            years = {year for period in filters.periods for year in _years(period)}
            rows = [row for row in rows if self.starts[row - 1] in years]
        return rows

    def facets(self, found: list[int], filters: Filters, lang: str) -> tuple[Facet, ...]:
        """Return what narrows rows down, with counts; those of a facet disregard the filter by that facet."""
        kept = self.filtered(found, filters)
        chosen = {"class": filters.classes, "place": filters.places, "period": filters.periods, "graph": filters.graphs}
        counters: dict[str, Callable[[list[int]], Counter[str]]] = {
            "class": lambda rows: _spread(self.classes, self.class_sets, rows),
            "place": lambda rows: _named(self.countries, rows, lambda number: self.places[str(number)]["iri"]),
            "period": lambda rows: _named(self.starts, rows, lambda year: f"{year // 10 * 10}-{year // 10 * 10 + 9}"),
            "graph": lambda rows: _spread(self.graphs, self.graph_sets, rows),
        }
        facets = []
        for name in FACETS:
            counts = counters[name](self.filtered(found, filters, without=name) if chosen[name] else kept)
            for value in chosen[name]:
                counts.setdefault(value, 0)
            best = sorted(counts, reverse=name == "period")
            best.sort(key=lambda value: (value not in chosen[name], 0 if name == "period" else -counts[value]))
            values = tuple(
                FacetValue(value, self._facet_label(name, value, lang), counts[value], value in chosen[name]) for value in best[:FACET_VALUES]
            )
            facets.append(Facet(name, values, max(0, len(best) - FACET_VALUES)))
        return tuple(facets)

    def _facet_label(self, name: str, value: str, lang: str) -> str:
        if name == "period":
            return value.replace("-", "–")
        if name == "place":
            return self._place_names.get(value, {}).get(lang) or local_name(value)
        return str(self.names.get(value, {}).get(lang) or local_name(value))

    @cached_property
    def _place_names(self) -> dict[str, dict[str, str]]:
        return {place["iri"]: place for place in self.places.values()}


def _numbers(kind: str, data: bytes) -> array[int]:
    column: array[int] = array(kind)
    column.frombytes(data)
    if sys.byteorder == "big":
        column.byteswap()
    return column


def _years(period: str) -> Iterable[int]:
    """Return the years of `2021` or `2020-2029`; none for anything else."""
    first, _, last = period.partition("-")
    last = last or first
    if all(one.isascii() and one.isdigit() and len(one) == 4 for one in (first, last)):
        return range(int(first), int(last) + 1)
    return ()


def _spread(column: array[int], sets: list[list[str]], rows: list[int]) -> Counter[str]:
    """Count each value of the sets that rows have."""
    found: Counter[str] = Counter()
    for number, count in Counter(column[row - 1] for row in rows).items():
        for value in sets[number]:
            found[value] += count
    return found


def _named(column: array[int], rows: list[int], name: Callable[[int], str]) -> Counter[str]:
    """Count the names of the numbers that rows have; 0 is none."""
    found: Counter[str] = Counter()
    for number, count in Counter(column[row - 1] for row in rows).items():
        if number:
            found[name(number)] += count
    return found
