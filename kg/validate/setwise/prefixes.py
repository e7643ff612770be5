"""Queries of a shapes graph with their prefixes, held against the rules of pre-binding.

Source: SHACL, sections 5.2.1 (prefix declarations) and appendix "Pre-binding of Variables in SPARQL Queries".
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import TYPE_CHECKING

from kg.errors import ShapesError, Text
from kg.namespaces import OWL, XSD
from kg.validate.setwise.model import Query
from kg.validate.setwise.reading import Reader, ill_formed, show, to_term
from kg.validate.setwise.syntax import Outline, outline, tokens

if TYPE_CHECKING:
    from rdflib.term import Node

ALWAYS = ("this", "shapesGraph", "currentShape")
"""Variables that any query of a shapes graph may find bound."""

SECTION = 'appendix "Pre-binding of Variables in SPARQL Queries"'


def prefixes(reader: Reader, node: Node) -> str:
    """Return the PREFIX lines of a query's node: what `sh:prefixes/owl:imports*/sh:declare` leads to.

    Raises:
        ShapesError: A declaration is incomplete, or one prefix stands for two namespaces.
    """
    from rdflib import Literal

    todo = reader.values(node, "prefixes")
    if any(isinstance(value, Literal) for value in todo):
        raise ill_formed(node, "has a literal for sh:prefixes", "hat ein Literal für sh:prefixes", "section 5.2.1")
    seen: set[Node] = set()
    found: dict[str, str] = {}
    while todo:
        current = todo.pop()
        if current in seen:
            continue
        seen.add(current)
        todo += reader.objects(current, OWL.imports)
        for declaration in reader.values(current, "declare"):
            names, spaces = reader.values(declaration, "prefix"), reader.values(declaration, "namespace")
            texts = (XSD.string, XSD.anyURI)
            if len(names) != 1 or len(spaces) != 1 or to_term(names[0]).datatype != XSD.string or to_term(spaces[0]).datatype not in texts:
                raise ill_formed(declaration, "is no prefix declaration", "ist keine Präfixerklärung", "section 5.2.1")
            name, space = str(names[0]), str(spaces[0])
            if found.setdefault(name, space) != space:
                raise ill_formed(declaration, f"declares {name}: a second time", f"erklärt {name}: ein zweites Mal", "section 5.2.1")
    return "".join(f"PREFIX {name}: <{space}>\n" for name, space in sorted(found.items()))


def read_query(reader: Reader, node: Node, *, parameters: Collection[str] = (), bound: bool = True) -> Query:
    """Read the query of a constraint, validator or target.

    Args:
        reader: The shapes graph.
        node: What has `sh:select` or `sh:ask`.
        parameters: Names of the parameters of the component that uses it.
        bound: Whether variables are bound beforehand (they are not in a target).

    Raises:
        ShapesError: There is no query or several, it is no valid SPARQL, or pre-binding forbids it.
    """
    selects, asks = reader.values(node, "select"), reader.values(node, "ask")
    if len(selects) + len(asks) != 1 or to_term((selects + asks)[0]).datatype != XSD.string:
        raise ill_formed(node, "has no query, or several", "hat keine Abfrage oder mehrere", "section 5.2")
    query = Query(prefixes(reader, node) + str((selects + asks)[0]), bool(asks), node)
    known = outline(query.text)
    if known.ask != query.ask or not (known.ask or known.selects):
        raise ill_formed(node, "has a query of another form", "hat eine Abfrage anderer Form", "section 5.2")
    if not known.ask and "this" not in (known.selects[0].seen if known.selects[0].everything else known.selects[0].names):
        raise ill_formed(node, "has a query that does not project ?this", "hat eine Abfrage, die ?this nicht ausgibt", "section 5.2")
    if bound:
        _check_prebound(query, known, {*ALWAYS, *parameters, *(("value",) if query.ask else ())})
    _check_syntax(query)
    return query


def _check_prebound(query: Query, known: Outline, names: set[str]) -> None:
    """Refuse what pre-binding is not defined for."""
    for word in ("MINUS", "SERVICE", "VALUES"):
        if word in known.words:
            raise ill_formed(query.node, f"has a query with {word}", f"hat eine Abfrage mit {word}", SECTION)
    for name in sorted(known.made & names):
        raise ill_formed(query.node, f"has a query that makes ?{name} by AS", f"hat eine Abfrage, die ?{name} durch AS bildet", SECTION)
    if known.missing(names - {"shapesGraph", "currentShape"}):
        raise ill_formed(
            query.node,
            "has a sub-query that does not return all bound variables",
            "hat eine Unterabfrage, die nicht alle gebundenen Variablen zurückgibt",
            SECTION,
        )


def with_path(text: str, path: str) -> str:
    """Put a property path where `$PATH` stands."""
    parts, end = [], 0
    for token in tokens(text):
        if token.kind == "variable" and token.text[1:] == "PATH":
            parts += [text[end : token.start], path]
            end = token.end
    return "".join(parts) + text[end:]


@lru_cache(maxsize=512)
def _syntax_error(text: str) -> str:
    """Return what is wrong with a query, or nothing."""
    import pyoxigraph as ox

    if "SERVICE" in outline(text).words:
        return "SERVICE"
    # A path of two steps is allowed nowhere but as a predicate, and that is the only place for $PATH.
    try:
        ox.Store().query(with_path(text, "(^<urn:a>/<urn:b>)"))
    except SyntaxError as error:
        return str(error).splitlines()[0]
    return ""


def _check_syntax(query: Query) -> None:
    wrong = _syntax_error(query.text)
    if wrong:
        shown = show(query.node)
        what = Text(f"A query of the shapes is no valid SPARQL: {wrong}.", f"Eine Abfrage der Regeln ist kein gültiges SPARQL: {wrong}.")
        fix = Text("Correct it; see SHACL, section 5.2.", "Berichtigen Sie sie; siehe SHACL, Abschnitt 5.2.")
        raise ShapesError(what, where=shown, fix=fix)
