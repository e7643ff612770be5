"""Agreement of two coders: textbook examples, laws, and every way in which a sheet can be wrong."""

from __future__ import annotations

import csv
import json
import math
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.analyse.coders import TEXT, Agreement, agreement
from kg.analyse.reliability import alpha, intervals, kappa
from kg.analyse.sheets import COLUMNS, SECOND_COLUMNS
from kg.errors import AnalysisError

PAIRS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1, max_size=12)


def columns(*coders: str) -> list[tuple[str | None, ...]]:
    """Return the units of coders whose values stand in lines; a dot is none."""
    lines = [[None if value == "." else value for value in line.split()] for line in coders]
    return list(zip(*lines, strict=True))


def test_krippendorff_2011_section_c() -> None:
    units = columns(
        "1 2 3 3 2 1 4 1 2 . . .",
        "1 2 3 3 2 2 4 1 2 5 . 3",
        ". 3 3 3 2 3 4 2 2 5 1 .",
        "1 2 3 3 2 4 4 1 2 5 1 .",
    )
    assert alpha(units) == pytest.approx(0.743, abs=5e-4)


def test_krippendorff_2011_two_observers() -> None:
    # Section A, binary; section B, five categories.
    assert alpha(columns("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0")) == pytest.approx(0.095, abs=5e-4)
    assert alpha(columns("a a b b d c c c e d d a", "b a b b b c c c e d d d")) == pytest.approx(0.692, abs=5e-4)


def test_kappa_by_hand() -> None:
    # 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: p_o = 0.7, p_e = 0.5 · 0.6 + 0.5 · 0.4 = 0.5, kappa = 0.4.
    # Variance (Fleiss, Cohen, Everitt): (0.04624 + 0.06348 + 0.36 · 0.283 − 0.01) / (50 · 0.25) = 0.016128.
    found = kappa([("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15)
    assert found is not None
    assert found.value == pytest.approx(0.4)
    assert found.error == pytest.approx(math.sqrt(0.016128))


def test_undefined() -> None:
    assert kappa([]) is None
    assert kappa([("a", "a")] * 3) is None
    assert alpha([("a", "a")] * 3) is None
    assert alpha([("a", None), (None, "b")]) is None
    # Each gives one category, but another one: chance never agrees, and neither do they.
    opposed = kappa([("a", "b")] * 3)
    assert opposed is not None
    assert opposed.value == 0
    assert intervals([("a", "b")], 100, 1) == (None, None)
    assert intervals([("a", "a")] * 5, 100, 1) == (None, None)


@given(PAIRS)
def test_laws(pairs: list[tuple[str, str]]) -> None:
    turned = [(other, one) for one, other in pairs]
    renamed = [(one.upper(), other.upper()) for one, other in pairs]
    found = kappa(pairs)
    for changed in (kappa(turned), kappa(renamed), kappa(sorted(pairs))):
        assert (found is None) == (changed is None)
        if found and changed:
            assert changed == pytest.approx(found, abs=1e-9)
    if found:
        assert -1 <= found.value <= 1
        assert (found.value == pytest.approx(1)) == all(one == other for one, other in pairs)
    value = alpha(pairs)
    assert value == alpha(turned)
    # With both observers at hand: 1 − observed / expected disagreement, the latter over all pairs of different places.
    values = [code for pair in pairs for code in pair]
    expected = [one != other for i, one in enumerate(values) for j, other in enumerate(values) if i != j]
    if any(expected):
        observed = sum(one != other for one, other in pairs) / len(pairs)
        assert value == pytest.approx(1 - observed / (sum(expected) / len(expected)))
    else:
        assert value is None


@given(PAIRS, st.integers(0, 3))
def test_intervals_are_those_of_resamples(pairs: list[tuple[str, str]], seed: int) -> None:
    n = len(pairs)
    if n < 2:
        return
    found = intervals(pairs, 40, seed)
    times = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=40)
    samples = [[pair for pair, count in zip(pairs, row, strict=True) for _ in range(count)] for row in times.tolist()]
    kappas = [one.value for sample in samples if (one := kappa(sample))]
    alphas = [value for sample in samples if (value := alpha(sample)) is not None]
    for interval, values in zip(found, (kappas, alphas), strict=True):
        if len(values) < 20:
            assert interval is None
        else:
            assert interval is not None
            assert interval[:2] == pytest.approx(tuple(np.percentile(values, [2.5, 97.5])))
            assert interval.undefined == 40 - len(values)


def test_no_interval_from_few_resamples() -> None:
    # Two units that agree on two codes: a resample that holds one of them twice has a single category. With seed 0 these are 18 of 40, with seed 5 22.
    pairs = [("a", "a"), ("b", "b")]
    assert intervals(pairs, 40, 0)[0] == (1, 1, 18)
    assert intervals(pairs, 40, 5) == (None, None)


ROWS = [
    ("w1", "Partner", 8, "partner"),
    ("w2", "Koordination", 4, "coordinator"),
    ("w3", "Leitung", 1, "coordinator"),
    ("w4", "=1+1", 1, "unspecified"),
]


def sheets(folder: Path, codes: dict[str, str], change: Callable[[list[dict[str, str]]], object] | None = None) -> tuple[Path, Path]:
    """Write a codebook of four rows and a sheet with some codes."""
    own = [dict.fromkeys(COLUMNS, "") | {"id": i, "wording": w, "participations": str(n), "code": c, "label_de": c} for i, w, n, c in ROWS]
    other = [dict.fromkeys(SECOND_COLUMNS, "") | {"id": i, "wording": w, "code": codes.get(i, "")} for i, w, _, _ in reversed(ROWS)]
    if change:
        change(other)
    paths = folder / "codebook.csv", folder / "second-coder.csv"
    for path, head, rows in zip(paths, (COLUMNS, SECOND_COLUMNS), (own, other), strict=True):
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, head)
            writer.writeheader()
            writer.writerows(rows)
    return paths


FULL = {"w1": "partner", "w2": "coordinator", "w3": "partner", "w4": "unspecified"}


def test_agreement_by_hand(tmp_path: Path) -> None:
    found = agreement(*sheets(tmp_path, FULL), draws=200)
    assert found.percent == 75
    assert found.percent_weighted == pytest.approx(100 * 13 / 14)
    # Margins: partner 1 and 2, coordinator 2 and 1, unspecified 1 and 1: p_e = (2 + 2 + 1) / 16, kappa = (0.75 − 0.3125) / 0.6875.
    assert found.kappa is not None
    assert found.kappa.value == pytest.approx(0.4375 / 0.6875)
    # Eight values, three partner, three coordinator, two unspecified: 64 − 22 = 42; alpha = 1 − 7 · 2 / 42.
    assert found.alpha == pytest.approx(2 / 3)
    assert [(unit.id, unit.first, unit.second) for unit in found.disagreements] == [("w3", "coordinator", "partner")]
    assert found.confusion == {
        "coordinator": {"coordinator": 1, "partner": 1, "unspecified": 0},
        "partner": {"coordinator": 0, "partner": 1, "unspecified": 0},
        "unspecified": {"coordinator": 0, "partner": 0, "unspecified": 1},
    }
    assert list(found.rows()[0]) == list(Agreement.columns)


def test_a_row_without_a_code_is_missing(tmp_path: Path) -> None:
    found = agreement(*sheets(tmp_path, {**FULL, "w3": ""}), draws=50)
    assert (len(found.units), len(found.both), found.percent) == (4, 3, 100)
    assert found.alpha == 1
    assert TEXT["no-disagreements"]["de"] in found.text("de")
    assert [row["same"] for row in found.rows()] == [True, True, None, True]


def test_a_single_category(tmp_path: Path) -> None:
    found = agreement(*sheets(tmp_path, {"w2": "coordinator", "w3": "coordinator"}), draws=50)
    assert found.kappa is None
    assert found.alpha is None
    plain = json.dumps(found.to_json())
    assert "NaN" not in plain
    for lang in ("de", "en"):
        text = " ".join(found.text(lang).split())
        assert TEXT["kappa-undefined"][lang] in text
        assert TEXT["alpha-undefined"][lang] in text
        assert "nan" not in text.casefold().split()


def test_text_and_json(tmp_path: Path) -> None:
    paths = sheets(tmp_path, FULL)
    found = agreement(*paths)
    assert agreement(tmp_path, paths[1]).to_json() == found.to_json()
    assert agreement(*paths, seed=2).to_json() != found.to_json()
    plain = found.to_json()
    assert json.loads(json.dumps(plain)) == plain
    assert plain["method"]["seed"] == 1
    assert "0,636" in found.text("de")
    assert "0.636" in found.text("en")
    for lang in ("de", "en"):
        assert found.text(lang).splitlines()[-1].startswith("Method")
        assert plain["method"]["files"][1]["sha256"] in found.text(lang)


def test_case_and_space_of_codes(tmp_path: Path) -> None:
    assert agreement(*sheets(tmp_path, {**FULL, "w1": " Partner "}), draws=5).percent == 75


def change_code(rows: list[dict[str, str]]) -> None:
    rows[0]["code"] = "partnr"


def label_for_code(rows: list[dict[str, str]]) -> None:
    rows[0]["code"] = "assoziierter Partner"


def double(rows: list[dict[str, str]]) -> None:
    rows.append(rows[0])


def lose(rows: list[dict[str, str]]) -> None:
    rows.pop()


def stranger(rows: list[dict[str, str]]) -> None:
    rows.append({**rows[0], "id": "w9"})


def reword(rows: list[dict[str, str]]) -> None:
    rows[-1]["wording"] = "Partnerin"


def double_and_stranger(rows: list[dict[str, str]]) -> None:
    double(rows)
    stranger(rows)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (change_code, "Gemeint vielleicht partner"),
        (label_for_code, "associated-partner"),
        (double, "steht zweimal"),
        (lose, "fehlt"),
        (stranger, "nicht im Codebuch"),
        (reword, "ein anderer als im Codebuch"),
    ],
)
def test_wrong_sheets(tmp_path: Path, change: Callable[[list[dict[str, str]]], object], said: str) -> None:
    with pytest.raises(AnalysisError) as raised:
        agreement(*sheets(tmp_path, FULL, change))
    assert said in raised.value.text("de")
    assert "second-coder.csv" in raised.value.text("en")
    assert len(raised.value.problems) == 1


def test_all_problems_at_once(tmp_path: Path) -> None:
    with pytest.raises(AnalysisError) as raised:
        agreement(*sheets(tmp_path, dict.fromkeys(FULL, "nonsense"), double_and_stranger))
    assert Counter(one.code for one in raised.value.problems) == {"unknown-code": 5, "double-row": 1, "unknown-row": 1}
    assert "And 4 more." in raised.value.text("en")


def test_wrong_files(tmp_path: Path) -> None:
    first, second = sheets(tmp_path, FULL)
    with pytest.raises(AnalysisError) as raised:
        agreement(first, first)
    assert "second-coder.csv" in raised.value.text("de")
    with pytest.raises(AnalysisError):
        agreement(first, tmp_path / "none.csv")
    with pytest.raises(AnalysisError):
        agreement(second, second)
    with pytest.raises(AnalysisError):
        agreement(first, second, draws=0)
    with pytest.raises(AnalysisError) as raised:
        agreement(*sheets(tmp_path, {}))
    assert "codes.csv" in raised.value.text("en")
    second.write_bytes(b"id,wording,code\r\nw1,\xff,partner\r\n")
    with pytest.raises(AnalysisError) as raised:
        agreement(first, second)
    assert "UTF-8" in raised.value.text("de")


def test_formulas_are_defused_alike(tmp_path: Path) -> None:
    def with_apostrophe(rows: list[dict[str, str]]) -> None:
        next(row for row in rows if row["id"] == "w4")["wording"] = "'=1+1"

    assert agreement(*sheets(tmp_path, FULL, with_apostrophe), draws=5).percent == 75
