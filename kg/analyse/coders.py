"""How far two people give the same codes: percent agreement, Cohen's kappa, Krippendorff's alpha, and where they differ.

:mod:`kg.analyse.reliability` computes the measures and gives their sources.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar

from kg.analyse.reliability import Interval, Kappa, alpha, intervals, kappa
from kg.analyse.render_text import table, wrap
from kg.analyse.sheets import CODEBOOK, Unit, read, role_codes, units_of
from kg.analyse.texts import speaker
from kg.analyse.wording import number
from kg.errors import AnalysisError, Text

DRAWS = 2_000
"""Resamples of the units behind an interval."""

TEXT: dict[str, dict[str, str]] = {
    "title": {"de": "Übereinstimmung zweier Codierungen", "en": "Agreement of two coders"},
    "units": {
        "de": "Zeilen des Codebuchs: {units}; von beiden codiert: {both}; ohne zweiten Code: {missing}.",
        "en": "Rows of the codebook: {units}; coded by both: {both}; without a second code: {missing}.",
    },
    "percent": {"de": "Gleiche Codes: {same} von {both} ({percent} %).", "en": "Same codes: {same} of {both} ({percent} %)."},
    "percent-weighted": {
        "de": "Nach Beteiligungen gewichtet: {percent} %.",
        "en": "Weighted by participations: {percent} %.",
    },
    "kappa": {"de": "Cohens Kappa: {value}{error}{interval}.", "en": "Cohen's kappa: {value}{error}{interval}."},
    "alpha": {"de": "Krippendorffs Alpha (nominal): {value}{interval}.", "en": "Krippendorff's alpha (nominal): {value}{interval}."},
    "error": {"de": ", Standardfehler {value}", "en": ", standard error {value}"},
    "interval": {"de": ", 95-%-Intervall {low} bis {high}", "en": ", 95 % interval {low} to {high}"},
    "kappa-undefined": {
        "de": "Cohens Kappa ist nicht definiert: Beide haben nur eine einzige Kategorie vergeben, also wäre auch jede zufällige Wahl gleich.",
        "en": "Cohen's kappa is not defined: both gave a single category only, so any choice by chance would agree, too.",
    },
    "alpha-undefined": {
        "de": "Krippendorffs Alpha ist nicht definiert: Es kommt nur eine einzige Kategorie vor.",
        "en": "Krippendorff's alpha is not defined: there is a single category only.",
    },
    "reading": {
        "de": "Lesart nach Krippendorff (2004): ab 0,800 zuverlässig, von 0,667 bis 0,800 nur für vorläufige Schlüsse.",
        "en": "How to read it, after Krippendorff (2004): reliable from 0.800, from 0.667 to 0.800 for tentative conclusions only.",
    },
    "twice": {
        "de": "Das Codebuch führt Wortlaute, die je nach Zusammenhang zwei Codes haben, in zwei Zeilen; jede zählt für sich.",
        "en": "The codebook holds wordings that have two codes by context in two rows; each counts by itself.",
    },
    "disagreements": {"de": "Verschieden codiert", "en": "Coded differently"},
    "no-disagreements": {"de": "Keine Zeile ist verschieden codiert.", "en": "No row is coded differently."},
    "confusion": {
        "de": "Wie oft welcher Code der ersten Person (Zeile) auf welchen der zweiten trifft",
        "en": "How often a code of the first person (row) meets one of the second",
    },
    "head-wording": {"de": "Wortlaut", "en": "Wording"},
    "head-first": {"de": "erste Person", "en": "first person"},
    "head-second": {"de": "zweite Person", "en": "second person"},
    "head-number": {"de": "Anzahl", "en": "Number"},
    "method": {
        "de": "Methode: Einheit Wortlaut mit Code · gleich gewichtet · Standardfehler nach Fleiss, Cohen, Everitt (1969) · Intervalle aus {draws} Ziehungen der Einheiten "
        "mit Zurücklegen, Startwert {seed} · Codebuch {first}, Bogen {second} · innovation-kg {version}",
        "en": "Method: unit wording with code · equal weights · standard error after Fleiss, Cohen, Everitt (1969) · intervals from {draws} resamples of the units "
        "with replacement, seed {seed} · codebook {first}, sheet {second} · innovation-kg {version}",
    },
    "method-undefined": {"de": " · davon nicht definiert und ausgelassen: {number}", "en": " · undefined among them and left out: {number}"},
}


_say = speaker(TEXT)


@dataclass(frozen=True)
class Agreement:
    """How far two coders agree.

    Attributes:
        units: The rows of the codebook.
        percent: Share of equal codes among rows coded by both, 0 to 100.
        percent_weighted: The same, each row weighted by its participations; `None` where none has any.
        kappa: Cohen's kappa with standard error; `None` where undefined.
        alpha: Krippendorff's alpha, nominal; `None` where undefined.
        kappa_interval: Bootstrap interval of kappa; `None` where there is none.
        alpha_interval: The same of alpha.
        codes: The code list in its order.
        draws: Resamples.
        seed: Seed of the resamples.
        files: Name and first 12 hex digits of the SHA-256 of both files.
    """

    name: ClassVar[str] = "agreement"
    columns: ClassVar[tuple[str, ...]] = ("id", "wording", "language", "participations", "first", "second", "same", "example", "example_url")

    units: tuple[Unit, ...]
    percent: float
    percent_weighted: float | None
    kappa: Kappa | None
    alpha: float | None
    kappa_interval: Interval | None
    alpha_interval: Interval | None
    codes: tuple[str, ...]
    draws: int
    seed: int
    files: tuple[tuple[str, str], tuple[str, str]]

    @property
    def both(self) -> list[Unit]:
        """The rows coded by both."""
        return [unit for unit in self.units if unit.second]

    @property
    def disagreements(self) -> list[Unit]:
        """The rows coded differently, in the order of the codebook."""
        return [unit for unit in self.both if unit.first != unit.second]

    @property
    def confusion(self) -> dict[str, dict[str, int]]:
        """How many rows have a code by the first (outer) and the second person (inner); all codes in use, in the order of the list."""
        used = [code for code in self.codes if any(code in (unit.first, unit.second) for unit in self.both)]
        cells = Counter((unit.first, unit.second) for unit in self.both)
        return {one: {other: cells[one, other] for other in used} for one in used}

    def rows(self) -> list[dict[str, Any]]:
        """Return one row per row of the codebook; `same` is `None` where the second person gave no code."""
        found = []
        for unit in self.units:
            values = asdict(unit) | {"same": unit.first == unit.second if unit.second else None}
            found.append({column: values[column] for column in self.columns})
        return found

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain data; the same for every language."""
        from kg import __version__

        return {
            "method": {
                "unit": "wording with code",
                "weights": "equal",
                "draws": self.draws,
                "seed": self.seed,
                "files": [{"name": name, "sha256": digest} for name, digest in self.files],
                "software": f"innovation-kg {__version__}",
            },
            "units": len(self.units),
            "coded_by_both": len(self.both),
            "percent": self.percent,
            "percent_weighted": self.percent_weighted,
            "kappa": {**self.kappa._asdict(), "interval": _plain(self.kappa_interval)} if self.kappa else None,
            "alpha": {"value": self.alpha, "interval": _plain(self.alpha_interval)} if self.alpha is not None else None,
            "undefined": {
                **({} if self.kappa else {"kappa": TEXT["kappa-undefined"]}),
                **({} if self.alpha is not None else {"alpha": TEXT["alpha-undefined"]}),
            },
            "confusion": self.confusion,
            "rows": self.rows(),
        }

    def text(self, lang: str) -> str:
        """Return the coefficients, the rows coded differently and the table of both codes, the method last."""
        title = _say("title", lang)
        lines = [title, "=" * len(title)]
        for sentence in self._sentences(lang):
            lines += wrap(sentence)
        found = self.disagreements
        lines += ["", *(_heading(_say("disagreements", lang)) if found else [_say("no-disagreements", lang)])]
        if found:
            head = [_say(f"head-{key}", lang) for key in ("wording", "first", "second")]
            lines += table(head, [[unit.wording, unit.first, unit.second] for unit in found])
        head = [_say(f"head-{key}", lang) for key in ("first", "second", "number")]
        cells = [[one, other, count] for one, counts in self.confusion.items() for other, count in counts.items() if count]
        lines += ["", *_heading(_say("confusion", lang)), *table(head, cells), "", self._method(lang)]
        return "\n".join(lines) + "\n"

    def _sentences(self, lang: str) -> list[str]:
        both, missing = len(self.both), len(self.units) - len(self.both)
        same = both - len(self.disagreements)
        found = [
            _say("units", lang, units=number(len(self.units), lang), both=number(both, lang), missing=number(missing, lang)),
            _say("percent", lang, same=number(same, lang), both=number(both, lang), percent=number(self.percent, lang, 1)),
        ]
        if self.percent_weighted is not None:
            found[-1] += " " + _say("percent-weighted", lang, percent=number(self.percent_weighted, lang, 1))
        if self.kappa:
            error = _say("error", lang, value=number(self.kappa.error, lang, 3))
            found.append(_say("kappa", lang, value=number(self.kappa.value, lang, 3), error=error, interval=_range(self.kappa_interval, lang)))
        else:
            found.append(_say("kappa-undefined", lang))
        if self.alpha is not None:
            found.append(_say("alpha", lang, value=number(self.alpha, lang, 3), interval=_range(self.alpha_interval, lang)))
        else:
            found.append(_say("alpha-undefined", lang))
        spellings = Counter((unit.wording, unit.language) for unit in self.units)
        return [*found, _say("reading", lang), *([_say("twice", lang)] if max(spellings.values()) > 1 else [])]

    def _method(self, lang: str) -> str:
        from kg import __version__

        first, second = (f"{name} ({digest})" for name, digest in self.files)
        line = _say("method", lang, draws=number(self.draws, lang), seed=self.seed, first=first, second=second, version=__version__)
        undefined = max((one.undefined for one in (self.kappa_interval, self.alpha_interval) if one), default=0)
        return line + (_say("method-undefined", lang, number=number(undefined, lang)) if undefined else "")


def _plain(interval: Interval | None) -> dict[str, float | int] | None:
    return {"low": interval.low, "high": interval.high, "level": 0.95, "undefined_draws": interval.undefined} if interval else None


def _range(interval: Interval | None, lang: str) -> str:
    return _say("interval", lang, low=number(interval.low, lang, 3), high=number(interval.high, lang, 3)) if interval else ""


def _heading(text: str) -> list[str]:
    return [text, "-" * len(text)]


def agreement(first: Path, second: Path, *, draws: int = DRAWS, seed: int = 1) -> Agreement:
    """Return how far the codebook and the sheet of a second coder agree.

    Args:
        first: `codebook.csv`, or the folder that holds it.
        second: `second-coder.csv`, filled in; a row without a code counts as missing.
        draws: Resamples of the units for the intervals, 1 or more.
        seed: Seed of the resamples.

    Raises:
        AnalysisError: A file is missing or no such sheet, codes are unknown, rows are missing, doubled or changed, no row is coded by both (the problems
            are listed all at once), or no draws were asked for.
    """
    from kg.analyse.nullmodel import require_draws

    require_draws(draws)
    first = first / CODEBOOK if first.is_dir() else first
    codes = role_codes()
    ours = read(first, ["id", "wording", "participations", "code", "label_de"])
    theirs = read(second, ["id", "wording", "code"])
    if "label_de" in theirs.columns:
        what = Text("This is a codebook, not the sheet of a second coder.", "Das ist ein Codebuch, nicht der Bogen einer zweiten Person.")
        fix = Text("Name the filled second-coder.csv.", "Nennen Sie die ausgefüllte second-coder.csv.")
        raise AnalysisError(what, where=str(second), fix=fix)
    units = units_of(ours, theirs, codes)
    pairs = [(unit.first, unit.second) for unit in units if unit.second]
    if not pairs:
        what = Text("No row is coded by both.", "Keine Zeile ist von beiden codiert.")
        fix = Text("Fill the column code; codes.csv lists the codes.", "Füllen Sie die Spalte code; codes.csv zählt die Codes auf.")
        raise AnalysisError(what, where=str(second), fix=fix)
    same = [one == other for one, other in pairs]
    weights = [unit.participations for unit in units if unit.second]
    weighted = 100 * sum(weight for weight, equal in zip(weights, same, strict=True) if equal) / sum(weights) if sum(weights) else None
    digests = [(path.name, hashlib.sha256(path.read_bytes()).hexdigest()[:12]) for path in (first, second)]
    found = kappa(pairs), alpha(pairs)
    around = intervals(pairs, draws, seed)
    return Agreement(
        units=units,
        percent=100 * sum(same) / len(same),
        percent_weighted=weighted,
        kappa=found[0],
        alpha=found[1],
        kappa_interval=around[0] if found[0] else None,
        alpha_interval=around[1] if found[1] is not None else None,
        codes=tuple(dict.fromkeys([*(code.code for code in codes), *sorted(unit.first for unit in units)])),
        draws=draws,
        seed=seed,
        files=(digests[0], digests[1]),
    )
