"""Which record of a table is which institution of the folder: by a link, by an identifier, or by name with place and website.

Names are compared as `kg link` does it (:mod:`kg.link.score`), so a number here means what it means there. The unit's rule is kept here: a record
that goes by the name of the body a unit belongs to is never a match for the unit, whatever the score.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kg.enrich.folder import Entities, names_of, words_of
from kg.enrich.model import SHOWN, Held
from kg.enrich.records import Record
from kg.errors import Text
from kg.link.names import key, squash, variants
from kg.link.profiles import host
from kg.link.propose import AGREE
from kg.link.score import Profile, Reason, best_names, combine, name_similarity, organisation_reasons

COMMON = 20_000
"""Pairs of names that one word may bring, before it is too common to find anything by (as in :mod:`kg.link.candidates`)."""

SHARE = 0.4
"""Least part of the lighter name's weight that the shared words must have."""

LEAST_NAME = 0.3
"""Evidence that the names alone must give (six tenths alike), unless the website is the same: many bodies share a city and a word."""

SAME_COUNTRY = 0.2
"""What the same country adds: little, because many bodies share it."""

LINKED, REVIEWED = 0.97, 0.99
"""Score of an exact link that somebody has looked at, and of one that a person has judged by itself."""


@dataclass(frozen=True)
class Match:
    """A record that is an entity.

    Attributes:
        entity: `entity_id`.
        record: The record.
        score: 0 to 1.
        reasons: Evidence.
    """

    entity: str
    record: Record
    score: float
    reasons: tuple[Reason, ...]


class Names:
    """Names of the folder's institutions and of all records, with the weight of their words."""

    def __init__(self, entities: Entities, chosen: Sequence[str], records: Sequence[Record], profiles: Mapping[str, Profile]) -> None:
        self.entities, self.records, self.profiles = entities, records, profiles
        counts, total = Counter[str](), 0
        self.words: list[list[tuple[str, frozenset[str]]]] = []
        for record in records:
            forms = [(name, words_of(name)) for text in record.names for name in variants(text)]
            self.words.append(forms)
            for _, words in forms:
                counts.update(words)
            total += len(forms)
        self.own = [(entity, name, words_of(name)) for entity in chosen for name in names_of(entities.rows[entity])]
        own_counts = Counter(word for _, _, words in self.own for word in words)
        total += len(self.own)
        self.weights = {word: math.log(1 + total / count) for word, count in (counts + own_counts).items()}
        self._by_word = defaultdict[str, list[int]](list)
        self._by_key, self._by_squash = defaultdict[str, list[int]](list), defaultdict[str, list[int]](list)
        for number, (_, name, words) in enumerate(self.own):
            self._by_key[key(name)].append(number)
            self._by_squash[squash(name)].append(number)
            for word in words:
                if counts[word] * own_counts[word] <= COMMON:
                    self._by_word[word].append(number)

    def candidates(self) -> Iterator[tuple[str, Record]]:
        """Yield the pairs worth comparing, in the order of the records."""
        for record, forms in zip(self.records, self.words, strict=True):
            found: set[str] = set()
            for name, words in forms:
                near = set(self._by_squash.get(squash(name), ())) | set(self._by_key.get(" ".join(sorted(words)), ()))
                for number in {number for word in words for number in self._by_word.get(word, ())} - near:
                    if self._close(words, self.own[number][2]):
                        near.add(number)
                found |= {self.own[number][0] for number in near}
            for entity in sorted(found):
                yield entity, record

    def _close(self, words: frozenset[str], others: frozenset[str]) -> bool:
        lighter = min(sum(self.weights[word] for word in words), sum(self.weights[word] for word in others))
        return sum(self.weights[word] for word in words & others) >= SHARE * lighter


def profile_of(record: Record) -> Profile:
    """Return what linking compares of a record."""
    city = {key(part) for part in record.city.split("/")} - {""}
    return Profile(
        tuple(dict.fromkeys(name for text in record.names for name in variants(text))),
        record.names[:1],
        countries=frozenset({record.country} - {""}),
        cities=frozenset(city),
        hosts=frozenset({host(record.url)} - {""}) if record.url else frozenset(),
    )


def by_name(names: Names, refused: Iterable[tuple[str, Record]] = ()) -> tuple[list[Match], list[Held]]:
    """Return the matches by name of at least :data:`SHOWN`, and what is held back.

    Args:
        names: Both sides.
        refused: Pairs that somebody has decided not to be the same.
    """
    out = {(entity, record.origin, record.ids) for entity, record in refused}
    found: list[Match] = []
    held: list[Held] = []
    for entity, record in names.candidates():
        if (entity, record.origin, record.ids) in out:
            continue
        left, right = names.profiles[entity], profile_of(record)
        reasons = organisation_reasons(left, right, names.weights, shared_project=False)
        if left.countries & right.countries:
            country = min(left.countries & right.countries)
            reasons.append(Reason("same-country", Text(f"same country {country}", f"gleiches Land {country}"), SAME_COUNTRY))
        score = combine(reasons)
        named = {reason.code: reason.evidence for reason in reasons}
        if score < SHOWN or (max(named.get("same-name", 0), named.get("similar-name", 0)) < LEAST_NAME and "same-website" not in named):
            continue
        if whole := _of_the_whole(names.entities, entity, left, right, names.weights):
            held.extend(Held(entity, value, Text(f"{record.origin}: {whole.en}", f"{record.origin}: {whole.de}")) for value in record.ids)
            continue
        found.append(Match(entity, record, score, tuple(reasons)))
    return found, held


def _of_the_whole(entities: Entities, entity: str, left: Profile, right: Profile, weights: Mapping[str, float]) -> Text | None:
    """Tell why a record is the body that a unit belongs to, or nothing."""
    if not entities.is_unit(entity):
        return None
    best = best_names(left, right, weights)
    wholes = entities.whole_names(entity)
    above = max((name_similarity(whole, name, weights) for whole in wholes for name in right.names), default=0.0)
    if above >= best.similarity or above >= AGREE:
        return Text("the name is that of the body the unit belongs to", "der Name ist der der Einrichtung, zu der die Einheit gehört")
    own, other = words_of(best.left), words_of(best.right)
    labels = [words_of(label) for label in left.labels]
    if any(other < words for words in labels) or (own and not any(own == words for words in labels) and any(own < words for words in labels)):
        return Text("the name is only a part of the unit's full name", "der Name ist nur ein Teil des vollen Namens der Einheit")
    if all(words_of(label) != own for label in left.labels) and best.similarity < 0.99:
        return Text("only a by-name of the unit is similar", "nur ein Nebenname der Einheit ist ähnlich")
    return None


def by_identifier(
    entities: Entities, chosen: Iterable[str], records: Iterable[Record], pics: Mapping[str, str], names: Names
) -> tuple[list[Match], list[Held]]:
    """Return the matches by an identifier that both have; a name that does not agree lowers the score.

    Args:
        entities: The folder.
        chosen: Its institutions.
        records: Records of a table.
        pics: For each entity its PIC by an exact link (`pic:…`).
        names: Profiles and weights of names.
    """
    known = defaultdict[str, list[tuple[str, str]]](list)
    for entity in chosen:
        for text in entities.identifiers(entity):
            known[text].append((entity, ""))
        if entity in pics:
            known[pics[entity]].append((entity, "link"))
    found: list[Match] = []
    held: list[Held] = []
    for record in records:
        for text in record.ids:
            for entity, route in known.get(text, ()):
                if entity in entities.no_own_identifiers and not route:
                    why = Text(
                        f"{record.origin}: the identifiers of the row are those of the body the unit belongs to (decision identifier-of-parent)",
                        f"{record.origin}: die Kennungen der Zeile sind die der Einrichtung, zu der die Einheit gehört (Entscheidung identifier-of-parent)",
                    )
                    held.extend(Held(entity, value, why) for value in record.ids if value != text)
                    continue
                found.append(_identified(entity, record, text, names))
    return found, held


def _identified(entity: str, record: Record, text: str, names: Names) -> Match:
    left, right = names.profiles[entity], profile_of(record)
    reasons = [Reason("same-identifier", Text(f"same identifier {text}", f"gleiche Kennung {text}"), 0.98)]
    if right.names:
        best = best_names(left, right, names.weights)
        if best.similarity < AGREE:
            en, de = f"the names “{best.left}” and “{best.right}” differ", f"die Namen „{best.left}“ und „{best.right}“ weichen ab"
            reasons.append(Reason("other-name", Text(en, de), -0.1 if best.similarity >= 0.3 else -0.25))
        else:
            reasons.append(Reason("name", Text(f"name “{best.right}”", f"Name „{best.right}“"), 0.5))
    if left.countries and right.countries and not left.countries & right.countries:
        reasons.append(Reason("other-country", Text("other country", "anderes Land"), -0.5))
    return Match(entity, record, combine(reasons), tuple(reasons))


def best_of(matches: Iterable[Match]) -> list[Match]:
    """Return one match per entity and record, the best, in a fixed order; routes do not add up."""
    kept: dict[tuple[str, str, tuple[str, ...]], Match] = {}
    for match in matches:
        place = (match.entity, match.record.origin, match.record.ids)
        if place not in kept or match.score > kept[place].score:
            kept[place] = match
    return sorted(kept.values(), key=lambda match: (match.entity, -match.score, match.record.origin, match.record.ids))


def with_facts(profile: Profile, record: Record) -> Profile:
    """Return a profile with what a sure match says about country, city and website."""
    other = profile_of(record)
    return replace(
        profile,
        countries=profile.countries or other.countries,
        cities=profile.cities | other.cities if profile.countries <= other.countries or not other.countries else profile.cities,
        hosts=profile.hosts | other.hosts,
    )
