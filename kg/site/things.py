"""Which things have a page, under which name, and their lists from A to Z."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from kg.errors import Text
from kg.namespaces import CODE, DCAT, INNO, OWL, RDF, SKOS
from kg.search.fold import plain
from kg.site.names import in_language, path_of

if TYPE_CHECKING:
    from markupsafe import Markup

    from kg.site.frame import Pages
    from kg.site.graph import Graph
    from kg.site.reader import Reader

PER_PAGE = 400
"""Names on one page of a list."""
KINDS: dict[str, Text] = {
    "organisation": Text("Organisations", "Einrichtungen"),
    "project": Text("Projects", "Projekte"),
    "programme": Text("Programmes", "Programme"),
    "campaign": Text("Campaigns", "Kampagnen"),
    "event": Text("Events", "Veranstaltungen"),
    "place": Text("Places", "Orte"),
    "document": Text("Documents", "Dokumente"),
    "award": Text("Awards", "Auszeichnungen"),
    "award-edition": Text("Rounds of awards", "Runden von Auszeichnungen"),
    "agent": Text("Publishers", "Herausgeber"),
    "graph": Text("Data sets", "Datensätze"),
    "code": Text("Code lists", "Codelisten"),
    "concept": Text("Codes and topics", "Codes und Themen"),
    "other": Text("Other things", "Anderes"),
}
"""Kinds of pages in the order of the lists."""
PARTS = frozenset(
    (
        *("participation", "identifier", "evidence", "claim", "geometry", "funding", "anchor", "award-result", "site-use", "address", "input"),
        *("activity",),
    )
)
"""Kinds of IRIs that are parts of other things: they stand on the pages of what they connect, and in its data."""
_CLASSES = ("Organisation", "Project", "Programme", "Campaign", "Event", "Place", "Document", "Award", "AwardEdition")


def things(graph: Graph, base: str) -> dict[int, str]:
    """Return the path, without ending, of each thing that has a page, sorted by path.

    Things are what stands below `id/` and is no part of another thing, codes and their lists, data sets, and foreign IRIs of the main classes.
    """
    kind = graph.number(RDF.type)
    roots = tuple({CODE, f"{base}code/"})
    main = {graph.number(INNO[name]) for name in _CLASSES} - {-1}
    concepts = {graph.number(one) for one in (SKOS.Concept, SKOS.ConceptScheme)} - {-1}
    sets, retired = graph.number(DCAT.Dataset), graph.number(OWL.deprecated)
    made: dict[str, int] = {}
    for subject in sorted(graph.subjects(), key=graph.terms.__getitem__):
        iri = graph.terms[subject]
        if not graph.is_iri(subject):
            continue
        path = ""
        if iri.startswith(f"{base}id/"):
            path = path_of(iri, base) if iri[len(base) + 3 :].partition("/")[0] not in PARTS else ""
        elif iri.startswith(roots):
            root = next(one for one in roots if iri.startswith(one))
            scheme, _, name = iri[len(root) :].partition("/")
            if concepts & set(graph.values(subject, kind)):
                path = path_of(f"{base}code-{scheme}/{name}" if name else f"{base}code/{scheme}", base)
        elif iri.startswith(f"{base}graph/"):
            path = path_of(iri, base) if sets in graph.values(subject, kind) else ""
        elif main & set(graph.values(subject, kind)) or (retired >= 0 and graph.first(subject, retired) == "true"):
            path = path_of(iri, base)
        if path:
            # Two namespaces may hold the same name: the second one by IRI gets the hash of its own.
            made[path if path not in made else f"{path[:80]}--{hashlib.sha256(iri.encode()).hexdigest()[:12]}"] = subject
    return {subject: path for path, subject in sorted(made.items())}


def kind_of(path: str) -> str:
    """Return the kind of a page by its path.

    >>> kind_of("project/t-factor"), kind_of("code-topic/x"), kind_of("thing-of-others/x")
    ('project', 'concept', 'other')
    """
    folder = path.partition("/")[0]
    return "concept" if folder.startswith("code-") else folder if folder in KINDS else "other"


def list_file(kind: str, page: int = 1) -> str:
    """Return the English file of a page of a list."""
    return f"list/{kind}.html" if page == 1 else f"list/{kind}-{page}.html"


def by_kind(pages: Mapping[int, str]) -> dict[str, list[int]]:
    """Return the things of each kind that there is, in the order of the kinds."""
    found: dict[str, list[int]] = {kind: [] for kind in KINDS}
    for thing, path in pages.items():
        found[kind_of(path)].append(thing)
    return {kind: some for kind, some in found.items() if some}


def write_lists(pages: Pages, reader: Reader, kinds: Mapping[str, list[int]]) -> None:
    """Write the lists from A to Z, in pages."""
    reader = reader.at("../")
    for kind, some in kinds.items():
        order = sorted((plain(reader.name(one)).strip(), reader.graph.terms[one], one) for one in some)
        lettered: list[tuple[str, Markup]] = [(_letter(name), reader.link(one)) for name, _, one in order]
        lettered.sort(key=lambda one: (one[0] == "#", one[0]))
        count = -(-len(lettered) // PER_PAGE)
        letters: dict[str, int] = {}
        for place, (letter, _) in enumerate(lettered):
            letters.setdefault(letter, place // PER_PAGE + 1)
        shortcuts = [
            (letter, f"{in_language(list_file(kind, page), pages.lang)}#l-{'other' if letter == '#' else letter.lower()}")
            for letter, page in letters.items()
        ]
        for page in range(1, count + 1):
            shown = lettered[(page - 1) * PER_PAGE : page * PER_PAGE]
            parts: dict[str, list[Markup]] = {}
            for letter, link in shown:
                parts.setdefault(letter, []).append(link)
            pages.write(
                list_file(kind, page),
                "list.html",
                name=KINDS[kind].in_(pages.lang),
                count=len(some),
                letters=shortcuts if len(some) > 30 else [],
                parts=list(parts.items()),
                number_=page,
                pages=count,
                before=in_language(list_file(kind, page - 1), pages.lang) if page > 1 else "",
                after=in_language(list_file(kind, page + 1), pages.lang) if page < count else "",
            )


def _letter(name: str) -> str:
    first = name.lstrip("\"'„“‚‘«(-. ")[:1].upper()
    return first if first.isascii() and first.isalpha() else "#"
