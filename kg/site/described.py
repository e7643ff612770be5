"""The RDF of one thing as a Turtle file: a bounded description that says what it left out, in the terms of the portal's (:mod:`kg.portal.described`).

In it: the statements about the thing; its identifiers, addresses and geometries; links to it, the nodes between things (participations, fundings, results)
among them whole; the claims about it with their evidence; and the document itself (topic, licence, data set, which says its state). Names of other things stand in theirs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.namespaces import DCTERMS, FOAF, INNO, OA, PREFIXES, RDF, RDFS, XSD
from kg.quads import Term, iri, literal, term_text
from kg.site.entity import NODES

if TYPE_CHECKING:
    from kg.site.graph import Graph

LINKS = 100
"""Links to a thing that are given per property."""
CLAIMS = 500
"""Claims that are given."""
_LOCAL = re.compile(r"(.*[/#])([A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?)", re.DOTALL)
_PATH = re.compile(r"[a-z][a-z0-9-]*(?:/[A-Za-z0-9_][A-Za-z0-9_-]*)+")
_OWN = ("identifier/", "address/", "geometry/", "anchor/")
_BARE = {XSD.integer: re.compile(r"[+-]?[0-9]+"), XSD.decimal: re.compile(r"[+-]?[0-9]*\.[0-9]+"), XSD.boolean: re.compile("true|false")}


@dataclass
class Turtle:
    """Writes descriptions of the things of a graph.

    Attributes:
        graph: The graph.
        base: Namespace root of its entities.
        licences: IRIs of the licences of the data.
    """

    graph: Graph
    base: str
    licences: Sequence[str] = ()
    _texts: dict[int, tuple[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._roots = {root: prefix for prefix, root in PREFIXES.items()}
        number = self.graph.number
        self._nodes = {number(name) for name in NODES}
        self._subject, self._evidence, self._selector = number(RDF.subject), number(INNO.evidence), number(OA.hasSelector)
        self._own = tuple(f"{self.base}id/{kind}" for kind in _OWN)
        self._unsaid = {
            number(name) for name in (RDF.subject, RDF.object, INNO.concerns, INNO.evidence, INNO.involves, INNO.coordinatedBy, OA.hasSource)
        }

    def describe(self, thing: int) -> str:
        """Return the description of a thing."""
        graph, blocks, seen = self.graph, list[str](), set[int]()
        prefixes: set[str] = set()

        def block(subject: int) -> None:
            if subject not in seen and graph.is_iri(subject):
                seen.add(subject)
                blocks.append(self._block(subject, {(p, o) for p, o, _ in graph.said(subject)}, prefixes))

        block(thing)
        for _, value, _ in graph.said(thing):
            if graph.terms[value].startswith(self._own):
                block(value)
        left = []
        for predicate, subjects in sorted(graph.links(thing).items(), key=lambda one: graph.terms[one[0]]):
            if predicate in self._unsaid:
                continue
            subjects = sorted((one for one in subjects if graph.is_iri(one)), key=graph.terms.__getitem__)
            if len(subjects) > LINKS:
                left.append(f"{graph.terms[predicate]}: {LINKS} / {len(subjects)}")
            for one in subjects[:LINKS]:
                if predicate in self._nodes:
                    block(one)
                elif one not in seen:
                    blocks.append(self._block(one, {(predicate, thing)}, prefixes))
        claims = sorted(graph.linking(thing, self._subject) if self._subject >= 0 else (), key=graph.terms.__getitem__)
        if len(claims) > CLAIMS:
            left.append(f"{INNO.Claim}: {CLAIMS} / {len(claims)}")
        for claim in claims[:CLAIMS]:
            block(claim)
            for passage in graph.values(claim, self._evidence):
                block(passage)
                for one in graph.values(passage, self._selector):
                    block(one)
        about = self._document(graph.terms[thing], left, prefixes)
        roots = {prefix: root for root, prefix in self._roots.items()}
        head = "".join(f"@prefix {prefix}: <{roots[prefix]}> .\n" for prefix in sorted(filter(None, prefixes)))
        # The file speaks of itself before the base is that of the namespace: <> is wherever it lies.
        return f"{head}\n{about}@base <{self.base}> .\n\n" + "\n".join(blocks)

    def _block(self, subject: int, said: Iterable[tuple[int, int]], prefixes: set[str]) -> str:
        lines: dict[str, list[str]] = {}
        for predicate, value in said:
            lines.setdefault(self._text(predicate, prefixes), []).append(self._text(value, prefixes))
        return _written(self._text(subject, prefixes), lines)

    def _document(self, topic: str, left: Sequence[str], prefixes: set[str]) -> str:
        """Return what is said about the file itself."""
        said: list[tuple[str, Term]] = [(FOAF.primaryTopic, iri(topic)), (DCTERMS.isPartOf, iri(f"{self.base}dataset"))]
        said += [(DCTERMS.license, iri(licence)) for licence in self.licences]
        if left:
            parts = "; ".join(left)
            said.append((RDFS.comment, literal(f"Not everything is in this document. Given, of all there are: {parts}.", language="en")))
            said.append((RDFS.comment, literal(f"In diesem Dokument steht nicht alles. Angegeben von allen: {parts}.", language="de")))
        lines: dict[str, list[str]] = {}
        for predicate, value in said:
            lines.setdefault(self._made(iri(predicate), prefixes), []).append(self._made(value, prefixes, short=False))
        return _written("<>", lines)

    def _text(self, number: int, prefixes: set[str]) -> str:
        known = self._texts.get(number)
        if known is None:
            used: set[str] = set()
            text = self._made(self.graph.term(number), used)
            known = self._texts[number] = (text, next(iter(used), ""))
        prefixes.add(known[1])
        return known[0]

    def _made(self, term: Term, used: set[str], *, short: bool = True) -> str:
        if term.kind == "iri":
            if term.value == RDF.type:
                return "a"
            match = _LOCAL.fullmatch(term.value)
            prefix = self._roots.get(match[1], "") if match else ""
            if match and prefix:
                used.add(prefix)
                return f"{prefix}:{match[2]}"
            # Shorter by the base, where what is left cannot be taken for anything but a path.
            own = term.value[len(self.base) :] if short and term.value.startswith(self.base) else ""
            return f"<{own}>" if _PATH.fullmatch(own) else f"<{term.value}>"
        bare = _BARE.get(term.datatype)
        if bare and bare.fullmatch(term.value):
            return term.value
        text = term_text(term)
        if term.kind == "literal" and not term.language and term.datatype.startswith(XSD[""]) and term.datatype != XSD.string:
            used.add("xsd")
            return f"{text.removesuffix(f'<{term.datatype}>')}xsd:{term.datatype.removeprefix(XSD[''])}"
        return text


def _written(subject: str, lines: dict[str, list[str]]) -> str:
    """Return a block of Turtle: the class first, then the properties by name."""
    order = sorted(lines, key=lambda name: (name != "a", name))
    return f"{subject}\n  " + " ;\n  ".join(f"{name} {', '.join(sorted(set(lines[name])))}" for name in order) + " .\n"
