"""What a batch starts from: sources, as in `kg build`, or the quad tables of a build."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg import __version__
from kg.batch.statements import QUADS
from kg.errors import InputError, Text
from kg.quads import Quad

if TYPE_CHECKING:
    from kg.batch.stages import Stages
    from kg.build import Build

OWN = "quads.own"
"""Stage of the quads that belong to no source: vocabulary, links, provenance."""
MOST_FILES = 1000
"""Files of one source that are looked at for its checksum."""


@dataclass(frozen=True)
class Given:
    """Quads to work on.

    Attributes:
        quads: Gives the quad table in the session that the stages have then.
        stages: Names of the stages it stands in; none for a build, whose tables are read where they lie.
        record: As `build.json`: id, base, title, sources with their frames, notes and rejected rows.
    """

    quads: Callable[[], Any]
    stages: tuple[str, ...]
    record: dict[str, Any]


def run_of_sources(paths: Sequence[Path], mapping: Path | None, max_rejects: int) -> dict[str, Any]:
    """Return what a run on sources is known by: checksums of every file, the software, and what decides over rows.

    Raises:
        InputError: A source is missing or cannot be read, or is a folder of too many files.
    """
    from kg.build import own_inputs
    from kg.sources.reading import file_record

    inputs: list[dict[str, Any]] = []
    for path in [*paths, *([mapping] if mapping else [])]:
        try:
            files = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())
            if not files or len(files) > MOST_FILES:
                what = Text("There is no such source.", "Diese Quelle gibt es nicht.")
                if files:
                    what = Text(f"The folder holds more than {MOST_FILES} files.", f"Der Ordner enthält mehr als {MOST_FILES} Dateien.")
                fix = Text("Name a folder of tables or a delivery.", "Nennen Sie einen Ordner mit Tabellen oder eine Lieferung.")
                raise InputError(what, where=str(path), fix=fix)
            inputs += [file_record(file, f"{path.resolve().name}/{file.relative_to(path)}" if file != path else path.name) for file in files]
        except OSError as error:
            reason = error.strerror or str(error)
            what = Text(f"The source cannot be read: {reason}.", f"Die Quelle ist nicht lesbar: {reason}.")
            raise InputError(what, where=str(path), fix=Text("Check the path and its permissions.", "Prüfen Sie Pfad und Berechtigungen.")) from error
    return _run({"inputs": inputs, "own": _digest(list(own_inputs())), "max_rejects": max_rejects})


def run_of_build(build: Build) -> dict[str, Any]:
    """Return what a run on a build is known by: the checksums of its quad tables, and the software."""
    from kg.sources.reading import file_record

    return _run({"build": build.id, "inputs": [file_record(path, f"quads/{path.name}") for path in build.parquet]})


def _run(parts: dict[str, Any]) -> dict[str, Any]:
    run = {"software": __version__, **parts}
    return {"id": _digest(run), **run}


def _digest(data: Any) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:16]


def of_build(stages: Stages, build: Build) -> Given:
    """Return the quads of a build; everything is there, derived statements too."""
    return Given(lambda: stages.engine.quads(build.parquet), (), build.record)


def of_sources(
    stages: Stages, paths: Sequence[Path], unpacked: Path, *, mapping: Path | None, max_rejects: int, progress: Callable[[str], None] = lambda _: None
) -> Given:
    """Read sources into stages of quads: one per source, and one for vocabulary, links and provenance.

    There is no graph of derived statements: its rules are SPARQL, and no store is made here.

    Args:
        stages: Where they go.
        paths: The sources.
        unpacked: Folder of this machine for what is unpacked; it must stay until the quads are written.
        mapping: How a list among the sources becomes statements.
        max_rejects: How many rows and cells of deliveries may be left out.
        progress: Called with the name of each step.

    Raises:
        InputError: A source cannot be read; the problems of its tables are in `problems`.
    """
    from kg.build import REJECTS_TOLD, link_statements, mapping_files, own_inputs, provenance, read_sources, source_record, vocabulary_quads
    from kg.sources.reading import Source, Sources, file_record

    engine = stages.engine
    names = [f"quads.{number}" for number, _ in enumerate(paths, start=1)]
    options = {"mapping": mapping is not None, "max_rejects": max_rejects}
    done = {name: stages.finished(name, stages.key(name, options)) for name in names}
    stages.records |= {name: found for name, found in done.items() if found is not None}
    own = stages.finished(OWN, stages.key(OWN, options, names)) if all(done.values()) else None
    if own is not None:
        stages.records[OWN] = own
        record = dict(own.about["record"])
        return Given(lambda: _union(stages, [*names, OWN]), (*names, OWN), record)
    unpacked.mkdir(parents=True, exist_ok=True)
    read: list[Source] = read_sources(paths, Sources(unpacked, lambda: engine, mapping=mapping, told=REJECTS_TOLD), max_rejects, progress)
    for name, source in zip(names, read, strict=True):
        stages.stage(name, lambda source=source: source.quads if source.bulk else _table(stages, source.quads), QUADS, made_with=options)  # type: ignore[misc]
    main = read[0].settings
    mappings = mapping_files(paths)
    beside = [file_record(file, name) for name, file in mappings.items() if not name.startswith("data/mappings/")]
    inputs = [*(record for source in read for record in source.inputs), *beside, *own_inputs()]
    identifier = hashlib.sha256(json.dumps([__version__, inputs], sort_keys=True).encode()).hexdigest()[:12]
    everything = _union(stages, names)

    def among(entities: set[str]) -> set[str]:
        import pyarrow as pa

        from kg.quads import strings

        asked = engine.table(pa.table({"subject": strings(sorted(entities))}))
        return {row["subject"] for row in engine.to_pylist(asked.semi_join(everything, "subject"))} if entities else set()

    def quads() -> Any:
        rows = [*vocabulary_quads(main), *link_statements(main, mappings, among)]
        return _table(stages, [*rows, *provenance(main, [source.settings for source in read], identifier, inputs)])

    record = {
        "id": identifier,
        "software": __version__,
        "base": main.base,
        "name": main.name,
        "title": dict(main.title),
        "state": main.state,
        "sources": [source_record(source) for source in read],
        "inputs": inputs,
    }
    stages.stage(OWN, quads, QUADS, of=names, made_with=options, about=lambda _: {"record": record})
    return Given(lambda: _union(stages, [*names, OWN]), (*names, OWN), record)


def _table(stages: Stages, quads: Sequence[Quad]) -> Any:
    from kg.quads import to_arrow

    return stages.engine.table(to_arrow(quads))


def _union(stages: Stages, names: Sequence[str]) -> Any:
    tables = [stages.table(name).select(*QUADS) for name in names]
    first, *others = tables
    for other in others:
        first = first.union(other)
    return first
