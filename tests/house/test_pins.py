"""The calls that newer duckdb and sqlglot break (docs/decisions/0004-pins.md) work with the pinned ones."""

from __future__ import annotations

import ibis
import pyarrow as pa


def test_pinned_batch_engine() -> None:
    connection = ibis.duckdb.connect()
    table = pa.table({"x": [1, 2, 3]})
    connection.create_table("t", table)
    connection.create_table("t", table, overwrite=True)
    assert connection.sql("SELECT SUM(x) AS s FROM t").to_pyarrow().to_pylist() == [{"s": 6}]
    batches = connection.table("t").to_pyarrow_batches()
    assert sum(batch.num_rows for batch in batches) == 3
    with connection.table("t").filter(ibis._.x > 1).cache() as cached:
        assert cached.count().execute() == 2
    connection.drop_table("t")
