"""`kg build`: sources become a quad table, a store and a record of how they were built (contracts, section 4).

A build is a new folder, swapped in whole: `build/graphs/<id>/` is complete before `build/current` points to it, so a kill at any moment leaves the
previous graph usable. The id is a hash of the inputs' checksums and the software version; the graph itself holds no clock.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from kg import __version__
from kg.config import SETTINGS_FILE, SourceSettings
from kg.errors import BuildError, InputError, Problem, Text, unwritable
from kg.namespaces import BASE, DCTERMS, FOAF, PROV, RDF, XSD
from kg.quads import Quad, Term, iri, literal, nquads, subjects_among, write_parquet
from kg.resources import folder as resource
from kg.sources.reading import Source, Sources, file_record

if TYPE_CHECKING:
    import pyoxigraph as ox

    from kg.engine.base import Engine

BATCH = 100_000
KEEP = 2
OWN = ("vocabulary", "build", "inferred", "links")
"""Quad tables of a build that belong to no source."""
MAX_REJECTS = 100
"""How many rows and cells of bulk sources may be left out."""
REJECTS_TOLD = 100
"""How many of them are told one by one."""
MEMORY = "300MB"
"""What the batch engine holds before it writes to disk."""

Progress: TypeAlias = Callable[[str], None]


@dataclass(frozen=True)
class Build:
    """A finished build.

    Attributes:
        path: `build/graphs/<id>`.
        record: `build.json`.
        chosen: Names of the sources that are looked at; all of them by default.
    """

    path: Path
    record: dict[str, Any]
    chosen: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Identifier of the graph: hash of inputs and software version."""
        return str(self.record["id"])

    @property
    def base(self) -> str:
        """Namespace root of the entities."""
        return str(self.record["base"])

    @property
    def parquet(self) -> list[Path]:
        """The quad tables, sorted by name."""
        found = sorted((self.path / "quads").glob("*.parquet"))
        return [path for path in found if path.stem in (*self.chosen, *OWN)] if self.chosen else found

    def only(self, names: Sequence[str]) -> Build:
        """Return the same build seen through some of its sources; their frames alone count then.

        Raises:
            BuildError: A source is not in the build.
        """
        known = [str(source["name"]) for source in self.record["sources"]]
        for name in names:
            if name not in known:
                there = ", ".join(known)
                what = Text(f"The source {name!r} is not in the build.", f"Die Quelle {name!r} ist nicht im Build.")
                raise BuildError(what, where="--graph", fix=Text(f"There are: {there}.", f"Es gibt: {there}."))
        sources = [source for source in self.record["sources"] if source["name"] in names]
        first = {key: sources[0][key] for key in ("name", "title")} if sources else {}
        return Build(self.path, {**self.record, **first, "sources": sources}, tuple(names))

    @property
    def store(self) -> Path:
        """Folder of the Oxigraph store."""
        return self.path / "store"


def current(root: Path) -> Build:
    """Return the build that `build/current` points to.

    Raises:
        BuildError: Nothing has been built there.
    """
    return read(root / "current")


def read(folder: Path) -> Build:
    """Return the build in a folder of its own.

    Raises:
        BuildError: There is none.
    """
    try:
        path = folder.resolve(strict=True)
        record = json.loads((path / "build.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        fix = Text("Build it with `kg build`, or name one with --build.", "Bauen Sie ihn mit `kg build`, oder nennen Sie einen mit --build.")
        where = str(folder.parent if folder.name == "current" else folder)
        raise BuildError(Text("There is no graph yet.", "Es gibt noch keinen Graphen."), where=where, fix=fix) from error
    return Build(path, record)


def build(
    sources: Sequence[Path],
    root: Path,
    *,
    mapping: Path | None = None,
    max_rejects: int = MAX_REJECTS,
    progress: Progress = lambda _: None,
) -> Build:
    """Build a graph from its sources and swap it in.

    Args:
        sources: Folders of tables, CORDIS deliveries, lists; the first gives namespace and titles.
        root: Folder of builds.
        mapping: How a list among the sources becomes statements.
        max_rejects: How many rows and cells of bulk sources may be left out before the build stops.
        progress: Called with the name of each step.

    Raises:
        InputError: A source has problems; those of curated tables are all in `problems`, of bulk sources the first ones. Nothing is written.
        BuildError: The folder of builds cannot be written.
    """
    started = time.monotonic()
    new = not root.exists()
    try:
        with _locked(root):
            try:
                return _build(sources, root, mapping, max_rejects, started, progress)
            except BaseException:
                if new:
                    _leave_nothing(root)
                raise
    except OSError as error:
        raise unwritable(error, root, "--build") from error


def _build(paths: Sequence[Path], root: Path, mapping: Path | None, max_rejects: int, started: float, progress: Progress) -> Build:
    graphs = root / "graphs"
    graphs.mkdir(parents=True, exist_ok=True)
    for left in graphs.glob(".tmp-*"):
        shutil.rmtree(left, ignore_errors=True)
    temporary = graphs / f".tmp-{os.getpid()}"
    work = temporary / ".work"
    try:
        work.mkdir(parents=True)
        with contextlib.ExitStack() as stack:
            engine = _engine(stack, work)
            sources = read_sources(paths, Sources(work, engine, mapping=mapping, told=REJECTS_TOLD), max_rejects, progress)
            mappings = mapping_files(paths)
            own = [file_record(file, name) for name, file in mappings.items() if not name.startswith("data/mappings/")]
            inputs = [*(record for source in sources for record in source.inputs), *own, *own_inputs()]
            identifier = hashlib.sha256(json.dumps([__version__, inputs], sort_keys=True).encode()).hexdigest()[:12]
            progress("writing the quad tables")
            _write_quads(temporary / "quads", sources, mappings, identifier, inputs, engine)
        shutil.rmtree(work)
        record = _fill(temporary, identifier, sources, inputs, progress)
        record["seconds"] = round(time.monotonic() - started, 2)
        record["created"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        _write_text(temporary / "build.json", json.dumps(record, indent=2, ensure_ascii=False, sort_keys=True) + "\n")
        target = graphs / identifier
        if target.exists():
            shutil.rmtree(target)
        os.replace(temporary, target)
        _point(root, target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    _forget_old(root, target)
    return Build(target.resolve(), record)


def _leave_nothing(root: Path) -> None:
    """Remove the folder of builds that a failed first build has made, unless something is in it."""
    with contextlib.suppress(OSError):
        (root / "graphs").rmdir()
        (root / ".lock").unlink()
        root.rmdir()


def _engine(stack: contextlib.ExitStack, work: Path) -> Callable[[], Engine]:
    """Return a call that opens the engine of bulk sources once, and closes it with the stack."""
    opened: list[Engine] = []

    def engine() -> Engine:
        if not opened:
            from kg.engine.duckdb import DuckDB

            # A second thread costs 1.6 times the processor time and gives other bytes from run to run.
            opened.append(stack.enter_context(DuckDB(threads=1, memory=MEMORY, spill=work / "spill")))
        return opened[0]

    return engine


def read_sources(paths: Sequence[Path], reader: Sources, max_rejects: int, progress: Progress) -> list[Source]:
    """Read all sources; raise one error for everything that is wrong in them."""
    sources: list[Source] = []
    problems: list[Problem] = []
    base = BASE
    for path in paths:
        progress(f"reading {path.name}")
        source = reader.read(path, base)
        if not sources:
            base = source.settings.base
        sources.append(source)
        problems += [] if source.bulk else source.problems
    if problems:
        fix = Text("Correct the rows listed; nothing was written.", "Berichtigen Sie die genannten Zeilen; nichts wurde geschrieben.")
        raise InputError(_summary(problems), fix=fix, problems=tuple(problems))
    rejected = sum(source.rejected for source in sources)
    if rejected > max_rejects:
        what = Text(
            f"{rejected:,} rows or cells cannot be mapped; {max_rejects:,} are allowed: the graph was not built.",
            f"{rejected} Zeilen oder Zellen lassen sich nicht abbilden, erlaubt sind {max_rejects}: Der Graph wurde nicht gebaut.",
        )
        fix = Text(
            "Check the delivery, or build without them with a higher --max-rejects.",
            "Prüfen Sie die Lieferung, oder bauen Sie ohne sie mit einem höheren --max-rejects.",
        )
        raise InputError(what, fix=fix, problems=tuple(item for source in sources for item in source.problems))
    names = [source.settings.name for source in sources]
    for name in names:
        if names.count(name) > 1:
            what = Text(f"Two sources have the graph name {name!r}.", f"Zwei Quellen haben den Graphnamen {name!r}.")
            fix = Text("Give each folder its own graph.name.", "Geben Sie jedem Ordner einen eigenen graph.name.")
            raise InputError(what, where=SETTINGS_FILE, fix=fix)
    return sources


def _summary(problems: Sequence[Problem]) -> Text:
    files = ", ".join(sorted({problem.file for problem in problems}))
    count = Text("1 problem", "1 Problem") if len(problems) == 1 else Text(f"{len(problems)} problems", f"{len(problems)} Probleme")
    return Text(f"{count.en} in {files}: the graph was not built.", f"{count.de} in {files}: Der Graph wurde nicht gebaut.")


def own_inputs() -> Iterator[dict[str, Any]]:
    """Yield name, size and SHA-256 of every file of the project itself that goes into the graph."""
    for name in _vocabulary():
        yield file_record(resource(*name.split("/")), name)
    for rule in sorted(resource("queries", "infer").glob("*.rq")):
        yield file_record(rule, f"queries/infer/{rule.name}")
    for folder in ("mappings", "reference"):
        for path in sorted((*resource("data", folder).glob("*.csv"), *resource("data", folder).glob("*.tsv"))):
            yield file_record(path, f"data/{folder}/{path.name}")


def _vocabulary() -> list[str]:
    """Return the files of ontology and code lists, as paths below the resources."""
    codes = sorted(path.name for path in resource("ontology", "codes").glob("*.ttl"))
    return ["ontology/inno.ttl", "ontology/alignments.ttl", *(f"ontology/codes/{name}" for name in codes)]


@contextlib.contextmanager
def _locked(root: Path) -> Iterator[None]:
    """Hold the folder of builds for one writer; a second one waits."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def mapping_files(paths: Iterable[Path]) -> dict[str, Path]:
    """Return the mapping files that become links, by the name origins have: the shipped ones, and those that lie beside tables."""
    found = {f"data/mappings/{file.name}": file for file in sorted(resource("data", "mappings").glob("*.sssom.tsv"))}
    for folder in paths:
        if folder.is_dir():
            found |= {f"{folder.resolve().name}/{file.name}": file for file in sorted(folder.glob("*.sssom.tsv"))}
    return found


def _write_quads(
    path: Path, sources: Sequence[Source], mappings: Mapping[str, Path], identifier: str, inputs: list[dict[str, Any]], engine: Callable[[], Engine]
) -> None:
    """Write the quad table of every source, of the vocabulary and of the build itself."""
    main = sources[0].settings
    for source in sources:
        file = path / f"{source.settings.name}.parquet"
        if source.bulk:
            engine().to_parquet(source.quads, file)
        else:
            write_parquet(source.quads, file)
    files = sorted(path.glob("*.parquet"))
    if links := link_statements(main, mappings, lambda entities: subjects_among(files, entities)):
        write_parquet(links, path / "links.parquet")
    write_parquet(vocabulary_quads(main), path / "vocabulary.parquet")
    write_parquet(provenance(main, [source.settings for source in sources], identifier, inputs), path / "build.parquet")


def link_statements(main: SourceSettings, mappings: Mapping[str, Path], among: Callable[[set[str]], set[str]]) -> list[Quad]:
    """Return the accepted mappings whose two ends are in the graph.

    Args:
        main: Settings of the first source.
        mappings: Mapping files by the name that origins have (:func:`mapping_files`).
        among: Returns those of some IRIs that are the subject of a statement.
    """
    from kg.link.links import link_quads
    from kg.link.sssom import read_sssom

    sets = {name: read_sssom(file) for name, file in mappings.items()}
    there = among({end for found in sets.values() for mapping in found.mappings for end in (mapping.subject_id, mapping.object_id)})
    return [quad for name, found in sets.items() for quad in link_quads(found, main.graph("links"), there.__contains__, name)]


def _fill(path: Path, identifier: str, sources: Sequence[Source], inputs: list[dict[str, Any]], progress: Progress) -> dict[str, Any]:
    """Load the store of a build from its quad tables, derive statements, and return the build's record."""
    import pyoxigraph as ox

    main = sources[0].settings
    progress("loading the store")
    store = ox.Store(str(path / "store"))
    _load(store, sorted((path / "quads").glob("*.parquet")))
    progress("deriving statements")
    from kg.infer import infer

    derived = [quad for step in infer(store, main.graph("inferred")) for quad in step]
    write_parquet(derived, path / "quads" / "inferred.parquet")
    store.flush()
    if len(store) > BATCH:
        progress("tidying the store")
        store.optimize()
    progress("counting")
    counts = _counts(store)
    del store
    progress("writing the search index")
    from kg.search import INDEX, build_index

    searchable = build_index(sorted((path / "quads").glob("*.parquet")), path / INDEX)
    return {
        "id": identifier,
        "software": __version__,
        "base": main.base,
        "name": main.name,
        "title": dict(main.title),
        "state": main.state,
        "sources": [source_record(source) for source in sources],
        "inputs": inputs,
        "searchable": searchable,
        **counts,
    }


def _load(store: ox.Store, paths: Iterable[Path]) -> None:
    """Load quad tables in batches, as N-Quads made by columns: an object per term would cost more than parsing, and one load more memory."""
    import pyarrow.parquet as pq
    import pyoxigraph as ox

    for path in paths:
        for batch in pq.ParquetFile(path).iter_batches(batch_size=BATCH):
            store.bulk_load(nquads(batch), format=ox.RdfFormat.N_QUADS)


def source_record(source: Source) -> dict[str, Any]:
    """Return what the record of a build says of a source."""
    settings = source.settings
    frame = settings.frame
    return {
        "name": settings.name,
        "graph": settings.graph(),
        "frame": {"kind": frame.kind, "around": frame.around, "date": frame.date, "population": dict(frame.population)},
        "license": settings.license,
        "publisher": {
            "name": settings.publisher,
            "url": settings.publisher_url,
            "type": settings.publisher_type,
            "email": settings.publisher_email,
        },
        "contact": {
            "name": settings.contact,
            "url": settings.contact_url,
            "email": settings.contact_email,
            "telephone": settings.contact_telephone,
        },
        "catalogue": settings.catalogue.to_json(),
        "title": dict(settings.title),
        "description": dict(settings.description),
        "notes": [note._asdict() for note in source.notes],
        "rejected": {
            "count": source.rejected,
            "first": [
                {"file": item.file, "row": item.row, "column": item.column, "code": item.code, "value": item.value, "what": item.what}
                for item in source.problems
            ],
        },
    }


def vocabulary_quads(settings: SourceSettings) -> list[Quad]:
    """Return ontology and code lists as quads in the graphs `ontology` and `codes`."""
    from kg.sources.rdf import read_rdf

    quads: list[Quad] = []
    for name in _vocabulary():
        graph = settings.graph("codes" if "/codes/" in name else "ontology")
        quads += _without_blank_nodes(read_rdf(resource(*name.split("/")), name, graph), name)
    return quads


def _without_blank_nodes(quads: list[Quad], name: str) -> list[Quad]:
    """Give blank nodes (unions, lists) stable IRIs of their own, so that equal input gives equal lines."""
    labels: dict[str, str] = {}

    def stable(value: str) -> str:
        if not value.startswith("_:"):
            return value
        return labels.setdefault(value, f"https://w3id.org/innokg/.well-known/genid/{name.replace('/', '-')}-{len(labels) + 1}")

    return [
        q._replace(subject=stable(q.subject), object=stable(q.object) if q.kind == "bnode" else q.object, kind="iri" if q.kind == "bnode" else q.kind)
        for q in quads
    ]


def provenance(main: SourceSettings, sources: Sequence[SourceSettings], identifier: str, inputs: list[dict[str, Any]]) -> Iterator[Quad]:
    """Describe the build itself: the data set, the activity that made it, the files it used (PROV-O, section 3.1)."""
    graph = main.graph("build")
    activity, dataset, agent = main.id("activity", f"build-{identifier}"), f"{main.base}dataset", f"{main.base}id/agent/innovation-kg"

    def quad(subject: str, predicate: str, term: Term) -> Quad:
        return Quad(subject, predicate, *term, graph, "build")

    yield quad(dataset, RDF.type, iri(PROV.Entity))
    yield quad(dataset, DCTERMS.identifier, literal(identifier))
    for lang, text in main.title.items():
        yield quad(dataset, DCTERMS.title, literal(text, language=lang))
    for settings in sources:
        yield quad(dataset, DCTERMS.hasPart, iri(settings.graph()))
    yield quad(dataset, PROV.wasGeneratedBy, iri(activity))
    yield quad(activity, RDF.type, iri(PROV.Activity))
    if state := _state_time(main):
        yield quad(dataset, PROV.generatedAtTime, literal(state, XSD.dateTime))
    yield quad(activity, PROV.wasAssociatedWith, iri(agent))
    yield quad(agent, RDF.type, iri(PROV.SoftwareAgent))
    yield quad(agent, FOAF.name, literal(f"innovation-kg {__version__}"))
    for record in inputs:
        entity = main.id("input", hashlib.sha256(str(record["file"]).encode()).hexdigest()[:16])
        yield quad(activity, PROV.used, iri(entity))
        yield quad(entity, RDF.type, iri(PROV.Entity))
        yield quad(entity, DCTERMS.title, literal(str(record["file"])))
        yield quad(entity, DCTERMS.identifier, literal(f"sha256:{record['sha256']}"))


def _state_time(settings: SourceSettings) -> str:
    """Return the time of the graph's state: `SOURCE_DATE_EPOCH`, else the state date of the tables; never the clock."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch.isdigit():
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(epoch)))
    return f"{settings.state}T00:00:00Z" if len(settings.state) == 10 else ""


def _counts(store: Any) -> dict[str, Any]:
    """Count quads by graph and things by class of the own vocabulary."""

    def table(query: str) -> dict[str, int]:
        return {row[0].value: int(row[1].value) for row in store.query(query, use_default_graph_as_union=True)}

    graphs = table("SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g")
    classes = table(
        """PREFIX inno: <https://w3id.org/innokg/ontology#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
        SELECT ?c (COUNT(DISTINCT ?x) AS ?n) WHERE { ?x a ?c FILTER (STRSTARTS(STR(?c), STR(inno:)) || ?c = skos:Concept) } GROUP BY ?c ORDER BY ?c"""
    )
    return {"quads": sum(graphs.values()), "graphs": graphs, "classes": classes}


def _write_text(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _point(root: Path, target: Path) -> None:
    """Let `current` point to a build, in one step."""
    link = root / f".current-{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(Path("graphs") / target.name)
    os.replace(link, root / "current")


def _forget_old(root: Path, newest: Path) -> None:
    """Keep the newest builds, the one just made among them."""
    builds = sorted(
        (p for p in (root / "graphs").iterdir() if p.is_dir() and not p.name.startswith(".")), key=lambda p: p.stat().st_mtime, reverse=True
    )
    others = [path for path in builds if path.name != newest.name]
    for path in others[KEEP - 1 :]:
        shutil.rmtree(path, ignore_errors=True)
