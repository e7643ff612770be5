"""Question pages: the list, a question with its answer, and the same for a frame of another site (product guide, patterns R1, R3, R5 and P5).

The address is the state: parameters by name, `view`, `sort` and `dir`, filters `only`, `without` and `find`. Everything works without JavaScript.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from kg.errors import ParameterError, Text
from kg.portal import downloads
from kg.portal.asking import Asked, ask, example, frame, unknown_error
from kg.portal.columns import columns
from kg.portal.desk import Desk
from kg.portal.fields import field_of
from kg.portal.page import Reply, Request
from kg.portal.question_table import SHOWN, shown
from kg.portal.question_views import VIEWS, Picture, picture
from kg.portal.render import NotFoundError, failure
from kg.portal.resolving import resolve
from kg.questions import Question
from kg.store import Table, bind

FILES = (("csv", "CSV"), ("tsv", "TSV"), ("json", "JSON"), ("xlsx", "XLSX"), ("ttl", "Turtle"))


def listing(desk: Desk, request: Request) -> Reply:
    """Answer `/questions`: all questions in their order; with `thing` (IRI, slug or name) those that can be asked about it, with the value filled in."""
    thing = request.value("thing")
    if thing:
        return _about(desk, request, thing)
    entries = [
        {
            "name": question.name,
            "title": question.title[request.lang],
            "description": question.description[request.lang],
            "address": request.url(f"/questions/{question.name}"),
            "example": _example_address(desk, request, question),
            "views": [VIEWS[view].in_(request.lang) for view in question.views if view in VIEWS],
            "role": "",
            "needs": "",
        }
        for question in desk.questions.values()
    ]
    return desk.render("questions.html", request, entries=entries, thing=None)


def _about(desk: Desk, request: Request, thing: str) -> Reply:
    lang = request.lang
    iri = resolve(desk, thing, lang=lang)
    kinds = set(_classes(desk, iri))
    entries = []
    for question in desk.questions.values():
        for parameter in question.parameters:
            if parameter.type != "iri" or parameter.among or (parameter.of_class and parameter.of_class not in kinds):
                continue
            others = [one for one in question.parameters if one.required and not one.default and one.name != parameter.name]
            entries.append(
                {
                    "name": question.name,
                    "title": question.title[lang],
                    "description": question.description[lang],
                    "address": request.url(f"/questions/{question.name}", **{parameter.name: iri}),
                    "example": "",
                    "views": [],
                    "role": parameter.label[lang],
                    "needs": ", ".join(one.label[lang] for one in others),
                }
            )
    return desk.render("questions.html", request, entries=entries, thing=(desk.labels([iri], lang)[iri], desk.href(iri, request)))


def _classes(desk: Desk, iri: str) -> list[str]:
    """Return the CURIEs of the classes of a thing, larger ones included."""
    import pyoxigraph as ox

    from kg.namespaces import curie

    result = desk.store.query("SELECT DISTINCT ?c WHERE { ?x a ?own . ?own rdfs:subClassOf* ?c }", {"x": ox.NamedNode(iri)})
    return [curie(row[0].value) for row in (result.rows if isinstance(result, Table) else []) if row[0] is not None]


def _example_address(desk: Desk, request: Request, question: Question) -> str:
    values = example(desk, question)
    return request.url(f"/questions/{question.name}", **values) if values is not None else ""


def page(desk: Desk, request: Request) -> Reply:
    """Answer `/questions/{name}`: form, answer, views, table and what one can take away."""
    return _page(desk, request, "base.html")


def embed(desk: Desk, request: Request) -> Reply:
    """Answer `/embed/question/{name}`: the answer for a frame of another site, without form, navigation and downloads."""
    return _page(desk, request, "embed.html")


def _page(desk: Desk, request: Request, base: str) -> Reply:
    name = request.names.get("name", "")
    question = desk.questions.get(name)
    if question is None:
        return no_question(desk, request, name)
    asked = ask(desk, request, question)
    values: dict[str, Any] = {
        "base": base,
        "question": question,
        "asked": asked,
        "fields": [
            field_of(desk, request, one, asked.given.get(one.name, ""), asked.terms.get(one.name), asked.problems.get(one.name))
            for one in question.parameters
        ],
        "whole": request.url(f"/questions/{name}", **_state(request)),
        "embedding": request.absolute(f"/embed/question/{name}", **_state(request)),
        "example": _example_address(desk, request, question),
        "strange": unknown_error(question, asked.unknown) if asked.unknown else None,
        "frame": frame(desk, request.lang),
        "views": _views(request, question),
        "shown": None,
    }
    if asked.table is not None:
        values |= _answered(desk, request, asked)
    reply = desk.render("question.html", request, status=400 if asked.problems else 200, **values)
    reply.rows = len(asked.table.rows) if asked.table is not None else None
    reply.truncated = asked.truncated
    return reply


def _state(request: Request) -> dict[str, list[str]]:
    """Return what of the address another page of the same answer takes over."""
    return {name: list(given) for name, given in request.values.items() if name not in ("lang", "theme", "format")}


def _answered(desk: Desk, request: Request, asked: Asked) -> dict[str, Any]:
    question, lang = asked.question, request.lang
    answer = asked.answer(desk)
    found = columns(desk, asked)
    table = shown(desk, request, asked, found)
    view = request.value("view")
    drawn = Picture()
    if view in question.views and view in VIEWS and view != "table":
        drawn = picture(desk, request, asked, found, table.rows, view, question.title[lang])
    values = asked.values()
    files = [(label, request.url(f"/api/questions/{question.name}", **{**values, "format": form})) for form, label in FILES]
    with_names = {**values, "format": "csv", "labels": "1"}
    return {
        "sentence": answer.sentence,
        "rule": answer.rule,
        "shown": table,
        "limit": SHOWN,
        "view": view if drawn.svg or drawn.src or drawn.notes else "table",
        "picture": drawn,
        "files": files,
        "csv_names": request.url(f"/api/questions/{question.name}", **with_names),
        "csv_excel": request.url(f"/api/questions/{question.name}", **{**with_names, "bom": "1"}),
        "notebook": request.url(f"/api/questions/{question.name}", **{**values, "format": "ipynb"}),
        "editor": request.url("/query", query=_sparql(asked)),
        "calls": downloads.calls(request, asked),
        "citation": downloads.citation(desk, request, asked),
    }


def _sparql(asked: Asked) -> str:
    """Return the query with its parameters bound, for the editor: the title as comment in place of the header."""
    lines = [line for line in asked.question.sparql.splitlines() if not line.startswith("#+")]
    return f"# {asked.question.title[asked.lang]}\n" + bind("\n".join(lines), asked.terms).strip() + "\n"


def _views(request: Request, question: Question) -> list[tuple[str, str, str]]:
    names = ["table", *(view for view in question.views if view in VIEWS and view != "table")]
    return [(name, VIEWS[name].in_(request.lang), request.with_values(view=None if name == "table" else name)) for name in names]


def no_question(desk: Desk, request: Request, name: str) -> Reply:
    """Return the error page (or JSON) for a question that does not exist, with the nearest ones."""
    error, near = no_such_question(desk, name)
    links = [(request.url(f"/questions/{one}"), desk.questions[one].title[request.lang]) for one in near]
    return failure(error, request, near=links or [(request.url("/questions"), Text("All questions", "Alle Fragen").in_(request.lang))])


def no_such_question(desk: Desk, name: str) -> tuple[ParameterError | NotFoundError, list[str]]:
    """Return the error for a question that does not exist, and the names of the nearest ones."""
    near = get_close_matches(name.casefold()[:200], desk.questions, n=3, cutoff=0.4)
    what = Text(f"There is no question {name[:200]!r}.", f"Die Frage {name[:200]!r} gibt es nicht.")
    fix = Text("Choose one of the list.", "Wählen Sie eine aus der Liste.")
    return NotFoundError(what, where=f"/questions/{name[:200]}", fix=fix), near
