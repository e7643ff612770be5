"""CORDIS deliveries as quads: the publisher's tables of Horizon Europe and Horizon 2020, all by columns.

What a column becomes stands in docs/decisions/0005-bulk.md; this module and its neighbours are its only implementation: the layout and what must
hold in a cell (`cordis_layout`), the delivery as a whole (`cordis_dataset`), programmes (`cordis_programmes`) and places (`cordis_places`). What is
wrong with rows and cells is found by :mod:`kg.sources.checks`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.config import SourceSettings
from kg.errors import InputError, Problem, Text
from kg.identifiers import LINKS
from kg.namespaces import ADMS, CODE, DCTERMS, FOAF, INNO, ORG, RDF, RDFS, SCHEMA, SKOS, XSD, code
from kg.quads import to_arrow
from kg.resources import folder as resource
from kg.sources.checks import Checked, check
from kg.sources.columns import (
    Fact,
    Statements,
    canonical_decimal,
    clean,
    either,
    first_rows,
    iri,
    joined,
    slug,
    text,
    tight,
    typed,
    web_address,
    where,
)
from kg.sources.cordis_dataset import Contents, dataset, delivery_settings, own_settings
from kg.sources.cordis_layout import ADDRESSES, COLUMNS, KEYS, KINDS, NEEDED, OPTIONAL, REQUIRED, ROLES, TEXTUAL, checks
from kg.sources.cordis_places import add_places, location, with_places
from kg.sources.cordis_programmes import add_programmes, with_programmes
from kg.sources.delivery import DeliveredTable, Delivery, german, open_delivery, read_delivered

if TYPE_CHECKING:
    from kg.engine.base import Engine

ROR_TABLE = "pic_ror.csv"


@dataclass
class CordisSource:
    """A delivery, read and mapped; the statements are computed when they are written.

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
        base: Namespace root of the entities, unless the delivery's settings name one.
        told: How many faulty rows and cells are told one by one.

    Raises:
        InputError: The delivery cannot be read, or a table or column is missing.
        BuildError: The working folder cannot be written.
    """
    own = own_settings(path, base)
    delivery = open_delivery(path, work, REQUIRED, OPTIONAL)
    return _Mapper(engine, delivery, work, own, own.base if own else base, told).run()


class _Mapper:
    """Maps one delivery; every method named after what it emits."""

    def __init__(self, engine: Engine, delivery: Delivery, work: Path, own: SourceSettings | None, base: str, told: int) -> None:
        self.engine = engine
        self.delivery = delivery
        self.work = work
        self.own = own
        self.base = base
        self.told = told
        self.source = CordisSource(SourceSettings(name="cordis", base=base), delivery.records(), None)
        self.files = {stem: f"{delivery.name}/{item.name}" for stem, item in delivery.files.items()}

    def run(self) -> CordisSource:
        """Read, check and map all tables."""
        projects = self._projects_table()
        known = projects.select(projectID=projects.id)
        rows = self._rows_table(known)
        self.source.settings = delivery_settings(self.own, self._contents(projects, rows), self.base)
        self.out = Statements(self.source.settings.graph())
        self._projects(projects)
        self._funding(projects)
        self._participations(rows)
        self._organisations(rows)
        add_places(self.engine, self.out, rows, self.files["organization"], self.base)
        topics, bases, subjects, links = (self._optional(stem, known) for stem in OPTIONAL)
        add_programmes(self.engine, self.out, projects, topics, bases, self.files, self.base)
        if subjects is not None:
            self._euroscivoc(subjects)
        if links is not None:
            self._web_links(links)
        self.source.quads = self.out.union(self.engine.table(to_arrow(dataset(self.source.settings, self.delivery))))
        return self.source

    # --- reading ---------------------------------------------------------------------------------------------------------

    def _projects_table(self) -> Any:
        """Projects with the IRIs of their programmes."""
        table = self._checked("project", self._read("project"), key=KEYS["project"])
        return self._cached(with_programmes(self.engine, table, self.base), table)

    def _rows_table(self, known: Any) -> Any:
        """Rows of participations with their keys, the codes of their roles and the keys of their places."""
        import ibis

        table = self._checked("organization", self._read("organization"), known=known)
        role = ibis.cases(*((table.role == wording, name) for wording, name in ROLES.items()), else_="")
        table = self._cached(table.mutate(code=role, order=table.order.re_replace(r"^0+([0-9])", r"\1")).drop("role"), table)
        table = self._kept(table, check(self.engine, table, self.files["organization"], (), key=KEYS["organization"], told=self._left()))
        organisation, project = self._id("organisation", "pic-", table.organisationID), self._id("project", "cordis-", table.projectID)
        number = where(table.order != "", tight(f'<{INNO.order}> "', table.order, f'"^^<{XSD.integer}> .\n'))
        # The N-Triples of what identifies a participation, sorted, as `kg.identifiers.node_key` has them.
        triples = tight(
            *(f"<{INNO.inInitiative}> <", project, "> .\n", number, f"<{INNO.participant}> <", organisation, "> .\n"),
            *(f"<{INNO.role}> <", joined(code("participation-role", ""), table.code), "> ."),
        )
        # Latest state of an organisation: by the date of the row, then the larger project id, then the later row.
        latest = [table.contentUpdateDate.replace("T", " "), table.projectID.cast("int64"), table.row]
        keyed = table.mutate(key=self.engine.call("sha256", triples).left(16), rank=ibis.row_number().over(order_by=latest))
        return self._cached(with_places(self.engine, keyed.drop("contentUpdateDate")), table)

    def _optional(self, stem: str, known: Any) -> Any:
        if stem not in self.delivery.files:
            self._note(f"There is no table {stem}.", f"Die Tabelle {stem} fehlt.")
            return None
        return self._checked(stem, self._read(stem), known=known if "projectID" in COLUMNS[stem] else None)

    def _read(self, stem: str) -> Any:
        """Read a table, its mapped columns cleaned; columns that are not there are empty, and a note says so."""
        import ibis

        item, name, wanted = self.delivery.files[stem], self.files[stem], COLUMNS[stem]
        table: DeliveredTable = read_delivered(self.engine, item, name, NEEDED[stem], self.work, wanted=wanted, told=self._left())
        self.source.problems += table.problems
        self.source.rejected += table.count
        missing = [column for column in wanted if column not in table.columns]
        columns = {c: ibis.literal("") if c in missing else self._cell(table.data[c], c) for c in wanted}
        data = self._cached(table.data.select("row", **columns), table.raw)
        empty = {f"e_{column}": (data[column] == "").all() for column in wanted if column not in missing}
        found = self.engine.to_pylist(data.aggregate(rows=data.count(), **empty))[0]
        if not found.pop("rows"):
            if stem in REQUIRED:
                what = Text("The table has no rows.", "Die Tabelle hat keine Zeilen.")
                raise InputError(what, where=name, fix=Text("Get the whole delivery.", "Holen Sie die ganze Lieferung."))
            self._note(f"{name} has no rows.", f"{name} hat keine Zeilen.")
            return data
        for column in missing:
            self._note(f"{name}: no column {column}.", f"{name}: keine Spalte {column}.")
        for column in (key.removeprefix("e_") for key, nothing in found.items() if nothing):
            self._note(f"{name}: {column} is empty in every row.", f"{name}: {column} ist in jeder Zeile leer.")
        return data

    def _cell(self, value: Any, column: str) -> Any:
        # Codes and numbers are checked against their form, which leaves no room for what cleaning removes.
        if column in TEXTUAL:
            return clean(self.engine, value)
        return web_address(value.strip()) if column in ADDRESSES else value.strip()

    def _checked(self, stem: str, table: Any, *, known: Any = None, key: Sequence[str] = ()) -> Any:
        """Return a table without faulty rows, faulty cells empty; keep what was wrong."""
        return self._kept(table, check(self.engine, table, self.files[stem], checks(stem), known=known, key=key, told=self._left()))

    def _kept(self, table: Any, found: Checked) -> Any:
        self.source.problems += found.problems
        self.source.rejected += found.count
        if found.made:
            self.engine.drop(table)
        return found.data

    def _cached(self, table: Any, old: Any) -> Any:
        """Run an expression and forget the table it was made from: what is not read again should not fill the memory."""
        made = self.engine.cache(table)
        self.engine.drop(old)
        return made

    def _left(self) -> int:
        return max(self.told - len(self.source.problems), 0)

    def _note(self, en: str, de: str) -> None:
        self.source.notes.append(Text(en, de))

    def _id(self, kind: str, start: str, key: Any) -> Any:
        """Return the IRI of an entity as a column, empty where its key is."""
        return joined(f"{self.base}id/{kind}/{start}", key)

    def _contents(self, projects: Any, rows: Any) -> Contents:
        """Count what there is, and say what is missing in it."""
        engine = self.engine
        counts = engine.to_pylist(
            projects.aggregate(projects=projects.count(), state=projects.contentUpdateDate.max(), untitled=(projects.title == "").sum())
        )[0]
        everything, untitled = int(counts["projects"]), int(counts["untitled"] or 0)
        without = int(engine.scalar(projects.anti_join(rows, projects.id == rows.projectID).count()))
        nameless = int(engine.scalar(rows.filter(rows.name == "").count()))
        frameworks = engine.to_pylist(projects.filter(projects.frameworkProgramme != "").select("frameworkProgramme").distinct())
        if without:
            self._note(
                f"{without:,} of {everything:,} projects have no participation: the frame is partial.",
                f"{german(without)} von {german(everything)} Projekten haben keine Beteiligung: Die Stichprobe ist unvollständig (partial).",
            )
        if untitled:
            self._note(f"{untitled:,} projects have no title.", f"{german(untitled)} Projekte haben keinen Titel.")
        if nameless:
            self._note(
                f"{nameless:,} participations name no organisation.", f"{german(nameless)} Beteiligungen nennen keinen Namen der Organisation."
            )
        return Contents(sorted(row["frameworkProgramme"] for row in frameworks), everything, without, (counts["state"] or "")[:10])

    # --- projects and money ----------------------------------------------------------------------------------------------

    def _projects(self, table: Any) -> None:
        file, subject = self.files["project"], self._id("project", "cordis-", table.id)
        self.out.add(
            table,
            file,
            subject,
            [
                (RDF.type, iri(INNO.Project)),
                (INNO.acronym, text(table.acronym)),
                (SCHEMA.startDate, typed(table.startDate, XSD.date)),
                (SCHEMA.endDate, typed(table.endDate, XSD.date)),
                (INNO.totalCost, typed(canonical_decimal(table.totalCost), XSD.decimal)),
                (ADMS.status, iri(joined(f"{CODE}project-status/", table.status.lower()))),
                (DCTERMS.modified, typed(table.contentUpdateDate.replace(" ", "T"), XSD.dateTime)),
                (INNO.partOf, iri(table.scheme)),
                (INNO.partOf, iri(table.legal_basis)),
            ],
        )
        # Each long text by itself: gathered with the short ones of its row it would be held several times.
        for fact in (
            (SKOS.prefLabel, text(table.title, "en")),
            (DCTERMS.description, text(table.objective, "en")),
            (SCHEMA.keywords, text(table.keywords)),
        ):
            self.out.add(table, file, subject, [fact])
        for scheme, value in (("cordis", table.id), ("cordis-rcn", table.rcn), ("doi", table.grantDoi)):
            self._identified(table, subject, scheme, value)

    def _identified(self, table: Any, subject: Any, scheme: str, value: Any) -> None:
        """Identifier of a project, and the IRI of the same thing elsewhere where the scheme has one."""
        file = self.files["project"]
        named = table.select("row", subject=subject, identifier=self._identifier(scheme, value), value=value)
        facts = [(ADMS.identifier, iri(named.identifier))]
        if scheme in LINKS:
            facts.append((SCHEMA.sameAs, iri(joined(LINKS[scheme].format(""), named.value))))
        self.out.add(named, file, named.subject, facts)
        nodes = first_rows(named.filter(named.value != ""), ("identifier",), ("value",))
        self.out.add(nodes, file, nodes.identifier, _identifier_facts(scheme, nodes.value))

    def _identifier(self, scheme: str, value: Any) -> Any:
        return self._id("identifier", f"{scheme}-", slug(self.engine, value))

    def _funding(self, table: Any) -> None:
        self.out.add(
            table,
            self.files["project"],
            self._id("funding", "cordis-", table.id),
            [
                (RDF.type, iri(INNO.Funding)),
                (INNO.funds, iri(self._id("project", "cordis-", table.id))),
                (INNO.underProgramme, iri(either(table.topic, table.framework))),
                (INNO.amount, typed(canonical_decimal(table.ecMaxContribution), XSD.decimal)),
                (INNO.currency, text(where(table.ecMaxContribution != "", "EUR"))),
                (DCTERMS.issued, typed(table.ecSignatureDate, XSD.date)),
            ],
        )

    # --- organisations and participations --------------------------------------------------------------------------------

    def _participations(self, table: Any) -> None:
        money = {"contribution": table.ecContribution, "netContribution": table.netEcContribution, "totalCost": table.totalCost}
        self.out.add(
            table,
            self.files["organization"],
            self._id("participation", "", table.key),
            [
                (RDF.type, iri(INNO.Participation)),
                (INNO.inInitiative, iri(self._id("project", "cordis-", table.projectID))),
                (INNO.participant, iri(self._id("organisation", "pic-", table.organisationID))),
                (INNO.role, iri(joined(code("participation-role", ""), table.code))),
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
        columns = {"name": "name", "short": "shortName", "url": "organizationURL", "kind": "activityType"}
        columns |= {name: name for name in ("city_key", "region", "iso")}
        rank, latest = rows["rank"], {}
        for name, column in columns.items():
            latest[name] = rows[column].argmax(rank, where=rows[column] != "").fill_null("")
            latest[f"{name}_row"] = rows.row.argmax(rank, where=rows[column] != "").fill_null(0)
        table = self.engine.cache(rows.group_by("organisationID").aggregate(row=rows.row.argmax(rank), **latest))
        subject = self._id("organisation", "pic-", table.organisationID)

        def known(name: str, fact: Fact) -> Fact:
            return fact.at(file, table[f"{name}_row"])

        kind = ibis.cases(*((table.kind == key, code("organisation-kind", name)) for key, name in KINDS.items() if name), else_="")
        place, place_row = location(table, self.base)
        self.out.add(
            table,
            file,
            subject,
            [
                (RDF.type, iri(INNO.Organisation)),
                (RDF.type, iri(ORG.FormalOrganization)),
                (SKOS.prefLabel, known("name", text(table.name, "en"))),
                (INNO.acronym, known("short", text(table.short))),
                (FOAF.page, known("url", iri(table.url))),
                (ORG.classification, known("kind", iri(kind))),
                (INNO.location, iri(place).at(file, place_row)),
                (ADMS.identifier, iri(self._identifier("pic", table.organisationID))),
            ],
        )
        self.out.add(table, file, self._identifier("pic", table.organisationID), _identifier_facts("pic", table.organisationID))
        self._rors(table)
        self._spellings(rows, table)

    def _rors(self, table: Any) -> None:
        """ROR ids of organisations as `data/reference` has them; organisations may share one."""
        import ibis

        file = f"data/reference/{ROR_TABLE}"
        rors = self.engine.csv(resource("data", "reference", ROR_TABLE), ("organisationID", "ror", "confidence", "source"), delimiter=",")
        found = self.engine.cache(rors.semi_join(table, "organisationID").mutate(identifier=self._identifier("ror", rors.ror)))
        self.engine.drop(rors)
        facts = [(ADMS.identifier, iri(found.identifier)), (SCHEMA.sameAs, iri(joined(LINKS["ror"].format(""), found.ror)))]
        self.out.add(found, file, self._id("organisation", "pic-", found.organisationID), facts)
        nodes = first_rows(found, ("identifier",), ("ror",))
        self.out.add(nodes, file, nodes.identifier, _identifier_facts("ror", nodes.ror))
        trust = first_rows(found.filter(found.confidence != ""), ("identifier", "confidence"))
        words = ibis.literal("confidence: ").concat(trust.confidence)
        self.out.add(trust, file, trust.identifier, [(DCTERMS.description, text(words, "en"))])

    def _spellings(self, rows: Any, table: Any) -> None:
        """Names and short names that an organisation has in other rows."""
        file = self.files["organization"]
        labels = rows.select("organisationID", "row", label=rows.name).union(rows.select("organisationID", "row", label=rows.shortName))
        labels = first_rows(labels.filter(labels.label != ""), ("organisationID", "label"))
        chosen = table.select("organisationID", label=table.name).union(table.select("organisationID", label=table.short))
        others = labels.anti_join(chosen, ("organisationID", "label"))
        self.out.add(others, file, self._id("organisation", "pic-", others.organisationID), [(SKOS.altLabel, text(others.label))])

    # --- topics and links ------------------------------------------------------------------------------------------------

    def _euroscivoc(self, table: Any) -> None:
        """EuroSciVoc as far as projects use it, with everything above."""
        import ibis

        file, scheme = self.files["euroSciVoc"], f"{CODE}euroscivoc"

        def concept(notation: Any) -> Any:
            return joined(f"{scheme}/", notation.substr(1).replace("/", "-"))

        used = first_rows(table, ("projectID", "euroSciVocCode"))
        self.out.add(used, file, self._id("project", "cordis-", used.projectID), [(DCTERMS.subject, iri(concept(used.euroSciVocCode)))])
        concepts = self.engine.cache(_concepts(table).order_by("code"))
        parent = concepts.code.re_replace(r"/[^/]*$", "")
        self.out.add(
            concepts,
            file,
            concept(concepts.code),
            [
                (RDF.type, iri(SKOS.Concept)),
                (SKOS.inScheme, iri(scheme)),
                (SKOS.notation, text(concepts.code)),
                (SKOS.prefLabel, text(either(concepts.title, concepts.code), "en")),
                (SKOS.definition, text(concepts.path.re_replace("^/", "").replace("/", " / "), "en")),
                (SKOS.broader, iri(where(parent != "", concept(parent)))),
            ],
        )
        first = concepts.aggregate(row=concepts.row.min()).filter(lambda t: t.row.notnull())
        words = [(SKOS.prefLabel, text("EuroSciVoc", "de")), (SKOS.prefLabel, text("EuroSciVoc", "en"))]
        self.out.add(first, file, ibis.literal(scheme), [(RDF.type, iri(SKOS.ConceptScheme)), *words])

    def _web_links(self, table: Any) -> None:
        table = table.filter(table.physUrl != "")
        links = first_rows(table.mutate(site=table.type == "relatedWebsite"), ("projectID", "physUrl", "site"))
        page, other = where(links.site, links.physUrl), where(~links.site, links.physUrl)
        self.out.add(
            links, self.files["webLink"], self._id("project", "cordis-", links.projectID), [(FOAF.page, iri(page)), (RDFS.seeAlso, iri(other))]
        )


def _identifier_facts(scheme: str, value: Any) -> list[tuple[str, Fact]]:
    return [(RDF.type, iri(ADMS.Identifier)), (SKOS.notation, text(value)), (SKOS.inScheme, iri(code("identifier-scheme", scheme)))]


def _concepts(table: Any) -> Any:
    """Return one row per EuroSciVoc code, those above included: from a row of its own where there is one, else from the path of one below it."""
    import ibis

    order = {"path": table.euroSciVocPath, "title": table.euroSciVocTitle}
    leaves = table.group_by(code=table.euroSciVocCode).aggregate(
        row=table.row.min(), **{name: value.argmin(table.row) for name, value in order.items()}
    )
    parts, names = leaves.code.split("/"), leaves.path.split("/")
    fits = parts.length() == names.length()
    levels = [
        leaves.select("row", "code", "path", title=either(leaves.title, leaves.path.re_extract(r"([^/]*)$", 1)), below=ibis.literal(0, "int64"))
    ]
    for depth in range(1, 9):
        above = leaves.filter(parts.length() > depth + 1)
        levels.append(
            above.select(
                "row",
                code=parts[: depth + 1].join("/"),
                path=where(fits, names[: depth + 1].join("/")),
                title=where(fits, names[depth]),
                # A path of another length than its code names nothing above for certain.
                below=ibis.ifelse(fits, 1, 2).cast("int64"),
            )
        )
    concepts = ibis.union(*levels)
    first = concepts.below * 10**12 + concepts.row
    return concepts.group_by("code").aggregate(**{name: concepts[name].argmin(first) for name in ("row", "path", "title")})
