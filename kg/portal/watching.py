"""What an operator watches: one structured line per request, and counters for Prometheus."""

from __future__ import annotations

import importlib.util
import json
import sys
from datetime import UTC, datetime
from typing import Any

from kg.errors import MissingExtraError, Text

# One encoder for all lines: json.dumps with a default makes a new one each time, which costs as much as the line.
_ENCODER = json.JSONEncoder(default=repr, separators=(",", ":"))


class Watching:
    """Log and counters of the front; without prometheus-client (extra `[metrics]`) the log alone.

    Attributes:
        log: structlog logger; JSON lines on stderr, or readable ones on a terminal.
        counters: The counters, or `None`.
    """

    def __init__(self, *, terminal: bool | None = None) -> None:
        import structlog

        self._readable = sys.stderr.isatty() if terminal is None else terminal
        renderer: Any = structlog.dev.ConsoleRenderer() if self._readable else structlog.processors.JSONRenderer()
        stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
        self.log: Any = structlog.wrap_logger(structlog.PrintLogger(sys.stderr), processors=[structlog.processors.add_log_level, stamp, renderer])
        self.counters = Counters() if importlib.util.find_spec("prometheus_client") else None

    def answered(self, route: str, status: int, seconds: float, **more: Any) -> None:
        """Count a request and write its line."""
        if self.counters is not None:
            self.counters.answered(route, status, seconds, truncated=bool(more.get("truncated")))
        fields = {"route": route, "status": status, "ms": round(seconds * 1000, 1), **more}
        if self._readable:
            self.log.info("answered", **fields)
            return
        # The same line as structlog would write, without its chain of processors: it comes with every request.
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        sys.stderr.write(_ENCODER.encode({**fields, "event": "answered", "level": "info", "timestamp": now}) + "\n")

    def measured(self, pool: str, *, killed: int, refused: int, busy: int, idle: int) -> None:
        """Note how a pool of workers stands."""
        if self.counters is not None:
            self.counters.measured(pool, killed=killed, refused=refused, busy=busy, idle=idle)

    def metrics(self) -> bytes:
        """Return the counters in Prometheus' text format.

        Raises:
            MissingExtraError: prometheus-client is not installed.
        """
        if self.counters is None:
            raise MissingExtraError("prometheus-client", "metrics", Text("Counters for Prometheus", "Zähler für Prometheus"))
        return self.counters.text()


class Counters:
    """Counters and gauges of Prometheus."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        self._counted: dict[tuple[str, int], tuple[Any, Any]] = {}
        self.registry = CollectorRegistry()
        self.requests = Counter("kg_requests", "Requests answered.", ["route", "status"], registry=self.registry)
        self.seconds = Histogram(
            "kg_request_seconds",
            "Seconds from request to answer.",
            ["route"],
            buckets=(0.005, 0.02, 0.05, 0.1, 0.25, 1, 5, 10),
            registry=self.registry,
        )
        self.truncated = Counter("kg_truncated_answers", "Answers that were cut at a limit.", registry=self.registry)
        self.killed = Gauge("kg_workers_killed", "Workers killed at a limit or after their client went away.", ["pool"], registry=self.registry)
        self.refused = Gauge("kg_requests_refused", "Requests refused because too many waited.", ["pool"], registry=self.registry)
        self.workers = Gauge("kg_workers", "Worker processes.", ["pool", "state"], registry=self.registry)

    def answered(self, route: str, status: int, seconds: float, *, truncated: bool) -> None:
        """Count a request."""
        counted = self._counted.get((route, status))
        if counted is None:
            counted = self._counted[route, status] = (self.requests.labels(route, status), self.seconds.labels(route))
        counted[0].inc()
        counted[1].observe(seconds)
        if truncated:
            self.truncated.inc()

    def measured(self, pool: str, *, killed: int, refused: int, busy: int, idle: int) -> None:
        """Set the gauges of a pool."""
        self.killed.labels(pool).set(killed)
        self.refused.labels(pool).set(refused)
        self.workers.labels(pool, "busy").set(busy)
        self.workers.labels(pool, "idle").set(idle)

    def text(self) -> bytes:
        """Return all of them in Prometheus' text format (0.0.4)."""
        from prometheus_client import generate_latest

        return generate_latest(self.registry)
