"""The measures of a profile in words: a table on a census, nothing where the frame allows no positions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.analyse.frames import may
from kg.analyse.kept import NOT_KEPT
from kg.analyse.wording import number, say, significant

if TYPE_CHECKING:
    from kg.analyse.model import Profile


def measure_rows(profile: Profile, lang: str) -> list[list[str]]:
    """Return name, value, standard error and rank of each measure that has a value; nothing where the frame allows no positions."""
    rows: list[list[str]] = []
    if not may(profile.method.frame, "position"):
        return rows
    for name, measure in profile.measures.items():
        value = measure["value"]
        if value is None or name == "p_value":
            continue
        rank = ""
        if measure["rank"]:
            low, high = measure["rank_best"], measure["rank_worst"]
            ranks = number(low, lang) if low == high else say("ranks", lang, low=number(low, lang), high=number(high, lang))
            rank = say("rank-of", lang, rank=ranks, of=number(measure["n"], lang))
        shown = value if isinstance(value, str) else significant(value, lang)
        rows.append([str(measure["label"][lang]), shown, significant(measure["error"], lang) if measure["error"] else "", rank])
    return rows


def measure_notes(profile: Profile, lang: str) -> list[str]:
    """Return what must be known to read the measures: how ranks are given, and that some have not been computed."""
    missing = any(measure.get("reason") is NOT_KEPT for measure in profile.measures.values())
    return [say("measures-note", lang), *([NOT_KEPT[lang]] if missing else [])]
