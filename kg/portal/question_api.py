"""The ready questions for programs: the list, an answer as JSON or as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.errors import ParameterError, Text
from kg.portal import downloads
from kg.portal.asking import Asked, ask, frame, unknown_error
from kg.portal.desk import Desk
from kg.portal.page import Reply, Request, json_reply
from kg.portal.question import no_such_question
from kg.portal.render import status_of
from kg.questions import Parameter
from kg.results import iris_of, json_term

if TYPE_CHECKING:
    from kg.errors import KgError
    from kg.store import Node

FORMATS = ("json", "srj", "csv", "tsv", "xlsx", "ttl", "ipynb", "geojson")
"""What the `format` parameter takes; `srj` is SPARQL 1.1 Query Results JSON."""
_STATE = ("lang", "format", "labels", "bom")


def listing(desk: Desk, request: Request) -> Reply:
    """Answer `/api/questions`: every question with its parameters, in the order of the list."""
    entries = [
        {
            "name": question.name,
            "title": question.title[request.lang],
            "description": question.description[request.lang],
            "url": request.absolute(f"/api/questions/{question.name}"),
            "page": request.absolute(f"/questions/{question.name}"),
            "views": list(question.views),
            "parameters": [parameter_json(parameter, request.lang) for parameter in question.parameters],
        }
        for question in desk.questions.values()
    ]
    return json_reply({"questions": entries, "release": desk.site.release, "frame": frame(desk, request.lang)})


def parameter_json(parameter: Parameter, lang: str) -> dict[str, Any]:
    """Return a parameter as JSON: name, type, label, and what it takes."""
    found: dict[str, Any] = {"name": parameter.name, "type": parameter.type, "required": parameter.required, "label": parameter.label[lang]}
    for name, value in (("default", parameter.default), ("example", parameter.example), ("class", parameter.of_class), ("among", parameter.among)):
        if value:
            found[name] = value
    if parameter.values:
        found["values"] = {value: label[lang] for value, label in parameter.values.items()}
    return found


def answer(desk: Desk, request: Request) -> Reply:
    """Answer `/api/questions/{name}`: the rows as JSON, or in the format asked for.

    Errors are JSON in every format: `error`, `where`, `fix`, `status`, and `near` with IRIs and names that may be meant.
    """
    name = request.names.get("name", "")
    question = desk.questions.get(name)
    if question is None:
        error, near = no_such_question(desk, name)
        return problem(request, error, near=[{"name": one, "label": desk.questions[one].title[request.lang]} for one in near])
    form = request.value("format", request.form)
    if form not in FORMATS:
        return problem(request, downloads.refuse_format(form, FORMATS))
    # What is the state of a page means nothing here; a misspelt name must not give an answer to another question.
    strange = sorted(set(request.values) - {parameter.name for parameter in question.parameters} - set(_STATE))
    if strange:
        return problem(request, unknown_error(question, strange))
    asked = ask(desk, request, question)
    if asked.problems or asked.missing:
        return _refused(request, asked)
    if form == "json":
        return _json(desk, request, asked)
    if form == "geojson":
        return downloads.geojson(desk, asked)
    return downloads.download(desk, request, asked, form)


def _refused(request: Request, asked: Asked) -> Reply:
    if asked.problems:
        where, found = next(iter(asked.problems.items()))
        near = [{"iri": iri, "label": label} for iri, label in found.near]
        return problem(request, found.error, where=where, near=near)
    where = asked.missing[0]
    parameter = next(one for one in asked.question.parameters if one.name == where)
    label = parameter.label
    what = Text(f"The question needs {where} ({label['en']}).", f"Die Frage braucht {where} ({label['de']}).")
    example = f"{where}={parameter.example}"
    return problem(request, ParameterError(what, fix=Text(f"For example {example}.", f"Zum Beispiel {example}.")), where=where)


def problem(request: Request, error: KgError, *, where: str = "", near: list[dict[str, str]] | None = None) -> Reply:
    """Return an error as JSON: what, where, what to do next, in the language of the request, and what may be meant."""
    status = status_of(error)
    fix = error.fix.in_(request.lang) if error.fix else ""
    data: dict[str, Any] = {"error": error.what.in_(request.lang), "where": where or error.where, "fix": fix, "status": status}
    if near:
        data["near"] = near
    return json_reply(data, status=status)


def _json(desk: Desk, request: Request, asked: Asked) -> Reply:
    said, lang = asked.answer(desk), request.lang
    names = desk.labels(iris_of(asked.rows), lang) | said.names
    data = {
        "question": asked.question.name,
        "title": asked.question.title[lang],
        "lang": lang,
        "parameters": {name: term_json(term, names) for name, term in asked.terms.items()},
        "sentence": said.sentence,
        "rule": said.rule,
        "frame": frame(desk, lang),
        "release": desk.site.release,
        "state": desk.site.state,
        "license": list(desk.site.licenses),
        "page": downloads.page_address(request, asked),
        "columns": list(asked.rows.variables),
        "rows": [
            {name: term_json(term, names) for name, term in zip(asked.rows.variables, row, strict=True) if term is not None}
            for row in asked.rows.rows
        ],
        "total": asked.total,
        "truncated": asked.truncated,
    }
    reply = json_reply(data)
    reply.rows, reply.truncated = len(asked.rows.rows), asked.truncated
    return reply


def term_json(term: Node, names: dict[str, str]) -> dict[str, str]:
    """Return a term as in SPARQL 1.1 Query Results JSON (:func:`kg.results.json_term`), with the name of an IRI as `label`."""
    found = json_term(term)
    return {**found, "label": names.get(term.value, term.value)} if found["type"] == "uri" else found


def openapi(desk: Desk, request: Request) -> Reply:
    """Answer `/openapi.json` (:mod:`kg.portal.openapi`)."""
    from kg.portal.openapi import document

    return json_reply(document(desk, request))
