"""CORDIS deliveries as quads: the publisher's tables of Horizon Europe and Horizon 2020, all by columns.

What a column becomes stands in docs/decisions/0005-bulk.md; this module and :mod:`kg.sources.cordis_places` are its only implementation. What is
wrong with rows and cells is found by :mod:`kg.sources.checks`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.config import SETTINGS_FILE, Frame, SourceSettings, read_source_settings
from kg.errors import Problem, Text
from kg.identifiers import LINKS
from kg.namespaces import ADMS, CODE, DCAT, DCTERMS, FOAF, INNO, ORG, PROV, RDF, RDFS, SCHEMA, SKOS, XSD, code
from kg.quads import Quad, Term, literal, to_arrow
from kg.quads import iri as node
from kg.resources import folder as resource
from kg.sources.checks import Checked, check
from kg.sources.columns import (
    DECIMAL,
    MOMENT,
    NATURAL,
    Check,
    Statements,
    canonical_decimal,
    clean,
    iri,
    is_date,
    is_url,
    slug,
    text,
    typed,
)
from kg.sources.cordis_places import add_places, located
from kg.sources.delivery import DeliveredTable, Delivery, open_delivery, read_delivered

if TYPE_CHECKING:
    from kg.engine.base import Engine

REQUIRED = ("project", "organization")
OPTIONAL = ("topics", "legalBasis", "euroSciVoc", "webLink")

COLUMNS: dict[str, tuple[str, ...]] = {
    "project": (
        *("id", "acronym", "status", "title", "startDate", "endDate", "totalCost", "ecMaxContribution", "legalBasis", "topics", "ecSignatureDate"),
        *("frameworkProgramme", "masterCall", "subCall", "fundingScheme", "objective", "contentUpdateDate", "rcn", "grantDoi", "keywords"),
    ),
    "organization": (
        *("projectID", "organisationID", "name", "shortName", "SME", "activityType", "city", "country", "nutsCode", "geolocation", "organizationURL"),
        *("contentUpdateDate", "order", "role", "ecContribution", "netEcContribution", "totalCost", "endOfParticipation"),
    ),
    "topics": ("topic", "title"),
    "legalBasis": ("projectID", "legalBasis", "title"),
    "euroSciVoc": ("projectID", "euroSciVocCode", "euroSciVocPath", "euroSciVocTitle"),
    "webLink": ("projectID", "physUrl", "type"),
}
"""Columns that are mapped, per table."""

TEXTUAL = {
    *("title", "acronym", "objective", "keywords", "name", "shortName", "city", "topics", "subCall", "masterCall", "fundingScheme", "topic"),
    *("legalBasis", "euroSciVocPath", "euroSciVocTitle"),
}
"""Columns of free text."""

NEEDED: dict[str, tuple[str, ...]] = {
    "project": ("id", "title"),
    "organization": ("projectID", "organisationID", "name", "role"),
    "topics": ("topic", "title"),
    "legalBasis": ("projectID", "legalBasis"),
    "euroSciVoc": ("projectID", "euroSciVocCode", "euroSciVocPath", "euroSciVocTitle"),
    "webLink": ("projectID", "physUrl", "type"),
}
"""Columns without which a table says nothing; the others may be missing, and the build says so."""

ROLES = {
    "coordinator": "coordinator",
    "participant": "partner",
    "partner": "partner",
    "associatedPartner": "associated-partner",
    "internationalPartner": "associated-partner",
    "thirdParty": "third-party",
    "": "unspecified",
}
KINDS = {"HES": "university", "REC": "research-institute", "PRC": "company", "PUB": "public-body", "OTH": "", "": ""}
STATUSES = ("signed", "closed", "terminated")
FRAMEWORKS = {"HORIZON": ("cordis-horizon", "Horizon Europe", "Horizont Europa"), "H2020": ("cordis-h2020", "Horizon 2020", "Horizont 2020")}
LICENSE = "https://creativecommons.org/licenses/by/4.0/"
PUBLISHER = "Publications Office of the European Union"
PUBLISHER_URL = "https://op.europa.eu/"


@dataclass
class CordisSource:
    """A delivery, read and mapped; nothing is computed before it is written.

    Attributes:
        settings: Name of the graph, titles, frame.
        inputs: Name, size and checksum of every file.
        quads: The statements as an Ibis expression in the layout of the quad table.
        problems: Rows and cells left out, as many as are told one by one.
        rejected: How many rows and cells are left out.
        notes: What the delivery does not hold, for the report of the build.
    """

    settings: SourceSettings
    inputs: list[dict[str, Any]]
    quads: Any
    problems: list[Problem] = field(default_factory=list)
    rejected: int = 0
    notes: list[Text] = field(default_factory=list)


def read_cordis(engine: Engine, path: Path, work: Path, *, base: str, told: int = 100) -> CordisSource:
    """Read a delivery of CORDIS and say what it becomes.

    Args:
        engine: Batch engine.
        path: The publisher's zip, or a folder of `.csv` or `.csv.gz`; a `settings.toml` in it wins over what is known of the layout.
        work: Folder for what is unpacked; it must stay until the quads are written.
        base: Namespace root of the entities.
        told: How many faulty rows and cells are told one by one.

    Raises:
        InputError: The delivery cannot be read, or a table or column is missing.
    """
    delivery = open_delivery(path, work, REQUIRED, OPTIONAL)
    mapper = _Mapper(engine, delivery, work, base, told)
    return mapper.run()


class _Mapper:
    """Maps one delivery; every method named after what it emits."""

    def __init__(self, engine: Engine, delivery: Delivery, work: Path, base: str, told: int) -> None:
        self.engine = engine
        self.delivery = delivery
        self.work = work
        self.base = base
        self.told = told
        self.source = CordisSource(SourceSettings(name="cordis", base=base), delivery.records(), None)
        self.files: dict[str, str] = {}

    def run(self) -> CordisSource:
        """Read, check and map all tables."""
        tables = {stem: self._read(stem) for stem in self.delivery.files}
        projects = self._checked("project", tables["project"], _project_checks())
        projects = self.engine.cache(self._with_programmes(projects))
        known = projects.select(projectID=projects.id)
        rows = self._checked("organization", tables["organization"], _organisation_checks(), known)
        self._settings(projects, rows)
        self.out = Statements(self.source.settings.graph())
        self._projects(projects)
        self._identifiers(projects, "project")
        rows = self.engine.cache(located(self.engine, self._named(rows), self.base))
        self._participations(rows)
        self._organisations(rows)
        add_places(self.engine, self.out, rows, self.files["organization"], self.base)
        topics = tables.get("topics")
        bases = self._optional("legalBasis", tables, (), known)
        self._programmes(projects, topics.data if topics else None, bases)
        if (topics_of := self._optional("euroSciVoc", tables, _euroscivoc_checks(), known)) is not None:
            self._euroscivoc(topics_of)
        if (links := self._optional("webLink", tables, (Check("physUrl", "wrong-url", lambda t: is_url(t.physUrl)),), known)) is not None:
            self._web_links(links)
        self.source.quads = self.out.union(self.engine.table(to_arrow(self._dataset())))
        return self.source

    # --- reading ---------------------------------------------------------------------------------------------------------

    def _read(self, stem: str) -> DeliveredTable:
        """Read a table, its mapped columns cleaned; columns that are not there are empty, and a note says so."""
        import ibis

        item = self.delivery.files[stem]
        self.files[stem] = f"{self.delivery.name}/{item.name}"
        table = read_delivered(self.engine, item, self.files[stem], NEEDED[stem], self.work)
        missing = [column for column in COLUMNS[stem] if column not in table.columns]
        for column in missing:
            self._note(f"{self.files[stem]}: no column {column}.", f"{self.files[stem]}: keine Spalte {column}.")
        columns = {c: ibis.literal("") if c in missing else self._cell(table.data[c], c) for c in COLUMNS[stem]}
        data = self.engine.cache(table.data.select("row", **columns))
        self.engine.drop(table.raw)
        empty = {f"e_{column}": (data[column] == "").all() for column in COLUMNS[stem] if column not in missing}
        for name, nothing in self.engine.to_pylist(data.aggregate(**empty))[0].items():
            if nothing:
                where = f"{self.files[stem]}: {name.removeprefix('e_')}"
                self._note(f"{where} is empty in every row.", f"{where} ist in jeder Zeile leer.")
        self.source.problems += table.problems
        self.source.rejected += len(table.problems)
        return replace(table, data=data)

    def _cell(self, value: Any, column: str) -> Any:
        # Codes and numbers are checked against their form, which leaves no room for what cleaning removes.
        return clean(self.engine, value) if column in TEXTUAL else value.strip()

    def _note(self, en: str, de: str) -> None:
        self.source.notes.append(Text(en, de))

    def _checked(self, stem: str, table: DeliveredTable, checks: Sequence[Check], known: Any = None) -> Any:
        """Return a table without faulty rows, faulty cells empty; keep what was wrong."""
        found: Checked = check(self.engine, table.data, self.files[stem], checks, known=known, told=self.told - len(self.source.problems))
        self.source.problems += found.problems
        self.source.rejected += found.count
        return found.data

    def _optional(self, stem: str, tables: dict[str, DeliveredTable], checks: Sequence[Check], known: Any) -> Any:
        if stem not in tables:
            self._note(f"There is no table {stem}.", f"Die Tabelle {stem} fehlt.")
            return None
        return self._checked(stem, tables[stem], checks, known)

    def _id(self, kind: str, key: Any) -> Any:
        """Return the IRI of an entity as a column, empty where its key is."""
        return _joined(f"{self.base}id/{kind}/", key)

    # --- the delivery itself ---------------------------------------------------------------------------------------------

    def _settings(self, projects: Any, rows: Any) -> None:
        """Decide on name and frame, and say which projects have no participation."""
        engine = self.engine
        without = engine.scalar(projects.anti_join(rows, projects.id == rows.projectID).count())
        everything = engine.scalar(projects.count())
        programmes = sorted(row["frameworkProgramme"] for row in engine.to_pylist(projects.select("frameworkProgramme").distinct()))
        if without:
            self._note(
                f"{without:,} of {everything:,} projects have no participation: the frame is partial.",
                f"{without:,} von {everything:,} Projekten haben keine Beteiligung: Die Stichprobe ist unvollständig (partial).",
            )
        nameless = engine.scalar(rows.filter(rows.name == "").count())
        if nameless:
            self._note(f"{nameless:,} participations name no organisation.", f"{nameless:,} Beteiligungen nennen keinen Namen der Organisation.")
        self.state = engine.scalar(projects.contentUpdateDate.max()) or ""
        day = self.state[:10]
        if (self.delivery.path / SETTINGS_FILE).is_file():
            settings = read_source_settings(self.delivery.path)
            self.source.settings = replace(settings, base=self.base, state=settings.state or day)
            return
        name, en, de = FRAMEWORKS.get(programmes[0] if len(programmes) == 1 else "", ("cordis", "CORDIS", "CORDIS"))
        kind = "partial" if without or not everything else "census"
        population = {
            "de": f"Alle {everything:,} Projekte der Lieferung mit allen genannten Beteiligungen."
            if kind == "census"
            else f"{everything - without:,} von {everything:,} Projekten der Lieferung haben Beteiligungen; die übrigen sind nur mit Titel da.",
            "en": f"All {everything:,} projects of the delivery with all participations it names."
            if kind == "census"
            else f"{everything - without:,} of the {everything:,} projects of the delivery have participations; the others are there by title only.",
        }
        self.source.settings = SourceSettings(
            name=name,
            base=self.base,
            state=day,
            title={"de": f"CORDIS: Projekte unter {de}", "en": f"CORDIS: projects under {en}"},
            description={
                "de": f"EU-Forschungsprojekte unter {de} aus den offenen Daten von CORDIS, © Europäische Union; umgewandelt.",
                "en": f"EU research projects under {en} from the open data of CORDIS, © European Union; converted.",
            },
            license=LICENSE,
            publisher=PUBLISHER,
            publisher_url=PUBLISHER_URL,
            frame=Frame(kind=kind, date=day, population=population),
        )

    def _dataset(self) -> list[Quad]:
        """Describe the graph as a data set that one activity made from the files of the delivery (PROV-O, section 3.1)."""
        settings = self.source.settings
        graph, activity = settings.graph(), settings.id("activity", f"delivery-{settings.name}")
        agent = settings.id("agent", "publications-office-of-the-european-union")
        facts: list[tuple[str, str, Term]] = [
            (graph, RDF.type, node(DCAT.Dataset)),
            (graph, INNO.samplingFrame, node(code("sampling-frame", settings.frame.kind))),
            (graph, DCTERMS.publisher, node(agent)),
            (graph, PROV.wasGeneratedBy, node(activity)),
            (activity, RDF.type, node(PROV.Activity)),
            (activity, PROV.wasAssociatedWith, node(agent)),
            (agent, RDF.type, node(FOAF.Agent)),
            (agent, FOAF.name, literal(settings.publisher or PUBLISHER)),
        ]
        facts += [(graph, DCTERMS.title, literal(words, language=lang)) for lang, words in settings.title.items()]
        facts += [(graph, DCTERMS.description, literal(words, language=lang)) for lang, words in settings.description.items()]
        facts += [(graph, INNO.samplingPopulation, literal(words, language=lang)) for lang, words in settings.frame.population.items()]
        facts.append((graph, DCTERMS.license, node(settings.license or LICENSE)))
        if settings.state:
            facts.append((graph, DCTERMS.modified, literal(settings.state, XSD.date)))
        for item in self.delivery.files.values():
            file = settings.id("input", f"{settings.name}-{item.name.replace('.', '-').lower()}")
            facts += [
                (activity, PROV.used, node(file)),
                (file, RDF.type, node(PROV.Entity)),
                (file, DCTERMS.title, literal(item.name)),
                (file, DCTERMS.identifier, literal(f"sha256:{item.sha256}")),
            ]
        return [Quad(subject, predicate, *term, graph, self.delivery.name) for subject, predicate, term in facts]

    # --- projects and money ----------------------------------------------------------------------------------------------

    def _projects(self, table: Any) -> None:
        """Projects and their funding."""
        self.out.add(
            table,
            self.files["project"],
            self._id("project", _joined("cordis-", table.id)),
            [
                (RDF.type, iri(INNO.Project)),
                (SKOS.prefLabel, text(table.title, "en")),
                (INNO.acronym, text(table.acronym)),
                (DCTERMS.description, text(table.objective, "en")),
                (SCHEMA.startDate, typed(table.startDate, XSD.date)),
                (SCHEMA.endDate, typed(table.endDate, XSD.date)),
                (SCHEMA.keywords, text(table.keywords)),
                (INNO.totalCost, typed(canonical_decimal(table.totalCost), XSD.decimal)),
                (ADMS.status, iri(_joined(f"{CODE}project-status/", table.status.lower()))),
                (DCTERMS.modified, typed(table.contentUpdateDate.replace(" ", "T"), XSD.dateTime)),
                (INNO.partOf, iri(table.scheme)),
                (INNO.partOf, iri(table.legal_basis)),
            ],
        )
        self.out.add(
            table,
            self.files["project"],
            self._id("funding", _joined("cordis-", table.id)),
            [
                (RDF.type, iri(INNO.Funding)),
                (INNO.funds, iri(self._id("project", _joined("cordis-", table.id)))),
                (INNO.underProgramme, iri(_either(table.topic, table.framework))),
                (INNO.amount, typed(canonical_decimal(table.ecMaxContribution), XSD.decimal)),
                (INNO.currency, text(_where(table.ecMaxContribution != "", "EUR"))),
                (DCTERMS.issued, typed(table.ecSignatureDate, XSD.date)),
            ],
        )

    def _identifiers(self, table: Any, stem: str) -> None:
        """Identifiers of projects: grant number, record number, DOI."""
        schemes = {"cordis": table.id, "cordis-rcn": table.rcn, "doi": table.grantDoi}
        self._identified(table, stem, self._id("project", _joined("cordis-", table.id)), schemes)

    def _identified(self, table: Any, stem: str, subject: Any, schemes: dict[str, Any]) -> None:
        """Identifier nodes of a subject, and the IRI of the same thing elsewhere where the scheme has one."""
        for scheme, value in schemes.items():
            key = value.replace("/", "-").replace(".", "-") if scheme == "doi" else value
            identifier = self._id("identifier", _joined(f"{scheme}-", slug(self.engine, key)))
            self.out.add(
                table,
                self.files[stem],
                identifier,
                [
                    (RDF.type, iri(ADMS.Identifier)),
                    (SKOS.notation, text(value)),
                    (SKOS.inScheme, iri(_where(value != "", code("identifier-scheme", scheme)))),
                ],
            )
            facts = [(ADMS.identifier, iri(identifier))]
            if scheme in LINKS:
                facts.append((SCHEMA.sameAs, iri(_joined(LINKS[scheme].format(""), value))))
            self.out.add(table, self.files[stem], subject, facts)

    def _with_programmes(self, projects: Any) -> Any:
        """Add the IRIs of the programmes that a project names."""
        columns = {"framework": "frameworkProgramme", "topic": "topics", "call": "subCall", "scheme": "fundingScheme", "legal_basis": "legalBasis"}
        iris = {name: self._programme(name.replace("_", "-"), projects[column]) for name, column in columns.items()}
        return projects.mutate(**iris, master=self._programme("call", projects.masterCall))

    def _programme(self, kind: str, value: Any) -> Any:
        return self._id("programme", _joined(f"cordis-{kind}-", slug(self.engine, value)))

    def _programmes(self, projects: Any, topics: Any, bases: Any) -> None:
        """Frameworks, topics, calls, schemes and legal bases, each below the next."""
        import ibis

        file = self.files["project"]
        names = ibis.cases(
            *((projects.frameworkProgramme == key, name) for key, (_, name, _) in FRAMEWORKS.items()), else_=projects.frameworkProgramme
        )
        above = ibis.ifelse(projects.call == projects.master, projects.framework, _either(projects.master, projects.framework))
        levels = [
            ("framework", projects.framework, projects.frameworkProgramme, names, ""),
            ("call", projects.master, projects.masterCall, projects.masterCall, projects.framework),
            ("call", projects.call, projects.subCall, projects.subCall, above),
            ("scheme", projects.scheme, projects.fundingScheme, projects.fundingScheme, projects.framework),
            ("topic", projects.topic, projects.topics, projects.topics, _either(projects.call, projects.framework)),
        ]
        found = [
            projects.select("row", kind=ibis.literal(kind), subject=subject, code=value, label=label, parent=_expression(parent))
            for kind, subject, value, label, parent in levels
        ]
        table = ibis.union(*found).filter(lambda t: t.code != "")
        if topics is not None:
            titles = topics.filter((topics.topic != "") & (topics.title != "")).group_by("topic").aggregate(title=topics.title.argmin(topics.row))
            joined = table.left_join(titles, (table.kind == "topic") & (table.code == titles.topic))
            table = joined.select(*(table[c] for c in table.columns if c != "label"), label=ibis.coalesce(titles.title, table.label))
        table = self.engine.cache(table)
        self._programme_facts(_first(table, ("subject",), ("code", "label")), file, labelled=True)
        self._programme_facts(_first(table.filter(table.parent != ""), ("subject", "parent"), ()), file)
        self._legal_bases(projects, bases)

    def _programme_facts(self, table: Any, file: str, *, labelled: bool = False) -> None:
        if labelled:
            facts = [(RDF.type, iri(INNO.Programme)), (SKOS.prefLabel, text(table.label, "en")), (DCTERMS.identifier, text(table.code))]
        else:
            facts = [(INNO.partOf, iri(table.parent))]
        self.out.add(table, file, table.subject, facts)

    def _legal_bases(self, projects: Any, bases: Any) -> None:
        """Programme parts: each below the longest other one that begins it, else below the framework."""
        import ibis

        named = projects.select(
            "row", code=projects.legalBasis, label=projects.legalBasis, framework=projects.frameworkProgramme, file=ibis.literal(1)
        )
        if bases is not None:
            of = projects.select(projectID=projects.id, framework=projects.frameworkProgramme)
            more = bases.left_join(of, "projectID").select(
                "row", code=bases.legalBasis, label=_either(bases.title, bases.legalBasis), framework=of.framework, file=ibis.literal(0)
            )
            named = named.union(more)
            pairs = _first(bases, ("projectID", "legalBasis"), ())
            subject = self._id("project", _joined("cordis-", pairs.projectID))
            self.out.add(pairs, self.files["legalBasis"], subject, [(INNO.partOf, iri(self._programme("legal-basis", pairs.legalBasis)))])
        named = named.filter(named.code != "")
        order = named.file * 10**12 + named.row
        table = named.group_by("code").aggregate(
            row=named.row.argmin(order), label=named.label.argmin(order), framework=named.framework.argmin(order), file=named.file.min()
        )
        table = self.engine.cache(table)
        other = table.select(above=table.code)
        longest = (
            table.join(other, table.code.startswith(other.above.concat(".")))
            .group_by("code")
            .aggregate(above=lambda t: t.above.argmax(t.above.length()))
        )
        table = table.left_join(longest, "code").select(
            "row",
            "code",
            "label",
            "file",
            subject=self._programme("legal-basis", table.code),
            parent=_either(self._programme("legal-basis", ibis.coalesce(longest.above, "")), self._programme("framework", table.framework)),
        )
        for number, stem in ((1, "project"), (0, "legalBasis")):
            if stem in self.files:
                part = table.filter(table.file == number)
                self._programme_facts(part, self.files[stem], labelled=True)
                self._programme_facts(part, self.files[stem])

    # --- organisations and participations --------------------------------------------------------------------------------

    def _named(self, table: Any) -> Any:
        """Add IRIs and codes to the rows of participations."""
        import ibis

        organisation = self._id("organisation", _joined("pic-", table.organisationID))
        project = self._id("project", _joined("cordis-", table.projectID))
        role = ibis.cases(*((table.role == wording, code("participation-role", name)) for wording, name in ROLES.items()), else_="")
        order = table.order.re_replace(r"^0+([0-9])", r"\1")
        table = table.mutate(organisation=organisation, project=project, role_iri=role, order=order)
        number = ibis.ifelse(table.order == "", "", _tight(f'<{INNO.order}> "', table.order, f'"^^<{XSD.integer}> .\n'))
        key = _tight(
            *(f"<{INNO.inInitiative}> <", table.project, "> .\n", number, f"<{INNO.participant}> <", table.organisation, "> .\n"),
            *(f"<{INNO.role}> <", table.role_iri, "> ."),
        )
        participation = self._id("participation", self.engine.call("sha256", key).left(16))
        # Latest state of an organisation: by the date of the row, then the larger project id, then the later row.
        rank = _tight(table.contentUpdateDate.lpad(19, " "), table.projectID.lpad(12, "0"), table.row.cast("string").lpad(12, "0"))
        return table.mutate(participation=participation, rank=rank)

    def _participations(self, table: Any) -> None:
        table = _first(
            table,
            ("participation",),
            (
                *("organisation", "project", "role_iri", "order", "SME", "endOfParticipation"),
                *("ecContribution", "netEcContribution", "totalCost"),
            ),
        )
        money = {"contribution": table.ecContribution, "netContribution": table.netEcContribution, "totalCost": table.totalCost}
        self.out.add(
            table,
            self.files["organization"],
            table.participation,
            [
                (RDF.type, iri(INNO.Participation)),
                (INNO.inInitiative, iri(table.project)),
                (INNO.participant, iri(table.organisation)),
                (INNO.role, iri(table.role_iri)),
                (INNO.order, typed(table.order, XSD.integer)),
                (INNO.sme, typed(table.SME.lower(), XSD.boolean)),
                (INNO.endedEarly, typed(table.endOfParticipation.lower(), XSD.boolean)),
                *((INNO[name], typed(canonical_decimal(value), XSD.decimal)) for name, value in money.items()),
            ],
        )

    def _organisations(self, rows: Any) -> None:
        """Organisations, each property from the latest row that has it; other spellings beside it."""
        import ibis

        file = self.files["organization"]
        latest = {
            name: rows[column].argmax(rows["rank"], where=rows[column] != "")
            for name, column in (
                *(("name", "name"), ("short", "shortName"), ("url", "organizationURL"), ("kind", "activityType")),
                *(("city_iri", "city_iri"), ("region_iri", "region_iri"), ("country_iri", "country_iri")),
            )
        }
        table = rows.group_by("organisation", "organisationID").aggregate(row=rows.row.argmax(rows["rank"]), **latest)
        rors = self.engine.csv(resource("data", "reference", "pic_ror.csv"), ("pic", "ror", "confidence", "source"), delimiter=",")
        table = table.left_join(rors, table.organisationID == rors.pic).select(
            *("row", "organisation", "organisationID"),
            **{column: table[column].fill_null("") for column in latest},
            ror=rors.ror.fill_null(""),
            confidence=rors.confidence.fill_null(""),
        )
        table = self.engine.cache(table)
        kind = ibis.cases(*((table.kind == key, code("organisation-kind", name)) for key, name in KINDS.items() if name), else_="")
        self.out.add(
            table,
            file,
            table.organisation,
            [
                (RDF.type, iri(INNO.Organisation)),
                (RDF.type, iri(ORG.FormalOrganization)),
                (SKOS.prefLabel, text(table.name, "en")),
                (INNO.acronym, text(table.short)),
                (FOAF.page, iri(table.url)),
                (ORG.classification, iri(kind)),
                (INNO.location, iri(_either(table.city_iri, table.region_iri, table.country_iri))),
            ],
        )
        self._identified(table, "organization", table.organisation, {"pic": table.organisationID, "ror": table.ror})
        confidence = _where(table.confidence != "", ibis.literal("confidence: ").concat(table.confidence))
        self.out.add(table, file, self._id("identifier", _joined("ror-", table.ror)), [(DCTERMS.description, text(confidence, "en"))])
        spellings = rows.select("organisation", "row", label=rows.name).union(rows.select("organisation", "row", label=rows.shortName))
        spellings = _first(spellings.filter(spellings.label != ""), ("organisation", "label"), ())
        chosen = table.select("organisation", label=table.name).union(table.select("organisation", label=table.short))
        others = spellings.anti_join(chosen, ("organisation", "label"))
        self.out.add(others, file, others.organisation, [(SKOS.altLabel, text(others.label))])

    # --- topics and links ------------------------------------------------------------------------------------------------

    def _euroscivoc(self, table: Any) -> None:
        """EuroSciVoc as far as projects use it, with everything above."""
        import ibis

        file, scheme = self.files["euroSciVoc"], f"{CODE}euroscivoc"
        table = table.mutate(key=table.euroSciVocCode.substr(1).replace("/", "-"))
        subjects = _first(table, ("projectID", "key"), ())
        self.out.add(
            subjects, file, self._id("project", _joined("cordis-", subjects.projectID)), [(DCTERMS.subject, iri(_joined(f"{scheme}/", subjects.key)))]
        )
        parts, names = table.euroSciVocCode.split("/"), table.euroSciVocPath.split("/")
        table = self.engine.cache(table.mutate(parts=parts, names=names))
        leaf = table.select("row", code=table.euroSciVocCode, path=table.euroSciVocPath, title=table.euroSciVocTitle, depth=ibis.literal(0))
        above = [
            table.filter((table.parts.length() > depth + 1) & (table.parts.length() == table.names.length())).select(
                "row",
                code=table.parts[: depth + 1].join("/"),
                path=table.names[: depth + 1].join("/"),
                title=table.names[depth],
                depth=ibis.literal(1),
            )
            for depth in range(1, 9)
        ]
        concepts = ibis.union(leaf, *above)
        order = concepts.depth * 10**12 + concepts.row
        concepts = concepts.group_by("code").aggregate(
            row=concepts.row.argmin(order), path=concepts.path.argmin(order), title=concepts.title.argmin(order)
        )
        key, parent = concepts.code.substr(1).replace("/", "-"), concepts.code.re_replace(r"/[^/]*$", "")
        self.out.add(
            concepts,
            file,
            _joined(f"{scheme}/", key),
            [
                (RDF.type, iri(SKOS.Concept)),
                (SKOS.inScheme, iri(scheme)),
                (SKOS.notation, text(concepts.code)),
                (SKOS.prefLabel, text(concepts.title, "en")),
                (SKOS.definition, text(concepts.path.re_replace("^/", "").replace("/", " / "), "en")),
                (SKOS.broader, iri(_joined(f"{scheme}/", parent.re_replace("^/", "").replace("/", "-")))),
            ],
        )
        first = concepts.order_by("row").limit(1)
        words = [(SKOS.prefLabel, text("EuroSciVoc", "de")), (SKOS.prefLabel, text("EuroSciVoc", "en"))]
        self.out.add(first, file, ibis.literal(scheme), [(RDF.type, iri(SKOS.ConceptScheme)), *words])

    def _web_links(self, table: Any) -> None:
        import ibis

        table = table.mutate(site=table.type == "relatedWebsite")
        links = _first(table, ("projectID", "physUrl", "site"), ())
        subject = self._id("project", _joined("cordis-", links.projectID))
        page, other = _where(links.site, links.physUrl), ibis.ifelse(links.site, "", links.physUrl)
        self.out.add(links, self.files["webLink"], subject, [(FOAF.page, iri(page)), (RDFS.seeAlso, iri(other))])


# --- checks --------------------------------------------------------------------------------------------------------------


def _project_checks() -> tuple[Check, ...]:
    return (
        Check("id", "wrong-project-id", lambda t: t.id.re_search(r"^[0-9]{5,9}$"), row=True),
        Check("title", "empty-cell", lambda t: t.title != "", row=True),
        *(Check(column, "wrong-date", lambda t, c=column: is_date(t[c])) for column in ("startDate", "endDate", "ecSignatureDate")),
        *(Check(column, "wrong-amount", lambda t, c=column: t[c].re_search(DECIMAL)) for column in ("totalCost", "ecMaxContribution")),
        Check("contentUpdateDate", "wrong-moment", lambda t: t.contentUpdateDate.re_search(MOMENT) & is_date(t.contentUpdateDate.left(10))),
        Check("status", "wrong-code", lambda t: t.status.lower().isin(STATUSES)),
        Check("rcn", "wrong-number", lambda t: t.rcn.re_search(NATURAL)),
        Check("grantDoi", "wrong-doi", lambda t: t.grantDoi.re_search(r"^10[.][0-9]{4,9}/[A-Za-z0-9._/-]+$")),
        *(
            Check(column, "wrong-code", lambda t, c=column: t[c].re_search(r"[A-Za-z0-9]"))
            for column in ("topics", "subCall", "masterCall", "fundingScheme", "legalBasis", "frameworkProgramme")
        ),
    )


def _organisation_checks() -> tuple[Check, ...]:
    return (
        Check("organisationID", "wrong-pic", lambda t: t.organisationID.re_search(r"^[0-9]{9}$"), row=True),
        *(
            Check(column, "wrong-amount", lambda t, c=column: t[c].re_search(DECIMAL))
            for column in ("ecContribution", "netEcContribution", "totalCost")
        ),
        *(Check(column, "wrong-boolean", lambda t, c=column: t[c].lower().isin(("true", "false"))) for column in ("SME", "endOfParticipation")),
        Check("order", "wrong-number", lambda t: t.order.re_search(NATURAL)),
        Check("role", "unknown-role", lambda t: t.role.isin(tuple(ROLES))),
        Check("activityType", "wrong-code", lambda t: t.activityType.isin(tuple(KINDS))),
        Check("country", "wrong-country", lambda t: t.country.re_search(r"^[A-Z]{2}$")),
        Check("nutsCode", "wrong-code", lambda t: t.nutsCode.re_search(r"^[A-Z]{2}[0-9A-Z]{0,3}$")),
        Check("geolocation", "wrong-coordinate", _is_point),
        Check("organizationURL", "wrong-url", lambda t: is_url(t.organizationURL)),
        Check("contentUpdateDate", "wrong-moment", lambda t: t.contentUpdateDate.re_search(MOMENT)),
    )


def _is_point(table: Any) -> Any:
    point = table.geolocation
    lat, lon = (point.split(",")[index].try_cast("float64") for index in (0, 1))
    form = point.re_search(r"^-?[0-9]{1,2}([.][0-9]+)?,-?[0-9]{1,3}([.][0-9]+)?$")
    return form & lat.between(-90, 90).fill_null(False) & lon.between(-180, 180).fill_null(False)


def _euroscivoc_checks() -> tuple[Check, ...]:
    return (
        Check("euroSciVocCode", "wrong-code", lambda t: t.euroSciVocCode.re_search(r"^(/[0-9]+)+$"), row=True),
        Check("euroSciVocTitle", "empty-cell", lambda t: t.euroSciVocTitle != "", row=True),
    )


# --- expressions ---------------------------------------------------------------------------------------------------------


def _expression(value: Any) -> Any:
    import ibis

    return ibis.literal(value) if isinstance(value, str) else value


def _joined(start: str, key: Any) -> Any:
    """Return start and key as one text, empty where the key is."""
    import ibis

    return ibis.ifelse(key == "", "", ibis.literal(start).concat(key))


def _tight(*parts: Any) -> Any:
    first, *rest = (_expression(part) for part in parts)
    return first.concat(*rest)


def _either(*values: Any) -> Any:
    """Return the first value that is not empty."""
    import ibis

    return ibis.coalesce(*(value.nullif("") for value in values)).fill_null("")


def _where(holds: Any, value: Any) -> Any:
    import ibis

    return ibis.ifelse(holds, value, "")


def _first(table: Any, key: Sequence[str], columns: Sequence[str]) -> Any:
    """Return one row per key: that of the first record, with these columns of it."""
    chosen = {column: table[column].argmin(table.row) for column in columns}
    return table.group_by(*key).aggregate(row=table.row.min(), **chosen)
