"""Files of the repository that pages link to become part of the site, so that the same link holds in the repository and on the site.

A link such as `../../data/dortmund/README.md` leaves the folder of the pages. Markdown files become pages below `repository/`, other files are copied
there; what these Markdown files link to comes along.
"""

from __future__ import annotations

import re
from pathlib import Path
from posixpath import normpath, relpath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

PLACE = "repository"
"""Folder of the site for files from outside the folder of the pages."""
LINK = re.compile(r"(\]\()([^)\s#]+)(#[^)\s]*)?(\))")
FENCED = re.compile(r"(^```.*?^```[ \t]*$|`[^`\n]+`)", re.MULTILINE | re.DOTALL)
ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:|/", re.IGNORECASE)


def root(config: MkDocsConfig) -> Path:
    """Return the folder of the repository."""
    return Path(config.config_file_path).parent


def path_in_repository(uri: str, pages: str) -> str:
    """Return the path in the repository of a file of the site.

    >>> path_in_repository("how-to/index.md", "docs"), path_in_repository("repository/deploy/README.md", "docs")
    ('docs/how-to/index.md', 'deploy/README.md')
    """
    return uri.removeprefix(f"{PLACE}/") if uri.startswith(f"{PLACE}/") else f"{pages}/{uri}"


def path_on_site(path: str, pages: str) -> str:
    """Return the path on the site of a file of the repository.

    >>> path_on_site("docs/how-to/index.md", "docs"), path_on_site("deploy/README.md", "docs")
    ('how-to/index.md', 'repository/deploy/README.md')
    """
    return path.removeprefix(f"{pages}/") if path.startswith(f"{pages}/") else f"{PLACE}/{path}"


def links(text: str) -> list[str]:
    """Return the targets of relative links outside of code.

    >>> links("[a](../b.md#c) [d](https://example.org/) `[e](f)`")
    ['../b.md']
    """
    return [match[2] for part in FENCED.split(text)[::2] for match in LINK.finditer(part) if not ADDRESS.match(match[2])]


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the files of the repository that pages link to, and those that these link to."""
    from mkdocs.structure.files import File, InclusionLevel

    top, pages = root(config), Path(config.docs_dir).name
    known = {file.src_uri for file in files}
    waiting = [file.src_uri for file in files.documentation_pages()]
    while waiting:
        uri = waiting.pop()
        path = path_in_repository(uri, pages)
        for link in links((top / path).read_text(encoding="utf-8")):
            target = normpath(f"{Path(path).parent.as_posix()}/{link}")
            place = path_on_site(target, pages)
            if place in known or target.startswith("..") or not (top / target).is_file():
                continue
            known.add(place)
            level = InclusionLevel.NOT_IN_NAV
            files.append(File.generated(config, place, abs_src_path=str(top / target), inclusion=level))
            if place.endswith(".md"):
                waiting.append(place)
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001
    """Turn links to files of the repository into links to their place on the site."""
    pages, here = Path(config.docs_dir).name, page.file.src_uri
    folder = Path(path_in_repository(here, pages)).parent.as_posix()
    place = Path(here).parent.as_posix()

    def moved(match: re.Match[str]) -> str:
        if ADDRESS.match(match[2]):
            return match[0]
        target = path_on_site(normpath(f"{folder}/{match[2]}"), pages)
        return f"{match[1]}{relpath(target, place)}{match[3] or ''}{match[4]}"

    parts = FENCED.split(markdown)
    return "".join(LINK.sub(moved, part) if number % 2 == 0 else part for number, part in enumerate(parts))
