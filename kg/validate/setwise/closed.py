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
    columns = ("predicate", "object", "kind", "datatype", "language")
    owners = nodes.values.join(asked, "shape")
    numbered = quads.select(*columns, value=data.subject_number(quads.subject))
    triples = numbered.join(owners, "value").select("rule", "focus", "value", *columns).anti_join(allowed, ["rule", "predicate"]).distinct()
    by_rule = {use.rule: use for use in uses}
    return [
        Finding(by_rule[rule].shape, by_rule[rule].constraint.component, focus, Term(text, kind, datatype, language), predicate)
        for rule, focus, _, predicate, text, kind, datatype, language in data.fetch(triples)
    ]
