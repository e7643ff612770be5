"""JSON schemas of the answers of a reconciliation service, written for these tests after the text of the Reconciliation Service API 0.2.

Each says what the section named beside it says, and no more keys than the section knows: stricter than the schemas published with the specification, which
allow any further key. A folder with those (`manifest.json`, `reconciliation-result-batch.json`, …) may be named by KG_RECONCILIATION_SCHEMAS; then the
answers are held against them as well, and the queries that the tests send.
"""

from __future__ import annotations

import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

jsonschema: Any = pytest.importorskip("jsonschema", reason="the schemas need pip install 'innovation-kg[dev]'")
Schema = dict[str, Any]
TEXT: Schema = {"type": "string", "minLength": 1}


def _object(required: dict[str, Schema], optional: dict[str, Schema] | None = None) -> Schema:
    return {"type": "object", "properties": {**required, **(optional or {})}, "required": list(required), "additionalProperties": False}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


# Section 2.2: a type has an id, a name, and broader types.
PLAIN_TYPE = _object({"id": TEXT, "name": TEXT})
TYPE = _object({"id": TEXT, "name": TEXT}, {"broader": _list(PLAIN_TYPE)})
ADDRESS: Schema = {"type": "string", "pattern": "^https?://"}
# Section 2.1: a view template holds {{id}}.
TEMPLATE: Schema = {"type": "string", "pattern": r"^https?://.*\{\{id\}\}"}
# Section 6.1.
SERVICE = _object({"service_url": ADDRESS, "service_path": {"type": "string", "pattern": "^/"}})
# Section 7.1.
SETTING: Schema = {
    "oneOf": [
        _object({"type": {"const": "number"}, "name": TEXT, "label": TEXT}, {"default": {"type": "number"}, "help_text": TEXT}),
        _object(
            {"type": {"const": "select"}, "name": TEXT, "label": TEXT, "choices": _list(_object({"value": TEXT, "name": TEXT}))},
            {"default": TEXT, "help_text": TEXT},
        ),
    ]
}
SCHEMAS: dict[str, Schema] = {
    # Section 3.1.
    "manifest": _object(
        {
            "versions": {"type": "array", "items": TEXT, "contains": {"const": "0.2"}},
            "name": TEXT,
            "identifierSpace": ADDRESS,
            "schemaSpace": ADDRESS,
            "defaultTypes": {"type": "array", "items": TYPE, "uniqueItems": True},
            "view": _object({"url": TEMPLATE}),
        },
        {
            "documentation": ADDRESS,
            "logo": ADDRESS,
            "serviceVersion": TEXT,
            "preview": _object({"url": TEMPLATE, "width": {"type": "integer"}, "height": {"type": "integer"}}),
            "suggest": _object({}, {"entity": SERVICE, "property": SERVICE, "type": SERVICE}),
            "extend": _object({}, {"propose_properties": SERVICE, "property_settings": _list(SETTING)}),
            "batchSize": {"type": "integer", "minimum": 1},
        },
    ),
    # Section 4.2.
    "reconciliation-result-batch": {
        "type": "object",
        "additionalProperties": _object(
            {
                "result": _list(
                    _object(
                        {
                            "id": TEXT,
                            "name": TEXT,
                            "score": {"type": "number", "minimum": 0, "maximum": 100},
                            "match": {"type": "boolean"},
                            "type": _list(PLAIN_TYPE),
                        },
                        {"description": {"type": "string"}, "features": _list(_object({"id": TEXT, "value": {"type": ["boolean", "number"]}}))},
                    )
                )
            }
        ),
    },
    # Section 6.3.
    "suggest-entities-response": _object(
        {"result": _list(_object({"id": TEXT, "name": TEXT}, {"description": {"type": "string"}, "notable": _list(PLAIN_TYPE)}))}
    ),
    "suggest-properties-response": _object({"result": _list(_object({"id": TEXT, "name": TEXT}, {"description": {"type": "string"}}))}),
    "suggest-types-response": _object({"result": _list(TYPE)}),
    # Section 7.2.
    "data-extension-property-proposal": _object(
        {"properties": _list(_object({"id": TEXT, "name": TEXT})), "type": {"type": "string"}}, {"limit": {"type": "integer"}}
    ),
    # Section 7.4.
    "data-extension-response": _object(
        {
            "meta": _list(_object({"id": TEXT, "name": TEXT}, {"type": PLAIN_TYPE})),
            "rows": {
                "type": "object",
                "additionalProperties": {
                    "type": "object",
                    "additionalProperties": _list(
                        {
                            "oneOf": [
                                _object({"id": TEXT, "name": TEXT}),
                                _object({"str": {"type": "string"}}),
                                _object({"int": {"type": "integer"}}),
                                _object({"float": {"type": "number"}}),
                                _object({"date": {"type": "string", "pattern": r"^\d{4}-(0[1-9]|1[0-2])-([0-2]\d|3[01])T\d{2}:\d{2}:\d{2}"}}),
                            ]
                        }
                    ),
                },
            },
        }
    ),
}


# What the published folder of 0.2 may lack; our own schema says what section 7.2 says.
OPTIONAL = ("data-extension-property-proposal",)
ROOT = "https://reconciliation-api.github.io/specs/0.2/schemas/"


def hold(data: object, name: str) -> None:
    """Hold an answer against the schema of that name: our own, and the published one where a folder with it is named."""
    jsonschema.validate(data, SCHEMAS[name])
    hold_published(data, name)


def published_folder() -> str:
    """Return the folder of the published schemas, or empty."""
    return os.environ.get("KG_RECONCILIATION_SCHEMAS", "")


def hold_published(data: object, name: str) -> None:
    """Hold what is sent or answered against the published schema alone; nothing happens where no folder is named.

    A folder that is named and lacks the schema is an error: a check that is asked for does not go missing silently.
    """
    folder = published_folder()
    if folder and (name not in OPTIONAL or (Path(folder) / f"{name}.json").is_file()):
        _validator(folder, name).validate(data)


@lru_cache
def _validator(folder: str, name: str) -> Any:
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT7

    # The schemas refer to each other by file name (`type.json`), and none is fetched.
    parts = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(Path(folder).glob("*.json"))}
    assert f"{name}.json" in parts, f"KG_RECONCILIATION_SCHEMAS={folder} has no {name}.json"
    known = [(ROOT + file, Resource.from_contents(part, default_specification=DRAFT7)) for file, part in parts.items()]
    return jsonschema.Draft7Validator(
        parts[f"{name}.json"], registry=Registry().with_resources(known), format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER
    )
