"""Places: where a matched record lies, what a row says itself, and the points and countries of the folder's places.

A city of a delivery is looked for among the places of the folder by name, in the same country and not far away; else it is proposed as a new place
with its country. A unit may lie where its whole lies: that is said with a low score and its own reason, and never with coordinates.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from kg.cells import is_formula
from kg.enrich.cordis import COUNTRIES, City, Cordis
from kg.enrich.folder import Entities, names_of
from kg.enrich.match import Match
from kg.enrich.model import ADDRESS, LOCATED, POINT, Contradiction, NewPlace, Proposal
from kg.enrich.records import Record
from kg.errors import Text
from kg.link.names import key, tokens
from kg.link.score import Reason
from kg.sources.statements import slug

FAR = 100.0
"""Kilometres from which two points are not one city."""

NEAR = 30.0
"""Kilometres up to which two points agree on a city."""

SAID = 0.985
"""How far a matched record is believed about its city: bodies move, and registered offices are not always where they work."""

OWN_ADDRESS, MUNICIPALITY, NAMED, LIKE_WHOLE = 0.96, 0.97, 0.8, 0.6
"""Scores of what the folder says itself: its address, the city it administers, a place in its name, the place of the whole."""

_POSTCODE = re.compile(r"^(?:[A-Z]{1,2}-)?[0-9]{4,6}\s+")
_SMALL = frozenset(
    ("am", "an", "der", "de", "la", "le", "les", "di", "del", "do", "da", "of", "sur", "upon", "the", "und", "in", "im", "bei", "den", "het", "aan")
)


def kilometres(one: tuple[str, str], other: tuple[str, str]) -> float:
    """Return the distance of two points on a sphere (haversine; R. W. Sinnott 1984, Sky and Telescope 68).

    >>> round(kilometres(("51.5139", "7.4653"), ("51.4818", "7.2162")))
    18
    """
    lat, lon, lat2, lon2 = (math.radians(float(text)) for text in (*one, *other))
    half = math.sin((lat2 - lat) / 2) ** 2 + math.cos(lat) * math.cos(lat2) * math.sin((lon2 - lon) / 2) ** 2
    return 2 * 6371.0 * math.asin(min(1.0, math.sqrt(half)))


def spelled(name: str) -> str:
    """Return a place name in capitals as a name; others stay.

    >>> spelled("FRANKFURT AM MAIN"), spelled("ITZEHOE"), spelled("'s-Hertogenbosch")
    ('Frankfurt am Main', 'Itzehoe', "'s-Hertogenbosch")
    """
    if not name.isupper():
        return name
    words = [
        word if number and word in _SMALL else "-".join(part.capitalize() for part in word.split("-"))
        for number, word in enumerate(name.lower().split())
    ]
    return " ".join(words)


class Places:
    """Finds places of the folder, and makes up those it does not hold."""

    def __init__(self, entities: Entities, cordis: Cordis) -> None:
        self.entities = entities
        self.countries = entities.countries
        self.cities = defaultdict[str, list[City]](list)
        for city in cordis.cities:
            for name in {key(part) for text in city.names for part in text.split("/")} - {""}:
                self.cities[name].append(city)
        self._new: dict[str, tuple[str, str]] = {}

    def point(self, entity: str) -> tuple[str, str] | None:
        """Return the point of a place of the folder, or nothing."""
        row = self.entities.rows[entity]
        return (row["lat"], row["lon"]) if row["lat"] and row["lon"] else None

    def find(self, city: str, iso: str) -> str:
        """Return the place of the folder that a city in a country is, or empty.

        One that lies in another country, or far from where the deliveries put the city, is not it; nor is one of several.
        """
        points = [known.point for part in city.split("/") for known in self.cities.get(key(part), ()) if known.country == iso and known.point]
        found = set()
        for part in city.split("/"):
            for place in self.entities.cities.get(key(part), ()):
                country, point = self.entities.country(place), self.point(place)
                elsewhere = point is not None and bool(points) and min(kilometres(point, other) for other in points if other) > FAR
                if not elsewhere and (not country or not iso or country == iso):
                    found.add(place)
        return found.pop() if len(found) == 1 else ""

    def country(self, iso: str) -> NewPlace | None:
        """Return the place of a country, of the folder or new."""
        names = self.countries.names.get(iso)
        if names is None:
            return None
        present = [
            place
            for name in names
            for place in self.entities.cities.get(key(name), ())
            if self.countries.iso(self.entities.rows[place]["label_en"]) == iso
        ]
        if present:
            return NewPlace(present[0], names.de, names.en, exists=True)
        return NewPlace(f"country-{iso.lower()}", names.de, names.en, source_ids=(COUNTRIES.source_id,))

    def names_country(self, value: str, place: NewPlace | None) -> str:
        """Return the code of a country, of the folder or new; empty for what is nearer."""
        if place is not None and not place.exists:
            return self.countries.iso(place.en) if place.country is None else ""
        return self.countries.iso(self.entities.rows[value]["label_en"])

    def place(self, record: Record) -> NewPlace | None:
        """Return where a record lies: its city, else its country."""
        if not record.city or not any(character.isalpha() for character in record.city) or is_formula(record.city) or _is_a_name(record):
            return self.country(record.country)
        found = self.find(record.city, record.country)
        if found:
            label = self.entities.label(found)
            return NewPlace(found, label.de, label.en, exists=True)
        name = spelled(record.city.split("/")[0].strip())
        identity = slug(name)
        if identity in self.entities.rows or self._new.setdefault(identity, (key(name), record.country)) != (key(name), record.country):
            identity = f"{identity}-{record.country.lower() or 'x'}"
        if identity in self.entities.rows:
            return None
        return NewPlace(identity, name, name, self.country(record.country), (record.citation,))


def _is_a_name(record: Record) -> bool:
    """Tell whether the city is none: some rows have the organisation's name, or a part of it that is no place (`HELSINGIN YLIOPISTO`), there."""
    city = set(tokens(record.city))
    return "university" in city or any(city == set(tokens(name)) for name in record.names)


def _labelled(entities: Entities, entity: str, column: str, value: str, score: float, reasons: Sequence[Reason], sources: Iterable[str]) -> Proposal:
    kept = tuple(dict.fromkeys(filter(None, sources)))
    return Proposal(entity, entities.label(entity), entities.type(entity), column, value, round(score, 4), tuple(reasons), kept)


def of_match(entities: Entities, places: Places, match: Match) -> tuple[list[Proposal], list[Contradiction]]:
    """Return what a matched record says of the place of an institution, and what contradicts the folder."""
    entity, record, row = match.entity, match.record, entities.rows[match.entity]
    found: list[Proposal] = []
    against: list[Contradiction] = []
    name = record.names[0] if record.names else ""
    shown = f"{record.origin} ({name}{', ' if name else ''}{'; '.join(record.ids)})"
    where = ", ".join(filter(None, (record.city, record.country)))
    reason = Reason("register-place", Text(f"{shown} lies in {where}", f"{shown} liegt in {where}"), SAID)
    target = places.place(record) if where else None
    there = [place for place in entities.places(entity) if not entities.is_country(place)]
    country = entities.country(entity)
    nearer = target is not None and bool(places.names_country(target.place_id, target)) and bool(country)
    if target is not None and not entities.nearer(entity) and not nearer and (not country or country == record.country):
        proposal = _labelled(entities, entity, LOCATED, target.place_id, match.score * SAID, (reason, *match.reasons), (record.citation,))
        found.append(replace(proposal, place=None if target.exists else target))
    elif entities.located.get(entity) and match.score >= 0.9:
        names = {key(text) for place in there for text in names_of(entities.rows[place])}
        if record.city and not names & {key(part) for part in record.city.split("/")} and any(places.cities.get(text) for text in names):
            against.append(Contradiction(entity, LOCATED, ";".join(there), where, reason.text))
        elif country and record.country and country != record.country:
            against.append(Contradiction(entity, LOCATED, country, where, reason.text))
    if record.point and not record.city_point:
        value = f"{record.point[0]} {record.point[1]}"
        text = Text(f"{shown} stands at {value}", f"{shown} steht bei {value}")
        if not row["lat"]:
            found.append(
                _labelled(
                    entities, entity, POINT, value, match.score * SAID, (Reason("register-point", text, SAID), *match.reasons), (record.citation,)
                )
            )
        elif kilometres((row["lat"], row["lon"]), record.point) > NEAR and match.score >= 0.9:
            against.append(Contradiction(entity, POINT, f"{row['lat']} {row['lon']}", value, text))
    if record.address:
        text = Text(f"{shown} has the address {record.address}", f"{shown} hat die Anschrift {record.address}")
        if not row["address"]:
            reasons = (Reason("register-address", text, SAID), *match.reasons)
            found.append(_labelled(entities, entity, ADDRESS, record.address, match.score * SAID, reasons, (record.citation,)))
        elif key(row["address"]) != key(record.address) and match.score >= 0.9:
            against.append(Contradiction(entity, ADDRESS, row["address"], record.address, text))
    return found, against


def own(entities: Entities, entity: str) -> list[Proposal]:
    """Return what the folder itself says of the place of an institution that has none: address, administered city, name, the whole's place."""
    row = entities.rows[entity]
    sources = [source for source in row["source_ids"].split(";") if source][:1]
    if not sources or entities.nearer(entity):
        return []

    def made(place: str, score: float, code: str, en: str, de: str) -> list[Proposal]:
        return [_labelled(entities, entity, LOCATED, place, score, (Reason(code, Text(en, de), score),), sources)]

    if row["municipality_of"]:
        return made(
            row["municipality_of"], MUNICIPALITY, "municipality", "administers this city (municipality_of)", "verwaltet diese Stadt (municipality_of)"
        )
    last = _POSTCODE.sub("", row["address"].rsplit(",", 1)[-1].strip())
    for place in entities.cities.get(key(last), ()) if last else ():
        return made(place, OWN_ADDRESS, "own-address", f"its address is “{row['address']}”", f"die Anschrift ist „{row['address']}“")
    for whole in entities.wholes.get(entity, ()):
        tops = [place for place in entities.places(whole) if not entities.located.get(place)]
        if len(tops) == 1:
            label = entities.label(whole)
            en = f"only inferred: it is a part of {label.en}, which lies there; it may lie elsewhere"
            de = f"nur erschlossen: es gehört zu {label.de}, das dort liegt; es kann anderswo liegen"
            return made(tops[0], LIKE_WHOLE, "like-whole", en, de)
    if place := _named(entities, entity):
        name = entities.label(place)
        return made(place, NAMED, "named", f"its name holds “{name.en}”", f"der Name enthält „{name.de}“")
    return []


def narrowed(entities: Entities, places: Places, proposals: Sequence[Proposal]) -> list[Proposal]:
    """Return what to propose where tables know only the country of an institution: the city in its name, if it lies there, else the country."""
    entity = proposals[0].entity
    isos = {places.names_country(proposal.value, proposal.place) for proposal in proposals}
    for found in own(entities, entity) if len(isos) == 1 else ():
        known = {city.country for name in entities.cities if found.value in entities.cities[name] for city in places.cities.get(name, ())}
        if found.score >= NAMED and known == isos:
            score = 1 - (1 - found.score) * 0.5
            return [replace(found, score=round(min(score, 0.99), 4), reasons=(*found.reasons, *proposals[0].reasons))]
    return list(proposals)


def _named(entities: Entities, entity: str) -> str:
    """Return the one place whose whole name stands in the labels of an institution, the longest, or empty."""
    labels = [set(tokens(text)) for text in (entities.rows[entity]["label_de"], entities.rows[entity]["label_en"]) if text]
    found: dict[str, int] = {}
    for name, places in entities.cities.items():
        words = set(name.split())
        if len(name) >= 5 and len(places) == 1 and any(words < label for label in labels):
            found[places[0]] = max(len(name), found.get(places[0], 0))
    longest = [place for place, length in found.items() if length == max(found.values())]
    return longest[0] if len(longest) == 1 else ""


def of_places(entities: Entities, places: Places) -> list[Proposal]:
    """Return points and countries for the places of the folder that a delivery knows by exactly one country."""
    found = []
    for entity in entities.of("Place"):
        row = entities.rows[entity]
        known = {id(city): city for name in {key(text) for text in names_of(row)} for city in places.cities.get(name, ())}
        isos = {city.country for city in known.values()} - {""}
        point = places.point(entity)
        if point:
            close = [city for city in known.values() if city.point and kilometres(point, city.point) <= NEAR]
            isos = {city.country for city in close} or isos
        else:
            close = []
        if len(isos) != 1:
            continue
        iso = isos.pop()
        cities = sorted((city for city in known.values() if city.country == iso), key=lambda city: (-city.organisations, city.name))
        best = cities[0]
        shown = f"{best.citation}: {best.name}, {iso}"
        if not point and best.point:
            value = f"{float(best.point[0]):.3f} {float(best.point[1]):.3f}"
            count = best.organisations
            text = Text(
                f"{shown}: middle of {count} organisations of the city, rough; matched by name only",
                f"{shown}: Mitte von {count} Organisationen der Stadt, grob; nur nach dem Namen zugeordnet",
            )
            score = 0.9 if count >= 5 else 0.8 if count >= 2 else 0.7
            found.append(_labelled(entities, entity, POINT, value, score, (Reason("city-point", text, score),), (best.citation,)))
        country = places.country(iso)
        if country and not entities.country(entity) and not entities.located.get(entity) and not entities.is_country(entity):
            reasons = [Reason("city-country", Text(f"{shown}, in no other country", f"{shown}, in keinem anderen Land"), 0.9)]
            if close:
                reasons.append(Reason("near", Text(f"no more than {NEAR:.0f} km apart", f"höchstens {NEAR:.0f} km auseinander"), 0.75))
            score = 0.975 if close else 0.9
            proposal = _labelled(entities, entity, LOCATED, country.place_id, score, reasons, (best.citation,))
            found.append(replace(proposal, place=None if country.exists else country))
    return found
