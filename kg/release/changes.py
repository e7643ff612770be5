"""What changed since the release before: complete lists of IRIs (`changes.json`, `changes.csv`), an RDF patch (`changes.rdfp`), and what the notes tell.

The difference is that of :mod:`kg.diff` on the quad tables that both releases carry, so that it can be computed again by anybody from the two folders. Files are
written entity by entity; of the difference itself only what the notes list is held.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from kg.build import Build
from kg.diff.counts import DROP, Count, alarm_text, alarms
from kg.diff.entity import EntityChange
from kg.diff.inputs import Side
from kg.diff.names import Names
from kg.errors import InputError, Text
from kg.publish.parts import MANIFEST, Part, stem
from kg.release.changes_files import FILES, PATCH, write_lists, write_patch
from kg.release.changes_sides import Contradiction, contradictions, under_what_they_are_about

if TYPE_CHECKING:
    from kg.diff.measures import Effect
    from kg.diff.result import Diff
    from kg.diff.session import Session

PARTS = (
    Part("changes.json", "application/json", "", "about", "JSON", "Neue, geänderte und entfallene IRIs", "New, changed and withdrawn IRIs"),
    Part("changes.csv", "text/csv", "rows", "about", "CSV", "Dasselbe als Tabelle", "The same as a table"),
    Part(
        PATCH, "application/rdf-patch", "", "about", "TXT", "RDF-Patch vom vorigen Release hierher", "RDF patch from the release before to this one"
    ),
)
"""What the files are, for the manifest; none of them is part of the data."""
LISTED = 20
"""Entities of a class that the notes list under each heading; the files hold all."""
CONTRADICTIONS = 50
"""Contradictions that are put into words."""
MAX_MANIFEST = 8 * 1024 * 1024
_RESTORE = Text(
    "Restore the folder from a copy, or release with --previous none.",
    "Stellen Sie den Ordner aus einer Kopie wieder her, oder verwenden Sie --previous none.",
)
GROUPS: dict[str, tuple[str, ...]] = {"new": ("added",), "changed": ("renamed", "changed"), "withdrawn": ("retired", "withdrawn")}
"""Headings of the notes, and the kinds of change of :mod:`kg.diff` under each."""


class Entry(NamedTuple):
    """An entity that the notes list.

    Attributes:
        entity: Who it is.
        said: What happened to it, as phrases.
        successor: Name of what replaces it, where there is one.
    """

    entity: EntityChange
    said: tuple[Text, ...]
    successor: Text | None = None


@dataclass(frozen=True)
class Changes:
    """What the notes are made of: plain, bounded data.

    Attributes:
        manifest: Of the release.
        previous: Manifest of the release before, or nothing.
        kinds: How many entities came, went and changed, by class and kind of change; complete.
        numbers: Things by class and statements by property and graph, before and now.
        names: What classes and properties are called.
        alarms: What was lost beyond 5 %, as sentences.
        entries: What is listed, by heading (keys of :data:`GROUPS`) and class.
        unregistered: Own IRIs that vanished without a row in `retired.csv`: how many, and the first ones.
        came: Contradictions that are open now and were not.
        settled: Contradictions that were open and are not.
        open: Number of open contradictions before and now.
        statements: Statements that came and went, builds' bookkeeping apart.
        effect: Effect on the collaboration network, or why it is not said.
        remarks: What must be known to read it.
    """

    manifest: Mapping[str, Any]
    previous: Mapping[str, Any] | None
    kinds: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    numbers: tuple[Count, ...] = ()
    names: Mapping[str, Text] = field(default_factory=dict)
    alarms: tuple[Text, ...] = ()
    entries: Mapping[str, Mapping[str, tuple[Entry, ...]]] = field(default_factory=dict)
    unregistered: tuple[int, tuple[str, ...]] = (0, ())
    came: tuple[Contradiction, ...] = ()
    settled: tuple[Contradiction, ...] = ()
    open: tuple[int, int] = (0, 0)
    statements: tuple[int, int] = (0, 0)
    effect: Effect | None = None
    remarks: tuple[Text, ...] = ()

    def total(self, heading: str) -> int:
        """Return how many entities stand under a heading of :data:`GROUPS`; complete."""
        return sum(self.of(cls, heading) for cls in self.kinds)

    def of(self, cls: str, heading: str) -> int:
        """Return how many entities of a class stand under a heading."""
        return sum(self.kinds.get(cls, {}).get(kind, 0) for kind in GROUPS[heading])


class _Frozen(Build):
    """A release seen as a build: its quad table and its frames, so that measures are computed from what the release itself carries."""

    @property
    def parquet(self) -> list[Path]:
        return [self.path]


def write(
    folder: Path, previous: Path | None, current: Path, manifest: Mapping[str, Any], *, progress: Callable[[str], None] = lambda _: None
) -> Changes:
    """Write the files of the difference into the folder of a release.

    Args:
        folder: Folder that is being filled.
        previous: Folder of the release before; nothing for the first release, whose files then say so and list nothing.
        current: Quad table of the release.
        manifest: Manifest of the release as far as it is known: at least `version` and `dataset`.
        progress: Called with the name of each step.

    Raises:
        InputError: The release before lacks its manifest or its quad table, or a table is damaged.
        BuildError: The machine lacks memory or room.
    """
    from kg.diff.run import diff_sides

    old = None if previous is None else read_manifest(previous)
    progress("comparing with the release before" if old is not None else "counting")
    if old is None or previous is None:
        return _first(folder, current, manifest)
    table = table_of(previous, old)
    with _work() as work, diff_sides(_side(table, old), _side(current, manifest), work=work) as difference:
        if not difference.empty:
            under_what_they_are_about(difference)
        write_lists(folder, difference, old, manifest)
        patched = write_patch(folder / PATCH, difference, old, manifest)
        found = _changes(difference, old, manifest, patched=patched)
    progress("comparing measures")
    return _with_effect(found, table, current)


def _side(table: Path, manifest: Mapping[str, Any]) -> Side:
    return Side(str(manifest["version"]), "quads", (table,))


@contextlib.contextmanager
def _work() -> Iterator[Path]:
    """Give a working folder; the difference takes it over and removes it."""
    folder = Path(tempfile.mkdtemp(prefix="kg-release-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a release.

    Raises:
        InputError: It is missing, too large, or no manifest.
    """
    path = folder / MANIFEST
    try:
        if path.stat().st_size > MAX_MANIFEST:
            raise ValueError("too large")
        data = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(data, dict) or not isinstance(data.get("files"), list):
            raise ValueError("no manifest")
    except (OSError, ValueError) as error:
        what = Text("The manifest of the release cannot be read.", "Das Manifest des Releases ist nicht lesbar.")
        raise InputError(what, where=str(path), fix=_RESTORE) from error
    return data


def table_of(folder: Path, manifest: Mapping[str, Any]) -> Path:
    """Return the quad table of a release.

    Raises:
        InputError: The manifest names none.
    """
    wanted = f"{stem(str(manifest.get('name', '')))}.parquet"
    if any(isinstance(one, Mapping) and one.get("name") == wanted for one in manifest["files"]) and (folder / wanted).is_file():
        return folder / wanted
    what = Text(f"The release holds no quad table {wanted}.", f"Das Release enthält keine Quad-Tabelle {wanted}.")
    raise InputError(what, where=str(folder), fix=_RESTORE)


def _first(folder: Path, current: Path, manifest: Mapping[str, Any]) -> Changes:
    """Count the first release; nothing is compared."""
    from kg.diff.counts import count_all
    from kg.diff.run import BOOKKEEPING
    from kg.diff.session import Session

    with _work() as work, Session([], [current], work) as session:
        graphs = session.graphs("b")
        session.choose(graphs, [graph for graph in graphs if graph.endswith(BOOKKEEPING)])
        session.compare(same=True)
        counts = count_all(session, same=False)
        names = Names(session)
        _, now = contradictions(session, names, CONTRADICTIONS)[2]
        write_lists(folder, None, None, manifest)
        write_patch(folder / PATCH, None, None, manifest)
        return Changes(manifest, None, numbers=counts, names=_named(counts, {}, names), open=(0, now))


def _changes(found: Diff, old: Mapping[str, Any], manifest: Mapping[str, Any], *, patched: bool) -> Changes:
    """Take out of a difference what the notes tell."""
    came, settled, opened = contradictions(found.session, found.names, CONTRADICTIONS)
    lost = alarms([count for count in found.counts if count.group in ("class", "property", "language")], DROP)
    found.names.load({count.iri for count in lost if count.iri})
    remarks = [note for note in found.notes if "retired.csv" not in note.en]
    if not patched:
        remarks.append(
            Text(
                f"{PATCH} is empty: blank nodes look alike, so that no patch would be exact.",
                f"{PATCH} ist leer: Leere Knoten gleichen sich, daher wäre kein Patch genau.",
            )
        )
    return Changes(
        manifest,
        old,
        found.kinds,
        found.counts,
        _named(found.counts, found.kinds, found.names),
        tuple(alarm_text(count, found.names) for count in lost),
        _entries(found),
        (0, ()) if found.empty else unregistered(found.session, str(manifest.get("base", ""))),
        came,
        settled,
        opened,
        (found.added_count, found.removed_count),
        remarks=tuple(remarks),
    )


def _entries(found: Diff) -> dict[str, dict[str, tuple[Entry, ...]]]:
    of: dict[str, dict[str, list[EntityChange]]] = {heading: {} for heading in GROUPS}
    heading_of = {kind: heading for heading, kinds in GROUPS.items() for kind in kinds}
    for entity in found.entities:
        heading = heading_of.get(entity.kind)
        if heading and not entity.iri.startswith("_:"):
            of[heading].setdefault(entity.cls, []).append(entity)
    chosen = {heading: {cls: _most_changed(members) for cls, members in classes.items()} for heading, classes in of.items()}
    every = [entity for classes in chosen.values() for members in classes.values() for entity in members]
    lines = found.describe(every)
    return {
        heading: {
            cls: tuple(_entry(found, one, tuple(line.text for line in lines.get(one.iri, ()))) for one in members) for cls, members in classes.items()
        }
        for heading, classes in chosen.items()
    }


def _most_changed(members: list[EntityChange]) -> list[EntityChange]:
    """Return those that are listed, in the order in which they stood: of many the ones with the most changed statements."""
    if len(members) <= LISTED:
        return members
    kept = {one.iri for one in sorted(members, key=lambda one: (-one.added - one.removed, one.iri))[:LISTED]}
    return [one for one in members if one.iri in kept]


def _entry(found: Diff, entity: EntityChange, said: tuple[Text, ...]) -> Entry:
    if not entity.successor:
        return Entry(entity, said)
    named = found.names[entity.successor]
    return Entry(entity, said, Text(named.label("en"), named.label("de")))


def _named(counts: tuple[Count, ...], kinds: Mapping[str, object], names: Names) -> dict[str, Text]:
    names.load({count.iri for count in counts if count.group in ("class", "property") and count.iri})
    found = {count.iri: names.property(count.iri) for count in counts if count.group == "property"}
    return found | {cls: names.cls(cls) for cls in (*(count.iri for count in counts if count.group == "class"), *kinds)}


def unregistered(session: Session, base: str) -> tuple[int, tuple[str, ...]]:
    """Return how many own entities vanished without an entry in `retired.csv`, and the first of their IRIs."""
    rows = session.rows(
        "SELECT iri FROM entity WHERE kind = 'withdrawn' AND (starts_with(iri, ?) OR starts_with(iri, ?)) ORDER BY iri",
        [f"{base}id/", f"{base}code/"],
    )
    return len(rows), tuple(row[0] for row in rows[:LISTED])


def _with_effect(found: Changes, old: Path, new: Path) -> Changes:
    from dataclasses import replace

    from kg.diff.measures import effect

    assert found.previous is not None
    same = found.statements == (0, 0)
    return replace(found, effect=effect(_frozen(old, found.previous), _frozen(new, found.manifest), same=same))


def _frozen(table: Path, manifest: Mapping[str, Any]) -> Build:
    frames = manifest.get("sampling_frames") or {}
    sources = [{"name": name, "frame": dict(frame)} for name, frame in sorted(frames.items())]
    known = {name: manifest[name] for name in ("base", "name", "title") if name in manifest}
    return _Frozen(table, {**known, "id": str(manifest.get("build", "")), "state": str(manifest.get("state") or ""), "sources": sources})


__all__ = ["CONTRADICTIONS", "FILES", "GROUPS", "PARTS", "Changes", "Contradiction", "Entry", "read_manifest", "table_of", "write"]
