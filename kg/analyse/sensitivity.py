"""How far the numbers of an institution depend on choices of counting: the same numbers under each choice, one changed at a time.

Which choice is right depends on the question; none is an error of the others. Numbers that hold under all of them can be cited without further ado.

Source: Simonsohn, Simmons, Nelson (2020), Specification curve analysis, doi:10.1038/s41562-020-0912-z.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from kg.analyse import by_columns
from kg.analyse.data import Data, load
from kg.analyse.frames import Refusal, may, refusal
from kg.analyse.labels import Named
from kg.analyse.method import Method
from kg.analyse.projection import LEVELS, ROLES, WEIGHTS
from kg.analyse.required import require_all_tied
from kg.analyse.result import Result
from kg.analyse.selection import CLAIMS, Selection
from kg.analyse.texts import speaker
from kg.analyse.ties import position_of
from kg.analyse.wording import number
from kg.errors import AnalysisError

if TYPE_CHECKING:
    from kg.build import Build
    from kg.engine.base import Engine

CAP = 20
"""Largest number of institutions of a project in the variant without very large ones."""
NUMBERS = ("projects", "partners", "repeat_partners", "strength")

TEXT: dict[str, dict[str, str]] = {
    "title": {"de": "{name}: Wie sehr die Zahlen von der Zählweise abhängen", "en": "{name}: how far the numbers depend on the way of counting"},
    "range": {
        "de": "Je nach Zählweise {partners} Partner, {repeat_partners} davon in mindestens zwei Projekten, in {projects} Projekten.",
        "en": "Depending on the way of counting {partners} partners, {repeat_partners} of them in at least two projects, in {projects} projects.",
    },
    "one": {"de": "{low}", "en": "{low}"},
    "from-to": {"de": "{low} bis {high}", "en": "{low} to {high}"},
    "what": {
        "de": "Jede Zeile ändert eine Wahl gegenüber der ersten; in Klammern der Unterschied zu ihr. Stärken mit verschiedenem Gewicht sind nicht vergleichbar.",
        "en": "Each line changes one choice against the first; in brackets the difference from it. Strengths of different weight cannot be compared.",
    },
    "counted-as": {"de": "„{name}“ zählt als „{other}“ in: {variants}.", "en": "“{name}” counts as “{other}” in: {variants}."},
    "nothing": {"de": "Zeile „{variant}“: {reason}", "en": "Line “{variant}”: {reason}"},
    "absent": {"de": "keine Beteiligung bleibt", "en": "no participation remains"},
    "variant": {"de": "Zählweise", "en": "Way of counting"},
    "projects": {"de": "Projekte", "en": "projects"},
    "partners": {"de": "Partner", "en": "partners"},
    "repeat_partners": {"de": "wiederkehrend", "en": "repeated"},
    "strength": {"de": "Stärke", "en": "strength"},
    "rank": {"de": "Rang", "en": "rank"},
    "selection": {"de": "wie gewählt", "en": "as selected"},
    "level-unit": {"de": "Ebene: Einheiten einzeln", "en": "level: units by themselves"},
    "level-merged": {"de": "Ebene: Einheiten zusammen", "en": "level: units merged"},
    "level-top": {"de": "Ebene: oberste Einrichtung", "en": "level: body at the top"},
    "roles-all": {"de": "mit assoziierten Partnern", "en": "with associated partners"},
    "roles-without-associated": {"de": "ohne assoziierte Partner", "en": "without associated partners"},
    "claims-all": {"de": "alle Belege", "en": "all claims"},
    "claims-undisputed": {"de": "ohne Bestrittenes", "en": "without disputed claims"},
    "claims-without-attributed": {"de": "ohne nur Zugeschriebenes", "en": "without what is only attributed"},
    "claims-several-sources": {"de": "nur mit mindestens zwei Belegen", "en": "only resting on two documents or more"},
    "cap": {"de": "nur Projekte bis {cap} Einrichtungen", "en": "only projects of up to {cap} institutions"},
    "weight-newman": {"de": "Gewicht nach Newman", "en": "Newman's weight"},
    "weight-count": {"de": "Gewicht: Zahl der Projekte", "en": "weight: number of projects"},
}


_say = speaker(TEXT)


@dataclass(frozen=True)
class Variant:
    """One way of counting and what it gives.

    Attributes:
        name: `selection` for the one all others are compared with, else what was changed, as `level-top`.
        selection: What was selected.
        counted_as: The institution that the asked one counts as; `None` where none of its participations remain.
        projects: Number of its projects.
        partners: Number of its partners.
        repeat_partners: Partners in at least two projects.
        strength: Sum of weights.
        rank: By strength, 1 for the largest, equal ones share the smallest; `None` where the frame allows no order or nothing remains.
        institutions: Number of institutions in the network.
        reason: Why nothing remains, per language, or empty.
    """

    name: str
    selection: Selection
    counted_as: Named | None
    projects: int
    partners: int
    repeat_partners: int
    strength: float
    rank: int | None
    institutions: int
    reason: dict[str, str]

    def label(self, lang: str) -> str:
        """Return what was changed, in words."""
        return _say(self.name, lang, cap=self.selection.cap)


@dataclass(frozen=True)
class Sensitivity(Result):
    """The numbers of an institution under several ways of counting.

    Attributes:
        institution: The institution asked about; each variant says what it counts as.
        variants: The selection itself, then one changed choice each.
        refusal: Why there are no ranks; `None` on a census.
        method: How the numbers of the first variant were made.
    """

    name: ClassVar[str] = "sensitivity"
    columns: ClassVar[tuple[str, ...]] = (
        "variant",
        "level",
        "weight",
        "roles",
        "claims",
        "cap",
        "counted_as",
        *NUMBERS,
        "rank",
        *(f"difference_{key}" for key in NUMBERS),
        "difference_rank",
        "institutions",
        "frame",
    )
    institution: Named
    variants: tuple[Variant, ...]
    refusal: Refusal | None
    method: Method

    def rows(self) -> list[dict[str, Any]]:
        """Return a row for each variant; differences are from the first and `None` where two numbers cannot be compared."""
        found = []
        for variant in self.variants:
            chosen, other = variant.selection, variant.counted_as
            row = {key: getattr(chosen, key) for key in ("level", "weight", "roles", "claims", "cap")}
            row |= {"variant": variant.name, "counted_as": other.iri if other else None, "rank": variant.rank, "frame": self.method.frame.kind}
            row |= {key: getattr(variant, key) for key in ("projects", "partners", "repeat_partners", "institutions")}
            row |= {"strength": round(variant.strength, 6), **{f"difference_{key}": self._difference(variant, key) for key in (*NUMBERS, "rank")}}
            found.append({key: row[key] for key in self.columns})
        return found

    def _difference(self, variant: Variant, key: str) -> float | None:
        first = self.variants[0]
        ours, base = getattr(variant, key), getattr(first, key)
        if ours is None or base is None or (key in ("strength", "rank") and variant.selection.weight != first.selection.weight):
            return None
        return round(float(ours - base), 6)

    def text(self, lang: str) -> str:
        """Return the numbers by variant, with how far they lie apart."""
        from kg.analyse.render_text import WIDTH, method_line, table

        title = _say("title", lang, name=self.institution.label(lang))
        spans = {key: self._span(key, lang) for key in ("projects", "partners", "repeat_partners")}
        lines = [title, "=" * len(title), *textwrap.wrap(_say("range", lang, **spans), WIDTH), *textwrap.wrap(_say("what", lang), WIDTH), ""]
        keys = [*NUMBERS, *(["rank"] if may(self.method.frame, "order") else [])]
        head = [_say(key, lang) for key in ("variant", *keys)]
        lines += table(head, [[variant.label(lang), *(self._cell(variant, key, lang) for key in keys)] for variant in self.variants])
        notes = list(self._notes(lang))
        if self.refusal:
            notes.append(self.refusal.reason[lang])
        for note in notes:
            lines += ["", *textwrap.wrap(note, WIDTH)]
        return "\n".join([*lines, "", *textwrap.wrap(method_line(self.method, lang), WIDTH)]) + "\n"

    def _span(self, key: str, lang: str) -> str:
        values = [getattr(variant, key) for variant in self.variants if variant.counted_as]
        low, high = min(values, default=0), max(values, default=0)
        return _say("one" if low == high else "from-to", lang, low=number(low, lang), high=number(high, lang))

    def _cell(self, variant: Variant, key: str, lang: str) -> str:
        value, difference = getattr(variant, key), self._difference(variant, key)
        if value is None or not variant.counted_as:
            return "–"
        whole = all(one.strength % 1 == 0 for one in self.variants)
        digits = 1 if key == "strength" and not whole else 0
        text = number(value, lang, digits)
        if not difference or variant is self.variants[0]:
            return text
        return f"{text} ({'+' if difference > 0 else '−'}{number(abs(difference), lang, digits)})"

    def _notes(self, lang: str) -> Iterator[str]:
        others: dict[str, list[Variant]] = {}
        for variant in self.variants:
            if not variant.counted_as:
                yield _say("nothing", lang, variant=variant.label(lang), reason=variant.reason.get(lang) or _say("absent", lang))
            elif variant.counted_as.iri != self.institution.iri:
                others.setdefault(variant.counted_as.label(lang), []).append(variant)
        for other, found in others.items():
            names = ", ".join(variant.label(lang) for variant in found)
            yield _say("counted-as", lang, name=self.institution.label(lang), other=other, variants=names)

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain data."""
        rows = self.rows()
        for row, variant in zip(rows, self.variants, strict=True):
            row["label"] = {lang: variant.label(lang) for lang in ("de", "en")}
            row["reason"] = variant.reason or None
        return {
            "method": self.method.to_json(),
            "institution": self.institution.to_json(),
            "refusal": self.refusal.to_json() if self.refusal else None,
            "variants": rows,
        }


def sensitivity(build: Build, institution: str, selection: Selection | None = None, *, cap: int = CAP, engine: Engine | None = None) -> Sensitivity:
    """Return the numbers of an institution as selected, and with one choice changed at a time.

    Changed are the level, the roles that count, the claims that suffice, the largest size of a project, and the weight.

    Args:
        build: A finished build.
        institution: IRI of an institution, or its slug; a body that counts as another one does so in each variant by its own level.
        selection: What counts; the defaults of :class:`kg.analyse.selection.Selection` without it. Bodies, not places; all of a project tied.
        cap: Largest number of institutions of a project in the variant without very large ones, 2 or more.
        engine: Batch engine; one is opened and closed without it.

    Raises:
        AnalysisError: The institution is in no project of the selection, or the selection counts places, ties coordinators only, or weighs by funding.

    Cost: ten times :func:`kg.analyse.data.load`: half a minute on Horizon Europe, some seconds on small graphs.
    """
    from contextlib import ExitStack

    from kg.engine.duckdb import DuckDB

    chosen = selection or Selection()
    require_all_tied(chosen.roles, chosen.weight)
    with ExitStack() as stack:
        if engine is None:
            engine = stack.enter_context(DuckDB())
        base = load(build, chosen, engine=engine)
        iri = institution if ":" in institution else f"{build.base}id/organisation/{institution}"
        if _body(base, iri) is None:
            position_of(base, institution)  # refuses it, and names others
        found = [_measured(base, "selection", iri)]
        for name, changed in variants(chosen, cap):
            found.append(_counted(build, name, changed, iri, engine))
        return Sensitivity(base.named(iri), tuple(found), refusal(base.frame), base.method)


def variants(chosen: Selection, cap: int = CAP) -> list[tuple[str, Selection]]:
    """Return each other way of counting with its name.

    >>> [name for name, _ in variants(Selection())][:3]
    ['level-unit', 'level-top', 'roles-without-associated']
    """
    found = [(f"level-{level}", replace(chosen, level=level)) for level in LEVELS if level != chosen.level]
    found += [(f"roles-{roles}", replace(chosen, roles=roles)) for roles in ROLES if roles != chosen.roles]
    found += [(f"claims-{claims}", replace(chosen, claims=claims)) for claims in CLAIMS if claims != chosen.claims]
    found += [("cap", replace(chosen, cap=cap))] if chosen.cap is None or chosen.cap > cap else []
    return found + [(f"weight-{weight}", replace(chosen, weight=weight)) for weight in WEIGHTS if weight != chosen.weight]


def _counted(build: Build, name: str, chosen: Selection, iri: str, engine: Engine) -> Variant:
    """Return the numbers of one variant; a selection that leaves nothing at all is a result, not an error."""
    try:
        data = load(build, chosen, engine=engine)
    except AnalysisError as error:
        return Variant(name, chosen, None, 0, 0, 0, 0.0, None, 0, {"de": error.what.de, "en": error.what.en})
    return _measured(data, name, iri)


def _measured(data: Data, name: str, iri: str) -> Variant:
    body, many = _body(data, iri), len(data.incidence.institutions)
    if body is None:
        return Variant(name, data.selection, None, 0, 0, 0, 0.0, None, many, {})
    at, network = data.incidence.position[body], data.collaboration
    own = (network.source == at) | (network.target == at)
    strengths = by_columns.strength(network).round(9)
    return Variant(
        name=name,
        selection=data.selection,
        counted_as=data.named(body),
        projects=int(data.incidence.degrees[at]),
        partners=int(own.sum()),
        repeat_partners=int((network.count[own] > 1).sum()),
        strength=float(strengths[at]),
        rank=int((strengths > strengths[at]).sum()) + 1 if may(data.frame, "order") else None,
        institutions=many,
        reason={},
    )


def _body(data: Data, iri: str) -> str | None:
    """Return the body that an institution counts as: itself where it counts, else the one that all its participations count for."""
    import pyarrow.compute as pc

    from kg.analyse.arrow import constant

    if iri in data.incidence.position:
        return iri
    bodies = data.table.filter(pc.equal(data.table["named"], constant(iri)))["organisation"].unique().to_pylist()
    return str(bodies[0]) if len(bodies) == 1 else None
