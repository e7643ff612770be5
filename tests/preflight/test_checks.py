"""What no shape can say: each check on a folder in which one thing is wrong."""

from __future__ import annotations

import contextlib
import gzip
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import InputError, ParameterError
from kg.preflight import Flight, check_syntax, preflight
from kg.preflight.check_catalogue import TAG
from kg.preflight.check_manifest import same
from kg.preflight.check_syntax import _FORMULA
from kg.preflight.registered import licence_kind
from tests.preflight.conftest import BASE, DATASET, DUMP, VOID, Folder, catalogue, write_manifest

TODAY = date(2026, 11, 23)


def rules(flight: Flight) -> dict[str, str]:
    return {card.rule: card.severity for card in flight.cards}


def check(folder: Path, *profiles: str) -> Flight:
    return preflight(folder, profiles=profiles or ("all",), today=TODAY)


def test_a_good_folder_has_no_finding(make_folder: Folder) -> None:
    flight = check(make_folder())
    assert rules(flight) == {}
    assert [(one.profile, one.answer) for one in flight.verdicts] == [
        (name, "yes") for name in ("dcat-ap", "dcat-ap-de", "ckan", "schema-org", "void", "files")
    ]
    assert (flight.version, flight.base, flight.dataset) == ("2026.11", BASE, f"{BASE}dataset")


CHANGES: list[tuple[dict[str, Any], str, str, tuple[str, ...]]] = [
    ({"data_ttl": "no turtle"}, "file-broken", "Violation", ("files",)),
    ({"data_nq": DUMP + "<a>"}, "file-broken", "Violation", ("files",)),
    ({"table_csv": "id,id\na,b\n"}, "file-broken", "Violation", ("files",)),
    ({"table_csv": "id,name\na\n"}, "file-broken", "Violation", ("files",)),
    ({"table_csv": b"id\n\xff\n"}, "file-broken", "Violation", ("files",)),
    ({"table_csv": 'id,name\na,"=HYPERLINK(1)"\nb,x\n'}, "csv-formula", "Violation", ("files",)),
    ({"table_csv": "id,name\na,\tcmd\nb,-1+1\n"}, "csv-formula", "Violation", ("files",)),
    ({"network_graphml": '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}, "file-broken", "Violation", ("files",)),
    ({"network_graphml": "<x>"}, "file-broken", "Violation", ("files",)),
    ({"data_parquet": b"PAR1xxxxxxxx"}, "file-broken", "Violation", ("files",)),
    ({"notes_json": "{"}, "file-broken", "Violation", ("files",)),
    ({"more_jsonld": '{"name": "x"}'}, "jsonld-context", "Violation", ("files",)),
    ({"context_jsonld": "{}"}, "file-broken", "Violation", ("files",)),
    ({"data_trig": "@prefix : <https://data.example.org/id/> . :a a :B ."}, "dump-quads-differ", "Violation", ("files",)),
    ({"data_nq_gz": gzip.compress(DUMP[:-5].encode())}, "gzip-differs", "Violation", ("files",)),
    ({"data_nq": DUMP.replace('"Anfang"@de', '"Anfang"')}, "label-without-language", "Warning", ("files",)),
    ({"data_nq": DUMP.replace("/id/b", "/id/A")}, "iri-case", "Violation", ("files",)),
    ({"void_ttl": None}, "void-missing", "Violation", ("void",)),
    ({"void_ttl": VOID.replace("void:triples 3", "void:triples 4")}, "void-number", "Violation", ("void",)),
    ({"void_ttl": VOID.replace("void:entities 2", "void:entities 9")}, "void-number", "Violation", ("void",)),
    ({"void_ttl": VOID.replace("void:triples 1", "void:triples 2")}, "void-number", "Violation", ("void",)),
    ({"void_ttl": VOID.replace("data.nq>", "gone.nq>")}, "dump-link-broken", "Violation", ("void",)),
    ({"void_ttl": VOID.replace("void:uriSpace", "void:uriLookupEndpoint")}, "void-uriSpace", "Warning", ("void",)),
    ({"void_ttl": "nothing"}, "void-broken", "Violation", ("void",)),
    ({"dataset_json": None}, "schema-org-missing", "Violation", ("schema-org",)),
    ({"dataset_json": "[]"}, "schema-org-no-dataset", "Violation", ("schema-org",)),
    ({"dataset_json": "["}, "schema-org-broken", "Violation", ("schema-org",)),
    ({"dataset_json": json.dumps({**DATASET, "description": "short"})}, "google-description-length", "Violation", ("schema-org",)),
    ({"dataset_json": json.dumps({**DATASET, "description": {"en": "x" * 6000}})}, "google-description-length", "Violation", ("schema-org",)),
    ({"dataset_json": json.dumps({**DATASET, "name": " "})}, "google-name", "Violation", ("schema-org",)),
    ({"dataset_json": json.dumps({**DATASET, "license": None})}, "google-license", "Warning", ("schema-org",)),
    ({"dataset_json": json.dumps({**DATASET, "distribution": [{"name": "a"}]})}, "google-contentUrl", "Violation", ("schema-org",)),
    ({"dataset_json": json.dumps({**DATASET, "@context": "https://example.org/"})}, "schema-org-context", "Violation", ("schema-org",)),
    ({"catalog_ttl": None}, "catalogue-missing", "Violation", ("dcat-ap", "dcat-ap-de", "ckan")),
    ({"catalog_ttl": catalogue().replace("2026.11/data.ttl>", "2026.11/gone.ttl>")}, "link-broken", "Violation", ("dcat-ap", "dcat-ap-de", "ckan")),
    ({"catalog_ttl": catalogue().replace("text/turtle", "text/turtel")}, "media-unregistered", "Warning", ("dcat-ap", "dcat-ap-de", "ckan")),
    ({"catalog_ttl": catalogue().replace("file-type/RDF_TURTLE", "file-type/CSV")}, "media-format", "Warning", ("dcat-ap", "dcat-ap-de")),
    ({"catalog_ttl": catalogue().replace("media-types/text/turtle", "media-types/text/csv")}, "media-ending", "Warning", ("dcat-ap", "dcat-ap-de")),
    ({"catalog_ttl": catalogue().replace('"2026-11-01"^^xsd:date', '"2027-11-01"^^xsd:date')}, "date-implausible", "Warning", ("dcat-ap", "dcat-ap-de")),
    ({"catalog_ttl": catalogue().replace('"2026-11-01"^^xsd:date', '"1.11.2026"')}, "date-unreadable", "Violation", ("dcat-ap", "dcat-ap-de")),
    ({"catalog_ttl": catalogue().replace('"2026"^^xsd:gYear', '"2001"^^xsd:gYear')}, "date-order", "Warning", ("dcat-ap", "dcat-ap-de")),
    ({"catalog_ttl": catalogue().replace('"Wer mit wem arbeitet"@de', '"Qui"@fr')}, "text-without-de", "Warning", ("dcat-ap-de",)),
    ({"catalog_ttl": catalogue().replace('"Who works with whom"@en , ', "")}, "text-without-en", "Warning", ("dcat-ap",)),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "rule", "severity", "profiles"), CHANGES, ids=lambda value: value if isinstance(value, str) else None)
def test_each_fault_is_found(make_folder: Folder, changes: dict[str, Any], rule: str, severity: str, profiles: tuple[str, ...]) -> None:
    folder = make_folder(**changes)
    flight = check(folder)
    card = next(card for card in flight.cards if card.rule == rule)
    assert (card.severity, card.profiles) == (severity, profiles)
    assert card.places
    assert all((*card.what, *card.advice.fix))


@pytest.mark.parametrize(
    ("how", "rule"),
    [
        (lambda folder: (folder / "table.csv").unlink(), "file-missing"),
        (lambda folder: (folder / "table.csv").write_text("id,name,change\nx,Anfang,-0.5\nb,Ende,+3\n"), "file-checksum"),
        (lambda folder: (folder / "table.csv").write_text("id\n"), "file-size"),
        (lambda folder: (folder / "more.txt").write_text("x"), "file-not-in-manifest"),
        (lambda folder: (folder / "manifest.json").unlink(), "manifest-missing"),
        (lambda folder: (folder / "SHA256SUMS").unlink(), "sums-missing"),
        (lambda folder: (folder / "SHA256SUMS").write_text("x\n"), "sums-line"),
        (lambda folder: (folder / "SHA256SUMS").write_text(f"{'0' * 64}  data.nq\n"), "sums-wrong"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_files_that_change_afterwards(make_folder: Folder, how: Any, rule: str) -> None:
    folder = make_folder()
    how(folder)
    flight = check(folder, "files")
    assert rule in rules(flight)
    assert flight.verdicts[0].answer == ("no" if rules(flight)[rule] == "Violation" else "yes-but")


def test_a_part_without_licence(make_folder: Folder) -> None:
    folder = make_folder()
    manifest = json.loads((folder / "manifest.json").read_text())
    for row, licence in zip(manifest["files"], ["", "unknown", "CC BY"], strict=False):
        row["licence"] = licence
    (folder / "manifest.json").write_text(json.dumps(manifest))
    found = {card.rule: card.count for card in check(folder, "files").cards}
    assert (found["part-without-licence"], found["part-licence-unknown"]) == (1, 2)


def test_manifest_counts_are_compared(make_folder: Folder) -> None:
    folder = make_folder()
    text = (folder / "manifest.json").read_text().replace('"count": 4', '"count": 5')
    (folder / "manifest.json").write_text(text)
    assert "file-count" in rules(check(folder, "files"))


@pytest.mark.parametrize("text", ["[]", "{", '{"files": [1, {"name": 2}, {"name": "../x"}]}'])
def test_a_broken_manifest_is_no_traceback(make_folder: Folder, text: str) -> None:
    folder = make_folder()
    (folder / "manifest.json").write_text(text)
    with contextlib.suppress(InputError):
        assert check(folder, "files").verdicts[0].answer == "no"


def test_sitemap(make_folder: Folder) -> None:
    where = "http://www.sitemaps.org/schemas/sitemap/0.9"
    entries = [f"{BASE}index.html", f"{BASE}doc/gone.html", "/relative", f"{BASE}doc/a"]
    body = "".join(
        f"<url><loc>{one}</loc><lastmod>{day}</lastmod></url>"
        for one, day in zip(entries, ["2026-11-22", "22.11.2026", "2026", "2026-11"], strict=True)
    )
    folder = make_folder(sitemap_xml=f'<urlset xmlns="{where}">{body}</urlset>', index_html="x", doc__a_html="x")
    cards = {card.rule: card for card in check(folder, "files").cards}
    assert {name: [place.found for place in cards[name].places] for name in ("sitemap-broken", "sitemap-address", "sitemap-date")} == {
        "sitemap-broken": [f"{BASE}doc/gone.html"],
        "sitemap-address": ["/relative"],
        "sitemap-date": ["22.11.2026"],
    }


def test_sitemap_of_a_site_that_is_served_elsewhere(make_folder: Folder) -> None:
    where, host = "http://www.sitemaps.org/schemas/sitemap/0.9", "https://pages.example.net/graph/"
    body = "".join(f"<url><loc>{host}{one}</loc></url>" for one in ("index.html", "gone.html"))
    folder = make_folder(
        sitemap_xml=f'<urlset xmlns="{where}">{body}</urlset>', index_html="x", robots_txt=f"User-agent: *\nSitemap: {host}sitemap.xml\n"
    )
    card = next(card for card in check(folder, "files").cards if card.rule == "sitemap-broken")
    assert [place.found for place in card.places] == [f"{host}gone.html"]


def test_a_large_jsonld_is_left_and_said(make_folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_syntax, "JSONLD", 10)
    assert rules(check(make_folder(data_jsonld='{"@context": {}, "@graph": []}'), "files")) == {"jsonld-large": "Info"}


def test_schema_org_of_a_start_page(make_folder: Folder) -> None:
    page = f'<html><script type="application/ld+json">{json.dumps(DATASET)}</script></html>'
    assert rules(check(make_folder(dataset_json=None, index_html=page), "schema-org")) == {}


def test_places_are_bounded_and_counted(make_folder: Folder) -> None:
    lines = "".join(f'<{BASE}id/x{n}> <http://www.w3.org/2004/02/skos/core#prefLabel> "x" .\n' for n in range(300))
    card = next(card for card in check(make_folder(data_nq=DUMP + lines), "files").cards if card.rule == "label-without-language")
    assert (card.count, len(card.places)) == (300, 100)


def test_long_values_are_cut(make_folder: Folder) -> None:
    folder = make_folder(table_csv=f'id,name\na,"={"x" * 5000}"\nb,c\n')
    card = next(card for card in check(folder, "files").cards if card.rule == "csv-formula")
    assert len(card.places[0].found) < 500


def test_what_is_no_release_is_refused(tmp_path: Path) -> None:
    for target in (tmp_path / "gone", tmp_path):
        with pytest.raises(InputError) as caught:
            preflight(target)
        assert str(target) == caught.value.where
        assert caught.value.fix
    (tmp_path / "x.doc").write_text("x")
    with pytest.raises(InputError, match="no catalogue"):
        preflight(tmp_path / "x.doc")
    with pytest.raises(ParameterError):
        preflight(tmp_path, profiles=("dcat",))


def test_a_catalogue_that_cannot_be_read(make_folder: Folder) -> None:
    folder = make_folder(catalog_ttl=catalogue().replace('"Wer mit wem arbeitet"@de', '"Wer"@d_'))
    with pytest.raises(InputError) as caught:
        check(folder)
    assert re.search(r"catalog\.ttl:\d+$", str(caught.value.where))


def test_a_catalogue_alone_says_what_it_cannot_tell(make_folder: Folder) -> None:
    flight = check(make_folder() / "catalog.ttl")
    assert {one.profile: one.answer for one in flight.verdicts} == {
        **dict.fromkeys(("dcat-ap", "dcat-ap-de", "ckan"), "yes"),
        **dict.fromkeys(("schema-org", "void", "files"), "unchecked"),
    }


def test_ckan_needs_addresses_and_titles(tmp_path: Path) -> None:
    text = """@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dcterms: <http://purl.org/dc/terms/> .
    [] a dcat:Dataset ; dcterms:title "…" ; dcat:distribution [ a dcat:Distribution ] ; dcat:keyword "x" ."""
    (tmp_path / "c.ttl").write_text(text)
    found = rules(check(tmp_path / "c.ttl", "ckan"))
    assert {"ckan-title", "ckan-identity", "ckan-url", "ckan-format", "ckan-licence", "ckan-tag", "ckan-publisher", "ckan-notes"} <= set(found)


def test_licences() -> None:
    assert [licence_kind(one) for one in ("http://creativecommons.org/licenses/by/4.0/deed.de", "https://www.govdata.de/dl-de/zero-2-0", "notspecified", "")] == [
        "open", "open", "unknown", "unknown",
    ]  # fmt: skip
    assert licence_kind("http://dcat-ap.de/def/licenses/cc-by-nc/4.0") == "closed"


@given(st.sampled_from(["", " ", "\t", "\ufeff", "\n "]), st.sampled_from("=@\uff1d\uff20"), st.text(max_size=30))
def test_a_formula_is_always_seen(blank: str, sign: str, rest: str) -> None:
    assert _FORMULA.match(blank + sign + rest)


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers())
def test_a_number_is_no_formula(number: float, whole: int) -> None:
    assert not _FORMULA.match(str(number))
    assert not _FORMULA.match(f"{whole:+d}")


@given(st.binary(max_size=2000), st.binary(max_size=2000))
def test_gzip_holds_exactly_the_file(tmp_path_factory: pytest.TempPathFactory, data: bytes, other: bytes) -> None:
    folder = tmp_path_factory.mktemp("gz")
    (folder / "a").write_bytes(data)
    for content in (data, other):
        (folder / "a.gz").write_bytes(gzip.compress(content))
        assert same(folder / "a.gz", folder / "a") == (content == data)


def test_language_tags() -> None:
    for tag in ("de", "en-gb", "zh-hant-tw", "sl-rozaj", "de-1996", "x-klingon", "de-x-y"):
        assert TAG.fullmatch(tag), tag
    for tag in ("d", "german!", "de_de", "e-n", "de-"):
        assert not TAG.fullmatch(tag), tag


def test_a_release_of_a_stick_is_the_same(make_folder: Folder) -> None:
    folder = make_folder()
    first = check(folder)
    write_manifest(folder)
    assert [vars(card) for card in check(folder).cards] == [vars(card) for card in first.cards]
