"""What people decided about pairs, kept in a mapping file: SSSOM/TSV, as `kg link` keeps it (:mod:`kg.link.sssom`).

`same` is `skos:exactMatch`, `different` the same with the modifier `Not`, both justified by `semapv:MappingReview`. `later` is no mapping: such pairs stand
in the metadata of the file (slot `ext_later`) with the date and a mark of what the pair looked like. Decisions that contradict each other, also over a
third entity, are refused.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kg.cells import defused
from kg.duplicates.contradictions import chains, contradiction
from kg.duplicates.facts import Facts
from kg.duplicates.model import DIFFERENT, LATER, SAME, Decision, Known, Later, ordered
from kg.errors import InputError, Problem, Text, unwritable
from kg.files import make_folder_of, write_file
from kg.link.sssom import EXACT, SEMAPV, EntityMapping, MappingSet, new_set, parse_sssom, read_sssom, sssom_text
from kg.namespaces import BASE
from kg.sources.lossless import checksum

DEFAULT_FILE = Path("data/mappings/duplicates.sssom.tsv")
LATER_SLOT = "ext_later"
NOTE, WHO = 1000, 100
"""Characters of a note and of who decided that are kept."""


@dataclass(frozen=True)
class Book:
    """The mapping file of duplicates as it was read.

    Attributes:
        path: The file.
        mapping_set: Its rows and metadata, `later` left out.
        later: Pairs put off.
        mark: Checksum of the file, or nothing where there was none.
    """

    path: Path
    mapping_set: MappingSet
    later: tuple[Later, ...]
    mark: str

    def known(self, others: Iterable[MappingSet] = ()) -> Known:
        """Return what is decided here and in other mapping sets (those of `kg link`): whatever relates a pair there, it is not proposed."""
        decided: dict[tuple[str, str], Decision] = {}
        for found in (*others, self.mapping_set):
            for mapping in found.mappings:
                decided[ordered(*mapping.pair)] = _decision(mapping, str(self.path) if found is self.mapping_set else found.name)
        return Known(decided, {(item.one, item.other): item for item in self.later})


def _decision(mapping: EntityMapping, file: str) -> Decision:
    return Decision(*mapping.pair, SAME if mapping.exact else DIFFERENT, mapping.reviewer_label, mapping.comment, file, mapping.row)


def read_book(path: Path, base: str, title: Mapping[str, str], license_: str) -> Book:
    """Read the mapping file of duplicates; one that is not there is empty.

    Args:
        path: The file.
        base: Namespace root of the entities.
        title: Title of the graph, per language.
        license_: IRI of the licence of the mappings.

    Raises:
        InputError: It cannot be read or has faults; all of them are in `problems`.
    """
    if not path.exists():
        return Book(path, new_set(path.name, base, {"en": f"Duplicates: {title.get('en') or title.get('de') or ''}"}, license_), (), "")
    try:
        data = path.read_bytes()
        text = data.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        what = Text(f"The mapping file cannot be read: {error}.", f"Die Zuordnungsdatei lässt sich nicht lesen: {error}.")
        raise InputError(what, where=str(path), fix=Text("Name an SSSOM/TSV file in UTF-8.", "Nennen Sie eine SSSOM/TSV-Datei in UTF-8.")) from error
    found = parse_sssom(text.removeprefix("\ufeff").replace("\r\n", "\n"), path.name)
    metadata = dict(found.metadata)
    later = tuple(sorted((_later(item, path) for item in metadata.pop(LATER_SLOT, None) or ()), key=lambda item: (item.one, item.other)))
    metadata.pop("extension_definitions", None)
    return Book(path, replace(found, metadata=metadata), later, checksum(data))


def _later(item: Any, path: Path) -> Later:
    if not isinstance(item, dict) or not {"one", "other"} <= item.keys():
        what = Text(f"An entry of {LATER_SLOT} names no pair.", f"Ein Eintrag von {LATER_SLOT} nennt kein Paar.")
        raise InputError(what, where=str(path), fix=Text("Delete the entry.", "Löschen Sie den Eintrag."))
    return Later(*ordered(str(item["one"]), str(item["other"])), *(str(item.get(key) or "") for key in ("date", "mark", "who", "note")))


def beside(path: Path) -> list[MappingSet]:
    """Return the other mapping sets of the folder, those of `kg link`.

    Raises:
        InputError: One has faults.
    """
    return [read_sssom(file) for file in sorted(path.parent.glob("*.sssom.tsv")) if file.name != path.name]


def decide(book: Book, decisions: Sequence[Decision], facts: Mapping[str, Facts], others: Iterable[MappingSet] = (), *, date: str = "") -> Book:
    """Return the mapping file with further decisions.

    Args:
        book: The file so far.
        decisions: New ones.
        facts: The entities they are about.
        others: Other mapping sets that may not be contradicted.
        date: Day of the decisions, `YYYY-MM-DD`.

    Raises:
        InputError: Some contradict each other, or what is decided; both rows of each are in `problems`. Nothing is changed.
    """
    known = book.known(others)
    kept: dict[tuple[str, str], Decision] = dict(known.decided)
    problems: list[Problem] = []
    new: dict[tuple[str, str], Decision] = {}
    for decision in decisions:
        before = new.get(decision.ends) or kept.get(decision.ends)
        if before and before.decision != decision.decision:
            problems.append(contradiction(decision, before))
        elif not before:
            new[decision.ends] = decision
    firm = {ends: found for ends, found in new.items() if found.decision != LATER}
    problems += [] if problems else chains({**kept, **firm}, firm)
    if problems:
        number = len(problems)
        what = Text(
            f"{number} decisions contradict others; nothing was written.", f"{number} Entscheidungen widersprechen anderen; geschrieben wurde nichts."
        )
        if number == 1:
            what = Text(
                "A decision contradicts another; nothing was written.", "Eine Entscheidung widerspricht einer anderen; geschrieben wurde nichts."
            )
        fix = Text(
            "Correct one of the rows; `kg duplicates --undo A B` takes an earlier decision back.",
            "Berichtigen Sie eine der Zeilen; `kg duplicates --undo A B` nimmt eine frühere Entscheidung zurück.",
        )
        raise InputError(what, fix=fix, problems=tuple(sorted(problems)))
    rows = [*book.mapping_set.mappings, *(_mapping(found, facts, date) for found in firm.values())]
    later = {(item.one, item.other): item for item in book.later if (item.one, item.other) not in new}
    for ends, found in new.items():
        if found.decision == LATER:
            later[ends] = Later(*ends, date, "".join(facts[end].mark() for end in ends), _plain(found.who, WHO), _plain(found.note, NOTE))
    named = {end for ends in firm for end in ends} | {graph for ends in firm for end in ends for graph in facts[end].graphs}
    mapping_set = replace(book.mapping_set, mappings=tuple(sorted(rows)), prefixes=_prefixes(book.mapping_set.prefixes, named))
    return replace(book, mapping_set=mapping_set, later=tuple(sorted(later.values(), key=lambda item: (item.one, item.other))))


def undo(book: Book, one: str, other: str) -> Book:
    """Return the mapping file without what was decided about a pair.

    Raises:
        InputError: Nothing was.
    """
    ends = ordered(one, other)
    rows = tuple(mapping for mapping in book.mapping_set.mappings if ordered(*mapping.pair) != ends)
    later = tuple(item for item in book.later if (item.one, item.other) != ends)
    if len(rows) == len(book.mapping_set.mappings) and len(later) == len(book.later):
        what = Text(f"Nothing is decided about {one} and {other}.", f"Über {one} und {other} ist nichts entschieden.")
        raise InputError(what, where=str(book.path), fix=Text("List decisions with --decided.", "Entscheidungen zeigt --decided."))
    return replace(book, mapping_set=replace(book.mapping_set, mappings=rows), later=later)


def _mapping(decision: Decision, facts: Mapping[str, Facts], date: str) -> EntityMapping:
    one, other = (facts[end] for end in (decision.one, decision.other))
    labels = [defused(_plain(found.label, NOTE)) for found in (one, other)]
    sources = [min(found.graphs, default="") for found in (one, other)]
    modifier = "Not" if decision.decision == DIFFERENT else ""
    who, note = (defused(_plain(*pair)) for pair in ((decision.who, WHO), (decision.note, NOTE)))
    return EntityMapping(
        *(one.entity, labels[0], EXACT[0], modifier, other.entity, labels[1], SEMAPV + "MappingReview"),
        *(who, sources[0], sources[1], date),
        comment=note,
    )


def _plain(text: str, size: int) -> str:
    """Return a text on one line, cut."""
    return " ".join(text.split())[:size]


def _prefixes(prefixes: Mapping[str, str], entities: Iterable[str]) -> dict[str, str]:
    """Return the prefixes with one for the folder of each IRI that has none yet, named for that folder."""
    found = dict(prefixes)
    for entity in sorted(entities):
        if not any(entity.startswith(root) for root in found.values()):
            root = entity[: entity.rindex("/") + 1]
            name = plain = "".join(sign if sign.isascii() and sign.isalnum() else "_" for sign in root.rstrip("/").rsplit("/", 1)[-1]) or "entity"
            number = 1
            while name in found or not name[0].isalpha():
                number += 1
                name = f"e_{plain}_{number}"
            found[name] = root
    return found


def book_text(book: Book) -> str:
    """Return the mapping file as text."""
    metadata = dict(book.mapping_set.metadata)
    if book.later:
        keys = ("one", "other", "date", "mark", "who", "note")
        metadata["extension_definitions"] = [{"slot_name": LATER_SLOT, "property": f"{BASE}mapping/slot/later"}]
        metadata[LATER_SLOT] = [{key: getattr(item, key) for key in keys if getattr(item, key)} for item in book.later]
    return sssom_text(replace(book.mapping_set, metadata=metadata))


def write_book(book: Book) -> None:
    """Write the mapping file, whole or not at all.

    Raises:
        InputError: Somebody has changed it since it was read; nothing is written.
        BuildError: It cannot be written.
    """
    text = book_text(book)
    make_folder_of(book.path)
    with _alone(book.path.parent, book.path):
        there = checksum(book.path.read_bytes()) if book.path.exists() else ""
        if there != book.mark:
            what = Text(
                "The file has changed since it was read; nothing was written.",
                "Die Datei wurde geändert, seit sie gelesen wurde; geschrieben wurde nichts.",
            )
            fix = Text("Run the command again.", "Rufen Sie den Befehl neu auf.")
            raise InputError(what, where=str(book.path), fix=fix)
        write_file(book.path, text)


@contextlib.contextmanager
def _alone(folder: Path, path: Path) -> Iterator[None]:
    """Hold a folder for one writer; a second one waits, and then sees that the file has changed."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise unwritable(error, path, "--mappings") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
