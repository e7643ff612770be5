"""`kg publish --site`: the graph as static pages, in German and English, that need no server and no internet.

    names      from an IRI to a file name
    graph      the whole graph in memory by numbers
    reader     how terms stand on the pages of a language; notes: who says so; entity: what the page about a thing shows
    described  the RDF of one thing
    things     which things have pages, and their lists from A to Z; finding: the index of the search
    asked      ready questions with an answer; network, places: the pictures
    catalog    downloads and descriptions
    rules      redirects, sitemap, robots
    frame      the frame of the pages, the folder; writing: all of them, in one process per language

The same build gives the same bytes. Memory grows with the graph: about 0.9 GB for two million quads.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit

from kg.errors import BuildError, Text, unwritable

if TYPE_CHECKING:
    from kg.build import Build

MARK = "site.json"
"""The file by which a folder is known as a site that may be replaced."""
Progress: TypeAlias = Callable[[str], None]

__all__ = ["MARK", "Written", "site"]


@dataclass(frozen=True)
class Written:
    """A finished site.

    Attributes:
        path: Its folder.
        files: How many files there are.
        bytes: Their size together.
        pages: Things that have a page, in each language.
        limits: What is left out.
    """

    path: Path
    files: int
    bytes: int
    pages: int
    limits: tuple[Text, ...]


def site(
    build: Build, target: Path, *, address: str = "", release: str = "", root: Path | None = None, progress: Progress = lambda _: None
) -> Written:
    """Write a build as a static site into a folder, which appears or is replaced in one step.

    Args:
        build: A finished build.
        target: Folder of the site.
        address: Where the site will stand (`https://…/`): for sitemap, canonical links and the redirects of w3id.org; by default the namespace of the graph.
        release: Version of the frozen release whose files are offered first; by default the newest.
        root: Folder of builds, in which releases lie; none are shown without it.
        progress: Called with the name of each step.

    Raises:
        BuildError: The folder cannot be written, or holds files that are no part of a site; the address is none; there is no such release. What was there is untouched.
    """
    from kg.publish.swap import replaced
    from kg.site.writing import write_all

    address = checked_address(address) or build.base
    try:
        _refuse_other_files(target)
        with replaced(target, lambda: _refuse_other_files(target)) as folder:
            found = write_all(build, folder, address, release, root, progress)
            mark = {"site": 1, "build": build.id, "address": address, "files": found.files}
            (folder / MARK).write_text(json.dumps(mark, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    except OSError as error:
        raise unwritable(error, target, "--site") from error
    return Written(target, found.files + 1, found.bytes, found.pages, found.limits)


def checked_address(address: str) -> str:
    """Return an address with a slash at its end.

    Raises:
        BuildError: It is no http or https address, or it has a query or a fragment.
    """
    if not address:
        return ""
    try:
        parts = urlsplit(address)
        good = parts.scheme in ("https", "http") and bool(parts.hostname) and not parts.query and not parts.fragment and address.isascii()
    except ValueError:
        good = False
    if not good or any(letter in address for letter in " \"'<>\\^`{|}\t\r\n") or len(address) > 500:
        what = Text("This is no address of a web site.", "Das ist keine Adresse einer Website.")
        fix = Text("Write for example --base-url https://example.org/graph/", "Schreiben Sie zum Beispiel --base-url https://example.org/graph/")
        raise BuildError(what, where=f"--base-url {address[:100]}", fix=fix)
    return address.rstrip("/") + "/"


def _refuse_other_files(target: Path) -> None:
    """Make sure that replacing the folder loses nothing but an earlier site."""
    if not target.is_dir():
        if target.exists():
            raise NotADirectoryError(20, "Not a directory", str(target))
        return
    names = sorted(path.name for path in target.iterdir())
    try:
        known = json.loads((target / MARK).read_text(encoding="utf-8"))["site"] == 1
    except (OSError, ValueError, KeyError, TypeError):
        known = False
    if names and not known:
        shown = ", ".join(names[:3])
        what = Text(
            f"The folder holds files that are no part of a site: {shown}.", f"Der Ordner enthält Dateien, die zu keiner Website gehören: {shown}."
        )
        fix = Text(
            "Choose an empty folder, or a site written before, with --site.",
            "Wählen Sie mit --site einen leeren Ordner oder eine früher geschriebene Website.",
        )
        raise BuildError(what, where=str(target), fix=fix)
