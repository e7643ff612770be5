"""The release as a whole: checked first, written beside its place, described last; it gets its name in one step or not at all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from kg.errors import unwritable
from kg.publish import write
from kg.publish.content import Content, method_texts, write_content
from kg.publish.files import Checked
from kg.publish.heads import ordered
from kg.publish.parts import MANIFEST, File, Part, readme, stem
from kg.release import checks, manifest
from kg.release.listing import Release, release_folder
from kg.release.parts import release_parts

if TYPE_CHECKING:
    from kg.build import Build
    from kg.config import SourceSettings
    from kg.publish.catalogue import Description, Download
    from kg.publish.tables import Column

Progress: TypeAlias = Callable[[str], None]
_SPILL = ".spill"
_MEMORY = "200MB"
"""What the batch engine may hold while it sorts texts of projects, which are long."""
SUMS = "SHA256SUMS"
_TYPED = ("incidence", "nodes", "edges")
"""Tables that are written as Parquet, too."""


def release(
    build: Build,
    version: str,
    root: Path,
    *,
    issued: str = "",
    previous: str | None = None,
    settings: Path | None = None,
    output: Path | None = None,
    with_violations: bool = False,
    progress: Progress = lambda _: None,
) -> Release:
    """Write a build as a release, which never changes afterwards.

    Args:
        build: A finished build.
        version: Its version: up to 32 digits, lower-case letters, `.` and `-`, a digit first.
        root: Folder of builds; the release lies in `release/<version>` in it.
        issued: Day of issue, `YYYY-MM-DD`; the state of the build by default.
        previous: Version of the release before; the newest one by default, none where it is `none`.
        settings: Settings file that wins over what the build recorded.
        output: Another folder of releases.
        with_violations: Release a graph that has Violations.
        progress: Called with the name of each step.

    Raises:
        ParameterError: Version, day or release before is none.
        InputError: Publisher, contact or day of issue is missing; the setting is named.
        ViolationsError: The graph has Violations.
        BuildError: The version exists, or the folder cannot be written. Nothing is changed then.
    """
    from kg.config import read_settings
    from kg.publish.catalogue import describe
    from kg.publish.swap import placed

    folder = output or release_folder(root)
    target = folder / version
    try:
        checks.check_version(version)
        checks.check_new(folder, version)
        day = checks.day_of_issue(issued, build.record)
        before = checks.previous_release(folder, previous, version)
        said: SourceSettings | None = read_settings(settings) if settings else None
        about = describe(build, version, day, said, before.version if before else "")
        checks.check_parties(about, build.record, settings)
        progress("looking at the findings")
        found = checks.validation(build, root)
        checks.check_violations(found, with_violations)
        with placed(target) as work:
            whole = _Writer(build, work, about, progress).fill(before, found)
    except FileExistsError as error:
        raise checks.exists(target) if target.exists() else unwritable(error, target) from error
    except OSError as error:
        raise unwritable(error, target) from error
    return Release(target, version, whole)


class _Writer:
    """Writes the files of one release into an empty folder.

    Args:
        build: The build.
        folder: The folder.
        about: What is said about the release.
        progress: Called with the name of each step.
    """

    def __init__(self, build: Build, folder: Path, about: Description, progress: Progress) -> None:
        from kg.release import changes, notes

        self._build, self._folder, self._about, self._progress = build, folder, about, progress
        self._name = stem(about.name)
        self._parts = release_parts(about.name, (*notes.PARTS, *changes.PARTS))
        self._numbers: dict[str, int] = {}
        self._limits: list[Mapping[str, str]] = []
        self._files: dict[str, File] = {}

    def fill(self, before: Release | None, validation: Mapping[str, Any]) -> dict[str, Any]:
        """Write everything and return the manifest."""
        about, folder = self._about, self._folder
        content = self._content()
        self._pack(content, lambda part: part.holds not in ("about", "schema"))
        self._write_schemas()
        self._pack(content, lambda part: part.holds == "schema")
        cite = {lang: citation_of(about, lang) for lang in ("de", "en")}
        head = manifest.head(self._build, content, before.version if before else "", validation, cite)
        self._changes(before, head)
        self._progress("describing")
        self._describe(content, cite)
        self._pack(content, lambda part: part.name not in self._files)
        files = [self._files[part.name] for part in self._parts]
        made = {**head, **self._limited(content), "files": [manifest.entry(file, about.address(file.name)) for file in files]}
        text = manifest.text(made)
        write(folder / MANIFEST, text)
        write(folder / SUMS, manifest.checksums(files, _sha256(text)))
        return json.loads(text)  # type: ignore[no-any-return]

    def _content(self) -> Content:
        """Write the data in all forms."""
        from kg.release.formats import QuadTable, prefixes, write_rdf_xml, write_trig, write_typed
        from kg.release.vocabulary import write_shapes, write_syntaxes

        folder, name, about = self._folder, self._name, self._about
        table = folder / f"{name}.parquet"
        with QuadTable(table) as quads:
            content = write_content(self._build, folder, about, self._progress, quads.add)
        self._progress("writing tables of entities and places")
        self._write_entities()
        for one in _TYPED:
            write_typed(folder / f"{one}.csv", _columns()[f"{one}.csv"], folder / f"{one}.parquet")
        self._progress("writing TriG and RDF/XML")
        names = prefixes(about.base)
        write_trig(table, content.counts.graphs, folder / f"{name}.trig", names)
        properties = [used.property for used in content.counts.properties]
        self._limits += _lost(write_rdf_xml(folder / f"{name}.ttl", folder / f"{name}.rdf", names, properties))
        write_shapes(folder / "shapes.ttl")
        for vocabulary in ("ontology", "alignments", "shapes"):
            write_syntaxes(folder / f"{vocabulary}.ttl")
        numbers = content.numbers
        same = {f"{name}.trig": numbers[f"{name}.nq"], f"{name}.parquet": numbers[f"{name}.nq"], f"{name}.rdf": numbers[f"{name}.ttl"]}
        return replace(content, numbers={**numbers, **{f"{one}.parquet": numbers[f"{one}.csv"] for one in _TYPED}, **same, **self._numbers})

    def _write_entities(self) -> None:
        """Write the tables of entities, their codebook and the places."""
        from kg.engine.duckdb import DuckDB
        from kg.publish.tables import codebook, write_table
        from kg.release.places import write_places
        from kg.release.tables import read_known, write_entities

        folder, about = self._folder, self._about
        with DuckDB(threads=1, memory=_MEMORY, spill=folder / _SPILL) as engine:
            quads = engine.quads(self._build.parquet)
            known = read_known(engine, quads)
            self._numbers |= write_entities(engine, quads, known, folder)
        shutil.rmtree(folder / _SPILL, ignore_errors=True)
        self._numbers["codebook.csv"] = write_table(folder / "codebook.csv", codebook(bounded=True, tables=_columns()))
        members = {"title": dict(about.names), "dataset": about.dataset, "licence": list(about.licences)}
        located = write_places(known, folder / "places.geojson", members)
        self._numbers["places.geojson"] = located.located
        self._limits += [located.words(), *_emptied(known.emptied)]

    def _write_schemas(self) -> None:
        """Describe the CSV tables for programs."""
        from kg.release.packages import csvw, data_package, find_keys

        tables = _columns()
        files = [self._files[name] for name in tables]
        keys = find_keys(self._folder, tables)
        for name, data in (
            ("datapackage.json", data_package(self._about, files, tables, keys)),
            ("csv-metadata.json", csvw(self._about, files, tables, keys)),
        ):
            write(self._folder / name, json.dumps(data, ensure_ascii=False, indent=1) + "\n")

    def _changes(self, before: Release | None, head: Mapping[str, Any]) -> None:
        """Write the difference to the release before, and the notes."""
        from kg.release import changes, notes

        listed = [manifest.entry(file, self._about.address(file.name)) for file in self._files.values()]
        table = self._folder / f"{self._name}.parquet"
        found = changes.write(self._folder, before.path if before else None, table, {**head, "files": listed}, progress=self._progress)
        notes.write(self._folder, found)
        # Both forms list every entity, the table one a row.
        self._numbers |= dict.fromkeys(("changes.csv", "changes.json"), _rows(self._folder / "changes.csv"))

    def _describe(self, content: Content, cite: Mapping[str, str]) -> None:
        """Write what describes the files: VoID, catalogue, provenance, schema.org, licences, citation, README."""
        from kg.publish.catalogue import catalogue, prov, schema_org, syntax, void
        from kg.release.licences import citation_file, licence_text

        about, folder, files = self._about, self._folder, [*self._files.values()]
        data = self._downloads(file for file in files if file.part.holds not in ("about", "schema", "ontology"))
        write(folder / "void.ttl", void(about, content.counts, content.licences, data))
        record = catalogue(about, data)
        write(folder / "catalog.ttl", record)
        for form in ("jsonld", "rdf"):
            (folder / f"catalog.{form}").write_bytes(ordered(syntax(record, form)))
        write(folder / "prov.ttl", prov(about, self._build.record))
        write(folder / "dataset.json", json.dumps(schema_org(about, data), ensure_ascii=False, indent=1) + "\n")
        write(folder / "LICENSE.txt", licence_text(about, files))
        write(folder / "CITATION.cff", citation_file(about))
        sums = Part(SUMS, "text/plain", "", "about", "TXT", "Prüfsummen, für sha256sum -c", "Checksums, for sha256sum -c")
        limits = self._limited(content)["limits"]
        text = readme(about.names, [*self._parts, sums], about.licences, method_texts(content.method), content.frames, limits, cite)
        write(folder / "README.txt", text)

    def _downloads(self, files: Iterable[File]) -> list[Download]:
        """Return files as a catalogue names them, each with its packed form behind it."""
        from kg.publish.catalogue import Download

        found = []
        for file in files:
            found.append(Download.of(file, self._about.address(file.name)))
            if packed := file.compressed:
                found.append(found[-1].compressed(packed.name, packed.bytes, packed.sha256))
        return found

    def _pack(self, content: Content, wanted: Callable[[Part], bool]) -> None:
        """Take some files that are written into the list, with checksum and packed form."""
        from kg.release.pack import pack

        self._progress("packing")
        chosen = {part.name: part for part in self._parts if wanted(part)}
        known: dict[str, Checked] = {name: checked for name, checked in content.sums.items() if name in chosen}
        packed = pack(self._folder, chosen, known)
        for name, part in chosen.items():
            checked, compressed = packed[name]
            number = self._numbers.get(name, content.numbers.get(name, 0))
            self._files[name] = File(part, checked.bytes, checked.sha256, number, content.licences_of(part), compressed)

    def _limited(self, content: Content) -> dict[str, Any]:
        """Return in words what stands elsewhere than expected, or is left out."""
        told = [*([content.limited] if content.limited else []), _SAME, *self._limits]
        return {"limits": {lang: " ".join(text[lang] for text in told) for lang in ("de", "en")}}


_SAME = {
    "de": "RDF/XML und Turtle enthalten die Daten aller Graphen zusammen, ohne die Namen der Graphen; N-Quads, TriG, JSON-LD und Parquet enthalten alles.",
    "en": "RDF/XML and Turtle hold the data of all graphs together, without the names of graphs; N-Quads, TriG, JSON-LD and Parquet hold everything.",
}


def _columns() -> dict[str, Sequence[Column]]:
    """Return the columns of every table of a release."""
    from kg.publish.tables import COLUMNS
    from kg.release import entities

    return {**entities.COLUMNS, **COLUMNS}


def citation_of(about: Description, lang: str) -> str:
    """Return how to cite a release."""
    who = f"{about.publisher.name}: " if about.publisher.name else ""
    state = f", {'Stand' if lang == 'de' else 'state'} {about.state}" if about.state else ""
    return f"{who}{about.names[lang]} ({about.issued}{state}). {about.dataset}"


def _emptied(cells: Mapping[str, int]) -> list[Mapping[str, str]]:
    """Say which cells are empty because a spreadsheet could not hold them."""
    return [
        {
            "de": f"{table}: {number} Zellen sind leer, weil ihr Text länger ist, als eine Tabellenkalkulation fasst; er steht in den RDF-Dateien.",
            "en": f"{table}: {number} cells are empty, as their text is longer than a spreadsheet holds; it stands in the RDF files.",
        }
        for table, number in cells.items()
        if number
    ]


def _lost(lost: Mapping[str, int]) -> list[Mapping[str, str]]:
    """Say what RDF/XML cannot hold."""
    found: list[Mapping[str, str]] = []
    if number := sum(count for name, count in lost.items() if name):
        names = ", ".join(f"<{name}>" for name in lost if name)
        found.append(
            {
                "de": f"In RDF/XML fehlen {number} Tripel, deren Eigenschaft kein XML-Name ist: {names}.",
                "en": f"RDF/XML lacks {number} triples whose property is no XML name: {names}.",
            }
        )
    if number := lost.get("", 0):
        found.append(
            {
                "de": f"In RDF/XML steht in {number} Texten U+FFFD für Steuerzeichen, die XML nicht kennt.",
                "en": f"In RDF/XML, U+FFFD stands in {number} texts for control characters that XML does not have.",
            }
        )
    return found


def _rows(path: Path) -> int:
    """Return the number of rows of a CSV table, its header apart."""
    import csv

    with path.open(encoding="utf-8", newline="") as file:
        return max(sum(1 for _ in csv.reader(file)) - 1, 0)


def _sha256(text: str) -> str:
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()
