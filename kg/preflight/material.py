"""What lies before a preflight: the files of a release, a publication or a site, its manifest, catalogue and VoID, read once and bounded."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from kg.errors import InputError, Text
from kg.namespaces import DCAT, DCTERMS, RDF, VOID
from kg.quads import Quad, Term

FILES = 400_000
"""Files of a folder: a static site of Horizon Europe has some 150,000."""
DESCRIPTION = 64 * 1024 * 1024
"""Bytes of a catalogue, a VoID description or a manifest that are read."""
CATALOGUES = ("catalog.ttl", "catalog.jsonld", "catalog.rdf", "catalog.nt")
SYNTAX = {".ttl": "TURTLE", ".nt": "N_TRIPLES", ".nq": "N_QUADS", ".trig": "TRIG", ".rdf": "RDF_XML", ".xml": "RDF_XML", ".jsonld": "JSON_LD"}
MANIFEST = "manifest.json"


@dataclass
class Counts:
    """What was counted while a dump was parsed.

    Attributes:
        statements: Quads or triples, as they stand in the file.
        classes: Number of instances per class, where asked for.
        properties: Number of distinct triples per property, where asked for.
        triples: Distinct triples over all graphs, where asked for.
        subjects: Distinct subjects, where asked for.
        objects: Distinct objects, where asked for.
    """

    statements: int
    classes: dict[str, int] = field(default_factory=dict)
    properties: dict[str, int] = field(default_factory=dict)
    triples: int = 0
    subjects: int = 0
    objects: int = 0


class Graph:
    """A small RDF graph in memory, looked up by subject and property."""

    def __init__(self, quads: Iterable[Quad], name: str) -> None:
        self.quads = list(quads)
        self.name = name
        self._values: dict[tuple[str, str], list[Term]] = defaultdict(list)
        self._of: dict[str, list[str]] = defaultdict(list)
        for quad in self.quads:
            if quad.term not in self._values[quad.subject, quad.predicate]:
                self._values[quad.subject, quad.predicate].append(quad.term)
            if quad.predicate == RDF.type and quad.subject not in self._of[quad.object]:
                self._of[quad.object].append(quad.subject)

    def of(self, kind: str) -> list[str]:
        """Return the subjects of a class, sorted."""
        return sorted(self._of.get(kind, ()))

    def values(self, subject: str, *properties: str) -> list[Term]:
        """Return the values of properties, those of the first property first."""
        return [term for name in properties for term in self._values.get((subject, name), ())]

    def value(self, subject: str, *properties: str) -> str:
        """Return one value as text, the smallest of the first property that has any; empty without one."""
        for name in properties:
            if found := self._values.get((subject, name)):
                return min(term.value for term in found)
        return ""


@dataclass
class Material:
    """What is checked.

    Attributes:
        root: The folder; of a catalogue alone its folder.
        only: The catalogue file where that alone was given.
        files: Path per name, with `/`, relative to the folder.
        counts: What was counted in RDF files, by name.
    """

    root: Path
    only: str = ""
    files: dict[str, Path] = field(default_factory=dict)
    counts: dict[str, Counts] = field(default_factory=dict)

    @cached_property
    def manifest(self) -> Mapping[str, Any] | None:
        """The manifest, where there is one.

        Raises:
            InputError: It is too large or no JSON object.
        """
        if self.only or MANIFEST not in self.files:
            return None
        data = self.json(MANIFEST)
        if not isinstance(data, dict):
            raise InputError(
                Text("The manifest is no JSON object.", "Das Manifest ist kein JSON-Objekt."), where=str(self.files[MANIFEST]), fix=_AGAIN
            )
        return data

    @cached_property
    def listed(self) -> dict[str, dict[str, Any]]:
        """The files of the manifest by name; those of a broken entry are left out."""
        entries = (self.manifest or {}).get("files")
        rows = entries if isinstance(entries, list) else []
        return {str(row["name"]): row for row in rows if isinstance(row, dict) and isinstance(row.get("name"), str)}

    @cached_property
    def base(self) -> str:
        """Root of the IRIs, from the manifest, else from the catalogue; empty where neither says it."""
        if self.manifest is not None and isinstance(self.manifest.get("base"), str):
            return str(self.manifest["base"])
        graph = self.catalogue
        for catalogue in graph.of(DCAT.Catalog) if graph else ():
            if "/catalog" in catalogue:
                return catalogue[: catalogue.rindex("/catalog") + 1]
        return ""

    @property
    def version(self) -> str:
        """Version of a release, or empty."""
        return str((self.manifest or {}).get("version") or "")

    @cached_property
    def catalogue(self) -> Graph | None:
        """The catalogue, from the first of its syntaxes that is there.

        Raises:
            InputError: It cannot be read.
        """
        name = self.only or next((name for name in CATALOGUES if name in self.files), "")
        return self.graph(name) if name else None

    @cached_property
    def void(self) -> Graph | None:
        """The description with VoID, where there is one."""
        name = next((name for name in ("void.ttl", ".well-known/void", ".well-known/void.ttl") if name in self.files), "")
        return None if self.only or not name else self.graph(name)

    @cached_property
    def datasets(self) -> list[str]:
        """The data sets of the catalogue."""
        return self.catalogue.of(DCAT.Dataset) if self.catalogue else []

    def graph(self, name: str) -> Graph:
        """Read a small RDF file.

        Raises:
            InputError: It is too large, or no RDF.
        """
        path = self.files[name]
        _small(path)
        return Graph(read_rdf(path, "TURTLE" if name.endswith("/void") else ""), name)

    def json(self, name: str) -> Any:
        """Read a small JSON file.

        Raises:
            InputError: It is too large, or no JSON.
        """
        path = self.files[name]
        _small(path)
        try:
            return json.loads(path.read_bytes())
        except (ValueError, RecursionError) as error:
            what = Text(f"This is no JSON: {error}.", f"Das ist kein JSON: {error}.")
            raise InputError(what, where=str(path), fix=_AGAIN) from error

    def resolve(self, address: str, base: str = "") -> str | None:
        """Return the file that an address below the base leads to, or nothing.

        The address itself as the manifest has it, `releases/<version>/<file>`, `data/<file>`, and the path as it is, with `.html` or `index.html`.

        Args:
            address: The address.
            base: Where the folder is served, if that is not the root of the IRIs.
        """
        from urllib.parse import unquote

        path = address.split("#")[0].split("?")[0]
        if path in self.urls:
            return self.urls[path] if self.urls[path] in self.files else None
        base = base or self.base
        if not base or not path.startswith(base):
            return None
        rest = unquote(path[len(base) :])
        if ".." in rest.split("/"):
            return None
        ways = [rest]
        ways += [rest.removeprefix(prefix) for prefix in (f"releases/{self.version}/", "data/") if rest.startswith(prefix)]
        for way in ways:
            for name in (way, f"{way}.html", f"{way.rstrip('/')}/index.html".lstrip("/")):
                if name in self.files:
                    return name
        return None

    @cached_property
    def urls(self) -> dict[str, str]:
        """Names by the addresses that the manifest gives to files."""
        return {row["url"]: name for name, row in self.listed.items() if isinstance(row.get("url"), str)}

    def titles(self, subject: str) -> list[Term]:
        """Return the titles of a resource of the catalogue."""
        return self.catalogue.values(subject, DCTERMS.title) if self.catalogue else []

    def void_sets(self) -> list[str]:
        """Return the data sets that VoID describes as a whole: those with a dump, else the first."""
        if self.void is None:
            return []
        sets = self.void.of(VOID.Dataset)
        return [one for one in sets if self.void.values(one, VOID.dataDump)] or sets[:1]


_AGAIN = Text("Write the release anew with `kg release`.", "Schreiben Sie das Release neu mit `kg release`.")


def _small(path: Path) -> None:
    size = path.stat().st_size
    if size > DESCRIPTION:
        what = Text(f"The file is too large to be a description: {size} bytes.", f"Die Datei ist zu groß für eine Beschreibung: {size} Byte.")
        fix = Text(f"At most {DESCRIPTION} bytes are read.", f"Gelesen werden höchstens {DESCRIPTION} Byte.")
        raise InputError(what, where=str(path), fix=fix)


def open_material(target: Path) -> Material:
    """Return what lies in a folder, or a catalogue alone.

    Raises:
        InputError: It is not there, is no folder of a release, or holds too many files.
    """
    if target.is_file():
        if target.suffix.lower() not in SYNTAX:
            known = ", ".join(sorted(SYNTAX))
            what = Text("This is no catalogue in RDF by its ending.", "Das ist der Endung nach kein Katalog in RDF.")
            raise InputError(
                what,
                where=str(target),
                fix=Text(
                    f"Give a folder, or a file ending in {known}.", f"Geben Sie einen Ordner oder eine Datei mit einer dieser Endungen: {known}."
                ),
            )
        return Material(target.parent, target.name, {target.name: target})
    if not target.is_dir():
        what = Text("There is no such folder or file.", "Diesen Ordner oder diese Datei gibt es nicht.")
        fix = Text(
            "Make a release with `kg release VERSION`, or files with `kg publish`.",
            "Machen Sie ein Release mit `kg release VERSION` oder Dateien mit `kg publish`.",
        )
        raise InputError(what, where=str(target), fix=fix)
    found = Material(target)
    for name, path in _walk(target):
        found.files[name] = path
        if len(found.files) > FILES:
            what = Text(f"The folder holds more than {FILES} files.", f"Der Ordner enthält mehr als {FILES} Dateien.")
            raise InputError(
                what, where=str(target), fix=Text("Give the folder of one release or site.", "Geben Sie den Ordner eines Releases oder einer Seite.")
            )
    if not set(CATALOGUES) & set(found.files) and MANIFEST not in found.files:
        what = Text(
            "The folder holds neither a catalogue (catalog.ttl) nor a manifest.",
            "Der Ordner enthält weder einen Katalog (catalog.ttl) noch ein Manifest.",
        )
        fix = Text(
            "Give the folder of a release, of `kg publish`, or of a static site.",
            "Geben Sie den Ordner eines Releases, von `kg publish` oder einer statischen Seite.",
        )
        raise InputError(what, where=str(target), fix=fix)
    return found


def _walk(root: Path) -> Iterator[tuple[str, Path]]:
    """Yield the files of a folder, sorted; what is not a file (a link to a folder, a pipe) is passed over."""
    for folder, folders, names in os.walk(root, followlinks=False):
        folders.sort()
        for name in sorted(names):
            path = Path(folder, name)
            if path.is_file():
                yield path.relative_to(root).as_posix(), path


def read_rdf(path: Path, form: str = "") -> Iterator[Quad]:
    """Read an RDF file, quad by quad; blank nodes keep their labels, and relative addresses are taken below `urn:x-file:`.

    Args:
        path: The file.
        form: Name of the syntax in pyoxigraph, else by the ending.

    Raises:
        InputError: It cannot be read; the place says the line.
    """
    import pyoxigraph as ox

    try:
        with path.open("rb") as file:
            for one in ox.parse(file, format=getattr(ox.RdfFormat, form or SYNTAX[path.suffix.lower()]), base_iri="urn:x-file:"):
                yield _quad(one)
    except (SyntaxError, ValueError, OSError) as error:
        line = f":{error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
        reason = (error.msg if isinstance(error, SyntaxError) else str(error)).rstrip(".")
        what = Text(f"The file is no valid RDF: {reason}.", f"Die Datei ist kein gültiges RDF: {reason}.")
        raise InputError(what, where=f"{path}{line}", fix=_AGAIN) from error


def _quad(one: Any) -> Quad:
    import pyoxigraph as ox

    node, graph = one.object, one.graph_name
    name = graph.value if isinstance(graph, ox.NamedNode) else ""
    subject = f"_:{one.subject.value}" if isinstance(one.subject, ox.BlankNode) else one.subject.value
    if isinstance(node, ox.Literal):
        return Quad(subject, one.predicate.value, node.value, "literal", node.datatype.value, (node.language or "").lower(), name, "")
    if isinstance(node, ox.BlankNode):
        return Quad(subject, one.predicate.value, f"_:{node.value}", "bnode", "", "", name, "")
    return Quad(subject, one.predicate.value, node.value, "iri", "", "", name, "")
