"""The core constraint components that look at terms and triples: one expression each, for all shapes that use it.

Every function takes the constraints of one component and returns what violates them: columns `shape, rule, focus, value`, where `rule` is
the number of a constraint and `value` is -1 where a result names none. Functions over texts and numbers (patterns, ranges, lexical
forms) run in Python over distinct values only, so that they are exact on every engine.
Source: SHACL, sections 4.1 to 4.5 and 4.8.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from kg.namespaces import SH
from kg.quads import Term
from kg.validate.setwise.compare import less, less_or_equal
from kg.validate.setwise.data import Data
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

    asked = nodes.parameters((), [(use.shape, use.rule) for use in uses])
    spoken = nodes.data.terms.filter(nodes.data.terms.language != "").select("language", value="id")
    counts = nodes.values.join(asked, "shape").join(spoken, "value").group_by("shape", "rule", "focus", "language").aggregate(count=ibis._.count())
    return _bare(counts.filter(counts["count"] > 1))


# --- kinds of terms ------------------------------------------------------------------------------------------------------

_KINDS = {SH.IRI: (0,), SH.BlankNode: (1,), SH.Literal: (2,), SH.BlankNodeOrIRI: (0, 1), SH.BlankNodeOrLiteral: (1, 2), SH.IRIOrLiteral: (0, 2)}


def _node_kind(nodes: Nodes, uses: Uses) -> Any:
    forbidden = [(use.shape, use.rule, code) for use in uses for code in range(3) if code not in _KINDS[use.value]]
    asked = nodes.parameters(("code",), forbidden)
    values = nodes.values.mutate(code=nodes.values.value % 4)
    return values.join(asked, ["shape", "code"]).select(*_COLUMNS)


def _class(nodes: Nodes, uses: Uses) -> Any:
    data = nodes.data
    below = data.subclasses({use.value for use in uses})
    asked = nodes.parameters((), [(use.shape, use.rule) for use in uses])
    kinds = small_table(data.engine, ("rule", "kind"), [(use.rule, lower) for use in uses for lower in below[use.value]])
    typed = data.triples.filter(data.triples.p == data.type_place).select(value="s", kind="o")
    fitting = typed.join(kinds, "kind").select("rule", "value")
    return nodes.values.join(asked, "shape").anti_join(fitting, ["rule", "value"]).select(*_COLUMNS)


def _datatype(nodes: Nodes, uses: Uses) -> Any:
    data = nodes.data
    asked = nodes.parameters(("asked",), [(use.shape, use.rule, use.value) for use in uses], texts=("asked",))
    checked = sorted({use.value for use in uses} & CHECKED)
    malformed: list[tuple[int]] = []
    if checked:
        literals = data.terms.filter((data.terms.kind == "literal") & data.terms.datatype.isin(checked) & (data.terms.language == ""))
        rows = data.engine.to_pylist(literals.select("id", "value", "datatype"))
        malformed = [(row["id"],) for row in rows if not well_formed(row["value"], row["datatype"])]
    terms = data.terms.select("datatype", "kind", value="id")
    known = nodes.values.join(asked, "shape").join(terms, "value")
    other = known.filter((known.kind != "literal") | (known.datatype != known.asked)).select(*_COLUMNS)
    if not malformed:
        return other
    wrong = known.filter(known.datatype == known.asked).semi_join(small_table(data.engine, ("value",), malformed), "value")
    return other.union(wrong.select(*_COLUMNS))


# --- texts and ranges ----------------------------------------------------------------------------------------------------


_PASSES: Mapping[str, Callable[[Any, Term], bool]] = {
    "MinExclusive": less,
    "MinInclusive": less_or_equal,
    "MaxExclusive": lambda bound, term: less(term, bound),
    "MaxInclusive": lambda bound, term: less_or_equal(term, bound),
    "Pattern": lambda asked, term: term.kind != "bnode" and bool(compile_pattern(asked.pattern, asked.flags).search(term.value)),
}


def _judged(nodes: Nodes, uses: Uses) -> Any:
    """Return values that a function of Python does not let pass; it sees every pair of constraint and distinct value once."""
    data = nodes.data
    asked = nodes.parameters((), [(use.shape, use.rule) for use in uses])
    judges = {use.rule: (_PASSES[use.constraint.name], use.value) for use in uses}
    pairs = nodes.values.join(asked, "shape").select("rule", "value").distinct()
    terms = data.terms.select("kind", "datatype", "language", text="value", value="id")
    failing = []
    for row in data.engine.to_pylist(pairs.join(terms, "value")):
        passes, bound = judges[row["rule"]]
        if not passes(bound, Term(row["text"], row["kind"], row["datatype"], row["language"])):
            failing.append((row["rule"], row["value"]))
    bad = small_table(data.engine, ("rule", "value"), failing)
    return nodes.values.join(asked, "shape").join(bad, ["rule", "value"]).select(*_COLUMNS)


def _length(nodes: Nodes, uses: Uses) -> Any:
    """Check `sh:minLength` and `sh:maxLength`, in characters (SPARQL's STRLEN)."""
    bounds = [(use, max(-1, min(use.value, LARGE))) for use in uses]
    rows = [(use.shape, use.rule, *((bound, LARGE) if use.constraint.name == "MinLength" else (-1, bound))) for use, bound in bounds]
    asked = nodes.parameters(("least", "most"), rows)
    terms = nodes.data.terms.select("kind", text="value", value="id")
    known = nodes.values.join(asked, "shape").join(terms, "value")
    length = known.text.length()
    return known.filter((known.kind == "bnode") | (length < known.least) | (length > known.most)).select(*_COLUMNS)


def matches_range(language: str, asked: str) -> bool:
    """Return whether a language tag is in a basic language range (RFC 4647, section 3.3.1; SPARQL's `langMatches`).

    >>> matches_range("en-gb", "EN"), matches_range("eng", "en"), matches_range("", "*")
    (True, False, False)
    """
    language, asked = language.lower(), asked.lower()
    return bool(language) and (asked == "*" or language == asked or language.startswith(f"{asked}-"))


def _language_in(nodes: Nodes, uses: Uses) -> Any:
    data = nodes.data
    asked = nodes.parameters((), [(use.shape, use.rule) for use in uses])
    languages = [row["language"] for row in data.engine.to_pylist(data.terms.select("language").distinct())]
    fitting = [(use.rule, language) for use in uses for language in languages if any(matches_range(language, one) for one in use.value)]
    table = small_table(data.engine, ("rule", "language"), fitting, texts=("language",))
    terms = data.terms.select("language", value="id")
    return nodes.values.join(asked, "shape").join(terms, "value").anti_join(table, ["rule", "language"]).select(*_COLUMNS)


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
    left = data.terms.select(value="id", text="value", kind="kind", datatype="datatype", language="language")
    right = data.terms.select(other="id", text2="value", kind2="kind", datatype2="datatype", language2="language")
    wrong = []
    for row in data.engine.to_pylist(pairs.select("strict", "value", "other").distinct().join(left, "value").join(right, "other")):
        one = Term(row["text"], row["kind"], row["datatype"], row["language"])
        two = Term(row["text2"], row["kind2"], row["datatype2"], row["language2"])
        if not (less if row["strict"] else less_or_equal)(one, two):
            wrong.append((row["strict"], row["value"], row["other"]))
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
    ("NodeKind",): _node_kind,
    ("Class",): _class,
    ("Datatype",): _datatype,
    tuple(_PASSES): _judged,
    ("MinLength", "MaxLength"): _length,
    ("LanguageIn",): _language_in,
    ("Equals",): _equals,
    ("Disjoint",): _disjoint,
    ("LessThan", "LessThanOrEquals"): _ordered,
    ("HasValue",): _has_value,
    ("In",): _in,
}
"""Components that are checked together → their check."""
