"""The network year by year: projects that run, institutions and pairs in them, who comes and who leaves, and which pairs meet anew or again.

Where dates are missing or coarse a year has two numbers: what is certain and what is possible (:meth:`kg.analyse.dates.Span.years`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from kg.analyse.annual import Year, annual
from kg.analyse.frames import refusal
from kg.analyse.meetings import spans_of
from kg.analyse.method import Method
from kg.analyse.render_text import method_line, table, wrap
from kg.analyse.result import Result
from kg.analyse.texts import speaker
from kg.analyse.wording import number
from kg.errors import AnalysisError, Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from kg.analyse.data import Data

TEXT: dict[str, dict[str, str]] = {
    "title": {"de": "Zusammenarbeit nach Jahren", "en": "Collaboration by year"},
    "summary": {
        "de": "{first} bis {last}: Projekte, die im jeweiligen Jahr laufen, ihre Einrichtungen und deren Paare.",
        "en": "{first} to {last}: projects that run in the year, their institutions, and pairs of these.",
    },
    "band": {
        "de": "„a–b“ heißt: a sicher nach den Daten der Projekte, b möglich, weil ein Datum fehlt.",
        "en": "“a–b” means: a certain by the dates of the projects, b possible because a date is missing.",
    },
    "year": {"de": "Jahr", "en": "Year"},
    "projects": {"de": "Projekte", "en": "Projects"},
    "institutions": {"de": "Einrichtungen", "en": "Institutions"},
    "pairs": {"de": "Paare", "en": "Pairs"},
    "density": {"de": "Dichte", "en": "Density"},
    "mean_partners": {"de": "Partner im Mittel", "en": "Mean partners"},
    "entering": {"de": "erstmals", "en": "entering"},
    "leaving": {"de": "gegangen", "en": "gone"},
    "so-far": {"de": "Bis zum Ende des Jahres, alle zusammen:", "en": "Up to the end of the year, all together:"},
    "began": {"de": "Paare, für die in diesem Jahr ein gemeinsames Projekt begann:", "en": "Pairs for which a joint project began in this year:"},
    "new_ties": {"de": "neu", "en": "new"},
    "repeated_ties": {"de": "wiederholt", "en": "repeated"},
    "returning_ties": {"de": "davon wiederkehrend", "en": "of these returning"},
    "undatable_ties": {"de": "nicht datierbar", "en": "undatable"},
    "how": {
        "de": "Erstmals: noch in keinem früheren Jahr in einem erfassten Projekt; im ersten erfassten Jahr sind das alle. Gegangen: das letzte erfasste Projekt endete im Jahr davor. "
        "Wiederholt: das Paar hatte schon früher ein gemeinsames Projekt; wiederkehrend: alle früheren waren zu Ende. "
        "Ein Paar kann in einem Jahr neu und wiederholt sein. Dichte und Partner im Mittel gelten für das sichere Netz.",
        "en": "Entering: in no recorded project of an earlier year; in the first recorded year that is all of them. Gone: the last recorded project ended the year before. "
        "Repeated: the pair had a joint project before; returning: all earlier ones had ended. "
        "A pair can be new and repeated in one year. Density and mean partners are those of the certain network.",
    },
    "end": {
        "de": "Die Daten reichen bis {state}. Wer ab {year} fehlt, kann in einem noch nicht erfassten Projekt wieder dabei sein: Abgänge stehen nur bis {before}. "
        "Auch die Abgänge davor können vorläufig sein.",
        "en": "The data reach to {state}. Who is missing from {year} on may be back in a project not recorded yet: exits are given only up to {before}. "
        "Earlier exits may be provisional, too.",
    },
    "planned": {
        "de": "Die Jahre nach {year} zeigen nur, wie lange schon erfasste Projekte noch laufen sollen.",
        "en": "The years after {year} show only how long projects already recorded are to run.",
    },
    "growth": {
        "de": "Die Daten sind keine Vollerhebung: Mehr erfasste Projekte zeigen auch, wie gesammelt wurde. Ein Wachstum der Zusammenarbeit folgt daraus nicht.",
        "en": "The data are no census: more recorded projects also show how they were collected. They do not show that collaboration has grown.",
    },
    "undated": {
        "de": "Projekte ganz ohne brauchbares Datum: {number}; sie zählen in jedem Jahr als möglich. Projekte ohne Beginn, deren Paare in keinem Jahr neu oder wiederholt sind: {without}.",
        "en": "Projects without any usable date: {number}; they count as possible in every year. Projects without a start, whose pairs are new or repeated in no year: {without}.",
    },
    "contradictory": {
        "de": "Darunter Projekte, die laut ihren Daten vor ihrem Beginn enden oder ein unlesbares Datum tragen: {number}.",
        "en": "Among them projects that by their dates end before they begin, or whose date cannot be read: {number}.",
    },
    "method": {"de": "Methode", "en": "Method"},
    "figure-change": {"de": "Erstmals (oben), gegangen (unten)", "en": "Entering (up), gone (down)"},
    "caption": {
        "de": "Laufende Projekte und ihre Einrichtungen nach Jahren; darunter Einrichtungen, die erstmals dabei sind (nach oben) und deren letztes Projekt im Jahr "
        "davor endete (nach unten). Dunkel: sicher; schraffiert: möglich.",
        "en": "Running projects and their institutions by year; below, institutions that are there for the first time (up) and whose last project ended the year "
        "before (down). Dark: certain; hatched: possible.",
    },
}


_say = speaker(TEXT)


@dataclass(frozen=True)
class Years(Result):
    """The network year by year.

    Attributes:
        years: One entry per year, in order.
        last: Year of the state of the data or the last one selected, whichever is earlier, or the last one dated where the state is unknown: from it on
            exits cannot be known.
        undated: Projects without any usable date.
        without_start: Projects without a start.
        contradictory: Projects whose dates contradict each other or cannot be read.
        method: How the numbers were made.
    """

    name: ClassVar[str] = "years"
    columns: ClassVar[tuple[str, ...]] = (*Year.__dataclass_fields__, "frame")

    years: tuple[Year, ...]
    last: int
    undated: int
    without_start: int
    contradictory: int
    method: Method

    def rows(self) -> list[dict[str, Any]]:
        """Return one row per year with the columns :attr:`columns`."""
        return [{**asdict(year), "frame": self.method.frame.kind} for year in self.years]

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain data."""
        found = refusal(self.method.frame)
        return {
            "method": self.method.to_json(),
            "refusal": found.to_json() if found else None,
            "caveats": [] if found is None else [TEXT["growth"]],
            "years": [asdict(year) for year in self.years],
            "last_known_year": self.last,
            "projects": {"undated": self.undated, "without_start": self.without_start, "contradictory": self.contradictory},
        }

    def notes(self, lang: str) -> list[str]:
        """Return the sentences without which the numbers would be misread."""
        shown = range(self.years[0].year, self.years[-1].year + 1)
        found = [] if self.method.frame.kind == "census" else [_say("growth", lang)]
        if self.last in shown or shown[-1] > self.last:
            state = self.method.state if self.method.state.startswith(str(self.last)) else self.last
            found.append(_say("end", lang, state=state, year=self.last, before=self.last - 1))
        if shown[-1] > self.last:
            found.append(_say("planned", lang, year=self.last))
        if self.undated or self.without_start:
            found.append(_say("undated", lang, number=number(self.undated, lang), without=number(self.without_start, lang)))
        if self.contradictory:
            found.append(_say("contradictory", lang, number=number(self.contradictory, lang)))
        return found

    def text(self, lang: str) -> str:
        """Return three tables (the year, all up to it, pairs that begin) with what must be known to read them, the method last."""
        title = _say("title", lang)
        lines = [title, "=" * len(title)]

        def say(text: str) -> None:
            lines.extend(wrap(text))

        say(_say("summary", lang, first=self.years[0].year, last=self.years[-1].year))
        if any(self._open(year) for year in self.years):
            say(_say("band", lang))
        for note in self.notes(lang):
            say(note)
        bands = ("projects", "institutions", "pairs", "entering", "leaving")
        head = [*(_say(key, lang) for key in ("year", *bands, "density", "mean_partners"))]
        rows = [
            [
                year.year,
                *(_band(year, key, lang) for key in bands),
                _number(year.density, lang, 4),
                _number(year.mean_partners, lang, 1),
            ]
            for year in self.years
        ]
        lines += ["", *table(head, rows), "", _say("so-far", lang)]
        rows = [[year.year, *(_band(year, f"{key}_so_far", lang) for key in bands[:3])] for year in self.years]
        lines += [*table([_say(key, lang) for key in ("year", *bands[:3])], rows), "", _say("began", lang)]
        ties = ("new_ties", "repeated_ties", "returning_ties", "undatable_ties")
        rows = [[year.year, *(_number(getattr(year, key), lang, 0) for key in ties)] for year in self.years]
        lines += [*table([_say(key, lang) for key in ("year", *ties)], rows), ""]
        say(_say("how", lang))
        return "\n".join([*lines, "", method_line(self.method, lang)]) + "\n"

    @staticmethod
    def _open(year: Year) -> bool:
        return any(getattr(year, key) != getattr(year, f"{key}_possible") for key in ("projects", "entering", "leaving", "projects_so_far"))

    def caption(self, lang: str) -> str:
        """Return what stands below the figure: what it shows, what must be known, and the method with frame and data."""
        return " ".join([_say("caption", lang), *self.notes(lang), f"{_say('method', lang)}: {method_line(self.method, lang)}."])

    def figure(self, lang: str = "en", width: float | None = None) -> Figure:
        """Return projects, institutions, and entries and exits by year, as bars of certain (dark) and possible (hatched) numbers, caption below.

        Args:
            lang: `de` or `en`.
            width: Width in inches, 3.5 or more; that of a page without it.

        Raises:
            MissingExtraError: matplotlib is not installed.
        """
        from kg.analyse.canvas import WIDE, require

        require()
        return _draw(self, lang, max(width or WIDE, 3.5))


def _number(value: float | None, lang: str, digits: int) -> str:
    return "–" if value is None else number(value, lang, digits)


def _band(year: Year, key: str, lang: str) -> str:
    low, high = getattr(year, key), getattr(year, f"{key}_possible")
    return _number(low, lang, 0) if low == high else f"{_number(low, lang, 0)}–{_number(high, lang, 0)}"


def years(data: Data, *, since: int | None = None, until: int | None = None) -> Years:
    """Return the network year by year.

    Args:
        data: Participations that count.
        since: First year to give; the first one dated without it. Earlier years always count for who is new.
        until: Last year to give; without it the year of the state of the data, or the last one dated if that is earlier or the state is unknown.
            Years before the first and after the last dated one are left out, as are those outside the selection.

    Cost: one pass over pairs and their projects, some seconds for 800,000 pairs.

    Raises:
        AnalysisError: No project is dated, or no dated year lies between the two.
    """
    spans, contradictory = spans_of(data)
    dated = sorted(int(text[:4]) for span in spans for text in (span.start, span.end) if text)
    if not dated:
        what = Text("No project has a usable date.", "Kein Projekt hat ein brauchbares Datum.")
        fix = Text("Add start and end and build again.", "Ergänzen Sie Beginn und Ende, und bauen Sie neu.")
        raise AnalysisError(what, where=str(data.build.path), fix=fix)
    known = int(data.method.state[:4]) if data.method.state[:4].isdigit() else dated[-1]
    # A selection by time leaves out projects before and after it, so that nothing can be said about other years.
    low, high, known = dated[0], dated[-1], min(known, data.selection.until or known)
    low, high = max(low, data.selection.since or low), min(high, data.selection.until or high)
    first = max(low if since is None else since, low)
    last = min(max(known, low) if until is None else until, high)
    if first > last:
        what = Text("There is no dated year in this period.", "In diesem Zeitraum gibt es kein datiertes Jahr.")
        fix = Text(f"The projects run from {low} to {high}.", f"Die Projekte laufen von {low} bis {high}.")
        raise AnalysisError(what, where=f"--since {since or ''} --until {until or ''}", fix=fix)
    # A missing end may reach as far as the data do, or as far as is asked.
    found = annual(data, spans, range(first, last + 1), dated[0], max(last, min(known, dated[-1])), known)
    undated = sum(not (span.start or span.end) for span in spans)
    return Years(found, known, undated, sum(not span.start for span in spans), contradictory, data.method)


def _draw(result: Years, lang: str, width: float) -> Figure:
    import matplotlib as mpl
    from matplotlib.figure import Figure as NewFigure
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    from kg.analyse.canvas import BLUE, INK, ORANGE, RC, WHITE, Colour, Ruler

    small = 7.0 if width < 5 else 8.0
    caption = Ruler().wrap(result.caption(lang), small, width - 0.4)  # hinted text is a little wider than measured
    line = small * 1.25 / 72
    below, panel, gap = 0.5 + line * len(caption), 1.25, 0.5
    height = 0.35 + 3 * panel + 2 * gap + below
    at = [year.year for year in result.years]

    with mpl.rc_context({**RC, "font.size": small, "axes.edgecolor": INK, "hatch.linewidth": 0.6}):
        drawn = NewFigure(figsize=(width, height), dpi=100)

        def axes(row: int, title: str) -> Any:
            made = drawn.add_axes((0.62 / width, (below + (2 - row) * (panel + gap)) / height, 1 - 0.72 / width, panel / height))
            made.set_title(title, loc="left", fontsize=small + 1)
            made.spines[["top", "right"]].set_visible(False)
            made.margins(y=0.08)
            made.yaxis.set_major_locator(MaxNLocator(4, integer=True))
            made.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(abs(value), lang)))
            made.xaxis.set_major_locator(MaxNLocator(6 if width < 5 else 12, integer=True))
            made.set_xlim(at[0] - 0.6, at[-1] + 0.6)
            return made

        def bars(panel: Any, key: str, colour: Colour, sign: int = 1) -> None:
            low = [sign * (getattr(year, key) or 0) for year in result.years]
            high = [sign * (getattr(year, f"{key}_possible") or 0) for year in result.years]
            rest = [top - bottom for top, bottom in zip(high, low, strict=True)]
            panel.bar(at, low, width=0.72, color=colour, edgecolor=INK, linewidth=0.6)
            panel.bar(at, rest, width=0.72, bottom=low, color=WHITE, edgecolor=INK, linewidth=0.6, hatch="////")

        for row, key in enumerate(("projects", "institutions")):
            bars(axes(row, _say(key, lang)), key, BLUE)
        change = axes(2, _say("figure-change", lang))
        bars(change, "entering", BLUE)
        bars(change, "leaving", ORANGE, -1)
        change.axhline(0, color=INK, linewidth=0.8)
        drawn.text(0.1 / width, (below - 0.38) / height, "\n".join(caption), va="top", ha="left", fontsize=small, linespacing=1.2, color=INK)
    return drawn
