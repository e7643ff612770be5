"""A few Turtle files in memory: what each subject says, by property, in the order of the files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import InputError, Text
from kg.namespaces import OWL, PREFIXES, RDF

if TYPE_CHECKING:
    import pyoxigraph as ox

MAX_BYTES = 20_000_000
"""Size of one file at most."""


class Statements:
    """What some Turtle files say.

    Args:
        files: Files that are read one after the other; blank nodes of different files stay apart.

    Attributes:
        prefixes: Of all files; the first to use a prefix decides.

    Raises:
        InputError: A file is missing, too large or no Turtle.
    """

    def __init__(self, files: Iterable[Path]) -> None:
        import pyoxigraph as ox

        self.prefixes: dict[str, str] = dict(PREFIXES)
        self._said: dict[str, dict[str, list[ox.NamedNode | ox.Literal | ox.BlankNode | ox.Triple]]] = {}
        for number, file in enumerate(files):
            try:
                data = file.read_bytes() if file.stat().st_size <= MAX_BYTES else None
            except OSError as error:
                what = Text("The file cannot be read.", "Die Datei lässt sich nicht lesen.")
                raise InputError(what, where=str(file), fix=Text("Check its name.", "Prüfen Sie ihren Namen.")) from error
            if data is None:
                what = Text("The file is too large for an ontology.", "Die Datei ist für eine Ontologie zu groß.")
                raise InputError(what, where=str(file), fix=Text("At most 20 MB are read.", "Gelesen werden höchstens 20 MB."))
            try:
                parser = ox.parse(data, format=ox.RdfFormat.TURTLE)
                for quad in parser:
                    said = self._said.setdefault(_key(quad.subject, number), {})
                    said.setdefault(quad.predicate.value, []).append(_apart(quad.object, number))
                self.prefixes = {**parser.prefixes, **self.prefixes}
            except (SyntaxError, ValueError) as error:
                what = Text(f"This is no Turtle: {error}.", f"Das ist kein Turtle: {error}.")
                raise InputError(what, where=str(file), fix=Text("Correct the file.", "Berichtigen Sie die Datei.")) from error

    def subjects(self, kind: str = "") -> list[str]:
        """Return the subjects of a class (all where none is named), in the order of the files; blank nodes begin with `_:`."""
        return [one for one in self._said if not kind or kind in self.iris(one, RDF.type)]

    def objects(self, subject: str, predicate: str) -> list[ox.NamedNode | ox.Literal | ox.BlankNode | ox.Triple]:
        """Return the objects of a subject and property, in the order of the files."""
        return self._said.get(subject, {}).get(predicate, [])

    def said(self, subject: str) -> dict[str, list[ox.NamedNode | ox.Literal | ox.BlankNode | ox.Triple]]:
        """Return everything said of a subject, by property."""
        return self._said.get(subject, {})

    def iris(self, subject: str, predicate: str) -> list[str]:
        """Return the resources among the objects; blank nodes begin with `_:`."""
        import pyoxigraph as ox

        found = self.objects(subject, predicate)
        return [one.value if isinstance(one, ox.NamedNode) else str(one) for one in found if isinstance(one, ox.NamedNode | ox.BlankNode)]

    def texts(self, subject: str, predicate: str) -> dict[str, str]:
        """Return the texts of a property by language; the first of a language counts."""
        import pyoxigraph as ox

        found: dict[str, str] = {}
        for one in self.objects(subject, predicate):
            if isinstance(one, ox.Literal):
                found.setdefault(one.language or "", one.value)
        return found

    def value(self, subject: str, predicate: str) -> str:
        """Return the first value of a property, as text; empty where there is none."""
        import pyoxigraph as ox

        return next((one.value for one in self.objects(subject, predicate) if isinstance(one, ox.NamedNode | ox.Literal)), "")

    def members(self, head: str) -> list[str]:
        """Return the resources of an RDF list; a list that runs in a circle ends where it began."""
        found: list[str] = []
        seen: set[str] = set()
        while head and head != RDF.nil and head not in seen:
            seen.add(head)
            found += self.iris(head, RDF.first)
            head = next(iter(self.iris(head, RDF.rest)), "")
        return found

    def ends(self, subject: str, predicate: str) -> tuple[str, ...]:
        """Return the classes of a domain or range; a union by its members (OWL 2, section 8.1.2)."""
        found: list[str] = []
        for one in self.iris(subject, predicate):
            union = self.iris(one, OWL.unionOf)
            found += self.members(union[0]) if union else [one]
        return tuple(dict.fromkeys(found))

    def short(self, iri: str) -> str:
        """Return `prefix:name` by the longest known prefix, else the IRI."""
        best = max(((len(root), prefix) for prefix, root in self.prefixes.items() if iri.startswith(root) and iri != root), default=(0, ""))
        name = iri[best[0] :]
        return f"{best[1]}:{name}" if best[0] and not set("/#?") & set(name) else iri


def _key(term: ox.NamedNode | ox.BlankNode | ox.Triple, number: int) -> str:
    import pyoxigraph as ox

    return term.value if isinstance(term, ox.NamedNode) else str(_apart(term, number))


def _apart(term: ox.NamedNode | ox.Literal | ox.BlankNode | ox.Triple, number: int) -> ox.NamedNode | ox.Literal | ox.BlankNode | ox.Triple:
    import pyoxigraph as ox

    return ox.BlankNode(f"f{number}x{term.value}") if isinstance(term, ox.BlankNode) else term
