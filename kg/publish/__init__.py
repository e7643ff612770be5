"""`kg publish`: the graph as files that others can load, cite and check (contracts, sections 1, 4 and 10).

    stream     quads in order of their subjects, batch by batch
    columns    what the writers share
    dumps      N-Quads, Turtle, JSON-LD in one pass; nquads, turtle, jsonld: one batch of each
    tables     CSV tables and their codebook
    network    GraphML and GEXF; exports: written by columns
    limits     what of a large graph stands elsewhere
    counts     what the graph holds
    files      sizes and checksums, known when a file is written
    catalogue  VoID and DCAT-AP
    parts      what each file is for, README.txt
    swap       the folder appears in one step

The same quad tables give the same bytes: everything is sorted, and no clock is read. Memory does not grow with the number of quads, only with that
of institutions and pairs of them.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from kg.errors import BuildError, Text, unwritable
from kg.publish.parts import MANIFEST, QUOTES, QUOTING, File, Part, citation, parts, readme, stem

if TYPE_CHECKING:
    import pyarrow as pa

    from kg.analyse.labels import Named
    from kg.analyse.method import Method
    from kg.build import Build
    from kg.publish.catalogue import Description
    from kg.publish.counts import Counts
    from kg.publish.files import Checked
    from kg.publish.tables import Facts

__all__ = ["File", "Publication", "publish"]

Progress: TypeAlias = Callable[[str], None]
_MEMORY = "160MB"
"""What the batch engine may hold before it writes to a folder; a smaller limit makes sorting no slower."""
_SPILL = ".spill"


@dataclass(frozen=True)
class Publication:
    """A finished publication.

    Attributes:
        path: Folder of the files.
        files: The files in the order of the list, `manifest.json` apart.
        manifest: Content of `manifest.json`.
    """

    path: Path
    files: tuple[File, ...]
    manifest: dict[str, Any]


def publish(build: Build, target: Path, progress: Progress = lambda _: None) -> Publication:
    """Write a build as files into a folder, which appears or is replaced in one step.

    Args:
        build: A finished build.
        target: Folder of the publication, as a rule `build/publish`.
        progress: Called with the name of each step.

    Raises:
        BuildError: The folder cannot be written, or holds files that are no part of a publication. What was published before is untouched.
    """
    from kg.publish.swap import replaced

    try:
        _refuse_other_files(target)
        with replaced(target, lambda: _refuse_other_files(target)) as folder:
            files, manifest = _fill(build, folder, progress)
    except OSError as error:
        raise unwritable(error, target) from error
    return Publication(target, files, manifest)


def _refuse_other_files(target: Path) -> None:
    """Make sure that replacing the folder loses nothing but an earlier publication."""
    if not target.is_dir():
        return
    found = {path.name for path in target.iterdir()}
    try:
        known = {entry["name"] for entry in json.loads((target / MANIFEST).read_text(encoding="utf-8"))["files"]} | {MANIFEST}
    except (OSError, ValueError, KeyError, TypeError):
        known = set()
    if other := sorted(found - known):
        names = ", ".join(other[:3])
        what = Text(
            f"The folder holds files that are no part of a publication: {names}.",
            f"Der Ordner enthält Dateien, die zu keiner Veröffentlichung gehören: {names}.",
        )
        raise BuildError(what, where=str(target), fix=Text("Choose an empty folder with --output.", "Wählen Sie mit --output einen leeren Ordner."))


def _fill(build: Build, folder: Path, progress: Progress) -> tuple[tuple[File, ...], dict[str, Any]]:
    """Write all files into an empty folder."""
    from kg.analyse.frames import frame_of
    from kg.analyse.method import method_of
    from kg.analyse.projection import counted, organisations
    from kg.engine.duckdb import DuckDB
    from kg.namespaces import INNO
    from kg.publish.catalogue import describe
    from kg.publish.counts import Tally
    from kg.publish.dumps import write_dumps
    from kg.publish.stream import by_subject
    from kg.publish.tables import facts

    about = describe(build)
    context = json.loads(_resource("context.jsonld").read_text(encoding="utf-8"))["@context"]
    # One thread: each would sort in a memory of its own, and the order of batches must not depend on the machine.
    with DuckDB(threads=1, memory=_MEMORY, spill=folder / _SPILL) as engine:
        method = method_of(build, engine, frame_of(build, engine), level="merged", weight="newman", roles="all", seed=0, draws=0)
        quads, tally = engine.quads(build.parquet), Tally(f"{build.base}id/")
        progress("writing N-Quads, Turtle and JSON-LD")
        numbers, sums = write_dumps(
            by_subject(engine, quads), folder, stem(about.name), base=build.base, context=context, without=_apart(build), each=tally.add
        )
        progress("counting")
        counts = tally.counts(engine, quads, tuple(INNO[kind] for kind in _EXAMPLES))
        progress("writing tables and network")
        rows = engine.to_arrow(counted(engine, build.parquet, level=method.level, roles=method.roles))
        institutions, known = organisations(engine, build.parquet), facts(engine, quads)
    shutil.rmtree(folder / _SPILL, ignore_errors=True)
    written, limited = _write_tables(build, folder, method, rows, institutions, known, about)
    for file, origin in _COPIES.items():
        shutil.copyfile(_resource(origin), folder / file)
    progress("describing")
    return _describe(build, folder, counts, numbers | written, sums, method, about, limited)


_EXAMPLES = ("Organisation", "Project", "Programme", "Event", "Place", "Document")
_COPIES = {"ontology.ttl": "inno.ttl", "alignments.ttl": "alignments.ttl", "context.jsonld": "context.jsonld"}


def _apart(build: Build) -> set[str]:
    """Return the graphs that are no data: the ontology has a file of its own, and how the build was made matters to few."""
    return {f"{build.base}graph/{name}" for name in ("build", "ontology")}


def _describe(
    build: Build,
    folder: Path,
    counts: Counts,
    numbers: Mapping[str, int],
    sums: Mapping[str, Checked],
    method: Method,
    about: Description,
    limited: Mapping[str, str],
) -> tuple[tuple[File, ...], dict[str, Any]]:
    """Write what describes the other files: VoID, catalogue, README and manifest."""
    from kg.publish.catalogue import catalogue, void
    from kg.publish.files import read

    licences = _licences(build, counts)
    listed = parts(about.name)

    def recorded(part: Part) -> File:
        of = sums.get(part.name) or read(folder / part.name)
        return File(part, of.bytes, of.sha256, numbers.get(part.name, 0), _licences_of(part, licences, about, _apart(build)))

    written = [recorded(part) for part in listed if part.holds != "about"]
    _write(folder / "void.ttl", void(about, counts, licences, [file for file in written if file.part.holds in QUOTING]))
    _write(folder / "catalog.ttl", catalogue(about, [file for file in written if file.part.holds != "ontology"]))
    _write(folder / "README.txt", readme(build.record, about.title, listed, about.licences, _method_texts(method), _frame_texts(build), limited))
    files = (*written, *(recorded(part) for part in listed if part.holds == "about"))
    manifest = _manifest(build, files, counts, licences, method, about, limited)
    _write(folder / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n")
    return files, manifest


def _resource(name: str) -> Path:
    from kg.resources import folder

    return folder("ontology", name)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _write_tables(
    build: Build, folder: Path, method: Method, rows: pa.Table, institutions: Mapping[str, Named], known: Facts, about: Description
) -> tuple[dict[str, int], dict[str, str]]:
    """Write tables and network and return the numbers of rows and nodes, and what stands elsewhere."""
    from kg.analyse.incidence import Incidence
    from kg.publish.limits import limits, long_lists
    from kg.publish.network import write_network
    from kg.publish.tables import codebook, incidence, write_columns, write_table

    texts = _method_texts(method)
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


def _method_texts(method: Method) -> dict[str, str]:
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


def _licences_of(part: Part, licences: Mapping[str, list[str]], about: Description, without: set[str]) -> tuple[str, ...]:
    graphs = {
        "all": list(licences),
        "data": [graph for graph in licences if graph not in without],
        "ontology": [f"{about.base}graph/ontology"],
    }.get(part.holds)
    if graphs is None:
        return tuple(about.licences)
    return tuple(sorted({licence for graph in graphs for licence in licences.get(graph, ())}))


def _manifest(
    build: Build,
    files: tuple[File, ...],
    counts: Counts,
    licences: Mapping[str, list[str]],
    method: Method,
    about: Description,
    limited: Mapping[str, str],
) -> dict[str, Any]:
    """Return the content of `manifest.json`; sizes and times of the run stay out, so that equal graphs give equal bytes."""
    record = build.record
    return {
        "name": about.name,
        "title": dict(about.title),
        "build": build.id,
        "software": f"innovation-kg {record['software']}",
        "state": about.state or None,
        "base": about.base,
        "inputs": record["inputs"],
        "cite": {lang: citation(record, about.title[lang], lang) for lang in ("de", "en")},
        "method": {name: value for name, value in method.to_json().items() if name not in ("seed", "draws")},
        "sampling_frames": {source["name"]: source["frame"] for source in record["sources"]},
        **({"limits": dict(limited)} if limited else {}),
        "quads": counts.quads,
        "triples": counts.triples,
        "entities": counts.entities,
        "classes": counts.classes,
        "graphs": {
            graph: {"quads": quads, "license": licences[graph], "classes": counts.classes_by_graph.get(graph, {})}
            for graph, quads in counts.graphs.items()
        },
        "files": [
            {
                "name": file.name,
                "url": about.address(file.name),
                "media_type": file.part.media,
                "bytes": file.bytes,
                "sha256": file.sha256,
                **({file.part.unit: file.count} if file.part.unit else {}),
                "license": list(file.licences),
                **({"rights": QUOTES} if file.part.holds in QUOTING else {}),
                "purpose": {"de": file.part.de, "en": file.part.en},
            }
            for file in files
        ],
    }
