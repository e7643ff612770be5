"""rdflib-endpoint on oxrdflib, as its documentation shows; needs `pip install rdflib-endpoint oxrdflib`."""

from __future__ import annotations

import os

import pyoxigraph as ox
from oxrdflib import OxigraphStore  # type: ignore[import-not-found]
from rdflib import Dataset
from rdflib_endpoint import SparqlEndpoint  # type: ignore[import-not-found]

graph = Dataset(store=OxigraphStore(store=ox.Store.read_only(os.environ["STORE"])), default_union=True)
app = SparqlEndpoint(graph=graph, path="/sparql", cors_enabled=True)
