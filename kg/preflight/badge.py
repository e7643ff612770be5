"""The badge of a preflight: an SVG whose title says the same in words."""

from __future__ import annotations

from html import escape

from kg.errors import Text
from kg.preflight import Flight
from kg.preflight.words import MARKS, PORTALS, counted

_COLOURS = {"no": "#a4262c", "yes-but": "#8a4200", "yes": "#1f6f3f", "unchecked": "#55626a"}
_PORTALS = ("dcat-ap", "dcat-ap-de", "ckan", "schema-org")
_SHORT = {"dcat-ap": "DCAT-AP", "dcat-ap-de": "GovData", "ckan": "CKAN", "schema-org": "Google", "void": "VoID", "files": "Files", "shapes": "Shapes"}


def badge(flight: Flight | None, lang: str) -> str:
    """Return the badge: a mark per portal, the colour of the worst answer; `None` means that there is no release.

    Args:
        flight: The preflight.
        lang: Language of the words.
    """
    left = Text("portals", "Portale").in_(lang)
    if flight is None:
        right, colour, title = Text("no release", "kein Release").in_(lang), _COLOURS["unchecked"], ""
    else:
        shown = [one for one in flight.verdicts if one.profile in _PORTALS] or list(flight.verdicts)
        right = " · ".join(f"{_SHORT[one.profile]} {MARKS[one.answer]}" for one in shown)
        colour = _COLOURS[next((name for name in _COLOURS if any(one.answer == name for one in shown)), "unchecked")]
        title = "; ".join(f"{PORTALS[one.profile].in_(lang)}: {counted(one.counts['Violation'], 'Violation', lang)}" if one.answer != "unchecked" else PORTALS[one.profile].in_(lang) + ": –" for one in shown)  # fmt: skip
    title = f"{left}: {title or right}"
    first, second = _width(left), _width(right)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{first + second}" height="24" role="img" aria-labelledby="badge-title" lang="{lang}">'
        f'<title id="badge-title">{escape(title)}</title>'
        f'<rect width="{first + second}" height="24" rx="4" fill="{colour}"/>'
        f'<path d="M4 0h{first - 4}v24h-{first - 4}a4 4 0 0 1-4-4v-16a4 4 0 0 1 4-4z" fill="#333d43"/>'
        '<g fill="#fff" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="12" text-anchor="middle">'
        f'<text x="{first / 2}" y="16" textLength="{first - 12}">{escape(left)}</text>'
        f'<text x="{first + second / 2}" y="16" textLength="{second - 12}">{escape(right)}</text></g></svg>\n'
    )


def _width(text: str) -> int:
    """Return about how wide a text of 12 pixels is with its margins."""
    return round(sum(4 if char in "iljt.,:;|!· " else 11 if char in "mwMW" else 8.5 if char.isupper() else 7.2 for char in text)) + 16
