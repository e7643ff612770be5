"""How sure it is that two entities of one class are one, 0 to 1, and why: reasons for add up, reasons against cut (:func:`kg.link.score.combine`).

Unlike two sources, one source usually has a reason to list two bodies: sister companies, a company and its group, the editions of a series, a city
and the region of its name. So reasons against come first here; some exclude (evidence -1): a part is not its whole, a sequel is not what it follows.
The strengths were set before the judged pairs (`tests/duplicates/judged.csv`) were scored.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.duplicates.facts import NUMBERED, Facts, World
from kg.duplicates.naming import alike_at_most, compare, differences
from kg.errors import Text
from kg.identifiers import dates_agree
from kg.link.score import Profile, Reason, combine
from kg.namespaces import local_name

if TYPE_CHECKING:
    from kg.duplicates.naming import Naming

LEAST = 0.7
"""Score from which a pair is shown by default."""

REGISTERS = ("ror", "wikidata", "grid", "gnd")
"""Registers that give a thing one identifier. Their matching to PICs was made by others, who often give a subsidiary that of its group: equal ones are
no proof."""

BEYOND_CHANCE = 0.001
"""Probability of as many common partners by chance, below which they say something."""

NEAR, FAR = 5.0, 50.0
"""Kilometres between points of one place, and between those of two."""


@dataclass(frozen=True)
class Judgement:
    """A pair with what was found.

    Attributes:
        score: 0 to 1; 0 where something excludes that they are one.
        reasons: For and against, the strongest first.
    """

    score: float
    reasons: tuple[Reason, ...]


class Judge:
    """Scores pairs.

    Args:
        world: The entities.
        weights: Weight of each word of their names.
    """

    def __init__(self, world: World, weights: Mapping[str, float]) -> None:
        self.world, self.name, self.weights = world, world.name, weights
        self._profiles: dict[str, Profile] = {}

    def judge(self, one: str, other: str, *, least: float = 0.0) -> Judgement | None:
        """Score a pair; `None` as soon as it is clear that the score is below `least`."""
        left, right = self.world.facts[one], self.world.facts[other]
        against, factor = [], 1.0
        for reason in self._against(left, right):
            against.append(reason)
            factor *= 1 + reason.evidence
            if factor < least:
                return None
        profiles = self._profile(left), self._profile(right)
        if least and not self._identified(left, right) and not alike_at_most(*profiles, self.weights):
            return None
        naming = compare(left, right, *profiles, self.weights, short=self.name != "Place")
        reasons = [*naming.reasons, *differences(left, right, naming, dated=self.name not in ("Organisation", "Place")), *against]
        reasons += self._for(left, right, naming)
        score = combine(reasons)
        if score < least:
            return None
        return Judgement(score, tuple(sorted((one for one in reasons if one.evidence), key=lambda one: (-abs(one.evidence), one.code))))

    def _profile(self, facts: Facts) -> Profile:
        if facts.entity not in self._profiles:
            self._profiles[facts.entity] = facts.profile()
        return self._profiles[facts.entity]

    def _identified(self, left: Facts, right: Facts) -> bool:
        return bool(self._own(left) & self._own(right)) or bool(set(left.pages) & set(right.pages))

    def _own(self, facts: Facts) -> frozenset[tuple[str, str]]:
        """Return identifiers that say something: the code of a document is the row of its source."""
        return frozenset(pair for pair in facts.identifiers if pair[0] != "code") if self.name == "Document" else facts.identifiers

    def _against(self, left: Facts, right: Facts) -> Iterator[Reason]:
        """Yield what speaks against, names left aside, from the cheapest on."""
        yield from self._other_numbers(left, right)
        yield from self._apart(left, right)
        if left.countries and right.countries and not left.countries & right.countries:
            names = [_list(map(_country, facts.countries)) for facts in (left, right)]
            yield Reason("other-country", Text(f"other country: {names[0]} and {names[1]}", f"anderes Land: {names[0]} und {names[1]}"), -0.85)
        if self.name == "Place":
            yield from _places_apart(left, right)
        elif left.cities and right.cities and not left.cities & right.around and not right.cities & left.around:
            yield Reason("other-place", Text("other place", "anderer Ort"), -0.4)
        if self.name == "Organisation":
            yield from _kinds(left, right)
            yield from self._same_project(left, right)
        else:
            yield from self._times(left, right)
        if self.name == "Document" and left.pages and right.pages and not set(left.pages) & set(right.pages):
            yield Reason("other-page", Text("each has a page of its own", "jedes hat eine eigene Seite"), -0.5)
        if left.publishers and right.publishers and not left.publishers & right.publishers:
            yield Reason("other-publisher", Text("other publisher", "andere Herausgeber"), -0.6)

    def _apart(self, left: Facts, right: Facts) -> Iterator[Reason]:
        """Yield what excludes: the data themselves set the two in relation."""
        for part, whole in ((left, right), (right, left)):
            if whole.entity in self.world.wholes(part.entity):
                yield Reason("part-of", Text("one is a part of the other", "eines ist ein Teil des anderen"), -1.0)
                return
            if part.parent_identifiers & whole.identifiers:
                yield Reason(
                    "part-of",
                    Text("one names the other's identifier as its parent's", "eines nennt die Kennung des anderen als die des Trägers"),
                    -1.0,
                )
                return
            if whole.entity in part.related:
                yield Reason("related", Text("the data relate the two to each other", "die Daten setzen beide zueinander in Beziehung"), -1.0)
                return
        ours, theirs = (facts.parents for facts in (left, right))
        if self.name in ("Event", "Organisation") and ours and theirs and not ours & theirs:
            yield Reason("other-whole", Text("parts of different wholes", "Teile von Verschiedenem"), -0.6)

    def _other_numbers(self, left: Facts, right: Facts) -> Iterator[Reason]:
        by_scheme: list[dict[str, set[str]]] = []
        for facts in (left, right):
            found: dict[str, set[str]] = {}
            for scheme, value in self._own(facts):
                found.setdefault(scheme, set()).add(value)
            by_scheme.append(found)
        differing = [scheme for scheme in by_scheme[0] if scheme in by_scheme[1] and not by_scheme[0][scheme] & by_scheme[1][scheme]]
        for schemes, strength in ((NUMBERED, -0.97), (REGISTERS, -0.9), (("pic",), -0.15)):
            if named := sorted(set(schemes) & set(differing)):
                names = _list(_scheme(scheme) for scheme in named)
                yield Reason("other-identifier", Text(f"different {names}", f"verschiedene {names}"), strength)
                return
        if self.name == "Place" and ("code" in by_scheme[0]) != ("code" in by_scheme[1]):
            text = Text("one is a region with a code, the other has none", "eines ist eine Region mit Code, das andere hat keinen")
            yield Reason("region", text, -0.6)

    def _same_project(self, left: Facts, right: Facts) -> Iterator[Reason]:
        ours, theirs = (self.world.projects.get(facts.entity, {}) for facts in (left, right))
        if not (shared := sorted(ours.keys() & theirs.keys())):
            return
        number = len(shared)
        registered = bool({scheme for scheme, _ in left.identifiers} & {scheme for scheme, _ in right.identifiers})
        names = self._names(shared)
        if any(not ours[project] & theirs[project] for project in shared):
            text = Text(
                f"both take part in the same project, in different roles ({names})",
                f"beide sind am selben Vorhaben beteiligt, in verschiedenen Rollen ({names})",
            )
            yield Reason("same-project", text, -0.9)
        elif registered or number > 1:
            text = Text(f"both take part in the same project ({names})", f"beide sind am selben Vorhaben beteiligt ({names})")
            yield Reason("same-project", text, -0.85)
        else:
            # A list of partners that somebody keeps by hand may hold one twice.
            text = Text(f"both are named in the same project ({names})", f"beide stehen beim selben Vorhaben ({names})")
            yield Reason("same-project", text, -0.3)

    def _names(self, entities: Iterable[str]) -> str:
        found = sorted(self.world.initiatives.get(entity) or local_name(entity) for entity in entities)
        return ", ".join(found[:3]) + (f" +{len(found) - 3}" if len(found) > 3 else "")

    def _times(self, left: Facts, right: Facts) -> Iterator[Reason]:
        """Yield dates that exclude each other."""
        if self.name == "Event":
            if left.start and right.start and not dates_agree(left.start, right.start):
                yield Reason("other-date", _against_dates(left, right), -0.9)
            return
        if _over(left, right) or _over(right, left):
            yield Reason("other-time", _against_dates(left, right), -0.9)
        elif left.start and right.start and abs(_year(left.start) - _year(right.start)) > 1:
            yield Reason("other-time", _against_dates(left, right), -0.6)

    def _for(self, left: Facts, right: Facts, naming: Naming) -> Iterator[Reason]:
        """Yield what speaks for, names left aside; most of it says little where the names do not agree."""
        same, close = naming.same, naming.close
        shared = self._own(left) & self._own(right)
        if shared:
            schemes = {scheme for scheme, _ in shared}
            sure = schemes & {"pic", *NUMBERED}
            shown = ", ".join(f"{_scheme(scheme)} {value}" for scheme, value in sorted(shared))
            yield Reason("same-identifier", Text(f"same identifier {shown}", f"gleiche Kennung {shown}"), 0.95 if sure else 0.6 if same else 0.3)
        pages = set(left.pages) & set(right.pages)
        if pages:
            yield Reason("same-page", Text(f"same page {min(pages)}", f"gleiche Seite {min(pages)}"), 0.8 if same else 0.4 if close else 0.15)
        elif hosts := left.hosts & right.hosts:
            yield Reason("same-host", Text(f"same website {min(hosts)}", f"gleiche Website {min(hosts)}"), 0.6 if same else 0.3 if close else 0.1)
        if self.name == "Place":
            yield from _places_together(left, right, same=same)
        elif cities := left.cities & right.cities:
            yield Reason("same-place", Text(f"same place {min(cities)}", f"gleicher Ort {min(cities)}"), 0.5 if same else 0.15 if close else 0.05)
        if left.start and right.start and dates_agree(left.start, right.start) and self.name != "Organisation":
            exact = min(len(left.start), len(right.start)) > 4
            text = Text(f"both begin {_shorter(left.start, right.start)}", f"Beginn beider {_shorter(left.start, right.start)}")
            yield Reason("same-start", text, (0.5 if exact else 0.2) if close else 0.2 if exact else 0.05)
        if left.end and right.end and dates_agree(left.end, right.end) and self.name not in ("Organisation", "Event"):
            text = Text(f"both end {_shorter(left.end, right.end)}", f"Ende beider {_shorter(left.end, right.end)}")
            yield Reason("same-end", text, 0.3 if close else 0.1)
        if not left.graphs & right.graphs:
            # Two sources name the same partner by two IRIs.
            return
        if self.name == "Organisation":
            yield from self._partners(self.world.partners(left.entity), self.world.partners(right.entity), same=same, close=close)
        elif self.name == "Project":
            yield from self._partners(*(self.world.members.get(facts.entity, frozenset()) for facts in (left, right)), same=same, close=close)

    def _partners(self, ours: frozenset[str], theirs: frozenset[str], *, same: bool, close: bool) -> Iterator[Reason]:
        """Yield common partners where there are more than chance brings: much for equal names, little otherwise, because sister bodies and
        bodies of one field have them, too. A project with none of three in common is another one."""
        shared, total = len(ours & theirs), max(len(self.world.projects), 1)
        if shared >= 2 and tail(shared, len(ours), len(theirs), total) < BEYOND_CHANCE:
            expected = len(ours) * len(theirs) / total
            text = Text(
                f"{shared} partners in common, {expected:.1f} expected by chance", f"{shared} gemeinsame Partner, {_comma(expected)} wären Zufall"
            )
            yield Reason("shared-partners", text, (0.5 if same else 0.2 if close else 0.1) * (1 - 0.8**shared))
        elif self.name == "Project" and not shared and min(len(ours), len(theirs)) >= 3:
            yield Reason("no-shared-partner", Text("no partner in common", "kein gemeinsamer Partner"), -0.6)


def tail(shared: int, ours: int, theirs: int, total: int) -> float:
    """Return the probability of at least so many common members of two random sets of these sizes (hypergeometric distribution).

    >>> tail(0, 3, 3, 10), round(tail(3, 3, 3, 10), 4)
    (1.0, 0.0083)
    """
    whole = _log_choose(total, theirs)
    upper = min(ours, theirs)
    terms = (_log_choose(ours, k) + _log_choose(total - ours, theirs - k) - whole for k in range(max(shared, ours + theirs - total, 0), upper + 1))
    return min(1.0, math.fsum(math.exp(term) for term in terms))


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the distance of two points (latitude, longitude) on a sphere of 6,371 km (haversine formula).

    >>> round(kilometres((51.51, 7.47), (51.48, 7.22)))
    18
    """
    a, b, c, d = map(math.radians, (*one, *other))
    half = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 2 * 6371 * math.asin(min(1.0, math.sqrt(half)))


def _places_apart(left: Facts, right: Facts) -> Iterator[Reason]:
    if left.point and right.point:
        distance = kilometres(left.point, right.point)
        if distance > NEAR:
            text = Text(f"{distance:.0f} km apart", f"{distance:.0f} km auseinander")
            # The points of CORDIS' cities are medians of addresses: some kilometres are no contradiction.
            yield Reason("distance", text, -0.9 if distance > FAR else -0.5 if distance > 4 * NEAR else -0.1)
    elif left.parents and right.parents and not left.parents & right.parents and not _nested(left, right):
        yield Reason("other-whole", Text("in different places", "in verschiedenen Orten"), -0.5)


def _nested(left: Facts, right: Facts) -> bool:
    """Tell whether one's direct wholes are countries, so that the other may lie below them."""
    return any(facts.parents <= facts.countries for facts in (left, right))


def _places_together(left: Facts, right: Facts, *, same: bool) -> Iterator[Reason]:
    if left.point and right.point and (distance := kilometres(left.point, right.point)) <= NEAR:
        yield Reason("near", Text(f"{distance:.1f} km apart", f"{_comma(distance)} km auseinander"), 0.6 if same else 0.15)
    if shared := (left.parents & right.parents) - left.countries:
        name = local_name(min(shared))
        yield Reason("same-whole", Text(f"both in {name}", f"beide in {name}"), 0.4 if same else 0.05)


def _kinds(left: Facts, right: Facts) -> Iterator[Reason]:
    ours, theirs = left.kinds, right.kinds
    clash = {
        frozenset(pair)
        for pair in (("university", "company"), ("university", "municipality"), ("university", "research-institute"), ("company", "municipality"))
    }
    if ours and theirs and not ours & theirs and any(frozenset((a, b)) in clash for a in ours for b in theirs):
        text = Text(f"{_list(ours)} and {_list(theirs)}", f"{_list(ours)} und {_list(theirs)}")
        yield Reason("other-kind", text, -0.4)


def _over(left: Facts, right: Facts) -> bool:
    """Tell whether the first is surely over before the second begins."""
    return bool(left.end and right.start) and left.end[: len(right.start)] < right.start[: len(left.end)] and not dates_agree(left.end, right.start)


def _year(date: str) -> int:
    return int(date[:4]) if date[:4].isdigit() else 0


def _against_dates(left: Facts, right: Facts) -> Text:
    ours, theirs = (f"{facts.start or '?'}–{facts.end or '?'}" for facts in (left, right))
    return Text(f"other dates: {ours} and {theirs}", f"andere Daten: {ours} und {theirs}")


def _comma(number: float) -> str:
    return f"{number:.1f}".replace(".", ",")


def _shorter(one: str, other: str) -> str:
    return min(one, other, key=len)


def _list(values: Iterable[str]) -> str:
    return ", ".join(sorted(values))


def _scheme(scheme: str) -> str:
    return {"pic": "PIC", "ror": "ROR", "doi": "DOI", "gnd": "GND", "grid": "GRID", "wikidata": "Wikidata", "code": "Code"}.get(scheme, scheme)


def _country(iri: str) -> str:
    return local_name(iri).removeprefix("country-")
