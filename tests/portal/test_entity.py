"""Pages about one thing: addresses, redirects, facts with their sources, contradictions, lists, what is retired or missing."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from urllib.parse import parse_qs, unquote, urlsplit

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.build import Build, build
from kg.errors import ParameterError
from kg.namespaces import INNO
from kg.portal import entity, facts
from kg.portal.addresses import SUFFIXES, candidates, is_iri, thing, without_suffix
from kg.portal.desk import Desk
from kg.portal.entity_lists import listing
from kg.portal.entity_values import Reader, date, number
from kg.portal.page import Reply, Request
from kg.portal.report_link import report_link
from kg.portal.schema_org import for_script
from kg.portal.settings import PortalSettings
from kg.store import EmbeddedStore, Table
from tests.sources.folders import entity as row
from tests.sources.folders import relation, source, write_folder

BASE = "https://w3id.org/innokg/"
SFS = BASE + "id/organisation/sozialforschungsstelle"
EVIL = "</script><script>alert(1)</script> & <b>"
SMALL = '[graph]\nname = "small"\nbase = "https://example.org/small/"\nstate = "2026-01-02"\n'


@pytest.fixture(scope="module")
def desk(both: Build) -> Desk:
    """A desk on the default graph."""
    return Desk.open(PortalSettings(report_to="mailto:team@example.org"), both.path)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk on a graph with a name that is markup, and with retired addresses."""
    folder = tmp_path_factory.mktemp("small") / "small"
    entities = [
        row("p", "Project", label_de=EVIL, label_en=EVIL, alt_labels=f"{EVIL} too", description_de=f"{EVIL} auch"),
        row("a", "Institution"),
    ]
    relations = [relation("p", "hasParticipant", "a", role="Partner")]
    write_folder(folder, [source("s1")], entities, relations, SMALL)
    root = "https://example.org/small/id/organisation/"
    (folder / "retired.csv").write_text(f"iri,successor,date\n{root}old,{root}a,2026-01-01\n{root}lost,,2026-01-01\n", encoding="utf-8")
    return Desk.open(PortalSettings(report_to="https://tracker.example.org/new?label=data"), build([folder], folder.parent / "build").path)


def ask(handler: str, path: str, lang: str = "en", form: str = "html", **values: str) -> Request:
    """Return a request as the front would make it."""
    key = re.sub("^/(doc|data|id|code|graph)/", "", path)
    return Request(f"kg.portal.entity:{handler}", path, {"key": key}, {n: [v] for n, v in values.items()}, lang, form=form, origin="http://h")


def page(desk: Desk, path: str, lang: str = "en", **values: str) -> str:
    """Return the page about a thing."""
    reply = entity.document(desk, ask("document", path, lang, **values))
    assert reply.status == 200, reply.body
    return reply.body.decode()


def seen(text: str) -> str:
    """Return what is read of a page: markup, line ends and double blanks taken away."""
    text = re.sub(r"<script.*?</script>|<head.*?</head>", " ", text, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", text).replace("&amp;", "&").split())


# --- addresses ---------------------------------------------------------------------------------------------------------------


@given(st.text(min_size=1).filter(lambda text: not text.endswith("/")), st.sampled_from(SUFFIXES))
def test_a_suffix_comes_off_as_it_went_on(key: str, form: str) -> None:
    assert without_suffix(f"{key}.{form}") == (key, form)


@given(st.one_of(st.text(max_size=60), st.text(st.characters(), max_size=40).map(lambda text: "https://example.org/" + text)))
def test_what_passes_as_iri_can_be_asked_for(text: str) -> None:
    """The law behind every query: an IRI that is let through is one term of SPARQL, never a piece of syntax."""
    if is_iri(text):
        term = str(ox.NamedNode(text))
        found = ox.Store().query(f"SELECT ?s WHERE {{ VALUES ?s {{ {term} }} }}")
        assert isinstance(found, ox.QuerySolutions)
        assert [one["s"].value for one in found] == [text]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "no scheme",
        "https://a b",
        "https://a>b",
        'https://a"b',
        "https://a{b}",
        "https://a\\b",
        "1a:b",
        ":b",
        "https://a\x85b",
        "https://a\ud800",
    ],
)
def test_what_is_no_iri(text: str) -> None:
    assert not is_iri(text)


def test_every_kind_of_key_leads_back(desk: Desk) -> None:
    """`Desk.local` and `candidates` are inverse."""
    for iri in (
        SFS,
        BASE + "code/participation-role/partner",
        BASE + "graph/dortmund",
        INNO.Project,
        BASE + "id/document/a%20b",
        BASE + "id/place/köln",
    ):
        assert candidates(desk.base, unquote(desk.local(iri)).removeprefix("/doc/"))[0] == iri


class Memory(EmbeddedStore):
    """A store in memory, for graphs that tables cannot express."""

    def __init__(self, turtle: str) -> None:
        self.location = "memory"
        self._store = ox.Store()
        self._store.load(turtle, format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(BASE + "graph/x"))


def test_an_entity_whose_key_ends_like_a_format_wins() -> None:
    root = BASE + "id/organisation/"
    label = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
    dotted_desk = Desk(Memory(f'<{root}b.ttl> {label} "Dot"@en . <{root}b> {label} "Without"@en .'), PortalSettings())
    dotted = thing(dotted_desk, "organisation/b.ttl")
    assert (dotted.iri, dotted.form) == (root + "b.ttl", "")
    assert "<h1><span>Dot</span>" in page(dotted_desk, "/doc/organisation/b.ttl")
    plain = thing(dotted_desk, "organisation/b.nt")
    assert (plain.iri, plain.form) == (root + "b", "nt")
    assert thing(dotted_desk, "organisation/b.ttl.ttl").form == "ttl"


def test_blank_nodes_and_odd_values_have_a_page() -> None:
    """A graph of somebody else: blank nodes, a language nobody translates, a number that is none, an endless text."""
    turtle = f"""<{SFS}> <https://example.org/p> [ <https://example.org/q> "x" ] , "blå"@nb-NO , "1e400"^^<http://www.w3.org/2001/XMLSchema#integer> ,
        "{"lang " * 500}" , <urn:x:y> , "0001"^^<https://example.org/own> . <https://example.org/s> <https://example.org/p> <{SFS}> ."""
    other = Desk(Memory(turtle), PortalSettings())
    text = page(other, "/doc/organisation/sozialforschungsstelle", "de")
    assert '<span lang="nb-no">' in text
    assert "(nb-no)" in text
    assert '<details class="long">' in text
    assert "/resource?iri=urn%3Ax%3Ay" in text
    assert entity.data(other, ask("data", "/data/organisation/sozialforschungsstelle.jsonld")).status == 200


@pytest.mark.parametrize(
    ("path", "form", "where"),
    [
        ("/id/project/t-factor", "html", "/doc/project/t-factor"),
        ("/id/project/t-factor", "ttl", "/data/project/t-factor.ttl"),
        ("/id/project/t-factor", "json", "/data/project/t-factor.jsonld"),
        ("/id/project/t-factor.rdf", "html", "/data/project/t-factor.rdf"),
        ("/id/project/t-factor.html", "ttl", "/doc/project/t-factor"),
        ("/code/participation-role/partner", "html", "/doc/code/participation-role/partner"),
        ("/graph/dortmund", "nt", "/data/graph/dortmund.nt"),
    ],
)
def test_one_iri_leads_to_page_and_data(desk: Desk, path: str, form: str, where: str) -> None:
    reply = entity.redirect(desk, ask("redirect", path, form=form))
    assert (reply.status, reply.headers["Location"]) == (303, where)


def test_data_sends_readers_to_the_page(desk: Desk) -> None:
    reply = entity.data(desk, ask("data", "/data/project/t-factor"))
    assert (reply.status, reply.headers["Location"]) == (303, "/doc/project/t-factor")
    assert entity.data(desk, ask("data", "/data/project/t-factor.ttl")).media_type == "text/turtle; charset=utf-8"
    assert entity.document(desk, ask("document", "/doc/project/t-factor", form="ttl")).media_type == "text/turtle; charset=utf-8"


def test_a_chosen_language_survives_the_redirect(desk: Desk) -> None:
    request = Request("x", "/id/project/t-factor", lang="de", chosen_lang=True, root="/kg")
    assert entity.redirect(desk, request).headers["Location"] == "/kg/doc/project/t-factor?lang=de"


def test_any_subject_has_a_page(desk: Desk) -> None:
    ours = entity.resource(desk, ask("resource", "/resource", iri=SFS))
    assert (ours.status, ours.headers["Location"]) == (303, "/doc/organisation/sozialforschungsstelle")
    foreign = entity.resource(desk, ask("resource", "/resource", iri="http://www.w3.org/2004/02/skos/core#Concept"))
    assert foreign.status == 200
    assert "Instances" in seen(foreign.body.decode())
    assert entity.resource(desk, ask("resource", "/resource", form="ttl", iri="http://www.w3.org/2004/02/skos/core#Concept")).media_type.startswith(
        "text/turtle"
    )
    assert entity.resource(desk, ask("resource", "/resource", iri="https://example.org/unknown")).status == 404


@pytest.mark.parametrize("iri", ["", "nonsense", "https://a b", "x:<script>"])
def test_what_is_no_iri_is_told_so(desk: Desk, iri: str) -> None:
    with pytest.raises(ParameterError):
        entity.resource(desk, ask("resource", "/resource", iri=iri))
    with pytest.raises(ParameterError):
        entity.inverse(desk, ask("inverse", "/api/inverse", iri=SFS, property=iri))


@pytest.mark.parametrize("key", ["organisation/nobody", "project/", "x" * 5000, 'a" ?x <b>', "..", "ontology/Nothing", "code", "graph/none", "é/ü"])
@pytest.mark.parametrize("handler", [entity.document, entity.data])
def test_what_is_not_there(desk: Desk, key: str, handler: object) -> None:
    reply: Reply = handler(desk, Request("x", f"/doc/{key}", {"key": key}, lang="de"))  # type: ignore[operator]
    assert reply.status == 404


def test_a_missing_address_offers_what_is_near(desk: Desk) -> None:
    assert desk.index is not None, "the build writes the index"
    text = entity.document(desk, ask("document", "/doc/organisation/sozialforschungstelle")).body.decode()
    assert "/doc/organisation/sozialforschungsstelle" in text
    missing = entity.data(desk, replace(ask("data", "/data/organisation/sozialforschungstelle"), form="ttl"))
    addresses = [one["address"] for one in json.loads(missing.body)["near"]]
    assert any(address.endswith("/doc/organisation/sozialforschungsstelle") for address in addresses)


def test_what_is_retired_names_its_successor(small: Desk) -> None:
    for handler, path in (
        (entity.document, "/doc/organisation/old"),
        (entity.data, "/data/organisation/old.ttl"),
        (entity.redirect, "/id/organisation/old"),
    ):
        gone = handler(small, ask("x", path))
        assert gone.status == 410
        assert gone.headers["Link"] == '<http://h/doc/organisation/a>; rel="successor-version"'
    assert 'href="/doc/organisation/a"' in entity.document(small, ask("document", "/doc/organisation/old")).body.decode()
    assert entity.document(small, ask("document", "/doc/organisation/lost")).status == 410
    assert entity.document(small, ask("document", "/doc/organisation/a")).status == 200


def test_a_worker_is_prepared_for_any_graph(desk: Desk, small: Desk) -> None:
    for one in (desk, small, Desk(Memory(""), PortalSettings())):
        assert entity.prepare(one, Request("x")).status == 200


# --- the page ----------------------------------------------------------------------------------------------------------------


def test_names_are_text_wherever_they_stand(small: Desk) -> None:
    lists = ask("inverse", "/api/inverse", iri="https://example.org/small/id/organisation/a", property=INNO.participant)
    texts = [page(small, path, lang) for path in ("/doc/project/p", "/doc/organisation/a") for lang in ("de", "en")]
    for text in [*texts, entity.inverse(small, lists).body.decode()]:
        assert "<script>alert" not in text
        assert "<b>" not in text
        assert "&lt;script&gt;alert(1)" in text
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', page(small, "/doc/project/p"), re.DOTALL)
    assert block is not None
    assert json.loads(block[1])["name"] == EVIL


@given(st.recursive(st.text() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_a_data_block_never_ends_its_element(data: object) -> None:
    text = for_script(data)
    assert not set(text) & set("<>&\u2028\u2029")
    assert json.loads(text) == data


def test_contradictions_stand_side_by_side(desk: Desk) -> None:
    text = seen(page(desk, "/doc/organisation/sozialforschungsstelle"))
    assert "Sources contradict each other (1)" in text
    accepted, disputed = text.index("accepted 1946"), text.index("disputed 1972")
    assert accepted < disputed < text.index("Why one stands:")
    german = seen(page(desk, "/doc/project/t-factor", "de"))
    assert "mehr voneinander unabhängige Herausgeber sagen: 2 gegen 1" in german
    assert "gültig 25" in german
    assert "bestritten 24" in german


def test_a_statement_of_the_tables_names_its_sources(desk: Desk) -> None:
    text = page(desk, "/doc/organisation/sozialforschungsstelle", "de")
    facts_, _ = facts.statements(desk.store, SFS)
    said, cut = facts.claims(desk.store, [SFS])
    assert not cut
    claimed = [one for one in facts_ if any(claim.predicate == one.predicate and claim.object == one.object for claim in said.values())]
    assert len(claimed) > 10
    for claim in said.values():
        if claim.subject == SFS and claim.status == "accepted" and claim.predicate != "http://www.w3.org/2004/02/skos/core#prefLabel":
            assert desk.local(claim.iri) in text, claim
    assert "abgerufen 22.11.2026" in seen(text)


def test_a_quotation_is_shown_in_its_language(desk: Desk) -> None:
    found = desk.store.query(
        "SELECT ?s ?q WHERE { ?c rdf:subject ?s ; inno:evidence ?e . ?e oa:hasSelector ?x . ?x oa:exact ?q . ?s a inno:Project } ORDER BY ?s LIMIT 1"
    )
    assert isinstance(found, Table)
    subject, quote = found.rows[0]
    assert subject is not None
    assert quote is not None
    text = page(desk, desk.local(subject.value), "de")
    assert seen(quote.value) in seen(text)
    assert "<blockquote" in text


def test_bulk_data_and_derived_statements_say_where_they_come_from(desk: Desk) -> None:
    text = seen(page(desk, "/doc/organisation/pic-999848453"))
    assert "CORDIS: EU research projects with a participant in Dortmund , state 2025-10-28" in text
    project = seen(page(desk, "/doc/project/t-factor"))
    assert "derived by the rule „Is the consortium recorded completely?“" in project


def test_the_name_falls_back_and_says_so(desk: Desk) -> None:
    german = page(desk, "/doc/organisation/pic-999848453", "de")
    assert '<h1><span lang="en">TECHNISCHE UNIVERSITAT DORTMUND</span> <span class="mark">(Englisch)</span></h1>' in german
    english = page(desk, "/doc/organisation/pic-999848453", "en")
    assert "<h1><span>TECHNISCHE UNIVERSITAT DORTMUND</span></h1>" in english
    assert "<h1><span>Social Research Centre Dortmund</span></h1>" in page(desk, "/doc/organisation/sozialforschungsstelle")


def test_identifiers_link_where_they_have_a_page(desk: Desk) -> None:
    text = page(desk, "/doc/organisation/pic-999848453")
    assert '<a href="https://ror.org/01k97gp34">01k97gp34</a>' in text
    assert "999848453" in seen(text)


def test_participants_of_a_project(desk: Desk) -> None:
    reader = Reader(desk, ask("document", "/doc/project/t-factor"))
    count, more = facts.count_of(desk.store, BASE + "id/project/t-factor", INNO.inInitiative), False
    made = listing(reader, BASE + "id/project/t-factor", INNO.inInitiative, count, more=more)
    assert made.shown == made.count == count
    assert made.lines[0].main.text == "ANCI Toscana", "who coordinates comes first"
    assert made.columns[0] == "role"
    assert all(line.witnesses for line in made.lines), "every participation has a claim"
    assert [line.main.text.casefold() for line in made.lines[1:27]] == sorted(line.main.text.casefold() for line in made.lines[1:27])
    bulk = listing(reader, BASE + "id/project/cordis-101112781", INNO.inInitiative, 19)
    assert {line.country for line in bulk.lines} >= {"Germany", "Italy"}


def test_partners_are_those_of_the_graph(desk: Desk) -> None:
    text = page(desk, "/doc/organisation/sozialforschungsstelle", "de")
    query = (
        "SELECT (COUNT(DISTINCT ?o) AS ?n) WHERE { ?a inno:participant ?s . ?a inno:inInitiative ?i . ?b inno:inInitiative ?i . "
        "?b inno:participant ?o FILTER (?o != ?s) }"
    )
    found = desk.store.query(query, {"s": ox.NamedNode(SFS)})
    assert isinstance(found, Table)
    assert found.rows[0][0] is not None
    assert f"12 von {found.rows[0][0].value} Partnern" in seen(text)
    assert "Stichprobe: Auswahl um einen Kern (um Sozialforschungsstelle Dortmund)" in seen(text), "the frame stands beside the picture"
    assert text.count('<circle class="other"') == 12


@pytest.mark.parametrize("iri", [SFS, BASE + "id/project/t-factor", BASE + "code/participation-role/partner", BASE + "id/place/dortmund"])
def test_every_incoming_link_is_counted(desk: Desk, iri: str) -> None:
    found = desk.store.query("SELECT ?p (COUNT(*) AS ?n) WHERE { ?x ?p ?s } GROUP BY ?p", {"s": ox.NamedNode(iri)})
    assert isinstance(found, Table)
    counted = {p.value: int(n.value) for p, n in found.rows if p is not None and n is not None}
    assert {one.predicate: one.count for one in facts.incoming(desk.store, iri)} == counted
    text = seen(page(desk, desk.local(iri)))
    for number_ in counted.values():
        assert f"({number_:,})" in text


def test_more_links_than_are_counted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a smaller bound the same thing has "more than" so many, and no property is forgotten."""
    iri = BASE + "code/participation-role/partner"
    every = {one.predicate for one in facts.incoming(desk.store, iri)}
    monkeypatch.setattr(facts, "MAX_COUNT", 100)
    cut = facts.incoming(desk.store, iri)
    assert {one.predicate for one in cut} == every
    assert [(one.count, one.more) for one in cut if one.predicate == INNO.role] == [(100, True)]
    assert "Participations in this role (more than 100)" in seen(page(desk, "/doc/code/participation-role/partner"))


def test_pages_of_a_list_are_the_list(desk: Desk) -> None:
    """Every participation stands on exactly one page of the longest list, in the order said."""
    iri = BASE + "code/participation-role/associated-partner"
    nodes: list[str] = []
    number_, pages = 1, 1
    while number_ <= pages:
        data = json.loads(entity.inverse(desk, ask("inverse", "/api/inverse", form="json", iri=iri, property=INNO.role, page=str(number_))).body)
        pages = data["pages"]
        nodes += [item["iri"] for item in data["items"]]
        number_ += 1
    assert pages > 3
    assert len(nodes) == len(set(nodes)) == data["count"]
    text = seen(entity.inverse(desk, ask("inverse", "/api/inverse", iri=iri, property=INNO.role, page="2")).body.decode())
    assert f"Page 2 of {pages}: 25 of {data['count']}" in text


def test_lists_longer_than_the_bound_say_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from kg.portal import entity_lists

    monkeypatch.setattr(facts, "MAX_COUNT", 100)
    monkeypatch.setattr(entity_lists, "MAX_COUNT", 100)
    reply = entity.inverse(desk, ask("inverse", "/api/inverse", iri=BASE + "code/participation-role/partner", property=INNO.role, page="99"))
    text = seen(reply.body.decode())
    assert "Page 4 of 4: 25 of more than 100. There are more than 100; the first 100 can be read here" in text


def test_every_kind_of_thing_has_a_page(desk: Desk) -> None:
    found = desk.store.query("SELECT ?c (MIN(?s) AS ?one) (MAX(?s) AS ?other) WHERE { ?s a ?c } GROUP BY ?c ORDER BY ?c")
    assert isinstance(found, Table)
    for class_, *things in found.rows:
        for one in {term.value for term in things if term is not None}:
            reply = entity.resource(desk, ask("resource", "/resource", "de", iri=one))
            text = reply.body.decode() if reply.status == 200 else page(desk, unquote(reply.headers["Location"]), "de")
            assert "<h1>" in text, class_
            assert " style=" not in text
            assert "<style" not in text


def test_a_thing_without_a_name_is_called_by_what_it_says(desk: Desk) -> None:
    found = desk.store.query(
        "SELECT (MIN(?c) AS ?one) WHERE { ?c rdf:predicate schema:startDate ; rdf:subject ?s ; rdf:object ?y FILTER (STR(?y) = '1972') }"
    )
    assert isinstance(found, Table)
    assert found.rows[0][0] is not None
    assert "<h1><span>Sozialforschungsstelle Dortmund: Beginn 1972</span></h1>" in page(desk, desk.local(found.rows[0][0].value), "de")


def test_questions_take_the_thing_with_them(desk: Desk) -> None:
    text = page(desk, "/doc/organisation/sozialforschungsstelle")
    addresses = [urlsplit(one) for one in re.findall(r'href="(/questions/[^"]+)"', text)]
    assert {one.path for one in addresses} >= {"/questions/who-says-so", "/questions/repeat-partners"}
    assert all(SFS in [value for given_ in parse_qs(one.query.replace("&amp;", "&")).values() for value in given_] for one in addresses)
    assert "/questions/repeat-partners" not in page(desk, "/doc/project/t-factor")


# --- reports, values, ontology, catalogue ------------------------------------------------------------------------------------


@given(
    st.text(max_size=400),
    st.sampled_from(["mailto:a@example.org", "https://t.example.org/new", "https://t.example.org/new?x=1"]),
    st.sampled_from(["de", "en"]),
)
def test_a_report_carries_the_statement(value: str, to: str, lang: str) -> None:
    value = value.encode("utf-8", "replace").decode()
    address = report_link(to, lang, subject=SFS, name="n", predicate="schema:startDate", value=value, claim="https://x/c")
    assert address.startswith(to)
    assert not set(address) & set(' "<>\r\n')
    body = parse_qs(urlsplit(address).query, keep_blank_values=True)["body"][0]
    assert SFS in body
    assert "https://x/c" in body
    assert value[:300] in body


def test_reports_are_off_without_an_address(both: Build, desk: Desk, small: Desk) -> None:
    assert report_link("", "de", subject="s", name="n", predicate="p", value="v") == ""
    assert report_link("javascript:alert(1)", "de", subject="s", name="n", predicate="p", value="v") == ""
    off = Desk.open(PortalSettings(), both.path)
    assert "Report an error" not in page(off, "/doc/organisation/sozialforschungsstelle")
    assert "Report an error" in page(desk, "/doc/organisation/sozialforschungsstelle")
    assert 'href="https://tracker.example.org/new?label=data&amp;title=' in page(small, "/doc/organisation/a")


@pytest.mark.parametrize(
    ("text", "lang", "written"),
    [("2020-06-01", "de", "01.06.2020"), ("1946", "en", "1946"), ("2025-07-22T13:14:12", "en", "2025-07-22, 13:14"), ("um 1900", "de", "um 1900")],
)
def test_dates(text: str, lang: str, written: str) -> None:
    assert date(text, lang) == written


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_grouping_loses_nothing(value: int) -> None:
    for lang in ("de", "en"):
        assert int(number(str(value), lang).replace(".", "").replace(",", "")) == value


def test_the_ontology_lists_every_term(desk: Desk) -> None:
    request = ask("ontology", "/ontology", "de")
    text = entity.ontology(desk, request).body.decode()
    found = desk.store.query(
        "SELECT DISTINCT ?t WHERE { VALUES ?k { owl:Class owl:ObjectProperty owl:DatatypeProperty } ?t a ?k FILTER (STRSTARTS(STR(?t), STR(inno:))) }"
    )
    assert isinstance(found, Table)
    for term in found.rows:
        assert term[0] is not None
        assert f'id="{term[0].value.rsplit("#", 1)[1]}"' in text
    assert "Beteiligung, Ortsnutzung" in seen(text).replace(" ,", ","), "a domain that is a union is told by its members"
    data = entity.ontology(desk, ask("ontology", "/ontology", form="ttl")).body
    assert sum(1 for _ in ox.parse(data, format=ox.RdfFormat.TURTLE)) > 700
    assert entity.document(desk, ask("document", "/doc/ontology")).body == entity.ontology(desk, ask("ontology", "/doc/ontology")).body


@pytest.mark.parametrize("form", ["ttl", "jsonld", "nt", "rdf", "json"])
def test_the_catalogue(desk: Desk, form: str) -> None:
    kinds = {"ttl": ox.RdfFormat.TURTLE, "nt": ox.RdfFormat.N_TRIPLES, "rdf": ox.RdfFormat.RDF_XML}
    data = entity.catalog(desk, ask("catalog", "/catalog", form=form)).body
    triples = {quad.triple for quad in ox.parse(data, format=kinds.get(form, ox.RdfFormat.JSON_LD))}
    classes = {one.object.value for one in triples if one.predicate.value.endswith("#type")}
    assert {f"http://www.w3.org/ns/dcat#{name}" for name in ("Catalog", "Dataset", "DataService")} <= classes
    assert "Dortmund innovation ecosystem" in entity.catalog(desk, ask("catalog", "/catalog")).body.decode()
