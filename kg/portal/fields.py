"""Controls of a form made from parameters, with what a value means and what is wrong with it at the control itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.portal.asking import Problem
from kg.portal.desk import Desk
from kg.portal.page import Request
from kg.questions import Parameter

if TYPE_CHECKING:
    from kg.store import Node


@dataclass(frozen=True)
class Field:
    """A control of a form (`question_field.html` draws it).

    Attributes:
        parameter: What it sets.
        label: In the reader's language.
        value: As it stands in the address; the default where it has none.
        meaning: `(name, address)` of the thing that the value means, or `None`.
        error, fix: Why the value does not fit, and what to do; else empty.
        near: `(name, address)` of the same page with a value that may be meant.
        options: `(value, label)` of an enum.
    """

    parameter: Parameter
    label: str
    value: str
    meaning: tuple[str, str] | None
    error: str
    fix: str
    near: tuple[tuple[str, str], ...]
    options: tuple[tuple[str, str], ...]


def field_of(desk: Desk, request: Request, parameter: Parameter, value: str, term: Node | None, problem: Problem | None) -> Field:
    """Return the control of a parameter, with its value, the term that this means, and the problem with it."""
    import pyoxigraph as ox

    lang = request.lang
    meaning = None
    if isinstance(term, ox.NamedNode):
        meaning = (desk.labels([term.value], lang)[term.value], desk.href(term.value, request))
    return Field(
        parameter,
        parameter.label[lang],
        value or parameter.default,
        meaning,
        problem.error.what.in_(lang) if problem else "",
        problem.error.fix.in_(lang) if problem and problem.error.fix else "",
        tuple((name, request.with_values(**{parameter.name: iri})) for iri, name in problem.near) if problem else (),
        tuple((one, label[lang]) for one, label in parameter.values.items()),
    )
