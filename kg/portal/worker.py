"""A worker process: opens the graph, then answers one request at a time until the front is gone (`python -m kg.portal.worker FRAMES FILES`)."""

from __future__ import annotations

import errno
import gzip
import sys
import time
import traceback
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from socket import socket

from kg.errors import KgError, Text
from kg.portal.desk import Desk
from kg.portal.frames import Channel
from kg.portal.page import Reply, Request
from kg.portal.render import BusyError, failure
from kg.portal.settings import of_json

HEAVY = 0.05
"""Seconds from which on a request may have taken so much memory that it is worth looking."""
SMALL = 1024
"""Bodies below this size are not compressed."""
MEGABYTE = 1024 * 1024
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
"""What the system says where a temporary file cannot be written: the operator's to mend, no bug."""


def main(frames: int, files: int) -> None:
    """Serve the front that holds the other ends of two sockets."""
    _die_with_parent()
    channel = Channel(socket(fileno=frames), socket(fileno=files))
    first = channel.read()
    if first is None:
        return
    config, _ = first
    settings = of_json(config["settings"])
    folder = Path(config["folder"]) if config["folder"] else None
    try:
        desk = Desk.open(settings, folder)
    except KgError as error:
        channel.write({"failed": error.text(config["lang"])})
        return
    for name in config["prepare"]:
        try:
            handler(name)(desk, Request(name))
        except (KgError, OSError) as error:  # the graph or the machine lacks something: no bug, so no traceback
            print(f"error in {name}: {error}", file=sys.stderr)
        except Exception:  # one page that fails must not take all others down: told in the log, and again to whoever asks for it
            print(f"error in {name}", file=sys.stderr)
            traceback.print_exc()
    _limit_memory(config["memory"])
    most = _address_space() + config["memory"] * MEGABYTE // 2
    channel.write({"ready": True, "release": desk.site.release})
    while frame := channel.read():
        head, body = frame
        compress = head.pop("gzip", False)
        started = time.monotonic()
        reply = answer(desk, Request.of(head, body))
        if compress and len(reply.body) >= SMALL and "Content-Encoding" not in reply.headers and _is_text(reply.media_type):
            reply.body = gzip.compress(reply.body, 2 if len(reply.body) < MEGABYTE else 1, mtime=0)
            reply.headers["Content-Encoding"] = "gzip"
        answered = {"status": reply.status, "type": reply.media_type, "headers": reply.headers, "rows": reply.rows, "truncated": reply.truncated}
        # What a request has taken may stay taken: the next one would have less than it may use.
        if time.monotonic() - started > HEAVY and _address_space() > most:
            answered["retire"] = True
        channel.write(answered, reply.body, reply.file)


def answer(desk: Desk, request: Request) -> Reply:
    """Return the reply of a handler; an error that a user can mend becomes a page that says how."""
    try:
        return handler(request.handler)(desk, request)
    except KgError as error:
        return failure(error, request)
    except MemoryError:
        return failure(out_of_memory(), request, status=503)
    except Exception as error:  # a bug: told in the log with its traceback, and to the reader without
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            print(f"kg serve: {error}", file=sys.stderr)
            return failure(_no_room(), request, status=503, headers={"Retry-After": "60"})
        mark = f"{time.time_ns():x}"
        print(f"error {mark} at {request.path}", file=sys.stderr)
        traceback.print_exc()
        what = Text(f"The portal made a mistake (number {mark}).", f"Dem Portal ist ein Fehler unterlaufen (Nummer {mark}).")
        fix = Text("Please report it with the number and the address.", "Bitte melden Sie ihn mit der Nummer und der Adresse.")
        return failure(KgError(what, fix=fix), request, status=500)


def _no_room() -> KgError:
    what = Text("The portal has no room for temporary files.", "Das Portal hat keinen Platz für Zwischendateien.")
    return BusyError(
        what, fix=Text("Try again later, or take another format.", "Versuchen Sie es später wieder, oder nehmen Sie ein anderes Format.")
    )


def out_of_memory() -> KgError:
    """Return the error of a request that needed more memory than it may have."""
    what = Text("The answer needs more memory than one request may use.", "Die Antwort braucht mehr Speicher, als eine Anfrage haben darf.")
    return BusyError(what, fix=Text("Narrow the question down, or add a LIMIT.", "Grenzen Sie die Frage ein, oder setzen Sie ein LIMIT."))


@lru_cache(maxsize=128)
def handler(name: str) -> Callable[[Desk, Request], Reply]:
    """Return the function that `module:function` names."""
    module, _, function = name.partition(":")
    found: Callable[[Desk, Request], Reply] = getattr(import_module(module), function)
    return found


def _is_text(media_type: str) -> bool:
    return media_type.startswith("text/") or any(part in media_type for part in ("json", "xml", "turtle", "triples", "quads", "trig", "javascript"))


def _die_with_parent() -> None:
    """Let the system end this process when the front is killed (Linux; elsewhere the closed socket does it after the request)."""
    if sys.platform == "linux":
        import ctypes
        import signal

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def _limit_memory(megabytes: int) -> None:
    """Bound the address space: what the process has now, and so much more (Linux)."""
    import resource

    have = _address_space()
    if have:
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (have + megabytes * MEGABYTE, hard))


def _address_space() -> int:
    """Return the bytes of address space that the process has (Linux; elsewhere 0)."""
    import resource

    statm = Path("/proc/self/statm")
    return int(statm.read_text(encoding="ascii").split()[0]) * resource.getpagesize() if statm.is_file() else 0


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
