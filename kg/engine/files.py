"""Small files and folders beside the tables: on this machine (`kg.engine.base.Files`)."""

from __future__ import annotations

import shutil
from pathlib import Path

from kg.errors import BuildError, InputError, Text, unwritable
from kg.files import make_folder_of, write_file

MAX_TEXT = 16 * 1024 * 1024
"""Bytes of the longest text file that is read."""


class LocalFiles:
    """Files of this machine; an address is a path or begins with `file:`."""

    def exists(self, url: str) -> bool:
        """Tell whether a file or folder is there."""
        return local_path(url).exists()

    def read_text(self, url: str) -> str:
        """Return a file's text (UTF-8)."""
        path = local_path(url)
        try:
            if path.stat().st_size > MAX_TEXT:
                raise too_long(url)
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise unreadable(url, error) from error

    def write_text(self, url: str, text: str) -> None:
        """Write a file whole or not at all, and the folders above it."""
        path = local_path(url)
        make_folder_of(path)
        write_file(path, text)

    def delete(self, url: str) -> None:
        """Remove a file, or a folder with all in it; nothing happens where there is none."""
        path = local_path(url)
        try:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        except OSError as error:
            raise unwritable(error, path, "--work") from error

    def list(self, url: str) -> list[str]:
        """Return the names in a folder, sorted, without those that begin with a dot or an underscore; none where there is no folder."""
        path = local_path(url)
        if not path.is_dir():
            return []
        return sorted(entry.name for entry in path.iterdir() if not entry.name.startswith((".", "_")))

    def move(self, source: str, target: str) -> None:
        """Give a file or folder another name; what stands at the target is removed first."""
        self.delete(target)
        path = local_path(target)
        make_folder_of(path)
        try:
            local_path(source).rename(path)
        except OSError as error:
            raise unwritable(error, path, "--work") from error


def is_local(url: str | Path) -> bool:
    """Tell whether an address is a path of this machine."""
    return isinstance(url, Path) or "://" not in url or url.startswith("file:")


def local_path(url: str | Path) -> Path:
    """Return the path that a local address names.

    Raises:
        InputError: It names another machine.
    """
    if isinstance(url, Path):
        return url
    if not is_local(url):
        what = Text("The engine duckdb writes to this machine only.", "Die Rechenmaschine duckdb schreibt nur auf diesen Rechner.")
        raise InputError(
            what, where=url, fix=Text("Give a folder, or use --engine spark.", "Geben Sie einen Ordner an, oder nehmen Sie --engine spark.")
        )
    return Path("/" + url.removeprefix("file:").lstrip("/")) if url.startswith("file:") else Path(url)


def too_long(url: str) -> InputError:
    """Return the error for a text file beyond :data:`MAX_TEXT`."""
    return InputError(
        Text(f"The file is larger than {MAX_TEXT // 1024**2} MB.", f"Die Datei ist größer als {MAX_TEXT // 1024**2} MB."),
        where=url,
        fix=Text(
            "It was not written by this program; choose another folder.",
            "Dieses Programm hat sie nicht geschrieben; wählen Sie einen anderen Ordner.",
        ),
    )


def unreadable(url: str, error: Exception) -> InputError:
    """Return the error for a file that cannot be read."""
    reason = (getattr(error, "strerror", None) or str(error) or type(error).__name__).splitlines()[0][:200]
    return InputError(Text(f"It cannot be read: {reason}.", f"Das lässt sich nicht lesen: {reason}."), where=url)


def nothing_there(url: object) -> InputError:
    """Return the error for a folder without a table."""
    return InputError(
        Text("There is no table (no Parquet file) here.", "Hier liegt keine Tabelle (keine Parquet-Datei)."),
        where=str(url),
        fix=Text("Check the address.", "Prüfen Sie die Adresse."),
    )


def no_line(url: str) -> BuildError:
    """Return the error for a text that cannot be a line."""
    what = Text("A text is missing or holds a line break, so it is no line.", "Ein Text fehlt oder enthält einen Zeilenumbruch und ist keine Zeile.")
    return BuildError(what, where=url, fix=Text("Escape line breaks first.", "Maskieren Sie zuvor die Zeilenumbrüche."))
