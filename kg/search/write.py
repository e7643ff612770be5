"""Writing `search.sqlite`: one file, read-only afterwards, the same bytes for the same statements (with the same SQLite).

thing     id (1 is the most important), iri, de, en, any, any_lang, details (JSON: names, acronyms, identifiers, place)
key       folded names, acronyms and identifiers as a whole, for equality and beginnings
word      FTS5 without content: `name` (words of all names), `more` (words of place and class)
part      what a reader holds in memory: columns by id, classes, words, counts
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.namespaces import FOAF, OWL, SKOS
from kg.search.fold import identifier_key, key_and_words
from kg.search.gather import Gathered, from_store, from_tables
from kg.search.things import Thing, Things, name_of, outermost, things

if TYPE_CHECKING:
    from kg.store import Store

INDEX = "search.sqlite"
APPLICATION, FORMAT = 0x696E6B67, 1
IDENTIFIER, ACRONYM, NAME, OTHER = 0, 1, 2, 3
"""Kinds of keys, in the order in which they count."""
MAX_KEY = 400
_NAMES = {
    OWL.Class: ("Class", "Klasse"),
    OWL.ObjectProperty: ("Property", "Eigenschaft"),
    OWL.DatatypeProperty: ("Property", "Eigenschaft"),
    OWL.AnnotationProperty: ("Property", "Eigenschaft"),
    OWL.Ontology: ("Ontology", "Ontologie"),
    SKOS.ConceptScheme: ("Code list", "Code-Liste"),
    SKOS.OrderedCollection: ("Ordered collection", "Geordnete Sammlung"),
    FOAF.Agent: ("Agent", "Akteur"),
}
"""Names of foreign classes that the ontology does not name."""
_TABLES = """
CREATE TABLE thing (id INTEGER PRIMARY KEY, iri TEXT NOT NULL, de TEXT, en TEXT, "any" TEXT, any_lang TEXT, details TEXT NOT NULL);
CREATE TABLE key (key TEXT NOT NULL, kind INTEGER NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (key, kind, id)) WITHOUT ROWID;
CREATE VIRTUAL TABLE word USING fts5(name, more, content='', columnsize=0, detail=column, tokenize="unicode61 remove_diacritics 0");
CREATE TABLE part (name TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;
"""


def build_index(parquet: Sequence[Path], target: Path) -> int:
    """Write the search index of quad tables.

    Args:
        parquet: The tables, each sorted by subject.
        target: File to write; replaced as a whole.

    Returns:
        The number of things that can be found.
    """
    return _write(from_tables(parquet), target)


def index_store(store: Store, target: Path) -> int:
    """Write the search index of any store, by SPARQL, page by page (see :func:`kg.search.gather.from_store`).

    Raises:
        StoreError: The store does not answer, or gives less than it counts.
    """
    return _write(from_store(store), target)


def _write(gathered: Gathered, target: Path) -> int:
    """Write beside the target, then swap in."""
    temporary = target.with_name(f".{target.name}-{os.getpid()}")
    temporary.unlink(missing_ok=True)
    try:
        # No isolation level: one transaction by hand. No journal: a file half written is never swapped in.
        with closing(sqlite3.connect(temporary, isolation_level=None)) as database:
            found = things(gathered)
            database.executescript(f"PRAGMA page_size=8192; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA application_id={APPLICATION};")
            database.executescript(f"PRAGMA user_version={FORMAT}; BEGIN; {_TABLES}")
            _fill(database, found)
            database.execute("COMMIT")
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
    return len(found.rows)


def _fill(database: sqlite3.Connection, found: Things) -> None:
    rows = found.rows
    number = {thing.iri: index for index, thing in enumerate(rows, 1)}
    around = outermost(rows)
    nearest = [_place(thing, around, number) for thing in rows]
    database.executemany("INSERT INTO thing VALUES (?, ?, ?, ?, ?, ?, ?)", _thing_rows(rows, nearest))
    database.execute("CREATE UNIQUE INDEX thing_iri ON thing (iri)")
    counts: Counter[str] = Counter()
    keys: list[tuple[str, int, int]] = []
    database.executemany("INSERT INTO word (rowid, name, more) VALUES (?, ?, ?)", _words_and_keys(rows, nearest, number, counts, keys))
    database.execute("INSERT INTO word (word) VALUES ('optimize')")
    database.executemany("INSERT OR IGNORE INTO key VALUES (?, ?, ?)", sorted(keys))
    database.executemany("INSERT INTO part VALUES (?, ?)", _parts(found, nearest, number, counts))


def _place(thing: Thing, around: dict[str, tuple[str, ...]], number: dict[str, int]) -> tuple[int, int]:
    """Return the numbers of the nearest named place around a thing and of the outermost one; 0 where there is none."""
    ways = [(place, *around.get(place, ())) for place in thing.places]
    way = [number[place] for place in min(ways, key=lambda steps: (-len(steps), steps), default=()) if place in number]
    return (way[0], way[-1]) if way else (0, 0)


def _thing_rows(rows: list[Thing], nearest: list[tuple[int, int]]) -> Iterator[tuple[Any, ...]]:
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    for index, thing in enumerate(rows, 1):
        others = [tag for tag in thing.labels if tag not in ("de", "en")]
        tag = others[0] if others else None
        details = {"names": thing.names, "acronyms": thing.acronyms, "identifiers": thing.identifiers}
        kept = {name: values for name, values in details.items() if values}
        text = encode({**kept, "place": nearest[index - 1][0]})
        yield index, thing.iri, thing.labels.get("de"), thing.labels.get("en"), thing.labels.get(tag) if tag is not None else None, tag, text


def _words_and_keys(
    rows: list[Thing], nearest: list[tuple[int, int]], number: dict[str, int], counts: Counter[str], keys: list[tuple[str, int, int]]
) -> Iterator[tuple[int, str, str]]:
    """Yield what FTS5 reads: words already folded, each once; count the words of names, and collect the keys."""
    around: dict[tuple[int, ...], set[str]] = {}
    for index, thing in enumerate(rows, 1):
        own: dict[str, None] = {}
        found: dict[str, int] = {}
        for kind, texts in ((ACRONYM, thing.acronyms), (NAME, thing.labels.values()), (OTHER, thing.names)):
            for text in texts:
                folded, words = key_and_words(text)
                found.setdefault(folded, kind)
                own.update(dict.fromkeys(words))
        keys += [(folded, kind, index) for folded, kind in found.items() if 0 < len(folded) <= MAX_KEY]
        for text in thing.identifiers:
            keys.append((identifier_key(text)[:MAX_KEY], IDENTIFIER, index))
            if not text.isdigit() and "://" not in text:
                own.update(dict.fromkeys(key_and_words(text)[1]))
        counts.update(own.keys())
        near = tuple(sorted({*nearest[index - 1], *(number.get(name, 0) for name in thing.classes)} - {0}))
        if near not in around:
            around[near] = {word for one in near for text in rows[one - 1].labels.values() for word in key_and_words(text)[1]}
        yield index, " ".join(own), " ".join(sorted(around[near].difference(own)))


def _parts(found: Things, nearest: list[tuple[int, int]], number: dict[str, int], counts: Counter[str]) -> list[tuple[str, bytes]]:
    """Return what a reader holds in memory."""
    rows = found.rows
    class_sets = _numbered(thing.classes for thing in rows)
    graph_sets = _numbered(thing.graphs for thing in rows)
    used = sorted({name for names in class_sets for name in names})
    all_above = {name: sorted(found.above.get(name, frozenset({name}))) for name in used}
    all_words = sorted(counts)

    def named(iri: str) -> dict[str, str]:
        if iri in _NAMES:
            return dict(zip(("en", "de"), _NAMES[iri], strict=True))
        there = rows[number[iri] - 1] if iri in number else Thing(iri)
        return {lang: name_of(there, lang)[0] for lang in ("de", "en")}

    countries = sorted({country for _, country in nearest if country})
    parts: dict[str, bytes] = {
        "classes": _column("H", (class_sets[thing.classes] for thing in rows)),
        "countries": _column("I", (country for _, country in nearest)),
        "starts": _column("H", (thing.start for thing in rows)),
        "ends": _column("H", (thing.end for thing in rows)),
        "graphs": _column("H", (graph_sets[thing.graphs] for thing in rows)),
        "weights": _column("I", (min(thing.weight, 2**32 - 1) for thing in rows)),
        "words": "\n".join(all_words).encode(),
        "counts": _column("I", (counts[word] for word in all_words)),
    }
    lists = {
        "class_sets": [list(names) for names in class_sets],
        "graph_sets": [list(names) for names in graph_sets],
        "above": all_above,
        "names": {name: named(name) for name in sorted({*used, *(one for names in graph_sets for one in names)})},
        "places": {str(one): {"iri": rows[one - 1].iri, **named(rows[one - 1].iri)} for one in countries},
        "things": len(rows),
    }
    parts |= {name: json.dumps(value, ensure_ascii=False, sort_keys=True).encode() for name, value in lists.items()}
    return sorted(parts.items())


def _numbered(sets: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], int]:
    """Number distinct tuples in their order; more than 65,536 do not fit into the column, the rest share the empty one."""
    distinct = sorted({(), *sets})
    return {one: index for index, one in enumerate(distinct)}


def _column(kind: str, values: Iterable[int]) -> bytes:
    """Return numbers as little-endian bytes."""
    column = array(kind, values)
    if sys.byteorder == "big":
        column.byteswap()
    return column.tobytes()


__all__ = ("ACRONYM", "APPLICATION", "FORMAT", "IDENTIFIER", "INDEX", "NAME", "OTHER", "build_index", "index_store")
