"""Texts of queries: what is refused, prefixes, and parameters bound as terms (SPARQL 1.1, sections 10 and 16)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from kg.errors import QueryError, Text
from kg.grammar import calls

if TYPE_CHECKING:
    from kg.store.base import Node

MAX_QUERY = 1024 * 1024
_SHORT = 8192
"""Queries up to this length are read once and remembered."""

# A string that nobody closes ends with the text, so that the time stays linear; a comment ends at CR, too.
_TOKEN = re.compile(
    r'(?P<skip>"""(?:[^"\\]|\\.|"(?!""))*(?:""")?|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*(?:\'\'\')?|"(?:[^"\\\n]|\\.)*"?|\'(?:[^\'\\\n]|\\.)*\'?'
    r"|<[^\s<>\"{}|^`\\]*>|\#[^\n\r]*)|(?P<word>[?$]?[A-Za-z_][\w:.-]*)|(?P<brace>[{}])|.",
    re.DOTALL,
)


def keywords(sparql: str) -> Sequence[tuple[str, int]]:
    """Return the words and braces of a query outside strings, IRIs and comments, upper case, with their position."""
    return _kept_words(sparql) if len(sparql) <= _SHORT else _words(sparql)


def _words(sparql: str) -> tuple[tuple[str, int], ...]:
    return tuple((match.group().upper(), match.start()) for match in _TOKEN.finditer(sparql) if match.lastgroup in ("word", "brace"))


# A page asks the same texts with other terms, and one question looks at its text three times.
_kept_words = lru_cache(maxsize=256)(_words)


def refuse_unsafe(sparql: str) -> None:
    """Refuse what is no question: an update, or a query that would make the store call another address.

    Raises:
        QueryError: The text is no read query, holds SERVICE, or is longer than the limit.
    """
    if len(sparql) > MAX_QUERY:
        what = Text(f"The query is longer than {MAX_QUERY} characters.", f"Die Abfrage ist länger als {MAX_QUERY} Zeichen.")
        raise QueryError(what, fix=Text("Ask for less at a time.", "Fragen Sie weniger auf einmal."))
    words = {word for word, _ in keywords(sparql)}
    if not words & {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}:
        what = Text("The text is no SPARQL question.", "Der Text ist keine SPARQL-Frage.")
        fix = Text(
            "Begin with SELECT, ASK, CONSTRUCT or DESCRIBE; a graph is never changed by a query.",
            "Beginnen Sie mit SELECT, ASK, CONSTRUCT oder DESCRIBE; eine Abfrage ändert den Graphen nie.",
        )
        raise QueryError(what, fix=fix)
    try:
        federated = calls(sparql)
    except SyntaxError:
        federated = False  # whoever answers says where it is wrong
    if federated:
        what = Text(
            "SERVICE is refused: the store would call another address.", "SERVICE wird abgelehnt: Der Speicher würde eine andere Adresse aufrufen."
        )
        fix = Text(
            "Ask that endpoint by itself with --store, and join the results.",
            "Fragen Sie jenen Endpunkt für sich mit --store, und verbinden Sie die Ergebnisse.",
        )
        raise QueryError(what, fix=fix)


def form(sparql: str) -> str:
    """Return the form of a query: SELECT, ASK, CONSTRUCT or DESCRIBE; empty where it has none."""
    return next((word for word, _ in keywords(sparql) if word in ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")), "")


def prefixes(sparql: str) -> dict[str, str]:
    """Return the known prefixes that a text may use: those it declares itself win, and one too many does no harm."""
    from kg.namespaces import PREFIXES

    return {prefix: iri for prefix, iri in PREFIXES.items() if f"{prefix}:" in sparql}


def with_prefixes(sparql: str) -> str:
    """Declare the known prefixes that a query uses and does not declare, on a line of their own in front."""
    from kg.namespaces import PREFIXES

    words = [match.group() for match in _TOKEN.finditer(sparql) if match.lastgroup == "word"]
    declared = {words[number + 1].split(":")[0] for number, word in enumerate(words[:-1]) if word.upper() == "PREFIX"}
    used = {word.split(":", 1)[0] for word in words if ":" in word}
    missing = sorted(prefix for prefix in used - declared if prefix in PREFIXES)
    return "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}> " for prefix in missing) + ("\n" if missing else "") + sparql


def bind(sparql: str, bindings: Mapping[str, Node] | None) -> str:
    """Put terms into the outermost WHERE as a `VALUES` block; terms are serialised by pyoxigraph, never by string formatting of user text.

    A block `VALUES (?a ?b) { (UNDEF UNDEF) }` further inside takes them too: it is how a query says that a subquery has the parameter as well, so
    that an aggregate over everything becomes one over what was asked for.

    Raises:
        QueryError: The query has no WHERE to bind in.
    """
    if not bindings:
        return sparql
    sparql = _ANY_VALUE.sub(lambda block: _values(block, bindings), sparql)
    names = " ".join(f"?{name}" for name in bindings)
    block = f"VALUES ({names}) {{ ({' '.join(str(term) for term in bindings.values())}) }}"
    words = keywords(sparql)
    if any(one == "CONSTRUCT" and other == "WHERE" for (one, _), (other, _) in pairwise(words)):
        # The short form allows triples alone between its braces (SPARQL 1.1, section 16.2.4).
        return f"{sparql}\n{block}"
    depth, before, template = 0, "", False
    for word, position in words:
        if word == "{":
            template = template or (depth == 0 and before == "CONSTRUCT")
            if depth == 0 and not template:
                return f"{sparql[: position + 1]} {block} {sparql[position + 1 :]}"
            depth += 1
        elif word == "}":
            depth -= 1
            template = template and depth > 0
        before = word
    what = Text("The query has no WHERE block to bind parameters in.", "Die Abfrage hat keinen WHERE-Block für die Parameter.")
    raise QueryError(what, fix=Text("Write WHERE { … }.", "Schreiben Sie WHERE { … }."))


_ANY_VALUE = re.compile(r"VALUES\s*\((?P<names>(?:\s*\?\w+)+)\s*\)\s*\{\s*\((?:\s*UNDEF)+\s*\)\s*\}")


def _values(block: re.Match[str], bindings: Mapping[str, Node]) -> str:
    names = block["names"].split()
    terms = (str(bindings[name[1:]]) if name[1:] in bindings else "UNDEF" for name in names)
    return f"VALUES ({' '.join(names)}) {{ ({' '.join(terms)}) }}"


_POSITION = re.compile(r"(?:error at |at )?(\d+):(\d+)")


def syntax_error(sparql: str, sent: str, message: str) -> QueryError:
    """Say where a query is wrong: line, column, excerpt with a caret, and one sentence of help."""
    match = _POSITION.search(message)
    if not match or not sent.endswith(sparql):
        what = Text(f"The query is no valid SPARQL: {message}.", f"Die Abfrage ist kein gültiges SPARQL: {message}.")
        return QueryError(what, fix=Text("Check it near the place named.", "Prüfen Sie sie bei der genannten Stelle."))
    line, column = int(match.group(1)) - sent[: len(sent) - len(sparql)].count("\n"), int(match.group(2))
    lines = sparql.splitlines() or [""]
    excerpt = lines[min(line, len(lines)) - 1]
    start = max(0, column - 60)
    shown = excerpt[start : start + 120]
    caret = " " * max(0, column - 1 - start) + "^"
    undeclared = re.search(r"[Pp]refix not found", message)
    fix = Text("Check brackets, dots and keywords there.", "Prüfen Sie dort Klammern, Punkte und Schlüsselwörter.")
    if undeclared:
        fix = Text("A prefix is not declared; add a PREFIX line.", "Ein Präfix ist nicht erklärt; ergänzen Sie eine PREFIX-Zeile.")
    what = Text(f"The query is no valid SPARQL.\n  {shown}\n  {caret}\n ", f"Die Abfrage ist kein gültiges SPARQL.\n  {shown}\n  {caret}\n ")
    return QueryError(what, where=f"line {line}, column {column}", fix=fix)
