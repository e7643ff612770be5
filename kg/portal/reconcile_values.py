"""Values of properties of things, for data extension and for comparing candidates with what a client knows."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from kg.namespaces import ADMS, CODE, SKOS, XSD, local_name
from kg.portal.addresses import is_iri
from kg.portal.facts import MAX_COUNT, Said, count_of, described
from kg.portal.reconcile_names import Names, Shown
from kg.portal.reconcile_query import MAX_CELL, Wanted, Wish
from kg.portal.reconcile_schema import COUNT, COUNTRY, ENTITY, IDENTIFIER, Property, property_of
from kg.portal.reconcile_words import folded
from kg.search.fold import identifier_key

if TYPE_CHECKING:
    from kg.portal.desk import Desk
    from kg.store import Node

COUNTRY_CODES = {"el": "gr", "gr": "el", "uk": "gb", "gb": "uk"}
"""Codes of the EU and of ISO 3166-1 for the same country."""
_NUMBERS = {XSD.decimal: float, XSD.double: float, XSD.float: float, XSD.integer: int}
_DATE = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])\Z")

Cell = dict[str, Any]


class Values:
    """Reads values for one request; what is said about a thing is read once.

    Args:
        desk: The graph.
        names: Names and places of things.
        lang: Language of names.
    """

    def __init__(self, desk: Desk, names: Names, lang: str) -> None:
        self._desk = desk
        self._names = names
        self._lang = lang
        self._said: dict[str, list[Said]] = {}
        self._identifiers: dict[str, dict[str, list[str]]] = {}

    def read(self, iris: Iterable[str]) -> None:
        """Read what is said about some things, at once."""
        # What is no IRI is nothing in a graph, and no term of a query either.
        missing = sorted({iri for iri in iris if iri not in self._said and is_iri(iri)})
        self._said.update({iri: [] for iri in missing})
        self._said.update(described(self._desk.store, missing))
        nodes = {iri: [value.value for name, value in self._said[iri] if name == ADMS.identifier] for iri in missing}
        about = described(self._desk.store, {one for many in nodes.values() for one in many})
        for iri, some in nodes.items():
            found: dict[str, list[str]] = defaultdict(list)
            for one in some:
                said = about.get(one, [])
                scheme = next((value.value for name, value in said if name == SKOS.inScheme), "").removeprefix(f"{CODE}identifier-scheme/")
                found[scheme] += [value.value for name, value in said if name == SKOS.notation]
            self._identifiers[iri] = {scheme: sorted(set(values)) for scheme, values in found.items()}

    def raw(self, iri: str, one: Property, thing: Shown | None = None) -> list[Node | str]:
        """Return the values of a property; identifiers as texts, a country as its IRI."""
        if one.kind == IDENTIFIER:
            return list(self._identifiers.get(iri, {}).get(one.paths[0], []))
        if one.kind == COUNTRY:
            return [thing.country_iri] if thing is not None and _is_country(thing) else []
        if one.kind == COUNT:
            return [str(min(sum(count_of(self._desk.store, iri, path) for path in one.paths), MAX_COUNT))]
        for path in one.paths:
            predicate, _, tag = path.partition("@")
            found = [value for name, value in self._said.get(iri, []) if name == predicate and (not tag or getattr(value, "language", None) == tag)]
            if found:
                return list(found)
        return []

    def same(self, one: str, other: str) -> bool:
        """Tell whether the graph says that two things are the same."""
        import pyoxigraph as ox

        terms: dict[str, Node] = {"a": ox.NamedNode(one), "b": ox.NamedNode(other)}
        return self._desk.store.query("ASK WHERE { { ?a owl:sameAs ?b } UNION { ?b owl:sameAs ?a } }", terms) is True

    # --- data extension --------------------------------------------------------------------------------------------------

    def rows(self, ids: Sequence[str], columns: Sequence[tuple[Wanted, Property | None]]) -> dict[str, dict[str, list[Cell]]]:
        """Return the cells of a data extension: id → property as sent → values. Unknown ids and properties have none."""
        self.read(ids)
        numbers = {iri: found[0] for iri in ids if (found := self._names.identified((), (iri,), ()))}
        shown = self._names.shown(numbers.values(), self._lang)
        # What the graph does not know has no values, and no number of values either.
        raw = {
            (iri, wanted.pid): self.raw(iri, one, shown.get(numbers.get(iri, 0)))
            for iri in ids
            if self._said.get(iri)
            for wanted, one in columns
            if one is not None
        }
        named = self._desk.labels(
            {_iri(value, one) for wanted, one in columns if one is not None for iri in ids for value in raw.get((iri, wanted.pid), ())} - {""},
            self._lang,
        )
        return {
            iri: {
                wanted.pid: self._cells(raw[iri, wanted.pid], wanted, one, named) if one is not None and (iri, wanted.pid) in raw else []
                for wanted, one in columns
            }
            for iri in ids
        }

    def _cells(self, values: Sequence[Node | str], wanted: Wanted, one: Property, named: Mapping[str, str]) -> list[Cell]:
        if wanted.content == "count":
            return [{"int": len(values)}] if one.kind != COUNT else [{"int": int(str(values[0]))}]
        made = []
        for value in values:
            iri = _iri(value, one)
            if not iri:
                made.append(_literal(value, one))
            elif wanted.content == "value":
                made.append({"id": iri, "name": named.get(iri) or local_name(iri)})
            else:
                made.append({"str": iri if wanted.content == "id" else named.get(iri) or local_name(iri)})
        made.sort(key=lambda cell: str(cell.get("name", cell)).casefold())
        return made[: wanted.limit or MAX_CELL]

    # --- comparing -------------------------------------------------------------------------------------------------------

    def compare(self, thing: Shown, wishes: Sequence[Wish]) -> tuple[dict[str, bool], dict[str, bool]]:
        """Return whether the values of a thing agree with those a client sends: for other properties, and for identifiers; by property, unknown ones left out."""
        agreed: dict[str, bool] = {}
        numbers: dict[str, bool] = {}
        for wish in wishes:
            one = property_of(wish.pid)
            if one is None or not wish.values:
                continue
            found = self.raw(thing.iri, one, thing)
            if one.kind == IDENTIFIER:
                if found:
                    numbers[one.id] = bool({_number(str(value)) for value in found} & {_number(value) for value in wish.values})
            elif one.kind == COUNTRY:
                if _is_country(thing):
                    agreed[one.id] = bool(self._country(thing) & {_code(value) for value in wish.values})
            elif found:
                agreed[one.id] = any(self._same(one, value, asked) for value in found for asked in wish.values)
        return agreed, numbers

    def _country(self, thing: Shown) -> set[str]:
        """Return the names and codes of the outermost place of a thing, folded."""
        if thing.country_iri not in self._countries:
            place = next((place for place in self._names.columns.places.values() if place["iri"] == thing.country_iri), {})
            step = local_name(thing.country_iri).removeprefix("country-").casefold()
            found = {folded(str(text)) for key, text in place.items() if key != "iri"} | {step, COUNTRY_CODES.get(step, step), thing.country_iri}
            self._countries[thing.country_iri] = found
        return self._countries[thing.country_iri]

    @property
    def _countries(self) -> dict[str, set[str]]:
        made: dict[str, set[str]] = self._desk.cached("reconcile-countries", dict)
        return made

    def _same(self, one: Property, value: Node | str, asked: str) -> bool:
        text = value if isinstance(value, str) else value.value
        if text == asked:
            return True
        if one.kind == ENTITY:
            names = {self._desk.labels([text], tag)[text] for tag in ("de", "en")}
            return folded(asked) in {folded(name) for name in names} | {folded(local_name(text))}
        if one.id == "url":
            return _host(text) == _host(asked) != ""
        if one.id in ("start", "end"):
            # As far as the less precise date goes.
            return len(asked) >= 4 and (text.startswith(asked[:10]) or asked.startswith(text))
        return folded(text) == folded(asked)


def _is_country(thing: Shown) -> bool:
    """Tell whether the outermost place of a thing is a country; of curated places often only the city is known."""
    return local_name(thing.country_iri).startswith("country-")


def _iri(value: Node | str, one: Property) -> str:
    """Return the IRI of a value that is a thing, or empty."""
    if one.kind == COUNTRY:
        return str(value)
    return value.value if one.kind == ENTITY and not isinstance(value, str) else ""


def _literal(value: Node | str, one: Property) -> Cell:
    """Return a text, number or date as the API has it: a date is a date with a time, so that a year alone stays text."""
    if isinstance(value, str):
        return {"int": int(value)} if one.kind == COUNT else {"str": value}
    datatype = getattr(getattr(value, "datatype", None), "value", "")
    if datatype == XSD.date and _DATE.match(value.value):
        return {"date": f"{value.value}T00:00:00"}
    if datatype in _NUMBERS:
        try:
            number = _NUMBERS[datatype](value.value)
        except ValueError:
            return {"str": value.value}
        if number == number and abs(number) != float("inf"):
            return {"int": number} if isinstance(number, int) else {"float": number}
    return {"str": value.value}


def _number(text: str) -> str:
    """Return an identifier for equality: the last step of an address, without the name of its scheme."""
    text = text.strip().rstrip("/")
    if "://" in text:
        parts = urlsplit(text).path.strip("/")
        text = parts if parts.startswith("10.") else parts.rsplit("/", 1)[-1]
    elif ":" in text:
        text = text.split(":", 1)[1]
    return identifier_key(text)


def _code(text: str) -> str:
    """Return what a client may mean by a country: an IRI as it is, a code or a name folded."""
    return text if "://" in text else folded(text)


def _host(text: str) -> str:
    """Return the host of a web address, without `www.`, or empty."""
    try:
        host = urlsplit(text if "://" in text else f"//{text}").hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")
