"""The report of a validation (contracts, section 6) and its two exchange forms: JSON, and a `sh:ValidationReport` in Turtle.

Terms in a report are text: an IRI as it is, a blank node as `_:b1`, a literal as N-Triples writes it (`"2016"^^<…#gYear>`). A path
that is more than one property is a SPARQL property path of full IRIs (`^<…#inInitiative>/<…#participant>`). A problem of a table cell
has the component `table`: its focus is the identifier of the row (or the file), its path the column, its value the cell.

`conforms` decides on severities: true where there is no Violation, whatever Warnings and Infos there are. The Turtle form keeps to
the Recommendation (SHACL, section 3.6.1.1): there `sh:conforms` is true only where there is no result at all.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias
from urllib.parse import quote

from kg.errors import Text, ValidationError
from kg.namespaces import BASE, INNOSH, PREFIXES, XSD, curie
from kg.quads import Term, literal, term_text

SEVERITIES = ("Violation", "Warning", "Info")
"""Severities, worst first."""

FORMAT_VERSION = "1"
"""Version of the report's JSON; a report without the key `version` is of version 1."""

TABLE = "table"
"""Component of what is wrong in a cell of a table."""

FAIL_ON = ("violation", "warning", "info", "never")


@dataclass(frozen=True, order=True)
class Origin:
    """A place in an input: file and record number (header is 1), or for RDF the line where the subject's block begins."""

    file: str
    row: int

    def __str__(self) -> str:
        return f"{self.file}:{self.row}" if self.row else self.file


@dataclass(frozen=True)
class Finding:
    """What a finding says, now or in a baseline.

    Attributes:
        severity: `Violation`, `Warning` or `Info`.
        shape: IRI of the rule.
        component: IRI of the constraint component, or `table`.
        focus: The node in question.
        focus_label: Its name in the language of the report.
        path: Property or property path, empty where the rule is about the node itself.
        value: The value in question, empty where there is none.
        message: What is wrong and what to do, per language.
    """

    severity: str
    shape: str
    component: str
    focus: str
    focus_label: str
    path: str
    value: str
    message: Mapping[str, str] = field(hash=False)


@dataclass(frozen=True)
class Result(Finding):
    """One finding of a run.

    Attributes:
        expected: What the rule asks for, in the language of the report.
        found: What stands there instead, in the language of the report.
        origin: Where the statements that make the finding come from.
        occurrence: 1, and counted on where cells of several rows have the same fault, so that each row is a result of its own.
    """

    expected: str
    found: str
    origin: tuple[Origin, ...]
    occurrence: int = 1

    @property
    def id(self) -> str:
        """Identity over runs: 16 hex digits of SHA-256 over shape, focus, path, value and component."""
        parts = (self.shape, self.focus, self.path, self.value, self.component)
        key = "\n".join(parts if self.occurrence == 1 else (*parts, str(self.occurrence)))
        return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    @property
    def sort_key(self) -> tuple[int, str, str, str, str, str, tuple[Origin, ...]]:
        """The fixed order of a report: severity, shape, focus, path, value, then component and origin."""
        return (SEVERITIES.index(self.severity), self.shape, self.focus, self.path, self.value, self.component, self.origin)


@dataclass(frozen=True)
class Report:
    """All findings of one run, in fixed order, each identity once.

    Attributes:
        engine: What evaluated the shapes: `reference` or `setwise`.
        results: Findings.
    """

    engine: str
    results: tuple[Result, ...]

    @property
    def conforms(self) -> bool:
        """Whether there is no Violation; Warnings and Infos do not break conformance."""
        return not any(result.severity == "Violation" for result in self.results)

    @property
    def severities(self) -> dict[str, int]:
        """Number of results per severity, also where it is 0."""
        counts = Counter(result.severity for result in self.results)
        return {severity: counts[severity] for severity in SEVERITIES}

    @property
    def rules(self) -> dict[str, int]:
        """Number of results per rule."""
        return dict(sorted(Counter(result.shape for result in self.results).items()))


def make_report(results: Iterable[Result], engine: str) -> Report:
    """Put results in order; those of shapes with one identity become one, with the origins of all; cells stay one by one."""
    merged: dict[str, Result] = {}
    counted: dict[str, int] = {}
    for result in sorted(results, key=lambda result: result.sort_key):
        identity = result.id
        known = merged.get(identity)
        if known is None:
            merged[identity] = result
        elif result.component != TABLE:
            merged[identity] = replace(known, origin=tuple(sorted({*known.origin, *result.origin})))
        else:
            occurrence = counted[identity] = counted.get(identity, 1) + 1
            again = replace(result, occurrence=occurrence)
            merged[again.id] = again
    return Report(engine, tuple(merged.values()))


def exit_code(report: Report, fail_on: str = "violation") -> int:
    """Return 0 where nothing reaches the threshold, else 1.

    Args:
        report: The report.
        fail_on: The least severity that counts: `violation`, `warning`, `info`, or `never`.

    Raises:
        ValidationError: There is no such threshold.

    >>> exit_code(Report("reference", ()))
    0
    """
    if fail_on not in FAIL_ON:
        known = ", ".join(FAIL_ON)
        what = Text(f"There is no threshold {fail_on!r}.", f"Die Schwelle {fail_on!r} gibt es nicht.")
        raise ValidationError(what, where="--fail-on", fix=Text(f"Use one of {known}.", f"Möglich sind {known}."))
    if fail_on == "never":
        return 0
    counted = SEVERITIES[: FAIL_ON.index(fail_on) + 1]
    return int(any(result.severity in counted for result in report.results))


FIELDS = ("severity", "shape", "component", "focus", "focus_label", "path", "value", "message", "expected", "found", "origin")
"""Keys of a result in JSON after `id`, in order."""

# --- JSON ----------------------------------------------------------------------------------------------------------------


def json_parts(report: Report, *, results: Sequence[Result] | None = None, more: Mapping[str, object] | None = None) -> Iterator[str]:
    """Yield the report as JSON, two blanks indented, with a line end: its keys as contracts, section 6 fixes them.

    Args:
        report: What was found; the counts are of all of it.
        results: Those that are listed; all by default.
        more: Further keys, before `results`.

    In parts, because a report on a whole programme has a hundred thousand results; written by hand around the encoder of strings, because
    the standard encoder indents in Python and takes ten times as long.
    """
    counts = {"severity": report.severities, "rule": report.rules}
    head = {"conforms": report.conforms, "engine": report.engine, "counts": counts, **(more or {})}
    listed = report.results if results is None else results
    yield json.dumps(head, ensure_ascii=False, indent=2)[:-2] + ',\n  "results": ['
    messages: dict[int, str] = {}
    for number, result in enumerate(listed):
        yield f"{',' if number else ''}\n    {_result_json(result, messages)}"
    yield "\n  ]\n}\n" if listed else "]\n}\n"


def _result_json(result: Result, messages: dict[int, str]) -> str:
    """Return a result as JSON; the texts of a rule, the same object in all its results, are encoded once."""
    key = id(result.message)
    if key not in messages:
        messages[key] = json.dumps(dict(result.message), ensure_ascii=False, indent=2).replace("\n", "\n      ")
    values = {name: _quoted(getattr(result, name)) for name in FIELDS if name not in ("message", "origin")}
    places = ",".join(f'\n        {{\n          "file": {_quoted(place.file)},\n          "row": {place.row}\n        }}' for place in result.origin)
    values |= {"id": _quoted(result.id), "message": messages[key], "origin": f"[{places}\n      ]" if places else "[]"}
    lines = ",\n".join(f'      "{name}": {values[name]}' for name in ("id", *FIELDS))
    return f"{{\n{lines}\n    }}"


_quoted = json.JSONEncoder(ensure_ascii=False).encode


def to_json(report: Report) -> str:
    """Return the report as JSON (see :func:`json_parts`)."""
    return "".join(json_parts(report))


def from_json(text: str) -> Report:
    """Read a report back.

    >>> from_json(to_json(Report("reference", ()))) == Report("reference", ())
    True
    """
    data = json.loads(text)
    results = []
    for item in data["results"]:
        values = {name: item[name] for name in FIELDS}
        results.append(Result(**{**values, "origin": tuple(Origin(place["file"], place["row"]) for place in item["origin"])}))
    return make_report(results, data["engine"])


# --- Turtle --------------------------------------------------------------------------------------------------------------

_LOCAL = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")
_USED = ("innosh", "dcterms", "inno", "sh", "xsd")
_NOT_IN_IRI = re.compile(r"[\x00-\x20<>\"{}|\\^`]")


def turtle_parts(report: Report) -> Iterator[str]:
    """Yield the report as a `sh:ValidationReport` (SHACL, section 3.6); origins are added as `dcterms:source "file#row"`."""
    yield "".join(f"@prefix {prefix}: <{PREFIXES[prefix]}> .\n" for prefix in _USED)
    if not report.results:
        yield "\n[] a sh:ValidationReport ; sh:conforms true .\n"
        return
    yield "\n[] a sh:ValidationReport ;\n    sh:conforms false ;\n    sh:result\n"
    for number, result in enumerate(report.results):
        yield f"{' ,' if number else ''}{chr(10) if number else ''}{_result_turtle(result)}"
    yield " .\n"


def to_turtle(report: Report) -> str:
    """Return the report as Turtle (see :func:`turtle_parts`)."""
    return "".join(turtle_parts(report))


def _result_turtle(result: Result) -> str:
    table = result.component == TABLE
    facts = [
        ("a", "sh:ValidationResult"),
        ("sh:focusNode", term_text(literal(result.focus)) if table else _term(result.focus)),
        ("sh:resultSeverity", f"sh:{result.severity}"),
        ("sh:sourceShape", _term(result.shape)),
        ("sh:sourceConstraintComponent", _iri(INNOSH[TABLE]) if table else _term(result.component)),
    ]
    if result.path:
        facts.append(("sh:resultPath", _iri(f"{BASE}column/{quote(result.path, safe='')}") if table else _path(parse_path(result.path))))
    if result.value:
        facts.append(("sh:value", term_text(literal(result.value)) if table else _term(result.value)))
    facts += [("sh:resultMessage", term_text(literal(text, language=lang))) for lang, text in sorted(result.message.items())]
    facts += [("dcterms:source", term_text(literal(f"{place.file}#{place.row}"))) for place in result.origin]
    return "        [ " + " ;\n          ".join(f"{predicate} {value}" for predicate, value in facts) + " ]"


def _term(text: str) -> str:
    return text if text.startswith(('"', "_:")) else _iri(text)


def _iri(iri: str) -> str:
    short = curie(iri)
    prefix, _, local = short.partition(":")
    if short != iri and prefix in _USED and _LOCAL.match(local):
        return short
    return "<" + _NOT_IN_IRI.sub(lambda match: f"\\u{ord(match.group()):04X}", iri) + ">"


def _path(path: PropertyPath) -> str:
    operator, *parts = path
    if operator == "iri":
        return _iri(str(parts[0]))
    items = [_path(part) for part in parts if isinstance(part, tuple)]
    if operator == "/":
        return f"( {' '.join(items)} )"
    if operator == "|":
        return f"[ sh:alternativePath ( {' '.join(items)} ) ]"
    return f"[ sh:{_OPERATORS[operator]} {items[0]} ]"


# --- Property paths ------------------------------------------------------------------------------------------------------

PropertyPath: TypeAlias = tuple[Any, ...]
"""A property path: `("iri", IRI)`, or an operator (`/ | ^ * + ?`) followed by paths."""

_OPERATORS = {"^": "inversePath", "*": "zeroOrMorePath", "+": "oneOrMorePath", "?": "zeroOrOnePath"}
_TOKEN = re.compile(r"<([^>]*)>|([/|^*+?()])")


def path_text(path: PropertyPath) -> str:
    """Write a property path; a single property stands for itself.

    >>> path_text(("/", ("^", ("iri", "http://e/a")), ("iri", "http://e/b")))
    '^<http://e/a>/<http://e/b>'
    """
    return str(path[1]) if path[0] == "iri" else _path_part(path, 0)


def _path_part(path: PropertyPath, level: int) -> str:
    operator, *parts = path
    if operator == "iri":
        return f"<{parts[0]}>"
    rank = {"|": 1, "/": 2, "^": 3}.get(operator, 4)
    if operator in "/|":
        text = operator.join(_path_part(part, rank) for part in parts)
    else:
        inner = _path_part(parts[0], rank)
        text = f"^{inner}" if operator == "^" else f"{inner}{operator}"
    return f"({text})" if rank <= level else text


def parse_path(text: str) -> PropertyPath:
    """Read a property path back.

    >>> parse_path("^<http://e/a>/(<http://e/b>|<http://e/c>)*")[0]
    '/'
    >>> parse_path("http://e/a")
    ('iri', 'http://e/a')
    """
    if "<" not in text:
        return ("iri", text)
    path, rest = _alternatives([match.group() for match in _TOKEN.finditer(text)])
    if rest:
        raise ValueError(f"not a property path: {text}")
    return path


_Parsed: TypeAlias = tuple[PropertyPath, list[str]]


def _alternatives(tokens: list[str]) -> _Parsed:
    return _joined(tokens, "|", lambda rest: _joined(rest, "/", _step))


def _joined(tokens: list[str], operator: str, read: Callable[[list[str]], _Parsed]) -> _Parsed:
    first, rest = read(tokens)
    parts = [first]
    while rest and rest[0] == operator:
        part, rest = read(rest[1:])
        parts.append(part)
    return (parts[0] if len(parts) == 1 else (operator, *parts)), rest


def _step(tokens: list[str]) -> _Parsed:
    if not tokens:
        raise ValueError("property path ends early")
    sign, rest = tokens[0], tokens[1:]
    path: PropertyPath
    if sign == "^":
        inner, rest = _step(rest)
        return ("^", inner), rest
    if sign == "(":
        path, rest = _alternatives(rest)
        rest = rest[1:]
    else:
        path = ("iri", sign[1:-1])
    while rest and rest[0] in ("*", "+", "?"):
        path, rest = (rest[0], path), rest[1:]
    return path, rest


def path_steps(path: PropertyPath) -> list[tuple[str, bool]]:
    """Return the properties a path begins with, each with whether it is followed backwards.

    >>> path_steps(parse_path("^<http://e/a>/<http://e/b>"))
    [('http://e/a', True)]
    """
    operator, *parts = path
    if operator == "iri":
        return [(str(parts[0]), False)]
    if operator == "|":
        return [step for part in parts for step in path_steps(part)]
    if operator == "^":
        return [(iri, not back) for iri, back in path_steps(parts[0])]
    return path_steps(parts[0])


def readable_path(text: str) -> str:
    """Return a path with short names, for people.

    >>> readable_path("^<https://w3id.org/innokg/ontology#inInitiative>")
    '^inno:inInitiative'
    """
    if "<" not in text:
        return curie(text)
    return re.sub(r"<([^>]*)>", lambda match: curie(match.group(1)), text)


def readable_term(text: str) -> str:
    """Return a term for people: short name, or the literal's text with language or datatype where it says something.

    >>> readable_term('"2016"^^<http://www.w3.org/2001/XMLSchema#gYear>')
    '2016 (xsd:gYear)'
    """
    if not text.startswith('"'):
        return curie(text)
    term = parse_literal(text)
    if term.language:
        return f"{term.value} (@{term.language})"
    return term.value if term.datatype == XSD.string else f"{term.value} ({curie(term.datatype)})"


_LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"(?:@([A-Za-z0-9-]+)|\^\^<([^>]*)>)?\Z', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_UNESCAPED = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


def parse_literal(text: str) -> Term:
    """Read a literal as N-Triples writes it.

    >>> parse_literal('"a"@de').language
    'de'
    """
    match = _LITERAL.match(text)
    if match is None:
        raise ValueError(f"not a literal: {text[:80]}")
    return literal(_ESCAPE.sub(_unescaped, match.group(1)), match.group(3) or "", match.group(2) or "")


def _unescaped(match: re.Match[str]) -> str:
    code = match.group(1) or match.group(2)
    return chr(int(code, 16)) if code else _UNESCAPED.get(match.group(3), match.group(3))
