"""Hits and filters of the page of results as markup: a page has twenty of the one and forty of the other, and a template spends most of its time on them.

Everything that comes from the graph or the reader goes through :func:`markupsafe.escape`.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from kg.errors import Text
from kg.portal.page import Request
from kg.portal.render import grouped, markup
from kg.search.fold import marks

if TYPE_CHECKING:
    from kg.portal.desk import Desk
    from kg.search import Facet, Found, Hit

KINDS = {
    "identifier": Text("Identifier", "Kennung"),
    "acronym": Text("Acronym", "Kurzname"),
    "name": Text("Also called", "Auch genannt"),
}
_TAKE_AWAY = Text("take away", "aufheben")
_AT_LEAST = Text("at least ", "mindestens ")


@dataclass(frozen=True)
class Lines:
    """Writes the hits of one page.

    Attributes:
        desk, request: Of the page.
        words: Folded words that are marked.
        twice: Names with class that stand more than once on the page: their address tells them apart.
    """

    desk: Desk
    request: Request
    words: list[str]
    twice: Container[tuple[str, str]]

    def hit(self, hit: Hit) -> Markup:
        """Return a hit: its name as a link, and what it is."""
        lang = self.request.lang
        tag = f' lang="{escape(hit.lang)}"' if hit.lang and hit.lang != lang else ""
        about = [f'<span class="search-kind">{escape(hit.class_label)}</span>'] if hit.class_label else []
        if hit.other:
            about.append(f"<span>{escape(KINDS[hit.other_kind].in_(lang))}: {self._marked(hit.other)}</span>\n")
        elif hit.acronym and hit.acronym.lower() != hit.label.lower():
            about.append(f"<span>{escape(KINDS['acronym'].in_(lang))}: {self._marked(hit.acronym)}</span>")
        if hit.place or hit.country:
            about.append(f"<span>{escape(', '.join(filter(None, (hit.place, hit.country))))}</span>")
        if hit.since:
            about.append(f"<span>{hit.since}{f'–{hit.until}' if hit.until and hit.until != hit.since else ''}</span>")
        if (hit.label, hit.class_iri) in self.twice:
            about.append(f'<span class="curie">{escape(hit.iri.removeprefix(f"{self.desk.base}id/"))}</span>')
        link = f'<a href="{escape(self.desk.href(hit.iri, self.request))}"{tag}>{self._marked(hit.label)}</a>'
        return markup(f'    {link}\n    <p class="search-about quiet">\n{"".join(about)}    </p>\n')

    def _marked(self, text: str) -> str:
        return "".join(f"<mark>{escape(part)}</mark>" if met else escape(part) for part, met in marks(text, self.words))


def facet_items(facet: Facet, found: Found, lang: str, address: Callable[[str, str, bool], str]) -> Markup:
    """Return the values of a facet as items of a list: each a link that narrows the result down to it, or takes it away.

    Args:
        facet: With its values.
        found: Says whether the counts are exact.
        lang: Language of the page.
        address: Gives the address for a facet, a value, and whether it is to be chosen.
    """
    least = "" if found.total_is_exact else _AT_LEAST.in_(lang)
    made = []
    for one in facet.values:
        current = ' aria-current="true"' if one.chosen else ""
        away = f' <span class="quiet">({_TAKE_AWAY.in_(lang)})</span>' if one.chosen else ""
        made.append(
            f'      <li><a href="{escape(address(facet.name, one.value, not one.chosen))}"{current}><span>{escape(one.label)}{away}</span> '
            f'<span class="count">{least}{grouped(one.count, lang)}</span></a></li>'
        )
    return markup("\n".join(made))
