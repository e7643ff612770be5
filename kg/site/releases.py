"""Frozen releases on the site: their list, a page for each, their files, and the feed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from kg.errors import BuildError, Text
from kg.portal.render import markup
from kg.site.catalog import PACKED, size

if TYPE_CHECKING:
    from kg.release.listing import Release
    from kg.site.frame import Folder, Pages
    from kg.site.reader import Reader

WITH_FILES = 3
"""Releases whose files are copied: the newest, and the one asked for; of older ones the site has page and manifest."""


def chosen(root: Path | None, version: str) -> list[Release]:
    """Return the releases to show, the newest or the one asked for first.

    Raises:
        BuildError: There is no release of that version.
    """
    from kg.release import releases

    found = releases(root) if root else []
    if version and version not in [one.version for one in found]:
        there = ", ".join(one.version for one in found) or "–"
        what = Text(f"There is no release {version!r}.", f"Eine Veröffentlichung {version!r} gibt es nicht.")
        raise BuildError(
            what, where="--release", fix=Text(f"There are: {there}. `kg release` makes one.", f"Es gibt: {there}. `kg release` macht eine.")
        )
    return sorted(found, key=lambda one: one.version != version)


def write_releases(pages: Mapping[str, Pages], readers: Mapping[str, Reader], folder: Folder, releases: Sequence[Release]) -> str:
    """Write pages and files of the releases; return the version that `latest` leads to, or empty."""
    if not releases:
        return ""
    listed = [_about(one, folder, files=number < WITH_FILES) for number, one in enumerate(releases)]
    for lang, own in pages.items():
        for one in listed:
            note = _notes(one["release"], lang, _linked(readers[lang].at("../../")))
            own.write(f"releases/{one['version']}/index.html", "release.html", one=one, note=note, size=size)
        own.write("releases/index.html", "releases.html", releases=listed)
    _write_feeds(pages, folder, releases)
    return releases[0].version


def _linked(reader: Reader) -> Callable[[str], str]:
    """Return what a link in the notes leads to: the page of the site where there is one, as a withdrawn thing has none any more."""

    def href(iri: str) -> str:
        thing = reader.graph.number(iri)
        return (reader.href(thing) if thing >= 0 else "") or iri

    return href


def _about(release: Release, folder: Folder, *, files: bool) -> dict[str, Any]:
    """Copy the files of a release, large ones packed where there is a packed form, and return what its page shows."""
    manifest = release.manifest
    root = f"releases/{release.version}"
    shown = []
    for entry in manifest.get("files", []):
        packed = entry.get("compressed") or {}
        chosen_ = packed if int(entry["bytes"]) > PACKED and packed.get("name") else entry
        file = ""
        if files:
            file = f"{root}/{chosen_['name']}"
            folder.write(file, (release.path / str(chosen_["name"])).read_bytes())
        purpose = entry.get("purpose") or {}
        licences = entry.get("license", entry.get("licence")) or ()
        shown.append(
            {
                "name": str(chosen_["name"]),
                "file": file,
                "bytes": int(chosen_["bytes"]),
                "sha256": str(chosen_["sha256"]),
                "media": str(entry.get("media_type", "")),
                "purpose": {lang: str(purpose.get(lang, "")) for lang in ("en", "de")},
                "licences": [licences] if isinstance(licences, str) else [str(one) for one in licences],
            }
        )
    folder.write(f"{root}/manifest.json", (release.path / "manifest.json").read_bytes())
    titles = manifest.get("title") or {}
    return {
        "version": release.version,
        "issued": str(manifest.get("issued") or ""),
        "title": {lang: str(titles.get(lang) or next(iter(titles.values()), "")) for lang in ("en", "de")},
        "dataset": str(manifest.get("dataset") or ""),
        "previous": str(manifest.get("previous") or ""),
        "files": shown,
        "release": release,
    }


def _notes(release: Release, lang: str, href: Callable[[str], str]) -> Markup:
    """Return the release notes as markup, where the release has them (:mod:`kg.release.notes`)."""
    from kg.release.notes import html, read

    found = read(release.path)
    return markup(html(found, lang, href=href)) if found is not None else Markup()


def _write_feeds(pages: Mapping[str, Pages], folder: Folder, releases: Sequence[Release]) -> None:
    from kg.release.feed import Source, releases_feed

    for lang, own in pages.items():
        name = "releases/feed.atom" if lang == "en" else "releases/feed.de.atom"
        newest = sorted(releases, key=lambda one: str(one.manifest.get("issued") or ""), reverse=True)
        folder.write(
            name,
            releases_feed(
                [Source(one.path, one.manifest) for one in newest],
                lang,
                address=own.site.address + name,
                page=f"{own.site.address}releases/index.html",
            ),
        )
