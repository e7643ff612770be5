"""Validation: shapes over a built graph, or over whatever a user brings, with every finding led back to file and row.

The report is contracts, section 6. Standards: SHACL (W3C Recommendation, 2017) and SPARQL-based targets of SHACL Advanced Features.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import InputError, Problem, Text, ValidationError
from kg.files import write_file
from kg.validate.engines import ENGINES, validate_build, validate_quads
from kg.validate.formats import FORMATS, check_asked, render
from kg.validate.graphs import validate_graphs
from kg.validate.output import write_report
from kg.validate.report import FAIL_ON, SEVERITIES, Origin, Report, Result, exit_code, from_json, make_report, to_json, to_turtle
from kg.validate.shapes import ShapeInfo, rule_of

if TYPE_CHECKING:
    import pyoxigraph as ox

    from kg.build import Build
    from kg.quads import Quad

__all__ = [
    "ENGINES",
    "FAIL_ON",
    "FORMATS",
    "SEVERITIES",
    "Origin",
    "Report",
    "Result",
    "ShapeInfo",
    "check_asked",
    "exit_code",
    "from_json",
    "make_report",
    "render",
    "rule_of",
    "to_json",
    "to_turtle",
    "validate",
    "validate_build",
    "validate_graphs",
    "validate_paths",
    "write_file",
    "write_report",
]


def validate(paths: Sequence[Path] = (), *, build: Build | None = None, engine: str = "auto", lang: str = "en", shapes: Path | None = None) -> Report:
    """Validate what a user brings, or a built graph where nothing is named.

    Args:
        paths: Folders of tables, tables, RDF files or folders of them.
        build: The built graph to validate where `paths` is empty.
        engine: `auto` (chosen by size), `direct`, `setwise` or `reference` (pySHACL).
        lang: Language of names, `expected` and `found`: `de` or `en`; messages are in both.
        shapes: A Turtle file or folder of shapes; the shipped ones by default.

    Raises:
        InputError: Something cannot be read; all problems found are in `problems`.
        ValidationError: The shapes cannot be applied, or there is no such engine.
    """
    if engine not in ENGINES:
        known = ", ".join(ENGINES)
        what = Text(f"There is no engine {engine!r}.", f"Die Auswertung {engine!r} gibt es nicht.")
        raise ValidationError(what, where="--engine", fix=Text(f"Use one of {known}.", f"Möglich sind {known}."))
    if paths:
        return validate_paths(paths, engine=engine, lang=lang, shapes=shapes)
    if build is None:
        fix = Text(
            "Name a file or folder, or build a graph with `kg build`.",
            "Nennen Sie eine Datei oder einen Ordner, oder bauen Sie einen Graphen: `kg build`.",
        )
        raise ValidationError(Text("There is nothing to validate.", "Es gibt nichts zu prüfen."), fix=fix)
    return validate_build(build, engine=engine, lang=lang, shapes=shapes)


def validate_paths(paths: Sequence[Path], *, engine: str = "auto", lang: str = "en", shapes: Path | None = None) -> Report:
    """Validate files and folders without a build (see :func:`validate`)."""
    from kg.build import vocabulary_quads
    from kg.config import SourceSettings
    from kg.infer import infer
    from kg.quads import to_oxigraph
    from kg.validate.inputs import check_literals, check_references, check_terms, problem_results, read_inputs

    inputs = read_inputs(paths)
    if inputs.fatal:
        raise _unreadable(inputs.fatal, inputs.problems)
    problems, results = list(inputs.problems), []
    used = "direct" if engine == "auto" else engine
    if inputs.quads:
        vocabulary = vocabulary_quads(SourceSettings(name="input"))
        own = {file for file, _, _ in (quad.origin.rpartition("#") for quad in inputs.quads)}
        quads = [quad for quad in inputs.quads if inputs.bears(quad)]
        store = _store(quads)
        derived = [quad for step in infer(store, "urn:derived") for quad in step]
        store.bulk_extend(map(to_oxigraph, vocabulary))
        report = validate_quads([*quads, *derived, *vocabulary], engine=engine, lang=lang, shapes=shapes, store=store)
        used = report.engine
        results = [r for r in report.results if (files := {place.file for place in r.origin}) & own and inputs.tells(files)]
        told = {result.value for result in results}
        problems += check_terms(inputs.quads, inputs.rdf, vocabulary)
        problems += check_literals(inputs.quads, inputs.rdf, told)
        problems += check_references(inputs.quads, inputs.rdf, (quad.subject for quad in vocabulary), told)
    return make_report([*results, *problem_results(problems, inputs.labels, lang)], used)


def _store(quads: Sequence[Quad]) -> ox.Store:
    """Return a store of quads, for the rules of `kg build` (the shapes see the same graph without a build) and for the queries of shapes."""
    import pyoxigraph as ox

    from kg.quads import to_oxigraph

    store = ox.Store()
    store.bulk_extend(map(to_oxigraph, dict.fromkeys(quad._replace(origin="") for quad in quads)))
    return store


def _unreadable(fatal: Sequence[Problem], others: Sequence[Problem]) -> InputError:
    """Return one error for everything that cannot be read, with all problems found on the way."""
    files = list(dict.fromkeys(problem.file for problem in fatal))
    first = fatal[0]
    problems = tuple(sorted((*fatal, *others)))
    if len(problems) == 1:
        where = f"{first.file}:{first.row}" if first.row else first.file
        return InputError(Text(first.what["en"], first.what["de"]), where=where, fix=Text(first.fix["en"], first.fix["de"]))
    count = Text(f"{len(files)} files cannot be read", f"{len(files)} Dateien sind nicht lesbar")
    if len(files) == 1:
        count = Text("The file cannot be read", "Die Datei ist nicht lesbar")
    what = Text(f"{count.en}; nothing was validated.", f"{count.de}; geprüft wurde nichts.")
    fix = Text(f"Correct the {len(problems)} problems listed.", f"Berichtigen Sie die {len(problems)} genannten Fehler.")
    return InputError(what, where=", ".join(files[:3]), fix=fix, problems=problems)
