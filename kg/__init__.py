"""innovation-kg: who works with whom, in which projects and places, in which role, since when, and which source says so.

The Python door is :func:`kg.open`; the commands are in :mod:`kg.cli`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from pathlib import Path

    from kg.graph import Graph


def open(location: str | Path | None = None, *, lang: str | None = None) -> Graph:
    """Open a graph to ask and to measure it: the one built last, a `build` folder, or the address of a SPARQL endpoint.

    Args:
        location: A `build` folder, a store folder, or an `http(s)` address; `None` is `KG_BUILD` or `./build`.
        lang: Language of labels and titles, `de` or `en`; `None` follows `KG_LANG` and the locale.

    Raises:
        kg.errors.StoreError: Nothing is built there yet, or the endpoint does not answer.
    """
    from kg.graph import Graph

    return Graph.open(location, lang=lang)
