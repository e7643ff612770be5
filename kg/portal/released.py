"""The frozen releases beside the builds, as the portal reads them: manifests, files that may be opened, IRIs that were withdrawn.

Only what a manifest names is ever opened, never through a symbolic link. What cannot be read is passed over: one damaged folder takes no page down.
"""

from __future__ import annotations

import csv
import hashlib
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.publish.parts import MANIFEST
from kg.release.feed import Source
from kg.release.listing import MAX_MANIFEST, Release, release_folder, releases_in
from kg.release.parts import PLAIN

if TYPE_CHECKING:
    from kg.portal.desk import Desk

MAX_RELEASES = 500
MAX_WITHDRAWN = 200_000
"""IRIs of one release that are read; the rest answers 404 as if it had never been."""
LOOKED = 50
"""Releases in which a withdrawn IRI is looked for, the newest first."""
_NAME = re.compile(r"[\w-][\w.-]{0,120}", re.ASCII)


@dataclass(frozen=True)
class Frozen(Release):
    """A release as the portal gives it out.

    Attributes:
        offered: Its files by name, as the manifest describes them; those that are there only in one packed form stand under that name.
    """

    offered: Mapping[str, Mapping[str, Any]]

    @property
    def source(self) -> Source:
        """The release as a feed needs it."""
        return Source(self.path, self.manifest)


def folder(desk: Desk) -> Path:
    """Return the folder of releases."""
    if desk.build is not None and not desk.site.remote:
        return release_folder(desk.build.path.parent.parent)
    return release_folder(Path(desk.settings.build))


def releases(desk: Desk) -> list[Frozen]:
    """Return the releases, the newest first. A new one is seen at once, as it changes the folder that they lie in."""
    root = folder(desk)
    try:
        mark = root.stat().st_mtime_ns
    except OSError:
        return []
    return desk.cached(("releases", mark), lambda: _read(root))


def _read(root: Path) -> list[Frozen]:
    found = []
    for release in releases_in(root)[:MAX_RELEASES]:
        if release.path.is_symlink() or not release.dataset:
            continue
        files = {str(one["name"]): one for one in release.files if _NAME.fullmatch(str(one["name"]))}
        found.append(Frozen(release.path, release.version, release.manifest, files))
    return found


@dataclass(frozen=True)
class Opened:
    """A file of a release that has been opened.

    Attributes:
        file: Descriptor; whoever takes it closes it.
        media: Media type.
        tag: Strong ETag, from the checksum of these very bytes.
        coding: `gzip` where the bytes are packed for the way only, else empty.
    """

    file: int
    media: str
    tag: str
    coding: str = ""


def open_file(release: Frozen, name: str, *, gzip: bool) -> Opened | None:
    """Open a file of a release; nothing where the manifest does not name it, or it is not what the manifest says.

    Args:
        release: The release.
        name: Name of the file, or of its packed form.
        gzip: Whether the client unpacks gzip on the way; it gets the packed form then, where there is one.
    """
    if name in PLAIN and name not in release.offered:
        return _described(release, name)
    entry = release.offered.get(name)
    if entry is not None:
        packed = _packed(entry)
        if gzip and packed and (found := _open(release, packed, str(entry.get("media_type", "")), "gzip")) is not None:
            return found
        return _open(release, entry, str(entry.get("media_type", "")), "")
    for one in release.offered.values():
        if (packed := _packed(one)) and packed.get("name") == name:
            return _open(release, packed, "application/gzip", "")
    return None


def _packed(entry: Mapping[str, Any]) -> Mapping[str, Any] | None:
    packed = entry.get("compressed")
    return packed if isinstance(packed, dict) and _NAME.fullmatch(str(packed.get("name", ""))) else None


def _open(release: Frozen, entry: Mapping[str, Any], media: str, coding: str) -> Opened | None:
    file = descriptor(release.path, str(entry["name"]))
    if file < 0:
        return None
    sum_ = str(entry.get("sha256", ""))
    if not re.fullmatch(r"[0-9a-f]{64}", sum_) or os.fstat(file).st_size != entry.get("bytes"):
        os.close(file)
        return None
    return Opened(file, media or "application/octet-stream", f'"{sum_}"', coding)


def _described(release: Frozen, name: str) -> Opened | None:
    """Open one of the two files that no manifest can describe: itself, and the list of checksums."""
    file = descriptor(release.path, name)
    if file < 0:
        return None
    content = os.pread(file, MAX_MANIFEST + 1, 0)
    if len(content) > MAX_MANIFEST:
        os.close(file)
        return None
    media = "application/json" if name == MANIFEST else "text/plain; charset=utf-8"
    return Opened(file, media, f'"{hashlib.sha256(content).hexdigest()}"')


def descriptor(folder: Path, name: str) -> int:
    """Return the descriptor of a plain file right in the folder, or -1; a symbolic link is refused, whoever has put it there."""
    if not _NAME.fullmatch(name):
        return -1
    try:
        place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return -1
    try:
        # Without O_NONBLOCK a pipe of that name would never open.
        file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=place)
    except OSError:
        return -1
    finally:
        os.close(place)
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        return -1
    return file


def withdrawn(desk: Desk, iri: str) -> tuple[str, str] | None:
    """Return the release that withdrew an IRI and what replaces it (empty: nothing); `None` where none of the newest releases did."""
    for release in releases(desk)[:LOOKED]:
        found = desk.cached(("withdrawn", release.version), lambda release=release: _withdrawn(release.path))  # type: ignore[misc]
        if iri in found:
            return release.version, found[iri]
    return None


def _withdrawn(path: Path) -> dict[str, str]:
    """Read the withdrawn IRIs of a release; they stand first in `changes.csv`, so that a long list of others is never read."""
    found: dict[str, str] = {}
    try:
        with (path / "changes.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row.get("change") != "withdrawn" or len(found) >= MAX_WITHDRAWN:
                    break
                found[str(row["iri"])] = str(row.get("successor") or "")
    except (OSError, ValueError, KeyError, csv.Error):
        return {}
    return found
