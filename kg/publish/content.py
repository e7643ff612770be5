"""What every publication of a graph holds: dumps, tables, network, vocabulary. `kg publish` and `kg release` both write it, and then describe it each in its way."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from kg.publish.parts import File, Part, citation, stem

if TYPE_CHECKING:
    import pyarrow as pa

    from kg.analyse.labels import Named
    from kg.analyse.method import Method
    from kg.build import Build
    from kg.publish.catalogue import Description
    from kg.publish.counts import Counts
    from kg.publish.files import Checked
    from kg.publish.tables import Facts

Progress: TypeAlias = Callable[[str], None]
MEMORY = "160MB"
"""What the batch engine may hold before it writes to a folder; a smaller limit makes sorting no slower."""
_SPILL = ".spill"
_EXAMPLES = ("Organisation", "Project", "Programme", "Event", "Place", "Document")
COPIES = {"ontology.ttl": "inno.ttl", "alignments.ttl": "alignments.ttl", "context.jsonld": "context.jsonld"}
"""Files of the project that every publication carries, and their names below `ontology/`."""


@dataclass(frozen=True)
class Content:
    """What was written, and what is known of it.

    Attributes:
        about: What is said about the graph.
        method: How the network was made.
        counts: What the graph holds.
        licences: Licences of each graph.
        numbers: Rows, quads, triples or nodes by file.
        sums: Size and checksum of the files for which they are known already.
        limited: What stands elsewhere, per language, or nothing.
        frames: How the data were collected, per language.
    """

    about: Description
    method: Method
    counts: Counts
    licences: Mapping[str, list[str]]
    numbers: Mapping[str, int]
    sums: Mapping[str, Checked]
    limited: Mapping[str, str]
    frames: Mapping[str, str]

    def licences_of(self, part: Part) -> tuple[str, ...]:
        """Return the licences of a file, by what it holds."""
        without = apart(self.about.base)
        graphs = {
            "all": list(self.licences),
            "data": [graph for graph in self.licences if graph not in without],
            "ontology": [f"{self.about.base}graph/ontology"],
        }.get(part.holds)
        if graphs is None:
            return tuple(self.about.licences)
        return tuple(sorted({licence for graph in graphs for licence in self.licences.get(graph, ())}))

    def file(self, part: Part, folder: Path) -> File:
        """Return a file that is written, with its size and checksum."""
        from kg.publish.files import read

        of = self.sums.get(part.name) or read(folder / part.name)
        return File(part, of.bytes, of.sha256, self.numbers.get(part.name, 0), self.licences_of(part))


def write_content(
    build: Build, folder: Path, about: Description, progress: Progress = lambda _: None, each: Callable[[pa.RecordBatch], None] = lambda _: None
) -> Content:
    """Write dumps, tables, network and vocabulary into an empty folder.

    Args:
        build: A finished build.
        folder: Existing folder.
        about: What is said about the graph.
        progress: Called with the name of each step.
        each: Called with each batch of distinct quads, in the order of their N-Quads lines.
    """
    import json

    from kg.analyse.frames import frame_of
    from kg.analyse.method import method_of
    from kg.analyse.projection import counted, organisations
    from kg.engine.duckdb import DuckDB
    from kg.namespaces import INNO
    from kg.publish.counts import Tally
    from kg.publish.dumps import write_dumps
    from kg.publish.stream import by_subject
    from kg.publish.tables import facts

    context = json.loads(resource("context.jsonld").read_text(encoding="utf-8"))["@context"]

    def seen(batch: pa.RecordBatch) -> None:
        tally.add(batch)
        each(batch)

    # One thread: each would sort in a memory of its own, and the order of batches must not depend on the machine.
    with DuckDB(threads=1, memory=MEMORY, spill=folder / _SPILL) as engine:
        method = method_of(build, engine, frame_of(build, engine), level="merged", weight="newman", roles="all", seed=0, draws=0)
        quads, tally = engine.quads(build.parquet), Tally(f"{build.base}id/")
        progress("writing N-Quads, Turtle and JSON-LD")
        numbers, sums = write_dumps(
            by_subject(engine, quads), folder, stem(about.name), base=build.base, context=context, without=apart(build.base), each=seen
        )
        progress("counting")
        counts = tally.counts(engine, quads, tuple(INNO[kind] for kind in _EXAMPLES))
        progress("writing tables and network")
        rows = engine.to_arrow(counted(engine, build.parquet, level=method.level, roles=method.roles))
        institutions, known = organisations(engine, build.parquet), facts(engine, quads)
    shutil.rmtree(folder / _SPILL, ignore_errors=True)
    written, limited = _write_tables(build, folder, method, rows, institutions, known, about)
    for file, origin in COPIES.items():
        shutil.copyfile(resource(origin), folder / file)
    return Content(about, method, counts, _licences(build, counts), numbers | written, sums, limited, _frame_texts(build))


def apart(base: str) -> set[str]:
    """Return the graphs that are no data: the ontology has a file of its own, and how the build was made matters to few."""
    return {f"{base}graph/{name}" for name in ("build", "ontology")}


def resource(name: str) -> Path:
    """Return a file below `ontology/`."""
    from kg.resources import folder

    return folder("ontology", name)


def _write_tables(
    build: Build, folder: Path, method: Method, rows: pa.Table, institutions: Mapping[str, Named], known: Facts, about: Description
) -> tuple[dict[str, int], dict[str, str]]:
    """Write tables and network and return the numbers of rows and nodes, and what stands elsewhere."""
    from kg.analyse.incidence import Incidence
    from kg.publish.limits import limits, long_lists
    from kg.publish.network import write_network
    from kg.publish.tables import codebook, incidence, write_columns, write_table

    texts = method_texts(method)
    attributes = {
        "name": about.title["en"],
        "title_de": about.title["de"],
        "level": method.level,
        "weight_rule": method.weight,
        "roles": method.roles,
        "method_de": texts["de"],
        "method_en": texts["en"],
        "sampling_frame": method.frame.kind,
        "mapping_version": method.mapping,
        "build": build.id,
        "state": about.state,
        "licence": " ".join(about.licences),
        "cite": citation(build.record, about.title["en"], "en"),
    }
    creator = f"innovation-kg {build.record['software']}"
    members = Incidence.read(rows)
    numbers = {
        "incidence.csv": write_columns(folder / "incidence.csv", incidence(rows, institutions, known)),
        "codebook.csv": write_table(folder / "codebook.csv", codebook(bounded=bool(long_lists(members)))),
        **write_network(folder, rows, institutions, known, attributes, weight=method.weight, state=about.state, creator=creator),
    }
    return numbers, limits(members)


def method_texts(method: Method) -> dict[str, str]:
    """Say in words how the network was made."""
    from kg.analyse.projection import COUNTING_RULE

    centre = {lang: method.frame.centre(lang) for lang in ("de", "en")}
    around = {"de": f" um {centre['de']}" if centre["de"] else "", "en": f" around {centre['en']}" if centre["en"] else ""}
    level, kind = method.level, method.frame.kind
    return {
        "de": f"{COUNTING_RULE['de']} Ebene {level}: Sind eine Einrichtung und die ihr übergeordnete im selben Projekt genannt und ist eine "
        "Entscheidung dazu getroffen, steht die Einheit für beide. Gewicht einer Verbindung nach Newman: Summe über die gemeinsamen Projekte von "
        f"1/(k−1), k = Zahl der Einrichtungen des Projekts. Stichprobe: {kind}{around['de']}; was sich daraus schließen lässt, hängt davon ab.",
        "en": f"{COUNTING_RULE['en']} Level {level}: where an institution and the one above it are named in one project and a decision says so, "
        "the unit stands for both. Weight of a tie after Newman: sum over the shared projects of 1/(k−1), k = number of institutions of the "
        f"project. Sampling frame: {kind}{around['en']}; what may be concluded depends on it.",
    }


def _frame_texts(build: Build) -> dict[str, str]:
    populations = [source["frame"]["population"] for source in build.record["sources"]]
    return {lang: " ".join(texts[lang] for texts in populations if texts.get(lang)) for lang in ("de", "en")}


def _licences(build: Build, counts: Counts) -> dict[str, list[str]]:
    """Return the licences of each graph: as stated in it, as its source's settings say, or as all sources together."""
    sources = {source["graph"]: [source["license"]] for source in build.record["sources"] if source["license"]}
    together = sorted({licence for licences in sources.values() for licence in licences})
    return {
        graph: stated or sources.get(graph) or sources.get(graph.removesuffix("-evidence")) or together for graph, stated in counts.licences.items()
    }
