"""A good example from the data: another thing of the same class that meets the rule, the shortest there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from kg.errors import Text
from kg.namespaces import INNO, RDF, curie, local_name
from kg.validate.card_words import cut, property_name
from kg.validate.reader import follow
from kg.validate.report import Result, parse_literal, parse_path, readable_path
from kg.validate.shapes import LANGUAGES, ShapeInfo
from kg.validate.surroundings import Names, Surroundings, names

LOOKED_AT = 200
"""Things of the class that are looked at."""
SHOWN = 3
"""Values shown of an example."""

Failing = Callable[[str, Iterable[str]], set[str]]
"""Which of some nodes do not meet a rule."""


@dataclass(frozen=True)
class Found:
    """An example before it is put into words.

    Attributes:
        node: Its IRI.
        labels: Its names by language.
        values: Terms that the rule looks at, by path.
        names: Names of the nodes among the values.
    """

    node: str
    labels: Mapping[str, str]
    values: Mapping[str, tuple[str, ...]]
    names: Names


def find(around: Surroundings, result: Result, info: ShapeInfo | None, failing: Failing) -> Found | None:
    """Return the example with the shortest name and values, `None` where nothing of the class meets the rule.

    Args:
        around: Statements of the data.
        result: The finding.
        info: Its rule.
        failing: Which of some nodes are in findings of a rule.
    """
    kind = _class(around, result.focus)
    if not kind:
        return None
    nodes = sorted({quad.subject for quad in around.facts([(kind, RDF.type)], backwards=True)} - {result.focus})[:LOOKED_AT]
    nodes = [node for node in nodes if node not in failing(result.shape, nodes) and not node.startswith("_:")]
    paths = [result.path] if result.path else [path for path in (info.predicates if info else ()) if path != RDF.type][:SHOWN]
    values: dict[str, dict[str, tuple[str, ...]]] = {node: {} for node in nodes}
    for path in paths:
        for node, found in follow(around, parse_path(path), nodes).items():
            values[node][path] = tuple(sorted(found, key=lambda text: (len(text), text))[:SHOWN])
    labels = names(around, nodes)
    able = [node for node in nodes if node in labels and (len(values[node]) == len(paths) or not paths)]
    if not able:
        return None
    # Whatever the language, the same thing is shown.
    best = min(able, key=lambda node: (_length(labels[node].values()) + _length(v for found in values[node].values() for v in found), node))
    shown = {value for found in values[best].values() for value in found if not value.startswith('"')}
    return Found(best, labels[best], values[best], names(around, shown))


def _length(texts: Iterable[str]) -> int:
    return sum(len(text) for text in texts)


def _class(around: Surroundings, node: str) -> str:
    """Return the class whose members are comparable: one of ours before those of others."""
    if node.startswith(('"', "_:")):
        return ""
    kinds = {quad.object for quad in around.facts([(node, RDF.type)]) if quad.kind == "iri"}
    return min(kinds, key=lambda kind: (not kind.startswith(INNO[""]), kind), default="")


def says(found: Found, name: str, lang: str) -> tuple[tuple[str, str], ...]:
    """Return what an example says where the finding is wrong: name of the property and its values.

    Args:
        found: The example.
        name: Name of the rule's path in the language.
        lang: `de` or `en`.
    """
    alone = len(found.values) == 1 and name
    return tuple((name if alone else property_name(readable_path(path), lang), _listed(found, values, lang)) for path, values in found.values.items())


def _listed(found: Found, values: Iterable[str], lang: str) -> str:
    """Return values by their names; a node that has none only says that it is there."""
    named = [value for value in values if value.startswith('"') or value in found.names]
    return "; ".join(_shown(found, value, lang) for value in named) or Text("given", "vorhanden").in_(lang)


def _shown(found: Found, value: str, lang: str) -> str:
    if value.startswith('"'):
        term = parse_literal(value)
        return cut(term.value, 120) + (f" ({term.language})" if term.language else "")
    return cut(name_of(found.names.get(value, {}), value, lang), 120)


def name_of(labels: Mapping[str, str], node: str, lang: str) -> str:
    """Return a name in a language, else in another, else the last step of the node."""
    return labels.get(lang) or next((labels[one] for one in (*LANGUAGES, "", *sorted(labels)) if labels.get(one)), "") or local_name(curie(node))
