"""The ready questions with an answer each: to the example that their header names, as a table, as the query that was asked, and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from kg.errors import KgError, Text
from kg.site.names import in_language
from kg.validate.format_csv import safe

if TYPE_CHECKING:
    from kg.questions import Answer, Question
    from kg.site.frame import Pages
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


def ask_all(store: Store, lang: str) -> list[Asked]:
    """Ask every ready question with its example; what an example names may be missing in a graph, which is said on its page."""
    from kg.questions import Answer, bindings_of, load_questions

    made = []
    for question in load_questions():
        given = {one.name: one.example for one in question.parameters if one.required and one.example}
        try:
            terms = bindings_of(store, question, given, lang)
            made.append(Asked(question, Answer(store.query(question.sparql, terms), lang, store, question, terms), given))
        except KgError as error:
            made.append(Asked(question, None, given, error.what))
    return made


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
