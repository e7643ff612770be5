"""Distinct statements: each quad once, whichever rows of its source say it."""

from __future__ import annotations

from typing import Any

from kg.quads import COLUMNS

QUADS = dict.fromkeys(COLUMNS, "string")
"""The quad table (contracts, section 3)."""
STATEMENTS = dict.fromkeys(COLUMNS[:-1], "string")
"""The quad table without `origin`."""


def distinct(quads: Any) -> Any:
    """Return the distinct quads of a quad table, as :data:`STATEMENTS`."""
    return quads.select(*STATEMENTS).distinct()
