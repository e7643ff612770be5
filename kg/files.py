"""Writing files: whole or not at all, and one clear error where a target cannot be written."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from kg.errors import unwritable


def write_file(path: Path, text: str | bytes) -> None:
    """Write a file by a temporary file beside it that takes its place.

    Raises:
        BuildError: The target cannot be written; what stood there is untouched.
    """
    write_files({path: text})


def make_folder_of(path: Path) -> None:
    """Make the folder of a file, and those above it.

    Raises:
        BuildError: It cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(error, path) from error


def write_files(texts: Mapping[Path, str | bytes | Iterable[str]]) -> None:
    """Write several files, each a text (UTF-8), its parts in order, or bytes; none is replaced before all of them are on the disk."""
    made: list[tuple[str, Path]] = []
    path = next(iter(texts), Path())
    try:
        for path, text in texts.items():
            if path.is_dir():
                raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
            handle, temporary = tempfile.mkstemp(prefix=f".{path.name[:100]}-", dir=path.parent)
            made.append((temporary, path))
            with os.fdopen(handle, "wb") as file:
                parts = [text] if isinstance(text, str | bytes) else text
                file.writelines(part if isinstance(part, bytes) else part.encode("utf-8", "backslashreplace") for part in parts)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).chmod(0o666 & ~_umask())
        while made:
            temporary, path = made[0]
            Path(temporary).replace(path)
            made.pop(0)
    except OSError as error:
        raise unwritable(error, path) from error
    finally:
        for temporary, _ in made:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
