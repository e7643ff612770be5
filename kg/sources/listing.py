"""Any other list of projects as a source: a delimited text file and a mapping become quads, all by columns.

The entities, keys and the evidence (a named graph made by one delivery) are those of docs/decisions/0005-bulk.md; what the columns of the list mean
stands in its `mapping.toml` (:mod:`kg.sources.listing_mapping`). Who starts: :func:`suggest` writes a mapping, :func:`preview` shows what it gives.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.config import LANGUAGES, SourceSettings
from kg.errors import Problem
from kg.identifiers import LINKS, DateValue, parse_date
from kg.namespaces import ADMS, CODE, DCAT, DCTERMS, FOAF, INNO, ORG, PROV, RDF, SCHEMA, SKOS, XSD, code
from kg.quads import COLUMNS, Quad, Term, literal, to_arrow
from kg.quads import iri as iri_term
from kg.resources import folder
from kg.sources import listing_columns as cells
from kg.sources.columns import Statements, iri, text, typed
from kg.sources.listing_file import read_list
from kg.sources.listing_mapping import ListMapping, read_mapping
from kg.sources.listing_rows import FUNDER, TEXTS, Rows, read_rows
from kg.sources.tables import problem

if TYPE_CHECKING:
    from kg.engine.base import Engine

TOLD = 1_000
"""Problems that are listed one by one; all are counted."""

FUNCTIONAL = ("title", "acronym", "description", "start", "end", "money", "programme", "funder", "location")
"""What a project has one of; the first row that says it counts."""

_DATES = ((4, XSD.gYear), (7, XSD.gYearMonth), (10, XSD.date))


@dataclass(frozen=True)
class Task:
    """A wording that no value map knows: whoever knows the list decides once, for all its rows.

    Attributes:
        kind: `role` or `kind`.
        wording: As it stands in the list.
        rows: How many rows have it.
        first: The first of them.
    """

    kind: str
    wording: str
    rows: int
    first: int

    def text(self, lang: str = "en") -> str:
        """Return the task as one line."""
        table = "roles" if self.kind == "role" else "kinds"
        if lang == "de":
            names = {"role": "Rolle", "kind": "Art der Organisation"}
            return f"{names[self.kind]} {self.wording!r} ({self.rows} Zeilen, zuerst {self.first}) hat keinen Code: unter [{table}] ergänzen."
        names = {"role": "Role", "kind": "Kind of organisation"}
        return f"{names[self.kind]} {self.wording!r} ({self.rows} rows, first {self.first}) has no code: add it below [{table}]."


@dataclass
class MappedList:
    """A project list as statements.

    Attributes:
        settings: Graph, publisher, frame.
        quads: Ibis table in the layout of the quad table: distinct, sorted.
        problems: Rows and cells left out, the first :data:`TOLD`.
        rejected: How many there are, by code.
        tasks: Wordings without a code.
        records: Ibis table of the rows as read (see :class:`kg.sources.listing_rows.Rows`), with `project` as key.
        projects: Ibis table, one row per project.
        mentions: Ibis table, one row per organisation and row of the list, `organisation` being its IRI.
        inputs: Name, size and SHA-256 of list and mapping, as `build.json` keeps them.
    """

    settings: SourceSettings
    quads: Any = None
    problems: list[Problem] = field(default_factory=list)
    rejected: dict[str, int] = field(default_factory=dict)
    tasks: list[Task] = field(default_factory=list)
    records: Any = None
    projects: Any = None
    mentions: Any = None
    inputs: list[dict[str, Any]] = field(default_factory=list)


def map_list(engine: Engine, path: Path, mapping: ListMapping, *, name: str | None = None, work: Path | None = None, told: int = TOLD) -> MappedList:
    """Turn a project list into statements.

    Args:
        engine: Batch engine; the result lives in its session.
        path: The list.
        mapping: Which column says what.
        name: How origins and messages name the file; its own name by default.
        work: Folder for copies, where the engine reads files later than it is told to; a temporary one by default.
        told: How many problems are listed.

    Raises:
        InputError: The file is no list of this form, or a column of the mapping is absent.
    """
    shown = name or path.name
    if work is not None:
        return _Mapper(engine, path, mapping, shown, work, told).run()
    with tempfile.TemporaryDirectory(prefix="kg-list-") as temporary:
        return _Mapper(engine, path, mapping, shown, Path(temporary), told).run()


class _Mapper:
    """Maps one list; every method named after what it emits."""

    def __init__(self, engine: Engine, path: Path, mapping: ListMapping, name: str, work: Path, told: int) -> None:
        self.engine = engine
        self.path = path
        self.mapping = mapping
        self.name = name
        self.work = work
        self.told = told
        self.settings = mapping.settings
        self.out = Statements(self.settings.graph())
        self.language = mapping.table.language
        self.result = MappedList(mapping.settings)

    def run(self) -> MappedList:
        """Read and map the list."""
        table = read_list(self.engine, self.path, self.mapping, self.work, self.name)
        rows = read_rows(self.engine, table, self.mapping)
        self._places(rows)
        records = self.result.records
        mentions = self._settled(rows.mentions)
        self._projects(records, rows)
        self._organisations(mentions)
        self._participations(mentions, rows)
        self._fundings(records, mentions)
        self._identifiers("project", records, "pi_")
        self._identifiers("organisation", mentions, "i_")
        facts = self.engine.table(to_arrow(self._delivery(table.sha256)))
        self.result.quads = self.out.union(facts)
        self._told(rows, table.problems)
        self._tasks(mentions)
        size = self.path.stat().st_size
        self.result.inputs = [
            {"file": self.name, "bytes": size, "sha256": table.sha256},
            {"file": Path(self.mapping.file).name, "bytes": self.mapping.bytes, "sha256": self.mapping.sha256},
        ]
        return self.result

    def _id(self, kind: str, key: Any, prefix: str | None = None) -> Any:
        """Return the IRI of an entity as a column, empty where its key is."""
        import ibis

        start = f"{self.settings.base}id/{kind}/{f'{self.settings.name}-' if prefix is None else prefix}"
        return ibis.ifelse(key == "", "", ibis.literal(start).concat(key))

    def _add(self, table: Any, subject: Any, *facts: Any) -> None:
        self.out.add(table, self.name, subject, facts)

    # --- places ----------------------------------------------------------------------------------------------------------

    def _places(self, rows: Rows) -> None:
        """Places of projects and organisations: cities by name and country, countries by code."""
        import ibis

        records, mentions = rows.records, rows.mentions
        named = ibis.union(
            records.select("row", place=records.p_place, country=records.p_country),
            mentions.select("row", place=mentions.place, country=mentions.country),
        )
        named = named.filter((named.place != "") | (named.country != "")).distinct()
        slug = cells.slug(self.engine, named.place)
        named = named.mutate(name_key=slug, id_key=ibis.ifelse((slug == "") | (named.country == ""), "", named.country.lower().concat("-", slug)))
        places = self.engine.cache(_settle(named))
        location = self.engine.cache(
            places.mutate(location=self._location(places)).group_by(["place", "country"]).agg(location=ibis._.location.min())
        )
        self.result.records = self.engine.cache(_joined(records, location, {"p_place": "place", "p_country": "country"}))
        self.result.mentions = self.engine.cache(_joined(mentions, location, {"place": "place", "country": "country"}))
        cities = places.filter(places.place != "").mutate(subject=ibis._.key)
        cities = cities.mutate(subject=self._id("place", cities.key))
        self._named(cities, "subject", "place", INNO.Place)
        first = cities.filter(cities.country != "").group_by(["subject", "country"]).agg(row=ibis._.row.min())
        self._add(first, first.subject, (INNO.withinPlace, iri(self._id("place", first.country, "country-"))))
        countries = places.filter(places.country != "").group_by("country").agg(row=ibis._.row.min())
        reference = self.engine.csv(folder("data", "reference", "countries.csv"), ["code", "iso", "name_de", "name_en"], delimiter=",")
        labelled = reference.group_by("iso").agg(name_de=reference.name_de.min(), name_en=reference.name_en.min())
        found = countries.left_join(labelled, countries.country == labelled.iso)
        self._add(
            found,
            self._id("place", found.country, "country-"),
            (RDF.type, iri(INNO.Place)),
            (SKOS.prefLabel, text(found.name_de.fill_null(found.country), "de")),
            (SKOS.prefLabel, text(found.name_en.fill_null(found.country), "en")),
        )

    def _location(self, places: Any) -> Any:
        """Return the IRI of the city, without one that of the country."""
        import ibis

        return ibis.ifelse(places.key != "", self._id("place", places.key), self._id("place", places.country, "country-"))

    def _named(self, table: Any, subject: str, name: str, *classes: str) -> None:
        """Give each subject its classes, the first name it has in the list as label, and its other spellings."""
        spelled = table.filter(table[name] != "").group_by([subject, name]).agg(row=table.row.min())
        first = spelled.group_by(subject).agg(label=spelled[name].argmin(spelled.row), row=spelled.row.min())
        first = self.engine.cache(first)
        facts = [(RDF.type, iri(item)) for item in classes]
        self._add(first, first[subject], *facts, (SKOS.prefLabel, text(first.label, self.language)))
        others = spelled.left_join(first.select(subject, "label"), subject)
        others = others.filter(others[name] != others.label)
        self._add(others, others[subject], (SKOS.altLabel, text(others[name])))

    # --- projects --------------------------------------------------------------------------------------------------------

    def _projects(self, records: Any, rows: Rows) -> None:
        """Projects: of what a project has one of, the first row that says it counts, and others that differ are problems."""
        import ibis

        values = records.select("row", "project", id=records.p_id, **self._functional(records))
        values = self.engine.cache(values)
        first: dict[str, Any] = {"row": values.row.min(), "id": values.id.max()}
        for name in FUNCTIONAL:
            there = values[name] != ""
            first[name] = values[name].argmin(values.row, where=there).fill_null("")
            first[f"{name}_row"] = values.row.min(where=there)
        projects = values.group_by("project").agg(**first)
        projects = projects.mutate(iri=self._id("project", projects.project))
        label = ibis.cases((projects.title != "", projects.title), (projects.acronym != "", projects.acronym), else_=projects.id)
        projects = self.result.projects = self.engine.cache(projects.mutate(label=label))
        untitled = projects.filter(projects.title == "")
        self._problem(rows, untitled, "title", "no-title", untitled.id, untitled.label)
        # Two dates of different rows may contradict each other too.
        length = ibis.least(projects.start.length(), projects.end.length())
        swapped = (projects.start != "") & (projects.end != "") & (projects.end.substr(0, length) < projects.start.substr(0, length))
        wrong = projects.filter(swapped)
        self._problem(rows, wrong.mutate(row=wrong.end_row), "end", "end-before-start", wrong.end, wrong.start)
        for name in FUNCTIONAL:
            joined = values.join(projects.select("project", stands=projects[name]), "project")
            differs = joined.filter((joined[name] != "") & (cells.fold(joined[name]) != cells.fold(joined.stands)))
            self._problem(rows, differs, name, "conflicting-value", differs[name], differs.stands)
        self._add(projects, projects.iri, (RDF.type, iri(INNO.Project)), (SKOS.prefLabel, text(projects.label, self.language)))
        self._one(projects, "acronym", (INNO.acronym, text(projects.acronym)))
        self._one(projects, "description", (DCTERMS.description, text(projects.description, self.language)))
        self._one(projects, "location", (INNO.location, iri(projects.location)))
        for name, predicate in (("start", SCHEMA.startDate), ("end", SCHEMA.endDate)):
            for size, datatype in _DATES:
                value = ibis.ifelse((projects[name].length() == size) & ~swapped, projects[name], "")
                self._one(projects, name, (predicate, typed(value, datatype)))
        pages = records.filter(records.p_page != "").group_by(["project", "p_page"]).agg(row=records.row.min())
        self._add(pages, self._id("project", pages.project), (FOAF.page, iri(pages.p_page)))

    def _functional(self, records: Any) -> dict[str, Any]:
        import ibis

        found = {name: records[f"p_{name}"] for name in ("title", "acronym", "description", "start", "end", "programme", "funder")}
        money = ibis.ifelse(records.p_amount == "", "", records.p_amount.concat(" ", records.p_currency))
        return found | {"money": money, "location": records.location}

    def _one(self, projects: Any, name: str, fact: Any) -> None:
        """Add a fact of a project with the row that says it as its origin."""
        table = projects.mutate(row=projects[f"{name}_row"])
        self._add(table, table.iri, fact)

    def _fundings(self, records: Any, mentions: Any) -> None:
        """Money: one funding per project, with programme, funder and amount as far as they are known."""
        import ibis

        projects = self.result.projects
        funders = mentions.filter(mentions.block == FUNDER).group_by(["project", "name"]).agg(organisation=mentions.organisation.min())
        funded = projects.left_join(funders, (projects.project == funders.project) & (projects.funder == funders.name))
        funded = funded.mutate(organisation=funded.organisation.fill_null("")).drop("project_right", "name")
        funded = self.engine.cache(funded.filter((funded.programme != "") | (funded.organisation != "")))
        slug = cells.slug(self.engine, funded.programme)
        subject = self._id("funding", funded.project)
        row = ibis.least(funded.programme_row.fill_null(2**62), funded.funder_row.fill_null(2**62))
        table = funded.mutate(row=row)
        self._add(table, subject, (RDF.type, iri(INNO.Funding)), (INNO.funds, iri(table.iri)))
        for name, fact in (
            ("programme", (INNO.underProgramme, iri(self._id("programme", slug)))),
            ("funder", (INNO.funder, iri(funded.organisation))),
        ):
            self._add(funded.mutate(row=funded[f"{name}_row"]), subject, fact)
        money = funded.filter(funded.money != "").mutate(row=ibis._.money_row)
        self._add(
            money,
            self._id("funding", money.project),
            (INNO.amount, typed(money.money.re_extract("^([^ ]+)", 1), XSD.decimal)),
            (INNO.currency, text(money.money.re_extract("([A-Z]{3})$", 1))),
        )
        # Only programmes that fund something: one that an earlier row contradicts would stand alone.
        programmes = funded.filter(funded.programme != "").mutate(row=ibis._.programme_row)
        programmes = programmes.mutate(subject=self._id("programme", cells.slug(self.engine, programmes.programme)))
        self._named(programmes, "subject", "programme", INNO.Programme)

    # --- organisations ---------------------------------------------------------------------------------------------------

    def _settled(self, mentions: Any) -> Any:  # noqa: ARG002 - the mentions with their places are those of the result
        """Give every organisation its IRI: by identifier, by the only identifier its name has in the list, or by name."""
        settled = _settle(self.result.mentions)
        settled = settled.mutate(organisation=self._id("organisation", settled.key))
        self.result.mentions = self.engine.cache(settled)
        return self.result.mentions

    def _organisations(self, mentions: Any) -> None:
        """Organisations: names, kinds, short names, pages, places."""
        self._named(mentions, "organisation", "name", INNO.Organisation, ORG.FormalOrganization)
        kinds = {"kind": (ORG.classification, f"{CODE}organisation-kind/"), "page": (FOAF.page, ""), "location": (INNO.location, "")}
        import ibis

        for column, (predicate, prefix) in kinds.items():
            found = mentions.filter(mentions[column] != "").group_by(["organisation", column]).agg(row=mentions.row.min())
            self._add(found, found.organisation, (predicate, iri(ibis.literal(prefix).concat(found[column]))))
        short = mentions.filter(mentions.acronym != "").group_by("organisation")
        short = short.agg(acronym=mentions.acronym.argmin(mentions.row), row=mentions.row.min())
        self._add(short, short.organisation, (INNO.acronym, text(short.acronym)))

    def _participations(self, mentions: Any, rows: Rows) -> None:
        """Participations: one per project, organisation and role."""
        import ibis

        taking_part = mentions.filter(mentions.block != FUNDER)
        role = ibis.ifelse(taking_part.role == "", "unspecified", taking_part.role)
        taking_part = taking_part.mutate(
            project_iri=self._id("project", taking_part.project), role_iri=ibis.literal(code("participation-role", "")).concat(role)
        )
        key = ["project_iri", "organisation", "role_iri"]
        given = taking_part.contribution != ""
        found = taking_part.group_by(key).agg(
            row=taking_part.row.min(),
            contribution=taking_part.contribution.argmin(taking_part.row, where=given).fill_null(""),
            contribution_row=taking_part.row.min(where=given),
        )
        node = cells.participation_key(self.engine, found.project_iri, found.organisation, found.role_iri)
        found = self.engine.cache(found.mutate(iri=self._id("participation", node, "")))
        self._add(
            found,
            found.iri,
            (RDF.type, iri(INNO.Participation)),
            (INNO.inInitiative, iri(found.project_iri)),
            (INNO.participant, iri(found.organisation)),
            (INNO.role, iri(found.role_iri)),
        )
        self._one(found, "contribution", (INNO.contribution, typed(found.contribution, XSD.decimal)))
        joined = taking_part.join(found.select(*key, stands=found.contribution), key)
        differs = joined.filter((joined.contribution != "") & (joined.contribution != joined.stands))
        self._problem(rows, differs, "contribution", "conflicting-value", differs.contribution, differs.stands)

    def _identifiers(self, kind: str, table: Any, prefix: str) -> None:
        """Identifiers of projects or organisations, and the address of the same thing elsewhere."""
        import ibis

        for scheme in (name.removeprefix(prefix) for name in table.columns if name.startswith(prefix)):
            value = table[f"{prefix}{scheme}"]
            subject = self._id("project", table.project) if kind == "project" else table.organisation
            found = table.filter(value != "").select("row", subject=subject, value=value)
            found = self.engine.cache(found.group_by(["subject", "value"]).agg(row=found.row.min()))
            node = self._id("identifier", _identifier_slug(self.engine, found.value), f"{scheme}-")
            self._add(found, found.subject, (ADMS.identifier, iri(node)))
            if scheme in LINKS:
                before, after = LINKS[scheme].split("{}")
                self._add(found, found.subject, (SCHEMA.sameAs, iri(ibis.literal(before).concat(cells.iri_text(found.value), after))))
            nodes = found.group_by("value").agg(row=found.row.min())
            self._add(
                nodes,
                self._id("identifier", _identifier_slug(self.engine, nodes.value), f"{scheme}-"),
                (RDF.type, iri(ADMS.Identifier)),
                (SKOS.notation, text(nodes.value)),
                (SKOS.inScheme, iri(f"{CODE}identifier-scheme/{scheme}")),
            )

    # --- the delivery itself ---------------------------------------------------------------------------------------------

    def _delivery(self, sha256: str) -> list[Quad]:
        """Describe the graph as a data set that one activity made from the list and its mapping (PROV-O, section 3.1)."""
        settings, frame = self.settings, self.settings.frame
        graph, activity = settings.graph(), settings.id("activity", f"delivery-{settings.name}")
        facts: list[tuple[str, str, Term]] = [
            (graph, RDF.type, iri_term(DCAT.Dataset)),
            (graph, INNO.samplingFrame, iri_term(code("sampling-frame", frame.kind))),
            (graph, PROV.wasGeneratedBy, iri_term(activity)),
            (activity, RDF.type, iri_term(PROV.Activity)),
        ]
        titles = settings.title or dict.fromkeys(LANGUAGES, settings.name)
        for predicate, texts in ((DCTERMS.title, titles), (DCTERMS.description, settings.description), (INNO.samplingPopulation, frame.population)):
            facts += [(graph, predicate, literal(words, language=lang)) for lang, words in texts.items()]
        if settings.license:
            facts.append((graph, DCTERMS.license, iri_term(settings.license)))
        if settings.publisher:
            agent = settings.id("agent", f"publisher-{settings.name}")
            facts += [
                (graph, DCTERMS.publisher, iri_term(agent)),
                (activity, PROV.wasAssociatedWith, iri_term(agent)),
                (agent, RDF.type, iri_term(FOAF.Agent)),
                (agent, FOAF.name, literal(settings.publisher)),
            ]
            if settings.publisher_url:
                facts.append((agent, FOAF.page, iri_term(settings.publisher_url)))
        if (state := parse_date(frame.date or settings.state)) is not None:
            facts.append((graph, DCTERMS.modified, _date_term(state)))
        for name, checksum in ((self.name, sha256), (Path(self.mapping.file).name, self.mapping.sha256)):
            file = settings.id("input", hashlib.sha256(f"{settings.name}/{name}".encode()).hexdigest()[:16])
            facts += [
                (activity, PROV.used, iri_term(file)),
                (file, RDF.type, iri_term(PROV.Entity)),
                (file, DCTERMS.title, literal(name)),
                (file, DCTERMS.identifier, literal(f"sha256:{checksum}")),
            ]
        return [Quad(subject, predicate, *term, graph, f"{Path(self.mapping.file).name}#1") for subject, predicate, term in facts]

    # --- what is told ----------------------------------------------------------------------------------------------------

    def _problem(self, rows: Rows, table: Any, name: str, rule: str, value: Any, other: Any) -> None:
        """Keep rows of a table as problems of a field."""
        import ibis

        fields = {"money": "amount", "location": "place"}
        item = self.mapping.project.get(fields.get(name, name))
        if name == "location" and item is None:
            item = self.mapping.project.get("country")
        if name == "contribution":
            item = next(block.fields[name] for block in self.mapping.participants if name in block.fields) if self._has_contribution() else None
        column = item.column if item else ""
        rows.problems.append(
            table.select("row", column=ibis.literal(column), code=ibis.literal(rule), value=value.substr(0, 200), other=other.substr(0, 200))
        )

    def _has_contribution(self) -> bool:
        return any("contribution" in block.fields for block in self.mapping.participants)

    def _told(self, rows: Rows, damaged: Sequence[Problem]) -> None:
        """Collect the problems: all counted, the first listed, in the order of the rows."""
        import ibis

        found = self.engine.cache(ibis.union(*rows.problems).distinct())
        for item in damaged:
            self.result.rejected[item.code] = self.result.rejected.get(item.code, 0) + 1
        for line in self.engine.to_pylist(found.group_by("code").agg(count=found.count()).order_by("code")):
            self.result.rejected[line["code"]] = int(line["count"])
        first = found.order_by(["row", "column", "code", "value", "other"]).limit(self.told)
        problems = list(damaged)
        for line in self.engine.to_pylist(first):
            words = {"other": line["other"]}
            problems.append(problem(TEXTS, line["code"], self.name, int(line["row"]), line["column"], value=line["value"], words=words))
        self.result.problems = sorted(problems)[: self.told]

    def _tasks(self, mentions: Any) -> None:
        """List the wordings without a code, each once."""
        for kind in ("role", "kind"):
            wording = mentions[f"{kind}_wording"]
            open_ones = mentions.filter((wording != "") & (mentions[kind] == ""))
            counted = open_ones.select("row", wording=wording).distinct()
            counted = counted.group_by("wording").agg(rows=counted.row.count(), first=counted.row.min())
            for line in self.engine.to_pylist(counted.order_by([counted["rows"].desc(), "wording"])):
                self.result.tasks.append(Task(kind, line["wording"], int(line["rows"]), int(line["first"])))


def _settle(table: Any) -> Any:
    """Add the key of each row: the one with its identifier, else the only one its name has elsewhere in the list, else its name."""
    import ibis

    given = table.filter(table.id_key != "")
    names = given.group_by("name_key").agg(known=given.id_key.nunique(), only=given.id_key.min())
    joined = table.left_join(names, "name_key")
    key = ibis.cases((joined.id_key != "", joined.id_key), (joined.known == 1, joined.only), else_=joined.name_key)
    return joined.mutate(key=key).select(*table.columns, "key")


def _joined(table: Any, location: Any, columns: dict[str, str]) -> Any:
    """Add `location` to a table by its columns of place and country."""
    renamed = location.rename({f"l_{column}": theirs for column, theirs in columns.items()})
    joined = table.left_join(renamed, [table[column] == renamed[f"l_{column}"] for column in columns])
    return joined.mutate(location=joined.location.fill_null("")).select(*table.columns, "location")


def _identifier_slug(engine: Engine, value: Any) -> Any:
    from kg.sources.columns import slug

    return slug(engine, value)


def _date_term(date: DateValue) -> Term:
    return Term(date.lexical, "literal", date.datatype)


__all__ = ["COLUMNS", "MappedList", "Task", "map_list", "read_mapping"]
