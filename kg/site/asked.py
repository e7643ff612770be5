"""The ready questions with an answer each: to the example that their header names, as a table, as the query that was asked, and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from kg.errors import KgError, Text
from kg.namespaces import local_name
from kg.site.frame import LANGS
from kg.site.names import in_language
from kg.validate.format_csv import safe

if TYPE_CHECKING:
    from kg.questions import Answer, Parameter, Question
    from kg.site.frame import Pages
    from kg.site.graph import Graph
    from kg.site.reader import Reader
    from kg.store import Node, Store

ROWS = 200
"""Rows of an answer that a page shows; the CSV holds more."""
CSV_ROWS = 20_000
"""Rows of the CSV of an answer."""
FIRST = ("role-across-projects", "contradictions", "repeat-partners", "place-in-campaign", "who-says-so")
"""Questions whose answers stand on the first page, in this order, as far as there are any."""
SAMPLES = 5
_SAMPLE_ROWS = 3
_KINDS = {
    "inno:Organisation": "organisation",
    "inno:Project": "project",
    "inno:Place": "place",
    "inno:Document": "document",
    "inno:Event": "event",
    "inno:AwardEdition": "award-edition",
    "inno:NamedThing": "project",
}
"""Kind of things that a class of a parameter stands for, where an example must be found."""


@dataclass(frozen=True)
class Sample:
    """A question on the first page: its page, title, the answer in a sentence, and some rows of it."""

    file: str
    title: str
    sentence: str
    rows: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """A question with its answer.

    Attributes:
        question: The question.
        answer: `None` where this graph has none to the example.
        given: Values of the parameters, as they were given.
        error: Why there is no answer.
    """

    question: Question
    answer: Answer | None
    given: dict[str, str]
    error: Text | None = None


def ask_all(store: Store, graph: Graph, kinds: Mapping[str, Sequence[int]], base: str) -> dict[str, list[Asked]]:
    """Ask every ready question with its example, or where a graph does not hold that, with the thing of the kind that most links lead to.

    Returns:
        The questions with their answers per language; both speak of the same rows.
    """
    from kg.questions import Answer, load_questions

    made: dict[str, list[Asked]] = {lang: [] for lang in LANGS}
    for question in load_questions():
        given: dict[str, str] = {}
        terms: dict[str, Node] = {}
        try:
            for one in question.parameters:
                value = one.example if one.required else one.default
                if value:
                    given |= {one.name: value} if one.required else {}
                    terms[one.name], given[one.name] = _term(store, one, value, graph, kinds, base)
            result = store.query(question.sparql, terms)
        except KgError as error:
            for lang in LANGS:
                made[lang].append(Asked(question, None, given, error.what))
            continue
        shown = {one.name: given[one.name] for one in question.parameters if one.required}
        for lang in LANGS:
            made[lang].append(Asked(question, Answer(result, lang, store, question, terms), shown))
    return made


def _term(store: Store, parameter: Parameter, value: str, graph: Graph, kinds: Mapping[str, Sequence[int]], base: str) -> tuple[Node, str]:
    """Return the term of a parameter, and how a reader types it."""
    import pyoxigraph as ox

    from kg.questions import term_of

    kind = _KINDS.get(parameter.of_class, "")
    if parameter.type != "iri" or parameter.among or not kind:
        return term_of(store, parameter, value, "en"), value
    for one in (kind, *kinds):
        if graph.number(iri := f"{base}id/{one}/{value}") >= 0:
            return ox.NamedNode(iri), value
    if not kinds.get(kind):
        return term_of(store, parameter, value, "en"), value
    most = max(kinds[kind], key=lambda thing: (graph.linked(thing), graph.terms[thing]))
    return ox.NamedNode(graph.terms[most]), local_name(graph.terms[most])


def write_questions(pages: Pages, reader: Reader, asked: Sequence[Asked]) -> None:
    """Write the list of questions, and a page and a CSV for each."""
    lang, reader = pages.lang, reader.at("../")
    for one in asked:
        question, answer = one.question, one.answer
        rows: list[tuple[Markup, ...]] = []
        head: list[str] = []
        total = 0
        if answer is not None:
            table = answer.table
            shown = [place for place, name in enumerate(table.variables) if name not in answer.parameters]
            head, total = [table.variables[place] for place in shown], len(table.rows)
            rows = [tuple(_cell(reader, row[place]) for place in shown) for row in table.rows[:ROWS]]
            pages.folder.write(_csv_file(question.name, lang), _csv(answer))
        pages.write(
            f"questions/{question.name}.html",
            "question.html",
            question=question,
            asked=one,
            parameters=[(parameter, _given(one, parameter.name)) for parameter in question.parameters],
            columns=head,
            rows=rows,
            count=total,
            csv=_csv_file(question.name, lang).rpartition("/")[2] if answer is not None else "",
            kept=CSV_ROWS,
            why=one.error.in_(lang) if one.error else "",
        )
    pages.write("questions/index.html", "questions.html", asked=asked)


def samples(asked: Sequence[Asked], lang: str) -> list[Sample]:
    """Return the answers of the first page, with a few rows each."""
    answered = {one.question.name: one for one in asked if one.answer is not None and one.answer.table.rows}
    names = [name for name in FIRST if name in answered] + [name for name in answered if name not in FIRST]
    made = []
    for name in names[:SAMPLES]:
        answer = answered[name].answer
        assert answer is not None
        table = answer.table
        places = [place for place, variable in enumerate(table.variables) if variable not in answer.parameters][:4]
        rows = tuple(dict.fromkeys(" · ".join(filter(None, (_plain(answer, row[place]) for place in places))) for row in table.rows))[:_SAMPLE_ROWS]
        made.append(Sample(in_language(f"questions/{name}.html", lang), answered[name].question.title[lang], answer.sentence, rows))
    return made


def _given(one: Asked, name: str) -> str:
    if one.answer is not None and name in one.answer.parameters:
        return _plain(one.answer, one.answer.parameters[name])
    return one.given.get(name, "")


def _plain(answer: Answer, term: Node | None) -> str:
    return "" if term is None else answer.names.get(term.value, term.value)[:120]


def _cell(reader: Reader, term: Node | None) -> Markup:
    """Return a cell of an answer: things of this site as links."""
    import pyoxigraph as ox

    from kg.quads import Term

    if term is None:
        return Markup("–")
    if isinstance(term, ox.NamedNode):
        number = reader.graph.number(term.value)
        return reader.link(number) if number >= 0 else escape(term.value)
    if isinstance(term, ox.Literal):
        return reader.literal(Term(term.value, "literal", term.datatype.value, term.language or ""))
    return escape(str(term))


def _csv_file(name: str, lang: str) -> str:
    return f"questions/{name}.{lang}.csv"


def _csv(answer: Answer) -> str:
    """Return an answer as CSV (RFC 4180) with a column of names beside each column of IRIs; no cell is a formula to a spreadsheet."""
    from kg.results import with_labels

    table = with_labels(answer.table, answer.names)
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(table.variables)
    writer.writerows([safe(term.value) if term is not None else "" for term in row] for row in table.rows[:CSV_ROWS])
    return buffer.getvalue()
