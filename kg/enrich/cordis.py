"""What the build knows of CORDIS' organisations, which of them are linked to entities of the folder, and which ROR goes with a PIC."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kg.enrich.identifiers import identifier
from kg.enrich.model import Citation
from kg.enrich.records import Record
from kg.errors import Problem
from kg.link.names import fold
from kg.link.sssom import EntityMapping, read_sssom
from kg.namespaces import FOAF, INNO, SKOS, WGS, local_name
from kg.resources import folder as resource
from kg.store import EmbeddedStore

if TYPE_CHECKING:
    from kg.build import Build

DEPTH = 8
"""Steps followed up the hierarchy of places."""

MAX_QUADS = 5_000_000
"""Statements of one property that are read at most: ten times what Horizon Europe holds."""

PIC_ROR = Citation(
    "ref-pic-ror",
    "CORDIS PIC to ROR mapping (pic_ror.csv)",
    "https://github.com/zenodo/cordis-pic-ror",
    "zenodo/cordis-pic-ror",
    note="Stand 8de960c52707003728e2da3611aceea56978a251; MIT (Tabelle), CC0 (ROR-Kennungen); data/reference/pic_ror.csv",
)
COUNTRIES = Citation(
    "ref-cordis-countries",
    "CORDIS code list of countries",
    "https://cordis.europa.eu",
    "Publications Office of the European Union",
    note="© European Union, CC BY 4.0; data/reference/countries.csv",
)


@dataclass(frozen=True)
class RorOfPic:
    """One row of `data/reference/pic_ror.csv`.

    Attributes:
        ror: `ror:…`.
        confidence, source: As the table says.
        row: Record number.
        pics: How many PICs the table gives this ROR.
    """

    ror: str
    confidence: str
    source: str
    row: int
    pics: int


@dataclass(frozen=True)
class City:
    """A city of a CORDIS delivery.

    Attributes:
        name: As the delivery writes it most often.
        names: All spellings.
        country: ISO code.
        point: Median of the points of its organisations.
        organisations: How many organisations of the build lie there.
        citation: Id of the source row to be cited.
    """

    name: str
    names: tuple[str, ...]
    country: str
    point: tuple[str, str] | None
    organisations: int
    citation: str


@dataclass
class Cordis:
    """Everything enrichment takes from the build and from the reference tables.

    Attributes:
        records: Record of each organisation, by IRI.
        cities: Cities, sorted by name.
        citations: Source row of each delivery.
        rors: By PIC.
    """

    records: dict[str, Record] = field(default_factory=dict)
    cities: list[City] = field(default_factory=list)
    citations: dict[str, Citation] = field(default_factory=dict)
    rors: dict[str, RorOfPic] = field(default_factory=dict)


def read_pic_ror(path: Path | None = None) -> tuple[dict[str, RorOfPic], list[Problem]]:
    """Read the table of PICs and RORs; rows with a wrong check digit are problems and left out."""
    path = path or resource("data", "reference", "pic_ror.csv")
    from kg.errors import IdentifierError

    with path.open(encoding="utf-8", newline="") as file:
        rows = list(enumerate(csv.DictReader(file), 2))
    shared = Counter(row["ror"] for _, row in rows)
    found, problems = {}, []
    for number, row in rows:
        try:
            pic, ror = identifier("pic", row["pic"]), identifier("ror", row["ror"])
        except IdentifierError as error:
            fix = error.fix or error.what
            problems.append(Problem(path.name, number, "ror", "wrong-identifier", error.what._asdict(), fix._asdict(), row["ror"]))
            continue
        found[pic.removeprefix("pic:")] = RorOfPic(ror, row["confidence"], row["source"], number, shared[row["ror"]])
    return found, problems


def read_cordis(build: Build | None) -> tuple[Cordis, list[Problem]]:
    """Read the organisations and cities of all CORDIS deliveries of a build; without one only the reference table is there."""
    cordis = Cordis()
    cordis.rors, problems = read_pic_ror()
    if build is None:
        return cordis, problems
    with EmbeddedStore(build.store) as store:
        for source in build.record["sources"]:
            if str(source["name"]).startswith("cordis"):
                _delivery(cordis, store, source["name"], source["graph"], source["title"].get("en") or source["name"], source["frame"]["date"])
    cordis.cities.sort(key=lambda city: (city.name, city.country))
    return cordis, problems


def linked_citation(mapping: EntityMapping) -> Citation:
    """Return the source row for an organisation that only a mapping file names: the delivery that the row says it is from."""
    name = local_name(mapping.object_source) or "cordis"
    note = "© European Union, CC BY 4.0; Kennung nach data/mappings"
    return Citation(f"ref-{name}", f"CORDIS ({name})", "https://cordis.europa.eu", "Publications Office of the European Union", note=note)


def _delivery(cordis: Cordis, store: EmbeddedStore, name: str, graph: str, title: str, date: str) -> None:
    citation = Citation(
        f"ref-{name}",
        title,
        "https://cordis.europa.eu",
        "Publications Office of the European Union",
        published=date,
        note="© European Union, CC BY 4.0",
    )
    cordis.citations[citation.source_id] = citation

    def values(predicates: Sequence[str], kind: str) -> dict[str, list[str]]:
        """Return the values of some properties of all entities of a kind, the first property's first, each sorted."""
        import pyoxigraph as ox

        found = defaultdict[str, list[str]](list)
        for predicate in predicates:
            quads = store.statements(None, ox.NamedNode(predicate), None, graph=ox.NamedNode(graph), limit=MAX_QUADS)
            pairs = ((quad.subject, quad.object) for quad in quads)
            chosen = {
                (one.value, other.value) for one, other in pairs if isinstance(one, ox.NamedNode) and isinstance(other, ox.NamedNode | ox.Literal)
            }
            for subject, value in sorted(pair for pair in chosen if f"/id/{kind}/" in pair[0]):
                found[subject].append(value)
        return found

    names = values((SKOS.prefLabel, SKOS.altLabel, INNO.acronym), "organisation")
    pages, places = values((FOAF.page,), "organisation"), values((INNO.location,), "organisation")
    labels, above = values((SKOS.prefLabel, SKOS.altLabel), "place"), values((INNO.withinPlace,), "place")
    lats, lons = values((WGS.lat,), "place"), values((WGS.long,), "place")

    def country(place: str) -> str:
        for _ in range(DEPTH):
            if "/id/place/country-" in place:
                return place.rsplit("country-", 1)[1]
            place = min(above.get(place, ("",)))
        return ""

    def city(place: str) -> str:
        """Return the name of a city without the region that some deliveries write behind it (`DERIO  BIZKAIA`)."""
        name, region = labels[place][0], place
        for _ in range(DEPTH):
            region = min(above.get(region, ("",)))
            for text in labels.get(region, ()):
                if fold(name).endswith(f" {fold(text)}") and "/id/place/nuts-" in region:
                    name = name[: -len(text)].strip(" -,/")
        return name

    inhabitants = Counter(min(located) for located in places.values())
    for place, spelled in labels.items():
        if "/id/place/city-" in place:
            point = (lats[place][0], lons[place][0]) if place in lats and place in lons else None
            cordis.cities.append(City(city(place), (city(place), *spelled), country(place), point, inhabitants[place], citation.source_id))
    for organisation, texts in names.items():
        pic = organisation.rsplit("/pic-", 1)[-1] if "/pic-" in organisation else ""
        if not pic or organisation in cordis.records:
            continue
        place = min(places.get(organisation, ("",)))
        cordis.records[organisation] = Record(
            name,
            0,
            tuple(dict.fromkeys(texts)),
            (f"pic:{pic}",),
            country(place),
            city(place) if "/id/place/city-" in place and place in labels else "",
            min(pages.get(organisation, ("",))),
            citation=citation.source_id,
        )


@dataclass(frozen=True)
class Links:
    """What mapping files say of the folder's institutions.

    Attributes:
        exact: For each entity its exact counterparts.
        refused: Pairs (entity, IRI) that are not the same: rejected, or only a part or related.
    """

    exact: dict[str, tuple[EntityMapping, ...]]
    refused: frozenset[tuple[str, str]]


def read_links(files: Iterable[Path], base: str) -> Links:
    """Read the mappings of organisations below a namespace root.

    Raises:
        InputError: A file has problems.
    """
    exact, refused = defaultdict[str, list[EntityMapping]](list), set()
    root = f"{base}id/organisation/"
    for file in files:
        for mapping in read_sssom(file).mappings:
            if mapping.subject_id.startswith(root):
                entity = mapping.subject_id.removeprefix(root)
                if mapping.exact:
                    exact[entity].append(mapping)
                else:
                    refused.add((entity, mapping.object_id))
    return Links({entity: tuple(found) for entity, found in sorted(exact.items())}, frozenset(refused))
