"""What is read by the index of quads is what SPARQL gives; markup made in Python is escaped; templates hold the texts of their language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.build import Build
from kg.errors import QueryError, StoreError, Text
from kg.namespaces import INNO
from kg.portal import entity, entity_html, facts
from kg.portal.desk import Desk
from kg.portal.entity_lists import described_years
from kg.portal.entity_partners import partners
from kg.portal.entity_values import Reader, Shown
from kg.portal.page import Request
from kg.portal.render import asset, environment
from kg.portal.settings import PortalSettings
from kg.results import labels
from kg.store import EmbeddedStore, Result, Store, Table

if TYPE_CHECKING:
    from kg.store import Node

BASE = "https://w3id.org/innokg/"
SFS = BASE + "id/organisation/sozialforschungsstelle"
MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


class BySparql:
    """A store that is asked by SPARQL alone, as an endpoint is."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.location = store.location

    def query(self, sparql: str, bindings: Mapping[str, Node] | None = None) -> Result:
        """Hand a query on."""
        return self._store.query(sparql, bindings)

    def count(self) -> int:
        """Return the number of quads."""
        return self._store.count()

    def graphs(self) -> list[str]:
        """Return the graphs."""
        return self._store.graphs()

    def close(self) -> None:
        """Do nothing."""


@pytest.fixture(scope="module")
def desk(both: Build) -> Desk:
    """A desk on the default graph."""
    return Desk.open(PortalSettings(), both.path)


@pytest.fixture(scope="module")
def plain(desk: Desk) -> Desk:
    """The same, without the index of quads."""
    return Desk(BySparql(desk.store), desk.settings, desk.build)


@pytest.fixture(scope="module")
def things(desk: Desk) -> list[str]:
    """Everything that says something or is named."""
    found = desk.store.query("SELECT DISTINCT ?x WHERE { { ?x ?p ?o } UNION { ?s ?q ?x } FILTER (isIRI(?x)) }")
    assert isinstance(found, Table)
    return sorted(row[0].value for row in found.rows if row[0] is not None)


@MANY
@given(data=st.data())
def test_the_index_says_what_sparql_says(desk: Desk, plain: Desk, things: list[str], data: st.DataObject) -> None:
    some = data.draw(st.lists(st.sampled_from(things), min_size=1, max_size=6, unique=True))
    for iri in some:
        assert facts.statements(desk.store, iri) == facts.statements(plain.store, iri)
        assert facts.exists(desk.store, iri) is facts.exists(plain.store, iri) is True
        counted = {one.predicate: (one.count, one.more) for one in facts.incoming(desk.store, iri)}
        assert counted == {one.predicate: (one.count, one.more) for one in facts.incoming(plain.store, iri)}
    assert facts.described(desk.store, some) == facts.described(plain.store, some)
    for lang in ("de", "en"):
        assert desk.labels(some, lang) == labels(plain.store, some, lang) == Desk(desk.store, desk.settings).labels(some, lang)
    mine, theirs = described_years(desk, set(some)), described_years(plain, set(some))
    assert {iri: span for iri, span in mine.items() if any(span)} == {iri: span for iri, span in theirs.items() if any(span)}


def test_what_is_in_no_statement_does_not_exist(desk: Desk) -> None:
    assert not facts.exists(desk.store, "https://example.org/none")
    assert facts.exists(Memory("<urn:a> <urn:b> <urn:c> ."), BASE + "graph/x"), "a graph that nothing is said about"


@MANY
@given(data=st.data())
def test_pages_are_the_same_on_any_store(desk: Desk, plain: Desk, things: list[str], data: st.DataObject) -> None:
    iri = data.draw(st.sampled_from([one for one in things if one.startswith(BASE + "id/")]))
    lang = data.draw(st.sampled_from(["de", "en"]))
    path = unquote(desk.local(iri))
    request = Request("", path, {"key": path.removeprefix("/doc/")}, {}, lang, origin="http://h")
    mine, theirs = (re.sub(r"<footer.*", "", entity.document(one, request).body.decode(), flags=re.DOTALL) for one in (desk, plain))
    assert "<h1>" in mine
    assert mine == theirs


@MANY
@given(data=st.data())
def test_partners_by_the_derived_property_are_those_of_the_participations(desk: Desk, things: list[str], data: st.DataObject) -> None:
    iri = data.draw(st.sampled_from([one for one in things if one.startswith(BASE + "id/organisation/")]))
    query = (
        "SELECT ?o (COUNT(DISTINCT ?i) AS ?n) WHERE { ?part inno:participant ?s . ?part inno:inInitiative ?i . "
        "?other inno:inInitiative ?i . ?other inno:participant ?o FILTER (?o != ?s) } GROUP BY ?o"
    )
    found = desk.store.query(query, {"s": ox.NamedNode(iri)})
    assert isinstance(found, Table)
    counted = Counter({o.value: int(n.value) for o, n in found.rows if o is not None and n is not None})
    every = {one.predicate: one.subjects for one in facts.incoming(desk.store, iri)}
    made = partners(Reader(desk, Request("")), iri, every.get(INNO.participant))
    assert made == partners(Reader(desk, Request("")), iri)
    assert (made.total if made else 0) == len(counted)
    best = sorted(counted.items(), key=lambda one: (-one[1], one[0]))[:12]
    assert [(one.iri, one.shared) for one in (made.partners if made else ())] == best


def test_partners_without_derived_statements() -> None:
    """A graph that no rule has seen is asked over its participations."""
    store = Memory(
        "".join(f"<urn:p{n}> <{INNO.participant}> <urn:o{n % 3}> ; <{INNO.inInitiative}> <urn:i{n // 3}> ." for n in range(6)),
    )
    made = partners(Reader(Desk(store, PortalSettings()), Request("")), "urn:o0", ["urn:p0", "urn:p3"])
    assert made is not None
    assert [(one.iri, one.shared) for one in made.partners] == [("urn:o1", 2), ("urn:o2", 2)]


class Memory(EmbeddedStore):
    """A store in memory."""

    def __init__(self, turtle: str) -> None:
        self.location = "memory"
        self._store = ox.Store()
        self._store.load(turtle, format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(BASE + "graph/x"))


def test_a_damaged_index_costs_no_page(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: object, iris: object, lang: str = "en") -> dict[str, str]:
        raise StoreError(Text("Damaged.", "Beschädigt."))

    monkeypatch.setattr("kg.search.SearchIndex.labels", broken)
    assert Desk(desk.store, desk.settings, desk.build).labels([SFS], "de") == {SFS: "Sozialforschungsstelle Dortmund"}


# --- queries -------------------------------------------------------------------------------------------------------------


def test_prefixes_of_a_query_win_and_errors_keep_their_line(desk: Desk) -> None:
    own = desk.store.query("PREFIX inno: <urn:x:> SELECT (inno:a AS ?own) (rdf:type AS ?known) {}")
    assert isinstance(own, Table)
    assert [term.value for term in own.rows[0] if term is not None] == ["urn:x:a", "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"]
    with pytest.raises(QueryError) as caught:
        desk.store.query("SELECT ?x\nWHERE {\n  ?x a inno:Project .\n  ?x oops }")
    assert caught.value.where is not None
    assert caught.value.where.startswith("line 4")


# --- markup --------------------------------------------------------------------------------------------------------------


class Read(HTMLParser):
    """What a browser reads: elements with attributes, and text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.given: dict[str, str | None] = {}
        self.text = ""
        self.feed(str(text))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element."""
        self.names.append(tag)
        self.given.update(attrs)

    def handle_data(self, data: str) -> None:
        """Keep a text."""
        self.text += data


TEXTS = st.text(st.sampled_from("<>&\"' a{}%/é\u2028"), max_size=12)


@given(text=TEXTS, href=TEXTS, lang=TEXTS, mark=TEXTS)
def test_terms_are_escaped(text: str, href: str, lang: str, mark: str) -> None:
    read = Read(entity_html.text(Shown(text, href, lang, mark)))
    assert read.names == [*(["a"] if href else ["span"] if lang else []), *(["span"] if mark else [])]
    assert read.text == text + (f" ({mark})" if mark else "")
    assert read.given.get("href", "") == href
    assert read.given.get("lang", "") == lang


@given(links=st.lists(st.tuples(TEXTS, TEXTS), max_size=3))
def test_links_are_escaped(links: list[tuple[str, str]]) -> None:
    read = Read(entity_html.link_items(links))
    assert read.names == ["li", "a"] * len(links)
    assert read.text == "".join(words for words, _ in links)


def test_templates_hold_the_text_of_their_language() -> None:
    source = '{{ t("One & more", "Eins") }} {{ t("a" ~ x, "b" ~ x) }} {{ asset("icon.svg") }} {{ t("x", "y") if x else t("", "z") }}'
    made = {}
    for lang in ("en", "de"):
        template = environment(lang).from_string(source)
        made[lang] = template.render(x="!", t=lambda en, de, lang=lang: de if lang == "de" else en)
    assert made == {"en": f"One &amp; more a! {asset('icon.svg')} x", "de": f"Eins b! {asset('icon.svg')} y"}
