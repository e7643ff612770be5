"""The core constraint components that look at terms and triples: one expression each, for all shapes that use it.

Every function takes the constraints of one component and returns what violates them: columns `shape, rule, focus, value`, where `rule` is
the number of a constraint and `value` is -1 where a result names none. Functions over texts and numbers (patterns, ranges, lexical
forms) run in Python over distinct values only, so that they are exact on every engine.
Source: SHACL, sections 4.1 to 4.5 and 4.8.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from kg.namespaces import RDF, SH
from kg.quads import Term
from kg.validate.setwise.compare import less, less_or_equal
from kg.validate.setwise.data import Data, Tag
from kg.validate.setwise.lexical import CHECKED, well_formed
from kg.validate.setwise.model import Constraint
from kg.validate.setwise.regex import compile_pattern
from kg.validate.setwise.tables import small_table

NONE = -1
"""Value of a result that names no value."""

LARGE = 2**62
"""A count nothing reaches."""


@dataclass(frozen=True)
class Use:
    """A constraint of a shape, numbered."""

    rule: int
    shape: int
    constraint: Constraint

    @property
    def value(self) -> Any:
        """What the constraint asks for."""
        return self.constraint.value


@dataclass(frozen=True)
class Nodes:
    """What constraints are checked on.

    Attributes:
        data: Terms and triples.
        focus: Columns `shape, focus`.
        values: Columns `shape, focus, value`.
    """

    data: Data
    focus: Any
    values: Any

    def parameters(self, columns: Sequence[str], rows: Iterable[Sequence[Any]], texts: Sequence[str] = ()) -> Any:
        """Return a table of parameters that begins with `shape, rule`."""
        return small_table(self.data.engine, ("shape", "rule", *columns), rows, texts)

    def number(self, term: Term) -> int:
        """Return the number of a term that a shape speaks of."""
        return self.data.numbers[term]


Uses: TypeAlias = Sequence[Use]
Check: TypeAlias = Callable[[Nodes, Uses], Any]
_COLUMNS = ("shape", "rule", "focus", "value")


def _bare(table: Any) -> Any:
    import ibis

    return table.select("shape", "rule", "focus", value=ibis.literal(NONE).cast("int64"))


# --- counts --------------------------------------------------------------------------------------------------------------


def _count(nodes: Nodes, uses: Uses) -> Any:
    """Check `sh:minCount` and `sh:maxCount` with one count of the value nodes."""
    import ibis

    bounds = [(use, max(-1, min(use.value, LARGE))) for use in uses]
    rows = [(use.shape, use.rule, *((bound, LARGE) if use.constraint.name == "MinCount" else (-1, bound))) for use, bound in bounds]
    asked = nodes.parameters(("least", "most"), rows)
    counts = nodes.values.semi_join(asked, "shape").group_by("shape", "focus").aggregate(count=ibis._.count())
    counted = nodes.focus.join(asked, "shape").left_join(counts, ["shape", "focus"])
    count = ibis.coalesce(counted["count"], 0)
    return _bare(counted.filter((count < counted.least) | (count > counted.most)))


def _unique_lang(nodes: Nodes, uses: Uses) -> Any:
    import ibis

    data = nodes.data
    asked = nodes.parameters((), [(use.shape, use.rule) for use in uses])
    spoken = [place for place, tag in enumerate(data.tags) if tag.language]
    values = nodes.values.mutate(tag=nodes.values.value & data.mask).join(asked, "shape")
    counts = values.filter(values.tag.isin(spoken)).group_by("shape", "rule", "focus", "tag").aggregate(count=ibis._.count())
    return _bare(counts.filter(counts["count"] > 1))


# --- kinds of terms ------------------------------------------------------------------------------------------------------

_KINDS = {
    SH.IRI: ("iri",),
    SH.BlankNode: ("bnode",),
    SH.Literal: ("literal",),
    SH.BlankNodeOrIRI: ("bnode", "iri"),
    SH.BlankNodeOrLiteral: ("bnode", "literal"),
    SH.IRIOrLiteral: ("iri", "literal"),
}


def matches_range(language: str, asked: str) -> bool:
    """Return whether a language tag is in a basic language range (RFC 4647, section 3.3.1; SPARQL's `langMatches`).

    >>> matches_range("en-gb", "EN"), matches_range("eng", "en"), matches_range("", "*")
    (True, False, False)
    """
    language, asked = language.lower(), asked.lower()
    return bool(language) and (asked == "*" or language == asked or language.startswith(f"{asked}-"))


def _has_datatype(asked: str, tag: Tag | Term) -> bool:
    # A literal of rdf:langString without a language is ill-typed.
    return tag.kind == "literal" and tag.datatype == asked and (asked != RDF.langString or bool(tag.language))


FITS: Mapping[str, Callable[[Any, Tag | Term], bool]] = {
    "NodeKind": lambda asked, tag: tag.kind in _KINDS[asked],
    "Datatype": _has_datatype,
    "LanguageIn": lambda asked, tag: any(matches_range(tag.language, one) for one in asked),
}
"""What kind, datatype and language of a term decide."""


def _tags(nodes: Nodes, uses: Uses) -> Any:
    """Check what can be read off a number: kind, datatype and language. Whether a text is of its datatype is judged with other texts."""
    data = nodes.data
    forbidden = [(use.shape, use.rule, place) for use in uses for place, tag in enumerate(data.tags) if not FITS[use.constraint.name](use.value, tag)]
    asked = nodes.parameters(("tag",), forbidden)
    values = nodes.values.mutate(tag=nodes.values.value & data.mask)
    return values.join(asked, ["shape", "tag"]).select(*_COLUMNS)


def _class(nodes: Nodes, uses: Uses) -> Any:
    data = nodes.data
    below = data.subclasses({use.value for use in uses})
    asked = nodes.parameters((), [(use.shape, use.rule) for use in uses])
    kinds = small_table(data.engine, ("rule", "kind"), [(use.rule, lower) for use in uses for lower in below[use.value]])
    typed = data.triples.filter(data.triples.p == data.type_place).select(value="s", kind="o")
    fitting = typed.join(kinds, "kind").select("rule", "value")
    return nodes.values.join(asked, "shape").anti_join(fitting, ["rule", "value"]).select(*_COLUMNS)


# --- texts and ranges ----------------------------------------------------------------------------------------------------


PASSES: Mapping[str, Callable[[Any, Term], bool]] = {
    "MinExclusive": less,
    "MinInclusive": less_or_equal,
    "MaxExclusive": lambda bound, term: less(term, bound),
    "MaxInclusive": lambda bound, term: less_or_equal(term, bound),
    "MinLength": lambda bound, term: term.kind != "bnode" and len(term.value) >= bound,
    "MaxLength": lambda bound, term: term.kind != "bnode" and len(term.value) <= bound,
    "Pattern": lambda asked, term: term.kind != "bnode" and bool(compile_pattern(asked.pattern, asked.flags).search(term.value)),
    "Datatype": lambda asked, term: term.datatype != asked or well_formed(term.value, asked),
}
"""What the text of a term decides."""


def _judged(nodes: Nodes, uses: Uses) -> Any:
    """Return values that a function of Python does not let pass; it sees every pair of constraint and distinct value once."""
    data = nodes.data
    judges: dict[int, list[tuple[int, Callable[[Any, Term], bool], Any]]] = defaultdict(list)
    for use in uses:
        if use.constraint.name != "Datatype" or use.value in CHECKED:
            judges[use.shape].append((use.rule, PASSES[use.constraint.name], use.value))
    values = nodes.values.filter(nodes.values.shape.isin(list(judges)))
    failing = [
        (shape, rule, number)
        for number, term, shape in data.spelled(values, "value", "shape")
        for rule, passes, bound in judges[shape]
        if not passes(bound, term)
    ]
    return values.join(small_table(data.engine, ("shape", "rule", "value"), failing), ["shape", "value"]).select(*_COLUMNS)


# --- other properties of the focus node ----------------------------------------------------------------------------------


def _paired(nodes: Nodes, uses: Uses) -> Any:
    return nodes.parameters(("p",), [(use.shape, use.rule, nodes.data.predicates[use.value]) for use in uses])


def _equals(nodes: Nodes, uses: Uses) -> Any:
    asked, triples = _paired(nodes, uses), nodes.data.triples
    others = triples.select("p", focus="s", value="o")
    missing = nodes.values.join(asked, "shape").anti_join(others, ["p", "focus", "value"]).select(*_COLUMNS)
    extra = nodes.focus.join(asked, "shape").join(others, ["p", "focus"]).anti_join(nodes.values, ["shape", "focus", "value"]).select(*_COLUMNS)
    return missing.union(extra)


def _disjoint(nodes: Nodes, uses: Uses) -> Any:
    others = nodes.data.triples.select("p", focus="s", value="o")
    return nodes.values.join(_paired(nodes, uses), "shape").semi_join(others, ["p", "focus", "value"]).select(*_COLUMNS)


def _ordered(nodes: Nodes, uses: Uses) -> Any:
    """Compare each value node with each value of another property; one result per pair that is not in order."""
    data = nodes.data
    strict = {use.rule: int(use.constraint.name == "LessThan") for use in uses}
    asked = nodes.parameters(("p", "strict"), [(use.shape, use.rule, data.predicates[use.value], strict[use.rule]) for use in uses])
    others = data.triples.select("p", focus="s", other="o")
    pairs = data.engine.cache(nodes.values.join(asked, "shape").join(others, ["p", "focus"]).select(*_COLUMNS, "strict", "other"))
    terms = data.terms(pairs.select(id="value"), pairs.select(id="other"))
    wrong = [
        (strictly, value, other)
        for strictly, value, other in data.fetch(pairs.select("strict", "value", "other").distinct())
        if not (less if strictly else less_or_equal)(terms[value], terms[other])
    ]
    return pairs.join(small_table(data.engine, ("strict", "value", "other"), wrong), ["strict", "value", "other"]).select(*_COLUMNS)


# --- fixed terms ---------------------------------------------------------------------------------------------------------


def _has_value(nodes: Nodes, uses: Uses) -> Any:
    asked = nodes.parameters(("value",), [(use.shape, use.rule, nodes.number(use.value)) for use in uses])
    return _bare(nodes.focus.join(asked, "shape").anti_join(nodes.values, ["shape", "focus", "value"]))


def _in(nodes: Nodes, uses: Uses) -> Any:
    asked = nodes.parameters((), [(use.shape, use.rule) for use in uses])
    members = small_table(nodes.data.engine, ("rule", "value"), [(use.rule, nodes.number(term)) for use in uses for term in use.value])
    return nodes.values.join(asked, "shape").anti_join(members, ["rule", "value"]).select(*_COLUMNS)


CHECKS: Mapping[tuple[str, ...], Check] = {
    ("MinCount", "MaxCount"): _count,
    ("UniqueLang",): _unique_lang,
    tuple(FITS): _tags,
    ("Class",): _class,
    tuple(PASSES): _judged,
    ("Equals",): _equals,
    ("Disjoint",): _disjoint,
    ("LessThan", "LessThanOrEquals"): _ordered,
    ("HasValue",): _has_value,
    ("In",): _in,
}
"""Components that are checked together → their check; a datatype is checked twice, as a datatype and as a text of it."""
