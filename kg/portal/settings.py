"""Settings of the portal: what an operator decides (`portal.toml`, options of `kg serve`)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from kg.errors import InputError, Text

PORTAL_FILE = "portal.toml"


@dataclass(frozen=True)
class PortalSettings:
    """What the operator decides; every field has a value with which the portal can be tried at once.

    Attributes:
        store: Address or folder of the graph; empty for the graph built last.
        build: Folder of builds.
        root_path: Path under which a proxy serves the portal, such as `/kg`; no slash at the end.
        workers: Worker processes for questions, pages and SPARQL.
        analysts: Worker processes for networks and profiles; each holds all participations in memory.
        seconds: Wall-clock limit of one request.
        memory: Memory limit of a worker, MB of address space above what it has after its start.
        rows: Rows of one SPARQL answer.
        answer_bytes: Bytes of one answer.
        queue: Requests that wait for a worker; more get 503.
        body_bytes: Bytes of one request.
        upload_bytes: Bytes of one upload to `/check`.
        tables: Folder of the tables that a single table dropped on `/check` belongs to; empty: it is checked alone.
        connections: Connections at once; more get 503.
        service_hosts: Hosts that SERVICE may ask; none by default.
        report_to: `mailto:` address or https address of a tracker for reports of errors; empty switches the links off.
        operator, imprint, privacy, accessibility: Name of the operator; texts per language (Markdown is not read: plain paragraphs).
        metrics: Whether `/metrics` is served.
        frame_ancestors: Origins that may embed `/embed/…`.
    """

    store: str = ""
    build: str = "build"
    root_path: str = ""
    workers: int = 4
    analysts: int = 1
    seconds: float = 10.0
    memory: int = 1024
    rows: int = 100_000
    answer_bytes: int = 64 * 1024 * 1024
    queue: int = 64
    body_bytes: int = 1024 * 1024
    upload_bytes: int = 20 * 1024 * 1024
    tables: str = ""
    connections: int = 512
    service_hosts: tuple[str, ...] = ()
    report_to: str = ""
    operator: str = ""
    imprint: Mapping[str, str] = field(default_factory=dict)
    privacy: Mapping[str, str] = field(default_factory=dict)
    accessibility: Mapping[str, str] = field(default_factory=dict)
    metrics: bool = True
    frame_ancestors: tuple[str, ...] = ("*",)

    def to_json(self) -> dict[str, Any]:
        """Return the settings as JSON can hold them."""
        return asdict(self)


def of_json(data: Mapping[str, Any]) -> PortalSettings:
    """Return the settings that :meth:`PortalSettings.to_json` has written."""
    given = dict(data)
    for name in ("service_hosts", "frame_ancestors"):
        given[name] = tuple(given[name])
    return PortalSettings(**given)


def read_portal_settings(path: Path, **given: Any) -> PortalSettings:
    """Read `portal.toml`; a missing file means the defaults. Options given on the command line win.

    Raises:
        InputError: The file is no TOML, names an unknown setting, or gives one a value of the wrong kind.
    """
    data: dict[str, Any] = {}
    if path.is_file():
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            what = Text(f"The settings are no valid TOML: {error}.", f"Die Einstellungen sind kein gültiges TOML: {error}.")
            raise InputError(what, where=str(path), fix=Text("Correct the line named.", "Berichtigen Sie die genannte Zeile.")) from error
    defaults = PortalSettings()
    known = {one.name: getattr(defaults, one.name) for one in fields(PortalSettings)}
    for name, value in data.items():
        if name not in known:
            there = ", ".join(known)
            what = Text(f"There is no setting {name!r}.", f"Die Einstellung {name!r} gibt es nicht.")
            raise InputError(what, where=str(path), fix=Text(f"There are: {there}.", f"Es gibt: {there}."))
        data[name] = _checked(name, value, known[name], path)
    data.update({name: value for name, value in given.items() if value is not None})
    settings = PortalSettings(**data)
    for name in ("workers", "analysts", "seconds", "memory", "rows", "answer_bytes", "queue", "body_bytes", "upload_bytes", "connections"):
        if getattr(settings, name) <= 0:
            what = Text(f"{name} must be more than 0.", f"{name} muss größer als 0 sein.")
            raise InputError(
                what, where=str(path) if name in data else f"--{name}", fix=Text("Leave it out for the default.", "Weglassen gibt den Vorgabewert.")
            )
    if settings.root_path and (not settings.root_path.startswith("/") or settings.root_path.endswith("/") or "//" in settings.root_path):
        what = Text(f"{settings.root_path!r} is no root path.", f"{settings.root_path!r} ist kein Wurzelpfad.")
        raise InputError(what, where="--root-path", fix=Text("Write for example /kg.", "Schreiben Sie zum Beispiel /kg."))
    return settings


def _checked(name: str, value: Any, default: Any, path: Path) -> Any:
    """Return a value of the kind that its default has."""
    if isinstance(default, tuple) and isinstance(value, list) and all(isinstance(one, str) for one in value):
        return tuple(value)
    if (
        isinstance(default, Mapping)
        and isinstance(value, dict)
        and set(value) <= {"de", "en"}
        and all(isinstance(one, str) for one in value.values())
    ):
        return value
    if isinstance(default, float) and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if not isinstance(default, tuple | Mapping) and type(value) is type(default):
        return value
    kinds = {bool: "true/false", int: "123", float: "1.5", str: '"…"', tuple: '["…"]', dict: '{de = "…", en = "…"}'}
    shape = kinds[type(default)]
    what = Text(f"The setting {name} has a value of the wrong kind.", f"Die Einstellung {name} hat einen Wert der falschen Art.")
    raise InputError(what, where=str(path), fix=Text(f"Write {name} = {shape}.", f"Schreiben Sie {name} = {shape}."))
