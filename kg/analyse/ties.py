"""How pairs of institutions meet again: for every project of a pair whether it is their first, overlaps an earlier one, or brings them back.

:mod:`kg.analyse.meetings` tells the classes apart; this gives each with its evidence, the earlier projects and their dates.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from kg.analyse.dates import Span
from kg.analyse.frames import refusal
from kg.analyse.labels import Named, sort_key
from kg.analyse.meetings import CLASSES, NEVER, Days, classify, meetings, spans_of
from kg.analyse.method import Method
from kg.analyse.render_text import method_line, table, wrap
from kg.analyse.result import Result
from kg.analyse.texts import speaker
from kg.analyse.wording import number
from kg.errors import AnalysisError, Text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kg.analyse.data import Data

SHOWN = 60
"""Meetings that the text of one institution lists at most."""
LISTED = 20_000
"""Meetings up to which plain data list all of them."""
TEXT: dict[str, dict[str, str]] = {
    "title": {"de": "Erste und wiederholte Zusammenarbeit", "en": "First and repeated collaboration"},
    "title-one": {"de": "Erste und wiederholte Zusammenarbeit: {name}", "en": "First and repeated collaboration: {name}"},
    "summary": {
        "de": "Paare von Einrichtungen mit mindestens zwei gemeinsamen Projekten: {pairs}; gemeinsame Projekte, über alle Paare gezählt: {meetings}.",
        "en": "Pairs of institutions with at least two joint projects: {pairs}; joint projects, counted over all pairs: {meetings}.",
    },
    "none": {
        "de": "Kein Paar von Einrichtungen hat mindestens zwei gemeinsame Projekte.",
        "en": "No pair of institutions shares at least two projects.",
    },
    "pairs-returning": {
        "de": "Paare, die sicher nach einer Pause wieder zusammenkommen: {number}.",
        "en": "Pairs that certainly come together again after a break: {number}.",
    },
    "pairs-undatable": {
        "de": "Paare, bei denen die Daten mindestens einmal nicht ausreichen: {number}.",
        "en": "Pairs for which the dates are at least once not enough: {number}.",
    },
    "head-class": {"de": "Art", "en": "Kind"},
    "head-number": {"de": "Anzahl", "en": "Number"},
    "head-meaning": {"de": "Bedeutung", "en": "Meaning"},
    "head-partner": {"de": "Partner", "en": "Partner"},
    "head-project": {"de": "Projekt", "en": "Project"},
    "head-time": {"de": "Zeit", "en": "Time"},
    "head-earlier": {"de": "Frühere gemeinsame Projekte", "en": "Earlier joint projects"},
    "new": {"de": "neu", "en": "new"},
    "overlapping": {"de": "überlappend", "en": "overlapping"},
    "returning": {"de": "wiederkehrend", "en": "returning"},
    "undatable": {"de": "nicht datierbar", "en": "undatable"},
    "new-means": {"de": "kein gemeinsames Projekt begann vorher", "en": "no joint project began before"},
    "overlapping-means": {"de": "ein früheres lief noch, als dieses begann", "en": "an earlier one still ran when this one began"},
    "returning-means": {"de": "alle früheren waren zu Ende, als dieses begann", "en": "all earlier ones had ended when this one began"},
    "undatable-means": {"de": "Daten fehlen oder sind zu grob", "en": "dates are missing or too coarse"},
    "rule": {
        "de": "Es zählen die Daten der Projekte, nicht die der einzelnen Beteiligung. Ein Datum steht für alle Tage, die es meinen kann; eine Art wird nur genannt, "
        "wenn sie für alle diese Tage gilt. Beginnen zwei erste Projekte am selben Tag, sind beide neu.",
        "en": "The dates of projects count, not those of a single participation. A date stands for all days it can mean; a kind is given only "
        "if it holds for all of them. If two first projects begin on the same day, both are new.",
    },
    "contradictory": {
        "de": "Projekte, die laut ihren Daten vor ihrem Beginn enden oder ein unlesbares Datum tragen: {number}; sie gelten als undatiert.",
        "en": "Projects that by their dates end before they begin, or whose date cannot be read: {number}; they count as undated.",
    },
    "window": {
        "de": "„Neu“ heißt: das erste in diesen Daten erfasste gemeinsame Projekt; frühere können fehlen.",
        "en": "“New” means the first joint project recorded in these data; earlier ones may be missing.",
    },
    "more": {"de": "{number} weitere stehen in der Tabelle.", "en": "{number} more are in the table."},
    "unknown": {"de": "unbekannt", "en": "unknown"},
    "left-out": {
        "de": "Die Liste ist lang; --format csv schreibt sie in eine Tabelle.",
        "en": "The list is long; --format csv writes it to a table.",
    },
}


_say = speaker(TEXT)


@dataclass(frozen=True, eq=False)
class Ties(Result):
    """Every project of every pair of institutions with at least two common projects, with its class.

    Attributes:
        pairs: The two institutions of each pair; the first is the one asked for, else the one of the smaller IRI.
        pair: Position of the pair of each meeting; meetings stand by pair, then by start and IRI of the project.
        project: Position of the project of each meeting.
        kind: Position of its class in :data:`CLASSES`.
        projects: The projects.
        spans: Their dates, as far as they can be used.
        days: The days these can mean.
        contradictory: Number of projects whose dates cannot be used.
        institution: The institution asked for; `None` for all.
    """

    name: ClassVar[str] = "ties"
    columns: ClassVar[tuple[str, ...]] = (
        "source",
        "target",
        "source_label_de",
        "source_label_en",
        "target_label_de",
        "target_label_en",
        "project",
        "project_label_de",
        "project_label_en",
        "start",
        "end",
        "class",
        "earlier",
        "frame",
    )

    pairs: Sequence[tuple[Named, Named]]
    pair: NDArray[np.int64]
    project: NDArray[np.int64]
    kind: NDArray[np.int8]
    projects: Sequence[Named]
    spans: Sequence[Span]
    days: Days
    contradictory: int
    institution: Named | None
    method: Method

    @cached_property
    def counts(self) -> dict[str, int]:
        """Number of meetings of each class."""
        found = Counter(self.kind.tolist())
        return {name: found[position] for position, name in enumerate(CLASSES)}

    def pairs_with(self, name: str) -> int:
        """Return the number of pairs with at least one meeting of a class."""
        import numpy as np

        return len(np.unique(self.pair[self.kind == CLASSES.index(name)]))

    def earlier(self, position: int) -> list[int]:
        """Return the projects of the same pair that began, or may have begun, before that of a meeting: the evidence of its class."""
        import numpy as np

        first, last = np.searchsorted(self.pair, [self.pair[position], self.pair[position] + 1])
        limit = self.days.begins_last[self.project[position]]
        others = (int(other) for at, other in enumerate(self.project[first:last], start=int(first)) if at != position)
        return [other for other in others if self.days.begins_first[other] < limit]

    def _meetings(self) -> Iterator[dict[str, Any]]:
        for position, (pair, project, kind) in enumerate(zip(self.pair.tolist(), self.project.tolist(), self.kind.tolist(), strict=True)):
            source, target = self.pairs[pair]
            yield {"source": source, "target": target, "project": project, "class": CLASSES[kind], "earlier": self.earlier(position)}

    def rows(self) -> list[dict[str, Any]]:
        """Return one row per pair and project with the columns :attr:`columns`; `earlier` holds IRIs and dates of the earlier projects."""
        found = []
        for one in self._meetings():
            source, target, project, span = one["source"], one["target"], self.projects[one["project"]], self.spans[one["project"]]
            labels = [named.label(lang) for named in (source, target) for lang in ("de", "en")]
            earlier = "; ".join(f"{self.projects[other].iri} [{self.spans[other].text('?')}]" for other in one["earlier"])
            values = (source.iri, target.iri, *labels, project.iri, project.label("de"), project.label("en"), span.start, span.end, one["class"])
            found.append(dict(zip(self.columns, (*values, earlier, self.method.frame.kind), strict=True)))
        return found

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain data; of more than :data:`LISTED` meetings the list is left out, which it says."""
        large = len(self.pair) > LISTED
        found = refusal(self.method.frame)
        listed = [
            {
                "source": one["source"].iri,
                "target": one["target"].iri,
                "project": self.projects[one["project"]].iri,
                "span": self.spans[one["project"]].to_json(),
                "class": one["class"],
                "earlier": [{"project": self.projects[other].iri, "span": self.spans[other].to_json()} for other in one["earlier"]],
            }
            for one in (() if large else self._meetings())
        ]
        return {
            "method": self.method.to_json(),
            "refusal": found.to_json() if found else None,
            "institution": self.institution.to_json() if self.institution else None,
            "pairs": len(self.pairs),
            "meetings": len(self.pair),
            "classes": self.counts,
            "pairs_by_class": {name: self.pairs_with(name) for name in CLASSES},
            "contradictory_projects": self.contradictory,
            "rows": None if large else listed,
            **({"rows_left_out": TEXT["left-out"]} if large else {}),
        }

    def text(self, lang: str) -> str:
        """Return the numbers of each class and, for one institution, its meetings; the method last."""
        title = _say("title-one", lang, name=self.institution.label(lang)) if self.institution else _say("title", lang)
        lines = [title, "=" * len(title)]

        def say(key: str, **values: object) -> None:
            lines.extend(wrap(_say(key, lang, **values)))

        if not self.pairs:
            say("none")
        else:
            say("summary", pairs=number(len(self.pairs), lang), meetings=number(len(self.pair), lang))
            for name in ("returning", "undatable"):
                if count := self.pairs_with(name):
                    say(f"pairs-{name}", number=number(count, lang))
            head = [_say(f"head-{part}", lang) for part in ("class", "number", "meaning")]
            lines += ["", *table(head, [[_say(name, lang), number(self.counts[name], lang), _say(f"{name}-means", lang)] for name in CLASSES])]
            if self.institution:
                lines += ["", *self._listed(lang)]
        lines.append("")
        say("rule")
        say("window")
        if self.contradictory:
            say("contradictory", number=number(self.contradictory, lang))
        return "\n".join([*lines, "", method_line(self.method, lang)]) + "\n"

    def _listed(self, lang: str) -> list[str]:
        unknown = _say("unknown", lang)
        cells = []
        for one in self._meetings():
            earlier = ", ".join(f"{self.projects[other].label(lang)} ({self.spans[other].text(unknown)})" for other in one["earlier"])
            span = self.spans[one["project"]].text(unknown)
            cells.append([one["target"].label(lang), self.projects[one["project"]].label(lang), span, _say(one["class"], lang), earlier])
        head = [_say(f"head-{part}", lang) for part in ("partner", "project", "time", "class", "earlier")]
        cells.sort(key=lambda row: sort_key(row[0]))
        rest = [_say("more", lang, number=number(len(cells) - SHOWN, lang))] if len(cells) > SHOWN else []
        return [*table(head, cells[:SHOWN]), *rest]


def ties(data: Data, institution: str | None = None) -> Ties:
    """Return how pairs of institutions meet again.

    Args:
        data: Participations that count.
        institution: IRI of an institution, or the last step of it, to look at its pairs alone.

    Cost: some seconds for 100,000 pairs with several projects.

    Raises:
        AnalysisError: The institution is in none of the projects.
    """
    import numpy as np

    incidence, found = data.incidence, data.collaboration
    chosen = found.count >= 2
    at = position_of(data, institution) if institution is not None else None
    if at is not None:
        chosen &= (found.source == at) | (found.target == at)
    columns = {name: getattr(found, name)[chosen] for name in ("source", "target", "weight", "distance", "count")}
    several = replace(found, **columns)
    pair, project = meetings(several)
    spans, contradictory = spans_of(data)
    days = Days.of(spans)
    # A project without a known start comes last.
    order = np.lexsort((project, np.where(days.begins_first < 0, NEVER, days.begins_first)[project], pair))
    project = project[order]
    kind = classify(pair, days.at(project))
    labels = data.names(incidence.projects[one] for one in np.unique(project).tolist())
    ends = [(one, other) if other != at else (other, one) for one, other in zip(several.source.tolist(), several.target.tolist(), strict=True)]
    pairs = [(data.named(incidence.institutions[one]), data.named(incidence.institutions[other])) for one, other in ends]
    projects = [labels.get(iri) or Named(iri) for iri in incidence.projects]
    named = data.named(incidence.institutions[at]) if at is not None else None
    return Ties(pairs, pair, project, kind, projects, spans, days, contradictory, named, data.method)


def position_of(data: Data, institution: str) -> int:
    """Return the position of an institution, named by its IRI or the last step of it.

    Raises:
        AnalysisError: It is in none of the projects.
    """
    iri = institution if ":" in institution else f"{data.build.base}id/organisation/{institution}"
    if iri in data.incidence.position:
        return data.incidence.position[iri]
    short = {known.rsplit("/", 1)[-1]: known for known in data.incidence.institutions}
    near = get_close_matches(institution.rsplit("/", 1)[-1], sorted(short), n=3, cutoff=0.6)
    what = Text("The institution is in none of the projects counted here.", "Die Einrichtung ist in keinem der hier gezählten Projekte.")
    fix = Text("List them with `kg analyse --format csv`.", "`kg analyse --format csv` zählt alle auf.")
    if near:
        fix = Text(f"Did you mean {' / '.join(near)}?", f"Gemeint vielleicht {' / '.join(near)}?")
    raise AnalysisError(what, where=institution, fix=fix)
