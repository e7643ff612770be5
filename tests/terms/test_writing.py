"""The folder of pages and files: links that lead to files, four syntaxes that say the same, the same bytes each time, whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urljoin

import pytest
from rdflib import Graph
from rdflib.compare import isomorphic

from kg.errors import BuildError, InputError, KgError
from kg.resources import root
from kg.terms import SYNTAXES, syntax, terms, write
from tests.terms.test_pages import Document

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("written")
    write(made, "1.0.0", question=lambda name, lang: f"../../questions/{name}.{lang}.html", home="../../index.html")
    return made


def test_what_is_written(folder: Path) -> None:
    version = terms().header.version
    names = {str(path.relative_to(folder / "ontology")) for path in (folder / "ontology").rglob("*") if path.is_file()}
    assert {"index.html", "index.de.html", *(f"{version}/{name}" for name in ("index.html", "index.de.html", "ontology.css"))} <= names
    assert {f"{version}/{stem}.{form}" for stem in ("ontology", "alignments") for form in SYNTAXES} <= names
    assert len([name for name in names if name.endswith(".svg")]) == 12
    assert (folder / "ontology" / version / "ontology.ttl").read_bytes() == (root() / "ontology" / "inno.ttl").read_bytes()


@pytest.mark.parametrize("name", ["index.html", "index.de.html", "1.0.0/index.html", "1.0.0/index.de.html"])
def test_links_lead_to_files(folder: Path, name: str) -> None:
    document = Document((folder / "ontology" / name).read_text(encoding="utf-8"))
    base = f"file://{folder}/ontology/{name}"
    ids = set(document.ids)
    seen = set()
    for link in document.links:
        if link.startswith(("http://", "https://")):
            continue
        address, _, anchor = urljoin(base, link).removeprefix("file://").partition("#")
        seen.add(Path(address).name)
        if address.startswith(f"{folder}/questions/") or address == f"{folder}/index.html":
            continue
        assert Path(address).is_file(), link
        assert not anchor or anchor in ids
    assert {"ontology.css", "ontology.rdf", "award-won.de.html" if ".de." in name else "award-won.en.html"} <= seen
    assert "overview.de.svg" in seen or "overview.en.svg" in seen


@pytest.mark.parametrize("name", ["ontology", "alignments"])
def test_the_syntaxes_say_the_same(name: str) -> None:
    formats = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld", "nt": "nt"}
    graphs = {form: Graph().parse(data=syntax(form, name), format=formats[form]) for form in SYNTAXES}
    assert len(graphs["ttl"]) > 100
    assert all(isomorphic(graphs["ttl"], graph) for graph in graphs.values())


def test_the_same_bytes_each_time(folder: Path, tmp_path: Path) -> None:
    """In another process, with another order of hashes and another time zone."""
    code = f"from pathlib import Path; from kg.terms import write; write(Path({str(tmp_path)!r}), question=lambda n, g: f'../../questions/{{n}}.{{g}}.html', home='../../index.html')"
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland"}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, cwd=ROOT, timeout=100)
    one, other = ({str(path.relative_to(where)): path.read_bytes() for path in where.rglob("*") if path.is_file()} for where in (folder, tmp_path))
    assert one == other


def test_a_version_that_is_not_here(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"9\.9\.9") as caught:
        write(tmp_path, "9.9.9")
    assert "1.0.0" in caught.value.text("de")
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "ontology").write_text("mine", encoding="utf-8")
    with pytest.raises(BuildError):
        write(tmp_path)
    assert (tmp_path / "ontology").read_text(encoding="utf-8") == "mine"


def test_a_file_in_the_way_leaves_the_rest(tmp_path: Path) -> None:
    (tmp_path / "ontology" / "1.0.0" / "ontology.css").mkdir(parents=True)
    with pytest.raises(BuildError, match=r"ontology\.css"):
        write(tmp_path)
    assert [path for path in (tmp_path / "ontology").rglob("*") if path.is_file()] == []


def test_an_unknown_syntax() -> None:
    with pytest.raises(KgError, match="n3"):
        syntax("n3")
    with pytest.raises(KgError, match="secrets"):
        syntax("ttl", "secrets")
