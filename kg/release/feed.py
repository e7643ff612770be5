"""Atom feeds of releases and of what a release changed (RFC 4287).

A feed depends on the releases alone: times are the days of issue, so that it is the same whoever serves it and whenever. Identifiers are the IRIs of the releases
and entities. Of a release both feeds may be served; whoever follows entities needs the second one only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from kg.errors import Text
from kg.release.notes import html, read, title_of

ATOM = "application/atom+xml; charset=utf-8"
ENTRIES = 100
"""Releases in the feed, the newest first."""
LISTED = ("withdrawn", "new", "changed")
"""Lists of `changes.json` that the feed of changes takes, in their order there."""
WHOLE = 10
"""Releases whose notes stand in the feed as a whole; of older ones the first paragraph."""
CHANGED = 500
"""Entities in the feed of changes."""
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_STATES = {
    "new": Text("new", "neu"),
    "changed": Text("changed", "geändert"),
    "gone": Text("withdrawn", "entfallen"),
    "replaced": Text("replaced", "ersetzt"),
}


@dataclass(frozen=True)
class Source:
    """A release as a feed needs it.

    Attributes:
        path: Its folder.
        manifest: Its manifest.
    """

    path: Path
    manifest: Mapping[str, Any]

    @property
    def dataset(self) -> str:
        """IRI of the release."""
        return str(self.manifest["dataset"])


def releases_feed(releases: Sequence[Source], lang: str, *, address: str, page: str) -> str:
    """Return the feed of releases.

    Args:
        releases: The newest first; at most :data:`ENTRIES` are listed.
        lang: `de` or `en`.
        address: Where the feed is (`self`).
        page: Where the releases are listed.

    Raises:
        ValueError: There is no release: a feed must say when it was updated, and nothing says it.
    """
    if not releases:
        raise ValueError("no release")
    newest = releases[0]
    title = title_of(newest.manifest)
    says = Text(f"{title.en}: releases", f"{title.de}: Releases")
    series = newest.dataset.rsplit("/", 1)[0]
    entries = [_entry(one, lang, whole=number < WHOLE) for number, one in enumerate(releases[:ENTRIES])]
    return _feed(series, says.in_(lang), _moment(newest.manifest), lang, address, page, newest.manifest, entries)


def changes_feed(release: Source, lang: str, *, address: str, page: str, limit: int = CHANGED) -> str:
    """Return the feed of entities that a release changed: what was withdrawn first, then what is new, then what has changed; at most `limit`.

    How many there are and how many are listed stands in the subtitle.
    """
    entries = []
    found, total = _listed(release.path, limit)
    when = _moment(release.manifest)
    for name, item in found:
        state = str(item.get("status") or name)
        label = item["label"][lang]
        kind = _STATES[state].in_(lang)
        said = f"{label}: {kind}"
        link = str(item.get("successor") or item["iri"])
        entries.append(
            f"<entry>\n<id>{_x(release.dataset)}#{_x(_encoded(item['iri']))}</id>\n<title>{_x(said)}</title>\n<updated>{when}</updated>\n"
            f'<link rel="alternate" href={_a(link)}/>\n<link rel="related" href={_a(item["iri"])}/>\n<category term={_a(state)}/>\n<summary>{_x(said)}</summary>\n</entry>'
        )
    title = title_of(release.manifest)
    says = Text(
        f"{title.en}: what release {release.manifest['version']} changed", f"{title.de}: was Release {release.manifest['version']} geändert hat"
    )
    more = Text(f"{len(entries)} of {total} entities; all of them in changes.json.", f"{len(entries)} von {total} Entitäten; alle in changes.json.")
    return _feed(f"{release.dataset}/changes.json", says.in_(lang), when, lang, address, page, release.manifest, entries, subtitle=more.in_(lang))


def _listed(folder: Path, limit: int) -> tuple[list[tuple[str, dict[str, Any]]], int]:
    """Return the first entities of `changes.json` and how many there are; read line by line, as one entity stands on one, and no further than needed."""
    found: list[tuple[str, dict[str, Any]]] = []
    head: list[str] = []
    name = ""
    try:
        with (folder / "changes.json").open(encoding="utf-8") as file:
            for line in file:
                if line.startswith(' "') and line.split('"')[1] in LISTED:
                    name = line.split('"')[1]
                elif line.startswith(' "derived"') or len(found) >= limit:
                    break
                elif name and line.startswith("  {"):
                    found.append((name, json.loads(line.rstrip().removesuffix(","))))
                elif not name:
                    head.append(line)
        counts = json.loads("".join(head).rstrip().removesuffix(",") + "}")["counts"]
        return found, sum(int(counts[one]) for one in LISTED)
    except (OSError, ValueError, KeyError, TypeError):
        return [], 0


def _entry(release: Source, lang: str, *, whole: bool) -> str:
    manifest, me = release.manifest, release.dataset
    notes = read(release.path)
    version, title = str(manifest["version"]), title_of(manifest).in_(lang)
    summary = notes.lead.in_(lang) if notes is not None else f"{title}: {version}"
    content = f'<content type="html">{_x(html(notes, lang))}</content>\n' if notes is not None and whole else ""
    other = "en" if lang == "de" else "de"
    links = [
        f'<link rel="alternate" type="text/html" hreflang="{lang}" href={_a(me)}/>',
        f'<link rel="related" type="text/markdown" hreflang="{lang}" title="Notes" href={_a(f"{me}/notes.{lang}.md")}/>',
        f'<link rel="related" type="text/markdown" hreflang="{other}" title="Notes" href={_a(f"{me}/notes.{other}.md")}/>',
        f'<link rel="describedby" type="application/json" title="manifest.json" href={_a(f"{me}/manifest.json")}/>',
    ]
    rights = ", ".join(str(one) for one in manifest.get("licences") or ())
    return (
        f"<entry>\n<id>{_x(me)}</id>\n<title>{_x(f'{title} {version}')}</title>\n<updated>{_moment(manifest)}</updated>\n<published>{_moment(manifest)}</published>\n"
        + "\n".join(links)
        + f"\n<summary>{_x(summary)}</summary>\n{content}"
        + (f"<rights>{_x(rights)}</rights>\n" if rights else "")
        + "</entry>"
    )


def _feed(
    identifier: str,
    title: str,
    updated: str,
    lang: str,
    address: str,
    page: str,
    manifest: Mapping[str, Any],
    entries: Iterable[str],
    subtitle: str = "",
) -> str:
    # RFC 4287, section 4.1.1: a feed has an author unless each entry has one.
    author = _author(manifest)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{lang}">',
        f"<id>{_x(identifier)}</id>",
        f"<title>{_x(title)}</title>",
        *([f"<subtitle>{_x(subtitle)}</subtitle>"] if subtitle else []),
        f"<updated>{updated}</updated>",
        f"<author><name>{_x(author)}</name></author>",
        f'<link rel="self" type="application/atom+xml" href={_a(address)}/>',
        f'<link rel="alternate" type="text/html" href={_a(page)}/>',
        *entries,
        "</feed>",
    ]
    return "\n".join(lines) + "\n"


def _author(manifest: Mapping[str, Any]) -> str:
    publisher = manifest.get("publisher")
    name = publisher.get("name") if isinstance(publisher, Mapping) else publisher
    return str(name or manifest.get("name") or "innovation-kg")


def _moment(manifest: Mapping[str, Any]) -> str:
    """Return the day of issue as a moment (RFC 3339); releases always have one."""
    issued = str(manifest.get("issued") or "")
    return f"{issued}T00:00:00Z" if _DAY.fullmatch(issued) else "1970-01-01T00:00:00Z"


def _encoded(text: str) -> str:
    from urllib.parse import quote

    return quote(text, safe="/:?@!$&'()*+,;=-._~")


def _x(text: str) -> str:
    """Return a text for XML; characters that XML 1.0 cannot hold are left out."""
    return escape(_NOT_XML.sub("", text))


def _a(text: str) -> str:
    return quoteattr(_NOT_XML.sub("", text))


__all__ = ["ATOM", "CHANGED", "ENTRIES", "Source", "changes_feed", "releases_feed"]
