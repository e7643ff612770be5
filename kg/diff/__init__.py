"""What has changed between two graphs (`kg diff`): by entity and in words, by counts with alarms, by measures where the frame allows them.

    inputs       what is compared: builds, tables, deliveries, quad tables, RDF files
    session      both quad tables in DuckDB; the difference of distinct quads, streamed
    blank        labels of blank nodes that depend on their content
    owners       the entity that a changed statement belongs to
    names, words names of things, properties and classes in both languages
    entity       entities that came, went or changed
    describe     what happened to them: properties (`line`), relations, claims
    counts       numbers by class, property, graph and language, and alarms
    measures     the effect on the collaboration network
    result       `Diff`; its forms: `human`, `markdown`, `data` (JSON), `patch`

`diff(a, b)` takes what `kg diff` takes; `diff_tables(old, new)` two lists of Parquet files.
"""

from kg.diff.entity import EntityChange
from kg.diff.line import Line
from kg.diff.result import Diff
from kg.diff.run import diff, diff_sides, diff_tables

__all__ = ["Diff", "EntityChange", "Line", "diff", "diff_sides", "diff_tables"]
