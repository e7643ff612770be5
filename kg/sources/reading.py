"""Any source that a build takes: a folder of curated tables, a CORDIS delivery, a list with a mapping; told apart by what lies there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.config import SourceSettings
from kg.errors import InputError, Problem, Text
from kg.quads import Quad

if TYPE_CHECKING:
    from kg.engine.base import Engine


@dataclass
class Source:
    """A source, read and mapped.

    Attributes:
        settings: Name of the graph, titles, frame.
        inputs: Name, size and checksum of every file.
        quads: The statements: rows, or an Ibis expression that is run when it is written.
        problems: What is wrong. Of curated tables each one stops the build; of bulk they are the first of the rejected.
        rejected: How many rows and cells of a bulk source are left out.
        notes: What a delivery does not hold.
    """

    settings: SourceSettings
    inputs: list[dict[str, Any]]
    quads: list[Quad] | Any
    problems: list[Problem] = field(default_factory=list)
    rejected: int = 0
    notes: list[Text] = field(default_factory=list)
    bulk: bool = False


class Sources:
    """Reads the sources of one build.

    Args:
        work: Folder for what is unpacked; it must stay until the quads are written.
        engine: Called once, when the first bulk source needs an engine.
        mapping: How a list becomes statements, where one is among the sources.
        told: How many faulty rows and cells of a bulk source are told one by one.
    """

    def __init__(self, work: Path, engine: Callable[[], Engine], *, mapping: Path | None = None, told: int = 100) -> None:
        self.work = work
        self.engine = engine
        self.mapping = mapping
        self.told = told
        self.opened = 0

    def read(self, path: Path, base: str) -> Source:
        """Read one source.

        Args:
            path: Where it lies.
            base: Namespace root of the entities of a delivery, unless its own settings name one.

        Raises:
            InputError: It cannot be read at all; of curated tables single problems are in `problems`.
        """
        from kg.sources.cordis import read_cordis
        from kg.sources.cordis_layout import REQUIRED
        from kg.sources.delivery import is_delivery, nearby

        if is_curated(path):
            return self._curated(path)
        if is_delivery(path, REQUIRED):
            # Each its own folder: two deliveries may have one name.
            self.opened += 1
            found = read_cordis(self.engine(), path, self.work / f"unpacked-{self.opened}", base=base, told=self.told)
            return Source(found.settings, found.inputs, found.quads, found.problems, found.rejected, found.notes, bulk=True)
        if self.mapping is not None and path.is_file():
            from kg.sources.listing import map_list, read_mapping

            listed = map_list(self.engine(), path, read_mapping(self.mapping), work=self.work, told=self.told)
            return Source(listed.settings, listed.inputs, listed.quads, listed.problems, listed.rejected, listed.notes, bulk=True)
        if not path.exists():
            what = Text("There is no such source.", "Diese Quelle gibt es nicht.")
            fix = Text(
                "Name a folder of tables, a CORDIS delivery, or start one with `kg init`.",
                "Nennen Sie einen Ordner mit Tabellen oder eine CORDIS-Lieferung, oder beginnen Sie mit `kg init`.",
            )
            raise InputError(what, where=str(path), fix=fix)
        if (meant := nearby(path, REQUIRED)) is not None:
            what = Text("This is no delivery, but one is beside it.", "Das ist keine Lieferung, aber daneben liegt eine.")
            raise InputError(what, where=str(path), fix=Text(f"Name the folder {meant}.", f"Nennen Sie den Ordner {meant}."))
        if path.is_dir():
            return self._curated(path)
        what = Text("This is neither a folder of tables nor a delivery.", "Das ist weder ein Ordner mit Tabellen noch eine Lieferung.")
        fix = Text(
            "Name a folder, a zip of CORDIS, or a list with --mapping.", "Nennen Sie einen Ordner, ein Zip von CORDIS oder eine Liste mit --mapping."
        )
        raise InputError(what, where=str(path), fix=fix)

    def _curated(self, path: Path) -> Source:
        from kg.sources.folder import read_folder
        from kg.sources.statements import map_folder

        folder = read_folder(path)
        if any(problem.fatal for problem in folder.problems):
            return Source(folder.settings, [], [], folder.problems)
        quads, problems = map_folder(folder)
        return Source(folder.settings, list(curated_files(path)), quads, problems)


TABLES = ("sources.csv", "entities.csv", "relations.csv")


def is_curated(path: Path) -> bool:
    """Tell whether a path is a folder with at least one of the curated tables."""
    return path.is_dir() and any((path / name).is_file() for name in TABLES)


def curated_files(path: Path) -> Sequence[dict[str, Any]]:
    """Return name, size and SHA-256 of every file of a folder of tables that goes into the graph."""
    from kg.config import SETTINGS_FILE

    names = (*TABLES, "decisions.csv", "retired.csv", "roles.csv", SETTINGS_FILE)
    return [file_record(path / name, f"{path.resolve().name}/{name}") for name in names if (path / name).is_file()]


def file_record(path: Path, name: str) -> dict[str, Any]:
    """Return name, size and SHA-256 of a file, as `build.json` keeps them."""
    import hashlib

    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"file": name, "bytes": path.stat().st_size, "sha256": digest}
