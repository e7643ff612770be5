"""What a worker holds between requests: the graph, its search index, questions, settings, and names already looked up."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from kg.errors import StoreError, Text
from kg.namespaces import BASE, DCTERMS, FOAF, RDFS, SKOS, local_name
from kg.portal.facts import objects
from kg.portal.page import Reply, Request
from kg.portal.render import page
from kg.portal.settings import PortalSettings
from kg.results import labels as look_up
from kg.store import EmbeddedStore, EndpointStore, Store

if TYPE_CHECKING:
    from kg.build import Build
    from kg.questions import Question
    from kg.search import SearchIndex

Made = TypeVar("Made")
KEPT_NAMES = 50_000
KEPT = 64
NAMES = (SKOS.prefLabel, RDFS.label, DCTERMS.title, FOAF.name)
"""Properties that hold a name, as :func:`kg.results.labels` has them."""


@dataclass(frozen=True)
class Site:
    """What every page says about the graph at its foot.

    Attributes:
        release: Identifier of the build, or of the endpoint.
        title: Title per language.
        state: State date, or empty.
        frames: `(source, kind of frame, name of what it is sampled around)`.
        licenses: IRIs of the licences of the sources.
        remote: Address of the endpoint, or empty.
        report_to: Where errors are reported, or empty.
        statements: Number of statements.
    """

    release: str
    title: dict[str, str]
    state: str
    frames: tuple[tuple[str, str, str], ...]
    licenses: tuple[str, ...]
    remote: str
    report_to: str
    statements: int


@dataclass
class Desk:
    """The state of one worker.

    Attributes:
        store: The graph.
        settings: Of the portal.
        build: The build behind the graph; of a remote endpoint its local mirror, or `None` where there is none.
        names: Names looked up, by IRI and language.
    """

    store: Store
    settings: PortalSettings
    build: Build | None = None
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    _made: dict[object, object] = field(default_factory=dict)

    @classmethod
    def open(cls, settings: PortalSettings, folder: Path | None) -> Desk:
        """Open the graph of a folder (`build/graphs/<id>`, or the mirror of an endpoint), or the endpoint of the settings.

        Raises:
            StoreError: It cannot be opened.
        """
        from kg.build import read

        build = read(folder) if folder is not None and (folder / "build.json").is_file() else None
        if settings.store.startswith(("http://", "https://")):
            return cls(EndpointStore(settings.store, timeout=max(1, round(settings.seconds))), settings, build)
        if build is None:
            what = Text("There is no graph to serve.", "Es gibt keinen Graphen zum Anzeigen.")
            raise StoreError(what, where=str(folder), fix=Text("Build it with `kg build`.", "Bauen Sie ihn mit `kg build`."))
        return cls(EmbeddedStore(build.store), settings, build)

    @cached_property
    def base(self) -> str:
        """Namespace root of the entities."""
        return self.build.base if self.build is not None else BASE

    @cached_property
    def index(self) -> SearchIndex | None:
        """The search index; `None` where the graph has none (an older build, an endpoint not fetched yet)."""
        from kg.search import SearchIndex

        path = self.build.path / "search.sqlite" if self.build is not None else None
        return SearchIndex(path) if path is not None and path.is_file() else None

    @cached_property
    def questions(self) -> dict[str, Question]:
        """The ready questions by name, in their order."""
        from kg.questions import load_questions

        return {question.name: question for question in load_questions()}

    @cached_property
    def site(self) -> Site:
        """What every page says about the graph."""
        record: dict[str, Any] = self.build.record if self.build is not None else {}
        remote = "" if isinstance(self.store, EmbeddedStore) else self.store.location
        sources = record.get("sources", [])
        return Site(
            release=str(record.get("id", "")),
            title=dict(record.get("title") or {"en": "Knowledge graph of innovation", "de": "Wissensgraph der Innovation"}),
            state=str(record.get("state", "")),
            frames=tuple((str(one["name"]), str(one["frame"]["kind"]), str(one["frame"]["around"])) for one in sources),
            licenses=tuple(sorted({str(one["license"]) for one in sources if str(one.get("license", "")).startswith(("https://", "http://"))})),
            remote=remote,
            report_to=self.settings.report_to,
            statements=int(record.get("quads", 0)),
        )

    def render(self, template: str, request: Request, *, status: int = 200, headers: dict[str, str] | None = None, **values: Any) -> Reply:
        """Return a page; the template gets `desk`, `site`, `href(iri)` and what :func:`kg.portal.render.page` gives."""

        def href(iri: str) -> str:
            return self.href(iri, request)

        return page(template, request, status=status, headers=headers, desk=self, site=self.site, href=href, **values)

    def labels(self, iris: Iterable[str], lang: str) -> dict[str, str]:
        """Return a name for each IRI (:func:`kg.results.labels`), asked for once and kept (at most 50,000)."""
        wanted = set(iris)
        missing = [iri for iri in wanted if (iri, lang) not in self.names]
        if missing:
            if len(self.names) > KEPT_NAMES:
                self.names.clear()
                missing = list(wanted)
            self.names.update({(iri, lang): name for iri, name in self._look_up(missing, lang).items()})
        return {iri: self.names[iri, lang] for iri in wanted}

    def _look_up(self, iris: list[str], lang: str) -> dict[str, str]:
        if not isinstance(self.store, EmbeddedStore):
            return look_up(self.store, iris, lang)
        try:
            # The index of a build holds the names of its things, and gives them ten times as fast.
            found = self.index.labels(iris, lang) if self.index is not None else {}
        except StoreError:
            found = {}  # The search page says that it is damaged; names stand in the graph, too.
        return {**found, **_names(self.store, (iri for iri in iris if iri not in found), lang)}

    def local(self, iri: str) -> str:
        """Return the path of the document about an IRI of this graph's namespaces (`/doc/…`), or empty for an IRI of somebody else.

        `BASE/id/x` → `/doc/x`; `BASE/code/x` → `/doc/code/x`; `BASE/graph/x` → `/doc/graph/x`; `BASE/ontology#X` → `/doc/ontology/X`.
        """
        return _local(iri, self.base)

    def href(self, iri: str, request: Request) -> str:
        """Return where a page links to for an IRI: the document here, or the IRI itself where it is a web address, or the page about any resource."""
        path = self.local(iri)
        if path:
            return request.url(path)
        return iri if iri.startswith(("https://", "http://")) else request.url("/resource", iri=iri)

    def cached(self, key: object, make: Callable[[], Made]) -> Made:
        """Return what was made under a key before, or make it; the graph of a desk never changes. The 64 last ones are kept."""
        if key in self._made:
            value = self._made.pop(key)
        else:
            value = make()
            while len(self._made) >= KEPT:
                self._made.pop(next(iter(self._made)))
        self._made[key] = value
        return value  # type: ignore[return-value]


@lru_cache(maxsize=8192)
def _local(iri: str, base: str) -> str:
    for root in dict.fromkeys((base, BASE)):
        if iri.startswith(root):
            rest = iri[len(root) :].replace("#", "/", 1)
            kind, slash, name = rest.partition("/")
            if slash and name and kind in ("id", "code", "graph", "ontology"):
                return "/doc/" + quote(name if kind == "id" else rest, safe="/-._~:@!$&'()*+,;=")
    return ""


def _names(store: EmbeddedStore, iris: Iterable[str], lang: str) -> dict[str, str]:
    """Return what :func:`kg.results.labels` returns, by the index of quads: a page has few new names, for which a query costs more than its answer."""
    import pyoxigraph as ox

    order = (lang, "en" if lang == "de" else "de", "")
    made = {}
    for iri in iris:
        labels = [value for _, value in objects(store, iri, NAMES) if isinstance(value, ox.Literal)]
        ranked = [(order.index(tag) if (tag := one.language or "") in order else len(order), one.value) for one in labels]
        made[iri] = min(ranked)[1] if ranked else local_name(iri)
    return made
