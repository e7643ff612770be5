"""A build on a SPARQL server: every named graph sent, compared, and remembered, so that what is no longer in the build can be named and removed."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.build import Build, current
from kg.errors import BuildError, Text, unwritable
from kg.load import record as records
from kg.load.checking import ByGraph, ByQuery, Check, Reader, check
from kg.load.chunks import STATEMENTS, chunk_at
from kg.load.graphstore import SECONDS, TRIES, GraphStore, open_graphs, query_address
from kg.load.sending import Sender
from kg.load.spool import Spool, write
from kg.store.credentials import from_environment, shown

MEMORY = "300MB"
"""What the batch engine holds while it sorts, before it writes to disk."""
MAX_CHUNK = 1_000_000
Progress = Callable[[str], None]


@dataclass(frozen=True)
class GraphLoaded:
    """What became of one graph.

    Attributes:
        graph: IRI.
        name: Short name.
        statements: Distinct statements in the build.
        blank: Of those, how many hold blank nodes.
        bytes: Their size as N-Triples.
        state: `sent`, `continued`, `there`, `planned` (nothing is sent) or `compared` (only looked at).
        chunks: Sent by this run, or that it would send.
        sent: Statements sent by this run.
        again: It was begun again, because the server had lost statements of an earlier run.
        seconds: For sending and comparing.
        check: What the comparison found; `None` without one.
    """

    graph: str
    name: str
    statements: int
    blank: int
    bytes: int
    state: str
    chunks: int = 0
    sent: int = 0
    again: bool = False
    seconds: float = 0.0
    check: Check | None = None


@dataclass(frozen=True)
class Loaded:
    """What a load did.

    Attributes:
        address: Of the graph store, as messages show it.
        query: Where statements were counted, as messages show it; empty: in the graphs as the graph store gives them.
        build: Identifier of the build.
        graphs: In the order of their names.
        gone: Graphs that an earlier load has put there and that the build no longer has.
        pruned: Those of them that were removed now.
        compared: Statements on the server were compared with those of the build.
        seconds: In all.
    """

    address: str
    query: str
    build: str
    graphs: tuple[GraphLoaded, ...]
    gone: tuple[str, ...] = ()
    pruned: tuple[str, ...] = ()
    compared: bool = True
    seconds: float = 0.0

    @property
    def same(self) -> bool:
        """Every graph that was compared is the same on the server."""
        return all(one.check is None or one.check.same for one in self.graphs)


@dataclass(frozen=True)
class Options:
    """How to load.

    Attributes:
        graphs: Short names or IRIs; all by default.
        query: The server's query address; by default guessed for Oxigraph and Virtuoso, else graphs are fetched whole to be compared.
        chunk: Statements of a request at most.
        restart: Forget what earlier loads have done.
        compare: Compare counts and statements afterwards.
        send: Send; else only compare.
        prune: Remove graphs that an earlier load has put there and that are no longer in the build.
        tries: Attempts for one request.
        seconds: For one request as a whole.
    """

    graphs: Sequence[str] = ()
    query: str = ""
    chunk: int = STATEMENTS
    restart: bool = False
    compare: bool = True
    send: bool = True
    prune: bool = False
    tries: int = TRIES
    seconds: float = SECONDS


def load(root: Path, address: str, options: Options = Options(), *, progress: Progress = lambda _: None) -> Loaded:
    """Send the graphs of the current build to a server and compare them there.

    Args:
        root: Folder of builds; what is done is recorded in its folder `loads`.
        address: Of the server's graph store (SPARQL 1.1 Graph Store HTTP Protocol).
        options: How.
        progress: Called with what is being done.

    Raises:
        BuildError: There is no build, a graph is not in it, another load to this address runs, or the folder cannot be written.
        StoreError: The server does not take it, or does not answer; another call goes on where this one stopped.
    """
    started = time.monotonic()
    build = current(root)
    chosen = choose(build, options.graphs)
    graphs = open_graphs(address, tries=options.tries, seconds=options.seconds)
    query = options.query or query_address(address) or ""
    if query:
        from_environment(query)
    with records.locked(root, address), _spools(root, address, build) as spool:
        record = records.Record(records.path_of(root, address), shown(address)) if options.restart else records.read(root, address)
        progress(_of(Text("asking the server", "Server fragen")))
        graphs.contact()
        reader: Reader | None = None
        if options.compare:
            reader = ByQuery(query) if query else ByGraph(graphs)
        record.build = build.id
        done = [_one(iri, name, spool, graphs, record, reader, options, progress) for iri, name in chosen.items()]
        gone = sorted(set(record.graphs) - set(build.record["graphs"]))
        pruned = []
        for iri in gone if options.prune and options.send else ():
            graphs.delete(iri)
            del record.graphs[iri]
            record.save()
            pruned.append(iri)
    told = shown(query) if query and options.compare else ""
    left = tuple(iri for iri in gone if iri not in pruned)
    return Loaded(shown(address), told, build.id, tuple(done), left, tuple(pruned), options.compare, round(time.monotonic() - started, 2))


def plan(root: Path, address: str, options: Options = Options()) -> Loaded:
    """Return what :func:`load` would send, as far as it can be told without asking the server.

    Raises:
        BuildError, StoreError: As :func:`load`, except for what only the server can say.
    """
    started = time.monotonic()
    build = current(root)
    chosen = choose(build, options.graphs)
    open_graphs(address)
    found = []
    with records.locked(root, address), _spools(root, address, build) as spool:
        record = records.Record(records.path_of(root, address), shown(address)) if options.restart else records.read(root, address)
        for iri, name in chosen.items():
            with spool(iri) as written:
                entry = record.graphs.get(iri)
                begun = entry.done_bytes if entry and entry.sha256 == written.sha256 else 0
                chunks, sent, place = 0, 0, begun
                while place < written.size:
                    chunk = chunk_at(written.path, place, statements=options.chunk, together=written.together)
                    chunks, sent, place = chunks + 1, sent + chunk.statements, chunk.end
                state = "planned" if chunks or not entry else "there"
                found.append(GraphLoaded(iri, name, written.statements, written.blank, written.size, state, chunks, sent))
        gone = tuple(sorted(set(record.graphs) - set(build.record["graphs"])))
    return Loaded(shown(address), "", build.id, tuple(found), gone, (), False, round(time.monotonic() - started, 2))


def choose(build: Build, names: Iterable[str]) -> dict[str, str]:
    """Return the short names of some graphs of a build by IRI, sorted; of all without names.

    Raises:
        BuildError: A graph is not in the build.
    """
    short = {iri: iri.removeprefix(f"{build.base}graph/") for iri in sorted(build.record["graphs"])}
    asked = list(names)
    for name in asked:
        if name not in short and name not in short.values():
            there = ", ".join(short.values())
            what = Text(f"The graph {name!r} is not in the build.", f"Der Graph {name!r} ist nicht im Build.")
            raise BuildError(what, where="--graph", fix=Text(f"There are: {there}.", f"Es gibt: {there}."))
    return {iri: name for iri, name in short.items() if not asked or iri in asked or name in asked}


def _one(
    iri: str,
    name: str,
    spool: Callable[[str], Any],
    graphs: GraphStore,
    record: records.Record,
    reader: Reader | None,
    options: Options,
    progress: Progress,
) -> GraphLoaded:
    """Send and compare one graph."""
    started = time.monotonic()
    progress(_of(Text(f"{name}: writing N-Triples", f"{name}: N-Triples schreiben")))
    with spool(iri) as written:

        def step(_: str, share: float) -> None:
            progress(_of(Text(f"{name}: {share:.0%} sent", f"{name}: {share:.0%} gesendet")))

        state, sent, found = "compared", None, None
        if options.send:
            sender = Sender(graphs, record, options.chunk, reader.count if reader else None, step)
            sent = sender.send(iri, written)
        if reader:
            progress(_of(Text(f"{name}: comparing", f"{name}: vergleichen")))
            found = check(reader, iri, written)
            if sent and sent.state == "continued" and not _explained(found):
                # The server has lost something of what it had confirmed.
                sent.again = True
                sender.anew(iri, written, sent)
                found = check(reader, iri, written)
            if sent:
                record.graphs[iri].counted = found.counted if _explained(found) else None
                record.save()
    common = (iri, name, written.statements, written.blank, written.size)
    seconds = round(time.monotonic() - started, 2)
    if sent is None:
        return GraphLoaded(*common, state, seconds=seconds, check=found)
    return GraphLoaded(*common, sent.state, sent.chunks, sent.statements, sent.again, seconds, found)


def _explained(found: Check) -> bool:
    """Return whether the server has everything, except what it merges: sending it once more would change nothing."""
    return found.counted + found.merged == found.expected and found.missing == found.merged


@contextmanager
def _spools(root: Path, address: str, build: Build) -> Iterator[Callable[[str], Any]]:
    """Give a function that writes a graph of a build to a file, which lasts as long as its `with` block."""
    from kg.engine.duckdb import DuckDB

    folder = root / records.FOLDER
    start = f".{records.path_of(root, address).stem}-"
    with ExitStack() as stack:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            work = Path(tempfile.mkdtemp(prefix=start, dir=folder))
        except OSError as error:
            raise unwritable(error, folder, "--build") from error
        stack.callback(shutil.rmtree, work, ignore_errors=True)
        engine = stack.enter_context(DuckDB(threads=1, memory=MEMORY, spill=work / "spill"))
        quads = engine.quads(build.parquet)

        @contextmanager
        def spool(iri: str) -> Iterator[Spool]:
            path = work / "graph.nt"
            try:
                written = write(engine, quads, iri, path)
            except OSError as error:
                raise unwritable(error, folder, "--build") from error
            yield written
            path.unlink(missing_ok=True)

        yield spool


def _of(text: Text) -> str:
    from kg.config import language

    return text.in_(language())
