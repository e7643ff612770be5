"""The same Ibis expression on both engines gives the same values, however nasty the texts: what sources, validation and batch are made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kg.engine.base import Engine
from kg.engine.patterns import java_pattern, java_replacement
from kg.sources.columns import (
    CONTROL,
    DATE,
    DECIMAL,
    canonical_decimal,
    clean,
    is_date,
    is_moment,
    is_url,
    slug,
    trimmed,
    web_address,
)
from kg.sources.listing_columns import amount, date, fold, identifier, url

Both = tuple[Engine, Engine]
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
"""Without looking for the smallest case: a question takes a second on Spark."""

# What engines are known to read differently: blanks of all kinds, line ends, letters with two capitals, signs of patterns, numbers of other languages.
NASTY = (
    "",
    " ",
    "\u00a0x\u2003",
    "\x0bx\x0c",
    "a\n",
    "a\r\n",
    "a\u2028",
    "\u0085b",
    "ΟΔΟΣ Σ",
    "İstanbul",
    "Iı",
    "straße ẞ",
    "ŉ ǰ ﬁ ᾳ",
    "Ǆ ǅ ǆ",
    "🎉e\u0301",
    "\u212b \u1e9b\u0323",
    "a|b",
    "a.b.c",
    "1,5,",
    "$1 \\1 ${env:HOME}",
    "2020-02-30",
    "2020-02-29",
    "2020-02-29\n",
    "2021-03-04 05:06:07",
    "00012.500",
    "-0.0",
    "007",
    "1e3",
    "1d",
    "Infinity",
    "1.234.567,89 €",
    "K ſ",
    "a\x00b",
    "[x][y]",
    "a&&b",
    "'q' \"p\"",
    "\\",
    "https://example.org/ä?x=1#y",
    "https://exa mple.org",
    "https://example.org/%zz",
    "http://[::1]/",
    "https://doi.org/10.1234/AbC",
    "ROR.org/03yrm5c26",
    "03yrm5c26",
    "0000-0002-1825-0097",
    "=HYPERLINK(1)",
    "\t+1",
    "\ufffe\ufeff",
)
ALPHABET = st.sampled_from("aAbzZ09 .,-+|/\\$^[](){}*?&#%:;<>'\"\n\r\t\x0b\x0c\x00\x85\u00a0\u2028ßẞİıΣσςéÄ\u0301\u0308ﬁǆK🎉\u200b")
TEXTS = st.lists(st.text(ALPHABET, max_size=12) | st.text(max_size=6) | st.sampled_from(NASTY), min_size=1, max_size=60)

PATTERNS = (
    CONTROL,
    DATE,
    DECIMAL,
    r"a$",
    r"^a.b?$",
    r"\s+",
    r"[\s\p{Z}]+$",
    r"[^\s]",
    r"(?i)[ks]",
    r"(?i)straße",
    r"\p{L}",
    r"[\p{P}\p{S}\p{Z}\p{C}\p{M}]",
    r"[[&&]",
    r"[]a]",
    r"[^]a]",
    r"[[:alpha:][:^space:]]",
    r"\Q$1\E",
    r"(?P<one>a|b)",
    r"\x{1F389}",
    r"\d\w\b",
    r"\Ba",
    r"\$|€",
)


def _search(pattern: str) -> Callable[[Engine, Any], Any]:
    return lambda _, text: text.re_search(pattern)


def _replace(pattern: str) -> Callable[[Engine, Any], Any]:
    return lambda _, text: text.re_replace(pattern, "_")


def _where(holds: Any, value: Any) -> Any:
    import ibis

    return ibis.ifelse(holds, value, "")


TEXT_FUNCTIONS: dict[str, Callable[[Engine, Any], Any]] = {
    "lower": lambda _, t: t.lower(),
    "upper": lambda _, t: t.upper(),
    "strip": lambda _, t: t.strip(),
    "lstrip": lambda _, t: t.lstrip(),
    "rstrip": lambda _, t: t.rstrip(),
    "length": lambda _, t: t.length(),
    "substr": lambda _, t: t.substr(1, 3),
    "rest": lambda _, t: t.substr(2),
    "left": lambda _, t: t.left(3),
    "split": lambda _, t: t.split("|").length(),
    "split point": lambda _, t: t.split(".")[1],
    "last": lambda _, t: t.split(".")[-1],
    "joined": lambda _, t: t.split(" ").join("\\"),
    "slice": lambda _, t: t.split("/")[:2].join("/"),
    "no slice": lambda _, t: t.split("/")[5:].join("/"),
    "find": lambda _, t: t.find("b"),
    "contains": lambda _, t: t.contains("."),
    "startswith": lambda _, t: t.startswith("a"),
    "endswith": lambda _, t: t.endswith("\\"),
    "replace": lambda _, t: t.replace("a", "").replace("\\", "/"),
    "lpad": lambda _, t: t.lpad(4, "0"),
    "nullif": lambda _, t: t.nullif("").fill_null("-"),
    "concat": lambda _, t: t.concat("'", t),
    "isin": lambda _, t: t.isin(["a", "\\", "${env:HOME}"]),
    "less": lambda _, t: t < "a",
    "float": lambda _, t: t.try_cast("float64").cast("string").nullif("NaN").notnull(),
    "date": lambda _, t: is_date(t),
    "moment": lambda _, t: is_moment(t),
    "url": lambda _, t: is_url(t),
    "web": lambda _, t: web_address(t),
    "trimmed": lambda _, t: trimmed(t),
    "fold": lambda _, t: fold(t),
    "clean": clean,
    "slug": slug,
    "decimal": lambda _, t: canonical_decimal(_where(t.re_search(DECIMAL), t)),
    "amount": lambda _, t: amount(t, ",", "EUR"),
    "day": lambda _, t: date(t, ["YYYY-MM-DD", "DD.MM.YYYY", "YYYY"]),
    "doi": lambda _, t: identifier("doi", t),
    "ror": lambda _, t: identifier("ror", t),
    "address": lambda _, t: url(t),
    "back": lambda _, t: t.re_replace(r"(.)([.])", r"\2$\\\1"),
    "extract": lambda _, t: t.re_extract(r"([^/]*)$", 1),
    "nfc": lambda engine, t: engine.call("nfc", t.re_replace(r"\x00", "")),
    "sha256": lambda engine, t: engine.call("sha256", t),
    **{f"search {pattern}": _search(pattern) for pattern in PATTERNS},
    **{f"replace {pattern}": _replace(pattern) for pattern in PATTERNS},
}


def compare(engines: Both, data: Any, functions: dict[str, Callable[[Engine, Any], Any]]) -> None:
    """Run all functions over a column in one question per engine, and compare."""
    found = []
    for engine in engines:
        table = engine.table(data)
        values = {f"f{number}": function(engine, table.text) for number, function in enumerate(functions.values())}
        found.append(engine.to_pylist(table.select("row", **values).order_by("row")))
    for one, other in zip(*found, strict=True):
        wrong = {name: (one[f"f{number}"], other[f"f{number}"]) for number, name in enumerate(functions) if one[f"f{number}"] != other[f"f{number}"]}
        assert not wrong, (data.column("text")[one["row"]].as_py(), wrong)


def rows(texts: list[Any]) -> Any:
    import pyarrow as pa

    return pa.table({"text": pa.array(texts, pa.string()), "row": range(len(texts))})


@pytest.mark.parametrize("part", range(3))
def test_functions_of_texts_known_to_be_nasty(engines: Both, part: int) -> None:
    names = sorted(TEXT_FUNCTIONS)[part::3]
    compare(engines, rows([*NASTY, None]), {name: TEXT_FUNCTIONS[name] for name in names})


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), phases=PHASES)
@given(texts=TEXTS)
def test_functions_of_any_texts(engines: Both, texts: list[str]) -> None:
    compare(
        engines, rows(texts), {name: function for name, function in TEXT_FUNCTIONS.items() if not name.startswith("replace [") or "p{" not in name}
    )


def test_letters_one_by_one(engines: Both) -> None:
    """Every letter below U+3000 on its own: case, accents, normal form, blanks. What Unicode came to know later is another matter."""
    import unicodedata

    letters = [chr(number) for number in range(1, 0x3000) if unicodedata.category(chr(number)) not in ("Cn", "Cs")]
    chosen = {name: TEXT_FUNCTIONS[name] for name in ("lower", "strip", "trimmed", "nfc")}
    compare(engines, rows(letters), {**chosen, "strip_accents": lambda engine, t: engine.call("strip_accents", t)})


NUMBERS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", None]),
        st.none()
        | st.floats(-1e6, 1e6).map(lambda x: round(x, 9) + 0.0)
        | st.sampled_from([0.0, 0.5, 1.5, 2.5, -0.5, 1.0000005, 2.0000015, -1.0466255]),
        st.none() | st.integers(-(2**31), 2**31),
    ),
    min_size=1,
    max_size=40,
)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), phases=PHASES)
@given(numbers=NUMBERS)
def test_numbers_groups_and_orders(engines: Both, numbers: list[tuple[str | None, float | None, int | None]]) -> None:
    import ibis
    import pyarrow as pa

    key, real, whole = zip(*numbers, strict=True)
    data = pa.table(
        {"key": pa.array(key, pa.string()), "real": pa.array(real, pa.float64()), "whole": pa.array(whole, pa.int64()), "row": range(len(key))}
    )
    found: list[list[Any]] = []
    for engine in engines:
        t = engine.table(data)
        each = t.select(
            "row",
            rounded=t.real.round(6) + 0.0,
            places=t.real.round(6).cast("decimal(18, 6)").cast("string"),
            near=t.real.cast("int64"),
            ratio=t.whole / ibis.ifelse(t.whole > 0, t.whole - t.whole, 3),
            half=t.whole // 2,
            left=t.whole % 7,
            sized=t.whole.abs(),
            least=ibis.least(t.real, 1.0),
            missing=t.real.isnull(),
            number=ibis.row_number().over(group_by=t.key, order_by=[t.real.desc(), t.row]),
            first=ibis.row_number().over(order_by=[t.key, t.whole, t.row]),
            text=t.whole.cast("string"),
        )
        grouped = t.group_by("key").aggregate(
            middle=t.real.median() + 0.0,
            middles=t.real.median(where=t.whole > 0) + 0.0,
            whole_middle=t.whole.median(),
            low=t.real.argmin(t.row),
            high=t.key.argmax(t.row, where=t.whole > 0),
            count=t.count(),
            some=t.count(where=t.whole > 0),
            kinds=t.whole.nunique(),
            total=t.whole.sum().cast("int64"),
            yes=(t.whole > 0).sum(),
            most=t.whole.max(),
            any=(t.whole > 0).any(),
        )
        unnested = t.select(
            "row",
            part=ibis.array(
                [ibis.struct({"name": ibis.literal("k"), "value": t.key}), ibis.struct({"name": ibis.literal("w"), "value": t.whole.cast("string")})]
            ).unnest(),
        )
        unnested = unnested.select("row", name=unnested.part["name"], value=unnested.part["value"])
        found.append(
            [
                engine.to_pylist(each.order_by("row")),
                engine.to_pylist(grouped.order_by("key")),
                engine.to_pylist(unnested.order_by("row", "name")),
                engine.to_pylist(t.order_by(t.key, t.real.desc(), t.row).select("row")),
                engine.to_pylist(t.left_join(t.select(key="key", other="row"), "key").select("row", "other").order_by("row", "other")),
                engine.to_pylist(t.anti_join(t.filter(t.whole > 0), "key").select("row").order_by("row")),
            ]
        )
    for one, other in zip(*found, strict=True):
        assert [{k: repr(v) for k, v in row.items()} for row in one] == [{k: repr(v) for k, v in row.items()} for row in other]


@pytest.mark.parametrize(
    ("pattern", "java"),
    [
        (r"^a.$", r"(?d)^a.\z"),
        (r"[$]", r"(?d)[$]"),
        (r"\$", r"(?d)\$"),
        (r"\s[\s]\S", r"(?d)[\t\n\f\r ][\t\n\f\r ][^\t\n\f\r ]"),
        (r"(?i)a(?i:b)(?-s)", r"(?d)(?iu)a(?iu:b)(?-s)"),
        (r"[]a[&&]", r"(?d)[\]a\[\&\&]"),
        (r"(?P<x>a)", r"(?d)(?<x>a)"),
        (r"\Qa$\E$", r"(?d)a\$\z"),
    ],
)
def test_patterns_in_the_dialect_of_java(pattern: str, java: str) -> None:
    assert java_pattern(pattern) == java


def test_replacements_in_the_dialect_of_java() -> None:
    assert java_replacement(r"\1-\2$\\") == r"$1-$2\$\\"
