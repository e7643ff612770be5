"""What is said about a graph as a whole: from the settings of its sources, recorded by the build, and the version of a release."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from kg.config import SourceSettings
from kg.config.catalogue import CatalogueSettings
from kg.identifiers import parse_date
from kg.namespaces import CODE, DCAT, DCTERMS, RDF, XSD
from kg.quads import Term, iri, literal

if TYPE_CHECKING:
    from kg.build import Build

Triple: TypeAlias = tuple[str, str, Term]


@dataclass(frozen=True)
class Party:
    """Who publishes, or whom one may ask.

    Attributes:
        name: Name.
        url: Page; of a contact also a form.
        type: Code of ADMS, of a publisher.
        email: Address, without `mailto:`.
        telephone: International number, without `tel:`.
    """

    name: str = ""
    url: str = ""
    type: str = ""
    email: str = ""
    telephone: str = ""

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Party:
        """Return what the record of a build says of a publisher or contact; a `mailto:` in the place of a page is an address."""
        values = {name: str(said.get(name) or "").strip() for name in ("name", "url", "type", "email", "telephone")}
        if values["url"].startswith("mailto:"):
            values |= {"url": "", "email": values["email"] or values["url"]}
        values["email"], values["telephone"] = values["email"].removeprefix("mailto:"), values["telephone"].removeprefix("tel:")
        return cls(**values)

    def __bool__(self) -> bool:
        return bool(self.name or self.url or self.email or self.telephone)


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
        previous: Version of the release before, or empty.
        publisher: Who publishes: the first that a source names, as DCAT-AP allows one.
        contacts: Whom one may ask.
        catalogue: What else data portals want to know.
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
    previous: str = ""
    publisher: Party = field(default_factory=Party)
    contacts: Sequence[Party] = ()
    catalogue: CatalogueSettings = field(default_factory=CatalogueSettings)

    @property
    def dataset(self) -> str:
        """IRI of the data set: `void:Dataset` and `dcat:Dataset` in one; of a release its own."""
        return self.release(self.version) if self.version else f"{self.base}dataset"

    @property
    def series(self) -> str:
        """IRI of the series of releases (`dcat:DatasetSeries`)."""
        return f"{self.base}releases"

    @property
    def names(self) -> Mapping[str, str]:
        """Title of the data set per language; that of a release names its version."""
        return {lang: f"{title}, {_RELEASE.get(lang, 'release')} {self.version}" if self.version else title for lang, title in self.title.items()}

    @property
    def activity(self) -> str:
        """IRI of the activity that built the graph (`prov:Activity`)."""
        return f"{self.base}id/activity/build-{self.build}"

    def release(self, version: str) -> str:
        """Return the IRI of a release."""
        return f"{self.series}/{version}"

    def address(self, file: str) -> str:
        """Return where a file is found."""
        return f"{self.dataset}/{file}" if self.version else f"{self.base}data/{file}"


_RELEASE = {"de": "Release", "en": "release"}
_TEXT = {
    "de": "Wissensgraph „{title}“: Projekte, Einrichtungen, Orte und Dokumente, jede Aussage mit ihrer Quelle.",
    "en": "Knowledge graph “{title}”: projects, institutions, places and documents, each statement with its source.",
}


def describe(build: Build, version: str = "", issued: str = "", settings: SourceSettings | None = None, previous: str = "") -> Description:
    """Collect what the settings of the sources say; title and description never stay empty, as DCAT-AP asks for both.

    Of what a data set has once (publisher, keywords, …) the first source that says something wins.

    Args:
        build: A finished build; one of an earlier version has no record of some settings, and its description is shorter.
        version: Version of the release to describe; empty for the graph as it is now.
        issued: Day of the release, `YYYY-MM-DD`.
        settings: Settings that win over those of the sources where they say something (`--settings`).
        previous: Version of the release before.
    """
    return described(build.record, build.base, version, issued, settings, previous)


def described(
    record: Mapping[str, Any], base: str, version: str = "", issued: str = "", settings: SourceSettings | None = None, previous: str = ""
) -> Description:
    """Collect the same from the record of a build alone; see :func:`describe`. What a record lacks counts as not said."""
    said, sources = settings or SourceSettings(name=""), [_whole(source) for source in record.get("sources", [])]
    own, name = record.get("title") or {}, str(record.get("name", "graph"))
    title = {lang: said.title.get(lang) or own.get(lang) or next(iter(own.values()), "") or name for lang in ("de", "en")}
    texts = [said.description] if said.description else [source["description"] for source in sources]
    text = {lang: "\n\n".join(one[lang] for one in texts if one.get(lang)) or _TEXT[lang].format(title=title[lang]) for lang in ("de", "en")}
    catalogue = said.catalogue
    for source in sources:
        catalogue = catalogue.over(CatalogueSettings.of_json(source["catalogue"]))
    publisher = {"name": said.publisher, "url": said.publisher_url, "type": said.publisher_type, "email": said.publisher_email}
    contact = {"name": said.contact, "url": said.contact_url, "email": said.contact_email, "telephone": said.contact_telephone}
    parties = [Party.of(source["publisher"]) for source in sources]
    contacts = [Party.of(contact)] if any(contact.values()) else [Party.of(source["contact"]) for source in sources]
    return Description(
        base,
        name,
        str(record.get("id", "")),
        str(record.get("state", "")),
        title,
        text,
        [said.license] if said.license else sorted({source["license"] for source in sources if source["license"]}),
        sources,
        version=version,
        issued=issued,
        previous=previous,
        publisher=next((party for party in [Party.of(publisher), *parties] if party.name), Party()),
        contacts=tuple(dict.fromkeys(party for party in contacts if party)),
        catalogue=catalogue,
    )


def released(about: Description, manifest: Mapping[str, Any]) -> Description:
    """Return the description of a frozen release: what its manifest says, and otherwise what is said of the graph now."""
    stated = manifest.get("license", manifest.get("licences", manifest.get("licence")))
    licences = [stated] if isinstance(stated, str) else [str(one) for one in stated or ()]
    title = {str(lang): str(text) for lang, text in (manifest.get("title") or {}).items() if text}
    return replace(
        about,
        version=str(manifest.get("version") or ""),
        issued=str(manifest.get("issued") or ""),
        previous=str(manifest.get("previous") or ""),
        build=str(manifest.get("build") or ""),
        state=str(manifest.get("state") or ""),
        title={**about.title, **title},
        licences=licences or about.licences,
    )


def _whole(source: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record of a source with all its parts: that of a mirror, or of an earlier version, has fewer."""
    frame = {"kind": "partial", "around": "", "date": "", "population": {}} | dict(source.get("frame") or {})
    parts = {name: dict(source.get(name) or {}) for name in ("title", "description", "catalogue")}
    parties = {name: {"name": "", "url": ""} | dict(source.get(name) or {}) for name in ("publisher", "contact")}
    return {**source, **parts, **parties, "frame": frame, "license": str(source.get("license") or "")}


def texts(subject: str, predicate: str, said: Mapping[str, str]) -> Iterator[Triple]:
    """Yield a text per language."""
    for lang, text in sorted(said.items()):
        if text:
            yield subject, predicate, literal(text, language=lang)


def dates(subject: str, predicate: str, text: str) -> Iterator[Triple]:
    """Yield a date with the datatype of its precision; nothing where the text is no date."""
    found = parse_date(text) if text else None
    if found is not None and found.lexical and not found.edtf:
        yield subject, predicate, literal(found.lexical, found.datatype)


def day(subject: str, predicate: str, text: str) -> Iterator[Triple]:
    """Yield a whole date; nothing where it is less precise."""
    return (triple for triple in dates(subject, predicate, text) if triple[2].datatype == XSD.date)


def about_dataset(about: Description) -> Iterator[Triple]:
    """Yield what both descriptions say of the data set."""
    me = about.dataset
    yield me, RDF.type, iri(DCAT.Dataset)
    yield from texts(me, DCTERMS.title, about.names)
    yield from texts(me, DCTERMS.description, about.text)
    yield me, DCTERMS.identifier, literal(me)
    yield me, DCAT.version, literal(about.version or about.build)
    yield from day(me, DCTERMS.modified, about.state)
    if len(about.licences) == 1:
        yield me, DCTERMS.license, iri(about.licences[0])
    yield me, DCTERMS.conformsTo, iri(about.ontology)
