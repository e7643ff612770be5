"""Where institutions are: from `inno:location` up `inno:withinPlace` to a NUTS region or a country.

A country is `place/country-XX`, a NUTS region `place/nuts-CODE`; the length of the code tells its level (Regulation (EC) No 1059/2003: two letters for the
country, one more sign for each level).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from kg.analyse.lookup import all_statements, statements_of
from kg.namespaces import INNO, local_name

if TYPE_CHECKING:
    from kg.engine.base import Engine

PLACE_LEVELS = ("country", "nuts1", "nuts2", "nuts3")


def is_country(place: str) -> bool:
    """Tell whether the IRI of a place is that of a country.

    >>> is_country("https://w3id.org/innokg/id/place/country-DE"), is_country("https://w3id.org/innokg/id/place/nuts-DE")
    (True, False)
    """
    return local_name(place).startswith("country-")


def level_of(place: str) -> str:
    """Return the level of a place, one of :data:`PLACE_LEVELS`, or an empty text where it is neither country nor NUTS region.

    >>> [level_of(f"https://w3id.org/innokg/id/place/{name}") for name in ("country-DE", "nuts-DEA", "nuts-DEA52", "city-de-dea52-dortmund")]
    ['country', 'nuts1', 'nuts3', '']
    """
    if is_country(place):
        return "country"
    name = local_name(place)
    level = f"nuts{len(name) - len('nuts-') - 2}" if name.startswith("nuts-") else ""
    return level if level in PLACE_LEVELS else ""


def at_level(starts: Iterable[str], above: Mapping[str, Iterable[str]], level: str) -> str | None:
    """Return the place of a level that some places lie in, or nothing.

    The nearest one counts; of several equally near the one of the smallest IRI. A cycle of places ends the search.

    >>> at_level(["x/city-de-dea52-dortmund"], {"x/city-de-dea52-dortmund": ["x/nuts-DEA52"], "x/nuts-DEA52": ["x/nuts-DEA5"]}, "nuts2")
    'x/nuts-DEA5'
    """
    here, seen = sorted(set(starts)), set(starts)
    while here:
        if found := [place for place in here if level_of(place) == level]:
            return found[0]
        here = sorted({higher for place in here for higher in above.get(place, ())} - seen)
        seen.update(here)
    return None


def places_of(
    engine: Engine, parquet: Iterable[Path], institutions: Iterable[str], level: str, same: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the place of a level of each institution; one whose places lead to none has no entry.

    Args:
        engine: Batch engine.
        parquet: Quad tables of a build.
        institutions: IRIs; a place stands for itself.
        level: One of :data:`PLACE_LEVELS`.
        same: Entities that count under another name, by their own; their places are also those of that name.
    """
    parquet, same = list(parquet), same or {}
    wanted = sorted(set(institutions))
    also: dict[str, list[str]] = {}
    for other, name in same.items():
        also.setdefault(name, []).append(other)
    asked = {other: name for name in wanted for other in (name, *also.get(name, ()))}
    starts: dict[str, list[str]] = {name: [name] for name in wanted if level_of(name)}
    for subject, _, place in statements_of(engine, parquet, sorted(asked), INNO.location):
        starts.setdefault(asked[subject], []).append(place)
    above: dict[str, list[str]] = {}
    for place, _, higher in all_statements(engine, parquet, INNO.withinPlace):
        above.setdefault(place, []).append(higher)
    found = {name: at_level(starts[name], above, level) for name in wanted if name in starts}
    return {name: place for name, place in found.items() if place is not None}
