"""The two engines on generated graphs: the same multiset of results, messages where the shape has its own.

Cases are drawn the same in every run. What is generated, and what is left out because pySHACL departs there, stands in `strategies.py`.
"""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from rdflib import Graph

from tests.validate.setwise.base import SH, Fact, facts, term_text, validate
from tests.validate.setwise.strategies import PARTS, graphs, path_graphs, query_graphs

FEW = settings(max_examples=2, deadline=None, derandomize=True, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
"""Few graphs with many shapes. Without shrinking, which would take minutes: the difference names the shapes."""


def told(report: Graph, shapes: Graph) -> Counter[Fact]:
    """Return the facts of a report, messages only of shapes that have messages of their own."""
    speaking = {term_text(shape) for shape in shapes.subjects(SH.message, None)}
    return Counter([fact if fact.shape in speaking else fact._replace(messages=()) for fact in facts(report).elements()])


def same(data: Graph, shapes: Graph) -> Counter[Fact]:
    """Compare the engines and return what they say."""
    note(f"{shapes.serialize(format='turtle')}\n# data\n{data.serialize(format='turtle')}")
    setwise, reference = (told(validate(data, shapes, engine), shapes) for engine in ("setwise", "reference"))
    assert (setwise - reference, reference - setwise) == (Counter(), Counter()), "what only setwise says, what only pySHACL says"
    if not any(shapes.triples((None, SH.sparql, None))):
        direct = told(validate(data, shapes, "direct"), shapes)
        assert (direct - reference, reference - direct) == (Counter(), Counter()), "what only direct says, what only pySHACL says"
    return setwise


@FEW
@given(path_graphs())
def test_paths(both: tuple[Graph, Graph]) -> None:
    same(*both)


COMPONENTS = {
    "value_type": {"Class", "Datatype", "NodeKind"},
    "cardinality": {"MinCount", "MaxCount"},
    "range": {"MinExclusive", "MinInclusive", "MaxExclusive", "MaxInclusive"},
    "strings": {"MinLength", "MaxLength", "Pattern", "LanguageIn", "UniqueLang"},
    "pairs": {"Equals", "Disjoint", "LessThan", "LessThanOrEquals"},
    "logic": {"Not", "And", "Or", "Xone"},
    "shape_based": {"Node", "QualifiedMinCount", "QualifiedMaxCount"},
    "other": {"Closed", "HasValue", "In"},
}


@pytest.mark.parametrize("part", PARTS)
def test_parts(part: str) -> None:
    """The components of one part of section 4; what is drawn has results of each, as a comparison of empty reports would say nothing."""
    seen: set[str] = set()

    @FEW
    @given(graphs((part,), depth=1))
    def compare(both: tuple[Graph, Graph]) -> None:
        seen.update(fact.component for fact in same(*both))

    compare()
    assert seen >= COMPONENTS[part]


@FEW
@given(graphs(depth=3))
def test_all_parts_nested(both: tuple[Graph, Graph]) -> None:
    same(*both)


@FEW
@given(query_graphs())
def test_queries(both: tuple[Graph, Graph]) -> None:
    same(*both)


@FEW
@given(graphs(depth=1))
def test_one_graph(both: tuple[Graph, Graph]) -> None:
    """Shapes and data in one graph."""
    whole = both[0] + both[1]
    same(whole, whole)
