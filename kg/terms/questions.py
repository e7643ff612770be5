"""Which ready questions (competency questions) use a term, and which rules derive it: read from the query texts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kg.headers import query_files, read_header

if TYPE_CHECKING:
    from kg.terms.model import Texts

_PREFIX = re.compile(r"^\s*PREFIX\s+([A-Za-z][\w-]*):\s*<([^<>\s]*)>", re.IGNORECASE | re.MULTILINE)
_NAME = re.compile(r"(?<![\w:/#-])([A-Za-z][\w-]*):([A-Za-z_][\w-]*)")
_TEXT = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_COMMENT = re.compile(r"^\s*#(?!\+).*$", re.MULTILINE)
_HEADER = re.compile(r"^#\+.*$", re.MULTILINE)
_CLASS = re.compile(r"^#\+\s+(?:class|among):\s*(\S+)\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Asked:
    """Uses of terms in queries.

    Attributes:
        titles: Title of each ready question by name, in their order.
        of: Names of the questions that use an IRI.
        rules: Titles of the inference rules that construct a property.
    """

    titles: Mapping[str, Texts]
    of: Mapping[str, tuple[str, ...]]
    rules: Mapping[str, tuple[Texts, ...]]


def asked(folder: Path, namespace: str, prefixes: Mapping[str, str]) -> Asked:
    """Read the queries below a folder.

    Args:
        folder: Holds `ask/` and `infer/`.
        namespace: Of the ontology.
        prefixes: Known besides those that a query declares.
    """
    titles: list[tuple[int, str, Texts]] = []
    of: dict[str, list[str]] = {}
    for path in query_files(folder / "ask"):
        text = path.read_text(encoding="utf-8")
        header = read_header(text, path.name)
        titles.append((int(header.get("order", 1000)), path.stem, header.get("title") or {"": path.stem}))
        for iri in sorted(named(text, prefixes)):
            of.setdefault(iri, []).append(path.stem)
    order = {name: number for number, (_, name, _) in enumerate(sorted(titles, key=lambda one: one[:2]))}
    rules: dict[str, list[Texts]] = {}
    for path in query_files(folder / "infer"):
        text = path.read_text(encoding="utf-8")
        made = text.partition("WHERE")[0]
        for iri in sorted(named(made, prefixes)):
            if iri.startswith(namespace):
                rules.setdefault(iri, []).append(read_header(text, path.name).get("title") or {"": path.stem})
    return Asked(
        titles={name: title for _, name, title in sorted(titles, key=lambda one: one[:2])},
        of={iri: tuple(sorted(names, key=order.__getitem__)) for iri, names in of.items()},
        rules={iri: tuple(found) for iri, found in rules.items()},
    )


def named(text: str, prefixes: Mapping[str, str]) -> set[str]:
    """Return the IRIs that a query names by prefix, and the classes and properties its header asks parameters from; texts and comments do not count.

    >>> sorted(named('PREFIX x: <http://x/> # y:no\\nSELECT ?a { ?a x:is "x:no" }', {}))
    ['http://x/is']
    """
    known = {**prefixes, **dict(_PREFIX.findall(text))}
    query = _TEXT.sub('""', _COMMENT.sub("", _HEADER.sub("", text)))
    query = re.sub(r"(?m)(?<=\s)#.*$", "", _PREFIX.sub("", query))
    found = {known[prefix] + name for prefix, name in _NAME.findall(query) if prefix in known}
    for name in _CLASS.findall(text):
        prefix, _, local = name.partition(":")
        if prefix in known:
            found.add(known[prefix] + local)
    return found
