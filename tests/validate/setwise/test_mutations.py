"""The cases can fail: with a component's evaluation broken, its case fails.

Two runs break all components at once, one so that they find nothing, one so that they find everything. Each component is then judged by a
case in which nothing else is asked for, so the others cannot hide it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from typing import Any

import pytest

from kg.validate.setwise import compile as compiling
from kg.validate.setwise import evaluate
from kg.validate.setwise.checks import CHECKS, NONE, Nodes, Uses
from kg.validate.setwise.logic import Logic
from kg.validate.setwise.model import Closed
from kg.validate.setwise.queries import Prebinding
from tests.validate.setwise.base import Fact, expected, outcomes, read_cases

CASES = {case.name: case for case in read_cases()}
OWN = {
    "Class": "value-type/class",
    "Datatype": "value-type/datatype",
    "NodeKind": "value-type/node-kind-iri",
    "MinCount": "cardinality/min-count",
    "MaxCount": "cardinality/max-count",
    "MinExclusive": "range/min-exclusive",
    "MinInclusive": "range/min-inclusive",
    "MaxExclusive": "range/max-exclusive",
    "MaxInclusive": "range/max-inclusive",
    "MinLength": "strings/min-length",
    "MaxLength": "strings/max-length",
    "Pattern": "strings/pattern",
    "LanguageIn": "strings/language-in",
    "UniqueLang": "strings/unique-lang",
    "Equals": "pairs/equals",
    "Disjoint": "pairs/disjoint",
    "LessThan": "pairs/less-than",
    "LessThanOrEquals": "pairs/less-than-or-equals",
    "Not": "logical/not-on-property-shape",
    "And": "logical/and-on-property-shape",
    "Or": "logical/or-on-property-shape",
    "Xone": "logical/xone-of-three",
    "Node": "shape-based/node-on-node-shape",
    "QualifiedMinCount": "shape-based/qualified-min",
    "QualifiedMaxCount": "shape-based/qualified-max",
    "Closed": "other/closed",
    "HasValue": "other/has-value",
    "In": "other/in",
    "SPARQL": "sparql-constraints/node-shape",
    "ex:LangComponent": "sparql-components/ask-validator",
}
BARE = {"MinCount", "MaxCount", "UniqueLang", "HasValue"}
"""Components whose results name no value."""


QUERIES = {"SPARQL", "ex:LangComponent"}
"""Components that are queries: they have no part of the engine's own that could find everything."""


def found(left_out: Collection[str] = ()) -> dict[str, Counter[Fact]]:
    """Run the cases of components together."""
    return outcomes([CASES[name] for component, name in OWN.items() if component not in left_out], "setwise")[1]


def nothing(check: Callable[..., Any]) -> Callable[..., Any]:
    """Return a check that runs and finds nothing."""
    return lambda *args: check(*args).limit(0)


def everything(nodes: Nodes, uses: Uses) -> Any:
    """Find a violation at every value node, or at every focus node."""
    import ibis

    own = nodes.parameters(("bare",), [(use.shape, use.rule, int(use.constraint.name in BARE)) for use in uses])
    none = ibis.literal(NONE).cast("int64")
    bare = nodes.focus.join(own.filter(own.bare == 1), "shape").select("shape", "rule", "focus", value=none)
    return nodes.values.join(own.filter(own.bare == 0), "shape").select("shape", "rule", "focus", "value").union(bare)


def every_logical(self: Logic, level: int, uses: Uses) -> Any:
    """Find a violation of a logical constraint at every value node."""
    return everything(Nodes(self.data, self.focus[level], self.values[level]), uses)


def every_qualified(self: Logic, level: int, uses: Uses) -> Any:
    """Find a violation of a qualified constraint at every focus node."""
    import ibis

    own = Nodes(self.data, self.focus[level], self.values[level]).parameters((), [(use.shape, use.rule) for use in uses])
    return self.focus[level].join(own, "shape").select("shape", "rule", "focus", value=ibis.literal(NONE).cast("int64"))


@pytest.fixture(scope="module")
def unbroken() -> dict[str, Counter[Fact]]:
    return found()


@pytest.fixture(scope="module")
def finding_nothing() -> dict[str, Counter[Fact]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluate, "CHECKS", {names: nothing(check) for names, check in CHECKS.items()})
        patch.setattr(evaluate, "closed", lambda *_: [])
        patch.setattr(Logic, "_logical", nothing(Logic._logical))
        patch.setattr(Logic, "_qualified", nothing(Logic._qualified))
        patch.setattr(Prebinding, "findings", lambda *_: [])
        return found()


@pytest.fixture(scope="module")
def finding_everything() -> dict[str, Counter[Fact]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluate, "CHECKS", dict.fromkeys(CHECKS, everything))
        patch.setattr(compiling._Compiler, "_closed", lambda *_: Closed(()))
        patch.setattr(Logic, "_logical", every_logical)
        patch.setattr(Logic, "_qualified", every_qualified)
        return found(QUERIES)


@pytest.mark.parametrize("component", OWN)
def test_a_check_that_finds_nothing_is_noticed(component: str, unbroken: dict[str, Counter[Fact]], finding_nothing: dict[str, Counter[Fact]]) -> None:
    name = OWN[component]
    wanted = expected(CASES[name])
    assert unbroken[name] == wanted
    assert wanted
    assert {fact.component for fact in wanted} == {component}
    assert finding_nothing[name] == Counter()


@pytest.mark.parametrize("component", [name for name in OWN if name not in QUERIES])
def test_a_check_that_finds_everything_is_noticed(component: str, finding_everything: dict[str, Counter[Fact]]) -> None:
    name = OWN[component]
    surplus = finding_everything[name] - (expected(CASES[name]) or Counter())
    assert component in {fact.component for fact in surplus}


def test_every_component_of_the_engine_has_its_case() -> None:
    parts = {name for names in CHECKS for name in names}
    assert parts | {"Closed", "Not", "And", "Or", "Xone", "Node", "QualifiedMinCount", "QualifiedMaxCount"} | QUERIES == set(OWN)
