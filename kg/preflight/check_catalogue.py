"""What shapes cannot say of a catalogue: licences that portals know, languages, dates, media types, links into the release."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from kg.errors import Text
from kg.namespaces import DCAT, DCTERMS, XSD, curie
from kg.preflight.advice import REMAKE, advice
from kg.preflight.findings import Advice, Findings, Place
from kg.preflight.material import Graph, Material
from kg.preflight.registered import ENDINGS, FILE_TYPE, IANA, MEDIA, UNREGISTERED, licence_kind

_BOTH = ("dcat-ap", "dcat-ap-de")
TAG = re.compile(
    r"(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*"
    r"(?:-[0-9a-wyz](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?|x(?:-[a-z0-9]{1,8})+"
)
"""A well-formed language tag in lower case (RFC 5646, section 2.1), without the grandfathered ones."""
_EARLIEST = date(1900, 1, 1)


def check(material: Material, findings: Findings, today: date | None = None) -> None:
    """Check the catalogue; without one nothing.

    Args:
        material: What is checked.
        findings: Where findings go.
        today: Day that counts as today, for dates in the future.
    """
    graph = material.catalogue
    if graph is None:
        return
    licences(graph, findings)
    languages(graph, findings)
    dates(graph, today or datetime.now(UTC).date(), findings)
    media_types(graph, findings)
    if not material.only:
        links(material, graph, findings)


def licences(graph: Graph, findings: Findings) -> None:
    """Check that each distribution has a licence that portals know."""
    for one in graph.of(DCAT.Distribution):
        for term in graph.values(one, DCTERMS.license) or ():
            kind = licence_kind(term.value) if term.kind == "iri" else "text"
            place = Place(graph.name, one, DCTERMS.license, term.value)
            if kind in ("unknown", "text"):
                what = Text("A licence says nothing that a program can read.", "Eine Lizenz sagt nichts, das ein Programm lesen kann.")
                findings.add("licence-unknown", "Violation", (*_BOTH, "ckan"), what, place, advice(DCTERMS.license))
            elif kind == "foreign":
                what = Text(
                    "A licence is on no list that portals read; they show the data as not open.",
                    "Eine Lizenz steht auf keiner Liste, die Portale lesen; sie zeigen die Daten als nicht offen.",
                )
                findings.add("licence-foreign", "Warning", (*_BOTH, "ckan"), what, place, advice(DCTERMS.license))
            elif kind == "closed":
                what = Text(
                    "A licence is known and not open: portals for open data list it as restricted.",
                    "Eine Lizenz ist bekannt und nicht offen: Portale für offene Daten führen sie als eingeschränkt.",
                )
                findings.add("licence-closed", "Warning", (*_BOTH, "ckan"), what, place, advice(DCTERMS.license))


def languages(graph: Graph, findings: Findings) -> None:
    """Check language tags, and that what people read stands there in German and English."""
    for quad in graph.quads:
        if quad.language and not TAG.fullmatch(quad.language.lower()):
            what = Text("A language tag is not well-formed (BCP 47).", "Ein Sprachkürzel ist nicht wohlgeformt (BCP 47).")
            findings.add("language-tag", "Violation", _BOTH, what, Place(graph.name, quad.subject, quad.predicate, f"@{quad.language}"), _TAG)
    for kind in (DCAT.Catalog, DCAT.Dataset):
        for one in graph.of(kind):
            for prop in (DCTERMS.title, DCTERMS.description):
                found = {term.language.split("-")[0] for term in graph.values(one, prop) if term.kind == "literal"}
                if found and "" in found and len(found) == 1:
                    what = Text("A title or description has no language.", "Ein Titel oder eine Beschreibung hat keine Sprache.")
                    findings.add(
                        "text-without-language", "Warning", (*_BOTH, "ckan"), what, Place(graph.name, one, prop, graph.value(one, prop)), advice(prop)
                    )
                for lang, profile in (("en", "dcat-ap"), ("de", "dcat-ap-de")):
                    if found - {""} and lang not in found:
                        name = {"en": Text("English", "Englisch"), "de": Text("German", "Deutsch")}[lang]
                        what = Text(f"There is no title or description in {name.en}.", f"Titel oder Beschreibung auf {name.de} fehlt.")
                        findings.add(
                            f"text-without-{lang}",
                            "Warning",
                            (profile,),
                            what,
                            Place(graph.name, one, prop, f"@{', @'.join(sorted(found))}"),
                            advice(prop),
                        )


_TAG = Advice(
    Text("Use `de`, `en` or another tag of the registry of IANA.", "Verwenden Sie `de`, `en` oder ein anderes Kürzel des Verzeichnisses der IANA."),
    "",
    '"Titel"@de',
)


def dates(graph: Graph, today: date, findings: Findings) -> None:
    """Check that dates can be read, do not lie ahead, and that nothing changed before it was published."""
    of: dict[tuple[str, str], date] = {}
    for quad in graph.quads:
        if quad.predicate not in _DATES or quad.kind != "literal":
            continue
        day = _day(quad.object, quad.datatype)
        place = Place(graph.name, quad.subject, quad.predicate, quad.object)
        if day is None:
            what = Text(
                "A date cannot be read: it must be typed and of the form 2026-11-22.",
                "Ein Datum ist nicht lesbar: Es muss typisiert sein und die Form 2026-11-22 haben.",
            )
            findings.add("date-unreadable", "Violation", _BOTH, what, place, advice(quad.predicate))
            continue
        of[quad.subject, quad.predicate] = day
        if day < _EARLIEST or (day > today and quad.predicate in _PAST):
            what = Text(
                "A date is not plausible: it lies before 1900 or in the future.", "Ein Datum ist unglaubhaft: Es liegt vor 1900 oder in der Zukunft."
            )
            findings.add("date-implausible", "Warning", _BOTH, what, place, advice(quad.predicate))
    for (subject, prop), day in sorted(of.items()):
        first = of.get((subject, _BEFORE.get(prop, "")))
        if first is not None and day < first:
            what = Text("A date lies before the one that must come first.", "Ein Datum liegt vor dem, das ihm vorausgehen muss.")
            findings.add("date-order", "Warning", _BOTH, what, Place(graph.name, subject, prop, f"{day} < {first}"), advice(prop))


_PAST = {DCTERMS.issued, DCTERMS.modified}
_BEFORE = {DCAT.endDate: DCAT.startDate}
_DATES = {*_PAST, DCAT.startDate, DCAT.endDate}
_FORMS = {XSD.date: 10, XSD.gYear: 4, XSD.gYearMonth: 7}


def _day(text: str, datatype: str) -> date | None:
    """Return the first day that a date says; nothing where it cannot be read."""
    try:
        if datatype == XSD.dateTime:
            return datetime.fromisoformat(text).date()
        length = _FORMS.get(datatype, 0)
        zone = text[length:]
        if not length or not re.fullmatch(r"(?:Z|[+-]\d\d:\d\d)?", zone):
            return None
        return date.fromisoformat(text[:length] + "-01-01"[: 10 - length] if length != 7 else f"{text[:7]}-01")
    except ValueError:
        return None


def media_types(graph: Graph, findings: Findings) -> None:
    """Check that media types are registered, and fit file-type code and ending."""
    for one in graph.of(DCAT.Distribution):
        address = graph.value(one, DCAT.downloadURL, DCAT.accessURL)
        for prop in (DCAT.mediaType, DCAT.compressFormat, DCAT.packageFormat):
            for term in graph.values(one, prop):
                media = next((term.value.removeprefix(root) for root in IANA if term.value.startswith(root)), term.value)
                if media not in MEDIA or media in UNREGISTERED:
                    what = Text(
                        "A media type is not one of IANA's list that portals know.",
                        "Ein Medientyp ist keiner aus der Liste der IANA, die Portale kennen.",
                    )
                    findings.add(
                        "media-unregistered", "Warning", (*_BOTH, "ckan"), what, Place(graph.name, one, prop, term.value), advice(DCAT.mediaType)
                    )
                elif prop == DCAT.mediaType:
                    _consistent(graph, one, media, address, findings)


def _consistent(graph: Graph, one: str, media: str, address: str, findings: Findings) -> None:
    code = next((t.value.removeprefix(FILE_TYPE) for t in graph.values(one, DCTERMS.format) if t.value.startswith(FILE_TYPE)), "")
    packed = bool(graph.values(one, DCAT.compressFormat)) or address.endswith((".gz", ".zip"))
    if code and MEDIA[media] and code not in MEDIA[media]:
        what = Text(
            "Media type and file-type code of a distribution contradict each other.",
            "Medientyp und Dateityp-Code einer Distribution widersprechen sich.",
        )
        findings.add("media-format", "Warning", _BOTH, what, Place(graph.name, one, DCTERMS.format, f"{media}, {code}"), advice(DCTERMS.format))
    ending = f".{address.rsplit('/', 1)[-1].rsplit('.', 1)[-1]}" if "." in address.rsplit("/", 1)[-1] else ""
    if not packed and ending in ENDINGS and media not in ENDINGS[ending]:
        what = Text("The media type does not fit the ending of the file.", "Der Medientyp passt nicht zur Endung der Datei.")
        findings.add("media-ending", "Warning", _BOTH, what, Place(graph.name, one, DCAT.mediaType, f"{media}, {ending}"), advice(DCAT.mediaType))


def links(material: Material, graph: Graph, findings: Findings) -> None:
    """Check that every download address below the base leads to a file of the release; nothing is asked of the network."""
    for one in graph.of(DCAT.Distribution):
        promised(material, graph, one, DCAT.downloadURL, (*_BOTH, "ckan"), findings)


def promised(material: Material, graph: Graph, subject: str, prop: str, profiles: tuple[str, ...], findings: Findings) -> None:
    """Check the addresses of a property that promises files. Of other releases in the same catalogue nothing is known here."""
    ours = f"{material.base}releases/{material.version}/" if material.version else material.base
    for term in graph.values(subject, prop):
        place = Place(graph.name, subject, prop, term.value)
        if not term.value.startswith(("https://", "http://")):
            what = Text(f"{curie(prop)} is no web address.", f"{curie(prop)} ist keine Webadresse.")
            findings.add("dump-link-no-address" if profiles == ("void",) else "link-no-address", "Violation", profiles, what, place, REMAKE)
        elif ours and term.value.startswith(ours) and material.resolve(term.value) is None:
            what = Text("An address promises a file that is not here.", "Eine Adresse verspricht eine Datei, die es hier nicht gibt.")
            findings.add("dump-link-broken" if profiles == ("void",) else "link-broken", "Violation", profiles, what, place, REMAKE)
