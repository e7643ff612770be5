"""The difference between two releases as files: complete, sorted, safe in a spreadsheet, and a patch that leads from one to the other byte for byte."""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kg.errors import InputError
from kg.namespaces import BASE, INNO, OWL, RDF, SCHEMA, SKOS
from kg.quads import Quad, canonical_lines
from kg.release import changes, changes_files
from tests.diff.tables import quad, quads
from tests.release.states import EDITION, GONE, KOSI, NEW, OLD, REPLACED, SUCCESSOR, UPDATE, Two, frozen, two

__all__ = ["two"]


def read(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "changes.json").read_text(encoding="utf-8"))
    return found


def write(folder: Path, old: Iterable[Quad] | None, new: Iterable[Quad], **more: Any) -> changes.Changes:
    """Write the difference of two small releases into the folder of the second one."""
    if old is not None:
        frozen(folder / "1", "1", old)
    manifest = frozen(folder / "2", "2", new, **more)
    return changes.write(folder / "2", None if old is None else folder / "1", folder / "2" / "small.parquet", manifest)


def applied(old: Iterable[str], patch: str) -> list[str]:
    """Apply a patch to lines of N-Quads; a delete of what is not there, or an add of what is, would be no exact patch."""
    held = set(old)
    rows = patch.removesuffix("\n").split("\n")
    assert rows.count("TX .") == rows.count("TC .") == 1
    assert rows[-1] == "TC ."
    for row in rows[rows.index("TX .") + 1 : -1]:
        operation, line = row.split(" ", 1)
        (held.remove if operation == "D" else held.add)(line)
    return sorted(held)


def named(name: str, label: str, cls: str = INNO.Organisation) -> list[Quad]:
    """Return an entity of example.org with a name."""
    node = f"https://example.org/id/organisation/{name}"
    return [
        Quad(node, RDF.type, cls, "iri", "", "", "https://example.org/graph/g", ""),
        Quad(node, SKOS.prefLabel, label, "literal", RDF.langString, "en", "https://example.org/graph/g", ""),
    ]


# --- two states of Dortmund ------------------------------------------------------------------------------------------------------


def test_every_difference_is_listed_and_nothing_else(two: Two) -> None:
    found = read(two.new.path)
    assert (found["from"]["version"], found["to"]["version"]) == (OLD, NEW)
    assert found["to"] == {"version": NEW, "dataset": f"{BASE}releases/{NEW}", "issued": "2026-12-22"}
    assert {one["iri"] for one in found["changed"]} == {KOSI, UPDATE, EDITION}
    assert found["new"] == found["derived"] == []
    assert found["counts"] == {"withdrawn": 2, "new": 0, "changed": 3, "derived": 0}
    withdrawn = {one["iri"]: one for one in found["withdrawn"]}
    assert list(withdrawn) == [GONE, REPLACED]
    assert (withdrawn[REPLACED]["status"], withdrawn[REPLACED]["successor"], withdrawn[REPLACED]["registered"]) == ("replaced", SUCCESSOR, True)
    assert (withdrawn[GONE]["status"], withdrawn[GONE]["successor"], withdrawn[GONE]["registered"]) == ("gone", None, False)
    assert withdrawn[REPLACED]["label"] == {"de": "ProjectTogether", "en": "ProjectTogether"}
    kinds = {one["iri"]: one for one in found["changed"]}
    assert kinds[KOSI]["properties"] == [SCHEMA.endDate]
    assert kinds[KOSI]["kinds"] == ["participation", "property", "source"]
    assert kinds[EDITION]["kinds"] == ["decision"]
    assert kinds[EDITION]["label"]["en"] == "European Capital of Innovation Award 2014"


def test_the_table_says_the_same_as_the_lists(two: Two) -> None:
    with (two.new.path / "changes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = read(two.new.path)
    assert [(row["change"], row["iri"]) for row in rows] == [(name, one["iri"]) for name in changes_files.LISTS for one in found[name]]
    assert {row["iri"]: row["successor"] for row in rows if row["successor"]} == {REPLACED: SUCCESSOR}


def test_the_patch_makes_the_new_file_of_the_old_one(two: Two) -> None:
    old, new = ((one.path / "dortmund.nq").read_text(encoding="utf-8").removesuffix("\n").split("\n") for one in (two.old, two.new))
    patch = (two.new.path / "changes.rdfp").read_text(encoding="utf-8")
    assert patch.startswith(f"H id <{BASE}releases/{NEW}> .\nH prev <{BASE}releases/{OLD}> .\nTX .\n")
    assert applied(old, patch) == sorted(new)


def test_the_first_release_says_so(two: Two) -> None:
    found = read(two.old.path)
    assert found["from"] is None
    assert found["statements"] is None
    assert all(found[name] == [] for name in changes_files.LISTS)
    assert (two.old.path / "changes.rdfp").read_text(encoding="utf-8") == f"H id <{BASE}releases/{OLD}> .\nTX .\nTC .\n"


def test_the_same_releases_give_the_same_bytes_whatever_the_size_of_a_batch(two: Two, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes_files, "BATCH", 1)
    again = changes.write(tmp_path, two.old.path, two.new.path / "dortmund.parquet", two.new.manifest)
    for name in changes.FILES:
        assert (tmp_path / name).read_bytes() == (two.new.path / name).read_bytes(), name
    assert again.unregistered == (1, (GONE,))


def test_a_settled_contradiction_is_told_by_what_it_is_about(two: Two, tmp_path: Path) -> None:
    found = changes.write(tmp_path, two.old.path, two.new.path / "dortmund.parquet", two.new.manifest)
    assert found.came == ()
    assert found.open[0] == found.open[1] + 1
    assert [(one.about, one.one.en, one.other.en) for one in found.settled] == [(EDITION, "Amsterdam", "Barcelona")]
    assert found.settled[0].how is not None
    assert "rejected" in found.settled[0].how.en
    back = changes.write(tmp_path, two.new.path, two.old.path / "dortmund.parquet", two.old.manifest)
    assert [one.about for one in back.came] == [EDITION]
    assert back.settled == ()


# --- small graphs ----------------------------------------------------------------------------------------------------------------


@settings(
    max_examples=8, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(quads, max_size=10), st.lists(quads, max_size=10))
def test_any_two_graphs_have_an_exact_patch_and_a_whole_list(old: list[Quad], new: list[Quad]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, old, new)
        patch = (folder / "2" / "changes.rdfp").read_text(encoding="utf-8")
        assert applied(canonical_lines(old), patch) == canonical_lines(new)
        # Also by a parser that is not ours.
        data = {str(one) for one in ox.parse("\n".join(canonical_lines(old)).encode(), format=ox.RdfFormat.N_QUADS)}
        for line in patch.removesuffix("\n").split("\n"):
            if line[:2] in ("A ", "D "):
                parsed = {str(one) for one in ox.parse(line[2:].encode(), format=ox.RdfFormat.N_QUADS)}
                data = data | parsed if line[0] == "A" else data - parsed
        assert data == {str(one) for one in ox.parse("\n".join(canonical_lines(new)).encode(), format=ox.RdfFormat.N_QUADS)}
        found = read(folder / "2")
        before, after = ({one.subject for one in side} for side in (old, new))
        assert {one["iri"] for one in found["new"]} == after - before
        assert {one["iri"] for one in found["withdrawn"]} == before - after
        changed = {one.subject for one in {q._replace(origin="") for q in old} ^ {q._replace(origin="") for q in new}} & before & after
        assert {one["iri"] for one in found["changed"]} == changed


def test_no_cell_becomes_a_formula(tmp_path: Path) -> None:
    evil = ("=HYPERLINK(1)", "+1", "-1", "@x", "\t=1", " =1", "＝1")
    write(tmp_path, [], [one for number, text in enumerate(evil) for one in named(f"x{number}", text)])
    with (tmp_path / "2" / "changes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(evil)
    assert all(row["label_en"].startswith("'") for row in rows)
    assert {one["label"]["en"] for one in read(tmp_path / "2")["new"]} == set(evil)


def test_a_class_that_loses_more_than_a_twentieth_raises_an_alarm(tmp_path: Path) -> None:
    every = [one for number in range(20) for one in named(f"n{number}", f"Body {number}")]
    found = write(tmp_path, every, every[2:])
    assert not [text for text in found.alarms if "Organisations" in text.en and "lost" in text.en]
    found = write(tmp_path / "more", every, every[4:])
    assert next(text.de for text in found.alarms) == "Organisationen: 20 → 18 – 10,0 % verloren"
    assert found.unregistered[0] == 2


def test_a_retired_entity_is_no_alarm_and_a_blank_node_no_entity(tmp_path: Path) -> None:
    before = [*named("a", "A"), quad("_:b", "p", "_:c")]
    gone = Quad("https://example.org/id/organisation/a", OWL.deprecated, "true", "literal", "", "", "https://example.org/graph/g", "")
    found = write(tmp_path, before, [gone, quad("_:b", "p", "_:d"), quad("_:d", "p", "_:e")])
    assert found.unregistered == (0, ())
    assert [(one["iri"], one["status"], one["registered"]) for one in read(tmp_path / "2")["withdrawn"]] == [
        ("https://example.org/id/organisation/a", "gone", True)
    ]
    assert "_:" not in (tmp_path / "2" / "changes.json").read_text(encoding="utf-8")


def test_without_an_exact_patch_nothing_is_applied_and_it_is_said(tmp_path: Path) -> None:
    # Two rings of blank nodes that look alike from each node.
    ring = [quad(f"_:x{number}", "p", f"_:x{(number + 1) % 12}") for number in range(12)]
    rings = [quad(f"_:y{number}", "p", f"_:y{number // 6 * 6 + (number + 1) % 6}") for number in range(12)]
    found = write(tmp_path, [*ring, *named("a", "A")], [*rings, *named("a", "B")])
    text = (tmp_path / "2" / "changes.rdfp").read_text(encoding="utf-8")
    assert "TX" not in text
    assert "# No exact patch" in text
    assert any("changes.rdfp" in remark.de for remark in found.remarks)


@pytest.mark.parametrize("damage", ["manifest", "json", "table", "other"])
def test_a_damaged_release_before_is_one_clear_error(tmp_path: Path, damage: str) -> None:
    frozen(tmp_path / "1", "1", named("a", "A"))
    if damage == "manifest":
        (tmp_path / "1" / "manifest.json").unlink()
    elif damage == "json":
        (tmp_path / "1" / "manifest.json").write_text("[]", encoding="utf-8")
    elif damage == "table":
        (tmp_path / "1" / "small.parquet").unlink()
    else:
        (tmp_path / "1" / "small.parquet").write_bytes(b"PAR1 no")
    manifest = frozen(tmp_path / "2", "2", named("a", "B"))
    with pytest.raises(InputError) as caught:
        changes.write(tmp_path / "2", tmp_path / "1", tmp_path / "2" / "small.parquet", manifest)
    assert str(tmp_path / "1") in caught.value.text("en")
    assert caught.value.fix is not None
    assert caught.value.text("de") != caught.value.text("en")
