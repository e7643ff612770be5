"""The yardstick's mapping: CORDIS tables to an rdflib graph, row by row, as `docs/decisions/0005-bulk.md` says.

Written a second time on purpose, from the page and not from the importer, with the csv module, dictionaries and `Graph.add`: it is what the
importer is measured against, and what it is compared with, triple by triple. Nothing of `kg` is used here.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import re
import statistics
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from rdflib import Dataset, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, GEO, ORG, PROV, RDF, RDFS, SKOS, XSD
from rdflib.term import Node

BASE = "https://w3id.org/innokg/"
INNO = Namespace(BASE + "ontology#")
ADMS = Namespace("http://www.w3.org/ns/adms#")
SCHEMA = Namespace("https://schema.org/")
WGS = Namespace("http://www.w3.org/2003/01/geo/wgs84_pos#")

PREFIXES = {"inno": str(INNO), "adms": str(ADMS), "schema": str(SCHEMA), "wgs": str(WGS), "org": str(ORG), "geo": str(GEO)}
PREFIXES |= {
    kind: f"{BASE}id/{kind}/" for kind in ("project", "organisation", "participation", "funding", "programme", "identifier", "place", "geometry")
}
PREFIXES |= {kind: f"{BASE}code/{kind}/" for kind in ("participation-role", "identifier-scheme", "organisation-kind", "project-status", "euroscivoc")}
TABLES = ("project", "organization", "topics", "legalBasis", "euroSciVoc", "webLink")
MAY_LACK = {
    "project": ("acronym", "totalCost", "ecSignatureDate", "masterCall", "subCall", "rcn", "grantDoi", "keywords", "objective"),
    "organization": ("shortName", "SME", "city", "nutsCode", "geolocation", "organizationURL", "order", "totalCost", "endOfParticipation"),
}
"""Columns that not every delivery has; they count as empty."""
ROLES = {
    "": "unspecified",
    "coordinator": "coordinator",
    "participant": "partner",
    "partner": "partner",
    "associatedPartner": "associated-partner",
    "internationalPartner": "associated-partner",
    "thirdParty": "third-party",
}
KINDS = {"HES": "university", "REC": "research-institute", "PRC": "company", "PUB": "public-body"}
FRAMEWORKS = {"HORIZON": ("Horizon Europe", "Horizont Europa"), "H2020": ("Horizon 2020", "Horizont 2020")}
PUBLISHER = "Publications Office of the European Union"
FOLDED = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})

Row = dict[str, str]


# --- Reading -------------------------------------------------------------------------------------------------------------


def clean(text: str) -> str:
    """Return NFC without control characters other than tab and line breaks, without blanks at the ends."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if not text.isprintable():
        text = "".join(c for c in text if c in "\t\n\r" or unicodedata.category(c) != "Cc")
    return text.strip()


def read_table(folder: Path, name: str, delimiter: str = ";") -> list[Row]:
    """Return the rows of `<name>.csv` or `<name>.csv.gz`, cleaned; none where there is no such file."""
    csv.field_size_limit(sys.maxsize)
    for path in (folder / f"{name}.csv", folder / f"{name}.csv.gz"):
        if path.is_file():
            with io.TextIOWrapper(gzip.open(path) if path.suffix == ".gz" else path.open("rb"), encoding="utf-8-sig", newline="") as file:
                empty = dict.fromkeys(MAY_LACK.get(name, ()), "")
                return [empty | {key: clean(value) for key, value in row.items()} for row in csv.DictReader(file, delimiter=delimiter)]
    return []


@dataclass(frozen=True)
class Reference:
    """What a delivery does not say itself.

    Attributes:
        countries: The source's country code → ISO code and names by language.
        regions: Code → name and code of the region above.
        rors: PIC → ROR id and confidence.
    """

    countries: Mapping[str, Row]
    regions: Mapping[str, Row]
    rors: Mapping[str, Row]

    def iso(self, country: str) -> str:
        """Return the ISO code of the source's country code."""
        return self.countries[country]["iso"] if country in self.countries else country

    def country(self, source: str) -> URIRef:
        """Return the place of the source's country code."""
        return item("place", f"country-{self.iso(source)}")

    def above(self, region: str) -> str:
        """Return the code of the region above, empty where only the country is."""
        parent = self.regions[region]["parent"] if region in self.regions else ""
        if not parent and region[:-1] in self.regions:
            parent = region[:-1]
        return parent if len(parent) > 2 else ""


def read_reference(folder: Path) -> Reference:
    """Read country names, regions and ROR ids."""
    countries, regions, rors = (read_table(folder, name, ",") for name in ("countries", "nuts", "pic_ror"))
    return Reference({row["code"]: row for row in countries}, {row["code"]: row for row in regions}, {row["pic"]: row for row in rors})


# --- Terms ---------------------------------------------------------------------------------------------------------------


def slug(text: str) -> str:
    """Return text in small letters and digits, everything else one hyphen."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text.lower().translate(FOLDED)) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def item(kind: str, key: str) -> URIRef:
    """Return the IRI of an entity."""
    return URIRef(f"{BASE}id/{kind}/{key}")


def code(scheme: str, notation: str) -> URIRef:
    """Return the IRI of a code."""
    return URIRef(f"{BASE}code/{scheme}/{notation}")


def english(text: str) -> Literal:
    """Return an English text."""
    return Literal(text, lang="en")


def day(text: str) -> Literal | None:
    """Return a date, `None` where the cell holds none."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return None
    return Literal(text, datatype=XSD.date) if len(text) == 10 else None


def moment(text: str) -> Literal | None:
    """Return a time, `None` where the cell holds none."""
    try:
        return Literal(datetime.strptime(text, "%Y-%m-%d %H:%M:%S").isoformat(), datatype=XSD.dateTime)
    except ValueError:
        return None


def plain_decimal(value: Decimal) -> str:
    """Return the canonical form of a decimal."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def money(text: str) -> Literal | None:
    """Return an amount, `None` where the cell holds none."""
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
        return None
    return Literal(plain_decimal(Decimal(text)), datatype=XSD.decimal)


def truth(text: str) -> Literal | None:
    """Return a truth value, `None` where the cell holds none."""
    return Literal(text, datatype=XSD.boolean) if text in ("true", "false") else None


def web(text: str) -> URIRef | None:
    """Return a web address with characters that no IRI may hold percent-encoded, `None` for anything else."""
    if not re.match(r"https?://[^/]", text):
        return None
    return URIRef(re.sub(r'[\x00-\x20<>"{}|\\^`\x7f]', lambda match: f"%{ord(match.group()):02X}", text))


def participation_key(initiative: URIRef, organisation: URIRef, role: URIRef, order: str) -> str:
    """Return the key of a participation: 16 digits of SHA-256 over the sorted N-Triples of what identifies it."""
    parts = [(INNO.inInitiative, f"<{initiative}>"), (INNO.participant, f"<{organisation}>"), (INNO.role, f"<{role}>")]
    if order:
        parts.append((INNO.order, f'"{order}"^^<{XSD.integer}>'))
    lines = sorted(f"<{predicate}> {term} ." for predicate, term in parts)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


# --- Mapping -------------------------------------------------------------------------------------------------------------


def map_delivery(dataset: Dataset, folder: Path, reference: Reference, name: str = "", frame: str = "") -> Graph:
    """Map the tables of a delivery into one named graph of a dataset and return it; name and frame are those of its settings, if it has any."""
    tables = {table: read_table(folder, table) for table in TABLES}
    tables["project"] = [row for row in tables["project"] if re.fullmatch("[0-9]{6,9}", row["id"])]
    ids = {row["id"] for row in tables["project"]}
    for table in ("organization", "legalBasis", "euroSciVoc", "webLink"):
        tables[table] = [row for row in tables[table] if row["projectID"] in ids]
    tables["organization"] = [row for row in tables["organization"] if re.fullmatch("[0-9]{9}", row["organisationID"])]
    framework = Counter(row["frameworkProgramme"] for row in tables["project"]).most_common(1)[0][0]
    name = name or f"cordis-{slug(framework)}"
    graph = dataset.graph(URIRef(f"{BASE}graph/{name}"))
    # Turtle is written in little more than half the time when every namespace has its prefix.
    for prefix, root in PREFIXES.items():
        dataset.bind(prefix, root, replace=True)
    map_projects(graph, tables)
    map_programmes(graph, tables)
    map_links(graph, tables["webLink"])
    map_euroscivoc(graph, tables["euroSciVoc"])
    cities = map_places(graph, tables["organization"], reference)
    map_organisations(graph, tables["organization"], reference, cities)
    map_participations(graph, tables["organization"])
    map_dataset(graph, tables, folder, name, frame)
    return graph


def add_all(graph: Graph, subject: Node, facts: Mapping[Node, Node | None]) -> None:
    """Add what is there."""
    for predicate, target in facts.items():
        if target is not None:
            graph.add((subject, predicate, target))


def add_identifier(graph: Graph, subject: Node, scheme: str, value: str) -> URIRef:
    """Add an identifier of an entity and return its node."""
    node = item("identifier", f"{scheme}-{slug(value)}")
    graph.add((subject, ADMS.identifier, node))
    add_all(graph, node, {RDF.type: ADMS.Identifier, SKOS.notation: Literal(value), SKOS.inScheme: code("identifier-scheme", scheme)})
    return node


def programme(kind: str, text: str) -> URIRef:
    """Return the IRI of a framework, topic, call, scheme or legal basis."""
    return item("programme", f"cordis-{kind}-{slug(text)}")


def map_projects(graph: Graph, tables: Mapping[str, list[Row]]) -> None:
    """Add projects, their money and their identifiers."""
    for row in tables["project"]:
        project, funding = item("project", f"cordis-{row['id']}"), item("funding", f"cordis-{row['id']}")
        facts: dict[Node, Node | None] = {
            RDF.type: INNO.Project,
            SKOS.prefLabel: english(row["title"]) if row["title"] else None,
            INNO.acronym: Literal(row["acronym"]) if row["acronym"] else None,
            DCTERMS.description: english(row["objective"]) if row["objective"] else None,
            SCHEMA.startDate: day(row["startDate"]),
            SCHEMA.endDate: day(row["endDate"]),
            SCHEMA.keywords: Literal(row["keywords"]) if row["keywords"] else None,
            INNO.totalCost: money(row["totalCost"]),
            ADMS.status: code("project-status", row["status"].lower()) if row["status"] else None,
            DCTERMS.modified: moment(row["contentUpdateDate"]),
            INNO.partOf: programme("scheme", row["fundingScheme"]) if row["fundingScheme"] else None,
        }
        add_all(graph, project, facts)
        if row["legalBasis"]:
            graph.add((project, INNO.partOf, programme("legal-basis", row["legalBasis"])))
        graph.add((project, SCHEMA.sameAs, URIRef(f"https://cordis.europa.eu/project/id/{row['id']}")))
        add_identifier(graph, project, "cordis", row["id"])
        if re.fullmatch("[0-9]{1,9}", row["rcn"]):
            add_identifier(graph, project, "cordis-rcn", row["rcn"])
        if re.fullmatch(r"10\.[0-9]{4,9}/\S+", row["grantDoi"]):
            add_identifier(graph, project, "doi", row["grantDoi"])
            graph.add((project, SCHEMA.sameAs, URIRef(f"https://doi.org/{row['grantDoi']}")))
        amount = money(row["ecMaxContribution"])
        under = programme("topic", row["topics"]) if row["topics"] else programme("framework", row["frameworkProgramme"])
        facts = {
            RDF.type: INNO.Funding,
            INNO.funds: project,
            INNO.underProgramme: under,
            INNO.amount: amount,
            INNO.currency: Literal("EUR") if amount is not None else None,
            DCTERMS.issued: day(row["ecSignatureDate"]),
        }
        add_all(graph, funding, facts)
    for row in tables["legalBasis"]:
        graph.add((item("project", f"cordis-{row['projectID']}"), INNO.partOf, programme("legal-basis", row["legalBasis"])))


def map_programmes(graph: Graph, tables: Mapping[str, list[Row]]) -> None:
    """Add frameworks, topics, calls, schemes and legal bases, and what is part of what."""
    titles = {("framework", name): title for name, (title, _) in FRAMEWORKS.items()}
    titles |= {("topic", row["topic"]): row["title"] for row in tables["topics"]}
    titles |= {("legal-basis", row["legalBasis"]): row["title"] for row in tables["legalBasis"]}
    framework_of = {row["id"]: row["frameworkProgramme"] for row in tables["project"]}
    legal = {row["legalBasis"]: framework_of[row["projectID"]] for row in tables["legalBasis"]}
    parents: dict[tuple[str, str], tuple[str, str] | None] = {}
    for row in tables["project"]:
        framework = ("framework", row["frameworkProgramme"])
        parents[framework] = None
        if row["legalBasis"]:
            legal.setdefault(row["legalBasis"], row["frameworkProgramme"])
        if row["fundingScheme"]:
            parents["scheme", row["fundingScheme"]] = framework
        master, sub = row["masterCall"], row["subCall"]
        if master:
            parents["call", master] = framework
        if sub and sub != master:
            parents["call", sub] = ("call", master) if master else framework
        if row["topics"]:
            parents["topic", row["topics"]] = ("call", sub) if sub else framework
    for basis, name in legal.items():
        longer = [other for other in legal if basis.startswith(other + ".")]
        parents["legal-basis", basis] = ("legal-basis", max(longer, key=len)) if longer else ("framework", name)
    for (kind, text), parent in parents.items():
        node = programme(kind, text)
        title = english(titles.get((kind, text)) or text)
        add_all(graph, node, {RDF.type: INNO.Programme, SKOS.prefLabel: title, DCTERMS.identifier: Literal(text)})
        if parent is not None:
            graph.add((node, INNO.partOf, programme(*parent)))


def map_links(graph: Graph, rows: Iterable[Row]) -> None:
    """Add pages of projects."""
    for row in rows:
        page = web(row["physUrl"])
        if page is not None:
            graph.add((item("project", f"cordis-{row['projectID']}"), FOAF.page if row["type"] == "relatedWebsite" else RDFS.seeAlso, page))


def map_euroscivoc(graph: Graph, rows: list[Row]) -> None:
    """Add fields of science with the fields above them."""
    scheme = URIRef(f"{BASE}code/euroscivoc")
    if rows:
        graph.add((scheme, RDF.type, SKOS.ConceptScheme))
        for lang in ("de", "en"):
            graph.add((scheme, SKOS.prefLabel, Literal("EuroSciVoc", lang=lang)))

    def concept(steps: list[str]) -> URIRef:
        return code("euroscivoc", "-".join(steps))

    for row in rows:
        steps, names = row["euroSciVocCode"].split("/")[1:], row["euroSciVocPath"].split("/")[1:]
        graph.add((item("project", f"cordis-{row['projectID']}"), DCTERMS.subject, concept(steps)))
        for depth in range(len(steps), 0, -1):
            node = concept(steps[:depth])
            if (node, SKOS.inScheme, scheme) in graph:
                break
            facts: dict[Node, Node | None] = {
                RDF.type: SKOS.Concept,
                SKOS.inScheme: scheme,
                SKOS.notation: Literal("/" + "/".join(steps[:depth])),
                SKOS.prefLabel: english(names[depth - 1]),
                SKOS.definition: english(" / ".join(names[:depth])),
                SKOS.broader: concept(steps[: depth - 1]) if depth > 1 else None,
            }
            add_all(graph, node, facts)


def city_key(row: Row, reference: Reference) -> str:
    """Return the key of a row's city, empty where it has none: a name without any letter is no city."""
    if not row["country"] or not any(c.isalpha() for c in row["city"]):
        return ""
    last = slug(row["city"]) or hashlib.sha256(row["city"].encode()).hexdigest()[:12]
    region = [slug(row["nutsCode"])] if len(row["nutsCode"]) > 2 else []
    return "-".join([reference.iso(row["country"]).lower(), *region, last])


def map_places(graph: Graph, rows: Iterable[Row], reference: Reference) -> dict[int, str]:
    """Add countries, regions and cities; return the key of the city of each row that has one."""
    countries: set[str] = set()
    regions: set[str] = set()
    members: dict[str, list[Row]] = defaultdict(list)
    keys: dict[int, str] = {}
    for number, row in enumerate(rows):
        if row["country"]:
            countries.add(row["country"])
        region = row["nutsCode"] if len(row["nutsCode"]) > 2 else ""
        while len(region) > 2 and region not in regions:
            regions.add(region)
            region = reference.above(region)
        if key := city_key(row, reference):
            members[key].append(row)
            keys[number] = key
    countries |= {region[:2] for region in regions}
    for source in countries:
        node, names = reference.country(source), reference.countries.get(source, {"name_en": source})
        add_all(graph, node, {RDF.type: INNO.Place, DCTERMS.identifier: Literal(source)})
        for lang in ("de", "en"):
            if name := names.get(f"name_{lang}"):
                graph.add((node, SKOS.prefLabel, Literal(name, lang=lang)))
    for region in regions:
        node, parent = item("place", f"nuts-{region}"), reference.above(region)
        name = reference.regions[region]["name"] if region in reference.regions else ""
        above = item("place", f"nuts-{parent}") if parent else reference.country(region[:2])
        add_all(
            graph, node, {RDF.type: INNO.Place, SKOS.prefLabel: english(name or region), DCTERMS.identifier: Literal(region), INNO.withinPlace: above}
        )
    for key, found in members.items():
        map_city(graph, key, found, reference)
    return keys


def map_city(graph: Graph, key: str, rows: list[Row], reference: Reference) -> None:
    """Add a city: its spellings, where it lies, its point."""
    node, first = item("place", f"city-{key}"), rows[0]
    spellings = Counter(row["city"] for row in rows)
    best = min(spellings, key=lambda name: (-spellings[name], name))
    above = item("place", f"nuts-{first['nutsCode']}") if len(first["nutsCode"]) > 2 else reference.country(first["country"])
    add_all(graph, node, {RDF.type: INNO.Place, SKOS.prefLabel: english(best), INNO.withinPlace: above})
    for spelling in spellings:
        if spelling != best:
            graph.add((node, SKOS.altLabel, Literal(spelling)))
    points = [point for row in rows if (point := coordinates(row["geolocation"]))]
    if points:
        latitude, longitude = (plain_decimal(middle([point[axis] for point in points])) for axis in (0, 1))
        geometry = item("geometry", f"city-{key}")
        graph.add((node, WGS.lat, Literal(latitude, datatype=XSD.decimal)))
        graph.add((node, WGS.long, Literal(longitude, datatype=XSD.decimal)))
        graph.add((node, GEO.hasDefaultGeometry, geometry))
        graph.add((geometry, RDF.type, GEO.Geometry))
        graph.add((geometry, GEO.asWKT, Literal(f"POINT({longitude} {latitude})", datatype=GEO.wktLiteral)))


def middle(values: list[Decimal]) -> Decimal:
    """Return the median to six decimals; exact, because the middle of two values often ends in a five."""
    return statistics.median(values).quantize(Decimal("0.000001"), ROUND_HALF_UP)


def coordinates(text: str) -> tuple[Decimal, Decimal] | None:
    """Return latitude and longitude, `None` where the cell holds none."""
    match = re.fullmatch(r"(-?[0-9]+(?:\.[0-9]+)?),(-?[0-9]+(?:\.[0-9]+)?)", text)
    if not match:
        return None
    latitude, longitude = Decimal(match.group(1)), Decimal(match.group(2))
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def map_organisations(graph: Graph, rows: list[Row], reference: Reference, cities: Mapping[int, str]) -> None:
    """Add organisations, each property from the latest row that has it."""
    by_pic: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for number, row in enumerate(rows):
        by_pic[row["organisationID"]].append((row["contentUpdateDate"], int(row["projectID"]), number))
    for pic, places in by_pic.items():
        newest = [number for _, _, number in sorted(places, reverse=True)]

        def latest(column: str, newest: list[int] = newest) -> str:
            return next((rows[number][column] for number in newest if rows[number][column]), "")

        node, name, short = item("organisation", f"pic-{pic}"), latest("name"), latest("shortName")
        graph.add((node, RDF.type, INNO.Organisation))
        kind = KINDS.get(latest("activityType"))
        facts: dict[Node, Node | None] = {
            RDF.type: ORG.FormalOrganization,
            SKOS.prefLabel: english(name) if name else None,
            INNO.acronym: Literal(short) if short else None,
            FOAF.page: next((page for number in newest if (page := web(rows[number]["organizationURL"])) is not None), None),
            ORG.classification: code("organisation-kind", kind) if kind else None,
            INNO.location: location(rows, newest, cities, reference),
        }
        add_all(graph, node, facts)
        others = {rows[number]["name"] for number in newest} - {name} | {rows[number]["shortName"] for number in newest} - {short}
        for other in others - {""}:
            graph.add((node, SKOS.altLabel, Literal(other)))
        add_identifier(graph, node, "pic", pic)
        if pic in reference.rors:
            match = reference.rors[pic]
            identifier = add_identifier(graph, node, "ror", match["ror"])
            graph.add((identifier, DCTERMS.description, english(f"confidence: {match['confidence']}")))
            graph.add((node, SCHEMA.sameAs, URIRef(f"https://ror.org/{match['ror']}")))


def location(rows: list[Row], newest: list[int], cities: Mapping[int, str], reference: Reference) -> URIRef | None:
    """Return the city of the latest row that has one, else the region, else the country."""
    for number in newest:
        if number in cities:
            return item("place", f"city-{cities[number]}")
    for number in newest:
        if len(rows[number]["nutsCode"]) > 2:
            return item("place", f"nuts-{rows[number]['nutsCode']}")
    return next((reference.country(rows[number]["country"]) for number in newest if rows[number]["country"]), None)


def map_participations(graph: Graph, rows: Iterable[Row]) -> None:
    """Add who takes part in what."""
    for row in rows:
        project, organisation = item("project", f"cordis-{row['projectID']}"), item("organisation", f"pic-{row['organisationID']}")
        role = code("participation-role", ROLES.get(row["role"], "unspecified"))
        order = str(int(row["order"])) if re.fullmatch("[0-9]+", row["order"]) else ""
        node = item("participation", participation_key(project, organisation, role, order))
        facts: dict[Node, Node | None] = {
            RDF.type: INNO.Participation,
            INNO.inInitiative: project,
            INNO.participant: organisation,
            INNO.role: role,
            INNO.order: Literal(order, datatype=XSD.integer) if order else None,
            INNO.sme: truth(row["SME"]),
            INNO.endedEarly: truth(row["endOfParticipation"]),
            INNO.contribution: money(row["ecContribution"]),
            INNO.netContribution: money(row["netEcContribution"]),
            INNO.totalCost: money(row["totalCost"]),
        }
        add_all(graph, node, facts)


def map_dataset(graph: Graph, tables: Mapping[str, list[Row]], folder: Path, name: str, frame: str) -> None:
    """Describe the delivery itself."""
    node, activity, publisher = URIRef(f"{BASE}graph/{name}"), item("activity", f"delivery-{name}"), item("agent", slug(PUBLISHER))
    with_partners = {row["projectID"] for row in tables["organization"]}
    frame = frame or ("census" if all(row["id"] in with_partners for row in tables["project"]) else "partial")
    english_name, german_name = FRAMEWORKS.get(tables["project"][0]["frameworkProgramme"], ("CORDIS", "CORDIS"))
    facts: dict[Node, Node | None] = {
        RDF.type: DCAT.Dataset,
        DCTERMS.license: URIRef("https://creativecommons.org/licenses/by/4.0/"),
        DCTERMS.publisher: publisher,
        INNO.samplingFrame: code("sampling-frame", frame),
        DCTERMS.modified: day(max(row["contentUpdateDate"] for row in tables["project"])[:10]),
        PROV.wasGeneratedBy: activity,
    }
    add_all(graph, node, facts)
    for lang, title in (("de", f"CORDIS: Projekte unter {german_name}"), ("en", f"CORDIS: projects under {english_name}")):
        for predicate in (DCTERMS.title, DCTERMS.description, INNO.samplingPopulation):
            graph.add((node, predicate, Literal(title, lang=lang)))
    add_all(graph, activity, {RDF.type: PROV.Activity, PROV.wasAssociatedWith: publisher})
    add_all(graph, publisher, {RDF.type: FOAF.Agent, FOAF.name: Literal(PUBLISHER)})
    for path in files(folder):
        title = path.name.removesuffix(".gz")
        file = item("input", f"{name}-{slug(title)}")
        graph.add((activity, PROV.used, file))
        checksum = hashlib.sha256(gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()).hexdigest()
        add_all(graph, file, {RDF.type: PROV.Entity, DCTERMS.title: Literal(title), DCTERMS.identifier: Literal(f"sha256:{checksum}")})


def files(folder: Path) -> Iterator[Path]:
    """Yield the files of a delivery that are read."""
    for table in TABLES:
        yield from (path for path in (folder / f"{table}.csv", folder / f"{table}.csv.gz") if path.is_file())
