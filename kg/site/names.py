"""From an IRI to the name of its file: safe on every disk, the same in every run, and one file for each IRI.

A file name follows from its IRI alone, so that a link that is kept today leads there after the next build. A plain slug stays as it is; whatever a disk or
a server could take for something else gets a hash of the whole IRI at its end: capitals and umlauts (disks that fold them), names that Windows keeps for
devices, dots (endings are told apart by them: `x.html` and `x.de.html`), names of more than 80 letters, empty ones, and those that look like hashed ones.
"""

from __future__ import annotations

import hashlib
import re
from urllib.parse import unquote

from kg.search.fold import plain

LONGEST = 80
"""Letters of a slug that is kept whole."""
OTHER = "other"
"""Folder of things whose IRI is none of this graph's."""
_KEPT = 48
_PLAIN = re.compile(rf"[a-z0-9](?:[a-z0-9_-]{{0,{LONGEST - 2}}}[a-z0-9])?")
_FOLDER = re.compile(r"[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?")
_HASHED = re.compile(r".*--[0-9a-f]{12}")
RESERVED = frozenset(("con", "prn", "aux", "nul", "index", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))))
"""Names that Windows keeps for devices (Naming Files, Paths, and Namespaces), and the one that servers show for a folder."""


def is_plain(name: str) -> bool:
    """Tell whether a name may stand as a file name as it is.

    >>> is_plain("t-factor"), is_plain("T-Factor"), is_plain("nul"), is_plain("a.de")
    (True, False, False, False)
    """
    return bool(_PLAIN.fullmatch(name)) and name not in RESERVED and not _HASHED.fullmatch(name)


def file_stem(name: str, iri: str) -> str:
    """Return the file name, without ending, of a thing.

    Args:
        name: Last part of its IRI.
        iri: The whole of it.

    >>> file_stem("t-factor", "https://w3id.org/innokg/id/project/t-factor"), file_stem("NUL", "https://w3id.org/innokg/id/project/NUL")
    ('t-factor', 'nul--bcc8dedcc7d7')
    """
    if is_plain(name):
        return name
    readable = re.sub(r"[^a-z0-9]+", "-", plain(unquote(name, errors="replace"))[: 4 * _KEPT]).strip("-")[:_KEPT].strip("-")
    return f"{readable or 'thing'}--{hashlib.sha256(iri.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def path_of(iri: str, base: str) -> str:
    """Return folder and file name, without ending, of a thing: `project/t-factor`.

    Args:
        iri: The thing.
        base: Namespace root of the graph.
    """
    inside = iri.startswith(base)
    own = iri.startswith(f"{base}id/")
    kind, _, name = iri[len(base) + 3 * own :].partition("/") if inside else ("", "", "")
    known = _FOLDER.fullmatch(kind) and kind not in RESERVED and kind != OTHER
    if name and known and (own or kind in ("code", "graph") or kind.startswith("code-")):
        return f"{kind}/{file_stem(name, iri)}"
    return f"{OTHER}/{file_stem(iri.rstrip('/#').replace('#', '/').rsplit('/', 1)[-1] + '.', iri)}"


def in_language(path: str, lang: str) -> str:
    """Return the file of a page in a language.

    >>> in_language("doc/project/t-factor.html", "de"), in_language("index.html", "en")
    ('doc/project/t-factor.de.html', 'index.html')
    """
    return f"{path.removesuffix('.html')}.de.html" if lang == "de" else path
