"""A result as one file that a paper can cite: table, data, method, figure, citation, versions, and how to make it again.

The same result gives the same bytes in every process: entries are sorted, their time is fixed, nothing names a folder of the machine. `MANIFEST.json`
holds size and SHA-256 of each other entry. The packed size depends on the version of zlib, the checksums do not.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import platform
import re
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg import __version__
from kg.analyse import canvas
from kg.analyse.method import Method
from kg.analyse.plate import Plate, to_pdf
from kg.analyse.result import Result
from kg.analyse.wording import say
from kg.errors import AnalysisError, InputError, Problem, Text, unwritable

if TYPE_CHECKING:
    from kg.analyse.data import Data

MANIFEST = "MANIFEST.json"
TIME = (1980, 1, 1, 0, 0, 0)
"""Time of every entry: the earliest a ZIP file can hold."""
PACKAGES = ("duckdb", "ibis-framework", "igraph", "matplotlib", "networkx", "numpy", "pandas", "pyarrow", "scipy")
FORMS = ("svg", "pdf", "png")
"""Forms of a figure."""
LIMIT = 1 << 30
"""Most bytes of one entry that :func:`verify` unpacks."""

README = {
    "de": """{title}: {name}

Dieses Archiv enthält ein Ergebnis von innovation-kg {version} mit allem, was man zum Zitieren, Prüfen und Nachrechnen braucht.

Graph: {graph}, Stand {state}, Build {build}
{cite}

Dateien
{files}

Nachrechnen
1. innovation-kg {version} einrichten; die Versionen der Pakete stehen in environment.json.
2. Den Graphen bauen (kg build) oder den Build {build} laden; jedes Ergebnis nennt seine Kennung.
3. {command}
Gleicher Build, gleiche Versionen und gleicher Startwert geben dieselben Zahlen; MANIFEST.json enthält die Prüfsummen.
""",
    "en": """{title}: {name}

This archive holds a result of innovation-kg {version} with all that is needed to cite, check and recompute it.

Graph: {graph}, state {state}, build {build}
{cite}

Files
{files}

Recompute
1. Install innovation-kg {version}; environment.json gives the versions of the packages.
2. Build the graph (kg build) or load build {build}; every result names its identifier.
3. {command}
The same build, versions and seed give the same numbers; MANIFEST.json holds the checksums.
""",
}
FILES = {
    "result.csv": {"de": "Haupttabelle (RFC 4180, UTF-8)", "en": "main table (RFC 4180, UTF-8)"},
    "result.json": {"de": "alles als Daten", "en": "everything as data"},
    "result.txt": {"de": "Ergebnis als Text", "en": "result as text"},
    "method.json": {"de": "Methode, Erhebungsrahmen, Build", "en": "method, sampling frame, build"},
    "figure.svg": {"de": "Abbildung, Vektor", "en": "figure, vector"},
    "figure.pdf": {"de": "Abbildung, Vektor, Schriften eingebettet", "en": "figure, vector, fonts embedded"},
    "figure.png": {"de": "Abbildung, 300 Punkte je Zoll", "en": "figure, 300 dots an inch"},
    "figure.txt": {"de": "Bildunterschrift und Textalternative", "en": "caption and text alternative"},
    "CITATION.txt": {"de": "Zitat", "en": "citation"},
    "citation.bib": {"de": "Zitat für BibTeX", "en": "citation for BibTeX"},
    "environment.json": {"de": "Versionen von Python und Paketen", "en": "versions of Python and packages"},
    "incidence.csv": {"de": "wer an welchem Projekt beteiligt ist", "en": "who takes part in which project"},
    "network.graphml": {"de": "Netz der Zusammenarbeit", "en": "collaboration network"},
}


def bundle(
    result: Result, path: Path, *, lang: str = "en", figure: bool = True, network: Data | None = None, options: Mapping[str, str] | None = None
) -> list[str]:
    """Write a result as a ZIP file and return the names of its entries, sorted.

    Args:
        result: The result.
        path: File to write; it is replaced whole or not at all.
        lang: Language of text, figure and README, `de` or `en`.
        figure: With the figure, where this kind of result has one and matplotlib is installed.
        network: Participations whose network goes along, as `incidence.csv` and `network.graphml`.
        options: Further options of the command, without dashes, by name (`resolution`: `1.0`), as they stand in the README.

    Raises:
        AnalysisError: The language is neither `de` nor `en`.
        BuildError: The file cannot be written.
    """
    if lang not in README:
        what = Text(f"There is no language {lang!r}.", f"Eine Sprache {lang!r} gibt es nicht.")
        raise AnalysisError(what, fix=Text("Choose de or en.", "Wählen Sie de oder en."))
    entries: dict[str, bytes] = {
        "result.csv": table(result),
        "result.json": _json(result.to_json()),
        "result.txt": result.text(lang).encode("utf-8"),
        "method.json": _json(result.method.to_json()),
        "CITATION.txt": f"{result.cite(lang)}\n".encode(),
        "citation.bib": bibtex(result.method, result.name, lang).encode("utf-8"),
        "environment.json": _json(environment()),
    }
    entries |= _figures(result, lang) if figure and canvas.available() else {}
    entries |= _network(network) if network is not None else {}
    entries["README.txt"] = _readme(result, lang, entries, options or {}).encode("utf-8")
    manifest = {name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in sorted(entries.items())}
    entries[MANIFEST] = _json({"result": result.name, "build": result.method.build, "files": manifest})
    _pack(entries, path)
    return sorted(entries)


def _pack(entries: Mapping[str, bytes], path: Path) -> None:
    """Write a ZIP file beside its place, then put it there."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in sorted(entries.items()):
            about = zipfile.ZipInfo(name, TIME)
            # 3 is Unix: else the byte would be that of the machine.
            about.create_system, about.external_attr, about.compress_type = 3, 0o644 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(about, data, compresslevel=9)
    beside = path.with_name(f".{path.name}.part")
    try:
        if path.is_dir():
            raise IsADirectoryError(21, "", str(path))
        beside.write_bytes(packed.getvalue())
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise unwritable(error, path) from error


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True) + "\n").encode("utf-8")


def table(result: Result) -> bytes:
    """Return the main table; a list is written with semicolons, what is missing as an empty cell."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(result.columns)
    for row in result.rows():
        writer.writerow([_cell(row.get(column)) for column in result.columns])
    return text.getvalue().encode("utf-8")


def _cell(value: object) -> object:
    if isinstance(value, list | tuple):
        return ";".join(str(part) for part in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else value


def figure_file(result: Result, form: str, lang: str) -> bytes:
    """Return the figure of a result as the content of a file.

    Args:
        result: A result with a figure.
        form: One of :data:`FORMS`.
        lang: `de` or `en`.

    Raises:
        AnalysisError: This kind of result has no figure.
        MissingExtraError: matplotlib is not installed.
    """
    if isinstance(result, Plate):
        return {"svg": result.svg, "pdf": result.pdf, "png": result.png}[form](lang)
    drawn = result.figure(lang)
    title = f"{result.name}: {result.method.title.get(lang, result.method.name)}"
    if form == "pdf":
        return to_pdf(drawn, title)
    if form == "png":
        return canvas.to_png(drawn, 300)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{canvas.to_svg(drawn, result.name, title, result.cite(lang))}'.encode()


def _figures(result: Result, lang: str) -> dict[str, bytes]:
    """Return the figure in all forms with its caption, or nothing where this kind of result has none."""
    if type(result).figure is Result.figure:
        return {}
    found = {f"figure.{form}": figure_file(result, form, lang) for form in FORMS}
    if isinstance(result, Plate):
        found["figure.txt"] = f"{result.title(lang)}\n\n{result.caption(lang)}\n\n{result.alternative(lang)}\n".encode()
    return found


def _network(data: Data) -> dict[str, bytes]:
    from kg.publish import exchange, exports

    attributes = {"name": data.method.name, "build": data.method.build, "state": data.method.state, "weight": data.method.weight}
    with tempfile.TemporaryDirectory() as folder:
        exchange.incidence_csv(data, Path(folder) / "incidence.csv")
        exports.graphml(exports.from_columns(data.collaboration, data.labels, attributes), Path(folder) / "network.graphml")
        return {name: (Path(folder) / name).read_bytes() for name in ("incidence.csv", "network.graphml")}


def _readme(result: Result, lang: str, entries: Mapping[str, bytes], options: Mapping[str, str]) -> str:
    method = result.method
    widest = max(map(len, entries))
    listed = [f"{name.ljust(widest)}  {FILES[name][lang]}" for name in sorted(entries)]
    return README[lang].format(
        title=method.title.get(lang) or method.name,
        name=result.name,
        version=__version__,
        graph=method.name,
        state=method.state or "–",
        build=method.build,
        cite=result.cite(lang),
        files="\n".join(listed),
        command=command(method, result.name, options),
    )


def command(method: Method, name: str, options: Mapping[str, str] | None = None) -> str:
    """Return the command line that makes a result again, without any folder of the machine.

    Args:
        method: How it was made.
        name: Name of the result.
        options: Further options by name; of a value that is an absolute path only the last step stands.
    """
    chosen = {"level": method.level, "weight": method.weight, "roles": method.roles, "seed": str(method.seed), **(options or {})}
    parts = [f"--{key} {_word(value)}" for key, value in chosen.items()]
    return " ".join(["kg analyse", name, *parts, *(["--linked"] if method.linked else [])])


def _word(value: str) -> str:
    import shlex

    return shlex.quote(Path(value).name if Path(value).is_absolute() else value)


def bibtex(method: Method, name: str, lang: str) -> str:
    """Return the citation of a result as BibTeX: the data set with build and state, its year that of the state where that is known."""
    title = method.title.get(lang) or method.title.get("en") or method.name
    key = re.sub(r"[^a-z0-9]+", "-", f"{method.name or 'graph'}-{name}-{method.build}".lower()).strip("-")
    note = f"build {method.build}, state {method.state or say('unknown', lang)}, innovation-kg {__version__}"
    fields = {
        "title": f"{{{_escape(title)}: {_escape(name)}}}",
        **({"year": f"{{{method.state[:4]}}}"} if method.state else {}),
        "note": f"{{{_escape(note)}}}",
        "url": "{https://w3id.org/innokg/}",
    }
    return "".join([f"@misc{{{key},\n", *(f"  {field} = {value},\n" for field, value in fields.items()), "}\n"])


def _escape(text: str) -> str:
    r"""Return a text for a field of BibTeX.

    >>> _escape("A & B_c {50 %}")
    'A \\& B\\_c (50 \\%)'
    """
    return re.sub(r"([&%$#_])", r"\\\1", text.replace("\\", "/").replace("{", "(").replace("}", ")"))


def environment() -> dict[str, Any]:
    """Return the versions of Python and of the packages that numbers and figures depend on."""
    from importlib.metadata import PackageNotFoundError, version

    found: dict[str, str | None] = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = None
    return {"innovation-kg": __version__, "python": platform.python_version(), "packages": found}


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    fix = Text("Take a file that kg analyse --bundle has written.", "Nehmen Sie eine Datei, die kg analyse --bundle geschrieben hat.")
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except OSError as error:
        raise InputError(Text("The file cannot be read.", "Die Datei lässt sich nicht lesen."), where=str(path)) from error
    except (zipfile.BadZipFile, KeyError, ValueError, NotImplementedError) as error:
        raise InputError(Text("This is no bundle of a result.", "Das ist kein Paket eines Ergebnisses."), where=str(path), fix=fix) from error


def verify(path: Path) -> tuple[Problem, ...]:
    """Check every entry of a bundle against `MANIFEST.json` and return what does not agree; nothing means that all is as it was written.

    Raises:
        InputError: The file is missing, no ZIP file, or holds no manifest.
    """
    with _opened(path) as archive:
        manifest = json.loads(archive.read(MANIFEST))
        files = manifest["files"] if isinstance(manifest, dict) else None
        if not isinstance(files, dict):
            raise ValueError
        names = archive.namelist()
        found = [_problem(path, name, "missing") for name in sorted(set(files) - set(names))]
        found += [_problem(path, name, "unknown") for name in sorted(set(names) - set(files) - {MANIFEST})]
        found += [_problem(path, name, "twice") for name in sorted({name for name in names if names.count(name) > 1})]
        for name in sorted(set(files) & set(names)):
            if not _agrees(archive, name, files[name]):
                found.append(_problem(path, name, "changed"))
    return tuple(found)


def _agrees(archive: zipfile.ZipFile, name: str, wanted: Any) -> bool:
    if archive.getinfo(name).file_size > LIMIT or not isinstance(wanted, dict):
        return False
    try:
        data = archive.read(name)
    except zipfile.BadZipFile:  # its own checksum does not hold
        return False
    return bool(hashlib.sha256(data).hexdigest() == wanted.get("sha256") and len(data) == wanted.get("bytes"))


PROBLEMS = {
    "missing": {"de": "Die Datei fehlt.", "en": "The file is missing."},
    "unknown": {"de": "Die Datei steht nicht im Verzeichnis.", "en": "The file is not in the manifest."},
    "twice": {"de": "Die Datei kommt mehrmals vor.", "en": "The file occurs more than once."},
    "changed": {"de": "Die Datei ist nicht die, die geschrieben wurde.", "en": "The file is not the one that was written."},
}
REMEDY = {"de": "Erzeugen Sie das Paket neu, oder laden Sie es noch einmal.", "en": "Make the bundle again, or download it once more."}


def _problem(path: Path, name: str, code: str) -> Problem:
    return Problem(file=f"{path.name}/{name}", row=0, column="", code=f"bundle-{code}", what=PROBLEMS[code], fix=REMEDY)
