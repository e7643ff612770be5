"""Chunks of a file: every statement exactly once, in order, within the bounds."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.load.chunks import LONG, chunk_at, short_first

LINES = st.lists(st.binary(max_size=60).map(lambda text: text.replace(b"\n", b"_") + b"\n"), max_size=80)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LINES, st.integers(1, 20), st.integers(1, 300), st.integers(0, 10))
def test_every_statement_is_in_exactly_one_chunk(tmp_path: Path, lines: list[bytes], statements: int, size: int, blank: int) -> None:
    path = tmp_path / "graph.nt"
    path.write_bytes(b"".join(lines))
    together = sum(map(len, lines[:blank]))
    place, seen = 0, []
    while place < path.stat().st_size:
        chunk = chunk_at(path, place, statements=statements, size=size, together=together)
        assert chunk.start == place
        assert chunk.body.endswith(b"\n")
        assert chunk.statements == chunk.body.count(b"\n") >= 1
        if place or not together:
            assert chunk.statements <= statements
            assert len(chunk.body) <= size or chunk.statements == 1
        else:
            assert len(chunk.body) >= together
        seen += [line + b"\n" for line in chunk.body.split(b"\n")[:-1]]
        place = chunk.end
    assert seen == lines
    assert chunk_at(path, place, statements=statements, size=size, together=together).body == b""


@pytest.mark.parametrize(("statements", "size", "expected"), [(1, 10, [4, 6]), (9, 11, [10]), (9, 5, [4, 6]), (9, 1, [4, 6])])
def test_a_line_longer_than_the_bound_goes_alone(tmp_path: Path, statements: int, size: int, expected: list[int]) -> None:
    path = tmp_path / "graph.nt"
    path.write_bytes(b"abc\n01234\n")
    place, sizes = 0, []
    while place < 10:
        chunk = chunk_at(path, place, statements=statements, size=size)
        sizes.append(len(chunk.body))
        place = chunk.end
    assert sizes == expected


def test_a_long_statement_does_not_stand_first() -> None:
    long, short = b"l" * LONG + b"\n", [b"a\r\n", b"b\n"]
    assert short_first(long + short[0] + long + short[1]) == b"".join([*short, long, long])
    assert short_first(short[1] + long + short[0]) == short[1] + long + short[0]
    assert short_first(long) == long
