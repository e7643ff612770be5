"""The round trip through a spreadsheet: `kg export-sheet` and `kg import-sheet`."""

from __future__ import annotations
