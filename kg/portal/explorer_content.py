"""What a view of a network becomes on a page and in JSON: options of the form, picture, tables, links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from kg.analyse.wording import kind_label
from kg.errors import Text
from kg.portal import explorer_choice as choices
from kg.portal import explorer_text as texts
from kg.portal.explorer_layout import radius
from kg.portal.explorer_svg import amount, colour, drawing, legend_of, mark, shape
from kg.portal.explorer_view import WHOLE_TIES

if TYPE_CHECKING:
    from kg.analyse.labels import Named
    from kg.portal.explorer_choice import Choice
    from kg.portal.explorer_shelf import Shelf
    from kg.portal.explorer_view import Edge, Node, View
    from kg.portal.page import Request


def controls(shelf: Shelf, choice: Choice, lang: str) -> dict[str, Any]:
    """Return what the form offers: pairs of value and text, and the kinds there are with their number."""

    def options(known: dict[str, Text]) -> list[tuple[str, str]]:
        return [(name, text.in_(lang)) for name, text in known.items()]

    kinds: dict[str, int] = {}
    if shelf.default is not None:
        for iri in shelf.default.incidence.institutions:
            kind = shelf.default.named(iri).kind
            kinds[kind] = kinds.get(kind, 0) + 1
    known = sorted((kind for kind in kinds if kind), key=lambda kind: (-kinds[kind], kind))
    return {
        "levels": options(choices.LEVELS),
        "weights": options(choices.WEIGHTS),
        "roles": options(choices.ROLES),
        "claims": options(choices.CLAIM_TEXTS),
        "dates": options(choices.OPEN_TEXTS),
        "kinds": [(kind, kind_label(kind, lang), kinds[kind]) for kind in known],
        "sources": [(name, title.in_(lang)) for name, title in shelf.sources.items()],
        "more": choice.selection.open_dates != "possible" or choice.selection.claims != "all" or choice.selection.cap is not None,
    }


def content(shelf: Shelf, found: View, request: Request, *, target: str = "") -> dict[str, Any]:
    """Return picture, sentences and tables of a view, with their links."""
    lang, choice = request.lang, found.choice
    of_places = found.data.selection.of_places

    def around(node: Node) -> str:
        values = {name: value for name, value in choice.values.items() if name != "least"}
        return "" if of_places else request.url("/network", **{**values, "institution": shelf.key(node.named.iri)})

    def evidence(edge: Edge) -> str:
        return edge_address(shelf, request, choice, found.nodes[edge.source].named, found.nodes[edge.target].named, "html")

    picture = drawing(
        found, lang, title=texts.title(found, lang), description=texts.description(found, lang), node_link=around, edge_link=evidence, target=target
    )
    nodes = [
        {
            "place": place,
            "label": node.named.label(lang),
            "kind": kind_label(node.named.kind, lang) if not of_places else "",
            "projects": node.projects,
            "partners": node.partners,
            "hidden": node.hidden,
            "strength": amount(node.strength, lang),
            "rank": node.rank,
            "letter": node.letter,
            "group": node.group,
            "around": around(node),
            "profile": request.url(shelf.profile_path(node.named.iri)) if shelf.profile_path(node.named.iri) and not of_places else "",
            "iri": node.named.iri,
        }
        for place, node in ((place, found.nodes[place]) for place in found.rows(lang))
    ]
    edges = [
        {
            "place": place,
            "one": found.nodes[edge.source].named.label(lang),
            "other": found.nodes[edge.target].named.label(lang),
            "weight": amount(edge.weight, lang),
            "count": edge.count,
            "evidence": evidence(edge),
            "ends": f"{edge.source} {edge.target}",
        }
        for place, edge in enumerate(found.edges)
    ]
    values = choice.values
    legend = [(_svg_mark(kind, fill), letter, text) for kind, fill, letter, text in legend_of(found, lang)]
    about = texts.about(found, lang)
    return {
        "picture": Markup(picture),  # noqa: S704 (our own output; every text in it is escaped where it is written)
        "title": texts.title(found, lang),
        "shown": texts.shown_sentence(found, lang),
        "not_shown": texts.not_shown(found, lang),
        "notes": texts.notes(found, lang),
        "marks": texts.marks(found, lang),
        "method": about["method_line"],
        "rule": about["counting_rule"],
        "nodes": nodes,
        "edges": edges,
        "legend": legend,
        "files": [
            (form, request.url("/api/network", **{**values, "format": form.split(":")[0], **({"table": "nodes"} if ":" in form else {})}), label)
            for form, label in (
                ("gexf", "GEXF"),
                ("graphml", "GraphML"),
                ("csv", Text("CSV (ties)", "CSV (Verbindungen)").in_(lang)),
                ("csv:nodes", Text("CSV (institutions)", "CSV (Einrichtungen)").in_(lang)),
                ("vosviewer", "VOSviewer JSON"),
                ("svg", "SVG"),
                ("json", "JSON"),
            )
        ],
        "all_files": [
            (form, request.url("/api/network", **{**values, "format": form, "all": 1, "institution": None}), label)
            for form, label in (("gexf", "GEXF"), ("graphml", "GraphML"), ("csv", "CSV"), ("vosviewer", "VOSviewer JSON"))
        ],
        "whole_limit": WHOLE_TIES,
        "api": request.url("/api/network", **{**values, "format": "json"}),
        "embed_address": request.absolute("/embed/network", **values),
    }


def edge_address(shelf: Shelf, request: Request, choice: Choice, one: Named, other: Named, form: str) -> str:
    """Return the address of the evidence of a tie: what its weight depends on goes with it."""
    return request.url("/api/network/edge", **{"a": shelf.key(one.iri), "b": shelf.key(other.iri), **choice.counting, "format": form})


def _svg_mark(kind: str, fill: int) -> Markup:
    """Return a mark of the legend; it holds no text of anybody."""
    inner = mark(kind, 10, 10, 7, f"net-shape net-g{fill}")
    return Markup(f'<svg class="net-mark" viewBox="0 0 20 20" aria-hidden="true">{inner}</svg>')  # noqa: S704


def as_json(shelf: Shelf, found: View, request: Request) -> dict[str, Any]:
    """Return a view as plain data: nodes with places in the picture (inches, origin at the top left), edges with the address of their evidence."""
    lang = request.lang
    nodes = [
        {
            "id": place,
            "iri": node.named.iri,
            "key": shelf.key(node.named.iri),
            "label": node.named.label(lang),
            "kind": node.named.kind or None,
            "kind_label": kind_label(node.named.kind, lang),
            "shape": shape(node.named.kind),
            "colour": colour(found, node),
            "projects": node.projects,
            "partners": node.partners,
            "partners_not_shown": node.hidden,
            "strength": node.strength,
            **({"rank": node.rank} if found.ranked else {}),
            **({"group": node.group, "letter": node.letter or None} if found.choice.groups else {}),
            "x": found.places[place][0],
            "y": found.places[place][1],
            "radius": radius(found, place),
        }
        for place, node in enumerate(found.nodes)
    ]
    edges = [
        {
            "id": place,
            "source": edge.source,
            "target": edge.target,
            "weight": edge.weight,
            "shared_projects": edge.count,
            "evidence": edge_address(shelf, request, found.choice, found.nodes[edge.source].named, found.nodes[edge.target].named, "json"),
        }
        for place, edge in enumerate(found.edges)
    ]
    return {**texts.about(found, lang), "choice": found.choice.values, "nodes": nodes, "edges": edges}
