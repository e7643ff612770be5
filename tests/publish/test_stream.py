"""The stream of quads: in the order of N-Quads, each subject whole, however the engine cuts its batches."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from kg.engine.duckdb import DuckDB
from kg.publish.columns import combinations, mask, starts, truth
from kg.publish.nquads import in_order
from kg.publish.stream import by_subject, whole
from kg.quads import Quad, canonical_lines, iri, quad_text, write_parquet


@given(subjects=st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(1, 6)), unique_by=lambda one: one[0]), size=st.integers(1, 7))
def test_each_subject_is_whole_in_one_batch(subjects: list[tuple[str, int]], size: int) -> None:
    rows = [subject for subject, times in subjects for _ in range(times)]
    batches = [pa.record_batch({"subject": pa.array(rows[start : start + size], pa.string())}) for start in range(0, len(rows), size)]
    found = [batch["subject"].to_pylist() for batch in whole(batches)]
    assert [subject for batch in found for subject in batch] == rows
    assert sum(len(set(batch)) for batch in found) == len(subjects)
    assert all(found)
    assert all(len(batch) < size + 6 for batch in found), "what is held does not grow with the graph"


def test_subjects_come_in_the_order_of_their_lines(tmp_path: Path) -> None:
    """`<a/b>` before `<a>`, blank nodes last, `_:b1` before `_:b10`; a quad of two rows once."""
    names = ["https://x.org/a", "https://x.org/a/b", "https://x.org/a-b", "https://x.org/ä", "https://x.org/a0", "_:b1", "_:b10", "_:b2"]
    quads = [Quad(name, "https://x.org/p", *iri(other), "", f"t#{row}") for name in names for row, other in enumerate((*names[:3], names[0]))]
    write_parquet(quads, tmp_path / "quads.parquet")
    with DuckDB(threads=1) as engine:
        lines = b"".join(in_order(batch)[1] for batch in by_subject(engine, engine.quads([tmp_path / "quads.parquet"])))
    assert lines.decode().splitlines() == canonical_lines(quads) == sorted({quad_text(quad) for quad in quads})


@given(st.lists(st.tuples(*[st.sampled_from(["", "a", "b", "ab"])] * 3), max_size=30))
def test_combinations_are_those_of_a_loop(rows: list[tuple[str, str, str]]) -> None:
    names = ["x", "y", "z"]
    batch = pa.record_batch({name: pa.array([row[number] for row in rows], pa.string()) for number, name in enumerate(names)})
    found, position = combinations(batch, names)
    assert found == sorted(set(rows))
    assert [found[number] for number in position.tolist()] == rows
    new = [number == 0 or rows[number] != rows[number - 1] for number in range(len(rows))]
    assert starts(position).tolist() == new
    assert truth(mask(starts(position))).tolist() == mask(starts(position)).to_pylist() == new
