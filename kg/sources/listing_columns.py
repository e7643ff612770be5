"""Cells of a project list become values: dates, amounts, identifiers, countries, codes and keys, all by columns.

Every function takes a column of clean texts and gives a column of texts in the one spelling that is stored; empty where the cell is empty or cannot
be read, so that a filled cell with an empty value is a cell to report. The regular expressions keep to what RE2 and Java share.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kg.identifiers import PATTERNS
from kg.namespaces import INNO
from kg.sources.columns import BROKEN_ESCAPE, FOLDED, URL, canonical_decimal
from kg.sources.columns import slug as ascii_slug

if TYPE_CHECKING:
    from kg.engine.base import Engine

MAX_SLUG = 80
"""Characters of the longest readable slug; a longer one is cut and ends in a checksum."""

_LETTERS = r"[\p{P}\p{S}\p{Z}\p{C}\p{M}]"
_UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "ae", "Ö": "oe", "Ü": "ue", "ẞ": "ss"}
_THOUSANDS = {".": r"[,' ’\x{A0}\x{202F}]", ",": r"[.' ’\x{A0}\x{202F}]"}
_SYMBOLS = {"EUR": "€", "USD": r"\$", "GBP": "£", "CHF": r"Fr[.]?"}
_NOT_IN_IRI = {
    "<": "%3C",
    ">": "%3E",
    '"': "%22",
    "{": "%7B",
    "}": "%7D",
    "|": "%7C",
    "\\": "%5C",
    "^": "%5E",
    "`": "%60",
    "[": "%5B",
    "]": "%5D",
    " ": "%20",
}
_UCSCHAR = r"^[\x21-\x7E\x{A0}-\x{D7FF}\x{F900}-\x{FDCF}\x{FDF0}-\x{FFEF}\x{10000}-\x{1FFFD}\x{20000}-\x{2FFFD}\x{30000}-\x{3FFFD}]*$"
_HOST = r"^https?://[A-Za-z0-9\x{A1}-\x{D7FF}][A-Za-z0-9._~\x{A1}-\x{D7FF}-]*(:[0-9]{1,5})?([/?#]|$)"
_PREFIX = {
    "ror": r"(?i)^(?:https?://)?(?:www[.])?ror[.]org/|^ror:",
    "wikidata": r"^(?:https?://)?(?:www[.])?wikidata[.]org/(?:entity|wiki)/|^wikidata:",
    "doi": r"(?i)^(?:https?://)?(?:dx[.])?doi[.]org/|^doi:",
    "cordis": r"^(?:https?://)?cordis[.]europa[.]eu/project/id/|^cordis:",
}
"""What people write before an identifier: its address or the name of its scheme."""
_ASKED = {
    "grid": r"^grid[.][0-9]{3,6}[.][0-9a-f]{1,2}$",
    "cordis-rcn": r"^[0-9]{3,7}$",
    "eu-grant": r"^[0-9A-Z]+([-/._][0-9A-Z]+)+$",
}
"""Where `innosh:IdentifierShape-form` asks for more than :data:`kg.identifiers.PATTERNS`."""
_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


def fold(text: Any) -> Any:
    """Return a wording without regard to case and blanks, as :func:`kg.sources.listing_mapping.fold` does."""
    return text.re_replace(r"[\s\p{Z}]+", " ").strip().lower()


def with_slug(engine: Engine, table: Any, column: str, target: str) -> Any:
    """Add the slugs of a column of names: German letters spelled out, accents dropped; empty where the name is.

    Where letters other than Latin ones are lost (Greek, say), or nothing is left, 12 hex digits of SHA-256 of the folded name follow.
    """
    import ibis

    # In steps over the distinct names: one expression for all of it would repeat its parts many times.
    names = table.select(name=table[column]).filter(ibis._.name != "").distinct()
    spelled = names.name
    for letter, plain in _UMLAUTS.items():
        spelled = spelled.replace(letter, plain)
    letters = engine.call("strip_accents", spelled.lower()).re_replace(_LETTERS, "")
    steps = engine.cache(
        names.select(
            "name",
            plain=ascii_slug(engine, spelled),
            kept=ascii_slug(engine, letters).length(),
            there=_folded_letters(letters).length(),
            digest=engine.call("sha256", fold(names.name)).substr(0, 12),
        )
    )
    named = ibis.cases((steps.plain == "", steps.digest), (steps.kept < steps.there, steps.plain.concat("-", steps.digest)), else_=steps.plain)
    steps = engine.cache(steps.select("name", named=named))
    short = steps.named.substr(0, MAX_SLUG - 13).re_replace("-$", "").concat("-", engine.call("sha256", steps.named).substr(0, 12))
    steps = steps.select("name", slug=ibis.ifelse(steps.named.length() > MAX_SLUG, short, steps.named))
    joined = table.left_join(steps, table[column] == steps.name, rname="{name}_of_slug")
    slug = joined["slug"].fill_null("")
    return joined.mutate(**{target: slug}).select(*table.columns, target)


def _folded_letters(letters: Any) -> Any:
    """Return letters as long as their slug is where nothing is lost: ligatures count as what they are spelled."""
    for letter, plain in FOLDED.items():
        letters = letters.replace(letter, plain)
    return letters


def lossless(engine: Engine, slug: Any, text: Any) -> Any:
    """Return the slug of an identifier with 8 hex digits of its SHA-256 behind it where the slug alone does not give the identifier back."""
    import ibis

    return ibis.ifelse((text == "") | (slug == text.lower()), slug, slug.concat("-", engine.call("sha256", text.lower()).substr(0, 8)))


def date(text: Any, forms: Sequence[str]) -> Any:
    """Return `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, as precise as the cell; the first form that gives a day of the calendar counts."""
    import ibis

    return ibis.coalesce(*(_date(text, form) for form in forms), ibis.literal(""))


def _date(text: Any, form: str) -> Any:
    """Return the date in one form, null where the cell is not of this form or names no day of the calendar."""
    import ibis

    parts = re.findall("YYYY|MM|DD|[-./ ]", form)
    # One digit is enough where something stands between the parts.
    short = "{1,2}" if any(part in "-./ " for part in parts) else "{2}"
    digits = {"YYYY": "([0-9]{4})", "MM": f"([0-9]{short})", "DD": f"([0-9]{short})"}
    pattern = "^" + "".join(digits.get(part, f"[{part}]") for part in parts) + "$"
    order = [part for part in parts if part in digits]

    def number(part: str) -> Any:
        return text.re_extract(pattern, order.index(part) + 1).nullif("").cast("int32") if part in order else ibis.literal(1)

    fits = text.re_search(pattern)
    year, month, day = number("YYYY"), number("MM"), number("DD")
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    last = ibis.cases((month.isin([4, 6, 9, 11]), 30), ((month == 2) & leap, 29), (month == 2, 28), else_=31)
    valid = fits & (year >= 1) & month.between(1, 12) & (day >= 1) & (day <= last)
    value = text.re_extract(pattern, order.index("YYYY") + 1)
    for part in ("MM", "DD"):
        if part in order:
            value = value.concat("-", text.re_extract(pattern, order.index(part) + 1).lpad(2, "0"))
    return ibis.ifelse(valid, value, ibis.null("string"))


def amount(text: Any, decimal: str, currency: str = "") -> Any:
    """Return a decimal number, 0 or more, in canonical form; marks of thousands and the currency's own sign may stand in the cell.

    Args:
        text: Cells.
        decimal: Decimal mark, `.` or `,`.
        currency: Code of the currency where it is the same for all rows.
    """
    import ibis

    bare = text
    if currency:
        signs = "|".join(filter(None, (re.escape(currency), _SYMBOLS.get(currency, ""))))
        bare = bare.re_replace(rf"^(?:{signs})[\s\p{{Z}}]*|[\s\p{{Z}}]*(?:{signs})$", "")
    mark, thousands = f"[{decimal}]", _THOUSANDS[decimal]
    pattern = rf"^(?:[0-9]{{1,15}}|[0-9]{{1,3}}(?:{thousands}[0-9]{{3}}){{1,4}})(?:{mark}[0-9]{{1,6}})?$"
    plain = bare.re_replace(thousands, "").replace(decimal, ".")
    return ibis.ifelse(bare.re_search(pattern), canonical_decimal(plain), "")


def identifier(scheme: str, text: Any) -> Any:
    """Return an identifier of a scheme without the address before it, empty where form or check digits are wrong."""
    import ibis

    value = text.re_replace(_PREFIX[scheme], "") if scheme in _PREFIX else text
    value = value.lower() if scheme == "ror" else value
    holds = value.re_search("^" + PATTERNS[scheme].pattern.replace(r"\Z", "$"))
    if scheme in _ASKED:
        holds = holds & value.re_search(_ASKED[scheme])
    if scheme == "ror":
        holds = holds & _ror_checks(value)
    return ibis.ifelse(holds, value, "")


def _ror_checks(value: Any) -> Any:
    """Tell whether the check digits of a ROR id hold (ISO/IEC 7064 MOD 97-10)."""
    import ibis

    number = ibis.literal(0, "int64")
    for position in range(7):
        number = number * 32 + ibis.literal(_CROCKFORD).find(value.substr(position, 1)).cast("int64")
    # An empty text where the form is wrong: the cast must not fail on it.
    check = value.re_extract(r"([0-9]{2})$", 1).nullif("").cast("int64")
    return (98 - (number * 100) % 97 == check).fill_null(False)


def url(text: Any) -> Any:
    """Return an http(s) address as an IRI, characters that no IRI may hold percent-encoded; empty where it is none."""
    import ibis

    encoded = iri_text(text)
    holds = encoded.re_search(URL) & encoded.re_search(_HOST) & encoded.re_search(_UCSCHAR) & ~encoded.re_search(BROKEN_ESCAPE)
    return ibis.ifelse(holds, encoded, "")


def iri_text(text: Any) -> Any:
    """Return a text with what no IRI may hold percent-encoded (RFC 3987, section 2.2)."""
    for character, escape in _NOT_IN_IRI.items():
        text = text.replace(character, escape)
    return text


def coded(text: Any, pairs: Mapping[str, str]) -> Any:
    """Return the code of each wording of a value map, empty where it has none."""
    import ibis

    if not pairs:
        return ibis.literal("")
    wording = fold(text)
    # Folded by the engine on both sides, so that both fold alike.
    return ibis.cases(*((wording == fold(ibis.literal(known)), value) for known, value in pairs.items()), else_="")


def participation_key(engine: Engine, project: Any, organisation: Any, role: Any) -> Any:
    """Return the key of a participation as :func:`kg.identifiers.node_key` makes it, from three columns of IRIs."""
    import ibis

    # Sorted by predicate IRI already: inInitiative, participant, role.
    lines = ibis.literal(f"<{INNO.inInitiative}> <").concat(
        project, f"> .\n<{INNO.participant}> <", organisation, f"> .\n<{INNO.role}> <", role, "> ."
    )
    return engine.call("sha256", lines).substr(0, 16)
