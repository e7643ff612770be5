"""What an evaluation finds: violations of constraints."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.quads import Term

if TYPE_CHECKING:
    from rdflib.term import Node


@dataclass(frozen=True, slots=True)
class Finding:
    """A violation of a constraint by a focus node.

    Attributes:
        shape: Number of the shape.
        component: IRI of the constraint component.
        focus: Number of the focus node.
        value: The value in question, None where the result names none.
        path: Property that stands for the shape's path, empty where it is the shape's.
        messages: Messages that stand for the shape's, empty where it is the shape's.
        constraint: The SPARQL-based constraint.
    """

    shape: int
    component: str
    focus: int
    value: Term | None = None
    path: str = ""
    messages: tuple[Term, ...] = ()
    constraint: Node | None = field(default=None, compare=False)
