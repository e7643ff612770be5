"""The pictures of the inbox, made by the server: bars of the reports kept, and the badge (an SVG to embed elsewhere)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

from kg.errors import Text
from kg.portal.drawing import Canvas, width
from kg.portal.render import grouped
from kg.validate.history import Line
from kg.validate.report import SEVERITIES

SHOWN = 20
"""Reports drawn, the newest ones."""
WIDE, HIGH, BASE = 320, 120, 92

ONE = {"Violation": Text("violation", "Verstoß"), "Warning": Text("warning", "Warnung"), "Info": Text("note", "Hinweis")}
MANY = {"Violation": Text("violations", "Verstöße"), "Warning": Text("warnings", "Warnungen"), "Info": Text("notes", "Hinweise")}
_COLOURS = {"Violation": "#a4262c", "Warning": "#8a4200", "Info": "#1b5e82", "": "#1f6f3f", "unknown": "#55626a"}


def counted(count: int, severity: str, lang: str) -> str:
    """Return a number of findings in words.

    >>> counted(1, "Violation", "de"), counted(9189, "Info", "en")
    ('1 Verstoß', '9,189 notes')
    """
    return f"{grouped(count, lang)} {(ONE if count == 1 else MANY)[severity].in_(lang)}"


def trend(lines: Sequence[Line], severity: str, lang: str) -> Markup:
    """Return bars of one severity over the newest reports; each severity has its own scale, which its highest bar names."""
    shown = list(lines)[-SHOWN:]
    counts = [line.counts[severity] for line in shown]
    most = max([*counts, 1])
    canvas = Canvas(WIDE, HIGH, f"trend-{severity.lower()}")
    step = min((WIDE - 8) / max(len(shown), 1), 48)
    highest = counts.index(max(counts)) if counts else 0
    for number, count in enumerate(counts):
        high = (BASE - 24) * count / most
        left = 4 + number * step
        canvas.rect(left, BASE - high, max(step - 4, 2), high, f"q-bar q-{severity}")
        if number in (highest, len(counts) - 1):
            canvas.text(
                left + (step - 4) / 2, BASE - high - 5, grouped(count, lang), "q-number", anchor="middle" if 1 < number < len(counts) - 2 else "start"
            )
    canvas.line(0, BASE, WIDE, BASE, "q-axis")
    if shown:
        canvas.text(4, BASE + 18, shown[0].date[:10] or shown[0].build, "q-date")
        if len(shown) > 2:
            canvas.text(
                4 + len(shown) * step - 4, BASE + 18, shown[-1].date[:10] or shown[-1].build, "q-date", anchor="end" if len(shown) > 4 else "start"
            )
    name = MANY[severity].in_(lang)
    description = Text(
        f"{name} over {len(shown)} reports; the table says the same.", f"{name} über {len(shown)} Berichte; die Tabelle sagt dasselbe."
    )
    return canvas.done(name, description.in_(lang))


def badge(counts: Mapping[str, int] | None, lang: str) -> str:
    """Return the badge: counts, coloured by the worst severity that there is; `None` means that the build was not validated."""
    left = Text("quality", "Qualität").in_(lang)
    if counts is None:
        right, colour = Text("not validated", "nicht geprüft").in_(lang), _COLOURS["unknown"]
    else:
        there = [name for name in SEVERITIES if counts[name]]
        right = " · ".join(counted(counts[name], name, lang) for name in dict.fromkeys(["Violation", *there]))
        colour = _COLOURS[there[0] if there else ""]
    first, second = round(width(left) * 0.85) + 16, round(width(right) * 0.85) + 16
    title = f"{left}: {right}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{first + second}" height="24" role="img" aria-labelledby="badge-title" lang="{lang}">'
        f'<title id="badge-title">{escape(title)}</title>'
        f'<rect width="{first + second}" height="24" rx="4" fill="{colour}"/><path d="M4 0h{first - 4}v24h-{first - 4}a4 4 0 0 1-4-4v-16a4 4 0 0 1 4-4z" fill="#333d43"/>'
        '<g fill="#fff" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="12" text-anchor="middle">'
        f'<text x="{first / 2}" y="16" textLength="{first - 12}">{escape(left)}</text>'
        f'<text x="{first + second / 2}" y="16" textLength="{second - 12}">{escape(right)}</text></g></svg>\n'
    )
