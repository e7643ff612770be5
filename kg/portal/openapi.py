"""The description of the JSON API, OpenAPI 3.1: one operation per question, made from its header, and the other addresses for programs."""

from __future__ import annotations

from typing import Any

from kg import __version__
from kg.headers import read_header
from kg.portal.desk import Desk
from kg.portal.offers import MEDIA
from kg.portal.page import Request
from kg.portal.question_api import FORMATS
from kg.questions import Parameter, Question

SRJ = "application/sparql-results+json"
_LANG = {"$ref": "#/components/parameters/lang"}


def document(desk: Desk, request: Request) -> dict[str, Any]:
    """Return the OpenAPI document, in the language of the request; the other language stands beside as `x-title` and `x-description`."""
    lang, german = request.lang, request.lang == "de"
    site = desk.site
    info: dict[str, Any] = {
        "title": site.title[lang],
        "version": __version__,
        "description": {"de": "Fertige Fragen, Suche, SPARQL.", "en": "Ready questions, search, SPARQL."}[lang],
        "x-release": site.release,
    }
    if site.licenses:
        info["license"] = {"name": ", ".join(site.licenses), "url": site.licenses[0]}
    paths: dict[str, Any] = {
        "/api/questions": {"get": _operation("questions", ("List of the questions", "Liste der Fragen")[german], [_LANG], "application/json")}
    }
    for question in desk.questions.values():
        paths[f"/api/questions/{question.name}"] = {"get": _question(question, lang)}
    paths |= _others(german)
    return {
        "openapi": "3.1.0",
        "info": info,
        "servers": [{"url": request.origin + request.root or "/"}],
        "paths": paths,
        "components": {"parameters": {"lang": _lang(german)}, "schemas": _schemas(german), "responses": _responses(german)},
    }


def _question(question: Question, lang: str) -> dict[str, Any]:
    header = read_header(question.sparql, question.name).get("params") or {}
    parameters = [_parameter(parameter, header.get(parameter.name) or {}, lang) for parameter in question.parameters]
    form = {"type": "string", "enum": list(FORMATS), "default": "json"}
    also = {"de": "0 oder 1: Spalten mit Namen (csv, tsv, xlsx)", "en": "0 or 1: columns with names (csv, tsv, xlsx)"}[lang]
    mark = {"de": "0 oder 1: Byte-Reihenfolge-Marke vor CSV, für Excel", "en": "0 or 1: byte-order mark before CSV, for Excel"}[lang]
    flag = {"type": "string", "enum": ["0", "1"], "default": "0"}
    content: dict[str, Any] = {"application/json": {"schema": {"$ref": "#/components/schemas/Answer"}}}
    content |= {SRJ: {}, **{MEDIA[name]: {} for name in ("csv", "tsv", "xlsx", "ttl", "ipynb", "geojson")}}
    return {
        "operationId": question.name,
        "summary": question.title[lang],
        "description": question.description[lang],
        "x-title": dict(question.title),
        "x-description": dict(question.description),
        "tags": ["questions"],
        "parameters": [
            *parameters,
            {"name": "format", "in": "query", "schema": form},
            {"name": "labels", "in": "query", "description": also, "schema": flag},
            {"name": "bom", "in": "query", "description": mark, "schema": flag},
            _LANG,
        ],
        "responses": {"200": {"description": question.title[lang], "content": content}, **_errors("400", "404", "503", "504")},
    }


def _parameter(parameter: Parameter, header: dict[str, Any], lang: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "integer" if parameter.type == "integer" else "string"}

    def typed(value: str) -> str | int:
        return int(value) if parameter.type == "integer" else value

    if parameter.type == "integer":
        schema |= {bound: header[bound] for bound in ("minimum", "maximum") if isinstance(header.get(bound), int)}
    elif parameter.type == "enum":
        schema["enum"] = list(parameter.values)
    elif parameter.type == "date":
        schema["pattern"] = "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"
    else:
        schema["maxLength"] = 1000
    if parameter.default:
        schema["default"] = typed(parameter.default)
    label = parameter.label[lang]
    if parameter.of_class:
        label += {"de": f" (Kennung, Name oder IRI, {parameter.of_class})", "en": f" (slug, name or IRI, {parameter.of_class})"}[lang]
    if parameter.values:
        label += ": " + "; ".join(text[lang] for text in parameter.values.values())
    found: dict[str, Any] = {"name": parameter.name, "in": "query", "required": parameter.required, "description": label, "schema": schema}
    if parameter.example:
        found["example"] = typed(parameter.example)
    return found | {"x-description": dict(parameter.label)}


def _lang(german: bool) -> dict[str, Any]:
    text = ("Language of names and texts; otherwise Accept-Language decides", "Sprache der Namen und Texte; sonst entscheidet Accept-Language")[
        german
    ]
    return {"name": "lang", "in": "query", "description": text, "schema": {"type": "string", "enum": ["de", "en"]}}


def _errors(*statuses: str) -> dict[str, Any]:
    return {status: {"$ref": "#/components/responses/Problem"} for status in statuses}


def _operation(name: str, summary: str, parameters: list[dict[str, Any]], *media: str) -> dict[str, Any]:
    return {
        "operationId": name,
        "summary": summary,
        "parameters": parameters,
        "responses": {"200": {"description": summary, "content": {one: {} for one in media}}, **_errors("400", "503", "504")},
    }


def _text(name: str, description: str, *, required: bool = False, kind: str = "string") -> dict[str, Any]:
    return {"name": name, "in": "query", "required": required, "description": description, "schema": {"type": kind}}


def _others(german: bool) -> dict[str, Any]:
    def t(en: str, de: str) -> str:
        return de if german else en

    words = _text("q", t("What to look for", "Was gesucht wird"), required=True)
    kind = _text("class", t("Class (CURIE or IRI)", "Klasse (CURIE oder IRI)"))
    thing = _text("institution", t("Slug, name or IRI of an organisation", "Kennung, Name oder IRI einer Einrichtung"))
    query = _text("query", "SPARQL 1.1", required=True)
    sparql = _operation("sparql", t("SPARQL 1.1 query", "SPARQL-1.1-Abfrage"), [query], SRJ, "text/csv", "text/turtle")
    return {
        "/api/search": {"get": _operation("search", t("Search with counts", "Suche mit Anzahlen"), [words, kind, _LANG], "application/json")},
        "/api/suggest": {
            "get": _operation("suggest", t("Suggestions while typing", "Vorschläge beim Tippen"), [words, kind, _LANG], "application/json")
        },
        "/sparql": {"get": sparql},
        "/api/map": {"get": _operation("map", t("Places as GeoJSON", "Orte als GeoJSON"), [thing, _LANG], MEDIA["geojson"])},
        "/api/network": {
            "get": _operation(
                "network",
                t("Who works with whom", "Wer mit wem arbeitet"),
                [thing, _text("format", "json, gexf, graphml, csv, svg, vosviewer"), _LANG],
                "application/json",
                *(MEDIA[name] for name in ("gexf", "graphml", "csv", "svg", "vosviewer")),
            )
        },
    }


def _schemas(german: bool) -> dict[str, Any]:
    text, texts = {"type": "string"}, {"type": "array", "items": {"type": "string"}}
    term = {
        "type": "object",
        "required": ["type", "value"],
        "properties": {"type": {"enum": ["uri", "literal", "bnode"]}, "value": text, "label": text, "datatype": text, "xml:lang": text},
    }
    terms = {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Term"}}
    answer = {
        "type": "object",
        "required": ["question", "parameters", "sentence", "rule", "release", "columns", "rows", "total", "truncated"],
        "properties": {
            **dict.fromkeys(("question", "title", "lang", "sentence", "rule", "frame", "release", "state", "page"), text),
            "license": texts,
            "parameters": terms,
            "columns": texts,
            "rows": {"type": "array", "items": terms},
            "total": {"type": "integer"},
            "truncated": {
                "type": "boolean",
                "description": ("Whether rows were cut; total counts them all", "Ob Zeilen gekürzt wurden; total zählt alle")[german],
            },
        },
    }
    near = {"type": "array", "items": {"type": "object", "properties": {"iri": text, "name": text, "label": text}}}
    problem = {
        "type": "object",
        "required": ["error", "fix", "status"],
        "properties": {"error": text, "where": {"type": ["string", "null"]}, "fix": text, "status": {"type": "integer"}, "near": near},
    }
    return {"Term": term, "Answer": answer, "Problem": problem}


def _responses(german: bool) -> dict[str, Any]:
    text = ("What is wrong, where, and what to do next", "Was falsch ist, wo, und was zu tun ist")[german]
    return {"Problem": {"description": text, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}}
