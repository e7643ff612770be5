"""Any other list of projects as a source: a delimited text file and a mapping become statements, all by columns.

Who starts: :func:`suggest` writes a mapping (`mapping.toml`), :func:`read_mapping` checks it, :func:`preview` shows what it gives, and
:func:`map_list` is what a build takes. The steps lie beside: the file (`listing_file`), its cells (`listing_columns`, `listing_rows`), the entities
(`listing_statements`), the whole (`listing_map`).
"""

from __future__ import annotations

from kg.sources.listing_map import MappedList, Task, map_list
from kg.sources.listing_mapping import ListMapping, parse_mapping, read_mapping
from kg.sources.listing_preview import Preview, preview
from kg.sources.listing_suggest import suggest

__all__ = ["ListMapping", "MappedList", "Preview", "Task", "map_list", "parse_mapping", "preview", "read_mapping", "suggest"]
