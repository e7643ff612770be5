"""Settings: of a source folder (`settings.toml`), and of where things are built.

Everything a new city changes stands in its `settings.toml`; nothing about a place stands in the code.
"""

from __future__ import annotations

import locale
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg.config.catalogue import EMAIL, PHONE, PUBLISHER, CatalogueSettings, is_email, is_phone, is_publisher, read_address, read_catalogue
from kg.errors import InputError, Text
from kg.namespaces import BASE
from kg.resources import folder

SETTINGS_FILE = "settings.toml"
LANGUAGES = ("de", "en")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_BASE = re.compile(r"https?://[^\s<>\"{}|\\^`]+/\Z")
FRAMES = ("census", "ego-sampled", "partial")


@dataclass(frozen=True)
class Frame:
    """How a source was collected: what may be said from it depends on this.

    Attributes:
        kind: `census` (all of a population), `ego-sampled` (around one entity) or `partial`.
        around: Slug of the entity at the centre of an ego-sampled source, else empty.
        date: State of the population, `YYYY-MM-DD`, or empty.
        population: What was collected and how, per language.
    """

    kind: str = "partial"
    around: str = ""
    date: str = ""
    population: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SourceSettings:
    """Settings of one folder of tables.

    Attributes:
        name: Name of the named graph, kebab-case.
        base: Namespace root of the entities, ends with `/`.
        state: State date of the tables, `YYYY-MM-DD`; empty where the folder does not say.
        title: Title per language.
        description: Description per language.
        license: IRI of the licence of the tables.
        publisher: Name of the publisher.
        publisher_url: Page of the publisher.
        publisher_type: Type of the publisher (a code of ADMS).
        publisher_email: Address of the publisher.
        contact: Name of the contact.
        contact_url: Page or `mailto:` of the contact.
        contact_email: Address of the contact.
        contact_telephone: International telephone number of the contact.
        frame: Sampling frame.
        catalogue: What data portals want to know.
    """

    name: str
    base: str = BASE
    state: str = ""
    title: Mapping[str, str] = field(default_factory=dict)
    description: Mapping[str, str] = field(default_factory=dict)
    license: str = ""
    publisher: str = ""
    publisher_url: str = ""
    publisher_type: str = ""
    publisher_email: str = ""
    contact: str = ""
    contact_url: str = ""
    contact_email: str = ""
    contact_telephone: str = ""
    frame: Frame = field(default_factory=Frame)
    catalogue: CatalogueSettings = field(default_factory=CatalogueSettings)

    def graph(self, name: str | None = None) -> str:
        """Return the IRI of a named graph of this namespace; the source's own without a name."""
        return f"{self.base}graph/{name or self.name}"

    def id(self, kind: str, key: str) -> str:
        """Return the IRI of an entity or node."""
        return f"{self.base}id/{kind}/{key}"


def _texts(table: Mapping[str, Any], key: str) -> dict[str, str]:
    value = table.get(key, {})
    if isinstance(value, str):
        return dict.fromkeys(LANGUAGES, value)
    return {str(lang): str(text) for lang, text in value.items()} if isinstance(value, dict) else {}


def slug_of(name: str) -> str:
    """Turn a folder's name into a graph name.

    >>> slug_of("My City 2")
    'my-city-2'
    """
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or "graph"


def read_source_settings(path: Path) -> SourceSettings:
    """Read `settings.toml` of a folder of tables; a folder without one gets its name as graph name and the frame `partial`.

    Raises:
        InputError: The file is no TOML, or a setting has no valid value.
    """
    file = path / SETTINGS_FILE
    if not file.is_file():
        return SourceSettings(name=slug_of(path.resolve().name))
    return read_settings(file, path.resolve().name)


def read_settings(file: Path, name: str = "") -> SourceSettings:
    """Read a settings file, wherever it lies.

    Args:
        file: The file.
        name: Name of the graph where the file has none.

    Raises:
        InputError: The file cannot be read or is no TOML, or a setting has no valid value.
    """
    try:
        text = file.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        what = Text(f"The settings cannot be read: {reason}.", f"Die Einstellungen sind nicht lesbar: {reason}.")
        raise InputError(what, where=str(file), fix=Text("Name an existing file.", "Nennen Sie eine vorhandene Datei.")) from error
    try:
        data = tomllib.loads(text.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        what = Text(f"The settings are no valid TOML: {error}.", f"Die Einstellungen sind kein gültiges TOML: {error}.")
        raise InputError(what, where=str(file), fix=Text("Correct the line named.", "Berichtigen Sie die genannte Zeile.")) from error
    tables = {key: value if isinstance(value, dict) else {} for key, value in data.items()}
    graph, publisher, contact, frame = (tables.get(key, {}) for key in ("graph", "publisher", "contact", "frame"))
    where = str(file)
    settings = SourceSettings(
        name=str(graph.get("name", slug_of(name))),
        base=str(graph.get("base", BASE)),
        state=str(graph.get("state", "")),
        title=_texts(graph, "title"),
        description=_texts(graph, "description"),
        license=str(graph.get("license", "")),
        publisher=str(publisher.get("name", "")),
        publisher_url=str(publisher.get("url", "")),
        publisher_type=read_address(publisher, "publisher.type", where, is_publisher, PUBLISHER),
        publisher_email=read_address(publisher, "publisher.email", where, is_email, EMAIL),
        contact=str(contact.get("name", "")),
        contact_url=str(contact.get("url", "")),
        contact_email=read_address(contact, "contact.email", where, is_email, EMAIL),
        contact_telephone=read_address(contact, "contact.telephone", where, is_phone, PHONE),
        frame=Frame(str(frame.get("kind", "partial")), str(frame.get("around", "")), str(frame.get("date", "")), _texts(frame, "population")),
        catalogue=read_catalogue(data.get("catalogue", {}), where),
    )
    _check(settings, file)
    return settings


def _check(settings: SourceSettings, file: Path) -> None:
    from kg.identifiers import parse_date

    frames, date = ", ".join(FRAMES), Text("Write YYYY-MM-DD.", "Schreiben Sie JJJJ-MM-TT.")
    rules = (
        (
            bool(_NAME.match(settings.name)),
            Text(f"graph.name {settings.name!r} is no kebab-case name.", f"graph.name {settings.name!r} ist kein gültiger Name."),
            Text("Use small letters, digits and hyphens.", "Nur Kleinbuchstaben, Ziffern und Bindestriche."),
        ),
        (
            bool(_BASE.match(settings.base)),
            Text(f"graph.base {settings.base!r} is no namespace.", f"graph.base {settings.base!r} ist kein Namensraum."),
            Text("Use an http(s) address that ends with a slash.", "Eine http(s)-Adresse, die mit einem Schrägstrich endet."),
        ),
        (
            settings.frame.kind in FRAMES,
            Text(f"frame.kind {settings.frame.kind!r} is unknown.", f"frame.kind {settings.frame.kind!r} ist unbekannt."),
            Text(f"Use one of {frames}.", f"Möglich sind {frames}."),
        ),
        (
            settings.frame.kind != "ego-sampled" or bool(settings.frame.around),
            Text("frame.around is missing.", "frame.around fehlt."),
            Text("Name the entity_id around which the tables were collected.", "Nennen Sie die entity_id, um die herum gesammelt wurde."),
        ),
        (
            not settings.state or parse_date(settings.state) is not None,
            Text(f"graph.state {settings.state!r} is no date.", f"graph.state {settings.state!r} ist kein Datum."),
            date,
        ),
        (
            not settings.frame.date or parse_date(settings.frame.date) is not None,
            Text(f"frame.date {settings.frame.date!r} is no date.", f"frame.date {settings.frame.date!r} ist kein Datum."),
            date,
        ),
    )
    for holds, what, fix in rules:
        if not holds:
            raise InputError(what, where=str(file), fix=fix)


def default_sources() -> list[Path]:
    """Return what to build when nothing is named: the current folder if it has settings, else the shipped tables and the shipped slice of CORDIS."""
    here = Path.cwd()
    if (here / SETTINGS_FILE).is_file():
        return [here]
    return [path for path in (folder("data", "dortmund"), folder("data", "cordis-dortmund")) if path.is_dir()]


def build_root(option: Path | None = None) -> Path:
    """Return the folder of builds: the option, `KG_BUILD`, or `build` in the current folder."""
    return option or Path(os.environ.get("KG_BUILD") or "build")


def language(option: str | None = None) -> str:
    """Return the language of labels and messages: the option, `KG_LANG`, the locale, else `en`.

    Raises:
        InputError: Neither German nor English was asked for.
    """
    if option is not None:
        if option not in LANGUAGES:
            what = Text(f"The language {option!r} is not available.", f"Die Sprache {option!r} gibt es nicht.")
            raise InputError(what, where="--lang", fix=Text("Use de or en.", "Wählen Sie de oder en."))
        return option
    for value in (os.environ.get("KG_LANG"), os.environ.get("LC_ALL"), os.environ.get("LC_MESSAGES"), os.environ.get("LANG"), locale.getlocale()[0]):
        if value:
            return "de" if value.casefold().startswith(("de", "german")) else "en"
    return "en"
