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
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from kg import __version__
from kg.config import SETTINGS_FILE, SourceSettings
from kg.errors import BuildError, InputError, Problem, Text, unwritable
from kg.namespaces import DCTERMS, FOAF, PROV, RDF, XSD
from kg.quads import Quad, Term, iri, literal, quad_text, read_parquet, write_parquet
from kg.resources import folder as resource

if TYPE_CHECKING:
    import pyoxigraph as ox

BATCH = 100_000
KEEP = 2
TABLES = ("sources.csv", "entities.csv", "relations.csv", "decisions.csv", "retired.csv", "roles.csv", SETTINGS_FILE)

Progress: TypeAlias = Callable[[str], None]


@dataclass(frozen=True)
class Build:
    """A finished build.

    Attributes:
        path: `build/graphs/<id>`.
        record: `build.json`.
    """

    path: Path
    record: dict[str, Any]

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
        return sorted((self.path / "quads").glob("*.parquet"))

    @property
    def store(self) -> Path:
        """Folder of the Oxigraph store."""
        return self.path / "store"


def current(root: Path) -> Build:
    """Return the build that `build/current` points to.

    Raises:
        BuildError: Nothing has been built there.
    """
    try:
        path = (root / "current").resolve(strict=True)
        record = json.loads((path / "build.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        fix = Text("Build it with `kg build`, or name one with --build.", "Bauen Sie ihn mit `kg build`, oder nennen Sie einen mit --build.")
        raise BuildError(Text("There is no graph yet.", "Es gibt noch keinen Graphen."), where=str(root), fix=fix) from error
    return Build(path, record)


def build(sources: Sequence[Path], root: Path, *, progress: Progress = lambda _: None) -> Build:
    """Build a graph from folders of tables and swap it in.

    Args:
        sources: Folders of tables; the first gives namespace and titles.
        root: Folder of builds.
        progress: Called with the name of each step.

    Raises:
        InputError: A source has problems; all of them are in `problems`, and nothing is written.
        BuildError: The folder of builds cannot be written.
    """
    from kg.sources.folder import read_folder
    from kg.sources.statements import map_folder

    started = time.monotonic()
    tables: list[tuple[SourceSettings, list[Quad]]] = []
    problems: list[Problem] = []
    for path in sources:
        if not path.is_dir():
            fix = Text("Name a folder, or start one with `kg init`.", "Nennen Sie einen Ordner, oder beginnen Sie einen mit `kg init`.")
            raise InputError(Text("There is no such folder of tables.", "Diesen Ordner mit Tabellen gibt es nicht."), where=str(path), fix=fix)
        progress(f"reading {path.name}")
        source = read_folder(path)
        if any(problem.fatal for problem in source.problems):
            problems += source.problems
            continue
        quads, found = map_folder(source)
        problems += found
        tables.append((source.settings, quads))
    if problems:
        fix = Text("Correct the rows listed; nothing was written.", "Berichtigen Sie die genannten Zeilen; nichts wurde geschrieben.")
        raise InputError(_summary(problems), fix=fix, problems=tuple(problems))
    names = [settings.name for settings, _ in tables]
    if len(set(names)) != len(names):
        what = Text(f"Two sources have the graph name {names[0]!r}.", f"Zwei Quellen haben den Graphnamen {names[0]!r}.")
        raise InputError(
            what, where=SETTINGS_FILE, fix=Text("Give each folder its own graph.name.", "Geben Sie jedem Ordner einen eigenen graph.name.")
        )
    inputs = list(_inputs(sources))
    identifier = hashlib.sha256(json.dumps([__version__, inputs], sort_keys=True).encode()).hexdigest()[:12]
    try:
        with _locked(root):
            return _write(root, identifier, tables, inputs, started, progress)
    except OSError as error:
        raise unwritable(error, root, "--build") from error


def _summary(problems: Sequence[Problem]) -> Text:
    files = ", ".join(sorted({problem.file for problem in problems}))
    count = Text("1 problem", "1 Problem") if len(problems) == 1 else Text(f"{len(problems)} problems", f"{len(problems)} Probleme")
    return Text(f"{count.en} in {files}: the graph was not built.", f"{count.de} in {files}: Der Graph wurde nicht gebaut.")


def _inputs(sources: Iterable[Path]) -> Iterator[dict[str, Any]]:
    """Yield name, size and SHA-256 of every file that goes into the graph."""
    for path in sources:
        for name in TABLES:
            if (path / name).is_file():
                yield _file_record(path / name, f"{path.resolve().name}/{name}")
    for name in _vocabulary():
        yield _file_record(resource(*name.split("/")), name)
    for rule in sorted(resource("queries", "infer").glob("*.rq")):
        yield _file_record(rule, f"queries/infer/{rule.name}")
    yield _file_record(resource("data", "mappings", "roles.csv"), "data/mappings/roles.csv")


def _file_record(path: Path, name: str) -> dict[str, Any]:
    data = path.read_bytes()
    return {"file": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


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


def _write(
    root: Path, identifier: str, tables: Sequence[tuple[SourceSettings, list[Quad]]], inputs: list[dict[str, Any]], started: float, progress: Progress
) -> Build:
    graphs = root / "graphs"
    graphs.mkdir(exist_ok=True)
    for left in graphs.glob(".tmp-*"):
        shutil.rmtree(left, ignore_errors=True)
    target, temporary = graphs / identifier, graphs / f".tmp-{identifier}"
    try:
        temporary.mkdir()
        record = _fill(temporary, identifier, tables, inputs, progress)
        record["seconds"] = round(time.monotonic() - started, 2)
        record["created"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        _write_text(temporary / "build.json", json.dumps(record, indent=2, ensure_ascii=False, sort_keys=True) + "\n")
        if target.exists():
            shutil.rmtree(target)
        os.replace(temporary, target)
        _point(root, target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    _forget_old(root, target)
    return Build(target.resolve(), record)


def _fill(
    path: Path, identifier: str, tables: Sequence[tuple[SourceSettings, list[Quad]]], inputs: list[dict[str, Any]], progress: Progress
) -> dict[str, Any]:
    """Write quad tables and store of a build into an empty folder and return its record."""
    import pyoxigraph as ox

    main = tables[0][0]
    progress("writing the quad tables")
    for settings, quads in tables:
        write_parquet(quads, path / "quads" / f"{settings.name}.parquet")
    write_parquet(vocabulary_quads(main), path / "quads" / "vocabulary.parquet")
    write_parquet(_provenance(main, [settings for settings, _ in tables], identifier, inputs), path / "quads" / "build.parquet")
    progress("loading the store")
    store = ox.Store(str(path / "store"))
    _load(store, read_parquet(sorted((path / "quads").glob("*.parquet"))))
    progress("deriving statements")
    from kg.infer import infer

    derived = [quad for step in infer(store, main.graph("inferred")) for quad in step]
    write_parquet(derived, path / "quads" / "inferred.parquet")
    store.flush()
    if len(store) > BATCH:
        store.optimize()
    counts = _counts(store)
    del store
    return {
        "id": identifier,
        "software": __version__,
        "base": main.base,
        "name": main.name,
        "title": dict(main.title),
        "state": main.state,
        "sources": [_source_record(settings) for settings, _ in tables],
        "inputs": inputs,
        **counts,
    }


def _load(store: ox.Store, quads: Iterable[Quad]) -> None:
    """Load quads in batches, as N-Quads: parsing them costs less than making an object per term."""
    import pyoxigraph as ox

    lines: set[str] = set()
    for quad in quads:
        lines.add(quad_text(quad))
        if len(lines) == BATCH:
            store.bulk_load("\n".join(sorted(lines)).encode(), format=ox.RdfFormat.N_QUADS)
            lines.clear()
    store.bulk_load("\n".join(sorted(lines)).encode(), format=ox.RdfFormat.N_QUADS)


def _source_record(settings: SourceSettings) -> dict[str, Any]:
    frame = settings.frame
    return {
        "name": settings.name,
        "graph": settings.graph(),
        "frame": {"kind": frame.kind, "around": frame.around, "date": frame.date, "population": dict(frame.population)},
        "license": settings.license,
        "publisher": {"name": settings.publisher, "url": settings.publisher_url},
        "contact": {"name": settings.contact, "url": settings.contact_url},
        "title": dict(settings.title),
        "description": dict(settings.description),
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


def _provenance(main: SourceSettings, sources: Sequence[SourceSettings], identifier: str, inputs: list[dict[str, Any]]) -> Iterator[Quad]:
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
