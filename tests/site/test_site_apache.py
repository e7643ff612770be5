"""The redirects on a real Apache: as `.htaccess` of a site below a path, and as the namespace at w3id.org would answer."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest

from kg.build import build
from kg.site import site
from tests.site.conftest import Read

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
RDFLIB = "application/rdf+xml,text/rdf+n3;q=0.9,application/xhtml+xml;q=0.5, */*;q=0.1"
MODULES = Path("/usr/lib/apache2/modules")
NEEDED = ("mpm_event", "authz_core", "dir", "mime", "rewrite", "headers", "setenvif", "env")


@contextlib.contextmanager
def apache(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine until the block ends; the folder is world-readable, as the server may not run as root."""
    command = shutil.which("apache2") or "/usr/sbin/apache2"
    if not Path(command).exists() or not all((MODULES / f"mod_{name}.so").exists() for name in NEEDED):
        pytest.skip("needs a web server: apt-get install apache2")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    work = folder / "work"
    work.mkdir(mode=0o777)
    work.chmod(0o777)
    lines = [
        *(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in NEEDED),
        f"ServerRoot {work}",
        f"PidFile {work}/pid",
        f"ErrorLog {work}/error.log",
        f"DefaultRuntimeDir {work}",
        f"Listen 127.0.0.1:{port}",
        "ServerName localhost",
        f"DocumentRoot {folder}/root",
        "TypesConfig /etc/mime.types",
        f"<Directory {folder}/root>",
        "AllowOverride All",
        "Require all granted",
        "</Directory>",
        "StartServers 1",
        "ThreadsPerChild 4",
        "MaxRequestWorkers 4",
    ]
    (work / "httpd.conf").write_text("\n".join(lines) + "\n")
    (work / "httpd.conf").chmod(0o644)
    user = {"user": 65534, "group": 65534} if os.geteuid() == 0 else {}
    process = subprocess.Popen([command, "-f", str(work / "httpd.conf"), "-DFOREGROUND"], stderr=subprocess.PIPE, text=True, **user)  # type: ignore[call-overload]
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(200):
            with contextlib.suppress(httpx.HTTPError):
                httpx.get(address, timeout=5)
                break
            if process.poll() is not None:
                raise AssertionError(process.stderr.read() + (work / "error.log").read_text() if (work / "error.log").exists() else "")
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def served(tables: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A site with retired and oddly named things below `/graph/`, and its namespace below `/w3id/`."""
    city = tmp_path_factory.mktemp("apache") / "city"
    shutil.copytree(tables, city)
    settings = (city / "settings.toml").read_text()
    base = settings.partition('base = "')[2].partition('"')[0]
    (city / "retired.csv").write_text(
        f"iri,successor,date\n{base}id/project/old-lab,{base}id/project/river-lab,2025-01-01\n{base}id/project/gone-lab,,2025-01-02\n"
    )
    made = build([city], city.parent / "build")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "root").mkdir()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
        site(made, city.parent / "site", address="https://host.example/graph/")
        shutil.copytree(city.parent / "site", folder / "root" / "graph")
        (folder / "root" / "w3id").mkdir()
        shutil.copy(city.parent / "site" / "w3id" / ".htaccess", folder / "root" / "w3id" / ".htaccess")
        with apache(folder) as address:
            yield address, folder / "root" / "graph"


def ask(address: str, accept: str = BROWSER, **headers: str) -> httpx.Response:
    return httpx.get(address, headers={"Accept": accept, **{name.replace("_", "-"): value for name, value in headers.items()}}, timeout=30)


@pytest.mark.parametrize(
    ("accept", "language", "target"),
    [
        (BROWSER, "en", "doc/project/river-lab.html"),
        (BROWSER, "de-DE,de;q=0.9", "doc/project/river-lab.de.html"),
        ("*/*", "", "doc/project/river-lab.html"),
        ("text/turtle", "de", "data/project/river-lab.ttl"),
        ("application/ld+json", "", "data/project/river-lab.ttl"),
        ("application/n-triples;q=0.5, text/turtle", "", "data/project/river-lab.ttl"),
        (RDFLIB, "", "data/project/river-lab.ttl"),
        ("text/html;q=0.3, text/turtle", "", "data/project/river-lab.ttl"),
        ("image/png", "", "doc/project/river-lab.html"),
    ],
)
@pytest.mark.parametrize("door", ["graph", "w3id"])
def test_an_iri_leads_to_what_is_asked_for(served: tuple[str, Path], door: str, accept: str, language: str, target: str) -> None:
    address, _ = served
    reply = ask(f"{address}/{door}/id/project/river-lab", accept, Accept_Language=language)
    assert reply.status_code == 303
    root = f"{address}/graph/" if door == "graph" else "https://host.example/graph/"
    assert reply.headers["location"] == root + target
    if door == "graph":
        assert ask(root + target).status_code == 200


@pytest.mark.parametrize(
    ("path", "accept", "target"),
    [
        ("code/participation-role/partner", BROWSER, "doc/code-participation-role/partner.html"),
        ("code/participation-role", "text/turtle", "data/code/participation-role.ttl"),
        ("catalog", "application/ld+json", "catalog.jsonld"),
        ("catalog", "application/rdf+xml", "catalog.rdf"),
        ("dataset", "text/turtle", "catalog.ttl"),
        ("dataset", BROWSER, "catalog.html"),
        ("ontology", BROWSER, "ontology/index.html"),
        ("context/1.jsonld", "*/*", "data/context.jsonld"),
    ],
)
def test_other_addresses_of_the_namespace(served: tuple[str, Path], path: str, accept: str, target: str) -> None:
    address, folder = served
    assert ask(f"{address}/graph/{path}", accept).headers["location"] == f"{address}/graph/{target}"
    assert ask(f"{address}/w3id/{path}", accept).headers["location"] == f"https://host.example/graph/{target}"
    assert (folder / target).is_file()


def test_the_ontology_in_its_syntaxes(served: tuple[str, Path]) -> None:
    address, folder = served
    for accept, form in (("text/turtle", "ttl"), ("application/ld+json", "jsonld"), ("application/rdf+xml", "rdf"), ("application/n-triples", "nt")):
        target = ask(f"{address}/graph/ontology", accept).headers["location"]
        assert target.endswith(f"/ontology.{form}")
        assert (folder / target.removeprefix(f"{address}/graph/")).is_file()


def test_retired_iris(served: tuple[str, Path]) -> None:
    address, folder = served
    moved = ask(f"{address}/graph/id/project/old-lab")
    assert (moved.status_code, moved.headers["location"]) == (301, f"{address}/graph/doc/project/river-lab.html")
    assert ask(f"{address}/graph/id/project/gone-lab").status_code == 410
    assert ask(f"{address}/w3id/id/project/gone-lab").status_code == 410
    page = (folder / "doc/project/old-lab.html").read_text(encoding="utf-8")
    assert "This address is retired." in page
    assert '<a href="../project/river-lab.html">River Lab</a>' in page


def test_media_types_headers_and_errors(served: tuple[str, Path]) -> None:
    address, _ = served
    kinds = {
        "catalog.ttl": "text/turtle; charset=utf-8",
        "catalog.jsonld": "application/ld+json",
        "catalog.rdf": "application/rdf+xml",
        ".well-known/void": "text/turtle; charset=utf-8",
        "index.html": "text/html; charset=utf-8",
        "index.de.html": "text/html; charset=utf-8",
        "data/project/river-lab.ttl": "text/turtle; charset=utf-8",
        "sitemap.xml": "application/xml; charset=utf-8",
    }
    for path, kind in kinds.items():
        reply = ask(f"{address}/graph/{path}")
        assert reply.status_code == 200, path
        assert reply.headers["content-type"].replace(";charset", "; charset") in (kind, kind.replace("application/xml", "text/xml")), path
        assert "frame-ancestors 'self'" in reply.headers["content-security-policy"]
        assert reply.headers["access-control-allow-origin"] == "*"
    missing = ask(f"{address}/graph/doc/project/nothing.html")
    assert missing.status_code == 404
    assert "There is no page at this address" in missing.text
    assert ask(f"{address}/graph/").status_code == 200


def test_a_packed_file_is_given_out_as_what_it_holds(dortmund: Read) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "root").mkdir()
        shutil.copytree(dortmund.path / "data", folder / "root" / "data", ignore=shutil.ignore_patterns("*.ttl"))
        shutil.copy(dortmund.path / ".htaccess", folder / "root" / ".htaccess")
        with apache(folder) as address:
            reply = ask(f"{address}/data/dortmund.nq", "*/*")
            assert reply.status_code == 200
            assert reply.headers["content-encoding"] == "gzip"
            assert reply.headers["content-type"].startswith("application/n-quads")
            assert sum(1 for _ in ox.parse(reply.content, format=ox.RdfFormat.N_QUADS)) > 40_000
            packed = ask(f"{address}/data/dortmund.nq.gz", "*/*")
            assert "content-encoding" not in packed.headers
            assert packed.content[:2] == b"\x1f\x8b"
