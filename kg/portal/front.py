"""The front's state: pools on the current release, a watch for the next one, counters, one log line per request."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import shutil
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg import __version__
from kg.build import current, read
from kg.errors import KgError
from kg.namespaces import BASE
from kg.portal.settings import PortalSettings
from kg.portal.workers import Pool

if TYPE_CHECKING:
    from kg.portal.watching import Watching

WATCH = 1.0
"""Seconds between two looks at `build/current`."""
AGAIN = 10.0
"""Seconds until a build that could not be served is tried again."""
UPLOADS = 2
"""Uploads that are received at a time; each is held as a whole."""
ANALYSIS_SECONDS = 60.0
ANALYSIS_MEMORY = 4096
DRAIN = 30.0
"""Seconds that requests on the old release may take after a new one is there."""


@dataclass
class Release:
    """The graph being served.

    Attributes:
        id: Identifier of the build; of an endpoint without a mirror empty.
        folder: Folder of the build or mirror.
        base: Namespace root of its entities.
        desk, analysis: Pools of workers.
    """

    id: str
    folder: Path | None
    base: str
    desk: Pool
    analysis: Pool

    async def close(self, wait: float) -> None:
        """Let the workers end."""
        await asyncio.gather(self.desk.close(wait=wait), self.analysis.close(wait=wait))


@dataclass
class Front:
    """What the front process holds.

    Attributes:
        settings: Of the portal.
        watching: Counters and log.
        release: The graph being served; `None` before the start.
        problem: Why the start failed.
        uploads: Held by whoever sends files.
    """

    settings: PortalSettings
    watching: Watching
    release: Release | None = None
    started: float = field(default_factory=time.monotonic)
    problem: KgError | None = None
    uploads: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(UPLOADS))
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _own: Path | None = None

    @property
    def remote(self) -> bool:
        """Whether the graph is an endpoint."""
        return self.settings.store.startswith(("http://", "https://"))

    @property
    def base(self) -> str:
        """Namespace root of the graph being served."""
        return self.release.base if self.release is not None else BASE

    def folder(self) -> Path | None:
        """Return the folder of the build that is current now; `None` for an endpoint.

        Raises:
            BuildError: Nothing has been built.
        """
        return None if self.remote else current(Path(self.settings.store or self.settings.build)).path

    async def start(self) -> None:
        """Open the graph.

        Raises:
            KgError: It cannot be opened.
        """
        try:
            self.release = await self._open(self.folder())
        except KgError as error:
            self.problem = error
            raise
        self._tasks.append(asyncio.create_task(self._fetch() if self.remote else self._watch()))

    async def _open(self, folder: Path | None) -> Release:
        settings = self.settings
        # First: a build that cannot be read must not leave processes behind.
        name, base = (folder.name, read(folder).base) if folder is not None else ("", BASE)
        desk = Pool(settings, folder, settings.workers, settings.seconds, settings.memory, prepare=("kg.portal.entity:prepare",))
        prepare = ("kg.portal.entity:prepare", "kg.portal.explorer:prepare")
        analysis = Pool(settings, folder, settings.analysts, ANALYSIS_SECONDS, ANALYSIS_MEMORY, prepare=prepare, slow_after=None)
        await desk.open()
        release = Release(name, folder, base, desk, analysis)
        # Networks come a moment later than pages: their worker loads the participations first.
        self._tasks.append(asyncio.create_task(self._open_analysis(release)))
        return release

    async def _open_analysis(self, release: Release) -> None:
        try:
            await release.analysis.open()
        except (KgError, OSError) as error:
            self.watching.log.warning("networks are off", reason=str(error))

    async def _watch(self) -> None:
        """Serve a new build as soon as `build/current` points to it; the old one ends its requests."""
        failed, again = None, 0.0
        while True:
            await asyncio.sleep(WATCH)
            try:
                folder = self.folder()
            except (KgError, OSError):
                continue
            if self.release is None or folder is None or folder == self.release.folder or (folder == failed and time.monotonic() < again):
                continue
            failed, again = (None, 0.0) if await self._change(folder) else (folder, time.monotonic() + AGAIN)

    async def _change(self, folder: Path) -> bool:
        """Open a build and serve it; tell whether that went well."""
        try:
            new = await self._open(folder)
        except (KgError, OSError) as error:
            self.watching.log.error("the new build cannot be served", build=folder.name, reason=str(error))
            return False
        old, self.release = self.release, new
        self.watching.log.info("serving a new build", build=new.id)
        if old is not None:
            self._tasks.append(asyncio.create_task(old.close(DRAIN)))
        return True

    async def _fetch(self) -> None:
        """Fetch from an endpoint what search and networks need, then go on with it."""
        from kg.mirror import mirror

        try:
            build = await asyncio.to_thread(mirror, self.settings.store, self._copies())
        except (KgError, OSError) as error:
            self.watching.log.warning("search and networks are off", reason=str(error))
            return
        await self._change(build.path)

    def _copies(self) -> Path:
        """Return where copies of endpoints lie: in the folder of builds, to be found at the next start, or where there is none for as long as this process runs."""
        root = Path(self.settings.build)
        if root.is_dir() and os.access(root, os.W_OK):
            return root
        self._own = Path(tempfile.mkdtemp(prefix="kg-mirror-"))
        return self._own

    async def stop(self) -> None:
        """Let running requests end, then the workers."""
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await task
        if self.release is not None:
            await self.release.close(5.0)
        if self._own is not None:
            shutil.rmtree(self._own, ignore_errors=True)

    def tag(self, *parts: str) -> str:
        """Return the strong ETag of an answer that depends on the graph and these parts alone; empty for an endpoint, whose graph may change."""
        if self.release is None or self.remote or not self.release.id:
            return ""
        text = "\x00".join((self.release.id, __version__, *parts))
        return f'"{self.release.id}-{hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=9).hexdigest()}"'

    def capabilities(self) -> dict[str, Any]:
        """Return how things stand, for `/health/ready`."""
        release = self.release
        if release is None:
            return {"ready": False}
        pools = {name: {"workers": len(pool.workers), "busy": pool.busy, "waiting": pool.waiting} for name, pool in self._pools(release)}
        state = {"ready": bool(release.desk.workers), "release": release.id or self.settings.store, "version": __version__, "pools": pools}
        # Of an endpoint: whether what search and networks need has been fetched.
        return {**state, "mirror": release.folder is not None} if self.remote else state

    def measure(self) -> None:
        """Put the state of the pools into the gauges."""
        for name, pool in self._pools(self.release) if self.release is not None else ():
            self.watching.measured(name, killed=pool.killed, refused=pool.refused, busy=pool.busy, idle=len(pool.workers) - pool.busy)

    @staticmethod
    def _pools(release: Release) -> tuple[tuple[str, Pool], ...]:
        return (("desk", release.desk), ("analysis", release.analysis))
