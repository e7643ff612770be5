"""What a load has done so far: a file beside the builds, written whole after every chunk, without credentials, so that another run can go on.

build/loads/<hash of address>.json    {"format", "address", "build", "graphs": {IRI: {"sha256", "statements", "bytes", "done", "counted"}}}
build/loads/<hash of address>.lock    held while a load runs
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from kg.errors import BuildError, Text, unwritable
from kg.files import write_file
from kg.store.credentials import shown

FORMAT = 1
MAX_BYTES = 16 * 1024 * 1024
FOLDER = "loads"


@dataclass
class Entry:
    """What is known of one graph on the server.

    Attributes:
        sha256: Checksum of the statements that are being sent, or were.
        statements: How many there are.
        bytes: Their size.
        done_bytes, done_statements, done_chunks: What the server has confirmed.
        counted: What the server counted when all of it had been sent; `None` before.
    """

    sha256: str
    statements: int
    bytes: int
    done_bytes: int = 0
    done_statements: int = 0
    done_chunks: int = 0
    counted: int | None = None

    @property
    def whole(self) -> bool:
        """Everything has been confirmed."""
        return self.done_bytes == self.bytes and self.done_chunks > 0


@dataclass
class Record:
    """What was loaded to one address from one folder of builds.

    Attributes:
        path: The file.
        address: Where to, as messages show it.
        build: Identifier of the build loaded last.
        graphs: By IRI.
    """

    path: Path
    address: str
    build: str = ""
    graphs: dict[str, Entry] = field(default_factory=dict)

    def save(self) -> None:
        """Write the file, whole or not at all.

        Raises:
            BuildError: It cannot be written.
        """
        data = {
            "format": FORMAT,
            "address": self.address,
            "build": self.build,
            "graphs": {iri: asdict(self.graphs[iri]) for iri in sorted(self.graphs)},
        }
        write_file(self.path, json.dumps(data, indent=1, ensure_ascii=False) + "\n")


def path_of(root: Path, address: str) -> Path:
    """Return where the record of an address lies."""
    return root / FOLDER / f"{hashlib.sha256(address.encode()).hexdigest()[:16]}.json"


def read(root: Path, address: str) -> Record:
    """Return what was loaded to an address, or an empty record.

    Raises:
        BuildError: The file is there and cannot be read.
    """
    path = path_of(root, address)
    empty = Record(path, shown(address))
    try:
        with path.open("rb") as file:
            text = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return empty
    except OSError as error:
        raise unwritable(error, path, "--build") from error
    try:
        if len(text) > MAX_BYTES:
            raise ValueError("too large")
        data = json.loads(text)
        if data["format"] != FORMAT:
            raise ValueError(f"format {data['format']}")
        graphs = {str(iri): _entry(value) for iri, value in data["graphs"].items()}
        return Record(path, empty.address, str(data["build"]), graphs)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        what = Text("The record of earlier loads cannot be read.", "Die Aufzeichnung früherer Ladevorgänge ist nicht lesbar.")
        fix = Text(
            "Forget it with --restart: every graph is then sent again.", "Verwerfen Sie sie mit --restart: Dann wird jeder Graph neu gesendet."
        )
        raise BuildError(what, where=str(path), fix=fix) from error


def _entry(value: dict[str, Any]) -> Entry:
    entry = Entry(**value)
    numbers = (entry.statements, entry.bytes, entry.done_bytes, entry.done_statements, entry.done_chunks)
    if not isinstance(entry.sha256, str) or not all(type(number) is int and number >= 0 for number in numbers):
        raise ValueError("no entry")
    if entry.done_bytes > entry.bytes or entry.done_statements > entry.statements or type(entry.counted) not in (int, type(None)):
        raise ValueError("no entry")
    return entry


@contextlib.contextmanager
def locked(root: Path, address: str) -> Iterator[None]:
    """Hold an address for one load from this folder of builds; what a killed one has left goes.

    Raises:
        BuildError: Another load holds it, or the folder cannot be written.
    """
    path = path_of(root, address).with_suffix(".lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.open("w")
    except OSError as error:
        raise unwritable(error, path, "--build") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            what = Text("Another load to this address is running.", "Ein anderer Ladevorgang an diese Adresse läuft gerade.")
            raise BuildError(what, where=shown(address), fix=Text("Wait until it is done.", "Warten Sie, bis er fertig ist.")) from error
        for left in path.parent.glob(f".{path.stem}*-*"):
            # A load that was killed could not tidy up.
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        yield
