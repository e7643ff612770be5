"""The small network beside an organisation: with whom it shares most projects, drawn by the server and said as a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from sys import intern
from typing import TYPE_CHECKING

from kg.namespaces import INNO
from kg.portal.entity_values import Reader
from kg.portal.facts import rows, values
from kg.store import EmbeddedStore

if TYPE_CHECKING:
    import pyoxigraph as ox

    from kg.portal.desk import Desk

MOST = 12
"""Partners that are drawn."""
AT_ONCE = 40
"""Participations up to which partners are counted with the page; beyond, on demand, since a large university takes a quarter of a second."""
_ROW, _MIDDLE, _REACH = 34, 430, 120
_LETTERS = 30
_KEPT = 20_000
_INVOLVED = 10_000


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


def _counted(desk: Desk, iri: str) -> dict[str, int]:
    """Return with how many initiatives each organisation shares with one, asked over the participations."""
    import pyoxigraph as ox

    # The block inside takes the term as well (kg.store.bind): else it would hold all initiatives.
    query = (
        "SELECT ?o (COUNT(DISTINCT ?i) AS ?n) WHERE { { SELECT DISTINCT ?s ?i WHERE { VALUES (?s) { (UNDEF) } ?part inno:participant ?s . "
        "?part inno:inInitiative ?i } } ?other inno:inInitiative ?i . ?other inno:participant ?o } GROUP BY ?o"
    )
    return {o.value: int(n.value) for o, n in rows(desk.store, query, {"s": ox.NamedNode(iri)}) if o is not None and n is not None}


def _involved(desk: Desk, store: EmbeddedStore, initiative: str) -> tuple[str, ...]:
    """Return the participants of an initiative by the derived `inno:involves`; kept per desk, as it stands on the page of each of them.

    The rule (`queries/infer/involves.rq`) has the pattern of :func:`_counted`, so both count the same.
    """
    import pyoxigraph as ox

    known: dict[str, tuple[str, ...]] = desk.cached("entity-involved", dict)
    if initiative not in known:
        if len(known) >= _KEPT:
            known.clear()
        quads = store.statements(ox.NamedNode(initiative), ox.NamedNode(INNO.involves), graph=_derived(desk), limit=_INVOLVED)
        known[initiative] = tuple(intern(one.object.value) for one in quads if isinstance(one.object, ox.NamedNode))
    return known[initiative]


def _derived(desk: Desk) -> ox.NamedNode:
    import pyoxigraph as ox

    return ox.NamedNode(f"{desk.base}graph/inferred")


def _is_derived(desk: Desk, store: EmbeddedStore) -> bool:
    """Tell whether the build ran the rule (asked for once)."""
    import pyoxigraph as ox

    return desk.cached("entity-derived", lambda: bool(store.statements(None, ox.NamedNode(INNO.involves), graph=_derived(desk), limit=1)))


def partners(reader: Reader, iri: str, participations: Sequence[str] | None = None) -> Partners | None:
    """Return the organisations that share most initiatives with one, as the sources name them; `None` where there is none.

    Args:
        reader: Of the request.
        iri: The organisation.
        participations: All its participations, where they have been read already.
    """
    desk, found = reader.desk, dict[str, int]()
    if participations is not None and isinstance(desk.store, EmbeddedStore) and _is_derived(desk, desk.store):
        said = reader.said(participations)
        for initiative in {value.value for one in said.values() for value in values(one, INNO.inInitiative)}:
            for other in _involved(desk, desk.store, initiative):
                found[other] = found.get(other, 0) + 1
    else:
        found = _counted(desk, iri)
    counted = [(shared, other) for other, shared in found.items() if other != iri]
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
