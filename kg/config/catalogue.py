"""The table `[catalogue]` of `settings.toml`: what data portals want to know of a graph, checked where it is read.

    [catalogue]
    keywords.de = ["Innovation", "Projekte"]
    themes = ["TECH"]
    spatial = ["http://data.europa.eu/nuts/code/DEA52"]

Source: DCAT-AP 3.0.0 and DCAT-AP.de 3.0, the optional and recommended properties of catalogue, data set and distribution.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from kg.config import codes
from kg.errors import InputError, Text

LANGUAGES = ("de", "en")
MAX_ITEMS, MAX_CHARACTERS = 200, 5000
_IRI = re.compile(r"https?://[^\s<>\"{}|\\^`/]+[^\s<>\"{}|\\^`]*\Z")
_EMAIL = re.compile(r"[^\s@<>\"',;:()\[\]\\]+@[^\s@<>\"',;:()\[\]\\]+\.[^\s@<>\"',;:()\[\]\\]+\Z")
_PHONE = re.compile(r"\+[0-9](?:[0-9 ().-]{4,30})[0-9]\Z")


@dataclass(frozen=True)
class CatalogueSettings:
    """What the settings say for data portals; everything may be missing.

    Attributes:
        keywords: Keywords per language.
        themes: Codes of the European list of data themes.
        spatial: IRIs of the places that are covered.
        start, end: First and last day or year that is covered, as `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
        issued: Day of the first publication, `YYYY-MM-DD`.
        frequency: Code of the European list of frequencies.
        access_rights: Code of the European list of access rights.
        availability: Code of the European list of planned availability.
        contributor_id: IRIs by which GovData knows who delivers (`dcatde:contributorID`).
        political_geocoding: IRIs of German areas by their official key.
        political_geocoding_level: Level of administration the graph is about.
        attribution: Text by which reusers name the source, per language.
        homepage: Page about the graph.
        documentation: Pages that document it.
        endpoint: Address of a public SPARQL endpoint.
        identifiers: Other identifiers, such as a DOI as an address.
    """

    keywords: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    themes: tuple[str, ...] = ()
    spatial: tuple[str, ...] = ()
    start: str = ""
    end: str = ""
    issued: str = ""
    frequency: str = ""
    access_rights: str = ""
    availability: str = ""
    contributor_id: tuple[str, ...] = ()
    political_geocoding: tuple[str, ...] = ()
    political_geocoding_level: str = ""
    attribution: Mapping[str, str] = field(default_factory=dict)
    homepage: str = ""
    documentation: tuple[str, ...] = ()
    endpoint: str = ""
    identifiers: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return what is said, as the record of a build keeps it."""
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        return {
            name: {lang: list(texts) if isinstance(texts, tuple) else texts for lang, texts in value.items()}
            if isinstance(value, Mapping)
            else list(value)
            if isinstance(value, tuple)
            else value
            for name, value in said.items()
            if value
        }

    @classmethod
    def of_json(cls, said: Mapping[str, Any]) -> CatalogueSettings:
        """Return the settings that :meth:`to_json` has written; names that are not known (of a later version) are passed over."""

        def read(value: Any) -> Any:
            if isinstance(value, Mapping):
                return {str(lang): tuple(map(str, texts)) if isinstance(texts, list) else str(texts) for lang, texts in value.items()}
            return tuple(map(str, value)) if isinstance(value, list) else str(value)

        known = {one.name for one in fields(cls)}
        return cls(**{name: read(value) for name, value in said.items() if name in known})

    def over(self, other: CatalogueSettings) -> CatalogueSettings:
        """Return these settings, and where they say nothing those of another; start and end belong together."""
        missing = {one.name: getattr(other, one.name) for one in fields(self) if not getattr(self, one.name)}
        if self.start or self.end:
            missing |= {"start": self.start, "end": self.end}
        return replace(self, **missing)


def read_catalogue(table: object, where: str) -> CatalogueSettings:
    """Return the settings of a table `[catalogue]`.

    Args:
        table: As TOML gives it.
        where: File, for errors.

    Raises:
        InputError: A setting is unknown or has no valid value; it is named.
    """
    if not isinstance(table, dict):
        raise _wrong("catalogue", table, where, Text("Write a table [catalogue].", "Schreiben Sie eine Tabelle [catalogue]."))
    known = {one.name for one in fields(CatalogueSettings)} - {"start", "end"} | {"temporal"}
    for name in table:
        if name not in known:
            there = ", ".join(sorted(known))
            what = Text(f"There is no setting catalogue.{name}.", f"Eine Einstellung catalogue.{name} gibt es nicht.")
            raise InputError(what, where=where, fix=Text(f"There are: {there}.", f"Es gibt: {there}."))
    read = _Reader(table, where)
    temporal = table.get("temporal", {})
    if not isinstance(temporal, dict) or set(temporal) - {"start", "end"}:
        fix = Text('Write temporal.start = "2010" and temporal.end = "2026".', 'Schreiben Sie temporal.start = "2010" und temporal.end = "2026".')
        raise _wrong("catalogue.temporal", temporal, where, fix)
    period = _Reader({f"temporal.{name}": value for name, value in temporal.items()}, where)
    return CatalogueSettings(
        keywords=read.lists("keywords"),
        themes=read.several("themes", _in(codes.THEMES), _choices(codes.THEMES)),
        spatial=read.several("spatial", is_iri, _ADDRESS),
        start=period.one("temporal.start", _is_date, _DATE),
        end=period.one("temporal.end", _is_date, _DATE),
        issued=read.one("issued", lambda text: _is_date(text) and len(text) == 10, _DAY),
        frequency=read.one("frequency", _in(codes.FREQUENCIES), _choices(codes.FREQUENCIES)),
        access_rights=read.one("access_rights", _in(codes.ACCESS), _choices(codes.ACCESS)),
        availability=read.one("availability", _in(codes.AVAILABILITY), _choices(codes.AVAILABILITY)),
        contributor_id=read.several("contributor_id", _below(codes.CONTRIBUTORS), _begin(codes.CONTRIBUTORS + "…")),
        political_geocoding=read.several("political_geocoding", _below(codes.GEOCODING), _begin(codes.GEOCODING + "municipalityKey/05913000")),
        political_geocoding_level=read.one("political_geocoding_level", _in(codes.LEVELS), _choices(codes.LEVELS)),
        attribution=read.texts("attribution"),
        homepage=read.one("homepage", is_iri, _ADDRESS),
        documentation=read.several("documentation", is_iri, _ADDRESS),
        endpoint=read.one("endpoint", is_iri, _ADDRESS),
        identifiers=read.several("identifiers", is_iri, _ADDRESS),
    )


def read_address(table: Mapping[str, Any], setting: str, where: str, valid: Callable[[str], bool], fix: Text) -> str:
    """Return a single text of another table (`publisher.type`), checked like those of the catalogue.

    Raises:
        InputError: It is no text, or not valid.
    """
    value = table.get(setting.rpartition(".")[2], "")
    if not isinstance(value, str) or (value.strip() and not valid(value.strip())):
        raise _wrong(setting, value, where, fix)
    return value.strip()


def is_iri(text: str) -> bool:
    """Tell whether a text is an http(s) address.

    >>> is_iri("https://example.org/"), is_iri("example.org")
    (True, False)
    """
    return len(text) <= 2000 and bool(_IRI.match(text))


def is_publisher(text: str) -> bool:
    """Tell whether a text is a type of publisher."""
    return text in codes.PUBLISHERS


def is_email(text: str) -> bool:
    """Tell whether a text is an e-mail address, with or without `mailto:`."""
    return len(text) <= 254 and bool(_EMAIL.match(text.removeprefix("mailto:")))


def is_phone(text: str) -> bool:
    """Tell whether a text is an international telephone number, with or without `tel:` (RFC 3966, section 5.1.4: global numbers)."""
    return bool(_PHONE.match(text.removeprefix("tel:")))


EMAIL = Text('Write an address such as "data@example.org".', 'Schreiben Sie eine Adresse wie "daten@example.org".')
PHONE = Text('Write it with the country code, such as "+49 231 123456".', 'Schreiben Sie sie mit Landesvorwahl, wie "+49 231 123456".')
PUBLISHER = Text(f"Use one of {', '.join(codes.PUBLISHERS)}.", f"Möglich sind {', '.join(codes.PUBLISHERS)}.")
_ADDRESS = Text("Use an http(s) address.", "Verwenden Sie eine http(s)-Adresse.")
_DATE = Text("Write YYYY, YYYY-MM or YYYY-MM-DD.", "Schreiben Sie JJJJ, JJJJ-MM oder JJJJ-MM-TT.")
_DAY = Text("Write YYYY-MM-DD.", "Schreiben Sie JJJJ-MM-TT.")


def _in(known: Mapping[str, Text]) -> Callable[[str], bool]:
    return lambda text: text in known


def _choices(known: Mapping[str, Text]) -> Text:
    return Text(f"Use one of {', '.join(known)}.", f"Möglich sind {', '.join(known)}.")


def _below(root: str) -> Callable[[str], bool]:
    return lambda text: is_iri(text) and text.startswith(root) and len(text) > len(root)


def _begin(example: str) -> Text:
    return Text(f"Use an address such as {example}", f"Verwenden Sie eine Adresse wie {example}")


def _is_date(text: str) -> bool:
    from kg.identifiers import parse_date

    date = parse_date(text)
    return date is not None and bool(date.lexical) and not date.edtf


def _wrong(setting: str, value: object, where: str, fix: Text) -> InputError:
    shown = repr(value) if len(repr(value)) <= 80 else f"{repr(value)[:80]}…"
    return InputError(Text(f"{setting}: {shown} is not valid.", f"{setting}: {shown} ist nicht gültig."), where=where, fix=fix)


class _Reader:
    """Reads values of the table by their kind, and says which is wrong."""

    def __init__(self, table: Mapping[str, Any], where: str) -> None:
        self._table, self._where = table, where

    def one(self, name: str, valid: Callable[[str], bool], fix: Text) -> str:
        """Return a text."""
        value = self._table.get(name, "")
        # A year without quotes is a number in TOML.
        text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        if not isinstance(text, str) or (text.strip() and not valid(text.strip())):
            raise _wrong(f"catalogue.{name}", value, self._where, fix)
        return text.strip()

    def several(self, name: str, valid: Callable[[str], bool], fix: Text) -> tuple[str, ...]:
        """Return texts without repetition; one alone needs no list."""
        value = self._table.get(name, [])
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list) or len(items) > MAX_ITEMS:
            raise _wrong(f"catalogue.{name}", value, self._where, fix)
        for item in items:
            if not isinstance(item, str) or (item.strip() and not valid(item.strip())):
                raise _wrong(f"catalogue.{name}", item, self._where, fix)
        return tuple(dict.fromkeys(item.strip() for item in items if item.strip()))

    def texts(self, name: str) -> dict[str, str]:
        """Return a text per language; one alone counts for both."""
        value = self._table.get(name, {})
        fix = Text(f'Write {name}.de = "…" and {name}.en = "…".', f'Schreiben Sie {name}.de = "…" und {name}.en = "…".')
        given = dict.fromkeys(LANGUAGES, value) if isinstance(value, str) else value
        if not isinstance(given, dict) or set(given) - set(LANGUAGES):
            raise _wrong(f"catalogue.{name}", value, self._where, fix)
        for lang, text in given.items():
            if not isinstance(text, str) or len(text) > MAX_CHARACTERS:
                raise _wrong(f"catalogue.{name}.{lang}", text, self._where, fix)
        return {lang: text.strip() for lang, text in given.items() if text.strip()}

    def lists(self, name: str) -> dict[str, tuple[str, ...]]:
        """Return texts per language."""
        value = self._table.get(name, {})
        fix = Text(f'Write {name}.de = ["…"] and {name}.en = ["…"].', f'Schreiben Sie {name}.de = ["…"] und {name}.en = ["…"].')
        if not isinstance(value, dict) or set(value) - set(LANGUAGES):
            raise _wrong(f"catalogue.{name}", value, self._where, fix)
        short: Callable[[str], bool] = lambda text: len(text) <= 200 and "\n" not in text  # noqa: E731
        return {
            lang: found for lang in value if (found := _Reader({f"{name}.{lang}": value[lang]}, self._where).several(f"{name}.{lang}", short, fix))
        }


__all__ = (
    "EMAIL",
    "PHONE",
    "PUBLISHER",
    "CatalogueSettings",
    "is_email",
    "is_iri",
    "is_phone",
    "is_publisher",
    "read_address",
    "read_catalogue",
)
