"""Readable Turtle from a sorted stream: grouped by subject, `a` first, short names for known namespaces, native numbers.

Standard: RDF 1.1 Turtle, sections 2.4 (prefixed names; only local names that need no escape are used), 2.5.1 (quoted literals), 2.5.2 and 2.5.3
(numbers and booleans, only where the lexical form stays the same).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from kg.namespaces import CODE, PREFIXES, RDF, XSD
from kg.quads import Term, term_text

_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?\Z")
_SEGMENT = re.compile(r"[a-z][a-z0-9-]*/\Z")
_SPECIAL = re.compile(r'[\x00-\x1f\x7f"\\]')
REMEMBERED = 100_000
"""How many short names of IRIs are remembered at a time: memory stays bounded, whatever the size of the graph."""
_TYPE = RDF.type
_PLAIN = ("", XSD.string)
_NATIVE = {
    XSD.integer: re.compile(r"[+-]?[0-9]+\Z"),
    XSD.decimal: re.compile(r"[+-]?[0-9]*\.[0-9]+\Z"),
    XSD.boolean: re.compile(r"true\Z|false\Z"),
}


def ntriples(term: Term) -> str:
    """Return a term in canonical N-Triples: the same text as :func:`kg.quads.term_text`, without its cost for plain text."""
    value, kind, datatype, language = term
    if kind == "iri":
        return f"<{value}>"
    if kind == "literal" and not _SPECIAL.search(value):
        if language:
            return f'"{value}"@{language}'
        return f'"{value}"' if datatype in _PLAIN else f'"{value}"^^<{datatype}>'
    return term_text(term)


def in_order(predicates: Iterable[str]) -> list[str]:
    """Return predicates sorted, the class first."""
    order = sorted(predicates)
    if _TYPE in order:
        order.remove(_TYPE)
        order.insert(0, _TYPE)
    return order


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
            if len(self._known) >= REMEMBERED:
                self._known.clear()
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
        value, kind, datatype, language = term
        if kind != "literal":
            return self._known.get(value) or self.iri(value)
        if language or datatype in _PLAIN:
            return ntriples(term)
        native = _NATIVE.get(datatype)
        if native and native.match(value):
            return value
        return f"{ntriples(Term(value, kind))}^^{self.iri(datatype)}"

    def block(self, subject: str, statements: Mapping[str, Sequence[Term]]) -> str:
        """Return all statements about one subject, one predicate a line.

        Args:
            subject: IRI or blank node.
            statements: Objects by predicate, each once.
        """
        lines = []
        for predicate in in_order(statements):
            terms = [self.term(term) for term in statements[predicate]]
            objects = terms[0] if len(terms) == 1 else " , ".join(sorted(terms))
            lines.append(f"{'a' if predicate == _TYPE else self.iri(predicate)} {objects}")
        body = " ;\n    ".join(lines)
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
    subjects: dict[str, dict[str, list[Term]]] = {}
    for subject, predicate, term in dict.fromkeys(triples):
        subjects.setdefault(subject, {}).setdefault(predicate, []).append(term)
    body = "\n".join(turtle.block(subject, statements) for subject, statements in subjects.items())
    note = "".join(f"# {line}\n" for line in comment.splitlines())
    return f"{note}{turtle.head()}\n{body}"
