"""Small CORDIS deliveries for tests, and a plain reading of any delivery: what docs/decisions/0005-bulk.md makes of its rows, with the csv module."""

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
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from kg.namespaces import ADMS, BASE, CODE, DCTERMS, FOAF, GEO, INNO, ORG, RDF, RDFS, SCHEMA, SKOS, WGS, XSD

ROOT = Path(__file__).resolve().parents[2]
SLICE = ROOT / "data" / "cordis-dortmund"
SHARED = ROOT.parent / "shared" / "data" / "cordis"
TABLES = ("project", "organization", "topics", "legalBasis", "euroSciVoc", "webLink")

Term = tuple[str, str]
"""Value, and `iri`, `@<language>` or the datatype's IRI."""
Expected = dict[str, set[tuple[str, Term]]]
"""Subjects and objects by predicate."""
Rows = Sequence[Mapping[str, str]]

# --- Deliveries made for a test ------------------------------------------------------------------------------------------

PROJECT = {
    **{"id": "101000001", "acronym": "ONE", "status": "SIGNED", "title": "First project", "startDate": "2022-01-01", "endDate": "2024-12-31"},
    **{"totalCost": "100", "ecMaxContribution": "90.5", "legalBasis": "HORIZON.2.5", "topics": "HORIZON-T-01", "ecSignatureDate": "2021-12-01"},
    **{"frameworkProgramme": "HORIZON", "masterCall": "HORIZON-M", "subCall": "HORIZON-S", "fundingScheme": "HORIZON-RIA", "objective": "An aim."},
    **{"contentUpdateDate": "2025-01-02 03:04:05", "rcn": "240001", "grantDoi": "10.3030/101000001", "keywords": "air, water"},
}
ORGANIZATION = {
    **{"projectID": "101000001", "organisationID": "999848453", "name": "TU", "shortName": "TUDO", "SME": "false", "activityType": "HES"},
    **{"city": "Dortmund", "country": "DE", "nutsCode": "DEA52", "geolocation": "51.5,7.4", "organizationURL": "http://tu.example/", "order": "1"},
    **{"contentUpdateDate": "2025-01-02 03:04:05", "role": "coordinator", "ecContribution": "90.5", "netEcContribution": "90.5", "totalCost": "100"},
    **{"endOfParticipation": "false"},
}
OTHERS: dict[str, dict[str, str]] = {
    "topics": {"projectID": "101000001", "topic": "HORIZON-T-01", "title": "A topic"},
    "legalBasis": {"projectID": "101000001", "legalBasis": "HORIZON.2.5", "title": "Climate"},
    "euroSciVoc": {"projectID": "101000001", "euroSciVocCode": "/23/53", "euroSciVocPath": "/natural/chemical", "euroSciVocTitle": "chemical"},
    "webLink": {"projectID": "101000001", "physUrl": "https://one.example/", "type": "relatedWebsite"},
}


def project(number: int = 1, **cells: str) -> dict[str, str]:
    """Return a row of project.csv."""
    identifier = str(101000000 + number)
    return {**PROJECT, "id": identifier, "rcn": str(240000 + number), "grantDoi": f"10.3030/{identifier}", **cells}


def partner(number: int = 1, **cells: str) -> dict[str, str]:
    """Return a row of organization.csv of the project of that number."""
    return {**ORGANIZATION, "projectID": str(101000000 + number), **cells}


def csv_bytes(columns: Sequence[str], rows: Rows, *, delimiter: str = ";", line_end: str = "\n") -> bytes:
    """Return rows as the publisher writes them: every cell quoted."""
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, list(columns), restval="", delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode()


def tables(**rows: Rows) -> dict[str, bytes]:
    """Return the files of a delivery by name; the two tables that must be there have one row unless told otherwise."""
    given: dict[str, Rows] = {"project": [PROJECT], "organization": [ORGANIZATION], **rows}
    bases = {"project": PROJECT, "organization": ORGANIZATION, **OTHERS}
    return {f"{stem}.csv": csv_bytes(list(dict.fromkeys([*bases[stem], *(c for row in found for c in row)])), found) for stem, found in given.items()}


def write_delivery(folder: Path, files: Mapping[str, bytes] | None = None, /, **rows: Rows) -> Path:
    """Write a delivery as a folder and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in {**tables(**rows), **(files or {})}.items():
        (folder / name).write_bytes(data)
    return folder


# --- Reading, by hand ----------------------------------------------------------------------------------------------------


def cleaned(text: str) -> str:
    """Return a cell as the page says: no control characters but tab and line breaks, normal form C, no blanks at its ends."""
    kept = "".join(c for c in text if c in "\t\n\r" or not (unicodedata.category(c) == "Cc" or c in "\ufffe\uffff"))
    return unicodedata.normalize("NFC", kept).strip()


def read(folder: Path, stem: str, delimiter: str = ";") -> list[dict[str, str]]:
    """Return the rows of a table, cells cleaned, `row` the number of the record."""
    csv.field_size_limit(sys.maxsize)
    for path in (folder / f"{stem}.csv", folder / f"{stem}.csv.gz"):
        if path.is_file():
            data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter)
            return [{**{key: cleaned(value) for key, value in cells.items()}, "row": str(number)} for number, cells in enumerate(rows, start=2)]
    return []


FOLDED = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
ROLES = {"coordinator": "coordinator", "participant": "partner", "partner": "partner", "associatedPartner": "associated-partner"}
ROLES |= {"internationalPartner": "associated-partner", "thirdParty": "third-party", "": "unspecified"}
KINDS = {"HES": "university", "REC": "research-institute", "PRC": "company", "PUB": "public-body"}
TITLES = {"HORIZON": "Horizon Europe", "H2020": "Horizon 2020"}


def slug(text: str) -> str:
    """Return a slug."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text.lower().translate(FOLDED)) if unicodedata.category(c) != "Mn")
    return re.sub("[^a-z0-9]+", "-", plain).strip("-")


def number(text: str) -> str:
    """Return a decimal in canonical form."""
    value = format(Decimal(text), "f")
    value = value.rstrip("0").rstrip(".") if "." in value else value
    return "0" if value in ("-0", "") else value


def is_moment(text: str) -> bool:
    """Tell whether a text is a moment."""
    try:
        datetime.strptime(text, "%Y-%m-%d %H:%M:%S")
    except ValueError:
        return False
    return True


class Plain:
    """What a delivery of valid rows becomes, row by row.

    Args:
        folder: The delivery.
        base: Namespace root.
        rows: Its tables, where they are read already.
    """

    def __init__(self, folder: Path, base: str = BASE, rows: Mapping[str, list[dict[str, str]]] | None = None) -> None:
        self.base = base
        self.found: Expected = defaultdict(set)
        self.rows = {stem: read(folder, stem) if rows is None else rows.get(stem, []) for stem in TABLES}
        reference = ROOT / "data" / "reference"
        self.countries = {row["code"]: row for row in read(reference, "countries", ",")}
        self.nuts = {row["code"]: row for row in read(reference, "nuts", ",")}
        self.rors = {row["pic"]: row for row in read(reference, "pic_ror", ",")}

    def expected(self) -> Expected:
        """Return subjects and objects by predicate; the description of the delivery itself is left out."""
        self.projects()
        self.programmes()
        self.links()
        self.sciences()
        self.places()
        self.organisations()
        self.participations()
        return self.found

    def id(self, kind: str, key: str) -> str:
        return f"{self.base}id/{kind}/{key}"

    def iri(self, subject: str, predicate: str, target: str) -> None:
        if target:
            self.found[predicate].add((subject, (target, "iri")))

    def literal(self, subject: str, predicate: str, value: str, kind: str = XSD.string) -> None:
        if value:
            self.found[predicate].add((subject, (value, kind)))

    def money(self, subject: str, predicate: str, cell: str) -> None:
        if cell:
            self.literal(subject, predicate, number(cell), XSD.decimal)

    def identifier(self, subject: str, scheme: str, value: str, link: str = "") -> None:
        if value:
            node = self.id("identifier", f"{scheme}-{slug(value)}")
            self.iri(subject, ADMS.identifier, node)
            self.iri(node, RDF.type, ADMS.Identifier)
            self.literal(node, SKOS.notation, value)
            self.iri(node, SKOS.inScheme, f"{CODE}identifier-scheme/{scheme}")
            self.iri(subject, SCHEMA.sameAs, link and link + value)

    def programme(self, kind: str, code: str) -> str:
        return self.id("programme", f"cordis-{kind}-{slug(code)}") if code else ""

    def projects(self) -> None:
        for row in self.rows["project"]:
            me, money = self.id("project", f"cordis-{row['id']}"), self.id("funding", f"cordis-{row['id']}")
            self.iri(me, RDF.type, INNO.Project)
            self.literal(me, SKOS.prefLabel, row["title"], "@en")
            self.literal(me, INNO.acronym, row["acronym"])
            self.literal(me, DCTERMS.description, row["objective"], "@en")
            self.literal(me, SCHEMA.startDate, row["startDate"], XSD.date)
            self.literal(me, SCHEMA.endDate, row["endDate"], XSD.date)
            self.literal(me, SCHEMA.keywords, row["keywords"])
            self.money(me, INNO.totalCost, row["totalCost"])
            self.iri(me, ADMS.status, row["status"] and f"{CODE}project-status/{row['status'].lower()}")
            self.literal(me, DCTERMS.modified, row["contentUpdateDate"].replace(" ", "T"), XSD.dateTime)
            self.iri(me, INNO.partOf, self.programme("scheme", row["fundingScheme"]))
            self.iri(me, INNO.partOf, self.programme("legal-basis", row["legalBasis"]))
            self.identifier(me, "cordis", row["id"], "https://cordis.europa.eu/project/id/")
            self.identifier(me, "cordis-rcn", row["rcn"])
            self.identifier(me, "doi", row["grantDoi"], "https://doi.org/")
            self.iri(money, RDF.type, INNO.Funding)
            self.iri(money, INNO.funds, me)
            self.iri(money, INNO.underProgramme, self.programme("topic", row["topics"]) or self.programme("framework", row["frameworkProgramme"]))
            self.money(money, INNO.amount, row["ecMaxContribution"])
            self.literal(money, INNO.currency, row["ecMaxContribution"] and "EUR")
            self.literal(money, DCTERMS.issued, row["ecSignatureDate"], XSD.date)
        for row in self.rows["legalBasis"]:
            self.iri(self.id("project", f"cordis-{row['projectID']}"), INNO.partOf, self.programme("legal-basis", row["legalBasis"]))

    def programmes(self) -> None:
        title: dict[tuple[str, str], str] = {("framework", code): name for code, name in TITLES.items()}
        for row in reversed(self.rows["topics"]):
            title |= {("topic", row["topic"]): row["title"]} if row["title"] else {}
        for row in reversed(self.rows["legalBasis"]):
            title |= {("legal-basis", row["legalBasis"]): row["title"]} if row["title"] else {}
        above: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
        framework: dict[str, str] = {}
        bases: dict[str, str] = {}
        for row in self.rows["project"]:
            top = ("framework", row["frameworkProgramme"])
            framework[row["id"]] = row["frameworkProgramme"]
            bases.setdefault(row["legalBasis"], row["frameworkProgramme"])
            master, sub = ("call", row["masterCall"]), ("call", row["subCall"])
            above[top] |= set()
            above["scheme", row["fundingScheme"]].add(top)
            above[master].add(top)
            if sub != master:
                above[sub].add(master if master[1] else top)
            above["topic", row["topics"]].add(sub if sub[1] else top)
        bases |= {row["legalBasis"]: framework[row["projectID"]] for row in reversed(self.rows["legalBasis"])}
        for basis, top_code in bases.items():
            longer = [other for other in bases if other and basis.startswith(f"{other}.")]
            above["legal-basis", basis].add(("legal-basis", max(longer, key=len)) if longer else ("framework", top_code))
        for (kind, code), parents in above.items():
            if code:
                me = self.programme(kind, code)
                self.iri(me, RDF.type, INNO.Programme)
                self.literal(me, SKOS.prefLabel, title.get((kind, code), code), "@en")
                self.literal(me, DCTERMS.identifier, code)
                for parent in parents:
                    self.iri(me, INNO.partOf, self.programme(*parent))

    def links(self) -> None:
        for row in self.rows["webLink"]:
            address = re.sub(r'[ "<>\[\]\\^`{|}]', lambda match: f"%{ord(match.group()):02X}", row["physUrl"])
            site = row["type"] == "relatedWebsite"
            self.iri(self.id("project", f"cordis-{row['projectID']}"), FOAF.page if site else RDFS.seeAlso, address)

    def sciences(self) -> None:
        scheme = f"{CODE}euroscivoc"
        for row in self.rows["euroSciVoc"]:
            steps, names = row["euroSciVocCode"].split("/")[1:], row["euroSciVocPath"].split("/")[1:]
            self.iri(self.id("project", f"cordis-{row['projectID']}"), DCTERMS.subject, f"{scheme}/{'-'.join(steps)}")
            for depth in range(1, len(steps) + 1):
                me = f"{scheme}/{'-'.join(steps[:depth])}"
                self.iri(me, RDF.type, SKOS.Concept)
                self.iri(me, SKOS.inScheme, scheme)
                self.literal(me, SKOS.notation, "/" + "/".join(steps[:depth]))
                self.literal(me, SKOS.prefLabel, names[depth - 1], "@en")
                self.literal(me, SKOS.definition, " / ".join(names[:depth]), "@en")
                self.iri(me, SKOS.broader, f"{scheme}/{'-'.join(steps[: depth - 1])}" if depth > 1 else "")
            self.iri(scheme, RDF.type, SKOS.ConceptScheme)
            for language in ("@de", "@en"):
                self.literal(scheme, SKOS.prefLabel, "EuroSciVoc", language)

    def iso(self, country: str) -> str:
        return self.countries.get(country, {}).get("iso", country)

    def city(self, row: Mapping[str, str]) -> str:
        """Return the key of a row's city, empty where it has none."""
        if not row["country"] or not any(unicodedata.category(c).startswith("L") for c in row["city"]):
            return ""
        region = [row["nutsCode"].lower()] if len(row["nutsCode"]) > 2 else []
        name = slug(row["city"]) or hashlib.sha256(row["city"].encode()).hexdigest()[:12]
        return "-".join(("city", self.iso(row["country"]).lower(), *region, name))

    def place(self, row: Mapping[str, str]) -> list[str]:
        """Return keys of city, region and country of a row, as far as it says."""
        region = f"nuts-{row['nutsCode']}" if len(row["nutsCode"]) > 2 else ""
        return [self.city(row), region, f"country-{self.iso(row['country'])}" if row["country"] else ""]

    def places(self) -> None:
        cities: dict[str, list[dict[str, str]]] = defaultdict(list)
        countries, regions = set(), set()
        for row in self.rows["organization"]:
            city, _, country = self.place(row)
            countries |= {row["country"]} if country else set()
            regions |= {row["nutsCode"]} if len(row["nutsCode"]) > 2 else set()
            if city:
                cities[city].append(row)
        todo = sorted(regions)
        while todo:
            code = todo.pop()
            me, known = self.id("place", f"nuts-{code}"), self.nuts.get(code, {"name": "", "parent": ""})
            above = known["parent"] or (code[:-1] if code[:-1] in self.nuts else "")
            self.iri(me, RDF.type, INNO.Place)
            self.literal(me, SKOS.prefLabel, known["name"] or code, "@en")
            self.literal(me, DCTERMS.identifier, code)
            if len(above) > 2:
                todo += [above] if above not in regions else []
                regions.add(above)
            else:
                countries.add(code[:2])
            self.iri(me, INNO.withinPlace, self.id("place", f"nuts-{above}" if len(above) > 2 else f"country-{self.iso(code[:2])}"))
        for country in countries | {code[:2] for code in regions}:
            me, names = self.id("place", f"country-{self.iso(country)}"), self.countries.get(country, {"name_de": "", "name_en": country})
            self.iri(me, RDF.type, INNO.Place)
            self.literal(me, DCTERMS.identifier, country)
            self.literal(me, SKOS.prefLabel, names["name_de"], "@de")
            self.literal(me, SKOS.prefLabel, names["name_en"], "@en")
        for key, rows in cities.items():
            self.city_facts(key, rows)

    def city_facts(self, key: str, rows: list[dict[str, str]]) -> None:
        me, spellings = self.id("place", key), Counter(row["city"] for row in rows)
        label = min(spellings, key=lambda name: (-spellings[name], name))
        self.iri(me, RDF.type, INNO.Place)
        self.literal(me, SKOS.prefLabel, label, "@en")
        for name in spellings.keys() - {label}:
            self.literal(me, SKOS.altLabel, name)
        _, region, country = self.place(rows[0])
        self.iri(me, INNO.withinPlace, self.id("place", region or country))
        points = [[float(part) for part in row["geolocation"].split(",")] for row in rows if row["geolocation"]]
        if points:
            lat, lon = (number(f"{statistics.median(point[axis] for point in points):.6f}") for axis in (0, 1))
            self.literal(me, WGS.lat, lat, XSD.decimal)
            self.literal(me, WGS.long, lon, XSD.decimal)
            self.iri(me, GEO.hasDefaultGeometry, self.id("geometry", key))
            self.iri(self.id("geometry", key), RDF.type, GEO.Geometry)
            self.literal(self.id("geometry", key), GEO.asWKT, f"POINT({lon} {lat})", GEO.wktLiteral)

    def organisations(self) -> None:
        by_pic: dict[str, list[dict[str, str]]] = defaultdict(list)
        for row in self.rows["organization"]:
            by_pic[row["organisationID"]].append(row)
        for pic, rows in by_pic.items():
            newest = sorted(rows, key=lambda row: (row["contentUpdateDate"], int(row["projectID"]), int(row["row"])), reverse=True)

            def latest(column: str, rows: list[dict[str, str]] = newest) -> str:
                return next((row[column] for row in rows if row[column]), "")

            me, name, short = self.id("organisation", f"pic-{pic}"), latest("name"), latest("shortName")
            self.iri(me, RDF.type, INNO.Organisation)
            self.iri(me, RDF.type, ORG.FormalOrganization)
            self.literal(me, SKOS.prefLabel, name, "@en")
            self.literal(me, INNO.acronym, short)
            self.iri(me, FOAF.page, latest("organizationURL"))
            kind = KINDS.get(latest("activityType"))
            self.iri(me, ORG.classification, f"{CODE}organisation-kind/{kind}" if kind else "")
            places = (next((place for row in newest if (place := self.place(row)[level])), "") for level in range(3))
            self.iri(me, INNO.location, next((self.id("place", place) for place in places if place), ""))
            for other in ({row["name"] for row in rows} | {row["shortName"] for row in rows}) - {name, short, ""}:
                self.literal(me, SKOS.altLabel, other)
            self.identifier(me, "pic", pic)
            if pic in self.rors:
                ror = self.rors[pic]
                self.identifier(me, "ror", ror["ror"], "https://ror.org/")
                self.literal(self.id("identifier", f"ror-{ror['ror']}"), DCTERMS.description, f"confidence: {ror['confidence']}", "@en")

    def participation(self, row: Mapping[str, str]) -> str:
        """Return the IRI of the participation that a row is."""
        lines = [
            f"<{INNO.inInitiative}> <{self.id('project', 'cordis-' + row['projectID'])}> .",
            f"<{INNO.participant}> <{self.id('organisation', 'pic-' + row['organisationID'])}> .",
            f"<{INNO.role}> <{CODE}participation-role/{ROLES[row['role']]}> .",
        ]
        if row["order"]:
            lines.append(f'<{INNO.order}> "{int(row["order"])}"^^<{XSD.integer}> .')
        return self.id("participation", hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()[:16])

    def participations(self) -> None:
        for row in self.rows["organization"]:
            me = self.participation(row)
            self.iri(me, RDF.type, INNO.Participation)
            self.iri(me, INNO.inInitiative, self.id("project", f"cordis-{row['projectID']}"))
            self.iri(me, INNO.participant, self.id("organisation", f"pic-{row['organisationID']}"))
            self.iri(me, INNO.role, f"{CODE}participation-role/{ROLES[row['role']]}")
            self.literal(me, INNO.order, row["order"] and str(int(row["order"])), XSD.integer)
            self.literal(me, INNO.sme, row["SME"].lower(), XSD.boolean)
            self.literal(me, INNO.endedEarly, row["endOfParticipation"].lower(), XSD.boolean)
            for predicate, column in (
                (INNO.contribution, "ecContribution"),
                (INNO.netContribution, "netEcContribution"),
                (INNO.totalCost, "totalCost"),
            ):
                self.money(me, predicate, row[column])


POINTS = (WGS.lat, WGS.long, GEO.asWKT)


def near(one: Iterable[tuple[str, Term]], other: Iterable[tuple[str, Term]]) -> bool:
    """Tell whether numbers of points agree to a millionth of a degree: the middle of two values often ends in a five, which floats round either way."""

    def numbers(pairs: Iterable[tuple[str, Term]]) -> dict[str, list[float]]:
        return {subject: [float(part) for part in re.findall(r"-?[0-9.]+", value)] for subject, (value, _) in pairs}

    left, right = numbers(one), numbers(other)
    return left.keys() == right.keys() and all(
        abs(a - b) < 1.5e-6 for subject, values in left.items() for a, b in zip(values, right[subject], strict=True)
    )
