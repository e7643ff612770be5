"""Readable Turtle by columns: grouped by subject, `a` first, short names for known namespaces, native numbers.

Standard: RDF 1.1 Turtle, sections 2.4 (prefixed names; only local names that need no escape are used), 2.5.1 (quoted literals), 2.5.2 and 2.5.3
(numbers and booleans, only where the lexical form stays the same).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from kg.analyse.arrow import constant, numbers
from kg.analyse.lines import joined
from kg.namespaces import CODE, PREFIXES, RDF, XSD
from kg.publish.columns import changes, choose, codes, combinations, escape, mask, starts, truth, where
from kg.publish.nquads import ESCAPES, PLAIN, SPECIAL
from kg.quads import Term, strings

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

_NAME = r"(?s)^(?P<root>.*[/#])(?P<local>[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?)$"
_SEGMENT = re.compile(r"[a-z][a-z0-9-]*/\Z")
_NATIVE = {
    XSD.integer: "^[+-]?[0-9]+$",
    XSD.decimal: r"^[+-]?[0-9]*\.[0-9]+$",
    XSD.boolean: "^(?:true|false)$",
}
"""Datatypes whose literals need no quotes, and the form they must have."""
_COLUMNS = ("subject", "predicate", "object", "kind", "datatype", "language")


class Turtle:
    """Writes blocks of Turtle and remembers which prefixes they need.

    Entities and codes get a prefix by their kind, so that `<BASE/id/project/t-factor>` reads `project:t-factor`.
    """

    def __init__(self, base: str, extra: Mapping[str, str] | None = None) -> None:
        self._prefixes = {root: prefix for prefix, root in (PREFIXES | dict(extra or {})).items()}
        self._parents = (f"{base}id/", f"{base}code/", CODE)
        self._used: dict[str, str] = {}

    def _prefix(self, root: str) -> str:
        """Return the prefix of a namespace: as it is known, else the last step of an entity's namespace, unless another one has it."""
        known = self._prefixes.get(root)
        if known is None:
            for parent in self._parents:
                segment = root[len(parent) :]
                if root.startswith(parent) and _SEGMENT.match(segment) and segment[:-1] not in self._prefixes.values():
                    known = self._prefixes[root] = segment[:-1]
                    break
            else:
                return ""
        self._used[known] = root
        return known

    def iris(self, column: pa.Array) -> pa.Array:
        """Return IRIs and blank nodes as Turtle writes them."""
        import pyarrow.compute as pc

        distinct, position = codes(column)
        parts = pc.extract_regex(distinct, _NAME)
        roots, of = codes(pc.struct_field(parts, "root").fill_null(constant("")))
        prefix = choose((self._prefix(root) if root else "" for root in roots.to_pylist()), of)
        short = pc.binary_join_element_wise(prefix, pc.struct_field(parts, "local").fill_null(constant("")), constant(":"))
        whole = pc.binary_join_element_wise(constant("<"), distinct, constant(">"), constant(""))
        named = pc.not_equal(prefix, constant(""))
        text = pc.if_else(named, short, pc.if_else(pc.starts_with(distinct, "_:"), distinct, whole))
        return text.take(numbers(position))

    def _objects(self, batch: pa.RecordBatch) -> pa.Array:
        import numpy as np
        import pyarrow.compute as pc

        found, position = combinations(batch, ("kind", "datatype", "language"))
        literal = np.array([kind == "literal" for kind, *_ in found], dtype=bool)[position]
        bare = np.zeros(batch.num_rows, dtype=bool)
        for datatype, form in _NATIVE.items():
            bare |= truth(pc.and_(pc.equal(batch["datatype"], constant(datatype)), pc.match_substring_regex(batch["object"], form)))
        written = {found[number][1:] for number in np.unique(position[literal & ~bare]).tolist()}
        typed = sorted({datatype for datatype, language in written if not language and datatype not in PLAIN})
        names = dict(zip(typed, self.iris(strings(typed)).to_pylist(), strict=True))
        before, after = [""], [""]
        for kind, datatype, language in found:
            before.append('"' if kind == "literal" else "")
            after.append("" if kind != "literal" else f'"@{language}' if language else f'"^^{names[datatype]}' if datatype in names else '"')
        quoted = np.where(bare, 0, position + 1)
        texts = pc.if_else(mask(literal), escape(batch["object"], SPECIAL, ESCAPES), batch["object"])
        shown = pc.replace_with_mask(texts, mask(~literal), self.iris(batch["object"].filter(mask(~literal))))
        return pc.binary_join_element_wise(choose(before, quoted), shown, choose(after, quoted), constant(""))

    def blocks(self, batch: pa.RecordBatch) -> tuple[int, bytes]:
        """Return how many triples a batch holds, and all statements about each subject, one predicate a line, an empty line before each.

        Args:
            batch: The columns of a quad; the rows of a subject stand together. A triple of several rows is written once.
        """
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        if not batch.num_rows:
            return 0, b""
        batch = batch.select(list(_COLUMNS))
        objects, subjects = self._objects(batch), self.iris(batch["subject"])
        predicates, predicate = combinations(batch, ("predicate",))
        others = [name for (name,) in predicates if name != RDF.type]
        short = {RDF.type: "a", **dict(zip(others, self.iris(strings(others)).to_pylist(), strict=True))}
        names = [f"{short[name]} " for (name,) in predicates]
        place = np.array([0 if name == RDF.type else number for number, (name,) in enumerate(predicates, 1)], dtype=np.int64)
        subject = np.cumsum(changes(batch["subject"]))
        keys = pa.table({"place": numbers(subject * (len(predicates) + 1) + place[predicate]), "object": objects})
        order = pc.sort_indices(keys, sort_keys=[("place", "ascending"), ("object", "ascending")])
        keys = keys.take(order).combine_chunks()
        once = changes(keys["place"].chunk(0)) | changes(keys["object"].chunk(0))
        keep = pc.indices_nonzero(mask(once))
        order = order.take(keep)
        return int(once.sum()), _written(subjects.take(order), objects.take(order), _at(subject, order), _at(predicate, order), names)

    def head(self) -> str:
        """Return the prefixes the blocks written so far need: ours first, then alphabetical."""
        names = sorted(self._used, key=lambda prefix: (not prefix.startswith("inno"), prefix))
        width = max((len(name) for name in names), default=0) + 1
        return "".join(f"@prefix {name + ':':<{width}} <{self._used[name]}> .\n" for name in names)


def _at(values: NDArray[Any], order: pa.Array) -> NDArray[Any]:
    import numpy as np

    return values[np.frombuffer(order.buffers()[1], dtype=np.uint64)[order.offset : order.offset + len(order)]]


def _written(subjects: pa.Array, objects: pa.Array, subject: NDArray[Any], predicate: NDArray[Any], names: list[str]) -> bytes:
    """Return triples in order as blocks: what stands between two objects depends on what changes from one to the next."""
    import numpy as np

    new = starts(subject)
    other = starts(subject, predicate)
    last = np.append(new[1:], True)
    return joined(
        choose((" , ", " ;\n    ", "\n"), other.astype(np.int64) + new),
        where(new, subjects),
        choose(("", "\n    "), new),
        choose(["", *names], np.where(other, predicate + 1, 0)),
        objects,
        choose(("", " .\n"), last),
    )


def document(base: str, triples: Iterable[tuple[str, str, Term]], *, comment: str = "", extra: Mapping[str, str] | None = None) -> str:
    """Return a small set of triples as one Turtle document, subjects in the order of their first mention.

    >>> print(document("https://example.org/", [("https://example.org/id/project/a", RDF.type, Term(PREFIXES["inno"] + "Project"))]), end="")
    @prefix inno:    <https://w3id.org/innokg/ontology#> .
    @prefix project: <https://example.org/id/project/> .
    <BLANKLINE>
    project:a
        a inno:Project .
    """
    import pyarrow as pa

    turtle = Turtle(base, extra)
    subjects: dict[str, list[tuple[str, ...]]] = {}
    for subject, predicate, term in triples:
        subjects.setdefault(subject, []).append((subject, predicate, *term))
    rows = [row for found in subjects.values() for row in found]
    batch = pa.record_batch({name: strings([row[number] for row in rows]) for number, name in enumerate(_COLUMNS)})
    body = turtle.blocks(batch)[1].decode()
    note = "".join(f"# {line}\n" for line in comment.splitlines())
    return f"{note}{turtle.head()}{body}"
