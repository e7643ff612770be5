"""The publisher's layout of a CORDIS delivery: its tables and columns, its codes, and what must hold in a cell (docs/decisions/0005-bulk.md)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kg.sources.columns import DECIMAL, NATURAL, Check, is_date, is_moment, is_url

REQUIRED = ("project", "organization")
OPTIONAL = ("topics", "legalBasis", "euroSciVoc", "webLink")

COLUMNS: dict[str, tuple[str, ...]] = {
    "project": (
        *("id", "acronym", "status", "title", "startDate", "endDate", "totalCost", "ecMaxContribution", "legalBasis", "topics", "ecSignatureDate"),
        *("frameworkProgramme", "masterCall", "subCall", "fundingScheme", "objective", "contentUpdateDate", "rcn", "grantDoi", "keywords"),
    ),
    "organization": (
        *("projectID", "organisationID", "name", "shortName", "SME", "activityType", "city", "country", "nutsCode", "geolocation", "organizationURL"),
        *("contentUpdateDate", "order", "role", "ecContribution", "netEcContribution", "totalCost", "endOfParticipation"),
    ),
    "topics": ("topic", "title"),
    "legalBasis": ("projectID", "legalBasis", "title"),
    "euroSciVoc": ("projectID", "euroSciVocCode", "euroSciVocPath", "euroSciVocTitle"),
    "webLink": ("projectID", "physUrl", "type"),
}
"""Columns that are mapped, per table."""

TEXTUAL = {
    *("title", "acronym", "objective", "keywords", "name", "shortName", "city", "topics", "subCall", "masterCall", "fundingScheme", "topic"),
    *("legalBasis", "frameworkProgramme", "euroSciVocPath", "euroSciVocTitle"),
}
"""Columns of free text."""

ADDRESSES = {"organizationURL", "physUrl"}
"""Columns of web addresses."""

NEEDED: dict[str, tuple[str, ...]] = {
    "project": ("id", "title"),
    "organization": ("projectID", "organisationID", "name", "role"),
    "topics": ("topic", "title"),
    "legalBasis": ("projectID", "legalBasis"),
    "euroSciVoc": ("projectID", "euroSciVocCode", "euroSciVocPath", "euroSciVocTitle"),
    "webLink": ("projectID", "physUrl", "type"),
}
"""Columns without which a table says nothing; the others may be missing, and the build says so."""

ROLES = {
    "coordinator": "coordinator",
    "participant": "partner",
    "partner": "partner",
    "associatedPartner": "associated-partner",
    "internationalPartner": "associated-partner",
    "thirdParty": "third-party",
    "": "unspecified",
}
KINDS = {"HES": "university", "REC": "research-institute", "PRC": "company", "PUB": "public-body", "OTH": "", "": ""}
STATUSES = ("signed", "closed", "terminated")
FRAMEWORKS = {"HORIZON": ("cordis-horizon", "Horizon Europe", "Horizont Europa"), "H2020": ("cordis-h2020", "Horizon 2020", "Horizont 2020")}
"""Graph name and titles of each framework programme."""

KEYS = {"project": ("id",), "organization": ("projectID", "organisationID", "code", "order")}
"""Columns that no two rows of a table may share; `code` is that of the role."""


def checks(stem: str) -> tuple[Check, ...]:
    """Return what must hold in a table."""
    return {"project": _project, "organization": _organization, "euroSciVoc": _euroscivoc, "webLink": _web_link}.get(stem, tuple)()


def _project() -> tuple[Check, ...]:
    return (
        Check("id", "wrong-project-id", lambda t: t.id.re_search(r"^[0-9]{6,9}$"), row=True),
        *_cells("wrong-date", is_date, "startDate", "endDate", "ecSignatureDate"),
        *_cells("wrong-amount", _is_decimal, "totalCost", "ecMaxContribution"),
        *_cells("wrong-moment", is_moment, "contentUpdateDate"),
        *_cells("wrong-code", lambda cell: cell.lower().isin(STATUSES), "status"),
        *_cells("wrong-number", lambda cell: cell.re_search(r"^[0-9]{1,9}$"), "rcn"),
        *_cells("wrong-doi", lambda cell: cell.re_search(r"^10[.][0-9]{4,9}/[A-Za-z0-9._/-]+$"), "grantDoi"),
        *_cells(
            "wrong-code",
            lambda cell: cell.re_search(r"[A-Za-z0-9]"),
            *("topics", "subCall", "masterCall", "fundingScheme", "legalBasis", "frameworkProgramme"),
        ),
    )


def _organization() -> tuple[Check, ...]:
    return (
        Check("organisationID", "wrong-pic", lambda t: t.organisationID.re_search(r"^[0-9]{9}$"), row=True),
        *_cells("wrong-amount", _is_decimal, "ecContribution", "netEcContribution", "totalCost"),
        *_cells("wrong-boolean", lambda cell: cell.lower().isin(("true", "false")), "SME", "endOfParticipation"),
        *_cells("wrong-number", lambda cell: cell.re_search(NATURAL), "order"),
        *_cells("unknown-role", lambda cell: cell.isin(tuple(ROLES)), "role"),
        *_cells("wrong-code", lambda cell: cell.isin(tuple(KINDS)), "activityType"),
        *_cells("wrong-country", lambda cell: cell.re_search(r"^[A-Z]{2}$"), "country"),
        *_cells("wrong-code", lambda cell: cell.re_search(r"^[A-Z]{2}[0-9A-Z]{0,3}$"), "nutsCode"),
        *_cells("wrong-coordinate", _is_point, "geolocation"),
        *_cells("wrong-url", is_url, "organizationURL"),
        *_cells("wrong-moment", is_moment, "contentUpdateDate"),
    )


def _euroscivoc() -> tuple[Check, ...]:
    # Nine levels: the taxonomy has seven, and what stands above a concept is made level by level.
    return (Check("euroSciVocCode", "wrong-code", lambda t: t.euroSciVocCode.re_search(r"^(/[0-9]{1,9}){1,9}$"), row=True),)


def _web_link() -> tuple[Check, ...]:
    return _cells("wrong-url", is_url, "physUrl")


def _cells(code: str, holds: Callable[[Any], Any], *columns: str) -> tuple[Check, ...]:
    """Return one rule for the cells of several columns."""

    def rule(column: str) -> Check:
        return Check(column, code, lambda table: holds(table[column]))

    return tuple(rule(column) for column in columns)


def _is_decimal(cell: Any) -> Any:
    return cell.re_search(DECIMAL)


def _is_point(point: Any) -> Any:
    lat, lon = (point.split(",")[index].try_cast("float64") for index in (0, 1))
    form = point.re_search(r"^-?[0-9]{1,2}([.][0-9]{1,30})?,-?[0-9]{1,3}([.][0-9]{1,30})?$")
    return form & lat.between(-90, 90).fill_null(False) & lon.between(-180, 180).fill_null(False)
