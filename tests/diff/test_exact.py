"""A difference is exact: it is the set difference of distinct quads, and its patch makes the new graph of the old one."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kg.diff.blank
import kg.diff.session
from kg.diff import diff_tables
from kg.errors import BuildError
from kg.quads import Quad, quad_text, to_oxigraph
from tests.diff.tables import quad, quads, table


def key(quads: Iterable[Quad]) -> set[Quad]:
    return {one._replace(origin="") for one in quads}


def applied(old: Iterable[Quad], patch: Iterable[str]) -> set[str]:
    """Apply a patch line by line; a delete of what is not there, or an add of what is, would be no exact patch."""
    held = {quad_text(one) for one in old}
    lines = list(patch)
    if lines:
        assert (lines[0], lines[-1]) == ("TX .\n", "TC .\n")
    rows = [line.rstrip("\n").split(" ", 1) for line in lines[1:-1]]
    assert [operation for operation, _ in rows] == sorted((operation for operation, _ in rows), reverse=True)
    for operation, row in rows:
        if operation == "D":
            held.remove(row)
        else:
            assert row not in held
            held.add(row)
    return held


def through_oxigraph(old: Iterable[Quad], patch: Iterable[str]) -> ox.Dataset:
    """Apply a patch by a parser that is not ours."""
    data = ox.Dataset([to_oxigraph(one) for one in old])
    for line in patch:
        if line[0] in "AD":
            for parsed in ox.parse(line[2:].encode(), format=ox.RdfFormat.N_QUADS, rename_blank_nodes=False):
                (data.add if line[0] == "A" else data.remove)(parsed)
    return data


def canonical(data: ox.Dataset) -> set[str]:
    data.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {str(one) for one in data}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(quads, max_size=12), st.lists(quads, max_size=12), st.booleans())
def test_the_difference_is_the_difference_of_sets_and_the_patch_is_exact(old: list[Quad], new: list[Quad], passes: bool) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        if passes:
            patch.setattr(kg.diff.session, "PASS_ROWS", 3)
        a, b = table(Path(folder) / "a.parquet", old), table(Path(folder) / "b.parquet", new)
        with diff_tables([a], [b]) as found:
            added, removed = list(found.added), list(found.removed)
            assert set(added) == key(new) - key(old)
            assert set(removed) == key(old) - key(new)
            assert (added, removed) == (sorted(set(added)), sorted(set(removed)))
            assert (found.added_count, found.removed_count) == (len(added), len(removed))
            assert found.empty == (key(old) == key(new))
            assert applied(key(old), found.patch()) == {quad_text(one) for one in key(new)}
            assert canonical(through_oxigraph(key(old), found.patch())) == canonical(ox.Dataset([to_oxigraph(one) for one in key(new)]))
            # Every changed statement belongs to exactly one entity, and is counted once.
            assert sum(entity.added for entity in found.entities) == len(added)
            assert sum(entity.removed for entity in found.entities) == len(removed)
            counts = {(c.group, c.iri): (c.old, c.new) for c in found.counts}
            for graph in {one.graph for one in (*old, *new)}:
                both = tuple(len({one for one in key(side) if one.graph == graph}) for side in (old, new))
                assert counts["graph", graph] == both


def test_the_origin_of_a_row_is_no_change(tmp_path: Path) -> None:
    a = table(tmp_path / "a.parquet", [quad("a", "p", "b", origin="t#1")])
    b = table(tmp_path / "b.parquet", [quad("a", "p", "b", origin="t#2"), quad("a", "p", "b", origin="u#9")])
    with diff_tables([a], [b]) as found:
        assert found.empty
        assert list(found.patch()) == []
        assert {(c.old, c.new) for c in found.counts} == {(1, 1)}


def test_an_iri_of_a_foreign_table_cannot_end_its_line(tmp_path: Path) -> None:
    hostile = quad("a", "p", "b")._replace(object="https://example.org/x> .\nTC .\nA <https://example.org/y")
    with diff_tables([table(tmp_path / "a.parquet", [])], [table(tmp_path / "b.parquet", [hostile])]) as found:
        lines = list(found.patch())
    assert len(lines) == 3
    assert lines[1].count("<") == 3


def nested(labels: list[str], last: str) -> list[Quad]:
    """A participation as a chain of blank nodes."""
    one, two, three = labels
    return [quad("project", "has", one), quad(one, "next", two), quad(two, "next", three), quad(three, "name", last, literal=True)]


def test_two_graphs_with_other_labels_are_the_same(tmp_path: Path) -> None:
    a = table(tmp_path / "a.parquet", [*nested(["_:x", "_:y", "_:z"], "end"), quad("_:u", "p", "_:v"), quad("_:v", "p", "_:u")])
    b = table(tmp_path / "b.parquet", [*nested(["_:z", "_:x", "_:q"], "end"), quad("_:b", "p", "_:a"), quad("_:a", "p", "_:b")])
    with diff_tables([a], [b]) as found:
        assert found.empty
        assert found.exact
        assert found.entities == ()


def test_of_many_pieces_only_the_one_that_changed_is_different(tmp_path: Path) -> None:
    old = [one for number in range(5) for one in nested([f"_:a{number}", f"_:b{number}", f"_:c{number}"], f"end {number}")]
    new = [one for number in range(5) for one in nested([f"_:q{number}", f"_:r{number}", f"_:s{number}"], f"end {number if number != 3 else 33}")]
    with diff_tables([table(tmp_path / "a.parquet", old)], [table(tmp_path / "b.parquet", new)]) as found:
        assert (found.added_count, found.removed_count) == (4, 4)
        assert [entity.iri for entity in found.entities] == ["https://example.org/project"]
        lines = list(found.patch())
        # What is deleted is called as the old graph calls it.
        assert {word for line in lines if line[0] == "D" for word in line.split() if word.startswith("_:")} == {"_:a3", "_:b3", "_:c3"}
        made = through_oxigraph(old, lines)
    assert canonical(made) == canonical(ox.Dataset([to_oxigraph(one) for one in new]))


def test_equal_pieces_are_counted(tmp_path: Path) -> None:
    old = [quad("a", "p", "_:x"), quad("_:x", "q", "1", literal=True)]
    new = [*old, quad("a", "p", "_:y"), quad("_:y", "q", "1", literal=True)]
    with diff_tables([table(tmp_path / "a.parquet", old)], [table(tmp_path / "b.parquet", new)]) as found:
        assert (found.added_count, found.removed_count) == (2, 0)
        assert canonical(through_oxigraph(old, found.patch())) == canonical(ox.Dataset([to_oxigraph(one) for one in new]))


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from("pq"), st.integers(0, 5)), max_size=8), st.randoms(use_true_random=False))
def test_any_relabelled_graph_is_the_same(edges: list[tuple[int, str, int]], rng: random.Random) -> None:
    names = [f"_:n{number}" for number in range(4)]
    other = rng.sample([f"_:m{number}" for number in range(9)], 4)

    def graph(labels: list[str]) -> list[Quad]:
        return [quad(labels[s], p, labels[o] if o < 4 else f"iri{o}") for s, p, o in edges]

    with tempfile.TemporaryDirectory() as folder:
        paths = [table(Path(folder) / f"{number}.parquet", graph(labels)) for number, labels in enumerate((names, other))]
        with diff_tables(paths[:1], paths[1:]) as found:
            assert found.empty


def test_a_graph_made_to_be_slow_is_compared_by_its_surroundings_and_says_so(tmp_path: Path) -> None:
    def clique(letter: str, number: int) -> list[Quad]:
        return [quad(f"_:{letter}{a}", "p", f"_:{letter}{b}") for a in range(number) for b in range(number) if a != b]

    a, b = table(tmp_path / "a.parquet", clique("x", 12)), table(tmp_path / "b.parquet", clique("y", 12))
    with diff_tables([a], [b]) as found:
        assert found.empty
        assert not found.exact
        assert any("blank" in note.en.casefold() for note in found.notes)
    with diff_tables([a], [table(tmp_path / "c.parquet", clique("y", 13))]) as found:
        assert not found.empty
        with pytest.raises(BuildError, match="no exact patch"):
            list(found.patch())


def test_too_many_blank_nodes_are_compared_by_their_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kg.diff.blank, "MAX_QUADS", 3)
    a = table(tmp_path / "a.parquet", nested(["_:x", "_:y", "_:z"], "end"))
    with diff_tables([a], [table(tmp_path / "b.parquet", nested(["_:p", "_:q", "_:r"], "end"))]) as found:
        assert found.empty
        assert not found.exact
    with diff_tables([a], [table(tmp_path / "c.parquet", nested(["_:p", "_:q", "_:r"], "END"))]) as found:
        assert not found.empty


def test_the_bookkeeping_of_a_build_is_no_content_but_is_in_the_patch(tmp_path: Path) -> None:
    def both(identifier: str) -> list[Quad]:
        return [quad("a", "p", "b", graph="graph/x"), quad("dataset", "id", identifier, literal=True, graph="graph/build")]

    a, b = table(tmp_path / "a.parquet", both("1")), table(tmp_path / "b.parquet", both("2"))
    with diff_tables([a], [b]) as found:
        assert found.empty
        assert found.bookkeeping == (1, 1)
        assert applied(both("1"), found.patch()) == {quad_text(one) for one in both("2")}
        assert "No difference: 1 statement is" in found.text("en")
