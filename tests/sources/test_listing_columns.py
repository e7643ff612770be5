"""Values of cells by columns against other ways to the same answer: row-wise functions of the package, the calendar, the decimal type."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kg.engine.duckdb import DuckDB
from kg.errors import IdentifierError
from kg.identifiers import node_key, split_identifier
from kg.namespaces import INNO
from kg.quads import decimal
from kg.sources import listing_columns as cells
from kg.sources.listing_mapping import fold, schemes
from kg.sources.statements import slug as slug_by_rows

MANY = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDB]:
    with DuckDB(threads=1) as opened:
        yield opened


def run(engine: DuckDB, texts: list[str], make: Any) -> list[Any]:
    """Return what a function of columns makes of texts."""
    import pyarrow as pa

    table = engine.table(pa.table({"row": list(range(len(texts))), "text": pa.array(texts, pa.string())}))
    made = make(table) if make.__code__.co_argcount and make.__code__.co_varnames[0] == "table" else table.mutate(value=make(table.text))
    return [row["value"] for row in engine.to_pylist(made.order_by("row"))]


DAYS = st.dates(datetime.date(1, 1, 1), datetime.date(9999, 12, 31))
NEARLY = st.builds(lambda d, m, y, form: form.format(d=d, m=m, y=y), st.integers(0, 33), st.integers(0, 14), st.integers(0, 3000),
                   st.sampled_from(["{d:02}.{m:02}.{y:04}", "{d}.{m}.{y:04}", "{y:04}-{m:02}-{d:02}", "{y:04}", "{m:02}/{y:04}", "{d} {m} {y}"]))  # fmt: skip


def by_calendar(text: str, forms: list[str]) -> str:
    """Read a date with Python's calendar, form by form."""
    for form in forms:
        parts = re.findall("YYYY|MM|DD", form)
        pattern = re.escape(form).replace("YYYY", "([0-9]{4})").replace("MM", "([0-9]{1,2})").replace("DD", "([0-9]{1,2})")
        match = re.fullmatch(pattern, text)
        if match:
            found = dict(zip(parts, map(int, match.groups()), strict=True))
            try:
                day = datetime.date(found["YYYY"], found.get("MM", 1), found.get("DD", 1))
            except ValueError:
                continue
            return day.isoformat()[: {1: 4, 2: 7, 3: 10}[len(parts)]]
    return ""


@MANY
@given(texts=st.lists(NEARLY | TEXT | DAYS.map(lambda day: day.strftime("%d.%m.%Y").rjust(10, "0")), max_size=40))
@example(texts=["29.02.1900", "29.02.2000", "29.02.2023", "29.02.2024", "31.04.2020", "30.4.2020", "00.01.2020", "1.1.0000", "2020-13", "13/2020"])
def test_dates_are_days_of_the_calendar(engine: DuckDB, texts: list[str]) -> None:
    forms = ["DD.MM.YYYY", "YYYY-MM-DD", "MM/YYYY", "YYYY"]
    assert run(engine, texts, lambda text: cells.date(text, forms)) == [by_calendar(text, forms) for text in texts]


@pytest.mark.parametrize(("mark", "thousands"), [(",", "."), (".", ","), (",", " "), (",", "\u00a0")])
@MANY
@given(numbers=st.lists(st.decimals(0, 10**12, places=4, allow_nan=False), min_size=1, max_size=30))
def test_amounts_are_numbers(engine: DuckDB, mark: str, thousands: str, numbers: list[Decimal]) -> None:
    written = [f"{number:,f}".translate(str.maketrans(",.", thousands + mark)) for number in numbers]
    signed = [text + sign for text, sign in zip(written, [" €", "EUR", ""] * len(written), strict=False)]
    assert run(engine, signed, lambda text: cells.amount(text, mark, "EUR")) == [decimal(str(number)).value for number in numbers]


@pytest.mark.parametrize("text", ["1.5", "1,2,3", "12,34.5", "-3", "1e5", "", "1.23,4", "1 000 00", "€", "NaN", "1" * 16, "5 USD", "٣"])
def test_what_is_no_amount(engine: DuckDB, text: str) -> None:
    assert run(engine, [text], lambda column: cells.amount(column, ",", "EUR")) == [""]


def by_rows(scheme: str, text: str) -> bool:
    try:
        split_identifier(f"{scheme}:{text}")
    except IdentifierError:
        return False
    return True


IDENTIFIERS = {
    "ror": st.from_regex(r"0[a-hj-km-np-tv-z0-9]{6}[0-9]{2}", fullmatch=True) | st.sampled_from(["01k97gp34", "05591te55", "01k97gp35"]),
    "grid": st.from_regex(r"grid\.[0-9]{1,8}\.[0-9a-f]{1,4}", fullmatch=True),
    "wikidata": st.from_regex(r"Q[0-9]{1,6}", fullmatch=True),
    "cordis": st.from_regex(r"[0-9]{4,10}", fullmatch=True),
    "cordis-rcn": st.from_regex(r"[0-9]{1,10}", fullmatch=True),
    "eu-grant": st.from_regex(r"[A-Za-z0-9-]{4,20}", fullmatch=True),
    "pic": st.from_regex(r"[0-9]{8,10}", fullmatch=True),
    "gnd": st.from_regex(r"[0-9]{7,10}[0-9X]|[0-9]{1,9}-[0-9X]", fullmatch=True),
    "doi": st.from_regex(r"10\.[0-9]{3,9}/[a-z0-9.]{0,8}", fullmatch=True),
}


@pytest.mark.parametrize("scheme", schemes())
@settings(MANY, max_examples=8)
@given(data=st.data())
def test_identifiers_are_those_of_the_package(engine: DuckDB, scheme: str, data: st.DataObject) -> None:
    """By columns nothing passes that the row-wise check refuses; for schemes without a stricter shape both agree."""
    texts = [text.strip() for text in data.draw(st.lists(IDENTIFIERS[scheme] | TEXT.map(str.lower), max_size=40)) if "\n" not in text]
    found = run(engine, texts, lambda text: cells.identifier(scheme, text))
    for text, value in zip(texts, found, strict=True):
        holds = by_rows(scheme, text)
        assert not value or (by_rows(scheme, value) and value == text)
        if scheme in ("ror", "wikidata", "pic", "cordis", "doi"):
            assert bool(value) == holds, text


def test_every_wrong_character_in_a_ror_is_refused(engine: DuckDB) -> None:
    right = "01k97gp34"
    wrong = [right[:n] + c + right[n + 1 :] for n in range(9) for c in "0123456789abcdefghijklmnopqrstuvwxyz" if c != right[n]]
    found = run(engine, [right, *wrong], lambda text: cells.identifier("ror", text))
    assert found == [right, *("" for _ in wrong)]


@pytest.mark.parametrize(
    ("scheme", "text", "value"),
    [
        ("ror", "https://ror.org/01k97gp34", "01k97gp34"),
        ("ror", "ROR.org/01K97GP34", "01k97gp34"),
        ("wikidata", "http://www.wikidata.org/entity/Q685557", "Q685557"),
        ("doi", "doi:10.3030/868887", "10.3030/868887"),
        ("cordis", "https://cordis.europa.eu/project/id/868887", "868887"),
        ("eu-grant", "612429-EPP-1-2019-1-DE-EPPKA2-SSA-B", "612429-EPP-1-2019-1-DE-EPPKA2-SSA-B"),
        ("eu-grant", "ABCDEF", ""),
    ],
)
def test_addresses_before_identifiers(engine: DuckDB, scheme: str, text: str, value: str) -> None:
    assert run(engine, [text], lambda column: cells.identifier(scheme, column)) == [value]


@MANY
@given(texts=st.lists(st.text(st.sampled_from("abcXYZ019 äöüÄÖÜßéèñçåøłđ-.,;&/()'\""), max_size=20), max_size=30))
def test_slugs_are_those_of_the_curated_tables(engine: DuckDB, texts: list[str]) -> None:
    """On Latin letters the slug by columns is the slug by rows."""
    found = run(engine, texts, lambda table: cells.with_slug(engine, table, "text", "value"))
    for text, value in zip(texts, found, strict=True):
        expected = slug_by_rows(text)
        assert value == ("" if not text else expected) or (expected == "x" and re.fullmatch("[0-9a-f]{12}", value))


@MANY
@given(texts=st.lists(TEXT, max_size=30))
def test_a_slug_can_stand_in_an_iri(engine: DuckDB, texts: list[str]) -> None:
    for text, value in zip(texts, run(engine, texts, lambda table: cells.with_slug(engine, table, "text", "value")), strict=True):
        assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", value) if text else value == ""


@MANY
@given(texts=st.lists(st.text(st.sampled_from("Ab ä\tß\u00a0x"), max_size=10), max_size=30))
def test_wordings_fold_as_the_mapping_folds_them(engine: DuckDB, texts: list[str]) -> None:
    assert run(engine, texts, lambda text: cells.fold(text)) == [fold(text) for text in texts]


ADDRESS = st.builds(lambda a, b, c: f"https://{a}{b}{c}", st.sampled_from(["example.org", "a.b:80", "ex ample", "müller.de", "[::1]", "u@h", "-x.de", "h:x"]),
                    st.sampled_from(["", "/", "/ä", "/a b", "/%41", "/%4", "/[x]", "/\ue000"]), TEXT)  # fmt: skip


@settings(MANY, max_examples=20)
@given(texts=st.lists(ADDRESS | TEXT, max_size=40))
def test_addresses_that_pass_are_iris(engine: DuckDB, texts: list[str]) -> None:
    """What passes can be read back by a strict parser of N-Triples; what is plain passes."""
    import pyoxigraph as ox

    for value in filter(None, run(engine, texts, lambda text: cells.url(text))):
        list(ox.parse(f"<https://example.org/s> <https://example.org/p> <{value}> .".encode(), format=ox.RdfFormat.N_TRIPLES))
    plain = ["http://example.org", "https://example.org/a?b=c&d=%20#e", "https://müller.de/straße"]
    assert run(engine, plain, lambda text: cells.url(text)) == plain


@MANY
@given(keys=st.lists(st.tuples(*[st.from_regex(r"https://example\.org/[a-z0-9-]{1,9}", fullmatch=True)] * 3), min_size=1, max_size=20))
def test_participation_keys_are_those_of_node_key(engine: DuckDB, keys: list[tuple[str, str, str]]) -> None:
    import pyarrow as pa

    table = engine.table(pa.table({"row": list(range(len(keys))), **{name: [key[n] for key in keys] for n, name in enumerate("por")}}))
    made = table.mutate(value=cells.participation_key(engine, table.p, table.o, table.r)).order_by("row")
    predicates = (INNO.inInitiative, INNO.participant, INNO.role)
    expected = [node_key(zip(predicates, (f"<{part}>" for part in key), strict=True)) for key in keys]
    assert [row["value"] for row in engine.to_pylist(made)] == expected
