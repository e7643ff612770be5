"""A static site of the graph of Dortmund, and one of a small graph with hostile names, each written once."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from posixpath import dirname, join, normpath
from urllib.parse import unquote

import pytest

from kg.build import Build, build
from kg.init import init
from kg.site import Written, site

ADDRESS = "https://example.org/graph/"
MARKUP = '"><img src=x onerror=alert(1)></script><script>alert(2)</script>'
"""A name that would become elements where it is written into a page unescaped."""
ADDRESSES = ("href", "src", "action")
"""Attributes that lead somewhere."""
FORMULA = '=HYPERLINK("https://example.org/")'


class Elements(HTMLParser):
    """The start tags of a page with their attributes, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: unescape(value or "") for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@dataclass(frozen=True)
class Read:
    """A site as it lies on the disk."""

    written: Written
    build: Build

    @property
    def path(self) -> Path:
        return self.written.path

    @cached_property
    def files(self) -> set[str]:
        return {path.relative_to(self.path).as_posix() for path in self.path.rglob("*") if path.is_file()}

    @cached_property
    def pages(self) -> dict[str, Elements]:
        made = {}
        for name in sorted(self.files):
            if name.endswith(".html"):
                made[name] = Elements()
                made[name].feed((self.path / name).read_text(encoding="utf-8"))
        return made

    def text(self, name: str) -> str:
        return (self.path / name).read_text(encoding="utf-8")


def broken(read: Read) -> dict[str, str]:
    """Return every address on a page that leads to nothing, with a page it stands on."""
    found = {}
    ids = {name: {attributes["id"] for _, attributes in page.found if "id" in attributes} for name, page in read.pages.items()}
    for name, page in read.pages.items():
        for tag, attributes in page.found:
            for address in (attributes[one] for one in ADDRESSES if one in attributes):
                if re.match(r"[a-z]+:", address) or name == "404.html" or (tag == "link" and attributes.get("rel") == "canonical"):
                    continue
                path, _, fragment = address.partition("#")
                path = unquote(path.partition("?")[0])
                target = normpath(join(dirname(name), path)) if path else name
                if target not in read.files or (fragment and target in ids and fragment not in ids[target]):
                    found[address] = name
    return found


@pytest.fixture(scope="session")
def dortmund(graph: Build, tmp_path_factory: pytest.TempPathFactory) -> Read:
    """The site of the graph of Dortmund."""
    target = tmp_path_factory.mktemp("site") / "dortmund"
    return Read(site(graph, target, address=ADDRESS), graph)


def change(table: Path, key: str, **cells: str) -> None:
    """Change cells of the row with that key in the first column."""
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if next(iter(row.values())) == key:
            row.update(cells)
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tables of a small graph whose names are hostile."""
    folder = tmp_path_factory.mktemp("hostile") / "city"
    init(folder)
    change(folder / "entities.csv", "example-university", label_en=MARKUP, label_de=MARKUP)
    change(folder / "entities.csv", "example-city", label_en=FORMULA, label_de=FORMULA)
    return folder


@pytest.fixture(scope="session")
def small(tables: Path, tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The small graph."""
    return build([tables], tmp_path_factory.mktemp("small") / "build")


@pytest.fixture(scope="session")
def hostile(small: Build, tmp_path_factory: pytest.TempPathFactory) -> Read:
    """The site of the small graph."""
    return Read(site(small, tmp_path_factory.mktemp("site") / "small", address=ADDRESS), small)
