"""What is asked of a release before it is written: version, day of issue, publisher and contact, the findings of the validation."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import BuildError, InputError, ParameterError, Text, ValidationError
from kg.release.listing import VERSION, Release, releases_in

if TYPE_CHECKING:
    from kg.build import Build
    from kg.publish.catalogue import Description

MAX_VERSION = 32
FIRST = "none"
"""Value of `--previous` for a release that is compared with none."""


class ViolationsError(ValidationError):
    """The graph has findings of severity Violation, and nobody said that it may be released with them."""


def check_version(version: str) -> None:
    """Refuse what cannot be the name of a release.

    Raises:
        ParameterError: It is none.
    """
    if len(version) <= MAX_VERSION and VERSION.match(version) and not version.endswith((".", "-")):
        return
    what = Text(f"{version!r} is no version.", f"{version!r} ist keine Version.")
    fix = Text(
        f"Use up to {MAX_VERSION} digits, lower-case letters, '.' and '-', a digit first, such as 2026.11.",
        f"Nehmen Sie bis zu {MAX_VERSION} Ziffern, kleine Buchstaben, '.' und '-', zuerst eine Ziffer, etwa 2026.11.",
    )
    raise ParameterError(what, where="VERSION", fix=fix)


def check_new(folder: Path, version: str) -> None:
    """Refuse a version that is there already, in whatever spelling: a release never changes.

    Args:
        folder: Folder of releases.
        version: The version.

    Raises:
        BuildError: It exists.
    """
    try:
        known = sorted(path.name for path in folder.iterdir() if path.name.casefold() == version.casefold())
    except FileNotFoundError:
        return
    if known:
        raise exists(folder / known[0])


def exists(path: Path) -> BuildError:
    """Return the error for a version that is there already."""
    what = Text("This release exists already, and a release never changes.", "Dieses Release gibt es schon, und ein Release ändert sich nie.")
    return BuildError(what, where=str(path), fix=Text("Choose another version.", "Wählen Sie eine andere Version."))


def day_of_issue(asked: str, record: Mapping[str, Any]) -> str:
    """Return the day of issue: as asked for, else the state of the build, else that of `SOURCE_DATE_EPOCH`; no clock is read.

    Args:
        asked: `--issued`, or empty.
        record: Record of the build.

    Raises:
        ParameterError: What was asked for is no day.
        InputError: There is none.
    """
    if asked:
        if is_day(asked):
            return asked
        what = Text(f"{asked!r} is no day.", f"{asked!r} ist kein Tag.")
        raise ParameterError(what, where="--issued", fix=Text("Write it as YYYY-MM-DD.", "Schreiben Sie ihn als JJJJ-MM-TT."))
    state, epoch = str(record.get("state") or ""), os.environ.get("SOURCE_DATE_EPOCH", "")
    if is_day(state):
        return state
    if re.fullmatch(r"[0-9]{1,11}", epoch):
        return datetime.fromtimestamp(int(epoch), UTC).date().isoformat()
    what = Text(
        "The day of issue is not known: the sources do not say how old they are.",
        "Der Tag der Veröffentlichung ist nicht bekannt: Die Quellen nennen ihren Stand nicht.",
    )
    fix = Text(
        'Set state = "YYYY-MM-DD" in the table [graph] and build again, or name the day with --issued.',
        'Setzen Sie state = "JJJJ-MM-TT" in der Tabelle [graph] und bauen Sie neu, oder nennen Sie den Tag mit --issued.',
    )
    raise InputError(what, where=_settings(record, "graph.state"), fix=fix)


def is_day(text: str) -> bool:
    """Return whether a text is a day of the calendar, `YYYY-MM-DD`."""
    try:
        return len(text) == 10 and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def check_parties(about: Description, record: Mapping[str, Any], settings: Path | None) -> None:
    """Refuse a release without publisher or contact: portals would refuse it, too.

    Args:
        about: What is said about the release.
        record: Record of the build.
        settings: File of `--settings`, or nothing.

    Raises:
        InputError: One is missing; the setting is named.
    """
    reachable = any(contact.url or contact.email or contact.telephone for contact in about.contacts)
    missing = [
        *([("publisher.name", Text("Nobody is named as publisher.", "Niemand ist als Herausgeber genannt."))] if not about.publisher.name else []),
        *([("contact.url", Text("No contact is named.", "Kein Kontakt ist genannt."))] if not reachable else []),
    ]
    if not missing:
        return
    names = ", ".join(name for name, _ in missing)
    what = Text(" ".join(text.en for _, text in missing), " ".join(text.de for _, text in missing))
    also = Text(" (or contact.email)", " (oder contact.email)") if any(name == "contact.url" for name, _ in missing) else Text("", "")
    fix = Text(
        f"Set {names}{also.en} there and build again, or in a file that you name with --settings.",
        f"Setzen Sie dort {names}{also.de} und bauen Sie neu, oder in einer Datei, die Sie mit --settings nennen.",
    )
    raise InputError(what, where=f"{settings} [{names}]" if settings else _settings(record, names), fix=fix)


def _settings(record: Mapping[str, Any], setting: str) -> str:
    """Return where a setting stands: in the settings of the first source."""
    source = next((str(source["name"]) for source in record.get("sources", ())), "")
    return f"{f'{source}/' if source else ''}settings.toml [{setting}]"


def previous_release(folder: Path, asked: str | None, version: str) -> Release | None:
    """Return the release before: the newest one there, the one asked for, or none.

    Args:
        folder: Folder of releases.
        asked: `--previous`: a version, `none`, or nothing.
        version: The version that is to be written.

    Raises:
        ParameterError: There is no such release.
    """
    known = [release for release in releases_in(folder) if release.version != version]
    if asked is None or asked == FIRST:
        return None if asked else next(iter(known), None)
    found = next((release for release in known if release.version == asked), None)
    if found is None:
        there = ", ".join(release.version for release in known) or "–"
        what = Text(f"There is no release {asked!r}.", f"Ein Release {asked!r} gibt es nicht.")
        raise ParameterError(what, where="--previous", fix=Text(f"There are: {there}; or write none.", f"Es gibt: {there}; oder schreiben Sie none."))
    return found


def validation(build: Build, root: Path) -> dict[str, Any]:
    """Return what the validation of a build found: the kept report on it where there is one, else validate now.

    A report that was kept counts only where the engine is the one that would be chosen now: the same graph is to give the same bytes.

    Args:
        build: The build.
        root: Folder of builds, in which reports are kept.

    Returns:
        `engine`, `counts` by severity, and `rules`: shape, severity, results, and entities in question.
    """
    return _kept(build, root) or _now(build)


def _kept(build: Build, root: Path) -> dict[str, Any] | None:
    import sqlite3

    from kg.validate.engines import SMALL
    from kg.validate.history import COUNTED, index_path, read_meta
    from kg.validate.report import SEVERITIES

    path = index_path(root / "report", build.id)
    chosen = "direct" if int(build.record.get("quads", 0)) <= SMALL else "setwise"
    meta = read_meta(path) if path.is_file() else None
    if build.chosen or meta is None or meta.get("build") != build.id or meta.get("engine") != chosen:
        return None
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            shapes = {number: (SEVERITIES[severity], shape) for number, severity, shape in connection.execute("SELECT id, severity, shape FROM rule")}
            rows = [(*shapes[rule], results, entities) for rule, results, entities, *_ in connection.execute(COUNTED.format(""))]
    except (sqlite3.Error, LookupError):
        return None
    return _summary(chosen, rows)


def _now(build: Build) -> dict[str, Any]:
    from kg.validate import validate

    report = validate(build=build)
    foci: dict[tuple[str, str], list[str]] = {}
    for result in report.results:
        foci.setdefault((result.severity, result.shape), []).append(result.focus)
    return _summary(report.engine, [(*key, len(found), len(set(found))) for key, found in foci.items()])


def _summary(engine: str, rows: list[tuple[str, str, int, int]]) -> dict[str, Any]:
    from kg.validate.report import SEVERITIES

    counts = {severity.lower(): sum(results for of, _, results, _ in rows if of == severity) for severity in SEVERITIES}
    order = sorted(rows, key=lambda row: (SEVERITIES.index(row[0]), row[1]))
    rules = [{"shape": shape, "severity": severity, "results": results, "entities": entities} for severity, shape, results, entities in order]
    return {"engine": engine, "counts": counts, "rules": rules}


def check_violations(found: Mapping[str, Any], allowed: bool) -> None:
    """Refuse a graph with Violations, unless somebody said that it may be released with them.

    Raises:
        ViolationsError: There are some.
    """
    number = found["counts"]["violation"]
    if not number or allowed:
        return
    shown = f"{number:,}", f"{number:,}".replace(",", ".")
    what = Text(
        f"The graph has {shown[0]} Violation{'s' if number != 1 else ''}: it is not released.",
        f"Der Graph hat {shown[1]} {'Verstöße' if number != 1 else 'Verstoß'} (Violation): Er wird nicht veröffentlicht.",
    )
    fix = Text(
        "`kg validate` lists them with file and row; release it as it is with --with-violations.",
        "`kg validate` nennt sie mit Datei und Zeile; wie er ist, veröffentlichen Sie ihn mit --with-violations.",
    )
    raise ViolationsError(what, fix=fix)
