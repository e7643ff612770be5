"""From the body of an answer to terms: results as JSON or XML, graphs in any syntax of one graph (SPARQL 1.1 Query Results JSON and XML Format)."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from kg.errors import StoreError, Text
from kg.store.base import Result, collect
from kg.store.quirks import readable

if TYPE_CHECKING:
    import pyoxigraph as ox

    from kg.store.transport import Answer


def result_of(answer: Answer, where: str) -> Result:
    """Read the answer to a SELECT or ASK.

    Args:
        answer: Of status 2xx.
        where: The endpoint, for errors.

    Raises:
        StoreError: It is no SPARQL result.
    """
    import pyoxigraph as ox

    kind = ox.QueryResultsFormat.from_media_type(answer.media_type or "x/x")
    if kind not in (ox.QueryResultsFormat.JSON, ox.QueryResultsFormat.XML):
        kind = ox.QueryResultsFormat.JSON
    xml = kind == ox.QueryResultsFormat.XML
    try:
        _refuse_hostile(answer.body, xml=xml)
        return collect(ox.parse_query_results(answer.body if xml else readable(answer.body), format=kind))
    except (SyntaxError, ValueError, RecursionError) as error:
        said = str(error)
    # Outside the block: the error would keep the engine's reader, which may not be let go of in another thread.
    raise _no_result(answer, where, said)


def triples_of(answer: Answer, where: str) -> list[ox.Triple]:
    """Read the answer to a CONSTRUCT or DESCRIBE.

    Raises:
        StoreError: It is no graph.
    """
    import pyoxigraph as ox

    kind = ox.RdfFormat.from_media_type(answer.media_type or "x/x") or (ox.RdfFormat.N_TRIPLES if answer.media_type == "text/plain" else None)
    if kind is None or kind.supports_datasets:
        raise _no_result(answer, where, "")
    try:
        if kind == ox.RdfFormat.RDF_XML:
            _refuse_hostile(answer.body, xml=True)
        return [quad.triple for quad in ox.parse(answer.body, format=kind)]
    except (SyntaxError, ValueError) as error:
        said = str(error)
    raise _no_result(answer, where, said)


# The word with any of its letters escaped, too; an honest writer escapes none of them.
_TRIPLE = re.compile(rb'"triple"|\\u00(?:74|72|69|70|6[cC]|65)')


def _refuse_hostile(body: bytes, *, xml: bool) -> None:
    """Refuse what the engine's readers do not survive or do not notice.

    Triples in triples in JSON some thousand levels deep overflow its stack and end the process; entities in XML fill the memory; and XML that is cut between
    two elements passes for whole.

    Raises:
        ValueError: The body is no JSON, or no well-formed XML without DOCTYPE.
        RecursionError: JSON is nested too deeply.
    """
    if not xml:
        if _TRIPLE.search(body):
            json.loads(body)
        return
    from xml.parsers import expat

    def refuse(*_: object) -> None:
        raise ValueError("DOCTYPE")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise ValueError(str(error)) from error


def _no_result(answer: Answer, where: str, said: str) -> StoreError:
    said = " ".join("".join(one if one.isprintable() else " " for one in said).split())[:200]
    kind = "".join(one for one in answer.media_type if one.isprintable())[:60] or "?"
    reason = f" ({kind}{': ' if said else ''}{said})"
    what = Text(f"The endpoint's answer is no SPARQL result{reason}.", f"Die Antwort des Endpunkts ist kein SPARQL-Ergebnis{reason}.")
    return StoreError(what, where=where, fix=Text("Is this the query address?", "Ist das die Adresse für Abfragen?"))
