"""Validate N-Triples with rudof. Usage: run_rudof.py DATA SHAPES OUT; runs in the peers' environment, where nothing of this project is."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pyrudof  # type: ignore[import-not-found]


def main() -> None:
    data, shapes, out = sys.argv[1:4]
    started = time.perf_counter()
    session = pyrudof.Rudof(pyrudof.RudofConfig())
    session.read_data(data, pyrudof.RDFFormat.NTriples)
    loaded = time.perf_counter()
    session.read_shacl(shapes, pyrudof.ShaclFormat.Turtle)
    report = session.validate_shacl()
    ended = time.perf_counter()
    Path(out).write_text(json.dumps({"load": loaded - started, "validate": ended - loaded, "results": len(report)}), encoding="utf-8")


if __name__ == "__main__":
    main()
