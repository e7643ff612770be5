"""A comparison of two institutions as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kg.analyse.compare_text import say
from kg.analyse.frames import caveats
from kg.analyse.render_text import method_line, roles_text, table
from kg.analyse.render_text import wrap as wrapped
from kg.analyse.wording import number, significant
from kg.analyse.wording import say as say_profile

if TYPE_CHECKING:
    from kg.analyse.compare import Chance, Comparison

SHOWN = 30
"""Institutions, programmes and topics that a text names at most under one heading."""


def render(found: Comparison, lang: str) -> str:
    """Return a comparison as text, the method last."""
    names = [profile.institution.label(lang) for profile in found.sides]
    shared, partners = found.shared("project"), found.shared("partner")
    title = say("title", lang, one=names[0], other=names[1])
    lines = [title, "=" * len(title)]
    counts = {"ones": len(found.one.projects), "others": len(found.other.projects), "shared": len(shared), "partners": len(partners)}
    lines += wrapped(say("summary" if shared else "summary-none", lang, one=names[0], other=names[1], **counts))
    lines += wrapped(say("no-order", lang))
    if found.same:
        lines += wrapped(say("same-linked", lang))
    for profile in found.sides:
        for caveat in caveats(found.method.frame, profile.institution):
            lines += wrapped(caveat[lang])
    lines += wrapped(chance_text(found.chance, lang))
    lines += ["", *_overlap(found, names, lang)]
    lines += _heading(say("shared-projects", lang))
    for project in shared:
        lines += wrapped(f"- {found.one.things[project].label(lang)}", indent="  ")
        for profile, name in zip(found.sides, names, strict=True):
            entry = next(entry for entry in profile.projects if entry.project.iri == project)
            lines += wrapped(f"  {say('roles-of', lang, name=name, roles=roles_text(profile, entry, lang))}", indent="    ")
    lines += [] if shared else [say("none", lang)]
    lines += _heading(say("shared-partners", lang))
    lines += _counts(found, "partner", partners, names, lang) if partners else [say("none", lang)]
    for name, overlap in zip(names, (found.overlaps()[1].only_one, found.overlaps()[1].only_other), strict=True):
        lines += wrapped(say("partners-only", lang, name=name, number=overlap))
    for aspect in ("role", "attestation", "programme", "topic"):
        rows = [row for row in found.rows() if row["aspect"] == aspect]
        if aspect in ("programme", "topic"):
            rows = [row for row in rows if row["shared"]]
        lines += _heading(say(f"aspect-{aspect}", lang) + (f" ({say('both', lang)})" if aspect in ("programme", "topic") else ""))
        lines += _counts(found, aspect, [row["key"] for row in rows], names, lang) if rows else [say("none", lang)]
    lines += [*_heading(say("aspect-year", lang)), *_years(found, names)]
    if found.refusal:
        lines += [*_heading(say_profile("frame-title", lang)), *wrapped(found.refusal.reason[lang])]
    lines += [*_heading(say_profile("method", lang)), *wrapped(method_line(found.method, lang))]
    return "\n".join(lines) + "\n"


def chance_text(chance: Chance | None, lang: str) -> str:
    """Return what chance would give, or why that cannot be said."""
    if chance is None:
        return say("chance-none", lang)
    sources = say("of-sources", lang, sources=", ".join(source.label(lang) for source in chance.within)) if chance.within else ""
    shown = f"< {significant(0.0001, lang)}" if chance.p_value < 0.0001 else significant(chance.p_value, lang)
    return say("chance", lang, expected=significant(chance.expected, lang), count=chance.count, p=shown, sources=sources)


def _heading(text: str) -> list[str]:
    return ["", text, "-" * len(text)]


def _overlap(found: Comparison, names: Sequence[str], lang: str) -> list[str]:
    head = [say("what", lang), say("both", lang), *(say("only", lang, name=name) for name in names), say("jaccard", lang)]
    rows: list[list[object]] = []
    for overlap in found.overlaps():
        share = overlap.jaccard
        counts = [overlap.both, overlap.only_one, overlap.only_other]
        rows.append([say(f"aspect-{overlap.aspect}", lang), *counts, "–" if share is None else number(share, lang, 2)])
    title = say("overlap", lang)
    return [title, "-" * len(title), *table(head, rows), *wrapped(say("overlap-note", lang))]


def _counts(found: Comparison, aspect: str, keys: Sequence[str], names: Sequence[str], lang: str) -> list[str]:
    """Return the number of projects of each institution by key, cut after the first ones, which it says."""
    by_key = {row["key"]: row for row in found.rows() if row["aspect"] == aspect}
    rows: list[list[object]] = [[by_key[key][f"label_{lang}"], by_key[key]["one"], by_key[key]["other"]] for key in keys[:SHOWN]]
    more = wrapped(say("more", lang, number=len(keys) - SHOWN)) if len(keys) > SHOWN else []
    return [*table([say(f"aspect-{aspect}", lang), *names], rows), *more]


def _years(found: Comparison, names: Sequence[str]) -> list[str]:
    numbers = [{year.year: (year.certain, year.possible) for year in profile.years} for profile in found.sides]
    years = sorted({*numbers[0], *numbers[1]})

    def cell(value: tuple[int, int]) -> str:
        low, high = value
        return str(low) if low == high else f"{low}–{high}"

    return table(["", *names], [[str(year), *(cell(side.get(year, (0, 0))) for side in numbers)] for year in years]) if years else ["–"]
