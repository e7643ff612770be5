"""To whom a changed statement belongs: participations, claims, evidence, addresses and other helper nodes are folded into the entity they describe."""

# ruff: noqa: S608 (only names of this package are put into statements; every value is bound)
from __future__ import annotations

from typing import TYPE_CHECKING

from kg.diff.words import ORDER
from kg.namespaces import ADMS, DCTERMS, FOAF, GEO, INNO, LOCN, OA, OWL, PROV, RDF, SKOS

if TYPE_CHECKING:
    from kg.diff.session import Session

FORWARD = (
    (INNO.Participation, INNO.inInitiative),
    (INNO.Participation, INNO.participant),
    (INNO.SiteUse, INNO.inInitiative),
    (INNO.SiteUse, INNO.site),
    (INNO.Funding, INNO.funds),
    (INNO.Funding, INNO.underProgramme),
    (INNO.AwardResult, INNO.inEdition),
    (INNO.AwardResult, INNO.ofAward),
    (INNO.AwardResult, INNO.candidate),
    (INNO.Claim, RDF.subject),
    (INNO.Claim, INNO.concerns),
)
"""Helper classes and the properties that lead from their nodes to what they describe, the best first."""
REVERSE = (
    (INNO.Evidence, INNO.evidence),
    (OA.TextQuoteSelector, OA.hasSelector),
    (OA.TextPositionSelector, OA.hasSelector),
    (ADMS.Identifier, ADMS.identifier),
    (ADMS.Identifier, INNO.parentIdentifier),
    (LOCN.Address, LOCN.address),
    (GEO.Geometry, GEO.hasDefaultGeometry),
    (FOAF.Agent, DCTERMS.publisher),
    (PROV.Activity, PROV.wasGeneratedBy),
    (PROV.Entity, PROV.used),
)
"""Helper classes and the properties that lead to their nodes from what they describe."""
DEPTH = 6
"""A quotation belongs to evidence, that to a claim, that to a participation, that to a project."""
INFERRED = "/graph/inferred"
"""How the graph of derived statements ends."""


def fold(session: Session) -> None:
    """Make the tables `node` (subject, cls, owner) of all changed subjects and `entity` (iri, cls, kind, added, removed) of their owners.

    `kind` is a key of :data:`kg.diff.words.KINDS`. A helper node that leads nowhere is its own owner.
    """
    session.run("CREATE TABLE class_rank (cls VARCHAR, rank INTEGER)")
    session.many("INSERT INTO class_rank VALUES (?, ?)", list(ORDER.items()))
    session.run("CREATE TABLE helper (cls VARCHAR, predicate VARCHAR, forward BOOLEAN, rank INTEGER)")
    rules = [(cls, predicate, True) for cls, predicate in FORWARD] + [(cls, predicate, False) for cls, predicate in REVERSE]
    session.many("INSERT INTO helper VALUES (?, ?, ?, ?)", [(*rule, rank) for rank, rule in enumerate(rules)])
    session.run("CREATE TABLE node (subject VARCHAR, cls VARCHAR, parent VARCHAR)")
    session.run("CREATE TABLE todo AS SELECT DISTINCT subject AS value FROM delta")
    for _ in range(DEPTH):
        if not session.rows("SELECT 1 FROM todo LIMIT 1"):
            break
        _climb(session)
    session.run("CREATE TABLE owned AS SELECT subject, cls, coalesce(parent, subject) AS owner FROM node")
    for _ in range(DEPTH):
        session.run("UPDATE owned SET owner = n.parent FROM node n WHERE n.subject = owned.owner AND n.parent IS NOT NULL")
    _entities(session)


def _climb(session: Session) -> None:
    """Find class and parent of the nodes in `todo`; the parents that are new are the next ones."""
    session.run(
        "CREATE OR REPLACE TABLE step AS SELECT 0 AS side, subject, predicate, object FROM b SEMI JOIN todo ON subject = value WHERE predicate IN "
        "(SELECT predicate FROM helper WHERE forward UNION SELECT ?) UNION ALL SELECT 1, subject, predicate, object FROM a SEMI JOIN todo "
        "ON subject = value WHERE predicate IN (SELECT predicate FROM helper WHERE forward UNION SELECT ?)",
        [RDF.type, RDF.type],
    )
    session.run(
        "CREATE OR REPLACE TABLE classed AS SELECT value AS subject, coalesce(arg_min(object, (coalesce(rank, 1000), object)), '') AS cls FROM todo "
        "LEFT JOIN (SELECT subject, object FROM step WHERE predicate = ?) t ON value = t.subject LEFT JOIN class_rank r ON r.cls = t.object GROUP BY value",
        [RDF.type],
    )
    session.run(
        "CREATE OR REPLACE TABLE inward AS SELECT subject AS value, starts_with(subject, '_:') AS blank FROM classed "
        "WHERE starts_with(subject, '_:') OR cls IN (SELECT cls FROM helper WHERE NOT forward)"
    )
    inward = bool(session.rows("SELECT 1 FROM inward LIMIT 1"))
    reverse = " UNION ALL ".join(
        f"SELECT {side} AS side, i.value AS subject, q.predicate, q.subject AS parent FROM {table} q JOIN inward i ON q.object = i.value "
        f"WHERE q.kind <> 'literal' AND (i.blank OR q.predicate IN (SELECT predicate FROM helper WHERE NOT forward))"
        for side, table in ((0, "b"), (1, "a"))
    )
    candidates = "SELECT c.subject, c.cls, s.side, h.rank, s.object AS parent FROM classed c JOIN helper h ON h.cls = c.cls AND h.forward "
    candidates += "JOIN step s ON s.subject = c.subject AND s.predicate = h.predicate"
    if inward:
        candidates += (
            f" UNION ALL SELECT c.subject, c.cls, r.side, coalesce(h.rank, 900), r.parent FROM ({reverse}) r JOIN classed c USING (subject) "
        )
        candidates += "LEFT JOIN helper h ON h.cls = c.cls AND h.predicate = r.predicate AND NOT h.forward "
        candidates += "WHERE r.parent <> c.subject AND (h.rank IS NOT NULL OR starts_with(c.subject, '_:'))"
    session.run(
        f"INSERT INTO node SELECT c.subject, c.cls, arg_min(p.parent, (p.rank, p.side, p.parent)) FROM classed c LEFT JOIN ({candidates}) p "
        "USING (subject) GROUP BY c.subject, c.cls"
    )
    session.run(
        "CREATE OR REPLACE TABLE todo AS SELECT DISTINCT parent AS value FROM node WHERE parent IS NOT NULL AND parent NOT IN (SELECT subject FROM node)"
    )


def _entities(session: Session) -> None:
    """Make the table `entity`: what happened to each owner of a changed statement."""
    session.run(
        "CREATE TABLE counted AS SELECT owner AS iri, count(*) FILTER (sign = '+') AS added, count(*) FILTER (sign = '-') AS removed, "
        "bool_and(ends_with(graph, ?)) AS derived, "
        "bool_or(sign = '+' AND subject = owner AND predicate = ? AND object = 'true') AS retired "
        "FROM delta JOIN owned USING (subject) GROUP BY owner",
        [INFERRED, OWL.deprecated],
    )
    session.run(
        "CREATE TABLE renamed AS SELECT DISTINCT subject AS iri FROM (SELECT subject, language FROM delta WHERE predicate = ? GROUP BY ALL "
        "HAVING count(DISTINCT sign) = 2 AND count(DISTINCT object) > 1)",
        [SKOS.prefLabel],
    )
    for side in ("a", "b"):
        session.run(f"CREATE TABLE in_{side} AS SELECT DISTINCT subject AS iri FROM {side} SEMI JOIN counted ON subject = iri")
    session.run(
        "CREATE TABLE entity AS SELECT c.iri, coalesce(n.cls, '') AS cls, CASE WHEN retired THEN 'retired' WHEN b.iri IS NULL AND a.iri IS NOT NULL "
        "THEN 'withdrawn' WHEN a.iri IS NULL AND b.iri IS NOT NULL THEN 'added' WHEN r.iri IS NOT NULL THEN 'renamed' WHEN derived THEN 'derived' "
        "ELSE 'changed' END AS kind, added, removed FROM counted c LEFT JOIN node n ON n.subject = c.iri LEFT JOIN in_a a ON a.iri = c.iri "
        "LEFT JOIN in_b b ON b.iri = c.iri LEFT JOIN renamed r ON r.iri = c.iri"
    )
