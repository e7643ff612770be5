"""Where ontology, queries and the shipped tables lie: beside `kg/` in a checkout, inside it in an installed wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def root() -> Path:
    """Return the folder that holds `ontology/`, `queries/` and `data/`."""
    inside = _PACKAGE / "_share"
    return inside if inside.is_dir() else _PACKAGE.parent


def folder(*parts: str) -> Path:
    """Return a folder or file below :func:`root`."""
    return root().joinpath(*parts)
