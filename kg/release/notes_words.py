"""Words of the release notes in both languages, and how numbers, days and bytes stand in them."""

from __future__ import annotations

from kg.errors import Text
from kg.sources.delivery import german

HEADINGS: dict[str, Text] = {
    "first": Text("Look at this first", "Zuerst ansehen"),
    "new": Text("New", "Neu"),
    "changed": Text("Changed", "Geändert"),
    "withdrawn": Text("Withdrawn", "Entfallen"),
    "contradictions": Text("Contradictions between sources", "Widersprüche zwischen Quellen"),
    "holds": Text("What the release holds", "Was das Release enthält"),
    "counts": Text("In numbers", "In Zahlen"),
    "quality": Text("Quality", "Qualität"),
    "measures": Text("Effect on the collaboration network", "Wirkung auf das Netz der Zusammenarbeit"),
    "rights": Text("Licence, publisher, files", "Lizenz, Herausgeber, Dateien"),
    "frame": Text("How the data were collected", "Wie die Daten gesammelt wurden"),
}
SEVERITIES: dict[str, Text] = {
    "violation": Text("Violations", "Verstöße"),
    "warning": Text("Warnings", "Warnungen"),
    "info": Text("Notes", "Hinweise"),
}
ONE: dict[str, tuple[Text, Text]] = {
    "new": (Text("entity is new", "Entität ist neu"), Text("entities are new", "Entitäten sind neu")),
    "changed": (Text("has changed", "ist geändert"), Text("have changed", "sind geändert")),
    "withdrawn": (Text("is withdrawn", "ist entfallen"), Text("are withdrawn", "sind entfallen")),
}
CHANGELOG: dict[str, Text] = {
    "new": Text("Added", "Neu"),
    "changed": Text("Changed", "Geändert"),
    "withdrawn": Text("Removed", "Entfallen"),
    "contradictions": Text("Contradictions", "Widersprüche"),
    "first": Text("Look at this first", "Zuerst ansehen"),
}
"""Headings of a CHANGELOG, by section of the notes."""


def number(value: int) -> Text:
    """Return a number with the separators of both languages.

    >>> number(27690)
    Text(en='27,690', de='27.690')
    """
    return Text(f"{value:,}", german(value))


def signed(value: int) -> Text:
    """Return a difference with its sign.

    >>> signed(-1200).de, signed(0).en
    ('−1.200', '±0')
    """
    sign = "+" if value > 0 else "−" if value < 0 else "±"
    found = number(abs(value))
    return Text(sign + found.en, sign + found.de)


def day(date: str) -> Text:
    """Return a day in words; anything else as it is.

    >>> day("2026-12-01").de
    '1. Dezember 2026'
    """
    months = {
        "en": ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
        "de": ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"],
    }
    parts = date.split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts) or not 1 <= int(parts[1]) <= 12:
        return Text(date, date)
    year, month, one = parts[0], int(parts[1]) - 1, int(parts[2])
    return Text(f"{one} {months['en'][month]} {year}", f"{one}. {months['de'][month]} {year}")


def rest(count: int, *, by_changes: bool = False) -> Text:
    """Return the line that ends a list that was cut.

    Args:
        count: How many are left out.
        by_changes: Those with the most changed statements stand in the list.
    """
    shown = number(count)
    fewer = Text(" with fewer changed statements", " mit weniger geänderten Aussagen") if by_changes else Text("", "")
    return Text(f"and {shown.en} more{fewer.en}, all of them in changes.json", f"und {shown.de} weitere{fewer.de}, alle in changes.json")
