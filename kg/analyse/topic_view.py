"""Institutions by topic: how many projects, what share of theirs, and how that compares with the whole (:class:`TopicView`)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.analyse.data import Data
from kg.analyse.frames import Refusal, may, refusal
from kg.analyse.labels import Named, sort_key
from kg.analyse.method import Method
from kg.analyse.render_text import method_line, table
from kg.analyse.result import Result
from kg.analyse.view_text import lines, say
from kg.analyse.wording import number
from kg.errors import AnalysisError, Text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TOP = 1000
"""Cells of institution and topic that are given at most, unless one topic or one institution is asked for."""
LEAST = 3
"""Projects on which a location quotient rests at least."""
SHOWN = 30
"""Rows of a table in text."""


@dataclass(frozen=True)
class TopicCell:
    """An institution in a topic.

    Attributes:
        topic: The topic.
        institution: The institution.
        projects: Its projects in the topic, 1 or more.
        share: Their share of its projects that have a topic, 0 to 1; a project may have several.
        quotient: Location quotient, `share` / share of the topic in all participations; `None` below the number of projects it must rest on.
        rank: Place of the institution in the topic by number of projects, equal numbers sharing the best; `None` where the frame allows no order.
    """

    topic: Named
    institution: Named
    projects: int
    share: float
    quotient: float | None
    rank: int | None


@dataclass(frozen=True)
class TopicView(Result):
    """Who works on what, and who more than others.

    Attributes:
        cells: Institutions in topics: by topic, then rank where there is one, then institution.
        number: Cells in all that were asked for.
        at_least: Number of projects from which cells are given, so that no more than :data:`TOP` are; 1 where all are.
        least: Number of projects a location quotient rests on at least.
        without_topic: Projects without a topic; they count nowhere here.
        projects: Projects with one.
        refusal: Why there is no order; `None` on a census.
        method: How the numbers were made.
    """

    name = "topics"
    columns = (
        *("topic", "topic_label_de", "topic_label_en", "institution", "institution_label_de", "institution_label_en"),
        *("projects", "share", "location_quotient", "rank", "frame"),
    )
    cells: tuple[TopicCell, ...]
    number: int
    at_least: int
    least: int
    without_topic: int
    projects: int
    refusal: Refusal | None
    method: Method

    def rows(self) -> list[dict[str, Any]]:
        """Return one row per institution and topic."""
        frame = self.method.frame.kind
        found = []
        for cell in self.cells:
            names = (value for thing in (cell.topic, cell.institution) for value in (thing.iri, thing.label("de"), thing.label("en")))
            quotient = None if cell.quotient is None else round(cell.quotient, 6)
            found.append(dict(zip(self.columns, (*names, cell.projects, round(cell.share, 6), quotient, cell.rank, frame), strict=True)))
        return found

    def text(self, lang: str) -> str:
        """Return the table and what its numbers mean."""
        sentences = [
            say("topics-whole", lang, projects=number(self.projects, lang), without=number(self.without_topic, lang)),
            say("topics-rule", lang, least=self.least),
        ]
        shown = self.cells[:SHOWN]
        if len(shown) < self.number:
            sentences.append(
                say("topics-cut", lang, shown=len(shown), all=number(self.number, lang), given=number(len(self.cells), lang), n=self.at_least)
            )
        if self.refusal:
            sentences.append(self.refusal.reason[lang])
        keys = ("topic", "institution", "projects", "share", "quotient", *(() if self.refusal else ("rank",)))
        cells = [
            (
                *(cell.topic.label(lang), cell.institution.label(lang), cell.projects, number(100 * cell.share, lang, 1) + " %"),
                *("–" if cell.quotient is None else number(cell.quotient, lang, 2), *(() if self.refusal else (cell.rank,))),
            )
            for cell in shown
        ]
        body = table([say(key, lang) for key in keys], cells) if cells else [say("topics-none", lang)]
        return "\n".join([*lines(say("topics-title", lang), sentences), *body, "", method_line(self.method, lang)]) + "\n"

    def to_json(self) -> dict[str, Any]:
        """Return the cells, how many there are in all, and what a quotient rests on."""
        return {
            "method": self.method.to_json(),
            "refusal": self.refusal.to_json() if self.refusal else None,
            "projects": self.projects,
            "projects_without_topic": self.without_topic,
            "cells": self.number,
            "cells_given": len(self.cells),
            "given_from_projects": self.at_least,
            "quotient_from_projects": self.least,
            "institutions_in_topics": self.rows(),
        }


def topics(data: Data, *, least: int = LEAST, topic: str | None = None, institution: str | None = None) -> TopicView:
    """Return institutions by topic, with location quotients.

    The quotient is (projects here / projects of the institution) / (participations in the topic / all participations), over projects that have a topic;
    above 1 the institution is in the topic more than the whole is. Its mean over all institutions, weighted by their projects, is 1 in every topic. A
    project counts in each of its topics, and only in those that the source names, not in broader ones.

    Args:
        data: Participations.
        least: Number of projects in the topic that a quotient rests on at least, 1 or more.
        topic: IRI of the one topic to look at; with it all its institutions are given.
        institution: IRI of the one institution to look at; with it all its topics are given. Quotients and ranks stay those of the whole.

    Raises:
        AnalysisError: `least` is below 1, or there is no such topic or institution in the selection.

    Source: P. Sargant Florence (1948), Investment, Location, and Size of Plant; as specialisation index: B. Balassa (1965),
    doi:10.1111/j.1467-9957.1965.tb00050.x.
    """
    import numpy as np
    from scipy.sparse import csr_array

    if least < 1:
        fix = Text("Use 3.", "Nehmen Sie 3.")
        raise AnalysisError(Text("A quotient rests on 1 project or more.", "Ein Quotient braucht mindestens 1 Projekt."), where="--least", fix=fix)
    incidence, by_project = data.incidence, data.topics
    known = sorted({iri for found in by_project.values() for iri in found})
    where = {iri: position for position, iri in enumerate(known)}
    _known(topic, where, "--topic", Text("No selected project has this topic.", "Kein ausgewähltes Projekt hat dieses Thema."))
    _known(institution, incidence.position, "--institution", Text("It is in no selected project.", "Sie ist in keinem ausgewählten Projekt."))
    ends = np.cumsum([0, *(len(by_project[project]) for project in incidence.projects)])
    columns = np.array([where[iri] for project in incidence.projects for iri in by_project[project]], dtype=np.int64)
    about = csr_array((np.ones(len(columns), dtype=np.int64), columns, ends), shape=(len(incidence.projects), len(known)))
    named = np.diff(ends) > 0
    own = incidence.matrix @ named.astype(np.int64)
    cells = csr_array(incidence.matrix @ about).tocoo()
    row, column, projects = cells.row.astype(np.int64), cells.col.astype(np.int64), cells.data
    share = projects / own[row]
    whole = np.bincount(column, projects, len(known)) / max(int(own.sum()), 1)
    quotient = share / whole[column]
    ordered = may(data.frame, "order")
    ranks = _ranks(column, projects) if ordered else np.zeros_like(projects)
    asked = np.ones(len(row), dtype=bool)
    if topic is not None:
        asked &= column == where[topic]
    if institution is not None:
        asked &= row == incidence.position[institution]
    at_least = 1 if topic is not None or institution is not None else _cut(projects)
    given = np.flatnonzero(asked & (projects >= at_least))
    names = data.names(known[place] for place in set(column[given].tolist()))
    found = [
        TopicCell(
            names[known[column[cell]]],
            data.named(incidence.institutions[row[cell]]),
            int(projects[cell]),
            float(share[cell]),
            float(quotient[cell]) if projects[cell] >= least else None,
            int(ranks[cell]) if ordered else None,
        )
        for cell in given.tolist()
    ]
    found.sort(
        key=lambda cell: (
            sort_key(cell.topic.label("en")),
            cell.topic.iri,
            cell.rank or 0,
            sort_key(cell.institution.label("en")),
            cell.institution.iri,
        )
    )
    return TopicView(tuple(found), int(asked.sum()), at_least, least, int((~named).sum()), int(named.sum()), refusal(data.frame), data.method)


def _known(iri: str | None, known: Collection[str], option: str, what: Text) -> None:
    if iri is not None and iri not in known:
        fix = Text("Give an IRI of the result without this option.", "Geben Sie eine IRI aus dem Ergebnis ohne diese Option an.")
        raise AnalysisError(what, where=f"{option} {iri}", fix=fix)


def _cut(projects: NDArray[np.int64]) -> int:
    """Return the smallest number of projects from which no more than :data:`TOP` cells have as many: a limit that puts nobody before an equal."""
    import numpy as np

    at_least = np.cumsum(np.bincount(projects)[::-1])[::-1]
    return next((least for least in range(1, len(at_least)) if at_least[least] <= TOP), max(len(at_least), 1))


def _ranks(group: NDArray[np.int64], values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rank of each value in its group, the largest being 1, equal values sharing the best rank."""
    import numpy as np

    order = np.lexsort((-values, group))
    groups, ordered = group[order], values[order]
    place = np.arange(len(order))
    new_group = np.concatenate(([True], groups[1:] != groups[:-1]))[: len(order)]
    new_value = new_group | np.concatenate(([True], ordered[1:] != ordered[:-1]))[: len(order)]
    first = np.maximum.accumulate(np.where(new_group, place, 0))
    best = np.maximum.accumulate(np.where(new_value, place, 0))
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = best - first + 1
    return ranks
