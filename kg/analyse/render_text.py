"""Results as plain text for a terminal or a mail: fixed columns, no colour, nothing cut without saying so."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from kg.analyse import beside
from kg.analyse.labels import sort_key
from kg.analyse.measure_text import measure_notes, measure_rows
from kg.analyse.method import Method, method_filters
from kg.analyse.nullmodel import CONFIGURATION
from kg.analyse.projection import COUNTING_RULE
from kg.analyse.wording import kind_label, number, say

if TYPE_CHECKING:
    from kg.analyse.analysis import Analysis
    from kg.analyse.model import Partner, Profile, ProjectEntry, Tally
    from kg.analyse.nullmodel import Repeats

WIDTH = 110
MAX_INSTITUTIONS = 300
"""Institutions that the table of a network shows at most; it takes those of more projects, and says of how many."""


def method_line(method: Method, lang: str) -> str:
    """Return the method block as one line."""
    line = say(
        "method-line",
        lang,
        level=method.level,
        weight=say(f"weight-{method.weight}", lang),
        roles=say(f"roles-{method.roles}", lang),
        frame=method.frame.kind,
        mapping=method.mapping,
        name=method.name,
        state=method.state or say("unknown", lang),
        build=method.build,
    )
    line = f"{line} · {filters}" if (filters := method_filters(method, lang)) else line
    if method.linked:
        line = f"{line} · {say('method-linked', lang)}"
    elif len(method.sources) > 1:
        line = f"{line} · {say('method-sources', lang, names=' + '.join(method.sources))}"
    return f"{line} · {say('method-random', lang, seed=method.seed, draws=method.draws)}" if method.draws else line


def repeats_sentences(repeats: Repeats, lang: str) -> tuple[str, str]:
    """Return what the null model says, and how it was made."""
    found = repeats.number
    verdict = "above" if found.observed > found.high else "below" if found.observed < found.low else "within"
    text = say(
        "repeats-text",
        lang,
        observed=found.observed,
        mean=number(found.mean, lang, 1),
        low=number(found.low, lang),
        high=number(found.high, lang),
        verdict=say(f"verdict-{verdict}", lang),
        share=number(repeats.at_least, lang, 3 if repeats.at_least < 0.01 else 2),
    )
    method = "repeats-method-configuration" if repeats.method == CONFIGURATION else "repeats-method"
    return text, say(method, lang, draws=number(repeats.draws, lang), seed=repeats.seed)


def chance_sentences(profile: Profile, lang: str) -> list[str]:
    """Return what the null model says of a profile, how it was made and, where there are several sources, within which of them."""
    found = list(repeats_sentences(profile.repeats, lang)) if profile.repeats else []
    if found and profile.within:
        found.append(say("within-sources", lang, sources=", ".join(source.label(lang) for source in profile.within)))
    return found


def summary(profile: Profile, lang: str) -> str:
    """Return the answer in one or two sentences."""
    if not profile.projects:
        return say("no-projects", lang)
    projects, partners = (
        say(f"{what}-{'one' if number == 1 else 'many'}", lang, n=number)
        for what, number in (("projects", len(profile.projects)), ("partners", len(profile.partners)))
    )
    text = say("summary", lang, projects=projects, partners=partners, repeats=len(profile.repeat_partners))
    if profile.years:
        text += " " + say("summary-years", lang, first=profile.years[0].year, last=_last_dated(profile))
    return text


def _last_dated(profile: Profile) -> int:
    return max(int(text[:4]) for entry in profile.projects for text in (entry.span.start, entry.span.end) if text)


def notes(profile: Profile, lang: str) -> list[str]:
    """Return the sentences without which the numbers would be misread."""
    found = [caveat[lang] for caveat in profile.caveats]
    if profile.asked.iri != profile.institution.iri:
        names = {"asked": profile.asked.label(lang), "counted": profile.institution.label(lang)}
        found.append(say("counted-as", lang, level=profile.method.level, **names))
    found += [
        say("counts-elsewhere", lang, number=count, asked=profile.asked.label(lang), other=other.label(lang))
        for other, count in profile.elsewhere_counted
        if other.iri != profile.institution.iri
    ]
    return found


def roles_text(profile: Profile, entry: ProjectEntry, lang: str) -> str:
    """Return the roles of one project by code, those under another body's name in brackets."""
    own = [profile.role_label(role.role, lang) for role in entry.roles if role.itself]
    other: dict[str, list[str]] = {}
    for role in entry.roles:
        if not role.itself:
            other.setdefault(role.named.label(lang), []).append(profile.role_label(role.role, lang))
    brackets = [f"({say('through', lang, name=name, roles=', '.join(found))})" for name, found in sorted(other.items())]
    return " ".join([*([", ".join(own)] if own else []), *brackets])


def wordings_text(entry: ProjectEntry, lang: str) -> str:
    """Return the institution's own roles in one project as the sources word them, in quotation marks."""
    marks = ("„", "“") if lang == "de" else ("“", "”")
    found = sorted({wording for role in entry.roles if role.itself for wording in role.wordings}, key=sort_key)
    return ", ".join(f"{marks[0]}{wording}{marks[1]}" for wording in found)


def consortium_text(entry: ProjectEntry, lang: str) -> str:
    """Return how many institutions are counted, how many the sources declare, and whether all are recorded."""
    if entry.declared is None:
        return f"{say('consortium-undeclared', lang, counted=entry.size)} ({say(f'completeness-{entry.completeness}', lang)})"
    return f"{say('consortium-text', lang, counted=entry.size, declared=entry.declared)} ({say(f'completeness-{entry.completeness}', lang)})"


def render_profile(profile: Profile, lang: str = "en") -> str:
    """Return a profile as text.

    Args:
        profile: The profile.
        lang: `de` or `en`.
    """
    from kg.analyse.sentences import sentences

    name = profile.institution.label(lang)
    lines: list[str] = [*heading(say("title", lang, name=name), "="), *wrap(summary(profile, lang))]
    kind = kind_label(profile.institution.kind, lang)
    about = [kind[:1].upper() + kind[1:]]
    if profile.above:
        about.append(say("above", lang, names=", ".join(named.label(lang) for named in profile.above)))
    lines += wrap(". ".join(about) + ".")
    for note in notes(profile, lang):
        lines += wrap(note)
    lines += ["", *heading(say("sentences", lang), "-")]
    for sentence in sentences(profile):
        lines += wrap(f"- {sentence.text[lang]} [{sentence.key}]", indent="  ")
    lines += _section("frame-title", lang, [profile.refusal.reason[lang]]) if profile.refusal else []
    if profile.projects:
        lines += _projects(profile, lang)
    lines += _measures(profile, lang)
    lines += _apart(profile, lang)
    for found in profile.beside:
        lines += _section_of(beside.say("title", lang), found.sentences(lang))
    if profile.gaps:
        lines += ["", *heading(say("gaps", lang), "-")]
        for gap in profile.gaps:
            text = say(f"gap-{gap.key}", lang, number=gap.number, of=gap.of)
            few = f" ({', '.join(thing.label(lang) for thing in gap.things)})" if 0 < len(gap.things) <= 12 else ""
            lines += wrap(f"- {text}{few}", indent="  ")
    return "\n".join([*lines, *_method(profile.method, lang)]) + "\n"


def _projects(profile: Profile, lang: str) -> list[str]:
    lines = ["", *heading(say("roles", lang), "-")]
    head = [say("role", lang), say("projects", lang), say("named-itself", lang), say("named-through", lang)]
    lines += table(head, [[profile.role_label(row["role"], lang), row["projects"], row["itself"], row["through"]] for row in profile.by_role()])
    lines += wrap(say("roles-note", lang))
    lines += ["", *heading(say("wordings", lang), "-")]
    lines += table([say("wording", lang), say("projects", lang)], [[wording, count] for wording, count in profile.wordings])
    lines += ["", *heading(say("projects", lang), "-")]
    for entry in profile.projects:
        lines += wrap(f"{entry.project.label(lang)}: {entry.span.text(say('unknown-short', lang))}")
        lines += wrap(f"  {say('role', lang)}: {roles_text(profile, entry, lang)}", indent="    ")
        if wordings := wordings_text(entry, lang):
            lines += wrap(f"  {say('wording', lang)}: {wordings}", indent="    ")
        lines += wrap(f"  {say('consortium', lang)}: {consortium_text(entry, lang)}", indent="    ")
        publishers = f": {', '.join(named.label(lang) for named in entry.outside)}" if entry.outside else ""
        lines += wrap(f"  {say('attested-by', lang)}: {say(f'class-{entry.attestation}', lang)}{publishers}", indent="    ")
    if profile.years:
        lines += ["", *heading(say("years", lang), "-")]
        head = [say("year", lang), say("certain", lang), say("possible", lang)]
        lines += table(head, [[str(year.year), year.certain, year.possible] for year in profile.years])
        lines += wrap(say("years-note", lang))
    lines += ["", *heading(say("repeats", lang), "-")]
    if profile.repeats:
        for sentence in chance_sentences(profile, lang):
            lines += wrap(sentence)
    rows: list[list[object]] = []
    for partner in by_count(profile.repeat_partners, lang):
        chance = profile.repeats.partners[partner.partner.iri] if profile.repeats else None
        expected = f"{number(chance.mean, lang, 2)} ({number(chance.low, lang)}–{number(chance.high, lang)})" if chance else ""
        rows.append([partner.partner.label(lang), kind_label(partner.partner.kind, lang), partner.count, expected])
    lines += table([say("partner", lang), say("kind", lang), say("projects", lang), say("expected", lang)], rows) if rows else [say("none", lang)]
    single = len(profile.partners) - len(profile.repeat_partners)
    if single:
        others = ", ".join(partner.partner.label(lang) for partner in by_count(profile.partners, lang) if partner.count == 1)
        lines += wrap(f"{say('single-partners', lang, number=single)}: {others}.")
    lines += ["", *heading(say("funding", lang), "-"), *_amounts(profile, lang)]
    lines += ["", *_tallies(profile.tally("programmes"), "programme", profile, lang)]
    lines += ["", *_tallies(profile.tally("funders"), "funder", profile, lang)]
    lines += wrap(say("funding-note", lang))
    lines += ["", *heading(say("topics", lang), "-"), *_tallies(profile.tally("topics"), "topic", profile, lang)]
    lines += ["", *heading(say("places", lang), "-"), *_tallies(profile.tally("sites"), "place", profile, lang), *wrap(say("places-note", lang))]
    lines += ["", *heading(say("attestation", lang), "-")]
    counts = profile.attestation_counts()
    lines += table([say("class", lang), say("projects", lang)], [[say(f"class-{name}", lang), count] for name, count in counts.items()])
    lines += wrap(say("attestation-note", lang))
    return [*lines, "", *_tallies(profile.outside_publishers(), "outside-publishers", profile, lang)]


def by_count(partners: Iterable[Partner], lang: str) -> list[Partner]:
    """Return partners with most shared projects first, equal ones by label in a language."""
    return sorted(partners, key=lambda partner: (-partner.count, sort_key(partner.partner.label(lang))))


def _apart(profile: Profile, lang: str) -> list[str]:
    lines: list[str] = []
    if profile.funded:
        lines += ["", *heading(say("funds", lang), "-")]
        lines += wrap(", ".join(named.label(lang) for named in profile.funded))
    if profile.contributions:
        lines += ["", *heading(say("contributions", lang), "-")]
        rows: list[list[object]] = [[say(c.kind, lang), c.thing.label(lang), "; ".join(c.wordings)] for c in profile.contributions]
        lines += table([say("contribution", lang), say("thing", lang), say("wording", lang)], rows)
    if profile.elsewhere:
        lines += ["", *heading(say("elsewhere", lang), "-")]
        unknown = say("unknown-short", lang)
        rows = [[e.initiative.label(lang), say(e.kind, lang), profile.role_label(e.role, lang), e.span.text(unknown)] for e in profile.elsewhere]
        lines += table([say("initiative", lang), say("kind", lang), say("role", lang), say("time", lang)], rows)
    return lines


def _amounts(profile: Profile, lang: str) -> list[str]:
    amounts = profile.amounts()
    if not amounts:
        return [say("no-amounts", lang)]
    return [amount_text(profile, currency, lang) for currency in amounts]


def amount_text(profile: Profile, currency: str, lang: str) -> str:
    """Return the known funding in one currency as a sentence."""
    row = profile.amounts()[currency]
    return say("amounts", lang, sum=number(float(row["sum"]), lang), currency=currency, projects=row["projects"], of=len(profile.projects))


def _tallies(tallies: Sequence[Tally], head: str, profile: Profile, lang: str) -> list[str]:
    if not tallies:
        return [f"{say(head, lang)}: {say('none', lang)}"]
    rows: list[list[object]] = []
    for tally in tallies:
        detail = f" ({', '.join(profile.role_label(role, lang, 'site-role') for role in tally.detail)})" if tally.detail else ""
        rows.append([f"{tally.thing.label(lang)}{detail}", len(tally.projects)])
    return table([say(head, lang), say("projects", lang)], rows)


def render_analysis(analysis: Analysis, lang: str = "en") -> str:
    """Return the network as text: its size, how it hangs together, and its institutions by name.

    Args:
        analysis: The result.
        lang: `de` or `en`.
    """
    whole, groups = analysis.whole, analysis.communities
    lines = [*heading(say("analysis-title", lang), "=")]
    lines += wrap(say("analysis-summary", lang, **{key: number(value, lang) for key, value in whole.to_json().items()}))
    sizes = {"components": whole.components, "largest": whole.largest, "isolated": whole.isolated}
    lines += wrap(say("analysis-components", lang, **sizes, density=number(whole.density, lang, 3)))
    clustering = {"projected": number(whole.clustering_projected, lang, 3), "two_mode": number(whole.clustering_two_mode, lang, 3)}
    lines += wrap(say("analysis-clustering", lang, **clustering))
    values = {"resolution": number(groups.resolution, lang, 1), "modularity": number(groups.modularity, lang, 3)}
    lines += wrap(say("analysis-communities", lang, method=groups.method.split(",")[0], number=len(groups.groups), seed=groups.seed, **values))
    if analysis.refusal:
        lines += _section("frame-title", lang, [analysis.refusal.reason[lang]])
    least = _least([row.projects for row in analysis.institutions])
    chosen = sorted((row for row in analysis.institutions if row.projects >= least), key=lambda row: sort_key(row.institution.label(lang)))
    shown = "analysis-shown" if least == 2 else "analysis-shown-least"
    lines += ["", *wrap(say(shown, lang, shown=len(chosen), of=len(analysis.institutions), least=least))]
    if analysis.shows_position and not analysis.betweenness_estimate.exact:
        about = analysis.betweenness_estimate.to_json()
        lines += wrap(say("analysis-betweenness", lang, sources=about["sources"], error=number(about["largest_standard_error"], lang, 4)))
    head = [say("partner", lang), say("kind", lang), say("projects", lang), say("partners-short", lang), say("strength", lang), say("group", lang)]
    rows: list[list[object]] = []
    for row in chosen:
        named = row.institution
        cells: list[object] = [named.label(lang), kind_label(named.kind, lang), row.projects, row.degree]
        cells += [number(row.strength, lang, 2), row.community]
        rows.append([*cells, number(analysis.betweenness[named.iri], lang, 4)] if analysis.shows_position else cells)
    lines += table([*head, say("betweenness", lang)] if analysis.shows_position else head, rows)
    return "\n".join([*lines, *_method(analysis.method, lang)]) + "\n"


def _least(projects: Sequence[int]) -> int:
    """Return the smallest number of projects, 2 or more, that few enough institutions have.

    >>> _least([1, 2, 3])
    2
    """
    ordered = sorted(projects, reverse=True)
    return max(2, ordered[MAX_INSTITUTIONS] + 1) if len(ordered) > MAX_INSTITUTIONS else 2


def _method(method: Method, lang: str) -> list[str]:
    lines = _section("method", lang, [method_line(method, lang), f"{say('rule', lang)}: {COUNTING_RULE[lang]}"])
    population = method.frame.population.get(lang, ())
    return [*lines, *wrap(f"{say('population', lang)}: {' '.join(population)}")] if population else lines


def _section(key: str, lang: str, texts: Iterable[str]) -> list[str]:
    return _section_of(say(key, lang), texts)


def _section_of(title: str, texts: Iterable[str]) -> list[str]:
    return ["", *heading(title, "-"), *(line for text in texts for line in wrap(text))]


def _measures(profile: Profile, lang: str) -> list[str]:
    rows = measure_rows(profile, lang)
    if not rows:
        return []
    head = [say(key, lang) for key in ("measure", "value", "error", "rank")]
    lines = ["", *heading(say("measures", lang), "-"), *table(head, rows)]
    return [*lines, *(line for note in measure_notes(profile, lang) for line in wrap(note))]


def heading(text: str, mark: str) -> list[str]:
    """Return a heading underlined with a mark."""
    return [text, mark * len(text)]


def wrap(text: str, indent: str = "") -> list[str]:
    """Return a text in lines of at most :data:`WIDTH` characters, words kept whole."""
    return textwrap.wrap(text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False) or [""]


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """Return a table in fixed columns: numbers to the right, long cells wrapped, never cut.

    >>> table(["a", "n"], [["x", 1], ["yy", 10]])
    ['a    n', '--  --', 'x    1', 'yy  10']
    """
    cells = [[str(cell) for cell in row] for row in rows]
    numeric = [bool(rows) and all(isinstance(row[i], int) for row in rows) for i in range(len(head))]
    widths = [max(len(text) for text in [head[i], *(row[i] for row in cells)]) for i in range(len(head))]
    spare = WIDTH - sum(widths) - 2 * (len(widths) - 1)
    while spare < 0:
        widest = max(range(len(widths)), key=lambda i: widths[i])
        cut = min(-spare, max(1, widths[widest] - max([w for i, w in enumerate(widths) if i != widest], default=20)))
        widths[widest] -= cut
        spare += cut

    def line(row: Sequence[str]) -> list[str]:
        wrapped = [textwrap.wrap(text, widths[i], break_on_hyphens=False) or [""] for i, text in enumerate(row)]
        height = max(len(cell) for cell in wrapped)
        padded = [cell + [""] * (height - len(cell)) for cell in wrapped]
        turned = [[cell[n].rjust(widths[i]) if numeric[i] else cell[n].ljust(widths[i]) for i, cell in enumerate(padded)] for n in range(height)]
        return ["  ".join(cells).rstrip() for cells in turned]

    return [*line(head), *line(["-" * width for width in widths]), *(text for row in cells for text in line(row))]
