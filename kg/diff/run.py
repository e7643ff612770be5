"""Compare two graphs."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from kg.diff.counts import count_all, graph_name
from kg.diff.entity import MAX_ENTITIES, EntityChange, count_kinds, read_entities
from kg.diff.inputs import CURRENT, PREVIOUS, Side, open_side
from kg.diff.names import Names
from kg.diff.owners import fold
from kg.diff.result import Diff
from kg.diff.session import SIDES, Session
from kg.errors import ParameterError, Text

BOOKKEEPING = "/graph/build"
"""How the graph ends in which a build says when and of what it was made; it differs between any two builds."""


def diff(
    a: str | Path = PREVIOUS,
    b: str | Path = CURRENT,
    *,
    root: Path = Path("build"),
    graphs: Sequence[str] = (),
    progress: Callable[[str], None] = lambda _: None,
) -> Diff:
    """Compare two graphs.

    Args:
        a: The old one: a build (folder, beginning of its id, `previous`, `current`), a folder of tables, a CORDIS delivery, a Parquet quad table or a
            folder of them, or an RDF file.
        b: The new one.
        root: Folder of builds, for ids, `previous` and `current`.
        graphs: Names or IRIs of the graphs that are compared; all without them. A name also stands for the graph of its evidence.
        progress: Called with the name of each step.

    Raises:
        InputError: One of them cannot be read or is nothing that can be compared.
        BuildError: There is no such build.
        ParameterError: A graph is in neither of them.
    """
    work = Path(tempfile.mkdtemp(prefix="kg-diff-"))
    try:
        for side in ("old", "new"):
            (work / side).mkdir()
        old = open_side(str(a), root, work / "old", progress)
        new = old if str(a) == str(b) else open_side(str(b), root, work / "new", progress)
        return diff_sides(old, new, graphs=graphs, progress=progress, work=work)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise


def diff_tables(old: Sequence[Path], new: Sequence[Path], *, graphs: Sequence[str] = ()) -> Diff:
    """Compare two quad tables, each one or more Parquet files in the layout of contracts, section 3."""
    work = Path(tempfile.mkdtemp(prefix="kg-diff-"))
    try:
        return diff_sides(Side("old", "quads", tuple(old)), Side("new", "quads", tuple(new)), graphs=graphs, work=work)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise


def diff_sides(old: Side, new: Side, *, work: Path, graphs: Sequence[str] = (), progress: Callable[[str], None] = lambda _: None) -> Diff:
    """Compare two sides that are read already; the working folder belongs to the result from here on."""
    session = Session(old.tables, new.tables, work)
    try:
        there = {side: session.graphs(side) for side in SIDES}
        chosen, notes = _chosen(old, new, there, graphs)
        bookkeeping = [graph for graph in chosen if graph.endswith(BOOKKEEPING)]
        session.choose(chosen, bookkeeping)
        same = _same_files(old.tables, new.tables)
        progress("comparing")
        session.compare(same=same)
        counted = dict(session.rows("SELECT sign, count(*) FROM delta GROUP BY sign"))
        every = dict(session.rows("SELECT sign, count(*) FROM delta_all GROUP BY sign"))
        progress("counting")
        counts = count_all(session, same=same)
        progress("finding what belongs together")
        names = Names(session)
        names.load({count.iri for count in counts if count.group in ("class", "property") and count.iri})
        entities: tuple[EntityChange, ...] = ()
        kinds: dict[str, dict[str, int]] = {}
        if counted:
            fold(session)
            entities, kinds = read_entities(session, names), count_kinds(session)
        notes += _remarks(session, old, new, there, kinds)
    except BaseException:
        session.close()
        raise
    return Diff(
        old=old,
        new=new,
        counts=counts,
        entities=entities,
        kinds=kinds,
        added_count=counted.get("+", 0),
        removed_count=counted.get("-", 0),
        bookkeeping=(every.get("+", 0) - counted.get("+", 0), every.get("-", 0) - counted.get("-", 0)),
        graphs=tuple(chosen),
        notes=tuple(notes),
        exact=session.exact,
        session=session,
        names=names,
        work=work,
    )


def _chosen(old: Side, new: Side, there: dict[str, list[str]], wanted: Sequence[str]) -> tuple[list[str], list[Text]]:
    """Return the graphs that are compared, and what must be said about them.

    A build holds more than one source of it does, so that a build and a part are compared on the graphs of the part.
    """
    everything = sorted({*there["a"], *there["b"]})
    notes = [*old.notes, *new.notes]
    if wanted:
        found = [graph for graph in everything if any(_is_called(graph, name) for name in wanted)]
        for name in wanted:
            if not any(_is_called(graph, name) for graph in everything):
                known = ", ".join(graph_name(graph) for graph in everything) or "-"
                what = Text(f"The graph {name!r} is in neither of them.", f"Den Graphen {name!r} gibt es in keinem von beiden.")
                raise ParameterError(what, where="--graph", fix=Text(f"There are: {known}.", f"Es gibt: {known}."))
        return found, notes
    if old.whole == new.whole:
        return everything, notes
    part, whole = ("a", new) if new.whole else ("b", old)
    graphs = there[part]
    names = ", ".join(graph_name(graph) for graph in graphs) or "-"
    notes.append(
        Text(
            f"Only the graphs of the part are compared ({names}): {whole.name} is a whole build.",
            f"Verglichen werden nur die Graphen des Teils ({names}): {whole.name} ist ein ganzer Build.",
        )
    )
    return graphs, notes


def _is_called(graph: str, name: str) -> bool:
    return graph == name or graph_name(graph) in (name, f"{name}-evidence")


def _remarks(session: Session, old: Side, new: Side, there: dict[str, list[str]], kinds: dict[str, dict[str, int]]) -> list[Text]:
    """Return what must be known to read the result."""
    notes = []
    if old.tables == new.tables:
        notes.append(Text("Both are the same.", "Beides ist dasselbe."))
    elif there["a"] and there["b"] and not set(there["a"]) & set(there["b"]):
        notes.append(
            Text(
                "They have no graph in common, so that everything counts as removed and added: give both sources the same graph.name.",
                "Beide haben keinen Graphen gemeinsam, daher gilt alles als entfallen und neu: Geben Sie beiden Quellen denselben graph.name.",
            )
        )
    for side, graphs in ((old, there["a"]), (new, there["b"])):
        if not graphs:
            notes.append(Text(f"{side.name} holds no statement.", f"{side.name} enthält keine Aussage."))
    if not session.exact:
        notes.append(
            Text(
                "Blank nodes were compared by their surroundings only: differences may be missing.",
                "Leere Knoten wurden nur nach ihrer Umgebung verglichen: Unterschiede können fehlen.",
            )
        )
    gone = sum(found.get("withdrawn", 0) for found in kinds.values())
    if gone and new.kind != "rdf":
        notes.append(
            Text(
                f"{gone:,} {'entity' if gone == 1 else 'entities'} withdrawn without an entry in retired.csv.",
                f"{gone} {'Entität' if gone == 1 else 'Entitäten'} ohne Eintrag in retired.csv entfallen.",
            )
        )
    total = sum(sum(found.values()) for found in kinds.values())
    if total > MAX_ENTITIES:
        notes.append(
            Text(
                f"Of {total:,} entities the {MAX_ENTITIES:,} with the most changes are listed; counts are complete.",
                f"Von {total} Entitäten sind die {MAX_ENTITIES} mit den meisten Änderungen aufgeführt; die Zahlen sind vollständig.",
            )
        )
    return notes


def _same_files(old: Sequence[Path], new: Sequence[Path]) -> bool:
    """Tell whether both tables are the same bytes."""
    if [path.stat().st_size for path in old] != [path.stat().st_size for path in new]:
        return False
    return all(one == other or _digest(one) == _digest(other) for one, other in zip(old, new, strict=True))


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
