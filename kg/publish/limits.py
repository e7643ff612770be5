"""What a publication of a large graph does not hold in every place, and where it stands instead: nothing is left out without a word."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from kg.analyse.incidence import is_large

if TYPE_CHECKING:
    from kg.analyse.incidence import Incidence

SEPARATOR = "; "
"""Between several values in one cell."""
MAX_CELL = 32_767
"""Characters that a cell of a table holds at most, as in Excel (Microsoft: Excel specifications and limits). A longer list is left empty, never cut."""
BOUNDED = (("nodes.csv", "projects"), ("edges.csv", "shared"))
"""Columns whose lists grow with the graph; `incidence.csv` holds what they list."""

_LONG = {
    "de": "Eine Liste von mehr als {limit} Zeichen, mehr als eine Zelle einer Tabellenkalkulation fasst, bleibt leer: in nodes.csv die Spalte projects "
    "(Zahl der Einrichtungen: {number}; project_count nennt die Zahl der Projekte), in edges.csv ebenso die Spalte shared (count nennt die Zahl). Die "
    "Projekte stehen in incidence.csv, Spalten institution_merged und project_counted.",
    "en": "A list of more than {limit} characters, more than a cell of a spreadsheet holds, is left empty: in nodes.csv the column projects (number of "
    "institutions: {number}; project_count gives the number of projects), in edges.csv likewise the column shared (count gives the number). The "
    "projects stand in incidence.csv, columns institution_merged and project_counted.",
}
_LARGE = {
    "de": "In network.graphml und network.gexf tragen die Kanten Gewicht und Zahl der gemeinsamen Projekte; die Projekte selbst stehen in edges.csv.",
    "en": "In network.graphml and network.gexf edges carry their weight and the number of shared projects; the projects themselves stand in edges.csv.",
}
_CELL = "empty where longer than {limit} characters: see incidence.csv | leer, wo länger als {limit} Zeichen: siehe incidence.csv"


def cell(values: Iterable[str]) -> str:
    """Return several values as one cell, empty where they would be too long for one.

    >>> cell(["a", "b"]), cell(["a" * MAX_CELL, "b"])
    ('a; b', '')
    """
    text = SEPARATOR.join(values)
    return text if len(text) <= MAX_CELL else ""


def long_lists(incidence: Incidence) -> int:
    """Return how many institutions have more projects than a cell can list. No two share more than each of them has."""
    import numpy as np

    lengths = np.array([len(project) + len(SEPARATOR) for project in incidence.projects], dtype=np.int64)
    characters = np.bincount(incidence.rows, weights=lengths[incidence.columns], minlength=len(incidence.institutions)) - len(SEPARATOR)
    return int((characters > MAX_CELL).sum())


def limits(incidence: Incidence) -> dict[str, str]:
    """Return in words what stands elsewhere, per language; empty where everything stands in its place."""
    found = []
    if is_large(incidence.pairs):
        found.append(_LARGE)
    if number := long_lists(incidence):
        found.append(
            {
                "de": _LONG["de"].format(limit=f"{MAX_CELL:,}".replace(",", "."), number=number),
                "en": _LONG["en"].format(limit=f"{MAX_CELL:,}", number=number),
            }
        )
    return {lang: " ".join(text[lang] for text in found) for lang in ("de", "en")} if found else {}


def cell_limit() -> str:
    """Return what the codebook says of a bounded column."""
    return _CELL.format(limit=MAX_CELL)
