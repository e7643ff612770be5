"""Web addresses and identifiers of other registers, in the form the tables want (RFC 3986; the schemes of :mod:`kg.identifiers`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

from kg.errors import IdentifierError, Text
from kg.fix.model import SURE, Repair
from kg.identifiers import split_identifier

SCHEME = Text("A web address begins with http:// or https://.", "Eine Webadresse beginnt mit http:// oder https://.")
SPACES = Text("A web address holds no blanks.", "Eine Webadresse enthält keine Leerzeichen.")
BRACKETS = Text("Only the address itself belongs into the cell.", "In die Zelle gehört nur die Adresse selbst.")
SIGNS = Text(
    "Some signs stand as percent codes in a web address (RFC 3986).", "Manche Zeichen stehen in einer Webadresse als Prozentfolge (RFC 3986)."
)
LINK = Text(
    "The table wants scheme and value, such as ror:…, not the web address of the entry.",
    "Die Tabelle will Kürzel und Wert, etwa ror:…, nicht die Webadresse des Eintrags.",
)
BARE = Text(
    "The value has the form of this register only; the table wants its name before it.",
    "Der Wert hat nur in diesem Register diese Form; die Tabelle will dessen Kürzel davor.",
)
SPELLING = Text(
    "The identifier is right; only capitals, blanks or its beginning differ from the agreed form.",
    "Die Kennung stimmt; nur Großschreibung, Leerzeichen oder ihr Anfang weichen von der Form ab.",
)

_URL = re.compile(r"https?://[^\s<>\"{}|\\^`]+\Z")
_HOST = re.compile(r"(?P<host>(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,24})(?::[0-9]+)?(?:[/?#]\S*)?\Z")
_BROKEN = re.compile(r"(?:h?t{1,3}ps?|https?)(?::/{0,3}|/{1,3}|;//|:\\\\)(?=[^/:])", re.I)
_MARKDOWN = re.compile(r"\[[^\]]*\]\((?P<url>[^)\s]+)\)\Z")
_AROUND_SIGNS = re.compile(r"(?<=[/.:?&=])\s+|\s+(?=[/.:?&=])")


def host_of(url: str) -> str:
    """Return the host of a web address, in small letters, or empty.

    >>> host_of("https://www.T-factor.eu/x")
    'www.t-factor.eu'
    """
    match = re.match(r"https?://([^/?#:]+)", url)
    return match[1].casefold() if match else ""


def url_forms(value: str, hosts: Mapping[str, str]) -> list[Repair]:
    """Return what a faulty web address can be meant as.

    Args:
        value: The cell, trimmed.
        hosts: `http` or `https` by host, of the addresses that the tables hold already.

    >>> url_forms("www.example.org/x", {"www.example.org": "http"})[0].after
    'http://www.example.org/x'
    >>> [repair.after for repair in url_forms("https:// www.example.org/a b", {})]
    ['https://www.example.org/ab', 'https://www.example.org/a%20b']
    """
    if _URL.match(value):
        return []
    text, score, reason = value, SURE, SCHEME
    match = _MARKDOWN.match(text)
    stripped = match["url"] if match else text.strip("<>\"'„“”‚‘’ ").rstrip(",;")
    if stripped != text:
        text, reason = stripped, BRACKETS
    joined = _AROUND_SIGNS.sub("", text)
    if joined != text:
        text, reason = joined, SPACES
    begun = _BROKEN.match(text)
    if begun and not text.startswith(("http://", "https://")):
        kind = "https" if "s" in begun.group().casefold() else "http"
        score = SURE if re.match(r"https?://", text, re.I) else 0.95
        text, reason = f"{kind}://{text[begun.end() :]}", SCHEME
    elif not text.startswith(("http://", "https://")):
        bare = text.removeprefix("//")
        host = _HOST.match(re.sub(r"\s+", "", bare))
        if host is None or "@" in bare:
            return []
        known = hosts.get(host["host"].casefold(), "")
        text, reason, score = f"{known or 'https'}://{bare}", SCHEME, 0.95 if known else 0.9
    if not re.search(r"\s", text) and not _URL.match(text):
        text, reason, score = quote(text, safe=":/?#[]@!$&'()*+,;=%~-._"), SIGNS, min(score, 0.95)
    if re.search(r"\s", text):
        ways = ((re.sub(r"\s+", "", text), 0.8), (re.sub(r"\s+", "%20", text), 0.6))
        return [Repair(after, "url", way, SPACES) for after, way in ways if _URL.match(after)]
    return [Repair(text, "url", score, reason)] if _URL.match(text) and text != value else []


_PAGES = (
    ("ror", re.compile(r"ror\.org/(?P<value>0[a-z0-9]{8})/?\Z", re.I)),
    ("wikidata", re.compile(r"wikidata\.org/(?:wiki|entity)/(?P<value>Q[0-9]+)/?\Z", re.I)),
    ("gnd", re.compile(r"d-nb\.info/gnd/(?P<value>[0-9X-]+)/?\Z", re.I)),
    ("cordis", re.compile(r"cordis\.europa\.eu/project/(?:id/)?(?P<value>[0-9]{6,9})(?:/[a-z]{2})?/?\Z", re.I)),
    ("doi", re.compile(r"(?:dx\.)?doi\.org/(?P<value>10\.\S+)\Z", re.I)),
    ("grid", re.compile(r"grid\.ac/institutes/(?P<value>grid\.[0-9]+\.[0-9a-f]+)/?\Z", re.I)),
)
_BARE = (
    ("ror", re.compile(r"0[a-z0-9]{8}\Z", re.I)),
    ("grid", re.compile(r"grid\.[0-9]+\.[0-9a-f]+\Z", re.I)),
    ("wikidata", re.compile(r"Q[1-9][0-9]*\Z", re.I)),
    ("doi", re.compile(r"10\.[0-9]{4,9}/\S+\Z")),
)
_LOWER = ("ror", "grid")
_UPPER = ("wikidata", "gnd")


def _agreed(scheme: str, value: str) -> str:
    """Return `scheme:value`, letters as the register writes them; empty where it is no identifier."""
    value = value.lower() if scheme in _LOWER else value.upper() if scheme in _UPPER else value
    text = f"{scheme}:{value}"
    try:
        split_identifier(text)
    except IdentifierError:
        return ""
    return text


def identifier_form(part: str) -> Repair | None:
    """Return an identifier in the agreed form; `None` where it has it already, or nobody can tell.

    >>> identifier_form("https://ror.org/01k97gp34").after, identifier_form("ROR 01K97GP34").after, identifier_form("Q685557").after
    ('ror:01k97gp34', 'ror:01k97gp34', 'wikidata:Q685557')
    >>> identifier_form("ror:01k97gp35") is None, identifier_form("999986096") is None
    (True, True)
    """
    page = re.sub(r"\A(?:https?:)?(?://)?(?:www\.)?", "", part, flags=re.I)
    for scheme, pattern in _PAGES:
        match = pattern.match(page)
        if match and (agreed := _agreed(scheme, match["value"])):
            return Repair(agreed, "iri", SURE, LINK)
    named = re.match(r"(?P<scheme>ror|grid|wikidata|gnd|cordis|pic|doi|eu-grant)(?:\s*[:=]\s*|\s+)(?P<value>\S+)\Z", part, re.I)
    if named:
        value = re.sub(r"\A(?:https?:)?//\S*/(?=[^/]+\Z)", "", named["value"])
        agreed = _agreed(named["scheme"].lower(), value)
        return Repair(agreed, "identifier", SURE, SPELLING) if agreed and agreed != part else None
    for scheme, pattern in _BARE:
        if pattern.match(part) and (agreed := _agreed(scheme, part)):
            return Repair(agreed, "identifier", 0.95, BARE)
    return None
