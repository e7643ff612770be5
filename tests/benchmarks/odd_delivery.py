"""A delivery of three projects that holds, in few rows, what real ones hold in a hundred thousand."""

from __future__ import annotations

import csv
from pathlib import Path

PROJECT = [
    "id",
    "acronym",
    "status",
    "title",
    "startDate",
    "endDate",
    "totalCost",
    "ecMaxContribution",
    "legalBasis",
    "topics",
    "ecSignatureDate",
    "frameworkProgramme",
    "masterCall",
    "subCall",
    "fundingScheme",
    "objective",
    "contentUpdateDate",
    "rcn",
    "grantDoi",
    "keywords",
]
ORGANIZATION = [
    "projectID",
    "projectAcronym",
    "organisationID",
    "vatNumber",
    "name",
    "shortName",
    "SME",
    "activityType",
    "street",
    "postCode",
    "city",
    "country",
    "nutsCode",
    "geolocation",
    "organizationURL",
    "contactForm",
    "contentUpdateDate",
    "rcn",
    "order",
    "role",
    "ecContribution",
    "netEcContribution",
    "totalCost",
    "endOfParticipation",
    "active",
]

PROJECTS = [
    {
        **{"id": "101000001", "acronym": "ODD", "status": "SIGNED", "title": "  Odd cells, „quoted“ \u0007 ", "startDate": "2022-09-01"},
        **{"endDate": "2025-08-31", "totalCost": "2073781.250", "ecMaxContribution": "2073781", "legalBasis": "HORIZON.2.5", "rcn": "240000"},
        **{"topics": "HORIZON-CL5-2021-D2-01-11", "ecSignatureDate": "2022-05-12", "masterCall": "HORIZON-CL5-2021-D2-01"},
        **{"subCall": "HORIZON-CL5-2021-D2-01", "fundingScheme": "HORIZON-RIA", "objective": "First line\nsecond; with <markup>\tand a tab"},
        **{"contentUpdateDate": "2025-08-26 16:19:52", "grantDoi": "10.3030/101000001", "keywords": "air, water"},
    },
    {
        **{"id": "101000002", "acronym": "SUB", "status": "CLOSED", "title": "Cafe\u0301 in normal form C", "startDate": "2021-02-30"},
        **{"endDate": "2023-01-01", "totalCost": "0", "ecMaxContribution": "12,5", "legalBasis": "EURATOM2027", "rcn": "", "grantDoi": ""},
        **{"topics": "HORIZON-X-01", "ecSignatureDate": "", "masterCall": "HORIZON-X", "subCall": "HORIZON-X-SUB", "fundingScheme": "HORIZON-CSA"},
        **{"objective": "", "contentUpdateDate": "2025-09-01 00:00:00", "keywords": ""},
    },
    {
        **{"id": "101000003", "acronym": "LONE", "status": "TERMINATED", "title": "No topic, no call", "startDate": "2021-01-01", "endDate": ""},
        **{"totalCost": "100", "ecMaxContribution": "0", "legalBasis": "HORIZON.2.5.1", "topics": "", "ecSignatureDate": "2020-12-31"},
        **{"masterCall": "", "subCall": "", "fundingScheme": "HORIZON-RIA", "objective": "x", "contentUpdateDate": "2024-01-01 10:00:00"},
        **{"rcn": "240002", "grantDoi": "10.3030/101000003", "keywords": ""},
    },
]

_DORTMUND = {"organisationID": "999848453", "name": "TECHNISCHE UNIVERSITAT DORTMUND", "shortName": "TUDO", "activityType": "HES", "SME": "false"}
_PLACE = {
    "city": "Dortmund",
    "country": "DE",
    "nutsCode": "DEA52",
    "geolocation": "51.492501,7.414002",
    "organizationURL": "http://www.tu-dortmund.de",
}

ORGANISATIONS = [
    {
        **_DORTMUND,
        **_PLACE,
        **{"projectID": "101000001", "order": "1", "role": "coordinator", "ecContribution": "100.50", "netEcContribution": "100.5"},
        **{"totalCost": "0", "contentUpdateDate": "2025-08-26 16:19:52", "endOfParticipation": "false"},
    },
    {
        # The same organisation, later: another spelling, no page, the city in capitals.
        **_DORTMUND,
        **{"projectID": "101000002", "name": "Technische Universität Dortmund", "shortName": "", "city": "DORTMUND", "country": "DE"},
        **{"nutsCode": "DEA52", "geolocation": "51.492502,7.414003", "order": "02", "role": "participant", "ecContribution": "", "SME": ""},
        **{"netEcContribution": "", "totalCost": "", "contentUpdateDate": "2025-09-01 00:00:00", "endOfParticipation": "true"},
    },
    {
        # Greek code of the country and a city without a Latin letter; the role is empty.
        **{"projectID": "101000002", "organisationID": "111111111", "name": "ΑΠΘ", "shortName": "AUTH", "SME": "false", "activityType": "OTH"},
        **{"city": "Θεσσαλονικη", "country": "EL", "nutsCode": "EL", "geolocation": "40.6,22.9", "order": "1", "role": ""},
        **{"ecContribution": "1", "netEcContribution": "1", "totalCost": "1", "contentUpdateDate": "2025-09-01 00:00:00"},
    },
    {
        # A city that is none, a region without one above, a point out of range, an address that is none.
        **{"projectID": "101000002", "organisationID": "222222222", "name": "Third & Co", "shortName": "T\nC", "SME": "true", "activityType": "PRC"},
        **{"city": "-", "country": "UK", "nutsCode": "UKI31", "geolocation": "95,7", "organizationURL": "www.third.example", "order": "3"},
        **{"role": "thirdParty", "ecContribution": "x", "netEcContribution": "0", "totalCost": "7.10", "contentUpdateDate": "2025-09-01 00:00:00"},
    },
    {
        # Letters that are no letters with an accent; no country.
        **{"projectID": "101000001", "organisationID": "333333333", "name": "Søborg Æther", "SME": "false", "activityType": "REC"},
        **{"city": "Søborg", "country": "DK", "nutsCode": "DK012", "geolocation": "55.7,12.5", "order": "2", "role": "associatedPartner"},
        **{"contentUpdateDate": "2025-08-26 16:19:52", "endOfParticipation": "false"},
    },
    {
        **{"projectID": "101000001", "organisationID": "444444444", "name": "CEREGE", "SME": "false", "activityType": "OTH", "city": "Bethesda"},
        **{"order": "2", "role": "internationalPartner", "contentUpdateDate": "2025-08-26 16:19:52", "geolocation": "43.5,5.3"},
    },
    {**_DORTMUND, **_PLACE, "projectID": "999999999", "order": "1", "role": "participant", "contentUpdateDate": "2026-01-01 00:00:00"},
    {**_DORTMUND, **_PLACE, "projectID": "101000001", "organisationID": "12345", "order": "9", "role": "participant"},
]

OTHERS: dict[str, list[dict[str, str]]] = {
    "topics": [
        {"projectID": "101000001", "topic": "HORIZON-CL5-2021-D2-01-11", "title": "Direct atmospheric carbon capture and conversion"},
        {"projectID": "101000002", "topic": "HORIZON-X-01", "title": ""},
    ],
    "legalBasis": [
        {"projectID": "101000001", "legalBasis": "HORIZON.2.5", "title": "Climate, Energy and Mobility", "uniqueProgrammePart": "true"},
        {"projectID": "101000001", "legalBasis": "HORIZON.2.5.1", "title": "Climate Science and Solutions", "uniqueProgrammePart": ""},
        {"projectID": "101000003", "legalBasis": "HORIZON.2.50", "title": "No prefix at a dot", "uniqueProgrammePart": ""},
        {"projectID": "101000002", "legalBasis": "EURATOM2027", "title": "Euratom", "uniqueProgrammePart": "true"},
    ],
    "euroSciVoc": [
        {"projectID": "101000001", "euroSciVocCode": "/23/53/373", "euroSciVocPath": "/natural sciences/chemical sciences/electrochemistry"},
        {"projectID": "101000003", "euroSciVocCode": "/23", "euroSciVocPath": "/natural sciences"},
    ],
    "webLink": [
        {"projectID": "101000001", "physUrl": "https://odd.example/a?b=1&c=2", "type": "relatedWebsite"},
        {"projectID": "101000001", "physUrl": "https://odd.example/d", "type": "projectDeliverable"},
        {"projectID": "101000002", "physUrl": "ftp://odd.example/e", "type": "socialMedia"},
        {"projectID": "999999999", "physUrl": "https://odd.example/f", "type": "relatedWebsite"},
    ],
}
for _row in OTHERS["euroSciVoc"]:
    _row["euroSciVocTitle"] = _row["euroSciVocPath"].rsplit("/", 1)[-1]


def write(folder: Path) -> Path:
    """Write the delivery as the publisher does: semicolons, every cell quoted."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = {"project": (PROJECT, [{"frameworkProgramme": "HORIZON", **row} for row in PROJECTS]), "organization": (ORGANIZATION, ORGANISATIONS)}
    tables |= {name: (list(rows[0]), rows) for name, rows in OTHERS.items()}
    for name, (columns, rows) in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="", delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return folder
