"""Small files and folders wherever a Spark session can write: HDFS, object storage, shared disks, this machine."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

from kg.engine.files import MAX_TEXT, LocalFiles, is_local, too_long, unreadable
from kg.errors import BuildError, Text


class HadoopFiles:
    """Files by the session's Hadoop settings; local paths need no Java (`kg.engine.base.Files`).

    Args:
        session: An open Spark session.
    """

    def __init__(self, session: Any) -> None:
        self._session = session
        self._local = LocalFiles()

    def exists(self, url: str) -> bool:
        """Tell whether a file or folder is there."""
        if is_local(url):
            return self._local.exists(url)
        system, path = self._at(url)
        return bool(system.exists(path))

    def read_text(self, url: str) -> str:
        """Return a file's text (UTF-8)."""
        if is_local(url):
            return self._local.read_text(url)
        system, path = self._at(url)
        try:
            if system.getFileStatus(path).getLen() > MAX_TEXT:
                raise too_long(url)
            with contextlib.closing(system.open(path)) as stream:
                return bytes(stream.readAllBytes()).decode("utf-8")
        except (_java_error(), UnicodeDecodeError) as error:
            raise unreadable(url, error) from error

    def write_text(self, url: str, text: str) -> None:
        """Write a file whole or not at all, and the folders above it."""
        if is_local(url):
            self._local.write_text(url, text)
            return
        system, path = self._at(url)
        beside = self._path(f"{url}.part")
        try:
            with contextlib.closing(system.create(beside, True)) as stream:
                stream.write(bytearray(text.encode("utf-8")))
            system.delete(path, False)
            system.rename(beside, path)
        except _java_error() as error:
            raise _unwritable(url, error) from error

    def delete(self, url: str) -> None:
        """Remove a file, or a folder with all in it; nothing happens where there is none."""
        if is_local(url):
            self._local.delete(url)
            return
        system, path = self._at(url)
        try:
            system.delete(path, True)
        except _java_error() as error:
            raise _unwritable(url, error) from error

    def list(self, url: str) -> list[str]:
        """Return the names in a folder, sorted, without those that begin with a dot or an underscore; none where there is no folder."""
        if is_local(url):
            return self._local.list(url)
        system, path = self._at(url)
        if not system.exists(path):
            return []
        names = [status.getPath().getName() for status in system.listStatus(path)]
        return sorted(name for name in names if not name.startswith((".", "_")))

    def move(self, source: str, target: str) -> None:
        """Give a file or folder another name; what stands at the target is removed first."""
        if is_local(source):
            self._local.move(source, target)
            return
        system, path = self._at(target)
        try:
            system.delete(path, True)
            system.mkdirs(path.getParent())
            if not system.rename(self._path(source), path):
                raise _unwritable(target, OSError("rename"))
        except _java_error() as error:
            raise _unwritable(target, error) from error

    def put(self, source: Path, url: str) -> None:
        """Copy a file of this machine to an address."""
        system, path = self._at(url)
        try:
            system.copyFromLocalFile(False, True, self._path(f"file://{source.absolute()}"), path)
        except _java_error() as error:
            raise _unwritable(url, error) from error

    def get(self, url: str, target: Path) -> None:
        """Copy a file at an address to this machine."""
        system, path = self._at(url)
        try:
            system.copyToLocalFile(False, path, self._path(f"file://{target.absolute()}"), True)
        except _java_error() as error:
            raise unreadable(url, error) from error

    def _path(self, url: str) -> Any:
        return self._session._jvm.org.apache.hadoop.fs.Path(url)

    def _at(self, url: str) -> tuple[Any, Any]:
        """Return file system and path of an address."""
        path = self._path(url)
        try:
            return path.getFileSystem(self._session._jsc.hadoopConfiguration()), path
        except _java_error() as error:
            raise unreadable(url, error) from error


def _java_error() -> type[Exception]:
    from py4j.protocol import Py4JError

    return Py4JError  # type: ignore[no-any-return]


def _unwritable(url: str, error: Exception) -> BuildError:
    reason = _reason(error)
    fix = Text("Check the address and the settings of the storage (--conf).", "Prüfen Sie Adresse und Einstellungen des Speichers (--conf).")
    return BuildError(Text(f"It cannot be written: {reason}.", f"Dort lässt sich nicht schreiben: {reason}."), where=url, fix=fix)


def _reason(error: Exception) -> str:
    said = getattr(error, "java_exception", None)
    return str(said.getMessage() if said is not None else error).splitlines()[0][:200]
