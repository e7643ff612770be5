"""A copy of a server's graph that reads like a build, for what SPARQL alone is too slow for: networks, profiles, validation, publication, search.

    build/mirrors/<server>/graphs/<mark>/{quads/*.parquet, store/, search.sqlite, build.json}     one folder of builds per server,
    build/mirrors/<server>/current -> graphs/<mark>                                               with reports and publications beside

The named graphs are fetched page by page (:mod:`kg.store.paging`) and kept as long as the server's mark stays the same: the number of statements of every
graph, and sums over their content (:func:`kg.mirror.marking.mark`). What stands in `<server>` is a hash of the address; the folders are readable by their
owner alone, because what a server gives may not be for everybody.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from kg.build import Build, read
from kg.errors import BuildError, KgError, ParameterError, StoreError, Text, unwritable
from kg.store import EndpointStore
from kg.store.paging import ChangedError, counts

if TYPE_CHECKING:
    from kg.store import Store

MAX_STATEMENTS = 5_000_000
MAX_VARIABLE = "KG_MIRROR_MAX"
FETCH_SECONDS = 600
"""What one request may take."""
KEEP = 2
PRIVATE = 0o700

Progress: TypeAlias = Callable[[Text], None]


def mirror(address: str, root: Path, *, maximum: int | None = None, progress: Progress = lambda _: None) -> Build:
    """Return a copy of what a server holds, fetched now or kept from before.

    Args:
        address: Address for queries.
        root: Folder of builds; copies lie in its folder `mirrors`.
        maximum: Statements at most; `KG_MIRROR_MAX`, else five million, by default.
        progress: Called with the name of each step.

    Raises:
        StoreError: The server does not answer, has too many statements or none, does not give all of them, or changes again and again while it is read.
        BuildError: The folder cannot be written.
    """
    most = limit(maximum)
    store = EndpointStore(address, timeout=FETCH_SECONDS, check=False)
    home = home_of(address, root)
    try:
        progress(Text("asking the server what it holds", "frage den Server, was er hat"))
        wanted = _marked(store, most)
        if (kept := _kept(home, wanted[0])) is not None:
            return kept
        _make_private(home)
        with _locked(home, progress):
            return _kept(home, wanted[0]) or _fetched(store, home, most, wanted, progress)
    except sqlite3.OperationalError as error:
        raise unwritable(OSError(str(error)), home, "--build") from error
    except OSError as error:
        raise unwritable(error, home, "--build") from error


def home_of(address: str, root: Path) -> Path:
    """Return the folder of builds that the copies of a server lie in."""
    return root / "mirrors" / hashlib.sha256(address.encode()).hexdigest()[:12]


def limit(maximum: int | None = None) -> int:
    """Return how many statements are fetched at most: as asked for, as `KG_MIRROR_MAX` says, or five million.

    Raises:
        ParameterError: The number is none.
    """
    text = os.environ.get(MAX_VARIABLE, "") if maximum is None else str(maximum)
    if not text:
        return MAX_STATEMENTS
    if not (text.isascii() and text.isdigit() and 0 < int(text[:12]) <= 10**10):
        what = Text(f"{text[:50]!r} is no number of statements.", f"{text[:50]!r} ist keine Anzahl von Aussagen.")
        where = MAX_VARIABLE if maximum is None else "--max-statements"
        raise ParameterError(what, where=where, fix=Text("Use a number from 1 on, such as 5000000.", "Möglich ist eine Zahl ab 1, etwa 5000000."))
    return int(text)


def _marked(store: Store, most: int) -> tuple[str, dict[str, int]]:
    """Return the mark of what a server holds, and its statements by graph.

    Raises:
        StoreError: It has too many statements, or none.
    """
    from kg.mirror.marking import mark

    held = counts(store)
    total = sum(held.values())
    if total > most:
        what = Text(
            f"The server holds {total:,} statements; a copy may have {most:,}.", f"Der Server hat {total} Aussagen; eine Kopie darf {most} haben."
        )
        fix = Text(
            f"Allow more with --max-statements or {MAX_VARIABLE} (about 1 GB of disk per 3 million), or use kg batch.",
            f"Erlauben Sie mehr mit --max-statements oder {MAX_VARIABLE} (etwa 1 GB Platz je 3 Millionen), oder nehmen Sie kg batch.",
        )
        raise StoreError(what, where=store.location, fix=fix)
    if not total:
        what = Text("The server holds no named graph.", "Der Server hat keinen benannten Graphen.")
        raise StoreError(what, where=store.location, fix=Text("Load one with kg load.", "Laden Sie einen mit kg load."))
    return mark(store, held), held


def _kept(home: Path, mark: str) -> Build | None:
    """Return the copy that was fetched under a mark, if there is one."""
    folder = home / "graphs" / mark
    if not (folder / "build.json").is_file():
        return None
    try:
        found = read(folder)
        # What is used stays; what was not used longest goes.
        os.utime(folder)
    except (KgError, OSError):
        return None
    return found


def _fetched(store: Store, home: Path, most: int, wanted: tuple[str, dict[str, int]], progress: Progress) -> Build:
    """Fetch what a server holds, twice at most; only one process does so at a time.

    What a fetch that was killed left is removed, and nothing is seen of a new one before it is whole.
    """
    from kg.mirror.fetching import fetch

    graphs = home / "graphs"
    graphs.mkdir(exist_ok=True)
    for left in graphs.glob(".tmp-*"):
        shutil.rmtree(left, ignore_errors=True)
    temporary = graphs / f".tmp-{os.getpid()}"
    for last in (False, True):
        try:
            fetch(store, *wanted, temporary, progress)
            again = _marked(store, most)
            if again == wanted:
                break
            changed = next((graph for graph in again[1] if again[1][graph] != wanted[1].get(graph)), next(iter(wanted[1])))
            raise ChangedError(changed, wanted[1].get(changed, 0), again[1].get(changed, 0), store.location)
        except ChangedError:
            shutil.rmtree(temporary, ignore_errors=True)
            if last:
                raise
            progress(Text("the server changed meanwhile; once more", "der Server hat sich inzwischen geändert; noch einmal"))
            wanted = _marked(store, most)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
    target = graphs / wanted[0]
    if target.exists():
        shutil.rmtree(target)
    temporary.replace(target)
    link = home / f".current-{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(Path("graphs") / target.name)
    link.replace(home / "current")
    others = sorted((path for path in graphs.iterdir() if path.name != target.name), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in others[KEEP - 1 :]:
        shutil.rmtree(path, ignore_errors=True)
    return read(target)


def _make_private(home: Path) -> None:
    for folder in (home.parent.parent, home.parent, home):
        # The folder of builds itself belongs to whoever made it.
        folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE if folder != home.parent.parent else 0o777)
    for folder in (home.parent, home):
        with contextlib.suppress(PermissionError):
            folder.chmod(PRIVATE)


@contextlib.contextmanager
def _locked(home: Path, progress: Progress) -> Iterator[None]:
    """Hold the folder for one fetch; a second one waits and finds what the first has fetched."""
    with (home / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress(Text("waiting for another fetch of this server", "warte, bis dieser Server anderswo geholt ist"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def is_address(location: str | None) -> bool:
    """Tell whether a location is that of a server rather than a folder."""
    return location is not None and location.lower().startswith(("http://", "https://"))


def local(location: Path) -> Build:
    """Return the build that a folder is: a folder of builds, one build, or the store in it.

    Raises:
        BuildError: It is none of them.
    """
    for folder in (location / "current", location, location.parent if location.name == "store" else location):
        if (folder / "build.json").is_file():
            return read(folder)
    if not (location / "CURRENT").is_file():
        return read(location / "current")
    what = Text(
        "This is a store alone; its quad tables and its record are missing.", "Das ist nur ein Speicher; Quad-Tabellen und Verzeichnis fehlen."
    )
    fix = Text("Name the folder of builds that it belongs to.", "Nennen Sie den Ordner der Builds, zu dem er gehört.")
    raise BuildError(what, where=str(location), fix=fix)
