"""What a second source says stands beside a profile: found by exact links only, attributed by linked projects only."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from kg.analyse.beside import Beside, beside
from kg.analyse.labels import Named
from kg.build import Build
from kg.store import Result, Table

if TYPE_CHECKING:
    from kg.store import Node

BASE = "https://w3id.org/innokg/"
GRAPHS = """
@prefix i: <https://w3id.org/innokg/ontology#> . @prefix o: <https://w3id.org/innokg/id/organisation/> . @prefix p: <https://w3id.org/innokg/id/project/> .
@prefix l: <https://w3id.org/innokg/id/place/> . @prefix g: <https://w3id.org/innokg/graph/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix r: <http://www.w3.org/2000/01/rdf-schema#> . @prefix x: <https://example.org/> .
g:home { p:one a i:Project . p:two a i:Project . x:a i:inInitiative p:one ; i:participant o:unit . x:b i:inInitiative p:two ; i:participant o:unit . }
g:other {
  p:eu1 a i:Project . p:eu2 a i:Project . p:eu3 a i:Project .
  x:c i:inInitiative p:eu1 ; i:participant o:pic1 . x:d i:inInitiative p:eu1 ; i:participant o:pic2 .
  x:e i:inInitiative p:eu2 ; i:participant o:pic1 . x:f i:inInitiative p:eu2 ; i:participant o:pic3 .
  x:h i:inInitiative p:eu3 ; i:participant o:pic3 .
  o:pic2 i:location l:city . l:city i:withinPlace l:region . l:region i:withinPlace l:country-DE . o:pic3 i:location l:country-FR .
}
g:links { o:body owl:sameAs o:pic1 . p:one owl:sameAs p:eu1 . p:two owl:sameAs p:eu3 . o:unit r:seeAlso o:pic1 . }
"""


class Memory:
    """A store in memory."""

    location = "memory"

    def __init__(self, trig: str) -> None:
        self.inner = ox.Store()
        self.inner.load(trig.encode(), ox.RdfFormat.TRIG)

    def query(self, sparql: str, bindings: Mapping[str, Node] | None = None) -> Result:
        assert not bindings
        solutions = self.inner.query(sparql, use_default_graph_as_union=True)
        assert isinstance(solutions, ox.QuerySolutions)
        names = [variable.value for variable in solutions.variables]
        return Table(tuple(names), [tuple(row[name] for name in names) for row in solutions])

    def count(self) -> int:
        return len(self.inner)

    def graphs(self) -> list[str]:
        return []

    def close(self) -> None:
        """Nothing to let go of."""


def of(chosen: tuple[str, ...] = (), trig: str = GRAPHS, institution: str = "unit", above: tuple[str, ...] = ("body",)) -> tuple[Beside, ...]:
    sources = [
        {"name": name, "graph": f"{BASE}graph/{name}", "title": {"de": f"Quelle {name}", "en": f"Source {name}"}} for name in ("home", "other")
    ]
    build = Build(Path("nowhere"), {"sources": sources, "base": BASE}, chosen)
    projects = [f"{BASE}id/project/{name}" for name in ("one", "two")]
    organisation = f"{BASE}id/organisation/"
    return beside(Memory(trig), build, Named(organisation + institution), [organisation + name for name in above], projects)


def test_the_second_source_is_counted_and_attributed() -> None:
    """The body is in eu1 and eu2 there, with pic2 (Germany) and pic3 (France); eu1 is linked to `one`; eu3 to `two`, but without the body."""
    (found,) = of()
    data = found.to_json()
    assert [iri.rsplit("/", 1)[1] for iri in data["projects"]] == ["eu1", "eu2"]
    assert data["partners"] == 2
    assert [iri.rsplit("/", 1)[1] for iri in data["countries"]] == ["country-DE", "country-FR"]
    assert [(here.label("en"), there.label("en")) for here, there in found.linked] == [("one", "eu1")]
    assert [(here.label("en"), there.label("en")) for here, there in found.missing] == [("two", "eu3")]
    assert [iri.rsplit("/", 1)[1] for iri in found.others] == ["eu2"]
    assert data["counted"] is False
    assert data["relation"] == "above"


def test_the_sentences_say_that_the_rest_is_not_counted() -> None:
    (found,) = of()
    assert found.sentences("de") == [
        "Quelle other nennt „body“ (dort „pic1“), wozu „unit“ gehört: 2 Projekte, 2 weitere Einrichtungen darin, aus 2 Ländern.",
        "Davon mit einem Projekt dieses Profils verknüpft und „unit“ zuzuordnen: 1, nämlich one (eu1).",
        "Alle anderen (1) werden nicht „unit“ zugerechnet: Die Quelle nennt nur „body“ und sagt nicht, welche Einheit beteiligt ist.",
        "Verknüpft, aber dort ohne „body“: two (eu3).",
    ]
    assert "not counted as projects of “unit”" in " ".join(found.sentences("en"))


def test_only_exact_links_lead_to_another_source() -> None:
    """`rdfs:seeAlso` from the unit leads nowhere; without the exact link of the body there is nothing."""
    assert of(above=()) == ()
    assert of(trig=GRAPHS.replace("o:body owl:sameAs o:pic1 .", "")) == ()


def test_a_source_that_is_not_looked_at_says_nothing() -> None:
    assert of(("home",)) == ()
    assert len(of(("home", "other"))) == 1


def test_links_are_read_in_both_directions() -> None:
    turned = GRAPHS.replace("o:body owl:sameAs o:pic1", "o:pic1 owl:sameAs o:body").replace("p:one owl:sameAs p:eu1", "p:eu1 owl:sameAs p:one")
    assert of(trig=turned) == of()


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_institution_itself(lang: str) -> None:
    (found,) = of(institution="body", above=())
    assert found.itself
    assert {"de": "dieselbe Einrichtung", "en": "the same institution"}[lang] in found.sentences(lang)[0]
    assert "--linked" in found.sentences(lang)[2]
