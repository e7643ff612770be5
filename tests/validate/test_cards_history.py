"""What is kept of reports on builds: the index is the report again, new and first seen follow the builds before, nothing is half written."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.build import Build
from kg.errors import KgError
from kg.portal.quality_inbox import Filters, Inbox
from kg.validate import Report, Result, make_report, to_json
from kg.validate.history import BASELINE, HISTORY, KEPT, index_path, read_history, remember
from kg.validate.report import SEVERITIES, Origin

SHAPE = "https://example.org/shapes#S"


def finding(number: int, severity: str = "Warning", shape: str = SHAPE, file: str = "a/entities.csv") -> Result:
    focus = f"https://example.org/id/project/p{number:03}"
    message = {"de": "Falsch. Ändern.", "en": "Wrong. Change it."}
    return Result(severity, shape, "https://example.org/c", focus, f"Project {number}", "", focus, message, "x", "y", (Origin(file, number),))


def report(*results: Result) -> Report:
    return make_report(results, "reference")


def build(root: Path, name: str, day: int) -> Build:
    """A build that is nothing but its record: it has no store, so that nothing is known of classes."""
    return Build(root / "graphs" / name, {"id": name, "created": f"2026-01-{day:02}T00:00:00Z"})


def inbox(folder: Path, name: str) -> Inbox:
    found = Inbox.open(index_path(folder, name), name)
    assert found is not None
    return found


def test_the_index_is_the_report_again(tmp_path: Path) -> None:
    made = report(*(finding(n, SEVERITIES[n % 3], f"{SHAPE}{n % 2}") for n in range(1, 40)))
    remember(made, build(tmp_path, "b1", 1), tmp_path)
    box = inbox(tmp_path, "b1")
    assert tuple(box.findings(Filters(), limit=1000)) == made.results
    assert box.counts() == made.severities
    lines = box.rules(Filters())
    assert sum(line.results for line in lines) == len(made.results)
    assert [SEVERITIES.index(line.severity) for line in lines] == sorted(SEVERITIES.index(line.severity) for line in lines)
    assert box.failing(f"{SHAPE}1", [finding(1).focus, finding(2).focus, "no"]) == {finding(1).focus}


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.sampled_from(SEVERITIES), st.sampled_from(["r1", "r2"]), st.sampled_from(["f1.csv", "f2.csv"])), max_size=40
    )
)
def test_summaries_are_what_counting_gives(tmp_path_factory: pytest.TempPathFactory, drawn: list[tuple[int, str, str, str]]) -> None:
    folder = tmp_path_factory.mktemp("h")
    made = report(*(finding(number, severity, SHAPE + rule, file) for number, severity, rule, file in drawn))
    remember(made, build(folder, "b", 1), folder)
    box = inbox(folder, "b")
    # A file narrows by counting, without one the summary answers: together the files give the whole.
    for line in box.rules(Filters()):
        chosen = [one for one in made.results if (one.shape, one.severity) == (line.shape, line.severity)]
        assert (line.results, line.entities) == (len(chosen), len({one.focus for one in chosen}))
        assert set(line.files) == {place.file for one in chosen for place in one.origin}
    for file in ("f1.csv", "f2.csv"):
        counted = sum(line.results for line in box.rules(Filters(file=file)))
        assert counted == sum(any(place.file == file for place in one.origin) for one in made.results)
    for rule in {one.shape for one in made.results}:
        total, page = box.entities(Filters(rule=rule), 1)
        assert total >= len(page)
        assert len(page) == min(total, 10)


def test_new_and_first_seen(tmp_path: Path) -> None:
    remember(report(finding(1), finding(2)), build(tmp_path, "b1", 2), tmp_path)
    assert inbox(tmp_path, "b1").baseline == ""
    assert sum(inbox(tmp_path, "b1").counts(new=True).values()) == 0, "without a baseline nothing is new"
    for _ in range(2):  # validating again changes nothing
        remember(report(finding(2), finding(3)), build(tmp_path, "b2", 3), tmp_path)
        box = inbox(tmp_path, "b2")
        assert box.baseline == "b1"
        assert [one.focus for one in box.findings(Filters(new=True), limit=10)] == [finding(3).focus]
        (line,) = box.rules(Filters())
        assert (line.results, line.new, line.first) == (2, 1, "2026-01-02T00:00:00Z")
        assert box.rules(Filters(new=True))[0].first == "2026-01-03T00:00:00Z"
        assert box.entities(Filters(rule=SHAPE, new=True), 1)[0] == 1
    # An older build that is validated late is compared with what was before it, not with what came after.
    remember(report(finding(9)), build(tmp_path, "b0", 1), tmp_path)
    assert inbox(tmp_path, "b0").baseline == ""
    assert [line.build for line in read_history(tmp_path)] == ["b0", "b1", "b2"]


@pytest.mark.parametrize("compact", [False, True])
def test_a_baseline_file_wins(tmp_path: Path, compact: bool) -> None:
    remember(report(finding(1)), build(tmp_path, "b1", 1), tmp_path)
    text = to_json(report(finding(2)))
    (tmp_path / BASELINE).write_text(json.dumps(json.loads(text)) if compact else text)
    remember(report(finding(1), finding(2)), build(tmp_path, "b2", 2), tmp_path)
    box = inbox(tmp_path, "b2")
    assert box.baseline == BASELINE
    assert [one.focus for one in box.findings(Filters(new=True), limit=10)] == [finding(1).focus]


@pytest.mark.parametrize("content", [b"{}", b"[1]", b"nonsense", b"\xff\xfe", b'{"results": [1]}'])
def test_a_baseline_that_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / BASELINE).write_bytes(content)
    with pytest.raises(KgError, match="no report") as error:
        remember(report(finding(1)), build(tmp_path, "b1", 1), tmp_path)
    assert error.value.fix is not None
    assert [path.name for path in tmp_path.iterdir()] == [BASELINE]


def test_history_keeps_one_line_per_build_and_a_few_indexes(tmp_path: Path) -> None:
    for day in range(1, 8):
        remember(report(*(finding(n) for n in range(day))), build(tmp_path, f"b{day}", day), tmp_path)
    remember(report(), build(tmp_path, "b7", 7), tmp_path)
    lines = read_history(tmp_path)
    assert [line.counts["Warning"] for line in lines] == [1, 2, 3, 4, 5, 6, 0]
    assert sorted(path.stem for path in tmp_path.glob("*.sqlite")) == [f"b{day}" for day in range(8 - KEPT, 8)]
    assert (tmp_path / HISTORY).read_text().splitlines()[0] == "date,build,violations,warnings,infos,rules,findings"


def test_a_history_that_is_damaged_and_an_index_that_is_none(tmp_path: Path) -> None:
    (tmp_path / HISTORY).write_bytes(b"date,build,violations\n=1+1,x,\xff\n\x00\n")
    assert read_history(tmp_path) == []
    index_path(tmp_path, "b1").write_bytes(b"not a database")
    assert Inbox.open(index_path(tmp_path, "b1"), "b1") is None
    remember(report(finding(1)), build(tmp_path, "b2", 2), tmp_path)
    assert Inbox.open(index_path(tmp_path, "b2"), "b1") is None, "an index of another build is not shown"


def test_hostile_texts_are_kept_as_they_are(tmp_path: Path) -> None:
    odd = replace(finding(1), focus_label="=HYPERLINK('x') \ud800 \x00 '; DROP TABLE finding; --", found="<script>")
    remember(report(odd), build(tmp_path, "b1", 1), tmp_path)
    (one,) = inbox(tmp_path, "b1").findings(Filters(), limit=5)
    assert one.found == "<script>"
    assert "DROP TABLE" in one.focus_label
    assert inbox(tmp_path, "b1").rules(Filters(file="' OR 1=1 --")) == []


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "report").write_text("a file")
    with pytest.raises(KgError, match="file stands where"):
        remember(report(finding(1)), build(tmp_path, "b1", 1), tmp_path / "report")
