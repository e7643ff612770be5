"""The result of the last preflight of a release, kept beside the builds, so that the portal need not parse dumps to show it."""

from __future__ import annotations

import contextlib
import hashlib
import json
from pathlib import Path

from kg.errors import BuildError
from kg.files import make_folder_of, write_file
from kg.preflight import Flight
from kg.preflight.formats import from_dict, to_dict
from kg.preflight.material import DESCRIPTION, MANIFEST

FORM = 1


def kept_path(root: Path, version: str) -> Path:
    """Return where the result for a release lies.

    Args:
        root: Folder of builds.
        version: Of the release.
    """
    return root / "report" / f"preflight-{version}.json"


def keep(flight: Flight, root: Path) -> None:
    """Keep a result; where the folder cannot be written, nothing is kept and nobody is troubled."""
    with contextlib.suppress(BuildError, OSError):
        path = kept_path(root, flight.version)
        make_folder_of(path)
        write_file(path, json.dumps({"form": FORM, "manifest": _digest(flight.path), "flight": to_dict(flight)}, ensure_ascii=False))


def kept(release: Path, root: Path, version: str) -> Flight | None:
    """Return the result for a release, where one is kept that was made of exactly this manifest."""
    path = kept_path(root, version)
    try:
        if path.stat().st_size > DESCRIPTION:
            return None
        found = json.loads(path.read_bytes())
        if found["form"] != FORM or found["manifest"] != _digest(release):
            return None
        return from_dict(found["flight"], release)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _digest(release: Path) -> str:
    return hashlib.sha256((release / MANIFEST).read_bytes()).hexdigest()
