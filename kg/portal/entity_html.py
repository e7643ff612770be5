"""The parts that a page about a thing has by the dozen, as markup made here: in a template each of them would cost more than its words.

Everything that comes from the graph goes through :func:`markupsafe.escape`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from kg.portal.render import grouped, markup

if TYPE_CHECKING:
    from kg.portal.entity_facts import Delivery, Value
    from kg.portal.entity_lists import Line, Listing
    from kg.portal.entity_partners import Partners
    from kg.portal.entity_values import Shown


_NUMBER = '<td class="number">'


def text(shown: Shown) -> Markup:
    """Return a term: a link, a date, a text with its language; a long text folded."""
    words = escape(shown.text)
    lang = f' lang="{escape(shown.lang)}"' if shown.lang else ""
    if shown.long:
        made = f'<details class="long"><summary>{escape(shown.text[:200])} …</summary><span{lang}>{words}</span></details>'
    elif shown.href:
        made = f'<a href="{escape(shown.href)}"{lang}>{words}</a>'
    elif shown.time:
        made = f'<time datetime="{escape(shown.time)}">{words}</time>'
    else:
        made = f"<span{lang}>{words}</span>" if lang else words
    return markup(f'{made} <span class="mark">({escape(shown.mark)})</span>' if shown.mark else made)


def texts(some: Iterable[Shown], between: str = ", ") -> Markup:
    """Return several terms with something between them; a dash for none."""
    return markup(escape(between).join(map(text, some)) or "–")


def marks(value: Value, lang: str) -> Markup:
    """Return the rule that derived a value, and that another source contradicts it."""
    german = lang == "de"
    made = ""
    if value.rule:
        words = ("abgeleitet", "nach der Regel") if german else ("derived", "by the rule")
        made = f'<span class="derived">{words[0]}</span> <span class="quiet">{words[1]} „{escape(value.rule)}“</span>'
    if value.contested:
        made += f' <a class="contested" href="#contradictions">{"umstritten" if german else "contradicted"}</a> '
    return markup(made)


def delivered(value: Value, lang: str) -> Markup:
    """Return who says a value for which there is no claim: its marks, the deliveries that hold it, and the link of a report."""
    made = marks(value, lang) + markup(_deliveries(value.deliveries, lang))
    if value.why:
        words = "Warum?" if lang == "de" else "Why?"
        made += markup(f' · <a class="quiet" href="{escape(value.why)}" rel="nofollow">{words}</a>')
    if value.report:
        words = "Fehler melden" if lang == "de" else "Report an error"
        made += markup(f' · <a class="quiet" href="{escape(value.report)}" rel="nofollow">{words}</a>')
    return made


@lru_cache(maxsize=256)
def _deliveries(deliveries: tuple[Delivery, ...], lang: str) -> str:
    state = "Stand" if lang == "de" else "state"
    return "; ".join(
        f'<a href="{escape(one.href)}">{escape(one.name)}</a>' + (f", {state} {escape(one.state)}" if one.state else "") for one in deliveries
    )


def cells(listing: Listing, line: Line) -> Markup:
    """Return the cells of a row but the last one: the thing, its country and years where the list has them, and the columns."""
    kind = f' <span class="mark">({escape(line.kind)})</span>' if line.kind else ""
    made = [f'<th scope="row">{text(line.main)}{kind}</th>']
    if listing.has_country:
        made.append(f"<td>{escape(line.country or '–')}</td>")
    if listing.has_years:
        made.append(f"<td>{escape(line.years or '–')}</td>")
    for column, cell in zip(listing.columns, line.cells, strict=True):
        made.append(f"{_NUMBER if column.endswith('€)') else '<td>'}{texts(cell)}</td>")
    return markup("".join(made))


def ties(partners: Partners) -> Markup:
    """Return the lines from the middle of the picture to each partner (SVG 1.1, section 9.5)."""
    middle = partners.height // 2
    return markup("".join(f'<line x1="430" y1="{middle}" x2="{one.x}" y2="{one.y}" stroke-width="{one.width}"/>' for one in partners.partners))


def circles(partners: Partners) -> Markup:
    """Return the partners in the picture: a circle and the shortened name, with the whole name for who points at it."""
    made = []
    for one in partners.partners:
        x, anchor = (one.x - 13, "end") if one.left else (one.x + 13, "start")
        made.append(
            f'<a href="{escape(one.href)}" tabindex="-1" aria-hidden="true"><circle class="other" cx="{one.x}" cy="{one.y}" r="7"/>'
            f'<text x="{x}" y="{one.y + 5}" text-anchor="{anchor}">{escape(one.short)} · {one.shared}<title>{escape(one.name)}: {one.shared}</title></text></a>\n'
        )
    return markup("".join(made))


def partner_items(partners: Partners, lang: str) -> Markup:
    """Return the partners as items of a list."""
    return markup("".join(f'<li><a href="{escape(one.href)}">{escape(one.name)}</a>: {grouped(one.shared, lang)}</li>' for one in partners.partners))


def link_items(links: Sequence[tuple[str, str]]) -> Markup:
    """Return links (text, address) as items of a list."""
    return markup("".join(f'<li><a href="{escape(address)}">{escape(words)}</a></li>' for words, address in links))
