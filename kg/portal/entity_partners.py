"""The small network beside an organisation: with whom it shares most projects, drawn by the server and said as a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.portal.entity_values import Reader
from kg.portal.facts import rows

if TYPE_CHECKING:
    from kg.store import Node

MOST = 12
"""Partners that are drawn."""
AT_ONCE = 40
"""Participations up to which partners are counted with the page; beyond, on demand, since a large university takes a quarter of a second."""
_ROW, _MIDDLE, _REACH = 34, 430, 120
_LETTERS = 30


@dataclass(frozen=True)
class Partner:
    """A partner: address, name, shared initiatives, and where it is drawn."""

    iri: str
    href: str
    name: str
    short: str
    shared: int
    x: int
    y: int
    left: bool
    width: float


@dataclass(frozen=True)
class Partners:
    """The strongest partners, how many there are, and the size of the drawing."""

    partners: tuple[Partner, ...]
    total: int
    height: int
    name: str


def partners(reader: Reader, iri: str) -> Partners | None:
    """Return the organisations that share most initiatives with one, as the sources name them; `None` where there is none."""
    import pyoxigraph as ox

    query = (
        "SELECT ?o (COUNT(DISTINCT ?i) AS ?n) WHERE { ?part inno:participant ?s . ?part inno:inInitiative ?i . "
        "?other inno:inInitiative ?i . ?other inno:participant ?o } GROUP BY ?o"
    )
    me: dict[str, Node] = {"s": ox.NamedNode(iri)}
    counted = [(int(n.value), o.value) for o, n in rows(reader.desk.store, query, me) if o is not None and n is not None and o.value != iri]
    if not counted:
        return None
    # Ties by IRI, so that the picture is the same everywhere.
    best = sorted(counted, key=lambda one: (-one[0], one[1]))[:MOST]
    reader.know([other for _, other in best] + [iri])
    height = _ROW * max(2, -(-len(best) // 2)) + 16
    most = best[0][0]
    made = []
    for number, (shared, other) in enumerate(best):
        left, row = number % 2 == 0, number // 2
        beside = -(-len(best) // 2) if left else len(best) // 2
        y = round(height / 2 + (row - (beside - 1) / 2) * _ROW)
        name = reader.name(other)
        short = name if len(name) <= _LETTERS else name[: _LETTERS - 1].rstrip() + "…"
        href = reader.href(other)
        made.append(
            Partner(other, href, name, short, shared, _MIDDLE - _REACH if left else _MIDDLE + _REACH, y, left, round(1 + 7 * shared / most, 1))
        )
    return Partners(tuple(made), len(counted), height, reader.name(iri))
