"""Writing reports: whole or not at all, and one clear error where a target cannot be written."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from pathlib import Path

from kg.errors import KgError, Text
from kg.validate.report import Report, to_json, to_turtle

_OTHER = Text("Choose another target.", "Wählen Sie ein anderes Ziel.")
_SPACE = Text(
    "Free some space, or choose another target; what stood there is untouched.",
    "Schaffen Sie Platz oder wählen Sie ein anderes Ziel; was dort stand, ist unberührt.",
)
_RIGHTS = Text("Choose another one, or change its permissions.", "Wählen Sie ein anderes, oder ändern Sie seine Rechte.")
REASONS = {
    errno.ENOSPC: (Text("The disk is full.", "Der Datenträger ist voll."), _SPACE),
    errno.EDQUOT: (Text("The disk quota is used up.", "Der zugeteilte Speicherplatz ist aufgebraucht."), _SPACE),
    errno.EACCES: (Text("The target cannot be written.", "Das Ziel ist nicht beschreibbar."), _RIGHTS),
    errno.EPERM: (Text("The target cannot be written.", "Das Ziel ist nicht beschreibbar."), _RIGHTS),
    errno.EROFS: (Text("The file system is read-only.", "Das Dateisystem ist schreibgeschützt."), _OTHER),
    errno.ENOTDIR: (Text("A file stands where a folder should be.", "Wo ein Ordner sein soll, steht eine Datei."), _OTHER),
    errno.EEXIST: (Text("A file stands where a folder should be.", "Wo ein Ordner sein soll, steht eine Datei."), _OTHER),
    errno.EISDIR: (
        Text("A folder stands where the file should be.", "Wo die Datei sein soll, steht ein Ordner."),
        Text("Name a file.", "Nennen Sie eine Datei."),
    ),
    errno.ENOENT: (
        Text("There is no such folder.", "Den Ordner gibt es nicht."),
        Text("Create it, or choose another target.", "Legen Sie ihn an, oder wählen Sie ein anderes Ziel."),
    ),
    errno.ENAMETOOLONG: (
        Text("The name is too long.", "Der Name ist zu lang."),
        Text("Choose a shorter one.", "Wählen Sie einen kürzeren."),
    ),
}


def write_file(path: Path, text: str) -> None:
    """Write a text file by a temporary file beside it that takes its place.

    Raises:
        KgError: The target cannot be written; what stood there is untouched.
    """
    write_files({path: text})


def write_report(report: Report, folder: Path) -> tuple[Path, Path]:
    """Write `report.json` and `report.ttl` into a folder, both or neither; return their paths.

    Raises:
        KgError: The folder cannot be written; what stood there is untouched.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _error(error, folder) from error
    paths = folder / "report.json", folder / "report.ttl"
    write_files({paths[0]: to_json(report), paths[1]: to_turtle(report)})
    return paths


def write_files(texts: dict[Path, str]) -> None:
    """Write several text files; none is replaced before all of them are on the disk."""
    made: list[tuple[str, Path]] = []
    path = next(iter(texts), Path())
    try:
        for path, text in texts.items():
            if path.is_dir():
                raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
            handle, temporary = tempfile.mkstemp(prefix=f".{path.name[:100]}-", dir=path.parent)
            made.append((temporary, path))
            with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).chmod(0o666 & ~_umask())
        while made:
            temporary, path = made[0]
            Path(temporary).replace(path)
            made.pop(0)
    except OSError as error:
        raise _error(error, path) from error
    finally:
        for temporary, _ in made:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _error(error: OSError, path: Path) -> KgError:
    reason = error.strerror or str(error)
    other = Text(f"The target cannot be written: {reason}.", f"Das Ziel ist nicht beschreibbar: {reason}.")
    what, fix = REASONS.get(error.errno or 0, (other, _OTHER))
    return KgError(what, where=str(path), fix=fix)
