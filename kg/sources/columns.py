"""Text columns become statements: the pieces that every mapping by columns is made of. Pure Ibis; no engine is named here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from kg.namespaces import RDF, XSD
from kg.quads import COLUMNS

if TYPE_CHECKING:
    from kg.engine.base import Engine

CONTROL = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F\x{FFFE}\x{FFFF}]"
"""Characters that no XML and no N-Triples parser must meet: control characters but tab and line breaks, and the two non-characters."""

FOLDED = {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
"""Letters that lose nothing but a stroke or a ligature in a slug, and are no letter with an accent to Unicode."""

DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}$"
DECIMAL = r"^-?[0-9]{1,30}([.][0-9]{1,30})?$"
NATURAL = r"^[0-9]{1,18}$"
URL = r"^https?://[^\s/?#\"<>{}|\\^`\[\]@%]+([/?][^\s\"<>{}|\\^`\[\]#]*)?(#[^\s\"<>{}|\\^`\[\]#]*)?$"
BROKEN_ESCAPE = r"%($|[^0-9A-Fa-f]|[0-9A-Fa-f]($|[^0-9A-Fa-f]))"


def clean(engine: Engine, text: Any) -> Any:
    """Return text in Unicode normal form C, without control characters, without blanks at its ends."""
    return engine.call("nfc", text).re_replace(CONTROL, "").strip()


def slug(engine: Engine, text: Any) -> Any:
    """Return a slug: lower case, accents dropped, everything but letters and digits one hyphen; empty where nothing is left."""
    lower = text.lower()
    for letter, plain in FOLDED.items():
        lower = lower.replace(letter, plain)
    return engine.call("strip_accents", lower).re_replace(r"[^a-z0-9]+", "-").re_replace(r"^-|-$", "")


def canonical_decimal(text: Any) -> Any:
    """Return a decimal number (form :data:`DECIMAL`) as the stores write it: no superfluous zeros, no sign before 0."""
    import ibis

    whole = text.re_replace(r"^(-?)0+([0-9])", r"\1\2")
    short = ibis.ifelse(whole.contains("."), whole.re_replace(r"0+$", "").re_replace(r"[.]$", ""), whole)
    return ibis.ifelse(short == "-0", "0", short)


def is_date(text: Any) -> Any:
    """Tell whether a text is a day of the calendar, `YYYY-MM-DD`."""
    return text.re_search(DATE) & text.try_cast("date").notnull()


def is_url(text: Any) -> Any:
    """Tell whether a text is an http(s) address that RDF can name as it stands."""
    return text.re_search(URL) & ~text.re_search(BROKEN_ESCAPE)


class Check(NamedTuple):
    """What must hold for the cells of a column.

    Attributes:
        column: Name of the column.
        code: Name of the rule that a faulty cell breaks.
        holds: Whether the cell is as it should be; an empty cell is always.
        row: Whether the whole row is left out where it does not hold, not the cell alone.
    """

    column: str
    code: str
    holds: Callable[[Any], Any]
    row: bool = False


class Statements:
    """Collects statements of one source as expressions in the layout of the quad table.

    Args:
        graph: IRI of the named graph.
    """

    def __init__(self, graph: str) -> None:
        self.graph = graph
        self.parts: list[Any] = []

    def add(self, table: Any, file: str, subject: Any, facts: Sequence[tuple[str, Fact]]) -> None:
        """Add one statement per row and property; rows where subject or value is empty or missing give none.

        Args:
            table: Ibis table with `row`.
            file: File of the origin.
            subject: IRI of the subject, a column expression.
            facts: Properties and their values.
        """
        import ibis

        origin = ibis.literal(f"{file}#").concat(table.row.cast("string"))
        items = [
            ibis.struct(
                {
                    "predicate": ibis.literal(predicate),
                    "object": fact.value,
                    "kind": ibis.literal(fact.kind),
                    "datatype": ibis.literal(fact.datatype),
                    "language": ibis.literal(fact.language),
                }
            )
            for predicate, fact in facts
        ]
        long = table.select(subject=subject, origin=origin, fact=ibis.array(items).unnest())
        long = long.select("subject", "origin", *(long.fact[name].name(name) for name in ("predicate", "object", "kind", "datatype", "language")))
        long = long.filter(long.subject.notnull() & (long.subject != "") & long.object.notnull() & (long.object != ""))
        self.parts.append(long.mutate(graph=ibis.literal(self.graph)).select(*COLUMNS))

    def union(self, *others: Any) -> Any:
        """Return all statements, and those of other tables, as one expression."""
        import ibis

        return ibis.union(*self.parts, *others)


class Fact(NamedTuple):
    """A value of a property: a text expression and what kind of term it makes."""

    value: Any
    kind: str = "iri"
    datatype: str = ""
    language: str = ""


def iri(value: Any) -> Fact:
    """Return an IRI."""
    return Fact(_expression(value))


def text(value: Any, language: str = "") -> Fact:
    """Return a text, in a language or without one."""
    return Fact(_expression(value), "literal", RDF.langString if language else XSD.string, language)


def typed(value: Any, datatype: str) -> Fact:
    """Return a literal of a datatype; its value is canonical already."""
    return Fact(_expression(value), "literal", datatype)


def _expression(value: Any) -> Any:
    import ibis

    return ibis.literal(value) if isinstance(value, str) else value
