"""Validation results as a table, and how many there are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.engine.base import Engine


def results(engine: Engine, statements: Any, shapes: Path | None) -> Any:
    """Return what shapes find in distinct statements, as :data:`kg.validate.setwise.table.RESULTS`.

    Args:
        engine: Session that holds the table.
        statements: As :data:`kg.batch.statements.STATEMENTS`; the union of its graphs is validated.
        shapes: A Turtle file or folder of shapes; the shipped ones by default.
    """
    from kg.validate.setwise.table import results
    from kg.validate.shapes import load_shapes

    return results(engine, statements, load_shapes(shapes))


def by_severity(found: Any) -> Any:
    """Return how many results there are of each severity: columns `severity`, `results`."""
    from kg.batch.exact import whole

    return found.group_by("severity").aggregate(results=whole(found.ways))
