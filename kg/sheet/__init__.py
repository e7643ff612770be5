"""The round trip through a spreadsheet: tables out as a workbook, changes back by a three-way merge (decision 0009)."""

from __future__ import annotations

from kg.sheet.read import Imported, import_sheet
from kg.sheet.write import Exported, export_sheet

__all__ = ["Exported", "Imported", "export_sheet", "import_sheet"]
