"""What to do about a property that is missing or wrong: which setting mends it, and how it looks when it is right."""

from __future__ import annotations

from kg.errors import Text
from kg.namespaces import DCAT, DCTERMS, FOAF, SKOS
from kg.preflight.findings import Advice

_ADMS, _VCARD, _SPDX = "http://www.w3.org/ns/adms#", "http://www.w3.org/2006/vcard/ns#", "http://spdx.org/rdf/terms#"
_DCATDE, _DCATAP = "http://dcat-ap.de/def/dcatde/", "http://data.europa.eu/r5r/"
_EU = "http://publications.europa.eu/resource/authority/"


def _set(setting: str, example: str, de: str = "", en: str = "") -> Advice:
    fix = Text(
        f"Set {setting} in settings.toml of the first source{f' ({en})' if en else ''}.",
        f"Setzen Sie {setting} in der settings.toml der ersten Quelle{f' ({de})' if de else ''}.",
    )
    return Advice(fix, setting, example)


_PROPERTIES: dict[str, Advice] = {
    DCTERMS.title: _set("graph.title", 'title.en = "Dortmund innovation ecosystem"\ntitle.de = "Dortmund – Innovationsökosystem"'),
    DCTERMS.description: _set("graph.description", 'description.en = "Who works with whom in …"\ndescription.de = "Wer mit wem arbeitet …"'),
    DCTERMS.publisher: _set("publisher.name", '[publisher]\nname = "City of Dortmund"\nurl = "https://www.dortmund.de/"'),
    FOAF.name: _set("publisher.name", '[publisher]\nname = "City of Dortmund"'),
    DCTERMS.type: _set("publisher.type", '[publisher]\ntype = "LocalAuthority"'),
    DCAT.contactPoint: _set("contact.url", '[contact]\nname = "Open data office"\nurl = "mailto:opendata@example.org"'),
    f"{_VCARD}hasEmail": _set("contact.email", '[contact]\nemail = "opendata@example.org"'),
    f"{_VCARD}fn": _set("contact.name", '[contact]\nname = "Open data office"'),
    DCTERMS.license: _set("graph.license", 'license = "https://creativecommons.org/licenses/by/4.0/"'),
    DCTERMS.issued: Advice(
        Text("Release with a date: `kg release VERSION --issued 2026-11-22`.", "Nennen Sie beim Release ein Datum: `kg release VERSION --issued 2026-11-22`."),
        "graph.state",
        'state = "2026-11-22"',
    ),
    DCTERMS.modified: _set("graph.state", 'state = "2026-11-22"'),
    DCTERMS.spatial: _set("catalogue.spatial", f'[catalogue]\nspatial = ["{_EU}country/DEU"]'),
    DCTERMS.temporal: _set("catalogue.temporal", '[catalogue]\ntemporal.start = "2014"\ntemporal.end = "2026"'),
    DCTERMS.accrualPeriodicity: _set("catalogue.frequency", '[catalogue]\nfrequency = "IRREG"'),
    DCTERMS.accessRights: _set("catalogue.access_rights", '[catalogue]\naccess_rights = "PUBLIC"'),
    DCAT.keyword: _set("catalogue.keywords", '[catalogue]\nkeywords.en = ["innovation", "cooperation"]\nkeywords.de = ["Innovation", "Zusammenarbeit"]'),
    DCAT.theme: _set("catalogue.themes", '[catalogue]\nthemes = ["TECH"]'),
    FOAF.homepage: _set("catalogue.homepage", '[catalogue]\nhomepage = "https://example.org/"'),
    DCAT.landingPage: _set("catalogue.homepage", '[catalogue]\nhomepage = "https://example.org/"'),
    f"{_DCATAP}availability": _set("catalogue.availability", '[catalogue]\navailability = "AVAILABLE"'),
    f"{_DCATDE}contributorID": Advice(
        Text(
            "Ask GovData (info@govdata.de) for a contributor ID, then set catalogue.contributor_id in settings.toml of the first source.",
            "Lassen Sie sich von GovData (info@govdata.de) eine Datenbereitsteller-ID geben und setzen Sie catalogue.contributor_id in der settings.toml der ersten Quelle.",
        ),
        "catalogue.contributor_id",
        '[catalogue]\ncontributor_id = ["http://dcat-ap.de/def/contributors/…"]',
    ),
    f"{_DCATDE}politicalGeocodingURI": _set(
        "catalogue.political_geocoding", '[catalogue]\npolitical_geocoding = ["http://dcat-ap.de/def/politicalGeocoding/municipalityKey/05913000"]'
    ),
    f"{_DCATDE}politicalGeocodingLevelURI": _set(
        "catalogue.political_geocoding_level", '[catalogue]\npolitical_geocoding_level = "municipality"'
    ),
    f"{_DCATDE}licenseAttributionByText": _set("catalogue.attribution", '[catalogue]\nattribution.en = "City of Dortmund, CC BY 4.0"'),
    DCAT.endpointURL: _set("catalogue.endpoint", '[catalogue]\nendpoint = "https://example.org/sparql"'),
    DCAT.version: Advice(Text("Make a release: `kg release 2026.11`.", "Machen Sie ein Release: `kg release 2026.11`."), "", 'dcat:version "2026.11"'),
    SKOS.prefLabel: Advice(
        Text("Give the code a name in the catalogue file (skos:prefLabel).", "Geben Sie dem Code in der Katalogdatei einen Namen (skos:prefLabel)."),
        "",
        f'<{_EU}data-theme/TECH> a skos:Concept ; skos:prefLabel "Science and technology"@en .',
    ),
    DCTERMS.format: Advice(
        Text("Use a code of the EU list of file types.", "Verwenden Sie einen Code der EU-Liste der Dateitypen."), "", f"dcterms:format <{_EU}file-type/RDF_TURTLE>"
    ),
    DCAT.mediaType: Advice(
        Text("Use an address of IANA's list.", "Verwenden Sie eine Adresse der Liste der IANA."), "", "dcat:mediaType <https://www.iana.org/assignments/media-types/text/turtle>"
    ),
    f"{_SPDX}checksum": Advice(
        Text("State algorithm and value.", "Nennen Sie Verfahren und Wert."), "", "spdx:checksum [ a spdx:Checksum ; spdx:algorithm spdx:checksumAlgorithm_sha256 ; spdx:checksumValue \"…\"^^xsd:hexBinary ]"
    ),
}  # fmt: skip
_OTHER = Advice(
    Text(
        "Mend the record of the catalogue, and write the files anew with `kg release`.",
        "Berichtigen Sie den Eintrag des Katalogs und schreiben Sie die Dateien neu mit `kg release`.",
    )
)


def advice(prop: str, kind: str = "") -> Advice:
    """Return what to do about a property.

    Args:
        prop: IRI of the property.
        kind: What is asked of it: `class` where the class of its value is missing, `code` where the value is not of its list, else anything.
    """
    if kind == "code" and prop == DCTERMS.license:
        return Advice(
            Text(
                "Choose a licence that the list of DCAT-AP.de holds (CC BY 4.0, CC0, Datenlizenz Deutschland): the catalogue then names its address there.",
                "Wählen Sie eine Lizenz, die auf der Liste von DCAT-AP.de steht (CC BY 4.0, CC0, Datenlizenz Deutschland): Der Katalog nennt dann ihre Adresse dort.",
            ),
            "graph.license",
            "dcterms:license <http://dcat-ap.de/def/licenses/cc-by/4.0>",
        )
    if kind == "class":
        return Advice(
            Text("State the class of what is named in the catalogue file itself.", "Nennen Sie die Klasse des Genannten in der Katalogdatei selbst."),
            "",
            f"<{_EU}language/DEU> a dcterms:LinguisticSystem .",
        )
    return _PROPERTIES.get(prop, _OTHER)


REMAKE = Advice(Text("Write the files anew with `kg release`.", "Schreiben Sie die Dateien neu mit `kg release`."))
