"""The pages: every term in both languages, links that lead somewhere, no text in the wrong language, no markup out of a label."""

from __future__ import annotations

import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

from kg.namespaces import PREFIXES
from kg.resources import root
from kg.terms import Links, markdown, page, terms
from kg.terms.model import Ontology
from kg.terms.page import HERE

EVIL = "</span><script>alert(1)</script>\"' onload=x {{ 7*7 }}"
_VOID = {"meta", "link", "br", "img", "rect", "path", "input", "hr"}
ENGLISH = [
    "the",
    "and",
    "of",
    "that",
    "with",
    "which",
    "from",
    "this",
    "are",
    "not",
    "its",
    "has",
    "have",
    "been",
    "where",
    "their",
    "by",
    "is",
    "to",
    "for",
    "each",
    "one",
    "only",
]
GERMAN = [
    "der",
    "die",
    "das",
    "und",
    "von",
    "mit",
    "nicht",
    "eine",
    "einer",
    "eines",
    "ist",
    "sind",
    "wird",
    "werden",
    "aus",
    "dem",
    "den",
    "zu",
    "ihr",
    "oder",
    "auch",
    "je",
]


class Document(HTMLParser):
    """What a test needs of a page: ids, links, attributes, and its texts with their language."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.texts: list[tuple[str, str]] = []
        self._open: list[tuple[str, str, bool]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        self.attributes |= set(given)
        self.ids += [given["id"] or ""] if "id" in given else []
        self.links += [given[name] or "" for name in ("href", "src") if name in given]
        lang, code = (self._open[-1][1], self._open[-1][2]) if self._open else ("", False)
        if tag not in _VOID:
            self._open.append((tag, given.get("lang") or lang, code or tag in ("code", "pre") or given.get("translate") == "no"))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            assert self._open[-1][0] == tag, f"</{tag}> closes <{self._open[-1][0]}>"
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and self._open and not self._open[-1][2]:
            self.texts.append((self._open[-1][1], " ".join(data.split())))

    def read(self, lang: str) -> str:
        """Return all texts in a language, joined."""
        return " \n".join(text for one, text in self.texts if one == lang)


@pytest.fixture(scope="module")
def found() -> Ontology:
    return terms()


@pytest.fixture(scope="module")
def pages(found: Ontology) -> dict[str, Document]:
    return {lang: Document(page(found, lang)) for lang in ("de", "en")}


@pytest.mark.parametrize("lang", ["de", "en"])
def test_every_term_stands_there(found: Ontology, pages: dict[str, Document], lang: str) -> None:
    document = pages[lang]
    read = document.read(lang)
    for term in found.terms:
        assert term.name in document.ids
        assert term.label[lang] in read
        assert " ".join(term.definition[lang].split()) in read
        assert all(one.description[lang] in read for one in term.obligations)
    assert all(one.description[lang] in read for one in found.further)
    for one in found.lists:
        assert {one.anchor, *(f"{one.anchor}-{code.notation}" for code in one.codes)} <= set(document.ids)
        assert all(code.label[lang] in read for code in one.codes)
    assert all(one.snippet.split("\n")[0].split()[0] for one in found.terms if one.snippet)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_links_and_structure(pages: dict[str, Document], lang: str) -> None:
    document = pages[lang]
    assert len(document.ids) == len(set(document.ids))
    inside = {link[1:] for link in document.links if link.startswith("#")}
    assert inside <= set(document.ids)
    assert len(inside) > 90
    assert {link for link in document.links if not link.startswith(("#", "http://", "https://"))} == {
        "ontology.css",
        *(f"ontology.{form}" for form in ("ttl", "rdf", "jsonld", "nt")),
    }
    assert not {"script", "style", "iframe", "object", "form"} & set(document.tags)
    assert "style" not in document.attributes
    assert not {one for one in document.attributes if one.startswith("on")}


def words(text: str) -> list[str]:
    return re.findall(r"[a-zäöüß]+", text.casefold())


@pytest.mark.parametrize(("lang", "foreign"), [("de", ENGLISH), ("en", GERMAN)])
def test_no_text_in_the_other_language(pages: dict[str, Document], lang: str, foreign: list[str]) -> None:
    """Function words of the other language stand in what is marked as it, or nowhere."""
    wrong = [text for one, text in pages[lang].texts if one == lang and set(words(text)) & set(foreign)]
    # "by" and "is" are no German words; "die" is an English verb that no definition uses.
    assert not wrong, wrong
    assert set(words(pages["en" if lang == "de" else "de"].read("en" if lang == "de" else "de"))) & set(foreign), "the words are used"


def test_every_text_of_the_templates_has_two_languages() -> None:
    found = [
        pair
        for path in sorted((HERE / "templates").glob("*.html"))
        for pair in re.findall(r't\("([^"]*)", "([^"]*)"\)', path.read_text(encoding="utf-8"))
    ]
    assert len(found) > 50
    assert {english for english, german in found if english == german} == {"Version", "Name"}
    assert not [german for _, german in found if set(words(german)) & set(ENGLISH)]


def test_the_search_for_foreign_words_finds_some(found: Ontology) -> None:
    spoilt = Document(page(found, "de").replace("Regeln</h4>", "Rules of the shapes</h4>"))
    assert any(set(words(text)) & set(ENGLISH) for lang, text in spoilt.texts if lang == "de")


def test_the_frame_of_somebody_else(found: Ontology) -> None:
    body = page(found, "en", links=Links(question=lambda name: f"/questions/{name}", download=lambda form: f"/ontology.{form}"), standalone=False)
    assert body.lstrip().startswith('<div class="kg-ontology">')
    assert "<html" not in body
    assert 'href="/questions/award-won"' in body
    assert 'href="/ontology.rdf"' in body


def test_labels_never_become_markup(tmp_path: Path) -> None:
    for name in ("ontology", "queries"):
        shutil.copytree(root() / name, tmp_path / name)
    quoted = EVIL.replace("\\", "\\\\").replace('"', '\\"')
    with (tmp_path / "ontology" / "inno.ttl").open("a", encoding="utf-8") as file:
        file.write(
            f'inno:evil a owl:Class ; rdfs:label "{quoted}" ; skos:definition "{quoted}"@en ; skos:example "{quoted}"@fr ; '
            "owl:deprecated true ; dcterms:isReplacedBy <javascript:alert(1)> .\n"
            "inno:odd a owl:ObjectProperty ; rdfs:domain inno:evil ; rdfs:range <javascript:alert(2)> ; skos:closeMatch <javascript:alert(3)> .\n"
        )
    hostile = terms(root=tmp_path)
    for lang in ("de", "en"):
        text = page(hostile, lang)
        document = Document(text)
        assert "script" not in document.tags
        assert not [link for link in document.links if "javascript" in link.casefold()]
        assert "49" not in re.findall(r"onload=x (\S+)", text)
        assert EVIL.split("{{")[0].strip() in " ".join(one for _, one in document.texts)
        assert ("fr", " ".join(EVIL.split())) in document.texts, "a text in a third language is marked"
    assert '"en"' in page(hostile, "de"), "an English definition on the German page is marked"
    assert "| `inno:evil`" in markdown("en", hostile)
    assert "<script" not in markdown("en", hostile)


def test_a_long_label_breaks_nothing(tmp_path: Path) -> None:
    for name in ("ontology", "queries"):
        shutil.copytree(root() / name, tmp_path / name)
    core = tmp_path / "ontology" / "inno.ttl"
    core.write_text(core.read_text(encoding="utf-8").replace('"Vorhaben"@de', f'"{"Sehr" * 200}vorhaben"@de'), encoding="utf-8")
    assert "Sehr" * 200 in page(terms(root=tmp_path), "de")


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_reference_in_markdown(found: Ontology, lang: str) -> None:
    text = markdown(lang)
    for term in found.terms:
        row = next(line for line in text.splitlines() if line.startswith(f"| `inno:{term.name}`"))
        assert row.replace("\\|", "").count("|") == 5
        assert term.label[lang] in row
    assert text.count("\n### ") == len(found.lists)
    assert PREFIXES["inno"] not in text
