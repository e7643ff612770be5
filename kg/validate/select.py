"""What of a report is shown: filters by rule, focus and newness, and groups by rule, file or class. Filtering never changes the counts of a report."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import PurePosixPath

from kg.errors import Text, ValidationError
from kg.namespaces import INNO, INNOSH, RDFS, SKOS, curie, local_name
from kg.validate.baseline import Comparison
from kg.validate.report import FORMAT_VERSION, TABLE, Report, Result
from kg.validate.shapes import TABLE_RULES, load_catalogue

GROUPS = ("rule", "file", "class")
"""What findings can be grouped by."""


@dataclass(frozen=True)
class Filters:
    """What is asked for; nothing at all asks for everything.

    Attributes:
        shapes: IRIs, short or local names of rules; the name of a node shape stands for its properties, too; `wrong-date` for `Table-wrong-date`.
        foci: IRIs, short names or ids (the last step of an IRI, or the id of a row).
        new_only: Only what is not in the baseline.
    """

    shapes: tuple[str, ...] = ()
    foci: tuple[str, ...] = ()
    new_only: bool = False

    def __bool__(self) -> bool:
        return bool(self.shapes or self.foci or self.new_only)


@dataclass(frozen=True)
class View:
    """A report and what of it is shown.

    Attributes:
        report: Everything that was found.
        results: What the filters let through, in the report's order.
        filters: The filters.
        comparison: What is new, known and fixed since a baseline, where there is one.
    """

    report: Report
    results: tuple[Result, ...]
    filters: Filters = Filters()
    comparison: Comparison | None = None

    def state(self, result: Result) -> str:
        """Return `new` or `known`, or nothing where there is no baseline."""
        if self.comparison is None:
            return ""
        return "new" if result.id in self.comparison.new else "known"

    @property
    def shown(self) -> Report:
        """The results shown as a report: what the exit code counts."""
        return Report(self.report.engine, self.results)


def select(report: Report, filters: Filters = Filters(), comparison: Comparison | None = None) -> View:
    """Apply filters to a report.

    Raises:
        ValidationError: There is no such rule.
    """
    shapes = {result.shape for result in report.results}
    wanted = [_shapes(name, shapes) for name in filters.shapes]
    allowed = frozenset().union(*wanted)
    foci = frozenset(filters.foci)
    new = comparison.new if comparison is not None and filters.new_only else None
    kept = tuple(
        result
        for result in report.results
        if (not wanted or result.shape in allowed) and (not foci or foci & _names(result)) and (new is None or result.id in new)
    )
    return View(report, kept, filters, comparison)


def _names(result: Result) -> set[str]:
    return {result.focus, curie(result.focus), local_name(result.focus)}


def _shapes(name: str, found: Iterable[str]) -> frozenset[str]:
    """Return the rules that a name means, of those found and those that there are."""
    known = {*found, *load_catalogue(), *(INNOSH[f"Table-{code}"] for code in TABLE_RULES)}
    meant = frozenset(shape for shape in known if _means(name, shape))
    if meant:
        return meant
    names = sorted({local_name(shape).removeprefix("Table-") for shape in known})
    near = get_close_matches(local_name(name), names, n=3, cutoff=0.6)
    what = Text(f"There is no rule {name!r}.", f"Die Regel {name!r} gibt es nicht.")
    hint = " / ".join(near) or ", ".join(names[:5]) + ", …"
    fix = Text(
        f"Did you mean {hint}? `kg validate` names each rule in brackets.", f"Gemeint vielleicht {hint}? `kg validate` nennt jede Regel in Klammern."
    )
    raise ValidationError(what, where="--shape", fix=fix)


def _means(name: str, shape: str) -> bool:
    local = local_name(shape)
    return name in (shape, curie(shape), local) or name == local.removeprefix("Table-") or local.startswith(f"{name.removeprefix('innosh:')}-")


def view_keys(view: View) -> dict[str, object]:
    """Return what a report in JSON says beyond its fixed keys: its version, and where they are used, filters and baseline."""
    keys: dict[str, object] = {"version": FORMAT_VERSION}
    if view.filters:
        asked = {"shape": list(view.filters.shapes), "focus": list(view.filters.foci), "new_only": view.filters.new_only}
        keys["shown"] = {"findings": len(view.results), "of": len(view.report.results), **asked}
    if (change := view.comparison) is not None:
        keys["baseline"] = {
            "new": sorted(change.new),
            "known": len(change.known),
            "fixed": [{"id": finding.id, "shape": finding.shape, "focus": finding.focus} for finding in change.fixed],
            "unseen": change.unseen,
        }
    return keys


@dataclass(frozen=True)
class Group:
    """Findings that belong together.

    Attributes:
        key: What they have in common, for machines: a short name of a rule, a file, or the name of a class; empty for no file.
        severity: The worst among them.
        results: Findings, in the report's order; of a file by row.
    """

    key: str
    severity: str
    results: tuple[Result, ...]

    @property
    def by_rule(self) -> list[tuple[str, tuple[Result, ...]]]:
        """The findings by rule, in the order in which the rules occur."""
        rules: dict[str, list[Result]] = {}
        for result in self.results:
            rules.setdefault(result.shape, []).append(result)
        return [(shape, tuple(results)) for shape, results in rules.items()]


def grouped(results: Sequence[Result], by: str = "rule") -> list[Group]:
    """Return findings in groups, each finding in one: worst rules first, files and classes by name.

    Args:
        results: Findings in the report's order.
        by: One of :data:`GROUPS`; a finding that stems from several files is counted at the first.

    Raises:
        ValidationError: There is no such grouping.
    """
    if by not in GROUPS:
        known = ", ".join(GROUPS)
        what = Text(f"Findings cannot be grouped by {by!r}.", f"Nach {by!r} lässt sich nicht gruppieren.")
        raise ValidationError(what, where="--group-by", fix=Text(f"Use one of {known}.", f"Möglich sind {known}."))
    groups: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        key = (result.severity, curie(result.shape)) if by == "rule" else ("", file_of(result) if by == "file" else class_of(result))
        groups.setdefault(key, []).append(result)
    if by == "rule":
        return [Group(name, severity, tuple(found)) for (severity, name), found in groups.items()]
    ordered = sorted(groups.items())
    if by == "file":
        ordered = [(key, sorted(found, key=lambda result: (result.origin[:1], result.sort_key))) for key, found in ordered]
    return [Group(name, min(found, key=lambda result: result.sort_key).severity, tuple(found)) for (_, name), found in ordered]


def file_of(result: Result) -> str:
    """Return the first file a finding stems from, or nothing."""
    return result.origin[0].file if result.origin else ""


_ENTITY = re.compile(r"/id/([a-z]+(?:-[a-z]+)*)/[^/]+\Z")
_SHAPE = re.compile(r"(\w+?)Shape(?:-|\Z)")


def class_of(result: Result) -> str:
    """Return the class that a finding is about: that of the focus' IRI, else that of the rule; of a table's cell, the table."""
    if result.component == TABLE:
        return PurePosixPath(file_of(result).replace("\\", "/")).name
    entity = _ENTITY.search(result.focus)
    if entity:
        return "".join(part.capitalize() for part in entity.group(1).split("-"))
    shape = _SHAPE.match(local_name(result.shape))
    return shape.group(1) if shape else local_name(result.shape)


@lru_cache(maxsize=2)
def class_names(lang: str) -> dict[str, str]:
    """Return the labels of the ontology's classes by their local names."""
    from kg.resources import folder
    from kg.sources.rdf import read_rdf

    labels = {q.subject: q.object for q in read_rdf(folder("ontology", "inno.ttl")) if q.predicate == RDFS.label and q.language == lang}
    labels[SKOS.Concept] = {"de": "Begriff", "en": "Concept"}[lang]
    return {local_name(iri): label for iri, label in labels.items() if local_name(iri)[:1].isupper() and iri in (SKOS.Concept, INNO[local_name(iri)])}


__all__ = ["GROUPS", "Filters", "Group", "View", "class_names", "class_of", "file_of", "grouped", "select", "view_keys"]
