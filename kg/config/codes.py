"""Codes that data portals know, with their names: authority lists of the European Union, ADMS, DCAT-AP.de.

Only the codes that a setting may name are here. Sources: lists of the Publications Office (`data-theme`, `frequency`, `access-right`,
`planned-availability`), ADMS 1.00 (publisher type), DCAT-AP.de 3.0 (levels of political geocoding, licences).
"""

from __future__ import annotations

from kg.errors import Text

EU = "http://publications.europa.eu/resource/authority/"
DE = "http://dcat-ap.de/def/"

THEMES: dict[str, Text] = {
    "AGRI": Text("Agriculture, fisheries, forestry and food", "Landwirtschaft, Fischerei, Forstwirtschaft und Nahrungsmittel"),
    "ECON": Text("Economy and finance", "Wirtschaft und Finanzen"),
    "EDUC": Text("Education, culture and sport", "Bildung, Kultur und Sport"),
    "ENER": Text("Energy", "Energie"),
    "ENVI": Text("Environment", "Umwelt"),
    "GOVE": Text("Government and public sector", "Regierung und öffentlicher Sektor"),
    "HEAL": Text("Health", "Gesundheit"),
    "INTR": Text("International issues", "Internationale Themen"),
    "JUST": Text("Justice, legal system and public safety", "Justiz, Rechtssystem und öffentliche Sicherheit"),
    "REGI": Text("Regions and cities", "Regionen und Städte"),
    "SOCI": Text("Population and society", "Bevölkerung und Gesellschaft"),
    "TECH": Text("Science and technology", "Wissenschaft und Technologie"),
    "TRAN": Text("Transport", "Verkehr"),
}
FREQUENCIES: dict[str, Text] = {
    "ANNUAL": Text("annual", "jährlich"),
    "ANNUAL_2": Text("semiannual", "halbjährlich"),
    "ANNUAL_3": Text("three times a year", "dreimal jährlich"),
    "AS_NEEDED": Text("as needed", "bei Bedarf"),
    "BIENNIAL": Text("biennial", "zweijährlich"),
    "BIMONTHLY": Text("bimonthly", "zweimonatlich"),
    "BIWEEKLY": Text("biweekly", "vierzehntäglich"),
    "CONT": Text("continuous", "kontinuierlich"),
    "DAILY": Text("daily", "täglich"),
    "IRREG": Text("irregular", "unregelmäßig"),
    "MONTHLY": Text("monthly", "monatlich"),
    "MONTHLY_2": Text("semimonthly", "halbmonatlich"),
    "NEVER": Text("never", "niemals"),
    "NOT_PLANNED": Text("not planned", "nicht geplant"),
    "OTHER": Text("other", "sonstiges"),
    "QUARTERLY": Text("quarterly", "vierteljährlich"),
    "TRIENNIAL": Text("triennial", "dreijährlich"),
    "UNKNOWN": Text("unknown", "unbekannt"),
    "UPDATE_CONT": Text("continuously updated", "ständige Aktualisierung"),
    "WEEKLY": Text("weekly", "wöchentlich"),
}
ACCESS: dict[str, Text] = {
    "NON_PUBLIC": Text("not public", "nicht öffentlich"),
    "PUBLIC": Text("public", "öffentlich"),
    "RESTRICTED": Text("restricted", "eingeschränkt"),
}
AVAILABILITY: dict[str, Text] = {
    "AVAILABLE": Text("available", "verfügbar"),
    "EXPERIMENTAL": Text("experimental", "experimentell"),
    "STABLE": Text("stable", "stabil"),
    "TEMPORARY": Text("temporary", "temporär"),
}
PUBLISHERS: dict[str, Text] = {
    "Academia-ScientificOrganisation": Text("academia or scientific organisation", "Hochschule oder wissenschaftliche Einrichtung"),
    "Company": Text("company", "Unternehmen"),
    "IndustryConsortium": Text("industry consortium", "Industriekonsortium"),
    "LocalAuthority": Text("local authority", "kommunale Behörde"),
    "NationalAuthority": Text("national authority", "nationale Behörde"),
    "NonGovernmentalOrganisation": Text("non-governmental organisation", "Nichtregierungsorganisation"),
    "NonProfitOrganisation": Text("non-profit organisation", "gemeinnützige Organisation"),
    "RegionalAuthority": Text("regional authority", "regionale Behörde"),
    "StandardisationBody": Text("standardisation body", "Normungsorganisation"),
    "SupraNationalAuthority": Text("supranational authority", "supranationale Behörde"),
}
LEVELS: dict[str, Text] = {
    "international": Text("international", "international"),
    "european": Text("European", "europäisch"),
    "federal": Text("federal", "Bund"),
    "state": Text("state", "Land"),
    "administrativeDistrict": Text("district", "Kreis"),
    "municipality": Text("municipality", "Kommune"),
}
PUBLISHER_TYPE = "http://purl.org/adms/publishertype/"
LICENCE_TYPE = "http://purl.org/adms/licencetype/"
CONTRIBUTORS = f"{DE}contributors/"
GEOCODING = f"{DE}politicalGeocoding/"

LICENCES: dict[str, tuple[str, str, str, str]] = {
    "creativecommons.org/licenses/by/4.0": ("cc-by/4.0", "CC_BY_4_0", "Attribution", "Creative Commons Attribution 4.0"),
    "creativecommons.org/licenses/by-sa/4.0": (
        "cc-by-sa/4.0",
        "CC_BYSA_4_0",
        "ViralEffect-ShareAlike",
        "Creative Commons Attribution Share-Alike 4.0",
    ),
    "creativecommons.org/licenses/by-nc/4.0": (
        "cc-by-nc/4.0",
        "CC_BYNC_4_0",
        "NonCommercialUseOnly",
        "Creative Commons Attribution NonCommercial 4.0",
    ),
    "creativecommons.org/licenses/by-nd/4.0": ("cc-by-nd/4.0", "CC_BYND_4_0", "NoDerivativeWork", "Creative Commons Attribution NoDerivatives 4.0"),
    "creativecommons.org/publicdomain/zero/1.0": ("cc-zero", "CC0", "PublicDomain", "Creative Commons CC0 1.0"),
    "govdata.de/dl-de/by-2-0": ("dl-by-de/2.0", "", "Attribution", "Datenlizenz Deutschland Namensnennung 2.0"),
    "govdata.de/dl-de/zero-2-0": ("dl-zero-de/2.0", "", "PublicDomain", "Datenlizenz Deutschland Zero 2.0"),
    "apache.org/licenses/license-2.0": ("apache", "APACHE_2_0", "Attribution", "Apache License 2.0"),
    "opendatacommons.org/licenses/by/1-0": ("odby", "ODC_BY", "Attribution", "Open Data Commons Attribution 1.0"),
    "opendatacommons.org/licenses/odbl/1-0": ("odbl", "ODC_BL", "ViralEffect-ShareAlike", "Open Data Commons ODbL 1.0"),
    "opendatacommons.org/licenses/pddl/1-0": ("odcpddl", "ODC_PDDL", "PublicDomain", "Open Data Commons PDDL 1.0"),
}
"""Licences by address without scheme, `www.` and last slash: code of DCAT-AP.de, of the European list, ADMS type, name."""


def licence_key(iri: str) -> str:
    """Return the key of a licence in :data:`LICENCES`.

    >>> licence_key("http://creativecommons.org/licenses/by/4.0/deed.de")
    'creativecommons.org/licenses/by/4.0'
    """
    text = iri.partition("://")[2].lower().removeprefix("www.").split("#", maxsplit=1)[0]
    for tail in ("legalcode", "deed", ".html", ".txt"):
        text = text.split(tail, maxsplit=1)[0]
    return text.rstrip("/.")


def german_licence(iri: str) -> str:
    """Return the IRI by which GovData knows a licence (convention 31 of DCAT-AP.de); the IRI itself where the list has none.

    >>> german_licence("https://creativecommons.org/licenses/by/4.0/")
    'http://dcat-ap.de/def/licenses/cc-by/4.0'
    """
    known = LICENCES.get(licence_key(iri))
    return f"{DE}licenses/{known[0]}" if known else iri
