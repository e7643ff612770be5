"""The yardstick's derived statements: what `queries/infer/` says, by look-ups; rdflib's SPARQL needs minutes for the same joins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from rdflib import Dataset, Graph, Literal, URIRef
from rdflib.namespace import ORG, RDF
from rdflib.term import Node

from benchmarks.plain_mapping import BASE, INNO


def derive(dataset: Dataset) -> Graph:
    """Add what the rules derive and return the graph of it."""
    derived = dataset.graph(URIRef(f"{BASE}graph/inferred"))
    role, complete = f"{BASE}code/participation-role/", f"{BASE}code/completeness/"
    no_consortium = {URIRef(role + name) for name in ("operator", "initiator", "organiser", "host")}
    projects = set(dataset.subjects(RDF.type, INNO.Project))
    participant, initiative = dict(dataset.subject_objects(INNO.participant)), dict(dataset.subject_objects(INNO.inInitiative))
    units: dict[Node, set[Node]] = defaultdict(set)
    for body, unit in dataset.subject_objects(INNO.representedByUnit):
        units[body].add(unit)
    named: dict[Node, set[Node]] = defaultdict(set)
    for node, organisation in participant.items():
        named[initiative[node]].add(organisation)
    above: dict[Node, set[Node]] = defaultdict(set)
    for unit, body in dataset.subject_objects(ORG.subOrganizationOf):
        above[unit].add(body)
    consortium: dict[Node, set[Node]] = defaultdict(set)
    counted: dict[Node, set[Node]] = defaultdict(set)
    for node, code_of in list(dataset.subject_objects(INNO.role)):
        if node not in participant:
            continue
        organisation, project = participant[node], initiative[node]
        derived.add((project, INNO.involves, organisation))
        if code_of == URIRef(role + "coordinator"):
            derived.add((project, INNO.coordinatedBy, organisation))
        merged = units[organisation] & named[project] if organisation in units else set()
        for unit in merged:
            derived.add((node, INNO.participantMerged, unit))
        if organisation in above and len(tops := summits(organisation, above)) == 1:
            derived.add((node, INNO.participantTop, tops.pop()))
        if code_of not in no_consortium:
            consortium[project].add(organisation)
            if code_of != URIRef(role + "user"):
                counted[project] |= merged or {organisation}
    for part, whole in list(dataset.subject_objects(INNO.partOf)):
        if part in projects and whole in projects and part not in consortium and not nearer(dataset, part, whole):
            derived.add((part, INNO.countsWith, whole))
    declared = dict(dataset.subject_objects(INNO.declaredSize))
    for project in projects:
        size = len(counted[project])
        if size:
            derived.add((project, INNO.recordedSize, Literal(size)))
        state = "unknown" if project not in declared else "complete" if size >= int(str(declared[project])) else "partial"
        derived.add((project, INNO.completeness, URIRef(complete + state)))
    return derived


def summits(organisation: Node, above: Mapping[Node, set[Node]]) -> set[Node]:
    """Return the bodies above an organisation that have none above them."""
    seen: set[Node] = set()
    waiting = list(above.get(organisation, ()))
    while waiting:
        body = waiting.pop()
        if body not in seen:
            seen.add(body)
            waiting += above.get(body, ())
    return {body for body in seen if not above.get(body)}


def nearer(dataset: Dataset, part: Node, whole: Node) -> bool:
    """Tell whether a part has another whole that lies below this one."""
    waiting, seen = [above for middle in dataset.objects(part, INNO.partOf) for above in dataset.objects(middle, INNO.partOf)], set()
    while waiting:
        above = waiting.pop()
        if above == whole:
            return True
        if above not in seen:
            seen.add(above)
            waiting += dataset.objects(above, INNO.partOf)
    return False
