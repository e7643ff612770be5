"""The documentation as files: `ontology/` with the pages of the version at hand, and `ontology/<version>/` with everything that stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import InputError, Text, unwritable
from kg.files import write_files
from kg.terms.model import Ontology
from kg.terms.page import HERE, Links, page
from kg.terms.reading import terms
from kg.terms.svg import drawings, file_name, svg
from kg.terms.syntaxes import FILES, SYNTAXES, syntax

if TYPE_CHECKING:
    from kg.build import Build

PAGES = {"en": "index.html", "de": "index.de.html"}
_SHARED = HERE.parent / "portal" / "static" / "ontology.css"
"""What the portal's page and these pages have in common."""


def stylesheet() -> str:
    """Return the stylesheet of pages that stand alone, and of drawings as files."""
    return "\n".join(path.read_text(encoding="utf-8") for path in (HERE / "templates" / "frame.css", _SHARED))


def write(
    folder: Path, version: str = "", *, build: Build | None = None, question: Callable[[str, str], str] | None = None, home: str = ""
) -> list[Path]:
    """Write the pages and files of the ontology, all or none.

    `folder/ontology/index.html` and `index.de.html` describe the version at hand, `folder/ontology/<version>/` holds the same pages with the four
    syntaxes of ontology and alignments, the drawings (`<area>.<lang>.svg`) and the stylesheet; all links between them are relative.

    Args:
        folder: Where `ontology/` is made; it may be there already.
        version: Must be that of the ontology; its own by default.
        build: A graph whose uses are counted.
        question: Gives the address of a ready question from `name` and language, relative to `folder/ontology/<version>/`; no links without it.
        home: Address of the page that these belong to, relative to the same folder.

    Raises:
        InputError: There is no such version here.
        BuildError: The folder cannot be written; what was there is untouched.
    """
    found = terms(build)
    at_hand = found.header.version
    if (version or at_hand) != at_hand:
        what = Text(f"There is no version {version} of the ontology here.", f"Die Version {version} der Ontologie gibt es hier nicht.")
        raise InputError(what, where="ontology/inno.ttl", fix=Text(f"There is {at_hand}.", f"Es gibt {at_hand}."))
    top, below = folder / "ontology", folder / "ontology" / at_hand
    try:
        below.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(error, below) from error
    texts: dict[Path, str | bytes] = {}
    for lang, name in PAGES.items():
        links = _links(found, lang, question, home)
        texts[below / name] = page(found, lang, links=links)
        texts[top / name] = page(found, lang, links=_from_above(links, at_hand))
        texts |= {below / file_name(one.area, lang): svg(one, page=name, file=True) for one in drawings(found, lang)}
    texts |= {below / f"{name}.{form}": syntax(form, name) for name in FILES for form in SYNTAXES}
    texts[below / "ontology.css"] = stylesheet()
    write_files(dict(texts))
    return sorted(texts)


def _links(found: Ontology, lang: str, question: Callable[[str, str], str] | None, home: str) -> Links:
    version = found.header.version
    return Links(
        languages=PAGES,
        home=home,
        question=(lambda name: question(name, lang)) if question else (lambda _: ""),
        version=lambda one: PAGES[lang] if one == version else "",
        drawing=lambda name: f"{name}.{lang}.svg",
    )


def _from_above(links: Links, version: str) -> Links:
    """Return the same links from the folder above: those to files of the version go down, those out of it lose a step up."""

    def down(address: str) -> str:
        return f"{version}/{address}" if address and not address.startswith(("https://", "http://", "/", "../")) else address

    def out(address: str) -> str:
        return address.removeprefix("../") if address.startswith("../") else address

    return replace(
        links,
        css=down(links.css),
        home=out(links.home),
        download=lambda form: down(links.download(form)),
        question=lambda name: out(links.question(name)),
        version=lambda one: down(links.version(one)),
        drawing=lambda name: down(links.drawing(name)),
    )
