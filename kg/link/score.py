"""How sure a pair is, from 0 to 1, and why: evidence adds up, contradictions cut.

The score is a noisy-or of independent evidence, `1 - (1 - e1)(1 - e2)...`, times a factor below 1 for each contradiction. It is a ranking with two
thresholds (:data:`ACCEPT`, :data:`REVIEW`) whose precision and recall are measured on pairs judged by hand (`tests/link/sample.csv`).
Sources: J. Pearl (1988), Probabilistic Reasoning in Intelligent Systems, section 4.3.2 (noisy-or); W. Cohen, P. Ravikumar, S. Fienberg (2003), A
Comparison of String Distance Metrics for Name-Matching Tasks (soft TF-IDF).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler

from kg.errors import Text
from kg.identifiers import dates_agree
from kg.link.names import is_short, squash, tokens, translated

ACCEPT = 0.9
"""From here on a pair is proposed as a mapping."""

REVIEW = 0.45
"""From here on a pair is shown to a person."""

SOFT = 0.93
"""Jaro-Winkler similarity from which two long words are the same word, spelled differently."""

RARE = 7.0
"""Weight of a word that is rare enough for a name with it to be worth finding inside another name (one name in a thousand)."""

LONG = 8
"""Words of two names together, above which few shared ones mean that spelling mistakes need not be looked for."""

UNKNOWN_WEIGHT = 8.0
"""Weight of a word that no name of either source has (a score asked for outside the sources)."""


@dataclass(frozen=True)
class Reason:
    """One piece of evidence.

    Attributes:
        code: Kebab-case name.
        text: What was found, in both languages.
        evidence: Strength from 0 to 1; negative where it contradicts (`-0.8`: the score is multiplied by 0.2).
    """

    code: str
    text: Text
    evidence: float


@dataclass(frozen=True)
class Profile:
    """What is known of one entity when a pair is scored.

    Attributes:
        names: All names, acronyms included.
        labels: The preferred ones among them.
        countries: IRIs of the countries it lies in.
        cities: Folded names of its places below the country.
        kinds: Codes of the organisation kind.
        hosts: Host names of its pages.
        start, end: Dates as far as the source gives them, or empty.
        numbers: Identifiers that its own issuer gave, as `scheme:value`.
        partners: Entities of its consortia (of a project), as representatives that both sides share.
    """

    names: tuple[str, ...]
    labels: tuple[str, ...] = ()
    countries: frozenset[str] = frozenset()
    cities: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()
    start: str = ""
    end: str = ""
    numbers: frozenset[str] = frozenset()
    partners: frozenset[str] = frozenset()


@dataclass(frozen=True)
class NameMatch:
    """Two names compared.

    Attributes:
        evidence: Strength, 0 to 1: the square of the similarity, because half a name is little; less for a short name that many may bear, for one
            that is a part of the body's full name, and for one that is the same in translation only.
        similarity: As :func:`name_similarity` gives it.
        left, right: The names.
    """

    evidence: float
    similarity: float
    left: str
    right: str


@lru_cache(maxsize=1 << 18)
def _same_word(one: str, other: str) -> float:
    """Return how alike two words are, 0 below :data:`SOFT`; short words and numbers must be equal."""
    if one == other:
        return 1.0
    if min(len(one), len(other)) < 6 or one.isdigit() or other.isdigit():
        return 0.0
    similarity = float(JaroWinkler.similarity(one, other))
    return similarity if similarity >= SOFT else 0.0


@lru_cache(maxsize=1 << 17)
def _words(name: str) -> frozenset[str]:
    return frozenset(tokens(name))


def name_similarity(one: str, other: str, weights: Mapping[str, float]) -> float:
    """Return how alike two names are, 0 to 1: the weight of their shared words over the weight of all (Dice), spelling mistakes allowed.

    >>> weights = {"university": 1.0, "dortmund": 6.0, "technical": 3.0, "bochum": 6.0}
    >>> name_similarity("Technische Universität Dortmund", "TECHNICAL UNIVERSITY OF DORTMUND", weights)
    1.0
    >>> name_similarity("Universität Dortmund", "Universität Bochum", weights) < 0.2
    True
    """
    words, others = _words(one), _words(other)
    total = sum(weights.get(word, UNKNOWN_WEIGHT) for word in (*words, *others))
    if not total:
        return 0.0
    if squash(one) == squash(other):
        return 1.0
    shared = 2 * sum(weights.get(word, UNKNOWN_WEIGHT) for word in words & others)
    if shared < 0.25 * total and len(words) + len(others) > LONG:
        return shared / total
    rest = set(others - words)
    for word in sorted(words - others):
        similarity, match = max(((_same_word(word, candidate), candidate) for candidate in rest), default=(0.0, ""))
        if similarity:
            rest.discard(match)
            shared += similarity * (weights.get(word, UNKNOWN_WEIGHT) + weights.get(match, UNKNOWN_WEIGHT))
    typed = fuzz.ratio(" ".join(sorted(words)), " ".join(sorted(others))) / 100
    # Very alike as typed: one letter in a short name, or a compound written as two words.
    return max(min(1.0, shared / total), typed if typed >= 0.92 and len(words) == len(others) else 0.0)


def best_names(left: Profile, right: Profile, weights: Mapping[str, float]) -> NameMatch:
    """Return the names of two entities that speak most for their being one."""
    found = (_match(one, other, left, right, weights) for one, other in product(left.names, right.names))
    return max(found, key=lambda match: (match.evidence, match.similarity), default=NameMatch(0.0, 0.0, "", ""))


def _match(one: str, other: str, left: Profile, right: Profile, weights: Mapping[str, float]) -> NameMatch:
    similarity = name_similarity(one, other, weights)
    strength = 0.92
    if is_short(one) or is_short(other):
        strength = 0.45
    elif _abbreviates(one, left.labels) or _abbreviates(other, right.labels):
        strength = 0.7
    elif translated(one, other):
        strength = 0.85
    return NameMatch(strength * similarity**2, similarity, one, other)


@lru_cache(maxsize=1 << 16)
def _abbreviates(name: str, labels: tuple[str, ...]) -> bool:
    """Tell whether a name is a part of each preferred label: a subsidiary often goes by the short name of its group."""
    words = set(tokens(name))
    return bool(labels) and all(words < set(tokens(label)) for label in labels)


def contained(left: Sequence[str], right: Sequence[str], weights: Mapping[str, float]) -> bool:
    """Tell whether a name of at least two words, one of them rare, stands whole in a name of the other side."""
    for one, other in product(left, right):
        words, others = sorted((set(tokens(one)), set(tokens(other))), key=len)
        if len(words) > 1 and words <= others and max(weights.get(word, UNKNOWN_WEIGHT) for word in words) >= RARE:
            return True
    return False


def organisation_reasons(left: Profile, right: Profile, weights: Mapping[str, float], *, shared_project: bool) -> list[Reason]:
    """Return the evidence for and against two organisations being one."""
    name = best_names(left, right, weights)
    alike = name.similarity >= 0.99
    found = [_name_reason(name)]
    if contained(left.names, right.names, weights):
        text = Text("one name holds all words of the other", "ein Name enthält alle Wörter des anderen")
        found.append(Reason("contained", text, 0.0 if alike else 0.35))
    if shared_project:
        text = Text("both are partners of the same project", "beide sind Partner desselben Vorhabens")
        found.append(Reason("shared-project", text, 0.85 if alike else 0.6 if name.similarity >= 0.4 else 0.3))
    if left.hosts & right.hosts:
        host = min(left.hosts & right.hosts)
        found.append(Reason("same-website", Text(f"same website {host}", f"gleiche Website {host}"), 0.8))
    if left.cities & right.cities:
        city = min(left.cities & right.cities)
        found.append(Reason("same-place", Text(f"same place {city}", f"gleicher Ort {city}"), 0.5 if alike else 0.3))
    elif left.cities and right.cities:
        found.append(Reason("other-place", Text("other place", "anderer Ort"), -0.5))
    if left.countries and right.countries and not left.countries & right.countries:
        found.append(Reason("other-country", Text("other country", "anderes Land"), -0.8))
    if left.kinds and right.kinds and not left.kinds & right.kinds and {"university", "company"} & (left.kinds | right.kinds) and _clash(left, right):
        text = Text(f"{_list(left.kinds)} and {_list(right.kinds)}", f"{_list(left.kinds)} und {_list(right.kinds)}")
        found.append(Reason("other-kind", text, -0.4))
    return found


def _clash(left: Profile, right: Profile) -> bool:
    """Tell whether kinds exclude each other; CORDIS' other kinds are declared by the bodies themselves and vary."""
    pairs = {frozenset(("university", "company")), frozenset(("university", "municipality")), frozenset(("university", "research-institute"))}
    return any(frozenset(pair) in pairs for pair in product(left.kinds, right.kinds))


def project_reasons(left: Profile, right: Profile, weights: Mapping[str, float]) -> list[Reason]:
    """Return the evidence for and against two projects being one."""
    found = [_name_reason(best_names(left, right, weights))]
    titles = [name_similarity(*pair, weights) for pair in product(_titles(left), _titles(right))]
    if titles and max(titles) < 0.3 and {squash(name) for name in left.names} & {squash(name) for name in right.names}:
        # Not a stronger contradiction: one title may be given in another language.
        found.append(Reason("other-title", Text("same acronym, other title", "gleiches Akronym, anderer Titel"), -0.5))
    schemes = {number.partition(":")[0] for number in left.numbers} & {number.partition(":")[0] for number in right.numbers}
    if schemes and not left.numbers & right.numbers:
        # One issuer numbers a project once; a series under one name is several projects.
        text = Text(f"other number ({_list(schemes)})", f"andere Nummer ({_list(schemes)})")
        found.append(Reason("other-number", text, -0.95))
    if left.start and right.start:
        if dates_agree(left.start, right.start):
            exact = min(len(left.start), len(right.start)) > 4
            found.append(Reason("same-start", Text(f"start {right.start}", f"Beginn {right.start}"), 0.4 if exact else 0.15))
        elif abs(int(left.start[:4]) - int(right.start[:4])) > 1:
            text = Text(f"start {left.start} against {right.start}", f"Beginn {left.start} gegen {right.start}")
            found.append(Reason("other-start", text, -0.8))
    if left.end and right.end and dates_agree(left.end, right.end):
        found.append(Reason("same-end", Text(f"end {right.end}", f"Ende {right.end}"), 0.3))
    if left.partners and right.partners:
        shared = len(left.partners & right.partners)
        if shared:
            text = (
                Text(f"{shared} shared partners", f"{shared} gemeinsame Partner") if shared > 1 else Text("1 shared partner", "1 gemeinsamer Partner")
            )
            found.append(Reason("shared-partners", text, min(0.9, 1 - 0.6**shared)))
        elif len(left.partners) > 2:
            found.append(Reason("no-shared-partner", Text("no shared partner", "kein gemeinsamer Partner"), -0.6))
    return found


def _titles(profile: Profile) -> list[str]:
    return [name for name in profile.names if len(tokens(name)) >= 3]


def _name_reason(name: NameMatch) -> Reason:
    en, de = f"names “{name.left}” and “{name.right}”", f"Namen „{name.left}“ und „{name.right}“"
    if name.similarity >= 0.99:
        return Reason("same-name", Text(f"{en} are the same", f"{de} sind gleich"), name.evidence)
    alike = Text(f"{en} are {name.similarity:.2f} alike", f"{de} sind zu {name.similarity:.2f} gleich")
    return Reason("similar-name", alike, name.evidence)


def _list(kinds: Collection[str]) -> str:
    return ", ".join(sorted(kinds))


def combine(reasons: Sequence[Reason]) -> float:
    """Return the score of a pair, 0 to 1.

    >>> half = Reason("a", Text("", ""), 0.5)
    >>> combine([half, half]), combine([half, half, Reason("b", Text("", ""), -0.8)])
    (0.75, 0.15)
    """
    miss, factor = 1.0, 1.0
    for reason in reasons:
        if reason.evidence >= 0:
            miss *= 1 - reason.evidence
        else:
            factor *= 1 + reason.evidence
    return round((1 - miss) * factor, 4)
