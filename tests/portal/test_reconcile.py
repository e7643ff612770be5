"""The reconciliation service: manifest, queries, suggestions, data extension, what is refused."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.build import Build
from kg.errors import KgError, ParameterError
from kg.portal import reconcile
from kg.portal.desk import Desk
from kg.portal.page import Reply, Request
from kg.portal.reconcile_query import BATCH, MAX_CELL, MAX_LIMIT, TooManyError, batch, extension
from kg.portal.reconcile_schema import CONTENT, PROPERTIES, TYPES, property_of, type_of
from kg.portal.settings import PortalSettings
from tests.portal.reconciliation import hold, hold_published, jsonschema, published_folder

BASE = "https://w3id.org/innokg/"
PIC = BASE + "id/organisation/pic-999848453"
TU = BASE + "id/organisation/tu-dortmund"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def desk(both: Build) -> Desk:
    return Desk.open(PortalSettings(), both.path)


def request(path: str = "/reconcile", lang: str = "en", **values: str) -> Request:
    return Request("", path, values={name: [value] for name, value in values.items()}, lang=lang, form="json", origin="http://h")


def data_of(reply: Reply) -> Any:
    assert reply.status == 200, reply.body
    assert reply.media_type == "application/json"
    return json.loads(reply.body)


def ask(desk: Desk, lang: str = "en", **queries: Any) -> dict[str, list[dict[str, Any]]]:
    hold_published(queries, "reconciliation-query-batch")
    data = data_of(reconcile.service(desk, request(lang=lang, queries=json.dumps(queries))))
    hold(data, "reconciliation-result-batch")
    assert list(data) == list(queries)
    return {name: one["result"] for name, one in data.items()}


# --- manifest --------------------------------------------------------------------------------------------------------------


def test_the_manifest(desk: Desk) -> None:
    data = data_of(reconcile.service(desk, request()))
    hold(data, "manifest")
    assert data["versions"] == ["0.2"]
    assert data["identifierSpace"] == BASE
    assert data["batchSize"] == BATCH
    assert [one["id"] for one in data["defaultTypes"]][:3] == ["inno:Organisation", "inno:Project", "inno:Place"]
    german = data_of(reconcile.service(desk, request(lang="de")))
    assert "Ort" in [one["name"] for one in german["defaultTypes"]]


# --- queries ---------------------------------------------------------------------------------------------------------------


def test_a_name_and_a_country_find_the_right_one(desk: Desk) -> None:
    found = ask(
        desk, a={"query": "Technische Universitaet Dortmund", "type": "inno:Organisation", "properties": [{"pid": "country", "v": "Germany"}]}
    )
    best = found["a"][0]
    assert (best["id"], best["match"], best["score"]) == (PIC, True, 100)
    assert {"id": "property_country", "value": True} in best["features"]
    assert best["type"] == [{"id": "inno:Organisation", "name": "Organisation"}]
    assert "Dortmund, Germany" in best["description"]


@pytest.mark.parametrize(
    ("name", "iri"),
    [
        ("WEBER ULTRASONICS", "pic-952276355"),
        ("Weber Ultrasonisc AG", "pic-952276355"),
        ("weber-ultrasonics ag", "pic-952276355"),
        ("Ultrasonics Weber", "pic-952276355"),
        ("Etnicon Metsovion Polytechnion", "pic-999978142"),
        ("sozialforschungsstelle dortmund", "sozialforschungsstelle"),
        ("Social Research Center Dortmund", "sozialforschungsstelle"),
    ],
)
def test_names_as_people_write_them(desk: Desk, name: str, iri: str) -> None:
    (best, *_) = ask(desk, a={"query": name, "type": ["Organisation"]})["a"]
    assert best["id"].endswith("/" + iri)
    assert best["match"]


def test_an_identifier_decides(desk: Desk) -> None:
    """As the query itself, as an address, or as a property; the curated body and that of CORDIS are linked as the same and do not compete."""
    found = ask(
        desk,
        pic={"query": "999848453"},
        address={"query": "https://ror.org/01k97gp34"},
        prefixed={"query": "ror:01k97gp34"},
        iri={"query": TU},
        property={"properties": [{"pid": "pic", "v": "999848453"}]},
        other={"query": "Technische Universität Dortmund", "type": "Organisation", "properties": [{"pid": "pic", "v": "111111111"}]},
    )
    assert [(name, found[name][0]["id"], found[name][0]["match"], found[name][0]["score"]) for name in ("pic", "iri", "property")] == [
        ("pic", PIC, True, 100),
        ("iri", TU, True, 100),
        ("property", PIC, True, 100),
    ]
    for name in ("address", "prefixed"):
        assert {one["id"] for one in found[name][:2]} == {PIC, TU}
        assert [one["match"] for one in found[name]].count(True) == 1
    contradicted = next(one for one in found["other"] if one["id"] == PIC)
    assert contradicted["score"] < 50
    assert {"id": "property_pic", "value": False} in contradicted["features"]


def test_what_is_the_same_by_a_link_does_not_compete(desk: Desk) -> None:
    best = ask(desk, a={"query": "TU Dortmund", "type": "inno:Organisation"})["a"]
    assert {best[0]["id"], best[1]["id"]} == {TU, PIC}
    assert best[1]["score"] > 90
    assert [one["match"] for one in best].count(True) <= 1


def test_no_match_where_two_bodies_have_the_name(desk: Desk) -> None:
    places = ask(desk, a={"query": "Dortmund", "type": "inno:Place"})["a"]
    assert [one["score"] for one in places[:2]] == [100, 100]
    assert not any(one["match"] for one in places[:2]) or desk.store.query(
        f"ASK {{ {{ <{places[0]['id']}> owl:sameAs <{places[1]['id']}> }} UNION {{ <{places[1]['id']}> owl:sameAs <{places[0]['id']}> }} }}"
    )


def test_a_property_that_speaks_against_it_prevents_a_match(desk: Desk) -> None:
    found = ask(desk, a={"query": "Weber Ultrasonics AG"}, b={"query": "Weber Ultrasonics AG", "properties": [{"pid": "country", "v": "FR"}]})
    assert found["a"][0]["match"]
    assert not found["b"][0]["match"]
    assert found["b"][0]["score"] < found["a"][0]["score"]
    assert ask(desk, a={"query": "Weber Ultrasonics AG", "properties": [{"pid": "land", "v": ["FR", {"id": BASE + "id/place/country-DE"}]}]})["a"][0][
        "match"
    ]


def test_types(desk: Desk) -> None:
    found = ask(
        desk,
        project={"query": "T-Factor", "type": [BASE + "ontology#Project"]},
        any={"query": "T-Factor", "type": ["inno:Place", "inno:Project"]},
        all={"query": "T-Factor", "type": ["inno:Place", "inno:Project"], "type_strict": "all"},
        should={"query": "T-Factor", "type": "inno:Place", "type_strict": "should"},
        unknown={"query": "T-Factor", "type": "Q5"},
        none={"query": "T-Factor"},
    )
    assert found["project"][0]["id"] == BASE + "id/project/t-factor"
    assert all(one["type"] == [{"id": "inno:Project", "name": "Project"}] for one in found["project"])
    assert found["any"][0]["id"] == BASE + "id/project/t-factor"
    assert found["all"] == []
    assert found["unknown"] == []
    assert found["should"][0]["score"] < found["none"][0]["score"]


def test_results_are_sorted_and_cut(desk: Desk) -> None:
    for limit in (1, 3, 1000):
        result = ask(desk, a={"query": "Universität Dortmund", "limit": limit})["a"]
        assert len(result) <= min(limit, MAX_LIMIT)
        assert [one["score"] for one in result] == sorted((one["score"] for one in result), reverse=True)
    assert ask(desk, a={"query": "qqqq zzzz xxxx"})["a"] == []


def test_the_language_of_names(desk: Desk) -> None:
    assert ask(desk, "de", a={"query": "sozialforschungsstelle"})["a"][0]["name"] == "Sozialforschungsstelle Dortmund"
    assert ask(desk, "en", a={"query": "Sozialforschungsstelle Dortmund"})["a"][0]["name"] == "Social Research Centre Dortmund"


def test_queries_of_a_batch_do_not_influence_each_other(desk: Desk) -> None:
    names = ["TU Dortmund", "Weber Ultrasonics", "Stadt Dortmund", "ROR"]
    together = ask(desk, "en", **{f"q{number}": {"query": name} for number, name in enumerate(names)})
    assert [together[f"q{number}"] for number in range(4)] == [ask(desk, a={"query": name})["a"] for name in reversed(names)][::-1]


# --- what is refused -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "[]",
        "null",
        "[" * 100_000,
        '{"a": 1}',
        '{"a": {}}',
        '{"a": {"query": ""}}',
        '{"a": {"query": 1}}',
        '{"a": {"query": "x", "limit": 0}}',
        '{"a": {"query": "x", "limit": "many"}}',
        '{"a": {"query": "x", "limit": NaN}}',
        '{"a": {"query": "x", "limit": true}}',
        '{"a": {"query": "x", "type": 1}}',
        '{"a": {"query": "x", "type": [1]}}',
        '{"a": {"query": "x", "type_strict": "perhaps"}}',
        '{"a": {"query": "x", "properties": {}}}',
        '{"a": {"query": "x", "properties": [{"pid": "ror"}]}}',
        '{"a": {"query": "x", "properties": [{"v": "1"}]}}',
        '{"a": {"query": "x", "properties": [{"pid": "ror", "v": {"id": ["a"]}}]}}',
        json.dumps({"a": {"query": "x" * 501}}),
        json.dumps({"a" * 201: {"query": "x"}}),
    ],
)
def test_bad_queries_are_told(text: str) -> None:
    with pytest.raises(ParameterError) as caught:
        batch(text)
    assert caught.value.fix is not None


def test_too_many_queries(desk: Desk) -> None:
    text = json.dumps({f"q{number}": {"query": "x"} for number in range(BATCH + 1)})
    with pytest.raises(TooManyError):
        batch(text)
    reply = reconcile.service(desk, request(queries=text))
    assert (reply.status, reply.media_type) == (413, "application/json")
    assert str(BATCH) in json.loads(reply.body)["fix"]


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        '{"ids": []}',
        '{"ids": "x", "properties": []}',
        '{"ids": [1], "properties": []}',
        '{"ids": [], "properties": [1]}',
        '{"ids": [], "properties": [{"id": "ror", "settings": []}]}'.replace("[]}]", '["a"]}]'),
        '{"ids": [], "properties": [{"id": "ror", "settings": {"limit": -1}}]}',
        '{"ids": [], "properties": [{"id": "ror", "settings": {"content": "html"}}]}',
    ],
)
def test_bad_extensions_are_told(text: str) -> None:
    with pytest.raises(ParameterError):
        extension(text)


def test_a_post_is_a_form(desk: Desk) -> None:
    def post(body: bytes, content_type: str = FORM) -> Reply:
        return reconcile.service(desk, Request("", "/reconcile", form="json", origin="http://h", body=body, options={"content_type": content_type}))

    good = urlencode({"queries": json.dumps({"a": {"query": "Weber Ultrasonics"}})}).encode()
    assert data_of(post(good))["a"]["result"][0]["match"]
    assert data_of(post(good, f"{FORM}; charset=UTF-8"))
    assert post(good, "application/json").status == 415
    for body in (b"", b"x=1", b"queries=%ff%fe", b"&" * 50 + b"queries", b"queries=%7B%7D&extend=%7B%7D"):
        with pytest.raises(ParameterError):
            post(body)
    with pytest.raises(ParameterError, match="JSONP"):
        reconcile.service(desk, request(callback="alert"))


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
QUERIES = st.dictionaries(
    st.text(max_size=5),
    st.fixed_dictionaries(
        {},
        optional={
            "query": JSON | st.text(max_size=30),
            "type": JSON,
            "limit": JSON | st.integers(),
            "properties": JSON | st.lists(st.fixed_dictionaries({"pid": st.sampled_from(["ror", "country", "x"]), "v": JSON}), max_size=2),
            "type_strict": JSON,
        },
    ),
    max_size=3,
)


@given(JSON | QUERIES, JSON)
@settings(max_examples=150, deadline=None)
def test_whatever_is_sent_is_read_or_refused(queries: Any, other: Any) -> None:
    """The law of the door: an object of queries, or an error that a user can mend."""
    for read, data in ((batch, queries), (extension, other)):
        try:
            read(json.dumps(data))
        except KgError as error:
            assert error.what.de  # noqa: PT017


@given(st.text(max_size=40), st.sampled_from([[], ["inno:Organisation"]]))
@settings(max_examples=60, deadline=None)
def test_every_text_gets_an_answer(both: Build, text: str, types: list[str]) -> None:
    found = ask(_desk(both), a={"query": text or "x", "type": types} if text.strip() else {"properties": [{"pid": "ror", "v": text}]})
    assert sum(one["match"] for one in found["a"]) <= 1


_DESKS: list[Desk] = []


def _desk(both: Build) -> Desk:
    if not _DESKS:
        _DESKS.append(Desk.open(PortalSettings(), both.path))
    return _DESKS[0]


# --- suggestions, proposals, extension -------------------------------------------------------------------------------------


def test_suggestions(desk: Desk) -> None:
    entities = data_of(reconcile.suggest_entity(desk, request(prefix="sozialforsch", lang="de")))
    hold(entities, "suggest-entities-response")
    assert entities["result"][0]["id"].endswith("/organisation/sozialforschungsstelle")
    more = data_of(reconcile.suggest_entity(desk, request(prefix="dortmund", cursor="2", limit="3")))["result"]
    assert more == data_of(reconcile.suggest_entity(desk, request(prefix="dortmund", limit="50")))["result"][2:5]
    by_id = data_of(reconcile.suggest_entity(desk, request(prefix=TU)))["result"]
    assert by_id[0]["id"] == TU
    types = data_of(reconcile.suggest_type(desk, request(prefix="org")))
    hold(types, "suggest-types-response")
    assert [one["id"] for one in types["result"]] == ["inno:Organisation"]
    properties = data_of(reconcile.suggest_property(desk, request(prefix="land")))
    hold(properties, "suggest-properties-response")
    assert [one["id"] for one in properties["result"]] == ["country"]
    assert data_of(reconcile.suggest_entity(desk, request(prefix="")))["result"] == []


def test_proposals(desk: Desk) -> None:
    data = data_of(reconcile.properties(desk, request(type="inno:Project", limit="4")))
    hold(data, "data-extension-property-proposal")
    assert (data["type"], data["limit"], len(data["properties"])) == ("inno:Project", 4, 4)
    all_ = [one["id"] for one in data_of(reconcile.properties(desk, request(type="inno:Project")))["properties"]]
    assert "cordis" in all_
    assert "pic" not in all_, "a code of organisations"
    assert "vat" not in [one["id"] for one in data_of(reconcile.properties(desk, request(type="inno:Organisation")))["properties"]], (
        "not in this graph"
    )


def test_data_extension(desk: Desk) -> None:
    """cordis-dortmund: TU Dortmund's rows; dortmund/entities.csv 29 and 37."""
    sfs, t_factor = BASE + "id/organisation/sozialforschungsstelle", BASE + "id/project/t-factor"
    query: dict[str, Any] = {
        "ids": [PIC, sfs, t_factor, "https://example.org/none", "nonsense"],
        "properties": [
            {"id": "ror"},
            {"id": "country"},
            {"id": "start"},
            {"id": "coordinator", "settings": {"content": "name"}},
            {"id": "participants", "settings": {"limit": 2, "content": "id"}},
            {"id": "participants2"},
            {"id": "projects"},
        ],
    }
    hold_published(query, "data-extension-query")
    data = data_of(reconcile.service(desk, request(extend=json.dumps(query))))
    hold(data, "data-extension-response")
    assert [one["id"] for one in data["meta"]] == [one["id"] for one in query["properties"]]
    assert data["meta"][1]["type"] == {"id": "inno:Place", "name": "Place"}
    rows = data["rows"]
    assert rows[PIC]["ror"] == [{"str": "01k97gp34"}]
    assert rows[PIC]["country"] == [{"id": BASE + "id/place/country-DE", "name": "Germany"}]
    assert rows[sfs]["start"] == [{"str": "1946"}], "a year is no date with a time"
    assert rows[t_factor]["start"] == [{"date": "2020-06-01T00:00:00"}]
    assert rows[t_factor]["coordinator"] == [{"str": "ANCI Toscana"}]
    assert len(rows[t_factor]["participants"]) == 2
    assert all(one["str"].startswith(BASE) for one in rows[t_factor]["participants"])
    assert rows[PIC]["participants2"] == []
    assert all(cell == [] for one in ("https://example.org/none", "nonsense") for cell in rows[one].values())


def test_counts_and_bounds_of_an_extension(desk: Desk) -> None:
    t_factor = BASE + "id/project/t-factor"
    query = {"ids": [t_factor], "properties": [{"id": "participants", "settings": {"content": "count"}}, {"id": "topic", "settings": {"limit": "1"}}]}
    rows = data_of(reconcile.service(desk, request(extend=json.dumps(query))))["rows"][t_factor]
    counted = desk.store.query(f"SELECT (COUNT(DISTINCT ?o) AS ?n) WHERE {{ <{t_factor}> inno:involves ?o }}").rows[0][0]  # type: ignore[union-attr]
    assert rows["participants"] == [{"int": int(counted.value)}]  # type: ignore[union-attr]
    assert len(rows["topic"]) == 1
    assert MAX_CELL == 50
    with pytest.raises(TooManyError):
        extension(json.dumps({"ids": ["x"] * 501, "properties": []}))


@pytest.mark.parametrize("content", CONTENT)
def test_every_property_of_every_kind_of_thing(desk: Desk, content: str) -> None:
    """Whatever is asked, as whatever, of things of all types and of what does not exist: the answer is as the specification has it."""
    unknown = "https://example.org/none"
    ids = [PIC, TU, unknown]
    for iri in TYPES:
        rows = desk.store.query(f"SELECT ?s WHERE {{ ?s a <{iri}> }} ORDER BY ?s LIMIT 2").rows  # type: ignore[union-attr]
        ids += [row[0].value for row in rows]  # type: ignore[union-attr]
    names = list(PROPERTIES)
    for some in (names[:15], names[15:]):
        query = {"ids": ids, "properties": [{"id": name, "settings": {"content": content}} for name in some]}
        hold_published(query, "data-extension-query")
        data = data_of(reconcile.service(desk, request(extend=json.dumps(query))))
        hold(data, "data-extension-response")
        assert data["rows"][unknown] == {name: [] for name in some}, "nothing is known of it, not that there are none"
        assert content != "count" or all(list(one) == ["int"] for name in some for one in data["rows"][TU][name])


def test_types_and_properties_have_one_meaning() -> None:
    for iri in TYPES:
        assert type_of(iri) == iri
    for one in PROPERTIES.values():
        assert property_of(one.id) is one
        assert property_of(one.name.en) is one, one.id
        assert property_of(one.name.de) is one, one.id
    assert type_of("nothing") == ""
    assert property_of("nothing") is None


def test_the_schemas_refuse_what_is_wrong() -> None:
    """A test of the tests: a schema that lets everything through would prove nothing."""
    for name, wrong in (
        ("manifest", {"versions": ["0.1"]}),
        ("reconciliation-result-batch", {"a": {"result": [{"id": "x", "name": "y"}]}}),
        ("data-extension-response", {"meta": [], "rows": {"x": {"y": [{"date": "2020"}]}}}),
        ("suggest-types-response", {"result": [{"id": ""}]}),
    ):
        with pytest.raises(jsonschema.ValidationError):
            hold(wrong, name)


@pytest.mark.skipif(not published_folder(), reason="needs a folder of the published schemas, named by KG_RECONCILIATION_SCHEMAS")
def test_the_published_schemas_refuse_what_is_wrong(desk: Desk) -> None:
    """They are read, also those that they refer to."""
    manifest = data_of(reconcile.service(desk, request()))
    for name, wrong in (
        ("manifest", {**manifest, "documentation": 1234}),
        ("manifest", {**manifest, "defaultTypes": [{"id": "inno:Project"}]}),
        ("reconciliation-query-batch", {"a": {"limit": 1}}),
        ("reconciliation-result-batch", {"a": {}}),
        ("suggest-entities-response", {"result": [{"id": "x"}]}),
        ("suggest-properties-response", {"result": [{"id": "x"}]}),
        ("suggest-types-response", {"result": [{"id": "x"}]}),
        ("data-extension-query", {"ids": []}),
        ("data-extension-response", {"meta": [], "rows": {"x": {"y": [{"date": "2020-01-01"}]}}}),
    ):
        with pytest.raises(jsonschema.ValidationError):
            hold_published(wrong, name)
