"""Programmes of a CORDIS delivery: framework, calls, topics, funding schemes and legal bases, each below the next (docs/decisions/0005-bulk.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kg.namespaces import DCTERMS, INNO, RDF, SKOS
from kg.sources.columns import Statements, either, expression, first_rows, iri, joined, slug, text
from kg.sources.cordis_layout import FRAMEWORKS

if TYPE_CHECKING:
    from kg.engine.base import Engine

NAMED = {
    "framework": ("framework", "frameworkProgramme"),
    "topic": ("topic", "topics"),
    "call": ("call", "subCall"),
    "master": ("call", "masterCall"),
    "scheme": ("scheme", "fundingScheme"),
    "legal_basis": ("legal-basis", "legalBasis"),
}
"""Kind of programme, and the column of a project that names it."""
_FILES = 10**12
"""More than a table has rows, so that file and row make one number."""


def with_programmes(engine: Engine, projects: Any, base: str) -> Any:
    """Add the IRIs of the programmes that a project names, empty where it names none."""
    return projects.mutate(**{name: programme(engine, base, kind, projects[column]) for name, (kind, column) in NAMED.items()})


def programme(engine: Engine, base: str, kind: str, code: Any) -> Any:
    """Return the IRI of a programme as a column, empty where the code is."""
    return joined(f"{base}id/programme/cordis-{kind}-", slug(engine, code))


def add_programmes(engine: Engine, out: Statements, projects: Any, topics: Any, bases: Any, files: Mapping[str, str], base: str) -> None:
    """Add statements about all programmes.

    Args:
        engine: Batch engine.
        out: Statements so far.
        projects: Rows of projects with the IRIs of :func:`with_programmes`.
        topics: Table of topics, `None` where there is none.
        bases: Table of legal bases of known projects, `None` where there is none.
        files: Name of each table.
        base: Namespace root.
    """
    import ibis

    names = ibis.cases(*((projects.frameworkProgramme == key, name) for key, (_, name, _) in FRAMEWORKS.items()), else_=projects.frameworkProgramme)
    above = ibis.ifelse(projects.call == projects.master, projects.framework, either(projects.master, projects.framework))
    levels = [
        ("framework", "framework", names, ""),
        ("call", "master", projects.masterCall, projects.framework),
        ("call", "call", projects.subCall, above),
        ("scheme", "scheme", projects.fundingScheme, projects.framework),
        ("topic", "topic", projects.topics, either(projects.call, projects.framework)),
    ]
    found = [
        projects.select(
            "row",
            kind=ibis.literal(kind),
            subject=projects[name],
            code=projects[NAMED[name][1]],
            label=label,
            parent=expression(parent),
        ).filter(lambda t: t.subject != "")
        for kind, name, label, parent in levels
    ]
    table = engine.cache(ibis.union(*found))
    own = first_rows(table, ("subject",), ("kind", "code", "label"))
    label = text(own.label, "en")
    if topics is not None:
        named = topics.filter((topics.topic != "") & (topics.title != ""))
        titles = first_rows(named, ("topic",), ("title",)).rename(title_row="row")
        own = own.left_join(titles, (own.kind == "topic") & (own.code == titles.topic)).select(*own.columns, "title", "title_row")
        own = engine.cache(own)
        titled = own.filter(own.title.notnull())
        out.add(titled, files["topics"], titled.subject, [(SKOS.prefLabel, text(titled.title, "en").at(files["topics"], titled.title_row))])
        label = text(ibis.ifelse(own.title.isnull(), own.label, ""), "en")
    facts = [(RDF.type, iri(INNO.Programme)), (DCTERMS.identifier, text(own.code)), (SKOS.prefLabel, label)]
    out.add(own, files["project"], own.subject, facts)
    parts = first_rows(table.filter(table.parent != ""), ("subject", "parent"))
    out.add(parts, files["project"], parts.subject, [(INNO.partOf, iri(parts.parent))])
    _legal_bases(engine, out, projects, bases, files, base)


def _legal_bases(engine: Engine, out: Statements, projects: Any, bases: Any, files: Mapping[str, str], base: str) -> None:
    """Programme parts: each below the longest other one that begins it, else below the framework."""
    import ibis

    own = projects.select(
        "row",
        subject=projects.legal_basis,
        code=projects.legalBasis,
        title=ibis.literal(""),
        framework=projects.framework,
        file=ibis.literal(1, "int64"),
    )
    if bases is not None:
        of = projects.select(projectID=projects.id, framework=projects.framework)
        more = bases.mutate(subject=programme(engine, base, "legal-basis", bases.legalBasis))
        more = engine.cache(more.left_join(of, "projectID").select(*more.columns, framework=of.framework))
        own = own.union(
            more.select("row", "subject", code=more.legalBasis, title=more.title, framework=more.framework, file=ibis.literal(0, "int64"))
        )
        _memberships(out, projects, more, files, base)
    named = own.filter(own.subject != "")
    order = named.file * _FILES + named.row
    table = named.group_by("subject").aggregate(
        row=named.row.argmin(order),
        file=named.file.argmin(order),
        code=named.code.argmin(order),
        framework=named.framework.argmin(order),
        title=named.title.argmin(order, where=named.title != "").fill_null(""),
        title_row=named.row.argmin(order, where=named.title != "").fill_null(0),
    )
    table = engine.cache(table)
    other = table.select(above=table.code, parent=table.subject)
    longest = table.join(other, table.code.startswith(other.above.concat(".")))
    longest = longest.group_by("subject").aggregate(parent=longest.parent.argmax(longest.above.length()))
    table = table.left_join(longest, "subject").select(*table.columns, parent=ibis.coalesce(longest.parent, table.framework))
    for number, stem in ((1, "project"), (0, "legalBasis")):
        if stem not in files:
            continue
        part = table.filter(table.file == number)
        label = text(either(part.title, part.code), "en")
        if number == 0:
            label = label._replace(
                origin=ibis.ifelse(part.title == "", label.at(files[stem], part.row).origin, label.at(files[stem], part.title_row).origin)
            )
        facts = [(RDF.type, iri(INNO.Programme)), (DCTERMS.identifier, text(part.code)), (SKOS.prefLabel, label), (INNO.partOf, iri(part.parent))]
        out.add(part, files[stem], part.subject, facts)


def _memberships(out: Statements, projects: Any, bases: Any, files: Mapping[str, str], base: str) -> None:
    """Projects are part of every legal basis; the one that the project's own row names stands there already."""
    pairs = first_rows(bases.filter(bases.subject != ""), ("projectID", "subject"))
    own = projects.select(projectID=projects.id, subject=projects.legal_basis)
    pairs = pairs.anti_join(own, ("projectID", "subject"))
    out.add(pairs, files["legalBasis"], joined(f"{base}id/project/cordis-", pairs.projectID), [(INNO.partOf, iri(pairs.subject))])
