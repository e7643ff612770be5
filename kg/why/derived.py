"""How a rule came to a statement: the rule in words, and the statements it used.

A premise query takes `?s` and `?o`, subject and object of the derived statement, and gives back the statements that the rule of that name in
`queries/infer` matched; a test keeps the two together.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from kg.errors import Text
from kg.headers import read_header
from kg.infer import rules
from kg.store import Store, Triples
from kg.why.model import Derivation, Premise

if TYPE_CHECKING:
    from kg.store import Node

MAX_PREMISES = 20
_COUNTED = 200

PREMISES = {
    "involves": "CONSTRUCT { ?n inno:inInitiative ?s . ?n inno:participant ?o } WHERE { ?n inno:inInitiative ?s ; inno:participant ?o }",
    "coordinated-by": """CONSTRUCT { ?n inno:inInitiative ?s . ?n inno:participant ?o . ?n inno:role ?r }
        WHERE { ?n inno:inInitiative ?s ; inno:participant ?o ; inno:role ?r
                FILTER (?r = <https://w3id.org/innokg/code/participation-role/coordinator>) }""",
    "counts-with": "CONSTRUCT { ?s inno:partOf ?o } WHERE { ?s inno:partOf ?o }",
    "participant-merged": """CONSTRUCT { ?s inno:participant ?body . ?s inno:inInitiative ?i . ?body inno:representedByUnit ?o . ?other inno:participant ?o }
        WHERE { ?s inno:participant ?body ; inno:inInitiative ?i . ?body inno:representedByUnit ?o . ?other inno:inInitiative ?i ; inno:participant ?o }""",
    "participant-top": """CONSTRUCT { ?s inno:participant ?unit . ?lower org:subOrganizationOf ?upper }
        WHERE { ?s inno:participant ?unit . ?unit org:subOrganizationOf* ?lower . ?lower org:subOrganizationOf ?upper . ?upper org:subOrganizationOf* ?o }""",
    "recorded-size": """CONSTRUCT { ?n inno:participant ?unit }
        WHERE { ?n inno:inInitiative ?s ; inno:participant ?unit ; inno:role ?role
                FILTER (?role NOT IN (<https://w3id.org/innokg/code/participation-role/operator>, <https://w3id.org/innokg/code/participation-role/initiator>,
                    <https://w3id.org/innokg/code/participation-role/organiser>, <https://w3id.org/innokg/code/participation-role/host>,
                    <https://w3id.org/innokg/code/participation-role/user>)) }""",
    "completeness": """CONSTRUCT { ?s inno:declaredSize ?declared . ?s inno:recordedSize ?recorded }
        WHERE { ?s a inno:Project OPTIONAL { ?s inno:declaredSize ?declared } OPTIONAL { ?s inno:recordedSize ?recorded } }""",
}
"""Queries for premises, by name of the rule."""


@lru_cache(maxsize=1)
def made_by() -> dict[str, tuple[str, Text]]:
    """Return the rule that makes a property: property → name and title of the rule (shipped rules make one property each)."""
    from kg.namespaces import INNO

    made: dict[str, tuple[str, Text]] = {}
    for _, name, query in rules():
        template = query.partition("CONSTRUCT")[2].partition("}")[0]
        for word in template.replace("{", " ").split():
            if word.startswith("inno:"):
                made.setdefault(INNO[word.removeprefix("inno:")], (name, title(name)))
    return made


@lru_cache(maxsize=64)
def title(name: str) -> Text:
    """Return a rule in words; its name where it is not among the shipped ones."""
    for _, known, query in rules():
        if known == name:
            given = read_header(query, name).get("title") or {}
            return Text(str(given.get("en") or name), str(given.get("de") or name))
    return Text(name, name)


def derivation(store: Store, subject: str, predicate: str, value: Node, rule: str = "") -> Derivation:
    """Return how a rule came to a statement.

    Args:
        store: The graph.
        subject, predicate, value: The derived statement.
        rule: Name of the rule where the quad table tells it; else it is taken from the property.
    """
    import pyoxigraph as ox

    if not rule:
        rule = made_by().get(predicate, ("", Text("", "")))[0]
    if not rule:
        return Derivation("", Text("a rule that is not at hand", "eine Regel, die hier nicht vorliegt"))
    if rule not in PREMISES:
        return Derivation(rule, title(rule))
    result = store.query(
        PREMISES[rule] + f" LIMIT {_COUNTED}", {"s": ox.NamedNode(subject), "o": value} if "?o" in PREMISES[rule] else {"s": ox.NamedNode(subject)}
    )
    found = sorted({(one.subject.value, one.predicate.value, one.object) for one in result.triples}, key=str) if isinstance(result, Triples) else []  # type: ignore[union-attr]
    premises = tuple(Premise(*one) for one in found[:MAX_PREMISES])  # type: ignore[arg-type]
    return Derivation(rule, title(rule), premises, max(0, len(found) - MAX_PREMISES))
