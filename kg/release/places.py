"""The places with coordinates as GeoJSON (RFC 7946: WGS 84, longitude first)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from kg.analyse.labels import Named
from kg.release.tables import Known, Place


class Located(NamedTuple):
    """How many places a file of places holds, and how many not.

    Attributes:
        places: Places of the graph.
        located: Those with one pair of coordinates: the features.
        without: Those without coordinates.
        disputed: Those whose sources disagree on them, or whose coordinates lie off the globe.
    """

    places: int
    located: int
    without: int
    disputed: int

    def words(self) -> dict[str, str]:
        """Return the numbers as a sentence per language."""
        return {
            "de": f"places.geojson: {self.located} von {self.places} Orten; ohne Koordinaten: {self.without}, mit widersprüchlichen oder ungültigen: "
            f"{self.disputed}. Alle stehen in places.csv.",
            "en": f"places.geojson: {self.located} of {self.places} places; without coordinates: {self.without}, with contradictory or invalid ones: "
            f"{self.disputed}. All of them stand in places.csv.",
        }


def write_places(known: Known, path: Path, about: Mapping[str, Any]) -> Located:
    """Write the features in the order of their IRIs, one a line, and return the numbers.

    Args:
        known: The places.
        path: File to write.
        about: Foreign members of the collection (RFC 7946, section 6.1): title, licence and the like.
    """
    points = {iri: point for iri, place in sorted(known.places.items()) if (point := place.point)}
    without = sum(not place.latitude and not place.longitude for place in known.places.values())
    found = Located(len(known.places), len(points), without, len(known.places) - len(points) - without)
    head = {"type": "FeatureCollection", **about, "counts": found._asdict(), "note": found.words()}
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "features": [')
        for number, (iri, (longitude, latitude)) in enumerate(points.items()):
            file.write(",\n" if number else "\n")
            place = known.places[iri]
            feature = {
                "type": "Feature",
                "id": iri,
                "geometry": {"type": "Point", "coordinates": [longitude, latitude]},
                "properties": _properties(iri, place, known),
            }
            file.write(json.dumps(feature, ensure_ascii=False))
        file.write("\n]}\n")
    return found


def _properties(iri: str, place: Place, known: Known) -> dict[str, Any]:
    name = Named(iri, place.names)
    return {
        "name": name.label("en"),
        "name_de": name.label("de"),
        "name_en": name.label("en"),
        "kind": place.level or None,
        "country": next(iter(known.country([iri])), None),
        "within": place.within,
    }
