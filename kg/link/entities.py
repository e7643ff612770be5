"""What linking reads from the quad table: entities of one kind in some graphs with names, identifiers, places, dates and consortia.

All of it are Ibis expressions over the quads; nothing runs here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.namespaces import ADMS, FOAF, INNO, ORG, RDF, SCHEMA, SKOS

if TYPE_CHECKING:
    from kg.engine.base import Engine

ORGANISATION, PROJECT = INNO.Organisation, INNO.Project
KINDS = (PROJECT, ORGANISATION)
"""Classes whose entities are linked, in this order: linked projects are evidence for their partners."""

NAMES = (SKOS.prefLabel, SKOS.altLabel, INNO.acronym)
DETAILS = (SCHEMA.startDate, SCHEMA.endDate, ORG.classification, FOAF.page)
DEPTH = 8
"""Steps followed up a hierarchy of places or organisations."""


@dataclass(frozen=True)
class Side:
    """One source's entities of all kinds, as tables that run once and are kept.

    Attributes:
        graphs: IRIs of its named graphs, the preferred first.
        types: `entity, kind, graph`: class of each entity of :data:`KINDS`, and where it stands.
        names: `entity, predicate, text, language`.
        identifiers: `entity, scheme, value, parent`: own ones, and (`parent` true) those of the body a unit belongs to.
        places: `entity, place, text`: places up the hierarchy, with each of their names.
        details: `entity, predicate, value` for :data:`DETAILS`.
        members: `initiative, organisation, role`.
        wholes: `entity, whole`: bodies an organisation is part of, all the way up.
        units: `entity`: organisations that are parts without a legal person of their own (`org:OrganizationalUnit`).
    """

    graphs: tuple[str, ...]
    types: Any
    names: Any
    identifiers: Any
    places: Any
    details: Any
    members: Any
    wholes: Any
    units: Any


def read_side(engine: Engine, quads: Any, names: str | Sequence[str]) -> Side:
    """Return the entities of some named graphs.

    Args:
        engine: Where the expressions run.
        quads: The quad table (Ibis).
        names: IRI of the named graph of one source; several count as one source, the preferred first.
    """
    graphs = (names,) if isinstance(names, str) else tuple(names)
    own = quads.filter(quads.graph.isin(graphs))
    types = engine.cache(
        own.filter((own.predicate == RDF.type) & own.object.isin(KINDS)).select(entity="subject", kind="object", graph="graph").distinct()
    )

    def of(predicates: Sequence[str], **columns: str) -> Any:
        chosen = own.filter(own.predicate.isin(list(predicates)))
        return chosen.semi_join(types, chosen.subject == types.entity).select(**columns).distinct()

    return Side(
        graphs,
        types,
        engine.cache(of(NAMES, entity="subject", predicate="predicate", text="object", language="language")),
        engine.cache(identifiers_of(own)),
        engine.cache(_places(engine, own)),
        engine.cache(of(DETAILS, entity="subject", predicate="predicate", value="object")),
        engine.cache(members_of(own)),
        engine.cache(_closure(engine, of((ORG.subOrganizationOf,), entity="subject", whole="object"))),
        engine.cache(own.filter((own.predicate == RDF.type) & (own.object == ORG.OrganizationalUnit)).select(entity="subject").distinct()),
    )


def identifiers_of(own: Any) -> Any:
    """Return `entity, scheme, value, parent` of quads: the table :attr:`Side.identifiers`."""
    linked = own.filter(own.predicate.isin([ADMS.identifier, INNO.parentIdentifier]))
    linked = linked.select(entity="subject", node="object", parent=linked.predicate == INNO.parentIdentifier)
    value = own.filter(own.predicate == SKOS.notation).select(node="subject", value="object")
    scheme = own.filter(own.predicate == SKOS.inScheme).select(node="subject", scheme="object")
    scheme = scheme.mutate(scheme=scheme.scheme.re_replace(".*/", ""))
    return linked.join(value, "node").join(scheme, "node").select("entity", "scheme", "value", "parent").distinct()


def _closure(engine: Engine, steps: Any) -> Any:
    """Return all pairs up a hierarchy of `entity, whole`, by rounds, so that a circle ends too."""
    step = engine.cache(steps)
    found = step
    for _ in range(DEPTH - 1):
        up = step.select(whole="entity", above="whole")
        more = found.join(up, "whole").select("entity", whole="above")
        wider = engine.cache(found.union(more, distinct=True))
        if engine.scalar(wider.count()) == engine.scalar(found.count()):
            return wider
        found = wider
    return found


def _places(engine: Engine, own: Any) -> Any:
    located = own.filter(own.predicate == INNO.location).select(entity="subject", place="object").distinct()
    above = _closure(engine, own.filter(own.predicate == INNO.withinPlace).select(entity="subject", whole="object").distinct())
    higher = located.join(above.select(place="entity", above="whole"), "place").select("entity", place="above")
    label = own.filter(own.predicate.isin([SKOS.prefLabel, SKOS.altLabel])).select(place="subject", text="object").distinct()
    return located.union(higher, distinct=True).left_join(label, "place").select("entity", "place", "text")


def members_of(own: Any) -> Any:
    """Return `initiative, organisation, role` of quads: the table :attr:`Side.members`."""
    initiative = own.filter(own.predicate == INNO.inInitiative).select(node="subject", initiative="object").distinct()
    organisation = own.filter(own.predicate == INNO.participant).select(node="subject", organisation="object").distinct()
    role = own.filter(own.predicate == INNO.role).select(node="subject", role="object").distinct()
    return initiative.join(organisation, "node").left_join(role, "node").select("initiative", "organisation", "role").distinct()
