"""Small and random networks, and everything a large network goes through applied to them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import strategies as st

from kg.analyse import incidence
from kg.analyse.projection import Row

GROUPS = st.lists(st.lists(st.sampled_from("abcdefghij"), min_size=1, max_size=6, unique=True), min_size=1, max_size=10)


def rows(groups: list[list[str]]) -> list[Row]:
    """Return the participations of groups of institutions, one project each."""
    return [Row(f"{n}{one}", f"p{n}", one, "partner", "", "", one, f"p{n}") for n, group in enumerate(groups) for one in group]


@contextmanager
def everything_large() -> Iterator[None]:
    """Treat networks of any size as large."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(incidence, "LARGE", -1)
        yield
