"""Finding things by what people type: `search.sqlite`, built with the graph, read by pages, forms and scripts (contracts, sections 4 and 10).

- :func:`build_index` and :func:`index_store` write the index, from the quad tables of a build or from any store;
- :class:`SearchIndex` answers: names, alternative names, acronyms, identifiers, with umlauts and accents folded and typing errors mended.
"""

from __future__ import annotations

from kg.search.index import SearchIndex
from kg.search.results import Facet, FacetValue, Found, Hit
from kg.search.write import INDEX, build_index, index_store

__all__ = ("INDEX", "Facet", "FacetValue", "Found", "Hit", "SearchIndex", "build_index", "index_store")
