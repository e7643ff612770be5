"""Canonical N-Quads lines by an expression: the lines of :func:`kg.quads.canonical_lines`, in no order.

Standard: RDF 1.1 N-Quads, section 4, and RDF Dataset Canonicalization, section 5 (escapes).
"""

from __future__ import annotations

from typing import Any

from kg.publish.nquads import ESCAPES, PLAIN


def lines(statements: Any) -> Any:
    """Return a table of one column, `line`, without line ends; statements are distinct, so lines are."""
    import ibis

    subject, obj, datatype = statements.subject, statements.object, statements.datatype
    text = obj
    for character, escaped in ESCAPES.items():
        if character != "\x00":
            text = text.replace(character, escaped)
    # Few literals hold such a character: those that do not are not copied fifteen times.
    special = obj.re_search('[\\x01-\\x1f\\x7f"\\\\]')
    text = ibis.ifelse(special, text, obj)
    plain = datatype.isin(list(PLAIN))
    # One call that joins many texts copies each once; a chain of `+` copies the beginning again for each.
    joined = ibis.literal("").join
    typed = ibis.ifelse(
        statements.language != "",
        joined(['"', text, '"@', statements.language]),
        ibis.ifelse(plain, joined(['"', text, '"']), joined(['"', text, '"^^<', datatype, ">"])),
    )
    written = ibis.ifelse(statements.kind == "literal", typed, ibis.ifelse(statements.kind == "bnode", obj, joined(["<", obj, ">"])))
    start = ibis.ifelse(subject.startswith("_:"), subject, joined(["<", subject, ">"]))
    graph = ibis.ifelse(statements.graph == "", ibis.literal(""), joined([" <", statements.graph, ">"]))
    return statements.select(line=joined([start, " <", statements.predicate, "> ", written, graph, " ."]))
