"""All files of a site: the pages about things in one process per language, everything else beside them."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from kg.errors import KgError, Text
from kg.site.described import Turtle
from kg.site.entity import Maker, rule_titles
from kg.site.frame import HERE, LANGS, STILL, Folder, Pages, Site, json_block, stylesheet
from kg.site.graph import Graph, read_graph
from kg.site.names import in_language
from kg.site.notes import Claims
from kg.site.reader import Reader
from kg.site.things import KINDS, by_kind, kind_of, list_file, things, write_lists

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from kg.build import Build
    from kg.site.catalog import Dump
    from kg.site.network import Network
    from kg.store import Store

Progress = Callable[[str], None]
MENU = 5
"""Entries of the menu on pages about things; there are ten thousand of them, and the first page has the rest."""


@dataclass(frozen=True)
class Found:
    """What was written: number of files and bytes, things with a page, what is left out."""

    files: int
    bytes: int
    pages: int
    limits: tuple[Text, ...]


@dataclass(frozen=True)
class Context:
    """What all writers share.

    Attributes:
        graph: The graph by numbers.
        site: What all pages say.
        pages: Path of each thing that has a page.
        kinds: These things by kind.
        readers: Per language.
        reasons: Why claims in contradictions stand as they do.
        shown: Institutions in the picture of the network.
    """

    graph: Graph
    site: Site
    pages: Mapping[int, str]
    kinds: Mapping[str, list[int]]
    readers: Mapping[str, Reader]
    reasons: Mapping[int, Text]
    shown: frozenset[int]


def write_all(build: Build, path: Path, address: str, release: str, root: Path | None, progress: Progress) -> Found:
    """Write all files of a site into an empty folder (:func:`kg.site.site`)."""
    from kg.questions import frame_text
    from kg.site.network import network_of
    from kg.site.releases import chosen
    from kg.store import open_store

    folder = Folder(path)
    shown_releases = chosen(root, release)
    progress("reading the graph")
    graph = read_graph(build.parquet)
    pages = things(graph, build.base)
    kinds = by_kind(pages)
    store, working = open_store(build.store), list[_Beside]()
    try:
        progress("drawing the network")
        network = network_of(build)
        has = {"ontology"} | ({"network"} if network else set()) | ({"releases"} if shown_releases else set())
        record = build.record
        titles = {lang: str(record["title"].get(lang) or next(iter(record["title"].values()), "") or record["name"]) for lang in LANGS}
        licences = sorted({str(source["license"]) for source in record["sources"] if source["license"]})
        frames = {lang: frame_text(store, lang) for lang in LANGS}
        site = Site(build.base, address, titles, str(record.get("state", "")), build.id, licences, frames, frozenset(has))
        readers = {lang: Reader(graph, lang, pages, build.base, terms=True) for lang in LANGS}
        shown = frozenset(graph.number(node.named.iri) for node in network.view.nodes) if network else frozenset()
        context = Context(graph, site, pages, kinds, readers, _reasons(graph, store, build), shown)
        working += [_Beside(partial(_write_things, context, Folder(path), lang)) for lang in LANGS]
        progress("writing pages")
        rest = _Rest(context, build, store, folder, network)
        rest.write(shown_releases, progress)
        for one in working:
            folder.written.update(one.wait())
    finally:
        for one in working:
            one.stop()
        store.close()
    rest.finish(sorted(folder.written))
    return Found(len(folder.written), sum(folder.written.values()), len(pages), tuple(rest.limits))


def _reasons(graph: Graph, store: Store, build: Build) -> dict[int, Text]:
    """Return why each claim of a contradiction stands as it does, by its number."""
    from kg.portal.entity_words import WORDS
    from kg.why import Evidence

    subjects = sorted(graph.terms[one] for one in Claims(graph).disputing())
    if not subjects:
        return {}
    found = Evidence(store, build, words=WORDS).standing(subjects)
    return {graph.number(claim): standing.reason for claim, standing in found.items()}


# --- the pages about things ---------------------------------------------------------------------------------------------------


def _write_things(context: Context, folder: Folder, lang: str) -> dict[str, int]:
    """Write the pages of one language about all things, and their lists; return what was written."""
    reader = context.readers[lang]
    pages = Pages(context.site, folder, lang)
    maker = Maker(reader, Claims(context.graph), context.reasons, rule_titles())
    for thing, path in context.pages.items():
        kind = kind_of(path)
        network = in_language("network.html", lang) if thing in context.shown else ""
        about = maker.about(thing)
        pages.write(
            f"doc/{path}.html",
            "entity.html",
            root="../../",
            one=about,
            data=f"data/{path}.ttl",
            listed=in_language(list_file(kind), lang),
            network=network,
            policy=STILL,
            most=MENU,
        )
    write_lists(pages, reader, context.kinds)
    return folder.written


class _Beside:
    """Work in a process of its own that shares what is in memory, where the system can; elsewhere it is done when its result is asked for.

    The process only computes and writes files: engines and stores belong to the first one.
    """

    def __init__(self, work: Callable[[], dict[str, int]]) -> None:
        self._work, self._process = work, None
        if sys.platform == "linux":
            context = multiprocessing.get_context("fork")
            self._receiving, sending = context.Pipe(duplex=False)
            self._process = context.Process(target=self._run, args=(sending, os.getpid()), daemon=True)
            self._process.start()
            sending.close()

    def _run(self, sending: Connection, parent: int) -> None:
        # Whoever began it may be killed: then nobody waits, and the folder is to be free (prctl(2), PR_SET_PDEATHSIG).
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
        if os.getppid() != parent:
            return
        try:
            sending.send((self._work(), None))
        except OSError as error:
            sending.send(({}, (error.errno, error.strerror, str(error.filename or ""))))
        finally:
            sending.close()

    def wait(self) -> dict[str, int]:
        """Return what was written.

        Raises:
            OSError: A file could not be written.
        """
        if self._process is None:
            return self._work()
        try:
            written, failed = self._receiving.recv()
        except EOFError:
            self._process.join()
            raise RuntimeError(f"the process that writes pages ended with {self._process.exitcode}") from None
        self._process.join()
        if failed:
            raise OSError(*failed)
        return dict(written)

    def stop(self) -> None:
        """End it, if it has not ended: nothing may be written to a folder that is given up."""
        if self._process is not None and self._process.is_alive():
            self._process.kill()
            self._process.join()


# --- everything else ----------------------------------------------------------------------------------------------------------


class _Rest:
    """Everything but the pages about things."""

    def __init__(self, context: Context, build: Build, store: Store, folder: Folder, network: Network | None) -> None:
        self.context, self.build, self.store, self.folder, self.network = context, build, store, folder, network
        self.pages = {lang: Pages(context.site, folder, lang) for lang in LANGS}
        self.dumps: list[Dump] = []
        self.latest = self.ontology = ""
        # Without an address of its own the site is expected at the root of its host.
        self.root = urlsplit(context.site.address).path if context.site.address != context.site.base else "/"
        self.limits = [
            Text(
                "No SPARQL endpoint and no choices: questions are answered for an example each. The portal (`kg serve`) has both.",
                "Kein SPARQL-Endpunkt und keine Auswahl: Fragen sind für je ein Beispiel beantwortet. Das Portal (`kg serve`) hat beides.",
            ),
            Text(
                "Lists of more than 250 rows are cut, which is said beside each; the files hold everything.",
                "Listen mit mehr als 250 Zeilen sind gekürzt, was jeweils dabeisteht; die Dateien enthalten alles.",
            ),
            Text(
                "Participations, claims and pieces of evidence have no page of their own: they stand on the pages of what they are about.",
                "Beteiligungen, Aussagen und Belege haben keine eigene Seite: Sie stehen auf den Seiten dessen, worum es geht.",
            ),
        ]

    def write(self, releases: Any, progress: Progress) -> None:
        """Write data, pictures, questions, lists, the first page."""
        from kg.site import asked as questions
        from kg.site.catalog import write_catalog, write_data, write_descriptions
        from kg.site.finding import write_index
        from kg.site.network import write_network
        from kg.site.places import located_of, write_map
        from kg.site.releases import write_releases

        context = self.context
        self._assets()
        self.dumps, manifest = write_data(self.build, self.folder, progress)
        progress("writing data")
        self._write_turtle()
        write_descriptions(self.build, self.folder, self.dumps, releases)
        progress("answering questions")
        asked = questions.ask_all(self.store, context.graph, context.kinds, context.site.base)
        where = located_of(self.store)
        claims = Claims(context.graph)
        self.latest = write_releases(self.pages, context.readers, self.folder, releases)
        self._write_ontology()
        for lang, pages in self.pages.items():
            reader = context.readers[lang]
            questions.write_questions(pages, reader, asked[lang])
            if self.network:
                write_network(pages, reader, self.network, claims)
            write_map(pages, reader, where)
            write_catalog(pages, self.dumps, manifest)
            self._write_home(pages, questions.samples(asked[lang], lang), manifest)
            self._write_about(pages)
            lists = [
                (name.in_(lang), in_language(list_file(kind), lang), len(context.kinds[kind]))
                for kind, name in KINDS.items()
                if kind in context.kinds
            ]
            pages.write("search.html", "search.html", lists=lists)
        # An error page is shown under every address, so that its links begin at the address of the site.
        self.pages["en"].write("404.html", "error.html", root=self.root, here="")
        write_index(self.folder, context.graph, context.readers, context.pages)

    def _assets(self) -> None:
        from kg.portal.render import STATIC

        self.folder.write("assets/site.css", stylesheet())
        self.folder.write("assets/search.js", (HERE / "static" / "search.js").read_bytes())
        self.folder.write("assets/icon.svg", (STATIC / "icon.svg").read_bytes())

    def _write_turtle(self) -> None:
        context = self.context
        turtle = Turtle(context.graph, context.site.base, context.site.licences)
        for thing, path in context.pages.items():
            file = f"data/{path}.ttl"
            self.folder.write(file, turtle.describe(thing))

    def _write_ontology(self) -> None:
        """Write the documentation of the ontology (:mod:`kg.terms`)."""
        from kg.terms.reading import terms
        from kg.terms.writing import write

        def question(name: str, lang: str) -> str:
            return f"../../{in_language(f'questions/{name}.html', lang)}"

        self.ontology = terms().header.version
        for path in write(self.folder.path, build=self.build, question=question, home="../../index.html"):
            self.folder.written[path.relative_to(self.folder.path).as_posix()] = path.stat().st_size

    def _write_home(self, pages: Pages, samples: Any, manifest: Mapping[str, Any]) -> None:
        from kg.publish.catalogue import describe, listed, schema_org

        context, lang = self.context, pages.lang
        about = describe(self.build)
        block = schema_org(
            about, list(listed(manifest["files"], about.dataset)), lang, page=context.site.address, catalog=f"{context.site.address}catalog.html"
        )
        texts = [source["description"].get(lang, "") for source in self.build.record["sources"]]
        pages.write(
            "index.html",
            "home.html",
            about=next(filter(None, texts), ""),
            lists=[(KINDS[kind].in_(lang), in_language(list_file(kind), lang), len(some)) for kind, some in context.kinds.items()],
            samples=samples,
            network=self.network is not None,
            releases="releases" in context.site.has,
            cite=manifest["cite"][lang],
            limits=[one.in_(lang) for one in self.limits],
            schema=json_block(block),
        )

    def _write_about(self, pages: Pages) -> None:
        lang = pages.lang

        def text(values: Mapping[str, str]) -> str:
            return values.get(lang) or next(iter(values.values()), "")

        def web(address: str) -> str:
            return address if address.startswith(("https://", "http://", "mailto:")) else ""

        sources = [
            {
                "title": text(one["title"]) or one["name"],
                "text": text(one["description"]),
                "frame": one["frame"]["kind"],
                "population": text(one["frame"]["population"]),
                "state": one["frame"].get("date") or "",
                "publisher": one["publisher"]["name"],
                "contact": one["contact"]["name"],
                "contact_url": web(one["contact"]["url"]),
                "licence": one["license"],
            }
            for one in self.build.record["sources"]
        ]
        pages.write("about.html", "about.html", sources=sources, limits=[one.in_(lang) for one in self.limits])

    def finish(self, files: list[str]) -> None:
        """Write what needs to know all files: sitemap, redirects, and the README of who puts the site online."""
        from kg.site import rules
        from kg.site.readme import readme

        context, folder = self.context, self.folder
        address, base = context.site.address, context.site.base
        pages = [one for one in files if one.endswith(".html") and one != "404.html"]
        for name, text in rules.sitemap(pages, address, context.site.state).items():
            folder.write(name, text)
        folder.write("robots.txt", rules.robots(address))
        packed = [one.name for one in self.dumps if one.unpacked]
        moved = self._moved()
        folder.write(".htaccess", rules.apache(moved, packed, self.latest, self.ontology, self.root))
        for name, text in rules.netlify(moved, packed, self.latest).items():
            folder.write(name, text)
        if address != base:
            folder.write("w3id/.htaccess", rules.w3id(moved, self.latest, self.ontology, address))
        folder.write(".nojekyll", "")
        folder.write("README.txt", readme(context.site, own=address == base))

    def _moved(self) -> list[Any]:
        """Return the IRIs whose file does not follow from their slug, and the retired ones."""
        from kg.namespaces import DCTERMS, OWL
        from kg.site.rules import Moved

        context = self.context
        graph, base = context.graph, context.site.base
        deprecated, replaced = graph.number(OWL.deprecated), graph.number(DCTERMS.isReplacedBy)
        retired = list(graph.linking(graph.number('"\x01http://www.w3.org/2001/XMLSchema#boolean\x01true'), deprecated)) if deprecated >= 0 else []
        made = []
        for thing in sorted(retired, key=graph.terms.__getitem__):
            iri = graph.terms[thing]
            following = next((one for one in graph.values(thing, replaced) if one in context.pages), -1)
            if iri.startswith(base):
                made.append(Moved(iri[len(base) :], successor=f"doc/{context.pages[following]}.html" if following >= 0 else ""))
        known = {one.path for one in made}
        for thing, path in context.pages.items():
            iri = graph.terms[thing]
            own = iri[len(base) :] if iri.startswith(base) else ""
            plain = (
                own.removeprefix("id/").replace("code/", "code-", 1) if own.startswith("code/") and own.count("/") > 1 else own.removeprefix("id/")
            )
            if own and plain != path and own not in known:
                made.append(Moved(own, path))
        return made


__all__ = ("Found", "KgError", "write_all")
