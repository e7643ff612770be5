"""Counting an RDF file while it is parsed: statements, and of a dump with all graphs what VoID says of it. Bounded: 8 bytes for each statement.

Terms are told apart by hashes of 64 bits; that two of two million collide has a chance of one in nine million.
Source: Describing Linked Datasets with the VoID Vocabulary, W3C Interest Group Note, 3 March 2011, section 4.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kg.errors import InputError, Text
from kg.namespaces import RDF, SKOS
from kg.preflight.advice import REMAKE
from kg.preflight.findings import Advice, Findings, Place
from kg.preflight.material import SYNTAX, Counts

STATEMENTS = 60_000_000
"""Statements of a file that are read."""
_FILES = ("files",)


def count_rdf(path: Path, base: str = "", findings: Findings | None = None, name: str = "") -> Counts:
    """Parse an RDF file and return what is in it.

    Args:
        path: The file.
        base: Root of the IRIs of the graph, for the check of names; only with findings.
        findings: Where labels without language and names that collide go; with it everything is counted, else statements alone.
        name: Name of the file in findings.

    Raises:
        InputError: It is no valid RDF, or holds more than :data:`STATEMENTS`.
    """
    import pyoxigraph as ox

    form = getattr(ox.RdfFormat, SYNTAX[path.suffix.lower()])
    try:
        with path.open("rb") as file:
            found = ox.parse(file, format=form, base_iri="urn:x-file:")
            return _number(found, path) if findings is None else _everything(found, path, base, findings, name)
    except (SyntaxError, ValueError, OSError) as error:
        line = f":{error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
        reason = (error.msg if isinstance(error, SyntaxError) else str(error)).rstrip(".")
        raise InputError(Text(f"No valid RDF: {reason}.", f"Kein gültiges RDF: {reason}."), where=f"{path}{line}", fix=REMAKE.fix) from error


def _number(found: Iterable[Any], path: Path) -> Counts:
    count = 0
    for _ in found:
        count += 1
        if count > STATEMENTS:
            raise _too_many(path)
    return Counts(count)


def _too_many(path: Path) -> InputError:
    return InputError(Text(f"More than {STATEMENTS} statements.", f"Mehr als {STATEMENTS} Aussagen."), where=str(path), fix=REMAKE.fix)


def _everything(found: Iterable[Any], path: Path, base: str, findings: Findings, name: str) -> Counts:
    triples: dict[str, array[int]] = defaultdict(lambda: array("q"))
    classes: dict[str, array[int]] = defaultdict(lambda: array("q"))
    subjects, objects = array("q"), array("q")
    bare: dict[str, str] = {}
    tagged: set[int] = set()
    names: dict[int, tuple[int, str]] = {}
    last, count = None, 0
    for one in found:
        count += 1
        if count > STATEMENTS:
            raise _too_many(path)
        subject, target = one.subject, one.object
        predicate = one.predicate.value
        here = hash(subject)
        triples[predicate].append(hash((here, predicate, hash(target))))
        objects.append(hash(target))
        if predicate == RDF.type:
            classes[target.value].append(here)
        elif predicate == SKOS.prefLabel and hasattr(target, "language"):
            if target.language:
                tagged.add(here)
            else:
                bare.setdefault(subject.value, target.value)
        if subject != last:
            last = subject
            subjects.append(here)
            _collision(subject.value, base, names, findings, name)
    for subject in sorted(bare):
        if hash(_node(subject)) not in tagged:
            what = Text("A label has no language, so portals guess one.", "Eine Benennung hat keine Sprache; Portale raten sie dann.")
            advice = Advice(
                Text("Fill label_de or label_en in the source table.", "Füllen Sie label_de oder label_en in der Quelltabelle."),
                "",
                '"Sozialforschungsstelle"@de',
            )
            findings.add("label-without-language", "Warning", _FILES, what, Place(name, subject, found=bare[subject]), advice)
    return Counts(
        count,
        {kind: _distinct(found) for kind, found in classes.items()},
        {kind: _distinct(found) for kind, found in triples.items()},
        sum(_distinct(found) for found in triples.values()),
        _distinct(subjects),
        _distinct(objects),
    )


def _node(iri: str) -> Any:
    import pyoxigraph as ox

    try:
        return ox.NamedNode(iri)
    except ValueError:
        return ox.BlankNode(iri)


def _collision(iri: str, base: str, names: dict[int, tuple[int, str]], findings: Findings, file: str) -> None:
    """Notice two IRIs of the graph that are one name where upper and lower case are the same."""
    if not base or not iri.startswith(base):
        return
    short = iri[len(base) :].split("#")[0]
    key, exact = hash(short.casefold()), hash(short)
    known = names.setdefault(key, (exact, short if short != short.casefold() else ""))
    if known[0] != exact:
        other = f"{base}{known[1] or short.casefold()}"
        what = Text(
            "Two IRIs differ in upper and lower case only: as files on Windows or macOS they would be one.",
            "Zwei IRIs unterscheiden sich nur in Groß- und Kleinschreibung: Als Dateien unter Windows oder macOS wären sie eine.",
        )
        advice = Advice(Text("Rename one of the two in its source table.", "Benennen Sie eine von beiden in ihrer Quelltabelle um."))
        findings.add("iri-case", "Violation", _FILES, what, Place(file, iri, found=other), advice)


def _distinct(hashes: array[int]) -> int:
    """Return the number of different values."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return int(pc.count_distinct(pa.Array.from_buffers(pa.int64(), len(hashes), [None, pa.py_buffer(hashes)])).as_py()) if hashes else 0
