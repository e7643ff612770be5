"""Text columns become statements: the pieces that every mapping by columns is made of. Pure Ibis; no engine is named here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from kg.namespaces import RDF, XSD
from kg.quads import COLUMNS

if TYPE_CHECKING:
    from kg.engine.base import Engine

CONTROL = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x{9F}\x{FFFE}\x{FFFF}]"
"""Control characters (Unicode category Cc) but tab, line feed and carriage return, and the two non-characters that XML refuses."""

FOLDED = {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
"""Letters that lose nothing but a stroke or a ligature in a slug, and are no letter with an accent to Unicode."""

# From the year 1000 on: XSD 1.0 has no year 0, and nothing funded is older.
DATE = r"^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$"
MOMENT = r"^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}[ T]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$"
# 18 digits on either side of the point are what the store computes with.
DECIMAL = r"^-?[0-9]{1,18}([.][0-9]{1,18})?$"
NATURAL = r"^[0-9]{1,18}$"
URL = r"^https?://[^\s/?#\"<>{}|\\^`\[\]@%]+([/?][^\s\"<>{}|\\^`\[\]#]*)?(#[^\s\"<>{}|\\^`\[\]#]*)?$"
BROKEN_ESCAPE = r"%($|[^0-9A-Fa-f]|[0-9A-Fa-f]($|[^0-9A-Fa-f]))"

_HOST = r"^https?://[A-Za-z0-9\x{A1}-\x{D7FF}][A-Za-z0-9._~\x{A1}-\x{D7FF}-]*(:[0-9]{1,5})?([/?#]|$)"
_IN_IRI = r"^[\x21-\x7E\x{A0}-\x{D7FF}\x{F900}-\x{FDCF}\x{FDF0}-\x{FFEF}\x{10000}-\x{1FFFD}\x{20000}-\x{2FFFD}\x{30000}-\x{3FFFD}]*$"
_ESCAPED = ' "<>[]\\^`{|}'
"""What no IRI holds outside its host and people write nonetheless (RFC 3987, section 2.2)."""


def clean(engine: Engine, text: Any) -> Any:
    """Return text in Unicode normal form C, without control characters (:data:`CONTROL`), without blanks of any kind at its ends."""
    # Control characters go first: one between a letter and its accent would keep them apart.
    return trimmed(engine.call("nfc", text.re_replace(CONTROL, "")))


def trimmed(text: Any) -> Any:
    """Return text without blanks of any kind (Unicode category Z, tab, line breaks) at its ends."""
    return text.re_replace(r"^[\s\p{Z}]+", "").re_replace(r"[\s\p{Z}]+$", "")


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


def is_moment(text: Any) -> Any:
    """Tell whether a text is a second of a day of the calendar, `YYYY-MM-DD hh:mm:ss`."""
    return text.re_search(MOMENT) & text.left(10).try_cast("date").notnull()


def is_url(text: Any) -> Any:
    """Tell whether a text is an http(s) address that RDF can name as it stands (IRI of RFC 3987, with a host name or an IPv4 address)."""
    return text.re_search(URL) & text.re_search(_HOST) & text.re_search(_IN_IRI) & ~text.re_search(BROKEN_ESCAPE)


def web_address(text: Any) -> Any:
    """Return a text with the ASCII characters that no IRI holds percent-encoded."""
    for character in _ESCAPED:
        text = text.replace(character, f"%{ord(character):02X}")
    return text


class Check(NamedTuple):
    """What must hold for the cells of a column.

    Attributes:
        column: Name of the column.
        code: Name of the rule that a faulty cell breaks.
        holds: Whether the cell is as it should be; an empty cell is always.
        row: Whether the whole row is left out where it does not hold, not the cell alone; then an empty cell may break it, too.
    """

    column: str
    code: str
    holds: Callable[[Any], Any]
    row: bool = False


class Fact(NamedTuple):
    """A value of a property: a text expression and what kind of term it makes.

    Attributes:
        value: Text expression.
        kind: `iri` or `literal`.
        datatype: Datatype IRI of a literal, else empty.
        language: Language of a literal, else empty.
        origin: Where it stands, a text expression; the row of the table where `None`.
    """

    value: Any
    kind: str = "iri"
    datatype: str = ""
    language: str = ""
    origin: Any = None

    def at(self, file: str, row: Any) -> Fact:
        """Return the same value with another origin: a row of a file."""
        return self._replace(origin=_origin(file, row))


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

        own = _origin(file, table.row)
        places = any(fact.origin is not None for _, fact in facts)
        items = [
            {
                "predicate": ibis.literal(predicate),
                "object": fact.value,
                "kind": ibis.literal(fact.kind),
                "datatype": ibis.literal(fact.datatype),
                "language": ibis.literal(fact.language),
                **({"origin": own if fact.origin is None else fact.origin} if places else {}),
            }
            for predicate, fact in facts
        ]
        given = {} if places else {"origin": own}
        # One row per statement: an array of all facts of a row, unnested.
        long = table.select(subject=subject, **given, fact=ibis.array([ibis.struct(item) for item in items]).unnest())
        long = long.select("subject", *given, *(long.fact[name].name(name) for name in items[0]))
        long = long.filter(long.subject.notnull() & (long.subject != "") & long.object.notnull() & (long.object != ""))
        self.parts.append(long.mutate(graph=ibis.literal(self.graph)).select(*COLUMNS))

    def union(self, *others: Any) -> Any:
        """Return all statements, and those of other tables, as one expression."""
        import ibis

        return ibis.union(*self.parts, *others)


def iri(value: Any) -> Fact:
    """Return an IRI."""
    return Fact(expression(value))


def text(value: Any, language: str = "") -> Fact:
    """Return a text, in a language or without one."""
    return Fact(expression(value), "literal", RDF.langString if language else XSD.string, language)


def typed(value: Any, datatype: str) -> Fact:
    """Return a literal of a datatype; its value is canonical already."""
    return Fact(expression(value), "literal", datatype)


def expression(value: Any) -> Any:
    """Return a text as an expression; an expression stays what it is."""
    import ibis

    return ibis.literal(value) if isinstance(value, str) else value


def _origin(file: str, row: Any) -> Any:
    import ibis

    return ibis.literal(f"{file}#").concat(row.cast("string"))


# --- Expressions ---------------------------------------------------------------------------------------------------------


def joined(start: str, key: Any) -> Any:
    """Return start and key as one text, empty where the key is."""
    import ibis

    return ibis.ifelse(key == "", "", ibis.literal(start).concat(key))


def tight(*parts: Any) -> Any:
    """Return texts and columns one behind the other."""
    first, *rest = (expression(part) for part in parts)
    return first.concat(*rest)


def either(*values: Any) -> Any:
    """Return the first value that is not empty."""
    import ibis

    return ibis.coalesce(*(value.nullif("") for value in values)).fill_null("")


def where(holds: Any, value: Any) -> Any:
    """Return the value where something holds, else empty text."""
    import ibis

    return ibis.ifelse(holds, value, "")


def first_rows(table: Any, key: Sequence[str], columns: Sequence[str] = ()) -> Any:
    """Return one row per key: `row` of the first record, with these columns of it."""
    chosen = {column: table[column].argmin(table.row) for column in columns}
    return table.group_by(*key).aggregate(row=table.row.min(), **chosen)
