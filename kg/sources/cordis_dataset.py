"""What a CORDIS delivery is as a whole: name and frame of its graph, what is missing in it, and its description as a data set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kg.config import SETTINGS_FILE, Frame, SourceSettings, read_source_settings, slug_of
from kg.identifiers import parse_date
from kg.namespaces import BASE, DCAT, DCTERMS, FOAF, INNO, PROV, RDF, XSD, code
from kg.quads import Quad, Term, literal
from kg.quads import iri as node
from kg.sources.cordis_layout import FRAMEWORKS
from kg.sources.delivery import Delivery, german

LICENSE = "https://creativecommons.org/licenses/by/4.0/"
PUBLISHER = "Publications Office of the European Union"
PUBLISHER_URL = "https://op.europa.eu/"


@dataclass(frozen=True)
class Contents:
    """What a delivery holds.

    Attributes:
        frameworks: Values of `frameworkProgramme`.
        projects: How many there are.
        without: How many of them have no participation.
        state: Day of the latest `contentUpdateDate`, or empty.
    """

    frameworks: Sequence[str]
    projects: int
    without: int
    state: str


def own_settings(path: Path, base: str) -> SourceSettings | None:
    """Return the settings that lie in a folder, `None` where none do; a namespace of their own wins over `base`."""
    if not (path / SETTINGS_FILE).is_file():
        return None
    settings = read_source_settings(path)
    return settings if settings.base != BASE else replace(settings, base=base)


def delivery_settings(own: SourceSettings | None, contents: Contents, base: str) -> SourceSettings:
    """Return the settings of a delivery: what its folder says, else what is known of the layout."""
    known = _known(contents, base)
    if own is None:
        return known
    return replace(
        own,
        state=own.state or known.state,
        title=own.title or known.title,
        description=own.description or known.description,
        license=own.license or known.license,
        publisher=own.publisher or known.publisher,
        publisher_url=own.publisher_url or ("" if own.publisher else known.publisher_url),
    )


def _known(contents: Contents, base: str) -> SourceSettings:
    only = contents.frameworks[0] if len(contents.frameworks) == 1 else ""
    name, en, de = FRAMEWORKS.get(only, ("cordis", "CORDIS", "CORDIS"))
    projects, there = contents.projects, contents.projects - contents.without
    if contents.without:
        kind = "partial"
        population = {
            "de": f"{german(there)} von {german(projects)} Projekten der Lieferung haben Beteiligungen; die übrigen sind nur mit Titel da.",
            "en": f"{there:,} of the {projects:,} projects of the delivery have participations; the others are there by title only.",
        }
    else:
        kind = "census"
        population = {
            "de": f"Alle {german(projects)} Projekte der Lieferung mit allen genannten Beteiligungen.",
            "en": f"All {projects:,} projects of the delivery with all participations it names.",
        }
    return SourceSettings(
        name=name,
        base=base,
        state=contents.state,
        title={"de": f"CORDIS: Projekte unter {de}", "en": f"CORDIS: projects under {en}"},
        description={
            "de": f"EU-Forschungsprojekte unter {de} aus den offenen Daten von CORDIS, © Europäische Union; umgewandelt.",
            "en": f"EU research projects under {en} from the open data of CORDIS, © European Union; converted.",
        },
        license=LICENSE,
        publisher=PUBLISHER,
        publisher_url=PUBLISHER_URL,
        frame=Frame(kind=kind, date=contents.state, population=population),
    )


def dataset(settings: SourceSettings, delivery: Delivery) -> list[Quad]:
    """Describe the graph as a data set that one activity made from the files of the delivery (PROV-O, section 3.1)."""
    graph, activity = settings.graph(), settings.id("activity", f"delivery-{settings.name}")
    agent = settings.id("agent", slug_of(settings.publisher))
    facts: list[tuple[str, str, Term]] = [
        (graph, RDF.type, node(DCAT.Dataset)),
        (graph, INNO.samplingFrame, node(code("sampling-frame", settings.frame.kind))),
        (graph, DCTERMS.publisher, node(agent)),
        (graph, DCTERMS.license, node(settings.license)),
        (graph, PROV.wasGeneratedBy, node(activity)),
        (activity, RDF.type, node(PROV.Activity)),
        (activity, PROV.wasAssociatedWith, node(agent)),
        (agent, RDF.type, node(FOAF.Agent)),
        (agent, FOAF.name, literal(settings.publisher)),
    ]
    for predicate, words in (
        (DCTERMS.title, settings.title),
        (DCTERMS.description, settings.description),
        (INNO.samplingPopulation, settings.frame.population),
    ):
        facts += [(graph, predicate, literal(text, language=lang)) for lang, text in words.items()]
    if settings.frame.around:
        kind = "organisation" if settings.frame.around.startswith("pic-") else "project"
        facts.append((graph, INNO.sampledAround, node(settings.id(kind, settings.frame.around))))
    if (state := parse_date(settings.state)) is not None and state.lexical:
        facts.append((graph, DCTERMS.modified, literal(state.lexical, state.datatype or XSD.date)))
    for item in delivery.files.values():
        file = settings.id("input", f"{settings.name}-{item.name.replace('.', '-').lower()}")
        facts += [
            (activity, PROV.used, node(file)),
            (file, RDF.type, node(PROV.Entity)),
            (file, DCTERMS.title, literal(item.name)),
            (file, DCTERMS.identifier, literal(f"sha256:{item.sha256}")),
        ]
    return [Quad(subject, predicate, *term, graph, delivery.name) for subject, predicate, term in facts]
