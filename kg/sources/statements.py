"""A folder of tables becomes quads: entities, relations, a claim per statement, what is accepted as plain triples.

The mapping is `docs/decisions/0001-model.md`; this module is its only implementation. Pure: no disk, no clock.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from kg.config import LANGUAGES
from kg.errors import Problem
from kg.identifiers import LINKS, DateValue, node_key, parse_date, split_identifier
from kg.namespaces import ADMS, CODE, DCAT, DCTERMS, EDTF, FOAF, GEO, INNO, LOCN, ORG, OWL, RDF, RDFS, SCHEMA, SKOS, WGS, XSD, code
from kg.quads import Quad, Term, decimal, integer, iri, literal
from kg.sources.claims import Anchor, Decisions, SourceFacts, Statement, claim_quads, resolve
from kg.sources.folder import COUNT, INITIATIVES, TEXTS, Folder, relation_key
from kg.sources.tables import Row, problem

SEGMENTS = {
    "Institution": ("organisation", INNO.Organisation),
    "Place": ("place", INNO.Place),
    "Project": ("project", INNO.Project),
    "Event": ("event", INNO.Event),
    "Programme": ("programme", INNO.Programme),
    "Document": ("document", INNO.Document),
    "Award": ("award", INNO.Award),
    "AwardEdition": ("award-edition", INNO.AwardEdition),
    "Campaign": ("campaign", INNO.Campaign),
}

PARTICIPATION = "participation-role"
SITE = "site-role"
RESULT = "result-status"

PREFERENCE = {
    PARTICIPATION: (
        *("coordinator", "partner", "associated-partner", "third-party", "subcontractor", "network-partner", "practice-partner"),
        *("evaluator", "initiator", "operator", "organiser", "host", "attendee", "speaker", "user", "unspecified"),
    ),
    SITE: (
        *("pilot", "pilot-city", "case-study", "living-lab", "project-area", "demonstration-hub", "practice-site"),
        *("venue", "host-city", "neighbourhood", "unspecified"),
    ),
}
"""Which of several roles of one pair a row without a role of its own supports: the first in the order of the code list."""


class Fixed(NamedTuple):
    """Role code of a predicate that says the role itself; `override`: a wording listed for this very predicate wins."""

    code: str
    override: bool


ROLE_OF_PREDICATE = {
    "coordinatedBy": Fixed("coordinator", False),
    "organisedBy": Fixed("organiser", True),
    "runBy": Fixed("operator", True),
    "hostedAt": Fixed("host", True),
    "hasSite": Fixed("host", True),
}


@dataclass
class _Node:
    """An n-ary node: its type and fixed properties, and the edge that defines it."""

    type: str
    facts: list[tuple[str, Term]]
    edge: tuple[str, Term]


@dataclass
class _Graph:
    """What is collected while the rows are read."""

    statements: list[Statement] = field(default_factory=list)
    nodes: dict[str, _Node] = field(default_factory=dict)
    quads: list[Quad] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def map_folder(folder: Folder) -> tuple[list[Quad], list[Problem]]:
    """Turn a checked folder into quads with origin.

    Returns:
        Quads of the source's graph and its evidence graph, and the problems that only the mapping can see, after those of the folder.
    """
    mapper = _Mapper(folder)
    mapper.run()
    return mapper.out.quads, sorted([*folder.problems, *mapper.out.problems])


def date_term(date: DateValue) -> Term | None:
    """Return the XSD form of a date, `None` where only EDTF can say it."""
    return Term(date.lexical, "literal", date.datatype) if date.lexical else None


def slug(text: str) -> str:
    """Return a readable slug: German letters folded, accents dropped.

    >>> slug("Förderverein Łódź & Straße")
    'foerderverein-lodz-strasse'
    """
    for old, new in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), ("ł", "l"), ("ø", "o"), ("đ", "d")):
        text = text.casefold().replace(old, new)
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "x"


class _Mapper:
    """Maps one folder; every method named after what it emits."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.settings = folder.settings
        self.out = _Graph()
        self.graph = self.settings.graph()
        self.editions = {
            row["subject_id"]
            for row in folder.relations.rows
            if row["predicate"] == "partOf" and self._type(row["subject_id"]) == self._type(row["object_id"]) == "Award"
        }
        self.units = {
            row["subject_id"]
            for row in folder.relations.rows
            if row["predicate"] == "partOf" and self._type(row["subject_id"]) == self._type(row["object_id"]) == "Institution"
        }
        self.parent_identifiers = {row["target"] for row in folder.decisions.rows if row["decision"] == "identifier-of-parent"}
        self.municipality = {row["municipality_of"]: row["entity_id"] for row in folder.entities.rows if row["municipality_of"]}
        self.minted: dict[str, tuple[str, Row]] = {}
        choices = ("accepted", "disputed", "rejected")
        self.decisions = Decisions((row["target"], row["value"], row["decision"]) for row in folder.decisions.rows if row["decision"] in choices)
        self.documents = {source: self._document_iri(source) for source in folder.source}
        self.attached: dict[str, str] = {}

    # --- names -----------------------------------------------------------------------------------------------------------

    def _type(self, entity: str) -> str:
        row = self.folder.entity.get(entity)
        if row is None:
            return ""
        return "AwardEdition" if row["type"] == "Award" and entity in getattr(self, "editions", ()) else row["type"]

    def _iri(self, entity: str) -> str:
        kind = self._type(entity)
        if kind == "Topic":
            return f"{self.settings.base}code/topic/{entity}"
        return self.settings.id(SEGMENTS[kind][0], entity)

    def _document_iri(self, source: str) -> str:
        same = {row["value"]: row["target"] for row in self.folder.decisions.rows if row["decision"] == "same-as"}
        return self._iri(same[source]) if source in same and same[source] in self.folder.entity else self.settings.id("document", source)

    def _quad(self, subject: str, predicate: str, term: Term, origin: str) -> None:
        self.out.quads.append(Quad(subject, predicate, *term, self.graph, origin))

    # --- all -------------------------------------------------------------------------------------------------------------

    def run(self) -> None:
        self._dataset()
        self._topic_scheme()
        for row in self.folder.sources.rows:
            self._document(row)
        for row in self.folder.entities.rows:
            self._entity(row)
        self._relations()
        self._decisions()
        self._emit()

    def _dataset(self) -> None:
        """Describe the graph as a data set with its sampling frame."""
        settings, frame = self.settings, self.settings.frame
        origin = f"{self.folder.sources.file.rsplit('/', 1)[0]}/settings.toml#1"
        facts: list[tuple[str, Term]] = [(RDF.type, iri(DCAT.Dataset)), (INNO.samplingFrame, iri(code("sampling-frame", frame.kind)))]
        titles = settings.title or dict.fromkeys(LANGUAGES, settings.name)
        facts += [(DCTERMS.title, literal(text, language=lang)) for lang, text in titles.items()]
        facts += [(DCTERMS.description, literal(text, language=lang)) for lang, text in settings.description.items()]
        facts += [(INNO.samplingPopulation, literal(text, language=lang)) for lang, text in frame.population.items()]
        if frame.around and frame.around in self.folder.entity:
            facts.append((INNO.sampledAround, iri(self._iri(frame.around))))
        if settings.license:
            facts.append((DCTERMS.license, iri(settings.license)))
        state = parse_date(frame.date or settings.state)
        if state and (term := date_term(state)):
            facts.append((DCTERMS.modified, term))
        for predicate, term in facts:
            self._quad(self.graph, predicate, term, origin)

    def _topic_scheme(self) -> None:
        if any(row["type"] == "Topic" for row in self.folder.entities.rows):
            scheme = f"{self.settings.base}code/topic"
            origin = f"{self.folder.entities.file}#1"
            self._quad(scheme, RDF.type, iri(SKOS.ConceptScheme), origin)
            self._quad(scheme, SKOS.prefLabel, literal("Themen", language="de"), origin)
            self._quad(scheme, SKOS.prefLabel, literal("Topics", language="en"), origin)

    def _retrieved(self, row: Row) -> str:
        """Day a source was read: its own cell, else the state date of the folder, else the newest date any source bears."""
        state = row["retrieved_at"] or self.settings.state
        if not state:
            dates = [r["published"] for r in self.folder.sources.rows if len(r["published"]) == 10]
            state = max(dates, default="")
        return state if len(state) == 10 else ""

    def _document(self, row: Row) -> None:
        origin = self.folder.sources.origin(row)
        document = self.documents[row["source_id"]]
        language = row["language"]
        facts: list[tuple[str, Term]] = [
            (RDF.type, iri(INNO.Document)),
            (DCTERMS.title, literal(row["title"], language=language)),
            (DCTERMS.language, literal(language)),
            (DCTERMS.identifier, literal(row["source_id"])),
        ]
        if document == self.settings.id("document", row["source_id"]):
            facts += [(SKOS.prefLabel, literal(row["title"], language=lang)) for lang in dict.fromkeys(("de", "en", language))]
        if row["url"]:
            facts.append((FOAF.page, iri(row["url"])))
        if row["published"] and (date := parse_date(row["published"])) and (term := date_term(date)):
            facts.append((DCTERMS.issued, term))
        if day := self._retrieved(row):
            facts.append((INNO.retrievedAt, literal(f"{day}T00:00:00Z", XSD.dateTime)))
        if row["content_hash"]:
            facts.append((INNO.contentHash, literal(row["content_hash"])))
        if row["publisher_id"]:
            facts.append((DCTERMS.publisher, iri(self._iri(row["publisher_id"]))))
        elif row["publisher"]:
            agent = self.settings.id("agent", slug(row["publisher"]))
            facts.append((DCTERMS.publisher, iri(agent)))
            self._quad(agent, RDF.type, iri(FOAF.Agent), origin)
            self._quad(agent, FOAF.name, literal(row["publisher"]), origin)
        for predicate, value in facts:
            self._quad(document, predicate, value, origin)

    # --- entities --------------------------------------------------------------------------------------------------------

    def _entity(self, row: Row) -> None:
        origin, entity, kind = self.folder.entities.origin(row), row["entity_id"], self._type(row["entity_id"])
        subject = self._iri(entity)

        def fact(predicate: str, term: Term) -> None:
            self._quad(subject, predicate, term, origin)

        if kind == "Topic":
            fact(RDF.type, iri(SKOS.Concept))
            fact(SKOS.inScheme, iri(f"{self.settings.base}code/topic"))
            fact(SKOS.notation, literal(entity))
            # A topic is a concept of ours, nothing that a source claims; it cites where it was found.
            for source in filter(None, row["source_ids"].split(";")):
                fact(DCTERMS.source, iri(self.documents[source]))
        else:
            fact(RDF.type, iri(SEGMENTS[kind][1]))
        described = SKOS.definition if kind == "Topic" else DCTERMS.description
        for lang in ("de", "en"):
            if row[f"label_{lang}"]:
                self._own(row, SKOS.prefLabel, literal(row[f"label_{lang}"], language=lang))
            if row[f"description_{lang}"]:
                fact(described, literal(row[f"description_{lang}"], language=lang))
        if kind == "Document" and row["label_de"]:
            fact(DCTERMS.title, literal(row["label_de"], language="de"))
        for label in filter(None, (part.strip() for part in row["alt_labels"].split(";"))):
            fact(SKOS.altLabel, literal(label))
        self._period(row)
        if row["url"]:
            fact(FOAF.page, iri(row["url"]))
        if row["address"]:
            address = self.settings.id("address", entity)
            fact(LOCN.address, iri(address))
            self._quad(address, RDF.type, iri(LOCN.Address), origin)
            self._quad(address, RDFS.label, literal(row["address"]), origin)
        if row["lat"]:
            self._geometry(row, subject, fact_origin=origin)
        if kind == "Institution":
            self._organisation(row, subject, origin)
        self._identifiers(row, subject, origin)

    def _own(self, row: Row, predicate: str, term: Term) -> None:
        """State a column of an entity's own row; all sources of the entity are cited and the claim is marked as such."""
        sources = tuple(s for s in row["source_ids"].split(";") if s)
        subject, origin = self._iri(row["entity_id"]), self.folder.entities.origin(row)
        if not sources or self._type(row["entity_id"]) == "Topic":
            self._quad(subject, predicate, term, origin)
            return
        self.out.statements.append(
            Statement(
                *(subject, predicate, term, origin, sources),
                paraphrase=row["description_de"] or row["label_de"],
                attestation="entity-row",
                concerns=(subject,),
            )
        )

    def _period(self, row: Row) -> None:
        for column, predicate in (("start", SCHEMA.startDate), ("end", SCHEMA.endDate)):
            date = parse_date(row[column]) if row[column] else None
            if date and (term := date_term(date)):
                self._own(row, predicate, term)
            if date and date.edtf:
                self._quad(self._iri(row["entity_id"]), INNO.edtf, literal(date.edtf, EDTF), self.folder.entities.origin(row))

    def _geometry(self, row: Row, subject: str, fact_origin: str) -> None:
        lat, lon = decimal(row["lat"]), decimal(row["lon"])
        geometry = self.settings.id("geometry", row["entity_id"])
        self._own(row, GEO.hasDefaultGeometry, iri(geometry))
        self._quad(geometry, RDF.type, iri(GEO.Geometry), fact_origin)
        self._quad(geometry, GEO.asWKT, literal(f"POINT({lon.value} {lat.value})", GEO.wktLiteral), fact_origin)
        self._quad(subject, WGS.lat, lat, fact_origin)
        self._quad(subject, WGS.long, lon, fact_origin)

    def _organisation(self, row: Row, subject: str, origin: str) -> None:
        unit = row["entity_id"] in self.units and row["kind"] != "company"
        self._quad(subject, RDF.type, iri(ORG.OrganizationalUnit if unit else ORG.FormalOrganization), origin)
        if row["kind"]:
            self._quad(subject, ORG.classification, iri(code("organisation-kind", row["kind"])), origin)

    def _identifiers(self, row: Row, subject: str, origin: str) -> None:
        """Identifiers of the entity; those of the body it belongs to never become its own."""
        of_parent = row["entity_id"] in self.parent_identifiers
        for text in filter(None, row["identifiers"].split(";")):
            scheme, value = split_identifier(text)
            node = self.settings.id("identifier", f"{scheme}-{slug(value)}")
            self._quad(subject, INNO.parentIdentifier if of_parent else ADMS.identifier, iri(node), origin)
            self._quad(node, RDF.type, iri(ADMS.Identifier), origin)
            self._quad(node, SKOS.notation, literal(value), origin)
            self._quad(node, SKOS.inScheme, iri(f"{CODE}identifier-scheme/{scheme}"), origin)
            if scheme in LINKS and not of_parent:
                self._quad(subject, SCHEMA.sameAs, iri(LINKS[scheme].format(value)), origin)

    # --- relations -------------------------------------------------------------------------------------------------------

    def _relations(self) -> None:
        """Map every row; participations and site uses wait until all roles of a pair are known."""
        pairs: dict[tuple[str, str, str], list[tuple[Row, list[str]]]] = defaultdict(list)
        for row in self.folder.relations.rows:
            mapped = self._role_row(row)
            if mapped is None:
                self._plain_row(row)
            else:
                scheme, initiative, other, codes = mapped
                pairs[scheme, initiative, other].append((row, codes))
        for (scheme, initiative, other), rows in pairs.items():
            present = {c for _, codes in rows for c in codes}
            fallback = next((c for c in PREFERENCE[scheme] if c in present), "unspecified")
            for row, codes in rows:
                for role in codes or [fallback]:
                    self._role_node(row, scheme, initiative, other, role)

    def _codes(self, row: Row, scheme: str, *, own_only: bool = False) -> list[tuple[str, str]]:
        """Return (code, rank) of a row's wording: listed for its predicate, else for any predicate."""
        wording = row["role"].casefold()
        listed = self.folder.roles.get((row["predicate"], wording), [])
        if not listed and not own_only:
            listed = self.folder.roles.get(("*", wording), [])
        return [(entry[1], entry[2]) for entry in listed if entry[0] == scheme]

    def _role_row(self, row: Row) -> tuple[str, str, str, list[str]] | None:
        """Return scheme, initiative, organisation or place, and role codes of a row about a participation or site use; else `None`."""
        predicate, subject, target = row["predicate"], self._type(row["subject_id"]), self._type(row["object_id"])
        acting = subject in INITIATIVES or subject == "AwardEdition"
        if predicate in ("hasParticipant", "coordinatedBy", "organisedBy") and acting and target in ("Institution", "Place"):
            return PARTICIPATION, row["subject_id"], self._actor(row), self._participation_codes(row)
        if predicate in ("runBy", "hostedAt", "hasSite") and acting and target == "Institution":
            return PARTICIPATION, row["subject_id"], row["object_id"], self._participation_codes(row)
        if predicate == "partOf" and acting and target == "Institution":
            return PARTICIPATION, row["subject_id"], row["object_id"], []
        if predicate == "partOfCampaign" and subject == "Institution":
            codes = [c for c, _ in self._codes(row, PARTICIPATION, own_only=True)]
            return (PARTICIPATION, row["object_id"], row["subject_id"], codes) if codes else None
        if predicate in ("hasSite", "hostedAt") and acting and target == "Place":
            codes = [c for c, _ in self._codes(row, SITE)]
            return SITE, row["subject_id"], row["object_id"], codes or (["venue"] if predicate == "hostedAt" else [])
        if predicate == "runBy" and subject == "Place" and target == "Project":
            return SITE, row["object_id"], row["subject_id"], [c for c, _ in self._codes(row, SITE)]
        if predicate == "cooperatesWith" and acting and target == "Place":
            return SITE, row["subject_id"], row["object_id"], [c for c, _ in self._codes(row, SITE)]
        return None

    def _participation_codes(self, row: Row) -> list[str]:
        fixed = ROLE_OF_PREDICATE.get(row["predicate"])
        if fixed and not fixed.override:
            return [fixed.code]
        codes = [c for c, _ in self._codes(row, PARTICIPATION, own_only=fixed is not None)]
        return codes or ([fixed.code] if fixed else [])

    def _actor(self, row: Row) -> str:
        """Return who acts: an organisation, or the municipality of a city, minted where no row holds it."""
        entity = row["object_id"]
        if self._type(entity) != "Place":
            return entity
        if entity in self.municipality:
            return self.municipality[entity]
        self.minted.setdefault(f"municipality-{entity}", (entity, row))
        return f"municipality-{entity}"

    def _actor_iri(self, actor: str) -> str:
        return self._iri(actor) if actor in self.folder.entity else self.settings.id("organisation", actor)

    def _role_node(self, row: Row, scheme: str, initiative: str, other: str, role: str) -> None:
        initiative_iri, role_iri = self._iri(initiative), code(scheme, role)
        if scheme == PARTICIPATION:
            other_iri, kind, type_, link = self._actor_iri(other), "participation", INNO.Participation, INNO.participant
        else:
            other_iri, kind, type_, link = self._iri(other), "site-use", INNO.SiteUse, INNO.site
        key = node_key(((INNO.inInitiative, f"<{initiative_iri}>"), (link, f"<{other_iri}>"), (INNO.role, f"<{role_iri}>")))
        node = self.settings.id(kind, key)
        self.out.nodes.setdefault(node, _Node(type_, [(link, iri(other_iri)), (INNO.role, iri(role_iri))], (INNO.inInitiative, iri(initiative_iri))))
        self._node_statements(row, node, (initiative_iri, other_iri))

    def _statement(self, row: Row, subject: str, predicate: str, term: Term, concerns: tuple[str, ...], *, dated: bool = True) -> Statement:
        placed = row["quote"] and row["quote_start"] and row["quote_end"]
        anchor = Anchor(row["quote"], int(row["quote_start"]), int(row["quote_end"])) if placed else None
        start = parse_date(row["start"]) if dated and row["start"] else None
        end = parse_date(row["end"]) if dated and row["end"] else None
        statement = Statement(
            *(subject, predicate, term, self.folder.relations.origin(row), (row["source_id"],)),
            wording=row["role"],
            paraphrase=row["evidence"],
            attestation=row["attestation"] or "stated",
            concerns=tuple(dict.fromkeys(concerns)),
            start=date_term(start) if start else None,
            end=date_term(end) if end else None,
            anchor=anchor,
            reference=relation_key(row),
        )
        self.out.statements.append(statement)
        return statement

    def _node_statements(self, row: Row, node: str, concerns: tuple[str, ...]) -> None:
        """State the defining edge of an n-ary node, and its dates and amount as claims of their own."""
        predicate, term = self.out.nodes[node].edge
        self._statement(row, node, predicate, term, concerns, dated=False)
        for column, property_ in (("start", SCHEMA.startDate), ("end", SCHEMA.endDate)):
            date = parse_date(row[column]) if row[column] else None
            if date and (value := date_term(date)):
                self._statement(row, node, property_, value, concerns, dated=False)
            if date and date.edtf:
                self._quad(node, INNO.edtf, literal(date.edtf, EDTF), self.folder.relations.origin(row))
        if row["amount"] and self.out.nodes[node].type in (INNO.Funding, INNO.AwardResult):
            self._statement(row, node, INNO.amount, decimal(row["amount"]), concerns, dated=False)
            self.attached[node] = row["currency"]

    def _plain_row(self, row: Row) -> None:
        predicate = row["predicate"]
        if predicate in ("startDate", "endDate", "declaredSize", "altLabel", "amount"):
            self._literal_row(row)
        elif predicate in ("awardedTo", "finalistOf", "semifinalistOf"):
            self._result_row(row)
        elif predicate == "fundedBy" and self._is_initiative(row["subject_id"]):
            self._funding_row(row)
        else:
            self._edge_row(row)

    def _is_initiative(self, entity: str) -> bool:
        return self._type(entity) in INITIATIVES or self._type(entity) == "AwardEdition"

    def _literal_row(self, row: Row) -> None:
        subject = self._iri(row["subject_id"])
        if row["predicate"] in ("startDate", "endDate"):
            date = parse_date(row["value"])
            term = date_term(date) if date else None
            if term is None:
                return
            self._statement(row, subject, SCHEMA[row["predicate"]], term, (subject,))
        elif row["predicate"] == "declaredSize":
            self._statement(row, subject, INNO.declaredSize, integer(int(row["value"])), (subject,))
        elif row["predicate"] == "altLabel":
            self._statement(row, subject, SKOS.altLabel, literal(row["value"]), (subject,))
        else:
            self._wrong_pair(row)

    def _result_row(self, row: Row) -> None:
        award, candidate = (row["subject_id"], row["object_id"]) if row["predicate"] == "awardedTo" else (row["object_id"], row["subject_id"])
        named = self._iri(candidate)
        # A title belongs to the city: its municipality receiving it is the same result.
        candidate = self.folder.entity[candidate]["municipality_of"] or candidate
        if self._type(award) not in ("Award", "AwardEdition") or self._type(candidate) not in ("Place", "Institution", *INITIATIVES):
            self._wrong_pair(row)
            return
        default = {"awardedTo": "winner", "finalistOf": "finalist", "semifinalistOf": "semifinalist"}[row["predicate"]]
        status, rank = (self._codes(row, RESULT, own_only=True) or self._codes(row, RESULT) or [(default, "")])[0]
        edge = INNO.inEdition if self._type(award) == "AwardEdition" else INNO.ofAward
        award_iri, candidate_iri, status_iri = self._iri(award), self._iri(candidate), code(RESULT, status)
        key = node_key(((edge, f"<{award_iri}>"), (INNO.candidate, f"<{candidate_iri}>"), (INNO.resultStatus, f"<{status_iri}>")))
        node = self.settings.id("award-result", key)
        facts = [(INNO.candidate, iri(candidate_iri)), (INNO.resultStatus, iri(status_iri))]
        self.out.nodes.setdefault(node, _Node(INNO.AwardResult, facts, (edge, iri(award_iri))))
        self._node_statements(row, node, (award_iri, candidate_iri, named))
        if COUNT.match(rank):
            self._statement(row, node, INNO.rank, integer(int(rank)), (award_iri, candidate_iri), dated=False)

    def _funding_row(self, row: Row) -> None:
        initiative, giver = self._iri(row["subject_id"]), row["object_id"]
        link = {"Institution": INNO.funder, "Programme": INNO.underProgramme}.get(self._type(giver))
        if link is None:
            self._wrong_pair(row)
            return
        giver_iri = self._iri(giver)
        node = self.settings.id("funding", node_key(((INNO.funds, f"<{initiative}>"), (link, f"<{giver_iri}>"))))
        self.out.nodes.setdefault(node, _Node(INNO.Funding, [(link, iri(giver_iri))], (INNO.funds, iri(initiative))))
        self._node_statements(row, node, (initiative, giver_iri))

    def _wrong_pair(self, row: Row) -> None:
        words: dict[str, object] = {"subject_type": self._type(row["subject_id"]), "object_type": self._type(row["object_id"]) or "-"}
        file, value = self.folder.relations.file, row["predicate"]
        self.out.problems.append(problem(TEXTS, "wrong-pair", file, row.number, "predicate", value=value, subject=row["subject_id"], words=words))

    def _edge_row(self, row: Row) -> None:
        """State a row that is one plain triple, some of them read in the other direction."""
        found = self._edge(row["predicate"], self._type(row["subject_id"]), self._type(row["object_id"]))
        if found is None:
            self._wrong_pair(row)
            return
        predicate, turned = found
        subject, target = self._iri(row["subject_id"]), self._iri(row["object_id"])
        concerns = tuple(i for e, i in ((row["subject_id"], subject), (row["object_id"], target)) if self._type(e) != "Topic")
        if turned:
            subject, target = target, subject
        statement = self._statement(row, subject, predicate, iri(target), concerns)
        if row["predicate"] == "mentions" and self._type(row["subject_id"]) == "Institution":
            statement.speaker = subject

    def _edge(self, predicate: str, subject: str, target: str) -> tuple[str, bool] | None:
        """Return property and direction for a predicate between two types; `None` where the model has no place for the pair."""
        initiative, target_initiative = subject in INITIATIVES or subject == "AwardEdition", target in INITIATIVES or target == "AwardEdition"
        simple = {
            "featuredIn": (INNO.featuredIn, target in ("Campaign", "Event", "Document", "AwardEdition")),
            "contributedTo": (INNO.contributedTo, target != "Topic"),
            "supports": (INNO.supports, target != "Topic"),
            "addresses": (DCTERMS.subject, target == "Topic"),
            "memberOf": (ORG.memberOf, subject == target == "Institution"),
            "mentions": (SCHEMA.mentions, True),
            "successorOf": (INNO.follows, "Topic" not in (subject, target)),
            "partOfCampaign": (INNO.featuredIn, target == "Campaign"),
            "awardedBy": (INNO.conferredBy, subject in ("Award", "AwardEdition") and target == "Institution"),
        }
        if predicate in simple:
            property_, fits = simple[predicate]
            return (property_, False) if fits else None
        if predicate == "developed":
            return (INNO.developed, False) if subject == "Institution" else (INNO.outcome, False) if initiative else None
        if predicate == "cooperatesWith":
            return (
                (ORG.linkedTo, False)
                if subject == target == "Institution"
                else (DCTERMS.relation, False)
                if initiative and target_initiative
                else None
            )
        if predicate == "fundedBy" and subject == "Place" and target in ("Programme", "AwardEdition", "Award", "Institution"):
            return INNO.supports, True
        table = {
            ("runBy", "Place", "Institution"): INNO.operatedBy,
            ("runBy", "Institution", "Institution"): INNO.operatedBy,
            ("runBy", "Document", "Institution"): DCTERMS.creator,
            ("hostedAt", "AwardEdition", "Event"): INNO.featuredIn,
            ("hasSite", "Institution", "Place"): INNO.location,
            ("locatedIn", "Place", "Place"): INNO.withinPlace,
            ("locatedIn", "Institution", "Place"): INNO.location,
            ("locatedIn", "Institution", "Institution"): ORG.linkedTo,
            ("partOf", "Institution", "Institution"): ORG.subOrganizationOf,
            ("partOf", "Place", "Place"): INNO.withinPlace,
            ("partOf", "AwardEdition", "Award"): INNO.editionOf,
            ("partOf", "Institution", "Award"): DCTERMS.relation,
            ("partOf", "Institution", "AwardEdition"): DCTERMS.relation,
        }
        if (predicate, subject, target) in table:
            return table[predicate, subject, target], False
        if predicate == "locatedIn" and initiative and target == "Place":
            return INNO.location, False
        if predicate == "partOf" and initiative and target_initiative:
            return INNO.partOf, False
        if predicate == "hasSite" and initiative and target_initiative:
            return DCTERMS.relation, False
        return None

    # --- decisions and output --------------------------------------------------------------------------------------------

    def _decisions(self) -> None:
        for row in self.folder.decisions.rows:
            origin = self.folder.decisions.origin(row)
            if row["decision"] == "merge" and self._type(row["target"]) == self._type(row["value"]) == "Institution":
                self._quad(self._iri(row["target"]), INNO.representedByUnit, iri(self._iri(row["value"])), origin)
        for row in self.folder.retired.rows:
            origin = self.folder.retired.origin(row)
            self._quad(row["iri"], OWL.deprecated, Term("true", "literal", XSD.boolean), origin)
            if row["successor"]:
                self._quad(row["iri"], DCTERMS.isReplacedBy, iri(row["successor"]), origin)

    def _emit(self) -> None:
        """Choose among the claims, then write plain triples of the accepted ones, the nodes they define, and all claims."""
        self._municipalities()
        facts = {
            source: SourceFacts((row["publisher_id"] or row["publisher"]).casefold(), row["published"]) for source, row in self.folder.source.items()
        }
        pairs = [(row["target"], row["value"]) for row in self.folder.decisions.rows if row["decision"] == "contradicts"]
        contradicting = resolve(self.out.statements, self.decisions, pairs, facts)
        standing = {s.subject for s in self.out.statements if s.subject in self.out.nodes and s.status == "accepted" and self._defines(s)}
        for statement in self.out.statements:
            if statement.subject in self.out.nodes and statement.subject not in standing and statement.status == "accepted":
                statement.status = "disputed"
            if statement.status == "accepted":
                self._quad(statement.subject, statement.predicate, statement.object, statement.origin)
                if statement.subject in self.out.nodes:
                    self._node_quads(statement)
            self.out.quads += claim_quads(statement, self.settings, self.documents)
        evidence = self.settings.graph(f"{self.settings.name}-evidence")
        for one, other in contradicting:
            for left, right in ((one, other), (other, one)):
                link = iri(self.settings.id("claim", right.key))
                self.out.quads.append(Quad(self.settings.id("claim", left.key), INNO.contradicts, *link, evidence, left.origin))

    def _defines(self, statement: Statement) -> bool:
        return self.out.nodes[statement.subject].edge == (statement.predicate, statement.object)

    def _node_quads(self, statement: Statement) -> None:
        node = self.out.nodes[statement.subject]
        if self._defines(statement):
            self._quad(statement.subject, RDF.type, iri(node.type), statement.origin)
            for predicate, term in node.facts:
                self._quad(statement.subject, predicate, term, statement.origin)
        elif statement.predicate == INNO.amount:
            self._quad(statement.subject, INNO.currency, literal(self.attached[statement.subject]), statement.origin)

    def _municipalities(self) -> None:
        for name, (place, row) in self.minted.items():
            subject, city, origin = self.settings.id("organisation", name), self.folder.entity[place], self.folder.relations.origin(row)
            german, english = city["label_de"], city["label_en"] or city["label_de"]
            for predicate, term in (
                (RDF.type, iri(INNO.Organisation)),
                (RDF.type, iri(ORG.FormalOrganization)),
                (ORG.classification, iri(code("organisation-kind", "municipality"))),
                (SKOS.prefLabel, literal(f"Stadtverwaltung {german}", language="de")),
                (SKOS.prefLabel, literal(f"Municipality of {english}", language="en")),
                (DCTERMS.description, literal(f"Verwaltung der Stadt {german}; die Quelle nennt als Handelnde nur die Stadt.", language="de")),
                (DCTERMS.description, literal(f"Municipal administration of {english}; the source names only the city as acting.", language="en")),
            ):
                self._quad(subject, predicate, term, origin)
            statement = self._statement(row, subject, INNO.location, iri(self._iri(place)), (subject, self._iri(place)), dated=False)
            statement.attestation, statement.wording = "attributed", ""
