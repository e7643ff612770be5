"""JSON-LD nodes in the short names of `ontology/context.jsonld`, by columns.

Standard: JSON-LD 1.1, sections 4.2.3 (type coercion), 4.6.2 (language maps), 4.9 (named graphs). A value that its term's coercion would change is
written under the property's compact IRI as an expanded value, so that reading gives back the same quads.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from kg.analyse.arrow import constant, numbers
from kg.namespaces import RDF, XSD
from kg.publish.columns import changes, choose, codes, combinations, escape, mask, starts, truth, where
from kg.quads import strings

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

_SPECIAL = r'[\x00-\x1f"\\]'
_SHORT = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_ESCAPES = _SHORT | {chr(number): f"\\u{number:04x}" for number in range(0x20) if chr(number) not in _SHORT}
_RELATIVE = "(?:id|graph|code)/[A-Za-z0-9_.~/-]+$"
_UNSTABLE = r"/\.{0,2}(?:/|$)"
"""An empty or dot segment, which resolving would drop."""
_NATIVE = {XSD.integer: "^(?:0|-?[1-9][0-9]{0,14})$", XSD.boolean: "^(?:true|false)$"}
"""Datatypes whose coerced literals may be JSON numbers or truth values, and the form they must have."""
_PLAIN = ("", XSD.string)


class _AmbiguousError(ValueError):
    """An IRI such as `geo:51.5,7.4` would be read as a prefix and a local name."""


@dataclass(frozen=True)
class _Name:
    """A term of the context: its name and how it reads values."""

    name: str
    coercion: str = ""
    by_language: bool = False


class _Place(NamedTuple):
    """Where and how the values of one combination of predicate, kind, datatype and language stand in a node.

    Attributes:
        order: Position of the key in the node: the class first, then predicates in order, a term before its compact IRI.
        language: Entry of a language map, or empty.
        key: Key as JSON.
        before: What stands before the text of a value.
        after: What stands behind it.
        native: Whether a number or truth value stands without quotes.
        lost: Whether short names cannot say it.
    """

    order: tuple[bool, str, bool]
    language: str = ""
    key: str = ""
    before: str = '"'
    after: str = '"'
    native: bool = False
    lost: bool = False


_UNNAMED = _Name("")
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Compactor:
    """Turns statements in order of their subjects into JSON objects.

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
        self._schemes = f"^(?:{'|'.join(re.escape(name) for name in context if not name.startswith('@'))}):"
        self._names: dict[str, _Name] = {}
        for name, value in context.items():
            if isinstance(value, dict) and "@id" in value and value.get("@container", "@language") == "@language":
                kind = value.get("@type", "")
                coercion = kind if kind.startswith("@") else self._expand(kind)
                self._names.setdefault(self._expand(value["@id"]), _Name(name, coercion, "@container" in value))
            elif isinstance(value, str) and ":" in value and value not in self._prefixes:
                self._names.setdefault(self._expand(value), _Name(name))

    def _expand(self, name: str) -> str:
        prefix, _, local = name.partition(":")
        root = self.context.get(prefix)
        return root + local if isinstance(root, str) and not local.startswith("//") else name

    def _curie(self, iri: str) -> str:
        """Return an IRI by prefix, or as it is where it cannot be read as anything else."""
        for root, prefix in self._prefixes.items():
            if iri.startswith(root) and len(iri) > len(root) and not iri.startswith("//", len(root)):
                return f"{prefix}:{iri[len(root) :]}"
        if re.match(self._schemes, iri):
            raise _AmbiguousError(iri)
        return iri

    def iris(self, column: pa.Array) -> tuple[pa.Array, NDArray[np.bool_]]:
        """Return IRIs relative to the base or by prefix, or as they are, escaped for JSON; and which of them would be read as something else."""
        import pyarrow.compute as pc

        distinct, position = codes(column)
        text, plain = distinct, ~truth(pc.starts_with(distinct, "_:"))

        def shortened(found: pa.Array, root: str, prefix: str) -> None:
            nonlocal text
            plain[truth(found)] = False
            rest = pc.utf8_slice_codeunits(distinct.filter(found), len(root))
            text = pc.replace_with_mask(text, found, pc.binary_join_element_wise(constant(prefix), rest, constant("")))

        below = pc.match_substring_regex(distinct, f"^{re.escape(self._base)}{_RELATIVE}")
        stable = pc.invert(pc.match_substring_regex(pc.utf8_slice_codeunits(distinct, len(self._base)), _UNSTABLE))
        shortened(pc.and_(below, stable), self._base, "")
        for root, prefix in reversed(self._prefixes.items()):
            begins = pc.starts_with(distinct, root)
            if not truth(begins).any():
                continue
            longer = pc.and_(begins, pc.not_equal(distinct, constant(root)))
            shortened(pc.and_not(longer, pc.starts_with(distinct, f"{root}//")), root, f"{prefix}:")
        ambiguous = plain & truth(pc.match_substring_regex(distinct, self._schemes))
        return escape(text, _SPECIAL, _ESCAPES).take(numbers(position)), ambiguous[position]

    def graph(self, iri: str) -> str:
        """Return how the object of a named graph begins: with its name, which short names may not be able to say."""
        name, ambiguous = self.iris(strings([iri]))
        if ambiguous[0]:
            return f'{{"@context": null, "@id": {json.dumps(iri, ensure_ascii=False)}, "@graph": [\n'
        return f'{{"id": "{name[0].as_py()}", "@graph": [\n'

    def _place(self, predicate: str, kind: str, datatype: str, language: str) -> _Place:
        """Decide under which key a value stands: under its term what the term's coercion gives back unchanged, the rest under its compact IRI."""
        literal = kind == "literal"
        name = self._names.get(predicate, _UNNAMED)
        order = (predicate != RDF.type, predicate, False)
        if predicate == RDF.type:
            return _Place(order, key='"type"', lost=literal)
        term = json.dumps(name.name, ensure_ascii=False)
        if name.coercion in ("@id", "@vocab") and not literal:
            return _Place(order, key=term)
        if name.by_language and language:
            return _Place(order, language, term)
        if name.coercion and name.coercion == datatype:
            return _Place(order, key=term, native=datatype in _NATIVE)
        try:
            before, after = self._value(literal, datatype, language)
            if name.name and not name.coercion and not name.by_language:
                return _Place(order, "", term, before, after)
            return _Place((*order[:2], True), "", json.dumps(self._curie(predicate), ensure_ascii=False), before, after)
        except _AmbiguousError:
            return _Place(order, lost=True)

    def _value(self, literal: bool, datatype: str, language: str) -> tuple[str, str]:
        if not literal:
            return '{"id":"', '"}'
        if language:
            return '{"@value":"', f'","@language":{json.dumps(language)}}}'
        if datatype in _PLAIN:
            return '"', '"'
        return '{"@value":"', f'","@type":{json.dumps(self._curie(datatype), ensure_ascii=False)}}}'

    def nodes(self, batch: pa.RecordBatch) -> Iterator[tuple[str, pa.Array]]:
        """Yield for each graph its nodes as lines of JSON without line ends, in the order of the subjects.

        Args:
            batch: Distinct quads; the rows of a subject stand together. A node that short names cannot say is written without them.
        """
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        found, position = combinations(batch, ("predicate", "kind", "datatype", "language"))
        places = [self._place(*one) for one in found]
        ordered = sorted({(place.order, place.language) for place in places})
        slot = np.array([ordered.index((place.order, place.language)) for place in places], dtype=np.int64)[position]
        key = np.array([sorted({order for order, _ in ordered}).index(place.order) for place in places], dtype=np.int64)[position]
        graphs, graph = combinations(batch, ("graph",))
        subject = np.cumsum(changes(batch["subject"]))
        node = graph * (int(subject[-1]) + 1) + subject
        keys = {"place": numbers(node * len(ordered) + slot), "object": batch["object"], "tie": numbers(position)}
        order = pc.sort_indices(pa.table(keys), sort_keys=[(name, "ascending") for name in keys])
        batch, at = batch.take(order), np.frombuffer(order.buffers()[1], dtype=np.uint64)[: len(order)]
        node, slot, key, graph, position = node[at], slot[at], key[at], graph[at], position[at]

        subjects, lost_subject = self.iris(batch["subject"])
        values, lost = self._values(batch, places, found, position)
        lost |= self.iris(strings([name for (name,) in graphs]))[1][graph]
        rows = _rows(places, subjects, values, node, slot, key, position)
        first = starts(node)
        begins = np.flatnonzero(first)
        ends = np.append(begins, batch.num_rows).astype(np.int32)
        text = pc.binary_join(pa.ListArray.from_arrays(numbers(ends), rows), constant(""))
        bad = np.logical_or.reduceat(lost | lost_subject, begins)
        if bad.any():
            spelled = [_encode(_expanded(batch.slice(ends[number], ends[number + 1] - ends[number]))) for number in np.flatnonzero(bad).tolist()]
            text = pc.replace_with_mask(text, mask(bad), strings(spelled))
        edges = np.append(np.flatnonzero(starts(graph[begins])), len(begins))
        for start, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
            yield graphs[graph[begins[start]]][0], text.slice(start, end - start)

    def _values(
        self, batch: pa.RecordBatch, places: list[_Place], found: list[tuple[str, ...]], position: NDArray[Any]
    ) -> tuple[pa.Array, NDArray[np.bool_]]:
        """Return the value of each row as JSON, and which of them short names cannot say."""
        import numpy as np
        import pyarrow.compute as pc

        literal = np.array([kind == "literal" for _, kind, *_ in found], dtype=bool)[position]
        lost = np.array([place.lost for place in places], dtype=bool)[position]
        linked, ambiguous = self.iris(batch["object"].filter(mask(~literal)))
        lost[~literal] |= ambiguous
        typed = np.array([predicate == RDF.type for predicate, *_ in found], dtype=bool)[position]
        linked = self._classes(batch["object"].filter(mask(~literal)), linked, typed[~literal])
        texts = pc.replace_with_mask(escape(batch["object"], _SPECIAL, _ESCAPES), mask(~literal), linked)
        bare = np.zeros(batch.num_rows, dtype=bool)
        for datatype, form in _NATIVE.items():
            bare |= truth(pc.and_(pc.equal(batch["datatype"], constant(datatype)), pc.match_substring_regex(batch["object"], form)))
        shown = np.where(bare & np.array([place.native for place in places], dtype=bool)[position], 0, position + 1)
        before, after = choose(["", *(place.before for place in places)], shown), choose(["", *(place.after for place in places)], shown)
        return pc.binary_join_element_wise(before, texts, after, constant("")), lost

    def _classes(self, iris: pa.Array, linked: pa.Array, typed: NDArray[np.bool_]) -> pa.Array:
        """Return texts of IRIs, those of classes by their term where they have one."""
        import pyarrow.compute as pc

        distinct, position = codes(iris.filter(mask(typed)))
        names = [self._names.get(iri, _UNNAMED).name for iri in distinct.to_pylist()]
        named = choose(names, position)
        short = linked.filter(mask(typed))
        return pc.replace_with_mask(linked, mask(typed), pc.if_else(pc.equal(named, constant("")), short, named))


def _rows(
    places: list[_Place], subjects: pa.Array, values: pa.Array, node: NDArray[Any], slot: NDArray[Any], key: NDArray[Any], position: NDArray[Any]
) -> pa.Array:
    """Return the text of each row; what stands around a value depends on what begins and ends with it."""
    import numpy as np
    import pyarrow.compute as pc

    first, new_key, new_slot = starts(node), starts(node, key), starts(node, slot)
    last, key_ends, slot_ends = (np.append(new[1:], True) for new in (first, new_key, new_slot))
    begins = np.flatnonzero(new_slot)
    several = np.repeat(np.diff(np.append(begins, len(node))) > 1, np.diff(np.append(begins, len(node))))
    map_ = np.array([bool(place.language) for place in places], dtype=bool)[position]
    keys = [f",{place.key}:{'{' if place.language else ''}" for place in places]
    languages = [f"{json.dumps(place.language)}:" for place in places]
    language = np.where(new_slot & map_, position + 1 + np.where(new_key, 0, len(places)), 0)
    closing = several & slot_ends, map_ & key_ends, last
    ends = [f"{']' if number & 1 else ''}{'}' if number & 2 else ''}{'}' if number & 4 else ''}" for number in range(8)]
    return pc.binary_join_element_wise(
        choose(("", '{"id":"'), first),
        where(first, subjects),
        choose(("", '"'), first),
        choose(["", *keys], np.where(new_key, position + 1, 0)),
        choose(["", *languages, *(f",{text}" for text in languages)], language),
        choose(("", "[", ","), np.where(new_slot, several, 2)),
        values,
        choose(ends, sum(holds.astype(np.int64) << number for number, holds in enumerate(closing))),
        constant(""),
    )


def _expanded(batch: pa.RecordBatch) -> dict[str, Any]:
    """Return a node without any short name and without the context."""

    def value(object_: str, kind: str, datatype: str, language: str) -> dict[str, str]:
        if kind != "literal":
            return {"@id": object_}
        return {"@value": object_, **({"@language": language} if language else {"@type": datatype or XSD.string})}

    rows = zip(*(batch[name].to_pylist() for name in ("predicate", "object", "kind", "datatype", "language")), strict=True)
    found: dict[str, list[dict[str, str]]] = {}
    for predicate, *term in sorted(rows):
        found.setdefault(predicate, []).append(value(*term))
    return {"@context": None, "@id": batch["subject"][0].as_py(), **found}
