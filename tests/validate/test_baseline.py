"""Baselines: ids stay where rows move; what is no baseline is refused in one sentence that says what to do."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import InputError
from kg.sources.lossless import LosslessTable
from kg.validate import Origin, Report, make_report, render, validate
from kg.validate.baseline import MAX_BASELINE, Baseline, compare, read_baseline
from kg.validate.report import TABLE
from kg.validate.select import Filters, select
from tests.validate.base import small_folder
from tests.validate.planted import plant
from tests.validate.test_formats_machine import numbered
from tests.validate.test_report import RESULT

FORMS = ("json", "sarif")


def kept(report: Report, folder: Path, form: str = "json", filters: Filters | None = None) -> Baseline:
    file = folder / f"kept.{form}"
    file.write_text(render(select(report, filters or Filters()), form), encoding="utf-8")
    return read_baseline(file)


@pytest.mark.parametrize("form", FORMS)
def test_rows_move_and_nothing_is_new(tmp_path: Path, form: str) -> None:
    """Rows inserted above, faults with an id, without one, several alike, and a record of the wrong length."""
    folder = plant(tmp_path / "dortmund")
    for name in ("entities", "relations"):
        table = LosslessTable.read(folder / f"{name}.csv")
        table.append(table.row(20))
        if name == "entities":
            table.append({"type": "Project", "label_de": "Ohne Kennung"})
            table.append({"type": "Project", "label_de": "Auch ohne Kennung"})
        (folder / f"{name}.csv").write_bytes(table.data() + b"zu,wenig\r\n" * 2)
    before = validate([folder])
    baseline = kept(before, tmp_path, form)
    for name, identifier in (("entities", "neu-eins"), ("relations", "")):
        data = (folder / f"{name}.csv").read_bytes()
        cut = LosslessTable(data.removesuffix(b"zu,wenig\r\n" * 2))
        good = {
            **cut.row(36 if name == "entities" else 3),
            **(
                {"entity_id": identifier, "label_de": "Neu Eins", "label_en": "New One", "alt_labels": ""}
                if identifier
                else {"role": "Neu", "evidence": "Neu."}
            ),
        }
        cut.insert(2, good)
        (folder / f"{name}.csv").write_bytes(cut.data() + b"zu,wenig\r\n" * 2)
    after = validate([folder])
    change = compare(after, baseline)
    added = [result for result in after.results if result.id in change.new]
    assert [(result.shape, result.focus) for result in added if "neu-eins" not in result.focus] == []
    assert change.fixed == ()
    assert len(change.known) == len(before.results)
    assert {result.origin[0].row for result in before.results if result.component == TABLE} != {
        result.origin[0].row for result in after.results if result.component == TABLE
    }


@pytest.mark.parametrize("form", FORMS)
def test_new_known_and_fixed(tmp_path: Path, form: str) -> None:
    results = numbered(10)
    change = compare(make_report(results[3:], "r"), kept(make_report(results[:7], "r"), tmp_path, form))
    assert (len(change.new), len(change.known), len(change.fixed)) == (3, 4, 3)
    assert {finding.focus_label for finding in change.fixed} == {"E 0", "E 1", "E 2"}
    assert change.new == {result.id for result in results[7:]}


def test_equal_faults_are_counted() -> None:
    """Of three cells with the same fault one is mended: one is fixed, none is new."""
    cells = [replace(RESULT, component=TABLE, focus=f"a.csv#{row}", path="x", origin=(Origin("a.csv", row),)) for row in (2, 5, 9)]
    before, after = (
        make_report(cells, "r"),
        make_report(
            [replace(cell, focus=f"b/a.csv#{row}", origin=(Origin("b/a.csv", row),)) for cell, row in zip(cells[1:], (6, 10), strict=True)], "r"
        ),
    )
    baseline = Baseline(tuple(known for known in _known(before)))
    change = compare(after, baseline)
    assert (len(change.new), len(change.known), len(change.fixed)) == (0, 2, 1)
    assert (
        len(
            compare(
                make_report([*after.results, *[replace(cells[0], focus=f"a.csv#{n}", origin=(Origin("a.csv", n),)) for n in (20, 21)]], "r"), baseline
            ).new
        )
        == 1
    )


def _known(report: Report) -> list[Any]:
    from kg.validate.baseline import _from_json

    return [_from_json(item) for item in json.loads(render(report, "json"))["results"]]


def test_blank_nodes_may_be_numbered_anew() -> None:
    nodes = [replace(RESULT, focus=f"_:f1b{n}", origin=(Origin("a.ttl", n),)) for n in (1, 2)]
    moved = [replace(node, focus=f"_:f1b{n + 7}", origin=(Origin("a.ttl", n + 7),)) for n, node in enumerate(nodes)]
    change = compare(make_report(moved, "r"), Baseline(tuple(_known(make_report(nodes, "r")))))
    assert (len(change.new), len(change.fixed)) == (0, 0)


@given(before=st.sets(st.integers(0, 30)), after=st.sets(st.integers(0, 30)))
def test_new_known_and_fixed_are_sets(before: set[int], after: set[int]) -> None:
    every = numbered(31)
    change = compare(make_report([every[n] for n in after], "r"), Baseline(tuple(_known(make_report([every[n] for n in before], "r")))))
    assert (len(change.new), len(change.known), len(change.fixed)) == (len(after - before), len(after & before), len(before - after))


def test_what_was_not_looked_at_is_not_fixed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = small_folder(tmp_path / "data" / "small")
    places = ["data/small/entities.csv", str(folder / "entities.csv"), "small/entities.csv", "data/small/relations.csv", "other/entities.csv"]
    baseline = Baseline(
        tuple(_known(make_report([replace(RESULT, focus=f"e{n}", origin=(Origin(place, 2),)) for n, place in enumerate(places)], "r")))
    )
    empty = make_report([], "r")
    for scope, fixed in (([Path("data/small/entities.csv")], 3), ([Path("data/small")], 4), ([Path("data")], 3), ([Path("nothing")], 0)):
        change = compare(empty, baseline, scope)
        assert (len(change.fixed), change.unseen) == (fixed, 5 - fixed), scope
    assert len(compare(empty, baseline).fixed) == 5
    change = compare(empty, baseline, [Path("data/small/entities.csv")])
    assert "2 findings of the baseline lie in files that were not looked at now." in render(select(empty, comparison=change))


@pytest.mark.parametrize("form", FORMS)
def test_a_baseline_that_was_filtered_says_so(tmp_path: Path, form: str) -> None:
    report = make_report([*numbered(3), replace(RESULT, shape="https://example.org/s")], "r")
    baseline = kept(report, tmp_path, form, Filters(shapes=("EventShape-startDate",)))
    assert baseline.partial == "EventShape-startDate"
    text = render(select(report, comparison=compare(report, baseline)))
    assert "The baseline holds only a part of the findings of its time (EventShape-startDate): what it left out counts as new." in text
    assert kept(report, tmp_path, form, Filters(shapes=("EventShape-startDate", "https://example.org/s"))).partial == ""


def changed(**keys: Any) -> Callable[[dict[str, Any]], str]:
    return lambda data: json.dumps({**data, **keys})


def first(**keys: Any) -> Callable[[dict[str, Any]], str]:
    return lambda data: json.dumps({**data, "results": [{**data["results"][0], **keys}]})


JSON_FAULTS: list[tuple[Callable[[dict[str, Any]], str], str]] = [
    (changed(version="2"), "version '2'; this program reads version '1'"),
    (changed(version=1), "version 1; this program"),
    (changed(results={}), "no report"),
    (changed(results=[1]), "Finding 1 of the baseline is incomplete"),
    (first(id="x"), "Finding 1"),
    (first(id=None), "Finding 1"),
    (first(severity="Bad"), "Finding 1"),
    (first(origin=[{"file": 1, "row": 2}]), "Finding 1"),
    (first(origin=7), "Finding 1"),
    (first(message=None), "Finding 1"),
    (first(message={"de": 1}), "Finding 1"),
    (lambda data: json.dumps(data)[:-40], "no JSON, line 1: cut off"),
    (lambda data: json.dumps([data]), "no report"),
    (lambda data: "{}", "no report"),
    (lambda data: "", "is empty"),
    (lambda data: " \n", "is empty"),
    (lambda data: "[" * 100_000, "no JSON"),
    (lambda data: "9" * 5_000, "no JSON"),
    (lambda data: "id,state\n1,2\n", "no JSON"),
]


@pytest.mark.parametrize(("spoil", "words"), JSON_FAULTS, ids=[words for _, words in JSON_FAULTS])
def test_what_is_no_report_is_refused(tmp_path: Path, spoil: Callable[[dict[str, Any]], str], words: str) -> None:
    data = json.loads(render(make_report([RESULT], "r"), "json"))
    file = tmp_path / "base.json"
    file.write_text(spoil(data), encoding="utf-8")
    refuse(file, words)


def refuse(file: Path, words: str) -> None:
    with pytest.raises(InputError) as error:
        read_baseline(file)
    assert words in error.value.text("en")
    assert error.value.where == str(file)
    assert error.value.fix is not None
    assert "kg validate --format json --output" in error.value.fix.en or "--shape" in error.value.fix.en
    assert error.value.text("de") != error.value.text("en")


@pytest.mark.parametrize("data", [b"\x00\x01\x02\xff\xfe", bytes(range(256)), '{"a": 1}'.encode("utf-16"), b"\x1f\x8b\x08\x00abc\x99"])
def test_binary_files_are_refused(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "base.json"
    file.write_bytes(data)
    refuse(file, "no text in UTF-8")


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    refuse(tmp_path / "none.json", "no such baseline")
    refuse(tmp_path, "cannot be read")
    file = tmp_path / "large.json"
    with file.open("wb") as target:
        target.truncate(50_000_000)
    assert file.stat().st_size > MAX_BASELINE
    refuse(file, "has 47 MB, more than 40 MB")


SARIF_FAULTS: list[tuple[Callable[[dict[str, Any]], Any], str]] = [
    (lambda log: {**log, "version": "2.0.0"}, "version 'SARIF 2.0.0'"),
    (lambda log: {**log, "runs": []}, "no report"),
    (lambda log: {**log, "runs": 3}, "no report"),
    (lambda log: {**log, "runs": [{"tool": {"driver": {"name": "ESLint"}}, "results": []}]}, "another program: 'ESLint'"),
    (lambda log: {**log, "runs": [{**log["runs"][0], "results": None}]}, "no report"),
    (lambda log: {**log, "runs": [{**log["runs"][0], "properties": 3}]}, "no report"),
    (lambda log: json.loads(json.dumps(log).replace("kgFinding/v1", "kgFinding/v2")), "version 'kgFinding/v2'"),
    (lambda log: json.loads(json.dumps(log).replace('"focus"', '"fokus"')), "Finding 1"),
    (lambda log: {**log, "runs": [{**log["runs"][0], "results": [3]}]}, "Finding 1"),
]


@pytest.mark.parametrize(("spoil", "words"), SARIF_FAULTS, ids=[str(n) for n in range(len(SARIF_FAULTS))])
def test_sarif_of_others_and_of_other_versions_is_refused(tmp_path: Path, spoil: Callable[[dict[str, Any]], Any], words: str) -> None:
    log = json.loads(render(make_report([RESULT], "r"), "sarif"))
    file = tmp_path / "base.sarif"
    file.write_text(json.dumps(spoil(log)), encoding="utf-8")
    refuse(file, words)


def test_a_report_without_version_is_of_version_1(tmp_path: Path) -> None:
    data = json.loads(render(make_report([RESULT], "r"), "json"))
    del data["version"]
    file = tmp_path / "base.json"
    file.write_bytes(b"\xef\xbb\xbf" + json.dumps(data).encode())
    assert [finding.id for finding in read_baseline(file).findings] == [RESULT.id]
