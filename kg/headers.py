"""The `#+` header of a query file: YAML behind a marker, so that the file stays valid SPARQL (style guide, section 7)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kg.errors import QueryError, Text


def read_header(text: str, where: str) -> dict[str, Any]:
    """Return the YAML of all `#+` lines as a mapping.

    Raises:
        QueryError: The header is no YAML mapping.
    """
    import yaml

    lines = [line[2:].removeprefix(" ") for line in text.splitlines() if line.startswith("#+")]
    try:
        header = yaml.safe_load("\n".join(lines)) if lines else {}
    except yaml.YAMLError as error:
        what = Text(f"The header is no valid YAML: {error}.", f"Der Kopf ist kein gültiges YAML: {error}.")
        raise QueryError(what, where=where, fix=Text("Correct the `#+` lines.", "Berichtigen Sie die Zeilen mit `#+`.")) from error
    if not isinstance(header, dict):
        fix = Text("Write `#+ key: value` lines.", "Schreiben Sie Zeilen der Form `#+ key: value`.")
        raise QueryError(Text("The header is no mapping.", "Der Kopf ist keine Zuordnung."), where=where, fix=fix)
    return header


def query_files(*folders: Path) -> list[Path]:
    """Return the query files of these folders, by name; a later folder's file replaces an earlier one of the same name."""
    found = {path.name: path for folder in folders if folder.is_dir() for path in sorted(folder.glob("*.rq"))}
    return [found[name] for name in sorted(found)]
