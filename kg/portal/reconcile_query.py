"""What clients of the reconciliation service send, checked: batches of queries and data extension queries (Reconciliation Service API 0.2).

Pure: no graph. What a client may mean differently is taken leniently where the specification allows it (a type as one text or a list); everything is
bounded, and what does not fit is an error with the name of the query.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from kg.errors import ParameterError, Text
from kg.portal.reconcile_schema import CONTENT

BATCH = 100
"""Queries of one batch: `batchSize` of the manifest."""
MAX_QUERY = 500
MAX_VALUE = 500
MAX_PROPERTIES = 20
MAX_VALUES = 20
MAX_LIMIT = 50
LIMIT = 5
MAX_KEY = 200
MAX_IDS = 500
MAX_CELLS = 5_000
"""Ids times properties of a data extension query."""
MAX_CELL = 50
"""Values of one property of one thing."""
STRICT = ("any", "all", "should")


class TooManyError(ParameterError):
    """A batch is larger than the manifest says: status 413 (API 0.2, section 3.1, `batchSize`)."""


@dataclass(frozen=True)
class Wish:
    """A property that a candidate should have: id as sent, and texts or IRIs, one of which should be its value."""

    pid: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Query:
    """One reconciliation query.

    Attributes:
        text: Name or identifier; may be empty where there are properties.
        types: As sent.
        limit: Candidates.
        wishes: Properties.
        strict: `any` (one of the types, the default), `all`, or `should` (types only raise the score).
    """

    text: str
    types: tuple[str, ...] = ()
    limit: int = LIMIT
    wishes: tuple[Wish, ...] = ()
    strict: str = "any"


@dataclass(frozen=True)
class Wanted:
    """A column of a data extension: property as sent, most values (0: all), and what of a value is wanted."""

    pid: str
    limit: int = 0
    content: str = "value"


@dataclass(frozen=True)
class Extension:
    """A data extension query."""

    ids: tuple[str, ...]
    wanted: tuple[Wanted, ...]


def batch(text: str) -> dict[str, Query]:
    """Read a batch of queries.

    Raises:
        ParameterError: It is no JSON, no object, or a query does not fit; the message names it.
        TooManyError: There are more than :data:`BATCH`.
    """
    data = _json(text, "queries")
    if not isinstance(data, dict):
        raise _wrong("queries", Text("A batch is an object of queries by name.", "Ein Stapel ist ein Objekt von Anfragen mit Namen."))
    if len(data) > BATCH:
        what = Text(f"The batch has {len(data)} queries.", f"Der Stapel hat {len(data)} Anfragen.")
        raise TooManyError(
            what, where="queries", fix=Text(f"Send at most {BATCH} at a time (batchSize).", f"Senden Sie höchstens {BATCH} auf einmal (batchSize).")
        )
    return {str(name): _query(str(name), one) for name, one in data.items()}


def _query(name: str, data: object) -> Query:
    where = f"queries.{name[:MAX_KEY]}"
    if len(name) > MAX_KEY:
        raise _wrong(
            "queries", Text(f"The name of a query has more than {MAX_KEY} characters.", f"Der Name einer Anfrage hat mehr als {MAX_KEY} Zeichen.")
        )
    if not isinstance(data, dict):
        raise _wrong(where, Text("A query is an object.", "Eine Anfrage ist ein Objekt."))
    text = data.get("query", "")
    if not isinstance(text, str) or len(text) > MAX_QUERY:
        raise _wrong(where, Text(f"`query` is a text of at most {MAX_QUERY} characters.", f"`query` ist ein Text mit höchstens {MAX_QUERY} Zeichen."))
    wishes = tuple(_wish(where, one) for one in _list(where, "properties", data.get("properties", []), MAX_PROPERTIES))
    if not text.strip() and not wishes:
        raise _wrong(where, Text("A query has a `query` or `properties`.", "Eine Anfrage hat `query` oder `properties`."))
    strict = data.get("type_strict", "any")
    if strict not in STRICT:
        raise _wrong(where, Text("`type_strict` is any, all or should.", "`type_strict` ist any, all oder should."))
    return Query(text.strip(), _types(where, data.get("type", [])), _limit(where, data.get("limit", LIMIT)), wishes, str(strict))


def _types(where: str, given: object) -> tuple[str, ...]:
    items = [given] if isinstance(given, str | dict) else _list(where, "type", given, MAX_PROPERTIES)
    made = []
    for one in items:
        # Some clients send the type as they got it.
        value = one.get("id") if isinstance(one, dict) else one
        if not isinstance(value, str) or len(value) > MAX_VALUE:
            raise _wrong(where, Text("`type` is an id or a list of ids.", "`type` ist eine Kennung oder eine Liste von Kennungen."))
        made.append(value)
    return tuple(filter(None, made))


def _limit(where: str, given: object) -> int:
    if isinstance(given, bool) or not isinstance(given, int | float) or given != given or not 1 <= given <= 1e6:
        raise _wrong(where, Text("`limit` is a whole number from 1.", "`limit` ist eine ganze Zahl ab 1."))
    return min(int(given), MAX_LIMIT)


def _wish(where: str, data: object) -> Wish:
    if not isinstance(data, dict) or not isinstance(data.get("pid"), str) or "v" not in data or len(data["pid"]) > MAX_VALUE:
        raise _wrong(where, Text("A property has `pid` and `v`.", "Eine Eigenschaft hat `pid` und `v`."))
    given = data["v"] if isinstance(data["v"], list) else [data["v"]]
    if len(given) > MAX_VALUES:
        raise _wrong(where, Text(f"A property has at most {MAX_VALUES} values.", f"Eine Eigenschaft hat höchstens {MAX_VALUES} Werte."))
    return Wish(data["pid"], tuple(filter(None, (_value(where, one) for one in given))))


def _value(where: str, given: object) -> str:
    """Return a property value as text: of a reconciled thing its id."""
    if isinstance(given, dict):
        given = given.get("id")
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, int | float):
        return f"{given:g}" if isinstance(given, float) else str(given)[:MAX_VALUE]
    if given is None:
        return ""
    if not isinstance(given, str) or len(given) > MAX_VALUE:
        what = Text(
            f"`v` is a text of at most {MAX_VALUE} characters, a number, true, false, or an object with `id`.",
            f"`v` ist ein Text mit höchstens {MAX_VALUE} Zeichen, eine Zahl, true, false oder ein Objekt mit `id`.",
        )
        raise _wrong(where, what)
    return given.strip()


def extension(text: str) -> Extension:
    """Read a data extension query.

    Raises:
        ParameterError: It is no JSON, or does not fit.
        TooManyError: There are more than :data:`MAX_IDS` ids or :data:`MAX_CELLS` cells.
    """
    data = _json(text, "extend")
    if not isinstance(data, dict) or "ids" not in data or "properties" not in data:
        raise _wrong("extend", Text("A data extension query has `ids` and `properties`.", "Eine Datenerweiterung hat `ids` und `properties`."))
    ids, columns = data["ids"], _list("extend", "properties", data["properties"], MAX_PROPERTIES)
    if not isinstance(ids, list) or not all(isinstance(one, str) and len(one) <= MAX_VALUE for one in ids):
        raise _wrong("extend.ids", Text("`ids` is a list of texts.", "`ids` ist eine Liste von Texten."))
    if len(ids) > MAX_IDS or len(ids) * max(1, len(columns)) > MAX_CELLS:
        what = Text(
            f"{len(ids)} ids and {len(columns)} properties are too many.", f"{len(ids)} Kennungen und {len(columns)} Eigenschaften sind zu viele."
        )
        fix = Text(f"Send at most {MAX_IDS} ids and {MAX_CELLS:,} cells.", f"Senden Sie höchstens {MAX_IDS} Kennungen und {MAX_CELLS} Zellen.")
        raise TooManyError(what, where="extend", fix=fix)
    return Extension(tuple(ids), tuple(_wanted(one) for one in columns))


def _wanted(data: object) -> Wanted:
    if not isinstance(data, dict) or not isinstance(data.get("id"), str) or len(data["id"]) > MAX_VALUE:
        raise _wrong("extend.properties", Text("A property has an `id`.", "Eine Eigenschaft hat eine `id`."))
    settings = data.get("settings") or {}
    if not isinstance(settings, dict):
        raise _wrong("extend.properties", Text("`settings` is an object.", "`settings` ist ein Objekt."))
    limit, content = settings.get("limit") or 0, settings.get("content") or "value"
    # A form of a client may send a number as text.
    limit = int(limit) if isinstance(limit, str) and limit.isascii() and limit.isdigit() and len(limit) < 7 else limit
    if isinstance(limit, bool) or not isinstance(limit, int | float) or not 0 <= limit <= 1e6:
        raise _wrong("extend.properties", Text("The setting `limit` is a whole number from 0.", "Die Einstellung `limit` ist eine ganze Zahl ab 0."))
    if content not in CONTENT:
        options = ", ".join(CONTENT)
        raise _wrong("extend.properties", Text(f"The setting `content` is one of {options}.", f"Die Einstellung `content` ist eines von {options}."))
    return Wanted(data["id"], min(int(limit), MAX_CELL), str(content))


def _json(text: str, where: str) -> Any:
    try:
        return json.loads(text, parse_constant=lambda name: (_ for _ in ()).throw(ValueError(name)))
    except (ValueError, RecursionError) as error:
        raise _wrong(where, Text("It is no JSON.", "Das ist kein JSON.")) from error


def _list(where: str, name: str, given: object, most: int) -> list[Any]:
    if not isinstance(given, list) or len(given) > most:
        raise _wrong(where, Text(f"`{name}` is a list of at most {most} entries.", f"`{name}` ist eine Liste mit höchstens {most} Einträgen."))
    return given


def _wrong(where: str, what: Text) -> ParameterError:
    fix = Text("See the Reconciliation Service API 0.2, and /about/api.", "Siehe die Reconciliation Service API 0.2 und /about/api.")
    return ParameterError(what, where=where, fix=fix)
