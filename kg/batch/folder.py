"""The folder of a run: whose it is (`WORK/run.json`: inputs, software, options), and that only one works in it."""

from __future__ import annotations

import contextlib
import fcntl
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.batch.stages import DATA, STAGE
from kg.errors import BuildError, KgError, Text, unwritable

if TYPE_CHECKING:
    from kg.engine.base import Engine

RUN, REPORT = "run.json", "report.json"
SPILL = "spill"
LOCK = ".lock"


def claim(engine: Engine, work: str, run: Mapping[str, Any], *, restart: bool) -> None:
    """Make a folder that of a run, or find that it is.

    Args:
        engine: Session whose files reach the folder.
        work: Folder or address of the stages.
        run: What it belongs to: `id`, and what that is a hash of.
        restart: Remove the stages of whatever run was there.

    Raises:
        BuildError: It belongs to another run, or is no folder of a run at all.
    """
    files, record = engine.files, f"{work}/{RUN}"
    names = [name for name in files.list(work) if name not in (SPILL,)]
    known: Any = None
    if files.exists(record):
        with contextlib.suppress(KgError, ValueError):
            known = json.loads(files.read_text(record))
    if known is None and names and not all(files.exists(f"{work}/{name}/{DATA}") for name in names):
        what = Text("The folder holds something else than stages.", "Der Ordner enthält anderes als Stufen.")
        raise BuildError(
            what, where=work, fix=Text("Name an empty or new folder with --work.", "Nennen Sie mit --work einen leeren oder neuen Ordner.")
        )
    if isinstance(known, dict) and known.get("id") == run["id"] and not restart:
        return
    if (known is not None or names) and not restart:
        differs = ", ".join(_differences(known, run)) or "run.json"
        what = Text(
            f"The folder holds the stages of another run (different: {differs}).",
            f"Der Ordner enthält die Stufen eines anderen Laufs (anders: {differs}).",
        )
        fix = Text(
            "Name another folder with --work, or throw those stages away with --restart.",
            "Nennen Sie mit --work einen anderen Ordner, oder verwerfen Sie jene Stufen mit --restart.",
        )
        raise BuildError(what, where=work, fix=fix)
    # The record goes first: what is left if this is killed are stages without a run, which --restart removes.
    for name in sorted(names, key=lambda name: name != RUN):
        if name in (RUN, REPORT) or files.exists(f"{work}/{name}/{DATA}") or files.exists(f"{work}/{name}/{STAGE}"):
            files.delete(f"{work}/{name}")
    files.write_text(record, json.dumps(run, indent=2, ensure_ascii=False, sort_keys=True) + "\n")


def _differences(known: Any, run: Mapping[str, Any]) -> list[str]:
    """Name what differs between two runs."""
    if not isinstance(known, dict):
        return []
    return sorted(str(key) for key in {*known, *run} - {"id"} if known.get(key) != run.get(key))


@contextlib.contextmanager
def locked(work: Path) -> Iterator[None]:
    """Hold a folder of this machine for one run; the lock goes with the process, however it ends.

    Raises:
        BuildError: Another run holds it, or it cannot be made.
    """
    try:
        work.mkdir(parents=True, exist_ok=True)
        with (work / LOCK).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                what = Text("Another batch is at work in this folder.", "In diesem Ordner arbeitet gerade ein anderer Lauf.")
                raise BuildError(
                    what, where=str(work), fix=Text("Wait for it, or name another --work.", "Warten Sie auf ihn, oder nennen Sie ein anderes --work.")
                ) from error
            yield
    except OSError as error:
        raise unwritable(error, work, "--work") from error
