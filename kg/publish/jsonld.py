"""JSON-LD nodes in the short names of `ontology/context.jsonld`, one subject at a time.

Standard: JSON-LD 1.1, sections 4.2.3 (type coercion), 4.6.2 (language maps), 4.9 (named graphs). A value that its term's coercion would change is
written under the property's compact IRI as an expanded value, so that reading gives back the same quads.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg.namespaces import RDF, XSD
from kg.publish.turtle import REMEMBERED, in_order
from kg.quads import Term

_RELATIVE = re.compile(r"(?!.*/\.{0,2}(?:/|\Z))(?:id|graph|code)/[A-Za-z0-9_.~/-]+\Z")  # no empty or dot segment, which resolving would drop
_TYPE, _INTEGER_TYPE, _BOOLEAN = RDF.type, XSD.integer, XSD.boolean
_PLAIN = ("", XSD.string)
_INTEGER = re.compile(r"(?:0|-?[1-9][0-9]{0,14})\Z")


class _AmbiguousError(ValueError):
    """An IRI such as `geo:51.5,7.4` would be read as a prefix and a local name."""


@dataclass(frozen=True)
class _Name:
    """A term of the context: its name and how it reads values."""

    name: str
    coercion: str = ""
    by_language: bool = False


_UNNAMED = _Name("")
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Compactor:
    """Turns the statements about one subject into one JSON object.

    Args:
        context: The content of `@context`, without `@base`.
        base: What relative IRIs are resolved against; it is added to the context.
    """

    def __init__(self, context: Mapping[str, Any], base: str) -> None:
        self.context = {"@base": base, **context}
        self._base = base
        self._prefixes = {
            value: name for name, value in context.items() if isinstance(value, str) and value.endswith(("/", "#")) and not name.startswith("@")
        }
        self._schemes = tuple(f"{name}:" for name in context if not name.startswith("@"))
        self._names: dict[str, _Name] = {}
        for name, value in context.items():
            if isinstance(value, dict) and "@id" in value and value.get("@container", "@language") == "@language":
                kind = value.get("@type", "")
                coercion = kind if kind.startswith("@") else self._expand(kind)
                self._names.setdefault(self._expand(value["@id"]), _Name(name, coercion, "@container" in value))
            elif isinstance(value, str) and ":" in value and value not in self._prefixes:
                self._names.setdefault(self._expand(value), _Name(name))
        self._short: dict[str, str] = {}

    def _expand(self, name: str) -> str:
        prefix, _, local = name.partition(":")
        root = self.context.get(prefix)
        return root + local if isinstance(root, str) and not local.startswith("//") else name

    def _iri(self, iri: str) -> str:
        """Return an IRI relative to the base or by prefix, or as it is."""
        short = self._short.get(iri)
        if short is None:
            if len(self._short) >= REMEMBERED:
                self._short.clear()
            short = self._short[iri] = self._shorten(iri)
        return short

    def _shorten(self, iri: str) -> str:
        if iri.startswith("_:"):
            return iri
        short = self._by_prefix(iri)
        if not short and iri.startswith(self._base) and _RELATIVE.match(iri, len(self._base)):
            short = iri[len(self._base) :]
        return short or self._absolute(iri)

    def _by_prefix(self, iri: str) -> str:
        for root, prefix in self._prefixes.items():
            if iri.startswith(root) and len(iri) > len(root) and not iri.startswith("//", len(root)):
                return f"{prefix}:{iri[len(root) :]}"
        return ""

    def _absolute(self, iri: str) -> str:
        if iri.startswith(self._schemes):
            raise _AmbiguousError(iri)
        return iri

    def _curie(self, iri: str) -> str:
        return self._by_prefix(iri) or self._absolute(iri)

    def graph_name(self, iri: str) -> str:
        """Return the name of a named graph as the document writes it."""
        return self._iri(iri)

    def node(self, subject: str, statements: Mapping[str, Sequence[Term]]) -> str:
        """Return one subject with its statements as one line of JSON.

        Args:
            subject: IRI or blank node.
            statements: Objects by predicate, each once, sorted.
        """
        try:
            return _encode(self._compact(subject, statements))
        except _AmbiguousError:
            return _encode(_expanded(subject, statements))

    def _compact(self, subject: str, statements: Mapping[str, Sequence[Term]]) -> dict[str, Any]:
        node: dict[str, Any] = {"id": self._iri(subject)}
        for predicate in in_order(statements):
            terms = statements[predicate]
            if predicate == _TYPE and all(term.kind != "literal" for term in terms):
                node["type"] = _one([self._class(term.value) for term in terms])
            else:
                self._add(node, predicate, terms)
        return node

    def _class(self, iri: str) -> str:
        name = self._names.get(iri)
        return name.name if name else self._iri(iri)

    def _add(self, node: dict[str, Any], predicate: str, terms: Sequence[Term]) -> None:
        """Add one property: under its term what the term's coercion gives back unchanged, the rest under its compact IRI."""
        name = self._names.get(predicate, _UNNAMED)
        links, by_language, coercion = name.coercion in ("@id", "@vocab"), name.by_language, name.coercion
        fitting: list[Any] = []
        texts: dict[str, list[str]] = {}
        rest: list[Any] = []
        for term in terms:
            if links and term.kind != "literal":
                fitting.append(self._iri(term.value))
            elif by_language and term.language:
                texts.setdefault(term.language, []).append(term.value)
            elif coercion and coercion == term.datatype:
                fitting.append(_native(term))
            else:
                (rest if coercion or by_language or not name.name else fitting).append(self._value(term))
        if texts:
            node[name.name] = {language: _one(values) for language, values in sorted(texts.items())}
        elif fitting:
            node[name.name] = _one(fitting)
        if rest:
            node[self._curie(predicate)] = _one(rest)

    def _value(self, term: Term) -> Any:
        if term.kind != "literal":
            return {"id": self._iri(term.value)}
        if term.language:
            return {"@value": term.value, "@language": term.language}
        return term.value if term.datatype in _PLAIN else {"@value": term.value, "@type": self._curie(term.datatype)}


def _expanded(subject: str, statements: Mapping[str, Sequence[Term]]) -> dict[str, Any]:
    """Return a node without any short name and without the context."""

    def value(term: Term) -> dict[str, str]:
        if term.kind != "literal":
            return {"@id": term.value}
        return {"@value": term.value, **({"@language": term.language} if term.language else {"@type": term.datatype or XSD.string})}

    return {"@context": None, "@id": subject, **{predicate: [value(term) for term in terms] for predicate, terms in sorted(statements.items())}}


def _native(term: Term) -> str | int | bool:
    """Return a coerced literal as a JSON number or truth value where reading gives the same lexical form."""
    if term.datatype == _INTEGER_TYPE and _INTEGER.match(term.value):
        return int(term.value)
    if term.datatype == _BOOLEAN and term.value in ("true", "false"):
        return term.value == "true"
    return term.value


def _one(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values
