"""IRIs and prefixes: the one place where the namespace root stands.

The vocabulary (`inno:`, `innosh:` and the shipped code lists) lives under :data:`BASE` for every graph; where a graph's own
entities live is a setting (`docs/decisions/0001-model.md`).
"""

from __future__ import annotations

BASE = "https://w3id.org/innokg/"
CODE = BASE + "code/"

PREFIXES: dict[str, str] = {
    "inno": BASE + "ontology#",
    "innosh": BASE + "shapes#",
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "locn": "http://www.w3.org/ns/locn#",
    "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "void": "http://rdfs.org/ns/void#",
    "wgs": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

EDTF = "http://id.loc.gov/datatypes/edtf/EDTF"
"""Datatype IRI of Extended Date/Time Format literals (several are in use; ontology guide, section 7)."""


class Namespace:
    """Makes IRIs by attribute: `INNO.Project` is `https://w3id.org/innokg/ontology#Project`."""

    def __init__(self, prefix: str) -> None:
        self._root = PREFIXES[prefix]

    def __getattr__(self, name: str) -> str:
        if name.startswith("__"):
            raise AttributeError(name)
        # Kept on the object, so that the next look-up is a plain attribute: mappings ask a hundred thousand times.
        value = self._root + name
        self.__dict__[name] = value
        return value

    def __getitem__(self, name: str) -> str:
        return self._root + name


ADMS, DCAT, DCTERMS, FOAF, GEO, INNO, INNOSH, LOCN, OA, ORG = (
    Namespace(p) for p in ("adms", "dcat", "dcterms", "foaf", "geo", "inno", "innosh", "locn", "oa", "org")
)
OWL, PROV, RDF, RDFS, SCHEMA, SH, SKOS, VOID, WGS, XSD = (
    Namespace(p) for p in ("owl", "prov", "rdf", "rdfs", "schema", "sh", "skos", "void", "wgs", "xsd")
)


def code(scheme: str, notation: str) -> str:
    """Return the IRI of a code of a shipped list.

    >>> code("participation-role", "partner")
    'https://w3id.org/innokg/code/participation-role/partner'
    """
    return f"{CODE}{scheme}/{notation}"


def curie(iri: str) -> str:
    """Shorten an IRI by a known prefix; an IRI without one is returned as it is.

    >>> curie("https://w3id.org/innokg/ontology#Project")
    'inno:Project'
    >>> curie("https://example.org/x")
    'https://example.org/x'
    """
    for prefix, root in PREFIXES.items():
        if iri.startswith(root) and iri != root and not set("/#") & set(iri[len(root) :]):
            return f"{prefix}:{iri[len(root) :]}"
    return iri


def local_name(iri: str) -> str:
    """Return the last step of an IRI: what follows the last `/` or `#`.

    >>> local_name("https://w3id.org/innokg/id/project/t-factor")
    't-factor'
    """
    return iri.rstrip("/#").replace("#", "/").rsplit("/", 1)[-1]


def prologue() -> str:
    """Return all known prefixes as SPARQL `PREFIX` lines."""
    return "".join(f"PREFIX {prefix}: <{root}>\n" for prefix, root in PREFIXES.items())
