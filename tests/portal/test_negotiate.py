"""Content negotiation: RFC 9110, section 12.5."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.portal.negotiate import ALIASES, FORMATS, MAX_HEADER, MAX_ITEMS, by_suffix, choose, format_of, known, language, media_for, offered

TURTLE, TRIPLES, XML, HTML = "text/turtle", "application/n-triples", "application/rdf+xml", "text/html"
GRAPHS = (TURTLE, TRIPLES, XML)


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, TURTLE),
        ("", TURTLE),
        ("*/*", TURTLE),
        ("application/n-triples", TRIPLES),
        ("APPLICATION/N-Triples", TRIPLES),
        ("application/*", TRIPLES),
        ("text/*;q=0.3, application/rdf+xml;q=0.7, */*;q=0.1", XML),
        ("application/rdf+xml, text/turtle;q=0.9", XML),
        ("text/turtle;q=0, */*;q=0.5", TRIPLES),
        ("*/*, application/rdf+xml", XML),
        ("application/rdf+xml;charset=utf-8;q=0.4, text/turtle;q=0.3", XML),
        ('application/rdf+xml;profile="a,b;q=0", text/turtle;q=0.9', XML),
        ("text/turtle;q=0.001", TURTLE),
        ("text/turtle ; Q=0.2 , application/n-triples ; q=0.3", TRIPLES),
        ("text/turtle;q=abc, application/n-triples", TRIPLES),
        ("image/png", None),
        ("image/png, text/turtle;q=0", None),
        ("*/*;q=0", None),
        (",,;;,garbage", TURTLE),
        ("text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8", TURTLE),
    ],
)
def test_accept(accept: str | None, chosen: str | None) -> None:
    assert choose(accept, GRAPHS) == chosen


def test_a_more_exact_range_decides_the_quality_whatever_its_place() -> None:
    assert choose("text/*;q=1, text/turtle;q=0.1, application/n-triples;q=0.5", GRAPHS) == TRIPLES


def test_only_the_first_items_and_characters_count() -> None:
    assert choose(", ".join(["image/png"] * MAX_ITEMS + [TRIPLES]), GRAPHS) is None
    assert choose("image/png," + " " * MAX_HEADER + TRIPLES, GRAPHS) is None
    assert choose('text/turtle;a="' + "x" * 1_000_000, GRAPHS) == TURTLE


@given(st.text(max_size=300) | st.lists(st.sampled_from([*GRAPHS, "*/*", "text/*", ";q=0.5", ";q=0", ",", '"', "\\", " "]), max_size=30).map("".join))
def test_any_header_gives_an_offer_or_nothing(header: str) -> None:
    assert choose(header, GRAPHS) in (*GRAPHS, None)
    assert language(header) in ("de", "en")


@given(st.permutations(GRAPHS), st.lists(st.integers(1, 1000), min_size=3, max_size=3, unique=True))
def test_the_highest_quality_wins_in_every_order(order: list[str], qualities: list[int]) -> None:
    header = ", ".join(f"{media};q={quality / 1000:.3f}" for media, quality in zip(order, qualities, strict=True))
    assert choose(header, GRAPHS) == order[qualities.index(max(qualities))]


def test_every_media_type_offered_is_a_format() -> None:
    for kind in ("table", "graph", "page"):
        for media in offered(kind):
            form = format_of(media, kind)
            assert any(one.name == form and one.kind == kind for one in FORMATS)
            assert choose(media, offered(kind)) == media
    assert format_of("application/json", "table") == "json"
    assert format_of("application/json", "graph") == "jsonld"
    assert not set(ALIASES["table"]) & {form.media for form in FORMATS}


@pytest.mark.parametrize(
    ("kind", "accept", "given_format", "media"),
    [
        ("table", None, "", "application/sparql-results+json"),
        ("graph", None, "", TURTLE),
        ("table", TURTLE, "", ""),
        ("table", TURTLE, "csv", "text/csv"),
        ("graph", "text/csv", "json", "application/ld+json"),
        ("graph", None, "xml", XML),
        ("table", None, "xml", "application/sparql-results+xml"),
        ("graph", None, "json-ld", "application/ld+json"),
        ("graph", None, "Turtle", TURTLE),
        ("table", None, "turtle", ""),
        ("table", None, "application/sparql-results+xml", "application/sparql-results+xml"),
        ("table", "application/json", "auto", "application/json"),
        ("table", "text/html,application/xml;q=0.9,*/*;q=0.8", "", "application/xml"),
    ],
)
def test_format_parameter(kind: str, accept: str | None, given_format: str, media: str) -> None:
    assert media_for(kind, accept, given_format) == media


def test_unknown_formats_are_told() -> None:
    assert known("csv")
    assert known("")
    assert known("application/json")
    assert not known("docx")


@pytest.mark.parametrize(
    ("path", "stem", "name"),
    [
        ("/data/a.ttl", "/data/a", "ttl"),
        ("/data/v1.2", "/data/v1.2", None),
        ("/data/a.b.jsonld", "/data/a.b", "jsonld"),
        ("/data/.ttl", "/data/.ttl", None),
        ("/data/a", "/data/a", None),
        ("", "", None),
    ],
)
def test_suffix(path: str, stem: str, name: str | None) -> None:
    found, form = by_suffix(path)
    assert found == stem
    assert (form.name if form else None) == name


@pytest.mark.parametrize(
    ("header", "chosen", "lang"),
    [
        (None, None, "en"),
        ("de-AT,de;q=0.9,en;q=0.8", None, "de"),
        ("en-GB,de;q=0.9", None, "en"),
        ("fr, de;q=0.5", None, "de"),
        ("fr", None, "en"),
        ("*", None, "en"),
        ("en;q=0, *", None, "de"),
        ("de;q=0.4, en;q=0.6", None, "en"),
        ("en", "de", "de"),
        ("de", "fr", "de"),
        ("de, en", None, "de"),
    ],
)
def test_language(header: str | None, chosen: str | None, lang: str) -> None:
    assert language(header, chosen) == lang
