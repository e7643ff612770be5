"""A baseline: a report that was kept, against which findings are new, known or fixed.

A finding is known by its id, which does not hold its row (contracts, section 6). Two kinds of finding have no better name than their row or
the number of a blank node: they are matched by rule, path, value and file instead, as often as they occur.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from kg.errors import InputError, Text
from kg.validate.report import FORMAT_VERSION, SEVERITIES, Finding, Origin, Report, Result

MAX_BASELINE = 40 * 1024 * 1024
"""Bytes of a baseline that are read, about forty thousand findings."""

TOOL = "innovation-kg"
"""Name under which we write SARIF."""

FINGERPRINT = "kgFinding/v1"
"""Key of a finding's id among the fingerprints of SARIF (2.1.0, section 3.27.17): its last step is the version."""


@dataclass(frozen=True)
class Known(Finding):
    """A finding of a baseline: what is kept of a :class:`~kg.validate.report.Result`."""

    id: str
    origin: tuple[Origin, ...]


@dataclass(frozen=True)
class Baseline:
    """What was found at an earlier time.

    Attributes:
        findings: All of them.
        partial: The filters by which it was cut when it was made, in words, or empty.
    """

    findings: tuple[Known, ...]
    partial: str = ""


@dataclass(frozen=True)
class Comparison:
    """A report against a baseline.

    Attributes:
        new: Ids of results that the baseline does not have.
        known: Ids of those that it has.
        fixed: Findings of the baseline that are gone.
        unseen: How many findings of the baseline lie in files that were not looked at.
        partial: See :class:`Baseline`.
    """

    new: frozenset[str]
    known: frozenset[str]
    fixed: tuple[Known, ...]
    unseen: int = 0
    partial: str = ""


def compare(report: Report, baseline: Baseline, scope: Sequence[Path] | None = None) -> Comparison:
    """Tell new, known and fixed findings apart.

    Args:
        report: What is found now.
        baseline: What was found then.
        scope: Files and folders that were looked at; `None`: everything.
    """
    before = {finding.id: finding for finding in baseline.findings}
    known = {result.id for result in report.results if result.id in before}
    left = [finding for identity, finding in before.items() if identity not in known]
    moved: dict[tuple[str, ...], list[Known]] = {}
    for finding in left:
        if key := _loose(finding):
            moved.setdefault(key, []).append(finding)
    gone = {finding.id for finding in left}
    for result in report.results:
        if result.id not in known and (key := _loose(result)) and moved.get(key):
            known.add(result.id)
            gone.discard(moved[key].pop(0).id)
    missing = [finding for finding in left if finding.id in gone]
    seen = _within(scope)
    fixed = tuple(finding for finding in missing if not finding.origin or any(seen(place.file) for place in finding.origin))
    new = frozenset(result.id for result in report.results) - known
    return Comparison(new, frozenset(known), fixed, len(missing) - len(fixed), baseline.partial)


_ROW = re.compile(r"#\d+\Z")


def _loose(finding: Known | Result) -> tuple[str, ...]:
    """Return what a finding is matched by where its id holds a row, a path or the number of a blank node; else nothing."""
    files = {place.file for place in finding.origin}
    by_row = bool(files) and _ROW.sub("", finding.focus) in files
    if not by_row and not finding.focus.startswith("_:") and not finding.value.startswith("_:"):
        return ()
    focus = "" if by_row or finding.focus.startswith("_:") else finding.focus
    value = "_:" if finding.value.startswith("_:") else finding.value
    return (finding.shape, finding.component, focus, finding.path, value, PurePath(min(files, default="")).name)


def _within(scope: Sequence[Path] | None) -> Callable[[str], bool]:
    """Return whether a file, as a report names it, lies in what was looked at; a build names the folder of its tables and the file only."""
    roots = [path.absolute() for path in scope or ()]

    def seen(file: str) -> bool:
        path = Path(file)
        absolute = path.absolute()
        for root in roots:
            if absolute.is_relative_to(root) or root.parts[-2:] == path.parts:
                return True
            if len(path.parts) == 2 and root.name == path.parts[0] and (root / path.name).exists():
                return True
        return scope is None

    return seen


# --- Reading -------------------------------------------------------------------------------------------------------------

_AGAIN = Text(
    "Make it anew: kg validate --format json --output baseline.json",
    "Erzeugen Sie ihn neu: kg validate --format json --output baseline.json",
)


def read_baseline(path: Path) -> Baseline:
    """Read a baseline: a report in JSON, or SARIF that this program wrote.

    Raises:
        InputError: It is not there, too large, not such a report, or of another version; nothing is guessed.
    """
    data = _loaded(path)
    if not isinstance(data, dict):
        raise _refused(path, _NO_REPORT)
    if "runs" in data:
        return _sarif(data, path)
    if "results" not in data or "conforms" not in data:
        raise _refused(path, _NO_REPORT)
    version = data.get("version", FORMAT_VERSION)
    if version != FORMAT_VERSION:
        raise _version(path, version, FORMAT_VERSION)
    shown = data.get("shown")
    findings = _findings(data["results"], path, _from_json)
    return Baseline(findings, _partial(shown))


_NO_REPORT = Text("This is no report of `kg validate`.", "Das ist kein Bericht von `kg validate`.")


def _refused(path: Path, what: Text, fix: Text = _AGAIN) -> InputError:
    return InputError(what, where=str(path), fix=fix)


def _version(path: Path, version: object, ours: str) -> InputError:
    shown = repr(version)[:40]
    what = Text(
        f"The baseline has the report format version {shown}; this program reads version {ours!r}.",
        f"Der Vergleichsstand hat die Berichtsversion {shown}; dieses Programm liest Version {ours!r}.",
    )
    return _refused(path, what)


def _loaded(path: Path) -> Any:
    try:
        size = path.stat().st_size
        if size > MAX_BASELINE:
            limit, shown = MAX_BASELINE // 1024 // 1024, size // 1024 // 1024
            what = Text(f"The baseline has {shown} MB, more than {limit} MB.", f"Der Vergleichsstand hat {shown} MB, mehr als {limit} MB.")
            fix = Text(
                "Make it anew with --shape for the rules you watch, and compare with the same --shape.",
                "Erzeugen Sie ihn mit --shape nur für die Regeln, auf die Sie achten, und vergleichen Sie mit demselben --shape.",
            )
            raise _refused(path, what, fix)
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise _refused(path, Text("There is no such baseline.", "Diesen Vergleichsstand gibt es nicht.")) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _refused(path, Text(f"The baseline cannot be read: {reason}.", f"Der Vergleichsstand ist nicht lesbar: {reason}.")) from error
    if not data.strip():
        raise _refused(path, Text("The baseline is empty.", "Der Vergleichsstand ist leer."))
    try:
        return json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        what = Text("The baseline is no text in UTF-8.", "Der Vergleichsstand ist kein Text in UTF-8.")
        raise _refused(path, what) from error
    except (ValueError, RecursionError) as error:
        place = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        de = place.replace("line", "Zeile")
        what = Text(
            f"The baseline is no JSON{place}: cut off or not a report.", f"Der Vergleichsstand ist kein JSON{de}: abgeschnitten oder kein Bericht."
        )
        raise _refused(path, what) from error


def _findings(items: object, path: Path, read: Callable[[Mapping[str, Any]], Known]) -> tuple[Known, ...]:
    if not isinstance(items, list):
        raise _refused(path, _NO_REPORT)
    found: list[Known] = []
    for number, item in enumerate(items, start=1):
        try:
            finding = read(item)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            what = Text(f"Finding {number} of the baseline is incomplete.", f"Der Befund {number} des Vergleichsstands ist unvollständig.")
            raise _refused(path, what) from error
        found.append(finding)
    return tuple(found)


_ID = re.compile(r"[0-9a-f]{16}\Z")


def _known(values: Mapping[str, Any], identity: object, message: Mapping[str, Any], places: Iterable[Mapping[str, Any]]) -> Known:
    texts = {name: values[name] for name in ("severity", "shape", "component", "focus", "focus_label", "path", "value")}
    if not all(isinstance(text, str) for text in (*texts.values(), *message, *message.values())) or texts["severity"] not in SEVERITIES:
        raise ValueError("not a text")
    if not isinstance(identity, str) or not _ID.match(identity):
        raise ValueError("no id")
    origin = [Origin(place["file"], place["row"]) for place in places]
    if not all(isinstance(place.file, str) and isinstance(place.row, int) for place in origin):
        raise ValueError("no place")
    return Known(id=identity, message=dict(message), origin=tuple(sorted(origin)), **texts)


def _from_json(item: Mapping[str, Any]) -> Known:
    return _known(item, item["id"], item["message"], item["origin"])


def _partial(shown: object) -> str:
    """Return the filters by which a report was cut when it was written, in words."""
    if not isinstance(shown, dict) or shown.get("findings") == shown.get("of"):
        return ""
    names = [name for key in ("shape", "focus") for name in _texts(shown.get(key))]
    return ", ".join([*names, *(["--new-only"] if shown.get("new_only") else [])]) or "?"


def _texts(value: object) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


def _sarif(data: Mapping[str, Any], path: Path) -> Baseline:
    """Read SARIF of ours; results that were absent then are not part of it."""
    if data.get("version") != "2.1.0":
        raise _version(path, f"SARIF {data.get('version')}", "SARIF 2.1.0")
    try:
        (run,) = data["runs"]
        name = run["tool"]["driver"]["name"]
        results = run["results"]
        shown = run.get("properties", {}).get("shown")
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _refused(path, _NO_REPORT) from error
    if name != TOOL:
        shown_name = repr(name)[:60]
        what = Text(f"This SARIF is of another program: {shown_name}.", f"Dieses SARIF ist von einem anderen Programm: {shown_name}.")
        raise _refused(path, what)
    if not isinstance(results, list):
        raise _refused(path, _NO_REPORT)
    present = [item for item in results if not (isinstance(item, dict) and item.get("baselineState") == "absent")]
    prints = {key for item in present if isinstance(item, dict) for key in item.get("partialFingerprints") or ()}
    if prints and FINGERPRINT not in prints:
        raise _version(path, min(prints), FINGERPRINT)
    return Baseline(_findings(present, path, _from_sarif), _partial(shown))


def _from_sarif(item: Mapping[str, Any]) -> Known:
    values = item["properties"]
    return _known(values, item["partialFingerprints"][FINGERPRINT], values["message"], values["origin"])


__all__ = ["FINGERPRINT", "MAX_BASELINE", "TOOL", "Baseline", "Comparison", "Known", "compare", "read_baseline"]
