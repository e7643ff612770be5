"""The names of all things that can be reconciled, in memory, and which of them share words with a name.

Read once per worker from `search.sqlite`: for each word (as :mod:`kg.link.names` folds it: one spelling, one language, no legal forms) the names that have
it. The candidates of a query are the names with the highest share of common words by weight (Dice coefficient of inverse document frequencies), typing
errors, abbreviations and words written as one allowed. Sources: P. Christen (2012), Data Matching, chapter 4 (indexing), doi:10.1007/978-3-642-31164-2;
K. Sparck Jones (1972), A statistical interpretation of term specificity, doi:10.1108/eb026526.
"""

from __future__ import annotations

import json
import re
import sqlite3
from array import array
from bisect import bisect_left
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import log
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from kg.errors import StoreError, Text
from kg.link.names import squash, tokens, variants
from kg.namespaces import local_name
from kg.portal.reconcile_schema import TYPES
from kg.portal.reconcile_words import ABBREVIATIONS, all_words
from kg.search.columns import Columns
from kg.search.vocabulary import tolerance
from kg.search.write import IDENTIFIER

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np

CANDIDATES = 16
"""Things that are compared closely for one query."""
LOOKED_AT = 4_000
"""Names that share a word with a query and are ranked."""
WORDS = 20
"""Words of a query that are looked for."""
NEAR = 8
LEAST_BEGINNING = 3
MISTYPED, ABBREVIATED, JOINED = 0.85, 0.75, 0.95
"""How much a word counts that is near, that the query abbreviates, or that the query writes as two."""

_SEVERAL = re.compile(r"[(:/–—]| - ")
"""What may stand between two names in one (:func:`kg.link.names.variants`)."""


@dataclass(frozen=True)
class Shown:
    """What an answer shows of a thing.

    Attributes:
        number, iri, name: Thing.
        classes: IRIs of its classes.
        names: All names and acronyms.
        acronyms: Those among them.
        identifiers: As the sources write them.
        place, country, country_iri: Names of the nearest and of the outermost place, and its IRI; empty where unknown.
        since, until: Years, or 0.
        weight: Number of statements that lead to it.
    """

    number: int
    iri: str
    name: str
    classes: tuple[str, ...]
    names: tuple[str, ...]
    acronyms: tuple[str, ...]
    identifiers: tuple[str, ...]
    place: str
    country: str
    country_iri: str
    since: int
    until: int
    weight: int


class Names:
    """All names, open for reading.

    Args:
        path: `search.sqlite` of the graph.

    Raises:
        StoreError: It cannot be read.
    """

    def __init__(self, path: Path) -> None:
        try:
            # The file of a build never changes: no locks, no journal.
            self._database = sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1", uri=True, check_same_thread=False)
            self.columns = Columns(dict(self._database.execute("SELECT name, data FROM part").fetchall()))
            self._read()
        except (sqlite3.DatabaseError, KeyError, ValueError) as error:
            what = Text(f"The search index cannot be read: {error}.", f"Der Suchindex ist nicht lesbar: {error}.")
            fix = Text("Build the graph again with `kg build`.", "Bauen Sie den Graphen mit `kg build` neu.")
            raise StoreError(what, where=str(path), fix=fix) from error

    def _read(self) -> None:
        import numpy as np

        of_thing, lengths = array("i"), array("f")
        names = self._all_names(of_thing)
        postings: dict[str, array[int]] = {}
        whole: dict[str, list[int]] = {}
        words_of = all_words(names)
        for at, (words, letters) in enumerate(words_of):
            for word in words:
                if word in postings:
                    postings[word].append(at)
                else:
                    postings[word] = array("i", (at,))
            whole.setdefault(letters, []).append(of_thing[at])
        total = max(1, len(names))
        self.weights = {word: log(1 + total / len(found)) for word, found in postings.items()}
        weight = self.weights.__getitem__
        lengths.extend(sum(map(weight, words)) for words, _ in words_of)
        self.unknown = log(1 + total)
        self._thing = np.array(of_thing, dtype=np.int32)
        self._length = np.array(lengths, dtype=np.float32)
        self._postings = {word: np.frombuffer(found, dtype=np.int32) for word, found in postings.items()}
        self._whole = {text: tuple(dict.fromkeys(found)) for text, found in whole.items() if text}
        self._words = sorted(postings)
        self._set_of_name = np.array(self.columns.classes, dtype=np.uint16)[self._thing - 1]
        self._masks: dict[tuple[str, ...], np.ndarray[Any, Any]] = {}

    def _all_names(self, of_thing: array[int]) -> list[str]:
        """Return all names of the things that are reconciled, and write the number of the thing of each."""
        wanted = {index for index, names in enumerate(self.columns.class_sets) if set(names) & set(TYPES)}
        with closing(self._database.execute('SELECT id, de, en, "any", details FROM thing ORDER BY id')) as rows:
            found = [row for row in rows if self.columns.classes[row[0] - 1] in wanted]
        # One document instead of fifty thousand.
        details = json.loads("[" + ",".join(row[4] for row in found) + "]")
        names: list[str] = []
        for (number, de, en, other, _), more in zip(found, details, strict=True):
            for name in dict.fromkeys((de, en, other, *more.get("names", ()), *more.get("acronyms", ()))):
                if name:
                    parts = variants(name) if _SEVERAL.search(name) or not name.isupper() else (name,)
                    names += parts
                    of_thing.extend([number] * len(parts))
        return names

    @cached_property
    def _by_length(self) -> dict[int, list[str]]:
        found: dict[int, list[str]] = defaultdict(list)
        for word in self._words:
            if len(word) >= 3:
                found[len(word)].append(word)
        return found

    def written_out(self, text: str) -> str:
        """Return a name with its abbreviations written out; empty where it has none."""
        words = tokens(text)
        made = [ABBREVIATIONS.get(word, word) for word in words]
        return " ".join(made) if tuple(made) != words else ""

    def meant(self, words: Iterable[str]) -> dict[str, list[tuple[str, float]]]:
        """Return for words that no name has the words of names that may be meant, with how much they count; for others nothing."""
        return {word: self._near_one(word) for word in words if word not in self._postings}

    # --- words -----------------------------------------------------------------------------------------------------------

    def _near_one(self, word: str) -> list[tuple[str, float]]:
        if word not in self._kept:
            if len(self._kept) > 20_000:
                self._kept.clear()
            self._kept[word] = self._looked_for(word)
        return self._kept[word]

    @cached_property
    def _kept(self) -> dict[str, list[tuple[str, float]]]:
        return {}

    def _looked_for(self, word: str) -> list[tuple[str, float]]:
        from rapidfuzz.distance import OSA
        from rapidfuzz.process import extract

        most = tolerance(word)
        found: list[tuple[str, float]] = []
        for difference in range(-most, most + 1) if most else ():
            among = self._by_length.get(len(word) + difference, ())
            found += [(one, float(distance)) for one, distance, _ in extract(word, among, scorer=OSA.distance, score_cutoff=most, limit=NEAR)]
        if found:
            best = min(distance for _, distance in found)
            chosen = sorted((one for one in found if one[1] == best), key=lambda one: (one[0][:1] != word[:1], one[0]))[:NEAR]
            return [(one, MISTYPED - 0.1 * (best - 1)) for one, _ in chosen]
        parts = self._split(word)
        if parts:
            return [(one, JOINED) for one in parts]
        if len(word) < LEAST_BEGINNING or word.isdigit():
            return []
        low, high = bisect_left(self._words, word), bisect_left(self._words, word + "\U0010ffff")
        begun = self._words[low:high] if high - low <= 200 else []
        return [(one, ABBREVIATED) for one in sorted(begun, key=lambda one: (self.weights[one], one))[:NEAR]]

    def _split(self, word: str) -> tuple[str, ...]:
        """Return two words that a word is made of (`sozialforschung`: `social`, `research` where both stand in names)."""
        for at in range(len(word) - 4, 3, -1):
            parts = [tokens(one) for one in (word[:at], word[at:])]
            if all(len(one) == 1 and one[0] in self._postings for one in parts):
                return parts[0][0], parts[1][0]
        return ()

    # --- candidates ------------------------------------------------------------------------------------------------------

    def candidates(self, text: str, classes: tuple[str, ...]) -> list[int]:
        """Return the numbers of the things whose names are nearest to a name, nearest first, at most :data:`CANDIDATES`.

        Args:
            text: Name.
            classes: IRIs of classes, one of which a thing must have; empty for all that are reconciled.
        """
        import numpy as np

        exact = [number for number in self._whole.get(squash(text), ()) if not classes or self._is(number, classes)][:CANDIDATES]
        words = list(dict.fromkeys(tokens(text)))[:WORDS]
        if not words or not len(self._thing):
            return exact
        meant = {**{word: [(word, 1.0)] for word in words if word in self._postings}, **self.meant(words)}
        shared = np.zeros(len(self._thing), np.float32)
        length = 0.0
        found: list[tuple[int, np.ndarray[Any, Any], float]] = []
        for word in words:
            options = meant[word]
            length += max((self.weights[one] for one, _ in options), default=self.unknown)
            found += [(len(self._postings[one]), self._postings[one], self.weights[one] * factor) for one, factor in options]
        for one in {part for word in words for part in ABBREVIATIONS.get(word, "").split()} - set(words):
            if one in self._postings:
                found.append((len(self._postings[one]), self._postings[one], self.weights[one] * ABBREVIATED))
        for one, other in pairwise(words):
            # Two words that names write as one.
            joined = self._postings.get(one + other)
            if joined is not None:
                found.append((len(joined), joined, self.weights[one + other] * JOINED))
        found.sort(key=lambda one: one[0])
        rare: list[np.ndarray[Any, Any]] = []
        seen = 0
        for count, posting, weight in found:
            shared[posting] += weight
            # Names that share only what a thousand others share are not looked at, unless there is nothing rarer.
            if not rare or seen + count <= LOOKED_AT:
                rare.append(posting)
                seen += count
        if not rare:
            return exact
        among = np.unique(np.concatenate(rare))
        likeness = 2 * shared[among] / (self._length[among] + length)
        if classes:
            likeness = likeness * self._mask(classes)[among]
        best = np.lexsort((among, -likeness))[: 4 * CANDIDATES]
        numbers = dict.fromkeys(exact)
        numbers.update(dict.fromkeys(int(self._thing[among[one]]) for one in best if likeness[one] > 0))
        return list(numbers)[:CANDIDATES]

    def _mask(self, classes: tuple[str, ...]) -> np.ndarray[Any, Any]:
        import numpy as np

        if classes not in self._masks:
            wanted = [index for index, names in enumerate(self.columns.class_sets) if set(names) & set(classes)]
            if len(self._masks) > 32:
                self._masks.clear()
            self._masks[classes] = np.isin(self._set_of_name, wanted).astype(np.float32)
        return self._masks[classes]

    def _is(self, number: int, classes: tuple[str, ...]) -> bool:
        return bool(set(self.columns.class_sets[self.columns.classes[number - 1]]) & set(classes))

    def identified(self, keys: Iterable[str], iris: Iterable[str], classes: tuple[str, ...]) -> list[int]:
        """Return the things with one of some identifiers or IRIs."""
        found: dict[int, None] = {}
        for iri in iris:
            found.update(dict.fromkeys(row for (row,) in self._database.execute("SELECT id FROM thing WHERE iri = ?", (iri,))))
        for one in keys:
            sql = "SELECT id FROM key WHERE key = ? AND kind = ? ORDER BY id LIMIT 50"
            found.update(dict.fromkeys(row for (row,) in self._database.execute(sql, (one, IDENTIFIER))))
        allowed = classes or tuple(TYPES)
        return [number for number in found if self._is(number, allowed)]

    # --- showing ---------------------------------------------------------------------------------------------------------

    def shown(self, numbers: Iterable[int], lang: str) -> dict[int, Shown]:
        """Return what is shown of some things."""
        wanted = sorted(set(numbers))
        found = {}
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            marks = ",".join("?" * len(part))
            sql = f'SELECT id, iri, de, en, "any", details FROM thing WHERE id IN ({marks})'  # noqa: S608 (question marks only)
            for row in self._database.execute(sql, part):
                found[row[0]] = (*row[1:5], json.loads(row[5]))
        near = sorted({details["place"] for *_, details in found.values() if details["place"]} - set(found))
        places: dict[int, str] = {}
        for start in range(0, len(near), 500):
            part = near[start : start + 500]
            sql = f'SELECT id, iri, de, en, "any" FROM thing WHERE id IN ({",".join("?" * len(part))})'  # noqa: S608
            places.update({row[0]: _name(row[1:], lang) for row in self._database.execute(sql, part)})
        places.update({number: _name(row[:4], lang) for number, row in found.items()})
        return {number: self._shown(number, row, places, lang) for number, row in found.items()}

    def _shown(self, number: int, row: tuple[Any, ...], places: dict[int, str], lang: str) -> Shown:
        iri, de, en, other, details = row
        columns = self.columns
        outermost = columns.places.get(str(columns.countries[number - 1]), {})
        country = outermost.get(lang, "")
        acronyms = tuple(details.get("acronyms", ()))
        return Shown(
            number,
            iri,
            _name((iri, de, en, other), lang),
            tuple(columns.class_sets[columns.classes[number - 1]]),
            tuple(dict.fromkeys(one for one in (de, en, other, *details.get("names", ()), *acronyms) if one)),
            acronyms,
            tuple(details.get("identifiers", ())),
            places.get(details["place"], ""),
            country,
            outermost.get("iri", ""),
            columns.starts[number - 1],
            columns.ends[number - 1],
            columns.weights[number - 1],
        )


def _name(row: tuple[Any, ...], lang: str) -> str:
    iri, de, en, other = row
    first, second = (de, en) if lang == "de" else (en, de)
    return str(first or second or other or local_name(iri))
