"""A project list as statements: entities, participations, money and identifiers, and what the rows of one thing say differently.

Entities, keys and the evidence (a named graph made by one delivery) are those of docs/decisions/0005-bulk.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.config import LANGUAGES
from kg.identifiers import LINKS, parse_date
from kg.namespaces import ADMS, CODE, DCAT, DCTERMS, FOAF, INNO, ORG, PROV, RDF, SCHEMA, SKOS, XSD, code
from kg.resources import folder
from kg.sources import listing_columns as cells
from kg.sources.columns import Fact, Statements, iri, slug, text, typed
from kg.sources.listing_mapping import ListMapping
from kg.sources.listing_rows import FUNDER, SHOWN, Rows

if TYPE_CHECKING:
    from kg.engine.base import Engine

FUNCTIONAL = ("title", "acronym", "description", "start", "end", "money", "programme", "funder")
"""What a project has one of; the first row that says it counts."""

_DATES = ((4, XSD.gYear), (7, XSD.gYearMonth), (10, XSD.date))


class ListStatements:
    """Maps the rows of one list; every method named after what it emits.

    Args:
        engine: Batch engine.
        rows: The list as read.
        mapping: Which column says what.
        file: Name of the list in origins.
        files: Checksums of list and mapping, by name.

    Attributes:
        records: Rows as read, with `location`.
        mentions: Organisations named, with `organisation` (IRI) and `location`.
        projects: One row per project, with `iri` and `label`.
        problems: Tables of `row, column, code, value, other`.
    """

    def __init__(self, engine: Engine, rows: Rows, mapping: ListMapping, file: str, files: Mapping[str, str]) -> None:
        self.engine = engine
        self.mapping = mapping
        self.settings = mapping.settings
        self.language = mapping.table.language
        self.file = file
        self.files = files
        self.records = rows.records
        self.mentions = rows.mentions
        self.problems = list(rows.problems)
        self.projects: Any = None
        # What no column says needs no expression: each costs time before the first row is read.
        self.of_projects = set(mapping.project) | ({"money"} if "amount" in mapping.project else set())
        self.of_participants = {name for block in mapping.participants for name in block.fields}
        self.out = Statements(self.settings.graph())

    def quads(self) -> Any:
        """Return all statements in the layout of the quad table."""
        self._places()
        self.mentions = self.engine.cache(_settle(self.mentions))
        self.mentions = self.mentions.mutate(organisation=self._id("organisation", self.mentions.key))
        self._projects()
        self._fundings()
        self._organisations()
        self._participations()
        self._identifiers("pi_", self.records.mutate(subject=self._id("project", self.records.project)))
        self._identifiers("i_", self.mentions.mutate(subject=self.mentions.organisation))
        self._delivery()
        return self.out.union()

    def _id(self, kind: str, key: Any, prefix: str | None = None) -> Any:
        """Return the IRI of an entity as a column, empty where its key is."""
        import ibis

        start = f"{self.settings.base}id/{kind}/{f'{self.settings.name}-' if prefix is None else prefix}"
        return ibis.ifelse(key == "", "", ibis.literal(start).concat(key))

    def _add(self, table: Any, subject: Any, *facts: tuple[str, Fact]) -> None:
        self.out.add(table, self.file, subject, facts)

    # --- places ----------------------------------------------------------------------------------------------------------

    def _places(self) -> None:
        """Places of projects and organisations: cities by name and country, countries by code."""
        import ibis

        records, mentions = self.records, self.mentions
        used = self.of_projects | self.of_participants
        if not used & {"place", "country"}:
            self.records, self.mentions = records.mutate(location=ibis.literal("")), mentions.mutate(location=ibis.literal(""))
            return
        named = ibis.union(
            records.select("row", place=records.p_place, country=records.p_country),
            mentions.select("row", place=mentions.place, country=mentions.country),
        )
        named = named.filter((named.place != "") | (named.country != "")).distinct()
        named = cells.with_slug(self.engine, self.engine.cache(named), "place", "name_key")
        full = named.country.lower().concat("-", named.name_key)
        named = named.mutate(id_key=ibis.ifelse((named.name_key == "") | (named.country == ""), "", full))
        places = self.engine.cache(_settle(named))
        location = self.engine.cache(
            places.mutate(location=self._location(places)).group_by(["place", "country"]).agg(location=ibis._.location.min())
        )
        self.records = self.engine.cache(_joined(records, location, {"p_place": "place", "p_country": "country"}))
        self.mentions = self.engine.cache(_joined(mentions, location, {"place": "place", "country": "country"}))
        if "country" in used:
            self._countries(places)
        cities = places.filter(places.place != "")
        cities = cities.mutate(subject=self._id("place", cities.key))
        self._named(cities, "subject", "place", INNO.Place)
        first = cities.filter(cities.country != "").group_by(["subject", "country"]).agg(row=ibis._.row.min())
        self._add(first, first.subject, (INNO.withinPlace, iri(self._id("place", first.country, "country-"))))

    def _countries(self, places: Any) -> None:
        """Countries, with their names in both languages."""
        import ibis

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
        first = spelled.group_by(subject).agg(label=_first(spelled[name], spelled.row), row=spelled.row.min())
        first = self.engine.cache(first)
        facts = [(RDF.type, iri(item)) for item in classes]
        self._add(first, first[subject], *facts, (SKOS.prefLabel, text(first.label, self.language)))
        others = spelled.left_join(first.select(subject, "label"), subject)
        others = others.filter(others[name] != others.label)
        self._add(others, others[subject], (SKOS.altLabel, text(others[name])))

    # --- projects --------------------------------------------------------------------------------------------------------

    def _projects(self) -> None:
        """Projects: of what a project has one of, the first row that says it counts, and others that differ are problems."""
        import ibis

        records = self.records
        money = ibis.ifelse(records.p_amount == "", "", records.p_amount.concat(" ", records.p_currency))
        fields = {name: records[f"p_{name}"] for name in FUNCTIONAL if name != "money"}
        values = self.engine.cache(records.select("row", "project", id=records.p_id, money=money, **fields))
        first: dict[str, Any] = {"row": values.row.min(), "id": values.id.max()}
        mapped = [name for name in FUNCTIONAL if name in self.of_projects]
        for name in mapped:
            there = values[name] != ""
            first[name] = _first(values[name], values.row, there)
            first[f"{name}_row"] = values.row.min(where=there)
        projects = values.group_by("project").agg(**first)
        projects = projects.mutate(iri=self._id("project", projects.project), **{name: ibis.literal("") for name in FUNCTIONAL if name not in mapped})
        label = ibis.cases((projects.title != "", projects.title), (projects.acronym != "", projects.acronym), else_=projects.id)
        projects = self.projects = self.engine.cache(projects.mutate(label=label))
        untitled = projects.filter(projects.title == "")
        self._problem(untitled, "title", "no-title", untitled.id, untitled.label)
        # Two dates of different rows may contradict each other too.
        swapped = ibis.literal(False)
        if {"start", "end"} <= self.of_projects:
            swapped = self._swapped(projects)
        joined = values.join(projects.select("project", **{f"{name}_stands": projects[name] for name in mapped}), "project")
        differs = {name: (joined[name] != "") & (cells.fold(joined[name]) != cells.fold(joined[f"{name}_stands"])) for name in mapped}
        joined = self.engine.cache(joined.mutate(**{f"{name}_differs": holds for name, holds in differs.items()}).filter(ibis.or_(*differs.values())))
        for name in mapped:
            found = joined.filter(joined[f"{name}_differs"])
            self._problem(found, name, "conflicting-value", found[name], found[f"{name}_stands"])
        self._add(projects, projects.iri, (RDF.type, iri(INNO.Project)), (SKOS.prefLabel, text(projects.label, self.language)))
        self._one(projects, "acronym", (INNO.acronym, text(projects.acronym)))
        self._one(projects, "description", (DCTERMS.description, text(projects.description, self.language)))
        for name, predicate in (("start", SCHEMA.startDate), ("end", SCHEMA.endDate)):
            dates = {datatype: ibis.ifelse((projects[name].length() == size) & ~swapped, projects[name], "") for size, datatype in _DATES}
            self._one(projects, name, *((predicate, typed(value, datatype)) for datatype, value in dates.items()))
        for column, predicate, named in (("p_page", FOAF.page, {"page"}), ("location", INNO.location, {"place", "country"})):
            if named & self.of_projects:
                found = records.filter(records[column] != "").group_by(["project", column]).agg(row=records.row.min())
                self._add(found, self._id("project", found.project), (predicate, iri(found[column])))

    def _swapped(self, projects: Any) -> Any:
        """Tell whether the end is before the start, each from another row, and keep it as a problem."""
        import ibis

        length = ibis.least(projects.start.length(), projects.end.length())
        swapped = (projects.start != "") & (projects.end != "") & (projects.end.substr(0, length) < projects.start.substr(0, length))
        wrong = projects.filter(swapped)
        self._problem(wrong.mutate(row=wrong.end_row), "end", "end-before-start", wrong.end, wrong.start)
        return swapped

    def _one(self, table: Any, name: str, *facts: tuple[str, Fact]) -> None:
        """Add what a field says, with the row that says it as its origin; nothing where no column is mapped to the field."""
        if name in self.of_projects | self.of_participants:
            self._add(table.mutate(row=table[f"{name}_row"]), table.iri, *facts)

    def _fundings(self) -> None:
        """Money: one funding per project, with programme, funder and amount as far as they are known."""
        import ibis

        if not self.of_projects & {"programme", "funder"}:
            return
        projects, mentions = self.projects, self.mentions
        funders = mentions.filter(mentions.block == FUNDER).group_by(["project", "name"]).agg(organisation=mentions.organisation.min())
        funded = projects.left_join(funders, (projects.project == funders.project) & (projects.funder == funders.name))
        funded = funded.mutate(organisation=funded.organisation.fill_null("")).drop("project_right", "name")
        funded = self.engine.cache(funded.filter((funded.programme != "") | (funded.organisation != "")))
        funded = self.engine.cache(cells.with_slug(self.engine, funded, "programme", "programme_slug"))
        subject = self._id("funding", funded.project)
        sources = {"programme": (INNO.underProgramme, self._id("programme", funded.programme_slug)), "funder": (INNO.funder, funded.organisation)}
        mapped = {name: (predicate, iri(value)) for name, (predicate, value) in sources.items() if name in self.of_projects}
        table = funded.mutate(row=ibis.least(*(funded[f"{name}_row"].fill_null(2**62) for name in mapped)))
        self._add(table, subject, (RDF.type, iri(INNO.Funding)), (INNO.funds, iri(table.iri)))
        for name, fact in mapped.items():
            self._add(funded.mutate(row=funded[f"{name}_row"]), subject, fact)
        if "money" in self.of_projects:
            money = funded.filter(funded.money != "").mutate(row=ibis._.money_row)
            self._add(
                money,
                self._id("funding", money.project),
                (INNO.amount, typed(money.money.re_extract("^([^ ]+)", 1), XSD.decimal)),
                (INNO.currency, text(money.money.re_extract("([A-Z]{3})$", 1))),
            )
        if "programme" in self.of_projects:
            # Only programmes that fund something: one that an earlier row contradicts would stand alone.
            programmes = funded.filter(funded.programme != "").mutate(row=ibis._.programme_row)
            programmes = programmes.mutate(subject=self._id("programme", programmes.programme_slug))
            self._named(programmes, "subject", "programme", INNO.Programme)

    # --- organisations ---------------------------------------------------------------------------------------------------

    def _organisations(self) -> None:
        """Organisations: names, kinds, short names, pages, places."""
        import ibis

        mentions = self.mentions
        self._named(mentions, "organisation", "name", INNO.Organisation, ORG.FormalOrganization)
        links = {"kind": (ORG.classification, f"{CODE}organisation-kind/"), "page": (FOAF.page, ""), "location": (INNO.location, "")}
        for column, (predicate, prefix) in links.items():
            if not self.of_participants & ({"place", "country"} if column == "location" else {column}):
                continue
            found = mentions.filter(mentions[column] != "").group_by(["organisation", column]).agg(row=mentions.row.min())
            self._add(found, found.organisation, (predicate, iri(ibis.literal(prefix).concat(found[column]))))
        if "acronym" not in self.of_participants:
            return
        short = mentions.filter(mentions.acronym != "").group_by("organisation")
        short = short.agg(acronym=_first(mentions.acronym, mentions.row), row=mentions.row.min())
        self._add(short, short.organisation, (INNO.acronym, text(short.acronym)))

    def _participations(self) -> None:
        """Participations: one per project, organisation and role."""
        import ibis

        taking_part = self.mentions.filter(self.mentions.block != FUNDER)
        role = ibis.ifelse(taking_part.role == "", "unspecified", taking_part.role)
        taking_part = taking_part.mutate(
            project_iri=self._id("project", taking_part.project), role_iri=ibis.literal(code("participation-role", "")).concat(role)
        )
        key = ["project_iri", "organisation", "role_iri"]
        given = taking_part.contribution != ""
        found = taking_part.group_by(key).agg(
            row=taking_part.row.min(),
            contribution=_first(taking_part.contribution, taking_part.row, given),
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
        if "contribution" not in self.of_participants:
            return
        joined = taking_part.join(found.select(*key, stands=found.contribution), key)
        differs = joined.filter((joined.contribution != "") & (joined.contribution != joined.stands))
        self._problem(differs, "contribution", "conflicting-value", differs.contribution, differs.stands)

    def _identifiers(self, prefix: str, table: Any) -> None:
        """Identifiers of projects or organisations, and the address of the same thing elsewhere."""
        import ibis

        for scheme in (name.removeprefix(prefix) for name in table.columns if name.startswith(prefix)):
            value = table[f"{prefix}{scheme}"]
            found = table.filter(value != "").group_by(["subject", value.name("value")]).agg(row=table.row.min())
            found = self.engine.cache(found)
            self._add(found, found.subject, (ADMS.identifier, iri(self._id("identifier", slug(self.engine, found.value), f"{scheme}-"))))
            if scheme in LINKS:
                before, after = LINKS[scheme].split("{}")
                self._add(found, found.subject, (SCHEMA.sameAs, iri(ibis.literal(before).concat(cells.iri_text(found.value), after))))
            nodes = found.group_by("value").agg(row=found.row.min())
            self._add(
                nodes,
                self._id("identifier", slug(self.engine, nodes.value), f"{scheme}-"),
                (RDF.type, iri(ADMS.Identifier)),
                (SKOS.notation, text(nodes.value)),
                (SKOS.inScheme, iri(f"{CODE}identifier-scheme/{scheme}")),
            )

    # --- the delivery itself ---------------------------------------------------------------------------------------------

    def _delivery(self) -> None:
        """Describe the graph as a data set that one activity made from the list and its mapping (PROV-O, section 3.1)."""
        import ibis

        settings, frame = self.settings, self.settings.frame
        graph, activity, agent = (
            settings.graph(),
            settings.id("activity", f"delivery-{settings.name}"),
            settings.id("agent", f"publisher-{settings.name}"),
        )
        about: dict[str, list[tuple[str, Fact]]] = {
            graph: [
                (RDF.type, iri(DCAT.Dataset)),
                (INNO.samplingFrame, iri(code("sampling-frame", frame.kind))),
                (PROV.wasGeneratedBy, iri(activity)),
            ],
            activity: [(RDF.type, iri(PROV.Activity))],
        }
        titles = settings.title or dict.fromkeys(LANGUAGES, settings.name)
        for predicate, texts in ((DCTERMS.title, titles), (DCTERMS.description, settings.description), (INNO.samplingPopulation, frame.population)):
            about[graph] += [(predicate, text(words, lang)) for lang, words in texts.items()]
        if settings.license:
            about[graph].append((DCTERMS.license, iri(settings.license)))
        if settings.publisher:
            about[graph].append((DCTERMS.publisher, iri(agent)))
            about[activity].append((PROV.wasAssociatedWith, iri(agent)))
            about[agent] = [(RDF.type, iri(FOAF.Agent)), (FOAF.name, text(settings.publisher))]
            if settings.publisher_url:
                about[agent].append((FOAF.page, iri(settings.publisher_url)))
        if (state := parse_date(frame.date or settings.state)) is not None:
            about[graph].append((DCTERMS.modified, typed(state.lexical, state.datatype)))
        for name, checksum in self.files.items():
            file = settings.id("input", hashlib.sha256(f"{settings.name}/{name}".encode()).hexdigest()[:16])
            about[activity].append((PROV.used, iri(file)))
            about[file] = [(RDF.type, iri(PROV.Entity)), (DCTERMS.title, text(name)), (DCTERMS.identifier, text(f"sha256:{checksum}"))]
        once = self.records.aggregate(rows=self.records.count()).mutate(row=ibis.literal(1))
        for subject, facts in about.items():
            self.out.add(once, Path(self.mapping.file).name, ibis.literal(subject), facts)

    # --- problems --------------------------------------------------------------------------------------------------------

    def _problem(self, table: Any, name: str, rule: str, value: Any, other: Any) -> None:
        """Keep rows of a table as problems of a field."""
        import ibis

        field = "amount" if name == "money" else name
        blocks = (block.fields for block in self.mapping.participants)
        item = self.mapping.project.get(field) or next((fields[field] for fields in blocks if field in fields), None)
        column = ibis.literal(item.column if item else "")
        self.problems.append(table.select("row", column=column, code=ibis.literal(rule), value=value.substr(0, SHOWN), other=other.substr(0, SHOWN)))


def _first(value: Any, row: Any, where: Any = None) -> Any:
    """Return an aggregate: the value of the first row, of several in one row the smallest; empty where there is none."""
    # The number is written before the value, so that one minimum decides on both, on every engine alike.
    return row.cast("string").lpad(20, "0").concat(value).min(where=where).substr(20).fill_null("")


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
