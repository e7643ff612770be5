"""A folder that appears or is replaced in one step: complete before it is seen, and the previous one whole until then.

On Linux the two folders change places atomically (`renameat2` with RENAME_EXCHANGE; Linux man-pages, renameat2(2)), and a folder that must be new
takes its name only where nothing has it (RENAME_NOREPLACE); elsewhere the old one is renamed away just before the new one takes its name. Left-overs
of a killed run are removed by the next.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

_PREFIX = ".kg-publish-"
_NOREPLACE, _EXCHANGE, _AT_FDCWD = 1, 2, -100


@contextlib.contextmanager
def replaced(target: Path, check: Callable[[], None] = lambda: None) -> Iterator[Path]:
    """Yield an empty folder beside the target; it takes the target's place when the block ends without an error.

    Args:
        target: Folder to make or replace.
        check: Called just before the swap; raises where the target may not be replaced.

    Raises:
        OSError: The folder cannot be made, written or swapped; the target is as it was.
    """
    target = target.resolve()
    with _beside(target) as folder:
        yield folder
        _sync(folder)
        check()
        _swap(folder, target)


@contextlib.contextmanager
def placed(target: Path) -> Iterator[Path]:
    """Yield an empty folder beside the target; it gets the target's name when the block ends without an error, and never takes another's place.

    Raises:
        FileExistsError: Something has that name by now.
        OSError: The folder cannot be made, written or renamed.
    """
    target = target.parent.resolve() / target.name
    with _beside(target) as folder:
        yield folder
        _sync(folder)
        _rename(folder, target)


@contextlib.contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """Yield an empty folder beside a target, locked while it is written; whatever has its name in the end is removed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = target.parent / f"{_PREFIX}{os.getpid()}-{secrets.token_hex(4)}"
    with _held(target.parent):  # else a second run could tidy the new folder away before it is locked
        _tidy(target)
        folder.mkdir()
        lock = os.open(folder, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


@contextlib.contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold a folder for a moment; a second run waits."""
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _swap(folder: Path, target: Path) -> None:
    """Put a folder in the target's place; what stood there is then under the folder's name."""
    try:
        folder.rename(target)
        return
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
    if _exchange(folder, target):
        return
    aside = _aside(target)
    target.rename(aside)
    try:
        folder.rename(target)
    except OSError:
        aside.rename(target)
        raise
    aside.rename(folder)


def _aside(target: Path) -> Path:
    return target.parent / f"{_PREFIX}previous-{target.name}"


def _rename(folder: Path, target: Path) -> None:
    """Give a folder a name that nothing has."""
    if _renameat2(folder, target, _NOREPLACE):
        return
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
    folder.rename(target)  # a folder with files in it that came in between is refused here, too


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change names in one step, where the system can."""
    return _renameat2(one, other, _EXCHANGE)


def _renameat2(one: Path, other: Path, flags: int) -> bool:
    """Call `renameat2`; return whether the system can do what is asked."""
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    if call(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), flags) == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP):
        return False
    raise OSError(number, os.strerror(number), str(other))


def _tidy(target: Path) -> None:
    """Put back or remove what runs left that were killed: folders that nobody holds locked."""
    aside = _aside(target)
    if aside.is_dir() and not target.exists():
        aside.rename(target)
    for path in target.parent.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path, ignore_errors=True)
            finally:
                os.close(lock)


def _sync(folder: Path) -> None:
    """Put the files and folders of a folder on the disk; what lies deeper follows when the system likes."""
    for path in folder.iterdir():
        entry = os.open(path, os.O_RDONLY)
        try:
            os.fsync(entry)
        finally:
            os.close(entry)
