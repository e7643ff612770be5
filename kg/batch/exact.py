"""Sums that are the same on every engine and in every order of rows.

`sum` of 64-bit integers silently becomes a double on its way into Parquet, and a sum of doubles differs in its last bits with the order of its parts,
that is with the number of threads. Decimals have neither fault.
"""

from __future__ import annotations

from typing import Any


def whole(column: Any) -> Any:
    """Return the sum of a column of 64-bit integers as such; it must fit."""
    return column.cast("decimal(38, 0)").sum().cast("int64")


def real(column: Any) -> Any:
    """Return the sum of a column of doubles below 10^20, each to 18 decimals."""
    return column.cast("decimal(38, 18)").sum().cast("float64")
