"""`kg init`: a new city starts with a folder of tables, ten example rows and one settings file."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from kg.config import read_source_settings, slug_of
from kg.errors import InputError, Text
from kg.sources.folder import DECISION_COLUMNS, ENTITY_COLUMNS, RELATION_COLUMNS, RETIRED_COLUMNS, SOURCE_COLUMNS

ENTITY_EXTRA = ("kind", "municipality_of")
RELATION_EXTRA = ("attestation", "value", "amount", "currency", "quote", "quote_start", "quote_end")
SOURCE_EXTRA = ("retrieved_at", "publisher_id", "stored_text", "content_hash")

_SOURCES = [
    {
        "source_id": "example-project-page",
        "url": "https://example.org/river-lab",
        "title": "River Lab: the project",
        "publisher": "Example University",
        "language": "en",
        "published": "2024-03-01",
        "publisher_id": "example-university",
        "note": "Example row: replace it by a page you have read",
    },
    {
        "source_id": "example-city-news",
        "url": "https://example.org/city-news",
        "title": "Stadt und Hochschule forschen am Fluss",
        "publisher": "Example City",
        "language": "de",
        "published": "2024-05",
        "publisher_id": "example-city-administration",
        "note": "Beispielzeile",
    },
]
_ENTITIES = [
    {"entity_id": "example-city", "type": "Place", "label_de": "Beispielstadt", "label_en": "Example City", "lat": "51.5", "lon": "7.47"},
    {
        "entity_id": "example-city-administration",
        "type": "Institution",
        "label_de": "Stadt Beispielstadt",
        "label_en": "City of Example",
        "kind": "municipality",
        "municipality_of": "example-city",
    },
    {
        "entity_id": "example-university",
        "type": "Institution",
        "label_de": "Hochschule Beispielstadt",
        "label_en": "Example University",
        "kind": "university",
    },
    {
        "entity_id": "river-lab",
        "type": "Project",
        "label_de": "Flusslabor",
        "label_en": "River Lab",
        "start": "2024-03-01",
        "end": "2026",
        "url": "https://example.org/river-lab",
    },
]
_RELATIONS = [
    {
        "subject_id": "river-lab",
        "predicate": "coordinatedBy",
        "object_id": "example-university",
        "role": "Koordination",
        "source_id": "example-project-page",
        "evidence": "Die Projektseite nennt die Hochschule als Koordinatorin.",
    },
    {
        "subject_id": "river-lab",
        "predicate": "hasParticipant",
        "object_id": "example-city-administration",
        "role": "Partner",
        "source_id": "example-project-page",
        "evidence": "Die Projektseite führt die Stadt als Partnerin.",
    },
    {
        "subject_id": "river-lab",
        "predicate": "hasParticipant",
        "object_id": "example-city-administration",
        "role": "Partner",
        "source_id": "example-city-news",
        "evidence": "Die Meldung der Stadt bestätigt die Partnerschaft.",
    },
    {
        "subject_id": "river-lab",
        "predicate": "hasSite",
        "object_id": "example-city",
        "role": "Reallabor",
        "source_id": "example-city-news",
        "evidence": "Das Reallabor liegt in der Stadt.",
    },
]

_SETTINGS = """\
# Everything that makes these tables your graph. `kg build` in this folder reads it.
[graph]
name = "{name}"                       # name of the named graph, kebab-case
base = "{base}"   # namespace of your entities; ends with a slash; never change it once published
state = "{state}"                  # day the sources were read
title.de = "{title_de}"
title.en = "{title_en}"
description.de = "Wer mit wem in welchen Projekten zusammenarbeitet, mit Quelle."
description.en = "Who works with whom in which projects, with sources."
license = "https://creativecommons.org/licenses/by/4.0/"

[publisher]
name = "{name}"
url = "{base}"

[contact]
name = "{name}"
url = "{base}"

[catalogue]
# What data portals such as data.europa.eu and GovData want to know; all of it may be left out.
keywords.de = ["Innovation", "Projekte"]
keywords.en = ["innovation", "projects"]
themes = ["TECH"]                      # European list data-theme
frequency = "IRREG"                    # European list frequency
access_rights = "PUBLIC"
# spatial = ["http://data.europa.eu/nuts/code/DEA52"]
# contributor_id = "http://dcat-ap.de/def/contributors/…"   # GovData gives it to who delivers
# endpoint = "https://example.org/sparql"

[frame]
# How the tables were collected decides what may be said from them:
# census (all of a population), ego-sampled (around one entity, named in `around`), partial (anything else).
kind = "partial"
around = ""
date = "{state}"
population.de = "Beispielzeilen; beschreiben Sie hier, was gesucht wurde und wie."
population.en = "Example rows; describe here what was searched for, and how."
"""

_README = """\
# {title_en}

Tables that a person keeps and git can compare. `kg validate .` checks them, `kg build` turns them into a graph, `kg ask` lists the questions.

- `sources.csv`: what was read. `entities.csv`: what there is. `relations.csv`: who says what about whom, one source per row.
- `decisions.csv`: which of two contradicting claims stands, and why. `retired.csv`: addresses that were given up. `settings.toml`: titles and namespace.
- The ten example rows show every table's form; replace them. No persons: organisations act.
"""


def init(target: Path, *, base: str | None = None, title: str | None = None, state: str = "2026-01-01") -> list[Path]:
    """Write a new folder of tables.

    Args:
        target: Folder to make; it must not exist, or be empty.
        base: Namespace of the entities, ends with `/`; `https://example.org/<name>/` by default.
        title: Title of the graph; the folder's name by default.
        state: Day of the example rows, `YYYY-MM-DD`.

    Returns:
        The files written.

    Raises:
        InputError: The folder holds something already, cannot be written, or the namespace is none.
    """
    name = slug_of(target.resolve().name)
    words = {"name": name, "base": base or f"https://example.org/{name}/", "state": state, "title_de": title or target.resolve().name}
    words["title_en"] = words["title_de"]
    if any(set(text) & set('"\\\n\r') for text in words.values()):
        what = Text(
            "Quotes, backslashes and line breaks are not allowed in name, title and namespace.",
            "Anführungszeichen, umgekehrte Schrägstriche und Zeilenumbrüche sind in Name, Titel und Namensraum nicht erlaubt.",
        )
        raise InputError(what, fix=Text("Choose plain words.", "Wählen Sie einfache Wörter."))
    tables = {
        "sources.csv": ([*SOURCE_COLUMNS, *SOURCE_EXTRA], [{**row, "retrieved_at": state} for row in _SOURCES]),
        "entities.csv": (
            [*ENTITY_COLUMNS, *ENTITY_EXTRA],
            [
                {
                    **row,
                    "description_de": "Beispielzeile: ersetzen Sie sie durch einen eigenen Satz.",
                    "source_ids": "example-project-page;example-city-news",
                }
                for row in _ENTITIES
            ],
        ),
        "relations.csv": ([*RELATION_COLUMNS, *RELATION_EXTRA], _RELATIONS),
        "decisions.csv": (list(DECISION_COLUMNS), []),
        "retired.csv": (list(RETIRED_COLUMNS), []),
    }
    try:
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            fix = Text("Choose a new name; nothing was overwritten.", "Wählen Sie einen neuen Namen; nichts wurde überschrieben.")
            raise InputError(Text("The folder is not empty.", "Der Ordner ist nicht leer."), where=str(target), fix=fix)
        target.mkdir(parents=True, exist_ok=True)
        settings = target / "settings.toml"
        settings.write_text(_SETTINGS.format(**words), encoding="utf-8")
        try:
            read_source_settings(target)
        except InputError:
            settings.unlink()
            target.rmdir()
            raise
        for file, (columns, rows) in tables.items():
            (target / file).write_text(_csv(columns, rows), encoding="utf-8", newline="")
        (target / "README.md").write_text(_README.format(**words), encoding="utf-8")
    except OSError as error:
        reason = error.strerror or str(error)
        what = Text(f"The folder cannot be written: {reason}.", f"Der Ordner lässt sich nicht schreiben: {reason}.")
        raise InputError(what, where=str(target), fix=Text("Choose another place.", "Wählen Sie einen anderen Ort.")) from error
    return sorted(target.iterdir())


def _csv(columns: list[str], rows: list[dict[str, str]]) -> str:
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, columns, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()
