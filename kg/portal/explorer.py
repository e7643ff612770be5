"""The collaboration explorer: who works with whom as picture, tables and files, with the evidence of each tie (`/network`, `/api/network`, `/embed/network`).

The address is the state. What is shown is chosen by rule (:mod:`kg.portal.explorer_view`), drawn by the server (:mod:`kg.portal.explorer_svg`), and said
to be a part in words (:mod:`kg.portal.explorer_text`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.analyse.caption import frame_sentence
from kg.errors import AnalysisError, KgError, ParameterError, Text
from kg.portal import explorer_choice as choices
from kg.portal import explorer_text as texts
from kg.portal.explorer_choice import Choice
from kg.portal.explorer_content import as_json, content, controls, edge_address
from kg.portal.explorer_shelf import Shelf, UnknownInstitutionError, chosen, shelf_of
from kg.portal.explorer_view import NothingLeftError, counted_as, view, whole
from kg.portal.page import Reply, Request, json_reply
from kg.portal.render import NotFoundError, failure

if TYPE_CHECKING:
    from kg.analyse.labels import Named
    from kg.portal.desk import Desk

FORMS = ("json", "gexf", "graphml", "csv", "svg", "vosviewer")


def prepare(desk: Desk, request: Request) -> Reply:  # noqa: ARG001 (called as every handler is)
    """Load the participations of the default selection, its network and its groups; where there are none, pages will say so."""
    shelf = shelf_of(desk)
    if shelf.default is not None:
        view(shelf, Choice())
        shelf.near("x")
    return Reply()


def page(desk: Desk, request: Request) -> Reply:
    """Answer `/network`: controls, picture, tables."""
    return _page(desk, request, "base.html")


def embed(desk: Desk, request: Request) -> Reply:
    """Answer `/embed/network`: the picture without navigation, for other sites' pages."""
    return _page(desk, request, "embed.html")


def _page(desk: Desk, request: Request, layout: str) -> Reply:
    shelf = shelf_of(desk)
    more: dict[str, Any] = {"layout": layout, "whole": "/network", "embedded": layout == "embed.html", "shelf": shelf}
    try:
        choice = chosen(desk, request)[1]
        found = view(shelf, choice)
    except UnknownInstitutionError as error:
        return failure(error, request, near=near_links(shelf, error, request))
    except (ParameterError, NotFoundError):
        raise
    except KgError as error:
        # Not the reader's mistake: there is nothing in this graph, or nothing is left of it.
        choice = _choice_or_default(desk, request)
        return desk.render("network.html", request, **more, choice=choice, view=None, error=error, controls=controls(shelf, choice, request.lang))
    whole_address = request.url("/network", **choice.values)
    return desk.render(
        "network.html",
        request,
        **{**more, "whole": whole_address},
        choice=choice,
        view=found,
        error=None,
        controls=controls(shelf, choice, request.lang),
        **content(shelf, found, request, target="_top" if layout == "embed.html" else ""),
    )


def _choice_or_default(desk: Desk, request: Request) -> Choice:
    try:
        return chosen(desk, request)[1]
    except KgError:
        return Choice()


def near_links(shelf: Shelf, error: UnknownInstitutionError, request: Request) -> list[tuple[str, str]]:
    """Return links to the same page about the institutions that may be meant, with their slug where names are alike."""
    names = [named.label(request.lang) for named in error.near]
    return [
        (
            request.with_values(institution=shelf.key(named.iri)),
            name if names.count(name) == 1 else f"{name} ({shelf.key(named.iri)})",
        )
        for name, named in zip(names, error.near, strict=True)
    ]


def api(desk: Desk, request: Request) -> Reply:
    """Answer `/api/network`: what the page shows, or with `all=1` the whole network up to a limit, in the format asked for."""
    try:
        shelf, choice = chosen(desk, request)
        return _file(shelf, choice, request)
    except NothingLeftError as error:
        return failure(error, request, status=404)


def _file(shelf: Shelf, choice: Choice, request: Request) -> Reply:
    from kg.portal import explorer_files as files

    form, lang = request.form or "json", request.lang
    table = request.value("table", "edges")
    if table not in ("edges", "nodes"):
        what = Text(f"There is no table {table[:40]!r}.", f"Eine Tabelle {table[:40]!r} gibt es nicht.")
        raise ParameterError(what, where=f"table={table[:40]}", fix=Text("There are: edges, nodes.", "Es gibt: edges, nodes."))
    if form not in FORMS:
        what = Text(f"There is no format {form!r}.", f"Ein Format {form!r} gibt es nicht.")
        raise ParameterError(what, where=f"format={form}", fix=Text(f"There are: {', '.join(FORMS)}.", f"Es gibt: {', '.join(FORMS)}."))
    everything = request.value("all") not in ("", "0")
    if everything and form in ("svg", "json"):
        what = Text("The whole network is no picture.", "Das ganze Netzwerk ist kein Bild.")
        fix = Text(
            "Take gexf, graphml, csv or vosviewer, or leave all=1 out.", "Nehmen Sie gexf, graphml, csv oder vosviewer, oder lassen Sie all=1 weg."
        )
        raise ParameterError(what, where=f"all=1&format={form}", fix=fix)
    if everything:
        data = shelf.data(choice)
        network, ties = whole(data, choice)
        groups = shelf.groups_of(choice).of() if choice.groups else {}
        about = _attributes(data, f"{network.number_of_edges()} of {ties} ties")
        body = files.write(form, data, network, groups, about, lang=lang, table=table)
        return _download(body, form, files.file_name(data, form, table), truncated=network.number_of_edges() < ties)
    found = view(shelf, choice)
    if form == "json":
        reply = json_reply(as_json(shelf, found, request))
        reply.truncated = found.cut
        return reply
    centre = found.centre.iri if found.centre is not None else ""
    name = files.file_name(found.data, form, table, centre)
    if form == "svg":
        from kg.portal.explorer_svg import document

        caption = texts.caption(found, lang)
        body = document(found, lang, title=texts.title(found, lang), description=texts.description(found, lang), caption=caption)
    else:
        groups = {node.named.iri: node.group for node in found.nodes} if choice.groups else {}
        about = _attributes(found.data, texts.shown_sentence(found, "en"))
        body = files.write(form, found.data, found.network, groups, about, lang=lang, table=table)
    return _download(body, form, name, truncated=found.cut)


def _attributes(data: Any, shown: str) -> dict[str, str]:
    method = data.method
    return {"name": method.name, "build": method.build, "state": method.state, "shown": shown, "method": texts.method_line(method, "en")}


def _download(body: bytes, form: str, name: str, *, truncated: bool) -> Reply:
    from kg.portal.explorer_files import MEDIA

    return Reply(body, MEDIA[form][0], headers={"Content-Disposition": f'attachment; filename="{name}"'}, truncated=truncated)


def edge(desk: Desk, request: Request) -> Reply:
    """Answer `/api/network/edge?a=&b=`: the evidence of a tie, as a page or as JSON."""
    from kg.portal.explorer_edge import evidence

    shelf, choice = chosen(desk, request)
    data = shelf.data(choice)
    ends: list[Named] = []
    for name in ("a", "b"):
        text = request.value(name)
        if not text or len(text) > choices.MAX_NAME:
            what = Text("A tie has two ends.", "Eine Verbindung hat zwei Enden.")
            raise ParameterError(what, where=name, fix=Text("Give a= and b=, slugs or IRIs.", "Geben Sie a= und b= an, Kennungen oder IRIs."))
        if text in data.incidence.position:
            ends.append(data.named(text))
            continue
        try:
            ends.append(counted_as(data, shelf.institution(text)))
        except UnknownInstitutionError as error:
            error.where = f"{name}={text}"
            links = [(request.with_values(**{name: shelf.key(named.iri)}), named.label(request.lang)) for named in error.near]
            return failure(error, request, near=links)
        except AnalysisError as error:
            return failure(error, request, status=404)
    if ends[0].iri == ends[1].iri:
        what = Text("Both ends are the same institution.", "Beide Enden sind dieselbe Einrichtung.")
        raise ParameterError(what, where="a, b", fix=Text("Choose two different ones.", "Wählen Sie zwei verschiedene."))
    one, other = ends
    found = evidence(data, desk.store, one, other)
    names = desk.labels(found.things, request.lang)
    about = {"method_line": texts.method_line(data.method, request.lang), "frame": data.frame.to_json()}
    if request.form != "html":
        return json_reply({**found.to_json(names, request.lang), **about, "page": edge_address(shelf, request, choice, one, other, "html")})
    from kg.portal.explorer_svg import amount

    paths = [request.url(shelf.profile_path(end.iri)) if shelf.profile_path(end.iri) else desk.href(end.iri, request) for end in ends]
    return desk.render(
        "edge.html",
        request,
        found=found,
        names=names,
        paths=paths,
        amount=amount,
        method=about["method_line"],
        frame=data.frame,
        frame_notes=frame_sentence(data.frame, request.lang),
        weight_name=choices.WEIGHTS[choice.selection.weight].in_(request.lang),
        network=request.url("/network", **{**choice.counting, "institution": shelf.key(ends[0].iri)}),
        json=edge_address(shelf, request, choice, one, other, "json"),
        more=request.absolute("/api/network/edge", **{"a": shelf.key(ends[0].iri), "b": shelf.key(ends[1].iri), **choice.counting}),
    )
