"""The frame that all pages of a language share, and the folder they are written to."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg import __version__
from kg.portal.render import STATIC as PORTAL
from kg.portal.render import grouped, markup
from kg.site.names import in_language

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

HERE = Path(__file__).resolve().parent
LANGS = ("en", "de")
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'"
"""What the pages may do: show, and load the style, scripts and pictures of the site; nothing else is asked for. As `<meta http-equiv>` (Content Security Policy Level 3, section 3.3); `frame-ancestors` is only possible as a header."""

STILL = markup("default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'")
"""The same for pages about things, which have no script at all."""


@dataclass(frozen=True)
class Site:
    """What all pages say of the graph.

    Attributes:
        base: Namespace root of the graph.
        address: Where the site will stand, with a slash at its end.
        titles: Title of the graph per language.
        state, build: State of the data, and the build.
        licences: IRIs.
        frames: The sampling frames in a sentence, per language.
        has: Parts that the site has: `network`, `releases`, `ontology`.
    """

    base: str
    address: str
    titles: Mapping[str, str]
    state: str
    build: str
    licences: Sequence[str]
    frames: Mapping[str, str]
    has: frozenset[str]


@dataclass
class Folder:
    """The folder of a site while it is written.

    Attributes:
        path: The folder.
        written: Bytes of each file that was written here, by its path from the root.
    """

    path: Path
    written: dict[str, int] = field(default_factory=dict)
    _made: set[Path] = field(default_factory=set)

    def write(self, name: str, text: str | bytes) -> None:
        """Write a file.

        Args:
            name: Path from the root of the site, with `/`.
            text: UTF-8 text, or bytes.
        """
        target = self.path / name
        if target.parent not in self._made:
            target.parent.mkdir(parents=True, exist_ok=True)
            self._made.add(target.parent)
        data = text.encode("utf-8", "backslashreplace") if isinstance(text, str) else text
        # Unbuffered: ten thousand small files are written at once each.
        with target.open("wb", buffering=0) as file:
            view = memoryview(data)
            while view:
                view = view[file.write(view) or 0 :]
        self.written[name] = len(data)


class Pages:
    """Writes the pages of one language.

    Args:
        site: What all of them say.
        folder: Where they go.
        lang: `de` or `en`.
    """

    def __init__(self, site: Site, folder: Folder, lang: str) -> None:
        self.site, self.folder, self.lang = site, folder, lang
        self._environment = _environment(lang)
        self._shared = {
            "lang": lang,
            "f": lambda name: in_language(name, lang),
            "policy": markup(POLICY),
            "other": "en" if lang == "de" else "de",
            "title": site.titles[lang],
            "address": site.address,
            "state": site.state,
            "build": site.build,
            "licences": [one for one in site.licences if one.startswith(("https://", "http://"))],
            "frame": site.frames[lang],
            "version": __version__,
            "menu": self._menu(),
            "most": len(self._menu()),
        }

    def t(self, en: str, de: str) -> str:
        """Return a text in the language of the pages."""
        return de if self.lang == "de" else en

    def _menu(self) -> list[tuple[str, str]]:
        entries = [
            ("questions/index.html", self.t("Questions", "Fragen"), ""),
            ("network.html", self.t("Network", "Netzwerk"), "network"),
            ("map.html", self.t("Map", "Karte"), ""),
            ("search.html", self.t("A to Z", "A bis Z"), ""),
            ("catalog.html", self.t("Downloads", "Downloads"), ""),
            ("ontology/index.html", self.t("Ontology", "Ontologie"), "ontology"),
            ("releases/index.html", self.t("Releases", "Releases"), "releases"),
            ("about.html", self.t("About", "Über"), ""),
        ]
        return [(name, in_language(file, self.lang)) for file, name, needs in entries if not needs or needs in self.site.has]

    def write(self, file: str, template: str, *, root: str | None = None, **values: Any) -> str:
        """Write a page and return its path.

        Args:
            file: Path of the English page from the root of the site; the German one ends with `.de.html`.
            template: Name of the template.
            root: What leads to the root of the site; by default as many steps up as the path has folders.
            **values: What the template shows.
        """
        here = in_language(file, self.lang)
        beside = in_language(file, "en" if self.lang == "de" else "de").rpartition("/")[2]
        shared = {**self._shared, "here": here, "beside": beside}
        shared["root"] = "../" * file.count("/") if root is None else root
        self.folder.write(here, self._environment.get_template(template).render({**shared, **values}))
        return here


def _environment(lang: str) -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.globals["t"] = lambda en, de: de if lang == "de" else en
    made.filters["number"] = lambda value: grouped(int(value), lang)
    made.filters["licence"] = licence_name
    made.filters["letter_id"] = lambda letter: "l-" + ("other" if not str(letter).isalnum() else str(letter).lower())
    return made


def licence_name(iri: str) -> str:
    """Return a short name of a licence.

    >>> licence_name("https://creativecommons.org/licenses/by/4.0/")
    'CC BY 4.0'
    """
    root = "https://creativecommons.org/licenses/"
    return "CC " + iri.removeprefix(root).strip("/").upper().replace("/", " ") if iri.startswith(root) else iri


def json_block(data: Any) -> Markup:
    """Return JSON as it may stand inside a `<script>` element (HTML, section 4.12.1.3: no `<` in it)."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def stylesheet() -> str:
    """Return the style of the pages: the colours of the portal, then the rules of these pages."""
    portal = (PORTAL / "portal.css").read_text(encoding="utf-8")
    colours = re.findall(r"^  (--kg-[a-z-]+: [^;]+;)", portal.partition("@media")[0], re.MULTILINE)
    dark = re.findall(r"^    (--kg-[a-z-]+: [^;]+;)", portal.partition("@media")[2].partition("\n}")[0], re.MULTILINE)
    head = (
        ":root { color-scheme: light dark; "
        + " ".join(colours)
        + " }\n@media screen and (prefers-color-scheme: dark) { :root { "
        + " ".join(dark)
        + " } }\n"
    )
    from kg.portal.explorer_svg import FILLS

    groups = "".join(f".net-g{place} {{ fill: {fill}; }}\n" for place, fill in enumerate(FILLS))
    return head + (HERE / "static" / "site.css").read_text(encoding="utf-8") + groups
