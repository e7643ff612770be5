"""Asking a graph: one small interface, an embedded store and any SPARQL 1.1 endpoint behind it (contracts, section 11).

Every question runs on the union of the named graphs. Results hold pyoxigraph terms, whatever the store.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from kg.config import build_root
from kg.errors import StoreError, Text
from kg.store.base import NONE, CutError, Quirks, Result, Store, Table, Triples, collect
from kg.store.embedded import EmbeddedStore
from kg.store.endpoint import TIMEOUT, EndpointStore
from kg.store.texts import MAX_QUERY, bind, keywords, refuse_unsafe, syntax_error, with_prefixes

if TYPE_CHECKING:
    from kg.store.base import Node as Node  # for those who annotate

__all__ = [
    "MAX_QUERY",
    "NONE",
    "TIMEOUT",
    "CutError",
    "EmbeddedStore",
    "EndpointStore",
    "Quirks",
    "Result",
    "Store",
    "Table",
    "Triples",
    "bind",
    "collect",
    "keywords",
    "location",
    "named",
    "open_store",
    "refuse_unsafe",
    "syntax_error",
    "with_prefixes",
]


def named(store: str | None = None, build: Path | None = None) -> str | None:
    """Return the store that `--store`, or without `--build` the environment (`KG_STORE`), names; `None` where the folder of builds counts."""
    return store or (os.environ.get("KG_STORE") if build is None else None) or None


def location(store: str | None = None, build: Path | None = None) -> str | Path:
    """Return what a command asks: `--store`, else `--build`, else `KG_STORE`, else `KG_BUILD` or `./build`.

    What the command line says comes before the environment. With both options the store is asked, and `--build` names the folder where a copy of it is kept.
    """
    return named(store, build) or build or build_root()


def open_store(place: str | Path | None = None) -> Store:
    """Open a store.

    Args:
        place: An `http(s)` address, a store folder, a folder of builds or a build; by default what `KG_STORE` names, else the graph built last
            (:func:`location`).

    Raises:
        StoreError: There is none, or the address is no address.
    """
    place = place or location()
    if isinstance(place, str) and "://" in place:
        return EndpointStore(place)
    path = Path(place)
    for candidate in (path / "current" / "store", path / "store", path):
        if (candidate / "CURRENT").is_file():
            return EmbeddedStore(candidate.resolve())
    fix = Text(
        "Build it with `kg build`, or name one with --store or --build.",
        "Bauen Sie ihn mit `kg build`, oder nennen Sie einen mit --store oder --build.",
    )
    raise StoreError(Text("There is no graph yet.", "Es gibt noch keinen Graphen."), where=str(path), fix=fix)
