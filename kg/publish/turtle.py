"""Readable Turtle from a sorted stream: grouped by subject, `a` first, short names for known namespaces, native numbers.

Standard: RDF 1.1 Turtle, sections 2.4 (prefixed names; only local names that need no escape are used), 2.5.1 (quoted literals), 2.5.2 and 2.5.3
(numbers and booleans, only where the lexical form stays the same).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from kg.namespaces import CODE, PREFIXES, RDF, XSD
from kg.quads import Term, term_text

_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?\Z")
_SEGMENT = re.compile(r"[a-z][a-z0-9-]*/\Z")
_SPECIAL = re.compile(r'[\x00-\x1f\x7f"\\]')
_NATIVE = {
    XSD.integer: re.compile(r"[+-]?[0-9]+\Z"),
    XSD.decimal: re.compile(r"[+-]?[0-9]*\.[0-9]+\Z"),
    XSD.boolean: re.compile(r"true\Z|false\Z"),
}


@lru_cache(maxsize=100_000)
def ntriples(term: Term) -> str:
    """Return a term in canonical N-Triples: the same text as :func:`kg.quads.term_text`, without its cost for plain text."""
    if term.kind == "literal" and not _SPECIAL.search(term.value):
        if term.language:
            return f'"{term.value}"@{term.language}'
        return f'"{term.value}"' if term.datatype in ("", XSD.string) else f'"{term.value}"^^<{term.datatype}>'
    return term_text(term)


class Turtle:
    """Writes blocks of Turtle and remembers which prefixes they need.

    Entities and codes get a prefix by their kind, so that `<BASE/id/project/t-factor>` reads `project:t-factor`.
    """

    def __init__(self, base: str, extra: Mapping[str, str] | None = None) -> None:
        self._prefixes = {root: prefix for prefix, root in (PREFIXES | dict(extra or {})).items()}
        self._parents = (f"{base}id/", f"{base}code/", CODE)
        self._known: dict[str, str] = {}
        self._used: dict[str, str] = {}

    def iri(self, iri: str) -> str:
        """Return an IRI or blank node as Turtle writes it."""
        text = self._known.get(iri)
        if text is None:
            text = self._known[iri] = self._shorten(iri)
        return text

    def _shorten(self, iri: str) -> str:
        if iri.startswith("_:"):
            return iri
        cut = max(iri.rfind("/"), iri.rfind("#")) + 1
        root, local = iri[:cut], iri[cut:]
        if not _LOCAL.match(local):
            return f"<{iri}>"
        prefix = self._prefixes.get(root) or self._kind(root)
        if not prefix:
            return f"<{iri}>"
        self._used[prefix] = root
        return f"{prefix}:{local}"

    def _kind(self, root: str) -> str:
        """Take the last step of an entity's namespace as its prefix, unless another namespace has it."""
        for parent in self._parents:
            segment = root[len(parent) :]
            if root.startswith(parent) and _SEGMENT.match(segment) and segment[:-1] not in self._prefixes.values():
                return self._prefixes.setdefault(root, segment[:-1])
        return ""

    def term(self, term: Term) -> str:
        """Return the object of a statement."""
        if term.kind != "literal":
            return self.iri(term.value)
        if term.language or term.datatype in ("", XSD.string):
            return ntriples(term)
        native = _NATIVE.get(term.datatype)
        if native and native.match(term.value):
            return term.value
        return f"{ntriples(Term(term.value, 'literal'))}^^{self.iri(term.datatype)}"

    def block(self, subject: str, statements: Iterable[tuple[str, Term]]) -> str:
        """Return all statements about one subject, one predicate a line."""
        grouped: dict[str, set[str]] = {}
        for predicate, term in statements:
            grouped.setdefault(predicate, set()).add(self.term(term))
        order = sorted(grouped, key=lambda predicate: (predicate != RDF.type, predicate))
        lines = ["a" if p == RDF.type else self.iri(p) for p in order]
        body = " ;\n    ".join(f"{name} {' , '.join(sorted(grouped[p]))}" for name, p in zip(lines, order, strict=True))
        return f"{self.iri(subject)}\n    {body} .\n"

    def head(self) -> str:
        """Return the prefixes the blocks written so far need: ours first, then alphabetical."""
        names = sorted(self._used, key=lambda prefix: (not prefix.startswith("inno"), prefix))
        width = max((len(name) for name in names), default=0) + 1
        return "".join(f"@prefix {name + ':':<{width}} <{self._used[name]}> .\n" for name in names)


def document(base: str, triples: Iterable[tuple[str, str, Term]], *, comment: str = "", extra: Mapping[str, str] | None = None) -> str:
    """Return a small set of triples as one Turtle document, subjects in the order of their first mention.

    >>> print(document("https://example.org/", [("https://example.org/id/project/a", RDF.type, Term(PREFIXES["inno"] + "Project"))]), end="")
    @prefix inno:    <https://w3id.org/innokg/ontology#> .
    @prefix project: <https://example.org/id/project/> .
    <BLANKLINE>
    project:a
        a inno:Project .
    """
    turtle = Turtle(base, extra)
    subjects: dict[str, list[tuple[str, Term]]] = {}
    for subject, predicate, term in triples:
        subjects.setdefault(subject, []).append((predicate, term))
    body = "\n".join(turtle.block(subject, statements) for subject, statements in subjects.items())
    note = "".join(f"# {line}\n" for line in comment.splitlines())
    return f"{note}{turtle.head()}\n{body}"
