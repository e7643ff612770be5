"""What is compared: builds, folders of tables, CORDIS deliveries, quad tables and RDF files, told apart by what lies there."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kg.build import Build, current, read
from kg.errors import BuildError, InputError, Text

if TYPE_CHECKING:
    from kg.engine.base import Engine

_ADDRESS = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://")
PREVIOUS, CURRENT = "previous", "current"


@dataclass(frozen=True)
class Side:
    """One of the two that are compared.

    Attributes:
        name: As the user named it, or the id of the build.
        kind: `build`, `source`, `quads` or `rdf`.
        tables: Its quad tables.
        build: The build, where it is one.
        notes: What was left out on the way.
    """

    name: str
    kind: str
    tables: tuple[Path, ...]
    build: Build | None = None
    notes: tuple[Text, ...] = field(default=())

    @property
    def whole(self) -> bool:
        """Whether it holds everything of a graph, and not one source of it."""
        return self.kind == "build"


def open_side(text: str, root: Path, work: Path, progress: Callable[[str], None] = lambda _: None) -> Side:
    """Return a side by what the user named; sources are read into quad tables in a working folder, without a store.

    Args:
        text: `previous`, `current`, a path, or the beginning of the id of a kept build.
        root: Folder of builds.
        work: Folder of this side; it must stay as long as the side is read.
        progress: Called with the name of each step.

    Raises:
        InputError: It cannot be read, or is none of these.
        BuildError: There is no such build.
    """
    if _ADDRESS.match(text):
        what = Text("An address on the web is not compared.", "Eine Adresse im Netz wird nicht verglichen.")
        fix = Text(
            "Save its data first (N-Quads, for example from /data or with `kg query 'CONSTRUCT …' --store ADDRESS --output FILE.ttl`) and name the file.",
            "Speichern Sie ihre Daten zuerst (N-Quads, etwa von /data oder mit `kg query 'CONSTRUCT …' --store ADRESSE --output DATEI.ttl`), "
            "und nennen Sie die Datei.",
        )
        raise InputError(what, where=text, fix=fix)
    if text == CURRENT:
        return _of_build(current(root))
    if text == PREVIOUS:
        return _of_build(_previous(root))
    path = Path(text)
    if not path.exists():
        return _of_build(_by_id(text, root))
    if (path / "build.json").is_file():
        return _of_build(read(path))
    if path.is_dir() and (path / "graphs").is_dir():
        return _of_build(current(path))
    return _of_path(path, text, work, progress)


def _of_build(found: Build) -> Side:
    return Side(found.id, "build", tuple(found.parquet), found)


def kept(root: Path) -> list[Build]:
    """Return the builds that are kept in a folder of builds, the newest first; damaged ones are left out."""
    found = []
    for path in sorted((root / "graphs").glob("*/build.json")):
        if not path.parent.name.startswith("."):
            try:
                found.append(read(path.parent))
            except BuildError:
                continue
    return sorted(found, key=lambda build: (str(build.record.get("created", "")), build.path.stat().st_mtime), reverse=True)


def _previous(root: Path) -> Build:
    now = current(root)
    for build in kept(root):
        if build.path != now.path:
            return build
    what = Text(
        "There is only one build, so there is nothing to compare it with.", "Es gibt nur einen Build, also nichts, womit er zu vergleichen wäre."
    )
    fix = Text(
        "Change the tables and run `kg build` again, or name two things to compare.",
        "Ändern Sie die Tabellen und rufen Sie `kg build` erneut auf, oder nennen Sie zwei Dinge zum Vergleichen.",
    )
    raise BuildError(what, where=str(root), fix=fix)


def _by_id(text: str, root: Path) -> Build:
    """Return the only kept build whose id begins with a text."""
    builds = kept(root)
    known = ", ".join(build.path.name for build in builds) or "-"
    matching = [build for build in builds if len(text) >= 3 and build.path.name.startswith(text)]
    exact = [build for build in matching if build.path.name == text]
    if len(exact or matching) == 1:
        return (exact or matching)[0]
    if matching:
        what = Text(f"Several builds begin with {text!r}.", f"Mehrere Builds beginnen mit {text!r}.")
        raise BuildError(what, where=str(root), fix=Text(f"There are: {known}.", f"Es gibt: {known}."))
    what = Text("There is nothing of this name.", "Unter diesem Namen gibt es nichts.")
    fix = Text(
        f"Name a build (kept in {root}: {known}), a folder of tables, a CORDIS delivery, a quad table (.parquet) or an RDF file.",
        f"Nennen Sie einen Build (in {root} liegen: {known}), einen Ordner mit Tabellen, eine CORDIS-Lieferung, eine Quad-Tabelle (.parquet) "
        "oder eine RDF-Datei.",
    )
    raise InputError(what, where=text, fix=fix)


def _of_path(path: Path, text: str, work: Path, progress: Callable[[str], None]) -> Side:
    from kg.sources.cordis_layout import REQUIRED
    from kg.sources.delivery import is_delivery
    from kg.sources.rdf import FORMATS
    from kg.sources.reading import is_curated

    tables = sorted(path.glob("*.parquet")) if path.is_dir() else [path] if path.suffix.casefold() == ".parquet" else []
    if tables:
        return Side(text, "quads", tuple(tables))
    if path.is_file() and path.suffix.casefold() in FORMATS:
        from kg.quads import write_parquet
        from kg.sources.rdf import read_rdf

        progress(f"reading {path.name}")
        table = work / "rdf.parquet"
        write_parquet(read_rdf(path, text), table)
        return Side(text, "rdf", (table,))
    if is_curated(path) or is_delivery(path, REQUIRED):
        return _of_source(path, text, work, progress)
    what = Text("This is nothing that can be compared.", "Das lässt sich nicht vergleichen.")
    known = ", ".join(FORMATS)
    fix = Text(
        f"Name a build, a folder of tables, a CORDIS delivery, a quad table (.parquet) or an RDF file ({known}).",
        f"Nennen Sie einen Build, einen Ordner mit Tabellen, eine CORDIS-Lieferung, eine Quad-Tabelle (.parquet) oder eine RDF-Datei ({known}).",
    )
    raise InputError(what, where=text, fix=fix)


def _of_source(path: Path, text: str, work: Path, progress: Callable[[str], None]) -> Side:
    """Read a source as a build does, into one quad table.

    Raises:
        InputError: A curated table has problems: all of them are in `problems`, as `kg build` gives them.
    """
    from kg.engine.duckdb import DuckDB
    from kg.namespaces import BASE
    from kg.quads import write_parquet
    from kg.sources.reading import Sources

    work.mkdir(parents=True, exist_ok=True)
    table = work / "source.parquet"
    opened: list[DuckDB] = []

    def engine() -> Engine:
        opened.append(DuckDB(memory="300MB", spill=work / "spill"))
        return opened[-1]

    progress(f"reading {path.name}")
    try:
        source = Sources(work, engine).read(path, BASE)
        if source.problems and not source.bulk:
            number = len(source.problems)
            what = Text(
                f"{number} {'problem' if number == 1 else 'problems'} in the tables.",
                f"{number} {'Problem' if number == 1 else 'Probleme'} in den Tabellen.",
            )
            fix = Text("Correct the rows listed.", "Berichtigen Sie die genannten Zeilen.")
            raise InputError(what, where=text, fix=fix, problems=tuple(source.problems))
        if source.bulk:
            progress(f"mapping {path.name}")
            opened[-1].to_parquet(source.quads, table)
        else:
            write_parquet(source.quads, table)
    finally:
        for one in opened:
            one.close()
    notes: tuple[Text, ...] = ()
    if source.rejected:
        count = source.rejected
        notes = (
            Text(
                f"{text}: {count:,} rows or cells cannot be mapped and are left out.",
                f"{text}: {count} Zeilen oder Zellen lassen sich nicht abbilden und fehlen hier.",
            ),
        )
    return Side(text, "source", (table,), notes=notes)
