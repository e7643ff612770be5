"""The record of a copy: what `build.json` says of a build, as far as the graph says it of itself.

What a source's settings hold and the graph does not (contacts, notes of deliveries, rows that were left out, what data portals want to know) is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kg import __version__
from kg.build import OWN
from kg.namespaces import BASE, local_name

if TYPE_CHECKING:
    import pyoxigraph as ox

_SOURCES = """SELECT ?g ?frame ?around ?licence ?modified ?delivered ?publisher WHERE {
  ?g inno:samplingFrame ?frame
  OPTIONAL { ?g inno:sampledAround ?around } OPTIONAL { ?g dcterms:license ?licence } OPTIONAL { ?g dcterms:modified ?modified }
  OPTIONAL { ?g prov:wasGeneratedBy ?delivered } OPTIONAL { ?g dcterms:publisher/foaf:name ?publisher } }
  ORDER BY ?g ?frame ?around ?licence ?modified ?delivered ?publisher"""
_TEXTS = """SELECT ?g ?p ?text WHERE { ?g inno:samplingFrame ?frame ; ?p ?text
  VALUES ?p { dcterms:title dcterms:description inno:samplingPopulation } } ORDER BY ?g ?p ?text"""
_DATASET = """SELECT ?p ?v WHERE { GRAPH ?graph { %s ?p ?v VALUES ?p { dcterms:identifier dcterms:title prov:generatedAtTime } } } ORDER BY ?p ?v"""
_INPUTS = """SELECT DISTINCT ?file ?sum WHERE { GRAPH ?graph { ?activity prov:used ?input . ?input dcterms:title ?file ; dcterms:identifier ?sum
  FILTER(STRSTARTS(?sum, "sha256:")) } } ORDER BY ?file ?sum"""
_CLASSES = (
    """SELECT ?c (COUNT(DISTINCT ?x) AS ?n) WHERE { ?x a ?c FILTER (STRSTARTS(STR(?c), STR(inno:)) || ?c = skos:Concept) } GROUP BY ?c ORDER BY ?c"""
)


def base_of(graphs: Iterable[str]) -> str:
    """Return the namespace root: what stands before `graph/` in the names of the graphs."""
    roots = {graph.rpartition("graph/")[0] for graph in graphs if "/graph/" in graph}
    return BASE if BASE in roots or not roots else min(roots)


def record(store: ox.Store, address: str, mark: str, base: str, counts: Mapping[str, int], tables: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return the record of a copy.

    Args:
        store: The copy, loaded.
        address: Whence it was fetched.
        mark: Identifies the copy where the graph does not say which build it is.
        base: Namespace root.
        counts: Statements by graph.
        tables: Graphs by quad table.
    """
    from kg.store.credentials import shown

    dataset = _dataset(store, base)
    described = _described(store)
    listed = []
    for name in sorted(set(tables) - set(OWN)):
        graph = min(tables[name], key=len)
        listed.append({"name": name, "graph": graph, **_EMPTY, **described.get(graph, {})})
    # The first source of a build gives it its title, and what was curated comes before deliveries.
    listed.sort(key=lambda source: (source["title"] != dataset["title"], f"{source['graph']}-evidence" not in counts, source["name"]))
    main: Mapping[str, Any] = listed[0] if listed else {"name": "graph", "title": {}}
    return {
        "id": dataset["identifier"] or mark,
        "software": __version__,
        "base": base,
        "name": main["name"],
        "title": dataset["title"] or main["title"],
        "state": dataset["state"],
        "sources": listed,
        "inputs": [{"file": file.value, "sha256": total.value.removeprefix("sha256:")} for file, total in _rows(store, _INPUTS)],
        "graphs": dict(counts),
        "quads": sum(counts.values()),
        "classes": {kind.value: int(number.value) for kind, number in _rows(store, _CLASSES)},
        "mirror": {"address": shown(address), "mark": mark},
    }


_EMPTY: dict[str, Any] = {
    "title": {},
    "description": {},
    "license": "",
    "publisher": {"name": "", "url": "", "type": "", "email": ""},
    "contact": {"name": "", "url": "", "email": "", "telephone": ""},
    "catalogue": {},
    "notes": [],
    "rejected": {"count": 0, "first": []},
    "frame": {"kind": "partial", "around": "", "date": "", "population": {}},
}


def _rows(store: ox.Store, query: str) -> list[Any]:
    from kg.namespaces import PREFIXES

    return list(store.query(query, prefixes=PREFIXES, use_default_graph_as_union=True))  # type: ignore[arg-type]


def _described(store: ox.Store) -> dict[str, dict[str, Any]]:
    """Return what graphs say of themselves."""
    found: dict[str, dict[str, Any]] = {}
    for graph, frame, around, licence, modified, delivered, publisher in _rows(store, _SOURCES):
        kind = local_name(frame.value)
        # The date of a delivery of which a part was taken is not that of the part's population.
        date = modified.value if modified is not None and (delivered is None or kind == "census") else ""
        about: dict[str, Any] = {"kind": kind, "around": local_name(around.value) if around is not None else "", "date": date, "population": {}}
        found[graph.value] = {
            "title": {},
            "description": {},
            "license": licence.value if licence is not None else "",
            "publisher": {**_EMPTY["publisher"], "name": publisher.value if publisher is not None else ""},
            "frame": about,
        }
    for graph, predicate, text in _rows(store, _TEXTS):
        name = local_name(predicate.value)
        texts = found[graph.value]["frame"]["population"] if name == "samplingPopulation" else found[graph.value][name]
        texts[text.language or "en"] = text.value
    return found


def _dataset(store: ox.Store, base: str) -> dict[str, Any]:
    """Return identifier, title and state of the build that the graph says it is; the identifier is empty where it says none."""
    import pyoxigraph as ox

    identifiers: list[str] = []
    title: dict[str, str] = {}
    state = ""
    for predicate, value in _rows(store, _DATASET % ox.NamedNode(f"{base}dataset")):
        name = local_name(predicate.value)
        if name == "identifier":
            identifiers.append(value.value)
        elif name == "title":
            title[value.language or "en"] = value.value
        else:
            state = value.value[:10]
    return {"identifier": identifiers[0] if len(identifiers) == 1 else "", "title": title, "state": state}
