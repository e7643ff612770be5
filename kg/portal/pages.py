"""The home page: what this graph answers, with real numbers; the published files; and the doors to the other pages that no thing of the graph has."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from kg.errors import KgError, Text
from kg.namespaces import INNO, SKOS
from kg.portal import released
from kg.portal.about import FRAMES, about, centres, record_of, sources_of, text_in
from kg.portal.crawling import opensearch, robots, sitemap, sitemap_part
from kg.portal.page import Reply, Request, json_reply
from kg.portal.released import descriptor
from kg.portal.render import NotFoundError
from kg.portal.schema_org import for_script

if TYPE_CHECKING:
    from kg.portal.desk import Desk

SECONDS = 0.3
"""Time for example answers while the home page is made: a worker that is busy for a second is replaced, and what it has kept goes with it."""
PATIENT = 20.0
"""Time for them where the page asks afterwards (:func:`answers`, in a worker that may take longer)."""
LARGE = 500_000
"""From so many statements on, the home page does not answer questions itself."""
FIRST = ("collaboration-counts", "repeat-partners", "who-says-so", "contradictions", "award-won", "role-across-projects", "kinds-and-counts")
"""Questions for the home page, the best first; those without an answer in this graph are passed over."""
ANSWERS = 5

NAMES: dict[str, Text] = {
    INNO.Organisation: Text("institutions", "Einrichtungen"),
    INNO.Project: Text("projects", "Projekte"),
    INNO.Participation: Text("participations", "Beteiligungen"),
    INNO.Event: Text("events", "Veranstaltungen"),
    INNO.Place: Text("places", "Orte"),
    INNO.Programme: Text("programmes", "Programme"),
    INNO.Document: Text("documents", "Dokumente"),
    INNO.Claim: Text("claims with evidence", "Aussagen mit Beleg"),
    SKOS.Concept: Text("concepts", "Begriffe"),
}
"""Classes whose numbers stand on the home page, in their order."""
SEARCHABLE = frozenset((INNO.Organisation, INNO.Project, INNO.Event, INNO.Place, INNO.Programme, INNO.Document))


@dataclass(frozen=True)
class Sample:
    """A ready question with the answer to its example.

    Attributes:
        title, sentence: Texts; the sentence is empty where the time was used up.
        href: Address of the question with these values.
    """

    title: str
    sentence: str
    href: str


@dataclass(frozen=True)
class Number:
    """How many things of a class there are; `href` leads to them, or is empty."""

    count: int
    name: str
    href: str


def home(desk: Desk, request: Request) -> Reply:
    """Show what this graph answers: numbers, search, questions with real answers, pictures, sources, how to cite, and ways in for programs."""
    sources = sources_of(desk)
    found, complete = samples(desk, request, SECONDS if desk.site.statements < LARGE else 0.0)
    return desk.render(
        "home.html",
        request,
        # The next reader may get more: this page is not the one that belongs to the ETag.
        headers={} if complete else {"Cache-Control": "no-store"},
        numbers=numbers(desk, request),
        samples=found,
        complete=complete,
        sources=sources,
        frames=FRAMES,
        centres=centres(desk, request.lang),
        about=text_in(sources[0]["description"], request.lang) if sources else ("", ""),
        cite=citation(desk, request),
        block=for_script(dataset(desk, request)),
        files=published(desk),
        newest=next(iter(released.releases(desk)), None),
    )


def numbers(desk: Desk, request: Request) -> list[Number]:
    """Return the number of things of the main classes, as the record of the build counts them; of an endpoint without a record, none."""
    classes: Mapping[str, int] = record_of(desk).get("classes", {})
    searchable = desk.index is not None
    return [
        Number(int(classes[kind]), name.in_(request.lang), request.url("/search", **{"class": kind}) if searchable and kind in SEARCHABLE else "")
        for kind, name in NAMES.items()
        if classes.get(kind)
    ]


def answers(desk: Desk, request: Request) -> Reply:
    """Return the home page's questions with all their answers, for the page to fill in: on a large graph they take seconds."""
    found, complete = samples(desk, request, PATIENT)
    data = {"samples": [{"title": one.title, "sentence": one.sentence, "href": one.href} for one in found], "complete": complete}
    return json_reply(data, headers={} if complete else {"Cache-Control": "no-store"})


def samples(desk: Desk, request: Request, seconds: float) -> tuple[list[Sample], bool]:
    """Return ready questions with the sentence that answers their example, and whether all of them are answered.

    Answers are kept; each call works so many seconds at most on those that are missing (it begins none after that).
    """
    known: dict[str, tuple[str, dict[str, str]] | None] = desk.cached(("home samples", request.lang), dict)
    end = monotonic() + seconds
    found: list[tuple[str, str, dict[str, str]]] = []
    for name in [name for name in FIRST if name in desk.questions] + [name for name in desk.questions if name not in FIRST]:
        if len(found) == ANSWERS:
            break
        if name not in known and monotonic() < end:
            known[name] = _answered(desk, request, name)
        answer = known.get(name, ("", {}))
        if answer is not None:
            found.append((name, *answer))
    made = [
        Sample(desk.questions[name].title[request.lang], sentence, request.url(f"/questions/{name}", **values)) for name, sentence, values in found
    ]
    return made, all(one.sentence for one in made)


def _answered(desk: Desk, request: Request, name: str) -> tuple[str, dict[str, str]] | None:
    """Return the sentence for a question's example and its values; `None` where this graph has no answer: no advertisement for it."""
    import pyoxigraph as ox

    from kg.portal.asking import ask
    from kg.portal.examples import terms_of

    question = desk.questions[name]
    try:
        terms = terms_of(desk, question)
        values = {key: term.value for key, term in terms.items() if isinstance(term, ox.NamedNode)}
        asked = ask(desk, replace(request, values={key: [value] for key, value in values.items()}), question)
    except KgError:
        return None
    return (asked.answer(desk).sentence, values) if asked.table is not None and asked.table.rows else None


def citation(desk: Desk, request: Request) -> str:
    """Return how to cite the graph: publisher, title, state, release, licence, address."""
    site, sources = desk.site, sources_of(desk)
    who = ", ".join(dict.fromkeys(one["publisher"]["name"] for one in sources if one["publisher"]["name"]))
    parts = [
        f"{who}: {site.title.get(request.lang, '')}" if who else site.title.get(request.lang, ""),
        Text(f"Data of {site.state}", f"Datenstand {site.state}").in_(request.lang) if site.state else "",
        Text(f"Build {site.release}", f"Build {site.release}").in_(request.lang) if site.release else "",
        ", ".join(site.licenses),
        f"{request.origin}{request.root}/",
    ]
    return ". ".join(part for part in parts if part)


def dataset(desk: Desk, request: Request) -> dict[str, Any]:
    """Return the graph as schema.org Dataset in a DataCatalog; what is not known is left out."""
    from kg.portal.entity_catalog import about, published_files
    from kg.publish.catalogue import schema_org

    here = f"{request.origin}{request.root}"
    return schema_org(about(desk, request), published_files(desk, request), request.lang, page=f"{here}/", catalog=f"{here}/catalog")


def published(desk: Desk) -> list[dict[str, Any]]:
    """Return the files that `kg publish` has made of this very build; an empty list where there are none, or they are of another one."""
    place = _publish_folder(desk)
    try:
        mark = (place / "manifest.json").stat().st_mtime_ns if place is not None else 0
    except OSError:
        mark = 0
    return desk.cached(("published", mark), lambda: _published(desk))


def _published(desk: Desk) -> list[dict[str, Any]]:
    place = _publish_folder(desk)
    try:
        manifest = json.loads((place / "manifest.json").read_text(encoding="utf-8")) if place else {}
    except (OSError, ValueError):
        return []
    if desk.build is None or manifest.get("build") != desk.build.id:
        return []
    return [one for one in manifest.get("files", []) if re.fullmatch(r"[\w-][\w.-]*", str(one.get("name", "")))]


def _publish_folder(desk: Desk) -> Path | None:
    return desk.build.path.parent.parent / "publish" if desk.build is not None else None


def download(desk: Desk, request: Request) -> Reply:
    """Return a published file; only those that the manifest names are ever opened.

    Raises:
        NotFoundError: There is no such file.
    """
    name, place = request.names.get("name", ""), _publish_folder(desk)
    entry = next((one for one in published(desk) if one["name"] == name), None)
    file = descriptor(place.resolve(), name) if entry is not None and place is not None else -1
    if entry is None or file < 0:
        what = Text("There is no such file.", "Eine solche Datei gibt es nicht.")
        raise NotFoundError(what, where=name[:100], fix=Text("The home page lists what there is.", "Die Startseite zählt auf, was es gibt."))
    return Reply(b"", str(entry["media_type"]), headers={"Content-Disposition": f'attachment; filename="{name}"'}, file=file)


__all__ = (
    "about",
    "answers",
    "citation",
    "dataset",
    "download",
    "home",
    "numbers",
    "opensearch",
    "published",
    "robots",
    "samples",
    "sitemap",
    "sitemap_part",
)
