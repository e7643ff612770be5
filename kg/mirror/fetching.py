"""Fetching a server's graphs into a folder that reads like a build."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import StoreError, Text
from kg.mirror.native import restored
from kg.namespaces import local_name
from kg.quads import Quad, from_oxigraph_term, nquads, schema, strings, write_parquet
from kg.store.paging import pages

if TYPE_CHECKING:
    import pyarrow as pa
    import pyoxigraph as ox

    from kg.mirror import Progress
    from kg.store import Store

VOCABULARY = ("ontology", "codes")
BATCH = 100_000
AT_ONCE = 200_000
"""Statements of a quad table up to which it is sorted in memory."""
MEMORY = "300MB"
"""What larger ones may hold while they are sorted."""


def fetch(store: Store, mark: str, counts: Mapping[str, int], folder: Path, progress: Progress) -> None:
    """Write quad tables, store, search index and record of what a server holds; the folder is new, and left half written where something fails.

    Raises:
        ChangedError: The server was written to meanwhile.
        StoreError: It does not give everything.
        OSError: The folder cannot be written.
    """
    from kg.mirror.record import base_of, record
    from kg.search import INDEX, build_index

    folder.mkdir(parents=True)
    base = base_of(counts)
    done, total = 0, sum(counts.values())
    tables: dict[str, list[str]] = {}
    for graph in counts:
        tables.setdefault(table_of(graph, base), []).append(graph)
    for name, graphs in sorted(tables.items()):
        progress(Text(f"fetching {name} ({done:,} of {total:,} statements)", f"hole {name} ({done} von {total} Aussagen)"))
        _write(_rows(store, graphs, counts), sum(counts[graph] for graph in graphs), folder / "quads" / f"{name}.parquet")
        done += sum(counts[graph] for graph in graphs)
    parquet = sorted((folder / "quads").glob("*.parquet"))
    progress(Text("loading the store", "lade den Speicher"))
    embedded = _load(parquet, folder / "store")
    try:
        held = len(embedded)
        about = record(embedded, store.location, mark, base, dict(counts), tables)
    finally:
        # An error holds what this frame holds, and a store that is open writes on while its folder is removed.
        del embedded
    _refuse_doubled(held, total, store)
    progress(Text("writing the search index", "schreibe den Suchindex"))
    about["searchable"] = build_index(parquet, folder / INDEX)
    about["created"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    with (folder / "build.json").open("w", encoding="utf-8") as file:
        file.write(json.dumps(about, indent=2, ensure_ascii=False, sort_keys=True) + "\n")
        file.flush()
        os.fsync(file.fileno())


def table_of(graph: str, base: str) -> str:
    """Return the quad table that a named graph belongs to (contracts, section 4); one of another namespace has a table of its own.

    >>> table_of("https://w3id.org/innokg/graph/dortmund-evidence", "https://w3id.org/innokg/"), table_of("http://a.example/My%20graph", "http://b.example/")
    ('dortmund', 'my-20graph-10b05c')
    """
    if not graph.startswith(f"{base}graph/"):
        return f"{'-'.join(re.findall('[a-z0-9]+', local_name(graph).lower()))[:40] or 'graph'}-{hashlib.sha256(graph.encode()).hexdigest()[:6]}"
    name = graph.removeprefix(f"{base}graph/")
    if not re.fullmatch("[a-z0-9]+(?:-[a-z0-9]+)*", name):
        return table_of(graph, "none:")
    return "vocabulary" if name in VOCABULARY else name.removesuffix("-evidence")


def _rows(store: Store, graphs: Iterable[str], counts: Mapping[str, int]) -> Iterator[list[Quad]]:
    for graph in graphs:
        # Labels of blank nodes hold within one graph's answer only.
        scope = hashlib.sha256(graph.encode()).hexdigest()[:8]
        for page in pages(store, graph, counts[graph]):
            yield [_quad(triple, graph, scope) for triple in page]


def _quad(triple: ox.Triple, graph: str, scope: str) -> Quad:
    subject, term = (from_oxigraph_term(one) for one in (triple.subject, triple.object))
    scoped = f"_:g{scope}x{subject.value[2:]}" if subject.kind == "bnode" else subject.value
    value = term._replace(value=f"_:g{scope}x{term.value[2:]}") if term.kind == "bnode" else restored(term)
    return Quad(scoped, triple.predicate.value, *value, graph, graph)


def _write(parts: Iterator[list[Quad]], count: int, path: Path) -> None:
    """Write a quad table, sorted; a large one by way of a file in the order of the pages."""
    if count <= AT_ONCE:
        write_parquet((quad for part in parts for quad in part), path)
        return
    import pyarrow.parquet as pq

    from kg.engine.duckdb import DuckDB

    path.parent.mkdir(parents=True, exist_ok=True)
    work = path.parent.parent / ".work"
    work.mkdir()
    with pq.ParquetWriter(work / path.name, schema(), compression="zstd") as writer:
        for part in parts:
            writer.write_batch(_batch(part))
    with DuckDB(threads=1, memory=MEMORY, spill=work / "spill") as engine:
        table = engine.quads([work / path.name])
        engine.to_parquet(table.order_by(list(table.columns)), path)
    shutil.rmtree(work)


def _batch(part: list[Quad]) -> pa.RecordBatch:
    import pyarrow as pa

    return pa.record_batch([strings(column) for column in zip(*part, strict=True)], schema=schema())


def _load(parquet: Iterable[Path], folder: Path) -> ox.Store:
    """Load a store from quad tables."""
    import pyarrow.parquet as pq
    import pyoxigraph as ox

    loaded = ox.Store(str(folder))
    try:
        for path in parquet:
            for batch in pq.ParquetFile(path).iter_batches(batch_size=BATCH):
                loaded.bulk_load(nquads(batch), format=ox.RdfFormat.N_QUADS)
        if len(loaded) > BATCH:
            loaded.optimize()
        loaded.flush()
        return loaded
    finally:
        del loaded


def _refuse_doubled(held: int, total: int, store: Store) -> None:
    """Refuse a copy that holds fewer statements than the server counts: pages that overlap give some twice."""
    if held != total:
        what = Text(
            f"The server counts {total:,} statements, but gives {held:,} different ones.",
            f"Der Server zählt {total} Aussagen, liefert aber {held} verschiedene.",
        )
        fix = Text("Check the server; it may give a statement twice.", "Prüfen Sie den Server; er liefert vielleicht Aussagen doppelt.")
        raise StoreError(what, where=store.location, fix=fix)
