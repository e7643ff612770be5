"""The search index: the same from quad tables and from SPARQL, every way of typing a name, best first, bounded and honest."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.build import Build
from kg.errors import StoreError
from kg.namespaces import INNO
from kg.search import INDEX, Found, SearchIndex, build_index, index_store
from kg.search import index as reading
from kg.search.fold import MAX_TEXT, key_and_words, marks, skeleton, words
from kg.store import EmbeddedStore, Result, Store, Table, open_store

ID = "https://w3id.org/innokg/id/"
OTHER = "https://example.org/other/"
DATA = """
PREFIX inno: <https://w3id.org/innokg/ontology#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX : <https://w3id.org/innokg/id/>
PREFIX adms: <http://www.w3.org/ns/adms#> PREFIX schema: <https://schema.org/> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX owl: <http://www.w3.org/2002/07/owl#> PREFIX dcterms: <http://purl.org/dc/terms/> PREFIX prov: <http://www.w3.org/ns/prov#>
inno:Initiative rdfs:subClassOf inno:NamedThing ; rdfs:label "Vorhaben"@de, "Initiative"@en ; a owl:Class .
inno:Project rdfs:subClassOf inno:Initiative ; rdfs:label "Projekt"@de, "Project"@en ; a owl:Class .
inno:Organisation rdfs:subClassOf inno:NamedThing ; rdfs:label "Organisation"@de, "Organisation"@en ; a owl:Class .
inno:Place rdfs:subClassOf inno:NamedThing ; rdfs:label "Ort"@de, "Place"@en ; a owl:Class .
:de a inno:Place ; skos:prefLabel "Deutschland"@de, "Germany"@en ; dcterms:identifier "DE" .
:ruhr a inno:Place ; skos:prefLabel "Ruhrgebiet"@de ; inno:withinPlace :de .
:dortmund a inno:Place ; skos:prefLabel "Dortmund" ; inno:withinPlace :ruhr, :circle .
:circle a inno:Place ; skos:prefLabel "Kreis"@de ; inno:withinPlace :circle .
:sfs a inno:Organisation ; skos:prefLabel "Sozialforschungsstelle Dortmund"@de, "Social Research Centre"@en ; inno:acronym "sfs" ; inno:location :dortmund ;
  skos:altLabel "Institut für Übergänge" ; adms:identifier :n1, :n2 ; schema:sameAs <https://ror.org/01k97gp34>, <http://www.wikidata.org/entity/Q1> .
:n1 a adms:Identifier ; skos:notation "01k97gp34" . :n2 a adms:Identifier ; skos:notation "999848453" .
:sfsx a inno:Organisation ; skos:prefLabel "SFSX Straßenbau GmbH" .
:mueller a inno:Organisation ; skos:prefLabel "Müller & Söhne"@de . :moller a inno:Organisation ; skos:prefLabel "MUELLER AG" .
:fh a inno:Organisation ; skos:prefLabel "Fraunhofer-Gesellschaft"@de ; inno:location :de . :fh2 a inno:Organisation ; skos:prefLabel "Fraunhofer Institut"@de .
:japan a inno:Organisation ; skos:prefLabel "東京大学"@ja . :script a inno:Organisation ; skos:prefLabel "<script>alert(1)</script>" .
:nameless a inno:Organisation ; adms:identifier :n3 . :n3 a adms:Identifier ; skos:notation "914358764" .
:tf a inno:Project ; skos:prefLabel "T-Factor"@en ; schema:startDate "2020-06-01" ; schema:endDate "2024" ; adms:identifier :n4 . :n4 skos:notation "868887" .
:old a inno:Project ; skos:prefLabel "Old Factor"@en, "Ancient Factor"@en ; schema:startDate "1998~" .
:a1 a inno:Participation ; inno:inInitiative :tf ; inno:participant :fh2 . :a2 a inno:Participation ; inno:inInitiative :old ; inno:participant :fh2 .
:address a <http://www.w3.org/ns/locn#Address> ; rdfs:label "Fraunhoferstraße 1" .
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A small graph in two named graphs."""
    import pyoxigraph as ox

    path = tmp_path_factory.mktemp("small") / "store"
    made = ox.Store(str(path))
    made.load(DATA.encode(), format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(ID + "graph"))
    more = f'<{ID}sfs> <http://www.w3.org/2004/02/skos/core#altLabel> "ZWE sfs" .'
    made.load(more.encode(), format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(OTHER))
    made.flush()
    del made
    return EmbeddedStore(path)


@pytest.fixture(scope="module")
def small(store: Store, tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    path = tmp_path_factory.mktemp("index") / INDEX
    assert index_store(store, path) > 10
    return SearchIndex(path)


@pytest.fixture(scope="module")
def index(both: Build) -> SearchIndex:
    return SearchIndex(both.path / INDEX)


def found(index: SearchIndex, text: str, **options: object) -> list[str]:
    return [hit.iri.removeprefix(ID) for hit in index.search(text, **options).hits]  # type: ignore[arg-type]


# --- writing ---------------------------------------------------------------------------------------------------------


def test_build_writes_the_index(both: Build, index: SearchIndex) -> None:
    assert both.record["searchable"] == index.things > 5000
    assert index.search("").total == index.things


def test_tables_and_sparql_give_the_same_bytes(both: Build, tmp_path: Path) -> None:
    assert index_store(open_store(both.store), tmp_path / "sparql") == both.record["searchable"]
    assert build_index(both.parquet[::-1], tmp_path / "tables") == both.record["searchable"]
    built = (both.path / INDEX).read_bytes()
    assert (tmp_path / "tables").read_bytes() == built
    assert (tmp_path / "sparql").read_bytes() == built
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sparql", "tables"]


class Stingy:
    """A store that gives at most three rows at a time, and after some questions nothing more."""

    location = "https://example.org/sparql"

    def __init__(self, store: Store, questions: int) -> None:
        self._store, self._left = store, questions

    def query(self, sparql: str, bindings: Mapping[str, object] | None = None) -> Result:
        result = self._store.query(sparql)
        if isinstance(result, Table) and "COUNT(*)" not in sparql.split("WHERE")[0]:
            self._left -= 1
            return Table(result.variables, result.rows[:3] if self._left >= 0 else [])
        return result

    def count(self) -> int:
        return self._store.count()

    def graphs(self) -> list[str]:
        return self._store.graphs()

    def close(self) -> None: ...


def test_short_pages_are_asked_for_again(store: Store, small: SearchIndex, tmp_path: Path) -> None:
    """Endpoints cut answers silently; the count tells."""
    index_store(Stingy(store, 10_000), tmp_path / INDEX)
    assert (tmp_path / INDEX).read_bytes() == small.path.read_bytes()


def test_missing_rows_are_an_error(store: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="Only 3 of"):
        index_store(Stingy(store, 1), tmp_path / INDEX)
    assert not list(tmp_path.iterdir())


# --- finding ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Sozialforschungsstelle", "sfs"),
        ("Sozialforschungstelle", "sfs"),
        ("sozialforsch", "sfs"),
        ("Dortmund Sozialforschungsstelle", "sfs"),
        ("forschung", "sfs"),
        ("SFS", "sfs"),
        ("Übergänge", "sfs"),
        ("uebergaenge institut", "sfs"),
        ("999848453", "sfs"),
        ("https://ror.org/01k97gp34", "sfs"),
        ("ror:01k97gp34", "sfs"),
        ("http://www.wikidata.org/entity/Q1", "sfs"),
        (f"{ID}sfs", "sfs"),
        (f"<{ID}sfs>", "sfs"),
        ("914358764", "nameless"),
        ("868887", "tf"),
        ("T-Factor", "tf"),
        ("tfactor", "tf"),
        ("t factor", "tf"),
        ("T–Factor", "tf"),
        ("Ancient Factor", "old"),
        ("strassenbau", "sfsx"),
        ("STRAßENBAU", "sfsx"),
        ("strasenbau", "sfsx"),
        ("Fraunhofr", "fh2"),
        ("Fruanhofer", "fh2"),
        ("Fraunhofer Deutschland", "fh"),
        ("fraunhofer germany", "fh"),
        ("東京大学", "japan"),
        ("東京", "japan"),
        ("<script>", "script"),
        ("Projekt T-Factor", "tf"),
        ("inno:Project", INNO.Project),
        ("Dortmund", "dortmund"),
    ],
)
def test_what_people_type(small: SearchIndex, text: str, first: str) -> None:
    assert found(small, text)[0] == first
    assert small.suggest(text)[0].iri.removeprefix(ID) == first


def test_equal_names_before_beginnings_before_parts(small: SearchIndex) -> None:
    assert found(small, "sfs") == ["sfs", "sfsx"]
    assert found(small, "factor") == ["old", "tf"]


@pytest.mark.parametrize("text", ["Müller", "Mueller", "muller", "MÜLLER", "müLLer"])
def test_umlauts_in_every_way(small: SearchIndex, text: str) -> None:
    assert set(found(small, text)) == {"mueller", "moller"}


def test_what_was_met_is_shown(small: SearchIndex) -> None:
    def other(text: str) -> tuple[str, str]:
        hit = small.search(text, lang="de").hits[0]
        return hit.other, hit.other_kind

    assert other("uebergaenge") == ("Institut für Übergänge", "name")
    assert other("sfs") == ("sfs", "acronym")
    assert other("https://ror.org/01k97gp34") == ("01k97gp34", "identifier")
    assert other("Sozialforschungsstelle") == ("", "")


def test_a_hit_in_both_languages(small: SearchIndex) -> None:
    german, english = (small.search("sfs", lang=lang).hits[0] for lang in ("de", "en"))
    assert (german.label, german.lang, german.place, german.country) == ("Sozialforschungsstelle Dortmund", "de", "Dortmund", "Deutschland")
    assert (english.label, english.lang, english.class_label, english.country) == ("Social Research Centre", "en", "Organisation", "Germany")
    project = small.search("tf", lang="de").hits or small.search("T-Factor", lang="de").hits
    assert (project[0].label, project[0].lang, project[0].class_label, project[0].since, project[0].until) == (
        "T-Factor",
        "en",
        "Projekt",
        2020,
        2024,
    )
    assert small.search("東京大学", lang="de").hits[0].lang == "ja"
    assert small.search("914358764").hits[0].label == "nameless"


def test_mended_words_are_told(small: SearchIndex) -> None:
    assert small.search("Fraunhofr").corrected == "Fraunhofer"
    assert small.search("Fraunhofer").corrected == ""
    result = small.search("Fraunhofer Quatschwort")
    assert result.partial
    assert {hit.iri.removeprefix(ID) for hit in result.hits} == {"fh", "fh2"}
    assert small.search("qqqzzz").total == 0


def test_numbers_are_never_mended(small: SearchIndex) -> None:
    """Another project number is another project, not a typing error."""
    assert found(small, "868888") == []


def test_classes_with_those_below(small: SearchIndex) -> None:
    assert [hit.iri for hit in small.suggest("factor", of_class="inno:Initiative")] == [f"{ID}old", f"{ID}tf"]
    assert small.suggest("factor", of_class="inno:Organisation") == ()
    assert small.suggest("factor", of_class=INNO.Project, limit=1)[0].iri == f"{ID}old"
    assert [hit.iri for hit in small.near("https://w3id.org/innokg/id/t-faktor")] == [f"{ID}tf"]


def test_near_when_nothing_is_like_it(small: SearchIndex) -> None:
    assert small.search("sozialpolitikberatung").total == 0
    assert [hit.iri for hit in small.near("sozialpolitikberatung")] == [f"{ID}sfs"]
    assert small.near("qqqzzzxxx") == ()
    assert small.near("") == ()


def test_labels(small: SearchIndex) -> None:
    assert small.label(f"{ID}de", "de") == "Deutschland"
    assert small.label(f"{ID}dortmund", "de") == "Dortmund"
    assert small.label(f"{ID}old", "de") == "Ancient Factor"
    assert small.label("https://example.org/nothing", "de") == ""


# --- narrowing down --------------------------------------------------------------------------------------------------


def test_facets_count_what_the_filter_gives(index: SearchIndex) -> None:
    """The count beside a link is the number of results behind it, for every value of every facet."""
    options = {"class": "classes", "place": "places", "period": "periods", "graph": "graphs"}
    for text in ("dortmund", "university", ""):
        for facet in index.search(text).facets:
            for value in facet.values:
                assert index.search(text, **{options[facet.name]: [value.value]}).total == value.count, (text, value)  # type: ignore[arg-type]


def test_a_facet_disregards_its_own_filter(small: SearchIndex) -> None:
    result = small.search("fraunhofer", places=[f"{ID}de"])
    assert [hit.iri for hit in result.hits] == [f"{ID}fh"]
    places = next(facet for facet in result.facets if facet.name == "place")
    assert [(value.label, value.count, value.chosen) for value in places.values] == [("Germany", 1, True)]
    unknown = small.search("fraunhofer", places=["nowhere"])
    assert unknown.total == 0
    assert ("nowhere", 0, True) in [(value.value, value.count, value.chosen) for facet in unknown.facets for value in facet.values]


def test_source_graphs(small: SearchIndex) -> None:
    assert [hit.iri for hit in small.search("", graphs=[OTHER]).hits] == [f"{ID}sfs"]


def test_pages_are_one_list(index: SearchIndex) -> None:
    whole = [hit.iri for start in range(0, 300, 100) for hit in index.search("dortmund", limit=100, offset=start).hits]
    parts = [hit.iri for start in range(0, 300, 7) for hit in index.search("dortmund", limit=7, offset=start).hits]
    assert whole == parts
    assert len(set(whole)) == len(whole) == index.search("dortmund").total


# --- limits ----------------------------------------------------------------------------------------------------------


@given(st.text(max_size=60) | st.text(alphabet='"*():^-+{}name OR AND NOT NEAR äß', max_size=60))
def test_any_text_is_data(small: SearchIndex, text: str) -> None:
    result = small.search(text)
    assert result.total >= len(result.hits)
    assert small.search(text) == result
    small.suggest(text)
    small.near(text)


def test_very_long_texts_are_cut(small: SearchIndex) -> None:
    assert found(small, "Fraunhofer " + "x" * 10) == found(small, "Fraunhofer " + "x" * 10 + " " * MAX_TEXT + "Dortmund")
    assert small.search("a b " * 10_000).total_is_exact


def test_used_up_time_is_told(both: Build) -> None:
    hasty = SearchIndex(both.path / INDEX, seconds=-1)
    result = hasty.search("dortmund")
    assert not result.total_is_exact
    assert isinstance(result, Found)
    # What was found is shown all the same.
    assert len(hasty.search("", limit=100).hits) == 100


def test_used_up_number_is_told(both: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_MATCHES", 3)
    index = SearchIndex(both.path / INDEX)
    monkeypatch.setattr(SearchIndex._find, "__defaults__", (3,))
    result = index.search("dortmund")
    assert (result.total, result.total_is_exact) == (3, False)


def test_absent_or_damaged(small: SearchIndex, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="There is no search index"):
        SearchIndex(tmp_path / "none")
    text = tmp_path / "text"
    text.write_text("not a database" * 1000)
    with pytest.raises(StoreError, match="damaged"):
        SearchIndex(text)
    empty = tmp_path / "empty"
    sqlite3.connect(empty).execute("CREATE TABLE t (x)").connection.close()
    with pytest.raises(StoreError, match="another version"):
        SearchIndex(empty)
    torn = tmp_path / "torn"
    data = bytearray(small.path.read_bytes())
    data[8192:] = bytes(len(data) - 8192)
    torn.write_bytes(data)
    with pytest.raises(StoreError, match="damaged") as error:
        SearchIndex(torn).search("dortmund")
    assert "kg build" in error.value.text("de")


def test_read_only(small: SearchIndex, tmp_path: Path) -> None:
    """Nothing is written beside the file, and names that are no plain URI work."""
    folder = tmp_path / "a b?c#d%20"
    folder.mkdir()
    shutil.copy(small.path, folder / INDEX)
    index = SearchIndex(folder / INDEX)
    assert found(index, "sfs")[0] == "sfs"
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        index._database.execute("DELETE FROM thing")
    index.close()
    assert [path.name for path in folder.iterdir()] == [INDEX]


# --- folding ---------------------------------------------------------------------------------------------------------


@given(st.text(alphabet="aeoußsäöüé xA", max_size=20), st.integers(0, 20))
def test_a_folded_beginning_is_a_beginning(text: str, length: int) -> None:
    assert skeleton(text).startswith(skeleton(text[:length]))


@given(st.text(max_size=40))
def test_folding_is_stable(text: str) -> None:
    folded, found_words = key_and_words(text)
    assert words(text) == folded.split()
    assert set(folded.split()) <= set(found_words)


@given(st.text(max_size=60), st.lists(st.text(max_size=5), max_size=4))
def test_marks_keep_the_text(text: str, asked: list[str]) -> None:
    assert "".join(part for part, _ in marks(text, asked)) == text
