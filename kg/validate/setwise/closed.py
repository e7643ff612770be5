"""Closed shapes: triples of value nodes over properties that the shape does not name.

They may be over any predicate, also such as no other shape speaks of, so they are looked for in the quad table itself.
Source: SHACL, section 4.8.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kg.quads import Term
from kg.validate.setwise.checks import Nodes, Use
from kg.validate.setwise.finding import Finding
from kg.validate.setwise.tables import small_table


def closed(nodes: Nodes, quads: Any, uses: Sequence[Use]) -> list[Finding]:
    """Return what closed shapes do not allow.

    Args:
        nodes: Focus and value nodes.
        quads: The quad table.
        uses: The closed shapes.
    """
    if not uses:
        return []
    data = nodes.data
    asked = nodes.parameters((), [(use.shape, use.rule) for use in uses])
    allowed = small_table(data.engine, ("rule", "predicate"), [(use.rule, iri) for use in uses for iri in use.value.allowed], texts=("predicate",))
    terms = data.terms
    owners = nodes.values.join(asked, "shape").join(terms.filter(terms.kind != "literal").select(value="id", subject="value"), "value")
    triples = quads.join(owners, "subject").select("rule", "focus", "subject", "predicate", "object", "kind", "datatype", "language").distinct()
    focus = terms.select(focus="id", focus_text="value", focus_kind="kind", focus_datatype="datatype", focus_language="language")
    rows = data.engine.to_pylist(triples.anti_join(allowed, ["rule", "predicate"]).join(focus, "focus"))
    by_rule = {use.rule: use for use in uses}
    return [
        Finding(
            shape=by_rule[row["rule"]].shape,
            component=by_rule[row["rule"]].constraint.component,
            focus=row["focus"],
            node=Term(row["focus_text"], row["focus_kind"], row["focus_datatype"], row["focus_language"]),
            value=Term(row["object"], row["kind"], row["datatype"], row["language"]),
            path=row["predicate"],
        )
        for row in rows
    ]
