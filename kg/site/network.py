"""The network on static pages: the picture of the strongest ties, tables that say the same, and the evidence of each tie that is shown."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from kg.namespaces import code
from kg.portal.render import markup
from kg.site.names import in_language
from kg.site.notes import Claims, Notes

if TYPE_CHECKING:
    from kg.analyse.data import Data
    from kg.analyse.labels import Named
    from kg.analyse.projection import Row as ParticipationRow
    from kg.build import Build
    from kg.portal.explorer_view import Edge, View
    from kg.site.frame import Pages
    from kg.site.reader import Reader

SHOWN = 60
"""Institutions in the picture."""
PROJECTS = 12
"""Shared projects of a tie that are named; the rest are counted."""


@dataclass(frozen=True)
class Network:
    """What is shown of the network.

    Attributes:
        view: Institutions and ties.
        shared: Projects of each tie by start and IRI.
        parts: Participations of an institution in a project, by both.
    """

    view: View
    shared: tuple[tuple[str, ...], ...]
    parts: Mapping[tuple[str, str], Sequence[ParticipationRow]]


def network_of(build: Build) -> Network | None:
    """Return what the pages show of the network; `None` where a graph has no tie between institutions."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from kg.analyse.data import load
    from kg.analyse.projection import rows_of
    from kg.errors import KgError
    from kg.portal.explorer_choice import Choice
    from kg.portal.explorer_shelf import Shelf
    from kg.portal.explorer_view import view

    try:
        data = load(build)
        found = view(Shelf(build, data), Choice(shown=SHOWN))
    except KgError:
        return None
    nodes = found.nodes
    shared = tuple(
        tuple(
            sorted(
                data.incidence.shared(nodes[one.source].named.iri, nodes[one.target].named.iri),
                key=lambda project: (data.spans[project].start or "9999", project),
            )
        )
        for one in found.edges
    )
    # One look at the table for all ties.
    wanted = pa.array([node.named.iri for node in nodes], pa.string())
    columns = ["participation", "initiative", "organisation", "role", "start", "end", "named", "recorded"]
    parts: dict[tuple[str, str], list[ParticipationRow]] = {}
    for row in rows_of(data.table.filter(pc.is_in(data.table["organisation"].cast(pa.string()), wanted)).select(columns)):
        parts.setdefault((row.organisation, row.initiative), []).append(row)
    return Network(found, shared, parts)


def write_network(pages: Pages, reader: Reader, network: Network, claims: Claims) -> None:
    """Write `network.html` and `ties.html`."""
    from kg.analyse.projection import COUNTING_RULE
    from kg.portal import explorer_text as texts
    from kg.portal.explorer_choice import WEIGHTS
    from kg.portal.explorer_svg import amount, drawing, legend_of, mark

    lang, view, reader = pages.lang, network.view, reader.at("")

    def institution(named: Named) -> str:
        thing = reader.graph.number(named.iri)
        return reader.file(thing) if thing >= 0 else ""

    def evidence(edge: Edge) -> str:
        return f"{in_language('ties.html', lang)}#tie-{view.edges.index(edge) + 1}"

    shown = texts.shown_sentence(view, lang)
    picture = drawing(
        view,
        lang,
        title=texts.title(view, lang),
        description=texts.description(view, lang),
        node_link=lambda node: institution(node.named),
        edge_link=evidence,
    )
    legend = [
        (
            markup(f'<svg viewBox="0 0 18 18" width="18" height="18" aria-hidden="true">{mark(kind, 9, 9, 6, f"net-shape net-g{fill}")}</svg>'),
            letter,
            text,
        )
        for kind, fill, letter, text in legend_of(view, lang)
    ]
    order = view.rows(lang)
    nodes = [(view.nodes[place], institution(view.nodes[place].named), amount(view.nodes[place].strength, lang)) for place in order]
    ends = [(view.nodes[one.source].named, view.nodes[one.target].named) for one in view.edges]
    ties = [
        (place + 1, one.label(lang), other.label(lang), amount(edge.weight, lang), edge.count)
        for place, ((one, other), edge) in enumerate(zip(ends, view.edges, strict=True))
    ]
    pages.write(
        "network.html",
        "network.html",
        title_=texts.title(view, lang),
        shown=shown,
        picture=markup(picture),
        legend=legend,
        not_shown=texts.not_shown(view, lang),
        notes=texts.notes(view, lang),
        method=texts.method_line(view.data.method, lang),
        rule=COUNTING_RULE[lang],
        ranked=view.ranked,
        nodes=nodes,
        ties=ties,
        label=lambda named: named.label(lang),
    )
    sources = Notes(reader)
    told = [_tie(reader, network, one, other, shared, claims, sources) for (one, other), shared in zip(ends, network.shared, strict=True)]
    pages.write(
        "ties.html",
        "ties.html",
        shown=shown,
        ties=[(*tie, rows, institution(one), institution(other)) for tie, rows, (one, other) in zip(ties, told, ends, strict=True)],
        weight=WEIGHTS[view.data.selection.weight].in_(lang),
        method=texts.method_line(view.data.method, lang),
        notes=sources.items,
    )


def _tie(
    reader: Reader, network: Network, one: Named, other: Named, shared: Sequence[str], claims: Claims, notes: Notes
) -> list[tuple[Markup, str, tuple[Markup, Markup], int]]:
    """Return the shared projects of a tie: link, years, what each side does in it and who says so, and how many institutions count in it."""
    data, made = network.view.data, []
    for project in shared[:PROJECTS]:
        span = data.spans[project]
        years = "–".join(dict.fromkeys(text[:4] for text in (span.start, span.end) if text))
        sides = tuple(_side(reader, data, end, sorted(network.parts.get((end.iri, project), ())), claims, notes) for end in (one, other))
        place = bisect_left(data.incidence.projects, project)
        made.append((reader.link(reader.graph.number(project)), years, (sides[0], sides[1]), int(data.incidence.sizes[place])))
    return made


def _side(reader: Reader, data: Data, end: Named, rows: Sequence[ParticipationRow], claims: Claims, notes: Notes) -> Markup:
    texts = []
    for row in rows:
        role = reader.graph.number(row.role if ":" in row.role else code("participation-role", row.role))
        text = escape(reader.name(role) if role >= 0 else row.role)
        if row.named != end.iri:
            text += escape(f" ({data.named(row.named).label(reader.lang)})")
        node = reader.graph.number(row.participation)
        attested = claims.about(node) if node >= 0 else []
        distinct = {(one.status, one.attestation, one.evidence, one.wordings): one for one in reversed(attested)}
        if distinct:
            text += " " + notes.of_claims(sorted(distinct.values(), key=lambda one: one.rank))
        texts.append(text)
    return markup("; ").join(texts)
