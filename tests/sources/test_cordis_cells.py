"""Cells of a delivery: whatever a cell holds arrives unchanged or is left out and named; any mix of valid rows counts as it does by hand."""

from __future__ import annotations

import random
import string
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kg.engine.duckdb import DuckDB
from kg.errors import InputError
from kg.namespaces import BASE, DCTERMS, FOAF, INNO, ORG, RDF, RDFS, SCHEMA, SKOS
from kg.quads import Quad, nquads, read_parquet
from kg.sources.columns import canonical_decimal, clean, is_date, is_moment, is_url, slug, web_address
from kg.sources.cordis import CordisSource, read_cordis
from tests.sources import deliveries
from tests.sources.deliveries import ORGANIZATION, OTHERS, POINTS, PROJECT, Plain, cleaned, csv_bytes, near, partner, project, write_delivery

GRAPH = f"{BASE}graph/cordis-horizon"
# A mapping takes a second, whatever its rows: few examples of many rows.
slow_ones = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDB]:
    with DuckDB(threads=1) as opened:
        yield opened


def mapped(engine: DuckDB, folder: Path, work: Path, **options: Any) -> tuple[CordisSource, list[Quad]]:
    """Return what a delivery becomes."""
    source = read_cordis(engine, folder, work / "work", **{"base": BASE, **options})
    engine.to_parquet(source.quads, work / "quads.parquet")
    return source, list(read_parquet([work / "quads.parquet"]))


def loaded(quads: Path) -> ox.Store:
    """Return a store with a quad table, loaded as a build loads it."""
    import pyarrow.parquet as pq

    store = ox.Store()
    for batch in pq.ParquetFile(quads).iter_batches():
        store.bulk_load(nquads(batch), format=ox.RdfFormat.N_QUADS)
    return store


def objects(quads: Sequence[Quad], subject: str, predicate: str) -> set[str]:
    return {quad.object for quad in quads if quad.subject == BASE + subject and quad.predicate == predicate}


# --- Text ----------------------------------------------------------------------------------------------------------------

# No surrogates: they are no characters, and UTF-8 cannot hold them.
SPECIAL = [
    *("<b>bold</b>", '" .\n<http://x> <http://y> "', "\\u0041 \\n", "a\r\nb", "\u0301", "e\u0007\u0301", "\u00a0 x\u3000", "\ufeffx", "\x85"),
    *("שלום \u202e", "A\u030a", "\u212b", "ﬁ", "🇪🇺👩‍🔬", "NULL", "''", '""', '"@en', "^^<http://x>", "\x00", " ", "\ufffe", "\U0001f9ff" * 30),
]
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.sampled_from(SPECIAL)


@slow_ones
@given(st.lists(st.tuples(texts, texts, texts, texts), min_size=1, max_size=60))
@example([(text, text, text, text) for text in SPECIAL])
def test_any_text_in_a_cell_is_the_literal_in_the_store(engine: DuckDB, tmp_path: Path, cells: list[tuple[str, str, str, str]]) -> None:
    """Title, objective, keywords of projects and the name of an organisation: what the store gives back is the cleaned cell, with its line breaks."""
    columns = ("title", "objective", "keywords", "acronym")
    rows = [project(number, **dict(zip(columns, row, strict=True))) for number, row in enumerate(cells, start=1)]
    partners = [partner(number, organisationID=str(111111000 + number), name=row[0]) for number, row in enumerate(cells, start=1)]
    folder = write_delivery(tmp_path / "d", project=rows, organization=partners)
    source, _ = mapped(engine, folder, tmp_path)
    assert source.rejected == 0
    store = loaded(tmp_path / "quads.parquet")
    expected = Plain(folder).expected()
    for predicate in (SKOS.prefLabel, DCTERMS.description, SCHEMA.keywords, INNO.acronym):
        found = {
            (quad.subject.value, (quad.object.value, f"@{quad.object.language}" if quad.object.language else quad.object.datatype.value))
            for quad in store.quads_for_pattern(None, ox.NamedNode(predicate), None, ox.NamedNode(GRAPH))
            if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.Literal) and quad.subject.value != GRAPH
        }
        assert found == expected[predicate]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(texts, min_size=1, max_size=200))
@example(SPECIAL)
def test_columns_agree_with_python(engine: DuckDB, values: list[str]) -> None:
    """Cleaning and slugs by columns, against Python's own Unicode tables."""
    import pyarrow as pa

    table = engine.table(pa.table({"text": values, "row": list(range(len(values)))}))
    rows = engine.to_pylist(table.select("row", clean=clean(engine, table.text), slug=slug(engine, clean(engine, table.text))).order_by("row"))
    assert [row["clean"] for row in rows] == [cleaned(value) for value in values]
    # Latin letters only: of other scripts nothing stays in a slug, but their lower case differs between Unicode versions.
    latin = [value for value in values if all(ord(c) < 0x250 for c in value)]
    assert [row["slug"] for row, value in zip(rows, values, strict=True) if value in latin] == [deliveries.slug(cleaned(value)) for value in latin]


# --- Numbers, dates, addresses -------------------------------------------------------------------------------------------


def answers(engine: DuckDB, values: Sequence[str], function: Any) -> list[Any]:
    """Return what a function of a column says of each value."""
    import pyarrow as pa

    table = engine.table(pa.table({"text": list(values), "row": list(range(len(values)))}))
    return [item["answer"] for item in engine.to_pylist(table.select("row", answer=function(table.text)).order_by("row"))]


@given(st.lists(st.from_regex(r"-?[0-9]{1,18}(\.[0-9]{1,18})?", fullmatch=True), min_size=50, max_size=50))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_decimals_are_canonical(engine: DuckDB, values: list[str]) -> None:
    """As Python writes them, and as the store keeps them: loading changes no form."""
    found = answers(engine, values, canonical_decimal)
    assert found == [deliveries.number(value) for value in values]
    decimal = ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal")
    store, node = ox.Store(), ox.NamedNode("http://x/")
    store.extend(ox.Quad(node, node, ox.Literal(value, datatype=decimal)) for value in found)
    assert {quad.object.value for quad in store if isinstance(quad.object, ox.Literal)} == set(found)


DAYS = {
    **{"2021-01-01": True, "2024-02-29": True, "1000-01-01": True, "9999-12-31": True, "2023-02-29": False, "2021-13-40": False, "2021-00-10": False},
    **{"0000-01-01": False, "2021-1-1": False, "01.02.2021": False, "2021-01-01 ": False, "2021-01-01T00:00:00": False, "20210101": False},
}
MOMENTS = {
    **{"2021-01-01 00:00:00": True, "2021-01-01T23:59:59": True, "2021-01-01 24:00:00": False, "2021-01-01 23:60:00": False},
    **{"2021-01-01 23:59:60": False, "2021-02-30 10:00:00": False, "2021-01-01": False, "2021-01-01 10:00": False, "2021-01-01 10:00:00Z": False},
}


def test_days_and_moments(engine: DuckDB) -> None:
    assert dict(zip(DAYS, answers(engine, list(DAYS), is_date), strict=True)) == DAYS
    assert dict(zip(MOMENTS, answers(engine, list(MOMENTS), is_moment), strict=True)) == MOMENTS


ADDRESSES = {
    "https://one.example/": "https://one.example/",
    "http://one.example": "http://one.example",
    "http://one.example:8080/a?b=c&d=%20#e": "http://one.example:8080/a?b=c&d=%20#e",
    "http://one.example/a b": "http://one.example/a%20b",
    'http://one.example/<a>"{b}|\\^`[c]': "http://one.example/%3Ca%3E%22%7Bb%7D%7C%5C%5E%60%5Bc%5D",
    "https://medium.com/@user": "https://medium.com/@user",
    "http://www.agenziamobilità.roma.it": "http://www.agenziamobilità.roma.it",
    "http://one.example/\u200e": "http://one.example/\u200e",
    "http://one.example/é?ü#ö": "http://one.example/é?ü#ö",
    **dict.fromkeys(
        ("www.one.example", "ftp://one.example/", "http://", "http:///a", "javascript:alert(1)", "mailto:a@b.example", "http://a b/"), ""
    ),
    **dict.fromkeys(("http://one.example/%zz", "http://one.example/%", "http://a@b.example/", "http://[::1]/", "http://one.example:port/"), ""),
    **dict.fromkeys(
        ("http://one.example/\u0007", "http://one.example/\nb", "http://one.example/\ufdd0", "http://one.example/a#b#c", "HTTP://x.example"), ""
    ),
}


def test_addresses(engine: DuckDB) -> None:
    """What no IRI may hold is percent-encoded; what is no web address is left out (RFC 3987, section 2.2)."""
    found = answers(engine, list(ADDRESSES), lambda column: is_url(web_address(column)).ifelse(web_address(column), ""))
    assert dict(zip(ADDRESSES, found, strict=True)) == ADDRESSES


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        texts.map(lambda text: f"http://one.example/{text}") | st.text(string.printable).map(lambda text: f"http://{text}"), min_size=40, max_size=40
    )
)
def test_every_address_that_is_kept_is_an_iri(engine: DuckDB, values: list[str]) -> None:
    """Judged by the store's own parser: one wrong IRI would stop a whole build."""
    found = answers(engine, values, lambda column: is_url(web_address(column)).ifelse(web_address(column), ""))
    for address in filter(None, found):
        list(ox.parse(f"<{address}> <{address}> <{address}> .\n".encode(), format=ox.RdfFormat.N_TRIPLES))


# --- Any mix of valid rows -----------------------------------------------------------------------------------------------

names = st.sampled_from(["TU Dortmund", "TU DORTMUND", "Søborg Æther", "ΑΠΘ", "A & B", "Ünï\u0308", ""])
optional_dates = st.sampled_from(["2025-01-01 00:00:00", "2025-01-02 00:00:00", ""])
amounts = st.sampled_from(["", "0", "0.00", "100.50", "007", "1234567.891"])
project_cells = st.fixed_dictionaries(
    {
        "title": st.sampled_from(["One", "Two", ""]),
        "acronym": st.sampled_from(["", "ACR"]),
        "status": st.sampled_from(["SIGNED", "CLOSED", "TERMINATED", ""]),
        "startDate": st.sampled_from(["", "2022-01-01"]),
        "totalCost": amounts,
        "ecMaxContribution": amounts,
        "legalBasis": st.sampled_from(["", "HORIZON.2", "HORIZON.2.5", "HORIZON.2.50"]),
        "topics": st.sampled_from(["", "HORIZON-T-01", "HORIZON-T-02"]),
        "masterCall": st.sampled_from(["", "HORIZON-M", "HORIZON-S"]),
        "subCall": st.sampled_from(["", "HORIZON-S"]),
        "fundingScheme": st.sampled_from(["", "RIA", "CSA"]),
        "frameworkProgramme": st.sampled_from(["HORIZON", "H2020"]),
        "contentUpdateDate": optional_dates,
        "rcn": st.sampled_from(["", "7", "8"]),
        "grantDoi": st.sampled_from(["", "10.3030/1", "10.3030/2"]),
    }
)
partner_cells = st.fixed_dictionaries(
    {
        "projectID": st.sampled_from([str(101000000 + number) for number in range(1, 5)]),
        "organisationID": st.sampled_from(["999848453", "111111111", "222222222"]),
        "name": names,
        "shortName": names,
        "SME": st.sampled_from(["true", "False", ""]),
        "activityType": st.sampled_from(["HES", "OTH", "PRC", ""]),
        "city": st.sampled_from(["Dortmund", "DORTMUND", "Köln", "Αθήνα", "-", "12", ""]),
        "country": st.sampled_from(["DE", "EL", "UK", "XK", "ZZ", ""]),
        "nutsCode": st.sampled_from(["DEA52", "DEA", "EL", "ZZ999", "UKI31", ""]),
        "geolocation": st.sampled_from(["51.5,7.4", "-0.0,0", "-90,180", "1.1234567,2.7654321", ""]),
        "organizationURL": st.sampled_from(["http://a.example/", ""]),
        "contentUpdateDate": optional_dates,
        "role": st.sampled_from([*deliveries.ROLES]),
        "ecContribution": amounts,
        "endOfParticipation": st.sampled_from(["true", "false", ""]),
    }
)
EXTRAS = {
    "topics": [{"topic": "HORIZON-T-01", "title": ""}, {"topic": "HORIZON-T-01", "title": "A topic"}, {"topic": "HORIZON-T-01", "title": "Again"}],
    "legalBasis": [{"projectID": "101000001", "legalBasis": "HORIZON.2.5", "title": "Climate"}],
    "euroSciVoc": [
        OTHERS["euroSciVoc"],
        {**OTHERS["euroSciVoc"], "euroSciVocCode": "/23", "euroSciVocPath": "/natural", "euroSciVocTitle": "natural"},
    ],
    "webLink": [OTHERS["webLink"], {**OTHERS["webLink"], "type": "other"}, OTHERS["webLink"]],
}


@slow_ones
@given(st.lists(project_cells, min_size=4, max_size=4), st.lists(partner_cells, min_size=1, max_size=40), st.booleans())
def test_any_mix_of_valid_rows_is_what_it_is_by_hand(
    engine: DuckDB, tmp_path: Path, projects: list[dict[str, str]], partners: list[dict[str, str]], extras: bool
) -> None:
    """Every statement, and no other; rows of one project and organisation told apart by their order; each statement once."""
    rows = [project(number, **cells) for number, cells in enumerate(projects, start=1)]
    mixed = [{**ORGANIZATION, **cells, "order": str(number)} for number, cells in enumerate(partners)]
    others: Mapping[str, Any] = EXTRAS if extras else {}
    folder = tmp_path / "d"
    for stem in OTHERS:
        (folder / f"{stem}.csv").unlink(missing_ok=True)
    source, quads = mapped(engine, write_delivery(folder, project=rows, organization=mixed, **others), tmp_path)
    assert source.rejected == 0
    expected = Plain(folder).expected()
    found: dict[str, set[tuple[str, tuple[str, str]]]] = {}
    delivery = {quad.subject for quad in quads if quad.origin == "d"}
    for quad in quads:
        if quad.subject not in delivery:
            kind = "iri" if quad.kind == "iri" else f"@{quad.language}" if quad.language else quad.datatype
            found.setdefault(quad.predicate, set()).add((quad.subject, (quad.object, kind)))
    for predicate in expected.keys() | found.keys():
        if predicate in POINTS:
            assert near(found[predicate], expected[predicate])
        else:
            assert found.get(predicate, set()) == expected.get(predicate, set()), predicate
    assert len({quad._replace(origin="") for quad in quads}) == len(quads), "a statement stands once"


@settings(slow_ones, max_examples=3)
@given(st.integers(0, 2**32))
def test_the_order_of_rows_changes_no_statement(engine: DuckDB, tmp_path: Path, seed: int) -> None:
    """Apart from origins, and from which of two rows of one day is the later."""
    chance = random.Random(seed)
    rows = [project(number) for number in range(1, 6)]
    partners = [partner(number, order=str(place), city=chance.choice(["Dortmund", "Köln"])) for number in range(1, 6) for place in range(1, 4)]
    partners = [{**row, "contentUpdateDate": f"2025-01-01 00:00:{number:02}"} for number, row in enumerate(partners)]
    _, one = mapped(engine, write_delivery(tmp_path / "d", project=rows, organization=partners), tmp_path)
    chance.shuffle(rows)
    chance.shuffle(partners)
    _, two = mapped(engine, write_delivery(tmp_path / "d", project=rows, organization=partners), tmp_path)

    def statements(quads: list[Quad]) -> set[Quad]:
        return {quad._replace(origin="") for quad in quads if not quad.object.startswith("sha256:")}

    assert statements(one) == statements(two)


# --- What is left out ----------------------------------------------------------------------------------------------------

FAULTS: list[tuple[str, str, str, str, bool]] = [
    # table, column, cell, rule, whether the row goes
    ("project", "id", "12345", "wrong-project-id", True),
    ("project", "id", "1234567890", "wrong-project-id", True),
    ("project", "id", "", "wrong-project-id", True),
    ("project", "id", "101000001", "double-row", True),
    ("project", "startDate", "2021-13-40", "wrong-date", False),
    ("project", "endDate", "31.12.2024", "wrong-date", False),
    ("project", "ecSignatureDate", "soon", "wrong-date", False),
    ("project", "totalCost", "12,50", "wrong-amount", False),
    ("project", "ecMaxContribution", "1e6", "wrong-amount", False),
    ("project", "ecMaxContribution", "1.250.000", "wrong-amount", False),
    ("project", "totalCost", "9" * 19, "wrong-amount", False),
    ("project", "contentUpdateDate", "2025-01-01 25:00:00", "wrong-moment", False),
    ("project", "status", "OPEN", "wrong-code", False),
    ("project", "rcn", "rcn7", "wrong-number", False),
    ("project", "grantDoi", "doi:10.3030/1", "wrong-doi", False),
    ("project", "fundingScheme", "–", "wrong-code", False),
    ("organization", "organisationID", "", "wrong-pic", True),
    ("organization", "organisationID", "12345", "wrong-pic", True),
    ("organization", "projectID", "999999999", "unknown-project", True),
    ("organization", "projectID", "", "unknown-project", True),
    ("organization", "order", "1", "double-row", True),
    ("organization", "role", "janitor", "unknown-role", False),
    ("organization", "ecContribution", "1,5", "wrong-amount", False),
    ("organization", "SME", "maybe", "wrong-boolean", False),
    ("organization", "endOfParticipation", "1", "wrong-boolean", False),
    ("organization", "order", "first", "wrong-number", False),
    ("organization", "activityType", "XYZ", "wrong-code", False),
    ("organization", "country", "Germany", "wrong-country", False),
    ("organization", "nutsCode", "dea52", "wrong-code", False),
    ("organization", "geolocation", "95,7", "wrong-coordinate", False),
    ("organization", "geolocation", "51.5;7.4", "wrong-coordinate", False),
    ("organization", "geolocation", "51,5,7,4", "wrong-coordinate", False),
    ("organization", "geolocation", "51.5,181", "wrong-coordinate", False),
    ("organization", "organizationURL", "www.one.example", "wrong-url", False),
    ("organization", "contentUpdateDate", "yesterday", "wrong-moment", False),
    ("euroSciVoc", "euroSciVocCode", "23/53", "wrong-code", True),
    ("euroSciVoc", "projectID", "999999999", "unknown-project", True),
    ("legalBasis", "projectID", "999999999", "unknown-project", True),
    ("webLink", "physUrl", "ftp://one.example/", "wrong-url", False),
    ("webLink", "projectID", "x", "unknown-project", True),
]


def good_row(stem: str, number: int) -> dict[str, str]:
    """Return a row without a fault that no other row doubles."""
    return {
        "project": project(number, topics="", startDate=""),
        "organization": partner(1, order=str(number)),
        "euroSciVoc": {**OTHERS["euroSciVoc"], "euroSciVocCode": f"/{number}", "euroSciVocPath": "/social", "euroSciVocTitle": "social"},
        "legalBasis": {**OTHERS["legalBasis"], "legalBasis": f"HORIZON.{number}"},
        "webLink": {**OTHERS["webLink"], "physUrl": f"https://{number}.example/"},
    }[stem]


@pytest.mark.parametrize("stem", ["project", "organization", "euroSciVoc", "legalBasis", "webLink"])
def test_one_fault_is_left_out_and_told(engine: DuckDB, tmp_path: Path, stem: str) -> None:
    """Each row is wrong in one cell: file, row, column and rule are told in both languages; all else stays as if the cell or row were not there."""
    faults = [fault for fault in FAULTS if fault[0] == stem]
    first = {"project": PROJECT, "organization": ORGANIZATION, **OTHERS}[stem]
    rows = [{**good_row(stem, number), column: cell} for number, (_, column, cell, *_) in enumerate(faults, start=2)]
    source, quads = mapped(engine, write_delivery(tmp_path / "d", **{stem: [first, *rows]}), tmp_path)
    told = [("projectID" if (rule, stem) == ("double-row", "organization") else column, rule) for _, column, _, rule, _ in faults]
    assert sorted((p.file, p.row, p.column, p.code) for p in source.problems) == [
        (f"d/{stem}.csv", row, *what) for row, what in enumerate(told, start=3)
    ]
    assert source.rejected == len(faults)
    for found in source.problems:
        cell = faults[found.row - 3][2]
        assert found.what["de"] != found.what["en"]
        assert cell[:50] in found.what["en"]
    # The same rows with faulty cells empty; faulty rows stay, so that the numbers of the others do not move.
    emptied = [{**row, column: cell if goes else ""} for row, (_, column, cell, _, goes) in zip(rows, faults, strict=True)]
    same, others = mapped(engine, write_delivery(tmp_path / "d", **{stem: [first, *emptied]}), tmp_path)
    assert same.rejected == sum(goes for *_, goes in faults)

    def statements(all_quads: list[Quad]) -> set[Quad]:
        return {quad for quad in all_quads if not quad.object.startswith("sha256:")}

    assert statements(quads) == statements(others)
    gone = {f"d/{stem}.csv#{row}" for row, (*_, goes) in enumerate(faults, start=3) if goes}
    assert not {quad.origin for quad in quads} & gone


def test_a_row_is_told_once_with_its_first_fault(engine: DuckDB, tmp_path: Path) -> None:
    """Cells of a row that goes do not count; a row that goes keeps no later one away."""
    rows = [partner(1, organisationID="x", SME="maybe"), partner(1, organisationID="y", projectID="7"), partner(1, SME="maybe", country="Germany")]
    twice = [{**project(1), "id": "x"}, project(1), project(1, title="Again")]
    source, quads = mapped(engine, write_delivery(tmp_path / "d", organization=rows, project=twice), tmp_path)
    assert [(p.file, p.row, p.column, p.code) for p in source.problems] == [
        ("d/project.csv", 2, "id", "wrong-project-id"),
        ("d/project.csv", 4, "id", "double-row"),
        ("d/organization.csv", 2, "organisationID", "wrong-pic"),
        ("d/organization.csv", 3, "organisationID", "wrong-pic"),
        ("d/organization.csv", 4, "SME", "wrong-boolean"),
        ("d/organization.csv", 4, "country", "wrong-country"),
    ]
    assert source.rejected == 6
    assert objects(quads, "id/project/cordis-101000001", SKOS.prefLabel) == {"First project"}


def test_double_rows_are_those_that_order_does_not_tell_apart(engine: DuckDB, tmp_path: Path) -> None:
    """`01` and `1` are one order; another role, project or organisation is another participation; participant and partner are one role."""
    rows = [
        partner(1, role="participant", order="1", ecContribution="1"),
        partner(1, role="partner", order="01", ecContribution="2"),
        partner(1, role="participant", order="2", ecContribution="4"),
        partner(1, role="thirdParty", order="1", ecContribution="8"),
        partner(1, role="participant", order="", ecContribution="16"),
        partner(1, role="participant", order="", ecContribution="32"),
        partner(1, role="participant", order="", ecContribution="64", organisationID="111111111"),
    ]
    source, quads = mapped(engine, write_delivery(tmp_path / "d", organization=rows), tmp_path)
    assert [(p.row, p.code, p.value) for p in source.problems] == [
        (3, "double-row", "101000001 / 999848453 / partner / 1"),
        (7, "double-row", "101000001 / 999848453 / partner / "),
    ]
    assert sum(int(quad.object) for quad in quads if quad.predicate == INNO.contribution) == 1 + 4 + 8 + 16 + 64
    assert source.rejected == 2


def test_each_property_of_an_organisation_has_its_own_row(engine: DuckDB, tmp_path: Path) -> None:
    """From the latest row that has it: by date, then the larger project, then the later row; other spellings beside it."""
    rows = [
        partner(2, contentUpdateDate="2025-01-01 00:00:00", name="Newest name", shortName="", organizationURL="", city="", nutsCode="", country=""),
        partner(1, contentUpdateDate="2024-01-01 00:00:00", name="Older name", shortName="ON", organizationURL="", activityType="REC", city="Köln"),
        partner(1, contentUpdateDate="2023-01-01 00:00:00", name="Oldest name", shortName="OL", organizationURL="http://old.example/", order="2"),
        partner(
            2, contentUpdateDate="2025-01-01 00:00:00", name="Newest name, later row", shortName="", organizationURL="", order="2", activityType=""
        ),
    ]
    projects = [project(1), project(2)]
    _, quads = mapped(engine, write_delivery(tmp_path / "d", project=projects, organization=rows), tmp_path)
    me = f"{BASE}id/organisation/pic-999848453"
    found = {(quad.predicate, quad.object): int(quad.origin.rpartition("#")[2]) for quad in quads if quad.subject == me}
    assert found[SKOS.prefLabel, "Newest name, later row"] == 5
    assert found[INNO.acronym, "ON"] == 3
    assert found[FOAF.page, "http://old.example/"] == 4
    assert found[ORG.classification, f"{BASE}code/organisation-kind/university"] == 2
    assert found[INNO.location, f"{BASE}id/place/city-de-dea52-dortmund"] == 5
    others = {"Newest name": 2, "Older name": 3, "Oldest name": 4, "OL": 4}
    assert {name: row for (predicate, name), row in found.items() if predicate == SKOS.altLabel} == others


def test_no_more_are_told_than_asked_for_but_all_are_counted(engine: DuckDB, tmp_path: Path) -> None:
    rows = [partner(1, order=str(number), SME="maybe") for number in range(30)]
    folder = write_delivery(tmp_path / "d", organization=rows, project=[{**PROJECT, "startDate": "x", "endDate": "y"}])
    for told in (0, 3, 31, 100):
        source, _ = mapped(engine, folder, tmp_path, told=told)
        assert source.rejected == 32
        assert len(source.problems) == min(told, 32)


# --- The delivery as a whole ---------------------------------------------------------------------------------------------


def test_gaps_are_noted_with_numbers_as_each_language_writes_them(engine: DuckDB, tmp_path: Path) -> None:
    header = [column for column in ORGANIZATION if column not in ("city", "SME")]
    rows = [{column: ORGANIZATION[column] for column in header} | {"name": ""}]
    projects = [project(number, objective="", title="" if number == 7 else "x") for number in range(1, 1202)]
    files = {"webLink.csv": b"projectID;physUrl;type\n", "organization.csv": csv_bytes(header, rows)}
    source, _ = mapped(engine, write_delivery(tmp_path / "d", files, project=projects), tmp_path)
    notes = [(note.en, note.de) for note in source.notes]
    assert notes == [
        ("d/project.csv: objective is empty in every row.", "d/project.csv: objective ist in jeder Zeile leer."),
        ("d/organization.csv: no column SME.", "d/organization.csv: keine Spalte SME."),
        ("d/organization.csv: no column city.", "d/organization.csv: keine Spalte city."),
        ("d/organization.csv: name is empty in every row.", "d/organization.csv: name ist in jeder Zeile leer."),
        (
            "1,200 of 1,201 projects have no participation: the frame is partial.",
            "1.200 von 1.201 Projekten haben keine Beteiligung: Die Stichprobe ist unvollständig (partial).",
        ),
        ("1 projects have no title.", "1 Projekte haben keinen Titel."),
        ("1 participations name no organisation.", "1 Beteiligungen nennen keinen Namen der Organisation."),
        ("There is no table topics.", "Die Tabelle topics fehlt."),
        ("There is no table legalBasis.", "Die Tabelle legalBasis fehlt."),
        ("There is no table euroSciVoc.", "Die Tabelle euroSciVoc fehlt."),
        ("d/webLink.csv has no rows.", "d/webLink.csv hat keine Zeilen."),
    ]
    assert source.settings.frame.kind == "partial"
    assert source.settings.frame.population["de"].startswith("1 von 1.201 Projekten")


@pytest.mark.parametrize(
    ("programmes", "name"), [(["HORIZON"], "cordis-horizon"), (["H2020"], "cordis-h2020"), (["HORIZON", "H2020"], "cordis"), (["FP7"], "cordis")]
)
def test_the_graph_is_named_by_the_framework(engine: DuckDB, tmp_path: Path, programmes: list[str], name: str) -> None:
    rows = [project(number, frameworkProgramme=programme) for number, programme in enumerate(programmes, start=1)]
    partners = [partner(number) for number in range(1, len(programmes) + 1)]
    source, quads = mapped(engine, write_delivery(tmp_path / "d", project=rows, organization=partners), tmp_path)
    assert source.settings.name == name
    assert source.settings.frame.kind == "census"
    assert {quad.graph for quad in quads} == {f"{BASE}graph/{name}"}


@pytest.mark.parametrize(
    ("toml", "base", "used"),
    [
        ("", "https://city.example/", "https://city.example/"),
        ('[graph]\nname = "mine"\n', "https://city.example/", "https://city.example/"),
        ('[graph]\nname = "mine"\nbase = "https://own.example/"\n', BASE, "https://own.example/"),
        ('[graph]\nname = "mine"\nbase = "https://own.example/"\n', "https://city.example/", "https://own.example/"),
    ],
)
def test_the_namespace_is_a_setting(engine: DuckDB, tmp_path: Path, toml: str, base: str, used: str) -> None:
    """That of the first source, or the delivery's own; vocabulary and code lists stay where they are."""
    folder = write_delivery(tmp_path / "d", **{stem: [row] for stem, row in OTHERS.items()})
    if toml:
        (folder / "settings.toml").write_text(toml, encoding="utf-8")
    source, quads = mapped(engine, folder, tmp_path, base=base)
    assert source.settings.base == used
    assert all(quad.subject.startswith((used, f"{BASE}code/euroscivoc")) for quad in quads)
    assert {quad.graph for quad in quads} == {f"{used}graph/{'mine' if toml else 'cordis-horizon'}"}
    by_hand = Plain(folder, used).expected()
    assert {(quad.subject, quad.object) for quad in quads if quad.predicate == INNO.participant} == {
        (subject, value) for subject, (value, _) in by_hand[INNO.participant]
    }


def test_settings_fill_what_they_leave_out_and_say_who_published(engine: DuckDB, tmp_path: Path) -> None:
    folder = write_delivery(tmp_path / "d")
    toml = '[graph]\nname = "mine"\nstate = "2024-05"\n[publisher]\nname = "My City"\n[frame]\nkind = "ego-sampled"\naround = "pic-999848453"\n'
    (folder / "settings.toml").write_text(toml, encoding="utf-8")
    _, quads = mapped(engine, folder, tmp_path)
    about = {(quad.predicate, quad.object, quad.datatype) for quad in quads if quad.subject == f"{BASE}graph/mine"}
    assert (DCTERMS.publisher, f"{BASE}id/agent/my-city", "") in about
    assert (INNO.sampledAround, f"{BASE}id/organisation/pic-999848453", "") in about
    assert (DCTERMS.modified, "2024-05", "http://www.w3.org/2001/XMLSchema#gYearMonth") in about
    assert (DCTERMS.license, "https://creativecommons.org/licenses/by/4.0/", "") in about
    assert len([item for item in about if item[0] == DCTERMS.title]) == 2
    assert objects(quads, "id/agent/my-city", FOAF.name) == {"My City"}


def test_one_statement_where_two_tables_say_the_same(engine: DuckDB, tmp_path: Path) -> None:
    """The legal basis of project.csv stands in legalBasis.csv again, and two codes may have one slug."""
    bases = [OTHERS["legalBasis"], {**OTHERS["legalBasis"], "legalBasis": "HORIZON.2"}, {**OTHERS["legalBasis"], "legalBasis": "HORIZON-2-5"}]
    _, quads = mapped(engine, write_delivery(tmp_path / "d", legalBasis=bases), tmp_path)
    parts = sorted((q.object.rsplit("/", 1)[-1], q.origin) for q in quads if q.subject.endswith("/cordis-101000001") and q.predicate == INNO.partOf)
    assert parts == [
        ("cordis-legal-basis-horizon-2", "d/legalBasis.csv#3"),
        ("cordis-legal-basis-horizon-2-5", "d/project.csv#2"),
        ("cordis-scheme-horizon-ria", "d/project.csv#2"),
    ]
    assert objects(quads, "id/programme/cordis-legal-basis-horizon-2-5", INNO.partOf) == {f"{BASE}id/programme/cordis-legal-basis-horizon-2"}
    assert objects(quads, "id/programme/cordis-legal-basis-horizon-2-5", DCTERMS.identifier) == {"HORIZON.2.5"}
    assert len({quad._replace(origin="") for quad in quads}) == len(quads)


def test_shared_identifiers_are_one_node(engine: DuckDB, tmp_path: Path) -> None:
    """Two projects with one record number; two organisations with one ROR (79 RORs are shared in the reference table)."""
    rors: dict[str, list[str]] = {}
    for row in deliveries.read(deliveries.ROOT / "data" / "reference", "pic_ror", ","):
        rors.setdefault(row["ror"], []).append(row["pic"])
    one, two, *_ = next(pics for pics in rors.values() if len(pics) > 1)
    rows = [partner(1, organisationID=one), partner(1, organisationID=two)]
    projects = [project(1, rcn="7", grantDoi="10.3030/x"), project(2, rcn="7", grantDoi="10.3030/x")]
    source, quads = mapped(engine, write_delivery(tmp_path / "d", project=projects, organization=rows), tmp_path)
    assert source.rejected == 0
    for subject in (f"{BASE}id/identifier/cordis-rcn-7", f"{BASE}id/identifier/doi-10-3030-x"):
        assert len([quad for quad in quads if quad.subject == subject]) == 3
    assert len({quad._replace(origin="") for quad in quads}) == len(quads)


def test_concepts_above_exist_whatever_the_paths_say(engine: DuckDB, tmp_path: Path) -> None:
    """A path of another length than its code names nothing above for certain: then the code stands for the name."""
    rows = [
        {**OTHERS["euroSciVoc"], "euroSciVocCode": "/1/2/3", "euroSciVocPath": "/odd", "euroSciVocTitle": "three"},
        {**OTHERS["euroSciVoc"], "euroSciVocCode": "/1/2/4", "euroSciVocPath": "/one/two/four", "euroSciVocTitle": ""},
        {**OTHERS["euroSciVoc"], "euroSciVocCode": "/9/8", "euroSciVocPath": "", "euroSciVocTitle": "eight"},
    ]
    _, quads = mapped(engine, write_delivery(tmp_path / "d", euroSciVoc=rows), tmp_path)
    labels = {q.subject.rsplit("/", 1)[-1]: q.object for q in quads if "/euroscivoc/" in q.subject and q.predicate == SKOS.prefLabel}
    assert labels == {"1": "one", "1-2": "two", "1-2-3": "three", "1-2-4": "four", "9": "/9", "9-8": "eight"}
    concepts = {q.subject for q in quads if q.predicate == RDF.type and q.object == SKOS.Concept}
    assert {q.object for q in quads if q.predicate == SKOS.broader} <= concepts


def test_links_of_other_types_are_see_also(engine: DuckDB, tmp_path: Path) -> None:
    links = [{**OTHERS["webLink"], "type": "projectDeliverable"}, {**OTHERS["webLink"], "physUrl": "https://one.example/a b"}]
    _, quads = mapped(engine, write_delivery(tmp_path / "d", webLink=links), tmp_path)
    assert objects(quads, "id/project/cordis-101000001", RDFS.seeAlso) == {"https://one.example/"}
    assert objects(quads, "id/project/cordis-101000001", FOAF.page) == {"https://one.example/a%20b"}


def test_two_runs_give_the_same_bytes_on_one_thread(tmp_path: Path) -> None:
    for run in ("one", "two"):
        (tmp_path / run).mkdir()
        with DuckDB(threads=1) as single:
            mapped(single, deliveries.SLICE, tmp_path / run)
    assert (tmp_path / "one" / "quads.parquet").read_bytes() == (tmp_path / "two" / "quads.parquet").read_bytes()


def test_two_runs_give_the_same_rows_on_any_number_of_threads(tmp_path: Path) -> None:
    found = []
    for threads in (1, 3):
        (tmp_path / str(threads)).mkdir()
        with DuckDB(threads=threads) as several:
            found.append(sorted(mapped(several, deliveries.SLICE, tmp_path / str(threads))[1]))
    assert found[0] == found[1]


def test_a_table_without_rows_is_refused(engine: DuckDB, tmp_path: Path) -> None:
    folder = write_delivery(tmp_path / "d", {"organization.csv": b"projectID;organisationID;name;role\n"})
    with pytest.raises(InputError, match=r"d/organization.csv: The table has no rows"):
        mapped(engine, folder, tmp_path)
