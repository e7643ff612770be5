"""Workers of a Spark cluster: waited for at first, and missed when all are gone."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from typing import Any

from kg.errors import EngineError, Text

WORKERS_SECONDS = 60.0
"""How long a cluster may take to give the first worker, and how long one that has lost all of them may take to give another."""

LOOK_SECONDS = 2.0
"""How often it is looked whether there are workers."""

CANCELLED = "cancelled as part of cancellation of all jobs"
"""What Spark says of what :func:`watched` has ended."""


def has_worker(context: Any) -> bool:
    """Tell whether a session has anybody to run its tasks, beside its own process."""
    return bool(context._jsc.sc().getExecutorMemoryStatus().size() > 1)


@contextlib.contextmanager
def watched(session: Any) -> Iterator[None]:
    """End what runs when the cluster has had no worker for :data:`WORKERS_SECONDS`: Spark itself would wait for one without end."""
    context, ended = session.sparkContext, threading.Event()

    def look() -> None:
        seen = time.monotonic()
        while not ended.wait(LOOK_SECONDS):
            with contextlib.suppress(Exception):  # the session ends at any moment, and says so itself
                if has_worker(context) or not context.statusTracker().getActiveJobsIds():
                    seen = time.monotonic()
                elif time.monotonic() - seen > WORKERS_SECONDS:
                    context.cancelAllJobs()

    thread = threading.Thread(target=look, name="kg-spark-workers", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(LOOK_SECONDS)


def no_worker_left() -> EngineError:
    """Return the error for a cluster whose workers are all gone."""
    what = Text(f"The cluster has had no worker for {WORKERS_SECONDS:.0f} s.", f"Der Cluster hat seit {WORKERS_SECONDS:.0f} s keinen Worker.")
    fix = Text(
        "Start workers and run the same again; finished stages are kept.", "Starten Sie Worker und dasselbe noch einmal; fertige Stufen bleiben."
    )
    return EngineError(what, fix=fix)
