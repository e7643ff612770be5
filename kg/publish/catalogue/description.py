"""What is said about a graph as a whole: from the settings of its sources, recorded by the build, and the version of a release."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from kg.namespaces import CODE, DCAT, DCTERMS, RDF, XSD
from kg.quads import Term, iri, literal

if TYPE_CHECKING:
    from kg.build import Build

Triple: TypeAlias = tuple[str, str, Term]


@dataclass(frozen=True)
class Description:
    """What is said about the graph as a whole.

    Attributes:
        base: Namespace root of the entities.
        name: Name of the graph.
        build: Identifier of the build.
        state: State date, `YYYY-MM-DD`, or empty.
        title: Title per language.
        text: Description per language.
        licences: IRIs of the licences of the sources.
        sources: Source records of the build.
        ontology: IRI of the ontology.
        version: Version of the release that is described; empty for the graph as it is now.
        issued: Day of the release, `YYYY-MM-DD`; empty where it is not known.
    """

    base: str
    name: str
    build: str
    state: str
    title: Mapping[str, str]
    text: Mapping[str, str]
    licences: Sequence[str]
    sources: Sequence[Mapping[str, Any]]
    ontology: str = CODE.removesuffix("code/") + "ontology"
    version: str = ""
    issued: str = ""

    @property
    def dataset(self) -> str:
        """IRI of the data set: `void:Dataset` and `dcat:Dataset` in one; of a release its own."""
        return f"{self.series}/{self.version}" if self.version else f"{self.base}dataset"

    @property
    def series(self) -> str:
        """IRI of the series of releases (`dcat:DatasetSeries`)."""
        return f"{self.base}releases"

    def address(self, file: str) -> str:
        """Return where a file is found."""
        return f"{self.dataset}/{file}" if self.version else f"{self.base}data/{file}"


_TEXT = {
    "de": "Wissensgraph „{title}“: Projekte, Einrichtungen, Orte und Dokumente, jede Aussage mit ihrer Quelle.",
    "en": "Knowledge graph “{title}”: projects, institutions, places and documents, each statement with its source.",
}


def describe(build: Build, version: str = "", issued: str = "") -> Description:
    """Collect what the settings of the sources say; title and description never stay empty, as DCAT-AP asks for both.

    Args:
        build: A finished build.
        version: Version of the release to describe; empty for the graph as it is now.
        issued: Day of the release, `YYYY-MM-DD`.
    """
    record = build.record
    title = {lang: record["title"].get(lang) or next(iter(record["title"].values()), "") or str(record["name"]) for lang in ("de", "en")}
    texts = [source["description"] for source in record["sources"]]
    text = {lang: "\n\n".join(said[lang] for said in texts if said.get(lang)) or _TEXT[lang].format(title=title[lang]) for lang in ("de", "en")}
    licences = sorted({source["license"] for source in record["sources"] if source["license"]})
    return Description(
        build.base,
        str(record["name"]),
        build.id,
        str(record.get("state", "")),
        title,
        text,
        licences,
        record["sources"],
        version=version,
        issued=issued,
    )


def texts(subject: str, predicate: str, said: Mapping[str, str]) -> Iterator[Triple]:
    """Yield a text per language."""
    for lang, text in sorted(said.items()):
        if text:
            yield subject, predicate, literal(text, language=lang)


def about_dataset(about: Description) -> Iterator[Triple]:
    """Yield what both descriptions say of the data set."""
    me = about.dataset
    yield me, RDF.type, iri(DCAT.Dataset)
    yield from texts(me, DCTERMS.title, about.title)
    yield from texts(me, DCTERMS.description, about.text)
    yield me, DCTERMS.identifier, literal(me)
    yield me, DCAT.version, literal(about.version or about.build)
    if len(about.state) == 10:
        yield me, DCTERMS.modified, literal(about.state, XSD.date)
    if len(about.licences) == 1:
        yield me, DCTERMS.license, iri(about.licences[0])
    yield me, DCTERMS.conformsTo, iri(about.ontology)
