"""A profile as one self-contained HTML page: no script, no request to another host, figures inside; every text goes through autoescaping.

WCAG 2.2 AA: headings in order, tables with header cells and captions, figures with a text alternative and the same data as a table, contrast
of at least 4.5 to 1, no horizontal scrolling from 320 CSS pixels on (1.4.10).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.analyse import beside
from kg.analyse import figures as drawing
from kg.analyse.labels import Named
from kg.analyse.measure_text import measure_notes, measure_rows
from kg.analyse.projection import COUNTING_RULE
from kg.analyse.render_text import amount_text, by_count, chance_sentences, consortium_text, notes, roles_text, summary, wordings_text
from kg.analyse.sentences import Sentence, sentences
from kg.analyse.wording import kind_label, number, say
from kg.namespaces import local_name

if TYPE_CHECKING:
    from kg.analyse.method import Method
    from kg.analyse.model import Profile, ProjectEntry

TEMPLATES = Path(__file__).parent / "templates"


def render_page(profile: Profile, lang: str = "en", *, figures: bool | None = None) -> str:
    """Return a profile as an HTML page.

    Args:
        profile: The profile.
        lang: `de` or `en`.
        figures: With figures; `None` draws them where matplotlib is installed and says on the page where it is not.

    Raises:
        MissingExtraError: Figures were demanded and matplotlib is missing.
    """
    import jinja2
    from markupsafe import Markup

    if figures:
        drawing.require()
    wanted = drawing.available() if figures is None else figures
    drawn = {d.kind: d for d in drawing.drawings(profile, lang)} if wanted else {}
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    # The SVG is our own output, its texts escaped by the XML writer; nothing else is marked safe.
    environment.filters["svg"] = Markup
    return environment.get_template("profile.html").render(_content(profile, lang), figures=drawn, figures_missing=figures is None and not wanted)


def link(iri: str) -> str:
    """Return an address that may stand in a link: http or https only, else an empty text.

    >>> link("javascript:alert(1)"), link("https://example.org/")
    ('', 'https://example.org/')
    """
    return iri if iri.startswith(("http://", "https://")) else ""


def method_rows(method: Method, lang: str) -> list[tuple[str, str]]:
    """Return the method block as pairs of name and value."""
    about = method.to_json()
    graph = f"{method.title.get(lang) or method.name}, {method.state or say('unknown', lang)}, {method.build}"
    rows = [
        ("rule", COUNTING_RULE[lang]),
        ("method-level", method.level),
        ("method-weight", say(f"weight-{method.weight}", lang)),
        ("method-roles", say(f"roles-{method.roles}", lang)),
        ("method-frame", method.frame.kind),
        ("population", " ".join(method.frame.population.get(lang, ()))),
        ("method-mapping", method.mapping),
        ("method-build", graph),
        ("method-seed", f"{method.seed}, {number(method.draws, lang)}"),
        ("method-software", str(about["software"])),
    ]
    return [(say(key, lang), value) for key, value in rows if value]


def _content(profile: Profile, lang: str) -> dict[str, Any]:
    """Return everything the template shows, worded and in order; the template only places it."""

    anchors = _anchors(profile)

    def t(key: str, **values: object) -> str:
        return say(key, lang, **values)

    def label(named: Named) -> str:
        return named.label(lang)

    def table(
        caption: str, head: Sequence[str], rows: Sequence[Sequence[object]], links: Sequence[str] = (), things: Sequence[str] = ()
    ) -> dict[str, Any]:
        cells = [[str(cell) for cell in row] for row in rows]
        numeric = [bool(rows) and all(isinstance(row[column], int) for row in rows) for column in range(len(head))]
        return {
            "caption": caption,
            "head": list(head),
            "rows": cells,
            "numeric": numeric,
            "links": [link(iri) for iri in links],
            "ids": [anchors[iri] for iri in things],
        }

    def tallies(kind: str, caption: str, head: str) -> dict[str, Any]:
        found = profile.outside_publishers() if kind == "publishers" else profile.tally(kind)
        rows = []
        for tally in found:
            detail = f" ({', '.join(profile.role_label(role, lang, 'site-role') for role in tally.detail)})" if tally.detail else ""
            rows.append([label(tally.thing) + detail, len(tally.projects)])
        return table(caption, [t(head), t("projects")], rows)

    partners = by_count(profile.partners, lang)
    own = [entry.project.iri for entry in profile.projects]
    labels = {named.iri: label(named) for named in (*profile.things.values(), profile.institution, *(p.partner for p in profile.partners))}
    labels |= {there.iri: label(there) for found in profile.beside for _, there in found.linked}
    titles = {entry.project.iri: label(entry.project) for entry in profile.projects}
    chance = profile.repeats.partners if profile.repeats else {}
    again = [partner for partner in partners if partner.count > 1]
    repeat_rows = []
    for partner in again:
        found = chance.get(partner.partner.iri)
        expected = f"{number(found.mean, lang, 2)} ({t('interval', low=number(found.low, lang), high=number(found.high, lang))})" if found else ""
        which = ", ".join(titles[project] for project in partner.projects)
        repeat_rows.append([label(partner.partner), kind_label(partner.partner.kind, lang), partner.count, which, expected])
    single = [p for p in partners if p.count == 1]
    project_head = [t("project"), t("time"), t("role"), t("wording"), t("consortium"), t("attested-by")]
    return {
        "t": t,
        "lang": lang,
        "title": t("title", name=label(profile.institution)),
        "name": label(profile.institution),
        "kind": kind_label(profile.institution.kind, lang),
        "above": t("above", names=", ".join(label(named) for named in profile.above)) if profile.above else "",
        "iri": link(profile.institution.iri),
        "summary": summary(profile, lang),
        "notes": notes(profile, lang),
        "refusal": profile.refusal.reason[lang] if profile.refusal else "",
        "numbers": [
            (len(profile.projects), t("projects")),
            (len(profile.partners), t("partners")),
            (len(profile.repeat_partners), t("repeats")),
        ],
        "rule": COUNTING_RULE[lang],
        "level": profile.method.level,
        "has_projects": bool(profile.projects),
        "roles": table(
            t("roles"),
            [t("role"), t("projects"), t("named-itself"), t("named-through")],
            [[profile.role_label(row["role"], lang), row["projects"], row["itself"], row["through"]] for row in profile.by_role()],
        ),
        "wordings": table(t("wordings"), [t("wording"), t("projects")], [[wording, count] for wording, count in profile.wordings]),
        "years": table(t("years"), [t("year"), t("certain"), t("possible")], [[str(y.year), y.certain, y.possible] for y in profile.years]),
        "projects": table(t("projects"), project_head, [_project_row(profile, entry, lang) for entry in profile.projects], own, own),
        "sentences": [_sentence(sentence, anchors, labels, lang) for sentence in sentences(profile)],
        "repeats": chance_sentences(profile, lang),
        "repeat_partners": table(
            t("repeats"), [t("partner"), t("kind"), t("projects"), t("shared-which"), t("expected")], repeat_rows, (), [p.partner.iri for p in again]
        ),
        "single_title": t("single-partners", number=len(single)),
        "single": table(
            t("single-partners", number=len(single)),
            [t("partner"), t("kind"), t("project")],
            [[label(p.partner), kind_label(p.partner.kind, lang), titles[p.projects[0]]] for p in single],
        ),
        "amounts": [amount_text(profile, currency, lang) for currency in profile.amounts()] or [t("no-amounts")],
        "programmes": tallies("programmes", t("programmes"), "programme"),
        "funders": tallies("funders", t("funders"), "funder"),
        "funds": [label(named) for named in profile.funded],
        "topics": tallies("topics", t("topics"), "topic"),
        "places": tallies("sites", t("places"), "place"),
        "attestation": table(
            t("attestation"), [t("class"), t("projects")], [[t(f"class-{name}"), count] for name, count in profile.attestation_counts().items()]
        ),
        "publishers": tallies("publishers", t("outside-publishers"), "publisher"),
        "contributions": table(
            t("contributions"),
            [t("contribution"), t("thing"), t("wording")],
            [[t(c.kind), label(c.thing), "; ".join(c.wordings)] for c in profile.contributions],
        ),
        "measures": table(t("measures"), [t("measure"), t("value"), t("error"), t("rank")], measure_rows(profile, lang)),
        "measure_notes": measure_notes(profile, lang),
        "beside_title": beside.say("title", lang),
        "beside": [
            {
                "texts": found.sentences(lang),
                "pairs": table(
                    beside.say("pairs", lang),
                    [beside.say("here", lang), beside.say("there", lang)],
                    [[label(here), f"{label(there)} ({local_name(there.iri)})"] for here, there in found.linked],
                ),
            }
            for found in profile.beside
        ],
        "elsewhere": table(
            t("elsewhere"),
            [t("initiative"), t("kind"), t("role"), t("time")],
            [[label(e.initiative), t(e.kind), profile.role_label(e.role, lang), e.span.text(t("unknown-short"))] for e in profile.elsewhere],
        ),
        "gaps": [(t(f"gap-{gap.key}", number=gap.number, of=gap.of), ", ".join(label(thing) for thing in gap.things)) for gap in profile.gaps],
        "method": method_rows(profile.method, lang),
    }


def _anchors(profile: Profile) -> dict[str, str]:
    """Return the id of the table row of each project and repeat partner."""
    found = {entry.project.iri: f"project-{position}" for position, entry in enumerate(profile.projects, start=1)}
    return found | {partner.partner.iri: f"partner-{position}" for position, partner in enumerate(profile.repeat_partners, start=1)}


def _sentence(sentence: Sentence, anchors: Mapping[str, str], labels: Mapping[str, str], lang: str) -> dict[str, Any]:
    """Return a sentence with its rule and the rows behind it, as pairs of label and id of the row; the id is empty where there is no such row."""
    rows = [(labels.get(iri) or local_name(iri), anchors.get(iri, "")) for iri in sentence.rows]
    return {"key": sentence.key, "text": sentence.text[lang], "rule": sentence.rule[lang], "anchor": sentence.anchor, "rows": rows}


def _project_row(profile: Profile, entry: ProjectEntry, lang: str) -> list[str]:
    mark = " *" if entry.span.source == "participation" else ""
    publishers = f": {', '.join(named.label(lang) for named in entry.outside)}" if entry.outside else ""
    return [
        entry.project.label(lang),
        entry.span.text(say("unknown-short", lang)) + mark,
        roles_text(profile, entry, lang),
        wordings_text(entry, lang),
        consortium_text(entry, lang),
        say(f"short-{entry.attestation}", lang) + publishers,
    ]
