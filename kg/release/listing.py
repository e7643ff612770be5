"""The frozen releases in a folder: those with a manifest that can be read and names the folder.

Order: newest first by day of issue, then by version, numbers in it compared as numbers (`2026.9` before `2026.10`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.publish.parts import MANIFEST

FOLDER = "release"
"""Name of the folder of releases in the folder of builds."""
VERSION = re.compile(r"[0-9](?:[a-z0-9-]|\.(?!\.)){0,31}\Z")
"""What a version may be: it is a folder, a step of an IRI, and no disk confuses two of them."""
MAX_MANIFEST = 8 * 1024 * 1024
"""Bytes of a manifest that is read."""


@dataclass(frozen=True)
class Release:
    """A frozen release.

    Attributes:
        path: Its folder.
        version: Its version, the name of the folder.
        manifest: Content of `manifest.json`.
    """

    path: Path
    version: str
    manifest: Mapping[str, Any]

    @property
    def files(self) -> tuple[Mapping[str, Any], ...]:
        """The files as the manifest lists them."""
        return tuple(self.manifest["files"])

    @property
    def issued(self) -> str:
        """Day of issue, `YYYY-MM-DD`."""
        return str(self.manifest.get("issued") or "")

    @property
    def dataset(self) -> str:
        """IRI of the release."""
        return str(self.manifest.get("dataset") or "")


def release_folder(root: Path) -> Path:
    """Return the folder of releases in a folder of builds."""
    return root / FOLDER


def releases(root: Path) -> list[Release]:
    """Return the releases of a folder of builds, newest first; a folder that is no release is passed over.

    Args:
        root: Folder of builds.
    """
    return releases_in(release_folder(root))


def latest(root: Path) -> Release | None:
    """Return the newest release of a folder of builds, where there is one."""
    return next(iter(releases(root)), None)


def releases_in(folder: Path) -> list[Release]:
    """Return the releases that lie in a folder, newest first."""
    try:
        names = sorted(path.name for path in folder.iterdir() if VERSION.match(path.name))
    except OSError:
        return []
    found = [release for name in names if (release := read_release(folder / name)) is not None]
    return sorted(found, key=lambda release: (release.issued, in_order(release.version)), reverse=True)


def read_release(path: Path) -> Release | None:
    """Return the release in a folder of its own, or nothing where it holds none."""
    try:
        with (path / MANIFEST).open("rb") as file:
            data = file.read(MAX_MANIFEST + 1)
        manifest = json.loads(data) if len(data) <= MAX_MANIFEST else None
    except (OSError, ValueError):
        return None
    if not isinstance(manifest, dict) or manifest.get("version") != path.name or not _listed(manifest.get("files")):
        return None
    return Release(path, path.name, manifest)


def _listed(files: object) -> bool:
    return isinstance(files, list) and all(isinstance(entry, dict) and isinstance(entry.get("name"), str) for entry in files)


def in_order(version: str) -> tuple[tuple[int, int, str], ...]:
    """Return the key by which versions are sorted: numbers as numbers, before letters.

    >>> sorted(["2026.10", "2026.9", "2026.9-b"], key=in_order)
    ['2026.9', '2026.9-b', '2026.10']
    """
    return tuple((0, int(step), step) if step.isdigit() else (1, 0, step) for step in re.findall(r"[0-9]+|[a-z]+", version))
