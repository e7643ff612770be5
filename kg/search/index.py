"""Reading `search.sqlite`: the names that a text means, best first, with what narrows the result down."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from kg.errors import StoreError, Text
from kg.namespaces import PREFIXES, local_name
from kg.search.asked import Asked, any_of
from kg.search.columns import Columns, Filters
from kg.search.fold import skeleton, words
from kg.search.results import Found, Hit
from kg.search.vocabulary import Vocabulary
from kg.search.write import APPLICATION, FORMAT, IDENTIFIER

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 0.25
"""Time of one search in SQLite; what was found until then is the answer, as "at least"."""
MAX_MATCHES = 20_000
MAX_LIMIT = 100
STARTS = 500
ENOUGH = 5
"""With fewer hits for one or two words, words inside words are looked for as well."""
FEW_WORDS = 2
SUGGESTED = 200


@dataclass
class _Matches:
    """Numbers of things, best first, and whether these are all."""

    rows: dict[int, None] = field(default_factory=dict)
    complete: bool = True
    corrected: str = ""
    partial: bool = False
    words: list[str] = field(default_factory=list)


class SearchIndex:
    """A search index, open for reading; one per process or thread.

    Raises:
        StoreError: The file is absent, damaged, or of another version; also raised by each method where damage shows later.
    """

    def __init__(self, path: Path, *, seconds: float = SECONDS) -> None:
        self.path = path
        self._seconds = seconds
        self._until = float("inf")
        if not path.is_file():
            raise self._broken("There is no search index.", "Es gibt keinen Suchindex.")
        with self._reading():
            # The file of a build never changes: no locks, no journal, also on a read-only disk.
            self._database = sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1", uri=True, check_same_thread=False)
            self._database.set_progress_handler(lambda: time.monotonic() > self._until, 1000)
            stamps = [self._database.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")]
            if stamps != [APPLICATION, FORMAT]:
                raise self._broken("The search index is of another version.", "Der Suchindex ist von einer anderen Version.")
            parts: dict[str, bytes] = dict(self._database.execute("SELECT name, data FROM part").fetchall())
        try:
            self._columns = Columns(parts)
        except (KeyError, ValueError) as error:
            raise self._broken("The search index is damaged.", "Der Suchindex ist beschädigt.") from error
        self.things = self._columns.things

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def search(
        self,
        text: str,
        *,
        lang: str = "en",
        classes: Sequence[str] = (),
        places: Sequence[str] = (),
        periods: Sequence[str] = (),
        graphs: Sequence[str] = (),
        limit: int = 20,
        offset: int = 0,
        facets: bool = True,
    ) -> Found:
        """Return a page of what a text means.

        Order: exact identifiers and IRIs; names and acronyms equal to the text; names that begin with it; all words in the names; the last word as
        a beginning; words also in the names of place and class. Where that gives nothing, or fewer than five for one or two words: words inside words.
        Where it gives nothing:
        typing errors mended, then things with some of the words. Within each step the most important thing comes first, then by name.

        Args:
            text: What somebody types; at most 200 characters and 12 words are read. An empty text means everything.
            lang: Language of names.
            classes, places, periods, graphs: See :class:`Filters`.
            limit: Hits on a page, at most 100.
            offset: Hits before this page.
            facets: Whether to count what narrows the result down.
        """
        asked = Asked.of(text)
        filters = Filters(tuple(map(_expanded, classes)), tuple(places), tuple(periods), tuple(graphs))
        with self._reading(self._seconds):
            matches = self._find(asked) if asked.text else _Matches(dict.fromkeys(range(1, self.things + 1)))
            rows = self._columns.filtered(list(matches.rows), filters)
            start = max(0, offset)
            hits = self._hits(rows[start : start + min(max(limit, 0), MAX_LIMIT)], lang, matches.words or asked.words, asked)
            counted = self._columns.facets(list(matches.rows), filters, lang) if facets else ()
        corrected = _written(matches.corrected, hits) if matches.corrected else ""
        return Found(hits, len(rows), matches.complete, counted, corrected, matches.partial, tuple(matches.words or asked.words))

    def suggest(self, text: str, *, of_class: str = "", lang: str = "en", limit: int = 8) -> tuple[Hit, ...]:
        """Return things while somebody types: the same order as :meth:`search`, the first ones only, without counts.

        Args:
            text: What has been typed so far.
            of_class: CURIE or IRI of a class; subclasses count.
            lang: Language of names.
            limit: At most 100.
        """
        asked = Asked.of(text)
        if not asked.text:
            return ()
        filters = Filters(classes=(_expanded(of_class),) if of_class else ())
        with self._reading(self._seconds):
            matches = self._find(asked, most=SUGGESTED if not of_class else MAX_MATCHES)
            rows = self._columns.filtered(list(matches.rows), filters)[: min(max(limit, 0), MAX_LIMIT)]
            return self._hits(rows, lang, matches.words or asked.words, asked)

    def near(self, text: str, *, lang: str = "en", limit: int = 5) -> tuple[Hit, ...]:
        """Return what somebody may have meant by an address or a name that does not exist.

        The last step of an address counts, hyphens read as blanks. Where nothing is like it, things with a word that begins like one of its words.
        """
        asked = Asked.of(" ".join(words(local_name(text) or text)))
        found = self.suggest(asked.text, lang=lang, limit=limit)
        if found or not asked.words:
            return found
        matches = _Matches()
        with self._reading(self._seconds):
            for word in sorted(asked.words, key=len, reverse=True):
                beginning = self.vocabulary.longest_beginning(word)
                if beginning and not matches.rows:
                    self._match(any_of([beginning], beginning=True), matches, SUGGESTED)
                    matches.words = [beginning]
            return self._hits(list(matches.rows)[: min(max(limit, 0), MAX_LIMIT)], lang, matches.words, asked)

    def label(self, iri: str, lang: str = "en") -> str:
        """Return the name of a thing, or an empty text for a thing that is not in the index."""
        return self.labels([iri], lang).get(iri, "")

    def labels(self, iris: Iterable[str], lang: str = "en") -> dict[str, str]:
        """Return the names of those things that are in the index."""
        found = {}
        with self._reading():
            for iri in iris:
                row = self._database.execute('SELECT iri, de, en, "any", any_lang FROM thing WHERE iri = ?', (iri,)).fetchone()
                if row:
                    found[iri] = _name(row, lang)[0]
        return found

    # --- finding ---------------------------------------------------------------------------------------------------------

    def _find(self, asked: Asked, most: int = MAX_MATCHES) -> _Matches:
        matches = _Matches()
        self._whole(asked, matches)
        if asked.words:
            self._by_words(asked, matches, most)
            if not matches.rows or (len(matches.rows) < ENOUGH and len(asked.words) <= FEW_WORDS):
                self._inside(asked, matches, most)
            if not matches.rows:
                self._mended(asked, matches, most)
            if not matches.rows:
                self._some(asked, matches, most)
        return matches

    def _whole(self, asked: Asked, matches: _Matches) -> None:
        """Things whose identifier, IRI or name the text is, and things whose name begins with it."""
        for iri in asked.iris():
            self._add("SELECT id FROM thing WHERE iri = ?", (iri,), matches)
        for one in asked.identifiers():
            self._add("SELECT id FROM key WHERE key = ? AND kind = ? ORDER BY id", (one, IDENTIFIER), matches)
        if asked.key:
            self._add("SELECT DISTINCT id FROM key WHERE key = ? AND kind > ? ORDER BY id", (asked.key, IDENTIFIER), matches)
        if len(asked.key) > 1:
            # The most important of the first 500 in the alphabet: one letter more, and all are there.
            sql = "SELECT id FROM (SELECT id FROM key WHERE key > ? AND key < ? AND kind > ? LIMIT ?) GROUP BY id ORDER BY id"
            self._add(sql, (asked.key + " ", asked.key + " \U0010ffff", IDENTIFIER, STARTS), matches)

    def _by_words(self, asked: Asked, matches: _Matches, most: int) -> None:
        for beginning, anywhere in ((False, False), (True, False), (True, True)):
            if anywhere and len(asked.words) == 1:
                continue
            self._match(asked.all_words(beginning=beginning, anywhere=anywhere), matches, most)

    def _inside(self, asked: Asked, matches: _Matches, most: int) -> None:
        """Words inside words ("forschung" in "Sozialforschungsstelle"), and all words written as one ("t factor" for "TFactor")."""
        joined = "".join(asked.words)
        if len(asked.words) > 1 and self.vocabulary.count(joined):
            self._match(any_of([joined]), matches, most)
        instead = {word: self.vocabulary.inside(word) for word in asked.words if len(word) >= 4}
        if any(many for many in instead.values()):
            self._match(Asked(asked.text, instead).all_words(beginning=True), matches, most)

    def _mended(self, asked: Asked, matches: _Matches, most: int) -> None:
        """Words that no name has are replaced by those most like them."""
        instead: dict[str, list[str]] = {}
        for index, word in enumerate(asked.words):
            last = index == len(asked.words) - 1
            if self.vocabulary.count(word) or (last and self.vocabulary.begins(word)):
                continue
            near = self.vocabulary.near(word, unfinished=last)
            if near:
                instead[word] = near
        if instead:
            self._match(Asked(asked.text, instead).all_words(beginning=True, anywhere=True), matches, most)
        if matches.rows:
            matches.words = [one for word in asked.words for one in instead.get(word, [word])]
            matches.corrected = " ".join(instead[word][0] if word in instead else word for word in asked.words)

    def _some(self, asked: Asked, matches: _Matches, most: int) -> None:
        """Things with some of the words, or of those like them: with the most of them first."""
        often = self.things // 20 + ENOUGH
        scores: Counter[int] = Counter()
        for word in dict.fromkeys(asked.words):
            options = [word] if self.vocabulary.count(word) else self.vocabulary.near(word)
            if options and sum(map(self.vocabulary.count, options)) <= often:
                one = _Matches()
                self._match(any_of(options), one, most)
                scores.update(one.rows.keys())
                matches.words += options
                matches.complete &= one.complete
        matches.rows = dict.fromkeys(sorted(scores, key=lambda row: (-scores[row], row)))
        matches.partial = len(asked.words) > 1 and bool(matches.rows)

    def _match(self, expression: str, matches: _Matches, most: int) -> None:
        # In the order of the numbers, so the most important come first and a limit cuts the least important.
        self._add("SELECT rowid FROM word WHERE word MATCH ? ORDER BY rowid LIMIT ?", (expression, most + 1), matches)
        if len(matches.rows) > most:
            matches.complete = False
            matches.rows = dict.fromkeys(list(matches.rows)[:most])

    def _add(self, sql: str, values: tuple[Any, ...], matches: _Matches) -> None:
        """Add rows behind those there already; when the time is over, those that came until then."""
        try:
            cursor = self._database.execute(sql, values)
            while many := cursor.fetchmany(1000):
                matches.rows.update(dict.fromkeys(row for (row,) in many))
        except sqlite3.OperationalError as error:
            if "interrupted" not in str(error):
                raise
            matches.complete = False

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words of all names."""
        return Vocabulary(self._columns.words, self._columns.counts)

    # --- showing ---------------------------------------------------------------------------------------------------------

    def _hits(self, rows: list[int], lang: str, asked_words: Sequence[str], asked: Asked) -> tuple[Hit, ...]:
        if not rows:
            return ()
        # Finding has its time; to show what was found takes a hundred look-ups at most.
        self._until = float("inf")
        marks_ = ",".join("?" * len(rows))
        sql = f'SELECT id, iri, de, en, "any", any_lang, details FROM thing WHERE id IN ({marks_})'  # noqa: S608 (question marks only)
        found = {row[0]: (row[1:6], json.loads(row[6])) for row in self._database.execute(sql, rows)}
        places = sorted({details["place"] for _, details in found.values() if details["place"]})
        marks_ = ",".join("?" * len(places))
        sql = f'SELECT id, iri, de, en, "any", any_lang FROM thing WHERE id IN ({marks_})'  # noqa: S608
        names = {row[0]: _name(row[1:], lang)[0] for row in self._database.execute(sql, places)}
        return tuple(self._hit(row, *found[row], names, lang, asked_words, asked) for row in rows)

    def _hit(
        self, row: int, shown: tuple[Any, ...], details: dict[str, Any], places: dict[int, str], lang: str, asked_words: Sequence[str], asked: Asked
    ) -> Hit:
        label, tag = _name(shown, lang)
        class_iri = next(iter(self._columns.class_sets[self._columns.classes[row - 1]]), "")
        country = self._columns.places.get(str(self._columns.countries[row - 1]), {}).get(lang, "")
        place = places.get(details["place"], "")
        other, kind = self._met(label, details, asked_words, asked)
        return Hit(
            iri=shown[0],
            label=label,
            lang=tag,
            class_iri=class_iri,
            class_label=str(self._columns.names[class_iri][lang]) if class_iri else "",
            other=other,
            other_kind=kind,
            acronym=next(iter(details.get("acronyms", ())), ""),
            place=place,
            country=country if country != place else "",
            since=self._columns.starts[row - 1] or None,
            until=self._columns.ends[row - 1] or None,
            weight=self._columns.weights[row - 1],
        )

    def _met(self, label: str, details: dict[str, Any], asked_words: Sequence[str], asked: Asked) -> tuple[str, str]:
        """Return the further name or identifier that explains why a thing was found, where its label does not."""
        typed = asked.identifiers()
        for one in details.get("identifiers", ()):
            if "".join(one.split()).casefold() in typed:
                return one, "identifier"
        most = _shown(label, asked_words)
        best, kind = "", ""
        for name, of_kind in (("acronyms", "acronym"), ("names", "name"), ("identifiers", "identifier")):
            for one in details.get(name, ()):
                shows = _shown(one, asked_words)
                if shows > most:
                    best, kind, most = one, of_kind, shows
        return best, kind

    @contextmanager
    def _reading(self, seconds: float = float("inf")) -> Iterator[None]:
        """Give a reading its time, and turn damage into an error that says what to do."""
        self._until = time.monotonic() + seconds
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise self._broken(f"The search index is damaged ({error}).", f"Der Suchindex ist beschädigt ({error}).") from error
        finally:
            self._until = float("inf")

    def _broken(self, en: str, de: str) -> StoreError:
        fix = Text("Build the graph again with `kg build`.", "Bauen Sie den Graphen mit `kg build` neu.")
        return StoreError(Text(en, de), where=str(self.path), fix=fix)


def _shown(text: str, asked_words: Sequence[str]) -> int:
    """Return how many of the words a name shows."""
    folded = skeleton(text)
    return sum(word in folded for word in asked_words)


def _written(corrected: str, hits: Iterable[Hit]) -> str:
    """Return folded words as the hits write them."""
    written: dict[str, str] = {}
    for hit in hits:
        for word in re.findall(r"[^\W_]+", f"{hit.label} {hit.other}"):
            known = written.setdefault(skeleton(word), word)
            # Names in capitals are common; a name in small letters shows better how the word is written.
            if sum(map(str.isupper, word)) < sum(map(str.isupper, known)):
                written[skeleton(word)] = word
    return " ".join(written.get(word, word) for word in corrected.split())


def _name(row: Sequence[Any], lang: str) -> tuple[str, str]:
    """Return name and language of a row `iri, de, en, any, any_lang`."""
    by_lang = {"de": row[1], "en": row[2]}
    for tag in (lang, "en" if lang == "de" else "de"):
        if by_lang.get(tag) is not None:
            return str(by_lang[tag]), tag
    return (str(row[3]), str(row[4])) if row[3] is not None else (local_name(str(row[0])), "")


def _expanded(name: str) -> str:
    prefix, colon, local = name.partition(":")
    return PREFIXES[prefix] + local if colon and prefix in PREFIXES else name
