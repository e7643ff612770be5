"""The rows of an answer to take away: files, calls to copy, a notebook, a citation (product guide, patterns R3 and R5).

CSV, TSV and JSON hold the data as they are, never changed for the sake of a program that opens them; the workbook keeps text as text, so that a value
that begins with `=` is no formula. Turtle follows the result set vocabulary of the SPARQL test suites (`rs:`), with source and licence beside the rows.
"""

from __future__ import annotations

import json
import re
import shlex
import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kg import __version__
from kg.errors import ParameterError, Text
from kg.namespaces import DCTERMS, PREFIXES, RDF, local_name
from kg.portal.asking import Asked, frame
from kg.portal.desk import Desk
from kg.portal.page import Reply, Request, json_reply
from kg.results import iris_of, to_csv, to_json, to_tsv, with_labels

if TYPE_CHECKING:
    import pyoxigraph as ox

    from kg.store import Node

RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def file_name(asked: Asked, suffix: str) -> str:
    """Return a file name of safe ASCII: the question and what it was asked about.

    The name goes into a header: letters, digits, `.`, `-` and `_` only, at most 120 characters.
    """
    import pyoxigraph as ox

    slugs = [local_name(term.value) for term in asked.terms.values() if isinstance(term, ox.NamedNode)]
    text = unicodedata.normalize("NFKD", "-".join([asked.question.name, *slugs])).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9_-]+", "-", text).strip("-")[:120] + "." + suffix


def download(desk: Desk, request: Request, asked: Asked, form: str) -> Reply:
    """Return the rows as a file.

    Args:
        desk: For names.
        request: `labels=1` adds columns with names to CSV, TSV and the workbook; `bom=1` begins a CSV with a byte-order mark (for Excel).
        asked: A question that was asked.
        form: `csv`, `tsv`, `srj` (SPARQL results in JSON), `xlsx`, `ttl` or `ipynb`.
    """
    table = asked.rows
    if form in ("csv", "tsv", "xlsx") and request.value("labels") == "1":
        table = with_labels(table, desk.labels(iris_of(table), request.lang))
    media = {"csv": "text/csv; charset=utf-8", "tsv": "text/tab-separated-values; charset=utf-8", "srj": "application/sparql-results+json"}
    media |= {"xlsx": XLSX, "ttl": "text/turtle; charset=utf-8", "ipynb": "application/x-ipynb+json"}
    if form == "xlsx":
        from kg.portal.workbook import workbook

        body = workbook(table, facts(desk, request, asked), request.lang)
    elif form == "ipynb":
        body = notebook(request, asked)
    elif form == "ttl":
        body = result_set(desk, request, asked)
    else:
        text = {"csv": to_csv, "tsv": to_tsv, "srj": to_json}[form](table)
        body = (("\ufeff" if form == "csv" and request.value("bom") == "1" else "") + text).encode()
    headers = {"Content-Disposition": f'attachment; filename="{file_name(asked, form)}"'}
    return Reply(body, media[form], 200, headers, rows=len(table.rows), truncated=asked.truncated)


# --- what stands beside the rows -------------------------------------------------------------------------------------------


def facts(desk: Desk, request: Request, asked: Asked) -> dict[str, str]:
    """Return what stands beside the rows when they are taken away: question, parameters, answer, rule, frame, release, licence, address."""
    lang, answer = request.lang, asked.answer(desk)
    t = {"de": 1, "en": 0}[lang]
    names = ("Question", "Frage"), ("Answer", "Antwort"), ("Rule", "Regel"), ("Sampling frame", "Stichprobe"), ("Rows", "Zeilen")
    question, said, rule, framed, rows = (one[t] for one in names)
    found = {question: asked.question.title[lang]}
    for parameter in asked.question.parameters:
        if parameter.name in asked.terms:
            term = asked.terms[parameter.name]
            name = answer.names.get(term.value, "")
            found[f"{parameter.label[lang]} ({parameter.name})"] = f"{name} <{term.value}>" if name else term.value
    found[said] = answer.sentence
    if answer.rule:
        found[rule] = answer.rule
    found[framed] = frame(desk, lang) or "–"
    found[rows] = f"{len(asked.rows.rows)} ({('of', 'von')[t]} {asked.total})"
    found[("Release", "Stand")[t]] = f"{desk.site.release or desk.site.remote} {desk.site.state}".strip()
    found[("Licence", "Lizenz")[t]] = " ".join(desk.site.licenses) or "–"
    found[("Address", "Adresse")[t]] = page_address(request, asked)
    return found


# --- RDF -------------------------------------------------------------------------------------------------------------------


def result_set(desk: Desk, request: Request, asked: Asked) -> bytes:
    """Return the rows as Turtle in the result set vocabulary (W3C, DAWG test suites: `rs:ResultSet`, `rs:solution`, `rs:binding`)."""
    import pyoxigraph as ox

    def rs(name: str) -> ox.NamedNode:
        return ox.NamedNode(RS + name)

    table, whole = asked.rows, ox.BlankNode("answer")
    triples = [ox.Triple(whole, ox.NamedNode(RDF.type), rs("ResultSet"))]
    triples += [ox.Triple(whole, rs("resultVariable"), ox.Literal(name)) for name in table.variables]
    said: list[tuple[str, Node]] = [(DCTERMS.title, ox.Literal(asked.question.title[lang], language=lang)) for lang in ("de", "en")]
    said += [(DCTERMS.description, ox.Literal(asked.answer(desk).sentence, language=request.lang))]
    said += [(DCTERMS.source, ox.NamedNode(page_address(request, asked)))]
    said += [(DCTERMS.license, ox.NamedNode(licence)) for licence in desk.site.licenses]
    said += [(DCTERMS.hasVersion, ox.Literal(desk.site.release))] if desk.site.release else []
    triples += [ox.Triple(whole, ox.NamedNode(name), term) for name, term in said]
    for number, row in enumerate(table.rows, start=1):
        solution = ox.BlankNode(f"row{number}")
        triples += [ox.Triple(whole, rs("solution"), solution), ox.Triple(solution, rs("index"), ox.Literal(number))]
        for place, (name, term) in enumerate(zip(table.variables, row, strict=True)):
            if term is not None:
                binding = ox.BlankNode(f"row{number}x{place}")
                triples += [
                    ox.Triple(solution, rs("binding"), binding),
                    ox.Triple(binding, rs("variable"), ox.Literal(name)),
                    ox.Triple(binding, rs("value"), term),
                ]
    prefixes = {"rs": RS, **{prefix: PREFIXES[prefix] for prefix in ("dcterms", "xsd", "inno")}}
    return ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=prefixes) or b""


# --- calls to copy, notebook, citation -------------------------------------------------------------------------------------


def page_address(request: Request, asked: Asked) -> str:
    """Return the whole address of the page of an answer, without a language."""
    return _without_lang(request).absolute(f"/questions/{asked.question.name}", **asked.values())


def _without_lang(request: Request) -> Request:
    from dataclasses import replace

    return replace(request, chosen_lang=False)


def calls(request: Request, asked: Asked) -> dict[str, str]:
    """Return the same question as calls to copy: `curl`, `Python`, `R` and `kg`, each quoted for its language."""
    plain = _without_lang(request)
    api = plain.absolute(f"/api/questions/{asked.question.name}", **{**asked.values(), "format": "csv", "labels": "1"})
    endpoint = plain.absolute("/sparql")
    parameters = asked.values()
    given = "".join(
        f", {name}={_python(value)}" if name.isidentifier() else f", **{{{_python(name)}: {_python(value)}}}" for name, value in parameters.items()
    )
    options = [part for name, value in parameters.items() for part in (f"--{name}", value)]
    python = f"import kg\n\nwith kg.open({_python(endpoint)}, lang={_python(request.lang)}) as graph:\n"
    python += f"    answer = graph.ask({_python(asked.question.name)}{given})\n    print(answer.sentence)\n    rows = answer.to_pandas()\n"
    return {
        "curl": shlex.join(["curl", "--fail", "--output", file_name(asked, "csv"), api]) + "\n",
        "Python": python,
        # R reads the escapes of JSON, but for surrogate pairs: so nothing beyond ASCII is escaped.
        "R": f'rows <- read.csv({json.dumps(api, ensure_ascii=False)}, encoding = "UTF-8")\n',
        "kg": shlex.join(["kg", "ask", asked.question.name, *options, "--store", endpoint, "--lang", request.lang]) + "\n",
    }


def _python(text: str) -> str:
    return json.dumps(text, ensure_ascii=False) if text.isprintable() else repr(text)


def notebook(request: Request, asked: Asked) -> bytes:
    """Return a notebook (nbformat 4.5) that asks the same question of this portal with the package, and shows sentence, rule and rows."""
    german = request.lang == "de"
    source = "Quelle" if german else "Source"
    install = f"# pip install 'innovation-kg=={__version__}'\n" + calls(request, asked)["Python"].replace(
        "    rows =", "    print(answer.rule)\n    rows ="
    )
    cells = [
        (
            "markdown",
            f"# {asked.question.title[request.lang]}\n\n{asked.question.description[request.lang]}\n\n{source}: <{page_address(request, asked)}>",
        ),
        ("code", install),
        ("code", "rows"),
    ]
    made: list[dict[str, Any]] = []
    for number, (kind, text) in enumerate(cells):
        cell: dict[str, Any] = {"cell_type": kind, "id": f"cell-{number}", "metadata": {}, "source": text.rstrip("\n").splitlines(keepends=True)}
        made.append(cell if kind == "markdown" else cell | {"execution_count": None, "outputs": []})
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    whole = {"cells": made, "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5}
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()


def citation(desk: Desk, request: Request, asked: Asked) -> dict[str, str]:
    """Return how to cite a result: as a sentence and as BibTeX, with release, address and licence."""
    site, lang, answer = desk.site, request.lang, asked.answer(desk)
    shown = ", ".join(answer.names.get(term.value, term.value) for term in asked.terms.values())
    title = asked.question.title[lang] + (f": {shown}" if shown else "")
    address, licence = page_address(request, asked), " ".join(site.licenses)
    release = " ".join(part for part in (site.state, f"({site.release})" if site.release else site.remote) if part)
    words = {"de": ("Stand", "Lizenz"), "en": ("Release", "Licence")}[lang]
    text = f"{title}. {site.title[lang]}. {words[0]} {release}. {address}" + (f" {words[1]}: {licence}" if licence else "")
    fields = {"title": title, "howpublished": site.title[lang], "year": site.state[:4], "version": release, "url": address, "note": licence}
    body = "".join(f"  {name} = {{{_tex(value)}}},\n" for name, value in fields.items() if value)
    key = re.sub(r"[^a-z0-9]+", "-", f"{asked.question.name}-{site.release}".lower()).strip("-")
    return {"text": text, "BibTeX": f"@misc{{{key},\n{body}}}\n"}


def _tex(text: str) -> str:
    """Escape what TeX would act on; braces stay balanced because they are escaped, too. An address is kept as biblatex wants it."""
    if text.startswith(("http://", "https://")):
        return text.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")
    special: Mapping[str, str] = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    return "".join(special.get(c, f"\\{c}" if c in "&%$#_{}" else c) for c in text)


def refuse_format(given: str, offered: tuple[str, ...]) -> ParameterError:
    """Return the error for a format that there is not."""
    there = ", ".join(offered)
    what = Text(f"There is no format {given!r} here.", f"Das Format {given!r} gibt es hier nicht.")
    return ParameterError(what, where="format", fix=Text(f"Use one of {there}.", f"Möglich sind {there}."))


def geojson(desk: Desk, asked: Asked) -> Reply:
    """Return the places of the rows as GeoJSON (RFC 7946), one point per place with coordinates, and how many things of the rows have none."""
    from kg.portal.row_places import places

    found = places(desk, asked)
    data = {"type": "FeatureCollection", "features": found.features, "total": found.total, "within": found.within, "withoutPlace": found.without}
    return json_reply(data, media_type="application/geo+json")
