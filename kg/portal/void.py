"""The graph in numbers (VoID), the address of the data set, and the JSON-LD context: what programs ask for first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import Text
from kg.portal.described import MEDIA
from kg.portal.entity_catalog import about, stamp
from kg.portal.page import Reply, redirect
from kg.portal.render import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.portal.desk import Desk
    from kg.portal.page import Request
    from kg.publish.catalogue.description import Description, Triple

CONTEXT = "1.jsonld"
"""Name of the version of the context that is shipped."""
MAX_BYTES = 4 * 1024 * 1024
KEPT = 16
"""Answers that are kept: one per syntax and address of the portal."""
FOREVER = "public, max-age=31536000, immutable"


def page(desk: Desk, request: Request) -> Reply:
    """Answer `/.well-known/void`: the description of the data set in RDF; who wants a page is sent to the catalogue.

    All numbers are those that `kg publish` has counted of this very build; without a publication, those of the build's own record.
    """
    if request.form == "html":
        return redirect(request.url("/catalog"))
    kept: dict[object, bytes] = desk.cached("void", dict)
    form = "jsonld" if request.form == "json" else request.form
    key = (form, stamp(desk), request.origin, request.root)
    if key not in kept:
        if len(kept) >= KEPT:
            kept.clear()
        kept[key] = _made(desk, request, form)
    return Reply(kept[key], MEDIA[request.form])


def dataset(desk: Desk, request: Request) -> Reply:  # noqa: ARG001 (called as every handler is)
    """Answer `/dataset`, the IRI of the graph: 303 to the home page, or to the catalogue in the syntax asked for."""
    return redirect(request.url("/") if request.form == "html" else request.url("/catalog", format=request.form))


def context(desk: Desk, request: Request) -> Reply:  # noqa: ARG001 (called as every handler is)
    """Answer `/context/1.jsonld`: the JSON-LD context, which never changes under its address.

    Raises:
        NotFoundError: There is no such version.
    """
    name = request.names.get("name", "")
    if name != CONTEXT:
        what = Text("There is no such version of the context.", "Eine solche Fassung des Kontexts gibt es nicht.")
        raise NotFoundError(what, where=name[:100], fix=Text(f"There is /context/{CONTEXT}.", f"Es gibt /context/{CONTEXT}."))
    from kg.resources import folder

    return Reply(folder("ontology", "context.jsonld").read_bytes(), MEDIA["jsonld"], headers={"Cache-Control": FOREVER})


def _published(desk: Desk) -> str:
    """Return what `kg publish` has written of this build, or an empty text."""
    from kg.portal.pages import published

    if desk.build is None or not any(one["name"] == "void.ttl" for one in published(desk)):
        return ""
    path = Path(desk.build.path.parent.parent / "publish" / "void.ttl")
    try:
        return path.read_text(encoding="utf-8") if path.stat().st_size <= MAX_BYTES else ""
    except (OSError, UnicodeDecodeError):
        return ""


def _made(desk: Desk, request: Request, form: str) -> bytes:
    """Return the description in a syntax: what was published, else what the record of the build says."""
    from kg.publish.catalogue.syntaxes import syntax, written
    from kg.publish.catalogue.void import void_root

    if published := _published(desk):
        return syntax(published, form)
    said = about(desk, request)
    record: dict[str, Any] = desk.build.record if desk.build is not None else {}
    return written(_numbers(said, record, void_root(said)), form, {"this": void_root(said)})


def _numbers(about: Description, record: dict[str, Any], root: str) -> Iterator[Triple]:
    from kg.namespaces import RDF, VOID
    from kg.publish.catalogue.void import class_partitions, dataset, namespaces
    from kg.quads import integer, iri

    me, classes = about.dataset, {str(kind): int(number) for kind, number in sorted((record.get("classes") or {}).items())}
    yield from dataset(about)
    for namespace in namespaces(classes):
        yield me, VOID.vocabulary, iri(namespace)
    yield from class_partitions(me, classes, f"{root}class-")
    for graph, triples in sorted((record.get("graphs") or {}).items()):
        if graph:
            yield me, VOID.subset, iri(graph)
            yield graph, RDF.type, iri(VOID.Dataset)
            yield graph, VOID.triples, integer(int(triples))


__all__ = ("context", "dataset", "page")
