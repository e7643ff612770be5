"""The quad table keeps every term, and equal graphs give equal bytes."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.namespaces import XSD
from kg.quads import Quad, Term, canonical_lines, decimal, from_oxigraph, iri, literal, quad_text, read_parquet, to_oxigraph, write_parquet

TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
IRI = st.from_regex(r"https://example\.org/[a-z0-9/_-]{1,12}", fullmatch=True)
LITERAL = st.one_of(
    TEXT.map(literal),
    st.tuples(TEXT, st.sampled_from(["de", "en", "de-at"])).map(lambda pair: literal(pair[0], language=pair[1])),
    st.tuples(st.just("2021"), st.just(XSD.gYear)).map(lambda pair: literal(*pair)),
)
QUAD = st.builds(
    lambda s, p, o, g: Quad(s, p, o.value, o.kind, o.datatype, o.language, g, "t.csv#2"),
    IRI,
    IRI,
    st.one_of(IRI.map(iri), LITERAL),
    st.one_of(st.just(""), IRI),
)


@given(QUAD)
def test_a_line_is_read_back_by_an_independent_parser(quad: Quad) -> None:
    parsed = list(ox.parse((quad_text(quad) + "\n").encode(), format=ox.RdfFormat.N_QUADS))
    assert [from_oxigraph(found, quad.origin) for found in parsed] == [quad]


@given(QUAD)
def test_the_store_takes_and_gives_the_same(quad: Quad) -> None:
    assert from_oxigraph(to_oxigraph(quad), quad.origin) == quad


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(st.lists(QUAD, max_size=20))
def test_parquet_round_trip(tmp_path: Path, quads: list[Quad]) -> None:
    path = tmp_path / "x.parquet"
    write_parquet(quads, path)
    assert list(read_parquet([path])) == sorted(set(quads))
    first = path.read_bytes()
    write_parquet(reversed(quads), path)
    assert path.read_bytes() == first


@given(st.lists(QUAD, max_size=10), st.randoms())
def test_canonical_lines_know_no_order(quads: list[Quad], random: object) -> None:
    shuffled = list(quads)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert canonical_lines(shuffled) == canonical_lines(quads)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6))
def test_decimals_are_as_the_store_writes_them(value: object) -> None:
    term = decimal(str(value))
    store = ox.Store()
    store.add(to_oxigraph(Quad("a:a", "a:b", *term, "", "")))
    (found,) = list(store)
    assert isinstance(found.object, ox.Literal)
    assert Term(found.object.value, "literal", found.object.datatype.value) == term
