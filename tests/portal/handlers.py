"""Handlers that misbehave, for tests of the pool."""

from __future__ import annotations

import os
import time

from kg.errors import ParameterError, Text
from kg.portal.desk import Desk
from kg.portal.page import Reply, Request


def echo(desk: Desk, request: Request) -> Reply:
    """Say back a value, and who answers."""
    return Reply(f"{request.value('say')} {os.getpid()}".encode(), "text/plain")


def nap(desk: Desk, request: Request) -> Reply:
    """Sleep."""
    time.sleep(float(request.value("seconds")))
    return Reply(str(os.getpid()).encode(), "text/plain")


def spin(desk: Desk, request: Request) -> Reply:
    """Use a core for ever."""
    while True:
        pass


def runaway(desk: Desk, request: Request) -> Reply:
    """Ask the engine for a cross product that never ends."""
    desk.store.query("SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    return Reply(b"never")


def hungry(desk: Desk, request: Request) -> Reply:
    """Take memory by small pieces, as Python objects do."""
    held = [bytearray(1_000_000) for _ in range(100_000)]
    return Reply(str(len(held)).encode())


def hungry_engine(desk: Desk, request: Request) -> Reply:
    """Let the engine keep a large table (DISTINCT over a cross product), where memory that cannot be had ends the process."""
    desk.store.query("SELECT (COUNT(*) AS ?n) WHERE { SELECT DISTINCT ?a ?c ?d ?f WHERE { ?a ?b ?c . ?d ?e ?f } }")
    return Reply(b"never")


_HELD: list[bytearray] = []


def keep(desk: Desk, request: Request) -> Reply:
    """Take memory and keep it, as libraries do that are loaded for one request."""
    _HELD.append(bytearray(150_000_000))
    time.sleep(0.1)
    return Reply(str(os.getpid()).encode())


def die(desk: Desk, request: Request) -> Reply:
    """End the process."""
    os._exit(3)


def large(desk: Desk, request: Request) -> Reply:
    """Answer with many bytes."""
    return Reply(b"0123456789" * int(request.value("tens")), "text/plain", headers={"X-Made": "yes"})


def wrong(desk: Desk, request: Request) -> Reply:
    """Refuse as handlers do."""
    raise ParameterError(Text("This is wrong.", "Das ist falsch."), fix=Text("Do it right.", "Machen Sie es richtig."))


def bug(desk: Desk, request: Request) -> Reply:
    """Fail as handlers must not."""
    raise RuntimeError("a bug")


def split(desk: Desk, request: Request) -> Reply:
    """Try to begin another header."""
    return Reply(b"x", "text/plain", headers={"X-Bad": "a\r\nX-Injected: yes", "X-Good": "b"})
