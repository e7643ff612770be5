"""A ready question asked over the web: what the address says, resolved to terms, and the rows (product guide, pattern R1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from kg.errors import ParameterError, Text
from kg.portal.desk import Desk
from kg.portal.page import Request
from kg.portal.resolving import NearError, any_of, directly, resolve
from kg.questions import Answer, Parameter, Question, frame_text, term_of
from kg.store import Table

if TYPE_CHECKING:
    from kg.store import Node

STATE = frozenset(("view", "sort", "dir", "only", "without", "find", "y", "lang", "theme", "format", "labels", "bom"))
"""Names in the address that are the state of the page, not parameters of the question."""
KEPT_ROWS = 20_000
"""Rows of answers that a worker keeps, so that sorting and the next view do not ask again."""
KEPT_ANSWERS = 64


@dataclass(frozen=True)
class Problem:
    """Why a value does not fit its parameter.

    Attributes:
        error: What is wrong and what to do.
        near: IRI and name of things that may be meant.
    """

    error: ParameterError
    near: tuple[tuple[str, str], ...] = ()


@dataclass
class Asked:
    """A question as asked by one request.

    Attributes:
        question: The question.
        lang: Language of names and texts.
        given: Values as they stand in the address.
        terms: Terms of the parameters, defaults included.
        problems: By parameter.
        missing: Required parameters without a value.
        unknown: Names in the address that are neither parameters nor state of the page.
        table: The rows, or `None` where the question could not be asked.
        total: Number of rows before any cut.
        truncated: Whether rows were cut at the limit of the portal.
    """

    question: Question
    lang: str
    given: dict[str, str]
    terms: dict[str, Node] = field(default_factory=dict)
    problems: dict[str, Problem] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    table: Table | None = None
    total: int = 0
    truncated: bool = False

    @property
    def rows(self) -> Table:
        """The rows of a question that was asked."""
        assert self.table is not None
        return self.table

    def answer(self, desk: Desk) -> Answer:
        """Return the answer with the names that its sentence needs (of the parameters and of the first row)."""
        import pyoxigraph as ox

        wanted = [*self.terms.values(), *(self.rows.rows[0] if self.rows.rows else ())]
        names = desk.labels((term.value for term in wanted if isinstance(term, ox.NamedNode)), self.lang)
        return Answer(self.rows, self.lang, desk.store, self.question, self.terms, names)

    def values(self) -> dict[str, str]:
        """Return the parameters for an address that asks the same: the values given, without empty ones."""
        return {name: value for name, value in self.given.items() if value}


def ask(desk: Desk, request: Request, question: Question) -> Asked:
    """Resolve the parameters of a request and, where all fit, ask the question.

    Raises:
        QueryError, StoreError: The question itself cannot be answered.
    """
    names = {parameter.name for parameter in question.parameters}
    given = {name: request.value(name) for name in names if request.value(name)}
    asked = Asked(question, request.lang, {parameter.name: given[parameter.name] for parameter in question.parameters if parameter.name in given})
    asked.unknown = tuple(sorted(set(request.values) - names - STATE))[:20]
    for parameter in question.parameters:
        value = given.get(parameter.name) or parameter.default
        if not value:
            continue
        try:
            asked.terms[parameter.name] = _term(desk, parameter, value, request.lang)
        except NearError as error:
            asked.problems[parameter.name] = Problem(error, error.near)
        except ParameterError as error:
            asked.problems[parameter.name] = Problem(error)
    asked.missing = tuple(one.name for one in question.parameters if one.required and not (given.get(one.name) or one.default))
    if not asked.problems and not asked.missing:
        _answer(desk, asked)
    return asked


def _answer(desk: Desk, asked: Asked) -> None:
    key = ("answer", asked.question.name, tuple(sorted((name, str(term)) for name, term in asked.terms.items())))
    kept: dict[Any, Table] = desk.cached("answers", dict)
    table = kept.pop(key, None)
    if table is None:
        result = desk.store.query(asked.question.sparql, asked.terms)
        table = Answer(result, asked.lang, desk.store).table
    if len(table.rows) <= KEPT_ROWS:
        kept[key] = table
    while sum(len(one.rows) for one in kept.values()) > KEPT_ROWS or len(kept) > KEPT_ANSWERS:
        kept.pop(next(iter(kept)))
    asked.total, limit = len(table.rows), desk.settings.rows
    asked.truncated = asked.total > limit
    asked.table = Table(table.variables, table.rows[:limit]) if asked.truncated else table


def frame(desk: Desk, lang: str) -> str:
    """Return the sampling frame of the graph in a sentence (:func:`kg.questions.frame_text`), asked for once."""
    return desk.cached(("frame", lang), lambda: frame_text(desk.store, lang))


def unknown_error(question: Question, names: Iterable[str]) -> ParameterError:
    """Return the error for names that the question has no parameter for."""
    known = [parameter.name for parameter in question.parameters]
    wrong = list(names)
    shown = ", ".join(wrong)
    near = [one for name in wrong for one in get_close_matches(name, known, n=1, cutoff=0.5)]
    what = Text(f"The question has no parameter {shown}.", f"Die Frage hat keinen Parameter {shown}.")
    there = ", ".join(known) or "–"
    fix = Text(f"It has: {there}.", f"Sie hat: {there}.")
    if near:
        fix = Text(f"Did you mean {' / '.join(near)}?", f"Gemeint vielleicht {' / '.join(near)}?")
    return ParameterError(what, where=shown, fix=fix)


def _term(desk: Desk, parameter: Parameter, value: str, lang: str) -> Node:
    import pyoxigraph as ox

    if parameter.type != "iri":
        return term_of(desk.store, parameter, value, lang)
    return ox.NamedNode(resolve(desk, value, parameter.of_class, among=parameter.among, lang=lang))


def example(desk: Desk, question: Question) -> dict[str, str] | None:
    """Return values that give an answer here: the examples of the header, and for a thing that this graph does not hold another one of its class.

    `None` where the graph holds nothing that could stand for a required parameter.
    """

    def make() -> dict[str, str] | None:
        values = {}
        needed = [one for one in question.parameters if one.required]
        # Where nothing is required, the example shows what the parameters are good for.
        for one in needed or [one for one in question.parameters if one.example and not one.default]:
            value = one.example
            # A list of examples must not look through the names of a large graph.
            if one.type == "iri" and len(directly(desk, value, one.of_class, one.among)) != 1:
                value = any_of(desk, one) if one.required else ""
            if one.required and not value:
                return None
            if value:
                values[one.name] = value
        return values

    return desk.cached(("example", question.name), make)
