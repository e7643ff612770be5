"""The index that the search of the pages loads: a script that sets one global, in parts by the first letters of the words where it is large.

A script and no JSON, as a browser loads no data from a folder (`file://`) by any other way.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kg.namespaces import ADMS, DCTERMS, INNO, SKOS
from kg.search.fold import key_and_words
from kg.site.things import KINDS, kind_of

if TYPE_CHECKING:
    from kg.site.frame import Folder
    from kg.site.graph import Graph
    from kg.site.reader import Reader

WHOLE = 8_000
"""Things up to which the index is one file."""
OTHER_NAMES = 6
"""Further names and identifiers of a thing that are found."""


def write_index(folder: Folder, graph: Graph, readers: Mapping[str, Reader], pages: Mapping[int, str]) -> None:
    """Write `search-index.js`, and its parts by first letter where there are many things."""
    kinds = list(KINDS)
    entries = [[kinds.index(kind_of(path)), path, *_names(graph, readers, thing)] for thing, path in pages.items()]
    split = len(entries) > WHOLE
    head = {"kinds": [[KINDS[kind].en, KINDS[kind].de] for kind in kinds], "split": split, "parts": {}}
    lines = [f"window.kgSearchIndex={_json(head)};"]
    if not split:
        lines.append(_part("all", entries))
    folder.write("search-index.js", "\n".join(lines) + "\n")
    if split:
        parts: dict[str, list[Sequence[Any]]] = {}
        for entry in entries:
            letters = {_letter(word) for text in entry[2:] for word in key_and_words(str(text))[1]}
            for letter in letters:
                parts.setdefault(letter, []).append(entry)
        for letter, some in sorted(parts.items()):
            folder.write(f"search-index-{letter}.js", _part(letter, some) + "\n")


def _names(graph: Graph, readers: Mapping[str, Reader], thing: int) -> list[str]:
    """Return the English name, the German one where it differs, and other names and identifiers as one text."""
    english, german = (readers[lang].name(thing) for lang in ("en", "de"))
    others: dict[str, None] = {}
    for predicate in (INNO.acronym, SKOS.altLabel, DCTERMS.identifier, SKOS.notation):
        others.update((graph.text(value), None) for value in graph.values(thing, graph.number(predicate)))
    for node in graph.values(thing, graph.number(ADMS.identifier)):
        others[graph.first(node, graph.number(SKOS.notation))] = None
    texts = [text[:120] for text in others if text and text not in (english, german)]
    return [english, "" if german == english else german, " ; ".join(texts[:OTHER_NAMES])]


def _letter(word: str) -> str:
    first = word[:1]
    return first if first.isascii() and first.isalnum() else "other"


def _part(letter: str, entries: Sequence[Sequence[Any]]) -> str:
    return f"window.kgSearchIndex.parts[{_json(letter)}]=[\n" + ",\n".join(map(_json, entries)) + "\n];"


def _json(data: Any) -> str:
    """Return JSON that is a script as well, and no end of one (ECMAScript 2019 takes JSON's line separators)."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
