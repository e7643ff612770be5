"""A profile in a few sentences: each with its numbers, the rule by which it is said, and the rows it rests on.

A sentence is said only where its rule holds. Words that praise a position (hub, broker) stand in two rules alone; both ask :func:`kg.analyse.frames.may`
first and then test the numbers, with their errors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.analyse.frames import may
from kg.analyse.render_text import chance_sentences, repeats_sentences
from kg.analyse.returns import returns
from kg.analyse.sentence_text import RULES, TEXT
from kg.analyse.texts import speaker
from kg.analyse.wording import number, say, significant

if TYPE_CHECKING:
    from kg.analyse.model import Profile

LANGUAGES = ("de", "en")
SHARE = 0.01
"""Part of all institutions among which one must be for the words hub and broker."""
LEAST = 100
"""Institutions without which no such part can be told."""
FEW = 3
"""Programmes, wordings and gaps that a sentence names at most; the tables give all."""


@dataclass(frozen=True)
class Sentence:
    """One sentence of a profile.

    Attributes:
        key: Kebab-case name of its rule.
        text: The sentence per language.
        values: Its numbers, by name.
        rows: IRIs of the projects, institutions or other things it rests on, in a fixed order.
        anchor: Section of the page that shows these rows.
    """

    key: str
    text: Mapping[str, str]
    values: Mapping[str, Any]
    rows: tuple[str, ...]
    anchor: str

    @property
    def rule(self) -> Mapping[str, str]:
        """The condition under which it is said, per language."""
        return RULES[self.key]

    def to_json(self) -> dict[str, Any]:
        """Return key, text, values, rule and rows."""
        return {"key": self.key, "text": dict(self.text), "values": dict(self.values), "rule": dict(self.rule), "rows": list(self.rows)}


def sentences(profile: Profile) -> tuple[Sentence, ...]:
    """Return the sentences whose rules hold for a profile, in a fixed order."""
    return tuple(sentence for rule in _ORDER for sentence in rule(profile))


def _both(make: Callable[[str], str]) -> dict[str, str]:
    return {lang: make(lang) for lang in LANGUAGES}


_say = speaker(TEXT)


def _counted(what: str, count: int, lang: str) -> str:
    """Return a number with its noun, in the right form."""
    return _say(f"{what}-{'one' if count == 1 else 'many'}", lang, n=number(count, lang))


def _projects(profile: Profile, chosen: Iterable[str] | None = None) -> tuple[str, ...]:
    """Return the projects of a profile, or some of them, in its order."""
    wanted = None if chosen is None else set(chosen)
    return tuple(entry.project.iri for entry in profile.projects if wanted is None or entry.project.iri in wanted)


def _size(profile: Profile) -> Iterable[Sentence]:
    if not profile.projects:
        return
    values = {"projects": len(profile.projects), "partners": len(profile.partners), "repeat_partners": len(profile.repeat_partners)}

    def text(lang: str) -> str:
        projects, partners = _counted("projects", values["projects"], lang), _counted("partners", values["partners"], lang)
        name = profile.institution.label(lang)
        return _say("projects-and-partners", lang, name=name, projects=projects, partners=partners, repeats=number(values["repeat_partners"], lang))

    yield Sentence("projects-and-partners", _both(text), values, _projects(profile), "projects")


def _levels(profile: Profile) -> Iterable[Sentence]:
    if not profile.levels or not profile.projects:
        return
    values = {level.level: {"institution": level.institution.iri, **level.numbers()} for level in profile.levels}

    def text(lang: str) -> str:
        parts = []
        for level in profile.levels:
            other = level.institution.iri != profile.institution.iri
            name = _say("level-as", lang, name=level.institution.label(lang)) if other else ""
            parts.append(_say("level", lang, level=say(f"level-{level.level}", lang), name=name, **level.numbers()))
        return _say("partners-by-level", lang, parts="; ".join(parts))

    yield Sentence("partners-by-level", _both(text), values, _projects(profile), "network")


def _coded(profile: Profile) -> Iterable[Sentence]:
    rows = profile.by_role()
    if not rows:
        return
    values = {row["role"]: {"projects": row["projects"], "through": row["through"]} for row in rows}

    def text(lang: str) -> str:
        parts = []
        for row in rows:
            through = _say("role-through", lang, n=row["through"]) if row["through"] else ""
            parts.append(_say("role", lang, role=profile.role_label(row["role"], lang), projects=row["projects"], through=through))
        return _say("roles-coded", lang, parts="; ".join(parts))

    yield Sentence("roles-coded", _both(text), values, _projects(profile), "roles")


def _worded(profile: Profile) -> Iterable[Sentence]:
    if not profile.wordings:
        return
    worded = [entry.project.iri for entry in profile.projects if any(role.itself and role.wordings for role in entry.roles)]
    top = [(wording, count) for wording, count in profile.wordings[:FEW] if count > 1] or [profile.wordings[0]]
    values = {"wordings": len(profile.wordings), "projects": len(worded), "most_frequent": dict(top)}

    def text(lang: str) -> str:
        marks = ("„", "“") if lang == "de" else ("“", "”")
        named = ", ".join(f"{marks[0]}{wording}{marks[1]} ({_counted('projects', count, lang)})" for wording, count in top)
        wordings = _counted("wordings", len(profile.wordings), lang)
        return _say("roles-worded", lang, projects=len(worded), of=len(profile.projects), wordings=wordings, top=named)

    yield Sentence("roles-worded", _both(text), values, _projects(profile, worded), "roles")


def _attestation(profile: Profile) -> Iterable[Sentence]:
    counts = profile.attestation_counts()
    if not counts or set(counts) == {"delivery"}:
        return

    def text(lang: str) -> str:
        parts = "; ".join(_say("attested", lang, n=count, what=say(f"class-{name}", lang)) for name, count in counts.items())
        return _say("attestation", lang, of=len(profile.projects), parts=parts)

    yield Sentence("attestation", _both(text), dict(counts), _projects(profile), "attestation")


def _chance(profile: Profile) -> Iterable[Sentence]:
    if profile.repeats is None or not profile.repeat_partners:
        return
    found = profile.repeats
    text = _both(lambda lang: " ".join([repeats_sentences(found, lang)[0], *chance_sentences(profile, lang)[2:]]))
    rows = tuple(partner.partner.iri for partner in profile.repeat_partners)
    values = {**found.to_json(), "within": [source.iri for source in profile.within]}
    yield Sentence("repeats-against-chance", text, values, rows, "network")


def _returns(profile: Profile) -> Iterable[Sentence]:
    found = returns(profile)
    if not found:
        return
    counts = {kind: sum(one.kind == kind for one in found) for kind in ("returned", "overlapping", "undatable")}
    text = _both(lambda lang: _say("returns", lang, of=_counted("repeats", len(found), lang), **counts))
    values = {**counts, "of": len(found), "partners": [one.to_json() for one in found]}
    yield Sentence("returns", text, values, tuple(one.partner.partner.iri for one in found if one.kind == "returned"), "network")


def _funding(profile: Profile) -> Iterable[Sentence]:
    programmes = profile.tally("programmes")
    if not programmes:
        return
    known = {project for tally in programmes for project in tally.projects}
    top = [tally for tally in programmes if len(tally.projects) > 1][:FEW]
    values = {"projects": len(known), "programmes": len(programmes), "most_projects": {tally.thing.iri: len(tally.projects) for tally in top}}

    def text(lang: str) -> str:
        named = ", ".join(f"{tally.thing.label(lang)} ({len(tally.projects)})" for tally in top)
        number_of = _counted("programmes", len(programmes), lang)
        return _say(
            "funding-by-programme",
            lang,
            projects=len(known),
            of=len(profile.projects),
            programmes=number_of,
            names=_say("most-projects", lang, names=named) if top else "",
        )

    yield Sentence("funding-by-programme", _both(text), values, _projects(profile, known), "funding")


def _activity(profile: Profile) -> Iterable[Sentence]:
    if not profile.years:
        return
    dated = [int(text[:4]) for entry in profile.projects for text in (entry.span.start, entry.span.end) if text]
    state = int(profile.method.state[:4]) if profile.method.state[:4].isdigit() else None
    now = next((year for year in profile.years if year.year == state), None)
    open_ = [entry.project.iri for entry in profile.projects if not (entry.span.start and entry.span.end)]
    values = {
        "first": min(dated),
        "last": max(dated),
        "open": len(open_),
        "year": state,
        "certain": now and now.certain,
        "possible": now and now.possible,
    }

    def text(lang: str) -> str:
        found = _say("activity", lang, first=min(dated), last=max(dated))
        if now:
            key = "activity-now" if now.certain == now.possible else "activity-now-open"
            found += " " + _say(key, lang, year=now.year, certain=now.certain, possible=now.possible)
        return found + (" " + _say("activity-open", lang, open=len(open_), of=len(profile.projects)) if open_ else "")

    yield Sentence("activity", _both(text), values, _projects(profile, open_) if open_ else _projects(profile), "projects")


def _apart(profile: Profile) -> Iterable[Sentence]:
    values = {"contributions": len(profile.contributions), "elsewhere": len(profile.elsewhere)}
    if not any(values.values()):
        return

    def text(lang: str) -> str:
        parts = [_counted(key, count, lang) for key, count in values.items() if count]
        return _say("contributions-apart", lang, parts=_say("and", lang).join(parts))

    rows = (*(entry.thing.iri for entry in profile.contributions), *(entry.initiative.iri for entry in profile.elsewhere))
    yield Sentence("contributions-apart", _both(text), values, rows, "contributions" if profile.contributions else "elsewhere")


def _beside(profile: Profile) -> Iterable[Sentence]:
    for found in profile.beside:
        values = {
            "entity": found.entity.iri,
            "projects": len(found.projects),
            "partners": len(found.partners),
            "countries": len(found.countries),
            "attributed": len(found.linked),
            "not_counted": len(found.others),
        }
        rows = tuple(there.iri for _, there in found.linked)
        yield Sentence("second-source", _both(lambda lang, one=found: " ".join(one.sentences(lang))), values, rows, "beside")  # type: ignore[misc]


def _gaps(profile: Profile) -> Iterable[Sentence]:
    found = sorted((gap for gap in profile.gaps if gap.key != "share"), key=lambda gap: (-gap.number / gap.of, gap.key))[:FEW]
    if not found:
        return
    parts = _both(lambda lang: "; ".join(say(f"gap-{gap.key}", lang, number=gap.number, of=gap.of) for gap in found))
    rows = tuple(dict.fromkeys(thing.iri for gap in found for thing in gap.things))
    values = {gap.key: {"number": gap.number, "of": gap.of} for gap in found}
    yield Sentence("known-gaps", _both(lambda lang: _say("known-gaps", lang, parts=parts[lang])), values, rows, "gaps")


_RANKED = ("degree", "strength", "betweenness", "harmonic", "pagerank", "effective_size")


def _position(profile: Profile) -> Iterable[Sentence]:
    if not profile.projects:
        return
    own = (profile.institution.iri,)
    if not may(profile.method.frame, "position"):
        frame = profile.method.frame.kind
        yield Sentence("position-withheld", _both(lambda lang: _say("position-withheld", lang, frame=frame)), {"frame": frame}, own, "frame")
        return
    for name in (*_RANKED, "constraint"):
        measure = profile.measures.get(name)
        if not measure or measure.get("value") is None:
            continue

        def text(lang: str, name: str = name, measure: Mapping[str, Any] = measure) -> str:
            found = _say(f"position-{name}", lang, value=significant(measure["value"], lang))
            if measure.get("error"):
                found += _say("error", lang, error=significant(measure["error"], lang))
            if measure.get("rank"):
                low, high = measure["rank_best"], measure["rank_worst"]
                ranks = number(low, lang) if low == high else _say("ranks", lang, low=number(low, lang), high=number(high, lang))
                found += _say("rank", lang, rank=ranks, of=number(measure["n"], lang))
            return found + "."

        values = {key: measure.get(key) for key in ("value", "error", "rank", "rank_best", "rank_worst", "n")}
        yield Sentence(f"position-{name.replace('_', '-')}", _both(text), values, own, "measures")
    for key, names in (("hub", ("degree", "strength")), ("broker", ("betweenness", "effective_size"))):
        ranks = [_worst(profile.measures.get(name)) for name in names]
        most = _limit([profile.measures.get(name) for name in names])
        if most and all(rank is not None and rank <= most for rank in ranks):
            praised = _both(lambda lang, key=key: _say(key, lang, name=profile.institution.label(lang), percent=number(SHARE * 100, lang)))  # type: ignore[misc]
            yield Sentence(key, praised, {**dict(zip(names, ranks, strict=True)), "at_most": most}, own, "measures")


def _worst(measure: Mapping[str, Any] | None) -> int | None:
    """Return the last rank that the error of a measure allows."""
    if not measure or not measure.get("rank"):
        return None
    return int(measure["rank_worst"])


def _limit(measures: Sequence[Mapping[str, Any] | None]) -> int:
    """Return the last rank that belongs to the first part of all institutions; 0 where there are too few of them."""
    sizes = [int(measure["n"]) for measure in measures if measure and measure.get("n")]
    return int(min(sizes) * SHARE) if sizes and min(sizes) >= LEAST else 0


_ORDER: tuple[Callable[[Profile], Iterable[Sentence]], ...] = (
    _size,
    _levels,
    _coded,
    _worded,
    _attestation,
    _chance,
    _returns,
    _funding,
    _activity,
    _position,
    _apart,
    _beside,
    _gaps,
)
