"""A report as SARIF 2.1.0 (OASIS Standard, Static Analysis Results Interchange Format).

Sections of the standard: 3.14 run, 3.19 toolComponent, 3.27 result (`partialFingerprints` 3.27.17, `baselineState` 3.27.24), 3.30 region,
3.49 reportingDescriptor. Properties of a result hold what a baseline needs (:mod:`kg.validate.baseline`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from kg import __version__
from kg.namespaces import curie, local_name
from kg.validate.baseline import FINGERPRINT, TOOL, Known
from kg.validate.format_words import Style, about, closing, plain, rule_title
from kg.validate.report import Origin, Result
from kg.validate.select import View, view_keys
from kg.validate.shapes import rule_of, text_in

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {"Violation": "error", "Warning": "warning", "Info": "note"}
BASE_ID = "SRCROOT"
"""Name of the folder that relative files start from: the repository. Where it lies is not told (3.14.14)."""

LOCATIONS = 10
"""Places of a result besides the first that are given as related locations."""


def sarif(view: View, style: Style) -> str:
    """Return the report as SARIF, two blanks indented; what is gone since the baseline is there as `absent`."""
    absent: tuple[Known, ...] = view.comparison.fixed if view.comparison is not None else ()
    shapes: dict[str, str] = {}
    for found in (view.results, absent):
        for finding in found:
            shapes.setdefault(finding.shape, finding.severity)
    index = {shape: number for number, shape in enumerate(shapes)}
    rules = [_rule(shape, severity, view.results, style) for shape, severity in shapes.items()]
    results = [_result(view, result, index[result.shape], style) for result in view.results]
    results += [_absent(finding, index[finding.shape], style) for finding in absent]
    driver = {"name": TOOL, "semanticVersion": _semantic(__version__), "language": style.lang, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "originalUriBaseIds": {BASE_ID: {"description": {"text": {"de": "Wurzel der Tabellen", "en": "Root of the tables"}[style.lang]}}},
        "invocations": [{"executionSuccessful": True}],
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": {**view_keys(view), "summary": closing(view, style)},
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _semantic(version: str) -> str:
    return version if version.count(".") == 2 else f"{version}.0"


def _rule(shape: str, severity: str, results: Iterable[Result], style: Style) -> dict[str, Any]:
    """Return what a rule says: in words, what it expects, and what to do."""
    info = rule_of(shape)
    title = rule_title(shape, style.lang)
    full = text_in(info.description, style.lang) if info else ""
    message = text_in(info.message, style.lang) if info else ""
    if not message:
        own = {text_in(result.message, style.lang) for result in results if result.shape == shape}
        message = own.pop() if len(own) == 1 else ""
    expected = [text_in(texts, style.lang) for texts in info.expected.values()] if info else []
    lines = [full or title, message, *(f"{style.word('expected')}: {text}" for text in expected if text)]
    rule: dict[str, Any] = {
        "id": plain(curie(shape), 500),
        "name": plain(local_name(shape), 200),
        "shortDescription": {"text": title},
        "fullDescription": {"text": full or title},
        "help": {"text": "\n".join(dict.fromkeys(line for line in lines if line))},
        "defaultConfiguration": {"level": LEVELS[severity]},
        "properties": {"severity": severity, "shape": shape},
    }
    return rule


def _result(view: View, result: Result, index: int, style: Style) -> dict[str, Any]:
    label = plain(result.focus_label, 120)
    state = view.state(result)
    item: dict[str, Any] = {
        "ruleId": plain(curie(result.shape), 500),
        "ruleIndex": index,
        "level": LEVELS[result.severity],
        "message": {"text": f"{label}: {'; '.join(about(result, style))}"},
        "locations": [_location(place, style) for place in result.origin[:1]],
    }
    if len(result.origin) > 1:
        item["relatedLocations"] = [
            {"id": number, **_location(place, style)} for number, place in enumerate(result.origin[1 : LOCATIONS + 1], start=1)
        ]
    item["partialFingerprints"] = {FINGERPRINT: result.id}
    if state:
        item["baselineState"] = {"new": "new", "known": "unchanged"}[state]
    item["properties"] = {**_kept(result), "expected": result.expected, "found": result.found}
    return item


def _absent(finding: Known, index: int, style: Style) -> dict[str, Any]:
    """Return a finding of the baseline that is gone."""
    text = plain(text_in(finding.message, style.lang), 1000) or rule_title(finding.shape, style.lang)
    return {
        "ruleId": plain(curie(finding.shape), 500),
        "ruleIndex": index,
        "level": LEVELS[finding.severity],
        "message": {"text": f"{plain(finding.focus_label, 120)}: {text}"},
        "locations": [_location(place, style) for place in finding.origin[:1]],
        "partialFingerprints": {FINGERPRINT: finding.id},
        "baselineState": "absent",
        "properties": _kept(finding),
    }


def _kept(finding: Result | Known) -> dict[str, Any]:
    texts: Mapping[str, str] = {name: getattr(finding, name) for name in ("severity", "shape", "component", "focus", "focus_label", "path", "value")}
    return {**texts, "message": dict(finding.message), "origin": [{"file": place.file, "row": place.row} for place in finding.origin]}


def _location(origin: Origin, style: Style) -> dict[str, Any]:
    place = style.locator.place(origin)
    artifact: dict[str, Any] = {"uri": quote(place.path.encode("utf-8", "replace"), safe="/"), "uriBaseId": BASE_ID}
    if not place.inside:
        artifact = {"uri": "file://" + quote(place.path.encode("utf-8", "replace"), safe="/")}
    physical: dict[str, Any] = {"artifactLocation": artifact}
    if place.line:
        physical["region"] = {"startLine": place.line}
    return {"physicalLocation": physical}
