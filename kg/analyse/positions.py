"""The position of every institution in the network by all measures, with ranks where the data are a census."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from kg.analyse import holes, measures
from kg.analyse.catalogue import CATALOGUE
from kg.analyse.frames import Refusal, machine_caveat, may, refusal
from kg.analyse.labels import Named, sort_key
from kg.analyse.method import Method
from kg.analyse.mixing import Mixing, mixing
from kg.analyse.ranks import Ranks, ranks
from kg.analyse.result import Result
from kg.analyse.texts import speaker
from kg.analyse.whole import Whole, whole
from kg.errors import AnalysisError, Text

if TYPE_CHECKING:
    from kg.analyse.by_columns import Estimate
    from kg.analyse.data import Data
    from kg.analyse.edges import Collaboration

SAMPLED = tuple(name for name, measure in CATALOGUE.items() if measure.sampled)
RANKED = tuple(name for name, measure in CATALOGUE.items() if measure.ranked)
COLUMNS = (
    *("iri", "label_de", "label_en", "kind", "country", "projects"),
    *(column for name in CATALOGUE for column in ((name, f"{name}_error") if name in SAMPLED else (name,))),
    "frame",
)
RANK_COLUMNS = tuple(
    column for name in RANKED for column in ((f"rank_{name}", f"rank_{name}_best", f"rank_{name}_worst") if name in SAMPLED else (f"rank_{name}",))
)
DIGITS = 9
"""Decimals of values in tables: PageRank is around 1 / n."""
SHOWN = 25
"""Institutions that a text shows at most."""

TEXT: dict[str, dict[str, str]] = {
    "title": {"de": "Stellung der Einrichtungen im Netz", "en": "Position of institutions in the network"},
    "summary": {
        "de": "{institutions} Einrichtungen, {edges} Paare, {components} zusammenhängende Teile; der größte hat {largest} Einrichtungen. Ohne "
        "Partner: {isolated}.",
        "en": "{institutions} institutions, {edges} pairs, {components} connected parts; the largest has {largest} institutions. Without a "
        "partner: {isolated}.",
    },
    "estimate": {
        "de": "Vermittlung ist aus Wegen von {sources} Einrichtungen geschätzt, Nähe aus denen von {near}. Ränge mit zwei Zahlen geben an, welche Ränge zwei "
        "Standardfehler zulassen. Ein Schätzwert von 0 heißt, dass kein Weg der Stichprobe über die Einrichtung lief.",
        "en": "Betweenness is estimated from the paths of {sources} institutions, closeness from those of {near}. Ranks with two numbers give the ranks that two "
        "standard errors allow. An estimate of 0 means that no sampled path led through the institution.",
    },
    "ranked": {
        "de": "Die {shown} Einrichtungen mit den meisten Partnern von {of}; in Klammern der Rang, gleiche Werte haben denselben Rang.",
        "en": "The {shown} institutions with the most partners of {of}; ranks in brackets, equal values share a rank.",
    },
    "counts": {
        "de": "Zahlen je Einrichtung, nach Namen; gezeigt sind {shown} von {of}, mit mindestens {least} Projekten.",
        "en": "Numbers by institution, by name; shown are {shown} of {of}, with at least {least} projects.",
    },
    "institution": {"de": "Einrichtung", "en": "Institution"},
    "projects": {"de": "Projekte", "en": "Projects"},
    "mixing": {"de": "Wer mit wem", "en": "Who with whom"},
    "by-kind": {"de": "Art", "en": "Kind"},
    "by-country": {"de": "Land", "en": "Country"},
    "by-degree": {"de": "Zahl der Partner", "en": "Number of partners"},
    "value": {"de": "{by}: Assortativität {value}{error}.", "en": "{by}: assortativity {value}{error}."},
    "error": {"de": " (Standardfehler {error}, über Projekte)", "en": " (standard error {error}, over projects)"},
    "undefined": {
        "de": "{by}: nicht bestimmt, weil alle Einrichtungen der gezählten Paare gleich sind.",
        "en": "{by}: undefined, as all institutions of the pairs that count are alike.",
    },
    "nothing": {"de": "{by}: nicht bestimmt, weil kein Paar zählt.", "en": "{by}: undefined, as no pair counts."},
    "alike": {
        "de": " {share} % der Paare sind gleich, bei zufälliger Paarung wären es {chance} %.",
        "en": " {share} % of pairs are alike; pairing at random would give {chance} %.",
    },
    "unknown": {
        "de": " Ohne Angabe und nicht gezählt: Einrichtungen {unknown}, Paare {pairs}.",
        "en": " Not known and not counted: institutions {unknown}, pairs {pairs}.",
    },
}


_say = speaker(TEXT)


@dataclass(frozen=True, eq=False)
class Positions(Result):
    """All measures of all institutions, sorted by label; of data that are no census without ranks.

    Attributes:
        institutions: The institutions.
        values: Columns of the table by name; `None` where a measure is undefined, or an error where the value is exact.
        ranks: Ranks by measure; empty where the data are no census.
        estimates: How sampled measures were made, by measure.
        whole: The network as a whole, with assortativity.
        refusal: What may not be said on this frame and why; `None` on a census.
        method: How the numbers were made.
    """

    name: ClassVar[str] = "positions"
    columns: ClassVar[tuple[str, ...]] = COLUMNS

    institutions: tuple[Named, ...]
    values: Mapping[str, Sequence[Any]]
    ranks: Mapping[str, Ranks]
    estimates: Mapping[str, Mapping[str, Any]]
    whole: Whole
    refusal: Refusal | None
    method: Method

    def rows(self) -> list[dict[str, Any]]:
        """Return one row per institution, by label; ranks on a census only. Elsewhere values describe the recorded network only, see `frame`."""
        found = {name: self.values[name] for name in COLUMNS if name in self.values}
        for name, ranked in self.ranks.items():
            found[f"rank_{name}"] = ranked.rank
            if name in SAMPLED:
                found |= {f"rank_{name}_best": ranked.best, f"rank_{name}_worst": ranked.worst}
        return [dict(zip(self.columns, row, strict=True)) for row in zip(*(found[name] for name in self.columns), strict=True)]

    def to_json(self) -> dict[str, Any]:
        """Return the table with what its columns are, how values were estimated, the network as a whole, and the method."""
        caveat = machine_caveat(self.method.frame)
        return {
            "method": self.method.to_json(),
            "refusal": self.refusal.to_json() if self.refusal else None,
            "caveats": [{"measures": list(CATALOGUE), "text": caveat}] if caveat else [],
            "network": {**self.whole.to_json(), "assortativity": [one.to_json() for one in self.whole.mixing]},
            "estimates": {name: dict(about) for name, about in self.estimates.items()},
            "measures": {name: measure.to_json() for name, measure in CATALOGUE.items()},
            "institutions": self.rows(),
        }

    def of(self, iri: str) -> dict[str, Any]:
        """Return the position of one institution (see :func:`position_of`).

        Raises:
            AnalysisError: The institution is not in the network.
        """
        place = next((place for place, named in enumerate(self.institutions) if named.iri == iri), None)
        if place is None:
            raise _missing(iri)
        caveat = machine_caveat(self.method.frame)
        return {
            "institution": self.institutions[place].to_json(),
            "measures": {name: self._measure(name, place) for name in CATALOGUE},
            "refusal": self.refusal.to_json() if self.refusal else None,
            "caveats": [caveat] if caveat else [],
            "method": self.method.to_json(),
        }

    def _measure(self, name: str, place: int) -> dict[str, Any]:
        measure, values = CATALOGUE[name], self.values[name]
        found: dict[str, Any] = {"value": values[place], "n": sum(1 for value in values if value is not None)}
        if name in SAMPLED:
            found["error"] = self.values[f"{name}_error"][place]
        if name in self.ranks:
            ranked = self.ranks[name]
            found |= {"rank": ranked.rank[place], "rank_best": ranked.best[place], "rank_worst": ranked.worst[place]}
        parameters = {"weight": self.method.weight if measure.weighted else None, **self.estimates.get(name, {})}
        return {**found, "parameters": parameters, **measure.to_json()}

    def text(self, lang: str) -> str:
        """Return the network in numbers, who works with whom, and the institutions: with ranks on a census, else counts and why there is no more."""
        from kg.analyse.render_text import heading, method_line, table, wrap
        from kg.analyse.wording import number

        lines = [*heading(_say("title", lang), "=")]
        lines += wrap(_say("summary", lang, **{key: number(value, lang) for key, value in self.whole.to_json().items()}))
        lines += ["", *heading(_say("mixing", lang), "-")]
        for one in self.whole.mixing:
            lines += wrap(mixing_text(one, lang))
        lines.append("")
        sampled = {name: about["sources"] for name, about in self.estimates.items() if not about["exact"]}
        if self.refusal:
            lines += [*wrap(self.refusal.reason[lang]), ""]
        elif sampled:
            lines += wrap(_say("estimate", lang, sources=number(sampled["betweenness"], lang), near=number(sampled["harmonic"], lang)))
        shown, intro = self._shown(lang)
        lines += [*wrap(intro), *table(*self._cells(shown, lang)), "", *wrap(method_line(self.method, lang))]
        return "\n".join(lines) + "\n"

    def _shown(self, lang: str) -> tuple[list[int], str]:
        """Return the places of the institutions that a text shows, and the sentence about them."""
        from kg.analyse.wording import number

        degree, projects, total = self.values["degree"], self.values["projects"], len(self.institutions)
        if self.ranks:
            chosen = sorted(range(total), key=lambda place: -degree[place])[:SHOWN]
            return chosen, _say("ranked", lang, shown=len(chosen), of=number(total, lang))
        most = sorted(projects, reverse=True)
        least = max(2, most[SHOWN] + 1) if total > SHOWN else 1
        chosen = [place for place in range(total) if projects[place] >= least]
        chosen.sort(key=lambda place: sort_key(self.institutions[place].label(lang)))
        return chosen, _say("counts", lang, shown=len(chosen), of=number(total, lang), least=least)

    def _cells(self, places: Sequence[int], lang: str) -> tuple[list[str], list[list[object]]]:
        from kg.analyse.wording import number

        digits = {"degree": 0, "strength": 0, "betweenness": 4, "harmonic": 3, "pagerank": 4, "effective_size": 0}
        names = list(digits) if self.ranks else ["degree"]

        def cell(name: str, place: int) -> object:
            value = self.values[name][place]
            text = "–" if value is None else number(value, lang, digits[name])
            if name not in self.ranks or value is None:
                return text
            ranked = self.ranks[name]
            best, worst = ranked.best[place], ranked.worst[place]
            return f"{text} ({best})" if best == worst else f"{text} ({best}–{worst})"

        head = [_say("institution", lang), _say("projects", lang), *(CATALOGUE[name].label[lang] for name in names)]
        rows: list[list[object]] = [
            [self.institutions[place].label(lang), self.values["projects"][place], *(cell(name, place) for name in names)] for place in places
        ]
        return head, rows


class RankedPositions(Positions):
    """The same on a census: with the columns :data:`RANK_COLUMNS`."""

    columns: ClassVar[tuple[str, ...]] = (*COLUMNS[:-1], *RANK_COLUMNS, COLUMNS[-1])


def positions(data: Data) -> Positions:
    """Return the position of every institution.

    Formulas, ranges and sources stand in :data:`kg.analyse.catalogue.CATALOGUE`. Up to 5,000 institutions all values are exact; above, betweenness
    is estimated from 100 sources and closeness from 400, with their standard errors.

    Args:
        data: The participations that count.

    Cost: Horizon Europe (27,690 institutions, 762,000 pairs) takes some 20 s of one core and 0.7 GB.
    """
    network = data.collaboration
    between, near = (measure(network, seed=data.selection.seed) for measure in (measures.betweenness_estimate, measures.harmonic))
    by_name = _measured(network, {"betweenness": between, "harmonic": near})
    order = sorted(network.names, key=lambda iri: (sort_key(data.named(iri).label("de")), iri))
    institutions = tuple(data.named(iri) for iri in order)
    found: dict[str, list[Any]] = {name: [values.get(iri) for iri in order] for name, values in by_name.items()}
    shown = may(data.frame, "order") and may(data.frame, "position")
    ranked = {}
    for name in RANKED if shown else ():
        errors = found.get(f"{name}_error") if name in SAMPLED else None
        ranked[name] = ranks(found[name], None if errors is None or None in errors else errors)
    counts = dict(zip(network.names, network.incidence.degrees.tolist(), strict=True))
    values: dict[str, list[Any]] = {
        "iri": order,
        "label_de": [named.label("de") for named in institutions],
        "label_en": [named.label("en") for named in institutions],
        "kind": [named.kind for named in institutions],
        "country": [data.countries.get(iri) for iri in order],
        "projects": [counts[iri] for iri in order],
        **{name: [_rounded(value) for value in column] for name, column in found.items()},
        "frame": [data.frame.kind] * len(order),
    }
    about = replace(whole(network, network), mixing=mixing(data))
    estimates = {"betweenness": between.to_json(), "harmonic": near.to_json()}
    kind = RankedPositions if shown else Positions
    return kind(institutions, values, ranked, estimates, about, refusal(data.frame), data.method)


def position_of(data: Data, institution: str, found: Positions | None = None) -> dict[str, Any]:
    """Return the position of one institution by every measure.

    Args:
        data: The participations that count.
        institution: IRI of the institution, as it counts at the level of the selection.
        found: Positions of the same data, where they were computed before.

    Returns:
        `institution`, `measures` (by name: `value`, `n` institutions with a value, `error` where it may be estimated, on a census `rank`, `rank_best`
        and `rank_worst`, then `parameters`, `label`, `meaning`, `unit`, `range`, `formula`, `weighted`, `source`), `refusal`, `caveats` and `method`.

    Raises:
        AnalysisError: The institution is not in the network.
    """
    if institution not in data.incidence.position:
        raise _missing(institution)
    return (found or positions(data)).of(institution)


def mixing_text(one: Mixing, lang: str) -> str:
    """Return one value of assortativity as a sentence or two."""
    from kg.analyse.wording import number

    by = _say(f"by-{one.by}", lang)
    if one.value is None:
        text = _say("undefined" if one.pairs else "nothing", lang, by=by)
    else:
        error = one.error_projects if one.error_projects is not None else one.error
        shown = _say("error", lang, error=number(error, lang, 3)) if error is not None else ""
        text = _say("value", lang, by=by, value=number(one.value, lang, 3), error=shown)
    if one.alike is not None and one.alike_by_chance is not None:
        text += _say("alike", lang, share=number(100 * one.alike, lang, 1), chance=number(100 * one.alike_by_chance, lang, 1))
    if one.unknown:
        text += _say("unknown", lang, unknown=number(one.unknown, lang), pairs=number(one.pairs_left_out, lang))
    return text


def _measured(network: Collaboration, estimates: Mapping[str, Estimate]) -> dict[str, Mapping[str, Any]]:
    """Return every measure by name and institution."""
    part = {member: number for number, component in enumerate(measures.components(network), start=1) for member in component}
    found: dict[str, Mapping[str, Any]] = {
        "degree": measures.degree(network),
        "strength": measures.strength(network),
        "pagerank": measures.pagerank(network),
        "constraint": holes.constraint(network),
        "effective_size": holes.effective_size(network),
        "core": measures.core_number(network),
        "clustering_projected": measures.clustering_projected(network),
        "clustering_two_mode": measures.clustering_two_mode(network),
        "component": part,
    }
    for name, estimate in estimates.items():
        found |= {name: estimate.values, f"{name}_error": estimate.errors}
    return found


def _missing(iri: str) -> AnalysisError:
    what = Text("The institution takes part in no project that counts here.", "Die Einrichtung ist an keinem Projekt beteiligt, das hier zählt.")
    return AnalysisError(what, where=iri, fix=Text("Check the name, the level and the roles.", "Prüfen Sie Name, Ebene und Rollen."))


def _rounded(value: Any) -> Any:
    return round(value, DIGITS) if isinstance(value, float) else value
