"""Files and a script for Virtuoso's own bulk loader: the way for graphs that are too large for HTTP.

Source: OpenLink Virtuoso documentation, "Bulk Loading of RDF Source Files into one or more Graph IRIs" (`ld_dir`, `rdf_loader_run`, `DB.DBA.LOAD_LIST`).
"""

from __future__ import annotations

import gzip
import hashlib
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from kg.build import current
from kg.errors import BuildError, Text, unwritable
from kg.files import write_file
from kg.load.loading import MEMORY, Progress, choose
from kg.load.spool import write

SCRIPT = "load.sql"
_SAFE = re.compile(r"[^\s'\";\\<>]+\Z")
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,80}[a-z0-9])?\Z")


@dataclass(frozen=True)
class Bulk:
    """What was written for the bulk loader.

    Attributes:
        folder: Where.
        script: For isql.
        files: One per graph: (file name, graph IRI, statements, bytes).
    """

    folder: Path
    script: Path
    files: tuple[tuple[str, str, int, int], ...]


def write_bulk(root: Path, folder: Path, names: Sequence[str] = (), *, progress: Progress = lambda _: None) -> Bulk:
    """Write one packed N-Triples file per graph, and `load.sql`; files of these names are replaced, each whole.

    Args:
        root: Folder of builds.
        folder: Where to; the server has to see it under the same path, and its `DirsAllowed` has to name it.
        names: Graphs; all by default.
        progress: Called with the name of each graph.

    Raises:
        BuildError: There is no build, a graph is not in it, or the folder cannot be written or named in SQL.
    """
    from kg.engine.duckdb import DuckDB

    build = current(root)
    chosen = choose(build, names)
    place = folder.resolve()
    for text in (str(place), *chosen):
        if not _SAFE.match(text):
            what = Text("This name cannot stand in a script for isql.", "Dieser Name kann nicht in einem Skript für isql stehen.")
            fix = Text("Choose a folder without blanks and quotes.", "Wählen Sie einen Ordner ohne Leer- und Anführungszeichen.")
            raise BuildError(what, where=text, fix=fix)
    made: list[tuple[str, str, int, int]] = []
    try:
        place.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".kg-load-", dir=place))
        try:
            with DuckDB(threads=1, memory=MEMORY, spill=work / "spill") as engine:
                quads = engine.quads(build.parquet)
                for iri, name in chosen.items():
                    progress(name)
                    file = f"{_file_name(name)}.nt.gz"
                    spool = write(engine, quads, iri, work / file, opened=_packed)
                    made.append((file, iri, spool.statements, (work / file).stat().st_size))
            for file, *_ in made:
                (work / file).replace(place / file)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        raise unwritable(error, place, "--script") from error
    write_file(place / SCRIPT, _script(build.id, place, made))
    return Bulk(place, place / SCRIPT, tuple(made))


def _script(build: str, place: Path, files: Sequence[tuple[str, str, int, int]]) -> str:
    """Return the script: what was in the graphs goes, then the loader runs, and what it could not load is listed."""
    lines = [
        f"-- Build {build} into Virtuoso: {sum(number for _, _, number, _ in files)} statements in {len(files)} graphs.",
        f"-- DirsAllowed in virtuoso.ini has to name {place}",
        "log_enable(3, 1);",
    ]
    for file, iri, *_ in files:
        lines.append(f"delete from DB.DBA.LOAD_LIST where ll_file = '{place}/{file}';")  # noqa: S608 (neither holds a quote)
        lines.append(f"SPARQL CLEAR GRAPH <{iri}>;")
    lines += [f"ld_dir('{place}', '{file}', '{iri}');" for file, iri, *_ in files]
    lines += ["rdf_loader_run();", "log_enable(1, 0);", "checkpoint;"]
    lines.append("select ll_file, ll_error from DB.DBA.LOAD_LIST where ll_error is not null;")
    return "\n".join(lines) + "\n"


def _file_name(name: str) -> str:
    # The loader takes a file name for a pattern of LIKE, in which _ is any character.
    return name if _NAME.match(name) else f"graph-{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def _packed(path: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.GzipFile(filename="", mode="wb", fileobj=path.open("wb"), mtime=0, compresslevel=6))
